/*
 * Dates of the Gregorian calendar as days since 1970-01-01. Counting years from March puts the leap day last,
 * so that every month begins at a fixed place in its year; 400 years are an era of 146,097 days, and 719,468
 * days lie between 0000-03-01 and 1970-01-01.
 */
#include "core/day.h"

#include <stdio.h>

static int32_t days_from_civil(int32_t year, int32_t month, int32_t day)
{
    year -= month <= 2;
    int32_t era = year / 400, of_era = year - era * 400;
    int32_t of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

struct civil {
    int32_t year, month, day;
};

static struct civil civil_from_days(int32_t days)
{
    int32_t z = days + 719468, era = z / 146097, of_era = z - era * 146097;
    int32_t y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int32_t of_year = of_era - (365 * y + y / 4 - y / 100), m = (5 * of_year + 2) / 153;
    return (struct civil){.year = y + era * 400 + (m >= 10),
                          .month = m < 10 ? m + 3 : m - 9,
                          .day = of_year - (153 * m + 2) / 5 + 1};
}

/* From its first day to the next month's. */
static int32_t days_in_month(int32_t year, int32_t month)
{
    return days_from_civil(month == 12 ? year + 1 : year, month == 12 ? 1 : month + 1, 1) -
           days_from_civil(year, month, 1);
}

int32_t day_months_before(int32_t day, int32_t months)
{
    struct civil c = civil_from_days(day);
    int32_t count = c.year * 12 + c.month - 1 - months, year = count / 12, month = count % 12 + 1;
    int32_t last = days_in_month(year, month);
    return days_from_civil(year, month, c.day < last ? c.day : last);
}

int32_t day_full_years(int32_t from, int32_t to)
{
    struct civil a = civil_from_days(from), b = civil_from_days(to);
    return b.year - a.year - (b.month < a.month || (b.month == a.month && b.day < a.day));
}

/* Of a number of more digits the last two. */
static void two_digits(char *out, int32_t n)
{
    out[0] = (char)('0' + n / 10 % 10);
    out[1] = (char)('0' + n % 10);
}

void day_write(int32_t day, char out[11])
{
    struct civil c = civil_from_days(day);
    two_digits(out, c.year / 100);
    two_digits(out + 2, c.year % 100);
    out[4] = out[7] = '-';
    two_digits(out + 5, c.month);
    two_digits(out + 8, c.day);
    out[10] = '\0';
}

void day_say(int32_t day, bool month_first, char out[13])
{
    static const char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct civil c = civil_from_days(day);
    const char *month = months[c.month - 1];
    unsigned d = (unsigned)c.day % 100, y = (unsigned)c.year % 10000;
    if (month_first)
        snprintf(out, 13, "%s %u, %04u", month, d, y);
    else
        snprintf(out, 13, "%u %s %04u", d, month, y);
}

/* Exactly that many digits: text_int would take "-0" for two of them. */
static bool number_at(struct str text, size_t at, size_t digits, int64_t min, int64_t max, int64_t *out)
{
    return at + digits <= text.n && text.p[at] != '-' &&
           text_int((struct str){text.p + at, digits}, min, max, out);
}

static bool read_since(struct str text, int64_t first_year, int32_t *day)
{
    int64_t y, m, d;
    char again[11];
    if (text.n != 10 || text.p[4] != '-' || text.p[7] != '-' ||
        !number_at(text, 0, 4, first_year, 2199, &y) || !number_at(text, 5, 2, 1, 12, &m) ||
        !number_at(text, 8, 2, 1, 31, &d))
        return false;
    int32_t found = days_from_civil((int32_t)y, (int32_t)m, (int32_t)d);
    day_write(found, again);
    if (!str_is(text, again)) /* 31 April comes back as 1 May */
        return false;
    *day = found;
    return true;
}

bool day_read(struct str text, int32_t *day)
{
    return read_since(text, 2000, day);
}

bool day_read_past(struct str text, int32_t *day)
{
    return read_since(text, 1880, day);
}

/* After the seconds: ".1" to ".123456", if there. The place behind it; 0 when it is none (no digit, or more
 * than six). */
static size_t skip_fraction(struct str text, size_t at)
{
    if (at >= text.n || text.p[at] != '.')
        return at;
    size_t end = at + 1;
    while (end < text.n && text.p[end] >= '0' && text.p[end] <= '9')
        end++;
    return end == at + 1 || end > at + 7 ? 0 : end;
}

static bool offset_valid(struct str text, size_t at)
{
    int64_t h, m;
    struct str rest = {text.p + at, text.n - at};
    if (str_is(rest, "Z"))
        return true;
    return rest.n == 6 && (rest.p[0] == '+' || rest.p[0] == '-') && rest.p[3] == ':' &&
           number_at(rest, 1, 2, 0, 14, &h) && number_at(rest, 4, 2, 0, 59, &m);
}

bool instant_valid(struct str text)
{
    int32_t day;
    int64_t n;
    if (text.n < 20 || !day_read((struct str){text.p, 10}, &day) || text.p[10] != 'T' || text.p[13] != ':' ||
        text.p[16] != ':' || !number_at(text, 11, 2, 0, 23, &n) || !number_at(text, 14, 2, 0, 59, &n) ||
        !number_at(text, 17, 2, 0, 59, &n))
        return false;
    size_t at = skip_fraction(text, 19);
    return at && at < text.n && offset_valid(text, at);
}
