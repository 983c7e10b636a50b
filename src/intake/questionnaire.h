/*
 * One version of the questionnaire: its questions, and the rules that judge the answers. Data of the database
 * (tables question, safety_rule …), compiled and checked once, read-only afterwards.
 */
#ifndef UNKNOT_INTAKE_QUESTIONNAIRE_H
#define UNKNOT_INTAKE_QUESTIONNAIRE_H

#include "intake/condition.h"

enum {
    QUESTIONS_MAX = 192,
    QUESTION_WORDS = QUESTIONS_MAX / 64,
    OPTIONS_MAX = 64,
    RULES_MAX = 256,
    PAGES_MAX = 64, /* each is a bit of record.seen */
    TERMS_MAX = 64,
    NO_QUESTION = QUESTIONS_MAX
};

/* S1 safety check, S2 about you, S3 your back pain, S4 your health, S5 goals, S6 consent, S7 on the day. */
enum section { S1, S2, S3, S4, S5, S6, S7, SECTIONS };
#define SECTION_BIT(s) (1u << (s))
enum { WHOLE_FORM = 0x3f }; /* S1 to S6 */

enum question_kind {
    KIND_CHOICE, /* one option */
    KIND_MULTI,  /* several options */
    KIND_AREAS,  /* several options, which are areas of the body: a figure can stand beside the list */
    KIND_NUMBER, /* low..high */
    KIND_DATE,
    KIND_TEXT,  /* at most `high` characters */
    KIND_ACCEPT /* one box to tick; its only option is "yes" */
};

struct option {
    const char *slug, *label;
    bool alone; /* not together with others: none of these, in_person */
};

struct question {
    const char *id; /* RF01, H05a_weeks */
    uint8_t kind, section;
    uint8_t page; /* within its section, from 1 */
    bool required;
    bool harmless_set;
    uint8_t signs;    /* the list in which it can be ticked by somebody without a booking: 1, 2; 0: none */
    uint8_t harmless; /* option that says all is well, where harmless_set */
    const char *ask, *hint; /* hint: why it is asked, or how; NULL */
    const char *missing;    /* what to do when there is no answer */
    const char *plain;      /* what it is about, in a note for a clinician; NULL */
    const char *sign;       /* the same as something to tick in a list; NULL */
    const char *unit;       /* of a number; NULL */
    int32_t low, high;
    struct condition shown; /* no nodes: always */
    const struct option *options;
    uint8_t option_count;
};

struct page_info { /* a page of the form: what stands over its questions */
    uint8_t section, page;
    const char *title, *about; /* about: NULL */
};

enum outcome { PROCEED, MODIFY, CLEARANCE, STOP }; /* the stronger the greater */
enum urgency { URGENCY_NONE, SOON, SAME_DAY, EMERGENCY };

/* What a session must keep to: words of the questionnaire (struct term), bits of limits.set. */
enum limit_set { EXCLUDE, AVOID, POSITION, PRODUCT, REQUIRE, LIMIT_SETS };
enum limit_flag { CONFIRM_FIRST = 1, PRECALL = 2, GUARDIAN_CONSENT = 4, GUARDIAN_PRESENT = 8 };
enum not_before { NOT_BEFORE_NONE, NEXT_DAY, AFTER_48H, WHEN_CLEAR }; /* the stronger the greater */
struct limits {                                                       /* 0 and no bit: no limit */
    uint8_t pressure_max;                                             /* 1..5 */
    uint8_t not_before;
    uint16_t duration_max; /* minutes */
    uint16_t flags;
    uint64_t set[LIMIT_SETS]; /* bits: index in questionnaire.terms[set]. REQUIRE of one rule: any of them
                                 will do */
};

struct term {
    const char *slug, *label;
    uint16_t areas; /* AVOID "@H06a": what was chosen in that question, its index + 1; 0: a place by itself */
};

