/*
 * Everything that goes into a line is either TEXT, escaped here, or of a form that is checked first
 * (is_token, is_host, is_wall_time …): nothing from a name or a note can begin a line of its own.
 */
#include "booking/ics.h"

#include "core/day.h"
#include "core/json.h"

#include <string.h>

/* One content line while it is written: octets so far since the last line end. */
struct line {
    struct buf *out;
    size_t octets;
};

/* One character of `n` bytes, on a new physical line when it does not fit; the space of a continuation
 * counts. */
static void put_character(struct line *l, const char *c, size_t n)
{
    if (l->octets + n > 75) {
        buf_puts(l->out, "\r\n ");
        l->octets = 1;
    }
    buf_put(l->out, c, n);
    l->octets += n;
}

/* Bytes of the UTF-8 character at `c`: folding must not cut it in two. */
static size_t character_size(const char *c)
{
    size_t n = 1;
    while (((unsigned char)c[n] & 0xc0) == 0x80)
        n++;
    return n;
}

/* A value of type TEXT: , ; \ and line ends escaped (RFC 5545, 3.3.11). An escape may be folded in its
 * middle, as any text. */
static void put_text(struct line *l, const char *text)
{
    for (const char *c = text; *c;) {
        size_t n = character_size(c);
        if (*c == '\r' && c[1] == '\n') {
            c++;
        } else if (*c == '\n' || *c == '\r') {
            put_character(l, "\\n", 2);
            c++;
        } else if ((unsigned char)*c < ' ' || *c == 0x7f) {
            c++;
        } else {
            if (strchr(",;\\", *c))
                put_character(l, "\\", 1);
            put_character(l, c, n);
            c += n;
        }
    }
}

/* Left out when there is nothing to say. */
static void text_line(struct buf *out, const char *name, const char *text)
{
    if (!text || !*text)
        return;
    struct line l = {out, strlen(name) + 1};
    buf_puts(out, name);
    buf_putc(out, ':');
    put_text(&l, text);
    buf_puts(out, "\r\n");
}

/* A line whose value is no TEXT: folded, not escaped. The caller has looked at the characters. */
static void plain_line(struct buf *out, const char *name, const char *value)
{
    struct line l = {out, 0};
    if (!name || !value) /* no memory */
        out->failed = true;
    for (const char *c = name; c && *c; c++)
        put_character(&l, c, 1);
    for (const char *c = value; c && *c; c++)
        put_character(&l, c, 1);
    buf_puts(out, "\r\n");
}

/* What is read of the document while it is written. */
struct source {
    struct json j;
    struct arena *a;
    struct buf *out;
    const struct ics_how *how;
};

static const char *text_of(struct source *s, uint32_t object, const char *key)
{
    uint32_t token = json_get(&s->j, object, key);
    if (!token || s->j.token[token].kind == JSON_NULL)
        return NULL;
    struct str text = json_text(&s->j, token, s->a);
    return arena_strndup(s->a, text.p, text.n);
}

static bool is_true(struct source *s, uint32_t object, const char *key)
{
    uint32_t token = json_get(&s->j, object, key);
    return token && s->j.token[token].kind == JSON_TRUE;
}

/* --- Values that must have their form, so that nothing gets out of its line */

/* 20261124T091500 */
static bool is_wall_time(const char *t)
{
    return t && strlen(t) == 15 && strspn(t, "0123456789") == 8 && t[8] == 'T' &&
           strspn(t + 9, "0123456789") == 6;
}

/* -0500, +053000 */
static bool is_offset(const char *t)
{
    return t && (*t == '+' || *t == '-') && (strlen(t) == 5 || strlen(t) == 7) &&
           strspn(t + 1, "0123456789") == strlen(t) - 1;
}

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

static bool is_made_of(const char *fine, const char *t)
{
    return t && *t && strlen(t) <= 320 && strspn(t, fine) == strlen(t);
}

/* A zone's name, an id, a mail address. */
static bool is_token(const char *t)
{
    return is_made_of(LETTERS ".-_/+@=~!#$%&'*?", t);
}

static bool is_host(const char *t)
{
    return is_made_of(LETTERS ".-:[]", t);
}

/* "2026-11-24T09:15:00Z" as 20261124T091500Z */
static bool instant_line(struct buf *out, const char *name, const char *at)
{
    struct str text = str_of(at);
    if (text.n != sizeof "2026-11-24T09:15:00Z" - 1 || text.p[19] != 'Z' || !instant_valid(text))
        return false;
    buf_printf(out, "%s:%.4s%.2s%.5s%.2s%.2sZ\r\n", name, at, at + 5, at + 8, at + 14, at + 17);
    return true;
}

/* --- Zones */

/* One change of a zone's clock (RFC 5545, 3.6.5). */
static bool turn_write(struct source *s, uint32_t turn)
{
    const char *kind = is_true(s, turn, "daylight") ? "DAYLIGHT" : "STANDARD";
    const char *at = text_of(s, turn, "at"), *from = text_of(s, turn, "from"), *to = text_of(s, turn, "to");
    if (!is_wall_time(at) || !is_offset(from) || !is_offset(to))
        return false;
    buf_printf(s->out, "BEGIN:%s\r\nDTSTART:%s\r\nTZOFFSETFROM:%s\r\nTZOFFSETTO:%s\r\n", kind, at, from, to);
    text_line(s->out, "TZNAME", text_of(s, turn, "name"));
    buf_printf(s->out, "END:%s\r\n", kind);
    return true;
}

