/*
 * The keys of the epochs: files epoch-1, epoch-2 … of one folder, each 32 bytes in base64url, mode 0400. The
 * newest wraps clients' keys, all of them unwrap. They lie in guarded, locked memory and nowhere else.
 */
#ifndef UNKNOT_KEYS_EPOCH_H
#define UNKNOT_KEYS_EPOCH_H

#include <stdbool.h>
#include <stdio.h>

enum { WRAPPED = 72, EPOCHS_MAX = 64 };

struct epochs;

/* All that are in the folder; NULL after a sentence. One that has none is fine. */
struct epochs *epochs_open(const char *folder, FILE *err);
void epochs_close(struct epochs *e); /* NULL is fine */

int epochs_newest(const struct epochs *e);        /* 0: there is none */
int epochs_at(const struct epochs *e, int index); /* the index-th from 0, oldest first; 0: past the end */
bool epochs_add(struct epochs *e, FILE *err); /* makes the next one: its file first, whole or not at all */
bool epochs_destroy(struct epochs *e, int epoch, FILE *err); /* its file is overwritten and removed */
bool epoch_proof(const struct epochs *e, int epoch,
                 char out[65]); /* of the key, in hex; tells nothing of it */

/* A client's key wrapped by the newest epoch, and unwrapped by the one that wrapped it; false when that is
 * not here or it is not that key's. */
bool epoch_wrap(const struct epochs *e, const char *id, const unsigned char key[32],
                unsigned char out[WRAPPED]);
bool epoch_unwrap(const struct epochs *e, int epoch, const char *id, const unsigned char in[WRAPPED],
                  unsigned char key[32]);

/* Makes the folder and its first key unless there is one. */
bool epochs_begin(const char *folder, FILE *err);

#endif
