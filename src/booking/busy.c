/*
 * An event counts by its visits: its own times, those its rules and RDATEs add, without EXDATEs and
 * without those that another component with its UID replaces (RECURRENCE-ID). So a first pass notes what
 * is replaced, and a second adds spans. Whatever is too much, or could keep libical busy without end, sets
 * too_much, and the whole file is refused.
 */
#include "booking/busy.h"

#include <errno.h>
#include <libical/ical.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define EVENTS_MAX     20000
#define CHANGED_MAX    5000
#define STEPS_MAX      200000 /* of repetition, all events together */
#define SPANS_MAX      (BUSY_MAX * 4)
#define CAGE_SECONDS   5
#define CAGE_BYTES     ((rlim_t)1 << 30)
#define LONGEST_SECOND (400 * INT64_C(86400)) /* of one event */

/* A single visit of a series that was changed or dropped: the series does not have it at that time. */
struct changed {
    const char *uid;
    int64_t at;
};

struct reading {
    const icaltimezone *zone;
    int64_t from, to;
    struct busy_span *span;
    size_t spans;
    struct changed *changed;
    size_t changes;
    int64_t *exception; /* of the event that is being read */
    size_t exceptions;
    long steps;
    bool too_much;
};

/* --- Times */

/* libical takes any digits for a date, and reckons long with the year 20261101. */
static bool is_sound(struct icaltimetype t)
{
    return t.year >= 1900 && t.year <= 2200 && t.month >= 1 && t.month <= 12 && t.day >= 1 && t.day <= 31 &&
           t.hour >= 0 && t.hour <= 24 && t.minute >= 0 && t.minute <= 59 && t.second >= 0 && t.second <= 60;
}

#define NEVER (-(INT64_C(1) << 40))

/* NEVER for what is no time. */
static int64_t instant(const struct reading *r, struct icaltimetype t)
{
    if (!is_sound(t))
        return NEVER;
    const icaltimezone *zone = t.is_date || !t.zone ? r->zone : t.zone;
    if (t.is_date) {
        t.is_date = 0;
        t.hour = t.minute = t.second = 0;
    }
    if (icaltime_is_utc(t))
        zone = icaltimezone_get_utc_timezone();
    return (int64_t)icaltime_as_timet_with_zone(t, (icaltimezone *)(uintptr_t)zone);
}

/* Cut to what is asked for; nothing for what lies outside, is empty, or longer than any event. */
static void add_span(struct reading *r, int64_t from, int64_t to)
{
    if (to <= from || to <= r->from || from >= r->to || to - from > LONGEST_SECOND)
        return;
    if (r->spans == SPANS_MAX) {
        r->too_much = true;
        return;
    }
    r->span[r->spans++] = (struct busy_span){from > r->from ? from : r->from, to < r->to ? to : r->to};
}

/* --- Which events count */

/* Transparent, cancelled, or free as Outlook says it. */
static bool is_free(icalcomponent *event)
{
    icalproperty *p = icalcomponent_get_first_property(event, ICAL_TRANSP_PROPERTY);
    if (p && icalproperty_get_transp(p) != ICAL_TRANSP_OPAQUE &&
        icalproperty_get_transp(p) != ICAL_TRANSP_NONE)
        return true;
    for (p = icalcomponent_get_first_property(event, ICAL_X_PROPERTY); p;
         p = icalcomponent_get_next_property(event, ICAL_X_PROPERTY)) {
        const char *name = icalproperty_get_x_name(p), *value = icalproperty_get_x(p);
        if (name && value && strcmp(name, "X-MICROSOFT-CDO-BUSYSTATUS") == 0 && strcmp(value, "FREE") == 0)
            return true;
    }
    return icalcomponent_get_status(event) == ICAL_STATUS_CANCELLED;
}

/* DTEND, or the start and DURATION. With neither a whole day is one day long, and a time is a moment, which
 * keeps nobody busy (RFC 5545, 3.6.1). */
static struct icaltimetype end_of(icalcomponent *event, struct icaltimetype start)
{
    icalproperty *p = icalcomponent_get_first_property(event, ICAL_DTEND_PROPERTY);
    if (p)
        return icalproperty_get_datetime_with_component(p, event);
    p = icalcomponent_get_first_property(event, ICAL_DURATION_PROPERTY);
    if (p)
        return icaltime_add(start, icalproperty_get_duration(p));
    if (start.is_date)
        icaltime_adjust(&start, 1, 0, 0, 0);
    return start;
}

