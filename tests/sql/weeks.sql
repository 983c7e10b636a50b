-- A week begins where calendars of the country begin it: on Sunday in Chicago, on Monday in Berlin and Sydney, on Saturday in Cairo. One rule, and all that is
-- ordered by weekdays follows it.
\ir booking.psql
select no_plan();
set local plan_cache_mode = force_generic_plan;
set local jit = off;

select is((week_begins(c), say_weekday(week_begins(c)), week_of(date '2026-11-25', c), week_of(date '2026-11-22', c))::text, said::text, c || ': the week of Wednesday 25 and of Sunday 22 November 2026')
from (values ('US', (7, 'Sunday', date '2026-11-22', date '2026-11-22')), ('CA', (7, 'Sunday', '2026-11-22', '2026-11-22')), ('PR', (7, 'Sunday', '2026-11-22', '2026-11-22')),
             ('GB', (1, 'Monday', '2026-11-23', '2026-11-16')), ('IE', (1, 'Monday', '2026-11-23', '2026-11-16')), ('DE', (1, 'Monday', '2026-11-23', '2026-11-16')),
             ('AU', (1, 'Monday', '2026-11-23', '2026-11-16')), ('NZ', (1, 'Monday', '2026-11-23', '2026-11-16')), ('EG', (6, 'Saturday', '2026-11-21', '2026-11-21')), ('MV', (5, 'Friday', '2026-11-20', '2026-11-20'))) x (c, said);
