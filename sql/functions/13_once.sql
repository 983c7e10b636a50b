-- Idempotency keys. The row is made before the change and in its transaction: a second request with the same key waits here until the first one is
-- over (lock_timeout: 55P03), then finds its answer. So also does one that asks what became of a COMMIT whose answer was lost.

create or replace function change_actor() returns text
    language sql stable
    as $$
    select coalesce(case when auth.token_hash('app.session') is not null then auth.account()::text end, encode(auth.token_hash('app.booking'), 'hex'), '')
    $$;

-- Sets the caller's tokens, as auth.enter. Null: this change is new, go on. Else {"same"}, with {"answer"} while that is kept.
create or replace function change_begin(p_session text, p_booking text, p_key bytea, p_request bytea) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    who text;
    old change_key;
begin
    perform auth.enter(p_session, p_booking);
    who := change_actor();
    insert into change_key (key, actor, request) values (p_key, who, p_request) on conflict do nothing;
    if found then
        return null;
    end if;
    select * into old from change_key c where c.key = p_key and c.actor = who;
    return json_build_object('same', old.request = p_request, 'answer', case when old.request = p_request then old.answer end);
end $$;

-- p_answer null: nothing was changed, so that the key is free again. p_minutes: how long the answer is kept; the key itself stays for seven days.
create or replace function change_end(p_session text, p_booking text, p_key bytea, p_answer text, p_minutes int) returns boolean
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
begin
    perform auth.enter(p_session, p_booking);
    if p_answer is null then
        delete from change_key where key = p_key and actor = change_actor();
    else
        update change_key set answer = p_answer, answer_until = clock() + make_interval(mins => p_minutes) where key = p_key and actor = change_actor();
    end if;
    return found;
end $$;

create or replace function change_look(p_key bytea) returns json
    language sql stable security definer set search_path = unknot, public, pg_temp
    as $$ select json_build_object('answer', c.answer) from change_key c where c.key = p_key and c.actor = change_actor() $$;

create or replace function change_sweep() returns int
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    n int;
    m int;
begin
    delete from change_key where (key, actor) in (select key, actor from change_key where made_at < clock() - interval '7 days' limit 200 for update skip locked);
    get diagnostics n = row_count;
    update change_key set answer = null where (key, actor) in
        (select key, actor from change_key where answer is not null and answer_until < clock() limit 200 for update skip locked);
    get diagnostics m = row_count;
    return n + m;
end $$;

grant execute on function change_begin, change_end, change_look to unknot_web;
grant execute on function change_sweep to unknot_worker;
