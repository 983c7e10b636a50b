/* The client's pages, behind the booking's secret link. */
#include "booking/booking.h"
#include "care/care.h"
#include "care/record.h"
#include "keys/keys.h"
#include "outcome/line.h"
#include "outcome/observation.h"
#include "outcome/outcome.h"
#include "practice/practice.h"

#include <string.h>

static const char *const scale[] = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", NULL};
enum { STEPS = 11 };

static bool is(const char *text, const char *what)
{
    return text && strcmp(text, what) == 0;
}

/* A writer into memory of the request, with the document's first brace; false after having replied. */
static bool begin(struct request *r, struct json_writer *w)
{
    *w = (struct json_writer){.out = care_buf(r)};
    if (w->out)
        json_open(w, NULL, '{');
    else
        reply_error(r, 500, NULL);
    return w->out != NULL;
}

/* The eleven steps of a scale, with the one that was chosen. */
static void put_scale(struct json_writer *w, const char *key, const char *chosen)
{
    json_open(w, key, '[');
    for (int i = 0; i < STEPS; i++) {
        json_open(w, NULL, '{');
        json_put(w, "value", scale[i]);
        json_put_bool(w, "first", i == 0);
        json_put_bool(w, "on", is(chosen, scale[i]));
        json_close(w, '}');
    }
    json_close(w, ']');
}

static void finish(struct request *r, struct json_writer *w, const char *template, struct form *f)
{
    json_close(w, '}');
    const char *doc = care_text(r, w->out);
    if (!doc)
        reply_error(r, 500, NULL);
    else if (f)
        page_form(r, template, doc, f);
    else
        page(r, template, doc);
}

/* What was sealed was kept, or not: the page that says so. */
static void keep(struct request *r, const char *id, const char *kind, struct buf *plain, bool care,
                 const char *to)
{
    char row[37];
    web_uuid(row);
    const char *text = care_text(r, plain);
    const char *sealed =
        text ? client_seal(r, id, OUTCOME_SEAL, outcome_bound(r->arena, row), str_of(text)) : NULL;
    if (!sealed) {
        client_key_say(r, care ? "If you need help now, call your doctor or the emergency number." : NULL);
        return;
    }
    const char *doc = ask(r, Q_outcome_save, id, row, kind, sealed, care ? "yes" : NULL);
    if (doc && doc_text(r, doc, "problem"))
        reply_error(r, 409, doc_text(r, doc, "title"));
    else
        page_saved(r, doc, arena_printf(r->arena, "/bookings/%s/%s", id, to));
}

/* --- After a visit */

static const char *const effects[] = {"none", "mild", "lasted", "care", NULL};
static const struct field after_fields[] = {
    {.name = "effects",
     .kind = FIELD_CHOICE,
     .required = true,
     .choices = effects,
     .missing = "Choose what you felt after the visit",
     .wrong = "Choose one of the four"},
    {.name = "pain",
     .kind = FIELD_CHOICE,
     .required = true,
     .choices = scale,
     .missing = "Choose your pain right now from 0 to 10",
     .wrong = "Choose a number from 0 to 10"},
    {.name = "words", .kind = FIELD_TEXT, .max = 1000, .wrong = "Shorten it to 1,000 characters"},
};

static void put_kept(struct request *r, struct json_writer *w, const char *id, const char *kept)
{
    struct json j;
    const char *plain = client_open(r, id, OUTCOME_SEAL, outcome_bound(r->arena, doc_text(r, kept, "id")),
                                    doc_text(r, kept, "sealed"));
    bool opens = plain && json_parse(&j, r->arena, str_of(plain));
    json_open(w, "kept", '{');
    json_put(w, "moment", doc_text(r, kept, "moment"));
    json_put_bool(w, "lost", !opens);
    for (size_t i = 0; opens && effects[i]; i++)
        json_put_bool(w, arena_printf(r->arena, "is_%s", effects[i]),
                      is(doc_text(r, plain, "effects"), effects[i]));
    json_put(w, "pain", opens ? doc_text(r, plain, "pain") : NULL);
    json_put(w, "words", opens ? doc_text(r, plain, "words") : NULL);
    json_close(w, '}');
}

