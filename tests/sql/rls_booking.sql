-- Who sees a booking and its safety check: its guest by the token, its therapist, and nobody else.
\ir booking.psql
select no_plan();

select pg_temp.booked('kim', 1, 'test-ana', pg_temp.at(0));
select pg_temp.booked('eve', 2, 'test-ben', pg_temp.at(0));
select pg_temp.hold('eve', 3, 'test-ana', pg_temp.at(8));

create function pg_temp.sees(p_booking text, p_session text, p_table text) returns int language sql
    as $$ select pg_temp.web(p_booking, format('select count(*) from %I', p_table), p_session)::int $$;

select is(pg_temp.sees('kim', '', 'booking'), 1, 'a guest sees the booking of the token');
select is(pg_temp.sees('eve', '', 'booking'), 2, 'and every one of them');
select is(pg_temp.sees('', '', 'booking'), 0, 'without a token nothing');
select is(pg_temp.sees('mallory', '', 'booking'), 0, 'with a wrong token nothing');
select is(pg_temp.sees((select encode(token_hash, 'hex') from booking where key = pg_temp.key(1)), '', 'booking'), 0, 'the hash is not the token');
select is(pg_temp.sees(pg_temp.id(1)::text, '', 'booking'), 0, 'nor is the id');
select is(pg_temp.sees('', 'ana', 'booking'), 1, 'a therapist sees what is booked with her, not what is only held');
select is(pg_temp.sees('', 'ben', 'booking'), 1, 'the other one his');
select is(pg_temp.sees('', 'late', 'booking'), 0, 'a session that ended sees nothing');
select is(pg_temp.sees('', 'olga', 'booking'), 0, 'an operator sees no bookings');
select is(pg_temp.sees('', '00000000-0000-4000-8000-00000000000a', 'booking'), 0, 'an account id is no session');

select is(pg_temp.sees('kim', '', 'safety_check'), 1, 'a guest sees the own check');
select is(pg_temp.sees('mallory', '', 'safety_check'), 0, 'a stranger none');
select is(pg_temp.sees('', '', 'safety_check'), 0, 'nobody none');
select is(pg_temp.sees('', 'ana', 'safety_check'), 1, 'the therapist of the visit sees it');
select is(pg_temp.web('', format('select count(*) from safety_check where booking_id = %L', pg_temp.id(1)), 'ben'), '0', 'another therapist does not');
select is(pg_temp.sees('', 'olga', 'safety_check'), 0, 'nor an operator');

select is(pg_temp.web('mallory', format('select booking_document(%L)', pg_temp.id(1))), null, 'a stranger gets no document');
select is(pg_temp.web('mallory', format('select booking_cancel(%L)', pg_temp.id(1))), null, 'cancels nothing');
select is(pg_temp.web('mallory', format('select booking_confirm(%L, ''x'')', pg_temp.id(3))), null, 'confirms nothing');
select is(pg_temp.web('mallory', format('select booking_safety_draft(%L)', pg_temp.id(3))), null, 'reads no answers');
select is(pg_temp.web('mallory', format('select booking_lapsed(%L)', pg_temp.id(3))), null, 'learns of no hold');
select pg_temp.web('mallory', format('select booking_discard(%L)', pg_temp.id(3)));
select is(pg_temp.state(3), 'held', 'discards nothing');
select is(pg_temp.web('mallory', format('with u as (update booking set client_name = ''x'' where id = %L returning 1) select count(*) from u', pg_temp.id(1))), '0', 'changes nothing');
select is(pg_temp.web('mallory', format('with u as (delete from booking where id = %L returning 1) select count(*) from u', pg_temp.id(3))), '0', 'deletes nothing');
select throws_ok($$ select pg_temp.web('mallory', format('insert into safety_check (booking_id, outcome, rules, sealed) values (%L, ''PROCEED'', ''t'', ''x'')', pg_temp.id(3))) $$,
    '42501', null, 'and passes no check for others');
select is(pg_temp.state(1), 'confirmed', 'the booking stands');

