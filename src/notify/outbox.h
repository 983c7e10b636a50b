/* The outbox: messages that a transaction owed, sent after it, at least once. */
#ifndef UNKNOT_NOTIFY_OUTBOX_H
#define UNKNOT_NOTIFY_OUTBOX_H

#include "core/config.h"
#include "db/db.h"
#include "view/view.h"

struct outbox {
    struct db *db; /* the worker role's */
    const struct config *config;
    const struct view *view;
    const unsigned char *key; /* the master key: secret addresses are made from it when a mail is sent */
};

/* Sends the next message that is due. DB_OK: one was handled (sent, put off, given up or dropped); DB_NONE:
 * nothing is due; else the database's trouble. Several workers may call it side by side: what one has taken
 * is nobody else's for two minutes, which is longer than any sending takes. */
enum db_status outbox_step(const struct outbox *o, struct arena *a);

/* What the configuration can send. */
bool outbox_has_mail(const struct config *config);
bool outbox_has_hook(const struct config *config);

#endif
