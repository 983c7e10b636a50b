#include "intake/paper.h"

#include "booking/booking.h"
#include "keys/keys.h"
#include "upload/sealed.h"

#include <stdlib.h>
#include <string.h>

#define PURPOSE "a clinician's answer"

static const char *bound(struct request *r, const char *item)
{
    return arena_printf(r->arena, "clearance %s", item);
}

/* --- Keeping */

static const char *words_sealed(struct request *r, const char *booking, const char *item,
                                const struct paper *p, const char *key)
{
    struct buf *out = booking_buf(r);
    struct json_writer w = {.out = out};
    json_open(&w, NULL, '{');
    json_put(&w, "who", p->who);
    json_put(&w, "said", p->said);
    json_put(&w, "key", key);
    json_close(&w, '}');
    const char *sealed =
        out->failed ? NULL : client_seal(r, booking, PURPOSE, bound(r, item), (struct str){out->p, out->n});
    if (!sealed)
        client_key_say(r, NULL);
    return sealed;
}

static bool keep_pieces(struct request *r, const char *item, const struct paper *p, const char *key)
{
    struct buf piece = {.max = 2 * PIECE_BYTES};
    int of = file_pieces(p->file.n);
    bool kept = true;
    for (int n = 0; kept && n < of; n++) {
        kept = file_piece_seal(key, item, n, of, p->file, &piece);
        if (!kept)
            reply_error(r, 500, NULL);
        else
            kept = ask(r, Q_clearance_piece, item, arena_printf(r->arena, "%d", n), piece.p) != NULL;
    }
    buf_free(&piece);
    return kept;
}

const char *paper_keep(struct request *r, const char *booking, const struct paper *p)
{
    char *item = arena_alloc(r->arena, 37), *key = arena_alloc(r->arena, FILE_KEY_CHARS);
    if (!item || !key)
        return NULL;
    web_uuid(item);
    file_key_new(key);
    const char *sealed = words_sealed(r, booking, item, p, p->note ? key : NULL);
    if (!sealed)
        return NULL;
    if (!p->note)
        return ask(r, Q_clearance_call, booking, item, p->day, sealed);
    const char *pieces = arena_printf(r->arena, "%d", file_pieces(p->file.n));
    const char *doc = ask(r, Q_clearance_note, booking, item, p->day, sealed, upload_ending(p->kind), pieces);
    if (!doc || doc_is(r, doc, "problem"))
        return doc;
    return keep_pieces(r, item, p, key) ? doc : NULL;
}

/* --- Sending */

static bool read_pieces(struct request *r, const char *item, const char *key, int of, struct buf *file)
{
    for (int n = 0; n < of; n++) {
        const char *sealed = ask(r, Q_clearance_piece_read, item, arena_printf(r->arena, "%d", n));
        if (!sealed)
            return false;
        if (!file_piece_open(key, item, n, of, sealed, file)) {
            reply_error(r, 500, NULL);
            return false;
        }
    }
    return true;
}

static void send_file(struct request *r, const char *doc, const struct buf *file)
{
    const char *ending = doc_text(r, doc, "ending");
    reply_header(
        r, "Content-Disposition",
        arena_printf(r->arena, "attachment; filename=\"note-%s.%s\"", doc_text(r, doc, "dated"), ending));
    reply_header(r, "Content-Security-Policy", "sandbox; default-src 'none'");
    reply(r, 200, upload_type(upload_by_ending(ending)), file->p, file->n);
}

static void free_file(void *file)
{
    buf_free(file);
}

void paper_send(struct request *r, const char *booking, const char *item)
{
    int64_t pieces;
    const char *doc = text_is_uuid(str_of(item)) ? ask(r, Q_clearance_read, booking, item) : NULL;
    struct buf *file = arena_alloc(r->arena, sizeof *file);
    if (!doc || !file || !text_int(str_of(doc_text(r, doc, "pieces")), 1, 40, &pieces)) {
        if (!reply_status(r))
            reply_error(r, 404, NULL); /* a call has no file */
        return;
    }
    const char *words = client_open(r, booking, PURPOSE, bound(r, item), doc_text(r, doc, "sealed"));
    if (!words) {
        client_key_say(r, NULL);
        return;
    }
    file->max = UPLOAD_MAX;
    if (arena_defer(r->arena, free_file, file) &&
        read_pieces(r, item, doc_text(r, words, "key"), (int)pieces, file))
        send_file(r, doc, file);
}

/* --- Listing */

static void put_item(struct request *r, struct json_writer *w, const struct json *j, uint32_t item,
                     const char *words)
{
    static const char *const texts[] = {"id", "ending", "day", "moment"};
    json_open(w, NULL, '{');
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        json_put_str(w, texts[i], json_text(j, json_get(j, item, texts[i]), r->arena));
    json_put_bool(w, "note", j->token[json_get(j, item, "note")].kind == JSON_TRUE);
    json_put(w, "who", doc_text(r, words, "who"));
    json_put(w, "said", doc_text(r, words, "said"));
    json_close(w, '}');
}

/* Both lists are in one order. */
static bool put_items(struct request *r, struct json_writer *w, const char *booking, const struct json *j)
{
    uint32_t list = json_get(j, json_get(j, json_get(j, 0, "booking"), "clearance"), "items");
    uint32_t sealed = json_get(j, 0, "sealed"), one = list + 1, its = sealed + 1;
    uint32_t count = list && sealed ? j->token[list].count : 0;
    for (uint32_t i = 0; i < count && its < j->token[sealed].next;
         i++, one = j->token[one].next, its = j->token[its].next) {
        struct str id = json_text(j, json_get(j, its, "id"), r->arena);
        struct str text = json_text(j, json_get(j, its, "sealed"), r->arena);
        const char *words = client_open(r, booking, PURPOSE, bound(r, arena_strndup(r->arena, id.p, id.n)),
                                        arena_strndup(r->arena, text.p, text.n));
        if (!words)
            return false;
        put_item(r, w, j, one, words);
    }
    return true;
}

const char *papers_opened(struct request *r, const char *booking, const char *doc)
{
    struct json j;
    struct buf *out = booking_buf(r);
    struct json_writer w = {.out = out};
    if (!json_parse(&j, r->arena, str_of(doc))) {
        reply_error(r, 500, NULL);
        return NULL;
    }
    json_open(&w, NULL, '[');
    if (!put_items(r, &w, booking, &j)) {
        client_key_say(r, NULL);
        return NULL;
    }
    json_close(&w, ']');
    return out->failed ? NULL : arena_strndup(r->arena, out->p, out->n);
}
