-- Waiting lists. The guest is whoever holds the entry's token (app.booking).

-- name: waiting.asks
-- $1 therapist's slug or null, $2 service, $3 place, $4 kilometres, $5 technique or complaint, $6 days and $7 parts of the day that are ticked → what the form shows; null: no such therapist
select waiting_asks($1, $2::int, $3, $4::int, $5, $6::smallint[], $7::text[]);

-- name: waiting.join
-- $1 key, $2 what was filled in, as JSON → {"sent"}, or {"problem","field","title"}; null: this therapist has no list
select waiting_join($1::uuid, $2::json);

-- name: waiting.show
select waiting_shown();

-- name: waiting.confirm
select waiting_confirm();

-- name: waiting.leave
select waiting_leave();

-- name: waiting.practice
select practice_waiting_list();

-- name: waiting.practice_set
-- $1 whether people may wait
select practice_waiting_set($1::boolean);
