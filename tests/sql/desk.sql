-- A practice: nobody joins but by themself, and its front desk sees who comes when, and nothing of anybody's health, whatever it asks the database.
\ir booking.psql
select no_plan();

create function pg_temp.as(p_session text, p_sql text) returns text language sql as $$ select pg_temp.web('', p_sql, p_session) $$;
create function pg_temp.of_json(p_session text, p_call text, p_path text) returns text language sql as $$ select pg_temp.web('', format('select %s #>> %L', p_call, p_path), p_session) $$;
insert into account (id, role, name, email, password_hash) values ('00000000-0000-4000-8000-00000000001c', 'client', 'Cleo', 'cleo@example.org', 'x'), ('00000000-0000-4000-8000-00000000001d', 'therapist', 'Dan', 'dan@example.org', 'x');
insert into session (token_hash, account_id, expires_at) values (sha256('cleo'), '00000000-0000-4000-8000-00000000001c', now() + interval '1 hour'), (sha256('dan'), '00000000-0000-4000-8000-00000000001d', now() + interval '1 hour');
insert into therapist (account_id, slug, name, published) values ('00000000-0000-4000-8000-00000000001d', 'test-dan', 'Dan', true);

-- --- Founding and joining

select is(pg_temp.of_json('ana', 'team_page()', '{none}'), 'true', 'Ana belongs to no practice');
select is(pg_temp.of_json('olga', $$team_name('Ops')$$, '{name}'), null, 'an operator founds none');
select is(pg_temp.of_json('ana', $$team_name('The Loft')$$, '{name}'), 'The Loft', 'Ana founds one');
select is(pg_temp.of_json('ana', 'team_page()', '{members,0,role}'), 'owner', 'and owns it');
select is(pg_temp.of_json('ben', $$team_invite('x@example.org', 'desk', gen_random_uuid(), 'no')$$, '{name}'), null, 'who owns none invites nobody');
select is(pg_temp.of_json('ana', $$team_invite('ben@example.org', 'therapist', gen_random_uuid(), 'for-ben')$$, '{invited,0,email}'), 'ben@example.org', 'Ana invites Ben');
select is((select count(*) from practice_member), 1::bigint, 'who does not belong to it by that');
select is((select outbox_recipient(o, null) from outbox o where o.kind = 'practice-invitation'), 'ben@example.org', 'he is written to');
select is(pg_temp.of_json('', $$invitation_look('for-ben')$$, '{as}'), 'sign_in', 'whoever has the mail is asked to sign in');
select is(pg_temp.of_json('dan', $$invitation_look('for-ben')$$, '{as}'), 'other', 'somebody else cannot take it');
select is(pg_temp.of_json('dan', $$invitation_answer('for-ben', true, null, null, 's', 'x')$$, '{problem}'), 'other', 'also by force');
select is(pg_temp.of_json('', $$invitation_answer('for-ben', true, 'X', 'hash', 's', 'x')$$, '{problem}'), 'sign_in', 'nor a stranger, with a password of their own');
select is(pg_temp.of_json('', $$invitation_look('of-nobody')$$, '{as}'), null, 'another token finds nothing');
select is(pg_temp.of_json('ben', $$invitation_answer('for-ben', true, null, null, 's', 'x')$$, '{to}'), '/practice/team?saved=joined', 'Ben joins');
select is(pg_temp.of_json('ben', $$invitation_answer('for-ben', true, null, null, 's', 'x')$$, '{problem}'), 'over', 'the link works once');
select is((select string_agg(m.role, ',' order by m.role) from practice_member m), 'owner,therapist', 'two belong to it');
select is(pg_temp.of_json('ana', $$team_invite('ben@example.org', 'therapist', gen_random_uuid(), 'again')$$, '{field}'), 'email', 'who belongs to it is not invited again');

