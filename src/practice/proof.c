/* Proofs of credentials: a photo or a PDF, sealed in pieces under a key of its own, which lies sealed under
 * the key of the therapist's proofs. */
#include "keys/keys.h"
#include "practice/credentials.h"
#include "upload/sealed.h"

#define PURPOSE "proof of a credential"

static const char *bound(struct request *r, const char *proof)
{
    return arena_printf(r->arena, "proof %s", proof);
}

/* --- Keeping */

const char *proof_take(struct request *r, enum upload_kind *kind, struct buf *clean)
{
    for (size_t i = 0; i < r->upload_count; i++)
        if (str_is(r->uploads[i].name, "file") && r->uploads[i].data.n > 0)
            return upload_clean("/proc/self/exe", r->uploads[i].data, kind, clean);
    return NULL;
}

static bool keep_pieces(struct request *r, const char *proof, const char *key, struct str file)
{
    struct buf piece = {.max = 2 * PIECE_BYTES};
    int of = file_pieces(file.n);
    bool kept = true;
    for (int n = 0; kept && n < of; n++) {
        kept = file_piece_seal(key, proof, n, of, file, &piece);
        if (!kept)
            reply_error(r, 500, NULL);
        else
            kept = ask(r, Q_credential_piece, proof, arena_printf(r->arena, "%d", n), piece.p) != NULL;
    }
    buf_free(&piece);
    return kept;
}

bool proof_keep(struct request *r, const char *credential, enum upload_kind kind, struct str file)
{
    char *proof = arena_alloc(r->arena, 37), *key = arena_alloc(r->arena, FILE_KEY_CHARS);
    const char *holder = proof && key ? ask(r, Q_credential_proof_holder) : NULL;
    if (!holder)
        return false;
    web_uuid(proof);
    file_key_new(key);
    const char *sealed = client_seal(r, holder, PURPOSE, bound(r, proof), str_of(key));
    if (!sealed) {
        client_key_say(r, "You can hand in the credential without a file, and add it later.");
        return false;
    }
    const char *pieces = arena_printf(r->arena, "%d", file_pieces(file.n));
    return ask(r, Q_credential_proof, credential, proof, sealed, upload_ending(kind), pieces) &&
           keep_pieces(r, proof, key, file);
}

/* --- Sending, to an operator */

static bool read_pieces(struct request *r, const char *proof, const char *key, int of, struct buf *file)
{
    for (int n = 0; n < of; n++) {
        const char *sealed = ask(r, Q_credential_piece_read, proof, arena_printf(r->arena, "%d", n));
        if (!sealed)
            return false;
        if (!file_piece_open(key, proof, n, of, sealed, file)) {
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
        arena_printf(r->arena, "attachment; filename=\"proof-%s.%s\"", doc_text(r, doc, "on"), ending));
    reply_header(r, "Content-Security-Policy", "sandbox; default-src 'none'");
    reply(r, 200, upload_type(upload_by_ending(ending)), file->p, file->n);
}

static void free_file(void *file)
{
    buf_free(file);
}

void operator_proof_get(struct request *r)
{
    int64_t pieces = 0;
    const char *id = param(r, "id");
    const char *doc = text_is_uuid(str_of(id)) ? ask(r, Q_credential_proof_read, id) : NULL;
    struct buf *file = arena_alloc(r->arena, sizeof *file);
    if (!doc || !file || !text_int(str_of(doc_text(r, doc, "pieces")), 1, 40, &pieces)) {
        if (!reply_status(r))
            reply_error(r, 404, NULL);
        return;
    }
    const char *proof = doc_text(r, doc, "id");
    const char *key =
        client_open(r, doc_text(r, doc, "holder"), PURPOSE, bound(r, proof), doc_text(r, doc, "sealed"));
    if (!key) {
        client_key_say(r, NULL);
        return;
    }
    *file = (struct buf){.max = UPLOAD_MAX};
    if (arena_defer(r->arena, free_file, file) && read_pieces(r, proof, key, (int)pieces, file))
        send_file(r, doc, file);
}
