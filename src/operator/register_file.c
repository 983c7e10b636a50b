/*
 * Registers publish tables of their own make; an operator's mapping (JSON) says which columns are which.
 * Names and values are compared "plain", without case, blanks and signs, as the same column is written
 * differently from one publication to the next.
 */
#include "operator/register_file.h"

#include "core/day.h"
#include "core/json.h"

#include <stdio.h>
#include <string.h>

static const char *const column_names[REGISTER_COLUMNS] = {"number", "name", "status", "expires",
                                                           "discipline"};

static bool fail(struct register_file *f, const char *problem)
{
    f->problem = problem;
    return false;
}

/* --- Names and values, compared without case, blanks and signs */

static char plain_byte(char c)
{
    if (c >= 'A' && c <= 'Z')
        return (char)(c - 'A' + 'a');
    bool kept = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80;
    return kept ? c : '\0';
}

static const char *plain(struct arena *a, struct str s)
{
    char *out = arena_alloc(a, s.n + 1);
    size_t n = 0;
    for (size_t i = 0; out && i < s.n; i++)
        if ((out[n] = plain_byte(s.p[i])) != '\0')
            n++;
    if (out)
        out[n] = '\0';
    return out;
}

static bool is_plain(struct str s, const char *wanted)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = plain_byte(s.p[i]);
        if (c && c != *wanted++)
            return false;
    }
    return *wanted == '\0';
}

static bool is_one_of(struct str s, const char *list)
{
    for (const char *at = list; *at; at += strlen(at) + 1)
        if (is_plain(s, at))
            return true;
    return false;
}

/* --- The mapping */

static bool find_column(struct register_file *f, struct arena *a, struct str name, size_t *column)
{
    const char *wanted = plain(a, name);
    for (size_t i = 0; wanted && *wanted && i < f->csv.count; i++)
        if (is_plain(csv_field(&f->csv, i), wanted)) {
            *column = i;
            return true;
        }
    return fail(f, "the file does not have a column that the mapping names");
}

static uint32_t item_after(const struct json *j, uint32_t at)
{
    return j->token[at].next;
}

static bool read_parts(struct register_file *f, struct arena *a, const struct json *j, uint32_t columns,
                       enum register_column which)
{
    uint32_t at = json_get(j, columns, column_names[which]);
    uint32_t count = at && j->token[at].kind == JSON_ARRAY ? j->token[at].count : at != 0;
    uint32_t item = at && j->token[at].kind == JSON_ARRAY ? at + 1 : at;
    if (count > REGISTER_PARTS)
        return fail(f, "the mapping puts too many columns together");
    for (uint32_t i = 0; i < count; i++, item = item_after(j, item))
        if (j->token[item].kind != JSON_STRING)
            return fail(f, "the mapping names a column by something that is no text");
        else if (!find_column(f, a, json_text(j, item, a), &f->part[which][f->parts[which]++]))
            return false;
    return true;
}

/* Texts one after the other, each ended by NUL, and an empty one. */
static const char *read_list(struct arena *a, const struct json *j, uint32_t list)
{
    size_t room = 1, n = 0;
    if (!list || j->token[list].kind != JSON_ARRAY)
        return "";
    for (uint32_t i = 0, at = list + 1; i < j->token[list].count; i++, at = item_after(j, at))
        room += j->token[at].size + 1;
    char *out = arena_alloc(a, room);
    for (uint32_t i = 0, at = list + 1; out && i < j->token[list].count; i++, at = item_after(j, at)) {
        const char *one = plain(a, json_raw(j, at));
        size_t size = one ? strlen(one) : 0;
        if (size == 0 || n + size + 1 >= room)
            continue;
        memcpy(out + n, one, size + 1);
        n += size + 1;
    }
    if (out)
        out[n] = '\0';
    return out ? out : "";
}

static bool read_only(struct register_file *f, struct arena *a, const struct json *j, uint32_t only)
{
    if (!only)
        return true;
    if (j->token[only].kind != JSON_OBJECT || j->token[only].count > REGISTER_ONLY)
        return fail(f, "`only` of the mapping names up to four columns, each with a list of values");
    for (uint32_t i = 0, key = only + 1; i < j->token[only].count; i++, key = item_after(j, key + 1)) {
        if (!find_column(f, a, json_text(j, key, a), &f->only_column[i]))
            return false;
        f->only_values[i] = read_list(a, j, key + 1);
        f->only_count++;
    }
    return true;
}

