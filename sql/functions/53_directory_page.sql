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

-- The order of a row as a whole number above 25 bits for its metres: without reviews after all who have some.
create or replace function listing_key(p_sort text, p_points int, p_first int8, p_price int, p_rating real, p_score real, p_metres int) returns int8
    language sql immutable parallel safe
    as $$
    select case p_sort when 'best' then 100 - p_points when 'nearest' then 0 when 'soonest' then p_first when 'price' then p_price
                       else case when p_rating = 0 then 65536 else round((5 - p_score) * 10000)::int end end::int8 << 25 | p_metres
    $$;

-- Points of the whole. Without a place (p_radius null) only those count that are the same everywhere: merit has an index.
create or replace function listing_points(p_merit int, p_metres int, p_radius float8, p_first_day date, p_today date, p_named boolean, p_trained boolean, p_suited boolean) returns int
    language sql stable parallel safe
    as $$
    select p_merit + case when p_named then k.named else 0 end
           + case when p_radius is null then 0
                  else ranking_distance(p_metres, p_radius, k.distance) + ranking_free(p_first_day, p_today, k.free)
                       + case when p_trained then k.training_for else 0 end + case when p_suited then k.technique else 0 end end
    from ranking() k
    $$;

-- Places that fit, with the key of their order. One function for all sources and both degrees of difficulty, which are literals where it is called: the
-- planner puts it in line and drops what they rule out.
-- p_source: near (within the area), length (the same for a length asked for), people (of these therapists), home (who come to the place), and again: these
-- places as they are now; walk, walk_length: everywhere, in the order of merit, 60,000 rows at most. Rows whose due has come are among the answers of the others whatever they say, without a key: they are to be asked for again.
-- p_odd: what listing does not know is asked for, hours of a day, values without a bit, the first start.
drop function if exists directory_scan(text, boolean, asked, text, int[], smallint[], timestamptz);
create or replace function directory_scan(p_source text, p_odd boolean, p_asked asked, p_sort text, p_ids int[], p_classes smallint[], p_now timestamptz)
    returns table (location_id int, class smallint, therapist_id int, shared boolean, key int8)
    language sql stable
    as $$
    select z.location_id, z.class, z.therapist_id, z.shared, case when not z.late then listing_key(p_sort, z.points, z.first, z.price, z.rating, z.score, z.metres) end
    from (
        select y.*, listing_points(y.merit, y.metres, y.radius, y.first_day, y.today, y.named, y.trained, y.suited) as points
        from (
            select l.location_id, l.class, l.therapist_id, l.shared, l.merit, l.first_day, l.price, l.rating, l.score, l.late, p.named, p.today, p.radius,
                   p.named and not l.late and (l.tags0 & p.training[1] <> 0 or l.tags1 & p.training[2] <> 0 or l.tags2 & p.training[3] <> 0 or l.tags3 & p.training[4] <> 0
                                or l.tags4 & p.training[5] <> 0 or l.tags5 & p.training[6] <> 0) as trained,
                   p.named and not l.late and (l.tags0 & p.technique[1] <> 0 or l.tags1 & p.technique[2] <> 0 or l.tags2 & p.technique[3] <> 0 or l.tags3 & p.technique[4] <> 0
                                or l.tags4 & p.technique[5] <> 0 or l.tags5 & p.technique[6] <> 0 or p_odd and p.wide_technique is not null and exists (
                                    select from therapist_tag w where w.therapist_id = l.therapist_id and w.tag_id = any (p.wide_technique))) as suited,
                   case when p_odd and p_sort = 'soonest' then coalesce((select offer_first(o, p.first_day, p.last_day, p.hours, p_now) from listing_offer o
                                                                         where o.location_id = l.location_id and o.class = l.class), 1073741823) end as first,
                   chord_metres(l.x - p.x, l.y - p.y, l.z - p.z) as metres
            from (select (p_asked).area, (p_asked).x, (p_asked).y, (p_asked).z, (p_asked).cosine, (p_asked).length, (p_asked).radius, (p_asked).today, (p_asked).t0, (p_asked).t1,
                         (p_asked).t2, (p_asked).t3, (p_asked).t4, (p_asked).t5, (p_asked).few, (p_asked).price_most as price, (p_asked).rating_least as rating, (p_asked).free,
                         (p_asked).named, (p_asked).training, (p_asked).technique, (p_asked).wide, (p_asked).wide_technique, (p_asked).exact, (p_asked).first_day,
                         (p_asked).last_day, (p_asked).hours offset 0) p
            cross join lateral (
                select l.location_id, l.class, l.therapist_id, l.shared, l.merit, l.first_day, l.price, l.rating, l.score, l.free, l.tags0, l.tags1, l.tags2, l.tags3, l.tags4, l.tags5,
                       l.x, l.y, l.z, l.due <= p_now as late
                from listing l
                where case p_source when 'near' then l.shown and l.spot <@ p.area
                                    when 'length' then l.class = p.length and l.spot <@ p.area
                                    when 'people' then l.therapist_id = any (p_ids) and case when p.length is null then l.shown else l.class = p.length end
                                    else false end
                union all
                select l.location_id, l.class, l.therapist_id, l.shared, l.merit, l.first_day, l.price, l.rating, l.score, l.free, l.tags0, l.tags1, l.tags2, l.tags3, l.tags4, l.tags5,
                       l.x, l.y, l.z, l.due <= p_now
                from (select * from listing w where w.shown order by w.merit desc, w.location_id limit 60000) l where p_source = 'walk'
                union all
                select l.location_id, l.class, l.therapist_id, l.shared, l.merit, l.first_day, l.price, l.rating, l.score, l.free, l.tags0, l.tags1, l.tags2, l.tags3, l.tags4, l.tags5,
                       l.x, l.y, l.z, l.due <= p_now
                from (select w.location_id from listing w where w.shown order by w.merit desc, w.location_id limit 60000) w
                join listing l on l.location_id = w.location_id and l.class = p.length where p_source = 'walk_length'
                union all
                select l.location_id, l.class, l.therapist_id, l.shared, l.merit, l.first_day, l.price, l.rating, l.score, l.free, l.tags0, l.tags1, l.tags2, l.tags3, l.tags4, l.tags5,
                       l.x, l.y, l.z, false
                from unnest(p_ids, p_classes) n (location_id, class) join listing o on o.location_id = n.location_id and o.class = n.class
                cross join lateral listing_today(o) l
                where p_source = 'again') l
            where l.late
               or l.tags0 & p.t0 = p.t0 and (p.free = 0 or l.free & p.free <> 0) and l.price <= p.price and l.tags1 & p.t1 = p.t1 and l.rating >= p.rating
                  and (p.few or (l.tags2 & p.t2 = p.t2 and l.tags3 & p.t3 = p.t3 and l.tags4 & p.t4 = p.t4 and l.tags5 & p.t5 = p.t5))
                  and l.x * p.x + l.y * p.y + l.z * p.z >= p.cosine
                  and (not p_odd or (p.wide is null or holds_wide(l.therapist_id, l.location_id, p.wide))
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
    odd constant boolean := not a.exact or a.wide is not null or a.wide_technique is not null or p_sort = 'soonest';
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

create or replace function explain_part(p_label text, p_points int, p_of int, p_why text) returns json
    language sql immutable parallel safe
    as $$ select json_build_object('label', p_label, 'points', p_points, 'of', p_of, 'why', p_why) $$;

-- How the points of one row come together: always the sum that it was sorted by.
create or replace function directory_explain(a asked, l listing, p_metres int) returns json
    language plpgsql stable
    as $$
declare
    k record;
    tags int8[] := array[l.tags0, l.tags1, l.tags2, l.tags3, l.tags4, l.tags5];
    has text[] := array(select slug from tag where kind = 'proof' and bit is not null and tags[1 + bit / 64] >> bit % 64 & 1 = 1);
    near boolean := a.area is not null;
    named int; training_for int; technique int; distance int; free int; credentials int; training int; reviews int;
begin
    select * into k from ranking();
    named := case when a.named then k.named else 0 end;
    training_for := case when near and a.named and any_bit(tags, a.training) then k.training_for else 0 end;
    technique := case when near and a.named and (any_bit(tags, a.technique) or exists (
        select from therapist_tag where therapist_id = l.therapist_id and tag_id = any (a.wide_technique))) then k.technique else 0 end;
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

create or replace function any_bit(p_has int8[], p_of int8[]) returns boolean
    language sql immutable parallel safe
    as $$
    select p_has[1] & p_of[1] <> 0 or p_has[2] & p_of[2] <> 0 or p_has[3] & p_of[3] <> 0 or p_has[4] & p_of[4] <> 0 or p_has[5] & p_of[5] <> 0
        or p_has[6] & p_of[6] <> 0
    $$;

-- The results as JSON text, in the order given; number of the first is p_first.
drop function if exists directory_results(asked, int[], smallint[], int8[], int);
create or replace function directory_results(a asked, p_locations int[], p_classes smallint[], p_keys int8[], p_first int) returns text
    language sql stable
    as $$
    select coalesce(string_agg(c.card || ',' || substr(json_build_object(
               'number', p_first + s.n - 1,
               'distance_m', s.metres, 'distance', say_distance(s.metres, a.country),
               'credential', case when c.credential_until < (clock() at time zone 'UTC')::date then c.credential_lapsed else c.credential end::json,
               'price', o.offer::json, 'explain', directory_explain(a, now, s.metres),
               'next', coalesce(t.next, '[]'), 'has_next', t.next is not null)::text, 2), ',' order by s.n), '')
    from (select u.location_id, u.class, u.n, case when a.area is not null then (u.key & 33554431)::int end as metres
          from unnest(p_locations, p_classes, p_keys) with ordinality u (location_id, class, key, n)) s
    join listing l on l.location_id = s.location_id and l.class = s.class
    cross join lateral (select (x.now).* from (select case when l.due > clock() then l else listing_today(l) end as now offset 0) x) now
    join listing_card c on c.location_id = s.location_id
    left join listing_offer o on o.location_id = s.location_id and o.class = s.class
    cross join lateral (
        select json_agg(json_build_object('start', rfc3339(n.start), 'service', o.service_id, 'local', to_char(n.start at time zone o.zone, 'HH24:MI'),
                   'day', say_day_short(local_day(n.start, o.zone), local_day(clock(), o.zone)), 'time', say_time(n.start, o.zone, a.country)) order by n.start) as next
        from unnest(offer_starts(o, a.first_day, a.last_day, a.hours, clock())) n (start)) t
    $$;

grant execute on function offer_fits, offer_starts, offer_first, holds_wide, listing_key, listing_points, directory_scan, directory_rank, directory_people, directory_page,
    explain_part, directory_explain, any_bit, directory_results to unknot_web;
