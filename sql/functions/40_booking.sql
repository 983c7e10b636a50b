-- A booking's way, its claims on the therapist's time, and the documents about it:
--   held → confirmed, or where the therapist wants to be asked first held → requested → confirmed | declined | suggested → confirmed;
--   confirmed → attended | no_show (each of which can be taken back). What is not over can be cancelled, and what waits expires.
--   What is booked or asked for is held again while a clinician is asked, when its form was answered again and says so (45_intake.sql).
-- 41_booking_change.sql has what changes a booking.

create or replace function booking_may_move(p_from booking_state, p_to booking_state) returns boolean
    language sql immutable parallel safe
    as $$
    select case p_from when 'held' then p_to in ('requested', 'confirmed', 'cancelled', 'expired')
                       when 'requested' then p_to in ('held', 'suggested', 'confirmed', 'cancelled', 'declined', 'expired')
                       when 'suggested' then p_to in ('confirmed', 'cancelled', 'declined', 'expired')
                       when 'confirmed' then p_to in ('held', 'attended', 'no_show', 'cancelled')
                       when 'attended' then p_to = 'confirmed'
                       when 'no_show' then p_to = 'confirmed'
                       else false end
    $$;

create or replace function booking_waits(p_state booking_state) returns boolean
    language sql immutable parallel safe
    as $$ select p_state in ('held', 'requested', 'suggested') $$;
comment on function booking_waits is 'kept until hold_expires, and over when nothing came by then';

create or replace function booking_moves() returns trigger
    language plpgsql
    as $$
begin
    if new.state = 'expired' and old.state = 'held' and old.confirmed_at is not null then
        new.state := 'cancelled'; -- it was booked: both sides are told, and it costs nothing
        new.sequence := old.sequence + 1;
    end if;
    if new.state <> old.state and not booking_may_move(old.state, new.state)
        or new.state = 'held' and old.state <> 'held' and (new.clearance_asked is null or new.safety_id is not null) then -- held again only for a clinician's answer
        raise exception 'a booking that is % cannot become %', old.state, new.state using errcode = 'check_violation';
    end if;
    if not booking_waits(new.state) then
        new.hold_expires := null;
    end if;
    if new.state <> 'suggested' then
        new.suggested_start := null;
        new.suggested_location := null;
    end if;
    if new.state not in ('held', 'expired') then
        new.safety_draft := null;
    end if;
    if old.state <> new.state then
        new.ended_at := case when new.state in ('cancelled', 'declined', 'expired', 'attended', 'no_show') then clock() end;
    end if;
    return new;
end $$;
create or replace trigger booking_moves before update on booking for each row execute function booking_moves();

-- --- What belongs to it

-- What was agreed, answered and asked again is kept with the first visit of a series, for all of them. Written as case: PostgreSQL holds coalesce to be able
-- to tell what it is given, so that under row-level security no index finds a row by it and the whole table is read.
create or replace function booking_lead(b booking) returns uuid
    language sql immutable
    as $$ select case when b.series_id is null then b.id else b.series_id end $$;

-- The safety check that counts, or the one that counted before it was asked for again; null: it was not passed yet.
create or replace function booking_check(b booking) returns uuid
    language sql immutable
    as $$ select case when b.safety_id is null then b.safety_before else b.safety_id end $$;

-- --- Whose it is

-- Row-level security says this once; who asks for a booking by its id says it again, so that either of the two holds without the other. It is about the web
-- role: what runs as the owner or the worker has looked by itself before.
create or replace function booking_is_therapists(b booking) returns boolean
    language sql stable
    as $$ select b.therapist_id = auth.therapist() and (b.confirmed_at is not null or b.requested_at is not null or b.made_by = 'therapist' or b.clearance_asked is not null) $$;
comment on function booking_is_therapists is 'a therapist knows nothing of what a client only holds';

create or replace function booking_is_callers(b booking) returns boolean
    language sql stable
    as $$ select current_user <> 'unknot_web' or b.token_hash = auth.token_hash('app.booking') or booking_is_therapists(b) $$;
comment on function booking_is_callers is 'the caller holds its token, or is its therapist and may know of it';

-- --- Who did it

create or replace function booking_via(p_via text) returns text
    language sql
    as $$ select set_config('app.via', coalesce(p_via, ''), true) $$;
comment on function booking_via is 'says for this transaction by which way a change comes: web, link or api';

