/* The lists of the short form: the same for everybody in a country on a day, so they are kept, and each page
 * marks its own in a copy of their tokens. */
#include "directory/choices.h"

#include "web/web.h"

#include <string.h>

static struct str member(const struct json *j, uint32_t object, const char *key)
{
    uint32_t token = json_get(j, object, key);
    return token && j->token[token].kind != JSON_NULL ? json_raw(j, token) : (struct str){"", 0};
}

/* False when the list has no such value. */
static bool mark(struct json *lists, const char *name, struct str value)
{
    uint32_t list = json_get(lists, json_get(lists, 0, "choices"), name), end = lists->token[list].next;
    for (uint32_t t = list + 1; t < end; t = lists->token[t].next)
        if (str_eq(member(lists, t, "value"), value)) {
            lists->token[json_get(lists, t, "on")].kind = JSON_TRUE;
            return true;
        }
    return value.n == 0;
}

static void mark_tags(struct json *lists, const struct json *doc)
{
    uint32_t tags = json_get(doc, 0, "tags"), end = doc->token[tags].next;
    for (uint32_t t = tags + 1; tags && t < end; t = doc->token[t].next) {
        if (doc->token[t].kind != JSON_ARRAY)
            continue;
        if (str_is(json_raw(doc, t + 1), "technique"))
            mark(lists, "techniques", json_raw(doc, t + 2));
        else if (str_is(json_raw(doc, t + 1), "complaint"))
            mark(lists, "complaints", json_raw(doc, t + 2));
    }
}

/* Marks what `doc` says was asked for; what of it no list has is left in `missing`: day, radius, price. */
static bool mark_all(struct json *lists, const struct json *doc, struct str missing[3])
{
    static const char *const lists_of[] = {"dates", "radii", "prices"};
    const struct str asked[] = {member(doc, 0, "day"), member(doc, 0, "radius_km"),
                                member(doc, 0, "price_max")};
    bool all = true;
    mark_tags(lists, doc);
    mark(lists, "parts", member(doc, 0, "part"));
    mark(lists, "lengths", member(doc, 0, "length"));
    for (int i = 0; i < 3; i++) {
        bool found = mark(lists, lists_of[i], asked[i]) || (i == 0 && mark(lists, "days", asked[i]));
        missing[i] = found ? (struct str){NULL, 0} : asked[i];
        all = all && found;
    }
    return all;
}

static struct json *copy(struct request *r, const struct json *j)
{
    struct json *made = arena_take(r->arena, sizeof *made);
    struct json_token *token = arena_take(r->arena, j->count * sizeof *token);
    if (!made || !token)
        return NULL;
    *made = (struct json){j->text, memcpy(token, j->token, j->count * sizeof *token), j->count};
    return made;
}

const struct json *choices_add(struct request *r, const char *doc)
{
    const char *country = doc_text(r, doc, "country"), *today = doc_text(r, doc, "today");
    const struct json *asked = doc_json(r, doc),
                      *lists = ask_kept(r, Q_directory_choices, country, today, NULL, NULL, NULL);
    struct json *own = lists ? copy(r, lists) : NULL;
    struct str missing[3];
    if (own && !mark_all(own, asked, missing)) {
        const char *more[3];
        for (int i = 0; i < 3; i++)
            more[i] = arena_strndup(r->arena, missing[i].p, missing[i].n);
        lists = ask_kept(r, Q_directory_choices, country, today, more[0], more[1], more[2]);
        own = lists ? copy(r, lists) : NULL;
        if (own)
            mark_all(own, asked, missing);
    }
    if (own)
        page_context(r, own);
    return own;
}
