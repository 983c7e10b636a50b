/* What is asked of keyd is read with care; a client's key is unwrapped by the epoch that wrapped it, for that
 * client alone; the epochs' files are whole or not there. */
#include "keys/epoch.h"
#include "keys/keys.h"
#include "unit.h"

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define BOOKING "b0000000-0000-4000-8000-000000000001"

static const struct key_question good = {.version = KEY_VERSION,
                                         .operation = KEY_SEAL,
                                         .session = "sess-ion",
                                         .token = "tok_en",
                                         .booking = BOOKING,
                                         .why = "health answers"};

static void what_does_not_fit_is_no_question(void **state)
{
    struct key_question bad[10];
    (void)state;
    assert_true(key_question_fits(&good));
    for (size_t i = 0; i < COUNT(bad); i++)
        bad[i] = good;
    snprintf(bad[0].session, sizeof bad[0].session, "a b");
    snprintf(bad[1].token, sizeof bad[1].token, "a'");
    snprintf(bad[2].booking, sizeof bad[2].booking, "%.35s", BOOKING);
    bad[3].why[0] = '\0';
    snprintf(bad[4].why, sizeof bad[4].why, "a\nb");
    snprintf(bad[5].why, sizeof bad[5].why, "caf\xc3\xa9");
    memset(bad[6].token, 'a', sizeof bad[6].token);
    bad[7].session[sizeof bad[7].session - 1] = 'a';
    bad[8].version = 1;
    bad[9].operation = KEY_STATE + 1;
    for (size_t i = 0; i < COUNT(bad); i++)
        check_row(!key_question_fits(&bad[i]), i);
    struct key_question state_of = {.version = KEY_VERSION, .operation = KEY_STATE};
    assert_true(key_question_fits(&state_of));
    memset(state_of.why, 'a', sizeof state_of.why);
    assert_false(key_question_fits(&state_of));
}

static char folder[] = "/tmp/unknot-epochs-XXXXXX";

static int folder_up(void **state)
{
    (void)state;
    memcpy(folder + sizeof folder - 7, "XXXXXX", 6);
    return sodium_init() < 0 || !mkdtemp(folder) || !epochs_begin(folder, stderr) ? -1 : 0;
}

static int folder_down(void **state)
{
    (void)state;
    pid_t pid = fork();
    if (pid == 0) {
        execl("/bin/rm", "rm", "-r", folder, (char *)NULL);
        _exit(127);
    }
    waitpid(pid, NULL, 0);
    return 0;
}

static void a_key_is_unwrapped_for_its_client_by_its_epoch(void **state)
{
    static const unsigned char key[32] = {1, 2, 3};
    unsigned char wrapped[WRAPPED], second[WRAPPED], back[32];
    (void)state;
    struct epochs *e = epochs_open(folder, stderr);
    assert_non_null(e);
    assert_int_equal(epochs_newest(e), 1);
    assert_true(epoch_wrap(e, BOOKING, key, wrapped));
    assert_true(epochs_add(e, stderr));
    assert_int_equal(epochs_newest(e), 2);
    assert_true(epoch_wrap(e, BOOKING, key, second));
    assert_true(epoch_unwrap(e, 1, BOOKING, wrapped, back));
    assert_memory_equal(back, key, 32);
    assert_true(epoch_unwrap(e, 2, BOOKING, second, back));
    assert_false(epoch_unwrap(e, 2, BOOKING, wrapped, back));
    assert_false(epoch_unwrap(e, 1, BOOKING, second, back));
    assert_false(epoch_unwrap(e, 3, BOOKING, second, back));
    assert_false(epoch_unwrap(e, 1, "b0000000-0000-4000-8000-000000000002", wrapped, back));
    for (size_t i = 0; i < WRAPPED; i++) {
        wrapped[i] ^= 1;
        check_row(!epoch_unwrap(e, 1, BOOKING, wrapped, back), i);
        wrapped[i] ^= 1;
    }
    epochs_close(e);

    e = epochs_open(folder, stderr); /* another run knows both */
    assert_non_null(e);
    assert_true(epoch_unwrap(e, 1, BOOKING, wrapped, back));
    assert_true(epoch_unwrap(e, 2, BOOKING, second, back));
    assert_true(epochs_destroy(e, 1, stderr));
    assert_false(epoch_unwrap(e, 1, BOOKING, wrapped, back));
    assert_true(epoch_unwrap(e, 2, BOOKING, second, back));
    epochs_close(e);

    e = epochs_open(folder, stderr);
    assert_non_null(e);
    assert_int_equal(epochs_at(e, 0), 2);
    assert_int_equal(epochs_at(e, 1), 0);
    assert_false(epoch_unwrap(e, 1, BOOKING, wrapped, back));
    epochs_close(e);
}

