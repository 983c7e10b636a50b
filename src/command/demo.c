/* unknot demo: an invented directory in a few real towns (sql/functions/80_sample.sql says how it is made).
 */
#include "accounts/accounts.h"
#include "accounts/demo_app.h"
#include "accounts/factor.h"
#include "command/command.h"
#include "command/demo_course.h"
#include "db/db.h"
#include "intake/course.h"
#include "intake/edition.h"
#include "keys/epoch.h"
#include "keys/keys.h"
#include "web/web.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEMO_THERAPISTS "240"
#define DEMO_TOWNS      "12"
#define DEMO_PASSWORD   "unknot-demo"

struct sample {
    const struct config *config;
    struct arena *arena;
    const struct questionnaire *questions;
    struct epochs *epochs;
    struct demo_course course;
    char *hash;            /* of the demo password */
    char (*visits)[2][37]; /* booking, safety check */
    size_t count, room, at;
    bool failed;
};

static bool one(struct db *db, struct sample *s, enum query q, const char *wanted)
{
    const char *got = NULL;
    return db_get(db, s->arena, q, &got) == DB_OK && got != NULL &&
           (wanted == NULL || strcmp(got, wanted) == 0);
}

/* --- The safety checks of the demo visits */

static bool keep_visit(int columns, const char *const *values, void *context)
{
    struct sample *s = context;
    if (s->count == s->room) {
        size_t room = s->room == 0 ? 1024 : s->room * 2;
        void *more = realloc(s->visits, room * sizeof *s->visits);
        if (more == NULL || columns != 2)
            return !(s->failed = true);
        s->visits = more;
        s->room = room;
    }
    for (int i = 0; i < 2; i++)
        snprintf(s->visits[s->count][i], sizeof s->visits[0][0], "%s", values[i]);
    s->count++;
    return true;
}

/* A required question answered as somebody does whom massage cannot harm. */
static bool answer_healthy(const struct questionnaire *q, struct answers *given, uint16_t i)
{
    static const struct {
        const char *id, *value;
    } own[] = {{"RF03", "fine"}};
    const struct question *question = &q->questions[i];
    for (size_t k = 0; k < sizeof own / sizeof *own; k++)
        if (strcmp(question->id, own[k].id) == 0)
            return answers_take(q, given, NULL, str_of(question->id), str_of(own[k].value)) == ANSWER_TAKEN;
    return answers_take(q, given, NULL, str_of(question->id), STR("no")) == ANSWER_TAKEN;
}

/* What most people answer, and what one in eight does: a visit with limits for the therapist to read;
 * `tells`: and what the client of the course says of their back, in memory of it. Judged and written down as
 * the program does with real answers. */
static bool demo_check(const struct questionnaire *q, bool with_limits, struct arena *tells, struct buf *out,
                       enum outcome *outcome)
{
    const struct setting setting = {.today = 20777, .sections = ONLY_S1}; /* 2026-11-20 */
    struct record record = {.day = setting.today};
    struct judgement j;
    for (uint16_t i = 0; i < q->question_count; i++)
        if (q->questions[i].section == S1 && q->questions[i].signs &&
            !(with_limits && strcmp(q->questions[i].id, "RF11") == 0) &&
            !answer_healthy(q, &record.answers, i))
            return false;
    if (with_limits && answers_take(q, &record.answers, NULL, STR("RF11"), STR("yes")) != ANSWER_TAKEN)
        return false;
    if (tells && !course_answers(q, &record.answers, tells))
        return false;
    judge(q, &record.answers, &setting, &j);
    record_write(q, &record, &j, out);
    *outcome = j.outcome;
    return j.passed && !out->failed;
}

/* One row: a check, sealed under a key of its client's own, and that key as the newest epoch wraps it. */
static bool put_check(struct sample *s, struct buf *row, const char *booking, struct str record)
{
    unsigned char key[32], wrapped[WRAPPED];
    char id[37], hex[2 * WRAPPED + 1], epoch[12];
    web_uuid(id);
    randombytes_buf(key, sizeof key);
    const char *sealed = client_seal_with(key, id, s->arena, "safety answers", booking, record);
    bool good = sealed && epoch_wrap(s->epochs, id, key, wrapped);
    int visit = course_visit(&s->course, booking);
    if (visit >= 0)
        good = course_seal(&s->course, visit, key, id, s->arena) && good;
    sodium_bin2hex(hex, sizeof hex, wrapped, sizeof wrapped);
    snprintf(epoch, sizeof epoch, "%d", epochs_newest(s->epochs));
    db_copy_field(row, sealed);
    db_copy_field(row, id);
    db_copy_field(row, epoch);
    db_copy_field(row, hex);
    sodium_memzero(key, sizeof key);
    return good;
}

