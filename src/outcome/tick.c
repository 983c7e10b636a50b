/* The page of the 24 statements, behind the booking's secret link: in the form of a time that is held, and
 * after a look back. */
#include "booking/booking.h"
#include "care/record.h"
#include "keys/keys.h"
#include "outcome/line.h"
#include "outcome/outcome.h"
#include "outcome/statements.h"

#include <string.h>

static const char *const numbers[] = {"1",  "2",  "3",  "4",  "5",  "6",  "7",  "8",  "9",
                                      "10", "11", "12", "13", "14", "15", "16", "17", "18",
                                      "19", "20", "21", "22", "23", "24", NULL};
static const char *const yes[] = {"yes", NULL};
static const char *const acts[] = {"leave_out", NULL};
static const struct field fields[] = {
    {.name = "ticked",
     .kind = FIELD_SLUGS,
     .max = STATEMENTS,
     .choices = numbers,
     .wrong = "Tick statements from the list"},
    {.name = "none", .kind = FIELD_CHOICE, .choices = yes, .wrong = "Tick it, or leave it"},
    {.name = "act", .kind = FIELD_CHOICE, .choices = acts, .wrong = "Send it, or leave it out"},
    {.name = "form", .kind = FIELD_INT, .min = 1, .max = INT32_MAX, .wrong = "Open the page again"},
};

/* --- The page */

/* As it came, fault or not. */
static bool was_ticked(const struct request *r, const char *number)
{
    for (size_t i = 0; i < r->form.n; i++)
        if (str_is(r->form.at[i].name, "ticked") && str_is(r->form.at[i].value, number))
            return true;
    return false;
}

static void put_statements(struct request *r, struct json_writer *w, const char *form)
{
    struct json j;
    if (!json_parse(&j, r->arena, str_of(form)))
        return;
    uint32_t list = json_get(&j, 0, "statements"), at = list + 1;
    json_open(w, "statements", '[');
    for (uint32_t i = 0; list && i < j.token[list].count && i < STATEMENTS; i++, at = j.token[at].next) {
        json_open(w, NULL, '{');
        json_put(w, "number", numbers[i]);
        json_put(w, "id", i ? arena_printf(r->arena, "ticked-%s", numbers[i]) : "ticked");
        json_put_str(w, "text", json_text(&j, at, r->arena));
        json_put_bool(w, "on", was_ticked(r, numbers[i]));
        json_close(w, '}');
    }
    json_close(w, ']');
}

static void draw(struct request *r, const char *doc, struct form *f)
{
    struct json_writer w = {.out = care_buf(r)};
    if (!w.out) {
        reply_error(r, 500, NULL);
        return;
    }
    json_open(&w, NULL, '{');
    json_put_raw(&w, "booking", doc_text(r, doc, "booking"));
    json_put_raw(&w, "form", doc_text(r, doc, "form"));
    json_put_bool(&w, "held", doc_is(r, doc, "held"));
    json_put(&w, "refusal", doc_text(r, doc, "refusal"));
    put_statements(r, &w, doc_text(r, doc, "form"));
    json_put_bool(&w, "none_is_yes", form_value(r, "none") != NULL);
    json_close(&w, '}');
    const char *text = care_text(r, w.out);
    if (!text)
        reply_error(r, 500, NULL);
    else if (f)
        page_form(r, "outcome/statements", text, f);
    else
        page(r, "outcome/statements", text);
}

/* NULL after having replied; a form whose time ran out goes where the others go. */
static const char *open_page(struct request *r, const char *id)
{
    const char *doc = id ? ask(r, Q_statements_page, id) : NULL;
    const char *booking = doc ? doc_text(r, doc, "booking") : NULL;
    if (booking && !doc_is(r, doc, "held") && doc_is(r, booking, "expired") && !booking_is_held(r, booking))
        return NULL;
    return doc;
}

void outcome_statements_get(struct request *r)
{
    const char *doc = open_page(r, path_uuid(r));
    if (doc)
        draw(r, doc, NULL);
}

/* --- What comes back from it */

static void write_ticked(struct json_writer *w, const char *ticked)
{
    json_open(w, "ticked", '[');
    for (size_t i = 0; i < STATEMENTS; i++)
        if (care_ticked(ticked, str_of(numbers[i])))
            json_put_raw(w, NULL, numbers[i]);
    json_close(w, ']');
}

static void save(struct request *r, const char *id, const char *doc, const struct form *f)
{
    char row[37];
    struct json_writer w = {.out = care_buf(r)};
    bool held = doc_is(r, doc, "held");
    if (!w.out) {
        reply_error(r, 500, NULL);
        return;
    }
    json_open(&w, NULL, '{');
    json_put_raw(&w, "statements", doc_text(r, doc_text(r, doc, "form"), "version"));
    if (form_get(f, "act"))
        json_put_bool(&w, "left_out", true);
    else
        write_ticked(&w, form_get(f, "ticked"));
    json_close(&w, '}');
    web_uuid(row);
    const char *text = care_text(r, w.out);
    const char *sealed =
        text ? client_seal(r, id, OUTCOME_SEAL, outcome_bound(r->arena, row), str_of(text)) : NULL;
    if (!sealed) {
        client_key_say(r, NULL);
        return;
    }
    const char *saved = ask(r, Q_statements_save, id, row, sealed);
    if (saved && doc_text(r, saved, "problem"))
        reply_error(r, 409, doc_text(r, saved, "title"));
    else
        page_saved(r, saved,
                   arena_printf(r->arena, "/bookings/%s/%s", id, held ? "safety" : "progress?saved=1"));
}

/* That nothing describes somebody is an answer, and not the same as none. */
static void judge_form(struct request *r, const char *doc, struct form *f)
{
    const char *ticked = form_get(f, "ticked"), *form = form_get(f, "form");
    bool some = ticked && strcmp(ticked, "{}") != 0, none = form_get(f, "none");
    if (form && strcmp(form, doc_text(r, doc_text(r, doc, "form"), "version")) != 0)
        form_fail(f, NULL, "The words have changed meanwhile. Read them again, then tick what fits.");
    if (form_get(f, "act"))
        return;
    if (some && none)
        form_fail(f, "ticked", "Tick either statements, or that none describes you, not both");
    else if (!some && !none)
        form_fail(f, "ticked", "Tick what describes you today, or that none does");
}

/* More time was asked for: what is ticked stays on the page, and is not judged yet. */
static void hold_longer(struct request *r, const char *id)
{
    const char *minutes = arena_printf(r->arena, "%d", app_of(r)->config.hold_minutes);
    const char *doc = ask(r, Q_booking_extend, id, minutes) ? ask(r, Q_statements_page, id) : NULL;
    if (doc)
        draw(r, doc, NULL);
}

void outcome_statements_post(struct request *r)
{
    struct form f;
    const char *id = path_uuid(r), *doc = open_page(r, id);
    if (!doc)
        return;
    form_read(&f, r, fields, sizeof fields / sizeof *fields);
    judge_form(r, doc, &f);
    if (doc_text(r, doc, "refusal"))
        reply_error(r, 409, doc_text(r, doc, "refusal"));
    else if (doc_is(r, doc, "held") && form_value(r, "extend"))
        hold_longer(r, id);
    else if (f.errors > 0)
        draw(r, doc, &f);
    else
        save(r, id, doc, &f);
}
