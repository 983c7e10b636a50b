/*
 * The 24 statements of the Roland-Morris questionnaire, read from a file that an operator brings: plain text,
 * or a FHIR R4 Questionnaire. Their words belong to their authors, who let them be used unchanged, so this
 * program has none of them, and changes none. Pure.
 *
 * Plain text is UTF-8: lines "Language: en", "Source: …", "Attribution: …" and, where the words above the
 * statements are brought too, "Instruction: …"; then the statements, one a line. Of a Questionnaire these are
 * `language`, `url` (or `publisher`), `copyright`, the first item of type display, and the items of type
 * boolean, in groups or not.
 */
#ifndef UNKNOT_OUTCOME_STATEMENTS_H
#define UNKNOT_OUTCOME_STATEMENTS_H

#include "core/arena.h"
#include "core/text.h"

enum { STATEMENTS = 24, STATEMENT_LENGTH = 300, STATEMENTS_FILE_MAX = 256 << 10 };

struct statements {
    struct str language, source, attribution, instruction; /* instruction: empty, none was brought */
    struct str statement[STATEMENTS];
    size_t count;
};

/* False with a sentence in `fault` that says what to mend; else `s`, which may lie in `file` and in a. */
bool statements_read(struct arena *a, struct str file, struct statements *s, char fault[200]);
/* As a JSON object, for query statements.bring. */
bool statements_write(const struct statements *s, struct buf *out);

#endif
