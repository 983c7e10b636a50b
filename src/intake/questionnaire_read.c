/*
 * From the document of a version to the questionnaire: pages and questions here, terms and rules in
 * questionnaire_rules.c. Whatever would make a form or a judgement wrong in silence is refused.
 */
#include "intake/questionnaire_inner.h"

#include <stdarg.h>
#include <stdio.h>

enum { PAGE_NUMBER_MAX = 99, TEXT_MAX = 4000, CHECK_DAY = 20778 /* any day will do */ };

/* --- The document's members */

bool reader_wrong(struct reader *r, const char *what, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(r->fault->at.reason, sizeof r->fault->at.reason, format, args);
    va_end(args);
    r->fault->what = what;
    return false;
}

void reader_at(struct reader *r, const char *kind, const char *id)
{
    snprintf(r->fault->where, sizeof r->fault->where, "%s %.30s", kind, id ? id : "without a name");
}

const char *reader_text(struct reader *r, uint32_t object, const char *key)
{
    uint32_t t = json_get(&r->json, object, key);
    if (!t || r->json.token[t].kind != JSON_STRING)
        return NULL;
    struct str text = json_text(&r->json, t, r->arena);
    return text.n ? arena_strndup(r->arena, text.p, text.n) : NULL;
}

bool reader_flag(struct reader *r, uint32_t object, const char *key)
{
    uint32_t t = json_get(&r->json, object, key);
    return t && r->json.token[t].kind == JSON_TRUE;
}

uint32_t reader_array(struct reader *r, uint32_t object, const char *key, uint32_t *count)
{
    uint32_t t = json_get(&r->json, object, key);
    bool array = t && r->json.token[t].kind == JSON_ARRAY;
    *count = array ? r->json.token[t].count : 0;
    return t + 1;
}

bool reader_number(struct reader *r, uint32_t object, const char *key, int32_t low, int32_t high,
                   int32_t *out)
{
    int64_t number;
    uint32_t t = json_get(&r->json, object, key);
    if (!t || r->json.token[t].kind == JSON_NULL)
        return true;
    if (r->json.token[t].kind != JSON_NUMBER || !text_int(json_raw(&r->json, t), low, high, &number))
        return reader_wrong(r, key, "It must be a whole number from %d to %d.", low, high);
    *out = (int32_t)number;
    return true;
}

bool reader_word(struct reader *r, uint32_t object, const char *key, const char *const *words, int count,
                 int absent, uint8_t *out)
{
    const char *text = reader_text(r, object, key);
    int found = text ? 0 : absent;
    while (text && found < count && !(words[found] && strcmp(text, words[found]) == 0))
        found++;
    if (found < 0)
        return reader_wrong(r, key, "It is missing.");
    if (found >= count && text)
        return reader_wrong(r, key, "\"%.40s\" is none of those that are known.", text);
    *out = (uint8_t)found;
    return true;
}

bool reader_condition(struct reader *r, const char *what, const char *text, struct condition *c)
{
    r->fault->what = what;
    return !text || condition_compile(c, r->q, r->arena, str_of(text), &r->fault->at);
}

bool is_slug(const char *text)
{
    static const char first[] = "abcdefghijklmnopqrstuvwxyz",
                      rest[] = "abcdefghijklmnopqrstuvwxyz0123456789_-";
    return text && text[0] && strchr(first, text[0]) && strlen(text) < 48 && !text[strspn(text, rest)];
}

