/*
 * A therapist pastes the address of a calendar, and the worker asks it: whoever pastes chooses where our
 * machine connects to. So every hop is taken apart (split), its name resolved and each address judged
 * (resolve), and only then asked, with curl held to those addresses (ask_once). Redirects are followed
 * here and not by curl, since each leads to another host that has to be judged.
 */
#include "notify/fetch.h"

#include "notify/reach.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <ifaddrs.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>

/* Redirects; the first request is not one. */
#define HOPS            3
#define CONNECT_SECONDS 5L
#define TOTAL_SECONDS   20L

/* --- Addresses */

struct range {
    uint32_t net;
    int bits;
};

#define V4(a, b, c, d) ((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (uint32_t)(d))

/* What is not the open internet (IANA's special-purpose registry). */
static const struct range inner[] = {
    {V4(0, 0, 0, 0), 8},      {V4(10, 0, 0, 0), 8},     {V4(100, 64, 0, 0), 10}, {V4(127, 0, 0, 0), 8},
    {V4(169, 254, 0, 0), 16}, {V4(172, 16, 0, 0), 12},  {V4(192, 0, 0, 0), 24},  {V4(192, 0, 2, 0), 24},
    {V4(192, 88, 99, 0), 24}, {V4(192, 168, 0, 0), 16}, {V4(198, 18, 0, 0), 15}, {V4(198, 51, 100, 0), 24},
    {V4(203, 0, 113, 0), 24}, {V4(224, 0, 0, 0), 4},    {V4(240, 0, 0, 0), 4},
};

static bool v4_is_public(uint32_t a)
{
    for (size_t i = 0; i < sizeof inner / sizeof *inner; i++)
        if ((a ^ inner[i].net) >> (32 - inner[i].bits) == 0)
            return false;
    return true;
}

/* Only 2000::/3 is the open internet; of it not 2001::/23 (Teredo and others), 2001:db8::/32, 3fff::/20 (both
 * for documents) and 2002::/16, which carries an IPv4 address. */
static bool v6_is_public(const unsigned char a[16])
{
    unsigned first = (unsigned)a[0] << 8 | a[1], second = (unsigned)a[2] << 8 | a[3];
    if (a[0] >> 5 != 1)
        return false;
    return !(first == 0x2001 && (second < 0x200 || second == 0xdb8)) && first != 0x2002 &&
           !(first == 0x3fff && second < 0x1000);
}

/* An empty mask is no net: without `masked` an interface that has one would hold every address. */
static bool same_net(const unsigned char *a, const unsigned char *b, const unsigned char *mask, size_t n)
{
    bool masked = false;
    for (size_t i = 0; i < n; i++) {
        masked = masked || mask[i];
        if ((a[i] ^ b[i]) & mask[i])
            return false;
    }
    return masked;
}

static const unsigned char *bytes_of(const struct sockaddr *s, size_t *n)
{
    *n = s->sa_family == AF_INET ? 4 : 16;
    return s->sa_family == AF_INET
               ? (const unsigned char *)&((const struct sockaddr_in *)(const void *)s)->sin_addr
               : ((const struct sockaddr_in6 *)(const void *)s)->sin6_addr.s6_addr;
}

/* Public numbers can be our own, or our neighbors': a host may trust those. */
static bool is_of_our_nets(const struct sockaddr *address)
{
    struct ifaddrs *list = NULL;
    bool ours = false;
    size_t n = 0;
    const unsigned char *bytes = bytes_of(address, &n);
    /* what cannot be told apart is taken to be ours */
    if (getifaddrs(&list) != 0)
        return true;
    for (struct ifaddrs *i = list; i && !ours; i = i->ifa_next)
        if (i->ifa_addr && i->ifa_netmask && i->ifa_addr->sa_family == address->sa_family)
            ours = same_net(bytes, bytes_of(i->ifa_addr, &n), bytes_of(i->ifa_netmask, &n), n);
    freeifaddrs(list);
    return ours;
}

