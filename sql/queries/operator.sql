-- name: operator.therapists
-- $1 name part or null, $2 last id of the page before or null → {"counts","therapists","next"}
select operator_therapists($1, $2::int)

-- name: operator.queue
-- $1 unchecked | lapsed | checked → {"counts","credentials"}
select operator_queue($1)

-- name: operator.credential
-- $1 id → {"therapist","credential","suggest_until","history"}
select operator_credential_one($1::uuid)

-- name: operator.check
-- $1 id, $2 where, $3 on, $4 until → as operator.credential, or {"problem","field","title"}
select operator_check($1::uuid, $2, $3::date, $4::date)
