/* What the client of a visit gets of care, on the page behind the secret link. */
#include "care/care.h"
#include "care/message.h"
#include "care/plan.h"

const char *care_for_client(struct request *r, const char *id, const char *doc)
{
    struct json j;
    const char *kept = ask(r, Q_care_client, id);
    if (kept == NULL)
        return NULL;
    struct buf *b = care_buf(r);
    struct json_writer w = {.out = b};
    if (b == NULL || !json_parse(&j, r->arena, str_of(kept))) {
        reply_error(r, 500, NULL);
        return NULL;
    }
    uint32_t plan = json_get(&j, 0, "plan");
    care_open_doc(&w, doc);
    const char *opened = plan_open(r, id, &j, plan);
    plan_put(r, &w, "plan", opened, &j, plan);
    json_put_bool(&w, "plan_lost", opened == NULL && j.token[plan].kind == JSON_OBJECT);
    messages_put(r, &w, "thread", id, &j, json_get(&j, 0, "messages"));
    struct str may = json_raw(&j, json_get(&j, 0, "can_answer")),
               readers = json_raw(&j, json_get(&j, 0, "readers"));
    json_put_raw(&w, "may_write", arena_strndup(r->arena, may.p, may.n));
    json_put_bool(&w, "shows_thread", str_is(may, "true") || j.token[json_get(&j, 0, "messages")].count > 0);
    json_put_bool(&w, "has_readers", readers.n > 2); /* more than [] */
    json_put_raw(&w, "readers", readers.n > 0 ? arena_strndup(r->arena, readers.p, readers.n) : "[]");
    json_close(&w, '}');
    const char *with = care_text(r, b);
    if (with == NULL)
        reply_error(r, 500, NULL);
    return with;
}
