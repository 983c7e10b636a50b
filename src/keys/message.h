/*
 * What the program and `unknot keyd` say to each other over a Unix socket: one question and one answer a
 * connection, which then ends. Both are of one program on one machine, so the question is a struct of bytes.
 *
 *   answer    version, status, then for KEY_OK to a question of a key its id (36 characters) and the key (32
 *             bytes), and to all others a JSON text
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
    KEY_STALE,     /* theirs, but they have not proved for a while, or not wholly, who they are */
    KEY_SILENT,    /* keyd does not answer, or cannot: its database does not */
    KEY_WRONG      /* of opening: not what was sealed, or not so */
};

enum {
    KEY_VERSION = 3,
    KEY_HEAD = 2,
    KEY_ID = 36,
    KEY_BYTES = 32,
    KEY_ANSWER = KEY_HEAD + KEY_ID + KEY_BYTES,
    KEY_ANSWER_MAX = 16384
};

struct key_question {
    unsigned char version, operation;
    char session[129], token[129], booking[37], why[81]; /* "": none; zeros behind */
};

/* Whether it is one: texts end within their fields, tokens are of letters, digits, - and _, the booking is a
 * UUID and `why` printable ASCII. */
bool key_question_fits(const struct key_question *q);

#endif
