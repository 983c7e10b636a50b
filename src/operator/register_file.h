/*
 * Files that registers publish, told into rows by a mapping, which is data of the register:
 *
 *   {"columns": {"number": "credentialnumber", "name": ["firstname", "lastname"], "status": "status",
 *                "expires": "expirationdate", "discipline": "actiontaken"},
 *    "date": "YYYYMMDD", "separator": ",", "only": {"credentialtype": ["Massage Therapist License"]},
 *    "active": ["active"], "no_discipline": ["No"]}
 *
 * Only "number" and "name" are needed. Names of columns are compared without case, blanks and signs. `only`
 * leaves other rows out; a row without a number or name is left out, too. "active" is the database's to read.
 */
#ifndef UNKNOT_REGISTER_FILE_H
#define UNKNOT_REGISTER_FILE_H

#include "core/arena.h"
#include "core/csv.h"

enum register_column {
    REGISTER_NUMBER,
    REGISTER_NAME,
    REGISTER_STATUS,
    REGISTER_EXPIRES,
    REGISTER_DISCIPLINE,
    REGISTER_COLUMNS
};
enum { REGISTER_PARTS = 6, REGISTER_ONLY = 4, REGISTER_TEXT = 400 };

struct register_file {
    struct csv csv;
    const char *problem; /* a sentence, when something is wrong with file or mapping */
    long rows, left_out;
    char value[REGISTER_COLUMNS][REGISTER_TEXT]; /* of the row; expires as YYYY-MM-DD; "": not said */

    const char *date; /* the order of year, month and day */
    size_t parts[REGISTER_COLUMNS];
    size_t part[REGISTER_COLUMNS][REGISTER_PARTS];
    size_t only_count, only_column[REGISTER_ONLY];
    const char *only_values[REGISTER_ONLY]; /* each with a line end before and behind, folded */
    const char *no_discipline;
};

/* Reads the mapping and the first record. `csv.read` and `csv.context` are set by the caller; what is kept of
 * the mapping lies in `a`. False with `problem`. */
bool register_file_begin(struct register_file *f, struct arena *a, struct str mapping);
/* The next row into `value`. False at the end, and with `problem`. */
bool register_file_next(struct register_file *f);
void register_file_end(struct register_file *f);

#endif
