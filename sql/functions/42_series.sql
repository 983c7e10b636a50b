-- A series: two to thirteen visits of one service, planned, held and booked (or asked for) as one. Its first booking leads: the client answers, names
-- and confirms with that one, and what becomes of it becomes of the others in the same statement (series_follows). Once booked, each visit is moved,
-- cancelled and reminded of by itself. All visits of a series carry one token: one person made them, and one link shows them all; whoever has
-- another token sees none, by the same policies as ever.

-- --- The plan: the same weekday and time each time, as the clock on the wall says it

-- What a series would ask for: the start itself and then every p_weeks, p_visits of them and perhaps one more, in the zone of its place.
create or replace function series_starts(p_start timestamptz, p_visits int, p_weeks int, p_review boolean, p_zone text) returns timestamptz[]
    language sql stable
    as $$
    select array_agg(((p_start at time zone p_zone) + make_interval(days => 7 * p_weeks * k)) at time zone p_zone order by k)
    from generate_series(0, p_visits - 1 + p_review::int) k
    $$;

-- Whether two visits of this service at these starts would touch.
create or replace function starts_clash(v service, p_a timestamptz, p_b timestamptz) returns boolean
    language sql immutable
    as $$ select abs(extract(epoch from p_a - p_b)) < 60 * (v.minutes + v.kept_before + v.kept_after) $$;

create or replace function series_alternatives(v service, p_wanted timestamptz, p_others timestamptz[], p_chosen timestamptz) returns json
    language sql stable
    as $$
    select coalesce(json_agg(json_build_object('start', rfc3339(x.start), 'day', say_day_of(x.start, x.zone, x.country), 'time', say_time(x.start, x.zone, x.country),
                                               'on', case when p_chosen is null then x.nth = 1 else x.start = p_chosen end) order by x.start), '[]')
    from (select s.start, s.zone, l.country, row_number() over (order by abs(extract(epoch from s.start - p_wanted)), s.start) as nth
          from slots(v.id, null, p_wanted::date - 3, 7) s join location l on l.id = s.location_id
          where abs(extract(epoch from s.start - p_wanted)) < 3.5 * 86400 and not exists (select from unnest(p_others) o where starts_clash(v, s.start, o))
          order by abs(extract(epoch from s.start - p_wanted)), s.start limit 3) x
    $$;
comment on function series_alternatives is 'up to three free times nearest to one that is not, none of which touches the rest of the plan; p_chosen null: the nearest is suggested';

-- One row of the plan: free as wanted, or what is free near it. p_chosen: what was asked for before, after it turned out to be taken.
create or replace function series_row(v service, t therapist, l location, p_n int, p_of int, p_review boolean, p_wanted timestamptz, p_all timestamptz[], p_chosen timestamptz) returns json
    language plpgsql stable
    as $$
declare
    at timestamptz := coalesce(p_chosen, p_wanted);
    is_free boolean := exists (select from slots(v.id, null, at::date - 1, 3) s where s.start = at);
    too_far boolean := local_day(p_wanted, l.zone) > local_day(clock(), l.zone) + v.horizon;
    near json := '[]';
begin
    if not is_free then
        at := p_wanted;
        near := series_alternatives(v, p_wanted, array_remove(p_all, p_wanted), null);
    end if;
    return json_build_object('n', p_n, 'name', 'v' || p_n, 'label', case when p_review and p_n = p_of then 'Review visit' else 'Visit ' || p_n end, 'start', rfc3339(at),
        'day', say_day_of(at, l.zone, l.country), 'time', say_time(at, l.zone, l.country), 'free', is_free, 'too_far', too_far and not is_free,
        'alternatives', near, 'has_alternatives', json_array_length(near) > 0);
end $$;

-- The page of a plan. p_chosen: one start for each visit, null for one that is left out; without it the visits follow from p_start.
create or replace function series_plan(p_slug text, p_service int, p_start timestamptz, p_visits int, p_weeks int, p_review boolean, p_chosen timestamptz[] default null) returns json
    language plpgsql
    as $$
declare
    v service;
    t therapist;
    l location;
    wanted timestamptz[];
    list json;
    free int;
    near int;
