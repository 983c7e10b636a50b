#include "intake/course.h"

#include <string.h>

/* --- Pages */

static bool on_page(const struct questionnaire *q, uint16_t question, uint8_t page)
{
    return q->questions[question].section == q->pages[page].section &&
           q->questions[question].page == q->pages[page].page;
}

/* The pages of the form before a visit: those of S7, the questions of the day, come last and do not count. */
static uint8_t page_count(const struct questionnaire *q)
{
    uint8_t n = 0;
    while (n < q->page_count && n < PAGES_MAX && q->pages[n].section <= S6)
        n++;
    return n;
}

uint8_t course_told_page(const struct questionnaire *q)
{
    for (uint8_t page = 0; q->told != NO_QUESTION && page < page_count(q); page++)
        if (on_page(q, q->told, page))
            return page;
    return COURSE_END;
}

/* All of the check; of the rest what cannot be left to the visit. */
static bool asked_in_person(const struct questionnaire *q, uint8_t page)
{
    if (q->pages[page].section == S1)
        return true;
    if (!(IN_PERSON & SECTION_BIT(q->pages[page].section)))
        return false;
    for (uint16_t i = 0; i < q->question_count; i++)
        if (on_page(q, i, page) && q->questions[i].required)
            return true;
    return false;
}

static bool shows(const struct course *c, uint16_t question)
{
    return condition_holds(&c->q->questions[question].shown, c->q, &c->shown, c->whole.today);
}

/* Whether a page of questions is asked at all, the clinician's aside. */
static bool page_shown(const struct course *c, uint8_t page)
{
    const struct questionnaire *q = c->q;
    if (page == course_told_page(q) || !(c->whole.sections & SECTION_BIT(q->pages[page].section)) ||
        (c->given->in_person && !asked_in_person(q, page)))
        return false;
    for (uint16_t i = 0; i < q->question_count; i++)
        if (on_page(q, i, page) && shows(c, i))
            return true;
    return false;
}

static bool is_check(const struct course *c, uint8_t page)
{
    return c->q->pages[page].section == S1;
}

/* --- What is open */

/* A page that was seen is still open, or open again, while a required answer on it is missing. */
static bool is_open(const struct course *c, uint8_t page)
{
    if (!(c->given->seen >> page & 1))
        return true;
    for (uint16_t i = 0; i < c->q->question_count; i++)
        if (on_page(c->q, i, page) && judgement_misses(&c->now, i))
            return true;
    return false;
}

static uint8_t first_open(const struct course *c, bool check)
{
    for (uint8_t page = 0; page < page_count(c->q); page++)
        if (is_check(c, page) == check && page_shown(c, page) && is_open(c, page))
            return page;
    return COURSE_END;
}

/* A clinician's word counts for what it was asked for. */
static bool told_of_all(const struct course *c, const struct judgement *j)
{
    for (uint16_t i = 0; i < j->count; i++) {
        uint16_t rule = j->fired[i].rule;
        if (j->fired[i].lowered && !(c->given->told_for[rule / 64] >> rule % 64 & 1))
            return false;
    }
    return true;
}

static bool asks_told(const struct course *c, const struct judgement *j)
{
    return j->asks_clearance || j->missing_date || j->missing_clinician || !told_of_all(c, j);
}

/* Time or the person has to lift it: no answer that is still to come can. */
static bool waits_for_no_clinician(const struct course *c)
{
    for (uint16_t i = 0; i < c->now.count; i++) {
        const struct fired *f = &c->now.fired[i];
        if (f->outcome == CLEARANCE && c->q->rules[f->rule].self)
            return true;
    }
    return false;
}

static bool is_begun(const struct course *c)
{
    for (uint8_t page = 0; page < page_count(c->q); page++)
        if (!is_check(c, page) && c->given->seen >> page & 1)
            return true;
    return false;
}

/* Where a clinician's word is asked for twice: after the check, for what fired there, and at the end, for
 * what the rest added. */
static uint8_t open_page(const struct course *c)
{
    uint8_t open = c->now.ends ? COURSE_END : first_open(c, true);
    if (c->now.ends || open != COURSE_END)
        return open;
    if (asks_told(c, &c->check))
        return course_told_page(c->q);
    if (!c->check.passed || waits_for_no_clinician(c))
        return COURSE_END;
    open = first_open(c, false);
    return open == COURSE_END && asks_told(c, &c->now) ? course_told_page(c->q) : open;
}

static void only_check(const struct questionnaire *q, const struct answers *given, struct answers *only)
{
    *only = *given;
    for (uint16_t i = 0; i < q->question_count; i++)
        if (q->questions[i].section != S1 && i != q->told && i != q->told_date && i != q->told_clinician)
            only->is[i] = (struct answer){0};
}

