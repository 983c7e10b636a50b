-- What a therapist makes their page of: places they add themselves, pronouns, and every change of it kept so that it can be undone.

alter table therapist add column pronouns text not null default '' check (length(pronouns) <= 40);
comment on column therapist.pronouns is 'as they want to be spoken of: she/her; empty: not said';
grant update (pronouns) on therapist to unknot_web;

grant insert (therapist_id, name, street, town, region, postcode, country, lat, lon, zone, access), update (country), delete on location to unknot_web;

create table profile_version (
    id bigint generated always as identity primary key,
    therapist_id int not null references therapist on delete cascade,
    at timestamptz not null default now(),
    account_id uuid references account on delete set null,
    before jsonb not null,
    after jsonb not null,
    undoes bigint references profile_version on delete set null
);
comment on table profile_version is 'each change of a public profile: what differed, by name, as it was and as it became (see profile_facts()); kept for two years';
create index profile_version_therapist on profile_version (therapist_id, id);
alter table profile_version enable row level security;
alter table profile_version force row level security;
create policy owner_all on profile_version to unknot_owner using (true) with check (true);
create policy own on profile_version for select to unknot_web using (therapist_id = (select auth.therapist()));
create policy own_new on profile_version for insert to unknot_web with check (therapist_id = (select auth.therapist()) and account_id is not distinct from (select auth.account()));
grant select, insert (therapist_id, account_id, before, after, undoes) on profile_version to unknot_web;
