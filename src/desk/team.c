/* Who belongs to a practice, its shared places and their rooms. */
#include "desk/desk.h"

#include "accounts/link.h"

#include <sodium.h>

#define HOME "/practice/team"

static void draw(struct request *r, struct form *f)
{
    const char *doc = ask(r, Q_desk_team);
    if (doc == NULL)
        return;
    page_value(r, "saved", query_value(r, "saved"));
    if (f != NULL)
        page_form(r, "desk/team", doc, f);
    else
        page(r, "desk/team", doc);
}

void team_get(struct request *r)
{
    draw(r, NULL);
}

/* What was answered, or what is wrong with it, said on the page again. */
static void settled(struct request *r, struct form *f, const char *doc, const char *path)
{
    if (doc == NULL)
        return;
    if (!form_refused(f, doc)) {
        page_saved(r, doc, path);
        return;
    }
    draw(r, f);
}

void team_post(struct request *r)
{
    static const struct field name = {.name = "name",
                                      .kind = FIELD_LINE,
                                      .required = true,
                                      .max = 120,
                                      .missing = "Enter the name of the practice",
                                      .wrong = "Shorten the name to 120 characters"};
    struct form f;
    form_read(&f, r, &name, 1);
    if (f.errors > 0)
        draw(r, &f);
    else
        settled(r, &f, ask(r, Q_desk_team_name, form_get(&f, "name")), HOME "?saved=1");
}

/* --- People */

void team_invite_post(struct request *r)
{
    static const char *const roles[] = {"therapist", "desk", NULL};
    static const struct field fields[] = {
        {.name = "email",
         .kind = FIELD_EMAIL,
         .required = true,
         .missing = "Enter an e-mail address",
         .wrong = "Enter an e-mail address like name@example.com"},
        {.name = "role",
         .kind = FIELD_CHOICE,
         .required = true,
         .choices = roles,
         .missing = "Choose what they do",
         .wrong = "Choose what they do"},
    };
    struct form f;
    char key[37], token[44];
    form_read(&f, r, fields, sizeof fields / sizeof *fields);
    if (f.errors > 0) {
        draw(r, &f);
        return;
    }
    web_uuid(key);
    link_token(app_of(r)->key, key, token);
    settled(r, &f, ask(r, Q_desk_invite, form_get(&f, "email"), form_get(&f, "role"), key, token),
            HOME "?saved=invited");
    sodium_memzero(token, sizeof token);
}

void team_withdraw_post(struct request *r)
{
    const char *id = path_uuid(r);
    if (id != NULL)
        page_saved(r, ask(r, Q_desk_withdraw, id), HOME "?saved=1");
}

void team_member_post(struct request *r)
{
    static const char *const acts[] = {"remove", "own", "unown", NULL};
    static const struct field act = {.name = "act",
                                     .kind = FIELD_CHOICE,
                                     .required = true,
                                     .choices = acts,
                                     .missing = "Choose what to do",
                                     .wrong = "Choose what to do: remove, own or unown"};
    struct form f;
    const char *id = path_uuid(r);
    if (id == NULL)
        return;
    form_read(&f, r, &act, 1);
    if (f.errors > 0)
        draw(r, &f);
    else
        settled(r, &f, ask(r, Q_desk_member, id, form_get(&f, "act")), HOME "?saved=1");
}

void team_answers_post(struct request *r)
{
    static const char *const yes[] = {"yes", NULL};
    static const struct field answers = {
        .name = "answers", .kind = FIELD_CHOICE, .choices = yes, .wrong = "Tick it, or leave it"};
    struct form f;
    form_read(&f, r, &answers, 1);
    if (f.errors > 0)
        draw(r, &f);
    else
        settled(r, &f, ask(r, Q_desk_answers, form_get(&f, "answers")), HOME "?saved=1");
}

