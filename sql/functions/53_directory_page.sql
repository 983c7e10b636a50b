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

-- The first start in minutes since 1970; with days or hours asked for, the hour in which it lies.
create or replace function offer_first(o listing_offer, p_first date, p_last date, p_hours int, p_now timestamptz) returns int8
    language sql stable
    as $$
    select coalesce(case when p_first is null then floor(date_part('epoch', s) / 60) else floor(date_part('epoch', s) / 3600) * 60 end, 1073741823)::int8
    from (select (offer_starts(o, p_first, p_last, p_hours, p_now))[1] as s offset 0) x
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

-- Places that fit, with the key of their order. One function for all sources and both degrees of difficulty, which are literals where it is called: the
-- planner puts it in line and drops what they rule out.
-- p_source: near (within the area), length (the same for a length asked for), home (who come to the place, by the index of their circles, which are a
-- little wider there than on the sphere), people (of these therapists), and again: these places as they are now; walk, walk_length: everywhere, in the order of merit, 60,000 rows at most. Rows whose due has come are among the answers of the others whatever they say, without a key: they are to be asked for again.
-- p_odd: what listing does not know is asked for, hours of a day, values without a bit, the first start.
drop function if exists directory_scan(text, boolean, asked, text, int[], smallint[], timestamptz);
create or replace function directory_scan(p_source text, p_odd boolean, p_asked asked, p_sort text, p_ids int[], p_classes smallint[], p_now timestamptz)
    returns table (location_id int, class smallint, therapist_id int, shared boolean, key int8)
    language sql stable
    as $$
    select z.location_id, z.class, z.therapist_id, z.shared, case when not z.late then listing_key(p_sort, z.points, z.first, z.price, z.rating, z.score, z.metres) end
    from (
        -- without a place only those points count that are the same everywhere: merit has an index
        select y.*, y.merit + case when y.named then k.named else 0 end
                    + case when y.radius is null then 0
                           else ranking_distance(y.metres, y.radius, k.distance) + ranking_free(y.first_day, y.today, k.free)
                                + case when y.trained then k.training_for else 0 end + case when y.suited then k.technique else 0 end end as points
        from ranking() k, (
            select l.location_id, l.class, l.therapist_id, l.shared, l.merit, l.first_day, l.price, l.rating, l.score, l.late, p.named, p.today, p.radius,
                   p.named and not l.late and (l.tags0 & p.training[1] <> 0 or l.tags1 & p.training[2] <> 0 or l.tags2 & p.training[3] <> 0 or l.tags3 & p.training[4] <> 0
                                or l.tags4 & p.training[5] <> 0 or l.tags5 & p.training[6] <> 0) as trained,
                   p.named and not l.late and (l.tags0 & p.technique[1] <> 0 or l.tags1 & p.technique[2] <> 0 or l.tags2 & p.technique[3] <> 0 or l.tags3 & p.technique[4] <> 0
                                or l.tags4 & p.technique[5] <> 0 or l.tags5 & p.technique[6] <> 0 or p_odd and p.wide_technique is not null and holds_any(l.therapist_id, p.wide_technique)) as suited,
                   case when p_odd and p_sort = 'soonest' then coalesce((select offer_first(o, p.first_day, p.last_day, p.hours, p_now) from listing_offer o
                                                                         where o.location_id = l.location_id and o.class = l.class), 1073741823) end as first,
                   chord_metres(l.x - p.x, l.y - p.y, l.z - p.z) as metres
            from (select (p_asked).area, (p_asked).home, (p_asked).spot, (p_asked).spot_over, (p_asked).x, (p_asked).y, (p_asked).z, (p_asked).cosine, (p_asked).length, (p_asked).radius, (p_asked).today, (p_asked).t0, (p_asked).t1,
                         (p_asked).t2, (p_asked).t3, (p_asked).t4, (p_asked).t5, (p_asked).few, (p_asked).price_most as price, (p_asked).rating_least as rating, (p_asked).free,
                         (p_asked).named, (p_asked).training, (p_asked).technique, (p_asked).wide, (p_asked).wide_technique, (p_asked).exact, (p_asked).first_day,
                         (p_asked).last_day, (p_asked).hours offset 0) p
            cross join lateral (
                select l.location_id, l.class, l.therapist_id, l.shared, l.merit, l.first_day, l.price, l.rating, l.score, l.free, l.tags0, l.tags1, l.tags2, l.tags3, l.tags4, l.tags5,
                       l.x, l.y, l.z, l.home_km, l.due <= p_now as late
                from listing l
                where case p_source when 'near' then l.shown and l.spot <@ p.area
                                    when 'length' then l.class = p.length and l.spot <@ p.area
                                    when 'home' then l.home_km > 0 and (home_circle(l.spot, l.home_km, l.z) @> circle(p.spot, 0)
                                                                        or home_circle(l.spot, l.home_km, l.z) @> circle(p.spot_over, 0))
                                                     and case when p.length is null then l.shown else l.class = p.length end
                                    when 'people' then l.therapist_id = any (p_ids) and case when p.length is null then l.shown else l.class = p.length end
                                    else false end
                union all
                select l.location_id, l.class, l.therapist_id, l.shared, l.merit, l.first_day, l.price, l.rating, l.score, l.free, l.tags0, l.tags1, l.tags2, l.tags3, l.tags4, l.tags5,
                       l.x, l.y, l.z, l.home_km, l.due <= p_now
                from (select * from listing w where w.shown order by w.merit desc, w.location_id limit 60000) l where p_source = 'walk'
                union all
                select l.location_id, l.class, l.therapist_id, l.shared, l.merit, l.first_day, l.price, l.rating, l.score, l.free, l.tags0, l.tags1, l.tags2, l.tags3, l.tags4, l.tags5,
                       l.x, l.y, l.z, l.home_km, l.due <= p_now
                from (select w.location_id from listing w where w.shown order by w.merit desc, w.location_id limit 60000) w
                join listing l on l.location_id = w.location_id and l.class = p.length where p_source = 'walk_length'
                union all
                select l.location_id, l.class, l.therapist_id, l.shared, l.merit, l.first_day, l.price, l.rating, l.score, l.free, l.tags0, l.tags1, l.tags2, l.tags3, l.tags4, l.tags5,
                       l.x, l.y, l.z, l.home_km, false
                from unnest(p_ids, p_classes) n (location_id, class) join listing o on o.location_id = n.location_id and o.class = n.class
                cross join lateral listing_today(o) l
                where p_source = 'again') l
            where l.late
               or l.tags0 & p.t0 = p.t0 and (p.free = 0 or l.free & p.free <> 0) and l.price <= p.price and l.tags1 & p.t1 = p.t1 and l.rating >= p.rating
                  and (p.few or (l.tags2 & p.t2 = p.t2 and l.tags3 & p.t3 = p.t3 and l.tags4 & p.t4 = p.t4 and l.tags5 & p.t5 = p.t5))
                  and l.x * p.x + l.y * p.y + l.z * p.z >= p.cosine
                  and (not p_odd or (not p.home or home_covers(l.home_km, l.x - p.x, l.y - p.y, l.z - p.z))
                                    and (p.wide is null or holds_wide(l.therapist_id, l.location_id, p.wide))
                                    and (p.exact or (select offer_fits(o, p.first_day, p.last_day, p.hours, p_now) from listing_offer o
                                                     where o.location_id = l.location_id and o.class = l.class)))
            offset 0) y
        offset 0) z
    $$;

