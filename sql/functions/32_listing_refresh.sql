-- The listing is derived: written here, in the transaction that changed what it rests on, by the triggers at the end and by booking_moved().
-- SECURITY DEFINER, because the caller may neither write it nor see every row it counts.

-- One therapist's row of listing_due is the lock under which claims and listing change. Everybody takes it before touching either (and after
-- the rows of bookings, services and the like that they change), so nobody waits in a ring, and who had to wait computes from a snapshot that
-- has seen what the other did. Who is not listed yet has no row: then the number is the lock.
-- Who shares rooms shares the lock (23_rooms.sql).
create or replace function listing_lock(p_therapist int) returns void
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
begin
    perform from listing_due where therapist_id = p_therapist and rooms is null for update;
    if not found and not rooms_lock(p_therapist) then
        perform pg_advisory_xact_lock('listing_due'::regclass::oid::int, p_therapist);
        perform from listing_due where therapist_id = p_therapist for update;
    end if;
end $$;

-- What a therapist and a place state, and what follows from other facts, as bits. location_id null: of all their places.
-- Each table is asked for these therapists or their places by itself: hash joins would read it whole.
create or replace function listing_stated(p_therapists int[]) returns table (therapist_id int, location_id int, number smallint)
    language sql stable
    as $$
    select x.therapist_id, null::int, g.bit from therapist_tag x join tag g on g.id = x.tag_id where x.therapist_id = any (p_therapists)
    union all
    select l.therapist_id, l.id, g.bit
    from location l join (select * from location_tag where location_id = any (array(select id from location where therapist_id = any (p_therapists)))) x on x.location_id = l.id
    join tag g on g.id = x.tag_id where l.therapist_id = any (p_therapists)
    union all
    select c.therapist_id, null, g.bit
    from credential c join credential_kind k on k.kind = c.kind left join tag s on s.id = c.specialism_id
    cross join lateral (values (s.kind, s.slug), ('credential', c.kind), ('proof', case when k.profession then 'checked' end),
                               ('proof', case when s.part = 'back_pain' then 'back_pain_training' end)) v (kind, slug) -- an OR would look at every tag for each credential
    join tag g on g.kind = v.kind and g.slug = v.slug
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
    where l.therapist_id = any (p_therapists)
      and l.id = any (array(select h.location_id from hours h where h.location_id = any (array(select id from location where therapist_id = any (p_therapists)))))
      and exists (select from service v where v.therapist_id = l.therapist_id and v.therapist_id = any (p_therapists) and v.retired_at is null and v.mode = 'instant' and given_at(v.id, l.id))
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
            from review r where r.therapist_id = any (p_therapists) and r.shown group by r.therapist_id) r on r.therapist_id = o.therapist_id
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
    select row(o.location_id, o.class, o.therapist_id, o.shown, o.shared, g.merit, f.first_day, coalesce(o.price, 2147483647),
               cos(radians(o.lat)) * cos(radians(o.lon)), cos(radians(o.lat)) * sin(radians(o.lon)), sin(radians(o.lat)), g.due, f.free,
               coalesce(t.w0, 0) | coalesce(p.w0, 0), coalesce(t.w1, 0) | coalesce(p.w1, 0), coalesce(t.w2, 0) | coalesce(p.w2, 0),
               coalesce(t.w3, 0) | coalesce(p.w3, 0), coalesce(t.w4, 0) | coalesce(p.w4, 0), coalesce(t.w5, 0) | coalesce(p.w5, 0),
               f.first_start, g.rating, o.score, o.home_km, mercator(o.lat, o.lon), coalesce(o.currency, ''))::listing,
           case when o.class > 0 then row(o.location_id, o.class, o.service_id, make_interval(mins => o.notice), o.zone, json_build_object('amount', round(o.price / 100.0, 2),
               'currency', o.currency, 'minutes', o.minutes, 'text', say_money(o.price, o.currency), 'service', o.service_id, 'name', o.name)::text,
               f.base, f.hours, f.runs, o.step, o.horizon, g.merit, g.rating, o.score, f.first_day, g.due)::listing_offer end
    from offer o join listing_times(p_therapists) f on f.location_id = o.location_id and f.class = o.class
    left join credential c on c.therapist_id = o.therapist_id
    left join word t on t.therapist_id = o.therapist_id and t.location_id is null left join word p on p.location_id = o.location_id
    cross join lateral (
        select (o.credentials * coalesce(c.checked, false)::int + o.training * coalesce(c.trained, false)::int + round(o.reviews * (o.score - 1) / 4))::smallint as merit,
               coalesce(o.mean, 0) as rating, least(f.due, c.lapse) as due) g;
