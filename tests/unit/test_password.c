/* Passwords: what fits, what does not, and that an unknown address costs the same work. */
#include "unit.h"

#include "accounts/accounts.h"

#include <sodium.h>
#include <time.h>

static char hash[PASSWORD_HASH_SIZE];

static int make(void **state)
{
    (void)state;
    return sodium_init() < 0 || !password_hash("correct horse", hash);
}

static void the_password_fits_and_nothing_else(void **state)
{
    static const char *const wrong[] = {"", "correct hors", "correct horse ", " correct horse",
                                        "Correct horse"};
    char better[PASSWORD_HASH_SIZE];
    bool rehashed = true;
    (void)state;
    assert_true(password_verify(hash, "correct horse", better, &rehashed));
    assert_false(rehashed);
    for (size_t i = 0; i < COUNT(wrong); i++)
        check_row(!password_verify(hash, wrong[i], better, &rehashed), i);
    assert_false(password_verify("", "correct horse", better, &rehashed));
    assert_false(password_verify("$argon2id$v=19$nonsense", "correct horse", better, &rehashed));
}

static void two_hashes_of_one_password_differ(void **state)
{
    char other[PASSWORD_HASH_SIZE];
    (void)state;
    assert_true(password_hash("correct horse", other));
    assert_string_not_equal(hash, other);
    assert_memory_equal(hash, "$argon2id$v=19$m=65536,t=2,p=1$", 31);
}

static void long_and_foreign_passwords_count_to_the_last_byte(void **state)
{
    char longest[PASSWORD_MAX + 1], made[PASSWORD_HASH_SIZE], better[PASSWORD_HASH_SIZE];
    bool rehashed;
    (void)state;
    memset(longest, 0, sizeof longest);
    for (size_t i = 0; i < PASSWORD_MAX; i += 2)
        memcpy(longest + i, "\xc3\xbc", 2);
    assert_true(password_hash(longest, made));
    assert_true(password_verify(made, longest, better, &rehashed));
    longest[PASSWORD_MAX - 1] = '\xbd';
    assert_false(password_verify(made, longest, better, &rehashed));
}

static void an_older_hash_is_made_anew(void **state)
{
    char old[PASSWORD_HASH_SIZE], better[PASSWORD_HASH_SIZE] = "";
    bool rehashed = false, again = true;
    (void)state;
    assert_int_equal(crypto_pwhash_str(old, "correct horse", 13, 1, 8 << 20), 0);
    assert_false(password_verify(old, "wrong", better, &rehashed));
    assert_false(rehashed);
    assert_string_equal(better, "");
    assert_true(password_verify(old, "correct horse", better, &rehashed));
    assert_true(rehashed);
    assert_true(password_verify(better, "correct horse", old, &again));
    assert_false(again);
}

static double seconds_of(const char *of)
{
    struct timespec from, to;
    char better[PASSWORD_HASH_SIZE];
    bool rehashed;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &from);
    assert_false(password_verify(of, "not it", better, &rehashed));
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &to);
    return (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
}

/* A hash that libsodium could not read would be refused at once, and tell known from unknown. */
static void nobody_costs_what_somebody_does(void **state)
{
    char better[PASSWORD_HASH_SIZE];
    bool rehashed = true;
    (void)state;
    assert_int_equal(crypto_pwhash_str_needs_rehash(password_nobody, 2, 64 << 20), 0);
    assert_false(password_verify(NULL, "", better, &rehashed));
    assert_false(rehashed);
    double known = seconds_of(hash), unknown = seconds_of(NULL);
    if (unknown < known / 2 || unknown > known * 2)
        fail_msg("%.0f ms for a known account, %.0f ms for none", known * 1e3, unknown * 1e3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_password_fits_and_nothing_else),
        cmocka_unit_test(two_hashes_of_one_password_differ),
        cmocka_unit_test(long_and_foreign_passwords_count_to_the_last_byte),
        cmocka_unit_test(an_older_hash_is_made_anew),
        cmocka_unit_test(nobody_costs_what_somebody_does),
    };
    return cmocka_run_group_tests(tests, make, NULL);
}
