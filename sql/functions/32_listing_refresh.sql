-- The listing is derived: written here, in the transaction that changed what it rests on, by the triggers at the end and by booking_moved().
-- SECURITY DEFINER, because the caller may neither write it nor see every row it counts.

-- One therapist's row of listing_due is the lock under which claims and listing change. Everybody takes it before touching either (and after
-- the rows of bookings, services and the like that they change), so nobody waits in a ring, and who had to wait computes from a snapshot that
-- has seen what the other did. Who is not listed yet has no row: then the number is the lock.
create or replace function listing_lock(p_therapist int) returns void
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
begin
    perform from listing_due where therapist_id = p_therapist for update;
    if not found then
        perform pg_advisory_xact_lock('listing_due'::regclass::oid::int, p_therapist);
        perform from listing_due where therapist_id = p_therapist for update;
    end if;
end $$;

-- What a therapist and a place state, and what follows from other facts, as bits. location_id null: of all their places.
create or replace function listing_stated(p_therapists int[]) returns table (therapist_id int, location_id int, number smallint)
    language sql stable
    as $$
    select x.therapist_id, null::int, g.bit from therapist_tag x join tag g on g.id = x.tag_id where x.therapist_id = any (p_therapists)
    union all
    select l.therapist_id, l.id, g.bit from location l join location_tag x on x.location_id = l.id join tag g on g.id = x.tag_id where l.therapist_id = any (p_therapists)
    union all
    select c.therapist_id, null, g.bit
    from credential c join credential_kind k on k.kind = c.kind left join tag s on s.id = c.specialism_id
    join tag g on g.id = s.id or g.kind = 'credential' and g.slug = c.kind or g.kind = 'proof' and g.slug = 'checked' and k.profession
        or g.kind = 'proof' and g.slug = 'back_pain_training' and s.part = 'back_pain'
    where c.therapist_id = any (p_therapists) and c.checked_until >= listing_today_utc()
    union all
    select v.therapist_id, null, g.bit from service v join tag g on g.kind = 'length' and g.slug = length_class(v.minutes)::text
    where v.therapist_id = any (p_therapists) and v.retired_at is null
    union all
    select t.id, null, g.bit from therapist t join tag g on g.kind = 'booking' and g.slug = 'new_clients' where t.id = any (p_therapists) and t.new_clients
    union all
    select l.therapist_id, null, g.bit from location l join tag g on g.kind = 'booking' and g.slug = 'home_visit' where l.therapist_id = any (p_therapists) and l.home_km > 0
    union all
    select l.therapist_id, l.id, g.bit from location l join tag g on g.kind = 'booking' and g.slug = 'instant'
    where l.therapist_id = any (p_therapists) and exists (select from hours h where h.location_id = l.id)
      and exists (select from service v where v.therapist_id = l.therapist_id and v.retired_at is null)
    $$;

create or replace function listing_rows(p_therapists int[]) returns table ("row" listing, offer listing_offer)
    language plpgsql stable
    set enable_nestloop = off set jit = off set plan_cache_mode = force_generic_plan
    as $$
