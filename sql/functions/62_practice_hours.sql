-- Hours of a practice: the week, parts of the year, days that differ. Invoker's rights: row-level security says whose rows these are.

create or replace function say_days(p_from date, p_until date, p_country text) returns text
    language sql stable parallel safe
    as $$
    select case when p_until = 'infinity' then 'from ' || say_date_long(p_from, p_country) || ' on'
                when p_from = p_until then say_date_long(p_from, p_country)
                else say_date_long(p_from, p_country) || ' to ' || say_date_long(p_until, p_country) end
    $$;

-- A span of the wall clock as people say it: days where it is whole days.
create or replace function say_span(p_from timestamp, p_to timestamp, p_country text) returns text
    language sql stable parallel safe
    as $$
    select case when p_from::time = '00:00' and p_to::time = '00:00' then
                    case when p_to = p_from + interval '1 day' then say_date_full(p_from::date, p_country) else say_date_full(p_from::date, p_country) || ' to ' || say_date_full((p_to - interval '1 day')::date, p_country) end
                when p_from::date = p_to::date then say_date_full(p_from::date, p_country) || ', ' || say_clock(p_from::time, p_country) || ' to ' || say_clock(p_to::time, p_country)
                else say_date_full(p_from::date, p_country) || ', ' || say_clock(p_from::time, p_country) || ' to ' || say_date_full(p_to::date, p_country) || ', ' || say_clock(p_to::time, p_country) end
    $$;

create or replace function minutes_of(p_time text) returns int
    language sql immutable parallel safe
    as $$ select split_part(p_time, ':', 1)::int * 60 + split_part(p_time, ':', 2)::int $$;

create or replace function practice_locations() returns json
    language sql stable
    as $$
    select json_build_object('name', t.name, 'slug', t.slug, 'locations', (
        select coalesce(json_agg(json_build_object('id', l.id, 'name', coalesce(nullif(l.name, ''), l.street), 'street', l.street, 'town', l.town, 'region', l.region,
            'zone', l.zone, 'zone_place', say_zone_place(l.zone), 'hours', (
                select coalesce(json_agg(json_build_object('day', say_weekday(w.weekday), 'periods', w.periods) order by weekday_place(w.weekday, l.country)), '[]') from (
                    select h.weekday, string_agg(say_time((date '2024-01-01' + h.starts) at time zone 'UTC', 'UTC', l.country) || ' to ' || say_time((date '2024-01-01' + h.ends) at time zone 'UTC', 'UTC', l.country), ', ' order by h.starts) as periods
                    from hours h where h.location_id = l.id and h.season_id is null group by h.weekday) w),
            'seasons', (select coalesce(json_agg(json_build_object('id', s.id, 'name', coalesce(nullif(s.name, ''), 'Other hours'), 'text', say_days(s.valid_from, s.valid_until, l.country),
                            'location', l.id) order by s.valid_from), '[]')
                        from season s where s.location_id = l.id and s.valid_until >= local_day(clock(), l.zone)),
            'special', (select coalesce(json_agg(x.item order by x.day), '[]')
                        from (select practice_day(d, l) as item, d.day from special_day d where d.location_id = l.id and d.day >= local_day(clock(), l.zone) order by d.day limit 3) x)) order by l.id), '[]')
        from location l where l.therapist_id = t.id),
        'off', (select coalesce(json_agg(json_build_object('text', say_span(f.starts, f.ends, country_for(t.id))) order by f.starts), '[]')
                from (select * from time_off f where f.therapist_id = t.id and f.ends > (clock() at time zone 'UTC') - interval '12 hours' order by f.starts limit 3) f),
        'holidays', (select nullif(count(*), 0) from holiday_closed h where h.therapist_id = t.id),
        'several', (select count(*) > 1 from location l where l.therapist_id = t.id))
    from therapist t where t.id = auth.therapist()
    $$;

create or replace function zone_is_offered(p_zone text) returns boolean
    language sql immutable parallel safe
    as $$ select p_zone ~ '^(America|Europe|Africa|Asia|Australia|Atlantic|Indian|Pacific)/' $$;

-- To choose from; p_own: the one that a place has now, whichever it is.
create or replace function practice_zones(p_selected text, p_own text) returns json
    language sql stable
    as $$
    select json_agg(json_build_object('zone', z.name, 'label', say_zone_place(z.name), 'selected', z.name = coalesce(p_selected, p_own)) order by z.name) from (
        select zone as name from zone_known union select p_own where p_own is not null) z
    $$;

-- One period of the form: n-th of a day, as stored or, when p_typed is not null, as somebody typed it, with error_… beside what is wrong.
create or replace function practice_period(p_day int, p_n int, p_starts time, p_ends time, p_country text, p_typed json) returns json
    language sql stable
    as $$
    select json_build_object('n', p_n, 'from_field', f || '_from', 'to_field', f || '_to',
        'from', case when p_typed is null then say_clock(p_starts, p_country) else p_typed ->> (f || '_from') end,
        'to', case when p_typed is null then say_clock(p_ends, p_country) else p_typed ->> (f || '_to') end,
        'from_error', p_typed ->> ('error_' || f || '_from'), 'to_error', p_typed ->> ('error_' || f || '_to'),
        'used', coalesce(p_typed ->> (f || '_from'), p_typed ->> (f || '_to'), case when p_typed is null then p_starts::text end) is not null)
    from (select 'd' || p_day || '_' || p_n as f) x
    $$;

