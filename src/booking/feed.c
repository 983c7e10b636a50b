/* A feed's secret is booking_token() of "feed " and its nonce: the database, which keeps the nonce and a
 * hash, cannot make it. */
#include "booking/feed.h"

#include "booking/booking.h"
#include "booking/ics.h"
#include "booking/reminders.h"

#include <sodium.h>
#include <string.h>

#define CALENDAR_MAX ((size_t)4 * 1024 * 1024)

const char *feed_secret(struct request *r, const char *nonce)
{
    return booking_token(r->arena, app_of(r)->key, arena_printf(r->arena, "feed %s", nonce));
}

const char *feed_url(struct request *r, const char *doc)
{
    const char *feed = doc_text(r, doc, "feed");
    const char *nonce = feed ? json_member(r->arena, feed, "nonce") : NULL;
    const char *secret = nonce ? feed_secret(r, nonce) : NULL;
    return secret ? arena_printf(r->arena, "%s/calendars/%s.ics", app_of(r)->config.origin, secret) : NULL;
}

/* The secret of "<43 characters>.ics"; NULL when it cannot be one. */
static const char *secret_of(struct request *r)
{
    const char *file = param(r, "file");
    static const char fine[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    if (strlen(file) != 47 || strspn(file, fine) != 43 || strcmp(file + 43, ".ics") != 0)
        return NULL;
    return arena_strndup(r->arena, file, 43);
}

/* Of the content: a calendar that nobody changed is answered with 304. */
static const char *etag_of(struct request *r, const struct buf *b)
{
    unsigned char digest[16];
    char text[40];
    crypto_generichash(digest, sizeof digest, (const unsigned char *)b->p, b->n, NULL, 0);
    text_base64(text, sizeof text, digest, sizeof digest);
    return arena_printf(r->arena, "\"%s\"", text);
}

static void send_calendar(struct request *r, const struct buf *out)
{
    const char *etag = etag_of(r, out);
    reply_header(r, "ETag", etag);
    reply_header(r, "Cache-Control", "private, max-age=300");
    reply_header(r, "X-Robots-Tag", "noindex");
    if (etag && str_is(r->if_none_match, etag))
        reply(r, 304, "text/calendar; charset=utf-8", "", 0);
    else
        reply(r, 200, "text/calendar; charset=utf-8", arena_strndup(r->arena, out->p, out->n), out->n);
}

void calendar_feed_get(struct request *r)
{
    const char *secret = secret_of(r);
    const char *doc = NULL;
    struct buf out = {.max = CALENDAR_MAX};
    if (secret && ask_status(r, Q_booking_feed_show, &doc, secret) == DB_OK && doc) {
        const struct ics_how how = {
            .method = "PUBLISH", .host = booking_host(&app_of(r)->config), .name = doc_text(r, doc, "name")};
        if (ics_write(doc, &how, r->arena, &out))
            send_calendar(r, &out);
        else
            reply_error(r, 500, NULL);
    } else {
        reply_error(r, 404, NULL);
    }
    buf_free(&out);
}

static const char *const acts[] = {"on", "renew", "off", NULL};
static const struct field fields[] = {{.name = "act",
                                       .kind = FIELD_CHOICE,
                                       .required = true,
                                       .choices = acts,
                                       .missing = "Choose what to do",
                                       .wrong = "Choose what to do"}};

void booking_feed_post(struct request *r)
{
    struct form f;
    char nonce[37];
    const char *id = path_uuid(r), *doc;
    if (!id)
        return;
    form_read(&f, r, fields, 1);
    web_uuid(nonce);
    doc = f.errors ? ask(r, Q_booking_reminders, id)
                   : ask(r, Q_booking_feed, id, nonce, feed_secret(r, nonce), form_get(&f, "act"));
    reminders_answer(r, id, doc, &f);
}
