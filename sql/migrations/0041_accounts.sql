-- Accounts that people make themselves: clients beside therapists, addresses that are proved by a link, sessions one can look through and end.

alter table account
    drop constraint account_role_check,
    add constraint account_role_check check (role in ('client', 'therapist', 'operator')),
    add column email_verified_at timestamptz,
    add column closes_at timestamptz,
    add constraint account_closes check (closes_at is null or disabled_at is not null);
comment on column account.email_verified_at is 'when the owner last showed that they read mail to this address; what guests booked with it joins the account from then on';
comment on column account.closes_at is 'the owner closed it: from then on it is erased; until then a link in a mail opens it again';

alter table session
    add column id uuid not null default gen_random_uuid(),
    add column device text not null default '' check (length(device) <= 60),
    add column kept boolean not null default false,
    add column proved_at timestamptz not null default now(),
    add column second_factor_due boolean not null default false,
    add constraint session_id unique (id);
comment on column session.device is 'browser and system in words, as they said themselves: "Firefox on Windows"';
comment on column session.kept is 'a client asked to stay signed in on this device: idle for 30 days rather than 30 minutes';
comment on column session.proved_at is 'when whoever holds it last proved to be the owner: acts that ask for it anew look here';
comment on column session.second_factor_due is 'the password has passed, the second factor has not: this session is nobody''s yet';

create or replace function auth.account() returns uuid
    language sql stable security definer set search_path = unknot, public, pg_temp
    as $$
    select a.id from session s join account a on a.id = s.account_id
    where s.token_hash = auth.token_hash('app.session') and s.expires_at > now() and a.disabled_at is null and not s.second_factor_due
      and s.seen_at > now() - case when a.role = 'operator' then interval '10 minutes' when s.kept then interval '30 days' else interval '30 minutes' end
    $$;
comment on function auth.account is 'who is signed in: null after the idle limit (operator 10 minutes, others 30, a client who asked for it 30 days) or the absolute one, and before the second factor';

-- What is proved by a mail. The link's token and the code are made from `key` and the master key, so that this table alone opens nothing.
create table mail_link (
    id uuid primary key default gen_random_uuid(),
    kind text not null check (kind in ('sign-up', 'reset', 'email', 'email-undo', 'close-undo')),
    key uuid not null unique,
    token_hash bytea not null unique check (length(token_hash) = 32),
    code_hash bytea check (length(code_hash) = 32),
    browser_hash bytea check (length(browser_hash) = 32),
    tries smallint not null default 0,
    live boolean not null,
    account_id uuid references account on delete cascade,
    email text not null check (length(email) between 3 and 254),
    role text check (role in ('client', 'therapist')),
    name text check (length(name) between 1 and 120),
    password_hash text,
    undo_key uuid,
    undo_hash bytea check (length(undo_hash) = 32),
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    used_at timestamptz,
    check ((browser_hash is null) = (kind in ('email-undo', 'close-undo'))),
    check ((undo_key is not null and undo_hash is not null) = (kind = 'email'))
);
comment on table mail_link is 'links by mail: each works once, for minutes (those that undo: for days), and by itself only in the browser that asked';
comment on column mail_link.browser_hash is 'hash of the cookie of the browser that asked; another one must type the code of the mail as well. Null: any browser';
comment on column mail_link.code_hash is 'keyed hash of the code that stands in the mail and in no address';
comment on column mail_link.tries is 'codes that were wrong; five end it';
comment on column mail_link.undo_key is 'of the link that will undo it, which the program has to make; undo_hash: its token_hash';
comment on column mail_link.live is 'false: nothing can come of it, and the mail says why; it is there so that the browser is told the same';
create index mail_link_browser on mail_link (browser_hash, created_at desc);
create index mail_link_account on mail_link (account_id) where account_id is not null;
create index mail_link_age on mail_link (expires_at);
alter table mail_link enable row level security;
alter table mail_link force row level security;
create policy owner_all on mail_link to unknot_owner using (true) with check (true);

alter table outbox
    add column mail_link_id uuid references mail_link on delete cascade,
    add column account_id uuid references account on delete cascade,
    drop constraint outbox_addressed,
    add constraint outbox_addressed
        check (coalesce(booking_id, waiting_id, mail_link_id, account_id) is not null or recipient is not null or state in ('sent', 'dropped'));
create index outbox_mail_link on outbox (mail_link_id) where mail_link_id is not null;
create index outbox_account on outbox (account_id) where account_id is not null;

-- Visits of a client with an account.
alter table booking add column client_account_id uuid references account on delete set null;
comment on column booking.client_account_id is 'the account of who comes: the one whose proved address was given; set by booking_joins() and account_joins()';
create index booking_client_account on booking (client_account_id, starts_at) where client_account_id is not null;
create index booking_client_email on booking (lower(client_email)) where client_email is not null;

-- Whom a row of the record is about, where that is another than who acted. Nobody rewrites it: not even the functions that may write there.
alter table audit add column about uuid references account on delete set null;
create index audit_account on audit (account_id, id desc) where account_id is not null;
create index audit_about on audit (about, id desc) where about is not null;
create index audit_kind on audit (split_part(action, '.', 1), id desc);
create index audit_at on audit (at);
create policy self_reads on audit for select to unknot_web using (account_id = (select auth.account()) or about = (select auth.account()));
create function audit_stays() returns trigger
    language plpgsql
    as $$
begin
    -- what is allowed is what a deleted account leaves: rows of nobody
    if tg_op = 'UPDATE' and (new.id, new.at, new.action, new.object, new.detail::text) is not distinct from (old.id, old.at, old.action, old.object, old.detail::text)
        and (new.account_id is null or new.account_id is not distinct from old.account_id) and (new.about is null or new.about is not distinct from old.about) then
        return new;
    end if;
    raise exception 'audit is only added to' using errcode = 'insufficient_privilege';
end $$;
create trigger audit_stays before update or delete on audit for each row execute function audit_stays();
