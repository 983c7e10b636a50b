/* unknot questionnaire export and import: FHIR on standard output, and from a file. */
#ifndef UNKNOT_COMMAND_QUESTIONNAIRE_H
#define UNKNOT_COMMAND_QUESTIONNAIRE_H

#include "core/arena.h"
#include "db/db.h"

/* version NULL: the published one. Both false after a sentence on stderr. */
bool questionnaire_export(struct db *db, struct arena *a, const char *version);
/* Makes a draft of it, with the rules of the published version. */
bool questionnaire_import(struct db *db, struct arena *a, const char *path);

#endif
