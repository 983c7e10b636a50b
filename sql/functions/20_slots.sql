-- Free times of one service. Weekly hours are wall time of the location and are expanded per date in its zone; hours of one day that touch are
-- one; claims are taken off as multiranges; starts stand on a grid from local midnight, the notice from now and up to the last day of the horizon.
--
-- Over the DST nights: a wall time that does not exist is not offered (hours inside the gap move with it), one that exists twice is offered
-- once, at its first occurrence.

create or replace function slots(p_service int, p_location int, p_from date, p_days int, p_now timestamptz default clock())
    returns table (start timestamptz, location_id int, zone text, local timestamp)
    language plpgsql stable
    as $$
#variable_conflict use_column
declare
    v service;
    place record;
    taken tstzmultirange;
    step interval;
begin
    select * into v from service where id = p_service and retired_at is null;
    if not found or p_days < 1 then
        return;
    end if;
    step := make_interval(mins => v.step);
    select coalesce(range_agg(c.blocked), '{}') into taken from slot_claim c
    where c.therapist_id = v.therapist_id and lower(c.blocked) > p_from - interval '2 days'
      and lower(c.blocked) < p_from + make_interval(days => p_days + 1) and (c.hold_expires is null or c.hold_expires > p_now);

    for place in select l.id, l.zone, least(p_from + p_days - 1, local_day(p_now, l.zone) + v.horizon) as upto from location l
                 where l.therapist_id = v.therapist_id and (p_location is null or l.id = p_location) order by l.id loop
        return query
        with day as (
            select d::date as d, d::timestamp at time zone place.zone as midnight,
                   (d::timestamp + interval '1 day') at time zone place.zone - (d::timestamp at time zone place.zone) as length
            from generate_series(p_from::timestamp, place.upto::timestamp, interval '1 day') d
        ), opening as (
            select day.midnight, day.length, range_agg(tstzrange((day.d + h.starts) at time zone place.zone, (day.d + h.ends) at time zone place.zone)) as r
            from day join hours h on h.location_id = place.id and h.weekday = extract(isodow from day.d)
            where (day.d + h.starts) at time zone place.zone < (day.d + h.ends) at time zone place.zone
            group by day.midnight, day.length
        ), free as (
            select o.midnight, o.length, unnest(o.r - taken) as f from opening o
        )
        select s, place.id, place.zone, s at time zone place.zone
        from free, generate_series(
                 date_bin(step, lower(f) + make_interval(mins => v.buffer_before) + step - interval '1 microsecond', midnight),
                 upper(f) - make_interval(mins => v.minutes + v.buffer_after), step) s
        where s >= p_now + make_interval(mins => v.notice)
          and (length = interval '24 hours'
               or (s - (length - interval '24 hours')) at time zone place.zone is distinct from s at time zone place.zone)
        order by 1;
    end loop;
end $$;
comment on function slots is 'starts of p_service from local day p_from on for p_days days; p_location null: at every location of the therapist';

grant execute on function slots to unknot_web, unknot_worker;
