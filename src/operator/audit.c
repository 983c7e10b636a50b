/* The record of what was done, by person, kind and days. */
#include "operator/operator.h"

#include <string.h>

static const struct field fields[] = {
    {.name = "person", .kind = FIELD_UUID, .wrong = "Choose the person from the list"},
    {.name = "kind", .kind = FIELD_LINE, .max = 40, .wrong = "Choose a kind from the list"},
    {.name = "from", .kind = FIELD_DATE, .wrong = "Enter the first day as a date, such as 2026-11-22"},
    {.name = "until", .kind = FIELD_DATE, .wrong = "Enter the last day as a date, such as 2026-11-22"},
    {.name = "before", .kind = FIELD_INT, .min = 1, .max = INT64_MAX, .wrong = "Go back to the first page"},
    {.name = "email", .kind = FIELD_EMAIL, .wrong = "Enter an e-mail address like name@example.com"},
};
#define COUNT(a) (sizeof(a) / sizeof *(a))

static const char *found(struct request *r, const struct form *f)
{
    return ask(r, Q_operator_audit, form_get(f, "person"), form_get(f, "kind"), form_get(f, "from"),
               form_get(f, "until"), form_get(f, "before"));
}

void operator_audit_get(struct request *r)
{
    struct form f;
    r->form = r->query; /* a GET: what is asked comes from the query, checked like a form */
    form_read(&f, r, fields, COUNT(fields) - 1);
    const char *doc = found(r, &f);
    if (doc != NULL && f.errors > 0)
        page_form(r, "operator/audit", doc, &f);
    else if (doc != NULL)
        page(r, "operator/audit", doc);
}

/* The same question as an address in which no person's name or e-mail stands. */
static const char *address_of(struct request *r, const struct form *f, const char *person)
{
    static const char *const names[] = {"kind", "from", "until"};
    const char *out = arena_printf(r->arena, "/operator/audit?person=%s", person != NULL ? person : "");
    for (size_t i = 0; out != NULL && i < COUNT(names); i++) {
        const char *value = form_get(f, names[i]);
        if (value != NULL && strspn(value, "abcdefghijklmnopqrstuvwxyz_0123456789-") == strlen(value))
            out = arena_printf(r->arena, "%s&%s=%s", out, names[i], value);
    }
    return out;
}

void operator_audit_post(struct request *r)
{
    struct form f;
    form_read(&f, r, fields, COUNT(fields));
    const char *email = form_get(&f, "email"), *person = form_get(&f, "person");
    if (email != NULL) {
        const char *who = ask(r, Q_operator_audit_person, email);
        if (who == NULL)
            return;
        person = doc_text(r, who, "id");
        if (person == NULL)
            form_fail(&f, "email", "Nobody has an account with this address");
    }
    const char *doc = f.errors > 0 || r->wants_json ? found(r, &f) : NULL;
    if (f.errors > 0 && doc != NULL)
        page_form(r, "operator/audit", doc, &f);
    else if (doc != NULL)
        page(r, "operator/audit", doc);
    else if (reply_status(r) == 0)
        reply_redirect(r, 303, address_of(r, &f, person));
}