-- Of the places that fit, in their order, those after (or with p_back before) a row, and how many therapists there are in all. A therapist with several
-- places that fit stands there once, with the one that comes first.
drop function if exists directory_rank(text, boolean, asked, text, int[], boolean, int8, int, int, timestamptz);
create or replace function directory_rank(p_source text, p_odd boolean, p_asked asked, p_sort text, p_people int[], p_back boolean, p_key int8, p_id int, p_limit int,
                                          p_now timestamptz) returns table (total bigint, location_id int, class smallint, key int8)
    language sql stable
    as $$
    with fit as materialized (
        select * from directory_scan(p_source, p_odd, p_asked, p_sort, p_people, null, p_now) limit case when p_source in ('walk', 'walk_length') then 12001 end
    ), again as materialized (
        select n.* from (select array_agg(f.location_id) as ids, array_agg(f.class) as classes from fit f where f.key is null) g
        cross join lateral directory_scan('again', p_odd, p_asked, p_sort, g.ids, g.classes, p_now) n where g.ids is not null
    ), several as materialized (
        select distinct on (s.therapist_id) s.location_id, s.class, s.key
        from (select * from fit f where f.shared and f.key is not null union all select * from again a where a.shared) s order by s.therapist_id, s.key, s.location_id
    ), page as (
        select f.location_id, f.class, f.key from fit f where not f.shared and f.key is not null
        union all select a.location_id, a.class, a.key from again a where not a.shared
        union all select s.location_id, s.class, s.key from several s
    )
    select n.total, r.location_id, r.class, r.key
    from (select (select count(*) from fit f where not f.shared and f.key is not null) + (select count(*) from again a where not a.shared) + (select count(*) from several) as total) n
    left join (select w.location_id, w.class, w.key from (select case when p_back then -1 else 1 end as way offset 0) v, page w
               where (w.key * v.way, w.location_id * v.way) > (p_key * v.way, p_id * v.way)
               order by w.key * v.way, w.location_id * v.way limit p_limit) r on true
    $$;


