/*
 * One question, one rule of the draft. What was typed is written, read back as the whole version it would
 * make, and undone; only when that compiles is it written for good. So a fault is told at its field with its
 * line, also when the change would break a rule somewhere else, and a draft is never broken.
 */
#include "operator/edit.h"
#include "operator/questionnaire_inner.h"

#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define LINE(n, most)                                                                                        \
    {                                                                                                        \
        .name = n, .kind = FIELD_LINE, .max = most, .wrong = "Shorten this to " #most " characters"          \
    }
#define TEXT(n, most)                                                                                        \
    {                                                                                                        \
        .name = n, .kind = FIELD_TEXT, .max = most, .wrong = "Shorten this to " #most " characters"          \
    }
#define NEEDED(n, of, most, say)                                                                             \
    {                                                                                                        \
        .name = n, .kind = of, .required = true, .max = most, .missing = say,                                \
        .wrong = "Shorten this to " #most " characters"                                                      \
    }
#define CHOICE(n, of, say)                                                                                   \
    {                                                                                                        \
        .name = n, .kind = FIELD_CHOICE, .required = true, .choices = of, .missing = say, .wrong = say       \
    }
#define NUMBER(n, from, to)                                                                                  \
    {                                                                                                        \
        .name = n, .kind = FIELD_INT, .min = from, .max = to,                                                \
        .wrong = "Enter a whole number from " #from " to " #to                                               \
    }
#define PLACE                                                                                                \
    {                                                                                                        \
        .name = "nth", .kind = FIELD_INT, .required = true, .max = 999,                                      \
        .missing = "Enter its place in the order",                                                           \
        .wrong = "Enter its place in the order as a number from 0 to 999"                                    \
    }

static const char *const sections[] = {"S1", "S2", "S3", "S4", "S5", "S6", "S7", NULL};
static const char *const kinds[] = {"choice", "multi", "areas", "number", "date", "text", "accept", NULL};
static const char *const signs[] = {"none", "1", "2", NULL};
static const char *const outcomes[] = {"STOP", "CLEARANCE", "MODIFY", "PROCEED", NULL};
static const char *const urgencies[] = {"none", "soon", "same_day", "emergency", NULL};
static const char *const guardians[] = {"none", "consent", "present", NULL};
static const char *const word_kinds[] = {"avoid", "position", "product", NULL};
static const char *const starts[] = {"none", "48h", "next_day", "clear", NULL};

/* clang-format off */
static const struct field question_fields[] = {
    NEEDED("ask", FIELD_TEXT, 600, "Enter the question"),
    LINE("id", 40),
    CHOICE("section", sections, "Choose where it is asked"),
    {.name = "page", .kind = FIELD_INT, .required = true, .min = 1, .max = 60, .missing = "Enter the page", .wrong = "Enter the page as a number from 1 to 60"},
    NEEDED("page_title", FIELD_LINE, 120, "Enter the title of the page"),
    TEXT("page_about", 600), PLACE,
    CHOICE("kind", kinds, "Choose what kind of answer it has"),
    CHOICE("required", yes_no, "Say whether it must be answered"),
    TEXT("options", 6000), TEXT("shown", 2000), TEXT("hint", 800),
    NEEDED("missing", FIELD_LINE, 300, "Enter what is said when there is no answer"),
    LINE("plain", 200), TEXT("sign", 400), CHOICE("signs", signs, "Choose a list of signs, or none"),
    LINE("harmless", 40), LINE("unit", 40), NUMBER("low", 0, 100000), NUMBER("high", 0, 100000), LINE("basis", 600),
};
static const struct field rule_fields[] = {
    TEXT("fires", 2000), LINE("id", 15), PLACE,
    CHOICE("outcome", outcomes, "Choose what follows"),
    CHOICE("urgency", urgencies, "Choose how urgent it is, or none"),
    TEXT("raised_fires", 2000), CHOICE("raised_urgency", urgencies, "Choose how urgent it becomes, or none"), TEXT("raised_text", 1000),
    LINE("cleared_by", 200), CHOICE("written", yes_no, "Say whether the note itself is needed"),
    CHOICE("self", yes_no, "Say whether time or the person lifts it"),
    CHOICE("stay_active", yes_no, "Say whether moving and warmth are safe advice"),
    NEEDED("reason", FIELD_LINE, 400, "Enter why this rule is there"),
    NEEDED("client_text", FIELD_TEXT, 1000, "Enter what the client is told"), TEXT("therapist_text", 1000),
    NEEDED("basis", FIELD_LINE, 600, "Enter what it rests on; “general knowledge” where nothing better is known"),
    NUMBER("pressure_max", 1, 5), LINE("pressure_where", 60), NUMBER("duration_max", 15, 240),
    TEXT("exclude", 2000), TEXT("avoid", 2000), LINE("positions", 200), LINE("products", 200), LINE("require", 400),
    CHOICE("confirm", yes_no, "Say whether the therapist confirms first"), CHOICE("precall", yes_no, "Say whether the therapist calls before"),
    CHOICE("guardian", guardians, "Choose what a guardian has to do, or none"),
    CHOICE("not_before", starts, "Choose the earliest time, or none"),
};
static const struct field word_fields[] = {
    CHOICE("kind", word_kinds, "Choose what it is"),
    NEEDED("slug", FIELD_LINE, 60, "Enter a short name"),
    NEEDED("label", FIELD_LINE, 160, "Enter the words for it"),
};
/* clang-format on */

