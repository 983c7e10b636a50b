/*
 * Files that are part of the program: SQL, templates, assets. Embedded at build (deploy/embed); with
 * UNKNOT_DEV=1 read from the source tree instead, so that an edit shows at the next request or restart.
 */
#ifndef UNKNOT_CORE_ASSET_H
#define UNKNOT_CORE_ASSET_H

#include "core/text.h"

struct asset {
    const char *path; /* "sql/queries/places.sql", "templates/layout/page.html", "assets/app.css" */
    const unsigned char *data;
    size_t size;
};

/* All embedded files, ordered by path (strcmp); assets/ also holds `x.gz` beside `x` where that is smaller. */
extern const struct asset asset_table[];
extern const size_t asset_count;

const struct asset *asset_find(const char *path);

/* Calls `each` for every asset whose path starts with `prefix`, in order; stops and returns false when it does. */
bool asset_each(const char *prefix, bool (*each)(const struct asset *, void *), void *context);

#endif
