/*
 * Memory of one request: everything allocated here goes together.
 *
 * An arena has a hard limit; past it, and when the system has no memory, allocation gives NULL and
 * arena_failed() stays true until the next reset, so a caller may allocate several things and ask once.
 * Not thread-safe: an arena belongs to the one thread that handles its request.
 */
#ifndef UNKNOT_CORE_ARENA_H
#define UNKNOT_CORE_ARENA_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct arena;

/* A new, empty arena that will hand out at most `limit` bytes between resets; NULL when out of memory. */
struct arena *arena_new(size_t limit);

/* `n` zeroed bytes aligned for any type (n = 0 gives a valid pointer). */
void *arena_alloc(struct arena *a, size_t n);

/* The same with whatever the memory held before, for what is written over anyway. */
void *arena_take(struct arena *a, size_t n);

/* A copy of the `n` bytes at `s` with a NUL behind them. NULL `s` gives NULL. */
char *arena_strndup(struct arena *a, const char *s, size_t n);
char *arena_strdup(struct arena *a, const char *s);
/* The same with A to Z in lower case. */
char *arena_lower(struct arena *a, const char *s, size_t n);

char *arena_printf(struct arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *a, const char *format, va_list args) __attribute__((format(printf, 2, 0)));

/* Runs `release(thing)` at the next reset, newest first (a PGresult, a json_t). On failure it runs at once
 * and false comes back: the thing is then already gone. */
bool arena_defer(struct arena *a, void (*release)(void *), void *thing);

bool arena_failed(const struct arena *a);
void arena_reset(struct arena *a);
void arena_free(struct arena *a);

#endif
