-- Second factors. What they keep is closed to the web role. Two kinds of session come here: one that is half (auth.half), to be made whole by a factor, and
-- one that is whole, to manage factors or to prove anew whose it is.

-- What failures of the second step are counted by. Only who knows the password comes so far; a browser that signed in to this account before has a count of
-- its own, so that strangers do not keep the owner out.
create or replace function factor_buckets(p_account uuid, p_address text, p_device text) returns text[]
    language sql immutable
    as $$
    select case when p_device is not null then array['second-device ' || p_account || ' ' || p_device]
                else array['second ' || p_account, 'address second ' || network_of(p_address)] end
    $$;

-- What the second step needs, and proof anew: {"account","email","wait","apps":[{"id","sealed","last_step"}],"passkeys":[…],"has_codes"}; null without a session.
create or replace function factor_look(p_address text, p_device text) returns json
    language sql stable security definer set search_path = unknot, public, pg_temp
    as $$
    select json_build_object('account', a.id, 'email', a.email, 'half', auth.half() is not null, 'wait', sign_in_wait(factor_buckets(a.id, p_address, p_device)),
        'apps', (select coalesce(json_agg(json_build_object('id', f.id, 'sealed', f.sealed) order by f.made_at), '[]') from factor f where f.account_id = a.id and f.kind = 'app'),
        'has_app', exists (select from factor f where f.account_id = a.id and f.kind = 'app'),
        'passkeys', (select coalesce(json_agg(replace(replace(rtrim(translate(encode(f.credential, 'base64'), E'\n', ''), '='), '+', '-'), '/', '_') order by f.made_at), '[]')
                     from factor f where f.account_id = a.id and f.kind = 'passkey'),
        'has_passkey', exists (select from factor f where f.account_id = a.id and f.kind = 'passkey'),
        'has_factor', exists (select from factor f where f.account_id = a.id))
    from account a where a.id = coalesce(auth.account(), auth.half())
    $$;

-- Takes one proof, once: {"factor","step"} of an app's code, {"code"}: the hash of a recovery code, or {"passkey","count","made"}: its id, its counter, and when
-- the challenge was made. False: that was used before, or is none.
create or replace function challenge_take(p_made bigint) returns boolean
    language plpgsql
    as $$
begin
    update session set challenge_made = p_made where token_hash = auth.token_hash('app.session') and challenge_made < p_made;
    return found;
end $$;

create or replace function factor_take(p_account uuid, p_proof json) returns boolean
    language plpgsql
    as $$
begin
    if p_proof ->> 'step' is not null then
        update factor set last_step = (p_proof ->> 'step')::bigint, used_at = now()
        where id = (p_proof ->> 'factor')::uuid and account_id = p_account and kind = 'app' and last_step < (p_proof ->> 'step')::bigint;
    elsif p_proof ->> 'passkey' is not null then
        -- a counter that does not go up is that of a copy; many passkeys have none
        update factor set sign_count = (p_proof ->> 'count')::bigint, used_at = now()
        where id = (p_proof ->> 'passkey')::uuid and account_id = p_account and kind = 'passkey'
          and ((p_proof ->> 'count')::bigint > sign_count or (p_proof ->> 'count')::bigint = 0 and sign_count = 0);
        if not found then
            return false;
        end if;
        return challenge_take((p_proof ->> 'made')::bigint);
    else
        update recovery_code set used_at = now() where account_id = p_account and hash = decode(p_proof ->> 'code', 'hex') and used_at is null;
    end if;
    return found;
end $$;

-- A wrong code. The fifth in a row is told to the owner: whoever types them knows the password.
create or replace function factor_refuse(p_address text, p_device text) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    me uuid := coalesce(auth.account(), auth.half());
    buckets text[];
begin
    if me is null then
        return null;
    end if;
    buckets := factor_buckets(me, p_address, p_device);
    perform sign_in_failed(buckets);
    if auth.half() is not null and (select t.failures = 5 from sign_in_throttle t where t.bucket = sha256(convert_to(buckets[1], 'UTF8'))) then
        perform account_noted(me, 'account.second-refused');
        perform account_tell(me, 'account-second-refused');
    end if;
    return '{}';
end $$;

