-- Who is told of what, when people are reminded, and what a worker takes: with a clock of the test's own.
\set ON_ERROR_STOP 1
\set QUIET 1
begin;
select no_plan();

create or replace function unknot.clock() returns timestamptz language sql stable as $$ select coalesce(nullif(current_setting('test.now', true), '')::timestamptz, now()) $$;
create or replace function unknot.walk_behind() returns interval language sql immutable as $$ select interval '0' $$;
create function pg_temp.set_now(p timestamptz) returns void language sql as $$ select set_config('test.now', p::text, true) $$;
create function pg_temp.start() returns timestamptz language sql as $$ select timestamptz '2030-03-20 15:00Z' $$;

insert into account (id, role, name, email) values ('a0000000-0000-4000-8000-000000000091', 'therapist', 'Ana', 'ana@example.org');
insert into therapist (id, account_id, slug, name, published) overriding system value values (9201, 'a0000000-0000-4000-8000-000000000091', 'mail-ana', 'Ana', true);
insert into location (id, therapist_id, street, town, country, lat, lon, zone) overriding system value values (9201, 9201, '1 Way', 'Town', 'US', 40, -90, 'America/Chicago');
insert into service (id, therapist_id, name, minutes, price, currency) overriding system value values (9201, 9201, 'Visit', 60, 8000, 'USD');

-- A booked visit, made at p_made.
create function pg_temp.book(p_n int, p_start timestamptz, p_made timestamptz) returns uuid language plpgsql as $$
declare
    b uuid := ('b0000000-0000-4000-8000-00000000' || lpad(p_n::text, 4, '0'))::uuid;
    s uuid := ('d0000000-0000-4000-8000-00000000' || lpad(p_n::text, 4, '0'))::uuid;
begin
    insert into slot_claim (booking_id, therapist_id, blocked) values (b, 9201, tstzrange(p_start, p_start + interval '1 hour'));
    insert into booking (id, key, token_hash, therapist_id, location_id, service_id, starts_at, ends_at, zone, service_name, minutes, price, currency, state, confirmed_at, created_at, reference, client_name, client_email, safety_id)
    values (b, gen_random_uuid(), sha256(b::text::bytea), 9201, 9201, 9201, p_start, p_start + interval '1 hour', 'America/Chicago', 'Visit', 60, 8000, 'USD', 'confirmed', p_made, p_made, 'MAIL-' || p_n, 'Carla Client', 'carla@example.org', s);
    insert into safety_check (id, booking_id, outcome, rules, sealed) values (s, b, 'PROCEED', 's', 'sealed');
    return b;
end $$;
create function pg_temp.told(p_id uuid) returns text language sql as $$
    select coalesce(string_agg(kind || case state when 'waiting' then '' else '=' || state || coalesce('(' || reason || ')', '') end, ' ' order by created_at, kind, state), '') from outbox where booking_id = p_id $$;
create function pg_temp.remind(p timestamptz) returns void language plpgsql as $$
begin
    perform pg_temp.set_now(p);
    while reminders_due(5) > 0 loop end loop;
end $$;
-- everything that is due is taken and sent
create function pg_temp.send() returns text language plpgsql as $$
declare
    m json;
    said text := '';
begin
    for i in 1 .. 50 loop
        m := outbox_take(true, false);
        exit when m is null;
        said := said || ' ' || (m ->> 'kind') || coalesce('=' || (m ->> 'dropped'), '>' || (m ->> 'to'));
        if m ->> 'dropped' is null then perform outbox_done((m ->> 'id')::uuid, (m ->> 'attempt')::int, 'sent'); end if;
    end loop;
    return btrim(said);
end $$;

-- --- Who gets what

select is((select string_agg(kind, ' ' order by kind) from notify_kinds(e, t)), k, e || case when t then ' by the therapist' else '' end)
from (values ('requested', false, 'booking-requested therapist-requested'), ('confirmed', false, 'booking-confirmed therapist-booked'), ('confirmed', true, 'booking-confirmed'),
             ('accepted', true, 'booking-accepted'), ('accepted', false, 'booking-accepted therapist-booked'), ('declined', true, 'booking-declined'), ('suggested', true, 'booking-suggested'), ('suggested', false, 'booking-suggested therapist-suggested'),
             ('moved', false, 'booking-moved therapist-moved'), ('moved', true, 'booking-moved'), ('cancelled', false, 'booking-cancelled therapist-cancelled'), ('cancelled', true, 'booking-cancelled'),
             ('expired', false, 'booking-expired therapist-expired'), ('waiting-offer', false, 'booking-waiting-offer'), ('plan', true, 'booking-plan'), ('question', true, 'booking-question'), ('answer', false, 'therapist-answer'), ('day-stop', false, 'therapist-day-stop'), ('incident', false, 'therapist-incident'), ('reopen', true, 'booking-reopen'),
             ('updated', false, 'therapist-updated'), ('paused', false, 'booking-paused therapist-paused'), ('call', true, 'booking-call'), ('erased', false, 'therapist-erased'),
             ('confirm-email', false, 'booking-confirm-email'), ('answers', true, 'booking-answers'),
             ('series', false, 'booking-series therapist-booked')) x (e, t, k);

