/*
 * JSON without a tree: a reader over a flat array of tokens whose strings stay where they are, and a writer.
 *
 * The reader is for documents that PostgreSQL made and is 10 times faster than a DOM; it does not check
 * UTF-8. Bodies that clients send go through jansson (web/form.h).
 */
#ifndef UNKNOT_CORE_JSON_H
#define UNKNOT_CORE_JSON_H

#include "core/arena.h"
#include "core/text.h"

enum json_kind { JSON_NULL, JSON_FALSE, JSON_TRUE, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

/* One value. In an object every member is two tokens: its key (JSON_STRING), then its value. */
struct json_token {
    uint8_t kind;
    bool escaped;   /* a string with a backslash in it: needs json_text() to be read */
    uint32_t start; /* first byte of the value; for a string the byte after its quote */
    uint32_t size;  /* bytes of the value; for a string without quotes */
    uint32_t next;  /* index of the token after this value and all it contains */
    uint32_t count; /* elements or members of an array or object */
};

struct json {
    const char *text;
    struct json_token *token; /* token[0] is the document */
    uint32_t count;
};

/* Reads `text` (at most 16 MiB, 64 levels). False for anything that is not one JSON value; memory in `a`. */
bool json_parse(struct json *j, struct arena *a, struct str text);

/* The value of `key` in the object at token `object`, or 0 (never a member) when absent or not an object. */
uint32_t json_get(const struct json *j, uint32_t object, const char *key);
uint32_t json_find(const struct json *j, uint32_t object, struct str key);

/* The raw bytes of a value (a string's without its quotes), and a value as text: a string decoded (copied
 * into `a` only if it has escapes; \u0000 and lone surrogates become U+FFFD), null as nothing, all else raw.
 * Empty when out of memory. */
struct str json_raw(const struct json *j, uint32_t token);
struct str json_text(const struct json *j, uint32_t token, struct arena *a);

/* Shortcut for small documents: text of the top-level member `key`, NULL when absent or null. In `a`. */
const char *json_member(struct arena *a, const char *document, const char *key);

/* Appends the decoded text of a string token to `out`, with HTML escapes if `html`; needs no memory of its
 * own. */
void json_append(const struct json *j, uint32_t token, struct buf *out, bool html);

/* Writer: appends to a buffer and puts the commas. Keys are literals, and NULL inside arrays. Text must be
 * UTF-8. */
struct json_writer {
    struct buf *out;
    bool comma;
};
void json_open(struct json_writer *w, const char *key, char bracket);    /* '{' or '[' */
void json_close(struct json_writer *w, char bracket);                    /* '}' or ']' */
void json_put(struct json_writer *w, const char *key, const char *text); /* string, or null for NULL */
void json_put_str(struct json_writer *w, const char *key, struct str text);
void json_put_bool(struct json_writer *w, const char *key, bool value);
void json_put_int(struct json_writer *w, const char *key, int64_t value);
/* An already written value; NULL, one there was no memory for, fails the buffer. */
void json_put_raw(struct json_writer *w, const char *key, const char *json);

#endif
