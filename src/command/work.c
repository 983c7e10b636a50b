/* unknot work: what is owed after a request is over. Expired holds, mail, listings that the clock has
 * overtaken. */
#include "command/command.h"
#include "core/log.h"
#include "db/db.h"
#include "notify/outbox.h"
#include "view/view.h"

#include <curl/curl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>

#define PAUSE_MS     2000
#define BATCH        20  /* of one transaction, which bookings of these therapists have to wait for */
#define MOST_A_ROUND 200 /* of one chore, so that the others get their turn */

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

static void send_mail(struct db *db, const struct config *config, const struct view *view, struct arena *a)
{
    for (int sent = 0; sent < MOST_A_ROUND && !stopping; sent++) {
        enum db_status s = outbox_step(db, config, view, a);
        arena_reset(a);
        if (s != DB_OK)
            return;
    }
}

static void work(struct db *db, const struct config *config, const struct view *view, struct arena *a)
{
    while (!stopping) {
        chore(db, a, Q_worker_sweep, NULL);
        if (outbox_can_send(config))
            send_mail(db, config, view, a);
        char batch[8];
        snprintf(batch, sizeof batch, "%d", BATCH);
        bool behind = chore(db, a, Q_worker_listings, batch);
        chore(db, a, Q_worker_sessions, NULL);
        if (!behind && !stopping)
            poll(NULL, 0, PAUSE_MS); /* a signal ends it */
    }
}

int command_work(const struct config *config, int argc, char **argv)
{
    (void)argv;
    if (argc > 0) {
        fputs("usage: unknot work\n", stderr);
        return 2;
    }
    catch_signals();
    curl_global_init(CURL_GLOBAL_DEFAULT);
    struct view *view = view_load();
    struct arena *a = arena_new(4 << 20);
    struct db *db =
        view != NULL ? db_open(config->worker_database, 60000, (const char *const[]){"worker", NULL}) : NULL;
    bool ready = view != NULL && a != NULL && db != NULL;
    if (ready && !outbox_can_send(config))
        log_event(LOG_WARN, "mail-waits", "why", "mail_from with smtp or mail_dir is not configured", NULL);
    if (ready)
        work(db, config, view, a);
    else
        fputs("unknot: the worker cannot start: run `unknot doctor`\n", stderr);
    db_close(db);
    arena_free(a);
    view_free(view);
    curl_global_cleanup();
    return ready ? 0 : 1;
}
