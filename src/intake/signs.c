/* The questions of the safety check as lists of signs, for whom there is no booking. */
#include "booking/booking.h"
#include "core/day.h"
#include "intake/asked.h"
#include "intake/intake.h"
#include "intake/words.h"

#include <string.h>
#include <time.h>

static const char *const lists[] = {"signs", "soon"};
enum { LISTS = SIGNS_LISTS };

/* In which list it is asked: a follow-up in that of the question on whose page it stands. LISTS: in none. */
static int list_of(const struct questionnaire *q, uint16_t question)
{
    const struct question *info = &q->questions[question];
    if (info->signs)
        return info->signs - 1;
    for (uint16_t i = 0; i < q->question_count; i++)
        if (q->questions[i].signs && q->questions[i].section == info->section &&
            q->questions[i].page == info->page)
            return q->questions[i].signs - 1;
    return LISTS;
}

/* Which list a step is; LISTS: none. */
static int list_named(const char *step)
{
    int i = 0;
    while (i < LISTS && strcmp(step, lists[i]) != 0)
        i++;
    return i;
}

static bool is_sign(const struct questionnaire *q, uint16_t question)
{
    return question != NO_QUESTION && q->questions[question].signs;
}

static bool in_list(const struct questionnaire *q, uint16_t question, int list)
{
    return q->questions[question].signs == list + 1;
}

static struct answer answer_of(uint8_t option)
{
    return (struct answer){.chosen = UINT64_C(1) << option, .given = true};
}

static bool is_harmless(const struct question *question, const struct answer *a)
{
    return question->harmless_set && chosen(a, question->harmless);
}

static bool ticked(const struct signs *s, uint16_t question)
{
    return s->ticked[question / 64] >> question % 64 & 1;
}

static int32_t today(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int32_t)(now.tv_sec / (24 * 3600));
}

static bool opens_another(const struct questionnaire *q, uint16_t question, uint8_t option)
{
    struct answers a = {0};
    a.is[question] = answer_of(option);
    for (uint16_t other = 0; other < q->question_count; other++)
        if (q->questions[other].section == S1 && q->questions[other].shown.node &&
            condition_holds(&q->questions[other].shown, q, &a, today()))
            return true;
    return false;
}

static bool same_end(const struct judgement *a, const struct judgement *b)
{
    return a->outcome == b->outcome && a->urgency == b->urgency &&
           memcmp(&a->limits, &b->limits, sizeof a->limits) == 0;
}

static void judge_check(const struct questionnaire *q, const struct answers *a, struct judgement *j)
{
    const struct setting s = {.today = today(), .sections = SECTION_BIT(S1)};
    judge(q, a, &s, j);
}

/* What a tick says: the first answer it can stand for when all of those lead to the same end and to no
 * further question; else nothing yet, and the question is asked. */
static struct answer answer_of_tick(const struct questionnaire *q, uint16_t question)
{
    const struct question *info = &q->questions[question];
    struct answer first = {0};
    struct judgement one, other;
    for (uint8_t i = 0; i < info->option_count; i++) {
        struct answers a = {0};
        if ((info->harmless_set && i == info->harmless) || strcmp(info->options[i].slug, "prefer_not") == 0)
            continue;
        if (opens_another(q, question, i))
            return (struct answer){0};
        a.is[question] = answer_of(i);
        judge_check(q, &a, &other);
        if (!first.given) {
            first = answer_of(i);
            one = other;
        } else if (!same_end(&one, &other)) {
            return (struct answer){0};
        }
    }
    return first;
}

/* --- Fields */

static enum signs_taken take_tick(const struct questionnaire *q, struct signs *s, struct str value)
{
    uint16_t question = question_by_id(q, value);
    s->none = s->none || str_is(value, "none");
    if (is_sign(q, question))
        s->ticked[question / 64] |= UINT64_C(1) << question % 64;
    else if (!str_is(value, "none"))
        return SIGNS_WRONG;
    return SIGNS_TAKEN;
}