-- --- Reminders

select pg_temp.set_now(pg_temp.start() - interval '30 days') \g /dev/null
select pg_temp.book(1, pg_temp.start(), clock()) as one \gset
select pg_temp.remind(pg_temp.start() - interval '25 hours') \g /dev/null
select is(pg_temp.told(:'one'), '', 'nothing is due 25 hours before');
select pg_temp.remind(pg_temp.start() - interval '23 hours') \g /dev/null
select is(pg_temp.told(:'one'), 'booking-day-before', 'a day before, the one that asks about health, which is the reminder as well');
select pg_temp.remind(pg_temp.start() - interval '22 hours') \g /dev/null
select is(pg_temp.told(:'one'), 'booking-day-before', 'once');
select is(pg_temp.send(), 'booking-day-before>carla@example.org', 'it goes to the client');

update booking set starts_at = starts_at + interval '7 days', ends_at = ends_at + interval '7 days' where id = :'one';
select is((select sequence::text || ' ' || (changed_at = clock())::text from booking where id = :'one'), '1 true', 'a move is a new edition');
select pg_temp.remind(pg_temp.start() + interval '6 days') \g /dev/null
select is(pg_temp.told(:'one'), 'booking-day-before=sent booking-day-before', 'a visit that moved is reminded of anew, for its new time');
update booking set starts_at = starts_at + interval '1 day', ends_at = ends_at + interval '1 day' where id = :'one';
select is(pg_temp.send(), 'booking-day-before=overtaken', 'what was due for the time before is not sent');

update booking set reminders = '{120,4320}' where id = :'one';
select pg_temp.remind(pg_temp.start() + interval '5 days 1 hour') \g /dev/null
select is(pg_temp.told(:'one'), 'booking-day-before=dropped(overtaken) booking-day-before=sent', 'moved less than 3 days before: the move itself has told');
select pg_temp.remind(pg_temp.start() + interval '7 days 23 hours 30 minutes') \g /dev/null
select is(pg_temp.send(), 'booking-reminder>carla@example.org', 'the worker stood still until half an hour before: one mail, not two');
select matches(pg_temp.told(:'one'), 'booking-day-before=dropped\(overtaken\) booking-day-before=dropped\(overtaken\)', 'and the other is noted as overtaken');

select pg_temp.set_now(pg_temp.start() + interval '20 days') \g /dev/null
select pg_temp.book(2, pg_temp.start() + interval '30 days', clock()) as two \gset
select pg_temp.remind(pg_temp.start() + interval '30 days 10 minutes') \g /dev/null
select is(pg_temp.told(:'two'), 'booking-day-before=dropped(too-late)', 'a visit that has begun is not reminded of, and that is noted');
select pg_temp.book(3, pg_temp.start() + interval '31 days', clock()) as three \gset
select pg_temp.remind(clock() + interval '1 hour') \g /dev/null
select is(pg_temp.told(:'three'), '', 'who books within the day was told just now');
update booking set reminders = '{120}' where id = :'three';
select pg_temp.remind(pg_temp.start() + interval '30 days 23 hours') \g /dev/null
select is(pg_temp.told(:'three'), 'booking-reminder', 'but is reminded two hours before');
update booking set state = 'cancelled' where id = :'three';
select is(pg_temp.send(), 'booking-reminder=overtaken', 'not of a visit that was cancelled meanwhile');

select throws_ok($$update booking set reminders = '{120,1440,4320}'$$, '23514', null, 'three reminders are one too many');
select throws_ok($$update booking set reminders = '{60}'$$, '23514', null, 'and only those on offer');

-- --- The outbox

