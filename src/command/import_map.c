/* unknot import map: a GeoJSON file becomes the ground under the map of results. */
#include "command/command.h"
#include "db/db.h"
#include "operator/ground.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

/* What db_copy's row callback reads on with. */
struct rows {
    const struct ground *ground;
    size_t next;
};

struct import {
    struct arena *arena;
    const struct ground *ground;
};

static void put_number(struct buf *row, double value)
{
    char text[40];
    snprintf(text, sizeof text, "%.0f", value);
    db_copy_field(row, text);
}

static bool next_row(struct buf *row, void *context)
{
    struct rows *rows = context;
    if (rows->next == rows->ground->n)
        return false;
    const struct ground_row *r = &rows->ground->rows[rows->next++];
    put_number(row, r->z);
    put_number(row, r->x);
    put_number(row, r->y);
    db_copy_field(row, map_kind_names[r->kind]);
    put_number(row, r->size_m);
    db_copy_field(row, r->path);
    db_copy_field(row, r->name);
    return true;
}

static enum db_status replace(struct db *db, void *context)
{
    const struct import *import = context;
    struct rows rows = {import->ground, 0};
    enum db_status s = db_get(db, import->arena, Q_import_map_clear, NULL);
    if (s <= DB_NONE && import->ground->n > 0)
        s = db_copy(db, Q_import_map_copy, next_row, &rows);
    return s <= DB_NONE ? db_get(db, import->arena, Q_import_map_analyze, NULL) : s;
}

/* What was there before goes, and this comes, in one transaction; an empty ground takes the map out. */
static bool store(const struct config *config, const struct ground *ground)
{
    struct arena *a = arena_new(1 << 20);
    struct db *db = db_open(config->owner_database, 0, (const char *const[]){"import", NULL});
    struct import import = {a, ground};
    bool good = a && db && db_transaction(db, NULL, replace, &import) <= DB_NONE;
    if (!a || !db)
        fputs("unknot: cannot reach the database as its owner: run `unknot doctor`\n", stderr);
    else if (!good)
        fputs("unknot: the map was not changed; the line above says why\n", stderr);
    db_close(db);
    arena_free(a);
    return good;
}

static FILE *open_file(const char *path)
{
    struct stat about;
    FILE *in = fopen(path, "re");
    if (!in || fstat(fileno(in), &about) != 0) {
        fprintf(stderr, "unknot: cannot read %s: %s\n", path, strerror(errno));
    } else if (!S_ISREG(about.st_mode) || (size_t)about.st_size > GEOJSON_MAX_BYTES) {
        fprintf(
            stderr,
            "unknot: %s is not a file of at most %zu MB; keep water, parks, main roads and districts of your "
            "region only\n",
            path, GEOJSON_MAX_BYTES >> 20);
        fclose(in);
        in = NULL;
    }
    return in;
}

static bool read_file(const char *path, struct ground *ground, struct geojson_result *result)
{
    FILE *in = open_file(path);
    if (!in)
        return false;
    bool good = geojson_read(in, result, ground_add, ground);
    fclose(in);
    if (!good)
        fprintf(stderr, "unknot: %s: %s; the map was not changed\n", path,
                ground->problem ? ground->problem : result->problem);
    else if (ground->n == 0)
        fprintf(
            stderr,
            "unknot: %s: none of its %ld features is water, a park, a main road or a district that can be "
            "drawn; the map was not changed\n",
            path,
            result->left_out + result->taken[MAP_WATER] + result->taken[MAP_PARK] + result->taken[MAP_ROAD] +
                result->taken[MAP_DISTRICT]);
    return good && ground->n > 0;
}

static void say(const struct geojson_result *r, size_t pieces)
{
    printf("map: %ld water, %ld park, %ld road, %ld district; %ld features left out; %zu pieces stored\n",
           r->taken[MAP_WATER], r->taken[MAP_PARK], r->taken[MAP_ROAD], r->taken[MAP_DISTRICT], r->left_out,
           pieces);
}

static int usage(void)
{
    fputs(
        "usage: unknot import map FILE.geojson   draws it under the map of results, in place of an earlier "
        "one\n"
        "       unknot import map --remove       takes it out again\n"
        "Features are told apart by their property \"kind\": water, park, road or district, or by the tags "
        "of\n"
        "OpenStreetMap (natural, water, waterway, leisure, landuse, highway, boundary, place). A district's\n"
        "\"name\" is written on the map. Data of others wants its source named: set map_attribution.\n",
        stderr);
    return 2;
}

int command_import_map(const struct config *config, int argc, char **argv)
{
    struct ground ground = {.n = 0};
    struct geojson_result result;
    if (argc != 1 || (argv[0][0] == '-' && strcmp(argv[0], "--remove") != 0))
        return usage();
    bool removing = argv[0][0] == '-';
    bool good = (removing || read_file(argv[0], &ground, &result)) && store(config, &ground);
    if (good && removing)
        puts("map: removed");
    else if (good)
        say(&result, ground.n);
    ground_free(&ground);
    return good ? 0 : 1;
}
