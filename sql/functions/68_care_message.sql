-- Questions about a visit: the therapist asks, the client answers on the page behind the secret link. Until a week after the visit, and 40 in all.

create or replace function care_message_refusal(b booking, p_who text) returns text
    language plpgsql stable
    as $$
begin
    return case when b.state not in ('requested', 'suggested', 'confirmed', 'attended') or booking_lapses(b) or b.ends_at < clock() - interval '7 days' then 'Questions belong to a visit to come, or to one a week ago at most.'
                when (select count(*) >= 40 from visit_message where booking_id = b.id) then 'There are 40 messages already. Call each other instead.'
                when p_who = 'therapist' and b.client_email is null then 'There is no e-mail address to write to. Call the client instead.'
                when p_who = 'client' and not exists (select from visit_message where booking_id = b.id and who = 'therapist') and not exists (select from day_check where booking_id = b.id) then 'Nothing was asked.' end;
end $$;

-- For both sides: [{"id","sealed","own","moment","name"}], the oldest first.
create or replace function care_messages(b booking, p_reader text) returns json
    language plpgsql stable
    as $$
begin
    return (
        select coalesce(json_agg(json_build_object('id', m.id, 'sealed', m.sealed, 'own', m.who = p_reader, 'at', rfc3339(m.sent_at), 'moment', say_moment(m.sent_at, b.zone, l.country),
            'name', case when m.who = p_reader then 'You' when m.who = 'therapist' then booking_therapist(b.therapist_id) ->> 'name' else b.client_name end) order by m.sent_at, m.id), '[]')
        from visit_message m join location l on l.id = b.location_id where m.booking_id = b.id);
end $$;

-- The caller's own booking: as its client, or else as its therapist. p_id is of the message, by which it is sealed.
create or replace function care_message_send(p_booking uuid, p_id uuid, p_sealed text) returns json
    language plpgsql
    as $$
declare
    b booking;
    role text;
begin
    select * into b from booking where id = p_booking and booking_is_callers(booking) for update;
    if not found then
        return null;
    end if;
    role := case when b.token_hash = auth.token_hash('app.booking') then 'client' else 'therapist' end;
    if care_message_refusal(b, role) is not null then
        return booking_problem(409, 'no-message-now', care_message_refusal(b, role), b.service_id, null);
    end if;
    insert into visit_message (id, booking_id, who, account_id, sealed, sent_at)
    values (p_id, p_booking, role, case when role = 'therapist' then auth.account() end, p_sealed, clock());
    perform booking_notify(p_booking, case role when 'therapist' then 'question' else 'answer' end, json_build_object('by', role));
    return json_build_object('id', p_id);
end $$;

grant execute on function care_message_refusal, care_messages, care_message_send to unknot_web;