/* What is edited: its words in SQL and in what the compiler says, and its pages. */
struct part {
    const char *what, *folder, *template;
    enum query one, fresh;
    const struct field *fields;
    size_t count;
    const char *const (*names)[2]; /* the compiler's name of a member, and the field's; NULL-ended */
};
static const char *const question_names[][2] = {{NULL, NULL}};
static const char *const rule_names[][2] = {{"condition", "fires"},
                                            {"raised", "raised_fires"},
                                            {"text", "client_text"},
                                            {"therapist", "therapist_text"},
                                            {"position", "positions"},
                                            {"product", "products"},
                                            {NULL, NULL}};
static const struct part question = {.what = "question",
                                     .folder = "questions",
                                     .template = "operator/question",
                                     .one = Q_questionnaire_question,
                                     .fresh = Q_questionnaire_question_new,
                                     .fields = question_fields,
                                     .count = COUNT(question_fields),
                                     .names = question_names};
static const struct part rule = {.what = "rule",
                                 .folder = "rules",
                                 .template = "operator/rule",
                                 .one = Q_questionnaire_rule,
                                 .fresh = Q_questionnaire_rule_new,
                                 .fields = rule_fields,
                                 .count = COUNT(rule_fields),
                                 .names = rule_names};

/* {question} or {rule} of the path; NULL for a new one. */
static const char *id_param(const struct request *r, const struct part *p)
{
    return strcmp(param(r, p->what), "new") == 0 ? NULL : param(r, p->what);
}

static const char *stored(struct request *r, const struct part *p, const char *version)
{
    const char *id = id_param(r, p);
    return id ? ask(r, p->one, version, id) : ask(r, p->fresh, version);
}

static void show(struct request *r, const struct part *p)
{
    const char *version = path_number(r, "version");
    const char *doc = version ? stored(r, p, version) : NULL;
    page_with_saved(r, p->template, doc);
}

static const char *field_of(const struct part *p, const char *what)
{
    for (size_t i = 0; p->names[i][0]; i++)
        if (strcmp(p->names[i][0], what) == 0)
            return p->names[i][1];
    for (size_t i = 0; i < p->count; i++)
        if (strcmp(p->fields[i].name, what) == 0)
            return what;
    return NULL;
}

/* At the field when it is about this row; else about the form: the change breaks something somewhere else. */
static void tell(struct request *r, const struct part *p, struct form *f, const char *id,
                 const struct questionnaire_fault *fault)
{
    const char *own = arena_printf(r->arena, "%s %s", p->what, id ? id : "");
    const char *field = own && strcmp(fault->where, own) == 0 ? field_of(p, fault->what) : NULL;
    if (field)
        form_fail(f, field, fault_sentence(r, fault));
    else
        form_fail(f, NULL,
                  arena_printf(r->arena, "This would break the version. %s, %s: %s", fault->where,
                               fault->what, fault_sentence(r, fault)));
}

/* Whether the version that would come of the form compiles; else the form says why not. False with f->errors
 * 0: there was a reply. */
static bool tried(struct request *r, const struct part *p, struct form *f, const char *version,
                  const char *id, const char *typed)
{
    struct questionnaire_fault fault;
    const char *doc = ask(r, Q_questionnaire_try, version, p->what, id, typed);
    if (!doc)
        return false;
    if (form_refused(f, doc)) {
        return false;
    }
    struct arena *a = arena_new(TRIAL_MEMORY);
    bool good = a && document_checked(a, doc, &fault);
    if (a && !good)
        tell(r, p, f, id ? id : form_get(f, "id"), &fault);
    if (a)
        arena_free(a);
    else
        reply_error(r, 503, NULL);
    return good;
}

