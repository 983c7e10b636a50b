/*
 * Parts come from the database sealed, each under its client's key, oldest first; what can be opened
 * becomes a point, what cannot is only told as `lost`. Then the statements join the form or look back of
 * the same day, and the things that were hard are put in one order, so that a column is one thing
 * throughout.
 */
#include "outcome/line.h"

#include "core/day.h"
#include "intake/edition.h"
#include "intake/record.h"
#include "keys/keys.h"

#include <string.h>

/* --- One part */

struct part {
    const struct json *j;
    uint32_t token;
    const char *kind, *booking, *row, *plain;
};

static const char *member(struct request *r, const struct json *j, uint32_t object, const char *key)
{
    uint32_t token = json_get(j, object, key);
    if (!token || j->token[token].kind == JSON_NULL)
        return NULL;
    struct str text = json_text(j, token, r->arena);
    return arena_strndup(r->arena, text.p, text.n);
}

const char *outcome_bound(struct arena *a, const char *row)
{
    return arena_printf(a, "outcome %s", row);
}

/* Each kind lies as the page left it on which it was answered. */
static const char *part_open(struct request *r, const struct part *p)
{
    const char *sealed = member(r, p->j, p->token, "sealed");
    if (!sealed || !p->row || !p->booking)
        return NULL;
    if (strcmp(p->kind, "intake") == 0)
        return client_open(r, p->booking, "safety answers", p->row, sealed);
    if (strcmp(p->kind, "day") == 0)
        return client_open(r, p->booking, "questions of the day",
                           arena_printf(r->arena, "day_check %s", p->row), sealed);
    return client_open(r, p->booking, OUTCOME_SEAL, outcome_bound(r->arena, p->row), sealed);
}

static void point_begin(struct point *at)
{
    *at = (struct point){0};
    for (size_t i = 0; i < MEASURES; i++)
        at->value[i] = NOT_SAID;
    for (size_t i = 0; i < THINGS_MAX; i++)
        at->rating[i] = NOT_SAID;
}

/* --- Of the form and the questions of the day */

static int32_t number_of(const struct questionnaire *q, const struct record *record, const char *id)
{
    uint16_t i = question_by_id(q, str_of(id));
    if (i == NO_QUESTION || !record->answers.is[i].given || record->since[i])
        return NOT_SAID; /* an answer that only came along from an earlier form is a point there */
    return record->answers.is[i].number;
}

static const char *text_of(const struct questionnaire *q, const struct record *record, const char *id)
{
    uint16_t i = question_by_id(q, str_of(id));
    return i == NO_QUESTION || !record->answers.is[i].given ? NULL : record->answers.is[i].text;
}

static int32_t scaled(int32_t number)
{
    return number == NOT_SAID ? NOT_SAID : number * 100;
}

static void read_form(const struct questionnaire *q, const struct record *record, struct point *at)
{
    static const char *const things[][2] = {
        {"P09_activity1", "P09_rating1"}, {"P09_activity2", "P09_rating2"}, {"P09_activity3", "P09_rating3"}};
    at->value[MEASURE_AVERAGE] = scaled(number_of(q, record, "P07"));
    at->value[MEASURE_WORST] = scaled(number_of(q, record, "P07b"));
    at->value[MEASURE_NOW] = scaled(number_of(q, record, "D06"));
    for (size_t i = 0; i < THINGS_MAX; i++) {
        at->thing[i] = text_of(q, record, things[i][0]);
        at->rating[i] = at->thing[i] ? number_of(q, record, things[i][1]) : NOT_SAID;
    }
}

static bool record_point(struct request *r, const struct part *p, struct line *line, struct point *at)
{
    struct record record;
    int64_t version;
    const char *name = record_version(r->arena, str_of(p->plain));
    if (!name || !text_int(str_of(name), 1, INT32_MAX, &version))
        return false;
    const struct questionnaire *q = questionnaire_version(r, (int32_t)version);
    if (!q || !record_read(q, r->arena, str_of(p->plain), &record, NULL))
        return false;
    at->kind = strcmp(p->kind, "day") == 0 ? POINT_DAY : POINT_FORM;
    read_form(q, &record, at);
    line->low_back = line->low_back || answers_low_back(q, &record.answers);
    return true;
}

/* --- Of the questions afterwards */

static int32_t rating(struct request *r, const struct json *j, uint32_t object, const char *key)
{
    int64_t n;
    const char *text = member(r, j, object, key);
    return text && text_int(str_of(text), 0, 10, &n) ? (int32_t)n : NOT_SAID;
}

