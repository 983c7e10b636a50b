/* Small commands that look after the house: schema, listing, and what the program is. */
#include "command/command.h"
#include "core/json.h"
#include "routes.h"
#include "upload/upload.h"

#include <stdio.h>
#include <string.h>

static int usage(const char *what)
{
    fprintf(stderr, "usage: unknot %s\n", what);
    return 2;
}

int command_migrate(const struct config *config, int argc, char **argv)
{
    (void)argv;
    if (argc)
        return usage("migrate");
    return db_migrate(config->owner_database) ? 0 : 1;
}

int command_config(const struct config *config, int argc, char **argv)
{
    (void)argv;
    if (argc)
        return usage("config");
    config_print(config, stdout);
    return 0;
}

int command_version(const struct config *config, int argc, char **argv)
{
    (void)config, (void)argv;
    if (argc)
        return usage("version");
    puts("unknot " UNKNOT_VERSION);
    return 0;
}

static const char *const who_names[] = {
    [WHO_ANYONE] = "anyone",       [WHO_BOOKING] = "booking",   [WHO_SIGNED_IN] = "signed in",
    [WHO_THERAPIST] = "therapist", [WHO_OPERATOR] = "operator", [WHO_HALF] = "half signed in",
    [WHO_DESK] = "desk",
};
static const char *const form_names[] = {
    [BODY_NONE] = "none", [BODY_FORM] = "form", [BODY_MULTIPART] = "multipart"};
static const char *const cost_names[] = {
    [COST_INLINE] = "inline", [COST_NORMAL] = "normal", [COST_SLOW] = "slow", [COST_FETCH] = "fetch"};
static const char *const cache_names[] = {
    [CACHE_NEVER] = "never", [CACHE_PUBLIC] = "public", [CACHE_STATIC] = "static"};

static void put_route(struct json_writer *w, const struct route *route)
{
    json_open(w, NULL, '{');
    json_put(w, "method", route->method == HTTP_POST ? "POST" : "GET");
    json_put(w, "path", route->path);
    json_put(w, "who", who_names[route->who & WHO_MASK]);
    json_put(w, "form", form_names[route->form]);
    json_put_bool(w, "token", route->method == HTTP_POST && !(route->who & NO_TOKEN));
    json_put_bool(w, "proved",
                  (route->who & PROVED) ||
                      ((route->who & WHO_MASK) == WHO_OPERATOR && route->method == HTTP_POST));
    json_put(w, "cost", cost_names[route->cost]);
    json_put(w, "cache", cache_names[route->cache]);
    json_close(w, '}');
}

int command_routes(const struct config *config, int argc, char **argv)
{
    struct buf b = {.max = (size_t)1 << 20};
    struct json_writer w = {.out = &b};
    (void)config, (void)argv;
    if (argc)
        return usage("routes");
    json_open(&w, NULL, '[');
    for (size_t i = 0; i < route_count; i++) {
        buf_puts(&b, i ? ",\n " : "\n ");
        w.comma = false;
        put_route(&w, &routes[i]);
    }
    buf_putc(&b, '\n');
    json_close(&w, ']');
    int status = b.failed || puts(b.p) < 0 ? 1 : 0;
    buf_free(&b);
    return status;
}

int command_redraw(const struct config *config, int argc, char **argv)
{
    (void)config;
    if (argc > 1)
        return usage("redraw [\"ACROSS DOWN SIDE\"] < PICTURE > PICTURE");
    return redraw_main(argc ? argv[0] : NULL);
}
