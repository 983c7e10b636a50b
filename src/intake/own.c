#include "intake/own.h"

#include "booking/booking.h"
#include "intake/intake.h"
#include "keys/keys.h"

#include <string.h>

enum { ANSWER_MAX = 1000 };
static const char PURPOSE[] = "answers to your therapist's own questions";

/* One question of the list, with what was typed or kept. */
struct own {
    const char *id, *kind, *ask, *hint;
    bool required, each_time;
    struct json *json;
    uint32_t options;   /* token of the list */
    const char *answer; /* in words; NULL: none */
    const char *error;
};

static const char *bound(struct request *r, const char *booking)
{
    return arena_printf(r->arena, "own answers %s", booking);
}

static const char *text_at(struct request *r, const struct json *j, uint32_t object, const char *key)
{
    uint32_t t = json_get(j, object, key);
    return t && j->token[t].kind == JSON_STRING
               ? arena_strndup(r->arena, json_text(j, t, r->arena).p, json_text(j, t, r->arena).n)
               : NULL;
}

/* Where it stands in a list that was kept that somebody was asked the question `id`; 0: nowhere. */
static uint32_t kept_at(struct request *r, const struct json *kept, const char *id)
{
    for (uint32_t i = 0, at = 1; kept && i < kept->token[0].count; i++, at = kept->token[at].next) {
        const char *of = text_at(r, kept, at, "id");
        if (of && strcmp(of, id) == 0)
            return at;
    }
    return 0;
}

static const char *kept_answer(struct request *r, const struct json *kept, const char *id)
{
    uint32_t at = kept_at(r, kept, id);
    return at ? text_at(r, kept, at, "answer") : NULL;
}

static bool is_true(const struct json *j, uint32_t object, const char *key)
{
    uint32_t t = json_get(j, object, key);
    return t && j->token[t].kind == JSON_TRUE;
}

static struct own own_read(struct request *r, struct json *j, uint32_t at)
{
    return (struct own){.id = text_at(r, j, at, "id"),
                        .kind = text_at(r, j, at, "kind"),
                        .ask = text_at(r, j, at, "ask"),
                        .hint = text_at(r, j, at, "hint"),
                        .required = is_true(j, at, "required"),
                        .each_time = is_true(j, at, "each_time"),
                        .json = j,
                        .options = json_get(j, at, "options")};
}

/* The n-th answer to choose, from 0; NULL: there is none. */
static const char *option_at(struct request *r, const struct own *o, uint32_t n)
{
    static const char *const yes_no[] = {"Yes", "No"};
    if (strcmp(o->kind, "yes_no") == 0)
        return n < 2 ? yes_no[n] : NULL;
    if (!o->options || n >= o->json->token[o->options].count)
        return NULL;
    uint32_t at = o->options + 1;
    while (n--)
        at = o->json->token[at].next;
    struct str label = json_text(o->json, at, r->arena);
    return arena_strndup(r->arena, label.p, label.n);
}

/* What came from the form, in words: the label of the option "1", "2", …, or the text. */
static void take(struct request *r, struct own *o)
{
    int64_t n;
    const char *typed = form_value(r, o->id);
    bool is_text = strcmp(o->kind, "text") == 0;
    o->answer = NULL;
    if (typed && is_text)
        o->answer = typed;
    else if (typed && text_int(str_of(typed), 1, 12, &n))
        o->answer = option_at(r, o, (uint32_t)n - 1);
    if (o->answer && text_characters(str_of(o->answer)) > ANSWER_MAX)
        o->error = "Shorten this answer to 1,000 characters";
    else if (!o->answer && (o->required || typed))
        o->error = is_text ? "Write an answer" : "Choose one of the answers";
}

static void put_options(struct request *r, struct json_writer *w, const struct own *o)
{
    const char *label;
    json_open(w, "options", '[');
    for (uint32_t n = 0; strcmp(o->kind, "text") != 0 && (label = option_at(r, o, n)); n++) {
        json_open(w, NULL, '{');
        json_put(w, "id", n ? arena_printf(r->arena, "%s-%u", o->id, n + 1) : o->id);
        json_put(w, "value", arena_printf(r->arena, "%u", n + 1));
        json_put(w, "label", label);
        json_put_bool(w, "checked", o->answer && strcmp(o->answer, label) == 0);
        json_put_bool(w, "alone", false);
        json_put_bool(w, "opens", false);
        json_put_raw(w, "then", "[]");
        json_close(w, '}');
    }
    json_close(w, ']');
}

