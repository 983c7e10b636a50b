/*
 * The questionnaire as FHIR R4 resources (https://hl7.org/fhir/R4/questionnaire.html), and back.
 *
 * A part of the form is a group, a page a group in it, a question an item whose linkId is its id. What FHIR
 * has no element for stands in extensions named FHIR_OURS + what it is; a condition becomes enableWhen where
 * that can say it, else an extension with the text. Rules are not in it: FHIR has no place for them in a
 * Questionnaire.
 */
#ifndef UNKNOT_INTAKE_FHIR_H
#define UNKNOT_INTAKE_FHIR_H

#include "core/text.h"
#include "intake/questionnaire.h"

#define FHIR_OURS "urn:unknot:questionnaire:"

/* Questionnaire of a version and of the document it was read from. False when memory ends. */
bool fhir_questionnaire(const struct questionnaire *q, struct str document, struct buf *out);

/* Who answered, when, in what state; each may be NULL but the status: in-progress, completed or amended. */
struct fhir_response {
    const char *id, *subject, *author, *authored,
        *status; /* references such as Patient/1; an RFC 3339 moment */
};
/* QuestionnaireResponse of answers that are shown (answers_shown). */
void fhir_response(const struct questionnaire *q, const struct answers *given,
                   const struct fhir_response *about, struct buf *out);

/* A Questionnaire from outside as the members "pages" and "questions" of a version's document, as JSON. False
 * with a sentence in `fault`. It says what FHIR says; whether it makes a questionnaire is for
 * questionnaire_read. */
bool fhir_read(struct str text, struct buf *out, char fault[200]);

#endif
