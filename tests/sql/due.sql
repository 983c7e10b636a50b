-- What falls due before and after visits, found by a walk along them (46_walk.sql), against plain statements that look at all of them in each round.
\set ON_ERROR_STOP 1
\set QUIET 1
begin;
select no_plan();

create or replace function unknot.clock() returns timestamptz language sql stable as $$ select coalesce(nullif(current_setting('test.now', true), '')::timestamptz, now()) $$;
create or replace function unknot.walk_behind() returns interval language sql immutable as $$ select interval '0' $$;
create function pg_temp.set_now(p timestamptz) returns void language sql as $$ select set_config('test.now', p::text, true) $$;
create function pg_temp.start() returns timestamptz language sql as $$ select timestamptz '2030-03-20 15:00Z' $$;
select setseed(0.4);
set local jit = off;

insert into therapist (id, slug, name, published) overriding system value values (9301, 'due-ana', 'Ana', true), (9302, 'due-bea', 'Bea', true);
insert into location (id, therapist_id, street, town, country, lat, lon, zone) overriding system value values (9301, 9301, '1 Way', 'Town', 'US', 40, -90, 'America/Chicago'), (9302, 9302, '1 Way', 'Town', 'US', 40, -90, 'America/Chicago');
insert into service (id, therapist_id, name, minutes, price, currency) overriding system value values (9301, 9301, 'Visit', 60, 8000, 'USD'), (9302, 9302, 'Visit', 60, 8000, 'USD');

-- 360 visits of 20 clients, many at the same moment
set local session_replication_role = replica;
insert into booking (id, key, token_hash, therapist_id, location_id, service_id, starts_at, ends_at, zone, service_name, minutes, price, currency, state, confirmed_at, changed_at, created_at, reference, client_name, client_email,
                     client_phone, safety_id, reminders)
select x.id, gen_random_uuid(), sha256(x.id::text::bytea), x.who, x.who, x.who, x.at, x.at + interval '1 hour', 'America/Chicago', 'Visit', 60, 8000, 'USD', x.state,
       x.at - interval '1 minute' * (random() * 20000)::int, case when n % 11 = 0 then x.at - interval '1 minute' * (random() * 4000)::int end, now(), 'DUE-' || n, 'Carla', x.email, '555 0100', x.id,
       (array['{1440}', '{}', '{120,1440}', '{4320,10080}', '{120,2880}'])[1 + case when n % 2 = 0 then (random() * 4)::int else 0 end]::int[]
from (select n, gen_random_uuid() as id, 9301 + n % 2 as who, pg_temp.start() + interval '1 hour' * (random() * 360)::int * 4 as at,
             case when n % 20 > 1 then case when n % 4 = 0 then 'c' else 'C' end || n % 20 || '@example.org' end as email,
             (case when n % 17 = 0 then 'no_show' when n % 13 = 0 then 'cancelled' when n % 5 = 0 then 'attended' else 'confirmed' end)::booking_state as state
      from generate_series(1, 360) n) x;
insert into consent (booking_id, purpose, text_id, shown, for_whom, agreed_at, withdrawn_at)
select b.id, 'health_data', (select id from consent_text t where t.purpose = 'health_data' and t.names_after order by id limit 1), sha256('x'), 'self', b.confirmed_at, case when b.client_email ~* '^c1?3@' then b.confirmed_at end
from booking b where b.therapist_id in (9301, 9302) and b.client_email !~* '^c1?2@';
set local session_replication_role = origin;
create temp table visit as select * from booking where therapist_id in (9301, 9302);
analyze booking;

