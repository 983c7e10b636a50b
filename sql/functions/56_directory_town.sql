-- Pages by place: /massage, /massage/{area}, /massage/{area}/{town}. An area is a US state ("or") or another country's region ("ca-on"; "gb-all" where
-- the country has none), so that the two-letter names of states and countries never meet.

create or replace function slug_of(p text) returns text
    language sql stable parallel safe
    as $$ select replace(fold(p), ' ', '-') $$;

create or replace function area_slug(p_country text, p_region text) returns text
    language sql stable parallel safe
    as $$
    select case when p_country = 'US' and p_region <> '' then slug_of(p_region) else lower(p_country) || '-' || coalesce(nullif(slug_of(p_region), ''), 'all') end
    $$;

create or replace function area_name(p_country text, p_region text) returns text
    language sql stable parallel safe
    as $$
    select case when p_country = 'US' then coalesce(us_state_name(p_region), nullif(p_region, ''), 'United States')
                when p_region = '' then p_country else p_region || ', ' || p_country end
    $$;

create or replace function town_href(p_country text, p_region text, p_slug text) returns text
    language sql stable parallel safe
    as $$ select '/massage/' || url_encode(area_slug(p_country, p_region)) || '/' || url_encode(p_slug) $$;

-- What is typed after "near" to search here
create or replace function town_label(p_name text, p_region text) returns text
    language sql immutable parallel safe
    as $$ select p_name || case when p_region <> '' then ', ' || p_region else '' end $$;

create or replace function location_slugged() returns trigger
    language plpgsql
    as $$
begin
    new.town_slug := slug_of(new.town);
    return new;
end $$;
create or replace trigger location_slugged before insert or update of town on location for each row execute function location_slugged();
alter table location enable always trigger location_slugged; -- also where a restore or a load switches triggers off

-- Counts these towns anew: rows (country, region, slug).
create or replace function town_recount(p_country text, p_region text, p_slug text) returns void
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
begin
    if p_slug = '' then
        return;
    end if;
    insert into town as old (country, region, slug, name, therapists, lat, lon)
    select p_country, p_region, p_slug, mode() within group (order by a.town), count(distinct a.therapist_id), avg(a.lat), avg(a.lon)
    from location a where a.country = p_country and a.region = p_region and a.town_slug = p_slug
      and exists (select from listing l where l.location_id = a.id)
    having count(*) > 0
    on conflict (country, region, slug) do update set name = excluded.name, therapists = excluded.therapists, lat = excluded.lat, lon = excluded.lon,
        changed_at = case when old.therapists = excluded.therapists then old.changed_at else now() end;
    if not found then
        delete from town where country = p_country and region = p_region and slug = p_slug;
    end if;
end $$;

create or replace function towns_rebuild() returns int
    language plpgsql
    as $$
begin
    delete from town;
    insert into town (country, region, slug, name, therapists, lat, lon)
    select a.country, a.region, a.town_slug, mode() within group (order by a.town), count(distinct a.therapist_id), avg(a.lat), avg(a.lon)
    from location a where a.town_slug <> '' and exists (select from listing l where l.location_id = a.id)
    group by a.country, a.region, a.town_slug;
    perform town_members_rebuild();
    return (select count(*) from town);
end $$;
comment on function towns_rebuild is 'all of it, after many rows were loaded at once';

-- Where these therapists are listed now, and what is counted of that. Called after whatever may change it, under their locks.
create or replace function town_members_follow(p_therapists int[]) returns void
    language plpgsql security definer set search_path = unknot, public, pg_temp set plan_cache_mode = force_generic_plan
    as $$
begin
    if coalesce(cardinality(p_therapists), 0) = 0 then
        return;
    end if;
    with here as materialized (
        select l.therapist_id, '' as country, '' as region, '' as slug from listing l where l.therapist_id = any (p_therapists)
        union
        select l.therapist_id, a.country, a.region, a.town_slug from listing l join location a on a.id = l.location_id where l.therapist_id = any (p_therapists) and a.town_slug <> ''
    ), gone as (
        delete from town_member m where m.therapist_id = any (p_therapists) and (m.therapist_id, m.country, m.region, m.slug) not in (select h.therapist_id, h.country, h.region, h.slug from here h) returning *
    ), come as (
        insert into town_member select * from here on conflict do nothing returning *
    )
    insert into town_tag (country, region, slug, tag_id, n)
    select x.country, x.region, x.slug, t.tag_id, x.n from (select *, 1 as n from come union all select *, -1 from gone) x
    join therapist_tag t on t.therapist_id = x.therapist_id join tag g on g.id = t.tag_id where g.kind in ('technique', 'complaint');
