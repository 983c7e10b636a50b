/* Recommendations: clinicians by their secret link, the operator who looked them up, a link to pass on. */
#include "booking/booking.h"
#include "reviews/reviews.h"

#include <string.h>

/* --- Clinicians */

static bool decent(const char *slug)
{
    return slug == NULL || strspn(slug, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(slug);
}

/* Acts with the token of the path from here on. */
static const char *token_of(struct request *r)
{
    return session_of(r)->booking = param(r, "token");
}

static void draw(struct request *r, struct form *f)
{
    const char *slug = query_value(r, "therapist");
    const char *doc = ask(r, Q_review_recommend, decent(slug) ? slug : NULL,
                          f != NULL && f->count > 0 ? form_get(f, "complaint") : NULL);
    if (doc == NULL)
        return;
    page_value(r, "token", param(r, "token"));
    if (f != NULL) {
        page_form(r, "reviews/recommend", doc, f);
        return;
    }
    page_value(r, "saved", query_value(r, "saved"));
    page(r, "reviews/recommend", doc);
}

void recommend_get(struct request *r)
{
    token_of(r);
    draw(r, NULL);
}

static const struct field recommend_fields[] = {
    {.name = "therapist",
     .kind = FIELD_LINE,
     .required = true,
     .max = 300,
     .missing = "Enter the address of the therapist's page",
     .wrong = "Enter the address of the therapist's page"},
    {.name = "complaint",
     .kind = FIELD_SLUGS,
     .required = true,
     .min = 1,
     .missing = "Choose at least one from the list",
     .wrong = "Choose from the list"},
    {.name = "tie", .kind = FIELD_LINE, .max = 200, .wrong = "Shorten this to 200 characters"},
};

void recommend_post(struct request *r)
{
    struct form f;
    const char *token = token_of(r);
    form_read(&f, r, recommend_fields, sizeof recommend_fields / sizeof *recommend_fields);
    if (f.errors == 0) {
        const char *doc = ask(r, Q_review_recommend_save, form_get(&f, "therapist"),
                              form_get(&f, "complaint"), form_get(&f, "tie"));
        if (doc == NULL)
            return;
        if (!form_refused(&f, doc)) {
            page_saved(r, doc, arena_printf(r->arena, "/recommend/%s?saved=1", token));
            return;
        }
    }
    draw(r, &f);
}

void recommend_withdraw_post(struct request *r)
{
    const char *token = token_of(r), *slug = form_value(r, "therapist");
    if (slug == NULL || !decent(slug)) {
        reply_error(r, 422, "Say whom you no longer recommend: therapist is the last part of the address.");
        return;
    }
    const char *doc = ask(r, Q_review_recommend_withdraw, slug);
    if (doc != NULL)
        page_saved(r, doc, arena_printf(r->arena, "/recommend/%s?saved=back", token));
}

/* --- A link to pass on */

void share_get(struct request *r)
{
    const char *slug = param(r, "slug");
    const char *doc = ask(r, Q_review_share, slug, app_of(r)->config.origin);
    reply_subject(r, slug);
    if (doc != NULL)
        page(r, "reviews/share", doc);
}

/* --- The operator's record */

void operator_clinicians_get(struct request *r)
{
    page_with_saved(r, "reviews/clinicians", ask(r, Q_review_clinicians));
}

static const struct field clinician_fields[] = {
    {.name = "name",
     .kind = FIELD_LINE,
     .required = true,
     .min = 2,
     .max = 120,
     .missing = "Enter the name as the register has it",
     .wrong = "Enter the name in 2 to 120 characters"},
    {.name = "profession",
     .kind = FIELD_LINE,
     .required = true,
     .min = 2,
     .max = 80,
     .missing = "Enter the profession, for instance physical therapist",
     .wrong = "Enter the profession in 2 to 80 characters"},
    {.name = "register",
     .kind = FIELD_LINE,
     .required = true,
     .min = 3,
     .max = 200,
     .missing = "Enter the register you looked at",
     .wrong = "Enter the register in 3 to 200 characters"},
    {.name = "number",
     .kind = FIELD_LINE,
     .required = true,
     .min = 1,
     .max = 60,
     .missing = "Enter the number in the register",
     .wrong = "Enter the number in at most 60 characters"},
    {.name = "email",
     .kind = FIELD_EMAIL,
     .required = true,
     .missing = "Enter the e-mail address the link goes to",
     .wrong = "Enter an e-mail address like name@example.org"},
    {.name = "on",
     .kind = FIELD_DATE,
     .required = true,
     .missing = "Enter the day you checked it",
     .wrong = "Enter the day you checked it as 2026-11-23"},
    {.name = "until",
     .kind = FIELD_DATE,
     .required = true,
     .missing = "Enter the day until which the check holds",
     .wrong = "Enter the last day of the check as 2026-11-23"},
};

/* id NULL: a new one, whose link begins here. */
static void save(struct request *r, const char *id)
{
    struct form f;
    char key[37];
    form_read(&f, r, clinician_fields, sizeof clinician_fields / sizeof *clinician_fields);
    if (f.errors == 0) {
        web_uuid(key);
        session_of(r)->booking = booking_token(r->arena, app_of(r)->key, key);
        const char *doc = ask(r, Q_review_clinician_save, id, form_json(&f), key);
        if (doc == NULL)
            return;
        if (!form_refused(&f, doc)) {
            page_saved(r, doc, "/operator/clinicians?saved=1");
            return;
        }
    }
    const char *doc = ask(r, Q_review_clinician, id);
    if (doc != NULL)
        page_form(r, "reviews/clinician", doc, &f);
}

static void show(struct request *r, const char *id)
{
    const char *doc = ask(r, Q_review_clinician, id);
    if (doc != NULL)
        page(r, "reviews/clinician", doc);
}

void operator_clinician_new_get(struct request *r)
{
    show(r, NULL);
}

void operator_clinician_new_post(struct request *r)
{
    save(r, NULL);
}

void operator_clinician_get(struct request *r)
{
    const char *id = path_number(r, "id");
    if (id != NULL)
        show(r, id);
}

void operator_clinician_post(struct request *r)
{
    const char *id = path_number(r, "id");
    if (id != NULL)
        save(r, id);
}

void operator_clinician_act_post(struct request *r)
{
    static const char *const acts[] = {"link", "end", NULL};
    static const struct field act = {.name = "act",
                                     .kind = FIELD_CHOICE,
                                     .required = true,
                                     .choices = acts,
                                     .missing = "Say what to do",
                                     .wrong = "Say what to do"};
    struct form f;
    const char *id = path_number(r, "id");
    if (id == NULL)
        return;
    form_read(&f, r, &act, 1);
    if (f.errors > 0) {
        reply_error(r, 422, "Send act=link or act=end.");
        return;
    }
    const char *doc = ask(r, Q_review_clinician_act, id, form_get(&f, "act"));
    if (doc != NULL)
        page_saved(r, doc, arena_printf(r->arena, "/operator/clinicians?saved=%s", form_get(&f, "act")));
}