-- The second step: a half session ends, and a whole one with a new token begins. Null: there is none, or the proof was used before.
create or replace function factor_pass(p_proof json, p_token text, p_agent text, p_device text) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    who account;
begin
    select a.* into who from account a where a.id = auth.half() for update;
    if who.id is null or not factor_take(who.id, p_proof) then
        return null;
    end if;
    delete from sign_in_throttle where bucket = sha256(convert_to((factor_buckets(who.id, '', p_device))[1], 'UTF8'));
    perform account_noted(who.id, case when p_proof ->> 'code' is not null then 'account.code-used' else 'account.signed-in' end, json_build_object('device', p_agent));
    if p_proof ->> 'code' is not null then
        perform account_tell(who.id, 'account-code-used');
    end if;
    return session_begin(who, p_token, p_agent, (select s.kept from session s where s.token_hash = auth.token_hash('app.session')), true);
end $$;

-- --- Proof anew, of a session that is whole

-- The session goes on under a new token, proved just now. p_proof null: by the password, which account_proof gave the hash of.
create or replace function session_prove(p_proof json, p_token text, p_address text, p_device text) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    me uuid := auth.account();
begin
    if me is null or (p_proof is not null and not factor_take(me, p_proof)) then
        return null;
    elsif p_proof is not null then
        delete from sign_in_throttle where bucket = sha256(convert_to((factor_buckets(me, '', p_device))[1], 'UTF8'));
    end if;
    return session_renew(p_token);
end $$;

-- The caller's session under a new token, proved; a second factor has been shown with p_factored.
create or replace function session_renew(p_token text, p_factored boolean default false) returns json
    language plpgsql
    as $$
declare
    s session;
begin
    update session set token_hash = sha256(convert_to(p_token, 'UTF8')), proved_at = now(), seen_at = now(), factored = factored or p_factored
    where token_hash = auth.token_hash('app.session') and not second_factor_due returning * into s;
    perform set_config('app.session', p_token, true);
    return json_build_object('days', case when s.kept then greatest(1, extract(day from s.expires_at - now())::int) end);
end $$;

-- --- Looking after them

create or replace function account_factors() returns json
    language sql stable security definer set search_path = unknot, public, pg_temp
    as $$
    select json_build_object('account', me.id, 'email', me.email,
        'factors', coalesce(json_agg(json_build_object('id', f.id, 'name', f.name, 'is_app', f.kind = 'app', 'since', say_ago(f.made_at), 'used', say_ago(f.used_at)) order by f.made_at) filter (where f.id is not null), '[]'),
        'has_factor', count(f.id) > 0, 'only_one', count(f.id) = 1, 'wants_factor', me.role <> 'client', 'is_operator', me.role = 'operator', 'is_therapist', me.role = 'therapist',
        'codes', (select count(*) from recovery_code c where c.account_id = me.id and c.used_at is null),
        'few_codes', (select count(*) from recovery_code c where c.account_id = me.id and c.used_at is null) < 3)
    from account_me() me left join factor f on f.account_id = me.id where me.id is not null group by me.id, me.email, me.role
    $$;

create or replace function account_factor(p_id uuid) returns json
    language sql stable security definer set search_path = unknot, public, pg_temp
    as $$
    select json_build_object('id', f.id, 'name', f.name, 'is_app', f.kind = 'app', 'since', say_ago(f.made_at), 'used', say_ago(f.used_at), 'is_client', me.role = 'client',
        'only_one', not exists (select from factor o where o.account_id = f.account_id and o.id <> f.id))
    from factor f, account_me() me where f.id = p_id and f.account_id = me.id
    $$;

-- What follows the first factor: other devices are signed out, for they have not shown it.
create or replace function factor_added(p_account uuid, p_token text, p_action text) returns json
    language plpgsql
    as $$
declare
    first boolean := (select count(*) = 1 from factor f where f.account_id = p_account);
begin
    if first then
        delete from session where account_id = p_account and token_hash <> auth.token_hash('app.session');
        delete from recovery_code where account_id = p_account;
    end if;
    perform account_noted(p_account, p_action);
    perform account_tell(p_account, 'account-factor-added');
    return (session_renew(p_token, true)::jsonb || jsonb_build_object('first', first, 'account', p_account))::json;
end $$;

-- An app whose code was right. Five of each kind are enough for anybody.
create or replace function account_app_add(p_id uuid, p_name text, p_sealed text, p_step bigint, p_token text) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    me uuid := auth.account();
begin
    if me is null or not auth.proved() then
        return null;
    end if;
    perform from account where id = me for update;
    if (select count(*) from factor f where f.account_id = me and f.kind = 'app') >= 5 or exists (select from factor f where f.id = p_id) then
        return '{"problem": "many"}';
    end if;
    insert into factor (id, account_id, kind, name, sealed, last_step) values (p_id, me, 'app', p_name, p_sealed, p_step);
    return factor_added(me, p_token, 'account.app-added');
end $$;