-- Whoever holds the token is the client, but while a therapist or a front desk asks the questions of a booking that no link was sent for.
create or replace function booking_actor(b booking) returns text
    language sql stable
    as $$
    select case when b.token_hash = auth.token_hash('app.booking') and not (b.made_by = 'therapist' and b.state = 'held' and not b.link_sent) then 'client'
                when b.therapist_id = auth.therapist() then 'therapist' when b.therapist_id = any (desk_therapists()) then 'desk'
                when b.token_hash = auth.token_hash('app.booking') then case when b.by_desk then 'desk' else 'therapist' end
                when auth.is_operator() then 'operator' else 'worker' end
    $$;

-- It was booked, and held again until a clinician had answered; no answer came.
create or replace function booking_ran_out(p_old booking, p_new booking) returns boolean
    language sql stable
    as $$ select p_old.state = 'held' and p_old.confirmed_at is not null and p_new.state = 'cancelled' and p_old.hold_expires <= clock() $$;

create or replace function booking_way(p_who text) returns text
    language sql stable
    as $$ select case when p_who = 'worker' then 'worker' else coalesce(nullif(current_setting('app.via', true), ''), 'web') end $$;

create or replace function booking_recorded() returns trigger
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    same boolean;
    ran_out boolean;
    actor text;
begin
    if bulk_load() then
        return null;
    elsif tg_op = 'INSERT' then
        actor := booking_actor(new);
        insert into booking_event (booking_id, at, who, via, what, to_state, to_start)
        values (new.id, clock(), actor, booking_way(actor), new.state, new.state, new.starts_at);
        return null;
    end if;
    same := new.state = old.state;
    if same and new.starts_at = old.starts_at and new.location_id = old.location_id then
        return null;
    end if;
    ran_out := new.state = 'expired' or booking_ran_out(old, new);
    actor := case when ran_out then 'worker' else booking_actor(old) end;
    insert into booking_event (booking_id, at, who, via, what, from_state, to_state, from_start, to_start, fee)
    values (new.id, clock(), actor, booking_way(actor),
            case when same then 'moved' when ran_out then 'expired' when new.state = 'held' then 'paused'
                 when old.state = 'held' and old.clearance_asked is not null and old.confirmed_at is not null and new.state = 'confirmed' then 'resumed' when new.state = 'confirmed' and old.state in ('requested', 'suggested') then 'accepted'
                 when new.state = 'confirmed' and old.state in ('attended', 'no_show') then 'undone' else new.state::text end,
            old.state, new.state, old.starts_at, coalesce(new.suggested_start, new.starts_at), new.owed - old.owed);
    return null;
end $$;
create or replace trigger booking_recorded after insert or update of state, starts_at, location_id on booking for each row execute function booking_recorded();

-- --- Claims. All who write them hold the therapist's lock (listing_lock), taken after the rows of bookings that they change.

-- What ran out and stands in the way is ended, in the transaction that wants the time. The booking's own expiry is asked too: a hold that is made
-- longer at this moment stays, and so does one that somebody is changing.
create or replace function claim_clear(p_therapist int, p_blocked tstzrange) returns void
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
begin
    if exists (select from slot_claim where therapist_id = p_therapist and blocked && p_blocked and hold_expires <= clock()) then
        update booking set state = 'expired' where id in (
            select b.id from slot_claim c join booking b on b.id = c.booking_id
            where c.therapist_id = p_therapist and c.blocked && p_blocked and c.hold_expires <= clock() and booking_waits(b.state) and b.hold_expires <= clock()
            for update of b skip locked);
    end if;
end $$;

create or replace function claim_free(p_therapist int, p_blocked tstzrange) returns boolean
    language plpgsql stable
    as $$
begin
    return not exists (select from slot_claim where therapist_id = p_therapist and blocked && p_blocked and (hold_expires > clock()) is not false);
end $$;
comment on function claim_free is 'a look without the lock: false is certain enough to answer by, true is not';

-- Takes the time or says it is gone; never waits for a chain of contenders (a plain insert against the exclusion constraint deadlocks under
-- contention, measured). The row needs its booking or block by COMMIT.
create or replace function claim_take(p_booking uuid, p_therapist int, p_blocked tstzrange, p_expires timestamptz, p_use text default 'visit', p_block uuid default null,
                                      p_service int default null, p_location int default null, p_start timestamptz default null) returns boolean
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
begin
    if not claim_free(p_therapist, p_blocked) then
        return false; -- gone for good, or at least for now: no need to wait for anybody
    end if;
    perform listing_lock(p_therapist);
    return claim_put(p_booking, p_therapist, p_blocked, p_expires, p_use, p_block, p_service, p_location, p_start, rooms_of(p_service, p_location));
end $$;

