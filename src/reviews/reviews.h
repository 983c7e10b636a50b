/*
 * Reviews: written behind the secret link of an attended visit, read by everybody, answered once by the
 * therapist, looked at by an operator where reported or where a simple word matched. Beside them, and never
 * mixed with them: clinicians' recommendations and a plain link to pass on.
 */
#ifndef UNKNOT_REVIEWS_REVIEWS_H
#define UNKNOT_REVIEWS_REVIEWS_H

#include "web/web.h"

/* write.c: who wrote it. */
void review_get(struct request *r);           /* GET  /bookings/{id}/review */
void review_preview_post(struct request *r);  /* POST /bookings/{id}/review/preview: changes nothing */
void review_post(struct request *r);          /* POST /bookings/{id}/review: publishes, or changes */
void review_withdraw_post(struct request *r); /* POST /bookings/{id}/review/withdraw (sure) */

/* pain.c */
void review_pain_post(struct request *r); /* POST /bookings/{id}/review/pain (pain_before, pain_after, agree;
                                             or act=delete): kept apart from the review, sealed */

/* read.c: everybody, and the therapist. */
void reviews_get(struct request *r);          /* GET /therapists/{slug}/reviews?after= */
void review_rules_get(struct request *r);     /* GET /review-rules */
void practice_reviews_get(struct request *r); /* GET /practice/reviews?after= */
void practice_review_get(struct request *r);  /* GET /practice/reviews/{id} */
void practice_reply_post(struct request *r);  /* POST …/reply (reply, edition, act) */
void practice_report_post(struct request *r); /* POST …/report (reason, note) */

/* cases.c: the operator's queue. */
void operator_reviews_get(struct request *r); /* GET  /operator/reviews?state=open|decided&after= */
void operator_review_get(struct request *r);  /* GET  /operator/reviews/{id} */
void operator_review_post(struct request *r); /* POST (decision, reason, edition) */

/* recommend.c: clinicians by their secret link, the operator who records them, and whoever passes a link on.
 */
void recommend_get(struct request *r);           /* GET  /recommend/{token}?therapist= */
void recommend_post(struct request *r);          /* POST (therapist, complaint, tie) */
void recommend_withdraw_post(struct request *r); /* POST /recommend/{token}/withdraw (therapist) */
void share_get(struct request *r);               /* GET  /therapists/{slug}/share */
void operator_clinicians_get(struct request *r); /* GET  /operator/clinicians */
void operator_clinician_new_get(struct request *r);
void operator_clinician_new_post(struct request *r);
void operator_clinician_get(struct request *r); /* GET  /operator/clinicians/{id} */
void operator_clinician_post(struct request *r);
void operator_clinician_act_post(struct request *r); /* POST /operator/clinicians/{id}/act (act) */

/* --- Between the files of this folder */

/* after= as the database wrote it, "2026-03~" and a UUID; NULL when absent. False after a 400. */
bool review_after(struct request *r, const char **after);

#endif
