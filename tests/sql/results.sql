-- What the cards of a page say of free times: the first three of slots() within the days and hours asked for, in the words of say_time() and the like, in zones
-- of all kinds, around the nights on which clocks change and on days like any other.
\ir search.psql

create or replace function unknot.clock() returns timestamptz language sql stable as $$ select current_setting('test.clock')::timestamptz $$;
set local session_replication_role = replica;
update location l set zone = (array['America/Chicago', 'America/Chicago', 'America/New_York', 'Europe/London', 'America/Havana', 'Australia/Lord_Howe', 'Asia/Kolkata'])[1 + l.id % 7] from ours o where o.id = l.therapist_id;
-- some work through the night
delete from hours h using location l, ours o where l.id = h.location_id and o.id = l.therapist_id and l.id % 3 = 0;
insert into hours (location_id, weekday, starts, ends)
select l.id, d, s::time, (s::time + interval '3 hours')::time from location l join ours o on o.id = l.therapist_id, generate_series(1, 7) d, unnest('{00:00,04:00,20:30}'::text[]) s where l.id % 3 = 0;
update service set horizon = 6 from ours o where o.id = therapist_id and service.id % 5 = 0;
set local session_replication_role = origin;

-- p_zone: that of the place asked for.
create function pg_temp.asked(p_zone text, p_country text, p_first int, p_days int, p_hours int) returns asked language plpgsql as $$
declare
    a asked := directory_asked(null, null, null, 'any', null, null, null, null, null, null, null, '{}');
begin
    a.zone := p_zone;
    a.country := p_country;
    a.today := local_day(clock(), p_zone);
    a.first_day := a.today + p_first;
    a.last_day := a.first_day + p_days - 1;
    a.hours := p_hours;
    return a;
end $$;

create temp table question (n int, zone text, country text, first int, days int, hours int);
insert into question
select row_number() over (), z.zone, z.country, t.* from (values ('America/Chicago', 'US'), ('Europe/London', 'GB'), ('Australia/Lord_Howe', 'AU'), ('America/Havana', 'DE')) z (zone, country),
     (values (null::int, null::int, 16777215), (0, 7, 16777215), (1, 1, 16777215), (6, 1, 16777215), (0, 7, 4095), (1, 2, 15), (2, 1, 12582912), (1, 5, 126976), (40, 9, 16777215)) t (first, days, hours);

create temp table told (asked int, at timestamptz, offer listing_offer, country text, next json, ought json);
create function pg_temp.tell() returns void language plpgsql as $$
begin
    insert into told
    with page as materialized (
        select q.n, pg_temp.asked(q.zone, q.country, q.first, q.days, q.hours) as a,
               array(select f from listing_offer f join listing l using (location_id, class) join ours o on o.id = l.therapist_id where l.shown and f.location_id % 11 = q.n % 11 order by f.location_id) as offers
        from question q)
    select p.n, clock(), p.offers[i.i], (p.a).country, i.r -> 'next',
           (select coalesce(json_agg(json_build_object('start', rfc3339(s.start), 'service', s.service, 'day', say_day_short(s.local::date, local_day(clock(), s.zone), (p.a).country), 'local', to_char(s.local, 'HH24:MI'),
                                                       'time', say_time(s.start, s.zone, (p.a).country)) order by s.start), '[]')
            from (select s.*, (p.offers[i.i]).service_id as service
                  from slots((p.offers[i.i]).service_id, (p.offers[i.i]).location_id, coalesce((p.a).first_day, local_day(clock(), (p.offers[i.i]).zone)), coalesce((p.a).last_day - (p.a).first_day + 1, 61)) s
                  where 1 << date_part('hour', s.local)::int & (p.a).hours <> 0 order by s.start limit 3) s)
    from page p cross join lateral json_array_elements(('[' || directory_results(p.a, (select array_agg(o.location_id) from unnest(p.offers) o), (select array_agg(o.class) from unnest(p.offers) o),
                                                                                (select array_agg(0::int8) from unnest(p.offers) o), 1) || ']')::json) with ordinality i (r, i);
end $$;

-- the nights of autumn and spring in these zones, and weeks like any other; later: the listing is behind
do $$
declare
    x record;
begin
    for x in select * from (values ('2026-10-24 06:00Z', interval '0'), ('2026-10-30 17:00Z', '0'), ('2026-10-31 15:20Z', '9 hours'), ('2026-10-03 02:00Z', '0'), ('2027-03-12 12:00Z', '0'), ('2027-03-27 05:00Z', '26 hours'),
                                   ('2027-04-02 08:00Z', '0'), ('2027-01-11 12:00Z', '0'), ('2027-01-18 12:00Z', '3 hours')) x (at, later) loop
        perform set_config('test.clock', x.at, true);
        perform listing_rebuild(array(select id from ours));
        perform set_config('test.clock', (x.at::timestamptz + x.later)::text, true);
        perform pg_temp.tell();
    end loop;
end $$;
select is((select string_agg(format('%s %s %s: %s and ought to be %s', t.at, (t.offer).zone, q, t.next, t.ought), E'\n')
           from (select * from told where next::jsonb <> ought::jsonb order by at, asked limit 3) t join question q on q.n = t.asked), null, 'cards say the free times there are');
select cmp_ok((select count(*) from told where json_array_length(ought) = 3), '>', 1000::bigint, 'and there are some');
select cmp_ok((select count(*) from told where ought::text like '%(UTC%'), '>', 3::bigint, 'in an hour that comes twice too');
select cmp_ok((select count(*) from told t join question q on q.n = t.asked where (t.offer).zone <> q.zone), '>', 1000::bigint, 'in other zones than that of the question');
select * from finish();
rollback;
