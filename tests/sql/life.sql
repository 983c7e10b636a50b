-- What becomes of a booking: asked for and answered, moved, cancelled late, run out, booked for somebody. Times are judged by the one clock.
\ir booking.psql
select no_plan();

create function pg_temp.doc(p_token text, p_key int) returns json language sql as $$ select pg_temp.web(p_token, format('select booking_document(%L)', pg_temp.id(p_key)))::json $$;
create function pg_temp.move(p_token text, p_key int, p_to timestamptz) returns text language sql
    as $$ select coalesce(d ->> 'type', d ->> 'state') from (select pg_temp.web(p_token, format('select booking_move(%L, %L, null, ''link'')', pg_temp.id(p_key), p_to))::json) x (d) $$;
create function pg_temp.says(p_key int, p_sql text) returns text language sql
    as $$ select coalesce(d ->> 'type', d -> 'booking' ->> 'state') from (select pg_temp.web('', format('select ' || p_sql, pg_temp.id(p_key)), 'ana')::json) x (d) $$;
create function pg_temp.cancel(p_token text, p_key int, p_session text default '') returns text language sql
    as $$ select coalesce(d ->> 'type', d ->> 'state') from (select pg_temp.web(p_token, format('select booking_cancel(%L, null, ''link'')', pg_temp.id(p_key)), p_session)::json) x (d) $$;
create function pg_temp.events(p_key int) returns text language sql
    as $$ select string_agg(concat_ws(' ', what, who, nullif(fee, 0)), ', ' order by id) from booking_event where booking_id = pg_temp.id(p_key) $$;
create function pg_temp.told(p_key int) returns text language sql as $$ select string_agg(kind, ' ' order by created_at, kind) from outbox where booking_id = pg_temp.id(p_key) and audience = 'client' $$;
create function pg_temp.held_of(p_key int) returns tstzmultirange language sql as $$ select range_agg(blocked) from slot_claim where booking_id = pg_temp.id(p_key) $$;
create function pg_temp.span(p_from timestamptz, p_minutes int default 90) returns tstzmultirange language sql
    as $$ select tstzmultirange(tstzrange(p_from - interval '15 minutes', p_from - interval '15 minutes' + make_interval(mins => p_minutes))) $$;

-- a request: behind the safety check by constraint, kept until the deadline
update service set mode = 'request', answer_hours = 24, cancel_notice = 1440, cancel_fee = 2400, move_notice = 5760, move_fee = 1000 where id = pg_temp.service('test-ana');
select pg_temp.hold('kim', 1, 'test-ana', pg_temp.at(0));
select pg_temp.name('kim', 1);
select throws_ok($$ select pg_temp.web('kim', format('update booking set state = ''requested'', reference = ''X'' where id = %L returning id', pg_temp.id(1))) $$, '23514', null, 'no request without a safety check');
select throws_ok($$ select pg_temp.web('kim', format('update booking set state = ''requested'', reference = ''X'', safety_id = gen_random_uuid() where id = %L returning id', pg_temp.id(1))) $$,
    '23503', null, 'nor with one that does not exist');
select pg_temp.web('kim', format('insert into safety_check (booking_id, outcome, rules, sealed) values (%L, ''STOP'', ''test'', ''x'') returning id', pg_temp.id(1)));
select throws_ok($$ select pg_temp.web('kim', format('update booking set state = ''requested'', reference = ''X'', safety_id = %L where id = %L returning id', (select id from safety_check where booking_id = pg_temp.id(1)), pg_temp.id(1))) $$,
    '23503', null, 'nor with a STOP');
select pg_temp.pass('kim', 1);
select is(pg_temp.confirm('kim', 1) ->> 'state', 'requested', 'it is asked for');
select is((select hold_expires from booking where key = pg_temp.key(1)), clock() + interval '24 hours', 'for a day');
select is((select hold_expires from slot_claim where booking_id = pg_temp.id(1)), clock() + interval '24 hours', 'and so long is the time kept');
select is(pg_temp.hold('eve', 2, 'test-ana', pg_temp.at(0)), 'time-taken', 'against everybody');
select is(pg_temp.move('kim', 1, pg_temp.at(8)), 'not-booked', 'what is not booked is not moved');
select is(pg_temp.web('', 'select count(*) from booking', 'ana'), '1', 'its therapist sees it');
select is(pg_temp.web('', format('select practice_move(%L, ''confirmed'')', pg_temp.id(1)), 'ben'), null, 'no other one answers it');
select is(pg_temp.state(1), 'requested', 'nor changes it');

