/*
 * The way through the form: which page comes next, which are shown at all, and when it is over. The safety
 * check (S1) is judged by itself before anything else is asked; then the person says whether the rest is
 * answered here or told in person; then S2 to S6, one page after the other. Pure, like the judgement.
 */
#ifndef UNKNOT_INTAKE_COURSE_H
#define UNKNOT_INTAKE_COURSE_H

#include "intake/record.h"

enum { ONLY_S1 = SECTION_BIT(S1), IN_PERSON = SECTION_BIT(S1) | SECTION_BIT(S2) | SECTION_BIT(S6) };

/* Indexes of questionnaire.pages, and what is no page of questions. */
enum { COURSE_START = PAGES_MAX, COURSE_END };

struct course {
    const struct questionnaire *q;
    const struct record *given;
    struct setting first, whole; /* how S1 is judged alone, and all of it */
    struct answers shown;        /* without those to hidden questions */
    struct judgement check;      /* over S1 alone */
    struct judgement now;        /* over all that is answered */
    uint8_t open;                /* the page that comes next; COURSE_END: nothing more to ask */
    bool at_start;               /* it is the first of the rest: what that is is said before */
};

/* Pure. `setting` with the sections that the form asks for in all; `given` has to outlive *c. */
void course_take(struct course *c, const struct questionnaire *q, const struct record *given,
                 const struct setting *setting);

/* The page that has the clinician's question; COURSE_END: there is none. */
uint8_t course_told_page(const struct questionnaire *q);
/* Whether it is shown at all. */
bool course_asks(const struct course *c, uint8_t page);
/* Whether it can be looked at: it is shown, and no further on than what is open. */
bool course_may_show(const struct course *c, uint8_t page);
/* The page or COURSE_START before it; COURSE_END: it is the first. `page` may be COURSE_END: the last one. */
uint8_t course_before(const struct course *c, uint8_t page);
/* Which of how many pages of its part (the safety check, or the rest) it is; 0 for the clinician's question.
 */
int course_number(const struct course *c, uint8_t page, int *of);
/* How many pages and questions come after the safety check. */
int course_length(const struct course *c, int *questions);

/* Marks what a clinician's word was asked for: all that fired by now. */
void course_told(const struct course *c, struct record *record);
/* Chooses to tell it in person, or not to. False when every question that can say so is answered already. */
bool course_in_person(const struct questionnaire *q, struct record *record, bool in_person);

#endif
