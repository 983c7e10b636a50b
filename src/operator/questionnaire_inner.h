/* What the files of the operator's questionnaire share. */
#ifndef UNKNOT_OPERATOR_QUESTIONNAIRE_INNER_H
#define UNKNOT_OPERATOR_QUESTIONNAIRE_INNER_H

#include "intake/questionnaire.h"
#include "operator/questionnaire.h"

/* The document compiled and checked, in memory of a; NULL with *fault filled. */
const struct questionnaire *document_checked(struct arena *a, const char *document,
                                             struct questionnaire_fault *fault);
/* What is wrong, with the line where there is one, as a sentence in the request's memory. */
const char *fault_sentence(struct request *r, const struct questionnaire_fault *f);

/* Bytes of an arena beside the request's, in which whole versions are compiled and all cases judged. */
enum { TRIAL_MEMORY = 32 << 20 };

#endif
