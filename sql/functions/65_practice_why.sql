-- "Why is this time not offered?", in words, for the therapist whose time it is.

create or replace function practice_why_words(r text, p_name text, p_booking uuid, s service, l location, p_day date) returns json
    language plpgsql stable
    as $$
declare
    service_path constant text := '/practice/services/' || s.id;
    hours_path constant text := '/practice/hours/' || l.id;
    open constant text := coalesce((select 'Open that day: ' || nullif(say_periods(o.open, l.country), '') from opening(l.id, p_day, p_day) o), 'Closed that day');
    stay constant text := 'The visit takes ' || s.minutes || ' minutes'
        || case when s.kept_before + s.kept_after > 0 then ', with ' || concat_ws(' and ', nullif(s.kept_before, 0) || ' before', nullif(s.kept_after, 0) || ' after') || ' kept free' else '' end || '.';
    seen constant boolean := exists (select from booking where id = p_booking);
    said text[] := case r
        when 'retired' then array['You no longer offer this service.']
        when 'not_here' then case when s.at_home and l.home_km = 0 then array['No home visits start from this place.', '/practice/places/' || l.id || '/home', 'How far you travel']
                                  else array['This service is not given at this place.', service_path, 'Its places'] end
        when 'license' then array['The law wants a license here, and none has been checked, or the check has run out. Nothing can be booked at this place until one is checked.', '/practice/credentials', 'Credentials']
        when 'no_such_time' then array['The clock goes forward that night and skips this time.']
        when 'past' then array['This time has passed.']
        when 'notice' then array['It is less than ' || say_time_span(s.notice) || ' ahead, which is the shortest notice for this service.', service_path, 'Its rules']
        when 'horizon' then array['It is more than ' || s.horizon || ' days ahead, and this service is offered no further.', service_path, 'Its rules']
        when 'step' then array['This service starts every ' || case s.step when 60 then 'hour' else s.step || ' minutes' end || ', counted from midnight, and not at this minute.', service_path, 'Its rules']
        when 'hours' then array['It does not fit into your usual hours. ' || open || '. ' || stay, hours_path, 'Usual hours']
        when 'season' then array['It does not fit into “' || coalesce(nullif(p_name, ''), 'Other hours') || '”, which hold on that day. ' || open || '. ' || stay, '/practice/hours', 'Hours']
        when 'holiday' then array['You are closed on ' || p_name || '.', '/practice/holidays', 'Public holidays']
        when 'closed' then array['You closed this day.', hours_path || '/days', 'Days that differ']
        when 'extra' then array['It does not fit into the hours of that day. ' || open || '. ' || stay, hours_path || '/days', 'Days that differ']
        when 'instead' then array['It does not fit into the other hours you set for that day. ' || open || '. ' || stay, hours_path || '/days', 'Days that differ']
        when 'time_off' then array['You have time off.', '/practice/time-off', 'Time off']
        when 'block' then array['You keep this time free for yourself.', '/practice?week=' || p_day, 'That week']
        when 'outside' then array['You are busy then in a calendar of yours elsewhere.', '/practice/calendars', 'Calendars']
        when 'most' then array['It is booked ' || case p_name when '1' then 'once' else p_name || ' times' end || ' on that day, which is the most you want.', service_path, 'Its rules']
        when 'travel' then array['A visit at another of your places is nearer than the way between them.', '/practice/travel', 'Time between your places']
        when 'room' then array['None of the rooms that this service needs is free then.', '/practice/team', 'Rooms']
        when 'claim' then array['Another visit is then, or too near. ' || replace(stay, 'The visit', 'This one')]
        else array['There is no such service or place.'] end;
begin
    return json_build_object('rule', r, 'text', case when r in ('claim', 'travel') and not seen then 'Somebody is booking at this moment, and holds time that is in the way.' else said[1] end,
        'path', said[2], 'words', said[3], 'visit', case when seen then '/practice/bookings/' || p_booking end);
end $$;

-- p_service and p_place as they were typed; p_day and p_time null: nothing is asked yet.
create or replace function practice_why(p_service text, p_place text, p_day date, p_time time) returns json
    language plpgsql stable
    as $$
declare
    me int := auth.therapist();
    s service;
    l location;
    wall timestamp;
    reasons json;
begin
    if me is null then
        return null;
    end if;
    select * into s from service x where x.therapist_id = me and (x.id::text = p_service or p_service is null) order by x.retired_at nulls first, x.position, x.id limit 1;
    select * into l from location x where x.therapist_id = me and (x.id::text = p_place or p_place is null) order by x.id limit 1;
    if (p_service is not null or p_place is not null) and (s.id is null or l.id is null) then
        return null;
    end if;
    if p_day is not null and s.id is not null and l.id is not null then
        wall := p_day + p_time;
        select coalesce(json_agg(practice_why_words(y.rule, y.name, y.booking_id, s, l, wall::date)), '[]') into reasons
        from (select distinct on (w.rule, w.booking_id) w.* from why_not(s.id, l.id, wall) w) y;
    end if;
    return json_build_object('day', wall::date, 'time', say_time(wall at time zone 'UTC', 'UTC', l.country),
        'services', (select coalesce(json_agg(json_build_object('id', x.id, 'label', x.name || ', ' || x.minutes || ' minutes' || case when x.retired_at is not null then ' (no longer offered)' else '' end,
                         'selected', x.id = s.id) order by x.retired_at nulls first, x.position, x.id), '[]') from service x where x.therapist_id = me),
        'places', (select coalesce(json_agg(json_build_object('id', x.id, 'label', coalesce(nullif(x.name, ''), x.street) || ', ' || x.town, 'selected', x.id = l.id) order by x.id), '[]')
                   from location x where x.therapist_id = me),
        'possible', s.id is not null and l.id is not null,
        'asked', reasons is not null, 'offered', case when reasons is not null then json_array_length(reasons) = 0 end, 'reasons', reasons,
        'when', case when reasons is not null then say_date_full(wall::date, l.country) || ', ' || say_time(clock_shows(wall, l.zone), l.zone, l.country) end,
        'hidden', not exists (select from therapist where id = me and published),
        'book', case when json_array_length(reasons) = 0 then '/therapists/' || (select slug from therapist where id = me) || '/book?service=' || s.id || '&from=' || wall::date end);
end $$;

grant execute on function practice_why_words, practice_why to unknot_web;
