#include "accounts/accounts.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

static const struct field fields[] = {
    {"email", FIELD_EMAIL, true, 3, 254, NULL, "Enter your e-mail address",
     "Enter an e-mail address in the form name@example.org"},
    {"password", FIELD_SECRET, true, 1, PASSWORD_MAX, NULL, "Enter your password",
     "Enter your password: at most 128 characters"},
};

static const char refused[] = "The e-mail address or the password is wrong. Check both and try again";

/* Where to go afterwards, kept in the form: only ever a path of ours. */
static void sign_in_page(struct request *r, const char *next, const struct form *f)
{
    page_value(r, "next", local_path(next, ""));
    if (f != NULL)
        page_form(r, "accounts/sign-in", NULL, f);
    else
        page(r, "accounts/sign-in", NULL);
}

void sign_in_get(struct request *r)
{
    sign_in_page(r, query_value(r, "next"), NULL);
}

static void refuse(struct request *r, struct form *f, const char *message)
{
    form_fail(f, "email", message);
    sign_in_page(r, form_value(r, "next"), f);
}

static void ask_to_wait(struct request *r, const char *seconds)
{
    reply_error(r, 429,
                arena_printf(r->arena, "There were many failed attempts to sign in. Try again in %s seconds.",
                             seconds));
    reply_header(r, "Retry-After", seconds);
}

static void welcome(struct request *r, const char *doc, const char *token)
{
    const char *role = doc_text(r, doc, "role");
    bool is_operator = role != NULL && strcmp(role, "operator") == 0;
    cookie_set(r, SESSION_COOKIE, token, -1);
    device_mark(r, form_value(r, "email"));
    if (r->wants_json)
        reply(r, 200, "application/json; charset=utf-8", doc, strlen(doc));
    else
        reply_redirect(r, 303,
                       local_path(form_value(r, "next"), is_operator ? "/operator/therapists" : "/practice"));
}

void sign_in_post(struct request *r)
{
    struct form f;
    char better[PASSWORD_HASH_SIZE], token[44];
    bool rehash;
    form_read(&f, r, fields, sizeof fields / sizeof *fields);
    if (f.errors > 0) {
        sign_in_page(r, form_value(r, "next"), &f);
        return;
    }
    const char *email = form_get(&f, "email"), *password = form_get(&f, "password");
    const char *device = device_known(r, email);
    const char *found = ask(r, Q_accounts_lookup, email, r->client, device);
    if (found == NULL)
        return;
    const char *wait = doc_text(r, found, "wait");
    if (wait == NULL || strcmp(wait, "0") != 0) {
        ask_to_wait(r, wait != NULL ? wait : "60");
        return;
    }
    const char *hash = doc_text(r, found, "hash");
    if (!password_verify(hash, password, better, &rehash)) {
        if (ask(r, Q_accounts_refuse, email, r->client, device) != NULL)
            refuse(r, &f, refused);
        return;
    }
    web_random(token);
    const char *opened = ask(r, Q_accounts_open, email, hash, token, rehash ? better : NULL, device);
    if (opened != NULL)
        welcome(r, opened, arena_strdup(r->arena, token));
}

void sign_out_post(struct request *r)
{
    if (ask(r, Q_accounts_close) == NULL)
        return;
    cookie_set(r, SESSION_COOKIE, "", 0);
    reply_header(r, "Clear-Site-Data", "\"cache\"");
    if (r->wants_json)
        reply(r, 200, "application/json; charset=utf-8", "{}", 2);
    else
        reply_redirect(r, 303, "/");
}

bool accounts_identify(struct request *r, struct session *s)
{
    const char *doc = NULL;
    enum db_status found = s->token != NULL ? ask_status(r, Q_accounts_caller, &doc) : DB_NONE;
    if (found != DB_OK && found != DB_NONE)
        reply_db(r, found); /* not "signed out": nobody knows now */
    if (found != DB_OK)
        return false;
    const char *role = doc_text(r, doc, "role");
    s->role = role != NULL && strcmp(role, "operator") == 0 ? ROLE_OPERATOR : ROLE_THERAPIST;
    s->name = doc_text(r, doc, "name");
    return true;
}
