#include "outcome/statements.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>

struct reader {
    struct arena *a;
    struct statements *s;
    char *fault;
};

__attribute__((format(printf, 2, 3))) static bool wrong(struct reader *r, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(r->fault, 200, format, args);
    va_end(args);
    return false;
}

/* --- What fits */

static size_t characters(struct str text)
{
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++)
        n += ((unsigned char)text.p[i] & 0xc0) != 0x80;
    return n;
}

static bool has_control(struct str text)
{
    for (size_t i = 0; i < text.n; i++)
        if ((unsigned char)text.p[i] < ' ' || text.p[i] == 0x7f)
            return true;
    return false;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool same(struct str a, struct str b)
{
    if (a.n != b.n)
        return false;
    for (size_t i = 0; i < a.n; i++)
        if (lower(a.p[i]) != lower(b.p[i]))
            return false;
    return true;
}

static bool fits(struct reader *r, const char *what, struct str text, size_t most)
{
    if (has_control(text))
        return wrong(r, "%s has a control character in it, such as a tab or the end of a line.", what);
    if (characters(text) < 3)
        return wrong(r, "%s is missing or has fewer than 3 characters.", what);
    return characters(text) <= most || wrong(r, "%s has more than %zu characters.", what, most);
}

/* One part of a language tag (RFC 5646), and what is left after it. */
static bool subtag(struct str *tag, size_t least, size_t most, bool letters)
{
    size_t n = 0;
    while (n < tag->n && tag->p[n] != '-') {
        char c = lower(tag->p[n++]);
        if (!(c >= 'a' && c <= 'z') && (letters || !(c >= '0' && c <= '9')))
            return false;
    }
    *tag = (struct str){tag->p + n, tag->n - n};
    return n >= least && n <= most;
}

static bool is_language(struct str tag)
{
    if (!tag.n || !subtag(&tag, 2, 3, true))
        return false;
    for (int more = 0; tag.n; more++) {
        tag = (struct str){tag.p + 1, tag.n - 1};
        if (more == 3 || !subtag(&tag, 2, 8, false))
            return false;
    }
    return true;
}

static bool heads_fit(struct reader *r)
{
    const struct statements *s = r->s;
    if (!is_language(s->language))
        return wrong(r, "The language is missing or no language tag, like en or pt-BR.");
    return fits(r, "The source", s->source, 300) &&
           fits(r, "The attribution, the line about authors and terms,", s->attribution, 600) &&
           (!s->instruction.n || fits(r, "The instruction", s->instruction, 600));
}

static bool all_fit(struct reader *r)
{
    char what[32];
    const struct statements *s = r->s;
    if (!heads_fit(r))
        return false;
    if (s->count != STATEMENTS)
        return wrong(r, "There are %s%zu statements: it takes exactly %d.",
                     s->count > STATEMENTS ? "more than " : "",
                     s->count > STATEMENTS ? (size_t)STATEMENTS : s->count, STATEMENTS);
    for (size_t i = 0; i < STATEMENTS; i++) {
        snprintf(what, sizeof what, "Statement %zu", i + 1);
        if (!fits(r, what, s->statement[i], STATEMENT_LENGTH))
            return false;
        for (size_t k = 0; k < i; k++)
            if (same(s->statement[i], s->statement[k]))
                return wrong(r, "Statements %zu and %zu are the same.", k + 1, i + 1);
    }
    return true;
}

/* One more than there may be is counted, so that it can be told. */
static void add(struct statements *s, struct str text)
{
    if (s->count < STATEMENTS)
        s->statement[s->count] = text;
    if (s->count <= STATEMENTS)
        s->count++;
}

/* --- Plain text */

static struct str trimmed(struct str s)
{
    s = str_trim(s);
    while (s.n && (s.p[s.n - 1] == '\r' || s.p[s.n - 1] == ' '))
        s.n--;
    return s;
}

static struct str next_line(struct str *rest)
{
    const char *end = memchr(rest->p, '\n', rest->n);
    size_t n = end ? (size_t)(end - rest->p) : rest->n, taken = end ? n + 1 : n;
    struct str line = {rest->p, n};
    *rest = (struct str){rest->p + taken, rest->n - taken};
    return trimmed(line);
}

/* The place for the value of a head "Name: value"; NULL: the line is none. */
static struct str *head_of(struct statements *s, struct str line, struct str *value)
{
    const struct {
        struct str name;
        struct str *at;
    } heads[] = {{STR("language:"), &s->language},
                 {STR("source:"), &s->source},
                 {STR("attribution:"), &s->attribution},
                 {STR("instruction:"), &s->instruction}};
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        size_t n = heads[i].name.n;
        if (line.n < n || !same((struct str){line.p, n}, heads[i].name))
            continue;
        *value = trimmed((struct str){line.p + n, line.n - n});
        return heads[i].at;
    }
    return NULL;
}

