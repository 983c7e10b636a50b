/*
 * Offsets of the header's fields, numbers of kinds and packings, and the columns of a directory are those
 * of the PMTiles specification, version 3.
 */
#include "directory/pmtiles.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#define HEADER_BYTES  127
#define ROOT_END      16384 /* header and root directory lie before this */
#define LEAF_MAX      ((size_t)1 << 20)
#define DIRECTORY_MAX ((size_t)1 << 21) /* unpacked */
#define DEPTH_MAX     4
#define ZOOM_MAX      26

enum packing { PACKED_UNKNOWN, PACKED_NOT, PACKED_GZIP }; /* 3 and 4 are Brotli and Zstandard */
enum kind { KIND_PNG = 2, KIND_JPEG, KIND_WEBP };

/* A stretch of the file. */
struct span {
    uint64_t at, n;
};

struct pmtiles {
    int fd;
    uint64_t size;
    struct span root, leaves, data;
    uint8_t directory_packing, tile_packing, kind;
    int zoom_min, zoom_max;
    struct buf directory; /* the root, unpacked */
};

/* --- Numbers */

static uint64_t read_u64(const unsigned char *b)
{
    uint64_t n = 0;
    for (int i = 7; i >= 0; i--)
        n = n << 8 | b[i];
    return n;
}

/* A varint of at most 64 bits; false at the end of the bytes or past 64 bits. */
static bool read_varint(struct str *at, uint64_t *value)
{
    uint64_t n = 0;
    for (unsigned shift = 0; shift < 64 && at->n > 0; shift += 7) {
        unsigned char byte = (unsigned char)at->p[0];
        *at = (struct str){at->p + 1, at->n - 1};
        if (shift == 63 && byte > 1)
            return false;
        n |= (uint64_t)(byte & 0x7F) << shift;
        if (!(byte & 0x80)) {
            *value = n;
            return true;
        }
    }
    return false;
}

static bool skip_varints(struct str *at, uint64_t count)
{
    uint64_t ignored;
    for (; count > 0; count--)
        if (!read_varint(at, &ignored))
            return false;
    return true;
}

/* The curve enters each quarter of the square turned or mirrored, so that it leaves next to the following
 * one. */
uint64_t pmtiles_number(struct tile t)
{
    uint64_t number = 0;
    uint32_t x = (uint32_t)t.x, y = (uint32_t)t.y;
    for (int z = 0; z < t.z; z++)
        number += (uint64_t)1 << (2 * z);
    for (uint32_t side = (uint32_t)1 << t.z >> 1; side > 0; side >>= 1) {
        bool right = x & side, low = y & side;
        number += (uint64_t)side * side * (low ? (right ? 2 : 1) : (right ? 3 : 0));
        if (!low) {
            uint32_t was = x;
            x = right ? side - 1 - (y & (side - 1)) : y;
            y = right ? side - 1 - (was & (side - 1)) : was;
        }
    }
    return number;
}

/* --- Reading the file */

/* Written so that nothing can run over. */
static bool in_file(const struct pmtiles *p, struct span s)
{
    return s.at <= p->size && s.n <= p->size - s.at;
}

/* A span within another: both checked already. */
static bool within(struct span outer, struct span *inner)
{
    if (inner->at > outer.n || inner->n > outer.n - inner->at)
        return false;
    inner->at += outer.at;
    return true;
}

/* With pread, which moves no position: threads share the descriptor. */
static bool read_span(const struct pmtiles *p, struct span s, size_t most, struct buf *out)
{
    char part[16384];
    if (s.n > most || !in_file(p, s))
        return false;
    buf_reset(out);
    while (out->n < s.n) {
        size_t want = s.n - out->n < sizeof part ? (size_t)(s.n - out->n) : sizeof part;
        ssize_t n = pread(p->fd, part, want, (off_t)(s.at + out->n));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        buf_put(out, part, (size_t)n);
        if (out->failed)
            return false;
    }
    return true;
}

