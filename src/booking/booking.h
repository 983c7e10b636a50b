/*
 * A guest's booking: hold a time, say who comes, check, book, see it again, cancel. The safety check between
 * holding and naming is intake/'s. Every answer about a booking is the document booking_document() of the
 * database, or a problem with `type`, `title`, `status` and, where it helps, the three nearest free times.
 */
#ifndef UNKNOT_BOOKING_BOOKING_H
#define UNKNOT_BOOKING_BOOKING_H

#include "web/web.h"

void booking_post(struct request *r);         /* POST /bookings */
void booking_get(struct request *r);          /* GET  /bookings/{id} */
void booking_link_get(struct request *r);     /* GET  /b/{token} */
void booking_calendar_get(struct request *r); /* GET /bookings/{id}/calendar.ics */
void booking_details_get(struct request *r);
void booking_details_post(struct request *r);
void booking_check_get(struct request *r);
void booking_confirm_post(struct request *r);
void booking_email_get(struct request *r);  /* GET  /bookings/{id}/email?code=…: from the mail */
void booking_email_post(struct request *r); /* POST /bookings/{id}/email (code) */
void booking_extend_post(struct request *r);

/* After it was booked or asked for (change.c). */
void booking_cancel_get(struct request *r);
void booking_cancel_post(struct request *r);
void booking_move_get(struct request *r);    /* GET  /bookings/{id}/move?from=YYYY-MM-DD: free times */
void booking_move_post(struct request *r);   /* POST /bookings/{id}/move (start) */
void booking_answer_post(struct request *r); /* POST /bookings/{id}/answer (yes | no to a suggested time) */

/* --- For intake/ */

/* A time that somebody wants. All text, checked by booking_wanted. */
struct wanted {
    const char *therapist, *service, *start, *key;
};

/* The token of the booking made with `key`: base64url(keyed BLAKE2b(master, "booking token" and the key)), 43
 * characters. The key is a UUID in lower case, known to one person only. NULL: no key, or no memory. */
const char *booking_token(struct arena *a, const unsigned char master[32], const char *key);

/* Holds the time; from here on the request acts as that booking's guest and its browser has the booking's
 * cookie. The document, with its token (of a new booking by a form: {"token","id","held"}, since what comes
 * next is another page); NULL after having replied: a problem's page, or an error's. */
const char *booking_take(struct request *r, const struct wanted *w);

/* Whether the booking is still held; otherwise it has replied: the page of the hold that ran out, or a
 * redirect to the booking. */
bool booking_is_held(struct request *r, const char *doc);
/* A document's `problem`, answered with its own status and page. False: it is no problem. */
bool booking_problem(struct request *r, const char *doc);
/* Path of what this booking needs next. */
const char *booking_next(struct request *r, const char *doc);
bool doc_is(struct request *r, const char *doc, const char *key); /* a top-level member that is true */

/* Host and port of the public origin: what makes a calendar entry's UID the world's. */
const char *booking_host(const struct config *c);

/* By which way the caller comes, for the record: "api" for JSON and bearers, else `page`: "web", or "link" on
 * the client's own pages of a booking. */
const char *booking_via(struct request *r, const char *page);

/* The answer to a change of the booking in the path: doc shows it as it is now, or is a problem; a browser is
 * sent to its page, `after` behind it. */
void booking_changed(struct request *r, const char *doc, const char *after);

/* Replies to a form that holds a time, or plans from one, and does not say which: the page of times of
 * therapist `slug` again, on the days and the part of the day that were shown, with what is wrong. NULL: the
 * form does not say whose. */
void booking_choose_again(struct request *r, const char *slug, const struct form *wanted);
/* The key of a form that holds a time, or the header's, in lower case; NULL when there is none. */
const char *booking_key(struct request *r, struct form *f);
/* From where a time is held, for the limits of hold_limit(). */
const char *booking_origin(struct request *r);
/* The document with its `token`, for who just made it. */
const char *booking_with_token(struct request *r, const char *doc, const char *token);

/* Where a home visit goes: fields that the database calls for when the service is one (home_read()), so that
 * none is marked as required here. Telephone first: without it nobody rings at a stranger's door. */
#define HOME_FIELDS                                                                                          \
    {.name = "phone",                                                                                        \
     .kind = FIELD_LINE,                                                                                     \
     .min = 5,                                                                                               \
     .max = 40,                                                                                              \
     .wrong = "Enter a telephone number of 5 to 40 characters"},                                             \
        {.name = "home_street",                                                                              \
         .kind = FIELD_LINE,                                                                                 \
         .min = 3,                                                                                           \
         .max = 200,                                                                                         \
         .wrong = "Enter the street and number in 3 to 200 characters"},                                     \
        {.name = "home_place",                                                                               \
         .kind = FIELD_LINE,                                                                                 \
         .max = 120,                                                                                         \
         .wrong = "Enter the town and its state, or the ZIP code"},                                          \
    {                                                                                                        \
        .name = "home_access", .kind = FIELD_LINE, .max = 200, .wrong = "Shorten it to 200 characters"       \
    }

/* A calendar document as a file to keep. */
void booking_calendar_reply(struct request *r, const char *doc, const char *file);

/* A buffer of at most 64 KiB that goes with the request; a failed one when there is no memory. */
struct buf *booking_buf(struct request *r);

#endif
