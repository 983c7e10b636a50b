/*
 * Mustache (the published specification with partials, inheritance and delimiters), compiled at start,
 * rendered over JSON documents of PostgreSQL.
 *
 * False are null, false, 0, "" and the empty list (a name that is nowhere is false too); numbers show as the
 * document has them, arrays and objects as JSON. What fills {{$x}} is written right below {{<parent}} and
 * seen by all that the parent includes.
 *
 * Escaping is the default: HTML in .html, none in .txt. Raw output ({{{x}}}, {{&x}}) is for what a
 * renderer of ours made and nothing else: a template set loaded with view_load accepts raw tags only for
 * names under `raw.`; anything else stops the start, as does an unknown partial, one of another kind of file,
 * or something to fill that the parent does not have.
 */
#ifndef UNKNOT_VIEW_H
#define UNKNOT_VIEW_H

#include "core/arena.h"
#include "core/json.h"
#include "core/text.h"

struct view;

/* Compiles every asset under templates/ (names without "templates/" and ".html", ".txt"; no two may
 * have one name). NULL after a sentence on stderr that names file and line. Partials are named by the same
 * paths: {{>layout/header}}; parents: {{<layout/page}}. */
struct view *view_load(void);
void view_free(struct view *view);
bool view_has(const struct view *view, const char *name);

/* Renders `name` over a stack of contexts, outermost first (a name is looked for from the last to the first).
 * Output goes to `out`; false when it outgrew out->max, a template does not exist, nesting passes 64 or
 * expansions a million. Thread-safe. */
bool view_render(const struct view *view, const char *name, const struct json *contexts, size_t count,
                 struct arena *a, struct buf *out);

/* For tests and fuzzing: one template; on failure `error` gets "line N: …". It renders with partials given by
 * a callback (NULL: no such partial, renders empty as the specification wants), every raw tag allowed. */
struct mustache;
struct mustache *mustache_compile(struct str text, struct buf *error);
void mustache_free(struct mustache *m);
bool mustache_render(const struct mustache *m, const struct json *contexts, size_t count,
                     const struct mustache *(*partial)(struct str name, void *), void *context,
                     struct arena *a, struct buf *out);

/* Markdown to HTML by cmark in safe mode, without images and HTML; the result may be put under `raw.`. In
 * `a`. */
const char *view_markdown(struct arena *a, struct str text);
/* The same for what anybody typed: headings are h3, line ends stay, links lead to http, mail and telephone
 * alone and say that they are not ours. */
const char *view_markdown_typed(struct arena *a, struct str text);

#endif
