/*
 * One mail: rendered from a template, written as an RFC 5322 message, handed to a mail server or put into a
 * folder.
 */
#ifndef UNKNOT_NOTIFY_MAIL_H
#define UNKNOT_NOTIFY_MAIL_H

#include "core/config.h"
#include "core/json.h"
#include "view/view.h"

struct mail {
    const char
        *id; /* of the outbox row: the Message-ID comes from it, so a mail sent twice collapses into one */
    const char *kind; /* names the template mail/<kind>; its first line is the subject */
    const char *to;
    const char *data; /* JSON */
};

/* The whole message with CRLF line ends. False when there is no such template, it has no subject, or an
 * address cannot stand in a header. */
bool mail_write(const struct config *config, const struct view *view, const struct mail *mail,
                struct arena *a, struct buf *message);

/* Delivers by config->smtp, or into config->mail_dir as <id>.eml. False: try again later (the reason is in
 * the log). */
bool mail_deliver(const struct config *config, const struct mail *mail, const struct buf *message);

#endif
