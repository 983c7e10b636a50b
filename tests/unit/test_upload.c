/* for memmem */
#define _GNU_SOURCE
/* Files that people send: told by their content, pictures drawn anew by a child with nothing in its hands. */
#include "unit.h"

#include "upload/photo.h"
#include "upload/sealed.h"
#include "upload/upload.h"

#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <png.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
/* after stdio */
#include <jpeglib.h>

static char program[PATH_MAX];

/* Red above, blue below, so that one can see which way up it is. */
static unsigned char *two_halves(unsigned width, unsigned height)
{
    unsigned char *rgb = calloc((size_t)width * height, 3);
    for (size_t i = 0; i < (size_t)width * height; i++)
        rgb[i * 3 + (i < (size_t)width * height / 2 ? 0 : 2)] = 255;
    return rgb;
}

static struct str jpeg(unsigned width, unsigned height, int orientation, const char *comment)
{
    struct jpeg_compress_struct j;
    struct jpeg_error_mgr errors;
    unsigned char *out = NULL, *rgb = two_halves(width, height);
    unsigned char exif[] = {'E', 'x',  'i',  'f', 0,
                            0,   'I',  'I',  42,  0,
                            8,   0,    0,    0,   1,
                            0,   0x12, 0x01, 3,   0,
                            1,   0,    0,    0,   (unsigned char)orientation,
                            0,   0,    0,    0,   0,
                            0,   0};
    unsigned long size = 0;
    j.err = jpeg_std_error(&errors);
    jpeg_create_compress(&j);
    jpeg_mem_dest(&j, &out, &size);
    j.image_width = width;
    j.image_height = height;
    j.input_components = 3;
    j.in_color_space = JCS_RGB;
    jpeg_set_defaults(&j);
    jpeg_start_compress(&j, TRUE);
    if (orientation)
        jpeg_write_marker(&j, JPEG_APP0 + 1, exif, sizeof exif);
    if (comment)
        jpeg_write_marker(&j, JPEG_COM, (const unsigned char *)comment, (unsigned)strlen(comment));
    while (j.next_scanline < height) {
        JSAMPROW row = rgb + (size_t)j.next_scanline * width * 3;
        jpeg_write_scanlines(&j, &row, 1);
    }
    jpeg_finish_compress(&j);
    jpeg_destroy_compress(&j);
    free(rgb);
    return (struct str){(const char *)out, size};
}

static struct str png(unsigned width, unsigned height)
{
    png_image image = {
        .version = PNG_IMAGE_VERSION, .width = width, .height = height, .format = PNG_FORMAT_RGB};
    unsigned char *rgb = two_halves(width, height);
    png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
    char *out = malloc(size);
    assert_true(png_image_write_to_memory(&image, out, &size, 0, rgb, 0, NULL));
    free(rgb);
    return (struct str){out, size};
}

/* A picture read again: its size and the color in the middle of each edge (r or b), "rrbb" from the top
 * clockwise. */
static const char *seen(struct buf *b)
{
    static char text[60];
    struct jpeg_decompress_struct j;
    struct jpeg_error_mgr errors;
    j.err = jpeg_std_error(&errors);
    jpeg_create_decompress(&j);
    jpeg_mem_src(&j, (unsigned char *)b->p, b->n);
    jpeg_read_header(&j, TRUE);
    jpeg_start_decompress(&j);
    unsigned w = j.output_width, h = j.output_height;
    unsigned char *rgb = malloc((size_t)w * h * 3);
    while (j.output_scanline < h) {
        JSAMPROW row = rgb + (size_t)j.output_scanline * w * 3;
        jpeg_read_scanlines(&j, &row, 1);
    }
    const unsigned at[4][2] = {{w / 2, 2}, {w - 3, h / 2}, {w / 2, h - 3}, {2, h / 2}};
    char edges[5] = "";
    for (size_t i = 0; i < 4; i++) {
        const unsigned char *p = rgb + ((size_t)at[i][1] * w + at[i][0]) * 3;
        edges[i] = p[0] > 160 ? 'r' : p[2] > 160 ? 'b' : '-';
    }
    snprintf(text, sizeof text, "%ux%u %c%c", w, h, edges[0], edges[2]);
    if (edges[0] == edges[2] || edges[0] == '-' || edges[2] == '-')
        snprintf(text, sizeof text, "%ux%u %c|%c", w, h, edges[3], edges[1]);
    jpeg_destroy_decompress(&j);
    free(rgb);
    return text;
}

