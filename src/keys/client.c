/*
 * A worker's side of the keys: asks keyd for the key of a booking's client, at most once a request, and
 * seals and opens with it. The keys lie in a ring of guarded memory that belongs to the worker and is
 * wiped when the request's arena is reset.
 */
#include "keys/keys.h"

#include "core/log.h"

#include <sodium.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define RING 18 /* visits of one request: of a course of care at most 16 (outcome_parts), and two */

/* A worker's, in sodium's memory. Empty between requests. */
struct ring {
    struct slot {
        /* id: the key's, which is authenticated with all that it seals */
        char booking[37], id[KEY_ID + 1];
        unsigned char key[KEY_BYTES];
        enum key_status status;
    } slot[RING];
    size_t count;
    enum key_status last;                 /* of the last sealing or opening: client_key_status */
    const struct arena *of;               /* the request that it is filled for */
    unsigned char answer[KEY_ANSWER_MAX]; /* keyd's, as it comes in: there may be a key in it */
};

/* --- One question */

static int dial(const char *path)
{
    static const struct timeval patience = {.tv_sec = 1};
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    size_t n = strlen(path);
    int fd = n > 0 && n < sizeof at.sun_path ? socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0) : -1;
    if (fd < 0)
        return -1;
    memcpy(at.sun_path, path, n + 1);
    if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) == 0 &&
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) == 0 &&
        connect(fd, (struct sockaddr *)&at, sizeof at) == 0)
        return fd;
    close(fd);
    return -1;
}

/* All that comes until the connection is ended. */
static bool hear(int fd, unsigned char *answer, size_t *size)
{
    size_t n = 0;
    ssize_t got;
    while ((got = recv(fd, answer + n, KEY_ANSWER_MAX - n, 0)) > 0)
        n += (size_t)got;
    *size = n - KEY_HEAD;
    return got == 0 && n >= KEY_HEAD && answer[0] == KEY_VERSION && answer[1] <= KEY_SILENT;
}

enum key_status key_ask(const char *path, const struct key_question *q, unsigned char *answer, size_t *size)
{
    struct key_question out = *q;
    out.version = KEY_VERSION;
    int fd = key_question_fits(&out) ? dial(path) : -1;
    bool good =
        fd >= 0 && send(fd, &out, sizeof out, MSG_NOSIGNAL) == (ssize_t)sizeof out && hear(fd, answer, size);
    sodium_memzero(&out, sizeof out);
    if (fd >= 0)
        close(fd);
    return good ? (enum key_status)answer[1] : KEY_SILENT;
}

/* --- The keys of one request */

static void wipe(void *ring)
{
    sodium_memzero(ring, sizeof(struct ring));
}

/* The worker's ring, empty if it was filled for another request. Told apart by the arena, which may be the
 * same again: then it was reset between, and has wiped the ring. */
static struct ring *ring_of(struct request *r)
{
    struct worker *w = r->worker;
    if (!w->keys)
        w->keys = sodium_malloc(sizeof(struct ring));
    struct ring *ring = w->keys;
    if (!ring || ring->of == r->arena)
        return ring;
    wipe(ring);
    ring->of = r->arena;
    return arena_defer(r->arena, wipe, ring) ? ring : NULL;
}

/* False when it does not fit. NULL is the empty text. */
static bool put(char *out, size_t cap, const char *text)
{
    return (size_t)snprintf(out, cap, "%s", text ? text : "") < cap;
}

/* Asks keyd, and leaves key or reason in `s`. A session or token that is too long is nobody's: denied without
 * asking. */
static void fetch(struct request *r, struct ring *ring, struct slot *s, const char *why, bool make)
{
    struct key_question q = {.operation = make ? KEY_SEAL : KEY_OPEN};
    struct db_identity who = web_identity(r);
    size_t size = 0;
    bool fits = put(q.session, sizeof q.session, who.session) && put(q.token, sizeof q.token, who.booking) &&
                put(q.booking, sizeof q.booking, s->booking) && put(q.why, sizeof q.why, why);
    s->status = fits ? key_ask(app_of(r)->config.key_socket, &q, ring->answer, &size) : KEY_DENIED;
    if (s->status == KEY_OK && size == KEY_ID + KEY_BYTES) {
        memcpy(s->id, ring->answer + KEY_HEAD, KEY_ID);
        memcpy(s->key, ring->answer + KEY_HEAD + KEY_ID, KEY_BYTES);
    } else if (s->status == KEY_OK) {
        s->status = KEY_SILENT;
    }
    if (s->status == KEY_SILENT)
        log_event(LOG_ERROR, "keyd.silent", "request", r->id, NULL);
    sodium_memzero(&q, sizeof q);
    sodium_memzero(ring->answer, KEY_ANSWER);
}

