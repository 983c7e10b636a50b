#include "intake/today.h"

#include "booking/booking.h"
#include "core/day.h"
#include "intake/asked.h"
#include "intake/edition.h"
#include "intake/words.h"
#include "keys/keys.h"
#include "practice/practice.h"

#include <string.h>

#define ONLY_S7 SECTION_BIT(S7)
#define WHAT    "questions of the day"

struct day {
    const char *id, *who, *doc, *booking;
    const struct questionnaire *q; /* the version that is asked */
    uint8_t page;
    int32_t today;
    struct record record;
};

static const char *bound_to(struct request *r, const char *row)
{
    return arena_printf(r->arena, "day_check %s", row);
}

static uint8_t page_of(const struct questionnaire *q)
{
    for (uint8_t i = 0; i < q->page_count; i++)
        if (q->pages[i].section == S7)
            return i;
    return PAGES_MAX;
}

static bool day_load(struct request *r, struct day *d, const char *id, const char *who)
{
    *d = (struct day){.id = id, .who = who};
    if (!id || !(d->doc = ask(r, Q_care_day, id, who)) || !(d->q = questionnaire_now(r)))
        return false;
    d->booking = doc_text(r, d->doc, "booking");
    d->page = page_of(d->q);
    if (d->booking && d->page != PAGES_MAX && day_read(str_of(doc_text(r, d->doc, "today")), &d->today))
        return true;
    reply_error(r, 500, NULL);
    return false;
}

/* --- What is kept */

struct kept {
    const char *doc; /* NULL: nothing */
    const struct questionnaire *q;
    struct record record;
    struct judgement j;
    bool opens;
};

static void kept_read(struct request *r, const char *booking, const char *doc, struct kept *k)
{
    *k = (struct kept){.doc = doc_text(r, doc, "kept")};
    const char *row = k->doc ? doc_text(r, k->doc, "id") : NULL,
               *sealed = k->doc ? doc_text(r, k->doc, "sealed") : NULL;
    const char *plain = sealed ? client_open(r, booking, WHAT, bound_to(r, row), sealed) : NULL;
    int64_t version;
    if (!plain || !text_int(str_of(doc_text(r, k->doc, "rules")), 1, INT32_MAX, &version))
        return;
    k->q = questionnaire_version(r, (int32_t)version);
    k->opens = k->q && record_read(k->q, r->arena, str_of(plain), &k->record, &k->j);
}

/* Pain right now, if it was said. */
static void put_pain(struct json_writer *w, const struct kept *k)
{
    uint16_t pain = question_by_id(k->q, STR("D06"));
    if (pain != NO_QUESTION && k->record.answers.is[pain].given)
        json_put_int(w, "pain", k->record.answers.is[pain].number);
    else
        json_put(w, "pain", NULL);
}

static void put_notes(struct json_writer *w, const struct kept *k)
{
    json_open(w, "notes", '[');
    for (uint16_t i = 0; i < k->j.count; i++)
        if (rule_therapist(k->q, &k->j.fired[i]))
            json_put(w, NULL, rule_therapist(k->q, &k->j.fired[i]));
    json_close(w, ']');
}

/* What follows is true of the row also where its words do not open. */
static void put_kept(struct request *r, struct json_writer *w, const char *key, const struct kept *k,
                     bool therapist)
{
    static const char *const flags[] = {"stop", "clearance", "modify", "proceed", "by_client"};
    json_open(w, key, '{');
    json_put(w, "moment", doc_text(r, k->doc, "moment"));
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        json_put_bool(w, flags[i], doc_is(r, k->doc, flags[i]));
    json_put_bool(w, "lost", !k->opens);
    if (k->opens && therapist) {
        put_notes(w, k);
        put_pain(w, k);
    } else if (k->opens) {
        const struct outcome_of o = {
            .q = k->q, .answers = &k->record.answers, .j = &k->j, .today = k->record.day};
        put_says(r, w, &o);
    }
    json_close(w, '}');
}

