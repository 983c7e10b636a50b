/* What leads to a therapist's page: a link, a button for a site of their own, a card with a QR code. And the
 * list of one day, for paper. */
#ifndef UNKNOT_PRACTICE_SHARE_H
#define UNKNOT_PRACTICE_SHARE_H

#include "web/web.h"

void practice_share_get(struct request *r); /* GET  /practice/share */
void practice_card_get(struct request *r);  /* GET  /practice/share/card?paper=a4|letter */
void practice_day_get(struct request *r);   /* GET  /practice/day?day=YYYY-MM-DD */

#endif
