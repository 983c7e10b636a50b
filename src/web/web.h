/*
 * Where http, db and view meet: what every handler uses to read a form, ask the database and answer with a page.
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
    WHO_BOOKING,   /* a guest with the token of the booking {id} in the path: cookie or bearer; the database decides */
    WHO_SIGNED_IN, /* any account */
    WHO_THERAPIST,
    WHO_OPERATOR,
};

enum role { ROLE_VISITOR, ROLE_THERAPIST, ROLE_OPERATOR };

/* What `admit` found out about the caller; r->session points to it. */
struct session {
    enum role role;
    const char *token;   /* session cookie, NULL for a visitor */
    const char *booking; /* booking token (bearer or cookie `booking_{id}` of the {id} in the path), or NULL */
    const char *name;    /* shown in the header */
    const char *csrf;    /* token for this caller's forms; made on demand */
    const char *visitor; /* pre-session cookie, or NULL */
};

/* The process: made in main, read-only afterwards; r->app points to it. */
struct app {
    struct config config;
    struct view *view;
    unsigned char key[32];        /* master key, from key_file; locked memory is the caller's business */
    const struct route *routes;
    size_t route_count;
    /* The account behind a session token: fills role, name; false when there is none (accounts/ sets this). */
    bool (*identify)(struct request *r, struct session *s);
};

struct worker { /* r->worker */
    struct db *db;
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

const char *param(const struct request *r, const char *name);      /* {name} of the path, never NULL on a matched route */
const char *query_value(const struct request *r, const char *name); /* NULL when absent or blank; trimmed */
const char *form_value(const struct request *r, const char *name);  /* the same for the body */

/* A form is a table: each field with what fits. Validation never stops at the first fault. */
enum field_kind { FIELD_TEXT, FIELD_LINE, FIELD_EMAIL, FIELD_INT, FIELD_MONEY, FIELD_DATE, FIELD_TIME, FIELD_CHOICE, FIELD_SLUGS, FIELD_UUID };
struct field {
    const char *name;
    enum field_kind kind;
    bool required;
    int64_t min, max;          /* characters, or the value of an INT or MONEY (minor units, typed as 12 or 12.50) */
    const char *const *choices; /* FIELD_CHOICE: NULL-ended */
    const char *missing, *wrong; /* messages that say what to do: "Enter your e-mail address" */
};
struct form {
    struct request *r;
    const struct field *fields;
    size_t count;
    const char **value;   /* by field index: NULL when missing; a valid value in canonical form (trimmed; FIELD_SLUGS as
                             {a,b} array text for PostgreSQL; FIELD_MONEY as minor units) */
    const char **error;   /* by field index, NULL when fine */
    size_t errors;
};
/* Reads and checks the whole form. The typed text of every field stays available for redrawing. */
void form_read(struct form *f, struct request *r, const struct field *fields, size_t count);
const char *form_get(const struct form *f, const char *name);          /* canonical value or NULL */
void form_fail(struct form *f, const char *name, const char *message); /* a rule beyond the single field */

/* --- Asking. Both run as the caller (session and booking token set for one transaction when there are any). On anything but a document they have
 * replied (404 for none or denied, 409, 422, 503 with Retry-After, 500) and return NULL. */
#define ask(r, q, ...) web_ask((r), (q), DB_COUNT(__VA_ARGS__), DB_VALUES(__VA_ARGS__))
const char *web_ask(struct request *r, enum query q, int count, const char *const *values);
/* The same without replying: the caller looks at the status. */
#define ask_status(r, q, out, ...) web_ask_status((r), (q), (out), DB_COUNT(__VA_ARGS__), DB_VALUES(__VA_ARGS__))
enum db_status web_ask_status(struct request *r, enum query q, const char **out, int count, const char *const *values);
void reply_db(struct request *r, enum db_status s); /* the error page for a status */

/* Text of a top-level member of a document, NULL when absent (json_member in the request's arena). */
const char *doc_text(struct request *r, const char *doc, const char *key);

/* --- Answering */

/* 200 with template `name` over `doc`; with Accept: application/json the document itself. Contexts, outermost first: `site` (see below), doc. */
void page(struct request *r, const char *name, const char *doc);
void page_status(struct request *r, int status, const char *name, const char *doc);
/* The form again, 422, with what was typed and what is wrong: a context over doc with, for each field, `<name>` (typed text),
 * `error_<name>` (message), for FIELD_CHOICE and FIELD_SLUGS `<name>_is_<value>` true; and `errors` [{field,message}],
 * `has_errors`. JSON callers get problem+json with the same `errors`. */
void page_form(struct request *r, const char *name, const char *doc, const struct form *f);
/* Extra top-level context between site and doc: raw HTML made by a renderer of ours, reachable as {{{raw.<name>}}}. Before page(). */
void page_raw(struct request *r, const char *name, const char *html);
/* Extra plain value: {{<name>}}. Before page(). */
void page_value(struct request *r, const char *name, const char *text);

/* The `site` context of every page: name, origin, css, js, icons, font (URLs with hash), csrf, path, theme ("", light, dark), signed_in {name,
 * is_therapist, is_operator} or false, emergency, urgent_line, operator_email, dev, request_id, year. */

/* URL of an asset with its content hash: "/static/app.3f2a….css"; stable for the process. */
const char *static_url(const char *asset_path);
/* Handler of GET /static/{file}; inline, gzip when accepted. */
void static_get(struct request *r);

/* Hooks for http_start. */
void *web_worker_start(void *app, bool slow);
void web_worker_stop(void *app, void *worker);
bool web_admit(struct request *r);
void web_error(struct request *r, int status, const char *detail);
extern const char *const web_headers[];

/* --- Secrets (libsodium) */

void web_random(char *out43);                        /* 32 random bytes in base64url, 44 bytes with NUL */
/* Seals text for storage: XChaCha20-Poly1305 under a key derived from the master key for `purpose`; `bound` is authenticated with it
 * (table, row, version). Base64url in the request's arena; NULL on failure. */
const char *seal(struct request *r, const char *purpose, const char *bound, struct str plain);
const char *unseal(struct request *r, const char *purpose, const char *bound, const char *sealed);

#endif
