-- Who gets the key of which client, what is written down of it, and how it ends. Functions are called as keyd calls them, with the proof of one caller.
\set ON_ERROR_STOP 1
\set QUIET 1
begin;
select no_plan();

insert into account (id, role, name, email, password_hash) values
    ('a0000000-0000-4000-8000-000000000001', 'therapist', 'Ana', 'ana@example.org', 'hash'), ('a0000000-0000-4000-8000-000000000002', 'therapist', 'Bea', 'bea@example.org', 'hash'),
    ('a0000000-0000-4000-8000-000000000003', 'operator', 'Olga', 'olga@example.org', 'hash');
insert into therapist (id, account_id, slug, name, published) overriding system value values
    (9001, 'a0000000-0000-4000-8000-000000000001', 'keys-ana', 'Ana', true), (9002, 'a0000000-0000-4000-8000-000000000002', 'keys-bea', 'Bea', true);
insert into credential (therapist_id, kind, title, issuer, register_id, checked_on, checked_until, checked_where, checked_by, result) values
    (9001, 'state_license', 'License', 'Board', 14, current_date - 1, current_date + 300, 'Register', 'Olga', 'register'), (9002, 'statutory_register', 'Entry', 'College', 70, current_date - 1, current_date + 300, 'Register', 'Olga', 'register');
insert into location (id, therapist_id, street, town, region, country, lat, lon, zone) overriding system value values
    (9001, 9001, '1 Way', 'Town', 'IL', 'US', 40, -90, 'America/Chicago'), (9002, 9002, '1 Way', 'Town', 'ON', 'CA', 43, -80, 'America/Toronto');
insert into service (id, therapist_id, name, minutes, price, currency) overriding system value select t, t, 'Visit', 60, 8000, 'USD' from unnest(array[9001, 9002]) t;
insert into session (token_hash, account_id, seen_at, expires_at, factored)
select sha256(convert_to(token, 'UTF8')), account::uuid, now(), now() + lives, true from (values
    ('session ana', 'a0000000-0000-4000-8000-000000000001', interval '1 hour'), ('session bea', 'a0000000-0000-4000-8000-000000000002', interval '1 hour'),
    ('session olga', 'a0000000-0000-4000-8000-000000000003', interval '1 hour'), ('session over', 'a0000000-0000-4000-8000-000000000001', interval '-1 second')) s (token, account, lives);

-- Visits of Ana in every state, each of a client of its own; of Bea one attended. bookings: bN, token "guest N".
create temp table visit (n int, therapist int, state booking_state, made_by text, days int);
insert into visit values (1, 9001, 'held', 'client', 2), (2, 9001, 'confirmed', 'client', 3), (3, 9001, 'attended', 'client', -3), (4, 9001, 'cancelled', 'client', 4), (5, 9001, 'held', 'therapist', 5),
    (6, 9001, 'attended', 'client', -365 * 7 - 10), (7, 9002, 'attended', 'client', -3), (8, 9001, 'requested', 'client', 8), (9, 9002, 'attended', 'client', -365 * 7 - 10), (10, 9001, 'expired', 'client', 1);
