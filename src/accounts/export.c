/* All data of one's own to take away. Visits are read, opened and written some at a time, each time in memory
 * of its own, so that many years of them fit: one page or document could not hold them. */
#include "accounts/accounts.h"
#include "accounts/self.h"
#include "booking/booking.h"
#include "care/message.h"
#include "intake/intake.h"
#include "outcome/outcome.h"

#include <sodium.h>
#include <string.h>

#define COUNT(a)    (sizeof(a) / sizeof *(a))
#define EXPORT_MAX  ((size_t)256 << 20)
#define PART_MEMORY ((size_t)64 << 20)
enum { VISITS_AT_ONCE = 20 };

struct export
{
    struct request *r;
    bool html, any, any_said;
    struct buf *out, *said; /* what is said of each visit comes after all visits */
};

/* --- What was said of one visit, opened with the token of that visit */

static const char *text_at(struct request *r, const struct json *doc, uint32_t object, const char *key)
{
    uint32_t token = json_get(doc, object, key);
    if (token == 0 || doc->token[token].kind == JSON_NULL)
        return NULL;
    struct str text = json_text(doc, token, r->arena);
    return arena_strndup(r->arena, text.p, text.n);
}

static void put_opened(struct request *r, struct json_writer *w, const struct json *doc, uint32_t visit,
                       const char *id)
{
    const char *lead = text_at(r, doc, visit, "lead"), *sealed = text_at(r, doc, visit, "answers"),
               *own = text_at(r, doc, visit, "own");
    const char *record = sealed ? intake_for_client(r, id, lead, sealed) : NULL,
               *asked = own ? intake_own_for_client(r, id, lead, own) : NULL, *course = NULL;
    uint32_t first = json_get(doc, visit, "course");
    if (first && doc->token[first].kind == JSON_TRUE)
        course = outcome_for_client(r, id);
    json_put_bool(w, "could_not_be_opened", (sealed && !record) || (own && !asked));
    intake_answers_put(r, w, "answers", record,
                       doc->token[json_get(doc, visit, "month_first")].kind == JSON_TRUE);
    json_put_raw(w, "own", asked ? asked : "[]");
    json_put_raw(w, "course", course ? course : "null");
    messages_put(r, w, "messages", id, doc, json_get(doc, visit, "messages"));
}

static void put_visit(struct request *r, struct json_writer *w, const struct json *doc, uint32_t visit)
{
    const char *id = text_at(r, doc, visit, "id"), *key = text_at(r, doc, visit, "key");
    session_of(r)->booking = booking_token(r->arena, app_of(r)->key, key);
    json_open(w, NULL, '{');
    json_put(w, "visit", id);
    put_opened(r, w, doc, visit, id);
    json_close(w, '}');
    session_of(r)->booking = NULL;
}

/* The list of it; NULL without memory. */
static const char *said_of(struct request *r, const struct json *doc)
{
    struct buf b = {.max = PART_MEMORY / 4};
    struct json_writer w = {.out = &b};
    uint32_t list = json_get(doc, 0, "sealed"), at = list + 1;
    json_open(&w, NULL, '[');
    for (uint32_t i = 0; list != 0 && i < doc->token[list].count; i++, at = doc->token[at].next)
        put_visit(r, &w, doc, at);
    json_close(&w, ']');
    const char *text = b.failed ? NULL : arena_strndup(r->arena, b.p, b.n);
    if (b.p != NULL)
        sodium_memzero(b.p, b.n);
    buf_free(&b);
    return text;
}

/* --- Some visits */

static bool render(struct export *x, const char *name, const char *doc, struct buf *out)
{
    struct json contexts[2];
    struct request *r = x->r;
    const char *site = arena_printf(r->arena, "{\"site\":{%s}}", app_of(r)->site);
    return site && doc && json_parse(&contexts[0], r->arena, str_of(site)) &&
           json_parse(&contexts[1], r->arena, str_of(doc)) &&
           view_render(app_of(r)->view, name, contexts, COUNT(contexts), r->arena, out) && !out->failed;
}

/* The elements of a list after those that are there. */
static void append(struct buf *out, const char *list, bool *any)
{
    size_t n = strlen(list);
    if (n <= 2)
        return;
    if (*any)
        buf_putc(out, ',');
    buf_put(out, list + 1, n - 2);
    *any = true;
}

static bool write_part(struct export *x, const char *visits, const char *said)
{
    struct request *r = x->r;
    if (x->html)
        return render(x, "accounts/export-visits", arena_printf(r->arena, "{\"visits\":%s}", visits),
                      x->out) &&
               render(x, "accounts/export-said", arena_printf(r->arena, "{\"said\":%s}", said), x->said);
    append(x->out, visits, &x->any);
    append(x->said, said, &x->any_said);
    return !x->out->failed && !x->said->failed;
}

