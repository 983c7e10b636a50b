/* The note of a visit: what was done where, with whose consent, and how it was borne. */
#include "care/care.h"
#include "care/record.h"
#include "outcome/outcome.h"

#include <string.h>

static const char *const consents[] = {"agreed", "partly", NULL};
static const char *const updates[] = {"none", "changed", "not_asked", NULL};
static const char *const pressures[] = {"1", "2", "3", "4", "5", NULL};
static const struct field fields[] = {
    {.name = "after", .kind = FIELD_INT, .min = 0, .max = 9999},
    {.name = "minutes",
     .kind = FIELD_INT,
     .required = true,
     .min = 1,
     .max = 480,
     .missing = "Enter how many minutes you worked",
     .wrong = "Enter the minutes as a whole number from 1 to 480"},
    {.name = "technique",
     .kind = FIELD_SLUGS,
     .required = true,
     .missing = "Choose at least one technique",
     .wrong = "Choose the techniques from the list"},
    {.name = "area", .kind = FIELD_SLUGS, .wrong = "Choose the areas from the list"},
    {.name = "area_other",
     .kind = FIELD_LINE,
     .max = 200,
     .wrong = "Shorten the other areas to 200 characters"},
    {.name = "consent",
     .kind = FIELD_CHOICE,
     .required = true,
     .choices = consents,
     .missing = "Say whether the client agreed to work on these areas"},
    {.name = "update",
     .kind = FIELD_CHOICE,
     .required = true,
     .choices = updates,
     .missing = "Say whether you asked about changes in health"},
    {.name = "update_what",
     .kind = FIELD_TEXT,
     .max = 1000,
     .wrong = "Shorten what changed to 1,000 characters"},
    {.name = "pressure",
     .kind = FIELD_CHOICE,
     .required = true,
     .choices = pressures,
     .missing = "Choose the pressure you used"},
    {.name = "reaction",
     .kind = FIELD_TEXT,
     .max = 1000,
     .wrong = "Shorten the reaction to 1,000 characters"},
    {.name = "next", .kind = FIELD_TEXT, .max = 1000, .wrong = "Shorten the next step to 1,000 characters"},
    {.name = "note", .kind = FIELD_TEXT, .max = 4000, .wrong = "Shorten the note to 4,000 characters"},
};
enum { FIELDS = sizeof fields / sizeof *fields };

static const char *part_of(struct request *r, const char *version)
{
    return arena_printf(r->arena, "note %s", version);
}

/* --- A note as it is sealed */

static const char *note_write(struct request *r, const struct form *f, const struct json *choices)
{
    static const char *const texts[] = {"area_other", "consent", "update",   "update_what",
                                        "reaction",   "next",    "pressure", "note"};
    uint32_t lists = json_get(choices, 0, "choices");
    struct buf *b = care_buf(r);
    struct json_writer w = {.out = b};
    if (b == NULL)
        return NULL;
    json_open(&w, NULL, '{');
    json_put(&w, "minutes", form_get(f, "minutes"));
    care_choices(&w, "techniques", choices, json_get(choices, lists, "technique"), form_get(f, "technique"),
                 true);
    care_choices(&w, "areas", choices, json_get(choices, lists, "area"), form_get(f, "area"), true);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        json_put(&w, texts[i], form_get(f, texts[i]));
    json_close(&w, '}');
    return care_text(r, b);
}

/* What a template asks of an answer: consent_is_agreed and the like, also those that are not so. */
static void put_flags(struct request *r, struct json_writer *w, const struct json *note,
                      const struct field *field)
{
    struct str said = json_raw(note, json_get(note, 0, field->name));
    for (const char *const *c = field->choices; c != NULL && *c != NULL; c++)
        json_put_bool(w, arena_printf(r->arena, "%s_is_%s", field->name, *c), str_is(said, *c));
}

/* All members of `note`, which j is read from, into the object that is open. */
static void put_members(struct request *r, struct json_writer *w, const char *note, const struct json *j)
{
    buf_printf(w->out, "%s%.*s", w->comma ? "," : "", (int)strlen(note) - 2, note + 1);
    w->comma = true;
    for (size_t i = 0; i < FIELDS; i++)
        put_flags(r, w, j, &fields[i]);
}

/* The slugs of a kept list as a form would have sent them. */
static const char *slugs_of(struct request *r, const struct json *j, uint32_t list)
{
    struct buf *b = care_buf(r);
    if (b == NULL)
        return NULL;
    uint32_t at = list + 1;
    for (uint32_t i = 0; list != 0 && i < j->token[list].count; i++, at = j->token[at].next) {
        struct str slug = json_raw(j, json_get(j, at, "slug"));
        buf_printf(b, "%s%.*s", i == 0 ? "{" : ",", (int)slug.n, slug.p);
    }
    buf_putc(b, '}');
    return care_text(r, b);
}

