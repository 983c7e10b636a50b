#include "unit.h"

#include "core/arena.h"
#include "core/text.h"
#include "directory/directory.h"

static void cursors(void **state)
{
    (void)state;
    static const char *const good[] = {"n~1234~4711~20", "s~976832434176~1~40", "b~0~7~60",
                                       "p~9223372036854775807~2147483647~1000000", "r~12~7~20"};
    static const char *const bad[] = {"",
                                      "n",
                                      "x~1~7~20",
                                      "nn~1~7~20",
                                      "~1~7~20",
                                      "n~1~7",
                                      "n~1~7~20~1",
                                      "n~-1~7~20",
                                      "n~1e5~7~20",
                                      "n~0.5~7~20",
                                      "n~9 1~7~20",
                                      "n~9223372036854775808~7~20",
                                      "n~nan~7~20",
                                      "n~~7~20",
                                      "n~1~0~20",
                                      "n~1~7~0",
                                      "n~1~7~1000001",
                                      "n~1~99999999999~20",
                                      "n~00000000000000000000000000000000000000000000000000000001~7~20"};
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
