-- The search itself: who fits, in which order, and the 20 of a page. Reads listing alone until it knows them.

-- Whether a visit can start within the days and hours asked for, at one place with one service: from what listing_offer knows, from slots() past its 61 days.
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
        if bits >> extract(hour from since)::int & 1 = 1
            and run_starts(o.runs, o.base, o.step, o.zone, p_now + o.notice, date_trunc('hour', since) at time zone o.zone + interval '1 hour', 16777215, 1) <> '{}' then
            return true;
        end if;
    end loop;
    return p_last - o.base >= cardinality(o.hours) and exists (
        select from slots(o.service_id, o.location_id, greatest(p_first, o.base + cardinality(o.hours)), p_last - greatest(p_first, o.base + cardinality(o.hours)) + 1) s
        where 1 << extract(hour from s.local)::int & p_hours <> 0);
end $$;

-- The first p_limit starts from now on within the days and hours asked for; from slots() what the listing does not know yet.
create or replace function offer_starts(o listing_offer, p_first date, p_last date, p_hours int, p_now timestamptz, p_limit int) returns timestamptz[]
    language plpgsql stable
    as $$
declare
    made constant timestamptz[] := run_starts(o.runs, o.base, o.step, o.zone, greatest(p_now + o.notice, day_starts(p_first, o.zone)),
        coalesce(day_starts(p_last + 1, o.zone), 'infinity'), p_hours, p_limit);
    today date;
begin
    if cardinality(made) = p_limit or p_last <= o.base + o.horizon or o.runs is null then
        return made;
    end if;
    today := local_day(p_now, o.zone);
    if o.base = today and coalesce(p_last, today) <= today + 60 then
        return made;
    end if;
    return array(select x.start from slots(o.service_id, o.location_id, coalesce(p_first, today), coalesce(p_last - p_first + 1, 61)) x
                 where 1 << extract(hour from x.local)::int & p_hours <> 0 order by 1 limit p_limit);
end $$;

-- The first start in minutes since 1970; with days or hours asked for, the hour in which it lies.
create or replace function offer_first(o listing_offer, p_first date, p_last date, p_hours int, p_now timestamptz) returns int8
    language sql stable
    as $$
    select coalesce(case when p_first is null then floor(date_part('epoch', s) / 60) else floor(date_part('epoch', s) / 3600) * 60 end, 1073741823)::int8
    from (select (offer_starts(o, p_first, p_last, p_hours, p_now, 1))[1] as s offset 0) x
    $$;

-- Values without a bit, looked up.
create or replace function holds_wide(p_therapist int, p_location int, p_wide int[]) returns boolean
    language sql stable
    as $$
    select not exists (select from unnest(p_wide) w where not exists (select from therapist_tag where therapist_id = p_therapist and tag_id = w)
                       and not exists (select from location_tag where location_id = p_location and tag_id = w))
    $$;

create or replace function holds_any(p_therapist int, p_tags int[]) returns boolean
    language plpgsql stable
    as $$
begin
    return exists (select from therapist_tag where therapist_id = p_therapist and tag_id = any (p_tags));
end $$;

-- The order of a row as a whole number above 25 bits for its metres: without reviews after all who have some.
create or replace function listing_key(p_sort text, p_points int, p_first int8, p_price int, p_rating real, p_score real, p_metres int) returns int8
    language sql immutable parallel safe
    as $$
    select case p_sort when 'best' then 100 - p_points when 'nearest' then 0 when 'soonest' then p_first when 'price' then p_price
                       else case when p_rating = 0 then 65536 else round((5 - p_score) * 10000)::int end end::int8 << 25 | p_metres
    $$;

-- What ranking and counting have in common, as text: each way to come by candidates has functions of its own made from it, so that each has a plan in
-- which the conditions are asked of the rows where they are read. A twentieth of what is read is shown: what is reckoned for each row is worth its words.

create or replace function scan_asked() returns text
    language sql immutable
    as $f$
    select '(select a.area, a.spot, a.spot_over, a.home, a.x, a.y, a.z, a.cosine, a.length, a.radius, a.today, a.t0, a.t1, a.t2, a.t3, a.t4, a.t5, a.few, a.price_most as price,
                    a.rating_least as rating, a.free, a.named, a.training, a.technique, a.wide, a.wide_technique, a.exact, a.first_day, a.last_day, a.hours offset 0) p'
    $f$;
