-- What a therapist sees of bookings and does with them: the week, one visit, requests, visits booked for a client, blocked times. Invoker's rights:
-- row-level security says whose they are, and so does booking_is_therapists().

-- What is said of these visits, all at once and in PL/pgSQL: policies ask once a statement who is signed in, and a plan with them in it takes longer to make
-- and to begin than to carry out. `counts`: booked, by which a week is counted.
create or replace function practice_visits(p_visits booking[]) returns table (starts_at timestamptz, day date, hour int, counts boolean, item json)
    language plpgsql stable
    as $$
#variable_conflict use_column
begin
    return query
        select b.starts_at, local_day(b.starts_at, b.zone), extract(hour from b.starts_at at time zone b.zone)::int, not booking_waits(b.state), json_build_object(
            'id', b.id, 'client', b.client_name, 'series', series_text(b), 'service', b.service_name, 'minutes', b.minutes,
            'time', say_time(b.starts_at, b.zone, l.country), 'end_time', say_time(b.ends_at, b.zone, l.country),
            'day', say_day_of(b.starts_at, b.zone, l.country), 'hour', extract(hour from b.starts_at at time zone b.zone),
            'place', case when b.at_home then concat_ws(', ', 'Home visit', b.home_street, b.home_place) else coalesce(nullif(l.name, ''), l.street) end, 'at_home', b.at_home, 'state', b.state,
            -- nothing was booked before it by the same person that took place or will
            'first_visit', b.state = 'confirmed' and b.client_id is not null
                           and not exists (select from booking o where o.client_id = b.client_id and o.therapist_id = b.therapist_id and o.starts_at < b.starts_at and o.state in ('confirmed', 'attended')),
            'read_notes', (select c.outcome = 'MODIFY' from safety_check c where c.id = b.safety_id),
            -- the last word is the client's
            'has_answered', coalesce((select m.who = 'client' from visit_message m where m.booking_id = b.id order by m.sent_at desc, m.id desc limit 1), false),
            'on_day', care_day_line(b), 'answer_by', say_moment(b.hold_expires, b.zone, l.country),
            'is_held', b.state = 'held', 'asks_clinician', b.state = 'held' and b.clearance_asked is not null, 'is_requested', b.state = 'requested', 'is_suggested', b.state = 'suggested', 'is_open', booking_waits(b.state),
            'is_confirmed', b.state = 'confirmed', 'is_attended', b.state = 'attended', 'is_no_show', b.state = 'no_show')
        from unnest(p_visits) b join location l on l.id = b.location_id;
end $$;

create or replace function practice_visit(b booking) returns json
    language plpgsql stable
    as $$
begin
    return (select v.item from practice_visits(array[b]) v);
end $$;

create or replace function practice_block_json(k block, p_zone text, p_country text) returns json
    language sql stable
    as $$
    select json_build_object('is_block', true, 'id', k.id, 'note', nullif(k.note, ''), 'time', say_time(k.starts_at, p_zone, p_country), 'end_time', say_time(k.ends_at, p_zone, p_country),
        'day', say_day_of(k.starts_at, p_zone, p_country))
    $$;

-- What stands in a therapist's week from p_first on and on p_today: visits, what waits for an answer, blocked times.
create or replace function practice_items(p_first date, p_today date, p_zone text, p_country text)
    returns table (starts_at timestamptz, day date, hour int, counts boolean, item json)
    language plpgsql stable
    as $$
#variable_conflict use_column
declare
    low constant timestamptz := day_starts(least(p_first, p_today), p_zone);
    high constant timestamptz := day_starts(greatest(p_first + 7, p_today + 1), p_zone);
    week constant tstzrange := tstzrange(day_starts(p_first, p_zone), day_starts(p_first + 7, p_zone));
