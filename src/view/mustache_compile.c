/*
 * From text to nodes in four steps: find the tags, pair those that open with those that close, settle which
 * white space goes with a tag, write the nodes.
 *
 * White space (the specification gives it by example): a tag that is alone on its line takes the line with
 * it. A parent and all it contains count as one tag. A filling ({{$x}} below a parent) is a template of its
 * own: it begins behind the line of its opening tag, and the indentation that its first line has is taken
 * from every line; where it is put, it gets the indentation of that place.
 */
#define _GNU_SOURCE /* memmem */
#include "view/mustache.h"

#include <stdlib.h>
#include <string.h>

#define MAX_SOURCE ((size_t)1 << 20)
#define NONE       UINT32_MAX

/* The order counts: below PARTIAL are those that look a name up, below CLOSE those that become nodes. */
enum tag_kind { VALUE, RAW, SECTION, INVERTED, PARTIAL, PARENT, BLOCK, CLOSE, COMMENT, DELIMITERS };

struct tag {
    enum tag_kind kind;
    bool alone;     /* has its line for itself */
    bool own_lines; /* block: content begins on the next line */
    uint32_t line;
    uint32_t match;    /* the tag that closes this one, or that it closes */
    uint32_t inside;   /* the tag that is open around this one */
    size_t start, end; /* the tag itself */
    size_t from, to;   /* the tag and the white space that goes with it */
    struct str name, indent;
    struct str strip; /* block below a parent: the indentation taken from its lines */
};

struct compiler {
    struct str text;
    struct buf *error;
    struct tag *tag;
    uint32_t tags, tag_cap;
    struct mustache *m;
    uint32_t node_cap, part_cap;
    uint32_t line; /* of `counted` */
    size_t counted;
};

/* False, with the message for whoever loads the template. */
static bool refuse(struct compiler *c, uint32_t line, const char *what, struct str name)
{
    buf_printf(c->error, "line %u: %s", line, what);
    if (name.n > 0)
        buf_printf(c->error, " \"%.*s\"", name.n > 80 ? 80 : (int)name.n, name.p);
    return false;
}

static bool no_memory(struct compiler *c)
{
    return refuse(c, c->line, "out of memory", STR(""));
}

/* Room for one more in a growing array. */
static bool more(struct compiler *c, void **array, uint32_t n, uint32_t *cap, size_t size)
{
    if (n < *cap)
        return true;
    uint32_t wanted = *cap ? *cap * 2 : 64;
    void *grown = realloc(*array, wanted * size);
    if (!grown)
        return no_memory(c);
    *array = grown;
    *cap = wanted;
    return true;
}

/* Finding the tags */

