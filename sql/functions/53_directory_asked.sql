-- What is asked: the words of the address turned into a place, days and hours, bits and labels.

set local client_min_messages = warning;
drop type if exists asked cascade;
reset client_min_messages;
create type asked as (
    -- as it came; wrong: the parameter that cannot be answered, why: what to do
    wrong text, why text,
    q text, near text, radius_km int, day text, part text, from_hour int, to_hour int, length int, price_max int, rating real, sort text,
    -- where: found, guessed, ambiguous, unknown, nowhere; area null: everywhere. today: what day it is there
    state text, place text, country text, lat float8, lon float8, choices text[], radius float8, zone text, today date,
    x float8, y float8, z float8, cosine float8,
    -- on the map of listing.spot: the place, what lies around it, and the same for an index, where that reaches over the date line
    spot point, circle box, area box,
    -- home: by who comes to the place, so that area and cosine rule nobody out; spot_over: the spot beyond the date line
    home boolean, spot_over point,
    -- when: first_day null: no time asked. said: the days and hours in words, days_said: the days alone. hours: a bit for each hour in which a visit may start.
    -- free: the bits of listing.free that it touches, 0 where they do not reach; exact: these bits are the whole answer
    first_day date, last_day date, said text, days_said text, hours int, free int8, exact boolean,
    -- what: the chosen values in the order of the taxonomies, then those typed into q; chosen: how many the former are
    ids int[], kinds text[], slugs text[], labels text[], bits int[], chosen int, name text, called text, corrected text,
    signs boolean, -- of an emergency, in what was typed
    lost text, denied text, -- of it what nothing is asked by, and what is not wanted: quoted
    near_me text, words_sort text, words text, -- what of it would count if there were a place, quoted; the order it asks for; what was typed but for a place in it
    -- the same as bits; few: none beyond the first two words; wide: values without a bit
    t0 int8, t1 int8, t2 int8, t3 int8, t4 int8, t5 int8, few boolean, wide int[], price_most int, rating_least real,
    -- complaints are named; bits, word by word, of training about them and of techniques often used for them, and such techniques without a bit
    named boolean, training int8[], technique int8[], wide_technique int[],
    -- name=value of its address, encoded, in their order, without sort and page: the ten of the form, null where not given, then the chosen values; the same as text
    link text[], address text
);
comment on type asked is 'a search, understood: made by directory_asked(), read by everything that answers it';

-- Where nothing is asked: everybody. Immutable, so that it is a constant where it stands: to make a row of so many fields costs more than to fill those that differ.
create or replace function asked_nothing() returns asked
    language sql immutable parallel safe
    as $$
    select row(null, null, null, null, null, null, null, null, null, null, null, null, null,
               'nowhere', null, null, null, null, null, null, null, null, 0, 0, 0, -2,
               null, null, null,
               false, null,
               null, null, null, null, 16777215, 0, true,
               '{}', null, null, null, null, 0, null, null, null, false, null, null, null, null, null,
               0, 0, 0, 0, 0, 0, true, null, 2147483647, 0,
               false, '{0,0,0,0,0,0}', '{0,0,0,0,0,0}', null, null, null)::asked
    $$;

create or replace function query_of(variadic p_pairs text[]) returns text
    language plpgsql immutable parallel safe
    as $$
declare
    made text := '';
begin
    for i in 1..cardinality(p_pairs) by 2 loop
        if p_pairs[i + 1] <> '' then
            made := made || case when made = '' then '?' else '&' end || p_pairs[i] || '=' || p_pairs[i + 1];
        end if;
    end loop;
    return made;
end $$;
comment on function query_of is 'name, value, name, value … as a query string without the empty ones; values already encoded';

create or replace function link_address(p_link text[]) returns text
    language sql stable parallel safe
    as $$ select coalesce('?' || nullif(array_to_string(p_link, '&'), ''), '') $$;
comment on function link_address is 'name=value … as a query string without the nulls';

-- The hours of the day that are meant, a bit for each: part and from/to narrow each other. 0: they do not meet.
create or replace function hours_meant(p_part text, p_from int, p_to int) returns int
    language sql immutable parallel safe
    as $$
    select case p_part when 'morning' then 4095 when 'afternoon' then 126976 when 'evening' then 16646144 else 16777215 end
           & (((1 << coalesce(p_to, 24)) - 1) & ~((1 << coalesce(p_from, 0)) - 1))
    $$;

