-- Why a time is not offered: each rule that forbids it, asked of the very functions that slots() is made of. No row: it is offered (tests hold the two
-- together over many random times).

create or replace function why_not(p_service int, p_location int, p_wall timestamp, p_now timestamptz default clock())
    returns table (rule text, name text, booking_id uuid)
    language plpgsql stable
    as $$
#variable_conflict use_column
declare
    day constant date := p_wall::date;
    v service;
    place location;
    start timestamptz;
    need tstzrange; -- the visit with the time kept free around it
    o record;
    rooms int[];
begin
    select s.* into v from service s where s.id = p_service;
    select l.* into place from location l where l.id = p_location and l.therapist_id = v.therapist_id;
    if place.id is null then
        return query select 'unknown', null::text, null::uuid;
        return;
    end if;
    start := clock_shows(p_wall, place.zone);
    if start at time zone place.zone <> p_wall then
        return query select 'no_such_time', null::text, null::uuid;
        return;
    end if;
    need := tstzrange(start - make_interval(mins => v.kept_before), start + make_interval(mins => v.minutes + v.kept_after));
    select k.open, k.rule, k.name into o from opening_at(p_location, place.zone, day, day) k;
    return query
    select x.rule, x.name, null::uuid
    from (values ('retired', v.retired_at is not null, null), ('not_here', not given_at(v.id, place.id), null), ('license', place.bookable_until < (p_now at time zone 'UTC')::date, null), ('past', start < p_now, null),
                 ('notice', start >= p_now and start < p_now + make_interval(mins => v.notice), null), ('horizon', day > local_day(p_now, place.zone) + v.horizon, null),
                 ('step', mod((date_part('epoch', start - day_starts(day, place.zone)) / 60)::int, v.step) <> 0 or date_part('second', p_wall) <> 0, null),
                 (coalesce(o.rule, 'hours'), not coalesce(o.open, '{}') @> need, o.name),
                 ('most', day = any (coalesce(days_full(v, place.zone, day, day, p_now), '{}')), v.most_a_day::text)) x (rule, forbids, name)
    where x.forbids;
    return query
    select t.rule, null::text, t.booking_id from taken(v.therapist_id, place.id, place.zone, day, day, p_now) t where t.during && need;
    rooms := rooms_of(v.id, place.id);
    return query select 'room', null::text, null::uuid where rooms is not null and room_free(rooms, need, p_now) is null;
end $$;

grant execute on function why_not to unknot_web;
