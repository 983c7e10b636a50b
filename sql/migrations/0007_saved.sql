-- Therapists somebody with an account wants to find again. Without an account the list is a cookie and nothing is stored here.

create table saved_therapist (
    account_id uuid not null references account on delete cascade,
    therapist_id int not null references therapist on delete cascade,
    saved_at timestamptz not null default now(),
    primary key (account_id, therapist_id)
);
alter table saved_therapist enable row level security;
alter table saved_therapist force row level security;
create policy owner_all on saved_therapist to unknot_owner using (true) with check (true);
create policy self on saved_therapist to unknot_web using (account_id = (select auth.account())) with check (account_id = (select auth.account()));
grant select, insert, delete on saved_therapist to unknot_web;