static enum signs_taken take_listed(struct signs *s, struct str value)
{
    for (int i = 0; i < LISTS; i++) {
        if (str_is(value, lists[i])) {
            s->listed |= (uint8_t)(1 << i);
            return SIGNS_TAKEN;
        }
    }
    return SIGNS_WRONG;
}

enum signs_taken signs_take(const struct questionnaire *q, struct signs *s, struct arena *arena,
                            struct str name, struct str value)
{
    if (str_is(name, "sign"))
        return take_tick(q, s, value);
    if (str_is(name, "listed"))
        return take_listed(s, value);
    if (str_is(name, "cleared")) {
        s->cleared = str_is(value, "yes");
        return s->cleared ? SIGNS_TAKEN : SIGNS_WRONG;
    }
    uint16_t question = question_by_id(q, name);
    if (question == NO_QUESTION || q->questions[question].section != S1)
        return SIGNS_FOREIGN;
    return answers_take(q, &s->answers, arena, name, value) == ANSWER_TAKEN ? SIGNS_TAKEN : SIGNS_WRONG;
}

static void put_hidden(struct json_writer *w, const char *name, const char *value)
{
    json_open(w, NULL, '{');
    json_put(w, "name", name);
    json_put(w, "value", value);
    json_close(w, '}');
}

static bool same_page(const struct questionnaire *q, uint16_t a, uint16_t b)
{
    return q->questions[a].section == q->questions[b].section && q->questions[a].page == q->questions[b].page;
}

void signs_hidden(const struct questionnaire *q, const struct signs *s, const char *step,
                  struct json_writer *w)
{
    uint16_t at = question_by_id(q, str_of(step));
    for (uint16_t i = 0; i < q->question_count; i++) {
        const struct question *info = &q->questions[i];
        if (list_of(q, i) == LISTS || (at != NO_QUESTION && same_page(q, i, at)))
            continue;
        for (uint8_t option = 0; option < info->option_count; option++)
            if (chosen(&s->answers.is[i], option))
                put_hidden(w, info->id, info->options[option].slug);
    }
    for (int i = 0; i < LISTS; i++)
        if (s->listed >> i & 1 && strcmp(step, lists[i]) != 0)
            put_hidden(w, "listed", lists[i]);
    if (s->cleared)
        put_hidden(w, "cleared", "yes");
}

/* --- Steps */

bool signs_is_step(const struct questionnaire *q, const char *step)
{
    return list_named(step) < LISTS || is_sign(q, question_by_id(q, str_of(step)));
}

int signs_list(const char *step)
{
    int list = list_named(step);
    return list < LISTS ? list + 1 : 0;
}

const char *signs_before(const struct questionnaire *q, const char *step)
{
    if (!step)
        return lists[LISTS - 1];
    int list = list_named(step);
    if (list < LISTS)
        return list ? lists[list - 1] : NULL;
    return lists[list_of(q, question_by_id(q, str_of(step)))];
}

/* How far on a step is; NULL: past them all. */
static int rank(const struct questionnaire *q, const char *step)
{
    if (!step)
        return 2 * LISTS;
    int list = list_named(step);
    return list < LISTS ? 2 * list : 2 * list_of(q, question_by_id(q, str_of(step))) + 1;
}

/* A list that is not further on than what is open, and of questions those of a list that was answered. */
bool signs_may_show(const struct questionnaire *q, const struct signs *s, const char *step, const char *open)
{
    uint16_t question = question_by_id(q, str_of(step));
    if (list_named(step) < LISTS)
        return rank(q, step) <= rank(q, open);
    return is_sign(q, question) && s->listed >> list_of(q, question) & 1;
}