static void proofs_tell_keys_apart(void **state)
{
    char first[65], again[65], other[65];
    (void)state;
    struct epochs *e = epochs_open(folder, stderr);
    assert_true(epoch_proof(e, 1, first) && epochs_add(e, stderr) && epoch_proof(e, 2, other) &&
                epoch_proof(e, 1, again));
    assert_string_equal(first, again);
    assert_string_not_equal(first, other);
    assert_false(epoch_proof(e, 3, other));
    epochs_close(e);
}

static void put_file(const char *name, const char *text, mode_t mode)
{
    char path[80];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    unlink(path); /* one that may only be read is there: who is not root cannot write over it */
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text) && fchmod(fd, mode) == 0);
    close(fd);
}

/* Killed while it made a key or destroyed one: the rest is gone at the next start, what stands is read. */
static void what_was_left_unfinished_goes(void **state)
{
    char path[80];
    struct stat st;
    (void)state;
    put_file("unfinished", "half a k", 0400);
    struct epochs *e = epochs_open(folder, stderr);
    assert_non_null(e);
    assert_int_equal(epochs_newest(e), 1);
    snprintf(path, sizeof path, "%s/unfinished", folder);
    assert_int_equal(stat(path, &st), -1);
    snprintf(path, sizeof path, "%s/epoch-1", folder);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0400);
    epochs_close(e);
}

static void a_key_that_others_can_read_is_refused(void **state)
{
    (void)state;
    FILE *err = fopen("/dev/null", "we");
    put_file("epoch-2", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n", 0440);
    assert_null(epochs_open(folder, err));
    put_file("epoch-2", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n", 0400);
    struct epochs *e = epochs_open(folder, err);
    assert_non_null(e);
    epochs_close(e);
    assert_null(epochs_open("/nowhere", err));
    fclose(err);
}

/* keyd ends over it, so it must say over what. */
static void a_file_that_is_no_key_is_named(void **state)
{
    char said[200] = "";
    (void)state;
    FILE *err = fmemopen(said, sizeof said, "w");
    put_file("epoch-1.old", "", 0400);
    assert_null(epochs_open(folder, err));
    fclose(err);
    assert_non_null(strstr(said, "/epoch-1.old is no epoch's key"));
}

static void a_document_opens_for_its_client_and_row_alone(void **state)
{
    static const unsigned char key[32] = {1, 2, 3};
    struct arena *a = arena_new(1 << 20);
    (void)state;
    const char *sealed = client_seal_with(key, "client-1", a, "safety answers", "booking 1", STR("yes"));
    assert_non_null(sealed);
    assert_string_equal(unseal_with(key, a, "safety answers", "client-1 booking 1", sealed), "yes");
    assert_null(unseal_with(key, a, "safety answers", "client-2 booking 1", sealed));
    assert_null(unseal_with(key, a, "safety answers", "client-1 booking 2", sealed));
    assert_null(unseal_with(key, a, "safety draft", "client-1 booking 1", sealed));
    assert_null(unseal_with(key, a, "safety answers", "booking 1", sealed));
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_document_opens_for_its_client_and_row_alone),
        cmocka_unit_test(what_does_not_fit_is_no_question),
        cmocka_unit_test_setup_teardown(a_key_is_unwrapped_for_its_client_by_its_epoch, folder_up,
                                        folder_down),
        cmocka_unit_test_setup_teardown(proofs_tell_keys_apart, folder_up, folder_down),
        cmocka_unit_test_setup_teardown(what_was_left_unfinished_goes, folder_up, folder_down),
        cmocka_unit_test_setup_teardown(a_key_that_others_can_read_is_refused, folder_up, folder_down),
        cmocka_unit_test_setup_teardown(a_file_that_is_no_key_is_named, folder_up, folder_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
