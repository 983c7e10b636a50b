/* Questions to keyd as bytes of anybody's: what is read has clean texts, and is the same when written again.
 */
#include "keys/message.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool ok)
{
    if (!ok)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct key_question q;
    unsigned char again[KEY_QUESTION_MAX];
    int n = key_question_read(&q, data, size);
    check(n <= (int)size && n >= -1);
    if (n <= 0)
        return 0;
    check(strlen(q.session) < sizeof q.session && strlen(q.token) < sizeof q.token &&
          strlen(q.why) < sizeof q.why);
    for (size_t i = 0; i < (size_t)n; i++) /* nothing shorter is taken for it */
        check(key_question_read(&(struct key_question){0}, data, i) == 0);
    check(key_question_write(&q, again) == (size_t)n && memcmp(again, data, (size_t)n) == 0);
    return 0;
}
