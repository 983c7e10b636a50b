#include "keys/message.h"

#include <sodium.h>
#include <string.h>

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

/* It ends within its field, with nothing behind its end. */
static bool ends(const char *text, size_t size)
{
    size_t n = strnlen(text, size);
    return n < size && sodium_is_zero((const unsigned char *)text + n, size - n);
}

bool key_question_fits(const struct key_question *q)
{
    if (q->version != KEY_VERSION || q->operation < KEY_OPEN || q->operation > KEY_STATE ||
        !ends(q->session, sizeof q->session) || !ends(q->token, sizeof q->token) ||
        !ends(q->booking, sizeof q->booking) || !ends(q->why, sizeof q->why))
        return false;
    if (q->operation == KEY_ROTATE || q->operation == KEY_STATE)
        return true;
    return is_token(str_of(q->session)) && is_token(str_of(q->token)) && text_is_uuid(str_of(q->booking)) &&
           is_why(str_of(q->why));
}
