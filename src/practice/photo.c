/* The photo on a profile: sent, cut otherwise, taken away. */
#include "upload/photo.h"
#include "practice/start.h"

#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

static const char *const acrosses[] = {"left", "middle", "right", NULL};
static const char *const downs[] = {"top", "middle", "bottom", NULL};
static const char *const sides[] = {"all", "closer", "close", NULL};
static const struct field fields[] = {
    {.name = "photo", .kind = FIELD_LINE}, /* comes as a file, and its faults stand here */
    {.name = "across", .kind = FIELD_CHOICE, .choices = acrosses, .wrong = "Choose left, middle or right"},
    {.name = "down", .kind = FIELD_CHOICE, .choices = downs, .wrong = "Choose top, middle or bottom"},
    {.name = "side", .kind = FIELD_CHOICE, .choices = sides, .wrong = "Choose how near"},
};

static int nth_of(const struct form *f, const char *name, const char *const *choices, int otherwise)
{
    const char *chosen = form_get(f, name);
    for (int n = 0; chosen && choices[n]; n++)
        if (strcmp(chosen, choices[n]) == 0)
            return n;
    return otherwise;
}

static struct photo_part part_of(const struct form *f)
{
    static const int of[] = {100, 75, 50};
    return (struct photo_part){.across = 50 * nth_of(f, "across", acrosses, 1),
                               .down = 50 * nth_of(f, "down", downs, 1),
                               .side = of[nth_of(f, "side", sides, 0)]};
}

static struct str file_of(const struct request *r)
{
    for (size_t i = 0; i < r->upload_count; i++)
        if (str_is(r->uploads[i].name, "photo"))
            return r->uploads[i].data;
    return (struct str){0};
}

static bool put_file(struct json_writer *w, const struct photo_kind *kind, struct str file)
{
    size_t cap = (file.n + 2) / 3 * 4 + 1;
    char *coded = malloc(cap);
    bool good = coded && text_base64(coded, cap, (const unsigned char *)file.p, file.n) > 0;
    json_open(w, NULL, '{');
    json_put_int(w, "size", kind->size);
    json_put(w, "kind", kind->kind);
    json_put(w, "data", good ? coded : "");
    json_close(w, '}');
    free(coded);
    return good;
}

/* The files as the database takes them; NULL when out of memory. */
static const char *files_json(struct request *r, const struct str file[PHOTO_FILES])
{
    struct buf b = {.max = UPLOAD_MAX};
    struct json_writer w = {.out = &b};
    bool good = true;
    json_open(&w, NULL, '[');
    for (int n = 0; good && n < PHOTO_FILES; n++)
        good = put_file(&w, &photo_kinds[n], file[n]);
    json_close(&w, ']');
    const char *text = good && !b.failed ? arena_strndup(r->arena, b.p, b.n) : NULL;
    buf_free(&b);
    return text;
}

static void again(struct request *r, const struct form *f)
{
    const char *doc = ask(r, Q_practice_photo);
    if (doc)
        page_form(r, "practice/photo", doc, f);
}

static void keep(struct request *r, struct form *f, struct str picture)
{
    struct buf drawn = {0};
    struct str file[PHOTO_FILES];
    const char *wrong = photo_make("/proc/self/exe", picture, part_of(f), &drawn, file);
    const char *files = wrong ? NULL : files_json(r, file);
    buf_free(&drawn);
    if (wrong) {
        form_fail(f, "photo", wrong);
        again(r, f);
        return;
    }
    const char *doc = files ? ask(r, Q_practice_photo_save, files) : NULL;
    if (!files)
        reply_error(r, 503, NULL);
    if (!doc)
        return;
    if (doc_text(r, doc, "problem")) {
        form_fail(f, "photo", doc_text(r, doc, "title"));
        again(r, f);
    } else {
        page_saved(r, doc, "/practice/photo?saved=1");
    }
}

void practice_photo_get(struct request *r)
{
    page_with_saved(r, "practice/photo", ask(r, Q_practice_photo));
}

void practice_photo_post(struct request *r)
{
    struct form f;
    struct str picture = file_of(r);
    form_read(&f, r, fields, COUNT(fields));
    if (!picture.n)
        form_fail(&f, "photo", "Choose a photo");
    if (f.errors)
        again(r, &f);
    else
        keep(r, &f, picture);
}

/* Another part of the picture that is shown. */
void practice_photo_part_post(struct request *r)
{
    struct form f;
    form_read(&f, r, fields, COUNT(fields));
    if (f.errors) {
        again(r, &f);
        return;
    }
    const char *doc = ask(r, Q_practice_photo_whole);
    const char *text = doc ? doc_text(r, doc, "data") : NULL;
    if (!text)
        return;
    size_t cap = strlen(text) + 1;
    unsigned char *data = arena_alloc(r->arena, cap);
    if (data)
        keep(r, &f, (struct str){(const char *)data, text_unbase64(data, cap, str_of(text))});
}

void practice_photo_remove_post(struct request *r)
{
    const char *doc = ask(r, Q_practice_photo_remove, form_value(r, "which"));
    page_saved(r, doc, "/practice/photo?saved=gone");
}
