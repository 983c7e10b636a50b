/* The questions of the safety check as lists of signs, for whom there is no booking. */
#include "booking/booking.h"
#include "intake/intake.h"
#include "intake/words.h"

#include <string.h>
#include <time.h>

static const char *const lists[] = {"signs", "soon"};
enum {
    LISTS = 2,
    LAST_AT_ONCE = 9
}; /* the page of the last question that a rule answers with today or now */

static int list_of(enum question q)
{
    return questions[q].page <= LAST_AT_ONCE ? 0 : 1;
}

/* Which list a step is; LISTS: none. */
static int list_named(const char *step)
{
    int i = 0;
    while (i < LISTS && strcmp(step, lists[i]) != 0)
        i++;
    return i;
}

static bool in_list(enum question q, int list)
{
    return questions[q].sign && list_of(q) == list;
}

static enum answer harmless(enum question q)
{
    return question_option(q, NO) ? NO : LEGS_FINE;
}

static bool opens_another(enum question q, enum answer a)
{
    for (enum question other = 0; other < QUESTIONS; other++)
        if (other != q && questions[other].shown_by == q && questions[other].shown_when == a)
            return true;
    return false;
}

static bool same_end(const struct judgement *a, const struct judgement *b)
{
    return a->outcome == b->outcome && a->urgency == b->urgency &&
           memcmp(&a->limits, &b->limits, sizeof a->limits) == 0;
}

/* What a tick says: the first answer it can stand for when all of those lead to the same end and to no
 * further question; else nothing yet, and the question is asked. */
static enum answer answer_of_tick(enum question q)
{
    enum answer first = UNANSWERED;
    struct judgement one, other;
    for (const struct option *o = questions[q].options; o->answer != UNANSWERED; o++) {
        struct answers a = {0};
        if (o->answer == harmless(q) || o->answer == PREFER_NOT)
            continue;
        if (opens_another(q, o->answer))
            return UNANSWERED;
        a.is[q] = (uint8_t)o->answer;
        safety_judge(&a, 0, &other);
        if (first == UNANSWERED) {
            first = o->answer;
            one = other;
        } else if (!same_end(&one, &other)) {
            return UNANSWERED;
        }
    }
    return first;
}

/* --- Fields */

static enum signs_taken take_tick(struct signs *s, struct str value)
{
    enum question q = question_by_id(value);
    s->none = s->none || str_is(value, "none");
    if (q != QUESTIONS && questions[q].sign)
        s->ticked |= UINT32_C(1) << q;
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

enum signs_taken signs_take(struct signs *s, struct str name, struct str value)
{
    if (str_is(name, "sign"))
        return take_tick(s, value);
    if (str_is(name, "listed"))
        return take_listed(s, value);
    if (str_is(name, "cleared")) {
        s->cleared = str_is(value, "yes");
        return s->cleared ? SIGNS_TAKEN : SIGNS_WRONG;
    }
    if (!answers_key(name))
        return SIGNS_FOREIGN;
    return answers_set(&s->answers, name, value) ? SIGNS_TAKEN : SIGNS_WRONG;
}

static void put_hidden(struct json_writer *w, const char *name, const char *value)
{
    json_open(w, NULL, '{');
    json_put(w, "name", name);
    json_put(w, "value", value);
    json_close(w, '}');
}

void signs_hidden(const struct signs *s, const char *step, struct json_writer *w)
{
    enum question at = question_by_id(str_of(step));
    for (enum question q = 0; q < RF15; q++) {
        const struct option *o = question_option(q, (enum answer)s->answers.is[q]);
        if (o && (at == QUESTIONS || questions[q].page != questions[at].page))
            put_hidden(w, questions[q].id, o->slug);
    }
    for (int i = 0; i < LISTS; i++)
        if (s->listed >> i & 1 && strcmp(step, lists[i]) != 0)
            put_hidden(w, "listed", lists[i]);
    if (s->cleared)
        put_hidden(w, "cleared", "yes");
}

/* --- Steps */

bool signs_is_step(const char *step)
{
    enum question q = question_by_id(str_of(step));
    return list_named(step) < LISTS || (q != QUESTIONS && questions[q].sign);
}

int signs_list(const char *step)
{
    int list = list_named(step);
    return list < LISTS ? list + 1 : 0;
}

const char *signs_before(const char *step)
{
    if (!step)
        return lists[LISTS - 1];
    int list = list_named(step);
    if (list < LISTS)
        return list ? lists[list - 1] : NULL;
    return lists[list_of(question_by_id(str_of(step)))];
}

/* How far on a step is; NULL: past them all. */
static int rank(const char *step)
{
    if (!step)
        return 2 * LISTS;
    int list = list_named(step);
    return list < LISTS ? 2 * list : 2 * list_of(question_by_id(str_of(step))) + 1;
}

/* A list that is not further on than what is open, and of questions those of a list that was answered. */
bool signs_may_show(const struct signs *s, const char *step, const char *open)
{
    enum question q = question_by_id(str_of(step));
    if (list_named(step) < LISTS)
        return rank(step) <= rank(open);
    return q != QUESTIONS && questions[q].sign && s->listed >> list_of(q) & 1;
}

static void apply_ticks(struct signs *s, int list)
{
    for (enum question q = 0; q < RF15; q++) {
        if (!in_list(q, list))
            continue;
        if (!(s->ticked >> q & 1))
            s->answers.is[q] = (uint8_t)harmless(q);
        else if (s->answers.is[q] == UNANSWERED || s->answers.is[q] == harmless(q))
            s->answers.is[q] = (uint8_t)answer_of_tick(q);
    }
    s->listed |= (uint8_t)(1 << list);
    s->ticked = 0;
    s->none = false;
    s->cleared = false; /* said of other answers */
}

static const char *submit_list(struct signs *s, int list, const char **field)
{
    uint32_t own = 0;
    for (enum question q = 0; q < RF15; q++)
        if (in_list(q, list))
            own |= UINT32_C(1) << q;
    s->ticked &= own;
    *field = "sign";
    if (!s->ticked == !s->none)
        return s->none ? "Choose either what fits or “None of these”, not both"
                       : "Choose what fits, or “None of these”";
    apply_ticks(s, list);
    return NULL;
}

static const char *submit_question(struct signs *s, enum question asked, const char **field)
{
    for (enum question q = 0; q < RF15; q++) {
        if (questions[q].page != questions[asked].page || !question_shown(&s->answers, q) ||
            s->answers.is[q] != UNANSWERED)
            continue;
        *field = questions[q].id;
        return questions[q].missing;
    }
    s->cleared = false;
    return NULL;
}

const char *signs_submit(struct signs *s, const char *step, const char **field)
{
    int list = list_named(step);
    if (list < LISTS)
        return submit_list(s, list, field);
    return submit_question(s, question_by_id(str_of(step)), field);
}

static int32_t today(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int32_t)(now.tv_sec / (24 * 3600));
}

