/*
 * A PostgreSQL cluster of the test's own (tests/cluster.sh) and a source tree of its own for SQL, both in a
 * directory that goes when the test ends, however it ends. Tests run at the top of the source tree.
 */
#ifndef UNKNOT_TESTS_CLUSTER_H
#define UNKNOT_TESTS_CLUSTER_H

#include "core/asset.h"

#include <fcntl.h>
#include <libpq-fe.h>
#include <limits.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static struct {
    char root[20];         /* of all this */
    char dir[40];          /* data, socket */
    char tree[40];         /* sql/… of this test: the current directory */
    char script[PATH_MAX]; /* tests/cluster.sh */
    char conninfo[4][160]; /* web, worker, owner, postgres */
    PGconn *super;         /* a superuser beside the connection under test */
    pid_t janitor;
    int lifeline;
} cluster;

enum { WEB, WORKER, OWNER, SUPER };

static void cluster_run(const char *command)
{
    pid_t pid = fork();
    if (pid == 0) {
        int null = open("/dev/null", O_WRONLY);
        dup2(null, STDOUT_FILENO);
        execl(cluster.script, cluster.script, command, cluster.dir, (char *)NULL);
        _exit(127);
    }
    int status = 1;
    waitpid(pid, &status, 0);
    if (status != 0)
        fail_msg("tests/cluster.sh %s: status %d", command, status);
}

/* A child that outlives a crash of the test: when the pipe closes, the cluster and the tree go. */
static void cluster_janitor(void)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    cluster.janitor = fork();
    if (cluster.janitor == 0) {
        char c;
        signal(SIGINT, SIG_IGN);
        signal(SIGTERM, SIG_IGN);
        close(ends[1]);
        while (read(ends[0], &c, 1) > 0)
            continue;
        cluster_run("stop");
        execl("/bin/rm", "rm", "-rf", cluster.root, (char *)NULL);
        _exit(127);
    }
    close(ends[0]);
    cluster.lifeline = ends[1];
}

static void cluster_connect(void)
{
    PQfinish(cluster.super);
    cluster.super = PQconnectdb(cluster.conninfo[SUPER]);
    assert_int_equal(PQstatus(cluster.super), CONNECTION_OK);
}

static void cluster_up(void)
{
    static const char *const roles[] = {"unknot_web", "unknot_worker", "unknot_owner", "postgres"};
    assert_non_null(realpath("tests/cluster.sh", cluster.script));
    snprintf(cluster.root, sizeof cluster.root, "/tmp/unknot-XXXXXX");
    assert_non_null(mkdtemp(cluster.root));
    snprintf(cluster.dir, sizeof cluster.dir, "%s/base", cluster.root);
    snprintf(cluster.tree, sizeof cluster.tree, "%s/tree", cluster.root);
    assert_int_equal(chmod(cluster.root, 0711) | mkdir(cluster.tree, 0700), 0);
    cluster_janitor();
    cluster_run("start");
    for (size_t i = 0; i < COUNT(roles); i++)
        snprintf(cluster.conninfo[i], sizeof cluster.conninfo[i], "host=%s dbname=unknot user=%s",
                 cluster.dir, roles[i]);
    cluster_connect();
    assert_int_equal(chdir(cluster.tree), 0);
    assert_int_equal(mkdir("sql", 0700) | mkdir("sql/migrations", 0700) | mkdir("sql/functions", 0700) |
                         mkdir("sql/queries", 0700) | mkdir("sql/seed", 0700),
                     0);
    asset_from_disk(true);
}

static void cluster_down(void)
{
    PQfinish(cluster.super);
    cluster.super = NULL;
    close(cluster.lifeline);
    waitpid(cluster.janitor, NULL, 0);
}

static inline void cluster_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "we");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

/* Runs SQL as the superuser; the last result's first value, "" when there is none, valid until the next call.
 */
static const char *sql(const char *text)
{
    static char value[500];
    PGresult *r = PQexec(cluster.super, text);
    ExecStatusType s = PQresultStatus(r);
    if (s != PGRES_TUPLES_OK && s != PGRES_COMMAND_OK)
        fail_msg("%s: %s", text, PQresultErrorMessage(r));
    snprintf(value, sizeof value, "%s", s == PGRES_TUPLES_OK && PQntuples(r) > 0 ? PQgetvalue(r, 0, 0) : "");
    PQclear(r);
    return value;
}

/* What `act` writes to standard error. */
static inline const char *stderr_of(void (*act)(void))
{
    static char text[8000];
    int kept = dup(STDERR_FILENO), file = open("stderr", O_RDWR | O_CREAT | O_TRUNC, 0600);
    assert_true(kept >= 0 && file >= 0);
    fflush(stderr);
    dup2(file, STDERR_FILENO);
    act();
    fflush(stderr);
    dup2(kept, STDERR_FILENO);
    ssize_t n = pread(file, text, sizeof text - 1, 0);
    text[n > 0 ? n : 0] = '\0';
    close(file);
    close(kept);
    return text;
}

#endif
