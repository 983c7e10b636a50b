-- What changes a booking after the safety check: booked or asked for, answered, moved, cancelled, run out. And what is told about it afterwards.

-- Until when an answer is waited for: the hours of the service, and not into the notice before the visit, but for half an hour at least.
create or replace function booking_answer_by(b booking, p_start timestamptz) returns timestamptz
    language sql stable
    as $$
    select least(clock() + make_interval(hours => b.answer_hours), p_start,
                 greatest(p_start - make_interval(mins => coalesce((select s.notice from service s where s.id = b.service_id), 0)), clock() + interval '30 minutes'))
    $$;

-- From held to asked for: now the therapist sees it.
create or replace function booking_ask(b booking, p_link text) returns json
    language plpgsql
    as $$
begin
    update booking set state = 'requested', reference = booking_reference(), requested_at = clock(), hold_expires = booking_answer_by(b, b.starts_at), email_code = null where id = b.id;
    perform booking_notify(b.id, 'requested', json_build_object('link', p_link, 'by', 'client'));
    insert into audit (account_id, action, object) values (auth.account(), 'booking.requested', b.id::text);
    return booking_document(b.id);
end $$;

-- Books what is held, passed and named, or asks the therapist for it; the same answer again when that was done already. p_link is the guest's secret
-- address, for the mail only. p_code, where requests wait for a proof that the client reads the address: what the mail proves it by. The time is then
-- kept for an hour.
create or replace function booking_confirm(p_id uuid, p_link text, p_via text default 'web', p_code text default null) returns json
    language plpgsql
    as $$
declare
    b booking;
    refused json;
begin
    -- the guest alone books: a therapist sees the row too
    select * into b from booking where id = p_id and token_hash = auth.token_hash('app.booking') for update;
    if not found then
        return null;
    elsif b.state in ('confirmed', 'requested', 'suggested') and not booking_lapses(b) then
        return booking_document(p_id);
    elsif b.state <> 'held' or b.hold_expires <= clock() then
        return booking_lapsed(p_id);
    elsif b.safety_id is null then
        return booking_problem(409, 'safety-check-missing', 'Answer the safety check first.', b.service_id, null);
    elsif b.client_name is null then
        return booking_problem(422, 'details-missing', 'Give a name and an e-mail address first.', b.service_id, null);
    elsif b.at_home and b.home_street is null then
        return booking_problem(422, 'details-missing', 'Give the address of the visit and a telephone number first.', b.service_id, null);
    end if;
    if booking_lacks_phone(b) then
        return booking_problem(422, 'details-missing', 'Give a telephone number first: the therapist calls before the visit.', b.service_id, null);
    end if;
    refused := booking_refused(p_id, b.client_email, b.client_phone); -- blocked since the name was given
    if refused is not null then
        return refused;
    end if;
    perform booking_via(p_via);
    if b.mode = 'request' and b.made_by = 'client' and p_code is null then
        return booking_ask(b, p_link);
    elsif b.mode = 'request' and b.made_by = 'client' then
        if b.email_code is null then -- one mail an address
            update booking set email_code = sha256(convert_to(p_code, 'UTF8')), hold_expires = greatest(hold_expires, least(clock() + interval '1 hour', starts_at)) where id = p_id;
            perform booking_notify(p_id, 'confirm-email', json_build_object('link', p_link, 'code', p_code, 'by', 'client'));
        end if;
        return booking_document(p_id);
    end if;
    update booking set state = 'confirmed', reference = booking_reference(), confirmed_at = clock() where id = p_id;
    perform booking_notify(p_id, 'confirmed', json_build_object('link', p_link, 'by', booking_actor(b)));
    insert into audit (account_id, action, object) values (auth.account(), 'booking.confirmed', p_id::text);
    return booking_document(p_id);
end $$;

-- The link in that mail was opened and its button pressed.
create or replace function booking_prove_email(p_id uuid, p_code text, p_link text, p_via text default 'link') returns json
    language plpgsql
    as $$
declare
    b booking;
    refused json;
begin
    select * into b from booking where id = p_id and token_hash = auth.token_hash('app.booking') for update;
    if not found then
        return null;
    elsif b.requested_at is not null then
        return booking_document(p_id);
    elsif b.state <> 'held' or booking_lapses(b) then
        return booking_lapsed(p_id);
    elsif b.email_code is distinct from sha256(convert_to(p_code, 'UTF8')) then
        return booking_problem(409, 'wrong-code', 'This link is not the newest one. Open the link in the last mail we sent.', b.service_id, null);
    end if;
    refused := booking_refused(p_id, b.client_email, b.client_phone);
    if refused is not null then
        return refused;
    end if;
    perform booking_via(p_via);
    return booking_ask(b, p_link);