select is(pg_temp.web('kim', format('with u as (delete from booking where id = %L returning 1) select count(*) from u', pg_temp.id(1))), '0', 'not even the guest deletes what is booked');
select throws_ok($$ select pg_temp.web('kim', format('update booking set token_hash = sha256(''x'') where id = %L', pg_temp.id(1))) $$, '42501', null, 'a token is not changed');
select throws_ok($$ select pg_temp.web('kim', format('update booking set therapist_id = %s where id = %L', pg_temp.therapist('test-ben'), pg_temp.id(1))) $$, '42501', null, 'nor whose visit it is');

-- a hold is not the therapist's business yet: neither its answers nor booking in the guest's name
select pg_temp.web('eve', format('select booking_safety_save(%L, ''sealed'')', pg_temp.id(3)));
select isnt(pg_temp.web('eve', format('select booking_safety_draft(%L)', pg_temp.id(3))), null, 'a guest goes on with the own answers');
select is(pg_temp.web('wrong', format('select booking_safety_draft(%L)', pg_temp.id(3)), 'ana'), null, 'the therapist does not read them');
select is(pg_temp.web('wrong', format('select booking_safety_draft(%L)', pg_temp.id(1)), 'ana'), null, 'not by that way when it is booked, either');
select is(pg_temp.web('', format('select booking_cancel(%L)', pg_temp.id(3)), 'ana'), null, 'nor ends the hold');
select pg_temp.pass('eve', 3);
select pg_temp.web('', format('select booking_details(%L, ''Ana'', ''ana@example.org'')', pg_temp.id(3)), 'ana');
select is((select client_name from booking where key = pg_temp.key(3)), null, 'names nobody');
select pg_temp.name('eve', 3);
select is(pg_temp.web('wrong', format('select booking_confirm(%L, ''x'')', pg_temp.id(3)), 'ana'), null, 'confirms nothing');
select throws_ok($$ select pg_temp.web('', format('insert into safety_check (booking_id, outcome, rules, sealed) values (%L, ''PROCEED'', ''t'', ''x'')', pg_temp.id(3)), 'ana') $$,
    '42501', null, 'and answers no safety check');

-- the guest's own line in the audit is nobody else's
select throws_ok($$ select pg_temp.web('kim', 'insert into audit (account_id, action, object) values (''00000000-0000-4000-8000-00000000000a'', ''x'', ''y'')') $$,
    '42501', null, 'nobody writes in another''s name');
select is(pg_temp.sees('kim', '', 'audit'), 0, 'a guest does not read the audit');
select throws_ok($$ select pg_temp.web('kim', 'select recipient from outbox limit 1') $$, '42501', null, 'nor the outbox');

-- what happened is read by those who see the booking, and rewritten by nobody
select is(pg_temp.web('kim', format('select string_agg(what || '' '' || who || '' '' || via, '', '' order by id) from booking_event where booking_id = %L', pg_temp.id(1))),
    'held client web, confirmed client web', 'each change of a booking is a row');
select is(pg_temp.web('', 'select count(*) from booking_event', 'ana'), '2', 'the therapist reads it, and nothing of what is only held');
select is(pg_temp.web(who, 'select count(*) from booking_event', session), '0', who || session || ' reads none of it')
from (values ('mallory', ''), ('', 'olga'), ('', 'late')) x (who, session);
select is(pg_temp.web('kim', 'select count(*) from booking_event'), '2', 'nor does a guest of another booking read more');
select throws_ok(format('select pg_temp.web(''kim'', %L, ''ana'')', c), '42501', null, c) from unnest(array[
    'insert into booking_event (booking_id, at, who, via, what, to_state, to_start) select id, now(), ''worker'', ''worker'', ''held'', ''held'', now() from booking limit 1',
    'update booking_event set who = ''therapist''', 'delete from booking_event', 'truncate booking_event']) c;
select is_empty($$ select r, p from unnest(array['unknot_web', 'unknot_worker']) r, unnest(array['insert', 'update', 'delete', 'truncate']) p
    where has_table_privilege(r, 'booking_event', p) $$, 'no role of the program writes what happened: the trigger does');
select is_empty($$ select attname from pg_attribute where attrelid = 'booking_event'::regclass and attname ~ 'name|email|phone|account|note' $$, 'and it holds no personal data');

