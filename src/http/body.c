/* The body of a request, complete and in memory, turned into fields. Runs in the worker: it is the costly
 * part of parsing. */
#include "http/parse.h"
#include "http/server.h"

static bool parse(struct exchange *x, struct str body)
{
    struct request *r = &x->r;
    switch (x->kind) {
    case KIND_URLENCODED:
        return parse_urlencoded(body, FIELDS_MAX, r->arena, &r->form);
    case KIND_JSON:
        return parse_json(body, r->arena, &r->json, &r->form);
    case KIND_MULTIPART:
        return parse_multipart(x->content_type, body, PARTS_MAX, r->arena, &r->form, &r->uploads,
                               &r->upload_count);
    case KIND_NONE:
        break;
    }
    return true;
}

bool body_parse(struct exchange *x)
{
    static const char *const detail[] = {
        [KIND_NONE] = NULL,
        [KIND_URLENCODED] = "The form could not be read.",
        [KIND_JSON] = "The body must be one JSON object in UTF-8, no key twice.",
        [KIND_MULTIPART] = "The form could not be read.",
    };
    if (x->kind == KIND_NONE || parse(x, (struct str){x->body.p, x->body.n}))
        return true;
    reply_error(&x->r, 400, detail[x->kind]);
    return false;
}
