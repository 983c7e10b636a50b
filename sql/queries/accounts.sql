-- name: accounts.lookup
-- $1 e-mail as typed, $2 client address, $3 mark of a browser that signed in here before or null → {"wait": seconds, "hash": text or null}
select sign_in_lookup($1, $2, $3)

-- name: accounts.refuse
-- $1 e-mail, $2 client address, $3 mark or null: counts a failure
select sign_in_refuse($1, $2, $3)

-- name: accounts.open
-- $1 e-mail, $2 hash that was verified, $3 new session token, $4 better hash or null, $5 mark or null, $6 the device in words, $7 stay signed in → {"role","name","email","days"}
select sign_in_open($1, $2, $3, $4, $5, $6, $7::boolean)

-- name: accounts.caller
-- as the session → {"role","name"}, null when it is over
select session_caller()

-- name: accounts.close
select session_close()

-- name: accounts.link_ask
-- $1 {"kind","key","email","role","name","hash"}, $2 the link's token, $3 hash of its code in hex, $4 cookie of the browser, $5 client address, $6 mark of a browser that signed in
-- here before or null → {"wait": seconds}
select link_ask($1::json, $2, decode($3, 'hex'), $4, $5, $6)

-- name: accounts.link_look
-- $1 token of the link or null, $2 cookie of the browser or null → what its page asks (link_look), null when there is none
select link_look($1, $2)

-- name: accounts.link_use
-- $1 token of the link or null, $2 cookie of the browser or null, $3 {"code","hash","agent"}, $4 token of a new session → {"problem"} or what became of it
select link_use($1, $2, $3::json, $4)

-- name: accounts.page
-- $1 how many past visits → {"name","coming","past","more","waiting","saved"}
select account_page($1::int)

-- name: accounts.visit_key
-- $1 id of a visit → {"id","key"}, null when it is not the caller's
select account_visit_key($1::uuid)

-- name: accounts.waiting_key
-- $1 id of an entry of a waiting list → {"key"}, null when it is not the caller's
select account_waiting_key($1::uuid)

-- name: accounts.settings
select account_settings()

-- name: accounts.rename
-- $1 name
select account_rename($1)

-- name: accounts.proof
-- $1 client address, $2 mark of a browser that signed in here before or null → {"email","hash","wait"}
select account_proof($1, $2)

-- name: accounts.proved
-- $1 whether the password was right, $2 client address, $3 mark or null
select account_proved($1::boolean, $2, $3)

-- name: accounts.password
-- $1 hash that was proved, $2 new hash, $3 token of the session that goes on, $4 the device in words → {"role","name","email","days"}
select account_password($1, $2, $3, $4)

-- name: accounts.email
-- $1 {"key","email","undo_key","undo_token"}, $2 the link's token, $3 hash of its code in hex, $4 cookie of the browser, $5 client address → {"wait": seconds}
select account_email($1::json, $2, decode($3, 'hex'), $4, $5)

-- name: accounts.sessions
select account_sessions()

-- name: accounts.session_end
-- $1 id, or null for all but this one → {"ended": how many}
select account_session_end($1::uuid)

-- name: accounts.activity
-- $1 the last row of the page before, or null → {"rows","next"}
select account_activity($1::bigint)

-- name: accounts.closing
-- What goes with the account, what stays, and the visits to come with their secrets.
select account_closing()

-- name: accounts.leave
-- $1 key and $2 token of the link that opens it again → {} or {"problem"}
select account_close($1::uuid, $2)

-- name: accounts.export
-- → all but the visits
select account_export()

-- name: accounts.export_visits
-- $1 how many to pass over, $2 how many at most → {"visits","sealed","more"}
select account_export_visits($1::int, $2::int)

-- name: accounts.factor_look
-- $1 client address, $2 mark of a browser that signed in here before or null → {"account","email","half","wait","apps","passkeys",…}, null without a session
select factor_look($1, $2)

-- name: accounts.factor_refuse
-- $1 client address, $2 mark or null: counts a wrong code
select factor_refuse($1, $2)

-- name: accounts.factor_pass
-- $1 {"factor","step"} or {"code"}, $2 token of the session that begins, $3 the device in words, $4 mark or null → {"role","name","email","days"}, null when that was used before
select factor_pass($1::json, $2, $3, $4)

-- name: accounts.session_prove
-- $1 as factor_pass, or null: by the password, $2 new token of the session, $3 client address, $4 mark or null → {"days"}, null when that was used before
select session_prove($1::json, $2, $3, $4)

-- name: accounts.factors
select account_factors()

-- name: accounts.app_add
-- $1 id, $2 name, $3 its key, sealed, $4 step of the code that proved it, $5 new token of the session → {"days","first"} or {"problem"}
select account_app_add($1::uuid, $2, $3, $4::bigint, $5)

-- name: accounts.factor_rename
-- $1 id, $2 name
select account_factor_rename($1::uuid, $2)

-- name: accounts.factor_remove
-- $1 id
select account_factor_remove($1::uuid)

-- name: accounts.codes
-- $1 ten hashes in hex, as an array
select account_codes($1::text[])

-- name: accounts.factor
-- $1 id → {"id","name","is_app","since","used","only_one"}, null when it is not the caller's
select account_factor($1::uuid)

-- name: accounts.passkey
-- $1 id of a passkey in hex → {"id","key","algorithm"}, null when it is not the caller's
select factor_passkey(decode($1, 'hex'))

-- name: accounts.passkey_add
-- $1 id, $2 name, $3 the passkey's own id and $4 its key in hex, $5 algorithm (COSE), $6 counter, $7 moment of the challenge, $8 new token of the session → as accounts.app_add
select account_passkey_add($1::uuid, $2, decode($3, 'hex'), decode($4, 'hex'), $5::int, $6::bigint, $7::bigint, $8)


-- name: accounts.prefill
-- as client who is signed in → {"name","email","phone"}: what stands in the form of a booking
select account_prefill();