comment on function scan_asked is 'the question, read once: fields of a composite value would be searched for in each row';

-- p_odd: what listing does not know is asked as well: hours of a day, values without a bit, home visits.
create or replace function scan_fits(p_odd boolean) returns text
    language sql immutable
    as $f$
    select 'l.tags0 & p.t0 = p.t0 and (p.free = 0 or l.free & p.free <> 0) and l.price <= p.price and l.tags1 & p.t1 = p.t1 and l.rating >= p.rating
            and (p.few or (l.tags2 & p.t2 = p.t2 and l.tags3 & p.t3 = p.t3 and l.tags4 & p.t4 = p.t4 and l.tags5 & p.t5 = p.t5))
            and l.x * p.x + l.y * p.y + l.z * p.z >= p.cosine'
           || case when p_odd then '
            and (not p.home or home_covers(l.home_km, l.x - p.x, l.y - p.y, l.z - p.z)) and (p.wide is null or holds_wide(l.therapist_id, l.location_id, p.wide))
            and (p.exact or (select offer_fits(o, p.first_day, p.last_day, p.hours, p_now) from listing_offer o where o.location_id = l.location_id and o.class = l.class))' else '' end
    $f$;

create or replace function walk_most() returns int
    language sql immutable
    as $$ select 60000 $$;
comment on function walk_most is 'how many places a search everywhere walks through at most, in the order of merit';

-- near: within the area; home: who come to the place, by the index of their circles, which are a little wider there than on the sphere; people: places of
-- p_people; places: those places, by the same name; walk: everywhere, in the order of merit, walk_most() at most, joined before anything is asked: what fits is guessed to be one row, and the join
-- would then be made row by row with the whole walk. p_length: shown (no length is asked for), length (of that length), any.
create or replace function scan_from(p_way text, p_length text) returns text
    language sql immutable
    as $f$
    select case p_way
        when 'near' then 'listing l where l.spot <@ p.area and '
        when 'home' then 'listing l where l.home_km > 0 and (home_circle(l.spot, l.home_km, l.z) @> circle(p.spot, 0) or home_circle(l.spot, l.home_km, l.z) @> circle(p.spot_over, 0)) and '
        when 'people' then 'listing l where l.therapist_id = any (p_people) and '
        when 'places' then 'listing l where l.location_id = any (p_people) and '
        when 'walk' then case p_length when 'shown' then '(select * from listing w where w.shown order by w.merit desc, w.location_id limit walk_most()) l where '
                         else '(select r.* from (select w.location_id from listing w where w.shown order by w.merit desc, w.location_id limit walk_most()) w
                               join listing r on r.location_id = w.location_id offset 0) l where ' end end
        || case p_length when 'shown' then 'l.shown' when 'length' then 'l.class = p.length' when 'any' then 'true'
                         else 'case when p.length is null then l.shown else l.class = p.length end' end
    $f$;

create or replace function rank_many() returns int
    language sql immutable
    as $$ select 40 $$;
comment on function rank_many is 'in a circle of so many blocks a bound saves more than it costs; where a value is asked for, which few hold, in one of three times as many';
-- CPU in ms of the backend for a page with a technique in the next 7 days, of all/within the bound, minimum of 6, at 1,000,000 therapists:
--   in the circle   who fit   all   bound
--           1,252       109  0.43    0.65
--           2,174       340  0.73    0.99
--           3,188       713  1.21    1.21
--           4,565       618  1.38    1.57
--           5,605     1,187  2.14    2.11
--          11,325     4,984  6.96    4.81

create or replace function rank_first() returns int
    language sql immutable
    as $$ select 3 $$;
comment on function rank_first is 'times the rows of a page are opened to know better which others may be on it';

create or replace function rank_middle(p_area box, p_sort text) returns box
    language sql immutable
    as $$ select (p_area - @@ p_area) * point(case when p_sort = 'nearest' then 0.125 else 0.25 end, 0) + @@ p_area $$;
comment on function rank_middle is 'the middle of a circle, which is looked through first';

