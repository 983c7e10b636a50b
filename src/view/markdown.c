#include "view/view.h"

#include <cmark.h>
#include <stdlib.h>

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

const char *view_markdown(struct arena *a, struct str text)
{
    cmark_node *document = cmark_parse_document(text.n > 0 ? text.p : "", text.n, CMARK_OPT_DEFAULT);
    if (!document)
        return NULL;
    remove_foreign(document);
    char *html = cmark_render_html(document, CMARK_OPT_SAFE);
    cmark_node_free(document);
    char *copy = arena_strdup(a, html);
    free(html);
    return copy;
}
