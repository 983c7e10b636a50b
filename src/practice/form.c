/* What the forms of the practice that make or change one thing have in common. */
#include "practice/practice.h"

#include <string.h>

const char *practice_path(struct request *r, const char *doc, const char *path)
{
    const char *published = doc ? doc_text(r, doc, "published") : NULL;
    return published && strcmp(published, "false") == 0 ? "/practice/start?saved=1" : path;
}

void practice_save(struct request *r, const struct practice_form *p, const char *id)
{
    struct form f;
    form_read(&f, r, p->fields, p->count);
    if (!f.errors) {
        const char *doc = ask(r, p->save, id, form_json(&f));
        if (!doc)
            return;
        if (!form_refused(&f, doc)) {
            page_saved(r, doc, practice_path(r, doc, p->path));
            return;
        }
    }
    const char *doc = p->typed ? ask(r, p->form, id, form_json(&f)) : ask(r, p->form, id);
    if (doc)
        page_form(r, p->template, doc, &f);
}