static bool next_check(struct buf *row, void *context)
{
    struct sample *s = context;
    struct buf record = {.max = 16384};
    enum outcome outcome = STOP;
    if (s->at == s->count)
        return false;
    const char *booking = s->visits[s->at][0];
    arena_reset(s->arena);
    int visit = course_visit(&s->course, booking);
    bool good = demo_check(s->questions, visit < 0 && s->at % 8 == 3, visit == 0 ? s->arena : NULL, &record,
                           &outcome);
    db_copy_field(row, s->visits[s->at][1]);
    db_copy_field(row, booking);
    db_copy_field(row, outcome_name(outcome));
    db_copy_field(row, s->questions->name);
    good = put_check(s, row, booking, (struct str){record.p, record.n}) && good;
    buf_free(&record);
    s->failed = s->failed || !good;
    s->at++;
    return true;
}

/* The epoch is the database's too, as if keyd had begun it. */
static bool one_epoch(struct db *db, struct sample *s, const char *epoch, const char *proof)
{
    const char *kept = NULL;
    return db_get(db, s->arena, Q_sample_epoch, &kept, epoch, proof) == DB_OK && strcmp(kept, proof) == 0;
}

static enum db_status add_checks(struct db *db, struct sample *s)
{
    char proof[65], epoch[12];
    s->count = s->at = 0;
    snprintf(epoch, sizeof epoch, "%d", epochs_newest(s->epochs));
    if (!epoch_proof(s->epochs, epochs_newest(s->epochs), proof) || !one_epoch(db, s, epoch, proof))
        return DB_ERROR;
    enum db_status status = questionnaire_load(db, s->arena, 0, &s->questions);
    if (status == DB_OK)
        status = db_rows(db, Q_sample_unchecked, 0, NULL, keep_visit, s);
    if (status == DB_OK && !s->failed)
        status = db_copy(db, Q_sample_safety, next_check, s);
    if (status == DB_OK && !s->failed)
        status = db_get(db, s->arena, Q_sample_safety_take, NULL);
    return s->failed ? DB_ERROR : status;
}

/* --- The second step of the demo's accounts: one app for all */

struct apps {
    struct arena *arena;
    char (*account)[37];
    size_t n;
};
#define ACCOUNTS_MAX 1000

static bool keep_account(int columns, const char *const *values, void *context)
{
    struct apps *s = context;
    if (columns != 1 || s->n == ACCOUNTS_MAX)
        return false;
    snprintf(s->account[s->n++], sizeof s->account[0], "%s", values[0]);
    return true;
}

static enum db_status put_app(struct db *db, struct arena *a, const unsigned char master[32],
                              const unsigned char key[TOTP_KEY], const char *account)
{
    char id[37], plain[32];
    web_uuid(id);
    text_base64(plain, sizeof plain, key, TOTP_KEY);
    arena_reset(a);
    const char *bound = app_bound(a, account, id);
    const char *sealed = bound ? seal_with(master, a, FACTOR_SEAL, bound, str_of(plain)) : NULL;
    sodium_memzero(plain, sizeof plain);
    return sealed ? db_get(db, a, Q_sample_app, NULL, id, account, sealed) : DB_ERROR;
}

static enum db_status add_apps(struct db *db, struct sample *s)
{
    unsigned char master[32], key[TOTP_KEY];
    struct apps apps = {.arena = s->arena, .account = calloc(ACCOUNTS_MAX, sizeof *apps.account)};
    if (!apps.account || !key_load(s->config->key_file, master, stderr)) {
        free(apps.account);
        return DB_ERROR;
    }
    demo_app_key(master, key);
    enum db_status status = db_rows(db, Q_sample_unfactored, 0, NULL, keep_account, &apps);
    for (size_t i = 0; i < apps.n && status <= DB_NONE; i++)
        status = put_app(db, s->arena, master, key, apps.account[i]);
    sodium_memzero(master, sizeof master);
    sodium_memzero(key, sizeof key);
    free(apps.account);
    return status <= DB_NONE ? DB_OK : status;
}

