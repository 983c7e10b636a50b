-- name: practice.week
-- as therapist; $1 a day of the week or null → {"name","today":{…},"week":{"days","rows"}}
select practice_week($1::date)

-- name: practice.numbers
-- $1 weeks: 4, 12 or 52 → {"weeks":[{"from","offered","booked","filled","kept","no_shows","late","new","returning"}],"total","pain"}
select practice_numbers($1::int);

-- name: practice.share
-- $1 origin of the site → {"link","book","button","headline",…}
select practice_share($1);

-- name: practice.day
-- $1 day, null: today → {"day","items":[…]}
select practice_day_list($1::date);

-- name: practice.booking
-- $1 id → {"booking","visit","safety","can_attend","can_cancel"}
select practice_booking($1::uuid)

-- name: practice.shared
-- $1 booking → {"sealed","answered_for"}: what its client answered, while they agree that it is shared; sealed null otherwise
select practice_shared($1::uuid);

-- name: practice.sealed
-- $1 id → the sealed safety check, or null
select practice_sealed($1::uuid)

-- name: practice.move
-- $1 id, $2 confirmed | declined | attended | no_show | cancelled, $3 why, $4 web | api → as practice.booking, or a problem
select practice_move($1::uuid, $2, $3, $4)

-- name: practice.times
-- $1 id, $2 first day or null → {"booking","days",…}: free times to move it to, or to suggest
select practice_times($1::uuid, $2::date)

-- name: practice.move_to
-- $1 id, $2 start (RFC 3339), $3 web | api → a document, or a problem; what is booked is moved, for a request the time is suggested
select practice_move_to($1::uuid, $2::timestamptz, $3)

-- name: practice.new
-- $1 service or null, $2 day or null, $3 what was typed or null → what the form for a client's visit shows
select practice_new($1::int, $2::date, $3::json)

-- name: practice.book
-- $1 key, $2 service, $3 place, $4 day, $5 time, $6 yes: outside the hours too, $7 name, $8 e-mail or null, $9 telephone or null, $10 send | ask, $11 the client's link, $12 web | api, $13 the address of a home visit as JSON
select practice_book($1::uuid, $2::int, $3::int, $4::date, $5::time, $6 is not distinct from 'yes', $7, $8, $9, $10 = 'send', $11, $12, $13::json)

-- name: practice.key
-- $1 id → {"key"} of a visit that waits for its safety check
select json_build_object('key', k) from practice_key($1::uuid) k where k is not null

-- name: practice.ask
-- $1 id, $2 send | ask, $3 the client's link → as practice.booking
select practice_ask($1::uuid, $2 = 'send', $3)

-- name: practice.block
-- $1 id or null, $2 day or null → the form of a blocked time
select practice_block($1::uuid, $2::date)

-- name: practice.block_save
-- $1 id or null, $2 day, $3 from, $4 to, $5 note → as practice.block, or {"problem","field","title"}
select practice_block_save($1::uuid, $2::date, $3::time, $4::time, $5)

-- name: practice.block_remove
select practice_block_remove($1::uuid)

-- name: practice.profile
-- all topics of the profile and of each place, with what is stated
select practice_profile()

-- name: practice.topic
-- $1 topic, $2 what was ticked [["kind","slug"]] or null: as stored, $3 and $4 the taxonomy that is wrong and why
select practice_topic($1, $2::json, $3, $4)

-- name: practice.topic_save
-- $1 topic, $2 its own fields as JSON, $3 what was ticked → as practice.topic, or {"problem","field","title"}
select practice_topic_save($1, $2::json, $3::json)

-- name: practice.place
-- $1 location, then as practice.topic
select practice_place($1::int, $2, $3::json, $4, $5)

-- name: practice.place_save
select practice_place_save($1::int, $2, $3::json, $4::json)

-- name: practice.preview
-- as directory.profile, also while it is not published
select practice_preview()

-- name: practice.start
-- the steps from a new account to a page that is found, each with what is missing
select practice_start()

-- name: practice.publish
-- $1 on | off → as practice.start, or {"problem","field","title"}
select practice_publish($1 = 'on')

-- name: practice.place_form
-- $1 id, null for a new place, $2 what was typed or null → what stands in the form of its address
select practice_place_form($1::int, $2::json)

-- name: practice.place_address
-- $1 id or null, $2 the form's fields → as practice.place_form, or a problem
select practice_place_address($1::int, $2::json)

-- name: practice.place_remove
select practice_place_remove($1::int)

