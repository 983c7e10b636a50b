/* The child that draws pictures anew, from both of its sides. */
#define _GNU_SOURCE
#include "core/clock.h"
#include "core/log.h"
#include "upload/photo.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <seccomp.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATIENCE_US INT64_C(4500000) /* a transaction that is idle for five seconds is ended */
/* The exit status is all that the child says besides the picture: 0, one of these, or anything else for a
 * child that failed or was ended. */
enum {
    CPU_SECONDS = 4,
    MEMORY = 768 << 20,
    STATUS_UNREADABLE = 3,
    STATUS_TOO_LARGE = 4,
    STATUS_TOO_SMALL = 5
};

/* --- Inside */

/* What is left once it runs: reading, writing, memory that cannot be executed, and an end. */
static bool allow(scmp_filter_ctx filter)
{
    static const int calls[] = {SCMP_SYS(read),         SCMP_SYS(write),    SCMP_SYS(brk),
                                SCMP_SYS(munmap),       SCMP_SYS(mremap),   SCMP_SYS(futex),
                                SCMP_SYS(madvise),      SCMP_SYS(exit),     SCMP_SYS(exit_group),
                                SCMP_SYS(rt_sigreturn), SCMP_SYS(getrandom)};
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        if (seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0) != 0)
            return false;
    return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
                            SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) == 0;
}

static bool bound(__rlimit_resource_t what, rlim_t most)
{
    return setrlimit(what, &(struct rlimit){most, most}) == 0;
}

static bool give_up_rights(void)
{
#if defined(__SANITIZE_ADDRESS__) || defined(UNKNOT_NO_CAGE)
    (void)bound, (void)allow; /* the sanitizers need memory, and look into the process when it ends */
    return true;
#else
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
    bool good = bound(RLIMIT_AS, MEMORY) && bound(RLIMIT_CPU, CPU_SECONDS) && bound(RLIMIT_CORE, 0) &&
                bound(RLIMIT_FSIZE, 0) && bound(RLIMIT_NOFILE, 3) && filter && allow(filter) &&
                seccomp_load(filter) == 0;
    seccomp_release(filter);
    return good;
#endif
}

static bool read_in(struct buf *in)
{
    static char piece[65536];
    ssize_t n;
    while ((n = read(STDIN_FILENO, piece, sizeof piece)) > 0)
        buf_put(in, piece, (size_t)n);
    return n == 0 && !in->failed;
}

static bool write_out(const struct buf *out)
{
    for (size_t at = 0; at < out->n;) {
        ssize_t n = write(STDOUT_FILENO, out->p + at, out->n - at);
        if (n <= 0)
            return false;
        at += (size_t)n;
    }
    return true;
}

static int status_of(enum redrawn done)
{
    static const int status[] = {[REDRAWN] = 0,
                                 [REDRAW_UNREADABLE] = STATUS_UNREADABLE,
                                 [REDRAW_TOO_LARGE] = STATUS_TOO_LARGE,
                                 [REDRAW_TOO_SMALL] = STATUS_TOO_SMALL};
    return status[done];
}

/* "50 50 100": three numbers up to 100, the last one not 0. */
static bool part_read(struct str text, struct photo_part *part)
{
    int *const to[] = {&part->across, &part->down, &part->side};
    for (size_t i = 0; i < 3; i++) {
        const char *space = i < 2 && text.n ? memchr(text.p, ' ', text.n) : NULL;
        size_t n = space ? (size_t)(space - text.p) : text.n;
        int64_t value;
        if ((i < 2 && !space) || !text_int((struct str){text.p, n}, i == 2, 100, &value))
            return false;
        *to[i] = (int)value;
        text = (struct str){text.p + n + (space != NULL), text.n - n - (space != NULL)};
    }
    return true;
}

int redraw_main(const char *cut)
{
    struct buf in = {.max = UPLOAD_MAX + 1}, out = {.max = UPLOAD_MAX};
    struct photo_part part;
    if (cut && !part_read(str_of(cut), &part))
        return 2;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    prctl(PR_SET_DUMPABLE, 0);
    if (!give_up_rights() || !read_in(&in))
        return 1;
    struct str picture = {in.p, in.n};
    enum redrawn done = cut ? photo_draw(picture, part, &out) : redraw(picture, &out);
    if (done == REDRAWN && !write_out(&out))
        return 1;
    buf_free(&in);
    buf_free(&out);
    return status_of(done);
}

/* --- Outside */

