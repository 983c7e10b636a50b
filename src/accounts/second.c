/* The second step of signing in: the password has passed, and what follows is a code or a passkey. */
#include "accounts/accounts.h"
#include "accounts/factor.h"
#include "booking/booking.h"
#include "notify/dev.h"

#include <sodium.h>
#include <string.h>

static const struct field code_field = {.name = "code",
                                        .kind = FIELD_LINE,
                                        .required = true,
                                        .max = 40,
                                        .missing = "Enter a code",
                                        .wrong =
                                            "Enter the six digits that your app shows, or a recovery code"};

static void second_page(struct request *r, const char *look, const char *next, const struct form *f)
{
    page_value(r, "next", local_path(next, ""));
    page_value(r, "has_app", doc_is(r, look, "has_app") ? "yes" : NULL);
    page_value(r, "has_passkey", doc_is(r, look, "has_passkey") ? "yes" : NULL);
    passkey_values(r, look, "get");
    page_value(r, "dev_codes", dev_is_here(r) ? "yes" : NULL);
    if (f != NULL)
        page_form(r, "accounts/second", NULL, f);
    else
        page(r, "accounts/second", NULL);
}

void second_get(struct request *r)
{
    const char *device, *look = factor_look(r, &device);
    if (look != NULL)
        second_page(r, look, query_value(r, "next"), NULL);
}

static void refuse(struct request *r, const char *look, struct form *f, const char *message)
{
    form_fail(f, f->count > 0 ? "code" : NULL, message);
    second_page(r, look, form_value(r, "next"), f);
}

/* The session that is whole, in place of the half one; `used`: what to say when this proof was used before.
 */
static void pass(struct request *r, const char *look, struct form *f, const char *proof, const char *device,
                 const char *used)
{
    char token[44];
    const char *done = NULL;
    web_random(token);
    enum db_status s = ask_status(r, Q_accounts_factor_pass, &done, proof, token, device_words(r), device);
    if (s == DB_OK)
        session_welcome(r, done, arena_strdup(r->arena, token), form_value(r, "next"));
    else if (s == DB_NONE && ask(r, Q_accounts_factor_refuse, r->client, device) != NULL)
        refuse(r, look, f, used);
    else if (s != DB_NONE)
        reply_db(r, s);
    sodium_memzero(token, sizeof token);
}

void second_post(struct request *r)
{
    struct form f;
    bool is_code = false;
    const char *device, *look = factor_look(r, &device);
    if (look == NULL)
        return;
    form_read(&f, r, &code_field, 1);
    const char *typed = form_get(&f, "code"), *wait = doc_text(r, look, "wait");
    if (typed == NULL) {
        second_page(r, look, form_value(r, "next"), &f);
        return;
    }
    if (wait == NULL || strcmp(wait, "0") != 0) {
        ask_to_wait(r, "Many codes were wrong.", wait != NULL ? wait : "60");
        return;
    }
    const char *proof = code_proof(r, look, typed, &is_code);
    if (proof != NULL)
        pass(r, look, &f, proof, device, "This code was used already. Wait for the next one");
    else if (!is_code)
        refuse(r, look, &f, code_field.wrong);
    else if (ask(r, Q_accounts_factor_refuse, r->client, device) != NULL)
        refuse(r, look, &f, "This code is wrong. Wait for the next one, and check the clock of your device");
}

void second_passkey_post(struct request *r)
{
    struct form f;
    const char *problem, *device, *look = factor_look(r, &device);
    if (look == NULL)
        return;
    form_read(&f, r, NULL, 0);
    const char *proof = passkey_proof(r, "", &problem);
    if (proof != NULL) {
        pass(r, look, &f, proof, device, "This passkey was not accepted. Try again, or use a code");
    } else {
        form_fail(&f, NULL, problem);
        second_page(r, look, form_value(r, "next"), &f);
    }
}

void second_leave_post(struct request *r)
{
    sign_out_post(r);
}
