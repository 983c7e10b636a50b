/* What the client of a visit gets of care, on the page behind the secret link. */
#include "care/care.h"
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
    plan_put(r, &w, "plan", plan_open(r, id, &j, plan), &j, plan);
    json_close(&w, '}');
    const char *with = care_text(r, b);
    if (with == NULL)
        reply_error(r, 500, NULL);
    return with;
}