-- In PL/pgSQL, since in line its ten cases would be made ready for each question, most of which ask for no hours.
create or replace function say_hours(p_part text, p_from int, p_to int, p_country text) returns text
    language plpgsql stable parallel safe
    as $$
declare
    said text := case p_part when 'morning' then 'in the morning' when 'afternoon' then 'in the afternoon' when 'evening' then 'in the evening' end;
begin
    if hours_meant(p_part, p_from, p_to) = hours_meant(null, p_from, p_to) then
        said := null; -- "tonight at 8": the hours say it
    end if;
    if p_from <> 0 and p_to <> 24 then
        return concat_ws(' ', said, 'between ' || say_hour(p_from, p_country) || ' and ' || say_hour(p_to, p_country));
    end if;
    return nullif(concat_ws(' ', said, 'from ' || say_hour(nullif(p_from, 0), p_country), 'before ' || say_hour(nullif(p_to, 24), p_country)), '');
end $$;

-- The parts of a day that these hours touch, as the three bits that a day has in listing.free.
create or replace function parts_touched(p_hours int) returns int
    language sql immutable parallel safe
    as $$ select (p_hours & 4095 <> 0)::int + 2 * (p_hours & 126976 <> 0)::int + 4 * (p_hours & 16646144 <> 0)::int $$;

-- The hours of these parts.
create or replace function parts_hours(p_parts int) returns int
    language sql immutable parallel safe
    as $$ select (p_parts & 1) * 4095 + (p_parts >> 1 & 1) * 126976 + (p_parts >> 2) * 16646144 $$;

-- The bits of listing.free for the first part of each of up to 20 days, by the day of its circle of 21 on which they begin, and by how many they are.
create or replace function free_days() returns int8[]
    language sql immutable parallel safe
    as $$
    select array_agg(days order by first)
    from generate_series(0, 20) first cross join lateral (
        select array_agg(((b.bits << 3 * first) | (b.bits >> (63 - 3 * first))) & 9223372036854775807 order by n) as days
        from generate_series(1, 20) n cross join lateral (select ((1::int8 << 3 * n) - 1) / 7 as bits) b) d
    $$;

create or replace function free_bits(p_first date, p_last date, p_parts int) returns int8
    language sql immutable parallel safe
    as $$ select (free_days())[(p_first - date '2000-01-01') % 21 + 1][p_last - p_first + 1] * p_parts $$;
comment on function free_bits is 'bits of listing.free for these parts of up to 20 days: 63 in a circle, three for a day';

create or replace function say_radius(p_km float8, p_country text) returns text
    language plpgsql stable parallel safe
    as $$
declare
    miles constant float8 := p_km / 1.609344;
    fives constant float8 := round(miles / 5) * 5;
begin
    if not uses_miles(p_country) then
        return round(p_km::numeric, 1)::float8 || ' km';
    end if;
    return case when abs(miles - fives) < 1 then fives else round(miles) end || ' miles';
end $$;
comment on function say_radius is 'a radius in words; 16 km is 10 miles where people use miles';

create or replace function radii(p_country text) returns int[]
    language sql immutable parallel safe
    as $$ select case when uses_miles(p_country) then '{8,16,40,80,160}'::int[] else '{5,10,25,50,100,160}' end $$;
comment on function radii is 'the radii offered, in km';

create or replace function radius_usual(p_country text) returns int
    language sql immutable parallel safe
    as $$ select case when uses_miles(p_country) then 16 else 15 end $$;

-- What lies within p_km of a spot and more, on the map of listing.spot: nothing within is outside of it, since no way of so many degrees is drawn longer than
-- where the map is widest. Over the date line it goes on past 180 degrees. box() of a circle is the square in it.
create or replace function circle_around(p_spot point, p_lat float8, p_km float8) returns box
    language plpgsql immutable parallel safe
    as $$
declare
    degrees constant float8 := p_km / 111.19 + 1e-7;
begin
    return box(circle(p_spot, degrees / cosd(least(abs(p_lat) + degrees, 89)) * 1.4142136));
end $$;

-- For an index, which knows nothing past 180 degrees: over the date line the whole band.
create or replace function circle_area(p_circle box) returns box
    language plpgsql immutable parallel safe
    as $$