-- The same under the lock. p_rooms: one of these too; null: it needs none.
create or replace function claim_put(p_booking uuid, p_therapist int, p_blocked tstzrange, p_expires timestamptz, p_use text, p_block uuid, p_service int, p_location int,
                                     p_start timestamptz, p_rooms int[]) returns boolean
    language plpgsql
    as $$
declare
    room int;
begin
    if p_rooms is not null then
        room := room_take(case when p_use = 'suggestion' then room_beside(p_rooms, p_booking, p_blocked) else p_rooms end, p_blocked);
        if room is null then
            return false;
        end if;
    end if;
    for attempt in 1..2 loop
        insert into slot_claim (booking_id, therapist_id, blocked, hold_expires, use, block_id, service_id, location_id, starts_at, room_id)
        values (p_booking, p_therapist, p_blocked, p_expires, p_use, p_block, p_service, p_location, p_start, room)
        on conflict do nothing;
        if found then
            return true;
        elsif attempt = 1 then
            perform claim_clear(p_therapist, p_blocked);
        end if;
    end loop;
    return false;
end $$;

-- The same for a start that the service offers, which is looked up under the lock: hours and claims may have changed since the page was made. Answers
-- the place, p_prefer where it is offered there; null: taken. p_besides is the booking that this is for, where it has a time already.
create or replace function claim_slot(p_booking uuid, p_service int, p_start timestamptz, p_blocked tstzrange, p_expires timestamptz, p_use text default 'visit',
                                      p_besides uuid default null, p_prefer int default null) returns int
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    therapist int;
    might boolean;
    place int;
    roomed boolean;
begin
    select s.therapist_id, claim_free(s.therapist_id, p_blocked) into therapist, might from service s where s.id = p_service;
    if might is not true then
        return null;
    end if;
    perform listing_lock(therapist);
    select x.id, (x.s).needs_room into place, roomed
    from (select s, l, l.id from service s join location l on l.therapist_id = s.therapist_id where s.id = p_service order by l.id is distinct from p_prefer, l.id offset 0) x
    where slot_offered(x.s, x.l, p_start, clock(), p_besides) limit 1;
    return case when place is not null and (isempty(p_blocked) or claim_put(p_booking, therapist, p_blocked, p_expires, p_use, null, p_service, place, p_start,
                                                                            case when roomed then rooms_of(p_service, place) end)) then place end;
end $$;

-- The claim follows the booking, and the listing follows the claim, in the transaction that moves it. Whoever made the claim of a new one holds the lock.
create or replace function booking_made() returns trigger
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    claim tstzrange;
begin
    if bulk_load() then
        return null; -- the loader makes the claims
    end if;
    select c.blocked into claim from slot_claim c where c.booking_id = new.id and c.therapist_id = new.therapist_id and c.blocked @> tstzrange(new.starts_at, new.ends_at);
    if found then
        perform listing_claimed(new.therapist_id, claim, true);
    elsif new.state = 'held' then
        raise exception 'a booking needs the claim of its time' using errcode = 'check_violation';
    end if;
    return null;
end $$;
create or replace trigger booking_made after insert on booking for each row execute function booking_made();

create or replace function booking_moved() returns trigger
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    therapist int := coalesce(new.therapist_id, old.therapist_id);
    gone tstzrange[];
    claim tstzrange;
begin
    if tg_op = 'UPDATE' and new.state not in ('cancelled', 'declined', 'expired') and new.hold_expires is not distinct from old.hold_expires then
        return null;
    end if;
    perform listing_lock(therapist);
    if tg_op = 'UPDATE' and new.state not in ('cancelled', 'declined', 'expired') then
        with kept as (update slot_claim set hold_expires = new.hold_expires where booking_id = new.id returning blocked) select array_agg(blocked) into gone from kept;
        if (new.hold_expires > clock()) is not false then
            return null; -- held longer or booked: taken as before
        end if;
    else
        with freed as (delete from slot_claim where booking_id = old.id returning blocked) select array_agg(blocked) into gone from freed;
        -- of a booking that is deleted the foreign key has taken the claim along already; none is kept for more than six hours before or after
        if gone is null and tg_op = 'DELETE' then
            gone := array[tstzrange(old.starts_at - interval '6 hours', old.ends_at + interval '6 hours')];
        end if;
    end if;
    if not bulk_load() then
        foreach claim in array coalesce(gone, '{}') loop
            perform listing_claimed(therapist, claim);
        end loop;
    end if;
    if tg_op = 'UPDATE' and booking_ran_out(old, new) then
        perform booking_notify(new.id, 'cancelled', '{"by":"worker","by_client":true,"by_form":true}');
    elsif tg_op = 'UPDATE' and new.state = 'expired' and (old.state in ('requested', 'suggested') or old.requested_at is not null) then
        perform booking_notify(new.id, 'expired') where new.series_n is null or new.series_n = (select min(o.series_n) from booking o where o.series_id = new.series_id and o.state = 'expired');
    end if;
    return null;
