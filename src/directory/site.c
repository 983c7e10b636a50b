/* Pages for whoever looks around without a question, search engines among them: places, techniques,
 * complaints, the map of the site, and what a therapist's page says in schema.org's words. */
#include "directory/directory.h"

#include "web/web.h"

#include <string.h>

void areas_get(struct request *r)
{
    const char *doc = ask(r, Q_site_areas);
    if (doc)
        page(r, "directory/areas", doc);
}

void area_get(struct request *r)
{
    const char *doc = ask(r, Q_site_area, param(r, "area"));
    if (doc)
        page(r, "directory/area", doc);
}

void town_get(struct request *r)
{
    const char *doc = ask(r, Q_site_town, param(r, "area"), param(r, "town"));
    if (doc)
        page(r, "directory/town", doc);
}

/* All of a taxonomy, and below one of them. */
static void topics(struct request *r, const char *kind, const char *template)
{
    const char *doc = ask(r, Q_site_topics, kind);
    if (doc)
        page(r, template, doc);
}

static void topic(struct request *r, const char *kind)
{
    const char *doc = ask(r, Q_site_topic, kind, param(r, "slug"));
    if (doc)
        page(r, "directory/topic", doc);
}

void techniques_get(struct request *r)
{
    topics(r, "technique", "directory/techniques");
}

void technique_get(struct request *r)
{
    topic(r, "technique");
}

void complaints_get(struct request *r)
{
    topics(r, "complaint", "directory/complaints");
}

void complaint_get(struct request *r)
{
    topic(r, "complaint");
}

void ranking_get(struct request *r)
{
    const char *doc = ask(r, Q_site_ranking);
    if (doc)
        page(r, "directory/ranking", doc);
}

static void reply_xml(struct request *r, const char *doc)
{
    if (doc)
        reply(r, 200, "application/xml; charset=utf-8", doc, strlen(doc));
}

void sitemap_get(struct request *r)
{
    reply_xml(r, ask(r, Q_site_sitemap, app_of(r)->config.origin));
}

void sitemap_part_get(struct request *r)
{
    reply_xml(r, ask(r, Q_site_sitemap_part, app_of(r)->config.origin, param(r, "part")));
}

/* JSON inside a script element: no "<" may end it or open a comment. It is data, which no policy for scripts
 * concerns. */
static const char *data_element(struct request *r, const char *json)
{
    struct buf b = {.max = 64 * 1024};
    buf_puts(&b, "<script type=\"application/ld+json\">");
    for (const char *c = json; *c; c++)
        if (*c == '<')
            buf_puts(&b, "\\u003c");
        else
            buf_putc(&b, *c);
    buf_puts(&b, "</script>");
    const char *html = b.failed ? NULL : arena_strndup(r->arena, b.p, b.n);
    buf_free(&b);
    return html;
}

/* Left out, and the page still made, when it cannot be had. */
void schema_add(struct request *r, const char *slug)
{
    const struct config *c = &app_of(r)->config;
    const char *doc = NULL;
    if (r->wants_json ||
        ask_status(r, Q_site_therapist_schema, &doc, slug, c->origin, c->schema_type) != DB_OK)
        return;
    page_raw(r, "schema", data_element(r, doc));
}
