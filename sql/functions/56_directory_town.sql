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
    return (select count(*) from town);
end $$;
comment on function towns_rebuild is 'all of it, after many rows were loaded at once';

-- A place comes into the list, leaves it or moves to another town: rare, beside times that come and go.
create or replace function towns_follow() returns trigger
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
begin
    if not bulk_load() then
        perform town_recount(t.country, t.region, t.town_slug)
        from (select distinct a.country, a.region, a.town_slug from changed c join location a on a.id = c.location_id order by 1, 2, 3) t;
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

-- The techniques and complaints that the therapists of a town state, and how many do: {"technique":[…],"complaint":[…]}. Each therapist of it is looked at
-- once, for both.
create or replace function town_stated(t town) returns json
    language plpgsql stable
    as $$
begin
    return (
        select json_object_agg(k.kind, k.links)
        from (
            select g.kind, json_agg(json_build_object('label', g.label, 'therapists', c.therapists,
                       'href', '/therapists' || query_of('near', url_encode(town_label(t.name, t.region)), g.kind, g.slug)) order by c.therapists desc, g.label) as links
            from (
                select x.tag_id, count(*) as therapists
                from (select distinct a.therapist_id from location a
                      where a.country = t.country and a.region = t.region and a.town_slug = t.slug and exists (select from listing l where l.location_id = a.id)) a
                join therapist_tag x on x.therapist_id = a.therapist_id group by x.tag_id) c
            join tag g on g.id = c.tag_id where g.kind in ('technique', 'complaint') and g.retired_at is null group by g.kind) k);
end $$;

-- The first twenty in a town by what rests on them alone (credentials, training, reviews): the same on every day, so that the page is.
create or replace function town_first(t town) returns json
    language sql stable
    as $$
    select coalesce(json_agg((c.card || ',' || substr(json_build_object('credential', case when c.credential_until < current_date then c.credential_lapsed else c.credential end::json,
               'price', o.offer::json)::text, 2))::json order by x.merit desc, x.location_id), '[]')
    from (
        select * from (
            select distinct on (l.therapist_id) l.location_id, l.class, l.merit
            from location a join listing l on l.location_id = a.id and l.shown
            where a.country = t.country and a.region = t.region and a.town_slug = t.slug
            order by l.therapist_id, l.merit desc, l.location_id) y
        order by merit desc, location_id limit 20) x
    join listing_card c on c.location_id = x.location_id
    left join listing_offer o on o.location_id = x.location_id and o.class = x.class
    $$;

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

grant execute on function slug_of, area_slug, area_name, town_href, town_label, directory_areas, area_meant, directory_area, town_stated, town_first, directory_town
    to unknot_web;