bool fetch_is_public(const struct sockaddr *address)
{
    size_t n = 0;
    if (address->sa_family == AF_INET) {
        uint32_t v4;
        memcpy(&v4, bytes_of(address, &n), 4);
        return v4_is_public(ntohl(v4)) && !is_of_our_nets(address);
    }
    return address->sa_family == AF_INET6 && v6_is_public(bytes_of(address, &n)) && !is_of_our_nets(address);
}

static bool is_loopback(const struct sockaddr *address)
{
    size_t n = 0;
    const unsigned char *a =
        address->sa_family == AF_INET || address->sa_family == AF_INET6 ? bytes_of(address, &n) : NULL;
    return a && (n == 4 ? a[0] == 127 : memcmp(a, &in6addr_loopback, 16) == 0);
}

/* --- One hop: where it goes */

struct hop {
    char host[256], port[8];
    struct curl_slist *pin; /* host:port:address for curl */
};

static bool take_part(CURLU *u, CURLUPart part, unsigned flags, char *out, size_t cap)
{
    char *text = NULL;
    bool fine = curl_url_get(u, part, &text, flags) == CURLUE_OK && strlen(text) < cap;
    if (fine)
        memcpy(out, text, strlen(text) + 1);
    curl_free(text);
    return fine;
}

static bool has_part(CURLU *u, CURLUPart part)
{
    char *text = NULL;
    bool has = curl_url_get(u, part, &text, 0) == CURLUE_OK && text;
    curl_free(text);
    return has;
}

/* Below 1024 live services that are not spoken to in HTTP, mail above all. */
static bool port_fits(const char *port)
{
    int64_t n;
    return text_int(str_of(port), 1, 65535, &n) && (n == 80 || n == 443 || n > 1023);
}

static bool host_fits(const char *host)
{
    return *host && strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_[]:") ==
                        strlen(host);
}

/* curl's own reading of an address decides, as it is curl that connects: a second reader that disagrees with
 * it is the usual way around such a wall. */
static bool split(const char *url, struct hop *hop)
{
    char scheme[8];
    CURLU *u = curl_url();
    bool fine = u && curl_url_set(u, CURLUPART_URL, url, 0) == CURLUE_OK &&
                take_part(u, CURLUPART_SCHEME, 0, scheme, sizeof scheme) &&
                (strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0) &&
                !has_part(u, CURLUPART_USER) && !has_part(u, CURLUPART_PASSWORD) &&
                take_part(u, CURLUPART_HOST, 0, hop->host, sizeof hop->host) && host_fits(hop->host) &&
                take_part(u, CURLUPART_PORT, CURLU_DEFAULT_PORT, hop->port, sizeof hop->port) &&
                port_fits(hop->port);
    curl_url_cleanup(u);
    return fine;
}

static bool may_ask(const struct sockaddr *address, bool loopback)
{
    return (loopback && is_loopback(address)) || fetch_is_public(address);
}

/* All addresses of the host must do: one that does not says whose host it is. */
static const char *resolve(struct hop *hop, bool loopback)
{
    char bare[256], list[1024] = "", number[INET6_ADDRSTRLEN];
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG};
    struct addrinfo *found = NULL;
    size_t n = strlen(hop->host), bracket = hop->host[0] == '[';
    snprintf(bare, sizeof bare, "%.*s", (int)(n - 2 * bracket), hop->host + bracket);
    if (getaddrinfo(bare, hop->port, &hints, &found) != 0)
        return "unreachable";
    bool fine = found != NULL;
    for (struct addrinfo *i = found; i && fine; i = i->ai_next) {
        fine = may_ask(i->ai_addr, loopback);
        if (fine &&
            getnameinfo(i->ai_addr, i->ai_addrlen, number, sizeof number, NULL, 0, NI_NUMERICHOST) == 0 &&
            strlen(list) + strlen(number) + 2 < sizeof list)
            snprintf(list + strlen(list), sizeof list - strlen(list), "%s%s", *list ? "," : "", number);
    }
    freeaddrinfo(found);
    if (!fine || !*list)
        return "address";
    char pin[1400];
    snprintf(pin, sizeof pin, "%s:%s:%s", bare, hop->port, list);
    hop->pin = curl_slist_append(NULL, pin);
    return hop->pin ? NULL : "unreachable";
}

