/* Tiles: the cache on disk, the PMTiles reader over files made here, and which settings go together. */
#include "unit.h"

#include "directory/pmtiles.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#define PNG  "\x89PNG\r\n\x1a\n"
#define JPEG "\xFF\xD8\xFF\xE0"
#define WEBP "RIFF\x10\0\0\0WEBPVP8 "

static char folder[] = "/tmp/unknot-tiles-XXXXXX", file[64];
static struct buf image;

static int setup(void **state)
{
    (void)state;
    image = (struct buf){.max = TILE_MAX};
    snprintf(folder, sizeof folder, "/tmp/unknot-tiles-XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(file, sizeof file, "%s/archive", folder);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    buf_free(&image);
    DIR *d = opendir(folder);
    for (const struct dirent *e; d && (e = readdir(d));)
        unlinkat(dirfd(d), e->d_name, 0);
    if (d)
        closedir(d);
    return rmdir(folder);
}

static void images_by_their_first_bytes(void **state)
{
    (void)state;
    assert_string_equal(tile_type(PNG "x", 9), "image/png");
    assert_string_equal(tile_type(JPEG, 4), "image/jpeg");
    assert_string_equal(tile_type(WEBP, 16), "image/webp");
    static const struct str no[] = {{"", 0},        {"<svg xmlns=", 11}, {"GIF89a..........", 16},
                                    {PNG, 8},       {WEBP, 8},           {"RIFF\x10\0\0\0WAVEfmt ", 16},
                                    {"\xFF\xD8", 2}};
    for (size_t i = 0; i < COUNT(no); i++)
        check_row(tile_type(no[i].p, no[i].n) == NULL, i);
}

/* --- The cache */

static void put(struct tile t, size_t size)
{
    struct buf b = {.max = TILE_MAX};
    buf_put(&b, PNG, 8);
    while (b.n < size)
        buf_putc(&b, 'x');
    tile_cache_put(t, &b);
    buf_free(&b);
}

static void put_none(struct tile t)
{
    tile_cache_put(t, &(struct buf){.max = 0});
}

/* Makes all files of the cache `seconds` older. */
static void age(long seconds)
{
    DIR *d = opendir(folder);
    for (const struct dirent *e; (e = readdir(d));) {
        struct stat about;
        if (fstatat(dirfd(d), e->d_name, &about, 0) != 0 || !S_ISREG(about.st_mode))
            continue;
        struct timespec times[2] = {about.st_atim, about.st_mtim};
        times[1].tv_sec -= seconds;
        utimensat(dirfd(d), e->d_name, times, 0);
    }
    closedir(d);
}

static size_t files(void)
{
    size_t n = 0;
    DIR *d = opendir(folder);
    for (const struct dirent *e; (e = readdir(d));)
        n += e->d_name[0] != '.';
    closedir(d);
    return n;
}

static void what_was_put_is_there(void **state)
{
    (void)state;
    const struct tile a = {12, 650, 1430}, b = {12, 651, 1430};
    assert_true(tile_cache_open(folder, "https://a.example/{z}/{x}/{y}", 1 << 20));
    assert_int_equal(tile_cache_get(a, false, &image), TILE_FAILED);
    put(a, 1000);
    put_none(b);
    assert_int_equal(tile_cache_get(a, false, &image), TILE_IMAGE);
    assert_int_equal(image.n, 1000);
    assert_int_equal(tile_cache_get(b, false, &image), TILE_NONE);
    assert_int_equal(files(), 2); /* and nothing half-written */
    tile_cache_close();
    assert_true(tile_cache_open(folder, "https://a.example/{z}/{x}/{y}", 1 << 20));
    assert_int_equal(tile_cache_get(a, false, &image), TILE_IMAGE);
    tile_cache_close();
    assert_true(tile_cache_open(folder, "https://b.example/{z}/{x}/{y}", 1 << 20));
    assert_int_equal(tile_cache_get(a, false, &image), TILE_FAILED); /* another source has other tiles */
    tile_cache_close();
}

static void tiles_grow_old(void **state)
{
    (void)state;
    const struct tile a = {12, 650, 1430}, b = {12, 651, 1430};
    assert_true(tile_cache_open(folder, "x", 1 << 20));
    put(a, 100);
    put_none(b);
    age(2 * 24 * 3600);
    assert_int_equal(tile_cache_get(a, false, &image), TILE_IMAGE);
    assert_int_equal(tile_cache_get(b, false, &image), TILE_FAILED); /* there may be one by now */
    age(6 * 24 * 3600);
    assert_int_equal(tile_cache_get(a, false, &image), TILE_FAILED);
    assert_int_equal(tile_cache_get(a, true, &image), TILE_IMAGE);
    tile_cache_close();
}

static void the_oldest_go_first(void **state)
{
    (void)state;
    int fd = open(file, O_WRONLY | O_CREAT, 0600), half;
    close(fd); /* somebody else's file in the folder */
    assert_true(tile_cache_open(folder, "x", 10000));
    for (int i = 0; i < 9; i++) {
        put((struct tile){8, i, 0}, 1000);
        age(10);
    }
    put((struct tile){8, 9, 0}, 1000); /* as much as there may be */
    assert_int_equal(tile_cache_get((struct tile){8, 0, 0}, false, &image), TILE_IMAGE);
    put((struct tile){8, 10, 0}, 1000); /* too much: down to nine tenths */
    assert_int_equal(tile_cache_get((struct tile){8, 0, 0}, false, &image), TILE_FAILED);
    assert_int_equal(tile_cache_get((struct tile){8, 1, 0}, false, &image), TILE_FAILED);
    for (int i = 2; i < 11; i++)
        assert_int_equal(tile_cache_get((struct tile){8, i, 0}, false, &image), TILE_IMAGE);
    tile_cache_close();

    char part[100];
    snprintf(part, sizeof part, "%s/part-1-1", folder);
    half = open(part, O_WRONLY | O_CREAT, 0600);
    close(half);
    assert_true(tile_cache_open(folder, "x", 4000)); /* less than is there */
    assert_int_equal(tile_cache_get((struct tile){8, 10, 0}, false, &image), TILE_IMAGE);
    assert_int_equal(files(), 3 + 1);
    assert_int_equal(access(file, F_OK), 0);
    assert_int_equal(access(part, F_OK), -1);
    tile_cache_close();
}

static void what_is_no_image_is_not_served(void **state)
{
    (void)state;
    const struct tile a = {12, 650, 1430};
    struct buf page = {.max = 1000};
    buf_puts(&page, "<html>a page of the network's</html>");
    assert_true(tile_cache_open(folder, "x", 1 << 20));
    tile_cache_put(a, &page);
    assert_int_equal(tile_cache_get(a, true, &image), TILE_FAILED);
    tile_cache_close();
    buf_free(&page);
}

static void a_folder_that_cannot_be(void **state)
{
    (void)state;
    char path[100];
    snprintf(path, sizeof path, "%s/not/there", folder);
    assert_false(tile_cache_open(path, "x", 1000));
    assert_false(tile_cache_open("/proc/self/status", "x", 1000));
}

/* --- PMTiles */

struct archive {
    unsigned char *p;
    size_t n;
};

static void put_u64(unsigned char *at, uint64_t value)
{
    for (int i = 0; i < 8; i++)
        at[i] = (unsigned char)(value >> (8 * i));
}

static void put_varint(struct buf *b, uint64_t value)
{
    for (; value > 127; value >>= 7)
        buf_putc(b, (char)((value & 127) | 128));
    buf_putc(b, (char)value);
}

struct row {
    uint64_t number, run, length, offset;
};

/* A directory of rows, offsets written as they are (so `offset` 0 means: behind the one before). */
static void put_directory(struct buf *out, const struct row *rows, size_t n, bool packed)
{
    struct buf b = {.max = 1 << 20};
    put_varint(&b, n);
    for (size_t i = 0; i < n; i++)
        put_varint(&b, rows[i].number - (i > 0 ? rows[i - 1].number : 0));
    for (size_t i = 0; i < n; i++)
        put_varint(&b, rows[i].run);
    for (size_t i = 0; i < n; i++)
        put_varint(&b, rows[i].length);
    for (size_t i = 0; i < n; i++)
        put_varint(&b, rows[i].offset);
    if (packed) {
        z_stream z = {.zalloc = NULL};
        unsigned char space[4096];
        assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
        z.next_in = (unsigned char *)b.p;
        z.avail_in = (unsigned)b.n;
        z.next_out = space;
        z.avail_out = sizeof space;
        assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
        buf_put(out, (const char *)space, z.total_out);
        deflateEnd(&z);
    } else {
        buf_put(out, b.p, b.n);
    }
    buf_free(&b);
}

#define TILE_BYTES 12 /* of each tile made here: the head of a PNG, and four bytes that say which */

/* An archive: tiles 1 to 4 (all of zoom 1) in the root, 4 being the same as 3; zoom 2 in a leaf, of which
 * only numbers 5 and 7 to 9 are there, the last three one image. */
static void make_archive(struct buf *out, bool packed)
{
    static const char *const tiles[] = {"one1", "two2", "thr3", "fiv5", "sev7"};
    static const struct row leaf[] = {{5, 1, TILE_BYTES, 3 * TILE_BYTES + 1}, {7, 3, TILE_BYTES, 0}};
    struct buf leaves = {.max = 4096}, root = {.max = 4096};
    unsigned char head[127] = "PMTiles\3";
    put_directory(&leaves, leaf, COUNT(leaf), packed);
    const struct row rows[] = {
        {1, 1, TILE_BYTES, 1}, {2, 1, TILE_BYTES, 0}, {3, 2, TILE_BYTES, 0}, {5, 0, leaves.n, 1}};
    put_directory(&root, rows, COUNT(rows), packed);
    put_u64(head + 8, 127);
    put_u64(head + 16, root.n);
    put_u64(head + 24, 127 + root.n);
    put_u64(head + 40, 127 + root.n);
    put_u64(head + 48, leaves.n);
    put_u64(head + 56, 127 + root.n + leaves.n);
    put_u64(head + 64, COUNT(tiles) * TILE_BYTES);
    head[97] = packed ? 2 : 1;
    head[98] = 1;
    head[99] = 2;
    head[100] = 1;
    head[101] = 2;
    buf_reset(out);
    buf_put(out, (const char *)head, sizeof head);
    buf_put(out, root.p, root.n);
    buf_put(out, leaves.p, leaves.n);
    for (size_t i = 0; i < COUNT(tiles); i++) {
        buf_put(out, PNG, 8);
        buf_puts(out, tiles[i]);
    }
    buf_free(&leaves);
    buf_free(&root);
}

static void write_file(const struct buf *b)
{
    int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0 && write(fd, b->p, b->n) == (ssize_t)b->n);
    close(fd);
}

