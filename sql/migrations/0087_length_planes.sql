-- Planes know the lengths of visits as well: which other ones than the one that is shown a place offers, when they are free and at which price.

alter type plane_kind add value 'length';
alter type plane_kind add value 'length_price';
alter type plane_kind add value 'length_free';
comment on column listing_plane.at is 'of which value: tag: the bit of listing.tags0 to tags5; price, merit: as they are; rating: ten times as much; free: bit of listing.free, or 64 + d for any part of day d of its 21; due: seconds since 1970, rounded down, of the first of its rows; length: the class that is shown; of other lengths length_price: price + 2^32 * class, length_free: as free, + 256 * class';
comment on table listing_plane is 'of which places of a tile something is true: as the row of listing says that is shown, and what they offer of other lengths. Derived by listing_fold() some time after the rows; until then listing_changed names the places of which planes do not know yet';

-- all of them are made anew by the worker, once there are none
delete from listing_changed;
delete from listing_seat;
delete from listing_plane;
delete from listing_tile;
delete from listing_block;

-- Who comes to a place, where no length is asked for: half of the rows.
create index listing_home_shown on listing using gist (home_circle(spot, home_km, z)) where shown and home_km > 0;
