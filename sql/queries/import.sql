-- role: owner

-- name: import.places_clear
-- Empties the staging table.
truncate place_import

-- name: import.places_copy
-- Rows of a gazetteer file: kind, country, region, name, postcode or null, latitude, longitude, population.
copy place_import (kind, country, region, name, postcode, lat, lon, population) from stdin

-- name: import.places_merge
-- → number of towns written
select place_merge()

-- name: import.places_counts
-- → {"towns", "postcodes"}
select json_build_object('towns', count(*) filter (where kind = 'town'), 'postcodes', count(*) filter (where kind = 'postcode')) from place

-- name: import.map_clear
-- Takes the map of the ground out; whoever is reading it keeps it to the end.
delete from map_shape

-- name: import.map_copy
-- Rows of a map of the ground: level, cell, kind, size, path, name or null.
copy map_shape (z, x, y, kind, size_m, path, name) from stdin

-- name: import.map_analyze
analyze map_shape
