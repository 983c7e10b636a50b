/*
 * Files of assets/ under names that carry a hash of their content: /static/app.0123456789abcdef.css. Such a
 * name means these bytes for ever, so browsers and caches may keep them; a name whose hash is not ours is
 * 404, never another version.
 *
 * Style sheets come last: the names of what they refer to go into them, and so into their hash.
 */
#define _GNU_SOURCE /* memmem */
#include "core/asset.h"
#include "web/inner.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define FILES_MAX 128
#define FILE_MAX  ((size_t)4 << 20)

struct file {
    char path[120]; /* assets/app.css */
    char url[160];
    const void *data, *packed; /* packed: NULL when gzip gains nothing */
    size_t size, packed_size;
    struct buf own, own_packed; /* what data and packed point to when it is not the program's */
};

static struct file *files;
static size_t file_count;
static bool from_disk;

static const char *type_of(const char *path)
{
    static const char *const types[][2] = {
        {".css", "text/css; charset=utf-8"},
        {".js", "text/javascript; charset=utf-8"},
        {".svg", "image/svg+xml"},
        {".woff2", "font/woff2"},
        {".png", "image/png"},
        {".ico", "image/x-icon"},
        {".jpg", "image/jpeg"},
        {".webp", "image/webp"},
        {".json", "application/json"},
        {".txt", "text/plain; charset=utf-8"},
    };
    const char *dot = strrchr(path, '.');
    for (size_t i = 0; dot && i < sizeof types / sizeof *types; i++)
        if (strcmp(dot, types[i][0]) == 0)
            return types[i][1];
    return "application/octet-stream";
}

static bool ends(const char *path, const char *with)
{
    size_t n = strlen(path), m = strlen(with);
    return n >= m && strcmp(path + n - m, with) == 0;
}

/* "/static/fonts-a.<hash>.woff2" for assets/fonts/a.woff2 */
static bool name_file(struct file *f)
{
    unsigned char hash[8];
    char hex[17];
    crypto_generichash(hash, sizeof hash, f->data, f->size, NULL, 0);
    sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
    const char *name = f->path + strlen("assets/"), *dot = strrchr(name, '.');
    int stem = dot ? (int)(dot - name) : (int)strlen(name);
    int n = snprintf(f->url, sizeof f->url, "/static/%.*s.%s%s", stem, name, hex, dot ? dot : "");
    for (char *c = f->url + strlen("/static/"); *c; c++)
        if (*c == '/')
            *c = '-';
    return n > 0 && (size_t)n < sizeof f->url;
}

static const struct file *file_at(const char *path, size_t n)
{
    for (size_t i = 0; i < file_count; i++)
        if (strlen(files[i].path) == n && memcmp(files[i].path, path, n) == 0)
            return &files[i];
    return NULL;
}

const char *static_url(const char *path)
{
    const struct file *f = file_at(path, strlen(path));
    return f ? f->url : NULL;
}

/* The hashed name for what stands between the brackets of url(…); NULL to leave it as it is. */
static const char *linked(struct str inside)
{
    char path[120];
    if (inside.n >= 2 && (inside.p[0] == '"' || inside.p[0] == '\'') && inside.p[inside.n - 1] == inside.p[0])
        inside = (struct str){inside.p + 1, inside.n - 2};
    int n = snprintf(path, sizeof path, "assets/%.*s", (int)(inside.n < 100 ? inside.n : 100), inside.p);
    const struct file *f = n > 0 && (size_t)n < sizeof path ? file_at(path, (size_t)n) : NULL;
    return f && f->url[0] ? f->url + strlen("/static/") : NULL;
}

/* The style sheet with the hashed names in its url(…). */
static void link_css(struct buf *out, const struct asset *css)
{
    const char *at = (const char *)css->data, *end = at + css->size;
    while (at < end) {
        const char *url = memmem(at, (size_t)(end - at), "url(", 4);
        const char *close = url ? memchr(url, ')', (size_t)(end - url)) : NULL;
        if (!close)
            break;
        struct str inside = {url + 4, (size_t)(close - url - 4)};
        const char *name = linked(inside);
        buf_put(out, at, (size_t)(url + 4 - at));
        if (name)
            buf_puts(out, name);
        else
            buf_put(out, inside.p, inside.n);
        at = close;
    }
    buf_put(out, at, (size_t)(end - at));
}

