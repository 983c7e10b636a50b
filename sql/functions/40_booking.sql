-- A booking's way: held → confirmed → attended | no_show | cancelled, held → cancelled | expired. The same moves stand in src/booking/state.c.

create or replace function booking_may_move(p_from booking_state, p_to booking_state) returns boolean
    language sql immutable strict parallel safe
    as $$
    select case p_from when 'held' then p_to in ('confirmed', 'cancelled', 'expired')
                       when 'confirmed' then p_to in ('attended', 'no_show', 'cancelled')
                       else false end
    $$;

create or replace function booking_moves() returns trigger
    language plpgsql
    as $$
begin
    if new.state <> old.state and not booking_may_move(old.state, new.state) then
        raise exception 'a booking that is % cannot become %', old.state, new.state using errcode = 'check_violation';
    end if;
    if new.state <> 'held' then
        new.hold_expires := null;
    end if;
    if new.state not in ('held', 'expired') then
        new.safety_draft := null;
    end if;
    if new.state in ('cancelled', 'expired', 'attended', 'no_show') and old.state <> new.state then
        new.ended_at := clock();
    end if;
    return new;
end $$;
create or replace trigger booking_moves before update on booking for each row execute function booking_moves();

-- Takes the time or says it is gone; never waits for a chain of contenders (a plain insert against the exclusion constraint deadlocks under
-- contention, measured). Expired holds in the way are ended first, in this same transaction. The row needs its booking by COMMIT.
create or replace function claim_take(p_booking uuid, p_therapist int, p_blocked tstzrange, p_expires timestamptz) returns boolean
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
begin
    if exists (select from slot_claim where therapist_id = p_therapist and blocked && p_blocked and (hold_expires > clock()) is not false) then
        return false; -- gone for good, or at least for now: no need to wait for anybody
    end if;
    perform listing_lock(p_therapist);
    -- the booking's own expiry is asked too: a hold that is made longer at this moment stays, and so does one that somebody is changing
    update booking set state = 'expired' where id in (
        select b.id from slot_claim c join booking b on b.id = c.booking_id
        where c.therapist_id = p_therapist and c.blocked && p_blocked and c.hold_expires <= clock() and b.state = 'held' and b.hold_expires <= clock()
        for update of b skip locked);
    insert into slot_claim (booking_id, therapist_id, blocked, hold_expires) values (p_booking, p_therapist, p_blocked, p_expires)
    on conflict do nothing;
    return found;
end $$;

-- The claim follows the booking, and the listing follows the claim, in the transaction that moves it.
create or replace function booking_moved() returns trigger
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    therapist int := coalesce(new.therapist_id, old.therapist_id);
    claim tstzrange;
begin
    if tg_op = 'INSERT' and bulk_load() then
        return null; -- the loader makes the claims
    end if;
    if tg_op = 'UPDATE' and new.state not in ('cancelled', 'expired') and new.hold_expires is not distinct from old.hold_expires then
        return null;
    end if;
    perform listing_lock(therapist);
    if tg_op = 'INSERT' then
        select c.blocked into claim from slot_claim c where c.booking_id = new.id and c.therapist_id = therapist and c.blocked @> tstzrange(new.starts_at, new.ends_at);
        if not found and new.state = 'held' then
            raise exception 'a booking needs the claim of its time' using errcode = 'check_violation';
        end if;
    elsif tg_op = 'UPDATE' and new.state not in ('cancelled', 'expired') then
        update slot_claim set hold_expires = new.hold_expires where booking_id = new.id returning blocked into claim;
        if (new.hold_expires > clock()) is not false then
            return null; -- held longer or booked: taken as before
        end if;
    else
        delete from slot_claim where booking_id = old.id returning blocked into claim;
        -- of a booking that is deleted the foreign key has taken the claim along already; no buffer is longer than four hours
        claim := coalesce(claim, case when tg_op = 'DELETE' then tstzrange(old.starts_at - interval '4 hours', old.ends_at + interval '4 hours') end);
    end if;
    if claim is not null and not bulk_load() then
        perform listing_claimed(therapist, claim);
    end if;
    return null;
end $$;
create or replace trigger booking_moved after insert or delete or update of state, hold_expires on booking
    for each row execute function booking_moved();

