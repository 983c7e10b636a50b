/* Guides: Markdown files that are part of the program. */
#include "home/home.h"

#include "core/asset.h"
#include "web/web.h"

#include <stdio.h>
#include <string.h>

#define FOLDER     "templates/guides/"
#define GUIDES_MAX 64

struct guide {
    const char *slug, *title, *summary, *html;
};

static struct {
    struct arena *arena;
    struct guide at[GUIDES_MAX];
    size_t count;
    const char *index; /* {"guides":[…]} */
} guides;

/* What should be read first; the rest follows by name. */
static const char *const first[] = {"warning-signs", "first-visit", "keep-moving",
                                    "how-we-check-credentials"};

static struct str line_take(struct str *rest)
{
    const char *end = rest->n ? memchr(rest->p, '\n', rest->n) : NULL;
    size_t n = end ? (size_t)(end - rest->p) : rest->n;
    struct str line = {rest->p, n};
    size_t used = n + (end ? 1 : 0);
    *rest = (struct str){rest->p + used, rest->n - used};
    return str_trim(line);
}

/* The first paragraph, in one line. */
static const char *paragraph_take(struct arena *a, struct str rest)
{
    const char *text = "";
    while (text && rest.n) {
        struct str line = line_take(&rest);
        if (line.n)
            text = arena_printf(a, "%s%s%.*s", text, text[0] ? " " : "", (int)line.n, line.p);
        else if (text[0])
            break;
    }
    return text;
}

static bool guide_read(struct guide *g, struct arena *a, const struct asset *asset)
{
    struct str rest = {(const char *)asset->data, asset->size}, whole = rest;
    struct str title = line_take(&rest);
    const char *name = asset->path + strlen(FOLDER);
    if (!str_starts(title, "# ")) {
        fprintf(stderr, "%s: the first line must be `# Title`\n", asset->path);
        return false;
    }
    g->slug = arena_strndup(a, name, strlen(name) - strlen(".md"));
    g->title = arena_strndup(a, title.p + 2, title.n - 2);
    g->summary = paragraph_take(a, rest);
    g->html = view_markdown(a, whole);
    return g->slug && g->title && g->summary && g->html;
}

static bool see_file(const struct asset *asset, void *context)
{
    struct str path = str_of(asset->path);
    (void)context;
    if (path.n < 3 || memcmp(path.p + path.n - 3, ".md", 3) != 0)
        return true;
    if (guides.count == GUIDES_MAX) {
        fprintf(stderr, "%s: more than %d guides\n", asset->path, GUIDES_MAX);
        return false;
    }
    return guide_read(&guides.at[guides.count++], guides.arena, asset);
}

static size_t rank(const struct guide *g)
{
    size_t i = 0;
    while (i < sizeof first / sizeof *first && strcmp(g->slug, first[i]) != 0)
        i++;
    return i;
}

/* Stable, so that what has no rank stays in the order of names. */
static void sort(void)
{
    for (size_t i = 1; i < guides.count; i++)
        for (size_t k = i; k && rank(&guides.at[k]) < rank(&guides.at[k - 1]); k--) {
            struct guide g = guides.at[k];
            guides.at[k] = guides.at[k - 1];
            guides.at[k - 1] = g;
        }
}

static const char *index_make(struct arena *a)
{
    struct buf b = {.max = 256 * 1024};
    struct json_writer w = {.out = &b};
    json_open(&w, NULL, '{');
    json_open(&w, "guides", '[');
    for (size_t i = 0; i < guides.count; i++) {
        json_open(&w, NULL, '{');
        json_put(&w, "slug", guides.at[i].slug);
        json_put(&w, "title", guides.at[i].title);
        json_put(&w, "summary", guides.at[i].summary);
        json_close(&w, '}');
    }
    json_close(&w, ']');
    json_close(&w, '}');
    const char *doc = b.failed ? NULL : arena_strndup(a, b.p, b.n);
    buf_free(&b);
    return doc;
}

bool guides_start(void)
{
    guides.arena = arena_new((size_t)8 << 20);
    if (!guides.arena || !asset_each(FOLDER, see_file, NULL))
        return false;
    sort();
    guides.index = index_make(guides.arena);
    return guides.index;
}

void guides_stop(void)
{
    if (guides.arena)
        arena_free(guides.arena);
    memset(&guides, 0, sizeof guides);
}

void guides_get(struct request *r)
{
    page_value(r, "canonical", "/guides");
    reply_subject(r, "guides");
    page(r, "guides/index", guides.index);
}

static const struct guide *guide_of(const char *slug)
{
    for (size_t i = 0; i < guides.count; i++)
        if (strcmp(guides.at[i].slug, slug) == 0)
            return &guides.at[i];
    return NULL;
}

/* In development: the file as it is now. */
static const char *html_now(struct request *r, const struct guide *g)
{
    const char *path = app_of(r)->config.dev ? arena_printf(r->arena, FOLDER "%s.md", g->slug) : NULL;
    const struct asset *asset = path ? asset_find(path) : NULL;
    return asset ? view_markdown(r->arena, (struct str){(const char *)asset->data, asset->size}) : g->html;
}

void guide_get(struct request *r)
{
    const struct guide *g = guide_of(param(r, "slug"));
    if (!g) {
        reply_error(r, 404, NULL);
        return;
    }
    struct buf b = {.max = 16 * 1024};
    struct json_writer w = {.out = &b};
    json_open(&w, NULL, '{');
    json_put(&w, "slug", g->slug);
    json_put(&w, "title", g->title);
    json_put(&w, "summary", g->summary);
    json_close(&w, '}');
    const char *doc = b.failed ? NULL : arena_strndup(r->arena, b.p, b.n);
    buf_free(&b);
    reply_subject(r, "guides");
    page_raw(r, "body", html_now(r, g));
    page_value(r, "canonical", arena_printf(r->arena, "/guides/%s", g->slug));
    page(r, "guides/page", doc);
}
