-- What is proved by a mail: that somebody reads an address. A link works once and for minutes. In the browser that asked it takes a button; in another one
-- the code of the mail as well, which stands in no address, and for a sign-up a password chosen there: whoever typed a stranger's address
-- does not get to choose the password of what the stranger confirms. An address that has an account, or none, is never told to who asks: the browser sees
-- the same page, and the mail says how things stand.

-- Asks for a link by mail. p_asked: {"kind","key","email","role","name","hash"}; the rest are proofs of the program's making.
-- → {"wait": seconds}, 0: asked.
create or replace function link_ask(p_asked json, p_token text, p_code bytea, p_browser text, p_address text, p_device text) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    email text := p_asked ->> 'email';
    buckets text[] := mail_buckets(email, p_address, p_device);
    wait int := sign_in_wait(buckets);
    known account;
    usable boolean;
    made uuid;
begin
    if wait > 0 then
        return json_build_object('wait', wait);
    end if;
    perform sign_in_failed(buckets);
    select * into known from account a where a.email_key = lower(p_asked ->> 'email');
    usable := case p_asked ->> 'kind' when 'sign-up' then known.id is null else known.id is not null and known.disabled_at is null end;
    insert into mail_link (kind, key, token_hash, code_hash, browser_hash, live, account_id, email, role, name, password_hash, created_at, expires_at)
    values (p_asked ->> 'kind', (p_asked ->> 'key')::uuid, sha256(convert_to(p_token, 'UTF8')), p_code, sha256(convert_to(p_browser, 'UTF8')), usable,
            known.id, email, p_asked ->> 'role', p_asked ->> 'name', case when usable then p_asked ->> 'hash' end, clock(), clock() + interval '10 minutes')
    returning id into made;
    insert into outbox (kind, mail_link_id, data, due_at)
    values (case p_asked ->> 'kind' when 'sign-up' then case when usable then 'account-verify' else 'account-exists' end
                                    else case when usable then 'account-reset' else 'account-none' end end, made, '{}', clock());
    return '{"wait": 0}';
end $$;
comment on function link_ask is 'the same rows are written and the same is answered whether or not the address has an account';

-- The link that is meant: by its token, or without one the last that this browser asked for.
create or replace function link_meant(p_token text, p_browser text) returns mail_link
    language sql stable
    as $$
    select * from mail_link l
    where l.token_hash = sha256(convert_to(p_token, 'UTF8')) and l.live or p_token is null and l.browser_hash = sha256(convert_to(p_browser, 'UTF8'))
    order by l.created_at desc limit 1
    $$;

create or replace function link_here(l mail_link, p_token text, p_browser text) returns boolean
    language sql immutable
    as $$ select coalesce(p_token is not null and (l.browser_hash is null or l.browser_hash = sha256(convert_to(p_browser, 'UTF8'))), false) $$;

-- What its page has to ask. "here": the browser that asked, and it has the link; what was typed is shown to it alone.
create or replace function link_look(p_token text, p_browser text) returns json
    language sql stable security definer set search_path = unknot, public, pg_temp
    as $$
    select json_build_object('kind', l.kind, 'is_sign_up', l.kind = 'sign-up', 'is_reset', l.kind = 'reset', 'is_email', l.kind = 'email',
        'is_email_undo', l.kind = 'email-undo', 'is_close_undo', l.kind = 'close-undo', 'is_therapist', l.role = 'therapist',
        'has_link', p_token is not null, 'email', case when l.browser_hash = sha256(convert_to(p_browser, 'UTF8')) then l.email end,
        'used', l.used_at is not null, 'over', l.used_at is null and (l.expires_at <= clock() or l.tries >= 5), 'open', l.used_at is null and l.expires_at > clock() and l.tries < 5,
        'needs_code', not link_here(l, p_token, p_browser),
        'needs_password', l.kind = 'reset' or (l.kind = 'sign-up' and p_token is not null and not link_here(l, p_token, p_browser)))
    from link_meant(p_token, p_browser) l where l.id is not null
    $$;

-- Uses it. p_proof: {"code" (hex, keyed hash), "hash" (of the password that was chosen), "agent"}; p_session: the token of the session that begins.
-- Null: there is no such link. Else {"problem": "used" | "over" | "code" | "taken"} or what has become of it.
create or replace function link_use(p_token text, p_browser text, p_proof json, p_session text) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    l mail_link := link_meant(p_token, p_browser);
    here boolean := link_here(l, p_token, p_browser);
    chosen text := p_proof ->> 'hash';
begin
    -- two at once wait here for each other, and the second finds it used
    select * into l from mail_link x where x.id = l.id for update;
    if l.id is null then
        return null;
    elsif l.used_at is not null then
        return '{"problem": "used"}';
    elsif l.expires_at <= clock() or l.tries >= 5 then
        return '{"problem": "over"}';
    elsif not here and (not l.live or l.code_hash is distinct from decode(p_proof ->> 'code', 'hex')) then
        update mail_link set tries = tries + 1 where id = l.id;
        return json_build_object('problem', case when l.tries >= 4 then 'over' else 'code' end);
    elsif chosen is null and (l.kind = 'reset' or (l.kind = 'sign-up' and p_token is not null and not here)) then
        return '{"problem": "password"}';
    end if;
    update mail_link set used_at = clock(), password_hash = null where id = l.id;
    return case l.kind when 'sign-up' then link_sign_up(l, coalesce(chosen, l.password_hash), p_session, p_proof ->> 'agent')
                       when 'reset' then link_reset(l, chosen, p_session, p_proof ->> 'agent')
                       when 'email' then link_email(l)
                       when 'email-undo' then link_email_undo(l)
                       else link_close_undo(l) end;