static bool gzip(struct buf *out, const void *data, size_t size)
{
    z_stream z = {0};
    if (deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY) != Z_OK)
        return false;
    size_t cap = deflateBound(&z, size);
    unsigned char *packed = malloc(cap);
    z.next_in = (unsigned char *)(uintptr_t)data;
    z.avail_in = (unsigned)size;
    z.next_out = packed;
    z.avail_out = (unsigned)cap;
    bool ok = packed && deflate(&z, Z_FINISH) == Z_STREAM_END;
    if (ok)
        buf_put(out, (const char *)packed, z.total_out);
    deflateEnd(&z);
    free(packed);
    return ok && !out->failed;
}

static bool css_make(struct file *f, const struct asset *asset)
{
    f->own.max = f->own_packed.max = FILE_MAX;
    link_css(&f->own, asset);
    if (f->own.failed || !gzip(&f->own_packed, f->own.p, f->own.n))
        return false;
    f->data = f->own.p;
    f->size = f->own.n;
    f->packed = f->own_packed.p;
    f->packed_size = f->own_packed.n;
    return name_file(f);
}

static bool file_make(struct file *f, const struct asset *asset)
{
    char packed[sizeof f->path + 4];
    f->data = asset->data;
    f->size = asset->size;
    snprintf(packed, sizeof packed, "%s.gz", f->path);
    const struct asset *gz = asset_find(packed);
    if (gz) {
        f->packed = gz->data;
        f->packed_size = gz->size;
    }
    return name_file(f);
}

static bool see_asset(const struct asset *asset, void *css)
{
    if (ends(asset->path, ".gz") || ends(asset->path, ".css") != *(bool *)css)
        return true;
    if (file_count == FILES_MAX || strlen(asset->path) >= sizeof files->path || asset->size > FILE_MAX)
        return false;
    struct file *f = &files[file_count];
    memcpy(f->path, asset->path, strlen(asset->path) + 1);
    if (!(*(bool *)css ? css_make : file_make)(f, asset))
        return false;
    file_count++;
    return true;
}

bool static_start(bool dev)
{
    from_disk = dev;
    files = calloc(FILES_MAX, sizeof *files);
    return files && asset_each("assets/", see_asset, &(bool){false}) &&
           asset_each("assets/", see_asset, &(bool){true});
}

void static_stop(void)
{
    for (size_t i = 0; i < file_count; i++) {
        buf_free(&files[i].own);
        buf_free(&files[i].own_packed);
    }
    free(files);
    files = NULL;
    file_count = 0;
}

/* In development: the file as it is now, under the name it had at the start, not to be kept. */
static void reply_fresh(struct request *r, const struct file *f)
{
    const struct asset *asset = asset_find(f->path);
    if (!asset) {
        reply_error(r, 404, NULL);
        return;
    }
    struct str data = {(const char *)asset->data, asset->size};
    if (ends(f->path, ".css")) {
        struct buf *b = scratch(r, FILE_MAX);
        link_css(b, asset);
        data = (struct str){b->failed ? NULL : arena_strndup(r->arena, b->p, b->n), b->n};
    }
    reply_header(r, "Cache-Control", "no-store");
    if (data.p)
        reply(r, 200, type_of(f->path), data.p, data.n);
}

static const struct file *file_named(const char *name)
{
    for (size_t i = 0; i < file_count; i++)
        if (strcmp(files[i].url + strlen("/static/"), name) == 0)
            return &files[i];
    return NULL;
}

void static_get(struct request *r)
{
    const struct file *f = file_named(param(r, "file"));
    if (!f) {
        reply_error(r, 404, NULL);
    } else if (from_disk) {
        reply_fresh(r, f);
    } else if (f->packed && r->accepts_gzip) {
        reply_header(r, "Content-Encoding", "gzip");
        reply(r, 200, type_of(f->path), f->packed, f->packed_size);
        reply_constant(r);
    } else {
        reply(r, 200, type_of(f->path), f->data, f->size);
        reply_constant(r);
    }
}
