/* PostgreSQL connection strings, taken apart and put together by libpq's own rules. */
#include "core/conninfo.h"

#include "core/text.h"

#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

#define MAX_BYTES 8192

bool conninfo_fits(const char *conninfo)
{
    /* libpq's own message is not asked for: it quotes pieces of the string, which may be the password. */
    PQconninfoOption *options = PQconninfoParse(conninfo, NULL);
    PQconninfoFree(options);
    return options != NULL;
}

/* keyword=value, quoted where the syntax wants it. */
static void put_option(struct buf *out, const char *keyword, const char *value)
{
    bool quote = value[0] == '\0' || strpbrk(value, " \t\n'\\") != NULL;
    buf_printf(out, "%s%s=%s", out->n > 0 ? " " : "", keyword, quote ? "'" : "");
    for (const char *c = value; *c; c++) {
        if (*c == '\'' || *c == '\\')
            buf_putc(out, '\\');
        buf_putc(out, *c);
    }
    buf_puts(out, quote ? "'" : "");
}

/* Written anew from its parts: with `user`, or for showing when that is NULL. */
static char *rewrite(const char *conninfo, const char *user)
{
    struct buf out = {.max = MAX_BYTES};
    PQconninfoOption *options = PQconninfoParse(conninfo, NULL);
    if (!options)
        return NULL;
    buf_puts(&out, ""); /* an empty string is a string: out.p is not NULL even when no option is set */
    for (PQconninfoOption *o = options; o->keyword; o++) {
        bool secret = !user && strchr(o->dispchar, '*');
        bool is_user = user && strcmp(o->keyword, "user") == 0;
        const char *value = is_user ? user : o->val && secret ? "…" : o->val;
        if (value)
            put_option(&out, o->keyword, value);
    }
    PQconninfoFree(options);
    if (!out.failed)
        return out.p;
    buf_free(&out);
    return NULL;
}

char *conninfo_as(const char *conninfo, const char *user)
{
    return rewrite(conninfo, user);
}

char *conninfo_masked(const char *conninfo)
{
    return rewrite(conninfo, NULL);
}

/* With neither host nor hostaddr libpq takes its built-in default, which on Unix is a socket. */
bool conninfo_is_local(const char *conninfo)
{
    PQconninfoOption *options = PQconninfoParse(conninfo, NULL);
    bool local = options != NULL;
    for (PQconninfoOption *o = options; o && o->keyword; o++) {
        bool address = strcmp(o->keyword, "hostaddr") == 0, host = strcmp(o->keyword, "host") == 0;
        if (!o->val || !o->val[0] || (!address && !host))
            continue;
        local = local && host && o->val[0] == '/';
        for (const char *next = strchr(o->val, ','); next; next = strchr(next + 1, ','))
            local = local && next[1] == '/';
    }
    PQconninfoFree(options);
    return local;
}
