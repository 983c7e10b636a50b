-- Signing in. The web role cannot read password hashes or sessions: these functions give it exactly what a sign-in needs, and
-- nothing that tells a known address from an unknown one.

-- The network an address belongs to: a house or a phone has a whole one (IPv4 /24, IPv6 /64), so that going through its addresses gains nothing.
create or replace function network_of(p_address text) returns text
    language plpgsql immutable
    as $$
begin
    return host(network(set_masklen(p_address::inet, case family(p_address::inet) when 4 then 24 else 64 end)));
exception when invalid_text_representation then
    return coalesce(p_address, '');
end $$;

-- What failures are counted by. A browser that signed in to this account before (p_device) has a count of its own, so that strangers who guess
-- cannot keep the owner out, nor can neighbours behind the same address.
create or replace function sign_in_buckets(p_email text, p_address text, p_device text) returns text[]
    language sql immutable
    as $$
    select case when p_device is not null then array['device ' || lower(p_email) || ' ' || p_device]
                else array['account ' || lower(p_email), 'address ' || network_of(p_address)] end
    $$;

-- What requests for a mail are counted by: every one counts, not only failures. One stranger has little before waiting, many together more, and the
-- owner's own browser a count of its own.
create or replace function mail_buckets(p_email text, p_address text, p_device text) returns text[]
    language sql immutable
    as $$
    select case when p_device is not null then array['mail-device ' || lower(p_email) || ' ' || p_device]
                else array['mail-pair ' || lower(p_email) || ' ' || network_of(p_address), 'mail-account ' || lower(p_email), 'address mail ' || network_of(p_address)] end
    $$;

-- How often a bucket is free; a whole house may share an address.
create or replace function throttle_free(p_bucket text) returns int
    language sql immutable
    as $$ select case when p_bucket like 'address %' then 20 when p_bucket like 'mail-account %' then 12 when p_bucket like 'mail-%' then 4 else 5 end $$;

create or replace function sign_in_wait(p_buckets text[]) returns int
    language sql stable security definer set search_path = unknot, public, pg_temp
    as $$
    -- after those that are free 2, 4, 8 … seconds up to 15 minutes since the last; never a lock
    select coalesce(max(ceil(extract(epoch from t.last_at + make_interval(secs => least(2 ^ (t.failures - x.free + 1), 900)) - now()))::int), 0)
    from (select sha256(convert_to(b, 'UTF8')) as bucket, throttle_free(b) as free from unnest(p_buckets) b) x
    join sign_in_throttle t on t.bucket = x.bucket
    where t.failures >= x.free and t.last_at + make_interval(secs => least(2 ^ (t.failures - x.free + 1), 900)) > now()
    $$;

create or replace function sign_in_failed(p_buckets text[]) returns void
    language sql volatile security definer set search_path = unknot, public, pg_temp
    as $$
    insert into sign_in_throttle as t (bucket, failures, last_at)
    select distinct sha256(convert_to(b, 'UTF8')), 1, now() from unnest(p_buckets) b order by 1
    on conflict (bucket) do update set
        failures = case when t.last_at < now() - interval '1 hour' then 1 else least(t.failures + 1, 40) end, last_at = now()
    $$;

create or replace function sign_in_lookup(p_email text, p_address text, p_device text) returns json
    language sql stable security definer set search_path = unknot, public, pg_temp
    as $$
    select json_build_object('wait', sign_in_wait(sign_in_buckets(p_email, p_address, p_device)),
        'hash', (select a.password_hash from account a where a.email_key = lower(p_email) and a.disabled_at is null))
    $$;
comment on function sign_in_lookup is 'seconds to wait, and the hash to verify against: null for an unknown address';

create or replace function sign_in_refuse(p_email text, p_address text, p_device text) returns json
    language sql volatile security definer set search_path = unknot, public, pg_temp
    as $$ select sign_in_failed(sign_in_buckets(p_email, p_address, p_device)); select '{}'::json $$;

-- A session for who proved to be p_who, in place of the one of this browser. p_agent: the device in words. A client may stay signed in for 30 days.
-- Who has a second factor, and has not shown it (p_factored), gets a session of ten minutes that is nobody's and leads to the second step only.
create or replace function session_begin(p_who account, p_token text, p_agent text, p_kept boolean, p_factored boolean default false) returns json
    language plpgsql
    as $$
declare
    keeps boolean := coalesce(p_kept, false) and p_who.role = 'client';
    due boolean := not coalesce(p_factored, false) and exists (select from factor f where f.account_id = p_who.id);
