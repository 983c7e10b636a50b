#include "unit.h"

#include "core/json.h"
#include "view/view.h"

static struct arena *arena, *spec_arena;
static struct buf error = {.max = 4096}, out = {.max = 1 << 20};

/* Partials of one case, compiled when they are first wanted. */
struct partials {
    struct {
        const char *name, *text;
        struct mustache *m;
    } item[16];
    size_t n;
};

static const struct mustache *partial(struct str name, void *context)
{
    struct partials *p = context;
    for (size_t i = 0; i < p->n; i++) {
        if (!str_is(name, p->item[i].name))
            continue;
        if (!p->item[i].m)
            p->item[i].m = mustache_compile(str_of(p->item[i].text), &error);
        return p->item[i].m;
    }
    return NULL;
}

/* The rendered text, NULL when it cannot be. */
static const char *render(const char *template, const char *document, struct partials *p)
{
    struct json j;
    buf_reset(&out);
    buf_puts(&out, "");
    buf_reset(&error);
    struct mustache *m = mustache_compile(str_of(template), &error);
    bool good =
        m && json_parse(&j, arena, str_of(document)) && mustache_render(m, &j, 1, partial, p, arena, &out);
    mustache_free(m);
    for (size_t i = 0; i < p->n; i++) {
        mustache_free(p->item[i].m);
        p->item[i].m = NULL;
    }
    return good ? out.p : NULL;
}

struct row {
    const char *template, *document, *expected;
    const char *partial[6]; /* name, text, name, text … */
};

static void check_rows(const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct partials p = {0};
        for (size_t k = 0; k < COUNT(rows[i].partial) && rows[i].partial[k]; k += 2, p.n++) {
            p.item[p.n].name = rows[i].partial[k];
            p.item[p.n].text = rows[i].partial[k + 1];
        }
        const char *got = render(rows[i].template, rows[i].document, &p);
        if (!got || strcmp(got, rows[i].expected) != 0)
            fail_msg("row %zu: %s\n gave     [%s]\n expected [%s] %s", i, rows[i].template,
                     got ? got : "nothing", rows[i].expected, error.n > 0 ? error.p : "");
        arena_reset(arena);
    }
}

static void values(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"", "{}", "", {0}},
        {"no tags } } { {", "{}", "no tags } } { {", {0}},
        {"{{name}}!", "{\"name\":\"Ana\"}", "Ana!", {0}},
        {"{{ name }}{{\nname\t}}", "{\"name\":\"Ana\"}", "AnaAna", {0}},
        {"{{t}}", "{\"t\":\"<a href='x'>\\\"&\"}", "&lt;a href=&#39;x&#39;&gt;&quot;&amp;", {0}},
        {"{{{t}}}{{&t}}{{& t }}{{{ t }}}", "{\"t\":\"<\\\"\"}", "<\"<\"<\"<\"", {0}},
        {"{{t}}", "{\"t\":\"\\u003cb\\u003e\\n\"}", "&lt;b&gt;\n", {0}},
        {"{{a}} {{b}} {{c}} {{d}}", "{\"a\":1,\"b\":1.50,\"c\":-2e3,\"d\":0}", "1 1.50 -2e3 0", {0}},
        {"[{{a}}{{b}}{{c}}]", "{\"a\":null,\"b\":\"\"}", "[]", {0}},
        {"{{a}}{{b}}", "{\"a\":true,\"b\":false}", "truefalse", {0}},
        {"{{a}}", "{\"a\":[1,{\"b\":\"<\"}]}", "[1,{&quot;b&quot;:&quot;&lt;&quot;}]", {0}},
        {"{{t}}", "{\"t\":\"{{u}}\",\"u\":\"no\"}", "{{u}}", {0}},
        {"{{.}}", "\"<x>\"", "&lt;x&gt;", {0}},
        {"{{.}}", "7", "7", {0}},
        {"{{a.b.c}}{{a.b.c.d}}{{a.x.c}}{{b.c}}", "{\"a\":{\"b\":{\"c\":5}}}", "5", {0}},
        {"{{#a}}{{b.c}}{{/a}}", "{\"a\":{\"b\":{}},\"b\":{\"c\":\"outer\"}}", "", {0}},
        {"{{a.b}}", "{\"a.b\":1}", "", {0}},
        {"  {{a}}\n  {{{a}}}\n", "{\"a\":1}", "  1\n  1\n", {0}},
        {"{{a}}{{b}}", "{\"b\":2,\"a\":1,\"a\":3}", "12", {0}},
        {"{{a}}", "[{\"a\":1}]", "", {0}},
        {"{{q\"}}", "{\"q\\\"\":1}", "1", {0}},
    };
    check_rows(rows, COUNT(rows));
}

