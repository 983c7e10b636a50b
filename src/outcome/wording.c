/* The operator's page of the 24 statements: a file is read and looked at as a draft, compared with the
 * published form, and used from then on, until another takes its place. */
#include "care/record.h"
#include "operator/operator.h"
#include "outcome/outcome.h"
#include "outcome/statements.h"

#include <string.h>

static const char at[] = "/operator/statements";

static void draw(struct request *r, struct form *f)
{
    const char *doc = ask(r, Q_statements_list);
    if (!doc)
        return;
    page_value(r, "saved", query_value(r, "saved"));
    if (f)
        page_form(r, "outcome/wording", doc, f);
    else
        page(r, "outcome/wording", doc);
}

void operator_statements_get(struct request *r)
{
    draw(r, NULL);
}

static struct str file_of(const struct request *r)
{
    for (size_t i = 0; i < r->upload_count; i++)
        if (str_is(r->uploads[i].name, "file"))
            return r->uploads[i].data;
    return (struct str){0};
}

/* What was read, as text for the database; NULL with a fault. */
static const char *read_file(struct request *r, struct str file, char fault[200])
{
    struct statements s;
    struct buf *out = care_buf(r);
    if (!out || !statements_read(r->arena, file, &s, fault) || !statements_write(&s, out))
        return NULL;
    return care_text(r, out);
}

void operator_statements_file_post(struct request *r)
{
    static const struct field field = {.name = "file", .kind = FIELD_LINE}; /* its faults stand here */
    struct form f;
    char fault[200] = "";
    struct str file = file_of(r);
    form_read(&f, r, &field, 1);
    const char *form = file.n ? read_file(r, file, fault) : NULL;
    if (form) {
        page_saved(r, ask(r, Q_statements_bring, form), arena_printf(r->arena, "%s?saved=brought", at));
        return;
    }
    form_fail(&f, "file", !file.n ? "Choose a file" : fault[0] ? fault : "This file could not be read");
    draw(r, &f);
}

static const char *const acts[] = {"use", "discard", "stop", NULL};
static const char *const yes[] = {"yes", NULL};
static const struct field fields[] = {
    {.name = "act",
     .kind = FIELD_CHOICE,
     .required = true,
     .choices = acts,
     .missing = "Choose what to do: use, discard or stop",
     .wrong = "Choose what to do: use, discard or stop"},
    {.name = "compared", .kind = FIELD_CHOICE, .choices = yes, .wrong = "Tick it, or leave it"},
};

void operator_statements_post(struct request *r)
{
    struct form f;
    const char *version = path_number(r, "version");
    if (!version)
        return;
    form_read(&f, r, fields, sizeof fields / sizeof *fields);
    const char *act = form_get(&f, "act");
    if (act && strcmp(act, "use") == 0 && !form_get(&f, "compared"))
        form_fail(&f, "compared", "Compare all words with the published form, then tick this");
    if (f.errors > 0) {
        draw(r, &f);
        return;
    }
    const char *doc = ask(r, Q_statements_act, version, act);
    if (doc && doc_text(r, doc, "problem"))
        reply_error(r, 409, doc_text(r, doc, "title"));
    else
        page_saved(r, doc, arena_printf(r->arena, "%s?saved=%s", at, act));
}
