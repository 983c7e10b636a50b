/* What the forms of the practice that make or change one thing have in common. */
#include "practice/practice.h"

const char *practice_id(struct request *r, const char *name)
{
    int64_t id;
    const char *text = param(r, name);
    if (text_int(str_of(text), 1, INT32_MAX, &id))
        return text;
    reply_error(r, 404, NULL);
    return NULL;
}

static bool refused(struct request *r, struct form *f, const char *doc)
{
    if (!doc_text(r, doc, "problem"))
        return false;
    form_fail(f, doc_text(r, doc, "field"), doc_text(r, doc, "title"));
    return true;
}

void practice_save(struct request *r, const struct practice_form *p, const char *id)
{
    struct form f;
    form_read(&f, r, p->fields, p->count);
    if (!f.errors) {
        const char *doc = ask(r, p->save, id, form_json(&f));
        if (!doc)
            return;
        if (!refused(r, &f, doc)) {
            page_saved(r, doc, p->path);
            return;
        }
    }
    const char *doc = p->typed ? ask(r, p->form, id, form_json(&f)) : ask(r, p->form, id);
    if (doc)
        page_form(r, p->template, doc, &f);
}