begin
    -- of what lies between today and that week nothing is shown
    return query
    select v.* from practice_visits(array(
        select b from booking b
        where booking_is_therapists(b) and b.starts_at >= low and b.starts_at < high
          and (local_day(b.starts_at, b.zone) = p_today or local_day(b.starts_at, b.zone) between p_first and p_first + 6 or b.starts_at <@ week)
          and (b.state in ('confirmed', 'attended', 'no_show') or booking_waits(b.state) and b.hold_expires > clock()))) v
    union all
    select k.starts_at, local_day(k.starts_at, p_zone), extract(hour from k.starts_at at time zone p_zone)::int, false, practice_block_json(k, p_zone, p_country)
    from block k where k.therapist_id = auth.therapist() and k.starts_at >= low and k.starts_at < high
      and (local_day(k.starts_at, p_zone) = p_today or k.starts_at <@ week);
end $$;

-- What waits: first what the therapist must answer, soonest deadline first.
create or replace function practice_waiting() returns json
    language plpgsql stable
    as $$
begin
    return (
        select coalesce(json_agg(practice_visit(b) order by b.state = 'requested' desc, b.hold_expires), '[]')
        from booking b where booking_is_therapists(b) and booking_waits(b.state) and b.hold_expires > clock()
          -- a series is one request
          and (b.series_id is null or b.series_n = (select min(o.series_n) from booking o where o.series_id = b.series_id and o.state = b.state)));
end $$;

-- When a therapist is there, at any place, day by day, in minutes of the wall clock: the hours of each day without time off.
create or replace function practice_open(p_therapist int, p_first date, p_last date) returns table (day date, open int4multirange)
    language sql stable
    as $$
    select d.day, coalesce(k.open, '{}')
        - coalesce((select range_agg(int4range(greatest(0, extract(epoch from f.starts - d.day::timestamp) / 60)::int, least(1440, extract(epoch from f.ends - d.day::timestamp) / 60)::int))
                    from time_off f where f.therapist_id = p_therapist and f.starts < d.day + 1 and f.ends > d.day), '{}')
    from (select p_first + n as day from generate_series(0, p_last - p_first) n) d
    left join (select o.day, range_agg(r) as open from location l cross join lateral opening(l.id, p_first, p_last) o cross join lateral unnest(o.open) r
               where l.therapist_id = p_therapist group by o.day) k on k.day = d.day
    $$;

-- Today and the week of p_from (null: this one) as the agenda and as a grid of hours by days.
create or replace function practice_week(p_from date) returns json
    language plpgsql stable
    as $$
declare
    me int := auth.therapist();
    home location;
    here text;
    today date;
    first date;
    here_from timestamptz;
    here_to timestamptz;
    waiting json;
    missing json;
begin
    if me is null then
        return null;
    end if;
    select * into home from location l where l.therapist_id = me order by l.id limit 1;
    home.country := coalesce(home.country, site_country());
    here := coalesce(home.zone, 'UTC');
    today := local_day(clock(), here);
    first := week_of(coalesce(p_from, today), home.country);
    here_from := day_starts(first, here);
    here_to := day_starts(first + 7, here);
    waiting := practice_waiting();
    missing := (select practice_missing(t) from therapist t where t.id = me and not t.published);
    return (
        with visit as materialized (
            select i.* from practice_items(first, today, here, home.country) i
        ), day as materialized (
            select o.day as d, o.open from practice_open(me, first, first + 6) o
        ), hours as materialized (
            select least(9, min(x.a)) as first, greatest(17, max(x.b)) as last from (
                select lower(range_merge(o.open)) / 60 as a, (upper(range_merge(o.open)) + 59) / 60 as b from day o where not isempty(o.open)
                union all
                select v.hour, v.hour + 1 from visit v where v.starts_at >= here_from and v.starts_at < here_to) x
        )
        select json_build_object(
            'name', t.name, 'slug', t.slug, 'published', t.published, 'missing', missing, 'missing_any', coalesce(json_array_length(missing) > 0, false), 'zone', say_zone_place(home.zone), 'zone_name', say_zone(clock(), home.zone),
            'waiting', waiting, 'has_waiting', json_array_length(waiting) > 0,
            'today', json_build_object('day', say_day(today, home.country), 'visits',
                (select coalesce(json_agg(v.item order by v.starts_at), '[]') from visit v where v.day = today)),
            'week', json_build_object('from', first, 'label', say_week(first, home.country), 'is_now', today between first and first + 6, 'previous', first - 7, 'following', first + 7,
                'count', (select count(*) from visit v where v.counts and v.day between first and first + 6),
                'count_text', (select case count(*) when 0 then 'No appointments' when 1 then '1 appointment' else count(*) || ' appointments' end
                               from visit v where v.counts and v.day between first and first + 6),
                'days', (select json_agg(json_build_object('date', d, 'label', say_day(d, home.country), 'short', to_char(d, 'Dy FMDD'), 'is_today', d = today,
                    'closed', isempty(day.open),
                    'visits', (select coalesce(json_agg(v.item order by v.starts_at), '[]') from visit v where v.day = d)) order by d) from day),
                'rows', (select json_agg(json_build_object('hour', say_hour(h, home.country), 'cells', (
                    select json_agg(json_build_object(
                        'closed', not day.open && int4range(h * 60, h * 60 + 60),
                        'visits', (select coalesce(json_agg(v.item order by v.starts_at), '[]') from visit v where v.day = d and v.hour = h)) order by d) from day)) order by h)
                    from hours cross join generate_series(hours.first, hours.last - 1) h)))
        from therapist t where t.id = me);
