/*
 * What the program and `unknot keyd` say to each other over a Unix socket: one question and one answer a
 * connection. All lengths are checked; what does not fit ends the connection without an answer.
 *
 *   question  0x01, operation, length of the rest (2 bytes, big-endian), then four texts, each behind a byte
 *             with its length: session, booking's token, booking, what for
 *   answer    0x01, status, length of the rest (2 bytes), then for KEY_OK to a question of a key its id (36
 *             characters) and the key (32 bytes), and to all others a JSON text
 */
#ifndef UNKNOT_KEYS_MESSAGE_H
#define UNKNOT_KEYS_MESSAGE_H

#include "core/text.h"

enum key_operation {
    KEY_OPEN = 1, /* the client's key, if there is one */
    KEY_SEAL,     /* the same; one is made where there is none */
    KEY_ROTATE,   /* a new epoch */
    KEY_STATE     /* how the epochs stand */
};

enum key_status {
    KEY_OK,
    KEY_NONE,      /* nothing was ever sealed for this client */
    KEY_DENIED,    /* not theirs to read */
    KEY_LIMITED,   /* too many in a short time */
    KEY_DESTROYED, /* erased: what was sealed opens no more */
    KEY_SILENT,    /* keyd does not answer, or cannot: its database does not */
    KEY_WRONG      /* of opening: not what was sealed, or not so */
};

enum {
    KEY_HEAD = 4,
    KEY_QUESTION_MAX = KEY_HEAD + 4 * 256,
    KEY_ID = 36,
    KEY_BYTES = 32,
    KEY_ANSWER = KEY_HEAD + KEY_ID + KEY_BYTES,
    KEY_ANSWER_MAX = 8192
};

struct key_question {
    enum key_operation operation;
    char session[129], token[129], booking[37], why[81]; /* "": none */
};

/* How many bytes the question at the front of `in` has: 0 while more are needed, -1 when it is none. Tokens
 * are of letters, digits, - and _; `why` is printable ASCII. */
int key_question_read(struct key_question *q, const unsigned char *in, size_t n);
/* Its length, or 0 when it does not fit. */
size_t key_question_write(const struct key_question *q, unsigned char out[KEY_QUESTION_MAX]);

#endif
