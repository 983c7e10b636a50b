/*
 * A form lies sealed, first as a draft and, once passed, as the answers that are kept: both under the
 * client's key, bound to the booking they were answered for (`lead`). Its judgement is made anew from the
 * answers each time, except for a passed one, which is read as it was judged then (struct record).
 */
#include "intake/check.h"

#include "booking/booking.h"
#include "core/day.h"
#include "core/log.h"
#include "intake/clearance.h"
#include "intake/consent.h"
#include "intake/edition.h"
#include "intake/intake.h"
#include "intake/own.h"
#include "intake/shape.h"
#include "keys/keys.h"

#include <stdlib.h>
#include <string.h>

/* What a form is sealed for: neither opens as the other. */
#define DRAFT "safety draft"
#define KEPT  "safety answers"

/* --- Reading */

/* What the client's key does not open may lie under the site's: from before clients had keys, or a draft of
 * while keyd was away. */
static const char *opened(struct request *r, const char *booking, const char *purpose, const char *bound,
                          const char *sealed)
{
    const char *plain = client_open(r, booking, purpose, bound, sealed);
    return plain ? plain : unseal(r, purpose, bound, sealed);
}

/* What could not be opened just now is still there; the rest (another key) is as good as none. */
static bool only_now(struct request *r)
{
    enum key_status s = client_key_status(r);
    return s == KEY_SILENT || s == KEY_LIMITED;
}

static bool read_draft(struct request *r, struct check *c, const char *sealed)
{
    const char *plain = sealed ? opened(r, c->id, DRAFT, c->lead, sealed) : NULL;
    if (sealed && !plain && only_now(r)) {
        client_key_say(r, NULL);
        return false;
    }
    if (!plain || !record_read(c->q, r->arena, str_of(plain), &c->record, NULL))
        c->record = (struct record){0};
    return true;
}

/* The questionnaire in whose words `plain` stands; NULL after having replied, or when it is none. */
static const struct questionnaire *words_of(struct request *r, const char *plain)
{
    int64_t version;
    const char *name = record_version(r->arena, str_of(plain));
    return name && text_int(str_of(name), 1, INT32_MAX, &version) ? questionnaire_version(r, (int32_t)version)
                                                                  : NULL;
}

static bool read_kept(struct request *r, struct check *c, const char *sealed)
{
    const char *plain = opened(r, c->id, KEPT, c->lead, sealed);
    if (!plain && only_now(r)) {
        client_key_say(r, NULL);
        return false;
    }
    const struct questionnaire *q = plain ? words_of(r, plain) : NULL;
    if (q && record_read(q, r->arena, str_of(plain), &c->record, &c->kept))
        c->q = q;
    else
        c->record = (struct record){0};
    c->lost = !plain;
    c->record.seen = UINT64_MAX; /* it was passed page by page, or at once */
    return true;
}

/* What counts until the form is answered again; what does not open is not there. False after having replied.
 */
static bool read_before(struct request *r, struct check *c, const char *sealed)
{
    struct before *b = sealed ? arena_alloc(r->arena, sizeof *b) : NULL;
    const char *plain = b ? opened(r, c->id, KEPT, c->lead, sealed) : NULL;
    if (b && !plain && only_now(r)) {
        client_key_say(r, NULL);
        return false;
    }
    c->lost = b && !plain;
    if (plain && (b->q = words_of(r, plain)) && record_read(b->q, r->arena, str_of(plain), &b->record, &b->j))
        c->before = b;
    return true;
}

/* The first look at a form that is answered again: the answers of last time stand there. */
static void fill_in(struct request *r, struct check *c)
{
    const struct before *b = c->before;
    if (b && c->setting.today - b->record.day <= ANSWERS_DAYS)
        record_carry(b->q, &b->record, c->q, r->arena, &c->record);
}

/* The draft of a form that is answered again. False after having replied. */
static bool read_again(struct request *r, struct check *c, const char *doc)
{
    const char *draft = doc_text(r, doc, "draft");
    if (!read_before(r, c, doc_text(r, doc, "before")) || !read_draft(r, c, draft))
        return false;
    if (c->again && !draft && !doc_is(r, doc, "afresh"))
        fill_in(r, c);
    return true;
}

/* NULL members where the place of the visit has no numbers of its own. */
static struct numbers read_numbers(struct request *r, const char *doc)
{
    const char *help = doc_text(r, doc, "help");
    if (!help)
        return (struct numbers){0};
    return (struct numbers){.emergency = doc_text(r, help, "emergency"),
                            .urgent_line = doc_text(r, help, "urgent_line"),
                            .helpline = doc_text(r, help, "helpline")};
}

/* Days of a clinician's note and of a call that are kept with the booking. */
static void read_lifting(struct request *r, struct check *c, const char *doc)
{
    const char *note = doc_text(r, doc, "note_on"), *call = doc_text(r, doc, "call_on");
    if (note)
        day_read(str_of(note), &c->setting.note_on);
    if (call)
        day_read(str_of(call), &c->setting.call_on);
}

