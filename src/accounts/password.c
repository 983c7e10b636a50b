#include "accounts/accounts.h"

#include <sodium.h>
#include <string.h>

#define PASSES 2
#define MEMORY (64ULL << 20)

_Static_assert(PASSWORD_HASH_SIZE == crypto_pwhash_STRBYTES, "accounts.h: size of a hash");

const char password_nobody[PASSWORD_HASH_SIZE] =
    "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$Pr3F0iLLlYQ2sAIcQ0eN5gFvgfYEBtsVAfXXC2ArKQo";

bool password_hash(const char *password, char hash[PASSWORD_HASH_SIZE])
{
    return crypto_pwhash_str(hash, password, strlen(password), PASSES, MEMORY) == 0;
}

bool password_verify(const char *hash, const char *password, char rehash[PASSWORD_HASH_SIZE], bool *rehashed)
{
    bool fits =
        crypto_pwhash_str_verify(hash != NULL ? hash : password_nobody, password, strlen(password)) == 0;
    *rehashed = false;
    if (hash == NULL || !fits)
        return false;
    if (crypto_pwhash_str_needs_rehash(hash, PASSES, MEMORY) != 0)
        *rehashed = password_hash(password, rehash);
    return true;
}
