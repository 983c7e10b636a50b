/* unknot work: what is owed after a request is over. Expired holds, mail, listings that the clock has
 * overtaken. */
#include "command/command.h"
#include "core/log.h"
#include "db/db.h"
#include "notify/hook.h"
#include "notify/outbox.h"
#include "notify/outside.h"
#include "reviews/pain.h"
#include "web/web.h"

#include <curl/curl.h>
#include <poll.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>

#define BATCH             20  /* of one transaction, which bookings of these therapists have to wait for */
#define VISITS            500 /* of one transaction that only looks at them and writes messages */
#define CALENDARS_A_ROUND 5
#define MOST_A_ROUND      200   /* of one chore, so that the others get their turn */
#define FOLDED            "500" /* names at once; until then search asks the rows of what changed */
#define SELDOM            15 /* rounds: half a minute by default, for what looks over days and is not waited for */

static volatile sig_atomic_t stopping;

static void stop(int signal_number)
{
    (void)signal_number;
    stopping = 1;
}

static void catch_signals(void)
{
    struct sigaction action = {.sa_handler = stop};
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
}

/* A chore that answers how many it did; until it says 0, then false. */
static bool chore(struct db *db, struct arena *a, enum query q, const char *argument)
{
    for (int round = 0; round < MOST_A_ROUND && !stopping; round++) {
        const char *done = NULL;
        const char *const values[] = {argument};
        enum db_status s = db_query_as(db, NULL, a, q, &done, argument != NULL, values);
        bool more = s == DB_OK && done != NULL && *done != '0';
        arena_reset(a);
        if (!more)
            return false;
    }
    return true;
}

/* True when more are due than one round sends. */
static bool send_messages(const struct outbox *o, struct arena *a)
{
    for (int sent = 0; sent < MOST_A_ROUND && !stopping; sent++) {
        enum db_status s = outbox_step(o, a);
        arena_reset(a);
        if (s != DB_OK)
            return false;
    }
    return true;
}

/* Few a round: each may take its time, and mail waits meanwhile. */
static void read_calendars(const struct outbox *o, struct arena *a)
{
    for (int n = 0; n < CALENDARS_A_ROUND && !stopping; n++) {
        enum db_status s = outside_step(o->db, o->config, o->key, a);
        arena_reset(a);
        if (s != DB_OK)
            return;
    }
}

static void add_up_pain(const struct outbox *o, struct arena *a)
{
    for (int n = 0; n < MOST_A_ROUND && !stopping; n++) {
        enum db_status s = review_pain_step(o->db, o->key, a);
        arena_reset(a);
        if (s != DB_OK)
            return;
    }
}

/* What it can send is told once, so that nothing is owed by a way that is not there. */
static void say_uses(const struct outbox *o, struct arena *a)
{
    const char *const values[] = {outbox_has_mail(o->config) ? "true" : "false",
                                  outbox_has_hook(o->config) ? "true" : "false"};
    const char *problem = hook_problem(o->config);
    db_query_as(o->db, NULL, a, Q_worker_uses, NULL, 2, values);
    arena_reset(a);
    if (problem)
        log_event(LOG_ERROR, "hook-off", "why", problem, NULL);
    if (!outbox_has_mail(o->config))
        log_event(LOG_WARN, "mail-waits", "why", "mail_from with smtp or mail_dir is not configured", NULL);
}

/* What is waited for (holds, offers, what search has to ask row by row until it is written, mail) comes
 * before what is tidied up. A chore that is not done by its turn goes on in the next round, which comes at
 * once where much is left of mail or listings. */
static void work(const struct outbox *o, struct arena *a)
{
    char batch[8], visits[8], minutes[12];
    snprintf(batch, sizeof batch, "%d", BATCH);
    snprintf(visits, sizeof visits, "%d", VISITS);
    snprintf(minutes, sizeof minutes, "%d", o->config->waiting_minutes);
    say_uses(o, a);
    for (unsigned round = 0; !stopping; round++) {
        chore(o->db, a, Q_worker_sweep, NULL);
        chore(o->db, a, Q_worker_offer, minutes); /* after the sweep: what ran out is free */
        bool behind = chore(o->db, a, Q_worker_listings, batch);
        chore(o->db, a, Q_worker_blocks, FOLDED);
        if (round % SELDOM == 0) {
            chore(o->db, a, Q_worker_reminders, visits);
            chore(o->db, a, Q_worker_reviews, NULL);
            chore(o->db, a, Q_worker_outcomes, visits);
            chore(o->db, a, Q_worker_credentials, batch);
            chore(o->db, a, Q_worker_credential_operators, NULL);
            chore(o->db, a, Q_worker_proofs, NULL);
            chore(o->db, a, Q_worker_towns, NULL);
        }
        behind |= (outbox_has_mail(o->config) || outbox_has_hook(o->config)) && send_messages(o, a);
        read_calendars(o, a);
        add_up_pain(o, a);
        chore(o->db, a, Q_worker_sessions, NULL);
        chore(o->db, a, Q_worker_forget, NULL);
        chore(o->db, a, Q_worker_retention, NULL);
        chore(o->db, a, Q_worker_keys, NULL);
        chore(o->db, a, Q_worker_waiting, NULL);
        chore(o->db, a, Q_worker_profiles, NULL);
        if (!behind && !stopping)
            poll(NULL, 0, o->config->work_pause_ms); /* a signal ends it */
    }
}

int command_work(const struct config *config, int argc, char **argv)
{
    (void)argv;
    if (argc > 0) {
        fputs("usage: unknot work\n", stderr);
        return 2;
    }
    unsigned char key[32];
    catch_signals();
    curl_global_init(CURL_GLOBAL_DEFAULT);
    sodium_mlock(key, sizeof key); /* best effort: the limit may be 0 */
    struct outbox outbox = {.config = config, .key = key};
    struct arena *a = arena_new(4 << 20);
    bool ready =
        a && sodium_init() >= 0 && key_load(config->key_file, key, stderr) &&
        (outbox.view = view_load()) != NULL &&
        (outbox.db = db_open(config->worker_database, 60000, (const char *const[]){"worker", NULL})) != NULL;
    if (ready)
        work(&outbox, a);
    else
        fputs("unknot: the worker cannot start: run `unknot doctor`\n", stderr);
    if (outbox.db)
        db_close(outbox.db);
    arena_free(a);
    view_free((struct view *)(uintptr_t)outbox.view);
    sodium_munlock(key, sizeof key);
    curl_global_cleanup();
    return ready ? 0 : 1;
}
