/*
 * A walk over the nodes with two stacks: values, in which names are looked up from the top down, and
 * parents whose fillings are in force. Nothing is copied out of the JSON documents. False means that a
 * limit was passed or the output is full; the page is then given up whole.
 */
#include "view/mustache.h"

#include <string.h>

#define MAX_CONTEXTS 16
#define MAX_INDENT   256
/* Iterations and expansions of one page: templates that contain each other twice would double without end. */
#define MAX_STEPS 1000000

/* Where the members of a large object are, by a hash of their names: most names of a page are looked for in
 * one of a few such objects, and often are not there. */
#define INDEX_FROM  10 /* members; of fewer each is looked at */
#define INDEX_SLOTS 256
#define INDEXES     8

struct index {
    uint32_t slot[INDEX_SLOTS]; /* tokens of keys; 0: free */
};

struct value {
    const struct json *json;
    uint32_t token;
    const struct index *index; /* may be NULL */
};

/* A parent's fillings, from the outermost parent to the innermost. */
struct frame {
    const struct mustache *template;
    const struct node *parent;
};

struct render {
    struct buf *out;
    const struct mustache *(*partial)(struct str, void *);
    void *context;
    struct value stack[MAX_CONTEXTS + MUSTACHE_DEPTH];
    uint32_t values;
    struct frame frame[MUSTACHE_DEPTH];
    uint32_t frames;
    struct index index[INDEXES];
    uint32_t indexes;
    uint32_t depth, steps;
    bool mid_line;            /* the next line start is no line start: something stands before it */
    uint32_t indent, indents; /* the indentation in force: from, to in `blanks` */
    char blanks[MAX_INDENT];
};

static bool render_nodes(struct render *r, const struct mustache *m, uint32_t from, uint32_t to);

/* Before every expansion. `depth` is given back when it is over, `steps` never; after a false the rendering
 * ends, and nobody gives anything back. */
static bool enter(struct render *r)
{
    if (r->depth == MUSTACHE_DEPTH || r->steps == MAX_STEPS)
        return false;
    r->depth++;
    r->steps++;
    return true;
}

/* Names */

/* A cheap hash of length, first, middle and last byte. Collisions go on to the next slot. */
static uint32_t slot_of(struct str name)
{
    const unsigned char *p = (const unsigned char *)name.p;
    size_t n = name.n;
    return n ? (uint32_t)(n + 5U * p[0] + 23U * p[n / 2] + 11U * p[n - 1]) % INDEX_SLOTS : 0;
}

/* Of two members with one name the first is found, as json_find() does. */
static void push_value(struct render *r, struct value v)
{
    const struct json_token *token = v.json->token, *object = &token[v.token];
    v.index = NULL;
    bool large =
        object->kind == JSON_OBJECT && object->count >= INDEX_FROM && object->count < INDEX_SLOTS / 2;
    if (large && r->indexes < INDEXES) {
        struct index *index = &r->index[r->indexes++];
        bool escaped = false;
        memset(index, 0, sizeof *index);
        for (uint32_t i = v.token + 1; i < object->next; i = token[i + 1].next) {
            uint32_t slot = slot_of(json_raw(v.json, i));
            while (index->slot[slot])
                slot = (slot + 1) % INDEX_SLOTS;
            index->slot[slot] = i;
            escaped = escaped || token[i].escaped; /* its name is not what stands there */
        }
        if (!escaped)
            v.index = index;
        else
            r->indexes--;
    }
    r->stack[r->values++] = v;
}

static void pop_value(struct render *r)
{
    if (r->stack[--r->values].index)
        r->indexes--;
}

static uint32_t find_indexed(const struct value *v, struct str key)
{
    for (uint32_t slot = slot_of(key), i; (i = v->index->slot[slot]); slot = (slot + 1) % INDEX_SLOTS)
        if (str_eq(json_raw(v->json, i), key))
            return i + 1;
    return 0;
}

/* v becomes the member of that name; false when it has none, or is no object. */
static bool member(struct value *v, struct str key)
{
    v->token = v->index ? find_indexed(v, key) : json_find(v->json, v->token, key);
    v->index = NULL;
    return v->token != 0;
}

/* The first part is looked for from the innermost context to the outermost, the rest in what it gave. */
static bool lookup(const struct render *r, const struct mustache *m, const struct node *n, struct value *v)
{
    uint32_t i = r->values;
    if (n->parts == 0) {
        *v = r->stack[i - 1];
        return true;
    }
    const struct str *part = m->part + n->part;
    do {
        if (i == 0)
            return false;
        *v = r->stack[--i];
    } while (!member(v, part[0]));
    for (uint32_t k = 1; k < n->parts; k++)
        if (!member(v, part[k]))
            return false;
    return true;
}

