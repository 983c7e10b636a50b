/* What the records of a visit have in common: their seal, and lists to tick. */
#ifndef UNKNOT_CARE_RECORD_H
#define UNKNOT_CARE_RECORD_H

#include "web/web.h"

/* Seals a record of booking `id` and opens it; `part` says which one it is ("note 2"), so that one cannot be
 * put in another's place. NULL when that fails. */
const char *care_seal(struct request *r, const char *id, const char *part, struct str plain);
const char *care_open(struct request *r, const char *id, const char *part, const char *sealed);

/* Replies why nothing could be sealed: nothing was kept. */
void care_not_sealed(struct request *r);
/* Replies 409 with `why` nothing may be written now, and with all that was typed, to be sent again. */
void care_refused(struct request *r, const char *why);

/* A buffer of at most 256 KiB that goes with the request; NULL without memory. care_text: what was written,
 * NULL when it failed. */
struct buf *care_buf(struct request *r);
const char *care_text(struct request *r, const struct buf *b);

/* Whether `slug` is in `array`, a valid value of a FIELD_SLUGS ("{a,b}", or NULL for none). */
bool care_ticked(const char *array, struct str slug);
/* Whether every value of `array` is the slug of an element of the list at token `list`. */
bool care_known(const struct json *j, uint32_t list, const char *array);
/* The array `list` of {"slug","label"} in j as `key`: with "on" for what is ticked, or only what is ticked.
 */
void care_choices(struct json_writer *w, const char *key, const struct json *j, uint32_t list,
                  const char *ticked, bool only);

/* Opens an object in w that begins with all members of `doc`, a JSON object. */
void care_open_doc(struct json_writer *w, const char *doc);

#endif