static const char *clean(struct str data, enum upload_kind *kind, struct buf *out)
{
    buf_free(out);
    *out = (struct buf){0};
    return upload_clean(program, data, kind, out);
}

static void test_kinds(void **state)
{
    (void)state;
    static const struct {
        struct str data;
        enum upload_kind kind;
    } cases[] = {
        {{"", 0}, UPLOAD_NONE},
        {{"\x89PNG\r\n\x1a\nrest", 12}, UPLOAD_PNG},
        {{"\x89PNG\r\n\x1a", 7}, UPLOAD_NONE},
        {{"\xff\xd8\xff\xe0", 4}, UPLOAD_JPEG},
        {{"\xff\xd8", 2}, UPLOAD_NONE},
        {{"%PDF-1.4\n…\n%%EOF\n", 20}, UPLOAD_PDF},
        {{"%PDF-2.0\n…\n%%EOF\r\n", 21}, UPLOAD_PDF},
        {{"%PDF-1.4\n and so on", 19}, UPLOAD_NONE}, /* cut off */
        {{"x%PDF-1.4\n%%EOF", 15}, UPLOAD_NONE},
        {{"<svg onload=alert(1)>", 21}, UPLOAD_NONE},
        {{"GIF89a....", 10}, UPLOAD_NONE},
        {{"<html>%%EOF", 11}, UPLOAD_NONE},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        check_row(upload_kind(cases[i].data) == cases[i].kind, i);
    for (enum upload_kind k = UPLOAD_PDF; k <= UPLOAD_PNG; k++)
        assert_int_equal(upload_by_ending(upload_ending(k)), k);
    assert_int_equal(upload_by_ending("svg"), UPLOAD_NONE);
    assert_int_equal(upload_by_ending(NULL), UPLOAD_NONE);
}

static void test_refused(void **state)
{
    (void)state;
    enum upload_kind kind;
    struct buf out = {0};
    assert_string_equal(clean(STR("hello"), &kind, &out),
                        "This is not a photo (JPEG or PNG) and not a PDF. Send one of these.");
    char *large = calloc(1, UPLOAD_MAX + 1);
    memcpy(large, "\xff\xd8\xff", 3);
    assert_string_equal(clean((struct str){large, UPLOAD_MAX + 1}, &kind, &out),
                        "The file is larger than 10 MB. Send a smaller one.");
    assert_string_equal(clean((struct str){large, 5000}, &kind, &out),
                        "The picture could not be read. Take it again, or send a PDF.");
    free(large);
    buf_free(&out);
}

static void test_pdf_stays_as_it_is(void **state)
{
    (void)state;
    enum upload_kind kind;
    struct buf out = {0};
    struct str pdf = STR("%PDF-1.7\nsome text\n%%EOF\n");
    assert_null(clean(pdf, &kind, &out));
    assert_int_equal(kind, UPLOAD_PDF);
    assert_int_equal(out.n, pdf.n);
    assert_memory_equal(out.p, pdf.p, pdf.n);
    buf_free(&out);
}

static bool holds(const struct buf *b, const char *text)
{
    return memmem(b->p, b->n, text, strlen(text)) != NULL;
}

static void test_jpeg_loses_all_but_pixels(void **state)
{
    (void)state;
    enum upload_kind kind;
    struct buf out = {0};
    struct str in = jpeg(300, 200, 1, "GPS 52.5 13.4, Ann Example");
    assert_non_null(memmem(in.p, in.n, "Ann Example", 11));
    assert_null(clean(in, &kind, &out));
    assert_int_equal(kind, UPLOAD_JPEG);
    assert_string_equal(seen(&out), "300x200 rb");
    assert_false(holds(&out, "Ann"));
    assert_false(holds(&out, "Exif"));
    free((char *)(uintptr_t)in.p);
    buf_free(&out);
}

/* As the camera was held: what was up is up. */
static void test_turned(void **state)
{
    (void)state;
    static const char *const upright[] = {"",           "300x200 rb",  "300x200 rb",  "300x200 br",
                                          "300x200 br", "200x300 r|b", "200x300 b|r", "200x300 b|r",
                                          "200x300 r|b"};
    for (int orientation = 1; orientation <= 8; orientation++) {
        enum upload_kind kind;
        struct buf out = {0};
        struct str in = jpeg(300, 200, orientation, NULL);
        assert_null(clean(in, &kind, &out));
        assert_string_equal(seen(&out), upright[orientation]);
        free((char *)(uintptr_t)in.p);
        buf_free(&out);
    }
}

static uint32_t crc_of(const unsigned char *p, size_t n)
{
    uint32_t crc = 0xffffffff;
    for (size_t i = 0; i < n; i++) {
        crc ^= p[i];
        for (int k = 0; k < 8; k++)
            crc = crc & 1 ? 0xedb88320 ^ crc >> 1 : crc >> 1;
    }
    return ~crc;
}

static unsigned char *put_number(unsigned char *to, uint32_t n)
{
    for (int i = 0; i < 4; i++)
        *to++ = (unsigned char)(n >> (24 - 8 * i));
    return to;
}

/* The same picture with a piece of each kind that can carry words, and words behind its end. */
static struct str png_that_tells(struct str in, const char *const *kinds, size_t count, const char *words)
{
    enum { BEGIN = 8 + 25 }; /* signature and IHDR */
    size_t n = strlen(words);
    char *out = malloc(in.n + count * (12 + n) + n);
    memcpy(out, in.p, BEGIN);
    unsigned char *to = (unsigned char *)out + BEGIN;
    for (size_t i = 0; i < count; i++) {
        unsigned char *piece = put_number(to, (uint32_t)n);
        memcpy(piece, kinds[i], 4);
        memcpy(piece + 4, words, n);
        to = put_number(piece + 4 + n, crc_of(piece, 4 + n));
    }
    memcpy(to, in.p + BEGIN, in.n - BEGIN);
    memcpy(to + in.n - BEGIN, words, n);
    free((void *)(uintptr_t)in.p);
    return (struct str){out, in.n + count * (12 + n) + n};
}

static void test_png_loses_all_but_pixels(void **state)
{
    static const char *const kinds[] = {"tEXt", "iTXt", "zTXt", "eXIf", "iCCP", "prVt"};
    (void)state;
    enum upload_kind kind;
    struct buf out = {0};
    struct str file[PHOTO_FILES];
    struct str in = png_that_tells(png(400, 200), kinds, COUNT(kinds), "GPS 52.5 13.4, Ann Example");
    assert_null(clean(in, &kind, &out));
    assert_int_equal(kind, UPLOAD_PNG);
    assert_false(holds(&out, "Ann"));
    for (size_t i = 0; i < COUNT(kinds); i++)
        check_row(!holds(&out, kinds[i]), i);
    buf_free(&out);
    out = (struct buf){0};
    assert_null(photo_make(program, in, (struct photo_part){50, 50, 100}, &out, file));
    assert_false(holds(&out, "Ann"));
    free((void *)(uintptr_t)in.p);
    buf_free(&out);
}

static void test_png(void **state)
{
    (void)state;
    enum upload_kind kind;
    struct buf out = {0};
    struct str in = png(400, 100);
    assert_null(clean(in, &kind, &out));
    assert_int_equal(kind, UPLOAD_PNG);
    assert_int_equal(upload_kind((struct str){out.p, out.n}), UPLOAD_PNG);
    png_image image = {.version = PNG_IMAGE_VERSION};
    assert_true(png_image_begin_read_from_memory(&image, out.p, out.n));
    assert_int_equal(image.width, 400);
    png_image_free(&image);
    free((char *)(uintptr_t)in.p);
    buf_free(&out);
}

static void test_large_photo_becomes_smaller(void **state)
{
    (void)state;
    enum upload_kind kind;
    struct buf out = {0};
    struct str in = jpeg(8000, 6000, 0, NULL);
    assert_null(clean(in, &kind, &out));
    assert_string_equal(seen(&out), "2000x1500 rb");
    free((char *)(uintptr_t)in.p);
    buf_free(&out);
}

/* The pixel in the middle of a JPEG's row at `down` hundredths, as R and B. */
static void colour_at(struct str data, unsigned down, unsigned char *red, unsigned char *blue, unsigned *side)
{
    struct jpeg_decompress_struct j;
    struct jpeg_error_mgr errors;
    j.err = jpeg_std_error(&errors);
    jpeg_create_decompress(&j);
    jpeg_mem_src(&j, (const unsigned char *)data.p, data.n);
    jpeg_read_header(&j, TRUE);
    jpeg_start_decompress(&j);
    unsigned char *row = malloc((size_t)j.output_width * 3);
    *side = j.output_width == j.output_height ? j.output_width : 0;
    for (unsigned y = 0; y <= (j.output_height - 1) * down / 100; y++)
        jpeg_read_scanlines(&j, &row, 1);
    *red = row[j.output_width / 2 * 3];
    *blue = row[j.output_width / 2 * 3 + 2];
    free(row);
    jpeg_abort_decompress(&j);
    jpeg_destroy_decompress(&j);
}

static void test_photo(void **state)
{
    (void)state;
    static const struct {
        unsigned width, height;
        struct photo_part part;
        bool red_above, blue_below;
    } rows[] = {
        {600, 400, {50, 50, 100}, true, true},
        {400, 900, {50, 0, 50}, true, false},
        {400, 900, {50, 100, 50}, false, true},
        {200, 300, {100, 50, 50}, true, true}, /* no smaller than the least */
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct buf out = {0};
        struct str in = jpeg(rows[i].width, rows[i].height, 1, "GPS 52.5 13.4, Ann Example"),
                   file[PHOTO_FILES];
        unsigned char red, blue;
        unsigned side;
        assert_null(photo_make(program, in, rows[i].part, &out, file));
        assert_null(memmem(out.p, out.n, "Ann", 3));
        assert_null(memmem(out.p, out.n, "Exif", 4));
        for (size_t n = 0; n < PHOTO_FILES; n++) {
            bool webp = strcmp(photo_kinds[n].kind, "webp") == 0;
            assert_memory_equal(file[n].p + (webp ? 8 : 0), webp ? "WEBP" : "\xff\xd8\xff\xe0", 4);
            if (webp || photo_kinds[n].size == 0)
                continue;
            colour_at(file[n], 5, &red, &blue, &side);
            assert_int_equal(side, photo_kinds[n].size);
            assert_true(rows[i].red_above == (red > 200 && blue < 60));
            colour_at(file[n], 95, &red, &blue, &side);
            assert_true(rows[i].blue_below == (blue > 200 && red < 60));
        }
        free((void *)(uintptr_t)in.p);
        buf_free(&out);
    }
}

static void test_photo_refused(void **state)
{
    (void)state;
    struct buf out = {0};
    struct str file[PHOTO_FILES], in = png(159, 400);
    const struct photo_part all = {50, 50, 100};
    assert_string_equal(photo_make(program, in, all, &out, file),
                        "The photo is too small. Send one of at least 160 pixels a side");
    assert_non_null(photo_make(program, (struct str){in.p, in.n / 2}, all, &out, file));
    assert_string_equal(photo_make(program, STR("%PDF-1.7\n%%EOF\n"), all, &out, file),
                        "This is not a JPEG or PNG picture. Choose one of these");
    assert_non_null(photo_make(program, STR("<svg onload=alert(1)>"), all, &out, file));
    char *large = calloc(1, UPLOAD_MAX + 1);
    memcpy(large, "\xff\xd8\xff", 3);
    assert_string_equal(photo_make(program, (struct str){large, UPLOAD_MAX + 1}, all, &out, file),
                        "The photo is larger than 10 MB. Send a smaller one");
    free(large);
    assert_non_null(photo_make(program, in, (struct photo_part){50, 50, 0}, &out, file));
    assert_false(photo_split(STR(""), file));
    assert_false(photo_split(STR("\0\0\0\1a\0\0\0\2b"), file));
    assert_true(photo_split(STR("\0\0\0\1a\0\0\0\1b\0\0\0\1c\0\0\0\1d\0\0\0\1e\0\0\0\1f\0\0\0\1g"), file));
    assert_false(photo_split(STR("\0\0\0\1a\0\0\0\1b\0\0\0\1c\0\0\0\1d\0\0\0\1e\0\0\0\1f\0\0\0\1gh"), file));
    assert_false(photo_split(STR("\0\0\0\1a\0\0\0\1b\0\0\0\1c\0\0\0\1d\0\0\0\1e\0\0\0\0\0\0\0\1g"), file));
    free((void *)(uintptr_t)in.p);
    buf_free(&out);
}

/* A few bytes that say they are a picture of 19,000 by 19,000. */
static void test_a_bomb_is_told_by_its_size(void **state)
{
    (void)state;
    enum upload_kind kind;
    struct buf out = {0};
    struct str in = png(10, 10);
    unsigned char *p = (unsigned char *)(uintptr_t)in.p;
    const unsigned char side[] = {0, 0, 0x4a, 0x38};
    memcpy(p + 16, side, 4);
    memcpy(p + 20, side, 4);
    uint32_t crc = crc_of(p + 12, 17);
    for (int i = 0; i < 4; i++)
        p[29 + i] = (unsigned char)(crc >> (24 - 8 * i));
    assert_string_equal(clean(in, &kind, &out),
                        "The picture is too large. Send one with fewer pixels, or a PDF.");
    free(p);
    in = jpeg(16, 16, 0, NULL);
    p = (unsigned char *)(uintptr_t)in.p;
    for (size_t i = 0; i + 9 < in.n; i++)
        if (p[i] == 0xff && p[i + 1] == 0xc0)
            p[i + 5] = p[i + 7] = 0x4a; /* height, width */
    assert_string_equal(clean(in, &kind, &out),
                        "The picture is too large. Send one with fewer pixels, or a PDF.");
    free(p);
    buf_free(&out);
}

/* The lightest picture that costs much: each scan says next to nothing, and is a way over all pixels. */
static struct str jpeg_in_scans(int scans)
{
    jpeg_scan_info script[190] = {{3, {0, 1, 2}, 0, 0, 0, 0}};
    struct jpeg_compress_struct j;
    struct jpeg_error_mgr errors;
    unsigned char *out = NULL, *rgb = two_halves(200, 200);
    unsigned long size = 0;
    for (int i = 1; i < scans; i++)
        script[i] = (jpeg_scan_info){1, {(i - 1) / 63}, (i - 1) % 63 + 1, (i - 1) % 63 + 1, 0, 0};
    j.err = jpeg_std_error(&errors);
    jpeg_create_compress(&j);
    jpeg_mem_dest(&j, &out, &size);
    j.image_width = j.image_height = 200;
    j.input_components = 3;
    j.in_color_space = JCS_RGB;
    jpeg_set_defaults(&j);
    j.scan_info = script;
    j.num_scans = scans;
    jpeg_start_compress(&j, TRUE);
    while (j.next_scanline < 200) {
        JSAMPROW row = rgb + (size_t)j.next_scanline * 600;
        jpeg_write_scanlines(&j, &row, 1);
    }
    jpeg_finish_compress(&j);
    jpeg_destroy_compress(&j);
    free(rgb);
    return (struct str){(const char *)out, size};
}

static void test_a_picture_of_many_scans(void **state)
{
    (void)state;
    static const struct {
        int scans;
        bool good;
    } rows[] = {{10, true}, {100, true}, {101, false}, {190, false}};
    enum upload_kind kind;
    struct buf out = {0};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct str in = jpeg_in_scans(rows[i].scans);
        check_row((clean(in, &kind, &out) == NULL) == rows[i].good, i);
        free((char *)(uintptr_t)in.p);
    }
    buf_free(&out);
}

