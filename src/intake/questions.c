#include "intake/safety.h"

static const struct option yes_no[] = {{YES, "yes", "Yes"}, {NO, "no", "No"}, {0}};
static const struct option yes_no_unsure[] = {
    {YES, "yes", "Yes"}, {NO, "no", "No"}, {NOT_SURE, "not_sure", "I am not sure"}, {0}};
static const struct option or_prefer_not[] = {
    {YES, "yes", "Yes"}, {NO, "no", "No"}, {PREFER_NOT, "prefer_not", "I prefer not to say"}, {0}};
static const struct option unsure_or_prefer_not[] = {{YES, "yes", "Yes"},
                                                     {NO, "no", "No"},
                                                     {NOT_SURE, "not_sure", "I am not sure"},
                                                     {PREFER_NOT, "prefer_not", "I prefer not to say"},
                                                     {0}};
static const struct option legs[] = {
    {LEGS_FINE, "fine", "My legs are fine"},
    {ONE_LEG_WEAK, "one_leg_weak", "One leg is weaker, drags or gives way"},
    {BOTH_LEGS, "both_legs", "Both legs hurt, tingle, feel numb or weak"},
    {NOT_SURE, "not_sure", "I am not sure"},
    {0},
};
static const struct option knock_checked[] = {
    {CLEARED, "cleared", "Yes, nothing is broken"},
    {FRACTURE, "fracture", "Yes, a break was found or suspected"},
    {NOT_CHECKED, "no", "No"},
    {0},
};
static const struct option told[] = {
    {SAID_FINE, "ok", "Yes, and they said massage is fine"},
    {WAITING, "waiting", "Yes, I am waiting to hear"},
    {NOT_TOLD, "no", "No"},
    {0},
};

#define CHOOSE_YES_NO "Choose yes or no"
#define CHOOSE_UNSURE "Choose yes, no or not sure"

