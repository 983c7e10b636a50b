-- Free times: the grid, buffers, notice and horizon, and both nights on which the clock changes.
\set QUIET 1
\pset format unaligned
\pset tuples_only true
\set ON_ERROR_ROLLBACK 1
\set ON_ERROR_STOP true
begin;
select no_plan();

insert into therapist (slug, name, published) values ('test-slots', 'Slots', true);
insert into location (therapist_id, name, street, town, country, lat, lon, zone)
select id, p.name, '1 Main St', p.name, p.country, 40, -74, p.zone
from therapist, (values ('York', 'US', 'America/New_York'), ('London', 'GB', 'Europe/London'), ('Havana', 'CU', 'America/Havana')) p (name, country, zone) where slug = 'test-slots';
insert into service (therapist_id, name, minutes, price, currency, step, notice)
select id, 'Massage', 60, 8000, 'USD', 15, 0 from therapist where slug = 'test-slots';
create function pg_temp.place(p text) returns int language sql as $$ select l.id from location l join therapist t on t.id = l.therapist_id where t.slug = 'test-slots' and l.name = p $$;
create function pg_temp.service() returns int language sql as $$ select s.id from service s join therapist t on t.id = s.therapist_id where t.slug = 'test-slots' $$;
insert into hours select pg_temp.place(p), d, '00:00', '08:00' from generate_series(1, 7) d, unnest('{York,London}'::text[]) p;

-- the day at p, seen from a week before it
create function pg_temp.day(p_place text, p_day date) returns table (start timestamptz, local timestamp) language sql as
    $$ select start, local from slots(pg_temp.service(), pg_temp.place(p_place), p_day, 1, p_day - interval '7 days') $$;

-- eight hours, an hour each, every quarter: 29. An hour less in spring; in autumn the hour that comes twice is offered once
select is((select count(*) from pg_temp.day('York', '2026-10-30')), 29::bigint, 'New York, a plain day');
select is((select count(*) from pg_temp.day('York', '2026-11-01')), 29::bigint, 'New York, the night with an hour more');
select is((select count(*) from pg_temp.day('York', '2027-03-14')), 25::bigint, 'New York, the night with an hour less');
select is((select count(*) from pg_temp.day('London', '2026-10-24')), 29::bigint, 'London, a plain day');
select is((select count(*) from pg_temp.day('London', '2026-10-25')), 29::bigint, 'London, the night with an hour more');
select is((select count(*) from pg_temp.day('London', '2027-03-28')), 25::bigint, 'London, the night with an hour less');

select is((select count(*) from pg_temp.day(p, d) where start at time zone z <> local), 0::bigint, 'every time of ' || p || ' on ' || d || ' is what the wall clock shows')
from (values ('York', date '2026-11-01', 'America/New_York'), ('York', '2027-03-14', 'America/New_York'), ('London', '2026-10-25', 'Europe/London'), ('London', '2027-03-28', 'Europe/London')) x (p, d, z);
select is((select count(*) - count(distinct local) from pg_temp.day(p, d)), 0::bigint, 'no wall time of ' || p || ' on ' || d || ' twice')
from (values ('York', date '2026-11-01'), ('London', '2026-10-25')) x (p, d);
select is((select start from pg_temp.day('York', '2026-11-01') where local = '2026-11-01 01:30'), '2026-11-01 05:30Z', 'half past one in New York is the first of the two');
select is((select start from pg_temp.day('London', '2026-10-25') where local = '2026-10-25 01:30'), '2026-10-25 00:30Z', 'half past one in London is the first of the two');
select is((select start from pg_temp.day('York', '2026-11-01') where local = '2026-11-01 07:00'), '2026-11-01 12:00Z', 'the last start of the long night');
select is((select start from pg_temp.day('York', '2027-03-14') where local = '2027-03-14 07:00'), '2027-03-14 11:00Z', 'the last start of the short night');
select is((select string_agg(local::time::text, ' ' order by local) from pg_temp.day('York', '2027-03-14') where local::time between '01:30' and '03:15'),
    '01:30:00 01:45:00 03:00:00 03:15:00', 'the hour that is not there is not offered in New York');
