/* An operator's map, read, cut into cells, and drawn as a page would. */
#include "operator/ground.h"
#include "view/cell.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static void draw(const struct ground *ground, int z)
{
    static struct map_shape shapes[64];
    struct buf out = {.max = 1 << 20};
    struct map_name names[8];
    size_t n = 0;
    for (size_t i = 0; i < ground->n && n < 64; i++)
        if (ground->rows[i].z == z)
            shapes[n++] = (struct map_shape){.kind = ground->rows[i].kind,
                                             .z = z,
                                             .x = ground->rows[i].x,
                                             .y = ground->rows[i].y,
                                             .path = str_of(ground->rows[i].path),
                                             .name = ground->rows[i].name};
    if (n == 0)
        return;
    struct map_frame frame = {45.5, -122.7, 20000};
    if (!svg_ground(&out, &frame, shapes, n, 5000))
        abort();
    map_names(&frame, shapes, n, names, 8);
    buf_free(&out);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    struct ground ground = {.n = 0};
    struct geojson_result result;
    FILE *in = size ? fmemopen((void *)(uintptr_t)data, size, "r") : NULL;
    if (!in)
        return 0;
    bool good = geojson_read(in, &result, ground_add, &ground);
    if (good == (result.problem[0] || ground.problem))
        abort(); /* a refusal says why */
    for (size_t i = 0; i < CELL_LEVELS; i++)
        draw(&ground, cell_levels[i]);
    ground_free(&ground);
    fclose(in);
    return 0;
}
