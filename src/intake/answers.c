#include "intake/answers.h"

#include "core/day.h"

#include <string.h>

/* --- One answer */

static enum answer_taken take_option(const struct question *question, struct answer *a, struct str value)
{
    uint8_t option = option_by_slug(question, value);
    bool several = question->kind == KIND_MULTI || question->kind == KIND_AREAS;
    if (option == OPTIONS_MAX || (a->given && !several) || chosen(a, option))
        return ANSWER_WRONG;
    for (uint8_t other = 0; other < question->option_count; other++)
        if (chosen(a, other) && (question->options[option].alone || question->options[other].alone))
            return ANSWER_WRONG;
    a->chosen |= UINT64_C(1) << option;
    a->given = true;
    return ANSWER_TAKEN;
}

static enum answer_taken take_number(const struct question *question, struct answer *a, struct str value)
{
    int64_t number;
    if (a->given || !text_int(str_trim(value), question->low, question->high, &number))
        return ANSWER_WRONG;
    *a = (struct answer){.number = (int32_t)number, .given = true};
    return ANSWER_TAKEN;
}

static enum answer_taken take_date(struct answer *a, struct str value)
{
    int32_t day;
    if (a->given || !day_read_past(str_trim(value), &day))
        return ANSWER_WRONG;
    *a = (struct answer){.number = day, .given = true};
    return ANSWER_TAKEN;
}

/* Its characters; -1 where a control character stands in it that is no end of a line. */
static int64_t characters(struct str text, bool lines)
{
    int64_t n = 0;
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        if ((c < ' ' && !(c == '\n' && lines)) || c == 0x7f)
            return -1;
        n += (c & 0xc0) != 0x80;
    }
    return n;
}

static struct str trimmed(struct str text)
{
    while (text.n && strchr(" \t\r\n", text.p[0]))
        text = (struct str){text.p + 1, text.n - 1};
    while (text.n && strchr(" \t\r\n", text.p[text.n - 1]))
        text.n--;
    return text;
}

/* A copy with "\n" for "\r\n" and a blank for a tab. */
static char *with_lines(struct arena *arena, struct str text)
{
    char *copy = arena_strndup(arena, text.p, text.n), *to = copy;
    for (const char *from = copy; from && *from; from++)
        if (*from != '\r' || from[1] != '\n')
            *to++ = *from == '\t' ? ' ' : *from;
    if (copy)
        *to = '\0';
    return copy;
}

static enum answer_taken take_text(const struct question *question, struct answer *a, struct arena *arena,
                                   struct str value)
{
    value = trimmed(value);
    if (a->given || !value.n || value.n > 4 * (size_t)question->high + 400 || !text_is_utf8(value))
        return ANSWER_WRONG;
    char *copy = with_lines(arena, value);
    int64_t n = copy ? characters(str_of(copy), question->high > LONG_TEXT) : -1;
    if (n <= 0 || n > question->high)
        return ANSWER_WRONG;
    *a = (struct answer){.text = copy, .given = true};
    return ANSWER_TAKEN;
}

enum answer_taken answers_take(const struct questionnaire *q, struct answers *a, struct arena *arena,
                               struct str id, struct str value)
{
    uint16_t i = question_by_id(q, id);
    if (i == NO_QUESTION)
        return ANSWER_FOREIGN;
    const struct question *question = &q->questions[i];
    switch ((enum question_kind)question->kind) {
    case KIND_CHOICE:
    case KIND_MULTI:
    case KIND_AREAS:
    case KIND_ACCEPT:
        return take_option(question, &a->is[i], value);
    case KIND_NUMBER:
        return take_number(question, &a->is[i], value);
    case KIND_DATE:
        return take_date(&a->is[i], value);
    case KIND_TEXT:
        return take_text(question, &a->is[i], arena, value);
    }
    return ANSWER_WRONG;
}

bool answer_same(const struct answer *a, const struct answer *b)
{
    return a->given == b->given && a->chosen == b->chosen && a->number == b->number &&
           (a->text == b->text || (a->text && b->text && strcmp(a->text, b->text) == 0));
}

bool answers_low_back(const struct questionnaire *q, const struct answers *a)
{
    uint16_t i = question_by_id(q, STR("P01"));
    for (uint8_t o = 0; i != NO_QUESTION && o < q->questions[i].option_count; o++)
        if (chosen(&a->is[i], o) && str_starts(str_of(q->questions[i].options[o].slug), "low_back_"))
            return true;
    return false;
}

static const char *alone_label(const struct question *question)
{
    for (uint8_t i = 0; i < question->option_count; i++)
        if (question->options[i].alone)
            return question->options[i].label;
    return NULL;
}