end $$;
comment on function listing_rows is 'what listing and listing_offer ought to hold of these therapists, many at a time';

-- What listing_card_made() makes one by one, of many at a time.
create or replace function listing_cards(p_therapists int[]) returns setof listing_card
    language plpgsql stable
    set enable_nestloop = off set jit = off set plan_cache_mode = force_generic_plan
    as $$
begin
    return query
    with place as materialized (
        select l as l, l.id, l.therapist_id, l.home_km from location l where l.therapist_id = any (p_therapists)
    ), whole as materialized (
        select l.therapist_id, bool_or(l.home_km > 0) as home, max(l.bookable_until) as bookable from location l where l.therapist_id = any (p_therapists) group by l.therapist_id
    ), word as materialized (
        select x.therapist_id, coalesce(array_agg(g.label order by g.position, g.id) filter (where g.kind = 'technique'), '{}') as techniques,
               coalesce(array_agg(g.label order by g.position, g.id) filter (where g.kind = 'complaint'), '{}') as complaints
        from therapist_tag x join tag g on g.id = x.tag_id where x.therapist_id = any (p_therapists) and g.kind in ('technique', 'complaint') group by x.therapist_id
    ), rated as materialized (
        select r.therapist_id, count(*) as n, round(avg((r.expertise + r.professionalism + r.satisfaction) / 3.0), 1)::real as rating
        from review r where r.therapist_id = any (p_therapists) and r.shown group by r.therapist_id
    ), visiting as materialized (
        select l.id, string_agg(v.name, ', ' order by v.position, v.id) as names
        from place l join service v on v.therapist_id = l.therapist_id and v.therapist_id = any (p_therapists) and v.at_home and v.retired_at is null and given_at(v.id, l.id) group by l.id
    ), proof as materialized (
        select c as c, c.therapist_id, k.profession, c.checked_on, c.checked_until, c.id from credential c join credential_kind k on k.kind = c.kind where c.therapist_id = any (p_therapists)
    ), said as materialized (
        select w.therapist_id, credential_said(n.c, listing_today_utc(), w.bookable) as now, credential_said(e.c, 'infinity', w.bookable) as lapsed
        from whole w
        left join (select distinct on (p.therapist_id) p.therapist_id, p.c from proof p
                   order by p.therapist_id, p.profession desc, p.checked_until >= listing_today_utc() desc nulls last, p.checked_on is null desc, p.checked_until desc, p.id) n on n.therapist_id = w.therapist_id
        left join (select distinct on (p.therapist_id) p.therapist_id, p.c from proof p
                   order by p.therapist_id, p.profession desc, p.checked_until >= date 'infinity' desc nulls last, p.checked_on is null desc, p.checked_until desc, p.id) e on e.therapist_id = w.therapist_id
    )
    select l.id, card_text(t, l.l, coalesce(q.techniques, '{}'), coalesce(q.complaints, '{}'), s.home, v.names, r.n, r.rating), c.now::text, (c.now ->> 'checked_until')::date, c.lapsed::text
    from therapist t join place l on l.therapist_id = t.id join whole s on s.therapist_id = t.id join said c on c.therapist_id = t.id
    left join word q on q.therapist_id = t.id left join rated r on r.therapist_id = t.id left join visiting v on v.id = l.id
    where t.id = any (p_therapists) and t.published;
end $$;

-- When the worker makes a row anew: when the clock overtakes it, and before that in the night after the day it was made on, each at a minute of its own.
-- So no midnight finds many behind, and a claim finds a row of today. Who has no free time is looked after first: the new day may hold one.
create or replace function listing_watch(p_therapist int, p_due timestamptz, p_base date, p_zone text, p_first_day date) returns timestamptz
    language plpgsql stable
    as $$
begin
    return least(p_due, day_starts(p_base + 1, p_zone) + make_interval(mins => case when p_first_day = 'infinity' then 0 else p_therapist % 360 end));
end $$;

create or replace function listing_watched(p_therapists int[]) returns table (therapist_id int, due timestamptz)
    language plpgsql stable
    as $$
