/* The home plan: a therapist picks from the self-care library, with how often and a word to each. */
#include "care/plan.h"

#include "care/care.h"

#include <string.h>

/* As many items as a FIELD_SLUGS takes; of a longer library the rest is not offered. */
enum { ITEMS_MAX = 64, OWN_FIELDS = 6, FIELDS_MAX = OWN_FIELDS + 2 * ITEMS_MAX, WEEKS_MAX = 12 };

static const char *const acts[] = {"save", "withdraw", NULL};
static const struct field own_fields[OWN_FIELDS] = {
    {.name = "after", .kind = FIELD_INT, .min = 0, .max = 9999},
    {.name = "act", .kind = FIELD_CHOICE, .choices = acts},
    {.name = "item", .kind = FIELD_SLUGS, .wrong = "Choose from the list"},
    {.name = "note", .kind = FIELD_TEXT, .max = 1000, .wrong = "Shorten your words to 1,000 characters"},
    {.name = "weeks",
     .kind = FIELD_INT,
     .min = 1,
     .max = WEEKS_MAX,
     .wrong = "Enter the weeks as a whole number from 1 to 12"},
    {.name = "visits",
     .kind = FIELD_INT,
     .min = 1,
     .max = 12,
     .wrong = "Enter the visits as a whole number from 1 to 12"},
};

struct plan_page {
    const char *id, *doc;
    struct json j;
    uint32_t library, count;
    struct field fields[FIELDS_MAX];
    size_t field_count;
    struct json_writer w;
};

static const char *part_of(struct request *r, struct str version)
{
    return arena_printf(r->arena, "plan %.*s", (int)version.n, version.p);
}

static struct str member(struct request *r, const struct json *j, uint32_t object, const char *key)
{
    uint32_t token = json_get(j, object, key);
    return token != 0 ? json_text(j, token, r->arena) : (struct str){0};
}

/* --- As it is kept */

const char *plan_open(struct request *r, const char *id, const struct json *j, uint32_t kept)
{
    struct str sealed = member(r, j, kept, "sealed"), version = member(r, j, kept, "version");
    if (sealed.n == 0)
        return NULL;
    return care_open(r, id, part_of(r, version), arena_strndup(r->arena, sealed.p, sealed.n));
}

/* Where times for the next visit are: one from then on, or several at once, which a series has up to four
 * weeks apart. `weeks` of the document: the day so many weeks after the visit, from 1 to WEEKS_MAX. */
static const char *path_to_times(struct request *r, const struct json *j, uint32_t kept, int64_t weeks,
                                 int64_t visits)
{
    struct str slug = member(r, j, kept, "slug"), service = member(r, j, kept, "service");
    uint32_t list = json_get(j, kept, "weeks");
    if (weeks < 1 || weeks > WEEKS_MAX || list == 0 || j->token[list].count != WEEKS_MAX)
        return NULL;
    struct str start = json_raw(j, list + (uint32_t)weeks); /* texts: a token each */
    const char *at =
        arena_printf(r->arena, "service=%.*s&start=%.*s", (int)service.n, service.p, (int)start.n, start.p);
    if (visits < 2 || weeks > 4)
        return arena_printf(r->arena, "/therapists/%.*s/book?%s", (int)slug.n, slug.p, at);
    return arena_printf(r->arena, "/therapists/%.*s/series?%s&visits=%d&weeks=%d&review=no", (int)slug.n,
                        slug.p, at, (int)visits, (int)weeks);
}

static void put_next(struct request *r, struct json_writer *w, const struct json *plan, const struct json *j,
                     uint32_t kept)
{
    int64_t weeks = 0, visits = 1;
    if (!text_int(json_raw(plan, json_get(plan, 0, "weeks")), 1, WEEKS_MAX, &weeks))
        return;
    text_int(json_raw(plan, json_get(plan, 0, "visits")), 1, 12, &visits);
    json_open(w, "next", '{');
    json_put(w, "text",
             weeks == 1   ? "in a week"
             : visits < 2 ? arena_printf(r->arena, "in %d weeks", (int)weeks)
                          : arena_printf(r->arena, "every %d weeks", (int)weeks));
    if (visits > 1)
        json_put(
            w, "times",
            arena_printf(r->arena, "%d times, %s", (int)visits,
                         weeks == 1 ? "once a week" : arena_printf(r->arena, "every %d weeks", (int)weeks)));
    json_put(w, "path", path_to_times(r, j, kept, weeks, visits));
    json_close(w, '}');
}

