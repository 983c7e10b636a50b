/* unknot demo: one client who has come for twelve weeks (sql/functions/84_sample_course.sql), so that the
 * line of how it goes can be seen. */
#ifndef UNKNOT_COMMAND_DEMO_COURSE_H
#define UNKNOT_COMMAND_DEMO_COURSE_H

#include "core/config.h"
#include "db/db.h"
#include "intake/answers.h"

enum { COURSE_VISITS = 6, COURSE_OUTCOMES = 8 };

struct demo_course {
    char booking[COURSE_VISITS][37];
    size_t count; /* 0: there was no therapist for it */
    struct demo_outcome {
        char id[37];
        int visit, days;
        const char *kind;
        char sealed[1024];
    } outcome[COURSE_OUTCOMES];
    size_t outcomes;
};

/* Makes the bookings. */
enum db_status course_make(struct demo_course *c, struct db *db, const struct config *config,
                           struct arena *a);
/* Which visit this booking is; -1: none of it. */
int course_visit(const struct demo_course *c, const char *booking);
/* What the client answers in the form before the first visit, beside the safety check. */
bool course_answers(const struct questionnaire *q, struct answers *given, struct arena *a);
/* Seals what is said after a visit under its client's key; false without memory. */
bool course_seal(struct demo_course *c, int visit, const unsigned char key[32], const char *key_id,
                 struct arena *a);
/* Stores it, once the visits' checks are stored. */
enum db_status course_store(const struct demo_course *c, struct db *db, struct arena *a);

/* The address of the client's newest visit below the site's; NULL: there is none. In a. */
const char *course_link(struct db *db, const struct config *config, struct arena *a);

#endif