static bool is_id(const char *text)
{
    static const char rest[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";
    return text && text[0] >= 'A' && text[0] <= 'Z' && strlen(text) < 31 && !text[strspn(text, rest)];
}

static const char *const sections[SECTIONS] = {"S1", "S2", "S3", "S4", "S5", "S6", "S7"};

static bool read_place(struct reader *r, uint32_t object, uint8_t *section, uint8_t *page)
{
    int32_t number = 0;
    if (!reader_word(r, object, "section", sections, SECTIONS, -1, section) ||
        !reader_number(r, object, "page", 1, PAGE_NUMBER_MAX, &number))
        return false;
    *page = (uint8_t)number;
    return number ? true : reader_wrong(r, "page", "It is missing.");
}

/* --- Pages */

static bool read_page(struct reader *r, uint32_t t, struct page_info *page, const struct page_info *before)
{
    reader_at(r, "page", reader_text(r, t, "section"));
    page->title = reader_text(r, t, "title");
    page->about = reader_text(r, t, "about");
    if (!read_place(r, t, &page->section, &page->page))
        return false;
    if (!page->title)
        return reader_wrong(r, "title", "Page %d has no title.", page->page);
    if (before && before->section * 256 + before->page >= page->section * 256 + page->page)
        return reader_wrong(r, "page", "Page %d does not come after the one before it.", page->page);
    return true;
}

static bool read_pages(struct reader *r)
{
    uint32_t count, t = reader_array(r, 0, "pages", &count);
    if (count > PAGES_MAX)
        return reader_wrong(r, "pages", "More than %d are too many.", PAGES_MAX);
    struct page_info *pages = arena_alloc(r->arena, count * sizeof *pages);
    if (!pages)
        return false; /* said by questionnaire_read */
    for (uint32_t i = 0; i < count; i++, t = r->json.token[t].next)
        if (!read_page(r, t, &pages[i], i ? &pages[i - 1] : NULL))
            return false;
    r->q->pages = pages;
    r->q->page_count = count;
    return true;
}

static bool has_page(const struct questionnaire *q, const struct question *question)
{
    for (size_t i = 0; i < q->page_count; i++)
        if (q->pages[i].section == question->section && q->pages[i].page == question->page)
            return true;
    return false;
}

/* --- Options */

static bool read_option(struct reader *r, uint32_t t, struct question *question, struct option *o)
{
    o->slug = reader_text(r, t, "slug");
    o->label = reader_text(r, t, "label");
    o->alone = reader_flag(r, t, "alone");
    if (!is_slug(o->slug))
        return reader_wrong(r, "options", "\"%.40s\" is no name of an option.", o->slug ? o->slug : "");
    if (!o->label)
        return reader_wrong(r, "options", "\"%.40s\" has no label.", o->slug);
    if (option_by_slug(question, str_of(o->slug)) != OPTIONS_MAX)
        return reader_wrong(r, "options", "\"%.40s\" stands there twice.", o->slug);
    question->option_count++;
    return true;
}

static bool enough_options(struct reader *r, const struct question *question)
{
    uint8_t count = question->option_count;
    switch (question->kind) {
    case KIND_CHOICE:
        return count >= 2 || reader_wrong(r, "options", "A choice needs two at least.");
    case KIND_MULTI:
    case KIND_AREAS:
        return count || reader_wrong(r, "options", "There are none.");
    case KIND_ACCEPT:
        return (count == 1 && strcmp(question->options[0].slug, "yes") == 0) ||
               reader_wrong(r, "options", "What is to be ticked has one option, \"yes\".");
    default:
        return !count || reader_wrong(r, "options", "A number, a date or a text has none.");
    }
}

static bool read_options(struct reader *r, uint32_t object, struct question *question)
{
    uint32_t count, t = reader_array(r, object, "options", &count);
    if (count > OPTIONS_MAX)
        return reader_wrong(r, "options", "More than %d are too many.", OPTIONS_MAX);
    struct option *options = arena_alloc(r->arena, count * sizeof *options);
    question->options = options;
    for (uint32_t i = 0; options && i < count; i++, t = r->json.token[t].next)
        if (!read_option(r, t, question, &options[i]))
            return false;
    return enough_options(r, question);
}

static bool read_harmless(struct reader *r, uint32_t object, struct question *question)
{
    const char *slug = reader_text(r, object, "harmless");
    question->harmless_set = slug != NULL;
    question->harmless = slug ? option_by_slug(question, str_of(slug)) : 0;
    return question->harmless != OPTIONS_MAX ||
           reader_wrong(r, "harmless", "There is no option \"%.40s\".", slug);
}

/* --- Questions */

static bool read_bounds(struct reader *r, uint32_t object, struct question *question)
{
    bool text = question->kind == KIND_TEXT;
    question->high = text ? 0 : -1;
    if (!reader_number(r, object, "low", -100000, 100000, &question->low) ||
        !reader_number(r, object, "high", -100000, 100000, &question->high))
        return false;
    if (text && (question->high < 1 || question->high > TEXT_MAX))
        return reader_wrong(r, "high", "A text needs the most characters it may have, 1 to %d.", TEXT_MAX);
    if (question->kind == KIND_NUMBER && question->high < question->low)
        return reader_wrong(r, "high", "A number needs its bounds, and the higher one last.");
    return true;
}

static bool read_words(struct reader *r, uint32_t object, struct question *question)
{
    int32_t signs = 0;
    question->ask = reader_text(r, object, "ask");
    question->hint = reader_text(r, object, "hint");
    question->missing = reader_text(r, object, "missing");
    question->plain = reader_text(r, object, "plain");
    question->sign = reader_text(r, object, "sign");
    question->unit = reader_text(r, object, "unit");
    if (!reader_number(r, object, "signs", 0, 2, &signs))
        return false;
    question->signs = (uint8_t)signs;
    if (!question->ask)
        return reader_wrong(r, "ask", "There is no wording.");
    if (question->required && !question->missing)
        return reader_wrong(r, "missing", "A required question needs a sentence for when it is left out.");
    if (signs && !question->sign)
        return reader_wrong(r, "sign", "In the list of signs it needs words of its own.");
    return true;
}

static bool follows(struct reader *r, const struct question *question)
{
    const struct question *before = question - 1;
    if (!has_page(r->q, question))
        return reader_wrong(r, "page", "There is no page %d of %s.", question->page,
                            section_name(question->section));
    if (question > r->q->questions &&
        before->section * 256 + before->page > question->section * 256 + question->page)
        return reader_wrong(r, "page", "It stands behind a question of a later page.");
    return true;
}

static bool read_question(struct reader *r, uint32_t t, struct question *question)
{
    static const char *const kinds[] = {"choice", "multi", "areas", "number", "date", "text", "accept"};
    question->id = reader_text(r, t, "id");
    reader_at(r, "question", question->id);
    question->required = reader_flag(r, t, "required");
    if (!is_id(question->id))
        return reader_wrong(r, "id", "It must be a capital letter, then letters, digits and _.");
    return reader_word(r, t, "kind", kinds, 7, -1, &question->kind) &&
           read_place(r, t, &question->section, &question->page) && follows(r, question) &&
           read_words(r, t, question) && read_bounds(r, t, question) && read_options(r, t, question) &&
           read_harmless(r, t, question);
}

/* Into the order of the ids. False when it is there already. */
static bool enter_id(struct questionnaire *q, uint16_t index)
{
    size_t at = index;
    const char *id = q->questions[index].id;
    if (question_by_id(q, str_of(id)) != NO_QUESTION)
        return false;
    for (; at > 0 && strcmp(q->questions[q->by_id[at - 1]].id, id) > 0; at--)
        q->by_id[at] = q->by_id[at - 1];
    q->by_id[at] = index;
    q->question_count++;
    return true;
}

static bool read_each_question(struct reader *r, uint32_t t, uint32_t count, struct question *questions)
{
    for (uint16_t i = 0; i < count; i++, t = r->json.token[t].next) {
        if (!read_question(r, t, &questions[i]))
            return false;
        if (!enter_id(r->q, i))
            return reader_wrong(r, "id", "There are two of this name.");
    }
    return true;
}

static uint16_t known(const struct questionnaire *q, struct str id, enum question_kind kind)
{
    uint16_t found = question_by_id(q, id);
    return found != NO_QUESTION && q->questions[found].kind == kind ? found : NO_QUESTION;
}

static void find_known(struct questionnaire *q)
{
    q->birth = known(q, STR("A01"), KIND_DATE);
    q->told = known(q, STR("RF15"), KIND_CHOICE);
    q->told_date = known(q, STR("RF15_date"), KIND_DATE);
    q->told_clinician = known(q, STR("RF15_clinician"), KIND_TEXT);
}

/* By earlier questions only: answers can then be looked through once, in order. */
static bool shown_by_earlier(struct reader *r, const struct question *question)
{
    uint64_t names[QUESTION_WORDS] = {0};
    condition_names(&question->shown, r->q, names);
    for (size_t i = (size_t)(question - r->q->questions); i < r->q->question_count; i++)
        if (names[i / 64] >> (i % 64) & 1)
            return reader_wrong(r, "shown", "%s does not come before it.", r->q->questions[i].id);
    return true;
}

static bool read_shown(struct reader *r, uint32_t t, struct question *questions)
{
    for (size_t i = 0; i < r->q->question_count; i++, t = r->json.token[t].next) {
        reader_at(r, "question", questions[i].id);
        if (!reader_condition(r, "shown", reader_text(r, t, "shown"), &questions[i].shown) ||
            !shown_by_earlier(r, &questions[i]))
            return false;
        bool detail = i == r->q->told_date || i == r->q->told_clinician;
        if (detail && !questions[i].shown.count)
            return reader_wrong(r, "shown", "It says nothing; this one belongs to an answer of RF15.");
    }
    return true;
}

static bool read_questions(struct reader *r)
{
    uint32_t count, t = reader_array(r, 0, "questions", &count);
    reader_at(r, "all", "questions");
    if (!count || count > QUESTIONS_MAX)
        return reader_wrong(r, "questions", "There must be some, and %d at most.", QUESTIONS_MAX);
    struct question *questions = arena_alloc(r->arena, count * sizeof *questions);
    r->q->questions = questions;
    if (!questions || !read_each_question(r, t, count, questions))
        return false;
    find_known(r->q);
    return read_shown(r, t, questions);
}

/* --- The whole */

static bool read_head(struct reader *r)
{
    const char *state = reader_text(r, 0, "state");
    reader_at(r, "the", "version");
    if (r->json.token[0].kind != JSON_OBJECT || !reader_number(r, 0, "version", 1, 1000000, &r->q->version))
        return reader_wrong(r, "version", "It is no document of a questionnaire.");
    if (!r->q->version)
        return reader_wrong(r, "version", "It is missing.");
    r->q->name = arena_printf(r->arena, "%d", r->q->version);
    r->q->draft = state && strcmp(state, "draft") == 0;
    r->q->published_on = reader_text(r, 0, "published_on");
    r->q->signed_by = reader_text(r, 0, "signed_by");
    return true;
}

static bool can_be(struct reader *r, const char *what, const struct condition *c, bool wanted)
{
    struct answers given = {0};
    bool tired;
    if (!c->count || condition_example(c, r->q, CHECK_DAY, wanted, &given, &tired))
        return true;
    r->fault->at.line = r->fault->at.column = 1;
    if (tired)
        return reader_wrong(r, what, "It is too tangled to be checked; make two of it.");
    return reader_wrong(r, what, wanted ? "It can never be true." : "It is always true.");
}

static bool can_be_both(struct reader *r, const char *what, const struct condition *c)
{
    return can_be(r, what, c, true) && can_be(r, what, c, false);
}

static bool check_conditions(struct reader *r)
{
    for (size_t i = 0; i < r->q->question_count; i++) {
        reader_at(r, "question", r->q->questions[i].id);
        if (!can_be_both(r, "shown", &r->q->questions[i].shown))
            return false;
    }
    for (size_t i = 0; i < r->q->rule_count; i++) {
        reader_at(r, "rule", r->q->rules[i].id);
        if (!can_be_both(r, "condition", &r->q->rules[i].when) ||
            !can_be_both(r, "raised", &r->q->rules[i].raised))
            return false;
    }
    return true;
}

/* A client answers the questions of the day on one page, and a therapist goes through it with them. */
static bool check_day(struct reader *r)
{
    for (size_t i = 1; i < r->q->page_count; i++) {
        if (r->q->pages[i].section != S7 || r->q->pages[i - 1].section != S7)
            continue;
        reader_at(r, "page", r->q->pages[i].title);
        r->fault->at.line = (int)i + 1;
        r->fault->at.column = 1;
        return reader_wrong(r, "section",
                            "The questions of the day (S7) stand on one page; this is page %d of them.",
                            r->q->pages[i].page);
    }
    return true;
}

const struct questionnaire *questionnaire_read(struct arena *a, struct str document, bool checked,
                                               struct questionnaire_fault *fault)
{
    struct reader r = {.arena = a, .fault = fault};
    *fault = (struct questionnaire_fault){.where = "the document", .what = "document"};
    r.q = arena_alloc(a, sizeof *r.q);
    if (!r.q || !json_parse(&r.json, a, document)) {
        reader_wrong(&r, "document", "It is not JSON, or memory has ended.");
        return NULL;
    }
    bool read = read_head(&r) && read_pages(&r) && read_questions(&r) && read_terms(&r) && read_rules(&r);
    if (arena_failed(a)) {
        reader_wrong(&r, "document", "There is no memory left.");
        return NULL;
    }
    return read && (!checked || (check_day(&r) && check_conditions(&r))) ? r.q : NULL;
}
