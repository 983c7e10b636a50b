-- The 20 results of a page as JSON text. What is the same for all is put together once, what is the same for one place whenever it changes is stored
-- with it (listing_card, listing_offer), and the rest is text beside text: building JSON values only to write them out costs more than finding them.

-- A string for a JSON document, or null.
create or replace function js(p text) returns text
    language sql stable parallel safe
    as $$ select coalesce(to_json(p)::text, 'null') $$;

-- One start as a result shows it. p_local: the same on the place's clock; p_today: its day.
create or replace function start_json(p_start timestamptz, p_local timestamp, p_service int, p_today date, p_country text, p_zone text) returns text
    language sql stable parallel safe
    as $$
    -- to_json() writes a moment as ISO 8601 whatever is set, in a tenth of the time that to_char() takes
    select '{"start":' || left(to_json(p_start at time zone 'UTC')::text, 20) || 'Z","service":' || p_service || ',"local":"' || substr(to_json(p_local)::text, 13, 5)
           || '","day":"' || say_day_short(p_local::date, p_today)
           || '","time":"' || case when p_country in ('US', 'CA', 'AU', 'NZ', 'IN', 'PH') then to_char(p_local, 'FMHH12:MI am') else substr(to_json(p_local)::text, 13, 5) end
           || case when date_part('hour', p_local) in (0, 1, 2, 3, 23) then say_twice(p_start, p_zone) else '' end || '"}'
    $$;

-- How the points of a row come together, as JSON text: always the sum that it was sorted by. p_asked to p_free: points of the parts.
create or replace function explain_json(p_near boolean, p_asked int, p_trained boolean, p_suited boolean, p_distance int, p_away text, p_credentials int, p_training int, p_reviews int,
                                        p_rating real, p_free int, p_days int, k ranking) returns text
    language sql stable parallel safe
    as $$
    select concat('{"total":', p_asked + p_distance + p_credentials + p_training + p_reviews + p_free, ',"parts":[{"label":"What you asked for","of":', k.named + k.training_for + k.technique,
        ',"why":"', case when p_asked = 0 then 'Counts when you say what hurts' when p_trained and p_suited then 'Works with it, has checked training about it, offers a technique often used for it'
                         when p_trained then 'Works with it, has checked training about it' when p_suited then 'Works with it, offers a technique often used for it' else 'Works with it' end,
        '","points":', p_asked,
        '},{"label":"Distance","of":', k.distance, ',"why":"', case when p_near then p_away || ' away' else 'Counts when you say where' end, '","points":', p_distance,
        '},{"label":"Permission to practice","of":', k.credentials, ',"why":"', case when p_credentials > 0 then 'Checked by us' else 'Not checked by us' end, '","points":', p_credentials,
        '},{"label":"Back pain training","of":', k.training, ',"why":"', case when p_training > 0 then 'Checked by us' else 'None checked by us' end, '","points":', p_training,
        '},{"label":"Reviews","of":', k.reviews, ',"why":"', case when p_rating > 0 then 'Mean ' || p_rating || ', drawn to the mean of all' else 'None yet, so the mean of all' end,
        '","points":', p_reviews,
        '},{"label":"Free time","of":', k.free, ',"why":"', case when not p_near then 'Counts when you say where' when p_days is null then 'None in the next 60 days'
            when p_days <= 0 then 'Today' when p_days = 1 then 'Tomorrow' else 'In ' || p_days || ' days' end, '","points":', p_free, '}]}')
    $$;

create or replace function bits_meet(l0 int8, l1 int8, l2 int8, l3 int8, l4 int8, l5 int8, p_bits int8[]) returns boolean
    language sql immutable parallel safe
    as $$ select l0 & p_bits[1] <> 0 or l1 & p_bits[2] <> 0 or l2 & p_bits[3] <> 0 or l3 & p_bits[4] <> 0 or l4 & p_bits[5] <> 0 or l5 & p_bits[6] <> 0 $$;

