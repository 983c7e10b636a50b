-- Links by mail where the program does not look first: each works once, in time, and for so many codes.
\set ON_ERROR_STOP 1
\set QUIET 1
begin;
select no_plan();

create function pg_temp.ask(p_kind text, p_email text, p_n int) returns text language sql as $$
    select link_ask(json_build_object('kind', p_kind, 'key', gen_random_uuid(), 'email', p_email, 'role', case when p_kind = 'sign-up' then 'client' end, 'name', 'Nora', 'hash', 'first hash'),
        'token ' || p_n, sha256('code'), 'browser ' || p_n, '127.0.' || p_n || '.1', null) ->> 'wait' $$;
create function pg_temp.use(p_token text, p_browser text, p_code text default null, p_hash text default null) returns text language sql as $$
    select coalesce(x ->> 'problem', x ->> 'role', 'none') from (select link_use(p_token, p_browser, json_build_object('code', encode(sha256(convert_to(p_code, 'UTF8')), 'hex'), 'hash', p_hash, 'agent', 'a test'), gen_random_uuid()::text) x) y $$;

select is(pg_temp.ask('sign-up', 'sql-one@example.org', 1), '0', 'asked');
select is(pg_temp.use('token 1', 'browser 1'), 'client', 'a link works in the browser that asked');
select is(pg_temp.use('token 1', 'browser 1'), 'used', 'and not again');
select is((select password_hash is null from mail_link where email = 'sql-one@example.org'), true, 'the hash it kept has gone to the account');

select is(pg_temp.ask('reset', 'sql-one@example.org', 2), '0', 'asked for a new password');
select is(pg_temp.use('token 2', 'browser 2'), 'password', 'which has to be chosen');
select is(pg_temp.use('token 2', 'browser 2', null, 'second hash'), 'client', 'chosen');
select is(pg_temp.use('token 2', 'browser 2', null, 'third hash'), 'used', 'once');
select is((select password_hash from account where email = 'sql-one@example.org'), 'second hash', 'so that the first one stands');

select is(pg_temp.ask('reset', 'sql-one@example.org', 3), '0', 'asked again');
update mail_link set expires_at = clock() where token_hash = sha256('token 3');
select is(pg_temp.use('token 3', 'browser 3', null, 'late hash'), 'over', 'at its end a link is over');

select is(pg_temp.ask('sign-up', 'sql-two@example.org', 4), '0', 'asked for another account');
select is(pg_temp.use('token 4', 'browser x', 'wrong', 'hash'), 'code', 'elsewhere the code is asked for');
select is(pg_temp.use('token 4', 'browser x', 'code'), 'password', 'and a password');
select is(pg_temp.use(null, 'browser 4', 'wrong'), case n when 5 then 'over' else 'code' end, 'wrong code ' || n) from generate_series(2, 5) n;
select is(pg_temp.use('token 4', 'browser 4'), 'over', 'after five the link is over in its own browser too');
select is((select count(*) from account where email = 'sql-two@example.org'), 0::bigint, 'nothing was made');

select is(pg_temp.ask('sign-up', 'SQL-One@example.org', 5), '0', 'an address that has an account is answered alike');
select is(pg_temp.use('token 5', 'browser 5'), 'none', 'but has no link');
select is(pg_temp.use(null, 'browser 5', 'code'), 'code', 'and no code');
select is(network_of('10.1.2.3') || ' ' || network_of('2001:db8:1:2:3::4') || ' ' || network_of('unix'), '10.1.2.0 2001:db8:1:2:: unix', 'what is counted is the network');

-- --- Second factors: what a half session may, each proof once, and what is told to whom

create function pg_temp.as_session(p_token text) returns void language sql as $$ select set_config('app.session', p_token, true) $$;
create function pg_temp.pass(p_token text, p_proof json, p_new text) returns text language sql as $$
    select pg_temp.as_session(p_token); select coalesce(factor_pass(p_proof, p_new, 'agent', null) ->> 'role', 'none') $$;
