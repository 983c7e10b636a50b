/* Stored cases: given answers, and what must come out of them under any version that is published. */
#include "operator/edit.h"
#include "operator/questionnaire_inner.h"

#include "intake/trial.h"

#include <string.h>

static const char *const outcomes[] = {"STOP", "CLEARANCE", "MODIFY", "PROCEED", NULL};
static const char *const urgencies[] = {"none", "soon", "same_day", "emergency", NULL};

/* clang-format off */
static const struct field fields[] = {
    {.name = "name", .kind = FIELD_LINE, .max = 160, .wrong = "Shorten this to 160 characters"},
    {.name = "answers", .kind = FIELD_TEXT, .required = true, .max = 8000, .missing = "Enter the answers", .wrong = "Shorten the answers to 8,000 characters"},
    {.name = "today", .kind = FIELD_DATE, .required = true, .missing = "Enter the day on which it is judged", .wrong = "Enter a date, like 2026-11-22"},
    {.name = "note_on", .kind = FIELD_DATE, .wrong = "Enter a date, like 2026-11-22, or leave it empty"},
    {.name = "call_on", .kind = FIELD_DATE, .wrong = "Enter a date, like 2026-11-22, or leave it empty"},
    {.name = "outcome", .kind = FIELD_CHOICE, .required = true, .choices = outcomes, .missing = "Choose what must come out", .wrong = "Choose what must come out"},
    {.name = "urgency", .kind = FIELD_CHOICE, .required = true, .choices = urgencies, .missing = "Choose how urgent it must be, or none", .wrong = "Choose how urgent it must be, or none"},
    {.name = "rules", .kind = FIELD_LINE, .required = true, .max = 600, .missing = "Enter the rules that must fire, or OK-00 for none", .wrong = "Shorten this to 600 characters"},
    {.name = "pressure_max", .kind = FIELD_INT, .min = 1, .max = 5, .wrong = "Enter a number from 1 to 5, or leave it empty"},
    {.name = "must_hold", .kind = FIELD_CHOICE, .required = true, .choices = yes_no, .missing = "Say whether it must hold", .wrong = "Say whether it must hold"},
};
/* clang-format on */

static const char *key_param(const struct request *r)
{
    return strcmp(param(r, "key"), "new") == 0 ? NULL : param(r, "key");
}

static const char *stored(struct request *r)
{
    const char *key = key_param(r);
    return key ? ask(r, Q_questionnaire_case, key) : ask(r, Q_questionnaire_case_new);
}

void questionnaire_cases_get(struct request *r)
{
    page_value(r, "removed", query_value(r, "removed"));
    page_with_saved(r, "operator/cases", ask(r, Q_questionnaire_cases));
}

void questionnaire_case_get(struct request *r)
{
    page_with_saved(r, "operator/case", stored(r));
}

/* Rules are those of the version, separated by blanks. */
static const char *unknown_rule(struct request *r, const struct questionnaire *q, const char *rules)
{
    while (*rules) {
        size_t n = strcspn(rules, " ,;");
        if (n && rule_by_id(q, (struct str){rules, n}) == RULES_MAX)
            return arena_printf(r->arena, "There is no rule \"%.*s\".", (int)n, rules);
        rules += n + strspn(rules + n, " ,;");
    }
    return NULL;
}

/* Answers and rules fit the published version, or the draft that it is made for. False: that version could
 * not be read, and nothing was checked. */
static bool check(struct request *r, struct form *f, struct arena *a, const char *document)
{
    struct json answers;
    struct answers given;
    struct questionnaire_fault fault;
    const struct questionnaire *q = questionnaire_read(a, str_of(document), false, &fault);
    if (!q)
        return false;
    if (!json_parse(&answers, a, str_of(form_get(f, "answers"))) || answers.token[0].kind != JSON_OBJECT) {
        form_fail(f, "answers", "Write the answers as JSON, like {\"RF08\": \"yes\", \"H06\": [\"none\"]}");
        return true;
    }
    const char *wrong = trial_answers(q, &answers, 0, a, &given);
    if (wrong)
        form_fail(f, "answers", arena_strdup(r->arena, wrong));
    wrong = unknown_rule(r, q, form_get(f, "rules"));
    if (wrong)
        form_fail(f, "rules", wrong);
    return true;
}

/* False after having replied. */
static bool checked(struct request *r, struct form *f)
{
    const char *list = ask(r, Q_questionnaire_list);
    const char *document = list ? ask(r, Q_questionnaire_document, doc_text(r, list, "draft")) : NULL;
    struct arena *a = document ? arena_new(TRIAL_MEMORY) : NULL;
    bool read = a && check(r, f, a, document);
    arena_free(a);
    if (document && !read)
        reply_error(r, 500, NULL);
    return read;
}

static const char *save(struct request *r, struct form *f)
{
    const char *doc = ask(r, Q_questionnaire_case_save, key_param(r), form_json(f));
    form_refused(f, doc);
    return doc;
}

void questionnaire_case_post(struct request *r)
{
    struct form f;
    const char *doc = NULL;
    form_read(&f, r, fields, sizeof fields / sizeof *fields);
    if (!key_param(r) && !form_get(&f, "name"))
        form_fail(&f, "name", "Enter in a few words what this case is about");
    if (!f.errors && !checked(r, &f))
        return;
    if (!f.errors && !(doc = save(r, &f)))
        return;
    if (f.errors) {
        const char *again = stored(r);
        if (again)
            page_form(r, "operator/case", again, &f);
    } else {
        page_saved(r, doc, "/operator/cases?saved=1");
    }
}

void questionnaire_case_remove_post(struct request *r)
{
    const char *doc = ask(r, Q_questionnaire_case_remove, param(r, "key"));
    if (!doc)
        return;
    page_saved(r, doc, "/operator/cases?removed=1");
}
