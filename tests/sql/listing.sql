-- The listing follows what it rests on, in the transaction that changes it.
\ir search.psql

create temp table one as
select o.id, o.slug, l.location_id, f.service_id, a.lat, a.lon, offer_starts(f, null, null, 16777215, clock(), 12) as next
from ours o join listing l on l.therapist_id = o.id and l.shown join listing_offer f using (location_id, class) join location a on a.id = l.location_id
where cardinality(offer_starts(f, null, null, 16777215, clock(), 12)) = 12 and not l.shared
  and exists (select from therapist_tag q join tag g on g.id = q.tag_id where q.therapist_id = o.id and g.slug = 'swedish') order by o.id limit 1;
create function pg_temp.seen(p_technique text default null) returns json language sql as $$
    select r from one, pg_temp.all_of(null, one.lat || ',' || one.lon, 1, p_technique) r where r ->> 'slug' = one.slug $$;
create function pg_temp.row() returns listing language sql as $$ select l from listing l, one where l.location_id = one.location_id and l.shown $$;
create function pg_temp.offer() returns listing_offer language sql as $$ select o from listing_offer o, pg_temp.row() l where (o.location_id, o.class) = (l.location_id, l.class) $$;
create function pg_temp.has(p_kind text, p_slug text) returns boolean language sql as $$
    select (array[(l).tags0, (l).tags1, (l).tags2, (l).tags3, (l).tags4, (l).tags5])[g.bit / 64 + 1] & (1::int8 << (g.bit & 63)) <> 0
    from tag g, pg_temp.row() l where g.kind = p_kind and g.slug = p_slug $$;

select isnt(pg_temp.seen()::text, null, 'there to begin with');
select is((pg_temp.seen() ->> 'distance_m')::int, 0, 'where the place is');
select is_empty('select * from listing_differences(array(select id from ours))', 'what was written is what ought to be');

-- what is written in the order of the map lies together: Portland's west and east, Seattle, Boston, Sydney
select is(array(select t from (values ('Boston', 42.36, -71.06), ('Sydney', -33.87, 151.21), ('west', 45.52, -122.70), ('Seattle', 47.61, -122.33), ('east', 45.52, -122.58))
                x (t, lat, lon) order by abs(map_order(lat, lon) - map_order(45.52, -122.70))), '{west,east,Seattle,Boston,Sydney}', 'the curve through the map');
select is((select array[map_order(-90, -180), map_order(90, 180), map_order(-90, 180), map_order(90, -180)]), '{0,733007751850,1099511627775,366503875925}', 'from corner to corner');
select is((select array[count(*), max(abs(x - lx) + abs(y - ly))] from (select x, y, lag(x) over w as lx, lag(y) over w as ly from generate_series(0, 31) x, generate_series(0, 31) y
           window w as (order by map_order((y + 0.5) / 32.0 * 180 - 90, (x + 0.5) / 32.0 * 360 - 180))) n), '{1024,1}', 'each step to a neighbor');

