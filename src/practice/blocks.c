/* Times that a therapist blocks: taken, without a visit. */
#include "practice/practice.h"

static const struct field fields[] = {
    {.name = "day",
     .kind = FIELD_DATE,
     .required = true,
     .missing = "Enter a day",
     .wrong = "Enter a day like 2026-11-24"},
    {.name = "from",
     .kind = FIELD_TIME,
     .required = true,
     .missing = "Enter when it begins",
     .wrong = "Enter a time such as 9:30 am or 17:30"},
    {.name = "to",
     .kind = FIELD_TIME,
     .required = true,
     .missing = "Enter when it ends",
     .wrong = "Enter a time like 12:00"},
    {.name = "note", .kind = FIELD_LINE, .max = 200, .wrong = "Shorten the note to 200 characters"},
};

static void draw(struct request *r, const char *id, struct form *f)
{
    const char *doc = ask(r, Q_practice_block, id, NULL);
    if (doc == NULL)
        return;
    if (f != NULL)
        page_form(r, "practice/block", doc, f);
    else
        page(r, "practice/block", doc);
}

static void save(struct request *r, const char *id)
{
    struct form f;
    form_read(&f, r, fields, sizeof fields / sizeof *fields);
    if (f.errors > 0) {
        draw(r, id, &f);
        return;
    }
    const char *doc = ask(r, Q_practice_block_save, id, form_get(&f, "day"), form_get(&f, "from"),
                          form_get(&f, "to"), form_get(&f, "note"));
    if (doc == NULL)
        return;
    if (form_refused(&f, doc)) {
        draw(r, id, &f);
    } else if (r->wants_json) {
        page(r, "practice/block", doc);
    } else {
        reply_redirect(r, 303, arena_printf(r->arena, "/practice?week=%s&saved=1", form_get(&f, "day")));
    }
}

void practice_block_new_get(struct request *r)
{
    draw(r, NULL, NULL);
}

void practice_block_new_post(struct request *r)
{
    save(r, NULL);
}

void practice_block_get(struct request *r)
{
    const char *id = path_uuid(r);
    if (id != NULL)
        draw(r, id, NULL);
}

void practice_block_post(struct request *r)
{
    const char *id = path_uuid(r);
    if (id != NULL)
        save(r, id);
}

void practice_block_remove_post(struct request *r)
{
    const char *id = path_uuid(r);
    const char *doc = id != NULL ? ask(r, Q_practice_block_remove, id) : NULL;
    if (doc == NULL)
        return;
    if (r->wants_json)
        page(r, "practice/block", doc);
    else
        reply_redirect(r, 303, "/practice?saved=1");
}
