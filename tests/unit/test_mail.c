/* A mail is one message with fixed headers, whatever stands in names, addresses and subjects. */
#include "unit.h"

#include "core/asset.h"
#include "notify/mail.h"

#include <dirent.h>
#include <errno.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

static char home[1000], place[] = "/tmp/unknot-test-mail-XXXXXX";
static struct view *view;
static struct arena *arena;
static struct buf message = {.max = 256 * 1024};
static struct config config = {.mail_from = (char[]){"desk@unknot.example"},
                               .origin = (char[]){"https://unknot.example"},
                               .site_name = (char[]){""},
                               .operator_email = (char[]){""},
                               .emergency = (char[]){"911"},
                               .smtp = (char[]){""}};

/* What `field` points to from now on; each has room of its own. */
#define SET(field, text)                                                                                     \
    do {                                                                                                     \
        static char given[] = text;                                                                          \
        config.field = given;                                                                                \
    } while (0)
static const char *secret; /* of the mails written below */

static void put(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static bool writes(const char *kind, const char *to, const char *data)
{
    const struct mail mail = {
        .id = "11111111-2222-4333-8444-555555555555", .kind = kind, .to = to, .data = data, .link = secret};
    arena_reset(arena);
    buf_reset(&message);
    return mail_write(&config, view, &mail, arena, &message);
}

static const char *written(const char *kind, const char *to, const char *data)
{
    if (!writes(kind, to, data))
        fail_msg("not written: %s %s %s", kind, to, data);
    return message.p;
}

/* Unfolds nothing: each line of the head by itself. */
static size_t lines_with(const char *text, const char *start)
{
    size_t n = 0;
    const char *end = strstr(text, "\r\n\r\n");
    for (const char *line = text; line < end; line = strstr(line, "\r\n") + 2)
        n += strncmp(line, start, strlen(start)) == 0;
    return n;
}

static void every_line_is_short_and_ends_in_crlf(const char *text)
{
    for (const char *line = text; *line;) {
        size_t n = strcspn(line, "\n");
        if (n == 0 || line[n - 1] != '\r' || n - 1 > 76)
            fail_msg("%zu bytes: %.*s", n, (int)n, line);
        assert_null(memchr(line, '\r', n - 1));
        line += n + 1;
    }
}

static const char *body_of(const char *text)
{
    static char body[64 * 1024];
    size_t n;
    const char *at = strstr(text, "\r\n\r\n") + 4;
    assert_int_equal(sodium_base642bin((unsigned char *)body, sizeof body - 1, at, strlen(at), "\r\n", &n,
                                       NULL, sodium_base64_VARIANT_ORIGINAL),
                     0);
    body[n] = '\0';
    return body;
}

/* The words of the subject put together; each must be whole UTF-8 by itself. */
static const char *subject_of(const char *text)
{
    static char subject[4000];
    size_t n = 0;
    const char *at = strstr(text, "\r\nSubject:");
    assert_non_null(at);
    at += strlen("\r\nSubject:");
    while (strncmp(at, " =?utf-8?B?", 11) == 0) {
        size_t word;
        const char *end = strstr(at, "?=\r\n");
        assert_non_null(end);
        assert_int_equal(sodium_base642bin((unsigned char *)subject + n, sizeof subject - n, at + 11,
                                           (size_t)(end - at - 11), NULL, &word, NULL,
                                           sodium_base64_VARIANT_ORIGINAL),
                         0);
        assert_true(end + 2 - at <= 75);
        assert_true(text_is_utf8((struct str){subject + n, word}));
        n += word;
        at = end + 4;
    }
    subject[n] = '\0';
    return subject;
}

static void one_of_each_header(void **state)
{
    static const char *const once[] = {
        "From: <desk@unknot.example>\r\n",
        "To: <carla@example.org>\r\n",
        "Date: ",
        "Message-ID: <11111111-2222-4333-8444-555555555555@unknot.example>\r\n",
        "MIME-Version: 1.0\r\n",
        "Content-Type: text/plain; charset=utf-8\r\n",
        "Content-Transfer-Encoding: base64\r\n",
        "Auto-Submitted: auto-generated\r\n",
        "Subject: =?utf-8?B?"};
    (void)state;
    const char *text = written("test", "carla@example.org", "{\"subject\":\"Hello\",\"body\":\"Line\"}");
    for (size_t i = 0; i < COUNT(once); i++)
        check_row(lines_with(text, once[i]) == 1, i);
    assert_int_equal(lines_with(text, ""), COUNT(once));
    assert_string_equal(subject_of(text), "Hello");
    assert_string_equal(body_of(text), "Line\nend\n");
    every_line_is_short_and_ends_in_crlf(text);
}

static void what_would_break_a_header_is_refused(void **state)
{
    static const char *const addresses[] = {
        "",        "nobody",      "a@b.c\r\nBcc: x@y.z", "a@b.c\nBcc: x@y.z", "a@b.c\r",         "a b@c.d",
        "<a@b.c>", "a@b.c>,<x@y", "a@b.c, x@y.z",        "a@b.c;x@y.z",       "\"a\"@b.c",       "a(b)@c.d",
        "a\\@b.c", "a@b.c\t",     "a@b.c\x7f",           "g:a@b.c",           "j\xc3\xbcrg@b.c",
    };
    (void)state;
    for (size_t i = 0; i < COUNT(addresses); i++)
        check_row(!writes("test", addresses[i], "{\"subject\":\"Hello\"}"), i);
    char kept[] = "desk@unknot.example", *from = config.mail_from;
    SET(mail_from, "desk@unknot.example>\r\nBcc: <x@y.z");
    assert_false(writes("test", "a@b.c", "{\"subject\":\"Hello\"}"));
    config.mail_from = from;
    assert_string_equal(config.mail_from, kept);
}

/* Line breaks in what people typed: the first line is the subject, everything else is text. */
static void no_header_comes_out_of_the_data(void **state)
{
    static const char *const names[] = {"X\\r\\nBcc: x@y.z",   "X\\nBcc: x@y.z",   "X\\rBcc: x@y.z",
                                        "X\\r\\n\\r\\n<html>", "=?utf-8?B?QmNj?=", "X\\u0000Bcc: x@y.z"};
    char data[200];
    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        snprintf(data, sizeof data, "{\"subject\":\"%s\",\"body\":\"%s\"}", names[i], names[i]);
        if (!writes("test", "carla@example.org", data))
            continue; /* refused is fine as well */
        check_row(lines_with(message.p, "Bcc") == 0 && lines_with(message.p, "") == 9, i);
        check_row(strstr(message.p, "x@y.z") == NULL && strstr(message.p, "<html>") == NULL, i);
        check_row(strpbrk(subject_of(message.p), "\r\n") == NULL, i);
        every_line_is_short_and_ends_in_crlf(message.p);
    }
}

