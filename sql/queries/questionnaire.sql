-- Versions of the questionnaire: the operator's side, and the page that tells everybody how the safety check decides. All but the last answer operators only.

-- name: questionnaire.list
-- → {"versions", "draft", "published", "cases"}
select operator_questionnaires()

-- name: questionnaire.head
-- $1 version → {"head"}
select operator_questionnaire_head($1::int)

-- name: questionnaire.one
-- $1 version → {"head", "sections", "rules", "gone"}
select operator_questionnaire($1::int)

-- name: questionnaire.document
-- $1 version or null for the published one → the whole document (questionnaire_document)
select questionnaire_document(coalesce($1::int, questionnaire_now()))

-- name: questionnaire.question
-- $1 version, $2 question → fields of the form
select operator_question($1::int, $2)

-- name: questionnaire.question_new
-- $1 version: the draft
select operator_question_new($1::int)

-- name: questionnaire.rule
-- $1 version, $2 rule → fields of the form
select operator_rule($1::int, $2)

-- name: questionnaire.rule_new
-- $1 version: the draft
select operator_rule_new($1::int)

-- name: questionnaire.try
-- $1 version, $2 question | rule, $3 id or null: a new one, $4 form or null: it goes → the document that would come of it, or {"problem","field","title"}
select operator_draft_try($1::int, $2, $3, $4::json)

-- name: questionnaire.save
-- the same, for good → {"version","id","what"}
select operator_draft_save($1::int, $2, $3, $4::json)

-- name: questionnaire.draft
-- → {"version"} of the draft, made from the published version unless it is there
select operator_draft_make()

-- name: questionnaire.discard
-- $1 version
select operator_draft_discard($1::int)

-- name: questionnaire.hold
-- $1 version → its document; nobody changes it until the transaction ends
select operator_draft_hold($1::int)

-- name: questionnaire.publish
-- $1 version, $2 note or null
select operator_draft_publish($1::int, $2)

-- name: questionnaire.sign
-- $1 version, $2 name, $3 profession, $4 day
select operator_questionnaire_sign($1::int, $2, $3, $4::date)

-- name: questionnaire.cases
-- → {"cases": [{"key","name","answers",…}]}
select operator_cases()

-- name: questionnaire.case
-- $1 key → fields of the form
select operator_case($1)

-- name: questionnaire.case_new
select operator_case_new()

-- name: questionnaire.case_save
-- $1 key or null: a new one, $2 form → {"key"}, or {"problem","field","title"}
select operator_case_save($1, $2::json)

-- name: questionnaire.rules
-- → {"head", "rules": [{"outcome", "label", "rules"}]} of the published version, for everybody
select safety_rules_page()

-- name: questionnaire.import
-- $1 {"pages","questions"}, $2 who brings it → {"version"} of a new draft; null: there is one already. As the owner
select questionnaire_import($1::json, $2)

-- name: questionnaire.numbers
-- → {"rows"}: whom to call, by country
select operator_numbers()

-- name: questionnaire.number
-- $1 country → fields of the form
select operator_number($1)

-- name: questionnaire.number_new
select operator_number_new()

-- name: questionnaire.number_save
-- $1 country or null: a new one, $2 form → as questionnaire.number, or {"problem","field","title"}
select operator_number_save($1, $2::json)

-- name: questionnaire.word_change
-- $1 version: the draft, $2 {"word","act","new_label"} → {"version","slug"} or {"problem","field","title"}
select operator_word_change($1::int, $2::json)

-- name: questionnaire.case_remove
-- $1 key → {"key"}
select operator_case_remove($1)

-- name: questionnaire.bring
-- $1 {"pages","questions"} → {"version"} of a new draft, or {"problem","field","title"}
select operator_questionnaire_import($1::json)

-- name: questionnaire.words
-- $1 version → {"head", "words": [{"kind", "words"}]}
select operator_words($1::int)

-- name: questionnaire.word_add
-- $1 version, $2 form {"kind","slug","label"} → {"version","slug"}, or {"problem","field","title"}
select operator_word_add($1::int, $2::json)