end $$;

-- What a late change costs, by the terms at booking time. The client alone ever owes anything.
create or replace function booking_fee(b booking, p_notice int, p_fee int) returns int
    language sql stable
    as $$ select case when b.state = 'confirmed' and booking_actor(b) = 'client' and clock() > b.starts_at - make_interval(mins => p_notice) and not care_day_waives(b) then p_fee else 0 end $$;

create or replace function booking_cancel(p_id uuid, p_link text default null, p_via text default 'web') returns json
    language plpgsql
    as $$
declare
    b booking;
begin
    select * into b from booking where id = p_id and booking_is_callers(booking) for update;
    if not found then
        return null;
    elsif b.state = 'confirmed' and b.starts_at <= clock() then
        return booking_problem(409, 'visit-past', 'This visit has already begun; it cannot be canceled here.', b.service_id, null);
    elsif b.state in ('held', 'requested', 'suggested', 'confirmed') then
        perform booking_via(p_via);
        update booking set state = 'cancelled', owed = owed + booking_fee(b, b.cancel_notice, b.cancel_fee) where id = p_id;
        if b.state <> 'held' or b.confirmed_at is not null or b.requested_at is not null then
            perform booking_notify(p_id, 'cancelled', json_build_object('link', p_link, 'by', booking_actor(b), 'by_client', booking_actor(b) = 'client'));
        end if;
        insert into audit (account_id, action, object) values (auth.account(), 'booking.cancelled', p_id::text);
    end if;
    return booking_document(p_id);
end $$;

-- --- Another time

-- The claim of a booked visit goes to another start and the visit with it: one change of one row, so that at no moment the visit has no time, and
-- what it has does not stand in its own way. The caller's booking only. False: the time is taken, and all is as it was.
create or replace function claim_move(p_id uuid, p_start timestamptz, p_fee int) returns boolean
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
#variable_conflict use_column
declare
    b booking;
    was tstzrange;
    will tstzrange;
    place location;
    rooms int[];
    room int;
begin
    select * into b from booking
    where id = p_id and state = 'confirmed' and (token_hash = auth.token_hash('app.booking') or therapist_id = auth.therapist() or therapist_id = any (desk_therapists())) for update;
    perform listing_lock(b.therapist_id);
    select blocked into was from slot_claim where booking_id = p_id and use = 'visit';
    will := tstzrange(p_start - (b.starts_at - lower(was)), p_start + (upper(was) - b.starts_at));
    select l.* into place from slots(b.service_id, null, p_start::date - 1, 3, clock(), p_id) s join location l on l.id = s.location_id
    where s.start = p_start order by l.id <> b.location_id, l.id limit 1;
    if place.id is null then
        return false;
    end if;
    perform claim_clear(b.therapist_id, will);
    rooms := rooms_of(b.service_id, place.id);
    room := room_take(rooms, will, p_id);
    if rooms is not null and room is null then
        return false;
    end if;
    begin
        update slot_claim set blocked = will, location_id = place.id, starts_at = p_start, room_id = room where booking_id = p_id and use = 'visit';
    exception when exclusion_violation then
        return false;
    end;
    update booking set starts_at = p_start, ends_at = p_start + (b.ends_at - b.starts_at), location_id = place.id, zone = place.zone, owed = owed + p_fee where id = p_id;
    perform listing_claimed(b.therapist_id, was);
    perform listing_claimed(b.therapist_id, will);
    return true;
end $$;

-- What is wrong with moving it now; null: nothing.
create or replace function booking_unmovable(b booking) returns json
    language sql
    as $$
    select case when b.state in ('held', 'requested', 'suggested') then booking_problem(409, 'not-booked', 'This visit is not booked yet, so there is nothing to move.', b.service_id, null)
                when b.state <> 'confirmed' then booking_problem(409, 'visit-over', 'This appointment is over; it cannot be moved.', b.service_id, null)
                when b.starts_at <= clock() then booking_problem(409, 'visit-past', 'This visit has already begun; it cannot be moved here.', b.service_id, null) end
    $$;

