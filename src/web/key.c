/* The master key's file: 32 bytes in base64url and a newline, readable by its owner alone. */
#include "web/web.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool fits(int fd, const char *path, FILE *err)
{
    struct stat st;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        fprintf(err, "The key file %s is not a file.\n", path);
        return false;
    }
    if (st.st_mode & 077) {
        fprintf(err, "The key file %s may be read or written by others (mode %03o): chmod 400 it.\n", path,
                (unsigned)(st.st_mode & 0777));
        return false;
    }
    return true;
}

static bool key_read(int fd, unsigned char key[32])
{
    char text[64];
    ssize_t got = read(fd, text, sizeof text);
    size_t n = got < 0 ? 0 : (size_t)got;
    while (n && (text[n - 1] == '\n' || text[n - 1] == '\r'))
        n--;
    bool whole = n == 43 && text_unbase64(key, 32, (struct str){text, n}) == 32;
    sodium_memzero(text, sizeof text);
    return whole;
}

bool key_load(const char *path, unsigned char key[32], FILE *err)
{
    if (!path || !path[0]) {
        fprintf(err, "No key file is configured: run `unknot keys new FILE` and set key_file "
                     "(UNKNOT_KEY_FILE) to it.\n");
        return false;
    }
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) {
        fprintf(
            err, "The key file %s cannot be read: %s.%s\n", path, strerror(errno),
            errno == ENOENT
                ? " Make one with `unknot keys new FILE`, or bring back the one this database was used with."
                : "");
        return false;
    }
    bool ok = fits(fd, path, err);
    if (ok && !key_read(fd, key)) {
        fprintf(err, "The key file %s does not hold a key: 43 characters of base64url are wanted.\n", path);
        ok = false;
    }
    close(fd);
    return ok;
}

static bool key_write(int fd)
{
    char text[45];
    web_random(text);
    text[43] = '\n';
    bool ok = write(fd, text, 44) == 44 && fsync(fd) == 0;
    sodium_memzero(text, sizeof text);
    return ok;
}

bool key_create(const char *path, FILE *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0400);
    if (fd < 0) {
        fprintf(err, "The key file %s cannot be made: %s.\n", path, strerror(errno));
        return false;
    }
    bool ok = key_write(fd);
    if (close(fd) != 0)
        ok = false;
    if (!ok) {
        fprintf(err, "The key file %s cannot be written: %s.\n", path, strerror(errno));
        unlink(path);
    }
    return ok;
}
