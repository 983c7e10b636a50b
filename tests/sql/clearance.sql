-- The time that is kept while a clinician is asked, and the papers of it: for how long, who may add and read them, and that none is ever changed.
\ir booking.psql
select no_plan();

update service set clearance_hours = 24 where id = pg_temp.service('test-ana');
create function pg_temp.keep(p_token text, p_key int) returns json language sql
    as $$ select pg_temp.web(p_token, format('select clearance_keep(%L)', pg_temp.id(p_key)))::json -> 'clearance' $$;
create function pg_temp.hours_left(p_key int) returns numeric language sql
    as $$ select round(extract(epoch from hold_expires - clock()) / 3600, 1) from booking where key = pg_temp.key(p_key) $$;
create function pg_temp.note(p_token text, p_key int, p_n int, p_ago int default 1) returns json language sql
    as $$ select pg_temp.web(p_token, format('select clearance_note(%L, %L, local_day(clock(), ''America/Chicago'') - %s, ''sealed'', ''pdf'', 1)', pg_temp.id(p_key), pg_temp.key(p_n), p_ago))::json $$;
create function pg_temp.call(p_session text, p_key int, p_n int) returns json language sql
    as $$ select pg_temp.web('', format('select clearance_call(%L, %L, local_day(clock(), ''America/Chicago''), ''said'')', pg_temp.id(p_key), pg_temp.key(p_n)), p_session)::json $$;
create function pg_temp.sees(p_token text, p_session text) returns text language sql
    as $$ select pg_temp.web(p_token, 'select (select count(*) from clearance) || '' '' || (select count(*) from clearance_piece)', p_session) $$;

-- --- The time

select pg_temp.hold('kim', 1, 'test-ana', pg_temp.at(0));
select pg_temp.hold('eve', 2, 'test-ben', pg_temp.at(0));
select pg_temp.hold('lou', 3, 'test-ana', pg_temp.at(4));
select is(pg_temp.web('', format('select practice_clearance(%L)', pg_temp.id(1)), 'ana'), null, 'a hold is nobody''s but its guest''s');
select is(pg_temp.keep('eve', 1) ->> 'asked', null, 'another guest keeps nothing');
select ok(pg_temp.hours_left(1) < 1, 'of it');
select is(pg_temp.keep('kim', 1) ->> 'asked', 'true', 'its guest does');
select is(pg_temp.hours_left(1), 24.0, 'for as long as the therapist allows');
select is((select extract(epoch from hold_expires - clock())::int / 3600 from slot_claim where booking_id = pg_temp.id(1)), (select extract(epoch from hold_expires - clock())::int / 3600 from booking where key = pg_temp.key(1)), 'and the claim with it');
select is(pg_temp.keep('kim', 1) ->> 'can_keep', 'false', 'once');
select is(pg_temp.keep('eve', 2) ->> 'asked', 'false', 'not where the therapist does not allow it');
select isnt(pg_temp.web('', format('select practice_clearance(%L)', pg_temp.id(1)), 'ana'), null, 'now its therapist sees it');
select is(pg_temp.web('', format('select practice_clearance(%L)', pg_temp.id(1)), 'ben'), null, 'and no other');
update service set clearance_hours = 168 where id = pg_temp.service('test-ana');
select pg_temp.keep('lou', 3);
select is((select starts_at - hold_expires from booking where key = pg_temp.key(3)), interval '1 hour', 'never into the visit');

-- --- Papers

select is(pg_temp.note('kim', 1, 11) ->> 'problem', null, 'a guest adds a note');
select is(pg_temp.web('kim', format('select clearance_piece_put(%L, 0, ''piece'')', pg_temp.key(11))), 'true', 'and its file');
select is(pg_temp.note('eve', 1, 12)::text, null, 'not to another''s visit');
select is(pg_temp.note('kim', 1, 13, -1) ->> 'field', 'dated', 'not of tomorrow');
select is(pg_temp.note('kim', 1, 13, 366) ->> 'field', 'dated', 'not of long ago');
select is(pg_temp.call('ben', 1, 14)::text, null, 'another therapist records nothing');
select is(pg_temp.call('ana', 1, 15) ->> 'problem', null, 'its therapist records a call');
select is(pg_temp.web('kim', format('select concat_ws('' '', (d ->> ''note_on'')::date - local_day(clock(), ''America/Chicago''), (d ->> ''call_on'')::date - local_day(clock(), ''America/Chicago'')) from booking_safety_draft(%L) d', pg_temp.id(1))), '-1 0',
    'their days go to the judgement');
select is(pg_temp.sees(t, s), c, coalesce(nullif(t, ''), nullif(s, ''), 'a stranger') || ' sees ' || c)
from (values ('kim', '', '2 1'), ('', 'ana', '2 1'), ('eve', '', '0 0'), ('', 'ben', '0 0'), ('', 'olga', '0 0'), ('', 'late', '0 0'), ('', '', '0 0')) x (t, s, c);
select throws_ok(format('select pg_temp.web(%L, %L, %L)', t, c, s), '42501', null, c) from (values
    ('kim', '', 'update clearance set dated = dated + 1'), ('kim', '', 'delete from clearance'), ('', 'ana', 'delete from clearance_piece'),
    ('kim', '', format('insert into clearance (booking_id, kind, dated, sealed, account_id, made_at) values (%L, ''call'', now(), ''x'', ''00000000-0000-4000-8000-00000000000a'', now())', pg_temp.id(1))),
    ('', 'ana', format('insert into clearance (booking_id, kind, dated, sealed, ending, pieces, made_at) values (%L, ''note'', now(), ''x'', ''pdf'', 1, now())', pg_temp.id(1))),
    ('eve', '', format('insert into clearance_piece values (%L, 1, ''x'')', pg_temp.key(11)))) x (t, s, c);
select pg_temp.note('kim', 1, 20 + n) from generate_series(1, 8) n;
select is(pg_temp.note('kim', 1, 40) ->> 'title', 'Nothing more can be added to this visit', 'ten are enough');

-- --- The end of it

update booking set hold_expires = clock() - interval '1 second' where key = pg_temp.key(3);
select is(pg_temp.note('lou', 3, 50) ->> 'title', 'Nothing more can be added to this visit', 'nothing after its time');
set local session_replication_role = replica;
update booking set state = 'expired', hold_expires = null, ended_at = clock() - interval '2 hours', safety_draft = 'x' where key = pg_temp.key(1);
set local session_replication_role = origin;
select booking_forget();
select is((select count(*) from clearance) + (select count(*) from clearance_piece), 0::bigint, 'what came to nothing is forgotten with its papers');

select finish();
rollback;