-- Moves a booked visit, as its client or its therapist. The same time again is no change.
create or replace function booking_move(p_id uuid, p_start timestamptz, p_link text default null, p_via text default 'web') returns json
    language plpgsql
    as $$
declare
    b booking;
    wrong json;
    more json;
begin
    select * into b from booking where id = p_id and booking_is_callers(booking) for update;
    if not found then
        return null;
    end if;
    wrong := coalesce(booking_unmovable(b), case when booking_actor(b) = 'client' then client_stays(b) end);
    if wrong is not null or b.starts_at = p_start then
        return coalesce(wrong, booking_document(p_id));
    end if;
    perform booking_via(p_via);
    more := json_build_object('link', p_link, 'by', booking_actor(b), 'by_client', booking_actor(b) = 'client',
        'from', json_build_object('start', rfc3339(b.starts_at), 'text', say_moment(b.starts_at, b.zone, (select country from location where id = b.location_id))));
    if not claim_move(p_id, p_start, booking_fee(b, b.move_notice, b.move_fee)) then
        return booking_not_moved(b, p_start);
    end if;
    perform booking_notify(p_id, 'moved', more);
    insert into audit (account_id, action, object) values (auth.account(), 'booking.moved', p_id::text);
    return booking_document(p_id);
end $$;

-- The time for a move was gone: what the visit keeps, and the free times nearest to the one that was wanted.
create or replace function booking_not_moved(b booking, p_start timestamptz) returns json
    language sql
    as $$
    select (booking_problem(409, 'time-taken', 'This time has just been taken.', b.service_id, null)::jsonb
            || json_build_object('moving', true, 'booking', booking_document(b.id), 'nearest', slots_nearest(b.service_id, p_start, b.id))::jsonb)::json
    $$;

-- Free times for moving a booking or suggesting another: ten days from p_from, or from the day of the visit; its own time does not stand in the way.
create or replace function booking_times(p_id uuid, p_from date) returns json
    language plpgsql
    as $$
declare
    b booking;
    s service;
    today date;
    first_free date;
    first_day date;
    last_day date;
    days json;
    country text;
begin
    select * into b from booking where id = p_id and booking_is_callers(booking);
    if not found then
        return null;
    end if;
    select * into s from service where id = b.service_id;
    select l.country into country from location l where l.id = b.location_id;
    today := local_day(clock(), b.zone);
    last_day := today + s.horizon;
    select min(f.local)::date into first_free from slots(s.id, null, today, s.horizon + 1, clock(), b.id) f where f.start <> b.starts_at;
    first_day := least(greatest(today, coalesce(p_from, greatest(local_day(b.starts_at, b.zone) - 2, first_free), today)), last_day);
    select json_agg(json_build_object('date', d.day, 'day', say_day(d.day, country), 'free', f.slots is not null, 'slots', coalesce(f.slots, '[]')) order by d.day) into days
    from (select first_day + n as day from generate_series(0, 9) n) d
    left join (
        select x.local::date as day, json_agg(json_build_object('start', rfc3339(x.start), 'local', to_char(x.local, 'HH24:MI'), 'time', say_time(x.start, x.zone, l.country),
                   'place', case when l.id <> b.location_id then coalesce(nullif(l.name, ''), l.street) end) order by x.start) as slots
        from (select distinct on (start) * from slots(s.id, null, first_day, 10, clock(), b.id) where start <> b.starts_at order by start, location_id <> b.location_id, location_id) x
        join location l on l.id = x.location_id group by 1) f on f.day = d.day;
    return json_build_object('booking', booking_document(p_id), 'can_move', booking_unmovable(b) is null, 'can_suggest', b.state = 'requested' and not booking_lapses(b),
        'client_moves', json_build_object('fee', case when booking_fee(b, b.move_notice, b.move_fee) > 0 then money_json(booking_fee(b, b.move_notice, b.move_fee), b.currency) end),
        'days', days, 'any_free', exists (select from json_array_elements(days) d where (d ->> 'free')::boolean), 'ever_free', first_free is not null,
        'from', first_day, 'from_day', say_day(first_day, country), 'to_day', say_day(first_day + 9, country), 'zone', b.zone, 'zone_name', say_zone(clock(), b.zone), 'hour_cycle', hour_cycle(country),
        'earlier', case when first_day > today and first_free < first_day then greatest(today, first_day - 10) end, 'later', case when first_day + 10 <= last_day then first_day + 10 end,
        'first_free', first_free);
