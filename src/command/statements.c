/* unknot statements check FILE: looks at a file with the 24 statements as it is looked at before it is
 * stored. import FILE: makes it the draft, which an operator compares and uses under /operator/statements. */
#include "outcome/statements.h"

#include "command/command.h"
#include "db/db.h"

#include <stdio.h>
#include <string.h>

static bool told(const char *sentence)
{
    fprintf(stderr, "unknot: %s\n", sentence);
    return false;
}

static bool read_file(const char *path, struct buf *out)
{
    char piece[8192];
    size_t n;
    FILE *in = fopen(path, "rb");
    while (in && (n = fread(piece, 1, sizeof piece, in)) > 0)
        buf_put(out, piece, n);
    bool good = in && !ferror(in) && !out->failed && out->n;
    if (in)
        fclose(in);
    return good || told("the file cannot be read, is empty or has more than 256 KB.");
}

static bool store(const struct config *config, struct arena *a, const char *form)
{
    const char *made = NULL;
    struct db *db = db_open(config->owner_database, 30000, (const char *const[]){"statements", NULL});
    const char *const values[] = {form, "unknot statements import"};
    bool good = db && db_query_as(db, NULL, a, Q_statements_import, &made, 2, values) == DB_OK;
    if (db)
        db_close(db);
    return good || told("the draft could not be stored; nothing was changed.");
}

static bool run(const struct config *config, struct arena *a, const char *act, const char *path)
{
    char fault[200];
    struct statements s;
    struct buf file = {.max = STATEMENTS_FILE_MAX}, form = {.max = STATEMENTS_FILE_MAX};
    bool good = read_file(path, &file);
    if (good && !statements_read(a, (struct str){file.p, file.n}, &s, fault))
        good = told(fault);
    good = good && statements_write(&s, &form);
    if (good && strcmp(act, "import") == 0)
        good = store(config, a, form.p);
    if (good)
        puts(strcmp(act, "import") == 0 ? "it is the draft now: compare and use it under /operator/statements"
                                        : "24 statements, and all else that is needed");
    buf_free(&file);
    buf_free(&form);
    return good;
}

int command_statements(const struct config *config, int argc, char **argv)
{
    if (argc != 2 || (strcmp(argv[0], "check") != 0 && strcmp(argv[0], "import") != 0)) {
        fprintf(stderr, "usage: unknot statements check FILE | import FILE\n");
        return 2;
    }
    struct arena *a = arena_new((size_t)1 << 22);
    bool good = a && run(config, a, argv[0], argv[1]);
    if (a)
        arena_free(a);
    return good ? 0 : 1;
}