end $$;

create or replace function town_tags_follow() returns trigger
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
begin
    if not bulk_load() then
        insert into town_tag (country, region, slug, tag_id, n)
        select m.country, m.region, m.slug, c.tag_id, case tg_op when 'INSERT' then 1 else -1 end
        from changed c join tag g on g.id = c.tag_id join town_member m on m.therapist_id = c.therapist_id where g.kind in ('technique', 'complaint');
    end if;
    return null;
end $$;
-- by name after the trigger that takes the therapist's lock
create or replace trigger town_tags_follow_insert after insert on therapist_tag referencing new table as changed for each statement execute function town_tags_follow();
create or replace trigger town_tags_follow_delete after delete on therapist_tag referencing old table as changed for each statement execute function town_tags_follow();

-- Who goes altogether is taken out while it is known what they state.
create or replace function town_members_end() returns trigger
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
begin
    with gone as (
        delete from town_member m where m.therapist_id = old.id returning *
    )
    insert into town_tag (country, region, slug, tag_id, n)
    select x.country, x.region, x.slug, t.tag_id, -1 from gone x join therapist_tag t on t.therapist_id = x.therapist_id join tag g on g.id = t.tag_id where g.kind in ('technique', 'complaint');
    return old;
end $$;
create or replace trigger town_members_end before delete on therapist for each row execute function town_members_end();

create or replace function town_members_rebuild() returns void
    language plpgsql set enable_nestloop = off set work_mem = '128MB'
    as $$
begin
    delete from town_tag;
    delete from town_member;
    insert into town_member
    select l.therapist_id, '', '', '' from listing l
    union select l.therapist_id, a.country, a.region, a.town_slug from listing l join location a on a.id = l.location_id where a.town_slug <> '';
    analyze town_member;
    -- by numbers: names would be compared for each therapist and value
    with place as materialized (
        select x.*, row_number() over ()::int as place from (select distinct country, region, slug from town_member) x
    ), counted as materialized (
        select p.place, t.tag_id, count(*) as n from place p join town_member m on (m.country, m.region, m.slug) = (p.country, p.region, p.slug) join therapist_tag t on t.therapist_id = m.therapist_id
        where t.tag_id = any (array(select id from tag where kind in ('technique', 'complaint'))) group by p.place, t.tag_id
    )
    insert into town_tag (country, region, slug, tag_id, n, folded)
    select p.country, p.region, p.slug, c.tag_id, c.n, true from counted c join place p on p.place = c.place;
    analyze town_tag;
end $$;

-- For the worker: of what was added for a town and a value, one row is made.
create or replace function town_tags_fold() returns int
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
begin
    if pg_try_advisory_xact_lock('town_tag'::regclass::oid::int, 0) then
        with late as (
            delete from town_tag where not folded returning *
        ), known as (
            delete from town_tag k using (select distinct country, region, slug, tag_id from late) l
            where (k.country, k.region, k.slug, k.tag_id) = (l.country, l.region, l.slug, l.tag_id) and k.folded returning k.*
        )
        insert into town_tag (country, region, slug, tag_id, n, folded)
        select x.country, x.region, x.slug, x.tag_id, sum(x.n), true from (select * from late union all select * from known) x group by 1, 2, 3, 4 having sum(x.n) <> 0;
    end if;
    return 0;
end $$;

-- A place comes into the list, leaves it or moves to another town: rare, beside times that come and go.
create or replace function towns_follow() returns trigger
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
begin
    if not bulk_load() then
        -- not for a length more or less at a place that is listed before and after
        perform town_recount(t.country, t.region, t.town_slug)
        from (select distinct a.country, a.region, a.town_slug from (select location_id, count(*) as n from changed group by 1) c join location a on a.id = c.location_id
              where (select count(*) from listing l where l.location_id = c.location_id) = case tg_op when 'INSERT' then c.n else 0 end order by 1, 2, 3) t;
        perform town_members_follow(array(select distinct c.therapist_id from changed c));
    end if;
    return null;
