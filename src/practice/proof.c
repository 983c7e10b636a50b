/* Proofs of credentials: a photo or a PDF, sealed in pieces under a key of its own, which lies sealed under
 * the key of the therapist's proofs. */
#include "keys/keys.h"
#include "practice/credentials.h"
#include "upload/filed.h"
#include "upload/sealed.h"

#define PURPOSE "proof of a credential"
static const struct filed proofs = {Q_credential_piece, Q_credential_piece_read};

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
           filed_keep(r, proofs, proof, key, file);
}

/* --- Sending, to an operator */

void operator_proof_get(struct request *r)
{
    int64_t pieces = 0;
    const char *id = param(r, "id");
    const char *doc = text_is_uuid(str_of(id)) ? ask(r, Q_credential_proof_read, id) : NULL;
    if (!doc || !text_int(str_of(doc_text(r, doc, "pieces")), 1, 40, &pieces)) {
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
    filed_send(r, proofs, proof, key, (int)pieces, "proof", doc_text(r, doc, "on"),
               doc_text(r, doc, "ending"));
}
