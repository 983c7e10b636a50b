-- Two clients of one therapist that turned out to be one person: what the second was known by, so that who comes back by it is known again.
create table client_merged (
    id uuid primary key default gen_random_uuid(),
    client_id uuid not null references client on delete cascade,
    therapist_id int not null references therapist on delete cascade,
    account_id uuid references account on delete set null,
    email_key text check (length(email_key) between 3 and 254),
    phone_key text check (length(phone_key) between 3 and 40),
    name text check (length(name) between 1 and 120),
    visits int not null,
    automatic boolean not null,
    block_id uuid,
    sealed text,
    merged_at timestamptz not null
);
comment on table client_merged is 'who was joined to a client, when, and with how many visits; automatic: both came to share an account. The name and the addresses go with the last visit that tells of them';
comment on column client_merged.sealed is 'the reason of a second block, which is one with the first since; sealed to block_id';
create index client_merged_client on client_merged (client_id, merged_at);
create index client_merged_email on client_merged (therapist_id, email_key) where email_key is not null;
create index client_merged_phone on client_merged (therapist_id, phone_key) where phone_key is not null;
create index client_merged_account on client_merged (account_id, therapist_id) where account_id is not null;
alter table client_merged enable row level security;
alter table client_merged force row level security;
create policy owner_all on client_merged to unknot_owner using (true) with check (true);
create policy therapist_reads on client_merged for select to unknot_web using (therapist_id = (select auth.therapist()));
grant select on client_merged to unknot_web;
