/* Paths and name=value pairs: percent-decoded exactly once, into the request's arena. */
#include "http/parse.h"

#include <string.h>
#include <strings.h>

#define PATH_MAX_BYTES 1024

struct str pairs_get(const struct pairs *pairs, const char *name)
{
    for (size_t i = 0; i < pairs->n; i++)
        if (str_is(pairs->at[i].name, name))
            return pairs->at[i].value;
    return (struct str){NULL, 0};
}

bool str_is_nocase(struct str a, const char *s)
{
    return strlen(s) == a.n && strncasecmp(a.p, s, a.n) == 0;
}

bool str_next(struct str *rest, char mark, struct str *part)
{
    if (rest->n == 0)
        return false;
    const char *end = memchr(rest->p, mark, rest->n);
    size_t n = end ? (size_t)(end - rest->p) : rest->n;
    *part = str_trim((struct str){rest->p, n});
    size_t gone = end ? n + 1 : n;
    *rest = (struct str){rest->p + gone, rest->n - gone};
    return true;
}

static bool is_alnum(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool text_is_token(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!is_alnum(s.p[i]) && (s.p[i] == '\0' || !strchr("!#$%&'*+-.^_`|~", s.p[i])))
            return false;
    return s.n > 0;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return -1;
}

/* The byte that `raw` begins with after decoding, and how many raw bytes it took; 0 for a bad escape. */
static size_t decode_byte(struct str raw, unsigned char *byte)
{
    if (raw.p[0] != '%') {
        *byte = (unsigned char)raw.p[0];
        return 1;
    }
    if (raw.n < 3)
        return 0;
    int high = hex_digit(raw.p[1]), low = hex_digit(raw.p[2]);
    if (high < 0 || low < 0)
        return 0;
    *byte = (unsigned char)(high * 16 + low);
    return 3;
}

/* --- Path */

/* What may stand unescaped: RFC 3986 pchar without ';' (which some servers read as the end of the path). */
static bool is_path_char(char c)
{
    return is_alnum(c) || (c != '\0' && strchr("-._~!$&'()*+,=:@/%", c));
}

/* An escape must not stand for a byte that a later reader could take for structure, nor for a control byte.
 */
static bool is_path_escape(unsigned char byte)
{
    return byte >= ' ' && byte != 0x7F && byte != '/' && byte != '\\';
}

static bool is_good_segment(struct str s)
{
    return s.n > 0 && !str_is(s, ".") && !str_is(s, "..");
}

/* "/" alone has none; all others are non-empty and neither "." nor "..": so a path ends in no slash. */
static bool segments_are_good(struct str path)
{
    size_t start = 1;
    if (path.n == 1)
        return true;
    for (size_t i = 1; i <= path.n; i++) {
        if (i < path.n && path.p[i] != '/')
            continue;
        if (!is_good_segment((struct str){path.p + start, i - start}))
            return false;
        start = i + 1;
    }
    return true;
}

bool parse_path(struct str raw, struct arena *a, struct str *path)
{
    if (raw.n == 0 || raw.n > PATH_MAX_BYTES || raw.p[0] != '/')
        return false;
    char *out = arena_alloc(a, raw.n + 1);
    if (!out)
        return false;
    size_t n = 0;
    for (size_t i = 0; i < raw.n;) {
        unsigned char byte;
        size_t took = is_path_char(raw.p[i]) ? decode_byte((struct str){raw.p + i, raw.n - i}, &byte) : 0;
        if (took == 0 || (took > 1 && !is_path_escape(byte))) /* took > 1: it was an escape */
            return false;
        out[n++] = (char)byte;
        i += took;
    }
    *path = (struct str){out, n};
    return text_is_utf8(*path) && segments_are_good(*path);
}

/* --- application/x-www-form-urlencoded */

/* Decodes `raw` to *out, which has room for raw.n bytes. Browsers send printable ASCII only. */
static bool decode_form_text(struct str raw, char *out, struct str *text)
{
    size_t n = 0;
    for (size_t i = 0; i < raw.n;) {
        unsigned char byte;
        if (raw.p[i] <= ' ' || raw.p[i] > '~') /* char may be signed: either way bytes from 0x80 fall out */
            return false;
        size_t took = decode_byte((struct str){raw.p + i, raw.n - i}, &byte);
        if (took == 0)
            return false;
        out[n++] = raw.p[i] == '+' ? ' ' : (char)byte;
        i += took;
    }
    *text = (struct str){out, n};
    return text_is_utf8(*text);
}

/* name and value share raw.n bytes at `out`: neither gets longer by decoding. */
static bool decode_pair(struct str raw, char *out, struct pair *pair)
{
    const char *equals = raw.n ? memchr(raw.p, '=', raw.n) : NULL;
    size_t name = equals ? (size_t)(equals - raw.p) : raw.n;
    size_t value = equals ? raw.n - name - 1 : 0;
    if (name == 0) /* also the empty pair of "a=1&&b=2" */
        return false;
    return decode_form_text((struct str){raw.p, name}, out, &pair->name) &&
           decode_form_text((struct str){equals ? equals + 1 : raw.p, value}, out + name, &pair->value);
}

/* One more than there are '&'. */
static size_t count_pairs(struct str raw)
{
    size_t n = 1;
    for (size_t i = 0; i < raw.n; i++)
        n += raw.p[i] == '&';
    return n;
}

bool parse_urlencoded(struct str raw, size_t max_pairs, struct arena *a, struct pairs *out)
{
    *out = (struct pairs){NULL, 0};
    if (raw.n == 0)
        return true;
    size_t count = count_pairs(raw);
    if (count > max_pairs)
        return false;
    struct pair *at = arena_alloc(a, count * sizeof *at);
    char *text = arena_alloc(a, raw.n + 1);
    if (!at || !text)
        return false;
    size_t start = 0;
    for (size_t i = 0; i < count; i++) {
        const char *end = start < raw.n ? memchr(raw.p + start, '&', raw.n - start) : NULL;
        size_t stop = end ? (size_t)(end - raw.p) : raw.n;
        if (!decode_pair((struct str){raw.p + start, stop - start}, text + start, &at[i]))
            return false;
        start = stop + 1;
    }
    *out = (struct pairs){at, count};
    return true;
}
