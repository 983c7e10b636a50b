/*
 * A therapist's clients: who came, the page of one, what is written and known about them, and who cannot book
 * any more. Names stand in no address: what is looked for comes in a form. All rows are WHO_THERAPIST.
 */
#ifndef UNKNOT_CLIENTS_CLIENTS_H
#define UNKNOT_CLIENTS_CLIENTS_H

#include "web/web.h"

void clients_get(struct request *r);       /* GET  /practice/clients?by=latest|name&after=ID */
void clients_post(struct request *r);      /* POST /practice/clients (q): looks for one, changes nothing */
void client_get(struct request *r);        /* GET  /practice/clients/{id}?before=VISIT */
void client_record_get(struct request *r); /* GET  /practice/clients/{id}/record: notes, plan, line; opened */
void client_join_get(struct request *r);   /* GET  /practice/clients/{id}/join?with=ID */
void client_join_post(struct request *r);  /* POST, (with): joins; (q): looks for who it may be */
void client_block_get(struct request *r);  /* GET  /practice/clients/{id}/block */
void client_block_post(struct request *r); /* POST, (reason) */
void clients_blocked_get(struct request *r); /* GET  /practice/blocked */
void client_unblock_post(struct request *r); /* POST /practice/blocked/{id}/remove */

#endif
