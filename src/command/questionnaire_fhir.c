#include "command/questionnaire.h"

#include "core/json.h"
#include "intake/bring.h"
#include "intake/fhir.h"

#include <stdio.h>
#include <string.h>

static bool told(const char *sentence)
{
    fprintf(stderr, "unknot: %s\n", sentence);
    return false;
}

static bool told_fault(const struct questionnaire_fault *f)
{
    fprintf(stderr, "unknot: %s, %s, line %d: %s\n", f->where, f->what, f->at.line, f->at.reason);
    return false;
}

bool questionnaire_export(struct db *db, struct arena *a, const char *version)
{
    const char *document;
    struct questionnaire_fault fault;
    struct buf out = {.max = BRING_MAX};
    if (db_get(db, a, Q_questionnaire_document, &document, version) != DB_OK)
        return told("there is no such version of the questionnaire");
    const struct questionnaire *q = questionnaire_read(a, str_of(document), false, &fault);
    if (!q)
        return told_fault(&fault);
    bool good = fhir_questionnaire(q, str_of(document), &out) && fwrite(out.p, 1, out.n, stdout) == out.n &&
                putchar('\n') == '\n' && fflush(stdout) == 0;
    buf_free(&out);
    return good || told("it could not be written");
}

static bool read_file(const char *path, struct buf *out)
{
    char piece[8192];
    size_t n;
    FILE *in = fopen(path, "rb");
    while (in && (n = fread(piece, 1, sizeof piece, in)) > 0)
        buf_put(out, piece, n);
    bool good = in && !ferror(in) && !out->failed && out->n;
    if (in)
        fclose(in);
    return good;
}

static bool store(struct db *db, struct arena *a, const char *brought)
{
    const char *made;
    const char *const values[] = {brought, "unknot questionnaire import"};
    enum db_status status = db_query_as(db, NULL, a, Q_questionnaire_import, &made, 2, values);
    if (status == DB_NONE)
        return told("there is a draft already: publish it or throw it away first");
    if (status != DB_OK)
        return told("the draft could not be stored; nothing was changed");
    printf("version %s is a draft now, with the rules of the published version\n",
           json_member(a, made, "version"));
    return true;
}

bool questionnaire_import(struct db *db, struct arena *a, const char *path)
{
    const char *published, *brought = NULL;
    struct questionnaire_fault fault;
    struct buf file = {.max = BRING_MAX};
    bool good = read_file(path, &file) || told("the file cannot be read, is empty or has more than 4 MiB");
    if (good && db_get(db, a, Q_questionnaire_document, &published, NULL) != DB_OK)
        good = told("there is no published version: run `unknot migrate`");
    if (good && !(brought = questionnaire_bring(a, (struct str){file.p, file.n}, published, &fault)))
        good = strcmp(fault.what, "file") == 0 ? told(fault.at.reason) : told_fault(&fault);
    good = good && store(db, a, brought);
    buf_free(&file);
    return good;
}
