-- The safety check of a held booking, as its guest. Answers come and go sealed.

-- name: intake.draft
-- $1 booking → {booking, draft (sealed or null), sealed (of the passed check, or null), today}
select booking_safety_draft($1::uuid);

-- name: intake.save
-- $1 booking, $2 sealed answers so far → booking document; changes nothing once the check is passed or the hold is over
select booking_safety_save($1::uuid, $2);

-- name: intake.pass
-- $1 booking, $2 PROCEED or MODIFY, $3 version of the rules, $4 sealed answers and fired rules → booking document
select booking_safety_pass($1::uuid, $2, $3, $4);

-- name: intake.discard
-- $1 booking → its last document; the hold and all its answers are gone
select booking_discard($1::uuid);

-- name: intake.questionnaire
-- $1 version or null for the published one → the document of the whole version (questionnaire_document); null: there is no such
select questionnaire_document(coalesce($1::int, questionnaire_now()));

-- name: intake.edition
-- $1 version or null for the published one → "3", "3 draft", "3 signed 2026-11-30": the same text means the same document, but for a draft; null: there is no such
select q.version || case q.state when 'draft' then ' draft' else coalesce(' signed ' || q.signed_on, '') end
from questionnaire q where q.version = coalesce($1::int, questionnaire_now());

-- name: intake.versions
-- → [version, …], the oldest first
select coalesce(json_agg(version order by version), '[]') from questionnaire;