begin
    select s.* into v from service s join therapist x on x.id = s.therapist_id where s.id = p_service and x.slug = p_slug and x.published and s.retired_at is null;
    if not found or p_start is null then
        return null;
    end if;
    select * into t from therapist where id = v.therapist_id;
    select x.* into l from location x left join slots(v.id, null, p_start::date - 1, 3) s on s.location_id = x.id and s.start = p_start
    where x.therapist_id = t.id and given_at(v.id, x.id) order by s.start is null, x.id limit 1;
    wanted := series_starts(p_start, p_visits, p_weeks, p_review, l.zone);
    select json_agg(r order by n), count(*) filter (where (r ->> 'free')::boolean), count(*) filter (where (r ->> 'has_alternatives')::boolean) into list, free, near
    from (select n, series_row(v, t, l, n::int, cardinality(wanted), p_review, w, wanted, p_chosen[n]) as r from unnest(wanted) with ordinality x (w, n)) x;
    return json_build_object('therapist', json_build_object('slug', t.slug, 'name', t.name), 'service', json_build_object('id', v.id, 'name', v.name, 'minutes', v.minutes),
        'price', money_json(v.price, v.currency), 'on_request', v.mode = 'request', 'start', rfc3339(p_start), 'first_day', say_day_of(p_start, l.zone, l.country), 'weekday', to_char(p_start at time zone l.zone, 'FMDay'),
        'time', say_time(p_start, l.zone, l.country), 'zone', l.zone, 'zone_name', say_zone(p_start, l.zone), 'hour_cycle', hour_cycle(l.country), 'horizon', v.horizon, 'key', gen_random_uuid(),
        'numbers', (select json_agg(json_build_object('value', n, 'on', n = p_visits) order by n) from generate_series(2, 12) n),
        'rhythms', (select json_agg(json_build_object('value', n, 'text', case n when 1 then 'Every week' else 'Every ' || n || ' weeks' end, 'on', n = p_weeks) order by n) from generate_series(1, 4) n),
        'number', p_visits, 'weeks', p_weeks, 'review', p_review, 'visits', list, 'free', free, 'one_free', free = 1, 'some_near', near > 0, 'not_free', cardinality(wanted) - free, 'all_free', free = cardinality(wanted),
        'can_hold', free + near >= 2);
end $$;

-- --- Holding it: all or nothing

create or replace function series_same(p_lead uuid, p_starts timestamptz[]) returns boolean
    language sql stable
    as $$ select array_agg(starts_at order by series_n) = p_starts from booking where series_id = p_lead $$;

-- One visit of it: its claim and its row. The claims are taken in the order of time; the first takes the therapist's lock, under which all are.
create or replace function series_take(v service, p_key uuid, p_id uuid, p_lead uuid, p_n int, p_of int, p_review boolean, p_start timestamptz, p_until timestamptz) returns boolean
    language plpgsql
    as $$
declare
    place int := claim_slot(p_id, v.id, p_start, tstzrange(p_start - make_interval(mins => v.kept_before), p_start + make_interval(mins => v.minutes + v.kept_after)), p_until);
begin
    insert into booking (id, key, token_hash, therapist_id, location_id, service_id, starts_at, ends_at, zone, service_name, minutes, price, currency, hold_expires, mode, answer_hours,
                         cancel_notice, cancel_fee, move_notice, move_fee, at_home, series_id, series_n, series_of, series_review)
    select p_id, p_key, auth.token_hash('app.booking'), v.therapist_id, l.id, v.id, p_start, p_start + make_interval(mins => v.minutes), l.zone, v.name, v.minutes, v.price, v.currency,
           p_until, v.mode, v.answer_hours, v.cancel_notice, v.cancel_fee, v.move_notice, v.move_fee, v.at_home, p_lead, p_n, p_of, p_review
    from location l where l.id = place;
    return found;
end $$;

-- The first booking's document, or a problem. p_key makes the token of them all; the same key with the same times gives the same series again.
create or replace function series_hold(p_key uuid, p_slug text, p_service int, p_starts timestamptz[], p_review boolean, p_minutes int, p_via text default 'web',
                                       p_origin json default null) returns json
    language plpgsql
    as $$
declare
    starts timestamptz[] := (select array_agg(distinct s order by s) from unnest(p_starts) s where s is not null);
    of int := cardinality(starts);
    full_for int;
    v service;
    lead_id uuid := (select id from booking where key = p_key);
    until timestamptz := clock() + make_interval(mins => p_minutes);