begin
    return query
    with offer as materialized (
        select o.*, l.lat, l.lon, l.home_km, r.mean, ((coalesce(r.sum, 0) + k.imagined * k.imagined_mean) / (coalesce(r.n, 0) + k.imagined))::real as score,
               k.credentials, k.training, k.reviews
        from listing_offered(p_therapists) o join location l on l.id = o.location_id and l.therapist_id = any (p_therapists)
        left join (
            select r.therapist_id, count(*) as n, sum((r.expertise + r.professionalism + r.satisfaction) / 3.0) as sum,
                   round(avg((r.expertise + r.professionalism + r.satisfaction) / 3.0), 1)::real as mean
            from review r where r.therapist_id = any (p_therapists) and r.removed_at is null group by r.therapist_id) r on r.therapist_id = o.therapist_id
        cross join ranking() k
    ), credential as materialized (
        select c.therapist_id, (min(c.checked_until) + 1)::timestamp at time zone 'UTC' as lapse, bool_or(k.profession) as checked,
               coalesce(bool_or(g.part = 'back_pain'), false) as trained
        from credential c join credential_kind k on k.kind = c.kind left join tag g on g.id = c.specialism_id
        where c.therapist_id = any (p_therapists) and c.checked_until >= listing_today_utc() group by c.therapist_id
    ), word as materialized (
        select s.therapist_id, s.location_id,
               coalesce(bit_or(1::int8 << (s.number & 63)) filter (where s.number < 64), 0) as w0, coalesce(bit_or(1::int8 << (s.number & 63)) filter (where s.number >> 6 = 1), 0) as w1,
               coalesce(bit_or(1::int8 << (s.number & 63)) filter (where s.number >> 6 = 2), 0) as w2, coalesce(bit_or(1::int8 << (s.number & 63)) filter (where s.number >> 6 = 3), 0) as w3,
               coalesce(bit_or(1::int8 << (s.number & 63)) filter (where s.number >> 6 = 4), 0) as w4, coalesce(bit_or(1::int8 << (s.number & 63)) filter (where s.number >> 6 = 5), 0) as w5
        from listing_stated(p_therapists) s group by s.therapist_id, s.location_id
    )
    select row(o.location_id, o.class, o.therapist_id, o.shown, o.shared,
               (o.credentials * coalesce(c.checked, false)::int + o.training * coalesce(c.trained, false)::int + round(o.reviews * (o.score - 1) / 4))::smallint,
               f.first_day, coalesce(o.price, 2147483647),
               cos(radians(o.lat)) * cos(radians(o.lon)), cos(radians(o.lat)) * sin(radians(o.lon)), sin(radians(o.lat)), least(f.due, c.lapse), f.free,
               coalesce(t.w0, 0) | coalesce(p.w0, 0), coalesce(t.w1, 0) | coalesce(p.w1, 0), coalesce(t.w2, 0) | coalesce(p.w2, 0),
               coalesce(t.w3, 0) | coalesce(p.w3, 0), coalesce(t.w4, 0) | coalesce(p.w4, 0), coalesce(t.w5, 0) | coalesce(p.w5, 0),
               f.first_start, coalesce(o.mean, 0), o.score, o.home_km, mercator(o.lat, o.lon), coalesce(o.currency, ''))::listing,
           case when o.class > 0 then row(o.location_id, o.class, o.service_id, make_interval(mins => o.notice), o.zone, json_build_object('amount', round(o.price / 100.0, 2),
               'currency', o.currency, 'minutes', o.minutes, 'text', say_money(o.price, o.currency), 'service', o.service_id, 'name', o.name)::text,
               f.base, f.hours, f.next)::listing_offer end
    from offer o join listing_times(p_therapists) f on f.location_id = o.location_id and f.class = o.class
    left join credential c on c.therapist_id = o.therapist_id
    left join word t on t.therapist_id = o.therapist_id and t.location_id is null left join word p on p.location_id = o.location_id;
end $$;
comment on function listing_rows is 'what listing and listing_offer ought to hold of these therapists, many at a time';

-- Writes what differs. The therapists are locked, see listing_lock().
create or replace function listing_write(p_therapists int[]) returns void
    language plpgsql security definer set search_path = unknot, public, pg_temp set plan_cache_mode = force_generic_plan
    as $$
begin
    with made as materialized (
        select (m.row).*, (m.offer).service_id, (m.offer).notice, (m.offer).zone, (m.offer).offer, (m.offer).base, (m.offer).hours, (m.offer).next from listing_rows(p_therapists) m
    ), gone as (
        delete from listing l where l.therapist_id = any (p_therapists)
          and not exists (select from made m where m.location_id = l.location_id and m.class = l.class)
    ), rows as (
        insert into listing as old
        select m.location_id, m.class, m.therapist_id, m.shown, m.shared, m.merit, m.first_day, m.price, m.x, m.y, m.z, m.due, m.free,
               m.tags0, m.tags1, m.tags2, m.tags3, m.tags4, m.tags5, m.first_start, m.rating, m.score, m.home_km, m.spot, m.currency
        from made m order by m.location_id, m.class
        on conflict (location_id, class) do update set
            therapist_id = excluded.therapist_id, shown = excluded.shown, shared = excluded.shared, merit = excluded.merit, first_day = excluded.first_day,
            price = excluded.price, x = excluded.x, y = excluded.y, z = excluded.z, due = excluded.due, free = excluded.free, tags0 = excluded.tags0,
            tags1 = excluded.tags1, tags2 = excluded.tags2, tags3 = excluded.tags3, tags4 = excluded.tags4, tags5 = excluded.tags5,
            first_start = excluded.first_start, rating = excluded.rating, score = excluded.score, home_km = excluded.home_km, spot = excluded.spot,
            currency = excluded.currency
        where old.* *<> excluded.*
    ), offers as (
        insert into listing_offer as old select m.location_id, m.class, m.service_id, m.notice, m.zone, m.offer, m.base, m.hours, m.next
        from made m where m.class > 0 order by m.location_id, m.class
        on conflict (location_id, class) do update set service_id = excluded.service_id, notice = excluded.notice, zone = excluded.zone,
            offer = excluded.offer, base = excluded.base, hours = excluded.hours, next = excluded.next
        where old.* *<> excluded.*
    )
    insert into listing_due as old select m.therapist_id, min(m.due) from made m group by m.therapist_id order by m.therapist_id
    on conflict (therapist_id) do update set due = excluded.due where old.due <> excluded.due;

    insert into listing_card as old select c.* from unnest(p_therapists) t cross join lateral listing_card_made(t) c order by c.location_id
    on conflict (location_id) do update set name_key = excluded.name_key, card = excluded.card, credential = excluded.credential,
        credential_until = excluded.credential_until, credential_lapsed = excluded.credential_lapsed
    where old.* *<> excluded.*;

    -- who is no longer published is gone from everywhere
    delete from listing_due d where d.therapist_id = any (p_therapists) and not exists (select from listing l where l.therapist_id = d.therapist_id);
    delete from listing_card c using location l where l.therapist_id = any (p_therapists) and c.location_id = l.id
      and not exists (select from listing x where x.location_id = c.location_id);
