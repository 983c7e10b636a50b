#include "outcome/ticked.h"

#include "core/json.h"

bool ticked_read(struct arena *a, struct str plain, struct ticked *t)
{
    struct json j;
    int64_t n;
    *t = (struct ticked){0};
    if (!json_parse(&j, a, plain))
        return false;
    uint32_t version = json_get(&j, 0, "statements"), list = json_get(&j, 0, "ticked");
    if (!version || !text_int(json_raw(&j, version), 1, INT32_MAX, &n) || !list ||
        j.token[list].kind != JSON_ARRAY)
        return false;
    t->version = (int32_t)n;
    uint32_t at = list + 1;
    for (uint32_t i = 0; i < j.token[list].count; i++, at = j.token[at].next) {
        if (!text_int(json_raw(&j, at), 1, STATEMENTS, &n))
            return false;
        t->which |= UINT32_C(1) << (n - 1);
    }
    return true;
}

int ticked_count(const struct ticked *t)
{
    int count = 0;
    for (uint32_t rest = t->which; rest; rest &= rest - 1)
        count++;
    return count;
}
