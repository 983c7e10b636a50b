/* core/csv.h and operator/register_file.h: what is read, what is refused, and in how much memory. */
#include "operator/register_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct source {
    const char *text;
    size_t n, at, piece;
};

static size_t some(void *context, char *out, size_t cap)
{
    struct source *s = context;
    size_t n = s->n - s->at < s->piece ? s->n - s->at : s->piece;
    n = n < cap ? n : cap;
    memcpy(out, s->text + s->at, n);
    s->at += n;
    return n;
}

static void read_all(const char *text, size_t n, size_t piece, struct buf *out, const char **problem,
                     long *line)
{
    struct source s = {text, n, 0, piece};
    struct csv *c = calloc(1, sizeof *c);
    c->read = some;
    c->context = &s;
    while (csv_next(c)) {
        buf_printf(out, "%ld:", c->line);
        for (size_t i = 0; i < c->count; i++)
            buf_printf(out, "[%.*s]", (int)csv_field(c, i).n, csv_field(c, i).p);
        buf_puts(out, "\n");
    }
    *problem = c->problem;
    *line = c->line;
    assert_int_equal(csv_field(c, 999).n, 0);
    csv_free(c);
    free(c);
}

static void records(void **state)
{
    static const struct {
        const char *text, *read;
    } cases[] = {
        {"a,b\r\n1,2\r\n", "1:[a][b]\n2:[1][2]\n"},
        {"a,b\n1,2", "1:[a][b]\n2:[1][2]\n"},
        {"\xef\xbb\xbfname\n\n\nx\n", "1:[name]\n4:[x]\n"},
        {"\"a,\"\"b\"\"\nc\",2\n3\n", "1:[a,\"b\"\nc][2]\n3:[3]\n"},
        {",\n\"\",x\n", "1:[][]\n2:[][x]\n"},
        {"", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (size_t piece = 1; piece < 9; piece += 3) {
            struct buf out = {.max = 4096};
            const char *problem;
            long line;
            buf_puts(&out, "");
            read_all(cases[i].text, strlen(cases[i].text), piece, &out, &problem, &line);
            assert_null(problem);
            assert_string_equal(out.p ? out.p : "", cases[i].read);
            buf_free(&out);
        }
}

static void refused(void **state)
{
    static const struct {
        const char *text;
        size_t n;
        long line;
        const char *says;
    } cases[] = {{"a\nb\"c\n", 6, 2, "within"},
                 {"\"a\"b\n", 5, 1, "behind"},
                 {"a\n\"b\nc", 6, 2, "never closed"},
                 {"a\0b", 3, 1, "no text"}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf out = {.max = 4096};
        const char *problem;
        long line;
        read_all(cases[i].text, cases[i].n, 3, &out, &problem, &line);
        assert_non_null(problem);
        assert_non_null(strstr(problem, cases[i].says));
        assert_int_equal(line, cases[i].line);
        buf_free(&out);
    }
}

static void too_long(void **state)
{
    size_t n = CSV_RECORD + 10;
    char *text = malloc(n);
    struct buf out = {.max = 4096};
    const char *problem;
    long line;
    (void)state;
    memset(text, 'x', n);
    read_all(text, n, 5000, &out, &problem, &line);
    assert_non_null(problem);
    assert_int_equal(out.n, 0);
    memset(text, ',', CSV_FIELDS + 1);
    read_all(text, CSV_FIELDS + 1, 5000, &out, &problem, &line);
    assert_non_null(problem);
    buf_free(&out);
    free(text);
}

/* --- A register's file */

static const char mapping[] =
    "{\"columns\":{\"number\":\"Credential Number\",\"name\":[\"first\",\"last\"],\"status\":\"STATUS\","
    "\"expires\":\"ends\",\"discipline\":\"action_taken\"},\"date\":\"MM/DD/YYYY\",\"only\":{\"type\":"
    "[\"Massage Therapist\"]},\"no_discipline\":[\"No\"]}";

static bool begin(struct register_file *f, struct arena *a, struct source *s, const char *how)
{
    memset(f, 0, sizeof *f);
    f->csv.read = some;
    f->csv.context = s;
    return register_file_begin(f, a, str_of(how));
}

static void rows(void **state)
{
    static const char text[] = "CredentialNumber,Type,First,Last,Status,Ends,Action Taken\n"
                               "MA 1,massage-therapist,Ann , Lee,Active,02/29/2028,No\n"
                               "MA 2,Nurse,Bo,Ek,Active,01/01/2028,No\n"
                               "MA 3,Massage Therapist,Cy,,Expired,02/30/2028,Fined\n"
                               ",Massage Therapist,Di,X,Active,,\n";
    struct source s = {text, sizeof text - 1, 0, 7};
    struct arena *a = arena_new(1 << 20);
    struct register_file *f = malloc(sizeof *f);
    (void)state;
    assert_true(begin(f, a, &s, mapping));
    assert_true(register_file_next(f));
    assert_string_equal(f->value[REGISTER_NUMBER], "MA 1");
    assert_string_equal(f->value[REGISTER_NAME], "Ann Lee");
    assert_string_equal(f->value[REGISTER_EXPIRES], "2028-02-29");
    assert_string_equal(f->value[REGISTER_DISCIPLINE], "");
    assert_true(register_file_next(f));
    assert_string_equal(f->value[REGISTER_NUMBER], "MA 3");
    assert_string_equal(f->value[REGISTER_NAME], "Cy");
    assert_string_equal(f->value[REGISTER_EXPIRES], ""); /* there is no such day */
    assert_string_equal(f->value[REGISTER_DISCIPLINE], "Fined");
    assert_false(register_file_next(f));
    assert_null(f->problem);
    assert_int_equal(f->rows, 2);
    assert_int_equal(f->left_out, 2);
    register_file_end(f);
    free(f);
    arena_free(a);
}

static void mappings(void **state)
{
    static const char *const wrong[] = {
        "nonsense",
        "[]",
        "{}",
        "{\"columns\":{\"number\":\"a\"}}",
        "{\"columns\":{\"number\":\"a\",\"name\":\"zzz\"}}",
        "{\"columns\":{\"number\":\"a\",\"name\":5}}",
        "{\"columns\":{\"number\":\"a\",\"name\":\"b\"},\"date\":\"soon\"}",
        "{\"columns\":{\"number\":\"a\",\"name\":\"b\"},\"separator\":\"ab\"}",
        "{\"columns\":{\"number\":\"a\",\"name\":\"b\"},\"only\":{\"zzz\":[\"x\"]}}"};
    struct arena *a = arena_new(1 << 20);
    struct register_file *f = malloc(sizeof *f);
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct source s = {"a,b\n1,2\n", 8, 0, 3};
        assert_false(begin(f, a, &s, wrong[i]));
        assert_non_null(f->problem);
        register_file_end(f);
    }
    struct source s = {"a,b\n1,2\n", 8, 0, 3};
    assert_true(begin(f, a, &s, "{\"columns\":{\"number\":\"a\",\"name\":\"b\"}}"));
    register_file_end(f);
    struct source latin = {"a,b\n1,M\xfcller\n", 14, 0, 3};
    assert_true(begin(f, a, &latin, "{\"columns\":{\"number\":\"a\",\"name\":\"b\"}}"));
    assert_false(register_file_next(f));
    assert_non_null(f->problem);
    register_file_end(f);
    free(f);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records), cmocka_unit_test(refused),  cmocka_unit_test(too_long),
        cmocka_unit_test(rows),    cmocka_unit_test(mappings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
