-- Reviews: what somebody writes about a visit, how everybody reads it, what the therapist answers and an operator decides. Recommendations of clinicians.

-- name: review.page
-- as guest; $1 booking, $2 form as typed or null: as kept, $3 with a preview → the page of the review of a visit
select review_page($1::uuid, $2::json, $3::boolean);

-- name: review.save
-- as guest; $1 booking, $2 form, $3 the edition that was seen, 0: none → as review.page, or a problem
select review_save($1::uuid, $2::json, $3::int);

-- name: review.withdraw
-- as guest; $1 booking → as review.page
select review_withdraw($1::uuid);

-- name: review.pain_save
-- as guest; $1 booking, $2 sealed or null: deleted → as review.page
select review_pain_save($1::uuid, $2);

-- name: review.list
-- $1 slug, $2 "2026-03~id" of the last one that was shown, or null → {"slug","name","rating","reviews","about_reviews"}
select review_page_of($1, $2);

-- name: review.rules
select review_rules_page();

-- name: review.practice
-- $1 as in review.list → {"rating","reviews","next"} of the therapist who asks
select practice_reviews($1);

-- name: review.practice_one
-- $1 review, $2 the reason that was chosen or null → {"review","reply","reported","reasons"}
select practice_review($1::uuid, $2);

-- name: review.reply
-- $1 review, $2 answer or null: none any more, $3 the edition that was seen, 0: none → as review.practice_one, or a problem
select practice_review_reply($1::uuid, $2, $3::int);

-- name: review.report
-- $1 review, $2 reason, $3 note or null → as review.practice_one, or a problem
select practice_review_report($1::uuid, $2, $3);

-- name: review.cases
-- $1 open ones, or those decided, $2 last case of the page before or null → {"counts","cases","next"}
select operator_reviews($1::boolean, $2::uuid);

-- name: review.case
-- $1 case, $2 the reason that was chosen or null → {"case","therapist","review","reasons"}
select operator_review($1::uuid, $2);

-- name: review.decide
-- $1 case, $2 keep | remove, $3 reason or null, $4 the edition that was seen → as review.case, or a problem
select operator_review_decide($1::uuid, $2, $3, $4::int);

-- name: review.recommend
-- by the token of a clinician; $1 slug or null, $2 complaints that were ticked, as text[] → {"name","list","complaints"}
select recommend_page($1, coalesce($2::text[], '{}'));

-- name: review.recommend_save
-- $1 therapist's slug or address, $2 complaints as text[], $3 tie or null → as review.recommend, or a problem
select recommend_save($1, $2::text[], $3);

-- name: review.recommend_withdraw
-- $1 slug → as review.recommend
select recommend_withdraw($1);

-- name: review.share
-- $1 slug, $2 origin → {"name","link","mailto"}
select recommend_share($1, $2);

-- name: review.clinicians
select operator_clinicians();

-- name: review.clinician
-- $1 id or null: a new one
select operator_clinician($1::int);

-- name: review.clinician_save
-- $1 id or null: a new one, $2 form, $3 key of a new one's link → as review.clinician, or a problem
select operator_clinician_save($1::int, $2::json, $3::uuid);

-- name: review.clinician_act
-- $1 id, $2 link | end → as review.clinician
select operator_clinician_act($1::int, $2);
