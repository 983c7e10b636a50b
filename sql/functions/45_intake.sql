-- The form of a booking: its answers so far, how it ends, and how it is answered again before a visit that is booked or asked for. The guest's alone, as are
-- all answers until the visit is booked. The program judges; here is what becomes of the booking.

-- Whether the form of this visit can be answered again.
create or replace function reopen_can(b booking) returns boolean
    language sql stable
    as $$ select b.state in ('requested', 'confirmed') and b.safety_id is not null and b.starts_at > clock() and not booking_lapses(b) $$;

-- Whether its client is answering it again; what is begun lies with the first of a series.
create or replace function reopen_begun(b booking) returns boolean
    language plpgsql stable
    as $$
begin
    return reopen_can(b) and exists (select from reopening r where r.booking_id = booking_lead(b) and r.begun_at is not null);
end $$;

-- The answers are older than a year on the day of the visit, or what was agreed to has run out by then.
create or replace function reopen_due(b booking) returns boolean
    language plpgsql stable
    as $$
begin
    return exists (select from safety_check c where c.id = b.safety_id and c.checked_at < b.starts_at - interval '12 months')
        or exists (select from consent c where c.booking_id = booking_lead(b) and c.replaced_at is null and c.valid_until < local_day(b.starts_at, b.zone));
end $$;

-- For either side: {"can","begun","asked","asked_moment","due","said"}. Null where the form cannot be answered again.
create or replace function reopen_json(b booking) returns json
    language plpgsql stable security definer set search_path = unknot, public, pg_temp
    as $$
begin
    if not reopen_can(b) or (b.token_hash is distinct from auth.token_hash('app.booking') and b.therapist_id is distinct from auth.therapist()) then
        return null;
    end if;
    return (select json_build_object('can', true, 'begun', r.begun_at is not null, 'asked', r.asked_at is not null, 'asked_moment', say_moment(r.asked_at, b.zone, l.country),
                'due', reopen_due(b), 'said', say_date_long(local_day(c.checked_at, b.zone), l.country), 'series', b.series_id is not null)
            from location l left join reopening r on r.booking_id = booking_lead(b) left join safety_check c on c.id = b.safety_id where l.id = b.location_id);
end $$;

-- p_afresh: the visit is about something else now, so nothing is filled in.
create or replace function reopen_begin(p_id uuid, p_afresh boolean) returns json
    language plpgsql
    as $$
begin
    insert into reopening (booking_id, begun_at, afresh)
    select booking_lead(b), clock(), p_afresh from booking b where b.id = p_id and b.token_hash = auth.token_hash('app.booking') and reopen_can(b)
    on conflict (booking_id) do update set begun_at = coalesce(reopening.begun_at, excluded.begun_at), afresh = reopening.afresh or excluded.afresh,
        draft = case when excluded.afresh and not reopening.afresh then null else reopening.draft end,
        own_draft = case when excluded.afresh and not reopening.afresh then null else reopening.own_draft end;
    return booking_shown(p_id);
end $$;

-- Nothing of it is kept, and all is as it was.
create or replace function reopen_leave(p_id uuid) returns json
    language plpgsql
    as $$
declare
    lead uuid := (select booking_lead(b) from booking b where b.id = p_id and b.token_hash = auth.token_hash('app.booking'));
begin
    delete from reopening where booking_id = lead and asked_at is null;
    update reopening set begun_at = null, draft = null, own_draft = null, afresh = false where booking_id = lead;
    return booking_shown(p_id);
end $$;

-- The therapist asks for it: the client gets a mail, once a day at most.
create or replace function practice_reopen(p_id uuid) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    b booking;
begin
    select * into b from booking where id = p_id and booking_is_therapists(booking) for update;
    if not found then
        return null;
    elsif not reopen_can(b) then
        return booking_problem(409, 'not-now', 'The form belongs to a visit to come that is booked or asked for.', b.service_id, null);
    elsif b.client_email is null then
        return booking_problem(409, 'no-address', 'There is no e-mail address to write to. Call the client instead.', b.service_id, null);
    elsif exists (select from reopening r where r.booking_id = booking_lead(b) and r.asked_at > clock() - interval '1 day') then
        return booking_problem(409, 'asked-already', 'You have asked for it already. You can ask again a day later.', b.service_id, null);
    end if;
    insert into reopening (booking_id, asked_at) values (booking_lead(b), clock()) on conflict (booking_id) do update set asked_at = excluded.asked_at;
    perform booking_notify(p_id, 'reopen', json_build_object('by', 'therapist'));
    return practice_booking(p_id);
