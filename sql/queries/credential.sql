-- Credentials and their proofs: the therapist's own, and what an operator opens.

-- name: credential.own
-- → {"credentials","places","closed","discipline",…} of who is signed in
select practice_credentials()

-- name: credential.form
-- $1 id, null for a new one, $2 what was typed as JSON or null → what stands in the form
select practice_credential_form($1::uuid, $2::json)

-- name: credential.save
-- $1 id or null, $2 the id of a new one, $3 form → {"id"} or {"problem","field","title"}
select practice_credential_save($1::uuid, $2::uuid, $3::json)

-- name: credential.remove
select practice_credential_remove($1::uuid)

-- name: credential.proof_holder
-- → the account under whose name the keys of one's proofs lie
select practice_proof_holder()

-- name: credential.proof
-- $1 credential, $2 id of the proof, $3 sealed: the key of its file, $4 pdf, jpg or png, $5 pieces → as credential.own
select practice_proof_put($1::uuid, $2::uuid, $3, $4, $5::int)

-- name: credential.piece
-- $1 proof, $2 number from 0, $3 sealed
select practice_proof_piece($1::uuid, $2::int, $3)

-- name: credential.proof_read
-- $1 credential → {"id","holder","sealed","ending","pieces","on"} of its proof, for an operator
select operator_proof($1::uuid)

-- name: credential.piece_read
-- $1 proof, $2 number from 0 → sealed, for an operator
select operator_proof_piece($1::uuid, $2::int)

-- name: credential.answer
-- $1 disciplinary note, $2 what the therapist says about it → as credential.own, or {"problem","field","title"}
select practice_discipline_answer($1::uuid, $2)
