-- The 24 statements of the Roland-Morris questionnaire on what a painful back keeps people from doing. Their words belong to their authors, who let them be used as
-- they were published: an operator brings them, and this program holds none of its own.

create table statement_form (
    version int primary key generated always as identity,
    state text not null default 'draft' check (state in ('draft', 'used', 'past')),
    language text not null check (language ~ '^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$'),
    source text not null check (length(source) between 3 and 300),
    attribution text not null check (length(attribution) between 3 and 600),
    instruction text check (length(instruction) between 3 and 600),
    statements text[] not null check (cardinality(statements) = 24 and array_position(statements, null) is null),
    loaded_at timestamptz not null,
    loaded_by text not null,
    used_at timestamptz,
    used_by text,
    ended_at timestamptz,
    check ((state = 'draft') = (used_at is null) and (used_at is null) = (used_by is null) and (state = 'past') = (ended_at is not null))
);
comment on table statement_form is 'versions of the statements, each in the words that an operator brought; never changed, only followed by another';
comment on column statement_form.attribution is 'the line about authors and terms, shown below the form';
comment on column statement_form.instruction is 'the published words above the statements; null: none were brought';
create unique index statement_form_one on statement_form (state) where state <> 'past';
alter table statement_form enable row level security;
alter table statement_form force row level security;
create policy owner_all on statement_form to unknot_owner using (true) with check (true);
create policy read_used on statement_form for select to unknot_web using (state <> 'draft' or (select auth.is_operator()));
grant select on statement_form to unknot_web;

-- What was ticked lies with the other answers about how it goes, also while the visit is only held: then nobody but its guest sees of it.
alter table outcome drop constraint outcome_kind_check;
alter table outcome add constraint outcome_kind_check check (kind in ('after', 'review', 'statements'));
drop policy therapist_reads on outcome;
create policy therapist_reads on outcome for select to unknot_web
    using (exists (select from booking b where b.id = booking_id and b.state <> 'held' and b.therapist_id = (select auth.therapist())));
