/*
 * Memory that ends, for a server or a worker that is linked with this (make short): the file
 * $UNKNOT_CONFIG.short, of a worker $SHORT_WORK, counts what a request or a chore takes of its arena and of
 * growing buffers, and what brings it to zero is not had. Below zero nothing is counted.
 */
#define _GNU_SOURCE
#include "core/arena.h"
#include "core/text.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static _Atomic int64_t *left;

/* Of `up` the parent alone: the others it starts have names of their own. */
__attribute__((constructor)) static void begin(int argc, char **argv)
{
    char path[4096];
    const char *config = getenv("UNKNOT_CONFIG"), *work = getenv("SHORT_WORK");
    bool serves = config && argc > 1 && (strcmp(argv[1], "serve") == 0 || strcmp(argv[1], "up") == 0);
    if (!serves && !(work && argc > 1 && strcmp(argv[1], "work") == 0))
        return;
    snprintf(path, sizeof path, "%s%s", serves ? config : work, serves ? ".short" : "");
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0 || ftruncate(fd, sizeof *left) != 0)
        abort();
    left = mmap(NULL, sizeof *left, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (left == MAP_FAILED)
        abort();
    close(fd);
}

static bool is_short(void)
{
    return left && *left > 0 && atomic_fetch_sub(left, 1) == 1;
}

void *__real_arena_take(struct arena *a, size_t n);
void *__real_arena_alloc(struct arena *a, size_t n);
char *__real_arena_strndup(struct arena *a, const char *s, size_t n);
bool __real_arena_defer(struct arena *a, void (*release)(void *), void *thing);
void __real_buf_put_slowly(struct buf *b, const char *s, size_t n);

/* More than an arena ever gives. */
static void *nothing(struct arena *a)
{
    return __real_arena_take(a, SIZE_MAX);
}

void *__wrap_arena_take(struct arena *a, size_t n)
{
    return is_short() ? nothing(a) : __real_arena_take(a, n);
}

void *__wrap_arena_alloc(struct arena *a, size_t n)
{
    return is_short() ? nothing(a) : __real_arena_alloc(a, n);
}

char *__wrap_arena_strndup(struct arena *a, const char *s, size_t n)
{
    return s && is_short() ? nothing(a) : __real_arena_strndup(a, s, n);
}

char *__wrap_arena_strdup(struct arena *a, const char *s)
{
    return s ? __wrap_arena_strndup(a, s, strlen(s)) : NULL;
}

__attribute__((format(printf, 2, 3))) char *__wrap_arena_printf(struct arena *a, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = is_short() ? nothing(a) : arena_vprintf(a, format, args);
    va_end(args);
    return text;
}

bool __wrap_arena_defer(struct arena *a, void (*release)(void *), void *thing)
{
    if (!is_short())
        return __real_arena_defer(a, release, thing);
    nothing(a);
    release(thing);
    return false;
}

void __wrap_buf_put_slowly(struct buf *b, const char *s, size_t n)
{
    if (is_short())
        b->failed = true;
    __real_buf_put_slowly(b, s, n);
}
