/*
 * The inside of src/http: one exchange (a request and its answer) on its way through the loop, the gate, a
 * lane and back.
 *
 * Who owns what. A `peer` is one connection, an `exchange` one request on it; both are made and freed by the
 * loop thread inside libmicrohttpd's callbacks. While an exchange stands in a lane or is handled
 * (STAGE_QUEUED) it belongs to the worker alone: its connection is suspended, so that libmicrohttpd does not
 * touch it either. The two hand-overs (lane_push, finished_push) each pass a mutex. Request memory (arena,
 * body) is freed when libmicrohttpd says that the exchange is over, which is after the last byte was sent or
 * the connection was lost.
 */
#ifndef UNKNOT_HTTP_SERVER_H
#define UNKNOT_HTTP_SERVER_H

#include "http/http.h"

#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <zlib.h>

#define FORM_MAX      (64 * 1024)                   /* a form or JSON body */
#define MULTIPART_MAX (10 * 1024 * 1024 + FORM_MAX) /* one with files */
#define BODIES_MAX    (128 * 1024 * 1024) /* all bodies being received or handled at one time, as declared */
#define PAIRS_MAX     64                  /* names in a query */
#define FIELDS_MAX    256                 /* names in a form */
#define PARTS_MAX     64                  /* parts of a multipart body */
#define CONSTANTS     128                 /* chains of constant answers: about as many as there are files */

struct header {
    const char *name, *value;
    struct header *next;
};

/* The answer while the handler makes it; r->response. Everything in the arena or for ever, but what is lent.
 */
struct response {
    int status; /* 0: none yet */
    const char *type;
    const void *data;
    size_t size;
    bool lent; /* reply_lent's: `data` is the worker's */
    struct header *headers, *last;
    const char *subject; /* reply_subject's */
    bool constant;       /* reply_constant's */
    bool broken;         /* something impossible was asked for: becomes a 500 */
};

enum stage {
    STAGE_HEAD,   /* the request line is there */
    STAGE_BODY,   /* passed the gate, body on its way */
    STAGE_READY,  /* complete, not handled */
    STAGE_QUEUED, /* suspended: a worker's */
    STAGE_DONE,   /* the answer is made */
    STAGE_SENT,   /* the answer is libmicrohttpd's to send */
};

enum body_kind { KIND_NONE, KIND_URLENCODED, KIND_JSON, KIND_MULTIPART };

/* One request and its answer. Which thread may touch it follows from `stage` (see above); `making`,
 * `abandoned` and `abandoned_next` are the loop's whatever the stage is. */
struct exchange {
    struct request r;
    struct response response;
    struct http_server *server;
    struct peer *peer;
    struct MHD_Connection *connection;
    struct MHD_Response *built; /* its own; NULL where what is kept is sent */
    struct exchange *next;      /* in the spare list, a lane or the finished list */
    enum stage stage;
    enum body_kind kind;
    int refusal;       /* status to answer with instead of handling, 0: none */
    const char *allow; /* for 405 */
    struct str content_type;
    struct buf body;                /* as it arrives; its cap is the kind's */
    uint64_t body_expected;         /* Content-Length */
    bool body_counted;              /* in http_server.bodies */
    int64_t started_us, queued_us;  /* monotonic; queued_us 0: never was in a lane */
    char address[INET6_ADDRSTRLEN]; /* the peer's: outlives the connection */
    bool carries_cookie;   /* Cookie or Authorization came with it: the answer is not for everybody */
    struct str key;        /* under which a kept answer is looked for; p is NULL where none may be */
    struct kept *kept;     /* shared: what is being sent, or shall go into the cache */
    bool from_cache;       /* it was there */
    struct making *making; /* of the answer others may wait for */
    uint64_t seen;         /* http_cache_seen and clock when the answer's making began */
    int64_t made_us;
    bool abandoned; /* the loop gave up on it at the end of the drain */
    struct exchange *abandoned_next;
};

static inline const struct exchange *exchange_of(const struct request *r)
{
    return (const struct exchange *)(const void *)((const char *)r - offsetof(struct exchange, r));
}

/* One connection, from libmicrohttpd's word that it began to its word that it ended. */
struct peer {
    struct peer *next, *previous;
    struct exchange *exchange; /* the request on it; NULL between two */
    int fd;                    /* libmicrohttpd's: never closed here, shut down at most */
    int64_t deadline_us;       /* monotonic, of the phase it is in: head, body, answer, idle */
    bool cut;                  /* past its deadline, socket shut down */
    char address[INET6_ADDRSTRLEN];
};

/* First in, first out, by exchange.next. */
struct queue {
    struct exchange *head, *tail;
};

/* Everything but `writers` and `cap`, which are set at the start, is read and written under `lock`. */
struct lane {
    pthread_mutex_t lock;
    struct queue queues[HTTP_METHODS]; /* who reads, and who writes */
    int running[HTTP_METHODS];         /* workers that are at one of each */
    int64_t read_us;                   /* when the last one that read had done so */
    int writers;                       /* how many may write while somebody reads */
    struct worker_thread *idle;        /* the one that is idle since the shortest time first */
    int called;                        /* TURN_CALLED */
    int waiting, cap;                  /* in both queues together, and how many may */
    bool closed;
};

enum turn {
    TURN_WORK,
    TURN_IDLE,   /* in the lane's list, though it may not wait yet */
    TURN_CALLED, /* taken from it, and not back at the lane yet */
};