select pg_temp.of_json('ana', $$team_invite('Desk@example.org', 'desk', gen_random_uuid(), 'for-desk')$$, '{name}') \g /dev/null
select is(pg_temp.of_json('', $$invitation_look('for-desk')$$, '{as}'), 'account', 'a front desk makes an account by it');
select is(pg_temp.of_json('', $$invitation_answer('for-desk', true, 'Dora', null, 's', 'x')$$, '{problem}'), 'account', 'with a password');
select is(pg_temp.of_json('', $$invitation_answer('for-desk', true, 'Dora', 'hash', 'dora', 'x')$$, '{role}'), 'desk', 'which signs in at once');
select is((select a.role || ' ' || (a.email_verified_at is not null) || ' ' || exists (select from therapist t where t.account_id = a.id) from account a where a.email_key = 'desk@example.org'), 'desk true false', 'an account of its own kind, without a profile');
select is(pg_temp.of_json('ana', $$team_invite('cleo@example.org', 'desk', gen_random_uuid(), 'for-cleo')$$, '{invited,0,email}'), 'cleo@example.org', 'a client''s address');
select is(pg_temp.of_json('cleo', $$invitation_look('for-cleo')$$, '{as}'), 'taken', 'has an account of another kind');
select is(pg_temp.of_json('cleo', $$invitation_answer('for-cleo', false, null, null, null, 'x')$$, '{declined}'), 'true', 'and can say no');
select pg_temp.of_json('ana', $$team_invite('late@example.org', 'desk', gen_random_uuid(), 'for-late')$$, '{name}') \g /dev/null
update practice_invitation set expires_at = now() - interval '1 second' where email = 'late@example.org';
select is(pg_temp.of_json('', $$invitation_answer('for-late', true, 'L', 'hash', 's', 'x')$$, '{problem}'), 'over', 'after 7 days it is over');
select pg_temp.of_json('ana', $$team_invite('back@example.org', 'desk', gen_random_uuid(), 'for-back')$$, '{name}') \g /dev/null
select is(pg_temp.as('ben', format('select team_withdraw(%L)', (select id from practice_invitation where email = 'back@example.org'))), null, 'a member does not take it back');
select pg_temp.as('ana', format('select team_withdraw(%L)', (select id from practice_invitation where email = 'back@example.org'))) \g /dev/null
select is(pg_temp.of_json('', $$invitation_answer('for-back', true, 'B', 'hash', 's', 'x')$$, '{problem}'), 'over', 'who owns the practice does');
select is((select count(*) from account where email_key in ('late@example.org', 'back@example.org')), 0::bigint, 'and no account was made');
select set_eq($$select distinct action from audit where action like 'practice.%'$$, '{practice.founded,practice.invited,practice.joined,practice.invitation-declined,practice.invitation-withdrawn}'::text[], 'each step is written down');
select throws_ok($$select pg_temp.as('ana', 'select * from practice_invitation')$$, '42501', null, 'the invitations themselves are nobody''s to read');

-- --- What the front desk sees: one visit of each kind

select pg_temp.booked('kim', 1, 'test-ana', pg_temp.at(0)) \g /dev/null
select pg_temp.hold('eve', 2, 'test-ben', pg_temp.at(0)) \g /dev/null
insert into practice_invitation (practice_id, email, role, key, token_hash, expires_at) select id, 'z@example.org', 'desk', gen_random_uuid(), sha256('z'), now() + interval '1 day' from practice;
insert into consent (booking_id, purpose, text_id, shown, for_whom, agreed_at) select pg_temp.id(1), 'treatment', (select min(id) from consent_text), sha256('shown'), 'self', now();
insert into own_answer (booking_id, sealed) values (pg_temp.id(1), 'sealed');
insert into reopening (booking_id, begun_at) values (pg_temp.id(1), now());

select is(pg_temp.as('dora', 'select auth.desk()'), (select id::text from practice), 'Dora is at the desk');
select is(pg_temp.as('dora', 'select auth.at_desk()'), 'true', 'with an account of a front desk');
select is(pg_temp.as('ana', 'select auth.desk() is not null and not auth.at_desk()'), 'true', 'an owner may work there too, and is a therapist');
select is(pg_temp.as('ben', 'select auth.desk() is null'), 'true', 'who only belongs to the practice does not');
select is(pg_temp.as('dora', 'select auth.therapist() is null and not auth.is_operator()'), 'true', 'Dora is nobody else');

