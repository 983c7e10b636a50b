/*
 * A mail as bytes: RFC 5322 headers that nothing can be put into, and MIME parts in base64.
 */
#ifndef UNKNOT_NOTIFY_MESSAGE_H
#define UNKNOT_NOTIFY_MESSAGE_H

#include "core/text.h"

struct message {
    const char *id; /* the Message-ID is <id@domain of from> */
    const char *from, *to;
    const char *from_name; /* NULL or "": none */
    struct str subject;
    struct str text, html, calendar; /* html and calendar may be empty */
    const char *method;              /* of the calendar: REQUEST or CANCEL */
};

/* What may stand between < and > in a header and in an SMTP command: no blank, control byte, bracket, comma
 * or quote, and nothing beyond ASCII, which few servers take there. */
bool message_address(const char *s);

/* Appends the whole message with CRLF line ends, no line longer than 76. False when an address cannot stand
 * in a header, the subject is empty or has a line end, or there is no text. */
bool message_write(const struct message *m, struct buf *out);

#endif