static int by_uid_and_time(const void *left, const void *right)
{
    const struct changed *a = left, *b = right;
    int order = strcmp(a->uid, b->uid);
    return order ? order : (a->at > b->at) - (a->at < b->at);
}

/* note_changed has been through all events, and they are sorted. */
static bool is_changed(const struct reading *r, const char *uid, int64_t at)
{
    const struct changed key = {uid, at};
    return r->changes && bsearch(&key, r->changed, r->changes, sizeof key, by_uid_and_time);
}

static int by_time(const void *left, const void *right)
{
    const int64_t *a = left, *b = right;
    return (*a > *b) - (*a < *b);
}

/* Read once for an event: a component has one place to go on from, and who looks at its exceptions while
 * going through its dates goes through them for ever. */
static void note_exceptions(struct reading *r, icalcomponent *event)
{
    r->exceptions = 0;
    for (icalproperty *p = icalcomponent_get_first_property(event, ICAL_EXDATE_PROPERTY); p;
         p = icalcomponent_get_next_property(event, ICAL_EXDATE_PROPERTY)) {
        if (r->exceptions == CHANGED_MAX)
            r->too_much = true;
        else
            r->exception[r->exceptions++] = instant(r, icalproperty_get_datetime_with_component(p, event));
    }
    qsort(r->exception, r->exceptions, sizeof *r->exception, by_time);
}

static bool is_excepted(const struct reading *r, int64_t at)
{
    return r->exceptions && bsearch(&at, r->exception, r->exceptions, sizeof at, by_time);
}

/* --- One event */

struct event {
    const char *uid;
    struct icaltimetype start;
    int64_t seconds; /* of a timed event */
    int days;        /* of whole days */
    bool once;       /* it is itself a changed visit of a series */
};

/* The n-th visit of an event: as long as the first, in days where those are counted, across a change of the
 * clocks. */
static void add_visit(struct reading *r, const struct event *e, struct icaltimetype start)
{
    int64_t from = instant(r, start), to = from + e->seconds;
    if (!e->once && (is_changed(r, e->uid, from) || is_excepted(r, from)))
        return;
    if (e->days > 0) {
        icaltime_adjust(&start, e->days, 0, 0, 0);
        to = instant(r, start);
    }
    add_span(r, from, to);
}

/* Nobody's calendar repeats by the hour, and a rule that does can keep a reader busy for ever. */
static bool is_sane(const struct icalrecurrencetype *rule)
{
    return rule->freq == ICAL_DAILY_RECURRENCE || rule->freq == ICAL_WEEKLY_RECURRENCE ||
           rule->freq == ICAL_MONTHLY_RECURRENCE || rule->freq == ICAL_YEARLY_RECURRENCE;
}

static void repeat(struct reading *r, const struct event *e, struct icalrecurrencetype rule)
{
    icalrecur_iterator *it = is_sane(&rule) ? icalrecur_iterator_new(rule, e->start) : NULL;
    if (!it) {
        r->too_much = r->too_much || !is_sane(&rule);
        return;
    }
    for (struct icaltimetype at = icalrecur_iterator_next(it); !icaltime_is_null_time(at);
         at = icalrecur_iterator_next(it)) {
        if (++r->steps > STEPS_MAX)
            r->too_much = true;
        at.zone = e->start.zone;
        if (r->too_much || instant(r, at) >= r->to)
            break;
        /* the first visit has been added, whether the rule has it or not */
        if (icaltime_compare(at, e->start) != 0)
            add_visit(r, e, at);
    }
    icalrecur_iterator_free(it);
}

