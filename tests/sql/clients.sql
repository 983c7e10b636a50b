-- Who comes to a therapist and who is blocked: whose visit is whose, who sees it, and what a block holds back, with the program out of the way.
\ir booking.psql
select no_plan();
create function pg_temp.says(p_token text, p_key int, p_email text, p_phone text default null) returns json language sql
    as $$ select pg_temp.web(p_token, format('select booking_details(%L, ''Kim'', %L, null, %L)', pg_temp.id(p_key), p_email, p_phone))::json $$;
create function pg_temp.client(p_email text, p_slug text default 'test-ana') returns uuid language sql as $$ select id from client where email_key = p_email and therapist_id = pg_temp.therapist(p_slug) $$;
create function pg_temp.block(p_client uuid, p_session text default 'ana') returns json language sql
    as $$ select pg_temp.web('', format('select client_block_save(%L, %L, ''sealed'')', p_client, md5(p_client::text)::uuid), p_session)::json $$;

-- --- Whose visit it is

select pg_temp.booked('kim', 1, 'test-ana', pg_temp.at(0));
select is((select count(*)::int from client where therapist_id = pg_temp.therapist('test-ana')), 1, 'who books is a client');
select is((select client_id from booking where key = pg_temp.key(1)), pg_temp.client('kim@example.org'), 'whose visit it is');
select is(pg_temp.hold('eve', 2, 'test-ana', pg_temp.at(4)) is not null, true, 'a time is held');
select pg_temp.pass('eve', 2);
select pg_temp.says('eve', 2, 'eve@example.org');
select is((select count(*)::int from client where therapist_id = pg_temp.therapist('test-ana')), 1, 'who only holds is not one yet: the therapist sees no hold');
select pg_temp.says('eve', 2, 'KIM@Example.org');
select is(pg_temp.confirm('eve', 2) ->> 'state', 'confirmed', 'the same address again, in capitals');
select is((select count(*)::int from booking where client_id = pg_temp.client('kim@example.org')), 2, 'is the same person');
select pg_temp.booked('kim', 3, 'test-ben', pg_temp.at(0));
select isnt(pg_temp.client('kim@example.org', 'test-ben'), pg_temp.client('kim@example.org'), 'with another therapist it is another row');
select is((select latest_at from client where id = pg_temp.client('kim@example.org')), pg_temp.at(4), 'the latest visit stands in the list');
select pg_temp.web('eve', format('select booking_cancel(%L)', pg_temp.id(2)));
select is((select latest_at from client where id = pg_temp.client('kim@example.org')), pg_temp.at(0), 'one that is cancelled does not');
select is(pg_temp.web('phil', format($$select practice_book(%L, %s, %s, %L, '06:30', true, 'Phil', null, '(217) 555-0142', false, null) ->> 'problem'$$, pg_temp.key(4), pg_temp.service('test-ana'),
    (select location from pg_temp.of where slug = 'test-ana'), (current_date + 6)::text), 'ana'), null, 'a visit by telephone');
select is((select name from client where phone_key = '12175550142'), 'Phil', 'makes a client of the number');
select is((select count(distinct phone_key(n, 'US'))::int from unnest('{"217-555-0142","+1 217 555 0142","001 217 5550142","1 217 555 0142","(217) 555 0142 ext. 9"}'::text[]) n), 1, 'one number, however it is written');
select is(phone_key('030 1234', 'DE'), phone_key('+49 30 1234', 'US'), 'at home and from abroad');
select isnt(phone_key('217 555 0142', 'US'), phone_key('317 555 0142', 'US'), 'another area is another number');
select is(email_mark('Kim+spa@Example.org'), email_mark('kim@example.org'), 'one mailbox, however it is written');

-- --- Who sees it

