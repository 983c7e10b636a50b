/*
 * Answers as JSON: {"RF12":"no", "H02":["antiplatelet"], "P07":4, "A01":"1980-02-03", "H21":"…"}. The same
 * form comes from clients, lies sealed as a draft, and is kept with a passed check.
 */
#ifndef UNKNOT_INTAKE_ANSWERS_H
#define UNKNOT_INTAKE_ANSWERS_H

#include "core/json.h"
#include "intake/questionnaire.h"

enum { LONG_TEXT = 200 }; /* a text that may have more characters than this has lines */

/* One answer by the id of its question; for a question with several options one more of them. WRONG: not one
 * of its answers, a second one, or an option that stands alone beside others. Text is trimmed and copied into
 * `arena`, its line ends are "\n". */
enum answer_taken { ANSWER_FOREIGN, ANSWER_TAKEN, ANSWER_WRONG };
enum answer_taken answers_take(const struct questionnaire *q, struct answers *a, struct arena *arena,
                               struct str id, struct str value);
bool answer_same(const struct answer *a, const struct answer *b);

/* What to say where an answer is wrong: a sentence that says what fits. NULL when memory ends. */
const char *answer_fits(const struct question *question, struct arena *arena);

/* Reads the object at `token`. *a starts empty. False at the first member that does not fit; `lenient`: such
 * are left out. */
bool answers_read(const struct questionnaire *q, struct answers *a, const struct json *j, uint32_t token,
                  struct arena *arena, bool lenient);
/* The members, without brackets. */
void answers_write(const struct questionnaire *q, const struct answers *a, struct json_writer *w);

/* The answer as somebody reads it: labels, number with unit, day, text. Empty when there is none. */
void answer_say(const struct question *question, const struct answer *answer, bool month_first,
                struct buf *out);

/* Whether pain was shown in the low back: any of the areas low_back_… of P01. */
bool answers_low_back(const struct questionnaire *q, const struct answers *a);

#endif