select is((select string_agg(say_weekday(d), ' ' order by weekday_place(d, c)) from generate_series(1, 7) d), said, c || ': its days')
from (values ('US', 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'), ('DE', 'Monday Tuesday Wednesday Thursday Friday Saturday Sunday'),
             ('EG', 'Saturday Sunday Monday Tuesday Wednesday Thursday Friday')) x (c, said);

-- --- Everywhere. Ana has a practice with a front desk, works on three days, at other hours for a part of the year, and has blocked a quarter of an hour of some days.

create function pg_temp.said(p_session text, p_call text) returns jsonb language sql as $$ select pg_temp.web('', format('select %s', p_call), p_session)::jsonb $$;
insert into account (id, role, name, email) values ('00000000-0000-4000-8000-0000000000d0', 'desk', 'Dora', 'dora@example.org');
insert into session (token_hash, account_id, expires_at, factored) values (sha256('dora'), '00000000-0000-4000-8000-0000000000d0', now() + interval '1 hour', true);
select pg_temp.said('ana', $$team_name('The Loft')$$) \g /dev/null
insert into practice_member (practice_id, account_id, role) select practice_id, '00000000-0000-4000-8000-0000000000d0', 'desk' from practice_member;
delete from hours where location_id = (select location from pg_temp.of where slug = 'test-ana');
insert into season (location_id, name, valid_from, valid_until) select location, 'Late', '2026-11-10', '2026-12-10' from pg_temp.of where slug = 'test-ana';
insert into hours (location_id, weekday, starts, ends, season_id) select o.location, d, '09:00', '17:30', s.id from pg_temp.of o, unnest('{1,6,7}'::int[]) d, (select null as id union all select id from season where name = 'Late') s
where o.slug = 'test-ana';

-- the nights in which the clock goes back, there: a day of 25 hours, with which the American week begins
create or replace function unknot.clock() returns timestamptz language sql stable as $$ select timestamptz '2026-11-04 12:00Z' $$;
set local session_replication_role = replica;
insert into block (therapist_id, starts_at, ends_at, note)
select pg_temp.therapist('test-ana'), x.wall at time zone 'America/Chicago', x.wall at time zone 'America/Chicago' + interval '15 minutes', to_char(x.wall, 'FMMonth FMDD')
from (values (timestamp '2026-10-31 23:30'), ('2026-11-01 00:00'), ('2026-11-01 23:30'), ('2026-11-07 23:30'), ('2026-11-08 00:00')) x (wall);
set local session_replication_role = origin;

create function pg_temp.everywhere() returns table (what text, said text) language sql as $$
    with week as (select pg_temp.said('ana', 'practice_week(null)') -> 'week' as w), desk as (select pg_temp.said('dora', 'desk_week(null)') as w),
         numbers as (select pg_temp.said('ana', 'practice_numbers(4)') as n)
    select 'the practice''s week', w ->> 'label' from week
    union all select 'its days', string_agg(d ->> 'date', ' ' order by o) filter (where o in (1, 7)) from week, jsonb_array_elements(w -> 'days') with ordinality x (d, o)
    union all select 'what is in it', string_agg(v ->> 'note', ', ' order by o, v ->> 'note') from week, jsonb_array_elements(w -> 'days') with ordinality x (d, o), jsonb_array_elements(d -> 'visits') v
    union all select 'in its grid', (select string_agg(v ->> 'note', ', ' order by o, v ->> 'note') from week, jsonb_array_elements(w -> 'rows') r, jsonb_array_elements(r -> 'cells') with ordinality x (c, o), jsonb_array_elements(c -> 'visits') v)
    union all select 'before and after it', concat_ws(' ', w ->> 'previous', w ->> 'following', w ->> 'is_now') from week
    union all select 'the front desk''s week', concat_ws(' ', w ->> 'label', w #>> '{days,0,date}', w #>> '{days,6,date}', w ->> 'is_now') from desk
    union all select 'numbers', concat_ws(' ', n ->> 'begins', n #>> '{weeks,3,from}', n #>> '{weeks,3,is_now}') from numbers
    union all select 'hours', (select string_agg(h ->> 'day', ' ') from jsonb_array_elements(pg_temp.said('ana', 'practice_locations()') #> '{locations,0,hours}') h)
    union all select 'the form of the hours', (select string_agg(concat_ws(' ', d ->> 'label', d #>> '{first,0,from_field}'), ' ') from jsonb_array_elements(pg_temp.said('ana', format('practice_hours(%s, null, null)', (select location from pg_temp.of where slug = 'test-ana'))) -> 'days') d)
    union all select 'the profile', (select string_agg(h ->> 'day', ' ') from jsonb_array_elements(pg_temp.said('', $x$directory_profile('test-ana')$x$) #> '{locations,0,hours}') h)
    union all select 'its season', regexp_replace(pg_temp.said('', $x$directory_profile('test-ana')$x$) #>> '{locations,0,differs,0}', '^.*2026: ', '')
    union all select 'the form of the waiting list', (select string_agg(concat(left(d ->> 'label', 3), d ->> 'value', case when (d ->> 'on')::boolean then '!' end), ' ') from jsonb_array_elements(pg_temp.said('', $x$waiting_asks('test-ana', null, null, null, null, '{1,7}', null)$x$) -> 'weekdays') d)
                   || ', ' || (select string_agg(concat(d ->> 'label', case when (d ->> 'on')::boolean then '!' end), '; ') from jsonb_array_elements(pg_temp.said('', $x$waiting_asks('test-ana', null, null, null, null, null, '{evening}')$x$) -> 'times') d)
    union all select 'how far', (select string_agg(concat(r ->> 'text', case when (r ->> 'on')::boolean then '!' end), ', ' order by (r ->> 'value')::int) from jsonb_array_elements(pg_temp.said('', $x$waiting_asks('test-ana', null, null, null, null, null, null)$x$) -> 'radii') r)
    union all select 'an entry of it', concat_ws(', ', waiting_json(w) ->> 'days', waiting_json(w) ->> 'parts', waiting_json(w) ->> 'within') from (select null::waiting) x cross join lateral (select (jsonb_populate_record(x.waiting,
        jsonb_build_object('therapist_id', pg_temp.therapist('test-ana'), 'days', '{7,1}', 'parts', '{evening,afternoon}', 'km', 16, 'from_day', '2026-11-05', 'until_day', '2026-11-06'))).*) w
    $$;

select results_eq('select * from pg_temp.everywhere()', $$values
    ('the practice''s week', 'November 1 to 7, 2026'), ('its days', '2026-11-01 2026-11-07'), ('what is in it', 'November 1, November 1, November 7'), ('in its grid', 'November 1, November 1, November 7'),
    ('before and after it', '2026-10-25 2026-11-08 true'), ('the front desk''s week', 'November 1 to 7, 2026 2026-11-01 2026-11-07 true'), ('numbers', 'Sunday 2026-11-01 true'),
    ('hours', 'Sunday Monday Saturday'), ('the form of the hours', 'Sunday d7_1_from Monday d1_1_from Tuesday d2_1_from Wednesday d3_1_from Thursday d4_1_from Friday d5_1_from Saturday d6_1_from'),
    ('the profile', 'Sunday Monday Saturday'), ('its season', 'Sun 9:00 am to 5:30 pm; Mon 9:00 am to 5:30 pm; Sat 9:00 am to 5:30 pm'),
    ('the form of the waiting list', 'Sun7! Mon1! Tue2 Wed3 Thu4 Fri5 Sat6, Before noon; Noon to 5 pm; After 5 pm!'), ('how far', '5 miles, 10 miles!, 25 miles, 50 miles'), ('an entry of it', 'Sundays, Mondays, Noon to 5 pm, After 5 pm, 10 miles')$$, 'in Chicago');
update location set country = 'DE' where id = (select location from pg_temp.of where slug = 'test-ana');
select results_eq('select * from pg_temp.everywhere()', $$values
    ('the practice''s week', '2 to 8 November 2026'), ('its days', '2026-11-02 2026-11-08'), ('what is in it', 'November 7, November 8'), ('in its grid', 'November 7, November 8'),
    ('before and after it', '2026-10-26 2026-11-09 true'), ('the front desk''s week', '2 to 8 November 2026 2026-11-02 2026-11-08 true'), ('numbers', 'Monday 2026-11-02 true'),
    ('hours', 'Monday Saturday Sunday'), ('the form of the hours', 'Monday d1_1_from Tuesday d2_1_from Wednesday d3_1_from Thursday d4_1_from Friday d5_1_from Saturday d6_1_from Sunday d7_1_from'),
    ('the profile', 'Monday Saturday Sunday'), ('its season', 'Mon 09:00 to 17:30; Sat 09:00 to 17:30; Sun 09:00 to 17:30'),
    ('the form of the waiting list', 'Mon1! Tue2 Wed3 Thu4 Fri5 Sat6 Sun7!, Before noon; Noon to 17:00; After 17:00!'), ('how far', '5 km, 10 km, 25 km!, 50 km, 100 km'), ('an entry of it', 'Mondays, Sundays, Noon to 17:00, After 17:00, 16 km')$$, 'in Germany');

select is((select string_agg(p ->> 'label', '; ') from json_array_elements(directory_choices(c, '2026-11-05', null, null, null) -> 'parts') p), said, c || ': the parts of a day in the search')
from (values ('US', 'Morning, before 12; Afternoon, 12 to 5; Evening, from 5'), ('AU', 'Morning, before 12; Afternoon, 12 to 5; Evening, from 5'), ('GB', 'Morning, before 12; Afternoon, 12 to 17; Evening, from 17')) x (c, said);

-- at half past ten in the evening in Chicago, tomorrow in UTC
create or replace function unknot.clock() returns timestamptz language sql stable as $$ select timestamptz '2026-11-05 04:30Z' $$;
select is((d ->> 'from', d ->> 'until')::text, said, what || ': the first day of a waiting list')
from (values ('with Ana', 'test-ana', null, '(2026-11-04,2026-12-04)'), ('near her', null, '39.8,-89.6', '(2026-11-04,2026-12-04)'), ('nowhere', null, null, '(2026-11-05,2026-12-05)')) x (what, slug, near, said)
cross join lateral pg_temp.said('', format('waiting_asks(%L, null, %L, null, null, null, null)', slug, near)) d;

-- on the Sunday itself
create or replace function unknot.clock() returns timestamptz language sql stable as $$ select timestamptz '2026-11-01 12:00Z' $$;
select is(pg_temp.said('ana', 'practice_week(null)') #>> '{week,label}', '26 October to 1 November 2026', 'a German Sunday ends its week');
update location set country = 'US' where id = (select location from pg_temp.of where slug = 'test-ana');
select is(pg_temp.said('ana', 'practice_week(null)') #>> '{week,label}', 'November 1 to 7, 2026', 'an American one begins it');
select is(pg_temp.said('ana', 'practice_week(''2026-10-31'')') #>> '{week,label}', 'October 25 to 31, 2026', 'and any day of a week names it');

-- whoever has no place yet reads as the site's first place is read
delete from location where therapist_id = pg_temp.therapist('test-ana');
select is(pg_temp.said('ana', 'practice_week(null)') #>> '{today,day}', 'Sunday, November 1', 'a therapist without a place');

-- what another function reckons of weeks of its own would be the same everywhere
select is_empty($$ select p.proname from pg_proc p where p.pronamespace = 'unknot'::regnamespace and p.prosrc ~ 'date_trunc\(''week|weekday - 1' $$, 'nobody else begins a week or names its days');

-- hours that are asked for, each said once
select is(array(select say_hours(part, since, till, country) from (values (1, 'evening', 20, 21, 'US'), (2, 'evening', 20, null, 'US'), (3, 'evening', null, 21, 'US'), (4, 'morning', null, null, 'US'),
                    (5, null, 9, 11, 'DE'), (6, null, 0, 11, 'US'), (7, null, 17, 24, 'GB'), (8, 'morning', 9, 13, 'US'), (9, null, null, null, 'US')) x (n, part, since, till, country) order by n),
    '{between 8 pm and 9 pm,from 8 pm,in the evening before 9 pm,in the morning,between 09:00 and 11:00,before 11 am,from 17:00,in the morning between 9 am and 1 pm,null}', 'hours in words');

select * from finish();
rollback;
