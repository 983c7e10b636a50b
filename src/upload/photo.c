/* A photo cut and made small, in the child; and what came of it, taken apart outside. */
#include "upload/photo.h"
#include "upload/pixels.h"

#include <stdlib.h>

#include <webp/encode.h>

enum { WEBP_QUALITY = 76, JPEG_QUALITY = 80, LENGTH = 4 };

const struct photo_kind photo_kinds[PHOTO_FILES] = {{480, "webp"}, {480, "jpg"}, {240, "webp"}, {240, "jpg"},
                                                    {96, "webp"},  {96, "jpg"},  {0, "jpg"}};

static uint32_t smaller(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* A rectangle of `from` as the picture of libwebp, which cuts and scales. */
static bool import(WebPPicture *to, const struct pixels *from, uint32_t x, uint32_t y, uint32_t width,
                   uint32_t height)
{
    if (!WebPPictureInit(to))
        return false;
    to->use_argb = 1;
    to->width = (int)width;
    to->height = (int)height;
    return WebPPictureImportRGB(to, from->rgb + ((size_t)y * from->width + x) * 3, (int)(from->width * 3));
}

static bool cut(WebPPicture *to, const struct pixels *p, struct photo_part part)
{
    uint32_t most = smaller(p->width, p->height), side = most * (uint32_t)part.side / 100;
    if (side < PHOTO_SIDE_MIN)
        side = smaller(most, PHOTO_SIDE_MIN);
    return import(to, p, (p->width - side) * (uint32_t)part.across / 100,
                  (p->height - side) * (uint32_t)part.down / 100, side, side);
}

/* Fills in the four bytes that were left at `at` for the length of what was written behind them. */
static bool put_length(struct buf *out, size_t at)
{
    size_t n = out->n - at - LENGTH;
    if (out->failed || n == 0 || n > UINT32_MAX)
        return false;
    for (size_t i = 0; i < LENGTH; i++)
        out->p[at + i] = (char)(n >> (8 * (LENGTH - 1 - i)) & 0xff);
    return true;
}

static bool put_jpeg(const WebPPicture *picture, struct buf *out)
{
    struct pixels p = {.width = (uint32_t)picture->width, .height = (uint32_t)picture->height};
    size_t at = out->n;
    unsigned char *to = p.rgb = malloc((size_t)p.width * p.height * 3);
    for (uint32_t y = 0; to && y < p.height; y++)
        for (uint32_t x = 0; x < p.width; x++) {
            uint32_t argb = picture->argb[(size_t)y * (size_t)picture->argb_stride + x];
            *to++ = (unsigned char)(argb >> 16);
            *to++ = (unsigned char)(argb >> 8);
            *to++ = (unsigned char)argb;
        }
    buf_put(out, "\0\0\0\0", LENGTH);
    bool done = p.rgb && pixels_jpeg(&p, JPEG_QUALITY, out) == REDRAWN && put_length(out, at);
    free(p.rgb);
    return done;
}

static bool put_webp(WebPPicture *picture, struct buf *out)
{
    WebPConfig config;
    WebPMemoryWriter writer;
    size_t at = out->n;
    if (!WebPConfigPreset(&config, WEBP_PRESET_PHOTO, WEBP_QUALITY))
        return false;
    WebPMemoryWriterInit(&writer);
    picture->writer = WebPMemoryWrite;
    picture->custom_ptr = &writer;
    bool done = WebPEncode(&config, picture);
    buf_put(out, "\0\0\0\0", LENGTH);
    if (done)
        buf_put(out, (const char *)writer.mem, writer.size);
    WebPMemoryWriterClear(&writer);
    return done && put_length(out, at);
}

/* From large to small, each of the one before. Encoding WebP changes the form of its pixels, so it gets a
 * copy. */
static bool put_sizes(WebPPicture *square, struct buf *out)
{
    static const int sizes[] = {480, 240, 96};
    bool done = true;
    for (size_t i = 0; done && i < sizeof sizes / sizeof *sizes; i++) {
        WebPPicture coded = {0};
        done = WebPPictureRescale(square, sizes[i], sizes[i]) && WebPPictureCopy(square, &coded);
        if (!done)
            break;
        done = put_webp(&coded, out) && put_jpeg(square, out);
        WebPPictureFree(&coded);
    }
    return done;
}

static bool put_whole(const struct pixels *p, struct buf *out)
{
    WebPPicture whole = {0};
    bool done = import(&whole, p, 0, 0, p->width, p->height);
    if (done && (p->width > PHOTO_WHOLE || p->height > PHOTO_WHOLE))
        done = WebPPictureRescale(&whole, p->width >= p->height ? PHOTO_WHOLE : 0,
                                  p->width >= p->height ? 0 : PHOTO_WHOLE);
    done = done && put_jpeg(&whole, out);
    WebPPictureFree(&whole);
    return done;
}

enum redrawn photo_draw(struct str data, struct photo_part part, struct buf *out)
{
    struct pixels p = {0};
    WebPPicture square = {0};
    enum redrawn done = pixels_read(data, &p);
    if (done == REDRAWN && smaller(p.width, p.height) < PHOTO_SIDE_MIN)
        done = REDRAW_TOO_SMALL;
    if (done == REDRAWN) {
        bool good = cut(&square, &p, part) && put_sizes(&square, out);
        WebPPictureFree(&square);
        done = good && put_whole(&p, out) ? REDRAWN : REDRAW_TOO_LARGE;
    }
    free(p.rgb);
    return done;
}

bool photo_split(struct str drawn, struct str file[PHOTO_FILES])
{
    size_t at = 0;
    for (int n = 0; n < PHOTO_FILES; n++) {
        if (drawn.n - at < LENGTH)
            return false;
        const unsigned char *length = (const unsigned char *)drawn.p + at;
        size_t size = (size_t)length[0] << 24 | (size_t)length[1] << 16 | (size_t)length[2] << 8 | length[3];
        at += LENGTH;
        if (size == 0 || size > drawn.n - at)
            return false;
        file[n] = (struct str){drawn.p + at, size};
        at += size;
    }
    return at == drawn.n;
}
