#include "unit.h"

#include "core/config.h"
#include "core/conninfo.h"

#include <unistd.h>

extern char **environ;

static char file[] = "/tmp/unknot-test-config-XXXXXX";
static char said[4096];

/* No variable of ours from the outside, and a file with `text`. */
static void start(const char *text)
{
    for (char **e = environ; *e;) {
        char name[200];
        size_t n = strcspn(*e, "=");
        if (strncmp(*e, "UNKNOT_", 7) != 0 || n >= sizeof name) {
            e++;
            continue;
        }
        memcpy(name, *e, n);
        name[n] = '\0';
        unsetenv(name);
    }
    if (!text)
        return;
    FILE *out = fopen(file, "w");
    assert_non_null(out);
    fputs(text, out);
    fclose(out);
    setenv("UNKNOT_CONFIG", file, 1);
}

static bool load(struct config *c)
{
    memset(said, 0, sizeof said);
    FILE *err = fmemopen(said, sizeof said - 1, "w");
    bool good = config_load(c, err);
    fclose(err);
    return good;
}

static bool refused(const char *words)
{
    struct config c;
    bool good = load(&c);
    if (good)
        config_free(&c);
    return !good && strstr(said, words) && strchr(said, '\n') == said + strlen(said) - 1;
}

static void defaults(void **state)
{
    (void)state;
    struct config c;
    start(NULL);
    assert_true(load(&c));
    assert_string_equal(said, "");
    assert_string_equal(c.listen, "127.0.0.1:8080");
    assert_string_equal(c.database, "dbname=unknot user=unknot_web");
    assert_string_equal(c.worker_database, "user=unknot_worker dbname=unknot");
    assert_string_equal(c.owner_database, "user=unknot_owner dbname=unknot");
    assert_int_equal(c.workers, 4);
    assert_int_equal(c.connections, 12000);
    assert_string_equal(c.operator_email, "");
    assert_false(c.dev);
    config_free(&c);
    assert_null(c.listen);
}

static void later_sources_win(void **state)
{
    (void)state;
    struct config c;
    start("# a comment\n\n  workers = 8  \r\nsite_name=Knots & = Co # no comment\ndev = yes\nqueue "
          "=\t7\nlog_level = debug");
    setenv("UNKNOT_WORKERS", "16", 1);
    setenv("UNKNOT_DATABASE", "postgresql://unknot_web:s3cret@db/unknot?sslmode=require", 1);
    assert_true(load(&c));
    assert_int_equal(c.workers, 16);
    assert_int_equal(c.queue, 7);
    assert_string_equal(c.site_name, "Knots & = Co # no comment");
    assert_string_equal(c.log_level, "debug");
    assert_true(c.dev);
    assert_string_equal(c.worker_database,
                        "user=unknot_worker password=s3cret dbname=unknot host=db sslmode=require");
    config_free(&c);
    start("");
    setenv("UNKNOT_DEV", "1", 1);
    assert_true(load(&c));
    assert_true(c.dev);
    config_free(&c);
}

static void wrong_files_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *words;
    } rows[] = {
        {"workers = 0\n", "workers (from /tmp/unknot-test-config-"},
        {"workers = 65", ":1) does not fit: wanted is a whole number from 1 to 64"},
        {"\n\nworkers = four", ":3) does not fit"},
        {"workers =", "does not fit"},
        {"worker = 4", "there is no key \"worker\""},
        {"Workers = 4", "there is no key \"Workers\""},
        {"workers = 4\nworkers = 5", ":2: workers is given twice, first in"},
        {"workers 4", "no `key = value` in this line"},
        {"= 4", "there is no key \"\""},
        {"log_level = loud", "one of debug|info|warn|error"},
        {"log_level = debug|info", "one of debug|info|warn|error"},
        {"log_level =", "one of debug|info|warn|error"},
        {"dev = maybe", "true or false"},
        {"site_name =", "text, 1 to 60 bytes"},
        {"site_name = a\x01"
         "b",
         "does not fit"},
        {"site_name = a\xFF"
         "b",
         "does not fit"},
        {"operator_email = me", "does not fit"},
        {"operator_email = me@", "does not fit"},
        {"database = nonsense", "database (from"},
        {"database =", "database (from"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        start(rows[i].text);
        if (!refused(rows[i].words))
            fail_msg("row %zu: %s", i, said);
    }
    start("");
    setenv("UNKNOT_CONFIG", "/nonexistent/unknot.conf", 1);
    assert_true(refused("/nonexistent/unknot.conf, named by UNKNOT_CONFIG, cannot be opened"));
}

static void long_lines_are_refused(void **state)
{
    (void)state;
    char text[6000];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    start(text);
    assert_true(refused("a line of more than"));
}

