/*
 * Where http, db and view meet: what every handler uses to read a form, ask the database and answer with a
 * page.
 *
 * A handler is synchronous and short: read declared fields, run one query, answer.
 *
 *     void therapist_get(struct request *r)
 *     {
 *         const char *doc = ask(r, Q_directory_profile, param(r, "slug"));
 *         if (doc)
 *             page(r, "directory/profile", doc);
 *     }
 */
#ifndef UNKNOT_WEB_H
#define UNKNOT_WEB_H

#include "core/config.h"
#include "core/json.h"
#include "db/db.h"
#include "http/http.h"
#include "view/view.h"

/* Who may call a route. Anything stricter is the database's (row-level security). */
enum who {
    WHO_ANYONE,
    WHO_BOOKING,   /* a guest with the token of the booking {id} in the path: cookie or bearer; the database
                      decides */
    WHO_SIGNED_IN, /* any account */
    WHO_THERAPIST,
    WHO_OPERATOR,
    WHO_HALF, /* who has shown the password and not yet the second factor, and nobody else */
    WHO_DESK, /* a front desk, or a therapist: the database knows who owns a practice */
    WHO_MASK = 0x0f,
    /* Or-ed to a POST row: its form carries no token, so Sec-Fetch-Site or Origin decides alone. For forms
     * that stand on pages which shared caches keep (a visitor's page has no token there) and that act with
     * nobody's authority. */
    NO_TOKEN = 0x80,
    /* Or-ed to a POST row: it may come twice without harm, so it takes no idempotency key, and its handler is
     * not run in one transaction. */
    NO_KEY = 0x40,
    /* Or-ed to a row that somebody signed in calls: only within 15 minutes of a proof that they are who they
     * are, and for a therapist only after a second factor. Else they are asked for it, and come back. An
     * operator's POST is always such a row, and no operator's row is for one without a second factor. */
    PROVED = 0x20,
    /* Or-ed to a WHO_BOOKING row: open to a front desk too, which reads the questions to a client. All other
     * rows of a booking are closed to it, whatever cookie it has. */
    AT_DESK = 0x10,
};

enum role { ROLE_VISITOR, ROLE_CLIENT, ROLE_THERAPIST, ROLE_OPERATOR, ROLE_DESK };

/* What `admit` found out about the caller; r->session points to it. Everything is in the request's arena. */
struct session {
    enum role role;
    const char *token; /* session cookie, NULL for a visitor */
    const char
        *booking;     /* booking token (bearer or cookie `booking_{id}` of the {id} in the path), or NULL */
    const char *id;   /* of the session: the same when its token is renewed */
    const char *name; /* shown in the header */
    const char *visitor; /* pre-session cookie, or NULL */
    bool half;           /* the second factor is due: a visitor, but to WHO_HALF */
    bool factored;       /* a second factor was shown */
    bool proved;         /* … or the password, within the last 15 minutes */
    bool bearer;         /* `booking` came as a bearer: no browser sends that by itself */
};

/* The process: made in main, read-only afterwards; r->app points to it. */
struct app {
    struct config config;
    struct view *view;
    unsigned char key[32]; /* master key, from key_file; locked memory is the caller's business */
    const struct route *routes;
    size_t route_count;
    /* The account behind s->token: fills role, name, id and what was shown; false when there is none, or,
     * having replied (reply_db), when that cannot be said now. NULL: nobody can sign in. Set in routes.c. */
    bool (*identify)(struct request *r, struct session *s);
    /* Asks who calls for the proof that the row wants (PROVED), or for a second factor to be set up. Set in
     * routes.c. */
    void (*prove)(struct request *r);
    bool https; /* the origin is https: Secure cookies with __Host-, HSTS */
    const char
        *site; /* members of the `site` context that are the same on every page, as JSON without braces */
    struct http_cache *cache; /* kept pages, and who hears of changes; NULL where none are kept */
    struct db_listener *changes;
};

struct worker { /* r->worker */
    struct db *db;
    struct buf page,
        scratch; /* what a request writes before it is copied into its arena; memory kept between requests */
    struct once *once;      /* the change that is being made: web_run */
    void *keys;             /* keys/'s, of sodium_malloc: gone with the worker */
    struct kept_docs *kept; /* keep.c's */
};

static inline struct app *app_of(const struct request *r)
{
    return r->app;
}
static inline struct session *session_of(const struct request *r)
{
    return r->session;
}

/* --- Reading */

