/* A PMTiles archive: opened, then tiles of every zoom asked for. */
#define _GNU_SOURCE
#include "directory/pmtiles.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static void ask(const struct pmtiles *p)
{
    struct buf image = {.max = TILE_MAX};
    for (int z = 0; z <= 26; z++) {
        int last = (int)((1u << z) - 1);
        const struct tile tiles[] = {{z, 0, 0}, {z, last, last}, {z, last / 2, last / 3}, {z, last & 1, 0}};
        for (size_t i = 0; i < sizeof tiles / sizeof *tiles; i++) {
            buf_reset(&image);
            if (pmtiles_read(p, tiles[i], &image) == TILE_IMAGE && !tile_type(image.p, image.n))
                abort();
        }
    }
    buf_free(&image);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    char path[64], why[200] = "";
    int fd = memfd_create("archive", MFD_CLOEXEC);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size)
        abort();
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    struct pmtiles *p = pmtiles_open(path, why, sizeof why);
    if (!p == !why[0])
        abort();
    if (p) {
        ask(p);
        pmtiles_close(p);
    }
    close(fd);
    return 0;
}
