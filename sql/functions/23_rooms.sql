-- Rooms of a practice. A service can need one: then a time is free when its therapist and one of its rooms are, and the claim of the visit is the room's
-- too, in one row (slot_claim.room_id). Who needs no room never comes here.

-- The rooms of which a service needs one at a place, in the order in which they are given away. Null: it needs none there.
create or replace function rooms_of(p_service int, p_location int) returns int[]
    language plpgsql stable
    as $$
begin
    return (select array(select r.id from service_room x join room r on r.id = x.room_id
                         where x.service_id = s.id and r.premises_id = l.premises_id and r.retired_at is null order by r.position, r.id)
            from service s join location l on l.id = p_location
            where s.id = p_service and s.needs_room and not s.at_home and l.premises_id is not null);
end $$;

-- The first of these rooms that is free then; null: none. p_besides: as if this booking had none.
create or replace function room_free(p_rooms int[], p_blocked tstzrange, p_now timestamptz, p_besides uuid default null) returns int
    language plpgsql stable
    as $$
begin
    return (select r.id from unnest(p_rooms) with ordinality r (id, n)
            where not exists (select from slot_claim c where c.room_id = r.id and c.blocked && p_blocked and (c.hold_expires > p_now) is not false
                                and (p_besides is null or c.booking_id is distinct from p_besides))
            order by r.n limit 1);
end $$;

-- Free gaps for a service that needs a room, as free_gaps() says those of others: a gap of the therapist in which one room is free all the while. Gaps of
-- two rooms can overlap where no single one is free as long, so what is put together are starts, and a gap says which of them there are.
create or replace function roomed_gaps(p_service int, p_rooms int[], p_therapist int, p_location int, p_zone text, p_first date, p_last date, p_now timestamptz, p_besides uuid)
    returns table (day date, midnight timestamptz, length interval, low int, high int)
    language plpgsql stable set plan_cache_mode = force_generic_plan
    as $$
#variable_conflict use_column
declare
    v service;
    gone tstzmultirange;
begin
    if p_last < p_first then
        return; -- what is asked for lies beyond the horizon
    end if;
    select * into v from service where id = p_service;
    select coalesce(range_agg(x.during), '{}') into gone from taken(p_therapist, p_location, p_zone, p_first, p_last, p_now, p_besides) x;
    return query
    with busy as materialized (
        select gone + coalesce((select range_agg(c.blocked) from slot_claim c
                                where c.room_id = r and c.therapist_id is distinct from p_therapist and c.blocked && tstzrange(p_first - interval '2 days', p_last + interval '3 days')
                                  and (c.hold_expires is null or c.hold_expires > p_now)), '{}') as gone
        from unnest(p_rooms) r
    ), gap as (
        select o.day, o.midnight, o.length, ceil(date_part('epoch', lower(g) - o.midnight) / 60)::int + v.kept_before as first,
               floor(date_part('epoch', upper(g) - o.midnight) / 60)::int - v.minutes - v.kept_after as last
        from opening_at(p_location, p_zone, p_first, p_last) o cross join busy b cross join lateral unnest(o.open - b.gone) g
    ), starts as (
        select g.day, g.midnight, g.length, range_agg(int4range(g.first, g.last, '[]')) as span from gap g where g.first <= g.last group by g.day, g.midnight, g.length
    )
    select s.day, s.midnight, s.length, lower(x) - v.kept_before, upper(x) - 1 + v.minutes + v.kept_after from starts s cross join lateral unnest(s.span) x;
end $$;

-- The practice whose rooms a therapist uses: all who do share one lock (listing_lock).
create or replace function rooms_practice(p_therapist int) returns int
    language plpgsql stable
    as $$
begin
    return (select p.practice_id from service_room x join room r on r.id = x.room_id join premises p on p.id = r.premises_id where x.therapist_id = p_therapist order by r.id limit 1);
end $$;

create or replace function rooms_shared(p_practice int) returns int[]
    language plpgsql stable
    as $$
begin
    return array(select distinct x.therapist_id from premises p join room r on r.premises_id = p.id join service_room x on x.room_id = r.id where p.practice_id = p_practice order by 1);
end $$;
comment on function rooms_shared is 'the therapists who use the rooms of a practice';

-- The lock of who uses rooms, of all of them at once: what one takes is gone for the others. First the practice's, then each therapist's in the order of
-- their numbers: whoever comes waits at the first.
create or replace function rooms_lock(p_therapist int) returns boolean
    language plpgsql
    as $$
declare
    practice constant int := rooms_practice(p_therapist);
begin
    if practice is null then
        return false;
    end if;
    perform rooms_hold(practice, p_therapist);
    return true;
end $$;

-- The same by the practice; p_besides: somebody who does not use its rooms yet, or not any more.
create or replace function rooms_hold(p_practice int, p_besides int default null) returns void
    language plpgsql
    as $$
begin
    perform pg_advisory_xact_lock('room'::regclass::oid::int, p_practice);
    perform from listing_due where therapist_id = any (rooms_shared(p_practice) || p_besides) order by therapist_id for update;
end $$;

-- What is free of a room, for the claim that is made now under the lock: claims that ran out and lie there are ended. Null: none is free.
create or replace function room_take(p_rooms int[], p_blocked tstzrange, p_besides uuid default null) returns int
    language plpgsql
    as $$
declare
    found_one constant int := case when p_rooms is not null then room_free(p_rooms, p_blocked, clock(), p_besides) end;
begin
    if found_one is not null then
        perform room_clear(found_one, p_blocked);
    end if;
    return found_one;
end $$;