static enum db_status make_demo(struct db *db, void *context)
{
    struct sample *s = context;
    if (!one(db, s, Q_sample_demo_towns, DEMO_TOWNS)) {
        fputs("unknot: the demo's towns are not in the gazetteer: run `unknot import places` first\n",
              stderr);
        return DB_ERROR;
    }
    enum db_status status = db_get(db, s->arena, Q_sample_therapists, NULL, "1", DEMO_THERAPISTS);
    if (status == DB_OK || status == DB_NONE)
        status = db_get(db, s->arena, Q_sample_accounts, NULL, s->hash);
    if (status == DB_OK)
        status = add_apps(db, s);
    if (status == DB_OK)
        status = db_get(db, s->arena, Q_sample_bookings, NULL);
    if (status == DB_OK)
        status = course_make(&s->course, db, s->config, s->arena);
    if (status == DB_OK)
        status = add_checks(db, s);
    if (status == DB_OK)
        status = course_store(&s->course, db, s->arena);
    if (status == DB_OK || status == DB_NONE)
        status = db_get(db, s->arena, Q_sample_practice, NULL, s->hash);
    if (status == DB_OK || status == DB_NONE)
        status = db_get(db, s->arena, Q_sample_listings, NULL);
    return status;
}

static bool print_account(int columns, const char *const *values, void *context)
{
    (void)context;
    if (columns == 3)
        printf("  therapist   %-48s %s, %s\n", values[0], values[1], values[2]);
    return true;
}

static bool print_desk(int columns, const char *const *values, void *context)
{
    (void)context;
    if (columns == 3)
        printf("  front desk  %-48s %s; its owner is %s\n", values[0], values[1], values[2]);
    return true;
}

/* The second step: where its codes are, and the key for an app of one's own. */
static void print_codes(const struct config *config)
{
    unsigned char master[32], key[TOTP_KEY];
    char base32[TOTP_BASE32];
    if (!key_load(config->key_file, master, stderr))
        return;
    demo_app_key(master, key);
    totp_base32(key, base32);
    printf("  codes       for the second step: %s/dev/codes, or an app with the key %s\n", config->origin,
           base32);
    sodium_memzero(master, sizeof master);
    sodium_memzero(key, sizeof key);
}

static void print_accounts(struct db *db, struct sample *s)
{
    printf("Demo accounts, all with the password %s\n", DEMO_PASSWORD);
    print_codes(s->config);
    printf("  operator    operator@example.org\n");
    db_rows(db, Q_sample_shown, 0, NULL, print_account, NULL);
    db_rows(db, Q_sample_desk, 0, NULL, print_desk, NULL);
    const char *link = course_link(db, s->config, s->arena);
    if (link)
        printf("  a client    %s (the secret link of a visit, without a password)\n", link);
}

/* A sample goes into an empty directory only: it must never mix with real people. */
static bool is_empty(struct db *db, struct sample *s)
{
    return one(db, s, Q_sample_therapist_count, "0");
}

static bool sample_open(const struct config *config, struct sample *s, struct db **db)
{
    *s = (struct sample){.config = config, .arena = arena_new(16 << 20)};
    *db = db_open(config->owner_database, 0, (const char *const[]){"sample", "intake", NULL});
    if (s->arena != NULL && *db != NULL)
        return true;
    fputs("unknot: cannot reach the database as its owner: run `unknot doctor`\n", stderr);
    return false;
}

static void sample_close(struct sample *s, struct db *db)
{
    epochs_close(s->epochs);
    free(s->visits);
    db_close(db);
    arena_free(s->arena);
}

int command_demo(const struct config *config, int argc, char **argv)
{
    struct sample s;
    struct db *db;
    char hash[PASSWORD_HASH_SIZE];
    int failed = 1;
    (void)argv;
    if (argc > 0) {
        fputs("usage: unknot demo\n", stderr);
        return 2;
    }
    if (!sample_open(config, &s, &db) || !(s.epochs = epochs_open(config->key_dir, stderr))) {
        failed = 1;
    } else if (!is_empty(db, &s)) {
        puts("The directory is not empty; nothing was added.");
        print_accounts(db, &s);
        failed = 0;
    } else if (!password_hash(DEMO_PASSWORD, s.hash = hash) ||
               db_transaction(db, NULL, make_demo, &s) > DB_NONE) {
        fputs("unknot: the demo directory was not made; nothing was changed\n", stderr);
    } else {
        print_accounts(db, &s);
        failed = 0;
    }
    sample_close(&s, db);
    return failed;
}
