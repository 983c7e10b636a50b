-- A therapist's numbers against what can be counted by hand: hours over the nights when clocks change, who is new, what is late, and whose they are.
\ir booking.psql
select no_plan();

-- Ana works day and night in Chicago. Each visit here: the therapist, who, when by the wall clock there, minutes, what became of it.
create temp table made (n int generated always as identity, slug text, who text, wall timestamp, minutes int, state text, cancelled timestamp, by_whom text);
insert into made (slug, who, wall, minutes, state, cancelled, by_whom) values
    ('test-ana', 'kim', '2025-10-14 10:00', 60, 'attended', null, null),  -- before what is looked at
    ('test-ana', 'kim', '2025-10-27 10:00', 60, 'attended', null, null),
    ('test-ana', 'lee', '2025-10-28 10:00', 90, 'attended', null, null),
    ('test-ana', 'lee', '2025-10-30 10:00', 30, 'attended', null, null),
    ('test-ana', 'lee', '2025-11-04 10:00', 30, 'attended', null, null),
    ('test-ana', 'mia', '2025-11-02 23:30', 30, 'confirmed', null, null), -- Sunday night there, Monday in UTC; nobody said what became of it
    ('test-ana', 'ned', '2025-11-05 10:00', 60, 'no_show', null, null),
    ('test-ana', 'oli', '2025-11-05 12:00', 60, 'cancelled', '2025-11-05 08:00', 'client'),    -- late
    ('test-ana', 'oli', '2025-11-06 12:00', 60, 'cancelled', '2025-11-01 08:00', 'client'),    -- in time
    ('test-ana', 'oli', '2025-11-07 12:00', 60, 'cancelled', '2025-11-07 08:00', 'therapist'), -- late, but not the client
    ('test-ben', 'kim', '2025-10-28 10:00', 60, 'attended', null, null);
insert into client (id, therapist_id, email_key, name, name_key, latest_at)
select md5(slug || who)::uuid, pg_temp.therapist(slug), who || '@example.org', who, who, now() from (select distinct slug, who from made) x;
set local session_replication_role = replica;
insert into booking (id, key, token_hash, therapist_id, location_id, service_id, starts_at, ends_at, zone, service_name, minutes, price, currency, state, reference, client_name, client_email, client_id, safety_id, confirmed_at, ended_at,
                     cancel_notice)
select md5(m.n::text)::uuid, gen_random_uuid(), sha256(m.n::text::bytea), o.therapist, o.location, o.service, m.wall at time zone 'America/Chicago', m.wall at time zone 'America/Chicago' + make_interval(mins => m.minutes),
       'America/Chicago', 'Massage', m.minutes, 8500, 'USD', m.state::booking_state, 'N-' || m.n, m.who, m.who || '@example.org', md5(m.slug || m.who)::uuid, gen_random_uuid(), m.wall - interval '9 days',
       m.cancelled at time zone 'America/Chicago', 1440
from made m join pg_temp.of o on o.slug = m.slug;
insert into booking_event (booking_id, at, who, via, what, from_state, to_state, to_start)
select md5(m.n::text)::uuid, now(), m.by_whom, 'web', 'cancelled', 'confirmed', 'cancelled', now() from made m where m.by_whom is not null;
set local session_replication_role = origin;

