-- From what a gazetteer file said to places that can be found again by their label.

create or replace function place_merge() returns int
    language plpgsql
    as $$
declare
    n int;
begin
    update place_import i set name = k.called from town_known k
    where i.kind = 'town' and i.country = k.country and i.region = k.region and i.name = k.name and k.called <> k.name;
    analyze place_import;
    -- postcodes first: a town's label may need one
    insert into place (kind, country, region, name, postcode, label, key, lat, lon)
    select distinct on (country, postcode) 'postcode', country, region, name, postcode, postcode, fold(postcode), lat, lon
    from place_import where kind = 'postcode' order by country, postcode, name <> '' desc
    on conflict (country, kind, label) do update set region = excluded.region, name = excluded.name, lat = excluded.lat, lon = excluded.lon;
    analyze place; -- without it "the nearest" of an empty-looking table is looked for row by row, for minutes

    -- two towns of one name in one state are told apart by the postcode next to each
    insert into place (kind, country, region, name, label, key, lat, lon, population)
    select distinct on (country, label) 'town', country, region, name, label, fold(name), lat, lon, population
    from (
        select i.*, i.base || case when i.same > 1 then coalesce(' ' || (
                   select z.postcode from place z where z.kind = 'postcode' and z.country = i.country
                   order by point(z.lon, z.lat) <-> point(i.lon, i.lat) limit 1), '') else '' end as label
        from (select *, name || ', ' || coalesce(nullif(region, ''), country) as base, count(*) over (partition by country, region, name) as same
              from place_import where kind = 'town') i
        ) labelled
    order by country, label, population desc, lat, lon
    on conflict (country, kind, label) do update set lat = excluded.lat, lon = excluded.lon, population = excluded.population;
    get diagnostics n = row_count;
    analyze place; -- and now for the towns

    -- a file of bare postcodes does not name them: the nearest town does
    update place z set name = t.name, region = t.region
    from (select p.id, near.name, near.region from place p cross join lateral (
              select t.name, t.region from place t where t.kind = 'town' and t.country = p.country
              order by point(t.lon, t.lat) <-> point(p.lon, p.lat) limit 1) near
          where p.kind = 'postcode' and p.name = '') t
    where z.id = t.id;
    truncate place_import;
    perform place_weigh();
    analyze place;
    return n;
end $$;
comment on function place_merge is 'place_import into place: known labels are updated, nothing is lost; answers how many towns it wrote';

-- A gazetteer without inhabitants leaves postcodes as a hint: where they lie close together each has more people. The guess is capped, for it gives
-- the postcodes of a city to the suburbs whose middle is nearer; what is large is known (town_known).
create or replace function place_guess() returns table (town int, people int)
    language sql
    as $$
    with cell as (
        select country, floor(lat * 5) as a, floor(lon * 4) as b, count(*) as n from place where kind = 'postcode' group by 1, 2, 3
    ), around as (
        select country, a + i as a, b + j as b, sum(n) as n from cell, generate_series(-1, 1) i, generate_series(-1, 1) j group by 1, 2, 3
    )
    select near.id, least(30000, sum(300 + 100 * d.n))::int
    from place z join around d on d.country = z.country and d.a = floor(z.lat * 5) and d.b = floor(z.lon * 4)
    cross join lateral (
        select t.id from place t where t.kind = 'town'
        order by mercator(t.lat, t.lon) <-> mercator(z.lat, z.lon) limit 1) near
    where z.kind = 'postcode' group by near.id
    $$;

-- Other names that a gazetteer's name holds: Bath (Berkeley Springs), Louisville/Jefferson County, Athens-Clarke County.
create or replace function names_within(p_name text) returns text[]
    language sql stable parallel safe
    as $$
    select array_remove(array[fold(substring(p_name from '^(.+) \(.+\)$')), fold(substring(p_name from '\((.+)\)$')), fold(substring(p_name from '^([^/]+)/.+$')),
                              fold(substring(p_name from '^([^-]+)-.+ County$'))], null)
    $$;

create or replace function place_weigh() returns void
    language plpgsql
    as $$
begin
    update place p set name = k.called, label = replace(p.label, k.name, k.called), key = fold(k.called)
    from town_known k
    where p.kind = 'town' and p.country = k.country and p.region = k.region and p.name = k.name and k.called <> k.name
      and not exists (select from place o where o.country = p.country and o.kind = 'town' and o.label = replace(p.label, k.name, k.called));

    with guessed as materialized (
        -- of two towns of one name in one state the one with more postcodes is the large one
        select t.id, t.country, t.region, t.key, t.name, greatest(t.population, g.people, 200) as people,
               row_number() over (partition by t.country, t.region, t.key order by t.population desc, g.people desc nulls last, t.id) as nth
        from place t left join place_guess() g on g.town = t.id where t.kind = 'town'
    ), weighed as (
        select g.id, greatest(g.people, k.people) as importance,
               names_within(g.name) || case when k.name is null then '{}' else k.also || array_remove(array[fold(k.name)], g.key) end as also
        from guessed g left join town_known k on k.country = g.country and k.region = g.region and fold(k.called) = g.key and g.nth = 1
    )
    update place p set importance = w.importance, also = w.also
    from weighed w where p.id = w.id and (p.importance, p.also) is distinct from (w.importance, w.also);

    insert into town_word (word, importance)
    select word, max(importance) from (
        select key as word, importance from place where kind = 'town' union all select unnest(also), importance from place where kind = 'town') named
    where word <> '' group by word
    on conflict (word) do update set importance = excluded.importance where town_word.importance <> excluded.importance;
    delete from town_word w where not exists (select from place where kind = 'town' and key = w.word) and not exists (select from place where also @> array[w.word]);
    analyze town_word;
end $$;
comment on function place_weigh is 'place.importance and place.also of all towns, the names of those that are called otherwise, and town_word';
