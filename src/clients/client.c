/* One client: what was and what is to come, and whether they can book. */
#include "clients/clients.h"

#define REASON_SEAL "reason of a block"

static const char *reason_bound(struct request *r, const char *block)
{
    return arena_printf(r->arena, "client_block %s", block);
}

static void open_reason(struct request *r, const char *block, const char *name)
{
    const char *id = block ? doc_text(r, block, "id") : NULL,
               *sealed = block ? doc_text(r, block, "sealed") : NULL;
    if (sealed)
        page_value(r, name, unseal(r, REASON_SEAL, reason_bound(r, id), sealed));
}

/* The document with the reason of a block, opened, and that of one which was joined to it. */
static const char *with_reason(struct request *r, const char *doc)
{
    open_reason(r, doc_text(r, doc, "block"), "reason_kept");
    open_reason(r, doc_text(r, doc, "earlier"), "reason_earlier");
    return doc;
}

void client_get(struct request *r)
{
    const char *id = path_uuid(r), *before = query_value(r, "before");
    if (!id)
        return;
    if (before && !text_is_uuid(str_of(before))) {
        reply_error(r, 400, "The history goes on before= the id of a visit.");
        return;
    }
    const char *doc = ask(r, Q_clients_one, id, before);
    if (!doc)
        return;
    page_value(r, "saved", query_value(r, "saved"));
    page(r, "clients/one", with_reason(r, doc));
}

static const struct field block_fields[] = {
    {.name = "reason", .kind = FIELD_TEXT, .max = 500, .wrong = "Shorten the reason to 500 characters"},
};

void client_block_get(struct request *r)
{
    const char *id = path_uuid(r), *doc = id ? ask(r, Q_clients_one, id, NULL) : NULL;
    if (doc)
        page(r, "clients/block", with_reason(r, doc));
}

void client_block_post(struct request *r)
{
    struct form f;
    char block[37];
    const char *id = path_uuid(r), *doc = id ? ask(r, Q_clients_one, id, NULL) : NULL;
    if (!doc)
        return;
    form_read(&f, r, block_fields, sizeof block_fields / sizeof *block_fields);
    if (f.errors > 0) {
        page_form(r, "clients/block", doc, &f);
        return;
    }
    web_uuid(block);
    const char *reason = form_get(&f, "reason");
    const char *sealed = reason ? seal(r, REASON_SEAL, reason_bound(r, block), str_of(reason)) : NULL;
    if (reason && !sealed)
        reply_error(r, 500, NULL);
    else
        page_saved(r, ask(r, Q_clients_block, id, block, sealed),
                   arena_printf(r->arena, "/practice/clients/%s?saved=blocked", id));
}

void clients_blocked_get(struct request *r)
{
    page_with_saved(r, "clients/blocked", ask(r, Q_clients_blocked));
}

void client_unblock_post(struct request *r)
{
    const char *id = path_uuid(r);
    if (id)
        page_saved(r, ask(r, Q_clients_unblock, id), "/practice/blocked?saved=1");
}
