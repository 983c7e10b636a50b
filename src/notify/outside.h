/* Busy times of therapists' own calendars, read by the worker. */
#ifndef UNKNOT_NOTIFY_OUTSIDE_H
#define UNKNOT_NOTIFY_OUTSIDE_H

#include "core/config.h"
#include "db/db.h"

#define OUTSIDE_PURPOSE "outside calendar" /* the address is sealed for it, bound to its host */

/* Reads the next calendar that is due. DB_OK: one was read, or failed and will be tried again; DB_NONE:
 * nothing is due; else the database's trouble. */
enum db_status outside_step(struct db *db, const struct config *config, const unsigned char key[32],
                            struct arena *a);

#endif
