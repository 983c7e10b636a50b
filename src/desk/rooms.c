/* Rooms that are closed for a time. */
#include "desk/desk.h"

static const struct field fields[] = {
    {.name = "room",
     .kind = FIELD_INT,
     .required = true,
     .min = 1,
     .max = INT32_MAX,
     .missing = "Choose the room",
     .wrong = "Choose a room from the list"},
    {.name = "from_day",
     .kind = FIELD_DATE,
     .required = true,
     .missing = "Enter the first day",
     .wrong = "Enter the first day as a date"},
    {.name = "from_time",
     .kind = FIELD_TIME,
     .wrong = "Enter the time on the first day, such as 9:00 am or 17:30"},
    {.name = "until_day", .kind = FIELD_DATE, .wrong = "Enter the last day as a date"},
    {.name = "until_time",
     .kind = FIELD_TIME,
     .wrong = "Enter the time on the last day, such as 9:00 am or 17:30"},
    {.name = "reason", .kind = FIELD_LINE, .max = 200, .wrong = "Shorten the reason to 200 characters"},
};

void desk_rooms_get(struct request *r)
{
    page_with_saved(r, "desk/rooms", ask(r, Q_desk_rooms, NULL));
}

void desk_rooms_post(struct request *r)
{
    struct form f;
    form_read(&f, r, fields, sizeof fields / sizeof *fields);
    const char *doc =
        f.errors > 0 ? ask(r, Q_desk_rooms, form_get(&f, "room")) : ask(r, Q_desk_room_close, form_json(&f));
    if (doc == NULL)
        return;
    form_refused(&f, doc);
    if (f.errors > 0)
        page_form(r, "desk/rooms", doc, &f);
    else
        page_saved(r, doc, "/desk/rooms?saved=1");
}

void desk_room_open_post(struct request *r)
{
    const char *id = path_uuid(r);
    if (id != NULL)
        page_saved(r, ask(r, Q_desk_room_open, id), "/desk/rooms?saved=open");
}
