-- name: practice.week
-- as therapist; $1 first day of the week or null → {"name","today":{…},"week":{"days","rows"}}
select practice_week($1::date)

-- name: practice.booking
-- $1 id → {"booking","visit","safety","can_attend","can_cancel"}
select practice_booking($1::uuid)

-- name: practice.sealed
-- $1 id → the sealed safety check, or null
select practice_sealed($1::uuid)

-- name: practice.left_out
-- $1 what the safety check asks of a visit → names of the techniques to leave out, as JSON text
select practice_left_out($1::json)

-- name: practice.move
-- $1 id, $2 attended | no_show | cancelled → as practice.booking, or a problem
select practice_move($1::uuid, $2)

-- name: practice.profile
-- $1 techniques and $2 complaints that are ticked in the form, {a,b}; null: as stored
select practice_profile($1::text[], $2::text[])

-- name: practice.profile_save
-- $1 headline, $2 text, $3 technique slugs {a,b}, $4 complaint slugs → as practice.profile, or {"problem","field","title"}
select practice_profile_save($1, $2, $3::text[], $4::text[])

-- name: practice.services
select practice_services()

-- name: practice.service_new
-- what stands in the form of a new one: {"currency","buffer_before","buffer_after"}
select practice_service_new()

-- name: practice.service
-- $1 id
select practice_service_one($1::int)

-- name: practice.service_save
-- $1 id or null, $2 name, $3 about, $4 minutes, $5 price in minor units, $6 buffer before, $7 after
select practice_service_save($1::int, $2, $3, $4::int, $5::int, $6::int, $7::int)

-- name: practice.service_retire
select practice_service_retire($1::int)

-- name: practice.locations
select practice_locations()

-- name: practice.hours
-- $1 location, $2 what was typed and its errors as JSON, or null
select practice_hours($1::int, $2::json)

-- name: practice.hours_save
-- $1 location, $2 zone, $3 periods as JSON → as practice.hours, or {"problem","field","title"}
select practice_hours_save($1::int, $2, $3::json)
