-- How it goes after a visit and over several. Values come and go sealed.

-- name: outcome.after
-- as guest; $1 booking → {"booking","refusal","kept","incident"}
select outcome_after($1::uuid);

-- name: outcome.save
-- as guest; $1 booking, $2 id, $3 after | review, $4 answers, sealed, $5 yes: medical care was needed → {"booking","saved"}, or a problem
select outcome_save($1::uuid, $2::uuid, $3, $4, $5 is not distinct from 'yes');

-- name: outcome.line
-- $1 booking, $2 client | therapist → {"booking","today","agreed","refusal","parts":[{"kind","booking","row","day","rules","sealed"}],"incidents"}
select outcome_line($1::uuid, $2);

-- name: outcome.incident_close
-- as therapist; $1 booking, $2 incident, $3 note, sealed → {"closed"}, or a problem
select incident_close($1::uuid, $2::uuid, $3);

-- name: outcome.incidents
-- as operator → {"open","incidents"}
select operator_incidents();

-- name: outcome.join
-- as guest of the new booking; $1 it, $2 the one before, $3 its token → {"joined"}
select care_course_join($1::uuid, $2::uuid, $3);
