-- name: operator.therapists
-- $1 name part or null, $2 last id of the page before or null → {"counts","therapists","next"}
select operator_therapists($1, $2::int)

-- name: operator.queue
-- $1 unchecked | lapsed | ending | refused | checked → {"counts","credentials"}
select operator_queue($1)

-- name: operator.credential
-- $1 id, $2 specialism as typed, null: as stored → {"therapist","credential","specialisms","suggest_until","history"}
select operator_credential_one($1::uuid, $2)

-- name: operator.check
-- $1 id, $2 where, $3 on, $4 until or null, $5 specialism or null, $6 hours or null, $7 result, $8 note or null → as operator.credential, or
-- {"problem","field","title"}
select operator_check($1::uuid, $2, $3::date, $4::date, $5, $6::int, $7, $8)

-- name: operator.taxonomies
select operator_taxonomies()

-- name: operator.kind
-- $1 taxonomy → its settings and values
select operator_kind($1)

-- name: operator.kind_new
select operator_kind_new()

-- name: operator.kind_save
-- $1 taxonomy or null: a new one, $2 form → as operator.kind, or {"problem","field","title"}
select operator_kind_save($1, $2::json)

-- name: operator.tag
-- $1 taxonomy, $2 value
select operator_tag($1, $2)

-- name: operator.tag_new
select operator_tag_new($1)

-- name: operator.tag_save
-- $1 taxonomy, $2 value or null: a new one, $3 form
select operator_tag_save($1, $2, $3::json)

-- name: operator.tag_offer
-- $1 taxonomy, $2 value, $3 yes: offer it (again), no: retire it
select operator_tag_offer($1, $2, $3::boolean)

-- name: operator.guidance
-- $1 taxonomy, $2 value, $3 what was ticked [["suggest","slug"]] or null: as stored
select operator_guidance($1, $2, $3::json)

-- name: operator.guidance_save
-- $1 taxonomy, $2 value, $3 form, $4 what was ticked
select operator_guidance_save($1, $2, $3::json, $4::json)

-- name: operator.evidence_list
select operator_evidence_list()

-- name: operator.evidence
select operator_evidence($1)

-- name: operator.evidence_new
select operator_evidence_new()

-- name: operator.evidence_save
-- $1 key or null: a new row, $2 form
select operator_evidence_save($1, $2::json)

-- name: operator.credential_kinds
select operator_credential_kinds()

-- name: operator.credential_kind
select operator_credential_kind($1)

-- name: operator.credential_kind_new
select operator_credential_kind_new()

-- name: operator.credential_kind_save
-- $1 kind or null: a new one, $2 form
select operator_credential_kind_save($1, $2::json)

-- name: operator.registers
-- $1 country, two letters or nothing
select operator_registers($1)

-- name: operator.register
select operator_register($1::int)

-- name: operator.register_new
select operator_register_new()

-- name: operator.register_save
-- $1 id or null: a new row, $2 form
select operator_register_save($1::int, $2::json)

-- name: operator.messages
-- $1 waiting, late or dead → what is not sent yet
select operator_messages($1);

-- name: operator.message_act
-- $1 id, $2 again or drop → {done}
select operator_message_act($1::uuid, $2);

-- name: operator.audit_person
-- $1 e-mail → {"id": whose it is, or null}
select operator_audit_person($1)

-- name: operator.audit
-- $1 person or null, $2 kind or null, $3 and $4 days or null, $5 the last row of the page before or null → {"rows","next","kinds","person",…}
select operator_audit($1::uuid, $2, $3::date, $4::date, $5::bigint)

-- name: operator.acts
-- → what two operators have to agree on: {"open","past","acts",…}
select operator_acts()

-- name: operator.act
-- $1 therapist's slug, $2 act → what stands beside its form
select operator_act($1, $2)

-- name: operator.propose
-- $1 therapist's slug, $2 act, $3 form → {"done","waits"} or {"problem","field","title"}
select operator_propose($1, $2, $3::json)

-- name: operator.decide
-- $1 proposal, $2 confirm or refuse → as operator.acts, or {"problem","field","title"}
select operator_decide($1::uuid, $2)

-- name: operator.person
-- $1 account → {"name","email","factors":[{"kind","word","since","used"}],"proposals",…}
select operator_person($1::uuid)

-- name: operator.propose_reset
-- $1 account, $2 why → {"done","waits"} or {"problem","field","title"}
select operator_propose_reset($1::uuid, $2)

-- name: operator.people
-- → what stands beside the search for a person
select json_build_object('counts', operator_counts()) where auth.is_operator()

-- name: operator.therapist
-- $1 slug → standing, credentials, notes, proposals
select operator_therapist($1)

-- name: operator.credential_settings
select operator_credential_settings()

-- name: operator.credential_settings_save
-- $1 form → as operator.credential_settings with "asked": another operator has to agree
select operator_credential_settings_save($1::json)

-- name: operator.photos
-- $1 before (RFC 3339) or null → the photos that are shown, newest first
select operator_photos($1::timestamptz)

-- name: operator.photo_remove
-- $1 name, $2 why
select operator_photo_remove($1, $2)
