-- Sessions that ended and throttles that cooled are forgotten.
create or replace function session_sweep() returns int
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    n int;
begin
    delete from session where expires_at < now() or seen_at < now() - interval '12 hours';
    get diagnostics n = row_count;
    delete from sign_in_throttle where last_at < now() - interval '1 day';
    return n;
end $$;
grant execute on function session_sweep to unknot_worker;
