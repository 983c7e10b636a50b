/* Asking for an account, or for a new password. Both end alike whether or not the address has an account: a
 * mail says how things stand, the page that follows asks for its code. */
#include "accounts/accounts.h"
#include "accounts/link.h"

#include <sodium.h>
#include <string.h>

#define A_DAY 86400L

static const struct field fields[] = {
    {.name = "name",
     .kind = FIELD_LINE,
     .required = true,
     .max = 120,
     .missing = "Enter your name",
     .wrong = "Enter your name in 120 characters or fewer"},
    {.name = "email",
     .kind = FIELD_EMAIL,
     .required = true,
     .missing = "Enter your e-mail address",
     .wrong = "Enter an e-mail address like name@example.com"},
    {.name = "password",
     .kind = FIELD_SECRET,
     .required = true,
     .min = PASSWORD_MIN,
     .max = PASSWORD_MAX,
     .missing = "Choose a password",
     .wrong = "Choose a password of 8 to 128 characters"},
};
#define COUNT(a) (sizeof(a) / sizeof *(a))

static const char *asked_json(struct request *r, const struct mail_asked *asked, const char *key)
{
    struct buf b = {.max = 4096};
    struct json_writer w = {.out = &b};
    json_open(&w, NULL, '{');
    json_put(&w, "kind", asked->kind);
    json_put(&w, "key", key);
    json_put(&w, "email", asked->email);
    json_put(&w, "role", asked->role);
    json_put(&w, "name", asked->name);
    json_put(&w, "hash", asked->hash);
    json_close(&w, '}');
    const char *text = b.failed ? NULL : arena_strndup(r->arena, b.p, b.n);
    buf_free(&b);
    return text;
}

bool mail_ask(struct request *r, const struct mail_asked *asked)
{
    char key[37], token[44], code[LINK_CODE_SIZE], code_hash[LINK_HEX];
    char *browser = arena_alloc(r->arena, 44);
    const unsigned char *master = app_of(r)->key;
    web_uuid(key);
    link_token(master, key, token);
    link_code(master, key, code);
    if (browser == NULL || !link_code_hash(master, code, code_hash))
        return false;
    web_random(browser);
    const char *doc = ask(r, Q_accounts_link_ask, asked_json(r, asked, key), token, code_hash, browser,
                          r->client, device_known(r, asked->email));
    sodium_memzero(token, sizeof token);
    sodium_memzero(code, sizeof code);
    const char *wait = doc != NULL ? doc_text(r, doc, "wait") : NULL;
    if (wait == NULL)
        return false;
    if (strcmp(wait, "0") != 0) {
        ask_to_wait(r, "Many mails were asked for.", wait);
        return false;
    }
    cookie_set(r, ASKED_COOKIE, browser, A_DAY);
    page_saved(r, "{}", "/links");
    return true;
}

/* Whoever is signed in has an account. */
static bool is_in(struct request *r)
{
    enum role role = session_of(r)->role;
    if (role == ROLE_VISITOR || r->wants_json)
        return false;
    reply_redirect(r, 303,
                   home_of(role == ROLE_OPERATOR    ? "operator"
                           : role == ROLE_THERAPIST ? "therapist"
                           : role == ROLE_DESK      ? "desk"
                                                    : NULL));
    return true;
}

static void form_page(struct request *r, const char *role, const struct form *f)
{
    page_value(r, "for_therapists", strcmp(role, "therapist") == 0 ? "yes" : NULL);
    if (f != NULL)
        page_form(r, "accounts/sign-up", NULL, f);
    else
        page(r, "accounts/sign-up", NULL);
}

static void sign_up(struct request *r, const char *role)
{
    struct form f;
    char hash[PASSWORD_HASH_SIZE];
    if (is_in(r))
        return;
    form_read(&f, r, fields, COUNT(fields));
    const char *password = form_get(&f, "password"), *email = form_get(&f, "email");
    const char *problem = password ? password_problem(r, password, email, form_get(&f, "name")) : NULL;
    if (problem != NULL)
        form_fail(&f, "password", problem);
    if (f.errors > 0) {
        form_page(r, role, &f);
        return;
    }
    if (!password_hash(password, hash)) {
        reply_error(r, 503, NULL);
        return;
    }
    mail_ask(
        r, &(struct mail_asked){
               .kind = "sign-up", .email = email, .role = role, .name = form_get(&f, "name"), .hash = hash});
}

void sign_up_get(struct request *r)
{
    if (!is_in(r))
        form_page(r, "client", NULL);
}

void sign_up_post(struct request *r)
{
    sign_up(r, "client");
}

void sign_up_therapist_get(struct request *r)
{
    if (!is_in(r))
        form_page(r, "therapist", NULL);
}

void sign_up_therapist_post(struct request *r)
{
    sign_up(r, "therapist");
}

void forgot_get(struct request *r)
{
    page_value(r, "kept", query_value(r, "kept"));
    page(r, "accounts/forgot", NULL);
}

void forgot_post(struct request *r)
{
    struct form f;
    form_read(&f, r, &fields[1], 1);
    if (f.errors > 0)
        page_form(r, "accounts/forgot", NULL, &f);
    else
        mail_ask(r, &(struct mail_asked){.kind = "reset", .email = form_get(&f, "email")});
}