static void sections(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"{{#a}}yes{{/a}}{{^a}}no{{/a}}", "{\"a\":true}", "yes", {0}},
        {"{{#a}}yes{{/a}}{{^a}}no{{/a}}", "{\"a\":false}", "no", {0}},
        {"{{#a}}yes{{/a}}{{^a}}no{{/a}}", "{\"a\":null}", "no", {0}},
        {"{{#a}}yes{{/a}}{{^a}}no{{/a}}", "{}", "no", {0}},
        {"{{#a}}yes{{/a}}{{^a}}no{{/a}}", "{\"a\":[]}", "no", {0}},
        {"{{#a}}yes{{/a}}{{^a}}no{{/a}}", "{\"a\":{}}", "yes", {0}},
        {"{{#a}}yes{{/a}}{{^a}}no{{/a}}", "{\"a\":\"\"}", "no", {0}},
        {"{{#a}}yes{{/a}}{{^a}}no{{/a}}", "{\"a\":\"x\"}", "yes", {0}},
        {"{{#a}}yes{{/a}}{{^a}}no{{/a}}", "{\"a\":0}", "no", {0}},
        {"{{#a}}yes{{/a}}{{^a}}no{{/a}}", "{\"a\":-0.00e7}", "no", {0}},
        {"{{#a}}yes{{/a}}{{^a}}no{{/a}}", "{\"a\":0.01}", "yes", {0}},
        {"{{#a}}{{x}},{{/a}}", "{\"a\":[{\"x\":1},{\"x\":2},{}],\"x\":\"outer\"}", "1,2,outer,", {0}},
        {"{{#a}}[{{.}}]{{/a}}", "{\"a\":[0,\"\",\"b\",null,false]}", "[0][][b][][false]", {0}},
        {"{{#a}}{{#.}}{{.}}{{/.}};{{/a}}", "{\"a\":[[1,2],[],[3]]}", "12;;3;", {0}},
        {"{{#.}}{{x}}{{/.}}", "[{\"x\":1},{\"x\":2}]", "12", {0}},
        {"{{#a}}{{b}}{{c}}{{#c}}{{b}}{{/c}}{{/a}}", "{\"a\":{\"b\":1},\"b\":2,\"c\":3}", "131", {0}},
        {"{{#a.b}}{{c}}{{/a.b}}{{^a.x}}none{{/a.x}}", "{\"a\":{\"b\":[{\"c\":1},{\"c\":2}]}}", "12none", {0}},
        {"{{#name}}{{name}}{{/name}}", "{\"name\":\"Ana\"}", "Ana", {0}},
        {"{{^a}}{{b}}{{/a}}", "{\"b\":1}", "1", {0}},
        {"{{#a}}{{#a}}{{x}}{{/a}}{{/a}}", "{\"a\":{\"x\":1}}", "1", {0}},
    };
    check_rows(rows, COUNT(rows));
}

