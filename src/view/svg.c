/* Initials in place of a photo. */
#include "view/svg.h"

/* Bytes of the character at `s`, which is not the end; malformed bytes count one each. */
static size_t char_size(const char *s)
{
    unsigned char lead = (unsigned char)s[0];
    size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
    for (size_t i = 1; i < size; i++)
        if (((unsigned char)s[i] & 0xC0) != 0x80)
            return 1;
    return size;
}

static bool starts_word(const char *s)
{
    unsigned char c = (unsigned char)s[0];
    return c >= 0xC3 || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* One letter, with the marks (U+0300 to U+036F) that follow it when it was written apart from them. Only
 * Latin letters of one byte are raised: names come capitalised, and other scripts have rules of their own. */
static void put_initial(struct buf *out, const char *s)
{
    size_t n = char_size(s);
    if (n == 1 && s[0] >= 'a' && s[0] <= 'z')
        buf_putc(out, (char)(s[0] - 'a' + 'A'));
    else
        buf_html(out, s, n);
    for (s += n; (unsigned char)s[0] == 0xCC || ((unsigned char)s[0] == 0xCD && (unsigned char)s[1] <= 0xAF);
         s += 2) {
        if (char_size(s) != 2)
            return;
        buf_html(out, s, 2);
    }
}

/* First letters of the first and the last word in front of a comma ("Ana Ruiz, LMT"); `last` is NULL for one
 * word. */
static void find_initials(const char *name, const char **first, const char **last)
{
    *first = *last = NULL;
    bool inside = false;
    for (const char *s = name; *s && *s != ','; s += char_size(s)) {
        if (*s == ' ') {
            inside = false;
        } else if (!inside && starts_word(s)) {
            inside = true;
            *last = *first ? s : NULL;
            *first = *first ? *first : s;
        }
    }
}

static unsigned tint_of(const char *name)
{
    uint32_t hash = 2166136261u; /* FNV-1a */
    for (const char *s = name; *s; s++)
        hash = (hash ^ (unsigned char)*s) * 16777619u;
    return (hash ^ hash >> 16) % 8 + 1;
}

bool svg_avatar(struct buf *out, const char *name)
{
    const char *first, *last;
    name = name ? name : "";
    find_initials(name, &first, &last);
    buf_printf(
        out,
        "<svg class=\"ava t%u\" viewBox=\"0 0 64 64\" aria-hidden=\"true\"><rect width=\"64\" height=\"64\"/>"
        "<text x=\"32\" y=\"41\" text-anchor=\"middle\" font-size=\"24\">",
        tint_of(name));
    if (first)
        put_initial(out, first);
    if (last)
        put_initial(out, last);
    buf_puts(out, "</text></svg>");
    return !out->failed;
}