end $$;

-- Whether its client agrees that the answers are kept and shared.
create or replace function form_shared(b booking) returns boolean
    language plpgsql stable
    as $$
begin
    return exists (select from consent c where c.booking_id = booking_lead(b) and c.purpose = 'health_data' and c.withdrawn_at is null and c.replaced_at is null);
end $$;

create or replace function practice_shared(p_id uuid) returns json
    language sql stable
    as $$
    select json_build_object('answered_for', booking_lead(b), 'sealed', case when form_shared(b) then practice_sealed(b.id) end)
    from booking b where b.id = p_id and booking_is_therapists(b)
    $$;

-- --- Answers so far

-- When somebody comes of age at this place.
create or replace function adult_age(p_location int) returns int
    language sql stable security definer set search_path = unknot, public, pg_temp
    as $$ select (retention_of(p_location)).adult_age $$;

-- What the form works on: the sealed answers so far, or those of a check that was passed, and the date where the visit will be. While it is answered again:
-- `again`, and with `before` what was answered last.
create or replace function booking_safety_draft(p_id uuid) returns json
    language plpgsql stable
    as $$
begin
    return (select json_build_object('booking', booking_document(p_id), 'lead', booking_lead(b), 'again', x.again, 'was_booked', coalesce(b.confirmed_at, b.requested_at) is not null,
        'draft', case when x.again then r.draft else b.safety_draft end, 'sealed', case when not x.again then s.sealed end, 'afresh', r.afresh, 'today', local_day(clock(), b.zone),
        'before', case when x.again then s.sealed else (select c.sealed from safety_check c where c.id = b.safety_before) end,
        'adult_age', adult_age(b.location_id),
        'note_on', (select max(dated) from clearance c where c.booking_id = b.id and c.kind = 'note'),
        'call_on', (select max(dated) from clearance c where c.booking_id = b.id and c.kind = 'call'))
    from booking b cross join lateral (select reopen_begun(b) as again) x left join safety_check s on s.id = b.safety_id left join reopening r on r.booking_id = booking_lead(b)
    where b.id = p_id and b.token_hash = auth.token_hash('app.booking'));
end $$;

create or replace function booking_safety_save(p_id uuid, p_draft text) returns json
    language plpgsql
    as $$
begin
    update reopening r set draft = p_draft from booking b
    where b.id = p_id and b.token_hash = auth.token_hash('app.booking') and r.booking_id = booking_lead(b) and r.begun_at is not null and reopen_can(b);
    update booking set safety_draft = p_draft where id = p_id and token_hash = auth.token_hash('app.booking') and state = 'held' and hold_expires > clock() and safety_id is null;
    return booking_document(p_id);
end $$;

-- --- How it ends

-- The caller's booking, locked with all that are booked together, always in one order.
create or replace function form_lock(p_id uuid) returns booking
    language plpgsql
    as $$
declare
    b booking;
begin
    select * into b from booking where id = p_id and token_hash = auth.token_hash('app.booking');
    perform from booking o where o.id = p_id or o.series_id = b.series_id order by o.series_n, o.id for update;
    select * into b from booking where id = p_id and token_hash = auth.token_hash('app.booking');
    return b;
end $$;

-- A line in the history, without a word about health.
create or replace function form_noted(p_id uuid, p_what text) returns void
    language sql security definer set search_path = unknot, public, pg_temp
    as $$
    insert into booking_event (booking_id, at, who, via, what, to_state, to_start)
    select b.id, clock(), 'client', 'link', p_what, b.state, b.starts_at from booking b where b.id = p_id and b.token_hash = auth.token_hash('app.booking')
    $$;

