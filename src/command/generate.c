/* unknot generate: invented directories of any size, clustered like real towns, by as many connections as
 * there are processors (sql/functions/82_sample_load.sql says how they are made). */
#include "command/command.h"
#include "db/db.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BATCH       2000
#define THREADS_MAX 8
#define MOST        10000000
#define MOST_VISITS 120

static const char *const subjects[] = {"sample", NULL};

struct generator {
    const struct config *config;
    int64_t first, last; /* numbers of the therapists */
    int64_t visits;      /* for each */
    /* of the step that is under way */
    enum query query;
    const char *what;
    int64_t from, to, at_once;
    _Atomic int64_t next, done;
    atomic_bool failed;
    pthread_mutex_t mouth;
};

static void tell(struct generator *g, int64_t more)
{
    int64_t done = atomic_fetch_add(&g->done, more) + more;
    pthread_mutex_lock(&g->mouth);
    printf("%s%s %lld of %lld%s", isatty(STDOUT_FILENO) ? "\r" : "", g->what, (long long)done,
           (long long)(g->to - g->from + 1), isatty(STDOUT_FILENO) ? "" : "\n");
    fflush(stdout);
    pthread_mutex_unlock(&g->mouth);
}

struct batch {
    struct generator *g;
    struct arena *arena;
    int64_t first, last;
};

static void numbers(struct arena *a, const int64_t number[3], const char *text[3])
{
    for (int i = 0; i < 3; i++)
        text[i] = arena_printf(a, "%lld", (long long)number[i]);
}

static enum db_status make_batch(struct db *db, void *context)
{
    const struct batch *b = context;
    const int64_t number[] = {b->first, b->last, b->g->visits};
    const char *text[3];
    numbers(b->arena, number, text);
    return db_query(db, b->arena, b->g->query, NULL, 3, text);
}

/* A connection's share: the next batch, until there is none. */
static void *work(void *context)
{
    struct generator *g = context;
    struct batch b = {.g = g, .arena = arena_new((size_t)1 << 20)};
    struct db *db = b.arena ? db_open(g->config->owner_database, 0, subjects) : NULL;
    while (db && !atomic_load(&g->failed) && (b.first = atomic_fetch_add(&g->next, g->at_once)) <= g->to) {
        b.last = b.first + g->at_once - 1 < g->to ? b.first + g->at_once - 1 : g->to;
        arena_reset(b.arena);
        if (db_transaction(db, NULL, make_batch, &b) > DB_NONE)
            atomic_store(&g->failed, true);
        else
            tell(g, b.last - b.first + 1);
    }
    if (db)
        db_close(db);
    else
        atomic_store(&g->failed, true);
    if (b.arena)
        arena_free(b.arena);
    return NULL;
}

static bool in_parts(struct generator *g, enum query query, const char *what)
{
    pthread_t thread[THREADS_MAX];
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    int wanted = processors < 1 ? 1 : processors > THREADS_MAX ? THREADS_MAX : (int)processors, n = 0;
    g->query = query;
    g->what = what;
    atomic_store(&g->next, g->from);
    atomic_store(&g->done, 0);
    while (n < wanted && pthread_create(&thread[n], NULL, work, g) == 0)
        n++;
    for (int i = 0; i < n; i++)
        pthread_join(thread[i], NULL);
    if (isatty(STDOUT_FILENO))
        putchar('\n');
    return n > 0 && !atomic_load(&g->failed);
}

static bool in_batches(struct generator *g, enum query query, const char *what)
{
    g->from = g->first;
    g->to = g->last;
    g->at_once = BATCH;
    return in_parts(g, query, what);
}

/* What is numbered from 1 to count, one by one. */
static bool one_by_one(struct generator *g, int64_t count, enum query query, const char *what)
{
    g->from = g->at_once = 1;
    g->to = count;
    return in_parts(g, query, what);
}

/* One statement in a transaction of its own. */
static bool at_a_stroke(struct db *db, struct arena *a, enum query query, const char *what)
{
    puts(what);
    return db_query_as(db, NULL, a, query, NULL, 0, NULL) <= DB_NONE;
}

