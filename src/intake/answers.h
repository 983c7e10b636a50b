/*
 * Answers as JSON: {"RF12":"no", …, "RF15_date":"2026-11-20", "RF15_clinician":"Dr Oja"}. The same form comes
 * from clients, lies sealed as a draft, and is kept with a passed check.
 */
#ifndef UNKNOT_INTAKE_ANSWERS_H
#define UNKNOT_INTAKE_ANSWERS_H

#include "core/json.h"
#include "intake/safety.h"

/* One answer by its key, once. False when it has one already, the key is not a question's or the value not
 * one of its answers (an empty one, a date that is not real and an over-long or blank name are none). */
bool answers_set(struct answers *a, struct str key, struct str value);
/* Whether `key` is one that answers_set knows. */
bool answers_key(struct str key);

/* Reads the object at `token`; false at the first member that does not fit. *a starts empty. */
bool answers_read(struct answers *a, const struct json *j, uint32_t token, struct arena *arena);
/* The members, without brackets. */
void answers_write(const struct answers *a, struct json_writer *w);

#endif
