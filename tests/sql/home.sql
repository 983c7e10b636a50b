-- Visits at the client's address: who reaches whom, what is asked, where the address goes and where it does not.
\ir booking.psql
select no_plan();

insert into place (kind, country, region, name, postcode, label, key, lat, lon, importance) values
    ('town', 'US', 'IL', 'Homewood Test', null, 'Homewood Test, IL', 'homewood test', 39.85, -89.6, 500),
    ('town', 'US', 'MO', 'Homewood Test', null, 'Homewood Test, MO', 'homewood test', 37.2, -93.3, 900),
    ('town', 'US', 'IL', 'Far Test', null, 'Far Test, IL', 'far test', 40.3, -89.6, 500),
    ('postcode', 'US', 'IL', 'Homewood Test', '99901', '99901', '99901', 39.86, -89.61, 0);

insert into town_word (word, importance) values ('homewood test', 900);

create function pg_temp.place() returns int language sql as $$ select id from location where therapist_id = pg_temp.therapist('test-ana') order by id limit 1 $$;
create function pg_temp.starts(p_now timestamptz default clock()) returns timestamptz[] language sql as $$ select array_agg(start order by start) from slots(pg_temp.service('test-ana'), null, local_day(pg_temp.at(0), 'America/Chicago'), 1, p_now) $$;
create function pg_temp.details(p_token text, p_key int, p_home json) returns json language sql
    as $$ select pg_temp.web(p_token, format('select booking_details(%L, ''Kim'', ''kim@example.org'', %L)', pg_temp.id(p_key), p_home))::json $$;
create function pg_temp.typed(p_place text, p_street text default '7 Secret Lane', p_phone text default '555 0100') returns json language sql
    as $$ select json_build_object('home_street', p_street, 'home_place', p_place, 'home_access', 'Blue door', 'phone', p_phone) $$;
create function pg_temp.doc(p_token text, p_key int, p_session text default '') returns json language sql as $$ select pg_temp.web(p_token, format('select booking_document(%L)', pg_temp.id(p_key)), p_session)::json $$;

-- --- Where it is offered, and what it takes
update service set at_home = true, road = 45 where id = pg_temp.service('test-ana');
select ok(not given_at(pg_temp.service('test-ana'), pg_temp.place()), 'no visit at home from a place without a radius');
select is(pg_temp.starts(), null, 'so none is offered');
select is((select string_agg(rule, ' ') from why_not(pg_temp.service('test-ana'), pg_temp.place(), pg_temp.at(0) at time zone 'America/Chicago')), 'not_here', 'and the therapist is told');
select is((select count(*)::int from listing where therapist_id = pg_temp.therapist('test-ana') and class = 60), 0, 'nor is it listed');
update location set home_km = 20 where id = pg_temp.place();
select ok(cardinality(pg_temp.starts()) > 10, 'with one it is');
select is((select count(*)::int from listing where therapist_id = pg_temp.therapist('test-ana') and class = 60), 1, 'and listed');
select is((select kept_before || ' ' || kept_after from service where id = pg_temp.service('test-ana')), '60 60', 'the way comes to the time kept free');
select is(pg_temp.hold('kim', 1, 'test-ana', pg_temp.at(0)) is not null, true, 'held');
select is((select blocked from slot_claim where booking_id = pg_temp.id(1)), tstzrange(pg_temp.at(0) - interval '60 minutes', pg_temp.at(0) + interval '120 minutes'), 'its claim covers the way there and back');
select is(pg_temp.hold('eve', 2, 'test-ana', pg_temp.at(0) + interval '150 minutes'), 'time-taken', 'the next one needs its own way too');
select is((select count(*)::int from listing_differences(array[pg_temp.therapist('test-ana')])), 0, 'the listing knows');

