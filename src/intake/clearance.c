#include "intake/clearance.h"

#include "booking/booking.h"
#include "intake/paper.h"
#include "upload/sealed.h"
#include "upload/upload.h"

#include <string.h>

static const char *path_of(struct request *r, const char *id, const char *rest)
{
    return arena_printf(r->arena, "/bookings/%s/clearance%s", id, rest);
}

static const char *clearance_of(struct request *r, const char *booking)
{
    const char *doc = doc_text(r, booking, "clearance");
    return doc ? doc : "{}";
}

/* --- After a CLEARANCE */

static void draw_outcome(struct request *r, const struct check *c, const struct judgement *j)
{
    const struct outcome_of o = check_outcome(c, j);
    const char *doc = r->wants_json ? judgement_document(r, &o) : outcome_document(r, &o);
    page_value(r, "kept_until", doc_text(r, c->booking, "expires_moment"));
    if (doc)
        page(r, "intake/outcome", doc);
    else
        reply_error(r, 500, NULL);
}

static void offer_to_keep(struct request *r, const struct check *c, const struct judgement *j)
{
    const char *clearance = clearance_of(r, c->booking);
    page_value(r, "can_keep", "yes");
    page_value(r, "path", path_of(r, c->id, "/keep"));
    page_value(r, "until", doc_text(r, clearance, "until"));
    draw_outcome(r, c, j);
}

/* What was booked is held again while a clinician is asked. False: it cannot be, and the visit is to be
 * cancelled. */
static bool pause_visit(struct request *r, struct check *c, const struct judgement *j)
{
    const char *sealed = check_sealed_draft(r, c);
    const char *doc = sealed ? ask(r, Q_intake_pause, c->id, sealed) : NULL;
    if (!doc)
        return true;
    c->booking = doc;
    if (!doc_is(r, clearance_of(r, doc), "asked"))
        return false;
    page_value(r, "paused", "yes");
    page_value(r, "return_path", path_of(r, c->id, ""));
    page_value(r, "upload", path_of(r, c->id, ""));
    draw_outcome(r, c, j);
    return true;
}

bool clearance_keeps(struct request *r, struct check *c, const struct judgement *j)
{
    if (j->outcome == CLEARANCE && c->again)
        return pause_visit(r, c, j);
    const char *clearance = clearance_of(r, c->booking);
    bool asked = doc_is(r, clearance, "asked");
    if (j->outcome != CLEARANCE || !(asked || doc_is(r, clearance, "can_keep")))
        return false;
    if (!check_save(r, c))
        return true;
    if (asked && !r->wants_json)
        reply_redirect(r, 303, path_of(r, c->id, "?still=1"));
    else
        offer_to_keep(r, c, j);
    return true;
}

void clearance_keep_post(struct request *r)
{
    const char *id = path_uuid(r);
    const char *doc = id ? ask(r, Q_clearance_keep, id) : NULL;
    if (!doc)
        return;
    if (!doc_is(r, clearance_of(r, doc), "asked") && !r->wants_json) {
        if (booking_is_held(r, doc))
            reply_redirect(r, 303, booking_next(r, doc));
    } else {
        page_saved(r, doc, path_of(r, id, ""));
    }
}

/* --- The page of whoever asks */

static bool load(struct request *r, struct check *c)
{
    if (!check_load(r, c))
        return false;
    if (doc_text(r, c->booking, "clearance"))
        return true;
    if (booking_is_held(r, c->booking))
        reply_redirect(r, 303, arena_printf(r->arena, "/bookings/%s", c->id));
    return false;
}

/* Whether what is here by now lifts it. */
static bool is_lifted(struct check *c, struct course *way)
{
    course_take(way, c->q, &c->record, &c->setting);
    return way->now.outcome <= MODIFY;
}

static void put_values(struct request *r, struct check *c)
{
    struct course way;
    bool asked = doc_is(r, clearance_of(r, c->booking), "asked");
    if (asked)
        page_value(r, "link",
                   arena_printf(r->arena, "%s/b/%s", app_of(r)->config.origin, session_of(r)->booking));
    if (asked && is_lifted(c, &way))
        page_value(r, "lifted", "yes");
    page_value(r, "papers", arena_printf(r->arena, "/bookings/%s/papers", c->id));
    page_value(r, "sent", query_value(r, "sent"));
    page_value(r, "still", query_value(r, "still"));
}

void clearance_get(struct request *r)
{
    struct check c;
    if (!load(r, &c))
        return;
    put_values(r, &c);
    page(r, "intake/clearance", c.booking);
}

/* Whoever has the answer goes on in the form, which asks what is still open and takes what was agreed to. */
static void go_on(struct request *r, struct check *c)
{
    struct course way;
    if (c->passed || is_lifted(c, &way))
        reply_redirect(r, 303, booking_next(r, c->booking));
    else
        reply_redirect(r, 303, path_of(r, c->id, "?still=1"));
}

void clearance_post(struct request *r)
{
    struct check c;
    if (load(r, &c) && booking_is_held(r, c.booking))
        go_on(r, &c);
}

/* --- A note */

