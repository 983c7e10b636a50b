-- Keys of clients. What is sealed for a client lies under a data key of their own, which is kept here wrapped by the key of an epoch. The epochs' keys are
-- files of `unknot keyd` and never in the database: whoever has this table, or a dump of it, can open nothing.

do $$
begin
    if to_regrole('unknot_keyd') is null then
        raise exception 'the role unknot_keyd is not there: run deploy/roles.sql as a superuser, then migrate again';
    end if;
end $$;
grant usage on schema unknot to unknot_keyd;

create table key_epoch (
    epoch int primary key check (epoch > 0),
    proof bytea not null check (length(proof) = 32),
    made_at timestamptz not null default now(),
    replaced_at timestamptz,
    destroyed_at timestamptz
);
comment on table key_epoch is 'which keys have wrapped client keys; the newest wraps now';
comment on column key_epoch.proof is 'keyed hash of a known text: a key file that is not the one used with this database is found out at start';
comment on column key_epoch.destroyed_at is 'its file is destroyed: what it wrapped in a backup is gone for good';

create table client_key (
    id uuid primary key default gen_random_uuid(),
    holder bytea not null check (length(holder) = 32),
    epoch int not null references key_epoch,
    wrapped bytea check (length(wrapped) = 72),
    made_at timestamptz not null default now(),
    look_at timestamptz not null default now() + interval '1 day',
    legal_hold text check (length(legal_hold) between 1 and 200),
    destroyed_at timestamptz,
    check ((wrapped is null) = (destroyed_at is not null))
);
comment on table client_key is 'one per client: one booking, or all that carry one token (a series); a destroyed one stays as a row without its key';
comment on column client_key.holder is 'hash of the token of its bookings, as booking.token_hash';
comment on column client_key.wrapped is 'nonce (24), key (32) and tag (16); XChaCha20-Poly1305 under the epoch''s key, bound to id and epoch';
comment on column client_key.look_at is 'when it is to be looked at whether what it opens has been kept long enough';
comment on column client_key.legal_hold is 'why nothing of it may be erased (a claim, a court''s order); null: nothing in the way';
create unique index client_key_holder on client_key (holder) where wrapped is not null;
create index client_key_destroyed on client_key (holder) where wrapped is null;
create index client_key_epoch on client_key (epoch) where wrapped is not null;
create index client_key_look on client_key (look_at) where wrapped is not null;

alter table booking add column client_key_id uuid references client_key;
comment on column booking.client_key_id is 'the key of what is sealed about its client; set by booking_keyed()';
create index booking_client_key on booking (client_key_id) where client_key_id is not null;
create index booking_token on booking (token_hash);

create table key_use (
    id bigint generated always as identity primary key,
    at timestamptz not null,
    client_key_id uuid not null,
    booking_id uuid not null,
    reader text not null check (reader in ('client', 'therapist')),
    account_id uuid,
    reader_name text,
    why text not null check (length(why) between 1 and 80),
    check ((reader = 'therapist') = (account_id is not null))
);
comment on table key_use is 'each time a client''s key was given out: when, to whom, whose, for what. Append-only, and without foreign keys: it outlives what it tells of';
create index key_use_key on key_use (client_key_id, at);
create index key_use_account on key_use (account_id, at) where account_id is not null;
create index key_use_own on key_use (at) where reader = 'client';

create function key_use_stays() returns trigger
    language plpgsql
    as $$
begin
    if tg_op = 'DELETE' and (old.at < now() - interval '6 years' or (old.reader = 'client' and old.at < now() - interval '30 days')) then
        return old;
    end if;
    raise exception 'key_use is only added to' using errcode = 'insufficient_privilege';
end $$;
create trigger key_use_stays before update or delete on key_use for each row execute function key_use_stays();
create trigger key_use_whole before truncate on key_use for each statement execute function key_use_stays();

-- How long records are kept, by place; the most exact row counts. The therapist's record and the platform's copy of the answers are two things.
create table retention (
    country text not null default '' check (country ~ '^([A-Z]{2})?$'),
    region text not null default '',
    years smallint not null check (years between 1 and 30),
    answers_months smallint not null default 24 check (answers_months between 1 and 360),
    basis text not null,
    primary key (country, region)
);
comment on column retention.years is 'after the last visit, until all that is sealed about a client is erased with its key';
comment on column retention.answers_months is 'after the last visit, until the answers of the safety check are erased';
insert into retention (country, region, years, basis) values
    ('', '', 7, 'our judgement; most rules that are known ask for 4 to 7 years'),
    ('CA', 'ON', 10, 'CMTO: ten years from the last entry'),
    ('US', 'NY', 7, 'six years asked for (general knowledge), kept for the seven of all places');

-- Answers that were kept long enough leave their outcome.
alter table safety_check alter column sealed drop not null;
comment on column safety_check.sealed is 'answers and fired rules, sealed under the client''s key; null: erased, or told to the therapist in person';

do $$
declare t text;
begin
    foreach t in array array['key_epoch', 'client_key', 'key_use', 'retention'] loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
        execute format('create policy owner_all on %I to unknot_owner using (true) with check (true)', t);
    end loop;
end $$;
