/* What a therapist sees and changes: the week, each visit, profile, services, weekly hours. All rows are
 * WHO_THERAPIST. */
#ifndef UNKNOT_PRACTICE_H
#define UNKNOT_PRACTICE_H

#include "web/web.h"

void practice_week_get(struct request *r);     /* GET  /practice?week=YYYY-MM-DD */
void practice_booking_get(struct request *r);  /* GET  /practice/bookings/{id} */
void practice_booking_post(struct request *r); /* POST /practice/bookings/{id} (state) */
void practice_move_get(struct request *r); /* GET  /practice/bookings/{id}/move?from=YYYY-MM-DD: free times */
void practice_move_post(
    struct request *r);                   /* POST /practice/bookings/{id}/move (start): moves, or suggests */
void practice_new_get(struct request *r); /* GET  /practice/bookings/new: a visit for a client */
void practice_new_post(struct request *r);
void practice_ask_post(struct request *r);      /* POST /practice/bookings/{id}/answers (how: send | ask) */
void practice_block_new_get(struct request *r); /* GET  /practice/blocks/new */
void practice_block_new_post(struct request *r);
void practice_block_get(struct request *r); /* GET  /practice/blocks/{id} */
void practice_block_post(struct request *r);
void practice_block_remove_post(struct request *r); /* POST /practice/blocks/{id}/remove */
void practice_profile_get(struct request *r);       /* GET  /practice/profile */
void practice_topic_get(struct request *r);         /* GET  /practice/profile/{topic} */
void practice_topic_post(struct request *r);
void practice_place_get(struct request *r); /* GET  /practice/places/{location}/{topic} */
void practice_place_post(struct request *r);
void practice_preview_get(struct request *r);     /* GET  /practice/preview */
void practice_services_get(struct request *r);    /* GET  /practice/services */
void practice_service_new_get(struct request *r); /* GET  /practice/services/new */
void practice_service_new_post(struct request *r);
void practice_service_get(struct request *r); /* GET  /practice/services/{id} */
void practice_service_post(struct request *r);
void practice_service_retire_post(struct request *r); /* POST /practice/services/{id}/retire */
void practice_hours_list_get(struct request *r);      /* GET  /practice/hours */
void practice_hours_get(struct request *r);           /* GET  /practice/hours/{location} */
void practice_hours_post(struct request *r);
void practice_season_get(
    struct request *r); /* GET  /practice/hours/{location}/seasons/{season}, "new" for one to be made */
void practice_season_post(struct request *r);
void practice_season_remove_post(struct request *r); /* POST …/remove */
void practice_days_get(struct request *r);           /* GET  /practice/hours/{location}/days?day=YYYY-MM-DD */
void practice_days_post(struct request *r);
void practice_day_remove_post(struct request *r);      /* POST /practice/hours/{location}/days/{day}/remove */
void practice_time_off_get(struct request *r);         /* GET  /practice/time-off */
void practice_time_off_post(struct request *r);        /* POST, adds one */
void practice_time_off_remove_post(struct request *r); /* POST /practice/time-off/{id}/remove */
void practice_holidays_get(struct request *r);         /* GET  /practice/holidays */
void practice_holidays_post(struct request *r);
void practice_travel_get(struct request *r);  /* GET  /practice/travel */
void practice_travel_post(struct request *r); /* POST, one pair of places */
void practice_why_get(struct request *r);     /* GET  /practice/why?service&place&day&time */

/* A form that makes or changes one thing (id NULL: a new one): it is read, `save` ($1 id, $2 the form as
 * JSON) asked, and a browser sent to `path`; what is wrong, and a problem that `save` answers, is said on the
 * same form again, a document of `form` ($1 id; with `typed` $2 what was typed as JSON). */
struct practice_form {
    const struct field *fields;
    size_t count;
    enum query save, form;
    bool typed;
    const char *template, *path;
};
void practice_save(struct request *r, const struct practice_form *p, const char *id);
/* Where a browser goes after a change with document `doc`: on to the next step while the page is not
 * published
 * ("published": false), else to `path`. */
const char *practice_path(struct request *r, const char *doc, const char *path);

/* Who acts on the visits of a practice: the therapist, or a front desk, which says for whom (`chooses`: the
 * field `therapist`). The queries are those of sql/queries/practice.sql and desk.sql, which take the same; to
 * `form` and `book` the desk adds a therapist at the end. */
struct practice_side {
    enum query form, book, key, ask, times, move_to, visit, state;
    /* What of a visit's page the database cannot say; NULL: nothing. As practice_with_health. */
    const char *(*with)(struct request *r, const char *id, const char *doc);
    bool chooses;
    const char *name; /* what templates know it by: desk, practice */
    const char *template, *move_template, *visit_template;
    const char *visits; /* path before the id of a visit */
};
extern const struct practice_side practice_own;
/* A visit for a client: the form; what was sent; and the client asked again (how: send | ask). */
void practice_side_get(struct request *r, const struct practice_side *side);
void practice_side_post(struct request *r, const struct practice_side *side);
void practice_side_ask(struct request *r, const struct practice_side *side);
/* Another time: those that are free (?from=YYYY-MM-DD); the one chosen (start), which moves the visit, or
 * suggests it where the client has to agree. */
void practice_side_times(struct request *r, const struct practice_side *side);
void practice_side_move(struct request *r, const struct practice_side *side);
/* What is said of a visit: a state, and why where it is declined. */
void practice_side_state(struct request *r, const struct practice_side *side);

/* doc, the document of visit `id`, with what its safety check asks of it, opened for this one page:
 * {…,"health":{…},"health_lost":false}. NULL after having replied. */
const char *practice_with_health(struct request *r, const char *id, const char *doc);

#endif