-- The passkey of this id, of whoever calls: {"id","key" (hex),"algorithm"}.
create or replace function factor_passkey(p_credential bytea) returns json
    language sql stable security definer set search_path = unknot, public, pg_temp
    as $$
    select json_build_object('id', f.id, 'key', encode(f.public_key, 'hex'), 'algorithm', f.algorithm)
    from factor f where f.credential = p_credential and f.account_id = coalesce(auth.account(), auth.half())
    $$;

create or replace function account_passkey_add(p_id uuid, p_name text, p_credential bytea, p_key bytea, p_algorithm int, p_count bigint, p_made bigint, p_token text) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    me uuid := auth.account();
begin
    if me is null or not auth.proved() or not challenge_take(p_made) then
        return null;
    end if;
    perform from account where id = me for update;
    if (select count(*) from factor f where f.account_id = me and f.kind = 'passkey') >= 5 then
        return '{"problem": "many"}';
    end if;
    insert into factor (id, account_id, kind, name, credential, public_key, algorithm, sign_count) values (p_id, me, 'passkey', p_name, p_credential, p_key, p_algorithm, p_count)
    on conflict (credential) do nothing;
    if not found then
        return '{"problem": "known"}';
    end if;
    return factor_added(me, p_token, 'account.passkey-added');
end $$;

create or replace function account_factor_rename(p_id uuid, p_name text) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
begin
    update factor set name = p_name where id = p_id and account_id = auth.account();
    return case when found then '{}'::json end;
end $$;

create or replace function account_factor_remove(p_id uuid) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    me uuid := auth.account();
begin
    if me is null or not auth.proved() then
        return null;
    end if;
    perform from account where id = me for update;
    delete from factor where id = p_id and account_id = me;
    if not found then
        return null;
    end if;
    perform factors_left(me);
    perform account_noted(me, 'account.factor-removed');
    perform account_tell(me, 'account-factor-removed');
    return '{}';
end $$;

-- Without any factor nobody is taken for one who has shown one, and recovery codes are good for nothing.
create or replace function factors_left(p_account uuid) returns void
    language plpgsql
    as $$
begin
    if not exists (select from factor f where f.account_id = p_account) then
        delete from recovery_code where account_id = p_account;
        update session set factored = false where account_id = p_account;
    end if;
end $$;

-- For who has lost everything they sign in with beside the password: takes it off. All sessions end; the person is told. → how many factors went
create or replace function factors_off(p_account uuid) returns int
    language plpgsql
    as $$
declare
    n int;
begin
    delete from factor where account_id = p_account;
    get diagnostics n = row_count;
    if n > 0 then
        perform factors_left(p_account);
        delete from session where account_id = p_account;
        insert into audit (account_id, about, action, object) values (auth.account(), p_account, 'account.factors-reset', p_account::text);
        perform account_tell(p_account, 'account-factors-reset');
    end if;
    return n;
end $$;

-- `unknot user reset EMAIL`. Null when there was none.
create or replace function account_factors_reset(p_email text) returns json
    language plpgsql
    as $$
declare
    n constant int := factors_off((select a.id from account a where a.email_key = lower(p_email)));
begin
    return case when n > 0 then json_build_object('removed', n) end;
end $$;

-- Ten new recovery codes in place of those before. p_hashes: in hex.
create or replace function account_codes(p_hashes text[]) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    me uuid := auth.account();
begin
    if me is null or not auth.proved() or cardinality(p_hashes) <> 10 or not exists (select from factor f where f.account_id = me) then
        return null;
    end if;
    delete from recovery_code where account_id = me;
    insert into recovery_code (account_id, hash) select me, decode(h, 'hex') from unnest(p_hashes) h;
    perform account_noted(me, 'account.codes-made');
    return '{}';
end $$;

grant execute on function factor_look, factor_refuse, factor_pass, session_prove, account_factors, account_factor, account_app_add, factor_passkey, account_passkey_add, account_factor_rename, account_factor_remove, account_codes to unknot_web;

-- What an operator does is written down; what is written down, and with it the act itself, wants a proof of the last minutes. Acts of one's own (account) and
-- as anybody's client (booking) are not an operator's.
create or replace function audit_proved() returns trigger
    language plpgsql
    as $$
begin
    if auth.token_hash('app.session') is not null and split_part(new.action, '.', 1) not in ('account', 'booking')
        and exists (select from account a where a.id = auth.account() and a.role = 'operator') and not auth.proved() then
        raise exception 'an operator''s act wants a proof of the last minutes' using errcode = 'insufficient_privilege';
    end if;
    return new;
end $$;
create or replace trigger audit_proved before insert on audit for each row execute function audit_proved();