end $$;
create or replace trigger booking_moved after delete or update of state, hold_expires on booking
    for each row execute function booking_moved();

-- --- Documents

create or replace function slot_json(p_start timestamptz, p_zone text, p_country text, p_service int) returns json
    language sql stable
    as $$
    select json_build_object('start', rfc3339(p_start), 'service', p_service, 'local', to_char(p_start at time zone p_zone, 'HH24:MI'),
        'time', say_time(p_start, p_zone, p_country), 'day', say_day_short(local_day(p_start, p_zone), local_day(clock(), p_zone), p_country),
        'date', local_day(p_start, p_zone))
    $$;

create or replace function slots_nearest(p_service int, p_start timestamptz, p_besides uuid default null) returns json
    language plpgsql
    as $$
begin
    return (select coalesce(json_agg((left(slot_json(x.start, x.zone, x.country, p_service)::text, -1)
                              || ',"key":"' || gen_random_uuid() || '"}')::json order by x.start), '[]') from (
        select s.start, s.zone, l.country
        from slots(p_service, null, greatest(p_start, clock())::date - 2, 16, clock(), p_besides) s join location l on l.id = s.location_id
        order by abs(extract(epoch from s.start - p_start)), s.start limit 3) x);
end $$;
comment on function slots_nearest is 'the three free times nearest to one that is gone, each with a fresh key to book it by';

create or replace function booking_problem(p_status int, p_type text, p_title text, p_service int, p_start timestamptz) returns json
    language plpgsql
    as $$
begin
    return (select json_build_object('problem', true, 'status', p_status, 'type', p_type, 'title', p_title,
        'therapist', (select json_build_object('slug', t.slug, 'name', t.name) from service s join therapist t on t.id = s.therapist_id where s.id = p_service),
        'service', p_service,
        'nearest', case when p_start is null then '[]' else slots_nearest(p_service, p_start) end));
end $$;

-- A guest sees with whom the visit is, also when the profile was taken off the list since.
create or replace function booking_therapist(p_therapist int) returns json
    language plpgsql stable security definer set search_path = unknot, public, pg_temp
    as $$
begin
    return (select json_build_object('slug', t.slug, 'name', t.name, 'listed', t.published) from therapist t where t.id = p_therapist);
end $$;

create or replace function say_day_of(p_at timestamptz, p_zone text, p_country text) returns text
    language sql stable parallel safe
    as $$
    select case when date_part('year', p_at at time zone p_zone) = date_part('year', clock() at time zone p_zone) then say_day(local_day(p_at, p_zone), p_country)
                else say_date_full(local_day(p_at, p_zone), p_country) end
    $$;
comment on function say_day_of is 'the day of a visit: Sunday 22 November; Sunday, November 22; of another year with the year';

create or replace function say_moment(p_at timestamptz, p_zone text, p_country text) returns text
    language sql stable parallel safe
    as $$
    select say_day_short(local_day(p_at, p_zone), null, p_country)
        || case when date_part('year', p_at at time zone p_zone) = date_part('year', clock() at time zone p_zone) then ''
                else to_char(p_at at time zone p_zone, case when month_first(p_country) then ', YYYY' else ' YYYY' end) end
        || ', ' || say_time(p_at, p_zone, p_country)
    $$;
comment on function say_moment is 'weekday, day and time as the place says them: Mon 23 Nov, 11:15; Mon, Nov 23, 11:15 am; of another year with the year';

create or replace function money_json(p_minor int, p_currency text) returns json
    language sql stable parallel safe
    as $$ select json_build_object('amount', round(p_minor / 100.0, 2), 'currency', p_currency, 'text', say_money(p_minor, p_currency)) $$;

-- Until when a change costs nothing, and what it costs then: as a moment and an amount.
create or replace function terms_json(p_start timestamptz, p_notice int, p_fee int, p_currency text, p_zone text, p_country text) returns json
    language plpgsql stable
    as $$
declare
    until timestamptz := p_start - make_interval(mins => p_notice);