static void apply_ticks(const struct questionnaire *q, struct signs *s, int list)
{
    for (uint16_t i = 0; i < q->question_count; i++) {
        struct answer *a = &s->answers.is[i];
        if (!in_list(q, i, list))
            continue;
        if (!ticked(s, i))
            *a = answer_of(q->questions[i].harmless);
        else if (!a->given || is_harmless(&q->questions[i], a))
            *a = answer_of_tick(q, i);
    }
    s->listed |= (uint8_t)(1 << list);
    memset(s->ticked, 0, sizeof s->ticked);
    s->none = false;
    s->cleared = false; /* said of other answers */
}

/* Whether something of this list is ticked; ticks that belong to another one are gone. */
static bool keep_own_ticks(const struct questionnaire *q, struct signs *s, int list)
{
    bool any = false;
    for (uint16_t i = 0; i < q->question_count; i++) {
        if (!in_list(q, i, list))
            s->ticked[i / 64] &= ~(UINT64_C(1) << i % 64);
        any = any || ticked(s, i);
    }
    return any;
}

static const char *submit_list(const struct questionnaire *q, struct signs *s, int list, const char **field)
{
    bool any = keep_own_ticks(q, s, list);
    *field = "sign";
    if (any == s->none)
        return s->none ? "Choose either what fits or “None of these”, not both"
                       : "Choose what fits, or “None of these”";
    apply_ticks(q, s, list);
    return NULL;
}

/* Asked and not answered, on the page where `asked` stands. */
static bool open_question(const struct questionnaire *q, const struct signs *s, uint16_t i)
{
    return question_shown(q, &s->answers, i, today()) && !s->answers.is[i].given;
}

static const char *submit_question(const struct questionnaire *q, struct signs *s, uint16_t asked,
                                   const char **field)
{
    for (uint16_t i = 0; i < q->question_count; i++) {
        if (!same_page(q, i, asked) || !open_question(q, s, i))
            continue;
        *field = q->questions[i].id;
        return q->questions[i].missing;
    }
    s->cleared = false;
    return NULL;
}

const char *signs_submit(const struct questionnaire *q, struct signs *s, const char *step, const char **field)
{
    int list = list_named(step);
    if (list < LISTS)
        return submit_list(q, s, list, field);
    return submit_question(q, s, question_by_id(q, str_of(step)), field);
}

/* Who has been told that massage is fine need not say here by whom: the check of a booking asks that. */
void signs_judge(const struct questionnaire *q, const struct signs *s, struct judgement *j)
{
    struct answers a = s->answers;
    if (s->cleared && q->told != NO_QUESTION && q->told_date != NO_QUESTION &&
        q->told_clinician != NO_QUESTION) {
        a.is[q->told] = answer_of(option_by_slug(&q->questions[q->told], STR("ok")));
        a.is[q->told_date] = (struct answer){.number = today(), .given = true};
        a.is[q->told_clinician] = (struct answer){.text = "-", .given = true};
    }
    judge_check(q, &a, j);
}

/* The first open question of a list, as the question on whose page it is asked; NO_QUESTION: none. */
static uint16_t open_in(const struct questionnaire *q, const struct signs *s, int list)
{
    uint16_t asked = NO_QUESTION;
    for (uint16_t i = 0; i < q->question_count; i++) {
        if (in_list(q, i, list))
            asked = i;
        if (list_of(q, i) == list && open_question(q, s, i))
            return asked;
    }
    return NO_QUESTION;
}

const char *signs_next(const struct questionnaire *q, const struct signs *s, struct judgement *j)
{
    signs_judge(q, s, j);
    for (int list = 0; list < LISTS && !j->ends; list++) {
        if (!(s->listed >> list & 1))
            return lists[list];
        uint16_t open = open_in(q, s, list);
        if (open != NO_QUESTION)
            return q->questions[open].id;
    }
    return NULL;
}

/* --- Documents */

static bool is_on(const struct questionnaire *q, const struct signs *s, uint16_t i)
{
    return ticked(s, i) ||
           (s->listed >> list_of(q, i) & 1 && !is_harmless(&q->questions[i], &s->answers.is[i]));
}

