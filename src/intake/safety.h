/*
 * The safety check: its questions and rules as data, and the judgement over one person's answers.
 *
 * Pure: nothing here allocates, reads a clock or touches the database; the same answers on the same day give
 * the same judgement. It decides whether a booking may go on; it is not a diagnosis.
 */
#ifndef UNKNOT_INTAKE_SAFETY_H
#define UNKNOT_INTAKE_SAFETY_H

#include "core/text.h"

/* The same words mean the questionnaire's (questionnaire.h, judge.h) everywhere else. */
#define outcome_name   s1_outcome_name
#define urgency_name   s1_urgency_name
#define question_by_id s1_question_by_id
#define question_shown s1_question_shown
#define rule_therapist s1_rule_therapist

/* What decided is stored with each check. Counts up when a question or a rule changes its meaning. */
#define SAFETY_VERSION "s1-1"

/* In the order of the pages: what may be an emergency comes first. */
enum question {
    RF12,
    RF16,
    RF01,
    RF02,
    RF03,
    RF03B,
    RF04,
    RF05,
    RF05A,
    RF07,
    RF13,
    RF10,
    RF10A,
    RF06,
    RF08,
    RF09,
    RF11,
    RF14,
    RF15,
    QUESTIONS
};
enum { SAFETY_PAGES = 15, CLEARANCE_PAGE = 16 }; /* the last one is asked only when it can change something */

enum answer {
    UNANSWERED,
    YES,
    NO,
    NOT_SURE,
    PREFER_NOT,
    LEGS_FINE,
    ONE_LEG_WEAK,
    BOTH_LEGS,
    NOT_CHECKED,
    CLEARED,
    FRACTURE,
    NOT_TOLD,
    WAITING,
    SAID_FINE,
    ANSWERS
};

struct option { /* the end of a list has answer UNANSWERED */
    enum answer answer;
    const char *slug; /* as forms and JSON carry it */
    const char *label;
};

struct question_info {
    const char *id;
    uint8_t page;
    bool optional;
    enum question shown_by; /* itself: always shown */
    enum answer shown_when; /* the answer to shown_by that brings it up */
    const char *ask, *hint; /* hint may be NULL */
    const char *missing;    /* what to do when there is no answer */
    const char *plain;      /* what it is about, in a note for a clinician */
    const char *sign;       /* the same as something to tick in a list; NULL: follows from another answer */
    const struct option *options;
};
extern const struct question_info questions[QUESTIONS];

struct answers {
    uint8_t is[QUESTIONS]; /* enum answer */
    int32_t cleared_on;    /* RF15: day of the clinician's word, days since 1970-01-01; 0: not given */
    char cleared_by[121];  /* RF15: the clinician's name, UTF-8; empty: not given */
};

/* The answer a slug stands for in a question; UNANSWERED when it is none of its options. */
enum answer question_answer(enum question q, struct str slug);
const struct option *question_option(enum question q, enum answer a); /* NULL: none */
/* QUESTIONS when there is no such id. */
enum question question_by_id(struct str id);

enum outcome { PROCEED, MODIFY, CLEARANCE, STOP }; /* the stronger the greater */
enum urgency { URGENCY_NONE, SOON, SAME_DAY, EMERGENCY };
const char *outcome_name(enum outcome o);
const char *urgency_name(enum urgency u); /* NULL for none */

/* What a session must keep to. 0 and no bit: no limit. */
struct limits {
    uint8_t pressure_max; /* 1..5 */
    uint8_t duration_max; /* minutes */
    uint16_t exclude;     /* bits of enum excluded */
    uint16_t avoid;       /* bits of enum avoided */
};
enum excluded {
    NO_DEEP_TISSUE = 1,
    NO_ASHIATSU = 2,
    NO_THAI = 4,
    NO_CUPPING = 8,
    NO_IASTM = 16,
};
enum avoided { AVOID_LOW_BACK_DEEP = 1, AVOID_FRACTURE_SITE = 2 };
/* The technique slug or place behind one bit; NULL for a bit without meaning. */
const char *excluded_slug(unsigned bit);
const char *avoided_slug(unsigned bit);

struct rule {
    const char *id;
    enum outcome outcome;
    enum urgency urgency;
    bool (*when)(const struct answers *);
    enum urgency (*raise)(const struct answers *); /* NULL: urgency as it stands */
    const char *cleared_by;                        /* who lifts it; NULL */
    const char *text;                              /* for the client, with {EMERGENCY} and {URGENT_LINE} */
    const char *raised_text;                       /* the same at a raised urgency; NULL: text */
    const char *therapist;                         /* for the therapist; NULL: not shown */
    struct limits limits;
    bool stay_active; /* moving, warmth and rest are safe advice while waiting for the clinician */
    const char *basis;
};
extern const struct rule rules[];
extern const size_t rule_count;
enum { RULES_MAX = 32, RULE_NONE = 255 };
extern const uint8_t rule_down,
    rule_default; /* indexes of X-DOWN and OK-00, which the judgement itself fires */

struct fired {
    uint8_t rule; /* index into rules */
    bool lowered; /* X-DOWN made a MODIFY of it */
    enum outcome outcome;
    enum urgency urgency;
};

struct judgement {
    enum outcome outcome; /* of the strongest rule; never to be read as passed: see `passed` */
    enum urgency urgency; /* the highest among rules of that outcome */
    bool passed;          /* nothing is missing and the outcome is PROCEED or MODIFY */
    bool ends;            /* a STOP for an emergency or for today: no more questions */
    bool asks_clearance;  /* RF15 is shown and has no answer yet */
    uint32_t missing;     /* bit per required question without an answer */
    bool missing_date, missing_clinician;
    uint8_t count;
    struct fired fired[RULES_MAX]; /* all of them, in the order of the table */
    struct limits limits;          /* merged: lowest, shortest, union */
};

/* `today`: days since 1970-01-01 where the visit will be. */
void safety_judge(const struct answers *given, int32_t today, struct judgement *j);

/* The part of it that follows from fired, count and missing: outcome, urgency, limits, ends, passed. */
void safety_conclude(struct judgement *j);

/* The client's text of a fired rule, placeholders filled. */
void safety_text(const struct fired *f, const char *emergency, const char *urgent_line, struct buf *out);

/* The therapist's text of a fired rule; NULL: nothing to show. Of a lowered STOP without the word that it
 * blocks. */
const char *rule_therapist(const struct fired *f);

/* Whether a question is asked, given the answers so far. */
bool question_shown(const struct answers *a, enum question q);

/* The first page with a question that is shown, required and open; 0: none. CLEARANCE_PAGE counts. An
 * optional question that was left out is open as well: pages write it down as PREFER_NOT. */
int safety_open_page(const struct answers *given, const struct judgement *j);

#endif