-- price and service
update service set price = 12345 where id = (select service_id from one);
select is(pg_temp.seen() #>> '{price,amount}', '123.45', 'a new price shows at once');
select is(pg_temp.seen() #>> '{price,text}', '$123.45', 'in words as well');
select is((pg_temp.row()).price, 12345, 'and is what a price limit is held against');
update therapist set headline = 'New words' where id = (select id from one);
select is(pg_temp.seen() ->> 'headline', 'New words', 'so do new words');

-- a hold takes its time off the card, its end gives it back
create function pg_temp.starts() returns text[] language sql as $$ select array_agg(n ->> 'start') from json_array_elements(pg_temp.seen() -> 'next') n $$;
create temp table shown as select pg_temp.starts() as at_first;
select is((select at_first[1] from shown), (select rfc3339(min(n)) from one, unnest(next) n), 'the first free time is shown');
select set_config('app.booking', 'kim', true);
create temp table answer as select booking_hold('00000000-0000-4000-9000-000000000001', one.slug, one.service_id, one.next[1], 10, 'api') as d from one;
select is((select d ->> 'state' from answer), 'held', 'held');
select ok(not (pg_temp.starts() @> array[(select at_first[1] from shown)]), 'a held time is off the card');
select is_empty('select * from listing_differences(array(select id from one))', 'and nothing else is');
update listing_offer set merit = merit + 1 where location_id = (select location_id from one);
select is((select min(what) from listing_differences(array(select id from one))), 'its offer has not what the row says', 'an offer that says of its row what it does not');
update listing_offer set merit = merit - 1 where location_id = (select location_id from one);
update booking set state = 'cancelled' where id = (select (d ->> 'id')::uuid from answer);
select is(pg_temp.starts(), (select at_first from shown), 'given back, it is there again');

-- so it does on the day after a row was made, which is not made anew for that: nothing of today and the next three days is free here
savepoint yesterday;
insert into special_day select location_id, local_day(clock(), 'America/Chicago') + n, 'closed' from one, generate_series(0, 3) n on conflict (location_id, day) do update set kind = 'closed', open = '{}';
create or replace function unknot.clock() returns timestamptz language sql stable parallel safe as $$ select day_starts(local_day(now(), 'America/Chicago') + 1, 'America/Chicago') + interval '3 hours' $$;
create function pg_temp.of_yesterday() returns boolean language sql as $$ select bool_and(o.base = local_day(clock(), o.zone) - 1 and o.due > clock()) from listing_offer o where o.location_id = (pg_temp.offer()).location_id $$;
create temp table later as select o as before, offer_starts(o, null, null, 16777215, clock(), 100) as next from pg_temp.offer() o;
select ok(pg_temp.of_yesterday(), 'rows of yesterday that are not due');
select set_config('app.booking', 'lee', true);
create temp table answers as
select n, booking_hold(gen_random_uuid(), one.slug, one.service_id, case n when 1 then later.next[1] else (select min(x) from unnest(later.next) x where x > later.next[1] + interval '30 hours') end, 10, 'api') ->> 'id' as id
from one, later, generate_series(1, 2) n;
select ok((pg_temp.offer()).runs <> (select (before).runs from later) and (select bool_and(id is not null) from answers), 'a hold of its first time and one of a later day take them off');
select ok(not offer_starts(pg_temp.offer(), null, null, 16777215, clock(), 100) && array(select b.starts_at from booking b, answers where b.id = answers.id::uuid), 'both');
select is_empty('select * from listing_differences(array(select id from one))', 'and nothing else');
update booking set state = 'cancelled' where id in (select id::uuid from answers);
select is(offer_starts(pg_temp.offer(), null, null, 16777215, clock(), 100), (select next from later), 'given back, they are there again');
select is_empty('select * from listing_differences(array(select id from one))', 'as they ought to be');
select ok(pg_temp.of_yesterday(), 'in the rows of yesterday still');
update credential set checked_on = listing_today_utc() - 9, checked_until = listing_today_utc(), checked_where = 'Register', checked_by = 'Olga' where therapist_id = (select id from one);
select is((pg_temp.row()).due, (listing_today_utc() + 1)::timestamptz, 'a check that ends today');
select isnt(booking_hold(gen_random_uuid(), one.slug, one.service_id, later.next[1], 10, 'api') ->> 'id', null, 'a hold of the first time') from one, later;
select is((pg_temp.row()).due, (listing_today_utc() + 1)::timestamptz, 'and the row is due when the check ends, as before');
rollback to yesterday;

-- hours
update service set buffer_before = 0, buffer_after = 0 where id = (select service_id from one);
select ok(pg_temp.has('booking', 'instant'), 'can be booked at once');
delete from hours where location_id = (select location_id from one);
select is(json_array_length(pg_temp.seen() -> 'next'), 0, 'no hours, no times');
select is((pg_temp.row()).free, 0::int8, 'no part of a day');
select is((pg_temp.row()).first_day, date 'infinity', 'no first day');
select ok(not pg_temp.has('booking', 'instant'), 'and no booking at once');
insert into hours select location_id, d, '09:00', '10:00' from one, generate_series(1, 7) d;
select ok((select bool_and(n ->> 'local' = '09:00') from json_array_elements(pg_temp.seen() -> 'next') n), 'new hours, new times');
select cmp_ok((select bit_count((pg_temp.row()).free::bit(64))), '>=', 19::bigint, 'a bit for the morning of each day');
select is((pg_temp.row()).free & (select bit_or(6::int8 << n * 3) from generate_series(0, 20) n), 0::int8, 'and for no other part');
select is((select count(*) from unnest((pg_temp.offer()).hours) h where h = 512), 60 + (local_day(now(), 'America/Chicago') = (pg_temp.row()).first_day)::int::bigint,
    'the ninth hour of each day of the horizon');

-- a length is a row
update service set retired_at = now() where therapist_id = (select id from one) and id <> (select service_id from one);
select is((select array_agg(class) from listing where location_id = (select location_id from one)), array[60::smallint], 'one service, one row');
insert into service (therapist_id, name, minutes, price, currency) select id, 'Long', 115, 20000, 'USD' from one;
select is((select array_agg(class || ' ' || shown order by class) from listing where location_id = (select location_id from one)), '{60 true,120 false}', 'a second length, a second row');
select ok(pg_temp.has('length', '120') and pg_temp.has('length', '60') and not pg_temp.has('length', '90'), 'every row has the bits of all lengths');
insert into service (therapist_id, name, minutes, price, currency) select id, 'Longer', 125, 15000, 'USD' from one;
select is((select price from listing where location_id = (select location_id from one) and class = 120), 15000, 'of two as near to a length the cheaper one');
update service set retired_at = now() where therapist_id = (select id from one);
select is((select array_agg(class || ' ' || shown || ' ' || price) from listing where location_id = (select location_id from one)), '{0 true 2147483647}', 'without a service: listed, with no price');
update service set retired_at = null where id = (select service_id from one);

-- what is stated
delete from therapist_tag where therapist_id = (select id from one) and tag_id = (select id from tag where slug = 'swedish' and kind = 'technique');
select is(pg_temp.seen('swedish')::text, null, 'a technique that is given up is not found');
insert into therapist_tag select one.id, g.id from one, tag g where g.slug = 'swedish' and g.kind = 'technique';
select isnt(pg_temp.seen('swedish')::text, null, 'one that is taken up is');
delete from location_tag where location_id = (select location_id from one);
select ok(not pg_temp.has('access', 'step_free'), 'a place that states nothing');
insert into location_tag select one.location_id, g.id from one, tag g where g.kind = 'access' and g.slug = 'step_free';
select ok(pg_temp.has('access', 'step_free'), 'step-free');
update therapist set new_clients = false where id = (select id from one);
select ok(not pg_temp.has('booking', 'new_clients') and not (pg_temp.seen() ->> 'new_clients')::boolean, 'takes no new clients');
update location set home_km = 7 where id = (select location_id from one);
select ok(pg_temp.has('booking', 'home_visit') and (pg_temp.row()).home_km = 7, 'visits at home');

-- proof
delete from credential where therapist_id = (select id from one);
select is(pg_temp.seen() #>> '{credential,state}', 'none', 'without a credential');
create temp table merit as select (pg_temp.row()).merit as bare;
insert into credential (therapist_id, kind, title, issuer) select id, 'state_license', 'Licensed massage therapist', 'Board' from one;
select is(pg_temp.seen() #>> '{credential,state}', 'unchecked', 'not checked yet');
select ok(not pg_temp.has('credential', 'state_license') and (pg_temp.row()).merit = (select bare from merit), 'which is no proof');
update credential set checked_on = current_date - 1, checked_until = current_date, checked_where = 'Register', checked_by = 'Olga' where therapist_id = (select id from one);
select is(pg_temp.seen() #>> '{credential,state}', 'checked', 'checked, on its last day too');
select ok(pg_temp.has('proof', 'checked') and pg_temp.has('credential', 'state_license') and not pg_temp.has('proof', 'back_pain_training'), 'a proof');
select is((pg_temp.row()).merit - (select bare from merit)::int, (select credentials from ranking()), 'with its points');
select is((pg_temp.row()).due <= (current_date + 1)::timestamptz, true, 'due when it ends');
insert into credential (therapist_id, kind, title, issuer, specialism_id, checked_on, checked_until, checked_where, checked_by)
select one.id, 'ce_course', 'Low back', 'School', g.id, current_date, current_date + 9, 'Seen', 'Olga' from one, tag g where g.kind = 'specialism' and g.slug = 'low-back-course';
select ok(pg_temp.has('proof', 'back_pain_training') and pg_temp.has('specialism', 'low-back-course'), 'training about back pain');
select is((pg_temp.row()).merit - (select bare from merit)::int, (select credentials + training from ranking()), 'with its points');
update listing_card set credential_until = current_date - 1 where location_id = (select location_id from one);
select is(pg_temp.seen() #>> '{credential,state}', 'lapsed', 'the day after it hides its badge by itself, with nothing refreshed');
update credential set checked_until = current_date - 1, checked_on = current_date - 9 where therapist_id = (select id from one);
select is(pg_temp.seen() #>> '{credential,state}', 'lapsed', 'and so it says when refreshed');
select ok(not pg_temp.has('proof', 'checked') and not pg_temp.has('proof', 'back_pain_training') and (pg_temp.row()).merit = (select bare from merit), 'and nothing is left of it');

-- moved, hidden, gone
update location set lat = lat + 0.5 where id = (select location_id from one);
select is(pg_temp.seen()::text, null, 'moved away');
update location set lat = lat - 0.5 where id = (select location_id from one);
update therapist set published = false where id = (select id from one);
select is(pg_temp.seen()::text, null, 'not published: not there');
select is((select count(*) from listing_card where location_id = (select location_id from one)), 0::bigint, 'nor its card');
select is((select count(*) from listing_due where therapist_id = (select id from one)), 0::bigint, 'nor anything to do for the worker');
select is(directory_profile((select slug from one))::text, null, 'nor the profile');
update therapist set published = true where id = (select id from one);
select isnt(pg_temp.seen()::text, null, 'published again');

-- two places of one therapist
insert into location (therapist_id, name, street, town, region, country, lat, lon, zone) select id, 'Other', '2 Main St', 'Testfield', 'IL', 'US', lat + 0.001, lon, 'America/Chicago' from one;
select is((select count(*) from one, pg_temp.all_of(null, one.lat || ',' || one.lon, 1) r where r ->> 'slug' = one.slug), 1::bigint, 'two places in the circle: there once');
select is((pg_temp.seen() ->> 'distance_m')::int, 0, 'with the nearer');
select is((select count(*) from listing where therapist_id = (select id from one) and shared), 2::bigint, 'though both are listed, as shared');

-- what one therapist costs does not grow with the directory
select cmp_ok((select count(*) from service), '>', 300::bigint, 'there are many others');
create temp table was_read as select relid, seq_tup_read + idx_tup_fetch as n from pg_stat_xact_user_tables;
set local enable_seqscan = off;
set local enable_bitmapscan = off; -- of a small table it may be all, as well
discard plans;
do $$ begin perform listing_write(array(select max(id) from ours)); end $$; -- the last, since a merge of two tables ends with it
reset enable_seqscan;
reset enable_bitmapscan;
select is((select max(s.seq_tup_read + s.idx_tup_fetch - w.n) < 100 from pg_stat_xact_user_tables s join was_read w using (relid)
           where s.relname in ('location', 'service', 'hours', 'credential', 'review')), true, 'and nobody else''s are read');

-- reviews count, removed ones do not
select is((pg_temp.row()).rating, 0::real, 'no reviews');
select is(pg_temp.seen() ->> 'rating', null, 'and no number');
select is_empty('select * from listing_differences(array(select id from ours))', 'after all this it is what it ought to be');

-- The clock goes on by three days: the worker takes the passed hours from rows of the same day and makes those of another anew, in the night.
create or replace function unknot.clock() returns timestamptz language sql stable as $$ select current_setting('test.clock')::timestamptz $$;
select set_config('test.clock', (now() + interval '1 minute')::text, true);
update credential set checked_until = listing_today_utc() where checked_until > listing_today_utc() and therapist_id in (select id from ours where id % 4 = 0); -- on the evening of an American day
create temp table wrong (what text);
create temp table passed (n int, others int);
do $$
declare
    due int[];
    others int[];
    mine int[];
begin
    for step in 1..28 loop
        perform set_config('test.clock', (clock() + interval '160 minutes')::text, true);
        due := array(select d.therapist_id from listing_due d join ours on id = d.therapist_id where d.due <= clock());
        others := listing_pass(due);
        mine := array(select unnest(due) except select unnest(others));
        insert into passed values (cardinality(mine), cardinality(others));
        insert into wrong select 'passed, ' || d.what from listing_differences(mine[:9]) d;
        insert into wrong select concat('due of ', m.location_id, ' at ', clock(), ': ', l.due, ' instead of ', m.due)
        from unnest(mine[:9]) t cross join lateral listing_made(t) m join listing l using (location_id, class) where l.due <> m.due;
        perform listing_write(others);
        insert into wrong select 'behind, ' || d.what from listing_differences(others[:5]) d;
        insert into wrong select concat('of yesterday at ', clock(), ': ', o.location_id) from ours t join location p on p.therapist_id = t.id join listing_offer o on o.location_id = p.id
        where date_part('hour', clock() at time zone o.zone) >= 6 and o.base < local_day(clock(), o.zone);
    end loop;
end $$;
update service set retired_at = now() where therapist_id = (select max(id) from ours where id % 4 = 1);
select is(listing_pass(array(select max(id) from ours where id % 4 = 1)), array(select max(id) from ours where id % 4 = 1), 'who has no service has no hours that pass');
select is((select array_agg(distinct what) from wrong), null, 'rows are what they ought to be, and due when they ought to be');
select ok(sum(n) > 100 and sum(others) > 300, 'many rows are passed by, ' || sum(n) || ', and more made anew, ' || sum(others)) from passed;

select * from finish();
rollback;
