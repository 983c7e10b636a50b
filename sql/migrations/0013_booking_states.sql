-- A request waits for the therapist's answer, a suggestion for the client's; a declined request was answered with no. In a file of their own: a new
-- value of an enum cannot be used before the transaction that adds it has ended.
alter type booking_state add value 'requested' after 'held';
alter type booking_state add value 'suggested' after 'requested';
alter type booking_state add value 'declined' after 'cancelled';
