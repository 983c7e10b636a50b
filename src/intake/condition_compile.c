/*
 * Recursive descent over the text of a condition. Nodes are written in prefix order: when the first "or" or
 * "and" comes after a term, what was written for that term moves one place to make room for it.
 */
#include "intake/condition_inner.h"

#include <stdarg.h>
#include <stdio.h>

enum { NODES_MAX = 1024, DEPTH_MAX = 16, AGE_MAX = 130, WITHIN_MAX = 1000 };

enum token_kind { END, WORD, NUMBER, COMPARE, OPEN, CLOSE, COMMA, ODD };

struct token {
    enum token_kind kind;
    size_t at;
    struct str text;
    uint8_t compare;
    int32_t number;
};

struct parser {
    const struct questionnaire *q;
    struct str text;
    struct token now;
    struct condition_fault *fault;
    int depth;
    uint16_t count;
    struct condition_node node[NODES_MAX];
};

/* --- Words */

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static size_t skip_blanks(struct str s, size_t at)
{
    while (at < s.n && (s.p[at] == ' ' || s.p[at] == '\t' || s.p[at] == '\n' || s.p[at] == '\r'))
        at++;
    return at;
}

static size_t word_end(struct str s, size_t at)
{
    while (at < s.n && (is_letter(s.p[at]) || is_digit(s.p[at]) || s.p[at] == '-'))
        at++;
    return at;
}

/* Digits, perhaps with a sign; what is no number or a letter too long is shown as it stands. */
static size_t read_number(struct str s, size_t at, struct token *t)
{
    size_t end = at + (s.p[at] == '-');
    end = word_end(s, end);
    int64_t number;
    if (text_int((struct str){s.p + at, end - at}, -1000000000, 1000000000, &number)) {
        t->kind = NUMBER;
        t->number = (int32_t)number;
    }
    return end > at ? end : at + 1;
}

