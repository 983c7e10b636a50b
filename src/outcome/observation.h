/*
 * How it goes as FHIR R4 Observations (https://hl7.org/fhir/R4/observation.html): one for each value of the
 * line. Pure. Pain from 0 to 10 has LOINC 72514-3; for the others no code is confirmed, so they have the
 * names of measure.h and a text. No name or address of anybody is in them: the subject has none, as in the
 * QuestionnaireResponse (intake/fhir.h).
 */
#ifndef UNKNOT_OUTCOME_OBSERVATION_H
#define UNKNOT_OUTCOME_OBSERVATION_H

#include "core/json.h"
#include "outcome/line.h"

#define MEASURE_SYSTEM "urn:unknot:measure"

/* A Bundle of type collection; without entries where the line has none. Words of the client (what is hard)
 * must be UTF-8. */
void observations_put(struct json_writer *w, const char *key, const struct line *line);

#endif
