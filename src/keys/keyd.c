/*
 * unknot keyd: one thread that knows the epochs' keys, one connection to the database that may ask who may
 * have what, and one Unix socket. A question is answered with a client's key or not at all; between questions
 * keys of older epochs are wrapped anew.
 */
#define _GNU_SOURCE
#include "keys/keyd.h"

#include "core/clock.h"
#include "core/log.h"
#include "keys/cage.h"
#include "keys/epoch.h"
#include "keys/message.h"
#include "web/web.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#define PEERS         64
#define PATIENCE_US   INT64_C(1000000) /* for a question to be whole */
#define ANSWER_US     INT64_C(900000)  /* for the database: who asked waits a second */
#define BATCH         "50"
#define TEND_EVERY_US INT64_C(60000000)

struct peer {
    int fd;
    int64_t until_us;
    size_t n; /* of it, so far */
    struct key_question question;
};

struct keyd {
    const struct config *config;
    struct epochs *epochs;
    struct db *db;
    struct arena *arena;
    int listener;
    gid_t group; /* whose members may ask, or (gid_t)-1 */
    struct peer peers[PEERS];
    unsigned char *key; /* 32 bytes of sodium's memory: a client's key while it is answered */
    bool rewrapping;
    int64_t tend_us;
};

static volatile sig_atomic_t stopping;

/* poll() returns at a signal, and round_of with it. */
static void stop(int number)
{
    (void)number;
    stopping = 1;
}

/* --- Answers */

/* The key, if there is one, goes from where it lies. Who has gone needs no answer. */
static void answer(int fd, enum key_status status, const char *text, const unsigned char *key)
{
    unsigned char head[KEY_HEAD] = {KEY_VERSION, (unsigned char)status};
    struct iovec parts[] = {{head, sizeof head},
                            {(void *)(uintptr_t)text, strlen(text)},
                            {(void *)(uintptr_t)key, key ? KEY_BYTES : 0}};
    ssize_t sent = writev(fd, parts, 3);
    (void)sent;
}

/* The words of keys.open (16_keys.sql), in the order of enum key_status. Any other, or none, is a defect:
 * keyd then says that it cannot. */
static enum key_status status_named(const char *name)
{
    static const char *const names[] = {"ok", "none", "denied", "limited", "destroyed", "stale"};
    for (size_t i = 0; name && i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0)
            return (enum key_status)i;
    return KEY_SILENT;
}

/* "" in a question is null in SQL. */
static const char *give(const char *text)
{
    return text && text[0] ? text : NULL;
}

/* A key of random bytes under a random name, wrapped, as the database takes it. */
static const char *fresh_key(struct keyd *k)
{
    char id[37], hex[2 * WRAPPED + 1];
    unsigned char wrapped[WRAPPED];
    web_uuid(id);
    randombytes_buf(k->key, KEY_BYTES);
    if (!epoch_wrap(k->epochs, id, k->key, wrapped))
        return NULL;
    sodium_bin2hex(hex, sizeof hex, wrapped, sizeof wrapped);
    return arena_printf(k->arena, "{\"id\":\"%s\",\"epoch\":%d,\"wrapped\":\"%s\"}", id,
                        epochs_newest(k->epochs), hex);
}

/* What the database says to a question; *doc is its answer. */
static enum key_status asked(struct keyd *k, const struct key_question *q, const char *fresh,
                             const char **doc)
{
    const char *const values[] = {give(q->session), give(q->token), q->booking, q->why, fresh};
    if (db_query(k->db, k->arena, Q_keys_open, doc, 5, values) != DB_OK)
        return KEY_SILENT;
    return status_named(json_member(k->arena, *doc, "status"));
}

/* k->key from a document with id, epoch and wrapped key. False when one is missing or no epoch here unwraps
 * it. */
static bool unwrap(struct keyd *k, const char *doc, const char **id)
{
    unsigned char wrapped[WRAPPED];
    size_t size = 0;
    int64_t epoch = 0;
    const char *hex = json_member(k->arena, doc, "wrapped"), *number = json_member(k->arena, doc, "epoch");
    *id = json_member(k->arena, doc, "id");
    return *id && strlen(*id) == KEY_ID && hex && number && text_int(str_of(number), 1, INT32_MAX, &epoch) &&
           sodium_hex2bin(wrapped, sizeof wrapped, hex, strlen(hex), NULL, &size, NULL) == 0 &&
           size == WRAPPED && epoch_unwrap(k->epochs, (int)epoch, *id, wrapped, k->key);
}

/* A key is made only when the database has said that there is none and that the caller may have one: it is
 * offered with the second question, and the database takes it or gives the one that somebody else has just
 * made. */