-- --- The address
select pg_temp.pass('kim', 1);
select is(pg_temp.details('kim', 1, pg_temp.typed('Homewood Test, IL', null)) ->> 'field', 'home_street', 'no street');
select is(pg_temp.details('kim', 1, pg_temp.typed(null)) ->> 'field', 'home_place', 'no town');
select is(pg_temp.details('kim', 1, pg_temp.typed('Homewood Test, IL', '7 Secret Lane', null)) ->> 'field', 'phone', 'no telephone');
select is(pg_temp.details('kim', 1, pg_temp.typed('Zzyzzyx Qqq, IL')) ->> 'field', 'home_place', 'a town that nobody knows');
select is(pg_temp.details('kim', 1, pg_temp.typed('39.8 -89.6')) ->> 'field', 'home_place', 'coordinates are no address');
select matches(pg_temp.details('kim', 1, pg_temp.typed('Homwood Test, IL')) ->> 'title', 'Do you mean Homewood Test, IL', 'a slip is asked about');
select is(pg_temp.details('kim', 1, pg_temp.typed('Far Test, IL')) ->> 'title', 'This is too far: home visits go up to 12 miles from Springfield', 'too far, and how far they go');
select is(pg_temp.details('kim', 1, pg_temp.typed('Homewood Test, MO')) ->> 'field', 'home_place', 'the town of that name elsewhere, when it is said');
select is((select num_nonnulls(home_street, home_place, home_lat, client_phone, client_name) from booking where key = pg_temp.key(1)), 0, 'nothing of it was kept');
select is(pg_temp.confirm('kim', 1) ->> 'type', 'details-missing', 'not booked without');
select pg_temp.name('kim', 1);
select is(pg_temp.doc('kim', 1) ->> 'ready', 'false', 'a name alone is not all');
select is(pg_temp.confirm('kim', 1) ->> 'title', 'Give the address of the visit and a telephone number first.', 'and is told so');
select is(pg_temp.details('kim', 1, pg_temp.typed('homewood test')) ->> 'ready', 'true', 'of towns of one name the one within reach is meant');
select is((select home_place from booking where key = pg_temp.key(1)), 'Homewood Test, IL', 'as the gazetteer writes it');
select pg_temp.details('kim', 1, pg_temp.typed('99901'));
select is((select home_place from booking where key = pg_temp.key(1)), '99901', 'a ZIP code says no town');
select is(pg_temp.details('kim', 1, pg_temp.typed('Homewood  Test, IL 99901')) ->> 'ready', 'true', 'the client does');
select is((select home_place || ' ' || home_lat from booking where key = pg_temp.key(1)), 'Homewood Test, IL 99901 39.86', 'and it is held to the ZIP code');
select throws_ok($$ update booking set state = 'confirmed', reference = 'X', home_street = null where key = pg_temp.key(1) $$, '23514', null, 'the database books no home visit without an address');
select throws_ok($$ update booking set client_phone = null, state = 'confirmed', reference = 'X' where key = pg_temp.key(1) $$, '23514', null, 'nor without a telephone number');
select is(pg_temp.confirm('kim', 1) ->> 'state', 'confirmed', 'booked');

-- --- Who sees it
select is(pg_temp.doc('kim', 1) -> 'home' ->> 'home_street', '7 Secret Lane', 'the client');
select is(pg_temp.doc('', 1, 'ana') -> 'home' ->> 'home_street', '7 Secret Lane', 'the therapist');
select matches(pg_temp.web('', format('select practice_booking(%L)', pg_temp.id(1)), 'ana'), 'Blue door.*7 Secret Lane', 'on the page of the visit');
select matches(pg_temp.web('', format('select practice_visit(b) from booking b where id = %L', pg_temp.id(1)), 'ana'), 'Home visit, 7 Secret Lane', 'and in the list of the day');
select is(pg_temp.web('', 'select count(*) from booking where home_street is not null', 'ben'), '0', 'no other therapist');
select is(pg_temp.web('eve', 'select count(*) from booking where home_street is not null'), '0', 'no other guest');
select is(pg_temp.web('', 'select count(*) from booking where home_street is not null', 'olga'), '0', 'no operator');
select doesnt_match((select string_agg(outbox_data(m, b)::text, '') from outbox m join booking b on b.id = m.booking_id where b.key = pg_temp.key(1)), 'Secret|Blue door|555 0100', 'no mail and no call says the street');
select matches((select outbox_data(m, b) -> 'booking' -> 'place' ->> 'town' from outbox m join booking b on b.id = m.booking_id where b.key = pg_temp.key(1) and m.kind = 'therapist-booked'), 'Homewood Test', 'the therapist''s says the town');
select is(booking_calendar(pg_temp.id(1)) -> 'events' -> 0 ->> 'location', 'At your address', 'no calendar says where');
insert into calendar_feed (token_hash, nonce, therapist_id) values (sha256('feed'), gen_random_uuid(), pg_temp.therapist('test-ana'));
select is(calendar_feed_show('feed') -> 'events' -> 0 ->> 'location', 'At the client''s address', 'nor the therapist''s');
select doesnt_match(calendar_feed_show('feed')::text, 'Secret|Homewood', 'not in any other words');
select doesnt_match((select string_agg(x::text, '') from (select booking_history(pg_temp.id(1), 'client')::text as x union all select a::text from audit a union all select e::text from booking_event e) y), 'Secret|Homewood', 'nor what is kept of what happened');

