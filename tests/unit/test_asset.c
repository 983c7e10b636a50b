#include "unit.h"

#include "core/asset.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static char home[1000], place[] = "/tmp/unknot-test-asset-XXXXXX";

static bool count(const struct asset *a, void *context)
{
    size_t *n = context;
    assert_non_null(a->data);
    ++*n;
    return true;
}

static void table_is_ordered_and_found(void **state)
{
    (void)state;
    asset_from_disk(false);
    assert_true(asset_count > 0);
    for (size_t i = 0; i < asset_count; i++) {
        assert_true(i == 0 || strcmp(asset_table[i - 1].path, asset_table[i].path) < 0);
        assert_ptr_equal(asset_find(asset_table[i].path), &asset_table[i]);
    }
    assert_null(asset_find("templates/none.html"));
    assert_null(asset_find(""));
    assert_null(asset_find("zzz"));
    size_t all = 0, templates = 0, none = 0;
    assert_true(asset_each("", count, &all));
    assert_int_equal(all, asset_count);
    assert_true(asset_each("templates/", count, &templates));
    assert_in_range(templates, 1, all - 1);
    assert_true(asset_each("none/", count, &none));
    assert_int_equal(none, 0);
}

static bool stop_at_first(const struct asset *a, void *context)
{
    (void)a;
    ++*(int *)context;
    return false;
}

static void each_stops(void **state)
{
    (void)state;
    int calls = 0;
    asset_from_disk(false);
    assert_false(asset_each("", stop_at_first, &calls));
    assert_int_equal(calls, 1);
}

static void put(const char *path, const char *text, time_t changed)
{
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    fputs(text, out);
    fclose(out);
    struct timespec both[2] = {{.tv_sec = changed}, {.tv_sec = changed}};
    assert_int_equal(utimensat(AT_FDCWD, path, both, 0), 0);
}

static void disk_is_read_and_read_again(void **state)
{
    (void)state;
    asset_from_disk(true);
    put("templates/home.html", "first", 1000);
    const struct asset *first = asset_find("templates/home.html");
    assert_non_null(first);
    assert_int_equal(first->size, 5);
    assert_string_equal((const char *)first->data, "first");
    assert_ptr_equal(asset_find("templates/home.html"), first);
    put("templates/home.html", "again", 2000); /* the same size */
    const struct asset *again = asset_find("templates/home.html");
    assert_string_equal((const char *)again->data, "again");
    assert_string_equal((const char *)first->data, "first"); /* who holds the old one may go on */
    put("templates/empty.html", "", 1000);
    assert_int_equal(asset_find("templates/empty.html")->size, 0);
}

static void disk_paths(void **state)
{
    (void)state;
    asset_from_disk(true);
    put("templates/assets/look.css", "body{}", 1000);
    put("sql/queries/a.sql", "select 1", 1000);
    put("outside.sql", "x", 1000);
    assert_string_equal((const char *)asset_find("assets/look.css")->data, "body{}");
    assert_string_equal((const char *)asset_find("sql/queries/a.sql")->data, "select 1");
    static const char *const bad[] = {"templates/assets/look.css",
                                      "look.css",
                                      "outside.sql",
                                      "sql/../outside.sql",
                                      "/etc/passwd",
                                      "sql/queries",
                                      "sql/",
                                      "sql/none.sql",
                                      ""};
    for (size_t i = 0; i < COUNT(bad); i++)
        check_row(!asset_find(bad[i]), i);
}

static bool list(const struct asset *a, void *context)
{
    char *all = context;
    size_t n = strlen(all);
    snprintf(all + n, 4000 - n, "%s ", a->path);
    return true;
}

static void disk_each_is_ordered(void **state)
{
    (void)state;
    char all[4000] = "";
    asset_from_disk(true);
    put("templates/.hidden", "x", 1000);
    put("templates/home.html~", "x", 1000);
    put("templates/mail/b.txt", "x", 1000);
    put("templates/a.html", "x", 1000);
    assert_true(asset_each("templates/", list, all));
    assert_string_equal(all,
                        "templates/a.html templates/empty.html templates/home.html templates/mail/b.txt ");
    all[0] = '\0';
    assert_true(asset_each("assets/look", list, all));
    assert_string_equal(all, "assets/look.css ");
}

static int set_up(void **state)
{
    (void)state;
    static const char *const dirs[] = {"sql", "sql/queries", "templates", "templates/assets",
                                       "templates/mail"};
    if (!getcwd(home, sizeof home) || !mkdtemp(place) || chdir(place) != 0)
        return -1;
    for (size_t i = 0; i < COUNT(dirs); i++)
        if (mkdir(dirs[i], 0700) != 0)
            return -1;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    static const char *const made[] = {"templates/home.html",
                                       "templates/empty.html",
                                       "templates/assets/look.css",
                                       "templates/.hidden",
                                       "templates/home.html~",
                                       "templates/mail/b.txt",
                                       "templates/a.html",
                                       "sql/queries/a.sql",
                                       "outside.sql",
                                       "templates/mail",
                                       "templates/assets",
                                       "templates",
                                       "sql/queries",
                                       "sql"};
    for (size_t i = 0; i < COUNT(made); i++)
        remove(made[i]);
    return chdir(home) == 0 ? rmdir(place) : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table_is_ordered_and_found),  cmocka_unit_test(each_stops),
        cmocka_unit_test(disk_is_read_and_read_again), cmocka_unit_test(disk_paths),
        cmocka_unit_test(disk_each_is_ordered),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
