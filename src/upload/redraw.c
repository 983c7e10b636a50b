/* A picture decoded and encoded again: pixels go through, nothing else does. */
#include "upload/pixels.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include <jpeglib.h>
/* after jpeglib */
#include <jerror.h>
#include <png.h>

enum {
    SIDE_MAX = 20000,       /* of what is read */
    PIXELS_MAX = 120000000, /* of a JPEG, which is read smaller */
    PNG_PIXELS_MAX = 40000000,
    SCANS_MAX = 100,  /* cameras and programs write ten; each goes over all pixels again */
    SIDE_KEPT = 3200, /* a letter is still legible */
    QUALITY = 85
};

/* --- Which way up: tag 0x0112 of EXIF, 1 to 8, as the camera was held */

struct bytes {
    const uint8_t *p;
    size_t n;
    bool little;
};

static uint32_t number_at(const struct bytes *e, size_t at, size_t bytes)
{
    uint32_t value = 0;
    if (at > e->n || bytes > e->n - at)
        return 0;
    for (size_t i = 0; i < bytes; i++)
        value = value << 8 | e->p[at + (e->little ? bytes - 1 - i : i)];
    return value;
}

static int orientation_of(const jpeg_saved_marker_ptr marker)
{
    if (!marker || marker->data_length < 14 || memcmp(marker->data, "Exif\0\0", 6) != 0)
        return 1;
    struct bytes e = {.p = marker->data + 6, .n = marker->data_length - 6};
    e.little = e.p[0] == 'I';
    size_t directory = number_at(&e, 4, 4);
    uint32_t entries = number_at(&e, directory, 2);
    for (uint32_t i = 0; i < entries && i < 100; i++) {
        size_t entry = directory + 2 + (size_t)i * 12;
        uint32_t value = number_at(&e, entry + 8, 2);
        if (number_at(&e, entry, 2) == 0x0112)
            return value >= 1 && value <= 8 ? (int)value : 1;
    }
    return 1;
}

/* Where the pixel that is to stand at x, y comes from. */
static size_t source_of(const struct pixels *p, int orientation, uint32_t x, uint32_t y)
{
    uint32_t right = p->width - 1, bottom = p->height - 1, sx = x, sy = y;
    bool turned = orientation >= 5;
    if (turned) {
        sx = y;
        sy = x;
    }
    if (orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8)
        sx = right - sx;
    if (orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7)
        sy = bottom - sy;
    return ((size_t)sy * p->width + sx) * 3;
}

static bool turn(struct pixels *p, int orientation)
{
    struct pixels to = {.width = orientation >= 5 ? p->height : p->width,
                        .height = orientation >= 5 ? p->width : p->height};
    if (orientation == 1)
        return true;
    unsigned char *rgb = to.rgb = malloc((size_t)to.width * to.height * 3);
    if (!rgb)
        return false;
    for (uint32_t y = 0; y < to.height; y++)
        for (uint32_t x = 0; x < to.width; x++, rgb += 3)
            memcpy(rgb, p->rgb + source_of(p, orientation, x, y), 3);
    free(p->rgb);
    *p = to;
    return true;
}

/* --- JPEG */

struct failing {
    struct jpeg_error_mgr base;
    jmp_buf back;
};

static void fail(j_common_ptr j)
{
    longjmp(((struct failing *)j->err)->back, 1);
}

static void say_nothing(j_common_ptr j)
{
    (void)j;
}

/* The library draws the rest gray when a file was cut off on its way; who sent it should know. */
static void hear_warning(j_common_ptr j, int level)
{
    if (level < 0 && j->err->msg_code == JWRN_JPEG_EOF)
        fail(j);
}

static void count_scans(j_common_ptr j)
{
    if (((j_decompress_ptr)j)->input_scan_number > SCANS_MAX)
        fail(j);
}

static struct jpeg_error_mgr *failing(struct failing *f)
{
    jpeg_std_error(&f->base);
    f->base.emit_message = hear_warning;
    f->base.error_exit = fail;
    f->base.output_message = say_nothing;
    return &f->base;
}

static bool fits(uint64_t width, uint64_t height, uint64_t pixels)
{
    return width && height && width <= SIDE_MAX && height <= SIDE_MAX && width * height <= pixels;
}

/* Read at a half, a quarter or an eighth where that is enough. */
static unsigned shrink(uint32_t width, uint32_t height)
{
    uint32_t side = width > height ? width : height;
    unsigned by = 1;
    while (by < 8 && side / by > SIDE_KEPT)
        by *= 2;
    return by;
}

static bool read_lines(struct jpeg_decompress_struct *j, struct pixels *p)
{
    p->width = j->output_width;
    p->height = j->output_height;
    p->rgb = malloc((size_t)p->width * p->height * 3);
    while (p->rgb && j->output_scanline < j->output_height) {
        JSAMPROW row = p->rgb + (size_t)j->output_scanline * p->width * 3;
        jpeg_read_scanlines(j, &row, 1);
    }
    return p->rgb != NULL;
}

/* Everything between setjmp and the end, so that no variable of this is changed and read again after a jump.
 */