/* A question as templates/intake/_ask draws it. */
static void put_question(struct request *r, struct json_writer *w, const struct own *o)
{
    bool is_text = strcmp(o->kind, "text") == 0;
    json_open(w, NULL, '{');
    json_put(w, "id", o->id);
    json_put(w, "name", o->id);
    json_put(w, "ask", o->ask);
    json_put(w, "hint", o->hint);
    json_put(w, "error", o->error);
    json_put(w, "value", is_text ? o->answer : NULL);
    json_put_int(w, "high", ANSWER_MAX);
    json_put_bool(w, "is_choice", !is_text);
    json_put_bool(w, "is_text", is_text);
    json_put_bool(w, "is_long", is_text);
    json_put_bool(w, "required", o->required);
    json_put_bool(w, "optional", !o->required);
    put_options(r, w, o);
    json_put_raw(w, "after", "[]");
    json_put_raw(w, "texts", "[]");
    json_close(w, '}');
}

static void put_errors(struct json_writer *w, const struct own *all, size_t count)
{
    bool any = false;
    json_open(w, "errors", '[');
    for (size_t i = 0; i < count; i++) {
        if (!all[i].error)
            continue;
        any = true;
        json_open(w, NULL, '{');
        json_put(w, "field", all[i].id);
        json_put(w, "message", all[i].error);
        json_close(w, '}');
    }
    json_close(w, ']');
    json_put_bool(w, "has_errors", any);
}

/* The document of a booking, the questions that are asked now, and what was answered to any. */
struct asked_by {
    const char *booking, *lead;
    bool again;
    struct json json;
    const struct json *kept; /* until now, also to questions that are not asked again; NULL: nothing */
    struct own *all;
    size_t count;
};

static void draw(struct request *r, int status, const struct asked_by *a)
{
    struct buf *out = booking_buf(r);
    struct json_writer w = {.out = out};
    json_open(&w, NULL, '{');
    json_put_raw(&w, "booking", a->booking);
    json_put_bool(&w, "again", a->again);
    json_put(&w, "title", "From your therapist");
    json_put(&w, "about",
             "What your therapist would like to know besides. No rule looks at these answers; only your "
             "therapist reads them.");
    json_put(&w, "action", arena_printf(r->arena, "/bookings/%s/own", param(r, "id")));
    put_errors(&w, a->all, a->count);
    json_open(&w, "questions", '[');
    for (size_t i = 0; i < a->count; i++)
        put_question(r, &w, &a->all[i]);
    json_close(&w, ']');
    json_close(&w, '}');
    const char *doc = out->failed ? NULL : arena_strndup(r->arena, out->p, out->n);
    if (doc)
        page_status(r, status, "intake/page", doc);
    else
        reply_error(r, 500, NULL);
}

/* A list that was sealed for this booking; NULL: there is none, or it does not open. */
static const struct json *opened(struct request *r, const char *id, const char *lead, const char *sealed)
{
    struct json *j = sealed ? arena_alloc(r->arena, sizeof *j) : NULL;
    const char *plain = j ? client_open(r, id, PURPOSE, bound(r, lead), sealed) : NULL;
    return plain && json_parse(j, r->arena, str_of(plain)) && j->token[0].kind == JSON_ARRAY ? j : NULL;
}

/* While the form is answered again, only what is new since then, or asked each time. */
static bool is_asked(struct request *r, const struct asked_by *a, const struct own *o)
{
    return !a->again || o->each_time || !kept_at(r, a->kept, o->id);
}

/* False: what was answered until now cannot be opened, and would be lost; or there was no memory. */
static bool take_document(struct request *r, const char *id, const char *doc, struct asked_by *a)
{
    const char *sealed = doc_text(r, doc, "sealed"), *questions = doc_text(r, doc, "questions");
    *a = (struct asked_by){.booking = doc_text(r, doc, "booking"),
                           .lead = doc_text(r, doc, "lead"),
                           .again = doc_is(r, doc, "again")};
    const bool afresh = a->again && doc_is(r, doc, "afresh");
    const struct json *draft = opened(r, id, a->lead, doc_text(r, doc, "draft"));
    a->kept = afresh ? NULL : opened(r, id, a->lead, sealed);
    if (!json_parse(&a->json, r->arena, str_of(questions)) || (a->again && !afresh && sealed && !a->kept))
        return false;
    a->all = arena_alloc(r->arena, (a->json.token[0].count + 1) * sizeof *a->all);
    for (uint32_t i = 0, at = 1; a->all && i < a->json.token[0].count; i++, at = a->json.token[at].next) {
        struct own o = own_read(r, &a->json, at);
        if (!o.id || !o.kind)
            return false;
        o.answer = kept_answer(r, a->again ? draft : a->kept, o.id);
        if (is_asked(r, a, &o))
            a->all[a->count++] = o;
    }
    return a->all;
}

/* False after having replied. */
static bool load(struct request *r, const char *id, struct asked_by *a)
{
    const char *doc = id ? ask(r, Q_intake_own, id) : NULL;
    if (!doc || (!doc_is(r, doc, "again") && !booking_is_held(r, doc_text(r, doc, "booking"))))
        return false;
    if (take_document(r, id, doc, a))
        return true;
    client_key_say(r, NULL);
    return false;
}

