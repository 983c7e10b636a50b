-- Whatever changes, and however the clock moves: what is written stays what ought to be. Random changes of all kinds through half a year with both
-- nights on which the clock changes, in a database of its own; the therapist of each change is held against the tables.
--   CHANGES=20000 SEED=0.7: how many, and which; 150 where nothing is said
\set QUIET 1
\pset format unaligned
\pset tuples_only true
\set ON_ERROR_STOP true
\set changes 150
\getenv changes CHANGES
\set seed 0.42
\getenv seed SEED
\c postgres
drop database if exists unknot_changes;
create database unknot_changes template unknot;
\c unknot_changes
set jit = off;
set search_path = unknot, tap, public;
set client_min_messages = warning;
select no_plan();

-- The clock is ours: it stands where the last change has put it.
create or replace function clock() returns timestamptz language sql stable as $$ select current_setting('test.clock')::timestamptz $$;
set test.clock = '2026-10-12 09:00Z';
select set_config('app.booking', 'kim', false);
select setseed(:seed);

create table fault (change int, kind text, at timestamptz, therapist int, what text);
create table done (kind text primary key, n int not null);

-- 24 therapists in zones on both halves of the world
insert into therapist (slug, name, published) select 'test-' || n, 'Test ' || n, n % 8 <> 7 from generate_series(1, 24) n;
insert into location (therapist_id, street, town, region, country, lat, lon, zone)
select t.id, '1 Main St', 'Town', '', 'US', 40 + random(), -90 + random(),
       (array['America/New_York', 'Europe/London', 'Australia/Lord_Howe', 'America/Havana', 'Asia/Kolkata', 'America/Los_Angeles', 'Pacific/Apia', 'Africa/Casablanca'])[1 + substr(t.slug, 6)::int % 8]
from therapist t where t.slug like 'test-%';
insert into hours select l.id, d, (array['08:00', '00:00', '13:10', '09:00'])[1 + n % 4]::time, (array['17:00', '24:00', '21:45', '12:30'])[1 + n % 4]::time
from location l join therapist t on t.id = l.therapist_id, lateral (select substr(t.slug, 6)::int as n) x, generate_series(1, 6) d where t.slug like 'test-%';
insert into service (therapist_id, name, minutes, price, currency, buffer_before, buffer_after, step, notice)
select id, 'Massage', (array[60, 90, 30])[1 + n % 3], 9000, 'USD', 10 * (n % 2), 5 * (n % 4), (array[30, 15, 20, 60])[1 + n % 4], 60 * (n % 5)
from therapist, lateral (select substr(slug, 6)::int as n) x where slug like 'test-%';

-- Six practices, each with a place of two rooms for four of them.
insert into practice (name) select 'Practice ' || n from generate_series(1, 6) n;
insert into premises (practice_id, name, street, town, country, lat, lon, zone)
select id, name, '7 Shared St', 'Town', 'US', 40, -90, (array['America/New_York', 'Europe/London', 'Australia/Lord_Howe'])[1 + id % 3] from practice;
insert into room (premises_id, name, position) select p.id, 'Room ' || n, n from premises p, generate_series(1, 2) n;
create function shared_by(t int) returns int language sql as $$ select id from premises where practice_id = (select min(id) from practice) + (select substr(slug, 6)::int % 6 from therapist where id = t) $$;
create function mates(t int) returns int[] language sql as $$ select array_agg(x.id order by x.id) from therapist x where x.id = t or x.id in (select therapist_id from service_room where room_id in (select id from room where premises_id = shared_by(t))) $$;

create function pick(p_list text[]) returns text language sql volatile as $$ select p_list[1 + floor(random() * cardinality(p_list))::int] $$;
create function one_of(p_table text, p_where text) returns int language plpgsql volatile as $$
declare
    ids int[];
begin
    execute format('select array_agg(id order by id) from %s where %s', p_table, p_where) into ids;
    return ids[1 + floor(random() * cardinality(ids))::int];
end $$;

-- One change of a kind to a therapist; false when there was nothing of that kind to change.
create function change(p_kind text, t int) returns boolean language plpgsql volatile as $$
declare
    place int := one_of('location', 'therapist_id = ' || t);
    serve int := one_of('service', 'therapist_id = ' || t || ' and retired_at is null');
    visit uuid;
    s timestamptz;
    d int;
    since date;