-- Rows that fit, with the key of their order. Rows whose due has come are among the candidates whatever they say, without a key; they are asked for again
-- as they are now. A therapist with several places that fit stands there once, with the one that comes first. The answer is those after (or with p_back
-- before) a row, and how many therapists there are in all.
--
-- Around a place many rows fit and few are shown: of those in the middle the key of the last that would be shown is a bound for all.
-- What cannot be within it is counted and no more.
do $make$
declare
    s record;
    -- in a row that cannot be within the bound %7$s is false: it is left without a key
    candidates constant text := $f$
        select z.location_id, z.class, z.therapist_id, z.shared, z.late,
               case when not z.late and z.metres is not null
                    then listing_key(p_sort, z.points + case when z.radius is null then 0 else ranking_distance(z.metres, z.radius, z.most) end,
                                     z.first, z.price, z.rating, z.score, z.metres) end as key
        from (
            select l.location_id, l.class, l.therapist_id, l.shared, %3$s as late, l.price, l.rating, l.score, p.radius, k.distance as most,
                   case when %7$s then chord_metres(l.x - p.x, l.y - p.y, l.z - p.z) end as metres, %4$s as first,
                   -- without a place only those points count that are the same everywhere: merit has an index
                   case when %7$s then
                   l.merit + case when not p.named then 0 when p.radius is null then k.named else k.named
                                  + case when l.tags0 & p.training[1] <> 0 or l.tags1 & p.training[2] <> 0 or l.tags2 & p.training[3] <> 0 or l.tags3 & p.training[4] <> 0
                                           or l.tags4 & p.training[5] <> 0 or l.tags5 & p.training[6] <> 0 then k.training_for else 0 end
                                  + case when l.tags0 & p.technique[1] <> 0 or l.tags1 & p.technique[2] <> 0 or l.tags2 & p.technique[3] <> 0 or l.tags3 & p.technique[4] <> 0
                                           or l.tags4 & p.technique[5] <> 0 or l.tags5 & p.technique[6] <> 0 or %5$s then k.technique else 0 end end
                           + case when p.radius is null then 0 else ranking_free(l.first_day, p.today, k.free) end end as points
            from ranking() k, %1$s, %2$s and (%3$s or %6$s)
            offset 0) z $f$;
    -- listing.first_start is the first there was when the row was made: it may have come too near since, and is never later than the one there is, but that
    -- who had none may have one on the latest day
    first constant text := $f$ case when p_sort <> 'soonest' then null when l.first_start > soon and (l.first_start < 'infinity' or soon < p_now + interval '50 days') then 1073741823
                                    else coalesce((select offer_first(o, p.first_day, p.last_day, p.hours, p_now) from listing_offer o
                                    where o.location_id = l.location_id and o.class = l.class), 1073741823) end $f$;
    technique constant text := 'p.wide_technique is not null and holds_any(l.therapist_id, p.wide_technique)';
    again constant text := $f$ (select d.* from late, unnest(late.ids, late.classes) n (location_id, class)
                                join listing r on r.location_id = n.location_id and r.class = n.class cross join lateral listing_today(r) d) l where true $f$;
    recheck constant text := $f$ (select r.* from listing r where r.location_id = any (checked) and r.shown and r.due > p_now
                                  union all select d.* from listing r cross join lateral listing_today(r) d where r.location_id = any (checked) and r.shown and r.due <= p_now) l where true $f$;
    within constant text := $f$ l.merit >= least_merit and l.price <= most_price and (least_cosine is null or l.x * p.x + l.y * p.y + l.z * p.z >= least_cosine) $f$;
    -- of all candidates
    whole constant text := $f$
    with fit as materialized (%1$s %3$s
    ), late as materialized (
        select array_agg(f.location_id) filter (where f.late) as ids, array_agg(f.class) filter (where f.late) as classes,
               count(*) filter (where not f.late and not f.shared) as n from fit f
    ), again as materialized (%2$s
    ), several as materialized (
        select distinct on (s.therapist_id) s.location_id, s.class, s.key
        from (select * from fit f where f.shared and not f.late union all select * from again x where x.shared) s order by s.therapist_id, s.key, s.location_id
    ), page as (
        select f.location_id, f.class, f.key from fit f where not f.shared and not f.late
        union all select x.location_id, x.class, x.key from again x where not x.shared
        union all select s.location_id, s.class, s.key from several s
    ), found (total) as (
        select late.n + (select count(*) from again x where not x.shared) + (select count(*) from several) from late
    ) %4$s $f$;
    -- of those within the bound: the others do not leave the scan. What has several places is counted by its holders, and from behind kept wherever it is
    bounded constant text := $f$
    with fit as materialized (
        select count(*) filter (where not z.late and not z.shared) as n, array_agg(z.place) filter (where z.late) as late,
               array_agg(z.therapist_id) filter (where z.shared and not z.late) as people,
               array_agg(z.place) filter (where z.kept) as places, array_agg(z.key) filter (where z.kept) as keys, array_agg(z.owner) filter (where z.kept) as owners
        from (select c.late, c.shared, c.therapist_id, c.key, c.location_id::int8 << 8 | c.class as place, case when c.shared then c.therapist_id end as owner,
                     case when p_back then c.shared and not c.late or c.key >= bound else c.key <= bound end as kept
              from (%1$s) c offset 0) z
    ), late as materialized (
        select array_agg((u >> 8)::int) as ids, array_agg((u & 255)::smallint) as classes from fit cross join lateral unnest(fit.late) u
    ), again as materialized (%2$s
    ), kept as materialized (
        select (u.place >> 8)::int as location_id, (u.place & 255)::smallint as class, u.key, u.owner from fit cross join lateral unnest(fit.places, fit.keys, fit.owners) u (place, key, owner)
    ), several as materialized (
        select distinct on (s.owner) s.location_id, s.class, s.key
        from (select f.owner, f.location_id, f.class, f.key from kept f where f.owner is not null
              union all select x.therapist_id, x.location_id, x.class, x.key from again x where x.shared) s order by s.owner, s.key, s.location_id
    ), page as (
        select f.location_id, f.class, f.key from kept f where f.owner is null
        union all select x.location_id, x.class, x.key from again x where not x.shared
        union all select s.location_id, s.class, s.key from several s
    ), found (total) as (
        select fit.n + (select count(*) from again x where not x.shared)
               + (select count(*) from (select unnest(f.people) from fit f union select x.therapist_id from again x where x.shared) u) from fit
    ) %3$s $f$;
    -- the same where blocks have counted (see directory_blocks()): opened are places that may come before the bound
    blocked constant text := $f$
    with kept as materialized (%1$s
    ), again as materialized (%2$s
    ), several as materialized (
        select distinct on (s.therapist_id) s.location_id, s.class, s.key
        from (select * from kept f where f.shared union all select * from again x where x.shared) s order by s.therapist_id, s.key, s.location_id
    ), page as (
        select f.location_id, f.class, f.key from kept f where not f.shared
        union all select x.location_id, x.class, x.key from again x where not x.shared
        union all select s.location_id, s.class, s.key from several s
    ), found (total) as (
        select counted + (select count(*) from again x where not x.shared)
               + (select count(*) from (select unnest(people) union select x.therapist_id from again x where x.shared) u)
    ) %3$s $f$;
    wanted constant text := $f$ (select w.location_id, w.class, w.key from (select case when p_back then -1 else 1 end as way offset 0) v, %1$s
               where (w.key * v.way, w.location_id * v.way) > (p_key * v.way, p_id * v.way)
               order by w.key * v.way, w.location_id * v.way %2$s) $f$;
    last constant text := format(wanted, '(%s) w', 'offset p_limit - 1 limit 1');
    -- sorted once, and not by each of the aggregates
    answer constant text := format($f$
    select n.total, r.locations, r.classes, r.keys into total, locations, classes, keys
    from found n cross join (select array_agg(x.location_id) as locations, array_agg(x.class) as classes, array_agg(x.key) as keys
                             from (select w.location_id, w.class, w.key from %s w order by w.key, w.location_id) x) r; $f$, format(wanted, 'page w', 'limit p_limit'));
    -- of who has several places the one that comes first
    once constant text := $f$
        select distinct on (case when z.shared then z.therapist_id else -z.location_id end) z.location_id, z.class, z.key, z.late
        from (%s) z order by case when z.shared then z.therapist_id else -z.location_id end, z.key, z.location_id $f$;
    -- of few candidates, none of which is late as a rule: where one is, they are asked for once more as a whole
    prompt constant text := $f$
    select count(*), bool_or(x.late), array_agg(x.location_id) filter (where x.after), array_agg(x.class) filter (where x.after), array_agg(x.key) filter (where x.after)
      into total, late, locations, classes, keys
    from (select u.location_id, u.class, u.key, u.late, case when p_back then (u.key, u.location_id) < (p_key, p_id) else (u.key, u.location_id) > (p_key, p_id) end as after
          from (%1$s) u
          order by u.key, u.location_id) x;
    locations := case when p_back then locations[greatest(1, cardinality(locations) - p_limit + 1):] else locations[:p_limit] end;
    classes := case when p_back then classes[greatest(1, cardinality(classes) - p_limit + 1):] else classes[:p_limit] end;
    keys := case when p_back then keys[greatest(1, cardinality(keys) - p_limit + 1):] else keys[:p_limit] end; $f$;