begin
    return json_build_object('free_until', rfc3339(until), 'until', say_moment(until, p_zone, p_country), 'fee', case when p_fee > 0 then money_json(p_fee, p_currency) end,
        'costs', p_fee > 0 and until < clock(),
        'text', case when p_fee = 0 then 'Free until the visit begins'
                     when until < clock() then say_money(p_fee, p_currency) || ' (it was free until ' || say_moment(until, p_zone, p_country) || ')'
                     else 'Free until ' || say_moment(until, p_zone, p_country) || '; after that ' || say_money(p_fee, p_currency) end);
end $$;

create or replace function place_json(l location) returns json
    language sql stable
    as $$
    select json_build_object('name', nullif(l.name, ''), 'street', l.street, 'town', l.town, 'region', l.region, 'postcode', l.postcode,
                             'access', nullif(l.access, ''), 'lat', l.lat, 'lon', l.lon)
    $$;

-- What every page about a booking shows, for the guest who holds its token or the therapist whose it is.
create or replace function booking_document(p_id uuid) returns json
    language plpgsql stable -- planned once a session: planning took longer than answering
    as $$
begin
    return (select (left(json_build_object(
        'id', b.id, 'state', b.state, 'held', b.state = 'held', 'requested', b.state = 'requested', 'suggested', b.state = 'suggested', 'confirmed', b.state = 'confirmed',
        'cancelled', b.state = 'cancelled', 'declined', b.state = 'declined', 'attended', b.state = 'attended', 'no_show', b.state = 'no_show',
        'over', b.state in ('cancelled', 'declined', 'expired', 'no_show', 'attended') or booking_lapses(b),
        'expired', b.state = 'expired' or booking_lapses(b), 'unanswered', b.requested_at is not null and (b.state = 'expired' or booking_lapses(b)),
        'reference', b.reference, 'seconds', greatest(0, extract(epoch from b.hold_expires - clock()))::int, 'stamp', rfc3339(coalesce(b.ended_at, b.confirmed_at, b.created_at)), 'expires', rfc3339(b.hold_expires),
        'expires_time', say_time(b.hold_expires, b.zone, l.country), 'expires_moment', say_moment(b.hold_expires, b.zone, l.country), 'can_extend', b.state = 'held' and not b.hold_extended and b.made_by = 'client',
        'therapist', booking_therapist(b.therapist_id),
        'service', json_build_object('id', b.service_id, 'name', b.service_name, 'minutes', b.minutes, 'techniques', b.techniques),
        'price', money_json(b.price, b.currency),
        'start', rfc3339(b.starts_at), 'end', rfc3339(b.ends_at), 'past', b.starts_at <= clock(),
        'zone', b.zone, 'zone_name', say_zone(b.starts_at, b.zone), 'hour_cycle', hour_cycle(l.country),
        'date', local_day(b.starts_at, b.zone), 'day', say_day_of(b.starts_at, b.zone, l.country),
        'time', say_time(b.starts_at, b.zone, l.country), 'end_time', say_time(b.ends_at, b.zone, l.country),
        'at_home', b.at_home, 'home', home_address(b), 'place', case when b.at_home then home_json(b) else place_json(l) end)::text, -1) || ',' || substr(json_build_object( -- of more than 100 arguments are made two
        'client', case when b.client_name is not null then json_build_object('name', b.client_name, 'email', b.client_email, 'phone', b.client_phone) end,
        'on_request', b.mode = 'request', 'answer_hours', b.answer_hours, 'made_by', b.made_by, 'by_therapist', b.made_by = 'therapist', 'by_desk', b.by_desk, 'link_sent', b.link_sent,
        'terms', json_build_object('cancel', terms_json(b.starts_at, b.cancel_notice, case when care_day_waives(b) then 0 else b.cancel_fee end, b.currency, b.zone, l.country),
                                   'move', terms_json(b.starts_at, b.move_notice, case when care_day_waives(b) then 0 else b.move_fee end, b.currency, b.zone, l.country),
                                   'same', (b.cancel_fee, case when b.cancel_fee > 0 then b.cancel_notice end) is not distinct from (b.move_fee, case when b.move_fee > 0 then b.move_notice end)),
        'owed', case when b.owed > 0 then money_json(b.owed, b.currency) end, 'declined_why', b.declined_why,
        'suggestion', case when b.suggested_start is not null then booking_suggestion(b) end,
        'can_move', b.state = 'confirmed' and b.starts_at > clock(), 'can_cancel', b.state in ('held', 'requested', 'suggested', 'confirmed') and not booking_lapses(b) and b.starts_at > clock(),
        'precall', booking_precall(b), 'email_waits', b.state = 'held' and b.email_code is not null, 'safety_passed', b.safety_id is not null, 'series', series_json(b), 'offered', b.waiting_id is not null,
        'ready', b.state = 'held' and b.safety_id is not null and b.client_name is not null and not booking_lacks_phone(b) and (not b.at_home or b.home_street is not null), 'help', help_json(l.country), 'month_first', month_first(l.country),
        'clearance', clearance_json(b, l.country))::text, 2))::json
    from booking b join location l on l.id = b.location_id
    where b.id = p_id and booking_is_callers(b));
