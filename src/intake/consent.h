/*
 * What is agreed to before a visit, word for word as the law of its place wants it (table consent_text), and
 * that it was: a row for each text with the SHA-256 of what was shown. The typed name is an answer like any
 * other and lies sealed with them.
 */
#ifndef UNKNOT_INTAKE_CONSENT_H
#define UNKNOT_INTAKE_CONSENT_H

#include "web/web.h"

/* The texts for a booking: {"treatment":{…},"guardian":{…}|null,"health_data":{…}}; `minor`: for somebody
 * under age. NULL after having replied. */
const char *consent_document(struct request *r, const char *booking, bool minor);

/* Of such a document what stands over the box of a question: a JSON array for member "texts"; "[]" over all
 * others. */
const char *consent_texts_for(struct request *r, const char *document, const char *question);

/* Agrees to all of them as the guest, health_data only if so said; again replaces what was agreed before. The
 * form of the request says by hidden fields what was on the page (templates/intake/_text). */
enum consent_signed {
    CONSENT_SIGNED,
    CONSENT_CHANGED, /* a text is another one by now: it has to be read again */
    CONSENT_REPLIED  /* it failed, and that was said */
};
enum consent_signed consent_sign(struct request *r, const char *booking, bool minor, const char *for_whom,
                                 bool health_data);

void answers_get(struct request *r); /* GET  /bookings/{id}/answers: what is kept, and was agreed */
void answers_withdraw_post(
    struct request *r); /* POST /bookings/{id}/answers/withdraw: the answers are erased */

#endif
