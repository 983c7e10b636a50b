-- What a page shows, a form saves or the worker forgets is found without reading a whole table, however many therapists, visits and years there are.

-- all services of a therapist, also those that are no longer offered
drop index service_therapist;
create index service_therapist on service (therapist_id);
-- what was agreed before a visit, also what was replaced since
create index consent_booking on consent (booking_id);
-- places that cannot be booked for want of a licence
create index location_bookable on location (bookable_until);
-- the checks of a credential
create index audit_credential on audit (object) where action = 'credential.checked';
-- training about a specialism: who has it is listed anew when it is changed
create index credential_specialism on credential (specialism_id) where specialism_id is not null;
create index account_operator on account (id) where role = 'operator';

-- messages that wait or were given up, and those that were sent or dropped: each by itself
drop index outbox_stuck;
create index outbox_stuck on outbox (state, created_at) where state in ('waiting', 'dead');
drop index outbox_over;
create index outbox_over on outbox (state, created_at) where state in ('sent', 'dropped');

-- Who deletes a row is asked whether others refer to it: a place, an entry of a waiting list, a version of a profile, a client, an account.
alter table booking drop constraint booking_suggested_location_fkey,
    add constraint booking_suggested_location_fkey foreign key (suggested_location, therapist_id) references location (id, therapist_id); -- found by the therapist
create index room_premises on room (premises_id);
create index service_location_location on service_location (location_id);
create index outbox_entry on outbox (waiting_id) where waiting_id is not null;
create index profile_version_undoes on profile_version (undoes) where undoes is not null;
drop index client_block_client;
create unique index client_block_client on client_block (client_id, therapist_id) where client_id is not null;
create index client_block_account on client_block (account_id) where account_id is not null;
create index profile_version_account on profile_version (account_id) where account_id is not null;
create index visit_message_account on visit_message (account_id) where account_id is not null;
create index clearance_account on clearance (account_id) where account_id is not null;
create index session_note_account on session_note (account_id) where account_id is not null;
create index home_plan_account on home_plan (account_id) where account_id is not null;
create index day_check_account on day_check (account_id) where account_id is not null;
