-- When a practice is closed although the week says otherwise: time off, public holidays; and the way between its places. Invoker's rights.

create or replace function practice_time_off() returns json
    language sql stable
    as $$
    select json_build_object('name', t.name, 'slug', t.slug, 'off', (
        select coalesce(json_agg(json_build_object('id', f.id, 'text', say_span(f.starts, f.ends, country_for(t.id)), 'note', n.note, 'visits', v.list, 'has_visits', json_array_length(v.list) > 0) order by f.starts), '[]')
        from time_off f cross join lateral (select practice_visits_in(null, f.starts, f.ends) as list offset 0) v left join time_off_note n on n.time_off_id = f.id
        where f.therapist_id = t.id and f.ends > (clock() at time zone 'UTC') - interval '14 hours'))
    from therapist t where t.id = auth.therapist()
    $$;

create or replace function practice_time_off_save(p_from timestamp, p_to timestamp, p_note text) returns json
    language plpgsql
    as $$
declare
    me int := auth.therapist();
    new_id int;
begin
    if me is null then
        return null;
    elsif p_to <= (clock() at time zone 'UTC') - interval '14 hours' then
        return practice_problem('until_day', 'This time is over already');
    elsif exists (select from time_off where therapist_id = me and starts = p_from and ends = p_to) then
        return practice_time_off(); -- the same form once more
    end if;
    insert into time_off (therapist_id, starts, ends) values (me, p_from, p_to) returning id into new_id;
    if p_note <> '' then
        insert into time_off_note (time_off_id, therapist_id, note) values (new_id, me, p_note);
    end if;
    insert into audit (account_id, action, object) values (auth.account(), 'time_off.added', new_id::text);
    return practice_time_off();
end $$;

create or replace function practice_time_off_remove(p_id int) returns json
    language plpgsql
    as $$
begin
    delete from time_off where id = p_id and therapist_id = auth.therapist();
    return case when practice_noted(found, 'time_off.removed', p_id::text) then practice_time_off() end;
end $$;

-- The holidays of the countries that a therapist has places in, each with the day it falls on next.
create or replace function practice_holidays() returns json
    language sql stable
    as $$
    select json_build_object('name', t.name, 'slug', t.slug, 'has_place', exists (select from location l where l.therapist_id = t.id),
        'has_countries', exists (select from holiday h join location l on l.country = h.country where l.therapist_id = t.id and h.retired_at is null), 'kept', (select count(*) from holiday_closed c where c.therapist_id = t.id), 'countries', (
        select coalesce(json_agg(json_build_object('country', x.country, 'label', say_country(x.country), 'holidays', x.list) order by x.country), '[]')
        from (select h.country, json_agg(json_build_object('id', h.id, 'name', h.name, 'kept', nullif(h.kept, ''), 'day', h.day, 'date', say_date_full(h.day, h.country),
                         'on', exists (select from holiday_closed c where c.therapist_id = t.id and c.holiday_id = h.id)) order by h.day, h.id) as list
              from (select o.id, o.country, o.name, o.kept,
                           (select min(d) from generate_series(0, 1) n, holiday_on(o, date_part('year', clock())::int + n) d where d >= (clock() at time zone 'UTC')::date) as day
                    from holiday o where o.retired_at is null and o.country in (select l.country from location l where l.therapist_id = t.id)) h group by h.country) x))
    from therapist t where t.id = auth.therapist()
    $$;

create or replace function practice_holidays_save(p_holidays text[]) returns json
    language plpgsql
    as $$
declare
    me int := auth.therapist();
begin
    if me is null then
        return null;
    elsif exists (select from unnest(p_holidays) x where x not in (select id from holiday)) then
        return practice_problem('holiday', 'Choose holidays from the list');
    end if;
    delete from holiday_closed where therapist_id = me and holiday_id <> all (p_holidays);
    insert into holiday_closed select me, x from unnest(p_holidays) x on conflict do nothing;
    insert into audit (account_id, action, object) values (auth.account(), 'holidays.changed', me::text);
    return practice_holidays();
end $$;

-- Each pair of a therapist's places with the way between them. p_a, p_b: the pair that was sent, with what was typed and what is wrong.
create or replace function practice_travel(p_a int, p_b int, p_typed text, p_error text) returns json
    language sql stable
    as $$
    select json_build_object('name', t.name, 'slug', t.slug, 'pairs', (
        select coalesce(json_agg(json_build_object('a', a.id, 'b', b.id, 'from', coalesce(nullif(a.name, ''), a.street) || ', ' || a.town, 'to', coalesce(nullif(b.name, ''), b.street) || ', ' || b.town,
            'field', 'minutes_' || a.id || '_' || b.id, 'minutes', case when (a.id, b.id) = (p_a, p_b) then coalesce(p_typed, '') else w.minutes::text end,
            'error', case when (a.id, b.id) = (p_a, p_b) then p_error end) order by a.id, b.id), '[]')
        from location a join location b on b.therapist_id = a.therapist_id and b.id > a.id left join travel w on w.location_a = a.id and w.location_b = b.id
        where a.therapist_id = t.id))
    from therapist t where t.id = auth.therapist()
    $$;

-- p_minutes 0: no time is kept for the way.
create or replace function practice_travel_save(p_a int, p_b int, p_minutes int) returns json
    language plpgsql
    as $$
declare
    me int := auth.therapist();
begin
    if p_a >= p_b or (select count(*) from location where therapist_id = me and id in (p_a, p_b)) <> 2 then
        return null;
    end if;
    delete from travel where location_a = p_a and location_b = p_b;
    if p_minutes > 0 then
        insert into travel (therapist_id, location_a, location_b, minutes) values (me, p_a, p_b, p_minutes);
    end if;
    insert into audit (account_id, action, object) values (auth.account(), 'travel.changed', p_a || ' ' || p_b);
    return practice_travel(null, null, null, null);
end $$;

grant execute on function practice_time_off, practice_time_off_save, practice_time_off_remove, practice_holidays, practice_holidays_save, practice_travel,
    practice_travel_save to unknot_web;