static bool begun(struct generator *g, struct db *db, struct arena *a)
{
    const char *first = NULL;
    if (db_get(db, a, Q_sample_next, &first) != DB_OK || !text_int(str_of(first), 1, INT32_MAX, &g->first))
        return false;
    const int64_t number[] = {g->first, g->last, g->visits};
    const char *text[3];
    numbers(a, number, text);
    g->last += g->first - 1;
    return db_query_as(db, NULL, a, Q_sample_begin, NULL, 3, text) <= DB_NONE;
}

static bool only_invented(struct db *db, struct arena *a)
{
    const char *yes = NULL;
    return db_get(db, a, Q_sample_may_be_made, &yes) == DB_OK && strcmp(yes, "t") == 0;
}

static bool counted(struct db *db, struct arena *a, enum query query, const char *stage, int64_t *count)
{
    const char *text = NULL;
    return db_query_as(db, NULL, a, query, &text, stage != NULL, &stage) == DB_OK &&
           text_int(str_of(text), 0, INT32_MAX, count);
}

static bool people(struct generator *g, struct db *db, struct arena *a)
{
    int64_t put_off = 0;
    return counted(db, a, Q_sample_put_off, NULL, &put_off) &&
           in_batches(g, Q_sample_people, g->visits ? "therapists and their visits" : "therapists") &&
           one_by_one(g, put_off, Q_sample_put_back, "indexes") &&
           at_a_stroke(db, a, Q_sample_put_back_all, "what was left");
}

static bool chores(struct generator *g, struct db *db, struct arena *a, const char *stage, const char *what)
{
    int64_t n = 0;
    return counted(db, a, Q_sample_chores, stage, &n) && one_by_one(g, n, Q_sample_chore, what);
}

static bool generate(struct generator *g, struct db *db, struct arena *a)
{
    return begun(g, db, a) && at_a_stroke(db, a, Q_sample_many_towns, "towns") && people(g, db, a) &&
           chores(g, db, a, "statistics", "statistics") && in_batches(g, Q_sample_list, "listings") &&
           chores(g, db, a, "listing", "listings in their place and foreign keys") &&
           chores(g, db, a, "search", "blocks, towns, names") &&
           at_a_stroke(db, a, Q_sample_listed, "done") &&
           db_get(db, a, Q_sample_vacuum, NULL) <= DB_NONE; /* not in a transaction */
}

static bool arguments_read(struct generator *g, int argc, char **argv)
{
    bool with_visits = argc == 3 && strcmp(argv[1], "--bookings") == 0;
    return (argc == 1 || with_visits) && text_int(str_of(argv[0]), 1, MOST, &g->last) &&
           (!with_visits || text_int(str_of(argv[2]), 0, MOST_VISITS, &g->visits));
}

int command_generate(const struct config *config, int argc, char **argv)
{
    struct generator g = {.config = config, .mouth = PTHREAD_MUTEX_INITIALIZER};
    if (!arguments_read(&g, argc, argv)) {
        fputs("usage: unknot generate N [--bookings M]   N invented therapists, clustered like real towns, "
              "each "
              "with M visits in the next six weeks; beside other invented ones, never beside real people\n",
              stderr);
        return 2;
    }
    struct arena *a = arena_new((size_t)1 << 20);
    struct db *db = a ? db_open(config->owner_database, 0, subjects) : NULL;
    int failed = 1;
    if (!db)
        fputs("unknot: cannot reach the database as its owner: run `unknot doctor`\n", stderr);
    else if (!only_invented(db, a))
        fputs("unknot: there are people in the directory that are not invented; nothing was added\n", stderr);
    else if (!generate(&g, db, a))
        fputs("unknot: not all of it could be made: "
              "run `unknot migrate`, `unknot listing rebuild`, then `unknot doctor`\n",
              stderr);
    else
        failed = 0;
    if (db)
        db_close(db);
    if (a)
        arena_free(a);
    return failed;
}
