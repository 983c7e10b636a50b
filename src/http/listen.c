/* Listening sockets: made here, not by libmicrohttpd, so that what goes wrong is said in a sentence. */
#define _GNU_SOURCE
#include "http/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG 4096

static int complain(const char *where, const char *why)
{
    fprintf(stderr, "unknot: cannot listen on %s: %s\n", where, why);
    return -1;
}

static const char *reason(int error)
{
    switch (error) {
    case EADDRINUSE:
        return "the port is taken by another program. Stop that one, or choose another port.";
    case EACCES:
    case EPERM:
        return "permission denied. Ports below 1024 and foreign directories need more rights.";
    case EADDRNOTAVAIL:
        return "this machine does not have that address.";
    default:
        return strerror(error);
    }
}

static int start_listening(int fd, const char *where, const struct sockaddr *address, socklen_t size)
{
    if (bind(fd, address, size) == 0 && listen(fd, BACKLOG) == 0)
        return fd;
    complain(where, reason(errno));
    close(fd);
    return -1;
}

/* --- TCP */

/* Splits "host:port" or "[v6]:port". */
static bool split(const char *where, char *host, size_t cap, uint16_t *port)
{
    const char *colon = strrchr(where, ':');
    int64_t number;
    if (!colon || !text_int(str_of(colon + 1), 0, 65535, &number))
        return false;
    const char *from = where;
    size_t n = (size_t)(colon - where);
    if (n >= 2 && where[0] == '[' && where[n - 1] == ']') {
        from++;
        n -= 2;
    }
    if (n == 0 || n >= cap)
        return false;
    memcpy(host, from, n);
    host[n] = '\0';
    *port = (uint16_t)number;
    return true;
}

static socklen_t make_address(const char *host, uint16_t port, struct sockaddr_storage *out)
{
    struct sockaddr_in *v4 = (struct sockaddr_in *)(void *)out;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)(void *)out;
    memset(out, 0, sizeof *out);
    if (strcmp(host, "localhost") == 0)
        host = "127.0.0.1";
    if (inet_pton(AF_INET, host, &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = htons(port);
        return sizeof *v4;
    }
    if (inet_pton(AF_INET6, host, &v6->sin6_addr) == 1) {
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons(port);
        return sizeof *v6;
    }
    return 0;
}

static int listen_tcp(const char *where)
{
    char host[INET6_ADDRSTRLEN];
    uint16_t port;
    struct sockaddr_storage address;
    socklen_t size = split(where, host, sizeof host, &port) ? make_address(host, port, &address) : 0;
    if (size == 0)
        return complain(where, "write it as 127.0.0.1:8080, [::1]:8080 or unix:/path.");
    int fd = socket(address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return complain(where, strerror(errno));
    int on = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    return start_listening(fd, where, (struct sockaddr *)&address, size);
}

/* --- Unix */

/* A socket file that nobody answers on is left over from a process that died. */
static bool is_left_over(const struct sockaddr_un *address)
{
    struct stat info;
    if (lstat(address->sun_path, &info) != 0 || !S_ISSOCK(info.st_mode))
        return false;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool refused = fd >= 0 && connect(fd, (const struct sockaddr *)address, sizeof *address) != 0 &&
                   errno == ECONNREFUSED;
    if (fd >= 0)
        close(fd);
    return refused;
}

static int listen_unix(const char *where, const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t n = strlen(path);
    if (n == 0 || n >= sizeof address.sun_path)
        return complain(where, "the path of a Unix socket has 1 to 107 bytes.");
    memcpy(address.sun_path, path, n + 1);
    if (is_left_over(&address))
        unlink(path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return complain(where, strerror(errno));
    mode_t before = umask(0117); /* 0660 from the first moment; no other thread runs yet */
    fd = start_listening(fd, where, (struct sockaddr *)&address, sizeof address);
    umask(before);
    return fd;
}

int listen_open(const char *where, const char **unix_path)
{
    static const char scheme[] = "unix:";
    *unix_path = NULL;
    if (strncmp(where, scheme, sizeof scheme - 1) != 0)
        return listen_tcp(where);
    *unix_path = where + sizeof scheme - 1;
    return listen_unix(where, *unix_path);
}
