/* All data of one's own to take away, and the end of an account. */
#include "accounts/accounts.h"
#include "accounts/link.h"
#include "accounts/self.h"
#include "booking/booking.h"
#include "care/message.h"
#include "intake/intake.h"

#include <sodium.h>
#include <string.h>

#define COUNT(a)   (sizeof(a) / sizeof *(a))
#define EXPORT_MAX ((size_t)3 << 20)

/* --- The export. Who asks proves the password; each sealed document is opened with the token of its visit.
 */

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

/* {"id","question","answer"} for each answer of a kept form; lists as they are. */
static void put_answers(struct request *r, struct json_writer *w, const char *record, const struct json *doc)
{
    struct json j;
    uint32_t questions = json_get(doc, 0, "questions");
    json_open(w, "answers", '[');
    if (record != NULL && json_parse(&j, r->arena, str_of(record))) {
        uint32_t answers = json_get(&j, 0, "answers");
        uint32_t n = answers != 0 ? j.token[answers].count : 0, at = answers + 1;
        for (uint32_t i = 0; i < n; i++, at = j.token[at + 1].next) {
            struct str id = json_text(&j, at, r->arena);
            struct str value = json_raw(&j, at + 1);
            json_open(w, NULL, '{');
            json_put_str(w, "id", id);
            json_put_str(w, "question", json_text(doc, json_find(doc, questions, id), r->arena));
            json_put_str(w, "answer", value);
            json_close(w, '}');
        }
    }
    json_close(w, ']');
}

static void put_visit(struct request *r, struct json_writer *w, const struct json *doc, uint32_t visit)
{
    char token[44];
    struct str id = json_raw(doc, json_get(doc, visit, "id")),
               lead = json_raw(doc, json_get(doc, visit, "lead"));
    struct str key = json_raw(doc, json_get(doc, visit, "key")),
               sealed = json_text(doc, json_get(doc, visit, "answers"), r->arena);
    const char *booking = arena_strndup(r->arena, id.p, id.n);
    booking_token(app_of(r)->key, arena_strndup(r->arena, key.p, key.n), token);
    session_of(r)->booking = arena_strdup(r->arena, token);
    const char *record = sealed.n > 0 ? intake_for_client(r, booking, arena_strndup(r->arena, lead.p, lead.n),
                                                          arena_strndup(r->arena, sealed.p, sealed.n))
                                      : NULL;
    json_open(w, NULL, '{');
    json_put_str(w, "visit", id);
    json_put_bool(w, "could_not_be_opened", sealed.n > 0 && record == NULL);
    put_answers(r, w, record, doc);
    messages_put(r, w, "messages", booking, doc, json_get(doc, visit, "messages"));
    json_close(w, '}');
    session_of(r)->booking = NULL;
    sodium_memzero(token, sizeof token);
}

/* The database's document without what is sealed, and what was opened of it. NULL after having replied. */
static const char *export_document(struct request *r)
{
    struct json j;
    const char *doc = ask(r, Q_accounts_export);
    if (doc == NULL)
        return NULL;
    struct buf b = {.max = EXPORT_MAX};
    struct json_writer w = {.out = &b};
    const char *out = NULL;
    if (json_parse(&j, r->arena, str_of(doc))) {
        uint32_t sealed = json_get(&j, 0, "sealed");
        json_open(&w, NULL, '{');
        for (uint32_t i = 0, at = 1; i < j.token[0].count; i++, at = j.token[at + 1].next) {
            struct str name = json_raw(&j, at);
            if (!str_is(name, "sealed") && !str_is(name, "questions")) {
                struct str value = {doc + j.token[at + 1].start, j.token[at + 1].size};
                bool text = j.token[at + 1].kind == JSON_STRING;
                const char *key = arena_strndup(r->arena, name.p, name.n);
                if (text)
                    json_put_str(&w, key, json_text(&j, at + 1, r->arena));
                else
                    json_put_raw(&w, key, arena_strndup(r->arena, value.p, value.n));
            }
        }
        json_open(&w, "said", '[');
        for (uint32_t i = 0, at = sealed + 1; sealed != 0 && i < j.token[sealed].count;
             i++, at = j.token[at].next)
            put_visit(r, &w, &j, at);
        json_close(&w, ']');
        json_close(&w, '}');
        out = b.failed ? NULL : arena_strndup(r->arena, b.p, b.n);
    }
    sodium_memzero(b.p, b.n);
    buf_free(&b);
    if (out == NULL)
        reply_error(r, 500, NULL);
    return out;
}

