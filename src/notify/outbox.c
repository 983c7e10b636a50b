/*
 * A message is taken in one statement (outbox_take), sent outside of any, and settled in another
 * (outbox_done). A worker that ends in between leaves it taken for a while, and then it is due again: at
 * least once, never lost. Links and codes are made here from keys; no table has them.
 */
#include "notify/outbox.h"

#include "accounts/link.h"
#include "booking/booking.h"
#include "core/log.h"
#include "notify/hook.h"
#include "notify/mail.h"

#include <sodium.h>

#define MESSAGE_MAX ((size_t)512 * 1024)

/* What the database says of a message (outbox_take). Members it does not have are NULL. */
struct row {
    const char *id, *kind, *dropped, *attempt, *channel, *to, *phone, *key, *link_key, *link_path, *data,
        *calendar, *method;
};

static const char *raw_member(struct json *j, struct arena *a, const char *key)
{
    uint32_t token = json_get(j, 0, key);
    if (!token || j->token[token].kind == JSON_NULL)
        return NULL;
    struct str raw = json_raw(j, token);
    return arena_strndup(a, raw.p, raw.n);
}

static bool read_row(struct arena *a, const char *doc, struct row *row)
{
    struct json j;
    if (!json_parse(&j, a, str_of(doc)))
        return false;
    *row = (struct row){.id = json_member(a, doc, "id"),
                        .kind = json_member(a, doc, "kind"),
                        .dropped = json_member(a, doc, "dropped"),
                        .attempt = json_member(a, doc, "attempt"),
                        .channel = json_member(a, doc, "channel"),
                        .to = json_member(a, doc, "to"),
                        .phone = json_member(a, doc, "phone"),
                        .key = json_member(a, doc, "key"),
                        .link_key = json_member(a, doc, "link_key"),
                        .link_path = json_member(a, doc, "link_path"),
                        .method = json_member(a, doc, "method"),
                        .data = raw_member(&j, a, "data"),
                        .calendar = raw_member(&j, a, "calendar")};
    return row->id && row->kind && (row->dropped || (row->attempt && row->channel && row->data)) &&
           !arena_failed(a); /* a mail without its link would be none */
}

/* Where the guest sees the booking. Nothing stores it: who has the key of this place and that of the booking
 * makes it. */
static const char *secret_link(const struct outbox *o, const char *key, struct arena *a)
{
    const char *token = booking_token(a, o->key, key);
    return token ? arena_printf(a, "%s/b/%s", o->config->origin, token) : NULL;
}

/* A link that proves who reads the mail, and the code for another browser. `path`: of pages other than
 * /links. */
static const char *proving_link(const struct outbox *o, const char *key, const char *path, struct arena *a,
                                const char **code)
{
    char token[44], digits[LINK_CODE_SIZE];
    link_token(o->key, key, token);
    link_code(o->key, key, digits);
    *code = arena_printf(a, "%.4s %.4s", digits, digits + 4);
    const char *link = arena_printf(a, "%s/%s/%s", o->config->origin, path ? path : "links", token);
    sodium_memzero(token, sizeof token);
    sodium_memzero(digits, sizeof digits);
    return link;
}

static const char *send_mail(const struct outbox *o, const struct row *row, struct arena *a)
{
    const char *code = NULL, *link = row->link_key ? proving_link(o, row->link_key, row->link_path, a, &code)
                                                   : secret_link(o, row->key, a);
    const struct mail mail = {.id = row->id,
                              .kind = row->kind,
                              .to = row->to ? row->to : "",
                              .data = row->data,
                              .link = link,
                              .code = code,
                              .calendar = row->calendar,
                              .method = row->method};
    struct buf message = {.max = MESSAGE_MAX};
    const char *failure = NULL;
    bool written = mail_write(o->config, o->view, &mail, a, &message);
    if (arena_failed(a) || message.failed)
        failure = "setup"; /* no memory: nothing is wrong with the mail, and it is tried again */
    else if (written)
        failure = mail_deliver(o->config, &mail, &message);
    else
        failure = "unwritable";
    if (!written)
        log_event(LOG_ERROR, "mail-unwritable", "mail", mail.id, "kind", mail.kind, NULL);
    buf_free(&message);
    return failure;
}

static const char *call_hook(const struct outbox *o, const struct row *row, struct arena *a)
{
    const struct hook hook = {.id = row->id,
                              .kind = row->kind,
                              .to = row->to,
                              .phone = row->phone,
                              .link = secret_link(o, row->key, a),
                              .data = row->data};
    return arena_failed(a) ? "setup" : hook_call(o->config, &hook);
}

static enum db_status settle(const struct outbox *o, const struct row *row, const char *failure,
                             struct arena *a)
{
    const char *dead = NULL;
    const char *const values[] = {row->id, row->attempt, failure ? failure : "sent"};
    enum db_status s = DB_GONE;
    /* Said again when the connection was lost: saying it twice changes nothing. It answers nothing unless the
     * message is given up, so that what was sent is settled without memory. */
    for (int tries = 0; tries < 3 && (s == DB_GONE || s == DB_UNKNOWN || s == DB_BUSY); tries++)
        s = db_query_as(o->db, NULL, a, Q_worker_done, &dead, 3, values);
    if (dead)
        log_event(LOG_ERROR, "message-dead", "message", row->id, "kind", row->kind, "class", failure, NULL);
    return s == DB_NONE ? DB_OK : s;
}

enum db_status outbox_step(const struct outbox *o, struct arena *a)
{
    struct row row;
    const char *doc = NULL;
    const char *const values[] = {outbox_has_mail(o->config) ? "true" : "false",
                                  outbox_has_hook(o->config) ? "true" : "false"};
    enum db_status s = db_query_as(o->db, NULL, a, Q_worker_take, &doc, 2, values);
    if (s != DB_OK)
        return s;
    if (!read_row(a, doc, &row))
        return DB_ERROR;
    if (row.dropped) {
        log_event(LOG_INFO, "message-dropped", "message", row.id, "kind", row.kind, "why", row.dropped, NULL);
        return DB_OK;
    }
    const char *failure = strcmp(row.channel, "hook") == 0 ? call_hook(o, &row, a) : send_mail(o, &row, a);
    return settle(o, &row, failure, a);
}

bool outbox_has_mail(const struct config *config)
{
    return *config->mail_from != '\0' && (*config->smtp != '\0' || *config->mail_dir != '\0');
}

bool outbox_has_hook(const struct config *config)
{
    return *config->hook_url != '\0' && hook_problem(config) == NULL;
}