end $$;

-- --- Requests

-- The suggested time becomes the visit's: its claim takes the place of the one that was asked for.
create or replace function claim_settle(p_id uuid) returns void
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    b booking;
    was tstzrange;
    place location;
    suggested record;
begin
    select * into b from booking where id = p_id and state = 'suggested' and hold_expires > clock() and token_hash = auth.token_hash('app.booking') for update;
    if not found then
        return;
    end if;
    perform listing_lock(b.therapist_id);
    select * into place from location where id = b.suggested_location;
    delete from slot_claim where booking_id = p_id and use = 'suggestion' returning true as beyond, room_id into suggested;
    select blocked into was from slot_claim where booking_id = p_id and use = 'visit';
    update slot_claim set blocked = tstzrange(b.suggested_start - (b.starts_at - lower(was)), b.suggested_start + (upper(was) - b.starts_at)),
        location_id = place.id, starts_at = b.suggested_start, room_id = case when suggested.beyond then suggested.room_id else room_id end where booking_id = p_id;
    update booking set state = 'confirmed', confirmed_at = clock(), starts_at = b.suggested_start, ends_at = b.suggested_start + (b.ends_at - b.starts_at),
        location_id = place.id, zone = place.zone where id = p_id;
    perform listing_claimed(b.therapist_id, was);
end $$;

-- The client's answer to another time.
create or replace function booking_answer(p_id uuid, p_accepts boolean, p_link text, p_via text default 'link') returns json
    language plpgsql
    as $$
declare
    b booking;
    already booking_state := case when p_accepts then 'confirmed' else 'cancelled' end;
begin
    select * into b from booking where id = p_id and token_hash = auth.token_hash('app.booking') for update;
    if not found then
        return null;
    elsif b.state = already then
        return booking_document(p_id);
    elsif b.state <> 'suggested' or booking_lapses(b) then
        return booking_problem(409, 'nothing-suggested', 'No other time is suggested any more.', b.service_id, null);
    elsif not p_accepts then
        return booking_cancel(p_id, p_link, p_via);
    end if;
    perform booking_via(p_via);
    perform claim_settle(p_id);
    perform booking_notify(p_id, 'accepted', json_build_object('link', p_link, 'by', 'client', 'by_client', true));
    insert into audit (account_id, action, object) values (auth.account(), 'booking.accepted', p_id::text);
    return booking_document(p_id);
end $$;

-- The remainder of a suggested time that the booking does not have already. Null: it has no claim.
create or replace function booking_beyond(b booking, p_start timestamptz) returns tstzrange
    language sql stable
    as $$
    select tstzrange(p_start - (b.starts_at - lower(c.blocked)), p_start + (upper(c.blocked) - b.starts_at)) - c.blocked
    from slot_claim c where c.booking_id = b.id and c.use = 'visit'
    $$;

-- Notes what is suggested: times that no caller writes by hand. The claim was taken before.
create or replace function booking_suggests(p_id uuid, p_start timestamptz, p_location int, p_until timestamptz) returns void
    language sql security definer set search_path = unknot, public, pg_temp
    as $$
    update booking set state = 'suggested', suggested_start = p_start, suggested_location = p_location, hold_expires = p_until
    where id = p_id and state = 'requested' and (therapist_id = auth.therapist() or therapist_id = any (desk_answered()))
    $$;

-- --- What happened

create or replace function booking_history(p_id uuid, p_reader text) returns json
    language plpgsql stable
    as $$
