-- What a therapist writes down after a visit. A note is never rewritten: a correction is one more version, and all of them stay to be read.

create table session_note (
    booking_id uuid not null references booking on delete cascade,
    version smallint not null check (version > 0),
    account_id uuid not null references account,
    sealed text not null,
    written_at timestamptz not null,
    primary key (booking_id, version)
);
comment on table session_note is 'the record of a visit: techniques, areas, consent, health update and the rest, sealed by the program; append only';
alter table session_note enable row level security;
alter table session_note force row level security;
create policy owner_all on session_note to unknot_owner using (true) with check (true);
create policy therapist_reads on session_note for select to unknot_web
    using (exists (select from booking b where b.id = booking_id and b.therapist_id = (select auth.therapist())));
create policy therapist_writes on session_note for insert to unknot_web
    with check (account_id = (select auth.account()) and exists (select from booking b where b.id = booking_id and b.therapist_id = (select auth.therapist())));
grant select, insert on session_note to unknot_web;
