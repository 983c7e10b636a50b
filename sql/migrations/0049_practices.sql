-- A practice: several therapists with one front desk. It has places that its therapists share, and rooms in them.

-- --- Who belongs to it

alter table account
    drop constraint account_role_check,
    add constraint account_role_check check (role in ('client', 'therapist', 'operator', 'desk'));
comment on column account.role is 'desk: the front desk of a practice, without a profile; it sees no health answers';

create table practice (
    id int generated always as identity primary key,
    name text not null check (length(name) between 1 and 120),
    created_at timestamptz not null default now()
);
create table practice_member (
    account_id uuid primary key references account on delete cascade,
    practice_id int not null references practice on delete cascade,
    role text not null check (role in ('owner', 'therapist', 'desk')),
    joined_at timestamptz not null default now()
);
comment on table practice_member is 'who joined by themself; an account belongs to one practice at most. An owner is a therapist who also looks after the practice';
create index practice_member_practice on practice_member (practice_id);

create table practice_invitation (
    id uuid primary key default gen_random_uuid(),
    practice_id int not null references practice on delete cascade,
    email text not null check (length(email) between 3 and 254),
    role text not null check (role in ('therapist', 'desk')),
    key uuid not null unique,
    token_hash bytea not null unique check (length(token_hash) = 32),
    invited_by uuid references account on delete set null,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    ended_at timestamptz,
    ended_why text check (ended_why in ('accepted', 'declined', 'withdrawn')),
    check ((ended_at is null) = (ended_why is null))
);
comment on table practice_invitation is 'a link by mail that works once; its token is made from the key and the master key, so that this table alone opens nothing';
create index practice_invitation_practice on practice_invitation (practice_id);

alter table outbox
    add column invitation_id uuid references practice_invitation on delete cascade,
    drop constraint outbox_addressed,
    add constraint outbox_addressed
        check (coalesce(booking_id, waiting_id, mail_link_id, account_id, invitation_id) is not null or recipient is not null or state in ('sent', 'dropped'));
create index outbox_invitation on outbox (invitation_id) where invitation_id is not null;

-- --- Shared places

create table premises (
    id int generated always as identity primary key,
    practice_id int not null references practice on delete cascade,
    name text not null default '' check (length(name) <= 120),
    street text not null check (length(street) between 1 and 200),
    town text not null check (length(town) between 1 and 120),
    region text not null default '' check (length(region) <= 60),
    postcode text not null default '' check (length(postcode) <= 20),
    country text not null check (country ~ '^[A-Z]{2}$'),
    lat float8 not null check (lat between -85 and 85),
    lon float8 not null check (lon between -180 and 180),
    zone text not null,
    access text not null default '' check (length(access) <= 400)
);
comment on table premises is 'a place that several therapists of a practice use: its address is kept here, and the location of each of them has it from here';
create index premises_practice on premises (practice_id);
alter table location add column premises_id int references premises on delete set null;
comment on column location.premises_id is 'the place of a practice that this is; name, address, zone and way in are then those of premises';
create unique index location_premises on location (premises_id, therapist_id) where premises_id is not null;

-- --- Rooms

create table room (
    id int generated always as identity primary key,
    premises_id int not null references premises on delete cascade,
    name text not null check (length(name) between 1 and 60),
    position smallint not null default 0,
    retired_at timestamptz
);
create unique index room_name on room (premises_id, lower(name)) where retired_at is null;
create table service_room (
    service_id int not null,
    room_id int not null references room on delete cascade,
    therapist_id int not null,
    primary key (service_id, room_id),
    foreign key (service_id, therapist_id) references service (id, therapist_id) on delete cascade
);
comment on table service_room is 'the rooms in any of which a service can be given; at a place of a practice it then needs one of those that are there';
create index service_room_room on service_room (room_id);
create index service_room_therapist on service_room (therapist_id);
alter table service add column needs_room boolean not null default false;
comment on column service.needs_room is 'it has rows in service_room; written by their trigger';

-- Like a therapist, a room has one visit at a time, buffers included.
alter table slot_claim
    add column room_id int,
    add constraint slot_claim_room_no_overlap exclude using gist (room_id with =, blocked with &&) where (room_id is not null);
alter table listing_due add column rooms int;
comment on column listing_due.rooms is 'the practice whose rooms this therapist uses: then its therapists share one lock (see listing_lock())';

-- --- Who sees what

create function auth.practice() returns int
    language plpgsql stable security definer set search_path = unknot, public, pg_temp
    as $$
begin
    return case when auth.token_hash('app.session') is not null then (select m.practice_id from practice_member m where m.account_id = auth.account()) end;
end $$;
comment on function auth.practice is 'the practice that the caller belongs to';

create function auth.desk() returns int
    language plpgsql stable security definer set search_path = unknot, public, pg_temp
    as $$
begin
    return case when auth.token_hash('app.session') is not null then
        (select m.practice_id from practice_member m where m.account_id = auth.account() and m.role in ('owner', 'desk')) end;
end $$;
comment on function auth.desk is 'the practice whose front desk the caller works at';

create function auth.at_desk() returns boolean
    language plpgsql stable security definer set search_path = unknot, public, pg_temp
    as $$
begin
    return auth.token_hash('app.session') is not null and exists (select from account a where a.id = auth.account() and a.role = 'desk');
end $$;
comment on function auth.at_desk is 'the caller''s account is one of a front desk';

do $$
declare
    t text;
begin
    foreach t in array array['practice', 'practice_member', 'practice_invitation', 'premises', 'room', 'service_room'] loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
        execute format('create policy owner_all on %I to unknot_owner using (true) with check (true)', t);
    end loop;
    foreach t in array array['premises', 'room', 'service_room'] loop
        execute format('create policy all_read on %I for select to unknot_web using (true)', t);
    end loop;
end $$;
create policy members_read on practice for select to unknot_web using (id = (select auth.practice()));
create policy members_read on practice_member for select to unknot_web using (practice_id = (select auth.practice()));
grant select on practice, practice_member, premises, room, service_room to unknot_web;
grant execute on function auth.practice, auth.desk, auth.at_desk to unknot_web, unknot_worker;

-- A front desk may read questions aloud and write down what it hears, with the link of the client. Once the visit is booked it reads nothing of it again,
-- also not with that link: this goes before every policy that lets somebody see.
do $$
declare
    t text;
begin
    foreach t in array array['safety_check', 'own_answer', 'clearance', 'session_note', 'home_plan', 'visit_message', 'day_check', 'outcome', 'incident', 'reopening'] loop
        execute format('create policy desk_never on %I as restrictive for select to unknot_web
            using (not (select auth.at_desk()) or exists (select from booking b where b.id = booking_id and b.state = ''held'' and coalesce(b.confirmed_at, b.requested_at) is null))', t);
    end loop;
end $$;

alter table booking_event
    drop constraint booking_event_who_check,
    add constraint booking_event_who_check check (who in ('client', 'therapist', 'desk', 'operator', 'worker'));
