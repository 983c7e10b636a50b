-- A date is said as people of the country write it, and in one place of the code for each form.
\set QUIET 1
\pset format unaligned
\pset tuples_only true
\set ON_ERROR_ROLLBACK 1
\set ON_ERROR_STOP true
begin;
select no_plan();
set local plan_cache_mode = force_generic_plan;
set local jit = off;

select is((say_day(d, c), say_day_short(d, null, c), say_date(d, c), say_date_long(d, c), say_date_full(d, c))::text, said::text, c || ' writes it so')
from (values ('US', ('Sunday, November 1', 'Sun, Nov 1', 'Nov 1, 2026', 'November 1, 2026', 'Sunday, November 1, 2026')),
             ('CA', ('Sunday, November 1', 'Sun, Nov 1', 'Nov 1, 2026', 'November 1, 2026', 'Sunday, November 1, 2026')),
             ('PR', ('Sunday, November 1', 'Sun, Nov 1', 'Nov 1, 2026', 'November 1, 2026', 'Sunday, November 1, 2026')),
             ('GB', ('Sunday 1 November', 'Sun 1 Nov', '1 Nov 2026', '1 November 2026', 'Sunday 1 November 2026')),
             ('DE', ('Sunday 1 November', 'Sun 1 Nov', '1 Nov 2026', '1 November 2026', 'Sunday 1 November 2026')),
             ('AU', ('Sunday 1 November', 'Sun 1 Nov', '1 Nov 2026', '1 November 2026', 'Sunday 1 November 2026'))) x (c, said), (values (date '2026-11-01')) y (d);
select is(array_agg(say_day_short(date '2026-11-01', date '2026-11-01' + n, c) order by c, n), '{"Sun 1 Nov",Tomorrow,Today,"Sun 1 Nov","Sun, Nov 1",Tomorrow,Today,"Sun, Nov 1"}', 'today and tomorrow are words')
from generate_series(-2, 1) n, unnest('{GB,US}'::text[]) c;
select is(say_week(monday, c), said, c || ': the week of ' || monday)
from (values ('US', date '2026-11-23', 'November 23 to 29, 2026'), ('US', '2026-11-30', 'November 30 to December 6, 2026'), ('US', '2026-12-28', 'December 28, 2026 to January 3, 2027'),
             ('GB', '2026-11-23', '23 to 29 November 2026'), ('GB', '2026-11-30', '30 November to 6 December 2026'), ('GB', '2026-12-28', '28 December 2026 to 3 January 2027')) x (c, monday, said);
select is(say_days('2026-11-01', til, c), said, c || ': days until ' || til)
from (values ('US', date '2026-11-01', 'November 1, 2026'), ('US', '2027-01-31', 'November 1, 2026 to January 31, 2027'), ('US', 'infinity', 'from November 1, 2026 on'),
             ('DE', '2026-11-01', '1 November 2026'), ('DE', '2027-01-31', '1 November 2026 to 31 January 2027'), ('DE', 'infinity', 'from 1 November 2026 on')) x (c, til, said);
select is(say_span('2026-11-01 09:00', '2026-11-02 17:30', c), said, c || ': a span')
from (values ('US', 'Sunday, November 1, 2026, 9:00 am to Monday, November 2, 2026, 5:30 pm'), ('DE', 'Sunday 1 November 2026, 09:00 to Monday 2 November 2026, 17:30')) x (c, said);
create or replace function unknot.clock() returns timestamptz language sql stable as $$ select timestamptz '2026-11-22 12:00Z' $$;
select is(say_moment(at, zone, c), said, c || ': the moment ' || at)
from (values ('US', 'America/Chicago', timestamptz '2026-11-01 17:30Z', 'Sun, Nov 1, 11:30 am'), ('DE', 'Europe/Berlin', '2026-11-01 17:30Z', 'Sun 1 Nov, 18:30'),
             -- the year where it is another one, there
             ('US', 'America/Chicago', '2027-01-01 05:30Z', 'Thu, Dec 31, 11:30 pm'), ('DE', 'Europe/Berlin', '2026-12-31 23:30Z', 'Fri 1 Jan 2027, 00:30'),
             ('US', 'America/Chicago', '2025-11-02 17:30Z', 'Sun, Nov 2, 2025, 11:30 am'), ('DE', 'Europe/Berlin', '2025-11-01 17:30Z', 'Sat 1 Nov 2025, 18:30')) x (c, zone, at, said);
select is(say_day_of(at, zone, c), said, c || ': the day of a visit at ' || at)
from (values ('US', 'America/Chicago', timestamptz '2026-11-01 17:30Z', 'Sunday, November 1'), ('US', 'America/Chicago', '2027-01-01 05:30Z', 'Thursday, December 31'), ('US', 'America/Chicago', '2027-01-01 06:00Z', 'Friday, January 1, 2027'),
             ('DE', 'Europe/Berlin', '2026-12-31 23:30Z', 'Friday 1 January 2027'), ('AU', 'Australia/Sydney', '2025-12-31 13:00Z', 'Thursday 1 January'), ('GB', 'Europe/London', '2025-11-02 17:30Z', 'Sunday 2 November 2025')) x (c, zone, at, said);
select ok(say_day(null, 'US') is null and say_date(null, 'US') is null and say_moment_site(null) is null, 'no date, nothing said');

