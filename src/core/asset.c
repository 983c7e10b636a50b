/*
 * Where asset_find looks: in the table that the build made, or, in development, on the disk first. What
 * was read from disk is never freed, since whoever found it may hold it as long as the process: a file
 * that was edited costs its size each time.
 */
#include "core/asset.h"

#include <dirent.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define MAX_FILE  ((off_t)8 * 1024 * 1024)
#define MAX_PATH  512
#define MAX_DEPTH 8

/* A file as it was read. A changed file gets a new entry in front of the old one, which somebody may still
 * hold. */
struct disk_file {
    struct asset asset;
    struct timespec changed;
    struct disk_file *older;
};

static struct disk_file *read_files;
static pthread_mutex_t reading = PTHREAD_MUTEX_INITIALIZER;
static _Atomic int from_disk = -1; /* not said yet */

void asset_from_disk(bool on)
{
    atomic_store(&from_disk, on);
}

static bool use_disk(void)
{
    int said = atomic_load(&from_disk);
    if (said < 0) {
        const char *dev = getenv("UNKNOT_DEV");
        said = dev && strcmp(dev, "1") == 0;
        atomic_store(&from_disk, said);
    }
    return said;
}

static int by_path(const void *path, const void *asset)
{
    return strcmp(path, ((const struct asset *)asset)->path);
}

static const struct asset *table_find(const char *path)
{
    return bsearch(path, asset_table, asset_count, sizeof *asset_table, by_path);
}

/* Where an asset lies in the source tree; false for paths that are none or that lead elsewhere. */
static bool disk_path(char *out, size_t cap, const char *path)
{
    struct str p = str_of(path);
    if (strstr(path, "..") || str_starts(p, "templates/assets/"))
        return false;
    if (!str_starts(p, "sql/") && !str_starts(p, "templates/") && !str_starts(p, "assets/"))
        return false;
    int n = snprintf(out, cap, "%s%s", str_starts(p, "assets/") ? "templates/" : "", path);
    return n > 0 && (size_t)n < cap;
}

/* The newest that was read of it, if it is still the same by size and time of change. Under `reading`. */
static struct disk_file *disk_known(const char *path, const struct stat *now)
{
    for (struct disk_file *f = read_files; f; f = f->older)
        if (strcmp(f->asset.path, path) == 0)
            return f->asset.size == (size_t)now->st_size && f->changed.tv_sec == now->st_mtim.tv_sec &&
                           f->changed.tv_nsec == now->st_mtim.tv_nsec
                       ? f
                       : NULL;
    return NULL;
}

/* With a NUL behind it, as the embedded files have: SQL is used as a C string. */
static unsigned char *slurp(const char *file, size_t size)
{
    FILE *in = fopen(file, "rbe");
    unsigned char *data = in ? malloc(size + 1) : NULL;
    bool whole = data && fread(data, 1, size, in) == size;
    if (in)
        fclose(in);
    if (!whole) {
        free(data);
        return NULL;
    }
    data[size] = '\0';
    return data;
}

static struct disk_file *disk_read(const char *path, const char *file, const struct stat *now)
{
    size_t size = (size_t)now->st_size;
    struct disk_file *f = calloc(1, sizeof *f);
    char *name = strdup(path);
    unsigned char *data = f && name ? slurp(file, size) : NULL;
    if (!data) {
        free(name);
        free(f);
        return NULL;
    }
    *f = (struct disk_file){.asset = {name, data, size}, .changed = now->st_mtim, .older = read_files};
    read_files = f;
    return f;
}

static const struct asset *disk_find(const char *path)
{
    char file[MAX_PATH];
    struct stat now;
    if (!disk_path(file, sizeof file, path) || stat(file, &now) != 0 || !S_ISREG(now.st_mode) ||
        now.st_size > MAX_FILE)
        return NULL;
    pthread_mutex_lock(&reading);
    struct disk_file *f = disk_known(path, &now);
    if (!f)
        f = disk_read(path, file, &now);
    pthread_mutex_unlock(&reading);
    return f ? &f->asset : NULL;
}

