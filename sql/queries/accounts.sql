-- name: accounts.lookup
-- $1 e-mail as typed, $2 client address → {"wait": seconds, "hash": text or null}
select sign_in_lookup($1, $2)

-- name: accounts.refuse
-- $1 e-mail, $2 client address: counts a failure
select sign_in_refuse($1, $2)

-- name: accounts.open
-- $1 e-mail, $2 hash that was verified, $3 new session token, $4 better hash or null → {"role","name"}
select sign_in_open($1, $2, $3, $4)

-- name: accounts.caller
-- as the session → {"role","name"}, null when it is over
select session_caller()

-- name: accounts.close
select session_close()