-- What was agreed to before is not agreed to now: what is kept of it goes, unless an order of law stands against that.
create or replace function form_forgets(p_id uuid) returns void
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    lead uuid := (select booking_lead(b) from booking b where b.id = p_id and b.token_hash = auth.token_hash('app.booking'));
begin
    if lead is null or exists (select from booking b join client_key k on k.id = b.client_key_id or k.holder = b.token_hash where b.id = p_id and k.legal_hold is not null) then
        return;
    end if;
    update safety_check c set sealed = null, withdrawn_at = clock() from booking b where c.booking_id = b.id and (b.id = lead or b.series_id = lead) and c.sealed is not null;
    delete from own_answer where booking_id = lead;
    delete from outcome where booking_id = lead and kind = 'statements';
end $$;

-- The visits that the form speaks for: those to come of a booking and of all that were booked with it.
create or replace function form_visits(b booking) returns setof booking
    language sql stable
    as $$
    select o from booking o
    where (o.id = b.id or o.series_id = b.series_id) and o.starts_at > clock()
      and (o.state in ('requested', 'confirmed') or o.state = 'held' and o.hold_expires > clock() and coalesce(o.confirmed_at, o.requested_at) is not null)
    $$;

-- Passed once more: each of them has the new check, and what was held while a clinician was asked is booked, or asked for, again.
create or replace function form_passes(b booking, p_outcome text, p_rules text, p_sealed text, p_call boolean, p_adult_from date) returns json
    language plpgsql
    as $$
begin
    if p_sealed is null then
        perform form_forgets(b.id);
    else
        perform own_answers_renew(b.id);
    end if;
    with made as (
        insert into safety_check (booking_id, outcome, rules, sealed, precall, adult_from) select v.id, p_outcome, p_rules, p_sealed, p_call, p_adult_from from form_visits(b) v returning id, booking_id
    )
    update booking o set safety_id = m.id, safety_before = null, safety_draft = null,
        state = case when o.state <> 'held' then o.state when o.confirmed_at is not null then 'confirmed' else 'requested' end,
        hold_expires = case when o.state <> 'held' then o.hold_expires when o.confirmed_at is null then booking_answer_by(o, o.starts_at) end
    from made m where o.id = m.booking_id;
    delete from reopening where booking_id = booking_lead(b);
    perform form_noted(b.id, 'updated');
    perform booking_notify(b.id, 'updated', json_build_object('by', 'client'));
    return booking_document(b.id);
end $$;

-- A passed check is kept with its booking. STOP and CLEARANCE keep nothing: booking_discard. A form that was left meanwhile changes nothing.
-- p_ask: the therapist is asked before anything is booked. p_call: the therapist calls before the visit. p_adult_from: as safety_check.adult_from.
-- p_limits: what follows for the visit (45_shape.sql): one that is left out by them is not passed, but where it is booked already and its therapist reads of it.
-- {…,"left":true}: so it was.
create or replace function booking_safety_pass(p_id uuid, p_outcome text, p_rules text, p_sealed text, p_ask boolean default false, p_call boolean default false, p_adult_from date default null,
                                               p_limits json default '{}') returns json
    language plpgsql
    as $$
declare
    check_id uuid := gen_random_uuid();
    b booking := form_lock(p_id);
    is_held boolean := b.state = 'held' and b.hold_expires > clock();
begin
    if reopen_begun(b) or is_held and coalesce(b.confirmed_at, b.requested_at) is not null then
        return form_passes(b, p_outcome, p_rules, p_sealed, p_call, p_adult_from);
    elsif coalesce(b.confirmed_at, b.requested_at) is not null then
        return (booking_document(p_id)::jsonb || '{"left": true}')::json;
    elsif is_held is not true then
        return booking_document(p_id);
    elsif not booking_fits(b, p_limits) then
        return booking_unfit(b, p_limits);
    end if;
    insert into safety_check (id, booking_id, outcome, rules, sealed, precall, adult_from) values (check_id, p_id, p_outcome, p_rules, p_sealed, p_call, p_adult_from);
    update booking set safety_id = check_id, safety_draft = null where id = p_id;
    if p_ask then
        perform booking_ask_first(p_id);
    end if;
    return booking_document(p_id);