/* Asked once a request, but that a first sealing may follow an opening that found none. */
static struct slot *slot_of(struct request *r, const char *booking, const char *why, bool make)
{
    struct ring *ring = r->worker ? ring_of(r) : NULL;
    struct slot *s = ring ? ring->slot : NULL;
    if (!ring)
        return NULL;
    while (s < ring->slot + ring->count && strcmp(s->booking, booking) != 0)
        s++;
    if (!text_is_uuid(str_of(booking))) {
        ring->last = KEY_DENIED;
        return NULL;
    }
    if (s == ring->slot + RING) { /* many clients' in one request: those before are asked for anew */
        sodium_memzero(ring->slot, sizeof ring->slot);
        ring->count = 0;
        s = ring->slot;
    }
    if (s == ring->slot + ring->count) {
        ring->count++;
        memcpy(s->booking, booking, 37);
        fetch(r, ring, s, why, make);
    } else if (make && (s->status == KEY_NONE || s->status == KEY_DESTROYED)) {
        fetch(r, ring, s, why, make);
    }
    ring->last = s->status;
    return s;
}

/* --- Documents */

/* Beside what the caller binds it to: whose it is. */
static const char *bound_to(struct arena *a, const char *id, const char *bound)
{
    return bound ? arena_printf(a, "%s %s", id, bound) : NULL;
}

const char *client_seal_with(const unsigned char key[32], const char *id, struct arena *a,
                             const char *purpose, const char *bound, struct str plain)
{
    const char *with = bound_to(a, id, bound);
    return with ? seal_with(key, a, purpose, with, plain) : NULL;
}

const char *client_seal(struct request *r, const char *booking, const char *purpose, const char *bound,
                        struct str plain)
{
    struct slot *s = slot_of(r, booking, purpose, true);
    return s && s->status == KEY_OK ? client_seal_with(s->key, s->id, r->arena, purpose, bound, plain) : NULL;
}

const char *client_open(struct request *r, const char *booking, const char *purpose, const char *bound,
                        const char *sealed)
{
    struct slot *s = slot_of(r, booking, purpose, false);
    const char *with = s && s->status == KEY_OK ? bound_to(r->arena, s->id, bound) : NULL;
    const char *plain = with ? unseal_with(s->key, r->arena, purpose, with, sealed) : NULL;
    if (with && !plain)
        ((struct ring *)((struct worker *)r->worker)->keys)->last = KEY_WRONG;
    return plain;
}

enum key_status client_key_status(const struct request *r)
{
    const struct worker *w = r->worker;
    const struct ring *ring = w ? w->keys : NULL;
    return ring && ring->of == r->arena ? ring->last : KEY_SILENT;
}

void client_key_say(struct request *r, const char *instead)
{
    struct web_failure silent = {
        503, "health-details-closed",
        r->method == HTTP_POST ? "Health details cannot be saved now" : "Health details cannot be opened now",
        "The part of this site that locks them up does not answer. Nothing was stored, and "
        "nothing you typed is lost.",
        instead ? instead : "Wait a minute, then try again."};
    static const struct web_failure often = {
        429, "too-many-readings", "Too many health forms were opened",
        "More health forms were opened in a short time than one person reads.",
        "Wait a few minutes, then try again."};
    switch (client_key_status(r)) {
    case KEY_STALE:
        app_of(r)->prove(r);
        return;
    case KEY_SILENT:
        web_resend(r, "Send it again");
        web_failure_say(r, &silent);
        return;
    case KEY_LIMITED:
        web_failure_say(r, &often);
        return;
    case KEY_NONE:
    case KEY_DENIED:
    case KEY_DESTROYED:
        reply_error(r, 404, NULL);
        return;
    case KEY_OK:
    case KEY_WRONG:
        break;
    }
    reply_error(r, 500, NULL);
}
