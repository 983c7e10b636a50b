/* Reading a questionnaire's document: between questionnaire_read.c and questionnaire_rules.c. */
#ifndef UNKNOT_INTAKE_QUESTIONNAIRE_INNER_H
#define UNKNOT_INTAKE_QUESTIONNAIRE_INNER_H

#include "core/json.h"
#include "intake/questionnaire.h"

struct reader {
    struct json json;
    struct arena *arena;
    struct questionnaire *q;
    struct questionnaire_fault *fault;
};

/* Notes what is wrong with the member `what` of what reader_at() named last; false. */
bool reader_wrong(struct reader *r, const char *what, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void reader_at(struct reader *r, const char *kind, const char *id);

/* A member of `object`: its text (NULL: none, or empty), whether it is true, its elements. */
const char *reader_text(struct reader *r, uint32_t object, const char *key);
bool reader_flag(struct reader *r, uint32_t object, const char *key);
uint32_t reader_array(struct reader *r, uint32_t object, const char *key, uint32_t *count);

/* A whole number of low..high into *out, which stays as it is when there is none. */
bool reader_number(struct reader *r, uint32_t object, const char *key, int32_t low, int32_t high,
                   int32_t *out);

/* One of `count` words (NULL among them: cannot be chosen) as its index; `absent` when there is none. */
bool reader_word(struct reader *r, uint32_t object, const char *key, const char *const *words, int count,
                 int absent, uint8_t *out);

/* `text` compiled, when it is not NULL. */
bool reader_condition(struct reader *r, const char *what, const char *text, struct condition *c);

bool is_slug(const char *text);

bool read_terms(struct reader *r);
bool read_rules(struct reader *r);

#endif
