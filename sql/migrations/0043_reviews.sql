-- Reviews as people write them: when they are shown, how they change, what a therapist answers, what an operator decides. Clinicians' recommendations.
-- What is written is changed by the functions of sql/functions/95_review*.sql and 95_recommendation.sql alone.

select set_config('app.bulk', 'on', true); -- no rating changes by what follows
drop policy all_read on review;
drop index review_therapist;
alter table review drop constraint review_body_check;
alter table review
    add column shown boolean not null default false,
    add column shown_at timestamptz,
    add column held boolean not null default false,
    add column author text check (length(author) between 1 and 60),
    add column edition smallint not null default 1,
    add column edited_at timestamptz,
    add constraint review_body_check check (length(body) <= 2000);
update review set visited_on = date_trunc('month', visited_on)::date, shown = removed_at is null, shown_at = case when removed_at is null then created_at end;
alter table review
    add constraint review_month check (extract(day from visited_on) = 1),
    add constraint review_shown check (not (shown and (removed_at is not null or held))),
    add constraint review_shown_since check (not shown or shown_at is not null);
comment on table review is 'what somebody wrote about one attended visit; the scores are: treating back pain, professional conduct, satisfied overall';
comment on column review.visited_on is 'the first day of the month of the visit: nobody is to guess the visit from it';
comment on column review.shown is 'on the profile, and counted; several begin together (review_release)';
comment on column review.held is 'an operator looks at it first: a simple word matched, or it was removed and then changed';
comment on column review.author is 'the name it is signed with, null: a client';
comment on column review.removed_why is 'a reason of review_reasons(), or author: taken back';
create index review_shown on review (therapist_id, visited_on desc, id) where shown;
create index review_waiting on review (therapist_id, created_at) where not shown and removed_at is null and not held;

create table review_version (
    review_id uuid not null references review on delete cascade,
    edition smallint not null,
    expertise smallint not null,
    professionalism smallint not null,
    satisfaction smallint not null,
    body text not null,
    author text,
    until timestamptz not null,
    primary key (review_id, edition)
);
comment on table review_version is 'what a review said before it was changed; for its author and operators';

create table review_invitation (
    booking_id uuid primary key references booking on delete cascade,
    asked_at timestamptz not null
);
comment on table review_invitation is 'visits whose client was asked for a review: once, whatever becomes of the visit''s state';

create table review_reply (
    review_id uuid primary key references review on delete cascade,
    therapist_id int not null references therapist on delete cascade,
    body text not null check (length(body) between 1 and 1000),
    edition smallint not null default 1,
    written_at timestamptz not null,
    edited_at timestamptz
);
create table review_reply_version (
    review_id uuid not null references review_reply on delete cascade,
    edition smallint not null,
    body text not null,
    until timestamptz not null,
    primary key (review_id, edition)
);
comment on table review_reply is 'a therapist''s one answer; it is public where the review is';

create table review_case (
    id uuid primary key default gen_random_uuid(),
    review_id uuid not null references review on delete cascade,
    therapist_id int not null references therapist on delete cascade,
    why text not null check (why in ('words', 'report', 'again')),
    reason text,
    note text not null default '' check (length(note) <= 500),
    edition smallint not null,
    opened_at timestamptz not null,
    decided_at timestamptz,
    decided_by uuid references account on delete set null,
    decision text check (decision in ('keep', 'remove')),
    decided_why text,
    check ((why = 'report') = (reason is not null)),
    check ((decided_at is null) = (decision is null)),
    check ((decision is not distinct from 'remove') = (decided_why is not null))
);
comment on table review_case is 'what an operator looks at: why words, a simple word matched; report, the therapist''s; again, changed after it was removed';
create unique index review_case_open on review_case (review_id) where decided_at is null;
create index review_case_queue on review_case (opened_at, id) where decided_at is null;
create index review_case_review on review_case (review_id);

create table review_pain (
    review_id uuid primary key references review on delete cascade,
    sealed text not null,
    agreed_at timestamptz not null
);
comment on table review_pain is 'pain before and after as its author gave it, sealed by the program; the web role writes and never reads it: the worker makes the mean of many';
create table review_pain_mean (
    therapist_id int primary key references therapist on delete cascade,
    n int not null check (n >= 10),
    before numeric(3, 1) not null check (before between 0 and 10),
    after numeric(3, 1) not null check (after between 0 and 10),
    counted_at timestamptz not null
);

