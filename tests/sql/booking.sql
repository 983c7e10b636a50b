-- The way of a booking: what may follow what, what a key makes, what needs a passed safety check.
\ir booking.psql
select no_plan();

-- moves
select results_eq(
    $$ select x.f::text, y.t::text from unnest(enum_range(null::booking_state)) x (f), unnest(enum_range(null::booking_state)) y (t)
       where booking_may_move(x.f, y.t) order by x.f, y.t $$,
    $$ values ('held', 'requested'), ('held', 'confirmed'), ('held', 'cancelled'), ('held', 'expired'),
              ('requested', 'held'), ('requested', 'suggested'), ('requested', 'confirmed'), ('requested', 'cancelled'), ('requested', 'declined'), ('requested', 'expired'),
              ('suggested', 'confirmed'), ('suggested', 'cancelled'), ('suggested', 'declined'), ('suggested', 'expired'),
              ('confirmed', 'held'), ('confirmed', 'attended'), ('confirmed', 'no_show'), ('confirmed', 'cancelled'), ('attended', 'confirmed'), ('no_show', 'confirmed') $$,
    'twenty moves and no other');

-- holding
select matches(pg_temp.hold('kim', 1, 'test-ana', pg_temp.at(0)), '^[0-9a-f-]{36}$', 'a free time is held');
select is(pg_temp.state(1), 'held', 'the booking is held');
select is((select hold_expires from booking where key = pg_temp.key(1)), now() + interval '10 minutes', 'for ten minutes');
select is((select token_hash from booking where key = pg_temp.key(1)), sha256('kim'), 'only the hash of the token is kept');
select is(pg_temp.hold('kim', 1, 'test-ana', pg_temp.at(0)), pg_temp.id(1)::text, 'the same key gives the same booking');
select is((select count(*) from booking where key = pg_temp.key(1)), 1::bigint, 'and no second one');
select matches(pg_temp.id(1)::text, '^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$', 'its id is one of RFC 9562, version 7');
select cmp_ok(abs(('x' || left(replace(pg_temp.id(1)::text, '-', ''), 12))::bit(48)::bigint / 1000.0 - extract(epoch from clock_timestamp())), '<', 60.0, 'which begins with the moment');
create temp table made as select n, pg_sleep(0.002)::text, booking_new_id() as id from generate_series(1, 20) n;
select is(array(select n from made order by id), array(select n from made order by n), 'so that ids are in order of time');
select is((select count(distinct right(id::text, 17)) from made), 20::bigint, 'and the rest of each is random');
select is(pg_temp.hold('kim', 1, 'test-ana', pg_temp.at(8)), 'key-reused', 'the same key for another time is refused');
select is(pg_temp.web('kim', format('select booking_hold(%L, ''test-ben'', %s, %L, 10) ->> ''type''', pg_temp.key(1), pg_temp.service('test-ana'), pg_temp.at(0))),
    'key-reused', 'and for another therapist');
select is(pg_temp.hold('eve', 2, 'test-ana', pg_temp.at(0)), 'time-taken', 'the time is taken for everybody else');
select throws_ok($$ select pg_temp.hold('eve', 1, 'test-ana', pg_temp.at(8)) $$, '23505', null, 'a key belongs to its token');
select is(pg_temp.hold('eve', 3, 'test-ana', pg_temp.at(8) + interval '7 minutes'), 'time-taken', 'only starts on the grid can be held');
select is(pg_temp.hold('eve', 3, 'test-ana', now() - interval '1 day'), 'time-taken', 'nothing in the past');
select is(pg_temp.web('eve', format('select booking_hold(%L, ''test-ben'', %s, %L, 10) ->> ''type''', pg_temp.key(3), pg_temp.service('test-ana'), pg_temp.at(8))),
    'no-such-service', 'a service goes with its therapist');
select is((select json_array_length(d -> 'nearest') || ' ' || count(distinct n ->> 'key') from (
    select pg_temp.web('eve', format('select booking_hold(%L, ''test-ana'', %s, %L, 10)', pg_temp.key(3), pg_temp.service('test-ana'), pg_temp.at(0)))::json d) x,
    json_array_elements(d -> 'nearest') n group by d::text, json_array_length(d -> 'nearest')), '3 3', 'a refusal offers three free times, a key for each');

-- in order: safety check, name, booked
select is(pg_temp.confirm('kim', 1) ->> 'type', 'safety-check-missing', 'not without the safety check');
select pg_temp.web('kim', format('select booking_safety_save(%L, ''draft'')', pg_temp.id(1)));
select is((select safety_draft from booking where key = pg_temp.key(1)), 'draft', 'answers so far are kept');
select pg_temp.pass('kim', 1);
select is((select safety_draft from booking where key = pg_temp.key(1)), null, 'and gone with the passed check');
select is(pg_temp.confirm('kim', 1) ->> 'type', 'details-missing', 'not without a name');
select pg_temp.name('kim', 1);
select is(pg_temp.confirm('kim', 1) ->> 'state', 'confirmed', 'booked');
select matches((select reference from booking where key = pg_temp.key(1)), '^[A-HJ-KM-NP-Z2-9]{4}-[A-HJ-KM-NP-Z2-9]{4}$', 'with a reference one can say');
select is((select hold_expires from slot_claim where booking_id = pg_temp.id(1)), null, 'the claim stays for good');
select is(pg_temp.confirm('kim', 1) ->> 'reference', (select reference from booking where key = pg_temp.key(1)), 'booking it again changes nothing');
select is((select count(*) from outbox where kind like 'booking-%' and data -> 'booking' ->> 'id' = pg_temp.id(1)::text), 1::bigint, 'one mail to the guest is in the outbox');
select is((select count(*) from audit where object = pg_temp.id(1)::text and action = 'booking.confirmed'), 1::bigint, 'one line in the audit');

