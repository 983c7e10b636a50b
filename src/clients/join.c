/* Two clients who are one person: looked for, what will happen said, and joined. */
#include "clients/clients.h"

static const struct field fields[] = {
    {.name = "with", .kind = FIELD_UUID, .wrong = "Choose another client from the list"},
    {.name = "q", .kind = FIELD_LINE, .min = 2, .max = 120, .wrong = "Enter from 2 to 120 characters"},
};

static void draw(struct request *r, const char *id, const char *with, const char *q, struct form *f)
{
    const char *doc = ask(r, Q_clients_join_page, id, with, q);
    if (doc && f)
        page_form(r, "clients/join", doc, f);
    else if (doc)
        page(r, "clients/join", doc);
}

void client_join_get(struct request *r)
{
    const char *id = path_uuid(r), *with = query_value(r, "with");
    if (id && with && !text_is_uuid(str_of(with)))
        reply_error(r, 400, "Who may be the same is named by with= and the id of a client.");
    else if (id)
        draw(r, id, with, NULL, NULL);
}

void client_join_post(struct request *r)
{
    struct form f;
    const char *id = path_uuid(r), *doc = NULL;
    if (!id)
        return;
    form_read(&f, r, fields, sizeof fields / sizeof *fields);
    const char *with = form_get(&f, "with"), *q = form_get(&f, "q");
    if (f.errors == 0 && !with && !q)
        form_fail(&f, "q", "Enter a name, an e-mail address or a telephone number");
    if (f.errors == 0 && with && !(doc = ask(r, Q_clients_join, id, with)))
        return;
    form_refused(&f, doc);
    if (f.errors > 0)
        draw(r, id, NULL, NULL, &f);
    else if (doc)
        page_saved(r, doc, arena_printf(r->arena, "/practice/clients/%s?saved=joined", id));
    else
        draw(r, id, NULL, q, NULL);
}