static void test_cut_off(void **state)
{
    (void)state;
    enum upload_kind kind;
    struct buf out = {0};
    struct str in = png(400, 400);
    assert_non_null(clean((struct str){in.p, in.n / 2}, &kind, &out));
    assert_non_null(clean((struct str){in.p, in.n - 12}, &kind, &out)); /* all but IEND */
    free((char *)(uintptr_t)in.p);
    in = jpeg(400, 400, 0, NULL);
    assert_string_equal(clean((struct str){in.p, in.n / 2}, &kind, &out),
                        "The picture could not be read. Take it again, or send a PDF.");
    assert_non_null(clean((struct str){in.p, in.n - 40}, &kind, &out));
    free((char *)(uintptr_t)in.p);
    buf_free(&out);
}

static void test_a_child_that_ends_or_is_none(void **state)
{
    (void)state;
    enum upload_kind kind;
    struct buf out = {0};
    struct str in = jpeg(16, 16, 0, NULL);
    static const char *const programs[] = {"/nonexistent/unknot", "/bin/false", "/bin/true"};
    for (size_t i = 0; i < COUNT(programs); i++) {
        out = (struct buf){0};
        check_row(upload_clean(programs[i], in, &kind, &out) != NULL, i);
        buf_free(&out);
    }
    free((char *)(uintptr_t)in.p);
}

