/*
 * The rules of the safety check. Weak signs count little alone and much together, so one of them asks for a
 * clinician's word and two of them stop; signs of squeezed nerves, a clot, infection, a break, heart or
 * stroke stop at once. `basis` says where a rule comes from; the short names are those of the guidelines
 * listed with the guides.
 */
#include "intake/safety.h"

#define CALL_NOW " Please do not book. Call {EMERGENCY} or go to an emergency department now."
#define TODAY                                                                                                \
    " Please do not book yet. Get medical help today ({URGENT_LINE}, or emergency care if you cannot reach " \
    "them)."
#define FEW_DAYS " Please see a doctor about this in the next few days before booking a massage."
#define BLOCKED  "Booking blocked. Do not treat. "

static bool is(const struct answers *a, enum question q, enum answer x)
{
    return a->is[q] == x;
}

static bool yes(const struct answers *a, enum question q)
{
    return is(a, q, YES);
}

static bool yes_or_unsure(const struct answers *a, enum question q)
{
    return is(a, q, YES) || is(a, q, NOT_SURE);
}

static bool saddle(const struct answers *a)
{
    return yes_or_unsure(a, RF01);
}

static bool bladder_bowel(const struct answers *a)
{
    return yes_or_unsure(a, RF02);
}

static bool both_legs(const struct answers *a)
{
    return is(a, RF03, BOTH_LEGS);
}

static bool growing_weakness(const struct answers *a)
{
    return (is(a, RF03, ONE_LEG_WEAK) && yes_or_unsure(a, RF03B)) || is(a, RF03, NOT_SURE);
}

static bool stable_weakness(const struct answers *a)
{
    return is(a, RF03, ONE_LEG_WEAK) && is(a, RF03B, NO);
}

static bool sexual(const struct answers *a)
{
    return yes_or_unsure(a, RF04);
}

static bool sexual_unsaid(const struct answers *a)
{
    return is(a, RF04, PREFER_NOT);
}

static bool nerve_symptom(const struct answers *a)
{
    return saddle(a) || bladder_bowel(a) || sexual(a) ||
           (!is(a, RF03, UNANSWERED) && !is(a, RF03, LEGS_FINE));
}

static bool knock_unchecked(const struct answers *a)
{
    return yes(a, RF05) && is(a, RF05A, NOT_CHECKED);
}

static bool knock_cleared(const struct answers *a)
{
    return yes(a, RF05) && is(a, RF05A, CLEARED);
}

static bool knock_fracture(const struct answers *a)
{
    return is(a, RF05A, FRACTURE);
}

static bool fragile_bone(const struct answers *a)
{
    return yes_or_unsure(a, RF06);
}

static bool unwell(const struct answers *a)
{
    return yes(a, RF07);
}

static enum urgency unwell_urgency(const struct answers *a)
{
    return yes(a, RF11) ? EMERGENCY : SAME_DAY;
}

static bool weight_loss(const struct answers *a)
{
    return yes(a, RF08);
}

static bool weight_unclear(const struct answers *a)
{
    return is(a, RF08, NOT_SURE);
}

static bool constant_pain(const struct answers *a)
{
    return yes(a, RF09);
}

static bool constant_unclear(const struct answers *a)
{
    return is(a, RF09, NOT_SURE);
}

static bool cancer(const struct answers *a)
{
    return yes(a, RF10) && yes_or_unsure(a, RF10A);
}

static enum urgency cancer_urgency(const struct answers *a)
{
    return nerve_symptom(a) ? SAME_DAY : SOON;
}

static bool immune_and_more(const struct answers *a)
{
    return yes(a, RF11) && (yes(a, RF09) || yes(a, RF08));
}

static enum urgency immune_urgency(const struct answers *a)
{
    return unwell(a) ? SAME_DAY : SOON;
}

static bool immune_alone(const struct answers *a)
{
    return yes(a, RF11) && !immune_and_more(a);
}

static bool heart(const struct answers *a)
{
    return yes(a, RF12);
}

