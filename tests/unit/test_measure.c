/* What counts as a change: the thresholds, one step to each side, and the drawing of a line. */
#include "unit.h"

#include "outcome/line.h"

static void what_counts_as_a_change(void **state)
{
    static const struct {
        enum measure m;
        int32_t from, to;
        enum change change;
    } rows[] = {
        /* 2 points, from 4 at the start on */
        {MEASURE_AVERAGE, 600, 400, CHANGE_BETTER},
        {MEASURE_AVERAGE, 600, 410, CHANGE_BETTER}, /* 30 % of 6 is 1.8 */
        {MEASURE_AVERAGE, 600, 421, CHANGE_SMALL},
        {MEASURE_AVERAGE, 600, 420, CHANGE_BETTER},
        {MEASURE_AVERAGE, 1000, 800, CHANGE_BETTER}, /* 20 %, but 2 points */
        {MEASURE_AVERAGE, 1000, 801, CHANGE_SMALL},
        {MEASURE_AVERAGE, 400, 280, CHANGE_BETTER},
        {MEASURE_AVERAGE, 400, 281, CHANGE_SMALL},
        {MEASURE_AVERAGE, 400, 400, CHANGE_NONE},
        /* little room below 4: no threshold for the better, none by share for the worse */
        {MEASURE_AVERAGE, 399, 0, CHANGE_NO_ROOM},
        {MEASURE_AVERAGE, 300, 300, CHANGE_NO_ROOM},
        {MEASURE_AVERAGE, 100, 200, CHANGE_NO_ROOM},
        {MEASURE_AVERAGE, 300, 499, CHANGE_NO_ROOM},
        {MEASURE_AVERAGE, 300, 500, CHANGE_WORSE},
        {MEASURE_AVERAGE, 0, 200, CHANGE_WORSE},
        {MEASURE_AVERAGE, 0, 0, CHANGE_NO_ROOM},
        /* worse by the same margin */
        {MEASURE_AVERAGE, 600, 800, CHANGE_WORSE},
        {MEASURE_AVERAGE, 600, 780, CHANGE_WORSE},
        {MEASURE_AVERAGE, 600, 779, CHANGE_SMALL},
        {MEASURE_AVERAGE, 1000, 1000, CHANGE_NONE},
        /* higher is better, 2 points on the mean, no share */
        {MEASURE_THINGS, 300, 500, CHANGE_BETTER},
        {MEASURE_THINGS, 300, 499, CHANGE_SMALL},
        {MEASURE_THINGS, 100, 150, CHANGE_SMALL}, /* half as much again */
        {MEASURE_THINGS, 0, 200, CHANGE_BETTER},
        {MEASURE_THINGS, 500, 300, CHANGE_WORSE},
        {MEASURE_THINGS, 500, 301, CHANGE_SMALL},
        {MEASURE_THINGS, 233, 433, CHANGE_BETTER}, /* sums of three that differ by 6 */
        {MEASURE_THINGS, 267, 467, CHANGE_BETTER},
        /* shown, not read */
        {MEASURE_NOW, 1000, 0, CHANGE_NONE},
        {MEASURE_WORST, 0, 1000, CHANGE_NONE},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        check_row(change_of(rows[i].m, rows[i].from, rows[i].to) == rows[i].change, i);
}

static void a_mean_of_what_was_rated(void **state)
{
    (void)state;
    assert_int_equal(things_mean((const int32_t[]){2, 4, 1}, 3), 233);
    assert_int_equal(things_mean((const int32_t[]){2, 4, 2}, 3), 267);
    assert_int_equal(things_mean((const int32_t[]){10, 10, 10}, 3), 1000);
    assert_int_equal(things_mean((const int32_t[]){0, 1}, 2), 50);
    assert_int_equal(things_mean((const int32_t[]){0}, 1), 0);
    assert_int_equal(things_mean((const int32_t[]){4, NOT_SAID}, 2), NOT_SAID);
    assert_int_equal(things_mean(NULL, 0), NOT_SAID);
    for (int32_t a = 0; a <= 10;
         a++) /* two points on the sum of each is two on the mean, whatever the thirds */
        for (int32_t b = 0; b <= 8; b++)
            assert_int_equal(things_mean((const int32_t[]){a, b + 2, 8}, 3) -
                                 things_mean((const int32_t[]){a, b, 4}, 3),
                             200);
}

static void looking_back(void **state)
{
    static const enum change wanted[] = {CHANGE_NONE,  CHANGE_BETTER, CHANGE_BETTER,
                                         CHANGE_SMALL, CHANGE_NONE,   CHANGE_SMALL,
                                         CHANGE_WORSE, CHANGE_WORSE,  CHANGE_NONE};
    (void)state;
    for (int step = 0; step <= GLOBAL_STEPS + 1; step++) {
        check_row(global_change(step) == wanted[step], step);
        check_row((global_name(step) != NULL) == (step >= 1 && step <= GLOBAL_STEPS), step);
    }
    assert_string_equal(global_name(2), "much better");
    assert_string_equal(global_name(6), "much worse");
}

/* --- The drawing */

static struct line line_of(size_t count, const int32_t days[], const int32_t averages[])
{
    struct line line = {.count = count};
    for (size_t i = 0; i < count; i++) {
        struct point *at = &line.point[i];
        for (size_t m = 0; m < MEASURES; m++)
            at->value[m] = NOT_SAID;
        at->day = days[i];
        at->said = "1 Nov <2026>";
        at->value[MEASURE_AVERAGE] = averages[i];
    }
    return line;
}

static const unsigned average = 1u << MEASURE_AVERAGE;

static bool drawn(const struct line *line, unsigned which, char *text, size_t cap)
{
    struct buf out = {.max = 65536};
    bool good = chart_write(&out, line, which, "c", "A & B", "About.");
    snprintf(text, cap, "%s", out.p ? out.p : "");
    buf_free(&out);
    return good;
}

static void what_a_plan_does_next(void **state)
{
    static const struct {
        int reviews;
        enum change seen[3];
        enum advice advice;
    } rows[] = {
        {0, {CHANGE_BETTER}, ADVICE_NONE},
        {0, {CHANGE_WORSE}, ADVICE_NONE},
        {1, {CHANGE_BETTER, CHANGE_SMALL}, ADVICE_GO_ON},
        {3, {CHANGE_BETTER, CHANGE_NONE}, ADVICE_GO_ON},
        {1, {CHANGE_BETTER, CHANGE_WORSE}, ADVICE_STOP},
        {1, {CHANGE_NONE, CHANGE_SMALL}, ADVICE_CHANGE},
        {2, {CHANGE_NONE, CHANGE_SMALL}, ADVICE_STOP},
        {1, {CHANGE_NO_ROOM, CHANGE_SMALL}, ADVICE_NONE},
        {2, {CHANGE_NO_ROOM, CHANGE_BETTER}, ADVICE_GO_ON},
        {2, {CHANGE_NO_ROOM, CHANGE_WORSE}, ADVICE_STOP},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bool seen[CHANGES] = {false};
        for (size_t k = 0; k < 3; k++)
            seen[rows[i].seen[k]] = true;
        check_row(advice_of(rows[i].reviews, seen) == rows[i].advice, i);
    }
}

static void a_line_from_end_to_end(void **state)
{
    char text[8192];
    struct line line = line_of(3, (const int32_t[]){100, 110, 120}, (const int32_t[]){1000, 500, 0});
    (void)state;
    assert_true(drawn(&line, average, text, sizeof text));
    assert_non_null(strstr(text, "aria-labelledby=\"c-t c-d\""));
    assert_non_null(strstr(text, "<title id=\"c-t\">A &amp; B</title><desc id=\"c-d\">About."));
    assert_non_null(strstr(text, "d=\"M34.0 12.0L166.0 87.0L298.0 162.0\""));
    assert_non_null(strstr(text, "1 Nov &lt;2026&gt;"));
    assert_null(strstr(text, "<2026>"));
}

static void no_line_of_one_day(void **state)
{
    char text[8192];
    struct line one = line_of(1, (const int32_t[]){100}, (const int32_t[]){500});
    struct line same = line_of(2, (const int32_t[]){100, 100}, (const int32_t[]){500, 300});
    struct line none = line_of(0, NULL, NULL);
    struct line other = line_of(2, (const int32_t[]){100, 120}, (const int32_t[]){500, NOT_SAID});
    (void)state;
    assert_true(drawn(&one, average, text, sizeof text) && !*text);
    assert_true(drawn(&same, average, text, sizeof text) && !*text);
    assert_true(drawn(&none, average, text, sizeof text) && !*text);
    assert_true(drawn(&other, average, text, sizeof text) && !*text);
    struct line two = line_of(2, (const int32_t[]){100, 120}, (const int32_t[]){500, 300});
    assert_true(drawn(&two, 1u << MEASURE_THINGS, text, sizeof text) &&
                !*text); /* control: the next line draws */
    assert_true(drawn(&two, average, text, sizeof text) && *text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_counts_as_a_change),
        cmocka_unit_test(a_mean_of_what_was_rated),
        cmocka_unit_test(looking_back),
        cmocka_unit_test(what_a_plan_does_next),
        cmocka_unit_test(a_line_from_end_to_end),
        cmocka_unit_test(no_line_of_one_day),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
