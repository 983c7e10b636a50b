/* What somebody signs in with beside their password: apps, passkeys, recovery codes. */
#include "accounts/accounts.h"
#include "accounts/factor.h"
#include "accounts/totp.h"
#include "booking/booking.h"
#include "view/qr.h"

#include <sodium.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

void security_get(struct request *r)
{
    page_with_saved(r, "accounts/security", ask(r, Q_accounts_factors));
}

/* --- An app. The page offers a key, sealed for this session, which comes back with its first code: nothing
 * is kept of a key that no app has. */

#define OFFER "offered key"

static const struct field app_fields[] = {
    {.name = "code",
     .kind = FIELD_LINE,
     .required = true,
     .max = 20,
     .missing = "Enter the code that your app shows",
     .wrong = "Enter the six digits that your app shows"},
    {.name = "name",
     .kind = FIELD_LINE,
     .required = true,
     .min = 1,
     .max = 60,
     .missing = "Give the app a name, so that you know it again",
     .wrong = "Give the app a name of at most 60 characters"},
    {.name = "offer", .kind = FIELD_LINE, .max = 1000},
};

static bool offer_open(struct request *r, const char *offer, unsigned char key[TOTP_KEY])
{
    const char *plain = offer != NULL ? unseal(r, OFFER, session_of(r)->id, offer) : NULL;
    return plain != NULL && text_unbase64(key, TOTP_KEY, str_of(plain)) == TOTP_KEY;
}

static const char *key_text(struct request *r, const unsigned char key[TOTP_KEY])
{
    char *text = arena_alloc(r->arena, 32);
    return text != NULL && text_base64(text, 32, key, TOTP_KEY) > 0 ? text : NULL;
}

/* In groups of four, as people type it. */
static const char *grouped(struct request *r, const char base32[TOTP_BASE32])
{
    struct buf b = {.max = 64};
    for (size_t i = 0; i < TOTP_BASE32 - 1; i++) {
        if (i > 0 && i % 4 == 0)
            buf_putc(&b, ' ');
        buf_putc(&b, base32[i]);
    }
    const char *text = b.failed ? NULL : arena_strndup(r->arena, b.p, b.n);
    buf_free(&b);
    return text;
}

static void show_key(struct request *r, const unsigned char key[TOTP_KEY], const char *email)
{
    char base32[TOTP_BASE32];
    struct buf address = {.max = QR_TEXT_MAX}, drawn = {.max = 64 * 1024};
    totp_base32(key, base32);
    if (email != NULL)
        totp_address(&address, app_of(r)->config.site_name, email, base32);
    if (address.n > 0 && !address.failed && svg_qr(&drawn, address.p, "QR code with the key for your app"))
        page_raw(r, "qr", arena_strndup(r->arena, drawn.p, drawn.n));
    page_value(r, "key_text", grouped(r, base32));
    page_value(r, "address",
               address.failed || address.n == 0 ? NULL : arena_strndup(r->arena, address.p, address.n));
    sodium_memzero(base32, sizeof base32);
    buf_free(&address);
    buf_free(&drawn);
}

static void app_page(struct request *r, const char *doc, const char *next, const unsigned char key[TOTP_KEY],
                     const struct form *f)
{
    const char *plain = key_text(r, key);
    page_value(r, "offered", plain != NULL ? seal(r, OFFER, session_of(r)->id, str_of(plain)) : NULL);
    page_value(r, "next", local_path(next, NULL));
    page_value(r, "is_first", doc_is(r, doc, "has_factor") ? NULL : "yes");
    page_value(r, "is_operator", doc_is(r, doc, "is_operator") ? "yes" : NULL);
    page_value(r, "is_therapist", doc_is(r, doc, "is_therapist") ? "yes" : NULL);
    show_key(r, key, doc_text(r, doc, "email"));
    if (f != NULL)
        page_form(r, "accounts/app", NULL, f);
    else
        page(r, "accounts/app", NULL);
}

void security_app_get(struct request *r)
{
    unsigned char key[TOTP_KEY];
    const char *doc = ask(r, Q_accounts_factors);
    if (doc == NULL)
        return;
    randombytes_buf(key, sizeof key);
    app_page(r, doc, query_value(r, "next"), key, NULL);
    sodium_memzero(key, sizeof key);
}

