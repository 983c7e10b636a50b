/*
 * A template sees what all mails have (around) before the data of its own. The first line that mail/<kind>
 * renders is the subject, the rest is the text.
 */
#include "notify/mail.h"

#include "booking/booking.h"
#include "booking/ics.h"
#include "core/log.h"
#include "notify/message.h"

#include <string.h>

#define TEXT_MAX ((size_t)64 * 1024)

static void free_buf(void *b)
{
    buf_free(b);
}

/* A buffer that goes with the arena; NULL without memory. */
static struct buf *new_buf(struct arena *a)
{
    struct buf *b = arena_alloc(a, sizeof *b);
    if (!b || !arena_defer(a, free_buf, b))
        return NULL;
    b->max = TEXT_MAX;
    return b;
}

/* What every template sees around its data. */
static const char *around(const struct config *c, const struct mail *mail, struct buf *b)
{
    struct json_writer w = {.out = b};
    json_open(&w, NULL, '{');
    json_put(&w, "site_name", c->site_name);
    json_put(&w, "origin", c->origin);
    json_put(&w, "operator_email", c->operator_email);
    json_put(&w, "emergency", c->emergency);
    json_put(&w, "link", mail->link);
    if (mail->code)
        json_put(&w, "code", mail->code);
    json_close(&w, '}');
    return b->failed ? NULL : b->p;
}

struct texts {
    struct buf *around, *text, *html, *calendar;
};

static bool render(const struct config *config, const struct view *view, const struct mail *mail,
                   struct arena *a, struct texts *t)
{
    struct json contexts[2];
    const char *site = around(config, mail, t->around);
    const char *text = arena_printf(a, "mail/%s", mail->kind);
    const char *html = arena_printf(a, "mail/html/%s", mail->kind);
    if (!site || !text || !html || !view_has(view, text) || !json_parse(&contexts[0], a, str_of(site)) ||
        !json_parse(&contexts[1], a, str_of(mail->data)) || !view_render(view, text, contexts, 2, a, t->text))
        return false;
    return !view_has(view, html) || view_render(view, html, contexts, 2, a, t->html);
}

static bool write_calendar(const struct config *config, const struct mail *mail, struct arena *a,
                           struct buf *out)
{
    const struct ics_how how = {.method = mail->method,
                                .host = booking_host(config),
                                .organizer = config->mail_from,
                                /* who is told of a published calendar is not asked to it */
                                .attendee =
                                    mail->method && strcmp(mail->method, "PUBLISH") == 0 ? NULL : mail->to};
    return !mail->calendar || !mail->method || ics_write(mail->calendar, &how, a, out);
}

static struct str whole(const struct buf *b)
{
    return (struct str){b->p, b->n};
}

bool mail_write(const struct config *config, const struct view *view, const struct mail *mail,
                struct arena *a, struct buf *message)
{
    struct texts t = {new_buf(a), new_buf(a), new_buf(a), new_buf(a)};
    if (!t.around || !t.text || !t.html || !t.calendar || !message_address(mail->to))
        return false;
    bool rendered = render(config, view, mail, a, &t) && write_calendar(config, mail, a, t.calendar);
    message->failed = t.around->failed || t.text->failed || t.html->failed || t.calendar->failed;
    if (!rendered || message->failed || t.text->n == 0)
        return false;
    size_t subject = strcspn(t.text->p, "\r\n");
    size_t body = subject + strspn(t.text->p + subject, "\r\n");
    const struct message m = {.id = mail->id,
                              .from = config->mail_from,
                              .from_name = config->site_name,
                              .to = mail->to,
                              .subject = {t.text->p, subject},
                              .text = {t.text->p + body, t.text->n - body},
                              .html = whole(t.html),
                              .calendar = whole(t.calendar),
                              .method = mail->method};
    return message_write(&m, message);
}
