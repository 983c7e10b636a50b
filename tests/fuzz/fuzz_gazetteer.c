/* Three formats over the same bytes, line by line as the importer reads them. */
#include "operator/gazetteer.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static void read_as(enum gazetteer_format format, struct str text)
{
    struct gazetteer g;
    struct gazetteer_place place;
    gazetteer_start(&g, format);
    while (text.n > 0) {
        const char *end = memchr(text.p, '\n', text.n);
        size_t n = end != NULL ? (size_t)(end - text.p) : text.n;
        gazetteer_line(&g, (struct str){text.p, n}, &place);
        size_t step = end != NULL ? n + 1 : n;
        text = (struct str){text.p + step, text.n - step};
    }
    gazetteer_end(&g, &place);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    struct str text = {(const char *)data, size};
    read_as(GAZETTEER_WEATHER, text);
    read_as(GAZETTEER_GEONAMES, text);
    read_as(GAZETTEER_POSTAL, text);
    return 0;
}
