-- Search against a slow reference that reads the tables themselves; places and words as people type them.
\ir search.psql

-- Who should be found: by the sphere, the link tables and slots() of the service that a card shows. The rim (1 %) is left out: the map's plane and
-- the sphere may disagree there.
create function pg_temp.should(p_km float8, p_technique text default null, p_complaint text default null, p_first date default null, p_last date default null)
    returns table (slug text, metres float8, rim boolean) language sql as $$
    with near as materialized (
        select o.id, o.slug, l.id as location, pg_temp.metres(39.80, -89.60, l.lat, l.lon) as metres,
               (select s.id from service s where s.therapist_id = o.id and s.retired_at is null order by abs(s.minutes - 60), s.price, s.position, s.id limit 1) as service
        from ours o join therapist t on t.id = o.id and t.published join location l on l.therapist_id = o.id
        where (p_technique is null or exists (select from therapist_tag x join tag q on q.id = x.tag_id where x.therapist_id = o.id and q.kind = 'technique' and q.slug = p_technique))
          and (p_complaint is null or exists (select from therapist_tag x join tag q on q.id = x.tag_id where x.therapist_id = o.id and q.kind = 'complaint' and q.slug = p_complaint))
    )
    select distinct on (n.id) n.slug, n.metres, n.metres between p_km * 990 and p_km * 1010
    from near n
    where n.metres < p_km * 1010 and (p_first is null or exists (select from slots(n.service, n.location, p_first, p_last - p_first + 1)))
    order by n.id, n.metres $$;

create temp table got (slug text, number int, metres float8, first timestamptz);
create temp table want (slug text, metres float8, rim boolean);
create function pg_temp.agrees(p_name text, p_km float8, p_technique text default null, p_complaint text default null, p_when text default null,
                               p_first date default null, p_last date default null, p_sort text default null) returns setof text language sql as $$
    truncate got;
    truncate want;
    insert into got select r ->> 'slug', (r ->> 'number')::int, (r ->> 'distance_m')::float8, (r -> 'next' -> 0 ->> 'start')::timestamptz
                    from pg_temp.all_of(null, 'Testfield, IL', p_km, p_technique, p_complaint, p_when, coalesce(p_sort, 'nearest')) r;
    insert into want select * from pg_temp.should(p_km, p_technique, p_complaint, p_first, p_last);
    select is((select string_agg(slug, ' ' order by slug) from got where slug not in (select slug from want where rim)),
              (select string_agg(slug, ' ' order by slug) from want where not rim), p_name || ': the same people')
    union all select cmp_ok((select count(*) from got), '>=', 1::bigint, p_name || ': at least one')
    union all select is((select count(*) - count(distinct slug) from got), 0::bigint, p_name || ': nobody twice')
    union all select is((select count(*) from got), (pg_temp.ask(null, 'Testfield, IL', p_km, p_technique, p_complaint, p_when, p_sort) ->> 'total')::bigint, p_name || ': total is exact')
    union all select is((select array_agg(number order by number) from got), (select array_agg(n) from generate_series(1, (select count(*)::int from got)) n), p_name || ': numbered without a gap over the pages')
    union all select is((select max(abs(g.metres - w.metres)) < 2 from got g join want w using (slug)), true, p_name || ': distances are those of the nearest place') where p_sort is null;
    $$;
create function pg_temp.today() returns date language sql as $$ select local_day(now(), 'America/Chicago') $$;

select pg_temp.agrees('everybody', 16);
select is((select bool_and(metres >= before) from (select metres, lag(metres) over (order by number) as before from got) x), true, 'nearest first');
select pg_temp.agrees('a small circle', 3);
select pg_temp.agrees('a technique', 40, 'deep-tissue');
select pg_temp.agrees('a complaint', 40, null, 'low-back');
select pg_temp.agrees('both', 40, 'swedish', 'neck-pain');
select pg_temp.agrees('a rare technique', 160, 'reiki-energy');
-- most have no hours on a Sunday
select pg_temp.agrees('a day', 40, null, null, case when d = pg_temp.today() + 1 then 'tomorrow' else d::text end, d, d)
from (select pg_temp.today() + case when extract(isodow from pg_temp.today()) = 6 then 2 else 1 end) x (d);
select pg_temp.agrees('seven days', 40, null, null, 'week', pg_temp.today(), pg_temp.today() + 6);
select pg_temp.agrees('a Tuesday three weeks ahead', 40, null, null, d::text, d, d) from (select date_trunc('week', pg_temp.today())::date + 22) x (d);
select pg_temp.agrees('soonest', 40, p_sort => 'soonest');
select is((select bool_and(coalesce(first, 'infinity') >= coalesce(before, '-infinity')) from (select first, lag(coalesce(first, 'infinity')) over (order by number) as before from got) x), true, 'soonest first');

