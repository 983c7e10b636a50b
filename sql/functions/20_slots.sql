-- Free times of one therapist. Hours are wall time of the location and are expanded per date in its zone; hours of one day that touch are one; claims
-- and time off are taken away as multiranges; starts stand on a grid from local midnight, the notice from now and up to the last day of the horizon.
-- Each rule stands in one function, and 22_why.sql asks the same ones why a time is not among these.
--
-- Over the DST nights: a wall time that does not exist is not offered (an opening begins when the clock has passed it), one that exists twice is
-- offered once, at its first occurrence.

-- The first moment at which the clock shows this time or a later one.
create or replace function clock_shows(p_wall timestamp, p_zone text) returns timestamptz
    language plpgsql stable parallel safe
    as $$
declare
    at constant timestamptz := p_wall at time zone p_zone;
    shown constant timestamp := at at time zone p_zone;
begin
    if shown > p_wall then -- the clock jumps over it
        return (select min(m) from generate_series(at - (shown - p_wall), at, interval '1 minute') m where m at time zone p_zone > p_wall);
    end if;
    return case when (at - interval '1 hour') at time zone p_zone = p_wall then at - interval '1 hour'
                when (at - interval '30 minutes') at time zone p_zone = p_wall then at - interval '30 minutes' else at end;
end $$;

-- What the wall clock says of a place, day by day, in minutes from midnight, and what says so: the week, a season, a special day, a holiday.
create or replace function opening(p_location int, p_first date, p_last date)
    returns table (day date, open int4multirange, rule text, name text)
    language plpgsql stable
    as $$
#variable_conflict use_column
declare
    odd boolean; -- days are not all like their week
    holidays boolean;
    closed date[];
    n int;
begin
    select exists (select from season s where s.location_id = p_location and s.valid_from <= p_last and s.valid_until >= p_first)
           or exists (select from special_day x where x.location_id = p_location and x.day between p_first and p_last),
           exists (select from location l join holiday_closed c on c.therapist_id = l.therapist_id where l.id = p_location)
      into odd, holidays;
    if not odd then
        if holidays then
            return query select k.day, '{}'::int4multirange, 'holiday', k.name from holidays_kept(p_location, p_first, p_last) k;
            get diagnostics n = row_count;
            closed := case when n > 0 then array(select k.day from holidays_kept(p_location, p_first, p_last) k) end;
        end if;
        return query
        select d.day, w.open, 'hours', null::text
        from (select p_first + i as day from generate_series(0, p_last - p_first) i) d
        join (select h.weekday, range_agg(int4range(ceil(date_part('epoch', h.starts) / 60)::int, floor(date_part('epoch', h.ends) / 60)::int)) as open
              from hours h where h.location_id = p_location and h.season_id is null group by h.weekday) w on w.weekday = date_part('isodow', d.day)::int
        where closed is null or d.day <> all (closed);
        return;
    end if;
    return query
    with week as materialized (
        select h.season_id, h.weekday, range_agg(int4range(ceil(date_part('epoch', h.starts) / 60)::int, floor(date_part('epoch', h.ends) / 60)::int)) as open
        from hours h where h.location_id = p_location group by h.season_id, h.weekday
    ), kept as materialized (
        select k.day, k.name from holidays_kept(p_location, p_first, p_last) k
    )
    select d.day, case when x.kind in ('closed', 'instead') then x.open
                       else case when k.day is null then coalesce(w.open, '{}') else '{}' end + coalesce(x.open, '{}') end,
           case when x.kind is not null then x.kind when k.day is not null then 'holiday' when s.id is not null then 'season' else 'hours' end,
           case when x.kind is not null then null when k.day is not null then k.name else s.name end
    from (select p_first + n as day from generate_series(0, p_last - p_first) n) d
    left join season s on s.location_id = p_location and d.day between s.valid_from and s.valid_until
    left join week w on w.season_id is not distinct from s.id and w.weekday = date_part('isodow', d.day)::int
    left join kept k on k.day = d.day
    left join special_day x on x.location_id = p_location and x.day = d.day;
end $$;

-- The same as moments. A day of 24 hours has no jump, so that its minutes are those of the wall clock.
create or replace function opening_at(p_location int, p_zone text, p_first date, p_last date)
    returns table (day date, midnight timestamptz, length interval, open tstzmultirange, rule text, name text)
    language plpgsql stable
    as $$
