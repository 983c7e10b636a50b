-- The form of a booked visit answered again, as the web role; and until when the records of people under age are kept.
\ir booking.psql
select no_plan();

update service set cancel_fee = 5000, cancel_notice = 10080 where id = pg_temp.service('test-ana');
create function pg_temp.begin(p_token text, p_key int) returns json language sql
    as $$ select pg_temp.web(p_token, format('select reopen_begin(%L, false)', pg_temp.id(p_key)))::json -> 'update' $$;
create function pg_temp.draft(p_token text, p_key int) returns json language sql
    as $$ select pg_temp.web(p_token, format('select booking_safety_draft(%L)', pg_temp.id(p_key)))::json $$;
create function pg_temp.passes(p_token text, p_key int, p_outcome text) returns json language sql
    as $$ select pg_temp.web(p_token, format('select booking_safety_pass(%L, %L, ''test'', ''new'')', pg_temp.id(p_key), p_outcome))::json $$;
create function pg_temp.pause(p_token text, p_key int) returns text language sql
    as $$ select pg_temp.web(p_token, format('select form_pause(%L, ''draft'')', pg_temp.id(p_key)))::json ->> 'state' $$;
create function pg_temp.discard(p_token text, p_key int) returns text language sql
    as $$ select pg_temp.web(p_token, format('select booking_discard(%L)', pg_temp.id(p_key))) $$;
create function pg_temp.mails(p_key int) returns text language sql
    as $$ select string_agg(kind, ' ' order by kind) from outbox where booking_id = pg_temp.id(p_key) and kind not in ('booking-confirmed', 'therapist-booked') $$;

select pg_temp.booked('kim', 1, 'test-ana', pg_temp.at(0));
select pg_temp.booked('lou', 2, 'test-ana', pg_temp.at(4));
select pg_temp.booked('max', 3, 'test-ana', pg_temp.at(8));
select pg_temp.hold('eve', 4, 'test-ana', pg_temp.at(12));

-- --- Who begins, and what lies where

select is(pg_temp.begin('eve', 1) ->> 'can', null, 'another guest begins nothing');
select is(pg_temp.begin('eve', 4) ->> 'can', null, 'a time that is only held has its form already');
select is((select count(*) from reopening), 0::bigint, 'nothing was begun');
select is(pg_temp.draft('kim', 1) ->> 'again', 'false', 'not begun');
select is(pg_temp.passes('kim', 1, 'MODIFY') ->> 'left', 'true', 'nothing is passed that was not begun');
select is(pg_temp.begin('kim', 1) ->> 'begun', 'true', 'its guest begins');
select is(pg_temp.draft('kim', 1) ->> 'before', 'sealed', 'with what was answered last');
select is(pg_temp.draft('kim', 1) ->> 'sealed', null, 'which is not the answer any more');
select pg_temp.web('kim', format('select booking_safety_save(%L, ''so far'')', pg_temp.id(1)));
select is(pg_temp.draft('kim', 1) ->> 'draft', 'so far', 'what is answered so far');
select is((select safety_draft from booking where key = pg_temp.key(1)), null, 'lies beside the booking');
select is(pg_temp.web(t, 'select count(*) from reopening', s), n, 'who sees it') from (values ('kim', '', '1'), ('eve', '', '0'), ('', 'ana', '0'), ('', 'ben', '0'), ('', 'olga', '0'), ('', '', '0')) x (t, s, n);
select throws_ok(format('select pg_temp.web(%L, %L)', 'eve', format('insert into reopening (booking_id, begun_at) values (%L, now())', pg_temp.id(2))), '42501', null, 'not for another''s visit');
select is(pg_temp.web('', format('select reopen_json(b) ->> ''begun'' from booking b where id = %L', pg_temp.id(1)), 'ana'), 'true', 'its therapist sees that it was begun');

-- --- Passed: the same visit with a new check

