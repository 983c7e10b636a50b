/* The documents of what the form comes to: made here because the questions and rules live here. All of them
 * give NULL when memory ends. */
#ifndef UNKNOT_INTAKE_WORDS_H
#define UNKNOT_INTAKE_WORDS_H

#include "intake/record.h"
#include "web/web.h"

/* Whom to call where the visit will be. */
struct numbers {
    const char *emergency, *urgent_line; /* NULL: the site's own */
    const char *helpline;                /* NULL: none */
};

struct outcome_of {
    const struct questionnaire *q;
    const struct answers *answers;
    const struct judgement *j;
    struct numbers numbers;
    int32_t today;
    bool month_first;    /* how dates are written where the visit will be */
    const char *booking; /* its document; NULL where there is none */
    const char
        *shape;     /* what of the booking does not fit (query intake.shape); NULL where that is not asked */
    bool in_person; /* health is told to the therapist in person */
};

/* Answers are still missing, and no STOP makes them unneeded. */
bool judgement_incomplete(const struct judgement *j);

/* The JSON answer:
 * {"outcome","urgency","rules":[{"id","outcome","urgency","text"}],"missing":[],"limits":{…}}. The outcome is
 * INCOMPLETE while required answers are missing, unless a STOP ends the check. */
const char *judgement_document(struct request *r, const struct outcome_of *o);
/* The page after STOP or CLEARANCE, and with a passed check the page that says what it means for the visit.
 */
const char *outcome_document(struct request *r, const struct outcome_of *o);
/* What a passed check says: {"outcome","rules","limits",…,"says":["…"]}. */
const char *passed_document(struct request *r, const struct outcome_of *o);
/* {"duration_max","pressure_max","exclude":[…],"position":[…],"require":[[…]]}: what intake.shape looks at.
 */
const char *shape_limits(struct request *r, const struct questionnaire *q, const struct judgement *j);
/* "says":["…"]: what is said to the client, the most urgent first and nothing twice; after a STOP or
 * CLEARANCE only what belongs to it. */
void put_says(struct request *r, struct json_writer *w, const struct outcome_of *o);
/* What a therapist reads of a passed check: {"outcome","notes":["…"],"limits":{…}} and, where a clinician
 * agreed, "cleared_on" and "cleared_by"; of the red flags nothing but what the rules say of them. `without`:
 * the techniques of this visit that are left out, [{"slug","label"}]. */
const char *therapist_document(struct request *r, const struct questionnaire *q, const struct record *record,
                               const struct judgement *j, const char *without, bool month_first);

#endif
