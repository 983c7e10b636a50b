-- Rooms: a time needs its therapist and a room. A room has one visit at a time, and what one therapist takes is gone for the others at once, wherever it is
-- shown or asked for.
\ir booking.psql
select no_plan();

-- Ana and Ben share a place with one room; Ben's other place is his own.
insert into practice (name) values ('Test practice');
insert into premises (practice_id, name, street, town, region, country, lat, lon, zone)
select id, 'The Loft', '9 Shared Street', 'Springfield', 'IL', 'US', 39.8, -89.6, 'America/Chicago' from practice where name = 'Test practice';
create temp table at as select id as premises from premises where name = 'The Loft';
insert into room (premises_id, name, position) select premises, 'Room 1', 1 from at;
create function pg_temp.room(p_name text) returns int language sql as $$ select r.id from room r, pg_temp.at where r.premises_id = at.premises and r.name = p_name and r.retired_at is null $$;
update location set premises_id = (select premises from at) where id in (select location from pg_temp.of);
select is((select string_agg(distinct street, ' ') from location where id in (select location from pg_temp.of)), '9 Shared Street', 'who uses a shared place has its address');
update location set street = 'Elsewhere', lat = 1 where id in (select location from pg_temp.of);
select is((select count(*) from location where street = 'Elsewhere' or lat = 1), 0::bigint, 'and cannot give it another');
update premises set street = '10 Shared Street' where id = (select premises from at);
select is((select count(*) from listing_card c join pg_temp.of on location_id = location where c.card like '%10 Shared Street%'), 2::bigint, 'a change reaches all, and what search shows of them');

create function pg_temp.offered(p_slug text, p_at timestamptz) returns boolean language sql as $$
    select exists (select from slots(pg_temp.service(p_slug), null, p_at::date - 1, 3) where start = p_at) $$;
create function pg_temp.listed(p_slug text, p_at timestamptz) returns boolean language sql as $$
    select offer_starts(o, null, null, 16777215, clock(), 100000) @> array[p_at] from listing l join listing_offer o using (location_id, class) where l.therapist_id = pg_temp.therapist(p_slug) limit 1 $$;
create function pg_temp.why(p_slug text, p_at timestamptz) returns text language sql as $$
    select string_agg(w.rule, ' ' order by w.rule) from pg_temp.of x, why_not(x.service, x.location, p_at at time zone 'America/Chicago') w where x.slug = p_slug $$;
create function pg_temp.untrue() returns bigint language sql as $$ select count(*) from listing_differences(array(select therapist from pg_temp.of)) $$;
create function pg_temp.room_of(p_key int) returns text language sql as $$
    select string_agg(coalesce(r.name, 'none'), ' ' order by c.use) from slot_claim c left join room r on r.id = c.room_id where c.booking_id = pg_temp.id(p_key) $$;

-- without rooms nobody minds the other
select is(pg_temp.hold('kim', 1, 'test-ana', pg_temp.at(0)), pg_temp.id(1)::text, 'a service without a room');
select is(pg_temp.room_of(1), 'none', 'takes none');
select ok(pg_temp.offered('test-ben', pg_temp.at(0)), 'and a colleague is free');
select ok((select not needs_room from service where id = pg_temp.service('test-ana')), 'it needs none');

-- from now on both need the room: the visit that stands gets it
select is(service_needs(pg_temp.service('test-ana'), array[pg_temp.room('Room 1')]), 0, 'a visit to come gets a room');
select is(pg_temp.room_of(1), 'Room 1', 'this one');
select is(service_needs(pg_temp.service('test-ben'), array[pg_temp.room('Room 1')]), 0, 'Ben needs it too');
select ok((select bool_and(needs_room) from service where id in (select service from pg_temp.of)), 'which the services say');
select is((select count(distinct rooms) filter (where rooms is not null) || ' ' || count(*) from listing_due where therapist_id in (select therapist from pg_temp.of)), '1 2', 'and their lock is one');
select is(pg_temp.offered('test-ben', pg_temp.at(0)), false, 'the time is gone for Ben');
select is(pg_temp.listed('test-ben', pg_temp.at(0)), false, 'in the search too');
select is(pg_temp.why('test-ben', pg_temp.at(0)), 'room', 'because no room is free');
select is(pg_temp.hold('eve', 2, 'test-ben', pg_temp.at(0)), 'time-taken', 'it cannot be held');
select is(pg_temp.offered('test-ben', pg_temp.at(2)), false, 'buffers count');
select ok(pg_temp.offered('test-ben', pg_temp.at(3)), 'after them it is free again');
select is(pg_temp.untrue(), 0::bigint, 'the listing says so of both');
select throws_ok($$ insert into slot_claim (booking_id, therapist_id, blocked, room_id) values (gen_random_uuid(), pg_temp.therapist('test-ben'), tstzrange(pg_temp.at(0), pg_temp.at(1)), pg_temp.room('Room 1')) $$,
    '23P01', null, 'the table itself refuses a second visit in a room');

