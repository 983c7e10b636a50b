-- The second wall: what the database lets the web role see and do, with the program out of the way. Every statement runs as unknot_web
-- (session authorization, not only the current role), with the tokens of one caller, and is rolled back.
\set ON_ERROR_STOP 1
\set QUIET 1

-- A token set for one transaction is gone with it: nothing of it is left to the next on the same connection.
begin;
select auth.enter('a session', 'a booking') \g /dev/null
commit;
select coalesce(current_setting('app.session', true), '') || coalesce(current_setting('app.booking', true), '') as left_behind \gset

begin;
select no_plan();
select is(:'left_behind'::text, '', 'tokens end with their transaction');

-- --- People: two therapists, an operator, a disabled therapist; each with a session. Guests of three bookings.

insert into account (id, role, name, email, password_hash) values
    ('a0000000-0000-4000-8000-000000000001', 'therapist', 'Ana', 'ana@example.org', 'hash'), ('a0000000-0000-4000-8000-000000000002', 'therapist', 'Bea', 'bea@example.org', 'hash'),
    ('a0000000-0000-4000-8000-000000000003', 'operator', 'Olga', 'olga@example.org', 'hash'), ('a0000000-0000-4000-8000-000000000004', 'therapist', 'Dis', 'dis@example.org', 'hash');
update account set disabled_at = now() where id = 'a0000000-0000-4000-8000-000000000004';
insert into therapist (id, account_id, slug, name, published) overriding system value values
    (9001, 'a0000000-0000-4000-8000-000000000001', 'rls-ana', 'Ana', true), (9002, 'a0000000-0000-4000-8000-000000000002', 'rls-bea', 'Bea', true),
    (9004, 'a0000000-0000-4000-8000-000000000004', 'rls-dis', 'Dis', false);
insert into location (id, therapist_id, street, town, country, lat, lon, zone) overriding system value
select t, t, '1 Way', 'Town', 'US', 40, -90, 'America/Chicago' from unnest(array[9001, 9002, 9004]) t;
insert into hours (location_id, weekday, starts, ends) values (9001, 1, '09:00', '12:00'), (9002, 1, '09:00', '12:00');
insert into service (id, therapist_id, name, minutes, price, currency) overriding system value
select t, t, 'Visit', 60, 8000, 'USD' from unnest(array[9001, 9002, 9004]) t;
insert into therapist_tag select t, id from unnest(array[9001, 9002]) t, (select id from technique order by id limit 1) q;
insert into therapist_not select t, id from unnest(array[9001, 9002]) t, (select id from technique order by id offset 1 limit 1) q;
insert into credential (id, therapist_id, kind, title, issuer) values
    ('c0000000-0000-4000-8000-000000000001', 9001, 'state_license', 'Licence', 'Board'), ('c0000000-0000-4000-8000-000000000002', 9002, 'state_license', 'Licence', 'Board');
insert into location (id, therapist_id, street, town, country, lat, lon, zone) overriding system value values (9012, 9002, '2 Way', 'Town', 'US', 40, -90, 'America/Chicago');
insert into season (location_id, valid_from) values (9001, '2029-01-01'), (9002, '2029-01-01');
insert into special_day values (9001, '2029-01-01', 'closed'), (9002, '2029-01-01', 'closed');
insert into time_off (id, therapist_id, starts, ends) overriding system value values (9101, 9001, '2029-01-01', '2029-01-02'), (9102, 9002, '2029-01-01', '2029-01-02');
insert into time_off_note values (9101, 9001, 'Ana''s'), (9102, 9002, 'Bea''s');
insert into photo (name, therapist_id) values (repeat('a', 24), 9001), (repeat('b', 24), 9002), (repeat('c', 24), 9001), (repeat('d', 24), 9004);
insert into photo_file select name, size, 'jpg', 'x' from photo, unnest(array[0, 96]) size where name in (repeat('a', 24), repeat('b', 24), repeat('c', 24), repeat('d', 24));
update therapist set photo = repeat(case id when 9001 then 'a' when 9002 then 'b' else 'd' end, 24) where id in (9001, 9002, 9004);
insert into profile_version (therapist_id, account_id, before, after) values (9001, 'a0000000-0000-4000-8000-000000000001', '{}', '{"headline": "Ana"}');
insert into holiday_closed values (9001, 'us-christmas'), (9002, 'us-christmas');
insert into travel values (9002, 9002, 9012, 30);
insert into session (token_hash, account_id, seen_at, expires_at, factored, proved_at)
select sha256(convert_to(token, 'UTF8')), account::uuid, now() - seen, now() + lives, token <> 'session plain', now() - case when token = 'session stale' then interval '16 minutes' else '0' end from (values
    ('session ana', 'a0000000-0000-4000-8000-000000000001', interval '29 minutes', interval '1 hour'),
    ('session bea', 'a0000000-0000-4000-8000-000000000002', interval '0', interval '1 hour'),
    ('session olga', 'a0000000-0000-4000-8000-000000000003', interval '9 minutes', interval '1 hour'),
    ('session plain', 'a0000000-0000-4000-8000-000000000003', interval '0', interval '1 hour'),
    ('session stale', 'a0000000-0000-4000-8000-000000000003', interval '0', interval '1 hour'),
    ('session dis', 'a0000000-0000-4000-8000-000000000004', interval '0', interval '1 hour'),
    ('session idle', 'a0000000-0000-4000-8000-000000000001', interval '31 minutes', interval '1 hour'),
    ('session idle olga', 'a0000000-0000-4000-8000-000000000003', interval '11 minutes', interval '1 hour'),
    ('session over', 'a0000000-0000-4000-8000-000000000001', interval '0', interval '-1 second')) s (token, account, seen, lives);

-- held (b1 of Ana), booked (b2 of Ana), attended (b3 of Bea); each with the check it needs
insert into slot_claim (booking_id, therapist_id, blocked)
select id::uuid, therapist, tstzrange(now() + starts, now() + starts + interval '1 hour') from (values
    ('b0000000-0000-4000-8000-000000000001', 9001, interval '2 days'), ('b0000000-0000-4000-8000-000000000002', 9001, interval '3 days'),
    ('b0000000-0000-4000-8000-000000000003', 9002, interval '-3 days')) x (id, therapist, starts);
insert into booking (id, key, token_hash, therapist_id, location_id, service_id, starts_at, ends_at, zone, service_name, minutes, price, currency, state,
                     hold_expires, confirmed_at, reference, client_name, client_email, safety_id)
select id::uuid, gen_random_uuid(), sha256(convert_to(token, 'UTF8')), therapist, therapist, therapist, now() + starts, now() + starts + interval '1 hour', 'America/Chicago',
       'Visit', 60, 8000, 'USD', state::booking_state, case state when 'held' then now() + interval '10 minutes' end, case when state <> 'held' then now() - interval '4 days' end, reference, 'Carla', 'carla@example.org', safety::uuid
from (values
    ('b0000000-0000-4000-8000-000000000001', 'guest one', 9001, interval '2 days', 'held', null, null),
    ('b0000000-0000-4000-8000-000000000002', 'guest two', 9001, interval '3 days', 'confirmed', 'RLS-2', 'd0000000-0000-4000-8000-000000000002'),
    ('b0000000-0000-4000-8000-000000000003', 'guest three', 9002, interval '-3 days', 'attended', 'RLS-3', 'd0000000-0000-4000-8000-000000000003'))
    x (id, token, therapist, starts, state, reference, safety);