-- no booking is confirmed without a passed safety check, whatever the web role tries
select pg_temp.hold('eve', 4, 'test-ana', pg_temp.at(8));
select pg_temp.name('eve', 4);
select throws_ok($$ select pg_temp.web('eve', format('update booking set state = ''confirmed'', reference = ''X'' where id = %L returning id', pg_temp.id(4))) $$,
    '23514', null, 'not by an update');
select throws_ok($$ select pg_temp.web('eve', format('update booking set state = ''confirmed'', reference = ''X'', safety_id = %L where id = %L returning id', gen_random_uuid(), pg_temp.id(4))) $$,
    '23503', null, 'not with a check that does not exist');
select throws_ok($$ select pg_temp.web('eve', format('update booking set state = ''confirmed'', reference = ''X'', safety_id = %L where id = %L returning id',
    (select safety_id from booking where key = pg_temp.key(1)), pg_temp.id(4))) $$, '23503', null, 'not with the check of another booking');
select pg_temp.web('eve', format('insert into safety_check (booking_id, outcome, rules, sealed) values (%L, ''STOP'', ''test'', ''x''), (%1$L, ''CLEARANCE'', ''test'', ''x'') returning id', pg_temp.id(4)));
select throws_ok(format($$ select pg_temp.web('eve', 'update booking set state = ''confirmed'', reference = ''X'', safety_id = ''%s'' where id = ''%s'' returning id') $$, c.id, pg_temp.id(4)),
    '23503', null, 'not with a check that says ' || c.outcome) from safety_check c where c.booking_id = pg_temp.id(4);
select throws_ok($$ select pg_temp.web('eve', format('update safety_check set outcome = ''PROCEED'' where booking_id = %L', pg_temp.id(4))) $$,
    '42501', null, 'a check cannot be changed');
select throws_ok($$ select pg_temp.web('kim', format('delete from safety_check where booking_id = %L', pg_temp.id(1))) $$, '42501', null, 'nor taken away');
select throws_ok($$ select pg_temp.web('kim', format('update booking set safety_id = null where id = %L returning id', pg_temp.id(1))) $$, '23514', null, 'nor left out afterwards');
select throws_ok($$ insert into booking (key, token_hash, therapist_id, location_id, service_id, starts_at, ends_at, zone, service_name, minutes, price, currency, state)
    select gen_random_uuid(), sha256('x'), therapist, location, service, now(), now() + interval '1 hour', 'UTC', 'x', 60, 1, 'USD', 'confirmed' from pg_temp.of limit 1 $$,
    '23514', null, 'not even a superuser inserts one');