begin
    case p_kind
    when 'hold', 'confirm', 'extend' then
        d := case when random() < 0.4 then 0 else floor(random() * 60) end;
        select x.start into s from slots(serve, null, local_day(clock(), 'UTC') + d, 4) x order by random() limit 1;
        if random() < 0.5 then -- one that needs a room, where there is one
            select r.id, x.start into serve, s from service r cross join lateral slots(r.id, null, local_day(clock(), 'UTC') + d, 4) x join location l on l.id = x.location_id
            where r.therapist_id = t and r.needs_room and l.premises_id is not null order by random() limit 1;
        end if;
        visit := booking_hold(gen_random_uuid(), (select slug from therapist where id = t), serve, s, 10) ->> 'id';
        if visit is not null and p_kind = 'extend' then
            perform booking_extend(visit, 30);
        elsif visit is not null and p_kind = 'confirm' then
            perform booking_safety_pass(visit, 'PROCEED', 'test', 'sealed'), booking_details(visit, 'Kim', 'kim@example.org');
            perform booking_confirm(visit, 'https://unknot.example/b/x');
        end if;
        insert into done select 'in a room', 1 from slot_claim where booking_id = visit and room_id is not null on conflict on constraint done_pkey do update set n = done.n + 1;
        return visit is not null;
    when 'cancel' then
        select id into visit from booking where therapist_id = t and state in ('held', 'confirmed') and starts_at > clock() order by starts_at, service_id limit 1;
        perform booking_cancel(visit);
        return visit is not null;
    when 'discard' then
        delete from booking where id = (select id from booking where therapist_id = t and state = 'held' order by starts_at, service_id limit 1);
        return found;
    when 'expire' then
        update booking set hold_expires = clock() - interval '1 second' where id = (select id from booking where therapist_id = t and state = 'held' order by starts_at, service_id limit 1);
        return found;
    when 'attend' then
        update booking set state = 'attended' where id = (select id from booking where therapist_id = t and state = 'confirmed' order by starts_at limit 1);
        return found;
    when 'review' then
        insert into review (therapist_id, booking_id, expertise, professionalism, satisfaction, service_name, visited_on, shown, shown_at)
        select t, b.id, 1 + random() * 4, 1 + random() * 4, 1 + random() * 4, 'x', date_trunc('month', clock())::date, true, clock() from booking b
        where b.therapist_id = t and b.state = 'attended' and not exists (select from review r where r.booking_id = b.id) limit 1;
        return found;
    when 'unreview' then
        update review set removed_at = now(), removed_why = 'abuse', shown = false where id = (select id from review where therapist_id = t and removed_at is null order by created_at, satisfaction limit 1);
        return found;
    when 'close' then
        delete from hours where (location_id, weekday, starts) = (select location_id, weekday, starts from hours where location_id = place order by random() limit 1);
        return found;
    when 'open' then
        d := floor(random() * 280);
        insert into hours select place, 1 + floor(random() * 7), time '00:00' + make_interval(mins => d * 5),
            case when d > 240 then time '24:00' else time '00:00' + make_interval(mins => d * 5 + 30 + 5 * floor(random() * 30)::int) end on conflict do nothing;
        return found;
    when 'shift' then
        update hours set starts = starts + interval '20 minutes' where location_id = place and ends - starts > interval '2 hours';
        return found;
    when 'tag' then
        insert into therapist_tag select t, g.id from tag g join tag_kind k using (kind) where k.stated_of = 'therapist' order by random() limit 3 on conflict do nothing;
        return found;
    when 'untag' then
        delete from therapist_tag where therapist_id = t and tag_id in (select tag_id from therapist_tag where therapist_id = t order by random() limit 2);
        return found;
    when 'room' then
        insert into location_tag select place, g.id from tag g join tag_kind k using (kind) where k.stated_of = 'location' order by random() limit 3 on conflict do nothing;
        return found;
    when 'unroom' then
        delete from location_tag where location_id = place and tag_id = (select min(tag_id) from location_tag where location_id = place);
        return found;
    when 'credential' then
        insert into credential (therapist_id, kind, title, issuer, specialism_id)
        select t, pick('{state_license,ce_course,insurance,board_certification}'), 'x', 'y', case when random() < 0.5 then (select id from tag where kind = 'specialism' order by random() limit 1) end;
        return true;
    when 'check' then
        d := floor(random() * 30) - 3;
        update credential set checked_on = clock()::date - 9, checked_until = clock()::date + d, checked_where = 'x', checked_by = 'y'
        where id = (select id from credential where therapist_id = t order by random() limit 1);
        return found;
    when 'revoke' then
        delete from credential where id = (select id from credential where therapist_id = t order by random() limit 1);
        return found;
    when 'offer' then
        insert into service (therapist_id, name, minutes, price, currency, buffer_before, buffer_after, step, notice, horizon)
        values (t, 'Another', 10 + 5 * floor(random() * 30), 1000 + floor(random() * 9000), pick('{USD,EUR}'), 5 * floor(random() * 5), 5 * floor(random() * 5),
                pick('{5,10,15,20,30,60}')::int, pick('{0,30,120,1440,11520}')::int, pick('{1,5,19,20,45,60}')::int);
        return true;
    when 'retire' then
        update service set retired_at = now() where id = serve;
        return found;
    when 'unretire' then
        update service set retired_at = null where id = one_of('service', 'retired_at is not null and therapist_id = ' || t);
        return found;
    when 'reprice' then
        update service set price = price + 500, buffer_after = 5 * floor(random() * 4), notice = pick('{0,45,600}')::int,
            at_home = random() < 0.3, road = 5 * floor(random() * 8) where id = serve;
        return found;
    when 'hide' then
        update therapist set published = not published where id = t;
        return found;
    when 'full' then
        update therapist set new_clients = not new_clients, headline = 'At ' || clock() where id = t;
        return found;
    when 'move' then
        update location set lat = lat + 0.01, zone = pick('{America/New_York,Australia/Lord_Howe,America/Havana,Europe/London}'), home_km = 5 * floor(random() * 3) where id = place;
        return found;
    when 'settle' then
        insert into location (therapist_id, street, town, country, lat, lon, zone)
        select t, '2 Main St', 'Town', 'US', 41, -90, 'Europe/London' where (select count(*) from location where therapist_id = t) < 3;
        insert into hours select l.id, weekday, '10:00', '16:00' from location l, generate_series(1, 5) weekday where l.therapist_id = t on conflict do nothing;
        return found;
    when 'share' then
        insert into location (therapist_id, premises_id) select t, shared_by(t) where not exists (select from location l where l.therapist_id = t and l.premises_id = shared_by(t));
        insert into hours select l.id, weekday, '08:00', '18:30' from location l, generate_series(1, 6) weekday where l.therapist_id = t on conflict do nothing;
        return found;
    when 'need' then
        return serve is not null and service_needs(serve, array(select id from room where premises_id = shared_by(t) order by random() limit 1 + floor(random() * 2)::int)) is not null;
    when 'needless' then
        return exists (select from service_room where service_id = serve) and service_needs(serve, '{}') is not null;
    when 'relocate' then
        update premises set lat = lat + 0.01, access = 'At ' || clock(), zone = pick('{America/New_York,Australia/Lord_Howe,Europe/London}') where id = shared_by(t);
        return found;
    when 'leave' then
        delete from location l where l.id = place and not exists (select from booking b where b.location_id = l.id) and (select count(*) from location where therapist_id = t) > 1;
        return found;
    when 'season' then -- hours of their own for some weeks, or from a day on
        since := local_day(clock(), 'UTC') + floor(random() * 70)::int - 5;
        insert into season (location_id, valid_from, valid_until)
        select place, since, case when random() < 0.2 then 'infinity' else since + floor(random() * 30)::int end
        where not exists (select from season s where s.location_id = place and s.valid_until >= since) returning id into d;
        insert into hours select place, n, '07:00', case when random() < 0.5 then time '11:30' else time '20:00' end, d from generate_series(1, 6) n where d is not null;
        return d is not null;
    when 'unseason' then
        delete from season where id = (select min(id) from season where location_id = place);
        return found;
    when 'stretch' then
        update season set valid_until = valid_until - 1 where location_id = place and valid_until > valid_from and valid_until < 'infinity';
        return found;
    when 'special' then
        insert into special_day values (place, local_day(clock(), 'UTC') + floor(random() * 62)::int - 1, 'instead', '{[60,200),[600,1000)}') on conflict (location_id, day) do update set kind = 'extra', open = '{[1200,1440)}';
        return found;
    when 'shut' then
        insert into special_day values (place, local_day(clock(), 'UTC') + floor(random() * 20)::int, 'closed') on conflict (location_id, day) do update set kind = 'closed', open = '{}';
        return found;
    when 'unspecial' then
        delete from special_day where location_id = place and day = (select min(day) from special_day where location_id = place);
        return found;
    when 'off' then
        since := local_day(clock(), 'UTC') + floor(random() * 60)::int;
        insert into time_off (therapist_id, starts, ends) values (t, since + interval '1 hour' * floor(random() * 2) * 11, since + interval '1 day' + interval '90 minutes' * floor(random() * 9));
        return true;
    when 'unoff' then
        delete from time_off where id = (select min(id) from time_off where therapist_id = t);
        return found;
    when 'keep' then
        insert into holiday_closed select t, id from holiday where country = 'US' order by random() limit 4 on conflict do nothing;
        return found;
    when 'unkeep' then
        delete from holiday_closed where therapist_id = t;
        return found;
    when 'travel' then
        insert into travel select t, a.id, b.id, 5 + floor(random() * 90) from location a join location b on b.therapist_id = t and b.id > a.id where a.therapist_id = t
        on conflict (location_a, location_b) do update set minutes = excluded.minutes;
        return found;
    when 'untravel' then
        delete from travel where therapist_id = t;
        return found;
    when 'limit' then
        update service set most_a_day = case when random() < 0.7 then 1 + floor(random() * 2) end, mode = pick('{instant,request}') where id = serve;
        return found;
    when 'give' then
        insert into service_location select serve, place, t where serve is not null on conflict do nothing;
        return found;
    when 'ungive' then
        delete from service_location where therapist_id = t;
        return found;
    when 'work' then
        return listing_refresh_due(7) + listing_fold(2) > 0;
    end case;
