/*
 * Files and memory of the epochs' keys. A file under its own name is whole and on the disk; one that is
 * being made or destroyed is called `unfinished`, and whoever opens the folder next shreds it.
 */
#include "keys/epoch.h"

#include "web/web.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NONCE      crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define PREFIX     "epoch-"
#define UNFINISHED "unfinished"

struct epochs { /* in sodium's memory */
    char folder[400];
    int count;
    struct epoch {
        int number;
        unsigned char key[32];
    } epoch[EPOCHS_MAX]; /* oldest first */
};

static bool complain(FILE *err, const char *path, const char *what)
{
    fprintf(err, "The epoch key %s %s: %s.\n", path, what, strerror(errno));
    return false;
}

static bool too_many(const struct epochs *e, FILE *err)
{
    fprintf(err, "The folder of epoch keys %s holds %d of them, which is as many as there may be.\n",
            e->folder, EPOCHS_MAX);
    return false;
}

static void path_of(const struct epochs *e, int epoch, char out[480])
{
    snprintf(out, 480, "%s/" PREFIX "%d", e->folder, epoch);
}

/* NULL: not here. */
static const unsigned char *key_of(const struct epochs *e, int epoch)
{
    for (int i = 0; i < e->count; i++)
        if (e->epoch[i].number == epoch)
            return e->epoch[i].key;
    return NULL;
}

/* fsync of the folder: a rename or unlink in it has reached the disk. */
static bool settle(const char *folder)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool good = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return good;
}

/* What a stopped run was making or destroying: overwritten before it is removed, so that a disk that is no
 * flash has it no more. */
static bool shred(const struct epochs *e)
{
    static const char nothing[44];
    char path[480];
    snprintf(path, sizeof path, "%s/" UNFINISHED, e->folder);
    if (chmod(path, 0600) != 0)
        return errno == ENOENT;
    int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
    bool good = fd >= 0 && write(fd, nothing, sizeof nothing) == sizeof nothing && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return unlink(path) == 0 && settle(e->folder) && good;
}

/* Sorted by moving them where they lie: no copy of a key is left elsewhere. */
static bool load(struct epochs *e, int epoch, FILE *err)
{
    char path[480];
    int at = e->count;
    path_of(e, epoch, path);
    if (e->count == EPOCHS_MAX)
        return too_many(e, err);
    while (at > 0 && e->epoch[at - 1].number > epoch)
        at--;
    memmove(e->epoch + at + 1, e->epoch + at, (size_t)(e->count - at) * sizeof *e->epoch);
    e->epoch[at].number = epoch;
    return key_load(path, e->epoch[at].key, err) && ++e->count;
}

static bool load_all(struct epochs *e, DIR *dir, FILE *err)
{
    for (struct dirent *f = readdir(dir); f; f = readdir(dir)) {
        int64_t number;
        if (strncmp(f->d_name, PREFIX, strlen(PREFIX)) != 0)
            continue;
        if (!text_int(str_of(f->d_name + strlen(PREFIX)), 1, INT32_MAX, &number)) {
            fprintf(err, "%s/%s is no epoch's key: move it elsewhere.\n", e->folder, f->d_name);
            return false;
        }
        if (!load(e, (int)number, err))
            return false;
    }
    return true;
}

struct epochs *epochs_open(const char *folder, FILE *err)
{
    DIR *dir = opendir(folder);
    struct epochs *e = sodium_init() < 0 ? NULL : sodium_malloc(sizeof *e);
    if (e)
        sodium_memzero(e, sizeof *e);
    bool good = dir && e && strlen(folder) < sizeof e->folder;
    if (good) {
        memcpy(e->folder, folder, strlen(folder) + 1);
        good = (shred(e) || complain(err, folder, "has an unfinished one that cannot be removed")) &&
               load_all(e, dir, err);
    } else {
        fprintf(err, "The folder of epoch keys %s cannot be read: %s. Make it with `unknot keys new`.\n",
                folder, strerror(errno));
    }
    if (dir)
        closedir(dir);
    if (good)
        return e;
    epochs_close(e);
    return NULL;
}

