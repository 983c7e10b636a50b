/*
 * A raster PMTiles archive, version 3: a header of 127 bytes, directories of varints (plain or gzip) that
 * lead from a tile's number on the Hilbert curves of all zooms to its bytes in the file.
 *
 * The file is foreign: every offset and length is checked against its size before it is used, and sizes after
 * unpacking have caps.
 */
#ifndef UNKNOT_DIRECTORY_PMTILES_H
#define UNKNOT_DIRECTORY_PMTILES_H

#include "directory/tile.h"

struct pmtiles;

/* NULL with a sentence about why in `problem` (at least 200 bytes). */
struct pmtiles *pmtiles_open(const char *path, char *problem, size_t cap);
void pmtiles_close(struct pmtiles *p);

void pmtiles_zooms(const struct pmtiles *p, int *least, int *most);
/* Reads one tile into `image` (empty, with its max). TILE_FAILED: the file is damaged, or cannot be read. Any
 * number of threads at a time. */
enum tile_status pmtiles_read(const struct pmtiles *p, struct tile t, struct buf *image);

/* The number of a tile: 0 is the whole earth. For tests. */
uint64_t pmtiles_number(struct tile t);

#endif
