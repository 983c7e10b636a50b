/* unknot register import: a file that a register publishes, to hold credentials against. It decides nothing.
 */
#include "command/command.h"
#include "core/day.h"
#include "db/db.h"
#include "operator/register_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { MAPPING_MAX = 64 << 10 };

struct import {
    struct arena *arena;
    gzFile in;
    struct register_file *file;
    const char *id, *dated, *name, *mapping, *counts;
};

static size_t read_file(void *context, char *out, size_t cap)
{
    int n = gzread(context, out, (unsigned)cap);
    return n > 0 ? (size_t)n : 0;
}

static bool next_row(struct buf *row, void *context)
{
    struct register_file *f = context;
    if (!register_file_next(f))
        return row->failed = f->problem != NULL, false;
    for (size_t c = 0; c < REGISTER_COLUMNS; c++)
        db_copy_field(row, f->value[c][0] ? f->value[c] : NULL);
    return true;
}

/* What was there stays as it was when anything of the file is in doubt. */
static enum db_status import_rows(struct db *db, void *context)
{
    struct import *i = context;
    char left_out[24];
    enum db_status s = db_get(db, i->arena, Q_register_clear, NULL);
    if (s <= DB_NONE)
        s = db_copy(db, Q_register_copy, next_row, i->file);
    int damaged = Z_OK;
    gzerror(i->in, &damaged);
    if (damaged != Z_OK && damaged != Z_STREAM_END)
        i->file->problem = "the file is damaged";
    if (s > DB_NONE || i->file->problem)
        return DB_REFUSED;
    snprintf(left_out, sizeof left_out, "%ld", i->file->left_out);
    const char *const values[] = {i->id, i->dated, i->name, left_out, i->mapping};
    return db_query(db, i->arena, Q_register_store, &i->counts, 5, values);
}

static int import_into(struct db *db, struct import *i)
{
    struct str mapping = str_of(i->mapping);
    bool good = register_file_begin(i->file, i->arena, mapping) &&
                db_transaction(db, NULL, import_rows, i) == DB_OK && i->counts;
    if (good)
        printf("register: %s\n", i->counts);
    else if (i->file->problem)
        fprintf(stderr, "unknot: %s, line %ld: %s; nothing was imported\n", i->name, i->file->csv.line,
                i->file->problem);
    else
        fputs("unknot: nothing was imported; the line above says why\n", stderr);
    return good ? 0 : 1;
}

static const char *read_mapping(struct arena *a, const char *path)
{
    char *text = arena_alloc(a, MAPPING_MAX);
    FILE *in = text ? fopen(path, "re") : NULL;
    size_t n = in ? fread(text, 1, MAPPING_MAX - 1, in) : 0;
    if (in)
        fclose(in);
    if (!n || n == MAPPING_MAX - 1) {
        fprintf(stderr, "unknot: cannot read the mapping %s\n", path);
        return NULL;
    }
    text[n] = '\0';
    return text;
}

static const char *stored_mapping(struct db *db, struct arena *a, const char *id)
{
    const char *mapping = NULL;
    if (db_query_as(db, NULL, a, Q_register_mapping, &mapping, 1, &id) != DB_OK || !mapping)
        fprintf(stderr, "unknot: register %s has no mapping: give one with --mapping FILE.json\n", id);
    return mapping;
}

static int run(const struct config *config, const char *id, const char *mapping, const char *dated,
               const char *path)
{
    int status = 1;
    struct arena *a = arena_new(4 << 20);
    struct db *db = db_open(config->owner_database, 0, (const char *const[]){"register", "import", NULL});
    struct register_file *file = calloc(1, sizeof *file);
    gzFile in = gzopen(path, "rb");
    const char *name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
    struct import i = {.arena = a, .in = in, .file = file, .id = id, .dated = dated, .name = name};
    if (!a || !db || !file)
        fputs("unknot: cannot reach the database as its owner: run `unknot doctor`\n", stderr);
    else if (!in)
        fprintf(stderr, "unknot: cannot read %s\n", path);
    else if ((i.mapping = mapping ? read_mapping(a, mapping) : stored_mapping(db, a, id)) != NULL) {
        file->csv.read = read_file;
        file->csv.context = in;
        status = import_into(db, &i);
        register_file_end(file);
    }
    if (in)
        gzclose(in);
    free(file);
    db_close(db);
    arena_free(a);
    return status;
}

static int usage(void)
{
    fputs("usage: unknot register import --register ID --dated YYYY-MM-DD [--mapping FILE.json] FILE.csv\n"
          "Plain or gzipped. ID stands in the address of the register's page (/operator/registers/48). The\n"
          "mapping says which columns are number, name, status, expires and discipline; it is kept with the\n"
          "register, and used again. Credentials are held against the newest file; operators decide.\n",
          stderr);
    return 2;
}

int command_register(const struct config *config, int argc, char **argv)
{
    const char *id = NULL, *mapping = NULL, *dated = NULL, *path = NULL;
    int64_t number;
    int32_t day;
    if (argc < 1 || strcmp(argv[0], "import") != 0)
        return usage();
    for (int i = 1; i < argc; i++) {
        const char **to = strcmp(argv[i], "--register") == 0  ? &id
                          : strcmp(argv[i], "--mapping") == 0 ? &mapping
                          : strcmp(argv[i], "--dated") == 0   ? &dated
                                                              : &path;
        if (*to || (to != &path && ++i == argc))
            return usage();
        *to = argv[i];
    }
    if (!id || !dated || !path || !text_int(str_of(id), 1, INT32_MAX, &number) ||
        !day_read(str_of(dated), &day))
        return usage();
    return run(config, id, mapping, dated, path);
}
