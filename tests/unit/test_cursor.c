#include "unit.h"

#include "core/arena.h"
#include "core/text.h"
#include "directory/directory.h"

static void cursors(void **state)
{
    (void)state;
    static const char *const good[] = {"n~0.0123~0~4711~20", "s~1795511700~0.25~1~40",
                                       "s~900000000000000~0~7~60", "n~3e-05~0~7~20", "n~1.5e-07~0~7~20"};
    static const char *const bad[] = {"",
                                      "n",
                                      "x~1~0~7~20",
                                      "n~1~0~7",
                                      "n~1~0~7~20~1",
                                      "n~-1~0~7~20",
                                      "n~1e5~0~7~20",
                                      "n~9e 15~0~7~20",
                                      "n~e-05~0~7~20",
                                      "n~3e-~0~7~20",
                                      "n~3e-999~0~7~20",
                                      "n~nan~0~7~20",
                                      "n~1~0~0~20",
                                      "n~1~0~7~0",
                                      "n~1~0~99999999999~20"};
    struct arena *a = arena_new(1 << 16);
    struct cursor c;
    for (size_t i = 0; i < COUNT(good); i++)
        check_row(cursor_read(&c, a, str_of(good[i])) && c.sort == good[i][0], i);
    for (size_t i = 0; i < COUNT(bad); i++)
        check_row(!cursor_read(&c, a, str_of(bad[i])), i);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(cursors)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
