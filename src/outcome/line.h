/*
 * The line of a course of care: what its client said of pain and of the things that are hard, in the order of
 * time, opened for one page.
 */
#ifndef UNKNOT_OUTCOME_LINE_H
#define UNKNOT_OUTCOME_LINE_H

#include "core/json.h"
#include "outcome/measure.h"
#include "outcome/ticked.h"
#include "web/web.h"

enum { POINTS_MAX = 160, THINGS_MAX = 3 };

enum point_kind { POINT_FORM, POINT_DAY, POINT_AFTER, POINT_REVIEW, POINT_STATEMENTS };

struct point {
    enum point_kind kind;
    int32_t day;         /* where the visit was */
    const char *said;    /* the same as text */
    const char *booking; /* id */
    int32_t value[MEASURES];
    const char *thing[THINGS_MAX]; /* as named there; NULL: none */
    int32_t rating[THINGS_MAX];    /* 0 to 10 */
    struct ticked ticked;          /* of the 24 statements; version 0: not answered */
    int global;                    /* 0: not said */
    const char *effects, *words;   /* of POINT_AFTER: none, mild, lasted, care; in their words, or NULL */
};

struct line {
    struct point point[POINTS_MAX];
    size_t count;
    const char *thing[THINGS_MAX]; /* what was named as hard first: all later ratings are of these */
    size_t things;
    bool low_back; /* a form of the course shows pain there */
    bool limits;   /* some of the 24 statements were answered */
    bool lost;     /* something could not be opened */
};

#define OUTCOME_SEAL "answers about how it goes"
/* What an answer is bound to: its row. */
const char *outcome_bound(struct arena *a, const char *row);

/* Opens all parts of a document of query outcome.line; NULL after having replied. */
const struct line *line_open(struct request *r, const struct json *j);

/* Puts members "has_points", "rows", "things", "readings", "worse", "effects", "lost" …, for outcome/_line,
 * and the charts under raw.chart_pain, raw.chart_things and raw.chart_limits. `visit`: the one whose page it
 * is. */
void line_put_values(struct request *r, struct json_writer *w, const struct line *line,
                     const char *visit); /* without the charts */
void line_put(struct request *r, struct json_writer *w, const struct line *line, const char *visit);

/* The same values as CSV, a line per point; the things in the words of the client are the heads of columns.
 */
void line_csv(struct request *r, struct buf *b, const struct line *line);

/* --- chart.c: pure */

/* A chart of the measures with these bits over time, from 0 to the highest value that one can have; nothing
 * when no two points of one are on different days. Markup, with title and description. */
bool chart_write(struct buf *out, const struct line *line, unsigned which, const char *id, const char *title,
                 const char *about);

/* "6" or "3.3" of hundredths; "" of NOT_SAID. */
const char *say_value(struct request *r, int32_t value);

#endif