static const struct json_token *token_of(struct value v)
{
    return &v.json->token[v.token];
}

/* 0, -0.0 and 0e5: no digit but 0 before the exponent. */
static bool is_zero(struct str number)
{
    for (size_t i = 0; i < number.n && number.p[i] != 'e' && number.p[i] != 'E'; i++)
        if (number.p[i] >= '1' && number.p[i] <= '9')
            return false;
    return true;
}

static bool is_true(struct value v)
{
    const struct json_token *t = token_of(v);
    switch ((enum json_kind)t->kind) {
    case JSON_NULL:
    case JSON_FALSE:
        return false;
    case JSON_NUMBER:
        return !is_zero(json_raw(v.json, v.token));
    case JSON_STRING:
        return t->size > 0;
    case JSON_ARRAY:
        return t->count > 0;
    default:
        return true;
    }
}

/* Output */

/* At the start of a line of output, unless something stands on it already. */
static void put_indent(struct render *r)
{
    if (!r->mid_line)
        buf_put(r->out, r->blanks + r->indent, r->indents - r->indent);
    r->mid_line = false;
}

/* Text with an indentation in front of each of its lines. Not behind its last line end: what follows there
 * begins the line. */
static void put_lines(struct render *r, const struct node *n)
{
    struct str rest = n->text;
    if (n->line_start)
        put_indent(r);
    while (rest.n > 0) {
        const char *newline = memchr(rest.p, '\n', rest.n);
        size_t size = newline ? (size_t)(newline - rest.p) + 1 : rest.n;
        buf_put(r->out, rest.p, size);
        rest = (struct str){rest.p + size, rest.n - size};
        if (rest.n > 0)
            put_indent(r);
    }
}

/* The common case, without an indentation in force, is one copy. */
static void put_text(struct render *r, const struct node *n)
{
    if (r->indent != r->indents) {
        put_lines(r, n);
        return;
    }
    buf_put(r->out, n->text.p, n->text.n);
    r->mid_line = false;
}

/* Strings are decoded on the way out; true, false, arrays and objects are written as they stand in the
 * document, escaped like text. */
static void put_value(struct render *r, struct value v, enum escaping escaping)
{
    const struct json_token *t = token_of(v);
    if (t->kind == JSON_NULL)
        return;
    if (t->kind == JSON_NUMBER)
        buf_put(r->out, v.json->text + t->start, t->size);
    else if (escaping == ESCAPE_HTML && !t->escaped)
        buf_html(r->out, v.json->text + t->start, t->size);
    else
        json_append(v.json, v.token, r->out, escaping == ESCAPE_HTML);
}

/* Sections */

/* What the section contains, with v as the innermost context. */
static bool render_with(struct render *r, const struct mustache *m, uint32_t node, struct value v)
{
    if (!enter(r))
        return false;
    push_value(r, v);
    bool good = render_nodes(r, m, node + 1, m->node[node].end);
    pop_value(r);
    r->depth--;
    return good;
}

static bool render_list(struct render *r, const struct mustache *m, uint32_t node, struct value list)
{
    uint32_t end = token_of(list)->next;
    struct value item = {list.json, list.token + 1, NULL};
    for (; item.token < end; item.token = token_of(item)->next)
        if (!render_with(r, m, node, item))
            return false;
    return true;
}

static bool render_section(struct render *r, const struct mustache *m, uint32_t node)
{
    struct value v;
    if (!lookup(r, m, &m->node[node], &v) || !is_true(v))
        return true;
    return token_of(v)->kind == JSON_ARRAY ? render_list(r, m, node, v) : render_with(r, m, node, v);
}

static bool render_inverted(struct render *r, const struct mustache *m, uint32_t node)
{
    struct value v;
    if (lookup(r, m, &m->node[node], &v) && is_true(v))
        return true;
    if (!enter(r))
        return false;
    bool good = render_nodes(r, m, node + 1, m->node[node].end);
    r->depth--;
    return good;
}

/* Partials, parents and blocks */

struct saved_indent {
    uint32_t indent, indents;
};

static bool push_indent(struct render *r, struct str more, struct saved_indent *saved)
{
    *saved = (struct saved_indent){r->indent, r->indents};
    if (more.n > MAX_INDENT - r->indents)
        return false;
    memcpy(r->blanks + r->indents, more.n > 0 ? more.p : "", more.n);
    r->indents += (uint32_t)more.n;
    return true;
}