-- times on the cards
select is((select count(*) from pg_temp.all_of(null, 'Testfield, IL', 40) r, json_array_elements(r -> 'next') n
           where not exists (select from slots((n ->> 'service')::int, null, local_day((n ->> 'start')::timestamptz, 'America/Chicago'), 1) s where s.start = (n ->> 'start')::timestamptz)),
    0::bigint, 'every time shown can be booked');
select is((select count(*) from pg_temp.all_of(null, 'Testfield, IL', 40, p_when => 'tomorrow') r, json_array_elements(r -> 'next') n
           where local_day((n ->> 'start')::timestamptz, 'America/Chicago') <> pg_temp.today() + 1), 0::bigint, 'tomorrow shows tomorrow''s times alone');
select is((select count(*) from pg_temp.all_of(null, 'Testfield, IL', 40, p_when => (date_trunc('week', pg_temp.today())::date + 22)::text) r where json_array_length(r -> 'next') = 0),
    0::bigint, 'a far day shows times, though they are not among the next ones');

-- days
create or replace function unknot.clock() returns timestamptz language sql stable as $$ select current_setting('test.clock')::timestamptz $$;
create function pg_temp.days(p_now timestamptz, p_when text, p_part text default null) returns text language plpgsql as $$
declare
    a asked;
begin
    perform set_config('test.clock', p_now::text, true);
    a := directory_asked(null, 'Testfield, IL', null, p_when, p_part, null, null, null, null, null, null, '{}');
    return concat_ws(' ', a.first_day, a.last_day, a.said);
end $$;
select results_eq($$ select pg_temp.days(d + time '18:00', 'weekend') from unnest('{2026-11-20,2026-11-21,2026-11-22,2026-11-23}'::date[]) d $$,
    $$ values ('2026-11-21 2026-11-22 this weekend'), ('2026-11-21 2026-11-22 this weekend'), ('2026-11-22 2026-11-22 this weekend'), ('2026-11-28 2026-11-29 this weekend') $$,
    'a weekend is what is left of it');
select is(pg_temp.days('2026-11-21 18:00Z', w), d, 'on a Saturday: ' || w) from (values ('today', '2026-11-21 2026-11-21 today'), ('tomorrow', '2026-11-22 2026-11-22 tomorrow'),
    ('week', '2026-11-21 2026-11-27 in the next 7 days'), ('saturday', '2026-11-21 2026-11-21 on Saturday, November 21'), ('friday', '2026-11-27 2026-11-27 on Friday, November 27'),
    ('sunday', '2026-11-22 2026-11-22 on Sunday, November 22'), ('2026-12-24', '2026-12-24 2026-12-24 on Thursday, December 24'), ('any', '')) x (w, d);
select is(pg_temp.days('2026-11-21 15:00Z', 'saturday', 'morning'), '2026-11-21 2026-11-21 on Saturday, November 21 in the morning', 'on a Saturday morning that is today');
select is(pg_temp.days('2026-11-21 20:00Z', 'saturday', 'morning'), '2026-11-28 2026-11-28 on Saturday, November 28 in the morning', 'later it is the next one');
select is(pg_temp.days('2026-11-21 20:00Z', null, 'morning'), '2026-11-21 2026-12-04 in the next 2 weeks in the morning', 'hours without a day mean two weeks');
create or replace function unknot.clock() returns timestamptz language sql stable parallel safe as $$ select now() $$;
select is((select count(*) from generate_series(0, 20) f, generate_series(1, 18) n, generate_series(1, 7) p
           where free_bits(date '2026-11-20' + f, date '2026-11-19' + f + n, p) is distinct from (select bit_or(p::int8 << (date '2026-11-20' + f + i - date '2000-01-01') % 21 * 3) from generate_series(0, n - 1) i)),
    0::bigint, 'the bits of several days are those of each');
