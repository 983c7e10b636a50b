#include "intake/asked.h"

#include "core/day.h"
#include "intake/consent.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool asked_here(const struct questionnaire *q, uint16_t question, uint8_t page)
{
    return q->questions[question].section == q->pages[page].section &&
           q->questions[question].page == q->pages[page].page;
}

/* --- Which question brings up which, on one page */

/* Of the questions of the page that its condition names, the last; NO_QUESTION: it stands by itself. */
static uint16_t parent_of(const struct asked *a, uint16_t question)
{
    uint64_t names[QUESTION_WORDS] = {0};
    uint16_t parent = NO_QUESTION;
    if (!a->q->questions[question].shown.node)
        return NO_QUESTION;
    condition_names(&a->q->questions[question].shown, a->q, names);
    for (uint16_t i = 0; i < a->q->question_count; i++)
        if (names[i / 64] >> i % 64 & 1 && i != question && asked_here(a->q, i, a->page))
            parent = i;
    return parent;
}

/* Whether `option` of the parent brings the question up, whatever else was chosen there. */
static bool opens(const struct asked *a, uint16_t parent, uint8_t option, uint16_t question)
{
    struct answers so;
    answers_shown(a->q, a->answers, a->today, &so);
    so.is[parent] = (struct answer){.chosen = UINT64_C(1) << option, .given = true};
    return condition_holds(&a->q->questions[question].shown, a->q, &so, a->today);
}

/* The only option that brings it up; OPTIONS_MAX: none, or more than one do. */
static uint8_t only_option(const struct asked *a, uint16_t parent, uint16_t question)
{
    uint8_t only = OPTIONS_MAX;
    for (uint8_t i = 0; i < a->q->questions[parent].option_count; i++) {
        if (!opens(a, parent, i, question))
            continue;
        if (only != OPTIONS_MAX)
            return OPTIONS_MAX;
        only = i;
    }
    return only;
}

static bool option_opens(const struct asked *a, uint16_t parent, uint8_t option)
{
    for (uint16_t i = 0; i < a->q->question_count; i++)
        if (asked_here(a->q, i, a->page) && parent_of(a, i) == parent && opens(a, parent, option, i))
            return true;
    return false;
}

/* --- The document */

enum { DEEP = 4 };
static void put_question(struct request *r, const struct asked *a, struct json_writer *w, uint16_t question,
                         bool heading, int depth);

/* Those that the parent brings up by `option` alone; OPTIONS_MAX: by several, or by what was typed. */
static void put_below(struct request *r, const struct asked *a, struct json_writer *w, const char *key,
                      uint16_t parent, uint8_t option, int depth)
{
    json_open(w, key, '[');
    for (uint16_t i = 0; i < a->q->question_count && depth < DEEP; i++)
        if (asked_here(a->q, i, a->page) && parent_of(a, i) == parent && only_option(a, parent, i) == option)
            put_question(r, a, w, i, false, depth + 1);
    json_close(w, ']');
}

static const char *control_id(struct request *r, const char *id, int i)
{
    return i ? arena_printf(r->arena, "%s-%d", id, i + 1) : id;
}

static void put_option(struct request *r, const struct asked *a, struct json_writer *w, uint16_t question,
                       uint8_t i, int depth)
{
    const struct question *info = &a->q->questions[question];
    json_open(w, NULL, '{');
    json_put(w, "id", control_id(r, info->id, i));
    json_put(w, "name", info->id);
    json_put(w, "value", info->options[i].slug);
    json_put(w, "label", info->options[i].label);
    json_put_bool(w, "checked", chosen(&a->answers->is[question], i));
    json_put_bool(w, "alone", info->options[i].alone);
    json_put_bool(w, "opens", option_opens(a, question, i));
    put_below(r, a, w, "then", question, i, depth);
    json_close(w, '}');
}

/* A number of a scale as something to choose. */
static void put_step(struct request *r, const struct asked *a, struct json_writer *w, uint16_t question,
                     int32_t n)
{
    const struct question *info = &a->q->questions[question];
    const struct answer *answer = &a->answers->is[question];
    const char *number = arena_printf(r->arena, "%d", n);
    json_open(w, NULL, '{');
    json_put(w, "id", control_id(r, info->id, n - info->low));
    json_put(w, "name", info->id);
    json_put(w, "value", number);
    json_put(w, "label", number);
    json_put_bool(w, "checked", answer->given && answer->number == n);
    json_put_bool(w, "alone", false);
    json_put_bool(w, "opens", false);
    json_put_raw(w, "then", "[]");
    json_close(w, '}');
}

