-- The whole life of a booking: requests and their answers, the terms of cancelling and moving as they were when it was booked, times that a therapist
-- blocks, and what happened to it, by whom.

-- --- Terms and requests

alter table booking
    add column mode text not null default 'instant' check (mode in ('instant', 'request')),
    add column answer_hours smallint not null default 24,
    add column cancel_notice int not null default 1440,
    add column cancel_fee int not null default 0,
    add column move_notice int not null default 1440,
    add column move_fee int not null default 0,
    add column owed int not null default 0 check (owed >= 0),
    add column made_by text not null default 'client' check (made_by in ('client', 'therapist')),
    add column link_sent boolean not null default false,
    add column client_phone text check (length(client_phone) between 5 and 40),
    add column email_code bytea check (length(email_code) = 32),
    add column requested_at timestamptz,
    add column declined_why text check (length(declined_why) between 1 and 500),
    add column suggested_start timestamptz,
    add column suggested_location int references location;
comment on column booking.hold_expires is 'until when the time is kept: of a hold, of a request for the therapist''s answer, of a suggestion for the client''s';
comment on column booking.cancel_notice is 'this and the next three, mode and answer_hours are the service''s at the time of booking; see service';
comment on column booking.owed is 'what is owed to the therapist for late changes, minor units of currency; told, never charged here';
comment on column booking.made_by is 'therapist: booked for a client, who answers the safety check by the secret link (link_sent) or when the therapist asks';
comment on column booking.email_code is 'hash of what proves that the client reads the address; only where requests wait for that';

alter table booking drop constraint booking_needs_passed_safety, drop column safety_ok;
alter table booking add column safety_ok boolean generated always as
    (case when state in ('requested', 'suggested', 'confirmed', 'attended', 'no_show') then true end) stored;
alter table booking add constraint booking_needs_passed_safety
    foreign key (safety_id, id, safety_ok) references safety_check (id, booking_id, passed) deferrable initially deferred;

do $$
declare
    c text;
begin
    -- the two checks that name states, by what they say: the first migration gave them no names
    for c in select conname from pg_constraint where conrelid = 'booking'::regclass and contype = 'c'
             and (pg_get_constraintdef(oid) like '%hold_expires%' or pg_get_constraintdef(oid) like '%reference IS NOT NULL%') loop
        execute format('alter table booking drop constraint %I', c);
    end loop;
end $$;
alter table booking
    add constraint booking_is_kept_until check ((state in ('held', 'requested', 'suggested')) = (hold_expires is not null)),
    add constraint booking_is_complete check (state not in ('requested', 'suggested', 'confirmed', 'attended', 'no_show')
        or (safety_id is not null and reference is not null and client_name is not null and (client_email is not null or client_phone is not null))),
    add constraint booking_suggests_a_time check ((state = 'suggested') = (suggested_start is not null) and (suggested_start is null) = (suggested_location is null));
drop index booking_expiry;
create index booking_expiry on booking (hold_expires) where hold_expires is not null;

drop policy guest_gone on booking;
create policy guest_gone on booking for delete to unknot_web
    using (state in ('held', 'expired') and requested_at is null and token_hash = (select auth.token_hash('app.booking')));
-- A therapist sees what is booked or asked for, and what was booked for a client; not what somebody else only holds.
drop policy therapist_reads on booking;
create policy therapist_reads on booking for select to unknot_web
    using (therapist_id = (select auth.therapist()) and (confirmed_at is not null or requested_at is not null or made_by = 'therapist'));
drop policy therapist_moves on booking;
create policy therapist_moves on booking for update to unknot_web
    using (therapist_id = (select auth.therapist()) and (confirmed_at is not null or requested_at is not null or made_by = 'therapist'));
grant update (owed, link_sent, client_phone, email_code, requested_at, declined_why) on booking to unknot_web;

-- --- Times that a therapist blocks

create table block (
    id uuid primary key default gen_random_uuid(),
    therapist_id int not null references therapist on delete cascade,
    starts_at timestamptz not null,
    ends_at timestamptz not null,
    note text not null default '' check (length(note) <= 200),
    created_at timestamptz not null default now(),
    check (ends_at > starts_at and ends_at <= starts_at + interval '24 hours')
);
comment on table block is 'a time without a visit that is taken all the same; its claim is what keeps it, so it can overlap no booking';
create index block_therapist on block (therapist_id, starts_at);
alter table block enable row level security;
alter table block force row level security;
create policy owner_all on block to unknot_owner using (true) with check (true);
create policy therapist_all on block to unknot_web using (therapist_id = (select auth.therapist())) with check (therapist_id = (select auth.therapist()));
grant select, insert, delete, update (starts_at, ends_at, note) on block to unknot_web;

alter table slot_claim drop constraint slot_claim_pkey;
alter table slot_claim
    alter column booking_id drop not null,
    add column use text not null default 'visit' check (use in ('visit', 'suggestion', 'block')),
    add column block_id uuid references block on delete cascade deferrable initially deferred,
    add column id bigint generated always as identity primary key,
    add check ((use = 'block') = (block_id is not null) and (use = 'block') = (booking_id is null));
create unique index slot_claim_booking on slot_claim (booking_id, use);
create unique index slot_claim_block on slot_claim (block_id) where block_id is not null;
comment on column slot_claim.use is 'suggestion: what a suggested time takes beyond the time that was asked for';
comment on table slot_claim is 'one row per kept time, buffers included: held, asked for, suggested, booked, visited or blocked; changed by the functions of 40_booking and 41_booking_change alone';

-- --- What happened

create table booking_event (
    id bigint generated always as identity primary key,
    booking_id uuid not null references booking on delete cascade,
    at timestamptz not null,
    who text not null check (who in ('client', 'therapist', 'operator', 'worker')),
    via text not null check (via in ('web', 'api', 'link', 'worker')),
    what text not null,
    from_state booking_state,
    to_state booking_state not null,
    from_start timestamptz,
    to_start timestamptz not null,
    fee int not null default 0
);
comment on table booking_event is 'each change of a booking, written by a trigger and by nothing else; no personal data. It goes when the booking goes';
comment on column booking_event.via is 'web: pages of the site; link: the client''s own page of the booking; api: JSON; worker: by the clock';
create index booking_event_booking on booking_event (booking_id, id);
alter table booking_event enable row level security;
alter table booking_event force row level security;
create policy owner_all on booking_event to unknot_owner using (true) with check (true);
-- who sees the booking sees what happened to it
create policy readers on booking_event for select to unknot_web using (exists (select from booking b where b.id = booking_id));
grant select on booking_event to unknot_web;
