/*
 * Proof anew: for health answers, operators' acts and whatever says who the owner is, a session that proved
 * itself longer than 15 minutes ago is asked again. What was typed meanwhile is kept in the page, and goes on
 * its way with the proof.
 */
#include "accounts/accounts.h"
#include "accounts/factor.h"
#include "accounts/self.h"
#include "booking/booking.h"
#include "notify/dev.h"

#include <sodium.h>
#include <string.h>

static const struct field fields[] = {
    {.name = "prove_password",
     .kind = FIELD_SECRET,
     .min = 1,
     .max = PASSWORD_MAX,
     .wrong = "Enter your password: at most 128 characters"},
    {.name = "prove_code",
     .kind = FIELD_LINE,
     .max = 40,
     .wrong = "Enter the six digits that your app shows, or a recovery code"},
};

static bool is_ours(struct str name)
{
    return str_starts(name, "prove_") || str_is(name, "csrf");
}

/* All that was typed, in fields that nobody sees. */
static const char *kept_fields(struct request *r)
{
    struct buf b = {.max = 256 * 1024};
    for (size_t i = 0; i < r->form.n; i++) {
        if (is_ours(r->form.at[i].name))
            continue;
        buf_puts(&b, "<input type=\"hidden\" name=\"");
        buf_html(&b, r->form.at[i].name.p, r->form.at[i].name.n);
        buf_puts(&b, "\" value=\"");
        buf_html(&b, r->form.at[i].value.p, r->form.at[i].value.n);
        buf_puts(&b, "\">\n");
    }
    const char *text = b.failed ? NULL : arena_strndup(r->arena, b.p != NULL ? b.p : "", b.n);
    buf_free(&b);
    return text;
}

/* `to`: where it goes on; `post`: with what was typed. */
static void prove_page(struct request *r, int status, const char *to, bool post, const struct form *f)
{
    const char *device, *look = factor_look(r, &device), *kept = post ? kept_fields(r) : "";
    if (look == NULL)
        return;
    page_raw(r, "kept", kept != NULL ? kept : "");
    page_value(r, "to", to);
    page_value(r, "post", post && kept != NULL ? "yes" : NULL);
    page_value(r, "lost", post && (kept == NULL || r->upload_count > 0) ? "yes" : NULL);
    page_value(r, "has_app", doc_is(r, look, "has_app") ? "yes" : NULL);
    page_value(r, "has_passkey", doc_is(r, look, "has_passkey") ? "yes" : NULL);
    passkey_values(r, look, "get");
    page_value(r, "dev_codes", dev_is_here(r) ? "yes" : NULL);
    if (f != NULL)
        page_form(r, "accounts/prove", NULL, f);
    else
        page_status(r, status, "accounts/prove", NULL);
}

static const char *with_next(struct request *r, const char *path)
{
    struct buf b = {.max = 8192};
    buf_printf(&b, "%s?next=", path);
    if (r->method == HTTP_GET)
        buf_url(&b, r->target.p, r->target.n);
    const char *text = b.failed ? path : arena_strndup(r->arena, b.p, b.n);
    buf_free(&b);
    return text;
}

void prove_ask(struct request *r)
{
    static const struct web_failure proof = {
        403, "proof-wanted", "Confirm that it is you",
        "It is more than 15 minutes since you proved who you are.",
        "POST prove_password or prove_code to /account/prove, then send this again."};
    static const struct web_failure factor = {403, "second-factor-wanted", "A second step is needed",
                                              "This is for accounts that sign in with a second step.",
                                              "Set one up at /account/security."};
    const struct session *s = session_of(r);
    bool unfactored = !s->factored && s->role != ROLE_CLIENT && (r->route->who & WHO_MASK) != WHO_SIGNED_IN;
    if (r->wants_json)
        web_failure_say(r, unfactored ? &factor : &proof);
    else if (unfactored)
        reply_redirect(r, 303, with_next(r, "/account/security/app"));
    else if (r->method == HTTP_GET)
        reply_redirect(r, 303, with_next(r, "/account/prove"));
    else
        prove_page(r, 403, arena_strndup(r->arena, r->target.p, r->target.n), true, NULL);
}

