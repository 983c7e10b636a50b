/*
 * For development: the mails of mail_dir, to be read in a browser. There only with config dev or demo, an
 * origin on this machine, and for callers on it; for all others there is no such page.
 */
#ifndef UNKNOT_NOTIFY_DEV_H
#define UNKNOT_NOTIFY_DEV_H

#include "web/web.h"

/* Whether this request may see what is for development. */
bool dev_is_here(struct request *r);

void dev_mails_get(struct request *r);     /* GET /dev/mail */
void dev_mail_get(struct request *r);      /* GET /dev/mail/{id} */
void dev_mail_part_get(struct request *r); /* GET /dev/mail/{id}/{part}: html or calendar */

#endif
