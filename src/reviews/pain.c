/* Pain before and after: sealed when it is given, opened by the worker alone, to be added up. */
#include "reviews/pain.h"

#include "reviews/reviews.h"

#include <stdio.h>
#include <string.h>

/* --- Given, or deleted again */

static const char *const yes[] = {"yes", NULL};
static const char *const acts[] = {"save", "delete", NULL};

#define SCALE(of, say)                                                                                       \
    {                                                                                                        \
        .name = of, .kind = FIELD_INT, .required = true, .min = 0, .max = 10, .missing = say, .wrong = say   \
    }

static const struct field fields[] = {
    SCALE("pain_before", "Say how strong the pain was before the visit, from 0 to 10"),
    SCALE("pain_after", "Say how strong it was after the visit, from 0 to 10"),
    {.name = "agree",
     .kind = FIELD_CHOICE,
     .required = true,
     .choices = yes,
     .missing = "Tick the box if we may keep the two numbers",
     .wrong = "Tick the box if we may keep the two numbers"},
};
static const struct field act_field = {
    .name = "act", .kind = FIELD_CHOICE, .choices = acts, .wrong = "Save the numbers or delete them"};

/* The two numbers, sealed for this review; NULL after having replied. */
static const char *pain_seal(struct request *r, const char *id, const struct form *f)
{
    const char *page = ask(r, Q_review_page, id, NULL, "false");
    const char *review = page != NULL ? doc_text(r, page, "review_id") : NULL;
    if (page == NULL)
        return NULL;
    const char *plain =
        arena_printf(r->arena, "%s %s", form_get(f, "pain_before"), form_get(f, "pain_after"));
    const char *sealed =
        review != NULL && plain != NULL ? seal(r, PAIN_PURPOSE, review, str_of(plain)) : NULL;
    if (sealed == NULL)
        reply_error(r, review == NULL ? 404 : 500, NULL);
    return sealed;
}

static void again(struct request *r, const char *id, struct form *f)
{
    const char *doc = ask(r, Q_review_page, id, NULL, "false");
    if (doc != NULL)
        page_form(r, "reviews/write", doc, f);
}

void review_pain_post(struct request *r)
{
    struct form f;
    const char *id = path_uuid(r), *sealed = NULL;
    if (id == NULL)
        return;
    form_read(&f, r, &act_field, 1);
    const char *act = f.count > 0 ? form_get(&f, "act") : NULL;
    bool drop = act != NULL && strcmp(act, "delete") == 0;
    if (!drop) {
        form_read(&f, r, fields, sizeof fields / sizeof *fields);
        if (f.errors > 0) {
            again(r, id, &f);
            return;
        }
        if ((sealed = pain_seal(r, id, &f)) == NULL)
            return;
    }
    const char *doc = ask(r, Q_review_pain_save, id, sealed);
    if (doc != NULL)
        page_saved(r, doc, arena_printf(r->arena, "/bookings/%s/review?saved=%s", id, drop ? "2" : "1"));
}

/* --- Added up */

struct sums {
    int n, before, after;
};

static void add(struct sums *sums, const char *plain)
{
    int64_t before, after;
    const char *gap = plain != NULL ? strchr(plain, ' ') : NULL;
    if (gap != NULL && text_int((struct str){plain, (size_t)(gap - plain)}, 0, 10, &before) &&
        text_int(str_of(gap + 1), 0, 10, &after)) {
        sums->n++;
        sums->before += (int)before;
        sums->after += (int)after;
    }
}

static struct sums add_up(const unsigned char key[32], struct arena *a, struct json *j)
{
    struct sums sums = {0};
    uint32_t list = json_get(j, 0, "list"), at = list + 1, count = list != 0 ? j->token[list].count : 0;
    for (uint32_t i = 0; i < count; i++, at = j->token[at].next) {
        struct str id = json_text(j, json_get(j, at, "id"), a);
        struct str sealed = json_text(j, json_get(j, at, "sealed"), a);
        add(&sums, unseal_with(key, a, PAIN_PURPOSE, arena_strndup(a, id.p, id.n),
                               arena_strndup(a, sealed.p, sealed.n)));
    }
    return sums;
}

struct step {
    const unsigned char *key;
    struct arena *arena;
};

/* Taken off the list of those that are due, and made, in one transaction: what fails stays due. */
static enum db_status make_mean(struct db *db, void *context)
{
    const struct step *step = context;
    struct arena *a = step->arena;
    struct json j;
    const char *doc = NULL;
    char n[12], before[12], after[12];
    enum db_status s = db_query(db, a, Q_worker_pain_take, &doc, 0, NULL);
    if (s != DB_OK)
        return s;
    if (!json_parse(&j, a, str_of(doc)))
        return DB_ERROR;
    struct sums sums = add_up(step->key, a, &j);
    if (arena_failed(a)) /* some were left out that do open */
        return DB_ERROR;
    snprintf(n, sizeof n, "%d", sums.n);
    snprintf(before, sizeof before, "%d", sums.before);
    snprintf(after, sizeof after, "%d", sums.after);
    const char *const values[] = {json_member(a, doc, "therapist"), n, before, after};
    s = db_query(db, a, Q_worker_pain_store, NULL, 4, values);
    return s == DB_NONE ? DB_OK : s;
}

enum db_status review_pain_step(struct db *db, const unsigned char key[32], struct arena *a)
{
    struct step step = {key, a};
    return db_transaction(db, NULL, make_mean, &step);
}
