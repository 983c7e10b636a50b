#include "intake/fhir.h"

#include "core/day.h"
#include "core/json.h"
#include "intake/condition_inner.h"

#include <stdio.h>

enum { EXPORT_MEMORY = 8 << 20 };

#define STANDARD "http://hl7.org/fhir/StructureDefinition/"

static const char *const section_titles[] = {
    "Safety check",          "About you", "Your back pain", "Your health",
    "Goals and preferences", "Consent",   "On the day"};

struct export
{
    const struct questionnaire *q;
    struct json document;
    struct arena *arena;
    struct json_writer w;
};

/* --- Codings: an option is a code in a system named after its question. */

static void put_code(struct json_writer *w, const struct question *question, uint8_t option)
{
    char system[120];
    snprintf(system, sizeof system, FHIR_OURS "options:%s", question->id);
    json_put(w, "system", system);
    json_put(w, "code", question->options[option].slug);
    json_put(w, "display", question->options[option].label);
}

static void put_coding(struct json_writer *w, const char *key, const struct question *question,
                       uint8_t option)
{
    json_open(w, key, '{');
    put_code(w, question, option);
    json_close(w, '}');
}

/* --- Extensions */

static void open_extension(struct json_writer *w, const char *base, const char *name)
{
    char url[120];
    snprintf(url, sizeof url, "%s%s", base, name);
    json_open(w, NULL, '{');
    json_put(w, "url", url);
}

static void put_words(struct json_writer *w, const char *name, const char *text)
{
    if (!text)
        return;
    open_extension(w, FHIR_OURS, name);
    json_put(w, "valueString", text);
    json_close(w, '}');
}

static void put_number(struct json_writer *w, const char *base, const char *name, int32_t number)
{
    open_extension(w, base, name);
    json_put_int(w, "valueInteger", number);
    json_close(w, '}');
}

/* --- Conditions */

static bool is_leaf(const struct condition_node *n)
{
    return n->op == OP_HAS || n->op == OP_ANSWERED || n->op == OP_NUMBER;
}

/* One test, or several leaves below one "and" or "or"; one that stands for several tests only by itself or
 * below an "or", since enableBehavior is one for all. */
static bool can_enable(const struct condition *c)
{
    const struct condition_node *n = c->node;
    if (is_leaf(n))
        return true;
    if (n->op != OP_AND && n->op != OP_OR)
        return false;
    for (uint16_t i = 1; i < n->size; i++)
        if (!is_leaf(&n[i]) || (n->op == OP_AND && n[i].op == OP_HAS && n[i].options & (n[i].options - 1)))
            return false;
    return true;
}

static void open_test(struct json_writer *w, const struct question *question, const char *operator)
{
    json_open(w, NULL, '{');
    json_put(w, "question", question->id);
    json_put(w, "operator", operator);
}

static int put_test(struct export *x, const struct condition_node *n)
{
    static const char *const operators[] = {"=", "!=", "<", "<=", ">", ">="};
    const struct question *question = &x->q->questions[n->question];
    int tests = 0;
    for (uint8_t i = 0; n->op == OP_HAS && i < question->option_count; i++) {
        if (!(n->options >> i & 1))
            continue;
        open_test(&x->w, question, "=");
        if (question->kind == KIND_ACCEPT)
            json_put_bool(&x->w, "answerBoolean", true);
        else
            put_coding(&x->w, "answerCoding", question, i);
        json_close(&x->w, '}');
        tests++;
    }
    if (n->op == OP_HAS)
        return tests;
    open_test(&x->w, question, n->op == OP_ANSWERED ? "exists" : operators[n->compare]);
    if (n->op == OP_ANSWERED)
        json_put_bool(&x->w, "answerBoolean", true);
    else
        json_put_int(&x->w, "answerInteger", n->number);
    json_close(&x->w, '}');
    return 1;
}