/* {name} of the path, never NULL on a matched route. */
const char *param(const struct request *r, const char *name);
/* {id} of the path when it is a UUID, and {name} when it is the number of something (1 to 2147483647); NULL
 * after a 404. */
const char *path_uuid(struct request *r);
const char *path_number(struct request *r, const char *name);
const char *query_value(const struct request *r, const char *name); /* NULL when absent or blank; trimmed */
const char *form_value(const struct request *r, const char *name);  /* the same for the body */
/* `text` when it is a path of this site that reply_redirect takes ("/a?b", not "//x"), else `otherwise`: for
 * next= and back=. */
const char *local_path(const char *text, const char *otherwise);

/* A form is a table: each field with what fits. Validation never stops at the first fault. */
enum field_kind {
    FIELD_TEXT,
    FIELD_LINE,
    FIELD_EMAIL,
    FIELD_INT,
    FIELD_MONEY,
    FIELD_DATE,
    FIELD_TIME,
    FIELD_CHOICE,
    FIELD_SLUGS,
    FIELD_UUID,
    FIELD_SECRET
};
struct field {
    const char *name;
    enum field_kind kind;
    bool required;
    int64_t min, max; /* characters, or the value of an INT or MONEY (minor units, typed as 12 or 12.50) */
    const char *const *choices;  /* FIELD_CHOICE: NULL-ended */
    const char *missing, *wrong; /* messages that say what to do: "Enter your e-mail address" */
};
struct form {
    struct request *r;
    const struct field *fields;
    size_t count;
    const char **value;  /* by field index: NULL when missing; a valid value in canonical form (trimmed;
                            FIELD_SLUGS as  {a,b} array text for PostgreSQL; FIELD_MONEY as minor units) */
    const char **error;  /* by field index, NULL when fine */
    const char *general; /* what is wrong with the form as a whole, NULL when nothing */
    size_t errors;
};
/* Reads and checks the whole form. The typed text of every field stays available for redrawing. What fits:
 * TEXT `max` characters over several lines (0: 10,000), LINE over one (0: 200), both at least `min`; EMAIL at
 * most 254 bytes; INT and MONEY from min to max (max 0: no limit); DATE YYYY-MM-DD that exists; TIME 24
 * hours or am and pm, canonical "09:30" ("24:00" too: the end of a day); CHOICE one of `choices`; SLUGS any
 * number (min, max: how many; max 0: 64) of a-z 0-9 - _, or of `choices` where given; UUID; SECRET a
 * password: from min to max bytes, neither trimmed nor changed, and not given back for redrawing. Any field
 * but SLUGS that came twice is wrong. */
void form_read(struct form *f, struct request *r, const struct field *fields, size_t count);
const char *form_get(const struct form *f, const char *name); /* canonical value or NULL */
/* The value of a form of one required field, mostly a button's; NULL after having replied 422. */
const char *form_only(struct request *r, const struct field *field);
/* A rule beyond the single field; name NULL: of the form as a whole. The first message of a field stays. */
void form_fail(struct form *f, const char *name, const char *message);
/* Whether the database answered with a problem ({"problem","title","field"}; NULL is none): its title then
 * stands at its field, or above the form. */
bool form_refused(struct form *f, const char *doc);
/* For pages whose fields are rows of a table. form_json: the canonical values by name, null where missing.
 * form_ticked: what came under all other names and those of FIELD_SLUGS, [["name","slug"],…]; what is no slug
 * is "?". Both NULL when out of memory. */
const char *form_json(const struct form *f);
const char *form_ticked(const struct form *f);

/* --- Asking. Both run as the caller (session and booking token set for one transaction when there are any);
 * in a POST always in a transaction, in a GET of a visitor never, which is read only. On anything but a
 * document `ask` has replied (404 for none or denied, 409, 422, 503 with Retry-After, 202 when the outcome of
 * a write is not known, 500) and returns NULL. */
#define ask(r, q, ...) web_ask((r), (q), DB_COUNT(__VA_ARGS__), DB_VALUES(__VA_ARGS__))
const char *web_ask(struct request *r, enum query q, int count, const char *const *values);
/* The same without replying: the caller looks at the status. */
#define ask_status(r, q, out, ...)                                                                           \
    web_ask_status((r), (q), (out), DB_COUNT(__VA_ARGS__), DB_VALUES(__VA_ARGS__))
enum db_status web_ask_status(struct request *r, enum query q, const char **out, int count,
                              const char *const *values);
/* A document that is the same for everybody and changes with what pages rest on alone, read. In a GET; kept
 * between requests, and good until this one is over. NULL after having replied. */
