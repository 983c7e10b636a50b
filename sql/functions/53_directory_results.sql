-- The 20 results of a page as JSON text. What is the same for all is put together once, what is the same for one place whenever it changes is stored
-- with it (listing_card, listing_offer), and the rest is text beside text: building JSON values only to write them out costs more than finding them.

-- A string for a JSON document, or null.
create or replace function js(p text) returns text
    language sql stable parallel safe
    as $$ select coalesce(to_json(p)::text, 'null') $$;

-- Why a result stands where it stands, as JSON text in three parts: what was asked for, up to the words about the distance; what the therapist has proved, up to
-- the words about the reviews; the free time. Immutable, so that all there are become constants of the expression that takes one in.
create or replace function explain_asked(p_near boolean, p_named boolean, p_trained boolean, p_suited boolean) returns text
    language sql immutable parallel safe
    as $$
    select concat(',"parts":[{"label":"What you asked for","of":', k.named + k.training_for + k.technique, ',"why":"',
        case when not p_named then 'Counts when you say what hurts' when p_trained and p_suited then 'Works with it, has checked training about it, offers a technique often used for it'
             when p_trained then 'Works with it, has checked training about it' when p_suited then 'Works with it, offers a technique often used for it' else 'Works with it' end,
        '","points":', p_named::int * k.named + p_trained::int * k.training_for + p_suited::int * k.technique,
        '},{"label":"Distance","of":', k.distance, ',"why":"', case when not p_near then 'Counts when you say where","points":0' end)
    from ranking() k
    $$;

-- By their points, from none on.
create or replace function explain_proofs() returns text[]
    language sql immutable parallel safe
    as $$
    select array_agg(concat('},{"label":"Permission to practice","of":', k.credentials, ',"why":"', case when c.points > 0 then 'Checked by us' else 'Not checked by us' end, '","points":', c.points,
        '},{"label":"Back pain training","of":', k.training, ',"why":"', case when p > c.points then 'Checked by us' else 'None checked by us' end, '","points":', p - c.points,
        '},{"label":"Reviews","of":', k.reviews, ',"why":"') order by p)
    from ranking() k, generate_series(0, 100) p cross join lateral (select case when p >= k.credentials then k.credentials else 0 end as points) c
    $$;

create or replace function explain_free(p_why text, p_points int) returns text
    language sql immutable parallel safe
    as $$ select concat('},{"label":"Free time","of":', k.free, ',"why":"', p_why, '","points":', p_points, '}]}') from ranking() k $$;

-- The same by the days until then, from none on.
create or replace function explain_days() returns text[]
    language sql immutable parallel safe
    as $$
    select array_agg(explain_free(case d when 0 then 'Today' when 1 then 'Tomorrow' else 'In ' || d || ' days' end, greatest(k.free - d, 0)) order by d)
    from ranking() k, generate_series(0, 100) d
    $$;

create or replace function tenths_of_miles() returns name[]
    language sql immutable parallel safe
    as $$ select array_agg(concat(n / 10, '.', n % 10, ' mi') order by n)::name[] from generate_series(1, 100) n $$;

-- What say_distance() says of metres: to_char() takes most of its time, and within ten miles there is nothing to round but whole numbers.
create or replace function say_metres(p_metres int, p_country text) returns text
    language sql stable parallel safe
    as $$
    select case when uses_miles(p_country) and p_metres between 161 and 16092 then (tenths_of_miles())[round(p_metres / 160.9344::float8)::int]::text
                else say_distance(p_metres, p_country) end
    $$;

create or replace function ranking_reviews(p_score real, p_points int) returns int
    language sql immutable parallel safe
    as $$ select round(p_points * (p_score - 1) / 4)::int $$;