-- the deadline keeps out of the notice before the visit, but leaves half an hour, and ends with its beginning
update service set notice = 120 where id = pg_temp.service('test-ana');
select is(booking_answer_by(b, s), d, w) from booking b, (values
    (clock() + interval '10 days', clock() + interval '24 hours', 'a day, where the visit is far'),
    (clock() + interval '20 hours', clock() + interval '18 hours', 'before the notice, where it is near'),
    (clock() + interval '2 hours 10 minutes', clock() + interval '30 minutes', 'half an hour at least'),
    (clock() + interval '20 minutes', clock() + interval '20 minutes', 'and not after the visit begins')) x (s, d, w)
where b.key = pg_temp.key(1);
update service set notice = 0 where id = pg_temp.service('test-ana');

-- another time, half an hour later: both are kept, and the claims of one booking do not stand in each other's way
select is(pg_temp.says(1, format('practice_suggest(%%L, %L)', pg_temp.at(1))), 'suggested', 'another time is suggested');
select is(pg_temp.held_of(1), pg_temp.span(pg_temp.at(0), 120), 'both times are kept');
select is(pg_temp.hold('eve', 2, 'test-ana', pg_temp.at(3)), 'time-taken', 'against everybody');
select is((select starts_at from booking where key = pg_temp.key(1)), pg_temp.at(0), 'the booking stands where it was');
select is(pg_temp.says(1, 'practice_move(%L, ''confirmed'')'), 'visit-over', 'now the client has the word, not the therapist');
select is(pg_temp.web('mallory', format('select booking_answer(%L, true, null)', pg_temp.id(1))), null, 'and nobody else');
select is(pg_temp.web('kim', format('select booking_answer(%L, true, null) ->> ''state''', pg_temp.id(1))), 'confirmed', 'who says yes');
select is(pg_temp.held_of(1), pg_temp.span(pg_temp.at(1)), 'then one is kept');
select is((select starts_at || ' ' || (ends_at - starts_at) from booking where key = pg_temp.key(1)), pg_temp.at(1) || ' 01:00:00', 'the suggested one');
select is((select hold_expires from slot_claim where booking_id = pg_temp.id(1)), null, 'for good');
select isnt(pg_temp.hold('eve', 2, 'test-ana', pg_temp.at(-2)), 'time-taken', 'and what the other one took is free');
select is(pg_temp.events(1), 'held client, requested client, suggested therapist, accepted client', 'all of which is written down');
select is(pg_temp.told(1), 'booking-accepted booking-requested booking-suggested', 'and told');
select is(pg_temp.cancel('eve', 2), 'cancelled', 'a hold is let go');

