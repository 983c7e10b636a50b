-- Capabilities of one transaction. A token is worth what the database finds behind its hash; an id set by somebody who
-- can inject SQL is worth nothing.

create or replace function auth.enter(p_session text, p_booking text) returns void
    language sql volatile
    as $$
    select set_config('app.session', coalesce(p_session, ''), true), set_config('app.booking', coalesce(p_booking, ''), true)
    $$;
comment on function auth.enter is 'sets the caller''s tokens for this transaction only';

grant execute on function auth.enter, auth.token_hash, auth.account, auth.therapist, auth.is_operator to unknot_web, unknot_worker;
