#include "core/text.h"

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

struct str str_of(const char *s)
{
    return s ? (struct str){s, strlen(s)} : (struct str){"", 0};
}

bool str_eq(struct str a, struct str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool str_is(struct str a, const char *s)
{
    return str_eq(a, str_of(s));
}

bool str_starts(struct str a, const char *prefix)
{
    size_t n = strlen(prefix);
    return a.n >= n && (n == 0 || memcmp(a.p, prefix, n) == 0);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

struct str str_trim(struct str s)
{
    while (s.n > 0 && is_blank(s.p[0]))
        s.p++, s.n--;
    while (s.n > 0 && is_blank(s.p[s.n - 1]))
        s.n--;
    return s;
}

/* Bytes of the character that starts at `s`, 0 when it is not a well-formed one (RFC 3629 section 4). */
static size_t utf8_char(const unsigned char *s, size_t n)
{
    unsigned char lead = s[0];
    if (lead < 0x80)
        return lead != 0;
    size_t size = lead >= 0xC2 && lead <= 0xDF   ? 2
                  : (lead & 0xF0) == 0xE0        ? 3
                  : lead >= 0xF0 && lead <= 0xF4 ? 4
                                                 : 0;
    if (size == 0 || size > n)
        return 0;
    unsigned char low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;  /* below: overlong */
    unsigned char high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF; /* above: surrogate, > U+10FFFF */
    if (s[1] < low || s[1] > high)
        return 0;
    for (size_t i = 2; i < size; i++)
        if ((s[i] & 0xC0) != 0x80)
            return 0;
    return size;
}

size_t text_characters(struct str s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++)
        n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
    return n;
}

bool text_is_utf8(struct str s)
{
    const unsigned char *p = (const unsigned char *)s.p;
    size_t size;
    for (size_t i = 0; i < s.n; i += size) {
        size = utf8_char(p + i, s.n - i);
        if (size == 0)
            return false;
    }
    return true;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool text_int(struct str s, int64_t min, int64_t max, int64_t *out)
{
    size_t i = s.n > 0 && s.p[0] == '-';
    bool negative = i == 1;
    int64_t value = 0;
    if (i == s.n)
        return false;
    for (; i < s.n; i++) {
        if (!is_digit(s.p[i]))
            return false;
        int digit = s.p[i] - '0';
        if (__builtin_mul_overflow(
                value, 10,
                &value) || /* negative numbers are built downwards: INT64_MIN has no positive twin */
            __builtin_add_overflow(value, negative ? -digit : digit, &value))
            return false;
    }
    if (value < min || value > max)
        return false;
    *out = value;
    return true;
}

/* How many stand in a row there. */
static size_t digits(struct str s, size_t from)
{
    size_t i = from;
    while (i < s.n && is_digit(s.p[i]))
        i++;
    return i - from;
}

/* -?digits(.digits)? : no exponent, no inf, no nan, no hexadecimal. */
static bool is_decimal(struct str s)
{
    size_t i = s.n > 0 && s.p[0] == '-';
    size_t whole = digits(s, i);
    if (whole == 0)
        return false;
    i += whole;
    if (i == s.n)
        return true;
    if (s.p[i] != '.')
        return false;
    size_t fraction = digits(s, i + 1);
    return fraction > 0 && i + 1 + fraction == s.n;
}

bool text_double(struct str s, double min, double max, double *out)
{
    /* strtod wants a NUL; what is_decimal passed has nothing in it that depends on the locale but the point,
     * and none is set */
    char copy[64];
    if (s.n >= sizeof copy || !is_decimal(s))
        return false;
    memcpy(copy, s.p, s.n);
    copy[s.n] = '\0';
    double value = strtod(copy, NULL);
    if (!(value >= min && value <= max))
        return false;
    *out = value;
    return true;
}

static bool is_hex(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool text_is_uuid(struct str s)
{
    if (s.n != 36)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? s.p[i] != '-' : !is_hex(s.p[i]))
            return false;
    }
    return true;
}

static bool is_base64_char(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
}

/* Keys and tokens pass here: libsodium's coding takes the same time whatever the bytes. */
size_t text_base64(char *out, size_t cap, const unsigned char *in, size_t n)
{
    if (n > SIZE_MAX / 2 || cap < sodium_base64_encoded_len(n, sodium_base64_VARIANT_URLSAFE_NO_PADDING)) {
        if (cap > 0)
            out[0] = '\0';
        return 0;
    }
    sodium_bin2base64(out, cap, in, n, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return strlen(out);
}

size_t text_unbase64(unsigned char *out, size_t cap, struct str in)
{
    size_t n = 0;
    int variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
    for (size_t i = 0; i < in.n; i++)
        if (!is_base64_char(in.p[i])) /* libsodium 1.0.18 takes some bytes above 0x7F for letters */
            return 0;
    if (sodium_base642bin(out, cap, in.p, in.n, NULL, &n, NULL, variant) != 0)
        return 0;
    return n;
}
