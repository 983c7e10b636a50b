-- From what a gazetteer file said to places that can be found again by their label.

create or replace function place_merge() returns int
    language plpgsql
    as $$
declare
    n int;
begin
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
    analyze place;
    return n;
end $$;
comment on function place_merge is 'place_import into place: known labels are updated, nothing is lost; answers how many towns it wrote';
