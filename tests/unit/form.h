/* The questionnaire of tests/data/form.json, and answers written as text. */
#ifndef UNKNOT_TESTS_FORM_H
#define UNKNOT_TESTS_FORM_H

#include "unit.h"

#include "intake/answers.h"

#include <stdio.h>
#include <stdlib.h>

enum { TODAY = 20778 }; /* 2026-11-21 */

static struct arena *memory;

static inline const char *file_text(const char *path)
{
    static char text[1 << 16];
    FILE *f = fopen(path, "rb");
    size_t n = f ? fread(text, 1, sizeof text - 1, f) : 0;
    if (f)
        fclose(f);
    text[n] = '\0';
    return text;
}

static inline const struct questionnaire *form(void)
{
    static const struct questionnaire *q;
    struct questionnaire_fault f;
    if (!memory)
        memory = arena_new(1 << 24);
    if (!q && !(q = questionnaire_read(memory, str_of(file_text("tests/data/form.json")), true, &f)))
        fail_msg("%s, %s: %s", f.where, f.what, f.at.reason);
    return q;
}

static inline uint16_t asked(const char *id)
{
    uint16_t question = question_by_id(form(), str_of(id));
    if (question == NO_QUESTION)
        fail_msg("there is no question %s", id);
    return question;
}

/* "RF03=one_leg_weak H06=bruise H06=rash P12=-" into *a: "-" takes the answer away, which the first value
 * does in any case; the last one of a question that has one answer stays; "_" in a value that is no option
 * stands for a blank. */
static inline void put(struct answers *a, const char *changes)
{
    bool fresh[QUESTIONS_MAX] = {0};
    for (const char *at = changes + strspn(changes, " "); *at; at += strspn(at, " ")) {
        size_t key = strcspn(at, "="), whole = strcspn(at, " ");
        char id[40], value[200];
        snprintf(id, sizeof id, "%.*s", (int)key, at);
        snprintf(value, sizeof value, "%.*s", (int)(whole - key - 1), at + key + 1);
        uint16_t question = asked(id);
        uint8_t kind = form()->questions[question].kind;
        if (!fresh[question] || (kind != KIND_MULTI && kind != KIND_AREAS))
            a->is[question] = (struct answer){0};
        fresh[question] = true;
        for (char *c = value; kind == KIND_TEXT && *c; c++)
            if (*c == '_')
                *c = ' ';
        if (strcmp(value, "-") != 0 &&
            answers_take(form(), a, memory, str_of(id), str_of(value)) != ANSWER_TAKEN)
            fail_msg("%s has no answer %s", id, value);
        at += whole;
    }
}

#define CHECK_OK "RF12=no RF03=fine RF13=no RF10=no RF08=no RF11=no RF14=no"
#define REST_OK  " A02=me A01=1980-02-03 P01=neck P07=4 H05=no H06=none H19=no K02=yes K07=Kim_Example"

#endif