void plan_put(struct request *r, struct json_writer *w, const char *key, const char *plan,
              const struct json *j, uint32_t kept)
{
    struct json p;
    if (plan == NULL || !json_parse(&p, r->arena, str_of(plan)) ||
        (p.token[json_get(&p, 0, "items")].count == 0 && json_get(&p, 0, "weeks") == 0)) {
        json_put(w, key, NULL);
        return;
    }
    json_open(w, key, '{');
    buf_put(w->out, plan + 1, strlen(plan) - 2);
    w->comma = true;
    json_put_str(w, "by", member(r, j, kept, "by"));
    json_put_str(w, "moment", member(r, j, kept, "moment"));
    put_next(r, w, &p, j, kept);
    json_close(w, '}');
}

/* --- The form: two fields for each suggestion of the library */

static const char *name_of(struct request *r, const char *what, struct str slug)
{
    return arena_printf(r->arena, "%s_%.*s", what, (int)slug.n, slug.p);
}

static bool page_read(struct request *r, const char *id, struct plan_page *p)
{
    *p = (struct plan_page){.id = id, .doc = ask(r, Q_care_plan, id)};
    if (p->doc == NULL)
        return false;
    p->w.out = care_buf(r);
    if (p->w.out == NULL || !json_parse(&p->j, r->arena, str_of(p->doc))) {
        reply_error(r, 500, NULL);
        return false;
    }
    p->library = json_get(&p->j, 0, "library");
    uint32_t count = p->library != 0 ? p->j.token[p->library].count : 0;
    p->count = count < ITEMS_MAX ? count : ITEMS_MAX;
    return true;
}

static void fields_make(struct request *r, struct plan_page *p)
{
    memcpy(p->fields, own_fields, sizeof own_fields);
    p->field_count = OWN_FIELDS;
    uint32_t at = p->library + 1;
    for (uint32_t i = 0; i < p->count; i++, at = p->j.token[at].next) {
        struct str slug = json_raw(&p->j, json_get(&p->j, at, "slug"));
        p->fields[p->field_count++] = (struct field){.name = name_of(r, "often", slug),
                                                     .kind = FIELD_LINE,
                                                     .max = 80,
                                                     .wrong = "Shorten how often to 80 characters"};
        p->fields[p->field_count++] = (struct field){.name = name_of(r, "word", slug),
                                                     .kind = FIELD_LINE,
                                                     .max = 200,
                                                     .wrong = "Shorten your word to 200 characters"};
    }
}

static void put_item(struct request *r, struct json_writer *w, const struct plan_page *p, uint32_t item,
                     const char *often, const char *word)
{
    static const char *const said[] = {"slug",     "label", "about", "careful",
                                       "evidence", "basis", "part",  "usual"};
    json_open(w, NULL, '{');
    for (size_t i = 0; i < sizeof said / sizeof *said; i++)
        json_put_str(w, said[i], member(r, &p->j, item, said[i]));
    json_put(w, "often", often);
    json_put(w, "word", word);
}

static const char *plan_write(struct request *r, const struct plan_page *p, const struct form *f, bool empty)
{
    struct buf *b = care_buf(r);
    struct json_writer w = {.out = b};
    if (b == NULL)
        return NULL;
    json_open(&w, NULL, '{');
    json_open(&w, "items", '[');
    uint32_t at = p->library + 1;
    for (uint32_t i = 0; i < p->count && !empty; i++, at = p->j.token[at].next) {
        struct str slug = json_raw(&p->j, json_get(&p->j, at, "slug"));
        if (!care_ticked(form_get(f, "item"), slug))
            continue;
        put_item(r, &w, p, at, form_get(f, name_of(r, "often", slug)), form_get(f, name_of(r, "word", slug)));
        json_close(&w, '}');
    }
    json_close(&w, ']');
    static const char *const rest[] = {"weeks", "visits", "note"};
    for (size_t i = 0; i < sizeof rest / sizeof *rest; i++)
        if (!empty && form_get(f, rest[i]) != NULL)
            json_put(&w, rest[i], form_get(f, rest[i]));
    json_close(&w, '}');
    return care_text(r, b);
}

