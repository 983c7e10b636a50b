/*
 * Only what is published is kept, under the text of intake.edition ("3", "3 signed 2026-11-30"): a signature
 * makes another edition of it. Nothing is ever taken out of the list, so a pointer into it needs no lock once
 * it is found. A draft ("3 draft") can change from one request to the next and is compiled for each.
 */
#include "intake/edition.h"

#include "core/log.h"

#include <pthread.h>
#include <stdlib.h>

enum { KEPT_MAX = 8 << 20, KEY_MAX = 40 }; /* bytes of one compiled version, and of its key */

/* One that is kept. Newest first; the list only grows, by as many as were ever published. */
struct edition {
    char key[KEY_MAX]; /* intake.edition */
    struct arena *arena;
    const struct questionnaire *q;
    struct edition *next;
};
static struct edition *kept;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* Who asks the database: a request, or nobody's connection. */
struct source {
    struct request *r;
    struct db *db;
    struct arena *arena;
};

static enum db_status get(const struct source *s, enum query q, const char *value, const char **out)
{
    return s->r ? ask_status(s->r, q, out, value) : db_get(s->db, s->arena, q, out, value);
}

const char *questionnaire_fault_text(struct arena *a, const struct questionnaire_fault *f)
{
    if (f->at.line)
        return arena_printf(a, "%s, %s, line %d, column %d: %s", f->where, f->what, f->at.line, f->at.column,
                            f->at.reason);
    return arena_printf(a, "%s, %s: %s", f->where, f->what, f->at.reason);
}

static const struct questionnaire *compiled(const struct source *s, struct arena *a, const char *version,
                                            const char *document)
{
    struct questionnaire_fault f;
    const struct questionnaire *q = questionnaire_read(a, str_of(document), false, &f);
    if (!q)
        log_event(LOG_ERROR, "questionnaire", "version", version, "fault",
                  questionnaire_fault_text(s->arena, &f), NULL);
    return q;
}

/* --- What is kept */

static const struct questionnaire *find(const char *key)
{
    const struct edition *e = kept;
    while (e && strcmp(e->key, key) != 0)
        e = e->next;
    return e ? e->q : NULL;
}

static const struct questionnaire *find_kept(const char *key)
{
    pthread_mutex_lock(&lock);
    const struct questionnaire *q = find(key);
    pthread_mutex_unlock(&lock);
    return q;
}

static void edition_free(struct edition *e)
{
    if (e->arena)
        arena_free(e->arena);
    free(e);
}

/* Takes e; another thread may have been first, and then that one's stays. */
static const struct questionnaire *keep(struct edition *e)
{
    pthread_mutex_lock(&lock);
    const struct questionnaire *q = find(e->key);
    if (!q) {
        e->next = kept;
        kept = e;
    }
    pthread_mutex_unlock(&lock);
    if (!q)
        return e->q;
    edition_free(e);
    return q;
}

/* --- Reading */

static enum db_status read_kept(const struct source *s, const char *key, const char *version,
                                const struct questionnaire **q)
{
    const char *document;
    enum db_status status = get(s, Q_intake_questionnaire, version, &document);
    if (status != DB_OK)
        return status;
    struct edition *e = calloc(1, sizeof *e);
    if (!e || !(e->arena = arena_new(KEPT_MAX)) || strlen(key) >= sizeof e->key ||
        !(e->q = compiled(s, e->arena, version, document))) {
        if (e)
            edition_free(e);
        return DB_ERROR;
    }
    memcpy(e->key, key, strlen(key));
    *q = keep(e);
    return DB_OK;
}

static enum db_status read_draft(const struct source *s, const char *version, const struct questionnaire **q)
{
    const char *document;
    enum db_status status = get(s, Q_intake_questionnaire, version, &document);
    if (status == DB_OK && !(*q = compiled(s, s->arena, version, document)))
        return DB_ERROR;
    return status;
}

static enum db_status load(const struct source *s, const char *version, const struct questionnaire **q)
{
    const char *key;
    *q = NULL;
    enum db_status status = get(s, Q_intake_edition, version, &key);
    if (status != DB_OK)
        return status;
    const char *number = arena_strndup(s->arena, key, strcspn(key, " "));
    if (!number)
        return DB_ERROR;
    if (strcmp(key + strlen(number), " draft") == 0)
        return read_draft(s, number, q);
    *q = find_kept(key);
    return *q ? DB_OK : read_kept(s, key, number, q);
}

/* --- For whom */

static const struct questionnaire *loaded(struct request *r, const char *version)
{
    const struct questionnaire *q;
    struct source s = {.r = r, .arena = r->arena};
    enum db_status status = load(&s, version, &q);
    if (!q)
        reply_db(r, status);
    return q;
}

const struct questionnaire *questionnaire_now(struct request *r)
{
    return loaded(r, NULL);
}

const struct questionnaire *questionnaire_version(struct request *r, int32_t n)
{
    return loaded(r, arena_printf(r->arena, "%d", n));
}

static const char *version_text(struct arena *a, int32_t n)
{
    return n ? arena_printf(a, "%d", n) : NULL;
}

enum db_status questionnaire_load(struct db *db, struct arena *a, int32_t n, const struct questionnaire **q)
{
    struct source s = {.db = db, .arena = a};
    return load(&s, version_text(a, n), q);
}

const char *questionnaire_problem(struct db *db, struct arena *a, int32_t n, enum db_status *status)
{
    const char *document, *said = NULL;
    struct questionnaire_fault f;
    *status = db_get(db, a, Q_intake_questionnaire, &document, version_text(a, n));
    if (*status != DB_OK)
        return NULL;
    struct arena *own = arena_new(KEPT_MAX);
    if (!own || !questionnaire_read(own, str_of(document), true, &f))
        said = own ? questionnaire_fault_text(a, &f) : "there is no memory to look at it";
    if (own)
        arena_free(own);
    return said;
}
