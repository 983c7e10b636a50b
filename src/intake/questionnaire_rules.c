/* The terms that rules limit a session by, and the rules. */
#include "intake/questionnaire_inner.h"

/* --- Terms */

static const char *const set_names[LIMIT_SETS] = {[EXCLUDE] = "exclude",
                                                  [AVOID] = "avoid",
                                                  [POSITION] = "position",
                                                  [PRODUCT] = "product",
                                                  [REQUIRE] = "require"};

/* "@H06a": what was marked in that question. */
static bool read_areas(struct reader *r, struct term *term)
{
    uint16_t question = question_by_id(r->q, str_of(term->slug + 1));
    if (question == NO_QUESTION || r->q->questions[question].kind != KIND_AREAS)
        return reader_wrong(r, "slug", "\"%.40s\" is no question with areas of the body.", term->slug + 1);
    term->areas = (uint16_t)(question + 1);
    return true;
}

static uint8_t term_by_slug(const struct questionnaire *q, enum limit_set set, const char *slug)
{
    uint8_t i = 0;
    while (i < q->term_count[set] && strcmp(q->terms[set][i].slug, slug) != 0)
        i++;
    return i;
}

static bool read_term(struct reader *r, enum limit_set set, uint32_t t, struct term *term)
{
    term->slug = reader_text(r, t, "slug");
    term->label = reader_text(r, t, "label");
    reader_at(r, set_names[set], term->slug);
    if (!term->label)
        return reader_wrong(r, "label", "It is missing.");
    if (set == AVOID && term->slug && term->slug[0] == '@') {
        if (!read_areas(r, term))
            return false;
    } else if (!is_slug(term->slug)) {
        return reader_wrong(r, "slug", "That is no name of a term.");
    }
    if (term_by_slug(r->q, set, term->slug) < r->q->term_count[set])
        return reader_wrong(r, "slug", "There are two of this name.");
    r->q->term_count[set]++;
    return true;
}

static bool read_set(struct reader *r, enum limit_set set)
{
    uint32_t count, t = reader_array(r, json_get(&r->json, 0, "terms"), set_names[set], &count);
    reader_at(r, "terms", set_names[set]);
    if (count > TERMS_MAX)
        return reader_wrong(r, set_names[set], "More than %d are too many.", TERMS_MAX);
    struct term *terms = arena_alloc(r->arena, count * sizeof *terms);
    r->q->terms[set] = terms;
    for (uint32_t i = 0; terms && i < count; i++, t = r->json.token[t].next)
        if (!read_term(r, set, t, &terms[i]))
            return false;
    return true;
}

bool read_terms(struct reader *r)
{
    if (!json_get(&r->json, 0, "terms"))
        return true;
    for (enum limit_set set = 0; set < LIMIT_SETS; set++)
        if (!read_set(r, set))
            return false;
    return true;
}

/* --- What a rule limits */

static bool read_limit_set(struct reader *r, uint32_t object, enum limit_set set, uint64_t *bits)
{
    uint32_t count, t = reader_array(r, object, set_names[set], &count);
    for (uint32_t i = 0; i < count; i++, t = r->json.token[t].next) {
        struct str slug = r->json.token[t].kind == JSON_STRING ? json_text(&r->json, t, r->arena) : STR("");
        const char *text = arena_strndup(r->arena, slug.p, slug.n);
        uint8_t found = text ? term_by_slug(r->q, set, text) : TERMS_MAX;
        if (found >= r->q->term_count[set])
            return reader_wrong(r, set_names[set], "\"%.40s\" is none of the terms.", text ? text : "");
        *bits |= UINT64_C(1) << found;
    }
    return true;
}

static bool read_limit_words(struct reader *r, uint32_t object, struct limits *l)
{
    static const char *const guardians[] = {NULL, "consent", "present"};
    static const char *const starts[] = {NULL, "next_day", "48h", "clear"};
    uint8_t guardian = 0;
    if (!reader_word(r, object, "guardian", guardians, 3, 0, &guardian) ||
        !reader_word(r, object, "not_before", starts, 4, 0, &l->not_before))
        return false;
    if (guardian)
        l->flags |= guardian == 1 ? GUARDIAN_CONSENT : GUARDIAN_CONSENT | GUARDIAN_PRESENT;
    if (reader_flag(r, object, "confirm"))
        l->flags |= CONFIRM_FIRST;
    if (reader_flag(r, object, "precall"))
        l->flags |= PRECALL;
    return true;
}