const char *answer_fits(const struct question *question, struct arena *arena)
{
    const char *alone = alone_label(question);
    switch ((enum question_kind)question->kind) {
    case KIND_MULTI:
    case KIND_AREAS:
        if (alone)
            return arena_printf(arena, "Choose either what fits, or “%s”, not both", alone);
        return question->missing ? question->missing : "Choose what fits";
    case KIND_NUMBER:
        return arena_printf(arena, "Enter a whole number from %d to %d", question->low, question->high);
    case KIND_DATE:
        return "Enter a date that is today or earlier, like 2026-11-20";
    case KIND_TEXT:
        return arena_printf(arena, "Write this in %d characters or fewer", question->high);
    case KIND_CHOICE:
    case KIND_ACCEPT:
        break;
    }
    return question->missing ? question->missing : "Choose one of the answers";
}

/* --- All of them */

static bool read_value(const struct questionnaire *q, struct answers *a, const struct json *j, uint32_t id,
                       uint32_t token, struct arena *arena)
{
    uint8_t kind = j->token[token].kind;
    if (kind != JSON_STRING && kind != JSON_NUMBER)
        return false;
    return answers_take(q, a, arena, json_text(j, id, arena), json_text(j, token, arena)) == ANSWER_TAKEN;
}

static bool read_values(const struct questionnaire *q, struct answers *a, const struct json *j, uint32_t id,
                        uint32_t token, struct arena *arena)
{
    bool fits = true;
    if (j->token[token].kind != JSON_ARRAY)
        return read_value(q, a, j, id, token, arena);
    uint32_t at = token + 1;
    for (uint32_t i = 0; i < j->token[token].count; i++, at = j->token[at].next)
        fits = read_value(q, a, j, id, at, arena) && fits;
    return fits;
}

bool answers_read(const struct questionnaire *q, struct answers *a, const struct json *j, uint32_t token,
                  struct arena *arena, bool lenient)
{
    memset(a, 0, sizeof *a);
    if (j->token[token].kind != JSON_OBJECT)
        return false;
    uint32_t at = token + 1;
    for (uint32_t i = 0; i < j->token[token].count; i++, at = j->token[at + 1].next)
        if (!read_values(q, a, j, at, at + 1, arena) && !lenient)
            return false;
    return true;
}

static void write_options(const struct question *question, const struct answer *a, struct json_writer *w)
{
    bool several = question->kind == KIND_MULTI || question->kind == KIND_AREAS;
    if (several)
        json_open(w, question->id, '[');
    for (uint8_t i = 0; i < question->option_count; i++)
        if (chosen(a, i))
            json_put(w, several ? NULL : question->id, question->options[i].slug);
    if (several)
        json_close(w, ']');
}

void answers_write(const struct questionnaire *q, const struct answers *a, struct json_writer *w)
{
    char day[11];
    for (size_t i = 0; i < q->question_count; i++) {
        const struct question *question = &q->questions[i];
        const struct answer *answer = &a->is[i];
        if (!answer->given)
            continue;
        switch ((enum question_kind)question->kind) {
        case KIND_NUMBER:
            json_put_int(w, question->id, answer->number);
            break;
        case KIND_DATE:
            day_write(answer->number, day);
            json_put(w, question->id, day);
            break;
        case KIND_TEXT:
            json_put(w, question->id, answer->text);
            break;
        case KIND_CHOICE:
        case KIND_MULTI:
        case KIND_AREAS:
        case KIND_ACCEPT:
            write_options(question, answer, w);
            break;
        }
    }
}

/* --- In words */

static void say_options(const struct question *question, const struct answer *a, struct buf *out)
{
    const char *comma = "";
    for (uint8_t i = 0; i < question->option_count; i++) {
        if (!chosen(a, i))
            continue;
        buf_printf(out, "%s%s", comma, question->options[i].label);
        comma = "; ";
    }
}

void answer_say(const struct question *question, const struct answer *answer, bool month_first,
                struct buf *out)
{
    char day[13];
    if (!answer->given)
        return;
    switch ((enum question_kind)question->kind) {
    case KIND_NUMBER:
        buf_printf(out, "%d%s%s", answer->number, question->unit ? " " : "",
                   question->unit ? question->unit : "");
        break;
    case KIND_DATE:
        day_say(answer->number, month_first, day);
        buf_puts(out, day);
        break;
    case KIND_TEXT:
        buf_puts(out, answer->text);
        break;
    case KIND_CHOICE:
    case KIND_MULTI:
    case KIND_AREAS:
    case KIND_ACCEPT:
        say_options(question, answer, out);
        break;
    }
}
