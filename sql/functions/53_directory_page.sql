-- The search itself: who fits, in which order, and the 20 of a page. Reads listing alone until it knows them.

-- Whether a visit can start within the days and hours asked for, at one place with one service: from what listing_offer knows, from slots() where
-- that does not reach (past its 61 days, or its next 12 starts have passed).
create or replace function offer_fits(o listing_offer, p_first date, p_last date, p_hours int, p_now timestamptz) returns boolean
    language plpgsql stable
    as $$
declare
    since timestamp := (p_now + o.notice) at time zone o.zone;
    bits int;
begin
    for n in greatest(p_first, since::date) - o.base + 1 .. least(p_last - o.base + 1, cardinality(o.hours)) loop
        bits := o.hours[n] & p_hours;
        continue when bits = 0;
        -- on the day from which times can be had: later hours are whole, of the present one only the rest counts
        if o.base + n - 1 > since::date or bits >> extract(hour from since)::int + 1 <> 0 then
            return true;
        end if;
        if bits >> extract(hour from since)::int & 1 = 1 then
            if o.next[12] < date_trunc('hour', since) at time zone o.zone + interval '1 hour' then
                return exists (select from slots(o.service_id, o.location_id, p_first, p_last - p_first + 1) s where 1 << extract(hour from s.local)::int & p_hours <> 0);
            elsif exists (select from unnest(o.next) x where x >= p_now + o.notice and x < date_trunc('hour', since) at time zone o.zone + interval '1 hour') then
                return true;
            end if;
        end if;
    end loop;
    return p_last - o.base >= cardinality(o.hours) and exists (
        select from slots(o.service_id, o.location_id, greatest(p_first, o.base + cardinality(o.hours)), p_last - greatest(p_first, o.base + cardinality(o.hours)) + 1) s
        where 1 << extract(hour from s.local)::int & p_hours <> 0);
end $$;

-- Up to three starts that a result shows: the next ones, within the days and hours asked for.
create or replace function offer_starts(o listing_offer, p_first date, p_last date, p_hours int, p_now timestamptz) returns timestamptz[]
    language plpgsql stable
    as $$
declare
    made timestamptz[] := '{}';
    s timestamptz;
    local timestamp;
begin
    if o.next is null then
        return made;
    end if;
    foreach s in array o.next loop
        continue when s < p_now + o.notice;
        if p_first is not null then
            local := s at time zone o.zone;
            continue when local::date < p_first or 1 << extract(hour from local)::int & p_hours = 0;
            exit when local::date > p_last;
        end if;
        made := made || s;
        if cardinality(made) = 3 then
            return made;
        end if;
    end loop;
    if cardinality(o.next) < 12 or p_first is not null and (o.next[12] at time zone o.zone)::date > p_last then
        return made;
    end if;
    return array(select x.start from slots(o.service_id, o.location_id, coalesce(p_first, (p_now at time zone o.zone)::date), coalesce(p_last - p_first + 1, 61)) x
                 where 1 << extract(hour from x.local)::int & p_hours <> 0 order by 1 limit 3);
end $$;

-- The hour (since 1970) of the first start within the days and hours asked for.
create or replace function offer_first_hour(o listing_offer, p_first date, p_last date, p_hours int, p_now timestamptz) returns int8
    language sql stable
    as $$ select coalesce(floor(extract(epoch from (offer_starts(o, p_first, p_last, p_hours, p_now))[1]) / 3600)::int8, 16777215) $$;

-- Values without a bit, looked up.
create or replace function holds_wide(p_therapist int, p_location int, p_wide int[]) returns boolean
    language sql stable
    as $$
    select not exists (select from unnest(p_wide) w where not exists (select from therapist_tag where therapist_id = p_therapist and tag_id = w)
                       and not exists (select from location_tag where location_id = p_location and tag_id = w))
    $$;

-- The places that fit, one row each for the class of length asked for; who has several may be there several times. people: only these therapists.
-- metres: 0 without a place. Rows whose due has come are asked for as they are now.
drop function if exists directory_fits(asked, int[], timestamptz);
create or replace function directory_fits(a asked, p_people int[], p_now timestamptz)
    returns table (location_id int, class smallint, therapist_id int, shared boolean, merit smallint, first_day date, first_start timestamptz, price int, rating real, score real,
                   metres int, tags int8[])
    language plpgsql stable
    as $$