/* Pieces of a file open as what they are, where they are, and with nothing changed in them. */
static void test_pieces(void **state)
{
    (void)state;
    char key[FILE_KEY_CHARS], other[FILE_KEY_CHARS];
    size_t size = PIECE_BYTES + 7;
    char *text = malloc(size);
    struct buf sealed = {.max = 2 * PIECE_BYTES}, open = {.max = 2 * PIECE_BYTES};
    for (size_t i = 0; i < size; i++)
        text[i] = (char)(i * 31);
    file_key_new(key);
    file_key_new(other);
    assert_string_not_equal(key, other);
    assert_int_equal(file_pieces(0), 1);
    assert_int_equal(file_pieces(PIECE_BYTES), 1);
    assert_int_equal(file_pieces(size), 2);
    for (int n = 0; n < 2; n++) {
        assert_true(file_piece_seal(key, "a", n, 2, (struct str){text, size}, &sealed));
        assert_null(memmem(sealed.p, sealed.n, text, 8));
        assert_false(file_piece_open(other, "a", n, 2, sealed.p, &open));
        assert_false(file_piece_open(key, "b", n, 2, sealed.p, &open));
        assert_false(file_piece_open(key, "a", 1 - n, 2, sealed.p, &open));
        assert_false(file_piece_open(key, "a", n, 3, sealed.p, &open));
        assert_true(file_piece_open(key, "a", n, 2, sealed.p, &open));
        sealed.p[sealed.n / 2] = sealed.p[sealed.n / 2] == 'A' ? 'B' : 'A';
        assert_false(file_piece_open(key, "a", n, 2, sealed.p, &open));
    }
    assert_false(file_piece_open(key, "a", 0, 2, "", &open));
    assert_int_equal(open.n, size);
    assert_memory_equal(open.p, text, size);
    buf_free(&sealed);
    buf_free(&open);
    free(text);
}