-- a blocked time is its therapist's alone
select is(pg_temp.web('', 'select practice_block_save(null, current_date + 2, ''01:00'', ''02:00'', ''dentist'') ->> ''note''', 'ana'), 'dentist', 'she blocks a time');
select is(pg_temp.sees('kim', 'ben', 'block') + pg_temp.sees('', 'olga', 'block'), 0, 'a block is seen by nobody else');
select is(pg_temp.sees('', 'ana', 'block'), 1, 'but by her');
select throws_ok(format('select pg_temp.web('''', ''insert into block (therapist_id, starts_at, ends_at) values (%s, now(), now() + interval ''''1 hour'''')'', ''ben'')', pg_temp.therapist('test-ana')),
    '42501', null, 'and made by nobody else');

-- the walls stand for the owner as well, and no other role has a door
select ok(bool_and(relrowsecurity and relforcerowsecurity), 'row-level security is forced') from pg_class
where oid in ('booking'::regclass, 'safety_check'::regclass);
select ok(not has_table_privilege('unknot_worker', 'booking', 'select') and not has_table_privilege('unknot_worker', 'safety_check', 'select'),
    'the worker reads neither bookings nor checks');
select ok(not has_function_privilege('unknot_web', 'booking_sweep()', 'execute') and not has_function_privilege('unknot_web', 'booking_forget()', 'execute'),
    'only the worker sweeps');

-- --- And the other way about: without row-level security (until the rollback below) each function that is asked for a booking by its id says itself whose it is

alter role unknot_web bypassrls;
select is(pg_temp.sees('mallory', '', 'booking'), (select count(*)::int from booking), 'control: the policies are off');
select is(pg_temp.web(who, format('select %s', replace(f, '$1', format('%L', pg_temp.id(n)))), session), null, format('%s as %s %s', f, who, session))
from unnest(array['booking_document($1)', 'booking_shown($1)', 'booking_lapsed($1)', 'booking_calendar($1)', 'booking_cancel($1)', 'booking_times($1, null)', 'booking_move($1, now() + interval ''9 days'')',
    'booking_confirm($1, ''x'')', 'booking_extend($1, 10)', 'booking_details($1, ''x'', ''x@example.org'')', 'booking_safety_draft($1)', 'booking_safety_save($1, ''x'')', 'booking_discard($1)', 'booking_own($1)',
    'booking_without($1, ''{}'')', 'booking_answers($1)', 'booking_reminders($1)', 'booking_remind($1, ''{60}'')', 'clearance_keep($1)', 'clearance_read($1, gen_random_uuid())', 'consent_texts($1, false)',
    'care_client($1)', 'care_message_send($1, gen_random_uuid(), ''x'')', 'care_day($1, ''client'')', 'outcome_after($1)', 'outcome_line($1, ''client'')', 'review_page($1)', 'series_shown($1)', 'series_calendar($1)',
    'practice_booking($1)', 'practice_move($1, ''cancelled'')', 'practice_sealed($1)', 'practice_shared($1)', 'practice_own_sealed($1)', 'practice_reopen($1)', 'practice_clearance($1)', 'practice_times($1, null)',
    'care_before($1)', 'care_note($1)', 'care_note_save($1, 0, ''x'')', 'care_plan($1)', 'care_plan_save($1, 0, ''x'', true)', 'care_day($1, ''therapist'')', 'outcome_line($1, ''therapist'')']) f
cross join (values ('mallory', '', 1), ('eve', 'ben', 1), ('', 'olga', 1), ('kim', 'ana', 3), ('', 'late', 3)) x (who, session, n);
select is(pg_temp.state(1) || pg_temp.state(3) || (select count(*) from visit_message) || (select count(*) from booking where client_name = 'x' or reminders = '{60}' or safety_draft = 'x'), 'confirmedheld00', 'and nothing was done');
select is(pg_temp.web('', f, 'ana') !~ pg_temp.id(3)::text, true, f || ' says nothing of a hold') from unnest(array[format('select practice_week(%L)', local_day(pg_temp.at(8), 'America/Chicago'))]) f;
alter role unknot_web nobypassrls;

select * from finish();
rollback;
