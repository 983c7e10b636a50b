#include "keys/message.h"

#include <string.h>

#define VERSION 1

static bool is_token(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                    c == '_';
        if (!good)
            return false;
    }
    return true;
}

static bool is_why(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < ' ' || s.p[i] > '~')
            return false;
    return s.n > 0;
}

static bool fits(const struct key_question *q)
{
    struct str booking = str_of(q->booking);
    if (q->operation == KEY_ROTATE || q->operation == KEY_STATE)
        return true;
    return is_token(str_of(q->session)) && is_token(str_of(q->token)) && text_is_uuid(booking) &&
           is_why(str_of(q->why));
}

/* The next text of the rest into `out`, which has room for `cap` bytes with the NUL. */
static bool take(const unsigned char **at, const unsigned char *end, char *out, size_t cap)
{
    if (*at == end)
        return false;
    size_t n = *(*at)++;
    if (n >= cap || n > (size_t)(end - *at) || memchr(*at, '\0', n))
        return false;
    memcpy(out, *at, n);
    out[n] = '\0';
    *at += n;
    return true;
}

int key_question_read(struct key_question *q, const unsigned char *in, size_t n)
{
    if ((n > 0 && in[0] != VERSION) || (n > 1 && (in[1] < KEY_OPEN || in[1] > KEY_STATE)))
        return -1;
    if (n < KEY_HEAD)
        return 0;
    size_t size = KEY_HEAD + ((size_t)in[2] << 8 | in[3]);
    if (size > KEY_QUESTION_MAX)
        return -1;
    if (n < size)
        return 0;
    const unsigned char *at = in + KEY_HEAD, *end = in + size;
    *q = (struct key_question){.operation = (enum key_operation)in[1]};
    bool good = take(&at, end, q->session, sizeof q->session) && take(&at, end, q->token, sizeof q->token) &&
                take(&at, end, q->booking, sizeof q->booking) && take(&at, end, q->why, sizeof q->why) &&
                at == end && fits(q);
    return good ? (int)size : -1;
}

size_t key_question_write(const struct key_question *q, unsigned char out[KEY_QUESTION_MAX])
{
    const char *const texts[] = {q->session, q->token, q->booking, q->why};
    unsigned char *at = out + KEY_HEAD;
    if (!fits(q))
        return 0;
    for (size_t i = 0; i < 4; i++) {
        size_t n = strlen(texts[i]);
        *at++ = (unsigned char)n;
        memcpy(at, texts[i], n);
        at += n;
    }
    size_t rest = (size_t)(at - out) - KEY_HEAD;
    out[0] = VERSION;
    out[1] = (unsigned char)q->operation;
    out[2] = (unsigned char)(rest >> 8);
    out[3] = (unsigned char)rest;
    return KEY_HEAD + rest;
}
