-- How it goes: the questions after a visit and the look back over several, the line made of them, and which visits are one course. Values come and go sealed.

-- Visits of one client that were booked together, or one from the page of another: who holds one proved to hold the one before.
create or replace function care_course(b booking) returns uuid
    language sql stable parallel safe
    as $$ select coalesce(b.course_id, b.series_id, b.id) $$;

-- The guest of a held booking also holds p_old (its token is p_token): the two are one course. Called when another visit is taken from the page of one.
create or replace function care_course_join(p_new uuid, p_old uuid, p_token text) returns json
    language sql security definer set search_path = unknot, public, pg_temp
    as $$
    update booking n set course_id = care_course(o) from booking o
    where n.id = p_new and n.token_hash = auth.token_hash('app.booking') and n.state = 'held' and n.course_id is null and n.series_id is null
      and o.id = p_old and o.token_hash = sha256(convert_to(p_token, 'UTF8')) and o.therapist_id = n.therapist_id;
    select json_build_object('joined', true)
    $$;

-- It took place: its therapist said so, or it is over for a day and nobody said otherwise. What went wrong must not stay unasked because somebody forgot to
-- press a button, least of all the one whom the answer is about.
create or replace function care_took_place(b booking) returns boolean
    language sql stable
    as $$ select b.state = 'attended' or b.state = 'confirmed' and b.ends_at <= clock() - interval '1 day' $$;

-- The client agreed that answers are kept and read by the therapist, in words that name the questions after visits, and has not taken it back.
create or replace function care_agreed(b booking) returns boolean
    language sql stable
    as $$
    select exists (select from consent c join consent_text t on t.id = c.text_id
                   where c.booking_id = booking_lead(b) and c.purpose = 'health_data' and c.withdrawn_at is null and t.names_after)
    $$;

-- Why nothing can be answered now; null: it can.
create or replace function outcome_refusal(b booking, p_kind text) returns text
    language plpgsql stable
    as $$
begin
    return case when b.state not in ('confirmed', 'attended') then 'These questions belong to a visit that took place.'
                when b.ends_at > clock() then 'These questions come after the visit.'
                when not care_agreed(b) then 'You did not agree that answers to these questions are kept, or took it back. So we ask nothing here.'
                when p_kind = 'after' and b.ends_at <= clock() - interval '30 days' then 'These questions were about the days after the visit, and those are over.'
                when b.ends_at <= clock() - interval '1 year' then 'This visit is too long ago.' end;
end $$;

-- The incident of a visit, as its client and its therapist see that there is one.
create or replace function incident_json(b booking) returns json
    language sql stable
    as $$
    select json_build_object('id', i.id, 'opened', say_moment(i.opened_at, b.zone, l.country), 'is_open', i.closed_at is null, 'closed', say_moment(i.closed_at, b.zone, l.country),
        'by', (select a.name from account a where a.id = i.closed_by), 'sealed', i.sealed)
    from incident i join location l on l.id = b.location_id where i.booking_id = b.id
    $$;

-- What was answered about one visit, newest last: {"booking","refusal","kept","incident"}.
create or replace function outcome_after(p_id uuid) returns json
    language sql stable
    as $$
    select json_build_object('booking', booking_document(b.id), 'refusal', outcome_refusal(b, 'after'),
        'kept', (select json_build_object('id', o.id, 'sealed', o.sealed, 'moment', say_moment(o.answered_at, b.zone, l.country)) from outcome o
                 where o.booking_id = b.id and o.kind = 'after' order by o.answered_at desc, o.id limit 1),
        'incident', incident_json(b))
    from booking b join location l on l.id = b.location_id where b.id = p_id and b.token_hash = auth.token_hash('app.booking')
    $$;

-- Opens the incident of this visit, once, and tells the therapist.
create or replace function incident_begin(p_id uuid) returns void
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    opened uuid;
begin
    insert into incident (booking_id, therapist_id, opened_at)
    select b.id, b.therapist_id, clock() from booking b where b.id = p_id and b.token_hash = auth.token_hash('app.booking') and outcome_refusal(b, 'after') is null
    on conflict do nothing returning id into opened;
    if opened is not null then
        perform booking_notify(p_id, 'incident', json_build_object('by', 'client'));
    end if;
end $$;

-- p_kind: after or review; p_care: medical care was needed.
create or replace function outcome_save(p_id uuid, p_row uuid, p_kind text, p_sealed text, p_care boolean) returns json
    language plpgsql
    as $$
declare
    b booking;
begin
    select * into b from booking where id = p_id and token_hash = auth.token_hash('app.booking') for update;
    if not found then
        return null;
    elsif outcome_refusal(b, p_kind) is not null then
        return booking_problem(409, 'not-now', outcome_refusal(b, p_kind), b.service_id, null);
    end if;
    insert into outcome (id, booking_id, kind, sealed, answered_at) values (p_row, p_id, p_kind, p_sealed, clock());
    if p_care then
        perform incident_begin(p_id);
    end if;
    return json_build_object('booking', booking_document(p_id), 'saved', true);
end $$;

-- --- The line