insert into safety_check (id, booking_id, outcome, rules, sealed) values
    ('d0000000-0000-4000-8000-000000000002', 'b0000000-0000-4000-8000-000000000002', 'PROCEED', 's', 'sealed'),
    ('d0000000-0000-4000-8000-000000000003', 'b0000000-0000-4000-8000-000000000003', 'MODIFY', 's', 'sealed');
insert into consent (booking_id, purpose, text_id, shown, for_whom, agreed_at)
select b::uuid, 'treatment', (select min(id) from consent_text), sha256('shown'), 'self', now() - interval '4 days'
from unnest('{b0000000-0000-4000-8000-000000000002,b0000000-0000-4000-8000-000000000003}'::text[]) b;
insert into own_answer (booking_id, sealed) values ('b0000000-0000-4000-8000-000000000002', 'sealed');
insert into outcome select gen_random_uuid(), b::uuid, 'statements', 'sealed', now() from unnest('{b0000000-0000-4000-8000-000000000001,b0000000-0000-4000-8000-000000000002}'::text[]) b;
insert into statement_form (language, source, attribution, statements, loaded_at, loaded_by) select 'en', 'made up', 'nobody', array_agg('made up ' || n), now(), 'test' from generate_series(1, 24) n;
insert into own_question (therapist_id, position, kind, ask) values (9001, 1, 'text', 'What else?'), (9002, 1, 'text', 'What now?');
insert into review (id, therapist_id, booking_id, expertise, professionalism, satisfaction, service_name, visited_on)
values ('e0000000-0000-4000-8000-000000000003', 9002, 'b0000000-0000-4000-8000-000000000003', 5, 5, 5, 'Visit', date_trunc('month', current_date)::date);
insert into review_version values ('e0000000-0000-4000-8000-000000000003', 1, 1, 1, 1, 'Before', null, now());
insert into review_reply (review_id, therapist_id, body, written_at) values ('e0000000-0000-4000-8000-000000000003', 9002, 'Thanks', now());
insert into review_reply_version values ('e0000000-0000-4000-8000-000000000003', 1, 'Thank', now());
insert into review_case (review_id, therapist_id, why, edition, opened_at) values ('e0000000-0000-4000-8000-000000000003', 9002, 'words', 1, now());
insert into review_pain values ('e0000000-0000-4000-8000-000000000003', 'sealed', now());
insert into clinician (id, key, token_hash, name, profession, register, number, email, checked_on, checked_until, checked_by) overriding system value
values (9001, gen_random_uuid(), sha256('clinician one'), 'Cleo', 'Physician', 'Board', '1', 'cleo@example.org', current_date, current_date + 9, 'Olga');
insert into audit (account_id, action, object) values ('a0000000-0000-4000-8000-000000000001', 'rls.test', 'x');
insert into outbox (kind, recipient, data) values ('booking-confirmed', 'carla@example.org', '{}');

-- --- As the web role. sees(): the first value of a query; does(): how many rows a statement touched; both the SQLSTATE when it was refused. All rolled back.

create function pg_temp.enter(p_session text, p_booking text) returns void language plpgsql as $$
begin
    perform auth.enter(p_session, p_booking);
    set local session authorization unknot_web;
end $$;
create function pg_temp.sees(p_session text, p_booking text, p_query text) returns text language plpgsql as $$
declare
    said text;
begin
    perform pg_temp.enter(p_session, p_booking);
    execute p_query into said;
    raise exception using errcode = 'RB000', message = coalesce(said, 'null');
exception
    when sqlstate 'RB000' then return sqlerrm;
    when others then return sqlstate;
end $$;
create function pg_temp.does(p_session text, p_booking text, p_statement text) returns text language plpgsql as $$
declare
    n bigint;
begin
    perform pg_temp.enter(p_session, p_booking);
    execute p_statement;
    get diagnostics n = row_count;
    raise exception using errcode = 'RB000', message = n::text;
exception
    when sqlstate 'RB000' then return sqlerrm;
    when others then return sqlstate;
end $$;
select is(pg_temp.sees(null, null, 'select session_user || current_user'), 'unknot_webunknot_web', 'the statements below run as the web role');
select is(current_user || session_user, 'postgrespostgres', 'and only they');

-- Who sees how many rows of what is personal: bookings, checks, accounts, audit.
select is(pg_temp.sees(c.session, c.booking, 'select (select count(*) from booking) || '' '' || (select count(*) from safety_check) || '' '' || (select count(*) from account) || '' '' || (select count(*) from audit where action = ''rls.test'')'),
          c.expected, 'booking, safety_check, account, audit as ' || c.who)
from (values
    ('nobody', null, null, '0 0 0 0'),
    ('somebody with empty tokens', '', '', '0 0 0 0'),
    ('a wrong session', 'session nobody', null, '0 0 0 0'),
    ('a wrong booking token', null, 'guest none', '0 0 0 0'),
    ('the hash in place of the token', encode(sha256('session ana'), 'hex'), encode(sha256('guest one'), 'hex'), '0 0 0 0'),
    ('an account''s id in place of a token', 'a0000000-0000-4000-8000-000000000001', 'b0000000-0000-4000-8000-000000000001', '0 0 0 0'),
    ('tokens in each other''s place', 'guest one', 'session ana', '0 0 0 0'),
    ('an idle session', 'session idle', null, '0 0 0 0'),
    ('an operator idle for 11 minutes', 'session idle olga', null, '0 0 0 0'),
    ('a session past its end', 'session over', null, '0 0 0 0'),
    ('a disabled account', 'session dis', null, '0 0 0 0'),
    ('therapist Ana, of what is booked and not of holds, and of the record what she did', 'session ana', null, '1 1 1 1'),
    ('therapist Bea', 'session bea', null, '1 1 1 0'),
    ('operator', 'session olga', null, '0 0 1 1'),
    ('guest one, who holds a time', null, 'guest one', '1 0 0 0'),
    ('guest two, who booked', null, 'guest two', '1 1 0 0')) c (who, session, booking, expected);
select is(pg_temp.sees('session bea', null, $$select string_agg(id::text, ',') from booking$$), 'b0000000-0000-4000-8000-000000000003', 'Bea sees her own booking, not Ana''s');
select is(pg_temp.sees(null, 'guest one', $$select id from booking$$), 'b0000000-0000-4000-8000-000000000001', 'a guest sees the booking of the token');
select is(pg_temp.sees('session ana', null, $$select count(*) from booking where id = 'b0000000-0000-4000-8000-000000000003'$$), '0', 'asking by id finds nothing of a colleague''s');
select is(pg_temp.sees(null, null, $$select set_config('app.account', 'a0000000-0000-4000-8000-000000000001', true) || (select count(*) from account)$$),
          'a0000000-0000-4000-8000-0000000000010', 'naming oneself is worth nothing');