end $$;

-- They are cancelled, and nobody owes anything for that.
create or replace function form_stops(b booking) returns void
    language plpgsql
    as $$
declare
    v booking;
begin
    delete from reopening where booking_id = booking_lead(b);
    perform booking_via('link');
    for v in select * from form_visits(b) o order by o.series_n, o.id loop
        perform form_noted(v.id, 'stopped');
        update booking set state = 'cancelled' where id = v.id and state = v.state;
        perform booking_notify(v.id, 'cancelled', '{"by":"client","by_client":true,"by_form":true}');
        insert into audit (account_id, action, object) values (auth.account(), 'booking.cancelled', v.id::text);
    end loop;
end $$;

-- After a STOP, or a CLEARANCE that cannot wait: what was only held is gone with its answers, what was booked is cancelled.
create or replace function booking_discard(p_id uuid) returns json
    language plpgsql
    as $$
declare
    gone json := booking_document(p_id);
    b booking := form_lock(p_id);
begin
    if coalesce(b.confirmed_at, b.requested_at) is not null then
        perform form_stops(b);
    else
        delete from booking where (id = b.id or series_id = b.id) and state in ('held', 'expired');
    end if;
    return gone;
end $$;

-- A CLEARANCE of what is booked or asked for: held again, for a day or as long as the therapist allows, until an hour before the visit at the latest; then it
-- is cancelled without a fee, and at once where no hour is left. Also when the form was left meanwhile: what was said cannot be unsaid.
create or replace function form_pause(p_id uuid, p_draft text) returns json
    language plpgsql
    as $$
declare
    b booking := form_lock(p_id);
    until timestamptz;
begin
    if b.id is null or not reopen_can(b) then
        return booking_document(p_id);
    end if;
    select least(clock() + make_interval(hours => greatest(24, (select s.clearance_hours from service s where s.id = b.service_id))), min(v.starts_at) - interval '1 hour') into until from form_visits(b) v;
    if until <= clock() then
        perform form_stops(b);
        return booking_document(p_id);
    end if;
    perform booking_via('link');
    perform own_answers_renew(p_id);
    update booking o set state = 'held', hold_expires = until, hold_extended = true, clearance_asked = clock(), safety_before = o.safety_id, safety_id = null,
        safety_draft = case when o.id = p_id then p_draft end
    from form_visits(b) v where o.id = v.id and o.state <> 'held';
    delete from reopening where booking_id = booking_lead(b);
    perform booking_notify(p_id, 'paused', json_build_object('by', 'client'));
    return booking_document(p_id);
end $$;

-- Where the therapist can call before a visit to come: asked for when new answers want a call and no number is known.
create or replace function booking_phone(p_id uuid, p_phone text) returns json
    language plpgsql
    as $$
declare
    b booking;
begin
    select * into b from booking where id = p_id and token_hash = auth.token_hash('app.booking') for update;
    if not found then
        return null;
    elsif not reopen_can(b) then
        return booking_problem(409, 'not-now', 'A number can be left for a visit to come that is booked or asked for.', b.service_id, null);
    end if;
    update booking o set client_phone = p_phone from form_visits(b) v where o.id = v.id;
    return booking_shown(p_id);
end $$;

-- What was begun and left, and what belongs to visits that are over → how many.
create or replace function reopen_sweep() returns int
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    n int;
begin
    delete from reopening r where r.begun_at < clock() - interval '7 days'
        or not exists (select from booking b where (b.id = r.booking_id or b.series_id = r.booking_id) and reopen_can(b));
    get diagnostics n = row_count;
    return n;
end $$;

grant execute on function adult_age, booking_phone, form_shared, practice_shared, reopen_can, reopen_begun, reopen_due, reopen_json, reopen_begin, reopen_leave, practice_reopen, booking_safety_draft, booking_safety_save, form_lock, form_noted, form_forgets,
    form_visits, form_passes, booking_safety_pass, form_stops, booking_discard, form_pause to unknot_web;
grant execute on function reopen_sweep to unknot_worker;
