-- The mean of the pain that authors of reviews gave is made by the worker, for the therapists named here.

create table review_pain_due (
    therapist_id int primary key references therapist on delete cascade
);
comment on table review_pain_due is 'whose mean may have changed since it was made';
alter table review_pain_due enable row level security;
alter table review_pain_due force row level security;
create policy owner_all on review_pain_due to unknot_owner using (true) with check (true);

-- who gave it sees that it is kept, and not what
create policy author_reads on review_pain for select to unknot_web
    using (exists (select from review r join booking b on b.id = r.booking_id where r.id = review_id and b.token_hash = (select auth.token_hash('app.booking'))));
grant select (review_id, agreed_at) on review_pain to unknot_web;
