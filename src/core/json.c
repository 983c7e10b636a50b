/*
 * The reader makes one pass and keeps what it found in a flat array, in the order of the text. Strings and
 * numbers are checked but not copied; nesting is a small stack instead of recursion.
 */
#include "core/json.h"

#include <string.h>

#define MAX_BYTES ((size_t)16 * 1024 * 1024)
#define MAX_DEPTH 64

struct reader {
    struct json *j;
    struct arena *arena;
    const char *p, *end;
    uint32_t cap;
    uint32_t open[MAX_DEPTH]; /* tokens of the arrays and objects we are in */
    int depth;
};

/* The old tokens stay in the arena, which gives nothing back before its end. */
static bool grow(struct reader *r)
{
    uint32_t cap = r->cap * 2;
    struct json_token *more = arena_take(r->arena, cap * sizeof *more);
    if (!more)
        return false;
    memcpy(more, r->j->token, r->j->count * sizeof *more);
    r->j->token = more;
    r->cap = cap;
    return true;
}

static inline bool add(struct reader *r, enum json_kind kind, bool escaped, const char *start,
                       const char *end)
{
    struct json *j = r->j;
    if (j->count == r->cap && !grow(r))
        return false;
    j->token[j->count] = (struct json_token){
        .kind = (uint8_t)kind,
        .escaped = escaped,
        .start = (uint32_t)(start - j->text),
        .size = (uint32_t)(end - start),
        .next = j->count + 1,
    };
    j->count++;
    return true;
}

static void skip_space(struct reader *r)
{
    while (r->p < r->end && (*r->p == ' ' || *r->p == '\n' || *r->p == '\r' || *r->p == '\t'))
        r->p++;
}

