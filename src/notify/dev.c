#include "notify/dev.h"

#include "notify/reach.h"
#include "notify/read.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define MAIL_MAX   ((size_t)512 * 1024)
#define SHOWN_MAX  100
#define FOLDER_MAX 5000

/* The page is there for a developer before this machine, and for nobody else. A server that is reached by
 * another name or through a proxy is no such machine, whoever calls. */
bool dev_is_here(struct request *r)
{
    const struct config *c = &app_of(r)->config;
    const char *client = r->client;
    return (c->dev || c->demo) && *c->mail_dir && reach_is_loopback(c->origin) &&
           strncmp(c->listen, "unix:", 5) != 0 && client &&
           (strncmp(client, "127.", 4) == 0 || strcmp(client, "::1") == 0 ||
            strncmp(client, "::ffff:127.", 11) == 0);
}

static bool admit(struct request *r)
{
    if (dev_is_here(r))
        return true;
    reply_error(r, 404, NULL);
    return false;
}

/* --- Reading one */

static struct str file_read(struct arena *a, const char *path)
{
    struct str content = {NULL, 0};
    FILE *file = fopen(path, "re");
    char *bytes = file ? arena_alloc(a, MAIL_MAX) : NULL;
    if (bytes)
        content = (struct str){bytes, fread(bytes, 1, MAIL_MAX, file)};
    if (file)
        fclose(file);
    return content;
}

static bool mail_read(struct request *r, struct arena *a, const char *id, struct read_mail *mail)
{
    const char *path = arena_printf(a, "%s/%s.eml", app_of(r)->config.mail_dir, id);
    struct str content = path ? file_read(a, path) : (struct str){NULL, 0};
    return content.p && message_read(content, a, mail);
}

/* The mail of {id}; false after a 404. An id is a UUID: no path comes from a visitor. */
static bool named(struct request *r, struct read_mail *mail)
{
    const char *id = param(r, "id");
    if (text_is_uuid(str_of(id)) && mail_read(r, r->arena, id, mail))
        return true;
    reply_error(r, 404, NULL);
    return false;
}

static const char *finish(struct request *r, struct buf *b)
{
    const char *text = b->failed ? NULL : arena_strndup(r->arena, b->p, b->n);
    buf_free(b);
    return text;
}

void dev_mail_get(struct request *r)
{
    struct read_mail mail;
    if (!admit(r) || !named(r, &mail))
        return;
    struct buf b = {.max = 2 * MAIL_MAX};
    struct json_writer w = {.out = &b};
    json_open(&w, NULL, '{');
    json_put(&w, "id", param(r, "id"));
    json_put(&w, "subject", mail.subject);
    json_put(&w, "to", mail.to);
    json_put(&w, "date", mail.date);
    json_put(&w, "text", mail.text);
    json_put_bool(&w, "has_html", mail.html);
    json_put_bool(&w, "has_calendar", mail.calendar);
    json_close(&w, '}');
    page(r, "notify/mail", finish(r, &b));
}

/* The HTML of a mail is foreign: alone in its tab, without scripts, forms, origin or anything it could load.
 */
static void part_reply(struct request *r, const char *type, const char *text)
{
    if (!text) {
        reply_error(r, 404, NULL);
        return;
    }
    reply_header(r, "Content-Security-Policy",
                 "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'");
    reply(r, 200, type, text, strlen(text));
}

void dev_mail_part_get(struct request *r)
{
    struct read_mail mail;
    const char *part = param(r, "part");
    if (!admit(r) || !named(r, &mail))
        return;
    if (strcmp(part, "html") == 0) {
        part_reply(r, "text/html; charset=utf-8", mail.html);
    } else if (strcmp(part, "calendar") == 0) {
        reply_header(r, "Content-Disposition", "attachment; filename=\"appointment.ics\"");
        part_reply(r, "text/calendar; charset=utf-8", mail.calendar);
    } else {
        reply_error(r, 404, NULL);
    }
}

/* --- The list */

struct found {
    char id[37];
    struct timespec at;
};

static int newest_first(const void *left, const void *right)
{
    const struct found *a = left, *b = right;
    if (a->at.tv_sec != b->at.tv_sec)
        return a->at.tv_sec < b->at.tv_sec ? 1 : -1;
    return (a->at.tv_nsec < b->at.tv_nsec) - (a->at.tv_nsec > b->at.tv_nsec);
}

static size_t look_through(const char *folder, struct found *found)
{
    size_t n = 0;
    DIR *dir = opendir(folder);
    for (struct dirent *e = dir ? readdir(dir) : NULL; e && n < FOLDER_MAX; e = readdir(dir)) {
        struct stat st;
        size_t length = strlen(e->d_name);
        if (length != 40 || strcmp(e->d_name + 36, ".eml") != 0 ||
            !text_is_uuid((struct str){e->d_name, 36}) || fstatat(dirfd(dir), e->d_name, &st, 0) != 0)
            continue;
        memcpy(found[n].id, e->d_name, 36);
        found[n].id[36] = '\0';
        found[n++].at = st.st_mtim;
    }
    if (dir)
        closedir(dir);
    qsort(found, n, sizeof *found, newest_first);
    return n;
}

static void put_mail(struct request *r, struct json_writer *w, const char *id)
{
    struct read_mail mail;
    struct arena *a = arena_new(4 * MAIL_MAX); /* one mail's at a time */
    if (a && mail_read(r, a, id, &mail)) {
        json_open(w, NULL, '{');
        json_put(w, "id", id);
        json_put(w, "subject", mail.subject);
        json_put(w, "to", mail.to);
        json_put(w, "date", mail.date);
        json_close(w, '}');
    }
    arena_free(a);
}

void dev_mails_get(struct request *r)
{
    struct found *found = admit(r) ? calloc(FOLDER_MAX, sizeof *found) : NULL;
    struct buf b = {.max = 256 * 1024};
    struct json_writer w = {.out = &b};
    if (!found)
        return;
    size_t n = look_through(app_of(r)->config.mail_dir, found);
    json_open(&w, NULL, '{');
    json_put(&w, "folder", app_of(r)->config.mail_dir);
    json_open(&w, "mails", '[');
    for (size_t i = 0; i < n && i < SHOWN_MAX; i++)
        put_mail(r, &w, found[i].id);
    json_close(&w, ']');
    json_close(&w, '}');
    free(found);
    page(r, "notify/mails", finish(r, &b));
}