create function pg_temp.weeks(p_first date, p_weeks int, p_session text default 'ana') returns table (line text) language sql as $$
    select x from unnest(string_to_array(pg_temp.web('', format('select string_agg(format(''%%s: %%s offered, %%s booked, %%s kept, %%s no-show, %%s late, %%s new, %%s again'', week, offered, booked, kept, no_shows, late, fresh, again), E''\n'' order by week)
        from practice_numbers_weeks(%s, ''America/Chicago'', %L, %s)', pg_temp.therapist('test-ana'), p_first, p_weeks), p_session), E'\n')) x $$;
select results_eq($$select * from pg_temp.weeks('2025-10-27', 2)$$, array[
    '2025-10-27: 10140 offered, 210 booked, 4 kept, 0 no-show, 0 late, 2 new, 1 again',  -- 169 hours: the clock went back
    '2025-11-03: 10080 offered, 90 booked, 1 kept, 1 no-show, 1 late, 0 new, 1 again'], 'two weeks, counted by hand');
select results_eq($$select * from pg_temp.weeks('2025-03-03', 1)$$, array['2025-03-03: 10020 offered, 0 booked, 0 kept, 0 no-show, 0 late, 0 new, 0 again'], 'the week in which it went forward has 167 hours');

-- what is not offered: time off, blocked times, closed days; two places at once are one
insert into time_off (therapist_id, starts, ends) values (pg_temp.therapist('test-ana'), '2025-11-03', '2025-11-05');
insert into special_day (location_id, day, kind) select location, '2025-11-06', 'closed' from pg_temp.of where slug = 'test-ana';
set local session_replication_role = replica;
insert into block (therapist_id, starts_at, ends_at) values (pg_temp.therapist('test-ana'), '2025-11-05 09:00 America/Chicago', '2025-11-05 11:30 America/Chicago');
set local session_replication_role = origin;
select is((select line from pg_temp.weeks('2025-11-03', 1)), '2025-11-03: 5610 offered, 90 booked, 1 kept, 1 no-show, 1 late, 0 new, 1 again', 'seven days without two, one and two hours and a half');
insert into location (therapist_id, street, town, region, country, lat, lon, zone) values (pg_temp.therapist('test-ana'), '2 Main Street', 'Denver', 'CO', 'US', 39.7, -105, 'America/Denver');
insert into hours (location_id, weekday, starts, ends) select max(id), 7, '12:00', '24:00' from location where therapist_id = pg_temp.therapist('test-ana');
select is((select line from pg_temp.weeks('2025-10-27', 1)), '2025-10-27: 10140 offered, 210 booked, 4 kept, 0 no-show, 0 late, 2 new, 1 again', 'the same moment at a place in another zone counts once');

-- whose
select is((select line from pg_temp.weeks('2025-10-27', 1, 'ben')), '2025-10-27: 10140 offered, 0 booked, 0 kept, 0 no-show, 0 late, 0 new, 0 again', 'nothing of another''s visits');
select is(pg_temp.web('', 'select practice_numbers(12)'), null, 'nobody without a practice has numbers');
select is(pg_temp.web('', format('select json_array_length(practice_numbers(%s) -> ''weeks'')', n), 'ana'), n::text, n || ' weeks') from unnest(array[4, 12, 52]) n;

-- pain: never of less than five
select throws_ok(format('insert into review_pain_mean values (%s, 4, 6, 3, now())', pg_temp.therapist('test-ana')), '23514', null, 'an average of four cannot be kept');
select is(pg_temp.web('', 'select practice_numbers(4) ->> ''pain''', 'ana'), null, 'without one nothing is said');
insert into review_pain_mean values (pg_temp.therapist('test-ana'), 40, 6, 3, now());
select is(pg_temp.web('', 'select practice_numbers(4) #>> ''{pain,after}''', 'ana'), '3.0', 'control: one of forty is');
select is(pg_temp.web('', 'select practice_numbers(4) ->> ''pain''', 'ben'), null, 'not another''s');

-- the day list: what is there, in order, and of nobody else
select is(pg_temp.web('', 'select string_agg(i ->> ''client'' || '' '' || (i ->> ''time''), '', '') from json_array_elements(practice_day_list(''2025-11-02'') -> ''items'') i', 'ana'), 'mia 11:30 pm', 'a Sunday night is on the list of Sunday');
select is(pg_temp.web('', 'select practice_day_list(''2025-11-03'') ->> ''count''', 'ana'), '0', 'and not on Monday''s');
select is(pg_temp.web('', 'select practice_day_list(''2025-11-05'') #>> ''{items,0,is_block}''', 'ana'), 'true', 'blocked times too');
select is(pg_temp.web('', 'select practice_day_list(''2025-11-02'') ->> ''count''', 'ben'), '0', 'nobody else''s');
select is(pg_temp.web('', 'select practice_share(''https://unknot.example'') ->> ''book''', 'ana'), 'https://unknot.example/therapists/test-ana/book', 'a link of one''s own');
update therapist set name = 'A <b>&"x' where slug = 'test-ana';
select ok(pg_temp.web('', 'select practice_share(''https://unknot.example'') ->> ''button''', 'ana') like '%Book a visit with A &lt;b&gt;&amp;&quot;x</a>', 'a name in the button is text');
select * from finish();
rollback;