static void read_things(struct request *r, const struct json *j, struct point *at)
{
    uint32_t list = json_get(j, 0, "things"), token = list + 1;
    for (uint32_t i = 0; list && i < j->token[list].count && i < THINGS_MAX;
         i++, token = j->token[token].next) {
        at->thing[i] = member(r, j, token, "what");
        at->rating[i] = rating(r, j, token, "rating");
    }
}

static bool outcome_point(struct request *r, const struct part *p, struct point *at)
{
    struct json j;
    if (!json_parse(&j, r->arena, str_of(p->plain)))
        return false;
    at->kind = strcmp(p->kind, "after") == 0 ? POINT_AFTER : POINT_REVIEW;
    at->value[MEASURE_NOW] = scaled(rating(r, &j, 0, "pain"));
    at->value[MEASURE_AVERAGE] = scaled(rating(r, &j, 0, "average"));
    at->value[MEASURE_WORST] = scaled(rating(r, &j, 0, "worst"));
    at->global = rating(r, &j, 0, "global") == NOT_SAID ? 0 : rating(r, &j, 0, "global");
    at->effects = member(r, &j, 0, "effects");
    at->words = member(r, &j, 0, "words");
    read_things(r, &j, at);
    return true;
}

/* Left out, they are no point: that nothing was said is not that nothing is the matter. */
static bool statements_point(struct request *r, const struct part *p, struct point *at)
{
    at->kind = POINT_STATEMENTS;
    if (ticked_read(r->arena, str_of(p->plain), &at->ticked))
        at->value[MEASURE_LIMITS] = scaled(ticked_count(&at->ticked));
    else
        at->ticked = (struct ticked){0};
    return true;
}

static bool read_part(struct request *r, const struct part *p, struct line *line, struct point *at)
{
    if (strcmp(p->kind, "intake") == 0 || strcmp(p->kind, "day") == 0)
        return record_point(r, p, line, at);
    return strcmp(p->kind, "statements") == 0 ? statements_point(r, p, at) : outcome_point(r, p, at);
}

/* --- The line */

static bool says_something(const struct point *at)
{
    bool says = at->global || at->effects;
    for (size_t i = 0; i < MEASURES; i++)
        says |= at->value[i] != NOT_SAID;
    for (size_t i = 0; i < THINGS_MAX; i++)
        says |= at->rating[i] != NOT_SAID;
    return says;
}

/* Answered once more on the same day: the newer answer counts. */
static struct point *place_for(struct line *line, const struct point *at)
{
    for (size_t i = line->count; i > 0 && line->point[i - 1].day == at->day; i--) {
        struct point *same = &line->point[i - 1];
        if (same->kind == at->kind && strcmp(same->booking, at->booking) == 0)
            return same;
    }
    return line->count < POINTS_MAX ? &line->point[line->count++] : NULL;
}

static void add_part(struct request *r, struct line *line, struct part *p)
{
    struct point at;
    point_begin(&at);
    p->plain = part_open(r, p);
    if (!p->plain || !read_part(r, p, line, &at)) {
        line->lost = true;
        return;
    }
    const char *day = member(r, p->j, p->token, "day");
    at.booking = p->booking;
    at.said = member(r, p->j, p->token, "said");
    struct point *place =
        says_something(&at) && day && day_read(str_of(day), &at.day) ? place_for(line, &at) : NULL;
    if (place)
        *place = at;
}

/* What was named first, by the words it was named in. */
static void name_things(struct line *line)
{
    for (size_t i = 0; i < line->count && line->things == 0; i++)
        for (size_t k = 0; k < THINGS_MAX; k++)
            if (line->point[i].thing[k] && line->point[i].rating[k] != NOT_SAID)
                line->thing[line->things++] = line->point[i].thing[k];
}

static int32_t rating_of(const struct point *at, const char *thing)
{
    for (size_t k = 0; k < THINGS_MAX; k++)
        if (at->thing[k] && strcmp(at->thing[k], thing) == 0)
            return at->rating[k];
    return NOT_SAID;
}

/* Ratings in the order of the line's things; the mean where all of them were rated: means of different things
 * cannot be compared. */
