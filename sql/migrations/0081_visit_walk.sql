-- Reminders and questions fall due some time before or after a visit. The worker walks along the visits in the order of their time, so that each is looked at
-- when it falls due and not again in each round: of a million therapists four days of visits are two million.
create table visit_walk (
    what text primary key,
    upto timestamptz not null,
    id uuid not null
);
comment on table visit_walk is 'for each thing that falls due so long before or after a visit, the visit up to which the worker has looked: by its start or end, then by its id';
alter table visit_walk enable row level security;
alter table visit_walk force row level security;
create policy owner_all on visit_walk to unknot_owner using (true) with check (true);

-- What the worker forgets each round.
create index reminder_done_start on reminder_done (starts_at);
create index session_expires on session (expires_at);