static bool is_scale(const struct question *q)
{
    return q->kind == KIND_NUMBER && !q->unit && q->high - q->low <= 10;
}

static void put_options(struct request *r, const struct asked *a, struct json_writer *w, uint16_t question,
                        int depth)
{
    const struct question *info = &a->q->questions[question];
    json_open(w, "options", '[');
    for (uint8_t i = 0; i < info->option_count && info->kind <= KIND_AREAS; i++)
        put_option(r, a, w, question, i, depth);
    for (int32_t n = info->low; is_scale(info) && n <= info->high; n++)
        put_step(r, a, w, question, n);
    json_close(w, ']');
}

static void put_kind(struct json_writer *w, const struct question *info)
{
    static const char *const names[] = {"choice", "multi", "areas", "number", "date", "text", "accept"};
    static const char *const is[] = {"is_choice", "is_multi", "is_areas", "is_number",
                                     "is_date",   "is_text",  "is_accept"};
    json_put(w, "kind", names[info->kind]);
    for (unsigned kind = 0; kind < sizeof is / sizeof *is; kind++)
        json_put_bool(w, is[kind], kind == info->kind);
    json_put_bool(w, "is_scale", is_scale(info));
    json_put_bool(w, "is_long", info->kind == KIND_TEXT && info->high > LONG_TEXT);
    json_put_bool(w, "radios", info->kind == KIND_CHOICE || is_scale(info));
    json_put_bool(w, "checks", info->kind == KIND_MULTI || info->kind == KIND_AREAS);
}

/* What stands in the field: as it was typed, else as it is kept. */
static const char *value_of(struct request *r, const struct asked *a, uint16_t question)
{
    const struct question *info = &a->q->questions[question];
    const struct answer *answer = &a->answers->is[question];
    char day[11];
    if (a->faults->typed[question])
        return a->faults->typed[question];
    if (!answer->given)
        return NULL;
    if (info->kind == KIND_TEXT)
        return answer->text;
    if (info->kind == KIND_NUMBER)
        return arena_printf(r->arena, "%d", answer->number);
    if (info->kind != KIND_DATE)
        return NULL;
    day_write(answer->number, day);
    return arena_strdup(r->arena, day);
}

static const char *part_of(const struct asked *a)
{
    return a->faults->part ? a->faults->part : a->month_first ? "month" : "day";
}

/* "1980-02-03" in three fields. */
static void put_birth(struct request *r, const struct asked *a, struct json_writer *w, const char *value)
{
    const struct faults *f = a->faults;
    bool typed = f->month || f->day || f->year, whole = value && strlen(value) == 10;
    const char *part = f->message[a->q->birth] ? part_of(a) : "";
    json_put_bool(w, "is_birth", true);
    json_put_bool(w, "month_wrong", strcmp(part, "month") == 0);
    json_put_bool(w, "day_wrong", strcmp(part, "day") == 0);
    json_put_bool(w, "year_wrong", strcmp(part, "year") == 0);
    json_put(w, "month", typed || !whole ? f->month : arena_strndup(r->arena, value + 5, 2));
    json_put(w, "day", typed || !whole ? f->day : arena_strndup(r->arena, value + 8, 2));
    json_put(w, "year", typed || !whole ? f->year : arena_strndup(r->arena, value, 4));
}

static void put_value(struct request *r, const struct asked *a, struct json_writer *w, uint16_t question)
{
    const struct question *info = &a->q->questions[question];
    const char *value = value_of(r, a, question);
    bool bounded = info->kind == KIND_NUMBER, text = info->kind == KIND_TEXT;
    json_put(w, "value", value);
    json_put(w, "unit", info->unit);
    json_put_raw(w, "low", bounded ? arena_printf(r->arena, "%d", info->low) : "null");
    json_put_raw(w, "high", bounded || text ? arena_printf(r->arena, "%d", info->high) : "null");
    json_put_bool(w, "checked", info->kind == KIND_ACCEPT && a->answers->is[question].given);
    if (question == a->q->birth)
        put_birth(r, a, w, value);
    else
        json_put_bool(w, "is_birth", false);
}

static const char *since_of(struct request *r, const struct asked *a, uint16_t question)
{
    char day[11];
    if (!a->since || !a->since[question] || !a->answers->is[question].given)
        return NULL;
    day_write(a->since[question], day);
    return arena_strdup(r->arena, day);
}