select is(pg_temp.web('', 'select count(*) from client', 'ana'), '2', 'a therapist sees her clients');
select is(pg_temp.web('', 'select count(*) from client', 'ben'), '1', 'and not another''s');
select is(pg_temp.web('kim', 'select count(*) from client'), '0', 'a guest none') ;
select is(pg_temp.web('', 'select count(*) from client', 'olga'), '0', 'an operator none');
select is(pg_temp.web('', format('select client_page(%L, null)', pg_temp.client('kim@example.org')), 'ben'), null, 'another therapist has no page of hers');
select is(pg_temp.web('', format('select client_record(%L)', pg_temp.client('kim@example.org')), 'ben'), null, 'nor what is written');
select is(pg_temp.web('', format('select client_page(%L, null) ->> ''name''', pg_temp.client('kim@example.org')), 'ana'), 'Kim', 'control: she has');
select is(pg_temp.web('', format('select client_block_save(%L, %L, null)', pg_temp.client('kim@example.org'), pg_temp.key(99)), 'ben'), null, 'nor blocks another one her clients');
select throws_ok($$select pg_temp.web('', 'update client set name = ''x''', 'ana')$$, '42501', null, 'nobody writes the list by hand');
select throws_ok(format($$select pg_temp.web('', 'insert into client_block (therapist_id) values (%s)', 'ben')$$, pg_temp.therapist('test-ana')), '42501', null, 'nor blocks for somebody else');

-- --- A list by pages says everybody once, in both orders

insert into client (therapist_id, name, name_key, latest_at)
select pg_temp.therapist('test-ben'), 'P' || n % 9, 'p' || n % 9, now() - make_interval(days => n / 7) from generate_series(1, 60) n;
create function pg_temp.pages(p_by text) returns uuid[] language plpgsql as $$
declare
    doc json;
    last text;
    ids uuid[] := '{}';
begin
    for i in 1 .. 9 loop
        doc := pg_temp.web('', format('select clients_page(%L, %L)', p_by, last), 'ben');
        ids := ids || array(select (c ->> 'id')::uuid from json_array_elements(doc -> 'clients') c);
        last := doc ->> 'next';
        exit when last is null;
    end loop;
    return ids;
end $$;
select is(pg_temp.pages('latest'), array(select id from client where therapist_id = pg_temp.therapist('test-ben') order by latest_at desc, id desc), 'the latest first: all, once, in order');
select is(pg_temp.pages('name'), array(select id from client where therapist_id = pg_temp.therapist('test-ben') order by name_key, id), 'and by name');

-- --- Looking for one

update client set name = 'Käthe O''Brien', name_key = fold('Käthe O''Brien') where id = pg_temp.client('kim@example.org');
create function pg_temp.finds(p_q text) returns text language sql as $$ select pg_temp.web('', format('select clients_found(%L) #>> ''{clients,0,name}''', p_q), 'ana') $$;
select is(pg_temp.finds(q), 'Käthe O''Brien', 'found by ' || q) from unnest('{kathe,Kaethe,brien,brein,KÄTHE Brien,käth,kim@exam}'::text[]) q;
select is(pg_temp.finds('555-0142'), 'Phil', 'and by telephone');
select is(pg_temp.finds(q), null, 'not by ' || q) from unnest('{Martha,kathe miller,x,zz@example.org,%,_}'::text[]) q;
select is(pg_temp.web('', 'select clients_found(''P1'') #>> ''{clients,0,name}''', 'ana'), null, 'nobody of another therapist''s');

-- --- A block