#variable_conflict use_column
begin
    return query
    select o.day, o.midnight, o.length, coalesce(m.open, '{}'), o.rule, o.name
    from (select k.*, day_starts(k.day, p_zone) as midnight, day_starts(k.day + 1, p_zone) - day_starts(k.day, p_zone) as length from opening(p_location, p_first, p_last) k offset 0) o
    cross join lateral (
        select range_agg(tstzrange(x.low, greatest(x.low, x.high))) as open
        from (select case when lower(r) = 0 then o.midnight when o.length = interval '24 hours' then o.midnight + make_interval(mins => lower(r))
                          else clock_shows(o.day + make_interval(mins => lower(r)), p_zone) end as low,
                     case when upper(r) = 1440 then o.midnight + o.length when o.length = interval '24 hours' then o.midnight + make_interval(mins => upper(r))
                          else clock_shows(o.day + make_interval(mins => upper(r)), p_zone) end as high
              from unnest(o.open) r offset 0) x) m;
end $$;

-- What takes a therapist's time at a place: claims, with the way there when they are at another place, time off, and busy times of
-- calendars elsewhere.
create or replace function taken(p_therapist int, p_location int, p_zone text, p_first date, p_last date, p_now timestamptz, p_besides uuid default null)
    returns table (rule text, during tstzrange, booking_id uuid)
    language plpgsql stable
    as $$
#variable_conflict use_column
begin
    return query
    select case when t.minutes is not null then 'travel' when c.use = 'block' then 'block' else 'claim' end,
           tstzrange(lower(c.blocked) - make_interval(mins => coalesce(t.minutes, 0)), upper(c.blocked) + make_interval(mins => coalesce(t.minutes, 0))), c.booking_id
    from slot_claim c left join travel t on t.location_a = least(c.location_id, p_location) and t.location_b = greatest(c.location_id, p_location)
    where c.therapist_id = p_therapist and lower(c.blocked) > p_first - interval '3 days' and lower(c.blocked) < p_last + interval '3 days'
      and (c.hold_expires is null or c.hold_expires > p_now) and (p_besides is null or c.booking_id is distinct from p_besides)
    union all
    select 'time_off', tstzrange(clock_shows(f.starts, p_zone), clock_shows(f.ends, p_zone)), null from time_off f
    where f.therapist_id = p_therapist and f.ends > p_first and f.starts <= p_last + 1
    union all
    select 'outside', y.during, null from outside_busy y
    where y.therapist_id = p_therapist and upper(y.during) > p_first - interval '2 days' and lower(y.during) < p_last + interval '2 days';
end $$;

-- What is free of a place's hours, day by day, in whole minutes from the day's midnight: on a day of 24 hours those of the wall clock. p_roomed: for
-- this service, which needs a room.
create or replace function free_gaps(p_therapist int, p_location int, p_zone text, p_first date, p_last date, p_now timestamptz, p_besides uuid default null,
                                     p_roomed int default null)
    returns table (day date, midnight timestamptz, length interval, low int, high int)
    -- no plan here hangs on its parameters, and making one costs more than carrying it out
    language plpgsql stable set plan_cache_mode = force_generic_plan
    as $$
#variable_conflict use_column
declare
    gone tstzmultirange;
    rooms constant int[] := case when p_roomed is not null then rooms_of(p_roomed, p_location) end;
begin
    if rooms is not null then
        return query select * from roomed_gaps(p_roomed, rooms, p_therapist, p_location, p_zone, p_first, p_last, p_now, p_besides);
        return;
    end if;
    select coalesce(range_agg(x.during), '{}') into gone from taken(p_therapist, p_location, p_zone, p_first, p_last, p_now, p_besides) x;
    return query
    select o.day, o.midnight, o.length, ceil(date_part('epoch', lower(g) - o.midnight) / 60)::int, floor(date_part('epoch', upper(g) - o.midnight) / 60)::int
    from opening_at(p_location, p_zone, p_first, p_last) o cross join lateral unnest(o.open - gone) g;
end $$;

create or replace function given_at(p_service int, p_location int) returns boolean
    language plpgsql stable
    as $$
begin
    return (not exists (select from service_location g where g.service_id = p_service)
            or exists (select from service_location g where g.service_id = p_service and g.location_id = p_location))
        and not exists (select from service s join location l on l.id = p_location where s.id = p_service and s.at_home and l.home_km = 0);
end $$;
comment on function given_at is 'whether a service is given at this place of its therapist, or from there when it is at the client''s address';

