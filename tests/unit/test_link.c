/* Links by mail and their codes; the words for a device. */
#include "request.h"

#include "accounts/accounts.h"
#include "accounts/link.h"

static const unsigned char master[32] = {1, 2, 3}, other[32] = {4};
static const char one[] = "6f1a2b3c-0000-4000-8000-000000000001",
                  two[] = "6f1a2b3c-0000-4000-8000-000000000002";

static void tokens_and_codes_follow_from_both_keys(void **state)
{
    char a[44], b[44], code[LINK_CODE_SIZE], again[LINK_CODE_SIZE];
    (void)state;
    link_token(master, one, a);
    link_token(master, one, b);
    assert_string_equal(a, b);
    assert_int_equal(strlen(a), 43);
    link_token(master, two, b);
    assert_string_not_equal(a, b);
    link_token(other, one, b);
    assert_string_not_equal(a, b);
    link_code(master, one, code);
    link_code(master, one, again);
    assert_string_equal(code, again);
    assert_int_equal(strspn(code, "0123456789"), LINK_CODE_SIZE - 1);
    link_code(master, two, again);
    assert_string_not_equal(code, again);
    link_code(other, one, again);
    assert_string_not_equal(code, again);
}

static void a_code_is_eight_digits_however_they_are_set(void **state)
{
    static const char *const same[] = {"12345678", "1234 5678", "1234-5678", " 1 2 3 4 5 6 7 8 "};
    static const char *const none[] = {"",         "1234567",    "123456789",
                                       "1234567a", "1234\t5678", "\xd9\xa1\xd9\xa2\xd9\xa3\xd9\xa4"};
    char first[LINK_HEX], hash[LINK_HEX];
    (void)state;
    assert_true(link_code_hash(master, same[0], first));
    assert_int_equal(strlen(first), LINK_HEX - 1);
    for (size_t i = 0; i < COUNT(same); i++)
        check_row(link_code_hash(master, same[i], hash) && strcmp(hash, first) == 0, i);
    for (size_t i = 0; i < COUNT(none); i++)
        check_row(!link_code_hash(master, none[i], hash), i);
    assert_true(link_code_hash(master, "12345679", hash));
    assert_string_not_equal(first, hash);
    assert_true(link_code_hash(other, same[0], hash));
    assert_string_not_equal(first, hash);
}

static void a_device_is_named_in_words(void **state)
{
    static const char *const rows[][2] = {
        {"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0",
         "Firefox on Windows"},
        {"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
         "Version/17.5 "
         "Mobile/15E148 Safari/604.1",
         "Safari on iPhone"},
        {"Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Mobile "
         "Safari/537.36",
         "Chrome on Android"},
        {"Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36 "
         "Edg/126.0",
         "Edge on Windows"},
        {"Mozilla/5.0 (X11; CrOS x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36",
         "Chrome on Chromebook"},
        {"curl/8.0", "curl"},
        {"<script>alert(1)</script>", "A program"},
        {"", "A program"},
    };
    struct fake f;
    struct request *r = fake_request(&f, HTTP_GET);
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        r->user_agent = str_of(rows[i][0]);
        check_row(strcmp(device_words(r), rows[i][1]) == 0, i);
    }
    fake_free(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tokens_and_codes_follow_from_both_keys),
        cmocka_unit_test(a_code_is_eight_digits_however_they_are_set),
        cmocka_unit_test(a_device_is_named_in_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