select is((select string_agg(local::time::text, ' ' order by local) from pg_temp.day('London', '2027-03-28') where local::time between '00:30' and '02:15'),
    '00:30:00 00:45:00 02:00:00 02:15:00', 'nor in London');
select is((select count(*) from pg_temp.day('York', d) where local::date <> d), 0::bigint, 'no start of another day on ' || d)
from unnest('{2026-11-01,2027-03-14}'::date[]) d;

-- in Havana midnight itself comes twice: the day begins at the first one, and the day before ends there
insert into hours select pg_temp.place('Havana'), d, '00:00', '24:00' from generate_series(1, 7) d;
select is((select min(start) from pg_temp.day('Havana', '2026-11-01')), '2026-11-01 04:00Z', 'the first midnight in Havana');
select is((select array_agg(c) from unnest('{2026-10-31,2026-11-01,2026-11-02}'::date[]) d, lateral (select count(*) as c from pg_temp.day('Havana', d) where local::date = d) x), '{93,93,93}'::bigint[],
    'as many times on the long day as on any other, and none of another day');
select is((select count(*) - count(distinct local) from unnest('{2026-10-31,2026-11-01}'::date[]) d, pg_temp.day('Havana', d)), 0::bigint, 'no wall time in Havana twice');
select is((select min(local::time) from pg_temp.day('Havana', '2027-03-14')), '01:00', 'in spring the day begins at one');
delete from location where id = pg_temp.place('Havana');

-- opening that lies in the missing hour, or ends in it
update hours set starts = '02:00', ends = '03:00' where location_id = pg_temp.place('York') and weekday = 7;
select is((select count(*) from pg_temp.day('York', '2027-03-14')), 0::bigint, 'an hour that does not happen has no times');
select is((select count(*) from pg_temp.day('York', '2027-03-07')), 1::bigint, 'a week before it has one');
update hours set starts = '09:00', ends = '12:00' where location_id = pg_temp.place('York');

-- the grid, buffers
update service set step = 30, buffer_before = 10, buffer_after = 15 where id = pg_temp.service();
select is((select string_agg(to_char(local, 'HH24:MI'), ' ' order by local) from pg_temp.day('York', '2026-12-01')), '09:30 10:00 10:30',
    'starts stand on the half hour, with room before and after inside the opening');
update service set buffer_before = 0 where id = pg_temp.service();
select is((select string_agg(to_char(local, 'HH24:MI'), ' ' order by local) from pg_temp.day('York', '2026-12-01')), '09:00 09:30 10:00 10:30', 'the hour and the quarter after it end by noon');
update hours set starts = '09:10' where location_id = pg_temp.place('York');
select is((select min(local::time) from pg_temp.day('York', '2026-12-01')), '09:30', 'an opening off the grid: the next start on it');
update hours set starts = '09:00' where location_id = pg_temp.place('York');

-- claims, with their own buffers inside; expired holds are free
create function pg_temp.claim(p_from timestamptz, p_to timestamptz, p_expires timestamptz default null) returns void language sql as $$
    set constraints all deferred;
    insert into slot_claim (booking_id, therapist_id, blocked, hold_expires)
    select gen_random_uuid(), id, tstzrange(p_from, p_to), p_expires from therapist where slug = 'test-slots' $$;
select pg_temp.claim('2026-12-01 15:00Z', '2026-12-01 16:15Z');
select is((select string_agg(to_char(local, 'HH24:MI'), ' ' order by local) from pg_temp.day('York', '2026-12-01')), null,
    'a visit from 10:00 to 11:15 leaves room neither before nor after it');
select is((select count(*) from pg_temp.day('York', '2026-12-02')), 4::bigint, 'and the next day as it was');
select pg_temp.claim('2026-12-03 14:00Z', '2026-12-03 15:00Z', '2026-11-20 00:00Z');
select is((select count(*) from pg_temp.day('York', '2026-12-03')), 4::bigint, 'an expired hold is free time');
select pg_temp.claim('2026-12-04 14:00Z', '2026-12-04 15:00Z', '2026-11-28 00:00Z');
select is((select min(local::time) from pg_temp.day('York', '2026-12-04')), '10:00', 'a hold is not');
select is((select min(local) from slots(pg_temp.service(), pg_temp.place('London'), '2026-12-01', 1, '2026-11-24') where start > '2026-12-01 06:00Z'), '2026-12-01 06:30',
    'one pair of hands: time taken at one place is taken at the other only while it lasts');