static bool zone_write(struct source *s, uint32_t zone)
{
    const char *id = text_of(s, zone, "id");
    uint32_t turns = json_get(&s->j, zone, "turns"), turn = turns + 1;
    if (!is_token(id) || !turns || s->j.token[turns].count == 0)
        return false;
    buf_puts(s->out, "BEGIN:VTIMEZONE\r\n");
    plain_line(s->out, "TZID:", id);
    for (uint32_t i = 0; i < s->j.token[turns].count; i++, turn = s->j.token[turn].next)
        if (!turn_write(s, turn))
            return false;
    buf_puts(s->out, "END:VTIMEZONE\r\n");
    return true;
}

static bool has_zone(struct source *s, const char *id)
{
    uint32_t zones = json_get(&s->j, 0, "zones"), zone = zones + 1;
    for (uint32_t i = 0; zones && i < s->j.token[zones].count; i++, zone = s->j.token[zone].next) {
        const char *other = text_of(s, zone, "id");
        if (other && id && strcmp(other, id) == 0)
            return true;
    }
    return false;
}

/* --- Events */

/* Wall time where the zone's rules go along, else the instant in UTC. */
static bool when_write(struct source *s, uint32_t event)
{
    const char *zone = text_of(s, event, "zone");
    const char *start = text_of(s, event, "local_start"), *end = text_of(s, event, "local_end");
    if (!has_zone(s, zone))
        return instant_line(s->out, "DTSTART", text_of(s, event, "start")) &&
               instant_line(s->out, "DTEND", text_of(s, event, "end"));
    if (!is_wall_time(start) || !is_wall_time(end))
        return false;
    plain_line(s->out, arena_printf(s->a, "DTSTART;TZID=%s:", zone), start);
    plain_line(s->out, arena_printf(s->a, "DTEND;TZID=%s:", zone), end);
    return true;
}

/* For REQUEST and CANCEL (RFC 5546); a feed has nobody. */
static bool people_write(struct source *s)
{
    const struct ics_how *how = s->how;
    if ((how->organizer && !is_token(how->organizer)) || (how->attendee && !is_token(how->attendee)))
        return false;
    if (how->organizer)
        plain_line(s->out, "ORGANIZER:mailto:", how->organizer);
    if (how->attendee)
        plain_line(s->out,
                   "ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;RSVP=FALSE:mailto:", how->attendee);
    return true;
}

static bool event_write(struct source *s, uint32_t event)
{
    const char *uid = text_of(s, event, "uid"), *sequence = text_of(s, event, "sequence");
    int64_t edition;
    if (!is_token(uid) || !is_host(s->how->host) || !text_int(str_of(sequence), 0, INT32_MAX, &edition))
        return false;
    buf_puts(s->out, "BEGIN:VEVENT\r\n");
    plain_line(s->out, "UID:", arena_printf(s->a, "%s@%s", uid, s->how->host));
    if (!instant_line(s->out, "DTSTAMP", text_of(s, event, "stamp")) || !when_write(s, event) ||
        !people_write(s))
        return false;
    text_line(s->out, "SUMMARY", text_of(s, event, "summary"));
    text_line(s->out, "LOCATION", text_of(s, event, "location"));
    text_line(s->out, "DESCRIPTION", text_of(s, event, "description"));
    buf_printf(s->out, "STATUS:%s\r\nSEQUENCE:%d\r\nEND:VEVENT\r\n",
               is_true(s, event, "cancelled") ? "CANCELLED" : "CONFIRMED", (int)edition);
    return true;
}

/* False as well when there is no such list. */
static bool each(struct source *s, const char *list, bool (*write)(struct source *, uint32_t))
{
    uint32_t array = json_get(&s->j, 0, list), at = array + 1;
    for (uint32_t i = 0; array && i < s->j.token[array].count; i++, at = s->j.token[at].next)
        if (!write(s, at))
            return false;
    return array;
}

bool ics_write(const char *document, const struct ics_how *how, struct arena *a, struct buf *out)
{
    struct source s = {.a = a, .out = out, .how = how};
    if (!document || !json_parse(&s.j, a, str_of(document)))
        return false;
    buf_puts(out,
             "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//unknot//booking//EN\r\nCALSCALE:GREGORIAN\r\n");
    plain_line(out, "METHOD:", how->method);
    text_line(out, "X-WR-CALNAME", how->name);
    if (how->name) /* how often a subscriber should look again */
        buf_puts(out, "REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\nX-PUBLISHED-TTL:PT1H\r\n");
    bool fine = each(&s, "zones", zone_write) && each(&s, "events", event_write);
    buf_puts(out, "END:VCALENDAR\r\n");
    return fine && !out->failed && !arena_failed(a);
}