-- each table shows her what it shows to a visitor, whatever is added; but for what is about herself and the practice
create function pg_temp.seen(p_session text, p_booking text, p_table text) returns text language plpgsql as $$
begin
    return pg_temp.web(p_booking, format('select count(*) from %I', p_table), p_session);
exception when insufficient_privilege then
    return 'closed';
end $$;
select is(pg_temp.seen('dora', '', t), pg_temp.seen('', '', t), 'a front desk sees of ' || t || ' what a visitor does')
from (select c.relname::text as t from pg_class c where c.relnamespace = 'unknot'::regnamespace and c.relkind in ('r', 'p') order by 1) x
where t not in ('account', 'audit', 'practice', 'practice_member');
select is(pg_temp.seen('dora', '', 'account') || ' ' || pg_temp.seen('dora', '', 'practice') || ' ' || pg_temp.seen('dora', '', 'practice_member'), '1 1 3', 'and her own account, practice and its members');
select is(pg_temp.as('dora', 'select count(*) from audit where account_id <> auth.account()'), '0', 'and what she did herself');
select is(pg_temp.seen('ana', '', 'booking') || pg_temp.seen('ana', '', 'safety_check') || pg_temp.seen('ana', '', 'own_answer') || pg_temp.seen('ana', '', 'consent'), '1111', 'control: its therapist sees the visit, the check and the answers');
select is(pg_temp.seen('', 'kim', t), '1', 'control: and who holds its link ' || t) from unnest('{booking,safety_check,own_answer,reopening}'::text[]) t;
-- the link of a client in the hands of a front desk opens nothing once the visit is booked
select is(pg_temp.seen('dora', 'kim', t), '0', 'with that link too a front desk reads no ' || t) from unnest('{safety_check,own_answer,clearance,session_note,home_plan,visit_message,day_check,outcome,incident,reopening}'::text[]) t;
select is(pg_temp.web('kim', 'with u as (update booking set reminders = reminders returning 1) select count(*) from u', who), n, 'nor does it change what is booked: ' || who || n) from (values ('dora', '0'), ('', '1')) x (who, n);
select is(pg_temp.web('kim', format('select %s(%L)', f, pg_temp.id(1)), 'dora'), null, 'as the client: ' || f) from unnest('{booking_cancel,booking_answers_withdraw}'::text[]) f;
select throws_ok($$ select pg_temp.web('kim', format('select booking_feed(%L, gen_random_uuid(), ''x'', ''on'')', pg_temp.id(1)), 'dora') $$, '42501', null, 'and it gets no calendar of the client');
select is(key_open('dora', 'kim', pg_temp.id(1), 'x') ->> 'status', 'denied', 'and keyd gives it no key');
select isnt(key_open('', 'kim', pg_temp.id(1), 'x') ->> 'status', 'denied', 'control: as it does to the client');
select is((select count(*) from unnest('{session_note,home_plan,clearance}'::text[]) t where pg_temp.seen('dora', '', t) <> '0'), 0::bigint, 'notes, plans and files are no business of a front desk');