end $$;
create or replace trigger towns_follow_insert after insert on listing referencing new table as changed for each statement execute function towns_follow();
create or replace trigger towns_follow_delete after delete on listing referencing old table as changed for each statement execute function towns_follow();

create or replace function towns_follow_move() returns trigger
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
begin
    if not bulk_load() then
        perform town_recount(t.country, t.region, t.town_slug)
        from (select distinct x.country, x.region, x.town_slug from (table was union all table became) x
              where exists (select from was w join became b using (id) where (w.country, w.region, w.town_slug) is distinct from (b.country, b.region, b.town_slug)
                            and x.id = w.id) order by 1, 2, 3) t;
        perform town_members_follow(array(select distinct b.therapist_id from was w join became b using (id) where (w.country, w.region, w.town_slug) is distinct from (b.country, b.region, b.town_slug)));
    end if;
    return null;
end $$;
-- by name after the trigger that makes the listing anew
create or replace trigger towns_follow_move after update on location referencing old table as was new table as became for each statement execute function towns_follow_move();

create or replace function towns_follow_end() returns trigger
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
begin
    if not bulk_load() then
        perform town_recount(t.country, t.region, t.town_slug) from (select distinct country, region, town_slug from gone order by 1, 2, 3) t;
    end if;
    return null;
end $$;
create or replace trigger towns_follow_end after delete on location referencing old table as gone for each statement execute function towns_follow_end();

-- GET /massage
create or replace function directory_areas() returns json
    language sql stable
    as $$
    with area as (
        select country, region, area_name(country, region) as name, sum(therapists) as therapists, count(*) as towns
        from town group by country, region
    )
    select json_build_object('canonical', '/massage', 'none', not exists (select from area),
        'areas', coalesce((select json_agg(json_build_object('name', name, 'href', '/massage/' || url_encode(area_slug(country, region)), 'therapists', therapists,
                     'text', say_count(therapists::int), 'towns', towns, 'one_town', towns = 1) order by country <> 'US', name) from area), '[]'),
        'largest', coalesce((select json_agg(json_build_object('name', town_label(name, region), 'href', town_href(country, region, slug), 'therapists', therapists)
                     order by therapists desc, name) from (select * from town order by therapists desc, name limit 24) t), '[]'))
    $$;

-- An area's part of the address taken apart; null country when there is none.
create or replace function area_meant(p_area text, out country text, out region text)
    language sql stable
    as $$ select t.country, t.region from town t where area_slug(t.country, t.region) = p_area limit 1 $$;

-- GET /massage/{area}; null when nobody is listed there
create or replace function directory_area(p_area text) returns json
    language plpgsql stable
    as $$
#variable_conflict use_column
declare
    a record;
begin
    select * into a from area_meant(p_area);
    if a.country is null then
        return null;
    end if;
    return (
        select json_build_object('name', area_name(a.country, a.region), 'canonical', '/massage/' || url_encode(p_area), 'therapists', sum(therapists),
            'text', say_count(sum(therapists)::int), 'count', count(*), 'one', count(*) = 1,
            'towns', json_agg(json_build_object('name', name, 'href', town_href(country, region, slug), 'therapists', therapists) order by name, slug),
            'licence', (select json_build_object('regime', r.regime, 'body', r.body, 'lookup', nullif(r.lookup, ''), 'basis', r.basis)
                        from register r where r.country = a.country and r.region = a.region order by r.id limit 1),
            'crumbs', json_build_array(json_build_object('name', 'All places', 'href', '/massage')))
        from town where country = a.country and region = a.region);
end $$;

-- The techniques and complaints that the therapists of a town state, and how many do: {"technique":[…],"complaint":[…]}.
create or replace function town_stated(t town) returns json
    language plpgsql stable
    as $$
begin
    return (
        select json_object_agg(k.kind, k.links)
        from (
            select g.kind, json_agg(json_build_object('label', g.label, 'therapists', c.therapists,
                       'href', '/therapists' || query_of('near', url_encode(town_label(t.name, t.region)), g.kind, g.slug)) order by c.therapists desc, g.label) as links
            from (select x.tag_id, sum(x.n) as therapists from town_tag x where x.country = t.country and x.region = t.region and x.slug = t.slug group by x.tag_id having sum(x.n) > 0) c
            join tag g on g.id = c.tag_id where g.kind in ('technique', 'complaint') and g.retired_at is null group by g.kind) k);
end $$;

