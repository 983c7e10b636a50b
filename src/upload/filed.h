/*
 * A sealed file (sealed.h) of a request: each piece a row of its own, put in and read back one by one, so
 * that no file is whole in the database or in a statement.
 */
#ifndef UNKNOT_UPLOAD_FILED_H
#define UNKNOT_UPLOAD_FILED_H

#include "upload/upload.h"
#include "web/web.h"

/* Where the pieces of one kind of file lie: `put` takes id, number and piece; `get` id and number. */
struct filed {
    enum query put, get;
};

/* Seals `file` under `key` and keeps it as `id`. False after having replied; what was put before stays, so
 * this is done in the transaction that makes the file known. */
bool filed_keep(struct request *r, struct filed of, const char *id, const char *key, struct str file);

/* Replies with file `id`, `pieces` long, as an attachment called NAME-DAY.ENDING: it is never shown in a page
 * of this site. Replies 500 when a piece is not as it was. */
void filed_send(struct request *r, struct filed of, const char *id, const char *key, int pieces,
                const char *name, const char *day, const char *ending);

#endif