/* gzip; false past `most` bytes, so a small file cannot unfold without end. */
static bool unpack(struct str packed, size_t most, struct buf *out)
{
    z_stream z = {.zalloc = NULL};
    char part[16384];
    int code = Z_OK;
    if (packed.n > UINT32_MAX || inflateInit2(&z, 15 + 16) != Z_OK)
        return false;
    z.next_in = (z_const Bytef *)(uintptr_t)packed.p;
    z.avail_in = (uInt)packed.n;
    buf_reset(out);
    while (code == Z_OK && out->n <= most && !out->failed) {
        z.next_out = (Bytef *)part;
        z.avail_out = sizeof part;
        code = inflate(&z, Z_NO_FLUSH);
        buf_put(out, part, sizeof part - z.avail_out);
    }
    inflateEnd(&z);
    return code == Z_STREAM_END && out->n <= most && !out->failed;
}

/* A span, unpacked if need be, into `out`. */
static bool read_packed(const struct pmtiles *p, struct span s, uint8_t packing, size_t most, struct buf *out)
{
    if (packing != PACKED_GZIP)
        return read_span(p, s, most, out);
    struct buf packed = {.max = most};
    bool good = read_span(p, s, most, &packed) && unpack((struct str){packed.p, packed.n}, most, out);
    buf_free(&packed);
    return good;
}

/* --- Directories */

struct entry {
    uint64_t number, run; /* run 0: a directory */
    struct span span;     /* relative to the leaves or to the data */
};

/* The last entry whose number is not greater than `wanted`: a directory is four columns (numbers as steps,
 * runs, lengths, offsets; offset 0: behind the one before), so it is walked column by column. False when it
 * is no directory; *found says whether there is such an entry. */
static bool find_entry(struct str at, uint64_t wanted, struct entry *e, bool *found)
{
    uint64_t count, step, number = 0, index = 0, length, offset, end = 0;
    *found = false;
    if (!read_varint(&at, &count) || count == 0 || count > at.n)
        return false;
    for (uint64_t i = 0; i < count; i++) {
        if (!read_varint(&at, &step) || step > UINT64_MAX - number || (i > 0 && step == 0))
            return false;
        number += step;
        if (number <= wanted) {
            *found = true;
            index = i;
            e->number = number;
        }
    }
    if (!*found)
        return true;
    if (!skip_varints(&at, index) || !read_varint(&at, &e->run) || !skip_varints(&at, count - index - 1))
        return false;
    struct str lengths = at;
    if (!skip_varints(&at, count))
        return false;
    for (uint64_t i = 0; i <= index; i++) {
        if (!read_varint(&lengths, &length) || !read_varint(&at, &offset) || (i == 0 && offset == 0))
            return false;
        e->span = (struct span){offset > 0 ? offset - 1 : end, length};
        if (e->span.at > UINT64_MAX - length)
            return false;
        end = e->span.at + length;
    }
    return e->span.n > 0;
}

/* Down the directories to the entry of a tile, whose span is then one of the file. */
static enum tile_status find_tile(const struct pmtiles *p, uint64_t wanted, struct span *tile)
{
    struct buf leaf = {.max = DIRECTORY_MAX};
    struct str directory = {p->directory.p, p->directory.n};
    enum tile_status status = TILE_FAILED;
    for (int depth = 0; depth < DEPTH_MAX; depth++) {
        struct entry e;
        bool found;
        if (!find_entry(directory, wanted, &e, &found))
            break;
        if (!found || (e.run > 0 && wanted - e.number >= e.run)) {
            status = TILE_NONE;
            break;
        }
        if (e.run > 0) {
            *tile = e.span;
            status = within(p->data, tile) ? TILE_IMAGE : TILE_FAILED;
            break;
        }
        if (!within(p->leaves, &e.span) || e.span.n > LEAF_MAX ||
            !read_packed(p, e.span, p->directory_packing, DIRECTORY_MAX, &leaf))
            break;
        directory = (struct str){leaf.p, leaf.n};
    }
    buf_free(&leaf);
    return status;
}

