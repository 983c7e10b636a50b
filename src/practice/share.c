#include "practice/share.h"

#include "view/qr.h"

#include <string.h>

enum { QR_MAX = 64 * 1024 };

static void free_buf(void *b)
{
    buf_free(b);
}

/* The code goes under raw.qr; without it the page still has the link in letters. */
static void put_code(struct request *r, const char *link)
{
    struct buf *b = arena_alloc(r->arena, sizeof *b);
    if (!b || !arena_defer(r->arena, free_buf, b))
        return;
    *b = (struct buf){.max = QR_MAX};
    if (link && svg_qr(b, link, "QR code of the address beside it"))
        page_raw(r, "qr", b->p);
}

static const char *share_document(struct request *r)
{
    const char *doc = ask(r, Q_practice_share, app_of(r)->config.origin);
    if (doc)
        put_code(r, doc_text(r, doc, "link"));
    return doc;
}

void practice_share_get(struct request *r)
{
    const char *doc = share_document(r);
    if (doc)
        page(r, "practice/share", doc);
}

/* So many cards of 85 by 55 mm fit on a sheet. */
struct paper {
    const char *name;
    size_t cards;
};
static const struct paper papers[] = {{"a4", 10}, {"letter", 8}};

/* The cards are one and the same: the template repeats it over this list. */
static const char *with_cards(struct request *r, const char *doc, const struct paper *paper)
{
    const char *list = "{}";
    for (size_t i = 1; list && i < paper->cards; i++)
        list = arena_printf(r->arena, "%s,{}", list);
    return arena_printf(r->arena, "%.*s,\"is_%s\":true,\"cards\":[%s]}", (int)(strlen(doc) - 1), doc,
                        paper->name, list);
}

void practice_card_get(struct request *r)
{
    static const char *const names[] = {"a4", "letter", NULL};
    static const struct field field = {.name = "paper", .kind = FIELD_CHOICE, .choices = names};
    struct form f;
    r->form = r->query; /* a GET: what is asked comes from the query, checked like a form */
    form_read(&f, r, &field, 1);
    if (f.errors > 0) {
        reply_error(r, 400, "Cards are laid out for paper=a4 or paper=letter.");
        return;
    }
    const char *doc = share_document(r), *paper = form_get(&f, "paper");
    if (doc)
        doc = with_cards(r, doc, &papers[paper && strcmp(paper, "letter") == 0]);
    if (doc)
        page(r, "practice/card", doc);
}

void practice_day_get(struct request *r)
{
    static const struct field field = {.name = "day", .kind = FIELD_DATE};
    struct form f;
    r->form = r->query;
    form_read(&f, r, &field, 1);
    if (f.errors > 0) {
        reply_error(r, 400, "A day is named by its date, such as /practice/day?day=2026-11-23.");
        return;
    }
    const char *doc = ask(r, Q_practice_day, form_get(&f, "day"));
    if (doc)
        page(r, "practice/day", doc);
}
