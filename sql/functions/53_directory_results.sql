-- The 20 results of a page as JSON text. What is the same for all is put together once, what is the same for one place whenever it changes is stored
-- with it (listing_card, listing_offer), and the rest is text beside text: building JSON values only to write them out costs more than finding them.

-- A string for a JSON document, or null.
create or replace function js(p text) returns text
    language sql stable parallel safe
    as $$ select coalesce(to_json(p)::text, 'null') $$;

-- How the points of a row come together, as JSON text: always the sum that it was sorted by. p_asked to p_free: points of the parts. What is the same in all
-- results is joined by || to one text when the statement is made ready.
create or replace function explain_json(p_near boolean, p_asked int, p_trained boolean, p_suited boolean, p_distance int, p_away text, p_credentials int, p_training int, p_reviews int,
                                        p_rating real, p_free int, p_days int, k ranking) returns text
    language sql stable parallel safe
    as $$
    select concat('{"total":', p_asked + p_distance + p_credentials + p_training + p_reviews + p_free,
        ',"parts":[{"label":"What you asked for","of":' || (k.named + k.training_for + k.technique)::text || ',"why":"',
        case when p_asked = 0 then 'Counts when you say what hurts' when p_trained and p_suited then 'Works with it, has checked training about it, offers a technique often used for it'
             when p_trained then 'Works with it, has checked training about it' when p_suited then 'Works with it, offers a technique often used for it' else 'Works with it' end,
        '","points":', p_asked, '},{"label":"Distance","of":' || k.distance::text || ',"why":"', case when p_near then p_away || ' away' else 'Counts when you say where' end,
        '","points":', p_distance, '},{"label":"Permission to practice","of":' || k.credentials::text || ',"why":"', case when p_credentials > 0 then 'Checked by us' else 'Not checked by us' end,
        '","points":', p_credentials, '},{"label":"Back pain training","of":' || k.training::text || ',"why":"', case when p_training > 0 then 'Checked by us' else 'None checked by us' end,
        '","points":', p_training, '},{"label":"Reviews","of":' || k.reviews::text || ',"why":"',
        case when p_rating > 0 then 'Mean ' || p_rating || ', drawn to the mean of all' else 'None yet, so the mean of all' end,
        '","points":', p_reviews, '},{"label":"Free time","of":' || k.free::text || ',"why":"',
        case when not p_near then 'Counts when you say where' when p_days is null then 'None in the next 60 days' when p_days <= 0 then 'Today' when p_days = 1 then 'Tomorrow' else 'In ' || p_days || ' days' end,
        '","points":', p_free, '}]}')
    $$;

create or replace function bits_meet(l0 int8, l1 int8, l2 int8, l3 int8, l4 int8, l5 int8, p_bits int8[]) returns boolean
    language sql immutable parallel safe
    as $$ select l0 & p_bits[1] <> 0 or l1 & p_bits[2] <> 0 or l2 & p_bits[3] <> 0 or l3 & p_bits[4] <> 0 or l4 & p_bits[5] <> 0 or l5 & p_bits[6] <> 0 $$;

-- The free times of a result as JSON text, null where there is none. In PL/pgSQL: in line it would be made ready three times for each page. Most lie on
-- one day, which is said once.
create or replace function starts_json(p_starts timestamptz[], p_service int, p_now timestamptz, p_country text, p_zone text) returns text
    language plpgsql stable parallel safe
    as $$
declare
    halves constant boolean := p_country in ('US', 'CA', 'AU', 'NZ', 'IN', 'PH');
    made text;
    start timestamptz;
    wall timestamp;
    clock text;
    day date;
    said text;
begin
    foreach start in array coalesce(p_starts, '{}') loop
        wall := start at time zone p_zone;
        -- to_json() writes a moment as ISO 8601 whatever is set, in a tenth of the time that to_char() takes
        clock := substr(to_json(wall)::text, 13, 5);
        if day is distinct from wall::date then
            day := wall;
            said := say_day_short(day, (p_now at time zone p_zone)::date);
        end if;
        made := concat(made || ',', '{"start":', left(to_json(start at time zone 'UTC')::text, 20), 'Z","service":', p_service, ',"local":"', clock, '","day":"', said,
                       '","time":"', case when halves then to_char(wall, 'FMHH12:MI am') else clock end,
                       case when clock < '04' or clock >= '23' then say_twice(start, p_zone) end, '"}');
    end loop;
    return made;
end $$;

