/* Whom to call in an emergency, by country. */
#include "operator/edit.h"
#include "operator/operator.h"

static const struct field fields[] = {
    {.name = "country", .kind = FIELD_LINE, .max = 2, .wrong = "Enter two letters, such as US"},
    {.name = "emergency",
     .kind = FIELD_LINE,
     .required = true,
     .max = 40,
     .missing = "Enter the number for emergencies",
     .wrong = "Shorten the number to 40 characters"},
    {.name = "urgent_line", .kind = FIELD_LINE, .max = 120, .wrong = "Shorten this to 120 characters"},
    {.name = "helpline", .kind = FIELD_LINE, .max = 120, .wrong = "Shorten this to 120 characters"},
    {.name = "basis",
     .kind = FIELD_LINE,
     .required = true,
     .max = 300,
     .missing = "Say where this is from, or “general knowledge”",
     .wrong = "Shorten the source to 300 characters"},
};

static const char *saved(struct request *r, const char *doc)
{
    (void)r;
    (void)doc;
    return "/operator/emergency-numbers?saved=1";
}

static const struct editor editor = {
    .one = Q_questionnaire_number,
    .fresh = Q_questionnaire_number_new,
    .save = Q_questionnaire_number_save,
    .key = "country",
    .fields = fields,
    .count = sizeof fields / sizeof *fields,
    .template = "operator/emergency-number",
    .next = saved,
};

void operator_numbers_get(struct request *r)
{
    page_with_saved(r, "operator/emergency-numbers", ask(r, Q_questionnaire_numbers));
}

void operator_number_new_get(struct request *r)
{
    edit_new_get(r, &editor);
}

void operator_number_new_post(struct request *r)
{
    edit_new_post(r, &editor);
}

void operator_number_get(struct request *r)
{
    edit_get(r, &editor);
}

void operator_number_post(struct request *r)
{
    edit_post(r, &editor);
}
