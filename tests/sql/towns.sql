-- Towns follow what is listed, in the transaction that changes it.
\ir search.psql

create function pg_temp.counted() returns text language sql as $$
    select string_agg(country || '|' || region || '|' || slug || '|' || therapists, ' ' order by country, region, slug) from town $$;
create function pg_temp.true_counts() returns text language sql as $$
    select string_agg(country || '|' || region || '|' || town_slug || '|' || n, ' ' order by country, region, town_slug)
    from (select a.country, a.region, a.town_slug, count(distinct a.therapist_id) as n from location a
          where exists (select from listing l where l.location_id = a.id) group by 1, 2, 3) x $$;

-- what is kept of who states what, and what is so
create function pg_temp.stated() returns setof record language sql as $$
    select country, region, slug, tag_id, sum(n) from town_tag group by 1, 2, 3, 4 having sum(n) <> 0 $$;
create function pg_temp.true_stated() returns setof record language sql as $$
    select x.country, x.region, x.slug, t.tag_id, count(*)
    from (select a.therapist_id, a.country, a.region, a.town_slug as slug from location a where exists (select from listing l where l.location_id = a.id) and a.town_slug <> ''
          union select l.therapist_id, '', '', '' from listing l) x
    join therapist_tag t on t.therapist_id = x.therapist_id join tag g on g.id = t.tag_id where g.kind in ('technique', 'complaint') group by 1, 2, 3, 4 $$;
create function pg_temp.stated_well(p_when text) returns setof text language sql as $$
    select bag_eq('select * from pg_temp.stated() x (a text, b text, c text, d int, e bigint)', 'select * from pg_temp.true_stated() x (a text, b text, c text, d int, e bigint)', 'who states what there: ' || p_when) $$;

select isnt(pg_temp.counted(), null, 'towns there are');
select pg_temp.stated_well('at first');
select is(pg_temp.counted(), pg_temp.true_counts(), 'and their counts are true');
create temp table who as select a.therapist_id as id, a.id as location, a.town_slug from ours o join location a on a.therapist_id = o.id order by 1, 2 limit 1;
create temp table earlier as select pg_temp.counted() as said;
update therapist set published = false where id = (select id from who);
select isnt(pg_temp.counted(), (select said from earlier), 'hidden: one fewer');
select is(pg_temp.counted(), pg_temp.true_counts(), 'the right one');
select pg_temp.stated_well('the right one');
update therapist set published = true where id = (select id from who);
select is(pg_temp.counted(), (select said from earlier), 'back again');
update location set town = 'Ålborg am Test' where id = (select location from who);
select is((select name || ' ' || therapists from town where slug = 'alborg-am-test'), 'Ålborg am Test 1', 'moved to a new town');
select is(pg_temp.counted(), pg_temp.true_counts(), 'which is gone from the old one');
select pg_temp.stated_well('which is gone from the old one');
delete from location where id = (select location from who);
select is((select count(*) from town where slug = 'alborg-am-test'), 0::bigint, 'a town without anybody is no town');
select is(pg_temp.counted(), pg_temp.true_counts(), 'all still true');
select pg_temp.stated_well('all still true');
select is((select towns_rebuild()), (select count(*)::int from (select distinct country, region, town_slug from location a where exists (select from listing l where l.location_id = a.id)) x), 'rebuilt');
select is(pg_temp.counted(), pg_temp.true_counts(), 'to the same');
select pg_temp.stated_well('to the same');

-- What therapists state, and where they are, many times over: singly and several at once, with a second place, gone and back.
create function pg_temp.changes() returns void language plpgsql as $$
declare
    someone int;
begin
    perform setseed(0.3);
    for i in 1 .. 150 loop
        someone := (select id from ours order by random() limit 1);
        case (random() * 9)::int
            when 0 then update therapist set published = not published where id = someone;
            when 1 then delete from therapist_tag where therapist_id = someone and tag_id in (select tag_id from therapist_tag where therapist_id = someone order by random() limit 3);
            when 2, 3 then insert into therapist_tag select someone, id from tag where kind in ('technique', 'complaint', 'language') order by random() limit 4 on conflict do nothing;
            when 4 then insert into location (therapist_id, street, town, region, country, lat, lon, zone) select someone, '1 Way', a.town, a.region, a.country, a.lat, a.lon, a.zone from location a order by random() limit 1;
            when 5 then update location a set town = b.town, region = b.region, country = b.country from (select * from location order by random() limit 1) b where a.id = (select min(id) from location where therapist_id = someone);
            when 6 then delete from location where id = (select max(id) from location where therapist_id = someone having count(*) > 1);
            when 7 then update service set minutes = 30 + (random() * 4)::int * 15 where therapist_id = someone;
            when 8 then insert into therapist_tag select o.id, g.id from ours o, (select id from tag where kind = 'technique' order by random() limit 1) g on conflict do nothing;
            else perform town_tags_fold();
        end case;
    end loop;