static bool none_on(const struct questionnaire *q, const struct signs *s, int list)
{
    if (!(s->listed >> list & 1))
        return s->none;
    for (uint16_t i = 0; i < q->question_count; i++)
        if (in_list(q, i, list) && is_on(q, s, i))
            return false;
    return true;
}

static void put_list(struct request *r, struct json_writer *w, const struct questionnaire *q,
                     const struct signs *s, int list, const char *error)
{
    size_t n = 0;
    json_open(w, "list", '{');
    json_put_bool(w, lists[list], true);
    json_put(w, "error", error);
    json_put_bool(w, "none", none_on(q, s, list));
    json_open(w, "options", '[');
    for (uint16_t i = 0; i < q->question_count; i++) {
        if (!in_list(q, i, list))
            continue;
        json_open(w, NULL, '{');
        json_put(w, "id", n++ ? arena_printf(r->arena, "sign-%s", q->questions[i].id) : "sign");
        json_put(w, "value", q->questions[i].id);
        json_put(w, "label", q->questions[i].sign);
        json_put_bool(w, "checked", is_on(q, s, i));
        json_close(w, '}');
    }
    json_close(w, ']');
    json_close(w, '}');
}

static uint8_t page_of(const struct questionnaire *q, uint16_t question)
{
    uint8_t page = 0;
    while (page < q->page_count && !asked_here(q, question, page))
        page++;
    return page;
}

static void put_asked(struct request *r, struct json_writer *w, const struct questionnaire *q,
                      const struct signs *s, uint16_t question, const char *error, const char *field)
{
    struct answers a = s->answers;
    struct faults f = {0};
    uint8_t yes = option_by_slug(&q->questions[question], STR("yes"));
    if (!a.is[question].given && yes != OPTIONS_MAX)
        a.is[question] = answer_of(yes); /* it was ticked */
    if (error)
        f.message[question_by_id(q, str_of(field))] = error;
    const struct asked asked = {
        .q = q, .answers = &a, .faults = &f, .today = today(), .page = page_of(q, question)};
    json_open(w, "asked", '{');
    asked_put(r, &asked, w);
    json_close(w, '}');
}

const char *signs_page(struct request *r, const struct questionnaire *q, const struct signs *s,
                       const char *step, const char *error, const char *field)
{
    struct buf *out = booking_buf(r);
    struct json_writer w = {.out = out};
    int list = list_named(step);
    json_open(&w, NULL, '{');
    if (list < LISTS)
        put_list(r, &w, q, s, list, error);
    else
        put_asked(r, &w, q, s, question_by_id(q, str_of(step)), error, field);
    json_close(&w, '}');
    return out->failed ? NULL : arena_strndup(r->arena, out->p, out->n);
}

static struct outcome_of outcome_of(const struct questionnaire *q, const struct signs *s,
                                    const struct judgement *j)
{
    return (struct outcome_of){.q = q, .answers = &s->answers, .j = j, .today = today()};
}

const char *signs_says(struct request *r, const struct questionnaire *q, const struct signs *s,
                       const struct judgement *j)
{
    const struct outcome_of o = outcome_of(q, s, j);
    const char *doc = passed_document(r, &o);
    return doc ? doc : "null";
}

const char *signs_judgement(struct request *r, const struct questionnaire *q, const struct signs *s,
                            const struct judgement *j)
{
    const struct outcome_of o = outcome_of(q, s, j);
    return judgement_document(r, &o);
}

const char *signs_outcome(struct request *r, const struct questionnaire *q, const struct signs *s,
                          const struct judgement *j, const char *here)
{
    struct outcome_of o = outcome_of(q, s, j);
    day_read(str_of(doc_text(r, here, "day")), &o.today);
    o.month_first = doc_is(r, here, "month_first");
    return outcome_document(r, &o);
}