create or replace function bits_meet(l0 int8, l1 int8, l2 int8, l3 int8, l4 int8, l5 int8, p_bits int8[]) returns boolean
    language sql immutable parallel safe
    as $$ select l0 & p_bits[1] <> 0 or l1 & p_bits[2] <> 0 or l2 & p_bits[3] <> 0 or l3 & p_bits[4] <> 0 or l4 & p_bits[5] <> 0 or l5 & p_bits[6] <> 0 $$;

create or replace function asked_points() returns int[]
    language sql immutable parallel safe
    as $$ select array[0, k.training_for, k.technique, k.training_for + k.technique] from ranking() k $$;

-- What somebody has of what is asked for: 1 nothing more, 2 training, 3 a technique, 4 both.
create or replace function asked_met(l listing, p_training int8[], p_technique int8[], p_wide int[]) returns int
    language plpgsql stable
    as $$
begin
    return 1 + bits_meet(l.tags0, l.tags1, l.tags2, l.tags3, l.tags4, l.tags5, p_training)::int
             + 2 * (bits_meet(l.tags0, l.tags1, l.tags2, l.tags3, l.tags4, l.tags5, p_technique) or p_wide is not null and holds_any(l.therapist_id, p_wide))::int;
end $$;

-- The free times of a result as JSON text, null where there is none. In PL/pgSQL: in line it would be made ready three times for each page. Most lie on
-- one day, which is said once.
create or replace function starts_json(p_starts timestamptz[], p_service int, p_now timestamptz, p_country text, p_zone text) returns text
    language plpgsql stable parallel safe
    as $$
declare
    halves constant boolean := twelve_hours(p_country);
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
            said := say_day_short(day, (p_now at time zone p_zone)::date, p_country);
        end if;
        made := concat(made || ',', '{"start":', left(to_json(start at time zone 'UTC')::text, 20), 'Z","service":', p_service, ',"day":"', said, '","local":"', clock,
                       '","time":"', case when halves then to_char(wall, 'FMHH12:MI am') else clock end,
                       case when clock < '04' or clock >= '23' then say_twice(start, p_zone) end, '"}');
    end loop;
    return made;
end $$;

-- What of a start rests on the minute of the day alone, every five minutes, at which every start lies: as UTC says it, and as the wall clock there does, for
-- programs and for people. name[], since an element of it is found without walking through those before it.
create or replace function starts_utc() returns name[]
    language sql immutable parallel safe
    as $$ select array_agg(concat('T', lpad((m / 60)::text, 2, '0'), ':', lpad((m % 60)::text, 2, '0'), ':00Z","service":') order by m)::name[] from generate_series(0, 1435, 5) m $$;

create or replace function starts_wall(p_halves boolean) returns name[]
    language sql immutable parallel safe
    as $$
    select array_agg(concat('","local":"', c.clock, '","time":"', case when p_halves then concat((m / 60 + 11) % 12 + 1, right(c.clock, 3), case when m < 720 then ' am' else ' pm' end) else c.clock end, '"}') order by m)::name[]
    from generate_series(0, 1435, 5) m cross join lateral (select lpad((m / 60)::text, 2, '0') || ':' || lpad((m % 60)::text, 2, '0') as clock) c
    $$;

-- The results of a page. Rows are as they are stored, those whose due has come as they are now. Free times are what offer_starts() and starts_json() would say
-- of each place, and they are asked where the clock changes; other days are reckoned once for the page, which lies in one zone as a rule. Moments are minutes
-- since 1970 here. Each expression is made ready anew in every transaction, and that costs more than to reckon it 20 times: there are few.
create or replace function directory_results(a asked, p_locations int[], p_classes smallint[], p_keys int8[], p_first int) returns text
    language plpgsql stable
    as $$
