-- Capabilities of one transaction. A token is worth what the database finds behind its hash; an id set by somebody who
-- can inject SQL is worth nothing.

create or replace function auth.enter(p_session text, p_booking text) returns void
    language plpgsql
    as $$
begin
    perform set_config('app.session', coalesce(p_session, ''), true), set_config('app.booking', coalesce(p_booking, ''), true);
end $$;
comment on function auth.enter is 'sets the caller''s tokens for this transaction only';

-- Policies ask these at each statement, and at each row of what a function looks up: who is not signed in is answered without a look. PL/pgSQL keeps its
-- plan, where a function in SQL that runs as its owner is planned anew at each call.
create or replace function auth.account() returns uuid
    language plpgsql stable security definer set search_path = unknot, public, pg_temp
    as $$
declare
    hash constant bytea := auth.token_hash('app.session');
begin
    if hash is null then
        return null;
    end if;
    return (select a.id from session s join account a on a.id = s.account_id
            where s.token_hash = hash and s.expires_at > now() and a.disabled_at is null and not s.second_factor_due
              and s.seen_at > now() - case when a.role = 'operator' then interval '10 minutes' when s.kept then interval '30 days' else interval '30 minutes' end);
end $$;
comment on function auth.account is 'who is signed in: null after the idle limit (operator 10 minutes, others 30, a client who asked for it 30 days) or the absolute one, and before the second factor';

create or replace function auth.therapist() returns int
    language plpgsql stable security definer set search_path = unknot, public, pg_temp
    as $$
begin
    if auth.token_hash('app.session') is null then
        return null;
    end if;
    return (select t.id from therapist t where t.account_id = auth.account());
end $$;

-- An operator is one by a second factor only: with the password alone nothing of the place is theirs to see.
create or replace function auth.is_operator() returns boolean
    language plpgsql stable security definer set search_path = unknot, public, pg_temp
    as $$
begin
    return auth.token_hash('app.session') is not null and exists (
        select from account a join session s on s.account_id = a.id and s.token_hash = auth.token_hash('app.session') and s.factored
        where a.id = auth.account() and a.role = 'operator');
end $$;

-- Whoever holds this session proved to be the owner a short while ago: what asks for that is health answers, operators' acts and factors.
create or replace function auth.proved() returns boolean
    language plpgsql stable security definer set search_path = unknot, public, pg_temp
    as $$
begin
    return auth.token_hash('app.session') is not null and exists (
        select from session s where s.token_hash = auth.token_hash('app.session') and s.account_id = auth.account() and s.proved_at > now() - interval '15 minutes');
end $$;

-- The same, and by a second factor where the role wants one.
create or replace function auth.proved_wholly() returns boolean
    language plpgsql stable security definer set search_path = unknot, public, pg_temp
    as $$
begin
    return auth.proved() and exists (
        select from session s join account a on a.id = s.account_id where s.token_hash = auth.token_hash('app.session') and (a.role = 'client' or s.factored));
end $$;

-- Who has shown the password and not yet the second factor; nobody for anything but that.
create or replace function auth.half() returns uuid
    language plpgsql stable security definer set search_path = unknot, public, pg_temp
    as $$
begin
    return (select a.id from session s join account a on a.id = s.account_id
            where s.token_hash = auth.token_hash('app.session') and s.second_factor_due and s.expires_at > now() and a.disabled_at is null);
end $$;

grant execute on function auth.enter, auth.token_hash, auth.account, auth.therapist, auth.is_operator, auth.proved to unknot_web, unknot_worker;