static void a_subject_is_split_between_characters(void **state)
{
    static const char *const letters[] = {"a", "\xc3\xbc", "\xe2\x82\xac", "\xf0\x9f\x99\x82"};
    (void)state;
    for (size_t lead = 0; lead < 5; lead++)
        for (size_t l = 0; l < COUNT(letters); l++) {
            char wanted[500] = "", data[600];
            memset(wanted, 'x', lead);
            while (strlen(wanted) < 300)
                memcpy(wanted + strlen(wanted), letters[l], strlen(letters[l]) + 1);
            snprintf(data, sizeof data, "{\"subject\":\"%s\"}", wanted);
            const char *text = written("test", "carla@example.org", data);
            check_row(strcmp(subject_of(text), wanted) == 0, l);
            every_line_is_short_and_ends_in_crlf(text);
            memset(wanted, 0, sizeof wanted);
        }
}

static void a_body_of_any_length_comes_through(void **state)
{
    static char body[3000], data[4000], wanted[4000];
    (void)state;
    for (size_t n = 0; n < 200; n++) {
        memset(body, 'b', n);
        body[n] = '\0';
        snprintf(data, sizeof data, "{\"subject\":\"S\",\"body\":\"%s\\u20ac <&\"}", body);
        snprintf(wanted, sizeof wanted, "%s\xe2\x82\xac <&\nend\n", body);
        const char *text = written("test", "carla@example.org", data);
        check_row(strcmp(body_of(text), wanted) == 0, n);
        every_line_is_short_and_ends_in_crlf(text);
    }
}