/* -1: not a hexadecimal digit. */
static int hex_value(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* The four hexadecimal digits at `p`, or -1. */
static int32_t hex4(const char *p, const char *end)
{
    int32_t value = 0;
    if (end - p < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        int digit = hex_value(p[i]);
        if (digit < 0)
            return -1;
        value = value * 16 + digit;
    }
    return value;
}

/* The byte behind the escape at `p` (its backslash), or NULL when it is none of JSON's. */
static const char *skip_escape(const char *p, const char *end)
{
    if (end - p < 2)
        return NULL;
    if (p[1] == 'u')
        return hex4(p + 2, end) >= 0 ? p + 6 : NULL;
    return p[1] != '\0' && strchr("\"\\/bfnrt", p[1]) ? p + 2 : NULL;
}

/* First byte from `p` on that ends or interrupts a string: quote, backslash, control. Eight bytes a step: the
 * zero-byte trick finds them exactly up to the first, and only the first is used. */
static const char *string_stop(const char *p, const char *end)
{
    const uint64_t ones = 0x0101010101010101, tops = 0x8080808080808080;
    while (end - p >= 8) {
        uint64_t w;
        memcpy(&w, p, 8);
        uint64_t quote = w ^ (ones * '"'), slash = w ^ (ones * '\\');
        uint64_t hit = ((quote - ones) & ~quote) | ((slash - ones) & ~slash) | ((w - ones * 0x20) & ~w);
        hit &= tops;
        if (hit) {
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
            return p + __builtin_ctzll(hit) / 8;
#else
            break;
#endif
        }
        p += 8;
    }
    while (p < end && *p != '"' && *p != '\\' && (unsigned char)*p >= 0x20)
        p++;
    return p;
}

static bool read_string(struct reader *r)
{
    const char *start = ++r->p;
    bool escaped = false;
    for (;;) {
        const char *stop = string_stop(r->p, r->end);
        if (stop == r->end)
            return false;
        if (*stop == '"') {
            r->p = stop + 1;
            return add(r, JSON_STRING, escaped, start, stop);
        }
        r->p = *stop == '\\' ? skip_escape(stop, r->end) : NULL;
        if (!r->p)
            return false;
        escaped = true;
    }
}

static bool skip_digits(struct reader *r)
{
    const char *start = r->p;
    while (r->p < r->end && *r->p >= '0' && *r->p <= '9')
        r->p++;
    return r->p > start;
}

static bool at(const struct reader *r, char c)
{
    return r->p < r->end && *r->p == c;
}

/* The grammar of RFC 8259, section 6; the value is not computed. */
static bool read_number(struct reader *r)
{
    const char *start = r->p;
    r->p += at(r, '-');
    if (at(r, '0'))
        r->p++;
    else if (!skip_digits(r))
        return false;
    if (at(r, '.')) {
        r->p++;
        if (!skip_digits(r))
            return false;
    }
    if (at(r, 'e') || at(r, 'E')) {
        r->p++;
        r->p += at(r, '+') || at(r, '-');
        if (!skip_digits(r))
            return false;
    }
    return add(r, JSON_NUMBER, false, start, r->p);
}

static bool read_word(struct reader *r, const char *word, enum json_kind kind)
{
    size_t n = strlen(word);
    if ((size_t)(r->end - r->p) < n || memcmp(r->p, word, n) != 0)
        return false;
    r->p += n;
    return add(r, kind, false, r->p - n, r->p);
}

static bool read_open(struct reader *r, enum json_kind kind)
{
    if (r->depth == MAX_DEPTH)
        return false;
    r->open[r->depth++] = r->j->count;
    r->p++;
    return add(r, kind, false, r->p - 1, r->p);
}

static bool read_value(struct reader *r)
{
    skip_space(r);
    if (r->p == r->end)
        return false;
    switch (*r->p) {
    case '"':
        return read_string(r);
    case '{':
        return read_open(r, JSON_OBJECT);
    case '[':
        return read_open(r, JSON_ARRAY);
    case 't':
        return read_word(r, "true", JSON_TRUE);
    case 'f':
        return read_word(r, "false", JSON_FALSE);
    case 'n':
        return read_word(r, "null", JSON_NULL);
    default:
        return read_number(r);
    }
}

/* The pointer is good until the next add, which may move the tokens. */
static struct json_token *innermost(struct reader *r)
{
    return &r->j->token[r->open[r->depth - 1]];
}

/* At its closing bracket: now its size and the token after it are known. */
static void close_innermost(struct reader *r)
{
    struct json_token *t = innermost(r);
    r->p++;
    t->size = (uint32_t)(r->p - r->j->text) - t->start;
    t->next = r->j->count;
    r->depth--;
}

/* One element or member of the innermost array or object, or its end. */
static bool read_item(struct reader *r)
{
    struct json_token *t = innermost(r);
    bool object = t->kind == JSON_OBJECT;
    skip_space(r);
    if (at(r, object ? '}' : ']')) {
        close_innermost(r);
        return true;
    }
    if (t->count > 0) {
        if (!at(r, ','))
            return false;
        r->p++;
    }
    t->count++;
    if (!object)
        return read_value(r);
    skip_space(r);
    if (!at(r, '"') || !read_string(r))
        return false;
    skip_space(r);
    if (!at(r, ':'))
        return false;
    r->p++;
    return read_value(r);
}

bool json_parse(struct json *j, struct arena *a, struct str text)
{
    if (text.n == 0 || text.n > MAX_BYTES)
        return false;
    struct reader r = {.j = j, .arena = a, .p = text.p, .end = text.p + text.n};
    r.cap = (uint32_t)(text.n / 8 + 8); /* more than documents of pages have; what has more grows */
    *j = (struct json){.text = text.p, .token = arena_take(a, r.cap * sizeof *j->token)};
    if (!j->token || !read_value(&r))
        return false;
    while (r.depth > 0)
        if (!read_item(&r))
            return false;
    skip_space(&r);
    return r.p == r.end;
}

/* Decoding */

/* RFC 3629; 1 to 4 bytes. */
static size_t utf8_write(char *out, uint32_t c)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xC0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3F));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xE0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 0x3F));
        out[2] = (char)(0x80 | (c & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 0x3F));
    out[2] = (char)(0x80 | (c >> 6 & 0x3F));
    out[3] = (char)(0x80 | (c & 0x3F));
    return 4;
}

/* The character that the \u escape (or pair of them) at *p stands for; moves *p behind it. */
static uint32_t unicode_escape(const char **p, const char *end)
{
    uint32_t c = (uint32_t)hex4(*p + 2, end);
    *p += 6;
    if (c < 0xD800 || c > 0xDFFF)
        return c ? c : 0xFFFD;
    if (c > 0xDBFF || end - *p < 6 || (*p)[0] != '\\' || (*p)[1] != 'u')
        return 0xFFFD;
    uint32_t low = (uint32_t)hex4(*p + 2, end);
    if (low < 0xDC00 || low > 0xDFFF)
        return 0xFFFD;
    *p += 6;
    return 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
}

