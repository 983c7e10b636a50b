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

/* All embedded files, ordered by path (strcmp); assets/ also holds `x.gz` beside `x` where that is smaller.
 */
extern const struct asset asset_table[];
extern const size_t asset_count;

/* NULL when there is none. What was found stays valid as long as the process. Thread-safe. */
const struct asset *asset_find(const char *path);

/* Calls `each` for every asset whose path starts with `prefix`, in order; stops and returns false when it
 * does. */
bool asset_each(const char *prefix, bool (*each)(const struct asset *, void *), void *context);

/* Whether assets come from the source tree below the current directory (a changed file is read again) rather
 * than from the table; config_load says it, before that UNKNOT_DEV=1 does. On disk assets/x is
 * templates/assets/x. */
void asset_from_disk(bool on);

#endif