#variable_conflict use_column
begin
    return query
    with near as materialized (
        select l.* from listing l where a.area is not null and p_people is null and a.length is null and l.shown and l.spot <@ a.area
        union all
        select l.* from listing l where a.area is not null and p_people is null and l.class = a.length and l.spot <@ a.area
        union all
        select l.* from listing l where p_people is not null and l.therapist_id = any (p_people) and case when a.length is null then l.shown else l.class = a.length end
        union all
        select l.* from (select * from listing w where a.area is null and p_people is null and w.shown order by w.merit desc, w.location_id limit 60000) l
        where a.area is null and p_people is null and a.length is null
        union all
        select c.* from (select * from listing w where a.area is null and p_people is null and w.shown order by w.merit desc, w.location_id limit 60000) l
        join listing c on c.location_id = l.location_id and c.class = a.length
        where a.area is null and p_people is null and a.length is not null
    ), now as (
        select n.* from near n where n.due > p_now
        union all
        select t.* from near n cross join lateral listing_today(n) t where n.due <= p_now
    )
    select l.location_id, l.class, l.therapist_id, l.shared, l.merit, l.first_day, l.first_start, l.price, l.rating, l.score,
           coalesce(chord_metres((l.x - a.x) ^ 2 + (l.y - a.y) ^ 2 + (l.z - a.z) ^ 2), 0), array[l.tags0, l.tags1, l.tags2, l.tags3, l.tags4, l.tags5]
    from now l
    where l.tags0 & a.t0 = a.t0 and l.tags1 & a.t1 = a.t1 and (a.few or (l.tags2 & a.t2 = a.t2 and l.tags3 & a.t3 = a.t3 and l.tags4 & a.t4 = a.t4 and l.tags5 & a.t5 = a.t5))
      and (a.price_max is null or l.price <= a.price_max * 100) and (a.rating is null or l.rating >= a.rating)
      and (a.free = 0 or l.free & a.free <> 0)
      and (a.area is null or (l.x - a.x) ^ 2 + (l.y - a.y) ^ 2 + (l.z - a.z) ^ 2 <= a.chord2)
      and (a.wide is null or holds_wide(l.therapist_id, l.location_id, a.wide))
      and (a.exact or (select offer_fits(o, a.first_day, a.last_day, a.hours, p_now) from listing_offer o where o.location_id = l.location_id and o.class = l.class));
end $$;

-- Bits that earn points of fit for the complaints asked for, word by word: checked training about one of them, techniques usually offered for one.
create or replace function fit_bits(p_ids int[], out named boolean, out training int8[], out technique int8[])
    language plpgsql stable
    as $$
begin
    training := '{0,0,0,0,0,0}';
    technique := '{0,0,0,0,0,0}';
    select count(*) > 0 into named from tag where id = any (p_ids) and kind = 'complaint';
    if not named then
        return;
    end if;
    select array_agg(coalesce(s.bits, 0) order by w.n) into training
    from generate_series(0, 5) w (n) left join (
        select t.bit / 64 as n, bit_or(1::int8 << t.bit % 64) as bits
        from tag t where t.kind = 'specialism' and t.bit is not null
          and t.part in (select case when c.slug = 'pregnancy' then 'pregnancy' when c.slug = 'older-frail' then 'older_adults' else 'back_pain' end
                         from tag c where c.id = any (p_ids) and c.kind = 'complaint') group by 1) s using (n);
    select array_agg(coalesce(s.bits, 0) order by w.n) into technique
    from generate_series(0, 5) w (n) left join (
        select t.bit / 64 as n, bit_or(1::int8 << t.bit % 64) as bits
        from guidance g join tag t on t.kind = 'technique' and t.slug = any (g.suggest) and t.bit is not null
        where g.tag_id = any (p_ids) group by 1) s using (n);
end $$;

