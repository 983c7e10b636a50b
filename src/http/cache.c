/*
 * The table of kept answers: a hash table of chains, and through the same entries two lists in the order
 * of their last use. cache.h says how changes are heard of without a lock.
 */
#include "http/cache.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

/* Two subjects with one number drop each other's answers, no more: 200 changes a second take a minute to come
 * by every number once. */
#define SUBJECTS     (1u << 14)
#define BUCKET_BYTES 8192 /* of answers for each bucket */
#define BUCKETS_MIN  256
#define PIECE        4096

/* Of memory, about: a struct MHD_Response with three lines of our own, and another line but for its text. */
#define RESPONSE_BYTES 768
#define LINE_BYTES     112

/* Answers that rest on everything, and those that rest on one subject. */
enum { ON_ALL, ON_SUBJECT, LISTS };

struct list {
    struct kept *newest, *oldest;
};

struct http_cache {
    unsigned char secret[crypto_shorthash_KEYBYTES]; /* nobody outside can choose keys that collide */
    size_t limit;

    /* by http_cache_changed: a count of changes, and what it was when everything, anything, this changed */
    _Atomic uint64_t changes, everything, anything, changed[SUBJECTS];

    /* the loop's */
    struct kept **bucket;
    size_t buckets;           /* a power of two */
    struct list lists[LISTS]; /* by last use; answers that rest on everything apart, for they go together */
    uint64_t swept_everything, swept_anything;

    _Atomic uint64_t hits, misses, answers, bytes; /* written by the loop */
};

/* --- Made and ended */

static size_t buckets_for(size_t limit)
{
    size_t n = BUCKETS_MIN;
    while (n < limit / BUCKET_BYTES)
        n *= 2;
    return n;
}

struct http_cache *http_cache_new(size_t limit)
{
    struct http_cache *c = sodium_init() < 0 ? NULL : calloc(1, sizeof *c);
    if (!c)
        return NULL;
    c->limit = limit;
    c->buckets = buckets_for(limit);
    c->bucket = calloc(c->buckets, sizeof *c->bucket);
    if (!c->bucket) {
        free(c);
        return NULL;
    }
    crypto_shorthash_keygen(c->secret);
    return c;
}

static void list_clear(struct http_cache *c, struct list *list);

void http_cache_free(struct http_cache *c)
{
    if (!c)
        return;
    for (size_t i = 0; i < LISTS; i++)
        list_clear(c, &c->lists[i]);
    free(c->bucket);
    free(c);
}

/* --- What changed */

/* SipHash-2-4 under c->secret. */
static uint64_t hash_of(const struct http_cache *c, struct str s)
{
    unsigned char out[crypto_shorthash_BYTES];
    uint64_t hash;
    _Static_assert(sizeof hash == sizeof out, "SipHash is 64 bits");
    crypto_shorthash(out, (const unsigned char *)s.p, s.n, c->secret);
    memcpy(&hash, out, sizeof hash);
    return hash;
}

static uint32_t subject_number(const struct http_cache *c, const char *subject)
{
    return subject ? 1 + (uint32_t)(hash_of(c, str_of(subject)) % (SUBJECTS - 1)) : 0;
}

void http_cache_changed(struct http_cache *c, const char *subject)
{
    /* the count first: who takes it from now on looks at what is there after the change */
    uint64_t count = atomic_fetch_add(&c->changes, 1) + 1;
    if (subject)
        atomic_store(&c->changed[subject_number(c, subject)], count);
    else
        atomic_store(&c->everything, count);
    atomic_store(&c->anything, count);
}

uint64_t http_cache_seen(const struct http_cache *c)
{
    return atomic_load(&c->changes);
}

bool http_cache_stands(const struct http_cache *c, uint64_t seen)
{
    return seen >= atomic_load(&c->everything);
}

