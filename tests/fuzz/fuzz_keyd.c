/* Questions to keyd as bytes of anybody's: what is taken for one has clean texts that end where they should.
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
    struct key_question q = {0};
    memcpy(&q, data, size < sizeof q ? size : sizeof q);
    if (!key_question_fits(&q))
        return 0;
    check(strlen(q.session) < sizeof q.session && strlen(q.token) < sizeof q.token &&
          strlen(q.why) < sizeof q.why);
    if (q.operation == KEY_OPEN || q.operation == KEY_SEAL)
        check(strlen(q.booking) == 36 && q.why[0] && !strpbrk(q.token, " '\\\"\n") &&
              !strpbrk(q.session, " '\\\"\n"));
    return 0;
}
