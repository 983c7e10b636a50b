/* A FHIR Questionnaire from outside, read strictly: what we cannot ask is refused, not left out. */
#include "intake/fhir.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>

struct reader {
    char *fault;
    json_t *pages, *questions;
    const char *section;
    int page;
};

__attribute__((format(printf, 2, 3))) static bool wrong(struct reader *r, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(r->fault, 200, format, args);
    va_end(args);
    return false;
}

/* --- Members */

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text && text[0] ? text : NULL;
}

/* An extension of ours, or of the standard, by its whole name. */
static json_t *extension(const json_t *object, const char *base, const char *name)
{
    size_t i;
    json_t *one;
    char url[120];
    snprintf(url, sizeof url, "%s%s", base, name);
    json_array_foreach(json_object_get(object, "extension"), i, one)
    {
        const char *is = text_of(one, "url");
        if (is && strcmp(is, url) == 0)
            return one;
    }
    return NULL;
}

static const char *our_text(const json_t *item, const char *name)
{
    return text_of(extension(item, FHIR_OURS, name), "valueString");
}

static const char *link_id(const json_t *item)
{
    const char *id = text_of(item, "linkId");
    return id ? id : "without a linkId";
}

static void put(json_t *object, const char *key, const char *text)
{
    if (text)
        json_object_set_new(object, key, json_string(text));
}

/* --- enableWhen as a condition */

struct words {
    char *text;
    size_t n, cap;
    bool full;
};

__attribute__((format(printf, 2, 3))) static void say(struct words *w, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(w->text + w->n, w->cap - w->n, format, args);
    va_end(args);
    if (n < 0 || (size_t)n >= w->cap - w->n)
        w->full = true;
    else
        w->n += (size_t)n;
}

static bool say_coding(struct words *w, const char *question, const char *operator, const json_t * coding)
{
    const char *code = text_of(coding, "code");
    if (!code || (strcmp(operator, "=") != 0 && strcmp(operator, "!=") != 0))
        return false;
    say(w, "%s %s %s", question, operator, code);
    return true;
}

static bool say_boolean(struct words *w, const char *question, const char *operator, bool value)
{
    bool exists = strcmp(operator, "exists") == 0;
    if (!exists && strcmp(operator, "=") != 0)
        return false;
    say(w, "%s%s %s", value ? "" : "not ", question, exists ? "answered" : "= yes");
    return true;
}

static bool say_test(struct words *w, const json_t *test)
{
    const char *question = text_of(test, "question"), *operator= text_of(test, "operator");
    const json_t *coding = json_object_get(test, "answerCoding");
    const json_t *boolean = json_object_get(test, "answerBoolean");
    const json_t *integer = json_object_get(test, "answerInteger");
    if (!question || !operator)
        return false;
    if (coding)
        return say_coding(w, question, operator, coding);
    if (json_is_boolean(boolean))
        return say_boolean(w, question, operator, json_is_true(boolean));
    if (!json_is_integer(integer) || strcmp(operator, "exists") == 0)
        return false;
    say(w, "%s %s %lld", question, operator,(long long) json_integer_value(integer));
    return true;
}

static bool read_shown(struct reader *r, const json_t *item, json_t *question)
{
    char text[2001];
    struct words w = {.text = text, .cap = sizeof text};
    const json_t *tests = json_object_get(item, "enableWhen");
    const char *behavior = text_of(item, "enableBehavior"), *own = our_text(item, "condition");
    size_t i;
    json_t *test;
    if (!json_array_size(tests)) {
        put(question, "shown", own);
        return true;
    }
    if (own)
        return wrong(r, "%s has both enableWhen and a condition of its own", link_id(item));
    if (json_array_size(tests) > 1 && !behavior)
        return wrong(r, "%s has several enableWhen and no enableBehavior", link_id(item));
    json_array_foreach(tests, i, test)
    {
        if (i)
            say(&w, " %s ", strcmp(behavior, "any") == 0 ? "or" : "and");
        if (!say_test(&w, test))
            return wrong(r, "%s has an enableWhen that cannot be asked here", link_id(item));
    }
    if (w.full)
        return wrong(r, "%s has too many enableWhen", link_id(item));
    put(question, "shown", text);
    return true;
}

/* --- Questions */

static const char *kind_of(const json_t *item)
{
    static const char *const kinds[][2] = {{"integer", "number"}, {"date", "date"},
                                           {"text", "text"},      {"string", "text"},
                                           {"boolean", "accept"}, {"choice", "choice"}};
    const char *type = text_of(item, "type"), *own = our_text(item, "kind");
    if (type && strcmp(type, "choice") == 0 && json_is_true(json_object_get(item, "repeats")))
        return own && strcmp(own, "areas") == 0 ? own : "multi";
    for (size_t i = 0; type && i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i][0], type) == 0)
            return kinds[i][1];
    return NULL;
}

static json_t *option_of(const json_t *answer)
{
    const json_t *coding = json_object_get(answer, "valueCoding");
    const json_t *alone =
        extension(answer, "http://hl7.org/fhir/StructureDefinition/", "questionnaire-optionExclusive");
    json_t *option = json_object();
    put(option, "slug", text_of(coding, "code"));
    put(option, "label", text_of(coding, "display"));
    if (json_is_true(json_object_get(alone, "valueBoolean")))
        json_object_set_new(option, "alone", json_true());
    return option;
}

