/*
 * Versions of the questionnaire as this process holds them. What was published never changes but for its
 * signature, so it is compiled once and kept until the process ends; which version is the published one is
 * asked of the database each time, which costs a look at a table of few rows and is right whoever published
 * when. Thread-safe.
 */
#ifndef UNKNOT_INTAKE_EDITION_H
#define UNKNOT_INTAKE_EDITION_H

#include "intake/questionnaire.h"
#include "web/web.h"

/* The published one, and version n (a draft only as an operator; it lasts as long as the request). NULL
 * having replied: 404 when there is no such version, 500 with a line in the log when it cannot be used, as
 * reply_db. */
const struct questionnaire *questionnaire_now(struct request *r);
const struct questionnaire *questionnaire_version(struct request *r, int32_t n);

/* The same without a request, over queries of the subject `intake`; n = 0: the published one. A draft is in
 * memory of a. DB_NONE: there is no such; DB_ERROR, with a line in the log: it cannot be used. */
enum db_status questionnaire_load(struct db *db, struct arena *a, int32_t n, const struct questionnaire **q);

/* What is wrong with version n when all is looked at (`checked` of questionnaire_read), as a sentence in a;
 * NULL: it is fine, or cannot be read (*status). Keeps nothing. */
const char *questionnaire_problem(struct db *db, struct arena *a, int32_t n, enum db_status *status);

/* "rule RF-03b, condition, line 2, column 8: There is no question "RF77"." in a. */
const char *questionnaire_fault_text(struct arena *a, const struct questionnaire_fault *f);

#endif