#define ask_kept(r, q, ...) web_ask_kept((r), (q), DB_COUNT(__VA_ARGS__), DB_VALUES(__VA_ARGS__))
const struct json *web_ask_kept(struct request *r, enum query q, int count, const char *const *values);
/* A query without values as the account alone, also where a guest acts and it counts for nothing else: for
 * what of it stands in a guest's form. In a GET. */
enum db_status web_ask_account(struct request *r, enum query q, const char **out);
void reply_db(struct request *r, enum db_status s); /* the error page for a status; DB_OK: 500 */

/* A failure in other words than its status has in general. */
struct web_failure {
    int status;
    const char *type; /* NULL: about:blank */
    const char *title, *detail, *advice;
};
void web_failure_say(struct request *r, const struct web_failure *f);

/* Who asks the database for this request. */
struct db_identity web_identity(const struct request *r);

/* A document of the database, read once however often it is asked for in a row; NULL when it is NULL or none.
 * Until another one is read. */
const struct json *doc_json(struct request *r, const char *doc);
/* Text of a top-level member of it, NULL when absent or null. */
const char *doc_text(struct request *r, const char *doc, const char *key);

/* --- Changing. The handler of a POST row without NO_KEY runs in one transaction, with the idempotency key
 * that came with the request, and its answer is kept beside what it changed (once.c). It may be run again
 * from the start, so it touches nothing but the database and its request. After the first statement that
 * fails all others fail like it, and nothing is changed. */

/* What has been answered up to now is said even if the database fails: for what must be known at once,
 * whatever becomes of the rest. Call it after page(). */
void web_stands(struct request *r);
/* In the handler of a change that cannot be made now: all that was typed, in the error page that follows,
 * with a button `label` that sends it again. */
void web_resend(struct request *r, const char *label);
void change_get(struct request *r); /* GET /changes/{key}: what was answered to the change with this key */

/* The request that was kept while its sender proved who they are, as if it had come now: the POST of this
 * form to `to`, without the fields that begin with prove_. False when there is no such route. The last that a
 * handler without a transaction of its own (NO_KEY) does. */
bool web_go_on(struct request *r, const char *to);

/* --- Answering */

/* 200 with template `name` over `doc` (NULL: {}); with Accept: application/json the document itself, which is
 * problem+json from 400 on. Contexts, outermost first: `site` (see below), what page_raw and page_value said,
 * doc. On a CACHE_PUBLIC route the page of somebody who is signed in goes out with no-store instead.
 * Where the header X-Fragment says `part` and there is a template `name.part`, that one is rendered: a part
 * of the page for a script that shows the page already. */
void page(struct request *r, const char *name, const char *doc);
void page_status(struct request *r, int status, const char *name, const char *doc);
/* After a change: its document for a program, and a browser is sent to `path`. doc NULL: replied already. */
void page_saved(struct request *r, const char *doc, const char *path);
/* The page that page_saved led to, or may have: with `saved`, as its query says. doc NULL: replied already.
 */
void page_with_saved(struct request *r, const char *name, const char *doc);
/* The form again, 422, with what was typed and what is wrong: a context over doc with, for each field,
 * `<name>` (typed text), `error_<name>` (message), for FIELD_CHOICE and FIELD_SLUGS `<name>_is_<value>` true;
 * and `errors` [{field,message}], `has_errors`. JSON callers get problem+json with the same `errors`. */
void page_form(struct request *r, const char *name, const char *doc, const struct form *f);
/* The same with another status. */
void page_form_status(struct request *r, int status, const char *name, const char *doc, const struct form *f);
/* The same with 200, for a form that is shown again before it is sent: what was typed, and what is wrong. */
void page_typed(struct request *r, const char *name, const char *doc, const struct form *f);
/* Extra top-level context between site and doc: raw HTML made by a renderer of ours, reachable as
 * {{{raw.<name>}}}. Before page(). */
void page_raw(struct request *r, const char *name, const char *html);
/* A page on which the browser may be asked where the reader is, when they press for it; all others forbid it.
 */
void page_locates(struct request *r);
/* Extra plain value: {{<name>}}. Before page(). */
void page_value(struct request *r, const char *name, const char *text);
/* An object as an extra context between those and doc. It must live as long as the request. A page takes two;
 * with a third it is a 500. */
void page_context(struct request *r, const struct json *object);

