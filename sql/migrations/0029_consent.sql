-- What people agree to before a visit, word for word, and that they did; questions of a therapist's own.

create table consent_text (
    id int generated always as identity primary key,
    purpose text not null check (purpose in ('treatment', 'guardian', 'health_data')),
    place text not null default '' check (place ~ '^([A-Z]{2}(-[A-Z0-9]{1,3})?)?$'),
    place_name text not null default '' check (length(place_name) <= 60),
    version smallint not null check (version > 0),
    title text not null check (length(title) between 1 and 120),
    body text not null check (length(body) between 1 and 20000),
    months smallint check (months between 1 and 120),
    therapist_signs boolean not null default false,
    guardian_stays boolean not null default false,
    basis text not null,
    reviewed_by text check (length(reviewed_by) between 1 and 200),
    from_day date not null default current_date,
    replaced_at timestamptz,
    unique (purpose, place, version)
);
create unique index consent_text_current on consent_text (purpose, place) where replaced_at is null;
comment on table consent_text is 'what is agreed to, by purpose and place. A wording that somebody agreed to is never changed: a new one is a new version';
comment on column consent_text.place is 'country, or country and state or province (US-TX); empty: wherever no other text is';
comment on column consent_text.body is 'paragraphs, an empty line between two; "## " begins a heading, "- " each line of a list; {THERAPIST} {SERVICE} {MINUTES} are filled in';
comment on column consent_text.months is 'how long it is valid; null: for as long as the care goes on';
comment on column consent_text.therapist_signs is 'the law wants the therapist''s signature too, before the first session';
comment on column consent_text.guardian_stays is 'a parent or guardian stays in the room, unless they decline in writing';
comment on column consent_text.reviewed_by is 'the lawyer who looked at it, and when; null: nobody has';

create function consent_text_stands() returns trigger
    language plpgsql
    as $$
begin
    if (old.purpose, old.place, old.version, old.title, old.body, old.months, old.therapist_signs, old.guardian_stays)
       is distinct from (new.purpose, new.place, new.version, new.title, new.body, new.months, new.therapist_signs, new.guardian_stays)
       and exists (select from consent where text_id = old.id) then
        raise exception 'this wording was agreed to: make a new version' using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger consent_text_stands before update on consent_text for each row execute function consent_text_stands();

create table consent (
    id uuid primary key default gen_random_uuid(),
    booking_id uuid not null references booking on delete cascade,
    purpose text not null check (purpose in ('treatment', 'guardian', 'health_data')),
    text_id int not null references consent_text,
    shown bytea not null check (length(shown) = 32),
    for_whom text not null check (for_whom in ('self', 'child', 'adult')),
    agreed_at timestamptz not null,
    valid_until date,
    withdrawn_at timestamptz check (withdrawn_at >= agreed_at),
    therapist_signs boolean not null default false,
    therapist_signed_at timestamptz,
    therapist_name text check (length(therapist_name) between 1 and 120),
    check ((therapist_signed_at is null) = (therapist_name is null)),
    unique (booking_id, purpose)
);
comment on table consent is 'who agreed to which wording and when. The name that was typed is among the sealed answers';
comment on column consent.booking_id is 'of several visits that are booked together: the first';
comment on column consent.shown is 'SHA-256 of title and body as they were shown, names filled in (consent_shown)';
comment on column consent.therapist_signed_at is 'when the therapist signed as well, with therapist_name as typed';

create table own_question (
    id int generated always as identity primary key,
    therapist_id int not null references therapist on delete cascade,
    position smallint not null check (position between 1 and 99),
    kind text not null check (kind in ('text', 'choice', 'yes_no')),
    ask text not null check (length(ask) between 3 and 200),
    hint text check (length(hint) between 1 and 200),
    required boolean not null default false,
    options text[] not null default '{}' check (cardinality(options) <= 12),
    retired_at timestamptz,
    check ((kind = 'choice') = (cardinality(options) >= 2))
);
create index own_question_therapist on own_question (therapist_id, position) where retired_at is null;
comment on table own_question is 'what a therapist asks beside the questionnaire. No rule looks at the answers; they are sealed with the others';

do $$
declare t text;
begin
    foreach t in array array['consent', 'own_question'] loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
        execute format('create policy owner_all on %I to unknot_owner using (true) with check (true)', t);
    end loop;
end $$;
create policy guest on consent for select to unknot_web
    using (exists (select from booking b where b.id = booking_id and b.token_hash = (select auth.token_hash('app.booking'))));
create policy guest_new on consent for insert to unknot_web
    with check (exists (select from booking b where b.id = booking_id and b.state = 'held' and b.token_hash = (select auth.token_hash('app.booking'))));
create policy guest_anew on consent for delete to unknot_web
    using (exists (select from booking b where b.id = booking_id and b.state = 'held' and b.token_hash = (select auth.token_hash('app.booking'))));
create policy therapist_reads on consent for select to unknot_web
    using (exists (select from booking b where b.id = booking_id and b.therapist_id = (select auth.therapist())));
create policy therapist_signs on consent for update to unknot_web
    using (exists (select from booking b where b.id = booking_id and b.therapist_id = (select auth.therapist())));
create policy asked on own_question for select to unknot_web using (true);
create policy therapist_adds on own_question for insert to unknot_web with check (therapist_id = (select auth.therapist()));
create policy therapist_changes on own_question for update to unknot_web using (therapist_id = (select auth.therapist()));

grant select on consent_text, consent, own_question to unknot_web;
grant insert (booking_id, purpose, text_id, shown, for_whom, agreed_at, valid_until, therapist_signs), delete on consent to unknot_web;
grant update (therapist_signed_at, therapist_name) on consent to unknot_web;
grant insert (therapist_id, position, kind, ask, hint, required, options), update (position, kind, ask, hint, required, options, retired_at) on own_question to unknot_web;

alter table safety_check add column withdrawn_at timestamptz;
comment on column safety_check.withdrawn_at is 'when the client took back that answers are kept: they are erased since, and only the outcome stays';
alter table safety_check add constraint safety_check_withdrawn check (withdrawn_at is null or sealed is null);