enum tile_status pmtiles_read(const struct pmtiles *p, struct tile t, struct buf *image)
{
    struct span tile;
    if (t.z < p->zoom_min || t.z > p->zoom_max)
        return TILE_NONE;
    enum tile_status status = find_tile(p, pmtiles_number(t), &tile);
    if (status != TILE_IMAGE)
        return status;
    bool good = read_packed(p, tile, p->tile_packing, TILE_MAX, image) && tile_type(image->p, image->n);
    return good ? TILE_IMAGE : TILE_FAILED;
}

void pmtiles_zooms(const struct pmtiles *p, int *least, int *most)
{
    *least = p->zoom_min;
    *most = p->zoom_max;
}

/* --- Opening */

/* NULL, or what is wrong with the header. */
static const char *read_header(struct pmtiles *p, const unsigned char *h)
{
    if (memcmp(h, "PMTiles", 7) != 0)
        return "it is not a PMTiles file";
    if (h[7] != 3)
        return "it is not version 3 of PMTiles";
    p->root = (struct span){read_u64(h + 8), read_u64(h + 16)};
    p->leaves = (struct span){read_u64(h + 40), read_u64(h + 48)};
    p->data = (struct span){read_u64(h + 56), read_u64(h + 64)};
    p->directory_packing = h[97];
    p->tile_packing = h[98];
    p->kind = h[99];
    p->zoom_min = h[100];
    p->zoom_max = h[101];
    if (p->directory_packing != PACKED_NOT && p->directory_packing != PACKED_GZIP)
        return "its directories are packed in a way other than gzip";
    if (p->kind < KIND_PNG || p->kind > KIND_WEBP)
        return "it does not hold images (PNG, JPEG or WebP); vector tiles have to be drawn first";
    if (p->tile_packing > PACKED_GZIP)
        return "its tiles are packed in a way other than gzip";
    if (p->zoom_min > p->zoom_max || p->zoom_max > ZOOM_MAX)
        return "its zooms make no sense";
    if (!in_file(p, p->root) || !in_file(p, p->leaves) || !in_file(p, p->data) || p->root.at < HEADER_BYTES ||
        p->root.at + p->root.n > ROOT_END)
        return "it is shorter than its header says";
    return NULL;
}

/* NULL, or what is wrong with it. The root is walked once here, so that a damaged one is found at the start.
 */
static const char *read_archive(struct pmtiles *p, const char *path)
{
    struct stat about;
    struct buf head = {.max = HEADER_BYTES};
    struct entry e;
    bool found;
    p->fd = open(path, O_RDONLY | O_CLOEXEC);
    if (p->fd < 0 || fstat(p->fd, &about) != 0)
        return strerror(errno);
    if (!S_ISREG(about.st_mode))
        return "it is not a file";
    p->size = (uint64_t)about.st_size;
    bool whole = read_span(p, (struct span){0, HEADER_BYTES}, HEADER_BYTES, &head);
    const char *problem = whole ? read_header(p, (const unsigned char *)head.p) : "it is not a PMTiles file";
    buf_free(&head);
    if (!problem && (!read_packed(p, p->root, p->directory_packing, DIRECTORY_MAX, &p->directory) ||
                     !find_entry((struct str){p->directory.p, p->directory.n}, UINT64_MAX, &e, &found)))
        problem = "its first directory is damaged";
    return problem;
}

struct pmtiles *pmtiles_open(const char *path, char *problem, size_t cap)
{
    struct pmtiles *p = calloc(1, sizeof *p);
    const char *why = "out of memory";
    if (p) {
        *p = (struct pmtiles){.fd = -1, .directory = {.max = DIRECTORY_MAX}};
        why = read_archive(p, path);
    }
    if (!why)
        return p;
    snprintf(problem, cap, "%s", why);
    if (p)
        pmtiles_close(p);
    return NULL;
}

void pmtiles_close(struct pmtiles *p)
{
    if (p->fd >= 0)
        close(p->fd);
    buf_free(&p->directory);
    free(p);
}
