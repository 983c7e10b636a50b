-- The listing is derived: refreshed here, in the transaction that changed what it rests on, by the triggers at the end.
-- SECURITY DEFINER, because the caller may neither write it nor see every row it counts.

-- One therapist's rows are the lock under which claims and listing change. Everybody takes it before touching either (and after the rows of
-- bookings, services and the like that they change), so nobody waits in a ring, and who had to wait computes from a snapshot that has
-- seen what the other did.
create or replace function listing_lock(p_therapist int) returns void
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
begin
    -- + 0: the order is of two or three rows and must not tempt a plan to walk the primary key
    perform from listing where therapist_id = p_therapist order by location_id + 0 for update;
end $$;

create or replace function listing_refresh_times(p_therapist int) returns void
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    row record;
    starts timestamptz[];
    mask int8;
begin
    perform listing_lock(p_therapist);
    for row in select l.location_id, l.service_id, l.zone from listing l where l.therapist_id = p_therapist loop
        if row.service_id is null then
            update listing set days = 0, next = '{}', refreshed_at = now() where location_id = row.location_id;
            continue;
        end if;
        select coalesce((array_agg(s.start order by s.start))[1:12], '{}'),
               coalesce(bit_or(1::int8 << ((s.local::date - date '2000-01-01') % 63)), 0)
          into starts, mask
          from slots(row.service_id, row.location_id, local_day(now(), row.zone), 61) s;
        update listing set days = mask, next = starts, refreshed_at = now() where location_id = row.location_id;
    end loop;
end $$;
comment on function listing_refresh_times is 'free times of one therapist''s rows';

-- The proof that a result shows on a day: permission to practise before training, what is checked before what is not.
create or replace function credential_shown(p_therapist int, p_on date) returns json
    language plpgsql stable
    as $$
declare
    c credential;
    state text;
begin
    select * into c from credential where therapist_id = p_therapist
    order by is_profession(kind) desc, checked_until >= p_on desc nulls last, checked_on is null desc, checked_until desc, id limit 1;
    state := case when c.id is null then 'none' when c.checked_on is null then 'unchecked' when c.checked_until >= p_on then 'checked' else 'lapsed' end;
    return json_build_object('state', state, 'checked', state = 'checked', 'lapsed', state = 'lapsed', 'kind', c.kind, 'title', c.title,
        'profession', is_profession(c.kind), 'checked_until', case when state = 'checked' then c.checked_until end,
        'word', case state when 'checked' then credential_word(c.kind) || ' checked'
                           when 'lapsed' then credential_word(c.kind) || ': our check has run out'
                           when 'unchecked' then credential_word(c.kind) || ': not checked yet'
                           else 'No credential given' end);
end $$;

create or replace function listing_card(p_therapist int, p_location int, p_service int) returns text
    language sql stable security definer set search_path = unknot, public, pg_temp
    as $$
    select left(json_build_object(
        'slug', t.slug, 'name', t.name, 'headline', t.headline,
        'techniques', (select coalesce(json_agg(q.label order by q.id), '[]') from therapist_technique x join technique q on q.id = x.technique_id
                       where x.therapist_id = t.id),
        'techniques_text', (select string_agg(q.label, ', ' order by q.id) from therapist_technique x join technique q on q.id = x.technique_id
                            where x.therapist_id = t.id),
        'complaints', (select coalesce(json_agg(q.label order by q.id), '[]') from therapist_complaint x join complaint q on q.id = x.complaint_id
                       where x.therapist_id = t.id),
        'price', (select json_build_object('amount', round(s.price / 100.0, 2), 'currency', s.currency, 'minutes', s.minutes,
                         'text', say_money(s.price, s.currency), 'service', s.id, 'name', s.name) from service s where s.id = p_service),
        'place', json_build_object('street', l.street, 'town', l.town, 'region', l.region, 'postcode', l.postcode, 'access', nullif(l.access, '')),
        'lat', l.lat, 'lon', l.lon, 'tint', tint(t.id),
        'initials', upper(left(fold(t.name), 1) || coalesce(substring(fold(t.name) from ' (.)[^ ]*$'), '')),
        'rating', case when x.rating_n > 0 then json_build_object('score', x.rating, 'count', x.rating_n, 'text', to_char(x.rating, 'FM0.0'), 'one', x.rating_n = 1) end
        )::text, -1)
    from therapist t join location l on l.id = p_location and l.therapist_id = t.id join listing x on x.location_id = l.id
    where t.id = p_therapist
    $$;
comment on function listing_card is 'what a result shows and no clock changes, as JSON text without its closing brace';