static const struct field note_fields[] = {
    {.name = "who",
     .kind = FIELD_LINE,
     .required = true,
     .max = 120,
     .missing = "Enter who wrote it",
     .wrong = "Shorten the name to 120 characters"},
    {.name = "dated",
     .kind = FIELD_DATE,
     .required = true,
     .missing = "Enter the date that stands on it",
     .wrong = "Enter a date like 2026-11-24"},
    {.name = "file", .kind = FIELD_LINE}, /* comes as a file, and its faults stand here */
};

static struct str file_of(const struct request *r)
{
    for (size_t i = 0; i < r->upload_count; i++)
        if (str_is(r->uploads[i].name, "file"))
            return r->uploads[i].data;
    return (struct str){0};
}

static void draw_note(struct request *r, struct check *c, const struct form *f)
{
    put_values(r, c);
    page_form(r, "intake/clearance", c->booking, f);
}

/* After it is kept: with it the visit can be booked, or something else still stands in the way. */
static void note_kept(struct request *r, struct check *c)
{
    struct check again;
    if (!doc_is(r, clearance_of(r, c->booking), "asked"))
        reply_redirect(r, 303, path_of(r, c->id, "?sent=1"));
    else if (check_load(r, &again))
        go_on(r, &again);
}

static void keep_note(struct request *r, struct check *c, struct form *f, const struct paper *p)
{
    const char *doc = paper_keep(r, c->id, p);
    if (!doc)
        return;
    if (form_refused(f, doc)) {
        draw_note(r, c, f);
    } else if (r->wants_json) {
        page(r, "intake/clearance", doc);
    } else {
        note_kept(r, c);
    }
}

void clearance_note_post(struct request *r)
{
    struct check c;
    struct form f;
    struct buf clean = {0};
    struct paper p = {.note = true};
    if (!load(r, &c))
        return;
    form_read(&f, r, note_fields, sizeof note_fields / sizeof *note_fields);
    struct str file = file_of(r);
    const char *wrong =
        file.n ? upload_clean("/proc/self/exe", file, &p.kind, &clean) : "Choose a photo or a PDF";
    if (wrong)
        form_fail(&f, "file", wrong);
    p.day = form_get(&f, "dated");
    p.who = form_get(&f, "who");
    p.file = (struct str){clean.p, clean.n};
    if (f.errors)
        draw_note(r, &c, &f);
    else
        keep_note(r, &c, &f, &p);
    buf_free(&clean);
}

/* --- Reading */

void clearance_letter_get(struct request *r)
{
    struct check c;
    struct course way;
    if (!load(r, &c))
        return;
    if (is_lifted(&c, &way)) {
        reply_redirect(r, 303, path_of(r, c.id, ""));
        return;
    }
    page_value(r, "upload", path_of(r, c.id, ""));
    page_value(r, "return_path", path_of(r, c.id, ""));
    draw_outcome(r, &c, &way.now);
}

void clearance_paper_get(struct request *r)
{
    const char *id = path_uuid(r);
    if (id)
        paper_send(r, id, param(r, "item"));
}

/* --- The therapist's side */

static const struct field call_fields[] = {
    {.name = "who",
     .kind = FIELD_LINE,
     .required = true,
     .max = 120,
     .missing = "Enter with whom you spoke",
     .wrong = "Shorten the name to 120 characters"},
    {.name = "dated",
     .kind = FIELD_DATE,
     .required = true,
     .missing = "Enter the day of the call",
     .wrong = "Enter a date like 2026-11-24"},
    {.name = "said",
     .kind = FIELD_TEXT,
     .required = true,
     .max = 1000,
     .missing = "Write what was said",
     .wrong = "Shorten what was said to 1,000 characters"},
};

static void draw_practice(struct request *r, const char *id, const struct form *f)
{
    const char *doc = ask(r, Q_clearance_practice, id), *items = doc ? papers_opened(r, id, doc) : NULL;
    if (!items)
        return;
    page_value(r, "saved", query_value(r, "saved"));
    const char *whole = arena_printf(r->arena, "{\"items\":%s,%s", items, doc + 1);
    if (f)
        page_form(r, "practice/clearance", whole, f);
    else
        page(r, "practice/clearance", whole);
}

void practice_clearance_get(struct request *r)
{
    const char *id = path_uuid(r);
    if (id)
        draw_practice(r, id, NULL);
}

void practice_clearance_post(struct request *r)
{
    struct form f;
    const char *id = path_uuid(r), *doc = NULL;
    if (!id)
        return;
    form_read(&f, r, call_fields, sizeof call_fields / sizeof *call_fields);
    const struct paper p = {
        .day = form_get(&f, "dated"), .who = form_get(&f, "who"), .said = form_get(&f, "said")};
    if (!f.errors && !(doc = paper_keep(r, id, &p)))
        return;
    form_refused(&f, doc);
    if (f.errors)
        draw_practice(r, id, &f);
    else
        page_saved(r, doc, arena_printf(r->arena, "/practice/bookings/%s/clearance?saved=1", id));
}

void practice_paper_get(struct request *r)
{
    const char *id = path_uuid(r);
    if (id)
        paper_send(r, id, param(r, "item"));
}
