-- Credentials that mean something: where a license is wanted, who entered what with which proof, what an operator decided, what runs out, what two operators
-- have to agree on, and what was found about somebody by those whose office it is.

select set_config('app.bulk', 'on', true); -- what follows is true of all credentials: no listing is made for each
truncate listing, listing_offer, listing_due; -- the seed makes them again

alter table register
    add column required boolean not null default false,
    add column number_mask text not null default '' check (number_mask ~ '^([A-Z0-9#@]+\+?)?$');
comment on column register.required is 'the law wants an entry here before anybody practices in this place';
comment on column register.number_mask is 'what numbers look like, without spaces and signs: # a digit, @ a letter, + one or more of the last; a number that looks otherwise is warned of, never refused';

create table credential_setting (
    one boolean primary key default true check (one),
    license_blocks boolean not null default true,
    two_operators boolean not null default true,
    confirm_days smallint not null default 7 check (confirm_days between 1 and 60),
    proof_days smallint not null default 90 check (proof_days between 0 and 3650),
    told_at timestamptz,
    changed_at timestamptz,
    changed_by text
);
comment on column credential_setting.license_blocks is 'where the law wants a license, nobody is booked until it has been checked';
comment on column credential_setting.two_operators is 'what sensitive_act lists is done by two: one asks for it, another agrees';
comment on column credential_setting.confirm_days is 'for so long somebody else can agree';
comment on column credential_setting.proof_days is 'for so long after the decision a proof is kept';
comment on column credential_setting.told_at is 'when operators were last written to about what runs out';
insert into credential_setting default values;

alter table credential
    add column register_id int references register,
    add column number_key text generated always as (upper(regexp_replace(number, '[^[:alnum:]]', '', 'g'))) stored,
    add column issued_on date,
    add column handed_in_at timestamptz not null default now(),
    add column renewed_at timestamptz,
    add column renew_until date,
    add column result text check (result in ('register', 'document', 'not_found', 'differs', 'inactive', 'withdrawn')),
    add column result_on date,
    add column result_note text check (length(result_note) between 1 and 600),
    add check (result is null or result in ('register', 'document') or checked_on is null);
comment on column credential.register_id is 'where it can be looked up; its place is where it gives permission';
comment on column credential.handed_in_at is 'since when it waits, or waited, for a check';
comment on column credential.renewed_at is 'since when a newer proof waits for a check, while the last check still counts';
comment on column credential.renew_until is 'what the therapist says of the renewed one';
comment on column credential.result is 'of the last check: found in the register, document seen; or why there is none that counts';
comment on column credential.result_note is 'what the therapist is told about it';
update credential set handed_in_at = created_at, result = case when checked_on is not null then 'register' end;
create index credential_ends on credential (checked_until) where checked_until is not null;
create index credential_number on credential (register_id, number_key);

-- What is there already gives permission where its therapist works, if that is one place of the law.
update credential c set register_id = x.register
from (select l.therapist_id, min(r.id) as register from location l
      join register r on r.country = l.country and r.region = upper(l.region) and r.regime in ('license', 'license or certificate', 'license or registration', 'registration', 'statutory register')
      group by l.therapist_id having count(distinct (l.country, upper(l.region))) = 1) x, credential_kind k
where c.therapist_id = x.therapist_id and k.kind = c.kind and k.profession and c.kind <> 'local_permit';

alter table location add column bookable_until date not null default 'infinity';
comment on column location.bookable_until is 'visits here are booked up to this day: infinity where no license is wanted, -infinity while none has been checked; see place_license()';

create table credential_proof (
    id uuid primary key,
    credential_id uuid not null references credential on delete cascade,
    sealed text not null,
    ending text not null check (ending in ('pdf', 'jpg', 'png')),
    pieces smallint not null check (pieces between 1 and 40),
    made_at timestamptz not null,
    erase_after timestamptz
);
comment on table credential_proof is 'a document that a therapist sent, sealed under a key of theirs; only operators open it, and each time is written down (key_use)';
comment on column credential_proof.erase_after is 'set when it was decided upon';
create index credential_proof_credential on credential_proof (credential_id);
create index credential_proof_erase on credential_proof (erase_after) where erase_after is not null;

create table credential_proof_piece (
    proof_id uuid not null references credential_proof on delete cascade,
    n smallint not null check (n >= 0),
    sealed text not null,
    primary key (proof_id, n)
);
comment on table credential_proof_piece is 'the file of a proof in parts of 256 KB, each sealed by itself';

-- Keys of proofs: one per therapist, given out to operators, and to the therapist to seal with.
alter table client_key add column proofs_of uuid;
comment on column client_key.proofs_of is 'the account of a therapist whose proofs it seals; null: a client''s';
alter table key_use drop constraint key_use_reader_check, drop constraint key_use_check,
    add constraint key_use_reader_check check (reader in ('client', 'therapist', 'operator')),
    add constraint key_use_check check ((reader <> 'client') = (account_id is not null));