end $$;

create or replace function booking_lapses(b booking) returns boolean
    language sql stable
    as $$ select booking_waits(b.state) and b.hold_expires <= clock() $$;
comment on function booking_lapses is 'its time has run out, also when the worker has not come by yet';

-- Asked only of a visit that was checked: as a part of the document its policies would be made ready for every visit.
create or replace function safety_precall(p_safety uuid) returns boolean
    language plpgsql stable
    as $$
begin
    return exists (select from safety_check c where c.id = p_safety and c.precall);
end $$;

create or replace function booking_precall(b booking) returns boolean
    language sql stable
    as $$ select b.safety_id is not null and safety_precall(b.safety_id) $$;
comment on function booking_precall is 'the therapist is to call before the visit';

-- The therapist is to call first, and the client has not said where.
create or replace function booking_lacks_phone(b booking) returns boolean
    language sql stable
    as $$ select b.client_phone is null and b.made_by = 'client' and booking_precall(b) $$;

create or replace function booking_suggestion(b booking) returns json
    language plpgsql stable
    as $$
begin
    return (select json_build_object('start', rfc3339(b.suggested_start), 'day', say_day_of(b.suggested_start, o.zone, o.country), 'time', say_time(b.suggested_start, o.zone, o.country),
                       'end_time', say_time(b.suggested_start + (b.ends_at - b.starts_at), o.zone, o.country), 'zone_name', say_zone(b.suggested_start, o.zone),
                       'place', case when not b.at_home then place_json(o) end)
            from location o where o.id = b.suggested_location);
end $$;

-- What a key already made, or null; to the key's own token alone.
create or replace function booking_by_key(p_key uuid, p_slug text, p_service int, p_start timestamptz) returns json
    language plpgsql
    as $$
begin
    return (select case when b.service_id = p_service and b.starts_at = p_start and booking_therapist(b.therapist_id) ->> 'slug' = p_slug then booking_document(b.id)
                else booking_problem(422, 'key-reused', 'That page was already used to hold another time.', p_service, null) end
    from booking b where b.key = p_key and b.token_hash = auth.token_hash('app.booking'));
end $$;

-- --- Limits: how many times are held from one browser and from one address. p_origin: {"device","address"} as hashes in hex (device may be null) and
-- {"per_device","per_address"}.

-- Seconds until the next of them ends by itself; null: there is room. Two holds of one browser that come at once are counted one after the other;
-- those of one address are not, so that a clinic's do not wait for each other: an address may have as many more as the server has workers.
create or replace function hold_limit(p_origin json) returns int
    language plpgsql stable security definer set search_path = unknot, public, pg_temp
    as $$
declare
    ours constant bytea := decode(p_origin ->> 'device', 'hex');
    near constant bytea := decode(p_origin ->> 'address', 'hex');
    soonest timestamptz;
begin
    if not exists (select from hold_origin o where o.device = ours) and not exists (select from hold_origin o where o.address = near) then
        return null;
    end if;
    -- each booking by its key: an index of all that is held looks cheaper, and is read whole for each row
    select least(case when count(*) filter (where o.device = ours) >= (p_origin ->> 'per_device')::int then min(b.hold_expires) filter (where o.device = ours) end,
                 case when count(*) filter (where o.address = near) >= (p_origin ->> 'per_address')::int then min(b.hold_expires) filter (where o.address = near) end)
      into soonest
    from hold_origin o cross join lateral (select x.state, x.hold_expires from booking x where x.id = o.booking_id offset 0) b
    where (o.device = ours or o.address = near) and booking_waits(b.state) and b.hold_expires > clock();
    return case when soonest is not null then greatest(1, ceil(extract(epoch from soonest - clock()))) end;
end $$;

create or replace function hold_room(p_origin json) returns int
    language plpgsql
    as $$
begin
    if p_origin ->> 'device' is not null then
        perform pg_advisory_xact_lock(hashtextextended(p_origin ->> 'device', 7));
    end if;
    return hold_limit(p_origin);
end $$;