select is(pg_temp.passes('kim', 1, 'MODIFY') ->> 'state', 'confirmed', 'it stays booked');
select is((select c.outcome || ' ' || c.sealed from booking b join safety_check c on c.id = b.safety_id where b.key = pg_temp.key(1)), 'MODIFY new', 'by the new check');
select is((select string_agg(sealed, ' ' order by sealed) from safety_check where booking_id = pg_temp.id(1)), 'new sealed', 'the old one stays');
select is((select count(*) from reopening), 0::bigint, 'nothing of it is left');
select is(pg_temp.mails(1), 'therapist-updated', 'the therapist is told');

-- --- Stopped: cancelled without a fee

select pg_temp.begin('kim', 1);
select ok((pg_temp.draft('kim', 1) #>> '{booking,terms,cancel,costs}')::boolean, 'to cancel would cost');
select pg_temp.discard('eve', 1);
select is(pg_temp.state(1), 'confirmed', 'nobody else ends it');
select pg_temp.discard('kim', 1);
select is((select state || ' ' || owed from booking where key = pg_temp.key(1)), 'cancelled 0', 'it ends, and nothing is owed');
select is(pg_temp.mails(1), 'booking-cancelled therapist-cancelled therapist-updated', 'both are told');
select pg_temp.discard('eve', 4);
select is(pg_temp.state(4), null, 'what was only held is gone');

-- --- A clinician is to be asked

select is(pg_temp.pause('eve', 2), null, 'nobody else holds it again');
select pg_temp.begin('lou', 2);
select is(pg_temp.pause('lou', 2), 'held', 'held again');
select is((select round(extract(epoch from hold_expires - clock()) / 3600) from booking where key = pg_temp.key(2)), 24::numeric, 'for a day');
select is((select hold_expires from slot_claim where booking_id = pg_temp.id(2)), (select hold_expires from booking where key = pg_temp.key(2)), 'with its time');
select is(pg_temp.draft('lou', 2) ->> 'before', 'sealed', 'what counted before is known');
select is(pg_temp.confirm('lou', 2) ->> 'type', 'safety-check-missing', 'nothing books it but a passed check');
select is(pg_temp.passes('lou', 2, 'MODIFY') ->> 'state', 'confirmed', 'that books it again');
select is((select hold_expires from slot_claim where booking_id = pg_temp.id(2)), null, 'with its time');
select is((select string_agg(what, ' ' order by id) from booking_event where booking_id = pg_temp.id(2)), 'held confirmed paused resumed updated', 'the history says so');
select is(pg_temp.pause('lou', 2), 'held', 'once more, also where nothing is begun: what was said counts');
select pg_temp.run_out(2);
select booking_sweep();
select is((select state || ' ' || owed from booking where key = pg_temp.key(2)), 'cancelled 0', 'no answer came: it ends, and nothing is owed');
select is((select count(*) from slot_claim where booking_id = pg_temp.id(2)), 0::bigint, 'its time is free');
update service set clearance_hours = 168 where id = pg_temp.service('test-ana');
select is(pg_temp.pause('max', 3), 'held', 'as long as the therapist allows');
select is((select starts_at - hold_expires from booking where key = pg_temp.key(3)), interval '1 hour', 'and not into the hour before the visit');

-- --- What is left lying

select pg_temp.booked('kim', 5, 'test-ana', pg_temp.at(16));
select pg_temp.begin('kim', 5);
select reopen_sweep();
select is((select count(*) from reopening where booking_id = pg_temp.id(5)), 1::bigint, 'what was begun waits for a week');
update reopening set begun_at = now() - interval '8 days' where booking_id = pg_temp.id(5);
select is(pg_temp.web('', format('select practice_reopen(%L) ->> ''problem''', pg_temp.id(5)), 'ben'), null, 'another therapist asks nobody');
select is(pg_temp.mails(5), null, 'no mail');
select reopen_sweep();
select is((select count(*) from reopening where booking_id = pg_temp.id(5)), 0::bigint, 'not longer');
select is(pg_temp.web('', format('select practice_reopen(%L) ->> ''problem''', pg_temp.id(5)), 'ana'), null, 'its therapist asks for it');
select is(pg_temp.mails(5), 'booking-reopen', 'the client gets a mail');
select is(pg_temp.web('', format('select practice_reopen(%L) ->> ''type''', pg_temp.id(5)), 'ana'), 'asked-already', 'one a day');

-- --- Under age: kept until so many years after they come of age, by place

create function pg_temp.now_is(p_at timestamptz) returns void language plpgsql as $$
begin
    execute format('create or replace function unknot.clock() returns timestamptz language sql stable parallel safe as %L', format('select %L::timestamptz', p_at));
end $$;
insert into key_epoch (epoch, proof) values (90, sha256('ninety')) on conflict do nothing;
create function pg_temp.visited(p_key int, p_region text, p_adult_from date) returns void language plpgsql as $$
declare
    k uuid := gen_random_uuid();
    l int;
begin
    insert into location (therapist_id, street, town, region, country, lat, lon, zone)
    select therapist_id, '2 Main Street', 'Town', p_region, case p_region when 'ON' then 'CA' else 'US' end, 39.8, -89.6, 'America/Chicago' from location x where x.id = (select location from pg_temp.of limit 1) returning id into l;
    perform pg_temp.booked('minor ' || p_key, p_key, 'test-ana', pg_temp.at(41 + 4 * p_key));
    insert into client_key (id, holder, epoch, wrapped, look_at) values (k, sha256(convert_to('minor ' || p_key, 'UTF8')), 90, decode(repeat('00', 72), 'hex'), now());
    set local session_replication_role = replica;
    update booking set state = 'attended', client_key_id = k, location_id = l, starts_at = '2026-06-01 15:00Z', ends_at = '2026-06-01 16:00Z' where id = pg_temp.id(p_key);
    update safety_check set adult_from = p_adult_from where booking_id = pg_temp.id(p_key);
    set local session_replication_role = origin;
end $$;
create function pg_temp.kept(p_key int, p_at timestamptz) returns boolean language plpgsql as $$
begin
    perform pg_temp.now_is(p_at);
    update client_key set look_at = case holder when sha256(convert_to('minor ' || p_key, 'UTF8')) then clock() - interval '100 years' else 'infinity' end where wrapped is not null;
    perform key_retention();
    return (select wrapped is not null from client_key where holder = sha256(convert_to('minor ' || p_key, 'UTF8')));
end $$;
select is((retention_of(l.id)).adult_age || ' ' || (retention_of(l.id)).minor_years, '18 7', 'of age at 18, and seven years') from location l join pg_temp.of o on o.location = l.id and o.slug = 'test-ana';
select pg_temp.visited(11, 'IL', null);          -- of age
select pg_temp.visited(12, 'IL', '2036-01-01');  -- eight years old
select pg_temp.visited(13, 'ON', '2036-01-01');
select pg_temp.visited(14, 'IL', '2027-01-01');  -- seventeen
select is(key_record_until(k.id), u::timestamptz, 'until when, of ' || n) from (values (11, '2033-06-01 16:00Z'), (12, '2043-01-01'), (13, '2046-01-01'), (14, '2034-01-01')) x (n, u)
join client_key k on k.holder = sha256(convert_to('minor ' || n, 'UTF8'));
select is(pg_temp.kept(n, d::timestamptz), stays, n || ' at ' || d) from (values
    (11, '2033-06-01 15:00Z', true), (11, '2033-06-02', false), (14, '2033-12-31', true), (14, '2034-01-02', false), (12, '2042-12-31', true), (12, '2043-01-02', false), (13, '2045-12-31', true), (13, '2046-01-02', false)) x (n, d, stays);
select is((select sealed from safety_check where booking_id = pg_temp.id(12)), null, 'the platform''s copy of the answers has ended sooner');
select throws_ok('update safety_check set adult_from = ''2036-05-17''', '23514', null, 'no day of birth can be read from it');

select finish();
rollback;