-- its own view
create function pg_temp.words(j json) returns text language sql as $$ select j::text $$;
select is(pg_temp.of_json('dora', format('desk_day(%L)', local_day(pg_temp.at(0), 'America/Chicago')), '{therapists,0,visits,0,client}'), 'Kim', 'Dora sees who comes to Ana');
select is(pg_temp.of_json('dora', format('desk_day(%L)', local_day(pg_temp.at(0), 'America/Chicago')), '{therapists,0,visits,0,state}'), 'Booked', 'and how it stands');
select is(pg_temp.of_json('dora', format('desk_day(%L)', local_day(pg_temp.at(0), 'America/Chicago')), '{therapists,1,visits}'), '[]', 'but not who only holds a time');
select is(pg_temp.of_json('dora', format('desk_week(%L)', local_day(pg_temp.at(0), 'America/Chicago')), '{count_text}'), '1 appointment', 'the week counts');
select is(pg_temp.of_json(s, 'desk_day(null)', '{practice}'), null, 'the desk is closed to ' || s) from unnest('{ben,olga,cleo,dan}'::text[] || ''::text) s;
select is(pg_temp.of_json('ana', 'desk_day(null)', '{practice}'), 'The Loft', 'and open to an owner');
select is(pg_temp.of_json(s, format('desk_booking(%L)', pg_temp.id(1)), '{id}'), null, 'a visit as well: ' || s) from unnest('{ben,olga,cleo,dan}'::text[] || ''::text) s;
select is(pg_temp.of_json('dora', format('desk_booking(%L)', pg_temp.id(2)), '{id}'), null, 'a hold is its guest''s alone');
-- what may stand in its documents at all: by name, so that a new member is a decision
create function pg_temp.members(p jsonb) returns setof text language sql as $$
    with recursive n as (select p as j union all select x.v from n cross join lateral (select value as v from jsonb_each(case jsonb_typeof(n.j) when 'object' then n.j else '{}' end)
                         union all select value from jsonb_array_elements(case jsonb_typeof(n.j) when 'array' then n.j else '[]' end)) x)
    select distinct k from n cross join lateral jsonb_object_keys(case jsonb_typeof(n.j) when 'object' then n.j else '{}' end) k $$;
select set_eq(format('select pg_temp.members(%L)', pg_temp.as('dora', format('select desk_booking(%L)', pg_temp.id(1)))),
    '{id,visit,state,state_text,cancelled,booked,attended,no_show,client,name,email,phone,therapist,slug,listed,date,day,start,time,end_time,zone_name,service,minutes,place,street,town,at_home,price,reference,owed,until,link_sent,waits_for_client,can_answer,can_withdraw,declined,declined_why,in_series,suggestion,can_attend,can_move,can_cancel,can_undo,history,has_history,series,room,is_open,is_booked,is_attended,is_no_show,at,moment,by,via,what,from_state,from_start,fee,who,text}'::text[],
    'a visit at the desk says this and nothing else');

-- a visit that a clinician is asked about waits for clearance, and says no more
update booking set state = 'held', safety_id = null, clearance_asked = now(), hold_expires = now() + interval '1 day' where id = pg_temp.id(1);
select is(pg_temp.of_json('dora', format('desk_booking(%L)', pg_temp.id(1)), '{state_text}'), 'Waiting for clearance', 'it waits for clearance');
select is(pg_temp.of_json('dora', format('desk_booking(%L)', pg_temp.id(1)), '{history}') ~ 'clinician|form', false, 'and its history does not say why');
select is(pg_temp.as('dora', format('select desk_key(%L)', pg_temp.id(1))), null, 'the link of a client who booked is not the desk''s');
select is(pg_temp.seen('dora', 'kim', 'safety_check'), '0', 'nor does its form open again for it');

-- --- Booking for somebody

create function pg_temp.wall(p_n int) returns timestamp language sql as $$ select pg_temp.at(p_n) at time zone 'America/Chicago' $$;
create function pg_temp.phone(p_session text, p_key int, p_slug text, p_n int, p_for text default null) returns text language sql as $$
    select pg_temp.web('pat', format('select desk_book(%L, %s, %s, %L, %L, false, ''Pat'', null, ''555-0100'', false, ''https://x/b/y'', ''web'', ''{}'', %L)', pg_temp.key(p_key), pg_temp.service(p_slug),
        (select location from pg_temp.of where slug = p_slug), pg_temp.wall(p_n)::date, pg_temp.wall(p_n)::time, coalesce(p_for, p_slug)), p_session) $$;
