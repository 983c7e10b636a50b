-- Free times of one therapist. Weekly hours are wall time of the location and are expanded per date in its zone; hours of one day that touch are
-- one; claims are taken off as multiranges; starts stand on a grid from local midnight, the notice from now and up to the last day of the horizon.
--
-- Over the DST nights: a wall time that does not exist is not offered (hours inside the gap move with it), one that exists twice is offered
-- once, at its first occurrence.

-- What is free of a place's hours, day by day, in whole minutes from the day's midnight: on a day of 24 hours those of the wall clock.
create or replace function free_gaps(p_therapist int, p_location int, p_zone text, p_first date, p_last date, p_now timestamptz, p_besides uuid default null)
    returns table (day date, midnight timestamptz, length interval, low int, high int)
    language plpgsql stable
    as $$
#variable_conflict use_column
declare
    taken tstzmultirange;
begin
    select coalesce(range_agg(c.blocked), '{}') into taken from slot_claim c
    where c.therapist_id = p_therapist and lower(c.blocked) > p_first - interval '3 days' and lower(c.blocked) < p_last + interval '2 days'
      and (c.hold_expires is null or c.hold_expires > p_now) and c.booking_id is distinct from p_besides;
    return query
    select k.day, k.midnight, k.length, ceil(date_part('epoch', lower(g) - k.midnight) / 60)::int, floor(date_part('epoch', upper(g) - k.midnight) / 60)::int
    from (select p_first + n as day, day_starts(p_first + n, p_zone) as midnight, day_starts(p_first + n + 1, p_zone) - day_starts(p_first + n, p_zone) as length
          from generate_series(0, p_last - p_first) n offset 0) k
    cross join lateral (
        select range_agg(tstzrange(x.low, x.high)) as open
        from (select case when h.starts > time '00:00' then (k.day + h.starts) at time zone p_zone else k.midnight end as low,
                     case when h.ends < time '24:00' then (k.day + h.ends) at time zone p_zone else k.midnight + k.length end as high
              from hours h where h.location_id = p_location and h.weekday = date_part('isodow', k.day)::int offset 0) x
        where x.low < x.high offset 0) o
    cross join lateral unnest(o.open - taken) g;
end $$;

create or replace function slots(p_service int, p_location int, p_from date, p_days int, p_now timestamptz default clock(), p_besides uuid default null)
    returns table (start timestamptz, location_id int, zone text, local timestamp)
    language plpgsql stable
    as $$
#variable_conflict use_column
declare
    v service;
    place record;
begin
    select * into v from service where id = p_service and retired_at is null;
    if not found or p_days < 1 then
        return;
    end if;
    for place in select l.id, l.zone, least(p_from + p_days - 1, local_day(p_now, l.zone) + v.horizon) as upto from location l
                 where l.therapist_id = v.therapist_id and (p_location is null or l.id = p_location) order by l.id loop
        return query
        select s, place.id, place.zone, s at time zone place.zone
        from free_gaps(v.therapist_id, place.id, place.zone, p_from, place.upto, p_now, p_besides) g
        cross join lateral (
            select g.midnight + make_interval(mins => m) as s
            from generate_series((g.low + v.buffer_before + v.step - 1) / v.step * v.step, g.high - v.minutes - v.buffer_after, v.step) m) x
        where s >= p_now + make_interval(mins => v.notice)
          and (g.length = interval '24 hours' or (s - (g.length - interval '24 hours')) at time zone place.zone is distinct from s at time zone place.zone)
        order by 1;
    end loop;
end $$;
comment on function slots is 'starts of p_service from local day p_from on for p_days days; p_location null: at every location of the therapist; p_besides: as if this booking were not there, for moving it';

grant execute on function free_gaps, slots to unknot_web, unknot_worker;
