#include "upload/filed.h"

#include "upload/sealed.h"

bool filed_keep(struct request *r, struct filed of, const char *id, const char *key, struct str file)
{
    struct buf piece = {.max = 2 * PIECE_BYTES};
    int pieces = file_pieces(file.n);
    bool kept = true;
    for (int n = 0; kept && n < pieces; n++) {
        kept = file_piece_seal(key, id, n, pieces, file, &piece);
        if (!kept)
            reply_error(r, 500, NULL);
        else
            kept = ask(r, of.put, id, arena_printf(r->arena, "%d", n), piece.p) != NULL;
    }
    buf_free(&piece);
    return kept;
}

static bool read_pieces(struct request *r, struct filed of, const char *id, const char *key, int pieces,
                        struct buf *file)
{
    for (int n = 0; n < pieces; n++) {
        const char *sealed = ask(r, of.get, id, arena_printf(r->arena, "%d", n));
        if (!sealed)
            return false;
        if (!file_piece_open(key, id, n, pieces, sealed, file)) {
            reply_error(r, 500, NULL);
            return false;
        }
    }
    return true;
}

static void free_file(void *file)
{
    buf_free(file);
}

void filed_send(struct request *r, struct filed of, const char *id, const char *key, int pieces,
                const char *name, const char *day, const char *ending)
{
    struct buf *file = arena_alloc(r->arena, sizeof *file);
    if (!file) {
        reply_error(r, 500, NULL);
        return;
    }
    *file = (struct buf){.max = UPLOAD_MAX};
    if (!arena_defer(r->arena, free_file, file) || !read_pieces(r, of, id, key, pieces, file))
        return;
    reply_header(r, "Content-Disposition",
                 arena_printf(r->arena, "attachment; filename=\"%s-%s.%s\"", name, day, ending));
    reply_header(r, "Content-Security-Policy", "sandbox; default-src 'none'");
    reply(r, 200, upload_type(upload_by_ending(ending)), file->p, file->n);
}