#ifndef __SANITIZE_ADDRESS__
static void told_of(pid_t process, const char *file, char *text, size_t cap)
{
    char path[40];
    snprintf(path, sizeof path, "/proc/%d/%s", (int)process, file);
    FILE *f = fopen(path, "re");
    if (!f)
        return;
    text[fread(text, 1, cap - 1, f)] = '\0';
    fclose(f);
}

/* The harder of the two, which nothing lifts; -1 when it is not said. */
static int64_t limit_of(const char *limits, const char *what)
{
    const char *at = strstr(limits, what);
    int64_t value;
    if (!at)
        return -1;
    at += strlen(what);
    at += strspn(at, " ");
    at += strcspn(at, " ");
    at += strspn(at, " ");
    return text_int((struct str){at, strcspn(at, " ")}, 0, INT64_MAX, &value) ? value : -1;
}

/* While it waits for its picture it can do nothing but read, write and end. */
static void test_the_child_has_no_rights(void **state)
{
    (void)state;
    int in[2], out[2];
    char text[4000] = "", limits[4000] = "";
    assert_int_equal(pipe(in) | pipe(out), 0);
    pid_t child = fork();
    if (child == 0) {
        dup2(in[0], 0);
        dup2(out[1], 1);
        execl(program, program, "redraw", (char *)NULL);
        _exit(127);
    }
    for (int i = 0; i < 200 && !strstr(text, "Seccomp:\t2"); i++) {
        usleep(10000);
        told_of(child, "status", text, sizeof text);
    }
    told_of(child, "limits", limits, sizeof limits);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    for (int i = 0; i < 2; i++) {
        close(in[i]);
        close(out[i]);
    }
    assert_non_null(strstr(text, "Seccomp:\t2"));
    assert_non_null(strstr(text, "NoNewPrivs:\t1"));
    assert_int_equal(limit_of(limits, "Max cpu time"), 4);
    assert_int_equal(limit_of(limits, "Max address space"), 768 << 20);
    assert_int_equal(limit_of(limits, "Max file size"), 0);
    assert_int_equal(limit_of(limits, "Max open files"), 3);
    assert_int_equal(limit_of(limits, "Max core file size"), 0);
}
#endif

