/*
 * Files that people send: the answer of a clinician as a photo or a PDF. What a file is, is told from its
 * content. A picture is drawn anew by a child process without rights (no file, no network, no memory of ours,
 * seconds and megabytes counted): what comes back has neither metadata nor anything that was hidden in it. A
 * PDF is kept as it is and never shown by this site: it goes out as an attachment alone.
 */
#ifndef UNKNOT_UPLOAD_UPLOAD_H
#define UNKNOT_UPLOAD_UPLOAD_H

#include "core/text.h"

enum { UPLOAD_MAX = 10 << 20 }; /* bytes, coming and going */

enum upload_kind { UPLOAD_NONE, UPLOAD_PDF, UPLOAD_JPEG, UPLOAD_PNG };

/* From the first bytes, and of a PDF the last ones; UPLOAD_NONE: something else. */
enum upload_kind upload_kind(struct str data);
const char *upload_type(enum upload_kind kind);   /* image/jpeg */
const char *upload_ending(enum upload_kind kind); /* jpg; also its name in the database */
enum upload_kind upload_by_ending(const char *ending);

/* What may be kept of `data` into *out (max set here), by a child that runs `program redraw` where that is
 * needed. NULL and *kind, or what to tell whoever sent it. Takes up to 4.5 seconds. */
const char *upload_clean(const char *program, struct str data, enum upload_kind *kind, struct buf *out);

/* The child: a picture from standard input anew to standard output; with `part` ("50 50 100") as a photo
 * (photo.h). The exit status. */
int redraw_main(const char *part);

/* What the child does, in memory. */
enum redrawn { REDRAWN, REDRAW_UNREADABLE, REDRAW_TOO_LARGE, REDRAW_TOO_SMALL };
enum redrawn redraw(struct str data, struct buf *out);

#endif
