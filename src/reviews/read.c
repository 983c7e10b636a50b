/* Reviews as everybody reads them, and as their therapist reads, answers and reports them. */
#include "reviews/reviews.h"

#include <string.h>

static bool is_month(const char *s)
{
    int64_t year, month;
    return s[4] == '-' && text_int((struct str){s, 4}, 2000, 2199, &year) &&
           text_int((struct str){s + 5, 2}, 1, 12, &month);
}

bool review_after(struct request *r, const char **after)
{
    const char *s = *after = query_value(r, "after");
    if (s == NULL || (strlen(s) == 44 && is_month(s) && s[7] == '~' && text_is_uuid(str_of(s + 8))))
        return true;
    reply_error(r, 400, "after is what the page before says.");
    return false;
}

void reviews_get(struct request *r)
{
    const char *after, *slug = param(r, "slug");
    reply_subject(r, slug);
    if (!review_after(r, &after))
        return;
    const char *doc = ask(r, Q_review_list, slug, after);
    if (doc != NULL)
        page(r, "reviews/list", doc);
}

void review_rules_get(struct request *r)
{
    const char *doc = ask(r, Q_review_rules);
    if (doc != NULL)
        page(r, "reviews/rules", doc);
}

/* --- The therapist's side */

void practice_reviews_get(struct request *r)
{
    const char *after;
    if (!review_after(r, &after))
        return;
    const char *doc = ask(r, Q_review_practice, after);
    if (doc != NULL)
        page(r, "reviews/practice", doc);
}

void practice_review_get(struct request *r)
{
    const char *id = path_uuid(r);
    const char *doc = id != NULL ? ask(r, Q_review_practice_one, id, NULL) : NULL;
    page_with_saved(r, "reviews/answer", doc);
}

/* What was changed, or the page again with what is wrong; doc NULL: f has it. */
static void changed(struct request *r, const char *id, struct form *f, const char *doc, const char *said)
{
    form_refused(f, doc);
    if (f->errors == 0) {
        page_saved(r, doc, arena_printf(r->arena, "/practice/reviews/%s?saved=%s", id, said));
        return;
    }
    doc = ask(r, Q_review_practice_one, id, form_value(r, "reason"));
    if (doc != NULL)
        page_form(r, "reviews/answer", doc, f);
}

void practice_reply_post(struct request *r)
{
    static const char *const acts[] = {"save", "remove", NULL};
    static const struct field fields[] = {
        {.name = "reply",
         .kind = FIELD_TEXT,
         .max = 1000,
         .wrong = "Write at most 1,000 characters, without control characters"},
        {.name = "edition", .kind = FIELD_INT, .max = 32767, .wrong = "Open the page again"},
        {.name = "act", .kind = FIELD_CHOICE, .choices = acts, .wrong = "Save the answer or remove it"},
    };
    struct form f;
    const char *id = path_uuid(r), *doc = NULL;
    if (id == NULL)
        return;
    form_read(&f, r, fields, sizeof fields / sizeof *fields);
    const char *act = f.count > 0 ? form_get(&f, "act") : NULL;
    bool remove = act != NULL && strcmp(act, "remove") == 0;
    if (f.errors == 0 && !remove && form_get(&f, "reply") == NULL)
        form_fail(&f, "reply", "Write your answer");
    if (f.errors == 0) {
        const char *edition = form_get(&f, "edition");
        doc = ask(r, Q_review_reply, id, remove ? NULL : form_get(&f, "reply"),
                  edition != NULL ? edition : "0");
        if (doc == NULL)
            return;
    }
    changed(r, id, &f, doc, remove ? "removed" : "reply");
}

void practice_report_post(struct request *r)
{
    static const struct field fields[] = {
        {.name = "reason",
         .kind = FIELD_LINE,
         .required = true,
         .max = 20,
         .missing = "Choose a reason from the list",
         .wrong = "Choose a reason from the list"},
        {.name = "note",
         .kind = FIELD_TEXT,
         .max = 500,
         .wrong = "Write at most 500 characters, without control characters"},
    };
    struct form f;
    const char *id = path_uuid(r), *doc = NULL;
    if (id == NULL)
        return;
    form_read(&f, r, fields, sizeof fields / sizeof *fields);
    if (f.errors == 0) {
        doc = ask(r, Q_review_report, id, form_get(&f, "reason"), form_get(&f, "note"));
        if (doc == NULL)
            return;
    }
    changed(r, id, &f, doc, "report");
}
