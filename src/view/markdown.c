#include "view/view.h"

#include <cmark.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Safe mode drops the text of HTML and unsafe addresses; a comment is left in its place, and images of other
 * sites stay. Both go here: an image would tell another site who reads the page. */
static void remove_foreign(cmark_node *document)
{
    cmark_iter *all = cmark_iter_new(document);
    for (cmark_event_type e = cmark_iter_next(all); e != CMARK_EVENT_DONE; e = cmark_iter_next(all)) {
        cmark_node *n = cmark_iter_get_node(all);
        cmark_node_type type = cmark_node_get_type(n);
        bool html = type == CMARK_NODE_HTML_BLOCK || type == CMARK_NODE_HTML_INLINE;
        if (html || (type == CMARK_NODE_IMAGE && e == CMARK_EVENT_EXIT)) {
            cmark_node_unlink(n);
            cmark_node_free(n);
        }
    }
    cmark_iter_free(all);
}

/* What somebody typed stands below a heading of ours. */
static void lower(cmark_node *heading)
{
    cmark_node_set_heading_level(heading, 3);
}

static bool leads_out(const char *url)
{
    static const char *const schemes[] = {"https://", "http://", "mailto:", "tel:"};
    for (size_t i = 0; url && i < sizeof schemes / sizeof *schemes; i++)
        if (strncasecmp(url, schemes[i], strlen(schemes[i])) == 0)
            return true;
    return false;
}

/* A link says that it is none of ours; one that leads nowhere is its text alone. */
static void mark_link(cmark_node *link)
{
    struct buf b = {.max = 8192};
    const char *url = cmark_node_get_url(link);
    cmark_node *marked = cmark_node_new(CMARK_NODE_CUSTOM_INLINE), *child;
    bool leads = leads_out(url);
    if (leads) {
        buf_puts(&b, "<a rel=\"nofollow ugc noopener\" href=\"");
        buf_html(&b, url, strlen(url));
        buf_put(&b, "\">", 3); /* with its NUL */
    }
    if (leads && !b.failed) {
        cmark_node_set_on_enter(marked, b.p);
        cmark_node_set_on_exit(marked, "</a>");
    }
    while ((child = cmark_node_first_child(link)))
        cmark_node_append_child(marked, child);
    cmark_node_replace(link, marked);
    cmark_node_free(link);
    buf_free(&b);
}

static void tame(cmark_node *document)
{
    cmark_iter *all = cmark_iter_new(document);
    for (cmark_event_type e = cmark_iter_next(all); e != CMARK_EVENT_DONE; e = cmark_iter_next(all)) {
        cmark_node *n = cmark_iter_get_node(all);
        cmark_node_type type = cmark_node_get_type(n);
        if (type == CMARK_NODE_HEADING && e == CMARK_EVENT_ENTER)
            lower(n);
        else if (type == CMARK_NODE_LINK && e == CMARK_EVENT_EXIT)
            mark_link(n);
    }
    cmark_iter_free(all);
}

/* `typed`: by anybody, not by who runs the site. NULL when memory ends. */
static const char *html_of(struct arena *a, struct str text, int options, bool typed)
{
    cmark_node *document = cmark_parse_document(text.n > 0 ? text.p : "", text.n, CMARK_OPT_DEFAULT);
    if (!document)
        return NULL;
    remove_foreign(document);
    if (typed)
        tame(document);
    char *html = cmark_render_html(document, CMARK_OPT_SAFE | options);
    cmark_node_free(document);
    char *copy = arena_strdup(a, html);
    free(html);
    return copy;
}

const char *view_markdown(struct arena *a, struct str text)
{
    return html_of(a, text, CMARK_OPT_DEFAULT, false);
}

const char *view_markdown_typed(struct arena *a, struct str text)
{
    return html_of(a, text, CMARK_OPT_HARDBREAKS, true);
}