comment on column key_use.booking_id is 'of a proof: the account whose it is';

create table credential_warned (
    credential_id uuid not null references credential on delete cascade,
    ends date not null,
    days smallint not null check (days in (0, 7, 30, 60)),
    at timestamptz not null,
    operators_at timestamptz,
    primary key (credential_id, ends, days)
);
comment on table credential_warned is 'of which day''s end the therapist was told, 60, 30, 7 days before and when it came (0), and since when the operators know';
create index credential_warned_operators on credential_warned (at) where operators_at is null;

alter table therapist
    add column suspended_at timestamptz,
    add column suspended_why text check (length(suspended_why) between 1 and 1000);
comment on column therapist.suspended_at is 'two operators took the page off the list; it cannot be published before it is restored';

-- What is done by two, as data: an operator's page prints it.
create table sensitive_act (
    act text primary key check (act ~ '^[a-z]+\.[a-z]+$'),
    label text not null,
    about text not null,
    position smallint not null
);
insert into sensitive_act values
    ('credential.withdraw', 'Withdraw a checked license', 'The check no longer counts. Where the law wants a license, nobody can book until another one has been checked.', 1),
    ('therapist.suspend', 'Suspend a therapist', 'The page is found nowhere and nothing can be booked. Visits that are booked stay: look at them.', 2),
    ('therapist.restore', 'Restore a therapist', 'The page can be found and booked again.', 3),
    ('discipline.add', 'Add a disciplinary note', 'What a board or a court decided, with its source and date, is shown on the profile. The therapist is told and can answer once.', 4),
    ('discipline.remove', 'Remove a disciplinary note', 'It was wrong, or the board took it back.', 5),
    ('operators.alone', 'Let one operator act alone', 'What stands here is then done by one.', 6);

create table proposal (
    id uuid primary key default gen_random_uuid(),
    act text not null references sensitive_act,
    therapist_id int references therapist on delete cascade,
    credential_id uuid references credential on delete cascade,
    detail jsonb not null default '{}',
    reason text not null check (length(reason) between 10 and 1000),
    proposed_by uuid references account on delete set null,
    proposed_name text not null,
    proposed_at timestamptz not null,
    expires_at timestamptz not null,
    decided_by uuid references account on delete set null,
    decided_name text,
    decided_at timestamptz,
    outcome text check (outcome in ('confirmed', 'refused', 'alone')),
    check ((outcome is null) = (decided_at is null)),
    check (outcome is distinct from 'confirmed' or decided_by is distinct from proposed_by or decided_by is null)
);
comment on table proposal is 'a sensitive act that one operator asked for; another one agrees to it or not, and after expires_at nobody does';
comment on column proposal.outcome is 'alone: done by one, where the operators have set that';
create index proposal_open on proposal (proposed_at) where outcome is null;
create index proposal_therapist on proposal (therapist_id);

create table discipline (
    id uuid primary key default gen_random_uuid(),
    therapist_id int not null references therapist on delete cascade,
    credential_id uuid references credential on delete set null,
    source text not null check (length(source) between 3 and 160),
    link text not null default '' check (link ~ '^(https?://\S+)?$' and length(link) <= 310),
    dated date not null,
    words text not null check (length(words) between 10 and 600),
    made_at timestamptz not null,
    made_by text not null,
    answer text check (length(answer) between 1 and 600),
    answered_at timestamptz,
    removed_at timestamptz,
    check ((answer is null) = (answered_at is null))
);
comment on table discipline is 'what a board or court decided about a therapist, told as a fact with source, date and link; the therapist may answer once';
create index discipline_therapist on discipline (therapist_id);

do $$
declare t text;
begin
    foreach t in array array['credential_proof', 'credential_proof_piece', 'credential_warned', 'proposal', 'discipline'] loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
        execute format('create policy owner_all on %I to unknot_owner using (true) with check (true)', t);
    end loop;
    foreach t in array array['credential_proof', 'credential_proof_piece', 'credential_warned', 'proposal'] loop
        execute format('create policy operator_reads on %I for select to unknot_web using ((select auth.is_operator()))', t);
        execute format('grant select on %I to unknot_web', t);
    end loop;
end $$;
-- A therapist knows that a proof is there and since when; what opens it is an operator's to read.
create policy therapist_knows on credential_proof for select to unknot_web
    using (exists (select from credential c where c.id = credential_id and c.therapist_id = (select auth.therapist())));
create policy all_read on discipline for select to unknot_web
    using (removed_at is null and exists (select from therapist t where t.id = therapist_id));
grant select on discipline, credential_setting, sensitive_act to unknot_web;

-- Checks are written by the functions that ask who it is; no column of a check is the web role's to write.
drop policy operator_checks on credential;
revoke update on credential from unknot_web;
