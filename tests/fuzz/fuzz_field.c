/* What people type into fields: the first byte chooses the kind, the rest is the text. What is accepted must
 * be what it says, and stay so when it comes back from the database into the same form. Sealed text and form
 * tokens are read, too. */
#include "web/field.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static bool without(const char *value, const char *bad)
{
    return !strpbrk(value, bad);
}

static void fits(const struct field *f, const char *value)
{
    int64_t n;
    switch (f->kind) {
    case FIELD_TEXT:
        must(without(value, "\r\x01\x7f"));
        break;
    case FIELD_LINE:
        must(without(value, "\r\n\t\x7f"));
        break;
    case FIELD_EMAIL:
        must(strchr(value, '@') && strlen(value) <= 254 && without(value, "\r\n\t ,;:<>"));
        break;
    case FIELD_INT:
    case FIELD_MONEY:
        must(text_int(str_of(value), f->min, f->max, &n));
        break;
    case FIELD_DATE:
        must(strlen(value) == 10);
        break;
    case FIELD_TIME:
        must(strlen(value) == 5 && value[2] == ':' && strcmp(value, "24:00") <= 0);
        break;
    case FIELD_UUID:
        must(text_is_uuid(str_of(value)) && without(value, "ABCDEF"));
        break;
    case FIELD_CHOICE:
        must(strcmp(value, "yes") == 0 || strcmp(value, "no") == 0);
        break;
    case FIELD_SLUGS:
    case FIELD_SECRET:
        break;
    }
}

static void one(struct arena *a, enum field_kind kind, struct str s)
{
    static const char *const choices[] = {"yes", "no", NULL};
    struct field f = {.kind = kind, .min = 1, .max = 500, .choices = kind == FIELD_CHOICE ? choices : NULL};
    const char *value = field_value(&f, a, s);
    if (!value)
        return;
    fits(&f, value);
    const char *again = kind == FIELD_MONEY ? value : field_value(&f, a, str_of(value));
    must(again && strcmp(again, value) == 0);
}

static void slugs(struct arena *a, struct str s)
{
    struct field f = {.kind = FIELD_SLUGS};
    const char *value = slugs_value(&f, a, &s, 1);
    if (value)
        must(strlen(value) == s.n + 2 && without(value, "\",\\ "));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const unsigned char key[32] = {1};
    if (size < 2)
        return 0;
    struct arena *a = arena_new((size_t)1 << 20);
    char *text = malloc(size - 1); /* as long as it is: reading past the end is seen */
    memcpy(text, data + 1, size - 1);
    struct str s = {text, size - 1};
    if (text_is_utf8(s)) {
        enum field_kind kind = data[0] % (FIELD_SECRET + 1);
        if (kind == FIELD_SLUGS)
            slugs(a, s);
        else
            one(a, kind, s);
    }
    must(!csrf_valid(key, "somebody", s));
    const char *sealed = arena_strndup(a, text, size - 1);
    must(!sealed || !unseal_with(key, a, "purpose", "bound", sealed));
    free(text);
    arena_free(a);
    return 0;
}
