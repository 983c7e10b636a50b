#include "operator/gazetteer.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define DEGREES (180.0 / 3.14159265358979323846)

void gazetteer_start(struct gazetteer *g, enum gazetteer_format format)
{
    *g = (struct gazetteer){.format = format};
}

static bool keep(char *out, size_t cap, struct str s)
{
    if (s.n == 0 || s.n >= cap || !text_is_utf8(s))
        return false;
    memcpy(out, s.p, s.n);
    out[s.n] = '\0';
    return true;
}

/* Latitudes beyond 85 degrees have no place on the Mercator plane that search uses. */
static bool on_earth(double lat, double lon)
{
    return fabs(lat) <= 85 && fabs(lon) <= 180;
}

static bool all_digits(const char *s, size_t n)
{
    return strlen(s) == n && strspn(s, "0123456789") == n;
}

/* --- weather-util */

static bool is_kind_word(struct str word)
{
    return word.n > 0 && ((word.p[0] >= 'a' && word.p[0] <= 'z') || word.p[0] == '(' || str_is(word, "CDP"));
}

/* The Census writes what a place is behind its name, in lower case: "Abbeville city", "Nashville-Davidson
 * metropolitan government (balance)". People do not type that. */
static struct str without_kind(struct str name)
{
    for (;;) {
        size_t at = name.n;
        while (at > 0 && name.p[at - 1] != ' ')
            at--;
        if (at == 0 || !is_kind_word((struct str){name.p + at, name.n - at}))
            return name;
        name = str_trim((struct str){name.p, at});
    }
}

static bool ends_with(struct str s, const char *end)
{
    size_t n = strlen(end);
    return s.n >= n && memcmp(s.p + s.n - n, end, n) == 0;
}

/* In New England the town is a county subdivision and often not a Census place at all. */
static bool is_new_england_town(struct str name, const char *state)
{
    static const char *const states[] = {"CT", "MA", "ME", "NH", "RI", "VT"};
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        if (strcmp(state, states[i]) == 0)
            return ends_with(name, " town");
    return false;
}

static bool town_of_section(const struct gazetteer *g, struct gazetteer_place *out)
{
    const char *comma = strrchr(g->description, ',');
    if (comma == NULL)
        return false;
    struct str name = str_trim((struct str){g->description, (size_t)(comma - g->description)});
    if (!keep(out->region, sizeof out->region, str_trim(str_of(comma + 1))))
        return false;
    const char *digits = g->id + strlen("fips");
    if (!all_digits(digits, 7) && !(all_digits(digits, 10) && is_new_england_town(name, out->region)))
        return false;
    return keep(out->name, sizeof out->name, without_kind(name));
}

static bool close_section(struct gazetteer *g, struct gazetteer_place *out)
{
    bool found = false;
    *out = (struct gazetteer_place){.country = "US", .lat = g->lat, .lon = g->lon};
    if (g->placed && all_digits(g->id, 5)) {
        out->is_postcode = true;
        found = keep(out->postcode, sizeof out->postcode, str_of(g->id));
    } else if (g->placed && str_starts(str_of(g->id), "fips")) {
        found = town_of_section(g, out);
    }
    g->id[0] = g->description[0] = '\0';
    g->placed = false;
    return found;
}

/* "(0.5677946, -1.5122657)" in radians */
static bool read_centroid(struct str s, double *lat, double *lon)
{
    if (s.n < 5 || s.p[0] != '(' || s.p[s.n - 1] != ')')
        return false;
    s = (struct str){s.p + 1, s.n - 2};
    const char *comma = memchr(s.p, ',', s.n);
    if (comma == NULL)
        return false;
    struct str a = {s.p, (size_t)(comma - s.p)}, b = {comma + 1, s.n - a.n - 1};
    if (!text_double(str_trim(a), -1.6, 1.6, lat) || !text_double(str_trim(b), -3.2, 3.2, lon))
        return false;
    *lat *= DEGREES;
    *lon *= DEGREES;
    return on_earth(*lat, *lon);
}