begin
    if lead_id is not null then
        return case when series_same(lead_id, starts) then booking_document(lead_id)
                    else booking_problem(422, 'key-reused', 'That page was already used to hold other times.', p_service, null) end;
    elsif of is null or of not between 2 and 13 then
        return booking_problem(422, 'series-too-short', 'A plan has two visits at least. Choose one more, or book a single visit.', p_service, null);
    end if;
    select s.* into v from service s join therapist t on t.id = s.therapist_id where s.id = p_service and t.slug = p_slug and t.published and s.retired_at is null;
    if not found then
        return booking_problem(404, 'no-such-service', 'This service is no longer offered.', p_service, null);
    elsif (unlicensed_json(v.therapist_id) ->> 'all')::boolean then
        return booking_problem(409, 'not-bookable', 'Nothing can be booked here until a license has been checked.', p_service, null);
    end if;
    if auth.token_hash('app.session') is not null and client_blocked(v.therapist_id, null, null) is not null then
        return client_refused('account', p_service);
    end if;
    full_for := hold_room(p_origin);
    if full_for is not null then
        return booking_too_many(p_service, full_for);
    end if;
    perform booking_via(p_via);
    lead_id := booking_new_id();
    begin
        for n in 1 .. of loop
            if not series_take(v, case n when 1 then p_key else gen_random_uuid() end, case n when 1 then lead_id else booking_new_id() end, lead_id, n, of,
                               p_review and n = of and p_starts[cardinality(p_starts)] is not null, starts[n], until) then
                raise exception 'taken' using errcode = 'UN001';
            end if;
        end loop;
    exception when sqlstate 'UN001' then -- what was taken of it is given back here
        return booking_problem(409, 'time-taken', 'One of these times has just been taken. Nothing is held.', p_service, null);
    end;
    if p_origin is not null then
        perform hold_from(lead_id, p_origin); -- a plan is one hold
    end if;
    return booking_document(lead_id);
end $$;

-- --- What becomes of one becomes of all, until they are booked

-- The others are locked before the listing is, as everywhere.
create or replace function series_locks() returns trigger
    language plpgsql
    as $$
begin
    perform from booking where series_id = new.series_id and id <> new.id order by series_n for update;
    return new;
end $$;
create or replace trigger a_series_locks before update of state, hold_expires on booking for each row
    when (new.series_id is not null and old.state in ('held', 'requested')) execute function series_locks();

-- The others are booked with what was said for the first. One safety check serves all: the questions ask how the client is now, not on the day of a
-- visit, so a second answer at the same moment would say the same. Each booking has a check of its own all the same, since nothing is booked without
-- (constraint booking_needs_passed_safety), and one that is erased leaves the others. The copy stays sealed as it is: to the first booking's id, which
-- every other knows as series_id. That a client may be less well by the third visit is asked before each: the mail of the day before does so, and the
-- screening on the day comes with the intake of visits.
create or replace function series_books(p_lead booking) returns void
    language plpgsql
    as $$
declare
    n int;
begin
    with copied as (
        insert into safety_check (id, booking_id, outcome, rules, sealed, checked_at, precall, adult_from)
        select gen_random_uuid(), o.id, c.outcome, c.rules, c.sealed, c.checked_at, c.precall, c.adult_from
        from booking o join safety_check c on c.id = p_lead.safety_id where o.series_id = p_lead.id and o.id <> p_lead.id and o.state = 'held'
        returning id, booking_id
    )
    update booking b set state = p_lead.state, hold_expires = p_lead.hold_expires, reference = booking_reference(), client_name = p_lead.client_name, client_email = p_lead.client_email,
        client_phone = p_lead.client_phone, home_street = p_lead.home_street, home_place = p_lead.home_place, home_access = p_lead.home_access,
        home_lat = p_lead.home_lat, home_lon = p_lead.home_lon, safety_id = c.id, confirmed_at = p_lead.confirmed_at, requested_at = p_lead.requested_at
    from copied c where b.id = c.booking_id;
    get diagnostics n = row_count;
    if n <> p_lead.series_of - 1 then
        raise exception 'a series is booked whole or not at all' using errcode = 'check_violation';
    end if;
end $$;

create or replace function series_follows() returns trigger
    language plpgsql
    as $$
begin
    if old.state = 'held' and new.state = 'held' then
        update booking set hold_expires = new.hold_expires, hold_extended = new.hold_extended
        where series_id = new.series_id and id <> new.id and state = 'held' and hold_expires <> new.hold_expires;
    elsif old.state = 'held' and new.state in ('cancelled', 'expired') then
        update booking set state = new.state where series_id = new.series_id and id <> new.id and state = 'held';
    elsif old.state = 'held' and new.series_n = 1 and old.confirmed_at is null and old.requested_at is null then
        perform series_books(new);
    elsif old.state = 'requested' and new.state in ('confirmed', 'declined', 'expired') then
        update booking set state = new.state, confirmed_at = new.confirmed_at, declined_why = new.declined_why
        where series_id = new.series_id and id <> new.id and state = 'requested';
    end if;
    return null;