struct worker_thread {
    pthread_t thread;
    pthread_cond_t wake;
    struct worker_thread *next_idle;
    enum turn turn; /* under the lane's lock */
    struct http_server *server;
    struct lane *lane;
    enum cost cost; /* what it is for */
    void *worker;   /* the server's user's */
};

struct http_server {
    struct http_settings set;
    const struct route *routes;
    size_t route_count;
    struct route_table *table;
    struct http_hooks hooks;
    struct MHD_Daemon *daemon;
    int listen_fd, wake_fd;
    const char *unix_path; /* NULL when listening on TCP */
    atomic_bool stopping;
    atomic_int stoppers; /* threads inside http_stop: the server is not freed under them */

    /* the loop thread's own */
    struct peer *peers;
    struct exchange *spare, *abandoned;
    /* open: exchanges begun and not ended; suspended: those of them that a worker or another's answer holds
     */
    size_t spare_count, open, suspended;
    struct kept *constants[CONSTANTS]; /* by their data */
    struct making *makings;
    size_t waiting; /* for one of them */
    /* bodies: bytes declared by all that are open; id_state: make_id's */
    uint64_t bodies, id_state;
    int64_t next_sweep_us, drain_end_us;
    bool draining, ending; /* ending: after the drain, nothing is begun any more */

    struct lane normal, slow, fetch;
    struct worker_thread *threads;
    int thread_count;
    pthread_mutex_t start_lock; /* for started and start_failed */
    pthread_cond_t start_wake;
    int started;
    bool start_failed;

    pthread_mutex_t finished_lock;
    struct exchange *finished, *finished_last;
};

/* listen.c: a listening socket for "host:port", "[v6]:port" or "unix:/path"; -1 after a sentence on stderr.
 */
int listen_open(const char *where, const char **unix_path);

/* gate.c: looks at the head of a request (first call of the handler) and fills x->r from it. Afterwards
 * x->refusal is set or x->r.route is. True when the refusal must be sent at once and the connection closed
 * behind it. */
bool gate_pass(struct exchange *x, const char *method, const char *url, const char *version);

/* body.c: parses what came into form, json, uploads. False after an error answer. */
bool body_parse(struct exchange *x);

/* handle.c: everything between a complete request and a built response, in a worker or (inline routes,
 * refusals) in the loop. `packer` compresses; NULL: does not. */
void exchange_handle(struct exchange *x, z_stream *packer);
/* Instead of handling: the error answer for a status, built. */
void exchange_refuse(struct exchange *x, int status);

/* respond.c: completes the answer (500 when there is none, caching headers, 304, compression) and makes
 * x->built of it. */
void answer_build(struct exchange *x, z_stream *packer);
/* The answer for the cache, over a body that outlives it: whole but for the lines that are each request's
 * own. NULL when out of memory. */
struct MHD_Response *answer_ready(const struct response *a, struct str body);
/* Loop thread only. The answer from the cache, true when there is one; what a worker made, into it. */
bool answer_kept(struct exchange *x);
void answer_keep(struct exchange *x);
void constants_free(struct http_server *s);
/* The answer, to be queued at once: one that others are sent too has the lines of this request until it is
 * asked for again, and libmicrohttpd writes the head of what is queued before it turns to anything else. */
struct MHD_Response *answer_to_send(struct exchange *x);

/* making.c: one makes an answer, the others wait for it. Loop thread only. */
bool making_join(struct exchange *x);  /* true: x waits for an answer that is being made */
void making_begin(struct exchange *x); /* before it is a worker's: others may wait for x's answer */
/* After x's answer is made, and kept if it can be: who waited, by x->next. Also when it was not begun. */
struct exchange *making_end(struct exchange *x);
void makings_free(struct http_server *s);

/* queue.c: threads and lanes. */
bool lanes_start(
    struct http_server *s); /* false after worker_start has failed; lanes_stop is due either way */
void lanes_stop(
    struct http_server *s); /* waits for the workers, a few seconds; a worker that hangs ends the process */
struct lane *lane_of(struct http_server *s, enum cost cost);
bool lane_push(struct lane *lane, struct exchange *x); /* false when full */
/* Calls a worker for what may begin now. True: more waits, and may begin when nobody has read for a moment.
 * No event says so: the loop asks again. */
bool lane_holds_back(struct lane *lane);
struct exchange *finished_take(struct http_server *s); /* a list, oldest first */

/* peers.c: connections, deadlines, exchanges. Loop thread only. */
void peer_notify(void *server, struct MHD_Connection *c, void **socket_context,
                 enum MHD_ConnectionNotificationCode code);
struct peer *peer_of(struct MHD_Connection *c);
void peers_sweep(struct http_server *s, int64_t now);
void peers_abandon(struct http_server *s);
void *exchange_begin(void *server, const char *target, struct MHD_Connection *c);
void exchange_end(void *server, struct MHD_Connection *c, void **context,
                  enum MHD_RequestTerminationCode code);
void exchanges_free(struct http_server *s);   /* those kept for later, and those abandoned */
void exchange_body_due(struct exchange *x);   /* from now on the body's deadline counts */
void exchange_answer_due(struct exchange *x); /* … the whole exchange's */

/* The value put in front of the client's own Cookie header, see exchange_begin. */
extern const char no_cookie[];

#endif
