/* What the parsers share. Inside src/http only. */
#ifndef UNKNOT_HTTP_PARSE_H
#define UNKNOT_HTTP_PARSE_H

#include "http/http.h"

/* RFC 9110 token: at least one of letters, digits and !#$%&'*+-.^_`|~ */
bool text_is_token(struct str s);

bool str_is_nocase(struct str a, const char *s);

/* The part of *rest up to `mark` (or its end), trimmed; *rest goes behind the mark. False when nothing is
 * left. */
bool str_next(struct str *rest, char mark, struct str *part);

/* Accept-Encoding names gzip and does not forbid it. */
bool parse_accept_gzip(struct str raw);

/* If-None-Match holds the entity tag whose text between the quotes is `tag` or `tag` with `suffix` behind it,
 * or is `*`. */
bool parse_none_match(struct str raw, const char *tag, const char *suffix);

/* A JSON body: an object, no key twice, at most 16 levels, no NUL. *json lives as long as the arena; `form`
 * gets its strings, numbers and booleans by name, and one pair for each element of an array of those; null
 * and objects are left out. */
bool parse_json(struct str body, struct arena *a, json_t **json, struct pairs *form);

#endif