static bool read_lines(struct reader *r, struct str rest)
{
    while (rest.n) {
        struct str line = next_line(&rest), value;
        struct str *head = r->s->count == 0 ? head_of(r->s, line, &value) : NULL;
        if (head && head->n)
            return wrong(r, "The line %.*s stands there twice.",
                         (int)((const char *)memchr(line.p, ':', line.n) - line.p), line.p);
        if (head)
            *head = value;
        else if (line.n)
            add(r->s, line);
    }
    return true;
}

/* --- A FHIR Questionnaire */

enum { DEEPEST = 4 };

static struct str member(struct reader *r, const json_t *object, const char *key)
{
    const json_t *text = json_object_get(object, key);
    size_t n = json_string_length(text);
    const char *copy = n ? arena_strndup(r->a, json_string_value(text), n) : NULL;
    return copy ? str_trim((struct str){copy, n}) : (struct str){0};
}

static bool read_items(struct reader *r, const json_t *items, int depth)
{
    size_t i;
    const json_t *one;
    json_array_foreach(items, i, one)
    {
        struct str type = member(r, one, "type"), text = member(r, one, "text");
        const json_t *inner = json_object_get(one, "item");
        if (str_is(type, "boolean"))
            add(r->s, text);
        else if (str_is(type, "display") && !r->s->instruction.n)
            r->s->instruction = text;
        else if (!str_is(type, "group") && !str_is(type, "display"))
            return wrong(r, "Every statement is an item of type boolean; “%.40s” is another.",
                         type.n ? type.p : "no type");
        if (inner && (depth == DEEPEST || !str_is(type, "group")))
            return wrong(r, "Items stand in groups, up to %d deep, and nowhere else.", DEEPEST);
        if (inner && !read_items(r, inner, depth + 1))
            return false;
    }
    return true;
}

static bool read_questionnaire(struct reader *r, const json_t *root)
{
    if (!str_is(member(r, root, "resourceType"), "Questionnaire"))
        return wrong(r, "This JSON is no FHIR Questionnaire.");
    r->s->language = member(r, root, "language");
    r->s->source = member(r, root, "url");
    if (!r->s->source.n)
        r->s->source = member(r, root, "publisher");
    r->s->attribution = member(r, root, "copyright");
    return read_items(r, json_object_get(root, "item"), 1);
}

static bool read_json(struct reader *r, struct str file)
{
    json_error_t error;
    json_t *root = json_loadb(file.p, file.n, JSON_REJECT_DUPLICATES, &error);
    if (!root)
        return wrong(r, "This is no JSON: line %d, %.120s.", error.line, error.text);
    bool good = read_questionnaire(r, root);
    json_decref(root);
    return good;
}

/* --- The file */

bool statements_read(struct arena *a, struct str file, struct statements *s, char fault[200])
{
    struct reader r = {.a = a, .s = s, .fault = fault};
    *s = (struct statements){0};
    fault[0] = '\0';
    if (file.n > STATEMENTS_FILE_MAX)
        return wrong(&r, "The file has more than %d KB.", STATEMENTS_FILE_MAX >> 10);
    if (str_starts(file, "\xef\xbb\xbf")) /* a byte order mark, as some editors write it */
        file = (struct str){file.p + 3, file.n - 3};
    if (!text_is_utf8(file))
        return wrong(&r, "The file is not UTF-8 text.");
    size_t blank = 0;
    while (blank < file.n && strchr(" \t\r\n", file.p[blank]))
        blank++;
    bool read = blank < file.n && file.p[blank] == '{' ? read_json(&r, file) : read_lines(&r, file);
    return read && all_fit(&r);
}

static void put(json_t *object, const char *key, struct str text)
{
    if (text.n)
        json_object_set_new(object, key, json_stringn(text.p, text.n));
}

static int append(const char *piece, size_t n, void *out)
{
    buf_put(out, piece, n);
    return 0;
}

bool statements_write(const struct statements *s, struct buf *out)
{
    json_t *root = json_object(), *list = json_array();
    put(root, "language", s->language);
    put(root, "source", s->source);
    put(root, "attribution", s->attribution);
    put(root, "instruction", s->instruction);
    for (size_t i = 0; i < s->count; i++)
        json_array_append_new(list, json_stringn(s->statement[i].p, s->statement[i].n));
    json_object_set_new(root, "statements", list);
    bool good = json_dump_callback(root, append, out, JSON_COMPACT) == 0 && !out->failed;
    json_decref(root);
    return good;
}
