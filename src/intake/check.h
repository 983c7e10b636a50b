/* One form in progress, between the pages and the database. */
#ifndef UNKNOT_INTAKE_CHECK_H
#define UNKNOT_INTAKE_CHECK_H

#include "intake/course.h"
#include "intake/words.h"
#include "web/web.h"

enum { ASKED = WHOLE_FORM }; /* what a booking asks for */
enum { ANSWERS_DAYS = 365 }; /* after a year all is asked afresh */

/* What was answered last, while the form of a visit is answered again. */
struct before {
    const struct questionnaire *q;
    struct record record;
    struct judgement j;
};

struct check {
    const char *id, *lead; /* of several visits that are booked together, the first; else the same */
    const char *booking;   /* its document */
    const struct questionnaire
        *q; /* the version that is asked; of a passed check that which it was asked in */
    struct numbers numbers;
    struct setting setting;      /* its day: the date where the visit will be */
    bool passed;                 /* a passed check is kept */
    bool again;                  /* the form of a visit that is booked or asked for is answered again */
    bool was_booked;             /* so it was, and still is or is held until a clinician has answered */
    const struct before *before; /* NULL: nothing, or it does not open */
    int adult_age;
    bool month_first; /* how dates are written where the visit will be */
    bool in_person;   /* … without its answers, which are told at the visit */
    bool lost;        /* what is kept of it does not open, and never will */
    struct record record;
    struct judgement kept; /* of the passed check */
    bool consent_changed; /* after check_conclude: nothing was replied, what is agreed to has to be read again
                           */
};

/* The form of the booking in the path, held or not. False after having replied. */
bool check_load(struct request *r, struct check *c);
/* Whether its questions can be answered: the time is held, or they are answered again. False after having
 * replied. */
bool check_open(struct request *r, const struct check *c);
/* Keeps the answers so far. False after having replied. */
bool check_save(struct request *r, struct check *c);
/* The answers so far, sealed; NULL after having replied. */
const char *check_sealed_draft(struct request *r, struct check *c);
/* The end: a passed check is kept, anything else discards the booking. Replies. */
void check_conclude(struct request *r, struct check *c, const struct judgement *j);
/* The same for a passed check, without replying with a page: c->booking is the document after it. False after
 * having replied. */
bool check_pass(struct request *r, struct check *c, const struct judgement *j);

/* Reads the form kept as `sealed`, answered for `lead`, as whoever may open it for `visit`. False: it does
 * not open. */
bool check_kept(struct request *r, const char *visit, const char *lead, const char *sealed,
                const struct questionnaire **q, struct record *record, struct judgement *j);

/* Whether the person is under age, by the date of birth; whether the massage is for themselves, a child or
 * another adult: self, child, adult. */
bool check_minor(const struct check *c);
const char *check_for_whom(const struct check *c);

struct outcome_of check_outcome(const struct check *c, const struct judgement *j);

#endif
