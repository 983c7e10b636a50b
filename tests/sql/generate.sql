-- What `unknot generate` writes without triggers and without a look at foreign keys is what they would have made of it.
\set QUIET 1
\pset format unaligned
\pset tuples_only true
\set ON_ERROR_ROLLBACK 1
\set ON_ERROR_STOP true
begin;
select no_plan();
set local jit = off;
truncate sample.town;
insert into sample.town values (0.5, 'Testfield', 'IL', '00160', 39.80, -89.60, 'America/Chicago', 5.4), (1, 'Testyack', 'CA', '00161', 37.0, -120.0, 'America/Los_Angeles', 2);
update credential_setting set license_blocks = true;
create function pg_temp.indexes() returns text language sql as $$
    select md5(string_agg(pg_get_indexdef(indexrelid), ' ' order by pg_get_indexdef(indexrelid))) from pg_index where indrelid = any ('{booking,client,slot_claim,safety_check,service_tag,therapist_tag,location_tag,therapist_not}'::regclass[]) $$;
select sample.begin(7300, 200, 20);
create temp table first as select s.therapist + 7300 as id, 7300 as n, pg_temp.indexes() as indexes from sample.start s;
grant select on first to unknot_owner;
set local session authorization unknot_owner;

-- --- Indexes that are put off

create temp table off as select sample.put_off() as n;
select cmp_ok((select n from off), '>', 10, 'indexes are put off');
select is_empty($$select x.indexrelid::regclass from pg_index x where x.indrelid = 'booking'::regclass and not x.indisunique and x.indpred is null$$, 'those of bookings that keep nothing unique');
select is_empty($$select from pg_class c where c.relname in ('booking_coming', 'booking_past', 'booking_client')$$, 'and those whose condition such visits meet');
select isnt_empty($$select from pg_class c where c.relname = 'booking_waiting'$$, 'but none whose condition they do not');
select isnt_empty($$select from pg_index x where x.indrelid = 'booking'::regclass and x.indisunique and x.indexrelid = 'booking_key_key'::regclass$$, 'the others stay');
select isnt_empty($$select from pg_constraint c where c.conrelid = 'slot_claim'::regclass and c.contype = 'x'$$, 'and what keeps two visits apart');

-- --- People and visits

select is(sample.therapists(f.n + 90, 90, true), 90, 'therapists') from first f;
select cmp_ok(sample.visits(20), '>', 1000, 'and their visits');
select is(sample.therapists(f.n, 90, true), 90, 'by another connection, those before them') from first f;
select cmp_ok(sample.visits(20), '>', 1000, 'and theirs');
select is((select array[min(id), max(id)] from therapist t where t.id >= f.id), array[f.id, f.id + 179], 'their ids follow from their numbers') from first f;
select is((select count(*)::int from therapist t join therapist_tag s on s.therapist_id = t.id join tag g on g.id = s.tag_id and g.kind = 'gender', first f
           where t.id >= f.id and g.slug in ('woman', 'man') and split_part(t.name, ' ', 1) = any (sample.first_names(case g.slug when 'woman' then 'man' else 'woman' end))
             and split_part(t.name, ' ', 1) <> all ('{Kalani,Juniper}')), 0, 'nobody''s name contradicts the gender they state');
select cmp_ok((select count(*)::int from therapist_tag s join tag g on g.id = s.tag_id and g.kind = 'gender', first f where s.therapist_id >= f.id), '>', 90, 'which most do');
select is((select array[min(l.id), max(l.id), count(*)::int] from location l where l.therapist_id >= f.id), (select array[s.location + sample.places_of(f.n - 1) + 1, s.location + sample.places_of(f.n + 179), sample.places_of(f.n + 179) - sample.places_of(f.n - 1)] from sample.start s), 'those of places') from first f;
select is((select array[min(v.id), max(v.id), count(*)::int] from service v where v.therapist_id >= f.id), (select array[s.service + sample.services_of(f.n - 1) + 1, s.service + sample.services_of(f.n + 179), sample.services_of(f.n + 179) - sample.services_of(f.n - 1)] from sample.start s), 'and of services too') from first f;
select is_empty($$select l.id from location l join location o on o.id > l.id join first f on l.therapist_id >= f.id and o.therapist_id >= f.id where l.therapist_id >= f.id + 90 and o.therapist_id < f.id + 90$$, 'in whatever order they were made');
select cmp_ok(nextval(pg_get_serial_sequence('location', 'id')), '>', (select max(id)::int8 from location), 'who comes next gets none of theirs');
select cmp_ok(nextval(pg_get_serial_sequence('slot_claim', 'id')), '>', (select max(id) from slot_claim), 'and no claim either');
select is(current_setting('session_replication_role'), 'replica', 'written without triggers');
select is_empty($$select l.id from location l, first f where l.therapist_id >= f.id and (l.bookable_until, l.town_slug) is distinct from (place_license(l.therapist_id, l.country, l.region), slug_of(l.town))$$,
                'what the law says of each place stands in it');
