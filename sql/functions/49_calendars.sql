-- Calendars elsewhere that are read for busy times, and the secret addresses under which ours are given away.

-- --- Reading

-- The next calendar that is due, the worker's for five minutes → {"id","sealed","host","zone","from","to"}, null for none.
create or replace function outside_take() returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    c outside_calendar;
    here text;
begin
    select * into c from outside_calendar where next_at <= clock() order by next_at limit 1 for update skip locked;
    if not found then
        return null;
    end if;
    update outside_calendar set next_at = clock() + interval '5 minutes', tried_at = clock() where id = c.id;
    -- whole days are those of the therapist's first place
    select coalesce((select l.zone from location l where l.therapist_id = c.therapist_id order by l.id limit 1), 'UTC') into here;
    return json_build_object('id', c.id, 'sealed', c.sealed, 'host', c.host, 'zone', here,
        'from', floor(extract(epoch from clock() - interval '1 day'))::int8::text, 'to', floor(extract(epoch from clock() + interval '63 days'))::int8::text);
end $$;

-- What was read: p_spans [[from, to], …] in seconds since 1970, or p_problem. A source that fails keeps what was read of it before. Only what is different
-- is written, so that nothing follows when nothing changed. A reading that came too late (the calendar was taken up by another) is as good.
create or replace function outside_store(p_id int, p_spans json, p_problem text) returns text
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    c outside_calendar;
begin
    select * into c from outside_calendar where id = p_id for update;
    if not found then
        return null;
    end if;
    if p_problem is not null then
        update outside_calendar set problem = p_problem, failures = least(failures + 1, 100), next_at = clock() + least(interval '15 minutes' * 2 ^ least(failures, 5), interval '6 hours')
        where id = p_id;
        return p_problem;
    end if;
    perform listing_lock(c.therapist_id);
    with wanted as materialized (
        select tstzrange(to_timestamp((s ->> 0)::float8), to_timestamp((s ->> 1)::float8)) as during from json_array_elements(p_spans) s
    ), gone as (
        delete from outside_busy b where b.calendar_id = p_id and not exists (select from wanted w where w.during = b.during)
    )
    insert into outside_busy (calendar_id, therapist_id, during) select p_id, c.therapist_id, w.during from wanted w on conflict do nothing;
    update outside_calendar set problem = null, failures = 0, fetched_at = clock(), next_at = clock() + interval '15 minutes' * (1 + random() / 5) where id = p_id;
    return 'stored';
end $$;

-- --- The therapist's page

create or replace function say_outside_problem(p text) returns text
    language sql immutable
    as $$
    select case p when 'address' then 'the address is not one on the open internet' when 'unreachable' then 'the other side could not be reached' when 'timeout' then 'the other side took too long'
        when 'tls' then 'there was no safe connection' when 'redirects' then 'the address leads elsewhere too often' when 'too-large' then 'the file is too large'
        when 'not-found' then 'the other side says there is no such calendar: the address may have been renewed' when 'no-calendar' then 'what came is no calendar'
        when 'too-complex' then 'the calendar has more entries or repetitions than can be read' when 'key' then 'the address cannot be read any more: enter it again'
        else 'the other side has trouble' end
    $$;

create or replace function practice_calendars() returns json
    language sql stable
    as $$
    select json_build_object(
        'calendars', (select coalesce(json_agg(json_build_object('id', c.id, 'name', c.name, 'host', c.host, 'read', say_ago(c.fetched_at), 'is_new', c.fetched_at is null and c.problem is null,
                          'problem', case when c.problem is not null then say_outside_problem(c.problem) end, 'tried', say_ago(c.tried_at),
                          'busy', (select count(*) from outside_busy b where b.calendar_id = c.id and upper(b.during) > clock())) order by c.id), '[]')
                      from outside_calendar c where c.therapist_id = t.id),
        'full', (select count(*) >= 3 from outside_calendar c where c.therapist_id = t.id),
        'feed', (select json_build_object('nonce', f.nonce, 'busy_only', f.busy_only) from calendar_feed f where f.therapist_id = t.id))
    from therapist t where t.id = auth.therapist()
    $$;

create or replace function practice_calendar_add(p_name text, p_sealed text, p_host text) returns json
    language plpgsql
    as $$