static void lone_tags_take_their_line(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"a\n{{#t}}\nb\n{{/t}}\nc\n", "{\"t\":1}", "a\nb\nc\n", {0}},
        {"a\n  {{#t}}  \nb\n\t{{/t}}\nc", "{\"t\":1}", "a\nb\nc", {0}},
        {"a\r\n{{#t}}\r\nb\r\n{{/t}}\r\nc", "{\"t\":1}", "a\r\nb\r\nc", {0}},
        {"  {{#t}}\nb{{/t}}\nc", "{\"t\":1}", "b\nc", {0}},
        {"a{{#t}}\nb\n  {{/t}}", "{\"t\":1}", "a\nb\n", {0}},
        {" {{#t}}b{{/t}}\n {{^t}}x{{/t}}\n", "{\"t\":1}", " b\n \n", {0}},
        {"{{#t}}{{#t}}\nb\n{{/t}}{{/t}}\n", "{\"t\":1}", "\nb\n\n", {0}},
        {"a\n{{! note }}\nb\n", "{}", "a\nb\n", {0}},
        {"a {{! note }} b\n", "{}", "a  b\n", {0}},
        {"a\n  {{!\n long {\n }}  \nb", "{}", "a\nb", {0}},
        {"{{!a}}", "{\"!a\":1,\"a\":2}", "", {0}},
        {"a\n{{=<% %>=}}\n<%x%>{{x}}\n", "{\"x\":1}", "a\n1{{x}}\n", {0}},
        {"{{= | | =}}|x||={{ }}=|{{x}}", "{\"x\":1}", "11", {0}},
        {"{{=<% %>=}}<%{x}%><%&x%><%#x%>y<%/x%>", "{\"x\":\"<\"}", "<<y", {0}},
        {" | {{=@ @=}}\n", "{}", " | \n", {0}},
        {"{{x}}\n\n\n{{#x}}\n\n{{/x}}\n", "{\"x\":1}", "1\n\n\n\n", {0}},
    };
    check_rows(rows, COUNT(rows));
}

static void partials(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"[{{>p}}]", "{}", "[hello]", {"p", "hello"}},
        {"[{{> p }}{{>none}}]", "{}", "[hello]", {"p", "hello"}},
        {"{{#a}}{{>p}}{{/a}}", "{\"a\":[{\"x\":1},{\"x\":2}]}", "<1><2>", {"p", "<{{x}}>"}},
        {"{{>p}}",
         "{\"x\":1,\"k\":[{\"x\":2,\"k\":[]},{\"x\":3,\"k\":[]}]}",
         "1(2()3())",
         {"p", "{{x}}({{#k}}{{>p}}{{/k}})"}},
        {"a\n  {{>p}}\nb\n", "{}", "a\n  1\n  2\nb\n", {"p", "1\n2\n"}},
        {"  {{>p}}\nb", "{}", "  1\n  2b", {"p", "1\n2"}},
        {" {{>p}}\n", "{\"x\":\"y\\nz\"}", " |\n y\nz\n |\n", {"p", "|\n{{{x}}}\n|\n"}},
        {"- {{>p}}\n", "{}", "- 1\n2\n", {"p", "1\n2"}},
        {"  {{>p}}  {{>p}}\n", "{}", "  1\n2  1\n2\n", {"p", "1\n2"}},
        {"  {{>p}}\n", "{}", "  1\n    2\n    3\n  4\n", {"p", "1\n  {{>q}}\n4\n", "q", "2\n3\n"}},
        {"  {{>p}}\n", "{}", "  a 2\n3\n", {"p", "a {{>q}}\n", "q", "2\n3"}},
        {"  {{>p}}\n", "{\"t\":[1,2]}", "  <1>\n  <2>\n  end\n", {"p", "{{#t}}\n<{{.}}>\n{{/t}}\nend\n"}},
        {"  {{>p}}\n", "{\"t\":1}", "  1x\n", {"p", "{{#t}}{{t}}{{/t}}x\n"}},
        {"{{=| |=}}|>p|", "{\"x\":1}", "{x}1|x|", {"p", "{x}{{x}}|x|"}},
        {"{{>p}}{{x}}", "{\"x\":1}", "1{{x}}1", {"p", "{{=| |=}}|x|{{x}}"}},
        {"|\r\n{{>p}}\r\n|", "{}", "|\r\n>|", {"p", ">"}},
    };
    check_rows(rows, COUNT(rows));
}

