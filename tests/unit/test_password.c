/* Passwords: what fits, what does not, and that an unknown address costs the same work. */
#include "request.h"

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

static void what_is_guessed_first_is_refused_and_nothing_else(void **state)
{
    static const struct {
        const char *password, *email, *name;
        bool refused;
    } rows[] = {
        {"password1", NULL, NULL, true},
        {"P@ssw0rd", NULL, NULL, true},
        {"12345678", NULL, NULL, true},
        {"99999999", NULL, NULL, true},
        {"abcdefgh", NULL, NULL, true},
        {"qwertyuiop", NULL, NULL, true},
        {"wonderful", NULL, NULL, true},
        {"Nora.New", "nora.new@example.org", NULL, true},
        {"nora.new1!", "nora.new@example.org", NULL, true},
        {"nora.new@example.org", "Nora.New@example.org", NULL, true},
        {"frida f.", NULL, "Frida F.", true},
        {"massage77", NULL, NULL, true},
        {"unknot2026", NULL, NULL, false}, /* no site is called so here */
        {"four green chairs", NULL, NULL, false},
        {"kqzvmwxjh", NULL, NULL, false},
        {"\xc3\xbc\xc3\xb6 \xc3\xa4 laut", NULL, NULL, false},
        {"nora.new lives by the sea", "nora.new@example.org", NULL, false},
    };
    struct fake f;
    struct request *r = fake_request(&f, HTTP_POST);
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        check_row((password_problem(r, rows[i].password, rows[i].email, rows[i].name) != NULL) ==
                      rows[i].refused,
                  i);
    f.app.config.site_name = (char *)(uintptr_t) "unknot";
    assert_non_null(password_problem(r, "unknot-26", NULL, NULL));
    fake_free(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_password_fits_and_nothing_else),
        cmocka_unit_test(two_hashes_of_one_password_differ),
        cmocka_unit_test(long_and_foreign_passwords_count_to_the_last_byte),
        cmocka_unit_test(an_older_hash_is_made_anew),
        cmocka_unit_test(nobody_costs_what_somebody_does),
        cmocka_unit_test(what_is_guessed_first_is_refused_and_nothing_else),
    };
    return cmocka_run_group_tests(tests, make, NULL);
}