static void rate_things(struct line *line)
{
    for (size_t i = 0; i < line->count; i++) {
        struct point *at = &line->point[i];
        int32_t ratings[THINGS_MAX] = {NOT_SAID, NOT_SAID, NOT_SAID};
        for (size_t k = 0; k < line->things; k++)
            ratings[k] = rating_of(at, line->thing[k]);
        for (size_t k = 0; k < THINGS_MAX; k++) {
            at->thing[k] = k < line->things ? line->thing[k] : NULL;
            at->rating[k] = ratings[k];
        }
        at->value[MEASURE_THINGS] = things_mean(ratings, line->things);
    }
}

/* The form, or the look back, on whose day and about whose visit the statements were answered. */
static struct point *beside(struct line *line, const struct point *statements)
{
    for (size_t i = 0; i < line->count; i++) {
        struct point *at = &line->point[i];
        if ((at->kind == POINT_FORM || at->kind == POINT_REVIEW) && at->day == statements->day &&
            strcmp(at->booking, statements->booking) == 0)
            return at;
    }
    return NULL;
}

/* What was asked on one way is one point. */
static void join_statements(struct line *line)
{
    size_t kept = 0;
    for (size_t i = 0; i < line->count; i++) {
        struct point *at = &line->point[i];
        struct point *with = at->kind == POINT_STATEMENTS ? beside(line, at) : NULL;
        line->limits = line->limits || at->value[MEASURE_LIMITS] != NOT_SAID;
        if (!with)
            continue;
        with->value[MEASURE_LIMITS] = at->value[MEASURE_LIMITS];
        with->ticked = at->ticked;
    }
    for (size_t i = 0; i < line->count; i++)
        if (line->point[i].kind != POINT_STATEMENTS || !beside(line, &line->point[i]))
            line->point[kept++] = line->point[i];
    line->count = kept;
}

const struct line *line_open(struct request *r, const struct json *j)
{
    struct line *line = arena_alloc(r->arena, sizeof *line);
    uint32_t parts = json_get(j, 0, "parts"), at = parts + 1;
    if (!line) {
        reply_error(r, 500, NULL);
        return NULL;
    }
    memset(line, 0, sizeof *line);
    for (uint32_t i = 0; parts && i < j->token[parts].count; i++, at = j->token[at].next) {
        struct part p = {.j = j,
                         .token = at,
                         .kind = member(r, j, at, "kind"),
                         .booking = member(r, j, at, "booking"),
                         .row = member(r, j, at, "row")};
        if (p.kind)
            add_part(r, line, &p);
    }
    join_statements(line);
    name_things(line);
    rate_things(line);
    return line;
}

/* --- In words */

const char *say_value(struct request *r, int32_t value)
{
    if (value == NOT_SAID)
        return "";
    int32_t tenths = (value + 5) / 10;
    return tenths % 10 == 0 ? arena_printf(r->arena, "%d", (int)tenths / 10)
                            : arena_printf(r->arena, "%d.%d", (int)tenths / 10, (int)tenths % 10);
}

static void put_value(struct request *r, struct json_writer *w, const char *key, int32_t value)
{
    json_put(w, key, value == NOT_SAID ? NULL : say_value(r, value));
}

static void put_things(struct request *r, struct json_writer *w, const struct line *line,
                       const struct point *at)
{
    bool any = false;
    json_open(w, "each", '[');
    for (size_t k = 0; k < line->things; k++) {
        if (at->rating[k] == NOT_SAID)
            continue;
        any = true;
        json_open(w, NULL, '{');
        json_put(w, "what", line->thing[k]);
        json_put(w, "rating", say_value(r, scaled(at->rating[k])));
        json_close(w, '}');
    }
    json_close(w, ']');
    json_put_bool(w, "has_each", any);
}

static const char *const kind_names[] = {"Form at booking", "Before a visit", "After a visit", "Look back",
                                         "Statements"};

static void put_row(struct request *r, struct json_writer *w, const struct line *line, const struct point *at)
{
    json_open(w, NULL, '{');
    json_put(w, "day", at->said);
    json_put(w, "what", kind_names[at->kind]);
    put_value(r, w, "now", at->value[MEASURE_NOW]);
    put_value(r, w, "average", at->value[MEASURE_AVERAGE]);
    put_value(r, w, "worst", at->value[MEASURE_WORST]);
    put_value(r, w, "mean", at->value[MEASURE_THINGS]);
    put_value(r, w, "limits", at->value[MEASURE_LIMITS]);
    put_things(r, w, line, at);
    json_put(w, "global", global_name(at->global));
    json_close(w, '}');
}