begin
    for s in
        select x.name, scan_from(split_part(x.name, '_', 1), x.length) as source, case when x.odd then first else 'null::int8' end as first,
               case when x.odd then technique else 'false' end as technique, scan_fits(x.odd) as fits, case when x.name like 'walk%' then 'limit p_most' end as most, x.odd
        from (values ('near', 'shown', false), ('near_odd', 'shown', true), ('near_length', 'length', false), ('near_length_odd', 'length', true), ('home_odd', 'either', true),
                     ('people_odd', 'either', true), ('walk_odd', 'shown', true), ('walk_length_odd', 'length', true)) x (name, length, odd)
    loop
        execute format($f$
create or replace function directory_rank_%1$s(a asked, p_sort text, p_people int[], p_back boolean, p_key int8, p_id int, p_limit int, p_now timestamptz, p_most int default 12001,
                                               out total int, out locations int[], out classes smallint[], out keys int8[])
    language plpgsql stable as $body$
#variable_conflict use_column
%3$s
begin
%4$s
%2$s
end $body$;
grant execute on function directory_rank_%1$s to unknot_web$f$,
            s.name,
            format(whole, format(candidates, scan_asked(), s.source, '(l.due <= p_now)', s.first, s.technique, s.fits, 'true'),
                   format(candidates, scan_asked(), again, 'false', s.first, s.technique, s.fits, 'true'), s.most, answer),
            case when s.odd then $f$
declare
    soon timestamptz;$f$ else $f$
declare
    middle constant box := rank_middle(a.circle, p_sort);
    many constant int := rank_many() * case when a.t0 | a.t1 | a.t2 | a.t3 | a.t4 | a.t5 <> 0 then 3 else 1 end;
    n int;
    bound int8;
    late boolean;
    least_merit int := -32768;
    most_price int := 2147483647;
    least_cosine float8;$f$ end,
            case when s.odd then format($f$
    -- the first of all are among those whose first start is no later than the last of some that are early
    if p_sort = 'soonest' and p_key < 0 and not p_back and a.first_day is null then
        select to_timestamp(f.minute * 60) into soon
        from (select offer_first(o, null, null, 16777215, p_now) as minute
              from (select l.location_id, l.class from %s, %s and l.due > p_now and not l.shared and %s order by l.first_start limit p_limit * 3) x
              join listing_offer o on o.location_id = x.location_id and o.class = x.class
              order by 1 offset p_limit - 1 limit 1) f;
    end if;$f$, scan_asked(), s.source, s.fits) else format($f$
    n := blocks_touched(a.area, blocks_many());
    if n = 0 then -- in a small directory, which has none, by the rows in the middle
        n := (select count(*) / 3 from (select from listing l where l.spot <@ middle and l.shown limit many * 3) m);
    end if;
    if n >= many then%3$s
        select b.key into bound from %1$s b;
    end if;
    if bound is not null then
        case when p_back then null;
            when p_sort = 'best' then least_merit := 100 - (bound >> 25)::int - (select k.distance + k.free + a.named::int * (k.named + k.training_for + k.technique) from ranking() k);
            when p_sort = 'price' then most_price := bound >> 25;
            when p_sort = 'nearest' then least_cosine := cos((bound + 2) / 6371008.8);
            else null;
        end case;
        %2$s
        return;
    end if;
    %4$s
    if late is not true then
        return;
    end if; $f$, format(last, format(candidates, scan_asked(), replace(s.source, 'l.spot <@ p.area', 'l.spot <@ middle and l.due > p_now and not l.shared'), 'false', s.first, s.technique, s.fits, 'true')
                                || ' limit 300'),
                     format(bounded, format(candidates, scan_asked(), s.source, '(l.due <= p_now)', s.first, s.technique, s.fits, within),
                            format(candidates, scan_asked(), again, 'false', s.first, s.technique, s.fits, 'true'), answer),
                     case when s.name = 'near' then $f$
        if n = blocks_many() and not p_back and p_sort in ('best', 'nearest', 'price') then
            select r.total, r.locations, r.classes, r.keys into total, locations, classes, keys from directory_rank_tiles(a, p_sort, p_key, p_id, p_limit, p_now) r;
            return;
        end if;$f$ end,
                     format(prompt, format(once, format(candidates, scan_asked(), s.source, '(l.due <= p_now)', s.first, s.technique, s.fits, 'true')))) end);
    end loop;

    execute format($f$
create or replace function directory_rank_tiles(a asked, p_sort text, p_key int8, p_id int, p_limit int, p_now timestamptz, out total int, out locations int[], out classes smallint[], out keys int8[])
    language plpgsql stable as $body$
#variable_conflict use_column
declare
    p_back constant boolean := false;
    middle box := rank_middle(a.circle, 'nearest');
    bound int8;
    counted int8;
    people int[];
    blocks int[];
    words int8[];
    lows int8[];
    seats int[];
    checked int[];
    opened int[];
    n int;
    within int;
begin
    select b.key into bound from %1$s b;
    if bound is null then
        middle := rank_middle(a.circle, 'best');
        select b.key into bound from %1$s b;
    end if;
    select b.counted, b.people, b.blocks, b.words, b.lows, b.seats, b.checked into counted, people, blocks, words, lows, seats, checked from directory_blocks(a, p_sort, bound, p_now) b;
    -- The rows of the best of them make the bound closer: all that may come before it are opened, but for those of a bound that is still wide, which a few more
    -- make closer again.
    n := width_bucket(p_limit * rank_first(), seats) + 1;
    opened := block_seats(blocks[:n], words[:n]);
    while n < cardinality(blocks) loop
        select b.key into bound from %2$s b;
        within := coalesce(width_bucket(bound, lows), cardinality(blocks));
        exit when within <= n;
        n := least(within, width_bucket(seats[n] * 4, seats) + 1);
        opened := block_seats(blocks[:n], words[:n]);
        exit when n = within;
    end loop;
    %3$s
end $body$ $f$,
        format(last, format(candidates, scan_asked(), 'listing l where l.spot <@ middle and l.due > p_now and not l.shared and l.shown', 'false', 'null::int8', 'false', scan_fits(false), 'true') || ' limit 400'),
        format(last, '(' || format(once, format(candidates, scan_asked(), 'listing l where l.location_id = any (opened) and l.shown', 'false', 'null::int8', 'false', scan_fits(false), 'true')) || ')'),
        format(blocked, format(candidates, scan_asked(), 'listing l where l.location_id = any (opened) and l.shown', 'false', 'null::int8', 'false', scan_fits(false), 'true'),
               format(candidates, scan_asked(), recheck, 'false', 'null::int8', 'false', scan_fits(false), 'true'), answer));
