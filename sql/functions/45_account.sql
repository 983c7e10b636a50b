-- Signing in. The web role cannot read password hashes or sessions: these functions give it exactly what a sign-in needs, and
-- nothing that tells a known address from an unknown one.

-- What failures are counted by. A browser that signed in to this account before (p_device) has a count of its own, so that strangers who guess
-- cannot keep the owner out, nor can neighbours behind the same address.
create or replace function sign_in_buckets(p_email text, p_address text, p_device text) returns text[]
    language sql immutable
    as $$
    select case when p_device is not null then array['device ' || lower(p_email) || ' ' || p_device]
                else array['account ' || lower(p_email), 'address ' || p_address] end
    $$;

create or replace function sign_in_wait(p_buckets text[]) returns int
    language sql stable security definer set search_path = unknot, public, pg_temp
    as $$
    -- free for 5 failures (20 of an address, which a whole house may share), then 2, 4, 8 … seconds up to 15 minutes since the last; never a lock
    select coalesce(max(ceil(extract(epoch from t.last_at + make_interval(secs => least(2 ^ (t.failures - x.free + 1), 900)) - now()))::int), 0)
    from (select sha256(convert_to(b, 'UTF8')) as bucket, case when b like 'address %' then 20 else 5 end as free from unnest(p_buckets) b) x
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

-- Opens a session for whoever proved to know the password behind p_hash, and ends the one of this browser; p_rehash replaces a hash of older parameters.
create or replace function sign_in_open(p_email text, p_hash text, p_token text, p_rehash text, p_device text) returns json
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
    delete from session where token_hash = auth.token_hash('app.session');
    insert into session (token_hash, account_id, expires_at) values (sha256(convert_to(p_token, 'UTF8')), who.id, now() + interval '12 hours');
    delete from sign_in_throttle where bucket = sha256(convert_to((sign_in_buckets(p_email, '', p_device))[1], 'UTF8'));
    insert into audit (account_id, action, object) values (who.id, 'account.signed-in', who.id::text);
    return json_build_object('role', who.role, 'name', who.name);
end $$;

-- The caller of this transaction; touches the session at most once a minute.
create or replace function session_caller() returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    me uuid := auth.account();
begin
    if me is null then
        return null;
    end if;
    update session set seen_at = now() where token_hash = auth.token_hash('app.session') and seen_at < now() - interval '1 minute';
    return (select json_build_object('role', a.role, 'name', a.name) from account a where a.id = me);
end $$;

create or replace function session_close() returns json
    language sql volatile security definer set search_path = unknot, public, pg_temp
    as $$ delete from session where token_hash = auth.token_hash('app.session'); select '{}'::json $$;

create or replace function session_sweep() returns int
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    n int;
begin
    delete from session where expires_at < now();
    get diagnostics n = row_count;
    delete from sign_in_throttle where last_at < now() - interval '1 day';
    return n;
end $$;
comment on function session_sweep is 'forgets sessions that are over and throttles that have cooled';

create or replace function account_add(p_role text, p_name text, p_email text, p_hash text) returns json
    language plpgsql
    as $$
declare
    made account;
    base text := left(replace(fold(p_name), ' ', '-'), 60);
begin
    insert into account (role, name, email, password_hash) values (p_role, p_name, p_email, p_hash) returning * into made;
    if p_role = 'therapist' then
        insert into therapist (account_id, slug, name)
        values (made.id, case when exists (select from therapist where slug = base) then base || '-' || left(made.id::text, 8) else base end, p_name);
    end if;
    return json_build_object('id', made.id, 'role', made.role);
end $$;
comment on function account_add is 'owner only (`unknot user add`); a therapist starts unpublished';

grant execute on function sign_in_lookup, sign_in_refuse, sign_in_open, session_caller, session_close to unknot_web;
grant execute on function session_sweep to unknot_worker;
