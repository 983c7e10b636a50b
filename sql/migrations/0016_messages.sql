-- Messages: what is owed to whom and how sending went; when people are reminded; how often a visit was changed.

-- A row about a booking holds no name, address or link: they are read when it is sent.
alter table outbox
    alter column recipient drop not null,
    add column booking_id uuid references booking on delete cascade,
    add column audience text not null default 'client' check (audience in ('client', 'therapist')),
    add column channel text not null default 'mail' check (channel in ('mail', 'hook')),
    add column reason text,
    add column tried_at timestamptz,
    drop constraint outbox_state_check,
    add constraint outbox_state_check check (state in ('waiting', 'sent', 'dead', 'dropped')),
    add constraint outbox_addressed check (booking_id is not null or recipient is not null or state in ('sent', 'dropped'));
comment on column outbox.due_at is 'when it is tried next; while it is being sent, when another worker may take it up';
comment on column outbox.reason is 'the class of the last failure, or why it was dropped; never a server''s own words, which may repeat an address';
comment on column outbox.state is 'dead: given up, the operator decides; dropped: no longer of use, or by the operator';
create index outbox_booking on outbox (booking_id) where booking_id is not null;
create index outbox_stuck on outbox (created_at) where state in ('waiting', 'dead');

create table outbox_attempt (
    outbox_id uuid not null references outbox on delete cascade,
    n smallint not null,
    at timestamptz not null,
    result text not null,
    primary key (outbox_id, n)
);
comment on column outbox_attempt.result is 'sent, the class of the failure, or begun: the worker ended before it knew';
alter table outbox_attempt enable row level security;
alter table outbox_attempt force row level security;
create policy owner_all on outbox_attempt to unknot_owner using (true) with check (true);
-- the worker takes and marks through functions: it reads no addresses but of what it is about to send
drop policy worker_all on outbox;
revoke select, update, delete on outbox from unknot_worker;

create table outbox_channel (
    channel text primary key check (channel in ('mail', 'hook')),
    used boolean not null
);
comment on table outbox_channel is 'what the worker is configured to send, so that nothing is owed that nobody will send';
insert into outbox_channel values ('mail', true), ('hook', false);
grant select on outbox_channel to unknot_web;

alter table booking
    add column reminders int[] not null default '{1440}',
    add column sequence int not null default 0,
    add column changed_at timestamptz,
    add constraint booking_reminders check (cardinality(reminders) <= 2 and reminders <@ '{120,1440,2880,4320,10080}');
comment on column booking.reminders is 'minutes before the visit at which the client is reminded; two at most';
comment on column booking.sequence is 'how often time, place or standing changed since it was made: SEQUENCE of its calendar entry';
comment on column booking.changed_at is 'when it was last moved';
grant update (reminders) on booking to unknot_web;
create index booking_coming on booking (starts_at) where state = 'confirmed';

create table reminder_done (
    booking_id uuid not null references booking on delete cascade,
    minutes int not null,
    starts_at timestamptz not null,
    primary key (booking_id, minutes, starts_at)
);
comment on table reminder_done is 'reminders that were handed to the outbox, for the start they were about: a visit that moves is reminded of anew';
