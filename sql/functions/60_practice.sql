-- What a therapist sees and changes. Invoker's rights: row-level security says whose rows these are.

create or replace function practice_visit(b booking) returns json
    language sql stable
    as $$
    select json_build_object(
        'id', b.id, 'client', b.client_name, 'service', b.service_name, 'minutes', b.minutes,
        'time', say_time(b.starts_at, b.zone, l.country), 'end_time', say_time(b.ends_at, b.zone, l.country),
        'day', say_day(local_day(b.starts_at, b.zone)), 'hour', extract(hour from b.starts_at at time zone b.zone),
        'place', coalesce(nullif(l.name, ''), l.street), 'state', b.state,
        'read_notes', c.outcome = 'MODIFY',
        'is_held', b.state = 'held', 'is_confirmed', b.state = 'confirmed', 'is_attended', b.state = 'attended', 'is_no_show', b.state = 'no_show')
    from location l left join safety_check c on c.id = b.safety_id where l.id = b.location_id
    $$;

create or replace function say_week(p_monday date) returns text
    language sql immutable strict parallel safe
    as $$
    select to_char(p_monday, case when extract(year from p_monday) <> extract(year from p_monday + 6) then 'FMDD FMMonth YYYY'
                                  when extract(month from p_monday) <> extract(month from p_monday + 6) then 'FMDD FMMonth' else 'FMDD' end)
        || ' to ' || to_char(p_monday + 6, 'FMDD FMMonth YYYY')
    $$;

create or replace function say_hour(p_hour int, p_country text) returns text
    language sql stable parallel safe
    as $$ select replace(coalesce(say_time(make_timestamptz(2000, 1, 1, p_hour, 0, 0, 'UTC'), 'UTC', p_country), lpad(p_hour::text, 2, '0') || ':00'), ':00 ', ' ') $$;

create or replace function say_zone_place(p_zone text) returns text
    language sql immutable strict parallel safe
    as $$ select replace(p_zone, '_', ' ') $$;

-- Today and one week from p_from (a Monday; null: this week) as the agenda and as a grid of hours by days.
create or replace function practice_week(p_from date) returns json
    language plpgsql stable
    as $$
declare
    me int := auth.therapist();
    home location;
    here text;
    today date;
    monday date;
    first_hour int;
    last_hour int;
begin
    if me is null then
        return null;
    end if;
    select * into home from location l where l.therapist_id = me order by l.id limit 1;
    here := coalesce(home.zone, 'UTC');
    today := local_day(now(), here);
    monday := date_trunc('week', coalesce(p_from, today)::timestamp)::date;
    select least(9, min(x.a)), greatest(17, max(x.b)) into first_hour, last_hour from (
        select extract(hour from h.starts)::int as a, ceil(extract(epoch from h.ends) / 3600)::int as b
        from hours h join location l on l.id = h.location_id where l.therapist_id = me
        union all
        select extract(hour from b.starts_at at time zone b.zone)::int, extract(hour from b.starts_at at time zone b.zone)::int + 1 from booking b
        where b.therapist_id = me and b.state in ('confirmed', 'attended', 'no_show') and b.starts_at >= monday::timestamp at time zone here
          and b.starts_at < (monday + 7)::timestamp at time zone here) x;
    return (
        with visit as (
            select b, local_day(b.starts_at, b.zone) as day, extract(hour from b.starts_at at time zone b.zone)::int as hour, b.starts_at
            from booking b
            where b.therapist_id = me and b.state in ('confirmed', 'attended', 'no_show')
              and b.starts_at >= least(monday, today)::timestamp at time zone here and b.starts_at < (greatest(monday + 7, today + 1))::timestamp at time zone here
        ), day as (
            select d::date as d from generate_series(monday::timestamp, (monday + 6)::timestamp, interval '1 day') d
        )
        select json_build_object(
            'name', t.name, 'slug', t.slug, 'published', t.published, 'zone', say_zone_place(here), 'zone_name', say_zone(now(), here),
            'today', json_build_object('day', say_day(today), 'visits',
                (select coalesce(json_agg(practice_visit(v.b) order by v.starts_at), '[]') from visit v where v.day = today)),
            'week', json_build_object('from', monday, 'label', say_week(monday), 'is_now', today between monday and monday + 6, 'previous', monday - 7, 'following', monday + 7,
                'count', (select count(*) from visit v where v.day between monday and monday + 6),
                'count_text', (select case count(*) when 0 then 'No appointments' when 1 then '1 appointment' else count(*) || ' appointments' end
                               from visit v where v.day between monday and monday + 6),
                'days', (select json_agg(json_build_object('date', d, 'label', say_day(d), 'short', to_char(d, 'Dy FMDD'), 'is_today', d = today,
                    'closed', not exists (select from hours o join location l on l.id = o.location_id where l.therapist_id = me and o.weekday = extract(isodow from d)),
                    'visits', (select coalesce(json_agg(practice_visit(v.b) order by v.starts_at), '[]') from visit v where v.day = d)) order by d) from day),
                'rows', (select json_agg(json_build_object('hour', say_hour(h, home.country), 'cells', (
                    select json_agg(json_build_object(
                        'closed', not exists (select from hours o join location l on l.id = o.location_id where l.therapist_id = me
                            and o.weekday = extract(isodow from d) and o.starts < make_time(least(h + 1, 23), case when h = 23 then 59 else 0 end, 0) and o.ends > make_time(h, 0, 0)),
                        'visits', (select coalesce(json_agg(practice_visit(v.b) order by v.starts_at), '[]') from visit v where v.day = d and v.hour = h)) order by d) from day)) order by h)
                    from generate_series(first_hour, last_hour - 1) h)))
        from therapist t where t.id = me);
