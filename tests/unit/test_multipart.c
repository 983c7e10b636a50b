#include "unit.h"

#include "http/parse.h"

#define TYPE        "multipart/form-data; boundary=xYz"
#define NAME(n)     "Content-Disposition: form-data; name=\"" n "\"\r\n"
#define FIELD(n, v) "--xYz\r\n" NAME(n) "\r\n" v "\r\n"
#define FILE_PART(n, f, v)                                                                                   \
    "--xYz\r\nContent-Disposition: form-data; name=\"" n "\"; filename=\"" f                                 \
    "\"\r\nContent-Type: image/png\r\n\r\n" v "\r\n"
#define END "--xYz--\r\n"

static const struct row {
    const char *type, *body, *fields; /* "name=value " then "name:filename(type)=data " */
} rows[] = {
    {TYPE, FIELD("a", "1") END, "a=1 "},
    {TYPE, FIELD("a", "1") FIELD("b", "") "--xYz--", "a=1 b= "},
    {TYPE, FIELD("a", "1") FIELD("a", "2") END, "a=1 a=2 "},
    {TYPE, FIELD("a", "line\r\nline") END, "a=line\r\nline "},
    {TYPE, FIELD("a", "--xY\r\n--xy") END, "a=--xY\r\n--xy "},
    {TYPE, FIELD("a", "\r\n") END, "a=\r\n "},
    {TYPE, FIELD("a", "Zo\xC3\xAB") END, "a=Zo\xC3\xAB "},
    {TYPE, "--xYz--\r\n", ""},
    {TYPE, FIELD("a", "1") FILE_PART("photo", "me.png", "\x89PNG\xFF") END,
     "a=1 photo:me.png(image/png)=\x89PNG\xFF "},
    {TYPE, FILE_PART("photo", "", "") FIELD("a", "1") END, "a=1 "}, /* no file chosen */
    {TYPE, FILE_PART("photo", "a\\b.png", "") END, "photo:a\\b.png(image/png)= "},
    {"Multipart/Form-Data;boundary=\"xYz\"", FIELD("a", "1") END, "a=1 "},
    {"multipart/form-data; boundary=\"x y\"", "--x y\r\n" NAME("a") "\r\n1\r\n--x y--", "a=1 "},
    {TYPE, "--xYz\r\ncontent-disposition:form-data;name=\"a\"\r\n\r\n1\r\n" END, "a=1 "},
    {TYPE, "--xYz\r\n" NAME("a") "Content-Type: text/plain; charset=utf-8\r\n\r\n1\r\n" END, "a=1 "},
    /* the type */
    {"multipart/form-data", FIELD("a", "1") END, NULL},
    {"multipart/form-data; boundary=", FIELD("a", "1") END, NULL},
    {"multipart/form-data; boundary=xYz; charset=utf-8", FIELD("a", "1") END, NULL},
    {"multipart/form-data; charset=utf-8; boundary=xYz", FIELD("a", "1") END, NULL},
    {"multipart/form-data; boundary=x\"z", FIELD("a", "1") END, NULL},
    {"multipart/form-data; boundary=\"xYz", FIELD("a", "1") END, NULL},
    {"multipart/mixed; boundary=xYz", FIELD("a", "1") END, NULL},
    {"multipart/form-dataX; boundary=xYz", FIELD("a", "1") END, NULL},
    {"multipart/form-data; boundary=x Yz", FIELD("a", "1") END, NULL},
    /* around the parts */
    {TYPE, "", NULL},
    {TYPE, "preamble\r\n" FIELD("a", "1") END, NULL},
    {TYPE, "\r\n" FIELD("a", "1") END, NULL},
    {TYPE, FIELD("a", "1") END "epilogue", NULL},
    {TYPE, FIELD("a", "1") END "\r\n", NULL},
    {TYPE, FIELD("a", "1"), NULL},                                        /* cut before the end */
    {TYPE, "--xYz\r\n" NAME("a") "\r\n1", NULL},                          /* cut in a value */
    {TYPE, "--xYz\r\n" NAME("a"), NULL},                                  /* cut in the headers */
    {TYPE, "--xYz", NULL},                                                /* cut in the boundary */
    {TYPE, "--xYz \r\n" NAME("a") "\r\n1\r\n" END, NULL},                 /* padding behind the boundary */
    {TYPE, "--xYz\r\n" NAME("a") "\r\n1\r\n--xYzz\r\n--xYz--\r\n", NULL}, /* a longer boundary inside */
    {TYPE, "--xYz\n" NAME("a") "\r\n1\r\n" END, NULL},                    /* bare LF */
    {TYPE, "--xYz\r\nContent-Disposition: form-data; name=\"a\"\n\r\n1\r\n" END, NULL},
    {TYPE, "--xYz\r\n" NAME("a") "\r\n--xYz--\r\n", NULL}, /* no room for a value */
    /* part headers */
    {TYPE, "--xYz\r\n\r\n1\r\n" END, NULL},                             /* none */
    {TYPE, "--xYz\r\nContent-Type: text/plain\r\n\r\n1\r\n" END, NULL}, /* no name */
    {TYPE, "--xYz\r\n" NAME("a") NAME("b") "\r\n1\r\n" END, NULL},      /* two names */
    {TYPE, "--xYz\r\n" NAME("a") "X-Other: 1\r\n\r\n1\r\n" END, NULL},
    {TYPE, "--xYz\r\n" NAME("a") "Content-Transfer-Encoding: base64\r\n\r\n1\r\n" END, NULL},
    {TYPE, "--xYz\r\n" NAME("a") "Content-Type: a\r\nContent-Type: b\r\n\r\n1\r\n" END, NULL},
    {TYPE, "--xYz\r\n" NAME("a") " folded\r\n\r\n1\r\n" END, NULL},
    {TYPE, "--xYz\r\nno colon\r\n\r\n1\r\n" END, NULL},
    {TYPE, "--xYz\r\n" NAME("") "\r\n1\r\n" END, NULL},
    {TYPE, "--xYz\r\nContent-Disposition: form-data\r\n\r\n1\r\n" END, NULL},
    {TYPE, "--xYz\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n" END, NULL},
    {TYPE, "--xYz\r\nContent-Disposition: form-data; name=\"a\r\n\r\n1\r\n" END, NULL},
    {TYPE, "--xYz\r\nContent-Disposition: form-data; name=\"a\"b\"\r\n\r\n1\r\n" END, NULL},
    {TYPE, "--xYz\r\nContent-Disposition: form-data; filename=\"a\"; name=\"b\"\r\n\r\n1\r\n" END, NULL},
    {TYPE, "--xYz\r\nContent-Disposition: form-data; name=\"a\"; filename*=utf-8''x\r\n\r\n1\r\n" END, NULL},
    {TYPE, "--xYz\r\nContent-Disposition: form-data; name=\"a\"; filename=\"x\"; y=\"z\"\r\n\r\n1\r\n" END,
     NULL},
    {TYPE, "--xYz\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\n1\r\n" END, NULL},
    {TYPE, "--xYz\r\nContent-Disposition: form-data; name=\"a\tb\"\r\n\r\n1\r\n" END, NULL},
    {TYPE, "--xYz\r\nContent-Disposition: form-data; name=\"a\xC3\"\r\n\r\n1\r\n" END, NULL},
    /* values */
    {TYPE, FIELD("a", "\xFF") END, NULL},
};

