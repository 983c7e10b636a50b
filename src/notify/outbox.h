/* The outbox: mails that a transaction owed, sent after it, at least once. */
#ifndef UNKNOT_NOTIFY_OUTBOX_H
#define UNKNOT_NOTIFY_OUTBOX_H

#include "core/config.h"
#include "db/db.h"
#include "view/view.h"

/* Sends the next mail that is due. DB_OK: one was handled (sent, or put off); DB_NONE: nothing is due; else
 * the database's trouble. Several workers may call it side by side: a row is locked while it is sent. */
enum db_status outbox_step(struct db *db, const struct config *config, const struct view *view,
                           struct arena *a);

/* True when the configuration says where mail goes. */
bool outbox_can_send(const struct config *config);

#endif