static void what_cannot_be_a_mail_is_refused(void **state)
{
    static const struct {
        const char *kind, *data;
    } rows[] = {
        {"none", "{\"subject\":\"S\"}"},     {"", "{\"subject\":\"S\"}"},
        {"../test", "{\"subject\":\"S\"}"},  {"test", ""},
        {"test", "{\"subject\":\"S\""},      {"test", "{}"},
        {"test.txt", "{\"subject\":\"S\"}"}, {"test", "{\"subject\":\"\"}"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        check_row(!writes(rows[i].kind, "carla@example.org", rows[i].data), i);
}

static size_t files_in(const char *folder)
{
    size_t n = 0;
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    for (struct dirent *e = readdir(dir); e; e = readdir(dir))
        n += e->d_name[0] != '.' || strlen(e->d_name) > 2;
    closedir(dir);
    return n;
}

static void a_mail_lies_in_the_folder_once(void **state)
{
    const struct mail mail = {.id = "22222222-2222-4333-8444-555555555555",
                              .kind = "test",
                              .to = "carla@example.org",
                              .data = "{\"subject\":\"Hello\"}"};
    char read[4000];
    struct stat st;
    (void)state;
    SET(mail_dir, "out");
    assert_int_equal(mkdir("out", 0700), 0);
    arena_reset(arena);
    buf_reset(&message);
    assert_true(mail_write(&config, view, &mail, arena, &message));
    for (int i = 0; i < 2; i++)
        assert_null(mail_deliver(&config, &mail, &message)); /* the second time in place of the first */
    assert_int_equal(files_in("out"), 1);
    assert_int_equal(stat("out/22222222-2222-4333-8444-555555555555.eml", &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    FILE *f = fopen("out/22222222-2222-4333-8444-555555555555.eml", "r");
    assert_non_null(f);
    size_t n = fread(read, 1, sizeof read, f);
    fclose(f);
    assert_int_equal(n, message.n);
    assert_memory_equal(read, message.p, n);
}

static void a_folder_that_is_not_there_is_tried_again_later(void **state)
{
    const struct mail mail = {.id = "33333333-2222-4333-8444-555555555555",
                              .kind = "test",
                              .to = "carla@example.org",
                              .data = "{}"};
    (void)state;
    SET(mail_dir, "nowhere");
    assert_string_equal(mail_deliver(&config, &mail, &message), "setup");
}

/* The decoded body of the n-th part of a type in a message, "" when there is none. */
static const char *part_of(const char *text, const char *type)
{
    static char body[64 * 1024];
    char head[100];
    size_t n = 0;
    snprintf(head, sizeof head, "Content-Type: %s", type);
    const char *at = strstr(text, head);
    if (!at)
        return "";
    at = strstr(at, "\r\n\r\n") + 4;
    const char *end = strstr(at, "--=_");
    assert_int_equal(sodium_base642bin((unsigned char *)body, sizeof body - 1, at,
                                       end ? (size_t)(end - at) : strlen(at), "\r\n", &n, NULL,
                                       sodium_base64_VARIANT_ORIGINAL),
                     0);
    body[n] = '\0';
    return body;
}

static const char booking[] =
    "{\"name\":\"Zo\\u00eb "
    "<b>\",\"first\":\"Zo\\u00eb\",\"day_word\":\"Tomorrow\",\"visits\":[{\"day\":\"Monday 23 November\","
    "\"time\":\"10:00 am\"}],\"booking\":{\"id\":\"b\",\"reference\":\"ABCD-EFGH\",\"day\":\"Monday 23 "
    "November\",\"time\":\"10:00 am\",\"end_time\":\"11:00 "
    "am\",\"zone_name\":\"CST\",\"therapist\":{\"name\":\"Ana "
    "& Co\",\"slug\":\"ana\"},\"service\":{\"name\":\"One "
    "hour\",\"minutes\":60},\"price\":{\"text\":\"$80\"},"
    "\"terms\":{\"cancel\":{\"text\":\"Free until Sun 22 Nov, 10:00 am; after that "
    "$40\"},\"move\":{\"text\":\"Free until the "
    "visit begins\"}},\"place\":{\"name\":\"Upstairs\",\"street\":\"1 "
    "Way\",\"town\":\"Town\",\"region\":\"IL\",\"postcode\":\"62701\",\"access\":null}}}";

/* Every kind of ours, in both forms: nothing left of a template, nothing that loads from elsewhere, names
 * escaped where they must be, the secret address only where it belongs. */
static void the_mails_of_ours(void **state)
{
    static const struct {
        const char *kind;
        bool link;
    } rows[] = {
        {"booking-confirmed", true},     {"booking-requested", true},     {"booking-accepted", true},
        {"booking-declined", true},      {"booking-suggested", true},     {"booking-moved", true},
        {"booking-cancelled", false},    {"booking-expired", true},       {"booking-reminder", true},
        {"booking-day-before", true},    {"booking-waiting-offer", true}, {"booking-plan", true},
        {"booking-question", true},      {"therapist-answer", false},     {"therapist-day-stop", false},
        {"booking-confirm-email", true}, {"booking-answers", true},       {"booking-series", true},
        {"therapist-requested", false},  {"therapist-booked", false},     {"therapist-moved", false},
        {"therapist-cancelled", false},  {"therapist-declined", false},   {"therapist-suggested", false},
        {"therapist-expired", false},    {"booking-reopen", true},        {"booking-paused", true},
        {"booking-call", true},          {"therapist-updated", false},    {"therapist-paused", false},
        {"therapist-erased", false},     {"booking-review-ask", true},    {"booking-review-removed", true},
        {"therapist-incident", false},   {"booking-after", true},         {"booking-look-back", true}};
    (void)state;
    struct view *test_view = view;
    assert_int_equal(chdir(home), 0);
    asset_from_disk(false);
    view = view_load();
    assert_non_null(view);
    secret = "https://unknot.example/b/TOKEN";
    SET(site_name, "Back & B\xc3\xb6gen");
    for (size_t i = 0; i < COUNT(rows); i++) {
        bool client = strncmp(rows[i].kind, "booking-", 8) == 0;
        const char *text = written(rows[i].kind, "carla@example.org", booking);
        every_line_is_short_and_ends_in_crlf(text);
        check_row(strlen(subject_of(text)) > 5 && strstr(subject_of(text), "{{") == NULL, i);
        check_row(strstr(subject_of(text), "Zo") == NULL, i);
        const char *body = part_of(text, "text/plain");
        check_row(strlen(body) > 80 && strstr(body, "{{") == NULL && strstr(body, "&amp;") == NULL, i);
        check_row(!client || strstr(body, "Hello Zo\xc3\xab <b>,") != NULL, i);
        check_row(client || (strstr(body, "<b>") == NULL && strstr(body, "practice/bookings/b") != NULL), i);
        check_row((strstr(body, "https://unknot.example/b/TOKEN") != NULL) == rows[i].link, i);
        const char *html = part_of(text, "text/html");
        check_row(strncmp(html, "<!doctype html>", 15) == 0 && strstr(html, "{{") == NULL, i);
        check_row(strstr(html, "<b>") == NULL && strstr(html, "</html>") != NULL, i);
        check_row(!client || strstr(html, "Hello Zo\xc3\xab &lt;b&gt;,") != NULL, i);
        check_row(strstr(html, "<img") == NULL && strstr(html, "url(") == NULL &&
                      strstr(html, "<link") == NULL && strstr(html, "<script") == NULL &&
                      strstr(html, "src=") == NULL,
                  i);
        check_row((strstr(html, "https://unknot.example/b/TOKEN") != NULL) == rows[i].link, i);
    }
    const char *confirmed = part_of(written("booking-confirmed", "carla@example.org", booking), "text/plain");
    assert_non_null(strstr(confirmed, "Cancel: Free until Sun 22 Nov, 10:00 am; after that $40\n"));
    assert_non_null(strstr(confirmed, "Move: Free until the visit begins\n"));
    secret = NULL;
    SET(site_name, "");
    view_free(view);
    view = test_view;
}

/* A line end in the name of the place, which the operator types, is no header either. */
static void the_senders_name_is_no_header(void **state)
{
    (void)state;
    SET(site_name, "X\r\nBcc: <x@y.z>");
    const char *text = written("test", "carla@example.org", "{\"subject\":\"Hello\"}");
    assert_int_equal(lines_with(text, "Bcc"), 0);
    assert_null(strstr(text, "x@y.z"));
    SET(site_name, "");
}

/* However much memory there is: a mail is whole or none. */
static void memory_that_ends_makes_no_half_of_a_mail(void **state)
{
    static const char calendar[] =
        "{\"zones\":[],\"events\":[{\"uid\":\"1\",\"stamp\":\"2026-11-21T02:53:54Z\","
        "\"start\":\"2026-11-24T15:15:00Z\",\"end\":\"2026-11-24T16:00:00Z\",\"summary\":\"A "
        "\\u0022B\\u0022\","
        "\"location\":\"12 \\u0022Long\\u0022 Lane\",\"cancelled\":false,\"sequence\":0}]}";
    const struct mail mail = {.id = "11111111-2222-4333-8444-555555555555",
                              .kind = "test",
                              .to = "carla@example.org",
                              .data = "{\"subject\":\"A \\u0022B\\u0022\",\"body\":\"C \\u0022D\\u0022\"}",
                              .link = "https://unknot.example/b/TOKEN",
                              .calendar = calendar,
                              .method = "REQUEST"};
    (void)state;
    buf_reset(&message);
    assert_true(mail_write(&config, view, &mail, arena, &message));
    const size_t whole = message.n;
    size_t none = 0;
    bool written = false;
    for (size_t limit = 16; !written; limit += 16) {
        struct arena *little = arena_new(limit);
        buf_reset(&message);
        written = mail_write(&config, view, &mail, little, &message);
        if (written)
            assert_int_equal(message.n, whole);
        none += !written;
        arena_free(little);
    }
    assert_true(none > 100);
}

static int up(void **state)
{
    (void)state;
    if (sodium_init() < 0 || !getcwd(home, sizeof home) || !mkdtemp(place) || chdir(place) != 0 ||
        mkdir("templates", 0700) != 0 || mkdir("templates/mail", 0700) != 0)
        return 1;
    put("templates/mail/test.txt", "{{subject}}\n\n{{body}}\nend\n");
    asset_from_disk(true);
    view = view_load();
    arena = arena_new(1 << 20);
    return !view || !arena;
}

static int down(void **state)
{
    (void)state;
    view_free(view);
    arena_free(arena);
    buf_free(&message);
    if (chdir(home) != 0)
        return 1;
    static const char *const left[] = {"out/22222222-2222-4333-8444-555555555555.eml",
                                       "out",
                                       "templates/mail/test.txt",
                                       "templates/mail",
                                       "templates",
                                       ""};
    for (size_t i = 0; i < COUNT(left); i++) {
        char path[200];
        snprintf(path, sizeof path, "%s/%s", place, left[i]);
        if (remove(path) != 0 && errno != ENOENT)
            return 1;
    }
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_of_each_header),
        cmocka_unit_test(what_would_break_a_header_is_refused),
        cmocka_unit_test(no_header_comes_out_of_the_data),
        cmocka_unit_test(a_subject_is_split_between_characters),
        cmocka_unit_test(a_body_of_any_length_comes_through),
        cmocka_unit_test(what_cannot_be_a_mail_is_refused),
        cmocka_unit_test(a_mail_lies_in_the_folder_once),
        cmocka_unit_test(a_folder_that_is_not_there_is_tried_again_later),
        cmocka_unit_test(the_mails_of_ours),
        cmocka_unit_test(the_senders_name_is_no_header),
        cmocka_unit_test(memory_that_ends_makes_no_half_of_a_mail),
    };
    return cmocka_run_group_tests(tests, up, down);
}