/* Who has been told that massage is fine need not say here by whom: the check of a booking asks that. */
void signs_judge(const struct signs *s, struct judgement *j)
{
    struct answers a = s->answers;
    if (s->cleared) {
        a.is[RF15] = SAID_FINE;
        a.cleared_on = today();
        a.cleared_by[0] = '-';
        a.cleared_by[1] = '\0';
    }
    safety_judge(&a, today(), j);
}

const char *signs_next(const struct signs *s, struct judgement *j)
{
    signs_judge(s, j);
    for (int list = 0; list < LISTS && !j->ends; list++) {
        if (!(s->listed >> list & 1))
            return lists[list];
        enum question asked = QUESTIONS; /* a follow-up is asked on the page of its question */
        for (enum question q = 0; q < RF15; q++) {
            if (in_list(q, list))
                asked = q;
            if (list_of(q) == list && question_shown(&s->answers, q) && s->answers.is[q] == UNANSWERED)
                return questions[asked].id;
        }
    }
    return NULL;
}

/* --- Documents */

static bool is_on(const struct signs *s, enum question q)
{
    return s->ticked >> q & 1 || (s->listed >> list_of(q) & 1 && s->answers.is[q] != harmless(q));
}

static bool none_on(const struct signs *s, int list)
{
    if (!(s->listed >> list & 1))
        return s->none;
    for (enum question q = 0; q < RF15; q++)
        if (in_list(q, list) && is_on(s, q))
            return false;
    return true;
}

static void put_list(struct request *r, struct json_writer *w, const struct signs *s, int list,
                     const char *error)
{
    size_t n = 0;
    json_open(w, "list", '{');
    json_put_bool(w, lists[list], true);
    json_put(w, "error", error);
    json_put_bool(w, "none", none_on(s, list));
    json_open(w, "options", '[');
    for (enum question q = 0; q < RF15; q++) {
        if (!in_list(q, list))
            continue;
        json_open(w, NULL, '{');
        json_put(w, "id", n++ ? arena_printf(r->arena, "sign-%s", questions[q].id) : "sign");
        json_put(w, "value", questions[q].id);
        json_put(w, "label", questions[q].sign);
        json_put_bool(w, "checked", is_on(s, q));
        json_close(w, '}');
    }
    json_close(w, ']');
    json_close(w, '}');
}

static const char *question_page(struct request *r, const struct signs *s, enum question q, const char *error,
                                 const char *field)
{
    struct answers a = s->answers;
    struct faults f = {0};
    if (a.is[q] == UNANSWERED && question_option(q, YES))
        a.is[q] = YES; /* it was ticked */
    if (error)
        f.question[question_by_id(str_of(field))] = error;
    return question_document(r, NULL, questions[q].page, &a, &f);
}

const char *signs_page(struct request *r, const struct signs *s, const char *step, const char *error,
                       const char *field)
{
    struct buf *out = booking_buf(r);
    struct json_writer w = {.out = out};
    int list = list_named(step);
    json_open(&w, NULL, '{');
    if (list < LISTS) {
        put_list(r, &w, s, list, error);
    } else {
        const char *asked = question_page(r, s, question_by_id(str_of(step)), error, field);
        json_put_raw(&w, "asked", asked ? asked : "null");
    }
    json_close(&w, '}');
    return out->failed ? NULL : arena_strndup(r->arena, out->p, out->n);
}

const char *signs_says(struct request *r, const struct judgement *j)
{
    const char *doc = passed_document(r, j);
    return doc ? doc : "null";
}

const char *signs_outcome(struct request *r, const struct signs *s, const struct judgement *j)
{
    return r->wants_json ? judgement_document(r, j) : outcome_document(r, NULL, &s->answers, today(), j);
}
