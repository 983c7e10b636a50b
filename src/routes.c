/*
 * Every URL, one row each, grouped by subject. A row is all that is said about access before the database:
 * the tests call each row as each kind of caller, and `unknot routes` prints it.
 */
#include "routes.h"

#include "accounts/accounts.h"
#include "home/home.h"

/* clang-format off */
const struct route routes[] = {
    /* home */
    {HTTP_GET,  "/",                    WHO_ANYONE, BODY_NONE, home_get,       COST_NORMAL, CACHE_PUBLIC},
    {HTTP_GET,  "/guides",              WHO_ANYONE, BODY_NONE, guides_get,     COST_NORMAL, CACHE_PUBLIC},
    {HTTP_GET,  "/guides/{slug}",       WHO_ANYONE, BODY_NONE, guide_get,      COST_NORMAL, CACHE_PUBLIC},
    {HTTP_POST, "/theme",               WHO_ANYONE | NO_TOKEN, BODY_FORM, theme_post, COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/static/{file}",       WHO_ANYONE, BODY_NONE, static_get,     COST_INLINE, CACHE_STATIC},
    {HTTP_GET,  "/favicon.ico",         WHO_ANYONE, BODY_NONE, favicon_get,    COST_INLINE, CACHE_PUBLIC},
    {HTTP_GET,  "/robots.txt",          WHO_ANYONE, BODY_NONE, robots_get,     COST_INLINE, CACHE_PUBLIC},
    {HTTP_GET,  "/healthz",             WHO_ANYONE, BODY_NONE, healthz_get,    COST_INLINE, CACHE_NEVER},
    {HTTP_GET,  "/readyz",              WHO_ANYONE, BODY_NONE, readyz_get,     COST_NORMAL, CACHE_NEVER},
    {HTTP_GET,  "/styleguide",          WHO_ANYONE, BODY_NONE, styleguide_get, COST_NORMAL, CACHE_NEVER},

    /* accounts */
    {HTTP_GET,  "/sign-in",             WHO_ANYONE, BODY_NONE, sign_in_get,    COST_NORMAL, CACHE_NEVER},
    {HTTP_POST, "/sign-in",             WHO_ANYONE, BODY_FORM, sign_in_post,   COST_SLOW,   CACHE_NEVER},
    {HTTP_POST, "/sign-out",            WHO_SIGNED_IN, BODY_FORM, sign_out_post, COST_NORMAL, CACHE_NEVER},
};
/* clang-format on */
const size_t route_count = sizeof routes / sizeof *routes;

bool routes_start(struct app *app)
{
    app->routes = routes;
    app->route_count = route_count;
    app->identify = accounts_identify;
    return guides_start();
}

void routes_stop(void)
{
    guides_stop();
}
