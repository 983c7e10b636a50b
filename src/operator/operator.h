/* What an operator sees and decides: therapists, credentials and their checks. All rows are WHO_OPERATOR. */
#ifndef UNKNOT_OPERATOR_H
#define UNKNOT_OPERATOR_H

#include "web/web.h"

void operator_get(struct request *r);             /* GET  /operator: to the queue */
void operator_therapists_get(struct request *r);  /* GET  /operator/therapists?q=&after= */
void operator_credentials_get(struct request *r); /* GET  /operator/credentials?state= */
void operator_credential_get(struct request *r);  /* GET  /operator/credentials/{id} */
void operator_credential_post(struct request *r); /* POST /operator/credentials/{id} (where, on, until) */

#endif
