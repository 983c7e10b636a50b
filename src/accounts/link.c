/* What a mail leads to: a page with a button, and the act behind it. */
#include "accounts/link.h"

#include "accounts/accounts.h"

#include <sodium.h>
#include <string.h>

static const struct field code_field = {.name = "code",
                                        .kind = FIELD_LINE,
                                        .required = true,
                                        .max = 20,
                                        .missing = "Enter the code that stands in the mail",
                                        .wrong = "Enter the eight digits that stand in the mail"};
static const struct field password_field = {.name = "password",
                                            .kind = FIELD_SECRET,
                                            .required = true,
                                            .min = PASSWORD_MIN,
                                            .max = PASSWORD_MAX,
                                            .missing = "Choose a password",
                                            .wrong = "Choose a password of 8 to 128 characters"};

static bool says(struct request *r, const char *doc, const char *key)
{
    const char *text = doc_text(r, doc, key);
    return text != NULL && strcmp(text, "true") == 0;
}

/* {token} of the path, NULL on /links. One that cannot be one finds nothing. */
static const char *token_of(struct request *r)
{
    return pairs_get(&r->params, "token").n > 0 ? param(r, "token") : NULL;
}

static const char *browser_of(struct request *r)
{
    const char *cookie = cookie_value(r, ASKED_COOKIE);
    return cookie != NULL && strlen(cookie) <= 64 ? cookie : NULL;
}

static void show(struct request *r, int status, const char *doc, const struct form *f)
{
    page_value(r, "token", token_of(r));
    if (f != NULL)
        page_form(r, "accounts/link", doc, f);
    else
        page_status(r, status, "accounts/link", doc);
}

/* What its page asks; NULL after having replied. Without a token there is a page even when this browser has
 * asked for nothing: the mail may have been asked for elsewhere. */
static const char *look(struct request *r)
{
    const char *doc = NULL, *token = token_of(r);
    enum db_status s = ask_status(r, Q_accounts_link_look, &doc, token, browser_of(r));
    if (s == DB_NONE && token == NULL)
        return "{\"nothing\":true}";
    if (s != DB_OK)
        reply_db(r, s);
    return doc;
}

void links_get(struct request *r)
{
    const char *doc = look(r);
    if (doc != NULL)
        show(r, 200, doc, NULL);
}

void link_get(struct request *r)
{
    links_get(r);
}

/* --- Using it */

/* {"code","hash","agent"}, or NULL with the fault in the form. */
static const char *proof(struct request *r, struct form *f, const char *hash)
{
    char code[LINK_HEX] = "";
    const char *typed = form_get(f, "code");
    struct buf b = {.max = 2048};
    struct json_writer w = {.out = &b};
    if (typed != NULL && !link_code_hash(app_of(r)->key, typed, code)) {
        form_fail(f, "code", code_field.wrong);
        return NULL;
    }
    json_open(&w, NULL, '{');
    json_put(&w, "code", typed != NULL ? code : NULL);
    json_put(&w, "hash", hash);
    json_put(&w, "agent", device_words(r));
    json_close(&w, '}');
    const char *text = b.failed ? NULL : arena_strndup(r->arena, b.p, b.n);
    buf_free(&b);
    return text;
}

/* The fields that this link's page has. */
static void read_fields(struct request *r, const char *doc, struct form *f)
{
    struct field *asked = arena_alloc(r->arena, 2 * sizeof *asked);
    size_t n = 0;
    if (asked != NULL && says(r, doc, "needs_code"))
        asked[n++] = code_field;
    if (asked != NULL && says(r, doc, "needs_password"))
        asked[n++] = password_field;
    form_read(f, r, asked, n);
    const char *password = form_get(f, "password");
    const char *problem = password ? password_problem(r, password, doc_text(r, doc, "email"), NULL) : NULL;
    if (problem != NULL)
        form_fail(f, "password", problem);
}

static void tell(struct request *r, struct form *f, const char *problem)
{
    const char *doc = look(r); /* anew: it may be over now */
    if (doc == NULL)
        return;
    if (strcmp(problem, "code") == 0 && says(r, doc, "open")) {
        form_fail(f, "code", "This is not the code of the last mail. Check it and try again");
        show(r, 422, doc, f);
        return;
    }
    if (strcmp(problem, "taken") == 0)
        page_value(r, "taken", "yes");
    show(r, 409, doc, NULL);
}

static void use(struct request *r, const char *doc, struct form *f)
{
    char hash[PASSWORD_HASH_SIZE], session[44];
    const char *password = form_get(f, "password");
    if (password != NULL && !password_hash(password, hash)) {
        reply_error(r, 503, NULL);
        return;
    }
    const char *sent = proof(r, f, password != NULL ? hash : NULL);
    if (sent == NULL) {
        show(r, 422, doc, f);
        return;
    }
    web_random(session);
    const char *done = ask(r, Q_accounts_link_use, token_of(r), browser_of(r), sent, session);
    const char *problem = done != NULL ? doc_text(r, done, "problem") : NULL;
    if (problem != NULL)
        tell(r, f, problem);
    else if (done != NULL && (doc_text(r, done, "role") != NULL || says(r, done, "second")))
        session_welcome(r, done, arena_strdup(r->arena, session), doc_text(r, done, "to"));
    else if (done != NULL)
        page_saved(r, done, local_path(doc_text(r, done, "to"), "/sign-in"));
    sodium_memzero(session, sizeof session);
}

void links_post(struct request *r)
{
    struct form f;
    const char *doc = look(r);
    if (doc == NULL)
        return;
    if (!says(r, doc, "open")) {
        show(r, 409, doc, NULL);
        return;
    }
    read_fields(r, doc, &f);
    if (f.errors > 0)
        show(r, 422, doc, &f);
    else
        use(r, doc, &f);
}

void link_post(struct request *r)
{
    links_post(r);
}
