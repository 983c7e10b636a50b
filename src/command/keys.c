/* unknot keyd, and what is asked of it by hand: unknot keys new, rotate, status. */
#include "command/command.h"
#include "core/clock.h"
#include "core/json.h"
#include "keys/epoch.h"
#include "keys/keyd.h"
#include "keys/keys.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

int command_keyd(const struct config *config, int argc, char **argv)
{
    (void)argv;
    if (argc) {
        fputs("usage: unknot keyd\n", stderr);
        return 2;
    }
    return keyd_run(config) ? 0 : 1;
}

/* `keys new FILE` makes a master key, and the first epoch's beside it unless the configuration has them in
 * another place; `keys new` that in its place. */
static int make_new(const struct config *config, const char *file)
{
    char beside[600];
    if (sodium_init() < 0 || (file && !key_create(file, stderr)))
        return 1;
    snprintf(beside, sizeof beside, "%s.epochs", file ? file : "");
    if (file && config->key_dir[0] && strcmp(config->key_dir, beside) != 0)
        return 0; /* keyd's to make, who is another user there */
    const char *folder = file ? beside : config->key_dir;
    if (folder[0])
        return epochs_begin(folder, stderr) ? 0 : 1;
    fputs("unknot: key_dir is not configured\n", stderr);
    return 1;
}

/* The epochs as keyd tells them, in the arena; NULL after a sentence. */
static const char *epochs_told(const struct config *config, enum key_operation operation, struct arena *a)
{
    static unsigned char answer[KEY_ANSWER_MAX];
    size_t size = 0;
    enum key_status s = key_ask(config->key_socket,
                                &(struct key_question){.operation = (unsigned char)operation}, answer, &size);
    if (s == KEY_OK)
        return arena_strndup(a, (const char *)answer + KEY_HEAD, size);
    fprintf(stderr, "unknot: keyd does not answer at %s\n", config->key_socket);
    return NULL;
}

struct epochs_now {
    int64_t newest, live, behind; /* behind: keys that older epochs still wrap */
};

static bool number_of(const struct json *j, uint32_t object, const char *key, int64_t *out)
{
    uint32_t token = json_get(j, object, key);
    return token && text_int(json_raw(j, token), 0, INT64_MAX, out);
}

static bool count_epochs(struct arena *a, const char *doc, struct epochs_now *now, bool print)
{
    struct json j;
    *now = (struct epochs_now){0};
    if (!doc || !json_parse(&j, a, str_of(doc)))
        return false;
    int64_t keys = 0;
    for (uint32_t i = 0, at = 1; i < j.token[0].count; i++, at = j.token[at].next) {
        int64_t days = 0;
        uint32_t gone = json_get(&j, at, "destroyed");
        now->behind += keys;
        if (!number_of(&j, at, "epoch", &now->newest) || !number_of(&j, at, "keys", &keys) ||
            !number_of(&j, at, "age_days", &days))
            return false;
        bool destroyed = gone && j.token[gone].kind == JSON_TRUE;
        now->live += !destroyed;
        if (print)
            printf("epoch %lld: %lld days old, wraps %lld keys%s\n", (long long)now->newest, (long long)days,
                   (long long)keys,
                   destroyed                  ? ", destroyed"
                   : i + 1 < j.token[0].count ? ", replaced"
                                              : "");
    }
    return true;
}

static int status(const struct config *config)
{
    struct epochs_now now;
    struct arena *a = arena_new((size_t)1 << 20);
    bool good = a && count_epochs(a, epochs_told(config, KEY_STATE, a), &now, true);
    arena_free(a);
    return good ? 0 : 1;
}

/* keyd does the work; this looks on, and may be stopped without harm. */
static int rotate(const struct config *config)
{
    struct epochs_now now = {0}, before = {0};
    struct arena *a = arena_new((size_t)1 << 20);
    bool good = a && count_epochs(a, epochs_told(config, KEY_ROTATE, a), &now, false);
    if (good)
        printf("epoch %lld has begun\n", (long long)now.newest);
    while (good && (now.behind > 0 || (now.live > 1 && config->key_epoch_keep_days == 0))) {
        if (now.behind != before.behind)
            printf("%lld keys still to be wrapped anew\n", (long long)now.behind);
        fflush(stdout);
        before = now;
        clock_sleep(INT64_C(100000));
        arena_reset(a);
        good = count_epochs(a, epochs_told(config, KEY_STATE, a), &now, false);
    }
    arena_free(a);
    if (!good)
        return 1;
    puts("all keys are wrapped by it");
    if (config->key_epoch_keep_days > 0)
        printf("the epoch before is destroyed in %d days (key_epoch_keep_days)\n",
               config->key_epoch_keep_days);
    return 0;
}

int command_keys(const struct config *config, int argc, char **argv)
{
    const char *what = argc > 0 ? argv[0] : "";
    if (strcmp(what, "new") == 0 && argc <= 2)
        return make_new(config, argc == 2 ? argv[1] : NULL);
    if (strcmp(what, "rotate") == 0 && argc == 1)
        return rotate(config);
    if (strcmp(what, "status") == 0 && argc == 1)
        return status(config);
    fputs("usage: unknot keys new [FILE]\n       unknot keys rotate\n       unknot keys status\n", stderr);
    return 2;
}