static void pop_indent(struct render *r, struct saved_indent saved)
{
    r->indent = saved.indent;
    r->indents = saved.indents;
}

/* Set at load for a template of a set; else the callback's, by name. */
static const struct mustache *target_of(struct render *r, const struct node *n)
{
    if (n->target)
        return n->target;
    return r->partial ? r->partial(n->text, r->context) : NULL;
}

static bool render_partial(struct render *r, const struct node *n)
{
    const struct mustache *m = target_of(r, n);
    struct saved_indent saved;
    if (!m)
        return true;
    if (!enter(r) || !push_indent(r, n->indent, &saved))
        return false;
    if (!n->whole_line) /* its lines continue one of ours, so they are not indented */
        r->indent = r->indents;
    bool good = render_nodes(r, m, 0, m->nodes);
    pop_indent(r, saved);
    r->depth--;
    return good;
}

static bool render_parent(struct render *r, const struct mustache *m, const struct node *n)
{
    if (r->frames == MUSTACHE_DEPTH)
        return false;
    r->frame[r->frames++] = (struct frame){m, n};
    bool good = render_partial(r, n);
    r->frames--;
    return good;
}

/* The filling of the outermost parent that has one, and the template it is written in. */
static const struct node *filling(const struct render *r, struct str name, const struct mustache **in)
{
    for (uint32_t f = 0; f < r->frames; f++) {
        const struct mustache *m = r->frame[f].template;
        const struct node *parent = r->frame[f].parent;
        for (const struct node *n = parent + 1; n < m->node + parent->end; n = m->node + n->end)
            if (n->kind == NODE_BLOCK && str_eq(n->text, name)) {
                *in = m;
                return n;
            }
    }
    return NULL;
}

static bool render_filling(struct render *r, const struct mustache *m, const struct node *n,
                           const struct node *place)
{
    struct saved_indent saved;
    uint32_t first = (uint32_t)(n - m->node) + 1;
    bool fresh = place->line_start; /* otherwise something stands before it on its line */
    if (!push_indent(r, place->indent, &saved))
        return false;
    if (!fresh)
        r->mid_line = n->own_lines;
    else if (!n->own_lines && first < n->end)
        put_indent(r);
    bool good = render_nodes(r, m, first, n->end);
    r->mid_line = false;
    pop_indent(r, saved);
    return good;
}

/* A place: with what fills it, or else with its own content. */
static bool render_block(struct render *r, const struct mustache *m, uint32_t node)
{
    const struct mustache *in = m;
    const struct node *n = &m->node[node], *with = filling(r, n->text, &in);
    if (!enter(r))
        return false;
    bool good = with ? render_filling(r, in, with, n) : render_nodes(r, m, node + 1, n->end);
    r->depth--;
    return good;
}

static bool render_node(struct render *r, const struct mustache *m, uint32_t i)
{
    const struct node *n = &m->node[i];
    struct value v;
    switch ((enum node_kind)n->kind) {
    case NODE_TEXT:
        put_text(r, n);
        return true;
    case NODE_VALUE:
    case NODE_RAW:
        if (lookup(r, m, n, &v))
            put_value(r, v, n->kind == NODE_RAW ? ESCAPE_NONE : m->escaping);
        return true;
    case NODE_SECTION:
        return render_section(r, m, i);
    case NODE_INVERTED:
        return render_inverted(r, m, i);
    case NODE_PARTIAL:
        return render_partial(r, n);
    case NODE_PARENT:
        return render_parent(r, m, n);
    case NODE_BLOCK:
        return render_block(r, m, i);
    }
    return false;
}

static bool render_nodes(struct render *r, const struct mustache *m, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i = m->node[i].end)
        if (!render_node(r, m, i))
            return false;
    return !r->out->failed;
}

bool mustache_render(const struct mustache *m, const struct json *contexts, size_t count,
                     const struct mustache *(*partial)(struct str name, void *), void *context,
                     struct arena *a, struct buf *out)
{
    struct render *r = arena_alloc(a, sizeof *r);
    if (!r || count == 0 || count > MAX_CONTEXTS)
        return false;
    r->out = out;
    r->partial = partial;
    r->context = context;
    for (size_t i = 0; i < count; i++)
        push_value(r, (struct value){&contexts[i], 0, NULL});
    return render_nodes(r, m, 0, m->nodes);
}