select is(say_time('2026-11-01 17:30Z', 'UTC', c) || ', ' || say_clock('17:30', c) || ', ' || say_hour(17, c), said, c || ': the clock')
from (values ('US', '5:30 pm, 5:30 pm, 5 pm'), ('PR', '5:30 pm, 5:30 pm, 5 pm'), ('AU', '5:30 pm, 5:30 pm, 5 pm'), ('GB', '17:30, 17:30, 17:00'), ('DE', '17:30, 17:30, 17:00')) x (c, said);

create function pg_temp.day_in(p_zone text, p_checked int) returns date language plpgsql as $$
begin
    update location set zone = p_zone;
    return case p_checked when 0 then site_today() else case when operator_check_problem(null, current_date + 1, current_date + 9) is not null then current_date end end;
end $$;

-- whose country
delete from location;
select is(site_country(), 'US', 'where nothing is listed yet');
insert into therapist (slug, name) values ('test-dora', 'Dora'), ('test-erik', 'Erik'), ('test-fay', 'Fay');
insert into location (therapist_id, name, street, town, region, postcode, country, lat, lon, zone)
select t.id, '', '1 Main St', 'X', '', '1', x.country, x.lat, x.lon, 'UTC' from therapist t join (values ('test-dora', 'DE', 52, 13), ('test-erik', 'CA', 43, -79)) x (slug, country, lat, lon) using (slug) order by t.slug;
select is(site_country(), 'DE', 'a site is of the country of the place that was listed first');
select is(array_agg(country_for(t.id) order by t.slug), '{DE,CA,DE}', 'a therapist of that of the first place, or else of the site''s') from therapist t where slug like 'test-%';

-- whose clock
create function pg_temp.said_in(p_zone text, p_at timestamptz) returns text language plpgsql as $$
begin
    update location set zone = p_zone;
    return say_date_site(p_at) || '; ' || say_moment_site(p_at);
end $$;
select is(pg_temp.said_in(zone, at), said, 'an operator in ' || zone || ' reads')
from (values ('Europe/Berlin', timestamptz '2026-11-01 23:30Z', '2 Nov 2026; 2 Nov 2026, 00:30 CET'), ('Europe/Berlin', '2026-07-01 12:00Z', '1 Jul 2026; 1 Jul 2026, 14:00 CEST'),
             ('Europe/Berlin', '2026-10-25 01:30Z', '25 Oct 2026; 25 Oct 2026, 02:30 (UTC+1) CET'), ('America/Chicago', '2026-11-02 03:05Z', '1 Nov 2026; 1 Nov 2026, 21:05 CST')) x (zone, at, said);
update location set zone = 'America/Chicago', country = 'US' where therapist_id = (select id from therapist where slug = 'test-dora');
update location set zone = 'America/Toronto' where therapist_id = (select id from therapist where slug = 'test-erik');
select is(say_moment_site('2026-11-02 03:05Z'), 'Nov 1, 2026, 9:05 pm CST', 'by the clock of the country of the place that was listed first');
select is(array_agg(say_date_for('2026-11-02 05:30Z', t.id) order by t.slug), '{"Nov 1, 2026","Nov 2, 2026","Nov 1, 2026"}', 'a therapist by that of the first place, or else of the site') from therapist t where slug like 'test-%';
update location set country = 'DE' where therapist_id = (select id from therapist where slug = 'test-dora');

select is(say_country(c) || '; ' || say_jurisdiction(c, r), said, c || ' ' || r)
from (values ('US', 'OR', 'United States; Oregon, United States'), ('US', '', 'United States; United States'), ('CA', 'ON', 'Canada; ON, Canada'), ('CI', '', 'Côte d’Ivoire; Côte d’Ivoire'), ('XX', '', 'XX; XX'), ('', '', '; ')) x (c, r, said);
select is_empty('select c from (select country from emergency_number union select country from register union select country from holiday) x (c) where c <> '''' and say_country(c) = c', 'each country in use has a name');

-- in Sydney it is the next day already, in Los Angeles still the day before: an operator's own day is no day in the future
create or replace function unknot.clock() returns timestamptz language sql stable as $$ select current_date at time zone 'UTC' + make_interval(hours => case (select zone from location order by id limit 1) when 'Australia/Sydney' then 23 else 1 end) $$;
select is((pg_temp.day_in(zone, 0) - current_date, pg_temp.day_in(zone, 1) is null)::text, said, 'an operator in ' || zone)
from (values ('Australia/Sydney', '(1,t)'), ('America/Los_Angeles', '(-1,f)')) x (zone, said);

-- in the night when the clock goes back a wall time alone would be the first of two
select is(calendar_event(b, '', '') ->> 'zone', said, 'a calendar''s zone of a visit from ' || at)
from (values (timestamptz '2026-11-01 03:30Z', 'America/New_York'), ('2026-11-01 04:30Z', null), ('2026-11-01 05:30Z', null), ('2026-11-01 06:30Z', null), ('2026-11-01 07:00Z', 'America/New_York')) x (at, said)
cross join lateral jsonb_populate_record(null::booking, jsonb_build_object('location_id', (select min(id) from location), 'zone', 'America/New_York', 'starts_at', at, 'ends_at', at + interval '1 hour')) b;

-- what another function writes with a month of its own would be the same everywhere
select is_empty($$ select p.proname from pg_proc p where p.pronamespace = 'unknot'::regnamespace and p.prosrc ~ 'DD,? (FM)?Mon|Mon(th)? (FM)?DD'
    and p.proname not in ('say_day', 'say_day_short', 'say_date', 'say_date_long', 'say_date_full', 'say_week') $$, 'nobody else puts day and month together');

select * from finish();
rollback;
