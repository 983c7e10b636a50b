#include "intake/paper.h"

#include "booking/booking.h"
#include "keys/keys.h"
#include "upload/filed.h"
#include "upload/sealed.h"

#include <stdlib.h>
#include <string.h>

#define PURPOSE "a clinician's answer"
static const struct filed papers = {Q_clearance_piece, Q_clearance_piece_read};

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
    return filed_keep(r, papers, item, key, p->file) ? doc : NULL;
}

/* --- Sending */

void paper_send(struct request *r, const char *booking, const char *item)
{
    int64_t pieces;
    const char *doc = text_is_uuid(str_of(item)) ? ask(r, Q_clearance_read, booking, item) : NULL;
    if (!doc || !text_int(str_of(doc_text(r, doc, "pieces")), 1, 40, &pieces)) {
        if (!reply_status(r))
            reply_error(r, 404, NULL); /* a call has no file */
        return;
    }
    const char *words = client_open(r, booking, PURPOSE, bound(r, item), doc_text(r, doc, "sealed"));
    if (!words) {
        client_key_say(r, NULL);
        return;
    }
    filed_send(r, papers, item, doc_text(r, words, "key"), (int)pieces, "note", doc_text(r, doc, "dated"),
               doc_text(r, doc, "ending"));
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