static enum redrawn read_open(struct jpeg_decompress_struct *j, struct str in, struct pixels *p,
                              int *orientation)
{
    jpeg_mem_src(j, (const unsigned char *)in.p, (unsigned long)in.n);
    jpeg_save_markers(j, JPEG_APP0 + 1, 0xffff);
    if (jpeg_read_header(j, TRUE) != JPEG_HEADER_OK)
        return REDRAW_UNREADABLE;
    if (!fits(j->image_width, j->image_height, PIXELS_MAX))
        return REDRAW_TOO_LARGE;
    *orientation = orientation_of(j->marker_list);
    j->out_color_space = JCS_RGB;
    j->scale_num = 1;
    j->scale_denom = shrink(j->image_width, j->image_height);
    jpeg_start_decompress(j);
    return read_lines(j, p) ? REDRAWN : REDRAW_TOO_LARGE;
}

static enum redrawn read_jpeg(struct str in, struct pixels *p)
{
    struct jpeg_decompress_struct j;
    struct failing f;
    struct jpeg_progress_mgr progress = {.progress_monitor = count_scans};
    int orientation = 1;
    j.err = failing(&f);
    jpeg_create_decompress(&j);
    j.progress = &progress;
    enum redrawn done = setjmp(f.back) ? REDRAW_UNREADABLE : read_open(&j, in, p, &orientation);
    jpeg_destroy_decompress(&j);
    if (done == REDRAWN && !turn(p, orientation))
        return REDRAW_TOO_LARGE;
    return done;
}

static void write_lines(struct jpeg_compress_struct *j, const struct pixels *p, int quality)
{
    j->image_width = p->width;
    j->image_height = p->height;
    j->input_components = 3;
    j->in_color_space = JCS_RGB;
    jpeg_set_defaults(j);
    jpeg_set_quality(j, quality, TRUE);
    jpeg_start_compress(j, TRUE);
    while (j->next_scanline < j->image_height) {
        JSAMPROW row = p->rgb + (size_t)j->next_scanline * p->width * 3;
        jpeg_write_scanlines(j, &row, 1);
    }
    jpeg_finish_compress(j);
}

enum redrawn pixels_jpeg(const struct pixels *p, int quality, struct buf *out)
{
    struct jpeg_compress_struct j;
    struct failing f;
    unsigned char *written = NULL;
    unsigned long size = 0;
    j.err = failing(&f);
    jpeg_create_compress(&j);
    bool good = setjmp(f.back) == 0;
    if (good) {
        jpeg_mem_dest(&j, &written, &size);
        write_lines(&j, p, quality);
        buf_put(out, (const char *)written, size);
    }
    jpeg_destroy_compress(&j);
    if (good)
        free(written); /* after a failure the library has not said where it is: it may have moved */
    return !good ? REDRAW_UNREADABLE : out->failed ? REDRAW_TOO_LARGE : REDRAWN;
}

/* --- PNG */

/* Every piece lies within the file: memory for the longest is asked for before it is read. */
static bool pieces_fit(struct str in)
{
    size_t at = 8;
    while (at + 12 <= in.n) {
        const struct bytes all = {.p = (const uint8_t *)in.p, .n = in.n};
        size_t length = number_at(&all, at, 4);
        if (length > in.n - at - 12)
            return false;
        if (memcmp(in.p + at + 4, "IEND", 4) == 0)
            return true;
        at += length + 12;
    }
    return false;
}

static enum redrawn read_png(struct str in, struct pixels *p)
{
    static const png_color white = {255, 255, 255};
    png_image image = {.version = PNG_IMAGE_VERSION};
    if (!pieces_fit(in) || !png_image_begin_read_from_memory(&image, in.p, in.n))
        return REDRAW_UNREADABLE;
    enum redrawn done = fits(image.width, image.height, PNG_PIXELS_MAX) ? REDRAWN : REDRAW_TOO_LARGE;
    image.format = PNG_FORMAT_RGB;
    *p = (struct pixels){.width = image.width, .height = image.height};
    if (done == REDRAWN && !(p->rgb = malloc(PNG_IMAGE_SIZE(image))))
        done = REDRAW_TOO_LARGE;
    if (done == REDRAWN && !png_image_finish_read(&image, &white, p->rgb, 0, NULL))
        done = REDRAW_UNREADABLE;
    png_image_free(&image);
    return done;
}

static enum redrawn write_png(const struct pixels *p, struct buf *out)
{
    png_image image = {
        .version = PNG_IMAGE_VERSION, .width = p->width, .height = p->height, .format = PNG_FORMAT_RGB};
    png_alloc_size_t size = out->max;
    char *written = malloc(size);
    bool good = written && png_image_write_to_memory(&image, written, &size, 0, p->rgb, 0, NULL);
    if (good)
        buf_put(out, written, size);
    free(written);
    return good && !out->failed ? REDRAWN : REDRAW_TOO_LARGE;
}

enum redrawn pixels_read(struct str data, struct pixels *p)
{
    return upload_kind(data) == UPLOAD_PNG ? read_png(data, p) : read_jpeg(data, p);
}

enum redrawn redraw(struct str data, struct buf *out)
{
    struct pixels p = {0};
    enum redrawn done = pixels_read(data, &p);
    if (done == REDRAWN)
        done = upload_kind(data) == UPLOAD_PNG ? write_png(&p, out) : pixels_jpeg(&p, QUALITY, out);
    free(p.rgb);
    return done;
}
