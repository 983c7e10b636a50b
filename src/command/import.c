/* unknot import places: gazetteer files into the place table. (import map: import_map.c) */
#include "command/command.h"
#include "db/db.h"
#include "operator/gazetteer.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

#define WEATHER_PLACES "/usr/share/weather-util/places.gz"
#define WEATHER_ZIPS   "/usr/share/weather-util/zctas.gz"

struct source {
    enum gazetteer_format format;
    const char *path;
};

/* What db_copy's row callback reads on with. */
struct reading {
    gzFile file;
    struct gazetteer gazetteer;
    bool ended;
};

static bool next_place(struct reading *r, struct gazetteer_place *place)
{
    char line[16384];
    while (!r->ended && gzgets(r->file, line, sizeof line) != NULL) {
        size_t n = strlen(line);
        while (n > 0 && (line[n - 1] == '\n' || line[n - 1] == '\r'))
            n--;
        if (gazetteer_line(&r->gazetteer, (struct str){line, n}, place))
            return true;
    }
    bool last = !r->ended && gazetteer_end(&r->gazetteer, place);
    r->ended = true;
    return last;
}

static bool next_row(struct buf *row, void *context)
{
    struct gazetteer_place place;
    char number[3][32];
    if (!next_place(context, &place))
        return false;
    snprintf(number[0], sizeof number[0], "%.7f", place.lat);
    snprintf(number[1], sizeof number[1], "%.7f", place.lon);
    snprintf(number[2], sizeof number[2], "%d", place.population);
    db_copy_field(row, place.is_postcode ? "postcode" : "town");
    db_copy_field(row, place.country);
    db_copy_field(row, place.region);
    db_copy_field(row, place.name);
    db_copy_field(row, place.is_postcode ? place.postcode : NULL);
    for (size_t i = 0; i < 3; i++)
        db_copy_field(row, number[i]);
    return true;
}

static enum db_status copy_file(struct db *db, const struct source *source)
{
    struct reading r = {.file = gzopen(source->path, "rb")};
    if (r.file == NULL) {
        fprintf(stderr, "unknot: cannot read %s; on Debian it comes with: apt install weather-util-data\n",
                source->path);
        return DB_ERROR;
    }
    gazetteer_start(&r.gazetteer, source->format);
    enum db_status s = db_copy(db, Q_import_places_copy, next_row, &r);
    int damaged = 0;
    gzerror(r.file, &damaged);
    gzclose(r.file);
    if (damaged != Z_OK && damaged != Z_STREAM_END) {
        fprintf(stderr, "unknot: %s is damaged; nothing was imported\n", source->path);
        return DB_ERROR;
    }
    if (r.gazetteer.skipped > 0)
        fprintf(stderr, "unknot: %s: %ld lines do not fit the format and were left out\n", source->path,
                r.gazetteer.skipped);
    return s;
}

struct import {
    struct arena *arena;
    const struct source *sources;
    size_t count;
};

static enum db_status import_all(struct db *db, void *context)
{
    const struct import *import = context;
    enum db_status s = db_get(db, import->arena, Q_import_places_clear, NULL);
    for (size_t i = 0; i < import->count && (s == DB_OK || s == DB_NONE); i++)
        s = copy_file(db, &import->sources[i]);
    if (s == DB_OK || s == DB_NONE)
        s = db_get(db, import->arena, Q_import_places_merge, NULL);
    return s;
}

static int import_sources(const struct config *config, const struct source *sources, size_t count)
{
    int failed = 1;
    struct arena *a = arena_new(1 << 20);
    struct db *db = db_open(config->owner_database, 0, (const char *const[]){"import", NULL});
    struct import import = {a, sources, count};
    const char *counts = NULL;
    if (a == NULL || db == NULL) {
        fputs("unknot: cannot reach the database as its owner: run `unknot doctor`\n", stderr);
    } else if (db_transaction(db, NULL, import_all, &import) > DB_NONE) {
        fputs("unknot: the places were not imported; nothing was changed\n", stderr);
    } else if (db_get(db, a, Q_import_places_counts, &counts) == DB_OK) {
        printf("places: %s\n", counts);
        failed = 0;
    }
    db_close(db);
    arena_free(a);
    return failed;
}

static int usage(void)
{
    fputs("usage: unknot import places                     the US, from Debian's weather-util-data\n"
          "       unknot import places [OPTION FILE]...   plain or gzipped\n"
          "  --weather FILE    the format of weather-util-data\n"
          "  --geonames FILE   GeoNames' dump of a country or the world\n"
          "  --postal FILE     GeoNames' postal codes\n"
          "       unknot import map FILE.geojson          the ground under the map of results\n"
          "       unknot import map --remove\n",
          stderr);
    return 2;
}

static bool format_of(const char *option, enum gazetteer_format *format)
{
    static const char *const names[] = {"--weather", "--geonames", "--postal"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(option, names[i]) == 0) {
            *format = (enum gazetteer_format)i;
            return true;
        }
    return false;
}

int command_import(const struct config *config, int argc, char **argv)
{
    struct source sources[16] = {{GAZETTEER_WEATHER, WEATHER_ZIPS}, {GAZETTEER_WEATHER, WEATHER_PLACES}};
    size_t count = 0;
    if (argc > 0 && strcmp(argv[0], "map") == 0)
        return command_import_map(config, argc - 1, argv + 1);
    if (argc < 1 || strcmp(argv[0], "places") != 0 || argc % 2 == 0)
        return usage();
    for (int i = 1; i + 1 < argc; i += 2) {
        if (count == sizeof sources / sizeof *sources || !format_of(argv[i], &sources[count].format))
            return usage();
        sources[count++].path = argv[i + 1];
    }
    return import_sources(config, sources, count > 0 ? count : 2);
}