end $$;

create or replace function practice_booking(p_id uuid) returns json
    language plpgsql stable
    as $$
begin
    return (
        select json_build_object('booking', booking_document(b.id), 'visit', practice_visit(b), 'client_id', b.client_id, 'note_of', care_note_line(b), 'plan_of', care_plan_line(b),
            'answered_for', booking_lead(b), 'safety', (select json_build_object('outcome', c.outcome, 'rules_version', c.rules, 'checked', say_date(local_day(c.checked_at, b.zone), l.country), 'withdrawn', c.withdrawn_at is not null, 'absent', c.sealed is null and c.withdrawn_at is null)
                       from safety_check c where c.id = b.safety_id and b.state not in ('cancelled', 'declined', 'expired')),
            'can_answer', b.state = 'requested' and not booking_lapses(b), 'can_withdraw', b.state = 'suggested' and not booking_lapses(b),
            'waits_for_client', b.state = 'held' and not booking_lapses(b),
            'can_attend', b.state = 'confirmed' and b.starts_at <= clock(), 'can_move', booking_unmovable(b) is null,
            'can_cancel', b.starts_at > clock() and (b.state = 'confirmed' or b.state = 'held' and not booking_lapses(b)),
            'can_undo', b.state in ('attended', 'no_show') and b.ended_at > clock() - interval '1 day', 'history', booking_history(b.id, 'therapist'), 'has_history', true,
            'consents', consents_json(b), 'has_consents', exists (select from consent c where c.booking_id = booking_lead(b)), 'incidents', incidents_json(b))
        from booking b join location l on l.id = b.location_id where b.id = p_id and booking_is_therapists(b));
end $$;

create or replace function practice_sealed(p_id uuid) returns text
    language sql stable
    as $$
    select c.sealed from booking b join safety_check c on c.id = b.safety_id
    where b.id = p_id and booking_is_therapists(b) and b.state not in ('cancelled', 'declined', 'expired')
    $$;
comment on function practice_sealed is 'the kept safety check of a visit, for the program to open; null when there is none, the visit does not take place, or the client took it back';

-- --- What the therapist says of a booking