#variable_conflict use_variable
declare
    now constant timestamptz := clock();
    near constant boolean := a.area is not null;
    matched constant boolean := near and a.named;
    country constant text := a.country;
    halves constant boolean := twelve_hours(country);
    since_minute int := 0; -- of the day, around the hours that are asked for
    till_minute int := 1440;
    results text[] := array_fill(null::text, array[cardinality(p_locations)]);
    -- by what the therapist has of it: nothing more, training, a technique, both
    asks constant text[] := case when matched then array[explain_asked(true, true, false, false), explain_asked(true, true, true, false), explain_asked(true, true, false, true), explain_asked(true, true, true, true)]
                                 when near then array[explain_asked(true, false, false, false)] when a.named then array[explain_asked(false, true, false, false)] else array[explain_asked(false, false, false, false)] end;
    r record;
    l listing;
    ask int := 1;
    more int := 0; -- points for it
    zone text := '';
    today date;      -- there
    east int;        -- by so much the wall is ahead of UTC there now
    since int := 0;  -- the midnights around the days that are asked for
    till int := 2147483647;
    midnights int[]; -- of days by their number since 1970; past all where a day has not 24 hours
    said text[];     -- what these days are called
    dates text[];    -- and those around them, which are days of UTC
    starts text;
    low int;
    many int;        -- of them; -1: the clock changes among them
    run int;
    at int;
    last int;
    day int;
    midnight int;
