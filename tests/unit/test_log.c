#include "unit.h"

#include "core/clock.h"
#include "core/log.h"

#include <time.h>
#include <unistd.h>

static int kept;
static FILE *caught;
static char line[16384];

static void catch_stderr(void)
{
    fflush(stderr);
    kept = dup(STDERR_FILENO);
    caught = tmpfile();
    dup2(fileno(caught), STDERR_FILENO);
}

/* What was logged since, in `line`. */
static void give_back(void)
{
    dup2(kept, STDERR_FILENO);
    close(kept);
    rewind(caught);
    memset(line, 0, sizeof line);
    size_t n = fread(line, 1, sizeof line - 1, caught);
    line[n] = '\0';
    fclose(caught);
}

static void one_line_an_event(void **state)
{
    (void)state;
    catch_stderr();
    log_event(LOG_WARN, "db.lost", "route", "GET /therapists/{slug}", "ms", "12", "none", NULL, "empty", "",
              "dash", "-", NULL);
    give_back();
    assert_int_equal(line[strlen("2026-01-01T00:00:00.000Z")], ' ');
    assert_string_equal(
        line + strlen("2026-01-01T00:00:00.000Z"),
        " warn db.lost route=\"GET /therapists/{slug}\" ms=12 none=- empty=\"\" dash=\"-\"\n");
    assert_int_equal(line[10], 'T');
    assert_int_equal(line[23], 'Z');
}

static void nothing_breaks_out_of_a_value(void **state)
{
    (void)state;
    catch_stderr();
    log_event(LOG_ERROR, "x", "v", "a\nb\r\t\x1b[31m\x7f\"\\ c=d", "u", "z\xC3\xBC\xC2\x85", "i", "\xFF\x80",
              NULL);
    give_back();
    assert_string_equal(line + strlen("2026-01-01T00:00:00.000Z"),
                        " error x v=\"a\\nb\\x0d\\x09\\x1b[31m\\x7f\\\"\\\\ c=d\" u=\"z\xC3\xBC\\xc2\\x85\" "
                        "i=\"\\xff\\x80\"\n");
}

static void lines_have_an_end(void **state)
{
    (void)state;
    char huge[10000];
    memset(huge, 'y', sizeof huge - 1);
    huge[sizeof huge - 1] = '\0';
    catch_stderr();
    log_event(LOG_ERROR, "x", "v", huge, "w", huge, NULL);
    give_back();
    assert_in_range(strlen(line), 3900, 4096);
    assert_non_null(strstr(line, "cut=true\n"));
    assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
}

static void threshold(void **state)
{
    (void)state;
    catch_stderr();
    log_event(LOG_DEBUG, "hidden", NULL);
    log_threshold(LOG_WARN);
    log_event(LOG_INFO, "hidden", NULL);
    log_event(LOG_WARN, "shown", NULL);
    log_threshold(LOG_DEBUG);
    log_event(LOG_DEBUG, "shown", NULL);
    log_threshold(LOG_INFO);
    give_back();
    assert_null(strstr(line, "hidden"));
    char *first = strstr(line, "shown");
    assert_non_null(first);
    assert_non_null(strstr(first + 1, "debug shown"));
}

static void the_clock_runs(void **state)
{
    (void)state;
    int64_t before = clock_us();
    nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
    int64_t passed = clock_us() - before;
    assert_in_range(passed, 5000, 5000000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_line_an_event), cmocka_unit_test(nothing_breaks_out_of_a_value),
        cmocka_unit_test(lines_have_an_end), cmocka_unit_test(threshold),
        cmocka_unit_test(the_clock_runs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