static size_t read_comparison(struct str s, size_t at, struct token *t)
{
    static const struct {
        char text[3];
        uint8_t compare;
    } table[] = {{"!=", NOT_EQUAL}, {"<=", AT_MOST}, {">=", AT_LEAST},
                 {"<", LESS},       {">", MORE},     {"=", EQUAL}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (str_starts((struct str){s.p + at, s.n - at}, table[i].text)) {
            t->kind = COMPARE;
            t->compare = table[i].compare;
            return at + strlen(table[i].text);
        }
    return at + 1;
}

static size_t read_token(struct str s, size_t at, struct token *t)
{
    char c = s.p[at];
    if (is_letter(c)) {
        t->kind = WORD;
        return word_end(s, at);
    }
    if (is_digit(c) || c == '-')
        return read_number(s, at, t);
    if (c == '(' || c == ')' || c == ',') {
        t->kind = c == '(' ? OPEN : c == ')' ? CLOSE : COMMA;
        return at + 1;
    }
    return read_comparison(s, at, t);
}

static size_t whole_character(struct str s, size_t end)
{
    while (end < s.n && ((unsigned char)s.p[end] & 0xc0) == 0x80)
        end++;
    return end;
}

static void next(struct parser *p)
{
    size_t at = skip_blanks(p->text, p->now.at + p->now.text.n);
    p->now = (struct token){.kind = END, .at = at, .text = {p->text.p + at, 0}};
    if (at == p->text.n)
        return;
    p->now.kind = ODD;
    size_t end = read_token(p->text, at, &p->now);
    if (p->now.kind == ODD)
        end = whole_character(p->text, end);
    p->now.text.n = end - at;
}

static bool is_word(const struct parser *p, const char *word)
{
    return p->now.kind == WORD && str_is(p->now.text, word);
}

static bool take(struct parser *p, const char *word)
{
    if (!is_word(p, word))
        return false;
    next(p);
    return true;
}

/* --- Faults */

static bool fault(struct parser *p, size_t at, const char *format, ...) __attribute__((format(printf, 3, 4)));
static bool fault(struct parser *p, size_t at, const char *format, ...)
{
    struct condition_fault *f = p->fault;
    va_list args;
    va_start(args, format);
    vsnprintf(f->reason, sizeof f->reason, format, args);
    va_end(args);
    f->line = f->column = 1;
    for (size_t i = 0; i < at && i < p->text.n; i++) {
        bool new_line = p->text.p[i] == '\n';
        f->line += new_line;
        f->column = new_line ? 1 : f->column + (((unsigned char)p->text.p[i] & 0xc0) != 0x80);
    }
    return false;
}

/* Text of the writer within a fault: short, and cut between characters. */
static int shown_size(struct str s)
{
    size_t n = s.n < 40 ? s.n : 40;
    while (n < s.n && n > 0 && ((unsigned char)s.p[n] & 0xc0) == 0x80)
        n--;
    return (int)n;
}
#define QUOTE(s) shown_size(s), (s).p

static bool expected(struct parser *p, const char *what)
{
    if (p->now.kind == END)
        return fault(p, p->now.at, "It ends where %s should follow.", what);
    return fault(p, p->now.at, "Here %s should stand, not \"%.*s\".", what, QUOTE(p->now.text));
}

/* --- Nodes */

static struct condition_node *add(struct parser *p, struct condition_node node)
{
    if (p->count == NODES_MAX) {
        fault(p, p->now.at, "The condition is too long.");
        return NULL;
    }
    struct condition_node *made = &p->node[p->count++];
    *made = node;
    made->size = 1;
    return made;
}

/* A node over all that was written since `start`. */
static bool put_over(struct parser *p, uint16_t start, uint8_t op)
{
    if (!add(p, (struct condition_node){.op = op}))
        return false;
    memmove(&p->node[start + 1], &p->node[start], (size_t)(p->count - start - 1) * sizeof *p->node);
    p->node[start] = (struct condition_node){.op = op};
    return true;
}

static void close_node(struct parser *p, uint16_t start)
{
    p->node[start].size = (uint16_t)(p->count - start);
}

/* --- Tests */

static bool has_options(const struct question *question)
{
    return question->kind == KIND_CHOICE || question->kind == KIND_MULTI || question->kind == KIND_AREAS ||
           question->kind == KIND_ACCEPT;
}

static bool misfits(struct parser *p, size_t at, const struct question *question)
{
    static const char *const can[] = {[KIND_CHOICE] = "has options, no number or date",
                                      [KIND_MULTI] = "has options, no number or date",
                                      [KIND_AREAS] = "has options, no number or date",
                                      [KIND_ACCEPT] = "has options, no number or date",
                                      [KIND_NUMBER] = "is a number: compare it with one",
                                      [KIND_DATE] = "is a date: it can be \"within\" a time, or \"answered\"",
                                      [KIND_TEXT] = "is a text: all that can be asked is \"answered\""};
    return fault(p, at, "%s %s.", question->id, can[question->kind]);
}

static bool option(struct parser *p, const struct question *question, uint64_t *options)
{
    if (p->now.kind != WORD)
        return expected(p, "an option");
    uint8_t found = option_by_slug(question, p->now.text);
    if (found == OPTIONS_MAX)
        return fault(p, p->now.at, "%s has no option \"%.*s\".", question->id, QUOTE(p->now.text));
    if (*options >> found & 1)
        return fault(p, p->now.at, "\"%.*s\" stands there twice.", QUOTE(p->now.text));
    *options |= UINT64_C(1) << found;
    next(p);
    return true;
}

static bool option_list(struct parser *p, const struct question *question, uint64_t *options)
{
    do {
        next(p); /* the bracket, the comma */
        if (!option(p, question, options))
            return false;
    } while (p->now.kind == COMMA);
    if (p->now.kind != CLOSE)
        return expected(p, "a comma or a closing bracket");
    next(p);
    return true;
}

/* After "=", "in", "has" …: one option, or several in brackets. */
static bool choice_test(struct parser *p, uint16_t index, uint8_t op, bool one, bool several)
{
    const struct question *question = &p->q->questions[index];
    struct condition_node n = {.op = op, .question = index};
    if (several && p->now.kind == OPEN) {
        if (!option_list(p, question, &n.options))
            return false;
    } else if (!one) {
        return expected(p, "an opening bracket");
    } else if (!option(p, question, &n.options)) {
        return false;
    }
    return add(p, n) != NULL;
}

static bool number_between(struct parser *p, const char *of, int32_t low, int32_t high, int32_t *number)
{
    if (p->now.kind != NUMBER)
        return expected(p, "a number");
    if (p->now.number < low || p->now.number > high)
        return fault(p, p->now.at, "%s is from %d to %d, never %d.", of, low, high, p->now.number);
    *number = p->now.number;
    next(p);
    return true;
}

static bool compare_test(struct parser *p, uint16_t index, size_t at)
{
    const struct question *question = &p->q->questions[index];
    struct condition_node n = {.op = OP_NUMBER, .question = index, .compare = p->now.compare};
    if (has_options(question)) {
        if (n.compare != EQUAL && n.compare != NOT_EQUAL)
            return misfits(p, at, question);
        next(p);
        return choice_test(p, index, n.compare == EQUAL ? OP_HAS : OP_LACKS, true, false);
    }
    if (question->kind != KIND_NUMBER)
        return misfits(p, at, question);
    next(p);
    return number_between(p, question->id, question->low, question->high, &n.number) && add(p, n);
}

static bool within_test(struct parser *p, uint16_t index, size_t at)
{
    static const char *const units[] = {
        [DAYS] = "days", [WEEKS] = "weeks", [MONTHS] = "months", [YEARS] = "years"};
    struct condition_node n = {.op = OP_WITHIN, .question = index};
    if (p->q->questions[index].kind != KIND_DATE)
        return misfits(p, at, &p->q->questions[index]);
    if (!number_between(p, "Such a time", 0, WITHIN_MAX, &n.number))
        return false;
    for (n.unit = DAYS; n.unit <= YEARS; n.unit++)
        if (take(p, units[n.unit]))
            return add(p, n) != NULL;
    return expected(p, "\"days\", \"weeks\", \"months\" or \"years\"");
}

static bool question_test(struct parser *p, uint16_t index, size_t at)
{
    static const struct {
        const char *word;
        uint8_t op;
        bool one;
    } words[] = {
        {"in", OP_HAS, false}, {"has", OP_HAS, true}, {"lacks", OP_LACKS, true}, {"only", OP_ONLY, true}};
    const struct question *question = &p->q->questions[index];
    if (p->now.kind == COMPARE)
        return compare_test(p, index, at);
    if (take(p, "within"))
        return within_test(p, index, at);
    if (take(p, "answered"))
        return add(p, (struct condition_node){.op = OP_ANSWERED, .question = index});
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (take(p, words[i].word))
            return has_options(question) ? choice_test(p, index, words[i].op, words[i].one, true)
                                         : misfits(p, at, question);
    return expected(p, "what is asked of the answer (=, in, has, lacks, only, <, within, answered …)");
}

static bool age_test(struct parser *p, size_t at)
{
    if (p->q->birth == NO_QUESTION)
        return fault(p, at, "There is no date of birth, question A01, to tell the age from.");
    struct condition_node n = {.op = OP_AGE, .question = p->q->birth, .compare = p->now.compare};
    if (p->now.kind != COMPARE)
        return expected(p, "a comparison");
    next(p);
    return number_between(p, "An age", 0, AGE_MAX, &n.number) && add(p, n);
}

/* Written out as an "or" over all questions of the section that have such an option. */
static bool any_of_section(struct parser *p, enum section section)
{
    uint16_t start = p->count;
    for (uint16_t i = 0; i < p->q->question_count; i++) {
        const struct question *question = &p->q->questions[i];
        uint8_t found = question->section == section ? option_by_slug(question, p->now.text) : OPTIONS_MAX;
        if (found != OPTIONS_MAX &&
            !add(p, (struct condition_node){.op = OP_HAS, .question = i, .options = UINT64_C(1) << found}))
            return false;
    }
    if (p->count == start)
        return fault(p, p->now.at, "No question of %s has an option \"%.*s\".", section_name(section),
                     QUOTE(p->now.text));
    if (!put_over(p, start, OP_OR))
        return false;
    close_node(p, start);
    next(p);
    return true;
}

static bool any_test(struct parser *p)
{
    enum section section = S1;
    while (section < SECTIONS && !is_word(p, section_name(section)))
        section++;
    if (section == SECTIONS)
        return expected(p, "a section, S1 to S7,");
    next(p);
    if (p->now.kind != COMPARE || p->now.compare != EQUAL)
        return expected(p, "\"=\"");
    next(p);
    return p->now.kind == WORD ? any_of_section(p, section) : expected(p, "an option");
}

static bool test(struct parser *p)
{
    size_t at = p->now.at;
    struct str word = p->now.text;
    if (p->now.kind != WORD)
        return expected(p, "a question");
    next(p);
    if (str_is(word, "age"))
        return age_test(p, at);
    if (str_is(word, "any"))
        return any_test(p);
    uint16_t index = question_by_id(p->q, word);
    if (index == NO_QUESTION)
        return fault(p, at, "There is no question \"%.*s\".", QUOTE(word));
    return question_test(p, index, at);
}

/* --- Terms joined */

static bool any_of(struct parser *p);
static bool term(struct parser *p);

static bool count_end(struct parser *p, uint16_t start, int32_t members)
{
    if (p->now.kind != COMPARE)
        return expected(p, "a comparison");
    uint8_t compare = p->now.compare;
    int32_t number = 0;
    next(p);
    if (!number_between(p, "This count", 0, members, &number))
        return false;
    p->node[start].compare = compare;
    p->node[start].number = number;
    close_node(p, start);
    return true;
}

static bool count(struct parser *p)
{
    uint16_t start = p->count;
    int32_t members = 0;
    if (p->now.kind != OPEN)
        return expected(p, "an opening bracket");
    if (!add(p, (struct condition_node){.op = OP_COUNT}))
        return false;
    do {
        next(p);
        if (!any_of(p))
            return false;
        members++;
    } while (p->now.kind == COMMA);
    if (p->now.kind != CLOSE)
        return expected(p, "a comma or a closing bracket");
    next(p);
    return count_end(p, start, members);
}

static bool bracket(struct parser *p)
{
    next(p);
    if (!any_of(p))
        return false;
    if (p->now.kind != CLOSE)
        return expected(p, "\"and\", \"or\" or a closing bracket");
    next(p);
    return true;
}

static bool term_inside(struct parser *p)
{
    uint16_t start = p->count;
    if (p->now.kind == OPEN)
        return bracket(p);
    if (take(p, "count"))
        return count(p);
    if (!is_word(p, "not"))
        return test(p);
    if (!add(p, (struct condition_node){.op = OP_NOT}))
        return false;
    next(p);
    bool ok = term(p);
    close_node(p, start);
    return ok;
}

static bool term(struct parser *p)
{
    if (p->depth > DEPTH_MAX)
        return fault(p, p->now.at, "This is nested too deeply.");
    p->depth++;
    bool ok = term_inside(p);
    p->depth--;
    return ok;
}

/* One or more of what `one` reads, with `word` between them. */
static bool joined(struct parser *p, bool (*one)(struct parser *), const char *word, uint8_t op)
{
    uint16_t start = p->count;
    if (!one(p))
        return false;
    if (!is_word(p, word))
        return true;
    if (!put_over(p, start, op))
        return false;
    while (take(p, word))
        if (!one(p))
            return false;
    close_node(p, start);
    return true;
}

static bool all_of(struct parser *p)
{
    return joined(p, term, "and", OP_AND);
}

static bool any_of(struct parser *p)
{
    return joined(p, all_of, "or", OP_OR);
}

bool condition_compile(struct condition *c, const struct questionnaire *q, struct arena *a, struct str text,
                       struct condition_fault *f)
{
    struct parser p = {.q = q, .text = text.n ? text : STR(""), .fault = f};
    *c = (struct condition){0};
    p.now.text.p = p.text.p;
    next(&p);
    if (!any_of(&p))
        return false;
    if (p.now.kind != END)
        return expected(&p, "\"and\", \"or\" or nothing more");
    struct condition_node *node = arena_alloc(a, p.count * sizeof *node);
    if (!node)
        return fault(&p, 0, "There is no memory left.");
    memcpy(node, p.node, p.count * sizeof *node);
    *c = (struct condition){.node = node, .count = p.count};
    return true;
}