/* The item of a kept plan with this slug; 0: none. */
static uint32_t kept_item(const struct json *plan, struct str slug)
{
    uint32_t list = json_get(plan, 0, "items"), at = list + 1;
    for (uint32_t i = 0; list != 0 && i < plan->token[list].count; i++, at = plan->token[at].next)
        if (str_eq(json_raw(plan, json_get(plan, at, "slug")), slug))
            return at;
    return 0;
}

static const char *text_or_null(struct request *r, struct str s)
{
    return s.n > 0 ? arena_strndup(r->arena, s.p, s.n) : NULL;
}

/* What stands in the form for one suggestion: what was typed, or is kept, or how often is usual. */
static void put_choice(struct request *r, struct plan_page *p, uint32_t item, const struct form *f,
                       const struct json *plan)
{
    struct str slug = json_raw(&p->j, json_get(&p->j, item, "slug"));
    const char *often = name_of(r, "often", slug), *word = name_of(r, "word", slug);
    uint32_t kept = plan != NULL ? kept_item(plan, slug) : 0;
    if (f != NULL) {
        put_item(r, &p->w, p, item, form_value(r, often), form_value(r, word));
        json_put_bool(&p->w, "on", care_ticked(form_get(f, "item"), slug));
        for (size_t i = 0; i < f->count; i++)
            if (f->error[i] != NULL &&
                (strcmp(f->fields[i].name, often) == 0 || strcmp(f->fields[i].name, word) == 0))
                json_put(&p->w, strcmp(f->fields[i].name, often) == 0 ? "error_often" : "error_word",
                         f->error[i]);
    } else {
        const char *usual = text_or_null(r, member(r, &p->j, item, "usual"));
        put_item(r, &p->w, p, item, kept != 0 ? text_or_null(r, member(r, plan, kept, "often")) : usual,
                 kept != 0 ? text_or_null(r, member(r, plan, kept, "word")) : NULL);
        json_put_bool(&p->w, "on", kept != 0);
    }
    json_close(&p->w, '}');
}

/* In parts of the library, in its order. */
static void put_choices(struct request *r, struct plan_page *p, const struct form *f, const struct json *plan)
{
    struct str part = {0};
    uint32_t at = p->library + 1;
    json_open(&p->w, "parts", '[');
    for (uint32_t i = 0; i < p->count; i++, at = p->j.token[at].next) {
        struct str own = member(r, &p->j, at, "part");
        if (i == 0 || !str_eq(own, part)) {
            if (i > 0) {
                json_close(&p->w, ']');
                json_close(&p->w, '}');
            }
            part = own;
            json_open(&p->w, NULL, '{');
            json_put_str(&p->w, "part", own);
            json_open(&p->w, "choices", '[');
        }
        put_choice(r, p, at, f, plan);
    }
    if (p->count > 0) {
        json_close(&p->w, ']');
        json_close(&p->w, '}');
    }
    json_close(&p->w, ']');
}

/* f NULL: the page as it is, with the kept plan in the form. */
static void draw(struct request *r, struct plan_page *p, struct form *f)
{
    static const char *const rest[] = {"weeks", "visits", "note"};
    struct json plan;
    uint32_t kept = json_get(&p->j, 0, "kept");
    const char *opened = plan_open(r, p->id, &p->j, kept);
    bool has = opened != NULL && json_parse(&plan, r->arena, str_of(opened));
    care_open_doc(&p->w, p->doc);
    put_choices(r, p, f, has ? &plan : NULL);
    plan_put(r, &p->w, "plan", opened, &p->j, kept);
    json_put_bool(&p->w, "lost", opened == NULL && member(r, &p->j, kept, "sealed").n > 0);
    for (size_t i = 0; has && i < sizeof rest / sizeof *rest; i++)
        json_put_str(&p->w, rest[i], member(r, &plan, 0, rest[i]));
    json_close(&p->w, '}');
    const char *doc = care_text(r, p->w.out);
    if (doc == NULL)
        reply_error(r, 500, NULL);
    else if (f != NULL)
        page_form(r, "care/plan", doc, f);
    else
        page(r, "care/plan", doc);
}

