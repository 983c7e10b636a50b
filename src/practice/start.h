/* Making a page of one's own: steps, publishing, places, and the versions of the profile. All rows are
 * WHO_THERAPIST. */
#ifndef UNKNOT_PRACTICE_START_H
#define UNKNOT_PRACTICE_START_H

#include "web/web.h"

void practice_start_get(struct request *r);         /* GET  /practice/start */
void practice_publish_post(struct request *r);      /* POST /practice/publish (publish: on | off) */
void practice_place_new_get(struct request *r);     /* GET  /practice/places/new */
void practice_place_new_post(struct request *r);    /* POST */
void practice_address_get(struct request *r);       /* GET  /practice/places/{location} */
void practice_address_post(struct request *r);      /* POST */
void practice_place_remove_post(struct request *r); /* POST /practice/places/{location}/address/remove */
void practice_versions_get(struct request *r);      /* GET  /practice/versions */
void practice_version_undo_post(struct request *r); /* POST /practice/versions/{version}/undo */
void practice_words_post(struct request *r); /* POST /practice/profile/{topic}/preview: what was typed, as it
                                                will be read; keeps nothing */
void practice_photo_get(struct request *r);  /* GET  /practice/photo */
void practice_photo_post(struct request *r); /* POST, multipart (photo; across, down, side) */
void practice_photo_part_post(
    struct request *r); /* POST /practice/photo/part: another part of the same picture */
void practice_photo_remove_post(
    struct request *r); /* POST /practice/photo/remove (which: old, or the one shown) */

#endif
