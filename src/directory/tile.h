/*
 * Map tiles: square images of the ground, numbered by zoom, column and row of the Mercator square. They come
 * from the operator's tile server, through a cache on disk, or from a PMTiles file.
 *
 * All here may be called from several threads at a time, unless it says otherwise.
 */
#ifndef UNKNOT_DIRECTORY_TILE_H
#define UNKNOT_DIRECTORY_TILE_H

#include "core/arena.h"
#include "core/config.h"
#include "core/text.h"

#define TILE_ZOOM_MIN 4  /* coarser than any map of results */
#define TILE_ZOOM_MAX 16 /* finer than any */
#define TILE_MAX      ((size_t)512 << 10)

struct tile {
    int z, x, y;
};

enum tile_status {
    TILE_IMAGE,
    TILE_NONE,   /* there is none: not every source covers the earth */
    TILE_FAILED, /* it cannot be had now */
};

/* PNG, JPEG or WebP by its first bytes: the media type, or NULL. */
const char *tile_type(const void *data, size_t n);

/* --- Where from (tile_source.c) */

/* From map_tiles and what goes with it. False after a sentence on stderr. Without map_tiles there are none.
 */
bool tiles_start(const struct config *config);
void tiles_stop(void);
/* NULL when these settings go together; else what is wrong, in `a`. Looks at files, asks nobody. */
const char *tiles_problem(const struct config *config, struct arena *a);
/* The server of an address as scheme and host, in `a`, and in *why what keeps it from answering now, NULL
 * when nothing does. NULL when map_tiles is no address. Asks the server for no tile. */
const char *tiles_server(const struct config *config, struct arena *a, const char **why);
/* The zooms there are; false when there are no tiles. */
bool tiles_zooms(int *least, int *most);
/* One tile into `image` (empty, with its max). */
enum tile_status tile_read(struct tile t, struct buf *image);

/* --- The cache on disk (tile_cache.c): files "z-x-y-SOURCE" in one folder, the oldest out when it is full */

/* `source` tells tiles of one address from those of another. False with errno when the folder cannot be made
 * or written. */
bool tile_cache_open(const char *folder, const char *source, int64_t max_bytes);
void tile_cache_close(void);
/* TILE_FAILED: not there. An old one is found only when `stale` may do. */
enum tile_status tile_cache_get(struct tile t, bool stale, struct buf *image);
void tile_cache_put(struct tile t, const struct buf *image); /* of no bytes: there is no such tile */

/* --- The tile server (tile_fetch.c) */

/* `address` has {z}, {x} and {y} in it; `origin` is who asks. False when out of memory. */
bool tile_fetch_start(const char *address, const char *origin);
void tile_fetch_stop(void);
/* Connects to the server of `address` (scheme and host) and asks it nothing: NULL, or why that failed. */
const char *tile_fetch_reach(const char *address);
/* Asks the server, within its limits: a few seconds, a few requests a second, none for a while after several
 * failures. */
enum tile_status tile_fetch(struct tile t, struct buf *image);

#endif
