-- Busy times of calendars elsewhere are taken off free time, in slots() and in the listing alike, and touch no booking.
\set ON_ERROR_STOP 1
\set QUIET 1
begin;
select plan(7);

insert into therapist (id, slug, name, published) overriding system value values (9101, 'outside-ana', 'Ana', true);
insert into location (id, therapist_id, street, town, country, lat, lon, zone) overriding system value values (9101, 9101, '1 Way', 'Town', 'US', 40, -90, 'America/Chicago');
insert into hours (location_id, weekday, starts, ends) select 9101, d, '09:00', '17:00' from generate_series(1, 7) d;
insert into service (id, therapist_id, name, minutes, price, currency, notice, step) overriding system value values (9101, 9101, 'Visit', 60, 8000, 'USD', 0, 60);
create function pg_temp.day() returns date language sql as $$ select local_day(clock(), 'America/Chicago') + 5 $$;
create function pg_temp.at(p_time time) returns timestamptz language sql as $$ select (pg_temp.day() + p_time) at time zone 'America/Chicago' $$;
create function pg_temp.starts() returns text language sql as $$ select string_agg(to_char(local, 'HH24'), ' ' order by start) from slots(9101, null, pg_temp.day(), 1) $$;
create function pg_temp.listed() returns bigint language sql as $$ select (compared ->> 'wrong')::bigint from (select json_build_object('wrong', json_array_length(listing_compare(100000) -> 'wrong')) as compared) x $$;

select is(pg_temp.starts(), '09 10 11 12 13 14 15 16', 'a day without anything else');
insert into outside_calendar (id, therapist_id, name, sealed, host) overriding system value values (9101, 9101, 'Home', 'x', 'calendar.example');
insert into outside_busy values (9101, 9101, tstzrange(pg_temp.at('10:30'), pg_temp.at('12:00')));
select is(pg_temp.starts(), '09 12 13 14 15 16', 'busy from half past ten to twelve');
insert into outside_busy values (9101, 9101, tstzrange(pg_temp.at('15:00') - interval '1 day', pg_temp.at('15:00')));
select is(pg_temp.starts(), '15 16', 'and since yesterday until three');
select is((select count(*) from slots(9101, null, pg_temp.day() - 1, 1)), 6::bigint, 'yesterday is free until three');
select is(pg_temp.listed(), 0::bigint, 'the listing says the same');
delete from outside_calendar where id = 9101;
select is(pg_temp.starts(), '09 10 11 12 13 14 15 16', 'a calendar that is taken away takes its times along');
select is(pg_temp.listed(), 0::bigint, 'in the listing too');

select finish();
rollback;
