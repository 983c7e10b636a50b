-- name: directory.search
-- $1 q, $2 near, $3 radius in km, $4 when, $5 part, $6 from, $7 to, $8 length, $9 price_max, $10 rating, $11 sort, each null when not given; $12 values of
-- taxonomies {kind,slug,kind,slug…}; the row the page hangs on: $13 whether it comes before it, $14 its key (null: the first page), $15 its place,
-- $16 its number
-- → the document of the page; {"wrong": parameter, "why", …} for one that cannot be answered
select directory_search($1, $2, $3::int, $4, $5, $6::int, $7::int, $8::int, $9::int, $10::real, $11, $12::text[], $13::boolean, $14::int8, $15::int, $16::int)

-- name: directory.choices
-- $1 country, $2 the day it is there; what was asked for, or null: $3 day, $4 radius in km, $5 price → {"choices": {"techniques": [{"value", "label", "on"}], …}}
select json_build_object('choices', directory_choices($1, $2::date, $3::date, $4::int, $5::int))

-- name: directory.again
-- $1 to $12 as above, those that could not be read null → what the form shows when it asks again
select directory_again(directory_asked($1, $2, $3::int, $4, $5, $6::int, $7::int, $8::int, $9::int, $10::real, $11, $12::text[]))

-- name: directory.profile
-- $1 slug → a published therapist's page, or null
select directory_profile($1)

-- name: directory.slots
-- $1 slug, $2 service or null, $3 first local day or null, $4 number of days → {"zone", "days"}, or null
select directory_slots($1, $2::int, $3::date, $4::int)

-- name: directory.book
-- $1 slug, $2 service or null, $3 first local day or null, $4 chosen start as typed or null, $5 part of the day or null → ten days of times, or null
select directory_book($1, $2::int, $3::date, $4, $5)

-- name: directory.places
-- $1 what was typed, or null → {"q", "places"}
select directory_places($1, 10)

-- name: directory.compare
-- $1 slugs, $2 near or null, $3 only differences → {"therapists", "groups"}
select directory_compare($1::text[], $2, $3::boolean)

-- name: directory.saved
-- $1 ids that the cookie names → {"therapists"}
select directory_saved($1::int[])

-- name: directory.saved_change
-- $1 ids that the cookie names, $2 slug or null, $3 save, remove or clear → {"ids"} for the cookie; null: no such therapist
select saved_change($1::int[], $2, $3)

-- name: directory.filters
-- $1 to $12 the question, as of directory.search → {"total", "kinds"}: every filter with what it would leave
select directory_filters($1, $2, $3::int, $4, $5, $6::int, $7::int, $8::int, $9::int, $10::real, $11, $12::text[])

-- name: directory.photo
-- $1 name, $2 size, $3 webp | jpg → {"data": base64url, "shown"}, or null
select photo_show($1, $2::int, $3)