static void draw_after(struct request *r, const char *id, const char *doc, struct form *f)
{
    struct json_writer w;
    const char *kept = doc_text(r, doc, "kept"), *refusal = doc_text(r, doc, "refusal");
    if (!begin(r, &w))
        return;
    json_put_raw(&w, "booking", doc_text(r, doc, "booking"));
    json_put(&w, "refusal", kept && !f ? NULL : refusal);
    json_put_bool(&w, "form", !refusal && (f || !kept || query_value(r, "again")));
    json_put_bool(&w, "may_again", !refusal);
    json_put_bool(&w, "incident", doc_text(r, doc, "incident") != NULL);
    if (kept)
        put_kept(r, &w, id, kept);
    put_scale(&w, "pains", f ? form_value(r, "pain") : NULL);
    finish(r, &w, "outcome/after", f);
}

void outcome_after_get(struct request *r)
{
    const char *id = path_uuid(r), *doc = id ? ask(r, Q_outcome_after, id) : NULL;
    if (doc)
        draw_after(r, id, doc, NULL);
}

static void save_after(struct request *r, const char *id, const struct form *f)
{
    struct json_writer w;
    if (!begin(r, &w))
        return;
    json_put(&w, "effects", form_get(f, "effects"));
    json_put_raw(&w, "pain", form_get(f, "pain"));
    json_put(&w, "words", form_get(f, "words"));
    json_close(&w, '}');
    keep(r, id, "after", w.out, is(form_get(f, "effects"), "care"), "after");
}

void outcome_after_post(struct request *r)
{
    struct form f;
    const char *id = path_uuid(r), *doc = id ? ask(r, Q_outcome_after, id) : NULL;
    if (!doc)
        return;
    form_read(&f, r, after_fields, sizeof after_fields / sizeof *after_fields);
    if (doc_text(r, doc, "refusal"))
        reply_error(r, 409, doc_text(r, doc, "refusal"));
    else if (f.errors > 0)
        draw_after(r, id, doc, &f);
    else
        save_after(r, id, &f);
}

/* --- The line, and the look back that adds to it */

static const char *const steps[] = {"1", "2", "3", "4", "5", "6", "7", NULL};
static const struct field look_fields[] = {
    {.name = "average",
     .kind = FIELD_CHOICE,
     .required = true,
     .choices = scale,
     .missing = "Choose your average pain from 0 to 10",
     .wrong = "Choose a number from 0 to 10"},
    {.name = "worst",
     .kind = FIELD_CHOICE,
     .required = true,
     .choices = scale,
     .missing = "Choose your worst pain from 0 to 10",
     .wrong = "Choose a number from 0 to 10"},
    {.name = "thing1", .kind = FIELD_CHOICE, .choices = scale, .wrong = "Choose a number from 0 to 10"},
    {.name = "thing2", .kind = FIELD_CHOICE, .choices = scale, .wrong = "Choose a number from 0 to 10"},
    {.name = "thing3", .kind = FIELD_CHOICE, .choices = scale, .wrong = "Choose a number from 0 to 10"},
    {.name = "global",
     .kind = FIELD_CHOICE,
     .required = true,
     .choices = steps,
     .missing = "Choose how your back is compared with the start",
     .wrong = "Choose one of the seven"},
};
static const char *const thing_names[THINGS_MAX] = {"thing1", "thing2", "thing3"};

static const char *line_document(struct request *r, const char *id, struct json *j)
{
    const char *doc = id ? ask(r, Q_outcome_line, id, "client") : NULL;
    if (!doc || json_parse(j, r->arena, str_of(doc)))
        return doc;
    reply_error(r, 500, NULL);
    return NULL;
}

static const char *error_of(const struct form *f, const char *name)
{
    for (size_t i = 0; f && i < f->count; i++)
        if (strcmp(f->fields[i].name, name) == 0)
            return f->error[i];
    return NULL;
}

