/* Services: what is offered, how long, for how much, and by which rules. */
#include "practice/practice.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static const char *const modes[] = {"instant", "request", NULL};
static const char *const yes[] = {"yes", NULL};
static const char *const client_kinds[] = {"any", "new", "returning", NULL};

static const struct field service_fields[] = {
    {.name = "name",
     .kind = FIELD_LINE,
     .required = true,
     .min = 1,
     .max = 120,
     .missing = "Enter a name for the service",
     .wrong = "Shorten the name to 120 characters"},
    {.name = "about", .kind = FIELD_TEXT, .max = 600, .wrong = "Shorten the description to 600 characters"},
    {.name = "technique",
     .kind = FIELD_SLUGS,
     .required = true,
     .max = 64,
     .missing = "Tick at least one technique",
     .wrong = "Choose techniques from the list"},
    {.name = "minutes",
     .kind = FIELD_INT,
     .required = true,
     .min = 10,
     .max = 480,
     .missing = "Enter the length in minutes",
     .wrong = "The length must be from 10 to 480 minutes"},
    {.name = "price",
     .kind = FIELD_MONEY,
     .required = true,
     .min = 0,
     .max = 10000000,
     .missing = "Enter the price, 0 if it is free",
     .wrong = "Enter the price as a number, such as 85 or 85.50"},
    {.name = "buffer_before",
     .kind = FIELD_INT,
     .min = 0,
     .max = 240,
     .wrong = "The time before must be from 0 to 240 minutes"},
    {.name = "buffer_after",
     .kind = FIELD_INT,
     .min = 0,
     .max = 240,
     .wrong = "The time after must be from 0 to 240 minutes"},
    {.name = "step", .kind = FIELD_INT, .min = 5, .max = 60, .wrong = "Choose one of the steps"},
    {.name = "notice", .kind = FIELD_INT, .max = 43200, .wrong = "Choose how long ahead"},
    {.name = "horizon", .kind = FIELD_INT, .min = 1, .max = 60, .wrong = "Choose from 1 to 60 days"},
    {.name = "most_a_day",
     .kind = FIELD_INT,
     .min = 1,
     .max = 50,
     .wrong = "Enter a number from 1 to 50, or leave it empty"},
    {.name = "mode", .kind = FIELD_CHOICE, .choices = modes, .wrong = "Say how it is booked"},
    {.name = "answer_hours", .kind = FIELD_INT, .min = 1, .max = 168, .wrong = "Enter hours from 1 to 168"},
    {.name = "clearance_hours", .kind = FIELD_INT, .max = 168, .wrong = "Enter hours from 0 to 168"},
    {.name = "clients", .kind = FIELD_CHOICE, .choices = client_kinds, .wrong = "Say who can book it"},
    {.name = "place", .kind = FIELD_SLUGS, .max = 64, .wrong = "Choose from your own places"},
    {.name = "room", .kind = FIELD_SLUGS, .max = 64, .wrong = "Choose rooms from the list"},
    {.name = "at_home", .kind = FIELD_CHOICE, .choices = yes, .wrong = "Tick the box or leave it"},
    {.name = "road", .kind = FIELD_INT, .max = 120, .wrong = "Enter the minutes on the way, from 0 to 120"},
    {.name = "cancel_notice", .kind = FIELD_INT, .max = 43200, .wrong = "Choose until when"},
    {.name = "cancel_fee",
     .kind = FIELD_MONEY,
     .max = 10000000,
     .wrong = "Enter the fee as a number, such as 24 or 24.50"},
    {.name = "move_notice", .kind = FIELD_INT, .max = 43200, .wrong = "Choose until when"},
    {.name = "move_fee",
     .kind = FIELD_MONEY,
     .max = 10000000,
     .wrong = "Enter the fee as a number, such as 24 or 24.50"},
};

void practice_services_get(struct request *r)
{
    page_with_saved(r, "practice/services", ask(r, Q_practice_services));
}

void practice_service_new_get(struct request *r)
{
    const char *doc = ask(r, Q_practice_service, NULL, NULL);
    if (doc != NULL)
        page(r, "practice/service", doc);
}

void practice_service_get(struct request *r)
{
    const char *id = path_number(r, "id");
    const char *doc = id != NULL ? ask(r, Q_practice_service, id, NULL) : NULL;
    if (doc != NULL)
        page(r, "practice/service", doc);
}

static const struct practice_form service_form = {.fields = service_fields,
                                                  .count = COUNT(service_fields),
                                                  .save = Q_practice_service_save,
                                                  .form = Q_practice_service,
                                                  .typed = true,
                                                  .template = "practice/service",
                                                  .path = "/practice/services?saved=1"};

void practice_service_new_post(struct request *r)
{
    practice_save(r, &service_form, NULL);
}

void practice_service_post(struct request *r)
{
    const char *id = path_number(r, "id");
    if (id != NULL)
        practice_save(r, &service_form, id);
}

void practice_service_retire_post(struct request *r)
{
    const char *id = path_number(r, "id");
    if (id != NULL)
        page_saved(r, ask(r, Q_practice_service_retire, id), "/practice/services?saved=1");
}