end $make$;

-- Who may be as asked in a search everywhere, where a walk might not meet all of them: people, null where they are many and a walk meets enough; many: more
-- than anybody wants to know the number of. A value without a bit has no plane: of these the holders of the rarest.
create or replace function directory_people(a asked, p_now timestamptz, out people int[], out many boolean)
    language plpgsql stable
    as $$
declare
    t int;
    n int;
    least int := 20001;
    rarest int;
begin
    many := false;
    if not exists (select from listing l where l.shown offset walk_most()) then
        return;
    elsif a.wide is null and exists (select from listing_tile) then
        select f.people, f.certain > 10000 and a.exact into people, many from filter_people(a, 10000, p_now) f;
        return;
    end if;
    foreach t in array coalesce(a.wide, '{}') loop
        select count(*) into n from (select from therapist_tag where tag_id = t limit 20001) x;
        if n = 0 then
            select count(*) into n from (select from location_tag where tag_id = t limit 20001) x;
        end if;
        if n < least then
            least := n;
            rarest := t;
        end if;
    end loop;
    people := case when rarest is not null then array(select therapist_id from therapist_tag where tag_id = rarest
                                                      union select l.therapist_id from location_tag x join location l on l.id = x.location_id where x.tag_id = rarest) end;
end $$;

-- Who has the name that is asked, null where none is. Of a name that thousands have, those near are not to be missed.
create or replace function directory_named(a asked) returns int[]
    language plpgsql stable
    as $$
