-- Series and waiting lists behind the wall: what the holder of a token sees and does, and what nobody else does.
\ir booking.psql
select no_plan();

-- --- A series has one token
create function pg_temp.series(p_token text, p_key int, p_slug text, p_starts timestamptz[]) returns json language sql as $$
    select pg_temp.web(p_token, format('select series_hold(%L, %L, %s, %L, true, 10)', pg_temp.key(p_key), p_slug, pg_temp.service(p_slug), p_starts))::json $$;
create function pg_temp.weekly(p_n int) returns timestamptz[] language sql as $$ select array_agg(pg_temp.at(0) + make_interval(days => 7 * k) order by k) from generate_series(0, p_n - 1) k $$;

select is(pg_temp.series('kim', 1, 'test-ana', pg_temp.weekly(3)) ->> 'state', 'held', 'three visits are held');
select is(pg_temp.hold('eve', 2, 'test-ana', pg_temp.at(8)) is not null, true, 'and one of somebody else');
select is(pg_temp.web('kim', 'select count(*) from booking'), '3', 'the token sees all of its series');
select is(pg_temp.web('eve', 'select count(*) from booking'), '1', 'another token its own booking');
select is(pg_temp.web('mallory', 'select count(*) from booking'), '0', 'a wrong one nothing');
select is(pg_temp.web('eve', format('select series_shown(%L)', pg_temp.id(1))), null, 'no page of a series for others');
select is(pg_temp.web('eve', format('select series_calendar(%L)', pg_temp.id(1))), null, 'nor its calendar');
select is(pg_temp.web('', format('select series_shown(%L)', pg_temp.id(1)), 'ana'), null, 'nor for the therapist: the week is hers');
select is(pg_temp.web('', 'select count(*) from booking', 'ana'), '0', 'who sees nothing of what is only held');
select pg_temp.web('mallory', format('select booking_cancel(%L)', pg_temp.id(1)));
select is((select count(*)::int from booking where series_id = pg_temp.id(1) and state = 'held'), 3, 'a stranger lets nothing go');

select pg_temp.pass('kim', 1);
select pg_temp.name('kim', 1);
select is(pg_temp.confirm('kim', 1) ->> 'state', 'confirmed', 'booked');
select is((select count(*)::int from booking where series_id = pg_temp.id(1) and state = 'confirmed' and client_name = 'Kim'), 3, 'all of them');
select is((select count(*)::int from booking b join safety_check s on s.id = b.safety_id and s.booking_id = b.id and s.passed where b.series_id = pg_temp.id(1)), 3, 'each with a passed check of its own');
select is(pg_temp.web('', 'select count(*) from booking', 'ana'), '3', 'now the therapist sees them');
select is(pg_temp.web('', 'select count(*) from booking', 'ben'), '0', 'another one does not');
select is(pg_temp.web('eve', 'select count(*) from safety_check'), '0', 'nor does a guest see the answers of others');
select throws_ok(format($$update booking set safety_id = null where key <> %L and series_id = %L; set constraints all immediate$$, pg_temp.key(1), pg_temp.id(1)), '23514', null,
    'no visit of a series is booked without its check');

-- --- The waiting list
create function pg_temp.joins(p_token text, p_key int, p_email text) returns json language sql as $$
    select pg_temp.web(p_token, format('select waiting_join(%L, %L)', pg_temp.key(p_key), json_build_object('slug', 'test-ben', 'email', p_email)))::json $$;
insert into time_off (therapist_id, starts, ends) values (pg_temp.therapist('test-ben'), '2000-01-01', '2100-01-01');
select is(pg_temp.joins('w1', 11, 'one@example.org') ->> 'sent', 'true', 'one joins');
select is(pg_temp.joins('w2', 12, 'two@example.org') ->> 'sent', 'true', 'another');
select is(pg_temp.joins('w1', 11, 'one@example.org') ->> 'sent', 'true', 'the same page again');
select is((select count(*)::int from waiting where key in (pg_temp.key(11), pg_temp.key(12))), 2, 'is one entry');
select is((select count(*)::int from outbox o join waiting w on w.id = o.waiting_id where o.recipient is null), 2, 'and one mail, whose address is read when it is sent');
select is(pg_temp.web('w1', 'select count(*) from waiting'), '1', 'a token sees its entry');
select is(pg_temp.web('', 'select count(*) from waiting'), '0', 'without one there is none');
select is(pg_temp.web('wrong', 'select waiting_shown()'), null, 'a wrong one shows nothing');
select is(pg_temp.web('', 'select count(*) from waiting', 'ben'), '0', 'not even the therapist sees an entry');
select is(pg_temp.web('', 'select practice_waiting_list() ->> ''count''', 'ben'), '0', 'but how many; nobody who did not press the button');
select is(pg_temp.web('wrong', 'with u as (update waiting set ended_at = now(), ended_why = ''left'' returning 1) select count(*) from u'), '0', 'a stranger ends no entry');
select throws_ok($$select pg_temp.web('w1', 'update waiting set email = ''x@example.org''')$$, '42501', null, 'an address is not changed');
select throws_ok($$select pg_temp.web('w1', 'select * from waiting_offer')$$, '42501', null, 'what was offered is nobody''s to read');
select throws_ok(format($$select pg_temp.web('w3', 'insert into waiting (key, token_hash, therapist_id, days, parts, from_day, until_day, email, confirmed_at)
    values (gen_random_uuid(), auth.token_hash(''app.booking''), %s, ''{1}'', ''{morning}'', current_date, current_date, ''x@example.org'', now())')$$, pg_temp.therapist('test-ben')), '42501', null,
    'nobody joins without the proof of the address');
select is(has_table_privilege('unknot_worker', 'waiting', 'select'), false, 'the worker reads no addresses');

select is(pg_temp.web('w2', 'select waiting_confirm() ->> ''is_waiting'''), 'true', 'the second proves the address first');
select is(pg_temp.web('', 'select practice_waiting_list() ->> ''count''', 'ben'), '1', 'and is counted');
select is((select due_at <= clock() from waiting_look where therapist_id = pg_temp.therapist('test-ben')), true, 'free times are looked at, at once');
select waiting_step(120);
select is((select count(*)::int from booking where waiting_id is not null), 0, 'there is none');
select is((select due_at > clock() from waiting_look where therapist_id = pg_temp.therapist('test-ben')), true, 'until something changes');
delete from time_off where therapist_id = pg_temp.therapist('test-ben');
select is((select due_at <= clock() from waiting_look where therapist_id = pg_temp.therapist('test-ben')), true, 'such as the end of time off');
select waiting_step(120);
select is((select w.key from booking b join waiting w on w.id = b.waiting_id and b.token_hash = w.token_hash), pg_temp.key(12), 'a time is kept for who proved the address first, under the token of the entry');
select is((select count(*)::int from booking b join slot_claim c on c.booking_id = b.id and c.hold_expires = b.hold_expires where b.waiting_id is not null), 1, 'with a claim until the deadline');
select is((select booking_secret(b) from booking b where b.waiting_id is not null), pg_temp.key(12), 'the link in the mail is made from the key of the entry');
select is(pg_temp.web('w1', 'select count(*) from booking'), '0', 'nobody else sees it');
select is(pg_temp.web('', 'select count(*) from booking', 'ben'), '0', 'the therapist neither: it is only kept');
select is(pg_temp.web('w2', 'select waiting_leave() ->> ''left'''), 'true', 'who leaves');
select is((select count(*)::int from slot_claim where therapist_id = pg_temp.therapist('test-ben')), 0, 'gives it back');
select * from finish();
rollback;
