/* What everybody can read about the questionnaire. */
#ifndef UNKNOT_INTAKE_PUBLISHED_H
#define UNKNOT_INTAKE_PUBLISHED_H

#include "web/web.h"

void safety_rules_get(struct request *r); /* GET /safety-rules */

#endif