/* A limit that nobody knows would be no limit: all names must be known. */
static bool know_limits(struct reader *r, uint32_t object)
{
    static const char known[] =
        " pressure_max pressure_where duration_max exclude avoid position product require "
        "confirm precall guardian not_before ";
    uint32_t t = object + 1;
    for (uint32_t i = 0; i < r->json.token[object].count; i++, t = r->json.token[t + 1].next) {
        char padded[32];
        struct str key = json_raw(&r->json, t);
        if (key.n + 3 > sizeof padded)
            return reader_wrong(r, "limits", "One of them is not known.");
        padded[0] = padded[key.n + 1] = ' ';
        memcpy(padded + 1, key.p, key.n);
        padded[key.n + 2] = '\0';
        if (!strstr(known, padded))
            return reader_wrong(r, "limits", "\"%.30s\" is not known.", padded);
    }
    return true;
}

static bool read_limits(struct reader *r, uint32_t object, struct rule *rule)
{
    int32_t pressure = 0, duration = 0;
    struct limits *l = &rule->limits;
    if (!object || r->json.token[object].kind == JSON_NULL)
        return true;
    if (r->json.token[object].kind != JSON_OBJECT)
        return reader_wrong(r, "limits", "They are no object.");
    if (!know_limits(r, object) || !reader_number(r, object, "pressure_max", 1, 5, &pressure) ||
        !reader_number(r, object, "duration_max", 10, 240, &duration) || !read_limit_words(r, object, l))
        return false;
    l->pressure_max = (uint8_t)pressure;
    l->duration_max = (uint16_t)duration;
    rule->pressure_is_local = reader_text(r, object, "pressure_where") != NULL;
    for (enum limit_set set = 0; set < LIMIT_SETS; set++)
        if (!read_limit_set(r, object, set, &l->set[set]))
            return false;
    return true;
}

/* --- Rules */

/* Of {…} only the two that rule_text() fills in. */
static bool placeholders_known(struct reader *r, const char *what, const char *text)
{
    for (const char *p = text ? strchr(text, '{') : NULL; p; p = strchr(p + 1, '{'))
        if (!str_starts(str_of(p), "{EMERGENCY}") && !str_starts(str_of(p), "{URGENT_LINE}"))
            return reader_wrong(r, what,
                                "Only {EMERGENCY} and {URGENT_LINE} can be filled in, not \"%.20s\".", p);
    return true;
}

static bool read_rule_texts(struct reader *r, uint32_t t, struct rule *rule)
{
    rule->cleared_by = reader_text(r, t, "cleared_by");
    rule->reason = reader_text(r, t, "reason");
    rule->text = reader_text(r, t, "text");
    rule->therapist = reader_text(r, t, "therapist");
    rule->basis = reader_text(r, t, "basis");
    if (!rule->reason)
        return reader_wrong(r, "reason", "It is missing.");
    if (!rule->text)
        return reader_wrong(r, "text", "The client must be told something.");
    if (!rule->basis)
        return reader_wrong(r, "basis", "It is missing.");
    return placeholders_known(r, "text", rule->text);
}

static const char *const urgencies[] = {NULL, "soon", "same_day", "emergency"};

static bool read_raised(struct reader *r, uint32_t object, struct rule *rule)
{
    if (!object || r->json.token[object].kind != JSON_OBJECT)
        return true;
    const char *when = reader_text(r, object, "when");
    rule->raised_text = reader_text(r, object, "text");
    if (!when)
        return reader_wrong(r, "raised", "It has no condition.");
    if (!reader_word(r, object, "urgency", urgencies, 4, -1, &rule->raised_urgency))
        return false;
    if (rule->raised_urgency <= rule->urgency)
        return reader_wrong(r, "raised", "Its urgency is not higher than the rule's own.");
    return placeholders_known(r, "raised", rule->raised_text) &&
           reader_condition(r, "raised", when, &rule->raised);
}