/* --- One hop: asking */

static size_t receive(char *data, size_t size, size_t count, void *context)
{
    struct buf *body = context;
    buf_put(body, data, size * count);
    return body->failed ? 0 : size * count;
}

/* The second wall: whatever led here, no socket is opened to what is not public. */
static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
    const bool *loopback = context;
    (void)purpose;
    if (!may_ask(&address->addr, *loopback))
        return CURL_SOCKET_BAD;
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static void set_up(CURL *curl, const char *url, struct curl_slist *pin, bool *loopback, struct buf *body)
{
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    /* nor one of the environment: it would look up the name itself */
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_RESOLVE, pin);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, loopback);
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, ""); /* inflated, and counted so */
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "unknot calendar reader");
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, receive);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, body);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, CONNECT_SECONDS);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, TOTAL_SECONDS);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
}

static const char *judge(CURLcode code, long status, const struct buf *body)
{
    if (body->failed) /* receive() broke it off; curl calls that a write error */
        return "too-large";
    if (code == CURLE_OPERATION_TIMEDOUT)
        return "timeout";
    if (code == CURLE_SSL_CONNECT_ERROR || code == CURLE_PEER_FAILED_VERIFICATION)
        return "tls";
    if (code != CURLE_OK)
        return "unreachable";
    return status == 200 ? NULL : status >= 400 && status < 500 ? "not-found" : "unavailable";
}

/* Asks once. A redirect fills `next` (otherwise empty) and is no failure. */
static const char *ask_once(const char *url, struct curl_slist *pin, bool loopback, struct buf *body,
                            char next[2000])
{
    long status = 0;
    const char *to = NULL, *problem;
    CURL *curl = curl_easy_init();
    next[0] = '\0';
    if (!curl)
        return "unreachable";
    set_up(curl, url, pin, &loopback, body);
    CURLcode code = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(curl, CURLINFO_REDIRECT_URL, &to);
    problem = judge(code, status, body);
    if (code == CURLE_OK && status >= 300 && status < 400)
        problem = to && strlen(to) < 2000 ? NULL : "redirects";
    if (!problem && to && status != 200)
        memcpy(next, to, strlen(to) + 1);
    curl_easy_cleanup(curl);
    return problem;
}

const char *fetch(const char *url, bool loopback, struct buf *body)
{
    char here[2000], next[2000];
    body->max = FETCH_MAX;
    if (strlen(url) >= sizeof here)
        return "address";
    memcpy(here, url, strlen(url) + 1);
    for (int hops = 0; hops <= HOPS; hops++) {
        struct hop hop = {.pin = NULL};
        const char *problem = split(here, &hop) ? resolve(&hop, loopback) : "address";
        buf_reset(body);
        if (!problem)
            problem = ask_once(here, hop.pin, loopback, body, next);
        curl_slist_free_all(hop.pin);
        if (problem || !next[0])
            return problem;
        memcpy(here, next, sizeof here);
    }
    return "redirects";
}

/* --- What people paste */

bool fetch_address(const char *text, char url[2000], char host[256])
{
    struct hop hop = {.pin = NULL};
    bool webcal = reach_is_scheme(text, "webcal") || reach_is_scheme(text, "webcals");
    const char *rest = webcal ? strstr(text, "://") : text;
    int n = snprintf(url, 2000, "%s%s", webcal ? "https" : "", rest);
    for (const char *c = text; *c; c++)
        if ((unsigned char)*c <= ' ' || *c == 0x7f)
            return false;
    if (n <= 0 || n >= 2000 || !split(url, &hop))
        return false;
    memcpy(host, hop.host, strlen(hop.host) + 1);
    return true;
}