-- What the results of a page say of money and of free times, place by place: of the times what offer_starts() and starts_json() say of each. Most times of a page
-- lie on few days in one zone: what such a day is there is reckoned once. Moments are minutes since 1970 here.
create or replace function directory_times(a asked, p_locations int[], p_classes smallint[], out offers text[], out starts text[])
    language plpgsql stable
    as $$
#variable_conflict use_variable
declare
    now constant timestamptz := clock();
    halves constant boolean := a.country in ('US', 'CA', 'AU', 'NZ', 'IN', 'PH');
    hours constant int := nullif(a.hours, 16777215);
    o record;
    zone text := '';
    today date;         -- there
    midnight int;
    since int;          -- the midnights around the days that are asked for
    till int;
    midnights int[];    -- from today on; past all where the wall cannot be reckoned from it, since the day has not 24 hours
    said text[];        -- what these days are called
    dates text[];       -- the days of UTC from that of the first midnight on
    zero int;
    low int;
    many int;
    i int;
    d int;
    u int;
    wall int;
    hour int;
    minute text;
    made text;
begin
    offers := array_fill(null::text, array[cardinality(p_locations)]);
    starts := offers;
    for o in select n.n, f.location_id, f.class, f.offer, f.service_id, f.zone, f.base, f.step, f.horizon, f.runs, ceil(date_part('epoch', now + f.notice) / 60)::int as earliest
             from unnest(p_locations, p_classes) with ordinality n (location_id, class, n) join listing_offer f on f.location_id = n.location_id and f.class = n.class loop
        offers[o.n] := o.offer;
        if o.zone <> zone then
            zone := o.zone;
            today := local_day(now, zone);
            midnight := date_part('epoch', day_starts(today, zone)) / 60;
            since := coalesce(date_part('epoch', day_starts(a.first_day, zone)) / 60, 0);
            till := coalesce(date_part('epoch', day_starts(a.last_day + 1, zone)) / 60, 2147483647);
            midnights := '{}';
            said := '{}';
            dates := '{}';
        end if;
        made := null;
        many := 0;
        zero := (o.base - date '1970-01-02') * 1440;
        low := greatest(o.earliest, since, zero);
        i := greatest(1, width_bucket((low - zero) << 11 | 2047, o.runs));
        <<looking>>
        while i <= cardinality(o.runs) loop
            d := zero + (o.runs[i] >> 11);
            exit when d >= till;
            for at in d + (greatest(low - d, 0) + o.step - 1) / o.step * o.step .. least(d + (o.runs[i] & 2047) * o.step, till - 1) by o.step loop
                d := (at - midnight) / 1440 + 1;
                if midnights[d] is null then
                    wall := date_part('epoch', day_starts(today + d - 1, zone)) / 60;
                    midnights[d] := case when date_part('epoch', day_starts(today + d, zone)) / 60 = wall + 1440 then wall else 2147483647 end;
                    said[d] := '","day":"' || say_day_short(today + d - 1, today) || '","time":"';
                end if;
                wall := at - midnights[d];
                if wall between 0 and 1439 then
                    hour := wall / 60;
                    continue when 1 << hour & hours = 0;
                    minute := right((100 + wall % 60)::text, 2);
                    u := at / 1440 - midnight / 1440 + 1;
                    if dates[u] is null then
                        dates[u] := substr(to_json(date '1970-01-01' + at / 1440)::text, 2, 10);
                    end if;
                    made := concat(made || ',', '{"start":"', dates[u], 'T', right((100 + at / 60 % 24)::text, 2), ':', right((100 + at % 60)::text, 2), ':00Z","service":', o.service_id,
                        ',"local":"', right((100 + hour)::text, 2), ':', minute, said[d],
                        case when halves then concat((hour + 11) % 12 + 1, ':', minute, case when hour < 12 then ' am"}' else ' pm"}' end)
                             else concat(right((100 + hour)::text, 2), ':', minute, '"}') end);
                else
                    continue when 1 << date_part('hour', to_timestamp(at * 60::float8) at time zone zone)::int & hours = 0;
                    made := concat(made || ',', starts_json(array[to_timestamp(at * 60::float8)], o.service_id, now, a.country, zone));
                end if;
                many := many + 1;
                exit looking when many = 3;
            end loop;
            i := i + 1;
        end loop;
        -- past what the listing knows
        if many < 3 and not coalesce(a.last_day <= o.base + o.horizon, false) and (o.base <> today or a.last_day > today + 60) then
            made := starts_json(offer_starts((select f from listing_offer f where f.location_id = o.location_id and f.class = o.class), a.first_day, a.last_day, a.hours, now, 3),
                                o.service_id, now, a.country, zone);
        end if;
        starts[o.n] := made;
    end loop;
