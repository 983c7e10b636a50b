/* Files of queries: whatever is in them, a query that was read is a statement. */
#include "core/log.h"
#include "db/internal.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct query_text q[] = {{.name = "t.a"}, {.name = "t.b"}};
    char *text = malloc(size + 1);
    if (!text)
        return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    log_threshold(LOG_ERROR + 1);
    queries_file(q, 2, "sql/queries/t.sql", text);
    for (size_t i = 0; i < 2; i++) {
        size_t n = q[i].sql ? strlen(q[i].sql) : 1;
        if (n == 0 || (q[i].sql && (strchr("; \t\r\n", q[i].sql[n - 1]) || strncmp(q[i].sql, "--", 2) == 0)))
            abort();
        free(q[i].sql);
    }
    free(text);
    return 0;
}