void epochs_close(struct epochs *e)
{
    sodium_free(e);
}

int epochs_at(const struct epochs *e, int index)
{
    return index < e->count ? e->epoch[index].number : 0;
}

int epochs_newest(const struct epochs *e)
{
    return e->count ? e->epoch[e->count - 1].number : 0;
}

/* Under its name only when it is whole and on the disk. */
bool epochs_add(struct epochs *e, FILE *err)
{
    char path[480], half[480];
    int next = epochs_newest(e) + 1;
    path_of(e, next, path);
    snprintf(half, sizeof half, "%s/" UNFINISHED, e->folder);
    if (e->count == EPOCHS_MAX)
        return too_many(e, err);
    if (!shred(e))
        return complain(err, half, "cannot be removed");
    if (!key_create(half, err))
        return false;
    if (rename(half, path) != 0 || !settle(e->folder))
        return complain(err, path, "cannot be made");
    return load(e, next, err);
}

/* From memory; wiped where it lay, by moving the newer ones down and clearing the last place. */
static void forget(struct epochs *e, int epoch)
{
    int at = 0;
    while (at < e->count && e->epoch[at].number != epoch)
        at++;
    if (at == e->count)
        return;
    e->count--;
    memmove(e->epoch + at, e->epoch + at + 1, (size_t)(e->count - at) * sizeof *e->epoch);
    sodium_memzero(e->epoch + e->count, sizeof *e->epoch);
}

/* Forgotten first: even if the file cannot be removed, nothing is opened with it any more. */
bool epochs_destroy(struct epochs *e, int epoch, FILE *err)
{
    char path[480], half[480];
    path_of(e, epoch, path);
    snprintf(half, sizeof half, "%s/" UNFINISHED, e->folder);
    forget(e, epoch);
    if (rename(path, half) != 0)
        return errno == ENOENT || complain(err, path, "cannot be destroyed");
    return (settle(e->folder) && shred(e)) || complain(err, path, "was not destroyed cleanly");
}

bool epoch_proof(const struct epochs *e, int epoch, char out[65])
{
    static const unsigned char text[] = "an epoch of unknot";
    unsigned char proof[32];
    const unsigned char *key = key_of(e, epoch);
    if (!key)
        return false;
    crypto_generichash(proof, sizeof proof, text, sizeof text, key, 32);
    sodium_bin2hex(out, 65, proof, sizeof proof);
    return true;
}

/* Authenticated with the wrapped key: whose it is and which epoch wrapped it, so that one row's cannot be put
 * into another. */
static size_t bound(char out[80], const char *id, int epoch)
{
    return (size_t)snprintf(out, 80, "dek|%.36s|%d|1", id, epoch);
}

bool epoch_wrap(const struct epochs *e, const char *id, const unsigned char key[32],
                unsigned char out[WRAPPED])
{
    char with[80];
    int epoch = epochs_newest(e);
    const unsigned char *kek = key_of(e, epoch);
    if (!kek)
        return false;
    size_t n = bound(with, id, epoch);
    randombytes_buf(out, NONCE);
    crypto_aead_xchacha20poly1305_ietf_encrypt(out + NONCE, NULL, key, 32, (const unsigned char *)with, n,
                                               NULL, out, kek);
    return true;
}

bool epoch_unwrap(const struct epochs *e, int epoch, const char *id, const unsigned char in[WRAPPED],
                  unsigned char key[32])
{
    char with[80];
    const unsigned char *kek = key_of(e, epoch);
    size_t n = bound(with, id, epoch);
    return kek && crypto_aead_xchacha20poly1305_ietf_decrypt(key, NULL, NULL, in + NONCE, WRAPPED - NONCE,
                                                             (const unsigned char *)with, n, in, kek) == 0;
}

bool epochs_begin(const char *folder, FILE *err)
{
    if (mkdir(folder, 0700) != 0 && errno != EEXIST)
        return complain(err, folder, "cannot be made");
    struct epochs *e = epochs_open(folder, err);
    bool good = e && (epochs_newest(e) > 0 || epochs_add(e, err));
    epochs_close(e);
    return good;
}