static bool read_facts(struct request *r, struct check *c, const char *doc)
{
    int64_t age;
    c->booking = doc_text(r, doc, "booking");
    c->lead = doc_text(r, doc, "lead");
    if (!c->booking || !c->lead || !day_read(str_of(doc_text(r, doc, "today")), &c->setting.today) ||
        !text_int(str_of(doc_text(r, doc, "adult_age")), 1, 99, &age))
        return false;
    c->adult_age = (int)age;
    c->month_first = doc_is(r, c->booking, "month_first");
    read_lifting(r, c, doc);
    c->numbers = read_numbers(r, c->booking);
    c->again = doc_is(r, doc, "again");
    c->was_booked = doc_is(r, doc, "was_booked");
    c->passed = doc_is(r, c->booking, "safety_passed") && !c->again;
    return true;
}

bool check_load(struct request *r, struct check *c)
{
    *c = (struct check){.id = path_uuid(r), .setting = {.sections = ASKED}};
    const char *doc = c->id ? ask(r, Q_intake_draft, c->id) : NULL;
    if (!doc || !(c->q = questionnaire_now(r)))
        return false;
    if (!read_facts(r, c, doc)) {
        reply_error(r, 500, NULL);
        return false;
    }
    const char *sealed = doc_text(r, doc, "sealed");
    c->in_person = c->passed && !sealed;
    return sealed ? read_kept(r, c, sealed) : read_again(r, c, doc);
}

bool check_open(struct request *r, const struct check *c)
{
    return c->again || booking_is_held(r, c->booking);
}

/* --- Writing */

static bool too_long(struct request *r)
{
    reply_error(r, 422, "Your answers are too long. Shorten what you wrote in your own words.");
    return false;
}

static bool says(const struct check *c, const char *id, const char *slug)
{
    uint16_t question = question_by_id(c->q, str_of(id));
    uint8_t option =
        question == NO_QUESTION ? OPTIONS_MAX : option_by_slug(&c->q->questions[question], str_of(slug));
    return option != OPTIONS_MAX && chosen(&c->record.answers.is[question], option);
}

/* Answers are kept to be read by the therapist: who agrees to one of the two alone has agreed to neither. */
static bool may_be_kept(const struct check *c)
{
    return says(c, "K03", "yes") && says(c, "K04", "yes");
}

/* While keyd is away a draft, which goes with its hold, lies under the site's key so that the form goes on;
 * what is passed is not kept (*sealed NULL) but told in person, as it is where keeping was not agreed to.
 * False after having replied. */
static bool seal_record(struct request *r, struct check *c, const struct judgement *j, const char **sealed)
{
    struct buf *out = booking_buf(r);
    const char *purpose = j ? KEPT : DRAFT;
    if (j && !may_be_kept(c))
        return true;
    c->record.day = c->setting.today;
    if (c->before)
        record_follow(c->before->q, &c->before->record, &c->before->j, c->q, &c->record);
    record_write(c->q, &c->record, j, out);
    if (out->failed)
        return too_long(r);
    *sealed = client_seal(r, c->id, purpose, c->lead, (struct str){out->p, out->n});
    if (*sealed)
        return true;
    bool silent = client_key_status(r) == KEY_SILENT;
    if (silent && j && !c->was_booked) /* what is booked stays as it is until this can be kept */
        return true;
    if (silent && !j)
        *sealed = seal(r, purpose, c->lead, (struct str){out->p, out->n});
    if (!*sealed)
        client_key_say(r, NULL);
    return *sealed;
}

/* Takes the document that came back; what is no longer held, and a problem, has had its page. */
static bool keep(struct request *r, struct check *c, const char *doc)
{
    if (!doc || booking_problem(r, doc))
        return false;
    c->booking = doc;
    if (!doc_is(r, doc, "left"))
        return (c->was_booked && doc_is(r, doc, "safety_passed")) || check_open(r, c);
    reply_error(r, 409, "This form was finished or left in another window. Nothing was changed here.");
    return false;
}

/* Rounded up to a year, so that it says no more of the day of birth than it has to; NULL: is of age. */
static const char *adult_from(struct request *r, const struct check *c)
{
    char day[11];
    const struct answer *birth = c->q->birth == NO_QUESTION ? NULL : &c->record.answers.is[c->q->birth];
    if (!birth || !birth->given || day_full_years(birth->number, c->setting.today) >= c->adult_age)
        return NULL;
    day_write(birth->number, day);
    return arena_printf(r->arena, "%04ld-01-01", strtol(day, NULL, 10) + c->adult_age + 1);
}

const char *check_sealed_draft(struct request *r, struct check *c)
{
    const char *sealed = NULL;
    return seal_record(r, c, NULL, &sealed) ? sealed : NULL;
}