-- in one transaction: hold, and the other's times
select isnt(pg_temp.hold('eve', 2, 'test-ben', pg_temp.at(3)), 'time-taken', 'Ben takes the room at another time');
select is(pg_temp.listed('test-ana', pg_temp.at(3)), false, 'which is gone for Ana at once');
select is(pg_temp.untrue(), 0::bigint, 'as it ought to be');
select pg_temp.web('eve', format('select booking_cancel(%L)', pg_temp.id(2)));
select ok(pg_temp.listed('test-ana', pg_temp.at(3)), 'and back when he lets it go');
select is(pg_temp.untrue(), 0::bigint, 'as it ought to be');

-- a hold that ran out keeps no room
select pg_temp.hold('eve', 3, 'test-ben', pg_temp.at(6));
select pg_temp.run_out(3);
select ok(pg_temp.offered('test-ana', pg_temp.at(6)), 'what ran out is free for the other');
select isnt(pg_temp.hold('kim', 4, 'test-ana', pg_temp.at(6)), 'time-taken', 'and can be held');
select is(pg_temp.state(3), 'expired', 'the old hold is over');

-- a second room
insert into room (premises_id, name, position) select premises, 'Room 2', 2 from at;
select service_needs(pg_temp.service('test-ana'), array[pg_temp.room('Room 1'), pg_temp.room('Room 2')]) \g /dev/null
select service_needs(pg_temp.service('test-ben'), array[pg_temp.room('Room 1'), pg_temp.room('Room 2')]) \g /dev/null
select ok(pg_temp.offered('test-ben', pg_temp.at(0)), 'with a second room Ben is free');
select isnt(pg_temp.hold('eve', 5, 'test-ben', pg_temp.at(0)), 'time-taken', 'and can be booked');
select is(pg_temp.room_of(1) || ', ' || pg_temp.room_of(5), 'Room 1, Room 2', 'each visit has its own');
select is(pg_temp.untrue(), 0::bigint, 'the listing knows');
select is((select count(*) from slot_claim a join slot_claim b on a.room_id = b.room_id and a.id < b.id and a.blocked && b.blocked), 0::bigint, 'no two visits in a room');

-- moving: the visit's own room does not stand in its way
select pg_temp.booked('kim', 10, 'test-ana', pg_temp.at(20)) \g /dev/null
select pg_temp.booked('eve', 11, 'test-ben', pg_temp.at(24)) \g /dev/null
select service_needs(pg_temp.service('test-ana'), array[pg_temp.room('Room 1')]) \g /dev/null
select service_needs(pg_temp.service('test-ben'), array[pg_temp.room('Room 1')]) \g /dev/null
select is(pg_temp.web('kim', format('select booking_move(%L, %L) ->> ''type''', pg_temp.id(10), pg_temp.at(23))), 'time-taken', 'a visit does not move into a room that is taken');
select is((select json_array_length(d -> 'nearest') || ' ' || (select bool_and((x ->> 'start')::timestamptz not in (pg_temp.at(23), pg_temp.at(22), pg_temp.at(24), pg_temp.at(25), pg_temp.at(26))) from json_array_elements(d -> 'nearest') x)
    from (select pg_temp.web('kim', format('select booking_move(%L, %L)', pg_temp.id(10), pg_temp.at(23)))::json as d) x), '3 true', 'and what is near does not offer it either');
select is(pg_temp.web('kim', format('select booking_move(%L, %L) ->> ''type''', pg_temp.id(10), pg_temp.at(21))), null, 'but half an hour on, beside it');
select is((select room_id from slot_claim where booking_id = pg_temp.id(10)), pg_temp.room('Room 1'), 'in its room');
select is(pg_temp.untrue(), 0::bigint, 'which both listings say');