static bool read_part(struct export *x, int from, bool *more)
{
    struct json j;
    const char *doc = NULL;
    struct request *r = x->r;
    const char *many = arena_printf(r->arena, "%d", VISITS_AT_ONCE);
    if (ask_status(r, Q_accounts_export_visits, &doc, arena_printf(r->arena, "%d", from), many) != DB_OK ||
        !json_parse(&j, r->arena, str_of(doc)))
        return false;
    *more = doc_is(r, doc, "more");
    const char *visits = doc_text(r, doc, "visits"), *said = said_of(r, &j);
    return said && visits && write_part(x, visits, said) && reply_status(r) == 0;
}

static void free_part(void *part)
{
    arena_free(part);
}

/* In memory of its own, which goes at once; after a failure with the request, whose answer may lie in it. */
static bool put_part(struct export *x, int from, bool *more)
{
    struct request *r = x->r;
    struct arena *whole = r->arena, *part = arena_new(PART_MEMORY);
    if (part == NULL)
        return false;
    r->arena = part;
    bool good = read_part(x, from, more);
    r->arena = whole;
    doc_json(r, "{}"); /* nothing is remembered that lies there */
    if (good)
        arena_free(part);
    else
        arena_defer(whole, free_part, part);
    return good;
}

/* --- The whole */

static bool begin(struct export *x, const char *doc)
{
    if (x->html)
        return render(x, "accounts/export-head", doc, x->out);
    buf_put(x->out, doc, strlen(doc) - 1); /* all members; the bracket comes at the end */
    buf_puts(x->out, ",\"visits\":[");
    return true;
}

static bool finish(struct export *x, const char *doc)
{
    buf_puts(x->out, x->html ? "<h2>What you said before and after visits</h2>\n" : "],\"said\":[");
    if (x->said->n > 0)
        buf_put(x->out, x->said->p, x->said->n);
    if (!x->html)
        buf_puts(x->out, "]}");
    return (!x->html || render(x, "accounts/export-tail", doc, x->out)) && !x->out->failed;
}

static bool put_visits(struct export *x)
{
    bool more = true;
    for (int from = 0; more; from += VISITS_AT_ONCE)
        if (!put_part(x, from, &more))
            return false;
    return true;
}

/* What is not of visits has memory of its own too, for as long as the request: it comes first and last. */
static bool write_all(struct export *x)
{
    const char *doc = NULL;
    struct request *r = x->r;
    struct arena *whole = r->arena, *rest = arena_new(PART_MEMORY);
    if (rest == NULL || !arena_defer(whole, free_part, rest))
        return false;
    r->arena = rest;
    bool good = ask_status(r, Q_accounts_export, &doc) == DB_OK && begin(x, doc);
    r->arena = whole;
    good = good && put_visits(x);
    r->arena = rest;
    good = good && finish(x, doc);
    r->arena = whole;
    doc_json(r, "{}");
    return good;
}

static void wipe(void *buf)
{
    struct buf *b = buf;
    if (b->p != NULL)
        sodium_memzero(b->p, b->n);
    buf_free(b);
}

static struct buf *buffer(struct request *r)
{
    struct buf *b = arena_alloc(r->arena, sizeof *b);
    if (b == NULL || !arena_defer(r->arena, wipe, b))
        return NULL;
    *b = (struct buf){.max = EXPORT_MAX};
    return b;
}

static void send_all(struct request *r, bool html)
{
    struct export x = {.r = r, .html = html, .out = buffer(r), .said = buffer(r)};
    if (x.out == NULL || x.said == NULL || !write_all(&x)) {
        if (reply_status(r) == 0)
            reply_error(r, 500, NULL);
        return;
    }
    reply_header(r, "Content-Disposition",
                 html ? "attachment; filename=\"my-data.html\"" : "attachment; filename=\"my-data.json\"");
    reply(r, 200, html ? "text/html; charset=utf-8" : "application/json; charset=utf-8", x.out->p, x.out->n);
}

/* --- The pages. Who asks proves the password. */

static const char *const forms[] = {"json", "html", NULL};
static const struct field export_fields[] = {
    {.name = "form",
     .kind = FIELD_CHOICE,
     .required = true,
     .choices = forms,
     .missing = "Choose how you want it",
     .wrong = "Choose how you want it"},
    CURRENT_FIELD,
};

void account_export_get(struct request *r)
{
    page(r, "accounts/export", NULL);
}

void account_export_post(struct request *r)
{
    struct form f;
    const char *email = NULL, *hash = NULL;
    form_read(&f, r, export_fields, COUNT(export_fields));
    bool proved = f.errors == 0 && account_prove(r, &f, &email, &hash);
    if (reply_status(r) != 0)
        return;
    if (proved)
        send_all(r, strcmp(form_get(&f, "form"), "html") == 0 && !r->wants_json);
    else
        page_form(r, "accounts/export", NULL, &f);
}
