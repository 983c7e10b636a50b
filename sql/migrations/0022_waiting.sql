-- Waiting lists: who waits for a time of one therapist, or of anybody near a place, and what was offered to whom.
create table waiting (
    id uuid primary key default gen_random_uuid(),
    key uuid not null unique,
    token_hash bytea not null unique check (length(token_hash) = 32),
    therapist_id int references therapist on delete cascade,
    service_id int references service on delete cascade,
    place text,
    lat float8,
    lon float8,
    km smallint check (km between 1 and 100),
    tag_id int references tag,
    minutes smallint check (minutes between 10 and 240),
    days smallint[] not null check (cardinality(days) between 1 and 7 and days <@ '{1,2,3,4,5,6,7}'),
    parts text[] not null check (cardinality(parts) between 1 and 3 and parts <@ '{morning,afternoon,evening}'),
    from_day date not null,
    until_day date not null,
    email text not null check (length(email) between 3 and 254),
    created_at timestamptz not null default now(),
    confirmed_at timestamptz,
    ended_at timestamptz,
    ended_why text check (ended_why in ('booked', 'left', 'over')),
    check (until_day between from_day and from_day + 60),
    check ((ended_at is null) = (ended_why is null)),
    check ((therapist_id is null) = (lat is not null) and (lat is null) = (lon is null) and (lat is null) = (km is null) and (lat is null) = (place is null)),
    check (therapist_id is not null or service_id is null)
);
comment on table waiting is 'who waits for a free time, with one therapist or with anybody near a place; written to only after the address was confirmed. Forgotten 30 days after it ended';
comment on column waiting.confirmed_at is 'when the address was proved: the place in the line';
create index waiting_therapist on waiting (therapist_id, confirmed_at) where ended_at is null;
create index waiting_email on waiting (lower(email)) where ended_at is null;
alter table waiting enable row level security;
alter table waiting force row level security;
create policy owner_all on waiting to unknot_owner using (true) with check (true);
create policy guest on waiting for select to unknot_web using (token_hash = (select auth.token_hash('app.booking')));
create policy guest_new on waiting for insert to unknot_web
    with check (confirmed_at is null and ended_at is null and token_hash = (select auth.token_hash('app.booking')));
create policy guest_change on waiting for update to unknot_web using (token_hash = (select auth.token_hash('app.booking')));
grant select, insert, update (confirmed_at, ended_at, ended_why) on waiting to unknot_web;

create table waiting_offer (
    waiting_id uuid not null references waiting on delete cascade,
    therapist_id int not null references therapist on delete cascade,
    starts_at timestamptz not null,
    offered_at timestamptz not null default now(),
    primary key (waiting_id, therapist_id, starts_at)
);
comment on table waiting_offer is 'what was offered, so that nobody is offered the same time twice';
create table waiting_look (
    therapist_id int primary key references therapist on delete cascade,
    due_at timestamptz not null
);
comment on table waiting_look is 'whose free times are to be held against the list, and when; a change of them makes it due at once';
create index waiting_look_due on waiting_look (due_at);
do $$
declare
    t text;
begin
    foreach t in array array['waiting_offer', 'waiting_look'] loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
        execute format('create policy owner_all on %I to unknot_owner using (true) with check (true)', t);
    end loop;
end $$;

alter table booking
    add column waiting_id uuid references waiting on delete set null,
    add column link_key uuid;
comment on column booking.waiting_id is 'the entry of the waiting list that this time was offered to';
comment on column booking.link_key is 'the key that the token was made from, where it is not the booking''s own: an offer has the token of its entry';
create index booking_waiting on booking (waiting_id) where waiting_id is not null;

alter table outbox add column waiting_id uuid references waiting on delete cascade;
alter table outbox drop constraint outbox_addressed,
    add constraint outbox_addressed check (booking_id is not null or waiting_id is not null or recipient is not null or state in ('sent', 'dropped'));

alter table therapist add column waiting_list boolean not null default true;
comment on column therapist.waiting_list is 'whether people may wait for a time, and times that become free are offered to them first';
grant update (waiting_list) on therapist to unknot_web;