select is((select count(*) from generate_series(0, 23) f, generate_series(1, 24) t cross join lateral hours_meant(null, f, t) h
           where f < t and (h = parts_hours(parts_touched(h))) is distinct from (f in (0, 12, 17) and t in (12, 17, 24))), 0::bigint, 'parts of the day, and what is none');
select is((pg_temp.ask(null, 'Testfield, IL', p_when => '2020-01-01') ->> 'wrong'), 'when', 'a day that is over');
select is((pg_temp.ask(null, 'Testfield, IL', p_when => (pg_temp.today() + 62)::text) ->> 'wrong'), 'when', 'a day past the horizon, whose bit is another day''s');
select is((pg_temp.ask(null, 'Testfield, IL', p_technique => 'nonsense') ->> 'wrong'), 'technique', 'a technique that is none');
select is((pg_temp.ask(null, 'Testfield, IL', p_complaint => 'nonsense') ->> 'wrong'), 'complaint', 'a complaint that is none');

-- the day is that of the town, and not that of another of its name
create temp table moved as select l.id from location l join ours o on o.id = l.therapist_id where l.town_slug = 'testfield';
update location set zone = 'Pacific/Honolulu' where id in (select id from moved);
insert into place (kind, country, region, name, label, key, lat, lon) values ('town', 'US', 'IL', 'Testfield', 'Testfield, IL 00161', 'testfield', 39.95, -89.10);
-- a date typed in numbers: of two readings that of the country where the place is
select is((us.a).said || ' ' || ((de.a).first_day is distinct from d)::text, 'on ' || say_day(d, 'US') || ' true', typed || ' is ' || d || ' where the month is written first')
from (select d, to_char(d, 'FMMM/FMDD') as typed from (select (date_trunc('month', current_date) + interval '1 month')::date + (extract(month from current_date) = 12)::int as d) x) x
cross join lateral (select directory_asked(typed, 'Testfield, IL', null, null, null, null, null, null, null, null, null, '{}') as a) us
cross join lateral (select directory_asked(typed, 'Tëstlin, BE', null, null, null, null, null, null, null, null, null, '{}') as a) de;
select is((de.a).said || ' ' || ((us.a).first_day is distinct from d)::text, 'on ' || say_day(d, 'DE') || ' true', typed || ' is ' || d || ' where the day is')
from (select d, to_char(d, 'FMDD/FMMM') as typed from (select (date_trunc('month', current_date) + interval '1 month')::date + (extract(month from current_date) = 12)::int as d) x) x
cross join lateral (select directory_asked(typed, 'Testfield, IL', null, null, null, null, null, null, null, null, null, '{}') as a) us
cross join lateral (select directory_asked(typed, 'Tëstlin, BE', null, null, null, null, null, null, null, null, null, '{}') as a) de;
select is((directory_asked(null, 'Testfield, IL', null, null, null, null, null, null, null, null, null, '{}')).zone, 'Pacific/Honolulu', 'the zone of the town');
select is((directory_asked(null, 'Oak Testing, IL', null, null, null, null, null, null, null, null, null, '{}')).zone, 'America/Chicago', 'and of another');
select is((directory_asked(null, 'Testfield, IL 00161', null, null, null, null, null, null, null, null, null, '{}')).zone, 'America/Chicago', 'far from it, that of who is nearest');
-- a middle that is not there would show in nothing but the time a large circle takes
select ok(mercator(39.80, -89.60) <@ rank_middle(a.area, sort) and rank_middle(a.area, sort) <@ a.area and width(rank_middle(a.area, sort)) < width(a.area) / 3, 'a circle has a middle: ' || sort)
from (select (directory_asked(null, 'Testfield, IL', 25, null, null, null, null, null, null, null, null, '{}')).area) a, unnest('{best,nearest,price}'::text[]) sort;
select ok(mercator(60.0, 179.9) <@ rank_middle(a.circle, 'best') and width(a.circle) < 2 and width(a.area) = 360, 'over the date line it is not that of the band')
from (select (directory_asked(null, '60.0,179.9', 25, null, null, null, null, null, null, null, null, '{}')).*) a;
-- points all around at that distance
select ok(bool_and(mercator(asind(sind(x.lat) * cos(r) + cosd(x.lat) * sin(r) * cosd(b)),
                            10 + atan2d(sind(b) * sin(r) * cosd(x.lat), cos(r) - sind(x.lat) * (sind(x.lat) * cos(r) + cosd(x.lat) * sin(r) * cosd(b))))
                   <@ circle_around(mercator(x.lat, 10), x.lat, x.km)), 'nothing within ' || x.km || ' km of ' || x.lat || ' degrees is outside of its box')