declare
    named int[];
begin
    if a.name is not null then
        named := array(select names_meant(a.name, 1000));
        if cardinality(named) = 1000 and a.area is not null then
            named := array(select names_meant(a.name, 20000));
        end if;
    end if;
    return named;
end $$;

-- One page, in order, and whether there is one beyond it in the direction it was asked for. more: there are more than total says.
create or replace function directory_page(a asked, p_sort text, p_back boolean, p_key int8, p_id int, p_limit int,
    out total int, out more boolean, out beyond boolean, out locations int[], out classes smallint[], out keys int8[])
    language plpgsql stable
    as $$
#variable_conflict use_column
declare
    now constant timestamptz := clock();
    key constant int8 := coalesce(p_key, -1);
    id constant int := coalesce(p_id, 0);
    odd constant boolean := not a.exact or a.wide is not null or a.wide_technique is not null or p_sort = 'soonest' or a.home;
    people int[];
    many boolean := false;
    most int;
    r record;
    n int;
begin
    if a.name is not null then
        people := directory_named(a);
    elsif a.area is null then
        select p.people, p.many into people, many from directory_people(a, now) p;
        most := case when many and key < 0 then 1000 else 12001 end; -- on a later page the walk comes by all before it
    end if;
    case
        when people is not null then r := directory_rank_people_odd(a, p_sort, people, p_back, key, id, p_limit + 1, now);
        when a.area is null and a.length is null then r := directory_rank_walk_odd(a, p_sort, null, p_back, key, id, p_limit + 1, now, most);
        when a.area is null then r := directory_rank_walk_length_odd(a, p_sort, null, p_back, key, id, p_limit + 1, now, most);
        when a.home then r := directory_rank_home_odd(a, p_sort, null, p_back, key, id, p_limit + 1, now);
        when a.length is null and not odd then r := directory_rank_near(a, p_sort, null, p_back, key, id, p_limit + 1, now);
        when a.length is null then r := directory_rank_near_odd(a, p_sort, null, p_back, key, id, p_limit + 1, now);
        when not odd then r := directory_rank_near_length(a, p_sort, null, p_back, key, id, p_limit + 1, now);
        else r := directory_rank_near_length_odd(a, p_sort, null, p_back, key, id, p_limit + 1, now);
    end case;
    total := r.total; locations := r.locations; classes := r.classes; keys := r.keys;
    n := case when locations[1] is null then 0 else cardinality(locations) end;
    beyond := n > p_limit;
    if n = 0 then
        locations := '{}';
    elsif beyond and p_back then
        locations := locations[2:]; classes := classes[2:]; keys := keys[2:];
    elsif beyond then
        locations := locations[:p_limit]; classes := classes[:p_limit]; keys := keys[:p_limit];
    end if;
    more := false;
    if a.area is null and people is null then
        more := many or total > 10000 or exists (select from listing l where l.shown offset walk_most());
        total := case when many and beyond then 10000 when more then least(total, 10000) else total end;
    end if;
end $$;

grant execute on function rank_many, rank_first, walk_most, rank_middle, offer_fits, offer_starts, offer_first, holds_wide, holds_any, listing_key, directory_rank_tiles, directory_people, directory_named, directory_page to unknot_web;