#variable_conflict use_column
begin
    return query
    select l.therapist_id, min(listing_watch(l.therapist_id, l.due, o.base, o.zone, l.first_day))
    from listing l left join listing_offer o on o.location_id = l.location_id and o.class = l.class where l.therapist_id = any (p_therapists) group by l.therapist_id;
end $$;

-- Writes what differs. The therapists are locked, see listing_lock().
create or replace function listing_write(p_therapists int[]) returns void
    language plpgsql security definer set search_path = unknot, public, pg_temp set plan_cache_mode = force_generic_plan
    as $$
begin
    with made as materialized (
        select (m.row).*, (m.offer).service_id, (m.offer).notice, (m.offer).zone, (m.offer).offer, (m.offer).base, (m.offer).hours, (m.offer).runs, (m.offer).step, (m.offer).horizon from listing_rows(p_therapists) m
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
        insert into listing_offer as old select m.location_id, m.class, m.service_id, m.notice, m.zone, m.offer, m.base, m.hours, m.runs, m.step, m.horizon, m.merit, m.rating, m.score, m.first_day, m.due
        from made m where m.class > 0 order by m.location_id, m.class
        on conflict (location_id, class) do update set service_id = excluded.service_id, notice = excluded.notice, zone = excluded.zone,
            offer = excluded.offer, base = excluded.base, hours = excluded.hours, runs = excluded.runs, step = excluded.step, horizon = excluded.horizon,
            merit = excluded.merit, rating = excluded.rating, score = excluded.score, first_day = excluded.first_day, due = excluded.due
        where old.* *<> excluded.*
    )
    insert into listing_due as old
    select m.therapist_id, min(listing_watch(m.therapist_id, m.due, m.base, m.zone, m.first_day)), rooms_practice(m.therapist_id) from made m group by m.therapist_id order by m.therapist_id
    on conflict (therapist_id) do update set due = excluded.due, rooms = excluded.rooms where (old.due, old.rooms) is distinct from (excluded.due, excluded.rooms);

    insert into listing_card as old
    select c.* from unnest(case when cardinality(p_therapists) < 10 then p_therapists end) t cross join lateral listing_card_made(t) c
    union all select c.* from listing_cards(case when cardinality(p_therapists) >= 10 then p_therapists end) c order by location_id
    on conflict (location_id) do update set card = excluded.card, credential = excluded.credential,
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

-- listing.free of a row that was made on day p_base, with these hours for the days from p_first on.
create or replace function free_replaced(p_free int8, p_base date, p_first date, p_hours int[]) returns int8
    language plpgsql immutable parallel safe
    as $$
begin
    for i in 1..least(cardinality(p_hours), p_base + 20 - p_first) loop
        p_free := p_free & ~(7::int8 << (p_first + i - 1 - date '2000-01-01') % 21 * 3) | free_bits_of(p_first + i - 1, p_hours[i]);
    end loop;
    return p_free;
end $$;

-- The gaps of a place, or for a service that needs a room, as arrays.
create or replace function listing_gaps(p_therapist int, p_location int, p_zone text, p_first date, p_last date, p_roomed int,
                                        out day date[], out midnight timestamptz[], out shift interval[], out low int[], out high int[])
    language plpgsql stable
    as $$
begin
    select array_agg(g.day order by g.day, g.low), array_agg(g.midnight order by g.day, g.low), array_agg(g.length - interval '24 hours' order by g.day, g.low),
           array_agg(g.low order by g.day, g.low), array_agg(g.high order by g.day, g.low)
      into day, midnight, shift, low, high from free_gaps(p_therapist, p_location, p_zone, p_first, p_last, clock(), null, p_roomed) g;
end $$;

-- Free times of one therapist's rows on the days p_first to p_last (of those that the rows are about), start by start.
create or replace function listing_days(p_therapist int, p_first date, p_last date)
    returns table (location_id int, class smallint, first date, last date, hours int[], runs int[])
    language plpgsql stable rows 3
    as $$
#variable_conflict use_variable
declare
    place record;
    place_gap record; -- the gaps of a place, as arrays
    gap record;       -- those for a service
    v record;
    start timestamptz;
    wall timestamp;
    n int;
    m int;       -- of a start, from midnight
    w int;       -- the same on the wall clock
    follows int; -- the minute that goes on with the run
