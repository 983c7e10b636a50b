/* What waits to be sent and what was given up. */
#include "operator/operator.h"

#include <string.h>

static bool is_standing(const char *s)
{
    return strcmp(s, "waiting") == 0 || strcmp(s, "late") == 0 || strcmp(s, "dead") == 0;
}

void operator_messages_get(struct request *r)
{
    const char *state = query_value(r, "state");
    if (state == NULL)
        state = "waiting";
    if (!is_standing(state)) {
        reply_error(r, 400, "A message is waiting, late or dead.");
        return;
    }
    const char *doc = ask(r, Q_operator_messages, state);
    if (doc == NULL)
        return;
    page_value(r, "done", query_value(r, "done"));
    page(r, "operator/messages", doc);
}

static const char *const acts[] = {"again", "drop", NULL};
static const struct field fields[] = {
    {.name = "act",
     .kind = FIELD_CHOICE,
     .required = true,
     .choices = acts,
     .missing = "Choose what to do with the message",
     .wrong = "A message is sent again or dropped"},
};

void operator_message_post(struct request *r)
{
    struct form f;
    const char *id = path_uuid(r);
    if (!id)
        return;
    form_read(&f, r, fields, sizeof fields / sizeof *fields);
    if (f.errors) {
        const char *again = ask(r, Q_operator_messages, "dead");
        if (again)
            page_form(r, "operator/messages", again, &f);
        return;
    }
    const char *doc = ask(r, Q_operator_message_act, id, form_get(&f, "act"));
    page_saved(r, doc, arena_printf(r->arena, "/operator/messages?done=%s", form_get(&f, "act")));
}
