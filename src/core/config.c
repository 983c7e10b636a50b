/*
 * One row of the table for each key: it says how the value is read, checked, printed and explained, so
 * that `unknot config` and its errors cannot disagree with what is done. To add a key: a member in config.h,
 * CONFIG_KEYS, a row here.
 */
#include "core/config.h"

#include "core/asset.h"
#include "core/conninfo.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

extern char **environ;

#define MAX_LINE 4096
#define PREFIX   "UNKNOT_"

enum type { TEXT, NUMBER, SWITCH, CHOICE, ADDRESS, ORIGIN, CONNECTION, EMAIL, PATH, LINK };

/* One row a key: everything the program knows about it. */
static const struct row {
    const char *key;
    size_t offset;
    enum type type;
    const char *standard;
    int min, max; /* of a number; bytes of a text */
    const char *meaning;
} table[] = {
#define AT(member) #member, offsetof(struct config, member)
    {AT(listen), ADDRESS, "127.0.0.1:8080", 1, 255, "where it listens: HOST:PORT, [IPv6]:PORT or unix:/PATH"},
    {AT(origin), ORIGIN, "http://127.0.0.1:8080", 1, 255,
     "public address, http(s)://HOST[:PORT]; https makes cookies Secure, other hosts are refused"},
    {AT(database), CONNECTION, "dbname=unknot user=unknot_web", 1, 2000,
     "libpq connection string of the web role"},
    {AT(worker_database), CONNECTION, "", 0, 2000,
     "connection string of the worker role; not given: database with user=unknot_worker"},
    {AT(owner_database), CONNECTION, "", 0, 2000,
     "connection string of the owner role, for migrate, demo and import; not given: database with "
     "user=unknot_owner"},
    {AT(keyd_database), CONNECTION, "", 0, 2000,
     "connection string of the keyd role; not given: database with user=unknot_keyd"},
    {AT(workers), NUMBER, "4", 1, 64, "threads that answer requests, each with a database connection"},
    {AT(queue), NUMBER, "64", 1, 4096, "requests that may wait for a worker; more get 503"},
    {AT(slow_queue), NUMBER, "8", 1, 256, "requests that may wait for the slow lane (passwords, images)"},
    {AT(connections), NUMBER, "12000", 16, 100000, "open client connections"},
    {AT(page_cache_mb), NUMBER, "16", 0, 1024,
     "MiB of memory for pages that are the same for every visitor; 0: none is kept"},
    {AT(statement_timeout_ms), NUMBER, "3000", 100, 600000,
     "milliseconds after which a statement is given up"},
    {AT(site_name), TEXT, "unknot", 1, 60, "name of the place, in the header, titles and mail"},
    {AT(operator_email), EMAIL, "", 0, 254, "shown on help and error pages; may be empty"},
    {AT(emergency), TEXT, "911", 1, 40, "emergency number shown by the safety check"},
    {AT(urgent_line), TEXT, "your doctor or urgent care", 1, 120,
     "whom to call when it is urgent but no emergency"},
    {AT(resolve_seconds), NUMBER, "10", 1, 30,
     "how long it is looked into what became of a change when the database was lost at its commit"},
    {AT(hold_minutes), NUMBER, "10", 1, 60, "how long a chosen time is kept for somebody who is booking"},
    {AT(waiting_minutes), NUMBER, "120", 15, 1440,
     "how long a time is kept for somebody on a waiting list who is offered it"},
    {AT(work_pause_ms), NUMBER, "2000", 50, 60000,
     "milliseconds that a worker rests between two rounds of its chores"},
    {AT(holds_per_device), NUMBER, "5", 1, 1000, "times that one browser may hold or ask for at once"},
    {AT(holds_per_address), NUMBER, "20", 1, 100000,
     "times that may be held or asked for at once from one network address, which a whole house may share"},
    {AT(directions), LINK, "", 0, 300,
     "where links to a place lead, with latitude,longitude behind it, as "
     "https://www.openstreetmap.org/directions?to=; not given: geo:, which phones with Android open in a "
     "map"},
    {AT(confirm_email), SWITCH, "false", 0, 0,
     "whether a request reaches the therapist only when its client has opened a link sent to the e-mail "
     "address"},
    {AT(map_tiles), TEXT, "", 0, 1000,
     "images for under the map, fetched by this server: https://HOST/{z}/{x}/{y}.png or so, or the path of a "
     "raster "
     "PMTiles file; needs map_attribution"},
    {AT(map_cache), PATH, "", 0, 500, "folder where tiles of such an address are kept"},
    {AT(map_cache_mb), NUMBER, "256", 1, 65536, "megabytes of tiles that are kept, the oldest out"},
    {AT(map_attribution), TEXT, "", 0, 200,
     "whom the map's ground (map_tiles, `unknot import map`) is from, as its license wants it said"},
    {AT(map_attribution_link), LINK, "", 0, 300, "where that leads, as https://…"},
    {AT(schema_type), TEXT, "HealthAndBeautyBusiness", 1, 60,
     "what search engines are told a therapist is, a type of schema.org: where the law lets massage "
     "therapists call themselves so, Physiotherapy"},
    {AT(key_file), PATH, "", 0, 500,
     "32 bytes in base64url, mode 0400 or 0600; made by `unknot keys new FILE`"},
    {AT(key_dir), PATH, "", 0, 380,
     "folder with the keys of the epochs, which only `unknot keyd` reads; made by `unknot keys new`; not "
     "given: "
     "key_file with .epochs behind it"},
    {AT(key_socket), PATH, "", 0, 106,
     "Unix socket where `unknot keyd` answers; not given: key_dir with /socket behind it"},
    {AT(key_group), TEXT, "", 0, 32,
     "group whose members may ask `unknot keyd` for keys beside its own user and root"},
    {AT(key_epoch_days), NUMBER, "30", 0, 3650,
     "days after which keyd begins a new epoch by itself; 0: it does not"},
    {AT(key_epoch_keep_days), NUMBER, "5", 0, 3650,
     "days that a replaced epoch's key is kept, in which a backup from before can be restored; what was "
     "erased is gone "
     "from all backups after both"},
    {AT(mail_from), EMAIL, "", 0, 254, "sender of all mail; needed when mail is sent"},
    {AT(smtp), TEXT, "", 0, 255,
     "mail server, smtp://HOST[:PORT] (STARTTLS is demanded but on loopback) or smtps://HOST[:PORT]"},
    {AT(smtp_user), TEXT, "", 0, 254, "name for the mail server, where it wants one"},
    {AT(smtp_password_file), PATH, "", 0, 500, "file whose first line is the password for the mail server"},
    {AT(mail_dir), PATH, "", 0, 500, "folder for mail as files, when there is no smtp; neither: mail waits"},
    {AT(hook_url), TEXT, "", 0, 500,
     "https://… that is told of every event by a signed POST, for text messages and the like; http only on "
     "this "
     "machine"},
    {AT(hook_secret_file), PATH, "", 0, 500, "file whose first line is the secret that signs those calls"},
    {AT(dev), SWITCH, "false", 0, 0, "templates, SQL and assets from disk, and /styleguide"},
    {AT(calendar_loopback), SWITCH, "false", 0, 0,
     "therapists' calendars may lie on this machine; for tests"},
    {AT(demo), SWITCH, "false", 0, 0, "mails in mail_dir can be read on /dev/mail, from this machine only"},
    {AT(log_level), CHOICE, "info", 0, 0, "least important event that is logged"},
#undef AT
};
#define ROWS (sizeof table / sizeof *table)
_Static_assert(ROWS == CONFIG_KEYS, "config.h: CONFIG_KEYS is not what the table has");

