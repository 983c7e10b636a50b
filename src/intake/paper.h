/* A clinician's answer or a call about it, sealed under its client's key: kept, listed, sent out. */
#ifndef UNKNOT_INTAKE_PAPER_H
#define UNKNOT_INTAKE_PAPER_H

#include "upload/upload.h"
#include "web/web.h"

struct paper {
    bool note;             /* with a file, from the client; else a call, from the therapist */
    const char *day, *who; /* YYYY-MM-DD; the clinician */
    const char *said;      /* of a call */
    enum upload_kind kind;
    struct str file;
};

/* The booking's document, or {"problem", "field", "title"}. NULL after having replied. */
const char *paper_keep(struct request *r, const char *booking, const struct paper *p);

/* The file of a note, as an attachment that opens nothing here. Replies. */
void paper_send(struct request *r, const char *booking, const char *item);

/* What stands in "booking.clearance.items" of the therapist's document, with {"who", "said"} added to each.
 * NULL after having replied. */
const char *papers_opened(struct request *r, const char *booking, const char *doc);

#endif