end $$;

create procedure run(p_changes int) language plpgsql as $$
declare
    kinds constant text[] := '{hold,hold,hold,hold,hold,hold,hold,confirm,confirm,confirm,confirm,extend,cancel,cancel,cancel,cancel,discard,expire,expire,attend,review,unreview,
        close,open,open,shift,tag,untag,room,unroom,credential,check,check,revoke,offer,retire,unretire,reprice,hide,hide,full,move,settle,settle,share,share,share,need,need,need,needless,relocate,leave,season,unseason,stretch,special,special,shut,unspecial,off,off,unoff,keep,unkeep,travel,travel,untravel,limit,limit,give,ungive,ungive,work,work,work,work,work,work}';
    kind text;
    t int;
begin
    for i in 1..p_changes loop
        -- mostly minutes go by, now and then as many days as it takes to be through half a year at the end
        perform set_config('test.clock', case when random() < 0.9 then clock() + interval '4 minutes' * random()
            else greatest(clock(), timestamptz '2026-10-12 09:00Z' + interval '182 days' / p_changes * i) end::text, false);
        kind := pick(kinds);
        t := one_of('therapist', 'slug like ''test-%''');
        if change(kind, t) then
            insert into done values (kind, 1) on conflict on constraint done_pkey do update set n = done.n + 1;
        end if;
        while booking_sweep() > 0 loop -- a hold that ran out is free time before the listing hears of it
        end loop;
        insert into fault select i, kind, clock(), t, concat_ws(' ', d.location_id, d.class, d.what) from listing_differences(case when kind in ('relocate', 'hold', 'confirm', 'cancel', 'discard', 'expire', 'need', 'needless') then mates(t) else array[t] end) d;
        exit when found;
        commit;
    end loop;
    perform set_config('test.clock', '2027-04-12 09:00:01Z', false); -- not on a minute: a start at this very moment would be due at once, again and again
    while listing_refresh_due(100) + listing_fold(100) > 0 loop
        commit;
    end loop;
    insert into fault select 0, 'end', clock(), d.therapist_id, d.what from listing_differences(array(select id from therapist where slug like 'test-%')) d;
end $$;

select bool_and(change('share', id) and change('need', id)) from therapist where slug like 'test-%' and id % 3 < 2 \g /dev/null
select listing_blocks_make();
call run(:changes);
select diag(string_agg(kind || ' ' || n, ', ' order by n desc)) from done;
select is_empty('select * from fault', :changes || ' changes, seed ' || :seed);
select cmp_ok((select count(*) from done), '>=', least(40, :changes / 10)::bigint, 'of many kinds');
select cmp_ok((select n from done where kind = 'in a room'), '>=', (:changes / 60), 'and some in rooms');
select cmp_ok((select n from done where kind = 'hold'), '>', (:changes / 40), 'with many holds');
select is((select count(*) from fault), 0::bigint, 'through a winter with both its nights, the clock at ' || clock());
select cmp_ok((select count(*) from listing_due where therapist_id in (select id from therapist where slug like 'test-%')), '>=', 3::bigint, 'somebody is still listed');
select * from finish();
\c postgres
drop database unknot_changes;