static bool rule_is_sound(struct reader *r, const struct rule *rule)
{
    if ((rule->outcome == STOP) != (rule->urgency != URGENCY_NONE) && rule->outcome != CLEARANCE)
        return reader_wrong(r, "urgency", "A STOP has one; PROCEED and MODIFY have none.");
    if (rule->raised_urgency && rule->outcome != STOP)
        return reader_wrong(r, "raised", "Only a STOP can become more urgent.");
    if (rule->outcome == CLEARANCE && !rule->cleared_by)
        return reader_wrong(r, "cleared_by", "A CLEARANCE says who gives it.");
    if (rule->written && rule->self)
        return reader_wrong(r, "self", "What time or the person lifts needs no written note.");
    if (rule->is_default && (rule->outcome != PROCEED || rule->lowers))
        return reader_wrong(r, "default", "The rule for when no other fires is a PROCEED.");
    if (rule->lowers && rule->outcome != MODIFY)
        return reader_wrong(r, "lowers", "The rule that lowers others is a MODIFY.");
    return true;
}

static bool read_when(struct reader *r, uint32_t t, struct rule *rule)
{
    const char *when = reader_text(r, t, "when");
    if (rule->is_default && when)
        return reader_wrong(r, "condition", "The rule for when no other fires has none.");
    if (!rule->is_default && !when)
        return reader_wrong(r, "condition", "It is missing.");
    return reader_condition(r, "condition", when, &rule->when);
}

static bool read_rule(struct reader *r, uint32_t t, struct rule *rule)
{
    static const char *const outcomes[] = {"PROCEED", "MODIFY", "CLEARANCE", "STOP"};
    rule->id = reader_text(r, t, "id");
    reader_at(r, "rule", rule->id);
    if (!rule->id || strlen(rule->id) > 30)
        return reader_wrong(r, "id", "It has none, or one too long.");
    if (rule_by_id(r->q, str_of(rule->id)) != RULES_MAX)
        return reader_wrong(r, "id", "There are two of this name.");
    rule->is_default = reader_flag(r, t, "default");
    rule->lowers = reader_flag(r, t, "lowers");
    rule->written = reader_flag(r, t, "written");
    rule->self = reader_flag(r, t, "self");
    rule->stay_active = reader_flag(r, t, "stay_active");
    return reader_word(r, t, "outcome", outcomes, 4, -1, &rule->outcome) &&
           reader_word(r, t, "urgency", urgencies, 4, 0, &rule->urgency) && read_rule_texts(r, t, rule) &&
           read_when(r, t, rule) && read_raised(r, json_get(&r->json, t, "raised"), rule) &&
           rule_is_sound(r, rule) && read_limits(r, json_get(&r->json, t, "limits"), rule);
}

/* At most one of its kind. */
static bool enter_special(struct reader *r, uint16_t index)
{
    const struct rule *rule = &r->q->rules[index];
    uint16_t *place = rule->is_default ? &r->q->rule_default : &r->q->rule_down;
    if (!rule->is_default && !rule->lowers)
        return true;
    if (*place != RULES_MAX)
        return reader_wrong(r, rule->is_default ? "default" : "lowers", "%s is that already.",
                            r->q->rules[*place].id);
    *place = index;
    return true;
}

bool read_rules(struct reader *r)
{
    uint32_t count, t = reader_array(r, 0, "rules", &count);
    reader_at(r, "all", "rules");
    if (count > RULES_MAX)
        return reader_wrong(r, "rules", "More than %d are too many.", RULES_MAX);
    struct rule *rules = arena_alloc(r->arena, count * sizeof *rules);
    r->q->rules = rules;
    r->q->rule_down = r->q->rule_default = RULES_MAX;
    for (uint16_t i = 0; rules && i < count; i++, t = r->json.token[t].next) {
        if (!read_rule(r, t, &rules[i]) || !enter_special(r, i))
            return false;
        r->q->rule_count++;
    }
    reader_at(r, "all", "rules");
    return r->q->rule_default != RULES_MAX ||
           reader_wrong(r, "default", "There is no rule for when no other fires.");
}