end $$;

create or replace function practice_booking(p_id uuid) returns json
    language sql stable
    as $$
    select json_build_object('booking', booking_document(b.id), 'visit', practice_visit(b),
        'safety', (select json_build_object('outcome', c.outcome, 'rules_version', c.rules, 'checked', to_char(c.checked_at at time zone b.zone, 'FMDD Mon YYYY'))
                   from safety_check c where c.id = b.safety_id),
        'can_attend', b.state = 'confirmed' and b.starts_at <= now(), 'can_cancel', b.state = 'confirmed' and b.starts_at > now())
    from booking b where b.id = p_id and b.therapist_id = auth.therapist()
    $$;

create or replace function practice_sealed(p_id uuid) returns text
    language sql stable
    as $$ select c.sealed from booking b join safety_check c on c.id = b.safety_id where b.id = p_id and b.therapist_id = auth.therapist() $$;
comment on function practice_sealed is 'the kept safety check of a visit, for the program to open; null when there is none';

create or replace function practice_left_out(p_health json) returns json
    language sql stable
    as $$
    select to_json(coalesce(string_agg(t.label, ', ' order by t.id), ''))
    from technique t where t.slug in (select json_array_elements_text(p_health -> 'limits' -> 'exclude'))
    $$;

create or replace function practice_move(p_id uuid, p_to text) returns json
    language plpgsql
    as $$
declare
    b booking;
    moved json;
begin
    select * into b from booking where id = p_id and therapist_id = auth.therapist() for update;
    if not found then
        return null;
    elsif b.state::text = p_to then
        return practice_booking(p_id);
    elsif b.state <> 'confirmed' then
        return booking_problem(409, 'visit-over', 'This appointment is ' || case b.state when 'held' then 'not booked yet' when 'attended' then 'marked as came'
            when 'no_show' then 'marked as did not come' when 'expired' then 'not booked any more' else 'cancelled' end || '. Nothing was changed.', b.service_id, null);
    elsif p_to = 'cancelled' then
        moved := booking_cancel(p_id);
        return case when moved ->> 'problem' is null then practice_booking(p_id) else moved end;
    elsif b.starts_at > now() then
        return booking_problem(409, 'not-yet', 'A visit can be marked once it has begun. Nothing was changed.', b.service_id, null);
    end if;
    update booking set state = p_to::booking_state where id = p_id;
    insert into audit (account_id, action, object) values (auth.account(), 'booking.' || p_to, p_id::text);
    return practice_booking(p_id);
end $$;

create or replace function practice_problem(p_field text, p_title text) returns json
    language sql immutable
    as $$ select json_build_object('problem', true, 'field', p_field, 'title', p_title) $$;

grant execute on function say_week, say_hour, say_zone_place, practice_visit, practice_week, practice_booking, practice_sealed, practice_left_out, practice_move,
    practice_problem to unknot_web;