begin
    if (p_circle[0])[0] > 180 or (p_circle[1])[0] < -180 then
        return box(point(-180, (p_circle[1])[1]), point(180, (p_circle[0])[1]));
    end if;
    return p_circle;
end $$;

create or replace function area_around(p_lat float8, p_lon float8, p_km float8) returns box
    language plpgsql immutable parallel safe
    as $$
begin
    return circle_area(circle_around(mercator(p_lat, p_lon), p_lat, p_km));
end $$;

create or replace function chord_metres(p_x float8, p_y float8, p_z float8) returns int
    language sql immutable parallel safe
    as $$ select round(12742017.6 * asin(sqrt(p_x * p_x + p_y * p_y + p_z * p_z) / 2))::int $$;
comment on function chord_metres is 'metres on the sphere between two unit vectors, by their difference';

create or replace function home_covers(p_km real, p_x float8, p_y float8, p_z float8) returns boolean
    language sql immutable parallel safe
    as $$ select p_km > 0 and chord_metres(p_x, p_y, p_z) <= p_km * 1000 $$;
comment on function home_covers is 'whether home visits that go p_km far reach a point, by the difference of the two unit vectors';

-- The zone of the therapist who is nearest.
create or replace function zone_near(p_spot point) returns setof text
    language sql stable rows 1
    as $$ select o.zone from (select l.location_id from listing l where l.shown order by l.spot <-> p_spot limit 1) l join location o on o.id = l.location_id $$;

-- The zone of a therapist in that very town, which costs an eighth of looking for the nearest. Towns of one name are not so close to each other.
create or replace function zone_in(p_country text, p_region text, p_key text, p_lat float8, p_lon float8) returns setof text
    language sql stable rows 1
    as $$
    select o.zone from location o join listing l on l.location_id = o.id and l.shown
    where o.country = p_country and o.region = p_region and o.town_slug = replace(p_key, ' ', '-') and abs(o.lat - p_lat) < 0.3 and abs(o.lon - p_lon) < 0.3 limit 1
    $$;

-- Where is meant, and what day it is there.
create or replace function directory_asked_place(a asked) returns asked
    language plpgsql stable
    as $$
declare
    d record;
begin
    if a.near is not null then
        -- as links and suggestions write it, nothing need be guessed
        select 'found', p.label, p.country, p.lat, p.lon, z.zone into a.state, a.place, a.country, a.lat, a.lon, a.zone
        from place p left join lateral zone_in(p.country, p.region, p.key, p.lat, p.lon) z (zone) on true
        where p.label = a.near order by p.importance desc;
        if not found then
            d := distance_said(case when a.near ~ '[mM]' then fold(a.near) end); -- "5 miles from Nyack"
            a.radius_km := coalesce(a.radius_km, d.km);
            select p.state, p.label, p.country, p.lat, p.lon, p.choices into a.state, a.place, a.country, a.lat, a.lon, a.choices
            from place_meant(case when d.away is null then a.near else d.rest end) p;
        end if;
    end if;
    if a.state in ('found', 'guessed') then
        a.radius := coalesce(a.radius_km, radius_usual(a.country));
        a.spot := mercator(a.lat, a.lon);
        a.circle := circle_around(a.spot, a.lat, a.radius);
        a.area := circle_area(a.circle);
        a.cosine := cos(a.radius / 6371.0088);
        a.x := cosd(a.lat) * cosd(a.lon);
        a.y := cosd(a.lat) * sind(a.lon);
        a.z := sind(a.lat);
        if a.zone is null then
            select z into a.zone from zone_near(a.spot) z;
        end if;
    else
        a.lat := null;
        select o.zone, o.country into a.zone, a.country from (select l.location_id from listing l where l.shown order by l.merit desc, l.location_id limit 1) l
        join location o on o.id = l.location_id;
        a.country := coalesce(a.country, 'US');
    end if;
    a.zone := coalesce(a.zone, 'UTC');
    a.today := local_day(clock(), a.zone);
    return a;
end $$;

-- The days and hours, seen from today: hours without a day mean the next two weeks, a day of the week is the next one, today included.
create or replace function directory_asked_time(a asked) returns asked
    language plpgsql stable
    as $$
declare
    parts int := 7;
    weekday int;