create or replace function slot_json(p_start timestamptz, p_zone text, p_country text, p_service int) returns json
    language sql stable
    as $$
    select json_build_object('start', rfc3339(p_start), 'service', p_service, 'local', to_char(p_start at time zone p_zone, 'HH24:MI'),
        'time', say_time(p_start, p_zone, p_country), 'day', say_day_short(local_day(p_start, p_zone), local_day(clock(), p_zone)),
        'date', local_day(p_start, p_zone))
    $$;

create or replace function slots_nearest(p_service int, p_start timestamptz) returns json
    language sql
    as $$
    select coalesce(json_agg((left(slot_json(x.start, x.zone, x.country, p_service)::text, -1)
                              || ',"key":"' || gen_random_uuid() || '"}')::json order by x.start), '[]') from (
        select s.start, s.zone, l.country
        from slots(p_service, null, greatest(p_start, clock())::date - 2, 16) s join location l on l.id = s.location_id
        order by abs(extract(epoch from s.start - p_start)), s.start limit 3) x
    $$;
comment on function slots_nearest is 'the three free times nearest to one that is gone, each with a fresh key to book it by';

create or replace function booking_problem(p_status int, p_type text, p_title text, p_service int, p_start timestamptz) returns json
    language sql
    as $$
    select json_build_object('problem', true, 'status', p_status, 'type', p_type, 'title', p_title,
        'therapist', (select json_build_object('slug', t.slug, 'name', t.name) from service s join therapist t on t.id = s.therapist_id where s.id = p_service),
        'service', p_service,
        'nearest', case when p_start is null then '[]' else slots_nearest(p_service, p_start) end)
    $$;

-- A guest sees with whom the visit is, also when the profile was taken off the list since.
create or replace function booking_therapist(p_therapist int) returns json
    language sql stable security definer set search_path = unknot, public, pg_temp
    as $$ select json_build_object('slug', t.slug, 'name', t.name, 'listed', t.published) from therapist t where t.id = p_therapist $$;

-- What every page about a booking shows, for the guest who holds its token or the therapist whose it is (row-level security decides).
create or replace function booking_document(p_id uuid) returns json
    language sql stable
    as $$
    select json_build_object(
        'id', b.id, 'state', b.state, 'held', b.state = 'held', 'confirmed', b.state = 'confirmed', 'cancelled', b.state = 'cancelled',
        'attended', b.state = 'attended', 'no_show', b.state = 'no_show',
        'over', b.state in ('cancelled', 'expired', 'no_show', 'attended') or (b.state = 'held' and b.hold_expires <= clock()),
        'expired', b.state = 'expired' or (b.state = 'held' and b.hold_expires <= clock()),
        'reference', b.reference, 'seconds', greatest(0, extract(epoch from b.hold_expires - clock()))::int, 'stamp', rfc3339(coalesce(b.ended_at, b.confirmed_at, b.created_at)), 'expires', rfc3339(b.hold_expires),
        'expires_time', say_time(b.hold_expires, b.zone, l.country), 'can_extend', b.state = 'held' and not b.hold_extended,
        'therapist', booking_therapist(b.therapist_id),
        'service', json_build_object('id', b.service_id, 'name', b.service_name, 'minutes', b.minutes),
        'price', json_build_object('amount', round(b.price / 100.0, 2), 'currency', b.currency, 'text', say_money(b.price, b.currency)),
        'start', rfc3339(b.starts_at), 'end', rfc3339(b.ends_at), 'past', b.starts_at <= clock(),
        'zone', b.zone, 'zone_name', say_zone(b.starts_at, b.zone),
        'date', local_day(b.starts_at, b.zone), 'day', say_day(local_day(b.starts_at, b.zone)),
        'time', say_time(b.starts_at, b.zone, l.country), 'end_time', say_time(b.ends_at, b.zone, l.country),
        'place', json_build_object('name', nullif(l.name, ''), 'street', l.street, 'town', l.town, 'region', l.region, 'postcode', l.postcode,
                                   'access', nullif(l.access, ''), 'lat', l.lat, 'lon', l.lon),
        'client', case when b.client_name is not null then json_build_object('name', b.client_name, 'email', b.client_email) end,
        'safety_passed', b.safety_id is not null,
        'ready', b.state = 'held' and b.safety_id is not null and b.client_name is not null)
    from booking b join location l on l.id = b.location_id
    where b.id = p_id
    $$;

