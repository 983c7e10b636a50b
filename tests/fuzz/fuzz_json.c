/* The reader on any bytes; what it accepts must hang together and survive a decoding of every value. */
#include "core/json.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void check_token(const struct json *j, uint32_t i, size_t size, struct arena *a)
{
    const struct json_token *t = &j->token[i];
    must(t->next > i && t->next <= j->count);
    must((size_t)t->start + t->size <= size);
    must(t->kind == JSON_ARRAY || t->kind == JSON_OBJECT || t->next == i + 1);
    struct str text = json_text(j, i, a);
    must(text.n <= t->size);
    struct buf out = {.max = 1 << 22};
    json_append(j, i, &out, false);
    must(t->kind == JSON_NULL || (out.n == text.n && (out.n == 0 || memcmp(out.p, text.p, out.n) == 0)));
    buf_free(&out);
}

/* Every member is found by its own decoded key: itself, or an earlier one of the same name. */
static void check_object(const struct json *j, uint32_t object, struct arena *a)
{
    uint32_t members = 0;
    for (uint32_t i = object + 1; i < j->token[object].next; i = j->token[i + 1].next, members++) {
        must(j->token[i].kind == JSON_STRING);
        uint32_t found = json_find(j, object, json_text(j, i, a));
        must(found > object && found <= i + 1);
    }
    must(members == j->token[object].count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new(8 << 20);
    char *text = malloc(size + 1); /* exactly as long as it says, so that reading on is seen */
    struct json j;
    if (!a || !text)
        abort();
    memcpy(text, data, size);
    text[size] = '\0';
    char *tight = realloc(text, size ? size : 1);
    if (size <= 4096 && json_parse(&j, a, (struct str){tight, size})) {
        must(j.token[0].next == j.count);
        for (uint32_t i = 0; i < j.count && !arena_failed(a); i++) {
            check_token(&j, i, size, a);
            if (j.token[i].kind == JSON_OBJECT && !arena_failed(a))
                check_object(&j, i, a);
        }
    }
    free(tight);
    arena_free(a);
    return 0;
}