-- a suggestion keeps a room, and settling takes it along
update service set mode = 'request' where id = pg_temp.service('test-ana');
select pg_temp.booked('zoe', 12, 'test-ana', pg_temp.at(40)) \g /dev/null
select is(pg_temp.state(12), 'requested', 'asked for');
select is(pg_temp.web('', format('select practice_suggest(%L, %L) ->> ''problem''', pg_temp.id(12), pg_temp.at(41)), 'ana'), null, 'Ana suggests half an hour later');
select is(pg_temp.room_of(12), 'Room 1 Room 1', 'both times are kept in the room');
select is(pg_temp.offered('test-ben', pg_temp.at(43)), false, 'so Ben has neither');
select is(pg_temp.web('zoe', format('select booking_answer(%L, true, null) ->> ''state''', pg_temp.id(12))), 'confirmed', 'the client takes it');
select is((select room_id || ' ' || lower(blocked) from slot_claim where booking_id = pg_temp.id(12)), pg_temp.room('Room 1') || ' ' || (pg_temp.at(41) - interval '15 minutes'), 'one claim is left, in the room');
select is(pg_temp.untrue(), 0::bigint, 'and both listings say so');
update service set mode = 'instant' where id = pg_temp.service('test-ana');

-- a series holds all or nothing
select pg_temp.hold('eve', 20, 'test-ben', pg_temp.at(60) + interval '7 days') \g /dev/null
select is(pg_temp.web('kim', format('select series_hold(%L, ''test-ana'', %s, array[%L, %L]::timestamptz[], false, 10) ->> ''type''', pg_temp.key(21), pg_temp.service('test-ana'), pg_temp.at(60), pg_temp.at(60) + interval '7 days')),
    'time-taken', 'a series is refused where the room of one visit is taken');
select is((select count(*) from slot_claim where therapist_id = pg_temp.therapist('test-ana') and blocked && tstzrange(pg_temp.at(59), pg_temp.at(62))), 0::bigint, 'and holds nothing');
select is(pg_temp.why('test-ana', pg_temp.at(60) + interval '7 days'), 'room', 'and the plan can say why');

-- by phone
select is(pg_temp.web('zoe', format('select practice_book(%L, %s, %s, %L, %L, true, ''Zoe'', null, ''555-0100'', false, null) ->> ''title''', pg_temp.key(22), pg_temp.service('test-ana'),
    (select location from pg_temp.of where slug = 'test-ana'), ((pg_temp.at(60) + interval '7 days') at time zone 'America/Chicago')::date, ((pg_temp.at(60) + interval '7 days') at time zone 'America/Chicago')::time), 'ana'),
    'No room is free at this time. Enter another one', 'nor by phone');

-- who waits for Ana hears of what Ben lets go
insert into waiting_look values (pg_temp.therapist('test-ana'), now() + interval '30 minutes');
select pg_temp.web('eve', format('select booking_cancel(%L)', pg_temp.id(20)));
select ok((select due_at <= clock() from waiting_look where therapist_id = pg_temp.therapist('test-ana')), 'a room that is free again is looked at for who waits');

-- closed for a time: by the desk, where nothing stands
select pg_temp.booked('kim', 30, 'test-ana', pg_temp.at(70)) \g /dev/null
insert into practice_member (account_id, practice_id, role) select t.account_id, p.id, 'owner' from therapist t, practice p where t.slug = 'test-ana' and p.name = 'Test practice';
create function pg_temp.close(p_room text, p_from timestamptz, p_to timestamptz, p_as text default 'ana') returns json language sql as $$
    select pg_temp.web('', format('select desk_room_close(%L)', json_build_object('room', pg_temp.room(p_room)::text, 'reason', 'New floor',
        'from_day', to_char(p_from at time zone 'America/Chicago', 'YYYY-MM-DD'), 'from_time', to_char(p_from at time zone 'America/Chicago', 'HH24:MI'),
        'until_day', to_char(p_to at time zone 'America/Chicago', 'YYYY-MM-DD'), 'until_time', to_char(p_to at time zone 'America/Chicago', 'HH24:MI'))), p_as)::json $$;
select is((select (d ->> 'problem') || ', ' || (d ->> 'field') || ', ' || json_array_length(d -> 'standing') || ', ' || (d -> 'standing' -> 0 ->> 'client') from pg_temp.close('Room 1', pg_temp.at(68), pg_temp.at(71)) d),
    'true, room, 1, Kim', 'a room is not closed over a visit, and says which');