create or replace function directory_results(a asked, p_locations int[], p_classes smallint[], p_keys int8[], p_first int) returns text
    language plpgsql stable
    as $$
declare
    now constant timestamptz := clock();
    today constant date := (now at time zone 'UTC')::date;
    near constant boolean := a.area is not null;
    made text;
begin
    select string_agg(concat(x.card, ',"number":', p_first + x.n - 1, ',"distance_m":', coalesce(x.metres::text, 'null'), ',"distance":', coalesce('"' || x.away || '"', 'null'),
               ',"credential":', case when x.credential_until < today then x.credential_lapsed else x.credential end, ',"price":', coalesce(x.offer, 'null'),
               ',"explain":', explain_json(near, case when a.named then k.named + x.trained::int * k.training_for + x.suited::int * k.technique else 0 end, x.trained, x.suited, x.near_points, x.away, x.credentials, x.merit - x.reviews - x.credentials, x.reviews, x.rating,
                   x.free_points, x.days, k),
               ',"next":[', x.next, '],"has_next":', (x.next is not null)::text, '}'), ',' order by x.n) into made
    from ranking() k, (
        select n.n, c.card, c.credential_until, c.credential_lapsed, c.credential, o.offer, m.metres, say_distance(m.metres, a.country) as away, l.merit, l.rating,
               near and a.named and bits_meet(l.tags0, l.tags1, l.tags2, l.tags3, l.tags4, l.tags5, a.training) as trained,
               near and a.named and (bits_meet(l.tags0, l.tags1, l.tags2, l.tags3, l.tags4, l.tags5, a.technique)
                                     or a.wide_technique is not null and holds_any(l.therapist_id, a.wide_technique)) as suited,
               case when near then ranking_distance(m.metres, a.radius, k.distance) else 0 end as near_points,
               case when near then ranking_free(l.first_day, a.today, k.free) else 0 end as free_points,
               case when l.first_day < 'infinity' then l.first_day - a.today end as days,
               case when l.merit - v.reviews >= k.credentials then k.credentials else 0 end as credentials, v.reviews, t.next
        from ranking() k, unnest(p_locations, p_classes, p_keys) with ordinality n (location_id, class, key, n)
        join listing_card c on c.location_id = n.location_id
        join listing r on r.location_id = n.location_id and r.class = n.class
        cross join lateral (
            select r.merit, r.rating, r.score, r.first_day, r.therapist_id, r.tags0, r.tags1, r.tags2, r.tags3, r.tags4, r.tags5 where r.due > now
            union all
            select w.merit, w.rating, w.score, w.first_day, w.therapist_id, w.tags0, w.tags1, w.tags2, w.tags3, w.tags4, w.tags5 from listing_today(r) w where r.due <= now) l
        left join listing_offer o on o.location_id = n.location_id and o.class = n.class
        cross join lateral (select case when near then (n.key & 33554431)::int end as metres offset 0) m
        -- what the points of the therapist alone are made of (see listing.merit): the rest beside the reviews is proofs
        cross join lateral (select round(k.reviews * (l.score - 1) / 4)::int as reviews offset 0) v
        cross join lateral (
            select nullif(concat(start_json(s.at[1], w.first, o.service_id, s.today, a.country, o.zone),
                                 ',' || start_json(s.at[2], w.second, o.service_id, s.today, a.country, o.zone),
                                 ',' || start_json(s.at[3], w.third, o.service_id, s.today, a.country, o.zone)), '') as next
            from (select offer_starts(o, a.first_day, a.last_day, a.hours, now, 3) as at, (now at time zone o.zone)::date as today offset 0) s
            cross join lateral (select s.at[1] at time zone o.zone as first, s.at[2] at time zone o.zone as second, s.at[3] at time zone o.zone as third offset 0) w) t
        offset 0) x;
    return made;
end $$;

grant execute on function js, start_json, explain_json, bits_meet, directory_results to unknot_web;
