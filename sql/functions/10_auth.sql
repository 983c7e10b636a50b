-- Capabilities of one transaction. A token is worth what the database finds behind its hash; an id set by somebody who
-- can inject SQL is worth nothing.

create or replace function auth.enter(p_session text, p_booking text) returns void
    language plpgsql
    as $$
begin
    perform set_config('app.session', coalesce(p_session, ''), true), set_config('app.booking', coalesce(p_booking, ''), true);
end $$;
comment on function auth.enter is 'sets the caller''s tokens for this transaction only';

-- Policies ask these two at each booking of a guest: who is not signed in is answered without a look. PL/pgSQL keeps its plan, where a function in SQL
-- that runs as its owner is planned anew at each call.
create or replace function auth.therapist() returns int
    language plpgsql stable security definer set search_path = unknot, public, pg_temp
    as $$
begin
    if auth.token_hash('app.session') is null then
        return null;
    end if;
    return (select t.id from therapist t where t.account_id = auth.account());
end $$;

create or replace function auth.is_operator() returns boolean
    language plpgsql stable security definer set search_path = unknot, public, pg_temp
    as $$
begin
    return auth.token_hash('app.session') is not null and exists (select from account a where a.id = auth.account() and a.role = 'operator');
end $$;

grant execute on function auth.enter, auth.token_hash, auth.account, auth.therapist, auth.is_operator to unknot_web, unknot_worker;
