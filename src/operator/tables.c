/* Evidence, kinds of credentials, registers. */
#include "operator/edit.h"
#include "operator/operator.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

#define NTH                                                                                                  \
    {                                                                                                        \
        .name = "nth", .kind = FIELD_INT, .max = 30000,                                                      \
        .wrong = "Enter its place in the order as a number from 0 to 30000"                                  \
    }

static const struct field evidence_fields[] = {
    {.name = "source",
     .kind = FIELD_LINE,
     .required = true,
     .max = 160,
     .missing = "Enter the study or guideline",
     .wrong = "Shorten the source to 160 characters"},
    {.name = "finding",
     .kind = FIELD_TEXT,
     .required = true,
     .max = 800,
     .missing = "Enter what it found",
     .wrong = "Shorten what it found to 800 characters"},
    {.name = "label",
     .kind = FIELD_LINE,
     .required = true,
     .max = 120,
     .missing = "Say in a few words how sure it is",
     .wrong = "Shorten the words to 120 characters"},
    {.name = "basis",
     .kind = FIELD_LINE,
     .required = true,
     .max = 400,
     .missing = "Say where this can be looked up, or “general knowledge”",
     .wrong = "Shorten this to 400 characters"},
    {.name = "about", .kind = FIELD_TEXT, .max = 1000, .wrong = "Shorten this to 1,000 characters"},
    NTH,
    {.name = "shown",
     .kind = FIELD_CHOICE,
     .required = true,
     .choices = yes_no,
     .missing = "Say whether it is shown",
     .wrong = "Say whether it is shown"},
};

static const struct field credential_kind_fields[] = {
    {.name = "short",
     .kind = FIELD_LINE,
     .max = 60,
     .wrong = "Use at most 60 small letters and _ for the short name"},
    {.name = "label",
     .kind = FIELD_LINE,
     .required = true,
     .max = 60,
     .missing = "Enter what it is called",
     .wrong = "Shorten what it is called to 60 characters"},
    {.name = "meaning", .kind = FIELD_TEXT, .max = 600, .wrong = "Shorten the meaning to 600 characters"},
    {.name = "checked_how", .kind = FIELD_LINE, .max = 300, .wrong = "Shorten this to 300 characters"},
    {.name = "validity", .kind = FIELD_LINE, .max = 120, .wrong = "Shorten this to 120 characters"},
    {.name = "basis", .kind = FIELD_LINE, .max = 300, .wrong = "Shorten the source to 300 characters"},
    NTH,
    {.name = "profession",
     .kind = FIELD_CHOICE,
     .required = true,
     .choices = yes_no,
     .missing = "Say whether it is permission to practice",
     .wrong = "Say whether it is permission to practice"},
    {.name = "offered",
     .kind = FIELD_CHOICE,
     .required = true,
     .choices = yes_no,
     .missing = "Say whether therapists can hand one in",
     .wrong = "Say whether therapists can hand one in"},
};

static const struct field register_fields[] = {
    {.name = "country",
     .kind = FIELD_LINE,
     .max = 2,
     .wrong = "Enter the two letters of the country, such as US"},
    {.name = "region", .kind = FIELD_LINE, .max = 60, .wrong = "Shorten the state to 60 characters"},
    {.name = "body",
     .kind = FIELD_LINE,
     .required = true,
     .max = 160,
     .missing = "Enter who keeps the register",
     .wrong = "Shorten the name to 160 characters"},
    {.name = "regime",
     .kind = FIELD_LINE,
     .required = true,
     .max = 60,
     .missing = "Enter the kind of rule: license, registration, association",
     .wrong = "Shorten the kind of rule to 60 characters"},
    {.name = "lookup", .kind = FIELD_LINE, .max = 300, .wrong = "Shorten the address to 300 characters"},
    {.name = "open_data", .kind = FIELD_LINE, .max = 300, .wrong = "Shorten the address to 300 characters"},
    {.name = "number_hint", .kind = FIELD_LINE, .max = 80, .wrong = "Shorten this to 80 characters"},
    {.name = "notes", .kind = FIELD_TEXT, .max = 600, .wrong = "Shorten the notes to 600 characters"},
    {.name = "basis",
     .kind = FIELD_LINE,
     .required = true,
     .max = 300,
     .missing = "Say where this can be looked up, or “general knowledge”",
     .wrong = "Shorten this to 300 characters"},
    {.name = "required", .kind = FIELD_CHOICE, .choices = yes_no, .wrong = "Say whether the law wants it"},
    {.name = "used",
     .kind = FIELD_CHOICE,
     .required = true,
     .choices = yes_no,
     .missing = "Say whether it is still used",
     .wrong = "Say whether it is still used"},
};

