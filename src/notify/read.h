/* Reads back what message_write wrote, and nothing else: for looking at mails in development. */
#ifndef UNKNOT_NOTIFY_READ_H
#define UNKNOT_NOTIFY_READ_H

#include "core/arena.h"
#include "core/text.h"

struct read_mail {
    const char *subject, *to, *date;    /* decoded, "" when missing */
    const char *text, *html, *calendar; /* NULL: it has none */
};

/* False when it is no message of ours, or memory ran out. Everything in `a`. */
bool message_read(struct str message, struct arena *a, struct read_mail *mail);

#endif