static const char *const choices = "debug|info|warn|error";

static const char *const type_name[] = {
    [TEXT] = "text",
    [NUMBER] = "whole number",
    [SWITCH] = "true or false",
    [CHOICE] = "word",
    [ADDRESS] = "listening address",
    [ORIGIN] = "origin",
    [CONNECTION] = "connection string",
    [EMAIL] = "e-mail address",
    [PATH] = "path of a file",
    [LINK] = "http(s) address",
};

/* Where the row's value is: a char *, an int or a bool, by its type. */
static void *member(const struct config *c, const struct row *row)
{
    return (char *)(uintptr_t)c + row->offset;
}

/* What a value must look like, for the sentence and for the print. */
static void fits(const struct row *row, char *out, size_t cap)
{
    if (row->type == NUMBER)
        snprintf(out, cap, "a whole number from %d to %d", row->min, row->max);
    else if (row->type == SWITCH)
        snprintf(out, cap, "true or false");
    else if (row->type == CHOICE)
        snprintf(out, cap, "one of %s", choices);
    else
        snprintf(out, cap, "%s, %d to %d bytes", type_name[row->type], row->min, row->max);
}

/* Checks by type */

static bool is_printable(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7F)
            return false;
    return text_is_utf8(s);
}

static bool is_port(struct str s)
{
    int64_t port;
    return text_int(s, 0, 65535, &port);
}

