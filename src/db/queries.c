/*
 * The catalogue of queries: sql/queries/<subject>.sql, cut at the `-- name: subject.what` lines and put in
 * the order of enum query.
 */
#include "db/internal.h"

#include "core/asset.h"
#include "core/log.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* False, with a log line. */
static bool refuse(const char *path, int line, const char *why)
{
    char where[24];
    snprintf(where, sizeof where, "%d", line);
    log_event(LOG_ERROR, "db.queries", "file", path, "line", where, "reason", why, NULL);
    return false;
}

static bool blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The statement without the comment lines above it and without blanks and semicolon behind it. */
static struct str statement_of(struct str s)
{
    for (;;) {
        while (s.n > 0 && blank(*s.p)) {
            s.p++;
            s.n--;
        }
        if (!str_starts(s, "--"))
            break;
        const char *end = memchr(s.p, '\n', s.n);
        size_t skip = end ? (size_t)(end - s.p) : s.n;
        s.p += skip;
        s.n -= skip;
    }
    while (s.n > 0 && (blank(s.p[s.n - 1]) || s.p[s.n - 1] == ';'))
        s.n--;
    return s;
}

/* The program's own entry for a name; NULL: it was built without. */
static struct query_text *entry(struct query_text *q, size_t count, struct str name)
{
    for (size_t i = 0; i < count; i++)
        if (str_is(name, q[i].name))
            return &q[i];
    return NULL;
}

/* "sql/queries/places.sql" is the file of "places.search". */
static bool belongs(const char *path, struct str name)
{
    const char *file = strrchr(path, '/');
    file = file ? file + 1 : path;
    const char *dot = memchr(name.p, '.', name.n);
    size_t subject = dot ? (size_t)(dot - name.p) : 0;
    return subject > 0 && strncmp(file, name.p, subject) == 0 && strcmp(file + subject, ".sql") == 0;
}

/* What stands between two `-- name:` lines; `start` NULL: above the first. */
struct block {
    struct query_text *query; /* NULL: a name the program was built without */
    const char *start;
    int line;
};

/* Ends the block that was being read, at `end`; without one there is nothing to do. */
static bool finish(struct block *b, const char *end, const char *path, bool web)
{
    if (!b->start)
        return true;
    struct str sql = statement_of((struct str){b->start, (size_t)(end - b->start)});
    if (sql.n == 0)
        return refuse(path, b->line, "a name without a statement");
    if (!b->query)
        return true;
    if (b->query->sql)
        return refuse(path, b->line, "this name is there twice");
    b->query->web = web;
    b->query->sql = strndup(sql.p, sql.n);
    return b->query->sql != NULL;
}

/* In development the files may be newer than the program: a name that it does not know is left out. */
static bool begin(struct block *b, struct query_text *q, size_t count, const char *path, struct str name)
{
    if (!belongs(path, name))
        return refuse(path, b->line, "a name that does not begin with the file's subject");
    b->query = entry(q, count, name);
    if (!b->query)
        log_event(LOG_WARN, "db.queries", "file", path, "reason",
                  "a query that the program was built without", NULL);
    return true;
}

static bool read_role(struct str role, bool *web)
{
    *web = str_is(role, "web");
    return *web || str_is(role, "worker") || str_is(role, "owner") || str_is(role, "keyd");
}

bool queries_file(struct query_text *q, size_t count, const char *path, const char *text)
{
    struct block b = {0};
    bool web = true;
    int number = 1;
    for (const char *line = text; *line; number++) {
        const char *end = strchr(line, '\n');
        const char *next = end ? end + 1 : line + strlen(line);
        struct str s = str_trim((struct str){line, (size_t)((end ? end : next) - line)});
        if (str_starts(s, "-- role:")) {
            if (b.start || !read_role(str_trim((struct str){s.p + 8, s.n - 8}), &web))
                return refuse(path, number,
                              "wanted `-- role: web`, worker, keyd or owner, above the first query");
        } else if (str_starts(s, "-- name:")) {
            if (!finish(&b, line, path, web))
                return false;
            b = (struct block){.start = next, .line = number};
            if (!begin(&b, q, count, path, str_trim((struct str){s.p + 8, s.n - 8})))
                return false;
        } else if (!b.start && s.n > 0 && !str_starts(s, "--")) {
            return refuse(path, number, "SQL above the first `-- name:` line");
        }
        line = next;
    }
    return finish(&b, text + strlen(text), path, web);
}

struct reading {
    struct query_text *q;
    size_t count;
};

static bool read_asset(const struct asset *file, void *context)
{
    struct reading *r = context;
    if (!text_is_utf8((struct str){(const char *)file->data, file->size}))
        return refuse(file->path, 0, "not UTF-8 text");
    return queries_file(r->q, r->count, file->path, (const char *)file->data);
}

struct query_text *queries_read(const char *const *names, size_t count, const char *folder)
{
    struct query_text *q = calloc(count + 1, sizeof *q);
    if (!q)
        return NULL;
    for (size_t i = 0; i < count; i++)
        q[i].name = names[i];
    bool good = asset_each(folder, read_asset, &(struct reading){q, count});
    for (size_t i = 0; good && i < count; i++)
        if (!q[i].sql)
            good = refuse(folder, 0, q[i].name);
    if (good)
        return q;
    queries_free(q, count);
    return NULL;
}

void queries_free(struct query_text *q, size_t count)
{
    for (size_t i = 0; q && i < count; i++)
        free(q[i].sql);
    free(q);
}

#define NAME(id, name) name,
static const char *const program_names[] = {QUERIES(NAME) NULL};

/* `program` is read by whoever asks first and never freed; `replaced` is queries_use's. */
static const struct query_text *program, *replaced;
static size_t replaced_count;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void read_program(void)
{
    program = queries_read(program_names, Q_count, "sql/queries/");
}

const struct query_text *queries_all(size_t *count)
{
    *count = replaced ? replaced_count : Q_count;
    if (replaced)
        return replaced;
    pthread_once(&once, read_program);
    return program;
}

void queries_use(const struct query_text *q, size_t count)
{
    replaced = q;
    replaced_count = count;
}
