#include "unit.h"

#include "core/asset.h"
#include "view/view.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static char home[1000], place[] = "/tmp/unknot-test-view-XXXXXX", said[2000];
static struct arena *arena;

static void put(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

/* view_load with what it says on standard error in `said`. */
static struct view *load(void)
{
    int kept = dup(STDERR_FILENO), caught = open("said", O_RDWR | O_CREAT | O_TRUNC, 0600);
    fflush(stderr);
    dup2(caught, STDERR_FILENO);
    struct view *view = view_load();
    fflush(stderr);
    dup2(kept, STDERR_FILENO);
    close(kept);
    memset(said, 0, sizeof said);
    ssize_t n = pread(caught, said, sizeof said - 1, 0);
    assert_true(n >= 0);
    close(caught);
    return view;
}

static const char *render(const struct view *view, const char *name, const char *document)
{
    static struct buf out = {.max = 10000};
    struct json j;
    buf_reset(&out);
    assert_true(json_parse(&j, arena, str_of(document)));
    return view_render(view, name, &j, 1, arena, &out) ? out.p : NULL;
}

static void every_template_of_ours_compiles(void **state)
{
    (void)state;
    asset_from_disk(false);
    struct view *view = load();
    if (!view)
        fail_msg("%s", said);
    assert_true(view_has(view, "layout/page"));
    assert_false(view_has(view, "layout/page.html"));
    assert_false(view_has(view, "layout"));
    assert_false(view_has(view, ""));
    view_free(view);
}

static void a_set_renders(void **state)
{
    (void)state;
    asset_from_disk(true);
    put("templates/layout/page.html",
        "<title>{{$title}}{{/title}}</title>\n{{$main}}{{/main}}{{>layout/foot}}");
    put("templates/layout/foot.html", "-{{a}}-");
    put("templates/home.html",
        "{{<layout/page}}{{$title}}{{a}}{{/title}}\n{{$main}}\n{{{raw.map}}}{{&raw.b.c}}\n{{/main}}"
        "{{/layout/page}}\n");
    put("templates/note.txt", "{{a}} {{>part}}\n");
    put("templates/part.txt", "{{{raw.map}}}");
    put("templates/README.md", "{{no template");
    struct view *view = load();
    if (!view)
        fail_msg("%s", said);
    const char *document =
        "{\"a\":\"<1>, 2; 3\\\\\\r\\nX:y\\u0007\",\"b\":\"x\",\"raw\":{\"map\":\"<svg>\",\"b\":{\"c\":1}}}";
    assert_string_equal(
        render(view, "home", document),
        "<title>&lt;1&gt;, 2; 3\\\r\nX:y\x07</title>\n<svg>1\n-&lt;1&gt;, 2; 3\\\r\nX:y\x07-");
    assert_string_equal(render(view, "note", document), "<1>, 2; 3\\\r\nX:y\x07 <svg>\n");
    assert_null(render(view, "none", document));
    assert_null(render(view, "hom", document));
    view_free(view);
}

static void what_stops_the_start(void **state)
{
    (void)state;
    static const struct {
        const char *file, *text, *words;
    } rows[] = {
        {"templates/bad.html", "a\n{{#x}}",
         "templates/bad.html: line 2: this is opened and not closed: \"x\""},
        {"templates/bad.html", "{{>none}}", "templates/bad.html: line 1: there is no template \"none\""},
        {"templates/bad.html", "\n{{<none}}{{/none}}", "line 2: there is no template \"none\""},
        {"templates/bad.html", "{{>home.html}}", "there is no template \"home.html\""},
        {"templates/bad.html", "{{{bio}}}", "a raw tag for what is not under raw.: \"bio\""},
        {"templates/bad.html", "{{&bio.raw}}", "a raw tag for what is not under raw.: \"bio.raw\""},
        {"templates/bad.html", "{{{raw}}}", "a raw tag for what is not under raw.: \"raw\""},
        {"templates/bad.html", "{{{.}}}", "a raw tag for what is not under raw.: \".\""},
        {"templates/bad.html", "{{{rawx.y}}}", "a raw tag"},
        {"templates/bad.txt", "{{{bio}}}", "templates/bad.txt: line 1: a raw tag"},
        {"templates/bad.html", "{{>note}}", "a template that escapes otherwise: \"note\""},
        {"templates/bad.html", "{{<layout/page}}{{$titel}}x{{/titel}}{{/layout/page}}",
         "no place for \"titel\""},
        {"templates/note.html", "x", "another file has the same name"},
    };
    asset_from_disk(true);
    for (size_t i = 0; i < COUNT(rows); i++) {
        put(rows[i].file, rows[i].text);
        struct view *view = load();
        if (view || !strstr(said, rows[i].words))
            fail_msg("row %zu: %s", i, view ? "loads" : said);
        remove(rows[i].file);
    }
    struct view *view = load();
    assert_non_null(view);
    view_free(view);
}

static void markdown_typed(void **state)
{
    (void)state;
#define OUT "<a rel=\"nofollow ugc noopener\" href=\""
    static const struct {
        const char *text, *html;
    } rows[] = {
        {"# A\n\n##### B", "<h3>A</h3>\n<h3>B</h3>\n"},
        {"a\nb", "<p>a<br />\nb</p>\n"},
        {"[x *y*](https://a.example/?a&b \"t\")",
         "<p>" OUT "https://a.example/?a&amp;b\">x <em>y</em></a></p>\n"},
        {"<HTTPS://a.example/\"'onclick=x>",
         "<p>" OUT "HTTPS://a.example/&quot;&#39;onclick=x\">HTTPS://a.example/&quot;'onclick=x</a></p>\n"},
        {"<a@b.example>", "<p>" OUT "mailto:a@b.example\">a@b.example</a></p>\n"},
        {"[x](JavaScript:alert(1)) [y](//a.example) [z](/practice) [d](data:text/html,x)",
         "<p>x y z d</p>\n"},
        {"[a][b]\n\n[b]: javascript:x", "<p>a</p>\n"},
        {"<img src=x onerror=y>\n\n<b>c</b>", "<p>c</p>\n"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *html = view_markdown_typed(arena, str_of(rows[i].text));
        if (!html || strcmp(html, rows[i].html) != 0)
            fail_msg("row %zu: %s", i, html);
    }
}

static void markdown(void **state)
{
    (void)state;
    static const struct {
        const char *text, *html;
    } rows[] = {
        {"", ""},
        {"A *firm* hand", "<p>A <em>firm</em> hand</p>\n"},
        {"<script>alert(1)</script>", ""},
        {"a <b onclick=x>b</b>", "<p>a b</p>\n"},
        {"[x](javascript:alert(1))", "<p><a href=\"\">x</a></p>\n"},
        {"[x](https://a.example/?a&b)", "<p><a href=\"https://a.example/?a&amp;b\">x</a></p>\n"},
        {"![x](https://a.example/pixel.gif)!", "<p>!</p>\n"},
        {"1 < 2 & \"3\"", "<p>1 &lt; 2 &amp; &quot;3&quot;</p>\n"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *html = view_markdown(arena, str_of(rows[i].text));
        if (!html || strcmp(html, rows[i].html) != 0)
            fail_msg("row %zu: %s", i, html);
    }
    struct arena *small = arena_new(8);
    assert_null(view_markdown(small, STR("longer than that")));
    arena_free(small);
}

static int set_up(void **state)
{
    (void)state;
    arena = arena_new(1 << 20);
    if (!arena || !getcwd(home, sizeof home) || !mkdtemp(place) || chdir(place) != 0)
        return -1;
    return mkdir("templates", 0700) == 0 && mkdir("templates/layout", 0700) == 0 ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    static const char *const made[] = {"templates/layout/page.html",
                                       "templates/layout/foot.html",
                                       "templates/home.html",
                                       "templates/note.txt",
                                       "templates/part.txt",
                                       "templates/README.md",
                                       "templates/layout",
                                       "templates",
                                       "said"};
    arena_free(arena);
    for (size_t i = 0; i < COUNT(made); i++)
        remove(made[i]);
    return chdir(home) == 0 ? rmdir(place) : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_template_of_ours_compiles),
        cmocka_unit_test(a_set_renders),
        cmocka_unit_test(what_stops_the_start),
        cmocka_unit_test(markdown),
        cmocka_unit_test(markdown_typed),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