void course_take(struct course *c, const struct questionnaire *q, const struct record *given,
                 const struct setting *setting)
{
    struct answers check;
    *c = (struct course){.q = q, .given = given, .first = *setting, .whole = *setting};
    c->first.sections &= ONLY_S1;
    if (given->in_person)
        c->whole.sections &= IN_PERSON;
    only_check(q, &given->answers, &check);
    answers_shown(q, &given->answers, setting->today, &c->shown);
    judge(q, &check, &c->first, &c->check);
    judge(q, &given->answers, &c->whole, &c->now);
    c->open = open_page(c);
    c->at_start = c->open < PAGES_MAX && !is_check(c, c->open) && !is_begun(c);
}

bool course_asks(const struct course *c, uint8_t page)
{
    return page < page_count(c->q) && page_shown(c, page);
}

/* --- Back and forth */

/* In which order they come: the check, the start of the rest, the rest; and the clinician's question where it
 * is open. */
static int rank(const struct course *c, uint8_t page)
{
    if (page == COURSE_END)
        return 4 * PAGES_MAX;
    if (page == COURSE_START)
        return 2 * PAGES_MAX;
    if (page == course_told_page(c->q))
        return c->check.passed && told_of_all(c, &c->check) ? 4 * PAGES_MAX - 1 : 2 * PAGES_MAX - 1;
    return is_check(c, page) ? page : 2 * PAGES_MAX + 1 + page;
}

bool course_may_show(const struct course *c, uint8_t page)
{
    if (page == COURSE_START)
        return c->whole.sections != ONLY_S1 && rank(c, page) <= rank(c, c->open);
    if (page == course_told_page(c->q))
        return page == c->open;
    return page < page_count(c->q) && page_shown(c, page) && rank(c, page) <= rank(c, c->open);
}

uint8_t course_before(const struct course *c, uint8_t page)
{
    uint8_t before = COURSE_END;
    for (uint8_t other = 0; other < page_count(c->q); other++)
        if (page_shown(c, other) && rank(c, other) < rank(c, page))
            before = other;
    bool rest = page != COURSE_START && rank(c, page) > 2 * PAGES_MAX && c->whole.sections != ONLY_S1;
    return rest && (before == COURSE_END || is_check(c, before)) ? COURSE_START : before;
}

int course_number(const struct course *c, uint8_t page, int *of)
{
    int number = 0;
    *of = 0;
    if (page == course_told_page(c->q))
        return 0;
    for (uint8_t other = 0; other < page_count(c->q); other++) {
        if (is_check(c, other) != is_check(c, page) || !page_shown(c, other))
            continue;
        ++*of;
        number += other <= page;
    }
    return number;
}

int course_length(const struct course *c, int *questions)
{
    int pages = 0;
    *questions = 0;
    for (uint8_t page = 0; page < page_count(c->q); page++) {
        if (is_check(c, page) || !page_shown(c, page))
            continue;
        pages++;
        for (uint16_t i = 0; i < c->q->question_count; i++)
            *questions += on_page(c->q, i, page) && shows(c, i);
    }
    return pages;
}

/* --- Choices that are no answers */

void course_told(const struct course *c, struct record *record)
{
    memset(record->told_for, 0, sizeof record->told_for);
    for (uint16_t i = 0; i < c->now.count; i++) {
        uint16_t rule = c->now.fired[i].rule;
        record->told_for[rule / 64] |= UINT64_C(1) << rule % 64;
    }
}

/* The option of a question about health that leaves it to the visit; OPTIONS_MAX: it has none. */
static uint8_t in_person_option(const struct question *question)
{
    return question->section == S4 && !question->shown.node ? option_by_slug(question, STR("in_person"))
                                                            : OPTIONS_MAX;
}

static void take_back(const struct questionnaire *q, struct record *record)
{
    for (uint16_t i = 0; i < q->question_count; i++) {
        uint8_t option = in_person_option(&q->questions[i]);
        if (option != OPTIONS_MAX && chosen(&record->answers.is[i], option))
            record->answers.is[i] = (struct answer){0};
    }
}

bool course_in_person(const struct questionnaire *q, struct record *record, bool in_person)
{
    if (record->in_person && !in_person)
        take_back(q, record);
    record->in_person = in_person;
    for (uint16_t i = 0; in_person && i < q->question_count; i++) {
        uint8_t option = in_person_option(&q->questions[i]);
        if (option == OPTIONS_MAX || (record->answers.is[i].given && !chosen(&record->answers.is[i], option)))
            continue;
        record->answers.is[i] = (struct answer){.chosen = UINT64_C(1) << option, .given = true};
        return true;
    }
    return !in_person || (record->in_person = false);
}
