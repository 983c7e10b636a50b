/* What is written and known about a client's health: opened for one page, and written down as read. */
#include "clients/clients.h"

#include "care/care.h"
#include "care/plan.h"
#include "outcome/outcome.h"

static const char *text(struct request *r, const struct json *j, uint32_t object, const char *key)
{
    uint32_t token = json_get(j, object, key);
    struct str s = json_text(j, token, r->arena);
    return token && j->token[token].kind != JSON_NULL ? arena_strndup(r->arena, s.p, s.n) : NULL;
}

/* The notes of the last visits, each as it was last written. False after having replied. */
static bool put_notes(struct request *r, struct json_writer *w, const struct json *j)
{
    uint32_t list = json_get(j, 0, "noted"), at = list + 1;
    json_open(w, "notes", '[');
    for (uint32_t i = 0; i < j->token[list].count; i++, at = j->token[at].next) {
        const char *id = text(r, j, at, "id");
        json_open(w, NULL, '{');
        json_put(w, "id", id);
        json_put(w, "day", text(r, j, at, "day"));
        json_put(w, "service", text(r, j, at, "service"));
        if (!id || !care_note_put(r, w, id))
            return false;
        json_close(w, '}');
    }
    json_close(w, ']');
    json_put_bool(w, "has_notes", j->token[list].count > 0);
    return true;
}

static void put_plan(struct request *r, struct json_writer *w, const struct json *j)
{
    uint32_t plan = json_get(j, 0, "plan");
    const char *id = text(r, j, 0, "plan_of"), *opened = id ? plan_open(r, id, j, plan) : NULL;
    plan_put(r, w, "home", opened, j, plan);
    json_put_bool(w, "home_lost", id && !opened);
}

/* NULL after having replied. */
static const char *opened(struct request *r, const char *doc)
{
    struct json j;
    struct buf *b = care_buf(r);
    struct json_writer w = {.out = b};
    if (!b || !json_parse(&j, r->arena, str_of(doc))) {
        reply_error(r, 500, NULL);
        return NULL;
    }
    const char *visit = text(r, &j, 0, "course");
    const char *line = visit ? outcome_for_therapist(r, visit) : "null";
    if (!line)
        return NULL;
    care_open_doc(&w, doc);
    json_put_raw(&w, "line", line);
    put_plan(r, &w, &j);
    if (!put_notes(r, &w, &j))
        return NULL;
    json_close(&w, '}');
    const char *with = care_text(r, b);
    if (!with)
        reply_error(r, 500, NULL);
    return with;
}

void client_record_get(struct request *r)
{
    const char *id = path_uuid(r), *doc = id ? ask(r, Q_clients_record, id) : NULL;
    if (doc)
        doc = opened(r, doc);
    if (doc)
        page(r, "clients/record", doc);
}