-- What a key already made, or null. Row-level security shows it to the key's own token alone.
create or replace function booking_by_key(p_key uuid, p_slug text, p_service int, p_start timestamptz) returns json
    language sql
    as $$
    select case when b.service_id = p_service and b.starts_at = p_start and booking_therapist(b.therapist_id) ->> 'slug' = p_slug then booking_document(b.id)
                else booking_problem(422, 'key-reused', 'That page was already used to hold another time.', p_service, null) end
    from booking b where b.key = p_key
    $$;

-- Holds a time. The token of the new booking is the transaction's app.booking, derived by the program from p_key: the same key gives the
-- same booking again, also to the second of two that come at once (each statement here sees what was committed before it). Answers the
-- document or a problem (409 with the nearest free times, 404, 422).
create or replace function booking_hold(p_key uuid, p_slug text, p_service int, p_start timestamptz, p_minutes int) returns json
    language plpgsql
    as $$
#variable_conflict use_variable
declare
    v service;
    same json := booking_by_key(p_key, p_slug, p_service, p_start);
    chosen record;
    new_id uuid := gen_random_uuid();
    until timestamptz := clock() + make_interval(mins => p_minutes);
begin
    if same is not null then
        return same;
    end if;
    select s.* into v from service s join therapist t on t.id = s.therapist_id
    where s.id = p_service and t.slug = p_slug and t.published and s.retired_at is null;
    if not found then
        return booking_problem(404, 'no-such-service', 'This service is no longer offered.', p_service, null);
    end if;

    select s.location_id, s.zone into chosen from slots(p_service, null, p_start::date - 1, 3) s where s.start = p_start limit 1;
    if not found or not claim_take(new_id, v.therapist_id,
            tstzrange(p_start - make_interval(mins => v.buffer_before), p_start + make_interval(mins => v.minutes + v.buffer_after)), until) then
        return coalesce(booking_by_key(p_key, p_slug, p_service, p_start),
                        booking_problem(409, 'time-taken', 'This time has just been taken.', p_service, p_start));
    end if;

    insert into booking (id, key, token_hash, therapist_id, location_id, service_id, starts_at, ends_at, zone, service_name, minutes, price,
                         currency, hold_expires)
    values (new_id, p_key, auth.token_hash('app.booking'), v.therapist_id, chosen.location_id, v.id, p_start,
            p_start + make_interval(mins => v.minutes), chosen.zone, v.name, v.minutes, v.price, v.currency, until);
    return booking_document(new_id);
end $$;

create or replace function booking_extend(p_id uuid, p_minutes int) returns json
    language plpgsql
    as $$
begin
    update booking set hold_expires = clock() + make_interval(mins => p_minutes), hold_extended = true
    where id = p_id and token_hash = auth.token_hash('app.booking') and state = 'held' and hold_expires > clock() and not hold_extended;
    return booking_document(p_id);
end $$;

-- A hold that ran out: what it was, and the free times nearest to it.
create or replace function booking_lapsed(p_id uuid) returns json
    language sql
    as $$
    select json_build_object('problem', true, 'status', 409, 'type', 'hold-expired', 'title', 'This time is no longer held for you.',
        'booking', booking_document(b.id), 'nearest', slots_nearest(b.service_id, b.starts_at))
    from booking b where b.id = p_id
    $$;

-- What the safety check works on: the sealed answers so far, or those of a check that was passed, and the date where the visit will be.
-- The guest's alone, as are all answers until the visit is booked.
create or replace function booking_safety_draft(p_id uuid) returns json
    language sql stable
    as $$
    select json_build_object('booking', booking_document(p_id), 'draft', b.safety_draft, 'sealed', s.sealed, 'today', local_day(clock(), b.zone))
    from booking b left join safety_check s on s.id = b.safety_id where b.id = p_id and b.token_hash = auth.token_hash('app.booking')
    $$;

create or replace function booking_safety_save(p_id uuid, p_draft text) returns json
    language plpgsql
    as $$
begin
    update booking set safety_draft = p_draft where id = p_id and token_hash = auth.token_hash('app.booking') and state = 'held' and hold_expires > clock() and safety_id is null;
    return booking_document(p_id);
end $$;

-- A passed check is kept with its booking. STOP and CLEARANCE keep nothing: booking_discard.
create or replace function booking_safety_pass(p_id uuid, p_outcome text, p_rules text, p_sealed text) returns json
    language plpgsql
    as $$
declare
    check_id uuid := gen_random_uuid();
