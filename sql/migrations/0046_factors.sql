-- Second factors: what an account shows beside its password, and what a session has shown of it.

create table factor (
    id uuid primary key,
    account_id uuid not null references account on delete cascade,
    kind text not null check (kind in ('app', 'passkey')),
    name text not null check (length(name) between 1 and 60),
    sealed text,
    last_step bigint,
    credential bytea unique check (length(credential) between 1 and 1023),
    public_key bytea check (length(public_key) <= 600),
    algorithm int,
    sign_count bigint,
    made_at timestamptz not null default now(),
    used_at timestamptz,
    check (case kind when 'app' then num_nulls(sealed, last_step) = 0 and num_nonnulls(credential, public_key, algorithm, sign_count) = 0
                     else num_nulls(credential, public_key, algorithm, sign_count) = 0 and num_nonnulls(sealed, last_step) = 0 end)
);
comment on table factor is 'second factors, each proved once before it is here: an app that makes codes, or a passkey';
comment on column factor.sealed is 'of an app: its key, sealed by the program under the master key and bound to this row and account';
comment on column factor.last_step is 'of an app: the step of 30 seconds of the code that was taken last; no code of it or an earlier one is taken again';
comment on column factor.sign_count is 'of a passkey: its counter, as it said last; 0 where it has none';
create index factor_account on factor (account_id);

create table recovery_code (
    account_id uuid not null references account on delete cascade,
    hash bytea not null check (length(hash) = 32),
    used_at timestamptz,
    primary key (account_id, hash)
);
comment on table recovery_code is 'ten for each account with a factor, each good once; a keyed hash, whose key is not in the database';

alter table session
    add column factored boolean not null default false,
    add column challenge bytea check (length(challenge) = 32),
    add column challenge_until timestamptz,
    add constraint session_challenge check ((challenge is null) = (challenge_until is null));
comment on column session.factored is 'a second factor was shown since it began';
comment on column session.challenge is 'what a passkey has to sign next, once';

do $$
declare t text;
begin
    foreach t in array array['factor', 'recovery_code'] loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
        execute format('create policy owner_all on %I to unknot_owner using (true) with check (true)', t);
    end loop;
end $$;
