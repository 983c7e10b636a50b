/* What a browser sends of a passkey: a size of two bytes and the browser's words, then the authenticator's
 * data, taken as a new passkey's and as a signature's. Nobody's signature is ever right, and a passkey that
 * is read is within its bounds. */
#include "accounts/passkey.h"

#include <sodium.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool ok)
{
    if (!ok)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct arena *a;
    static struct passkey p;
    uint32_t count;
    if (!a)
        a = arena_new(1 << 20);
    if (size < 2)
        return 0;
    size_t words = (size_t)data[0] << 8 | data[1];
    words = words < size - 2 ? words : size - 2;
    struct str said = {(const char *)data + 2, words}, rest = {said.p + words, size - 2 - words};
    arena_reset(a);
    const char *challenge = client_data_challenge(a, said, "webauthn.get", "http://localhost:8080");
    check(!challenge || strlen(challenge) == CHALLENGE_SIZE - 1);
    if (challenge)
        check(challenge_made((const unsigned char[32]){7}, "s", "get", 1, challenge) == 0);
    if (passkey_read(rest, "localhost", &p)) {
        check(p.id_size > 0 && p.id_size <= PASSKEY_ID_MAX && p.key_size > 0 &&
              p.key_size <= PASSKEY_KEY_MAX);
        check(!passkey_signed(&p, said, rest, said, "localhost", &count));
    }
    p = (struct passkey){.algorithm = -7, .key_size = 64, .key = {4}};
    check(!passkey_signed(&p, said, rest, said, "localhost", &count) && count == 0);
    return 0;
}
