-- Who is meant by an entry of a waiting list near a place, found on the map, against all there are.
\ir search.psql

create function pg_temp.plainly(w waiting) returns int[] language sql as $$
    select coalesce(array_agg(distinct t.id order by t.id), '{}') from location l join therapist t on t.id = l.therapist_id
    where t.published and earth_metres(w.lat, w.lon, l.lat, l.lon) <= w.km * 1000 and (w.tag_id is null or exists (select from therapist_tag g where g.therapist_id = t.id and g.tag_id = w.tag_id)) $$;
select setseed(0.2);
-- places near those who are there, also at the edge of the map and far in the north
update location set lat = -17.5, lon = 179.99, country = 'FJ', region = '', town = 'Savusavu' where id = (select min(a.id) from location a join ours o on o.id = a.therapist_id);
update location set lat = 78.2, lon = 15.6, country = 'NO', region = '', town = 'Longyearbyen' where id = (select max(a.id) from location a join ours o on o.id = a.therapist_id);
create temp table entry as
select (jsonb_populate_record(null::waiting, jsonb_build_object('lat', x.lat, 'lon', x.lon, 'km', (array[5, 10, 25, 50, 100])[1 + (random() * 4)::int],
            'tag_id', case when random() < 0.4 then (select id from tag where kind = 'technique' order by random() limit 1) end))) as w
from (select a.lat + random() * 2 - 1 as lat, a.lon + random() * 2 - 1 as lon from location a cross join generate_series(1, 2)
      union all select -17.5 + random() - 0.5, -180 + random() from generate_series(1, 20) union all select 78.2 + random() * 2 - 1, 15.6 + random() * 8 - 4 from generate_series(1, 20)) x limit 340 offset 0;
insert into entry select (jsonb_populate_record(null::waiting, jsonb_build_object('lat', -17.5 + random() - 0.5, 'lon', -180 + random() / 2, 'km', 100))) from generate_series(1, 10);
insert into entry select (jsonb_populate_record(null::waiting, jsonb_build_object('lat', 78.2 + random() - 0.5, 'lon', 15.6 + random() * 6 - 3, 'km', 100))) from generate_series(1, 10);
select is_empty('select w from entry where array(select waiting_therapists(w) order by 1) <> pg_temp.plainly(w)', 'the same therapists');
select is_empty('select w from entry where array(select o.id from therapist o where waiting_suits(w, o.id) order by 1) <> pg_temp.plainly(w)', 'asked one by one, too');
select ok((select count(*) from entry where pg_temp.plainly(w) <> '{}') > 50, 'control: many have somebody');
select ok(exists (select from entry where (w).lon < -179 and pg_temp.plainly(w) <> '{}') and exists (select from entry where (w).lat > 77 and pg_temp.plainly(w) <> '{}'), 'control: beyond the edge and in the north, too');
select is(array(select waiting_therapists(jsonb_populate_record(null::waiting, '{"therapist_id": 4711}'))), '{4711}', 'who waits for one waits for one');

select * from finish();
rollback;
