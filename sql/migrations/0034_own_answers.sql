-- Answers to a therapist's own questions: sealed like all others, and beside them, since no rule looks at these.

create table own_answer (
    booking_id uuid primary key references booking on delete cascade,
    sealed text not null check (length(sealed) between 1 and 60000),
    answered_at timestamptz not null default now()
);
comment on table own_answer is 'what a client answered to the questions of this therapist''s own; of several visits that are booked together, with the first';
comment on column own_answer.sealed is '[{"id","ask","answer"}], the words of the question with it, sealed under the client''s key';
alter table own_answer enable row level security;
alter table own_answer force row level security;
create policy owner_all on own_answer to unknot_owner using (true) with check (true);
create policy guest on own_answer for select to unknot_web
    using (exists (select from booking b where b.id = booking_id and b.token_hash = (select auth.token_hash('app.booking'))));
create policy guest_new on own_answer for insert to unknot_web
    with check (exists (select from booking b where b.id = booking_id and b.state = 'held' and b.token_hash = (select auth.token_hash('app.booking'))));
create policy guest_anew on own_answer for update to unknot_web
    using (exists (select from booking b where b.id = booking_id and b.state = 'held' and b.token_hash = (select auth.token_hash('app.booking'))));
create policy therapist_reads on own_answer for select to unknot_web
    using (exists (select from booking b where b.id = booking_id and b.state <> 'held' and b.therapist_id = (select auth.therapist())));
grant select, insert, update on own_answer to unknot_web;
