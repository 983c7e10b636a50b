-- name: directory.search
-- $1 q, $2 near, $3 radius in km, $4 technique, $5 complaint, $6 when, $7 sort, each null when not given; the last row seen: $8 and $9 its sort
-- keys, $10 its location, $11 its number (0: from the start); $12 with the filters' choices
-- → the document of the page; {"wrong": field, "choices"} for a slug or a day that is none of ours
select directory_search($1, $2, $3::float8, $4, $5, $6, $7, $8::float8, $9::float8, $10::int, $11::int, $12::boolean)

-- name: directory.choices
-- $1 technique, $2 complaint, $3 when, marked where they are known → {"choices"} for a search that could not be read
select json_build_object('by_place', true, 'choices', directory_choices('US', 16, $1, $2, $3, current_date))

-- name: directory.profile
-- $1 slug → a published therapist's page, or null
select directory_profile($1)

-- name: directory.slots
-- $1 slug, $2 service or null, $3 first local day or null, $4 number of days → {"zone", "days"}, or null
select directory_slots($1, $2::int, $3::date, $4::int)

-- name: directory.book
-- $1 slug, $2 service or null, $3 first local day or null, $4 chosen start as typed or null → ten days of times, or null
select directory_book($1, $2::int, $3::date, $4)

-- name: directory.places
-- $1 what was typed, or null → {"q", "places"}
select directory_places($1, 10)