-- The places in a town of up to twenty therapists, each at their first, by what rests on them alone. In a large town one of those who come first everywhere is met every few steps,
-- in a small one all are put in order; where nobody of a large town is among the first, that is found after as many steps as it has therapists.
create or replace function town_places(t town, p_many int default 5000) returns int[]
    language plpgsql stable
    as $$
declare
    places int[];
begin
    if t.therapists > p_many then
        places := array(
            select y.location_id from (
                select distinct on (x.therapist_id) x.location_id, x.merit from (
                    select l.therapist_id, l.location_id, l.merit
                    from (select x.therapist_id, x.location_id, x.merit from listing x where x.shown order by x.merit desc, x.location_id limit 2 * t.therapists) l
                    cross join lateral (select from location a where a.id = l.location_id and a.country = t.country and a.region = t.region and a.town_slug = t.slug offset 0) a
                    order by l.merit desc, l.location_id limit 30) x
                order by x.therapist_id, x.merit desc, x.location_id) y
            order by y.merit desc, y.location_id limit 20);
        if cardinality(places) = 20 then
            return places;
        end if;
    end if;
    return array(
        select y.location_id from (
            select distinct on (l.therapist_id) l.location_id, l.merit
            from location a join listing l on l.location_id = a.id and l.shown
            where a.country = t.country and a.region = t.region and a.town_slug = t.slug
            order by l.therapist_id, l.merit desc, l.location_id) y
        order by y.merit desc, y.location_id limit 20);
end $$;

-- The first twenty in a town by what rests on them alone (credentials, training, reviews): the same on every day, so that the page is.
create or replace function town_first(t town) returns json
    language plpgsql stable
    as $$
begin
    return (
        select coalesce(json_agg((c.card || ',' || substr(json_build_object('credential', case when c.credential_until < current_date then c.credential_lapsed else c.credential end::json,
                   'price', o.offer::json)::text, 2))::json order by p.n), '[]')
        from unnest(town_places(t)) with ordinality p (location_id, n)
        join listing l on l.location_id = p.location_id and l.shown
        join listing_card c on c.location_id = l.location_id
        left join listing_offer o on o.location_id = l.location_id and o.class = l.class);
end $$;

-- GET /massage/{area}/{town}; null when nobody is listed there
create or replace function directory_town(p_area text, p_town text) returns json
    language plpgsql stable
    as $$
#variable_conflict use_column
declare
    a record;
    t town;
    label text;
    near json;
    stated json;
begin
    select * into a from area_meant(p_area);
    select * into t from town where country = a.country and region = a.region and slug = p_town;
    if not found then
        return null;
    end if;
    label := town_label(t.name, t.region);
    stated := town_stated(t);
    select coalesce(json_agg(json_build_object('name', town_label(n.name, n.region), 'href', town_href(n.country, n.region, n.slug), 'therapists', n.therapists,
            'distance', say_distance(n.metres, t.country)) order by n.metres), '[]') into near
    from (select o.*, earth_metres(o.lat, o.lon, t.lat, t.lon) as metres
            from town o where o.slug <> t.slug or o.region <> t.region or o.country <> t.country
            order by point(o.lon, o.lat) <-> point(t.lon, t.lat) limit 8) n where n.metres < 160000;
    return json_build_object('name', t.name, 'label', label, 'canonical', town_href(t.country, t.region, t.slug), 'therapists', t.therapists, 'text', say_count(t.therapists),
        'one', t.therapists = 1, 'more', t.therapists > 20,
        'search', '/therapists' || query_of('near', url_encode(label)),
        'soonest', '/therapists' || query_of('near', url_encode(label), 'when', 'week', 'sort', 'soonest'),
        'first', town_first(t), 'techniques', coalesce(stated -> 'technique', '[]'), 'complaints', coalesce(stated -> 'complaint', '[]'),
        'nearby', near, 'has_nearby', json_array_length(near) > 0,
        'crumbs', json_build_array(json_build_object('name', 'All places', 'href', '/massage'),
                                   json_build_object('name', area_name(t.country, t.region), 'href', '/massage/' || url_encode(p_area))));
end $$;

grant execute on function slug_of, area_slug, area_name, town_href, town_label, directory_areas, area_meant, directory_area, town_stated, town_places, town_first, directory_town
    to unknot_web;
grant execute on function town_tags_fold to unknot_worker;