-- --- Another time, another place
insert into location (therapist_id, street, town, region, country, lat, lon, zone, home_km)
values (pg_temp.therapist('test-ana'), '2 Far Street', 'Far Test', 'IL', 'US', 40.3, -89.6, 'America/Chicago', 20);
insert into hours (location_id, weekday, starts, ends) select max(id), d, '00:00', '24:00' from location, generate_series(1, 7) d group by d;
select ok((select count(distinct location_id) = 2 from slots(pg_temp.service('test-ana'), null, local_day(pg_temp.at(0), 'America/Chicago') + 1, 1)), 'it is offered from two places');
select is((select string_agg(distinct location_id::text, ' ') from slots(pg_temp.service('test-ana'), null, local_day(pg_temp.at(0), 'America/Chicago') + 1, 1, clock(), pg_temp.id(1))), pg_temp.place()::text, 'moved within reach of the address alone');
select is(pg_temp.web('kim', format('select booking_move(%L, %L, null, ''link'') ->> ''state''', pg_temp.id(1), pg_temp.at(16))), 'confirmed', 'it moves');
select is((select home_street || ' ' || location_id from booking where key = pg_temp.key(1)), '7 Secret Lane ' || pg_temp.place(), 'and keeps its address');
select is((select blocked from slot_claim where booking_id = pg_temp.id(1)), tstzrange(pg_temp.at(16) - interval '60 minutes', pg_temp.at(16) + interval '120 minutes'), 'and its way');
insert into travel (therapist_id, location_a, location_b, minutes) select pg_temp.therapist('test-ana'), pg_temp.place(), max(id), 25 from location;
select is((select during from taken(pg_temp.therapist('test-ana'), (select max(id) from location), 'America/Chicago', local_day(pg_temp.at(16), 'America/Chicago'), local_day(pg_temp.at(16), 'America/Chicago'), clock()) t where t.booking_id = pg_temp.id(1)),
    tstzrange(pg_temp.at(16) - interval '85 minutes', pg_temp.at(16) + interval '145 minutes'), 'for a visit at the other place the way between them comes on top');
delete from location where id = (select max(id) from location);

-- --- A series
select pg_temp.web('sue', format('select series_hold(%L, ''test-ana'', %s, %L, false, 10)', pg_temp.key(20), pg_temp.service('test-ana'), array[pg_temp.at(46), pg_temp.at(46) + interval '7 days']));
select pg_temp.pass('sue', 20);
select is(pg_temp.details('sue', 20, pg_temp.typed('Far Test, IL')) ->> 'field', 'home_place', 'a series goes no farther');
select is(pg_temp.details('sue', 20, pg_temp.typed('Homewood Test, IL 99901')) ->> 'ready', 'true', 'one address for all');
select pg_temp.confirm('sue', 20);
select is((select string_agg(concat_ws(' ', state, home_street, home_place, client_phone), ', ') from booking where series_id = pg_temp.id(20)),
    'confirmed 7 Secret Lane Homewood Test, IL 99901 555 0100, confirmed 7 Secret Lane Homewood Test, IL 99901 555 0100', 'and each visit has it');

-- --- On the telephone
create function pg_temp.phones(p_key int, p_home json, p_start timestamptz default pg_temp.at(60), p_phone text default '555 0100') returns json language sql as $$
    select pg_temp.web('tel', format('select practice_book(%L, %s, %s, %L, %L, true, ''Tom'', null, %L, false, null, ''web'', %L)', pg_temp.key(p_key), pg_temp.service('test-ana'), pg_temp.place(),
        local_day(p_start, 'America/Chicago'), to_char(p_start at time zone 'America/Chicago', 'HH24:MI'), p_phone, p_home), 'ana')::json $$;
