/* Checks of single fields, exposed for form.c and tests. */
#ifndef UNKNOT_WEB_FIELD_H
#define UNKNOT_WEB_FIELD_H

#include "web/web.h"

#define SLUGS_MAX 64

/* The canonical value of trimmed, non-empty text for any kind but FIELD_SLUGS; NULL when it does not fit. */
const char *field_value(const struct field *f, struct arena *a, struct str s);
/* {a,b} for the values of a FIELD_SLUGS; NULL when one does not fit or there are too few or too many. */
const char *slugs_value(const struct field *f, struct arena *a, const struct str *values, size_t n);
bool slug_fits(const struct field *f, struct str s);
bool date_exists(int year, int month, int day);

#endif