select is(pg_temp.hold('kim', 5, 'test-ana', pg_temp.at(8)) is not null, true, 'a hold');
select pg_temp.pass('kim', 5);
select pg_temp.says('kim', 5, 'kim@example.org');
select is(pg_temp.block(pg_temp.client('kim@example.org')) #>> '{coming,0,id}', pg_temp.id(1)::text, 'blocking lists what is booked already');
select is(pg_temp.state(1), 'confirmed', 'which stays');
select is(pg_temp.state(5), 'cancelled', 'what is only held is free again');
select is((select count(*)::int from slot_claim where booking_id = pg_temp.id(5)), 0, 'and its time too');
create function pg_temp.tries(p_key int, p_email text, p_phone text default null, p_slug text default 'test-ana') returns text language plpgsql as $$
begin
    perform pg_temp.hold('t' || p_key, p_key, p_slug, pg_temp.at(48 * (p_key - 15)));
    perform pg_temp.pass('t' || p_key, p_key);
    return coalesce(pg_temp.says('t' || p_key, p_key, p_email, p_phone) ->> 'title', pg_temp.confirm('t' || p_key, p_key) ->> 'state') || ', ' || pg_temp.state(p_key);
end $$;
select is(pg_temp.tries(20, 'kim@example.org'), 'This therapist cannot be booked with this e-mail address., cancelled', 'a guest with that address is told, and holds nothing');
select is((select (client_name, client_email) is null from booking where key = pg_temp.key(20)), true, 'and what they said of themselves is not kept');
select is(pg_temp.tries(21, 'KIM+again@example.ORG'), 'This therapist cannot be booked with this e-mail address., cancelled', 'however it is written');
select is(pg_temp.tries(22, 'other@example.org'), 'confirmed, confirmed', 'control: another one books');
select is(pg_temp.tries(23, 'kim@example.org', null, 'test-ben'), 'confirmed, confirmed', 'and this one with another therapist');
select is(pg_temp.web('phil', format($$select practice_book(%L, %s, %s, %L, '08:30', true, 'Kim', 'kim@example.org', null, false, null) ->> 'field'$$, pg_temp.key(30), pg_temp.service('test-ana'),
    (select location from pg_temp.of where slug = 'test-ana'), (current_date + 6)::text), 'ana'), 'email', 'nor does the therapist book for them by mistake');
select is(pg_temp.web('w', format('select waiting_join(%L, %L) ->> ''field''', pg_temp.key(31), '{"slug":"test-ana","email":"kim@example.org"}')), 'email', 'they do not wait for her');
select is(pg_temp.web('kim', format('select booking_move(%L, %L) ->> ''type''', pg_temp.id(1), pg_temp.at(50))), 'not-bookable', 'nor move to another time');
select is((select starts_at from booking where key = pg_temp.key(1)), pg_temp.at(0), 'what is booked stays where it is');
select is(pg_temp.web('', format('select practice_move_to(%L, %L) ->> ''problem''', pg_temp.id(1), pg_temp.at(50)), 'ana'), null, 'control: the therapist moves it');

-- an entry on the list of a place does not lead back to her
insert into waiting (id, key, token_hash, therapist_id, days, parts, from_day, until_day, email, confirmed_at)
values (pg_temp.key(40), pg_temp.key(41), sha256('list'), pg_temp.therapist('test-ana'), '{1,2,3,4,5,6,7}', '{morning,afternoon,evening}', current_date, current_date + 20, 'kim@example.org', now());
select is(waiting_make(w, pg_temp.therapist('test-ana'), 60), false, 'nothing is offered to who is blocked') from waiting w where id = pg_temp.key(40);
update waiting set email = 'fine@example.org' where id = pg_temp.key(40);
select is(waiting_make(w, pg_temp.therapist('test-ana'), 60), true, 'control: it is to another') from waiting w where id = pg_temp.key(40);

-- by telephone
select pg_temp.block((select id from client where phone_key = '12175550142'));
select is(pg_temp.tries(24, 'new@example.org', '+1 217 555 0142'), 'This therapist cannot be booked with this telephone number., cancelled', 'a telephone number that is blocked');

-- by account: who is signed in is known before anything is held
insert into account (id, role, name, email, email_verified_at) values ('00000000-0000-4000-8000-00000000000d', 'client', 'Dora', 'dora@example.org', now());
insert into session (token_hash, account_id, expires_at) values (sha256('dora'), '00000000-0000-4000-8000-00000000000d', now() + interval '1 hour');
select is(pg_temp.tries(25, 'dora@example.org'), 'confirmed, confirmed', 'somebody with an account');
select is((select account_id from client where email_key = 'dora@example.org'), '00000000-0000-4000-8000-00000000000d'::uuid, 'is known by it');
select pg_temp.block(pg_temp.client('dora@example.org'));
update account set email = 'dora.new@example.org' where id = '00000000-0000-4000-8000-00000000000d';
select is(pg_temp.web('d1', format('select booking_hold(%L, ''test-ana'', %s, %L, 10) ->> ''title''', pg_temp.key(26), pg_temp.service('test-ana'), pg_temp.at(60)), 'dora'),
    'This therapist cannot be booked with this account.', 'and holds nothing, signed in');
select is(pg_temp.web('d1', format('select series_hold(%L, ''test-ana'', %s, %L, false, 10) ->> ''type''', pg_temp.key(27), pg_temp.service('test-ana'), array[pg_temp.at(70), pg_temp.at(406)]), 'dora'), 'not-bookable', 'nor several at once');
select is((select count(*)::int from booking where key in (pg_temp.key(26), pg_temp.key(27))), 0, 'no row, no claim');
select is(pg_temp.tries(28, 'dora.new@example.org'), 'This therapist cannot be booked with this account., cancelled', 'nor as a guest with the account''s new address');

-- a series goes whole
select is(pg_temp.web('ser', format('select series_hold(%L, ''test-ana'', %s, %L, false, 10) ->> ''state''', pg_temp.key(29), pg_temp.service('test-ana'), array[pg_temp.at(80), pg_temp.at(416)])), 'held', 'a plan is held');
select pg_temp.pass('ser', 29);
select is(pg_temp.says('ser', 29, 'kim@example.org') ->> 'type', 'not-bookable', 'by somebody blocked');
select is((select count(*)::int from booking where series_id = pg_temp.id(29) and state = 'cancelled'), 2, 'all of it is given back');

-- the wall behind the wall
select pg_temp.hold('kim', 32, 'test-ana', pg_temp.at(90));
select pg_temp.pass('kim', 32);
update booking set client_name = 'Kim', client_email = 'kim@example.org' where key = pg_temp.key(32);
select is(pg_temp.confirm('kim', 32) ->> 'type', 'not-bookable', 'blocked after the name was given');
select pg_temp.hold('kim', 33, 'test-ana', pg_temp.at(90));
select pg_temp.pass('kim', 33);
update booking set client_name = 'Kim', client_email = 'kim@example.org' where key = pg_temp.key(33);
select throws_ok(format($$select pg_temp.web('kim', 'update booking set state = ''confirmed'', reference = ''X-1'', confirmed_at = now() where id = ''%s''')$$, pg_temp.id(33)), '23514', null, 'the table itself takes no booking of who is blocked');

-- an operator sees how many, and nothing else
select is(pg_temp.web('', format('select operator_blocked(%s)', pg_temp.therapist('test-ana')), 'olga'), '3', 'an operator sees how many a therapist has blocked');
select is(pg_temp.web('', format('select operator_blocked(%s)', pg_temp.therapist('test-ana')), 'ben'), null, 'nobody else does');
select is(pg_temp.web('', 'select count(*) from client_block', 'olga'), '0', 'and no operator sees whom, or why');
select is(pg_temp.web('', 'select count(*) from client_block', 'ana'), '3', 'control: she does');

-- taken back
select is(pg_temp.web('', format('select client_block_remove(%L)', md5(pg_temp.client('kim@example.org')::text)::uuid), 'ben'), null, 'another therapist lifts no block');
select is(pg_temp.web('', format('select client_block_remove(%L) ->> ''removed''', md5(pg_temp.client('kim@example.org')::text)::uuid), 'ana'), 'true', 'her own she does');
select is(pg_temp.tries(34, 'kim@example.org'), 'confirmed, confirmed', 'and the person books again');

-- --- Nobody is kept longer than their bookings

select isnt(pg_temp.client('other@example.org'), null, 'control: there is one');
delete from booking where key = pg_temp.key(22);
select is(pg_temp.client('other@example.org'), null, 'with the last booking the client goes');
select is((select count(*)::int from client_block where therapist_id = pg_temp.therapist('test-ana')), 2, 'blocks stay');
-- --- Two who are one person

create function pg_temp.join(p_keep uuid, p_gone uuid, p_session text default 'ana') returns json language sql as $$ select pg_temp.web('', format('select client_join(%L, %L)', p_keep, p_gone), p_session)::json $$;
create function pg_temp.by_phone(p_key int, p_name text, p_phone text, p_day int, p_time text) returns text language sql as $$
    select pg_temp.web(p_name, format($q$select practice_book(%L, %s, %s, %L, %L, true, %L, null, %L, false, null) ->> 'problem'$q$, pg_temp.key(p_key), pg_temp.service('test-ana'),
        (select location from pg_temp.of where slug = 'test-ana'), (current_date + p_day)::text, p_time, p_name, p_phone), 'ana') $$;
create function pg_temp.by_mail(p_token text, p_key int, p_slug text, p_at timestamptz) returns text language sql as $$
    select pg_temp.hold(p_token, p_key, p_slug, p_at); select pg_temp.pass(p_token, p_key); select pg_temp.says(p_token, p_key, p_token || '@example.org'); select pg_temp.confirm(p_token, p_key) ->> 'state' $$;
select is(pg_temp.by_mail('mia', 70, 'test-ana', pg_temp.at(0) + interval '14 days'), 'confirmed', 'Mia books with an address');
select is(pg_temp.by_phone(71, 'Mia M', '217 555 0177', 9, '06:30'), null, 'and by telephone');
create temp table pair as select pg_temp.client('mia@example.org') as keep, (select id from client where phone_key = '12175550177') as gone;
select isnt((select keep from pair), (select gone from pair), 'two of one');
select is(pg_temp.join((select keep from pair), (select gone from pair), 'ben')::text, null, 'another therapist joins nobody of Ana''s');
select is(pg_temp.join((select keep from pair), (select keep from pair)) ->> 'field', 'with', 'nobody is joined to themselves');
select is(pg_temp.join((select keep from pair), pg_temp.client('kim@example.org', 'test-ben')) ->> 'field', 'with', 'nor to another therapist''s client');
select pg_temp.block((select gone from pair)) \g /dev/null
select is((select json_array_length(d -> 'two') || (d ->> 'blocks') from pg_temp.web('', format('select client_join_page(%L, %L, null)', keep, gone), 'ana') x (t), lateral (select t::json as d) y, pair), '2true', 'both are shown before, and that one is blocked') from pair limit 1;
select ok((select count(*) from client_block) > 0, 'looking changes nothing');
select is(pg_temp.join((select keep from pair), (select gone from pair)) ->> 'visits', '1', 'Ana says that they are one');
select is((select count(*) from client where id = (select gone from pair)), 0::bigint, 'the second is gone');
select is((select count(*) from booking where client_id = (select keep from pair)), 2::bigint, 'both visits are of the first');
select is((select email_key || ' ' || phone_key from client where id = (select keep from pair)), 'mia@example.org 12175550177', 'who is known by both');
select is((select count(*) from client_block k where k.client_id = (select keep from pair) and email_mark('mia@example.org') = any (k.emails) and phone_mark('217 555 0177', 'US') = any (k.phones)), 1::bigint, 'the block holds for both');
select is((pg_temp.web('', format('select client_page(%L, null)', (select keep from pair)), 'ana')::json -> 'joined' -> 0 ->> 'name'), 'Mia M', 'its page says with whom it was joined');
select is((select count(*) from audit where action = 'client.joined' and object = (select keep from pair)::text), 1::bigint, 'it is written down');
delete from client_block where client_id = (select keep from pair);
select is(pg_temp.by_phone(72, 'M. Muster', '(217) 555-0177', 10, '06:30'), null, 'who calls again from that number');
select is((select client_id from booking where key = pg_temp.key(72)), (select keep from pair), 'is that person');
select is((select count(*) from listing_differences(array[pg_temp.therapist('test-ana')])), 0::bigint, 'the listing minds nothing of it');

-- both have a reason for their block: neither is lost
select is(pg_temp.by_phone(73, 'Mo', '217 555 0188', 11, '06:30'), null, 'one more');
select pg_temp.block((select keep from pair)), pg_temp.block((select id from client where phone_key = '12175550188')) \g /dev/null
select pg_temp.join((select keep from pair), (select id from client where phone_key = '12175550188')) \g /dev/null
select is((select count(*) || ' ' || min(m.sealed) from client_merged m where m.client_id = (select keep from pair) and m.sealed is not null), '1 sealed', 'the second reason is kept beside it');
select is((select count(*) from client_block k where k.client_id = (select keep from pair)), 1::bigint, 'one block is left');
select is((select count(*) from client_merged where client_id = (select keep from pair)), 2::bigint, 'and both who were joined');
delete from client_block where client_id = (select keep from pair);

-- by themselves, when both come to have one account
insert into account (id, role, name, email, password_hash) values ('00000000-0000-4000-8000-0000000000aa', 'client', 'Nia', 'nia@example.org', 'x');
select is(pg_temp.by_mail('nia', 74, 'test-ana', pg_temp.at(0) + interval '15 days'), 'confirmed', 'nia books');
select is(pg_temp.by_mail('ola', 75, 'test-ana', pg_temp.at(0) + interval '16 days'), 'confirmed', 'ola books');
select is(pg_temp.by_mail('ola', 76, 'test-ben', pg_temp.at(0) + interval '16 days'), 'confirmed', 'ola books');
update booking set client_account_id = '00000000-0000-4000-8000-0000000000aa' where key in (pg_temp.key(75), pg_temp.key(76));
select is((select count(*) from client where email_key in ('nia@example.org', 'ola@example.org') and therapist_id = pg_temp.therapist('test-ana')), 2::bigint, 'one of them has the account');
update booking set client_account_id = '00000000-0000-4000-8000-0000000000aa' where key = pg_temp.key(74);
select is((select count(distinct client_id) || ' ' || count(*) from booking where key in (pg_temp.key(74), pg_temp.key(75))), '1 2', 'then both: one person');
select is((select m.automatic || ' ' || m.email_key from client_merged m join client c on c.id = m.client_id where c.account_id = '00000000-0000-4000-8000-0000000000aa' and m.therapist_id = pg_temp.therapist('test-ana')), 'true nia@example.org', 'by itself');
select is((select count(*) from client_merged where therapist_id = pg_temp.therapist('test-ben')), 0::bigint, 'another therapist has nobody to join');
select is((select client_match(pg_temp.therapist('test-ana'), null, 'nia@example.org', null)), (select client_id from booking where key = pg_temp.key(75)), 'who comes back by either address is known');
select is(pg_temp.web('', $$select clients_found('nia@example.org') -> 'clients' -> 0 ->> 'id'$$, 'ana'), (select client_id::text from booking where key = pg_temp.key(75)), 'and found by it');
select is(pg_temp.web('', 'select count(*) from client_merged', 'ben'), '0', 'a colleague sees none of it');
update booking set state = 'cancelled' where key = pg_temp.key(74);
update booking set client_name = null, client_email = null, client_phone = null where key = pg_temp.key(74);
select is((select coalesce(m.email_key, 'gone') from client_merged m where m.automatic), 'gone', 'with its last visit the address is forgotten');

select * from finish();
rollback;