static void saved(struct request *r, const struct part *p, const char *version, const char *id,
                  const char *typed)
{
    const char *doc = ask(r, Q_questionnaire_save, version, p->what, id, typed);
    if (doc && typed)
        page_saved(r, doc,
                   arena_printf(r->arena, "/operator/questionnaires/%s/%s/%s?saved=1", version, p->folder,
                                doc_text(r, doc, "id")));
    else if (doc)
        page_saved(r, doc, arena_printf(r->arena, "/operator/questionnaires/%s?saved=removed", version));
}

static void again(struct request *r, const struct part *p, const char *version, struct form *f)
{
    const char *doc = stored(r, p, version);
    if (doc)
        page_form(r, p->template, doc, f);
}

static void change(struct request *r, const struct part *p)
{
    struct form f;
    const char *version = path_number(r, "version"), *id = id_param(r, p), *typed = NULL;
    if (!version)
        return;
    form_read(&f, r, p->fields, p->count);
    if (!id && !form_get(&f, "id"))
        form_fail(&f, "id", "Enter a name, such as H24 for a question or HE-24 for a rule");
    if (!f.errors) {
        typed = form_json(&f);
        if (tried(r, p, &f, version, id, typed)) {
            saved(r, p, version, id, typed);
            return;
        }
    }
    if (f.errors)
        again(r, p, version, &f);
}

static void take_away(struct request *r, const struct part *p)
{
    struct form f;
    const char *version = path_number(r, "version"), *id = param(r, p->what);
    if (!version)
        return;
    form_read(&f, r, NULL, 0);
    if (tried(r, p, &f, version, id, NULL)) {
        saved(r, p, version, id, NULL);
        return;
    }
    if (f.errors)
        again(r, p, version, &f);
}

void questionnaire_question_get(struct request *r)
{
    show(r, &question);
}

void questionnaire_question_post(struct request *r)
{
    change(r, &question);
}

void questionnaire_question_remove_post(struct request *r)
{
    take_away(r, &question);
}

void questionnaire_rule_get(struct request *r)
{
    show(r, &rule);
}

void questionnaire_rule_post(struct request *r)
{
    change(r, &rule);
}

void questionnaire_rule_remove_post(struct request *r)
{
    take_away(r, &rule);
}

/* --- Words of limits */

void questionnaire_words_get(struct request *r)
{
    const char *version = path_number(r, "version");
    if (version)
        page_with_saved(r, "operator/words", ask(r, Q_questionnaire_words, version));
}

/* Keeps what the form says of a word, by query `q`; the page again with what is wrong, or the list. */
static void save_word(struct request *r, const struct field *fields, size_t n, enum query q)
{
    struct form f;
    const char *version = path_number(r, "version"), *doc = NULL;
    if (!version)
        return;
    form_read(&f, r, fields, n);
    if (!f.errors && !(doc = ask(r, q, version, form_json(&f))))
        return;
    form_refused(&f, doc);
    if (f.errors) {
        const char *again = ask(r, Q_questionnaire_words, version);
        if (again)
            page_form(r, "operator/words", again, &f);
    } else {
        page_saved(r, doc, arena_printf(r->arena, "/operator/questionnaires/%s/words?saved=1", version));
    }
}

void questionnaire_words_post(struct request *r)
{
    save_word(r, word_fields, COUNT(word_fields), Q_questionnaire_word_add);
}

static const char *const word_acts[] = {"change", "remove", NULL};
static const struct field change_fields[] = {
    {.name = "word",
     .kind = FIELD_LINE,
     .required = true,
     .max = 80,
     .missing = "Choose one of the words",
     .wrong = "Choose one of the words"},
    {.name = "new_label", .kind = FIELD_LINE, .max = 160, .wrong = "Shorten the words to 160 characters"},
    {.name = "act",
     .kind = FIELD_CHOICE,
     .required = true,
     .choices = word_acts,
     .missing = "Choose what to do with it: change or remove",
     .wrong = "Choose what to do with it: change or remove"},
};

void questionnaire_word_change_post(struct request *r)
{
    save_word(r, change_fields, COUNT(change_fields), Q_questionnaire_word_change);
}