static const char *written(const struct pairs *fields, const struct upload *u, size_t count, char *out,
                           size_t cap)
{
    size_t n = 0;
    out[0] = '\0';
    for (size_t i = 0; i < fields->n; i++)
        n += (size_t)snprintf(out + n, cap - n, "%.*s=%.*s ", (int)fields->at[i].name.n, fields->at[i].name.p,
                              (int)fields->at[i].value.n, fields->at[i].value.p);
    for (size_t i = 0; i < count; i++)
        n += (size_t)snprintf(out + n, cap - n, "%.*s:%.*s(%.*s)=%.*s ", (int)u[i].name.n, u[i].name.p,
                              (int)u[i].filename.n, u[i].filename.p, (int)u[i].type.n, u[i].type.p,
                              (int)u[i].data.n, u[i].data.p);
    return out;
}

static void table(void **state)
{
    (void)state;
    struct arena *a = arena_new(1 << 16);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct pairs fields;
        struct upload *uploads;
        size_t count;
        char out[256];
        bool ok =
            parse_multipart(str_of(rows[i].type), str_of(rows[i].body), 8, a, &fields, &uploads, &count);
        check_row(ok == (rows[i].fields != NULL), i);
        check_row(!ok || strcmp(written(&fields, uploads, count, out, sizeof out), rows[i].fields) == 0, i);
        check_row(ok || (fields.n == 0 && count == 0), i); /* never half a form */
        arena_reset(a);
    }
    arena_free(a);
}

static void with_nul(void **state)
{
    (void)state;
    struct arena *a = arena_new(1 << 16);
    struct pairs fields;
    struct upload *uploads;
    size_t count;
    assert_false(parse_multipart(STR(TYPE), STR(FIELD("ro\0le", "1") END), 8, a, &fields, &uploads, &count));
    assert_false(parse_multipart(STR(TYPE), STR(FIELD("role", "a\0b") END), 8, a, &fields, &uploads, &count));
    assert_true(
        parse_multipart(STR(TYPE), STR(FILE_PART("f", "n", "a\0b") END), 8, a, &fields, &uploads, &count));
    assert_int_equal(uploads[0].data.n, 3);
    arena_free(a);
}

static void limits(void **state)
{
    (void)state;
    struct arena *a = arena_new(1 << 16);
    struct pairs fields;
    struct upload *uploads;
    size_t count;
    char head[4096], body[4400];
    struct str two = STR(FIELD("a", "1") FIELD("b", "2") END);
    assert_true(parse_multipart(STR(TYPE), two, 2, a, &fields, &uploads, &count));
    assert_false(parse_multipart(STR(TYPE), two, 1, a, &fields, &uploads, &count));
    memset(head, 'n', sizeof head);
    int n = snprintf(body, sizeof body,
                     "--xYz\r\nContent-Disposition: form-data; name=\"%.*s\"\r\n\r\n1\r\n" END, 2000, head);
    assert_false(parse_multipart(STR(TYPE), (struct str){body, (size_t)n}, 8, a, &fields, &uploads, &count));
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(table), cmocka_unit_test(with_nul),
                                       cmocka_unit_test(limits)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
