/*
 * The tiles' cache is a folder of small files. Their time of change says how old they are, an empty file
 * that there is no such tile. Reading takes no lock: files are only ever put in place whole, by rename,
 * and thrown out. Only how much there is is counted in memory, and counted anew from the folder whenever
 * it seems too much.
 */
#define _GNU_SOURCE
#include "core/log.h"
#include "directory/tile.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define FRESH_SECONDS  (7 * 24 * 3600) /* what tile servers ask for at least */
#define ABSENT_SECONDS (24 * 3600)
#define NAME_MAX_BYTES 64
#define PART           "part-" /* a file that is being written */

static struct {
    int folder;           /* -1: closed */
    char source[9];       /* name_source's */
    int64_t max, bytes;   /* bytes: of all tiles, about: one that was replaced counts twice until tidy */
    unsigned long parts;  /* number of the next PART file */
    pthread_mutex_t lock; /* for bytes and parts, and held while files are thrown out */
} cache = {.folder = -1, .lock = PTHREAD_MUTEX_INITIALIZER};

/* --- Names */

static void name_of(char name[NAME_MAX_BYTES], struct tile t)
{
    snprintf(name, NAME_MAX_BYTES, "%d-%d-%d-%s", t.z, t.x, t.y, cache.source);
}

/* Files of this cache, of whatever source; nothing else in the folder is ever touched. */
static bool is_ours(const char *name)
{
    size_t n = strspn(name, "0123456789-"), digits = strspn(name + n, "0123456789abcdef");
    return n > 5 && name[n - 1] == '-' && digits == 8 && name[n + digits] == '\0';
}

static bool is_part(const char *name)
{
    return strncmp(name, PART, strlen(PART)) == 0;
}

/* Hexadecimal, and never all digits before its first letter: is_ours needs to see where it begins. */
static void name_source(const char *source)
{
    unsigned char hash[4];
    crypto_generichash(hash, sizeof hash, (const unsigned char *)source, strlen(source), NULL, 0);
    sodium_bin2hex(cache.source, sizeof cache.source, hash, sizeof hash);
    cache.source[0] = (char)('a' + hash[0] % 6);
}

/* --- Throwing out */

struct entry {
    time_t written;
    off_t size;
    char name[NAME_MAX_BYTES];
};

struct listing {
    struct entry *entries;
    size_t n, cap;
};

/* Without memory the file is passed over: it stays, and is not counted. */
static void list_add(struct listing *l, const char *name, const struct stat *about)
{
    if (l->n == l->cap) {
        size_t cap = l->cap ? 2 * l->cap : 1024;
        struct entry *grown = reallocarray(l->entries, cap, sizeof *grown);
        if (!grown)
            return;
        l->entries = grown;
        l->cap = cap;
    }
    struct entry *e = &l->entries[l->n++];
    e->written = about->st_mtime;
    e->size = about->st_size;
    memcpy(e->name, name, strlen(name) + 1); /* list_all has seen to its length */
}