static void put_enable_when(struct export *x, const struct condition *c)
{
    int tests = 0;
    json_open(&x->w, "enableWhen", '[');
    if (is_leaf(c->node))
        tests = put_test(x, c->node);
    else
        for (uint16_t i = 1; i < c->node->size; i++)
            tests += put_test(x, &c->node[i]);
    json_close(&x->w, ']');
    if (tests > 1)
        json_put(&x->w, "enableBehavior", c->node->op == OP_AND ? "all" : "any");
}

/* What the document says under `key` of the question with this id. */
static const char *said(struct export *x, const char *id, const char *key)
{
    uint32_t list = json_get(&x->document, 0, "questions");
    for (uint32_t at = list + 1; list && at < x->document.token[list].next; at = x->document.token[at].next) {
        if (!str_is(json_text(&x->document, json_get(&x->document, at, "id"), x->arena), id))
            continue;
        uint32_t t = json_get(&x->document, at, key);
        struct str text = t ? json_text(&x->document, t, x->arena) : (struct str){0};
        return text.n ? arena_strndup(x->arena, text.p, text.n) : NULL;
    }
    return NULL;
}

/* --- Items */

static const char *kind_of(const struct question *question)
{
    static const char *const kinds[] = {
        [KIND_CHOICE] = "choice", [KIND_MULTI] = "multi", [KIND_AREAS] = "areas",  [KIND_NUMBER] = "number",
        [KIND_DATE] = "date",     [KIND_TEXT] = "text",   [KIND_ACCEPT] = "accept"};
    return kinds[question->kind];
}

static const char *type_of(const struct question *question)
{
    static const char *const types[] = {
        [KIND_CHOICE] = "choice",  [KIND_MULTI] = "choice", [KIND_AREAS] = "choice",
        [KIND_NUMBER] = "integer", [KIND_DATE] = "date",    [KIND_TEXT] = "text",
        [KIND_ACCEPT] = "boolean"};
    return types[question->kind];
}

static void put_extensions(struct export *x, const struct question *question)
{
    struct json_writer *w = &x->w;
    bool shown_by_text = question->shown.count && !can_enable(&question->shown);
    json_open(w, "extension", '['); /* never empty, which FHIR forbids */
    put_words(w, "kind", kind_of(question));
    put_words(w, "hint", question->hint);
    put_words(w, "missing", question->missing);
    put_words(w, "plain", question->plain);
    put_words(w, "sign", question->sign);
    put_words(w, "unit", question->unit);
    put_words(w, "basis", said(x, question->id, "basis"));
    if (question->kind == KIND_ACCEPT)
        put_words(w, "accept", question->options[0].label);
    if (question->signs)
        put_number(w, FHIR_OURS, "signs", question->signs);
    if (question->harmless_set)
        put_words(w, "harmless", question->options[question->harmless].slug);
    if (shown_by_text)
        put_words(w, "condition", said(x, question->id, "shown"));
    if (question->kind == KIND_NUMBER) {
        put_number(w, STANDARD, "minValue", question->low);
        put_number(w, STANDARD, "maxValue", question->high);
    }
    json_close(w, ']');
}

static void put_options(struct export *x, const struct question *question)
{
    struct json_writer *w = &x->w;
    json_open(w, "answerOption", '[');
    for (uint8_t i = 0; i < question->option_count; i++) {
        json_open(w, NULL, '{');
        if (question->options[i].alone) {
            json_open(w, "extension", '[');
            open_extension(w, STANDARD, "questionnaire-optionExclusive");
            json_put_bool(w, "valueBoolean", true);
            json_close(w, '}');
            json_close(w, ']');
        }
        put_coding(w, "valueCoding", question, i);
        json_close(w, '}');
    }
    json_close(w, ']');
}

