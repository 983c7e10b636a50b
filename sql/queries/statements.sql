-- The statements that an operator brings, and what is ticked of them. Answers come and go sealed.

-- name: statements.list
-- as operator → {"draft","used","versions"}
select operator_statements();

-- name: statements.bring
-- as operator; $1 what was read of a file → {"version"}
select operator_statements_bring($1::json);

-- name: statements.act
-- as operator; $1 version, $2 use | discard | stop → {"done"}, or a problem
select operator_statements_act($1::int, $2);

-- name: statements.import
-- as owner; $1 what was read of a file, $2 by whom → {"version"}
select statement_form_add($1::json, $2);

-- name: statements.page
-- as guest; $1 booking → {"booking","form","held","refusal"}; none: no statements are in use
select booking_statements($1::uuid);

-- name: statements.words
-- $1 version → {"statements"}
select json_build_object('statements', statements) from statement_form where version = $1::int and state <> 'draft'

-- name: statements.waits
-- as guest; $1 booking → {"waits"}
select booking_statements_wait($1::uuid);

-- name: statements.save
-- as guest; $1 booking, $2 id, $3 answers, sealed → {"booking","saved"}, or a problem
select booking_statements_save($1::uuid, $2::uuid, $3);
