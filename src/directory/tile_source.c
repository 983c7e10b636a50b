/* Where tiles come from, and that each is asked for once however many want it at the same time. */
#include "core/clock.h"
#include "core/log.h"
#include "directory/pmtiles.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define PENDING_MAX  16
#define WAIT_SECONDS 5

enum source { SOURCE_NONE, SOURCE_SERVER, SOURCE_FILE };

static struct {
    enum source kind;
    struct pmtiles *file;
    struct tile pending[PENDING_MAX]; /* being fetched */
    size_t pendings;
    pthread_mutex_t lock;
    pthread_cond_t done;
} source = {.lock = PTHREAD_MUTEX_INITIALIZER, .done = PTHREAD_COND_INITIALIZER};

const char *tile_type(const void *data, size_t n)
{
    if (n > 8 && memcmp(data, "\x89PNG\r\n\x1a\n", 8) == 0)
        return "image/png";
    if (n > 3 && memcmp(data, "\xFF\xD8\xFF", 3) == 0)
        return "image/jpeg";
    if (n > 12 && memcmp(data, "RIFF", 4) == 0 && memcmp((const char *)data + 8, "WEBP", 4) == 0)
        return "image/webp";
    return NULL;
}

/* --- Settings */

static enum source kind_of(const char *tiles)
{
    struct str s = str_of(tiles);
    return s.n == 0                                                ? SOURCE_NONE
           : str_starts(s, "https://") || str_starts(s, "http://") ? SOURCE_SERVER
                                                                   : SOURCE_FILE;
}

/* How often, not counting overlaps. */
static size_t times(const char *text, const char *what)
{
    size_t n = 0;
    while ((text = strstr(text, what)) != NULL) {
        text += strlen(what);
        n++;
    }
    return n;
}

/* {z}, {x} and {y} once each behind the host, and nothing else in braces. */
static bool is_template(const char *address)
{
    const char *path = strchr(strstr(address, "://") + 3, '/'), *brace = strchr(address, '{');
    return path && brace && brace > path && times(address, "{z}") == 1 && times(address, "{x}") == 1 &&
           times(address, "{y}") == 1 && times(address, "{") == 3 && times(address, "}") == 3 &&
           !memchr(address, '@', (size_t)(path - address)) && !strpbrk(address, " \"<>\\^`|#");
}

static const char *file_problem(const char *path, struct arena *a)
{
    char why[200];
    struct pmtiles *file = pmtiles_open(path, why, sizeof why);
    if (file) {
        pmtiles_close(file);
        return NULL;
    }
    return arena_printf(a,
                        "map_tiles: %s: %s. Give a raster PMTiles file, or an address such as "
                        "https://tiles.example.org/{z}/{x}/{y}.png.",
                        path, why);
}

const char *tiles_problem(const struct config *c, struct arena *a)
{
    enum source kind = kind_of(c->map_tiles);
    if (kind == SOURCE_NONE)
        return NULL;
    if (!c->map_attribution[0])
        return "map_tiles is set and map_attribution is not: whoever made the tiles wants to be named beside "
               "the "
               "map, for instance map_attribution = © OpenStreetMap contributors.";
    if (kind == SOURCE_FILE)
        return file_problem(c->map_tiles, a);
    if (!is_template(c->map_tiles))
        return "map_tiles is not the address of tiles: it needs {z}, {x} and {y} once each behind the host, "
               "as "
               "in https://tiles.example.org/{z}/{x}/{y}.png.";
    if (!c->map_cache[0])
        return "map_tiles is an address and map_cache is not set: name a folder in which tiles may be kept.";
    return NULL;
}

const char *tiles_server(const struct config *c, struct arena *a, const char **why)
{
    if (kind_of(c->map_tiles) != SOURCE_SERVER)
        return NULL;
    const char *host = strstr(c->map_tiles, "://") + 3;
    const char *address = arena_strndup(a, c->map_tiles, (size_t)(host - c->map_tiles) + strcspn(host, "/"));
    *why = address ? tile_fetch_reach(address) : "out of memory";
    return address;
}

static bool open_server(const struct config *c)
{
    if (!tile_cache_open(c->map_cache, c->map_tiles, (int64_t)c->map_cache_mb << 20)) {
        fprintf(stderr, "unknot: map_cache: tiles cannot be kept in %s: %s.\n", c->map_cache,
                strerror(errno));
        return false;
    }
    if (tile_fetch_start(c->map_tiles, c->origin))
        return true;
    fputs("unknot: out of memory.\n", stderr);
    return false;
}

