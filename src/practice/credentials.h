/* What a therapist enters of credentials, and the proofs of them. The proofs are sealed under a key of the
 * therapist's that `unknot keyd` gives to operators; no page of a therapist opens one. */
#ifndef UNKNOT_PRACTICE_CREDENTIALS_H
#define UNKNOT_PRACTICE_CREDENTIALS_H

#include "upload/upload.h"
#include "web/web.h"

void practice_credentials_get(struct request *r);    /* GET  /practice/credentials */
void practice_credential_new_get(struct request *r); /* GET  /practice/credentials/new */
void practice_credential_new_post(struct request *r);
void practice_credential_get(struct request *r); /* GET  /practice/credentials/{id}: change, or renew */
void practice_credential_post(struct request *r);
void practice_credential_remove_post(struct request *r); /* POST /practice/credentials/{id}/remove */
void practice_discipline_post(struct request *r);        /* POST /practice/discipline/{id} (answer): once */

/* What was sent as `file`: cleaned into `clean`. Returns what is wrong with it, NULL when nothing is, also
 * when none was sent (clean->n is 0 then). */
const char *proof_take(struct request *r, enum upload_kind *kind, struct buf *clean);
/* Keeps it with `credential`. False after having replied. */
bool proof_keep(struct request *r, const char *credential, enum upload_kind kind, struct str file);
/* GET /operator/credentials/{id}/proof: the file, as an attachment that opens nothing here. */
void operator_proof_get(struct request *r);

#endif
