/* What a therapist reads of a form before the visit: answers that matter for the treatment, in plain words.
 * Of the safety check (S1) nothing: what follows from it is the rules' to say. */
#ifndef UNKNOT_INTAKE_READING_H
#define UNKNOT_INTAKE_READING_H

#include "intake/record.h"
#include "web/web.h"

/* {"day","in_person","carried","groups":[{"title","answers":[{"about","answer","since"|null,"fresh"}]}],
 *  "pain":["low_back_l"],"has_pain"}: without date of birth and consents, and without what was answered with
 * no or none. `fresh`: not among what came from an earlier form. NULL when memory ends. */
const char *reading_document(struct request *r, const struct questionnaire *q, const struct record *record);

#endif
