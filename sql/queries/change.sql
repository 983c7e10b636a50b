-- Idempotency keys: sql/functions/13_once.sql.

-- name: change.begin
-- $1 session token, $2 booking token, $3 hash of the key, $4 hash of the request (both hex) → null: new; {"same","answer"}
select change_begin($1, $2, decode($3, 'hex'), decode($4, 'hex'))

-- name: change.end
-- $1 and $2 the tokens of change.begin, $3 hash of the key, $4 sealed answer or null, $5 minutes it is kept
select change_end($1, $2, decode($3, 'hex'), $4, $5::int)

-- name: change.look
-- $1 hash of the key → {"answer"} of this caller's change; no row: none that is known
select change_look(decode($1, 'hex'))
