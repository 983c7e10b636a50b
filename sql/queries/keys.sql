-- What `unknot keyd` asks the database: who may have which client's key, and what the epochs are about.
-- role: keyd

-- name: keys.open
-- $1 session, $2 booking's token, $3 booking, $4 what for, $5 a new key as JSON or null → {status, id, epoch, wrapped}
select key_open($1, $2, $3::uuid, $4, $5::json)

-- name: keys.epochs
-- → [{epoch, proof, destroyed, age_days, keys}]
select key_epochs()

-- name: keys.begin
-- $1 epoch, $2 its proof in hex → the proof as kept
select key_epoch_begin($1::int, decode($2, 'hex'))

-- name: keys.rewrap_take
-- $1 how many → [{id, epoch, wrapped}], null for none
select key_rewrap_take($1::int)

-- name: keys.rewrap_put
-- $1 epoch, $2 [{id, epoch, wrapped}] (the epoch each had) → how many
select key_rewrap_put($1::int, $2::json)

-- name: keys.end
-- $1 days that an epoch is kept after it was replaced → [epochs whose files are to be destroyed]
select key_epoch_end($1::int)
