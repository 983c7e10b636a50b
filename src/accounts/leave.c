/* The end of an account. */
#include "accounts/accounts.h"
#include "accounts/link.h"
#include "accounts/self.h"
#include "booking/booking.h"

#include <sodium.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

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
    if (!json_parse(&j, r->arena, str_of(doc)))
        return false;
    uint32_t list = json_get(&j, 0, "coming"), at = list + 1;
    bool good = true;
    for (uint32_t i = 0; good && list != 0 && i < j.token[list].count; i++, at = j.token[at].next) {
        struct str id = json_raw(&j, json_get(&j, at, "id")), key = json_raw(&j, json_get(&j, at, "key"));
        session_of(r)->booking =
            booking_token(r->arena, app_of(r)->key, arena_strndup(r->arena, key.p, key.n));
        good = ask(r, Q_booking_cancel, arena_strndup(r->arena, id.p, id.n), "link") != NULL;
        session_of(r)->booking = NULL;
    }
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
