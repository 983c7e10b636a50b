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

-- --- The walls

select ok(bool_and(relrowsecurity and relforcerowsecurity), 'row-level security is forced') from pg_class where oid in ('session_note'::regclass);
select ok(not has_table_privilege('unknot_worker', t, 'select'), 'the worker does not read ' || t) from unnest('{session_note}'::text[]) t;

select * from finish();
rollback;