begin
    if a.part is not null or a.from_hour is not null or a.to_hour is not null then
        a.hours := hours_meant(a.part, a.from_hour, a.to_hour);
        if a.hours = 0 then
            a.wrong := case when a.part is null or a.to_hour is null or a.from_hour >= a.to_hour then 'to' else 'part' end;
            a.why := 'These hours leave no time: choose a later end, or another part of the day';
            return a;
        end if;
        parts := parts_touched(a.hours);
    end if;

    if coalesce(a.day, 'any') = 'any' and a.hours = 16777215 then
        return a;
    end if;
    a.first_day := a.today;
    weekday := array_position('{monday,tuesday,wednesday,thursday,friday,saturday,sunday}'::text[], a.day);
    if weekday is not null then
        a.first_day := a.today + (weekday + 7 - date_part('isodow', a.today)::int) % 7;
        -- on a Saturday evening "saturday morning" is the next one
        if a.first_day = a.today and a.hours >> date_part('hour', clock() at time zone a.zone)::int = 0 then
            a.first_day := a.today + 7;
            a.day := a.first_day;
        end if;
        a.last_day := a.first_day;
        a.days_said := 'on ' || say_day(a.first_day, a.country);
    elsif a.day = 'week' then
        a.last_day := a.today + 6;
        a.days_said := 'in the next 7 days';
    elsif a.day = 'today' then
        a.last_day := a.today;
        a.days_said := 'today';
    elsif a.day = 'tomorrow' then
        a.first_day := a.today + 1;
        a.last_day := a.first_day;
        a.days_said := 'tomorrow';
    elsif a.day like '+%' then
        a.first_day := a.today + a.day::int;
        a.day := a.first_day;
        a.last_day := a.first_day;
        a.days_said := 'on ' || say_day(a.first_day, a.country);
    elsif a.day = 'weekend' then -- what is left of this one
        a.last_day := a.today + 7 - date_part('isodow', a.today)::int;
        a.first_day := greatest(a.last_day - 1, a.today);
        a.days_said := 'this weekend';
    elsif a.day is null or a.day = 'any' then
        a.last_day := a.today + 13;
        a.days_said := 'in the next 2 weeks';
    else
        if a.day like '%/%' then -- typed in numbers: which of them is the month
            a.day := split_part(a.day, '/', case when month_first(a.country) then 1 else 2 end);
        end if;
        a.first_day := a.day::date;
        if a.first_day < a.today or a.first_day > a.today + 60 then
            a.first_day := null;
            a.wrong := 'when';
            a.why := 'When must be a day from the list, or a date like ' || a.today + 3 || ' within the next 60 days';
            return a;
        end if;
        a.last_day := a.first_day;
        a.days_said := 'on ' || say_day(a.first_day, a.country);
    end if;

    a.said := a.days_said;
    if a.hours <> 16777215 then
        a.said := concat_ws(' ', a.said, say_hours(a.part, a.from_hour, a.to_hour, a.country));
        a.exact := a.hours = parts_hours(parts);
    end if;
    -- listing.free is right for 18 days from today wherever the place lies
    if a.last_day < a.today + 18 then
        a.free := free_bits(a.first_day, a.last_day, parts);
    else
        a.exact := false;
    end if;
    return a;
end $$;

-- Values of taxonomies: {kind,slug,kind,slug…}. A parameter that is no kind is somebody else's; a value that is not offered is refused.
create or replace function directory_asked_tags(a asked, p_tags text[]) returns asked
    language plpgsql stable
    as $$
declare
    bad record;
    own text[] := '{}';