static void put_question(struct export *x, const struct question *question)
{
    struct json_writer *w = &x->w;
    json_open(w, NULL, '{');
    put_extensions(x, question);
    json_put(w, "linkId", question->id);
    json_put(w, "text", question->ask);
    json_put(w, "type", type_of(question));
    if (question->shown.count && can_enable(&question->shown))
        put_enable_when(x, &question->shown);
    json_put_bool(w, "required", question->required);
    if (question->kind == KIND_MULTI || question->kind == KIND_AREAS)
        json_put_bool(w, "repeats", true);
    if (question->kind == KIND_TEXT)
        json_put_int(w, "maxLength", question->high);
    if (strcmp(type_of(question), "choice") == 0)
        put_options(x, question);
    json_close(w, '}');
}

static void open_group(struct json_writer *w, const char *id, const char *text)
{
    json_open(w, NULL, '{');
    json_put(w, "linkId", id);
    json_put(w, "text", text);
    json_put(w, "type", "group");
}

static bool on_page(const struct question *question, const struct page_info *page)
{
    return question->section == page->section && question->page == page->page;
}

static bool has_questions(const struct questionnaire *q, const struct page_info *page)
{
    for (size_t i = 0; i < q->question_count; i++)
        if (on_page(&q->questions[i], page))
            return true;
    return false;
}

static void put_page(struct export *x, const struct page_info *page)
{
    char id[24];
    snprintf(id, sizeof id, "%s.%u", section_name(page->section), page->page);
    open_group(&x->w, id, page->title);
    if (page->about) {
        json_open(&x->w, "extension", '[');
        put_words(&x->w, "about", page->about);
        json_close(&x->w, ']');
    }
    json_open(&x->w, "item", '[');
    for (size_t i = 0; i < x->q->question_count; i++)
        if (on_page(&x->q->questions[i], page))
            put_question(x, &x->q->questions[i]);
    json_close(&x->w, ']');
    json_close(&x->w, '}');
}

static void put_section(struct export *x, enum section section)
{
    bool open = false;
    for (size_t i = 0; i < x->q->page_count; i++) {
        const struct page_info *page = &x->q->pages[i];
        if (page->section != section || !has_questions(x->q, page))
            continue;
        if (!open) {
            open_group(&x->w, section_name(section), section_titles[section]);
            json_open(&x->w, "item", '[');
            open = true;
        }
        put_page(x, page);
    }
    if (open) {
        json_close(&x->w, ']');
        json_close(&x->w, '}');
    }
}

static void put_questionnaire(struct export *x, const char *state)
{
    struct json_writer *w = &x->w;
    json_open(w, NULL, '{');
    json_put(w, "resourceType", "Questionnaire");
    json_put(w, "url", FHIR_OURS "form");
    json_put(w, "version", x->q->name);
    json_put(w, "name", "BackPainIntake");
    json_put(w, "title", "Before a massage for back pain");
    json_put(w, "status",
             x->q->draft                               ? "draft"
             : state && strcmp(state, "replaced") == 0 ? "retired"
                                                       : "active");
    json_open(w, "subjectType", '[');
    json_put(w, NULL, "Patient");
    json_close(w, ']');
    if (x->q->published_on)
        json_put(w, "date", x->q->published_on);
    json_put(w, "copyright",
             "Three things that are hard: Patient-Specific Functional Scale, Stratford 1995, free for "
             "clinical use.");
    json_open(w, "item", '[');
    for (int s = 0; s < SECTIONS; s++)
        put_section(x, (enum section)s);
    json_close(w, ']');
    json_close(w, '}');
}

bool fhir_questionnaire(const struct questionnaire *q, struct str document, struct buf *out)
{
    struct export x = {.q = q, .arena = arena_new(EXPORT_MEMORY), .w.out = out};
    bool good = x.arena && json_parse(&x.document, x.arena, document);
    if (good)
        put_questionnaire(&x, json_member(x.arena, document.p, "state"));
    good = good && !arena_failed(x.arena) && !out->failed;
    if (x.arena)
        arena_free(x.arena);
    return good;
}

