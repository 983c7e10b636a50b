-- What a license is wanted for, what runs out, what a published register says, and what two operators have to agree on, asked of the database alone.
\ir booking.psql
select no_plan();

-- a clock that a test can move, inside this transaction
create function pg_temp.on_day(p_days int) returns void language plpgsql as $$
begin
    execute format('create or replace function unknot.clock() returns timestamptz language sql stable parallel safe as $f$ select now() + interval ''%s days'' $f$', p_days);
end $$;
create function pg_temp.today() returns date language sql as $$ select (clock() at time zone 'UTC')::date $$;
create function pg_temp.owed(p_kind text) returns int language sql as $$ select count(*)::int from outbox where kind = p_kind and created_at >= now() $$;
create function pg_temp.place(p_region text, p_country text default 'US') returns date language plpgsql as $$
begin
    update location set region = p_region, country = p_country where id = (select location from pg_temp.of where slug = 'test-ana');
    return (select bookable_until from location where id = (select location from pg_temp.of where slug = 'test-ana'));
end $$;

-- --- Where the law wants one
select is(pg_temp.place('KS'), 'infinity', 'Kansas has no rule of its own');
select is(pg_temp.place('CA'), 'infinity', 'a voluntary certificate is not wanted');
select is(pg_temp.place('', 'GB'), 'infinity', 'nor anything in the United Kingdom');
select is(pg_temp.place('OR'), '-infinity', 'a license of Illinois is none in Oregon');
select is(pg_temp.place('Illinois'), current_date + 300, 'a state may be written out');
select is(pg_temp.place('IL'), current_date + 300, 'until the check ends');
select is((select count(*)::int from register where required and regime in ('voluntary certificate', 'no state rule', 'association', 'associations', 'accredited register', 'code of conduct', 'qualification', 'unknown')), 0, 'what is voluntary is not required');
select cmp_ok((select count(*)::int from register where required), '>=', 50, 'and most states want one');
select cmp_ok((select count(*)::int from slots(pg_temp.service('test-ana'), null, current_date, 5)), '>', 0, 'control: there are free times');
update credential set checked_until = current_date - 1, checked_on = current_date - 9 where therapist_id = pg_temp.therapist('test-ana');
select is((select count(*)::int from slots(pg_temp.service('test-ana'), null, current_date, 5)), 0, 'a check that ran out: none');
select is_empty($$select * from listing_differences(array[pg_temp.therapist('test-ana')])$$, 'and the listing says the same');
select is((select first_day from listing where therapist_id = pg_temp.therapist('test-ana') limit 1), 'infinity', 'at once');
select throws_ok($$insert into booking (key, token_hash, therapist_id, location_id, service_id, starts_at, ends_at, zone, service_name, minutes, price, currency, hold_expires)
    select gen_random_uuid(), sha256('x'), therapist, location, service, pg_temp.at(0), pg_temp.at(2), 'America/Chicago', 'x', 60, 1, 'USD', now() + interval '9 minutes' from pg_temp.of where slug = 'test-ana'$$, '23514',
    'nobody can be booked here until a license has been checked', 'and no booking can be written by whatever way');
select ok('license' in (select rule from why_not(pg_temp.service('test-ana'), (select location from pg_temp.of where slug = 'test-ana'), (current_date + 2) + time '12:00')), 'the therapist is told why');
update location set bookable_until = 'infinity' where therapist_id = pg_temp.therapist('test-ana');
select is((select bookable_until from location where therapist_id = pg_temp.therapist('test-ana')), current_date - 1, 'the day cannot be written');
update credential_setting set license_blocks = false;
select is((select bookable_until from location where therapist_id = pg_temp.therapist('test-ana')), 'infinity', 'the operators can decide that it does not block');
update credential_setting set license_blocks = true;
update register set required = false where id = 14;
select is((select bookable_until from location where therapist_id = pg_temp.therapist('test-ana')), 'infinity', 'and what the law wants is data');
update register set required = true where id = 14;
update credential set checked_until = current_date + 100 where therapist_id = pg_temp.therapist('test-ana');
select cmp_ok((select count(*)::int from slots(pg_temp.service('test-ana'), null, current_date, 5)), '>', 0, 'checked again: free times');
select pg_temp.on_day(101);
select is((select count(*)::int from slots(pg_temp.service('test-ana'), null, pg_temp.today(), 5)), 0, 'the clock alone ends it');
select pg_temp.on_day(0);