begin
    for place in select l.id, l.zone, o.base from location l cross join lateral (select x.base from listing_offer x where x.location_id = l.id limit 1) o
                 where l.therapist_id = p_therapist and l.bookable_until >= listing_today_utc() loop
        first := greatest(p_first, place.base);
        last := least(p_last, place.base + 60);
        continue when first > last;
        location_id := place.id;
        place_gap := listing_gaps(p_therapist, place.id, place.zone, first, last, null);
        for v in select s.id, s.needs_room, o.class, s.minutes, s.kept_before, s.kept_after, s.step, s.horizon, clock() + o.notice as cut, days_full(s, place.zone, first, last, clock()) as busy
                 from listing_offer o join service s on s.id = o.service_id where o.location_id = place.id loop
            class := v.class;
            gap := place_gap;
            if v.needs_room then
                gap := listing_gaps(p_therapist, place.id, place.zone, first, last, v.id);
            end if;
            hours := array_fill(0, array[last - first + 1]);
            runs := '{}';
            for i in 1..coalesce(cardinality(gap.day), 0) loop
                continue when gap.day[i] = any (v.busy);
                n := gap.day[i] - first + 1;
                m := (gap.low[i] + v.kept_before + v.step - 1) / v.step * v.step;
                start := gap.midnight[i] + make_interval(mins => m);
                follows := -1;
                while m <= gap.high[i] - v.minutes - v.kept_after and gap.day[i] <= place.base + v.horizon loop
                    w := m;
                    if gap.shift[i] <> interval '0' then
                        wall := start at time zone place.zone;
                        w := case when (start - gap.shift[i]) at time zone place.zone <> wall then date_part('hour', wall) * 60 end;
                    end if;
                    if start >= v.cut and w is not null then
                        hours[n] := hours[n] | (1 << w / 60);
                        if m = follows then
                            runs[cardinality(runs)] := runs[cardinality(runs)] + 1;
                        else
                            runs := runs || run_number(place.base, start, 0);
                        end if;
                        follows := m + v.step;
                    end if;
                    m := m + v.step;
                    start := start + make_interval(mins => v.step);
                end loop;
            end loop;
            return next;
        end loop;
    end loop;
end $$;

-- What a claim takes at other places too: the way to them.
create or replace function claim_reach(p_therapist int, p_claim tstzrange) returns tstzrange
    language plpgsql stable
    as $$
begin
    return coalesce((select tstzrange(lower(p_claim) - make_interval(mins => max(t.minutes)), upper(p_claim) + make_interval(mins => max(t.minutes)))
                     from travel t where t.therapist_id = p_therapist having count(*) > 0), p_claim);
end $$;

-- The first start from p_cut on, its day, and the last start of the same day and part of the day.
create or replace function listing_lead(p_runs int[], p_base date, p_step int, p_zone text, p_cut timestamptz, out first_start timestamptz, out first_day date, out last_start timestamptz)
    language plpgsql stable
    as $$
declare
    zero constant int := (p_base - date '1970-01-02') * 1440; -- in minutes as of a run_number()
    cut constant int := ceil(date_part('epoch', p_cut) / 60)::int - zero;
    r int;
    m int;
    last int;
    stop int; -- where that part of the day ends
    hour int;
begin
    first_start := 'infinity';
    first_day := 'infinity';
    foreach r in array p_runs[greatest(width_bucket((cut << 11) - 1, p_runs), 1):] loop -- the last one that begins before the cut may go on after it
        m := r >> 11;
        if last is null then
            m := m + greatest(0, cut - m + p_step - 1) / p_step * p_step;
            continue when m > (r >> 11) + (r & 2047) * p_step;
            first_start := to_timestamp((zero + m) * 60::float8);
            first_day := local_day(first_start, p_zone);
            hour := date_part('hour', first_start at time zone p_zone);
            stop := (date_part('epoch', case part_of(hour * 60) when 0 then (first_day + time '12:00') at time zone p_zone when 1 then (first_day + time '17:00') at time zone p_zone
                                                                else day_starts(first_day + 1, p_zone) end) / 60)::int - zero;
        end if;
        exit when m >= stop;
        last := least((r >> 11) + (r & 2047) * p_step, m + (stop - 1 - m) / p_step * p_step);
    end loop;
    last_start := to_timestamp((zero + last) * 60::float8);
end $$;