end $$;
create or replace trigger series_follows after update of state, hold_expires on booking for each row
    when (new.series_id is not null and old.state in ('held', 'requested') and (new.state <> old.state or new.hold_expires is distinct from old.hold_expires))
    execute function series_follows();

-- --- Documents

create or replace function series_visit(b booking, p_this uuid) returns json
    language sql stable
    as $$
    select json_build_object('id', b.id, 'n', b.series_n, 'of', b.series_of, 'label', case when b.series_review then 'Review visit' else 'Visit ' || b.series_n end, 'this', b.id = p_this,
        'state', b.state, 'start', rfc3339(b.starts_at), 'day', say_day_of(b.starts_at, b.zone, l.country), 'time', say_time(b.starts_at, b.zone, l.country),
        'end_time', say_time(b.ends_at, b.zone, l.country), 'reference', b.reference, 'booked', b.state = 'confirmed' and b.starts_at > clock(),
        'gone', b.state in ('cancelled', 'declined', 'expired'),
        'text', case b.state when 'held' then 'Held for you' when 'requested' then 'Asked for' when 'suggested' then 'Another time is suggested' when 'confirmed' then 'Booked'
                    when 'attended' then 'You came' when 'no_show' then 'You did not come' when 'cancelled' then 'Cancelled' when 'declined' then 'Declined' else 'No longer held' end)
    from location l where l.id = b.location_id
    $$;

-- Of a booking: which of the series it is, and the others. Null for a visit by itself.
create or replace function series_visits(b booking) returns json
    language sql stable
    as $$ select json_agg(series_visit(o, b.id) order by o.series_n) from booking o where o.series_id = b.series_id $$;

create or replace function series_text(b booking) returns text
    language sql stable
    as $$ select case when b.series_review then 'Review visit, ' else 'Visit ' end || b.series_n || ' of ' || b.series_of $$;

create or replace function series_json(b booking) returns json
    language sql stable
    as $$
    select case when b.series_id is not null then json_build_object('lead', b.series_id, 'n', b.series_n, 'of', b.series_of, 'text', series_text(b), 'visits', series_visits(b)) end
    $$;

-- Where this series would be planned again, from its first time; null for a visit by itself.
create or replace function series_path(b booking) returns text
    language sql stable
    as $$
    select '/therapists/' || (booking_therapist(b.therapist_id) ->> 'slug') || '/series?service=' || b.service_id || '&start=' || rfc3339(o.starts_at)
           || '&visits=' || greatest(2, b.series_of - r.review::int) || '&weeks=' || least(4, greatest(1, round(extract(epoch from n.starts_at - o.starts_at) / 604800)))
           || '&review=' || case when r.review then 'yes' else 'no' end
    from booking o join booking n on n.series_id = o.id and n.series_n = 2
    cross join lateral (select bool_or(x.series_review) as review from booking x where x.series_id = o.id) r
    where o.id = b.series_id
    $$;

-- The page of all visits, for the holder of the token.
create or replace function series_shown(p_id uuid) returns json
    language sql stable
    as $$ select booking_document(b.id) from booking b where b.id = p_id and b.series_id is not null and b.token_hash = auth.token_hash('app.booking') $$;

create or replace function series_calendar(p_id uuid) returns json
    language sql
    as $$
    select json_build_object('events', json_agg(calendar_event(o, o.service_name || ' with ' || (booking_therapist(o.therapist_id) ->> 'name')
                                 || ' (' || o.series_n || ' of ' || o.series_of || ')', 'Reference ' || o.reference) order by o.series_n),
                             'zones', calendar_zones(array_agg(o.zone), min(o.starts_at), max(o.ends_at)))
    from booking b join booking o on o.series_id = b.series_id
    where b.id = p_id and booking_is_callers(b) and o.confirmed_at is not null and o.reference is not null and o.state <> 'cancelled' having count(*) > 0
    $$;
comment on function series_calendar is 'all booked visits of the series as one calendar; null when none is';

-- The key from which a booking's token was made: a series has the one of its first visit, an offer that of its entry on the waiting list.
create or replace function booking_secret(b booking) returns uuid
    language sql stable
    as $$ select case when b.series_id is not null and b.series_id <> b.id then (select o.key from booking o where o.id = b.series_id) else coalesce(b.link_key, b.key) end $$;

grant execute on function series_path, series_starts, starts_clash, series_alternatives, series_row, series_plan, series_same, series_take, series_hold, series_books, series_visit, series_visits, series_text, series_json,
    series_shown, series_calendar to unknot_web;
