/* What is asked of a search, for the pages that answer it. */
#ifndef UNKNOT_DIRECTORY_QUESTION_H
#define UNKNOT_DIRECTORY_QUESTION_H

#include "directory/directory.h"
#include "web/web.h"

enum {
    ASK_Q,
    ASK_NEAR,
    ASK_RADIUS,
    ASK_WHEN,
    ASK_PART,
    ASK_FROM,
    ASK_TO,
    ASK_LENGTH,
    ASK_PRICE,
    ASK_RATING,
    ASK_SORT,
    ASK_AFTER,
    ASK_BEFORE,
    ASK_FIELDS
};

struct question {
    struct form form; /* values by the numbers above */
    const char *tags; /* {kind,slug,kind,slug…}: array text for PostgreSQL; kinds and slugs it may not know */
    struct cursor cursor; /* key NULL: the first page */
    bool back;            /* the page that ends before the cursor */
};

/* Reads the query; what is wrong with it is in q->form. False when out of memory. */
bool question_read(struct question *q, struct request *r);
/* The database's word on a parameter, which may be a taxonomy's. Both texts must outlive the request. */
bool question_fail(struct question *q, const char *name, const char *message);

#endif
