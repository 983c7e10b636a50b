#include "accounts/factor.h"

#include "accounts/accounts.h"
#include "accounts/totp.h"

#include <sodium.h>
#include <string.h>

#define DAY 86400L

const char *factor_look(struct request *r, const char **device)
{
    *device = NULL;
    const char *first = ask(r, Q_accounts_factor_look, r->client, NULL);
    if (first == NULL)
        return NULL;
    *device = device_known(r, doc_text(r, first, "email"));
    return *device != NULL ? ask(r, Q_accounts_factor_look, r->client, *device) : first;
}

const char *app_bound(struct arena *a, const char *account, const char *factor)
{
    return arena_printf(a, "factor %s %s", account, factor);
}

void session_cookie(struct request *r, const char *doc, const char *token)
{
    const char *days = doc_text(r, doc, "days");
    int64_t kept;
    bool keeps = days != NULL && text_int(str_of(days), 1, 366, &kept);
    cookie_set(r, SESSION_COOKIE, token, keeps ? (long)kept * DAY : -1);
    session_of(r)->token = token;
    session_of(r)->proved = true;
}

/* --- Codes of an app */

/* What was typed without the blanks and hyphens that people put between groups, in lower case; "" when it is
 * longer than any code. */
static void squeeze(const char *typed, char out[16])
{
    size_t n = 0;
    for (; *typed != '\0' && n < 15; typed++)
        if (*typed != ' ' && *typed != '-')
            out[n++] = *typed >= 'A' && *typed <= 'Z' ? (char)(*typed - 'A' + 'a') : *typed;
    out[*typed == '\0' ? n : 0] = '\0';
}

static bool is_app_code(const char *code)
{
    return strspn(code, "0123456789") == TOTP_CODE - 1 && strlen(code) == TOTP_CODE - 1;
}

/* The key of the app at `at` in the list of factor_look(). */
static bool app_key(struct request *r, const struct json *j, uint32_t at, const char *account,
                    unsigned char key[TOTP_KEY])
{
    struct str id = json_raw(j, json_get(j, at, "id")),
               sealed = json_text(j, json_get(j, at, "sealed"), r->arena);
    const char *bound = app_bound(r->arena, account, arena_strndup(r->arena, id.p, id.n));
    const char *plain =
        bound != NULL ? unseal(r, FACTOR_SEAL, bound, arena_strndup(r->arena, sealed.p, sealed.n)) : NULL;
    return plain != NULL && text_unbase64(key, TOTP_KEY, str_of(plain)) == TOTP_KEY;
}

static const char *app_proof(struct request *r, const char *look, const char *account, const char *code)
{
    struct json j;
    unsigned char key[TOTP_KEY];
    const char *proof = NULL;
    int64_t now = totp_now();
    if (!json_parse(&j, r->arena, str_of(look)))
        return NULL;
    uint32_t list = json_get(&j, 0, "apps"), at = list + 1;
    for (uint32_t i = 0; list != 0 && i < j.token[list].count; i++, at = j.token[at].next) {
        int64_t step = app_key(r, &j, at, account, key) ? totp_match(key, now, code) : 0;
        struct str id = json_raw(&j, json_get(&j, at, "id"));
        if (step != 0)
            proof = arena_printf(r->arena, "{\"factor\":\"%.*s\",\"step\":%lld}", (int)id.n, id.p,
                                 (long long)step);
    }
    sodium_memzero(key, sizeof key);
    return proof;
}

const char *code_proof(struct request *r, const char *look, const char *typed, bool *is_code)
{
    char code[16], hash[65];
    const char *account = doc_text(r, look, "account");
    squeeze(typed, code);
    *is_code = true;
    if (account != NULL && is_app_code(code))
        return app_proof(r, look, account, code);
    if (account != NULL && recovery_hash(r, account, code, hash))
        return arena_printf(r->arena, "{\"code\":\"%s\"}", hash);
    *is_code = false;
    return NULL;
}

/* --- Recovery codes: 50 random bits, in signs that nobody takes for others */

static const char signs[] = "0123456789abcdefghjkmnpqrstvwxyz";

bool recovery_hash(struct request *r, const char *account, const char *typed, char out[65])
{
    unsigned char own[32], raw[32];
    char code[16];
    crypto_generichash_state state;
    squeeze(typed, code);
    if (strlen(code) != 10 || strspn(code, signs) != 10)
        return false;
    key_derive(app_of(r)->key, "recovery code", own);
    crypto_generichash_init(&state, own, sizeof own, sizeof raw);
    crypto_generichash_update(&state, (const unsigned char *)account, strlen(account));
    crypto_generichash_update(&state, (const unsigned char *)code, 10);
    crypto_generichash_final(&state, raw, sizeof raw);
    sodium_bin2hex(out, 65, raw, sizeof raw);
    sodium_memzero(own, sizeof own);
    return true;
}

bool recovery_make(struct request *r, const char *account, struct recovery *made, const char **hashes)
{
    char hash[65];
    struct buf b = {.max = 2048};
    for (size_t i = 0; i < RECOVERY_CODES; i++) {
        char *code = made->code[i];
        for (size_t k = 0; k < RECOVERY_SIZE - 1; k++)
            code[k] = k == 5 ? '-' : signs[randombytes_uniform(sizeof signs - 1)];
        code[RECOVERY_SIZE - 1] = '\0';
        if (!recovery_hash(r, account, code, hash))
            b.failed = true;
        buf_printf(&b, "%c%s", i == 0 ? '{' : ',', hash);
    }
    buf_putc(&b, '}');
    *hashes = b.failed ? NULL : arena_strndup(r->arena, b.p, b.n);
    buf_free(&b);
    return *hashes != NULL;
}

void recovery_show(struct request *r, const char *account, const char *next)
{
    struct recovery made;
    const char *hashes;
    struct buf b = {.max = 4096};
    struct json_writer w = {.out = &b};
    if (!recovery_make(r, account, &made, &hashes) || ask(r, Q_accounts_codes, hashes) == NULL) {
        if (reply_status(r) == 0)
            reply_error(r, 500, NULL);
        return;
    }
    json_open(&w, NULL, '{');
    json_open(&w, "codes", '[');
    for (size_t i = 0; i < RECOVERY_CODES; i++)
        json_put(&w, NULL, made.code[i]);
    json_close(&w, ']');
    json_put(&w, "next", next);
    json_close(&w, '}');
    const char *doc = b.failed ? NULL : arena_strndup(r->arena, b.p, b.n);
    sodium_memzero(&made, sizeof made);
    if (b.p != NULL)
        sodium_memzero(b.p, b.n);
    buf_free(&b);
    page(r, "accounts/codes", doc);
}
