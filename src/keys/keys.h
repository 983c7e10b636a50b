/*
 * Sealed documents of a client, for handlers. Each lies under the client's own key, which `unknot keyd` gives
 * out for one request against the proof that came with it (a booking's token, or the session of its
 * therapist), and which is wiped when the request ends. Who may have whose key is the database's to say
 * (16_keys.sql), and every time is written down.
 */
#ifndef UNKNOT_KEYS_KEYS_H
#define UNKNOT_KEYS_KEYS_H

#include "keys/message.h"
#include "web/web.h"

/* Text sealed for the client of `booking`; in the request's arena, NULL when that cannot be: see
 * client_key_status. `purpose` says what it is, in words that the client may read of who opened it ("health
 * answers"); `bound` is authenticated beside it: row and version, so that it opens nowhere else. The first
 * sealing makes the client's key. All visits of a series have one client: bind to what stays the same. */
const char *client_seal(struct request *r, const char *booking, const char *purpose, const char *bound,
                        struct str plain);
const char *client_open(struct request *r, const char *booking, const char *purpose, const char *bound,
                        const char *sealed);

/* The same for whoever has the key `id` of the client at hand. */
const char *client_seal_with(const unsigned char key[32], const char *id, struct arena *a,
                             const char *purpose, const char *bound, struct str plain);

/* What came of the last of these two in this request. */
enum key_status client_key_status(const struct request *r);
/* The page that says so. For KEY_SILENT 503, with all that was typed and a button to send it again;
 * `instead`, if not NULL, says how to go on without ("You can go on and tell your therapist in person."). */
void client_key_say(struct request *r, const char *instead);

/* One question; `answer` has room for KEY_ANSWER_MAX bytes and should be sodium's memory. *size: of what is
 * behind its head. Waits a second at most to be
 * heard, and another for the answer. */
enum key_status key_ask(const char *socket, const struct key_question *q, unsigned char *answer,
                        size_t *size);

#endif
