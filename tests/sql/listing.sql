-- The listing follows what it rests on, in the transaction that changes it.
\ir search.psql

create temp table one as
select o.id, o.slug, l.location_id, l.service_id, a.lat, a.lon, l.next from ours o join listing l on l.therapist_id = o.id join location a on a.id = l.location_id
where cardinality(l.next) = 12 and not exists (select from location x where x.therapist_id = o.id and x.id <> l.location_id)
  and exists (select from therapist_technique q where q.therapist_id = o.id and q.technique_id = 0) order by o.id limit 1;
create function pg_temp.seen(p_technique text default null) returns json language sql as $$
    select r from one, pg_temp.all_of(null, one.lat || ',' || one.lon, 1, p_technique) r where r ->> 'slug' = one.slug $$;

select isnt(pg_temp.seen()::text, null, 'there to begin with');
select is((pg_temp.seen() ->> 'distance_m')::int, 0, 'where the place is');

-- price and service
update service set price = 12345 where id = (select service_id from one);
select is(pg_temp.seen() #>> '{price,amount}', '123.45', 'a new price shows at once');
select is(pg_temp.seen() #>> '{price,text}', '$123.45', 'in words as well');
update therapist set headline = 'New words' where id = (select id from one);
select is(pg_temp.seen() ->> 'headline', 'New words', 'so do new words');

-- a hold takes its time off the card, its end gives it back
create function pg_temp.starts() returns text[] language sql as $$ select array_agg(n ->> 'start') from json_array_elements(pg_temp.seen() -> 'next') n $$;
create temp table shown as select pg_temp.starts() as at_first;
select is((select at_first[1] from shown), (select rfc3339(min(n)) from one, unnest(next) n), 'the first free time is shown');
select set_config('app.booking', 'kim', true);
create temp table answer as select booking_hold('00000000-0000-4000-9000-000000000001', one.slug, one.service_id, one.next[1], 10) as d from one;
select is((select d ->> 'state' from answer), 'held', 'held');
select ok(not (pg_temp.starts() @> array[(select at_first[1] from shown)]), 'a held time is off the card');
update booking set state = 'cancelled' where id = (select (d ->> 'id')::uuid from answer);
select is(pg_temp.starts(), (select at_first from shown), 'given back, it is there again');

-- hours
update service set buffer_before = 0, buffer_after = 0 where id = (select service_id from one);
delete from hours where location_id = (select location_id from one);
select is(json_array_length(pg_temp.seen() -> 'next'), 0, 'no hours, no times');
select is((select days from listing where location_id = (select location_id from one)), 0::int8, 'and no days');
insert into hours select location_id, d, '09:00', '10:00' from one, generate_series(1, 7) d;
select ok((select bool_and(n ->> 'local' = '09:00') from json_array_elements(pg_temp.seen() -> 'next') n), 'new hours, new times');
select is((select bit_count(days::bit(64)) from listing where location_id = (select location_id from one)) >= 58, true, 'a day''s bit for each day of the horizon');

-- techniques
delete from therapist_technique where therapist_id = (select id from one) and technique_id = 0;
select is(pg_temp.seen('swedish')::text, null, 'a technique that is given up is not found');
insert into therapist_technique select id, 0 from one;
select isnt(pg_temp.seen('swedish')::text, null, 'one that is taken up is');

-- proof
delete from credential where therapist_id = (select id from one);
select is(pg_temp.seen() #>> '{credential,state}', 'none', 'without a credential');
insert into credential (therapist_id, kind, title, issuer) select id, 'state_license', 'Licensed massage therapist', 'Board' from one;
select is(pg_temp.seen() #>> '{credential,word}', 'State licence: not checked yet', 'not checked yet');
update credential set checked_on = current_date - 1, checked_until = current_date, checked_where = 'Register', checked_by = 'Olga' where therapist_id = (select id from one);
select is(pg_temp.seen() #>> '{credential,state}', 'checked', 'checked, on its last day too');
update listing_card set credential_until = current_date - 1 where location_id = (select location_id from one);
select is(pg_temp.seen() #>> '{credential,state}', 'lapsed', 'the day after it hides its badge by itself, with nothing refreshed');
update credential set checked_until = current_date - 1, checked_on = current_date - 9 where therapist_id = (select id from one);
select is(pg_temp.seen() #>> '{credential,state}', 'lapsed', 'and so it says when refreshed');

-- moved, hidden, gone
update location set lat = lat + 0.5 where id = (select location_id from one);
select is(pg_temp.seen()::text, null, 'moved away');
update location set lat = lat - 0.5 where id = (select location_id from one);
update therapist set published = false where id = (select id from one);
select is(pg_temp.seen()::text, null, 'not published: not there');
select is((select count(*) from listing_card where location_id = (select location_id from one)), 0::bigint, 'nor its card');
select is(directory_profile((select slug from one))::text, null, 'nor the profile');
update therapist set published = true where id = (select id from one);
select isnt(pg_temp.seen()::text, null, 'published again');

-- two places of one therapist
insert into location (therapist_id, name, street, town, region, country, lat, lon, zone) select id, 'Other', '2 Main St', 'Testfield', 'IL', 'US', lat + 0.001, lon, 'America/Chicago' from one;
select is((select count(*) from one, pg_temp.all_of(null, one.lat || ',' || one.lon, 1) r where r ->> 'slug' = one.slug), 1::bigint, 'two places in the circle: there once');
select is((pg_temp.seen() ->> 'distance_m')::int, 0, 'with the nearer');
select is((select count(*) from listing where therapist_id = (select id from one)), 2::bigint, 'though both are listed');

-- reviews count, removed ones do not
select is((select rating_n from listing where location_id = (select location_id from one)), 0, 'no reviews');
select is(pg_temp.seen() ->> 'rating', null, 'and no number');

select * from finish();
rollback;
