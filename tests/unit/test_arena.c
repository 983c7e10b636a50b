#include "unit.h"

#include "core/arena.h"

#include <stdint.h>

static void gives_zeroed_aligned_memory(void **state)
{
    (void)state;
    struct arena *a = arena_new(1 << 20);
    for (size_t n = 0; n < 300; n++) {
        unsigned char *p = arena_alloc(a, n);
        assert_non_null(p);
        assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
        for (size_t i = 0; i < n; i++)
            assert_int_equal(p[i], 0);
        memset(p, 0xEE, n); /* a later piece must not see this */
    }
    arena_reset(a);
    unsigned char *again = arena_alloc(a, 5000);
    for (size_t i = 0; i < 5000; i++)
        assert_int_equal(again[i], 0);
    arena_free(a);
}

static void pieces_do_not_overlap(void **state)
{
    (void)state;
    enum { PIECES = 60 };
    struct arena *a = arena_new(16 << 20);
    unsigned char *piece[PIECES];
    size_t size[PIECES];
    for (int i = 0; i < PIECES; i++) {
        size[i] = i % 7 == 0 ? 100000 : (size_t)(i * 137); /* blocks of their own among small pieces */
        piece[i] = arena_alloc(a, size[i]);
        memset(piece[i], i + 1, size[i]);
    }
    for (int i = 0; i < PIECES; i++)
        for (size_t k = 0; k < size[i]; k++)
            assert_int_equal(piece[i][k], i + 1);
    arena_free(a);
}

static void keeps_its_limit(void **state)
{
    (void)state;
    struct arena *a = arena_new(1000);
    assert_non_null(arena_alloc(a, 400));
    assert_false(arena_failed(a));
    assert_null(arena_alloc(a, 700));
    assert_true(arena_failed(a));
    assert_non_null(arena_alloc(a, 16)); /* a smaller one still fits, the failure stays known */
    assert_true(arena_failed(a));
    arena_reset(a);
    assert_false(arena_failed(a));
    assert_non_null(arena_alloc(a, 900));
    assert_null(arena_alloc(a, SIZE_MAX));
    assert_null(arena_alloc(a, SIZE_MAX - 8));
    assert_null(arena_strndup(a, "x", SIZE_MAX));
    assert_true(arena_failed(a));
    arena_free(a);
}

static void copies_and_prints(void **state)
{
    (void)state;
    struct arena *a = arena_new(1 << 20);
    assert_string_equal(arena_strdup(a, "sciatica"), "sciatica");
    assert_string_equal(arena_strndup(a, "sciatica", 3), "sci");
    assert_string_equal(arena_strndup(a, "", 0), "");
    assert_null(arena_strdup(a, NULL));
    assert_null(arena_strndup(a, NULL, 3));
    assert_false(arena_failed(a));
    assert_string_equal(arena_printf(a, "%d %s", 42, "knots"), "42 knots");
    char *wide = arena_printf(a, "%70000d", 7);
    assert_int_equal(strlen(wide), 70000);
    arena_free(a);
}

static char order[8];
static char a_letter[] = "a", b_letter[] = "b", c_letter[] = "c";
static void note(void *thing)
{
    size_t n = strlen(order);
    order[n] = *(char *)thing;
    order[n + 1] = '\0';
}

static void releases_newest_first(void **state)
{
    (void)state;
    struct arena *a = arena_new(200);
    order[0] = '\0';
    assert_true(arena_defer(a, note, a_letter));
    assert_true(arena_defer(a, note, b_letter));
    assert_string_equal(order, "");
    arena_reset(a);
    assert_string_equal(order, "ba");
    arena_reset(a);
    assert_string_equal(order, "ba");
    assert_true(arena_defer(a, note, c_letter));
    arena_free(a);
    assert_string_equal(order, "bac");
}

static void releases_at_once_when_full(void **state)
{
    (void)state;
    struct arena *a = arena_new(8);
    order[0] = '\0';
    assert_false(arena_defer(a, note, a_letter));
    assert_string_equal(order, "a");
    assert_true(arena_failed(a));
    arena_free(a);
    assert_string_equal(order, "a");
    arena_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_zeroed_aligned_memory),
        cmocka_unit_test(pieces_do_not_overlap),
        cmocka_unit_test(keeps_its_limit),
        cmocka_unit_test(copies_and_prints),
        cmocka_unit_test(releases_newest_first),
        cmocka_unit_test(releases_at_once_when_full),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