begin
    delete from session where token_hash = auth.token_hash('app.session');
    insert into session (token_hash, account_id, expires_at, device, kept, second_factor_due, factored)
    values (sha256(convert_to(p_token, 'UTF8')), p_who.id, now() + case when due then interval '10 minutes' when keeps then interval '30 days' else interval '12 hours' end,
            left(coalesce(p_agent, ''), 60), keeps, due, coalesce(p_factored, false));
    if due then
        perform account_noted(p_who.id, 'account.second-asked', json_build_object('device', p_agent));
        return '{"second": true}';
    end if;
    return json_build_object('role', p_who.role, 'name', p_who.name, 'days', case when keeps then 30 end, 'email', p_who.email);
end $$;

-- What concerns an account, written down: p_actor null: somebody who is not signed in.
create or replace function account_noted(p_account uuid, p_action text, p_detail json default null) returns void
    language sql
    as $$ insert into audit (account_id, about, action, object, detail) values (p_account, p_account, p_action, p_account::text, p_detail) $$;

-- Opens a session for whoever proved to know the password behind p_hash, and ends the one of this browser; p_rehash replaces a hash of older parameters.
create or replace function sign_in_open(p_email text, p_hash text, p_token text, p_rehash text, p_device text, p_agent text default null, p_kept boolean default false) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    who account;
begin
    update account set password_hash = coalesce(p_rehash, password_hash)
    where email_key = lower(p_email) and password_hash = p_hash and disabled_at is null returning * into who;
    if not found then
        return null;
    end if;
    delete from sign_in_throttle where bucket = sha256(convert_to((sign_in_buckets(p_email, '', p_device))[1], 'UTF8'));
    if not exists (select from factor f where f.account_id = who.id) then
        perform account_noted(who.id, 'account.signed-in', json_build_object('device', p_agent));
    end if;
    return session_begin(who, p_token, p_agent, p_kept);
end $$;

-- The caller of this transaction; touches the session at most once a minute. "half": the second factor is still due.
create or replace function session_caller() returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    me uuid := auth.account();
begin
    if me is null then
        return (select json_build_object('half', true, 'id', s.id) from session s where s.token_hash = auth.token_hash('app.session') and s.account_id = auth.half());
    end if;
    update session set seen_at = now() where token_hash = auth.token_hash('app.session') and seen_at < now() - interval '1 minute';
    return (select json_build_object('role', a.role, 'name', a.name, 'id', s.id, 'factored', s.factored, 'proved', auth.proved())
            from account a join session s on s.account_id = a.id where a.id = me and s.token_hash = auth.token_hash('app.session'));
end $$;

create or replace function session_close() returns json
    language sql volatile security definer set search_path = unknot, public, pg_temp
    as $$
    select account_noted(auth.account(), 'account.signed-out') where auth.account() is not null;
    delete from session where token_hash = auth.token_hash('app.session');
    select '{}'::json
    $$;

create or replace function session_sweep() returns int
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    n int;
begin
    delete from session where expires_at < now();
    get diagnostics n = row_count;
    delete from sign_in_throttle where last_at < now() - interval '1 day';
    return n + link_sweep() + account_erase();
end $$;
comment on function session_sweep is 'forgets sessions and links that are over, and throttles that have cooled';

-- A therapist's page that nobody finds: it is published when it says enough.
create or replace function therapist_begin(p_account uuid, p_name text) returns void
    language sql
    as $$
    insert into therapist (account_id, slug, name)
    select p_account, case when base = '' or exists (select from therapist where slug = base) then trim('-' from base || '-' || left(p_account::text, 8)) else base end, left(p_name, 120)
    from trim('-' from left(regexp_replace(fold(p_name), '[^a-z0-9]+', '-', 'g'), 60)) base
    $$;

create or replace function account_add(p_role text, p_name text, p_email text, p_hash text) returns json
    language plpgsql
    as $$
declare
    made account;
begin
    insert into account (role, name, email, password_hash) values (p_role, p_name, p_email, p_hash) returning * into made;
    if p_role = 'therapist' then
        perform therapist_begin(made.id, p_name);
    end if;
    return json_build_object('id', made.id, 'role', made.role);
end $$;
comment on function account_add is 'owner only (`unknot user add`); a therapist starts unpublished';

grant execute on function sign_in_lookup, sign_in_refuse, sign_in_open, session_caller, session_close to unknot_web;
grant execute on function session_sweep to unknot_worker;
