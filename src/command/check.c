#include "command/check.h"

#include "core/json.h"
#include "web/web.h"

#include <string.h>

static bool says_yes(struct arena *a, const char *doc, const char *key)
{
    const char *text = json_member(a, doc, key);
    return !text || strcmp(text, "false") != 0; /* what is not said counts as the worse */
}

bool facts_read(struct db *db, struct arena *a, struct server_facts *f)
{
    const char *doc, *number, *epoch;
    *f = (struct server_facts){0};
    if (db_get(db, a, Q_server_facts, &doc) != DB_OK)
        return false;
    number = json_member(a, doc, "number");
    epoch = json_member(a, doc, "epoch");
    f->version = json_member(a, doc, "version");
    f->role = json_member(a, doc, "role");
    f->superuser = says_yes(a, doc, "superuser");
    f->bypass = says_yes(a, doc, "bypass");
    f->owner = says_yes(a, doc, "owner");
    return f->version && f->role && text_int(str_of(number), 0, INT32_MAX, &f->number) &&
           text_double(str_of(epoch), 0, 1e12, &f->epoch);
}

const char *check_version(struct arena *a, const struct server_facts *f)
{
    if (f->number >= SERVER_OLDEST)
        return NULL;
    return arena_printf(a, "The database server is PostgreSQL %s: 15 or newer is needed.", f->version);
}

const char *check_role(struct arena *a, const struct server_facts *f)
{
    const char *power = f->superuser ? "is a superuser"
                        : f->bypass  ? "passes by row-level security"
                        : f->owner   ? "owns the tables, or is a member of the role that does"
                                     : NULL;
    if (!power)
        return NULL;
    return arena_printf(
        a,
        "The database role %s %s: personal data would not be protected from a mistake of the program; "
        "run deploy/roles.sql and connect as the role it makes.",
        f->role, power);
}

const char *check_stranger(struct db *db, struct arena *a)
{
    const char *rows = NULL;
    enum db_status s = db_get(db, a, Q_system_stranger, &rows);
    if (s == DB_OK && strcmp(rows, "0") == 0)
        return NULL;
    if (s != DB_OK)
        return arena_printf(a, "Whether personal data is protected could not be found out (%s).",
                            db_status_name(s));
    return "Personal data shows without a session: row-level security is off or has been changed; run "
           "`unknot migrate`, and "
           "look for policies that were added by hand.";
}

static const char canary[] = "the master key of this place";

static enum db_status canary_kept(struct db *db, struct arena *a, const unsigned char key[32],
                                  const char **sealed)
{
    enum db_status s = db_get(db, a, Q_system_canary, sealed);
    if (s != DB_NONE)
        return s;
    const char *mine = seal_with(key, a, "canary", "key_canary", STR(canary));
    if (!mine)
        return DB_ERROR;
    s = db_query_as(db, NULL, a, Q_system_canary_keep, sealed, 1, &mine);
    return s == DB_NONE ? db_get(db, a, Q_system_canary, sealed) : s;
}

const char *check_canary(struct db *db, struct arena *a, const unsigned char key[32])
{
    const char *sealed = NULL;
    enum db_status s = canary_kept(db, a, key, &sealed);
    if (s != DB_OK)
        return arena_printf(a, "Whether the key file belongs to this database could not be found out (%s).",
                            db_status_name(s));
    const char *plain = unseal_with(key, a, "canary", "key_canary", sealed);
    if (plain && strcmp(plain, canary) == 0)
        return NULL;
    return "The key file is not the one that this database was used with: bring that one back, since nothing "
           "else opens what is "
           "sealed in it.";
}
