/*
 * A change is made once, however often its request comes.
 *
 * A POST runs in one transaction: its key, what the handler changes, and what was answered. The key is a UUID
 * in the form (layout/form) or the header Idempotency-Key. Sent again with the same content it gets the same
 * answer; with other content it is refused. When the connection is lost at COMMIT, the same request is made
 * anew until the database says what became of the first: either its answer is there, or it was never made.
 *
 * Rows with NO_KEY run without: their changes may be repeated without harm.
 */
#include "core/clock.h"
#include "core/log.h"
#include "web/inner.h"

#include <sodium.h>
#include <string.h>

#define KEY_HEX    65
#define PAUSE_US   INT64_C(100000)
#define ANSWER_MAX (1u << 20)
#define SEVEN_DAYS "10080" /* minutes */
#define AN_HOUR    "60"

struct once {
    struct request *r;
    const char *key; /* as it was sent, in lower case, or own_key */
    char own_key[37];
    char key_hash[KEY_HEX], request_hash[KEY_HEX];
    const struct answer_mark
        *mark; /* what had been answered before the handler was run: each run begins there */
    const struct answer_mark *stands; /* what web_stands has noted, NULL: nothing */
    struct state state;               /* as admitted, for each run to begin with */
    struct db_identity as;            /* who asks now: a handler that makes a booking goes on as its guest */
    struct db_identity begun;         /* … and who asked at the start: the key is theirs */
    bool other;                       /* the key was used for something else */
    bool waiting;                     /* … or by a request that is not over */
    bool spent;                       /* … or so long ago that its answer is gone */
};

/* --- The request's two hashes */

static void hex_of(char out[KEY_HEX], crypto_generichash_state *state)
{
    unsigned char digest[32];
    crypto_generichash_final(state, digest, sizeof digest);
    sodium_bin2hex(out, KEY_HEX, digest, sizeof digest);
}

static void hash_part(crypto_generichash_state *state, struct str s)
{
    uint64_t n = s.n; /* said before, so that no two lists of parts read alike */
    crypto_generichash_update(state, (const unsigned char *)&n, sizeof n);
    if (s.n)
        crypto_generichash_update(state, (const unsigned char *)s.p, s.n);
}

/* The form token changes from page to page, the key is no content. */
static const char *const not_content[] = {"csrf", "key", NULL};

static bool is_content(struct str name)
{
    return !str_is(name, not_content[0]) && !str_is(name, not_content[1]);
}

static void hash_request(struct once *o)
{
    struct request *r = o->r;
    crypto_generichash_state state;
    unsigned char own[32];
    key_derive(app_of(r)->key, "request", own); /* answers of few words could be guessed from a plain hash */
    crypto_generichash_init(&state, own, sizeof own, 32);
    hash_part(&state, r->target);
    if (r->json)
        hash_part(&state, str_of(json_content(r, not_content)));
    for (size_t i = 0; !r->json && i < r->form.n; i++)
        if (is_content(r->form.at[i].name)) {
            hash_part(&state, r->form.at[i].name);
            hash_part(&state, r->form.at[i].value);
        }
    for (size_t i = 0; i < r->upload_count; i++) {
        hash_part(&state, r->uploads[i].filename);
        hash_part(&state, r->uploads[i].data);
    }
    hex_of(o->request_hash, &state);
    sodium_memzero(own, sizeof own);
}

/* Unkeyed: a key is a random UUID, which nobody finds by trying. */
static void hash_key(char out[KEY_HEX], const char *key)
{
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, 32);
    hash_part(&state, str_of(key));
    hex_of(out, &state);
}

/* --- The kept answer: sealed under the key that came with the request, which nobody here keeps */

static void seal_key(const struct request *r, const char *key, unsigned char out[32])
{
    unsigned char own[32];
    key_derive(app_of(r)->key, "answer", own);
    key_derive(own, key, out);
    sodium_memzero(own, sizeof own);
}

static const char *answer_seal(struct request *r, const char *key)
{
    unsigned char own[32];
    struct buf *b = scratch(r, ANSWER_MAX);
    reply_write(r, b);
    if (b->failed)
        return NULL;
    seal_key(r, key, own);
    const char *sealed = seal_with(own, r->arena, "answer", "change_key 1", (struct str){b->p, b->n});
    sodium_memzero(own, sizeof own);
    return sealed;
}

/* The kept answer as this request's. One that does not open, or is none, is a 500: it was sealed by this
 * program under this very key. */
static bool answer_give(struct request *r, const char *key, const char *sealed)
{
    unsigned char own[32];
    seal_key(r, key, own);
    const char *plain = unseal_with(own, r->arena, "answer", "change_key 1", sealed);
    sodium_memzero(own, sizeof own);
    if (plain && reply_read(r, str_of(plain)))
        return true;
    reply_error(r, 500, NULL);
    return false;
}

/* --- One transaction */

