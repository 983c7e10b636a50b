-- What therapist and client ask each other about a visit. The words are sealed: a mail says only that there is something to read.

create table visit_message (
    id uuid primary key default gen_random_uuid(),
    booking_id uuid not null references booking on delete cascade,
    who text not null check (who in ('client', 'therapist')),
    account_id uuid references account,
    sealed text not null,
    sent_at timestamptz not null,
    check ((who = 'therapist') = (account_id is not null))
);
comment on table visit_message is 'questions of a therapist and the client''s answers, sealed by the program; append only';
create index visit_message_booking on visit_message (booking_id, sent_at);
alter table visit_message enable row level security;
alter table visit_message force row level security;
create policy owner_all on visit_message to unknot_owner using (true) with check (true);
create policy guest_reads on visit_message for select to unknot_web
    using (exists (select from booking b where b.id = booking_id and b.token_hash = (select auth.token_hash('app.booking'))));
create policy guest_writes on visit_message for insert to unknot_web
    with check (who = 'client' and account_id is null and exists (select from booking b where b.id = booking_id and b.token_hash = (select auth.token_hash('app.booking'))));
create policy therapist_reads on visit_message for select to unknot_web
    using (exists (select from booking b where b.id = booking_id and b.therapist_id = (select auth.therapist())));
create policy therapist_writes on visit_message for insert to unknot_web
    with check (who = 'therapist' and account_id = (select auth.account()) and exists (select from booking b where b.id = booking_id and b.therapist_id = (select auth.therapist())));
grant select, insert on visit_message to unknot_web;
