-- What a therapist writes about a visit: who may write and read it, when, and that nothing written is ever changed.
\ir booking.psql
select no_plan();

select pg_temp.booked('kim', 1, 'test-ana', pg_temp.at(0));
select pg_temp.booked('eve', 2, 'test-ben', pg_temp.at(0));
select pg_temp.hold('eve', 3, 'test-ana', pg_temp.at(8));
create function pg_temp.begins(p_key int) returns void language plpgsql as $$
begin
    set local session_replication_role = replica;
    update booking set starts_at = now() - interval '10 minutes', ends_at = now() + interval '50 minutes' where key = pg_temp.key(p_key);
    set local session_replication_role = origin;
end $$;
create function pg_temp.note(p_session text, p_key int, p_after int) returns json language sql
    as $$ select pg_temp.web('', format('select care_note_save(%L, %s, ''sealed %s'')', pg_temp.id(p_key), p_after, p_after + 1), p_session)::json $$;
create function pg_temp.versions(p_session text, p_key int) returns text language sql
    as $$ select pg_temp.web('', format('select string_agg(version || '' '' || sealed, '', '' order by version) from session_note where booking_id = %L', pg_temp.id(p_key)), p_session) $$;

-- --- The session note

select is(pg_temp.note('ana', 1, 0) ->> 'type', 'no-note-now', 'nothing is noted of a visit to come');
select pg_temp.begins(1);
select pg_temp.begins(2);
select is(pg_temp.note('ben', 1, 0) ->> 'type', null, 'another therapist finds no visit');
select is(pg_temp.note('late', 1, 0) ->> 'type', null, 'nor does one whose session ended');
select is((select count(*) from session_note), 0::bigint, 'and nothing is written');
select is(pg_temp.note('ana', 1, 0) #>> '{note_of,version}', '1', 'its therapist writes it once it has begun');
select is(pg_temp.note('ana', 1, 0) ->> 'type', 'note-changed', 'who did not see the first writes no second');
select is(pg_temp.note('ana', 1, 1) #>> '{note_of,version}', '2', 'a correction is a version of its own');
select is(pg_temp.versions('ana', 1), '1 sealed 1, 2 sealed 2', 'and the one before stays');
select is(pg_temp.web('', format('select care_note_versions(%L) #>> ''{0,who}''', pg_temp.id(1)), 'ana'), 'Ana', 'with who wrote it');
select is(pg_temp.versions(x, 1), null, x || ' reads none') from unnest('{ben,olga,late,""}'::text[]) x;
select is(pg_temp.web('kim', 'select count(*) from session_note'), '0', 'it is the therapist''s record, not on the client''s page');
select is(pg_temp.web('', format('select care_note(%L)', pg_temp.id(3)), 'ana'), null, 'a hold has none');
select is((select count(*) from audit where action = 'note.written' and object = pg_temp.id(1)::text), 1::bigint, 'the first is on the record');
select is((select count(*) from audit where action = 'note.corrected' and object = pg_temp.id(1)::text), 1::bigint, 'and so is the correction');
select throws_ok(format('select pg_temp.web('''', %L, ''ana'')', c), '42501', null, c) from unnest(array[
    'update session_note set sealed = ''x''', 'delete from session_note', 'truncate session_note',
    format('insert into session_note select %L, 3, %L, ''x'', now()', pg_temp.id(1), '00000000-0000-4000-8000-00000000000b'),
    format('insert into session_note select %L, 1, %L, ''x'', now()', pg_temp.id(2), '00000000-0000-4000-8000-00000000000a')]) c;
select is(pg_temp.web('', format('with i as (insert into session_note select %L, 9, %L, ''x'', now() returning 1) select count(*) from i', pg_temp.id(1), '00000000-0000-4000-8000-00000000000a'), 'ana'), '1',
    'control: her own, in her own name');
update booking set state = 'cancelled' where key = pg_temp.key(2);
select is(pg_temp.note('ben', 2, 0) ->> 'type', 'no-note-now', 'what did not take place has no note');

-- --- The home plan

create function pg_temp.plan(p_session text, p_key int, p_after int, p_tell boolean default true) returns json language sql
    as $$ select pg_temp.web('', format('select care_plan_save(%L, %s, ''plan %s'', %L)', pg_temp.id(p_key), p_after, p_after + 1, p_tell), p_session)::json $$;
create function pg_temp.told(p_key int) returns bigint language sql as $$ select count(*) from outbox where booking_id = pg_temp.id(p_key) and kind = 'booking-plan' $$;
select pg_temp.booked('kim', 4, 'test-ana', pg_temp.at(48));
select is(pg_temp.plan('ana', 4, 0) ->> 'type', 'no-plan-now', 'nothing is suggested before the visit');
select is(pg_temp.plan('ben', 1, 0) ->> 'type', null, 'another therapist finds no visit to suggest for');
select is(pg_temp.plan('ana', 1, 0) #>> '{plan_of,version}', '1', 'its therapist suggests');
select is(pg_temp.told(1), 1::bigint, 'the client is told');
select is(pg_temp.plan('ana', 1, 0) ->> 'type', 'plan-changed', 'who did not see the newest does not write over it');
select is(pg_temp.plan('ana', 1, 1, false) #>> '{plan_of,version}', '2', 'taken back is a version, too');
select is(pg_temp.told(1), 1::bigint, 'of which nobody is told');
select is(pg_temp.web('kim', format('select care_client(%L) #>> ''{plan,sealed}''', pg_temp.id(1))), 'plan 2', 'the client gets the newest');
select is(pg_temp.web(who, format('select care_client(%L)', pg_temp.id(1)), session), null, who || session || ' gets nothing') from (values ('mallory', ''), ('eve', ''), ('', 'ben'), ('', 'olga'), ('', '')) x (who, session);
select is(pg_temp.web('kim', 'select count(*) from home_plan'), '2', 'control: the client sees the rows');
select is(pg_temp.web('eve', 'select count(*) from home_plan', 'ben'), '0', 'others see none');
select throws_ok(format('select pg_temp.web(''kim'', %L, ''ana'')', c), '42501', null, c) from unnest(array[
    'update home_plan set sealed = ''x''', 'delete from home_plan', format('insert into home_plan select %L, 1, %L, ''x'', now()', pg_temp.id(2), '00000000-0000-4000-8000-00000000000a'),
    format('insert into home_plan select %L, 9, %L, ''x'', now()', pg_temp.id(1), '00000000-0000-4000-8000-00000000000b')]) c;
select throws_ok(format('select pg_temp.web(''kim'', %L)', format('insert into home_plan select %L, 9, %L, ''x'', now()', pg_temp.id(1), '00000000-0000-4000-8000-00000000000a')), '42501', null, 'a client writes no plan');

select is(pg_temp.web('', 'select care_places_save(''{}'') #>> ''{places,0,on}''', 'ana'), 'false', 'a therapist switches plans off at her places');
select is((select bool_or(home_plans) from location l join therapist t on t.id = l.therapist_id where t.slug = 'test-ana'), false, 'her own');
select is((select bool_and(home_plans) from location l join therapist t on t.id = l.therapist_id where t.slug = 'test-ben'), true, 'and nobody else''s');
select is(pg_temp.plan('ana', 1, 2) ->> 'type', 'no-plan-now', 'and then none is written there');
select is(pg_temp.web('kim', format('select care_client(%L) #>> ''{plan,version}''', pg_temp.id(1))), '2', 'what the client has stays');

select cmp_ok((select count(*) from tag t join guidance g on g.tag_id = t.id where t.kind = 'self_care' and t.about <> '' and g.evidence <> '' and g.basis <> '' and t.bit is null), '>=', 12::bigint,
    'each item of the library says how sure it is, and from where');
select is_empty($$select slug from tag where kind = 'self_care' and (about || label) ~* 'cure|heal|detox|toxin|guarantee|eliminat'$$, 'and promises nothing');

-- --- Questions and answers

create function pg_temp.says(p_token text, p_session text, p_key int, p_words text) returns text language sql
    as $$ select pg_temp.web(p_token, format('select coalesce(d ->> ''type'', ''sent'') from care_message_send(%L, gen_random_uuid(), %L) d where d is not null', pg_temp.id(p_key), p_words), p_session) $$;
create function pg_temp.post(p_key int) returns text language sql
    as $$ select string_agg(kind, ' ' order by created_at, kind) from outbox where booking_id = pg_temp.id(p_key) and kind in ('booking-question', 'therapist-answer') $$;
select is(pg_temp.says('kim', '', 4, 'x'), 'no-message-now', 'a client does not write before something was asked');
select is(pg_temp.says('', 'ana', 4, 'question'), 'sent', 'the therapist asks');
update visit_message set sent_at = sent_at - interval '1 second';
select is(pg_temp.says('kim', '', 4, 'answer'), 'sent', 'the client answers');
select is(pg_temp.post(4), 'booking-question therapist-answer', 'each is told by mail');
select is((select string_agg(who || ' ' || sealed || ' ' || (account_id is not null), ', ' order by sent_at, who desc) from visit_message where booking_id = pg_temp.id(4)), 'therapist question true, client answer false', 'who wrote what');
select is(pg_temp.says(t, s, 4, 'x'), null, t || s || ' writes nothing') from (values ('mallory', ''), ('eve', ''), ('', 'ben'), ('', 'olga'), ('', 'late'), ('', '')) x (t, s);
select is(pg_temp.web(t, 'select count(*) from visit_message', s), n, t || s || ' sees ' || n) from (values ('kim', '', '2'), ('', 'ana', '2'), ('eve', '', '0'), ('', 'ben', '0'), ('', 'olga', '0'), ('', '', '0')) x (t, s, n);
select throws_ok(format('select pg_temp.web(''kim'', %L)', c), '42501', null, c) from unnest(array['update visit_message set sealed = ''x''', 'delete from visit_message',
    format('insert into visit_message (booking_id, who, account_id, sealed, sent_at) values (%L, ''therapist'', %L, ''x'', now())', pg_temp.id(4), '00000000-0000-4000-8000-00000000000a'),
    format('insert into visit_message (booking_id, who, sealed, sent_at) values (%L, ''client'', ''x'', now())', pg_temp.id(2))]) c;
select is(pg_temp.says('eve', '', 3, 'x') || pg_temp.says('', 'ana', 3, 'x'), null, 'a hold has no questions');
select is((select case when (practice_visit(b) ->> 'has_answered')::boolean then 'answered' end from booking b where id = pg_temp.id(4)), 'answered', 'the last word is the client''s');
select pg_temp.says('', 'ana', 4, 'more') \g /dev/null
update visit_message set sent_at = sent_at + interval '1 second' where sealed = 'more';
select is((select (practice_visit(b) ->> 'has_answered')::boolean from booking b where id = pg_temp.id(4)), false, 'or the therapist''s');
insert into visit_message (booking_id, who, sealed, sent_at) select pg_temp.id(4), 'client', 'x', now() from generate_series(4, 40);
select is(pg_temp.says('', 'ana', 4, 'x'), 'no-message-now', 'there is an end to it');

-- --- The day

create function pg_temp.day(p_token text, p_session text, p_key int, p_who text, p_outcome text) returns text language sql
    as $$ select pg_temp.web(p_token, format('select coalesce(d ->> ''type'', ''kept'') from care_day_save(%L, %L, gen_random_uuid(), %L, ''1'', ''sealed'') d where d is not null', pg_temp.id(p_key), p_who, p_outcome), p_session) $$;
create function pg_temp.counts(p_key int) returns text language sql as $$ select d.outcome || ' ' || d.who from booking b cross join lateral care_day_of(b) d where b.id = pg_temp.id(p_key) $$;
create function pg_temp.later() returns void language sql as $$ update day_check set checked_at = checked_at - interval '1 minute' $$;
create function pg_temp.fee(p_key int) returns text language sql
    as $$ select pg_temp.web('kim', format('select booking_fee(b, 10000, 4000) from booking b where id = %L', pg_temp.id(p_key))) $$;
select is(pg_temp.day('kim', '', 4, 'client', 'PROCEED'), 'not-today', 'nothing is asked three days before');
-- less than a day ahead, and not where the time kept around it would go over Ana's midnight
select pg_temp.booked('kim', 5, 'test-ana', date_trunc('hour', now()) + case when extract(hour from (date_trunc('hour', now()) + interval '20 hours') at time zone 'America/Chicago') in (23, 0)
                                                                             then interval '18 hours' else interval '20 hours' end) \g /dev/null
select is(pg_temp.fee(5), '4000', 'control: a late change costs');
select is(pg_temp.day(t, s, 5, w, 'PROCEED'), null, t || s || ' answers nothing as ' || w) from (values ('mallory', '', 'client'), ('eve', '', 'client'), ('', 'ana', 'client'), ('kim', '', 'therapist'), ('', 'ben', 'therapist'), ('', 'late', 'therapist')) x (t, s, w);
select is(pg_temp.day('kim', '', 5, 'client', 'PROCEED'), 'kept', 'the client answers a day before');
select is(pg_temp.fee(5), '4000', 'which alone makes nothing free');
select pg_temp.later();
select is(pg_temp.day('kim', '', 5, 'client', 'CLEARANCE') || ' ' || pg_temp.counts(5), 'kept CLEARANCE client', 'the newest counts');
select is(pg_temp.fee(5), '0', 'nobody pays for staying away ill');
select is(pg_temp.web('kim', format('select booking_document(%L) #>> ''{terms,cancel,text}''', pg_temp.id(5))), 'Free until the visit begins', 'and the page says so');
select is((select string_agg(what, ' ') from booking_event where booking_id = pg_temp.id(5) and what = 'no_fee'), 'no_fee', 'the history says that it is free');
select matches(pg_temp.web('', format('select booking_history(%L, ''therapist'')::text', pg_temp.id(5)), 'ana'), 'moving or canceling it is free', 'in words without health in them');
select pg_temp.later();
select is(pg_temp.day('', 'ana', 5, 'therapist', 'MODIFY') || ' ' || pg_temp.counts(5), 'kept MODIFY therapist', 'at check-in the therapist goes through it');
select pg_temp.later();
select is(pg_temp.day('kim', '', 5, 'client', 'STOP') || ' ' || pg_temp.counts(5), 'kept STOP client', 'a stop');
select is((select count(*) from outbox where booking_id = pg_temp.id(5) and kind = 'therapist-day-stop'), 1::bigint, 'of which the therapist is told');
select pg_temp.later();
select is(pg_temp.day('', 'ana', 5, 'therapist', 'PROCEED') || ' ' || pg_temp.counts(5), 'kept STOP client', 'is not lifted by the therapist');
select pg_temp.later();
select is(pg_temp.day('kim', '', 5, 'client', 'PROCEED') || ' ' || pg_temp.counts(5), 'kept PROCEED client', 'but by the client, who answers once more');
select is((select count(*) from day_check where booking_id = pg_temp.id(5)), 6::bigint, 'and all of them stay');
select is((select count(*) from booking_event where booking_id = pg_temp.id(5) and what = 'no_fee'), 1::bigint, 'one line in the history');
select is(pg_temp.web('', format('select practice_week(local_day(starts_at, zone))::text like ''%%"on_day" : {"answered" : true%%'' from booking where id = %L', pg_temp.id(5)), 'ana'), 'true', 'the week says that it is answered');
select throws_ok(format('select pg_temp.web(''kim'', %L, ''ana'')', c), '42501', null, c) from unnest(array['update day_check set outcome = ''PROCEED''', 'delete from day_check',
    format('insert into day_check values (gen_random_uuid(), %L, now(), ''client'', null, ''PROCEED'', ''1'', ''x'', now())', pg_temp.id(2)),
    format('insert into day_check values (gen_random_uuid(), %L, now(), ''therapist'', %L, ''PROCEED'', ''1'', ''x'', now())', pg_temp.id(5), '00000000-0000-4000-8000-00000000000b')]) c;
select is(pg_temp.web('eve', 'select count(*) from day_check', 'ben') || pg_temp.web('', 'select count(*) from day_check', 'olga'), '00', 'others see none');
select pg_temp.begins(5);
update booking set state = 'attended' where id = pg_temp.id(5);
select is(pg_temp.day('kim', '', 5, 'client', 'PROCEED'), 'not-today', 'after the visit nothing is asked');
select throws_ok(format('insert into day_check values (gen_random_uuid(), %L, now(), ''client'', null, ''FINE'', ''1'', ''x'', now())', pg_temp.id(5)), '23514', null, 'outcomes are the four');

-- --- The walls

select ok(bool_and(relrowsecurity and relforcerowsecurity), 'row-level security is forced') from pg_class where oid in ('session_note'::regclass, 'home_plan'::regclass, 'visit_message'::regclass, 'day_check'::regclass);
select ok(not has_table_privilege('unknot_worker', t, 'select'), 'the worker does not read ' || t) from unnest('{session_note,home_plan,visit_message,day_check}'::text[]) t;

select * from finish();
rollback;
