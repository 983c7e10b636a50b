/* Sealed text opens with the same key, purpose and binding, and with nothing else; the key file is read with
 * care. */
#include "unit.h"
#include "web/web.h"

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

static const unsigned char key[32] = {1, 2, 3}, other_key[32] = {1, 2, 4};

static void sealed_text_opens_again(void **state)
{
    static char text[1200];
    (void)state;
    memset(text, 'x', sizeof text);
    for (size_t n = 0; n < sizeof text; n += 51) {
        struct arena *a = arena_new(1 << 20);
        const char *sealed = seal_with(key, a, "answers", "booking 1", (struct str){text, n});
        const char *plain = unseal_with(key, a, "answers", "booking 1", sealed);
        check_row(plain && strlen(plain) == n && memcmp(plain, text, n) == 0, n);
        arena_free(a);
    }
}

static void nothing_else_opens_it(void **state)
{
    (void)state;
    struct arena *a = arena_new(1 << 20);
    const char *sealed = seal_with(key, a, "answers", "booking 1", STR("yes"));
    assert_null(unseal_with(other_key, a, "answers", "booking 1", sealed));
    assert_null(unseal_with(key, a, "answer", "booking 1", sealed));
    assert_null(unseal_with(key, a, "answers", "booking 2", sealed));
    assert_null(unseal_with(key, a, "answersb", "ooking 1", sealed));
    assert_null(unseal_with(key, a, "answers", "booking 1", ""));
    assert_null(unseal_with(key, a, "answers", "booking 1", "AQ"));
    assert_null(unseal_with(key, a, "answers", "booking 1", NULL));
    assert_string_equal(unseal_with(key, a, "answers", "booking 1", sealed), "yes");
    arena_free(a);
}

static void each_changed_byte_is_seen(void **state)
{
    (void)state;
    struct arena *a = arena_new(4 << 20);
    char *sealed = arena_strdup(a, seal_with(key, a, "answers", "booking 1", STR("yes")));
    for (size_t i = 0; sealed[i]; i++) {
        char was = sealed[i];
        sealed[i] =
            was == 'A' ? 'Q' : 'A'; /* differs in bits that the last character of base64 counts, too */
        check_row(unseal_with(key, a, "answers", "booking 1", sealed) == NULL, i);
        sealed[i] = was;
    }
    sealed[strlen(sealed) - 4] = '\0';
    assert_null(unseal_with(key, a, "answers", "booking 1", sealed));
    arena_free(a);
}

static void the_same_text_never_looks_the_same_but_as_long(void **state)
{
    (void)state;
    struct arena *a = arena_new(1 << 20);
    const char *yes = seal_with(key, a, "answers", "1", STR("yes")),
               *again = seal_with(key, a, "answers", "1", STR("yes"));
    const char *no = seal_with(key, a, "answers", "1", STR("no, and this is why"));
    assert_string_not_equal(yes, again);
    assert_int_equal(strlen(yes), strlen(no));
    assert_null(strstr(yes, "yes"));
    arena_free(a);
}

static void keys_differ_by_purpose(void **state)
{
    (void)state;
    unsigned char one[32], two[32];
    key_derive(key, "csrf", one);
    key_derive(key, "answers", two);
    assert_memory_not_equal(one, two, 32);
    assert_memory_not_equal(one, key, 32);
}

static char folder[] = "/tmp/unknot-key-XXXXXX";
static char path[64];

static bool loads(unsigned char out[32])
{
    FILE *err = fopen("/dev/null", "w");
    bool ok = key_load(path, out, err);
    fclose(err);
    return ok;
}

static void a_key_file_is_made_once(void **state)
{
    (void)state;
    unsigned char one[32], two[32];
    struct stat st;
    FILE *err = fopen("/dev/null", "w");
    assert_true(key_create(path, err));
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0400);
    assert_true(loads(one));
    assert_false(key_create(path, err));
    assert_true(loads(two));
    assert_memory_equal(one, two, 32);
    fclose(err);
}

static void a_key_that_others_read_is_refused(void **state)
{
    static const mode_t modes[] = {0440, 0404, 0420, 0402, 0410, 0401, 0644};
    (void)state;
    unsigned char out[32];
    for (size_t i = 0; i < COUNT(modes); i++) {
        assert_int_equal(chmod(path, modes[i]), 0);
        check_row(!loads(out), i);
    }
    assert_int_equal(chmod(path, 0600), 0);
    assert_true(loads(out));
}

static void what_is_no_key_is_refused(void **state)
{
    static const char *const bad[] = {"",
                                      "\n",
                                      "short\n",
                                      "0123456789012345678901234567890123456789012+\n",
                                      "01234567890123456789012345678901234567890123\n",
                                      "0123456789012345678901234567890123456789=12\n"};
    (void)state;
    unsigned char out[32];
    for (size_t i = 0; i < COUNT(bad); i++) {
        unlink(path);
        int fd = open(path, O_WRONLY | O_CREAT, 0600);
        assert_int_equal(write(fd, bad[i], strlen(bad[i])), strlen(bad[i]));
        close(fd);
        check_row(!loads(out), i);
    }
    unlink(path);
    assert_false(loads(out));
}

static int folder_make(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    snprintf(path, sizeof path, "%s/key", folder);
    return 0;
}

static int folder_remove(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sealed_text_opens_again),
        cmocka_unit_test(nothing_else_opens_it),
        cmocka_unit_test(each_changed_byte_is_seen),
        cmocka_unit_test(the_same_text_never_looks_the_same_but_as_long),
        cmocka_unit_test(keys_differ_by_purpose),
        cmocka_unit_test(a_key_file_is_made_once),
        cmocka_unit_test(a_key_that_others_read_is_refused),
        cmocka_unit_test(what_is_no_key_is_refused),
    };
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests_name("seal", tests, folder_make, folder_remove);
}