begin
    if a.hours <> 16777215 then
        since_minute := 60 * (24 - length(rtrim(a.hours::bit(24)::text, '0')));
        till_minute := 60 * length(ltrim(a.hours::bit(24)::text, '0'));
    end if;
    for r in
        select n.n, n.metres, say_metres(n.metres, country) as away, n.distance, c.card, case when c.credential_until < (now at time zone 'UTC')::date then c.credential_lapsed else c.credential end as credential, f.offer,
               f.due <= now or f.first_day = 'infinity' and f.base < local_day(now, f.zone) as late, case when a.named then k.named else 0 end + n.distance + f.merit + case when near then ranking_free(f.first_day, a.today, k.free) else 0 end as total,
               f.merit - ranking_reviews(f.score, k.reviews) as proofs, f.rating, ranking_reviews(f.score, k.reviews) as points, f.first_day, s.ask,
               f.service_id, f.zone, (f.base - date '1970-01-02') * 1440 as zero, f.step, f.runs, ceil(date_part('epoch', now + f.notice) / 60)::int as earliest,
               coalesce(a.last_day <= f.base + f.horizon, false) or f.base = local_day(now, f.zone) and coalesce(a.last_day <= f.base + 60, true) as known
        from ranking() k, (select u.n, u.location_id, u.class, u.metres, case when near then ranking_distance(u.metres, a.radius, k.distance) else 0 end as distance
                           from ranking() k, (select u.n, u.location_id, u.class, (u.key & 33554431)::int as metres
                                              from unnest(p_locations, p_classes, p_keys) with ordinality u (location_id, class, key, n) offset 0) u offset 0) n
        join listing_card c on c.location_id = n.location_id
        left join listing_offer f on f.location_id = n.location_id and f.class = n.class
        left join lateral (select asked_met(w, a.training, a.technique, a.wide_technique) as ask from listing w where matched and w.location_id = n.location_id and w.class = n.class offset 0) s on true
    loop
        if r.late is not false then -- or without a service
            l := (select w from listing w where w.location_id = p_locations[r.n] and w.class = p_classes[r.n]);
            if r.late then
                l := listing_today(l);
            end if;
            select case when a.named then k.named else 0 end + r.distance + l.merit + case when near then ranking_free(l.first_day, a.today, k.free) else 0 end,
                   l.merit - ranking_reviews(l.score, k.reviews), l.rating, ranking_reviews(l.score, k.reviews), l.first_day, case when matched then asked_met(l, a.training, a.technique, a.wide_technique) end
              into r.total, r.proofs, r.rating, r.points, r.first_day, r.ask from ranking() k;
        end if;
        if matched then
            ask := r.ask;
            more := (asked_points())[ask];
        end if;

        starts := null;
        if r.service_id is not null then
            if r.zone <> zone then
                zone := r.zone;
                today := local_day(now, zone);
                east := date_part('epoch', now at time zone zone - now at time zone 'UTC') / 60;
                if a.first_day is not null then
                    since := date_part('epoch', day_starts(a.first_day, zone)) / 60;
                    till := date_part('epoch', day_starts(a.last_day + 1, zone)) / 60;
                end if;
                midnights := '{}';
                said := '{}';
                dates := '{}';
            end if;
            many := 0;
            low := greatest(r.earliest, since);
            <<looking>>
            foreach run in array r.runs[greatest(1, width_bucket((low - r.zero) << 11 | 2047, r.runs)):width_bucket(least(till - r.zero, 1048576) - 1 << 11 | 2047, r.runs)] loop
                at := r.zero + (run >> 11);
                last := at + (run & 2047) * r.step;
                day := (at + east) / 1440;
                midnight := midnights[day];
                if midnight is null then
                    midnight := case when (date '1970-01-02' + day)::timestamp at time zone zone - (date '1970-01-01' + day)::timestamp at time zone zone = interval '24 hours'
                                     then date_part('epoch', (date '1970-01-01' + day)::timestamp at time zone zone) / 60 else 2147483647 end;
                    midnights[day] := midnight;
                    said[day] := ',"day":"' || say_day_short(date '1970-01-01' + day, today, country);
                    for n in day - 1 .. day + 1 loop
                        dates[n] := '{"start":' || left(to_json(date '1970-01-01' + n)::text, 11);
                    end loop;
                end if;
                if at < midnight or last - midnight >= 1440 then
                    many := -1;
                    exit;
                end if;
                for at in at + (greatest(low - at, midnight + since_minute - at, 0) + r.step - 1) / r.step * r.step .. least(last, midnight + till_minute - 1) by r.step loop
                    starts := concat(starts || ',', dates[at / 1440], (starts_utc())[at / 5 % 288 + 1], r.service_id, said[day],
                                     case when halves then (starts_wall(true))[(at - midnight) / 5 + 1] else (starts_wall(false))[(at - midnight) / 5 + 1] end);
                    many := many + 1;
                    exit looking when many = 3;
                end loop;
            end loop;
            -- or past what the listing knows
            if many < 0 or many < 3 and not r.known then
                starts := starts_json(offer_starts((select f from listing_offer f where f.location_id = p_locations[r.n] and f.class = p_classes[r.n]), a.first_day, a.last_day, a.hours, now, 3),
                                      r.service_id, now, country, zone);
            end if;
        end if;

        -- what the points of the therapist alone are made of (see listing.merit): the rest beside the reviews is proofs
        results[r.n] := r.card || concat(',"number":', p_first + r.n - 1,
            case when near then concat(',"distance_m":', r.metres, ',"distance":"', r.away, '","credential":') else ',"distance_m":null,"distance":null,"credential":' end, r.credential,
            ',"price":', coalesce(r.offer, 'null'), ',"explain":{"total":', r.total + more,
            asks[ask], case when near then concat(r.away, ' away","points":', r.distance) end, (explain_proofs())[r.proofs + 1],
            case when r.rating > 0 then concat('Mean ', r.rating, ', drawn to the mean of all","points":') else 'None yet, so the mean of all","points":' end, r.points,
            case when not near then explain_free('Counts when you say where', 0) when r.first_day = 'infinity' then explain_free('None in the next 60 days', 0) else (explain_days())[greatest(r.first_day - a.today, 0) + 1] end,
            ',"next":[', starts, case when starts is null then '],"has_next":false}' else '],"has_next":true}' end);
    end loop;
    return array_to_string(results, ',');
end $$;

grant execute on function js, tenths_of_miles, say_metres, ranking_reviews, explain_asked, explain_proofs, explain_free, explain_days, bits_meet, asked_points, asked_met, starts_json, starts_utc, starts_wall, directory_results to unknot_web;
