/* One row of a table that an operator looks after: shown, changed, added. What differs from table to table is
 * told in a struct, and the database says which row it is and whether it will do. */
#ifndef UNKNOT_OPERATOR_EDIT_H
#define UNKNOT_OPERATOR_EDIT_H

#include "web/web.h"

struct editor {
    /* `one` takes the keys, and what was ticked when `ticks`; `fresh` the outer key; `save` the keys (NULL
     * for a new row), the form as JSON, and what was ticked. */
    enum query one, fresh, save;
    const char *outer, *key; /* names of the path's parameters; outer NULL: there is one key */
    const struct field *fields;
    size_t count;
    bool ticks;           /* there are boxes beside the fields */
    const char *template; /* page */
    /* where to go after `doc` was saved */
    const char *(*next)(struct request *r, const char *doc);
};

void edit_get(struct request *r, const struct editor *e);
void edit_new_get(struct request *r, const struct editor *e);
void edit_post(struct request *r, const struct editor *e);
void edit_new_post(struct request *r, const struct editor *e);

extern const char *const yes_no[];

#endif