create or replace function practice_refusal(b booking, p_to text) returns text
    language sql stable
    as $$
    select case
        when b.state in ('requested', 'suggested') and booking_lapses(b) then 'The time to answer this request is over. Nothing was changed.'
        when p_to in ('confirmed', 'declined') and b.state = 'held' then 'The client has not answered the safety check yet. Nothing was changed.'
        when p_to = 'confirmed' and b.state in ('attended', 'no_show') then 'A note can be taken back for one day. Nothing was changed.'
        when p_to in ('attended', 'no_show') and b.state = 'confirmed' then 'A visit can be marked once it has begun. Nothing was changed.'
        else 'This appointment is ' || case b.state when 'held' then 'not booked yet' when 'requested' then 'not answered yet' when 'suggested' then 'waiting for the client'
            when 'attended' then 'marked as came' when 'no_show' then 'marked as did not come' when 'expired' then 'not booked any more' when 'declined' then 'declined'
            when 'confirmed' then 'booked' else 'canceled' end || '. Nothing was changed.' end
    $$;

-- Whether it may be said now: the moves of the state machine, and what the clock allows.
create or replace function practice_may(b booking, p_to text) returns boolean
    language sql stable
    as $$
    select booking_may_move(b.state, p_to::booking_state) and not booking_lapses(b) and case
        when p_to = 'confirmed' then b.state = 'requested' or b.state in ('attended', 'no_show') and b.ended_at > clock() - interval '1 day'
        when p_to in ('attended', 'no_show') then b.starts_at <= clock()
        when p_to = 'declined' then b.state in ('requested', 'suggested')
        when p_to = 'cancelled' then b.state in ('held', 'confirmed') else false end
    $$;

-- p_to: confirmed (accepts a request, or takes a note back), declined with p_why, cancelled, attended, no_show.
create or replace function practice_move(p_id uuid, p_to text, p_why text default null, p_via text default 'web') returns json
    language plpgsql
    as $$
declare
    b booking;
    wrong json;
begin
    select * into b from booking where id = p_id and booking_is_therapists(booking) for update;
    if not found then
        return null;
    end if;
    wrong := visit_move(b, p_to, p_why, p_via);
    return coalesce(wrong, practice_booking(p_id));
end $$;

-- The same of a visit that the caller has locked and may change; null, or what is wrong.
create or replace function visit_move(b booking, p_to text, p_why text, p_via text) returns json
    language plpgsql
    as $$
declare
    moved json;
begin
    if b.state::text = p_to and (p_to <> 'declined' or b.declined_why is not distinct from p_why) then
        return null;
    elsif p_to = 'cancelled' and practice_may(b, p_to) then
        moved := booking_cancel(b.id, null, p_via);
        return case when moved ->> 'problem' is not null then moved end;
    elsif not practice_may(b, p_to) then
        return booking_problem(409, case when p_to in ('attended', 'no_show') and b.state = 'confirmed' then 'not-yet' else 'visit-over' end, practice_refusal(b, p_to), b.service_id, null);
    end if;
    perform booking_via(p_via);
    begin
        update booking set state = p_to::booking_state, declined_why = case when p_to = 'declined' then p_why end,
            confirmed_at = case when p_to = 'confirmed' and b.state = 'requested' then clock() else confirmed_at end where id = b.id;
    exception when foreign_key_violation then -- a review stands on the visit
        return booking_problem(409, 'reviewed', 'The client has reviewed this visit, so it stays marked as came.', b.service_id, null);
    end;
    if p_to in ('confirmed', 'declined') and b.state in ('requested', 'suggested') then
        perform booking_notify(b.id, case p_to when 'confirmed' then 'accepted' else 'declined' end, json_build_object('by', booking_actor(b), 'by_desk', booking_actor(b) = 'desk', 'why', p_why));
    end if;
    insert into audit (account_id, action, object)
    values (auth.account(), case when b.state in ('attended', 'no_show') then 'booking.undone' when p_to = 'confirmed' then 'booking.accepted' else 'booking.' || p_to end, b.id::text);
    return null;
end $$;

-- Another time for a request; both times are kept until the client has answered.
create or replace function practice_suggest(p_id uuid, p_start timestamptz, p_via text default 'web') returns json
    language plpgsql
    as $$
declare
    b booking;
    said json;
begin
    select * into b from booking where id = p_id and booking_is_therapists(booking) for update;
    if not found then
        return null;
    end if;
    said := visit_suggest(b, p_start, p_via);
    return coalesce(said, practice_booking(p_id));