select is(pg_temp.sees('session ana', null, $$select email from account$$), 'ana@example.org', 'a therapist sees her own account');
select is(pg_temp.sees('session ana', null, $$select string_agg(note, ',') from time_off_note$$), 'Ana''s', 'and her own notes beside time off');
select is(pg_temp.sees(s, null, $$select count(*) from time_off_note$$), '0', 'which nobody else does') from unnest('{session olga,session dis,x}'::text[]) s;
select is(pg_temp.sees('session ana', null, $$select password_hash from account$$), '42501', 'but no password hash');
select is(pg_temp.sees('session ana', null, $$select auth.therapist()$$), '9001', 'Ana is Ana');
select is(pg_temp.sees('session plain', null, $$select auth.is_operator()$$), 'false', 'but not with the password alone');
select is(pg_temp.sees('session plain', null, $$select operator_audit(null, null, null, null, null)$$), 'null', 'which shows nothing of the place');
select is(pg_temp.sees('session plain', null, 'select count(*) from clinician'), '0', 'nor any row');
select is(pg_temp.does('session stale', null, $$insert into audit (account_id, action, object) values (auth.account(), 'credential.checked', 'x')$$), '42501', 'an act, which is always written down, wants a proof of the last 15 minutes');
select is(pg_temp.does('session olga', null, $$insert into audit (account_id, action, object) values (auth.account(), 'credential.checked', 'x')$$), '1', 'control: with one it is done');
select isnt(pg_temp.sees('session stale', null, $$select operator_audit(null, null, null, null, null)$$), 'null', 'control: looking does not want it');
select is(pg_temp.sees('session olga', null, $$select auth.therapist() is null and auth.is_operator()$$), 'true', 'an operator is an operator');
select is(pg_temp.sees('session ana', null, $$select auth.is_operator()$$), 'false', 'a therapist is none');
select is(pg_temp.sees(null, null, $$select count(*) from therapist where slug = 'rls-dis'$$), '0', 'who is not published is seen by nobody');
select is(pg_temp.sees(null, null, $$set row_security = off; select count(*) from booking$$), '42501', 'row security cannot be switched off');

-- Tables the web role cannot read at all.
select is(pg_temp.sees('session olga', null, 'select count(*) from ' || t), '42501', t || ' is closed')
from unnest(array['session', 'mail_link', 'outbox', 'change_key', 'client_key', 'key_use', 'key_epoch', 'retention', 'outbox_attempt', 'reminder_done', 'visit_walk', 'waiting_offer', 'waiting_look', 'sign_in_throttle', 'place_import', 'pg_authid', 'sample.town']) t;