static void answer_key(struct keyd *k, int fd, const struct key_question *q)
{
    const char *doc = NULL, *id = NULL;
    enum key_status s = asked(k, q, NULL, &doc);
    if ((s == KEY_NONE || s == KEY_DESTROYED) && q->operation == KEY_SEAL)
        s = asked(k, q, fresh_key(k), &doc);
    if (s == KEY_OK && !unwrap(k, doc, &id)) {
        log_event(LOG_ERROR, "keyd.unwrap", "key", id, "reason", "no epoch here unwraps it", NULL);
        s = KEY_SILENT;
    }
    if (s == KEY_DENIED || s == KEY_LIMITED)
        log_event(LOG_WARN, "keyd.refused", "status", s == KEY_DENIED ? "denied" : "limited", "booking",
                  q->booking, NULL);
    answer(fd, s, s == KEY_OK ? id : "{}", s == KEY_OK ? k->key : NULL);
    sodium_memzero(k->key, KEY_BYTES);
}

/* --- Epochs */

/* The database and the folder have the same keys, or nothing is opened. */
static bool epoch_known(struct keyd *k, int epoch)
{
    char proof[65], number[12];
    const char *kept = NULL;
    snprintf(number, sizeof number, "%d", epoch);
    if (!epoch_proof(k->epochs, epoch, proof) ||
        db_query(k->db, k->arena, Q_keys_begin, &kept, 2, (const char *const[]){number, proof}) > DB_NONE)
        return false;
    if (kept && strcmp(kept, proof) == 0)
        return true;
    fprintf(stderr,
            "unknot: the epoch key %d in %s is not the one that this database was used with: bring that one "
            "back.\n",
            epoch, k->config->key_dir);
    return false;
}

/* Oldest first: the newest is the one that wraps. */
static bool epochs_known(struct keyd *k)
{
    for (int i = 0; epochs_at(k->epochs, i); i++)
        if (!epoch_known(k, epochs_at(k->epochs, i)))
            return false;
    return true;
}

/* The files of epochs that have ended, also of one that was being destroyed when we were stopped. */
static void destroy_ended(struct keyd *k)
{
    char days[12];
    const char *doc = NULL;
    struct json list;
    snprintf(days, sizeof days, "%d", k->config->key_epoch_keep_days);
    if (db_query(k->db, k->arena, Q_keys_end, &doc, 1, (const char *const[]){days}) != DB_OK ||
        !json_parse(&list, k->arena, str_of(doc)))
        return;
    for (uint32_t i = 0, at = 1; i < list.token[0].count; i++, at = list.token[at].next) {
        int64_t epoch = 0;
        char path[480];
        if (!text_int(json_raw(&list, at), 1, INT32_MAX, &epoch))
            continue;
        snprintf(path, sizeof path, "%s/epoch-%d", k->config->key_dir, (int)epoch);
        if (access(path, F_OK) != 0 || !epochs_destroy(k->epochs, (int)epoch, stderr))
            continue;
        char number[12];
        snprintf(number, sizeof number, "%d", (int)epoch);
        log_event(LOG_INFO, "keyd.epoch", "destroyed", number, NULL);
    }
}

static bool put_rewrapped(struct keyd *k, const struct json *list, uint32_t at, struct json_writer *w)
{
    struct str text = json_raw(list, at);
    const char *doc = arena_strndup(k->arena, text.p, text.n), *id = NULL;
    unsigned char wrapped[WRAPPED];
    char hex[2 * WRAPPED + 1];
    if (!doc || !unwrap(k, doc, &id) || !epoch_wrap(k->epochs, id, k->key, wrapped))
        return false;
    sodium_bin2hex(hex, sizeof hex, wrapped, sizeof wrapped);
    json_open(w, NULL, '{');
    json_put(w, "id", id);
    json_put_raw(w, "epoch", json_member(k->arena, doc, "epoch"));
    json_put(w, "wrapped", hex);
    json_close(w, '}');
    return true;
}

