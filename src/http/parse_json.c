/* JSON that clients send, made to look like a form. */
#include "http/parse.h"

#include <jansson.h>

#define DEPTH_MAX  16
#define VALUES_MAX 256

/* jansson allows 2048 levels; a form needs three. Counted before it sees the text: brackets outside strings.
 */
static bool is_shallow(struct str text)
{
    int depth = 0;
    bool quoted = false;
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (quoted && c == '\\')
            i++;
        else if (c == '"')
            quoted = !quoted;
        else if (!quoted && (c == '{' || c == '['))
            depth++;
        else if (!quoted && (c == '}' || c == ']'))
            depth--;
        if (depth > DEPTH_MAX)
            return false;
    }
    return true;
}

/* NULL for what a form cannot hold (null, objects, arrays in arrays): it is left out. 17 digits give a double
 * back exactly. */
static const char *scalar_text(const json_t *value, struct arena *a)
{
    switch (json_typeof(value)) {
    case JSON_STRING:
        return json_string_value(value);
    case JSON_INTEGER:
        return arena_printf(a, "%lld", (long long)json_integer_value(value));
    case JSON_REAL:
        return arena_printf(a, "%.17g", json_real_value(value));
    case JSON_TRUE:
        return "true";
    case JSON_FALSE:
        return "false";
    default:
        return NULL;
    }
}

static void add(struct pairs *form, const char *name, const json_t *value, struct arena *a)
{
    const char *text = scalar_text(value, a);
    if (text)
        form->at[form->n++] = (struct pair){str_of(name), str_of(text)};
}

/* As many as flatten may add, at least. */
static size_t count_values(json_t *object)
{
    size_t n = 0;
    const char *name;
    json_t *value;
    json_object_foreach(object, name, value) n += json_is_array(value) ? json_array_size(value) : 1;
    return n;
}

static bool flatten(json_t *object, struct arena *a, struct pairs *form)
{
    const char *name;
    json_t *value, *element;
    size_t i, count = count_values(object);
    if (count > VALUES_MAX)
        return false;
    form->at = arena_alloc(a, count * sizeof *form->at);
    if (!form->at)
        return false;
    json_object_foreach(object, name, value)
    {
        if (!json_is_array(value))
            add(form, name, value, a);
        else
            json_array_foreach(value, i, element) add(form, name, element, a);
    }
    return !arena_failed(a);
}

/* For arena_defer. */
static void release(void *json)
{
    json_decref(json);
}

bool parse_json(struct str body, struct arena *a, json_t **json, struct pairs *form)
{
    json_error_t ignored;
    *json = NULL;
    *form = (struct pairs){NULL, 0};
    if (!is_shallow(body))
        return false;
    json_t *object = json_loadb(body.p, body.n, JSON_REJECT_DUPLICATES, &ignored);
    if (!object || !arena_defer(a, release, object))
        return false;
    if (!json_is_object(object) || !flatten(object, a, form))
        return false;
    *json = object;
    return true;
}

const char *json_content(const struct request *r, const char *const *without)
{
    json_t *content = json_copy(r->json);
    for (; content && *without; without++)
        json_object_del(content, *without);
    char *text = content ? json_dumps(content, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
    const char *copy = arena_strdup(r->arena, text);
    free(text);
    json_decref(content);
    return copy;
}