-- As it was before there was a walk.
create temp table reminded (booking_id uuid, minutes int, why text, primary key (booking_id, minutes));
create function pg_temp.remind_plainly() returns void language sql as $$
    insert into reminded
    select x.id, x.ahead, case when x.starts_at - make_interval(mins => x.ahead) <= greatest(x.confirmed_at, x.changed_at) then 'fresh' when x.starts_at <= clock() then 'too-late'
                               when exists (select from unnest(x.reminders || 1440) y where y < x.ahead and x.starts_at - make_interval(mins => y) <= clock()) then 'overtaken' else 'waiting' end
    from (select b.*, 1440 as ahead from visit b where b.starts_at <= clock() + interval '1 day'
          union all select b.*, m from visit b, unnest(b.reminders) m where m <> 1440 and b.starts_at - make_interval(mins => m) <= clock()) x
    where x.state = 'confirmed' and x.starts_at > clock() - interval '3 days' on conflict do nothing $$;
create temp table asked (booking_id uuid, what text, primary key (booking_id, what));
create function pg_temp.visits_of(b visit) returns setof visit language sql stable as $$
    select o.* from visit o where o.therapist_id = b.therapist_id and lower(o.client_email) = lower(b.client_email) and o.state in ('confirmed', 'attended')
       and (o.state = 'attended' or o.ends_at <= clock() - interval '1 day') $$;
create function pg_temp.agreed(p_id uuid) returns boolean language sql stable as $$ select exists (select from consent c where c.booking_id = p_id and c.withdrawn_at is null) $$;
create function pg_temp.was_asked(b visit, p_what text) returns boolean language sql stable as $$ select exists (select from pg_temp.visits_of(b) v join asked a on a.booking_id = v.id and a.what = p_what) $$;
create function pg_temp.ask_plainly() returns void language sql as $$
    with over as materialized (
        select b, d.what from (values ('after', interval '1 day'), ('fourth', interval '3 days'), ('review', interval '5 weeks'), ('later', interval '12 weeks')) d (what, wait)
        join visit b on b.state in ('confirmed', 'attended') and b.ends_at <= clock() - d.wait and b.ends_at > clock() - d.wait - interval '3 days' where b.client_email is not null)
    insert into asked
    select (o.b).id, 'after' from over o where o.what = 'after' and pg_temp.agreed((o.b).id)
    union all
    select distinct n.id, case o.what when 'later' then 'later' else 'review' end
    from over o
    cross join lateral (select count(*) filter (where v.ends_at <= (o.b).ends_at) as nth, min(v.ends_at) as first from pg_temp.visits_of(o.b) v) c
    cross join lateral (select v.* from pg_temp.visits_of(o.b) v where pg_temp.agreed(v.id) order by v.ends_at desc, v.id limit 1) n
    where case o.what when 'fourth' then c.nth >= 4 when 'after' then false else c.first = (o.b).ends_at end and not pg_temp.was_asked(o.b, case o.what when 'later' then 'later' else 'review' end)
    on conflict do nothing $$;

-- Rounds of some hours mostly; now and then the worker stands still for two days, or for five.
create function pg_temp.rounds() returns void language plpgsql as $$
declare
    at timestamptz := pg_temp.start() - interval '8 days';
    n int := 0;
begin
    while at < pg_temp.start() + interval '160 days' loop
        at := at + case when n in (20, 40, 60, 80) then interval '2 days' when n in (50, 130) then interval '5 days' else interval '1 minute' * (60 + random() * 1200)::int end;
        n := n + 1;
        perform pg_temp.set_now(at);
        perform pg_temp.remind_plainly(), pg_temp.ask_plainly();
        while reminders_due(7) > 0 loop end loop;
        while outcomes_due(7) > 0 loop end loop;
    end loop;
end $$;
select pg_temp.rounds() \g /dev/null

create function pg_temp.told() returns table (booking_id uuid, minutes int, why text) language sql as $$
    select o.booking_id, (o.data ->> 'minutes')::int, coalesce(o.reason, o.state) from outbox o join visit v on v.id = o.booking_id where o.kind in ('booking-day-before', 'booking-reminder') $$;
