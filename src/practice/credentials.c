#include "practice/credentials.h"
#include "practice/practice.h"

#include <string.h>

static const struct field fields[] = {
    {.name = "kind", .kind = FIELD_LINE, .max = 60, .wrong = "Choose what it is from the list"},
    {.name = "register",
     .kind = FIELD_INT,
     .min = 1,
     .max = INT32_MAX,
     .wrong = "Choose a register from the list"},
    {.name = "issuer", .kind = FIELD_LINE, .max = 160, .wrong = "Shorten who issued it to 160 characters"},
    {.name = "title", .kind = FIELD_LINE, .max = 160, .wrong = "Shorten the title to 160 characters"},
    {.name = "number", .kind = FIELD_LINE, .max = 60, .wrong = "Shorten the number to 60 characters"},
    {.name = "issued_on", .kind = FIELD_DATE, .wrong = "Enter the day it was issued as 2026-11-23"},
    {.name = "valid_until", .kind = FIELD_DATE, .wrong = "Enter the day it ends as 2026-11-23"},
    {.name = "file", .kind = FIELD_LINE}, /* comes as a file, and its faults stand here */
};

void practice_credentials_get(struct request *r)
{
    page_with_saved(r, "practice/credentials", ask(r, Q_credential_own));
}

/* --- Entering, changing, renewing */

static void show(struct request *r, const char *id)
{
    const char *doc = ask(r, Q_credential_form, id, NULL);
    if (doc)
        page(r, "practice/credential", doc);
}

static void again(struct request *r, const char *id, const struct form *f)
{
    const char *doc = ask(r, Q_credential_form, id, form_json(f));
    if (doc)
        page_form(r, "practice/credential", doc, f);
}

/* What is typed is judged before the file is sealed, so that nothing is kept of a form that is refused. */
static void keep(struct request *r, const char *id, struct form *f, enum upload_kind kind, struct str file)
{
    char fresh[37];
    web_uuid(fresh);
    const char *doc = ask(r, Q_credential_save, id, fresh, form_json(f));
    if (!doc)
        return;
    if (form_refused(f, doc)) {
        again(r, id, f);
        return;
    }
    if (file.n > 0 && !proof_keep(r, doc_text(r, doc, "id"), kind, file))
        return;
    page_saved(r, doc, practice_path(r, doc, "/practice/credentials?saved=1"));
}

static void post(struct request *r, const char *id)
{
    struct form f;
    struct buf clean = {0};
    enum upload_kind kind = UPLOAD_NONE;
    form_read(&f, r, fields, sizeof fields / sizeof *fields);
    const char *wrong = proof_take(r, &kind, &clean);
    if (wrong)
        form_fail(&f, "file", wrong);
    if (f.errors)
        again(r, id, &f);
    else
        keep(r, id, &f, kind, (struct str){clean.p, clean.n});
    buf_free(&clean);
}

void practice_credential_new_get(struct request *r)
{
    show(r, NULL);
}

void practice_credential_new_post(struct request *r)
{
    post(r, NULL);
}

void practice_credential_get(struct request *r)
{
    const char *id = path_uuid(r);
    if (id)
        show(r, id);
}

void practice_credential_post(struct request *r)
{
    const char *id = path_uuid(r);
    if (id)
        post(r, id);
}

void practice_credential_remove_post(struct request *r)
{
    const char *id = path_uuid(r), *doc = id ? ask(r, Q_credential_remove, id) : NULL;
    if (doc)
        page_saved(r, doc, "/practice/credentials?saved=removed");
}

/* --- What a board decided: one answer */

static const struct field answer_fields[] = {
    {.name = "answer",
     .kind = FIELD_TEXT,
     .required = true,
     .max = 600,
     .missing = "Write your answer",
     .wrong = "Shorten your answer to 600 characters"},
};

void practice_discipline_post(struct request *r)
{
    struct form f;
    const char *id = path_uuid(r), *doc = NULL;
    if (!id)
        return;
    form_read(&f, r, answer_fields, 1);
    if (!f.errors && !(doc = ask(r, Q_credential_answer, id, form_get(&f, "answer"))))
        return;
    form_refused(&f, doc);
    if (!f.errors)
        page_saved(r, doc, "/practice/credentials?saved=1");
    else if ((doc = ask(r, Q_credential_own)) != NULL)
        page_form(r, "practice/credentials", doc, &f);
}
