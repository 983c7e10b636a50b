#include "outcome/observation.h"

#include "core/day.h"

#include <sodium.h>
#include <stdio.h>

static void put_coding(struct json_writer *w, const char *system, const char *code, const char *display)
{
    json_open(w, NULL, '{');
    json_put(w, "system", system);
    json_put(w, "code", code);
    if (display)
        json_put(w, "display", display);
    json_close(w, '}');
}

static void put_category(struct json_writer *w)
{
    json_open(w, "category", '[');
    json_open(w, NULL, '{');
    json_open(w, "coding", '[');
    put_coding(w, "http://terminology.hl7.org/CodeSystem/observation-category", "survey", "Survey");
    json_close(w, ']');
    json_close(w, '}');
    json_close(w, ']');
}

/* The same value has the same address in every Bundle that it stands in. */
static void put_address(struct json_writer *w, const struct point *at, const char *measure)
{
    unsigned char h[16];
    char what[160], url[48];
    snprintf(what, sizeof what, "%.40s %d %d %.40s", at->booking, (int)at->kind, (int)at->day, measure);
    crypto_generichash(h, sizeof h, (const unsigned char *)what, strlen(what), NULL, 0);
    h[6] = (unsigned char)((h[6] & 0x0f) | 0x80); /* RFC 9562: of our own making */
    h[8] = (unsigned char)((h[8] & 0x3f) | 0x80);
    snprintf(url, sizeof url, "urn:uuid:%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x",
             h[0], h[1], h[2], h[3], h[4], h[5], h[6], h[7], h[8], h[9], h[10], h[11], h[12], h[13], h[14],
             h[15]);
    json_put(w, "fullUrl", url);
}

/* An Observation up to its value. */
static void open_observation(struct json_writer *w, const struct point *at, const char *measure,
                             const char *text, const char *loinc)
{
    char day[11];
    day_write(at->day, day);
    json_open(w, NULL, '{');
    put_address(w, at, measure);
    json_open(w, "resource", '{');
    json_put(w, "resourceType", "Observation");
    json_put(w, "status", "final");
    put_category(w);
    json_open(w, "code", '{');
    json_open(w, "coding", '[');
    if (loinc)
        put_coding(w, "http://loinc.org", loinc, NULL);
    put_coding(w, MEASURE_SYSTEM, measure, NULL);
    json_close(w, ']');
    json_put(w, "text", text);
    json_close(w, '}');
    json_put(w, "effectiveDateTime", day);
}

static void close_observation(struct json_writer *w)
{
    json_close(w, '}');
    json_close(w, '}');
}

static void put_score(struct json_writer *w, int32_t hundredths)
{
    char value[16];
    int32_t tenths = (hundredths + 5) / 10;
    snprintf(value, sizeof value, tenths % 10 ? "%d.%d" : "%d", (int)tenths / 10, (int)tenths % 10);
    json_open(w, "valueQuantity", '{');
    json_put_raw(w, "value", value);
    json_put(w, "unit", "score");
    json_put(w, "system", "http://unitsofmeasure.org");
    json_put(w, "code", "{score}");
    json_close(w, '}');
}

static const struct {
    const char *text, *loinc;
} told[MEASURES] = {
    [MEASURE_NOW] = {"Pain right now, from 0, none, to 10, the worst imaginable", "72514-3"},
    [MEASURE_AVERAGE] = {"Average pain in the last 7 days, from 0, none, to 10, the worst imaginable",
                         "72514-3"},
    [MEASURE_WORST] = {"Worst pain in the last 7 days, from 0, none, to 10, the worst imaginable", "72514-3"},
    [MEASURE_THINGS] =
        {"Patient-Specific Functional Scale (Stratford 1995): mean of what was named as hard, from "
         "0, cannot do it, to 10, as before",
         NULL},
    [MEASURE_LIMITS] =
        {"Roland-Morris Disability Questionnaire: how many of 24 statements fit, higher is worse", NULL},
};

/* What was hard, one by one, in the words of the client. */
static bool put_things(struct json_writer *w, const struct line *line, const struct point *at, bool write)
{
    bool any = false;
    for (size_t k = 0; k < line->things; k++) {
        if (at->rating[k] == NOT_SAID)
            continue;
        any = true;
        if (!write)
            continue;
        json_open(w, NULL, '{');
        json_open(w, "code", '{');
        json_put(w, "text", line->thing[k]);
        json_close(w, '}');
        put_score(w, at->rating[k] * 100);
        json_close(w, '}');
    }
    return any;
}

static void put_measure(struct json_writer *w, const struct line *line, const struct point *at,
                        enum measure m)
{
    bool parts = m == MEASURE_THINGS && put_things(w, line, at, false);
    if (at->value[m] == NOT_SAID && !parts)
        return;
    open_observation(w, at, measures[m].key, told[m].text, told[m].loinc);
    if (at->value[m] != NOT_SAID)
        put_score(w, at->value[m]);
    if (parts) {
        json_open(w, "component", '[');
        put_things(w, line, at, true);
        json_close(w, ']');
    }
    close_observation(w);
}

static void put_global(struct json_writer *w, const struct point *at)
{
    char step[2] = {(char)('0' + at->global), '\0'};
    if (!global_name(at->global))
        return;
    open_observation(w, at, "global-change", "Change since before the first visit, in seven steps", NULL);
    json_open(w, "valueCodeableConcept", '{');
    json_open(w, "coding", '[');
    put_coding(w, MEASURE_SYSTEM ":global-change", step, global_name(at->global));
    json_close(w, ']');
    json_put(w, "text", global_name(at->global));
    json_close(w, '}');
    close_observation(w);
}

static bool has_values(const struct point *at)
{
    bool any = at->global != 0;
    for (size_t m = 0; m < MEASURES; m++)
        any = any || at->value[m] != NOT_SAID;
    for (size_t k = 0; k < THINGS_MAX; k++)
        any = any || at->rating[k] != NOT_SAID;
    return any;
}

void observations_put(struct json_writer *w, const char *key, const struct line *line)
{
    bool any = false;
    json_open(w, key, '{');
    json_put(w, "resourceType", "Bundle");
    json_put(w, "type", "collection");
    for (size_t i = 0; i < line->count; i++) {
        const struct point *at = &line->point[i];
        if (!has_values(at))
            continue;
        if (!any)
            json_open(w, "entry", '[');
        any = true;
        for (enum measure m = 0; m < MEASURES; m++)
            put_measure(w, line, at, m);
        put_global(w, at);
    }
    if (any)
        json_close(w, ']');
    json_close(w, '}');
}
