-- role: owner

-- name: sample.therapist_count
select count(*) from therapist

-- name: sample.may_be_made
-- 't' when nobody but invented people are in the directory.
select case when sample.may_be_made() then 't' else 'f' end

-- name: sample.next
-- The number of the next invented therapist.
select coalesce(max(m.last_n), 0) + 1 from sample.made m

-- name: sample.begin
-- $1 first number, $2 count, $3 visits for each at most: ids are kept for them
select sample.begin($1::int, $2::int, $3::int)

-- name: sample.demo_towns
-- → how many of the 12 towns the gazetteer has
select sample.demo_towns()

-- name: sample.many_towns
select sample.many_towns()

-- name: sample.therapists
-- $1 first number, $2 count
select sample.therapists($1::int, $2::int) from sample.begin($1::int, $2::int)

-- name: sample.people
-- $1 first number, $2 last number, $3 visits for each
select sample.therapists($1::int, $2::int - $1::int + 1, true) + case when $3::int > 0 then sample.visits($3::int) else 0 end

-- name: sample.put_off
-- → how many indexes are to be made when all rows are there
select sample.put_off()

-- name: sample.put_back
-- $1 the number of one of them; the others are not used
select sample.put_back($1::int) where $2::int + $3::int is not null

-- name: sample.put_back_all
-- Whatever is still to be made.
select sample.put_back_all()

-- name: sample.chores
-- $1 statistics, listing or search → how many there are of these
select sample.chores($1)

-- name: sample.chore
-- $1 the number of one of them; the others are not used
select sample.chore($1::int) where $2::int + $3::int is not null

-- name: sample.list
-- $1 first number, $2 last number → rows of search for these therapists, set aside; $3 is not used
select sample.list($1::int, $2::int) + 0 * $3::int

-- name: sample.listed
-- All is in its place.
select sample.listed()

-- name: sample.vacuum
-- What search reads, so that the first searches need not look who may see each row.
vacuum listing, listing_offer, listing_card, listing_due, listing_block, listing_tile, listing_plane, listing_seat, town, town_member, town_tag, town_word, therapist_name, name_word, place

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
-- COPY of safety checks: id, booking, outcome, rules version, sealed text, client's key, its epoch, the key wrapped (hex).
copy sample.safety (id, booking_id, outcome, rules, sealed, key, epoch, wrapped) from stdin

-- name: sample.epoch
-- $1 epoch, $2 its proof in hex → the proof as kept
select key_epoch_begin($1::int, decode($2, 'hex'))

-- name: sample.safety_take
-- → number of checks that were copied in and are now stored
select sample.safety_take()

-- name: sample.listings
-- All listings anew, in geographic order → therapists refreshed
select sample.listings()

-- name: sample.shown
-- One row a town: e-mail of its first demo therapist, name, town.
select s.email, s.name, s.place from sample.shown() s

-- name: sample.course
-- $1 keys, $2 hashes of the tokens (hex), as arrays → ids of the bookings, the oldest first
select sample.course($1::uuid[], $2::text[])

-- name: sample.outcome
-- $1 id, $2 booking, $3 after | review, $4 sealed, $5 days after the visit
select sample.outcome($1::uuid, $2::uuid, $3, $4, $5::int)

-- name: sample.course_dates
-- $1 bookings
select sample.course_dates($1::uuid[])

-- name: sample.client
-- The key of the newest visit of the demo client.
select b.key from booking b where b.client_email = 'casey@example.org' order by b.starts_at desc limit 1

-- name: sample.unfactored
-- One row an account of the demo without a second step: its id.
select a.id from account a where not exists (select from factor f where f.account_id = a.id)

-- name: sample.app
-- $1 id of the app, $2 account, $3 its key, sealed
insert into factor (id, account_id, kind, name, sealed, last_step) values ($1::uuid, $2::uuid, 'app', 'The demo''s app', $3, 0)

-- name: sample.practice
-- $1 password hash → how many therapists the demo practice has
select sample.practice($1)

-- name: sample.desk
-- The front desk: e-mail, practice and town, e-mail of the owner.
select d.email, p.name || ', ' || x.town, o.email
from practice p join premises x on x.practice_id = p.id join practice_member m on m.practice_id = p.id and m.role = 'desk' join account d on d.id = m.account_id
join practice_member w on w.practice_id = p.id and w.role = 'owner' join account o on o.id = w.account_id where d.email = 'desk@example.org' limit 1