void own_get(struct request *r)
{
    struct asked_by a;
    if (load(r, path_uuid(r), &a))
        draw(r, 200, &a);
}

static void put_kept(struct json_writer *w, const char *id, const char *question, const char *answer)
{
    json_open(w, NULL, '{');
    json_put(w, "id", id);
    json_put(w, "ask", question);
    json_put(w, "answer", answer);
    json_close(w, '}');
}

static bool asks(const struct asked_by *a, const char *id)
{
    for (size_t i = 0; i < a->count; i++)
        if (strcmp(a->all[i].id, id) == 0)
            return true;
    return false;
}

/* All that was asked, also what was left open, so that it is known what is new; and what is not asked again.
 */
static const char *sealed(struct request *r, const char *id, const struct asked_by *a)
{
    struct buf *out = booking_buf(r);
    struct json_writer w = {.out = out};
    json_open(&w, NULL, '[');
    for (uint32_t i = 0, at = 1; a->again && a->kept && i < a->kept->token[0].count;
         i++, at = a->kept->token[at].next) {
        const char *before = text_at(r, a->kept, at, "id");
        if (before && !asks(a, before))
            put_kept(&w, before, text_at(r, a->kept, at, "ask"), text_at(r, a->kept, at, "answer"));
    }
    for (size_t i = 0; i < a->count; i++)
        put_kept(&w, a->all[i].id, a->all[i].ask, a->all[i].answer);
    json_close(&w, ']');
    return out->failed ? NULL : client_seal(r, id, PURPOSE, bound(r, a->lead), (struct str){out->p, out->n});
}

void own_post(struct request *r)
{
    struct asked_by a;
    bool wrong = false;
    const char *id = path_uuid(r);
    if (!load(r, id, &a))
        return;
    for (size_t i = 0; i < a.count; i++) {
        take(r, &a.all[i]);
        wrong = wrong || a.all[i].error;
    }
    if (wrong) {
        draw(r, 422, &a);
        return;
    }
    const char *kept = sealed(r, id, &a);
    if (!kept) {
        client_key_say(r, NULL);
        return;
    }
    const char *doc = ask(r, Q_intake_own_save, id, kept);
    if (doc && r->wants_json)
        page(r, "intake/page", doc);
    else if (doc)
        reply_redirect(r, 303, arena_printf(r->arena, "/bookings/%s/safety", id));
}

bool own_waits(struct request *r, const char *booking)
{
    struct asked_by a;
    const char *doc = NULL;
    if (ask_status(r, Q_intake_own_waits, &doc, booking) != DB_OK || !doc_is(r, doc, "waits"))
        return false;
    if (!doc_is(r, doc, "again"))
        return true;
    return ask_status(r, Q_intake_own, &doc, booking) == DB_OK && take_document(r, booking, doc, &a) &&
           a.count > 0;
}

const char *own_answered(struct request *r, const char *plain)
{
    struct json j;
    struct buf *out = booking_buf(r);
    struct json_writer w = {.out = out};
    if (!json_parse(&j, r->arena, str_of(plain)))
        return "[]";
    json_open(&w, NULL, '[');
    for (uint32_t i = 0, at = 1; i < j.token[0].count; i++, at = j.token[at].next)
        if (text_at(r, &j, at, "answer"))
            put_kept(&w, text_at(r, &j, at, "id"), text_at(r, &j, at, "ask"), text_at(r, &j, at, "answer"));
    json_close(&w, ']');
    return out->failed ? NULL : arena_strndup(r->arena, out->p, out->n);
}

const char *own_for_therapist(struct request *r, const char *id, const char *lead)
{
    const char *kept = NULL;
    if (ask_status(r, Q_practice_own_sealed, &kept, id) != DB_OK)
        return "[]";
    const char *plain = client_open(r, id, PURPOSE, bound(r, lead), kept);
    return plain ? own_answered(r, plain) : "null";
}

const char *own_told(struct request *r, const char *booking, const char *doc)
{
    const char *asked = NULL;
    if (!doc || ask_status(r, Q_intake_own, &asked, booking) != DB_OK)
        return doc;
    const char *questions = doc_text(r, asked, "questions");
    if (!questions || strcmp(questions, "[]") == 0)
        return doc;
    return arena_printf(
        r->arena, "%.*s,\"own\":{\"path\":\"/bookings/%s/own\",\"answered\":%s,\"questions\":%s}}",
        (int)(strlen(doc) - 1), doc, booking, doc_text(r, asked, "sealed") ? "true" : "false", questions);
}

const char *intake_own_for_client(struct request *r, const char *visit, const char *answered_for,
                                  const char *sealed)
{
    const char *plain = client_open(r, visit, PURPOSE, bound(r, answered_for), sealed);
    return plain ? own_answered(r, plain) : NULL;
}