begin
    for i in 1..cardinality(p_tags) by 2 loop
        if exists (select from tag_kind k where k.kind = p_tags[i] and k.stated_of <> 'person') then
            own := own || p_tags[i:i + 1];
        end if;
    end loop;
    if own = '{}' then
        return a;
    elsif cardinality(own) = 2 then
        select 1, array[t.id], array[t.kind], array[t.slug], array[t.label], array[t.bit] into a.chosen, a.ids, a.kinds, a.slugs, a.labels, a.bits
        from tag t where t.kind = own[1] and t.slug = own[2] and t.retired_at is null and t.bit is not null;
        if found then
            a.link := a.link || (own[1] || '=' || own[2]);
            return a;
        end if;
    end if;
    select count(*), coalesce(array_agg(x.id), '{}'), array_agg(x.kind), array_agg(x.slug), array_agg(x.label), array_agg(x.bit), a.link || array_agg(x.kind || '=' || x.slug)
      into a.chosen, a.ids, a.kinds, a.slugs, a.labels, a.bits, a.link
    from (select distinct k.position, t.kind, t.position as place, t.id, t.slug, t.label, t.bit
          from generate_subscripts(own, 1) i join tag t on t.kind = own[i] and t.slug = own[i + 1] and t.retired_at is null
          join tag_kind k on k.kind = t.kind where i % 2 = 1 order by 1, 2, 3, 4) x;
    select k.kind, k.label, k.one into bad
    from (select distinct own[i] as kind, own[i + 1] as slug from generate_subscripts(own, 1) i where i % 2 = 1) g
    join tag_kind k on k.kind = g.kind
    left join tag t on t.kind = g.kind and t.slug = g.slug and t.retired_at is null
    group by k.kind having count(t.id) < count(*) or k.one and count(*) > 1 order by k.position limit 1;
    if found then
        a.wrong := bad.kind;
        a.why := bad.label || ': choose ' || case when bad.one then 'one ' else '' end || 'from the list';
    end if;
    return a;
end $$;

-- What was typed into the search box adds what is not chosen beside it: a value of a kind in which nothing is chosen, a day, hours, a place, a price, a name.
create or replace function directory_asked_words(a asked) returns asked
    language plpgsql stable
    as $$
declare
    m record;
    t record;
begin
    m := text_meant(a.q, a.near is null);
    for t in select g.id, g.kind, g.slug, g.label, g.bit from unnest(m.tags) i cross join lateral (select * from tag g where g.id = i offset 0) g
             where not g.kind = any (coalesce(a.kinds, '{}')) order by g.id loop
        a.ids := a.ids || t.id; a.kinds := a.kinds || t.kind; a.slugs := a.slugs || t.slug; a.labels := a.labels || t.label; a.bits := a.bits || t.bit::int;
    end loop;
    a.signs := signs_said(a.q);
    if not a.signs then -- "cannot pee" is nobody's name
        a.name := m.name;
        a.called := m.called;
        a.corrected := m.corrected;
        a.lost := m.lost;
        a.denied := m.denied;
    end if;
    a.words := a.q;
    if a.near is null and m.near is not null then
        a.near := m.near;
        a.words := nullif(m.rest, '');
    end if;
    if a.near is null then
        a.near_me := m.near_me;
    end if;
    a.radius_km := coalesce(a.radius_km, m.radius);
    a.words_sort := m.sort;
    a.price_max := coalesce(a.price_max, m.price);
    if a.day = 'any' then -- chosen: whatever the words say
        return a;
    end if;
    a.day := coalesce(a.day, m.whn);
    if a.part is null and a.from_hour is null and a.to_hour is null then
        a.part := m.part;
        a.from_hour := m.from_hour;
        a.to_hour := m.to_hour;
    end if;
    return a;
end $$;

create or replace function bit_words(p_bits int[]) returns int8[]
    language plpgsql immutable parallel safe
    as $$
declare
    words int8[] := '{0,0,0,0,0,0}';
    bit int;
begin
    foreach bit in array coalesce(p_bits, '{}') loop
        words[bit / 64 + 1] := words[bit / 64 + 1] | (1::int8 << bit % 64);
    end loop;
    return words;
end $$;
comment on function bit_words is 'numbers of bits as the six words of listing.tags0 to tags5';

-- What a scan asks of each row, by the bits of the values: a.bits, one for each. They earn points with training about the complaints named (of a specialism for
-- the same part, or for back pain) and techniques often used for them. Home visits count by how far each therapist goes, whatever distance a person would.
create or replace function directory_asked_scan(a asked) returns asked
    language plpgsql stable
    as $$
declare
    bit int;
    mask int8;
    bits int[];
    trained int[];