-- Takes a new claim off what the listing says of its days: the starts of visits that would meet it. False where more has to be reckoned: the clock has overtaken
-- a row or changes on these days, or a service has a limit for a day or needs a room. What was written of other rows until then is right.
create or replace function listing_less(p_therapist int, p_claim tstzrange) returns boolean
    language plpgsql
    as $$
declare
    v record;
    lead record;
    day int; -- midnight, of the first day and then of a run's
    n int;   -- and its number
    left_hours int[];
    left_runs int[];
    left_free int8;
    r int;
    m int;
    m_last int;
    lapse timestamptz;
    left_due timestamptz;
    due_moved boolean := false;
    listed boolean := false;
begin
    -- in minutes as of a run_number(): starts up to low end before the claim, those from high on begin after it; runs before + 1 to upto are those of its days
    for v in select l.location_id, l.class, l.free, l.first_day, l.first_start, l.due, o.base, o.zone, o.step, o.notice, o.horizon, o.hours, o.runs, d.first, d.last, d.midnight,
                    width_bucket((d.midnight << 11) - 1, o.runs) as before, width_bucket((d.midnight + d.days * 1440 << 11) - 1, o.runs) as upto,
                    d.claim_from - s.minutes - s.kept_after as low, d.claim_to + s.kept_before as high,
                    s.needs_room or s.most_a_day is not null or l.due <= clock() or d.midnight_after - d.midnight <> d.days * 1440 as odd
             from listing l join listing_offer o on o.location_id = l.location_id and o.class = l.class join service s on s.id = o.service_id
             cross join lateral (
                 select x.first, x.last, x.last + 1 - x.first as days, run_number(o.base, day_starts(x.first, o.zone), 0) >> 11 as midnight,
                        run_number(o.base, day_starts(x.last + 1, o.zone), 0) >> 11 as midnight_after,
                        floor(date_part('epoch', lower(p_claim)) / 60)::int - x.zero as claim_from, ceil(date_part('epoch', upper(p_claim)) / 60)::int - x.zero as claim_to
                 from (select greatest(local_day(lower(p_claim), o.zone), o.base) as first, least(local_day(upper(p_claim) - interval '1 microsecond', o.zone), o.base + 60) as last,
                              (o.base - date '1970-01-02') * 1440 as zero offset 0) x
                 offset 0) d
             where l.therapist_id = p_therapist loop
        if v.odd then
            return false;
        end if;
        listed := true;
        continue when v.first > v.last;
        day := v.midnight;
        left_hours := array_fill(0, array[v.last + 1 - v.first]);
        left_runs := '{}';
        n := 1;
        foreach r in array v.runs[v.before + 1:v.upto] loop
            m := r >> 11;
            m_last := m + (r & 2047) * v.step;
            while m >= day + 1440 loop
                day := day + 1440;
                n := n + 1;
            end loop;
            if m <= v.low then
                r := m << 11 | least(r & 2047, (v.low - m) / v.step);
                left_runs := left_runs || r;
                left_hours[n] := left_hours[n] | hours_of(m - day, m - day + (r & 2047) * v.step);
            end if;
            if m_last >= v.high then
                m := m + greatest(0, (v.high - m + v.step - 1) / v.step * v.step);
                left_runs := left_runs || (m << 11 | (m_last - m) / v.step);
                left_hours[n] := left_hours[n] | hours_of(m - day, m_last - day);
            end if;
        end loop;
        continue when left_runs = v.runs[v.before + 1:v.upto];

        left_runs := v.runs[:v.before] || left_runs || v.runs[v.upto + 1:];
        left_free := free_replaced(v.free, v.base, v.first, left_hours);
        left_hours := v.hours[:v.first - v.base] || left_hours || v.hours[v.last - v.base + 2:];
        if v.first <= v.first_day then
            lead := listing_lead(left_runs, v.base, v.step, v.zone, clock() + v.notice);
            left_due := listing_due_at(v.base, v.horizon, v.zone, lead.last_start - v.notice, 'infinity');
            if left_due > v.due then -- before that no check runs out
                lapse := coalesce(lapse, listing_lapse(p_therapist), 'infinity');
                left_due := least(left_due, lapse);
            end if;
            due_moved := due_moved or left_due <> v.due;
            update listing_offer o set hours = left_hours, runs = left_runs, first_day = lead.first_day, due = left_due where o.location_id = v.location_id and o.class = v.class;
            if (left_free, lead.first_start, left_due) is distinct from (v.free, v.first_start, v.due) then
                update listing l set free = left_free, first_day = lead.first_day, first_start = lead.first_start, due = left_due
                where l.location_id = v.location_id and l.class = v.class;
            end if;
        else
            update listing_offer o set hours = left_hours, runs = left_runs where o.location_id = v.location_id and o.class = v.class;
            if left_free <> v.free then
                update listing l set free = left_free where l.location_id = v.location_id and l.class = v.class;
            end if;
        end if;
    end loop;
    if due_moved then
        perform listing_due_write(p_therapist);
    end if;
    return listed;
