/* Before the visit: what the client answered, what was asked since, and what can be done about it. */
#include "care/care.h"
#include "care/message.h"
#include "intake/today.h"
#include "outcome/outcome.h"
#include "practice/practice.h"

static const char *before_document(struct request *r, const char *id)
{
    struct json j;
    const char *doc = ask(r, Q_care_before, id);
    if (doc != NULL)
        doc = practice_with_health(r, id, doc);
    if (doc == NULL)
        return NULL;
    struct buf *b = care_buf(r);
    struct json_writer w = {.out = b};
    if (b == NULL || !json_parse(&j, r->arena, str_of(doc))) {
        reply_error(r, 500, NULL);
        return NULL;
    }
    care_open_doc(&w, doc);
    const char *today = today_for_therapist(r, id);
    if (today == NULL)
        return NULL;
    json_put_raw(&w, "kept", today);
    const char *course = outcome_for_therapist(r, id);
    if (course == NULL)
        return NULL;
    json_put_raw(&w, "course", course);
    messages_put(r, &w, "thread", id, &j, json_get(&j, 0, "messages"));
    json_close(&w, '}');
    const char *opened = care_text(r, b);
    if (opened == NULL)
        reply_error(r, 500, NULL);
    return opened;
}

void care_before_draw(struct request *r, const char *id, struct form *f)
{
    const char *doc = before_document(r, id);
    if (doc == NULL)
        return;
    page_value(r, "asked", query_value(r, "asked"));
    page_value(r, "form_asked", query_value(r, "form_asked"));
    if (f != NULL)
        page_form(r, "care/before", doc, f);
    else
        page(r, "care/before", doc);
}

void care_before_get(struct request *r)
{
    const char *id = path_uuid(r);
    if (id != NULL)
        care_before_draw(r, id, NULL);
}