end $$;

-- The same of a request that the caller has locked and may answer; null, or what is wrong.
create or replace function visit_suggest(b booking, p_start timestamptz, p_via text) returns json
    language plpgsql
    as $$
declare
    place int;
    until timestamptz;
begin
    if b.state = 'suggested' and b.suggested_start = p_start then
        return null;
    elsif b.series_id is not null then
        return booking_problem(409, 'whole-series', 'Several visits are asked for together. Accept them, or decline them and say which times would suit.', b.service_id, null);
    elsif b.state <> 'requested' or booking_lapses(b) then
        return booking_problem(409, 'visit-over', practice_refusal(b, 'suggested'), b.service_id, null);
    elsif b.starts_at = p_start then
        return booking_problem(422, 'same-time', 'This is the time that was asked for. Accept the request to book it.', b.service_id, null);
    end if;
    until := booking_answer_by(b, least(b.starts_at, p_start));
    place := claim_slot(b.id, b.service_id, p_start, booking_beyond(b, p_start), until, 'suggestion', b.id, b.location_id);
    if place is null then
        return booking_not_moved(b, p_start);
    end if;
    perform booking_via(p_via);
    perform booking_suggests(b.id, p_start, place, until);
    perform booking_notify(b.id, 'suggested', json_build_object('by', booking_actor(b)));
    insert into audit (account_id, action, object) values (auth.account(), 'booking.suggested', b.id::text);
    return null;
end $$;

create or replace function practice_move_to(p_id uuid, p_start timestamptz, p_via text default 'web') returns json
    language sql
    as $$
    select case when (select b.state from booking b where b.id = p_id and booking_is_therapists(b)) = 'requested' then practice_suggest(p_id, p_start, p_via)
                when exists (select from booking b where b.id = p_id and booking_is_therapists(b)) then booking_move(p_id, p_start, null, p_via) end
    $$;
comment on function practice_move_to is 'moves what is booked and suggests the time for what is asked for';

create or replace function practice_times(p_id uuid, p_from date) returns json
    language sql stable
    as $$ select booking_times(p_id, p_from) from booking b where b.id = p_id and booking_is_therapists(b) $$;

-- --- Booked for a client, by telephone or at the door

create or replace function practice_new(p_service int, p_day date, p_typed json) returns json
    language sql stable
    as $$ select visit_new(auth.therapist(), p_service, p_day, p_typed) $$;

create or replace function visit_new(p_therapist int, p_service int, p_day date, p_typed json) returns json
    language sql stable
    as $$
    select json_build_object('today', local_day(clock(), coalesce(home.zone, 'UTC')), 'day', coalesce(p_day, local_day(clock(), coalesce(home.zone, 'UTC'))), 'key', gen_random_uuid(),
        'zone', say_zone_place(home.zone), 'zone_name', say_zone(clock(), home.zone),
        'services', (select coalesce(json_agg(json_build_object('id', s.id, 'name', s.name, 'minutes', s.minutes, 'price', say_money(s.price, s.currency),
                         'at_home', s.at_home, 'on', s.id::text = coalesce(p_typed ->> 'service', p_service::text)) order by s.position, s.id), '[]')
                     from service s where s.therapist_id = t.id and s.retired_at is null),
        'places', (select coalesce(json_agg(json_build_object('id', l.id, 'name', coalesce(nullif(l.name, ''), l.street), 'town', l.town, 'on', l.id::text = coalesce(p_typed ->> 'place', home.id::text)) order by l.id), '[]')
                   from location l where l.therapist_id = t.id),
        'some_at_home', exists (select from service s where s.therapist_id = t.id and s.retired_at is null and s.at_home),
        'possible', home.id is not null and exists (select from service s where s.therapist_id = t.id and s.retired_at is null),
        'many_places', (select count(*) > 1 from location l where l.therapist_id = t.id))
    from therapist t left join lateral (select * from location l where l.therapist_id = t.id order by l.id limit 1) home on true
    where t.id = p_therapist
    $$;