static void inheritance(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"{{$t}}own {{x}}{{/t}}", "{\"x\":1}", "own 1", {0}},
        {"{{<p}}{{$t}}new {{x}}{{/t}}{{/p}}", "{\"x\":1}", "<new 1>", {"p", "<{{$t}}old{{/t}}>"}},
        {"{{<p}}{{/p}}{{<none}}{{$t}}x{{/t}}{{/none}}", "{}", "<old>", {"p", "<{{$t}}old{{/t}}>"}},
        {"{{<p}} text {{x}} {{#x}}{{$t}}hidden{{/t}}{{/x}}{{$u}}u{{/u}}{{/p}}",
         "{\"x\":1}",
         "old u",
         {"p", "{{$t}}old{{/t}} {{$u}}-{{/u}}"}},
        {"{{<p}}{{$t}}1{{/t}}{{/p}}{{<p}}{{$t}}2{{/t}}{{/p}}", "{\"t\":9}", "12", {"p", "{{$t}}old{{/t}}"}},
        /* the first of three generations wins, wherever the place is */
        {"{{<p}}{{$t}}child{{/t}}{{/p}}",
         "{}",
         "[child][q]",
         {"p", "{{<g}}{{$t}}parent{{/t}}{{/g}}", "g", "[{{$t}}grand{{/t}}]{{>q}}", "q", "[{{$u}}q{{/u}}]"}},
        {"{{<p}}{{$t}}child{{/t}}{{/p}}", "{}", "child", {"p", "{{>q}}", "q", "{{$t}}old{{/t}}"}},
        {"{{<p}}{{$u}}child{{/u}}{{/p}}",
         "{}",
         "parent child",
         {"p", "{{<g}}{{$t}}parent{{/t}}{{/g}}", "g", "{{$t}}{{/t}} {{$u}}{{/u}}"}},
        {"{{<p}}\n  {{$t}}\n  x\n    {{/t}}\n{{/p}}", "{}", "<x\n>", {"p", "<{{$t}}{{/t}}>"}},
        /* a filling sees the contexts of the place it is put in */
        {"{{<p}}{{$t}}{{x}}{{/t}}{{/p}}",
         "{\"x\":1,\"in\":{\"x\":2}}",
         "2",
         {"p", "{{#in}}{{$t}}{{/t}}{{/in}}"}},
        {"a\n  {{<p}}\n{{$t}}x{{/t}}\n{{/p}}\nb\n", "{}", "a\n  1 x\n  2\nb\n", {"p", "1 {{$t}}{{/t}}\n2\n"}},
        {"a {{<p}}{{$t}}x{{/t}}{{/p}}\nb", "{}", "a x\nb", {"p", "{{$t}}{{/t}}"}},
        /* indentation is taken where a filling is written and given where it is put */
        {"{{<p}}\n{{$t}}\n      one\n        two\n      three\n{{/t}}\n{{/p}}\n",
         "{}",
         "<\n  one\n    two\n  three\n>\n",
         {"p", "<\n  {{$t}}\n  {{/t}}\n>\n"}},
        {"{{<p}}{{$t}}\none\n{{/t}}{{/p}}\n",
         "{}",
         "<\n    one\n>\n",
         {"p", "<\n{{$t}}\n    old\n{{/t}}\n>\n"}},
        {"{{<p}}{{$t}}\none\ntwo\n{{/t}}{{/p}}",
         "{}",
         "<\n  one\n  two\n\n>\n",
         {"p", "<\n  {{$t}}x{{/t}}\n>\n"}},
        {"{{<p}}{{$t}}one\ntwo{{/t}}{{/p}}",
         "{}",
         "<\n  one\n  two>\n",
         {"p", "<\n  {{$t}}\n  old\n  {{/t}}\n>\n"}},
        {"{{<p}}{{$t}}{{/t}}{{/p}}", "{}", "<\n>\n", {"p", "<\n  {{$t}}\n  old\n  {{/t}}\n>\n"}},
        {"{{<p}}{{$t}}\n  a\n  {{>q}}\n{{/t}}{{/p}}",
         "{}",
         "<a\nq\nr\n>\n",
         {"p", "<{{$t}}{{/t}}>\n", "q", "q\nr\n"}},
        {"{{<p}}{{$t}}\n{{>q}}\n  {{>q}}\n{{/t}}{{/p}}",
         "{}",
         "<q\n  q\n>\n",
         {"p", "<{{$t}}{{/t}}>\n", "q", "q\n"}},
        {"{{<p}}{{$t}}\n  {{#x}}\n  {{.}}\n  {{/x}}\n{{/t}}{{/p}}",
         "{\"x\":[1,2]}",
         "  1\n  2\n",
         {"p", "  {{$t}}\n  {{/t}}\n"}},
        {"{{$t}}\nown\n{{/t}}\nend", "{}", "own\nend", {0}},
    };
    check_rows(rows, COUNT(rows));
}