create or replace function hold_from(p_id uuid, p_origin json) returns void
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
begin
    insert into hold_origin (booking_id, device, address, created_at)
    select b.id, decode(p_origin ->> 'device', 'hex'), decode(p_origin ->> 'address', 'hex'), clock()
    from booking b where b.id = p_id and b.token_hash = auth.token_hash('app.booking') on conflict do nothing;
end $$;

create or replace function booking_too_many(p_service int, p_seconds int) returns json
    language sql
    as $$
    select (booking_problem(429, 'too-many-holds', 'You hold several times already.', p_service, null)::jsonb
            || jsonb_build_object('retry_after', p_seconds, 'minutes', ceil(p_seconds / 60.0)))::json
    $$;

-- In order of time (RFC 9562, version 7): what is booked now lies together in each index that has it. Random ones would lie in a page each, to be read,
-- written and copied to the log for one entry. What opens a booking is its token.
create or replace function booking_new_id() returns uuid
    language sql volatile
    as $$ select (lpad(to_hex((date_part('epoch', clock_timestamp()) * 1000)::int8), 12, '0') || '-7' || substr(gen_random_uuid()::text, 16))::uuid $$;

-- Holds a time. The token of the new booking is the transaction's app.booking, derived by the program from p_key: the same key gives the
-- same booking again, also to the second of two that come at once (each statement here sees what was committed before it). Answers the
-- document or a problem (409 with the nearest free times, 404, 422); who comes by a form is led on to the questions, and of a new booking gets its id alone.
create or replace function booking_hold(p_key uuid, p_slug text, p_service int, p_start timestamptz, p_minutes int, p_via text default 'web', p_origin json default null) returns json
    language plpgsql
    as $$
#variable_conflict use_variable
declare
    v service;
    same json := booking_by_key(p_key, p_slug, p_service, p_start);
    place int;
    full_for int;
    new_id uuid := booking_new_id();
    until timestamptz := clock() + make_interval(mins => p_minutes);
begin
    if same is not null then
        return same;
    end if;
    select s.* into v from service s join therapist t on t.id = s.therapist_id
    where s.id = p_service and t.slug = p_slug and t.published and s.retired_at is null;
    if not found then
        return booking_problem(404, 'no-such-service', 'This service is no longer offered.', p_service, null);
    elsif auth.token_hash('app.session') is not null and client_blocked(v.therapist_id, null, null) is not null then
        return client_refused('account', p_service);
    end if;
    full_for := hold_room(p_origin);
    if full_for is not null then
        return booking_too_many(p_service, full_for);
    end if;
    place := claim_slot(new_id, v.id, p_start,
                        tstzrange(p_start - make_interval(mins => v.kept_before), p_start + make_interval(mins => v.minutes + v.kept_after)), until);
    if place is null then
        return coalesce(booking_by_key(p_key, p_slug, p_service, p_start),
                        case when (unlicensed_json(v.therapist_id) ->> 'all')::boolean then
                            booking_problem(409, 'not-bookable', 'Nothing can be booked here until a license has been checked.', p_service, null) end,
                        booking_problem(409, 'time-taken', 'This time has just been taken.', p_service, p_start));
    end if;

    perform booking_via(p_via);
    insert into booking (id, key, token_hash, therapist_id, location_id, service_id, starts_at, ends_at, zone, service_name, minutes, price,
                         currency, hold_expires, mode, answer_hours, cancel_notice, cancel_fee, move_notice, move_fee, at_home)
    select new_id, p_key, auth.token_hash('app.booking'), v.therapist_id, l.id, v.id, p_start, p_start + make_interval(mins => v.minutes), l.zone, v.name, v.minutes, v.price,
           v.currency, until, v.mode, v.answer_hours, v.cancel_notice, v.cancel_fee, v.move_notice, v.move_fee, v.at_home
    from location l where l.id = place;
    if p_origin is not null then
        perform hold_from(new_id, p_origin);
    end if;
    return case when p_via = 'web' then json_build_object('id', new_id, 'held', true) else booking_document(new_id) end;
end $$;

create or replace function booking_extend(p_id uuid, p_minutes int) returns json
    language plpgsql
    as $$
begin
    update booking set hold_expires = clock() + make_interval(mins => p_minutes), hold_extended = true
    where id = p_id and token_hash = auth.token_hash('app.booking') and state = 'held' and hold_expires > clock() and not hold_extended;
    return booking_document(p_id);
end $$;