static bool read_options(struct reader *r, const json_t *item, json_t *question)
{
    size_t i;
    json_t *answer, *options = json_array();
    const char *kind = text_of(question, "kind"), *accept = our_text(item, "accept");
    json_object_set_new(question, "options", options);
    json_array_foreach(json_object_get(item, "answerOption"), i, answer)
    {
        json_array_append_new(options, option_of(answer));
    }
    if (strcmp(kind, "accept") == 0)
        json_array_append_new(options,
                              json_pack("{s:s,s:s}", "slug", "yes", "label", accept ? accept : "I agree"));
    return json_array_size(options) <= OPTIONS_MAX || wrong(r, "%s has too many options", link_id(item));
}

static void put_number(json_t *question, const char *key, const json_t *integer)
{
    if (json_is_integer(integer))
        json_object_set_new(question, key, json_integer(json_integer_value(integer)));
}

static void read_bounds(const json_t *item, json_t *question)
{
    static const char standard[] = "http://hl7.org/fhir/StructureDefinition/";
    put_number(question, "low", json_object_get(extension(item, standard, "minValue"), "valueInteger"));
    put_number(question, "high", json_object_get(extension(item, standard, "maxValue"), "valueInteger"));
    put_number(question, "high", json_object_get(item, "maxLength"));
    put_number(question, "signs", json_object_get(extension(item, FHIR_OURS, "signs"), "valueInteger"));
}

static bool read_question(struct reader *r, const json_t *item)
{
    static const char *const texts[] = {"hint", "plain", "sign", "unit", "basis", "harmless"};
    const char *kind = kind_of(item), *missing = our_text(item, "missing");
    if (!text_of(item, "linkId") || !text_of(item, "text"))
        return wrong(r, "an item of %s.%d has no linkId or no text", r->section, r->page);
    if (!kind)
        return wrong(r, "%s is of a type that is not asked here", link_id(item));
    json_t *question = json_pack("{s:s,s:s,s:i,s:s,s:s,s:s,s:b}", "id", link_id(item), "section", r->section,
                                 "page", r->page, "kind", kind, "ask", text_of(item, "text"), "missing",
                                 missing ? missing : "Answer this question", "required",
                                 json_is_true(json_object_get(item, "required")));
    if (!question)
        return wrong(r, "%s is not written in UTF-8", link_id(item));
    json_array_append_new(r->questions, question);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        put(question, texts[i], our_text(item, texts[i]));
    read_bounds(item, question);
    return read_options(r, item, question) && read_shown(r, item, question);
}

/* --- Groups */

static bool read_page(struct reader *r, const json_t *item)
{
    size_t i;
    json_t *one;
    const char *id = link_id(item), *type = text_of(item, "type");
    int64_t page;
    size_t n = strlen(r->section);
    if (!type || strcmp(type, "group") != 0 || strncmp(id, r->section, n) != 0 || id[n] != '.' ||
        !text_int(str_of(id + n + 1), 1, 60, &page))
        return wrong(r, "%s: in a part of the form stand groups like %s.1", id, r->section);
    if (!text_of(item, "text"))
        return wrong(r, "%s has no text", id);
    r->page = (int)page;
    json_t *made =
        json_pack("{s:s,s:i,s:s}", "section", r->section, "page", r->page, "title", text_of(item, "text"));
    put(made, "about", our_text(item, "about"));
    json_array_append_new(r->pages, made);
    json_array_foreach(json_object_get(item, "item"), i, one)
    {
        if (!read_question(r, one))
            return false;
    }
    return true;
}

static bool read_section(struct reader *r, const json_t *item)
{
    size_t i;
    json_t *one;
    const char *id = link_id(item), *type = text_of(item, "type");
    if (!type || strcmp(type, "group") != 0 || id[0] != 'S' || id[1] < '1' || id[1] > '7' || id[2])
        return wrong(r, "%s: the first items are groups S1 to S7", id);
    r->section = id;
    json_array_foreach(json_object_get(item, "item"), i, one)
    {
        if (!read_page(r, one))
            return false;
    }
    return true;
}

static bool read_all(struct reader *r, const json_t *root)
{
    size_t i;
    json_t *one;
    const char *type = text_of(root, "resourceType");
    if (!type || strcmp(type, "Questionnaire") != 0)
        return wrong(r, "it is no FHIR Questionnaire");
    json_array_foreach(json_object_get(root, "item"), i, one)
    {
        if (!read_section(r, one))
            return false;
    }
    if (!json_array_size(r->questions) || json_array_size(r->questions) > QUESTIONS_MAX)
        return wrong(r, "it has no questions, or more than %d", QUESTIONS_MAX);
    return true;
}

static int append(const char *text, size_t n, void *out)
{
    buf_put(out, text, n);
    return ((struct buf *)out)->failed ? -1 : 0;
}

bool fhir_read(struct str text, struct buf *out, char fault[200])
{
    json_error_t error;
    json_t *root = json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES, &error);
    json_t *made = json_pack("{s:[],s:[]}", "pages", "questions");
    struct reader r = {.fault = fault,
                       .pages = json_object_get(made, "pages"),
                       .questions = json_object_get(made, "questions")};
    fault[0] = '\0';
    bool good = made && (root || wrong(&r, "it is not JSON: line %d: %.120s", error.line, error.text)) &&
                read_all(&r, root);
    if (good && json_dump_callback(made, append, out, JSON_COMPACT) != 0)
        good = wrong(&r, "there is no memory left");
    if (!good && !fault[0])
        wrong(&r, "there is no memory left");
    json_decref(root);
    json_decref(made);
    return good;
}