static bool open_file(const struct config *c)
{
    char why[200];
    source.file = pmtiles_open(c->map_tiles, why, sizeof why);
    if (!source.file)
        fprintf(stderr, "unknot: map_tiles: %s: %s.\n", c->map_tiles, why);
    return source.file;
}

bool tiles_start(const struct config *c)
{
    struct arena *a = arena_new(8192);
    const char *problem = a ? tiles_problem(c, a) : "out of memory.";
    if (problem)
        fprintf(stderr, "unknot: %s\n", problem);
    if (a)
        arena_free(a);
    if (problem)
        return false;
    source.kind = kind_of(c->map_tiles);
    return source.kind == SOURCE_NONE || (source.kind == SOURCE_SERVER ? open_server(c) : open_file(c));
}

void tiles_stop(void)
{
    if (source.kind == SOURCE_SERVER) {
        tile_fetch_stop();
        tile_cache_close();
    }
    if (source.file)
        pmtiles_close(source.file);
    source.file = NULL;
    source.kind = SOURCE_NONE;
}

/* What both the source and the maps have. */
bool tiles_zooms(int *least, int *most)
{
    *least = TILE_ZOOM_MIN;
    *most = TILE_ZOOM_MAX;
    if (source.kind != SOURCE_FILE)
        return source.kind == SOURCE_SERVER;
    pmtiles_zooms(source.file, least, most);
    *least = *least > TILE_ZOOM_MIN ? *least : TILE_ZOOM_MIN;
    *most = *most < TILE_ZOOM_MAX ? *most : TILE_ZOOM_MAX;
    return *least <= *most;
}

/* --- One request for a tile, however many want it */

/* source.pendings when it is not among them. Under the lock. */
static size_t pending_index(struct tile t)
{
    size_t i = 0;
    while (i < source.pendings &&
           (source.pending[i].z != t.z || source.pending[i].x != t.x || source.pending[i].y != t.y))
        i++;
    return i;
}

/* True: it is ours to fetch, and release() is due. False: somebody else fetched it meanwhile, or too much is
 * being fetched. */
static bool claim(struct tile t)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += WAIT_SECONDS;
    pthread_mutex_lock(&source.lock);
    bool waited = pending_index(t) < source.pendings;
    while (pending_index(t) < source.pendings)
        if (pthread_cond_timedwait(&source.done, &source.lock, &until) != 0)
            break;
    bool ours = !waited && source.pendings < PENDING_MAX;
    if (ours)
        source.pending[source.pendings++] = t;
    pthread_mutex_unlock(&source.lock);
    return ours;
}

static void release(struct tile t)
{
    pthread_mutex_lock(&source.lock);
    source.pending[pending_index(t)] = source.pending[source.pendings - 1];
    source.pendings--;
    pthread_cond_broadcast(&source.done);
    pthread_mutex_unlock(&source.lock);
}

/* From the server into the cache; an old tile is better than none. */
static enum tile_status fetch(struct tile t, struct buf *image)
{
    enum tile_status status = tile_cache_get(t, false, image); /* it may have come since we looked */
    if (status != TILE_FAILED)
        return status;
    status = tile_fetch(t, image);
    if (status == TILE_NONE)
        buf_reset(image);
    if (status == TILE_FAILED)
        return tile_cache_get(t, true, image);
    tile_cache_put(t, image);
    return status;
}

/* Without claim it is in the cache now, or an old one may be; nobody waits twice. */
static enum tile_status from_server(struct tile t, struct buf *image)
{
    enum tile_status status = tile_cache_get(t, false, image);
    if (status != TILE_FAILED)
        return status;
    if (!claim(t))
        return tile_cache_get(t, true, image);
    status = fetch(t, image);
    release(t);
    return status;
}

enum tile_status tile_read(struct tile t, struct buf *image)
{
    switch (source.kind) {
    case SOURCE_SERVER:
        return from_server(t, image);
    case SOURCE_FILE:
        return pmtiles_read(source.file, t, image);
    case SOURCE_NONE:
        break;
    }
    return TILE_NONE;
}