/* DB_NONE: go on, this is new. DB_OK: it came before, and what is to be said of that stands in the answer or
 * in `other`, `spent`. DB_BUSY: another request with this key is not over (`waiting`). */
static enum db_status begin(struct once *o, struct db *db)
{
    struct request *r = o->r;
    const char *old = NULL;
    o->begun = o->as = web_identity(r);
    enum db_status s =
        db_query(db, r->arena, Q_change_begin, &old, 4,
                 (const char *const[]){o->as.session, o->as.booking, o->key_hash, o->request_hash});
    if (s == DB_BUSY)
        o->waiting = true;
    if (s != DB_OK)
        return s;
    const char *answer = json_member(r->arena, old, "answer"), *same = json_member(r->arena, old, "same");
    o->other = !same || strcmp(same, "true") != 0;
    o->spent = !o->other && !answer;
    if (answer && !o->other)
        answer_give(r, o->key, answer);
    return DB_OK;
}

/* An error is no answer to keep: the key is free again. What leads on is kept as long as the key; what shows
 * something is personal, and kept for an hour. An answer that becomes a 500, or is one, undoes the change. */
static enum db_status end(struct once *o, struct db *db)
{
    struct request *r = o->r;
    int status = reply_status(r);
    bool good = status >= 200 && status < 400 && status != 202;
    if (status == 0 || arena_failed(r->arena))
        return DB_ERROR;
    if (status >= 500)
        return DB_REFUSED;
    const char *answer = good ? answer_seal(r, o->key) : NULL;
    if (good && !answer)
        return DB_ERROR;
    return db_query(db, r->arena, Q_change_end, NULL, 5,
                    (const char *const[]){o->begun.session, o->begun.booking, o->key_hash, answer,
                                          status >= 300 ? SEVEN_DAYS : AN_HOUR});
}

/* May be run again from the start. */
static enum db_status work(struct db *db, void *context)
{
    struct once *o = context;
    struct request *r = o->r;
    struct worker *w = r->worker;
    reply_return(r, o->mark);
    *state_of(r) = o->state;
    o->other = o->waiting = o->spent = false;
    enum db_status s = begin(o, db);
    if (s != DB_NONE)
        return s;
    w->once = o;
    r->route->handle(r);
    w->once = NULL;
    s = db_failure(db);
    return s == DB_OK ? end(o, db) : s;
}

enum db_status once_ask(struct request *r, enum query q, const char **out, int count,
                        const char *const *values)
{
    struct worker *w = r->worker;
    struct once *o = w->once;
    struct db_identity who = web_identity(r);
    enum db_status s = db_failure(w->db);
    if (s != DB_OK)
        return s;
    /* Pointers, not texts: a handler that takes on another identity puts a new one there. */
    if (who.session != o->as.session || who.booking != o->as.booking) {
        o->as = who;
        s = db_enter(w->db, &who);
        if (s > DB_NONE)
            return s;
    }
    return db_query(w->db, r->arena, q, out, count, values);
}

void web_stands(struct request *r)
{
    struct worker *w = r->worker;
    if (w && w->once)
        w->once->stands = reply_mark(r);
}

/* --- What is said when it did not go through */

static void put_field(struct buf *b, struct str name, struct str value)
{
    buf_puts(b, "<input type=\"hidden\" name=\"");
    buf_html(b, name.p, name.n);
    buf_puts(b, "\" value=\"");
    buf_html(b, value.p, value.n);
    buf_puts(b, "\">\n");
}

/* All that was typed, in a form that sends it again; with a key of its own when `fresh`. */
static void offer_again(struct once *o, const char *label, bool fresh)
{
    struct request *r = o->r;
    char uuid[37];
    struct buf *b = scratch(r, 2 * 64 * 1024);
    if (r->wants_json || r->upload_count)
        return;
    for (size_t i = 0; i < r->form.n; i++)
        if (!str_is(r->form.at[i].name, "key"))
            put_field(b, r->form.at[i].name, r->form.at[i].value);
    web_uuid(uuid);
    put_field(b, STR("key"), str_of(fresh ? uuid : o->key));
    const char *fields = b->failed ? NULL : arena_strndup(r->arena, b->p, b->n);
    if (!fields)
        return;
    page_raw(r, "resend", fields);
    page_value(r, "resend_path", arena_strndup(r->arena, r->target.p, r->target.n));
    page_value(r, "resend_label", label);
}

void web_resend(struct request *r, const char *label)
{
    struct worker *w = r->worker;
    if (w && w->once)
        offer_again(w->once, label, false);
}

/* 202, and where to look: the booking itself, whose page knows, or the change by its key. */
static void say_unknown(struct once *o)
{
    struct request *r = o->r;
    const char *id = param(r, "id");
    const char *look = (r->route->who & WHO_MASK) == WHO_BOOKING ? arena_printf(r->arena, "/bookings/%s", id)
                       : o->key ? arena_printf(r->arena, "/changes/%s", o->key)
                                : NULL;
    if (look && r->wants_json)
        reply_header(r, "Location", look);
    offer_again(o, "Look again", false);
    reply_error(r, 202, NULL);
}