from unnest('{-85,-60,0,0.5,39.8,65,84}'::float8[]) lat, unnest('{1,16,160}'::float8[]) km, generate_series(0, 359) b
cross join lateral (select lat, km, km / 6371.0088 as r offset 0) x group by x.lat, x.km;
delete from place where label = 'Testfield, IL 00161';
update location set zone = 'America/Chicago' where id in (select id from moved);

-- nothing found: offers that hold what they promise
select is((select count(*) from json_array_elements(pg_temp.ask(null, 'Oak Testing, IL', 1, 'reiki-energy', null, 'today') -> 'offers') o where (o ->> 'total')::int < 1), 0::bigint, 'no offer of nobody');
select is(o ->> 'total', pg_temp.ask(null, 'Oak Testing, IL', substring(o ->> 'href' from 'radius_km=(\d+)')::float8, 'reiki-energy') ->> 'total', 'a wider circle has as many as it says')
from json_array_elements(pg_temp.ask(null, 'Oak Testing, IL', 1, 'reiki-energy') -> 'offers') o where o ->> 'text' like '%within%';

-- home visits: whoever's circle holds the place, however far they work, and nobody else
create temp table visits as select o.slug, l.home_km, pg_temp.metres(39.95, -89.55, l.lat, l.lon) as metres
    from ours o join therapist t on t.id = o.id and t.published join location l on l.therapist_id = o.id where l.home_km > 0;
create function pg_temp.come(p_radius float8, p_more jsonb default '{}') returns text language sql as $$
    select string_agg(r ->> 'slug', ' ' order by r ->> 'slug') from pg_temp.all_of(null, 'Oak Testing, IL', p_radius, p_more => p_more || '{"booking": "home_visit"}') r $$;
select is(pg_temp.come(1), (select string_agg(distinct slug, ' ' order by slug) from visits where metres <= home_km * 1000), 'home visits: whose circle holds the place');
select ok((select count(*) filter (where metres > 1000 and metres <= home_km * 1000) > 2 and count(*) filter (where metres <= 40000 and metres > home_km * 1000) > 2 from visits), 'some come from farther than asked, some near do not');
select is(pg_temp.come(160), pg_temp.come(1), 'home visits: whatever distance one would go oneself');
select is((select string_agg(r ->> 'slug', ' ' order by r ->> 'slug') from pg_temp.all_of('house call', 'Oak Testing, IL', 1) r), pg_temp.come(1), 'home visits in words');
select is(pg_temp.come(1, '{"length": "90"}'), (select string_agg(distinct slug, ' ' order by slug) from visits v join therapist t using (slug)
    where metres <= home_km * 1000 and exists (select from service s where s.therapist_id = t.id and s.retired_at is null and s.minutes = 90)), 'home visits of a length');
select is(pg_temp.ask(null, 'Oak Testing, IL', 1, p_more => '{"booking": "home_visit"}') ->> 'heading', say_count(array_length(string_to_array(pg_temp.come(1), ' '), 1)) || ' coming to Oak Testing, IL', 'home visits: in words');
-- both sides of the date line, and north
update location l set lat = 68.5, lon = 179.9, home_km = 100 from (select slug from visits order by slug limit 1) v join ours o using (slug) where l.therapist_id = o.id;
select is((select string_agg(r ->> 'slug', ' ') from pg_temp.all_of(null, at, 5, p_more => '{"booking": "home_visit"}') r), case when reached then (select min(slug) from visits) end, 'home visits to ' || at)
from (values ('68.5,-178.0', true), ('68.5,-177.6', false), ('68.5,177.6', true), ('68.5,177.3', false), ('69.39,179.9', true), ('69.41,179.9', false), ('67.61,180', true)) x (at, reached);

