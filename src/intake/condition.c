/*
 * The evaluator. It decides among three: with some questions still open, a condition can be true or false
 * already, which is what finding an example lives on. Recursion is as deep as the compiler allows (DEPTH_MAX
 * there).
 */
#include "intake/condition_inner.h"

#include "core/day.h"

struct weighing {
    const struct condition_node *node;
    const struct answers *given;
    const uint64_t *open;
    int32_t today;
};

static bool compares(uint8_t comparison, int32_t a, int32_t b)
{
    switch (comparison) {
    case EQUAL:
        return a == b;
    case NOT_EQUAL:
        return a != b;
    case LESS:
        return a < b;
    case AT_MOST:
        return a <= b;
    case MORE:
        return a > b;
    default:
        return a >= b;
    }
}

int32_t within_since(const struct condition_node *n, int32_t today)
{
    switch (n->unit) {
    case DAYS:
        return today - n->number;
    case WEEKS:
        return today - 7 * n->number;
    case MONTHS:
        return day_months_before(today, n->number);
    default:
        return day_months_before(today, 12 * n->number);
    }
}

static bool test(const struct weighing *w, const struct condition_node *n, const struct answer *a)
{
    switch (n->op) {
    case OP_HAS:
        return a->chosen & n->options;
    case OP_LACKS:
        return !(a->chosen & n->options);
    case OP_ONLY:
        return a->chosen && !(a->chosen & ~n->options);
    case OP_NUMBER:
        return compares(n->compare, a->number, n->number);
    case OP_WITHIN:
        return a->number <= w->today && a->number >= within_since(n, w->today);
    case OP_AGE:
        return compares(n->compare, day_full_years(a->number, w->today), n->number);
    default:
        return true; /* answered */
    }
}

static enum truth weigh_test(const struct weighing *w, const struct condition_node *n)
{
    if (w->open && has_bit(w->open, n->question))
        return UNDECIDED;
    const struct answer *a = &w->given->is[n->question];
    return a->given && test(w, n, a) ? HOLDS : HOLDS_NOT;
}

static enum truth weigh(const struct weighing *w, size_t at);

/* "or" ends at the first that holds, "and" at the first that does not. */
static enum truth weigh_until(const struct weighing *w, size_t at, enum truth end)
{
    enum truth found = end == HOLDS ? HOLDS_NOT : HOLDS;
    size_t behind = at + w->node[at].size;
    for (size_t i = at + 1; i < behind; i += w->node[i].size) {
        enum truth one = weigh(w, i);
        if (one == end)
            return end;
        if (one == UNDECIDED)
            found = UNDECIDED;
    }
    return found;
}

static enum truth weigh_count(const struct weighing *w, size_t at)
{
    const struct condition_node *n = &w->node[at];
    int32_t least = 0, most = 0, true_for = 0;
    for (size_t i = at + 1; i < at + n->size; i += w->node[i].size) {
        enum truth one = weigh(w, i);
        least += one == HOLDS;
        most += one != HOLDS_NOT;
    }
    for (int32_t count = least; count <= most; count++)
        true_for += compares(n->compare, count, n->number);
    return true_for == 0 ? HOLDS_NOT : true_for == most - least + 1 ? HOLDS : UNDECIDED;
}

static enum truth weigh(const struct weighing *w, size_t at)
{
    enum truth below;
    switch (w->node[at].op) {
    case OP_OR:
        return weigh_until(w, at, HOLDS);
    case OP_AND:
        return weigh_until(w, at, HOLDS_NOT);
    case OP_NOT:
        below = weigh(w, at + 1);
        return below == UNDECIDED ? UNDECIDED : below == HOLDS ? HOLDS_NOT : HOLDS;
    case OP_COUNT:
        return weigh_count(w, at);
    default:
        return weigh_test(w, &w->node[at]);
    }
}

enum truth condition_weigh(const struct condition *c, const struct answers *given, int32_t today,
                           const uint64_t *open)
{
    struct weighing w = {.node = c->node, .given = given, .open = open, .today = today};
    return c->count ? weigh(&w, 0) : HOLDS;
}

bool condition_holds(const struct condition *c, const struct questionnaire *q, const struct answers *given,
                     int32_t today)
{
    (void)q; /* what is compiled says it all */
    return condition_weigh(c, given, today, NULL) == HOLDS;
}

void condition_names(const struct condition *c, const struct questionnaire *q, uint64_t *bits)
{
    for (size_t i = 0; i < c->count; i++)
        if (c->node[i].op >= OP_HAS && c->node[i].question < q->question_count)
            set_bit(bits, c->node[i].question);
}
