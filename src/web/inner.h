/* What the files of this folder share and nobody else needs. */
#ifndef UNKNOT_WEB_INNER_H
#define UNKNOT_WEB_INNER_H

#include "web/web.h"

/* Context a handler added by page_raw or page_value, newest first. */
struct extra {
    struct extra *next;
    const char *name, *text;
    bool raw;
};

#define ALSO_MAX 2

/* A request's own state; r->session points to its first member. */
struct state {
    struct session session;
    struct extra *extras;
    const struct json *also[ALSO_MAX]; /* … and by page_context, in this order */
    size_t alsos;                      /* how many were added: more than fit make no page */
    const char *doc;                   /* … and what doc_json read it as */
    struct json read;
    bool session_by_cookie, booking_by_cookie; /* authority that a browser sends by itself */
};

/* Made at first use: inline handlers and early errors have not been admitted. NULL when out of memory. */
struct state *state_of(struct request *r);

/* Whether who calls may call the row, and has proved what it wants; if not, that has been said. */
bool web_allow(struct request *r);

/* Whether a POST may act: security.md's rules are told in csrf.c. */
bool csrf_check(struct request *r);
/* The token for the page being made, or "" where it may carry none. *fresh is set to a new visitor cookie
 * that must be sent if the page turns out to hold the token, else to NULL. */
const char *csrf_for_page(struct request *r, const char **fresh);

/* web_ask_status inside the transaction of a POST. */
enum db_status once_ask(struct request *r, enum query q, const char **out, int count,
                        const char *const *values);

/* What a worker keeps of ask_kept. */
void keep_free(struct worker *w);

/* A POST has asked the database something that may have changed what pages show. */
void web_wrote(struct request *r);

/* "light", "dark" or "", as the caller's cookie says. */
const char *theme_of(struct request *r);

/* An empty buffer of at most `max` bytes that goes with the request. */
struct buf *scratch(struct request *r, size_t max);

/* `text` as the innermost context over doc: page_form's. */
void page_over(struct request *r, int status, const char *name, const char *doc, const char *over);
/* Renders into the request; false when that cannot be done, with nothing replied. */
bool page_render(struct request *r, int status, const char *name, const char *doc, const char *over,
                 bool error);

/* Values of `name` in order: at most `cap` into out, returns how many there are. */
size_t form_values(const struct request *r, const char *name, struct str *out, size_t cap);

bool static_start(bool dev);
void static_stop(void);

#define PAGE_MAX ((size_t)4 << 20)

#endif
