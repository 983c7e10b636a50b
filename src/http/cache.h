/*
 * Kept answers: 200s of public routes ready to be sent, by key, least recently used out first. Inside
 * src/http only.
 *
 * Two threads meet here and no lock: the loop alone looks up, puts in and takes out; whoever knows that
 * something has changed only moves a number (http_cache_changed). An answer carries the number that stood
 * when its making began, and counts as long as no number of what it rests on is greater. So an answer that
 * was being made while something changed is never used, whatever it saw.
 */
#ifndef UNKNOT_HTTP_CACHE_H
#define UNKNOT_HTTP_CACHE_H

#include "http/server.h"

#define KEPT_US    INT64_C(60000000) /* as max-age of CACHE_PUBLIC: words like "today" are no older */
#define KEPT_SHARE 16                /* one answer takes at most this part of the memory */
#define AGE_NONE   (-1)

/* One answer. Made by a worker, then the loop's; freed when it is neither in the cache nor being sent. */
struct kept {
    struct kept *next;          /* in its bucket */
    struct kept *newer, *older; /* in its list */
    uint64_t hash, seen;
    uint32_t subject; /* its number, 0: rests on everything */
    unsigned users;
    int64_t made_us, used_us;
    size_t cost; /* bytes of memory */
    struct str key, body;
    const char *tag; /* of the body before it was packed, without quotes */
    /* Sent to all who ask. The lines that differ from request to request are as they were for the last. */
    struct MHD_Response *ready;
    char id[17];
    long age; /* s, AGE_NONE: has no such line yet */
};

/* In `a`: what tells the answers to one target apart, then the target. p is NULL when out of memory. */
struct str cache_key(const struct exchange *x, const char *variant, struct arena *a);

/* The answer of x->response, to be kept under x->key; NULL when out of memory. */
struct kept *kept_make(const struct http_cache *c, const struct exchange *x, const char *tag);
/* The answer `a`, whose data lives for ever: not copied, and in no cache. NULL when out of memory. */
struct kept *kept_constant(const struct response *a);
struct kept *kept_share(struct kept *k);
void kept_release(struct kept *k);

/* The loop's. The answer still belongs to the cache: kept_share before it is sent. */
struct kept *cache_find(struct http_cache *c, struct str key, int64_t now_us);
/* Takes `k` over, and keeps it if it still counts and is not too large. */
void cache_put(struct http_cache *c, struct kept *k, int64_t now_us);

#endif
