/* The documents of the safety check's pages, and of its JSON: made here because the questions and rules live
 * here. */
#ifndef UNKNOT_INTAKE_WORDS_H
#define UNKNOT_INTAKE_WORDS_H

#include "intake/answers.h"
#include "web/web.h"

/* What was typed wrong on one page. */
struct faults {
    const char *question[QUESTIONS]; /* message, NULL when fine */
    const char *date, *clinician;
    const char *typed_date, *typed_clinician; /* as typed */
};

/* The page of `number` (1..SAFETY_PAGES, CLEARANCE_PAGE): {booking, number, of, question, then, errors, …}.
 * `booking` is the booking's document; NULL where there is none. All of these give NULL when memory ends. */
const char *question_document(struct request *r, const char *booking, int number, const struct answers *a,
                              const struct faults *faults);

/* Answers are still missing, and no STOP makes them unneeded. */
bool judgement_incomplete(const struct judgement *j);

/* The JSON answer:
 * {"outcome","urgency","rules":[{"id","outcome","urgency","text"}],"missing":[],"limits":{…}}. The outcome is
 * INCOMPLETE while required answers are missing, unless a STOP ends the check. */
const char *judgement_document(struct request *r, const struct judgement *j);

/* The page after STOP or CLEARANCE, and with a passed check the page that says what it means for the visit.
 */
const char *outcome_document(struct request *r, const char *booking, const struct answers *a, int32_t today,
                             const struct judgement *j);

/* What a passed check says: {"outcome","rules","limits",…,"says":["…"]}. */
const char *passed_document(struct request *r, const struct judgement *j);

/* What a therapist reads of a passed check: {"outcome","notes":["…"],"limits":{…}} and, where a clinician
 * agreed, "cleared_on" and "cleared_by"; never the answers. */
const char *therapist_document(struct request *r, const struct answers *a, const struct judgement *j);

#endif