/* --- The page */

struct page_of {
    const char *id, *doc, *versions;
    struct json j, kept; /* doc, and versions: the newest first */
    struct json_writer w;
};

/* Something is ticked that the therapist does not offer, or offers nothing: the rest of the list is open. */
static bool others_on(const struct json *j, uint32_t list, const char *ticked)
{
    bool own = false, other = false;
    uint32_t at = list + 1;
    for (uint32_t i = 0; list != 0 && i < j->token[list].count; i++, at = j->token[at].next) {
        bool is_own = j->token[json_get(j, at, "own")].kind == JSON_TRUE;
        own |= is_own;
        other |= !is_own && care_ticked(ticked, json_raw(j, json_get(j, at, "slug")));
    }
    return other || !own;
}

static void put_lists(struct page_of *p, const char *technique, const char *area)
{
    uint32_t lists = json_get(&p->j, 0, "choices");
    json_put_bool(&p->w, "others_on", others_on(&p->j, json_get(&p->j, lists, "technique"), technique));
    care_choices(&p->w, "techniques_all", &p->j, json_get(&p->j, lists, "technique"), technique, false);
    care_choices(&p->w, "areas_all", &p->j, json_get(&p->j, lists, "area"), area, false);
}

/* One kept version, opened; one that does not open says so. */
static const char *open_version(struct request *r, const struct page_of *p, uint32_t version)
{
    struct str number = json_raw(&p->kept, json_get(&p->kept, version, "version"));
    struct str sealed = json_raw(&p->kept, json_get(&p->kept, version, "sealed"));
    return care_open(r, p->id, part_of(r, arena_strndup(r->arena, number.p, number.n)),
                     arena_strndup(r->arena, sealed.p, sealed.n));
}

static void put_version(struct request *r, struct page_of *p, uint32_t version)
{
    static const char *const said[] = {"version", "at", "moment", "who"};
    const char *note = open_version(r, p, version);
    struct json j;
    json_open(&p->w, NULL, '{');
    for (size_t i = 0; i < sizeof said / sizeof *said; i++)
        json_put_str(&p->w, said[i], json_text(&p->kept, json_get(&p->kept, version, said[i]), r->arena));
    bool opens = note != NULL && json_parse(&j, r->arena, str_of(note));
    json_put_bool(&p->w, "lost", !opens);
    if (opens)
        put_members(r, &p->w, note, &j);
    json_close(&p->w, '}');
}

static void put_versions(struct request *r, struct page_of *p)
{
    uint32_t at = 1;
    json_open(&p->w, "versions", '[');
    for (uint32_t i = 0; i < p->kept.token[0].count; i++, at = p->kept.token[at].next)
        put_version(r, p, at);
    json_close(&p->w, ']');
}

/* For a correction: the newest version stands in the form. */
static void put_newest(struct request *r, struct page_of *p)
{
    struct json j;
    const char *note = p->kept.token[0].count > 0 ? open_version(r, p, 1) : NULL;
    if (note == NULL || !json_parse(&j, r->arena, str_of(note))) {
        json_put_str(&p->w, "minutes", json_raw(&p->j, json_get(&p->j, 0, "planned")));
        put_lists(p, NULL, NULL);
        return;
    }
    put_members(r, &p->w, note, &j);
    put_lists(p, slugs_of(r, &j, json_get(&j, 0, "techniques")), slugs_of(r, &j, json_get(&j, 0, "areas")));
}

static bool page_read(struct request *r, const char *id, struct page_of *p)
{
    *p = (struct page_of){.id = id, .doc = ask(r, Q_care_note, id)};
    p->versions = p->doc != NULL ? ask(r, Q_care_note_versions, id) : NULL;
    if (p->versions == NULL)
        return false;
    p->w.out = care_buf(r);
    if (p->w.out != NULL && json_parse(&p->j, r->arena, str_of(p->doc)) &&
        json_parse(&p->kept, r->arena, str_of(p->versions)))
        return true;
    reply_error(r, 500, NULL);
    return false;
}