create function pg_temp.b(n int) returns uuid language sql as $$ select ('b0000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid $$;
insert into slot_claim (booking_id, therapist_id, blocked) select pg_temp.b(n), therapist, tstzrange(now() + make_interval(days => days), now() + make_interval(days => days, hours => 1)) from visit;
insert into booking (id, key, token_hash, therapist_id, location_id, service_id, starts_at, ends_at, zone, service_name, minutes, price, currency, state, hold_expires, confirmed_at, requested_at, reference, client_name,
                     client_email, safety_id, made_by, ended_at)
select pg_temp.b(n), gen_random_uuid(), sha256(convert_to('guest ' || n, 'UTF8')), therapist, therapist, therapist, now() + make_interval(days => days), now() + make_interval(days => days, hours => 1), 'UTC', 'Visit', 60,
       8000, 'USD', state, case when state in ('held', 'requested') then now() + interval '10 minutes' end, case when state in ('confirmed', 'attended', 'cancelled') then now() - interval '4 days' end,
       case when state = 'requested' then now() end, 'KEY-' || n, 'Carla', 'carla@example.org', gen_random_uuid(), made_by, case when state = 'expired' then now() - interval '2 hours' end from visit;
insert into safety_check (id, booking_id, outcome, rules, sealed) select safety_id, id, 'PROCEED', 's', 'sealed' from booking where reference like 'KEY-%';
-- one more of the client of b2, held now
insert into slot_claim (booking_id, therapist_id, blocked) values (pg_temp.b(11), 9001, tstzrange(now() + interval '9 days', now() + interval '217 hours'));
insert into booking (id, key, token_hash, therapist_id, location_id, service_id, starts_at, ends_at, zone, service_name, minutes, price, currency, hold_expires)
values (pg_temp.b(11), gen_random_uuid(), sha256('guest 2'), 9001, 9001, 9001, now() + interval '9 days', now() + interval '217 hours', 'UTC', 'Visit', 60, 8000, 'USD', now() + interval '10 minutes');

-- As keyd: the value, or the SQLSTATE of a refusal. What is done stays.
create function pg_temp.as_keyd(p_query text) returns text language plpgsql as $$
declare
    said text;
begin
    set local session authorization unknot_keyd;
    execute p_query into said;
    reset session authorization;
    return said;
exception when others then
    return sqlstate;
end $$;
create function pg_temp.wrapped(p_key text) returns text language sql as $$ select encode(sha256(p_key::bytea) || sha256('x') || '\x0102030405060708'::bytea, 'hex') $$;
create function pg_temp.asks(p_session text, p_token text, p_booking int, p_new text default null) returns text language sql as $$
    select pg_temp.as_keyd(format('select unknot.key_open(%L, %L, %L, %L, %L::json)', p_session, p_token, pg_temp.b(p_booking), 'health answers',
        case when p_new is not null then json_build_object('id', p_new, 'epoch', 1, 'wrapped', pg_temp.wrapped(p_new)) end))
$$;
create function pg_temp.status(p_session text, p_token text, p_booking int) returns text language sql as $$ select pg_temp.asks(p_session, p_token, p_booking)::json ->> 'status' $$;
select is(pg_temp.as_keyd('select session_user || current_user'), 'unknot_keydunknot_keyd', 'the functions below are called as keyd');

-- --- Epochs, before there are keys
select is(pg_temp.as_keyd($$select unknot.key_epochs()$$), '[]', 'no epoch');
select is(pg_temp.asks(null, 'guest 1', 1, 'c0000000-0000-4000-8000-0000000000ff')::json ->> 'status', 'none', 'no key is taken that no epoch wraps');
select is(pg_temp.as_keyd($$select unknot.key_epoch_begin(1, sha256('one'))$$), encode(sha256('one'), 'hex'), 'the first begins');
select is(pg_temp.as_keyd($$select unknot.key_epoch_begin(1, sha256('other'))$$), encode(sha256('one'), 'hex'), 'its proof stays: another key of this number is found out');

-- --- Who may, before and after there is a key
select is(pg_temp.status(null, 'guest 1', 1), 'none', 'a guest has no key before something is sealed');
select is(pg_temp.asks(null, 'guest 1', 1, 'c0000000-0000-4000-8000-000000000001')::json ->> 'id', 'c0000000-0000-4000-8000-000000000001', 'the first is kept');
select is(pg_temp.asks(null, 'guest 1', 1, 'c0000000-0000-4000-8000-0000000000aa')::json ->> 'id', 'c0000000-0000-4000-8000-000000000001', 'and a second never takes its place');
select is(pg_temp.asks(null, 'guest 1', 99)::json ->> 'id', 'c0000000-0000-4000-8000-000000000001', 'a booking that is being made is not seen yet: the token is enough');
select pg_temp.asks(null, 'guest ' || n, n, 'c0000000-0000-4000-8000-' || lpad(n::text, 12, '0')) from generate_series(2, 10) n \g /dev/null
select is((select count(*) from client_key), 10::bigint, 'a key for each client');
select is(pg_temp.status(c.session, c.token, c.n), c.expected, format('%s, booking %s: %s', coalesce(nullif(concat_ws(' and ', c.session, c.token), ''), 'nobody'), c.n, c.expected))
from (values
    (null, null, 2, 'denied'), ('', '', 2, 'denied'), ('session nobody', null, 2, 'denied'), ('session over', null, 2, 'denied'), (null, 'guest 3', 2, 'denied'), (null, 'guest none', 2, 'denied'),
    ('session olga', null, 2, 'denied'), ('session olga', null, 3, 'denied'), ('session bea', null, 2, 'denied'), ('session bea', null, 3, 'denied'), ('session ana', null, 7, 'denied'),
    ('session ana', 'guest 3', 2, 'ok'), ('session olga', 'guest 3', 2, 'denied'), ('guest 2', 'session ana', 2, 'denied'), ('session ana', null, 99, 'denied'),
    ('session ana', null, 1, 'denied'), ('session ana', null, 2, 'ok'), ('session ana', null, 3, 'ok'), ('session ana', null, 4, 'denied'), ('session ana', null, 5, 'ok'), ('session ana', null, 6, 'denied'),
    ('session ana', null, 8, 'ok'), ('session ana', null, 10, 'denied'), ('session bea', null, 7, 'ok'), ('session bea', null, 9, 'ok'),
    (null, 'guest 2', 2, 'ok'), (null, 'guest 2', 11, 'ok'), (null, 'guest 4', 4, 'ok'), (null, 'guest none', 99, 'none')) c (session, token, n, expected);
select is(pg_temp.asks(null, 'guest 2', 11)::json ->> 'id', pg_temp.asks(null, 'guest 2', 2)::json ->> 'id', 'two bookings of one client have one key');
select isnt(pg_temp.asks(null, 'guest 2', 2)::json ->> 'wrapped', pg_temp.asks(null, 'guest 3', 3)::json ->> 'wrapped', 'two clients two');
select is((select count(*) from key_use where booking_id = pg_temp.b(2) and reader = 'therapist' and account_id = 'a0000000-0000-4000-8000-000000000001' and reader_name = 'Ana' and why = 'health answers'), 2::bigint,
          'each key that was given out is written down: to whom, whose, for what');
select is((select count(*) from key_use where booking_id = pg_temp.b(10) and reader = 'therapist'), 0::bigint, 'what was refused was not given');

-- --- A booking knows its client's key, and nobody names one
update booking set state = 'attended' where id = pg_temp.b(2);
select is((select client_key_id from booking where id = pg_temp.b(2)), 'c0000000-0000-4000-8000-000000000002'::uuid, 'linked at its next move');
select is((select client_key_id from booking where id = pg_temp.b(1)), null, 'not before');

-- --- The client sees who has read
create function pg_temp.web(p_session text, p_token text, p_query text) returns text language plpgsql as $$
declare
    said text;
begin
    perform auth.enter(p_session, p_token);
    set local session authorization unknot_web;
    execute p_query into said;
    reset session authorization;
    return said;
exception when others then
    return sqlstate;
end $$;
select is((pg_temp.web(null, 'guest 2', format('select client_key_uses(%L)', pg_temp.b(2)))::json #>> '{others,0,who}'), 'Ana', 'the client reads who opened it');
select is(json_array_length(pg_temp.web(null, 'guest 2', format('select client_key_uses(%L)', pg_temp.b(2)))::json -> 'others'), 2, 'each time');
select is(pg_temp.web(null, 'guest 3', format('select client_key_uses(%L)', pg_temp.b(2))), null, 'another client does not');
select is(pg_temp.web('session ana', null, format('select client_key_uses(%L)', pg_temp.b(2))), null, 'nor the therapist');

-- --- Limits
insert into key_use (at, client_key_id, booking_id, reader, account_id, why) select now(), gen_random_uuid(), pg_temp.b(3), 'therapist', 'a0000000-0000-4000-8000-000000000001', 'x' from generate_series(1, 120);
select is(pg_temp.status('session ana', null, 2), 'limited', 'a therapist who opens 120 in a minute waits');
select is(pg_temp.status('session bea', null, 7), 'ok', 'and nobody else');
insert into key_use (at, client_key_id, booking_id, reader, why) select now(), 'c0000000-0000-4000-8000-000000000003', pg_temp.b(3), 'client', 'x' from generate_series(1, 600);
select is(pg_temp.status(null, 'guest 3', 3), 'limited', 'so does a client');
select is(pg_temp.status(null, 'guest 4', 4), 'ok', 'and no other client');

-- --- A new epoch
select is(pg_temp.as_keyd('select unknot.key_rewrap_take(5)'), null, 'nothing to wrap anew');
select pg_temp.as_keyd($$select unknot.key_epoch_begin(2, sha256('two'))$$) \g /dev/null
select is(pg_temp.as_keyd($$select unknot.key_epoch_begin(1, sha256('one'))$$) || (select count(*) from key_epoch where replaced_at is null), encode(sha256('one'), 'hex') || '1', 'one epoch wraps');
select is(json_array_length(pg_temp.as_keyd('select unknot.key_rewrap_take(4)')::json), 4, 'some at a time');
select is(pg_temp.as_keyd('select unknot.key_epoch_end(0)'), '[]', 'an epoch that still wraps does not end');
select is(pg_temp.asks(null, 'guest new', 99, 'c0000000-0000-4000-8000-0000000000bb')::json ->> 'status', 'none', 'no new key by the epoch before');
create temp table taken as select pg_temp.as_keyd('select unknot.key_rewrap_take(100)')::json as keys;
update client_key set wrapped = null, destroyed_at = now() where id = 'c0000000-0000-4000-8000-000000000004'; -- erased between the two
select is(pg_temp.as_keyd(format('select unknot.key_rewrap_put(2, %L::json)', (select keys from taken))), '9', 'all are wrapped anew but the one that was erased meanwhile');
select is(pg_temp.as_keyd(format('select unknot.key_rewrap_put(2, %L::json)', (select keys from taken))), '0', 'once');
select is((select wrapped is null from client_key where id = 'c0000000-0000-4000-8000-000000000004'), true, 'which stays erased');
select is(pg_temp.as_keyd('select unknot.key_epoch_end(5)'), '[]', 'the old one is kept for as long as wanted');
select is(pg_temp.as_keyd('select unknot.key_epoch_end(0)'), '[1]', 'and then ends');
select is(pg_temp.as_keyd('select unknot.key_epochs()')::json #>> '{1,keys}', '9', 'the new one wraps all');
select is(pg_temp.status(null, 'guest 4', 4), 'destroyed', 'erased is erased');

-- --- Erasing
select is(pg_temp.web(null, 'guest 3', format('select client_key_destroy(%L)', pg_temp.b(2))), null, 'nobody erases another''s');
select is(pg_temp.web('session ana', null, format('select client_key_destroy(%L)', pg_temp.b(2))), null, 'nor the therapist a client''s');
select is(pg_temp.web(null, 'guest 2', format('select client_key_destroy(%L)', pg_temp.b(2))), 'kept', 'after a visit the record is kept');
select is((select sealed from safety_check where booking_id = pg_temp.b(2)), null, 'but the answers are gone');
select is(pg_temp.web(null, 'guest 1', format('select client_key_destroy(%L)', pg_temp.b(1))), 'destroyed', 'without a visit all goes');
select is(pg_temp.web(null, 'guest 1', format('select client_key_destroy(%L)', pg_temp.b(1))), 'none', 'once');
select is((select wrapped is null and destroyed_at is not null from client_key where id = 'c0000000-0000-4000-8000-000000000001'), true, 'the key itself');
update client_key set legal_hold = 'a claim' where id = 'c0000000-0000-4000-8000-000000000005';
select is(pg_temp.web(null, 'guest 5', format('select client_key_destroy(%L)', pg_temp.b(5))), 'held', 'an order of law keeps it');
select isnt((select sealed from safety_check where booking_id = pg_temp.b(5)), null, 'with all answers');
select booking_forget() \g /dev/null
select is((select wrapped is null from client_key where id = 'c0000000-0000-4000-8000-000000000010'), true, 'what came to nothing is forgotten with its key');
select is((select wrapped is null from client_key where id = 'c0000000-0000-4000-8000-000000000008'), false, 'and no other');

-- --- Kept long enough: 7 years after a visit in Illinois, 10 in Ontario
update client_key set look_at = now() where id <> 'c0000000-0000-4000-8000-000000000005';
insert into client_key (id, holder, epoch, wrapped, look_at) values ('c0000000-0000-4000-8000-0000000000cc', sha256('guest gone'), 2, decode(pg_temp.wrapped('x'), 'hex'), now());
select is_empty($$select basis from retention where basis ~* 'judgement'$$, 'why records are kept is in American spelling');
select is(key_retention() > 0, true, 'keys are looked at');
select is((select wrapped is null from client_key where id = 'c0000000-0000-4000-8000-000000000006'), true, 'a record of more than seven years ends with its key');
select is((select sealed from safety_check where booking_id = pg_temp.b(6)), null, 'and its answers');
select is((select wrapped is not null from client_key where id = 'c0000000-0000-4000-8000-000000000009'), true, 'in Ontario it is kept for ten');
select is((select sealed from safety_check where booking_id = pg_temp.b(9)), null, 'without the answers, which end sooner');
select isnt((select sealed from safety_check where booking_id = pg_temp.b(3)), null, 'those of last week stay');
select is((select look_at > now() + interval '1 year' from client_key where id = 'c0000000-0000-4000-8000-000000000003'), true, 'and are looked at again when they are due');
select is_empty($$select 1 from client_key where id = 'c0000000-0000-4000-8000-0000000000cc'$$, 'a key whose booking is gone goes');
select is(key_retention(), 0, 'nothing is left to look at');

-- --- What keyd, the web role and the worker may
select is(pg_temp.as_keyd(q), '42501', 'keyd: ' || q) from unnest(array['select wrapped from client_key limit 1', 'select count(*) from booking', 'select count(*) from session', 'select count(*) from key_use',
    'select sealed from safety_check limit 1', 'select auth.account()', 'select booking_document(gen_random_uuid())', 'create table unknot.x ()', 'delete from key_use']) q;
select is(pg_temp.web('session ana', 'guest 2', q), '42501', 'web: ' || q) from unnest(array['select wrapped from client_key limit 1', 'select id from client_key', 'select count(*) from key_use', 'select count(*) from key_epoch',
    'delete from client_key', 'update client_key set wrapped = null', 'insert into key_use (at, client_key_id, booking_id, reader, why) values (now(), gen_random_uuid(), gen_random_uuid(), ''client'', ''x'')',
    'select key_open(null, ''guest 2'', gen_random_uuid(), ''x'')', 'select key_rewrap_take(1)', 'update booking set client_key_id = null', 'select key_retention()', 'select key_destroy(gen_random_uuid())']) q;
select throws_ok('update key_use set why = ''y''', '42501', null, 'the record of readings is not rewritten, not even by the owner');
select throws_ok('delete from key_use where booking_id = pg_temp.b(2)', '42501', null, 'nor cut');
select throws_ok('truncate key_use', '42501', null, 'nor emptied');
select set_eq($$select n.nspname || '.' || p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname in ('unknot', 'auth', 'sample') and has_function_privilege('unknot_keyd', p.oid, 'execute')$$,
    array['unknot.key_open', 'unknot.key_epochs', 'unknot.key_epoch_begin', 'unknot.key_rewrap_take', 'unknot.key_rewrap_put', 'unknot.key_epoch_end'], 'keyd may call these and nothing else');
select is_empty($$select c.oid::regclass from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname in ('unknot', 'sample', 'auth') and c.relkind in ('r', 'p') and c.relname <> 'migration'
    and (has_table_privilege('unknot_keyd', c.oid, 'select, insert, update, delete, truncate') or has_any_column_privilege('unknot_keyd', c.oid, 'select, insert, update'))$$, 'keyd reads and writes no table');

select finish();
rollback;
