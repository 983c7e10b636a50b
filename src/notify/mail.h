/*
 * One mail: rendered from templates, written as a message, handed to a mail server or put into a folder.
 */
#ifndef UNKNOT_NOTIFY_MAIL_H
#define UNKNOT_NOTIFY_MAIL_H

#include "core/config.h"
#include "core/json.h"
#include "view/view.h"

struct mail {
    const char
        *id; /* of the outbox row: the Message-ID comes from it, so a mail sent twice collapses into one */
    const char *kind; /* names the templates mail/<kind>, its first line is the subject, and, when there is
                         one, mail/html/<kind> */
    const char *to;
    const char *data;     /* JSON */
    const char *link;     /* the client's secret address of the booking or what proves an address, or NULL */
    const char *code;     /* beside a link that proves an address, or NULL */
    const char *calendar; /* document of booking/ics.h, or NULL */
    const char *method;   /* REQUEST or CANCEL, with a calendar */
};

/* The whole message with CRLF line ends. False when there is no such template, it has no subject, or an
 * address cannot stand in a header. */
bool mail_write(const struct config *config, const struct view *view, const struct mail *mail,
                struct arena *a, struct buf *message);

/* Delivers by config->smtp, or into config->mail_dir as <id>.eml. NULL: it was taken; else the class of the
 * failure (the reason is in the log, without addresses):
 *   refused   the server will not have it (5xx): trying again is of no use
 *   later     the server has no time (4xx)        sign-in   it does not know us
 *   network   not reached, or it hung up          timeout   it stalled
 *   tls       no safe connection                  setup     a file of ours, or memory, is missing */
const char *mail_deliver(const struct config *config, const struct mail *mail, const struct buf *message);

#endif