-- What nobody may do, whoever is signed in: (caller, statement, SQLSTATE or rows, why)
select is(pg_temp.does(c.session, c.booking, c.statement), c.expected, c.why)
from (values
    -- bookings
    ('session ana', null, $$update booking set state = 'cancelled' where id = 'b0000000-0000-4000-8000-000000000003'$$, '0', 'Ana does not cancel Bea''s visit'),
    ('session ana', null, $$update booking set state = 'cancelled' where id = 'b0000000-0000-4000-8000-000000000002'$$, '1', 'control: she does cancel her own'),
    ('session ana', null, $$update booking set state = 'cancelled' where id = 'b0000000-0000-4000-8000-000000000001'$$, '0', 'a hold is its guest''s alone'),
    (null, 'guest one', $$update booking set client_name = 'X' where id = 'b0000000-0000-4000-8000-000000000002'$$, '0', 'a guest does not change another booking'),
    (null, 'guest one', $$update booking set client_name = 'X'$$, '1', 'control: only the own one'),
    (null, null, $$update booking set client_name = 'X'$$, '0', 'nobody changes none'),
    (null, 'guest one', $$delete from booking$$, '1', 'a guest gives up a hold'),
    (null, 'guest two', $$delete from booking$$, '0', 'what is booked is not deleted'),
    ('session ana', null, $$delete from booking$$, '0', 'nor by the therapist'),
    (null, 'guest one', $$update booking set state = 'confirmed', reference = 'X', client_name = 'X', client_email = 'x@y', safety_id = gen_random_uuid(), hold_expires = null; set constraints all immediate$$, '23503', 'nothing is confirmed with a check that is not there'),
    (null, 'guest one', $$update booking set state = 'confirmed', reference = 'X', safety_id = 'd0000000-0000-4000-8000-000000000002'; set constraints all immediate$$, '23503', 'nor with the check of another booking'),
    (null, 'guest one', $$update booking set state = 'attended'$$, '23514', 'nor past the states between'),
    (null, 'guest x', $$insert into booking (key, token_hash, therapist_id, location_id, service_id, starts_at, ends_at, zone, service_name, minutes, price, currency, hold_expires) select gen_random_uuid(), sha256('guest y'), 9001, 9001, 9001, now(), now() + interval '1 hour', 'UTC', 'x', 60, 1, 'USD', now()$$, '42501', 'a booking is made with one''s own token'),
    (null, 'guest x', $$insert into booking (key, token_hash, therapist_id, location_id, service_id, starts_at, ends_at, zone, service_name, minutes, price, currency, state, reference, client_name, client_email, safety_id) select gen_random_uuid(), sha256('guest x'), 9001, 9001, 9001, now(), now() + interval '1 hour', 'UTC', 'x', 60, 1, 'USD', 'confirmed', 'R', 'n', 'a@b', gen_random_uuid()$$, '42501', 'and as a hold'),
    (null, 'guest x', $$insert into booking (key, token_hash, therapist_id, location_id, service_id, starts_at, ends_at, zone, service_name, minutes, price, currency, hold_expires) select gen_random_uuid(), sha256('guest x'), 9001, 9001, 9001, now(), now() + interval '1 hour', 'UTC', 'x', 60, 1, 'USD', now()$$, '23514', 'and with the claim of its time'),
    -- checks
    (null, 'guest two', $$update safety_check set outcome = 'PROCEED'$$, '42501', 'a check is not rewritten'),
    (null, 'guest two', $$delete from safety_check$$, '42501', 'nor taken back'),
    (null, 'guest one', $$insert into safety_check (booking_id, outcome, rules, sealed) values ('b0000000-0000-4000-8000-000000000002', 'PROCEED', 's', 's')$$, '42501', 'nor made for another booking'),
    (null, 'guest one', $$insert into safety_check (booking_id, outcome, rules, sealed) values ('b0000000-0000-4000-8000-000000000001', 'PROCEED', 's', 's')$$, '1', 'control: for the own one'),
    ('session ana', null, $$insert into safety_check (booking_id, outcome, rules, sealed) values ('b0000000-0000-4000-8000-000000000001', 'PROCEED', 's', 's')$$, '42501', 'not by the therapist'),
    -- what was agreed to, and a therapist's own questions
    (null, 'guest two', $$select from consent$$, '1', 'control: a guest reads what they agreed to'),
    (null, 'guest one', $$select from consent$$, '0', 'and nobody else''s'),
    ('session bea', null, $$select from consent$$, '1', 'a therapist reads those of her own visits'),
    ('session olga', null, $$select from consent$$, '0', 'an operator none'),
    (null, 'guest two', $$update consent set valid_until = null, withdrawn_at = null$$, '42501', 'a consent is not rewritten'),
    (null, 'guest two', $$delete from consent$$, '0', 'nor dropped once the visit is booked'),
    (null, 'guest two', $$update consent set therapist_signed_at = now(), therapist_name = 'X'$$, '0', 'a guest does not sign for the therapist'),
    ('session ana', null, $$update consent set therapist_signed_at = now(), therapist_name = 'X'$$, '1', 'control: the therapist does, for her own'),
    ('session ana', null, $$update consent set withdrawn_at = now()$$, '42501', 'but takes nothing back'),
    (null, 'guest one', $$insert into consent (booking_id, purpose, text_id, shown, for_whom, agreed_at) select 'b0000000-0000-4000-8000-000000000002', 'guardian', min(id), sha256(''), 'self', now() from consent_text$$, '42501', 'nobody agrees for another booking'),
    (null, 'guest one', $$insert into consent (booking_id, purpose, text_id, shown, for_whom, agreed_at) select 'b0000000-0000-4000-8000-000000000001', 'guardian', min(id), sha256(''), 'self', now() from consent_text$$, '1', 'control: for the own one'),
    ('session olga', null, $$update consent_text set body = 'X'$$, '42501', 'no wording is changed'),
    (null, 'guest one', $$insert into own_answer (booking_id, sealed) values ('b0000000-0000-4000-8000-000000000002', 'x')$$, '42501', 'nobody answers for another booking'),
    (null, 'guest one', $$insert into own_answer (booking_id, sealed) values ('b0000000-0000-4000-8000-000000000001', 'x')$$, '1', 'control: for the own one'),
    (null, 'guest two', $$select from own_answer$$, '1', 'control: a guest reads the own answers'),
    (null, 'guest two', $$update own_answer set sealed = 'y'$$, '0', 'but changes nothing once the visit is booked'),
    ('session ana', null, $$select from own_answer$$, '1', 'a therapist reads those for her'),
    ('session bea', null, $$select from own_answer$$, '0', 'a colleague does not'),
    ('session ana', null, $$insert into own_question (therapist_id, position, kind, ask) values (9002, 1, 'text', 'Why?')$$, '42501', 'no question for Bea'),
    ('session ana', null, $$update own_question set ask = 'What else?'$$, '1', 'her own question only'),
    ('session ana', null, $$delete from own_question$$, '42501', 'none is dropped: it is no longer asked'),
    -- claims, listings, gazetteer, taxonomy: derived or edited elsewhere
    ('session ana', 'guest one', $$insert into slot_claim (booking_id, therapist_id, blocked) values (gen_random_uuid(), 9001, '[2030-01-01,2030-01-02)')$$, '42501', 'no claim by hand'),
    ('session ana', 'guest one', $$update slot_claim set blocked = '[2030-01-01,2030-01-02)'$$, '42501', 'none moved'),
    ('session ana', 'guest one', $$delete from slot_claim$$, '42501', 'none dropped'),
    ('session ana', null, $$update listing set rating = 5$$, '42501', 'no listing by hand'),
    ('session ana', null, $$insert into listing_card values (9001, '', '')$$, '42501', 'no card'),
    ('session olga', null, $$delete from map_shape$$, '42501', 'nobody changes the ground'),
    ('session ana', null, $$delete from place$$, '42501', 'no place'),
    ('session ana', null, $$insert into place_import values ('town', 'US', 'X', 'X', null, 0, 0, 0)$$, '42501', 'no import'),
    ('session olga', null, $$update technique set label = 'X'$$, '42501', 'no technique'),
    ('session olga', null, $$update guidance set plan = 'X'$$, '42501', 'no guidance, but by the functions for it'),
    ('session olga', null, $$insert into register (country, body, regime, basis) values ('US', 'X', 'X', 'X')$$, '42501', 'no register'),
    ('session olga', null, $$update credential_kind set profession = true$$, '42501', 'no kind of credential'),
    ('session olga', null, $$delete from evidence$$, '42501', 'no evidence'),
    ('session olga', null, $$insert into therapist_tag select 9001, max(id) from technique$$, '42501', 'no operator states for a therapist'),
    ('session ana', null, $$insert into therapist_tag select 9001, id from tag where kind = 'proof'$$, '42501', 'nobody states what follows from other facts'),
    ('session ana', null, $$insert into therapist_tag select 9001, id from tag where kind = 'region' limit 1$$, '42501', 'nor what people say of themselves'),
    ('session ana', null, $$insert into therapist_tag select 9001, id from tag where kind = 'ambience' limit 1$$, '42501', 'nor of oneself what is a place''s'),
    ('session ana', null, $$insert into location_tag select 9001, id from tag where kind = 'ambience' limit 1$$, '1', 'control: of one''s own place'),
    ('session ana', null, $$insert into location_tag select 9002, id from tag where kind = 'ambience' limit 1$$, '42501', 'of no other'),
    ('session olga', null, $$insert into term values ('x', 100)$$, '42501', 'no word'),
    -- the therapist's own
    ('session ana', null, $$update therapist set headline = 'X' where id = 9001$$, '1', 'control: Ana changes her headline'),
    ('session ana', null, $$update therapist set headline = 'X'$$, '1', 'and nobody else''s'),
    ('session ana', null, $$insert into service (therapist_id, name, minutes, price, currency) values (9002, 'X', 60, 1, 'USD')$$, '42501', 'no service for Bea'),
    ('session ana', null, $$insert into service (therapist_id, name, minutes, price, currency) values (9001, 'X', 60, 1, 'USD')$$, '1', 'control: one of her own'),
    ('session ana', null, $$update service set price = 1$$, '1', 'her own price only'),
    (null, null, $$update service set price = 1$$, '0', 'nobody''s by a stranger'),
    ('session ana', null, $$update location set zone = 'UTC'$$, '1', 'her own place only'),
    ('session ana', null, $$insert into location (therapist_id, street, town, country, lat, lon, zone) values (9001, 'x', 'x', 'US', 0, 0, 'UTC')$$, '1', 'control: a place of one''s own'),
    ('session ana', null, $$insert into location (therapist_id, street, town, country, lat, lon, zone) values (9002, 'x', 'x', 'US', 0, 0, 'UTC')$$, '42501', 'none for Bea'),
    ('session ana', null, $$delete from location where id = 9012$$, '0', 'nor is hers taken out'),
    (null, null, $$select from photo where therapist_id > 9000$$, '2', 'a stranger sees the photos that are shown'),
    (null, null, $$select from photo_file where photo ~ '^([abcd])\1*$'$$, '2', 'and of them no whole picture'),
    ('session bea', null, $$select from photo_file where photo ~ '^([abcd])\1*$'$$, '3', 'as does somebody else, but for her own'),
    ('session ana', null, $$select from photo_file where photo ~ '^([abcd])\1*$'$$, '5', 'control: her own all, also what is shown no more'),
    ('session ana', null, $$insert into photo (name, therapist_id) values (repeat('e', 24), 9002)$$, '42501', 'none is given to Bea'),
    ('session ana', null, $$insert into photo_file values (repeat('b', 24), 240, 'jpg', 'x')$$, '42501', 'nor a file to hers'),
    ('session ana', null, $$update therapist set photo = repeat('b', 24)$$, '23503', 'nor is hers taken'),
    ('session ana', null, $$delete from photo where name = repeat('b', 24)$$, '0', 'nor dropped'),
    ('session ana', null, $$update photo set taken_down_at = null$$, '42501', 'what was taken down stays so'),
    ('session ana', null, $$select operator_photo_remove(repeat('b', 24), 'x') is null and exists (select from photo_file where photo = repeat('b', 24))$$, '1', 'taking down is the operator''s'),
    ('session bea', null, $$select from profile_version$$, '0', 'what Ana changed is hers'),
    ('session ana', null, $$select from profile_version$$, '1', 'control: she sees it'),
    ('session bea', null, $$insert into profile_version (therapist_id, account_id, before, after) values (9001, 'a0000000-0000-4000-8000-000000000002', '{}', '{}')$$, '42501', 'nobody else adds to it'),
    ('session ana', null, $$update profile_version set after = '{}'$$, '42501', 'and it is not rewritten'),
    ('session ana', null, $$delete from profile_version$$, '42501', 'nor cut'),
    ('session ana', null, $$delete from location$$, '23503', 'and where visits were booked not dropped'),
    ('session ana', null, $$insert into hours values (9002, 3, '09:00', '10:00')$$, '42501', 'no hours for Bea'),
    ('session ana', null, $$delete from hours$$, '1', 'her own hours only'),
    ('session ana', null, $$insert into season (location_id, valid_from) values (9002, '2030-01-01')$$, '42501', 'no season for Bea'),
    ('session ana', null, $$delete from season$$, '1', 'her own only'),
    ('session ana', null, $$insert into special_day values (9002, '2030-01-01', 'closed')$$, '42501', 'no special day for Bea'),
    ('session ana', null, $$update special_day set kind = 'closed', open = '{}'$$, '1', 'her own only'),
    ('session ana', null, $$delete from special_day$$, '1', 'her own only'),
    ('session ana', null, $$insert into time_off (therapist_id, starts, ends) values (9002, '2030-01-01', '2030-01-02')$$, '42501', 'no time off for Bea'),
    ('session ana', null, $$insert into time_off_note values (9102, 9002, 'x')$$, '42501', 'no note for Bea'),
    ('session ana', null, $$delete from time_off$$, '1', 'her own only'),
    ('session ana', null, $$insert into holiday_closed values (9002, 'us-labor')$$, '42501', 'no holiday for Bea'),
    ('session ana', null, $$delete from holiday_closed$$, '1', 'her own only'),
    ('session ana', null, $$insert into travel values (9002, 9002, 9012, 10)$$, '42501', 'no way for Bea'),
    ('session ana', null, $$delete from travel$$, '0', 'nor one of hers dropped'),
    ('session ana', null, $$insert into holiday (id, country, name, month, day) values ('us-x', 'US', 'x', 1, 1)$$, '42501', 'no holiday is invented'),
    ('session ana', null, $$insert into therapist_not select 9002, max(id) from technique$$, '42501', 'nor that Bea does not do one'),
    ('session ana', null, $$insert into therapist_not select 9001, max(id) from technique$$, '1', 'control: she says it of herself'),
    ('session ana', null, $$insert into therapist_not select therapist_id, tag_id from therapist_tag where therapist_id = 9001$$, '42501', 'but of nothing that she says she does'),
    ('session ana', null, $$insert into therapist_not select 9001, id from tag where kind = 'language' limit 1$$, '42501', 'nor of languages'),
    ('session ana', null, $$insert into therapist_tag select 9001, tag_id from therapist_not where therapist_id = 9001$$, '42501', 'nor the other way round'),
    ('session ana', null, $$delete from therapist_not$$, '1', 'her own only'),
    ('session ana', null, $$insert into therapist_tag select 9002, max(id) from technique$$, '42501', 'no technique for Bea'),
    ('session ana', null, $$delete from therapist_tag$$, '1', 'her own only'),
    ('session ana', null, $$insert into therapist (slug, name) values ('x', 'X')$$, '42501', 'no therapist is made'),
    ('session ana', null, $$delete from therapist$$, '42501', 'nor dropped'),
    -- credentials
    ('session ana', null, $$update credential set checked_on = current_date, checked_until = current_date + 9, checked_where = 'me', checked_by = 'me'$$, '42501', 'nobody checks their own credential'),
    ('session olga', null, $$update credential set checked_on = current_date, checked_until = current_date + 9, checked_where = 'x', checked_by = 'x' where therapist_id in (9001, 9002)$$, '42501', 'nor does an operator by hand'),
    ('session ana', null, $$insert into credential (therapist_id, kind, title, issuer) values (9001, 'state_license', 'x', 'x')$$, '42501', 'none is invented'),
    ('session olga', null, $$delete from credential$$, '42501', 'none dropped'),
    -- reviews, mail, the record
    -- e…3 is of guest three's visit with Bea, and not shown
    (null, 'guest three', $$select from review$$, '1', 'control: its author sees a review that is not shown'),
    (null, 'guest two', $$select from review$$, '0', 'another guest does not'),
    ('session ana', null, $$select operator_check('c0000000-0000-4000-8000-000000000001', 'me', current_date, current_date + 9, null, null, 'register', null)$$, '1', 'who is no operator gets no answer'),
    ('session bea', null, $$select from review$$, '0', 'nor its therapist'),
    ('session olga', null, $$select from review$$, '1', 'control: an operator does'),
    (null, 'guest three', $$select from review_version$$, '1', 'control: its author reads what it said before'),
    ('session bea', 'guest two', $$select from review_version$$, '0', 'nobody else'),
    ('session bea', null, $$select from review_reply$$, '1', 'control: Bea reads her answer'),
    (null, 'guest two', $$select from review_reply$$, '0', 'others not while the review is not shown'),
    ('session ana', null, $$select from review_reply_version$$, '0', 'nor what it said before'),
    ('session bea', null, $$select from review_case$$, '0', 'of what an operator looks at a therapist sees their reports alone'),
    ('session olga', null, $$select from review_case$$, '1', 'control: the operator sees all'),
    ('session olga', null, $$update review_case set decision = 'keep', decided_at = now()$$, '42501', 'and decides by the function for it'),
    ('session olga', null, $$update review set shown = true$$, '42501', 'as of what is shown'),
    ('session bea', null, $$update review_reply set body = 'x'$$, '42501', 'an answer is changed by its function, which keeps what it said'),
    ('session bea', 'guest three', $$select sealed from review_pain$$, '42501', 'the web role reads nobody''s pain'),
    (null, 'guest three', $$select review_id from review_pain$$, '1', 'control: but who gave it, that it is kept'),
    ('session bea', 'guest two', $$select review_id from review_pain$$, '0', 'nobody else that'),
    (null, 'guest three', $$insert into review_pain values ('e0000000-0000-4000-8000-000000000003', 'x', now())$$, '42501', 'it is given by its function'),
    ('session olga', null, $$select from review_pain_due$$, '42501', 'whose mean is due is the worker''s'),
    ('session bea', 'guest three', $$select from review_invitation$$, '42501', 'nor who was asked'),
    ('session olga', null, $$select from clinician$$, '1', 'control: an operator sees a clinician'),
    (null, 'clinician one', $$select from clinician$$, '1', 'control: as does who holds the link'),
    ('session ana', 'guest one', $$select from clinician$$, '0', 'nobody else'),
    (null, 'clinician one', $$insert into recommendation values (9001, 9001, '', now())$$, '42501', 'none is made but by its function'),
    ('session bea', 'guest three', $$update review set expertise = 5$$, '42501', 'a review is not changed'),
    ('session bea', 'guest three', $$delete from review$$, '42501', 'nor dropped'),
    ('session bea', 'guest two', $$insert into review (therapist_id, booking_id, expertise, professionalism, satisfaction, service_name, visited_on) values (9001, 'b0000000-0000-4000-8000-000000000002', 5, 5, 5, 'x', current_date)$$, '42501', 'nor made by hand'),
    ('session ana', null, $$insert into audit (account_id, action, object) values ('a0000000-0000-4000-8000-000000000001', 'x', 'x')$$, '1', 'control: one writes down what one did'),
    ('session ana', null, $$insert into audit (account_id, action, object) values ('a0000000-0000-4000-8000-000000000002', 'x', 'x')$$, '42501', 'not in another''s name'),
    (null, null, $$insert into audit (account_id, action, object) values ('a0000000-0000-4000-8000-000000000003', 'x', 'x')$$, '42501', 'nor a stranger in an operator''s'),
    ('session olga', null, $$update audit set action = 'x'$$, '42501', 'the record is not rewritten'),
    ('session olga', null, $$delete from audit$$, '42501', 'nor cut'),
    (null, 'guest one', $$insert into outbox (kind, recipient, data, state) values ('x', 'x', '{}', 'sent')$$, '42501', 'a mail is not sent by saying so'),
    ('session olga', null, $$delete from outbox$$, '42501', 'nor taken back'),
    ('session ana', null, $$insert into mail_link (kind, key, token_hash, live, account_id, email, expires_at) values ('close-undo', gen_random_uuid(), sha256('x'), true, 'a0000000-0000-4000-8000-000000000002', 'x@y.z', now() + interval '1 day')$$, '42501', 'no link is made by hand'),
    ('session ana', null, $$select link_reset(null, 'x', 'x', 'x')$$, '42501', 'nor its act called'),
    ('session ana', null, $$select session_begin((select a from account a limit 1), 'x', 'x', false)$$, '42501', 'no session is begun by hand'),
    ('session ana', null, $$select account_erase()$$, '42501', 'nobody is erased'),
    ('session ana', null, $$update booking set client_account_id = 'a0000000-0000-4000-8000-000000000001'$$, '42501', 'no visit is taken into an account'),
    ('session olga', null, $$insert into account (role, name, email) values ('operator', 'x', 'x@y.z')$$, '42501', 'no account is made'),
    ('session ana', null, $$update account set name = 'Operator'$$, '42501', 'nor changed'),
    ('session ana', null, $$insert into session values (sha256('x'), 'a0000000-0000-4000-8000-000000000003', now(), now(), now() + interval '1 hour')$$, '42501', 'no session'),
    ('session ana', null, $$update session set expires_at = 'infinity'$$, '42501', 'none made longer'),
    ('session ana', null, $$update key_canary set sealed = 'x'$$, '42501', 'the canary stays'),
    ('session ana', null, $$truncate audit$$, '42501', 'nothing is emptied'),
    ('session ana', null, $$create table unknot.x ()$$, '42501', 'no tables in unknot'),
    ('session ana', null, $$create table public.x ()$$, '42501', 'nor in public'),
    ('session ana', null, $$create function unknot.x() returns int language sql as 'select 1'$$, '42501', 'no functions'),
    ('session ana', null, $$alter table booking disable row level security$$, '42501', 'no policy is lifted'),
    ('session ana', null, $$set role unknot_owner$$, '42501', 'nor the role changed to the owner''s'),
    ('session ana', null, $$set role unknot_worker$$, '42501', 'or the worker''s'),
    ('session ana', null, $$set role unknot_keyd$$, '42501', 'or keyd''s'),
    ('session ana', null, $$set session_replication_role = replica$$, '42501', 'triggers are not switched off')) c (session, booking, statement, expected, why);