static void wrong_templates_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *template, *words;
    } rows[] = {
        {"a\n{{x", "line 2: a tag that does not end"},
        {"{{{x}}", "line 1: a tag that does not end"},
        {"{{", "line 1: a tag that does not end"},
        {"{{}}", "line 1: a tag without a name"},
        {"{{ }}", "without a name"},
        {"{{#}}{{/}}", "without a name"},
        {"{{a b}}", "a name with a blank in it: \"a b\""},
        {"{{a..b}}", "a name with an empty part: \"a..b\""},
        {"{{.a}}", "empty part"},
        {"{{#a.}}{{/a.}}", "empty part"},
        {"\n\n{{#a}}", "line 3: this is opened and not closed: \"a\""},
        {"{{#a}}{{#b}}{{/b}}", "not closed: \"a\""},
        {"\n{{/a}}", "line 2: nothing is open that this would close: \"a\""},
        {"{{#a}}\n{{/b}}", "line 2: this closes another tag than the last that was opened: \"b\""},
        {"{{#a}}{{#b}}{{/a}}{{/b}}", "closes another"},
        {"{{$a}}", "not closed"},
        {"{{<a}}", "not closed"},
        {"{{=x=}}", "these are no delimiters"},
        {"{{= =}}", "these are no delimiters"},
        {"{{=a b c=}}", "these are no delimiters"},
        {"{{=<= =>=}}", "these are no delimiters"},
        {"{{=<% %>", "does not end"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        buf_reset(&error);
        struct mustache *m = mustache_compile(str_of(rows[i].template), &error);
        if (m || !strstr(error.p, rows[i].words))
            fail_msg("row %zu: %s: %s", i, rows[i].template, m ? "compiled" : error.p);
    }
}

static void nesting_is_bounded(void **state)
{
    (void)state;
    struct buf t = {.max = 10000};
    struct partials none = {0};
    for (int depth = 64; depth <= 65; depth++) {
        buf_reset(&t);
        for (int i = 0; i < depth; i++)
            buf_puts(&t, "{{#a}}");
        buf_puts(&t, "x");
        for (int i = 0; i < depth; i++)
            buf_puts(&t, "{{/a}}");
        const char *got = render(t.p, "{\"a\":1}", &none);
        assert_true(depth == 64 ? got && strcmp(got, "x") == 0 : !got);
    }
    assert_non_null(strstr(error.p, "too many tags in each other"));
    buf_free(&t);
}

static void endless_templates_end(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"{{>p}}", "{}", "", {"p", "x{{>p}}"}},
        {"{{>p}}", "{}", NULL, {"p", "{{>q}}", "q", "{{>p}}"}},
        {"{{>p}}", "{}", NULL, {"p", "{{#a}}{{/a}}{{>p}}{{>p}}"}},
        {"{{<p}}{{/p}}", "{}", NULL, {"p", "{{<p}}{{/p}}"}},
        {"{{<p}}{{$t}}{{$t}}{{/t}}{{$t}}{{/t}}{{/t}}{{/p}}", "{}", NULL, {"p", "{{$t}}{{/t}}"}},
        {"  {{>p}}\n", "{}", NULL, {"p", "        {{>p}}\n"}},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct partials p = {0};
        for (size_t k = 0; k < COUNT(rows[i].partial) && rows[i].partial[k]; k += 2, p.n++) {
            p.item[p.n].name = rows[i].partial[k];
            p.item[p.n].text = rows[i].partial[k + 1];
        }
        check_row(!render(rows[i].template, rows[i].document, &p), i);
    }
    struct partials none = {0};
    const char *list = "{\"a\":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]}";
    assert_null(
        render("{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{/a}}{{/a}}{{/a}}{{/a}}{{/a}}{{/a}}", list, &none));
}