-- The local days on which a service is booked as often as its practice wants; null when there is no such limit.
create or replace function days_full(v service, p_zone text, p_first date, p_last date, p_now timestamptz, p_besides uuid default null) returns date[]
    language plpgsql stable
    as $$
begin
    if v.most_a_day is null then
        return null;
    end if;
    return array(select local_day(c.starts_at, p_zone) from slot_claim c
                 where c.therapist_id = v.therapist_id and c.service_id = v.id and lower(c.blocked) > p_first - interval '3 days' and lower(c.blocked) < p_last + interval '3 days'
                   and (c.hold_expires is null or c.hold_expires > p_now) and (p_besides is null or c.booking_id is distinct from p_besides)
                 group by 1 having count(distinct c.booking_id) >= v.most_a_day);
end $$;

create or replace function slots(p_service int, p_location int, p_from date, p_days int, p_now timestamptz default clock(), p_besides uuid default null)
    returns table (start timestamptz, location_id int, zone text, local timestamp)
    language plpgsql stable set plan_cache_mode = force_generic_plan
    as $$
#variable_conflict use_column
declare
    v service;
    place record;
    busy date[]; -- days on which there is no more of it
begin
    select * into v from service where id = p_service and retired_at is null;
    if not found or p_days < 1 then
        return;
    end if;
    for place in select l.id, l.zone, least(p_from + p_days - 1, local_day(p_now, l.zone) + v.horizon) as upto from location l
                 where l.therapist_id = v.therapist_id and (p_location is null or l.id = p_location) and given_at(v.id, l.id)
                   and l.bookable_until >= (p_now at time zone 'UTC')::date
                   and (p_besides is null or booking_reaches(p_besides, l.id)) order by l.id loop
        busy := days_full(v, place.zone, p_from, place.upto, p_now, p_besides);
        return query
        select s, place.id, place.zone, s at time zone place.zone
        from free_gaps(v.therapist_id, place.id, place.zone, p_from, place.upto, p_now, p_besides, case when v.needs_room then v.id end) g
        cross join lateral (
            select g.midnight + make_interval(mins => m) as s
            from generate_series((g.low + v.kept_before + v.step - 1) / v.step * v.step, g.high - v.minutes - v.kept_after, v.step) m) x
        where s >= p_now + make_interval(mins => v.notice) and (busy is null or g.day <> all (busy))
          and (g.length = interval '24 hours' or (s - (g.length - interval '24 hours')) at time zone place.zone is distinct from s at time zone place.zone)
        order by 1;
    end loop;
end $$;
comment on function slots is 'starts of p_service from local day p_from on for p_days days; p_location null: at every location of the therapist where it is given; p_besides: as if this booking were not there, for moving it';

-- Whether this is one of the starts of slots(), without the others: what whoever takes it asks under the lock. Rooms, a limit for a day and the nights on which
-- the clock changes are left to slots().
create or replace function slot_offered(v service, l location, p_start timestamptz, p_now timestamptz, p_besides uuid default null) returns boolean
    language plpgsql stable
    as $$
declare
    day constant date := local_day(p_start, l.zone);
    midnight constant timestamptz := day_starts(day, l.zone);
    seconds constant int := date_part('epoch', p_start - midnight); -- no start has parts of one
    low constant int := seconds / 60 - v.kept_before;
    high constant int := seconds / 60 + v.minutes + v.kept_after;
begin
    if v.needs_room or v.most_a_day is not null or day_starts(day + 1, l.zone) - midnight <> interval '24 hours' then
        return exists (select from slots(v.id, l.id, day, 1, p_now, p_besides) s where s.start = p_start);
    end if;
    return midnight + make_interval(secs => seconds) = p_start and seconds % (60 * v.step) = 0
        and v.retired_at is null and p_start >= p_now + make_interval(mins => v.notice) and day <= local_day(p_now, l.zone) + v.horizon
        and l.bookable_until >= (p_now at time zone 'UTC')::date and given_at(v.id, l.id) and (p_besides is null or booking_reaches(p_besides, l.id))
        and exists (select from opening(l.id, day, day) o where o.open @> int4range(low, high))
        and not exists (select from taken(v.therapist_id, l.id, l.zone, day, day, p_now, p_besides) t
                        where t.during && tstzrange(midnight + make_interval(mins => low), midnight + make_interval(mins => high)));
end $$;

grant execute on function clock_shows, opening, opening_at, taken, free_gaps, given_at, days_full, slots, slot_offered to unknot_web, unknot_worker;
