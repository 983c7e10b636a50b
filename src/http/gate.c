/*
 * The gate: everything that is known about a request once its headers are there is checked before anything of
 * it is used, and what is doubtful is refused. It stands behind libmicrohttpd's parser, which in 0.9.75 is
 * forgiving: it takes bare LF, glues folded lines to header names, cuts values at NUL, lets Transfer-Encoding
 * win over Content-Length and the first of two lengths over the second. Each of those is a way to make two
 * programs read the same bytes differently; here they end in a 4xx and a closed connection.
 *
 * Some things libmicrohttpd answers (or drops) itself before it calls us, and no option changes that: a
 * request line that does not end in " HTTP/d.d" or has a version other than 1.x, a header line without colon,
 * a Content-Length that is not a number, headers beyond the connection's memory. Its short texts carry
 * nothing of ours and it closes the connection.
 */
#include "http/parse.h"
#include "http/server.h"

#include <arpa/inet.h>
#include <string.h>

#define HEADERS_MAX 64
#define HEAD_MAX    8192 /* request line and headers */
#define TARGET_MAX  4096 /* path and query */
#define HOST_MAX    255
#define ADDRESS_MAX 64

struct head { /* what came, by name; p is NULL where nothing came */
    struct str host, length, encoding, type, cookie, authorization, accept, accept_encoding, accept_language,
        if_none_match, origin, fetch_site, fragment, idempotency_key, forwarded, expect, user_agent;
    size_t count;
    int status;       /* what the headers earned so far, 0: nothing */
    const char *next; /* where the next header line has to begin */
};

static const struct known {
    const char *name;
    size_t at;
    bool list; /* may come on several lines; the first counts */
} known[] = {
    {"Host", offsetof(struct head, host), false},
    {"Content-Length", offsetof(struct head, length), false},
    {"Transfer-Encoding", offsetof(struct head, encoding), false},
    {"Content-Type", offsetof(struct head, type), false},
    {"Cookie", offsetof(struct head, cookie), false},
    {"Authorization", offsetof(struct head, authorization), false},
    {"Accept", offsetof(struct head, accept), true},
    {"Accept-Encoding", offsetof(struct head, accept_encoding), true},
    {"Accept-Language", offsetof(struct head, accept_language), true},
    {"If-None-Match", offsetof(struct head, if_none_match), true},
    {"Origin", offsetof(struct head, origin), false},
    {"Sec-Fetch-Site", offsetof(struct head, fetch_site), false},
    {"X-Fragment", offsetof(struct head, fragment), false},
    {"Idempotency-Key", offsetof(struct head, idempotency_key), false},
    {"X-Forwarded-For", offsetof(struct head, forwarded), false},
    {"Expect", offsetof(struct head, expect), false},
    {"User-Agent", offsetof(struct head, user_agent), true},
};

/* --- Headers */

/* No control byte but tab. Bytes from 0x80 pass (RFC 9110 obs-text): a user agent may have them. */
static bool is_clean_value(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (((unsigned char)s.p[i] < ' ' && s.p[i] != '\t') || s.p[i] == 0x7F)
            return false;
    return true;
}

#if MHD_VERSION < 0x01000000
/*
 * libmicrohttpd before 1.0 leaves names and values in the buffer they arrived in and writes NUL over the
 * colon and the line end. A header is therefore as it was sent if it begins where the last line ended, is
 * followed by its value, and that by the two bytes of one CR LF. A folded line, a bare LF or a NUL in a value
 * breaks this chain. (1.0 refuses them itself.)
 */
static bool follows(const char **next, struct str name, struct str value)
{
    if (name.p != *next || (uintptr_t)value.p <= (uintptr_t)(name.p + name.n))
        return false;
    for (const char *gap = name.p + name.n + 1; gap < value.p; gap++)
        if (*gap != ' ' && *gap != '\t')
            return false;
    const char *end = value.p + value.n;
    *next = end + 2;
    return end[0] == '\0' && end[1] == '\0';
}

/* The same for the request line: exactly "method target HTTP/1.1". */
static const char *line_end(const char *method, const char *url, const char *version, size_t target)
{
    if (url != method + strlen(method) + 1 || version != url + target + 1)
        return NULL;
    return version + strlen(version) + 2;
}

static bool ends_at(struct MHD_Connection *c, const char *method, const char *next)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(c, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    return info && method + info->header_size == next + 2;
}
#else
static bool follows(const char **next, struct str name, struct str value)
{
    (void)next, (void)name, (void)value;
    return true;
}

static const char *line_end(const char *method, const char *url, const char *version, size_t target)
{
    (void)url, (void)version, (void)target;
    return method;
}

static bool ends_at(struct MHD_Connection *c, const char *method, const char *next)
{
    (void)c, (void)method, (void)next;
    return true;
}
#endif

static void remember(struct head *h, struct str name, struct str value)
{
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (!str_is_nocase(name, known[i].name))
            continue;
        struct str *slot = (struct str *)(void *)((char *)h + known[i].at);
        if (!slot->p)
            *slot = str_trim(value);
        else if (!known[i].list)
            h->status = 400;
        return;
    }
}

