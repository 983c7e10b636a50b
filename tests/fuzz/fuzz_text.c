/* The bounded parsers on any bytes, each against what must hold for what it accepts. */
#include "core/arena.h"
#include "core/text.h"
#include "view/view.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void numbers(struct str s)
{
    int64_t whole = 0;
    double number = 0;
    if (text_int(s, -1000000, 1000000, &whole)) {
        char again[32];
        must(whole >= -1000000 && whole <= 1000000);
        must(text_double(s, -1e6, 1e6, &number) || s.n > 60);
        snprintf(again, sizeof again, "%" PRId64, whole);
        must(strtoll(again, NULL, 10) == whole);
    }
    if (text_double(s, -90, 90, &number))
        must(number >= -90 && number <= 90 && s.n < 64);
    if (text_is_uuid(s))
        must(s.n == 36 && !text_int(s, INT64_MIN, INT64_MAX, &whole));
}

static void base64(struct str s)
{
    unsigned char bytes[512];
    char again[700];
    size_t n = text_unbase64(bytes, sizeof bytes, s);
    must(n <= sizeof bytes);
    if (n > 0)
        must(text_base64(again, sizeof again, bytes, n) == s.n && memcmp(again, s.p, s.n) == 0);
}

/* No character that means something in HTML or in an address is left. */
static void escapes(struct str s)
{
    struct buf html = {.max = 1 << 20}, url = {.max = 1 << 20};
    buf_html(&html, s.p, s.n);
    buf_url(&url, s.p, s.n);
    must(html.n >= s.n && url.n >= s.n);
    must(!html.p || !strpbrk(html.p, "<>\"'"));
    must(!url.p || strlen(url.p) == url.n);
    must(!url.p || !strpbrk(url.p, "<>\"' &/?#+\r\n"));
    buf_free(&html);
    buf_free(&url);
}

static void markdown(struct str s)
{
    struct arena *a = arena_new(1 << 22);
    const char *html = a ? view_markdown(a, s) : "";
    must(html && !strstr(html, "<img") && !strstr(html, "<script") && !strstr(html, "<!--"));
    arena_free(a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str s = {(const char *)data, size > 2048 ? 2048 : size};
    struct str trimmed = str_trim(s);
    must(trimmed.n <= s.n);
    must(str_eq(str_trim(trimmed), trimmed));
    if (text_is_utf8(s))
        must(s.n == 0 || !memchr(s.p, 0, s.n));
    numbers(s);
    base64(s);
    escapes(s);
    markdown(s);
    return 0;
}