/* Nothing it rests on has changed since its making began. Equal counts are fine: that change was seen. */
static bool counts(const struct http_cache *c, const struct kept *k)
{
    uint64_t changed = atomic_load(k->subject ? &c->changed[k->subject] : &c->anything);
    return k->seen >= changed && http_cache_stands(c, k->seen);
}

/* --- Answers */

/* What libmicrohttpd takes for the lines of the head, those of every request among them. */
static size_t head_bytes(const struct response *a)
{
    size_t n = RESPONSE_BYTES;
    for (const struct header *h = a->headers; h; h = h->next)
        n += LINE_BYTES + strlen(h->name) + strlen(h->value);
    return n;
}

/* Copies to *at and moves it on. kept_make has counted the room. */
static char *put(char **at, const void *data, size_t n)
{
    char *here = *at;
    if (n > 0)
        memcpy(here, data, n);
    *at += n;
    return here;
}

/* Large ones are of few sizes: malloc() looks through those that are free one by one. */
static size_t rounded(size_t bytes)
{
    return bytes < 4 * PIECE ? bytes : (bytes + PIECE - 1) / PIECE * PIECE;
}

/* One piece of memory: the struct, its tag, its key, its body. */
struct kept *kept_make(const struct http_cache *c, const struct exchange *x, const char *tag)
{
    const struct response *a = &x->response;
    size_t bytes = rounded(sizeof(struct kept) + x->key.n + strlen(tag) + 1 + a->size);
    struct kept *k = malloc(bytes);
    if (!k)
        return NULL;
    char *at = (char *)(k + 1);
    *k = (struct kept){.subject = subject_number(c, a->subject), .users = 1, .cost = bytes + head_bytes(a)};
    k->age = AGE_NONE;
    k->seen = x->seen;
    k->made_us = x->made_us;
    k->tag = put(&at, tag, strlen(tag) + 1);
    k->key = (struct str){put(&at, x->key.p, x->key.n), x->key.n};
    k->body = (struct str){put(&at, a->data, a->size), a->size};
    k->hash = hash_of(c, k->key);
    k->ready = answer_ready(a, k->body);
    if (k->ready)
        return k;
    free(k);
    return NULL;
}

struct kept *kept_constant(const struct response *a)
{
    struct kept *k = malloc(sizeof *k);
    if (!k)
        return NULL;
    *k = (struct kept){.users = 1, .age = AGE_NONE, .body = {a->data, a->size}};
    k->ready = answer_ready(a, k->body);
    if (k->ready)
        return k;
    free(k);
    return NULL;
}

struct kept *kept_share(struct kept *k)
{
    k->users++;
    return k;
}

void kept_release(struct kept *k)
{
    if (!k || --k->users > 0)
        return;
    MHD_destroy_response(k->ready);
    free(k);
}

/* A byte that says in which form, what the server's user adds, the fragment (none is not an empty one), the
 * target. None of them has a NUL in it. */
struct str cache_key(const struct exchange *x, const char *variant, struct arena *a)
{
    const struct request *r = &x->r;
    struct str fragment = r->fragment.p ? r->fragment : (struct str){"", 0};
    size_t v = strlen(variant), n = 1 + v + 1 + 1 + fragment.n + 1 + r->target.n;
    char *key = arena_alloc(a, n), *at = key;
    if (!key)
        return (struct str){NULL, 0};
    bool packed = r->accepts_gzip && !x->carries_cookie;
    *at++ = (char)('0' + (r->wants_json ? 1 : 0) + (packed ? 2 : 0) + (x->carries_cookie ? 4 : 0));
    put(&at, variant, v + 1);
    *at++ = r->fragment.p ? '+' : '-';
    put(&at, fragment.p, fragment.n);
    *at++ = '\0';
    put(&at, r->target.p, r->target.n);
    return (struct str){key, n};
}

/* --- The table. The loop's thread alone. */

static struct list *list_of(struct http_cache *c, const struct kept *k)
{
    return &c->lists[k->subject ? ON_SUBJECT : ON_ALL];
}