-- places as people type them
create function pg_temp.place_of(p text) returns text language sql as $$ select case when a ->> 'ambiguous' = 'true' then 'which?' when a ->> 'unknown' = 'true' then 'unknown' else a #>> '{place,name}' end from (select pg_temp.ask(null, p) a) x $$;
select is(pg_temp.place_of(typed), meant, 'place: ' || typed)
from (values ('Testyack, NY', 'Testyack, NY'), ('testyack ny', 'Testyack, NY'), ('TESTYACK', 'Testyack, NY'), ('  Testyack ,  new york ', 'Testyack, NY'), ('Testyack New York', 'Testyack, NY'),
             ('Testyak, NY', 'Testyack, NY'), ('Testfeild, IL', 'Testfield, IL'), ('Testfeild IL', 'Testfield, IL'), ('Testfield', 'which?'), ('Testfield, Illinois', 'Testfield, IL'), ('00160', '00160'), ('00160-1234', '00160'),
             ('Testfield, IL 00160', '00160'), ('st testus', 'Saint Testus, NY'), ('St. Testus, NY', 'Saint Testus, NY'), ('testlin', 'Tëstlin, BE'), ('Tëstlin', 'Tëstlin, BE'),
             ('zzqqxx', 'unknown'), ('!!!', 'unknown'), ('Testfield, XX', 'unknown'), ('41.09,-73.92', 'Testyack, NY')) x (typed, meant);
select is((select count(*) from json_array_elements(pg_temp.ask('low back', 'Testfield', 40) -> 'places') p where p ->> 'href' like '/therapists?q=low%20back&near=Testfield%2C%20__&radius_km=40'), 2::bigint, 'a choice of places keeps the rest of the question');
select is((pg_temp.ask(null, '91,0') ->> 'total')::int, 0, 'no point beyond the poles');

-- words
select is(names_meant(t.name, 1), t.id, 'who has that name') from therapist t join ours o using (id) where t.published order by t.id limit 1;
select is(pg_temp.ask('sciattica', 'Testfield, IL', 40) ->> 'total', pg_temp.ask(null, 'Testfield, IL', 40, p_complaint => 'sciatica') ->> 'total', 'a misspelt complaint filters as the complaint does');
select is(pg_temp.ask('sciattica', 'Testfield, IL', 40) ->> 'meant', 'sciatica', 'and says what it took it for');
select is((select r ->> 'slug' from json_array_elements(pg_temp.ask(t.name, 'Testfield, IL', 40) -> 'results') r where r ->> 'slug' = t.slug), t.slug, 'found by name')
from (select t.slug, t.name from therapist t join ours o on o.id = t.id join listing l on l.therapist_id = t.id where t.published order by t.id limit 3) t;
select ok(pg_temp.ask('qqzzyy', 'Testfield, IL', 40) ->> 'note' like 'Nothing here matches%' and (pg_temp.ask('qqzzyy', 'Testfield, IL', 40) ->> 'total')::int > 20, 'nothing matches: says so and shows everybody near');
select is(pg_temp.ask('deep tissue', 'Testfield, IL', 40, p_technique => 'swedish') ->> 'total', pg_temp.ask(null, 'Testfield, IL', 40, p_technique => 'swedish') ->> 'total', 'what is chosen wins over what is typed');

-- what of the words is left out is said; a price in them counts, can be taken off, and is the next step where nobody is so cheap
create function pg_temp.note_of(p_q text, p_near text default 'Testfield, IL') returns text language sql as $$ select pg_temp.ask(p_q, p_near, 40) ->> 'note' $$;
select is(pg_temp.note_of(typed), said, 'note: ' || typed)
from (values ('sciatica', null), ('massage', null), ('couples massage', 'Nothing here matches “couples”, so this is everybody near Testfield, IL.'), ('🙂', 'Nothing here matches “🙂”, so this is everybody near Testfield, IL.'),
             ('sciatica knee', 'This search takes no notice of “knee”.'), ('qqzzyy', 'Nothing here matches “qqzzyy”, so this is everybody near Testfield, IL.'),
             ('no cupping', 'A search cannot rule anything out: this one takes no notice of “no cupping” and shows everybody near Testfield, IL. Tell the therapist when you book.'),
             ('sciatica no cupping', 'A search cannot rule anything out: this one takes no notice of “no cupping”. Tell the therapist when you book.'), ('chest pain', null)) x (typed, said);
