-- role: worker

-- name: worker.sweep
-- Ends the expired holds of one therapist → how many; 0: none left.
select booking_sweep()

-- name: worker.listings
-- Makes up to $1 listings anew that the clock has overtaken → how many.
select listing_refresh_due($1::int)

-- name: worker.sessions
-- Forgets sessions that are over and throttles that have cooled → how many.
select session_sweep()

-- name: worker.mail_take
-- The next mail that is due, locked until this transaction ends: {"id","kind","to","attempts","data"}.
select json_build_object('id', id, 'kind', kind, 'to', recipient, 'attempts', attempts, 'data', data)
from outbox where state = 'waiting' and due_at <= now() order by due_at limit 1 for update skip locked

-- name: worker.mail_sent
-- $1 id. The secret link and the name are not kept once they are delivered.
update outbox set state = 'sent', sent_at = now(), attempts = attempts + 1, data = '{}' where id = $1::uuid

-- name: worker.mail_later
-- $1 id. Tried again after 1, 2, 4 … minutes; given up, and left for the operator to see, after 12 times (about three days).
update outbox set attempts = attempts + 1, due_at = now() + least(interval '1 minute' * 2 ^ attempts, interval '12 hours'),
                  state = case when attempts >= 11 then 'dead' else 'waiting' end
where id = $1::uuid

-- name: worker.backlog
-- {"waiting","dead","oldest_seconds"} for doctor
select json_build_object('waiting', count(*) filter (where state = 'waiting' and due_at <= now()), 'dead', count(*) filter (where state = 'dead'),
    'oldest_seconds', coalesce(extract(epoch from now() - min(due_at) filter (where state = 'waiting' and due_at <= now()))::int, 0))
from outbox

-- name: worker.compare
-- Holds the listings of up to $1 therapists against the tables → {"compared","wrong":[{"slug","what"}]}, for doctor
select listing_compare($1::int)
