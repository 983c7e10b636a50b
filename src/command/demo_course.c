#include "command/demo_course.h"

#include "booking/booking.h"
#include "core/json.h"
#include "keys/keys.h"
#include "outcome/line.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

/* --- The bookings */

static bool token_hash(struct arena *a, const unsigned char master[32], const char *key, char hex[65])
{
    unsigned char hash[32];
    const char *token = booking_token(a, master, key);
    if (!token)
        return false;
    crypto_hash_sha256(hash, (const unsigned char *)token, strlen(token));
    sodium_bin2hex(hex, 65, hash, sizeof hash);
    return true;
}

static void put_element(struct buf *array, size_t i, const char *text)
{
    buf_printf(array, "%s%s", i ? "," : "{", text);
}

static bool take_ids(struct demo_course *c, struct arena *a, const char *doc)
{
    struct json j;
    if (!json_parse(&j, a, str_of(doc)) || j.token[0].count > COURSE_VISITS)
        return false;
    uint32_t at = 1;
    for (uint32_t i = 0; i < j.token[0].count; i++, at = j.token[at].next) {
        struct str id = json_raw(&j, at);
        snprintf(c->booking[c->count++], 37, "%.*s", (int)id.n, id.p);
    }
    return true;
}

enum db_status course_make(struct demo_course *c, struct db *db, const struct config *config, struct arena *a)
{
    unsigned char master[32];
    struct buf keys = {.max = 1024}, hashes = {.max = 1024};
    const char *doc = NULL;
    *c = (struct demo_course){0};
    if (!key_load(config->key_file, master, stderr))
        return DB_ERROR;
    bool good = true;
    for (size_t i = 0; i < COURSE_VISITS && good; i++) {
        char key[37], hash[65] = "";
        web_uuid(key);
        good = token_hash(a, master, key, hash);
        put_element(&keys, i, key);
        put_element(&hashes, i, hash);
    }
    sodium_memzero(master, sizeof master);
    buf_putc(&keys, '}');
    buf_putc(&hashes, '}');
    enum db_status s = !good || keys.failed || hashes.failed
                           ? DB_ERROR
                           : db_get(db, a, Q_sample_course, &doc, keys.p, hashes.p);
    buf_free(&keys);
    buf_free(&hashes);
    return s == DB_OK && !take_ids(c, a, doc) ? DB_ERROR : s;
}

int course_visit(const struct demo_course *c, const char *booking)
{
    for (size_t i = 0; i < c->count; i++)
        if (strcmp(c->booking[i], booking) == 0)
            return (int)i;
    return -1;
}

/* --- What the client says */

bool course_answers(const struct questionnaire *q, struct answers *given, struct arena *a)
{
    static const char *const said[][2] = {{"P07", "7"},
                                          {"P07b", "9"},
                                          {"P09_activity1", "putting on socks"},
                                          {"P09_rating1", "2"},
                                          {"P09_activity2", "sitting through a movie"},
                                          {"P09_rating2", "3"}};
    for (size_t i = 0; i < sizeof said / sizeof *said; i++)
        if (answers_take(q, given, a, str_of(said[i][0]), str_of(said[i][1])) != ANSWER_TAKEN)
            return false;
    return true;
}

static const struct said {
    int visit, days;
    const char *kind, *text;
} said[] = {
    {0, 1, "after",
     "{\"effects\":\"mild\",\"pain\":6,\"words\":\"Sore in the low back until the evening.\"}"},
    {1, 1, "after", "{\"effects\":\"none\",\"pain\":6,\"words\":null}"},
    {2, 1, "after", "{\"effects\":\"mild\",\"pain\":4,\"words\":null}"},
    {3, 1, "after", "{\"effects\":\"none\",\"pain\":4,\"words\":null}"},
    {3, 3, "review",
     "{\"average\":5,\"worst\":8,\"global\":3,\"things\":[{\"what\":\"putting on "
     "socks\",\"rating\":4},{\"what\":\"sitting through a movie\",\"rating\":4}]}"},
    {4, 1, "after", "{\"effects\":\"none\",\"pain\":3,\"words\":null}"},
    {4, 3, "review",
     "{\"average\":4,\"worst\":6,\"global\":2,\"things\":[{\"what\":\"putting on "
     "socks\",\"rating\":6},{\"what\":\"sitting through a movie\",\"rating\":6}]}"},
    {4, 19, "review",
     "{\"average\":3,\"worst\":5,\"global\":2,\"things\":[{\"what\":\"putting on "
     "socks\",\"rating\":8},{\"what\":\"sitting through a movie\",\"rating\":6}]}"},
};

bool course_seal(struct demo_course *c, int visit, const unsigned char key[32], const char *key_id,
                 struct arena *a)
{
    for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
        if (said[i].visit != visit)
            continue;
        struct demo_outcome *o = &c->outcome[c->outcomes++];
        *o = (struct demo_outcome){.visit = visit, .days = said[i].days, .kind = said[i].kind};
        web_uuid(o->id);
        const char *sealed =
            client_seal_with(key, key_id, a, OUTCOME_SEAL, outcome_bound(a, o->id), str_of(said[i].text));
        if (!sealed || (size_t)snprintf(o->sealed, sizeof o->sealed, "%s", sealed) >= sizeof o->sealed)
            return false;
    }
    return true;
}

enum db_status course_store(const struct demo_course *c, struct db *db, struct arena *a)
{
    struct buf ids = {.max = 1024};
    enum db_status s = DB_OK;
    for (size_t i = 0; i < c->outcomes && s == DB_OK; i++) {
        const struct demo_outcome *o = &c->outcome[i];
        const char *days = arena_printf(a, "%d", o->days);
        s = db_get(db, a, Q_sample_outcome, NULL, o->id, c->booking[o->visit], o->kind, o->sealed, days);
    }
    for (size_t i = 0; i < c->count; i++)
        put_element(&ids, i, c->booking[i]);
    buf_putc(&ids, '}');
    if (s == DB_OK && c->count > 0)
        s = ids.failed ? DB_ERROR : db_get(db, a, Q_sample_course_dates, NULL, ids.p);
    buf_free(&ids);
    return s;
}

const char *course_link(struct db *db, const struct config *config, struct arena *a)
{
    unsigned char master[32];
    const char *key = NULL;
    if (db_get(db, a, Q_sample_client, &key) != DB_OK || !key || !key_load(config->key_file, master, stderr))
        return NULL;
    const char *token = booking_token(a, master, key);
    sodium_memzero(master, sizeof master);
    return token ? arena_printf(a, "/b/%s", token) : NULL;
}