begin
    return (
        select coalesce(json_agg(json_build_object('at', rfc3339(e.at), 'moment', say_moment(e.at, b.zone, l.country), 'by', e.who, 'via', e.via, 'what', e.what, 'from_state', e.from_state,
            'state', e.to_state, 'from_start', rfc3339(e.from_start), 'start', rfc3339(e.to_start), 'fee', case when e.fee > 0 then money_json(e.fee, b.currency) end,
            'who', case when e.who = p_reader then 'You' when e.who = 'therapist' then booking_therapist(b.therapist_id) ->> 'name' when e.who = 'client' then 'The client' when e.who = 'desk' then 'The front desk'
                        when e.who = 'operator' then 'The operator' else 'Nobody' end,
            'text', case e.what when 'held' then 'chose ' || x.said when 'requested' then 'asked for ' || x.said when 'suggested' then 'suggested ' || x.said
                        when 'accepted' then 'accepted ' || x.said when 'confirmed' then 'booked ' || x.said
                        when 'moved' then 'moved it from ' || say_moment(e.from_start, b.zone, l.country) || ' to ' || x.said
                        when 'cancelled' then 'canceled it' when 'declined' then 'declined it' when 'expired' then 'answered in time, so it ended'
                        when 'attended' then 'noted that the client came' when 'no_show' then 'noted that the client did not come' when 'undone' then 'took that note back'
                        when 'no_fee' then 'answered the questions before the visit: moving or canceling it is free'
                        when 'paused' then 'answered the form again: it waits for what a clinician says' when 'resumed' then 'booked it again with what a clinician said'
                        when 'updated' then 'answered the form again' when 'stopped' then 'answered the form again: the visit cannot take place, and nothing is owed' end)
            order by e.id), '[]')
        from booking_event e join booking b on b.id = e.booking_id join location l on l.id = b.location_id
        cross join lateral (select say_moment(e.to_start, b.zone, l.country) as said) x
        where e.booking_id = p_id and booking_is_callers(b));
end $$;

-- The page of a booking for its client: the document, and what happened so far.
create or replace function booking_shown(p_id uuid) returns json
    language sql stable
    as $$
    select (booking_document(b.id)::jsonb || jsonb_build_object('history', booking_history(b.id, 'client')::jsonb, 'has_history', true, 'update', reopen_json(b)::jsonb))::json
    from booking b where b.id = p_id and booking_is_callers(b)
    $$;

-- --- The clock

-- What ended without a visit keeps names and answers for an hour, so that they can go along to another time, and a request for a day; then they are forgotten.
create or replace function booking_forget() returns int
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    gone uuid[];
begin
    select array_agg(x.id) into gone from (
        select id from booking where state in ('expired', 'cancelled', 'declined') and confirmed_at is null
          and ended_at < clock() - case when requested_at is null then interval '1 hour' else interval '1 day' end
          and (client_name is not null or safety_draft is not null or safety_id is not null or home_street is not null)
        limit 50 for update skip locked) x;
    if gone is not null then
        update booking set client_name = null, client_email = null, client_phone = null, safety_draft = null, safety_id = null,
            home_street = null, home_place = null, home_access = null, home_lat = null, home_lon = null where id = any (gone);
        delete from safety_check where booking_id = any (gone);
        delete from clearance where booking_id = any (gone);
        delete from own_answer where booking_id = any (gone);
        delete from outcome where booking_id = any (gone);
        perform key_forget(gone);
    end if;
    perform reopen_sweep();
    delete from hold_origin where created_at < clock() - interval '1 day';
    return coalesce(cardinality(gone), 0);
end $$;

-- The worker's broom. Readers treat a time that ran out as free; this keeps the backlog small and the listing true, and tells whose request got no
-- answer. Up to 20 a call, of therapists whom nobody is changing: it waits for none of them, and takes what it does wait for in their order. Where there are
-- none (others are changing them, or they share rooms or a series), one therapist's. So brooms and bookings never wait for each other in a ring. Answers how
-- many rows it swept; 0: nothing left.
create or replace function booking_sweep() returns int
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    oldest constant uuid[] := array(select id from booking where hold_expires <= clock() order by hold_expires limit 20);
    late constant uuid[] := array(select b.id from booking b join listing_due d on d.therapist_id = b.therapist_id
                                  where b.id = any (oldest) and b.hold_expires <= clock() and b.series_id is null and d.rooms is null
                                  order by b.therapist_id for update skip locked);
    n int := cardinality(late);
begin
    for i in 1..n loop
        update booking set state = 'expired' where id = late[i];
    end loop;
    if n = 0 then
        update booking set state = 'expired' where id in (
            select id from booking where id = any (oldest) and hold_expires <= clock() and therapist_id = (select therapist_id from booking where id = oldest[1])
            for update skip locked);
        get diagnostics n = row_count;
    end if;
    return n + booking_forget();
end $$;

grant execute on function booking_answer_by, booking_ask, booking_confirm, booking_prove_email, booking_fee, booking_cancel, claim_move, booking_unmovable, booking_move, booking_not_moved, booking_times, claim_settle,
    booking_answer, booking_beyond, booking_suggests, booking_history, booking_shown to unknot_web;
grant execute on function booking_sweep to unknot_worker;
