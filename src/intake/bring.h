/* A FHIR Questionnaire from outside on its way to be a draft: the same look for the command and the web. */
#ifndef UNKNOT_INTAKE_BRING_H
#define UNKNOT_INTAKE_BRING_H

#include "intake/questionnaire.h"

enum { BRING_MAX = 4 << 20 };

/* Reads `file` and compiles, with every check, the whole version that would come of it: its pages and
 * questions with the rules and words of `published`, the document of a version. The members "pages" and
 * "questions" of it as JSON in a; NULL with *fault filled, its `what` "file" where it is no such
 * Questionnaire. */
const char *questionnaire_bring(struct arena *a, struct str file, const char *published,
                                struct questionnaire_fault *fault);

#endif
