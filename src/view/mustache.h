/*
 * The compiled form of a template, between the compiler, the renderer and the set of templates.
 *
 * A template is a flat array of nodes in the order of the text; a node that contains others is followed by
 * them and knows where they end. Names and texts are views of the template's own copy of its source.
 */
#ifndef UNKNOT_VIEW_MUSTACHE_H
#define UNKNOT_VIEW_MUSTACHE_H

#include "view/view.h"

#define MUSTACHE_DEPTH 64 /* sections, blocks, partials and parents in each other */

enum node_kind {
    NODE_TEXT,
    NODE_VALUE,    /* {{x}} */
    NODE_RAW,      /* {{{x}}} {{&x}} */
    NODE_SECTION,  /* {{#x}} */
    NODE_INVERTED, /* {{^x}} */
    NODE_PARTIAL,  /* {{>x}} */
    NODE_PARENT,   /* {{<x}}; of what it contains, only the blocks right below it count */
    NODE_BLOCK,    /* {{$x}}: a place to fill, or what fills it when it is right below a parent */
};

struct node {
    uint8_t kind;
    bool line_start; /* text: begins a line. Block: its opening tag has the line for itself */
    bool own_lines;  /* block: its content begins on a line of its own */
    bool whole_line; /* partial, parent: stands alone on its line(s) */
    uint32_t line;
    uint32_t end;         /* index of the node behind this one and all it contains */
    uint32_t part, parts; /* the dotted name in mustache.part; no parts: the implicit iterator */
    struct str text;      /* the text, or the name */
    struct str indent;    /* what goes in front of each line of a partial, a parent, a filling of a block */
    const struct mustache *target; /* of a partial or parent in a set */
};

enum escaping { ESCAPE_HTML, ESCAPE_NONE };

struct mustache {
    char *source; /* the template's own copy, which names and texts point into */
    struct node *node;
    uint32_t nodes;
    struct str *part; /* the parts of all dotted names, one name behind the other */
    uint32_t parts;
    enum escaping escaping;
};

#endif
