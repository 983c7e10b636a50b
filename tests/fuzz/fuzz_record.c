/* What is kept of a form, as it is opened, and all that follows from its answers. */
#include "intake/course.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct questionnaire *form(void)
{
    static const struct questionnaire *q;
    static char text[1 << 16];
    struct questionnaire_fault fault;
    static struct arena *own;
    FILE *f;
    if (q)
        return q;
    if (!(f = fopen("tests/data/form.json", "rb")) || !fread(text, 1, sizeof text - 1, f) ||
        !(own = arena_new(1 << 22)) || !(q = questionnaire_read(own, str_of(text), false, &fault)))
        abort();
    fclose(f);
    return q;
}

static void walk(const struct record *record, uint8_t sections)
{
    const struct setting s = {.today = 20778, .sections = sections};
    struct course course;
    course_take(&course, form(), record, &s);
    const struct judgement *j = &course.now;
    for (uint16_t i = 0; i < j->count; i++)
        if (j->passed && j->fired[i].outcome > MODIFY)
            abort();
    if (j->passed && (judgement_misses_any(j) || j->ends || !j->count))
        abort();
    if (course.open != COURSE_END &&
        (course.open >= form()->page_count || !course_may_show(&course, course.open)))
        abort();
    /* what ends without a word of why would throw a booking away for nothing */
    if (course.open == COURSE_END && !j->passed && j->outcome < CLEARANCE)
        abort();
}

static void written_back(struct arena *arena, const struct record *record, const struct judgement *j)
{
    struct record again;
    struct judgement kept;
    struct buf out = {.max = 100000};
    record_write(form(), record, j, &out);
    if (!out.failed &&
        !record_read(form(), arena, (struct str){out.p, out.n}, &again, j && j->count ? &kept : NULL))
        abort();
    for (size_t i = 0; !out.failed && i < form()->question_count; i++)
        if (again.answers.is[i].given != record->answers.is[i].given ||
            again.answers.is[i].chosen != record->answers.is[i].chosen ||
            again.answers.is[i].number != record->answers.is[i].number)
            abort();
    buf_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct arena *arena;
    struct record record;
    struct judgement j;
    struct str text = {(const char *)data, size};
    if (!arena && !(arena = arena_new(1 << 22)))
        return 0;
    if (record_read(form(), arena, text, &record, &j))
        written_back(arena, &record, &j);
    if (record_read(form(), arena, text, &record, NULL)) {
        walk(&record, ONLY_S1);
        walk(&record, WHOLE_FORM);
        course_in_person(form(), &record, true);
        walk(&record, WHOLE_FORM);
        written_back(arena, &record, NULL);
    }
    arena_reset(arena);
    return 0;
}
