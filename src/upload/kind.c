#define _GNU_SOURCE
#include "upload/upload.h"

static const struct {
    const char *type, *ending;
} kinds[] = {[UPLOAD_NONE] = {"application/octet-stream", "bin"},
             [UPLOAD_PDF] = {"application/pdf", "pdf"},
             [UPLOAD_JPEG] = {"image/jpeg", "jpg"},
             [UPLOAD_PNG] = {"image/png", "png"}};

const char *upload_type(enum upload_kind kind)
{
    return kinds[kind].type;
}

const char *upload_ending(enum upload_kind kind)
{
    return kinds[kind].ending;
}

enum upload_kind upload_by_ending(const char *ending)
{
    for (enum upload_kind kind = UPLOAD_PDF; ending && kind <= UPLOAD_PNG; kind++)
        if (strcmp(ending, kinds[kind].ending) == 0)
            return kind;
    return UPLOAD_NONE;
}

/* Begins as PDF 1 or 2, and says near its end that it ends: what was cut off on the way has no such end. */
static bool is_pdf(struct str d)
{
    size_t tail = d.n < 1024 ? d.n : 1024;
    return (str_starts(d, "%PDF-1.") || str_starts(d, "%PDF-2.")) &&
           memmem(d.p + d.n - tail, tail, "%%EOF", 5) != NULL;
}

enum upload_kind upload_kind(struct str data)
{
    if (data.n >= 8 && memcmp(data.p, "\x89PNG\r\n\x1a\n", 8) == 0)
        return UPLOAD_PNG;
    if (data.n >= 3 && memcmp(data.p, "\xff\xd8\xff", 3) == 0)
        return UPLOAD_JPEG;
    return is_pdf(data) ? UPLOAD_PDF : UPLOAD_NONE;
}