create or replace function any_bit(p_has int8[], p_of int8[]) returns boolean
    language sql immutable parallel safe
    as $$
    select p_has[1] & p_of[1] <> 0 or p_has[2] & p_of[2] <> 0 or p_has[3] & p_of[3] <> 0 or p_has[4] & p_of[4] <> 0 or p_has[5] & p_of[5] <> 0
        or p_has[6] & p_of[6] <> 0
    $$;

-- One page: the places in their order, how many therapists there are in all, and whether there are more on either side. A therapist with several
-- places that fit stands there once, with the one that comes first. Order: a whole number, then the place; the cursor is both of the last row seen
-- (or with p_back of the first).
drop function if exists directory_page(asked, text, boolean, int8, int, int);
create or replace function directory_page(a asked, p_sort text, p_back boolean, p_key int8, p_id int, p_limit int,
    out total int, out more boolean, out locations int[], out classes int[], out keys int8[], out metres int[], out beyond boolean)
    language plpgsql stable
    as $$
#variable_conflict use_column
declare
    k record;
    fit record;
    people int[];
begin
    select * into k from ranking();
    select * into fit from fit_bits(a.ids);
    if a.name is not null then
        people := array(select names_meant(a.name, 1000));
    end if;
    with places as materialized (
        select f.location_id, f.class, f.therapist_id, f.shared, f.metres,
               case p_sort
                   when 'nearest' then f.metres
                   when 'price' then f.price::int8 << 25 | f.metres
                   when 'rating' then (case when f.rating = 0 then 65536 else round((5 - f.score) * 10000) end)::int8 << 25 | f.metres
                   when 'soonest' then coalesce((select case when a.first_day is null then floor(extract(epoch from (offer_starts(o, null, null, 16777215, clock()))[1]) / 60)
                                                             else offer_first_hour(o, a.first_day, a.last_day, a.hours, clock()) end::int8
                                                 from listing_offer o where o.location_id = f.location_id and o.class = f.class), 1073741823) << 25 | f.metres
                   else (100 - f.merit - case when fit.named then k.named else 0 end
                         - case when a.area is null then 0 else
                               case when any_bit(f.tags, fit.training) then k.training_for else 0 end + case when any_bit(f.tags, fit.technique) then k.technique else 0 end
                               + ranking_distance(f.metres, a.radius, k.distance) + ranking_free(f.first_day, a.today, k.free) end)::int8 << 25 | f.metres
               end as key
        from directory_fits(a, people, clock()) f
    ), found as materialized (
        select p.location_id, p.class, p.metres, p.key from places p where not p.shared
        union all
        (select distinct on (p.therapist_id) p.location_id, p.class, p.metres, p.key from places p where p.shared order by p.therapist_id, p.key, p.location_id)
    ), page as (
        (select f.*, row_number() over (order by f.key, f.location_id) as n from found f where not p_back and (p_key is null or (f.key, f.location_id) > (p_key, p_id))
         order by f.key, f.location_id limit p_limit + 1)
        union all
        (select f.*, row_number() over (order by f.key desc, f.location_id desc) from found f where p_back and (f.key, f.location_id) < (p_key, p_id)
         order by f.key desc, f.location_id desc limit p_limit + 1)
    )
    select (select count(*) from found), count(*) > p_limit,
           array_agg(p.location_id order by p.key, p.location_id) filter (where p.n <= p_limit), array_agg(p.class::int order by p.key, p.location_id) filter (where p.n <= p_limit),
           array_agg(p.key order by p.key, p.location_id) filter (where p.n <= p_limit), array_agg(p.metres order by p.key, p.location_id) filter (where p.n <= p_limit)
      into total, beyond, locations, classes, keys, metres
    from page p;
    more := a.area is null and total > 10000;
    total := case when more then 10000 else total end;
end $$;

create or replace function explain_part(p_label text, p_points int, p_of int, p_why text) returns json
    language sql immutable parallel safe
    as $$ select json_build_object('label', p_label, 'points', p_points, 'of', p_of, 'why', p_why) $$;

-- How the points of one row come together: always the sum that it was sorted by.
create or replace function directory_explain(a asked, l listing, p_metres int) returns json
    language plpgsql stable
    as $$
