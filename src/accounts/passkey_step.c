/* Passkeys in forms: what a page has to give the script for one, and what comes back. */
#include "accounts/accounts.h"
#include "accounts/factor.h"
#include "accounts/passkey.h"
#include "booking/booking.h"

#include <sodium.h>
#include <time.h>

#define NO_PASSKEY "No passkey was used. It needs JavaScript: without it, use a code"
#define REFUSED    "This passkey was not accepted. Try again, or use a code"

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

/* "a b c" of a list of texts. */
static const char *joined(struct request *r, const char *look)
{
    const struct json *j = doc_json(r, look);
    uint32_t list = j != NULL ? json_get(j, 0, "passkeys") : 0, at = list + 1;
    struct buf b = {.max = 16384};
    for (uint32_t i = 0; list != 0 && i < j->token[list].count; i++, at = j->token[at].next) {
        struct str id = json_raw(j, at);
        buf_put(&b, id.p, id.n);
        buf_putc(&b, ' ');
    }
    const char *text = b.failed ? "" : arena_strndup(r->arena, b.p != NULL ? b.p : "", b.n);
    buf_free(&b);
    return text;
}

void passkey_values(struct request *r, const char *look, const char *what)
{
    char challenge[CHALLENGE_SIZE], site[256];
    if (session_of(r)->id == NULL || !passkey_site(app_of(r)->config.origin, site, sizeof site))
        return;
    challenge_make(app_of(r)->key, session_of(r)->id, what, now_ms(), challenge);
    page_value(r, "challenge", arena_strdup(r->arena, challenge));
    page_value(r, "rp", arena_strdup(r->arena, site));
    page_value(r, "passkey_ids", joined(r, look));
    page_value(r, "js_passkey", static_url("assets/passkey.js"));
}

/* --- What came back */

struct sent {
    struct str client_data, auth_data, signature, credential;
    char site[256];
    int64_t made; /* the challenge */
};

static struct str field(struct request *r, const char *prefix, const char *name)
{
    const char *text = form_value(r, arena_printf(r->arena, "%s%s", prefix, name));
    size_t cap = text != NULL && strlen(text) <= 16384 ? strlen(text) : 0;
    unsigned char *raw = cap > 0 ? arena_alloc(r->arena, cap) : NULL;
    size_t n = raw != NULL ? text_unbase64(raw, cap, str_of(text)) : 0;
    return (struct str){(const char *)raw, n};
}

/* NULL when it is what we asked this session for; else what to say. */
static const char *receive(struct request *r, const char *prefix, const char *what, struct sent *s)
{
    const char *type = strcmp(what, "get") == 0 ? "webauthn.get" : "webauthn.create";
    *s = (struct sent){.client_data = field(r, prefix, "client_data"),
                       .auth_data = field(r, prefix, "auth_data"),
                       .signature = field(r, prefix, "signature"),
                       .credential = field(r, prefix, "credential")};
    if (s->client_data.n == 0 || s->auth_data.n == 0)
        return NO_PASSKEY;
    const char *challenge = client_data_challenge(r->arena, s->client_data, type, app_of(r)->config.origin);
    s->made =
        challenge != NULL ? challenge_made(app_of(r)->key, session_of(r)->id, what, now_ms(), challenge) : 0;
    return s->made != 0 && passkey_site(app_of(r)->config.origin, s->site, sizeof s->site) ? NULL : REFUSED;
}

static const char *hex_of(struct request *r, const void *raw, size_t n)
{
    char *out = arena_alloc(r->arena, 2 * n + 1);
    return out != NULL ? sodium_bin2hex(out, 2 * n + 1, raw, n) : NULL;
}

/* The caller's passkey of this id, from the database. */
static const char *known(struct request *r, struct str credential, struct passkey *p)
{
    const char *doc = NULL, *hex = hex_of(r, credential.p, credential.n);
    if (hex == NULL || ask_status(r, Q_accounts_passkey, &doc, hex) != DB_OK)
        return NULL;
    const char *key = doc_text(r, doc, "key"), *algorithm = doc_text(r, doc, "algorithm");
    int64_t number;
    if (key == NULL || algorithm == NULL || !text_int(str_of(algorithm), -1000, 0, &number) ||
        sodium_hex2bin(p->key, sizeof p->key, key, strlen(key), NULL, &p->key_size, NULL) != 0)
        return NULL;
    p->algorithm = (int)number;
    return doc_text(r, doc, "id");
}

const char *passkey_proof(struct request *r, const char *prefix, const char **problem)
{
    struct sent s;
    struct passkey *p = arena_alloc(r->arena, sizeof *p);
    uint32_t count;
    *problem = receive(r, prefix, "get", &s);
    if (*problem != NULL || p == NULL)
        return NULL;
    const char *id = s.credential.n > 0 ? known(r, s.credential, p) : NULL;
    if (id == NULL || !passkey_signed(p, s.client_data, s.auth_data, s.signature, s.site, &count)) {
        *problem = REFUSED;
        return NULL;
    }
    return arena_printf(r->arena, "{\"passkey\":\"%s\",\"count\":%u,\"made\":%lld}", id, count,
                        (long long)s.made);
}

/* --- A new one */

static const struct field name_field = {.name = "name",
                                        .kind = FIELD_LINE,
                                        .required = true,
                                        .min = 1,
                                        .max = 60,
                                        .missing = "Give the passkey a name, so that you know it again",
                                        .wrong = "Give the passkey a name of at most 60 characters"};

static void new_page(struct request *r, const char *next, const struct form *f)
{
    const char *device, *look = factor_look(r, &device);
    if (look == NULL)
        return;
    passkey_values(r, look, "create");
    page_value(r, "next", local_path(next, NULL));
    page_value(r, "user", doc_text(r, look, "account"));
    page_value(r, "user_name", doc_text(r, look, "email"));
    if (f != NULL)
        page_form(r, "accounts/passkey", NULL, f);
    else
        page(r, "accounts/passkey", NULL);
}

void security_passkey_get(struct request *r)
{
    new_page(r, query_value(r, "next"), NULL);
}

static void add(struct request *r, struct form *f, const struct passkey *p, int64_t made)
{
    char id[37], token[44];
    const char *next = form_value(r, "next"), *done = NULL;
    web_uuid(id);
    web_random(token);
    done =
        ask(r, Q_accounts_passkey_add, id, form_get(f, "name"), hex_of(r, p->id, p->id_size),
            hex_of(r, p->key, p->key_size), arena_printf(r->arena, "%d", p->algorithm),
            arena_printf(r->arena, "%u", p->count), arena_printf(r->arena, "%lld", (long long)made), token);
    if (done != NULL && doc_text(r, done, "problem") != NULL) {
        form_fail(f, NULL,
                  "This passkey is known already, or you have five. Remove one before you add another");
        new_page(r, next, f);
    } else if (done != NULL) {
        factor_added(r, done, token, next);
    }
    sodium_memzero(token, sizeof token);
}

void security_passkey_post(struct request *r)
{
    struct form f;
    struct sent s;
    struct passkey *p = arena_alloc(r->arena, sizeof *p);
    form_read(&f, r, &name_field, 1);
    const char *problem = p != NULL ? receive(r, "", "create", &s) : REFUSED;
    if (problem == NULL && !passkey_read(s.auth_data, s.site, p))
        problem = REFUSED;
    if (problem != NULL)
        form_fail(&f, NULL, problem);
    if (f.errors > 0)
        new_page(r, form_value(r, "next"), &f);
    else
        add(r, &f, p, s.made);
}
