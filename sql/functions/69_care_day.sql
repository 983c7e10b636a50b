-- The questions of the day: who can answer them when, what counts, and that illness costs nothing.

-- Open from two days before the visit until it ends; null: open.
create or replace function care_day_refusal(b booking) returns text
    language sql stable
    as $$
    select case when b.state <> 'confirmed' then 'These questions belong to a booked visit.'
                when b.starts_at > clock() + interval '2 days' then 'These questions come a day before the visit.'
                when b.ends_at <= clock() then 'This visit is over.' end
    $$;

-- What counts for the visit as it is booked now: the newest; but a STOP that the client answered is lifted by the client alone.
create or replace function care_day_of(b booking) returns day_check
    language plpgsql stable
    as $$
begin
    return (select d from day_check d where d.booking_id = b.id and d.starts_at = b.starts_at
        order by d.outcome = 'STOP' and d.who = 'client' and not exists (select from day_check n where n.booking_id = b.id and n.starts_at = b.starts_at and n.who = 'client' and n.checked_at > d.checked_at) desc,
            d.checked_at desc, d.id limit 1);
end $$;

-- For lists: whether it is answered, should be by now, or is to be looked at.
create or replace function care_day_line(b booking) returns json
    language plpgsql stable
    as $$
declare
    d day_check;
begin
    if b.state <> 'confirmed' or b.starts_at > clock() + interval '2 days' or b.ends_at <= clock() then
        return null;
    end if;
    d := care_day_of(b);
    return json_build_object('answered', d.id is not null, 'look', d.outcome in ('MODIFY', 'CLEARANCE'), 'stop', d.outcome = 'STOP', 'fine', d.outcome = 'PROCEED',
        'waits', d.id is null and b.starts_at <= clock() + interval '1 day');
end $$;

-- Nobody pays for staying away when the answers of the day ask for it.
create or replace function care_day_waives(b booking) returns boolean
    language plpgsql stable
    as $$
begin
    return b.state = 'confirmed' and coalesce((care_day_of(b)).outcome in ('CLEARANCE', 'STOP'), false);
end $$;

create or replace function care_day_document(b booking) returns json
    language sql stable
    as $$
    select json_build_object('booking', booking_document(b.id), 'today', local_day(clock(), b.zone), 'refusal', care_day_refusal(b),
        'kept', (select json_build_object('id', d.id, 'sealed', d.sealed, 'rules', d.rules, 'outcome', d.outcome, 'stop', d.outcome = 'STOP', 'clearance', d.outcome = 'CLEARANCE',
                     'modify', d.outcome = 'MODIFY', 'proceed', d.outcome = 'PROCEED', 'by_client', d.who = 'client', 'moment', say_moment(d.checked_at, b.zone, l.country))
                 from care_day_of(b) d, location l where d.id is not null and l.id = b.location_id))
    $$;

-- p_who: client (the caller holds the booking's token) or therapist.
create or replace function care_day(p_id uuid, p_who text) returns json
    language sql stable
    as $$
    select care_day_document(b) from booking b
    where b.id = p_id and case p_who when 'client' then b.token_hash = auth.token_hash('app.booking') else booking_is_therapists(b) end
    $$;

-- The line in the history, without a word about health: that the visit may now be moved or cancelled without a fee.
create or replace function care_day_noted(p_id uuid) returns void
    language sql security definer set search_path = unknot, public, pg_temp
    as $$
    insert into booking_event (booking_id, at, who, via, what, to_state, to_start)
    select b.id, clock(), d.who, 'web', 'no_fee', b.state, b.starts_at
    from booking b cross join lateral care_day_of(b) d
    where b.id = p_id and d.outcome in ('CLEARANCE', 'STOP') and (b.token_hash = auth.token_hash('app.booking') or booking_is_therapists(b))
      and not exists (select from booking_event e where e.booking_id = b.id and e.what = 'no_fee' and e.to_start = b.starts_at)
    $$;

create or replace function care_day_save(p_id uuid, p_who text, p_row uuid, p_outcome text, p_rules text, p_sealed text) returns json
    language plpgsql
    as $$
declare
    b booking;
begin
    select * into b from booking
    where id = p_id and case p_who when 'client' then token_hash = auth.token_hash('app.booking') else booking_is_therapists(booking) end for update;
    if not found then
        return null;
    elsif care_day_refusal(b) is not null then
        return booking_problem(409, 'not-today', care_day_refusal(b), b.service_id, null);
    end if;
    insert into day_check (id, booking_id, starts_at, who, account_id, outcome, rules, sealed, checked_at)
    values (p_row, p_id, b.starts_at, p_who, case when p_who = 'therapist' then auth.account() end, p_outcome, p_rules, p_sealed, clock());
    perform care_day_noted(p_id);
    if p_who = 'client' and p_outcome = 'STOP' then
        perform booking_notify(p_id, 'day-stop', json_build_object('by', 'client'));
    end if;
    return care_day_document(b);
end $$;

grant execute on function care_day_refusal, care_day_of, care_day_line, care_day_waives, care_day_document, care_day, care_day_noted, care_day_save to unknot_web;