-- A wall time of a place as an instant; null where the clock jumps over it.
create or replace function wall_time(p_day date, p_time time, p_zone text) returns timestamptz
    language sql stable
    as $$ select at from (select (p_day + p_time) at time zone p_zone as at) x where p_time = '24:00' or at at time zone p_zone = p_day + p_time $$;

-- Whether the therapist works then, and is not away: buffers may lie outside.
create or replace function within_hours(p_therapist int, p_place location, p_start timestamptz, p_minutes int) returns boolean
    language sql stable
    as $$
    select exists (select from free_gaps(p_therapist, p_place.id, p_place.zone, d, d, clock()) g
                   where g.midnight + make_interval(mins => g.low) <= p_start and g.midnight + make_interval(mins => g.high) >= p_start + make_interval(mins => p_minutes))
    from (select local_day(p_start, p_place.zone) as d) x
    $$;

-- Keeps a time for a client who asks the therapist directly, until the safety check is passed: p_send, by the client with the secret link, for a day at
-- most; otherwise while the therapist asks the questions, for half an hour. It is a hold like any other, so that nothing can be booked without the check.
create or replace function practice_book(p_key uuid, p_service int, p_place int, p_day date, p_time time, p_outside boolean, p_name text, p_email text, p_phone text,
                                         p_send boolean, p_link text, p_via text default 'web', p_home json default null) returns json
    language plpgsql
    as $$
declare
    made json := visit_book(auth.therapist(), false, p_key, p_service, p_place, p_day, p_time, p_outside, p_name, p_email, p_phone, p_send, p_link, p_via, p_home);
begin
    return case when made ->> 'problem' is not null then made else practice_booking((made ->> 'id')::uuid) end;
end $$;

-- The same for any therapist whom the caller books for: {"id"}, or what is wrong.
create or replace function visit_book(me int, p_by_desk boolean, p_key uuid, p_service int, p_place int, p_day date, p_time time, p_outside boolean, p_name text, p_email text, p_phone text,
                                      p_send boolean, p_link text, p_via text, p_home json) returns json
    language plpgsql
    as $$
declare
    home record;
    v service;
    l location;
    new_id uuid := booking_new_id();
    start timestamptz;
    until timestamptz;
    span tstzrange;
    same uuid := (select id from booking where key = p_key and therapist_id = me);
