#include "outcome/measure.h"

const struct measure_info measures[MEASURES] = {
    [MEASURE_NOW] = {.key = "pain-now",
                     .name = "Pain right now",
                     .high = 1000,
                     .licence = "generic scale, own wording",
                     .source = "general knowledge"},
    [MEASURE_AVERAGE] = {.key = "pain-average",
                         .name = "Average pain",
                         .high = 1000,
                         .is_read = true,
                         .absolute = 200,
                         .percent = 30,
                         .floor = 400,
                         .licence = "generic scale, own wording",
                         .source = "sourced: OSTELO, LOINC-CODE"},
    [MEASURE_WORST] = {.key = "pain-worst",
                       .name = "Worst pain",
                       .high = 1000,
                       .licence = "generic scale, own wording",
                       .source = "general knowledge"},
    [MEASURE_THINGS] = {.key = "hard-things",
                        .name = "What was hard to do",
                        .high = 1000,
                        .higher_is_better = true,
                        .is_read = true,
                        .absolute = 200,
                        .licence = "free for clinical use: general knowledge; keep the citation "
                                   "(Stratford 1995)",
                        .source = "sourced: PSFS-HALL; size of change general knowledge"},
    [MEASURE_LIMITS] = {.key = "daily-limits",
                        .name = "Everyday limits",
                        .high = 2400,
                        .is_read = true,
                        .absolute = 500,
                        .percent = 30,
                        .floor = 400,
                        .licence = "no permission needed in the published words, which are not to be "
                                   "altered; an operator brings them",
                        .source = "sourced: RMDQ-OWN, RMDQ-SCORE, OSTELO, KAMPER"},
};

/* Whether a change by so much is one that people notice; `by` is positive in the direction that is asked
 * about. */
static bool counts(const struct measure_info *m, int32_t from, int32_t by)
{
    if (by <= 0)
        return false;
    return by >= m->absolute || (m->percent > 0 && from >= m->floor && by * 100 >= m->percent * from);
}

enum change change_of(enum measure measure, int32_t from, int32_t to)
{
    const struct measure_info *m = &measures[measure];
    int32_t better = m->higher_is_better ? to - from : from - to;
    if (!m->is_read)
        return CHANGE_NONE;
    if (counts(m, from, -better))
        return CHANGE_WORSE;
    if (from < m->floor)
        return CHANGE_NO_ROOM;
    if (counts(m, from, better))
        return CHANGE_BETTER;
    return better == 0 ? CHANGE_NONE : CHANGE_SMALL;
}

int32_t things_mean(const int32_t *ratings, size_t n)
{
    int32_t sum = 0;
    for (size_t i = 0; i < n; i++) {
        if (ratings[i] == NOT_SAID)
            return NOT_SAID;
        sum += ratings[i];
    }
    int32_t of = (int32_t)n;
    return n == 0 ? NOT_SAID : (sum * 100 + of / 2) / of;
}

const char *global_name(int step)
{
    static const char *const names[GLOBAL_STEPS] = {"very much better", "much better",    "a little better",
                                                    "no change",        "a little worse", "much worse",
                                                    "very much worse"};
    return step >= 1 && step <= GLOBAL_STEPS ? names[step - 1] : NULL;
}

enum change global_change(int step)
{
    if (!global_name(step) || step == 4)
        return CHANGE_NONE;
    return step <= 2 ? CHANGE_BETTER : step >= 6 ? CHANGE_WORSE : CHANGE_SMALL;
}

enum advice advice_of(int reviews, const bool seen[CHANGES])
{
    if (reviews == 0)
        return ADVICE_NONE;
    if (seen[CHANGE_WORSE])
        return ADVICE_STOP;
    if (seen[CHANGE_BETTER])
        return ADVICE_GO_ON;
    if (seen[CHANGE_NO_ROOM])
        return ADVICE_NONE;
    return reviews == 1 ? ADVICE_CHANGE : ADVICE_STOP;
}