-- The usual hours of a place (p_season null) or those of a season (0: one to be made): seven days of three periods each, for the form; the second and
-- third stand folded away until they are used. Names of the fields are d{weekday}_{n}_from and …_to.
create or replace function practice_hours(p_location int, p_season int, p_typed json) returns json
    language sql stable
    as $$
    with period as (
        select d, n, practice_period(d, n, h.starts, h.ends, (select country from location where id = p_location), p_typed) as p
        from generate_series(1, 7) d cross join generate_series(1, 3) n
        left join (select o.*, row_number() over (partition by o.weekday order by o.starts) as rn 
                   from hours o where o.location_id = p_location and o.season_id is not distinct from nullif(p_season, 0)) h
            on h.weekday = d and h.rn = n
    ), day as (
        select d, json_agg(p order by n) filter (where n = 1) as first, json_agg(p order by n) filter (where n > 1) as rest,
               bool_or((p ->> 'used')::boolean) filter (where n > 1) as rest_open
        from period group by d
    )
    select json_build_object('id', l.id, 'name', coalesce(nullif(l.name, ''), l.street), 'street', l.street, 'town', l.town, 'region', l.region, 'zone', l.zone,
        'published', (select published from therapist where id = l.therapist_id), 'week_begins', week_begins(l.country),
        'days', (select json_agg(json_build_object('weekday', d, 'label', say_weekday(d), 'first', first, 'rest', rest, 'rest_open', rest_open) order by weekday_place(d, l.country)) from day),
        'zones', case when p_season is null then practice_zones(p_typed ->> 'zone', l.zone) end,
        'new', p_season = 0, 'season', s.id, 'season_name', s.name, 'valid_from', s.valid_from, 'valid_until', nullif(s.valid_until, 'infinity'))
    from location l left join season s on s.location_id = l.id and s.id = p_season
    where l.id = p_location and l.therapist_id = auth.therapist() and (coalesce(p_season, 0) = 0 or s.id is not null)
    $$;

-- p_periods: [{"weekday","from","to"}]. All of the week at once, so that it is never half changed.
create or replace function practice_hours_save(p_location int, p_zone text, p_periods json) returns json
    language plpgsql
    as $$
begin
    if p_zone is distinct from (select zone from location where id = p_location)
       and not exists (select from zone_known where zone = p_zone) then
        return practice_problem('zone', 'Choose a time zone from the list');
    end if;
    update location set zone = p_zone where id = p_location and therapist_id = auth.therapist();
    if not found then
        return null;
    end if;
    delete from hours where location_id = p_location and season_id is null;
    insert into hours (location_id, weekday, starts, ends)
    select p_location, (p ->> 'weekday')::smallint, (p ->> 'from')::time, (p ->> 'to')::time from json_array_elements(p_periods) p;
    insert into audit (account_id, action, object) values (auth.account(), 'hours.changed', p_location::text);
    return practice_hours(p_location, null, null);
end $$;

-- Hours for a part of the year; p_season null: a new one. All at once, as above.
create or replace function practice_season_save(p_location int, p_season int, p_name text, p_from date, p_until date, p_periods json) returns json
    language plpgsql
    as $$
declare
    other season;
    id int := p_season;
begin
    perform from location l where l.id = p_location and l.therapist_id = auth.therapist();
    if not found then
        return null;
    end if;
    if p_until < p_from then
        return practice_problem('valid_until', 'The last day must not be before the first');
    end if;
    select * into other from season s where s.location_id = p_location and s.id is distinct from p_season
        and s.valid_from <= coalesce(p_until, 'infinity') and s.valid_until >= p_from order by s.valid_from limit 1;
    if found then
        return practice_problem('valid_from', 'These days overlap with “' || coalesce(nullif(other.name, ''), 'Other hours') || '”, ' || say_days(other.valid_from, other.valid_until, (select l.country from location l where l.id = p_location)));
    end if;
    if p_season is null then
        insert into season (location_id, name, valid_from, valid_until) values (p_location, p_name, p_from, coalesce(p_until, 'infinity')) returning season.id into id;
    else
        update season s set name = p_name, valid_from = p_from, valid_until = coalesce(p_until, 'infinity') where s.id = p_season and s.location_id = p_location;
        if not found then
            return null;
        end if;
        delete from hours where location_id = p_location and season_id = p_season;
    end if;
    insert into hours (location_id, weekday, starts, ends, season_id)
    select p_location, (p ->> 'weekday')::smallint, (p ->> 'from')::time, (p ->> 'to')::time, id from json_array_elements(p_periods) p;
    insert into audit (account_id, action, object) values (auth.account(), 'hours.changed', p_location::text);
    return practice_hours(p_location, id, null);
end $$;

create or replace function practice_season_remove(p_location int, p_season int) returns json
    language plpgsql
    as $$
