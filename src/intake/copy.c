#include "intake/copy.h"

#include "booking/booking.h"
#include "core/day.h"
#include "intake/check.h"
#include "intake/edition.h"
#include "intake/fhir.h"
#include "intake/intake.h"
#include "keys/keys.h"
#include "practice/practice.h"

/* What is kept: of a passed check, or what counted until it was reopened. */
struct copy {
    const struct questionnaire *q;
    const struct record *record;
    struct answers shown;
    bool month_first;
};

static bool take(struct copy *c, const struct questionnaire *q, const struct record *record)
{
    if (!record->day)
        return false;
    *c = (struct copy){.q = q, .record = record};
    answers_shown(q, &record->answers, record->day, &c->shown);
    return true;
}

/* The client's own; false after having replied. */
static bool load(struct request *r, struct check *check, struct copy *c)
{
    static const struct web_failure closed = {
        410, "answers-closed", "Your answers cannot be opened",
        "They are kept, but they are locked with a key that this site no longer has, so nobody can read "
        "them.",
        "Tell whoever runs this site, and tell your therapist in person what matters for your visit."};
    if (!check_load(r, check))
        return false;
    const struct before *b = check->before;
    bool kept = b ? take(c, b->q, &b->record) : check->passed && take(c, check->q, &check->record);
    if (!kept && check->lost)
        web_failure_say(r, &closed);
    else if (!kept)
        reply_error(r, 404, "No answers are kept for this visit.");
    c->month_first = check->month_first;
    return kept;
}

/* --- As a page */

static const char *in_words(struct request *r, const struct copy *c, uint16_t i)
{
    struct buf *out = booking_buf(r);
    answer_say(&c->q->questions[i], &c->shown.is[i], c->month_first, out);
    return out->failed ? NULL : arena_strndup(r->arena, out->p, out->n);
}

static void put_answer(struct request *r, struct json_writer *w, const struct copy *c, uint16_t i)
{
    char day[11];
    char said[13];
    day_write(c->record->since[i], day);
    day_say(c->record->since[i], c->month_first, said);
    json_open(w, NULL, '{');
    json_put(w, "id", c->q->questions[i].id);
    json_put(w, "ask", c->q->questions[i].ask);
    json_put(w, "answer", in_words(r, c, i));
    json_put(w, "given_on", c->record->since[i] ? day : NULL);
    json_put(w, "said_given", c->record->since[i] ? said : NULL);
    json_put_bool(w, "fresh", c->record->before_day && !c->record->since[i]);
    json_close(w, '}');
}

static bool stands_on(const struct copy *c, uint16_t i, const struct page_info *page)
{
    const struct question *question = &c->q->questions[i];
    return c->shown.is[i].given && question->section == page->section && question->page == page->page;
}

static void put_page(struct request *r, struct json_writer *w, const struct copy *c, size_t page)
{
    bool any = false;
    for (uint16_t i = 0; i < c->q->question_count && !any; i++)
        any = stands_on(c, i, &c->q->pages[page]);
    if (!any)
        return;
    json_open(w, NULL, '{');
    json_put(w, "title", c->q->pages[page].title);
    json_put_int(w, "n", (int)page + 1);
    json_open(w, "answers", '[');
    for (uint16_t i = 0; i < c->q->question_count; i++)
        if (stands_on(c, i, &c->q->pages[page]))
            put_answer(r, w, c, i);
    json_close(w, ']');
    json_close(w, '}');
}

void answers_all_get(struct request *r)
{
    struct check check;
    struct copy c;
    char day[11];
    char said[13];
    if (!load(r, &check, &c))
        return;
    struct buf *out = booking_buf(r);
    struct json_writer w = {.out = out};
    day_write(c.record->day, day);
    day_say(c.record->day, c.month_first, said);
    json_open(&w, NULL, '{');
    json_put_raw(&w, "booking", check.booking);
    json_put(&w, "day", day);
    json_put(&w, "said_day", said);
    json_put(&w, "version", c.q->name);
    json_open(&w, "pages", '[');
    for (size_t page = 0; page < c.q->page_count; page++)
        put_page(r, &w, &c, page);
    json_close(&w, ']');
    json_close(&w, '}');
    if (out->failed)
        reply_error(r, 500, NULL);
    else
        page(r, "intake/all", arena_strndup(r->arena, out->p, out->n));
}

