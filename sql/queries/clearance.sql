-- A CLEARANCE of a booking, as its client or its therapist.

-- name: clearance.keep
-- $1 booking → its document; the time is kept while a clinician is asked, if that can be
select clearance_keep($1::uuid);

-- name: clearance.note
-- $1 booking, $2 id of the note, $3 date on it, $4 sealed: who wrote it, $5 pdf, jpg or png, $6 pieces of the file → booking document, or {problem, field, title}
select clearance_note($1::uuid, $2::uuid, $3::date, $4, $5, $6::int);

-- name: clearance.piece
-- $1 note, $2 number from 0, $3 sealed
select clearance_piece_put($1::uuid, $2::int, $3);

-- name: clearance.call
-- $1 booking, $2 id, $3 date, $4 sealed: with whom and what was said → booking document, or {problem, field, title}
select clearance_call($1::uuid, $2::uuid, $3::date, $4);

-- name: clearance.read
-- $1 booking, $2 note or call → {kind, ending, pieces, sealed, dated}
select clearance_read($1::uuid, $2::uuid);

-- name: clearance.piece_read
-- $1 note, $2 number from 0 → sealed
select clearance_piece_read($1::uuid, $2::int);

-- name: clearance.practice
-- $1 booking → {booking, visit, can_record, today, sealed: [{id, sealed}]}
select practice_clearance($1::uuid);