-- The holders of the rarest value asked for, where they are few: with them a search everywhere need not walk.
create or replace function directory_people(a asked) returns int[]
    language plpgsql stable
    as $$
declare
    t int;
    n int;
    least int := 20001;
    rarest int;
begin
    foreach t in array a.ids loop
        select count(*) into n from (select from therapist_tag where tag_id = t limit 20001) x;
        if n = 0 then
            select count(*) into n from (select from location_tag where tag_id = t limit 20001) x;
        end if;
        -- none at all: derived from other facts, so nobody is stored as holding it
        if n > 0 and n < least then
            least := n;
            rarest := t;
        end if;
    end loop;
    if rarest is null then
        return null;
    end if;
    return array(select therapist_id from therapist_tag where tag_id = rarest
                 union select l.therapist_id from location_tag x join location l on l.id = x.location_id where x.tag_id = rarest);
end $$;

-- One page, in order, and whether there is one beyond it in the direction it was asked for. more: there are more than total says.
drop function if exists directory_page(asked, text, boolean, int8, int, int);
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
    n int;
begin
    if a.name is not null then
        people := array(select names_meant(a.name, 1000));
    elsif a.area is null then
        people := directory_people(a);
    end if;
    -- all the same but for the literals
    if people is not null then
        select max(r.total), array_agg(r.location_id), array_agg(r.class), array_agg(r.key) into total, locations, classes, keys
        from (select * from directory_rank('people', true, a, p_sort, people, p_back, key, id, p_limit + 1, now) order by key, location_id) r;
    elsif a.area is null and a.length is null then
        select max(r.total), array_agg(r.location_id), array_agg(r.class), array_agg(r.key) into total, locations, classes, keys
        from (select * from directory_rank('walk', true, a, p_sort, null, p_back, key, id, p_limit + 1, now) order by key, location_id) r;
    elsif a.area is null then
        select max(r.total), array_agg(r.location_id), array_agg(r.class), array_agg(r.key) into total, locations, classes, keys
        from (select * from directory_rank('walk_length', true, a, p_sort, null, p_back, key, id, p_limit + 1, now) order by key, location_id) r;
    elsif a.home then
        select max(r.total), array_agg(r.location_id), array_agg(r.class), array_agg(r.key) into total, locations, classes, keys
        from (select * from directory_rank('home', true, a, p_sort, null, p_back, key, id, p_limit + 1, now) order by key, location_id) r;
    elsif a.length is null and not odd then
        select max(r.total), array_agg(r.location_id), array_agg(r.class), array_agg(r.key) into total, locations, classes, keys
        from (select * from directory_rank('near', false, a, p_sort, null, p_back, key, id, p_limit + 1, now) order by key, location_id) r;
    elsif a.length is null then
        select max(r.total), array_agg(r.location_id), array_agg(r.class), array_agg(r.key) into total, locations, classes, keys
        from (select * from directory_rank('near', true, a, p_sort, null, p_back, key, id, p_limit + 1, now) order by key, location_id) r;
    elsif not odd then
        select max(r.total), array_agg(r.location_id), array_agg(r.class), array_agg(r.key) into total, locations, classes, keys
        from (select * from directory_rank('length', false, a, p_sort, null, p_back, key, id, p_limit + 1, now) order by key, location_id) r;
    else
        select max(r.total), array_agg(r.location_id), array_agg(r.class), array_agg(r.key) into total, locations, classes, keys
        from (select * from directory_rank('length', true, a, p_sort, null, p_back, key, id, p_limit + 1, now) order by key, location_id) r;
    end if;
    n := case when locations[1] is null then 0 else cardinality(locations) end;
    beyond := n > p_limit;
    if n = 0 then
        locations := '{}';
    elsif beyond and p_back then
        locations := locations[2:]; classes := classes[2:]; keys := keys[2:];
    elsif beyond then
        locations := locations[:p_limit]; classes := classes[:p_limit]; keys := keys[:p_limit];
    end if;
    more := a.area is null and people is null and (total > 10000 or exists (select from listing l where l.shown offset 60000));
    total := case when more then least(total, 10000) else total end;
end $$;

grant execute on function offer_fits, offer_starts, offer_first, holds_wide, holds_any, listing_key, directory_scan, directory_rank, directory_people, directory_page to unknot_web;
