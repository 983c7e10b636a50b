/* The operator's side of the questionnaire: versions, the draft and what is changed in it, stored cases. All
 * rows are WHO_OPERATOR. A draft always compiles: a change is tried first, and refused at the field that
 * breaks it. */
#ifndef UNKNOT_OPERATOR_QUESTIONNAIRE_H
#define UNKNOT_OPERATOR_QUESTIONNAIRE_H

#include "web/web.h"

void questionnaires_get(struct request *r); /* GET  /operator/questionnaires */
void questionnaires_post(
    struct request *r); /* POST /operator/questionnaires: the draft, made if there is none */
void questionnaire_upload_post(struct request *r); /* POST /operator/questionnaire-files (file): a FHIR
                                                      Questionnaire as a draft */
void questionnaire_get(struct request *r);         /* GET  /operator/questionnaires/{version} */
void questionnaire_trial_get(struct request *r);   /* GET  …/trial: all cases, now and under this version */
void questionnaire_publish_post(struct request *r); /* POST …/publish (note) */
void questionnaire_discard_post(struct request *r); /* POST …/discard */
void questionnaire_sign_get(struct request *r);     /* GET  …/sign */
void questionnaire_sign_post(struct request *r);    /* POST …/sign (name, profession, on) */
void questionnaire_fhir_get(struct request *r);     /* GET  …/fhir.json */

/* …/questions/{question} and …/rules/{rule}, where {id} may be `new`; …/remove */
void questionnaire_question_get(struct request *r);
void questionnaire_question_post(struct request *r);
void questionnaire_question_remove_post(struct request *r);
void questionnaire_rule_get(struct request *r);
void questionnaire_rule_post(struct request *r);
void questionnaire_rule_remove_post(struct request *r);
void questionnaire_words_get(struct request *r);        /* …/words: what limits are made of */
void questionnaire_words_post(struct request *r);       /* (kind, slug, label): one more */
void questionnaire_word_change_post(struct request *r); /* …/words/change (word, act, new_label) */

/* /operator/cases, /operator/cases/{key}, where {key} may be `new` */
void questionnaire_cases_get(struct request *r);
void questionnaire_case_get(struct request *r);
void questionnaire_case_post(struct request *r);
void questionnaire_case_remove_post(struct request *r); /* POST …/remove */

#endif