end $$;

create or replace function listing_due_at(p_base date, p_horizon int, p_zone text, p_last timestamptz, p_lapse timestamptz) returns timestamptz
    language plpgsql stable
    as $$
begin
    return least(p_last, p_lapse, day_starts(p_base + case when p_horizon < 20 then 1 else 2 end, p_zone));
end $$;
comment on function listing_due_at is 'when the clock overtakes a row: p_last, from which on its first starts cannot be booked any more, p_lapse of a check, or a day comes that it does not say';

create or replace function listing_due_write(p_therapist int) returns void
    language plpgsql
    as $$
begin
    update listing_due d set due = x.due from listing_watched(array[p_therapist]) x where d.therapist_id = p_therapist and d.due <> x.due;
end $$;

-- A claim came or went: the days it lies on are reckoned anew, and what the first start tells when it may lie there. No column changes that is in an
-- index of listing. A row that was made yesterday still is about the 60 days after that, until its due. p_came: it is new, and nothing else is; then most
-- have only to take it off.
create or replace function listing_claimed(p_therapist int, p_claim tstzrange, p_came boolean default false) returns void
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    reach constant tstzrange := claim_reach(p_therapist, p_claim);
    k record;
    t record;
    f record;
    lapse timestamptz;
    new_due timestamptz;
begin
    if p_came and reach = p_claim and listing_less(p_therapist, p_claim) then
        return;
    end if;
    select min(local_day(lower(reach), o.zone)) as first, max(local_day(upper(reach) - interval '1 microsecond', o.zone)) as last,
           bool_and(l.due > clock()) as fresh, bool_or(local_day(lower(reach), o.zone) <= l.first_day) as near
      into k
    from listing l join listing_offer o on o.location_id = l.location_id and o.class = l.class where l.therapist_id = p_therapist;
    if k.fresh is not true then -- by the clock: all of it
        perform listing_write(array[p_therapist]);
        return;
    end if;
    if k.near then
        lapse := listing_lapse(p_therapist);
    end if;
    for t in
        select d.location_id, d.class, o.base, o.zone, o.step, o.notice, o.horizon, o.hours[:d.first - o.base] || d.hours || o.hours[d.last - o.base + 2:] as hours,
               o.runs[:runs_before(o.runs, o.base, day_starts(d.first, o.zone))] || d.runs
               || o.runs[runs_before(o.runs, o.base, day_starts(d.last + 1, o.zone)) + 1:] as runs,
               free_replaced(l.free, o.base, d.first, d.hours) as free
        from listing_days(p_therapist, k.first, k.last) d join listing_offer o on o.location_id = d.location_id and o.class = d.class
        join listing l on l.location_id = d.location_id and l.class = d.class
    loop
        if k.near then
            f := listing_lead(t.runs, t.base, t.step, t.zone, clock() + t.notice);
            new_due := listing_due_at(t.base, t.horizon, t.zone, f.last_start - t.notice, lapse);
            update listing_offer o set hours = t.hours, runs = t.runs, first_day = f.first_day, due = new_due where o.location_id = t.location_id and o.class = t.class;
            update listing l set free = t.free, first_day = f.first_day, first_start = f.first_start, due = new_due where l.location_id = t.location_id and l.class = t.class;
        else
            update listing_offer o set hours = t.hours, runs = t.runs where o.location_id = t.location_id and o.class = t.class and (o.hours, o.runs) is distinct from (t.hours, t.runs);
            update listing l set free = t.free where l.location_id = t.location_id and l.class = t.class and l.free <> t.free;
        end if;
    end loop;
    if k.near then
        perform listing_due_write(p_therapist);
    end if;
end $$;

create or replace function listing_lapse(p_therapist int) returns timestamptz
    language plpgsql stable
    as $$
begin
    return (select (min(checked_until) + 1)::timestamp at time zone 'UTC' from credential where therapist_id = p_therapist and checked_until >= listing_today_utc());