select ok((select count(*) > 30 from reminded where why = w), 'some are ' || w) from unnest('{waiting,fresh}'::text[]) w;
select ok((select count(*) > 1 from reminded where why = w), 'some are ' || w) from unnest('{too-late,overtaken}'::text[]) w;
select ok((select count(*) > 5 from asked where what = w), 'some are asked ' || w) from unnest('{after,review,later}'::text[]) w;
select bag_eq('select * from pg_temp.told()', $$select * from reminded where why <> 'fresh'$$, 'the same reminders, each once');
select bag_eq('select a.booking_id, a.what from outcome_asked a join visit v on v.id = a.booking_id', 'select * from asked', 'the same questions');
select bag_eq($$select booking_id, case kind when 'booking-after' then 'after' else case data ->> 'later' when 'true' then 'later' else 'review' end end from outbox where kind in ('booking-after', 'booking-look-back')$$,
              'select * from asked', 'each handed over once');
select is(reminders_due(7) + outcomes_due(7), 0, 'and then nothing is looked at again');

-- --- What changes when it was looked at already

delete from outbox;
create temp table late as select v.id, v.ends_at from visit v where v.state = 'confirmed' and v.client_email ~* '^c1?2@' order by v.ends_at desc limit 2;
update late set ends_at = x.at from (select id, clock() - interval '20 hours' - interval '1 hour' * row_number() over (order by id) as at from late) x where x.id = late.id;
set local session_replication_role = replica;
update booking b set starts_at = l.ends_at - interval '1 hour', ends_at = l.ends_at from late l where b.id = l.id;
set local session_replication_role = origin;
select pg_temp.set_now(clock() + interval '5 hours') \g /dev/null
select outcomes_due(7) \g /dev/null
select is((select count(*) from outbox where kind = 'booking-after'), 0::bigint, 'who has not agreed is asked nothing');
insert into consent (booking_id, purpose, text_id, shown, for_whom, agreed_at)
select id, 'health_data', (select id from consent_text t where t.purpose = 'health_data' and t.names_after order by id limit 1), sha256('x'), 'self', clock() from late;
select pg_temp.set_now(clock() + interval '1 hour') \g /dev/null
select outcomes_due(7) \g /dev/null
select is((select count(*) from outbox where kind = 'booking-after'), 0::bigint, 'who agrees afterwards');
select pg_temp.set_now(clock() + interval '47 hours') \g /dev/null
select outcomes_due(7) \g /dev/null
select bag_eq($$select booking_id from outbox where kind = 'booking-after'$$, 'select id from late', 'is asked at the second look');

-- A visit that stands still when its moment comes, and one that is confirmed in time while the walk comes by.
delete from outbox;
create temp table still as select v.id, n from (select v.*, row_number() over (order by id) as n from visit v where v.state = 'confirmed' and v.client_email is not null) v where n < 3;
set local session_replication_role = replica;
update booking b set starts_at = clock() + interval '30 hours', ends_at = clock() + interval '31 hours', confirmed_at = clock() - interval '5 days', changed_at = null, reminders = '{120}',
    state = case when n = 1 then 'held' else b.state end, hold_expires = case when n = 1 then clock() + interval '29 hours' end, clearance_asked = case when n = 1 then clock() end from still s where s.id = b.id;
delete from reminder_done d using still s where s.id = d.booking_id;
set local session_replication_role = origin;
create or replace function unknot.walk_behind() returns interval language sql immutable as $$ select interval '30 seconds' $$;
select pg_temp.set_now(clock() + interval '6 hours 29 seconds') \g /dev/null
select reminders_due(7) \g /dev/null
select is((select count(*) from outbox), 0::bigint, 'the walk stays behind the clock');
select pg_temp.set_now(clock() + interval '1 second') \g /dev/null
select reminders_due(7) \g /dev/null
select bag_eq('select booking_id, kind from outbox', $$select id, 'booking-day-before' from still where n = 2$$, 'and comes by half a minute later, at whom does not stand still');
select pg_temp.set_now(clock() + interval '3 hours') \g /dev/null
update booking b set state = 'confirmed', hold_expires = null from still s where s.id = b.id and s.n = 1;
select bag_eq($$select booking_id, kind from outbox where kind like '%day-before'$$, $$select id, 'booking-day-before' from still$$, 'who goes on gets what fell due meanwhile');

select * from finish();
rollback;