insert into account (id, role, name, email, password_hash) values ('f0000000-0000-4000-8000-000000000001', 'therapist', 'Fay', 'fay@example.org', 'right'), ('f0000000-0000-4000-8000-000000000002', 'therapist', 'Guy', 'guy@example.org', 'right');
select is(sign_in_open('fay@example.org', 'right', 'fay one', null, null) ->> 'role', 'therapist', 'without a second factor the password opens');
select pg_temp.as_session('fay one') \g /dev/null
select is(auth.proved() and not auth.proved_wholly(), true, 'but proves no therapist wholly');
select is(account_app_add('fa000000-0000-4000-8000-000000000001', 'Phone', 'sealed', 100, 'fay two') ->> 'first', 'true', 'the first app');
select pg_temp.as_session('fay one') \g /dev/null
select is(auth.account(), null, 'the session goes on under another token');
select pg_temp.as_session('fay two') \g /dev/null
select is(auth.proved_wholly(), true, 'as one that has shown a second factor');
select is(account_codes(array(select encode(sha256(convert_to(n::text, 'UTF8')), 'hex') from generate_series(1, 10) n))::text, '{}', 'ten recovery codes');
select is(account_codes('{}')::text, null, 'and no fewer');

select is(sign_in_open('fay@example.org', 'right', 'half', null, null)::jsonb, '{"second": true}', 'from now on the password opens half a session, which says nothing of whose it is');
select pg_temp.as_session('half') \g /dev/null
select is(auth.account(), null, 'which is nobody''s');
select is(auth.half(), 'f0000000-0000-4000-8000-000000000001', 'but for the second step');
select is(account_app_add('fa000000-0000-4000-8000-000000000009', 'Mine', 'sealed', 1, 'x')::text, null, 'it adds no app');
select is(account_factor_remove('fa000000-0000-4000-8000-000000000001')::text, null, 'removes none');
select is(account_codes(array_fill('00'::text, array[10]))::text, null, 'makes no codes');
select is(session_prove(null, 'x', '127.0.0.1', null)::text, null, 'and is not made whole by the password');
select is(pg_temp.pass('half', '{"factor": "fa000000-0000-4000-8000-000000000001", "step": 100}', 'w'), 'none', 'a code of the step that was taken last is not taken');
select is(pg_temp.pass('half', '{"factor": "fa000000-0000-4000-8000-000000000001", "step": 99}', 'w'), 'none', 'nor one before it');
select is(pg_temp.pass('half', '{"factor": "fa000000-0000-4000-8000-000000000001", "step": 101}', 'whole'), 'therapist', 'the next one is');
select is(pg_temp.pass('half', '{"factor": "fa000000-0000-4000-8000-000000000001", "step": 102}', 'w'), 'none', 'and half of a session is over with it');
select is((select count(*) from session where token_hash = sha256('whole') and factored and not second_factor_due), 1::bigint, 'there is a whole one');

select sign_in_open('fay@example.org', 'right', 'half 2', null, null) \g /dev/null
select is(pg_temp.pass('half 2', json_build_object('code', encode(sha256('1'), 'hex')), 'whole 2'), 'therapist', 'a recovery code does as well');
select sign_in_open('fay@example.org', 'right', 'half 3', null, null) \g /dev/null
select is(pg_temp.pass('half 3', json_build_object('code', encode(sha256('1'), 'hex')), 'w'), 'none', 'once');
select is(pg_temp.pass('half 3', json_build_object('code', encode(sha256('11'), 'hex')), 'w'), 'none', 'and no other');
select is((select count(*) from outbox where account_id = 'f0000000-0000-4000-8000-000000000001' and kind = 'account-code-used'), 1::bigint, 'its use is told');
update session set expires_at = now() where token_hash = sha256('half 3');
select is(auth.half(), null, 'after ten minutes a half session is over');
select is((select max(expires_at) <= now() + interval '10 minutes' from session where second_factor_due), true, 'and none lasts longer');

-- another's
select sign_in_open('guy@example.org', 'right', 'guy one', null, null) \g /dev/null
select pg_temp.as_session('guy one') \g /dev/null
select is(account_factor('fa000000-0000-4000-8000-000000000001')::text, null, 'another sees no factor');
select is(account_factor_rename('fa000000-0000-4000-8000-000000000001', 'x')::text, null, 'renames none');
select is(account_factor_remove('fa000000-0000-4000-8000-000000000001')::text, null, 'removes none');
select is(session_prove('{"factor": "fa000000-0000-4000-8000-000000000001", "step": 900}', 'x', '127.0.0.1', null)::text, null, 'and proves nothing by it');

