#include "intake/check.h"

#include "booking/booking.h"
#include "core/day.h"
#include "core/log.h"
#include "intake/intake.h"
#include "intake/record.h"
#include "intake/words.h"

#define DRAFT "safety draft"
#define KEPT  "safety answers"

/* A draft that cannot be opened any more (another key, an older form) is as good as none. */
static void read_answers(struct request *r, struct check *c, const char *doc)
{
    const char *draft = doc_text(r, doc, "draft"), *sealed = doc_text(r, doc, "sealed"), *plain = NULL;
    if (sealed)
        plain = unseal(r, KEPT, c->id, sealed);
    else if (draft)
        plain = unseal(r, DRAFT, c->id, draft);
    if (!plain || !record_read(r->arena, str_of(plain), &c->answers, sealed ? &c->kept : NULL))
        c->answers = (struct answers){0};
}

bool check_load(struct request *r, struct check *c)
{
    *c = (struct check){.id = booking_id(r)};
    const char *doc = c->id ? ask(r, Q_intake_draft, c->id) : NULL;
    if (!doc)
        return false;
    c->booking = doc_text(r, doc, "booking");
    const char *today = doc_text(r, doc, "today");
    if (!c->booking || !day_read(str_of(today), &c->today)) {
        reply_error(r, 500, NULL);
        return false;
    }
    c->passed = doc_is(r, c->booking, "safety_passed");
    read_answers(r, c, doc);
    return true;
}

static const char *sealed_record(struct request *r, const struct check *c, const struct judgement *j)
{
    struct buf *out = booking_buf(r);
    record_write(&c->answers, j, c->today, out);
    return out->failed ? NULL : seal(r, j ? KEPT : DRAFT, c->id, (struct str){out->p, out->n});
}

/* Takes the document that came back; what is no longer held has had its page. */
static bool keep(struct request *r, struct check *c, const char *doc)
{
    if (!doc)
        return false;
    c->booking = doc;
    return booking_is_held(r, doc);
}

bool check_save(struct request *r, struct check *c)
{
    const char *sealed = sealed_record(r, c, NULL);
    if (!sealed) {
        reply_error(r, 500, NULL);
        return false;
    }
    return keep(r, c, ask(r, Q_intake_save, c->id, sealed));
}

bool check_pass(struct request *r, struct check *c, const struct judgement *j)
{
    const char *sealed = sealed_record(r, c, j);
    if (!sealed) {
        reply_error(r, 500, NULL);
        return false;
    }
    return keep(r, c, ask(r, Q_intake_pass, c->id, outcome_name(j->outcome), SAFETY_VERSION, sealed));
}

static void answer_passed(struct request *r, struct check *c, const struct judgement *j)
{
    if (!check_pass(r, c, j))
        return;
    if (r->wants_json)
        page(r, "intake/outcome", judgement_document(r, j));
    else
        reply_redirect(r, 303, arena_printf(r->arena, "/bookings/%s/safety/done", c->id));
}

/* What to do now is said even when the database cannot be told: the hold then ends by itself, and the page
 * does not say what is not so. */
static bool discard(struct request *r, struct check *c)
{
    const char *gone;
    enum db_status s = ask_status(r, Q_intake_discard, &gone, c->id);
    if (s != DB_OK)
        log_event(LOG_WARN, "safety_discard_failed", "status", db_status_name(s), "request", r->id, NULL);
    cookie_set_booking(r, c->id, "", 0);
    return s == DB_OK;
}

void check_conclude(struct request *r, struct check *c, const struct judgement *j)
{
    if (j->passed) {
        answer_passed(r, c, j);
        return;
    }
    bool discarded = discard(r, c);
    const char *doc =
        r->wants_json ? judgement_document(r, j) : outcome_document(r, c->booking, &c->answers, c->today, j);
    if (!doc) {
        reply_error(r, 500, NULL);
        return;
    }
    page_value(r, "undeleted", "yes");
    page(r, "intake/outcome", doc);
    web_stands(r);
    if (discarded) {
        page_value(r, "undeleted", "");
        page(r, "intake/outcome", doc);
    }
}

const char *intake_for_therapist(struct request *r, const char *id, const char *sealed)
{
    struct answers a;
    struct judgement j;
    const char *plain = unseal(r, KEPT, id, sealed);
    if (!plain || !record_read(r->arena, str_of(plain), &a, &j))
        return NULL;
    return therapist_document(r, &a, &j);
}