declare
    k record;
    fit record;
    tags int8[] := array[l.tags0, l.tags1, l.tags2, l.tags3, l.tags4, l.tags5];
    has text[] := array(select slug from tag where kind = 'proof' and bit is not null and tags[1 + bit / 64] >> bit % 64 & 1 = 1);
    near boolean := a.area is not null;
    named int; training_for int; technique int; distance int; free int; credentials int; training int; reviews int;
begin
    select * into k from ranking();
    select * into fit from fit_bits(a.ids);
    named := case when fit.named then k.named else 0 end;
    training_for := case when near and any_bit(tags, fit.training) then k.training_for else 0 end;
    technique := case when near and any_bit(tags, fit.technique) then k.technique else 0 end;
    distance := case when near then ranking_distance(p_metres, a.radius, k.distance) else 0 end;
    free := case when near then ranking_free(l.first_day, a.today, k.free) else 0 end;
    credentials := case when 'checked' = any (has) then k.credentials else 0 end;
    training := case when 'back_pain_training' = any (has) then k.training else 0 end;
    reviews := l.merit - credentials - training;
    return json_build_object('total', named + training_for + technique + distance + free + l.merit, 'parts', json_build_array(
        explain_part('What you asked for', named + training_for + technique, k.named + k.training_for + k.technique,
            case when named = 0 then 'You did not say what hurts, so nobody gets points here' else concat_ws('; ', 'Works with it', case when training_for > 0 then
            'checked training about it' end, case when technique > 0 then 'offers a technique often used for it' end) end),
        explain_part('Distance', distance, k.distance, case when near then say_distance(p_metres, a.country) || ' away; the nearer, the more' else 'You did not say where' end),
        explain_part('Permission to practice', credentials, k.credentials, case when credentials > 0 then 'Checked by us' else 'Not checked by us' end),
        explain_part('Back pain training', training, k.training, case when training > 0 then 'Checked by us' else 'None checked by us' end),
        explain_part('Reviews', reviews, k.reviews, case when l.rating > 0 then 'Mean ' || to_char(l.rating, 'FM0.0') || ', drawn to the mean of all' else 'None yet: counted as the mean of all' end),
        explain_part('Free time', free, k.free, case when not near then 'Counted near a place only' when l.first_day = 'infinity' then 'None in the next 60 days'
            else 'First free time: ' || say_day_short(l.first_day, a.today) end)));
end $$;

-- The results as JSON text, in the order given; number of the first is p_first.
create or replace function directory_results(a asked, p_locations int[], p_classes int[], p_metres int[], p_first int) returns text
    language sql stable
    as $$
    select coalesce(string_agg(c.card || ',' || substr(json_build_object(
               'number', p_first + s.n - 1,
               'distance_m', case when a.area is not null then s.metres end, 'distance', case when a.area is not null then say_distance(s.metres, a.country) end,
               'credential', case when c.credential_until < (clock() at time zone 'UTC')::date then c.credential_lapsed else c.credential end::json,
               'price', o.offer::json, 'explain', directory_explain(a, now, s.metres),
               'next', coalesce(t.next, '[]'), 'has_next', t.next is not null)::text, 2), ',' order by s.n), '')
    from unnest(p_locations, p_classes, p_metres) with ordinality s (location_id, class, metres, n)
    join listing l on l.location_id = s.location_id and l.class = s.class
    cross join lateral (select (x.now).* from (select case when l.due > clock() then l else listing_today(l) end as now offset 0) x) now
    join listing_card c on c.location_id = s.location_id
    left join listing_offer o on o.location_id = s.location_id and o.class = s.class
    cross join lateral (
        select json_agg(json_build_object('start', rfc3339(n.start), 'service', o.service_id, 'local', to_char(n.start at time zone o.zone, 'HH24:MI'),
                   'day', say_day_short(local_day(n.start, o.zone), local_day(clock(), o.zone)), 'time', say_time(n.start, o.zone, a.country)) order by n.start) as next
        from unnest(offer_starts(o, a.first_day, a.last_day, a.hours, clock())) n (start)) t
    $$;

grant execute on function offer_fits, offer_starts, offer_first_hour, holds_wide, directory_fits, fit_bits, any_bit, directory_page, explain_part, directory_explain, directory_results
    to unknot_web;
