-- Calendars of others: busy times that come from outside, and secret addresses under which ours can be subscribed to.

create table outside_calendar (
    id int generated always as identity primary key,
    therapist_id int not null references therapist on delete cascade,
    name text not null check (length(name) between 1 and 60),
    sealed text not null,
    host text not null check (length(host) between 1 and 255),
    made_at timestamptz not null default now(),
    next_at timestamptz not null default now(),
    tried_at timestamptz,
    fetched_at timestamptz,
    failures smallint not null default 0,
    problem text check (problem ~ '^[a-z-]+$'),
    unique (id, therapist_id)
);
comment on table outside_calendar is 'an address of a therapist''s own calendar; the worker reads when they are busy there, and nothing else of it is kept';
comment on column outside_calendar.sealed is 'the address, sealed by the program: whoever has it can read the whole calendar';
comment on column outside_calendar.fetched_at is 'when it was last read well; busy times of then hold until they are read again';
comment on column outside_calendar.problem is 'class of the last failure, null when the last reading went well';
create index outside_calendar_therapist on outside_calendar (therapist_id);
create index outside_calendar_next on outside_calendar (next_at);

create table outside_busy (
    calendar_id int not null,
    therapist_id int not null,
    during tstzrange not null check (not isempty(during) and not lower_inf(during) and not upper_inf(during)),
    primary key (calendar_id, during),
    foreign key (calendar_id, therapist_id) references outside_calendar (id, therapist_id) on delete cascade
);
comment on table outside_busy is 'taken off free time as time off is; never touches a booking';
create index outside_busy_therapist on outside_busy (therapist_id, upper(during));

create table calendar_feed (
    token_hash bytea primary key check (length(token_hash) = 32),
    nonce uuid not null default gen_random_uuid(),
    therapist_id int unique references therapist on delete cascade,
    booking_id uuid unique references booking on delete cascade,
    busy_only boolean not null default false,
    made_at timestamptz not null default now(),
    check ((therapist_id is null) <> (booking_id is null))
);
comment on table calendar_feed is 'secret addresses of calendars; the secret follows from the nonce and the program''s key and is not stored';

do $$
declare
    t text;
begin
    foreach t in array array['outside_calendar', 'outside_busy', 'calendar_feed'] loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
        execute format('create policy owner_all on %I to unknot_owner using (true) with check (true)', t);
    end loop;
end $$;
create policy therapist_all on outside_calendar to unknot_web using (therapist_id = (select auth.therapist())) with check (therapist_id = (select auth.therapist()));
-- when somebody is busy is public as free time is; what for is not known here
create policy all_read on outside_busy for select to unknot_web, unknot_worker using (true);
create policy therapist_all on calendar_feed to unknot_web using (therapist_id = (select auth.therapist())) with check (therapist_id = (select auth.therapist()));
create policy guest_all on calendar_feed to unknot_web
    using (booking_id in (select id from booking where token_hash = (select auth.token_hash('app.booking'))))
    with check (booking_id in (select id from booking where token_hash = (select auth.token_hash('app.booking'))));
grant select, delete on outside_calendar to unknot_web;
grant insert (therapist_id, name, sealed, host), update (name, next_at) on outside_calendar to unknot_web;
grant select on outside_busy to unknot_web, unknot_worker;
grant select, insert, delete on calendar_feed to unknot_web;
grant update (token_hash, nonce, busy_only, made_at) on calendar_feed to unknot_web;
