/* A page of questions: its document, and what came back from its form. */
#ifndef UNKNOT_INTAKE_ASKED_H
#define UNKNOT_INTAKE_ASKED_H

#include "intake/answers.h"
#include "web/web.h"

/* What was typed wrong, by question. NULL: fine, or as it is kept. */
struct faults {
    const char *message[QUESTIONS_MAX];
    const char *typed[QUESTIONS_MAX]; /* of a number, a date or a text */
    const char *month, *day, *year;   /* of the date of birth */
    const char *part;                 /* which of the three is wrong: month, day or year; NULL: the first */
};

struct asked {
    const struct questionnaire *q;
    const struct answers *answers;
    const struct faults *faults;
    const int32_t *since; /* by question: the day of an answer from an earlier form; NULL: none is */
    int32_t today;
    bool month_first;    /* the order of the fields of the date of birth */
    uint8_t page;        /* index of questionnaire.pages */
    const char *consent; /* what is agreed to (consent_document); NULL: nothing is */
};

bool asked_here(const struct questionnaire *q, uint16_t question, uint8_t page);

/* Members "title", "about", "section", "s1", "single", "has_errors", "errors", "questions". A question that
 * another one of the page brings up stands below the option that does so, or below the whole question. */
void asked_put(struct request *r, const struct asked *a, struct json_writer *w);

/* Takes the answers of one page out of the form, in the place of those in *a. `complete`: what is missing is
 * a fault. False when there is one. */
bool asked_take(struct request *r, const struct questionnaire *q, uint8_t page, int32_t today, bool complete,
                struct answers *a, struct faults *f);

#endif