void prove_get(struct request *r)
{
    prove_page(r, 200, local_path(query_value(r, "next"), "/account"), false, NULL);
}

/* --- The proof */

/* The proof for session_prove(), "" for the password; NULL with the fault in the form, or after having
 * replied. */
static const char *proof_of(struct request *r, struct form *f, const char **device)
{
    const char *password = form_get(f, "prove_password"), *code = form_get(f, "prove_code");
    const char *email, *hash, *problem = NULL;
    bool is_code = false;
    if (password != NULL) {
        if (password_proves(r, password, &email, &hash, &problem))
            return "";
        if (problem != NULL)
            form_fail(f, "prove_password", problem);
        return NULL;
    }
    if (code == NULL) {
        const char *proof = passkey_proof(r, "prove_", &problem);
        if (proof == NULL)
            form_fail(f, NULL, problem);
        return proof;
    }
    const char *look = factor_look(r, device), *wait = look != NULL ? doc_text(r, look, "wait") : NULL;
    if (look == NULL)
        return NULL;
    if (wait == NULL || strcmp(wait, "0") != 0) {
        ask_to_wait(r, "Many codes were wrong.", wait != NULL ? wait : "60");
        return NULL;
    }
    const char *proof = code_proof(r, look, code, &is_code);
    if (proof == NULL && !is_code)
        form_fail(f, "prove_code", fields[1].wrong);
    else if (proof == NULL && ask(r, Q_accounts_factor_refuse, r->client, *device) != NULL)
        form_fail(f, "prove_code", "This code is wrong. Wait for the next one");
    return proof;
}

/* On with what was begun. */
static void go_on(struct request *r, const char *to, bool post)
{
    if (r->wants_json)
        reply(r, 200, "application/json; charset=utf-8", "{}", 2);
    else if (!post)
        reply_redirect(r, 303, to);
    else if (!web_go_on(r, to))
        reply_error(r, 404, NULL);
}

static void renew(struct request *r, struct form *f, const char *proof, const char *device, const char *to,
                  bool post)
{
    char token[44];
    const char *done = NULL;
    web_random(token);
    enum db_status s = ask_status(r, Q_accounts_session_prove, &done, *proof != '\0' ? proof : NULL, token,
                                  r->client, device);
    if (s == DB_OK) {
        session_cookie(r, done, arena_strdup(r->arena, token));
        go_on(r, to, post);
    } else if (s == DB_NONE && ask(r, Q_accounts_factor_refuse, r->client, device) != NULL) {
        form_fail(f, form_get(f, "prove_code") != NULL ? "prove_code" : NULL,
                  "This was used already. Wait for the next code");
        prove_page(r, 422, to, post, f);
    } else if (s != DB_NONE) {
        reply_db(r, s);
    }
    sodium_memzero(token, sizeof token);
}

void prove_post(struct request *r)
{
    struct form f;
    const char *device = NULL, *to = local_path(form_value(r, "prove_to"), "/account");
    bool post = form_value(r, "prove_post") != NULL;
    form_read(&f, r, fields, sizeof fields / sizeof *fields);
    if (f.errors == 0 && form_get(&f, "prove_password") == NULL && form_get(&f, "prove_code") == NULL &&
        form_value(r, "prove_client_data") == NULL)
        form_fail(&f, "prove_password", "Enter your password, or a code");
    const char *proof = f.errors == 0 ? proof_of(r, &f, &device) : NULL;
    if (reply_status(r) != 0)
        return;
    if (proof != NULL)
        renew(r, &f, proof, device, to, post);
    else
        prove_page(r, 422, to, post, &f);
}