-- All that the line of a course is made of, oldest first, each with the booking whose key opens it: the forms (intake), the questions of the day (day), those
-- after a visit and the looks back. Only of visits whose client agrees to it now; of many visits the first and the last ones.
create or replace function outcome_parts(b booking) returns table (at timestamptz, part json)
    language sql stable
    as $$
    with visit as materialized (
        select o.id, o.series_id, o.safety_id, o.zone, o.location_id, row_number() over (order by o.starts_at) as first, row_number() over (order by o.starts_at desc) as last
        from booking o
        where o.therapist_id = b.therapist_id and (o.id = care_course(b) or o.series_id = care_course(b) or o.course_id = care_course(b))
          and o.state in ('requested', 'suggested', 'confirmed', 'attended', 'no_show') and care_agreed(o)
    ), near as (select * from visit where first = 1 or last <= 15)
    select c.checked_at, json_build_object('kind', 'intake', 'booking', n.id, 'row', n.id, 'day', local_day(c.checked_at, n.zone), 'said', say_date(local_day(c.checked_at, n.zone), l.country), 'rules', c.rules, 'sealed', c.sealed)
    from near n join safety_check c on c.id = n.safety_id join location l on l.id = n.location_id where c.sealed is not null and (n.series_id is null or n.series_id = n.id)
    union all
    select d.checked_at, json_build_object('kind', 'day', 'booking', n.id, 'row', d.id, 'day', local_day(d.checked_at, n.zone), 'said', say_date(local_day(d.checked_at, n.zone), l.country), 'rules', d.rules, 'sealed', d.sealed)
    from near n join day_check d on d.booking_id = n.id join location l on l.id = n.location_id where d.sealed is not null
    union all
    select o.answered_at, json_build_object('kind', o.kind, 'booking', n.id, 'row', o.id, 'day', local_day(o.answered_at, n.zone), 'said', say_date(local_day(o.answered_at, n.zone), l.country), 'sealed', o.sealed)
    from near n join outcome o on o.booking_id = n.id join location l on l.id = n.location_id
    $$;

-- Incidents of the course, for its therapist: of this visit and of earlier ones, the newest first.
create or replace function incidents_json(b booking) returns json
    language plpgsql stable
    as $$
begin
    return (
        select coalesce(json_agg((incident_json(o)::jsonb || jsonb_build_object('booking', o.id, 'day', say_date_full(local_day(o.starts_at, o.zone), l.country), 'this', o.id = b.id))::json order by i.opened_at desc), '[]')
        from incident i join booking o on o.id = i.booking_id join location l on l.id = o.location_id
        where o.therapist_id = b.therapist_id and (o.id = b.id or care_course(o) = care_course(b)) and i.therapist_id = b.therapist_id);
end $$;

-- p_who: client (the caller holds the booking's token) or therapist. Sees visits of the course that have tokens of their own.
create or replace function outcome_line(p_id uuid, p_who text) returns json
    language plpgsql stable security definer set search_path = unknot, public, pg_temp
    as $$
begin
    return (select json_build_object('booking', booking_document(b.id), 'today', local_day(clock(), b.zone), 'agreed', care_agreed(b), 'refusal', outcome_refusal(b, 'review'),
                'parts', (select coalesce(json_agg(p.part order by p.at), '[]') from outcome_parts(b) p),
                'incidents', case p_who when 'therapist' then incidents_json(b) else '[]' end)
            from booking b where b.id = p_id and case p_who when 'client' then b.token_hash = auth.token_hash('app.booking') else booking_is_therapists(b) end);
end $$;

-- --- Incidents

create or replace function incident_close(p_id uuid, p_incident uuid, p_sealed text) returns json
    language plpgsql
    as $$
declare
    b booking;
begin
    select * into b from booking where id = p_id and booking_is_therapists(booking) for update;
    if not found or not exists (select from incident where id = p_incident and booking_id = p_id) then
        return null;
    end if;
    update incident set closed_at = clock(), closed_by = auth.account(), sealed = p_sealed where id = p_incident and closed_at is null;
    if not found then
        return booking_problem(409, 'closed', 'This was closed already.', b.service_id, null);
    end if;
    insert into audit (account_id, action, object) values (auth.account(), 'incident.closed', p_incident::text);
    return json_build_object('closed', true);
end $$;

create or replace function operator_open_incidents() returns bigint
    language sql stable security definer set search_path = unknot, public, pg_temp
    as $$ select count(*) from incident where closed_at is null having auth.is_operator() $$;

-- For the operator: that something is to be looked into, since when, with which therapist; nothing of the client and nothing of what it was.
create or replace function operator_incidents() returns json
    language sql stable security definer set search_path = unknot, public, pg_temp
    as $$
    select json_build_object('open', (select count(*) from incident where closed_at is null),
        'incidents', (select coalesce(json_agg(json_build_object('id', x.id, 'opened', say_moment_site(x.opened_at), 'closed', say_moment_site(x.closed_at),
                'is_open', x.closed_at is null, 'late', x.closed_at is null and x.opened_at < clock() - interval '7 days', 'since', case extract(day from clock() - x.opened_at)::int when 0 then 'Open since today' when 1 then 'Open for 1 day' else 'Open for ' || extract(day from clock() - x.opened_at)::int || ' days' end,
                'therapist', json_build_object('name', t.name, 'slug', t.slug, 'listed', t.published, 'email', a.email)) order by x.closed_at is not null, x.opened_at), '[]')
            from (select * from incident where closed_at is null or closed_at > clock() - interval '90 days' order by closed_at is not null, opened_at limit 200) x
            join therapist t on t.id = x.therapist_id left join account a on a.id = t.account_id))
    where auth.is_operator()
    $$;

grant execute on function care_course, care_course_join, care_took_place, care_agreed, outcome_refusal, incident_json, outcome_after, incident_begin, outcome_save, incidents_json,
    outcome_line, incident_close, operator_open_incidents, operator_incidents to unknot_web;