static void numbers_of_tiles(void **state)
{
    (void)state;
    static const struct {
        struct tile t;
        uint64_t number;
    } table[] = {
        {{0, 0, 0}, 0},  {{1, 0, 0}, 1},
        {{1, 0, 1}, 2},  {{1, 1, 1}, 3},
        {{1, 1, 0}, 4},  {{2, 0, 0}, 5},
        {{2, 1, 0}, 6},  {{2, 1, 1}, 7},
        {{2, 0, 1}, 8},  {{2, 0, 2}, 9},
        {{2, 3, 0}, 20}, {{3, 0, 0}, 21},
        {{3, 7, 0}, 84}, {{12, 3423, 1763}, 19078479},
    };
    for (size_t i = 0; i < COUNT(table); i++)
        check_row(pmtiles_number(table[i].t) == table[i].number, i);
    /* a curve without jumps that comes by every tile once */
    struct tile at[4096];
    memset(at, 0xFF, sizeof at);
    for (int x = 0; x < 64; x++)
        for (int y = 0; y < 64; y++)
            at[pmtiles_number((struct tile){6, x, y}) - 1365] = (struct tile){6, x, y};
    for (size_t i = 1; i < COUNT(at); i++)
        assert_int_equal(abs(at[i].x - at[i - 1].x) + abs(at[i].y - at[i - 1].y), 1);
}

