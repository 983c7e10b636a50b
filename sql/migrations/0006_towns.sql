-- Towns that have somebody, for the pages by place and the map of the site. Derived from what is listed, in the transaction that changes it.

alter table location add column town_slug text not null default '';
comment on column location.town_slug is 'slug_of(town), kept by a trigger: the last segment of the town''s page';
create index location_town on location (country, region, town_slug);

create table town (
    country text not null,
    region text not null,
    slug text not null,
    name text not null,
    therapists int not null check (therapists > 0),
    lat float8 not null,
    lon float8 not null,
    changed_at timestamptz not null default now(),
    primary key (country, region, slug)
);
comment on table town is 'where somebody is listed, and how many; kept by towns_follow()';
create index town_point on town using gist (point(lon, lat));
grant select on town to unknot_web;
