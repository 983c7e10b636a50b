/* Which passwords are refused: those that a guesser tries first. There are no other rules. */
#define _GNU_SOURCE /* strcasestr, explicit_bzero */
#include "accounts/accounts.h"
#include "core/asset.h"

#include <string.h>
#include <strings.h>

#define LIST "src/accounts/common-passwords.txt"

static int compare(const char *line, size_t n, const char *word, size_t size)
{
    int c = memcmp(line, word, n < size ? n : size);
    return c != 0 ? c : (n > size) - (n < size);
}

/* The list is sorted by bytes, a word a line, after its comment. */
static bool listed(const char *text, size_t total, const char *word)
{
    size_t low = 0, high = total, size = strlen(word);
    while (low < high) {
        size_t middle = low + (high - low) / 2, begin = middle;
        while (begin > low && text[begin - 1] != '\n')
            begin--;
        const char *end = memchr(text + begin, '\n', total - begin);
        size_t n = end != NULL ? (size_t)(end - text) - begin : total - begin;
        int c = text[begin] == '#' ? -1 : compare(text + begin, n, word, size);
        if (c == 0)
            return true;
        if (c < 0)
            low = begin + n + 1;
        else
            high = begin;
    }
    return false;
}

static void lower(char *out, const char *in)
{
    for (; *in != '\0'; in++)
        *out++ = *in >= 'A' && *in <= 'Z' ? (char)(*in - 'A' + 'a') : *in;
    *out = '\0';
}

/* One character again and again, or one row of the keyboard or alphabet after another. */
static bool is_run(const char *word)
{
    size_t n = strlen(word);
    bool same = true, up = true, down = true;
    for (size_t i = 1; i < n; i++) {
        same &= word[i] == word[0];
        up &= word[i] == word[i - 1] + 1;
        down &= word[i] == word[i - 1] - 1;
    }
    return same || up || down;
}

/* The password is this word, with at most three other characters around it. */
static bool is_around(const char *password, const char *word)
{
    size_t n = word != NULL ? strlen(word) : 0;
    return n >= 4 && strcasestr(password, word) != NULL && strlen(password) <= n + 3;
}

const char *password_problem(struct request *r, const char *password, const char *email, const char *name)
{
    const struct asset *list = asset_find(LIST);
    char word[PASSWORD_MAX + 1];
    lower(word, password);
    bool common = list != NULL && listed((const char *)list->data, list->size, word);
    const char *before = email != NULL ? arena_strndup(r->arena, email, strcspn(email, "@")) : NULL;
    bool own = is_around(word, email) || is_around(word, before) || is_around(word, name) ||
               is_around(word, app_of(r)->config.site_name) || is_around(word, "massage");
    explicit_bzero(word, sizeof word);
    if (common || is_run(password))
        return "Many people use this password, so it is guessed first. Choose another one";
    if (own)
        return "This password is close to your name, your address or this site's name. Choose another one";
    return NULL;
}