static bool ends(const char *s, const char *with)
{
    size_t n = strlen(s), w = strlen(with);
    return n >= w && strcmp(s + n - w, with) == 0;
}

/* Assets that only the build makes (a font, an icon from a package) are served from the table in development
 * too; not the compressed twins, which would be older than the file on disk. */
static bool made_by_build(const char *path)
{
    return str_starts(str_of(path), "assets/") && !ends(path, ".gz");
}

const struct asset *asset_find(const char *path)
{
    if (!use_disk())
        return table_find(path);
    const struct asset *found = disk_find(path);
    return found || !made_by_build(path) ? found : table_find(path);
}

struct path_list {
    char **path;
    size_t n, cap;
};

/* Without memory the path is left out: this is for development only. */
static void list_add(struct path_list *l, const char *path)
{
    if (l->n == l->cap) {
        size_t cap = l->cap ? l->cap * 2 : 64;
        char **more = realloc(l->path, cap * sizeof *more);
        if (!more)
            return;
        l->path = more;
        l->cap = cap;
    }
    l->path[l->n] = strdup(path);
    l->n += l->path[l->n] != NULL;
}

/* What an editor or a merge left behind, as in deploy/embed-list. */
static bool leavings(const char *name)
{
    return name[0] == '.' || name[0] == '#' || ends(name, "~") || ends(name, ".orig") || ends(name, ".rej");
}

/* Adds the files below `dir` (on disk); their asset paths start behind the first `cut` bytes. */
static void list_dir(struct path_list *l, const char *dir, size_t cut, int depth)
{
    DIR *d = depth < MAX_DEPTH ? opendir(dir) : NULL;
    if (!d)
        return;
    for (struct dirent *e = readdir(d); e; e = readdir(d)) {
        char path[MAX_PATH];
        struct stat st;
        int written = snprintf(path, sizeof path, "%s/%s", dir, e->d_name);
        if (leavings(e->d_name) || written < 0 || (size_t)written >= sizeof path)
            continue;
        if ((cut == 0 && strcmp(path, "templates/assets") == 0) || stat(path, &st) != 0)
            continue;
        if (S_ISDIR(st.st_mode))
            list_dir(l, path, cut, depth + 1);
        else if (S_ISREG(st.st_mode))
            list_add(l, path + cut);
    }
    closedir(d);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The paths are collected and sorted first, so that the order is the table's. All are freed even when `each`
 * has ended the walk. */
static bool disk_each(const char *prefix, bool (*each)(const struct asset *, void *), void *context)
{
    struct path_list l = {0};
    bool go = true;
    list_dir(&l, "sql", 0, 0);
    list_dir(&l, "templates", 0, 0);
    list_dir(&l, "templates/assets", strlen("templates/"), 0);
    for (size_t i = 0; i < asset_count; i++)
        if (made_by_build(asset_table[i].path))
            list_add(&l, asset_table[i].path);
    if (l.n > 0)
        qsort(l.path, l.n, sizeof *l.path, by_name);
    for (size_t i = 0; i < l.n; i++) {
        bool twice = i > 0 && strcmp(l.path[i], l.path[i - 1]) == 0;
        const struct asset *a =
            go && !twice && str_starts(str_of(l.path[i]), prefix) ? asset_find(l.path[i]) : NULL;
        if (a)
            go = each(a, context);
    }
    for (size_t i = 0; i < l.n; i++)
        free(l.path[i]);
    free(l.path);
    return go;
}

bool asset_each(const char *prefix, bool (*each)(const struct asset *, void *), void *context)
{
    if (use_disk())
        return disk_each(prefix, each, context);
    for (size_t i = 0; i < asset_count; i++)
        if (str_starts(str_of(asset_table[i].path), prefix) && !each(&asset_table[i], context))
            return false;
    return true;
}
