/* What a browser says of itself, in words its owner knows: "Firefox on Windows". Nothing is decided by it. */
#define _GNU_SOURCE /* memmem */
#include "accounts/accounts.h"

#include <string.h>

struct mark {
    const char *sign, *word;
};

/* In this order: each browser names those that it resembles as well. */
static const struct mark browsers[] = {
    {"Edg/", "Edge"},        {"EdgA/", "Edge"},
    {"OPR/", "Opera"},       {"SamsungBrowser/", "Samsung Internet"},
    {"Firefox/", "Firefox"}, {"FxiOS/", "Firefox"},
    {"CriOS/", "Chrome"},    {"Chrome/", "Chrome"},
    {"Chromium/", "Chrome"}, {"Safari/", "Safari"},
    {"curl/", "curl"},
};
static const struct mark systems[] = {
    {"iPhone", "iPhone"}, {"iPad", "iPad"},     {"Android", "Android"}, {"Windows", "Windows"},
    {"Mac OS X", "Mac"},  {"Macintosh", "Mac"}, {"CrOS", "Chromebook"}, {"Linux", "Linux"},
};

static const char *word_of(const struct mark *marks, size_t n, struct str agent)
{
    for (size_t i = 0; i < n; i++)
        if (memmem(agent.p, agent.n, marks[i].sign, strlen(marks[i].sign)) != NULL)
            return marks[i].word;
    return NULL;
}

const char *device_words(struct request *r)
{
    struct str agent = r->user_agent;
    if (agent.n == 0)
        return "A program";
    const char *browser = word_of(browsers, sizeof browsers / sizeof *browsers, agent);
    const char *system = word_of(systems, sizeof systems / sizeof *systems, agent);
    if (browser != NULL && system != NULL)
        return arena_printf(r->arena, "%s on %s", browser, system);
    return browser != NULL ? browser : system != NULL ? system : "A program";
}