end $$;

-- The results of a page, twice: with rows as they are stored, which is enough unless the due of one has come, and with those rows as they are now.
do $make$
declare
    s record;
begin
    for s in
        select * from (values
            ('directory_results_stored', ', bool_or(x.late)', ', late', 'l.due <= now as late', 'join listing l on l.location_id = n.location_id and l.class = n.class'),
            ('directory_results_now', '', '', 'false as late', $f$join listing r on r.location_id = n.location_id and r.class = n.class
        cross join lateral (
            select r.merit, r.rating, r.score, r.first_day, r.therapist_id, r.tags0, r.tags1, r.tags2, r.tags3, r.tags4, r.tags5 where r.due > now
            union all
            select w.merit, w.rating, w.score, w.first_day, w.therapist_id, w.tags0, w.tags1, w.tags2, w.tags3, w.tags4, w.tags5 from listing_today(r) w where r.due <= now) l$f$)) x (name, tell, told, late, source)
    loop
        execute format($f$
create or replace function %1$s(a asked, p_locations int[], p_classes smallint[], p_keys int8[], p_first int, p_offers text[], p_starts text[], out made text, out late boolean)
    language plpgsql stable
    as $body$
#variable_conflict use_variable
declare
    now constant timestamptz := clock();
    today constant date := (now at time zone 'UTC')::date;
    near constant boolean := a.area is not null;
begin
    select string_agg(concat(x.card, ',"number":', p_first + x.n - 1, ',"distance_m":', coalesce(x.metres::text, 'null'), ',"distance":', coalesce('"' || x.away || '"', 'null'),
               ',"credential":', case when x.credential_until < today then x.credential_lapsed else x.credential end, ',"price":', coalesce(x.offer, 'null'),
               ',"explain":', explain_json(near, case when a.named then k.named + x.trained::int * k.training_for + x.suited::int * k.technique else 0 end, x.trained, x.suited, x.near_points, x.away, x.credentials, x.merit - x.reviews - x.credentials, x.reviews, x.rating,
                   x.free_points, x.days, k),
               ',"next":[', x.next, '],"has_next":', (x.next is not null)::text, '}'), ',' order by x.n)%2$s into made%3$s
    from ranking() k, (
        select n.n, c.card, c.credential_until, c.credential_lapsed, c.credential, n.offer, n.next, m.metres, say_distance(m.metres, a.country) as away, l.merit, l.rating, %4$s,
               near and a.named and bits_meet(l.tags0, l.tags1, l.tags2, l.tags3, l.tags4, l.tags5, a.training) as trained,
               near and a.named and (bits_meet(l.tags0, l.tags1, l.tags2, l.tags3, l.tags4, l.tags5, a.technique)
                                     or a.wide_technique is not null and holds_any(l.therapist_id, a.wide_technique)) as suited,
               case when near then ranking_distance(m.metres, a.radius, k.distance) else 0 end as near_points,
               case when near then ranking_free(l.first_day, a.today, k.free) else 0 end as free_points,
               case when l.first_day < 'infinity' then l.first_day - a.today end as days,
               case when l.merit - v.reviews >= k.credentials then k.credentials else 0 end as credentials, v.reviews
        from ranking() k, unnest(p_locations, p_classes, p_keys, p_offers, p_starts) with ordinality n (location_id, class, key, offer, next, n)
        join listing_card c on c.location_id = n.location_id
        %5$s
        cross join lateral (select case when near then (n.key & 33554431)::int end as metres offset 0) m
        -- what the points of the therapist alone are made of (see listing.merit): the rest beside the reviews is proofs
        cross join lateral (select round(k.reviews * (l.score - 1) / 4)::int as reviews offset 0) v
        offset 0) x;
end $body$ $f$, s.name, s.tell, s.told, s.late, s.source);
    end loop;
end $make$;

create or replace function directory_results(a asked, p_locations int[], p_classes smallint[], p_keys int8[], p_first int) returns text
    language plpgsql stable
    as $$
declare
    t record := directory_times(a, p_locations, p_classes);
    r record := directory_results_stored(a, p_locations, p_classes, p_keys, p_first, t.offers, t.starts);
begin
    return case when r.late then (directory_results_now(a, p_locations, p_classes, p_keys, p_first, t.offers, t.starts)).made else r.made end;
end $$;

grant execute on function js, explain_json, bits_meet, starts_json, directory_times, directory_results_stored, directory_results_now, directory_results to unknot_web;