/* --- Answers */

static void open_answer(struct json_writer *w)
{
    json_open(w, NULL, '{');
}

static void put_answer(struct json_writer *w, const struct question *question, const struct answer *a)
{
    char day[11];
    for (uint8_t i = 0; i < question->option_count && question->kind != KIND_ACCEPT; i++)
        if (chosen(a, i)) {
            open_answer(w);
            put_coding(w, "valueCoding", question, i);
            json_close(w, '}');
        }
    if (question->option_count && question->kind != KIND_ACCEPT)
        return;
    open_answer(w);
    if (question->kind == KIND_ACCEPT) {
        json_put_bool(w, "valueBoolean", true);
    } else if (question->kind == KIND_NUMBER) {
        json_put_int(w, "valueInteger", a->number);
    } else if (question->kind == KIND_DATE) {
        day_write(a->number, day);
        json_put(w, "valueDate", day);
    } else {
        json_put(w, "valueString", a->text);
    }
    json_close(w, '}');
}

static void put_answered(struct json_writer *w, const struct question *question, const struct answer *a)
{
    json_open(w, NULL, '{');
    json_put(w, "linkId", question->id);
    json_put(w, "text", question->ask);
    json_open(w, "answer", '[');
    put_answer(w, question, a);
    json_close(w, ']');
    json_close(w, '}');
}

static void open_response_group(struct json_writer *w, const char *id)
{
    json_open(w, NULL, '{');
    json_put(w, "linkId", id);
    json_open(w, "item", '[');
}

static void close_group(struct json_writer *w, bool *open)
{
    if (*open) {
        json_close(w, ']');
        json_close(w, '}');
    }
    *open = false;
}

/* Questions are in the order of sections and pages, so a group ends where the next begins. */
static void put_items(struct json_writer *w, const struct questionnaire *q, const struct answers *given)
{
    bool section_open = false, page_open = false;
    const struct question *before = NULL;
    char id[24];
    for (size_t i = 0; i < q->question_count; i++) {
        const struct question *question = &q->questions[i];
        if (!given->is[i].given)
            continue;
        bool new_section = !before || before->section != question->section;
        if (new_section || before->page != question->page) {
            close_group(w, &page_open);
            if (new_section) {
                close_group(w, &section_open);
                open_response_group(w, section_name(question->section));
                section_open = true;
            }
            snprintf(id, sizeof id, "%s.%u", section_name(question->section), question->page);
            open_response_group(w, id);
            page_open = true;
        }
        put_answered(w, question, &given->is[i]);
        before = question;
    }
    close_group(w, &page_open);
    close_group(w, &section_open);
}

static bool any_given(const struct questionnaire *q, const struct answers *given)
{
    for (size_t i = 0; i < q->question_count; i++)
        if (given->is[i].given)
            return true;
    return false;
}

static void put_reference(struct json_writer *w, const char *key, const char *reference)
{
    if (!reference)
        return;
    json_open(w, key, '{');
    json_put(w, "reference", reference);
    json_close(w, '}');
}

void fhir_response(const struct questionnaire *q, const struct answers *given,
                   const struct fhir_response *about, struct buf *out)
{
    struct json_writer w = {.out = out};
    char canonical[80];
    snprintf(canonical, sizeof canonical, FHIR_OURS "form|%s", q->name);
    json_open(&w, NULL, '{');
    json_put(&w, "resourceType", "QuestionnaireResponse");
    if (about->id)
        json_put(&w, "id", about->id);
    json_put(&w, "questionnaire", canonical);
    json_put(&w, "status", about->status);
    put_reference(&w, "subject", about->subject);
    if (about->authored)
        json_put(&w, "authored", about->authored);
    put_reference(&w, "author", about->author);
    if (any_given(q, given)) {
        json_open(&w, "item", '[');
        put_items(&w, q, given);
        json_close(&w, ']');
    }
    json_close(&w, '}');
}