/* After which visits something was felt, in the client's words. */
static void put_effects(struct json_writer *w, const struct line *line, const char *visit)
{
    static const char *const said[][2] = {{"none", "nothing"},
                                          {"mild", "mild, gone within two days"},
                                          {"lasted", "lasted more than two days"},
                                          {"care", "needed medical care"}};
    bool any = false, said_here = false;
    json_open(w, "effects", '[');
    for (size_t i = 0; i < line->count; i++) {
        const struct point *at = &line->point[i];
        for (size_t k = 0; at->effects && k < sizeof said / sizeof *said; k++) {
            if (strcmp(at->effects, said[k][0]) != 0)
                continue;
            const bool here = strcmp(at->booking, visit) == 0;
            any = true;
            said_here |= here;
            json_open(w, NULL, '{');
            json_put_bool(w, "here", here);
            json_put(w, "day", at->said);
            json_put(w, "said", said[k][1]);
            json_put(w, "words", at->words);
            json_put_bool(w, "care", k == 3);
            json_close(w, '}');
        }
    }
    json_close(w, ']');
    json_put_bool(w, "has_effects", any);
    json_put_bool(w, "said_here", said_here);
}

/* --- What has changed */

static const char *reading(struct request *r, enum measure m, int32_t from, int32_t to, enum change change)
{
    const char *name = measures[m].name, *first = say_value(r, from), *last = say_value(r, to);
    switch (change) {
    case CHANGE_BETTER:
        return arena_printf(r->arena, "%s went from %s to %s. That is a change people notice.", name, first,
                            last);
    case CHANGE_WORSE:
        return arena_printf(r->arena, "%s went from %s to %s. That is clearly worse.", name, first, last);
    case CHANGE_NO_ROOM:
        return arena_printf(r->arena,
                            "%s went from %s to %s. It was low at the start, so there is little room to get "
                            "better.",
                            name, first, last);
    case CHANGE_SMALL:
        return arena_printf(r->arena, "%s went from %s to %s. A small step like this can be chance.", name,
                            first, last);
    case CHANGE_NONE:
        break;
    }
    return arena_printf(r->arena, "%s is as it was at the start: %s.", name, last);
}

/* Of 2 or fewer people say that they have recovered. */
enum { RECOVERED = 200 };

static enum change put_reading(struct request *r, struct json_writer *w, const struct line *line,
                               enum measure m)
{
    const struct point *first = NULL, *last = NULL;
    for (size_t i = 0; i < line->count; i++) {
        if (line->point[i].value[m] == NOT_SAID)
            continue;
        if (first)
            last = &line->point[i];
        else
            first = &line->point[i];
    }
    if (!last)
        return CHANGE_NONE;
    enum change change = change_of(m, first->value[m], last->value[m]);
    json_open(w, NULL, '{');
    json_put(w, "measure", measures[m].key);
    const char *says = reading(r, m, first->value[m], last->value[m], change);
    if (m == MEASURE_LIMITS && last->value[m] <= RECOVERED)
        says = arena_printf(r->arena, "%s With 2 or fewer of 24, people say that they have recovered.", says);
    json_put(w, "says", says);
    json_put_bool(w, "better", change == CHANGE_BETTER);
    json_put_bool(w, "worse", change == CHANGE_WORSE);
    json_close(w, '}');
    return change;
}

static enum change put_global(struct request *r, struct json_writer *w, const struct line *line)
{
    int step = 0;
    for (size_t i = 0; i < line->count; i++)
        step = line->point[i].global ? line->point[i].global : step;
    if (!step)
        return CHANGE_NONE;
    enum change change = global_change(step);
    json_open(w, NULL, '{');
    json_put(w, "measure", "global");
    json_put(w, "says", arena_printf(r->arena, "Looking back, overall: %s.", global_name(step)));
    json_put_bool(w, "better", change == CHANGE_BETTER);
    json_put_bool(w, "worse", change == CHANGE_WORSE);
    json_close(w, '}');
    return change;
}

/* Looks back over different visits: the second one over the same is the first corrected. */
static int reviews_in(const struct line *line)
{
    int count = 0;
    const char *last = "";
    for (size_t i = 0; i < line->count; i++) {
        if (line->point[i].kind != POINT_REVIEW || strcmp(line->point[i].booking, last) == 0)
            continue;
        last = line->point[i].booking;
        count++;
    }
    return count;
}

static void put_advice(struct json_writer *w, enum advice advice)
{
    json_put_bool(w, "go_on", advice == ADVICE_GO_ON);
    json_put_bool(w, "try_other", advice == ADVICE_CHANGE);
    json_put_bool(w, "stop", advice == ADVICE_STOP);
}