-- Columns that no caller may write, one by one.
select is(pg_temp.does('session ana', 'guest one', format('update %I set %I = %I', c.t, c.col, c.col)), '42501', format('%s.%s is not written', c.t, c.col))
from (select t, unnest(string_to_array(cols, ' ')) as col from (values
    ('booking', 'id key token_hash therapist_id location_id service_id starts_at ends_at zone service_name minutes price currency created_at'),
    ('therapist', 'account_id slug name published created_at'),
    ('credential', 'id therapist_id kind title issuer number valid_until created_at'),
    ('service', 'therapist_id'),
    ('location', 'therapist_id'),
    ('account', 'id role name email password_hash disabled_at'),
    ('review', 'expertise removed_at'), ('saved_therapist', 'account_id therapist_id saved_at')) x (t, cols)) c;

-- --- The 24 statements: a draft is the operator's alone, and what was ticked while the time is only held is the guest's.

select is(pg_temp.sees(c.session, c.booking, 'select (select count(*) from statement_form) || '' '' || (select count(*) from outcome)'), c.expected, 'statements as ' || coalesce(c.session, c.booking))
from (values ('session ana', null, '0 1'), ('session bea', null, '0 0'), ('session olga', null, '1 0'), (null, 'guest one', '0 1'), (null, 'guest two', '0 1'), (null, 'guest three', '0 0')) c (session, booking, expected);
select is(pg_temp.does('session olga', null, s), '42501', 'not even an operator: ' || s)
from unnest('{"update statement_form set state = ''used''","delete from statement_form","insert into statement_form default values"}'::text[]) s;
select is(pg_temp.sees(s, null, 'select operator_statements_bring(''{}'')'), 'null', 'words are brought by operators: ' || s) from unnest('{session ana,session nobody}'::text[]) s;
select is(pg_temp.sees(s, null, 'select operator_statements_act(1, ''discard'')'), 'null', 'and thrown away: ' || s) from unnest('{session ana,session nobody}'::text[]) s;
update statement_form set state = 'used', used_at = now(), used_by = 'test';
select is(pg_temp.sees(null, null, 'select count(*) from statement_form'), '1', 'what is in use is for everybody');
select throws_ok('update statement_form set source = ''another''', 'P0001', 'a version that was used is not changed');
select throws_ok('delete from statement_form', 'P0001', 'a version that was used is not changed');

