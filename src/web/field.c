/* What fits a field: one check for each kind. Each takes the trimmed text and gives the canonical value, or
 * NULL. */
#include "web/field.h"

#include <stdio.h>
#include <string.h>

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

/* C0 and C1 controls, line and paragraph separators, and the marks that turn the direction of what follows.
 */
static bool has_control(struct str s, bool lines)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i], d = i + 1 < s.n ? (unsigned char)s.p[i + 1] : 0;
        unsigned char e = i + 2 < s.n ? (unsigned char)s.p[i + 2] : 0;
        if ((c < ' ' && !(lines && (c == '\n' || c == '\t'))) || c == 0x7f || (c == 0xc2 && d < 0xa0))
            return true;
        if (c == 0xe2 && d == 0x80 && (e == 0xa8 || e == 0xa9 || (e >= 0xaa && e <= 0xae)))
            return true;
        if (c == 0xe2 && d == 0x81 && e >= 0xa6 && e <= 0xa9)
            return true;
    }
    return false;
}

/* In characters; `otherwise` is the kind's limit where the field has none. */
static bool length_fits(const struct field *f, struct str s, int64_t otherwise)
{
    int64_t n = (int64_t)text_characters(s);
    return n >= f->min && n <= (f->max ? f->max : otherwise);
}

/* Browsers send line ends as CR LF; stored is LF. */
static const char *text_value(const struct field *f, struct arena *a, struct str s)
{
    char *out = arena_alloc(a, s.n + 1);
    if (!out)
        return NULL;
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] != '\r')
            out[n++] = s.p[i];
        else if (i + 1 == s.n || s.p[i + 1] != '\n')
            out[n++] = '\n';
    struct str clean = {out, n};
    return length_fits(f, clean, 10000) && !has_control(clean, true) ? out : NULL;
}

static const char *line_value(const struct field *f, struct arena *a, struct str s)
{
    return length_fits(f, s, 200) && !has_control(s, false) ? arena_strndup(a, s.p, s.n) : NULL;
}

static bool is_host(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!digit(s.p[i]) && !(s.p[i] >= 'a' && s.p[i] <= 'z') && !(s.p[i] >= 'A' && s.p[i] <= 'Z') &&
            s.p[i] != '-' && s.p[i] != '.')
            return false;
    return s.n > 2 && memchr(s.p, '.', s.n) && s.p[0] != '.' && s.p[s.n - 1] != '.';
}

/* Not a grammar: what can be delivered is found out by sending. Refused is what cannot be an address, what
 * few servers take (anything beyond ASCII), and what would break a mail's header or a mailto: link. */
static const char *email_value(const struct field *f, struct arena *a, struct str s)
{
    (void)f;
    const char *at = memchr(s.p, '@', s.n);
    if (!at || at == s.p || s.n > 254 || at - s.p > 64 || has_control(s, false))
        return NULL;
    struct str host = {at + 1, s.n - (size_t)(at + 1 - s.p)};
    if (!is_host(host))
        return NULL;
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] >= 0x80 || strchr(" ,;:<>()[]\"\\?&%#/", s.p[i]) ||
            (s.p[i] == '.' && i + 1 < s.n && s.p[i + 1] == '.'))
            return NULL;
    return arena_strndup(a, s.p, s.n);
}

/* Written anew: "007" becomes 7. */
static const char *number(const struct field *f, struct arena *a, struct str s)
{
    int64_t value;
    if (!text_int(s, f->min, f->max ? f->max : INT64_MAX, &value))
        return NULL;
    return arena_printf(a, "%lld", (long long)value);
}

static const char *int_value(const struct field *f, struct arena *a, struct str s)
{
    return number(f, a, s);
}

/* 85, 85.5, 85.50, 85,50 and $85 are minor units 8500, 8550, 8550, 8550 and 8500. */
static const char *money_value(const struct field *f, struct arena *a, struct str s)
{
    if (s.n && s.p[0] == '$')
        s = (struct str){s.p + 1, s.n - 1};
    size_t whole = 0;
    while (whole < s.n && digit(s.p[whole]))
        whole++;
    size_t rest = s.n - whole;
    if (!whole || whole > 12 || rest == 1 || rest > 3)
        return NULL;
    /* one or two digits behind the point: 1,000 is neither a thousand nor one */
    if (rest && ((s.p[whole] != '.' && s.p[whole] != ',') || !digit(s.p[whole + 1]) || !digit(s.p[s.n - 1])))
        return NULL;
    const char *minor = arena_printf(a, "%.*s%c%c", (int)whole, s.p, rest ? s.p[whole + 1] : '0',
                                     rest == 3 ? s.p[whole + 2] : '0');
    return minor ? number(f, a, str_of(minor)) : NULL;
}

/* Two digits as a number, -1 when they are none. */
static int two(const char *p)
{
    return digit(p[0]) && digit(p[1]) ? (p[0] - '0') * 10 + (p[1] - '0') : -1;
}