/* --- As FHIR */

enum { FHIR_MAX = 512 * 1024 };

static void send_fhir(struct request *r, const struct copy *c, const char *id)
{
    char day[11];
    struct buf out = {.max = FHIR_MAX};
    day_write(c->record->day, day);
    const struct fhir_response about = {
        .id = id, .authored = day, .status = c->record->before_day ? "amended" : "completed"};
    fhir_response(c->q, &c->shown, &about, &out);
    const char *text = out.failed ? NULL : arena_strndup(r->arena, out.p, out.n);
    size_t n = out.n;
    buf_free(&out);
    if (!text) {
        reply_error(r, 500, NULL);
        return;
    }
    reply_header(r, "Content-Disposition", "attachment; filename=\"answers.json\"");
    reply(r, 200, "application/fhir+json; charset=utf-8", text, n);
}

void answers_fhir_get(struct request *r)
{
    struct check check;
    struct copy c;
    if (load(r, &check, &c))
        send_fhir(r, &c, check.id);
}

/* What a therapist reads: not the raw answers of the safety check, nor what was signed. */
static void leave_out(struct copy *c)
{
    for (uint16_t i = 0; i < c->q->question_count; i++)
        if (c->q->questions[i].section == S1 || c->q->questions[i].section > S5)
            c->shown.is[i] = (struct answer){0};
}

void practice_answers_get(struct request *r)
{
    const struct questionnaire *q;
    struct record record;
    struct judgement j;
    struct copy c;
    const char *id = path_uuid(r);
    const char *doc = id ? ask(r, Q_practice_shared, id) : NULL;
    const char *sealed = doc ? doc_text(r, doc, "sealed") : NULL;
    if (!doc)
        return;
    if (!sealed) {
        reply_error(r, 409, "The client does not share answers for this visit.");
        return;
    }
    if (!check_kept(r, id, doc_text(r, doc, "answered_for"), sealed, &q, &record, &j) ||
        !take(&c, q, &record)) {
        client_key_say(r, NULL);
        return;
    }
    leave_out(&c);
    send_fhir(r, &c, id);
}

/* --- In the export of an account */

static void put_worded(struct request *r, struct json_writer *w, const struct copy *c, uint16_t i,
                       const struct json *j)
{
    const struct question *question = &c->q->questions[i];
    uint32_t value = json_get(j, json_get(j, 0, "answers"), question->id);
    json_open(w, NULL, '{');
    json_put(w, "id", question->id);
    json_put(w, "question", question->ask);
    json_put(w, "answer", in_words(r, c, i));
    if (value && j->token[value].kind == JSON_STRING)
        json_put_str(w, "value", json_text(j, value, r->arena));
    else if (value)
        json_put_raw(w, "value",
                     arena_strndup(r->arena, j->text + j->token[value].start, j->token[value].size));
    json_close(w, '}');
}

void intake_answers_put(struct request *r, struct json_writer *w, const char *key, const char *record,
                        bool month_first)
{
    struct json j;
    struct copy c;
    int64_t version;
    struct record *read = arena_alloc(r->arena, sizeof *read);
    const char *name = record ? record_version(r->arena, str_of(record)) : NULL;
    json_open(w, key, '[');
    if (read && name && text_int(str_of(name), 1, INT32_MAX, &version) &&
        (c.q = questionnaire_version(r, (int32_t)version)) &&
        record_read(c.q, r->arena, str_of(record), read, NULL) && json_parse(&j, r->arena, str_of(record))) {
        c.record = read;
        c.shown = read->answers;
        c.month_first = month_first;
        for (uint16_t i = 0; i < c.q->question_count; i++)
            if (c.shown.is[i].given)
                put_worded(r, w, &c, i, &j);
    }
    json_close(w, ']');
}