static void add_event(struct reading *r, icalcomponent *component)
{
    icalproperty *p = icalcomponent_get_first_property(component, ICAL_DTSTART_PROPERTY);
    const char *uid = icalcomponent_get_uid(component);
    if (!p || is_free(component))
        return;
    struct icaltimetype start = icalproperty_get_datetime_with_component(p, component);
    struct icaltimetype end = end_of(component, start);
    if (!is_sound(start) || !is_sound(end))
        return;
    struct event e = {.uid = uid ? uid : "", .start = start};
    e.once = icalcomponent_get_first_property(component, ICAL_RECURRENCEID_PROPERTY) != NULL;
    e.seconds = instant(r, end) - instant(r, start);
    if (start.is_date)
        /* a day of 23 or 25 hours is one */
        e.days = (int)((e.seconds + 43200) / 86400);
    if (e.seconds <= 0 || e.seconds > LONGEST_SECOND)
        return;
    note_exceptions(r, component);
    add_visit(r, &e, start);
    for (p = icalcomponent_get_first_property(component, ICAL_RRULE_PROPERTY); p && !e.once && !r->too_much;
         p = icalcomponent_get_next_property(component, ICAL_RRULE_PROPERTY))
        repeat(r, &e, icalproperty_get_rrule(p));
    for (p = icalcomponent_get_first_property(component, ICAL_RDATE_PROPERTY); p && !e.once;
         p = icalcomponent_get_next_property(component, ICAL_RDATE_PROPERTY)) {
        struct icaldatetimeperiodtype rdate = icalproperty_get_rdate(p);
        struct icaltimetype at = icaltime_is_null_time(rdate.time)
                                     ? rdate.period.start
                                     : icalproperty_get_datetime_with_component(p, component);
        if (!icaltime_is_null_time(at))
            add_visit(r, &e, at);
    }
}

static void add_free_busy(struct reading *r, icalcomponent *component)
{
    for (icalproperty *p = icalcomponent_get_first_property(component, ICAL_FREEBUSY_PROPERTY); p;
         p = icalcomponent_get_next_property(component, ICAL_FREEBUSY_PROPERTY)) {
        icalparameter *type = icalproperty_get_first_parameter(p, ICAL_FBTYPE_PARAMETER);
        struct icalperiodtype period = icalproperty_get_freebusy(p);
        if (type && icalparameter_get_fbtype(type) == ICAL_FBTYPE_FREE)
            continue;
        int64_t from = instant(r, period.start);
        add_span(r, from,
                 icaltime_is_null_time(period.end) ? from + icaldurationtype_as_int(period.duration)
                                                   : instant(r, period.end));
    }
}

/* --- All of them */

static void note_changed(struct reading *r, icalcomponent *event)
{
    icalproperty *p = icalcomponent_get_first_property(event, ICAL_RECURRENCEID_PROPERTY);
    const char *uid = icalcomponent_get_uid(event);
    if (!p || !uid)
        return;
    if (r->changes == CHANGED_MAX)
        r->too_much = true;
    else
        r->changed[r->changes++] =
            (struct changed){uid, instant(r, icalproperty_get_datetime_with_component(p, event))};
}

static void read_calendar(struct reading *r, icalcomponent *calendar)
{
    int events = 0;
    for (icalcomponent *c = icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT);
         c && !r->too_much; c = icalcomponent_get_next_component(calendar, ICAL_VEVENT_COMPONENT)) {
        note_changed(r, c);
        r->too_much = r->too_much || ++events > EVENTS_MAX;
    }
    qsort(r->changed, r->changes, sizeof *r->changed, by_uid_and_time);
    for (icalcomponent *c = icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT);
         c && !r->too_much; c = icalcomponent_get_next_component(calendar, ICAL_VEVENT_COMPONENT))
        add_event(r, c);
    for (icalcomponent *c = icalcomponent_get_first_component(calendar, ICAL_VFREEBUSY_COMPONENT);
         c && !r->too_much; c = icalcomponent_get_next_component(calendar, ICAL_VFREEBUSY_COMPONENT))
        add_free_busy(r, c);
}

static int by_start(const void *left, const void *right)
{
    const struct busy_span *a = left, *b = right;
    return (a->from > b->from) - (a->from < b->from);
}

/* False when more than BUSY_MAX are left. */
static bool join(struct reading *r, struct busy *busy)
{
    qsort(r->span, r->spans, sizeof *r->span, by_start);
    busy->count = 0;
    for (size_t i = 0; i < r->spans; i++) {
        struct busy_span *last = busy->count ? &busy->span[busy->count - 1] : NULL;
        if (last && r->span[i].from <= last->to)
            last->to = r->span[i].to > last->to ? r->span[i].to : last->to;
        else if (busy->count == BUSY_MAX)
            return false;
        else
            busy->span[busy->count++] = r->span[i];
    }
    return true;
}