static void output_is_bounded(void **state)
{
    (void)state;
    struct json j;
    struct buf small = {.max = 10};
    struct mustache *m = mustache_compile(STR("12345{{a}}"), &error);
    assert_true(json_parse(&j, arena, STR("{\"a\":\"67890\"}")));
    assert_true(mustache_render(m, &j, 1, NULL, NULL, arena, &small));
    assert_string_equal(small.p, "1234567890");
    buf_reset(&small);
    assert_true(json_parse(&j, arena, STR("{\"a\":\"678901\"}")));
    assert_false(mustache_render(m, &j, 1, NULL, NULL, arena, &small));
    mustache_free(m);
    buf_free(&small);
}

static void contexts_are_searched_from_the_last(void **state)
{
    (void)state;
    struct json j[3];
    struct mustache *m = mustache_compile(STR("{{a}}{{b}}{{c}} {{#b}}{{a}}{{/b}}{{>p}}"), &error);
    assert_true(json_parse(&j[0], arena, STR("{\"a\":1,\"b\":1,\"c\":1}")));
    assert_true(json_parse(&j[1], arena, STR("{\"a\":2,\"b\":2}")));
    assert_true(json_parse(&j[2], arena, STR("{\"a\":3}")));
    buf_reset(&out);
    assert_true(mustache_render(m, j, 3, NULL, NULL, arena, &out));
    assert_string_equal(out.p, "321 3");
    assert_false(mustache_render(m, j, 0, NULL, NULL, arena, &out));
    mustache_free(m);
}

/* The published specification, from a directory that is not ours and that UNKNOT_MUSTACHE_SPEC names. The
 * tests above hold to the same rules; without it this one is none of them. */

static const char *spec_directory;

static const char *text_of(const struct json *j, uint32_t object, const char *key)
{
    struct str text = json_text(j, json_get(j, object, key), spec_arena);
    return arena_strndup(spec_arena, text.p, text.n);
}

static bool run_spec_case(const struct json *j, uint32_t test, const char *file)
{
    struct partials p = {0};
    uint32_t all = json_get(j, test, "partials");
    for (uint32_t i = all + 1; all && i < j->token[all].next; i = j->token[i + 1].next) {
        struct str name = json_text(j, i, spec_arena), text = json_text(j, i + 1, spec_arena);
        assert_true(p.n < COUNT(p.item));
        p.item[p.n].name = arena_strndup(spec_arena, name.p, name.n);
        p.item[p.n++].text = arena_strndup(spec_arena, text.p, text.n);
    }
    uint32_t data = json_get(j, test, "data");
    struct str raw = json_raw(j, data);
    bool quoted = j->token[data].kind == JSON_STRING;
    const char *document = arena_strndup(spec_arena, raw.p - quoted, raw.n + (size_t)quoted * 2);
    const char *expected = text_of(j, test, "expected");
    const char *got = render(text_of(j, test, "template"), document, &p);
    bool good = got && strcmp(got, expected) == 0;
    if (!good)
        print_error("%s: %s\n gave     [%s]\n expected [%s]\n", file, text_of(j, test, "name"),
                    got ? got : error.p, expected);
    arena_reset(arena);
    return good;
}

static char *read_file(const char *path, size_t *size)
{
    FILE *in = fopen(path, "r");
    char *text = malloc(1 << 20);
    if (!in || !text)
        fail_msg("%s cannot be read", path);
    *size = fread(text, 1, 1 << 20, in);
    fclose(in);
    return text;
}

static size_t run_spec_file(const char *path, size_t *failures)
{
    struct json j;
    size_t size;
    char *text = read_file(path, &size);
    if (!json_parse(&j, spec_arena, (struct str){text, size}))
        fail_msg("%s is not JSON", path);
    uint32_t tests = json_get(&j, 0, "tests");
    for (uint32_t t = tests + 1; t < j.token[tests].next; t = j.token[t].next)
        *failures += !run_spec_case(&j, t, path);
    uint32_t n = j.token[tests].count;
    arena_reset(spec_arena);
    free(text);
    return n;
}

/* An object of n members k0 to k{n-1}; the second stands there twice, and the last in another spelling. The
 * first k0 holds what is given. */
static void put_object(struct buf *b, int n, const char *first)
{
    buf_printf(b, "{\"k0\":%s,\"k1\":\"first\",\"k1\":\"second\"", first);
    for (int i = 2; i < n; i++)
        buf_printf(b, ",\"%s%d\":\"%d\"", i % 100 == 99 ? "\\u006b" : "k", i, i);
    buf_putc(b, '}');
}

