/*
 * What everybody may look at: search, a therapist's page, free times, places. Reads only.
 * The JSON of these addresses is public: keys are added, never taken away.
 */
#ifndef UNKNOT_DIRECTORY_H
#define UNKNOT_DIRECTORY_H

#include "http/http.h"

/* GET /therapists?q=&near=&radius_km=&when=&part=&from=&to=&length=&price_max=&rating=&sort=&after=&before=
 * and any number of values of taxonomies, technique=swedish&access=step_free: which there are is the
 * database's to say. */
void therapists_get(struct request *r);
/* GET /filters?… : the same question; every filter with how many therapists it would leave */
void filters_get(struct request *r);
/* GET /therapists/{slug} */
void therapist_get(struct request *r);
/* GET /therapists/{slug}/slots?service=&from=&days= : JSON whatever is asked for */
void therapist_slots_get(struct request *r);
/* GET /therapists/{slug}/book?service=&from=&start= : the form of POST /bookings, with a key of its own */
void therapist_book_get(struct request *r);
/* GET /places?q= */
void places_get(struct request *r);
/* GET /compare?t=&t=&near=&diff= : two to four side by side */
void compare_get(struct request *r);
/* GET, POST /saved: the list of those somebody wants to find again */
void saved_get(struct request *r);
void saved_post(struct request *r);

/* GET /map/{z}/{x}/{y}: an image of the ground; 404 where no tiles are configured */
void tile_get(struct request *r);
/* From map_tiles and what goes with it; false after a sentence on stderr. */
struct config;
bool tiles_start(const struct config *config);
void tiles_stop(void);

/* Invented results on the map, as `raw.map`: for the style guide. */
void map_sample(struct request *r);
/* For whoever looks around without a question (site.c). */
void areas_get(struct request *r);        /* GET /massage */
void area_get(struct request *r);         /* GET /massage/{area} */
void town_get(struct request *r);         /* GET /massage/{area}/{town} */
void techniques_get(struct request *r);   /* GET /techniques */
void technique_get(struct request *r);    /* GET /techniques/{slug} */
void complaints_get(struct request *r);   /* GET /complaints */
void complaint_get(struct request *r);    /* GET /complaints/{slug} */
void ranking_get(struct request *r);      /* GET /how-ranking-works */
void sitemap_get(struct request *r);      /* GET /sitemap.xml */
void sitemap_part_get(struct request *r); /* GET /sitemap/{part} */
/* {{{raw.schema}}} for a therapist's page: JSON-LD, https://schema.org. */
void schema_add(struct request *r, const char *slug);
/* {{{raw.about}}} and {{{raw.first_visit}}} from the Markdown in the document of such a page. */
void profile_words_add(struct request *r, const char *doc);

/* GET /photos/{file}: {name}-{96, 240 or 480}.{webp or jpg} */
void photo_get(struct request *r);

/* The place in a list of results that `after` or `before` names: what it is sorted by, its key in that order,
 * location, and its number. */
struct cursor {
    char sort; /* first letter of the order */
    const char *key, *id, *seen;
};

/* "n~1234~4711~20". False for anything that next_page or previous_page did not make. Members in `a`. */
bool cursor_read(struct cursor *c, struct arena *a, struct str text);

#endif
