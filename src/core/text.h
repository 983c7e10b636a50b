/*
 * Text: views, a growing buffer with a cap, and the bounded parsers that stand in for atoi and scanf.
 */
#ifndef UNKNOT_CORE_TEXT_H
#define UNKNOT_CORE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* A view of bytes somebody else owns; not NUL-terminated. */
struct str {
    const char *p;
    size_t n;
};

#define STR(literal) ((struct str){(literal), sizeof(literal) - 1})

struct str str_of(const char *s); /* NULL gives the empty view */
bool str_eq(struct str a, struct str b);
bool str_is(struct str a, const char *s);
bool str_starts(struct str a, const char *prefix);
struct str str_trim(struct str s); /* blanks and tabs at both ends */

/* True for well-formed UTF-8 (RFC 3629: no overlong form, surrogate or > U+10FFFF) without NUL. */
bool text_is_utf8(struct str s);

/* Characters, not bytes; the text is well-formed UTF-8. */
size_t text_characters(struct str s);

/* Whole-string decimal numbers in [min, max]; no sign but '-', no blanks, no leading '+'. False leaves *out.
 */
bool text_int(struct str s, int64_t min, int64_t max, int64_t *out);
bool text_double(struct str s, double min, double max, double *out);

/* RFC 9562 text form, lower or upper case. */
bool text_is_uuid(struct str s);

/* URL-safe base64 without padding. text_unbase64 refuses anything else; both return the bytes written, or 0.
 */
size_t text_base64(char *out, size_t cap, const unsigned char *in, size_t n); /* NUL-terminated */
size_t text_unbase64(unsigned char *out, size_t cap, struct str in);

/* A buffer that grows to `max` bytes. After a failure (cap, memory) every append is a no-op and `failed` is
 * set, so a writer checks once at the end. Zero-initialise, set max; p is NUL-terminated whenever not NULL.
 */
struct buf {
    char *p;
    size_t n, cap, max;
    bool failed;
};

static inline void buf_put(struct buf *b, const char *s, size_t n);
void buf_puts(struct buf *b, const char *s); /* NULL, a text there was no memory for, is a failure */
void buf_putc(struct buf *b, char c);
void buf_printf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buf_html(struct buf *b, const char *s, size_t n); /* & < > " ' escaped */
void buf_url(struct buf *b, const char *s, size_t n);  /* percent-encoded but for RFC 3986 unreserved */
void buf_reset(struct buf *b);                         /* empty again, memory kept, failed cleared */
void buf_free(struct buf *b);

/* buf_put where there is room; it is what a page's time is spent in. A failed buffer takes the other way. */
void buf_put_slowly(struct buf *b, const char *s, size_t n);
static inline void buf_put(struct buf *b, const char *s, size_t n)
{
    if (b->failed || n == 0 || n >= b->cap - b->n) {
        buf_put_slowly(b, s, n);
        return;
    }
    memcpy(b->p + b->n, s, n);
    b->n += n;
    b->p[b->n] = '\0';
}

#endif