static enum tile_status read_number(const struct pmtiles *p, uint64_t number)
{
    for (int z = 0; z < 4; z++)
        for (int x = 0; x < 1 << z; x++)
            for (int y = 0; y < 1 << z; y++)
                if (pmtiles_number((struct tile){z, x, y}) == number) {
                    buf_reset(&image);
                    return pmtiles_read(p, (struct tile){z, x, y}, &image);
                }
    fail();
    return TILE_FAILED;
}

static void archives_are_read(void **state)
{
    (void)state;
    static const char *const said[] = {NULL, "one1", "two2", "thr3", "thr3", "fiv5",
                                       NULL, "sev7", "sev7", "sev7", NULL};
    for (int packed = 0; packed < 2; packed++) {
        struct buf b = {.max = 1 << 16};
        char why[200] = "";
        int least, most;
        make_archive(&b, packed);
        write_file(&b);
        struct pmtiles *p = pmtiles_open(file, why, sizeof why);
        assert_string_equal(why, "");
        assert_non_null(p);
        pmtiles_zooms(p, &least, &most);
        assert_true(least == 1 && most == 2);
        for (size_t i = 0; i < COUNT(said); i++) {
            check_row(read_number(p, i) == (said[i] ? TILE_IMAGE : TILE_NONE), i);
            check_row(!said[i] || (image.n == TILE_BYTES && memcmp(image.p + 8, said[i], 4) == 0), i);
        }
        assert_int_equal(read_number(p, 30), TILE_NONE); /* zoom 3 */
        pmtiles_close(p);
        buf_free(&b);
    }
}

