/*
 * The language in which the questionnaire says when a question is shown and when a rule fires.
 *
 *   RF03 = one_leg_weak and RF03b in (yes, not_sure) or RF03 = not_sure
 *   count(RF08 = yes, RF09 = yes, RF11 = yes, RF14 = yes, P04a = yes and age >= 55) >= 2
 *   H05 in (spine_op, other_op) and H05a_weeks < 6 and not H05a_ok = yes
 *
 *   condition  = conjunct *("or" conjunct)
 *   conjunct   = term *("and" term)
 *   term       = "not" term / "(" condition ")" / count / test
 *   count      = "count" "(" condition *("," condition) ")" compare NUMBER      how many of them hold
 *   test       = QUESTION "=" option                    chosen (choice), chosen among others (several)
 *              / QUESTION "!=" option                   answered, and not that
 *              / QUESTION "in" options                  = "has": at least one of them is chosen
 *              / QUESTION "has" (option / options)
 *              / QUESTION "lacks" (option / options)    answered, and none of them is chosen
 *              / QUESTION "only" (option / options)     answered, and nothing else is chosen
 *              / QUESTION compare NUMBER                a number
 *              / QUESTION "within" NUMBER unit          a date: today or earlier, and at most so long ago
 *              / QUESTION "answered"
 *              / "any" SECTION "=" option               some question of the section has it chosen
 *              / "age" compare NUMBER                   full years, from question A01, on that day
 *   options    = "(" option *("," option) ")"
 *   compare    = "=" / "!=" / "<" / "<=" / ">" / ">="
 *   unit       = "days" / "weeks" / "months" / "years"  (months and years by the calendar)
 *
 * The day of "age" and "within" is that of the judgement.
 *
 * Every test of a question without an answer is false; "not" turns any of them round. "and" binds closer than
 * "or". Blanks and line ends separate words. A question that is not shown has no answer.
 *
 * What is compiled is checked: questions and options exist, the kind of question fits the test, numbers lie
 * in its bounds, and at least one set of answers makes it true and one makes it false.
 */
#ifndef UNKNOT_INTAKE_CONDITION_H
#define UNKNOT_INTAKE_CONDITION_H

#include "core/arena.h"
#include "core/text.h"

struct questionnaire;
struct answers;
struct condition_node; /* condition.c */

struct condition {
    const struct condition_node *node; /* in prefix order; NULL: no condition */
    uint16_t count;
};

struct condition_fault {
    int line, column; /* from 1, in the text */
    char reason[160]; /* a sentence for the person who wrote it: `RF01 has no option "maybe".` */
};

/* Compiles `text` against the questions of q, in memory of a. False with *fault filled for what is wrong;
 * when memory ends too. Empty text is a fault. Does not look whether it can come true: condition_check. */
bool condition_compile(struct condition *c, const struct questionnaire *q, struct arena *a, struct str text,
                       struct condition_fault *fault);

/* Whether it holds. No allocation, no clock: `today` in days since 1970-01-01. `given` has no answers to
 * questions that are not shown (answers_shown). A condition without nodes is true. */
bool condition_holds(const struct condition *c, const struct questionnaire *q, const struct answers *given,
                     int32_t today);

/* An example: answers, hidden ones left out, under which the condition is `wanted`, differing from *given
 * (which holds what else is answered) in the questions it names and those that show them. False when there is
 * none. It tries every combination that can matter, up to 200,000; *tired is set when that was not enough.
 */
bool condition_example(const struct condition *c, const struct questionnaire *q, int32_t today, bool wanted,
                       struct answers *given, bool *tired);

/* The questions that it names, as bits of QUESTION_WORDS words. "age" names A01. */
void condition_names(const struct condition *c, const struct questionnaire *q, uint64_t *bits);

#endif
