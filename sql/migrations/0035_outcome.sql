-- Outcome: how it goes after a visit and over several, in the client's own numbers; what must be looked into; and which visits belong to one course of care.

-- --- Several visits of one client

alter table booking add column course_id uuid;
comment on column booking.course_id is 'the first visit of those that this is another one of, each booked from the page of one before (care_course); null: none before. No foreign key: that one may be erased';
create index booking_course on booking (course_id) where course_id is not null;
create index booking_past on booking (ends_at) where state in ('confirmed', 'attended');

-- --- What was agreed to

alter table consent_text add column names_after boolean not null default false;
comment on column consent_text.names_after is 'of health_data: the wording names the short questions after visits. Who agreed to another is not asked them';

-- --- Answers

create table outcome (
    id uuid primary key,
    booking_id uuid not null references booking on delete cascade,
    kind text not null check (kind in ('after', 'review')),
    sealed text not null,
    answered_at timestamptz not null
);
comment on table outcome is 'answers to the questions a day after a visit, and to those of a look back over several; sealed by the program, append only';
create index outcome_booking on outcome (booking_id, answered_at);

-- Somebody needed medical care after a visit. The row says that something is to be looked into, and nothing of what it was.
create table incident (
    id uuid primary key default gen_random_uuid(),
    booking_id uuid not null references booking on delete cascade,
    therapist_id int not null references therapist on delete cascade,
    kind text not null default 'after_visit' check (kind in ('after_visit')),
    opened_at timestamptz not null,
    closed_at timestamptz,
    closed_by uuid references account,
    sealed text,
    unique (booking_id, kind),
    check ((closed_at is null) = (closed_by is null) and (closed_at is null) = (sealed is null))
);
comment on column incident.sealed is 'what the therapist wrote when it was closed, sealed under the client''s key';
create index incident_open on incident (opened_at) where closed_at is null;
create index incident_therapist on incident (therapist_id, opened_at);

create table outcome_asked (
    booking_id uuid not null references booking on delete cascade,
    what text not null check (what in ('after', 'review', 'later')),
    asked_at timestamptz not null,
    primary key (booking_id, what)
);
comment on table outcome_asked is 'which questions were handed to the outbox, so that each goes out once. later: the look back in week 12';

do $$
declare t text;
begin
    foreach t in array array['outcome', 'incident', 'outcome_asked'] loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
        execute format('create policy owner_all on %I to unknot_owner using (true) with check (true)', t);
    end loop;
end $$;
create policy guest_reads on outcome for select to unknot_web
    using (exists (select from booking b where b.id = booking_id and b.token_hash = (select auth.token_hash('app.booking'))));
create policy guest_writes on outcome for insert to unknot_web
    with check (exists (select from booking b where b.id = booking_id and b.token_hash = (select auth.token_hash('app.booking'))));
create policy therapist_reads on outcome for select to unknot_web
    using (exists (select from booking b where b.id = booking_id and b.therapist_id = (select auth.therapist())));
create policy guest_reads on incident for select to unknot_web
    using (exists (select from booking b where b.id = booking_id and b.token_hash = (select auth.token_hash('app.booking'))));
create policy therapist_reads on incident for select to unknot_web using (therapist_id = (select auth.therapist()));
create policy therapist_closes on incident for update to unknot_web using (therapist_id = (select auth.therapist()));
grant select, insert on outcome to unknot_web;
grant select on incident to unknot_web;
grant update (closed_at, closed_by, sealed) on incident to unknot_web;

-- What the client answered on the day of a visit goes with the other answers when they are erased; what followed from it stays.
alter table day_check alter column sealed drop not null;
comment on column day_check.sealed is 'answers to section S7 and the rules that fired, sealed; null: erased';
