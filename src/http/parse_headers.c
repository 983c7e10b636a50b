/* The values of request headers: cookies, preferences, entity tags. */
#include "http/parse.h"

#include <string.h>

#define COOKIES_MAX 128

/* --- Cookie (RFC 6265): name=value pairs, "; " between them */

static bool is_cookie_octet(char c)
{
    return c > ' ' && c <= '~' && c != '"' && c != ',' && c != '\\'; /* ';' ended the pair already */
}

static bool is_cookie_value(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!is_cookie_octet(s.p[i]))
            return false;
    return true;
}

/* A value in double quotes loses them (RFC 6265, 4.1.1). */
static bool read_cookie(struct str raw, struct pair *cookie)
{
    const char *equals = raw.n ? memchr(raw.p, '=', raw.n) : NULL;
    if (!equals)
        return false;
    struct str name = {raw.p, (size_t)(equals - raw.p)};
    struct str value = {equals + 1, raw.n - name.n - 1};
    if (value.n >= 2 && value.p[0] == '"' && value.p[value.n - 1] == '"')
        value = (struct str){value.p + 1, value.n - 2};
    *cookie = (struct pair){name, value};
    return text_is_token(name) && is_cookie_value(value);
}

static bool has_name(const struct pairs *pairs, struct str name)
{
    for (size_t i = 0; i < pairs->n; i++)
        if (str_eq(pairs->at[i].name, name))
            return true;
    return false;
}

bool parse_cookies(struct str raw, struct arena *a, struct pairs *out)
{
    struct str rest = raw, part;
    size_t count = 0;
    *out = (struct pairs){NULL, 0};
    while (str_next(&rest, ';', &part))
        count++;
    if (count == 0)
        return true;
    if (count > COOKIES_MAX)
        return false;
    char *copy = arena_strndup(a, raw.p, raw.n);
    out->at = arena_alloc(a, count * sizeof *out->at);
    if (!copy || !out->at)
        return false;
    rest = (struct str){copy, raw.n};
    while (str_next(&rest, ';', &part)) {
        struct pair cookie;
        if (read_cookie(part, &cookie) && !has_name(out, cookie.name))
            out->at[out->n++] = cookie; /* count says how many there can be */
    }
    return true;
}

/* --- Preferences: "type;q=0.8, other" */

/* q in thousandths; -1 for anything but 0[.ddd] and 1[.000] */
static int read_quality(struct str s)
{
    int q = 0, unit = 1000;
    if (s.n == 0 || s.n > 5 || (s.p[0] != '0' && s.p[0] != '1') || (s.n > 1 && s.p[1] != '.'))
        return -1;
    for (size_t i = 0; i < s.n; i++) {
        if (i == 1)
            continue;
        if (s.p[i] < '0' || s.p[i] > '9')
            return -1;
        q += (s.p[i] - '0') * unit;
        unit /= 10;
    }
    return q <= 1000 ? q : -1;
}

/* One member of the list: its name and its weight. Parameters other than q are passed over. */
static bool next_preference(struct str *rest, struct str *name, int *quality)
{
    struct str item, parameter;
    if (!str_next(rest, ',', &item))
        return false;
    *quality = 1000;
    if (!str_next(&item, ';', name))
        *name = item;
    while (str_next(&item, ';', &parameter))
        if (parameter.n > 2 && (parameter.p[0] | 0x20) == 'q' && parameter.p[1] == '=')
            *quality = read_quality((struct str){parameter.p + 2, parameter.n - 2});
    return true;
}

struct preference { /* how much a media type is wanted, and how exactly it was named: 3 itself, 2 its group, 1
                       anything */
    int quality, exact;
};

/* The most exact range that fits counts (RFC 9110, 12.5.1); of two that are as exact the first. */
static void prefer(struct preference *p, struct str name, int quality, const char *type, const char *group)
{
    int exact = str_is_nocase(name, type) ? 3 : str_is_nocase(name, group) ? 2 : str_is(name, "*/*") ? 1 : 0;
    if (exact > p->exact)
        *p = (struct preference){quality, exact};
}

bool parse_accept_json(struct str raw)
{
    struct preference html = {0, 0}, json = {0, 0};
    struct str name;
    int quality;
    while (next_preference(&raw, &name, &quality)) {
        if (quality < 0)
            return false;
        prefer(&html, name, quality, "text/html", "text/*");
        prefer(&json, name, quality, "application/json", "application/*");
        prefer(&json, name, quality, "application/problem+json", "application/*");
    }
    /* what is wanted equally goes to the one that was named: "application/json, *" is a program speaking */
    return json.quality > html.quality ||
           (json.quality == html.quality && json.quality > 0 && json.exact > html.exact);
}

/* "*" is not taken for gzip: who can unpack it says so. */
bool parse_accept_gzip(struct str raw)
{
    struct str name;
    int quality;
    while (next_preference(&raw, &name, &quality))
        if (str_is_nocase(name, "gzip"))
            return quality > 0;
    return false;
}

/* --- If-None-Match */

/* Weak comparison (RFC 9110, 13.1.2): W/ before it makes no difference. */
static bool is_tag(struct str item, const char *tag, const char *suffix)
{
    size_t n = strlen(tag), more = strlen(suffix);
    if (str_starts(item, "W/"))
        item = (struct str){item.p + 2, item.n - 2};
    if (item.n < n + 2 || item.p[0] != '"' || item.p[item.n - 1] != '"' || memcmp(item.p + 1, tag, n) != 0)
        return false;
    return item.n == n + 2 || (item.n == n + more + 2 && memcmp(item.p + 1 + n, suffix, more) == 0);
}

bool parse_none_match(struct str raw, const char *tag, const char *suffix)
{
    struct str item;
    while (str_next(&raw, ',', &item))
        if (str_is(item, "*") || is_tag(item, tag, suffix))
            return true;
    return false;
}
