/*
 * A stored case tried under a version of the questionnaire: answers that somebody thought out by hand, and
 * what must come out of them. Nothing counts as missing in a case; where no rule fires, OK-00 does.
 */
#ifndef UNKNOT_INTAKE_TRIAL_H
#define UNKNOT_INTAKE_TRIAL_H

#include "core/json.h"
#include "intake/judge.h"

struct trial {
    const char *wrong; /* why its answers do not fit the version, a sentence; NULL: they do, and `j` says what
                          follows */
    struct judgement j;
    bool holds; /* outcome, urgency, rules and pressure are as expected */
};

/* The case in object `one` of a document: {"answers", "today", "note_on", "call_on", "outcome", "urgency",
 * "rules", "pressure_max"}. */
void trial_run(const struct questionnaire *q, const struct json *document, uint32_t one, struct arena *a,
               struct trial *t);

/* "RF-08 RF-14", in the order of the table; in memory of a. */
const char *trial_rules(const struct questionnaire *q, const struct judgement *j, struct arena *a);

/* Answers written as JSON at token `object` into *given: {question: option,
 * [options], number, "2026-11-22" or text}. NULL, or why they do not fit. Texts are in memory of a. */
const char *trial_answers(const struct questionnaire *q, const struct json *document, uint32_t object,
                          struct arena *a, struct answers *given);

#endif