const struct question_info questions[QUESTIONS] = {
    [RF12] = {.id = "RF12",
              .page = 1,
              .shown_by = RF12,
              .ask = "Right now, do you have chest pain, trouble breathing, fainting, a sudden "
                     "tearing pain in the back or belly, or a throbbing lump in the belly?",
              .missing = CHOOSE_YES_NO,
              .options = yes_no,
              .plain = "Chest pain, trouble breathing, fainting, tearing pain or a throbbing lump "
                       "in the belly, now",
              .sign = "Right now: chest pain, trouble breathing, fainting, a sudden tearing pain in the back "
                      "or belly, or a throbbing lump in the belly"},
    [RF16] = {.id = "RF16",
              .page = 2,
              .shown_by = RF16,
              .ask = "In the last day, have you had a drooping face, weak arm, slurred speech, "
                     "sudden severe headache, or sudden loss of balance or vision?",
              .missing = CHOOSE_YES_NO,
              .options = yes_no,
              .plain = "Drooping face, weak arm, slurred speech, severe headache, loss of balance "
                       "or vision, in the last day",
              .sign = "In the last day: a drooping face, weak arm, slurred speech, sudden severe headache, "
                      "or sudden loss of balance or vision"},
    [RF01] = {.id = "RF01",
              .page = 3,
              .shown_by = RF01,
              .ask = "Do you have numbness, tingling or an odd feeling around your genitals or "
                     "back passage, or on the inside of your thighs (where a saddle would touch)?",
              .missing = CHOOSE_UNSURE,
              .options = yes_no_unsure,
              .plain = "Numbness or tingling where a saddle would touch",
              .sign = "Numbness, tingling or an odd feeling around the genitals or back passage, or on the "
                      "inside of the thighs"},
    [RF02] = {.id = "RF02",
              .page = 4,
              .shown_by = RF02,
              .ask = "Since this back pain began, has it become hard to pee, have you leaked pee, "
                     "stopped noticing when you need to go, or lost control of your bowels?",
              .missing = CHOOSE_UNSURE,
              .options = yes_no_unsure,
              .plain = "Change in bladder or bowel control since the back pain began",
              .sign = "Since the pain began: hard to pee, leaking pee, not noticing when I need to go, or no "
                      "control of my bowels"},
    [RF03] = {.id = "RF03",
              .page = 5,
              .shown_by = RF03,
              .ask = "How are your legs?",
              .missing = "Choose what fits your legs best",
              .options = legs,
              .plain = "Legs",
              .sign = "A leg that is weaker, drags or gives way; or pain, tingling, numbness or weakness in "
                      "both legs"},
    [RF03B] = {.id = "RF03b",
               .page = 5,
               .shown_by = RF03,
               .shown_when = ONE_LEG_WEAK,
               .ask = "Is that weakness new, or getting worse?",
               .missing = "Choose whether the weakness is new or getting worse",
               .options = yes_no_unsure,
               .plain = "The weakness is new or getting worse"},
    [RF04] = {.id = "RF04",
              .page = 6,
              .optional = true,
              .shown_by = RF04,
              .ask = "Has feeling or function during sex changed since the back pain began (for "
                     "example numbness, or a new erection problem)?",
              .hint = "You can leave this one out.",
              .missing = "Choose an answer, or that you prefer not to say",
              .options = unsure_or_prefer_not,
              .plain = "Change in feeling or function during sex since the back pain began",
              .sign = "Since the pain began: a change in feeling or function during sex"},
    [RF05] = {.id = "RF05",
              .page = 7,
              .shown_by = RF05,
              .ask = "Did this pain start after a hard knock in the last 6 weeks, such as a road "
                     "crash, a fall from a height or a heavy blow to the back?",
              .missing = CHOOSE_YES_NO,
              .options = yes_no,
              .plain = "Started after a hard knock in the last 6 weeks",
              .sign = "It started after a hard knock in the last 6 weeks: a road crash, a fall from a "
                      "height, a heavy blow to the back"},
    [RF05A] = {.id = "RF05a",
               .page = 7,
               .shown_by = RF05,
               .shown_when = YES,
               .ask = "Has a doctor or nurse checked your back since then?",
               .missing = "Choose whether your back was checked",
               .options = knock_checked,
               .plain = "Back checked by a doctor or nurse since the knock"},
    [RF07] = {.id = "RF07",
              .page = 8,
              .shown_by = RF07,
              .ask = "Along with the back pain, do you have a fever, chills or night sweats, or "
                     "feel seriously unwell?",
              .missing = CHOOSE_YES_NO,
              .options = yes_no,
              .plain = "Fever, chills, night sweats or feeling seriously unwell",
              .sign = "Fever, chills or night sweats, or feeling seriously unwell"},
    [RF13] = {.id = "RF13",
              .page = 9,
              .shown_by = RF13,
              .ask = "Is one leg (or arm) newly swollen, warm, red or tender, especially the calf?",
              .missing = CHOOSE_UNSURE,
              .options = yes_no_unsure,
              .plain = "One leg or arm newly swollen, warm, red or tender",
              .sign = "One leg or arm newly swollen, warm, red or tender, above all the calf"},
    [RF10] = {.id = "RF10",
              .page = 10,
              .optional = true,
              .shown_by = RF10,
              .ask = "Have you ever had cancer?",
              .hint = "You can leave this one out.",
              .missing = "Choose an answer, or that you prefer not to say",
              .options = or_prefer_not,
              .plain = "Cancer, now or in the past",
              .sign = "Cancer, now or in the past"},
    [RF10A] = {.id = "RF10a",
               .page = 10,
               .shown_by = RF10,
               .shown_when = YES,
               .ask = "Is this back pain new, different or getting worse?",
               .missing = CHOOSE_UNSURE,
               .options = yes_no_unsure,
               .plain = "The back pain is new, different or getting worse"},
    [RF06] = {.id = "RF06",
              .page = 11,
              .shown_by = RF06,
              .ask = "Did the pain start suddenly after a small slip, lift or cough, and are you "
                     "over 65, told you have thin bones, or on steroid tablets for 3 months or "
                     "more?",
              .hint = "Choose yes only if both parts fit you.",
              .missing = CHOOSE_UNSURE,
              .options = yes_no_unsure,
              .plain = "Sudden start after a small strain, and over 65, thin bones or steroid "
                       "tablets",
              .sign = "It started suddenly after a small slip, lift or cough, and I am over 65, have thin "
                      "bones, or have taken steroid tablets for 3 months or more"},
    [RF08] = {.id = "RF08",
              .page = 12,
              .shown_by = RF08,
              .ask = "Have you lost weight recently without trying?",
              .missing = CHOOSE_UNSURE,
              .options = yes_no_unsure,
              .plain = "Weight loss without trying",
              .sign = "Weight loss without trying"},
    [RF09] = {.id = "RF09",
              .page = 13,
              .shown_by = RF09,
              .ask = "Is the pain there day and night and not eased by resting or changing "
                     "position?",
              .missing = CHOOSE_UNSURE,
              .options = yes_no_unsure,
              .plain = "Pain day and night, not eased by rest or position",
              .sign = "Pain day and night that does not ease with rest or another position"},
    [RF11] = {.id = "RF11",
              .page = 14,
              .optional = true,
              .shown_by = RF11,
              .ask = "Do any of these fit you? You do not need to say which.",
              .hint = "(a) an illness or medicine that weakens the immune system; (b) steroid "
                      "tablets, now or for more than 3 months in the past year; (c) injecting "
                      "drugs that were not prescribed, now or in the past; (d) a serious "
                      "infection, or an operation, injection or drain in the spine, in the last 3 "
                      "months; (e) tuberculosis. You can leave this one out.",
              .missing = "Choose an answer, or that you prefer not to say",
              .options = or_prefer_not,
              .plain = "Weakened immune system, steroid tablets, injected drugs, recent serious "
                       "infection or spine procedure, or tuberculosis (any of these)",
              .sign = "Any of these, and I need not say which: a weak immune system; steroid tablets, now or "
                      "for more than 3 months in the past year; injected drugs that were not prescribed; a "
                      "serious infection or anything done to the spine in the last 3 months; tuberculosis"},
    [RF14] = {.id = "RF14",
              .page = 15,
              .shown_by = RF14,
              .ask = "Have you noticed a new lump on your back, or a change in its shape?",
              .missing = CHOOSE_UNSURE,
              .options = yes_no_unsure,
              .plain = "New lump on the back, or a change in its shape",
              .sign = "A new lump on the back, or a change in its shape"},
    [RF15] = {.id = "RF15",
              .page = CLEARANCE_PAGE,
              .shown_by = RF15,
              .ask = "Have you told a doctor, nurse or physical therapist about this?",
              .hint = "Some of your answers mean that someone with medical training should look "
                      "first.",
              .missing = "Choose whether you have told a doctor, nurse or physical therapist",
              .options = told,
              .plain = "A doctor, nurse or physical therapist was told"},
};

enum answer question_answer(enum question q, struct str slug)
{
    for (const struct option *o = questions[q].options; o->answer != UNANSWERED; o++)
        if (str_is(slug, o->slug))
            return o->answer;
    return UNANSWERED;
}

const struct option *question_option(enum question q, enum answer a)
{
    for (const struct option *o = questions[q].options; o->answer != UNANSWERED; o++)
        if (o->answer == a)
            return o;
    return NULL;
}

enum question question_by_id(struct str id)
{
    for (enum question q = 0; q < QUESTIONS; q++)
        if (str_is(id, questions[q].id))
            return q;
    return QUESTIONS;
}