select is(pg_temp.ask('not deep tissue', 'Testfield, IL', 40) ->> 'total', pg_temp.ask(null, 'Testfield, IL', 40) ->> 'total', 'what is not wanted is not asked for');
select is(pg_temp.ask('deep tissue under $90', 'Testfield, IL', 40) ->> 'total', pg_temp.ask('deep tissue', 'Testfield, IL', 40, p_more => '{"price_max":90}') ->> 'total', 'a price in the words counts');
select cmp_ok((pg_temp.ask('deep tissue under $90', 'Testfield, IL', 40) ->> 'total')::int, '<', (pg_temp.ask('deep tissue', 'Testfield, IL', 40) ->> 'total')::int, 'and narrows');
select is(pg_temp.ask('under $90', 'Testfield, IL', 40, p_more => '{"price_max":120}') ->> 'price_max', '120', 'the one that is chosen wins');
select is((select string_agg(f ->> 'label' || ' ' || (f ->> 'href'), ', ') from json_array_elements(pg_temp.ask('thai under $90', 'Testfield, IL') -> 'filters') f),
    'up to $90 /therapists?near=Testfield%2C%20IL&technique=thai', 'it can be taken off');
select ok(exists (select from json_array_elements(pg_temp.ask('under $1', 'Testfield, IL', 40) -> 'offers') o where o ->> 'text' = (pg_temp.ask(null, 'Testfield, IL', 40) ->> 'total') || ' therapists at any price'
    and o ->> 'href' = '/therapists?near=Testfield%2C%20IL&radius_km=40'), 'nobody is so cheap: any price is offered');
-- how far, in what order and where, in the words
select is((select concat_ws(' ', x ->> 'radius_km', x -> 'filters' -> 0 ->> 'label', x -> 'filters' -> 0 ->> 'href', x ->> 'total')), '8 within 5 miles /therapists?near=00160&technique=thai ' || (pg_temp.ask(null, '00160', 8, 'thai') ->> 'total'), 'a radius in the words')
from pg_temp.ask('thai within 5 miles of 00160') x;
select is(pg_temp.ask('within 5 miles of 00160', null, 40) ->> 'radius_km', '40', 'the one that is chosen wins');
select is(concat_ws(' ', x ->> 'radius_km', x -> 'place' ->> 'name'), '8 Oak Testing, IL', 'a radius before a place') from pg_temp.ask(null, '5 miles from Oak Testing, IL') x;
select is(concat_ws(' ', x ->> 'sort', x ->> 'near_me', (select string_agg(r ->> 'slug', ' ') from json_array_elements(x -> 'results') r)),
          concat_ws(' ', 'price', (select string_agg(r ->> 'slug', ' ') from json_array_elements(pg_temp.ask(null, 'Testfield, IL', 40, 'swedish', p_sort => 'price') -> 'results') r)), 'an order in the words')
from pg_temp.ask('cheapest swedish', 'Testfield, IL', 40) x;
select is(concat_ws(' ', x ->> 'sort', x ->> 'next_page' ~ '&sort=best&after=b', x ::text ~ '"value":"best","on":true,"label":"Best match","href":"/therapists[?][^"]*&sort=best"'), 'best t t', 'another that is chosen wins')
from pg_temp.ask('cheapest', 'Testfield, IL', 40, p_sort => 'best') x;
select ok((x ->> 'next_page') ~ '&sort=price&after=p', 'and it goes on in its order') from pg_temp.ask('cheapest', 'Testfield, IL', 40) x;
select is(concat_ws(' ', x ->> 'sort', x ->> 'near_me', x ->> 'note'), said, 'without a place: ' || typed)
from (values ('cheapest swedish near me', 'best “cheapest”, “near me”'), ('within 5 miles', 'best “within 5 miles”'), ('near me in zzqqxx', 'best “near me” Nothing here matches “zzqqxx”, so this is everybody.')) t (typed, said), pg_temp.ask(typed) x;
select is(concat_ws(' | ', x ->> 'words', x -> 'places' -> 0 ->> 'href', x ->> 'without_place'), said, 'what is typed but for the place: ' || typed)
from (values ('Deep tissue in Oak Testing, IL', 'Deep tissue | /therapists?q=Deep%20tissue'), ('Low back, Testfield', 'Low back, | /therapists?q=Low%20back%2C&near=Testfield%2C%20IL | /therapists?q=Low%20back%2C'),
             ('texas', '/therapists'), ('swedish', 'swedish | /therapists?q=swedish')) t (typed, said), pg_temp.ask(typed) x;
