-- Time: two visits of one therapist never overlap, buffers included, whoever writes.
\ir booking.psql
select no_plan();

select pg_temp.hold('kim', 1, 'test-ana', pg_temp.at(0));
select is((select blocked from slot_claim where booking_id = pg_temp.id(1)),
    tstzrange(pg_temp.at(0) - interval '15 minutes', pg_temp.at(0) + interval '75 minutes'), 'a claim holds the buffers too');

select throws_ok($$ insert into slot_claim (booking_id, therapist_id, blocked) values (gen_random_uuid(), pg_temp.therapist('test-ana'), tstzrange(pg_temp.at(1), pg_temp.at(2))) $$,
    '23P01', null, 'a second claim in the middle is refused by the table');
select throws_ok($$ insert into slot_claim (booking_id, therapist_id, blocked) values (gen_random_uuid(), pg_temp.therapist('test-ana'),
    tstzrange(pg_temp.at(0) + interval '74 minutes', pg_temp.at(9))) $$, '23P01', null, 'a minute of the buffer as well');
select throws_ok($$ insert into slot_claim (booking_id, therapist_id, blocked) values (gen_random_uuid(), pg_temp.therapist('test-ana'), 'empty') $$,
    '23514', null, 'a claim of no time is refused');
select is(pg_temp.hold('eve', 2, 'test-ana', pg_temp.at(2)), 'time-taken', 'no time for two buffers between');
select is(pg_temp.hold('eve', 2, 'test-ana', pg_temp.at(-2)), 'time-taken', 'nor before');
select isnt(pg_temp.hold('eve', 2, 'test-ana', pg_temp.at(3)), 'time-taken', 'visits that touch with their buffers are fine');
select isnt(pg_temp.hold('eve', 3, 'test-ana', pg_temp.at(-3)), 'time-taken', 'on both sides');
select isnt(pg_temp.hold('eve', 4, 'test-ben', pg_temp.at(0)), 'time-taken', 'another therapist is another calendar');

select is(claim_take(gen_random_uuid(), pg_temp.therapist('test-ana'), tstzrange(pg_temp.at(0), pg_temp.at(1)), null), false, 'claim_take says no and waits for nobody');
select throws_ok($$ select pg_temp.web('kim', format('insert into slot_claim values (%L, %s, tstzrange(now(), now() + ''1 hour''), null)', gen_random_uuid(), pg_temp.therapist('test-ana'))) $$,
    '42501', null, 'the web role writes no claims by hand');
select throws_ok($$ select pg_temp.web('kim', format('delete from slot_claim where booking_id = %L', pg_temp.id(1))) $$, '42501', null, 'nor takes them away');
select throws_ok($$ select pg_temp.web('kim', format('select claim_take(%L, %s, tstzrange(%L, %L), null)', gen_random_uuid(), pg_temp.therapist('test-ana'), pg_temp.at(30), pg_temp.at(32))) $$,
    '23503', null, 'a claim without a booking does not reach COMMIT');

-- a booking without its claim
create function pg_temp.bare(p_location text) returns text language sql as $$
    select format('insert into booking (key, token_hash, therapist_id, location_id, service_id, starts_at, ends_at, zone, service_name, minutes, price, currency, hold_expires)
    values (gen_random_uuid(), sha256(''kim''), %s, %s, %s, %L, %L, ''UTC'', ''x'', 60, 1, ''USD'', now() + interval ''1 minute'') returning id',
        a.therapist, l.location, a.service, pg_temp.at(30), pg_temp.at(32)) from pg_temp.of a, pg_temp.of l where a.slug = 'test-ana' and l.slug = p_location $$;
select throws_ok($$ select pg_temp.web('kim', pg_temp.bare('test-ana')) $$, '23514', null, 'a booking needs the claim of its time');
select throws_ok($$ insert into booking (key, token_hash, therapist_id, location_id, service_id, starts_at, ends_at, zone, service_name, minutes, price, currency, state)
    select gen_random_uuid(), sha256('kim'), a.therapist, b.location, a.service, now(), now() + interval '1 hour', 'UTC', 'x', 60, 1, 'USD', 'cancelled'
    from pg_temp.of a, pg_temp.of b where a.slug = 'test-ana' and b.slug = 'test-ben'; set constraints all immediate $$, '23503', null, 'a place goes with its therapist');

-- the claim follows the booking
select pg_temp.web('eve', format('select booking_cancel(%L)', pg_temp.id(2)));
select is((select count(*) from slot_claim where booking_id = pg_temp.id(2)), 0::bigint, 'cancelled: the claim is gone');
select isnt(pg_temp.hold('zoe', 5, 'test-ana', pg_temp.at(3)), 'time-taken', 'and the time can be taken');
update booking set state = 'expired' where key = pg_temp.key(5);
select is((select count(*) from slot_claim where booking_id = pg_temp.id(5)), 0::bigint, 'expired: the claim is gone');

-- an expired hold is in nobody's way, also before the broom came
select pg_temp.run_out(3);
select ok((select count(*) = 1 from slots(pg_temp.service('test-ana'), null, pg_temp.at(-3)::date, 1) s where s.start = pg_temp.at(-3)), 'its time is shown as free');
select isnt(pg_temp.hold('zoe', 6, 'test-ana', pg_temp.at(-3)), 'time-taken', 'and is free');
select is(pg_temp.state(3), 'expired', 'the old hold is over');
select is((select count(*) from slot_claim where therapist_id = pg_temp.therapist('test-ana') and blocked && tstzrange(pg_temp.at(-3), pg_temp.at(-2))), 1::bigint, 'one claim is left');

-- the listing is kept in the same transaction
select ok((select not offer_starts(o, null, null, 16777215, clock(), 10000) @> array[pg_temp.at(0)] from listing_offer o join listing l using (location_id, class) where l.therapist_id = pg_temp.therapist('test-ana')), 'a held time is not in the listing');
select is((select count(*) from slot_claim a join slot_claim b on a.therapist_id = b.therapist_id and a.booking_id < b.booking_id and a.blocked && b.blocked), 0::bigint, 'no two claims overlap');

select * from finish();
rollback;
