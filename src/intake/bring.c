#include "intake/bring.h"

#include "core/json.h"
#include "intake/fhir.h"

#include <stdio.h>

static const char *raw(const struct json *j, const char *key, struct arena *a)
{
    struct str text = json_raw(j, json_get(j, 0, key));
    return arena_strndup(a, text.p, text.n);
}

static bool compiles(struct arena *a, const char *published, const char *brought,
                     struct questionnaire_fault *fault)
{
    struct json old, new;
    if (!json_parse(&old, a, str_of(published)) || !json_parse(&new, a, str_of(brought)))
        return false;
    const char *document = arena_printf(
        a, "{\"version\":%s,\"state\":\"draft\",\"pages\":%s,\"questions\":%s,\"rules\":%s,\"terms\":%s}",
        raw(&old, "version", a), raw(&new, "pages", a), raw(&new, "questions", a), raw(&old, "rules", a),
        raw(&old, "terms", a));
    return document && questionnaire_read(a, str_of(document), true, fault);
}

const char *questionnaire_bring(struct arena *a, struct str file, const char *published,
                                struct questionnaire_fault *fault)
{
    char wrong[200];
    struct buf out = {.max = BRING_MAX};
    *fault = (struct questionnaire_fault){.where = "the document", .what = "document"};
    if (!fhir_read(file, &out, wrong)) {
        fault->what = "file";
        snprintf(fault->at.reason, sizeof fault->at.reason, "%.159s", wrong);
        buf_free(&out);
        return NULL;
    }
    const char *brought = arena_strndup(a, out.p, out.n);
    buf_free(&out);
    return brought && compiles(a, published, brought, fault) ? brought : NULL;
}