/* Some keys of older epochs. What is not stored is done again: each row has one wrapping at any moment. */
static void rewrap(struct keyd *k)
{
    struct json list;
    struct buf out = {.max = (size_t)1 << 18};
    struct json_writer w = {.out = &out};
    const char *doc = NULL, *done = NULL;
    char epoch[12];
    enum db_status s = db_get(k->db, k->arena, Q_keys_rewrap_take, &doc, BATCH);
    k->rewrapping = s == DB_OK;
    if (s == DB_NONE)
        destroy_ended(k);
    if (s != DB_OK || !json_parse(&list, k->arena, str_of(doc)))
        return;
    json_open(&w, NULL, '[');
    for (uint32_t i = 0, at = 1; i < list.token[0].count; i++, at = list.token[at].next)
        k->rewrapping = put_rewrapped(k, &list, at, &w) && k->rewrapping;
    json_close(&w, ']');
    sodium_memzero(k->key, KEY_BYTES);
    snprintf(epoch, sizeof epoch, "%d", epochs_newest(k->epochs));
    if (out.failed ||
        db_query(k->db, k->arena, Q_keys_rewrap_put, &done, 2, (const char *const[]){epoch, out.p}) != DB_OK)
        k->rewrapping = false;
    if (!k->rewrapping)
        log_event(LOG_ERROR, "keyd.rewrap", "reason", "stopped; tried again in a minute", NULL);
    buf_free(&out);
}

static bool rotate(struct keyd *k)
{
    if (!epochs_add(k->epochs, stderr) || !epoch_known(k, epochs_newest(k->epochs)))
        return false;
    log_event(LOG_INFO, "keyd.epoch", "begun", "new", NULL);
    return k->rewrapping = true;
}

static const char *state_of_epochs(struct keyd *k)
{
    const char *doc = NULL;
    enum db_status s = db_get(k->db, k->arena, Q_keys_epochs, &doc);
    return s == DB_OK ? doc : NULL;
}

/* Each minute: is the newest epoch too old, did an older one end? */
static void tend(struct keyd *k)
{
    int64_t age = 0;
    struct json list;
    const char *doc = state_of_epochs(k);
    k->tend_us = clock_us() + TEND_EVERY_US;
    k->rewrapping = true; /* what there is to do is found there */
    if (!doc || !json_parse(&list, k->arena, str_of(doc)) || list.token[0].count == 0 ||
        k->config->key_epoch_days == 0)
        return;
    uint32_t at = 1;
    for (uint32_t i = 1; i < list.token[0].count; i++)
        at = list.token[at].next;
    uint32_t days = json_get(&list, at, "age_days");
    if (days && text_int(json_raw(&list, days), 0, INT32_MAX, &age) && age >= k->config->key_epoch_days)
        rotate(k);
}

static void answer_state(struct keyd *k, int fd, enum key_operation operation)
{
    bool good = operation != KEY_ROTATE || k->rewrapping || rotate(k);
    const char *doc = good ? state_of_epochs(k) : NULL;
    answer(fd, doc ? KEY_OK : KEY_SILENT, doc ? doc : "{}", NULL);
}

/* --- The socket */

/* The question goes with it: session and token are in it. */
static void leave(struct peer *p)
{
    close(p->fd);
    sodium_memzero(p, sizeof *p);
    p->fd = -1;
}

static bool in_group(int fd, gid_t wanted, gid_t own)
{
    gid_t groups[64];
    socklen_t size = sizeof groups;
    if (wanted == (gid_t)-1)
        return false;
    if (own == wanted)
        return true;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &size) != 0)
        return false;
    for (size_t i = 0; i < size / sizeof *groups; i++)
        if (groups[i] == wanted)
            return true;
    return false;
}

/* The socket's mode says who may come; who did come is looked at all the same. */
static bool is_ours(const struct keyd *k, int fd)
{
    struct ucred who;
    socklen_t size = sizeof who;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size) != 0)
        return false;
    return who.uid == geteuid() || who.uid == 0 || in_group(fd, k->group, who.gid);
}

