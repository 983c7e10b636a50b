-- The way of one booking. All run as the guest: app.booking is the booking's token.

-- name: booking.hold
-- $1 key, $2 therapist's slug, $3 service, $4 start (RFC 3339), $5 minutes to hold, $6 web | api, $7 from where, for the limits (see hold_limit) → booking document (web: of a new one its id) or problem; the same again for the same key
select booking_hold($1::uuid, $2, $3::int, $4::timestamptz, $5::int, $6, $7::json);

-- name: booking.show
-- $1 id → booking document
select booking_document($1::uuid);

-- name: booking.by_token
-- → {id, series} of the booking whose token this is, of several the one that is still open, or else the first; {waiting}: of an entry on the waiting list; {clinician}: of who may recommend
select coalesce((select json_build_object('id', b.id, 'series', b.series_id is not null) from booking b where b.token_hash = auth.token_hash('app.booking')
                 and (b.waiting_id is null or b.state not in ('cancelled', 'expired', 'declined')) order by b.state = 'held' desc, b.series_n, b.created_at desc limit 1),
                (select json_build_object('waiting', true) from waiting w where w.token_hash = auth.token_hash('app.booking')),
                (select json_build_object('clinician', true) from clinician c where c.token_hash = auth.token_hash('app.booking') and c.ended_at is null));

-- name: booking.lapsed
-- $1 id → problem hold-expired with the booking and the nearest free times
select booking_lapsed($1::uuid);

-- name: booking.extend
-- $1 id, $2 minutes from now → booking document; once only, nothing changes the second time
select booking_extend($1::uuid, $2::int);

-- name: booking.details
-- $1 id, $2 name, $3 e-mail, $4 the address of a home visit as JSON (see home_read), or null, $5 telephone number or null → booking document, or a problem; one of a field has its "field"
select booking_details($1::uuid, $2, $3, $4::json, $5);

-- name: booking.page
-- $1 id → booking document with its history
select booking_shown($1::uuid);

-- name: booking.confirm
-- $1 id, $2 the guest's secret address (for the mail), $3 web | api, $4 null, or the code that proves the address → booking document (confirmed, requested, or held until that proof) or problem; the same again when that was done already
select booking_confirm($1::uuid, $2, $3, $4);

-- name: booking.prove_email
-- $1 id, $2 code, $3 the guest's secret address, $4 link | api → booking document or problem
select booking_prove_email($1::uuid, $2, $3, $4);

-- name: booking.cancel
-- $1 id, $2 link | api → booking document or problem
select booking_cancel($1::uuid, null, $2);

-- name: booking.times
-- $1 id, $2 first day or null → {"booking","days",…}: free times to move it to
select booking_times($1::uuid, $2::date);

-- name: booking.move
-- $1 id, $2 start (RFC 3339), $3 link | api → booking document, or a problem with the nearest free times
select booking_move($1::uuid, $2::timestamptz, null, $3);

-- name: booking.answer
-- $1 id, $2 yes | no to the suggested time, $3 link | api → booking document or problem
select booking_answer($1::uuid, $2 = 'yes', null, $3);

-- name: booking.calendar
-- $1 id → the visit as a calendar document {events, zones}
select booking_calendar($1::uuid);

-- name: booking.remind
-- $1 id, $2 minutes before, as an array's text → what is set now
select booking_remind($1::uuid, $2::int[]);

-- name: booking.reminders
-- $1 id → {booking, reminders}
select booking_reminders($1::uuid);

-- name: booking.feed
-- $1 id, $2 nonce, $3 token, $4 on, renew or off → what is set now
select booking_feed($1::uuid, $2::uuid, $3, $4);

-- name: booking.feed_show
-- $1 token → the calendar behind it {name, events, zones}
select calendar_feed_show($1);