begin
    perform from booking where id = p_id and token_hash = auth.token_hash('app.booking') and state = 'held' and hold_expires > clock() for update;
    if not found then
        return booking_document(p_id);
    end if;
    insert into safety_check (id, booking_id, outcome, rules, sealed) values (check_id, p_id, p_outcome, p_rules, p_sealed);
    update booking set safety_id = check_id, safety_draft = null where id = p_id;
    return booking_document(p_id);
end $$;

create or replace function booking_discard(p_id uuid) returns json
    language plpgsql
    as $$
declare
    gone json := booking_document(p_id);
begin
    delete from booking where id = p_id and state in ('held', 'expired');
    return gone;
end $$;

create or replace function booking_details(p_id uuid, p_name text, p_email text) returns json
    language plpgsql
    as $$
begin
    update booking set client_name = p_name, client_email = p_email
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

-- Confirms what is held, passed and named; the same answer again when it already is. p_link is the guest's secret address, for the mail only.
create or replace function booking_confirm(p_id uuid, p_link text) returns json
    language plpgsql
    as $$
declare
    b booking;
begin
    -- the guest alone books: a therapist sees the row too
    select * into b from booking where id = p_id and token_hash = auth.token_hash('app.booking') for update;
    if not found then
        return null;
    elsif b.state = 'confirmed' then
        return booking_document(p_id);
    elsif b.state <> 'held' or b.hold_expires <= clock() then
        return booking_lapsed(p_id);
    elsif b.safety_id is null then
        return booking_problem(409, 'safety-check-missing', 'Answer the safety check first.', b.service_id, null);
    elsif b.client_name is null then
        return booking_problem(422, 'details-missing', 'Give a name and an e-mail address first.', b.service_id, null);
    end if;
    update booking set state = 'confirmed', reference = booking_reference(), confirmed_at = clock() where id = p_id;
    perform booking_notify(p_id, 'confirmed', json_build_object('link', p_link));
    insert into audit (account_id, action, object) values (auth.account(), 'booking.confirmed', p_id::text);
    return booking_document(p_id);
end $$;

create or replace function booking_cancel(p_id uuid) returns json
    language plpgsql
    as $$
declare
    b booking;
begin
    select * into b from booking where id = p_id for update;
    if not found then
        return null;
    elsif b.state = 'confirmed' and b.starts_at <= clock() then
        return booking_problem(409, 'visit-past', 'This visit has already begun; it cannot be cancelled here.', b.service_id, null);
    elsif b.state in ('held', 'confirmed') then
        update booking set state = 'cancelled' where id = p_id;
        if b.state = 'confirmed' then
            perform booking_notify(p_id, 'cancelled');
        end if;
        insert into audit (account_id, action, object) values (auth.account(), 'booking.cancelled', p_id::text);
    end if;
    return booking_document(p_id);
end $$;

-- A hold that ended without a booking keeps names and answers for an hour, so that they can go along to another time; then they are forgotten.
create or replace function booking_forget() returns int
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    gone uuid[];
begin
    select array_agg(x.id) into gone from (
        select id from booking where state in ('expired', 'cancelled') and confirmed_at is null and ended_at < clock() - interval '1 hour'
          and (client_name is not null or safety_draft is not null or safety_id is not null)
        limit 50 for update skip locked) x;
    update booking set client_name = null, client_email = null, safety_draft = null, safety_id = null where id = any (gone);
    delete from safety_check where booking_id = any (gone);
    return coalesce(cardinality(gone), 0);
end $$;

-- The worker's broom. Readers treat an expired hold as free; this keeps the backlog small and the listing true. One therapist a call, so that two
-- brooms and a booking never wait for each other in a ring. Answers how many rows it swept; 0: nothing left.
create or replace function booking_sweep() returns int
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    n int;
begin
    update booking set state = 'expired' where id in (
        select id from booking where state = 'held' and hold_expires <= clock()
          and therapist_id = (select therapist_id from booking where state = 'held' and hold_expires <= clock() order by hold_expires limit 1)
        limit 50 for update skip locked);
    get diagnostics n = row_count;
    return n + booking_forget();
end $$;

grant execute on function booking_may_move, claim_take, slot_json, slots_nearest, booking_problem, booking_therapist, booking_document, booking_by_key, booking_hold, booking_lapsed, booking_extend,
    booking_safety_draft, booking_safety_save, booking_safety_pass, booking_discard, booking_details, booking_reference, booking_confirm,
    booking_cancel to unknot_web;
grant execute on function booking_sweep to unknot_worker;