/* The program that was built beside this test. */
static int find_program(void **state)
{
    char self[PATH_MAX];
    (void)state;
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    assert_in_range(n, 1, PATH_MAX - 20);
    self[n] = '\0';
    snprintf(program, sizeof program, "%s", dirname(dirname(self)));
    snprintf(program + strlen(program), 8, "/unknot");
    return access(program, X_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_pdf_stays_as_it_is),
        cmocka_unit_test(test_jpeg_loses_all_but_pixels),
        cmocka_unit_test(test_turned),
        cmocka_unit_test(test_png),
        cmocka_unit_test(test_png_loses_all_but_pixels),
        cmocka_unit_test(test_large_photo_becomes_smaller),
        cmocka_unit_test(test_a_bomb_is_told_by_its_size),
        cmocka_unit_test(test_a_picture_of_many_scans),
        cmocka_unit_test(test_photo),
        cmocka_unit_test(test_photo_refused),
        cmocka_unit_test(test_cut_off),
        cmocka_unit_test(test_a_child_that_ends_or_is_none),
        cmocka_unit_test(test_pieces),
#ifndef __SANITIZE_ADDRESS__
        cmocka_unit_test(test_the_child_has_no_rights),
#endif
    };
    return cmocka_run_group_tests(tests, find_program, NULL);
}