begin
    if same is not null then
        return json_build_object('id', same);
    end if;
    select * into v from service where id = p_service and therapist_id = me and retired_at is null;
    select * into l from location where id = p_place and therapist_id = me;
    if v.id is null or l.id is null then
        return practice_problem(case when v.id is null then 'service' else 'place' end, 'Choose from the list');
    elsif not place_bookable(l.id) then
        return practice_problem('place', 'Nothing can be booked at this place until a license has been checked. See Credentials');
    end if;
    select h.* into home from (select) x left join home_read(coalesce(p_home, '{}'), array[l.id]) h on v.at_home;
    if home.wrong is not null then
        return home.wrong;
    end if;
    if client_blocked(me, p_email, p_phone) is not null then
        return practice_problem(case when p_email is null then 'phone' else 'email' end, case when p_by_desk then 'The therapist has blocked this person. Choose another therapist'
            else 'You have blocked this person. Unblock them on their page under Clients before you book for them' end);
    end if;
    start := wall_time(p_day, p_time, l.zone);
    until := case when p_send then least(clock() + interval '1 day', start) else clock() + interval '30 minutes' end;
    if start is null then
        return practice_problem('time', 'The clock jumps over this time on that day. Enter another one');
    elsif start <= clock() or start > clock() + interval '1 year' then
        return practice_problem('day', 'Enter a day and time to come, within a year');
    end if;
    span := tstzrange(start - make_interval(mins => v.kept_before), start + make_interval(mins => v.minutes + v.kept_after));
    if exists (select from slot_claim c where c.therapist_id = me and c.blocked && span and (c.hold_expires > clock()) is not false) then
        return practice_problem('time', 'Another visit or a blocked time is in the way, with the time kept free around it. Enter another time');
    elsif v.needs_room and (select room_free(r, span, clock()) is null from rooms_of(v.id, l.id) r where r is not null) then
        return practice_problem('time', 'No room is free at this time. Enter another one');
    elsif not within_hours(me, l, start, v.minutes) and not p_outside then
        return practice_problem('outside', 'This is outside your hours. Tick the box to book it all the same, or enter another time');
    elsif not claim_take(new_id, me, span, until, 'visit', null, v.id, l.id, start) then
        return practice_problem('time', 'This time has just been taken. Enter another one');
    end if;
    perform booking_via(p_via);
    insert into booking (id, key, token_hash, therapist_id, location_id, service_id, starts_at, ends_at, zone, service_name, minutes, price, currency, hold_expires, mode, answer_hours,
                         cancel_notice, cancel_fee, move_notice, move_fee, made_by, by_desk, link_sent, client_name, client_email, client_phone, at_home, home_street, home_place, home_access, home_lat, home_lon)
    values (new_id, p_key, auth.token_hash('app.booking'), me, l.id, v.id, start, start + make_interval(mins => v.minutes), l.zone, v.name, v.minutes, v.price, v.currency, until, v.mode,
            v.answer_hours, v.cancel_notice, v.cancel_fee, v.move_notice, v.move_fee, 'therapist', p_by_desk, p_send, p_name, p_email, p_phone,
            v.at_home, home.street, home.place, home.access, home.lat, home.lon);
    if p_send then
        perform booking_notify(new_id, 'answers', json_build_object('link', p_link));
    end if;
    insert into audit (account_id, action, object) values (auth.account(), 'booking.kept', new_id::text);
    return json_build_object('id', new_id);
end $$;

-- The key of a booking that the therapist made and whose safety check is open: the program makes the link of it.
create or replace function practice_key(p_id uuid) returns text
    language sql stable
    as $$ select visit_key(b) from booking b where b.id = p_id and booking_is_therapists(b) $$;

create or replace function visit_key(b booking) returns text
    language sql stable
    as $$ select case when b.made_by = 'therapist' and b.state = 'held' and b.hold_expires > clock() then b.key::text end $$;

-- How the questions reach the client: sent, or asked by the therapist from now on.
create or replace function practice_ask(p_id uuid, p_send boolean, p_link text) returns json
    language plpgsql
    as $$
begin
    perform visit_ask(auth.therapist(), p_id, p_send, p_link);
    return practice_booking(p_id);
end $$;

create or replace function visit_ask(me int, p_id uuid, p_send boolean, p_link text) returns void
    language plpgsql
    as $$
begin
    update booking set link_sent = p_send, hold_expires = greatest(hold_expires, case when p_send then least(clock() + interval '1 day', starts_at) else clock() + interval '30 minutes' end)
    where id = p_id and therapist_id = me and made_by = 'therapist' and state = 'held' and hold_expires > clock() and (client_email is not null or not p_send);
    if found and p_send then
        perform booking_notify(p_id, 'answers', json_build_object('link', p_link));
    end if;
end $$;

-- --- Blocked times

create or replace function block_changed() returns trigger
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    whose int := coalesce(new.therapist_id, old.therapist_id);
begin
    perform listing_lock(whose);
    if tg_op <> 'INSERT' then
        perform listing_claimed(whose, tstzrange(old.starts_at, old.ends_at));
    end if;
    if tg_op <> 'DELETE' then
        if not exists (select from slot_claim where block_id = new.id and blocked = tstzrange(new.starts_at, new.ends_at)) then
            raise exception 'a block needs the claim of its time' using errcode = 'check_violation';
        end if;
        perform listing_claimed(whose, tstzrange(new.starts_at, new.ends_at));
    end if;
    return null;
end $$;
create or replace trigger block_changed after insert or update or delete on block for each row execute function block_changed();