/* Only what may go through another time is offered to be sent again. */
static void say_refused(struct once *o, enum db_status s)
{
    struct request *r = o->r;
    if (s == DB_BUSY || s == DB_GONE)
        offer_again(o, "Send it again", false);
    reply_db(r, s);
}

static void say_used(struct once *o)
{
    static const struct web_failure other = {
        422, "key-reused", "This page was used before",
        "It was sent once already, with other content. What was sent then stands; nothing was changed now.",
        "Go back to where you were to see what stands, or send what you have typed now as well."};
    static const struct web_failure spent = {
        409, "done-already", "This has been done already",
        "The same request came before and was carried out. It was not carried out again.",
        "Open the page anew to see how things stand."};
    if (o->other)
        offer_again(o, "Send what I typed now", true);
    web_failure_say(o->r, o->other ? &other : &spent);
}

static void say_waiting(struct once *o)
{
    static const struct web_failure waiting = {
        409, "in-progress", "We are still at it",
        "The same request came a moment ago and is being carried out.",
        "Wait a few seconds, then look. It is never carried out twice."};
    offer_again(o, "Look again", false);
    reply_header(o->r, "Retry-After", "2");
    web_failure_say(o->r, &waiting);
}

/* --- The whole way */

/* Until it is known what became of it: a key that is there says what, and one that is not may be used anew.
 */
static enum db_status make(struct once *o)
{
    struct worker *w = o->r->worker;
    int64_t until = clock_us() + app_of(o->r)->config.resolve_seconds * INT64_C(1000000);
    bool unknown = false;
    for (;;) {
        enum db_status s = db_transaction(w->db, NULL, work, o);
        w->once = NULL;
        if (s == DB_UNKNOWN && !unknown) {
            unknown = true;
            db_deadline(w->db, until);
        }
        if (s <= DB_NONE || !unknown)
            return s;
        if (clock_us() + PAUSE_US >= until)
            return DB_UNKNOWN;
        clock_sleep(PAUSE_US);
    }
}

/* Makes the answer fit what became of the transaction: after a failure all that the handler said is taken
 * back, but for an error of its own and for what web_stands keeps. */
static void conclude(struct once *o, enum db_status s)
{
    struct request *r = o->r;
    if (s <= DB_NONE) {
        if (o->other || o->spent)
            say_used(o);
        return;
    }
    /* what the handler said to an error of its own statement is better than what is said of any */
    if (reply_status(r) >= 400 && (s == DB_CONFLICT || s == DB_REFUSED || s == DB_DENIED))
        return;
    reply_return(r, o->stands ? o->stands : o->mark);
    if (o->stands)
        return;
    if (s == DB_UNKNOWN)
        say_unknown(o);
    else if (o->waiting)
        say_waiting(o);
    else
        say_refused(o, s);
}

/* The form's, the header's, or one of our own: an unknown outcome is looked into with that as well. A form's
 * that is none is its handler's to refuse. False after having said what is wrong. */
static bool key_read(struct once *o)
{
    struct request *r = o->r;
    struct str in_form = pairs_get(&r->form, "key"), key = in_form.n ? in_form : r->idempotency_key;
    if (key.n && !in_form.n && !text_is_uuid(key)) {
        reply_error(r, 400, "An idempotency key is a UUID.");
        return false;
    }
    if (text_is_uuid(key))
        o->key = arena_lower(r->arena, key.p, key.n);
    else
        web_uuid(o->own_key);
    if (!o->key)
        o->key = o->own_key;
    hash_key(o->key_hash, o->key);
    return true;
}

void web_run(struct request *r)
{
    struct once o = {.r = r};
    /* not a change, or one that may be made twice */
    if (r->method != HTTP_POST || (r->route->who & NO_KEY)) {
        r->route->handle(r);
        return;
    }
    if (!key_read(&o))
        return;
    hash_request(&o);
    o.mark = reply_mark(r);
    o.state = *state_of(r);
    if (!o.mark) {
        reply_error(r, 500, NULL);
        return;
    }
    enum db_status s = make(&o);
    web_wrote(r);
    conclude(&o, s);
}

/* --- GET /changes/{key} */

void change_get(struct request *r)
{
    const char *key = param(r, "key"), *doc = NULL;
    char hash[KEY_HEX];
    if (!text_is_uuid(str_of(key))) {
        reply_error(r, 404, NULL);
        return;
    }
    hash_key(hash, key);
    enum db_status s = ask_status(r, Q_change_look, &doc, hash);
    const char *sealed = s == DB_OK ? json_member(r->arena, doc, "answer") : NULL;
    if (sealed)
        answer_give(r, key, sealed);
    else if (s == DB_OK)
        say_used(&(struct once){.r = r, .spent = true});
    else if (s == DB_NONE)
        reply_error(r, 404, "Nothing was saved under this key so far.");
    else
        reply_db(r, s);
}