-- --- Numbers: warned of, never refused
select is(number_fits(n, m), fits, n || ' as ' || m) from (values ('MA60012345', 'MA########', true), ('MA6001234', 'MA########', false), ('227000123', '227#+', true), ('MM12', 'M@#+', true), ('12', 'M@#+', false),
    ('', 'MT#+', null), ('X', '', null)) x (n, m, fits);
select throws_ok($$update register set number_mask = '.*' where id = 14$$, '23514', null, 'a mask is no pattern of any kind');

-- --- What runs out: 60, 30, 7 days before, and when it has, once each
delete from credential_warned;
delete from credential where therapist_id <> pg_temp.therapist('test-ana') and checked_until is not null;
update credential set checked_until = current_date + 61 where therapist_id = pg_temp.therapist('test-ana');
select is(credential_warnings_due(20), 0, '61 days before: nothing');
select pg_temp.on_day(1);
select is(credential_warnings_due(20), 1, '60 days before');
select is(credential_warnings_due(20), 0, 'once');
select pg_temp.on_day(40);
select is(credential_warnings_due(20), 1, '30 days before');
select pg_temp.on_day(60);
select is(credential_warnings_due(20) + credential_warnings_due(20), 1, 'a worker that stood still says the nearest alone');
select pg_temp.on_day(61);
select is(credential_warnings_due(20), 0, 'on its last day it still counts');
select pg_temp.on_day(62);
select is(credential_warnings_due(20) + credential_warnings_due(20), 1, 'and then it has run out');
select is((select count(*)::int from audit where action = 'credential.lapsed' and at >= now()), 1, 'which is on record');
select is(array_agg(w.days order by w.days), '{0,7,30,60}', 'all four') from credential_warned w;
select is(array_agg((o.data ->> 'over') || ' ' || (o.data ->> 'days') order by (o.data ->> 'days')::int), '{"true -1","false 1","false 21","false 60"}', 'in mails to the therapist')
from outbox o where o.kind = 'therapist-credential-ends';
select is(credential_operators_due() + pg_temp.owed('operator-credentials'), (select count(*)::int from account where role = 'operator' and disabled_at is null), 'each operator has one mail');
select is((select o.data ->> 'count' from outbox o where o.kind = 'operator-credentials' limit 1), '4', 'of all of it');
insert into credential_warned select id, current_date, 7, now() from credential where therapist_id = pg_temp.therapist('test-ana');
select is(credential_operators_due() + pg_temp.owed('operator-credentials'), (select count(*)::int from account where role = 'operator' and disabled_at is null), 'and not another one on the same day');
select pg_temp.on_day(63);
select is(credential_operators_due() + pg_temp.owed('operator-credentials'), 2 * (select count(*)::int from account where role = 'operator' and disabled_at is null), 'but the next day');
update credential set checked_until = current_date + 63 + 5, renewed_at = now() where therapist_id = pg_temp.therapist('test-ana');
select is(credential_warnings_due(20), 0, 'who has handed in the renewed one is left in peace');
update credential set renewed_at = null where therapist_id = pg_temp.therapist('test-ana');
select is(credential_warnings_due(20), 1, 'five days before, and nothing was said yet: once');
select is(credential_warnings_due(20), 0, 'and not for 30 and 60 days afterwards');
select pg_temp.on_day(0);

-- --- Proofs go some days after the decision
insert into credential_proof (id, credential_id, sealed, ending, pieces, made_at, erase_after) select gen_random_uuid(), id, 'x', 'pdf', 1, now(), now() + interval '3 days' from credential where therapist_id = pg_temp.therapist('test-ana');
select is(credential_proofs_due(), 0, 'not before their day');
select pg_temp.on_day(4);
select is(credential_proofs_due(), 1, 'then they go');
select pg_temp.on_day(0);
select is_empty('select * from credential_proof', 'and are gone');