select throws_ok($$ select pg_temp.web('eve', 'insert into booking (key, token_hash, therapist_id, location_id, service_id, starts_at, ends_at, zone, service_name, minutes, price, currency, state, safety_id, reference, client_name, client_email)
    select gen_random_uuid(), sha256(''eve''), b.therapist_id, b.location_id, b.service_id, b.starts_at, b.ends_at, b.zone, b.service_name, 60, 1, ''USD'', ''confirmed'', gen_random_uuid(), ''Y'', ''a'', ''a@b.c'' from booking b limit 1') $$,
    '42501', null, 'a guest inserts held bookings only');
select is(pg_temp.state(4), 'held', 'after all that it is still only held');

-- moves that may not be, for the owner of everything as well
select throws_ok($$ update booking set state = 'held', hold_expires = now() + interval '1 hour' where key = pg_temp.key(1) $$, '23514', null, 'what is booked is not held again');
select throws_ok($$ update booking set state = 'expired' where key = pg_temp.key(1) $$, '23514', null, 'what is booked does not expire');
select throws_ok($$ update booking set state = 'attended' where key = pg_temp.key(4) $$, '23514', null, 'what is held was not attended');

-- longer, once
select is((pg_temp.web('eve', format('select booking_extend(%L, 20)', pg_temp.id(4)))::json ->> 'can_extend'), 'false', 'held longer');
select is((select hold_expires from slot_claim where booking_id = pg_temp.id(4)), now() + interval '20 minutes', 'the claim as well');
select pg_temp.web('eve', format('select booking_extend(%L, 40)', pg_temp.id(4)));
select is((select hold_expires from booking where key = pg_temp.key(4)), now() + interval '20 minutes', 'once only');

-- a hold that ran out
select pg_temp.web('eve', format('select booking_safety_save(%L, ''draft'')', pg_temp.id(4)));
select pg_temp.run_out(4);
select pg_temp.web('eve', format('select booking_safety_save(%L, ''late'')', pg_temp.id(4)));
select is((select safety_draft from booking where key = pg_temp.key(4)), 'draft', 'takes no more answers');
select pg_temp.pass('eve', 4);
select is((select safety_id from booking where key = pg_temp.key(4)), null, 'passes no check');
select is(pg_temp.confirm('eve', 4) ->> 'type', 'hold-expired', 'is not booked any more');
select is(json_array_length(pg_temp.confirm('eve', 4) -> 'nearest'), 3, 'and offers three times');
select isnt(pg_temp.hold('zoe', 5, 'test-ana', pg_temp.at(8)), 'time-taken', 'its time can be held by somebody else at once');
select is(pg_temp.state(4), 'expired', 'which ends it');
select is((select safety_draft from booking where key = pg_temp.key(4)), 'draft', 'its answers wait for another time');
update booking set ended_at = now() - interval '59 minutes' where key = pg_temp.key(4);
select is(booking_forget(), 0, 'for an hour');
update booking set ended_at = now() - interval '61 minutes' where key = pg_temp.key(4);
select is(booking_forget(), 1, 'and not longer');
select is((select row(safety_draft, client_name, client_email) is null from booking where key = pg_temp.key(4)), true, 'then answers and names are gone');

-- a passed check of a hold that ran out goes as well
select pg_temp.pass('zoe', 5);
select pg_temp.run_out(5);
select is(booking_sweep(), 1, 'the broom ends what ran out');
select is(pg_temp.state(5), 'expired', 'it is expired');
update booking set ended_at = now() - interval '61 minutes' where key = pg_temp.key(5);
select is(booking_sweep(), 1, 'and forgets');
select is((select count(*) from safety_check where booking_id = pg_temp.id(5)), 0::bigint, 'the check is gone');
select is(booking_sweep(), 0, 'until nothing is left');

-- cancelling
select is(pg_temp.web('kim', format('select booking_cancel(%L)', pg_temp.id(1)))::json ->> 'state', 'cancelled', 'cancelled');
select is((select count(*) from slot_claim where booking_id = pg_temp.id(1)), 0::bigint, 'the time is free');
select is((select count(*) from outbox where kind = 'booking-cancelled' and data -> 'booking' ->> 'id' = pg_temp.id(1)::text), 1::bigint, 'a mail says so');
select is(pg_temp.web('kim', format('select booking_cancel(%L)', pg_temp.id(1)))::json ->> 'state', 'cancelled', 'cancelling again changes nothing');
select is((select count(*) from outbox where kind = 'booking-cancelled' and data -> 'booking' ->> 'id' = pg_temp.id(1)::text), 1::bigint, 'and sends nothing');
select is(pg_temp.confirm('kim', 1) ->> 'type', 'hold-expired', 'it cannot be booked again');
select isnt(pg_temp.hold('zoe', 6, 'test-ana', pg_temp.at(0)), 'time-taken', 'somebody else holds the time');
select pg_temp.booked('max', 7, 'test-ben', pg_temp.at(0));
update booking set starts_at = now() - interval '1 minute' where key = pg_temp.key(7);
select is(pg_temp.web('max', format('select booking_cancel(%L)', pg_temp.id(7)))::json ->> 'type', 'visit-past', 'a visit that began is not cancelled here');

-- discarding after a STOP
select pg_temp.hold('ida', 8, 'test-ben', pg_temp.at(12));
select pg_temp.web('ida', format('select booking_safety_save(%L, ''draft'')', pg_temp.id(8)));
select pg_temp.web('ida', format('select booking_discard(%L)', pg_temp.id(8)));
select is((select count(*) from booking where key = pg_temp.key(8)), 0::bigint, 'a discarded booking is gone');
select isnt(pg_temp.hold('zoe', 9, 'test-ben', pg_temp.at(12)), 'time-taken', 'and its time free');
select pg_temp.hold('ida', 80, 'test-ben', pg_temp.at(20));
select pg_temp.web('ida', format('select booking_safety_save(%L, ''draft'')', pg_temp.id(80)));
update booking set state = 'expired' where key = pg_temp.key(80);
select pg_temp.web('ida', format('select booking_discard(%L)', pg_temp.id(80)));
select is((select count(*) from booking where key = pg_temp.key(80)), 0::bigint, 'also when its hold ran out meanwhile');
select pg_temp.web('max', format('select booking_discard(%L)', pg_temp.id(7)));
select is(pg_temp.state(7), 'confirmed', 'what is booked is not discarded');

-- a guest sees with whom the visit is even when the profile was taken off the list
update therapist set published = false where slug = 'test-ben';
select is(pg_temp.web('max', format('select booking_document(%L) -> ''therapist'' ->> ''name''', pg_temp.id(7))), 'Ben', 'the therapist has a name');
select is(pg_temp.hold('zoe', 10, 'test-ben', pg_temp.at(20)), 'no-such-service', 'but takes no new bookings');

select * from finish();
rollback;