/* The `site` context of every page: name, origin, css, css_work, css_body, css_intake, css_outcome, css_card,
 * css_account, css_desk, js, js_profile, js_share, icons, font, font_file, favicon, touch, share (URLs with
 * hash, "" when there is no such asset), csrf, key (a fresh idempotency key), path, theme ("", light, dark),
 * signed_in {name, is_client, is_therapist, is_operator, is_desk} or false, emergency, urgent_line,
 * operator_email, directions, dev, request_id, year. `csrf` is empty for a visitor on a CACHE_PUBLIC route: a
 * form there that must POST needs NO_TOKEN in its row, or a CACHE_NEVER page. */

/* URL of an asset ("assets/app.css") with its content hash: "/static/app.3f2a….css"; stable for the process,
 * NULL when there is none. A file in a folder of assets/ has its slashes as `-`. In a style sheet,
 * url("x.woff2") relative to assets/ is replaced by the hashed name. */
const char *static_url(const char *asset_path);
/* Handler of GET /static/{file}; inline, gzip when accepted. */
void static_get(struct request *r);

/* --- Cookies. The names on the wire have __Host- before them where the origin is https. */

const char *cookie_value(struct request *r, const char *name); /* NULL when absent or empty */
void cookie_set(struct request *r, const char *name, const char *value, long max_age); /* path / */
#define SESSION_COOKIE "session"
#define VISITOR_COOKIE "visitor" /* before there is a session: what the form token is bound to */
/* `booking_<id>`, sent back for /bookings/<id> alone; id must be a UUID. max_age 0 ends it. */
void cookie_set_booking(struct request *r, const char *id, const char *token, long max_age);

/* --- The process */

/* Makes what every page needs from app->config and app->key: the `site` context, names of static files,
 * security headers. Once, before http_start; false after a sentence on stderr. web_stop frees it. */
bool web_start(struct app *app);
void web_stop(struct app *app);
const char *const *web_headers(void); /* for http_hooks, after web_start */

/* Pages that are the same for every visitor are kept in memory (config: page_cache_mb; not in development)
 * while the database can tell us what changes: channel unknot_pages, sql/functions/35_pages.sql. Before
 * http_start and after http_run; without memory nothing is kept. A handler whose page shows one therapist
 * alone says so by reply_subject(r, slug), and one whose page rests on no such table by a name that is
 * none's. */
void web_keep_start(struct app *app);
void web_keep_stop(struct app *app);
struct http_cache_facts web_kept(const struct app *app); /* zeros where none are */
const char *web_variant(struct request *r);

/* Hooks for http_start. */
void *web_worker_start(void *app, bool slow);
void web_worker_stop(void *app, void *worker);
void web_worker_rest(void *app, void *worker);
void web_worker_idle(void *app, void *worker);
bool web_admit(struct request *r);
void web_run(struct request *r);
void web_error(struct request *r, int status, const char *detail);

/* The form token for whoever holds `bound` (a session token, or a visitor cookie): keyed BLAKE2b, masked anew
 * in each call so that compression over TLS gives nothing away. csrf_valid takes any mask. */
#define CSRF_CHARS 87 /* with NUL */
void csrf_token(const unsigned char key[32], const char *bound, char out[CSRF_CHARS]);
bool csrf_valid(const unsigned char key[32], const char *bound, struct str token);

/* --- Secrets (libsodium) */

void web_uuid(char out[37]);  /* a random UUID (RFC 9562, version 4) */
void web_random(char *out43); /* 32 random bytes in base64url, 44 bytes with NUL */
/* Seals text for storage: XChaCha20-Poly1305 under a key derived from the master key for `purpose`; `bound`
 * is authenticated with it (table, row, version). The length is hidden up to 256 bytes. Base64url in the
 * request's arena; NULL on failure. */
const char *seal(struct request *r, const char *purpose, const char *bound, struct str plain);
const char *unseal(struct request *r, const char *purpose, const char *bound, const char *sealed);
/* The same outside a request. */
const char *seal_with(const unsigned char key[32], struct arena *a, const char *purpose, const char *bound,
                      struct str plain);
const char *unseal_with(const unsigned char key[32], struct arena *a, const char *purpose, const char *bound,
                        const char *sealed);
/* A key of its own for `purpose`. */
void key_derive(const unsigned char key[32], const char *purpose, unsigned char out[32]);
/* Reads the master key. False after a sentence about what is wrong with the file: missing, readable by
 * others, not 32 bytes in base64url. */
bool key_load(const char *path, unsigned char key[32], FILE *err);
/* Writes a new one, mode 0400, never over a file that is there. */
bool key_create(const char *path, FILE *err);

#endif
