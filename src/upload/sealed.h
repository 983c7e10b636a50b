/*
 * Files as they are stored: in pieces, each sealed by itself under a key that is the file's own. That key
 * lies with whatever is known of the file, sealed under its client's. Pieces cannot be exchanged, left out or
 * put into another file: what they are bound to says which of how many they are.
 */
#ifndef UNKNOT_UPLOAD_SEALED_H
#define UNKNOT_UPLOAD_SEALED_H

#include "core/text.h"

enum { PIECE_BYTES = 256 << 10, FILE_KEY_CHARS = 44 };

void file_key_new(char text[FILE_KEY_CHARS]); /* base64url */
int file_pieces(size_t size);                 /* at least 1 */

/* Piece n of `of` in base64url, NUL-terminated, into *out (emptied before). */
bool file_piece_seal(const char *key, const char *file, int n, int of, struct str whole, struct buf *out);
/* Appends what it holds. False when anything of it is not as it was. */
bool file_piece_open(const char *key, const char *file, int n, int of, const char *sealed, struct buf *out);

#endif