static void put_readings(struct request *r, struct json_writer *w, const struct line *line)
{
    bool seen[CHANGES] = {false};
    json_open(w, "readings", '[');
    for (enum measure m = 0; m < MEASURES; m++)
        if (measures[m].is_read)
            seen[put_reading(r, w, line, m)] = true;
    seen[put_global(r, w, line)] = true;
    json_close(w, ']');
    json_put_bool(w, "worse", seen[CHANGE_WORSE]);
    put_advice(w, advice_of(reviews_in(line), seen));
}

/* --- Charts */

static void free_buf(void *b)
{
    buf_free(b);
}

static void draw(struct request *r, const struct line *line, unsigned which, const char *name, const char *id,
                 const char *title, const char *about)
{
    struct buf *b = arena_alloc(r->arena, sizeof *b);
    if (!b || !arena_defer(r->arena, free_buf, b))
        return;
    *b = (struct buf){.max = 64 * 1024};
    if (chart_write(b, line, which, id, title, about) && b->n > 0)
        page_raw(r, name, b->p);
}

void line_put_values(struct request *r, struct json_writer *w, const struct line *line, const char *visit)
{
    json_put_bool(w, "has_points", line->count > 0);
    json_put_bool(w, "lost", line->lost);
    json_open(w, "rows", '[');
    for (size_t i = 0; i < line->count; i++)
        put_row(r, w, line, &line->point[i]);
    json_close(w, ']');
    json_put_bool(w, "has_things", line->things > 0);
    json_put_bool(w, "has_limits", line->limits);
    put_effects(w, line, visit);
    put_readings(r, w, line);
}

void line_put(struct request *r, struct json_writer *w, const struct line *line, const char *visit)
{
    line_put_values(r, w, line, visit);
    draw(r, line, 1u << MEASURE_NOW | 1u << MEASURE_AVERAGE | 1u << MEASURE_WORST, "chart_pain", "chart-pain",
         "Pain over time", "From 0, no pain, to 10, the worst imaginable.");
    draw(r, line, 1u << MEASURE_THINGS, "chart_things", "chart-things", "What was hard to do, over time",
         "The mean of the things named as hard, from 0, cannot do it, to 10, as before.");
    draw(r, line, 1u << MEASURE_LIMITS, "chart_limits", "chart-limits", "Everyday limits, over time",
         "How many of 24 statements described the day, from 0, none, to 24, all.");
}

/* --- As a table for a spreadsheet (RFC 4180) */

/* In quotes; what a spreadsheet would take for a formula is made text. */
static void csv_cell(struct buf *b, const char *text)
{
    buf_puts(b, text && *text && strchr("=+-@\t\r", *text) ? "\"'" : "\"");
    for (; text && *text; text++)
        buf_puts(b, *text == '"' ? "\"\"" : (char[]){*text, '\0'});
    buf_putc(b, '"');
}

static void csv_value(struct request *r, struct buf *b, int32_t value)
{
    buf_printf(b, ",%s", say_value(r, value));
}

static void csv_row(struct request *r, struct buf *b, const struct line *line, const struct point *at)
{
    char day[11];
    day_write(at->day, day);
    buf_printf(b, "%s,", day);
    csv_cell(b, kind_names[at->kind]);
    csv_value(r, b, at->value[MEASURE_NOW]);
    csv_value(r, b, at->value[MEASURE_AVERAGE]);
    csv_value(r, b, at->value[MEASURE_WORST]);
    if (line->limits)
        csv_value(r, b, at->value[MEASURE_LIMITS]);
    for (size_t k = 0; k < line->things; k++)
        csv_value(r, b, at->rating[k] == NOT_SAID ? NOT_SAID : scaled(at->rating[k]));
    buf_putc(b, ',');
    csv_cell(b, global_name(at->global));
    buf_putc(b, ',');
    csv_cell(b, at->effects);
    buf_puts(b, "\r\n");
}

void line_csv(struct request *r, struct buf *b, const struct line *line)
{
    buf_puts(b, "day,asked,pain now,average pain,worst pain");
    if (line->limits)
        buf_puts(b, ",everyday limits of 24");
    for (size_t k = 0; k < line->things; k++) {
        buf_putc(b, ',');
        csv_cell(b, line->thing[k]);
    }
    buf_puts(b, ",looking back,after the visit\r\n");
    for (size_t i = 0; i < line->count; i++)
        csv_row(r, b, line, &line->point[i]);
}