static bool weather_line(struct gazetteer *g, struct str line, struct gazetteer_place *out)
{
    line = str_trim(line);
    if (line.n == 0 || line.p[0] == '#')
        return false;
    /* a section is over only when the next begins: what it gave goes out now */
    if (line.p[0] == '[') {
        bool found = close_section(g, out);
        if (line.p[line.n - 1] != ']' || !keep(g->id, sizeof g->id, (struct str){line.p + 1, line.n - 2}))
            g->skipped++;
        return found;
    }
    const char *equals = memchr(line.p, '=', line.n);
    if (equals == NULL) {
        g->skipped++;
        return false;
    }
    struct str key = str_trim((struct str){line.p, (size_t)(equals - line.p)});
    struct str value = str_trim((struct str){equals + 1, line.n - (size_t)(equals + 1 - line.p)});
    if (str_is(key, "centroid"))
        g->placed = read_centroid(value, &g->lat, &g->lon);
    else if (str_is(key, "description") && !keep(g->description, sizeof g->description, value))
        g->skipped++;
    return false;
}

/* --- GeoNames */

/* Splits at tabs into exactly `want` columns; more or fewer is not the format. */
static bool columns(struct str line, struct str *column, size_t want)
{
    size_t n = 0;
    while (n < want) {
        const char *tab = line.n > 0 ? memchr(line.p, '\t', line.n) : NULL;
        size_t width = tab != NULL ? (size_t)(tab - line.p) : line.n;
        column[n++] = (struct str){line.p, width};
        if (tab == NULL)
            return n == want;
        line = (struct str){tab + 1, line.n - width - 1};
    }
    return false;
}

static bool read_common(struct str country, struct str name, struct str lat, struct str lon,
                        struct gazetteer_place *out)
{
    *out = (struct gazetteer_place){0};
    return country.n == 2 && keep(out->country, sizeof out->country, country) &&
           keep(out->name, sizeof out->name, str_trim(name)) && text_double(lat, -90, 90, &out->lat) &&
           text_double(lon, -180, 180, &out->lon) && on_earth(out->lat, out->lon);
}

static bool geonames_line(struct gazetteer *g, struct str line, struct gazetteer_place *out)
{
    struct str c[19];
    int64_t population = 0;
    if (!columns(line, c, 19)) {
        g->skipped++;
        return false;
    }
    if (!str_is(c[6], "P"))
        return false;
    if (!read_common(c[8], c[1], c[4], c[5], out)) {
        g->skipped++;
        return false;
    }
    /* admin1 is a state's letters in the US, a number in most countries: only letters help a reader */
    if (c[10].n > 0 && !(c[10].p[0] >= '0' && c[10].p[0] <= '9'))
        keep(out->region, sizeof out->region, c[10]);
    text_int(c[14], 0, 100000000, &population);
    out->population = (int)population;
    return true;
}

static bool postal_line(struct gazetteer *g, struct str line, struct gazetteer_place *out)
{
    struct str c[12];
    if (!columns(line, c, 12) || !read_common(c[0], c[2], c[9], c[10], out) ||
        !keep(out->postcode, sizeof out->postcode, str_trim(c[1]))) {
        g->skipped++;
        return false;
    }
    out->is_postcode = true;
    if (c[4].n > 0 && !(c[4].p[0] >= '0' && c[4].p[0] <= '9'))
        keep(out->region, sizeof out->region, c[4]);
    return true;
}

bool gazetteer_line(struct gazetteer *g, struct str line, struct gazetteer_place *out)
{
    if (line.n > 0 && line.p[line.n - 1] == '\r')
        line.n--;
    switch (g->format) {
    case GAZETTEER_WEATHER:
        return weather_line(g, line, out);
    case GAZETTEER_GEONAMES:
        return line.n > 0 && geonames_line(g, line, out);
    case GAZETTEER_POSTAL:
        return line.n > 0 && postal_line(g, line, out);
    }
    return false;
}

bool gazetteer_end(struct gazetteer *g, struct gazetteer_place *out)
{
    return g->format == GAZETTEER_WEATHER && close_section(g, out);
}
