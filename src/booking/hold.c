/* Holding a time: the start of a booking, and what the other pages ask about one. */
#include "booking/booking.h"

#include "core/day.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sodium.h>
#include <string.h>
#include <time.h>

static const struct field wanted_fields[] = {
    {.name = "therapist", .kind = FIELD_LINE, .required = true, .max = 80, .missing = "Choose a therapist"},
    {.name = "service",
     .kind = FIELD_INT,
     .required = true,
     .min = 1,
     .max = INT32_MAX,
     .missing = "Choose a service"},
    {.name = "start", .kind = FIELD_LINE, .required = true, .max = 40, .missing = "Choose a time"},
    {.name = "key", .kind = FIELD_UUID, .missing = "Send a UUID of your own as key"},
};

bool doc_is(struct request *r, const char *doc, const char *key)
{
    const char *text = doc_text(r, doc, key);
    return text && strcmp(text, "true") == 0;
}

const char *booking_via(struct request *r, const char *page)
{
    return r->wants_json || session_of(r)->bearer ? "api" : page;
}

const char *booking_token(struct arena *a, const unsigned char master[32], const char *key)
{
    static const char purpose[] = "booking token";
    unsigned char raw[32];
    crypto_generichash_state state;
    char *token = key ? arena_alloc(a, 44) : NULL;
    if (!token)
        return NULL;
    crypto_generichash_init(&state, master, 32, sizeof raw);
    crypto_generichash_update(&state, (const unsigned char *)purpose, sizeof purpose);
    crypto_generichash_update(&state, (const unsigned char *)key, strlen(key));
    crypto_generichash_final(&state, raw, sizeof raw);
    text_base64(token, 44, raw, sizeof raw);
    sodium_memzero(raw, sizeof raw);
    sodium_memzero(&state, sizeof state);
    return token;
}

static void free_buf(void *b)
{
    buf_free(b);
}

struct buf *booking_buf(struct request *r)
{
    static struct buf none = {.failed = true}; /* appending to a failed buffer does nothing */
    struct buf *b = arena_alloc(r->arena, sizeof *b);
    if (!b || !arena_defer(r->arena, free_buf, b))
        return &none;
    b->max = 64 * 1024;
    return b;
}

const char *booking_with_token(struct request *r, const char *doc, const char *token)
{
    return arena_printf(r->arena, "{\"token\":\"%s\",%s", token, doc + 1);
}

/* 32 bytes in hex of what `n` bytes at `of` hash to under a key for `purpose`; the address's changes each
 * day. */
static const char *origin_hash(struct request *r, const char *purpose, const unsigned char *of, size_t n)
{
    unsigned char key[32], hash[32];
    char *hex = arena_alloc(r->arena, 2 * sizeof hash + 1);
    key_derive(app_of(r)->key, purpose, key);
    crypto_generichash(hash, sizeof hash, of, n, key, sizeof key);
    if (hex)
        sodium_bin2hex(hex, 2 * sizeof hash + 1, hash, sizeof hash);
    sodium_memzero(key, sizeof key);
    return hex;
}

/* The part of an address that one customer cannot change: all of IPv4, the first 64 bits of IPv6. Taken of
 * its bytes: in the text groups of zeros are left out, wherever they stand. Returns how many of `out` it is.
 */
static size_t network_of(const char *address, unsigned char out[16])
{
    if (inet_pton(AF_INET, address, out) == 1)
        return 4;
    if (inet_pton(AF_INET6, address, out) != 1)
        return 0; /* "local": all who come by a Unix socket without a proxy's word */
    bool mapped = IN6_IS_ADDR_V4MAPPED((const struct in6_addr *)(const void *)out);
    if (mapped)
        memmove(out, out + 12, 4);
    return mapped ? 4 : 8;
}

/* From where a time is held, for the limits: {"device","address","per_device","per_address"}; NULL when
 * memory ends. */
const char *booking_origin(struct request *r)
{
    const struct config *c = &app_of(r)->config;
    const char *visitor = session_of(r)->visitor, *client = r->client ? r->client : "", *device = NULL;
    struct timespec now = {0};
    clock_gettime(CLOCK_REALTIME, &now);
    const char *salt = arena_printf(r->arena, "address of day %lld", (long long)now.tv_sec / 86400);
    unsigned char network[16];
    const size_t n = network_of(client, network);
    const char *address = salt ? origin_hash(r, salt, network, n) : NULL;
    if (visitor)
        device = origin_hash(r, "device that holds", (const unsigned char *)visitor, strlen(visitor));
    if (!address)
        return NULL;
    return arena_printf(r->arena,
                        "{\"device\":%s%s%s,\"address\":\"%s\",\"per_device\":%d,\"per_address\":%d}",
                        device ? "\"" : "", device ? device : "null", device ? "\"" : "", address,
                        c->holds_per_device, c->holds_per_address);
}

static const char *problem_page(const char *type)
{
    if (type && strcmp(type, "time-taken") == 0)
        return "booking/taken";
    if (type && strcmp(type, "too-many-holds") == 0)
        return "booking/many";
    if (type && strcmp(type, "hold-expired") == 0)
        return "booking/lapsed";
    if (type && (strcmp(type, "returning-clients-only") == 0 || strcmp(type, "new-clients-only") == 0))
        return "booking/clients";
    if (type && strcmp(type, "not-bookable") == 0)
        return "booking/refused";
    return "booking/problem";
}