end $$;

create or replace function listing_refresh(p_therapist int) returns void
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
begin
    perform listing_lock(p_therapist);
    perform listing_write(array[p_therapist]);
end $$;
comment on function listing_refresh is 'makes one therapist''s rows anew from the tables they rest on';

-- A claim came or went: the days it lies on are reckoned anew, and no others unless the next free times are among them.
create or replace function listing_claimed(p_therapist int, p_claim tstzrange) returns void
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
begin
    perform listing_write(array[p_therapist]);
end $$;

-- The row as it is now, for one whose due has come: from the tables.
create or replace function listing_today(l listing) returns listing
    language sql stable security definer set search_path = unknot, public, pg_temp
    as $$
    select coalesce((select m.row from listing_rows(array[l.therapist_id]) m where (m.row).location_id = l.location_id and (m.row).class = l.class), l)
    $$;

-- The clock changes the listing too: a check runs out, starts pass, a new day comes into the horizon. The worker calls this until it returns 0.
-- Who is being changed by somebody else is left for the next round: nobody waits here, so any number of workers get along.
create or replace function listing_refresh_due(p_limit int) returns int
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    late int[];
begin
    select array_agg(x.therapist_id) into late from (
        select d.therapist_id from listing_due d where d.due <= clock() order by d.due limit p_limit for update skip locked) x;
    if late is null then
        select array_agg(x.therapist_id) into late from (
            select d.therapist_id from listing_stale s join listing_due d using (therapist_id) limit p_limit for update of d skip locked) x;
        delete from listing_stale s where s.therapist_id = any (late) or not exists (select from listing_due d where d.therapist_id = s.therapist_id);
    end if;
    perform listing_write(late) where late is not null;
    return coalesce(cardinality(late), 0);
end $$;

create or replace function bulk_load() returns boolean
    language sql stable
    as $$ select session_user = 'unknot_owner' and coalesce(current_setting('app.bulk', true), '') = 'on' $$;
comment on function bulk_load is 'the owner is loading many rows and will make the listings at the end';

-- Statement-level triggers: one refresh however many rows a statement touched.
create or replace function listing_follow() returns trigger
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    touched int[];
begin
    if bulk_load() then
        return null;
    end if;
    select array_agg(x.t order by x.t) into touched from (
        select distinct case when tg_table_name = 'therapist' then (r ->> 'id')::int
                             when tg_table_name in ('hours', 'location_tag') then (select l.therapist_id from location l where l.id = (r ->> 'location_id')::int)
                             else (r ->> 'therapist_id')::int end as t
        from (select to_json(c) as r from changed c) c) x where x.t is not null;
    if touched is not null then
        perform listing_lock(t) from unnest(touched) t;
        perform listing_write(touched);
    end if;
    return null;
end $$;

do $$
declare
    t text;
begin
    foreach t in array array['therapist', 'therapist_tag', 'location_tag', 'credential', 'location', 'hours', 'service', 'review'] loop
        execute format('create or replace trigger listing_follows_insert after insert on %I referencing new table as changed for each statement execute function listing_follow()', t);
        execute format('create or replace trigger listing_follows_update after update on %I referencing new table as changed for each statement execute function listing_follow()', t);
        if t <> 'therapist' then -- a deleted therapist takes the listing along by foreign keys
            execute format('create or replace trigger listing_follows_delete after delete on %I referencing old table as changed for each statement execute function listing_follow()', t);
        end if;
    end loop;
end $$;

grant execute on function listing_refresh_due to unknot_worker;
grant execute on function listing_today, bulk_load to unknot_web;
grant execute on function bulk_load to unknot_worker;
