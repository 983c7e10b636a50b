-- The safety check of a held booking, as its guest. Answers come and go sealed.

-- name: intake.draft
-- $1 booking → {booking, lead, draft (sealed or null), sealed (of the passed check, or null), again, before (sealed, or null), afresh, was_booked, today, adult_age}
select booking_safety_draft($1::uuid);

-- name: intake.save
-- $1 booking, $2 sealed answers so far → booking document; changes nothing once the check is passed or the hold is over
select booking_safety_save($1::uuid, $2);

-- name: intake.pass
-- $1 booking, $2 PROCEED or MODIFY, $3 version of the rules, $4 sealed answers and fired rules, $5 yes: the therapist is asked before it is booked, $6 yes: and calls before the visit, $7 from when on the client is of age, or null, $8 limits as JSON → booking document, or a problem with its "shape"
select booking_safety_pass($1::uuid, $2, $3, $4, $5 is not distinct from 'yes', $6 is not distinct from 'yes', $7::date, $8::json);

-- name: intake.shape
-- $1 booking, $2 limits as JSON → {"unfit","too_long","left_out","without","services","lacks","others"}: what of the booking does not fit, and what would (booking_shape)
select booking_shape($1::uuid, $2::json);

-- name: intake.unfit
-- $1 booking, $2 limits as JSON → the problem that it has for its guest (booking_unfit); none: it fits
select booking_unfit(b, $2::json) from booking b where b.id = $1::uuid and booking_is_callers(b) and not booking_fits(b, $2::json);

-- name: intake.without
-- $1 booking, as its guest or its therapist, $2 limits as JSON → [{"slug","label"}]: techniques of the visit that are left out
select booking_without($1::uuid, $2::json);

-- name: intake.service
-- $1 booking, $2 another service of its therapist → booking document at the same time, or a problem
select booking_service($1::uuid, $2::int);

-- name: intake.others
-- $1 booking, $2 limits as JSON, $3 page from 1 → {"heading","total","items",…}: therapists near the place of the booking who fit its guest
select booking_others($1::uuid, $2::json, $3::int);

-- name: intake.discard
-- $1 booking → its last document; the hold and all its answers are gone, and what was booked is cancelled without a fee
select booking_discard($1::uuid);

-- name: intake.pause
-- $1 booking, $2 sealed answers so far → booking document: held while a clinician is asked, or cancelled where that cannot wait
select form_pause($1::uuid, $2);

-- name: intake.update
-- $1 booking → its document with "update"
select booking_shown($1::uuid);

-- name: intake.reopen
-- $1 booking, $2 yes: everything is asked afresh → as intake.update; its form is answered again
select reopen_begin($1::uuid, $2 is not distinct from 'yes');

-- name: intake.leave
-- $1 booking → as intake.update; what was begun is gone
select reopen_leave($1::uuid);

-- name: intake.phone
-- $1 booking, $2 where the therapist can call → as intake.update, or a problem
select booking_phone($1::uuid, $2);

-- name: intake.consent_texts
-- $1 booking, $2 yes: for somebody under age → {"treatment":{…},"guardian":{…}|null,"health_data":{…}}
select consent_texts($1::uuid, $2 is not distinct from 'yes');

-- name: intake.consent_sign
-- $1 booking, $2 yes: under age, $3 self | child | adult, $4 fingerprints of what was shown as JSON, $5 yes: health answers may be kept → {"signed"} or {"changed":"treatment"}
select consent_sign($1::uuid, $2 is not distinct from 'yes', $3, $4::json, $5 is not distinct from 'yes');

-- name: intake.answers
-- $1 booking → {"booking","consents","kept","withdrawn",…}: what is kept of the answers
select booking_answers($1::uuid);

-- name: intake.withdraw
-- $1 booking → as intake.answers; the answers are erased
select booking_answers_withdraw($1::uuid);

-- name: intake.own
-- $1 booking → {"booking","lead","questions":[{"id":"T12","kind":"text|choice|yes_no","ask","hint","required","each_time","options":["…"]}],"sealed","again","afresh","draft"}: what its therapist asks beside the questionnaire
select booking_own($1::uuid);

-- name: intake.own_waits
-- $1 booking → {"waits","again"}: whether there are such questions that are not answered yet
select booking_own_waits($1::uuid);

-- name: intake.own_save
-- $1 booking, $2 sealed answers → booking document
select booking_own_save($1::uuid, $2);

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
