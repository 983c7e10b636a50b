/* Versions of the questionnaire: which there are, what one holds, and a version's way from draft to
 * published. */
#include "operator/questionnaire_inner.h"

#include "booking/booking.h"
#include "intake/bring.h"
#include "intake/published.h"
#include "operator/trial.h"

#include <string.h>

const struct questionnaire *document_checked(struct arena *a, const char *document,
                                             struct questionnaire_fault *fault)
{
    return questionnaire_read(a, str_of(document), true, fault);
}

const char *fault_sentence(struct request *r, const struct questionnaire_fault *f)
{
    if (f->at.line)
        return arena_printf(r->arena, "Line %d, column %d: %s", f->at.line, f->at.column, f->at.reason);
    return arena_printf(r->arena, "%s", f->at.reason);
}

void questionnaires_get(struct request *r)
{
    page_with_saved(r, "operator/questionnaires", ask(r, Q_questionnaire_list));
}

void questionnaires_post(struct request *r)
{
    const char *doc = ask(r, Q_questionnaire_draft);
    if (doc)
        page_saved(r, doc,
                   arena_printf(r->arena, "/operator/questionnaires/%s", doc_text(r, doc, "version")));
}

/* --- From elsewhere */

/* Of all files that came the one of this name; none when it was left out. */
static struct str file_of(const struct request *r)
{
    for (size_t i = 0; i < r->upload_count; i++)
        if (str_is(r->uploads[i].name, "file"))
            return r->uploads[i].data;
    return (struct str){0};
}

static const char *bring_fault(struct request *r, const struct questionnaire_fault *f)
{
    if (strcmp(f->what, "file") == 0)
        return arena_printf(r->arena, "This cannot be a draft: %s", f->at.reason);
    return arena_printf(r->arena, "This cannot be a draft: %s, %s. %s", f->where, f->what,
                        fault_sentence(r, f));
}

/* {"version"} or a problem; NULL with what is wrong in *wrong, or after having replied. */
static const char *bring(struct request *r, struct str file, const char **wrong)
{
    struct questionnaire_fault fault;
    const char *published = ask(r, Q_questionnaire_document, NULL);
    struct arena *a = published ? arena_new(TRIAL_MEMORY) : NULL;
    if (!a)
        return NULL;
    const char *brought = questionnaire_bring(a, file, published, &fault);
    if (!brought)
        *wrong = bring_fault(r, &fault);
    const char *doc = brought ? ask(r, Q_questionnaire_bring, brought) : NULL;
    if (doc && doc_text(r, doc, "problem"))
        *wrong = doc_text(r, doc, "title");
    arena_free(a);
    return doc;
}

void questionnaire_upload_post(struct request *r)
{
    static const struct field field = {.name = "file", .kind = FIELD_LINE}; /* its faults stand here */
    struct form f;
    struct str file = file_of(r);
    const char *doc = NULL, *wrong = NULL;
    form_read(&f, r, &field, 1);
    if (!file.n)
        wrong = "Choose a file";
    else if (file.n > BRING_MAX)
        wrong = "Choose a file of at most 4 MB";
    else if (!(doc = bring(r, file, &wrong)) && !wrong)
        return;
    if (!wrong) {
        page_saved(r, doc,
                   arena_printf(r->arena, "/operator/questionnaires/%s", doc_text(r, doc, "version")));
        return;
    }
    form_fail(&f, "file", wrong);
    const char *list = ask(r, Q_questionnaire_list);
    if (list)
        page_form(r, "operator/questionnaires", list, &f);
}

void questionnaire_get(struct request *r)
{
    const char *version = path_number(r, "version");
    if (version)
        page_with_saved(r, "operator/questionnaire", ask(r, Q_questionnaire_one, version));
}

void questionnaire_discard_post(struct request *r)
{
    const char *version = path_number(r, "version");
    if (version)
        page_saved(r, ask(r, Q_questionnaire_discard, version), "/operator/questionnaires?saved=discarded");
}

/* --- For other programs */

void questionnaire_fhir_get(struct request *r)
{
    const char *version = path_number(r, "version");
    const char *document = version ? ask(r, Q_questionnaire_document, version) : NULL;
    if (document)
        safety_rules_fhir(r, document);
}

/* --- Trying and publishing */

void questionnaire_trial_get(struct request *r)
{
    const char *version = path_number(r, "version");
    const char *doc = version ? ask(r, Q_questionnaire_document, version) : NULL;
    const char *report = doc ? trial_report(r, doc) : NULL;
    if (report)
        page(r, "operator/trial", report);
}

static const struct field note_field = {
    .name = "note", .kind = FIELD_TEXT, .max = 2000, .wrong = "Shorten what is new to 2,000 characters"};

static void refuse_publishing(struct request *r, struct form *f, const char *report, const char *why)
{
    form_fail(f, NULL, why);
    page_form(r, "operator/trial", report, f);
}

/* The version is held until the end of the transaction: what was tried is what is published. */
void questionnaire_publish_post(struct request *r)
{
    struct form f;
    const char *version = path_number(r, "version");
    const char *doc = version ? ask(r, Q_questionnaire_hold, version) : NULL;
    const char *report = doc ? trial_report(r, doc) : NULL;
    if (!report)
        return;
    form_read(&f, r, &note_field, 1);
    if (f.errors)
        page_form(r, "operator/trial", report, &f);
    else if (doc_text(r, report, "fault"))
        refuse_publishing(r, &f, report,
                          "This version cannot be published: it does not compile. Nothing was changed.");
    else if (!doc_is(r, report, "fine"))
        refuse_publishing(
            r, &f, report,
            "This version cannot be published: cases that must hold do not. Change the version, or "
            "change what is expected of a case if that is what you want.");
    else
        page_saved(r, ask(r, Q_questionnaire_publish, version, form_get(&f, "note")),
                   "/operator/questionnaires?saved=published");
}

/* --- The signature */

static const struct field sign_fields[] = {
    {.name = "name",
     .kind = FIELD_LINE,
     .required = true,
     .max = 200,
     .missing = "Enter the name of who signed",
     .wrong = "Shorten the name to 200 characters"},
    {.name = "profession",
     .kind = FIELD_LINE,
     .required = true,
     .max = 200,
     .missing = "Enter the profession of who signed, for instance physical therapist",
     .wrong = "Shorten the profession to 200 characters"},
    {.name = "on",
     .kind = FIELD_DATE,
     .required = true,
     .missing = "Enter the day on which it was signed",
     .wrong = "Enter the day on which it was signed, like 2026-11-22"},
};

void questionnaire_sign_get(struct request *r)
{
    const char *version = path_number(r, "version");
    if (version)
        page_with_saved(r, "operator/sign", ask(r, Q_questionnaire_head, version));
}

void questionnaire_sign_post(struct request *r)
{
    struct form f;
    const char *version = path_number(r, "version"), *doc = NULL;
    if (!version)
        return;
    form_read(&f, r, sign_fields, sizeof sign_fields / sizeof *sign_fields);
    if (!f.errors) {
        doc = ask(r, Q_questionnaire_sign, version, form_get(&f, "name"), form_get(&f, "profession"),
                  form_get(&f, "on"));
        if (!doc)
            return;
        form_refused(&f, doc);
    }
    if (!f.errors) {
        page_saved(r, doc, "/operator/questionnaires?saved=signed");
        return;
    }
    const char *again = ask(r, Q_questionnaire_head, version);
    if (again)
        page_form(r, "operator/sign", again, &f);
}
