-- name: accounts.lookup
-- $1 e-mail as typed, $2 client address, $3 mark of a browser that signed in here before or null → {"wait": seconds, "hash": text or null}
select sign_in_lookup($1, $2, $3)

-- name: accounts.refuse
-- $1 e-mail, $2 client address, $3 mark or null: counts a failure
select sign_in_refuse($1, $2, $3)

-- name: accounts.open
-- $1 e-mail, $2 hash that was verified, $3 new session token, $4 better hash or null, $5 mark or null → {"role","name"}
select sign_in_open($1, $2, $3, $4, $5)

-- name: accounts.caller
-- as the session → {"role","name"}, null when it is over
select session_caller()

-- name: accounts.close
select session_close()
