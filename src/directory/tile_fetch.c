/*
 * Asking the operator's tile server. It learns who runs this site and which tile is wanted, and nothing of
 * who looks at the map.
 */
#include "core/clock.h"
#include "core/log.h"
#include "directory/tile.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#define CONNECT_MS 2000L
#define TOTAL_MS   4000L

/* At most so many requests at once, and so many a second in the long run: a busy hour of new maps, but no
 * copying of a tile server through this one. */
#define BURST      60.0
#define PER_SECOND 5.0

/* After so many failures one after another the server is left in peace for a while. */
#define FAILURES 3
#define PEACE_US (30 * INT64_C(1000000))

#define HANDLES 4

static struct {
    char *address, *agent, *referer;
    struct curl_slist *headers;
    CURL *spare[HANDLES]; /* they keep their connections */
    size_t spares;
    pthread_mutex_t lock;
    double tokens; /* of a bucket of BURST, PER_SECOND more each second */
    int64_t filled_us, peace_until_us;
    int failures;
} server = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* --- How much may be asked */

/* True when a request may go out now, and then it counts. */
static bool may_ask(void)
{
    int64_t now = clock_us();
    pthread_mutex_lock(&server.lock);
    server.tokens += (double)(now - server.filled_us) / 1e6 * PER_SECOND;
    server.tokens = server.tokens < BURST ? server.tokens : BURST;
    server.filled_us = now;
    bool may = now >= server.peace_until_us && server.tokens >= 1;
    server.tokens -= may;
    pthread_mutex_unlock(&server.lock);
    return may;
}

/* A server that says "too many" or "forbidden" means it: no second and third time. */
static void note(enum tile_status status, long code)
{
    pthread_mutex_lock(&server.lock);
    server.failures = status != TILE_FAILED ? 0 : code == 429 || code == 403 ? FAILURES : server.failures + 1;
    if (server.failures >= FAILURES) {
        server.peace_until_us = clock_us() + PEACE_US;
        server.failures = 0;
        log_event(LOG_WARN, "tile-server", "state", "left in peace for half a minute", NULL);
    }
    pthread_mutex_unlock(&server.lock);
}

/* --- Asking */

/* A handle with its open connection where one is spare. NULL when memory ends. */
static CURL *handle_take(void)
{
    pthread_mutex_lock(&server.lock);
    CURL *curl = server.spares > 0 ? server.spare[--server.spares] : NULL;
    pthread_mutex_unlock(&server.lock);
    return curl ? curl : curl_easy_init();
}

static void handle_return(CURL *curl)
{
    pthread_mutex_lock(&server.lock);
    bool kept = server.spares < HANDLES;
    if (kept)
        server.spare[server.spares++] = curl;
    pthread_mutex_unlock(&server.lock);
    if (!kept)
        curl_easy_cleanup(curl);
}

/* The address of a tile. */
static void put_address(struct buf *out, struct tile t)
{
    for (const char *at = server.address; *at; at++) {
        bool named = at[0] == '{' && at[1] && at[2] == '}';
        if (named)
            buf_printf(out, "%d", at[1] == 'z' ? t.z : at[1] == 'x' ? t.x : t.y);
        else
            buf_putc(out, *at);
        at += named ? 2 : 0;
    }
}

/* Stops the transfer (by taking nothing) when there is more than a tile may have. */
static size_t receive(char *data, size_t size, size_t count, void *context)
{
    struct buf *image = context;
    if (image->n + size * count > TILE_MAX)
        return 0;
    buf_put(image, data, size * count);
    return image->failed ? 0 : size * count;
}

const char *tile_fetch_reach(const char *address)
{
    CURL *curl = curl_easy_init();
    if (!curl)
        return "out of memory";
    curl_easy_setopt(curl, CURLOPT_URL, address);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_CONNECT_ONLY, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, TOTAL_MS);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    CURLcode code = curl_easy_perform(curl);
    curl_easy_cleanup(curl);
    return code == CURLE_OK ? NULL : curl_easy_strerror(code);
}

/* `reason` must live as long as the transfer. */
static void set_up(CURL *curl, const char *address, struct buf *image, char reason[CURL_ERROR_SIZE])
{
    curl_easy_reset(curl);
    curl_easy_setopt(curl, CURLOPT_URL, address);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L); /* the configured host, and no other */
    curl_easy_setopt(curl, CURLOPT_USERAGENT, server.agent);
    curl_easy_setopt(curl, CURLOPT_REFERER, server.referer);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, server.headers);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, receive);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, image);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, TOTAL_MS);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, reason);
}

/* What came, judged: an image says so in its header and in its first bytes. The address is not logged, it may
 * hold a key. */
static enum tile_status judge(CURL *curl, CURLcode code, long status, const struct buf *image)
{
    const char *type = NULL, *problem = NULL;
    char number[16];
    curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &type);
    if (code == CURLE_OK && (status == 404 || status == 410 || status == 204))
        return TILE_NONE;
    if (code != CURLE_OK)
        problem = image->n > 0 && code == CURLE_WRITE_ERROR ? "larger than a tile" : curl_easy_strerror(code);
    else if (status != 200)
        problem = "not 200";
    else if (!type || strncmp(type, "image/", 6) != 0 || !tile_type(image->p, image->n))
        problem = "no PNG, JPEG or WebP";
    if (!problem)
        return TILE_IMAGE;
    snprintf(number, sizeof number, "%ld", status);
    log_event(LOG_WARN, "tile-refused", "status", number, "reason", problem, NULL);
    return TILE_FAILED;
}

enum tile_status tile_fetch(struct tile t, struct buf *image)
{
    char reason[CURL_ERROR_SIZE] = "";
    struct buf address = {.max = 4096};
    CURL *curl = may_ask() ? handle_take() : NULL;
    enum tile_status status = TILE_FAILED;
    long code = 0;
    buf_reset(image);
    put_address(&address, t);
    if (curl && !address.failed) {
        set_up(curl, address.p, image, reason);
        CURLcode done = curl_easy_perform(curl);
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &code);
        status = judge(curl, done, code, image);
        note(status, code);
    }
    if (curl)
        handle_return(curl);
    buf_free(&address);
    return status;
}

/* --- Start and end */

/* Before any other thread: curl_global_init may not run twice at once. */
bool tile_fetch_start(const char *address, const char *origin)
{
    struct buf agent = {.max = 1024}, referer = {.max = 1024};
    buf_printf(&agent, "unknot (+%s)", origin);
    buf_printf(&referer, "%s/", origin);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    server.address = strdup(address);
    server.agent = agent.p;
    server.referer = referer.p;
    server.headers = curl_slist_append(NULL, "Accept: image/webp, image/png, image/jpeg");
    server.tokens = BURST;
    server.filled_us = clock_us();
    server.peace_until_us = 0;
    server.failures = 0;
    return server.address && server.headers && !agent.failed && !referer.failed;
}

void tile_fetch_stop(void)
{
    while (server.spares > 0)
        curl_easy_cleanup(server.spare[--server.spares]);
    curl_slist_free_all(server.headers);
    free(server.address);
    free(server.agent);
    free(server.referer);
    server.headers = NULL;
    server.address = server.agent = server.referer = NULL;
}