static bool read_date(struct register_file *f, struct arena *a, const struct json *j)
{
    static const char *const orders[] = {"YYYY-MM-DD", "YYYYMMDD", "MM/DD/YYYY", "MM-DD-YYYY",
                                         "MMDDYYYY",   "MMDDYY",   "DD/MM/YYYY"};
    uint32_t at = json_get(j, 0, "date");
    struct str said = at ? json_text(j, at, a) : STR("YYYY-MM-DD");
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++)
        if (str_is(said, orders[i]))
            f->date = orders[i];
    return f->date || fail(f, "the mapping's `date` is none of YYYY-MM-DD, YYYYMMDD, MM/DD/YYYY, MM-DD-YYYY, "
                              "MMDDYYYY, MMDDYY, DD/MM/YYYY");
}

static bool read_mapping(struct register_file *f, struct arena *a, const struct json *j)
{
    uint32_t columns = json_get(j, 0, "columns");
    for (enum register_column c = 0; c < REGISTER_COLUMNS; c++)
        if (!read_parts(f, a, j, columns, c))
            return false;
    if (!f->parts[REGISTER_NUMBER] || !f->parts[REGISTER_NAME])
        return fail(f, "the mapping's `columns` must name `number` and `name`");
    f->no_discipline = read_list(a, j, json_get(j, 0, "no_discipline"));
    return read_date(f, a, j) && read_only(f, a, j, json_get(j, 0, "only"));
}

bool register_file_begin(struct register_file *f, struct arena *a, struct str mapping)
{
    struct json j;
    if (!json_parse(&j, a, mapping) || j.token[0].kind != JSON_OBJECT)
        return fail(f, "the mapping is no JSON object");
    uint32_t at = json_get(&j, 0, "separator");
    struct str separator = at ? json_text(&j, at, a) : STR(",");
    if (separator.n != 1 || !strchr(",;\t|", separator.p[0]))
        return fail(f, "the mapping's `separator` is one of , ; | and the tab");
    f->csv.separator = separator.p[0];
    if (!csv_next(&f->csv))
        return fail(f, f->csv.problem ? f->csv.problem : "the file is empty");
    return read_mapping(f, a, &j);
}

/* --- Rows */

static void put_value(struct register_file *f, enum register_column which)
{
    char *out = f->value[which];
    size_t n = 0;
    for (size_t i = 0; i < f->parts[which]; i++) {
        struct str part = str_trim(csv_field(&f->csv, f->part[which][i]));
        if (part.n == 0 || n + part.n + 2 > REGISTER_TEXT)
            continue;
        if (n > 0)
            out[n++] = ' ';
        memcpy(out + n, part.p, part.n);
        n += part.n;
    }
    out[n] = '\0';
}

/* A digit of the year, the month or the day, as the order says; false where something else stands. */
static bool take_digit(char order, char c, unsigned *year, unsigned *month, unsigned *day)
{
    unsigned *to = order == 'Y' ? year : order == 'M' ? month : order == 'D' ? day : NULL;
    if (!to)
        return c == order;
    *to = *to * 10 + (unsigned)(c - '0');
    return c >= '0' && c <= '9';
}

/* The date as it was written, put into order; "" when it is none. What stands behind it (a time) is not read.
 */
static void put_date(struct register_file *f)
{
    char *value = f->value[REGISTER_EXPIRES], iso[40];
    size_t n = strlen(f->date);
    unsigned year = 0, month = 0, day = 0;
    int32_t read;
    bool good = strlen(value) >= n;
    for (size_t i = 0; good && i < n; i++)
        good = take_digit(f->date[i], value[i], &year, &month, &day);
    if (good && n == strlen("MMDDYY"))
        year += 2000;
    snprintf(iso, sizeof iso, "%04u-%02u-%02u", year, month, day);
    snprintf(value, REGISTER_TEXT, "%s", good && day_read_past(str_of(iso), &read) ? iso : "");
}

static bool is_wanted(const struct register_file *f)
{
    for (size_t i = 0; i < f->only_count; i++)
        if (!is_one_of(csv_field(&f->csv, f->only_column[i]), f->only_values[i]))
            return false;
    return f->value[REGISTER_NUMBER][0] && f->value[REGISTER_NAME][0];
}

bool register_file_next(struct register_file *f)
{
    while (csv_next(&f->csv)) {
        if (!text_is_utf8((struct str){f->csv.text.p, f->csv.text.n}))
            return fail(f, "text that is not UTF-8");
        for (enum register_column c = 0; c < REGISTER_COLUMNS; c++)
            put_value(f, c);
        put_date(f);
        if (is_one_of(str_of(f->value[REGISTER_DISCIPLINE]), f->no_discipline))
            f->value[REGISTER_DISCIPLINE][0] = '\0';
        if (is_wanted(f)) {
            f->rows++;
            return true;
        }
        f->left_out++;
    }
    f->problem = f->csv.problem;
    return false;
}

void register_file_end(struct register_file *f)
{
    csv_free(&f->csv);
}
