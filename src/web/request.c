/* What a handler reads of its request. */
#include "web/inner.h"

#include <string.h>

static const char *text_of(const struct request *r, struct str s)
{
    return s.p ? arena_strndup(r->arena, s.p, s.n) : NULL;
}

/* White space of any kind at both ends: what a paste or a phone's keyboard leaves there. */
static struct str trimmed(struct str s)
{
    while (s.n && strchr(" \t\r\n", s.p[0]))
        s = (struct str){s.p + 1, s.n - 1};
    while (s.n && strchr(" \t\r\n", s.p[s.n - 1]))
        s.n--;
    return s;
}

/* Trimmed; NULL where nothing is left. */
static const char *value_of(const struct request *r, const struct pairs *pairs, const char *name)
{
    struct str s = trimmed(pairs_get(pairs, name));
    return s.n ? text_of(r, s) : NULL;
}

const char *param(const struct request *r, const char *name)
{
    const char *text = text_of(r, pairs_get(&r->params, name));
    return text ? text : "";
}

const char *path_uuid(struct request *r)
{
    const char *id = param(r, "id");
    if (text_is_uuid(str_of(id)))
        return id;
    reply_error(r, 404, NULL);
    return NULL;
}

const char *path_number(struct request *r, const char *name)
{
    int64_t n;
    const char *text = param(r, name);
    if (text_int(str_of(text), 1, INT32_MAX, &n))
        return text;
    reply_error(r, 404, NULL);
    return NULL;
}

const char *query_value(const struct request *r, const char *name)
{
    return value_of(r, &r->query, name);
}

const char *form_value(const struct request *r, const char *name)
{
    return value_of(r, &r->form, name);
}

size_t form_values(const struct request *r, const char *name, struct str *out, size_t cap)
{
    size_t n = 0;
    for (size_t i = 0; i < r->form.n; i++) {
        if (!str_is(r->form.at[i].name, name))
            continue;
        if (n < cap)
            out[n] = trimmed(r->form.at[i].value);
        n++;
    }
    return n;
}

const char *local_path(const char *text, const char *otherwise)
{
    if (!text || text[0] != '/' || text[1] == '/' || strlen(text) > 1024)
        return otherwise;
    for (const char *c = text; *c; c++)
        if (*c == '\\' || (unsigned char)*c <= ' ' || (unsigned char)*c >= 0x7f)
            return otherwise;
    return text;
}

const struct json *doc_json(struct request *r, const char *doc)
{
    struct state *state = state_of(r);
    if (!doc || !state)
        return NULL;
    /* by address: documents lie in the arena and are never written over */
    if (state->doc != doc)
        state->doc = json_parse(&state->read, r->arena, str_of(doc)) ? doc : NULL;
    return state->doc ? &state->read : NULL;
}

const char *doc_text(struct request *r, const char *doc, const char *key)
{
    const struct json *j = doc_json(r, doc);
    uint32_t token = j ? json_get(j, 0, key) : 0;
    if (token == 0 || j->token[token].kind == JSON_NULL)
        return NULL;
    struct str text = json_text(j, token, r->arena);
    return arena_strndup(r->arena, text.p, text.n);
}

/* `session` is its first member, so that session_of() works on the same pointer. */
struct state *state_of(struct request *r)
{
    if (!r->session)
        r->session = arena_alloc(r->arena, sizeof(struct state));
    return r->session;
}

static void scratch_free(void *buf)
{
    buf_free(buf);
}

struct buf *scratch(struct request *r, size_t max)
{
    struct worker *w = r->worker;
    struct buf *b = w ? &w->scratch : arena_alloc(r->arena, sizeof *b);
    if (!w && (!b || !arena_defer(r->arena, scratch_free, b))) {
        static struct buf none = {.failed = true}; /* appending to a failed buffer does nothing */
        return &none;
    }
    buf_reset(b);
    b->max = max;
    return b;
}
