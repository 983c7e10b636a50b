/* One form in progress, between the pages and the database. */
#ifndef UNKNOT_INTAKE_CHECK_H
#define UNKNOT_INTAKE_CHECK_H

#include "intake/course.h"
#include "intake/words.h"
#include "web/web.h"

enum { ASKED = ONLY_S1 }; /* what a booking asks for */

struct check {
    const char *id;
    const char *booking; /* its document */
    const struct questionnaire
        *q; /* the version that is asked; of a passed check that which it was asked in */
    struct numbers numbers;
    struct setting setting; /* its day: the date where the visit will be */
    bool passed;            /* a passed check is kept */
    struct record record;
    struct judgement kept; /* of the passed check */
};

/* The form of the booking in the path, held or not. False after having replied. */
bool check_load(struct request *r, struct check *c);
/* Keeps the answers so far. False after having replied. */
bool check_save(struct request *r, struct check *c);
/* The end: a passed check is kept, anything else discards the booking. Replies. */
void check_conclude(struct request *r, struct check *c, const struct judgement *j);
/* The same for a passed check, without replying with a page: c->booking is the document after it. False after
 * having replied. */
bool check_pass(struct request *r, struct check *c, const struct judgement *j);

struct outcome_of check_outcome(const struct check *c, const struct judgement *j);

#endif
