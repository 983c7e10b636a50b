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

select finish();
rollback;
