/*
 * multipart/form-data (RFC 7578) over a whole body. Browsers and HTTP libraries write one narrow form of it,
 * and that is all that is read: no text before the first or behind the last boundary, only
 * Content-Disposition and Content-Type in a part, only name and filename in the disposition. Values stay
 * where they are in the body.
 */
#define _GNU_SOURCE
#include "http/parse.h"

#include <string.h>

#define BOUNDARY_MAX    70
#define PART_HEADER_MAX 1024

struct multipart {
    struct str rest;      /* what has not been read */
    struct str delimiter; /* CR LF -- boundary */
};

struct part {
    struct str name, filename, type, data;
    bool has_name, is_file;
};

/* Takes `n` bytes off the front of *s. */
static void skip(struct str *s, size_t n)
{
    *s = (struct str){s->p + n, s->n - n};
}

/* True when *s begins with `text`, which is then gone from it. */
static bool take(struct str *s, const char *text)
{
    size_t n = strlen(text);
    if (s->n < n || memcmp(s->p, text, n) != 0)
        return false;
    skip(s, n);
    return true;
}

/* take, A to Z like a to z. */
static bool take_nocase(struct str *s, const char *text)
{
    size_t n = strlen(text);
    if (s->n < n || !str_is_nocase((struct str){s->p, n}, text))
        return false;
    skip(s, n);
    return true;
}

/* Everything before `mark`, which must come; the mark goes too. */
static bool take_until(struct str *s, struct str mark, struct str *before)
{
    const char *found = memmem(s->p, s->n, mark.p, mark.n);
    if (!found)
        return false;
    *before = (struct str){s->p, (size_t)(found - s->p)};
    skip(s, before->n + mark.n);
    return true;
}

/* --- The boundary */

static bool is_boundary(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool alnum = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!alnum && (c == '\0' || !strchr("'()+_,-./:=? ", c)))
            return false;
    }
    return s.n > 0 && s.n <= BOUNDARY_MAX && s.p[s.n - 1] != ' ';
}

/* multipart/form-data; boundary=…, with or without quotes, and no other parameter */
static bool read_boundary(struct str type, struct str *boundary)
{
    if (!take_nocase(&type, "multipart/form-data"))
        return false;
    type = str_trim(type);
    if (!take(&type, ";"))
        return false;
    type = str_trim(type);
    if (!take_nocase(&type, "boundary="))
        return false;
    bool quoted = type.n >= 2 && type.p[0] == '"' && type.p[type.n - 1] == '"';
    *boundary = quoted ? (struct str){type.p + 1, type.n - 2} : type;
    if (!quoted && memchr(type.p, ' ', type.n))
        return false;
    return is_boundary(*boundary);
}

/* --- The headers of a part */

static bool is_printable_text(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7F)
            return false;
    return text_is_utf8(s);
}

/* ; key="value" — a quote inside the value is sent as %22, a backslash stands for itself (as browsers do) */
static bool read_parameter(struct str *line, const char *key, struct str *value)
{
    if (!take(line, "; ") && !take(line, ";"))
        return false;
    return take_nocase(line, key) && take(line, "=\"") && take_until(line, STR("\""), value) &&
           is_printable_text(*value);
}

static bool read_disposition(struct str line, struct part *part)
{
    if (part->has_name || !take_nocase(&line, "form-data") || !read_parameter(&line, "name", &part->name))
        return false;
    part->has_name = part->name.n > 0;
    part->is_file = line.n > 0;
    if (part->is_file && !read_parameter(&line, "filename", &part->filename))
        return false;
    return line.n == 0;
}

static bool read_part_header(struct str line, struct part *part)
{
    struct str name;
    if (!take_until(&line, STR(":"), &name))
        return false;
    line = str_trim(line);
    if (str_is_nocase(name, "Content-Disposition"))
        return read_disposition(line, part);
    if (!str_is_nocase(name, "Content-Type") || part->type.p || !is_printable_text(line))
        return false;
    part->type = line;
    return true;
}

/* Up to the empty line; at most PART_HEADER_MAX bytes in all. */
static bool read_part_headers(struct multipart *m, struct part *part)
{
    struct str line;
    const char *start = m->rest.p;
    for (;;) {
        struct str window = {m->rest.p, m->rest.n < PART_HEADER_MAX ? m->rest.n : PART_HEADER_MAX};
        if (!take_until(&window, STR("\r\n"), &line))
            return false;
        skip(&m->rest, line.n + 2);
        if (line.n == 0)
            return part->has_name;
        if (m->rest.p - start > PART_HEADER_MAX || !read_part_header(line, part))
            return false;
    }
}

/* --- Parts */

/* One part, from behind its boundary line to behind the next delimiter. */
static bool read_part(struct multipart *m, struct part *part)
{
    *part = (struct part){.has_name = false};
    if (!read_part_headers(m, part))
        return false;
    /* the line break that ended the headers cannot be the delimiter's as well */
    struct str bare = {m->delimiter.p + 2, m->delimiter.n - 2};
    if (m->rest.n >= bare.n && memcmp(m->rest.p, bare.p, bare.n) == 0)
        return false;
    return take_until(&m->rest, m->delimiter, &part->data);
}

static bool add_part(const struct part *part, struct pairs *fields, struct upload *uploads, size_t *count)
{
    if (!part->is_file) {
        if (!text_is_utf8(part->data))
            return false;
        fields->at[fields->n++] = (struct pair){part->name, part->data};
    } else if (part->filename.n > 0 || part->data.n > 0) { /* else: a file field left empty */
        uploads[(*count)++] = (struct upload){part->name, part->filename, part->type, part->data};
    }
    return true;
}

/* The first boundary has no line break before it; all others do, so that is kept in the delimiter. */
static bool start(struct multipart *m, struct str type, struct str body, struct arena *a)
{
    struct str boundary;
    if (!read_boundary(type, &boundary))
        return false;
    char *text = arena_printf(a, "\r\n--%.*s", (int)boundary.n, boundary.p);
    if (!text)
        return false;
    *m = (struct multipart){body, str_of(text)};
    return take(&m->rest, text + 2);
}

bool parse_multipart(struct str type, struct str body, size_t max_parts, struct arena *a,
                     struct pairs *fields, struct upload **uploads, size_t *upload_count)
{
    struct multipart m;
    *fields = (struct pairs){NULL, 0};
    *uploads = NULL;
    *upload_count = 0;
    if (!start(&m, type, body, a))
        return false;
    struct pair *pairs = arena_alloc(a, max_parts * sizeof *pairs);
    struct upload *files = arena_alloc(a, max_parts * sizeof *files);
    struct pairs found = {pairs, 0};
    size_t files_found = 0;
    if (!pairs || !files)
        return false;
    while (!take(&m.rest, "--")) {
        struct part part;
        if (found.n + files_found == max_parts || !take(&m.rest, "\r\n") || !read_part(&m, &part) ||
            !add_part(&part, &found, files, &files_found))
            return false;
    }
    if (m.rest.n > 0 &&
        !str_is(m.rest, "\r\n")) /* behind the last boundary: nothing, or the end of its line */
        return false;
    *fields = found;
    *uploads = files;
    *upload_count = files_found;
    return true;
}
