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

-- name: care.plan
-- $1 booking → {"booking","plan_of","refusal","version_now","kept","library"}
select care_plan($1::uuid);

-- name: care.plan_save
-- $1 booking, $2 the version that was seen, $3 the next one, sealed, $4 true: the client gets a mail → as care.plan, or a problem
select care_plan_save($1::uuid, $2::int, $3, $4::boolean);

-- name: care.client
-- as guest; $1 booking → {"plan","messages"}, sealed, "can_answer", "readers"
select care_client($1::uuid);

-- name: care.places
-- → {"places":[{"location","label","on"}]}
select care_places();

-- name: care.places_save
-- $1 ids as int[], where home plans may be given → as care.places
select care_places_save($1::int[]);

-- name: care.before
-- $1 booking → what the therapist's page before the visit shows, but what is sealed
select care_before($1::uuid);

-- name: care.message
-- as guest or therapist; $1 booking, $2 id, $3 sealed → {"id"}, or a problem
select care_message_send($1::uuid, $2::uuid, $3);

-- name: care.day
-- $1 booking, $2 client | therapist → {"booking","today","refusal","kept"}
select care_day($1::uuid, $2);

-- name: care.day_save
-- $1 booking, $2 client | therapist, $3 id, $4 outcome, $5 version of the questionnaire, $6 answers and fired rules, sealed → as care.day, or a problem
select care_day_save($1::uuid, $2, $3::uuid, $4, $5, $6);

-- name: care.reopen
-- $1 booking → as practice.booking, or a problem: its client is asked to answer the form again
select practice_reopen($1::uuid);