-- --- Functions

-- The owner's and the worker's, and helpers that only others call.
select is(has_function_privilege('unknot_web', p.oid, 'execute'), false, p.oid::regprocedure || ' is not for the web role')
from pg_proc p join pg_namespace n on n.oid = p.pronamespace
where n.nspname = 'sample' or (n.nspname = 'unknot' and p.proname in ('account_add', 'town_members_follow', 'town_members_rebuild', 'town_tags_fold', 'place_merge', 'booking_sweep', 'booking_forget', 'claim_clear', 'session_sweep', 'outbox_take', 'outbox_done', 'outbox_backlog', 'outbox_uses', 'outbox_forget', 'reminders_due', 'reminders_say', 'reminder_visits', 'visit_walk_begin', 'visit_walk_end', 'outcomes_due', 'credential_warnings_due', 'credential_operators_due', 'credential_proofs_due', 'credential_told', 'act_perform', 'act_begin', 'act_tells', 'act_recorded', 'key_of_proofs', 'statement_form_add', 'outcome_of', 'outcome_parts', 'outcome_client_visits', 'key_open', 'key_epochs', 'key_epoch_begin', 'key_rewrap_take', 'key_rewrap_put', 'key_epoch_end', 'key_destroy', 'key_forget', 'key_erase_answers', 'key_retention', 'outside_take', 'outside_store', 'listing_refresh', 'listing_write', 'listing_fold', 'listing_seat_take', 'listing_blocks_write', 'listing_planes_write', 'listing_planes_free', 'listing_tiles_write', 'listing_tile_split', 'listing_blocks_make', 'listing_blocks_begin', 'listing_claimed', 'listing_lock', 'listing_refresh_due',
    'sign_in_wait', 'sign_in_failed', 'sign_in_buckets',
    'reviews_due', 'review_release', 'review_add', 'review_change', 'review_case_open', 'review_removed_tell', 'clinician_tell', 'review_invite', 'review_pain_take', 'review_pain_store', 'review_pain_touched', 'review_pain_follows',
    'client_shows', 'client_match', 'client_of', 'client_known', 'client_told', 'client_follows', 'clients_gather', 'client_blocked_as',
    'factor_buckets', 'factor_take', 'factor_added', 'factors_left', 'account_factors_reset', 'session_renew', 'challenge_take',
    'mail_buckets', 'session_begin', 'account_noted', 'account_tell', 'account_joins', 'booking_joins', 'therapist_begin',
    'link_meant', 'link_sign_up', 'link_reset', 'link_email', 'link_email_undo', 'link_close_undo', 'link_sweep',
    'account_me', 'account_visit', 'account_erase', 'account_forget_answers', 'account_practice'));