-- --- A published register
select is(names_agree(a, b), agree, a || ' and ' || b) from (values ('Ann Lee Miller, LMT', 'MILLER ANN', true), ('Ann Miller', 'Ann B. Miller', true), ('Zoë Quirk', 'zoe quirk', true), ('Ann Lee', 'Ann Miller', false),
    ('Ann', 'Ann Miller', false), ('', '', true), ('Ann Miller', '', false)) x (a, b, agree);
insert into register_load values ('MA 1', 'ANA  TESTER', 'ACTIVE', current_date + 500, null), ('MA-2', 'Ben Other', 'EXPIRED', current_date - 5, 'Fined'), ('MA 3', 'Cleo Elsewhere', 'ACTIVE', null, null);
select is(register_store(48, current_date - 2, 'file.csv', 1, '{"active": ["Active"]}') ->> 'entries', '3', 'three entries');
update therapist set name = 'Ana Tester, LMT' where id = pg_temp.therapist('test-ana');
create function pg_temp.says(p_number text, p_until date default null) returns json language plpgsql as $$
begin
    update credential set register_id = 48, number = p_number, valid_until = p_until, renew_until = null where therapist_id = pg_temp.therapist('test-ana');
    return (select register_says(c) from credential c where therapist_id = pg_temp.therapist('test-ana'));
end $$;
select is(pg_temp.says('ma1', current_date + 500) ->> 'match', 'true', 'number and name are the same, however they are written');
select is(pg_temp.says('MA 1', current_date + 400) #>> '{differs,0}', 'It ends there on ' || say_date(current_date + 500, 'US'), 'another last day');
select is(json_array_length(pg_temp.says('MA2') -> 'differs'), 4, 'name, status, last day, discipline');
select is((x ->> 'mismatch') || (x ->> 'not_found'), 'truefalse', 'differs') from pg_temp.says('MA2') x;
select is((x ->> 'not_found') || ' ' || (x ->> 'other'), 'true MA 1', 'not found by its number, but the name is there with another') from pg_temp.says('MA 999') x;
select is(pg_temp.says('') ->> 'not_found', 'true', 'no number is no number');
select is((select checked_on is not null from credential where therapist_id = pg_temp.therapist('test-ana')), true, 'none of it decides anything');
insert into register_load values ('MA 1', 'Ana Tester', 'Revoked', null, null);
select is(register_store(48, current_date - 1, 'file2.csv', 0, '{"active": ["Active"]}') ->> 'entries', '1', 'a newer edition');
select is(pg_temp.says('MA 1') #>> '{differs,0}', 'The status there is Revoked', 'is the one that counts');
insert into register_load values ('MA 1', 'Ana Tester', 'Active', null, null);
select is(register_store(48, current_date, 'file3.csv', 0, '{"active": ["Active"]}') ->> 'entries', '1', 'a third');
select is(array_agg(name order by dated), '{file2.csv,file3.csv}', 'two editions are kept') from register_file where register_id = 48;
update credential set register_id = 14 where therapist_id = pg_temp.therapist('test-ana');
select is((select register_says(c)::text from credential c where therapist_id = pg_temp.therapist('test-ana')), null, 'where nothing is published nothing is said');

-- --- Two operators, in the table itself
select throws_ok($$insert into proposal (act, therapist_id, reason, proposed_by, proposed_name, proposed_at, expires_at, decided_by, decided_at, outcome)
    select 'therapist.suspend', pg_temp.therapist('test-ana'), 'Because of it', a.id, 'O', now(), now(), a.id, now(), 'confirmed' from account a where role = 'operator' limit 1$$, '23514', null, 'nobody agrees to their own proposal');
update therapist set suspended_at = now(), published = true where id = pg_temp.therapist('test-ana');
select is((select published from therapist where id = pg_temp.therapist('test-ana')), false, 'who is suspended is not published');
select is(place_bookable((select location from pg_temp.of where slug = 'test-ana')), false, 'and not booked');

select finish();
rollback;