-- A hold that ran out: what it was, the free times nearest to it, and of several visits the page on which they are planned again.
create or replace function booking_lapsed(p_id uuid) returns json
    language sql
    as $$
    select json_build_object('problem', true, 'status', 409, 'type', 'hold-expired', 'title', 'This time is no longer held for you.',
        'booking', booking_document(b.id), 'plan', series_path(b), 'nearest', slots_nearest(b.service_id, b.starts_at))
    from booking b where b.id = p_id and booking_is_callers(b)
    $$;

-- Whether this address came to an attended visit with the therapist before; asked only by the guest of a booking of a service that has to know.
create or replace function booking_client_known(p_id uuid, p_email text) returns boolean
    language sql stable security definer set search_path = unknot, public, pg_temp
    as $$
    select exists (select from booking b join booking o on o.therapist_id = b.therapist_id and o.state = 'attended' and lower(o.client_email) = lower(p_email)
                   where b.id = p_id and b.token_hash = auth.token_hash('app.booking'))
    $$;

-- Null where everybody may book; else why this person may not.
create or replace function booking_not_for(p_id uuid, p_service int, p_email text) returns json
    language sql
    as $$
    select case when not t.new_clients and not booking_client_known(p_id, p_email) then
                    booking_problem(409, 'returning-clients-only', t.name || ' takes no new clients now.', s.id, null)
                when s.clients = 'returning' and not booking_client_known(p_id, p_email) then
                    booking_problem(409, 'returning-clients-only', 'This service is for people who have been here before.', s.id, null)
                when s.clients = 'new' and booking_client_known(p_id, p_email) then
                    booking_problem(409, 'new-clients-only', 'This service is for a first visit.', s.id, null) end
    from service s join therapist t on t.id = s.therapist_id where s.id = p_service and (s.clients <> 'any' or not t.new_clients)
    $$;

-- p_home: the address of a home visit as home_read() takes it, held to every place that a visit of the series starts from; null: it stays as it is.
create or replace function booking_details(p_id uuid, p_name text, p_email text, p_home json default null, p_phone text default null) returns json
    language plpgsql
    as $$
declare
    refused json := (select booking_not_for(b.id, b.service_id, p_email) from booking b
                     where b.id = p_id and b.token_hash = auth.token_hash('app.booking') and b.state = 'held' and b.made_by = 'client');
    home record;
begin
    refused := coalesce(booking_refused(p_id, p_email, coalesce(p_phone, p_home ->> 'phone')), refused);
    select h.* into home from booking b, home_read(p_home, array(select o.location_id from booking o where o.id = b.id or o.series_id = b.id order by o.id <> b.id, o.series_n)) h
    where b.id = p_id and b.token_hash = auth.token_hash('app.booking') and b.state = 'held' and b.at_home and p_home is not null;
    if refused is not null or home.wrong is not null then
        return coalesce(refused, home.wrong);
    end if;
    if home.street is not null then
        update booking set home_street = home.street, home_place = home.place, home_access = home.access, home_lat = home.lat, home_lon = home.lon, client_phone = home.phone
        where id = p_id and token_hash = auth.token_hash('app.booking') and state = 'held' and hold_expires > clock();
    end if;
    update booking set client_name = p_name, client_email = p_email, client_phone = coalesce(p_phone, client_phone), email_code = case when client_email = p_email then email_code end
    where id = p_id and token_hash = auth.token_hash('app.booking') and state = 'held' and hold_expires > clock();
    return booking_document(p_id);
end $$;

create or replace function booking_reference() returns text
    language sql volatile
    as $$
    -- 40 random bits in an alphabet without look-alikes, read over the telephone as two groups of four
    select substr(r, 1, 4) || '-' || substr(r, 5, 4)
    from (select string_agg(substr('ABCDEFGHJKMNPQRSTVWXYZ23456789ZZ', 1 + get_byte(u, i) % 32, 1), '') as r
          from (select uuid_send(gen_random_uuid()) as u) x, unnest(array[0, 1, 2, 3, 4, 5, 10, 11]) i) y
    $$;

grant execute on function booking_is_callers, booking_is_therapists, booking_lead to unknot_worker;
grant execute on function booking_may_move, booking_lead, booking_check, booking_is_callers, booking_is_therapists, booking_waits, booking_via, booking_actor, booking_lapses, booking_lacks_phone, booking_precall, safety_precall, booking_suggestion, claim_take, claim_slot, slot_json, slots_nearest, booking_problem, booking_therapist, say_day_of, say_moment, money_json,
    terms_json, place_json, booking_document, booking_by_key, booking_new_id, hold_limit, hold_room, hold_from, booking_too_many, booking_hold, booking_lapsed, booking_extend,
    booking_client_known, booking_not_for, booking_details, booking_reference to unknot_web;
