/* One page for each kind of failure: what happened, and what to do next. The same as problem+json (RFC 9457)
 * for JSON callers. */
#include "core/log.h"
#include "web/inner.h"

#include <stdio.h>
#include <string.h>

static const struct web_failure failures[] = {
    {202, NULL, "We are checking whether your booking went through",
     "The connection was lost just as your request was being saved, so we do not know yet whether it was.",
     "Do not book again. Wait a minute, then reload this page: the same request is never carried out twice."},
    {400, NULL, "We could not read that request", NULL,
     "Go back and try again. If you typed the address, check it."},
    {401, NULL, "Sign in first", "You are not signed in, or your session has ended.",
     "Sign in, then try again."},
    {403, NULL, "We did not accept that form",
     "The form was too old, or it did not come from this site. Nothing was changed.",
     "Go back, reload the page and send it again. Cookies must be allowed for this site."},
    {404, NULL, "Page not found", "There is nothing at this address, or it is not yours to see.",
     "If you typed the address, check it. If you followed a link, it may be out of date."},
    {405, NULL, "That cannot be done at this address", NULL, "Go back and use the buttons on the page."},
    {408, NULL, "That took too long to arrive", "Nothing was changed.",
     "Check your connection and try again."},
    {409, NULL, "Somebody was first",
     "What you chose has been taken or changed since you opened the page. Nothing was changed.",
     "Go back, reload the page and choose again."},
    {413, NULL, "That is too large", "What you sent is larger than we take here. Nothing was changed.",
     "Send less, or a smaller file."},
    {414, NULL, "The address is too long", NULL, "Go back and try with fewer words or filters."},
    {415, NULL, "We cannot read that kind of data", NULL,
     "Send the form from the page, or JSON as application/json."},
    {421, NULL, "This is not the address of this site", NULL, NULL},
    {422, NULL, "We could not accept that",
     "What you sent does not fit the rules of this page. Nothing was changed.",
     "Go back, check your answers and try again."},
    {429, NULL, "Too many tries", "There were too many tries in a short time.",
     "Wait a few minutes, then try again."},
    {431, NULL, "Your browser sent too much", NULL, "Delete the cookies of this site, then try again."},
    {503, NULL, "We are busy right now", "We could not answer in time. Nothing was changed.",
     "Wait a few seconds, then reload the page."},
};
static const struct web_failure ours = {500, NULL, "Something went wrong on our side",
                                        "It is not your fault, and it has been noted.",
                                        "Try again in a few minutes."};
static const struct web_failure theirs = {400, NULL, "We could not answer that request", NULL,
                                          "Go back and try again."};

/* For a status of its own, or the general one of its hundred. */
static const struct web_failure *failure_of(int status)
{
    for (size_t i = 0; i < sizeof failures / sizeof *failures; i++)
        if (failures[i].status == status)
            return &failures[i];
    return status >= 500 ? &ours : &theirs;
}

/* What the program can say and the table cannot. */
static const char *detail_of(struct request *r, int status, const char *detail)
{
    if (!detail && status == 421)
        return arena_printf(r->arena, "This site is at %s.", app_of(r)->config.origin);
    return detail ? detail : failure_of(status)->detail;
}

static const char *document(struct request *r, const struct web_failure *f)
{
    struct buf *b = scratch(r, 16 * 1024);
    struct json_writer w = {.out = b};
    json_open(&w, NULL, '{');
    json_put(&w, "type", f->type ? f->type : "about:blank");
    json_put(&w, "title", r->wants_json ? http_reason(f->status) : f->title);
    json_put_int(&w, "status", f->status);
    json_put(&w, "detail", f->detail);
    if (!r->wants_json)
        json_put(&w, "advice", f->advice);
    json_put(&w, "request_id", r->id);
    json_close(&w, '}');
    return b->failed ? NULL : arena_strndup(r->arena, b->p, b->n);
}

/* When the template cannot be had, or memory: the same words, bare. */
static void plain_page(struct request *r, const struct web_failure *f)
{
    static const char bare[] =
        "<!doctype html><title>Something went wrong</title><h1>Something went wrong on our side</h1>";
    struct buf *b = scratch(r, 16 * 1024);
    buf_puts(b, "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>");
    buf_html(b, f->title, strlen(f->title));
    buf_puts(b, "</title><h1>");
    buf_html(b, f->title, strlen(f->title));
    buf_puts(b, "</h1><p>");
    if (f->detail)
        buf_html(b, f->detail, strlen(f->detail));
    buf_printf(b, " %s</p><p>Error %d. Reference %s.</p>", f->advice ? f->advice : "", f->status, r->id);
    const char *html = b->failed ? NULL : arena_strndup(r->arena, b->p, b->n);
    if (html)
        reply(r, f->status, "text/html; charset=utf-8", html, strlen(html));
    else
        reply(r, f->status, "text/html; charset=utf-8", bare, sizeof bare - 1);
}

/* Nothing in here asks the database: an error must be said when that is what failed. */
void web_failure_say(struct request *r, const struct web_failure *f)
{
    if (f->status == 503 || f->status == 429 || f->status == 202)
        reply_header(r, "Retry-After", "5");
    const char *doc = document(r, f);
    if (doc && r->wants_json)
        reply(r, f->status, "application/problem+json", doc, strlen(doc));
    else if (!doc || !page_render(r, f->status, "error/page", doc, NULL, true))
        plain_page(r, f);
}

void web_error(struct request *r, int status, const char *detail)
{
    struct web_failure f = *failure_of(status);
    f.status = status;
    f.detail = detail_of(r, status, detail);
    web_failure_say(r, &f);
}
