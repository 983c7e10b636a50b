/*
 * What is kept sealed of one form:
 * {"version":"1","day":"2026-11-22","in_person":true,"seen":["S1.1",…],"since":{"H01":"2026-02-03"},
 *  "told_for":["RF-08"],"answers":{…},"rules":[{"id","outcome","urgency","lowered"}],
 *  "before":{"day":"2026-02-03","rules":["HE-02a"]}}
 */
#ifndef UNKNOT_INTAKE_RECORD_H
#define UNKNOT_INTAKE_RECORD_H

#include "intake/answers.h"
#include "intake/judge.h"

enum { RULE_WORDS = RULES_MAX / 64, RECORD_MAX = 24000 /* bytes of its text */ };

struct record {
    int32_t day;                   /* of the last change, where the visit will be */
    bool in_person;                /* health is to be told to the therapist in person */
    uint64_t seen;                 /* bit per page (index in questionnaire.pages) that was sent */
    uint64_t told_for[RULE_WORDS]; /* bit per rule: what the clinician's word was asked for */
    int32_t since[QUESTIONS_MAX];  /* the day of an answer that is as in an earlier form; 0: of this one */
    int32_t before_day;            /* of the form that this one takes the place of; 0: none */
    uint64_t before[RULE_WORDS];   /* bit per rule that had fired then */
    struct answers answers;
};

/* With a judgement: the fired rules, and no pages. `out` has failed when it is more than RECORD_MAX bytes. */
void record_write(const struct questionnaire *q, const struct record *record, const struct judgement *j,
                  struct buf *out);

/* The answers of `then` in the words of `now`, each with the day it was given, as where a form begins that is
 * answered once more; what has to be asked afresh (safety check, consent, the day) is left out. False when
 * memory ends. */
bool record_carry(const struct questionnaire *was, const struct record *then, const struct questionnaire *now,
                  struct arena *arena, struct record *record);
/* Notes what had fired in the form that this one takes the place of. */
void record_follow(const struct questionnaire *was, const struct record *then, const struct judgement *j,
                   const struct questionnaire *now, struct record *record);

/* The version in whose words a record stands; NULL when it is none. */
const char *record_version(struct arena *arena, struct str text);
/* Reads a record of version q->version; *j is what had fired (NULL: not wanted). A draft that is of another
 * version (j NULL) is read as far as it fits, and none of its pages counts as seen. */
bool record_read(const struct questionnaire *q, struct arena *arena, struct str text, struct record *record,
                 struct judgement *j);

#endif