static void put_things(struct request *r, struct json_writer *w, const struct line *line,
                       const struct form *f)
{
    json_open(w, "things", '[');
    for (size_t i = 0; i < line->things; i++) {
        json_open(w, NULL, '{');
        json_put(w, "name", thing_names[i]);
        json_put(w, "what", line->thing[i]);
        json_put(w, "error", error_of(f, thing_names[i]));
        put_scale(w, "steps", f ? form_value(r, thing_names[i]) : NULL);
        json_close(w, '}');
    }
    json_close(w, ']');
}

static void put_steps(struct request *r, struct json_writer *w, const struct form *f)
{
    json_open(w, "globals", '[');
    for (int i = 1; i <= GLOBAL_STEPS; i++) {
        json_open(w, NULL, '{');
        json_put_int(w, "value", i);
        json_put_bool(w, "first", i == 1);
        json_put(w, "label", global_name(i));
        json_put_bool(w, "on", f && is(form_value(r, "global"), steps[i - 1]));
        json_close(w, '}');
    }
    json_close(w, ']');
}

static void draw_look(struct request *r, const char *doc, const struct line *line, struct form *f)
{
    struct json_writer w;
    if (!begin(r, &w))
        return;
    json_put_raw(&w, "booking", doc_text(r, doc, "booking"));
    json_put(&w, "refusal", doc_text(r, doc, "refusal"));
    put_scale(&w, "averages", f ? form_value(r, "average") : NULL);
    put_scale(&w, "worsts", f ? form_value(r, "worst") : NULL);
    json_put_bool(&w, "has_things", line->things > 0);
    put_things(r, &w, line, f);
    put_steps(r, &w, f);
    finish(r, &w, "outcome/look-back", f);
}

void outcome_look_back_get(struct request *r)
{
    struct json j;
    const char *doc = line_document(r, path_uuid(r), &j);
    const struct line *line = doc ? line_open(r, &j) : NULL;
    if (line)
        draw_look(r, doc, line, NULL);
}

/* After the look back the 24 statements, where an operator has brought them. */
static bool asks_statements(struct request *r, const char *id, const struct line *line)
{
    const char *doc = NULL;
    return line->low_back && ask_status(r, Q_statements_page, &doc, id) == DB_OK;
}

static void save_look(struct request *r, const char *id, const struct line *line, const struct form *f)
{
    struct json_writer w;
    if (!begin(r, &w))
        return;
    json_put_raw(&w, "average", form_get(f, "average"));
    json_put_raw(&w, "worst", form_get(f, "worst"));
    json_put_raw(&w, "global", form_get(f, "global"));
    json_open(&w, "things", '[');
    for (size_t i = 0; i < line->things; i++) {
        if (!form_get(f, thing_names[i]))
            continue;
        json_open(&w, NULL, '{');
        json_put(&w, "what", line->thing[i]);
        json_put_raw(&w, "rating", form_get(f, thing_names[i]));
        json_close(&w, '}');
    }
    json_close(&w, ']');
    json_close(&w, '}');
    keep(r, id, "review", w.out, false, asks_statements(r, id, line) ? "statements" : "progress?saved=1");
}

void outcome_look_back_post(struct request *r)
{
    struct form f;
    struct json j;
    const char *id = path_uuid(r), *doc = line_document(r, id, &j);
    const struct line *line = doc ? line_open(r, &j) : NULL;
    if (!line)
        return;
    form_read(&f, r, look_fields, sizeof look_fields / sizeof *look_fields);
    if (doc_text(r, doc, "refusal"))
        reply_error(r, 409, doc_text(r, doc, "refusal"));
    else if (f.errors > 0)
        draw_look(r, doc, line, &f);
    else
        save_look(r, id, line, &f);
}

