/* A client of a server of the test's own: raw requests over a socket, so that nothing puts them right. */
#ifndef UNKNOT_TESTS_CLIENT_H
#define UNKNOT_TESTS_CLIENT_H

#include "unit.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

static int port; /* the server's */

static inline int free_port(void)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof a;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&a, size), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &size), 0);
    close(fd);
    return ntohs(a.sin_port);
}

static inline int dial(void)
{
    struct sockaddr_in a = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    return connect(fd, (struct sockaddr *)&a, sizeof a) == 0 ? fd : (close(fd), -1);
}

static inline void say_bytes(int fd, const char *s, size_t n)
{
    while (n > 0) {
        ssize_t sent = send(fd, s, n, MSG_NOSIGNAL);
        if (sent <= 0)
            return; /* the server has had enough: what it answered is looked at */
        s += sent;
        n -= (size_t)sent;
    }
}
static inline void say(int fd, const char *s)
{
    say_bytes(fd, s, strlen(s));
}

static char heard[1 << 17];

/* One answer into `heard`, headers and body, or what of it there is room for; its status, or 0 when the
 * connection ended instead. `bodiless` for HEAD. */
static inline int hear(int fd, bool bodiless)
{
    size_t n = 0, need = SIZE_MAX;
    while (n < need && n < sizeof heard - 1) {
        struct pollfd p = {fd, POLLIN, 0};
        if (poll(&p, 1, 8000) <= 0)
            fail_msg("no answer; so far: %.*s", (int)n, heard);
        size_t most = need == SIZE_MAX ? 1 : need - n; /* not into the next answer */
        size_t room = sizeof heard - 1 - n;
        ssize_t got = recv(fd, heard + n, most < room ? most : room, 0);
        if (got <= 0)
            return 0;
        n += (size_t)got;
        heard[n] = '\0';
        if (need == SIZE_MAX && n >= 4 && memcmp(heard + n - 4, "\r\n\r\n", 4) == 0) {
            const char *length = strcasestr(heard, "\r\nContent-Length: ");
            bool none = bodiless || strncmp(heard + 9, "304", 3) == 0;
            need = n + (length && !none ? strtoul(length + 18, NULL, 10) : 0);
        }
    }
    return (int)strtol(heard + 9, NULL, 10);
}

static inline bool has(const char *s)
{
    return strcasestr(heard, s) != NULL;
}

static inline const char *body_of(void)
{
    return strstr(heard, "\r\n\r\n") + 4;
}

static inline bool is_closed(int fd)
{
    char c;
    struct pollfd p = {fd, POLLIN, 0};
    return poll(&p, 1, 3000) > 0 && recv(fd, &c, 1, 0) <= 0;
}

/* A whole exchange on a connection of its own. */
static inline int ask(const char *request)
{
    int fd = dial();
    assert_true(fd >= 0);
    say(fd, request);
    int status = hear(fd, strncmp(request, "HEAD", 4) == 0);
    close(fd);
    return status;
}

#define H         "Host: x\r\n"
#define GET(path) "GET " path " HTTP/1.1\r\n" H "\r\n"

#endif
