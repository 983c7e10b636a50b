#include "notify/outbox.h"

#include "core/log.h"
#include "notify/mail.h"

struct step {
    const struct config *config;
    const struct view *view;
    struct arena *arena;
};

static bool read_mail(struct arena *a, const char *row, struct mail *mail)
{
    struct json j;
    if (!json_parse(&j, a, str_of(row)))
        return false;
    struct str data = json_raw(&j, json_get(&j, 0, "data"));
    *mail = (struct mail){.id = json_member(a, row, "id"),
                          .kind = json_member(a, row, "kind"),
                          .to = json_member(a, row, "to"),
                          .data = arena_strndup(a, data.p, data.n)};
    return mail->id != NULL && mail->kind != NULL && mail->to != NULL && mail->data != NULL;
}

static bool send(const struct step *step, const struct mail *mail)
{
    struct buf message = {.max = 256 * 1024};
    bool sent = mail_write(step->config, step->view, mail, step->arena, &message);
    if (!sent)
        log_event(LOG_ERROR, "mail-unwritable", "mail", mail->id, "kind", mail->kind, NULL);
    sent = sent && mail_deliver(step->config, mail, &message);
    buf_free(&message);
    return sent;
}

/* Sending happens inside the transaction that holds the row's lock: a crash between the two sends again,
 * never not at all. */
static enum db_status take_and_send(struct db *db, void *context)
{
    const struct step *step = context;
    const char *row = NULL;
    struct mail mail;
    enum db_status s = db_get(db, step->arena, Q_worker_mail_take, &row);
    if (s != DB_OK)
        return s;
    if (!read_mail(step->arena, row, &mail))
        return DB_ERROR;
    s = send(step, &mail) ? db_get(db, step->arena, Q_worker_mail_sent, NULL, mail.id)
                          : db_get(db, step->arena, Q_worker_mail_later, NULL, mail.id);
    return s == DB_NONE ? DB_OK : s;
}

enum db_status outbox_step(struct db *db, const struct config *config, const struct view *view,
                           struct arena *a)
{
    struct step step = {config, view, a};
    return db_transaction(db, NULL, take_and_send, &step);
}

bool outbox_can_send(const struct config *config)
{
    return *config->mail_from != '\0' && (*config->smtp != '\0' || *config->mail_dir != '\0');
}