static void faulty_archives_are_refused(void **state)
{
    (void)state;
    static const struct {
        size_t at;
        unsigned char byte;
        const char *why;
    } table[] = {
        {0, 'Q', "not a PMTiles file"},        {7, 2, "not version 3"},
        {97, 3, "way other than gzip"},        {98, 4, "way other than gzip"},
        {99, 1, "does not hold images"},       {99, 5, "does not hold images"},
        {100, 9, "zooms make no sense"},       {101, 27, "zooms make no sense"},
        {8, 126, "shorter than its header"},   {17, 0xFF, "shorter than its header"},
        {63, 0xFF, "shorter than its header"}, {71, 0x80, "shorter than its header"},
        {48, 0xFF, "shorter than its header"}, {127, 0, "directory is damaged"},
        {127, 0xFF, "directory is damaged"},
    };
    struct buf b = {.max = 1 << 16};
    char why[200];
    for (size_t i = 0; i < COUNT(table); i++) {
        make_archive(&b, false);
        b.p[table[i].at] = (char)table[i].byte;
        write_file(&b);
        check_row(!pmtiles_open(file, why, sizeof why), i);
        if (!strstr(why, table[i].why))
            fail_msg("row %zu: %s", i, why);
    }
    make_archive(&b, true);
    for (size_t n = 0; n < b.n - 5 * TILE_BYTES; n++) { /* cut short anywhere before the tiles */
        struct buf cut = {.p = b.p, .n = n, .max = n};
        write_file(&cut);
        assert_null(pmtiles_open(file, why, sizeof why));
    }
    assert_null(pmtiles_open(folder, why, sizeof why));
    assert_null(pmtiles_open("/nowhere", why, sizeof why));
    assert_string_equal(why, "No such file or directory");
    buf_free(&b);
}

/* Damage behind what is looked at when the file is opened. */
static void damage_is_found_when_it_is_met(void **state)
{
    (void)state;
    struct buf b = {.max = 1 << 16};
    char why[200];
    make_archive(&b, false);
    size_t tiles = b.n - 5 * TILE_BYTES, leaf = tiles - 9;
    assert_int_equal(b.p[leaf],
                     2); /* of the leaf: how many entries, two steps, two runs, two lengths, two offsets */
    static const struct {
        size_t at;
        unsigned char byte;
    } table[] = {{0, 0}, {0, 200}, {2, 0}, {5, 0}, {5, 0xFF}, {7, 0}, {7, 0xFE}};
    for (size_t i = 0; i < COUNT(table); i++) {
        make_archive(&b, false);
        b.p[leaf + table[i].at] = (char)table[i].byte;
        write_file(&b);
        struct pmtiles *p = pmtiles_open(file, why, sizeof why);
        assert_non_null(p);
        check_row(read_number(p, 5) == TILE_FAILED, i);
        check_row(read_number(p, 1) == TILE_IMAGE, i);
        pmtiles_close(p);
    }
    make_archive(&b, false);
    b.p[tiles] = '<'; /* not an image */
    write_file(&b);
    struct pmtiles *p = pmtiles_open(file, why, sizeof why);
    assert_int_equal(read_number(p, 1), TILE_FAILED);
    pmtiles_close(p);
    buf_free(&b);
}