create or replace function listing_refresh(p_therapist int) returns void
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    shown service;
begin
    perform listing_lock(p_therapist);
    if not exists (select from therapist where id = p_therapist and published) then
        delete from listing where therapist_id = p_therapist;
        return;
    end if;
    -- the service a card shows: nearest to an hour, then cheapest
    select * into shown from service where therapist_id = p_therapist and retired_at is null
    order by abs(minutes - 60), price, position, id limit 1;

    insert into listing as old (location_id, therapist_id, spot, techniques, complaints, service_id, minutes, price, currency, notice,
                                rating_n, rating, checked_until, zone)
    select l.id, p_therapist, mercator(l.lat, l.lon),
           coalesce((select bit_or(1::int8 << technique_id) from therapist_technique where therapist_id = p_therapist), 0),
           coalesce((select bit_or(1::int8 << complaint_id) from therapist_complaint where therapist_id = p_therapist), 0),
           shown.id, shown.minutes, shown.price, shown.currency, make_interval(mins => coalesce(shown.notice, 0)),
           (select count(*) from review where therapist_id = p_therapist and removed_at is null),
           (select round(avg((expertise + professionalism + satisfaction) / 3.0), 1) from review
            where therapist_id = p_therapist and removed_at is null),
           -- + 0: max() of the bare column would walk the index of the checks' ends through everybody's
           (select max(checked_until + 0) from credential where therapist_id = p_therapist and is_profession(kind)),
           l.zone
    from location l where l.therapist_id = p_therapist order by l.id
    on conflict (location_id) do update set
        spot = excluded.spot, techniques = excluded.techniques, complaints = excluded.complaints, service_id = excluded.service_id,
        minutes = excluded.minutes, price = excluded.price, currency = excluded.currency, notice = excluded.notice,
        rating_n = excluded.rating_n, rating = excluded.rating, checked_until = excluded.checked_until, zone = excluded.zone;

    insert into listing_card (location_id, name_key, card, credential, credential_until, credential_lapsed)
    select l.id, fold(t.name), listing_card(p_therapist, l.id, shown.id), c.now, (c.now ->> 'checked_until')::date, credential_shown(p_therapist, 'infinity')
    from location l join therapist t on t.id = l.therapist_id, credential_shown(p_therapist, current_date) c (now) where l.therapist_id = p_therapist
    on conflict (location_id) do update set name_key = excluded.name_key, card = excluded.card, credential = excluded.credential,
        credential_until = excluded.credential_until, credential_lapsed = excluded.credential_lapsed;

    perform listing_refresh_times(p_therapist);
end $$;
comment on function listing_refresh is 'makes one therapist''s rows anew from the tables they rest on';

-- The clock changes the listing too: a check runs out, starts pass, a new day comes into the horizon. The worker calls this until it returns 0.
-- It locks many therapists one after the other, so one worker at a time: two would wait for each other.
create or replace function listing_refresh_due(p_limit int) returns int
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    t int;
    n int := 0;
begin
    if not pg_try_advisory_xact_lock('listing'::regclass::int, 1) then
        return 0;
    end if;
    for t in select distinct l.therapist_id from listing_card c join listing l using (location_id) where c.credential_until < current_date limit p_limit loop
        perform listing_refresh(t);
        n := n + 1;
    end loop;
    for t in select l.therapist_id from listing l
             where l.refreshed_at < now() - interval '6 hours'
                or (cardinality(l.next) > 0 and l.next[least(6, cardinality(l.next))] < now() + l.notice and l.refreshed_at < now() - interval '1 minute')
             limit p_limit loop
        perform listing_refresh_times(t);
        n := n + 1;
    end loop;
    return n;
end $$;

create or replace function bulk_load() returns boolean
    language sql stable
    as $$ select session_user = 'unknot_owner' and current_setting('app.bulk', true) = 'on' $$;
comment on function bulk_load is 'the owner is loading many rows and will make the listings at the end';

-- Statement-level triggers: one refresh a therapist however many rows a statement touched.
create or replace function listing_follow() returns trigger
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    t int;
begin
    if bulk_load() then
        return null;
    end if;
    for t in
        select distinct case when tg_table_name = 'therapist' then (r ->> 'id')::int
                             when tg_table_name = 'hours' then (select l.therapist_id from location l where l.id = (r ->> 'location_id')::int)
                             else (r ->> 'therapist_id')::int end
        from (select to_json(c) as r from changed c) x
        order by 1
    loop
        perform listing_refresh(t);
    end loop;
    return null;
end $$;

do $$
declare
    t text;
begin
    foreach t in array array['therapist', 'therapist_technique', 'therapist_complaint', 'credential', 'location', 'hours', 'service', 'review'] loop
        execute format('create or replace trigger listing_follows_insert after insert on %I referencing new table as changed for each statement execute function listing_follow()', t);
        execute format('create or replace trigger listing_follows_update after update on %I referencing new table as changed for each statement execute function listing_follow()', t);
        if t <> 'therapist' then -- a deleted therapist takes the listing along by foreign keys
            execute format('create or replace trigger listing_follows_delete after delete on %I referencing old table as changed for each statement execute function listing_follow()', t);
        end if;
    end loop;
end $$;

grant execute on function listing_refresh, listing_refresh_times, listing_refresh_due to unknot_worker;
grant execute on function listing_refresh, bulk_load, credential_shown to unknot_web;
grant execute on function bulk_load to unknot_worker;