-- The claim of a block goes to another time; false: something is there.
create or replace function claim_block(p_block uuid, p_to tstzrange) returns boolean
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    me int := (select therapist_id from block where id = p_block and therapist_id = auth.therapist());
begin
    perform listing_lock(me);
    perform claim_clear(me, p_to);
    update slot_claim set blocked = p_to where block_id = p_block and therapist_id = me;
    return found;
exception when exclusion_violation then
    return false;
end $$;

-- Without a zone there is no place yet, and nothing to block.
create or replace function practice_block(p_id uuid, p_day date) returns json
    language sql stable
    as $$
    select json_build_object('id', k.id, 'day', coalesce(local_day(k.starts_at, home.zone), p_day, local_day(clock(), home.zone)),
        'from', say_clock((k.starts_at at time zone home.zone)::time, home.country),
        'to', say_clock(case when k.ends_at = day_starts(local_day(k.starts_at, home.zone) + 1, home.zone) then '24:00' else (k.ends_at at time zone home.zone)::time end, home.country),
        'note', nullif(k.note, ''), 'zone', say_zone_place(home.zone), 'zone_name', say_zone(clock(), home.zone))
    from therapist t left join lateral (select * from location l where l.therapist_id = t.id order by l.id limit 1) home on true left join block k on k.id = p_id and k.therapist_id = t.id
    where t.id = auth.therapist() and (p_id is null or k.id is not null)
    $$;

-- p_id null: a new one.
create or replace function practice_block_save(p_id uuid, p_day date, p_from time, p_to time, p_note text) returns json
    language plpgsql
    as $$
declare
    me int := auth.therapist();
    zone text := (select l.zone from location l where l.therapist_id = me order by l.id limit 1);
    new_id uuid := coalesce(p_id, gen_random_uuid());
    low timestamptz := wall_time(p_day, p_from, zone);
    high timestamptz := case when p_to = '24:00' then day_starts(p_day + 1, zone) else wall_time(p_day, p_to, zone) end;
    taken constant text := 'A visit or another blocked time lies in it. Move that first, or enter other times';
begin
    if zone is null or p_id is not null and not exists (select from block where id = p_id and therapist_id = me) then
        return null;
    elsif low is null or high is null then
        return practice_problem('from', 'The clock jumps over one of these times on that day. Enter others');
    elsif high <= low then
        return practice_problem('to', 'Enter an end that is later than the beginning');
    elsif high <= clock() or low > clock() + interval '1 year' then
        return practice_problem('day', 'Enter a day to come, within a year');
    end if;
    if p_id is null then
        if not claim_take(null, me, tstzrange(low, high), null, 'block', new_id) then
            return practice_problem('from', taken);
        end if;
        insert into block (id, therapist_id, starts_at, ends_at, note) values (new_id, me, low, high, coalesce(p_note, ''));
    elsif claim_block(p_id, tstzrange(low, high)) then
        update block set starts_at = low, ends_at = high, note = coalesce(p_note, '') where id = p_id;
    else
        return practice_problem('from', taken);
    end if;
    insert into audit (account_id, action, object) values (auth.account(), 'block.saved', new_id::text);
    return practice_block(new_id, null);
end $$;

create or replace function practice_block_remove(p_id uuid) returns json
    language plpgsql
    as $$
begin
    delete from block where id = p_id and therapist_id = auth.therapist();
    return case when practice_noted(found, 'block.removed', p_id::text) then json_build_object('id', p_id, 'removed', true) end;
end $$;

grant execute on function practice_open, practice_visits, practice_visit, practice_block_json, practice_items, practice_waiting, practice_week, practice_booking, practice_sealed, practice_refusal, practice_may, practice_move,
    practice_suggest, practice_move_to, practice_times, practice_new, wall_time, within_hours, practice_book, practice_key, practice_ask, visit_move, visit_suggest, visit_new, visit_book, visit_key, visit_ask, claim_block, practice_block, practice_block_save,
    practice_block_remove to unknot_web;