create table clinician (
    id int generated always as identity primary key,
    key uuid not null unique,
    token_hash bytea not null unique check (length(token_hash) = 32),
    name text not null check (length(name) between 2 and 120),
    profession text not null check (length(profession) between 2 and 80),
    register text not null check (length(register) between 3 and 200),
    number text not null check (length(number) between 1 and 60),
    email text not null check (length(email) between 3 and 254),
    checked_on date not null,
    checked_until date not null,
    checked_by text not null,
    made_at timestamptz not null default now(),
    ended_at timestamptz,
    check (checked_until >= checked_on)
);
comment on table clinician is 'who may recommend therapists: looked up in a register by an operator; the token is derived from key, like a booking''s';
create table recommendation (
    clinician_id int not null references clinician on delete cascade,
    therapist_id int not null references therapist on delete cascade,
    tie text not null default '' check (length(tie) <= 200),
    made_at timestamptz not null,
    primary key (clinician_id, therapist_id)
);
comment on column recommendation.tie is 'what connects the two, in the clinician''s words; it is shown';
create index recommendation_therapist on recommendation (therapist_id);
create table recommendation_tag (
    clinician_id int not null,
    therapist_id int not null,
    tag_id int not null references tag,
    primary key (clinician_id, therapist_id, tag_id),
    foreign key (clinician_id, therapist_id) references recommendation on delete cascade
);

do $$
declare t text;
begin
    foreach t in array array['review_version', 'review_invitation', 'review_reply', 'review_reply_version', 'review_case', 'review_pain', 'review_pain_mean',
        'clinician', 'recommendation', 'recommendation_tag'] loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
        execute format('create policy owner_all on %I to unknot_owner using (true) with check (true)', t);
    end loop;
end $$;

create policy public_reads on review for select to unknot_web using (shown);
create policy author_reads on review for select to unknot_web
    using (exists (select from booking b where b.id = booking_id and b.token_hash = (select auth.token_hash('app.booking'))));
create policy operator_reads on review for select to unknot_web using ((select auth.is_operator()));
create policy author_reads on review_version for select to unknot_web
    using (exists (select from review r join booking b on b.id = r.booking_id where r.id = review_id and b.token_hash = (select auth.token_hash('app.booking'))));
create policy operator_reads on review_version for select to unknot_web using ((select auth.is_operator()));
create policy public_reads on review_reply for select to unknot_web using (exists (select from review r where r.id = review_id and r.shown));
create policy author_reads on review_reply for select to unknot_web
    using (exists (select from review r join booking b on b.id = r.booking_id where r.id = review_id and b.token_hash = (select auth.token_hash('app.booking'))));
create policy therapist_reads on review_reply for select to unknot_web using (therapist_id = (select auth.therapist()));
create policy operator_reads on review_reply for select to unknot_web using ((select auth.is_operator()));
create policy therapist_reads on review_reply_version for select to unknot_web
    using (exists (select from review_reply y where y.review_id = review_reply_version.review_id and y.therapist_id = (select auth.therapist())));
create policy operator_reads on review_reply_version for select to unknot_web using ((select auth.is_operator()));
create policy operator_reads on review_case for select to unknot_web using ((select auth.is_operator()));
-- of what waits for an operator the therapist knows their own reports
create policy therapist_reads on review_case for select to unknot_web using (why = 'report' and therapist_id = (select auth.therapist()));
create policy public_reads on review_pain_mean for select to unknot_web using (true);
create policy self_reads on clinician for select to unknot_web using (ended_at is null and token_hash = (select auth.token_hash('app.booking')));
create policy operator_reads on clinician for select to unknot_web using ((select auth.is_operator()));
create policy public_reads on recommendation for select to unknot_web using (true);
create policy public_reads on recommendation_tag for select to unknot_web using (true);

grant select on review_version, review_reply, review_reply_version, review_case, review_pain_mean, clinician, recommendation, recommendation_tag to unknot_web;