bool care_note_put(struct request *r, struct json_writer *w, const char *id)
{
    struct page_of p = {.id = id, .versions = ask(r, Q_care_note_versions, id)};
    struct json j;
    if (!p.versions)
        return false;
    const char *note = json_parse(&p.kept, r->arena, str_of(p.versions)) && p.kept.token[0].count > 0
                           ? open_version(r, &p, 1)
                           : NULL;
    bool opens = note && json_parse(&j, r->arena, str_of(note));
    json_put_bool(w, "lost", !opens);
    if (opens) {
        json_open(w, "note_kept", '{');
        put_members(r, w, note, &j);
        json_close(w, '}');
    }
    return true;
}

/* f NULL: the page as it is; else the form with what was typed. */
static void draw(struct request *r, struct page_of *p, struct form *f, bool form)
{
    const char *course = outcome_for_therapist(r, p->id);
    if (course == NULL)
        return;
    care_open_doc(&p->w, p->doc);
    json_put_raw(&p->w, "course", course);
    json_put_bool(&p->w, "form", form);
    if (f != NULL)
        put_lists(p, form_get(f, "technique"), form_get(f, "area"));
    else if (form)
        put_newest(r, p);
    else
        put_versions(r, p);
    json_close(&p->w, '}');
    const char *doc = care_text(r, p->w.out);
    if (doc == NULL)
        reply_error(r, 500, NULL);
    else if (f != NULL)
        page_form(r, "care/note", doc, f);
    else
        page(r, "care/note", doc);
}

void care_note_get(struct request *r)
{
    struct page_of p;
    const char *id = path_uuid(r);
    if (id == NULL || !page_read(r, id, &p))
        return;
    bool written = p.kept.token[0].count > 0, may = doc_text(r, p.doc, "refusal") == NULL;
    page_value(r, "saved", query_value(r, "saved"));
    draw(r, &p, NULL, may && !r->wants_json && (!written || query_value(r, "correct") != NULL));
}

static void check(struct form *f, const struct json *choices)
{
    const char *update = form_get(f, "update");
    uint32_t lists = json_get(choices, 0, "choices");
    if (!care_known(choices, json_get(choices, lists, "technique"), form_get(f, "technique")))
        form_fail(f, "technique", "Choose the techniques from the list");
    if (!care_known(choices, json_get(choices, lists, "area"), form_get(f, "area")))
        form_fail(f, "area", "Choose the areas from the list");
    if (form_get(f, "area") == NULL && form_get(f, "area_other") == NULL)
        form_fail(f, "area", "Choose the areas you worked on, or name them");
    if (update != NULL && strcmp(update, "none") != 0 && form_get(f, "update_what") == NULL)
        form_fail(f, "update_what",
                  strcmp(update, "changed") == 0 ? "Say what has changed" : "Say why you did not ask");
}

/* Somebody wrote meanwhile: said above the form with all that was typed. */
static void refuse(struct request *r, struct page_of *p, const char *problem, struct form *f)
{
    form_fail(f, NULL, doc_text(r, problem, "title"));
    if (r->wants_json)
        page_status(r, 409, "care/note", problem);
    else
        draw(r, p, f, true);
}

/* `after` is the version that stood on the page, 0 for none. The note is sealed as the one that follows it;
 * the database refuses it when somebody wrote that one meanwhile. */
static void save(struct request *r, struct page_of *p, struct form *f)
{
    const char *after = form_get(f, "after") != NULL ? form_get(f, "after") : "0";
    int64_t version = 0;
    text_int(str_of(after), 0, 9999, &version);
    const char *plain = note_write(r, f, &p->j);
    const char *sealed =
        plain != NULL
            ? care_seal(r, p->id, part_of(r, arena_printf(r->arena, "%d", (int)version + 1)), str_of(plain))
            : NULL;
    if (sealed == NULL) {
        care_not_sealed(r);
        return;
    }
    const char *doc = ask(r, Q_care_note_save, p->id, after, sealed);
    if (doc == NULL)
        return;
    if (doc_text(r, doc, "problem") != NULL)
        refuse(r, p, doc, f);
    else if (r->wants_json)
        page(r, "care/note", doc);
    else
        reply_redirect(r, 303, arena_printf(r->arena, "/practice/bookings/%s/note?saved=1", p->id));
}

void care_note_post(struct request *r)
{
    struct form f;
    struct page_of p;
    const char *id = path_uuid(r);
    if (id == NULL || !page_read(r, id, &p))
        return;
    form_read(&f, r, fields, FIELDS);
    if (f.count > 0)
        check(&f, &p.j);
    if (doc_text(r, p.doc, "refusal") != NULL)
        care_refused(r, doc_text(r, p.doc, "refusal"));
    else if (f.errors > 0)
        draw(r, &p, &f, true);
    else
        save(r, &p, &f);
}