end $$;
select pg_temp.changes() \g /dev/null
select is(pg_temp.counted(), pg_temp.true_counts(), 'counts are true after many changes');
select pg_temp.stated_well('after many changes');
insert into town_tag (country, region, slug, tag_id, n) select t.country, t.region, t.slug, t.tag_id, x from (select * from town_tag limit 1) t, unnest('{1,-1}'::int[]) x;
select ok((select count(*) from town_tag where not folded) > 0 and town_tags_fold() = 0, 'what was added');
select is((select count(*) from town_tag where not folded), 0::bigint, 'is made one');
select is((select count(*) from (select from town_tag group by country, region, slug, tag_id having count(*) > 1) x), 0::bigint, 'of each value one row');
select pg_temp.stated_well('folded');

-- the first of a town, whichever way they are looked for
create function pg_temp.first_of(t town) returns int[] language sql as $$
    select array(select location_id from (select distinct on (l.therapist_id) l.location_id, l.merit from location a join listing l on l.location_id = a.id and l.shown
                                          where (a.country, a.region, a.town_slug) = (t.country, t.region, t.slug) order by l.therapist_id, l.merit desc, l.location_id) y
                 order by merit desc, location_id limit 20) $$;
select is_empty('select t.slug from town t where town_places(t) <> pg_temp.first_of(t)', 'the first in each town');
select is_empty('select t.slug from town t where town_places(t, 0) <> pg_temp.first_of(t)', 'by way of the first of all, too');
update location set town = 'Everywhere', region = 'OR', country = 'US' where therapist_id in (select id from ours where id % 3 > 0);
select ok(therapists > 20, 'a town of many') from town where slug = 'everywhere';
select is(town_places(t, 0), pg_temp.first_of(t), 'whose first are met on that way') from town t where slug = 'everywhere';
select pg_temp.stated_well('when many have moved');
with gone as (delete from ours where id = (select max(id) from ours) returning id) delete from therapist where id = (select id from gone);
select pg_temp.stated_well('when somebody is gone altogether');

-- whom search engines are shown, looked at one by one
create function pg_temp.shown(p_therapist int) returns boolean language sql as $$
    select exists (select from listing l where l.therapist_id = p_therapist)
       and not exists (select from credential c join credential_kind k using (kind) where c.therapist_id = p_therapist and k.profession group by c.therapist_id
                       having bool_or(c.checked_until < current_date) and bool_and(coalesce(c.checked_until < current_date, true))) $$;
update credential set checked_on = current_date - 300, checked_until = current_date - 1, checked_where = 'there', checked_by = 'Oli', result = 'register' where therapist_id % 3 = 0;
insert into credential (therapist_id, kind, title, issuer) select id, (select kind from credential_kind where profession order by position limit 1), 'Title', 'Issuer' from ours where id % 6 = 0;
insert into credential (therapist_id, kind, title, issuer, checked_on, checked_until, checked_where, checked_by, result)
select id, (select kind from credential_kind where profession order by position limit 1), 'Title', 'Issuer', current_date - 1, current_date, 'there', 'Oli', 'register' from ours where id % 9 = 0;
create temp table part as select distinct id / sitemap_part_size() as n from therapist;
select bag_eq($$select path from part, sitemap_urls('therapists-' || n || '.xml')$$, $$select '/therapists/' || slug from therapist where published and pg_temp.shown(id)$$, 'search engines are shown who is listed and not lapsed');
select ok(exists (select from ours join therapist t using (id) where t.published and not pg_temp.shown(id) and exists (select from listing l where l.therapist_id = id)), 'control: some are listed and not shown');

select is(area_slug('US', 'CA') || ' ' || area_slug('CA', 'ON') || ' ' || area_slug('CA', '') || ' ' || area_slug('DE', 'Baden-Württemberg'), 'ca ca-on ca-all de-baden-wurttemberg', 'California is not Canada');

select * from finish();
rollback;