bool booking_problem(struct request *r, const char *doc)
{
    int64_t status = 500;
    const char *template = problem_page(doc_text(r, doc, "type")), *booking = doc_text(r, doc, "booking");
    if (!doc_is(r, doc, "problem"))
        return false;
    text_int(str_of(doc_text(r, doc, "status")), 400, 599, &status);
    if (booking) /* what was answered goes along to another time */
        page_value(r, "again_path",
                   arena_printf(r->arena, "/bookings/%s/%s", doc_text(r, booking, "id"),
                                doc_is(r, doc, "moving") ? "move" : "again"));
    if (doc_text(r, doc, "retry_after"))
        reply_header(r, "Retry-After", doc_text(r, doc, "retry_after"));
    if (r->method == HTTP_GET && !r->wants_json)
        status = 200; /* looking at a hold that ran out is no fault */
    page_status(r, (int)status, template, doc);
    return true;
}

const char *booking_take(struct request *r, const struct wanted *w)
{
    const char *token = booking_token(r->arena, app_of(r)->key, w->key);
    const char *minutes = arena_printf(r->arena, "%d", app_of(r)->config.hold_minutes);
    if (!token || !minutes) {
        reply_error(r, 500, NULL);
        return NULL;
    }
    session_of(r)->booking = token;
    const char *doc = ask(r, Q_booking_hold, w->key, w->therapist, w->service, w->start, minutes,
                          booking_via(r, "web"), booking_origin(r));
    if (!doc || booking_problem(r, doc))
        return NULL;
    cookie_set_booking(r, doc_text(r, doc, "id"), token, -1);
    return booking_with_token(r, doc, token);
}

/* The key comes with the form, or as header Idempotency-Key. */
const char *booking_key(struct request *r, struct form *f)
{
    const char *key = form_get(f, "key");
    if (key || form_value(r, "key") || !text_is_uuid(r->idempotency_key))
        return key;
    return arena_lower(r->arena, r->idempotency_key.p, r->idempotency_key.n);
}

static bool wanted_read(struct request *r, struct form *f, struct wanted *w)
{
    form_read(f, r, wanted_fields, sizeof wanted_fields / sizeof *wanted_fields);
    *w = (struct wanted){.therapist = form_get(f, "therapist"),
                         .service = form_get(f, "service"),
                         .start = form_get(f, "start"),
                         .key = booking_key(r, f)};
    if (!w->key)
        form_fail(f, "key", "Send a UUID of your own as key");
    if (w->start && !instant_valid(str_of(w->start)))
        form_fail(f, "start", "Send the start as an RFC 3339 instant");
    return f->errors == 0;
}

void booking_choose_again(struct request *r, const char *slug, const struct form *wanted)
{
    static const struct field fields[] = {{.name = "from", .kind = FIELD_DATE}, {.name = "part", .max = 20}};
    struct form shown;
    const char *doc = "{\"title\":\"Choose a time again\"}", *template = "booking/problem";
    form_read(&shown, r, fields, sizeof fields / sizeof *fields);
    if (slug && !r->wants_json) {
        doc = ask(r, Q_directory_book, slug, form_get(wanted, "service"), form_get(&shown, "from"), NULL,
                  form_get(&shown, "part"));
        template = "directory/book";
    }
    if (doc)
        page_form(r, template, doc, wanted);
}

void booking_post(struct request *r)
{
    struct form f;
    struct wanted w;
    if (!wanted_read(r, &f, &w)) {
        booking_choose_again(r, w.therapist, &f);
        return;
    }
    const char *doc = booking_take(r, &w);
    if (!doc)
        return;
    const char *path = arena_printf(r->arena, "/bookings/%s", doc_text(r, doc, "id"));
    if (!path)
        return;
    if (r->wants_json) {
        reply_header(r, "Location", path);
        page_status(r, 201, "booking/show", doc);
    } else if (doc_is(r, doc, "safety_passed") || !doc_is(r, doc, "held")) { /* the same key again, later */
        reply_redirect(r, 303, booking_next(r, doc));
    } else {
        reply_redirect(r, 303, arena_printf(r->arena, "%s/safety/1", path));
    }
}

const char *booking_next(struct request *r, const char *doc)
{
    const char *id = doc_text(r, doc, "id"), *step = "";
    if (doc_is(r, doc, "held") && !doc_is(r, doc, "expired")) {
        if (!doc_is(r, doc, "safety_passed"))
            step = "/safety";
        else
            step = doc_is(r, doc, "ready") ? "/check" : "/details";
    }
    return arena_printf(r->arena, "/bookings/%s%s", id ? id : "", step);
}

bool booking_is_held(struct request *r, const char *doc)
{
    if (doc_is(r, doc, "held") && !doc_is(r, doc, "expired"))
        return true;
    if (doc_is(r, doc, "expired") && !doc_is(r, doc, "unanswered")) {
        const char *lapsed = ask(r, Q_booking_lapsed, doc_text(r, doc, "id"));
        if (lapsed)
            booking_problem(r, lapsed);
    } else if (r->wants_json) {
        reply_error(r, 409, "This booking is no longer being made.");
    } else {
        reply_redirect(r, 303, booking_next(r, doc));
    }
    return false;
}