/* Takes in what has come; a whole question is answered at once, and the connection ends either way. */
static void listen_to(struct keyd *k, struct peer *p)
{
    struct key_question *q = &p->question;
    ssize_t got = recv(p->fd, (char *)q + p->n, sizeof *q - p->n, 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    p->n += got > 0 ? (size_t)got : 0;
    if (got > 0 && p->n < sizeof *q)
        return;
    db_deadline(k->db, clock_us() + ANSWER_US);
    bool fits = got > 0 && key_question_fits(q);
    if (fits && (q->operation == KEY_ROTATE || q->operation == KEY_STATE))
        answer_state(k, p->fd, (enum key_operation)q->operation);
    else if (fits)
        answer_key(k, p->fd, q);
    leave(p);
    arena_reset(k->arena);
}

static void greet(struct keyd *k)
{
    int fd = accept4(k->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    struct peer *p = k->peers;
    if (fd < 0)
        return;
    while (p < k->peers + PEERS && p->fd >= 0)
        p++;
    if (p == k->peers + PEERS || !is_ours(k, fd)) {
        log_event(LOG_WARN, "keyd.turned-away", "reason", p == k->peers + PEERS ? "full" : "who", NULL);
        close(fd);
        return;
    }
    *p = (struct peer){.fd = fd, .until_us = clock_us() + PATIENCE_US};
    listen_to(k, p); /* the question mostly came along */
}

/* One wake: questions first, then one step of what has to be done between them, so that rewrapping never
 * keeps a question waiting for longer than a batch. */
static void round_of(struct keyd *k)
{
    struct pollfd fds[PEERS + 1] = {{.fd = k->listener, .events = POLLIN}};
    for (size_t i = 0; i < PEERS; i++)
        fds[i + 1] = (struct pollfd){.fd = k->peers[i].fd, .events = POLLIN};
    if (poll(fds, PEERS + 1, k->rewrapping ? 0 : 500) < 0)
        return;
    for (size_t i = 0; i < PEERS; i++) {
        if (fds[i + 1].revents)
            listen_to(k, &k->peers[i]);
        else if (k->peers[i].fd >= 0 && clock_us() > k->peers[i].until_us)
            leave(&k->peers[i]);
    }
    if (fds[0].revents)
        greet(k);
    db_deadline(k->db, clock_us() + ANSWER_US);
    if (clock_us() > k->tend_us)
        tend(k);
    else if (k->rewrapping)
        rewrap(k);
    arena_reset(k->arena);
}

static bool find_group(struct keyd *k)
{
    k->group = (gid_t)-1;
    if (!k->config->key_group[0])
        return true;
    struct group *g = getgrnam(k->config->key_group);
    if (g)
        k->group = g->gr_gid;
    else
        fprintf(stderr, "unknot: there is no group %s (key_group)\n", k->config->key_group);
    return g != NULL;
}

/* Made beside its place and moved there: nobody meets it with another mode, and the one of a keyd that was
 * killed gives way. */
static bool listen_at(struct keyd *k, const char *path)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    char beside[sizeof at.sun_path];
    if (snprintf(beside, sizeof beside, "%s~", path) >= (int)sizeof beside) {
        fprintf(stderr, "unknot: %s is too long a path for a socket (key_socket)\n", path);
        return false;
    }
    memcpy(at.sun_path, beside, strlen(beside) + 1);
    unlink(beside);
    k->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    mode_t old = umask(0177);
    bool good = k->listener >= 0 && bind(k->listener, (struct sockaddr *)&at, sizeof at) == 0;
    umask(old);
    if (good && k->group != (gid_t)-1)
        good = chown(beside, (uid_t)-1, k->group) == 0 && chmod(beside, 0660) == 0;
    good = good && listen(k->listener, 128) == 0 && rename(beside, path) == 0;
    if (!good)
        fprintf(stderr, "unknot: keyd cannot listen at %s: %s\n", path, strerror(errno));
    return good;
}

/* The cage comes last: the socket is bound and the database connection made by then. False after a sentence;
 * keyd_run frees what there is. */
static bool begin(struct keyd *k)
{
    k->arena = arena_new((size_t)4 << 20);
    k->key = sodium_malloc(KEY_BYTES);
    for (size_t i = 0; i < PEERS; i++)
        k->peers[i].fd = -1;
    k->epochs = epochs_open(k->config->key_dir, stderr);
    if (!k->arena || !k->key || !k->epochs || !find_group(k))
        return false;
    if (epochs_newest(k->epochs) == 0) {
        fprintf(stderr, "unknot: there is no epoch key in %s: make one with `unknot keys new`\n",
                k->config->key_dir);
        return false;
    }
    k->db = db_open(k->config->keyd_database, 2000, (const char *const[]){"keys", NULL});
    if (!k->db) {
        fputs("unknot: keyd cannot reach the database: run `unknot doctor`\n", stderr);
        return false;
    }
    db_writes(k->db); /* at a second time all of ours come to the same */
    destroy_ended(k);
    return epochs_known(k) && listen_at(k, k->config->key_socket) && cage(k->config->keyd_database);
}

bool keyd_run(const struct config *config)
{
    struct keyd *k = calloc(1, sizeof *k);
    struct sigaction action = {.sa_handler = stop};
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
    bool ready = k && sodium_init() >= 0;
    if (ready) {
        k->config = config;
        k->listener = -1;
        ready = begin(k);
    }
    if (ready)
        log_event(LOG_INFO, "keyd", "socket", config->key_socket, NULL);
    while (ready && !stopping)
        round_of(k);
    if (ready)
        unlink(config->key_socket);
    if (k) {
        epochs_close(k->epochs);
        sodium_free(k->key);
        arena_free(k->arena);
        db_close(k->db);
    }
    free(k);
    return ready;
}