/* Counts on from where the last call ended, so `at` must not go back. */
static uint32_t line_at(struct compiler *c, size_t at)
{
    for (; c->counted < at; c->counted++)
        c->line += c->text.p[c->counted] == '\n';
    return c->line;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static struct str trim(struct str s)
{
    while (s.n > 0 && is_space(s.p[0]))
        s.p++, s.n--;
    while (s.n > 0 && is_space(s.p[s.n - 1]))
        s.n--;
    return s;
}

static const char *find(struct str text, size_t from, struct str what)
{
    return from >= text.n ? NULL : memmem(text.p + from, text.n - from, what.p, what.n);
}

struct delimiters {
    struct str open, close;
};

static bool has_space(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (is_space(s.p[i]))
            return true;
    return false;
}

/* `inner` is what stands between the two equals signs. */
static bool change_delimiters(struct compiler *c, struct delimiters *d, struct str inner, uint32_t line)
{
    size_t n = 0;
    inner = trim(inner);
    while (n < inner.n && !is_space(inner.p[n]))
        n++;
    struct str open = {inner.p, n}, close = trim((struct str){inner.p + n, inner.n - n});
    if (open.n == 0 || close.n == 0 || has_space(close) || memchr(inner.p, '=', inner.n))
        return refuse(c, line, "these are no delimiters:", inner);
    *d = (struct delimiters){open, close};
    return true;
}

/* By the character behind the opening delimiter; any other begins a name. */
static enum tag_kind kind_of(char sigil)
{
    switch (sigil) {
    case '{':
    case '&':
        return RAW;
    case '#':
        return SECTION;
    case '^':
        return INVERTED;
    case '>':
        return PARTIAL;
    case '<':
        return PARENT;
    case '$':
        return BLOCK;
    case '/':
        return CLOSE;
    case '!':
        return COMMENT;
    case '=':
        return DELIMITERS;
    default:
        return VALUE;
    }
}

static bool check_name(struct compiler *c, const struct tag *t)
{
    if (t->kind == COMMENT || t->kind == DELIMITERS)
        return true;
    if (t->name.n == 0)
        return refuse(c, t->line, "a tag without a name", STR(""));
    if (has_space(t->name))
        return refuse(c, t->line, "a name with a blank in it:", t->name);
    return true;
}

/* The tag whose opening delimiter is at `start`; its name is what stands between sigil and end. */
static bool read_tag(struct compiler *c, struct delimiters *d, size_t start, struct tag *t)
{
    char closing[64];
    size_t inner = start + d->open.n;
    char sigil = inner < c->text.n ? c->text.p[inner] : '\0';
    *t = (struct tag){
        .kind = kind_of(sigil), .start = start, .line = line_at(c, start), .match = NONE, .inside = NONE};
    t->indent = t->strip = STR("");
    struct str close = d->close;
    if (sigil == '{' || sigil == '=') { /* these have a second half in front of the closing delimiter */
        if (close.n + 1 >= sizeof closing)
            return refuse(c, t->line, "delimiters are too long", STR(""));
        closing[0] = sigil == '{' ? '}' : '=';
        memcpy(closing + 1, close.p, close.n);
        close = (struct str){closing, close.n + 1};
    }
    inner += t->kind != VALUE;
    const char *end = find(c->text, inner, close);
    if (!end)
        return refuse(c, t->line, "a tag that does not end", STR(""));
    t->end = (size_t)(end - c->text.p) + close.n;
    t->from = t->start;
    t->to = t->end;
    t->name = trim((struct str){c->text.p + inner, (size_t)(end - c->text.p) - inner});
    if (t->kind == DELIMITERS)
        return change_delimiters(c, d, t->name, t->line);
    return check_name(c, t);
}

static bool find_tags(struct compiler *c)
{
    struct delimiters d = {STR("{{"), STR("}}")};
    const char *open;
    for (size_t at = 0; (open = find(c->text, at, d.open)); at = c->tag[c->tags - 1].end) {
        if (!more(c, (void **)&c->tag, c->tags, &c->tag_cap, sizeof *c->tag))
            return false;
        if (!read_tag(c, &d, (size_t)(open - c->text.p), &c->tag[c->tags]))
            return false;
        c->tags++;
    }
    return true;
}

/* Pairing */

static bool opens(const struct tag *t)
{
    return t->kind == SECTION || t->kind == INVERTED || t->kind == PARENT || t->kind == BLOCK;
}

/* Sets match and inside of all tags; false when one is not closed, or closed by another's name. */
static bool pair_tags(struct compiler *c)
{
    uint32_t open[MUSTACHE_DEPTH], depth = 0;
    for (uint32_t i = 0; i < c->tags; i++) {
        struct tag *t = &c->tag[i];
        t->inside = depth > 0 ? open[depth - 1] : NONE;
        if (t->kind == CLOSE) {
            if (depth == 0)
                return refuse(c, t->line, "nothing is open that this would close:", t->name);
            struct tag *o = &c->tag[open[--depth]];
            if (!str_eq(o->name, t->name))
                return refuse(c, t->line, "this closes another tag than the last that was opened:", t->name);
            t->inside = o->inside;
            t->match = open[depth];
            o->match = i;
        } else if (opens(t)) {
            if (depth == MUSTACHE_DEPTH)
                return refuse(c, t->line, "too many tags in each other:", t->name);
            open[depth++] = i;
        }
    }
    return depth == 0 || refuse(c, c->tag[open[depth - 1]].line,
                                "this is opened and not closed:", c->tag[open[depth - 1]].name);
}

/* White space */

/* Where the line of `at` begins. */
static size_t line_start(const struct compiler *c, size_t at)
{
    while (at > 0 && c->text.p[at - 1] != '\n')
        at--;
    return at;
}

static size_t skip_blanks(const struct compiler *c, size_t at)
{
    while (at < c->text.n && (c->text.p[at] == ' ' || c->text.p[at] == '\t'))
        at++;
    return at;
}

/* Nothing but blanks between the beginning of the line and the tag. */
static bool blank_before(const struct compiler *c, const struct tag *t)
{
    return skip_blanks(c, line_start(c, t->start)) >= t->start;
}

/* Nothing but blanks between the tag and the end of its line; *next is where the next one starts. */
static bool blank_after(const struct compiler *c, const struct tag *t, size_t *next)
{
    size_t at = skip_blanks(c, t->end);
    if (at < c->text.n && c->text.p[at] == '\r')
        at++;
    if (at < c->text.n && c->text.p[at] != '\n')
        return false;
    *next = at < c->text.n ? at + 1 : at;
    return true;
}

static struct str blanks_before(const struct compiler *c, const struct tag *t)
{
    size_t start = line_start(c, t->start);
    return (struct str){c->text.p + start, t->start - start};
}

/* A tag that is alone on its line takes blanks and line end with it. */
static void stand_alone(struct compiler *c, struct tag *t)
{
    size_t next;
    if (!blank_before(c, t) || !blank_after(c, t, &next))
        return;
    t->alone = true;
    t->indent = blanks_before(c, t);
    t->from = line_start(c, t->start);
    t->to = next;
}

/* The blanks in front of the first line between `from` and `to` that has something else. */
static bool first_indent(const struct compiler *c, size_t from, size_t to, struct str *indent)
{
    while (from < to) {
        size_t at = skip_blanks(c, from);
        if (at >= to)
            return false;
        if (c->text.p[at] != '\n' && c->text.p[at] != '\r') {
            *indent = (struct str){c->text.p + from, at - from};
            return true;
        }
        const char *newline = memchr(c->text.p + at, '\n', to - at);
        if (!newline)
            return false;
        from = (size_t)(newline - c->text.p) + 1;
    }
    return false;
}

/* Opening and closing tag may be on different lines: what stands between them counts for nothing, so each is
 * looked at from outside. */
static void space_of_parent(struct compiler *c, struct tag *t)
{
    struct tag *close = &c->tag[t->match];
    size_t start = line_start(c, t->start), next = close->end;
    bool one_line = start == line_start(c, close->start);
    bool before = blank_before(c, t), after = blank_after(c, close, &next);
    if (one_line && !(before && after))
        return;
    if (before) {
        t->alone = true;
        t->indent = blanks_before(c, t);
        t->from = start;
    }
    if (after)
        close->to = next;
}

/* {{$x}} below a parent: a template of its own. */
static void space_of_filling(struct compiler *c, struct tag *t)
{
    struct tag *close = &c->tag[t->match];
    size_t next;
    if (blank_after(c, t, &next)) {
        t->own_lines = true;
        t->to = next;
    }
    if (blank_before(c, close) && line_start(c, close->start) >= t->to)
        close->from = line_start(c, close->start);
    if (t->own_lines)
        first_indent(c, t->to, close->from, &t->strip);
}

/* {{$x}} elsewhere: a place. Its indentation is that of its own content, or else of the tag. */
static void space_of_place(struct compiler *c, struct tag *t)
{
    struct tag *close = &c->tag[t->match];
    stand_alone(c, t);
    stand_alone(c, close);
    if (t->alone)
        first_indent(c, t->to, close->from, &t->indent);
    else if (blank_before(c, t))
        t->indent = blanks_before(c, t);
}

/* A block right below a parent fills a place; any other block is a place. */
static bool is_filling(const struct compiler *c, const struct tag *t)
{
    return t->kind == BLOCK && t->inside != NONE && c->tag[t->inside].kind == PARENT;
}

static void settle_space(struct compiler *c)
{
    for (uint32_t i = 0; i < c->tags; i++) {
        struct tag *t = &c->tag[i];
        if (t->kind == PARENT)
            space_of_parent(c, t);
        else if (is_filling(c, t))
            space_of_filling(c, t);
        else if (t->kind == BLOCK)
            space_of_place(c, t);
        else if (t->kind == SECTION || t->kind == INVERTED || t->kind == PARTIAL || t->kind == COMMENT ||
                 t->kind == DELIMITERS)
            stand_alone(c, t);
        else if (t->kind == CLOSE && c->tag[t->match].kind != PARENT && c->tag[t->match].kind != BLOCK)
            stand_alone(c, t);
    }
}

/* Writing the nodes */

/* NULL when memory ends. The pointer is good until the next one is added. */
static struct node *add_node(struct compiler *c, enum node_kind kind, uint32_t line)
{
    struct mustache *m = c->m;
    if (!more(c, (void **)&m->node, m->nodes, &c->node_cap, sizeof *m->node))
        return NULL;
    m->node[m->nodes] = (struct node){.kind = (uint8_t)kind, .line = line, .end = m->nodes + 1};
    return &m->node[m->nodes++];
}

/* Goes on with the last text where it is the next of the source. */
static bool add_text(struct compiler *c, size_t from, size_t to, bool line_start)
{
    struct mustache *m = c->m;
    struct node *last = m->nodes > 0 ? &m->node[m->nodes - 1] : NULL;
    if (from < to && last && last->kind == NODE_TEXT && last->text.n > 0 &&
        last->text.p + last->text.n == c->text.p + from) {
        last->text.n += to - from;
        return true;
    }
    struct node *n = add_node(c, NODE_TEXT, 0);
    if (!n)
        return false;
    n->text = (struct str){c->text.p + from, to - from};
    n->line_start = line_start;
    return true;
}

/* Behind what `strip` and the text at `from` have in common. */
static size_t skip_strip(const struct compiler *c, size_t from, size_t to, struct str strip)
{
    for (size_t i = 0; i < strip.n && from < to && c->text.p[from] == strip.p[i]; i++)
        from++;
    return from;
}

static bool starts_line(const struct compiler *c, size_t at)
{
    return at == 0 || c->text.p[at - 1] == '\n';
}

/* The text between two tags. A tag at the very start of a line gets an empty text in front, which is where an
 * indentation would go. */
static bool add_between(struct compiler *c, size_t from, size_t to, struct str strip, bool tag_follows)
{
    while (from < to) {
        bool fresh = starts_line(c, from);
        const char *newline = strip.n > 0 ? memchr(c->text.p + from, '\n', to - from) : NULL;
        size_t end = newline ? (size_t)(newline - c->text.p) + 1 : to;
        size_t start = fresh ? skip_strip(c, from, end, strip) : from;
        if (!add_text(c, start, end, fresh))
            return false;
        from = end;
    }
    return !tag_follows || !starts_line(c, to) || add_text(c, to, to, true);
}

/* "a.b.c" as three parts; "." has none. */
static bool add_parts(struct compiler *c, struct node *n)
{
    struct mustache *m = c->m;
    struct str rest = n->text;
    n->part = m->parts;
    if (str_is(rest, "."))
        return true;
    for (;;) {
        const char *dot = memchr(rest.p, '.', rest.n);
        struct str part = {rest.p, dot ? (size_t)(dot - rest.p) : rest.n};
        if (part.n == 0)
            return refuse(c, n->line, "a name with an empty part:", n->text);
        if (!more(c, (void **)&m->part, m->parts, &c->part_cap, sizeof *m->part))
            return false;
        m->part[m->parts++] = part;
        n->parts++;
        if (!dot)
            return true;
        rest = (struct str){dot + 1, rest.n - part.n - 1};
    }
}

/* An indentation inside a filling loses what the filling's lines lose. */
static struct str stripped(struct str indent, struct str strip)
{
    size_t n = 0;
    while (n < indent.n && n < strip.n && indent.p[n] == strip.p[n])
        n++;
    return (struct str){indent.p + n, indent.n - n};
}

static bool add_tag(struct compiler *c, const struct tag *t, struct str strip)
{
    static const enum node_kind kinds[] = {
        [VALUE] = NODE_VALUE,       [RAW] = NODE_RAW,         [SECTION] = NODE_SECTION,
        [INVERTED] = NODE_INVERTED, [PARTIAL] = NODE_PARTIAL, [PARENT] = NODE_PARENT,
        [BLOCK] = NODE_BLOCK};
    struct node *n = add_node(c, kinds[t->kind], t->line);
    if (!n)
        return false;
    n->text = t->name;
    n->indent = stripped(t->indent, strip);
    n->whole_line = t->alone;
    n->line_start = t->alone;
    n->own_lines = t->own_lines;
    return t->kind >= PARTIAL || add_parts(c, n);
}

/* What is open while the nodes are written; open[0] is the template itself. */
struct open {
    uint32_t node;
    struct str strip;
    bool ignore; /* a parent: text right below it is not part of anything */
};

static bool write_nodes(struct compiler *c)
{
    struct open open[MUSTACHE_DEPTH + 1] = {{0}};
    uint32_t depth = 0;
    size_t at = 0;
    for (uint32_t i = 0; i < c->tags; i++) {
        const struct tag *t = &c->tag[i];
        struct open *o = &open[depth];
        bool in_line = !t->alone && !(t->kind == CLOSE && is_filling(c, &c->tag[t->match]));
        if (!o->ignore && !add_between(c, at, t->from, o->strip, in_line))
            return false;
        at = t->to;
        if (t->kind == CLOSE) {
            c->m->node[o->node].end = c->m->nodes;
            depth--;
        } else if (t->kind < CLOSE && !add_tag(c, t, o->strip)) {
            return false;
        }
        if (!opens(t))
            continue;
        struct str strip = is_filling(c, t) ? t->strip : o->strip;
        open[++depth] = (struct open){c->m->nodes - 1, strip, t->kind == PARENT};
    }
    return add_between(c, at, c->text.n, STR(""), false);
}

struct mustache *mustache_compile(struct str text, struct buf *error)
{
    struct compiler c = {.error = error, .line = 1};
    bool good = false;
    c.m = calloc(1, sizeof *c.m);
    if (c.m && text.n <= MAX_SOURCE)
        c.m->source = malloc(text.n + 1);
    if (c.m && c.m->source) {
        memcpy(c.m->source, text.n > 0 ? text.p : "", text.n);
        c.m->source[text.n] = '\0';
        c.text = (struct str){c.m->source, text.n};
        good = find_tags(&c) && pair_tags(&c);
        if (good)
            settle_space(&c);
        good = good && write_nodes(&c);
    } else {
        refuse(&c, 1, text.n > MAX_SOURCE ? "the template is too large" : "out of memory", STR(""));
    }
    free(c.tag);
    if (good)
        return c.m;
    mustache_free(c.m);
    return NULL;
}

void mustache_free(struct mustache *m)
{
    if (!m)
        return;
    free(m->source);
    free(m->node);
    free(m->part);
    free(m);
}