-- terms: those of the time of booking, as a moment and an amount
update service set cancel_fee = 9900, move_fee = 9900, cancel_notice = 0, move_notice = 0 where id = pg_temp.service('test-ana');
select is(pg_temp.doc('kim', 1) #>> '{terms,cancel,free_until}', rfc3339(pg_temp.at(1) - interval '1 day'), 'free until a moment');
select matches(pg_temp.doc('kim', 1) #>> '{terms,cancel,text}', '^Free until \w{3}, \w{3} \d+(, \d+)?, \d+:\d\d [ap]m; after that \$24$', 'said in the words of the place');

-- moving: half an hour to and fro, the time one has does not stand in the way
select is(pg_temp.move('kim', 1, pg_temp.at(2)), 'confirmed', 'moved by half an hour');
select is(pg_temp.held_of(1), pg_temp.span(pg_temp.at(2)), 'the claim went along');
select is((select owed from booking where key = pg_temp.key(1)), 1000, 'less than four days before: what was said is owed');
select is(pg_temp.move('kim', 1, pg_temp.at(2)), 'confirmed', 'the same time again');
select is((select owed from booking where key = pg_temp.key(1)), 1000, 'is no change and costs nothing');
select pg_temp.hold('eve', 3, 'test-ana', pg_temp.at(8));
select is(pg_temp.move('kim', 1, pg_temp.at(8)), 'time-taken', 'a time that is taken is not moved to');
select is(pg_temp.move('kim', 1, pg_temp.at(6)), 'time-taken', 'nor one whose buffer is');
select is(pg_temp.move('kim', 1, pg_temp.at(2) + interval '7 minutes'), 'time-taken', 'nor one that is not offered');
select is(pg_temp.move('kim', 1, now() - interval '1 day'), 'time-taken', 'nor one in the past');
select is(pg_temp.held_of(1), pg_temp.span(pg_temp.at(2)), 'the old time stays');
select is((select owed from booking where key = pg_temp.key(1)), 1000, 'and nothing is owed for trying');
select pg_temp.run_out(3);
update slot_claim set hold_expires = now() - interval '1 second' where booking_id = pg_temp.id(3);
select is(pg_temp.move('kim', 1, pg_temp.at(8)), 'confirmed', 'where a hold has run out there is room');
select is(pg_temp.state(3), 'expired', 'which ends it');
select pg_temp.hold('eve', 12, 'test-ana', pg_temp.at(16));
update slot_claim set hold_expires = now() - interval '1 second' where booking_id = pg_temp.id(12);
select is(pg_temp.move('kim', 1, pg_temp.at(16)), 'time-taken', 'a hold that is made longer at this moment stays');
select pg_temp.cancel('eve', 12);
update slot_claim set hold_expires = null where booking_id = pg_temp.id(1);
select is(pg_temp.web('', format('select booking_move(%L, %L)', pg_temp.id(1), pg_temp.at(12)), 'ben'), null, 'another therapist moves nothing');
select is(pg_temp.web('mallory', format('select booking_move(%L, %L)', pg_temp.id(1), pg_temp.at(12))), null, 'nor a stranger');
select is(pg_temp.web('mallory', format('select claim_move(%L, %L, 0)', pg_temp.id(1), pg_temp.at(12))), 'false', 'not by the inner function either');
select is(pg_temp.web('', format('select practice_move_to(%L, %L) ->> ''state''', pg_temp.id(1), pg_temp.at(12)), 'ana'), 'confirmed', 'its therapist does');
select pg_temp.web('', format('select practice_move_to(%L, %L)', pg_temp.id(1), pg_temp.at(100)), 'ana') <> '' as moved \g /dev/null
select is_empty($$ select * from listing_differences(array[pg_temp.therapist('test-ana')]) $$, 'the listing follows from one day to another');
select is((select owed from booking where key = pg_temp.key(1)), 2000, 'for nothing: what is owed are the client''s two moves');
select is((select count(*) from slot_claim a join slot_claim b on a.therapist_id = b.therapist_id and a.id < b.id and a.blocked && b.blocked), 0::bigint, 'no two claims overlap');
select is_empty($$ select * from listing_differences(array[pg_temp.therapist('test-ana')]) $$, 'the listing shows what can be booked');

-- cancelling late, by either
update booking set starts_at = clock() + interval '3 hours', ends_at = clock() + interval '4 hours' where key = pg_temp.key(1);
select is(pg_temp.doc('kim', 1) #>> '{terms,cancel,costs}', 'true', 'the moment is over');
select is(pg_temp.cancel('kim', 1), 'cancelled', 'it can be cancelled all the same');
select is(pg_temp.doc('kim', 1) #>> '{owed,text}', '$44', 'and then the amount is owed');
select matches(pg_temp.events(1), 'cancelled client 2400$', 'and written down with the change');
update service set mode = 'instant', cancel_fee = 2400, cancel_notice = 43200 where id = pg_temp.service('test-ana');
select pg_temp.booked('zoe', 4, 'test-ana', pg_temp.at(20));
select is(pg_temp.says(4, 'practice_move(%L, ''cancelled'')'), 'cancelled', 'the therapist cancels');
select is((select owed from booking where key = pg_temp.key(4)), 0, 'and the client owes nothing');
select matches(pg_temp.events(4), 'cancelled therapist$', 'no fee in the record');
select pg_temp.hold('zoe', 5, 'test-ana', pg_temp.at(20));
select is(pg_temp.cancel('zoe', 5), 'cancelled', 'a hold let go');
select is((select owed from booking where key = pg_temp.key(5)), 0, 'costs nothing');

-- declined with a reason; what is declined keeps names for a day and no longer
update service set mode = 'request' where id = pg_temp.service('test-ana');
select pg_temp.booked('max', 6, 'test-ana', pg_temp.at(24));
select is(pg_temp.says(6, 'practice_move(%L, ''declined'', ''I am away'')'), 'declined', 'declined');
select is(pg_temp.doc('max', 6) ->> 'declined_why', 'I am away', 'its client reads why');
select is(pg_temp.held_of(6), null, 'the time is free');
select is(pg_temp.says(6, 'practice_move(%L, ''confirmed'')'), 'visit-over', 'and cannot be taken back');
update booking set ended_at = clock() - interval '23 hours' where key = pg_temp.key(6);
select is(booking_forget(), 0, 'a request is remembered for a day');
update booking set ended_at = clock() - interval '25 hours' where key = pg_temp.key(6);
select is(booking_forget(), 1, 'and not longer');
select is((select client_name || safety_id from booking where key = pg_temp.key(6)), null, 'names and answers are gone');

-- without an answer it ends with the clock, and the client is told, whoever notices
select pg_temp.booked('ida', 7, 'test-ana', pg_temp.at(28));
select pg_temp.run_out(7);
update slot_claim set hold_expires = now() - interval '1 second' where booking_id = pg_temp.id(7);
select is(pg_temp.says(7, 'practice_move(%L, ''confirmed'')'), 'visit-over', 'too late to accept');
select is(pg_temp.doc('ida', 7) ->> 'unanswered', 'true', 'its client sees that there was no answer');
select isnt(pg_temp.hold('eve', 8, 'test-ana', pg_temp.at(28)), 'time-taken', 'its time is free at once');
select is(pg_temp.state(7), 'expired', 'which ends it');
select is(pg_temp.told(7), 'booking-expired booking-requested', 'and is told');
select pg_temp.booked('ida', 9, 'test-ana', pg_temp.at(38)); -- an hour that is far from midnight in Chicago in summer, too
select pg_temp.run_out(9);
select is(booking_sweep(), 1, 'or the broom comes by');
select is(pg_temp.told(9), 'booking-expired booking-requested', 'and the same is told');
select matches(pg_temp.events(9), 'expired worker$', 'by the worker');

-- a request that waits for a proof of the address is nobody's business yet
create function pg_temp.ask(p_token text, p_key int, p_code text) returns json language sql
    as $$ select pg_temp.web(p_token, format('select booking_confirm(%L, ''x'', ''web'', %L)', pg_temp.id(p_key), p_code))::json $$;
select pg_temp.hold('una', 10, 'test-ana', pg_temp.at(44));
select pg_temp.pass('una', 10);
select pg_temp.name('una', 10);
select is(pg_temp.ask('una', 10, 'code') ->> 'email_waits', 'true', 'it waits');
select is(pg_temp.state(10), 'held', 'as a hold');
select is((select hold_expires from booking where key = pg_temp.key(10)), clock() + interval '1 hour', 'for an hour');
select is(pg_temp.web('', format('select booking_document(%L)', pg_temp.id(10)), 'ana'), null, 'that its therapist does not see');
select is(pg_temp.told(10), 'booking-confirm-email', 'the mail is on its way');
select pg_temp.ask('una', 10, 'other');
select is(pg_temp.told(10), 'booking-confirm-email', 'once, however often the button is pressed');
select is(pg_temp.web('una', format('select booking_prove_email(%L, ''wrong'', ''x'') ->> ''type''', pg_temp.id(10))), 'wrong-code', 'a wrong code proves nothing');
select is(pg_temp.web('mallory', format('select booking_prove_email(%L, ''code'', ''x'')', pg_temp.id(10))), null, 'nor does a stranger');
select pg_temp.web('una', format('select booking_details(%L, ''Una'', ''other@example.org'')', pg_temp.id(10)));
select is(pg_temp.web('una', format('select booking_prove_email(%L, ''code'', ''x'') ->> ''type''', pg_temp.id(10))), 'wrong-code', 'nor the code of an address that was changed');
select pg_temp.ask('una', 10, 'newer');
select is(pg_temp.web('una', format('select booking_prove_email(%L, ''newer'', ''x'') ->> ''state''', pg_temp.id(10))), 'requested', 'the right one sends the request');
select is(pg_temp.web('una', format('select booking_prove_email(%L, ''newer'', ''x'') ->> ''state''', pg_temp.id(10))), 'requested', 'once');

-- a note about a visit is taken back within a day, unless the client has written about it
update service set mode = 'instant' where id = pg_temp.service('test-ana');
select pg_temp.booked('ivy', 11, 'test-ana', pg_temp.at(48));
update booking set starts_at = now() - interval '2 hours', ends_at = now() - interval '1 hour' where key = pg_temp.key(11);
select is(pg_temp.says(11, 'practice_move(%L, ''no_show'')'), 'no_show', 'did not come');
select is(pg_temp.says(11, 'practice_move(%L, ''confirmed'')'), 'confirmed', 'taken back');
select is((select ended_at from booking where key = pg_temp.key(11)), null, 'as if it had not been said');
select is(pg_temp.says(11, 'practice_move(%L, ''attended'')'), 'attended', 'came');
select is(pg_temp.says(11, 'practice_move(%L, ''confirmed'')'), 'confirmed', 'taken back too');
select pg_temp.says(11, 'practice_move(%L, ''attended'')');
select is(pg_temp.told(11), 'booking-confirmed booking-review-ask', 'the client is asked for a review once');
insert into review (therapist_id, booking_id, expertise, professionalism, satisfaction, service_name, visited_on)
values (pg_temp.therapist('test-ana'), pg_temp.id(11), 5, 5, 5, 'x', date_trunc('month', current_date)::date);
select is(pg_temp.says(11, 'practice_move(%L, ''confirmed'')'), 'reviewed', 'what was reviewed stays');
delete from review where booking_id = pg_temp.id(11);
update booking set ended_at = clock() - interval '25 hours' where key = pg_temp.key(11);
select is(pg_temp.says(11, 'practice_move(%L, ''confirmed'')'), 'visit-over', 'and after a day it stays as well');

-- limits: by hashes, gone after a day
create function pg_temp.origin(p_device text, p_address text) returns text language sql
    as $$ select format('{"device":%s,"address":"%s","per_device":2,"per_address":3}', coalesce('"' || encode(sha256(p_device::bytea), 'hex') || '"', 'null'), encode(sha256(p_address::bytea), 'hex')) $$;
create function pg_temp.held_from(p_key int, p_device text, p_address text) returns text language sql
    as $$ select coalesce(d ->> 'type', 'held') from (select pg_temp.web('t' || p_key, format('select booking_hold(%L, ''test-ben'', %s, %L, 10, ''web'', %L)',
          pg_temp.key(p_key), pg_temp.service('test-ben'), pg_temp.at(4 * (p_key - 20)), pg_temp.origin(p_device, p_address)))::json) x (d) $$;
select is(string_agg(pg_temp.held_from(20 + n, 'laptop', 'home'), ' ' order by n), 'held held too-many-holds', 'two from one browser') from generate_series(1, 3) n;
select is(pg_temp.held_from(24, 'phone', 'home'), 'held', 'a third from the same house');
select is(pg_temp.held_from(25, null, 'home'), 'too-many-holds', 'a fourth not');
select is(pg_temp.held_from(25, 'laptop', 'cafe'), 'too-many-holds', 'nor from the same browser elsewhere');
select is(pg_temp.held_from(25, 'else', 'cafe'), 'held', 'but from another');
select is(pg_temp.held_from(21, 'laptop', 'home'), 'held', 'the same key again is the same hold, whatever the limit');
select pg_temp.cancel('t21', 21);
select is(pg_temp.held_from(26, 'laptop', 'cafe'), 'held', 'what is let go makes room');
select throws_ok($$ select pg_temp.web('t24', 'select count(*) from hold_origin') $$, '42501', null, 'nobody reads where from');
update hold_origin set created_at = clock() - interval '25 hours' where booking_id = pg_temp.id(24);
select booking_forget();
select is((select count(*) from hold_origin where booking_id = pg_temp.id(24)), 0::bigint, 'and after a day it is forgotten');

select * from finish();
rollback;
