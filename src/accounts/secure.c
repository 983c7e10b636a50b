/* What is changed only by who knows the password: the password itself, and the address of the account. */
#include "accounts/accounts.h"
#include "accounts/link.h"
#include "accounts/self.h"

#include <sodium.h>
#include <string.h>
#include <strings.h>

#define A_DAY    86400L
#define COUNT(a) (sizeof(a) / sizeof *(a))

bool password_proves(struct request *r, const char *typed, const char **email, const char **hash,
                     const char **problem)
{
    *problem = NULL;
    char better[PASSWORD_HASH_SIZE];
    bool rehashed;
    const char *first = ask(r, Q_accounts_proof, r->client, NULL);
    if (first == NULL)
        return false;
    *email = doc_text(r, first, "email");
    const char *device = device_known(r, *email);
    const char *doc = ask(r, Q_accounts_proof, r->client, device), *wait = doc_text(r, doc, "wait");
    if (doc == NULL)
        return false;
    if (wait == NULL || strcmp(wait, "0") != 0) {
        ask_to_wait(r, "The password was wrong many times.", wait != NULL ? wait : "60");
        return false;
    }
    *hash = doc_text(r, doc, "hash");
    bool right = typed != NULL && password_verify(*hash, typed, better, &rehashed);
    if (ask(r, Q_accounts_proved, right ? "true" : "false", r->client, device) == NULL)
        return false;
    if (!right)
        *problem = "This is not your password. Check it and try again";
    return right;
}

bool account_prove(struct request *r, struct form *f, const char **email, const char **hash)
{
    const char *problem;
    bool right = password_proves(r, form_get(f, "current"), email, hash, &problem);
    if (problem != NULL)
        form_fail(f, "current", problem);
    return right;
}

/* --- The password */

static const struct field password_fields[] = {
    CURRENT_FIELD,
    {.name = "password",
     .kind = FIELD_SECRET,
     .required = true,
     .min = PASSWORD_MIN,
     .max = PASSWORD_MAX,
     .missing = "Choose a new password",
     .wrong = "Choose a new password of 8 to 128 characters"},
};

void account_password_get(struct request *r)
{
    page(r, "accounts/password", NULL);
}

static void password_save(struct request *r, const char *old, const char *password)
{
    char hash[PASSWORD_HASH_SIZE], token[44];
    if (!password_hash(password, hash)) {
        reply_error(r, 503, NULL);
        return;
    }
    web_random(token);
    const char *doc = ask(r, Q_accounts_password, old, hash, token, device_words(r));
    if (doc != NULL)
        session_welcome(r, doc, arena_strdup(r->arena, token), "/account/settings?saved=password");
    sodium_memzero(token, sizeof token);
}

void account_password_post(struct request *r)
{
    struct form f;
    const char *email = NULL, *old = NULL;
    form_read(&f, r, password_fields, COUNT(password_fields));
    const char *password = form_get(&f, "password"), *problem = NULL;
    bool proved = f.errors == 0 && account_prove(r, &f, &email, &old);
    if (reply_status(r) != 0)
        return;
    if (password != NULL)
        problem = password_problem(r, password, email, session_of(r)->name);
    if (problem != NULL)
        form_fail(&f, "password", problem);
    if (!proved || f.errors > 0)
        page_form(r, "accounts/password", NULL, &f);
    else
        password_save(r, old, password);
}

/* --- The address */

static const struct field email_fields[] = {
    {.name = "email",
     .kind = FIELD_EMAIL,
     .required = true,
     .missing = "Enter the new e-mail address",
     .wrong = "Enter an e-mail address like name@example.com"},
    CURRENT_FIELD,
};

static void email_page(struct request *r, const struct form *f)
{
    const char *doc = ask(r, Q_accounts_settings);
    if (doc == NULL)
        return;
    page_value(r, "saved", query_value(r, "saved"));
    page_value(r, "now", doc_text(r, doc, "email"));
    if (f != NULL)
        page_form(r, "accounts/email", NULL, f);
    else
        page(r, "accounts/email", NULL);
}

void account_email_get(struct request *r)
{
    email_page(r, NULL);
}

/* The link that will undo the change is made now: only the program can make one. */
static void email_ask(struct request *r, const char *email)
{
    char key[37], undo[37], token[44], undo_token[44], code[LINK_CODE_SIZE], code_hash[LINK_HEX], browser[44];
    const unsigned char *master = app_of(r)->key;
    web_uuid(key);
    web_uuid(undo);
    link_token(master, key, token);
    link_token(master, undo, undo_token);
    link_code(master, key, code);
    web_random(browser);
    if (!link_code_hash(master, code, code_hash))
        return;
    /* an address has no sign that JSON would need to escape: field.c */
    const char *asked =
        arena_printf(r->arena, "{\"key\":\"%s\",\"email\":\"%s\",\"undo_key\":\"%s\",\"undo_token\":\"%s\"}",
                     key, email, undo, undo_token);
    const char *doc = ask(r, Q_accounts_email, asked, token, code_hash, browser, r->client);
    const char *wait = doc != NULL ? doc_text(r, doc, "wait") : NULL;
    if (doc == NULL)
        return;
    if (wait == NULL || strcmp(wait, "0") != 0) {
        ask_to_wait(r, "Many mails were asked for.", wait != NULL ? wait : "60");
        return;
    }
    cookie_set(r, ASKED_COOKIE, arena_strdup(r->arena, browser), A_DAY);
    page_saved(r, "{}", "/links");
}

void account_email_post(struct request *r)
{
    struct form f;
    const char *old = NULL, *hash = NULL;
    form_read(&f, r, email_fields, COUNT(email_fields));
    bool proved = f.errors == 0 && account_prove(r, &f, &old, &hash);
    if (reply_status(r) != 0)
        return;
    const char *email = form_get(&f, "email");
    if (proved && old != NULL && strcasecmp(old, email) == 0)
        form_fail(&f, "email", "This is the address you have. Enter another one");
    if (!proved || f.errors > 0)
        email_page(r, &f);
    else
        email_ask(r, email);
}