bool date_exists(int year, int month, int day)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (year < 1900 || year > 2999 || month < 1 || month > 12 || day < 1)
        return false;
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return day <= days[month - 1] + (month == 2 && leap ? 1 : 0);
}

static const char *date_value(const struct field *f, struct arena *a, struct str s)
{
    (void)f;
    if (s.n != 10 || s.p[4] != '-' || s.p[7] != '-' || two(s.p) < 0 || two(s.p + 2) < 0)
        return NULL;
    return date_exists(two(s.p) * 100 + two(s.p + 2), two(s.p + 5), two(s.p + 8)) ? arena_strndup(a, s.p, s.n)
                                                                                  : NULL;
}

/* What a twelve-hour clock says, "9 am", "9:30 PM", "12:15am", as minutes; -1: that is no such time. */
static int half_day(struct str s)
{
    if (s.n < 3 || (s.p[s.n - 1] | 0x20) != 'm')
        return -1;
    char half = (char)(s.p[s.n - 2] | 0x20);
    size_t n = s.n - 2 - (s.p[s.n - 3] == ' ' ? 1 : 0);
    size_t digits = n > 1 && digit(s.p[1]) ? 2 : 1;
    if ((half != 'a' && half != 'p') || !n || !digit(s.p[0]) || (n != digits && n != digits + 3))
        return -1;
    int hour = digits == 2 ? two(s.p) : s.p[0] - '0';
    int minute = n == digits ? 0 : s.p[digits] == ':' ? two(s.p + digits + 1) : -1;
    if (hour < 1 || hour > 12 || minute < 0 || minute > 59)
        return -1;
    return (hour % 12 + (half == 'p' ? 12 : 0)) * 60 + minute;
}

/* 9:30, 09:30, 9:30 am; 0930 is refused; seconds that a browser adds (09:30:00) must be none. */
static const char *time_value(const struct field *f, struct arena *a, struct str s)
{
    (void)f;
    char full[9] = "0";
    int half = half_day(s);
    if (half >= 0)
        return arena_printf(a, "%02d:%02d", half / 60, half % 60);
    if (s.n > 8)
        return NULL;
    bool short_hour = s.n > 1 && s.p[1] == ':';
    memcpy(full + (short_hour ? 1 : 0), s.p, short_hour && s.n == 8 ? 7 : s.n);
    size_t n = s.n + (short_hour ? 1 : 0);
    if (n == 8 && memcmp(full + 5, ":00", 3) == 0)
        n = 5;
    if (n != 5 || full[2] != ':' || two(full) < 0 || two(full + 3) < 0)
        return NULL;
    int minutes = two(full) * 60 + two(full + 3);
    if (two(full + 3) > 59 || minutes > 24 * 60)
        return NULL;
    return arena_strndup(a, full, 5);
}

/* The table's own text, which outlives the request. */
static const char *choice_value(const struct field *f, struct arena *a, struct str s)
{
    (void)a;
    for (const char *const *c = f->choices; c && *c; c++)
        if (str_is(s, *c))
            return *c;
    return NULL;
}

static const char *uuid_value(const struct field *f, struct arena *a, struct str s)
{
    (void)f;
    return text_is_uuid(s) ? arena_lower(a, s.p, s.n) : NULL;
}

static const char *secret_value(const struct field *f, struct arena *a, struct str s)
{
    return (int64_t)s.n >= f->min && (int64_t)s.n <= f->max ? arena_strndup(a, s.p, s.n) : NULL;
}

/* Nothing that would need quoting in the text of a PostgreSQL array, which slugs_value makes of them. */
bool slug_fits(const struct field *f, struct str s)
{
    if (f->choices)
        return choice_value(f, NULL, s) != NULL;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (!digit(c) && !(c >= 'a' && c <= 'z') && c != '-' && c != '_')
            return false;
    }
    return s.n > 0 && s.n <= 80;
}

const char *field_value(const struct field *f, struct arena *a, struct str s)
{
    static const char *(*const check[])(const struct field *, struct arena *, struct str) = {
        [FIELD_TEXT] = text_value,     [FIELD_LINE] = line_value,     [FIELD_EMAIL] = email_value,
        [FIELD_INT] = int_value,       [FIELD_MONEY] = money_value,   [FIELD_DATE] = date_value,
        [FIELD_TIME] = time_value,     [FIELD_CHOICE] = choice_value, [FIELD_UUID] = uuid_value,
        [FIELD_SECRET] = secret_value,
    };
    return check[f->kind](f, a, s);
}

const char *slugs_value(const struct field *f, struct arena *a, const struct str *values, size_t n)
{
    if ((int64_t)n < f->min || (int64_t)n > (f->max ? f->max : SLUGS_MAX))
        return NULL;
    const char *out = "{";
    for (size_t i = 0; out && i < n; i++) {
        if (!slug_fits(f, values[i]))
            return NULL;
        out = arena_printf(a, "%s%s%.*s", out, i ? "," : "", (int)values[i].n, values[i].p);
    }
    return out ? arena_printf(a, "%s}", out) : NULL;
}