static enum MHD_Result see_header(void *head, enum MHD_ValueKind kind, const char *name, size_t name_size,
                                  const char *value, size_t value_size)
{
    struct head *h = head;
    struct str n = {name, name_size}, v = {value ? value : "", value_size};
    (void)kind;
    if (value == no_cookie) /* the empty one of exchange_begin, not the client's */
        return MHD_YES;
    if (++h->count > HEADERS_MAX)
        h->status = 431;
    else if (!text_is_token(n) || !is_clean_value(v) || !follows(&h->next, n, v))
        h->status = 400;
    else
        remember(h, n, v);
    return h->status ? MHD_NO : MHD_YES;
}

/* 0, or the status that the first bad header earns. The last of them must end where libmicrohttpd says that
 * the head ends. */
static int read_headers(struct exchange *x, struct head *h, const char *method)
{
    if (!h->next)
        return 400;
    MHD_get_connection_values_n(x->connection, MHD_HEADER_KIND, see_header, h);
    if (h->status == 0 && !ends_at(x->connection, method, h->next))
        return 400;
    return h->status;
}

static int check_size(struct exchange *x)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(x->connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    if (x->r.target.n > TARGET_MAX)
        return 414;
    return info && info->header_size > HEAD_MAX ? 431 : 0;
}

/* --- Framing: where the request ends and whom it is for */

/* A shape, not a grammar: what is not a name, an address or a port cannot be in it. check_host compares it
 * with the one that is served. */
static bool is_host(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool alnum = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!alnum && (c == '\0' || !strchr("-.:[]_", c)))
            return false;
    }
    return s.n > 0 && s.n <= HOST_MAX;
}

/* 421 (RFC 9110, 15.5.20) for a host of somebody else's: a page of ours must not be served, or kept by a
 * cache, under a foreign name. A missing Host is empty and so 400. */
static int check_host(const struct exchange *x, struct str host)
{
    const char *served = x->server->set.host;
    if (!is_host(host))
        return 400;
    return served && !str_is_nocase(host, served) ? 421 : 0;
}

/* A proxy in front always sends Content-Length, and so do browsers: no transfer coding is needed, none is
 * taken. */
static int check_length(struct exchange *x, const struct head *h)
{
    int64_t length = 0;
    if (h->encoding.p && h->length.p)
        return 400;
    if (h->encoding.p)
        return str_is_nocase(h->encoding, "chunked") ? 411 : 501;
    if (h->length.p && !text_int(h->length, 0, INT64_MAX, &length))
        return 400;
    x->body_expected = (uint64_t)length;
    return 0;
}

static int check_framing(struct exchange *x, const struct head *h, const char *method, const char *version)
{
    if (strcmp(version, "HTTP/1.1") != 0 && strcmp(version, "HTTP/1.0") != 0)
        return 505;
    if (!text_is_token(str_of(method)))
        return 400;
    int status = check_host(x, h->host);
    if (status == 0)
        status = check_length(x, h);
    if (status == 0 && h->expect.p && !str_is_nocase(h->expect, "100-continue"))
        status = 417;
    return status;
}

/* --- The request as the handler will see it: nothing of libmicrohttpd's memory stays in it */

/* A copy: an exchange that is abandoned outlives its connection. */
static struct str keep(struct exchange *x, struct str s)
{
    return (struct str){s.p ? arena_strndup(x->r.arena, s.p, s.n) : NULL, s.n};
}

static bool is_address(const char *text)
{
    unsigned char address[sizeof(struct in6_addr)];
    return inet_pton(AF_INET, text, address) == 1 || inet_pton(AF_INET6, text, address) == 1;
}

/* Only what listens on a Unix socket has a proxy in front; the last address is the one that proxy saw. */
static void find_client(struct exchange *x, struct str forwarded)
{
    struct str part, last = {NULL, 0};
    x->r.client = x->address;
    if (!x->server->unix_path)
        return;
    while (str_next(&forwarded, ',', &part))
        last = part;
    const char *text = last.n < ADDRESS_MAX ? arena_strndup(x->r.arena, last.p, last.n) : NULL;
    if (text && is_address(text))
        x->r.client = text;
}

/* Done for refused requests as well: their error page is to be in the form that the client wants. */
static void fill(struct exchange *x, const struct head *h)
{
    struct request *r = &x->r;
    r->wants_json = h->accept.p && parse_accept_json(h->accept);
    r->accepts_gzip = h->accept_encoding.p && parse_accept_gzip(h->accept_encoding);
    r->if_none_match = keep(x, h->if_none_match);
    r->origin = keep(x, h->origin);
    r->fetch_site = keep(x, h->fetch_site);
    r->fragment = keep(x, h->fragment);
    r->accept_language = keep(x, h->accept_language);
    r->idempotency_key = keep(x, h->idempotency_key);
    r->user_agent = keep(x, h->user_agent);
    x->content_type = keep(x, h->type);
    x->carries_cookie = h->cookie.p || h->authorization.p;
    struct str a = h->authorization;
    if (a.n > 7 && str_is_nocase((struct str){a.p, 7}, "Bearer "))
        r->bearer = keep(x, str_trim((struct str){a.p + 7, a.n - 7}));
    find_client(x, h->forwarded);
}

