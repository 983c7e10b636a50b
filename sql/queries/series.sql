-- Several visits as one. All run as their guest: app.booking is the token they share.

-- name: series.plan
-- $1 therapist's slug, $2 service, $3 first start, $4 how many visits, $5 weeks between them, $6 whether a review follows, $7 starts chosen before
-- (an array's text) or null → the plan: each visit free, or with what is free near it
select series_plan($1, $2::int, $3::timestamptz, $4::int, $5::int, $6::boolean, $7::timestamptz[]);

-- name: series.hold
-- $1 key, $2 therapist's slug, $3 service, $4 starts in order (an array's text; null: left out), $5 whether the last is a review, $6 minutes to hold,
-- $7 web | api, $8 from where, for the limits (see hold_limit) → the first visit's document, or a problem
select series_hold($1::uuid, $2, $3::int, $4::timestamptz[], $5::boolean, $6::int, $7, $8::json);

-- name: series.show
-- $1 id of any of its visits → that visit's document, with all of them as series.visits
select series_shown($1::uuid);

-- name: series.calendar
-- $1 id of any of its visits → all that are booked as a calendar document {events, zones}
select series_calendar($1::uuid);