select pg_temp.set_now(pg_temp.start() + interval '32 days') \g /dev/null
select pg_temp.book(4, pg_temp.start() + interval '40 days', clock()) as four \gset
select booking_notify(:'four', 'confirmed', '{"link": "https://x/b/secret", "was": {"day": "Monday 1 May", "time": "10:00", "client": {"email": "carla@example.org"}}}') \g /dev/null
select is((select count(*) from outbox where booking_id = :'four' and (recipient is not null or outbox::text ~ 'secret|carla|Carla')), 0::bigint, 'no link, address or name is stored');
select is((select data -> 'from' ->> 'text' from outbox where booking_id = :'four' and audience = 'client'), 'Monday 1 May, 10:00', 'where it was moved from is');
select outbox_take(true, false) as m \gset
select outbox_take(true, false) as n \gset
select isnt(:'m'::json ->> 'id', :'n'::json ->> 'id', 'two workers take two messages');
select is((select outbox_take(true, false)::text), null, 'and a third finds none');
select is((select count(*) from outbox_attempt where result = 'begun'), 2::bigint, 'both are noted as begun');
select pg_temp.set_now(clock() + interval '3 minutes') \g /dev/null
select is((outbox_take(true, false)) ->> 'attempt', '2', 'what a dead worker left is taken up again');
select is(outbox_done((:'m'::json ->> 'id')::uuid, 1, 'sent'), null, 'the first worker, late, marks nothing');
select is(outbox_done((:'m'::json ->> 'id')::uuid, 2, 'later'), 'waiting', 'a server without time: later');
select is((select count(*) from outbox where id = (:'m'::json ->> 'id')::uuid and due_at between clock() + interval '2 minutes' and clock() + interval '3 minutes'), 1::bigint, 'after two minutes now');
update outbox set attempts = 12 where id = (:'m'::json ->> 'id')::uuid;
select is(outbox_done((:'m'::json ->> 'id')::uuid, 12, 'network'), 'dead', 'given up after twelve tries');
select outbox_take(true, false) as n \gset
select is(outbox_done((:'n'::json ->> 'id')::uuid, 2, 'refused'), 'dead', 'what is refused for good is given up at once');

delete from outbox;
insert into outbox (kind, channel, booking_id, data, due_at) select k, 'mail', :'four', '{}', clock() - interval '1 hour' from unnest('{booking-reminder,booking-day-before}'::text[]) k;
insert into outbox (kind, channel, booking_id, data, due_at) values ('booking-confirmed', 'mail', :'four', '{}', clock() - interval '1 minute'), ('booking-plan', 'mail', :'four', '{}', clock() - interval '2 minutes');
select matches(pg_temp.send(), '^booking-plan>\S+ booking-confirmed>\S+ (booking-reminder>\S+ booking-day-before|booking-day-before>\S+ booking-reminder)>\S+$', 'what somebody waits for goes before what comes by the hour');

delete from outbox;
select booking_notify(:'four', 'confirmed') \g /dev/null
update account set disabled_at = now() where email = 'ana@example.org';
select is(pg_temp.send(), 'booking-confirmed>carla@example.org therapist-booked=no-address', 'a therapist without an account gets nothing');
select is((select string_agg(data::text, '') from outbox), '{}{}', 'what is sent or dropped keeps nothing');
select is((select count(*) from outbox where channel = 'hook'), 0::bigint, 'no hook is owed where there is none');
select outbox_uses(false, true) \g /dev/null
select booking_notify(:'four', 'confirmed') \g /dev/null
select is((select count(*) from outbox where channel = 'hook'), 1::bigint, 'with one, it is told what the client is told');
select outbox_uses(true, false) \g /dev/null
select booking_notify(:'four', 'confirmed') \g /dev/null
select is((select count(*) from outbox where channel = 'hook'), 1::bigint, 'until there is none again');
select is((select count(*) from jsonb_object_keys((outbox_take(false, true) -> 'data')::jsonb -> 'booking') k where k = 'client'), 0::bigint, 'the visit in it carries no second copy of the client');


-- --- A feed of a booking: that visit, and those planned with it

select pg_temp.book(5, pg_temp.start() + interval '50 days', clock()) as five \gset
select pg_temp.book(6, pg_temp.start() + interval '57 days', clock()) as six \gset
insert into calendar_feed (token_hash, booking_id) values (sha256('feed'), :'five');
select is(json_array_length(calendar_feed_show('feed') -> 'events'), 1, 'one visit, though the same address has others');
update booking set series_id = :'five', series_n = n, series_of = 2 from (values (:'five'::uuid, 1), (:'six'::uuid, 2)) x (id, n) where booking.id = x.id;
select is((select string_agg(e ->> 'uid', ' ' order by e ->> 'start') from json_array_elements(calendar_feed_show('feed') -> 'events') e), :'five' || ' ' || :'six', 'and those of its series');
select is(calendar_feed_show('other')::text, null, 'no other secret opens it');

select finish();
rollback;
