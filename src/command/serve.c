/* unknot serve: answers requests until it is told to stop. unknot up: the same with
 * the worker and keyd as children. */
#include "command/check.h"
#include "command/command.h"
#include "core/log.h"
#include "keys/keys.h"
#include "routes.h"

#include <errno.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static struct http_server *_Atomic running;

/* keyd and the worker of `up`: when one of them ends, so do we. Other children come and go. */
static pid_t steady[2] = {-1, -1};

/* Leaves it to be waited for. */
static bool has_ended(pid_t child)
{
    siginfo_t info = {.si_pid = 0};
    return child > 0 && waitid(P_PID, (id_t)child, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid;
}

static void stop(int signal)
{
    int saved = errno;
    struct http_server *server = running;
    if (server && (signal != SIGCHLD || has_ended(steady[0]) || has_ended(steady[1])))
        http_stop(server);
    errno = saved;
}

static sigset_t stop_signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGCHLD);
    return set;
}

/* Blocked until the loop runs, in all threads made meanwhile: only the loop's thread gets them. */
static void catch_signals(void)
{
    sigset_t set = stop_signals();
    struct sigaction action = {.sa_handler = stop, .sa_mask = set}, ignore = {.sa_handler = SIG_IGN};
    sigprocmask(SIG_BLOCK, &set, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
    sigaction(SIGCHLD, &action, NULL);
    sigaction(SIGPIPE, &ignore, NULL);
}

static bool say(const char *problem)
{
    if (problem)
        fprintf(stderr, "unknot: %s\n", problem);
    return problem;
}

/* The schema is looked at first: what else is asked would fail on a wrong one in other words. */
static bool schema_fits(const struct config *c, struct arena *a)
{
    struct db *db = db_open(c->database, c->statement_timeout_ms, (const char *const[]){NULL});
    if (!db) {
        say("the database cannot be reached; the line above says why.");
        return false;
    }
    bool wrong = say(db_schema_problem(db, a));
    db_close(db);
    return !wrong;
}

/* Each of these would go on unnoticed otherwise: nothing fails when a role sees too much. */
static bool safe_to_serve(const struct app *app, struct arena *a)
{
    const struct config *c = &app->config;
    struct server_facts facts;
    if (!schema_fits(c, a))
        return false;
    struct db *db =
        db_open(c->database, c->statement_timeout_ms, (const char *const[]){"server", "system", NULL});
    bool known = db && facts_read(db, a, &facts);
    bool safe = known && !say(check_version(a, &facts)) && !say(check_role(a, &facts)) &&
                !say(check_stranger(db, a)) && !say(check_canary(db, a, app->key));
    if (!known)
        say("the database could not be asked about itself; the line above says why.");
    if (db)
        db_close(db);
    return safe;
}

static bool app_start(struct app *app, const struct config *config)
{
    app->config = *config;
    sodium_mlock(app->key, sizeof app->key); /* best effort: the limit may be 0 */
    if (!key_load(config->key_file, app->key, stderr))
        return false;
    app->view = view_load();
    if (!app->view || !web_start(app) || !routes_start(app))
        return false;
    struct arena *a = arena_new((size_t)1 << 20);
    bool safe = a && safe_to_serve(app, a);
    if (a)
        arena_free(a);
    return safe;
}

static void app_stop(struct app *app)
{
    routes_stop();
    web_stop(app);
    if (app->view)
        view_free(app->view);
    sodium_munlock(app->key, sizeof app->key);
}

/* Without it all is served but what is sealed. */
static void look_for_keyd(const struct config *c)
{
    unsigned char answer[KEY_ANSWER_MAX];
    size_t size;
    const struct key_question q = {.operation = KEY_STATE};
    if (key_ask(c->key_socket, &q, answer, &size) != KEY_OK)
        log_event(LOG_WARN, "keyd.silent", "socket", c->key_socket, "means",
                  "health answers cannot be kept or read", NULL);
}

static bool listen_and_run(struct app *app)
{
    const struct config *c = &app->config;
    const char *host = strstr(c->origin, "://");
    struct http_settings settings = {
        .listen = c->listen,
        .host = c->dev || !host ? NULL : host + 3,
        .workers = c->workers,
        .queue = c->queue,
        .slow_queue = c->slow_queue,
        .connections = c->connections,
        .header_seconds = 10,
        .body_seconds = 30,
        .total_seconds = 60,
    };
    struct http_hooks hooks = {
        .app = app,
        .worker_start = web_worker_start,
        .worker_stop = web_worker_stop,
        .rest = web_worker_rest,
        .idle = web_worker_idle,
        .admit = web_admit,
        .run = web_run,
        .error = web_error,
        .cache = app->cache,
        .variant = web_variant,
        .headers = web_headers(),
    };
    struct http_server *server = http_start(&settings, app->routes, app->route_count, &hooks);
    if (!server)
        return false;
    running = server;
    look_for_keyd(c);
    log_event(LOG_INFO, "serving", "listen", c->listen, "origin", c->origin, NULL);
    sigset_t set = stop_signals();
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    if (has_ended(steady[0]) || has_ended(steady[1])) /* before SIGCHLD was held back for us */
        http_stop(server);
    http_run(server);
    running = NULL;
    return true;
}

static bool serve(const struct config *config)
{
    struct app app = {.view = NULL};
    if (sodium_init() < 0)
        return false;
    catch_signals();
    bool served = app_start(&app, config);
    if (served) {
        web_keep_start(&app);
        served = listen_and_run(&app);
        web_keep_stop(&app);
    }
    app_stop(&app);
    return served;
}

static int usage(const char *what)
{
    fprintf(stderr, "usage: unknot %s\n", what);
    return 2;
}

int command_serve(const struct config *config, int argc, char **argv)
{
    (void)argv;
    return argc ? usage("serve") : serve(config) ? 0 : 1;
}

/* A process of its own, made of the same program: what goes wrong in one does not touch the other's memory.
 * It ends with us, however we end. */
static pid_t spawn(const char *command)
{
    pid_t parent = getpid(), child = fork();
    if (child != 0)
        return child;
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() == parent)
        execl("/proc/self/exe", "unknot", command, (char *)NULL);
    _exit(1);
}

/* True when it ended well. */
static bool child_end(pid_t child)
{
    int status = 0;
    if (child < 0)
        return true;
    kill(child, SIGTERM);
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return false;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

int command_up(const struct config *config, int argc, char **argv)
{
    (void)argv;
    if (argc)
        return usage("up");
    pid_t keyd = config->key_dir[0] ? spawn("keyd") : -1, worker = spawn("work");
    if (worker < 0 || (config->key_dir[0] && keyd < 0)) {
        perror("unknot: worker and keyd cannot be started");
        child_end(keyd);
        return 1;
    }
    steady[0] = worker;
    steady[1] = keyd;
    bool served = serve(config);
    bool worked = child_end(worker), kept = child_end(keyd);
    if (served && !(worked && kept))
        fprintf(stderr, "unknot: the %s ended by itself, and so everything did; its lines above say why.\n",
                worked ? "keyd" : "worker");
    return served && worked && kept ? 0 : 1;
}