begin
    if (select count(*) from outside_calendar where therapist_id = auth.therapist()) >= 3 then
        return practice_problem('url', 'Three calendars can be read at most: take one away first');
    end if;
    insert into outside_calendar (therapist_id, name, sealed, host) values (auth.therapist(), p_name, p_sealed, p_host);
    return practice_calendars();
end $$;

create or replace function practice_calendar_act(p_id int, p_act text) returns json
    language plpgsql
    as $$
begin
    if p_act = 'remove' then
        delete from outside_calendar where id = p_id and therapist_id = auth.therapist();
    else
        update outside_calendar set next_at = greatest(clock(), tried_at + interval '1 minute') where id = p_id and therapist_id = auth.therapist();
    end if;
    return case when found then practice_calendars() end;
end $$;

-- --- Giving away. The secret itself is made by the program from the nonce; here is its hash.

create or replace function practice_feed(p_nonce uuid, p_token text, p_act text) returns json
    language plpgsql
    as $$
declare
    me int := auth.therapist();
begin
    if p_act = 'off' then
        delete from calendar_feed where therapist_id = me;
    elsif p_act in ('busy', 'names') then
        update calendar_feed set busy_only = p_act = 'busy' where therapist_id = me;
    else
        insert into calendar_feed (token_hash, nonce, therapist_id) values (sha256(convert_to(p_token, 'UTF8')), p_nonce, me)
        on conflict (therapist_id) do update set token_hash = excluded.token_hash, nonce = excluded.nonce, made_at = clock();
    end if;
    return practice_calendars();
end $$;

create or replace function booking_feed(p_id uuid, p_nonce uuid, p_token text, p_act text) returns json
    language plpgsql
    as $$
begin
    if not exists (select from booking where id = p_id and token_hash = auth.token_hash('app.booking') and reference is not null) then
        return null;
    elsif p_act = 'off' then
        delete from calendar_feed where booking_id = p_id;
    else
        insert into calendar_feed (token_hash, nonce, booking_id) values (sha256(convert_to(p_token, 'UTF8')), p_nonce, p_id)
        on conflict (booking_id) do update set token_hash = excluded.token_hash, nonce = excluded.nonce, made_at = clock();
    end if;
    return booking_reminders(p_id);
end $$;

-- The calendar behind a secret: {"name","events","zones"}; null when there is none. A therapist's shows first names and services, or only that the time
-- is taken; never anything of the safety check. A booking's shows that visit, wherever it
-- moves, and those planned with it.
create or replace function calendar_feed_show(p_token text) returns json
    language sql volatile security definer set search_path = unknot, public, pg_temp
    as $$
    with feed as (
        select * from calendar_feed f where f.token_hash = sha256(convert_to(p_token, 'UTF8'))
    ), entry as materialized (
        select b.zone, b.starts_at, b.ends_at,
               case when f.booking_id is not null then calendar_event(b, b.service_name || ' with ' || (booking_therapist(b.therapist_id) ->> 'name'), 'Reference ' || b.reference)
                    when f.busy_only then (calendar_event(b, 'Busy', null)::jsonb - 'location')::json
                    else calendar_event(b, split_part(b.client_name, ' ', 1) || ': ' || b.service_name, null, 'At the client''s address') end as event
        from feed f cross join lateral (
            select x.* from booking x where x.id = f.booking_id
            union all select y.* from booking x join booking y on y.series_id = x.series_id and y.id <> x.id where x.id = f.booking_id
            union all select x.* from booking x where x.therapist_id = f.therapist_id) b
        where b.reference is not null
          and case when f.booking_id is not null then b.confirmed_at is not null
                   else b.state in ('confirmed', 'attended') and b.starts_at > clock() - interval '30 days' and b.starts_at < clock() + interval '1 year' end
    )
    select json_build_object('name', case when f.booking_id is not null then 'My massage' else (booking_therapist(f.therapist_id) ->> 'name') || ': bookings' end,
        'events', (select coalesce(json_agg(e.event order by e.starts_at), '[]') from entry e),
        'zones', (select calendar_zones(array_agg(e.zone), min(e.starts_at), max(e.ends_at)) from entry e))
    from feed f
    $$;

grant execute on function outside_take, outside_store to unknot_worker;
grant execute on function say_outside_problem, practice_calendars, practice_calendar_add, practice_calendar_act, practice_feed, booking_feed, calendar_feed_show to unknot_web;