bool check_save(struct request *r, struct check *c)
{
    const char *sealed = NULL;
    return seal_record(r, c, NULL, &sealed) && keep(r, c, ask(r, Q_intake_save, c->id, sealed));
}

bool check_pass(struct request *r, struct check *c, const struct judgement *j)
{
    const char *sealed = NULL, *limits = shape_limits(r, c->q, j);
    if (!limits) {
        reply_error(r, 500, NULL);
        return false;
    }
    return seal_record(r, c, j, &sealed) &&
           keep(r, c,
                ask(r, Q_intake_pass, c->id, outcome_name(j->outcome), c->q->name, sealed,
                    j->limits.flags & CONFIRM_FIRST ? "yes" : NULL, j->limits.flags & PRECALL ? "yes" : NULL,
                    adult_from(r, c), limits));
}

/* --- Who agrees */

bool check_minor(const struct check *c)
{
    const struct answer *birth = c->q->birth == NO_QUESTION ? NULL : &c->record.answers.is[c->q->birth];
    return birth && birth->given && day_full_years(birth->number, c->setting.today) < 18;
}

const char *check_for_whom(const struct check *c)
{
    return says(c, "A02", "child") ? "child" : says(c, "A02", "adult") ? "adult" : "self";
}

/* Everything that is agreed to, once all is answered. */
static enum consent_signed sign(struct request *r, struct check *c)
{
    return consent_sign(r, c->id, check_minor(c), check_for_whom(c), may_be_kept(c));
}

/* --- The end */

struct outcome_of check_outcome(const struct check *c, const struct judgement *j)
{
    return (struct outcome_of){.q = c->q,
                               .answers = &c->record.answers,
                               .j = j,
                               .numbers = c->numbers,
                               .today = c->setting.today,
                               .month_first = c->month_first,
                               .booking = c->booking,
                               .in_person = c->record.in_person};
}

static void answer_passed(struct request *r, struct check *c, const struct judgement *j)
{
    if (!shape_fits(r, c, j))
        return;
    enum consent_signed signed_now = sign(r, c);
    if (signed_now == CONSENT_CHANGED)
        c->consent_changed = true;
    if (signed_now != CONSENT_SIGNED || !check_pass(r, c, j))
        return;
    const struct outcome_of o = check_outcome(c, j);
    if (r->wants_json)
        page(r, "intake/outcome", own_told(r, c->id, judgement_document(r, &o)));
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
    if (!c->was_booked)
        cookie_set_booking(r, c->id, "", 0);
    return s == DB_OK;
}

static void answer_held_back(struct request *r, struct check *c, const struct judgement *j)
{
    bool discarded = discard(r, c);
    const struct outcome_of o = check_outcome(c, j);
    const char *doc = r->wants_json ? judgement_document(r, &o) : outcome_document(r, &o);
    if (!doc) {
        reply_error(r, 500, NULL);
        return;
    }
    if (c->was_booked)
        page_value(r, "was_booked", "yes");
    /* first the page that stands if the transaction fails, which says that what was kept is still there */
    page_value(r, "undeleted", "yes");
    page(r, "intake/outcome", doc);
    web_stands(r);
    if (discarded) {
        page_value(r, "undeleted", "");
        page(r, "intake/outcome", doc);
    }
}

void check_conclude(struct request *r, struct check *c, const struct judgement *j)
{
    if (j->passed)
        answer_passed(r, c, j);
    else if (j->outcome >= CLEARANCE) {
        if (!clearance_keeps(r, c, j))
            answer_held_back(r, c, j);
    } else
        reply_error(r, 500, NULL); /* nothing is decided: nothing is thrown away */
}

bool check_kept(struct request *r, const char *visit, const char *lead, const char *sealed,
                const struct questionnaire **q, struct record *record, struct judgement *j)
{
    const char *plain = opened(r, visit, KEPT, lead, sealed);
    return plain && (*q = words_of(r, plain)) && record_read(*q, r->arena, str_of(plain), record, j);
}

const char *intake_for_client(struct request *r, const char *visit, const char *answered_for,
                              const char *sealed)
{
    return opened(r, visit, KEPT, answered_for, sealed);
}

const char *intake_for_therapist(struct request *r, const char *visit, const char *answered_for,
                                 const char *sealed, bool month_first)
{
    struct record record;
    struct judgement j;
    const struct questionnaire *q;
    if (!check_kept(r, visit, answered_for, sealed, &q, &record, &j))
        return NULL;
    const char *without = NULL, *limits = shape_limits(r, q, &j);
    if (limits && ask_status(r, Q_intake_without, &without, visit, limits) != DB_OK)
        without = "[]";
    const char *document = limits ? therapist_document(r, q, &record, &j, without, month_first) : NULL;
    if (!document)
        reply_error(r, 500, NULL);
    return document;
}