/* The clinician's question is asked only when it is needed, with all that belongs to it. */
static bool is_needed(const struct questionnaire *q, uint16_t question)
{
    return q->questions[question].required || question == q->told || question == q->told_date ||
           question == q->told_clinician;
}

static bool is_name(const char *id)
{
    return strcmp(id, "A03_name") == 0 || strcmp(id, "K07") == 0;
}

static void put_question(struct request *r, const struct asked *a, struct json_writer *w, uint16_t question,
                         bool heading, int depth)
{
    const struct question *info = &a->q->questions[question];
    json_open(w, NULL, '{');
    json_put(w, "id", info->id);
    json_put(w, "name", info->id);
    put_kind(w, info);
    json_put_bool(w, "heading", heading);
    json_put(w, "ask", info->ask);
    json_put(w, "hint", info->hint);
    json_put(w, "error", a->faults->message[question]);
    json_put_bool(w, "required", is_needed(a->q, question));
    json_put_bool(w, "optional", !is_needed(a->q, question));
    json_put(w, "last", since_of(r, a, question));
    json_put(w, "autocomplete", is_name(info->id) ? "name" : NULL);
    json_put_raw(w, "texts", a->consent ? consent_texts_for(r, a->consent, info->id) : "[]");
    put_value(r, a, w, question);
    put_options(r, a, w, question, depth);
    put_below(r, a, w, "after", question, OPTIONS_MAX, depth);
    json_close(w, '}');
}

/* Several questions may want the same of one: then the summary says which question it is about. */
static const char *message_of(struct request *r, const struct asked *a, uint16_t question)
{
    const char *const *message = a->faults->message;
    size_t same = 0;
    for (uint16_t i = 0; i < a->q->question_count; i++)
        same += message[i] && strcmp(message[i], message[question]) == 0;
    return same < 2 ? message[question]
                    : arena_printf(r->arena, "%s: %s", message[question], a->q->questions[question].ask);
}

static void put_errors(struct request *r, const struct asked *a, struct json_writer *w)
{
    bool any = false;
    json_open(w, "errors", '[');
    for (uint16_t i = 0; i < a->q->question_count; i++) {
        if (!a->faults->message[i])
            continue;
        any = true;
        json_open(w, NULL, '{');
        bool birth = i == a->q->birth;
        json_put(w, "field",
                 arena_printf(r->arena, "%s%s%s", a->q->questions[i].id, birth ? "_" : "",
                              birth ? part_of(a) : ""));
        json_put(w, "message", message_of(r, a, i));
        json_close(w, '}');
    }
    json_close(w, ']');
    json_put_bool(w, "has_errors", any);
}

/* One that no other of this page brings up, and that is shown by what else is known. */
static bool stands_alone(const struct asked *a, const struct answers *shown, uint16_t i)
{
    return asked_here(a->q, i, a->page) && parent_of(a, i) == NO_QUESTION &&
           condition_holds(&a->q->questions[i].shown, a->q, shown, a->today);
}

void asked_put(struct request *r, const struct asked *a, struct json_writer *w)
{
    const struct page_info *page = &a->q->pages[a->page];
    struct answers shown;
    int top = 0;
    bool single;
    answers_shown(a->q, a->answers, a->today, &shown);
    for (uint16_t i = 0; i < a->q->question_count; i++)
        top += stands_alone(a, &shown, i);
    single = page->section == S1 && top == 1; /* elsewhere a page has a topic, and the topic is its heading */
    json_put(w, "title", page->title);
    json_put(w, "about", page->about);
    json_put(w, "section", section_name((enum section)page->section));
    json_put_bool(w, "s1", page->section == S1);
    json_put_bool(w, "single", single);
    put_errors(r, a, w);
    json_open(w, "questions", '[');
    for (uint16_t i = 0; i < a->q->question_count; i++)
        if (stands_alone(a, &shown, i))
            put_question(r, a, w, i, single, 0);
    json_close(w, ']');
}

/* --- What came back */

enum { VALUES = OPTIONS_MAX };

static const char *part(struct request *r, const struct question *info, const char *of)
{
    return form_value(r, arena_printf(r->arena, "%s_%s", info->id, of));
}

/* What is wrong with one of the three fields of a date of birth. */
static const char *wrong_part(struct faults *f, const char *part, const char *says)
{
    f->part = part;
    return says;
}