select cmp_ok((select count(distinct l.bookable_until)::int from location l, first f where l.therapist_id >= f.id), '>', 2, 'which differs');
select is_empty($$select b.id from booking b, first f where b.therapist_id >= f.id and b.techniques is distinct from service_techniques(b.service_id)$$, 'a visit keeps what its service consisted of');
select cmp_ok((select count(*)::int from booking b, first f where b.therapist_id >= f.id and b.techniques <> '{}'), '>', 1000, 'which is something');
select is_empty($$select b.id from booking b join first f on b.therapist_id >= f.id left join slot_claim c on c.booking_id = b.id and c.blocked @> tstzrange(b.starts_at, b.ends_at) where c.id is null$$, 'each has its claim');
select is_empty($$select c.id from client c join first f on c.therapist_id >= f.id left join (select b.client_id, max(b.starts_at) as at from booking b group by 1) b on b.client_id = c.id
                  where c.latest_at is distinct from b.at$$, 'and each client the latest visit');

-- --- Foreign keys, all rows at once

select lives_ok($$select sample.hold(k.oid) from pg_constraint k
                   where k.contype = 'f' and k.conrelid = any ('{booking,client,slot_claim,safety_check,location,service,therapist_tag,location_tag}'::regclass[])$$, 'foreign keys hold');
create function pg_temp.hold(p_table regclass) returns void language sql as $$ select sample.hold(k.oid) from pg_constraint k where k.contype = 'f' and k.conrelid = p_table $$;
savepoint broken;
update booking set service_id = -1 where id = (select b.id from booking b, first f where b.therapist_id >= f.id limit 1);
select throws_ok($$select pg_temp.hold('booking')$$, '23503', null, 'one that does not is found');
rollback to broken;
update booking set client_id = gen_random_uuid() where id = (select b.id from booking b, first f where b.therapist_id >= f.id limit 1);
select throws_like($$select pg_temp.hold('booking')$$, '%booking_client_id_fkey%', 'by its name');
rollback to broken;

-- --- What search reads

select sample.put_back(i) from off, generate_series(1, off.n) i;
select sample.put_back_all();
select is(pg_temp.indexes(), (select indexes from first), 'all indexes are there again');
select set_config('session_replication_role', 'origin', true);
select cmp_ok(sample.chores('statistics'), '>', 10, 'statistics are chores');
select sample.chore(c.n) from sample.chore c order by c.n;
update service v set notice = 2880 from first f where v.therapist_id >= f.id and v.therapist_id % 2 = 0; -- a day that begins late, and the ones after it
select cmp_ok(sample.list(f.n, f.n + 179), '>', 180, 'rows of the listing') from first f;
select cmp_ok(sample.chores('listing'), '>', 30, 'so is the listing in its place, and a look at foreign keys');
select is((select c.command from sample.chore c where c.n = 2), 'select sample.fill_rows()', 'the longest first');
select is((select count(*)::int from sample.chore c, pg_constraint k where k.contype = 'f' and k.conrelid = 'booking'::regclass and c.command = format('select sample.hold(%s)', k.oid)),
          (select count(*)::int from pg_constraint k where k.contype = 'f' and k.conrelid = 'booking'::regclass), 'each key of a booking');
select sample.chore(c.n) from sample.chore c order by c.n;
select is(sample.chores('search'), 3, 'and what is made of it');
select sample.chore(c.n) from sample.chore c order by c.n;
select is((select count(distinct l.therapist_id)::int from listing l, first f where l.therapist_id >= f.id), (select count(*)::int from therapist t, first f where t.id >= f.id and t.published), 'all who are published');
select is_empty($$select d.* from first f, listing_differences(array(select generate_series(f.id, f.id + 29))) d$$, 'what is listed is what ought to be');

select * from finish();
rollback;
