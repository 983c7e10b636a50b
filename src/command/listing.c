/* unknot listing rebuild: makes what search reads anew, a batch a transaction, while bookings and searches go
 * on. In geographic order, so that an empty listing comes to lie on the disk as search reads it. */
#include "command/command.h"
#include "db/db.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BATCH 50 /* whose bookings wait for a transaction */

struct rebuild {
    struct arena *arena;
    int64_t *id;
    size_t count, room, at;
    bool failed;
};

static bool keep_id(int columns, const char *const *values, void *context)
{
    struct rebuild *r = context;
    if (r->count == r->room) {
        size_t room = r->room ? r->room * 2 : 4096;
        void *more = realloc(r->id, room * sizeof *r->id);
        if (!more || columns != 1)
            return !(r->failed = true);
        r->id = more;
        r->room = room;
    }
    r->failed = r->failed || !text_int(str_of(values[0]), 1, INT32_MAX, &r->id[r->count++]);
    return !r->failed;
}

static enum db_status make_batch(struct db *db, void *context)
{
    struct rebuild *r = context;
    struct buf ids = {.max = 1024};
    for (size_t i = r->at; i < r->count && i < r->at + BATCH; i++)
        buf_printf(&ids, "%s%lld", i == r->at ? "{" : ",", (long long)r->id[i]);
    buf_printf(&ids, "}");
    const char *list = ids.failed ? NULL : arena_strndup(r->arena, ids.p, ids.n);
    buf_free(&ids);
    return list ? db_get(db, r->arena, Q_listing_rebuild, NULL, list) : DB_ERROR;
}

static void show_progress(const struct rebuild *r, bool end)
{
    if (end)
        printf("%s%zu therapists\n", isatty(STDOUT_FILENO) ? "\r" : "", r->count);
    else if (isatty(STDOUT_FILENO))
        printf("\r%zu of %zu", r->at, r->count);
    fflush(stdout);
}

static enum db_status rebuild(struct db *db, struct rebuild *r)
{
    enum db_status s = db_rows(db, Q_listing_order, 0, NULL, keep_id, r);
    for (r->at = 0; s <= DB_NONE && !r->failed && r->at < r->count; r->at += BATCH) {
        s = db_transaction(db, NULL, make_batch, r);
        arena_reset(r->arena);
        if (r->at / BATCH % 20 == 0)
            show_progress(r, false);
    }
    return r->failed ? DB_ERROR : s;
}

int command_listing(const struct config *config, int argc, char **argv)
{
    if (argc != 1 || strcmp(argv[0], "rebuild") != 0) {
        fputs("usage: unknot listing rebuild\n", stderr);
        return 2;
    }
    struct rebuild r = {.arena = arena_new((size_t)1 << 20)};
    struct db *db =
        r.arena ? db_open(config->owner_database, 0, (const char *const[]){"listing", NULL}) : NULL;
    enum db_status s = db ? rebuild(db, &r) : DB_GONE;
    if (s > DB_NONE)
        fprintf(stderr, "unknot: not all of the listing was made anew (%s); the line above says why.\n",
                db_status_name(s));
    else
        show_progress(&r, true);
    if (db)
        db_close(db);
    if (r.arena)
        arena_free(r.arena);
    free(r.id);
    return s > DB_NONE;
}
