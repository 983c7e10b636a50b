/*
 * A chain of blocks that are filled from the front. The first block survives a reset, so that a worker that
 * handles requests of ordinary size asks the system for memory once.
 */
#include "core/arena.h"

#include <sodium.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define WITH_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WITH_ASAN 1
#endif
#endif
#ifdef WITH_ASAN
#include <sanitizer/asan_interface.h>
/* A gap behind each piece, so that running past its end is seen. */
#define GAP 16
#else
#define ASAN_POISON_MEMORY_REGION(p, n)   ((void)(p), (void)(n))
#define ASAN_UNPOISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#define GAP                               0
#endif

#define FIRST_BLOCK ((size_t)32 * 1024)
#define NEXT_BLOCK  ((size_t)64 * 1024)
#define LARGE_STEP  ((size_t)4 * 1024) /* of large blocks: malloc() looks through the sizes that are free */

struct block {
    struct block *older;
    size_t size, used;
    _Alignas(max_align_t) unsigned char bytes[];
};

/* What arena_defer noted; lies in the arena itself, so it must run before memory is given up. */
struct release {
    struct release *older;
    void (*call)(void *);
    void *thing;
};

struct arena {
    struct block *newest; /* the first block is the last of the chain */
    struct release *releases;
    size_t limit, given; /* bytes, rounded up as they are handed out; blocks may hold more */
    bool failed;
};

static struct block *block_new(size_t size)
{
    struct block *b = malloc(sizeof *b + size);
    if (!b)
        return NULL;
    *b = (struct block){.size = size};
    ASAN_POISON_MEMORY_REGION(b->bytes, size);
    return b;
}

/* What a request held, passwords and answers among it, does not lie about until the memory is used again. */
static void wipe(struct block *b)
{
    ASAN_UNPOISON_MEMORY_REGION(b->bytes, b->size);
    sodium_memzero(b->bytes, b->used);
    b->used = 0;
}

/* free() wipes what it is given (core/wipe.c). */
static void block_free(struct block *b)
{
    ASAN_UNPOISON_MEMORY_REGION(b->bytes, b->size);
    free(b);
}

struct arena *arena_new(size_t limit)
{
    struct arena *a = calloc(1, sizeof *a);
    if (!a)
        return NULL;
    a->limit = limit;
    a->newest = block_new(FIRST_BLOCK);
    if (!a->newest) {
        free(a);
        return NULL;
    }
    return a;
}

/* A block with room for `n` bytes in front of the chain. A large piece gets a block of its own behind the
 * newest, which keeps the newest's free room in use. */
static struct block *block_for(struct arena *a, size_t n)
{
    if (a->newest->size - a->newest->used >= n)
        return a->newest;
    /* The first block stays the last of the chain: it is the one that a reset keeps. */
    bool large = n > NEXT_BLOCK / 4;
    struct block *b = block_new(large ? (n + LARGE_STEP - 1) / LARGE_STEP * LARGE_STEP : NEXT_BLOCK);
    if (!b)
        return NULL;
    if (large && a->newest->older) {
        b->older = a->newest->older;
        a->newest->older = b;
    } else {
        b->older = a->newest;
        a->newest = b;
    }
    return b;
}

static void *fail(struct arena *a)
{
    a->failed = true;
    return NULL;
}

void *arena_take(struct arena *a, size_t n)
{
    if (n > SIZE_MAX / 2)
        return fail(a);
    size_t whole = (n + GAP + _Alignof(max_align_t) - 1) & ~(_Alignof(max_align_t) - 1);
    if (whole > a->limit - a->given)
        return fail(a);
    struct block *b = block_for(a, whole);
    if (!b)
        return fail(a);
    void *p = b->bytes + b->used;
    b->used += whole;
    a->given += whole;
    ASAN_UNPOISON_MEMORY_REGION(p, n);
    return p;
}

void *arena_alloc(struct arena *a, size_t n)
{
    void *p = arena_take(a, n);
    return p ? memset(p, 0, n) : NULL;
}

char *arena_strndup(struct arena *a, const char *s, size_t n)
{
    if (!s)
        return NULL;
    if (n == SIZE_MAX)
        return fail(a);
    char *copy = arena_take(a, n + 1);
    if (copy) {
        memcpy(copy, s, n);
        copy[n] = '\0';
    }
    return copy;
}

char *arena_strdup(struct arena *a, const char *s)
{
    return s ? arena_strndup(a, s, strlen(s)) : NULL;
}

char *arena_vprintf(struct arena *a, const char *format, va_list args)
{
    char few[256]; /* most have room in it: they are printed once */
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(few, sizeof few, format, args);
    char *text = n < 0 ? fail(a) : arena_take(a, (size_t)n + 1);
    if (text && (size_t)n < sizeof few)
        memcpy(text, few, (size_t)n + 1);
    else if (text)
        vsnprintf(text, (size_t)n + 1, format, again);
    va_end(again);
    return text;
}

char *arena_printf(struct arena *a, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = arena_vprintf(a, format, args);
    va_end(args);
    return text;
}

bool arena_defer(struct arena *a, void (*release)(void *), void *thing)
{
    struct release *r = arena_alloc(a, sizeof *r);
    if (!r) {
        release(thing);
        return false;
    }
    *r = (struct release){.older = a->releases, .call = release, .thing = thing};
    a->releases = r;
    return true;
}

bool arena_failed(const struct arena *a)
{
    return a->failed;
}

void arena_reset(struct arena *a)
{
    /* Before any block is freed: what is released may lie in one of them. */
    while (a->releases) {
        struct release *r = a->releases;
        a->releases = r->older;
        r->call(r->thing);
    }
    while (a->newest->older) {
        struct block *b = a->newest;
        a->newest = b->older;
        block_free(b);
    }
    wipe(a->newest);
    ASAN_POISON_MEMORY_REGION(a->newest->bytes, a->newest->size);
    a->given = 0;
    a->failed = false;
}

void arena_free(struct arena *a)
{
    if (!a)
        return;
    arena_reset(a);
    block_free(a->newest);
    free(a);
}

char *arena_lower(struct arena *a, const char *s, size_t n)
{
    char *out = arena_strndup(a, s, n);
    for (char *c = out; c && *c; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    return out;
}