/* Not empty, and of these characters alone. */
static bool only(struct str s, const char *allowed)
{
    for (size_t i = 0; i < s.n; i++)
        if (!strchr(allowed, s.p[i]))
            return false;
    return s.n > 0;
}

/* HOST:PORT or [IPv6]:PORT; the port may be left out when it need not be there. */
static bool is_host(struct str s, bool port_needed)
{
    static const char name[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-";
    bool v6 = s.n > 0 && s.p[0] == '[';
    const char *end = s.n > 0 ? memchr(s.p, v6 ? ']' : ':', s.n) : NULL;
    if (v6 && !end)
        return false;
    size_t n = end ? (size_t)(end - s.p) + v6 : s.n;
    struct str rest = {s.p + n, s.n - n};
    bool good = v6 ? only((struct str){s.p + 1, n - 2}, "0123456789abcdefABCDEF:.")
                   : only((struct str){s.p, n}, name);
    if (rest.n == 0)
        return good && !port_needed;
    return good && rest.p[0] == ':' && is_port((struct str){rest.p + 1, rest.n - 1});
}

static bool is_address(struct str s)
{
    if (str_starts(s, "unix:"))
        return s.n > 6 && s.n < 5 + 108 && s.p[5] == '/'; /* 108: sun_path */
    return is_host(s, true);
}

static bool is_origin(struct str s)
{
    size_t scheme = str_starts(s, "https://") ? 8 : str_starts(s, "http://") ? 7 : 0;
    return scheme > 0 && is_host((struct str){s.p + scheme, s.n - scheme}, false);
}

/* Has an @ with something on either side; it is the operator's own. */
static bool is_email(struct str s)
{
    const char *at = s.n > 0 ? memchr(s.p, '@', s.n) : NULL;
    return s.n == 0 || (at && at > s.p && at < s.p + s.n - 1 && !memchr(s.p, ' ', s.n));
}

static bool is_choice(struct str s)
{
    for (const char *word = choices; *word;) {
        size_t n = strcspn(word, "|");
        if (str_eq(s, (struct str){word, n}))
            return true;
        word += n + (word[n] == '|');
    }
    return false;
}

static bool is_text(const struct row *row, struct str s)
{
    if (!is_printable(s) || (row->type != CHOICE && (s.n < (size_t)row->min || s.n > (size_t)row->max)))
        return false;
    switch (row->type) {
    case CHOICE:
        return is_choice(s);
    case ADDRESS:
        return is_address(s);
    case ORIGIN:
        return is_origin(s);
    case CONNECTION:
        return s.n == 0 || conninfo_fits(s.p);
    case EMAIL:
        return is_email(s);
    case LINK:
        return s.n == 0 || str_starts(s, "https://") || str_starts(s, "http://");
    default:
        return true;
    }
}

static bool read_switch(struct str s, bool *out)
{
    *out = str_is(s, "true") || str_is(s, "1") || str_is(s, "yes") || str_is(s, "on");
    return *out || str_is(s, "false") || str_is(s, "0") || str_is(s, "no") || str_is(s, "off") ||
           str_is(s, "");
}

/* Takes a copy in place of what was there; that is freed. */
static bool set_text(char **at, const char *text)
{
    char *copy = strdup(text);
    if (!copy)
        return false;
    free(*at);
    *at = copy;
    return true;
}

/* Reads `value` (NUL-terminated) into the row's member. */
static bool set_value(struct config *c, const struct row *row, const char *value)
{
    struct str s = str_of(value);
    int64_t number;
    switch (row->type) {
    case NUMBER:
        if (!text_int(s, row->min, row->max, &number))
            return false;
        *(int *)member(c, row) = (int)number;
        return true;
    case SWITCH:
        return read_switch(s, member(c, row));
    default:
        return is_text(row, s) && set_text(member(c, row), value);
    }
}

/* Loading */

/* What the steps of loading share; `err` is where refusals are told. */
struct loader {
    struct config *c;
    FILE *err;
};

__attribute__((format(printf, 2, 3))) static bool refuse(struct loader *l, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fputs("unknot: ", l->err);
    vfprintf(l->err, format, args);
    fputc('\n', l->err);
    va_end(args);
    return false;
}

static const struct row *find_row(struct str key)
{
    for (size_t i = 0; i < ROWS; i++)
        if (str_is(key, table[i].key))
            return &table[i];
    return NULL;
}

/* The value itself is not in the sentence: it may be a connection string with a password. */
static bool take(struct loader *l, const struct row *row, const char *value, const char *source)
{
    char wanted[128];
    fits(row, wanted, sizeof wanted);
    if (!set_value(l->c, row, value))
        return refuse(l, "%s (from %s) does not fit: wanted is %s (%s).", row->key, source, wanted,
                      row->meaning);
    if (!set_text(&l->c->source[row - table], source))
        return refuse(l, "out of memory.");
    return true;
}

static bool take_defaults(struct loader *l)
{
    for (size_t i = 0; i < ROWS; i++)
        if (!take(l, &table[i], table[i].standard, "default"))
            return false;
    return true;
}

static bool take_line(struct loader *l, const char *file, int number, char *line)
{
    char source[600];
    struct str s = str_trim(str_of(line));
    snprintf(source, sizeof source, "%.500s:%d", file, number);
    if (s.n == 0 || s.p[0] == '#')
        return true;
    const char *equals = memchr(s.p, '=', s.n);
    if (!equals)
        return refuse(l, "%s: there is no `key = value` in this line.", source);
    struct str key = str_trim((struct str){s.p, (size_t)(equals - s.p)});
    struct str value = str_trim((struct str){equals + 1, s.n - key.n - (size_t)(equals + 1 - (s.p + key.n))});
    const struct row *row = find_row(key);
    if (!row)
        return refuse(l, "%s: there is no key \"%.*s\"; `unknot config` lists them.", source, (int)key.n,
                      key.p);
    if (strcmp(l->c->source[row - table], "default") != 0)
        return refuse(l, "%s: %s is given twice, first in %s.", source, row->key, l->c->source[row - table]);
    line[value.p + value.n - line] = '\0';
    return take(l, row, value.p, source);
}

/* Line by line. One that does not end in a line break is too long, the last of the file, or has a NUL in it.
 */
static bool take_stream(struct loader *l, const char *file, FILE *in)
{
    char line[MAX_LINE];
    for (int number = 1; fgets(line, sizeof line, in); number++) {
        size_t n = strlen(line);
        if (n == 0 || (line[n - 1] != '\n' && !feof(in)))
            return refuse(l, "%s:%d: a line of more than %d bytes, or a NUL in it.", file, number,
                          MAX_LINE - 2);
        line[strcspn(line, "\r\n")] = '\0';
        if (!take_line(l, file, number, line))
            return false;
    }
    return !ferror(in) || refuse(l, "%s cannot be read: %s.", file, strerror(errno));
}

static bool take_file(struct loader *l, const char *file)
{
    FILE *in = fopen(file, "re");
    if (!in)
        return refuse(l, "%s, named by %sCONFIG, cannot be opened: %s.", file, PREFIX, strerror(errno));
    bool good = take_stream(l, file, in);
    fclose(in);
    return good;
}

/* `entry` is NAME=value; names without our prefix are not ours. */
static bool take_variable(struct loader *l, const char *entry)
{
    char key[64], source[80];
    const char *equals = strchr(entry, '=');
    if (!equals || strncmp(entry, PREFIX, strlen(PREFIX)) != 0)
        return true;
    const char *name = entry + strlen(PREFIX);
    size_t n = (size_t)(equals - name);
    if (str_is((struct str){name, n}, "CONFIG"))
        return true;
    for (size_t i = 0; i < n && i < sizeof key; i++)
        key[i] = name[i] >= 'A' && name[i] <= 'Z' ? (char)(name[i] - 'A' + 'a')
                 : name[i] == '_'                 ? '_'
                                                  : '?'; /* '?': is in no key */
    const struct row *row = n < sizeof key ? find_row((struct str){key, n}) : NULL;
    if (!row)
        return refuse(l, "there is no key for the environment variable %.*s; `unknot config` lists the keys.",
                      (int)(equals - entry), entry);
    snprintf(source, sizeof source, "%.*s", (int)(equals - entry), entry);
    return take(l, row, equals + 1, source);
}

static bool take_environment(struct loader *l)
{
    for (char **entry = environ; entry && *entry; entry++)
        if (!take_variable(l, *entry))
            return false;
    return true;
}

/* A connection that nobody gave is the web role's with another user. */
static bool derive(struct loader *l, const char *key, const char *user)
{
    const struct row *row = find_row(str_of(key));
    char **connection = member(l->c, row);
    if ((*connection)[0] != '\0')
        return true;
    free(*connection);
    *connection = conninfo_as(l->c->database, user);
    return (*connection && set_text(&l->c->source[row - table], "database")) || refuse(l, "out of memory.");
}

/* A path that nobody gave lies beside another one. */
static bool derive_path(struct loader *l, const char *key, const char *from, const char *ending)
{
    const struct row *row = find_row(str_of(key)), *of = find_row(str_of(from));
    const char *path = *(char **)member(l->c, of);
    char derived[600];
    if ((*(char **)member(l->c, row))[0] || !path[0])
        return true;
    snprintf(derived, sizeof derived, "%s%s", path, ending);
    return (set_text(member(l->c, row), derived) && set_text(&l->c->source[row - table], from)) ||
           refuse(l, "out of memory.");
}

bool config_load(struct config *c, FILE *err)
{
    struct loader l = {c, err};
    const char *file = getenv(PREFIX "CONFIG");
    *c = (struct config){0};
    bool good = take_defaults(&l) && (!file || !*file || take_file(&l, file)) && take_environment(&l) &&
                derive(&l, "worker_database", "unknot_worker") &&
                derive(&l, "owner_database", "unknot_owner") && derive(&l, "keyd_database", "unknot_keyd") &&
                derive_path(&l, "key_dir", "key_file", ".epochs") &&
                derive_path(&l, "key_socket", "key_dir", "/socket");
    if (good)
        asset_from_disk(c->dev);
    else
        config_free(c);
    return good;
}

/* Its member is a char * of malloc. */
static bool is_string(const struct row *row)
{
    return row->type != NUMBER && row->type != SWITCH;
}

void config_free(struct config *c)
{
    for (size_t i = 0; i < ROWS; i++) {
        if (is_string(&table[i]))
            free(*(char **)member(c, &table[i]));
        free(c->source[i]);
    }
    *c = (struct config){0};
}

static void print_value(const struct config *c, const struct row *row, FILE *out)
{
    const char *text = is_string(row) ? *(char **)member(c, row) : NULL;
    if (row->type == NUMBER) {
        fprintf(out, "%s = %d\n", row->key, *(int *)member(c, row));
    } else if (row->type == SWITCH) {
        fprintf(out, "%s = %s\n", row->key, *(bool *)member(c, row) ? "true" : "false");
    } else if (row->type == CONNECTION) {
        char *masked = conninfo_masked(text);
        fprintf(out, "%s = %s\n", row->key, masked ? masked : "…");
        free(masked);
    } else {
        fprintf(out, "%s = %s\n", row->key, text);
    }
}

void config_print(const struct config *c, FILE *out)
{
    for (size_t i = 0; i < ROWS; i++) {
        char wanted[128];
        fits(&table[i], wanted, sizeof wanted);
        fprintf(out, "# %s\n# %s; default: %s; this is from: %s\n", table[i].meaning, wanted,
                table[i].standard[0] ? table[i].standard : "nothing", c->source[i]);
        print_value(c, &table[i], out);
        fputs(i + 1 < ROWS ? "\n" : "", out);
    }
}
