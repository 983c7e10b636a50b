/* What it costs to open a sealed document of 4 KB, as a request does: keyd is asked for the client's key,
 * then it is opened. `bench_keys SOCKET ROUNDS` prints p50 and p99 in ms, and p50 with the key at hand. Each
 * client asks fewer times than one may in a minute. */
#include "core/clock.h"
#include "keys/keys.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PER_CLIENT = 500, SIZE = 4096 };

static int by_size(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static double at(const int64_t *sorted, size_t n, unsigned percent)
{
    return (double)sorted[(n - 1) * percent / 100] / 1000.0;
}

int main(int argc, char **argv)
{
    size_t rounds = argc == 3 ? strtoul(argv[2], NULL, 10) : 0, size = 0;
    struct arena *a = arena_new((size_t)1 << 20);
    unsigned char *answer = sodium_init() < 0 ? NULL : sodium_malloc(KEY_ANSWER_MAX);
    int64_t *asked = calloc(rounds + 1, sizeof *asked), *alone = calloc(rounds + 1, sizeof *alone);
    struct key_question q = {.why = "a measurement"};
    static char text[SIZE];
    if (rounds == 0 || !a || !answer || !asked || !alone)
        return 2;
    memset(text, 'x', sizeof text);
    for (size_t i = 0; i < rounds; i++) {
        if (i % PER_CLIENT == 0) {
            web_random(q.token);
            web_uuid(q.booking);
            q.operation = KEY_SEAL;
            key_ask(argv[1], &q, answer, &size);
            q.operation = KEY_OPEN;
        }
        const unsigned char *key = answer + KEY_HEAD + KEY_ID;
        const char *sealed = seal_with(key, a, q.why, q.booking, (struct str){text, sizeof text});
        int64_t began = clock_us();
        if (key_ask(argv[1], &q, answer, &size) != KEY_OK)
            return 1;
        int64_t told = clock_us();
        if (!unseal_with(key, a, q.why, q.booking, sealed))
            return 1;
        alone[i] = clock_us() - told;
        asked[i] = clock_us() - began;
        arena_reset(a);
    }
    qsort(asked, rounds, sizeof *asked, by_size);
    qsort(alone, rounds, sizeof *alone, by_size);
    printf("%.3f %.3f %.3f\n", at(asked, rounds, 50), at(asked, rounds, 99), at(alone, rounds, 50));
    sodium_free(answer);
    arena_free(a);
    free(asked);
    free(alone);
    return 0;
}
