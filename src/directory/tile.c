/* GET /map/{z}/{x}/{y}: one tile of the ground under the map of results. */
#include "directory/tile.h"

#include "core/log.h"
#include "directory/directory.h"
#include "web/web.h"

/* A transparent pixel: where there is no image the map stands on its own. */
static const unsigned char blank[] = {
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52, 0x00,
    0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x06, 0x00, 0x00, 0x00, 0x1f, 0x15, 0xc4, 0x89, 0x00,
    0x00, 0x00, 0x0b, 0x49, 0x44, 0x41, 0x54, 0x78, 0xda, 0x63, 0x60, 0x00, 0x02, 0x00, 0x00, 0x05, 0x00,
    0x01, 0xe9, 0xfa, 0xdc, 0xd8, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82,
};

/* One way to write each: no zero in front, so that a tile has one address for every cache. */
static bool number_of(const struct request *r, const char *name, int most, int *out)
{
    struct str text = str_of(param(r, name));
    int64_t number;
    bool whole = text_int(text, 0, most, &number) && (text.n == 1 || text.p[0] != '0');
    if (whole)
        *out = (int)number;
    return whole;
}

/* A tile that there can be: of a zoom that maps use, and within the square. */
static bool tile_named(const struct request *r, struct tile *t)
{
    int least, most;
    if (!tiles_zooms(&least, &most) || !number_of(r, "z", most, &t->z) || t->z < least)
        return false;
    int last = (1 << t->z) - 1;
    return number_of(r, "x", last, &t->x) && number_of(r, "y", last, &t->y);
}

static void reply_image(struct request *r, const char *type, const void *data, size_t size, const char *kept)
{
    reply_header(r, "Cache-Control", kept);
    reply_header(r, "Vary", "Accept-Encoding"); /* the same for everybody */
    reply(r, 200, type, data, size);
}

/* In the lane that waits for other servers: no worker, no session, no database. */
void tile_get(struct request *r)
{
    struct buf image = {.max = TILE_MAX};
    struct tile t;
    if (!tile_named(r, &t)) {
        reply_error(r, 404, NULL);
        return;
    }
    switch (tile_read(t, &image)) {
    case TILE_IMAGE:
        reply_image(r, tile_type(image.p, image.n), arena_strndup(r->arena, image.p, image.n), image.n,
                    "public, max-age=86400");
        break;
    case TILE_NONE:
        reply_image(r, "image/png", blank, sizeof blank, "public, max-age=86400");
        break;
    case TILE_FAILED:
        reply_image(r, "image/png", blank, sizeof blank, "no-store");
        break;
    }
    buf_free(&image);
}
