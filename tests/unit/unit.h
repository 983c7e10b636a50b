/* cmocka with the headers it wants before it, and tables of texts. */
#ifndef UNKNOT_TESTS_UNIT_H
#define UNKNOT_TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(table) (sizeof(table) / sizeof *(table))

/* Fails with a sentence that says which row of a table it was. */
#define check_row(ok, row)                                                                                   \
    do {                                                                                                     \
        if (!(ok))                                                                                           \
            fail_msg("row %zu: %s", (size_t)(row), #ok);                                                     \
    } while (0)

#endif