/* How names are found differs with the size of what they are looked for in. */
static void names_are_found_in_objects_of_any_size(void **state)
{
    (void)state;
    static const int sizes[] = {3, 8, 9, 10, 11, 60, 100, 126, 127, 128, 129, 400};
    struct buf doc = {.max = 1 << 20};
    struct partials none = {0};
    for (size_t i = 0; i < COUNT(sizes); i++) {
        char template[200], expected[200];
        int last = sizes[i] - 1;
        snprintf(template, sizeof template,
                 "{{k1}} {{k%d}} {{k%d}}{{^k%d}}none{{/k%d}} {{#k0}}{{k%d}}{{/k0}}", last, last + 1, last + 1,
                 last + 1, last);
        snprintf(expected, sizeof expected, "first %d none %d%d", last, last, last);
        buf_reset(&doc);
        put_object(&doc, sizes[i], "[{},{}]");
        assert_string_equal(render(template, doc.p, &none), expected);
        arena_reset(arena);
    }
    buf_free(&doc);
}

/* Many large objects in each other, and one after another: what is inside is found first, and what was left
 * is left. */
static void names_are_found_in_many_large_objects(void **state)
{
    (void)state;
    struct buf doc = {.max = 1 << 20}, within = {.max = 1 << 20}, template = {.max = 10000};
    struct partials none = {0};
    put_object(&within, 20, "\"innermost\"");
    for (int depth = 0; depth < 12; depth++) {
        buf_reset(&doc);
        put_object(&doc, 20 + depth, within.p);
        buf_reset(&within);
        buf_put(&within, doc.p, doc.n);
    }
    for (int depth = 0; depth < 12; depth++)
        buf_puts(&template, "{{#k0}}");
    buf_puts(&template, "{{k0}} {{k19}} {{k30}}{{^k31}} none{{/k31}}");
    for (int depth = 0; depth < 12; depth++)
        buf_puts(&template, "{{/k0}}{{k19}}");
    buf_puts(&template, " {{k30}}");
    assert_string_equal(render(template.p, doc.p, &none), "innermost 19 30 none191919191919191919191919 30");
    arena_reset(arena);
    buf_free(&doc);
    buf_free(&within);
    buf_free(&template);
}

static void published_specification(void **state)
{
    (void)state;
    static const char *const parts[] = {"interpolation", "sections",   "inverted",   "comments",
                                        "partials",      "delimiters", "inheritance"};
    size_t cases = 0, failures = 0;
    for (size_t i = 0; i < COUNT(parts); i++) {
        char path[1000];
        snprintf(path, sizeof path, "%s/%s.json", spec_directory, parts[i]);
        cases += run_spec_file(path, &failures);
    }
    print_message("%zu cases of the published specification, %zu fail\n", cases, failures);
    assert_true(cases > 130);
    assert_int_equal(failures, 0);
}

static int set_up(void **state)
{
    (void)state;
    arena = arena_new(16 << 20);
    spec_arena = arena_new(16 << 20);
    return arena && spec_arena ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(arena);
    arena_free(spec_arena);
    buf_free(&out);
    buf_free(&error);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values),
        cmocka_unit_test(sections),
        cmocka_unit_test(lone_tags_take_their_line),
        cmocka_unit_test(partials),
        cmocka_unit_test(inheritance),
        cmocka_unit_test(wrong_templates_are_refused),
        cmocka_unit_test(nesting_is_bounded),
        cmocka_unit_test(endless_templates_end),
        cmocka_unit_test(output_is_bounded),
        cmocka_unit_test(contexts_are_searched_from_the_last),
        cmocka_unit_test(names_are_found_in_objects_of_any_size),
        cmocka_unit_test(names_are_found_in_many_large_objects),
        cmocka_unit_test(published_specification), /* the last */
    };
    spec_directory = getenv("UNKNOT_MUSTACHE_SPEC");
    bool named = spec_directory && *spec_directory;
    return _cmocka_run_group_tests("tests", tests, COUNT(tests) - !named, set_up, tear_down);
}
