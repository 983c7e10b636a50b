/* Each record is sealed for its booking and for what it is (`part`): whoever can write rows cannot put one in
 * another's place, or an old version in that of a newer one. */
#include "care/record.h"

#include "keys/keys.h"

#include <string.h>

#define RECORD_MAX ((size_t)256 * 1024)

static const char *bound_to(struct request *r, const char *id, const char *part)
{
    return arena_printf(r->arena, "care %s %s", id, part);
}

/* What it is, as the client reads it of who opened it. */
static const char *purpose_of(const char *part)
{
    static const char *const purposes[][2] = {{"plan ", "suggestions for home"},
                                              {"message ", "questions about the visit"}};
    for (size_t i = 0; part != NULL && i < sizeof purposes / sizeof *purposes; i++)
        if (strncmp(part, purposes[i][0], strlen(purposes[i][0])) == 0)
            return purposes[i][1];
    return "note of the visit";
}

const char *care_seal(struct request *r, const char *id, const char *part, struct str plain)
{
    return client_seal(r, id, purpose_of(part), bound_to(r, id, part), plain);
}

const char *care_open(struct request *r, const char *id, const char *part, const char *sealed)
{
    return client_open(r, id, purpose_of(part), bound_to(r, id, part), sealed);
}

void care_not_sealed(struct request *r)
{
    if (client_key_status(r) == KEY_OK)
        reply_error(r, 500, NULL);
    else
        client_key_say(r, NULL);
}

void care_refused(struct request *r, const char *why)
{
    web_resend(r, "Send it again");
    reply_error(r, 409, why);
}

static void free_buf(void *b)
{
    buf_free(b);
}

struct buf *care_buf(struct request *r)
{
    struct buf *b = arena_alloc(r->arena, sizeof *b);
    if (b == NULL || !arena_defer(r->arena, free_buf, b))
        return NULL;
    b->max = RECORD_MAX;
    return b;
}

const char *care_text(struct request *r, const struct buf *b)
{
    return b == NULL || b->failed ? NULL : arena_strndup(r->arena, b->p, b->n);
}

/* Slugs have none of the signs of an array, so it need not be read as PostgreSQL would. */
bool care_ticked(const char *array, struct str slug)
{
    for (const char *at = array; at != NULL && *at != '\0' && *at != '}';) {
        size_t n = strcspn(++at, ",}");
        if (n == slug.n && memcmp(at, slug.p, n) == 0)
            return true;
        at += n;
    }
    return false;
}

static uint32_t count_of(const char *array)
{
    uint32_t n = array != NULL && array[0] != '\0' && array[1] != '}' ? 1 : 0;
    for (const char *c = array; c != NULL && *c != '\0'; c++)
        n += *c == ',';
    return n;
}

/* No slug stands twice in `array` (FIELD_SLUGS), so counting is enough. */
bool care_known(const struct json *j, uint32_t list, const char *array)
{
    uint32_t known = 0, at = list + 1, count = list != 0 ? j->token[list].count : 0;
    for (uint32_t i = 0; i < count; i++, at = j->token[at].next)
        known += care_ticked(array, json_raw(j, json_get(j, at, "slug")));
    return known == count_of(array);
}

void care_choices(struct json_writer *w, const char *key, const struct json *j, uint32_t list,
                  const char *ticked, bool only)
{
    json_open(w, key, '[');
    uint32_t at = list + 1, count = list != 0 ? j->token[list].count : 0;
    for (uint32_t i = 0; i < count; i++, at = j->token[at].next) {
        struct str slug = json_raw(j, json_get(j, at, "slug"));
        bool on = care_ticked(ticked, slug);
        if (only && !on)
            continue;
        struct str members = json_raw(j, at);
        json_open(w, NULL, '{');
        buf_put(w->out, members.p + 1, members.n - 2);
        w->comma = true;
        if (!only)
            json_put_bool(w, "on", on);
        json_close(w, '}');
    }
    json_close(w, ']');
}

void care_open_doc(struct json_writer *w, const char *doc)
{
    size_t n = strlen(doc);
    json_open(w, NULL, '{');
    buf_put(w->out, doc + 1, n - 2);
    w->comma = n > 2;
}
