/*
 * Signing in, out, and who is calling. The order in sign_in_post is what keeps it safe: the database says
 * first whether this address has to wait (before any work is done for it), then the password is checked
 * against the account's hash or, for an address that nobody has, against one that fits nothing, so that
 * both take the same time and end in the same words.
 */
#include "accounts/accounts.h"

#include "booking/booking.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

static const char *const yes[] = {"yes", NULL};
static const struct field fields[] = {
    {"email", FIELD_EMAIL, true, 3, 254, NULL, "Enter your e-mail address",
     "Enter an e-mail address in the form name@example.org"},
    {"password", FIELD_SECRET, true, 1, PASSWORD_MAX, NULL, "Enter your password",
     "Enter your password: at most 128 characters"},
    {.name = "keep", .kind = FIELD_CHOICE, .choices = yes},
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
    page_value(r, "closed", query_value(r, "closed"));
    page_value(r, "kept", query_value(r, "kept"));
    sign_in_page(r, query_value(r, "next"), NULL);
}

static void refuse(struct request *r, struct form *f, const char *message)
{
    form_fail(f, "email", message);
    sign_in_page(r, form_value(r, "next"), f);
}

void ask_to_wait(struct request *r, const char *what, const char *seconds)
{
    reply_error(r, 429, arena_printf(r->arena, "%s Try again in %s seconds.", what, seconds));
    reply_header(r, "Retry-After", seconds);
}

const char *home_of(const char *role)
{
    if (role != NULL && strcmp(role, "operator") == 0)
        return "/operator/therapists";
    if (role != NULL && strcmp(role, "desk") == 0)
        return "/desk";
    return role != NULL && strcmp(role, "therapist") == 0 ? "/practice" : "/account";
}

#define DAY 86400L

static const char *second_path(struct request *r, const char *next)
{
    struct buf b = {.max = 8192};
    const char *to = local_path(next, NULL);
    buf_puts(&b, "/sign-in/second");
    if (to != NULL) {
        buf_puts(&b, "?next=");
        buf_url(&b, to, strlen(to));
    }
    const char *path = b.failed ? "/sign-in/second" : arena_strndup(r->arena, b.p, b.n);
    buf_free(&b);
    return path;
}

void session_welcome(struct request *r, const char *doc, const char *token, const char *next)
{
    const char *days = doc_text(r, doc, "days");
    bool half = doc_is(r, doc, "second"); /* the password was right, a second factor is still due */
    int64_t kept;
    bool keeps = days != NULL && text_int(str_of(days), 1, 366, &kept);
    cookie_set(r, SESSION_COOKIE, token, keeps ? (long)kept * DAY : -1);
    if (!half)
        device_mark(r, doc_text(r, doc, "email"));
    if (r->wants_json)
        reply(r, 200, "application/json; charset=utf-8", doc, strlen(doc));
    else
        reply_redirect(r, 303,
                       half ? second_path(r, next) : local_path(next, home_of(doc_text(r, doc, "role"))));
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
        ask_to_wait(r, "There were many failed attempts to sign in.", wait != NULL ? wait : "60");
        return;
    }
    const char *hash = doc_text(r, found, "hash");
    if (!password_verify(hash, password, better, &rehash)) {
        if (ask(r, Q_accounts_refuse, email, r->client, device) != NULL)
            refuse(r, &f, refused);
        return;
    }
    web_random(token);
    /* opens only while `hash` is still the account's: the password may have changed since the look-up */
    const char *opened = ask(r, Q_accounts_open, email, hash, token, rehash ? better : NULL, device,
                             device_words(r), form_get(&f, "keep") != NULL ? "true" : "false");
    if (opened != NULL)
        session_welcome(r, opened, arena_strdup(r->arena, token), form_value(r, "next"));
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

static enum role role_of(const char *name)
{
    static const struct {
        const char *name;
        enum role role;
    } roles[] = {{"operator", ROLE_OPERATOR}, {"therapist", ROLE_THERAPIST}, {"desk", ROLE_DESK}};
    for (size_t i = 0; name != NULL && i < sizeof roles / sizeof *roles; i++)
        if (strcmp(name, roles[i].name) == 0)
            return roles[i].role;
    return ROLE_CLIENT;
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
    s->half = doc_is(r, doc, "half");
    s->id = doc_text(r, doc, "id");
    s->factored = doc_is(r, doc, "factored");
    s->proved = doc_is(r, doc, "proved");
    if (s->half)
        return true;
    s->role = role_of(role);
    s->name = doc_text(r, doc, "name");
    return true;
}