void care_plan_get(struct request *r)
{
    struct plan_page p;
    const char *id = path_uuid(r);
    if (id == NULL || !page_read(r, id, &p))
        return;
    page_value(r, "saved", query_value(r, "saved"));
    draw(r, &p, NULL);
}

/* As the version that follows the one on the page (see save in note.c). */
static const char *seal_next(struct request *r, const struct plan_page *p, const char *after,
                             const char *plain)
{
    int64_t version = 0;
    text_int(str_of(after), 0, 9999, &version);
    const char *next = arena_printf(r->arena, "%d", (int)version + 1);
    return plain != NULL ? care_seal(r, p->id, part_of(r, str_of(next)), str_of(plain)) : NULL;
}

static void save(struct request *r, struct plan_page *p, struct form *f, bool withdraw)
{
    const char *after = form_get(f, "after") != NULL ? form_get(f, "after") : "0";
    const char *sealed = seal_next(r, p, after, plan_write(r, p, f, withdraw));
    if (sealed == NULL) {
        care_not_sealed(r);
        return;
    }
    const char *doc = ask(r, Q_care_plan_save, p->id, after, sealed, withdraw ? "false" : "true");
    if (doc == NULL)
        return;
    if (doc_text(r, doc, "problem") == NULL) {
        if (r->wants_json)
            page(r, "care/plan", doc);
        else
            reply_redirect(r, 303, arena_printf(r->arena, "/practice/bookings/%s/plan?saved=1", p->id));
    } else if (r->wants_json) {
        page_status(r, 409, "care/plan", doc);
    } else {
        form_fail(f, NULL, doc_text(r, doc, "title"));
        draw(r, p, f);
    }
}

void care_plan_post(struct request *r)
{
    struct form f;
    struct plan_page p;
    const char *id = path_uuid(r);
    if (id == NULL || !page_read(r, id, &p))
        return;
    fields_make(r, &p);
    form_read(&f, r, p.fields, p.field_count);
    const char *act = f.count > 0 ? form_get(&f, "act") : NULL;
    bool withdraw = act != NULL && strcmp(act, "withdraw") == 0;
    if (f.count > 0 && !care_known(&p.j, p.library, form_get(&f, "item")))
        form_fail(&f, "item", "Choose from the list");
    if (f.errors == 0 && !withdraw && form_get(&f, "item") == NULL && form_get(&f, "weeks") == NULL)
        form_fail(&f, "item", "Choose at least one suggestion, or say when to come again");
    if (form_get(&f, "visits") != NULL && form_get(&f, "weeks") == NULL)
        form_fail(&f, "weeks", "Enter after how many weeks");
    if (doc_text(r, p.doc, "refusal") != NULL)
        care_refused(r, doc_text(r, p.doc, "refusal"));
    else if (f.errors > 0)
        draw(r, &p, &f);
    else
        save(r, &p, &f, withdraw);
}

/* --- Where plans may be given */

void care_places_get(struct request *r)
{
    page_with_saved(r, "care/places", ask(r, Q_care_places));
}

void care_places_post(struct request *r)
{
    static const struct field field = {
        .name = "place", .kind = FIELD_SLUGS, .wrong = "Choose from your places"};
    struct form f;
    form_read(&f, r, &field, 1);
    const char *on = f.count > 0 && form_get(&f, "place") != NULL ? form_get(&f, "place") : "{}";
    if (f.errors == 0 && strspn(on, "{},0123456789") != strlen(on))
        form_fail(&f, "place", "Choose from your places");
    const char *doc = f.errors == 0 ? ask(r, Q_care_places_save, on) : ask(r, Q_care_places);
    if (doc == NULL)
        return;
    if (f.errors > 0)
        page_form(r, "care/places", doc, &f);
    else if (r->wants_json)
        page(r, "care/places", doc);
    else
        reply_redirect(r, 303, "/practice/plans?saved=1");
}