void outcome_progress_get(struct request *r)
{
    struct json j;
    const char *id = path_uuid(r), *doc = line_document(r, id, &j);
    const struct line *line = doc ? line_open(r, &j) : NULL;
    struct json_writer w;
    if (!line || !begin(r, &w))
        return;
    json_put_raw(&w, "booking", doc_text(r, doc, "booking"));
    json_put_bool(&w, "agreed", doc_is(r, doc, "agreed"));
    json_put_bool(&w, "may_add", doc_text(r, doc, "refusal") == NULL);
    json_put_bool(&w, "therapist", false);
    json_put(&w, "day", NULL);
    line_put(r, &w, line, id);
    page_value(r, "saved", query_value(r, "saved"));
    finish(r, &w, "outcome/progress", NULL);
}

void outcome_table_get(struct request *r)
{
    struct json j;
    const char *doc = line_document(r, path_uuid(r), &j);
    const struct line *line = doc ? line_open(r, &j) : NULL;
    struct buf *b = line ? care_buf(r) : NULL;
    if (!line)
        return;
    if (b)
        line_csv(r, b, line);
    const char *text = b ? care_text(r, b) : NULL;
    if (!text) {
        reply_error(r, 500, NULL);
        return;
    }
    reply_header(r, "Content-Disposition", "attachment; filename=\"progress.csv\"");
    reply(r, 200, "text/csv; charset=utf-8; header=present", text, strlen(text));
}

/* --- As FHIR */

static void send_fhir(struct request *r, const struct line *line)
{
    struct json_writer w = {.out = care_buf(r)};
    if (w.out)
        observations_put(&w, NULL, line);
    const char *text = w.out ? care_text(r, w.out) : NULL;
    if (!text) {
        reply_error(r, 500, NULL);
        return;
    }
    reply_header(r, "Content-Disposition", "attachment; filename=\"progress.json\"");
    reply(r, 200, "application/fhir+json; charset=utf-8", text, strlen(text));
}

void outcome_fhir_get(struct request *r)
{
    struct json j;
    const char *doc = line_document(r, path_uuid(r), &j);
    const struct line *line = doc ? line_open(r, &j) : NULL;
    if (line)
        send_fhir(r, line);
}

void practice_outcome_fhir_get(struct request *r)
{
    struct json j;
    const char *id = path_uuid(r);
    const char *doc = id ? ask(r, Q_outcome_line, id, "therapist") : NULL;
    const struct line *line = NULL;
    if (doc && json_parse(&j, r->arena, str_of(doc)))
        line = line_open(r, &j);
    else if (doc)
        reply_error(r, 500, NULL);
    if (line)
        send_fhir(r, line);
}

/* --- In the export of an account */

/* What was ticked in the words of then. */
static void put_said(struct request *r, struct json_writer *w, const struct point *at)
{
    struct json j;
    const char *doc = NULL;
    if (!at->ticked.version ||
        ask_status(r, Q_statements_words, &doc, arena_printf(r->arena, "%d", (int)at->ticked.version)) !=
            DB_OK ||
        !json_parse(&j, r->arena, str_of(doc)))
        return;
    json_open(w, NULL, '{');
    json_put(w, "day", at->said);
    json_put_bool(w, "none", at->ticked.which == 0);
    json_open(w, "said", '[');
    uint32_t list = json_get(&j, 0, "statements"), token = list + 1;
    for (uint32_t i = 0; list && i < j.token[list].count && i < STATEMENTS; i++, token = j.token[token].next)
        if (at->ticked.which >> i & 1)
            json_put_str(w, NULL, json_text(&j, token, r->arena));
    json_close(w, ']');
    json_close(w, '}');
}

const char *outcome_for_client(struct request *r, const char *id)
{
    struct json j;
    const char *doc = line_document(r, id, &j);
    const struct line *line = doc ? line_open(r, &j) : NULL;
    struct json_writer w = {.out = line && line->count > 0 ? care_buf(r) : NULL};
    if (!w.out)
        return NULL;
    json_open(&w, NULL, '{');
    line_put_values(r, &w, line, id);
    json_open(&w, "statements", '[');
    for (size_t i = 0; i < line->count; i++)
        put_said(r, &w, &line->point[i]);
    json_close(&w, ']');
    observations_put(&w, "observations", line);
    json_close(&w, '}');
    return care_text(r, w.out);
}
