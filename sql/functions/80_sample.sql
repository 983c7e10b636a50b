-- Invented directories: `unknot demo` (12 real towns, everything the pages must bear) and `unknot generate N` (any size, clustered like real towns).
-- Deterministic: the n-th therapist is the same on every machine; only dates follow the clock. Owner only.

create schema if not exists sample;

create or replace function sample.r(p_n bigint, p_salt text) returns float8
    language sql immutable strict parallel safe
    as $$ select ((hashtextextended(p_salt, p_n) >> 11) & 1099511627775) / 1099511627776.0::float8 $$;
comment on function sample.r is 'a number in [0, 1) that depends on nothing but its arguments';

create or replace function sample.chance(p_n bigint, p_seed bigint) returns float8
    language sql immutable strict parallel safe
    as $$ select ((hashint8extended(p_n, p_seed) >> 11) & 1099511627775) / 1099511627776.0::float8 $$;

create or replace function sample.pick(p_list text[], p_n bigint, p_salt text) returns text
    language sql immutable strict parallel safe
    as $$ select p_list[1 + floor(sample.r(p_n, p_salt) * cardinality(p_list))::int] $$;

create or replace function sample.zone(p_region text) returns text
    language sql immutable strict parallel safe
    as $$
    select case
        when p_region = 'AZ' then 'America/Phoenix' when p_region = 'HI' then 'Pacific/Honolulu' when p_region = 'AK' then 'America/Anchorage'
        when p_region = 'PR' then 'America/Puerto_Rico' when p_region = 'MI' then 'America/Detroit' when p_region = 'ID' then 'America/Boise'
        when p_region in ('WA', 'OR', 'CA', 'NV') then 'America/Los_Angeles'
        when p_region in ('MT', 'WY', 'UT', 'CO', 'NM') then 'America/Denver'
        when p_region in ('ND', 'SD', 'NE', 'KS', 'OK', 'TX', 'MN', 'IA', 'MO', 'AR', 'LA', 'WI', 'IL', 'MS', 'AL', 'TN') then 'America/Chicago'
        else 'America/New_York' end
    $$;
comment on function sample.zone is 'the zone most of a US state lives in; good enough for invented people';

-- What people state: each value with the share of them who do, as a range of chance(n, seed). Where one value at most can be stated the ranges of a
-- kind lie side by side.
create or replace function sample.offered() returns table (tag_id int, kind text, slug text, stated_of text, seed bigint, low float8, high float8)
    language sql stable
    as $$
    select o.id, o.kind, o.slug, o.stated_of, hashtextextended(case when o.one then o.kind else o.kind || ' ' || o.slug end, 5),
           case when o.one then sum(o.share) over w - o.share else 0 end, case when o.one then sum(o.share) over w else o.share end
    from (
        select g.id, g.kind, g.slug, k.stated_of, k.one, g.position, case
            when g.slug in ('swedish', 'therapeutic') then 0.55 when g.slug in ('deep-tissue', 'trigger-point', 'myofascial-release') then 0.35
            when g.slug in ('prenatal', 'sports', 'neuromuscular', 'medical-massage') then 0.18 when g.kind = 'technique' then 0.05
            when g.slug in ('low-back', 'neck-pain', 'upper-back') then 0.6 when g.slug = 'pregnancy' then 0.15 when g.kind = 'complaint' then 0.3
            when g.kind = 'language' then case g.slug when 'en' then 0.98 when 'es' then 0.2 when 'zh' then 0.04 when 'vi' then 0.03 else 0.012 end
            when k.one then (0.9 * 0.5 ^ row_number() over (partition by g.kind order by g.position, g.id))::float8
            when g.kind = 'goal' then 0.4 when g.kind = 'cause' then 0.25 when g.kind = 'age' then 0.5 when g.kind = 'payment' then 0.4
            else 0.25 end::float8 as share
        from tag g join tag_kind k using (kind) where k.stated_of in ('therapist', 'location') and g.retired_at is null) o
    window w as (partition by o.kind, o.one order by o.position, o.id)
    $$;

-- COPY does not write into a table with row-level security: the sealed answers come in here and are taken from here.
create unlogged table if not exists sample.safety (id uuid, booking_id uuid, outcome text, rules text, sealed text);
alter table sample.safety add column if not exists key uuid, add column if not exists epoch int, add column if not exists wrapped text;
create or replace function sample.safety_take() returns bigint
    language plpgsql
    as $$
declare
    n bigint;
begin
    insert into safety_check (id, booking_id, outcome, rules, sealed)
    select id, booking_id, outcome, rules, sealed from sample.safety;
    get diagnostics n = row_count;
    insert into client_key (id, holder, epoch, wrapped) select s.key, b.token_hash, s.epoch, decode(s.wrapped, 'hex') from sample.safety s join booking b on b.id = s.booking_id;
    truncate sample.safety;
    return n;
end $$;

-- One row a town with its share of all therapists as a running sum in [0, 1).
create table if not exists sample.town (
    upto float8 primary key,
    town text not null, region text not null, postcode text not null, lat float8 not null, lon float8 not null, zone text not null, spread float8 not null
);
comment on column sample.town.spread is 'in km: two thirds of its people live within one and a half times as far';

create or replace function sample.demo_towns() returns int
    language plpgsql
    as $$