-- notice and horizon
update service set notice = 90, horizon = 10 where id = pg_temp.service();
select is((select min(local) from slots(pg_temp.service(), pg_temp.place('York'), '2026-12-07', 1, '2026-12-07 13:20Z')), '2026-12-07 10:00', 'not within the notice');
select is((select max(local)::date from slots(pg_temp.service(), pg_temp.place('York'), '2026-12-07', 31, '2026-12-07 13:20Z')), '2026-12-17', 'not past the horizon, which ends with the tenth day');
select is((select count(*) from slots(pg_temp.service(), pg_temp.place('York'), '2026-12-07', 0, '2026-12-01')), 0::bigint, 'no days, no times');
update service set retired_at = now() where id = pg_temp.service();
select is((select count(*) from slots(pg_temp.service(), null, '2026-12-07', 5, '2026-12-05')), 0::bigint, 'a retired service has none');
update service set retired_at = null where id = pg_temp.service();
select is((select count(distinct location_id) from slots(pg_temp.service(), null, '2026-12-08', 2, '2026-12-05')), 2::bigint, 'without a place: at every place');

-- an hour that comes twice is named with its offset, any other is not
select is(say_time('2026-11-01 05:30Z', 'America/New_York', 'US'), '1:30 am (UTC−4)', 'the first half past one in New York');
select is(say_time('2026-11-01 06:30Z', 'America/New_York', 'US'), '1:30 am (UTC−5)', 'the second');
select is_empty($$ select m, c from generate_series(0, 100000) m, unnest('{US,DE}'::text[]) c where say_metres(m, c) is distinct from say_distance(m, c) $$, 'and how far it is');
select is(starts_json(array[t], 1, t, 'US', 'America/New_York')::json ->> 'time', say_time(t, 'America/New_York', 'US'), 'results say the same: ' || t)
from unnest('{2026-11-01 04:30Z,2026-11-01 05:30Z,2026-11-01 06:30Z,2026-11-01 07:30Z,2026-11-01 15:00Z}'::timestamptz[]) t;
select is(say_time('2026-11-01 07:30Z', 'America/New_York', 'US'), '2:30 am', 'the hour after them');
select is(say_time('2026-10-31 05:30Z', 'America/New_York', 'US'), '1:30 am', 'the night before');
select is(say_time('2026-10-25 00:30Z', 'Europe/London', 'GB'), '01:30 (UTC+1)', 'London');
select is(say_time('2027-04-03 14:45Z', 'Australia/Lord_Howe', 'AU'), '1:45 am (UTC+11)', 'half an hour on Lord Howe Island');
select is(say_time('2027-04-03 15:15Z', 'Australia/Lord_Howe', 'AU'), '1:45 am (UTC+10:30)', 'and again');
select is(say_time('2027-03-14 07:30Z', 'America/New_York', 'US'), '3:30 am', 'nothing comes twice in spring');

-- openings that begin or end in an hour that comes twice or not at all
update service set step = 30, buffer_after = 0, notice = 0, horizon = 60, minutes = 30 where id = pg_temp.service();
delete from slot_claim where therapist_id = (select id from therapist where slug = 'test-slots');
update hours set starts = '01:30', ends = '03:00' where location_id = pg_temp.place('York') and weekday = 7;
select is((select string_agg(to_char(start, 'HH24:MI'), ' ' order by start) from pg_temp.day('York', '2026-11-01')), '05:30 07:00 07:30', 'from the first half past one on; what comes again is offered once');
update hours set starts = '02:30', ends = '04:00' where location_id = pg_temp.place('York') and weekday = 7;
select is((select string_agg(to_char(local, 'HH24:MI'), ' ' order by start) from pg_temp.day('York', '2027-03-14')), '03:00 03:30', 'from three on, where half past two is skipped');
update hours set starts = '00:30', ends = '02:30' where location_id = pg_temp.place('York') and weekday = 7;
select is((select string_agg(to_char(local, 'HH24:MI'), ' ' order by start) from pg_temp.day('York', '2027-03-14')), '00:30 01:00 01:30', 'until the clock jumps, where it would end in what is skipped');

select * from finish();
rollback;