void account_export_post(struct request *r)
{
    struct form f;
    const char *email = NULL, *hash = NULL;
    form_read(&f, r, export_fields, COUNT(export_fields));
    bool proved = f.errors == 0 && account_prove(r, &f, &email, &hash);
    if (reply_status(r) != 0)
        return;
    if (!proved) {
        page_form(r, "accounts/export", NULL, &f);
        return;
    }
    const char *doc = export_document(r);
    if (doc == NULL)
        return;
    bool html = strcmp(form_get(&f, "form"), "html") == 0 && !r->wants_json;
    reply_header(r, "Content-Disposition",
                 html ? "attachment; filename=\"my-data.html\"" : "attachment; filename=\"my-data.json\"");
    if (html)
        page(r, "accounts/export-data", doc);
    else
        reply(r, 200, "application/json; charset=utf-8", doc, strlen(doc));
}

/* --- The end */

static const char *const fates[] = {"cancel", "keep", NULL};
static const struct field close_fields[] = {
    {.name = "visits", .kind = FIELD_CHOICE, .choices = fates, .wrong = "Choose what becomes of your visits"},
    CURRENT_FIELD,
};

static void close_page(struct request *r, const char *doc, const struct form *f)
{
    if (f != NULL)
        page_form(r, "accounts/close", doc, f);
    else
        page(r, "accounts/close", doc);
}

void account_close_get(struct request *r)
{
    const char *doc = ask(r, Q_accounts_closing);
    if (doc == NULL)
        return;
    if (r->wants_json)
        reply_error(r, 406, "This is a page only."); /* its document has secrets of the visits */
    else
        close_page(r, doc, NULL);
}

/* Each as its guest, so that fees, mails and the history are those of any visit that its client cancels. */
static bool cancel_all(struct request *r, const char *doc)
{
    struct json j;
    char token[44];
    if (!json_parse(&j, r->arena, str_of(doc)))
        return false;
    uint32_t list = json_get(&j, 0, "coming"), at = list + 1;
    bool good = true;
    for (uint32_t i = 0; good && list != 0 && i < j.token[list].count; i++, at = j.token[at].next) {
        struct str id = json_raw(&j, json_get(&j, at, "id")), key = json_raw(&j, json_get(&j, at, "key"));
        booking_token(app_of(r)->key, arena_strndup(r->arena, key.p, key.n), token);
        session_of(r)->booking = arena_strdup(r->arena, token);
        good = ask(r, Q_booking_cancel, arena_strndup(r->arena, id.p, id.n), "link") != NULL;
        session_of(r)->booking = NULL;
    }
    sodium_memzero(token, sizeof token);
    return good;
}

static void close_now(struct request *r, const char *doc, struct form *f)
{
    char key[37], token[44];
    const char *fate = form_get(f, "visits");
    if (fate != NULL && strcmp(fate, "cancel") == 0 && !cancel_all(r, doc))
        return;
    web_uuid(key);
    link_token(app_of(r)->key, key, token);
    const char *done = ask(r, Q_accounts_leave, key, token);
    sodium_memzero(token, sizeof token);
    const char *problem = done != NULL ? doc_text(r, done, "problem") : NULL;
    if (done == NULL)
        return;
    if (problem != NULL) {
        form_fail(f, NULL,
                  strcmp(problem, "last") == 0
                      ? "You are the only operator. Somebody else has to be one before you can leave"
                      : "You have visits to come. Cancel or finish them before you leave");
        close_page(r, doc, f);
        return;
    }
    cookie_set(r, SESSION_COOKIE, "", 0);
    reply_header(r, "Clear-Site-Data", "\"cache\"");
    page_saved(r, done, "/sign-in?closed=1");
}

void account_close_post(struct request *r)
{
    struct form f;
    const char *email = NULL, *hash = NULL, *doc = ask(r, Q_accounts_closing);
    if (doc == NULL)
        return;
    form_read(&f, r, close_fields, COUNT(close_fields));
    if (doc_is(r, doc, "has_coming") && form_get(&f, "visits") == NULL)
        form_fail(&f, "visits", "Choose what becomes of your visits");
    bool proved = f.errors == 0 && account_prove(r, &f, &email, &hash);
    if (reply_status(r) != 0)
        return;
    if (!proved)
        close_page(r, doc, &f);
    else
        close_now(r, doc, &f);
}