static bool clot(const struct answers *a)
{
    return yes_or_unsure(a, RF13);
}

static enum urgency clot_urgency(const struct answers *a)
{
    return heart(a) ? EMERGENCY : SAME_DAY;
}

static bool lump(const struct answers *a)
{
    return yes_or_unsure(a, RF14);
}

static bool stroke(const struct answers *a)
{
    return yes(a, RF16);
}

static bool several_soft(const struct answers *a)
{
    return yes(a, RF08) + yes(a, RF09) + yes(a, RF11) + yes(a, RF14) >= 2;
}

enum { DOWN = 24, DEFAULT = 25 };
const uint8_t rule_down = DOWN, rule_default = DEFAULT;

const struct rule rules[] = {
    {.id = "RF-01",
     .outcome = STOP,
     .urgency = EMERGENCY,
     .when = saddle,
     .text = "Numbness here can mean nerves low in the spine are being squeezed. It is rare but "
             "needs checking today." CALL_NOW,
     .therapist = BLOCKED "Saddle numbness reported. If the client turns up, send to emergency care and "
                          "record the time.",
     .basis = "CES-CARD, NHS-LIST, FINUCANE"},
    {.id = "RF-02",
     .outcome = STOP,
     .urgency = EMERGENCY,
     .when = bladder_bowel,
     .text = "A change in bladder or bowel control with back pain needs checking today." CALL_NOW,
     .therapist = BLOCKED "Bladder or bowel change reported.",
     .basis = "CES-CARD, NHS-LIST, GCARE"},
    {.id = "RF-03a",
     .outcome = STOP,
     .urgency = EMERGENCY,
     .when = both_legs,
     .text = "Pain, numbness or weakness in both legs together needs urgent checking." CALL_NOW,
     .therapist = BLOCKED "Symptoms in both legs.",
     .basis = "NHS-LIST, CES-CARD"},
    {.id = "RF-03b",
     .outcome = STOP,
     .urgency = SAME_DAY,
     .when = growing_weakness,
     .text = "New or growing weakness in a leg should be checked before anyone works on your back." TODAY,
     .therapist = BLOCKED "New or growing weakness in a leg.",
     .basis = "GCARE, NHS-LIST"},
    {.id = "RF-03c",
     .outcome = CLEARANCE,
     .when = stable_weakness,
     .cleared_by = "clinician",
     .text = "Because your leg is weak, please ask the clinician who looks after your back if "
             "massage is fine, then book.",
     .therapist = "Stable weakness in one leg. Needs the clinician's OK. Then: no deep pressure or"
                  " traction to the low back; test again what the client can do at each visit; "
                  "stop and refer if weaker.",
     .limits = {.pressure_max = 3, .exclude = NO_DEEP_TISSUE | NO_ASHIATSU, .avoid = AVOID_LOW_BACK_DEEP},
     .stay_active = true,
     .basis = "KNGF (no massage as stand-alone in radicular syndrome); general knowledge"},
    {.id = "RF-04",
     .outcome = STOP,
     .urgency = EMERGENCY,
     .when = sexual,
     .text = "A change like this together with back pain can come from squeezed nerves." CALL_NOW,
     .therapist = BLOCKED,
     .basis = "CES-CARD, IPRS"},
    {.id = "RF-04x",
     .outcome = PROCEED,
     .when = sexual_unsaid,
     .text = "That is fine. If you ever notice numbness between the legs, or changes in sex, "
             "bladder or bowels with back pain, get emergency help.",
     .basis = "general knowledge"},
    {.id = "RF-05a",
     .outcome = STOP,
     .urgency = SAME_DAY,
     .when = knock_unchecked,
     .text = "After a hard knock the bones should be checked first." TODAY,
     .therapist = BLOCKED "Recent major trauma, not assessed.",
     .basis = "NHS-LIST, GCARE"},
    {.id = "RF-05b",
     .outcome = MODIFY,
     .when = knock_cleared,
     .cleared_by = "therapist",
     .text = "Thanks. As the injury is recent, the first visits will be short and gentle.",
     .therapist = "Recent trauma, checked. No deep work or stretching at the injured site while "
                  "acutely painful; short session.",
     .limits = {.pressure_max = 2, .duration_max = 45, .exclude = NO_DEEP_TISSUE | NO_ASHIATSU | NO_THAI},
     .basis = "general knowledge"},
    {.id = "RF-05c",
     .outcome = CLEARANCE,
     .when = knock_fracture,
     .cleared_by = "clinician",
     .text = "A broken bone needs to heal before massage near it. Please get your clinician's OK "
             "first.",
     .therapist = "Fracture found or suspected after trauma.",
     .limits = {.avoid = AVOID_FRACTURE_SITE},
     .basis = "MBLEX; NCCIH-COPY"},
    {.id = "RF-06",
     .outcome = CLEARANCE,
     .urgency = SOON,
     .when = fragile_bone,
     .cleared_by = "clinician",
     .text = "With thin bones or steroid tablets even a small strain can crack a bone in the "
             "spine." FEW_DAYS,
     .therapist = "Possible fragility fracture. No hands-on work to the spine until assessed.",
     .basis = "GCARE, FINUCANE"},
    {.id = "RF-07",
     .outcome = STOP,
     .urgency = SAME_DAY,
     .when = unwell,
     .raise = unwell_urgency,
     .text = "Back pain with fever, or feeling very ill, needs a doctor." TODAY
             " If you are also confused or very drowsy, call {EMERGENCY} now.",
     .raised_text = "Back pain with fever, or feeling very ill, needs a doctor." CALL_NOW,
     .therapist = BLOCKED "Fever or systemically unwell.",
     .basis = "GCARE, NHS-LIST, MBLEX"},
    {.id = "RF-08",
     .outcome = CLEARANCE,
     .urgency = SOON,
     .when = weight_loss,
     .cleared_by = "clinician",
     .text = "Losing weight without trying is worth a check-up." FEW_DAYS,
     .therapist = "Unexplained weight loss. Wait for clinician's OK.",
     .stay_active = true,
     .basis = "NHS-LIST, GCARE"},
    {.id = "RF-08u",
     .outcome = MODIFY,
     .when = weight_unclear,
     .cleared_by = "therapist",
     .text = "Your therapist will ask a little more about this.",
     .therapist = "Client unsure about weight loss: ask, refer if real.",
     .basis = "general knowledge"},
    {.id = "RF-09",
     .outcome = CLEARANCE,
     .urgency = SOON,
     .when = constant_pain,
     .cleared_by = "clinician",
     .text = "Pain that never eases, day or night, should be looked at first." FEW_DAYS,
     .therapist = "Constant or night pain. Wait for clinician's OK.",
     .stay_active = true,
     .basis = "NHS-LIST, GCARE"},
    {.id = "RF-09u",
     .outcome = MODIFY,
     .when = constant_unclear,
     .cleared_by = "therapist",
     .text = "Your therapist will ask a little more about your nights.",
     .therapist = "Clarify night or constant pain before starting.",
     .basis = "general knowledge"},
    {.id = "RF-10",
     .outcome = STOP,
     .urgency = SOON,
     .when = cancer,
     .raise = cancer_urgency,
     .text = "With a history of cancer, new or changing back pain should be checked soon." FEW_DAYS
             " This is usually nothing serious, but it is the safe order.",
     .raised_text = "With a history of cancer, new or changing back pain together with a change in"
                    " your legs should be checked today." TODAY,
     .therapist = BLOCKED "Cancer history and new or changing back pain, not yet assessed.",
     .basis = "GCARE, NCCIH-COPY, FINUCANE"},
    {.id = "RF-11a",
     .outcome = STOP,
     .urgency = SOON,
     .when = immune_and_more,
     .raise = immune_urgency,
     .text = "Some of your answers together mean a doctor should look first." FEW_DAYS,
     .raised_text = "Some of your answers together mean a doctor should look first." TODAY,
     .therapist = BLOCKED "Raised infection or fragility risk and a second flag (reason not itemised).",
     .basis = "GCARE, GUWS"},
    {.id = "RF-11b",
     .outcome = MODIFY,
     .when = immune_alone,
     .cleared_by = "therapist",
     .text = "Thanks for telling us. Your therapist will use lighter pressure and take extra "
             "care with cleanliness. You do not have to say more.",
     .therapist = "Immune, infection or tissue-fragility flag (reason not recorded; do not press "
                  "for it). Light pressure, intact skin only, postpone if either of you has "
                  "symptoms of infection.",
     .limits = {.pressure_max = 3, .exclude = NO_CUPPING | NO_IASTM},
     .basis = "MBLEX (steroid tissue fragility), CMTO-PHI (ask only what is needed)"},
    {.id = "RF-12",
     .outcome = STOP,
     .urgency = EMERGENCY,
     .when = heart,
     .text = "These can be signs of an emergency." CALL_NOW,
     .therapist = BLOCKED "Heart, lung or aortic warning signs.",
     .basis = "NHS-LIST, GUWS"},
    {.id = "RF-13",
     .outcome = STOP,
     .urgency = SAME_DAY,
     .when = clot,
     .raise = clot_urgency,
     .text = "One swollen, warm or tender leg can be a blood clot. Massage could be dangerous." TODAY,
     .raised_text = "One swollen, warm or tender leg can be a blood clot. Massage could be "
                    "dangerous." CALL_NOW,
     .therapist = BLOCKED "Possible blood clot. Never massage the limb.",
     .basis = "MBLEX, DVT-PREG"},
    {.id = "RF-14",
     .outcome = CLEARANCE,
     .urgency = SOON,
     .when = lump,
     .cleared_by = "clinician",
     .text = "Please let a doctor look at the lump or change first.",
     .therapist = "New lump or change of shape: no work until seen.",
     .basis = "NHS-LIST, GCARE"},
    {.id = "RF-16",
     .outcome = STOP,
     .urgency = EMERGENCY,
     .when = stroke,
     .text = "These can be signs of a stroke." CALL_NOW,
     .therapist = BLOCKED "Stroke-type signs.",
     .basis = "general knowledge"},
    {.id = "X-COMBO",
     .outcome = STOP,
     .urgency = SOON,
     .when = several_soft,
     .text = "Taken together, your answers suggest seeing a doctor first." FEW_DAYS,
     .therapist = BLOCKED "Two or more soft red flags.",
     .basis = "FINUCANE (single flags have poor accuracy; weigh together); threshold is our judgement"},
    [DOWN] = {.id = "X-DOWN",
              .outcome = MODIFY,
              .cleared_by = "therapist",
              .text = "Thank you. Your therapist will confirm with you and may ask to see the "
                      "note.",
              .therapist = "Client states that a clinician cleared massage. Confirm before "
                           "hands-on; keep the note or a record of the call.",
              .basis = "our judgement"},
    [DEFAULT] = {.id = "OK-00",
                 .outcome = PROCEED,
                 .text = "Nothing you told us suggests massage is unsafe. If anything changes, tell your "
                         "therapist or your doctor.",
                 .therapist = "No flags reported. Screening is not an examination; use your judgement.",
                 .basis = "general knowledge"},
};
const size_t rule_count = sizeof rules / sizeof *rules;
_Static_assert(sizeof rules / sizeof *rules == DEFAULT + 1, "X-DOWN and OK-00 stand last");
_Static_assert(sizeof rules / sizeof *rules <= RULES_MAX, "a judgement can list every rule");

const char *rule_therapist(const struct fired *f)
{
    const char *text = rules[f->rule].therapist;
    bool blocked = text && str_starts(str_of(text), BLOCKED);
    return f->lowered && blocked ? text + sizeof BLOCKED - 1 : text;
}