begin
    for i in 1..cardinality(a.bits) loop
        bit := a.bits[i];
        mask := 1::int8 << bit % 64;
        case bit / 64
            when 0 then a.t0 := a.t0 | mask;
            when 1 then a.t1 := a.t1 | mask;
            when 2 then a.t2 := a.t2 | mask; a.few := false;
            when 3 then a.t3 := a.t3 | mask; a.few := false;
            when 4 then a.t4 := a.t4 | mask; a.few := false;
            when 5 then a.t5 := a.t5 | mask; a.few := false;
            else a.wide := a.wide || a.ids[i];
        end case;
    end loop;
    if a.area is not null and a.kinds[array_position(a.slugs, 'home_visit')] = 'booking' then
        a.home := true;
        a.cosine := -2;
        a.spot_over := point(a.spot[0] - 360 * sign(a.lon), a.spot[1]);
    end if;
    a.named := 'complaint' = any (a.kinds);
    if a.named then
        select array_agg(t.bit) filter (where t.kind = 'specialism' and t.bit is not null), array_agg(t.bit) filter (where t.kind = 'technique' and t.bit is not null),
               array_agg(t.id) filter (where t.kind = 'technique' and t.bit is null)
          into trained, bits, a.wide_technique
        from fit_values(a.ids) f cross join lateral (select * from tag g where g.id = f offset 0) t;
        a.training := bit_words(trained);
        a.technique := bit_words(bits);
    end if;
    return a;
end $$;

-- The same where a.ids are others than when the rest was made.
create or replace function directory_asked_bits(a asked) returns asked
    language plpgsql stable
    as $$
begin
    select coalesce(array_agg(g.bit order by i.n), '{}'), array_agg(g.kind order by i.n), array_agg(g.slug order by i.n) into a.bits, a.kinds, a.slugs
    from unnest(a.ids) with ordinality i (id, n) join tag g on g.id = i.id;
    a.t0 := 0; a.t1 := 0; a.t2 := 0; a.t3 := 0; a.t4 := 0; a.t5 := 0; a.few := true; a.wide := null;
    a.home := false;
    if a.area is not null then
        a.cosine := cos(a.radius / 6371.0088);
    end if;
    return directory_asked_scan(a);
end $$;

create or replace function fit_values(p_ids int[]) returns setof int
    language sql stable
    as $$
    select s.id from tag c join tag s on s.kind = 'specialism' and s.part = coalesce(nullif(c.part, ''), 'back_pain') where c.id = any (p_ids) and c.kind = 'complaint'
    union
    select t.id from guidance g join tag t on t.kind = 'technique' and t.slug = any (g.suggest) where g.tag_id = any (p_ids)
    $$;
comment on function fit_values is 'training and techniques that earn points for the complaints among p_ids';

-- The whole question. Each parameter is null where it was not given; numbers and words have the right form already.
create or replace function directory_asked(p_q text, p_near text, p_radius int, p_day text, p_part text, p_from int, p_to int, p_length int, p_price int,
                                           p_rating real, p_sort text, p_tags text[]) returns asked
    language plpgsql stable
    as $$
declare
    a asked := asked_nothing();
begin
    a.q := p_q; a.near := p_near; a.radius_km := p_radius; a.day := p_day; a.part := p_part; a.from_hour := p_from; a.to_hour := p_to; a.length := p_length;
    a.price_max := p_price; a.rating := p_rating; a.sort := p_sort;
    a.rating_least := coalesce(p_rating, 0);
    a.link := array['q=' || url_encode(p_q), 'near=' || url_encode(p_near), 'radius_km=' || p_radius, 'when=' || p_day, 'part=' || p_part, 'from=' || p_from,
                    'to=' || p_to, 'length=' || p_length, 'price_max=' || p_price, 'rating=' || p_rating];
    if p_tags <> '{}' then
        a := directory_asked_tags(a, p_tags);
    end if;
    a.address := link_address(a.link);
    if p_q is not null then
        a := directory_asked_words(a);
    end if;
    a.price_most := coalesce(a.price_max * 100, 2147483647);
    a := directory_asked_place(a);
    if a.wrong is null and (a.day <> 'any' or a.part is not null or a.from_hour is not null or a.to_hour is not null) then
        a := directory_asked_time(a);
    end if;
    if a.ids <> '{}' then
        a := directory_asked_scan(a);
    end if;
    return a;
end $$;

grant execute on function query_of, link_address, asked_nothing, hours_meant, say_hours, parts_touched, parts_hours, free_days, free_bits, say_radius, radii, radius_usual, circle_around, circle_area, area_around, chord_metres, home_covers, zone_near, zone_in, directory_asked_place,
    directory_asked_time, directory_asked_tags, directory_asked_words, bit_words, directory_asked_scan, directory_asked_bits, fit_values, directory_asked to unknot_web;
