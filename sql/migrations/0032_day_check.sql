-- The questions of the day: asked a day before a visit, and gone through once more when the client is there. Kept like a safety check, for the start that they
-- were about: a visit that moves is asked about anew. The newest counts; the ones before stay.

create table day_check (
    id uuid primary key,
    booking_id uuid not null references booking on delete cascade,
    starts_at timestamptz not null,
    who text not null check (who in ('client', 'therapist')),
    account_id uuid references account,
    outcome text not null check (outcome in ('PROCEED', 'MODIFY', 'CLEARANCE', 'STOP')),
    rules text not null,
    sealed text not null,
    checked_at timestamptz not null,
    check ((who = 'therapist') = (account_id is not null))
);
comment on table day_check is 'answers to section S7 of the questionnaire, sealed by the program, and what follows from them; append only';
create index day_check_booking on day_check (booking_id, starts_at, checked_at);
alter table day_check enable row level security;
alter table day_check force row level security;
create policy owner_all on day_check to unknot_owner using (true) with check (true);
create policy guest_reads on day_check for select to unknot_web
    using (exists (select from booking b where b.id = booking_id and b.token_hash = (select auth.token_hash('app.booking'))));
create policy guest_writes on day_check for insert to unknot_web
    with check (who = 'client' and account_id is null and exists (select from booking b where b.id = booking_id and b.token_hash = (select auth.token_hash('app.booking'))));
create policy therapist_reads on day_check for select to unknot_web
    using (exists (select from booking b where b.id = booking_id and b.therapist_id = (select auth.therapist())));
create policy therapist_writes on day_check for insert to unknot_web
    with check (who = 'therapist' and account_id = (select auth.account()) and exists (select from booking b where b.id = booking_id and b.therapist_id = (select auth.therapist())));
grant select, insert on day_check to unknot_web;
