-- Who comes to a place: the circles of their home visits, so that a search finds those around it however far they work.

create function home_circle(p_spot point, p_km real, p_z float8) returns circle
    language sql immutable parallel safe
    as $$ select circle(p_spot, p_km / 85 / sqrt(1 - p_z * p_z)) $$;
comment on function home_circle is 'on the map of listing.spot, where a degree of the equator is 111 km and all grows toward the poles: everything within p_km of the spot, and a little beyond';
create index listing_home on listing using gist (home_circle(spot, home_km, z)) where home_km > 0;
grant execute on function home_circle to unknot_web;