static const char *evidence_saved(struct request *r, const char *doc)
{
    (void)r, (void)doc;
    return "/operator/evidence?saved=1";
}

static const char *credential_kind_saved(struct request *r, const char *doc)
{
    (void)r, (void)doc;
    return "/operator/credential-kinds?saved=1";
}

static const char *register_saved(struct request *r, const char *doc)
{
    const char *country = doc_text(r, doc, "country");
    return arena_printf(r->arena, "/operator/registers?country=%s&saved=1", country != NULL ? country : "");
}

static const struct editor evidence_editor = {
    .one = Q_operator_evidence,
    .fresh = Q_operator_evidence_new,
    .save = Q_operator_evidence_save,
    .key = "key",
    .fields = evidence_fields,
    .count = COUNT(evidence_fields),
    .template = "operator/evidence-row",
    .next = evidence_saved,
};

static const struct editor credential_kind_editor = {
    .one = Q_operator_credential_kind,
    .fresh = Q_operator_credential_kind_new,
    .save = Q_operator_credential_kind_save,
    .key = "kind",
    .fields = credential_kind_fields,
    .count = COUNT(credential_kind_fields),
    .template = "operator/credential-kind",
    .next = credential_kind_saved,
};

static const struct editor register_editor = {
    .one = Q_operator_register,
    .fresh = Q_operator_register_new,
    .save = Q_operator_register_save,
    .key = "id",
    .fields = register_fields,
    .count = COUNT(register_fields),
    .template = "operator/register",
    .next = register_saved,
};

void operator_evidence_list_get(struct request *r)
{
    page_with_saved(r, "operator/evidence", ask(r, Q_operator_evidence_list));
}

void operator_evidence_new_get(struct request *r)
{
    edit_new_get(r, &evidence_editor);
}

void operator_evidence_new_post(struct request *r)
{
    edit_new_post(r, &evidence_editor);
}

void operator_evidence_get(struct request *r)
{
    edit_get(r, &evidence_editor);
}

void operator_evidence_post(struct request *r)
{
    edit_post(r, &evidence_editor);
}

void operator_credential_kinds_get(struct request *r)
{
    page_with_saved(r, "operator/credential-kinds", ask(r, Q_operator_credential_kinds));
}

void operator_credential_kind_new_get(struct request *r)
{
    edit_new_get(r, &credential_kind_editor);
}

void operator_credential_kind_new_post(struct request *r)
{
    edit_new_post(r, &credential_kind_editor);
}

void operator_credential_kind_get(struct request *r)
{
    edit_get(r, &credential_kind_editor);
}

void operator_credential_kind_post(struct request *r)
{
    edit_post(r, &credential_kind_editor);
}

void operator_registers_get(struct request *r)
{
    const struct str country = pairs_get(&r->query, "country");
    const char *asked = country.p != NULL ? query_value(r, "country") : "US";
    page_with_saved(r, "operator/registers", ask(r, Q_operator_registers, asked != NULL ? asked : ""));
}

void operator_register_new_get(struct request *r)
{
    edit_new_get(r, &register_editor);
}

void operator_register_new_post(struct request *r)
{
    edit_new_post(r, &register_editor);
}

void operator_register_get(struct request *r)
{
    if (path_number(r, "id") != NULL)
        edit_get(r, &register_editor);
}

void operator_register_post(struct request *r)
{
    if (path_number(r, "id") != NULL)
        edit_post(r, &register_editor);
}