select cmp_ok((select count(*) from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname = 'unknot' and p.proname in ('account_add', 'place_merge', 'booking_sweep',
    'session_sweep', 'listing_refresh', 'listing_write', 'listing_fold', 'listing_seat_take', 'listing_blocks_write', 'listing_planes_write', 'listing_planes_free', 'listing_tiles_write', 'listing_tile_split', 'listing_blocks_make', 'listing_blocks_begin', 'listing_claimed', 'listing_lock', 'listing_refresh_due', 'sign_in_wait', 'sign_in_failed', 'sign_in_buckets', 'link_sign_up', 'link_reset', 'session_begin', 'account_joins', 'link_meant')), '>=', 23::bigint, 'and they are all there');
select is(has_schema_privilege('unknot_web', 'sample', 'usage'), false, 'nor is the schema of samples');

select is_empty($$select p.oid::regprocedure from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname in ('unknot', 'auth', 'sample') and has_function_privilege('public', p.oid, 'execute')$$, 'no function is for everybody');
select is_empty($$select p.oid::regprocedure from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where p.prosecdef and n.nspname not in ('pg_catalog', 'information_schema', 'tap')
      and (p.proowner <> 'unknot_owner'::regrole or coalesce(array_to_string(p.proconfig, ';'), '') !~ '^search_path=unknot, public, pg_temp(;|$)')$$,
    'every function with its owner''s rights belongs to unknot_owner and has its search path pinned');
-- A new one that the web role may call is a hole or a decision: decide it here.
select set_eq($$select n.nspname || '.' || p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where p.prosecdef and n.nspname in ('unknot', 'auth', 'sample') and has_function_privilege('unknot_web', p.oid, 'execute')$$,
    array['auth.account', 'auth.therapist', 'auth.is_operator', 'auth.practice', 'auth.desk', 'auth.at_desk', 'unknot.desk_therapists',
          'unknot.desk_day', 'unknot.desk_rooms', 'unknot.desk_room_close', 'unknot.desk_room_open', 'unknot.desk_week', 'unknot.desk_booking', 'unknot.desk_move', 'unknot.desk_times', 'unknot.desk_move_to', 'unknot.desk_new', 'unknot.desk_book', 'unknot.desk_key', 'unknot.desk_ask',
          'unknot.team_page', 'unknot.team_answers', 'unknot.client_join', 'unknot.desk_answered', 'unknot.team_name', 'unknot.team_invite', 'unknot.team_withdraw', 'unknot.team_member', 'unknot.team_leave', 'unknot.invitation_look', 'unknot.invitation_answer',
          'unknot.premises_share', 'unknot.premises_use', 'unknot.premises_one', 'unknot.premises_save', 'unknot.room_add', 'unknot.room_remove', 'unknot.practice_service_rooms',
          'unknot.booking_answers_withdraw', 'unknot.booking_ask_first', 'unknot.booking_client_known', 'unknot.booking_suggests', 'unknot.booking_therapist', 'unknot.practice_publish', 'unknot.operator_photo_remove', 'unknot.change_begin', 'unknot.change_end', 'unknot.change_look',
          'unknot.calendar_feed_show', 'unknot.care_day_noted', 'unknot.client_key_destroy', 'unknot.client_key_uses', 'unknot.claim_block', 'unknot.claim_move', 'unknot.claim_service', 'unknot.claim_settle', 'unknot.claim_slot', 'unknot.claim_take', 'unknot.hold_from', 'unknot.hold_limit', 'unknot.listing_today', 'unknot.operator_messages', 'unknot.operator_history', 'unknot.operator_message_act', 'unknot.operator_credential_kind_save', 'unknot.operator_evidence_save', 'unknot.operator_guidance_save',
          'unknot.operator_kind_save', 'unknot.operator_register_save', 'unknot.operator_tag_offer', 'unknot.operator_tag_save', 'unknot.session_caller', 'unknot.session_close',
          'unknot.sign_in_lookup', 'unknot.sign_in_open', 'unknot.sign_in_refuse', 'unknot.link_ask', 'unknot.link_look', 'unknot.link_use', 'unknot.account_page', 'unknot.account_prefill', 'unknot.account_visit_key', 'unknot.account_waiting_key', 'unknot.account_settings', 'unknot.account_rename',
          'auth.proved', 'unknot.factor_look', 'unknot.factor_refuse', 'unknot.factor_pass', 'unknot.session_prove', 'unknot.account_factors', 'unknot.account_factor', 'unknot.account_app_add',
          'unknot.factor_passkey', 'unknot.account_passkey_add', 'unknot.account_factor_rename', 'unknot.account_factor_remove', 'unknot.account_codes',
          'unknot.account_proof', 'unknot.account_proved', 'unknot.account_password', 'unknot.account_email', 'unknot.account_sessions', 'unknot.account_session_end', 'unknot.account_activity', 'unknot.account_closing', 'unknot.account_close', 'unknot.account_export', 'unknot.account_export_visits', 'unknot.operator_audit', 'unknot.operator_audit_person', 'unknot.waiting_decent', 'unknot.practice_waiting_list',
          'unknot.operator_draft_try', 'unknot.operator_draft_save', 'unknot.operator_draft_make', 'unknot.operator_draft_discard', 'unknot.operator_draft_hold', 'unknot.operator_draft_publish',
          'unknot.review_save', 'unknot.review_pain_save', 'unknot.review_withdraw', 'unknot.review_removed', 'unknot.practice_review_reply', 'unknot.practice_review_report', 'unknot.operator_review_decide',
          'unknot.profile_recommended', 'unknot.recommend_save', 'unknot.recommend_withdraw', 'unknot.operator_clinician_save', 'unknot.operator_clinician_act',
          'unknot.operator_questionnaire_sign', 'unknot.operator_case_save', 'unknot.operator_number_save', 'unknot.operator_word_add', 'unknot.own_answers_drop', 'unknot.own_answers_renew',
          'unknot.adult_age', 'unknot.consent_replaced', 'unknot.form_forgets', 'unknot.form_noted', 'unknot.practice_reopen', 'unknot.reopen_json',
          'unknot.operator_word_change', 'unknot.operator_case_remove', 'unknot.operator_questionnaire_import',
          'unknot.operator_named', 'unknot.operator_check', 'unknot.operator_proof', 'unknot.operator_proof_opened', 'unknot.practice_credential_save', 'unknot.practice_credential_remove', 'unknot.practice_proof_put', 'unknot.practice_proof_piece',
          'unknot.practice_discipline_answer', 'unknot.operator_name_now', 'unknot.operators_active', 'unknot.operator_propose', 'unknot.operator_decide', 'unknot.proposal_person', 'unknot.operator_person', 'unknot.operator_propose_reset', 'unknot.operator_visits_ahead', 'unknot.operator_credential_settings_save',
          'unknot.client_blocked', 'unknot.client_holds_end', 'unknot.operator_blocked',
          'unknot.care_course_join', 'unknot.incident_begin', 'unknot.outcome_line', 'unknot.operator_incidents', 'unknot.operator_open_incidents', 'unknot.operator_statements_bring', 'unknot.operator_statements_act', 'unknot.booking_statements_wait'],
    'functions of the owner that the web role may call');

-- --- Roles and tables