select is(pg_temp.phone('dora', 10, 'test-ben', 20)::json ->> 'state_text', 'Waits for the safety check', 'the desk books for Ben');
select is((select by_desk || ' ' || made_by from booking where id = pg_temp.id(10)), 'true therapist', 'which is written down');
select is(pg_temp.phone('dora', 11, 'test-ben', 20)::json ->> 'field', 'time', 'never over a claim');
select is(pg_temp.phone('dora', 12, 'test-ben', 22, 'test-dan'), null, 'nor for somebody outside the practice');
select is(pg_temp.phone('ben', 13, 'test-ana', 30), null, 'nor does a colleague');
select is(pg_temp.as('dora', format('select desk_key(%L)', pg_temp.id(10))), pg_temp.key(10)::text, 'it may ask the questions');
select isnt(pg_temp.seen('dora', 'pat', 'booking'), '0', 'as the client, while they are asked');
select is(pg_temp.web('pat', format('select booking_safety_pass(%L, ''MODIFY'', ''test'', ''sealed'')', pg_temp.id(10)), 'dora') is null, false, 'the check is passed');
select is(pg_temp.web('pat', format('select booking_confirm(%L, ''https://x'') ->> ''state''', pg_temp.id(10)), 'dora'), 'confirmed', 'and it is booked');
select is((select string_agg(kind, ',' order by kind) from outbox where booking_id = pg_temp.id(10) and kind like 'therapist%'), 'therapist-booked', 'of which Ben is told');
select is((select who from booking_event where booking_id = pg_temp.id(10) and to_state = 'confirmed'), 'desk', 'as done by the desk');
select is(pg_temp.seen('dora', 'pat', 'safety_check'), '0', 'from then on it reads nothing of it');
select is(pg_temp.of_json('dora', format('desk_booking(%L)', pg_temp.id(10)), '{state_text}'), 'Booked', 'it is booked, whatever came of the check');

-- --- Moving, cancelling, marking