static void wrong_variables_are_refused(void **state)
{
    (void)state;
    start(NULL);
    setenv("UNKNOT_WORKER", "4", 1);
    assert_true(refused("environment variable UNKNOT_WORKER;"));
    start(NULL);
    setenv("UNKNOT_workers", "4", 1);
    assert_true(refused("environment variable UNKNOT_workers;"));
    start(NULL);
    setenv("UNKNOT_WORKERS", "400", 1);
    assert_true(refused("workers (from UNKNOT_WORKERS) does not fit"));
    start(NULL);
    setenv("UNKNOT_DATABASE", "host=db password=hunter2 nonsense", 1);
    assert_true(refused("database (from UNKNOT_DATABASE) does not fit"));
    assert_null(strstr(said, "hunter2"));
}

static bool fits(const char *key, const char *value)
{
    struct config c;
    start(NULL);
    setenv(key, value, 1);
    bool good = load(&c);
    if (good)
        config_free(&c);
    return good;
}

static void addresses(void **state)
{
    (void)state;
    static const char *const good[] = {"127.0.0.1:8080", "localhost:80", "[::1]:8080", "0.0.0.0:0",
                                       "unix:/run/x.sock"};
    static const char *const bad[] = {"8080",    ":8080",   "127.0.0.1",    "127.0.0.1:",  "127.0.0.1:65536",
                                      "[::1]",   "[::1:80", "::1:80",       "unix:",       "unix:x.sock",
                                      "unix:/",  "a b:80",  "127.0.0.1:8o", "http://x:80", "[]:80",
                                      "[zz]:80", "h:80/",   "h:+80",        "h:80:80",     ""};
    static const char *const good_origin[] = {"https://unknot.example", "http://127.0.0.1:8080",
                                              "http://[::1]:80"};
    static const char *const bad_origin[] = {"unknot.example", "https://",    "https://x/", "https://x/y",
                                             "ftp://x",        "https://u@x", "https://x:", "https://x?y",
                                             "HTTPS://x",      "https://x y"};
    for (size_t i = 0; i < COUNT(good); i++)
        check_row(fits("UNKNOT_LISTEN", good[i]), i);
    for (size_t i = 0; i < COUNT(bad); i++)
        check_row(!fits("UNKNOT_LISTEN", bad[i]), i);
    for (size_t i = 0; i < COUNT(good_origin); i++)
        check_row(fits("UNKNOT_ORIGIN", good_origin[i]), i);
    for (size_t i = 0; i < COUNT(bad_origin); i++)
        check_row(!fits("UNKNOT_ORIGIN", bad_origin[i]), i);
}

static void passwords_are_masked(void **state)
{
    (void)state;
    static const char *const forms[] = {
        "host=db user=web password=hunter2",  "host=db password='hun ter\\'hunter2' user=web",
        "postgresql://web:hunter2@db/unknot", "postgres://web@db/unknot?password=hunter2",
        "host=db sslpassword=hunter2",
    };
    for (size_t i = 0; i < COUNT(forms); i++) {
        char *masked = conninfo_masked(forms[i]);
        check_row(masked && !strstr(masked, "hunter2") && strstr(masked, "password=…") &&
                      strstr(masked, "host=db"),
                  i);
        free(masked);
    }
    char *other = conninfo_as("host=db user=web password='a b\\'c\\\\'", "worker");
    assert_string_equal(other, "user=worker password='a b\\'c\\\\' host=db");
    free(other);
    assert_null(conninfo_masked("nonsense"));
}

static void prints_a_file_that_loads(void **state)
{
    (void)state;
    struct config c;
    char printed[16384] = "";
    start("workers = 9\ndatabase = host=db dbname=unknot user=w password=hunter2\n");
    assert_true(load(&c));
    FILE *out = fmemopen(printed, sizeof printed - 1, "w");
    config_print(&c, out);
    fclose(out);
    config_free(&c);
    assert_non_null(strstr(printed, "workers = 9\n"));
    assert_non_null(
        strstr(printed, "a whole number from 1 to 64; default: 4; this is from: /tmp/unknot-test-config-"));
    assert_non_null(strstr(printed, "hold_minutes = 10\n"));
    assert_null(strstr(printed, "hunter2"));
    start(printed);
    assert_true(load(&c));
    assert_int_equal(c.workers, 9);
    config_free(&c);
}

static int set_up(void **state)
{
    (void)state;
    int fd = mkstemp(file);
    return fd < 0 ? -1 : close(fd);
}

static int tear_down(void **state)
{
    (void)state;
    return unlink(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults),
        cmocka_unit_test(later_sources_win),
        cmocka_unit_test(wrong_files_are_refused),
        cmocka_unit_test(long_lines_are_refused),
        cmocka_unit_test(wrong_variables_are_refused),
        cmocka_unit_test(addresses),
        cmocka_unit_test(passwords_are_masked),
        cmocka_unit_test(prints_a_file_that_loads),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
