-- role: owner

-- name: user.add
-- $1 role, $2 name, $3 e-mail, $4 password hash → {"id","role"}
select account_add($1, $2, $3, $4)

-- name: user.reset
-- $1 e-mail → {"removed": how many second steps}, null when there is none
select account_factors_reset($1)
