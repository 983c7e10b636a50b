#include "intake/reading.h"

#include "booking/booking.h"
#include "core/day.h"

#include <string.h>

/* Nothing is said by it: no, none, or what the question itself calls harmless. */
static bool says_nothing(const struct question *info, const struct answer *a)
{
    for (uint8_t i = 0; i < info->option_count; i++)
        if (chosen(a, i) && strcmp(info->options[i].slug, "no") != 0 &&
            strcmp(info->options[i].slug, "none") != 0 && !(info->harmless_set && info->harmless == i))
            return false;
    return info->option_count > 0;
}

static bool is_read(const struct questionnaire *q, const struct answers *shown, uint16_t i)
{
    const struct question *info = &q->questions[i];
    return shown->is[i].given && info->section >= S2 && info->section <= S5 && i != q->birth &&
           info->kind != KIND_ACCEPT && !says_nothing(info, &shown->is[i]);
}

static bool is_carried(const struct record *record)
{
    for (size_t i = 0; i < QUESTIONS_MAX; i++)
        if (record->since[i])
            return true;
    return false;
}

static void put_answer(struct request *r, struct json_writer *w, const struct questionnaire *q,
                       const struct record *record, uint16_t i)
{
    const struct question *info = &q->questions[i];
    struct buf *text = booking_buf(r);
    char day[11];
    answer_say(info, &record->answers.is[i], text);
    json_open(w, NULL, '{');
    json_put(w, "about", info->plain ? info->plain : info->ask);
    json_put_str(w, "answer", (struct str){text->p, text->n});
    if (record->since[i])
        day_write(record->since[i], day);
    json_put(w, "since", record->since[i] ? day : NULL);
    json_put_bool(w, "fresh", !record->since[i] && is_carried(record));
    json_close(w, '}');
}

/* The answers of one page of the form under its title; nothing where there are none. */
static void put_group(struct request *r, struct json_writer *w, const struct questionnaire *q,
                      const struct record *record, const struct answers *shown, const struct page_info *page)
{
    bool any = false;
    for (uint16_t i = 0; i < q->question_count; i++) {
        if (q->questions[i].section != page->section || q->questions[i].page != page->page ||
            !is_read(q, shown, i))
            continue;
        if (!any) {
            json_open(w, NULL, '{');
            json_put(w, "title", page->title);
            json_open(w, "answers", '[');
        }
        any = true;
        put_answer(r, w, q, record, i);
    }
    if (any) {
        json_close(w, ']');
        json_close(w, '}');
    }
}

/* For the figure: where it hurts. */
static void put_pain(struct json_writer *w, const struct questionnaire *q, const struct answers *shown)
{
    uint16_t pain = question_by_id(q, STR("P01"));
    bool any = false;
    json_open(w, "pain", '[');
    for (uint8_t i = 0; pain != NO_QUESTION && i < q->questions[pain].option_count; i++)
        if (chosen(&shown->is[pain], i)) {
            json_put(w, NULL, q->questions[pain].options[i].slug);
            any = true;
        }
    json_close(w, ']');
    json_put_bool(w, "has_pain", any);
}

const char *reading_document(struct request *r, const struct questionnaire *q, const struct record *record)
{
    struct answers shown;
    char day[11];
    struct buf *out = booking_buf(r);
    struct json_writer w = {.out = out};
    answers_shown(q, &record->answers, record->day, &shown);
    day_write(record->day, day);
    json_open(&w, NULL, '{');
    json_put(&w, "day", day);
    json_put_bool(&w, "in_person", record->in_person);
    json_put_bool(&w, "carried", is_carried(record));
    json_open(&w, "groups", '[');
    for (size_t i = 0; i < q->page_count; i++)
        put_group(r, &w, q, record, &shown, &q->pages[i]);
    json_close(&w, ']');
    put_pain(&w, q, &shown);
    json_close(&w, '}');
    return out->failed ? NULL : arena_strndup(r->arena, out->p, out->n);
}
