-- What the worker asks for round by round is found without reading all bookings there ever were.

-- the visits of one client with one therapist, by the address that mail goes to
create index booking_client_past on booking (therapist_id, lower(client_email), ends_at) where state in ('confirmed', 'attended');
-- what a time that was never booked left behind: booking_forget()
create index booking_to_forget on booking (ended_at)
    where confirmed_at is null and state in ('expired', 'cancelled', 'declined')
      and (client_name is not null or safety_draft is not null or safety_id is not null or home_street is not null);
