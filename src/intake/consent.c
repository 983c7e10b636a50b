#include "intake/consent.h"

#include "booking/booking.h"

#include <string.h>

const char *consent_document(struct request *r, const char *booking, bool minor)
{
    return ask(r, Q_intake_consent_texts, booking, minor ? "yes" : NULL);
}

/* In the order in which they are read. */
static const struct {
    const char *question, *purpose;
} texts[] = {{"K02", "treatment"}, {"K02", "guardian"}, {"K03", "health_data"}};

const char *consent_texts_for(struct request *r, const char *document, const char *question)
{
    const char *all = NULL;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const char *text =
            strcmp(texts[i].question, question) == 0 ? doc_text(r, document, texts[i].purpose) : NULL;
        if (text)
            all = all ? arena_printf(r->arena, "%s,%s", all, text) : text;
    }
    return all ? arena_printf(r->arena, "[%s]", all) : "[]";
}

/* The fingerprints of what was on the page; what is none is said not to be the text, not to be missing. */
static const char *shown(struct request *r)
{
    struct buf *out = booking_buf(r);
    struct json_writer w = {.out = out};
    json_open(&w, NULL, '{');
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        json_put(&w, texts[i].purpose, form_value(r, arena_printf(r->arena, "consent_%s", texts[i].purpose)));
    json_close(&w, '}');
    return out->failed ? NULL : arena_strndup(r->arena, out->p, out->n);
}

enum consent_signed consent_sign(struct request *r, const char *booking, bool minor, const char *for_whom,
                                 bool health_data)
{
    const char *said = shown(r);
    const char *doc = said ? ask(r, Q_intake_consent_sign, booking, minor ? "yes" : NULL, for_whom, said,
                                 health_data ? "yes" : NULL)
                           : NULL;
    if (!said)
        reply_error(r, 500, NULL);
    if (!doc)
        return CONSENT_REPLIED;
    return doc_text(r, doc, "changed") ? CONSENT_CHANGED : CONSENT_SIGNED;
}

void answers_get(struct request *r)
{
    const char *id = path_uuid(r);
    const char *doc = id ? ask(r, Q_intake_answers, id) : NULL;
    if (doc)
        page(r, "intake/answers", doc);
}

void answers_withdraw_post(struct request *r)
{
    const char *id = path_uuid(r);
    const char *doc = id ? ask(r, Q_intake_withdraw, id) : NULL;
    if (!doc)
        return;
    if (r->wants_json || doc_is(r, doc, "held"))
        page_status(r, doc_is(r, doc, "held") ? 409 : 200, "intake/answers", doc);
    else
        reply_redirect(r, 303, arena_printf(r->arena, "/bookings/%s/answers", id));
}
