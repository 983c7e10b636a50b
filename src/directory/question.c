/* The question of a search, read from the query: declared fields, values of taxonomies, the page. */
#include "directory/question.h"

#include <string.h>

static const char *const sorts[] = {"best", "nearest", "soonest", "price", "rating", NULL};
static const char *const parts[] = {"morning", "afternoon", "evening", NULL};
static const char *const lengths[] = {"30", "45", "60", "75", "90", "120", NULL};
static const char *const ratings[] = {"3", "3.5", "4", "4.5", NULL};
static const char *const days[] = {"any",      "today",   "tomorrow",  "week",     "weekend",
                                   "monday",   "tuesday", "wednesday", "thursday", "friday",
                                   "saturday", "sunday",  NULL};

static const struct field fields[ASK_FIELDS] = {
    [ASK_Q] = {"q", FIELD_LINE, .max = 100,
               .wrong = "What hurts, or a technique, must be 100 characters or fewer"},
    [ASK_NEAR] = {"near", FIELD_LINE, .max = 100,
                  .wrong = "Where must be a ZIP code or a town, 100 characters or fewer"},
    [ASK_RADIUS] = {"radius_km", FIELD_INT, .min = 1, .max = 160,
                    .wrong = "Distance must be a whole number of kilometers from 1 to 160"},
    [ASK_WHEN] = {"when", FIELD_LINE, .max = 10,
                  .wrong =
                      "When must be a day from the list, or a date like 2026-11-24 within the next 60 days"},
    [ASK_PART] = {"part", FIELD_CHOICE, .choices = parts,
                  .wrong = "Choose a part of the day: morning, afternoon or evening"},
    [ASK_FROM] = {"from", FIELD_INT, .min = 0, .max = 23,
                  .wrong = "The earliest start must be a whole hour from 0 to 23"},
    [ASK_TO] = {"to", FIELD_INT, .min = 1, .max = 24,
                .wrong = "The latest start must be before a whole hour from 1 to 24"},
    [ASK_LENGTH] = {"length", FIELD_CHOICE, .choices = lengths,
                    .wrong = "Choose a length: 30, 45, 60, 75, 90 or 120 minutes"},
    [ASK_PRICE] = {"price_max", FIELD_INT, .min = 1, .max = 20000,
                   .wrong = "The highest price must be a whole number from 1 to 20,000"},
    [ASK_RATING] = {"rating", FIELD_CHOICE, .choices = ratings, .wrong = "Choose a rating: 3, 3.5, 4 or 4.5"},
    [ASK_SORT] = {"sort", FIELD_CHOICE, .choices = sorts,
                  .wrong = "Sort by best, nearest, soonest, price or rating"},
    [ASK_AFTER] = {"after", FIELD_LINE, .max = 60,
                   .wrong = "This page of the list is not there any more: start at the first page"},
    [ASK_BEFORE] = {"before", FIELD_LINE, .max = 60,
                    .wrong = "This page of the list is not there any more: start at the first page"},
};

static bool is_one_of(const char *text, const char *const *words)
{
    for (; *words; words++)
        if (strcmp(text, *words) == 0)
            return true;
    return false;
}

/* One of the words, or a date that exists; whether it lies ahead is the place's clock's to say. */
static void when_check(struct form *f)
{
    static const struct field date = {"when", FIELD_DATE, .wrong = "When"};
    const char *when = f->value[ASK_WHEN];
    struct form as_date;
    if (!when || is_one_of(when, days))
        return;
    form_read(&as_date, f->r, &date, 1);
    if (as_date.errors)
        form_fail(f, "when", fields[ASK_WHEN].wrong);
}

/* Goes on only in the order it was made for; without a place, which may stand among the words too, that is
 * always the best match. */
static bool cursor_fits(const struct question *q)
{
    const char *const *v = q->form.value;
    char order = v[ASK_SORT] && v[ASK_NEAR] ? v[ASK_SORT][0] : 'b';
    bool in_words = v[ASK_SORT] && v[ASK_Q] && q->cursor.sort == v[ASK_SORT][0];
    return q->cursor.sort == order || (in_words && !v[ASK_NEAR]);
}

/* Without after and before the first page: key and id NULL, 0 seen. */
static void page_check(struct question *q)
{
    struct form *f = &q->form;
    const char *after = f->value[ASK_AFTER], *before = f->value[ASK_BEFORE];
    q->cursor = (struct cursor){'b', NULL, NULL, "0"};
    q->back = !after && before;
    if (after && before)
        form_fail(f, "before", fields[ASK_BEFORE].wrong);
    else if ((after || before) &&
             (!cursor_read(&q->cursor, f->r->arena, str_of(after ? after : before)) || !cursor_fits(q)))
        form_fail(f, after ? "after" : "before", fields[ASK_AFTER].wrong);
}

static bool is_field(struct str name)
{
    for (size_t i = 0; i < ASK_FIELDS; i++)
        if (str_is(name, fields[i].name))
            return true;
    return false;
}

/* A name of a taxonomy, or with digits a slug: of these characters, none of which means anything in the text
 * of an array. */
static bool is_word(struct str s, bool digits)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (!(c >= 'a' && c <= 'z') && c != '_' && !(digits && ((c >= '0' && c <= '9') || c == '-')))
            return false;
    }
    return s.n > 0 && s.n <= 60;
}

/* Any other parameter may be a taxonomy; what cannot be one is nobody's and passed by, as on every page. A
 * value that cannot be a slug is sent as one that never is, so that it is refused where the taxonomy is. */
static const char *tags_read(struct request *r)
{
    struct buf b = {.max = 16 * 1024};
    buf_putc(&b, '{');
    for (size_t i = 0; i < r->query.n; i++) {
        struct str name = r->query.at[i].name, value = str_trim(r->query.at[i].value);
        if (value.n == 0 || is_field(name) || !is_word(name, false))
            continue;
        if (!is_word(value, true))
            value = STR("-");
        buf_printf(&b, "%s%.*s,%.*s", b.n > 1 ? "," : "", (int)name.n, name.p, (int)value.n, value.p);
    }
    buf_putc(&b, '}');
    const char *tags = b.failed ? NULL : arena_strndup(r->arena, b.p, b.n);
    buf_free(&b);
    return tags;
}

/* The query is read as if it were a form: the same checks and the same page with what was typed. */
bool question_read(struct question *q, struct request *r)
{
    r->form = r->query;
    form_read(&q->form, r, fields, ASK_FIELDS);
    q->tags = tags_read(r);
    if (!q->form.count || !q->tags)
        return false;
    when_check(&q->form);
    page_check(q);
    return true;
}

/* A parameter that is no declared field is a taxonomy's: it is added to the form as a field of its own, so
 * that its message has a place. False when memory ends. */
bool question_fail(struct question *q, const char *name, const char *message)
{
    struct form *f = &q->form;
    if (!is_field(str_of(name))) {
        struct field *all = arena_alloc(f->r->arena, (ASK_FIELDS + 1) * sizeof *all);
        if (!all)
            return false;
        memcpy(all, fields, sizeof fields);
        all[ASK_FIELDS] = (struct field){name, FIELD_SLUGS, .wrong = message};
        form_read(f, f->r, all, ASK_FIELDS + 1);
        if (!f->count)
            return false;
    }
    form_fail(f, name, message);
    return true;
}