/* With one end of a socket as its input and output, no other file, and an empty environment. */
static pid_t start(const char *program, const char *cut, int end)
{
    char *const argv[] = {(char *)(uintptr_t)program, (char *)(uintptr_t) "redraw", (char *)(uintptr_t)cut,
                          NULL};
    char *const environment[] = {NULL};
    posix_spawn_file_actions_t files;
    pid_t child;
    if (posix_spawn_file_actions_init(&files) != 0)
        return -1;
    bool good = posix_spawn_file_actions_adddup2(&files, end, STDIN_FILENO) == 0 &&
                posix_spawn_file_actions_adddup2(&files, end, STDOUT_FILENO) == 0 &&
                posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0) == 0 &&
                posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1) == 0 &&
                posix_spawn(&child, program, &files, NULL, argv, environment) == 0;
    posix_spawn_file_actions_destroy(&files);
    return good ? child : -1;
}

/* A part of what is left to send. At its end the child's input is closed, without which it would wait for
 * more. */
static void send_some(int fd, struct str *rest)
{
    ssize_t n = send(fd, rest->p, rest->n, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n < 0 && errno != EAGAIN && errno != EINTR)
        n = (ssize_t)rest->n; /* it is gone, or does not want more: its answer says what came of it */
    if (n > 0)
        *rest = (struct str){rest->p + n, rest->n - (size_t)n};
    if (!rest->n)
        shutdown(fd, SHUT_WR);
}

/* Both ways at once, until it has nothing more to say. False when time runs out, or it says too much. */
static bool talk(int fd, struct str rest, struct buf *out)
{
    static const size_t piece = 65536;
    char *some = malloc(piece);
    int64_t until = clock_us() + PATIENCE_US;
    bool over = false;
    for (int64_t left = PATIENCE_US; some && !over && !out->failed && left > 0; left = until - clock_us()) {
        struct pollfd p = {.fd = fd, .events = (short)(rest.n ? POLLIN | POLLOUT : POLLIN)};
        if (poll(&p, 1, (int)(left / 1000)) <= 0) /* a negative time would be one without end */
            continue;
        if (rest.n && p.revents & (POLLOUT | POLLERR))
            send_some(fd, &rest);
        ssize_t n = recv(fd, some, piece, MSG_DONTWAIT);
        over = n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR);
        if (n > 0)
            buf_put(out, some, (size_t)n);
    }
    free(some);
    return over && !out->failed;
}

static int end_of(pid_t child, bool heard)
{
    int status = 0;
    if (!heard)
        kill(child, SIGKILL);
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    return heard && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* The child's exit status, -1 when it was ended. */
static int redrawn_by(const char *program, const char *cut, struct str data, struct buf *out)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return -1;
    pid_t child = start(program, cut, ends[1]);
    close(ends[1]);
    int status = child > 0 ? end_of(child, talk(ends[0], data, out)) : -1;
    close(ends[0]);
    return status;
}

static const char *redrawn(const char *program, struct str data, struct buf *out)
{
    int status = redrawn_by(program, NULL, data, out);
    if (status == 0 && out->n)
        return NULL;
    if (status == STATUS_TOO_LARGE)
        return "The picture is too large. Send one with fewer pixels, or a PDF.";
    if (status != STATUS_UNREADABLE)
        log_event(LOG_WARN, "upload", "picture", "child ended", NULL);
    return "The picture could not be read. Take it again, or send a PDF.";
}

const char *upload_clean(const char *program, struct str data, enum upload_kind *kind, struct buf *out)
{
    out->max = UPLOAD_MAX;
    *kind = upload_kind(data);
    if (data.n > UPLOAD_MAX)
        return "The file is larger than 10 MB. Send a smaller one.";
    if (*kind == UPLOAD_NONE)
        return "This is not a photo (JPEG or PNG) and not a PDF. Send one of these.";
    if (*kind != UPLOAD_PDF)
        return redrawn(program, data, out);
    buf_put(out, data.p, data.n);
    return out->failed ? "The file could not be taken. Try again." : NULL;
}

const char *photo_make(const char *program, struct str data, struct photo_part part, struct buf *out,
                       struct str file[PHOTO_FILES])
{
    char cut[40];
    enum upload_kind kind = upload_kind(data);
    out->max = UPLOAD_MAX;
    snprintf(cut, sizeof cut, "%d %d %d", part.across, part.down, part.side);
    if (data.n > UPLOAD_MAX)
        return "The photo is larger than 10 MB. Send a smaller one";
    if (kind != UPLOAD_JPEG && kind != UPLOAD_PNG)
        return "This is not a JPEG or PNG picture. Choose one of these";
    int status = redrawn_by(program, cut, data, out);
    if (status == 0 && photo_split((struct str){out->p, out->n}, file))
        return NULL;
    if (status == STATUS_TOO_LARGE)
        return "The photo is too large. Send one with fewer pixels";
    if (status == STATUS_TOO_SMALL)
        return "The photo is too small. Send one of at least 160 pixels a side";
    if (status != STATUS_UNREADABLE)
        log_event(LOG_WARN, "upload", "photo", "child ended", NULL);
    return "The photo could not be read. Choose another one";
}