/* The date of birth from its three fields, as a number of days; the message when it is none. */
static const char *birth_read(struct faults *f, int32_t today, int32_t *birth)
{
    int64_t month, day, year;
    char text[11], now[11];
    day_write(today, now);
    if (!f->month || !text_int(str_of(f->month), 1, 12, &month))
        return wrong_part(f, "month", "Enter the month of birth as a number from 1 to 12");
    if (!f->day || !text_int(str_of(f->day), 1, 31, &day))
        return wrong_part(f, "day", "Enter the day of birth as a number from 1 to 31");
    if (!f->year || !text_int(str_of(f->year), 1880, strtol(now, NULL, 10), &year))
        return wrong_part(f, "year", "Enter the year of birth in four digits, not in the future, like 1980");
    snprintf(text, sizeof text, "%04d-%02d-%02d", (int)year, (int)month, (int)day);
    if (!day_read_past(str_of(text), birth))
        return wrong_part(f, "day", "That month has no such day. Check the day and the month");
    return *birth > today ? wrong_part(f, "day", "Enter a date of birth that is not in the future") : NULL;
}

static const char *take_birth(struct request *r, const struct questionnaire *q, int32_t today,
                              struct answers *a, struct faults *f)
{
    const struct question *info = &q->questions[q->birth];
    int32_t birth;
    f->month = part(r, info, "month");
    f->day = part(r, info, "day");
    f->year = part(r, info, "year");
    if (!f->month && !f->day && !f->year)
        return NULL;
    const char *wrong = birth_read(f, today, &birth);
    if (!wrong)
        a->is[q->birth] = (struct answer){.number = birth, .given = true};
    return wrong;
}

static const char *take_one(struct request *r, const struct questionnaire *q, uint16_t i, int32_t today,
                            struct answers *a, struct faults *f)
{
    const struct question *info = &q->questions[i];
    const char *typed = form_value(r, info->id);
    if (!typed)
        return i == q->birth ? take_birth(r, q, today, a, f) : NULL;
    if (info->kind >= KIND_NUMBER && info->kind <= KIND_TEXT)
        f->typed[i] = typed;
    if (answers_take(q, a, r->arena, str_of(info->id), str_of(typed)) == ANSWER_TAKEN &&
        (info->kind != KIND_DATE || a->is[i].number <= today))
        return NULL;
    a->is[i] = (struct answer){0};
    return answer_fits(info, r->arena);
}

static const char *take_several(struct request *r, const struct questionnaire *q, uint16_t i,
                                struct answers *a)
{
    const struct question *info = &q->questions[i];
    for (size_t k = 0; k < r->form.n; k++) {
        const struct pair *p = &r->form.at[k];
        if (str_is(p->name, info->id) && p->value.n &&
            answers_take(q, a, r->arena, p->name, p->value) != ANSWER_TAKEN)
            return answer_fits(info, r->arena);
    }
    return NULL;
}

/* The new answer takes the place of an old one; the message when it does not fit. */
static const char *take(struct request *r, const struct questionnaire *q, uint16_t i, int32_t today,
                        struct answers *a, struct faults *f)
{
    a->is[i] = (struct answer){0};
    if (q->questions[i].kind == KIND_MULTI || q->questions[i].kind == KIND_AREAS)
        return take_several(r, q, i, a);
    return take_one(r, q, i, today, a, f);
}

/* Left out on purpose, where there are words for it. */
static void left_out(const struct question *info, struct answer *answer)
{
    uint8_t option = option_by_slug(info, STR("prefer_not"));
    if (info->kind == KIND_CHOICE && !info->required && !answer->given && option != OPTIONS_MAX)
        *answer = (struct answer){.chosen = UINT64_C(1) << option, .given = true};
}

bool asked_take(struct request *r, const struct questionnaire *q, uint8_t page, int32_t today, bool complete,
                struct answers *a, struct faults *f)
{
    struct answers shown;
    bool fine = true;
    for (uint16_t i = 0; i < q->question_count; i++)
        if (asked_here(q, i, page))
            f->message[i] = take(r, q, i, today, a, f);
    answers_shown(q, a, today, &shown);
    for (uint16_t i = 0; i < q->question_count; i++) {
        const struct question *info = &q->questions[i];
        if (!asked_here(q, i, page))
            continue;
        if (!condition_holds(&info->shown, q, &shown, today)) {
            f->message[i] = NULL;
            a->is[i] = (struct answer){0};
        } else if (complete && !f->message[i]) {
            left_out(info, &a->is[i]);
            if (is_needed(q, i) && !a->is[i].given)
                f->message[i] = info->missing ? info->missing : "Answer this question";
        }
        fine = fine && !f->message[i];
    }
    return fine;
}