/* A file may hold one calendar, or several one behind the other. */
static void read_all(struct reading *r, icalcomponent *root)
{
    if (icalcomponent_isa(root) == ICAL_VCALENDAR_COMPONENT) {
        read_calendar(r, root);
        return;
    }
    for (icalcomponent *c = icalcomponent_get_first_component(root, ICAL_VCALENDAR_COMPONENT);
         c && !r->too_much; c = icalcomponent_get_next_component(root, ICAL_VCALENDAR_COMPONENT)) {
        r->changes = 0;
        read_calendar(r, c);
    }
}

/* Behind a byte order mark and blanks. libical would make something of any text. */
static bool looks_like_one(struct str ics)
{
    while (ics.n && strchr("\xEF\xBB\xBF \r\n\t", *ics.p) && *ics.p)
        ics = (struct str){ics.p + 1, ics.n - 1};
    return str_starts(ics, "BEGIN:VCALENDAR") && text_is_utf8(ics);
}

const char *busy_read(struct str ics, const char *zone, int64_t from, int64_t to, struct busy *busy)
{
    struct reading r = {.from = from, .to = to};
    busy->count = 0;
    if (!looks_like_one(ics))
        return "no-calendar";
    icalerror_set_errors_are_fatal(0);
    char *text = strndup(ics.p, ics.n);
    icalcomponent *root = text ? icalparser_parse_string(text) : NULL;
    r.zone = icaltimezone_get_builtin_timezone(zone);
    r.zone = r.zone ? r.zone : icaltimezone_get_utc_timezone();
    r.span = calloc(SPANS_MAX, sizeof *r.span);
    r.changed = calloc(CHANGED_MAX, sizeof *r.changed);
    r.exception = calloc(CHANGED_MAX, sizeof *r.exception);
    const char *problem = root ? NULL : "no-calendar";
    if (root && r.span && r.changed && r.exception)
        read_all(&r, root);
    if (!problem && (!r.span || !r.changed || !r.exception || r.too_much || !join(&r, busy)))
        problem = "too-complex";
    free(r.span);
    free(r.changed);
    free(r.exception);
    if (root)
        icalcomponent_free(root);
    free(text);
    icalmemory_free_ring();
    return problem;
}

/* --- The cage */

/* Hard and soft: it cannot be lifted again. */
static void limit(int what, rlim_t most)
{
    setrlimit(what, &(struct rlimit){most, most});
}

static bool write_all(int fd, const void *data, size_t n)
{
    for (const char *at = data; n > 0;) {
        ssize_t done = write(fd, at, n);
        if (done <= 0)
            return false;
        at += done;
        n -= (size_t)done;
    }
    return true;
}

static bool read_all_of(int fd, void *data, size_t n)
{
    for (char *at = data; n > 0;) {
        ssize_t got = read(fd, at, n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        at += got;
        n -= (size_t)got;
    }
    return true;
}

/* Does not return. The answer is a number (0 read, 1 no-calendar, 2 too-complex), then *busy as it lies in
 * memory: parent and child are one program. */
static void in_cage(int out, struct str ics, const char *zone, int64_t from, int64_t to, struct busy *busy)
{
    limit(RLIMIT_CPU, CAGE_SECONDS);
    limit(RLIMIT_FSIZE, 0);
    limit(RLIMIT_NPROC, 0);
#if !defined(__SANITIZE_ADDRESS__)
    limit(RLIMIT_AS, CAGE_BYTES);
#endif
    const char *problem = busy_read(ics, zone, from, to, busy);
    int32_t said = !problem ? 0 : problem[0] == 'n' ? 1 : 2;
    bool told = write_all(out, &said, sizeof said) && write_all(out, busy, sizeof *busy);
    _exit(told ? 0 : 1);
}

/* For a process of one thread: the child goes on with malloc. */
const char *busy_read_caged(struct str ics, const char *zone, int64_t from, int64_t to, struct busy *busy)
{
    int ends[2], status = 0;
    int32_t said = 2;
    if (pipe(ends) != 0)
        return "too-complex";
    pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        in_cage(ends[1], ics, zone, from, to, busy);
    }
    close(ends[1]);
    bool heard =
        child > 0 && read_all_of(ends[0], &said, sizeof said) && read_all_of(ends[0], busy, sizeof *busy);
    close(ends[0]);
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    return !heard ? "too-complex" : said == 0 ? NULL : said == 1 ? "no-calendar" : "too-complex";
}
