/*
 * The form of a held booking: page by page, or all answers at once as JSON. Answers lie sealed in the booking
 * while it is held. A passed check is kept with the booking, sealed; after STOP or CLEARANCE the booking and
 * all answers are gone and the time is free before the page is sent.
 */
#ifndef UNKNOT_INTAKE_INTAKE_H
#define UNKNOT_INTAKE_INTAKE_H

#include "intake/answers.h"
#include "intake/judge.h"
#include "web/web.h"

void safety_get(struct request *r);  /* GET  /bookings/{id}/safety: to the first open page */
void safety_post(struct request *r); /* POST /bookings/{id}/safety: all answers at once */
void safety_page_get(
    struct request *r); /* GET  /bookings/{id}/safety/{n}; {n} "done": what a passed check means */
void safety_page_post(struct request *r);  /* POST /bookings/{id}/safety/{n} */
void safety_again_get(struct request *r);  /* GET  /bookings/{id}/again: times for another visit */
void safety_again_post(struct request *r); /* POST /bookings/{id}/again: another time, with the answers and
                                              names of a hold that ran out */

/* For practice/: what the therapist of `visit` reads of the form kept as `sealed` (safety_check.sealed),
 * which was answered for that booking or for the first of its series, as a JSON document
 * {"outcome","notes":["…"], "limits":{…}}; NULL when it cannot be opened, or after a 500 without memory. */
const char *intake_for_therapist(struct request *r, const char *visit, const char *answered_for,
                                 const char *sealed, bool month_first);

/* For accounts/: the whole record as JSON (intake/record.h), opened for whoever holds the booking's token;
 * NULL when it cannot be. */
const char *intake_for_client(struct request *r, const char *visit, const char *answered_for,
                              const char *sealed);

/* For accounts/: what is in such a record as a list `key` of {"id","question","answer" in words,"value" as it
 * is kept}, in the words of the version that asked. Empty where it cannot be read. */
void intake_answers_put(struct request *r, struct json_writer *w, const char *key, const char *record,
                        bool month_first);

/* For accounts/: what was answered to the therapist's own questions, [{"id","ask","answer"}], kept as
 * `sealed` for `answered_for`; NULL when it cannot be opened. */
const char *intake_own_for_client(struct request *r, const char *visit, const char *answered_for,
                                  const char *sealed);

/* --- For finder/: the same questions and rules where there is no booking and nothing is kept. What may be an
 * emergency and what a doctor should see are two lists in which what fits is ticked; what a tick leaves open
 * is asked in full. A step is "signs" or "soon" (the lists), or the id of a question. */

struct signs {
    struct answers answers;
    uint64_t ticked[QUESTION_WORDS]; /* bit per question, in the list that was sent now */
    bool none;                       /* "none of these" was, in that list */
    uint8_t listed;                  /* bit per list that is answered: 1 signs, 2 soon */
    bool cleared;                    /* somebody with medical training has said that massage is fine */
};

/* Takes one field of a form: a question's id with an answer, sign, listed, cleared. */
enum signs_taken { SIGNS_FOREIGN, SIGNS_TAKEN, SIGNS_WRONG };
enum signs_taken signs_take(const struct questionnaire *q, struct signs *s, struct arena *arena,
                            struct str name, struct str value);
/* The same fields, for the form of the next page, without those that the page of `step` asks for itself. */
void signs_hidden(const struct questionnaire *q, const struct signs *s, const char *step,
                  struct json_writer *w);

bool signs_is_step(const struct questionnaire *q, const char *step);
enum { SIGNS_LISTS = 2 };
int signs_list(const char *step); /* its number from 1; 0: it is no list */
/* The step before it, or NULL; of NULL: the last list. */
const char *signs_before(const struct questionnaire *q, const char *step);
/* Whether a page that was asked for may be shown while `open` (NULL: none) is the first that is open. */
bool signs_may_show(const struct questionnaire *q, const struct signs *s, const char *step, const char *open);
/* What was just answered on the page of `step`: the message for field *field when it does not do, else NULL.
 */
const char *signs_submit(const struct questionnaire *q, struct signs *s, const char *step,
                         const char **field);
/* The step that is open; NULL when there is none, or none is needed any more because the judgement ends. */
const char *signs_next(const struct questionnaire *q, const struct signs *s, struct judgement *j);
void signs_judge(const struct questionnaire *q, const struct signs *s, struct judgement *j);

/* The documents; NULL when memory ends. Of a page: {"list": {…}} or {"asked": {…}}, see templates/finder. */
const char *signs_page(struct request *r, const struct questionnaire *q, const struct signs *s,
                       const char *step, const char *error, const char *field);
/* What a passed check says: {"outcome","rules","limits","says"}; never NULL. */
const char *signs_says(struct request *r, const struct questionnaire *q, const struct signs *s,
                       const struct judgement *j);
/* After STOP or CLEARANCE: what POST /bookings/{id}/safety answers as JSON, and the page. here: of
 * finder.today.
 */
const char *signs_judgement(struct request *r, const struct questionnaire *q, const struct signs *s,
                            const struct judgement *j);
const char *signs_outcome(struct request *r, const struct questionnaire *q, const struct signs *s,
                          const struct judgement *j, const char *here);

#endif
