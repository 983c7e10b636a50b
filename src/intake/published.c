/* How the safety check decides: all rules of the version that is asked, and who has signed them; and what it
 * asks, for programs. */
#include "intake/published.h"

#include "intake/fhir.h"

#include <string.h>

enum { FHIR_MAX = 4 << 20, READ_MEMORY = 16 << 20 };

void safety_rules_get(struct request *r)
{
    const char *doc = ask(r, Q_questionnaire_rules);
    if (!doc)
        return;
    page_value(r, "canonical", "/safety-rules");
    reply_subject(r, "the questionnaire");
    page(r, "intake/safety-rules", doc);
}

/* --- For other programs */

static const char *fhir_text(struct request *r, const char *document, struct arena *a)
{
    struct questionnaire_fault fault;
    struct buf out = {.max = FHIR_MAX};
    const struct questionnaire *q = questionnaire_read(a, str_of(document), false, &fault);
    bool good = q && fhir_questionnaire(q, str_of(document), &out);
    const char *text = good ? arena_strndup(r->arena, out.p, out.n) : NULL;
    buf_free(&out);
    return text;
}

void safety_rules_fhir(struct request *r, const char *document)
{
    struct arena *a = arena_new(READ_MEMORY);
    const char *text = a ? fhir_text(r, document, a) : NULL;
    if (text)
        reply(r, 200, "application/fhir+json; charset=utf-8", text, strlen(text));
    else
        reply_error(r, 500, NULL);
    if (a)
        arena_free(a);
}

void safety_rules_fhir_get(struct request *r)
{
    const char *document = ask(r, Q_questionnaire_document, NULL);
    if (!document)
        return;
    reply_subject(r, "the questionnaire");
    safety_rules_fhir(r, document);
}
