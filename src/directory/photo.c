/* GET /photos/{file}: a therapist's photo. Its name is made of its content, so it may be kept for ever; who
 * may see it the database says. */
#define _GNU_SOURCE /* memmem */
#include "directory/directory.h"

#include "web/web.h"

#include <string.h>

enum { NAME = 24 };

/* What a file's name says; whether there is such a size and kind, the database does. */
struct wanted {
    char name[NAME + 1], size[4], kind[5];
};

/* 0123456789abcdef01234567-96.webp */
static bool wanted_read(struct wanted *w, const char *file)
{
    if (strspn(file, "0123456789abcdef") != NAME || file[NAME] != '-')
        return false;
    const char *size = file + NAME + 1, *dot = strchr(size, '.');
    if (!dot || dot - size < 2 || dot - size > 3 || strlen(dot + 1) < 3 || strlen(dot + 1) > 4)
        return false;
    memcpy(w->name, file, NAME);
    memcpy(w->size, size, (size_t)(dot - size));
    memcpy(w->kind, dot + 1, strlen(dot + 1));
    return strspn(w->size, "0123456789") == strlen(w->size);
}

#define FOR_EVER "max-age=31536000, immutable"

/* Somebody who is signed in may see what others may not: no cache between keeps it for them. */
static const char *kept_by(struct request *r, const char *doc)
{
    const struct session *s = session_of(r);
    const char *shown = doc_text(r, doc, "shown"); /* NULL when memory ends */
    if (!shown || strcmp(shown, "true") != 0)
        return "no-store";
    return s && s->role != ROLE_VISITOR ? "private, " FOR_EVER : "public, " FOR_EVER;
}

/* Looked for in the header as it stands: the tag, its quotes with it, cannot be part of another. */
static bool is_known(const struct request *r, const char *tag)
{
    const struct str known = r->if_none_match;
    return known.n && memmem(known.p, known.n, tag, strlen(tag));
}

void photo_get(struct request *r)
{
    struct wanted w = {.name = ""};
    if (!wanted_read(&w, param(r, "file"))) {
        reply_error(r, 404, NULL);
        return;
    }
    const char *doc = ask(r, Q_directory_photo, w.name, w.size, w.kind);
    struct str text = str_of(doc ? doc_text(r, doc, "data") : "");
    unsigned char *data = doc ? arena_alloc(r->arena, text.n + 1) : NULL;
    if (!data)
        return;
    const char *tag = arena_printf(r->arena, "\"%s-%s-%s\"", w.name, w.size, w.kind);
    size_t size = text_unbase64(data, text.n + 1, text);
    reply_header(r, "Cache-Control", kept_by(r, doc));
    reply_header(r, "ETag", tag);
    if (tag && is_known(r, tag))
        reply(r, 304, NULL, NULL, 0);
    else
        reply(r, 200, strcmp(w.kind, "webp") == 0 ? "image/webp" : "image/jpeg", data, size);
}
