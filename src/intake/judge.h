/*
 * The judgement over one person's answers. Pure: nothing here allocates, reads a clock or touches the
 * database; the same answers, version and setting give the same judgement for ever. It decides whether a
 * visit may be booked; it is not a diagnosis.
 */
#ifndef UNKNOT_INTAKE_JUDGE_H
#define UNKNOT_INTAKE_JUDGE_H

#include "intake/questionnaire.h"

struct setting {
    int32_t today;    /* days since 1970-01-01, where the visit will be */
    uint8_t sections; /* SECTION_BIT…: what is asked now; required questions of others are not missing, and
                         their rules fire by what is answered all the same */
    int32_t note_on;  /* date of a clinician's note that is kept with the visit; 0: none. Lifts written rules
                         too */
    int32_t call_on;  /* date of a call that the therapist recorded; 0: none. Lifts CLEARANCE, never STOP */
};

enum { NOTE_DAYS = 30 }; /* how long a clinician's word holds */

struct fired {
    uint16_t rule; /* index into questionnaire.rules */
    bool lowered;  /* a clinician's word made a MODIFY of it */
    uint8_t outcome, urgency;
};

struct judgement {
    enum outcome outcome;             /* of the strongest rule; never to be read as passed: see `passed` */
    enum urgency urgency;             /* the highest among rules of that outcome */
    bool passed;                      /* nothing is missing and the outcome is PROCEED or MODIFY */
    bool ends;                        /* a STOP for an emergency or for today: no more questions */
    bool asks_clearance;              /* RF15 is shown and has no answer yet */
    uint64_t missing[QUESTION_WORDS]; /* bit per required question without an answer */
    bool missing_date, missing_clinician;
    uint16_t count;
    struct fired fired[RULES_MAX]; /* all of them, in the order of the table */
    struct limits limits; /* merged: lowest, shortest, union; REQUIRE is not merged: see the fired rules */
};

void judge(const struct questionnaire *q, const struct answers *given, const struct setting *s,
           struct judgement *j);

/* The part of it that follows from fired, count and missing: outcome, urgency, limits, ends, passed. For a
 * judgement that was kept and is read again. */
void judge_conclude(const struct questionnaire *q, struct judgement *j);

bool judgement_misses(const struct judgement *j, uint16_t question);
bool judgement_misses_any(const struct judgement *j);

/* The client's text of a fired rule with the numbers of the place filled in. */
void rule_text(const struct questionnaire *q, const struct fired *f, const char *emergency,
               const char *urgent_line, struct buf *out);
/* The therapist's text of a fired rule; NULL: nothing to show. Of a lowered STOP without the words that it
 * blocks. */
const char *rule_therapist(const struct questionnaire *q, const struct fired *f);

#endif
