/* The mean of the pain that authors of reviews gave, made by the worker. */
#ifndef UNKNOT_REVIEWS_PAIN_H
#define UNKNOT_REVIEWS_PAIN_H

#include "core/arena.h"
#include "db/db.h"

#define PAIN_PURPOSE "review pain" /* sealed for it, bound to the review's id */

/* Makes the mean of the next therapist that is due. DB_OK: one was looked at; DB_NONE: nothing is due; else
 * the database's trouble. What does not open is left out. */
enum db_status review_pain_step(struct db *db, const unsigned char key[32], struct arena *a);

#endif
