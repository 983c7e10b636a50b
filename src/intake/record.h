/*
 * What is kept of a safety check, as JSON inside the seal:
 * {"version","day","answers":{…},"rules":[{"id","outcome","urgency","lowered"}]}. The draft is the same
 * without `rules`. What was decided is read back, never judged anew: later rules do not change an old check.
 */
#ifndef UNKNOT_INTAKE_RECORD_H
#define UNKNOT_INTAKE_RECORD_H

#include "intake/answers.h"

/* `j` NULL: a draft. */
void record_write(const struct answers *a, const struct judgement *j, int32_t today, struct buf *out);

/* False for anything record_write did not write. j may be NULL; of it are filled: fired, count, limits,
 * outcome, urgency, passed (rules this program no longer knows are left out). */
bool record_read(struct arena *arena, struct str text, struct answers *a, struct judgement *j);

#endif
