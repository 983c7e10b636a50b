-- name: desk.day
-- $1 day or null → all therapists of the practice on it
select desk_day($1::date)

-- name: desk.week
-- $1 a day of the week or null
select desk_week($1::date)

-- name: desk.booking
select desk_booking($1::uuid)

-- name: desk.move
-- $1 id, $2 confirmed | declined | attended | no_show | cancelled, $3 why or null, $4 web | api → as desk.booking, or a problem
select desk_move($1::uuid, $2, $4, $3)

-- name: desk.times
-- $1 id, $2 first day or null
select desk_times($1::uuid, $2::date)

-- name: desk.move_to
-- $1 id, $2 start (RFC 3339), $3 web | api
select desk_move_to($1::uuid, $2::timestamptz, $3)

-- name: desk.new
-- $1 service or null, $2 day or null, $3 what was typed or null, $4 therapist or null
select desk_new($1::int, $2::date, $3::json, $4)

-- name: desk.book
-- $1 to $13 as practice.book, $14 therapist
select desk_book($1::uuid, $2::int, $3::int, $4::date, $5::time, $6 is not distinct from 'yes', $7, $8, $9, $10 = 'send', $11, $12, $13::json, $14)

-- name: desk.key
select json_build_object('key', k) from desk_key($1::uuid) k where k is not null

-- name: desk.ask
-- $1 id, $2 send | ask, $3 the client's link
select desk_ask($1::uuid, $2 = 'send', $3)

-- name: desk.rooms
-- $1 a room that was chosen, or null → {"rooms":[{"id","label","on"}],"closings":[{"id","room","place","text","reason","now"}]}
select desk_rooms($1)

-- name: desk.room_close
-- $1 the form → as desk.rooms, or with "problem" and "standing": what stands in the room then
select desk_room_close($1::json)

-- name: desk.room_open
-- $1 closing → as desk.rooms
select desk_room_open($1::uuid)

-- name: desk.team
select team_page()

-- name: desk.team_name
-- $1 name: founds a practice, or renames the caller's own
select team_name($1)

-- name: desk.invite
-- $1 e-mail, $2 therapist | desk, $3 key, $4 token of the link → as desk.team, or a problem
select team_invite($1, $2, $3::uuid, $4)

-- name: desk.withdraw
select team_withdraw($1::uuid)

-- name: desk.invitation
-- $1 token → what its page asks
select invitation_look($1)

-- name: desk.answer
-- $1 token, $2 yes | no, $3 name, $4 password hash, $5 token of a new session, $6 the device in words
select invitation_answer($1, $2 = 'yes', $3, $4, $5, $6)

-- name: desk.leave
select team_leave()

-- name: desk.answers
-- $1 yes or null: the front desk may answer requests to the caller
select team_answers($1 is not distinct from 'yes')

-- name: desk.member
-- $1 account, $2 remove | own | unown
select team_member($1::uuid, $2)

-- name: desk.share
-- $1 a place of the caller's own
select premises_share($1::int)

-- name: desk.use
select premises_use($1::int)

-- name: desk.premises
select premises_one($1::int)

-- name: desk.premises_save
-- $1 id, $2 the form
select premises_save($1::int, $2::json)

-- name: desk.room_add
-- $1 premises, $2 name
select room_add($1::int, $2)

-- name: desk.room_remove
select room_remove($1::int)
