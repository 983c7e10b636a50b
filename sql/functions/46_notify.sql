-- Who is told of what happens to a booking, in the transaction in which it happens.

-- p_event: confirmed, cancelled, …; p_more: what the booking's own document does not say (a link, the time it was moved from).
create or replace function booking_notify(p_id uuid, p_event text, p_more json default '{}') returns void
    language sql
    as $$
    insert into outbox (kind, recipient, data)
    select 'booking-' || p_event, b.client_email, (p_more::jsonb || jsonb_build_object('name', b.client_name, 'booking', booking_document(b.id)))::json
    from booking b where b.id = p_id and b.client_email is not null
    $$;

grant execute on function booking_notify to unknot_web, unknot_worker;