select is((select rolsuper or rolbypassrls or rolcreatedb or rolcreaterole or rolreplication from pg_roles where rolname = r), false, r || ' has no power of its own')
from unnest(array['unknot_owner', 'unknot_web', 'unknot_worker', 'unknot_keyd']) r;
select is_empty($$select 1 from pg_auth_members m where m.member in ('unknot_web'::regrole, 'unknot_worker'::regrole, 'unknot_keyd'::regrole)$$, 'web, worker and keyd are in no other role');
select is_empty($$select c.oid::regclass from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname in ('unknot', 'sample', 'auth') and c.relkind in ('r', 'p') and c.relrowsecurity and not c.relforcerowsecurity$$, 'row security is forced where it is');
select is_empty($$select c.oid::regclass from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname in ('unknot', 'sample', 'auth') and c.relkind in ('r', 'p', 'S')
    and c.relowner <> 'unknot_owner'::regrole$$, 'everything is the owner''s');
select set_eq($$select c.relname::text from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'unknot' and c.relkind in ('r', 'p') and not c.relrowsecurity
    and (has_table_privilege('unknot_web', c.oid, 'select') or has_any_column_privilege('unknot_web', c.oid, 'select'))$$,
    array['tag_kind', 'tag', 'guidance', 'holiday', 'finder_rule', 'finder_limit', 'finder_note', 'finder_private', 'consent_text', 'evidence', 'credential_kind', 'register', 'term', 'place', 'slot_claim', 'listing', 'listing_offer', 'listing_card', 'listing_due', 'listing_tile', 'listing_block', 'listing_plane', 'listing_changed', 'town', 'town_tag', 'vocabulary', 'therapist_name', 'name_word', 'town_word', 'key_canary', 'map_shape', 'zone_known', 'outbox_channel', 'credential_setting', 'sensitive_act', 'emergency_number', 'migration'],
    'tables that the web role reads whole: public data only');
select is_empty($$select c.oid::regclass from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'unknot' and c.relkind in ('v', 'm') and not coalesce(c.reloptions::text like '%security_invoker=true%', false)$$, 'views show what their reader may see');
select is_empty($$select a.attname from pg_attribute a where a.attrelid in ('slot_claim'::regclass, 'listing'::regclass, 'listing_offer'::regclass, 'listing_card'::regclass, 'listing_due'::regclass) and a.attname ~ 'client|email|name$|token'$$,
    'nothing about clients in what search and calendar read');
select is_empty($$select t from unnest(array['session', 'factor', 'recovery_code', 'account', 'booking', 'safety_check', 'session_note', 'clearance', 'clearance_piece', 'client_key', 'key_use', 'audit', 'outbox', 'outbox_attempt', 'outside_calendar', 'calendar_feed', 'outcome', 'incident', 'outcome_asked', 'client', 'client_block', 'credential_proof', 'credential_proof_piece', 'credential_warned', 'proposal', 'discipline']) t where has_table_privilege('unknot_worker', t, 'select')
    or has_any_column_privilege('unknot_worker', t, 'select')$$, 'the worker reads no people');
select is_empty($$select c.oid::regclass from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'unknot' and c.relkind = 'r' and has_table_privilege('unknot_web', c.oid, 'truncate, references, trigger')$$, 'the web role empties and hooks nothing');


-- what an earlier version had under another signature is cleared when all is made anew, so that a grant by name means one function
select is_empty($$select p.proname from pg_proc p where p.pronamespace in ('unknot'::regnamespace, 'sample'::regnamespace) group by 1 having count(*) > 1$$, 'no function has two forms');

-- --- A client with an account, and the record

insert into account (id, role, name, email, email_verified_at) values ('a0000000-0000-4000-8000-000000000005', 'client', 'Carla', 'carla@example.org', now()), ('a0000000-0000-4000-8000-000000000006', 'client', 'Carl', 'carl@example.org', now());
insert into session (token_hash, account_id, expires_at, second_factor_due, kept, seen_at) values
    (sha256('session carla'), 'a0000000-0000-4000-8000-000000000005', now() + interval '1 hour', false, false, now()), (sha256('session carl'), 'a0000000-0000-4000-8000-000000000006', now() + interval '1 hour', false, false, now()),
    (sha256('session half'), 'a0000000-0000-4000-8000-000000000005', now() + interval '1 hour', true, false, now()), (sha256('session kept'), 'a0000000-0000-4000-8000-000000000005', now() + interval '1 hour', false, true, now() - interval '29 days');
update booking set client_account_id = 'a0000000-0000-4000-8000-000000000005' where id = 'b0000000-0000-4000-8000-000000000002';
select is(pg_temp.sees('session carla', null, 'select (select count(*) from booking) || '' '' || (select count(*) from safety_check) || '' '' || (select count(*) from account) || '' '' || (select count(*) from audit where action = ''rls.test'')'),
          '0 0 1 0', 'an account gives a client no rows of visits: a visit''s own token does');
select is(pg_temp.sees('session carla', null, $$select account_page(20) #>> '{coming,0,id}'$$), 'b0000000-0000-4000-8000-000000000002', 'but the list of the own ones');
select is(pg_temp.sees(s, null, $$select account_page(20) #>> '{coming,0,id}'$$), 'null', 'which nobody else has: ' || s) from unnest('{session carl,session ana,session olga,session nobody}'::text[]) s;
select is(pg_temp.sees(s, null, $$select account_visit_key('b0000000-0000-4000-8000-000000000002')$$), 'null', 'nor the secret of a visit: ' || s) from unnest('{session carl,session ana,session olga,session nobody}'::text[]) s;
select isnt(pg_temp.sees('session carla', null, $$select account_visit_key('b0000000-0000-4000-8000-000000000002')$$), 'null', 'control: its client has it');
select is(pg_temp.sees('session half', null, $$select auth.account()$$), 'null', 'before the second factor a session is nobody''s');
select is(pg_temp.sees('session half', null, $$select account_settings()$$), 'null', 'and gives nothing');
select is(pg_temp.sees('session kept', null, $$select auth.account()$$), 'a0000000-0000-4000-8000-000000000005', 'one that is kept lives for 30 days');
select is(pg_temp.sees(s, null, $$select operator_audit(null, null, null, null, null)$$), 'null', 'the record is the operators'': ' || s) from unnest('{session carla,session ana,session nobody}'::text[]) s;
select is(pg_temp.sees(s, null, $$select operator_audit_person('ana@example.org')$$), 'null', 'and whose address is whose') from unnest('{session carla,session ana,session nobody}'::text[]) s;
select isnt(pg_temp.sees('session olga', null, $$select operator_audit(null, null, null, null, null)$$), 'null', 'control: an operator reads it');
select is(pg_temp.does('session carla', null, $$select account_session_end(id) from (select 'a0000000-0000-4000-8000-000000000001'::uuid id) x$$), '1', 'ending what is nobody''s of one''s own');
select is((select count(*) from session where account_id = 'a0000000-0000-4000-8000-000000000001'), 3::bigint, 'ends nothing of another''s');
select throws_ok($$update audit set action = 'x' where action = 'rls.test'$$, '42501', null, 'not even who owns the database rewrites the record');
select throws_ok($$update audit set account_id = 'a0000000-0000-4000-8000-000000000002' where action = 'rls.test'$$, '42501', null, 'or says it was another');
select throws_ok($$delete from audit where action = 'rls.test'$$, '42501', null, 'or cuts it');
insert into audit (account_id, action, object) values ('a0000000-0000-4000-8000-000000000006', 'rls.gone', 'x');
delete from account where id = 'a0000000-0000-4000-8000-000000000006';
select is((select account_id is null from audit where action = 'rls.gone'), true, 'whose account is erased leaves rows of nobody');

select finish();
rollback;
