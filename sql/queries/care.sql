-- Care: what a therapist writes down about a visit. What is sealed comes and goes sealed.

-- name: care.note
-- $1 booking → {"booking","note_of","refusal","version_now","choices"}
select care_note($1::uuid);

-- name: care.note_versions
-- $1 booking → [{"version","sealed","moment","who"}], the newest first
select care_note_versions($1::uuid);

-- name: care.note_save
-- $1 booking, $2 the version that was seen, $3 the next one, sealed → as care.note, or a problem
select care_note_save($1::uuid, $2::int, $3);
