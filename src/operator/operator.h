/* What an operator sees and decides: therapists, credentials and their checks, and the tables behind the
 * directory. All rows are WHO_OPERATOR. */
#ifndef UNKNOT_OPERATOR_H
#define UNKNOT_OPERATOR_H

#include "web/web.h"

void operator_get(struct request *r);             /* GET  /operator: to the queue */
void operator_therapists_get(struct request *r);  /* GET  /operator/therapists?q=&after= */
void operator_credentials_get(struct request *r); /* GET  /operator/credentials?state= */
void operator_credential_get(struct request *r);  /* GET  /operator/credentials/{id} */
void operator_credential_post(struct request *r); /* POST /operator/credentials/{id} (where, on, until, …) */

/* /operator/acts: what two operators agree on; about a therapist each act has a form of its own */
void operator_acts_get(struct request *r);
void operator_act_decide_post(struct request *r); /* POST /operator/acts/{id} (decide=confirm|refuse) */
void operator_therapist_get(struct request *r);   /* GET  /operator/therapists/{slug} */
void operator_act_get(struct request *r);         /* GET  /operator/therapists/{slug}/acts/{act} */
void operator_act_post(struct request *r);
void operator_credential_settings_get(struct request *r); /* GET  /operator/credential-settings */
void operator_credential_settings_post(struct request *r);

/* /operator/taxonomies: all of them; each with its settings and values; guidance for complaints and goals */
void operator_taxonomies_get(struct request *r);
void operator_kind_new_get(struct request *r);
void operator_kind_new_post(struct request *r);
void operator_kind_get(struct request *r);
void operator_kind_settings_get(struct request *r);
void operator_kind_settings_post(struct request *r);
void operator_tag_new_get(struct request *r);
void operator_tag_new_post(struct request *r);
void operator_tag_get(struct request *r);
void operator_tag_post(struct request *r);
void operator_tag_offer_post(struct request *r); /* (offer=yes|no) */
void operator_guidance_get(struct request *r);
void operator_guidance_post(struct request *r);

/* /operator/evidence, /operator/credential-kinds, /operator/registers?country= */
void operator_evidence_list_get(struct request *r);
void operator_evidence_new_get(struct request *r);
void operator_evidence_new_post(struct request *r);
void operator_evidence_get(struct request *r);
void operator_evidence_post(struct request *r);
void operator_credential_kinds_get(struct request *r);
void operator_credential_kind_new_get(struct request *r);
void operator_credential_kind_new_post(struct request *r);
void operator_credential_kind_get(struct request *r);
void operator_credential_kind_post(struct request *r);
void operator_registers_get(struct request *r);
void operator_register_new_get(struct request *r);
void operator_register_new_post(struct request *r);
void operator_register_get(struct request *r);
void operator_register_post(struct request *r);

/* /operator/emergency-numbers: whom to call, by country */
void operator_numbers_get(struct request *r);
void operator_number_new_get(struct request *r);
void operator_number_new_post(struct request *r);
void operator_number_get(struct request *r);
void operator_number_post(struct request *r);

/* /operator/people: the second step of somebody who lost it */
void operator_people_get(struct request *r);
void operator_people_post(struct request *r); /* POST: an e-mail address → the account */
void operator_person_get(struct request *r);
void operator_person_post(
    struct request *r); /* POST /operator/people/{id} (reason) proposes to take it off */

void operator_audit_get(struct request *r);    /* GET /operator/audit?person=&kind=&from=&until=&before= */
void operator_audit_post(struct request *r);   /* POST: the same, with a person's e-mail address */
void operator_messages_get(struct request *r); /* GET  /operator/messages?state= */
void operator_message_post(struct request *r); /* POST /operator/messages/{id} (act) */

void operator_photos_get(struct request *r);        /* GET  /operator/photos?before= */
void operator_photo_remove_post(struct request *r); /* POST /operator/photos/{photo}/remove (why) */

#endif
