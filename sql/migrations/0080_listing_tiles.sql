-- Listed places that lie together, 64 to a block and 64 blocks to a tile. What is true of a place is a bit in planes of its tile, so that what a circle holds
-- is counted four thousand places at a time. All of it is derived: listing_fold() makes it anew.

drop table listing_block_free, listing_block, listing_seat, listing_changed;

create table listing_tile (
    tile int primary key,
    area box not null,
    shared_to smallint not null,
    xs float8[] not null,
    ys float8[] not null,
    zs float8[] not null,
    reaches float8[] not null,
    cosines float8[] not null,
    sines float8[] not null
);
comment on table listing_tile is 'up to 64 blocks: element b + 1 of each array is about block tile * 64 + b';
comment on column listing_tile.shared_to is 'no block behind this one has a therapist with several places';
comment on column listing_tile.xs is 'with ys and zs: the middle of each block, as a unit vector';
comment on column listing_tile.reaches is 'radians around it within which all of the block lie; cosines, sines: of these';
alter table listing_tile alter xs set storage plain, alter ys set storage plain, alter zs set storage plain, alter reaches set storage plain, alter cosines set storage plain,
    alter sines set storage plain; -- read in place, never compressed and never elsewhere
create index listing_tile_area on listing_tile using gist (area);

create table listing_block (
    block int primary key,
    area box not null,
    shared smallint not null,
    locations int[] not null,
    owners int[] not null,
    xs float8[] not null,
    ys float8[] not null,
    zs float8[] not null
);
comment on table listing_block is 'who sits in a block: element i of each array is about bit (block % 64) * 64 + i - 1 of the planes of tile block / 64; a location of null is a free seat';
comment on column listing_block.shared is 'no seat behind this one is of a therapist with several places';
alter table listing_block alter locations set storage plain, alter owners set storage plain, alter xs set storage plain, alter ys set storage plain, alter zs set storage plain;
create index listing_block_area on listing_block using gist (area);

create type plane_kind as enum ('shown', 'shared', 'tag', 'price', 'rating', 'merit', 'free', 'due');

create table listing_plane (
    tile int not null,
    kind plane_kind not null,
    at int8 not null,
    bits bit(4096) not null,
    primary key (tile, kind, at)
) with (fillfactor = 80);
comment on table listing_plane is 'of which places of a tile something is true, of their rows of listing that are shown. Derived by listing_fold() some time after the rows; until then listing_changed names the places of which planes do not know yet';
comment on column listing_plane.at is 'of which value: tag: the bit of listing.tags0 to tags5; price, merit: as they are; rating: ten times as much; free: bit of listing.free, or 64 + d for any part of day d of its 21; due: seconds since 1970, rounded down';

create table listing_seat (
    location_id int primary key,
    tile int not null,
    pos smallint not null check (pos between 0 and 4095),
    unique (tile, pos)
);
comment on table listing_seat is 'which bit of which tile a place has, listed or not; another one under listing_lock() alone, or while nobody reads this table';

create table listing_changed (
    tile int,
    pos smallint,
    location_id int not null,
    whole boolean not null
);
comment on table listing_changed is 'places whose rows changed since planes were made of them, written with the change: search asks their rows themselves. Added to and taken from, never changed but when a tile is split, so that nobody waits for a neighbor';
comment on column listing_changed.tile is 'null: of a place that has no seat yet, or that has moved';
comment on column listing_changed.whole is 'more than free times changed';
create index listing_changed_tile on listing_changed (tile);

grant select on listing_tile, listing_block, listing_plane, listing_changed to unknot_web;