/* Decodes the escape at *p (checked by the reader) into `out`, at most 4 bytes, and moves *p behind it. */
static size_t decode_escape(const char **p, const char *end, char *out)
{
    static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
    char c = (*p)[1];
    if (c == 'u')
        return utf8_write(out, unicode_escape(p, end));
    *p += 2;
    const char *named = strchr(from, c);
    out[0] = named ? to[named - from] : c;
    return 1;
}

struct str json_raw(const struct json *j, uint32_t token)
{
    const struct json_token *t = &j->token[token];
    return (struct str){j->text + t->start, t->size};
}

void json_append(const struct json *j, uint32_t token, struct buf *out, bool html)
{
    void (*put)(struct buf *, const char *, size_t) = html ? buf_html : buf_put;
    struct str raw = json_raw(j, token);
    const char *p = raw.p, *end = raw.p + raw.n;
    if (!j->token[token].escaped) {
        put(out, raw.p, raw.n);
        return;
    }
    while (p < end) {
        char decoded[4];
        const char *slash = memchr(p, '\\', (size_t)(end - p));
        put(out, p, (size_t)((slash ? slash : end) - p));
        if (!slash)
            break;
        p = slash;
        size_t n = decode_escape(&p, end, decoded);
        put(out, decoded, n);
    }
}

struct str json_text(const struct json *j, uint32_t token, struct arena *a)
{
    const struct json_token *t = &j->token[token];
    struct str raw = json_raw(j, token);
    if (t->kind == JSON_NULL)
        return STR("");
    if (!t->escaped)
        return raw;
    char *out = arena_take(a, raw.n + 1); /* no escape is shorter than what it stands for */
    if (!out)
        return STR("");
    size_t n = 0;
    for (const char *p = raw.p, *end = raw.p + raw.n; p < end;) {
        if (*p == '\\')
            n += decode_escape(&p, end, out + n);
        else
            out[n++] = *p++;
    }
    out[n] = '\0';
    return (struct str){out, n};
}

/* Compares an escaped key with plain text, piece by piece. */
static bool escaped_is(struct str raw, struct str text)
{
    size_t at = 0;
    for (const char *p = raw.p, *end = raw.p + raw.n; p < end;) {
        char piece[4] = {*p};
        size_t n = 1;
        if (*p == '\\')
            n = decode_escape(&p, end, piece);
        else
            p++;
        if (n > text.n - at || memcmp(piece, text.p + at, n) != 0)
            return false;
        at += n;
    }
    return at == text.n;
}

/* memcmp for names of a few bytes, without the call. */
static inline bool same_bytes(const char *a, const char *b, size_t n)
{
    uint64_t x, y;
    if (n < 8) {
        for (size_t i = 0; i < n; i++)
            if (a[i] != b[i])
                return false;
        return true;
    }
    for (size_t i = 0; i + 8 < n; i += 8) {
        memcpy(&x, a + i, 8);
        memcpy(&y, b + i, 8);
        if (x != y)
            return false;
    }
    memcpy(&x, a + n - 8, 8);
    memcpy(&y, b + n - 8, 8);
    return x == y;
}

/* Most of a page's time would be spent here: lengths are compared first, and hardly ever do two names of one
 * length begin alike. */
uint32_t json_find(const struct json *j, uint32_t object, struct str key)
{
    const struct json_token *token = j->token;
    uint32_t end = token[object].next;
    if (token[object].kind != JSON_OBJECT)
        return 0;
    for (uint32_t i = object + 1; i < end; i = token[i + 1].next) {
        const struct json_token *t = &token[i];
        if (t->size == key.n && !t->escaped && same_bytes(j->text + t->start, key.p, key.n))
            return i + 1;
        if (t->escaped && escaped_is(json_raw(j, i), key))
            return i + 1;
    }
    return 0;
}

uint32_t json_get(const struct json *j, uint32_t object, const char *key)
{
    return json_find(j, object, str_of(key));
}

const char *json_member(struct arena *a, const char *document, const char *key)
{
    struct json j;
    if (!document || !json_parse(&j, a, str_of(document)))
        return NULL;
    uint32_t token = json_get(&j, 0, key);
    if (token == 0 || j.token[token].kind == JSON_NULL)
        return NULL;
    struct str text = json_text(&j, token, a);
    return arena_strndup(a, text.p, text.n);
}
