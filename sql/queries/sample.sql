-- role: owner

-- name: sample.therapist_count
select count(*) from therapist

-- name: sample.place_count
select count(*) from place

-- name: sample.demo_towns
-- → how many of the 12 towns the gazetteer has
select sample.demo_towns()

-- name: sample.many_towns
select sample.many_towns()

-- name: sample.therapists
-- $1 first number, $2 count
select sample.therapists($1::int, $2::int)

-- name: sample.accounts
-- $1 password hash shared by the demo accounts
select sample.accounts($1)

-- name: sample.bookings
-- → number of visits; each needs its safety check before COMMIT
select sample.bookings()

-- name: sample.unchecked
-- One row a visit without its safety check: booking id, safety id.
select b.id, b.safety_id from booking b where b.safety_id is not null and not exists (select from safety_check c where c.id = b.safety_id)

-- name: sample.safety
-- COPY of safety checks: id, booking, outcome, rules version, sealed text.
copy sample.safety (id, booking_id, outcome, rules, sealed) from stdin

-- name: sample.safety_take
-- → number of checks that were copied in and are now stored
select sample.safety_take()

-- name: sample.listings
-- All listings anew, in geographic order → therapists refreshed
select sample.listings()

-- name: sample.shown
-- One row a town: e-mail of its first demo therapist, name, town.
select distinct on (l.town) a.email, t.name, l.town || ', ' || l.region from therapist t join account a on a.id = t.account_id join location l on l.therapist_id = t.id
where t.published and exists (select from listing_offer x where x.location_id = l.id and cardinality(x.next) > 2) order by l.town, t.id
