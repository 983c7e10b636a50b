-- Places as people type them: which one is meant, and how sure that is.
\set QUIET 1
\pset format unaligned
\pset tuples_only true
\set ON_ERROR_ROLLBACK 1
\set ON_ERROR_STOP true
begin;
select no_plan();
set local plan_cache_mode = force_generic_plan;
set local jit = off;
\ir towns.psql
\ir slips.psql

create function pg_temp.meant(p text) returns text language sql as $$ select state || coalesce(' ' || label, '') from place_meant(p) $$;
select is(pg_temp.meant(typed), meant, typed)
from (values
    -- exactly
    ('Portland, OR', 'found Portland, OR'), ('portland or', 'found Portland, OR'), ('12 NW 3rd Ave, Portland, OR', 'found Portland, OR'), ('Main St 5, portland oregon', 'found Portland, OR'), ('1 Oak St, Portland OR 97201-1234', 'found 97201'), ('PORTLAND OREGON', 'found Portland, OR'), ('  Portland ,  Maine, USA ', 'found Portland, ME'),
    ('97201', 'found 97201'), ('97201-1234', 'found 97201'), ('Portland, OR 97201', 'found 97201'), ('zip 97201', 'found 97201'), ('new york', 'found New York, NY'),
    ('New York, New York', 'found New York, NY'), ('Saint Louis', 'found St. Louis, MO'), ('st louis mo', 'found St. Louis, MO'),
    -- a large one before small ones of the same name; equals are asked about
    ('Portland', 'found Portland, OR'), ('Springfield', 'ambiguous Springfield, MO'), ('Norwich', 'ambiguous Norwich, NY'), ('Burbank', 'found Burbank, CA 91506'),
    -- as people call them
    ('nyc', 'found New York, NY'), ('brooklyn', 'found New York, NY'), ('Brooklyn, OH', 'found Brooklyn, OH'), ('vegas baby', 'unknown'), ('Nashville', 'found Nashville, TN'),
    ('Nashville-Davidson, TN', 'found Nashville, TN'), ('berkeley springs', 'found Bath (Berkeley Springs), WV'),
    ('near portland', 'found Portland, OR'), ('downtown Portland', 'found Portland, OR'), ('Austin metro area', 'found Austin, TX'),
    -- in another state than typed, in a state that is none, nowhere
    ('Vancouver OR', 'guessed Vancouver, WA'), ('Springfield, WY', 'ambiguous Springfield, MO'), ('Springfield, XX', 'unknown'), ('zzqqxx', 'unknown'), ('!!!', 'unknown'), ('near me', 'unknown'), ('', 'unknown'),
    -- begun
    ('Portlan', 'guessed Portland, OR'), ('aust', 'guessed Austin, TX'), ('97206', 'guessed 97205'),
    -- a little like a town, a code of another country, a whole state
    ('Texarcade', 'unknown'), ('SW1A 1AA', 'unknown'), ('K1A 0B1', 'unknown'), ('Texarkan 9', 'unknown'), ('Texas', 'unknown'), ('Georgia', 'ambiguous Georgia, VT'), ('Georgia, VT', 'found Georgia, VT'),
    -- a point
    ('45.52,-122.68', 'found Portland, OR'), ('45.5549 -122.5600', 'found Maywood Park, OR'), ('45.63,-122.60', 'found Vancouver, WA'),
    -- a point as the form says it, and with another town typed over its name
    ('Near Vancouver, WA (45.63,-122.60)', 'found Vancouver, WA'), ('Near Austin, TX (45.63,-122.60)', 'found Austin, TX'), ('Near zzqqxx (45.63,-122.60)', 'unknown')) x (typed, meant);
select is((select array[m.lat, m.lon] from place_meant('Near Vancouver, WA (45.63,-122.60)') m), '{45.63,-122.6}', 'the point, and not the middle of the town');

select is((select choices[1] from place_meant('Texarcade')), 'Texarkana, TX', 'what is a little like it is offered, and not taken for it');
select is((select choices from place_meant('Portland')), '{"Portland, OR","Portland, ME","Portland, AR","Portland, CT","Portland, IN","Portland, TX"}', 'the others are offered, the larger first');
select is((select choices[1:3] from place_meant('springfield')), '{"Springfield, MO","Springfield, MA","Springfield, IL"}', 'those to choose from come by size');
select is((select count(*) from place where label = 'Nashville-Davidson, TN'), 0::bigint, 'a town is shown as people call it');
select cmp_ok((select importance from place where label = 'Norwich, NY'), '>', (select importance from place where label = 'Norwich, VT'), 'who has more postcodes is larger, where nothing better is known');
select place_merge() \g /dev/null
select is((select count(*) from place where key = 'nashville'), 1::bigint, 'and taking in nothing changes nothing');

-- slips
select ok((select s.meant = any (choices[1:3]) from place_meant(s.typed)), 'place: ' || s.typed) from slip s where s.kind = 'town';
select is((select count(*) from slip where kind = 'town' and exists (select from place p where p.label = slip.meant)), (select count(*) from slip where kind = 'town'), 'each of them is in the gazetteer');

-- while somebody types
select is(directory_places('portl', 3) #>> '{places,0,name}', 'Portland, OR', 'a beginning finds the large town first');
select is(json_array_length(directory_places('portland', 10) -> 'places'), 6, 'everything of that name, each once');
select is(directory_places('9720', 3) #>> '{places,0,name}', '97201', 'a postcode begun');
select is((directory_places('qqq', 3) ->> 'none')::boolean, true, 'nothing begins so');

select * from finish();
rollback;