-- name: practice.versions
-- the changes of the profile, newest first
select practice_versions()

-- name: practice.version_undo
-- $1 version → as practice.versions, or a problem
select practice_version_undo($1::bigint)

-- name: practice.photo
select practice_photo()

-- name: practice.photo_save
-- $1 [{"size","kind","data"}] → as practice.photo, or a problem
select practice_photo_save($1::json)

-- name: practice.photo_whole
-- → {"data"}: all of the picture that is shown, base64url
select practice_photo_whole()

-- name: practice.photo_remove
-- $1 old: those that were shown before, for good; else the one that is shown
select practice_photo_remove($1 is not distinct from 'old')

-- name: practice.services
select practice_services()

-- name: practice.service
-- $1 id, null for a new one, $2 what was typed and could be read, or null → what stands in the form
select practice_service_form($1::int, $2::json)

-- name: practice.service_save
-- $1 id or null, $2 the form's fields as JSON → as practice.services, or {"problem","field","title"}
select practice_service_save($1::int, $2::json)

-- name: practice.service_retire
select practice_service_retire($1::int)

-- name: practice.locations
select practice_locations()

-- name: practice.hours
-- $1 location, $2 season, 0 for a new one, or null: the usual hours, $3 what was typed and its errors as JSON, or null
select practice_hours($1::int, $2::int, $3::json)

-- name: practice.hours_save
-- $1 location, $2 zone, $3 periods as JSON → as practice.hours, or {"problem","field","title"}
select practice_hours_save($1::int, $2, $3::json)

-- name: practice.season_save
-- $1 location, $2 season or null, $3 name, $4 first day, $5 last day or null, $6 periods → as practice.hours, or a problem
select practice_season_save($1::int, $2::int, $3, $4::date, $5::date, $6::json)

-- name: practice.season_remove
select practice_season_remove($1::int, $2::int)

-- name: practice.days
-- $1 location, $2 a day to change, or null → the days that differ
select practice_days($1::int, $2::date)

-- name: practice.day_save
-- $1 location, $2 day, $3 closed | extra | instead, $4 periods → as practice.days, or a problem
select practice_day_save($1::int, $2::date, $3, $4::json)

-- name: practice.day_remove
select practice_day_remove($1::int, $2::date)

-- name: practice.time_off
select practice_time_off()

-- name: practice.time_off_save
-- $1 from, $2 to (wall clock), $3 note → as practice.time_off, or a problem
select practice_time_off_save($1::timestamp, $2::timestamp, $3)

-- name: practice.time_off_remove
select practice_time_off_remove($1::int)

-- name: practice.holidays
select practice_holidays()

-- name: practice.holidays_save
-- $1 ids as text[]
select practice_holidays_save($1::text[])

-- name: practice.travel
-- $1 and $2 the pair that was sent, $3 what was typed, $4 what is wrong with it; or nulls
select practice_travel($1::int, $2::int, $3, $4)

-- name: practice.travel_save
select practice_travel_save($1::int, $2::int, $3::int)

-- name: practice.why
-- $1 service, $2 place, as they were typed, $3 day, $4 time, or nulls → what is asked, and what forbids that time
select practice_why($1, $2, $3, $4)

-- name: practice.calendars
-- → {calendars, feed}
select practice_calendars()

-- name: practice.calendar_add
-- $1 name, $2 the address, sealed, $3 its host → the same, or problem
select practice_calendar_add($1, $2, $3)

-- name: practice.calendar_act
-- $1 id, $2 remove or now → the same
select practice_calendar_act($1::int, $2)

-- name: practice.feed
-- $1 nonce, $2 token, $3 on, renew, off, busy or names → the same
select practice_feed($1::uuid, $2, $3)

-- name: practice.consent_sign
-- $1 id, $2 name as typed → {"consents"}
select practice_consent_sign($1::uuid, $2)

-- name: practice.own_sealed
-- $1 id → the sealed answers to the therapist's own questions, or null
select practice_own_sealed($1::uuid)

-- name: practice.questions
-- the therapist's own questions → {"questions","full"}
select practice_questions()

-- name: practice.question
-- $1 id, null for a new one → what stands in the form
select practice_question($1::int)

-- name: practice.question_save
-- $1 id or null, $2 the form's fields as JSON → as practice.questions, or {"problem","field","title"}
select practice_question_save($1::int, $2::json)

-- name: practice.question_move
-- $1 id, $2 up | down | stop → as practice.questions
select practice_question_move($1::int, $2)
