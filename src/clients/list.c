/* The list of clients, and looking for one in it. */
#include "clients/clients.h"

static const char *const orders[] = {"latest", "name", NULL};

void clients_get(struct request *r)
{
    static const struct field fields[] = {{.name = "by", .kind = FIELD_CHOICE, .choices = orders},
                                          {.name = "after", .kind = FIELD_UUID}};
    struct form f;
    r->form = r->query; /* a GET: what is asked comes from the query, checked like a form */
    form_read(&f, r, fields, sizeof fields / sizeof *fields);
    if (f.errors > 0) {
        reply_error(r, 400,
                    "The list goes by its latest visits or by=name, and on after= the id of a client.");
        return;
    }
    const char *doc = ask(r, Q_clients_page, form_get(&f, "by"), form_get(&f, "after"));
    if (doc)
        page(r, "clients/list", doc);
}

void clients_post(struct request *r)
{
    static const struct field q = {.name = "q",
                                   .kind = FIELD_LINE,
                                   .required = true,
                                   .min = 2,
                                   .max = 120,
                                   .missing = "Enter a name, an e-mail address or a telephone number",
                                   .wrong = "Enter from 2 to 120 characters"};
    struct form f;
    form_read(&f, r, &q, 1);
    const char *doc =
        f.errors > 0 ? ask(r, Q_clients_page, NULL, NULL) : ask(r, Q_clients_found, form_get(&f, "q"));
    if (doc && f.errors > 0)
        page_form(r, "clients/list", doc, &f);
    else if (doc)
        page(r, "clients/list", doc);
}
