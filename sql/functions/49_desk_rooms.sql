-- Rooms that are closed for a time, by the front desk or an owner of the practice. A closing has a claim as a visit has: the constraint on rooms keeps them
-- apart, and the free times of all who use the room change in the same transaction (room_claimed).

create or replace function room_closing_text(c room_closing, p_zone text, p_country text) returns text
    language sql stable
    as $$ select say_span(c.starts_at at time zone p_zone, c.ends_at at time zone p_zone, p_country) $$;

-- What stands in a room then: visits by their client's name, and what somebody only holds without one. Sooner first, twenty at most.
create or replace function room_standing(p_room int, p_during tstzrange) returns json
    language sql stable
    as $$
    select json_agg(x.j order by x.at) from (
        select lower(c.blocked) as at, case when b.id is null then json_build_object('closed', room_closing_text(k, p.zone, p.country))
                    when desk_has(b) then json_build_object('id', b.id, 'client', b.client_name, 'text', say_day_of(b.starts_at, b.zone, p.country) || ', ' || say_time(b.starts_at, b.zone, p.country),
                                               'service', b.service_name, 'therapist', booking_therapist(b.therapist_id) ->> 'name')
                    else json_build_object('held', true, 'text', say_day_of(b.starts_at, b.zone, p.country) || ', ' || say_time(b.starts_at, b.zone, p.country)) end as j
        from slot_claim c join room r on r.id = c.room_id join premises p on p.id = r.premises_id left join booking b on b.id = c.booking_id left join room_closing k on k.id = c.closing_id
        where c.room_id = p_room and c.blocked && p_during and (c.hold_expires > clock()) is not false order by 1 limit 20) x
    $$;

-- p_room: the one that was chosen, as typed.
create or replace function desk_rooms(p_room text) returns json
    language plpgsql stable security definer set search_path = unknot, public, pg_temp
    as $$
declare
    mine constant int := auth.desk();
begin
    if mine is null then
        return null;
    end if;
    return (
        select json_build_object('practice', p.name, 'has_rooms', exists (select from room r join premises x on x.id = r.premises_id where x.practice_id = mine and r.retired_at is null),
            'rooms', (select coalesce(json_agg(json_build_object('id', r.id, 'label', r.name || ', ' || coalesce(nullif(x.name, ''), x.street), 'on', coalesce(r.id::text = p_room, false)) order by x.id, r.position, r.id), '[]')
                      from room r join premises x on x.id = r.premises_id where x.practice_id = mine and r.retired_at is null),
            'closings', (select coalesce(json_agg(json_build_object('id', c.id, 'room', r.name, 'place', coalesce(nullif(x.name, ''), x.street), 'text', room_closing_text(c, x.zone, x.country), 'start', rfc3339(c.starts_at),
                             'end', rfc3339(c.ends_at), 'reason', nullif(c.reason, ''), 'now', c.starts_at <= clock()) order by c.starts_at, r.position), '[]')
                         from room_closing c join room r on r.id = c.room_id and r.retired_at is null join premises x on x.id = r.premises_id where x.practice_id = mine and c.ends_at > clock()))
        from practice p where p.id = mine);
end $$;

-- Why it cannot be closed, with what stands there.
create or replace function room_refused(p_form json, p_field text, p_title text, p_visits json default null) returns json
    language sql stable
    as $$ select (desk_rooms(p_form ->> 'room')::jsonb || practice_problem(p_field, p_title)::jsonb || jsonb_build_object('standing', p_visits, 'has_standing', p_visits is not null))::json $$;

-- p_form: {"room","from_day","from_time","until_day","until_time","reason"}, by the clock of the place; without times whole days, the last one included.
create or replace function desk_room_close(p_form json) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    mine constant int := auth.desk();
    r record;
    first_day constant date := p_form ->> 'from_day';
    last_day constant date := coalesce(p_form ->> 'until_day', p_form ->> 'from_day');
    span tstzrange;
    made uuid := gen_random_uuid();
    standing json;
begin
    if mine is null then
        return null;
    end if;
    select x.id, p.zone into r from room x join premises p on p.id = x.premises_id where x.id::text = p_form ->> 'room' and p.practice_id = mine and x.retired_at is null;
    if not found then
        return room_refused(p_form, 'room', 'Choose a room from the list');
    elsif last_day < first_day or last_day = first_day and p_form ->> 'until_time' <= p_form ->> 'from_time' then
        return room_refused(p_form, case when last_day < first_day then 'until_day' else 'until_time' end, 'It must end after it begins');
    elsif last_day > first_day + 366 or first_day > current_date + 730 then
        return room_refused(p_form, 'until_day', 'A room is closed for a year at most, and planned two years ahead at most');
    end if;
    span := tstzrange(clock_shows(first_day + coalesce(p_form ->> 'from_time', '00:00')::time, r.zone),
                      clock_shows(case when p_form ->> 'until_time' is null then (last_day + 1)::timestamp else last_day + (p_form ->> 'until_time')::time end, r.zone));
    if isempty(span) or upper(span) <= clock() then
        return room_refused(p_form, 'until_day', 'This time is over already');
    end if;
    perform rooms_hold(mine);
    perform room_clear(r.id, span);
    standing := room_standing(r.id, span);
    if standing is not null then
        return room_refused(p_form, 'room', case json_array_length(standing) when 1 then 'Something stands in this room then. Move it first, or choose another time'
                                         else json_array_length(standing) || ' visits or closings stand in this room then. Move them first, or choose another time' end, standing);
    end if;
    insert into room_closing (id, room_id, starts_at, ends_at, reason, made_by, made_at) values (made, r.id, lower(span), upper(span), coalesce(p_form ->> 'reason', ''), auth.account(), clock());
    insert into slot_claim (room_id, blocked, use, closing_id) values (r.id, span, 'closed', made);
    perform team_noted('room.closed', made::text);
    return desk_rooms(null);
end $$;

-- Opens it again, at once.
create or replace function desk_room_open(p_id uuid) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    mine constant int := auth.desk();
begin
    perform from room_closing c join room r on r.id = c.room_id join premises p on p.id = r.premises_id where c.id = p_id and p.practice_id = mine;
    if not found then
        return null;
    end if;
    perform rooms_hold(mine);
    delete from slot_claim where closing_id = p_id;
    delete from room_closing where id = p_id;
    perform team_noted('room.opened', p_id::text);
    return desk_rooms(null);
end $$;

grant execute on function desk_rooms, desk_room_close, desk_room_open to unknot_web;