select is(pg_temp.of_json('dora', format('desk_move_to(%L, %L)', pg_temp.id(10), pg_temp.at(24)), '{start}'), to_char(pg_temp.at(24) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 'the desk moves it');
select is((select starts_at from booking where id = pg_temp.id(10)), pg_temp.at(24), 'claim and all');
select is((select blocked from slot_claim where booking_id = pg_temp.id(10)), tstzrange(pg_temp.at(24) - interval '15 minutes', pg_temp.at(24) + interval '75 minutes'), 'with its buffers');
select is(pg_temp.of_json('dora', format('desk_times(%L, null)', pg_temp.id(10)), '{booking,client,name}'), 'Pat', 'among free times');
select is(exists (select from pg_temp.members(pg_temp.as('dora', format('select desk_times(%L, null)', pg_temp.id(10)))::jsonb) m where m in ('clearance', 'precall', 'safety_passed', 'techniques')), false, 'and their page says nothing of health');
select is(pg_temp.of_json(s, format('desk_move_to(%L, %L)', pg_temp.id(10), pg_temp.at(28)), '{start}'), null, 'nobody else moves it: ' || s) from unnest('{olga,cleo,dan}'::text[] || ''::text) s;
select is(pg_temp.of_json('dora', format('desk_move(%L, ''attended'')', pg_temp.id(10)), '{type}'), 'not-yet', 'who has not come yet did not come');
update booking set starts_at = now() - interval '1 hour', ends_at = now() where id = pg_temp.id(10);
select is(pg_temp.of_json('dora', format('desk_move(%L, ''attended'')', pg_temp.id(10)), '{state}'), 'attended', 'who came is marked');
select is(pg_temp.of_json('dora', format('desk_move(%L, ''confirmed'')', pg_temp.id(10)), '{state}'), 'confirmed', 'which can be taken back');
select is(pg_temp.of_json('dora', format('desk_move(%L, ''no_show'')', pg_temp.id(10)), '{state}'), 'no_show', 'or did not come');
select is(pg_temp.of_json('dora', format('desk_move(%L, ''declined'')', pg_temp.id(10)), '{type}'), 'therapist-answers', 'requests are the therapist''s');
select pg_temp.booked('zoe', 20, 'test-ana', pg_temp.at(60)) \g /dev/null
select is(pg_temp.of_json('dora', format('desk_move(%L, ''cancelled'')', pg_temp.id(20)), '{state}'), 'cancelled', 'the desk cancels');
select is((select owed from booking where id = pg_temp.id(20)), 0, 'and the client owes nothing');

-- --- Requests: the therapist's to answer, and the desk's where the therapist says so

update service set mode = 'request' where id = pg_temp.service('test-ben');
select pg_temp.booked('kim', 40, 'test-ben', pg_temp.at(80)) \g /dev/null
select pg_temp.booked('eve', 41, 'test-ben', pg_temp.at(90)) \g /dev/null
select pg_temp.booked('zoe', 42, 'test-ben', pg_temp.at(100)) \g /dev/null
select is(pg_temp.state(40), 'requested', 'Kim asks Ben');
select is(pg_temp.of_json('dora', format('desk_move(%L, %L, ''web'', ''No'')', pg_temp.id(40), x), '{type}'), 'therapist-answers', 'Ben answers: ' || x) from unnest('{confirmed,declined}'::text[]) x;
select is(pg_temp.of_json('dora', format('desk_move_to(%L, %L)', pg_temp.id(40), pg_temp.at(82)), '{problem}'), 'true', 'also with another time');
select is(pg_temp.of_json('dora', format('desk_booking(%L)', pg_temp.id(40)), '{can_answer}') || pg_temp.of_json('dora', format('desk_times(%L, null)', pg_temp.id(40)), '{can_suggest}'), 'falsefalse', 'which its pages say');
select is(pg_temp.of_json('dora', 'desk_day(null)', '{requests}'), null, 'and none waits for the desk');
select is(pg_temp.of_json('dora', 'team_answers(true)', '{name}'), null, 'the desk does not allow itself');
select is(pg_temp.of_json('ben', 'team_answers(true)', '{desk_answers}'), 'true', 'Ben allows it');
select is((select string_agg(account_id::text, '') from practice_member where desk_answers), (select account_id::text from therapist where slug = 'test-ben'), 'for himself alone');
select is(pg_temp.of_json('dora', 'desk_day(null)', '{requests,0,client}'), 'Kim', 'then it waits for the desk');
select is(pg_temp.of_json('dora', format('desk_booking(%L)', pg_temp.id(40)), '{can_answer}') || pg_temp.of_json('dora', format('desk_times(%L, null)', pg_temp.id(40)), '{can_suggest}'), 'truetrue', 'whose pages offer it');
select is(exists (select from pg_temp.members(pg_temp.as('dora', format('select desk_booking(%L)', pg_temp.id(40)))::jsonb) m where m in ('clearance', 'precall', 'safety', 'safety_passed', 'techniques', 'health')), false, 'and say nothing of health');
select is(pg_temp.of_json('dora', format('desk_move(%L, ''confirmed'')', pg_temp.id(40)), '{state}'), 'confirmed', 'the desk accepts');
select is(pg_temp.of_json('dora', format('desk_move(%L, ''declined'', ''web'', ''Ben is at a course'')', pg_temp.id(41)), '{declined_why}'), 'Ben is at a course', 'declines with a reason');
select is(pg_temp.of_json('dora', format('desk_move_to(%L, %L)', pg_temp.id(42), pg_temp.at(102)), '{state}'), 'suggested', 'and suggests another time');
select is((select string_agg(e.what || ' ' || e.who, ', ' order by e.booking_id) from booking_event e where e.booking_id in (pg_temp.id(40), pg_temp.id(41), pg_temp.id(42)) and e.what in ('accepted', 'declined', 'suggested')),
    (select string_agg(w || ' desk', ', ' order by i) from (values (pg_temp.id(40), 'accepted'), (pg_temp.id(41), 'declined'), (pg_temp.id(42), 'suggested')) x (i, w)), 'the history says who');
select is((select string_agg(o.kind, ' ' order by o.kind) from outbox o where o.booking_id in (pg_temp.id(40), pg_temp.id(41), pg_temp.id(42)) and o.audience = 'therapist' and o.channel = 'mail' and o.kind <> 'therapist-requested'),
    'therapist-booked therapist-declined therapist-suggested', 'Ben is told of each');
select is(pg_temp.web('zoe', format('select booking_answer(%L, true, null) ->> ''state''', pg_temp.id(42))), 'confirmed', 'the client takes what the desk suggested');
select is(pg_temp.of_json('ben', 'team_answers(false)', '{desk_answers}'), 'false', 'Ben takes it back');
select pg_temp.booked('kim', 43, 'test-ben', pg_temp.at(110)) \g /dev/null
select is(pg_temp.of_json('dora', format('desk_move(%L, ''confirmed'')', pg_temp.id(43)), '{type}'), 'therapist-answers', 'from then on he answers again');
select is(pg_temp.of_json('ben', format('practice_move(%L, ''confirmed'')', pg_temp.id(43)), '{booking,state}'), 'confirmed', 'as he always may');
update service set mode = 'instant' where id = pg_temp.service('test-ben');

-- --- Places, rooms, leaving

select is(pg_temp.of_json('ben', format('premises_share(%s)', (select location from pg_temp.of where slug = 'test-ben')), '{name}'), null, 'who owns no practice shares no place');
select is(pg_temp.of_json('ana', format('premises_share(%s)', (select location from pg_temp.of where slug = 'test-ana')), '{places,0,title}'), '1 Main Street', 'Ana shares hers');
select is(pg_temp.of_json('dan', format('premises_use(%s)', (select id from premises)), '{name}'), null, 'a stranger does not use it');
select is(pg_temp.of_json('ben', format('premises_use(%s)', (select id from premises)), '{places,0,used_by_me}'), 'true', 'Ben does');
select is(pg_temp.of_json('dora', format('room_add(%s, ''Blue'')', (select id from premises)), '{title}'), null, 'the desk adds no rooms');
select is(pg_temp.of_json('ana', format('room_add(%s, ''Blue'')', (select id from premises)), '{rooms,0,name}'), 'Blue', 'an owner does');
select is(pg_temp.of_json('ana', format('room_add(%s, ''blue'')', (select id from premises)), '{field}'), 'room', 'each name once');
select is(pg_temp.as('dan', format('select practice_service_rooms(%s, array[%L])', pg_temp.service('test-ana'), (select id from room))), null, 'nobody gives another''s service a room');
select is(pg_temp.as('ana', format('select practice_service_rooms(%s, array[%L])', pg_temp.service('test-ana'), (select id from room))), '0', 'Ana''s service needs it');
select is(pg_temp.of_json('ana', format('room_remove(%s)', (select id from room)), '{field}'), 'room', 'so it stays');
select pg_temp.web('kim', format('select booking_cancel(%L)', pg_temp.id(1))) \g /dev/null
select pg_temp.booked('una', 30, 'test-ana', pg_temp.at(80)) \g /dev/null
select is(pg_temp.of_json('dora', format('desk_booking(%L)', pg_temp.id(30)), '{visit,room}'), 'Blue', 'the desk sees the room');
select is(pg_temp.of_json('ana', 'team_leave()', '{title}'), 'A practice needs an owner. Make somebody else one first.', 'the last owner stays');
select is(pg_temp.of_json('ana', format('team_member(%L, ''own'')', '00000000-0000-4000-8000-00000000000b'), '{saved}'), 'true', 'Ben becomes one too');
select is(pg_temp.of_json('ana', 'team_leave()', '{title}'), 'One visit to come is in a room of the practice. Move or cancel it first.', 'nor does who has a visit in a room');
select pg_temp.web('una', format('select booking_cancel(%L)', pg_temp.id(30))) \g /dev/null
select is(pg_temp.of_json('ana', 'team_leave()', '{left}'), 'true', 'then she may');
select is((select count(*) from location l join pg_temp.of o on o.location = l.id where o.slug = 'test-ana' and (l.premises_id is not null or exists (select from hours h where h.location_id = l.id))), 0::bigint, 'and is not there any more');
select is(pg_temp.of_json('ana', format('desk_booking(%L)', pg_temp.id(20)), '{id}'), null, 'nor at the desk');
select is(pg_temp.of_json('dora', format('desk_booking(%L)', pg_temp.id(20)), '{id}'), null, 'and the desk sees nothing of hers from then on');
select is(pg_temp.of_json('ben', format('team_member(%L, ''remove'')', (select id from account where email_key = 'desk@example.org')), '{saved}'), 'true', 'a front desk is removed');
select is(pg_temp.of_json('dora', 'desk_day(null)', '{practice}'), null, 'and sees nothing from that moment');
select is((select count(*) from listing_differences(array(select therapist from pg_temp.of))), 0::bigint, 'through all of this the listing stayed true');
select * from finish();
rollback;
