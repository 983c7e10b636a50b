/*
 * A receiver tells a genuine call by Unknot-Signature, an old one by Unknot-Timestamp, which the signature
 * covers, and the same message sent twice by Idempotency-Key, the id of its row in the outbox.
 */
#include "notify/hook.h"

#include "core/json.h"
#include "core/log.h"
#include "notify/reach.h"

#include <curl/curl.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <time.h>

#define CONNECT_SECONDS 5L
#define TOTAL_SECONDS   10L
#define ANSWER_MAX      ((size_t)64 * 1024)

const char *hook_problem(const struct config *config)
{
    if (*config->hook_url == '\0')
        return NULL;
    if (!reach_is_scheme(config->hook_url, "https") &&
        !(reach_is_scheme(config->hook_url, "http") && reach_is_loopback(config->hook_url)))
        return "hook_url must be https://…, or http://… on this machine";
    if (*config->hook_secret_file == '\0')
        return "hook_secret_file is not set";
    return NULL;
}

void hook_sign(const char *secret, const char *timestamp, struct str body, char out[68])
{
    unsigned char mac[crypto_auth_hmacsha256_BYTES];
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, (const unsigned char *)secret, strlen(secret));
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)timestamp, strlen(timestamp));
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)".", 1);
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)body.p, body.n);
    crypto_auth_hmacsha256_final(&state, mac);
    memcpy(out, "v1=", 3);
    sodium_bin2hex(out + 3, 65, mac, sizeof mac);
    sodium_memzero(&state, sizeof state);
}

static void put_body(struct buf *out, const struct hook *hook)
{
    struct json_writer w = {.out = out};
    json_open(&w, NULL, '{');
    json_put(&w, "id", hook->id);
    json_put(&w, "event", hook->kind);
    json_open(&w, "recipient", '{');
    json_put(&w, "email", hook->to);
    json_put(&w, "phone", hook->phone);
    json_close(&w, '}');
    json_put(&w, "link", hook->link);
    json_put_raw(&w, "data", hook->data);
    json_close(&w, '}');
}

/* The answer's body is of no interest; an endless one is broken off. */
static size_t ignore(char *data, size_t size, size_t count, void *context)
{
    size_t *seen = context;
    (void)data;
    *seen += size * count;
    return *seen > ANSWER_MAX ? 0 : size * count;
}

/* The status counts even where a long answer was broken off: it came before the body. */
static const char *judge(CURL *curl, CURLcode code)
{
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    if (code == CURLE_OPERATION_TIMEDOUT)
        return "timeout";
    if (code == CURLE_SSL_CONNECT_ERROR || code == CURLE_PEER_FAILED_VERIFICATION)
        return "tls";
    if (code != CURLE_OK && code != CURLE_WRITE_ERROR)
        return "network";
    if (status >= 200 && status < 300)
        return NULL;
    return status == 408 || status == 429 || status >= 500 ? "later" : "refused";
}

/* The headers, to be freed; NULL without memory: a call that lacks one is not made. */
static struct curl_slist *headers_of(const char *secret, const struct buf *body, const struct hook *hook)
{
    char stamp[24], mac[68], line[3][200];
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    snprintf(stamp, sizeof stamp, "%" PRId64, (int64_t)now.tv_sec);
    hook_sign(secret, stamp, (struct str){body->p, body->n}, mac);
    snprintf(line[0], sizeof line[0], "Unknot-Timestamp: %s", stamp);
    snprintf(line[1], sizeof line[1], "Unknot-Signature: %s", mac);
    snprintf(line[2], sizeof line[2], "Idempotency-Key: %s", hook->id);
    /* with "Expect: 100-continue" curl would wait a second for an answer that few receivers give */
    const char *const lines[] = {"Content-Type: application/json", "Expect:", line[0], line[1], line[2]};
    struct curl_slist *list = NULL;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct curl_slist *longer = curl_slist_append(list, lines[i]);
        if (!longer) {
            curl_slist_free_all(list);
            return NULL;
        }
        list = longer;
    }
    return list;
}

static const char *post(const struct config *config, const struct hook *hook, struct curl_slist *headers,
                        const struct buf *body)
{
    size_t seen = 0;
    CURL *curl = curl_easy_init();
    if (!curl || !headers) {
        curl_easy_cleanup(curl);
        return "setup";
    }
    curl_easy_setopt(curl, CURLOPT_URL, config->hook_url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body->p);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body->n);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, ignore);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &seen);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, CONNECT_SECONDS);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, TOTAL_SECONDS);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    CURLcode code = curl_easy_perform(curl);
    const char *failure = judge(curl, code);
    if (failure)
        log_event(LOG_WARN, "hook-refused", "message", hook->id, "class", failure, "error",
                  curl_easy_strerror(code), NULL);
    curl_easy_cleanup(curl);
    return failure;
}

const char *hook_call(const struct config *config, const struct hook *hook)
{
    char secret[512];
    struct buf body = {.max = 64 * 1024};
    if (hook_problem(config) || !reach_secret(config->hook_secret_file, secret, sizeof secret)) {
        log_event(LOG_ERROR, "hook-setup", "file", config->hook_secret_file, NULL);
        return "setup";
    }
    put_body(&body, hook);
    struct curl_slist *headers = body.failed ? NULL : headers_of(secret, &body, hook);
    const char *failure = post(config, hook, headers, &body);
    curl_slist_free_all(headers);
    sodium_memzero(secret, sizeof secret);
    buf_free(&body);
    return failure;
}
