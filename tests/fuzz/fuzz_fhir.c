/* A FHIR Questionnaire from outside. What is taken is one JSON value; what makes a questionnaire of it is
 * written as FHIR again and taken again. */
#include "core/json.h"
#include "intake/fhir.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static const char rules[] = "\"rules\":[{\"id\":\"OK-00\",\"outcome\":\"PROCEED\",\"default\":true,"
                            "\"reason\":\"None\",\"text\":\"Fine\","
                            "\"basis\":\"none\"}],\"terms\":{}}";

static void write_again(struct arena *a, const char *document)
{
    char fault[200];
    struct questionnaire_fault ignored;
    struct buf out = {.max = 8 << 20}, brought = {.max = 8 << 20};
    const struct questionnaire *q = questionnaire_read(a, str_of(document), false, &ignored);
    if (q && fhir_questionnaire(q, str_of(document), &out) &&
        !fhir_read((struct str){out.p, out.n}, &brought, fault) && !brought.failed)
        abort();
    buf_free(&out);
    buf_free(&brought);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    char fault[200];
    struct json j;
    struct buf out = {.max = 4 << 20};
    struct arena *a = arena_new(64 << 20);
    bool good = fhir_read((struct str){(const char *)data, size}, &out, fault);
    if (!a || good == (fault[0] != '\0'))
        abort(); /* a refusal says why */
    if (good && !json_parse(&j, a, (struct str){out.p, out.n}))
        abort();
    if (good) {
        const char *document =
            arena_printf(a, "{\"version\":1,\"state\":\"draft\",%.*s,%s", (int)out.n - 2, out.p + 1, rules);
        if (document)
            write_again(a, document);
    }
    arena_free(a);
    buf_free(&out);
    return 0;
}