-- a proof that is old
update session set proved_at = now() - interval '16 minutes' where token_hash = sha256('whole');
select pg_temp.as_session('whole') \g /dev/null
select is(auth.account(), 'f0000000-0000-4000-8000-000000000001', 'control: the session is whole');
select is(auth.proved() or auth.proved_wholly(), false, 'after 15 minutes it is to prove itself anew');
select is(account_factor_remove('fa000000-0000-4000-8000-000000000001')::text, null, 'before a factor is removed');
select is(account_app_add('fa000000-0000-4000-8000-000000000008', 'More', 'sealed', 1, 'x')::text, null, 'or added');
select isnt(session_prove(null, 'whole again', '127.0.0.1', null)::text, null, 'it does');
select pg_temp.as_session('whole again') \g /dev/null
select is(auth.proved_wholly(), true, 'and goes on under another token');
select is(account_factor_remove('fa000000-0000-4000-8000-000000000001')::text, '{}', 'the last factor removed');
select is(auth.proved_wholly(), false, 'no session has shown one any more');
select is((select count(*) from recovery_code where account_id = 'f0000000-0000-4000-8000-000000000001'), 0::bigint, 'and no recovery code is left');
select is((select array_agg(kind order by kind) from outbox where account_id = 'f0000000-0000-4000-8000-000000000001'), '{account-code-used,account-factor-added,account-factor-removed}'::text[], 'each of it was told to the owner');

-- five wrong codes in a row
select account_app_add('fa000000-0000-4000-8000-000000000003', 'Phone', 'sealed', 1, 'fay five') \g /dev/null
select sign_in_open('fay@example.org', 'right', 'half 5', null, null) \g /dev/null
select pg_temp.as_session('half 5') \g /dev/null
select factor_refuse('10.9.' || n || '.1', null) from generate_series(1, 5) n \g /dev/null
select cmp_ok((factor_look('10.9.77.1', null) ->> 'wait')::int, '>', 0, 'after five wrong codes there is a wait, from wherever');
select is((factor_look('10.9.77.1', 'known device') ->> 'wait')::int, 0, 'but none for the owner''s own browser');
select is((select count(*) from outbox where account_id = 'f0000000-0000-4000-8000-000000000001' and kind = 'account-second-refused'), 1::bigint, 'and the owner is told, once');

-- --- Passkeys: each challenge once, and a counter that goes up

create function pg_temp.adds(p_credential text, p_made bigint) returns text language sql as $$
    select coalesce(x ->> 'problem', x ->> 'account', 'none') from account_passkey_add(gen_random_uuid(), 'Laptop', convert_to(p_credential, 'UTF8'), 'key', -7, 5, p_made, 'kay') x $$;
create function pg_temp.proves(p_count bigint, p_made bigint) returns boolean language sql as $$
    select session_prove(json_build_object('passkey', f.id, 'count', p_count, 'made', p_made), 'kay', '127.0.0.1', null) is not null from factor f where f.credential = 'first' $$;
insert into account (id, role, name, email, password_hash) values ('f0000000-0000-4000-8000-000000000003', 'therapist', 'Kay', 'kay@example.org', 'right');
select sign_in_open('kay@example.org', 'right', 'kay', null, null) \g /dev/null
select pg_temp.as_session('kay') \g /dev/null
select is(pg_temp.adds('first', 1000), 'f0000000-0000-4000-8000-000000000003', 'a passkey is added');
select is(pg_temp.adds('second', 1000), 'none', 'no other one by the challenge that was signed for it');
select is(pg_temp.adds('second', 999), 'none', 'nor by an older one');
select is(pg_temp.adds('second', 1001), 'f0000000-0000-4000-8000-000000000003', 'by a newer one it is');
select is(pg_temp.adds('first', 1002), 'known', 'and none is added twice');
select is(pg_temp.proves(6, 2000), true, 'it proves who is there');
select is(pg_temp.proves(7, 2000), false, 'not by a challenge that was signed before');
select is(pg_temp.proves(8, 1999), false, 'nor by an older one');
select is(pg_temp.proves(9, 2001), true, 'by a newer one it does');
select is(pg_temp.proves(n, 2002), false, 'a counter at ' || n || ' is that of a copy') from unnest(array[9, 8, 0]) n;
select is(pg_temp.proves(10, 2002), true, 'one that goes up is its own');
update factor set sign_count = 0 where credential = 'first';
select is(pg_temp.proves(0, 2003), true, 'many passkeys have no counter');
select is(factor_passkey('first') is not null, true, 'control: its owner is given its key');
select pg_temp.as_session('guy one') \g /dev/null
select is(auth.account(), 'f0000000-0000-4000-8000-000000000002', 'control: somebody else');
select is(pg_temp.proves(11, 3000), false, 'to whom it proves nothing');
select is(factor_passkey('first')::text, null, 'and whom nobody gives its key');

select finish();
rollback;
