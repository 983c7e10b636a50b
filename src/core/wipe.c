/*
 * Memory that is given back is wiped, whoever gives it back: forms, answers and keys pass through libraries
 * too (jansson, libpq, libmicrohttpd), which free what they copied without a thought. These take the place of
 * the C library's functions in the whole program. With the sanitizers theirs stand.
 */
#include <malloc.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__) || !defined(__GLIBC__)
#define OTHERS 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define OTHERS 1
#endif
#endif

#ifndef OTHERS
extern void __libc_free(void *p);

void free(void *p)
{
    if (!p)
        return;
    explicit_bzero(p, malloc_usable_size(p));
    __libc_free(p);
}

/* The C library's own would leave the old piece as it is. */
void *realloc(void *p, size_t n)
{
    size_t has = p ? malloc_usable_size(p) : 0;
    if (p && n == 0) {
        free(p);
        return NULL;
    }
    if (p && n <= has && n > has / 2) {
        explicit_bzero((char *)p + n, has - n);
        return p;
    }
    void *other = malloc(n);
    if (!other)
        return NULL;
    if (p)
        memcpy(other, p, n < has ? n : has);
    free(p);
    return other;
}
#endif