-- Ends the claims of a room that ran out and lie there.
create or replace function room_clear(p_room int, p_blocked tstzrange) returns void
    language plpgsql
    as $$
begin
    update booking set state = 'expired' where id in (
        select b.id from slot_claim c join booking b on b.id = c.booking_id
        where c.room_id = p_room and c.blocked && p_blocked and c.hold_expires <= clock() and booking_waits(b.state) and b.hold_expires <= clock()
        for update of b skip locked);
end $$;

-- A suggested time beside the one that was asked for stays in its room: what lies between the two is of that.
create or replace function room_beside(p_rooms int[], p_booking uuid, p_beyond tstzrange) returns int[]
    language sql stable
    as $$
    select coalesce((select array(select r from unnest(p_rooms) r where r = c.room_id) from slot_claim c
                     where c.booking_id = p_booking and c.use = 'visit' and c.blocked -|- p_beyond), p_rooms)
    $$;

-- A claim of a room came, went or moved: the free times of the others who use it change in the same transaction, and the pages that show them. A closing is
-- nobody's: all who use the room are the others, and whoever closes it has their lock (rooms_hold).
create or replace function room_claimed() returns trigger
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    was constant tstzrange := case when tg_op <> 'INSERT' and old.room_id is not null then old.blocked end;
    will constant tstzrange := case when tg_op <> 'DELETE' and new.room_id is not null then new.blocked end;
    whose constant int := coalesce(new.therapist_id, old.therapist_id);
    mate record;
begin
    if bulk_load() or greatest(upper(was), upper(will)) < clock() then
        return null;
    end if;
    perform listing_lock(whose) where whose is not null;
    for mate in select distinct t.id, t.slug from service_room x join therapist t on t.id = x.therapist_id
                where x.room_id in (old.room_id, new.room_id) and t.id is distinct from whose order by t.id loop
        perform listing_claimed(mate.id, was) where was is not null and whose is not null;
        perform listing_claimed(mate.id, will) where will is not null and whose is not null;
        perform listing_write(array[mate.id]) where whose is null; -- it may last for months
        perform waiting_wake(array[mate.id]) where was is not null;
        perform pg_notify('unknot_pages', mate.slug);
    end loop;
    return null;
end $$;
create or replace trigger room_claimed_insert after insert on slot_claim for each row when (new.room_id is not null) execute function room_claimed();
create or replace trigger room_claimed_update after update of blocked, room_id on slot_claim for each row
    when (old.room_id is not null or new.room_id is not null) execute function room_claimed();
create or replace trigger room_claimed_delete after delete on slot_claim for each row when (old.room_id is not null) execute function room_claimed();

-- service.needs_room is what service_room says.
create or replace function service_needs_room() returns trigger
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
begin
    update service s set needs_room = not s.needs_room
    where s.id in (select c.service_id from changed c) and s.needs_room <> exists (select from service_room x where x.service_id = s.id);
    return null;
end $$;
create or replace trigger a_needs_room_insert after insert on service_room referencing new table as changed for each statement execute function service_needs_room();
create or replace trigger a_needs_room_delete after delete on service_room referencing old table as changed for each statement execute function service_needs_room();

-- Which rooms a service needs from now on. Its visits to come give up a room that is not among them, and get one where one is free. Answers how many have
-- none. Who begins to use rooms takes the practice's lock first, for the others do not know of it yet.
create or replace function service_needs(p_service int, p_rooms int[]) returns int
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    whose constant int := (select s.therapist_id from service s where s.id = p_service);
    practice constant int := (select min(p.practice_id) from room r join premises p on p.id = r.premises_id where r.id = any (p_rooms));
    claim slot_claim;
    without int := 0;
begin
    perform pg_advisory_xact_lock('room'::regclass::oid::int, practice) where practice is not null;
    perform listing_lock(whose);
    update slot_claim set room_id = null where therapist_id = whose and service_id = p_service and upper(blocked) > clock() and room_id <> all (p_rooms);
    delete from service_room where service_id = p_service and room_id <> all (p_rooms);
    insert into service_room (service_id, room_id, therapist_id) select p_service, r, whose from unnest(p_rooms) r on conflict do nothing;
    for claim in select * from slot_claim c where c.therapist_id = whose and c.service_id = p_service and upper(c.blocked) > clock() and c.room_id is null
                   and rooms_of(p_service, c.location_id) is not null order by lower(c.blocked), c.use desc loop
        update slot_claim set room_id = room_take(case when claim.use = 'suggestion' then room_beside(rooms_of(p_service, claim.location_id), claim.booking_id, claim.blocked)
                                                       else rooms_of(p_service, claim.location_id) end, claim.blocked)
        where id = claim.id returning without + (room_id is null)::int into without;
    end loop;
    return without;
end $$;

-- --- Places that are shared

-- The location of who uses a shared place has its address from there, whoever writes.
create or replace function location_of_premises() returns trigger
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
begin
    select p.name, p.street, p.town, p.region, p.postcode, p.country, p.lat, p.lon, p.zone, p.access
      into new.name, new.street, new.town, new.region, new.postcode, new.country, new.lat, new.lon, new.zone, new.access
    from premises p where p.id = new.premises_id;
    return new;
end $$;
create or replace trigger location_of_premises before insert or update on location for each row when (new.premises_id is not null) execute function location_of_premises();

-- And a change of it reaches all of them, and what is listed of them, at once.
create or replace function premises_changed() returns trigger
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
begin
    update location set premises_id = premises_id where premises_id = new.id;
    return null;
end $$;
create or replace trigger premises_changed after update on premises for each row when (old is distinct from new) execute function premises_changed();

grant execute on function rooms_of, room_free, roomed_gaps to unknot_web, unknot_worker;
