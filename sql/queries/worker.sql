-- role: worker

-- name: worker.sweep
-- Ends the expired holds of one therapist → how many; 0: none left.
select booking_sweep()

-- name: worker.listings
-- Makes up to $1 listings anew that the clock has overtaken → how many.
select listing_refresh_due($1::int)

-- name: worker.blocks
-- Folds what changed in the listing into its planes, up to $1 names of places → how many.
select listing_fold($1::int)

-- name: worker.sessions
-- Forgets sessions that are over and throttles that have cooled → how many.
select session_sweep()

-- name: worker.keys
-- Forgets idempotency keys that are over a week old, and answers kept with them → how many.
select change_sweep()

-- name: worker.offer
-- $1 minutes to answer: looks at the free times of one therapist for the people who wait → 1; 0: nothing is due.
select waiting_step($1::int)

-- name: worker.waiting
-- Ends and forgets entries of waiting lists → how many; 0: none left.
select waiting_sweep()

-- name: worker.take
-- $1 whether mail can be sent, $2 whether the hook can be called → the next message that is due (outbox_take), ours for two minutes; none: nothing is due.
select outbox_take($1::boolean, $2::boolean)

-- name: worker.done
-- $1 id, $2 attempt, $3 'sent' or the class of the failure → 'dead' when it is given up, else nothing
select state from outbox_done($1::uuid, $2::int, $3) state where state = 'dead'

-- name: worker.reminders
-- Hands reminders that are due to the outbox, of up to $1 visits of each kind → how many were looked at.
select reminders_due($1::int)

-- name: worker.reviews
-- Shows reviews that have waited long enough for others → how many; 0: none left.
select reviews_due()

-- name: worker.outcomes
-- Hands questions about how it goes that are due to the outbox, of up to $1 visits of each kind → how many were looked at.
select outcomes_due($1::int)

-- name: worker.credentials
-- Writes to $1 therapists at most of checks that run out → how many; 0: none left.
select credential_warnings_due($1::int)

-- name: worker.credential_operators
-- Writes to the operators of the same, once a day at most.
select credential_operators_due()

-- name: worker.proofs
-- Deletes proofs of credentials that were kept long enough, and keys that seal nothing any more → how many.
select credential_proofs_due()

-- name: worker.pain_take
-- What is to be opened for the next mean of pain → {"therapist","list":[{"id","sealed"}]}, or null.
select review_pain_take()

-- name: worker.pain_store
-- $1 therapist, $2 how many, $3 and $4 sums before and after
select review_pain_store($1::int, $2::int, $3::numeric, $4::numeric)

-- name: worker.uses
-- $1 whether mail is configured, $2 whether the hook is.
select outbox_uses($1::boolean, $2::boolean)

-- name: worker.retention
-- Erases what is sealed about clients and has been kept long enough → how many keys it looked at.
select key_retention()

-- name: worker.forget
-- Forgets what was sent long ago → how many.
select outbox_forget()

-- name: worker.profiles
-- Forgets photos and versions of profiles that were kept long enough → how many.
select profile_sweep()

-- name: worker.outside_take
-- The next calendar of somebody's that is to be read (outside_take), ours for five minutes; none: nothing is due.
select outside_take()

-- name: worker.outside_store
-- $1 id, $2 [[from, to], …] or null, $3 null or what went wrong
select outside_store($1::int, $2::json, $3)

-- name: worker.backlog
-- {"waiting","dead","oldest_seconds"} for doctor
select outbox_backlog()

-- name: worker.compare
-- Holds the listings of up to $1 therapists against the tables → {"compared","wrong":[{"slug","what"}]}, for doctor
select listing_compare($1::int)

-- name: worker.towns
-- Makes one of the rows that count who states what in a town → 0.
select town_tags_fold()
