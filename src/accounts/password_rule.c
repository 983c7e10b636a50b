#define _GNU_SOURCE /* strcasestr */
/* Which passwords are refused: those that a guesser tries first. There are no other rules. */
#include "accounts/accounts.h"

#include <string.h>
#include <strings.h>
#include <zxcvbn.h>

#define FIRST_TRIES 13.3 /* bits: 10,000 guesses */

/* Found within the first tries; or as a whole one word of the library's lists (passwords, names, English),
 * also with signs for letters. */
static bool is_guessed_first(const char *password)
{
    ZxcMatch_t *parts = NULL;
    double bits = ZxcvbnMatch(password, NULL, &parts);
    bool whole = parts != NULL && parts->Begin == 0 && (size_t)parts->Length == strlen(password);
    unsigned type = parts != NULL ? (unsigned)parts->Type & ~(unsigned)MULTIPLE_MATCH : NON_MATCH;
    ZxcvbnFreeInfo(parts);
    return bits < FIRST_TRIES || (whole && (type == DICTIONARY_MATCH || type == DICT_LEET_MATCH));
}

/* The password is this word, with at most three other characters around it. */
static bool is_around(const char *password, const char *word)
{
    size_t n = word != NULL ? strlen(word) : 0;
    return n >= 4 && strcasestr(password, word) != NULL && strlen(password) <= n + 3;
}

const char *password_problem(struct request *r, const char *password, const char *email, const char *name)
{
    const char *before = email != NULL ? arena_strndup(r->arena, email, strcspn(email, "@")) : NULL;
    if (is_guessed_first(password))
        return "Many people use this password, so it is guessed first. Choose another one";
    if (is_around(password, email) || is_around(password, before) || is_around(password, name) ||
        is_around(password, app_of(r)->config.site_name) || is_around(password, "massage"))
        return "This password is close to your name, your address or this site's name. Choose another one";
    return NULL;
}