select is(pg_temp.phones(30, '{}') ->> 'field', 'phone', 'a therapist who books for a client is asked as well');
select is(pg_temp.phones(30, pg_temp.typed('Far Test, IL')) ->> 'field', 'home_place', 'and held to the radius');
select is(pg_temp.phones(30, pg_temp.typed('Homewood Test, IL 99901')) -> 'booking' -> 'home' ->> 'home_place', 'Homewood Test, IL 99901', 'kept with the address');
select is((select blocked from slot_claim where booking_id = pg_temp.id(30)), tstzrange(pg_temp.at(60) - interval '60 minutes', pg_temp.at(60) + interval '120 minutes'), 'and with the way');

-- --- Waiting lists: who waits for any service comes to the practice
insert into waiting (key, token_hash, therapist_id, days, parts, from_day, until_day, email, created_at, confirmed_at)
select pg_temp.key(40 + n), sha256(convert_to('w' || n, 'UTF8')), pg_temp.therapist('test-ana'), '{1,2,3,4,5,6,7}', '{morning,afternoon,evening}', current_date, current_date + 20, 'w' || n || '@example.org', clock(), clock()
from generate_series(1, 2) n;
update waiting set service_id = pg_temp.service('test-ana') where key = pg_temp.key(42);
select is((select count(*)::int from waiting w, waiting_fit(w, w.therapist_id) where w.key = pg_temp.key(41)), 0, 'none is offered to who did not ask for it');
select is((select count(*)::int from waiting w, waiting_fit(w, w.therapist_id) where w.key = pg_temp.key(42)), 1, 'one to who did');
select ok((select waiting_make(w, w.therapist_id, 60) from waiting w where w.key = pg_temp.key(42)), 'offered');
select is((select at_home::text || (home_street is null) from booking where waiting_id = (select id from waiting where key = pg_temp.key(42))), 'truetrue', 'and the address is asked for then');

-- --- Forgotten
select pg_temp.hold('ned', 50, 'test-ana', pg_temp.at(76));
select pg_temp.details('ned', 50, pg_temp.typed('99901'));
select isnt((select home_street from booking where key = pg_temp.key(50)), null, 'kept while it is held');
update booking set hold_expires = clock() - interval '1 second' where key = pg_temp.key(50);
select booking_sweep() from generate_series(1, 3);
update booking set ended_at = clock() - interval '61 minutes' where key = pg_temp.key(50);
select booking_forget();
select is((select num_nonnulls(home_street, home_place, home_access, home_lat, home_lon, client_phone) from booking where key = pg_temp.key(50)), 0, 'and gone an hour after that');

-- --- The therapist's form
create function pg_temp.save(p_more jsonb) returns json language sql as $$
    select pg_temp.web('', format('select practice_service_save(%s, %L)', pg_temp.service('test-ana'), '{"name":"Massage","minutes":"60","price":"8500","technique":"{swedish}"}'::jsonb || p_more), 'ana')::json $$;
select pg_temp.save('{"road":"20"}');
select is((select at_home::text || ' ' || road from service where id = pg_temp.service('test-ana')), 'false 20', 'not ticked is not at home');
select pg_temp.save('{"at_home":"yes"}');
select is((select at_home::text || ' ' || road from service where id = pg_temp.service('test-ana')), 'true 20', 'ticked it is');
update location set home_km = 0 where id = pg_temp.place();
select is(pg_temp.save('{"at_home":"yes"}') ->> 'field', 'at_home', 'not without a radius');
select is((select road from service where id = pg_temp.service('test-ana')), 20::smallint, 'which changes nothing');
select is((select card like '%home_services%Massage%' from listing_card where location_id = pg_temp.place()), false, 'no card says what is not offered');
update location set home_km = 5 where id = pg_temp.place();
select ok((select card like '%"home_services" : "Massage"%' from listing_card where location_id = pg_temp.place()), 'the card says what comes home');
select is((select service_rules(s) ->> 'home' from service s where id = pg_temp.service('test-ana')), 'At your address, up to 3 miles from Springfield', 'and the service says how far');
select * from finish();
rollback;