/* As the newest. */
static void list_push(struct list *list, struct kept *k)
{
    k->newer = NULL;
    k->older = list->newest;
    if (list->newest)
        list->newest->newer = k;
    else
        list->oldest = k;
    list->newest = k;
}

static void list_drop(struct list *list, struct kept *k)
{
    *(k->newer ? &k->newer->older : &list->newest) = k->older;
    *(k->older ? &k->older->newer : &list->oldest) = k->newer;
}

/* Where in its bucket the answer with this key is linked, or where it would be (then *slot is NULL). */
static struct kept **slot_of(struct http_cache *c, struct str key, uint64_t hash)
{
    struct kept **slot = &c->bucket[hash & (c->buckets - 1)];
    while (*slot && ((*slot)->hash != hash || !str_eq((*slot)->key, key)))
        slot = &(*slot)->next;
    return slot;
}

/* The memory goes when the last that is being sent it has got it. */
static void take_out(struct http_cache *c, struct kept **slot)
{
    struct kept *k = *slot;
    *slot = k->next;
    list_drop(list_of(c, k), k);
    atomic_fetch_sub(&c->bytes, k->cost);
    atomic_fetch_sub(&c->answers, 1);
    kept_release(k);
}

static void list_clear(struct http_cache *c, struct list *list)
{
    while (list->oldest)
        take_out(c, slot_of(c, list->oldest->key, list->oldest->hash));
}

/* What went all at once makes room at once. Of what rests on a subject, what does not count any more is found
 * when it is asked for, or grows old. */
static void sweep(struct http_cache *c)
{
    uint64_t everything = atomic_load(&c->everything), anything = atomic_load(&c->anything);
    if (everything != c->swept_everything)
        list_clear(c, &c->lists[ON_SUBJECT]);
    if (anything != c->swept_anything)
        list_clear(c, &c->lists[ON_ALL]);
    c->swept_everything = everything;
    c->swept_anything = anything;
}

struct kept *cache_find(struct http_cache *c, struct str key, int64_t now_us)
{
    sweep(c);
    struct kept **slot = slot_of(c, key, hash_of(c, key)), *k = *slot;
    if (k && (!counts(c, k) || now_us - k->made_us >= KEPT_US)) {
        take_out(c, slot);
        k = NULL;
    }
    atomic_fetch_add(k ? &c->hits : &c->misses, 1);
    if (!k)
        return NULL;
    k->used_us = now_us;
    list_drop(list_of(c, k), k);
    list_push(list_of(c, k), k);
    return k;
}

/* The least recently used of both lists. */
static void evict(struct http_cache *c)
{
    struct kept *a = c->lists[ON_ALL].oldest, *b = c->lists[ON_SUBJECT].oldest;
    struct kept *k = !a || (b && b->used_us < a->used_us) ? b : a;
    take_out(c, slot_of(c, k->key, k->hash));
}

void cache_put(struct http_cache *c, struct kept *k, int64_t now_us)
{
    sweep(c);
    if (!counts(c, k) || k->cost > c->limit / KEPT_SHARE) {
        kept_release(k);
        return;
    }
    struct kept **slot = slot_of(c, k->key, k->hash);
    if (*slot)
        take_out(c, slot);
    while (atomic_load(&c->bytes) + k->cost > c->limit)
        evict(c);
    slot = slot_of(c, k->key, k->hash); /* evicting may have freed where it pointed to */
    k->next = NULL;
    k->used_us = now_us;
    *slot = k;
    list_push(list_of(c, k), k);
    atomic_fetch_add(&c->bytes, k->cost);
    atomic_fetch_add(&c->answers, 1);
}

struct http_cache_facts http_cache_facts(const struct http_cache *c)
{
    return (struct http_cache_facts){.hits = atomic_load(&c->hits),
                                     .misses = atomic_load(&c->misses),
                                     .answers = atomic_load(&c->answers),
                                     .bytes = atomic_load(&c->bytes)};
}
