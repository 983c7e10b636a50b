-- Towns follow what is listed, in the transaction that changes it.
\ir search.psql

create function pg_temp.counted() returns text language sql as $$
    select string_agg(country || '|' || region || '|' || slug || '|' || therapists, ' ' order by country, region, slug) from town $$;
create function pg_temp.true_counts() returns text language sql as $$
    select string_agg(country || '|' || region || '|' || town_slug || '|' || n, ' ' order by country, region, town_slug)
    from (select a.country, a.region, a.town_slug, count(distinct a.therapist_id) as n from location a
          where exists (select from listing l where l.location_id = a.id) group by 1, 2, 3) x $$;

select isnt(pg_temp.counted(), null, 'towns there are');
select is(pg_temp.counted(), pg_temp.true_counts(), 'and their counts are true');
create temp table who as select a.therapist_id as id, a.id as location, a.town_slug from ours o join location a on a.therapist_id = o.id order by 1, 2 limit 1;
create temp table earlier as select pg_temp.counted() as said;
update therapist set published = false where id = (select id from who);
select isnt(pg_temp.counted(), (select said from earlier), 'hidden: one fewer');
select is(pg_temp.counted(), pg_temp.true_counts(), 'the right one');
update therapist set published = true where id = (select id from who);
select is(pg_temp.counted(), (select said from earlier), 'back again');
update location set town = 'Ålborg am Test' where id = (select location from who);
select is((select name || ' ' || therapists from town where slug = 'alborg-am-test'), 'Ålborg am Test 1', 'moved to a new town');
select is(pg_temp.counted(), pg_temp.true_counts(), 'which is gone from the old one');
delete from location where id = (select location from who);
select is((select count(*) from town where slug = 'alborg-am-test'), 0::bigint, 'a town without anybody is no town');
select is(pg_temp.counted(), pg_temp.true_counts(), 'all still true');
select is((select towns_rebuild()), (select count(*)::int from (select distinct country, region, town_slug from location a where exists (select from listing l where l.location_id = a.id)) x), 'rebuilt');
select is(pg_temp.counted(), pg_temp.true_counts(), 'to the same');
select is(area_slug('US', 'CA') || ' ' || area_slug('CA', 'ON') || ' ' || area_slug('CA', '') || ' ' || area_slug('DE', 'Baden-Württemberg'), 'ca ca-on ca-all de-baden-wurttemberg', 'California is not Canada');

select * from finish();
rollback;