void factor_added(struct request *r, const char *done, const char *token, const char *next)
{
    const char *account = doc_text(r, done, "account");
    session_cookie(r, done, arena_strdup(r->arena, token));
    if (doc_is(r, done, "first"))
        recovery_show(r, account, local_path(next, NULL));
    else
        page_saved(r, done, local_path(next, "/account/security?saved=added"));
}

static void app_add(struct request *r, const char *doc, struct form *f, const unsigned char key[TOTP_KEY],
                    int64_t step)
{
    char id[37], token[44];
    const char *account = doc_text(r, doc, "account"), *plain = key_text(r, key),
               *next = form_value(r, "next");
    web_uuid(id);
    web_random(token);
    const char *bound = app_bound(r->arena, account, id);
    const char *sealed = bound != NULL && plain != NULL ? seal(r, FACTOR_SEAL, bound, str_of(plain)) : NULL;
    const char *done = sealed != NULL ? ask(r, Q_accounts_app_add, id, form_get(f, "name"), sealed,
                                            arena_printf(r->arena, "%lld", (long long)step), token)
                                      : NULL;
    if (done != NULL && doc_text(r, done, "problem") != NULL) {
        form_fail(f, NULL, "You have five apps already. Remove one before you add another");
        app_page(r, doc, next, key, f);
    } else if (done != NULL) {
        factor_added(r, done, token, next);
    } else if (reply_status(r) == 0) {
        reply_error(r, 500, NULL);
    }
    sodium_memzero(token, sizeof token);
}

void security_app_post(struct request *r)
{
    struct form f;
    unsigned char key[TOTP_KEY];
    const char *doc = ask(r, Q_accounts_factors);
    if (doc == NULL)
        return;
    form_read(&f, r, app_fields, COUNT(app_fields));
    const char *code = form_get(&f, "code");
    int64_t step = 0;
    if (!offer_open(r, form_get(&f, "offer"), key)) {
        randombytes_buf(key, sizeof key);
        form_fail(&f, NULL, "This page was too old. Scan the new code below");
    } else if (code != NULL && (step = totp_match(key, totp_now(), code)) == 0) {
        form_fail(&f, "code",
                  "This code does not fit. Wait for the next one, and check the clock of your device");
    }
    if (f.errors > 0)
        app_page(r, doc, form_value(r, "next"), key, &f);
    else
        app_add(r, doc, &f, key, step);
    sodium_memzero(key, sizeof key);
}

/* --- Recovery codes */

void security_codes_get(struct request *r)
{
    const char *doc = ask(r, Q_accounts_factors);
    if (doc != NULL && doc_is(r, doc, "has_factor"))
        page(r, "accounts/new-codes", doc);
    else if (doc != NULL)
        reply_redirect(r, 303, "/account/security");
}

void security_codes_post(struct request *r)
{
    const char *doc = ask(r, Q_accounts_factors);
    if (doc != NULL)
        recovery_show(r, doc_text(r, doc, "account"), NULL);
}

/* --- One of them */

static const struct field name_field = {.name = "name",
                                        .kind = FIELD_LINE,
                                        .required = true,
                                        .min = 1,
                                        .max = 60,
                                        .missing = "Enter a name",
                                        .wrong = "Enter a name of at most 60 characters"};

void security_factor_get(struct request *r)
{
    const char *id = path_uuid(r), *doc = id != NULL ? ask(r, Q_accounts_factor, id) : NULL;
    if (doc != NULL)
        page(r, "accounts/factor", doc);
}

void security_factor_post(struct request *r)
{
    struct form f;
    const char *id = path_uuid(r), *doc = id != NULL ? ask(r, Q_accounts_factor, id) : NULL;
    if (doc == NULL)
        return;
    form_read(&f, r, &name_field, 1);
    if (f.errors > 0)
        page_form(r, "accounts/factor", doc, &f);
    else
        page_saved(r, ask(r, Q_accounts_factor_rename, id, form_get(&f, "name")),
                   "/account/security?saved=1");
}

void security_factor_remove_post(struct request *r)
{
    const char *id = path_uuid(r);
    if (id != NULL)
        page_saved(r, ask(r, Q_accounts_factor_remove, id), "/account/security?saved=removed");
}
