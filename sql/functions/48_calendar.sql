-- Calendars: appointments as documents that booking/ics.c writes as iCalendar text, each time in its place's zone with that zone's rules.

create or replace function say_offset(p_seconds int) returns text
    language sql immutable
    as $$
    select case when p_seconds < 0 then '-' else '+' end || lpad((abs(p_seconds) / 3600)::text, 2, '0') || lpad((abs(p_seconds) / 60 % 60)::text, 2, '0')
           || case when p_seconds % 60 <> 0 then lpad((abs(p_seconds) % 60)::text, 2, '0') else '' end
    $$;

create or replace function zone_offset(p_at timestamptz, p_zone text) returns int
    language sql stable
    as $$ select extract(epoch from (p_at at time zone p_zone) - (p_at at time zone 'UTC'))::int $$;

-- The rules of a zone between two moments, as they are in PostgreSQL's zone data: what holds at p_from, then each turn of the clock, found to the second →
-- [{"at" (wall time before the turn),"from","to","name","daylight"}].
create or replace function zone_turns(p_zone text, p_from timestamptz, p_to timestamptz) returns json
    language plpgsql
    as $$
declare
    lo timestamptz;
    hi timestamptz;
    middle timestamptz;
    day timestamptz := date_trunc('day', p_from);
    was int := zone_offset(day, p_zone);
    is_now int;
    least_offset int := was;
    found jsonb := jsonb_build_array(jsonb_build_object('at', day, 'from', was, 'to', was, 'name', say_zone(day, p_zone)));
begin
    while day < p_to loop
        is_now := zone_offset(day + interval '1 day', p_zone);
        if is_now <> was then
            lo := day;
            hi := day + interval '1 day';
            while hi - lo > interval '1 second' loop
                middle := date_trunc('second', lo + (hi - lo) / 2);
                if zone_offset(middle, p_zone) = was then lo := middle; else hi := middle; end if;
            end loop;
            found := found || jsonb_build_object('at', hi, 'from', was, 'to', is_now, 'name', say_zone(hi, p_zone));
            least_offset := least(least_offset, is_now);
            was := is_now;
        end if;
        day := day + interval '1 day';
    end loop;
    return (select json_agg(json_build_object('at', to_char(((x ->> 'at')::timestamptz at time zone 'UTC') + make_interval(secs => (x ->> 'from')::int), 'YYYYMMDD"T"HH24MISS'),
                'from', say_offset((x ->> 'from')::int), 'to', say_offset((x ->> 'to')::int), 'name', x ->> 'name', 'daylight', (x ->> 'to')::int > least_offset) order by n)
            from jsonb_array_elements(found) with ordinality e (x, n));
end $$;

create or replace function calendar_zones(p_zones text[], p_from timestamptz, p_to timestamptz) returns json
    language sql
    as $$
    select coalesce(json_agg(json_build_object('id', z, 'turns', zone_turns(z, p_from - interval '1 year', p_to + interval '1 day')) order by z), '[]')
    from (select distinct unnest(p_zones) as z) x
    $$;

-- Calendars are read by other programs and people: of a home visit they say that it is one, and not where. A wall time that the clock shows twice that night is
-- taken for the first of the two (RFC 5545, 3.3.5), so the times of such a visit go without a zone, which has them written in UTC.
create or replace function calendar_event(b booking, p_summary text, p_description text, p_home text default 'At your address') returns json
    language sql stable
    as $$
    select json_build_object('uid', b.id, 'stamp', rfc3339(greatest(b.ended_at, b.changed_at, b.confirmed_at, b.created_at)), 'start', rfc3339(b.starts_at), 'end', rfc3339(b.ends_at),
        'zone', case when say_twice(b.starts_at, b.zone) = '' and say_twice(b.ends_at, b.zone) = '' then b.zone end,
        'local_start', to_char(b.starts_at at time zone b.zone, 'YYYYMMDD"T"HH24MISS'), 'local_end', to_char(b.ends_at at time zone b.zone, 'YYYYMMDD"T"HH24MISS'),
        'summary', p_summary, 'description', p_description,
        'location', case when b.at_home then p_home else concat_ws(', ', nullif(l.name, ''), nullif(l.street, ''), nullif(l.town, ''), nullif(concat_ws(' ', nullif(l.region, ''), nullif(l.postcode, '')), '')) end,
        'cancelled', b.state = 'cancelled', 'sequence', b.sequence)
    from location l where l.id = b.location_id
    $$;

-- One booking for the calendar of who booked it; null when it never was booked.
create or replace function booking_calendar(p_id uuid) returns json
    language sql
    as $$
    select json_build_object('events', json_build_array(calendar_event(b, b.service_name || ' with ' || (booking_therapist(b.therapist_id) ->> 'name'), 'Reference ' || b.reference)),
                             'zones', calendar_zones(array[b.zone], b.starts_at, b.ends_at))
    from booking b where b.id = p_id and booking_is_callers(b) and b.confirmed_at is not null and b.reference is not null
    $$;

grant execute on function say_offset, zone_offset, zone_turns, calendar_zones, calendar_event, booking_calendar to unknot_web, unknot_worker;
