-- A CLEARANCE and what lifts it: the time that is kept while a clinician is asked, the answer that the client sends, the call that the therapist records.
-- Invoker's rights: row-level security says whose they are. A STOP is lifted by none of this: the program judges, here are only dates and sealed words.

-- Until when a held time can be kept; null: it cannot.
create or replace function clearance_until(b booking) returns timestamptz
    language plpgsql stable
    as $$
begin
    return (select x.until from service s, lateral (select least(clock() + make_interval(hours => s.clearance_hours), b.starts_at - interval '1 hour') as until) x
            where s.id = b.service_id and s.clearance_hours > 0 and b.state = 'held' and b.hold_expires > clock() and b.made_by = 'client' and b.series_id is null
              and b.clearance_asked is null and x.until > b.hold_expires);
end $$;

create or replace function clearance_open(b booking) returns boolean
    language sql stable
    as $$ select b.state in ('requested', 'suggested', 'confirmed') or b.state = 'held' and b.hold_expires > clock() $$;

-- For whoever sees the booking; null once it is over.
create or replace function clearance_json(b booking, p_country text) returns json
    language plpgsql stable
    as $$
declare
    until constant timestamptz := clearance_until(b);
    items json := '[]';
begin
    if not clearance_open(b) then
        return null;
    end if;
    if exists (select from clearance c where c.booking_id = b.id) then -- few have any
        items := (select coalesce(json_agg(json_build_object('id', c.id, 'note', c.kind = 'note', 'call', c.kind = 'call', 'ending', upper(c.ending), 'day', say_date_full(c.dated, p_country),
                      'moment', say_moment(c.made_at, b.zone, p_country)) order by c.made_at, c.id), '[]') from clearance c where c.booking_id = b.id);
    end if;
    return json_build_object('asked', b.state = 'held' and b.clearance_asked is not null, 'was_booked', coalesce(b.confirmed_at, b.requested_at) is not null,
        'can_keep', until is not null, 'until', say_moment(until, b.zone, p_country), 'can_send', b.clearance_asked is not null or b.safety_id is not null,
        'has_items', json_array_length(items) > 0, 'items', items);
end $$;

create or replace function clearance_keep(p_id uuid) returns json
    language plpgsql
    as $$
begin
    update booking b set hold_expires = clearance_until(b), hold_extended = true, clearance_asked = clock()
    where b.id = p_id and b.token_hash = auth.token_hash('app.booking') and b.safety_id is null and clearance_until(b) is not null;
    return booking_document(p_id);
end $$;

-- The day at the place of a visit that is still to come; null when there is none, or it has ten papers already.
create or replace function clearance_day(p_id uuid) returns date
    language plpgsql stable
    as $$
declare
    b booking;
begin
    select * into b from booking x where x.id = p_id;
    if b.id is null or not clearance_open(b) or (select count(*) >= 10 from clearance c where c.booking_id = p_id) then
        return null;
    end if;
    return local_day(clock(), b.zone);
end $$;

create or replace function clearance_refused(p_dated date, p_today date) returns json
    language sql stable
    as $$
    select case when p_today is null then json_build_object('problem', true, 'field', null, 'title', 'Nothing more can be added to this visit')
                when p_dated > p_today then json_build_object('problem', true, 'field', 'dated', 'title', 'Enter a day that is not in the future')
                when p_dated < p_today - 365 then json_build_object('problem', true, 'field', 'dated', 'title', 'Enter a day of the past year') end
    $$;

-- What the client sends; its file follows in pieces. → {"problem","field","title"} or the booking's document.
create or replace function clearance_note(p_id uuid, p_note uuid, p_dated date, p_sealed text, p_ending text, p_pieces int) returns json
    language plpgsql
    as $$
declare
    refused json;
begin
    perform from booking where id = p_id and token_hash = auth.token_hash('app.booking');
    if not found then
        return null;
    end if;
    refused := clearance_refused(p_dated, clearance_day(p_id));
    if refused is not null then
        return refused;
    end if;
    insert into clearance (id, booking_id, kind, dated, sealed, ending, pieces, made_at) values (p_note, p_id, 'note', p_dated, p_sealed, p_ending, p_pieces, clock());
    return booking_document(p_id);
end $$;

create or replace function clearance_piece_put(p_note uuid, p_n int, p_sealed text) returns boolean
    language plpgsql
    as $$
begin
    insert into clearance_piece (clearance_id, n, sealed)
    select c.id, p_n, p_sealed from clearance c join booking b on b.id = c.booking_id
    where c.id = p_note and c.kind = 'note' and b.token_hash = auth.token_hash('app.booking');
    return case when found then true end;
end $$;

create or replace function clearance_call(p_id uuid, p_call uuid, p_dated date, p_sealed text) returns json
    language plpgsql
    as $$
declare
    refused json;
begin
    perform from booking where id = p_id and booking_is_therapists(booking);
    if not found then
        return null;
    end if;
    refused := clearance_refused(p_dated, clearance_day(p_id));
    if refused is not null then
        return refused;
    end if;
    insert into clearance (id, booking_id, kind, dated, sealed, account_id, made_at) values (p_call, p_id, 'call', p_dated, p_sealed, auth.account(), clock());
    perform booking_notify(p_id, 'call', '{"by":"therapist"}');
    return booking_document(p_id);
end $$;

-- One of them, of this booking, for its client or its therapist.
create or replace function clearance_read(p_id uuid, p_item uuid) returns json
    language sql stable
    as $$
    select json_build_object('kind', c.kind, 'ending', c.ending, 'pieces', c.pieces, 'sealed', c.sealed, 'dated', c.dated)
    from clearance c join booking b on b.id = c.booking_id
    where c.id = p_item and c.booking_id = p_id and (b.token_hash = auth.token_hash('app.booking') or booking_is_therapists(b))
    $$;

create or replace function clearance_piece_read(p_item uuid, p_n int) returns text
    language sql stable
    as $$
    select p.sealed from clearance_piece p join clearance c on c.id = p.clearance_id join booking b on b.id = c.booking_id
    where p.clearance_id = p_item and p.n = p_n and booking_is_callers(b)
    $$;

-- For the therapist's page: what is kept of each, sealed.
create or replace function practice_clearance(p_id uuid) returns json
    language sql stable
    as $$
    select json_build_object('booking', booking_document(b.id), 'visit', practice_visit(b), 'can_record', clearance_open(b), 'today', local_day(clock(), b.zone),
        'sealed', (select coalesce(json_agg(json_build_object('id', c.id, 'sealed', c.sealed) order by c.made_at, c.id), '[]') from clearance c where c.booking_id = b.id))
    from booking b where b.id = p_id and booking_is_therapists(b)
    $$;

grant execute on function clearance_until, clearance_open, clearance_json, clearance_keep, clearance_day, clearance_refused, clearance_note, clearance_piece_put, clearance_call, clearance_read,
    clearance_piece_read, practice_clearance to unknot_web;