/* All tiles in the folder; what a crash left half-written goes. */
static struct listing list_all(bool first)
{
    struct listing l = {NULL, 0, 0};
    int fd = openat(cache.folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *folder = fd >= 0 ? fdopendir(fd) : NULL;
    const struct dirent *found;
    struct stat about;
    while (folder && (found = readdir(folder))) {
        if (first && is_part(found->d_name))
            unlinkat(cache.folder, found->d_name, 0);
        else if (is_ours(found->d_name) && strlen(found->d_name) < NAME_MAX_BYTES &&
                 fstatat(cache.folder, found->d_name, &about, AT_SYMLINK_NOFOLLOW) == 0 &&
                 S_ISREG(about.st_mode))
            list_add(&l, found->d_name, &about);
    }
    if (folder)
        closedir(folder);
    else if (fd >= 0)
        close(fd);
    return l;
}

static int oldest_first(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    return x->written != y->written ? (x->written > y->written) - (x->written < y->written)
                                    : strcmp(x->name, y->name);
}

/* Counts anew; when there is too much, the oldest go until a tenth is free. Under the lock. */
static void tidy(bool first)
{
    struct listing l = list_all(first);
    cache.bytes = 0;
    for (size_t i = 0; i < l.n; i++)
        cache.bytes += l.entries[i].size;
    if (cache.bytes > cache.max) {
        qsort(l.entries, l.n, sizeof *l.entries, oldest_first);
        for (size_t i = 0; i < l.n && cache.bytes > cache.max / 10 * 9; i++)
            if (unlinkat(cache.folder, l.entries[i].name, 0) == 0)
                cache.bytes -= l.entries[i].size;
    }
    free(l.entries);
}

/* --- Opening */

bool tile_cache_open(const char *folder, const char *source, int64_t max_bytes)
{
    if (mkdir(folder, 0750) != 0 && errno != EEXIST)
        return false;
    cache.folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (cache.folder < 0 || faccessat(cache.folder, ".", W_OK | X_OK, AT_EACCESS) != 0) {
        int why = errno;
        tile_cache_close();
        errno = why;
        return false;
    }
    cache.max = max_bytes;
    name_source(source);
    pthread_mutex_lock(&cache.lock);
    tidy(true);
    pthread_mutex_unlock(&cache.lock);
    return true;
}

void tile_cache_close(void)
{
    if (cache.folder >= 0)
        close(cache.folder);
    cache.folder = -1;
}

/* --- Reading and writing */

/* `size` bytes; false when the file has fewer or they do not fit. */
static bool read_all(int fd, size_t size, struct buf *image)
{
    char part[16384];
    while (image->n < size && !image->failed) {
        ssize_t n = read(fd, part, sizeof part);
        if (n <= 0)
            return false;
        buf_put(image, part, (size_t)n);
    }
    return !image->failed;
}

/* That there is no tile is believed for a day, a tile for a week. */
static bool is_fresh(const struct stat *about)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    time_t age = now.tv_sec - about->st_mtime;
    return age < (about->st_size > 0 ? FRESH_SECONDS : ABSENT_SECONDS);
}

enum tile_status tile_cache_get(struct tile t, bool stale, struct buf *image)
{
    char name[NAME_MAX_BYTES];
    struct stat about;
    enum tile_status status = TILE_FAILED;
    name_of(name, t);
    int fd = openat(cache.folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return TILE_FAILED;
    buf_reset(image);
    if (fstat(fd, &about) == 0 && (stale || is_fresh(&about))) {
        if (about.st_size == 0)
            status = TILE_NONE;
        else if ((size_t)about.st_size <= TILE_MAX && read_all(fd, (size_t)about.st_size, image) &&
                 tile_type(image->p, image->n)) /* a disk that was full may have left anything */
            status = TILE_IMAGE;
    }
    close(fd);
    return status;
}

static bool write_part(const char *part, const struct buf *image)
{
    int fd = openat(cache.folder, part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
    bool good = fd >= 0 && (image->n == 0 || write(fd, image->p, image->n) == (ssize_t)image->n);
    if (fd >= 0)
        good = close(fd) == 0 && good;
    return good;
}

/* Written beside and renamed, so that nobody reads half a tile. */
void tile_cache_put(struct tile t, const struct buf *image)
{
    char name[NAME_MAX_BYTES], part[NAME_MAX_BYTES];
    name_of(name, t);
    pthread_mutex_lock(&cache.lock);
    snprintf(part, sizeof part, PART "%ld-%lu", (long)getpid(), cache.parts++);
    pthread_mutex_unlock(&cache.lock);
    if (!write_part(part, image) || renameat(cache.folder, part, cache.folder, name) != 0) {
        log_event(LOG_WARN, "tile-cache", "error", strerror(errno), NULL);
        unlinkat(cache.folder, part, 0);
        return;
    }
    pthread_mutex_lock(&cache.lock);
    cache.bytes += (int64_t)image->n;
    if (cache.bytes > cache.max)
        tidy(false);
    pthread_mutex_unlock(&cache.lock);
}