end $$;

create or replace function link_sign_up(l mail_link, p_hash text, p_session text, p_agent text) returns json
    language plpgsql
    as $$
declare
    who account;
begin
    insert into account (role, name, email, password_hash, email_verified_at) values (l.role, l.name, l.email, p_hash, clock())
    on conflict (email_key) do nothing returning * into who;
    if who.id is null then
        return '{"problem": "taken"}';
    end if;
    if who.role = 'therapist' then
        perform therapist_begin(who.id, who.name);
    end if;
    perform account_noted(who.id, 'account.made', json_build_object('device', p_agent));
    perform account_joins(who);
    return session_begin(who, p_session, p_agent, false);
end $$;

-- A new password by mail ends every session: whoever knew the old one is out.
create or replace function link_reset(l mail_link, p_hash text, p_session text, p_agent text) returns json
    language plpgsql
    as $$
declare
    who account;
begin
    update account set password_hash = p_hash, email_verified_at = clock() where id = l.account_id and disabled_at is null and email_key = lower(l.email) returning * into who;
    if who.id is null then
        return '{"problem": "over"}';
    end if;
    delete from session where account_id = who.id;
    delete from sign_in_throttle where bucket = sha256(convert_to('account ' || who.email_key, 'UTF8'));
    update mail_link set live = false where account_id = who.id and kind = 'reset' and used_at is null;
    perform account_noted(who.id, 'account.password-reset', json_build_object('device', p_agent));
    perform account_tell(who.id, 'account-password');
    perform account_joins(who);
    return session_begin(who, p_session, p_agent, false);
end $$;

-- The account moves to the address that was asked for; the old one is told, with a link that undoes it for a week.
create or replace function link_email(l mail_link) returns json
    language plpgsql
    as $$
declare
    old account;
    made uuid;
begin
    select * into old from account where id = l.account_id and disabled_at is null for update;
    if old.id is null then
        return '{"problem": "over"}';
    elsif exists (select from account a where a.email_key = lower(l.email) and a.id <> old.id) then
        return '{"problem": "taken"}';
    end if;
    update account set email = l.email, email_verified_at = clock() where id = old.id;
    insert into mail_link (kind, key, token_hash, live, account_id, email, created_at, expires_at)
    values ('email-undo', l.undo_key, l.undo_hash, true, old.id, old.email, clock(), clock() + interval '7 days') returning id into made;
    insert into outbox (kind, mail_link_id, data, due_at) values ('account-email-changed', made, '{}', clock());
    perform account_noted(old.id, 'account.email-changed');
    perform account_joins((select a from account a where a.id = old.id));
    return '{"to": "/account/email?saved=1"}';
end $$;

-- The old address again. Whoever changed it is out, and gets nowhere with the password they know.
create or replace function link_email_undo(l mail_link) returns json
    language plpgsql
    as $$
begin
    update account set email = l.email, email_verified_at = clock(), password_hash = null where id = l.account_id and disabled_at is null
        and not exists (select from account o where o.email_key = lower(l.email) and o.id <> l.account_id);
    if not found then
        return '{"problem": "over"}';
    end if;
    delete from session where account_id = l.account_id;
    -- nor with a factor that they added before or after
    delete from factor where account_id = l.account_id and made_at >= l.created_at - interval '1 day';
    perform factors_left(l.account_id);
    update mail_link set live = false where account_id = l.account_id and used_at is null and kind <> 'close-undo';
    perform account_noted(l.account_id, 'account.email-kept');
    return '{"to": "/forgot?kept=1"}';
end $$;

-- The account that was closed, as it was.
create or replace function link_close_undo(l mail_link) returns json
    language plpgsql
    as $$
begin
    update account set disabled_at = null, closes_at = null where id = l.account_id and closes_at > clock();
    if not found then
        return '{"problem": "over"}';
    end if;
    perform account_noted(l.account_id, 'account.kept');
    return '{"to": "/sign-in?kept=1"}';
end $$;

-- A mail to the owner about the account itself; the address is read when it is sent.
create or replace function account_tell(p_account uuid, p_kind text) returns void
    language sql
    as $$ insert into outbox (kind, account_id, data, due_at) values (p_kind, p_account, '{}', clock()) $$;

-- What guests booked with the address that has been proved.
create or replace function account_joins(p_who account) returns int
    language plpgsql
    as $$
declare
    n int;
begin
    update booking set client_account_id = p_who.id
    where lower(client_email) = p_who.email_key and client_account_id is null and state <> 'held' and p_who.email_verified_at is not null;
    get diagnostics n = row_count;
    return n;
end $$;

-- What is booked later with a proved address joins at once.
create or replace function booking_joins() returns trigger
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
begin
    new.client_account_id := (select a.id from account a where a.email_key = lower(new.client_email) and a.email_verified_at is not null and a.disabled_at is null);
    return new;
end $$;
create or replace trigger booking_joins before update of state on booking
    for each row when (old.state = 'held' and new.state in ('confirmed', 'requested') and new.client_email is not null) execute function booking_joins();

-- Links that are over, a day later, and with them what was asked and never proved → how many.
create or replace function link_sweep() returns int
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    n int;
begin
    delete from mail_link where id in (select id from mail_link where expires_at < clock() - interval '1 day' limit 500 for update skip locked);
    get diagnostics n = row_count;
    return n;
end $$;

grant execute on function link_ask, link_look, link_use to unknot_web;