begin
    truncate sample.town;
    insert into sample.town
    select sum(w.share) over (order by w.o)::float8 / sum(w.share) over (), p.name, p.region,
           (select z.postcode from place z where z.kind = 'postcode' and z.country = 'US' order by point(z.lon, z.lat) <-> point(p.lon, p.lat) limit 1),
           p.lat, p.lon, sample.zone(p.region), w.spread
    from (values (1, 'Portland, OR', 40, 2.3), (2, 'Austin, TX', 36, 2.7), (3, 'Madison, WI', 26, 1.8), (4, 'Boulder, CO', 22, 1.4),
                 (5, 'Asheville, NC', 20, 1.4), (6, 'Ann Arbor, MI', 20, 1.4), (7, 'Bellingham, WA', 16, 1.4), (8, 'Burlington, VT', 14, 0.9),
                 (9, 'Santa Cruz, CA', 14, 0.9), (10, 'Santa Fe, NM', 12, 1.4), (11, 'Flagstaff, AZ', 10, 0.9), (12, 'Duluth, MN', 10, 1.4))
         w (o, label, share, spread)
    join place p on p.country = 'US' and p.kind = 'town' and p.label = w.label;
    return (select count(*) from sample.town);
end $$;

-- 2,000 towns, sizes falling with rank to the power 0.8: the largest has about 5 % of all. Which ones are big is decided by how many postcodes lie
-- near, a fair stand-in for people. A city grows in size more than in density: its spread is that of the largest, 14 km, by the root of its share, and
-- no town lies within twice the spread of a larger one: that would be the same city.
create or replace function sample.many_towns() returns int
    language plpgsql
    as $$
declare
    c record;
    o int := 0;
begin
    truncate sample.town;
    create temporary table chosen on commit drop as select 0 as rank, p.*, 0::float8 as spread from place p limit 0;
    for c in
        with dense as (
            select floor(lat * 5) as a, floor(lon * 4) as b, count(*) as n from place where kind = 'postcode' and country = 'US' group by 1, 2
        ), one as (
            select distinct on (d.a, d.b) p.id, p.lat, p.lon, d.n from place p join dense d on d.a = floor(p.lat * 5) and d.b = floor(p.lon * 4)
            where p.kind = 'town' and p.country = 'US' order by d.a, d.b, sample.r(p.id, 'town')
        )
        select * from one order by n desc, id
    loop
        continue when exists (select from chosen x where ((x.lat - c.lat) * 111.2) ^ 2 + ((x.lon - c.lon) * 111.2 * cos(radians(c.lat))) ^ 2 < greatest(2 * x.spread, 8) ^ 2);
        o := o + 1;
        insert into chosen select o, p.*, greatest(14.3 * o ^ -0.4, 1) from place p where p.id = c.id;
        exit when o = 2000;
    end loop;
    insert into sample.town
    select sum(r.rank ^ -0.8) over (order by r.rank) / sum(r.rank ^ -0.8) over (), r.name, r.region,
           (select z.postcode from place z where z.kind = 'postcode' and z.country = 'US' order by point(z.lon, z.lat) <-> point(r.lon, r.lat) limit 1),
           r.lat, r.lon, sample.zone(r.region), r.spread
    from chosen r;
    drop table chosen;
    return o;
end $$;

-- The gender that a name must not contradict: what sample.offered() has this one state.
create or replace function sample.gender(p_n bigint) returns text
    language sql immutable parallel safe
    as $$ select case when sample.chance(p_n, hashtextextended('gender', 5)) < 0.45 then 'woman' when sample.chance(p_n, hashtextextended('gender', 5)) < 0.675 then 'man' else '' end $$;

create or replace function sample.first_names(p_gender text) returns text[]
    language sql immutable parallel safe
    as $$
    select case when p_gender <> 'man' then '{Amara,Beatriz,Dalia,Fiona,Hana,Imogen,Keiko,Mirela,Nadia,Priya,Rosa,Talia,Vera,Ximena,Zelda,Alma,Corinne,Esme,Greta,Ines,
               Leona,Noemi,Petra,Saskia,Ursula,Viola,Yara,Bridget,Delphine,Frances,Gwen,Halima}'::text[] else '{}' end
        || case when p_gender <> 'woman' then '{Caleb,Elias,Gideon,Jonas,Lucas,Owen,Quentin,Silas,Umar,Wendell,Yusuf,Bennett,Dario,Felix,Hugo,Jasper,Marcus,Otis,Ramon,
               Tobias,Wyatt,Anselm,Cyrus,Emeka,Ivo,Kenji}'::text[] else '{}' end || '{Kalani,Juniper}'::text[]
    $$;

create or replace function sample.name(p_n bigint) returns text
    language sql immutable parallel safe
    as $$
    select case case when sample.gender(p_n) <> 'man' then p_n % 120 end
        when 7 then 'Bo Li' when 31 then 'Maximiliana-Constanze Featherstonehaugh-Abernathy' when 58 then 'Zoë Nuñez-Ångström'
        when 83 then 'Ng' when 101 then 'Anneliese Marguerite van der Westhuizen O''Shaughnessy' else
        sample.pick(sample.first_names(sample.gender(p_n)), p_n, 'first')
        || ' ' ||
        sample.pick('{Abara,Bellweather,Castellan,Dunmore,Eastlake,Fairbrook,Galindo,Hartwell,Ibsen,Jessop,Kowalik,Lindqvist,Marchetti,Nakagawa,Oyelaran,
            Pemberton,Quillon,Rasmussen,Sandoval,Thackeray,Underhill,Vantongeren,Whitlock,Xanthos,Yamadera,Zielinski,Ashgrove,Brackenbury,Corvino,
            Delacour,Ellsworth,Fenwright,Grisham,Holloway,Ingersol,Jarrow,Kessler,Lavelle,Moreno,Norwood,Ostrander,Pascoe,Ravenel,Solberg,Tremblay,
            Ulrich,Valdivia,Wexford,Yardley,Zamora,Amsel,Birdsong,Crowther,Dellacroce,Engstrom,Farrow,Greenhalgh,Hawthorne,Iverson,Juarez}'::text[], p_n, 'last')
        end
    $$;
