-- Before the visit: all that a therapist needs on one page. What the client answered is sealed; the program opens it for the page.

create or replace function care_before(p_id uuid) returns json
    language plpgsql stable
    as $$
begin
    return (
        select (practice_booking(b.id)::jsonb || jsonb_build_object(
            'messages', care_messages(b, 'therapist')::jsonb, 'message_refusal', care_message_refusal(b, 'therapist'), 'update', reopen_json(b), 'shares', form_shared(b)))::json
        from booking b where b.id = p_id and booking_is_therapists(b));
end $$;

grant execute on function care_before to unknot_web;
