/* What everybody can read about the questionnaire. */
#ifndef UNKNOT_INTAKE_PUBLISHED_H
#define UNKNOT_INTAKE_PUBLISHED_H

#include "web/web.h"

void safety_rules_get(struct request *r); /* GET /safety-rules */
void safety_rules_fhir_get(
    struct request *r); /* GET /safety-rules/fhir.json: every question and its answers */

/* Replies with a version's document (questionnaire_document) as a FHIR R4 Questionnaire, or 500. */
void safety_rules_fhir(struct request *r, const char *document);

#endif