end $$;
comment on function listing_lapse is 'when the next of their checks will have run out';

create or replace function listing_row(p_location int, p_class smallint, p_therapist int) returns listing
    language sql stable
    as $$ select m.row from listing_rows(array[p_therapist]) m where (m.row).location_id = p_location and (m.row).class = p_class $$;

-- The row as it is now, for one whose due has come and the worker has not. What the clock took away since the row was made is taken from it, as long as
-- that tells all: no check ran out, and of the days that have come since none is asked for, nor holds the only free time. Else the tables are asked. due
-- stays: it is over.
create or replace function listing_today(l listing) returns listing
    language plpgsql stable security definer set search_path = unknot, public, pg_temp
    as $$
declare
    o listing_offer;
    today date;
    cut timestamptz;
    wall timestamp;
    n int;    -- of the day on which the notice ends
    hour int; -- and its hour on the wall clock
    bits int;
begin
    select * into o from listing_offer x where x.location_id = l.location_id and x.class = l.class;
    today := local_day(clock(), o.zone);
    cut := clock() + o.notice;
    wall := cut at time zone o.zone;
    n := wall::date - o.base;
    if n < cardinality(o.hours) and (o.base = today or today + 19 <= o.base + o.horizon)
       and not exists (select from credential c where c.therapist_id = l.therapist_id and c.checked_until between o.base - 1 and listing_today_utc() - 1) then
        l.first_start := coalesce((run_starts(o.runs, o.base, o.step, o.zone, cut, 'infinity', 16777215, 1))[1], 'infinity');
        if l.first_start < 'infinity' or o.base = today then
            -- of the hour in which the notice ends only the starts know what is left
            hour := date_part('hour', wall);
            bits := o.hours[n + 1] & ~((2 << hour) - 1);
            if date_trunc('hour', l.first_start at time zone o.zone) = date_trunc('hour', wall) then
                bits := bits | (1 << hour);
            end if;
            l.free := free_replaced(0, today, today, (array_fill(0, array[n]) || bits || o.hours[n + 2:])[today - o.base + 1:]);
            l.first_day := case when l.first_start = 'infinity' then 'infinity' else (l.first_start at time zone o.zone)::date end;
            return l;
        end if;
    end if;
    return listing_row(l.location_id, l.class, l.therapist_id);
end $$;

-- Takes from the rows of these therapists what the clock took, where that is all that happened: they were made today and no check ran out. Answers the
-- others. A fifth of the work of making them anew, which counts when the mornings of a whole zone are over.
create or replace function listing_pass(p_therapists int[]) returns int[]
    language plpgsql
    as $$
declare
    others constant int[] := array(
        select t from unnest(p_therapists) t
        where exists (select from listing l left join listing_offer o on o.location_id = l.location_id and o.class = l.class
                      where l.therapist_id = t and (o.base is null or o.base <> local_day(clock(), o.zone)))
           or exists (select from credential c where c.therapist_id = t and c.checked_until between listing_today_utc() - 3 and listing_today_utc() - 1));
    passed constant int[] := array(select unnest(p_therapists) except select unnest(others));
begin
    with late as materialized (
        select l.location_id, l.class, n.free, f.first_start, f.first_day,
               listing_due_at(o.base, o.horizon, o.zone, f.last_start - o.notice, listing_lapse(l.therapist_id)) as due
        from listing l join listing_offer o on o.location_id = l.location_id and o.class = l.class
        cross join lateral listing_today(l) n cross join lateral listing_lead(o.runs, o.base, o.step, o.zone, clock() + o.notice) f
        where l.therapist_id = any (passed) and l.due <= clock()
    ), rows as (
        update listing l set free = x.free, first_start = x.first_start, first_day = x.first_day, due = x.due
        from late x where l.location_id = x.location_id and l.class = x.class
    )
    update listing_offer o set first_day = x.first_day, due = x.due from late x where o.location_id = x.location_id and o.class = x.class;
    update listing_due d set due = x.due from listing_watched(passed) x where d.therapist_id = x.therapist_id and d.due <> x.due;
    return others;
