/* unknot doctor: looks at everything a healthy place needs, a line each, and says what to mend. */
#include "command/check.h"
#include "command/command.h"
#include "core/json.h"
#include "directory/tile.h"
#include "intake/edition.h"
#include "keys/keys.h"
#include "web/web.h"

#include <math.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <time.h>

struct doctor {
    const struct config *config;
    struct arena *arena;
    struct db *web; /* NULL when it cannot be reached, or the schema does not fit */
    unsigned char key[32];
    bool has_key;
    int mend;
};

#define CLOCK_SECONDS 2.0
#define DISK_LEAST    ((uint64_t)1 << 30)
#define MAIL_SECONDS  900

static void well(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void mend(struct doctor *d, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void well(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fputs("ok   ", stdout);
    vprintf(format, args);
    putchar('\n');
    va_end(args);
}

static void mend(struct doctor *d, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fputs("MEND ", stdout);
    vprintf(format, args);
    putchar('\n');
    va_end(args);
    d->mend++;
}

/* The line for a check: `good` when there is no problem. */
static bool report(struct doctor *d, const char *problem, const char *good)
{
    if (problem)
        mend(d, "%s", problem);
    else
        well("%s", good);
    return !problem;
}

static void see_config(struct doctor *d)
{
    const struct config *c = d->config;
    if (strncmp(c->origin, "https://", 8) != 0 && !strstr(c->origin, "://127.0.0.1") &&
        !strstr(c->origin, "://localhost"))
        mend(d,
             "configuration: origin is %s: strangers must come over https (put nginx in front, set origin to "
             "https://…)",
             c->origin);
    else if (c->dev)
        mend(d, "configuration: dev is on: fine for a developer, too open for the world (set dev = false)");
    else
        well("configuration: read and complete%s",
             c->operator_email[0] ? "" : "; operator_email is empty, so that pages name nobody to ask");
}

static void see_key(struct doctor *d)
{
    char *why = NULL;
    size_t n = 0;
    FILE *err = open_memstream(&why, &n);
    if (!err)
        return;
    d->has_key = key_load(d->config->key_file, d->key, err);
    fclose(err);
    if (n)
        why[n - 1] = '\0';
    report(d, d->has_key ? NULL : why, "key file: present, readable by its owner alone");
    free(why);
}

/* The first of two levels: reachable, and what it is. */
static void see_server(struct doctor *d, const char *name, const char *conninfo)
{
    struct server_facts f;
    struct db *db = db_open(conninfo, 5000, (const char *const[]){"server", NULL});
    if (!db || !facts_read(db, d->arena, &f)) {
        mend(d,
             "database as %s: cannot be reached (the log line above says why): is PostgreSQL running, is the "
             "connection string right?",
             name);
    } else {
        report(d, check_version(d->arena, &f),
               arena_printf(d->arena, "database as %s: PostgreSQL %s, role %s", name, f.version, f.role));
        if (strcmp(name, "owner") != 0)
            report(d, check_role(d->arena, &f),
                   arena_printf(d->arena, "role %s: no superuser, under row-level security", f.role));
        else if (f.superuser || f.bypass)
            mend(d,
                 "the owner role %s is a superuser or passes by row-level security: connect as unknot_owner",
                 f.role);
    }
    if (db)
        db_close(db);
}

static void see_clock(struct doctor *d)
{
    struct server_facts f;
    struct timespec before, after;
    clock_gettime(CLOCK_REALTIME, &before);
    if (!facts_read(d->web, d->arena, &f))
        return;
    clock_gettime(CLOCK_REALTIME, &after);
    double middle = ((double)before.tv_sec + (double)after.tv_sec) / 2 +
                    ((double)before.tv_nsec + (double)after.tv_nsec) / 2e9;
    double off = fabs(f.epoch - middle);
    if (off > CLOCK_SECONDS)
        mend(d, "clock: %.1f seconds away from the database's: let both machines follow a time server", off);
    else
        well("clock: %.3f seconds away from the database's", off);
}

static void see_zones(struct doctor *d)
{
    const char *unknown = NULL;
    enum db_status s = db_get(d->web, d->arena, Q_system_zones, &unknown);
    if (s == DB_OK)
        mend(d, "time zones: the database does not know %s: update its tzdata, or mend those locations",
             unknown);
    else if (s != DB_NONE)
        mend(d, "time zones: could not be compared (%s)", db_status_name(s));
    else
        well("time zones: the database knows those of all places");
}

static void see_questionnaire(struct doctor *d)
{
    enum db_status s;
    const char *problem = questionnaire_problem(d->web, d->arena, 0, &s);
    if (problem)
        mend(d, "questionnaire: the published version cannot be used, so nobody can book: %s", problem);
    else if (s == DB_NONE)
        mend(d, "questionnaire: no version is published, so nobody can book: run `unknot migrate`");
    else if (s != DB_OK)
        mend(d, "questionnaire: could not be read (%s)", db_status_name(s));
    else
        well("questionnaire: the published version compiles");
}

static int64_t count_of(struct doctor *d, const char *doc, const char *key)
{
    int64_t n = -1;
    text_int(str_of(json_member(d->arena, doc, key)), 0, INT64_MAX, &n);
    return n;
}

static void see_listing(struct doctor *d)
{
    const char *doc;
    enum db_status s = db_get(d->web, d->arena, Q_system_listing, &doc);
    if (s != DB_OK) {
        mend(d, "listing: could not be looked at (%s)", db_status_name(s));
        return;
    }
    int64_t missing = count_of(d, doc, "missing"), stale = count_of(d, doc, "stale");
    if (missing)
        mend(d,
             "listing: %lld places of published therapists are not found by search: run `unknot listing "
             "rebuild`",
             (long long)missing);
    else if (stale)
        mend(d,
             "listing: free times of %lld places are hours old: is `unknot work` (or `unknot up`) running?",
             (long long)stale);
    else
        well("listing: %lld therapists, all found by search, free times fresh",
             (long long)count_of(d, doc, "therapists"));
}

static void see_techniques(struct doctor *d)
{
    const char *doc;
    enum db_status s = db_get(d->web, d->arena, Q_system_techniques, &doc);
    if (s != DB_OK) {
        mend(d, "techniques: could not be looked at (%s)", db_status_name(s));
        return;
    }
    int64_t unstated = count_of(d, doc, "unstated");
    if (unstated)
        mend(d,
             "techniques: %lld services have a technique that their therapists do not state, so that search "
             "by it does not find them: let them save the service once",
             (long long)unstated);
    else
        well("techniques: of %lld services %lld say nothing of theirs, %lld wait for their therapist to "
             "confirm them",
             (long long)count_of(d, doc, "services"), (long long)count_of(d, doc, "silent"),
             (long long)count_of(d, doc, "guessed"));
}

#define SAMPLE "200"

/* "ana-lind-7 (says otherwise: price), bo-li-127 (…)" */
static const char *wrong_ones(struct doctor *d, const char *doc)
{
    struct json j;
    const char *said = NULL;
    if (!json_parse(&j, d->arena, str_of(doc)))
        return NULL;
    uint32_t wrong = json_get(&j, 0, "wrong");
    for (uint32_t t = wrong + 1; t < j.token[wrong].next; t = j.token[t].next) {
        struct str slug = json_text(&j, json_get(&j, t, "slug"), d->arena);
        struct str what = json_text(&j, json_get(&j, t, "what"), d->arena);
        said = arena_printf(d->arena, "%s%s%.*s (%.*s)", said ? said : "", said ? ", " : "", (int)slug.n,
                            slug.p, (int)what.n, what.p);
    }
    return said;
}

/* What search reads against the tables it is made from. */
static void see_listing_truth(struct doctor *d, struct db *worker)
{
    const char *doc, *wrong = NULL;
    enum db_status s =
        db_query_as(worker, NULL, d->arena, Q_worker_compare, &doc, 1, (const char *const[]){SAMPLE});
    if (s != DB_OK)
        mend(d, "listing: could not be compared with the tables (%s)", db_status_name(s));
    else if ((wrong = wrong_ones(d, doc)))
        mend(d,
             "listing: of %lld therapists some are listed as they are not, %s: run `unknot listing rebuild`",
             (long long)count_of(d, doc, "compared"), wrong);
    else
        well("listing: %lld therapists chosen at random are listed as the tables say",
             (long long)count_of(d, doc, "compared"));
}

static void see_outbox(struct doctor *d, struct db *worker)
{
    const char *doc;
    enum db_status s = worker ? db_get(worker, d->arena, Q_worker_backlog, &doc) : DB_GONE;
    if (s == DB_OK) {
        int64_t oldest = count_of(d, doc, "oldest_seconds"), dead = count_of(d, doc, "dead");
        if (oldest > MAIL_SECONDS)
            mend(d,
                 "mail: %lld waiting, the oldest for %lld minutes: is `unknot work` (or `unknot up`) "
                 "running, is smtp configured?",
                 (long long)count_of(d, doc, "waiting"), (long long)oldest / 60);
        else if (dead)
            mend(d,
                 "mail: %lld given up after many tries: look at the worker's log, and at /operator/messages",
                 (long long)dead);
        else
            well("mail: none waits for long");
    } else {
        mend(d, "mail: the outbox could not be looked at (%s)", db_status_name(s));
    }
}

/* What only the worker may look at. */
static void see_work(struct doctor *d)
{
    struct db *db = db_open(d->config->worker_database, 60000, (const char *const[]){"worker", NULL});
    if (db)
        see_listing_truth(d, db);
    see_outbox(d, db);
    if (db)
        db_close(db);
}

/* Which ground the map of the results has: the operator's tiles, else the operator's map, else none. */
static void see_map(struct doctor *d)
{
    const char *pieces = NULL, *why = NULL, *address, *problem = tiles_problem(d->config, d->arena);
    if (problem) {
        mend(d, "map: %s", problem); /* `serve` does not start with it */
        return;
    }
    if (d->config->map_tiles[0]) {
        address = tiles_server(d->config, d->arena, &why);
        if (address && why)
            mend(d, "map: tiles of %s, which does not answer (%s): the map does without them", address, why);
        else if (address)
            well("map: tiles of %s, which answers", address);
        else
            well("map: tiles of the file %s", d->config->map_tiles);
        return;
    }
    enum db_status s = db_get(d->web, d->arena, Q_system_map, &pieces);
    if (s != DB_OK)
        mend(d, "map: could not be looked at (%s)", db_status_name(s));
    else if (strcmp(pieces, "0") != 0)
        well("map: your own, of %s pieces", pieces);
    else
        well("map: rings of distance alone, no ground (`unknot import map` or map_tiles give it one)");
}

static void see_keyd(struct doctor *d)
{
    unsigned char answer[KEY_ANSWER_MAX];
    size_t size;
    const struct key_question q = {.operation = KEY_STATE};
    if (key_ask(d->config->key_socket, &q, answer, &size) == KEY_OK)
        well("keyd: answers at %s", d->config->key_socket);
    else
        mend(d,
             "keyd: does not answer at %s: run `unknot keyd` (its first key: `unknot keys new`); without it "
             "no health "
             "answer can be kept or read",
             d->config->key_socket);
}

static void see_disk(struct doctor *d)
{
    struct statvfs fs;
    const char *where = d->config->key_file[0] && d->has_key ? d->config->key_file : ".";
    if (statvfs(where, &fs) != 0)
        return;
    uint64_t room = (uint64_t)fs.f_bavail * fs.f_frsize;
    if (room < DISK_LEAST)
        mend(d, "disk: %llu MiB free beside %s: make room, a full disk stops the database",
             (unsigned long long)(room >> 20), where);
    else
        well("disk: %llu GiB free beside %s", (unsigned long long)(room >> 30), where);
}

/* The second level: what can only be asked once the schema fits. */
static void see_inside(struct doctor *d)
{
    const struct config *c = d->config;
    struct db *plain = db_open(c->database, 5000, (const char *const[]){NULL});
    if (!plain)
        return; /* said by see_server */
    bool fits = report(d, db_schema_problem(plain, d->arena), "schema: that of this program");
    db_close(plain);
    if (!fits)
        return;
    d->web = db_open(c->database, 30000, (const char *const[]){"server", "system", "intake", NULL});
    if (!d->web) {
        mend(d, "schema: queries of this program do not fit it: run `unknot migrate`");
        return;
    }
    report(d, check_stranger(d->web, d->arena), "row-level security: a stranger sees nothing personal");
    if (d->has_key)
        report(d, check_canary(d->web, d->arena, d->key), "key: opens what this database holds");
    see_clock(d);
    see_zones(d);
    see_questionnaire(d);
    see_listing(d);
    see_techniques(d);
    see_map(d);
    see_work(d);
    db_close(d->web);
}

int command_doctor(const struct config *config, int argc, char **argv)
{
    struct doctor d = {.config = config};
    (void)argv;
    if (argc) {
        fprintf(stderr, "usage: unknot doctor\n");
        return 2;
    }
    d.arena = sodium_init() < 0 ? NULL : arena_new((size_t)1 << 20);
    if (!d.arena)
        return 1;
    setvbuf(stdout, NULL, _IOLBF, 0);
    see_config(&d);
    see_key(&d);
    see_server(&d, "web", config->database);
    see_server(&d, "worker", config->worker_database);
    see_server(&d, "owner", config->owner_database);
    see_server(&d, "keyd", config->keyd_database);
    see_keyd(&d);
    see_inside(&d);
    see_disk(&d);
    sodium_memzero(d.key, sizeof d.key);
    arena_free(d.arena);
    return d.mend ? 1 : 0;
}
