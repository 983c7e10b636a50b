/* What a condition is compiled to: between condition.c, condition_compile.c and condition_example.c. */
#ifndef UNKNOT_INTAKE_CONDITION_INNER_H
#define UNKNOT_INTAKE_CONDITION_INNER_H

#include "intake/questionnaire.h"

enum condition_op {
    OP_OR, /* of the nodes below it, like the next three */
    OP_AND,
    OP_NOT,
    OP_COUNT,
    OP_HAS,      /* one of `options` is chosen */
    OP_LACKS,    /* answered, and none of them */
    OP_ONLY,     /* answered, and nothing but them */
    OP_NUMBER,   /* the answer compared with `number` */
    OP_WITHIN,   /* a day of the last `number` `unit`s */
    OP_ANSWERED, /* any answer */
    OP_AGE       /* full years compared with `number` */
};
enum comparison { EQUAL, NOT_EQUAL, LESS, AT_MOST, MORE, AT_LEAST };
enum time_unit { DAYS, WEEKS, MONTHS, YEARS };

struct condition_node {
    uint8_t op, compare, unit;
    uint16_t question;
    uint16_t size; /* nodes of this one and all below it */
    int32_t number;
    uint64_t options; /* bit per option of the question */
};

enum truth { HOLDS_NOT, HOLDS, UNDECIDED };

/* Whether it holds whatever the questions of `open` (bits; NULL: none) are answered. */
enum truth condition_weigh(const struct condition *c, const struct answers *given, int32_t today,
                           const uint64_t *open);

/* The first day of the time `number` units long that ends today. */
int32_t within_since(const struct condition_node *n, int32_t today);

static inline bool has_bit(const uint64_t *bits, uint16_t i)
{
    return bits[i / 64] >> (i % 64) & 1;
}
static inline void set_bit(uint64_t *bits, uint16_t i)
{
    bits[i / 64] |= UINT64_C(1) << (i % 64);
}

#endif