const char *today_for_therapist(struct request *r, const char *id)
{
    struct kept k;
    const char *doc = ask(r, Q_care_day, id, "therapist");
    if (!doc)
        return NULL;
    kept_read(r, id, doc, &k);
    if (!k.doc)
        return "null";
    struct buf *out = booking_buf(r);
    struct json_writer w = {.out = out};
    json_open(&w, NULL, '{');
    put_kept(r, &w, "kept", &k, true);
    json_close(&w, '}');
    return out->failed ? NULL : doc_text(r, arena_strndup(r->arena, out->p, out->n), "kept");
}

/* --- The page */

static void draw(struct request *r, const struct day *d, bool form, int status, const struct faults *f)
{
    struct kept k;
    bool therapist = strcmp(d->who, "therapist") == 0;
    const struct asked a = {
        .q = d->q, .answers = &d->record.answers, .faults = f, .today = d->today, .page = d->page};
    struct buf *out = booking_buf(r);
    struct json_writer w = {.out = out};
    kept_read(r, d->id, d->doc, &k);
    bool open = !doc_text(r, d->doc, "refusal");
    json_open(&w, NULL, '{');
    json_put_raw(&w, "booking", d->booking);
    json_put(&w, "refusal", k.doc ? NULL : doc_text(r, d->doc, "refusal"));
    json_put_bool(&w, "open", open);
    json_put_bool(&w, "form", open && (form || !k.doc));
    json_put_bool(&w, "therapist", therapist);
    if (k.doc)
        put_kept(r, &w, "kept", &k, therapist);
    asked_put(r, &a, &w);
    json_close(&w, '}');
    if (out->failed)
        reply_error(r, 500, NULL);
    else
        page_status(r, status, therapist ? "care/checkin" : "care/today",
                    arena_strndup(r->arena, out->p, out->n));
}

static void show(struct request *r, const char *id, const char *who)
{
    static const struct faults none;
    struct day d;
    if (day_load(r, &d, id, who))
        draw(r, &d, query_value(r, "again") != NULL, 200, &none);
}

static void answered(struct request *r, const struct day *d, const char *doc)
{
    if (!doc)
        return;
    const bool therapist = strcmp(d->who, "therapist") == 0;
    if (doc_text(r, doc, "problem"))
        reply_error(r, 409, doc_text(r, doc, "title"));
    else if (r->wants_json)
        page(r, "care/today", doc);
    else
        reply_redirect(
            r, 303,
            arena_printf(r->arena, therapist ? "/practice/bookings/%s/today" : "/bookings/%s/today", d->id));
}

static void save(struct request *r, struct day *d)
{
    static const struct setting s7 = {.sections = ONLY_S7};
    struct setting setting = s7;
    struct judgement j;
    char row[37];
    setting.today = d->today;
    judge(d->q, &d->record.answers, &setting, &j);
    d->record.day = d->today;
    struct buf *out = booking_buf(r);
    record_write(d->q, &d->record, &j, out);
    web_uuid(row);
    const char *sealed =
        out->failed ? NULL : client_seal(r, d->id, WHAT, bound_to(r, row), (struct str){out->p, out->n});
    if (sealed)
        answered(r, d,
                 ask(r, Q_care_day_save, d->id, d->who, row, outcome_name(j.outcome), d->q->name, sealed));
    else
        client_key_say(r, "If you feel unwell, do not come in: call the practice.");
}

static void take(struct request *r, const char *id, const char *who)
{
    struct faults f = {0};
    struct day d;
    if (!day_load(r, &d, id, who))
        return;
    const char *refusal = doc_text(r, d.doc, "refusal");
    if (refusal)
        reply_error(r, 409, refusal);
    else if (asked_take(r, d.q, d.page, d.today, true, &d.record.answers, &f))
        save(r, &d);
    else
        draw(r, &d, true, 422, &f);
}

void today_get(struct request *r)
{
    show(r, path_uuid(r), "client");
}

void today_post(struct request *r)
{
    take(r, path_uuid(r), "client");
}

void practice_today_get(struct request *r)
{
    show(r, path_uuid(r), "therapist");
}

void practice_today_post(struct request *r)
{
    take(r, path_uuid(r), "therapist");
}