struct rule {
    const char *id;
    uint8_t outcome, urgency;
    uint8_t raised_urgency; /* where `raised` holds; URGENCY_NONE: never */
    bool is_default;        /* fires when nothing else does: OK-00 */
    bool lowers;            /* makes MODIFY of what a clinician's word can lower: X-DOWN */
    bool written;           /* a clinician's word does not lower it: the note itself is needed */
    bool self;              /* time or the person lifts it, no clinician: a clinician is not asked for */
    bool stay_active;       /* moving, warmth and rest are safe advice while waiting for the clinician */
    bool pressure_is_local; /* limits.pressure_max holds in one area only: shown, not merged */
    struct condition when, raised;
    const char *cleared_by; /* who lifts it, in words; NULL */
    const char *reason;
    const char *text,
        *raised_text;      /* for the client, with {EMERGENCY} and {URGENT_LINE}; raised_text NULL: text */
    const char *therapist; /* for the therapist; NULL: not shown */
    const char *basis;
    struct limits limits;
};

struct questionnaire {
    int32_t version;
    const char *name; /* as text, for what is stored with an answer: "3" */
    bool draft;
    const char *published_on,
        *signed_by; /* signed_by: "Name, profession, November 21, 2026"; NULL: nobody has signed */
    const struct question *questions;
    size_t question_count;
    const struct page_info *pages; /* in order */
    size_t page_count;
    const struct rule *rules; /* in the order of the table */
    size_t rule_count;
    uint16_t rule_down, rule_default; /* indexes; RULES_MAX: there is none */
    const struct term *terms[LIMIT_SETS];
    uint8_t term_count[LIMIT_SETS];
    uint16_t birth;                           /* A01, or NO_QUESTION */
    uint16_t told, told_date, told_clinician; /* RF15, RF15_date, RF15_clinician, or NO_QUESTION */
    uint16_t by_id[QUESTIONS_MAX];            /* indexes in the order of the ids */
};

/* An answer; all zero: none was given. */
struct answer {
    uint64_t chosen; /* bit per option */
    int32_t number;  /* KIND_NUMBER; KIND_DATE: days since 1970-01-01 */
    bool given;
    const char *text; /* KIND_TEXT: UTF-8, not empty, not owned */
};
struct answers {
    struct answer is[QUESTIONS_MAX];
};

/* Where and why a questionnaire cannot be used. */
struct questionnaire_fault {
    char where[48];   /* "rule RF-03b", "question H05a_weeks" */
    const char *what; /* "condition", "shown", "raised", or what else is wrong */
    struct condition_fault at;
};

/* Makes one of the document that query intake.questionnaire gives, in memory of a, which must outlive it.
 * NULL with *fault filled. `checked`: every condition can come true and can be false, which takes some
 * hundred milliseconds. */
const struct questionnaire *questionnaire_read(struct arena *a, struct str document, bool checked,
                                               struct questionnaire_fault *fault);

/* NO_QUESTION: none. */
uint16_t question_by_id(const struct questionnaire *q, struct str id);
/* OPTIONS_MAX: none. */
uint8_t option_by_slug(const struct question *question, struct str slug);
static inline bool chosen(const struct answer *a, uint8_t option)
{
    return a->given && a->chosen >> option & 1;
}
/* RULES_MAX: none. */
uint16_t rule_by_id(const struct questionnaire *q, struct str id);

bool question_shown(const struct questionnaire *q, const struct answers *given, uint16_t question,
                    int32_t today);
/* *shown: the answers without those to hidden questions, and without those that do not fit their question. */
void answers_shown(const struct questionnaire *q, const struct answers *given, int32_t today,
                   struct answers *shown);

const char *outcome_name(enum outcome o);       /* PROCEED … */
const char *urgency_name(enum urgency u);       /* soon, same_day, emergency; NULL for none */
const char *section_name(enum section s);       /* S1 … */
const char *not_before_name(enum not_before n); /* next_day, 48h, clear; NULL for none */

#endif
