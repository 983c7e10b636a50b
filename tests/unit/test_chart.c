/* Bars: as high as their values, one on another, none where nothing is known. */
#include "unit.h"

#include "view/chart.h"

#include <string.h>

static const char *draw(struct buf *out, const struct bars *bars, int32_t least)
{
    buf_reset(out);
    assert_true(chart_bars(out, bars, least, "c", "A \"title\" <of> it", "What it is."));
    return out->n > 0 ? out->p : "";
}

static int count(const char *text, const char *part)
{
    int n = 0;
    for (const char *at = text; (at = strstr(at, part)) != NULL; at += strlen(part))
        n++;
    return n;
}

static void bars_stand_on_each_other(void **state)
{
    (void)state;
    struct buf out = {.max = 65536};
    const struct bar bar[] = {{{10, 5}}, {{0, 0}}, {{BAR_NONE, 20}}};
    const char *svg = draw(
        &out, &(struct bars){.bar = bar, .count = 3, .two = true, .first = "1 Nov", .last = "15 Nov"}, 4);
    assert_int_equal(count(svg, "z\""), 3);            /* of six values one is not known and two are none */
    assert_non_null(strstr(svg, "162.0h70.0V87.0h"));  /* 10 of 20: half as high as the drawing */
    assert_non_null(strstr(svg, " 87.0h70.0V49.5h"));  /* 5 more on it */
    assert_non_null(strstr(svg, " 162.0h70.0V12.0h")); /* on nothing known: from the ground */
    assert_non_null(strstr(svg, ">20</text>"));
    assert_non_null(strstr(svg, "A &quot;title&quot; &lt;of&gt; it"));
    assert_non_null(strstr(svg, ">1 Nov</text>"));
    assert_non_null(strstr(svg, ">15 Nov</text>"));
    buf_free(&out);
}

static void the_scale_is_even_and_never_too_small(void **state)
{
    (void)state;
    struct buf out = {.max = 65536};
    const struct bar odd = {{7, BAR_NONE}}, low = {{1, BAR_NONE}};
    assert_non_null(strstr(draw(&out, &(struct bars){.bar = &odd, .count = 1}, 4), ">8</text>"));
    assert_non_null(strstr(draw(&out, &(struct bars){.bar = &low, .count = 1}, 4), ">4</text>"));
    assert_string_equal(draw(&out, &(struct bars){.bar = &low}, 4), "");
    buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bars_stand_on_each_other),
        cmocka_unit_test(the_scale_is_even_and_never_too_small),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