void team_leave_post(struct request *r)
{
    struct form f;
    form_read(&f, r, NULL, 0);
    settled(r, &f, ask(r, Q_desk_leave),
            session_of(r)->role == ROLE_DESK ? "/desk?left=1" : HOME "?saved=left");
}

/* --- Places */

void team_share_post(struct request *r)
{
    static const struct field place = {.name = "location",
                                       .kind = FIELD_INT,
                                       .required = true,
                                       .min = 1,
                                       .max = INT32_MAX,
                                       .missing = "Choose one of your places"};
    struct form f;
    form_read(&f, r, &place, 1);
    if (f.errors > 0)
        draw(r, &f);
    else
        settled(r, &f, ask(r, Q_desk_share, form_get(&f, "location")), HOME "?saved=1");
}

void team_use_post(struct request *r)
{
    const char *id = path_number(r, "id");
    if (id != NULL)
        page_saved(r, ask(r, Q_desk_use, id), "/practice/hours?saved=1");
}

static void draw_place(struct request *r, const char *id, struct form *f)
{
    const char *doc = ask(r, Q_desk_premises, id);
    if (doc == NULL)
        return;
    page_value(r, "saved", query_value(r, "saved"));
    if (f != NULL)
        page_form(r, "desk/place", doc, f);
    else
        page(r, "desk/place", doc);
}

/* The same on the page of one place. */
static void settled_place(struct request *r, struct form *f, const char *id, const char *doc)
{
    if (doc == NULL)
        return;
    if (!form_refused(f, doc)) {
        page_saved(r, doc,
                   arena_printf(r->arena, HOME "/places/%s?saved=1", id ? id : doc_text(r, doc, "id")));
        return;
    }
    if (id != NULL)
        draw_place(r, id, f);
    else
        reply_error(r, 409, doc_text(r, doc, "title"));
}

void team_place_get(struct request *r)
{
    const char *id = path_number(r, "id");
    if (id != NULL)
        draw_place(r, id, NULL);
}

void team_place_post(struct request *r)
{
    static const struct field fields[] = {
        {.name = "name", .kind = FIELD_LINE, .max = 120, .wrong = "Shorten the name to 120 characters"},
        {.name = "street",
         .kind = FIELD_LINE,
         .required = true,
         .max = 200,
         .missing = "Enter street and number",
         .wrong = "Shorten the street to 200 characters"},
        {.name = "town",
         .kind = FIELD_LINE,
         .required = true,
         .max = 120,
         .missing = "Enter the town",
         .wrong = "Shorten the town to 120 characters"},
        {.name = "postcode", .kind = FIELD_LINE, .max = 20, .wrong = "Shorten the ZIP code"},
        {.name = "access", .kind = FIELD_TEXT, .max = 400, .wrong = "Shorten the way in to 400 characters"},
    };
    struct form f;
    const char *id = path_number(r, "id");
    if (id == NULL)
        return;
    form_read(&f, r, fields, sizeof fields / sizeof *fields);
    if (f.errors > 0)
        draw_place(r, id, &f);
    else
        settled_place(r, &f, id, ask(r, Q_desk_premises_save, id, form_json(&f)));
}

void team_room_post(struct request *r)
{
    static const struct field room = {.name = "room",
                                      .kind = FIELD_LINE,
                                      .required = true,
                                      .max = 60,
                                      .missing = "Enter the name of the room",
                                      .wrong = "Shorten the name to 60 characters"};
    struct form f;
    const char *id = path_number(r, "id");
    if (id == NULL)
        return;
    form_read(&f, r, &room, 1);
    if (f.errors > 0)
        draw_place(r, id, &f);
    else
        settled_place(r, &f, id, ask(r, Q_desk_room_add, id, form_get(&f, "room")));
}

void team_room_remove_post(struct request *r)
{
    struct form f;
    const char *id = path_number(r, "id");
    if (id == NULL)
        return;
    form_read(&f, r, NULL, 0);
    settled_place(r, &f, NULL, ask(r, Q_desk_room_remove, id));
}
