/* The QR code, read back from the path that was drawn: where every code has its marks, a margin, one code for
 * one text. */
#include "view/qr.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static char squares[200][200];

/* What is dark, as the path says: runs M x y h n v1 h -n z. Returns the side. */
static int read_back(const char *svg)
{
    const char *box = strstr(svg, "viewBox=\"0 0 "), *at = strstr(svg, "fill=\"#000\" d=\"");
    assert_non_null(box);
    assert_non_null(at);
    memset(squares, 0, sizeof squares);
    for (at = strchr(at, 'M'); at != NULL; at = strchr(at + 1, 'M')) {
        char *end;
        long x = strtol(at + 1, &end, 10), y = strtol(end, &end, 10), n;
        assert_int_equal(*end, 'h');
        n = strtol(end + 1, &end, 10);
        assert_true(x >= 0 && y >= 0 && y < 200 && n > 0 && x + n < 200);
        memset(&squares[y][x], 1, (size_t)n);
    }
    return (int)strtol(box + 13, NULL, 10);
}

static int draw(const char *text, struct buf *out)
{
    buf_reset(out);
    assert_true(svg_qr(out, text, "A \"code\""));
    return read_back(out->p);
}

/* The finder in three of the corners: a square of 7 around one of 3. */
static void check_corner(int x, int y)
{
    for (int row = 0; row < 7; row++)
        for (int column = 0; column < 7; column++) {
            int ring = row < column ? row : column;
            ring = ring < 6 - row ? ring : 6 - row;
            ring = ring < 6 - column ? ring : 6 - column;
            assert_int_equal(squares[y + row][x + column], ring != 1);
        }
}

static void marks_and_margin(void **state)
{
    (void)state;
    struct buf out = {.max = 65536};
    int side = draw("https://example.org/therapists/ana-prober", &out);
    assert_int_equal((side - 8 - 17) % 4, 0); /* a version of the standard */
    check_corner(4, 4);
    check_corner(side - 11, 4);
    check_corner(4, side - 11);
    for (int i = 0; i < side; i++)
        for (int m = 0; m < 4; m++) {
            assert_false(squares[m][i] || squares[side - 1 - m][i]);
            assert_false(squares[i][m] || squares[i][side - 1 - m]);
        }
    assert_non_null(strstr(out.p, "aria-label=\"A &quot;code&quot;\""));
    buf_free(&out);
}

static void another_text_is_another_code(void **state)
{
    (void)state;
    static char first[200][200];
    struct buf out = {.max = 65536};
    int side = draw("otpauth://totp/a?secret=AAAA", &out);
    memcpy(first, squares, sizeof first);
    assert_int_equal(draw("otpauth://totp/a?secret=AAAA", &out), side);
    assert_memory_equal(first, squares, sizeof first);
    draw("otpauth://totp/a?secret=AAAB", &out);
    assert_memory_not_equal(first, squares, sizeof first);
    buf_free(&out);
}

static void what_is_none(void **state)
{
    (void)state;
    char text[QR_TEXT_MAX + 2];
    struct buf out = {.max = 65536}, small = {.max = 100};
    memset(text, 'a', sizeof text);
    text[QR_TEXT_MAX + 1] = '\0';
    assert_false(svg_qr(&out, "", "x"));
    assert_false(svg_qr(&out, text, "x"));
    text[QR_TEXT_MAX] = '\0';
    assert_true(svg_qr(&out, text, "x"));
    assert_false(svg_qr(&small, "abc", "x"));
    buf_free(&out);
    buf_free(&small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(marks_and_margin),
        cmocka_unit_test(another_text_is_another_code),
        cmocka_unit_test(what_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
