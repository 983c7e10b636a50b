/*
 * The measures of how it goes, and what counts as a change in them. Pure; values are hundredths (an NRS of 6
 * is 600), so that a mean of three has no rounding to argue about.
 *
 * What counts, and from where: pain on a numeric scale of 0 to 10 (LOINC 72514-3) has changed for the person
 * when it moved by 2 points, or by 30 % of what it was (Ostelo and others 2008); below 4 at the start there
 * is little room to get better, so no threshold is shown then. The Patient-Specific Functional Scale
 * (Stratford and others 1995) rates up to three things that a person named as hard, 0 cannot do to 10 as
 * before: 2 points on the mean (general knowledge). Global change has seven steps; "much better" and more
 * counts (general knowledge). The Roland-Morris questionnaire counts the ticked ones of 24 statements, which
 * an operator brings (statements.h): 5 points, or 30 % (Ostelo and others 2008); below 4 at the start it
 * shows little, and of 2 or fewer people say that they have recovered (Kamper and others). Worse by the same
 * margin asks for a talk and for the safety check again.
 */
#ifndef UNKNOT_OUTCOME_MEASURE_H
#define UNKNOT_OUTCOME_MEASURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum measure { MEASURE_NOW, MEASURE_AVERAGE, MEASURE_WORST, MEASURE_THINGS, MEASURE_LIMITS, MEASURES };
enum { NOT_SAID = -1 };

struct measure_info {
    const char *key, *name;
    int32_t low, high; /* of the scale, in hundredths like all values */
    bool higher_is_better;
    bool is_read;     /* whether a change in it is put into words: pain at one moment goes up and down */
    int32_t absolute; /* a change of so much counts */
    int32_t percent;  /* or of so many percent of the first value; 0: no share does */
    int32_t floor;    /* below it at the start only `absolute` counts, and only for the worse */
    const char *licence, *source;
};
extern const struct measure_info measures[MEASURES];

enum change { CHANGE_NONE, CHANGE_SMALL, CHANGE_BETTER, CHANGE_WORSE, CHANGE_NO_ROOM };
enum { CHANGES = CHANGE_NO_ROOM + 1 };
/* From the first value to a later one, both said. */
enum change change_of(enum measure m, int32_t from, int32_t to);

/* The mean of n ratings from 0 to 10; NOT_SAID when there is none, or one of them was not said. */
int32_t things_mean(const int32_t *ratings, size_t n);

enum { GLOBAL_STEPS = 7 };         /* 1 very much better, 4 no change, 7 very much worse */
const char *global_name(int step); /* "much better"; NULL: it is no step */
enum change global_change(int step);

/* What a plan is to do after a look back, `reviews` of them so far, by the changes that were seen: go on
 * while something got better; change when nothing did; stop and look elsewhere when nothing did again, or
 * something got worse; nothing where the start left little room (plan of four visits and a review: our
 * judgement, after trials of about ten weekly visits). */
enum advice { ADVICE_NONE, ADVICE_GO_ON, ADVICE_CHANGE, ADVICE_STOP };
enum advice advice_of(int reviews, const bool seen[CHANGES]);

#endif