select is(pg_temp.ask(p_more => more) ->> 'canonical', canonical, 'what is nobody''s: ' || more::text)
from (values ('{"utm_source":"x"}'::jsonb, '/therapists'), ('{"utm_source":"x","technique":"thai","fbclid":"y"}', '/therapists?technique=thai'), ('{"pain":"burning"}', '/therapists')) t (more, canonical);
select is(pg_temp.ask(typed, 'Testfield, IL') ->> 'wrong', 'when', 'a day that is over: ' || typed) from unnest('{2020-01-01,"deep tissue 2020-01-01.","jan 1 1999"}'::text[]) typed;
select is(x ->> 'words_time', 'on ' || say_day((x ->> 'today')::date + 2, 'US'), 'the day after tomorrow') from pg_temp.ask('the day after tomorrow', 'Testfield, IL') x;
select is(pg_temp.ask('illinois') ->> 'heading', 'Which town in Illinois?', 'a state is no place to be near to');

-- without a place: everywhere, by what does not depend on where one is
select is(pg_temp.ask('swedish', p_sort => 'soonest') ->> 'sort', 'best', 'without a place the order is that of the best match');
select is(array_agg((r #>> '{explain,total}')::int order by (r ->> 'number')::int), array_agg((r #>> '{explain,total}')::int order by (r #>> '{explain,total}')::int desc), 'most points first')
from pg_temp.all_of(p_complaint => 'low-back') r;
select is((select count(*) from pg_temp.all_of(p_complaint => 'low-back') r, json_array_elements(r #> '{explain,parts}') p where p ->> 'label' in ('Distance', 'Free time') and p ->> 'points' <> '0'),
    0::bigint, 'neither distance nor free time counts');
select cmp_ok((pg_temp.ask(null, null, p_technique => 'swedish') ->> 'total')::int, '>=', (pg_temp.ask(null, 'Testfield, IL', 160, 'swedish') ->> 'total')::int, 'everywhere is at least as many as somewhere');
select is((select count(distinct r ->> 'slug')::int from pg_temp.all_of(p_complaint => 'scoliosis') r), (pg_temp.ask(p_complaint => 'scoliosis') ->> 'total')::int, 'pages without a place lose nobody and repeat nobody');

-- the order explains itself
select is((select count(*) from pg_temp.all_of(null, 'Testfield, IL', 40, p_complaint => 'low-back') r
           where (r #>> '{explain,total}')::int <> (select sum((p ->> 'points')::int) from json_array_elements(r #> '{explain,parts}') p)
              or exists (select from json_array_elements(r #> '{explain,parts}') p where (p ->> 'points')::int not between 0 and (p ->> 'of')::int)), 0::bigint, 'the points add up and stay within their parts');
select is((select bool_and(points <= before) from (select (r #>> '{explain,total}')::int as points, lag((r #>> '{explain,total}')::int) over (order by (r ->> 'number')::int) as before
           from pg_temp.all_of(null, 'Testfield, IL', 40, p_complaint => 'low-back') r) x), true, 'the best match first');
select is((select count(distinct r #>> '{explain,total}') > 5 from pg_temp.all_of(null, 'Testfield, IL', 40, p_complaint => 'low-back') r), true, 'and there is an order to speak of');

-- back from every page to the one before
select is((select array_agg(r ->> 'slug') from json_array_elements(pg_temp.ask(null, 'Testfield, IL', 40, p_sort => s, p_more => jsonb_build_object('before', substring(second ->> 'previous_page' from 'before=(.*)$'))) -> 'results') r),
          (select array_agg(r ->> 'slug') from json_array_elements(first -> 'results') r), 'back from the second page: ' || s)
from unnest('{best,nearest,soonest,price,rating}'::text[]) s cross join lateral (select pg_temp.ask(null, 'Testfield, IL', 40, p_sort => s) as first offset 0) f
cross join lateral (select pg_temp.ask(null, 'Testfield, IL', 40, p_sort => s, p_after => substring(first ->> 'next_page' from 'after=(.*)$')) as second offset 0) g;

-- in words
select matches(pg_temp.ask('low back', 'Testfield, IL', 40, 'deep-tissue', null, 'week') ->> 'heading', '^\d+ therapists? offering deep tissue massage for low back pain near Testfield, IL, free in the next 7 days$', 'the heading says the question');
select is(pg_temp.ask(null, 'Testfield, IL') ->> 'within', '10 miles', 'miles where people use miles');
select is(pg_temp.ask(null, 'testlin') ->> 'within', '15 km', 'kilometres elsewhere');
select is(url_encode('Zoë & Co, 5%/a'), 'Zo%C3%AB%20%26%20Co%2C%205%25%2Fa', 'addresses are encoded');

-- what the form offers; what is asked for beside a list stands in its place there
create function pg_temp.offered(p_list text, p_country text, p_day date default null, p_radius int default null, p_price int default null) returns text[] language sql as
$$ select array_agg(x ->> 'value' order by o) from json_array_elements(directory_choices(p_country, '2026-11-22', p_day, p_radius, p_price) -> p_list) with ordinality j (x, o) $$;
select is(pg_temp.offered('radii', c, p_radius => v), array(select x.r::text from (select unnest(radii(c)) union select v) x (r) where x.r is not null order by x.r), coalesce(v || ' km', 'nothing') || ' beside the radii: ' || c)
from unnest('{1,9,100,160,161,null}'::int[]) v, unnest('{US,DE}'::text[]) c;
select is((pg_temp.offered('dates', 'US', p_day => v))[n], v::text, v || ' among the dates') from (values (date '2026-11-22', 1), ('2026-11-24', 1), ('2026-12-05', 12), ('2027-01-09', 13)) x (v, n);
select is((pg_temp.offered('prices', 'US', p_price => v))[n], v::text, v || ' among the prices') from (values (1, 1), (100, 4), (101, 5), (900, 8)) x (v, n);
select is(directory_choices('GB', '2026-11-22', null, null, 90) -> 'prices' -> 3 ->> 'label', 'Up to £90', 'in what people pay with');
select is(directory_choices('US', '2026-11-22', null, 13, null) -> 'radii' -> 1 ->> 'label', '8 miles', 'miles where people use miles');
select is(directory_choices('US', '2026-11-22', null, null, null) -> 'dates' -> 0 ->> 'label', say_day_short('2026-11-24', '2026-11-22', 'US'), 'dates begin behind tomorrow');

-- the day that the form shows: by its own values, whatever it was asked by
select is(pg_temp.ask(null, 'Testfield, IL', p_when => w) ->> 'day', d, w || ' in the form')
from (values ('today', 'today'), ('tomorrow', 'tomorrow'), ('week', 'week'), ('weekend', 'weekend'), ('any', null), (null, null)) x (w, d);
select is(pg_temp.ask(null, 'Testfield, IL', p_when => w) ->> 'day', d, w || ' is ' || d || ' in the form')
from (select (pg_temp.ask(null, 'Testfield, IL') ->> 'today')::date as today) t
cross join lateral (values (0, 'today'), (1, 'tomorrow'), (2, (today + 2)::text), (6, (today + 6)::text)) x (n, d) cross join lateral unnest(array[lower(to_char(today + n, 'FMDay')), (today + n)::text]) w;
select is(pg_temp.ask('tomorrow morning', 'Testfield, IL') ->> 'words_time', 'tomorrow in the morning', 'what the words say of the time');
select is((select concat(x ->> 'words_time', x ->> 'day', x ->> 'any_day') from pg_temp.ask('tomorrow morning', 'Testfield, IL', p_when => 'any') x), 'true', 'which any day takes back');
select is((select concat(x ->> 'words_time', x ->> 'day', x ->> 'any_day') from pg_temp.ask(null, 'Testfield, IL', p_more => '{"part":"morning"}') x), '', 'a part of any day is no day');

select * from finish();
rollback;