select is((select count(*) from room_closing), 0::bigint, 'nothing is kept of it');
select ok(pg_temp.offered('test-ben', pg_temp.at(74)) and pg_temp.listed('test-ben', pg_temp.at(74)), 'Ben is free later');
insert into waiting_look values (pg_temp.therapist('test-ben'), now() + interval '30 minutes') on conflict (therapist_id) do update set due_at = excluded.due_at;
select is((select json_array_length(d -> 'closings') || (d -> 'closings' -> 0 ->> 'reason') from pg_temp.close('Room 1', pg_temp.at(73), pg_temp.at(73) + interval '40 days') d), '1New floor', 'beside it, for forty days');
select is(pg_temp.offered('test-ben', pg_temp.at(74)) or pg_temp.listed('test-ben', pg_temp.at(74)), false, 'then nobody is offered a time in it');
select is(pg_temp.listed('test-ana', pg_temp.at(74) + interval '20 days'), false, 'weeks on');
select is(pg_temp.why('test-ben', pg_temp.at(74)), 'room', 'because no room is free');
select is(pg_temp.hold('eve', 31, 'test-ben', pg_temp.at(74)), 'time-taken', 'and nobody can hold one');
select is(pg_temp.untrue(), 0::bigint, 'all listings say so');
select is((select (d -> 'standing' -> 0 ->> 'closed') is not null from pg_temp.close('Room 1', pg_temp.at(80), pg_temp.at(81)) d), true, 'it is not closed twice');
select throws_ok($$ insert into slot_claim (booking_id, therapist_id, blocked, room_id) values (gen_random_uuid(), pg_temp.therapist('test-ben'), tstzrange(pg_temp.at(80), pg_temp.at(81)), pg_temp.room('Room 1')) $$,
    '23P01', null, 'the table itself refuses a visit in a closed room');
select is((pg_temp.close('Room 1', pg_temp.at(75), pg_temp.at(74)) ->> 'field') in ('until_time', 'until_day'), true, 'it ends after it begins');
select is(pg_temp.close('Room 2', pg_temp.at(75), pg_temp.at(76), 'ben')::text, null, 'who is no owner and not at the desk closes nothing');
select is(pg_temp.web('', format('select desk_room_open(%L)', (select id from room_closing)), 'ben'), null, 'nor opens');
select pg_temp.web('', format('select desk_room_open(%L)', (select id from room_closing)), 'ana') \g /dev/null
select ok(pg_temp.offered('test-ben', pg_temp.at(74)) and pg_temp.listed('test-ben', pg_temp.at(74)), 'opened again it is free at once');
select ok((select due_at <= clock() from waiting_look where therapist_id = pg_temp.therapist('test-ben')), 'and looked at for who waits');
select is(pg_temp.untrue(), 0::bigint, 'which all listings say');

-- no longer needed: the visits give it up
select service_needs(pg_temp.service('test-ben'), '{}') \g /dev/null
select is(pg_temp.room_of(11), 'none', 'a service that needs no room any more has none');
select ok((select not needs_room from service where id = pg_temp.service('test-ben')), 'and says so');
select ok(pg_temp.listed('test-ana', pg_temp.at(24)), 'and its time is free for the other');
select is((select rooms from listing_due where therapist_id = pg_temp.therapist('test-ben')), null, 'his lock is his own again');
select is(pg_temp.untrue(), 0::bigint, 'all listings are true');

-- at a place of one's own the same service needs none
insert into location (therapist_id, street, town, country, lat, lon, zone) select pg_temp.therapist('test-ana'), '1 Own St', 'Springfield', 'US', 39.8, -89.6, 'America/Chicago';
insert into hours select id, d, '00:00', '24:00' from location, generate_series(1, 7) d where street = '1 Own St';
select ok((select rooms_of(pg_temp.service('test-ana'), id) is null from location where street = '1 Own St'), 'at another place it needs no room');
select is(pg_temp.untrue(), 0::bigint, 'and the listing knows');

select throws_ok($$ select pg_temp.web('kim', format('insert into service_room values (%s, %s, %s)', pg_temp.service('test-ana'), pg_temp.room('Room 2'), pg_temp.therapist('test-ana')), 'ana') $$, '42501', null, 'no room is put by hand');
select throws_ok($$ select pg_temp.web('kim', 'update room set name = ''x''', 'ana') $$, '42501', null, 'nor changed');
select throws_ok($$ select pg_temp.web('kim', format('select service_needs(%s, ''{}'')', pg_temp.service('test-ana')), 'ana') $$, '42501', null, 'nor its function called');
select is_empty(format('select * from slots(%s, null, current_date + 900, 10)', pg_temp.service('test-ana')), 'beyond the horizon there is nothing, and no error');
select * from finish();
rollback;