/* A leaf that leads to itself. */
static void directories_do_not_go_round(void **state)
{
    (void)state;
    struct buf b = {.max = 1 << 16}, leaf = {.max = 100};
    char why[200];
    static const struct row round[] = {{5, 0, 5, 1}};
    make_archive(&b, false);
    put_directory(&leaf, round, 1, false);
    size_t at = b.n - 5 * TILE_BYTES - 9;
    memcpy(b.p + at, leaf.p, leaf.n);
    write_file(&b);
    struct pmtiles *p = pmtiles_open(file, why, sizeof why);
    assert_non_null(p);
    assert_int_equal(read_number(p, 5), TILE_FAILED);
    pmtiles_close(p);
    buf_free(&b);
    buf_free(&leaf);
}

/* --- Settings */

static void settings_that_go_together(void **state)
{
    (void)state;
    static const struct {
        const char *tiles, *attribution, *cache, *problem;
    } table[] = {
        {"", "", "", NULL},
        {"https://t.example/{z}/{x}/{y}.png", "© T", "/c", NULL},
        {"http://127.0.0.1:9/t/{x}-{y}-{z}?key=1", "© T", "/c", NULL},
        {"https://t.example/{z}/{x}/{y}.png", "", "/c", "map_attribution is not"},
        {"/no/such.pmtiles", "", "", "map_attribution is not"},
        {"https://t.example/{z}/{x}/{y}.png", "© T", "", "map_cache is not set"},
        {"https://t.example/{z}/{x}/{x}.png", "© T", "/c", "it needs {z}, {x} and {y} once each"},
        {"https://t.example/{z}/{x}.png", "© T", "/c", "it needs {z}, {x} and {y} once each"},
        {"https://{s}.t.example/{z}/{x}/{y}.png", "© T", "/c", "it needs {z}, {x} and {y} once each"},
        {"https://t.example/{z}/{x}/{y}{r}.png", "© T", "/c", "it needs {z}, {x} and {y} once each"},
        {"https://{z}.example/{x}/{y}/t", "© T", "/c", "it needs {z}, {x} and {y} once each"},
        {"https://a@t.example/{z}/{x}/{y}.png", "© T", "/c", "it needs {z}, {x} and {y} once each"},
        {"https://t.example", "© T", "/c", "it needs {z}, {x} and {y} once each"},
        {"/no/such.pmtiles", "© T", "",
         "/no/such.pmtiles: No such file or directory. Give a raster PMTiles file"},
        {"ftp://t.example/{z}/{x}/{y}.png", "© T", "/c",
         "No such file or directory. Give a raster PMTiles file"},
    };
    struct arena *a = arena_new(1 << 16);
    for (size_t i = 0; i < COUNT(table); i++) {
        struct config c = {.map_tiles = (char *)(uintptr_t)table[i].tiles,
                           .map_attribution = (char *)(uintptr_t)table[i].attribution,
                           .map_cache = (char *)(uintptr_t)table[i].cache};
        const char *problem = tiles_problem(&c, a);
        check_row((problem == NULL) == (table[i].problem == NULL), i);
        check_row(!problem || strstr(problem, table[i].problem), i);
    }
    arena_free(a);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(images_by_their_first_bytes),
        TEST(what_was_put_is_there),
        TEST(tiles_grow_old),
        TEST(the_oldest_go_first),
        TEST(what_is_no_image_is_not_served),
        TEST(a_folder_that_cannot_be),
        TEST(numbers_of_tiles),
        TEST(archives_are_read),
        TEST(faulty_archives_are_refused),
        TEST(damage_is_found_when_it_is_met),
        TEST(directories_do_not_go_round),
        TEST(settings_that_go_together),
    };
    return cmocka_run_group_tests_name("tile", tests, NULL, NULL);
}
