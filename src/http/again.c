/*
 * An answer taken back, written down or given again: for who runs a handler more than once, or must give the
 * same answer another day. Written like HTTP itself: status, header lines, an empty line, the body.
 */
#define _GNU_SOURCE /* memmem */
#include "http/server.h"

#include <stdio.h>
#include <string.h>

struct answer_mark {
    struct response response;
};

/* With headers of its own: a header that is given again changes where it stands. Without memory some are
 * missing, and the arena has failed. */
static void copy(struct request *r, struct response *to, const struct response *from)
{
    *to = *from;
    to->last = NULL;
    struct header **end = &to->headers;
    for (const struct header *h = from->headers; h && (*end = arena_alloc(r->arena, sizeof *h));
         h = h->next) {
        **end = (struct header){h->name, h->value, NULL};
        to->last = *end;
        end = &to->last->next;
    }
}

const struct answer_mark *reply_mark(struct request *r)
{
    struct answer_mark *m = arena_alloc(r->arena, sizeof *m);
    if (m)
        copy(r, &m->response, r->response);
    return m;
}

void reply_return(struct request *r, const struct answer_mark *m)
{
    copy(r, r->response, &m->response);
}

void reply_write(const struct request *r, struct buf *out)
{
    const struct response *a = r->response;
    buf_printf(out, "%d\r\n", a->status);
    if (a->type)
        buf_printf(out, "Content-Type: %s\r\n", a->type);
    for (const struct header *h = a->headers; h; h = h->next)
        buf_printf(out, "%s: %s\r\n", h->name, h->value);
    buf_puts(out, "\r\n");
    if (a->size)
        buf_put(out, a->data, a->size);
}

/* The next line without its end; p is NULL when there is none. */
static struct str line_take(struct str *rest)
{
    const char *end = rest->n > 1 ? memmem(rest->p, rest->n, "\r\n", 2) : NULL;
    struct str line = {end ? rest->p : NULL, end ? (size_t)(end - rest->p) : 0};
    if (end)
        *rest = (struct str){end + 2, rest->n - line.n - 2};
    return line;
}

static bool header_read(struct request *r, struct str line, const char **type)
{
    const char *colon = memmem(line.p, line.n, ": ", 2);
    const char *name = colon ? arena_strndup(r->arena, line.p, (size_t)(colon - line.p)) : NULL;
    const char *value =
        colon ? arena_strndup(r->arena, colon + 2, line.n - (size_t)(colon + 2 - line.p)) : NULL;
    if (!name || !value)
        return false;
    if (strcmp(name, "Content-Type") == 0)
        *type = value;
    else
        reply_header(r, name, value);
    return true;
}

bool reply_read(struct request *r, struct str written)
{
    struct str line = line_take(&written);
    int64_t status;
    const char *type = NULL;
    if (!line.p || !text_int(line, 200, 599, &status))
        return false;
    for (line = line_take(&written); line.p && line.n; line = line_take(&written))
        if (!header_read(r, line, &type))
            return false;
    const char *body = line.p ? arena_strndup(r->arena, written.p, written.n) : NULL;
    if (!body)
        return false;
    reply(r, (int)status, type, written.n ? body : NULL, written.n);
    return true;
}