end $$;

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
    perform listing_write(x.others) from (select listing_pass(late) as others where late is not null offset 0) x where x.others <> '{}';
    if late is null then
        perform listing_reword();
        select array_agg(x.therapist_id) into late from (
            select d.therapist_id from listing_stale s join listing_due d using (therapist_id) limit p_limit for update of d skip locked) x;
        if late is null then -- who is listed no more
            delete from listing_stale s where not exists (select from listing_due d where d.therapist_id = s.therapist_id);
        else
            delete from listing_stale s where s.therapist_id = any (late);
            perform listing_write(late);
        end if;
    end if;
    return coalesce(cardinality(late), 0);
end $$;

-- Many therapists anew, for the owner: see src/command/listing.c.
create or replace function listing_rebuild(p_therapists int[]) returns void
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
begin
    perform listing_lock(t) from (select t from unnest(p_therapists) t order by t) x;
    perform listing_write(p_therapists);
    delete from listing_stale s where s.therapist_id = any (p_therapists);
    insert into listing_changed select s.tile, s.pos, l.location_id from listing l left join listing_seat s on s.location_id = l.location_id where l.therapist_id = any (p_therapists) and l.shown and exists (select from listing_tile);
end $$;

-- Where a place lies on the curve of Hilbert through all of the map: what is near on it is near on the ground, and lies in a square rather than in a strip. What
-- is written in this order lies on the disk as search reads it.
-- D. Hilbert, Ueber die stetige Abbildung einer Linie auf ein Flaechenstueck, Mathematische Annalen 38 (1891), 459-460.
create or replace function map_order(p_lat float8, p_lon float8) returns int8
    language plpgsql immutable parallel safe
    as $$
declare
    most constant int8 := 1048575;
    x int8 := floor((p_lon + 180) / 360 * most);
    y int8 := floor((p_lat + 90) / 180 * most);
    n int8 := 0;
    way int8;
begin
    for level in reverse 19..0 loop
        way := (x >> level) & 1;
        if (y >> level) & 1 = 1 then
            n := n << 2 | (1 + way);
        else
            n := n << 2 | (way * 3);
            -- in the lower squares the curve runs the other way about
            if way = 1 then
                x := most - x;
                y := most - y;
            end if;
            way := x;
            x := y;
            y := way;
        end if;
    end loop;
    return n;
end $$;

-- Holds p_n therapists, chosen at random, against the tables: {"compared", "wrong": [{"slug", "what"}…]}, the first five. Who has a hold that ran out and
-- was not swept yet is left out: search shows that time as taken a few seconds too long.
create or replace function listing_compare(p_n int) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    chosen int[];
begin
    select array_agg(x.id) into chosen from (
        select distinct t.id from generate_series(1, p_n + p_n / 4) n
        cross join lateral (select floor(random() * (select max(id) from therapist))::int as low where n > 0 offset 0) r
        cross join lateral (select t.id from therapist t where t.id > r.low order by t.id limit 1) t
        where not exists (select from slot_claim c where c.therapist_id = t.id and c.hold_expires <= clock()) limit p_n) x;
    return (select json_build_object('compared', coalesce(cardinality(chosen), 0), 'wrong', coalesce(json_agg(json_build_object('slug', t.slug, 'what', d.what) order by t.slug), '[]'))
            from (select x.therapist_id, min(x.what) as what from listing_differences(chosen) x group by x.therapist_id order by x.therapist_id limit 5) d join therapist t on t.id = d.therapist_id);
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
                             when tg_table_name in ('hours', 'season', 'special_day', 'location_tag') then (select l.therapist_id from location l where l.id = (r ->> 'location_id')::int)
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
    foreach t in array array['therapist', 'therapist_tag', 'location_tag', 'credential', 'location', 'hours', 'service', 'service_location', 'service_room', 'season', 'special_day', 'time_off', 'outside_busy', 'holiday_closed', 'travel', 'review'] loop
        execute format('create or replace trigger listing_follows_insert after insert on %I referencing new table as changed for each statement execute function listing_follow()', t);
        execute format('create or replace trigger listing_follows_update after update on %I referencing new table as changed for each statement execute function listing_follow()', t);
        if t <> 'therapist' then -- a deleted therapist takes the listing along by foreign keys
            execute format('create or replace trigger listing_follows_delete after delete on %I referencing old table as changed for each statement execute function listing_follow()', t);
        end if;
    end loop;
end $$;

grant execute on function listing_refresh_due, listing_compare to unknot_worker;
grant execute on function listing_today, bulk_load to unknot_web;
grant execute on function bulk_load to unknot_worker;