begin
    delete from season where id = p_season and location_id in (select l.id from location l where l.id = p_location and l.therapist_id = auth.therapist());
    return case when practice_noted(found, 'hours.changed', p_location::text) then practice_locations() end;
end $$;

-- --- Days that differ

create or replace function say_periods(p_open int4multirange, p_country text) returns text
    language sql stable
    as $$
    select string_agg(say_time(timestamptz '2000-01-01Z' + make_interval(mins => lower(r)), 'UTC', p_country) || ' to '
                      || say_time(timestamptz '2000-01-01Z' + make_interval(mins => upper(r)), 'UTC', p_country), ', ' order by r) from unnest(p_open) r
    $$;

create or replace function practice_day(x special_day, l location) returns json
    language sql stable
    as $$
    select json_build_object('day', x.day, 'location', l.id, 'text', say_date_full(x.day, l.country),
        'what', case x.kind when 'closed' then 'Closed' when 'extra' then 'Also open ' || say_periods(x.open, l.country) else 'Open ' || say_periods(x.open, l.country) || ' in place of the usual hours' end,
        'visits', v.list, 'has_visits', json_array_length(v.list) > 0)
    from (select case when x.kind = 'closed' then practice_visits_in(x.location_id, x.day::timestamp, (x.day + 1)::timestamp) else '[]' end as list) v
    $$;

-- What still stands of a therapist's visits, at one place or (null) at all, in a span of the wall clock.
create or replace function practice_visits_in(p_location int, p_from timestamp, p_to timestamp) returns json
    language plpgsql stable
    as $$
begin
    return (
        select coalesce(json_agg(json_build_object('id', b.id, 'client', b.client_name, 'service', b.service_name, 'day', say_day_of(b.starts_at, b.zone, l.country),
                                                   'time', say_time(b.starts_at, b.zone, l.country)) order by b.starts_at), '[]')
        from booking b join location l on l.id = b.location_id
        where b.therapist_id = auth.therapist() and (p_location is null or b.location_id = p_location) and b.state in ('requested', 'suggested', 'confirmed') and b.starts_at > clock()
          and b.starts_at at time zone b.zone < p_to and b.ends_at at time zone b.zone > p_from);
end $$;

create or replace function practice_days(p_location int, p_day date) returns json
    language sql stable
    as $$
    select json_build_object('id', l.id, 'name', coalesce(nullif(l.name, ''), l.street), 'town', l.town, 'region', l.region,
        'days', (select coalesce(json_agg(practice_day(x, l) order by x.day), '[]') from special_day x where x.location_id = l.id and x.day >= local_day(clock(), l.zone)),
        'day', c.day, 'more_open', case when c.t[3] is not null then true end, 'kind_is_closed', coalesce(c.kind = 'closed', true), 'kind_is_extra', c.kind = 'extra', 'kind_is_instead', c.kind = 'instead',
        'from_1', c.t[1], 'to_1', c.t[2], 'from_2', c.t[3], 'to_2', c.t[4], 'from_3', c.t[5], 'to_3', c.t[6])
    from location l left join lateral (
        select x.day, x.kind, (select array_agg(say_clock(case m when 1440 then '24:00' else time '00:00' + make_interval(mins => m) end, l.country) order by r, m) from unnest(x.open) r, unnest(array[lower(r), upper(r)]) m) as t
        from special_day x where x.location_id = l.id and x.day = p_day) c on true
    where l.id = p_location and l.therapist_id = auth.therapist()
    $$;

-- p_periods: [{"from","to"}], of the wall clock; empty for a day on which the place is closed. One a day: it takes the place of what was there.
create or replace function practice_day_save(p_location int, p_day date, p_kind text, p_periods json) returns json
    language plpgsql
    as $$
declare
    place location;
begin
    select * into place from location where id = p_location and therapist_id = auth.therapist();
    if not found then
        return null;
    elsif p_day < local_day(clock(), place.zone) then
        return practice_problem('day', 'Choose today or a day to come');
    end if;
    insert into special_day (location_id, day, kind, open)
    select p_location, p_day, p_kind, coalesce(range_agg(int4range(minutes_of(p ->> 'from'), minutes_of(p ->> 'to'))), '{}') from json_array_elements(p_periods) p
    on conflict (location_id, day) do update set kind = excluded.kind, open = excluded.open;
    insert into audit (account_id, action, object) values (auth.account(), 'hours.changed', p_location::text);
    return practice_days(p_location, null);
end $$;

create or replace function practice_day_remove(p_location int, p_day date) returns json
    language plpgsql
    as $$
begin
    delete from special_day where day = p_day and location_id in (select l.id from location l where l.id = p_location and l.therapist_id = auth.therapist());
    return case when practice_noted(found, 'hours.changed', p_location::text) then practice_days(p_location, null) end;
end $$;

grant execute on function say_days, say_span, minutes_of, practice_locations, zone_is_offered, practice_zones, practice_period, practice_hours, practice_hours_save,
    practice_season_save, practice_season_remove, say_periods, practice_visits_in, practice_day, practice_days, practice_day_save, practice_day_remove to unknot_web;
