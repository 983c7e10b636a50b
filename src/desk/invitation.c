/* An invitation to a practice, as whoever has the mail sees it. Opening it says what it is; its button acts.
 */
#include "desk/desk.h"

#include "accounts/accounts.h"
#include "booking/booking.h"

#include <sodium.h>
#include <string.h>

static const char *const answers[] = {"yes", "no", NULL};
static const struct field fields[] = {
    {.name = "answer",
     .kind = FIELD_CHOICE,
     .required = true,
     .choices = answers,
     .missing = "Choose whether you join",
     .wrong = "Choose whether you join: yes or no"},
    {.name = "name",
     .kind = FIELD_LINE,
     .required = true,
     .max = 120,
     .missing = "Enter your name",
     .wrong = "Enter your name in 120 characters or fewer"},
    {.name = "password",
     .kind = FIELD_SECRET,
     .required = true,
     .min = PASSWORD_MIN,
     .max = PASSWORD_MAX,
     .missing = "Choose a password",
     .wrong = "Choose a password of 8 to 128 characters"},
};

static const char *look(struct request *r)
{
    page_value(r, "token", param(r, "token"));
    return ask(r, Q_desk_invitation, param(r, "token"));
}

void invitation_get(struct request *r)
{
    const char *doc = look(r);
    if (doc != NULL)
        page(r, "desk/invitation", doc);
}

/* Name and password, where an account is to be made of it. */
static void read_answer(struct request *r, struct form *f, const char *doc)
{
    const char *said = form_value(r, "answer");
    bool joins = doc_is(r, doc, "as_account") && (said == NULL || strcmp(said, "no") != 0);
    form_read(f, r, fields, joins ? 3 : 1);
    const char *password = joins ? form_get(f, "password") : NULL;
    const char *problem =
        password ? password_problem(r, password, doc_text(r, doc, "email"), form_get(f, "name")) : NULL;
    if (problem != NULL)
        form_fail(f, "password", problem);
}

/* A new account is signed in at once: `done` has its role then. Who had one goes on where they belong. */
static void joined(struct request *r, const char *done, const char *session)
{
    if (doc_text(r, done, "role") != NULL)
        session_welcome(r, done, arena_strdup(r->arena, session), NULL);
    else if (doc_is(r, done, "declined"))
        page_saved(r, done, arena_printf(r->arena, "/invitations/%s", param(r, "token")));
    else
        page_saved(r, done, local_path(doc_text(r, done, "to"), "/desk"));
}

static void use(struct request *r, struct form *f)
{
    char hash[PASSWORD_HASH_SIZE], session[44];
    const char *password = f->count == 3 ? form_get(f, "password") : NULL;
    if (password != NULL && !password_hash(password, hash)) {
        reply_error(r, 503, NULL);
        return;
    }
    web_random(session);
    const char *done =
        ask(r, Q_desk_answer, param(r, "token"), form_get(f, "answer"), password ? form_get(f, "name") : NULL,
            password ? hash : NULL, session, device_words(r));
    if (done != NULL && doc_text(r, done, "problem") == NULL) {
        joined(r, done, session);
    } else if (done != NULL) {
        const char *doc = look(r); /* anew: it may be over now */
        if (doc != NULL)
            page_status(r, 409, "desk/invitation", doc);
    }
    sodium_memzero(session, sizeof session);
}

void invitation_post(struct request *r)
{
    struct form f;
    const char *doc = look(r);
    if (doc == NULL)
        return;
    if (!doc_is(r, doc, "open")) {
        page_status(r, 409, "desk/invitation", doc);
        return;
    }
    read_answer(r, &f, doc);
    if (f.errors > 0)
        page_form(r, "desk/invitation", doc, &f);
    else
        use(r, &f);
}