/* --- Target */

static int check_path(struct request *r, struct str raw)
{
    if (parse_path(raw, r->arena, &r->path))
        return 0;
    if (raw.n > 1024)
        return 414;
    r->path = (struct str){NULL, 0};
    /* "/guides/" is no attack, only not there */
    struct str without = {raw.p, raw.n - 1}, ignored;
    bool slash = raw.n > 2 && raw.p[raw.n - 1] == '/' && raw.p[raw.n - 2] != '/';
    return slash && parse_path(without, r->arena, &ignored) ? 404 : 400;
}

/* Fills path, query and cookies. */
static int check_target(struct request *r, struct str cookie)
{
    const char *mark = memchr(r->target.p, '?', r->target.n);
    size_t n = mark ? (size_t)(mark - r->target.p) : r->target.n;
    struct str query = {mark ? mark + 1 : r->target.p + n, mark ? r->target.n - n - 1 : 0};
    if (query.n > 0 && memchr(query.p, '#', query.n)) /* a fragment is never sent */
        return 400;
    int status = check_path(r, (struct str){r->target.p, n});
    if (status)
        return status;
    if (!parse_urlencoded(query, PAIRS_MAX, r->arena, &r->query))
        return 400;
    return parse_cookies(cookie, r->arena, &r->cookies) ? 0 : 431;
}

/* --- Route and body */

/* A method that no row has, HTTP_METHODS, finds no row: 405 with what the path's rows have, or 404. */
static int find_route(struct exchange *x, const char *method)
{
    struct request *r = &x->r;
    const struct http_server *s = x->server;
    r->head = strcmp(method, "HEAD") == 0;
    r->method = HTTP_METHODS;
    if (r->head || strcmp(method, "GET") == 0)
        r->method = HTTP_GET;
    else if (strcmp(method, "POST") == 0)
        r->method = HTTP_POST;
    r->route = route_find(s->table, r->method, r->path, &r->params, r->arena, &x->allow);
    if (r->route || arena_failed(r->arena))
        return 0;
    return x->allow ? 405 : 404;
}

const struct route *route_of(const struct request *r, enum http_method method, struct str path,
                             struct pairs *params)
{
    const char *allow;
    return route_find(exchange_of(r)->server->table, method, path, params, r->arena, &allow);
}

/* "type" or "type; charset=utf-8" */
static bool is_type(struct str value, const char *type)
{
    struct str part;
    if (!str_next(&value, ';', &part) || !str_is_nocase(part, type))
        return false;
    value = str_trim(value);
    return value.n == 0 || str_is_nocase(value, "charset=utf-8") || str_is_nocase(value, "charset=\"utf-8\"");
}

/* KIND_NONE: not a type that a row of this form takes (415). */
static enum body_kind kind_of(struct str type, enum body_form form)
{
    struct str value = type, essence;
    if (is_type(type, "application/x-www-form-urlencoded"))
        return KIND_URLENCODED;
    if (is_type(type, "application/json"))
        return KIND_JSON;
    if (form == BODY_MULTIPART && str_next(&value, ';', &essence) &&
        str_is_nocase(essence, "multipart/form-data"))
        return KIND_MULTIPART;
    return KIND_NONE;
}

/* All this from the head alone, before a byte of the body is taken in. */
static int check_body(struct exchange *x)
{
    const struct route *route = x->r.route;
    if (x->body_expected == 0)
        return 0;
    if (route->form == BODY_NONE)
        return 413;
    x->kind = kind_of(x->content_type, route->form);
    if (x->kind == KIND_NONE)
        return 415;
    x->body.max = x->kind == KIND_MULTIPART ? MULTIPART_MAX : FORM_MAX;
    if (x->body_expected > x->body.max)
        return 413;
    if (x->server->bodies + x->body_expected > BODIES_MAX)
        return 503;
    x->r.wants_json |= x->kind == KIND_JSON;
    return 0;
}

static int check_request(struct exchange *x, const struct head *h, const char *method)
{
    int status = check_target(&x->r, h->cookie);
    if (status == 0)
        status = find_route(x, method);
    if (status == 0 && arena_failed(x->r.arena))
        status = 503;
    return status ? status : check_body(x);
}

/* The order is that of trust: lines as they were sent, then sizes, then framing, and only then what it asks
 * for. */
bool gate_pass(struct exchange *x, const char *method, const char *url, const char *version)
{
    struct head h = {.next = line_end(method, url, version, x->r.target.n)};
    int status = read_headers(x, &h, method);
    if (status == 0)
        status = check_size(x);
    if (status == 0)
        status = check_framing(x, &h, method, version);
    fill(x, &h);
    bool framed = status == 0;
    if (framed)
        status = check_request(x, &h, method);
    x->refusal = status;
    /* What stands behind a request whose end is doubtful, or whose body nobody wants, must not be read as the
     * next one. Only a well-formed request for what is not there may be followed by another. */
    bool harmless = framed && x->body_expected == 0 && (status == 404 || status == 405);
    return status && !harmless;
}
