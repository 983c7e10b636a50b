/* A therapist's own questions in the form before a visit, and the signature under what a client agreed to. */
#ifndef UNKNOT_PRACTICE_QUESTIONS_H
#define UNKNOT_PRACTICE_QUESTIONS_H

#include "web/web.h"

void practice_questions_get(struct request *r);    /* GET  /practice/questions */
void practice_question_new_get(struct request *r); /* GET  /practice/questions/new */
void practice_question_new_post(struct request *r);
void practice_question_get(struct request *r); /* GET  /practice/questions/{id} */
void practice_question_post(struct request *r);
void practice_question_move_post(
    struct request *r); /* POST /practice/questions/{id}/move (move: up | down | stop) */
void practice_consent_post(struct request *r); /* POST /practice/bookings/{id}/consent (name) */

#endif
