-- Waiting lists. Who waits says which days and parts of the day suit; whose address is proved stands in the line. When a time becomes free, the worker
-- offers it to the first whom it fits: a hold like any other, with a longer deadline and the token of the entry, so that it is on nobody else's screen.
-- Who is on the site at that moment and takes the time first has it: a claim is a claim. Nothing is asked of the people in the line but yes or no.

-- --- Joining

create or replace function part_of_day(p_local timestamp) returns text
    language sql immutable
    as $$ select case when p_local::time < '12:00' then 'morning' when p_local::time < '17:00' then 'afternoon' else 'evening' end $$;

-- Whether one more mail to this address is decent: three entries a day that nobody confirmed, twenty at once. Who asks does not learn of others.
create or replace function waiting_decent(p_email text) returns boolean
    language sql stable security definer set search_path = unknot, public, pg_temp
    as $$
    select count(*) filter (where confirmed_at is null and created_at > clock() - interval '1 day') < 3 and count(*) < 20
    from waiting where lower(email) = lower(p_email) and ended_at is null
    $$;

create or replace function waiting_problem(p_field text, p_title text) returns json
    language sql immutable
    as $$ select json_build_object('problem', true, 'status', 422, 'type', 'form', 'field', p_field, 'title', p_title) $$;

-- What is wrong with an entry; null: nothing.
create or replace function waiting_wrong(w waiting) returns json
    language sql stable
    as $$
    select case
        when w.from_day < current_date - 1 then waiting_problem('from', 'Enter a first day that is today or later')
        when w.until_day < w.from_day then waiting_problem('until', 'Enter a last day that is not before the first')
        when w.until_day > w.from_day + 60 then waiting_problem('until', 'Enter a last day within 60 days of the first')
        when w.service_id is not null and not exists (select from service s where s.id = w.service_id and s.therapist_id = w.therapist_id and s.retired_at is null)
            then waiting_problem('service', 'Choose a service from the list')
        when w.therapist_id is null and w.lat is null then waiting_problem('near', 'We know no such place. Enter a town and its state, or a ZIP code') end
    $$;

-- Whose day it is and in whose manner dates are said to who waits: the therapist's first place, or the one that is listed nearest.
create or replace function waiting_home(p_therapist int, p_lat float8, p_lon float8, out zone text, out country text)
    language plpgsql stable
    as $$
#variable_conflict use_column
begin
    if p_therapist is not null then
        select l.zone, l.country into zone, country from location l where l.therapist_id = p_therapist order by l.id limit 1;
    elsif p_lat is not null then
        select o.zone, o.country into zone, country from listing l join location o on o.id = l.location_id order by l.spot <-> mercator(p_lat, p_lon) limit 1;
    end if;
    zone := coalesce(zone, 'UTC');
    country := coalesce(country, site_country());
end $$;

-- p_asked: {"slug","service","near","km","tag","minutes","days","parts","from","until","email"}, texts; slug null: anybody near a place. The same key again is the
-- same entry. Answers {"sent":true}, also where no mail goes out because that address gets enough of them; or what is wrong, or null: no such list.
create or replace function waiting_join(p_key uuid, p_asked json) returns json
    language plpgsql
    as $$
declare
    w waiting;
    wrong json;
begin
    select id into w.therapist_id from therapist where slug = p_asked ->> 'slug' and published and waiting_list;
    if not found and p_asked ->> 'slug' is not null then
        return null;
    end if;
    w.id := gen_random_uuid();
    w.key := p_key;
    w.token_hash := auth.token_hash('app.booking');
    w.service_id := p_asked ->> 'service';
    w.minutes := p_asked ->> 'minutes';
    w.days := coalesce(p_asked ->> 'days', '{1,2,3,4,5,6,7}')::smallint[];
    w.parts := coalesce(p_asked ->> 'parts', '{morning,afternoon,evening}')::text[];
    w.email := p_asked ->> 'email';
    w.created_at := clock();
    if w.therapist_id is null then
        select m.label, m.lat, m.lon into w.place, w.lat, w.lon from place_meant(p_asked ->> 'near') m where m.lat is not null;
        w.km := case when w.lat is not null then coalesce((p_asked ->> 'km')::int, 25) end;
        w.tag_id := (select id from tag where slug = p_asked ->> 'tag' and kind in ('technique', 'complaint') and retired_at is null order by kind limit 1);
    end if;
    -- today is the place's: west of Greenwich it is still yesterday in the evening
    w.from_day := coalesce((p_asked ->> 'from')::date, local_day(clock(), (waiting_home(w.therapist_id, w.lat, w.lon)).zone));
    w.until_day := coalesce((p_asked ->> 'until')::date, w.from_day + 30);
    wrong := coalesce(waiting_wrong(w), case when client_blocked(w.therapist_id, w.email, null) is not null then
        waiting_problem('email', rtrim(client_refused(client_blocked(w.therapist_id, w.email, null), null) ->> 'title', '.')) end);
    if wrong is not null then
        return wrong;
    end if;
    if waiting_decent(w.email) then
        insert into waiting select w.* on conflict (key) do nothing;
        if found then
            insert into outbox (kind, channel, waiting_id, data) values ('waiting-confirm', 'mail', w.id, '{}');
        end if;
    end if;
    return json_build_object('sent', true);
end $$;

-- The address is proved: from now on in the line, and looked for at once.
create or replace function waiting_confirm() returns json
    language plpgsql
    as $$
begin
    update waiting set confirmed_at = clock() where token_hash = auth.token_hash('app.booking') and confirmed_at is null and ended_at is null;
    return waiting_shown();
end $$;

-- Leaves the line. What is offered at this moment is given back, so that it goes to the next.
create or replace function waiting_leave() returns json
    language plpgsql
    as $$
declare
    offered uuid;
begin
    update waiting set ended_at = clock(), ended_why = 'left' where token_hash = auth.token_hash('app.booking') and ended_at is null;
    for offered in select b.id from booking b join waiting w on b.waiting_id = w.id
                   where w.token_hash = auth.token_hash('app.booking') and b.token_hash = w.token_hash and b.state = 'held' loop
        perform booking_cancel(offered, null, 'link');
    end loop;
    return waiting_shown();
end $$;

-- --- Documents

create or replace function waiting_days(p_days smallint[], p_country text) returns text
    language sql stable
    as $$
    select case when cardinality(p_days) = 7 then 'Any day' else string_agg(say_weekday(d) || 's', ', ' order by weekday_place(d, p_country)) end
    from unnest(p_days) d
    $$;

create or replace function waiting_part(p_part text, p_country text) returns text
    language sql stable
    as $$ select case p_part when 'morning' then 'Before noon' when 'afternoon' then 'Noon to ' || say_hour(17, p_country) else 'After ' || say_hour(17, p_country) end $$;

create or replace function waiting_parts(p_parts text[], p_country text) returns text
    language sql stable
    as $$
    select case when cardinality(p_parts) = 3 then 'Any time of the day'
                else string_agg(waiting_part(p, p_country), ', ' order by array_position(array['morning', 'afternoon', 'evening'], p)) end
    from unnest(p_parts) p
    $$;

-- An entry in words, for its page and its mails.
create or replace function waiting_json(w waiting) returns json
    language sql stable
    as $$
    select json_build_object('therapist', case when w.therapist_id is not null then booking_therapist(w.therapist_id) end,
        'service', (select s.name || ', ' || s.minutes || ' minutes' from service s where s.id = w.service_id), 'minutes', w.minutes,
        'place', w.place, 'within', case when w.km is not null then say_radius(w.km, here) end, 'tag', (select t.label from tag t where t.id = w.tag_id),
        'days', waiting_days(w.days, here), 'parts', waiting_parts(w.parts, here), 'from', say_day(w.from_day, here), 'until', say_day(w.until_day, here),
        'is_new', w.confirmed_at is null and w.ended_at is null, 'is_waiting', w.confirmed_at is not null and w.ended_at is null,
        'booked', w.ended_why = 'booked', 'left', w.ended_why = 'left', 'over', w.ended_why = 'over')
    from (select h.country as here from waiting_home(w.therapist_id, w.lat, w.lon) h offset 0) x
    $$;

create or replace function waiting_shown() returns json
    language sql
    as $$
    select (waiting_json(w)::jsonb || jsonb_build_object('offer', (
        select booking_document(b.id) from booking b where b.token_hash = w.token_hash and b.waiting_id = w.id and b.state = 'held' and b.hold_expires > clock() limit 1)))::json
    from waiting w where w.token_hash = auth.token_hash('app.booking')
    $$;

-- The page that asks what somebody waits for. p_slug null: with anybody near a place. p_days, p_parts: what is ticked.
create or replace function waiting_asks(p_slug text, p_service int, p_near text, p_km int, p_tag text, p_days smallint[], p_parts text[]) returns json
    language sql stable
    as $$
    select json_build_object('therapist', (select json_build_object('slug', t.slug, 'name', t.name, 'closed', not t.waiting_list) from therapist t where t.slug = p_slug and t.published),
        'services', (select json_agg(json_build_object('id', s.id, 'text', s.name || ', ' || s.minutes || ' minutes', 'on', s.id = p_service) order by s.position, s.id)
                     from service s join therapist t on t.id = s.therapist_id where t.slug = p_slug and s.retired_at is null),
        'near', p_near, 'radii', (select json_agg(json_build_object('value', k, 'text', say_radius(k, here), 'on', k = pick) order by k)
                                  from (select k, coalesce(min(k) filter (where k >= coalesce(p_km, 16)) over (), max(k) over ()) as pick from unnest(radii(here)) k where k <= 100) x),
        'tag', (select json_build_object('slug', g.slug, 'label', g.label) from tag g where g.slug = p_tag and g.kind in ('technique', 'complaint') and g.retired_at is null order by g.kind limit 1),
        'weekdays', (select json_agg(json_build_object('value', d, 'label', say_weekday(d), 'on', coalesce(d = any (p_days), false)) order by weekday_place(d, here)) from generate_series(1, 7) d),
        'times', (select json_agg(json_build_object('value', p, 'label', waiting_part(p, here), 'on', coalesce(p = any (p_parts), false))) from unnest('{morning,afternoon,evening}'::text[]) p),
        'from', today, 'until', today + 30)
    from (select h.country as here, local_day(clock(), h.zone) as today from (select 1) one left join place_meant(p_near) m on p_slug is null
          cross join lateral waiting_home((select t.id from therapist t where t.slug = p_slug), m.lat, m.lon) h offset 0) x
    where p_slug is null or exists (select from therapist t where t.slug = p_slug and t.published)
    $$;

-- What the therapist sees: how many wait, and no address.
create or replace function practice_waiting_list() returns json
    language sql stable security definer set search_path = unknot, public, pg_temp
    as $$
    select json_build_object('on', t.waiting_list, 'count', (select count(*) from waiting w where w.therapist_id = t.id and w.confirmed_at is not null and w.ended_at is null),
        'offered', (select count(*) from booking b where b.therapist_id = t.id and b.waiting_id is not null and b.state = 'held' and b.hold_expires > clock()),
        'booked', (select count(*) from booking b where b.therapist_id = t.id and b.waiting_id is not null and b.confirmed_at > clock() - interval '30 days'))
    from therapist t where t.id = auth.therapist()
    $$;

create or replace function practice_waiting_set(p_on boolean) returns json
    language plpgsql
    as $$
begin
    update therapist set waiting_list = p_on where id = auth.therapist() and waiting_list <> p_on;
    return practice_waiting_list();
end $$;

-- --- Offering

-- Whether an entry could get a time with somebody.
create or replace function waiting_suits(w waiting, p_therapist int) returns boolean
    language sql stable
    as $$
    select w.therapist_id = p_therapist
        or w.therapist_id is null and exists (select from location l join therapist t on t.id = l.therapist_id
                                              where l.therapist_id = p_therapist and t.published and earth_metres(w.lat, w.lon, l.lat, l.lon) <= w.km * 1000)
           and (w.tag_id is null or exists (select from therapist_tag g where g.therapist_id = p_therapist and g.tag_id = w.tag_id))
    $$;

-- With whom it could. Of an entry near a place, those in a circle of the map that has all of the distance in it, wherever the map ends.
create or replace function waiting_therapists(w waiting) returns setof int
    language plpgsql stable
    as $$
declare
    reach constant float8 := w.km / 111.0;
    round constant float8 := reach / cos(radians(least(89, abs(w.lat) + reach))) * 1.01;
begin
    if w.therapist_id is not null then
        return next w.therapist_id;
        return;
    end if;
    return query
    select distinct l.therapist_id
    from unnest(array[-360, 0, 360]) turn join listing l on l.spot <@ circle(mercator(w.lat, w.lon + turn), round) and l.shown join location a on a.id = l.location_id
    where earth_metres(w.lat, w.lon, a.lat, a.lon) <= w.km * 1000
      and (w.tag_id is null or exists (select from therapist_tag g where g.therapist_id = l.therapist_id and g.tag_id = w.tag_id));
end $$;

-- The first start that suits an entry and was not offered to this person; what could not be answered within ten minutes is no offer. Who waits for any
-- service comes to the practice: a visit at home is for who asked for it.
create or replace function waiting_fit(w waiting, p_therapist int) returns table (service_id int, start timestamptz, deadline timestamptz)
    language sql stable
    as $$
    select s.id, x.start, x.start - make_interval(mins => s.notice) from service s
    cross join lateral slots(s.id, null, greatest(w.from_day, (clock() at time zone 'UTC')::date - 1), w.until_day - greatest(w.from_day, (clock() at time zone 'UTC')::date - 1) + 1) x
    join location l on l.id = x.location_id
    where s.therapist_id = p_therapist and s.retired_at is null and (w.therapist_id is not null or (select t.new_clients from therapist t where t.id = p_therapist))
      and (w.service_id is null or s.id = w.service_id) and (w.minutes is null or s.minutes = w.minutes)
      and (w.service_id is not null or s.clients = 'any' and not s.at_home) and (w.lat is null or earth_metres(w.lat, w.lon, l.lat, l.lon) <= w.km * 1000)
      and extract(isodow from x.local) = any (w.days) and part_of_day(x.local) = any (w.parts)
      and x.start - make_interval(mins => s.notice) > clock() + interval '10 minutes'
      and not exists (select from waiting_offer o join waiting p on p.id = o.waiting_id
                      where lower(p.email) = lower(w.email) and o.therapist_id = p_therapist and o.starts_at = x.start)
    order by x.start, s.position, s.id limit 1
    $$;

-- Whether this person has an answer to give already.
create or replace function waiting_asked(w waiting) returns boolean
    language sql stable
    as $$
    select exists (select from waiting p join booking b on b.waiting_id = p.id
                   where lower(p.email) = lower(w.email) and booking_waits(b.state) and b.hold_expires > clock())
    $$;

create or replace function waiting_make(w waiting, p_therapist int, p_minutes int) returns boolean
    language plpgsql
    as $$
declare
    fit record;
    v service;
    new_id uuid := booking_new_id();
    until timestamptz;
    place int;
begin
    if client_blocked_as(p_therapist, null, w.email, null) is not null then
        return false;
    end if;
    select * into fit from waiting_fit(w, p_therapist);
    if not found then
        return false;
    end if;
    select * into v from service where id = fit.service_id;
    until := least(clock() + make_interval(mins => p_minutes), fit.deadline);
    place := claim_slot(new_id, v.id, fit.start, tstzrange(fit.start - make_interval(mins => v.kept_before), fit.start + make_interval(mins => v.minutes + v.kept_after)), until);
    if place is null then
        return false;
    end if;
    insert into booking (id, key, link_key, token_hash, therapist_id, location_id, service_id, starts_at, ends_at, zone, service_name, minutes, price, currency, hold_expires, hold_extended, mode,
                         answer_hours, cancel_notice, cancel_fee, move_notice, move_fee, at_home, client_email, waiting_id)
    select new_id, gen_random_uuid(), w.key, w.token_hash, v.therapist_id, l.id, v.id, fit.start, fit.start + make_interval(mins => v.minutes), l.zone, v.name, v.minutes, v.price, v.currency,
           until, true, v.mode, v.answer_hours, v.cancel_notice, v.cancel_fee, v.move_notice, v.move_fee, v.at_home, w.email, w.id
    from location l where l.id = place;
    insert into waiting_offer (waiting_id, therapist_id, starts_at, offered_at) values (w.id, v.therapist_id, fit.start, clock());
    perform booking_notify(new_id, 'waiting-offer', json_build_object('by', 'worker'));
    return true;
end $$;

-- The worker's step: one therapist whose times are to be looked at, everybody in that line by when they joined. Under the therapist's lock, so that what
-- is free stays free until it is offered. Answers 1, or 0 when nothing is due. Time itself opens times too (the last day that can be booked moves
-- on), so a line that is not empty is looked at each hour.
create or replace function waiting_step(p_minutes int) returns int
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    whose int := (select therapist_id from waiting_look where due_at <= clock() order by due_at limit 1);
    w waiting;
    keeps boolean := (select t.published and t.waiting_list from therapist t where t.id = whose);
    open boolean := false;
begin
    if whose is null then
        return 0;
    end if;
    perform listing_lock(whose);
    perform from waiting_look where therapist_id = whose and due_at <= clock() for update;
    if not found then
        return 1; -- another worker was faster
    end if;
    for w in select x.* from waiting x where x.confirmed_at is not null and x.ended_at is null and x.until_day >= (clock() at time zone 'UTC')::date - 1
               and (x.therapist_id = whose or x.therapist_id is null and waiting_suits(x, whose))
             order by x.confirmed_at, x.id loop
        open := true;
        if keeps and not waiting_asked(w) then
            perform waiting_make(w, whose, p_minutes);
        end if;
    end loop;
    if open then
        update waiting_look set due_at = clock() + interval '1 hour' where therapist_id = whose;
    else
        delete from waiting_look where therapist_id = whose;
    end if;
    return 1;
end $$;

-- --- What makes a look due

-- In the transaction that changes what is free, after the therapist's lock.
create or replace function waiting_wake(p_therapists int[]) returns void
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
begin
    update waiting_look set due_at = clock() where therapist_id = any (p_therapists) and due_at > clock();
end $$;

create or replace function waiting_freed() returns trigger
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
begin
    if not bulk_load() and old.therapist_id is not null then
        perform listing_lock(old.therapist_id);
        perform waiting_wake(array[old.therapist_id]);
    end if;
    return null;
end $$;
create or replace trigger waiting_freed after delete or update of blocked on slot_claim for each row execute function waiting_freed();

-- Hours, services, time off: the tables of listing_follow that free time rests on. The name puts it after the trigger that takes the lock.
create or replace function waiting_follow() returns trigger
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    touched int[];
begin
    if bulk_load() or not exists (select from waiting_look) then
        return null;
    end if;
    select array_agg(distinct case when tg_table_name = 'therapist' then (r ->> 'id')::int
                                   when tg_table_name in ('hours', 'season', 'special_day') then (select l.therapist_id from location l where l.id = (r ->> 'location_id')::int)
                                   else (r ->> 'therapist_id')::int end) into touched
    from (select to_json(c) as r from changed c) c;
    perform waiting_wake(touched);
    return null;
end $$;
do $$
declare
    t text;
begin
    foreach t in array array['therapist', 'hours', 'service', 'service_location', 'service_room', 'season', 'special_day', 'time_off', 'outside_busy', 'holiday_closed', 'travel'] loop
        execute format('create or replace trigger waiting_follows_insert after insert on %I referencing new table as changed for each statement execute function waiting_follow()', t);
        execute format('create or replace trigger waiting_follows_update after update on %I referencing new table as changed for each statement execute function waiting_follow()', t);
        if t <> 'therapist' then
            execute format('create or replace trigger waiting_follows_delete after delete on %I referencing old table as changed for each statement execute function waiting_follow()', t);
        end if;
    end loop;
end $$;

-- Who joins is looked for at once.
create or replace function waiting_joined() returns trigger
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
begin
    insert into waiting_look (therapist_id, due_at) select t, clock() from waiting_therapists(new) t order by t
    on conflict (therapist_id) do update set due_at = excluded.due_at;
    return null;
end $$;
create or replace trigger waiting_joined after update of confirmed_at on waiting for each row when (old.confirmed_at is null and new.confirmed_at is not null)
    execute function waiting_joined();

-- An offer that is taken ends the entry; one that is not leaves the person free for an offer elsewhere.
create or replace function waiting_answered() returns trigger
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
begin
    if new.state in ('confirmed', 'requested') then
        update waiting set ended_at = clock(), ended_why = 'booked' where id = new.waiting_id and ended_at is null;
    elsif new.state in ('cancelled', 'expired', 'declined') then
        perform waiting_wake(array(select distinct t from waiting p join waiting x on lower(x.email) = lower(p.email) and x.confirmed_at is not null and x.ended_at is null,
                                   lateral waiting_therapists(x) t where p.id = new.waiting_id));
    end if;
    return null;
end $$;
create or replace trigger waiting_answered after update of state on booking for each row when (new.waiting_id is not null and old.state <> new.state)
    execute function waiting_answered();

-- Entries end after their last day; what nobody confirmed goes after a day, and what ended after 30. Answers how many; 0: none left.
create or replace function waiting_sweep() returns int
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    n int;
    m int;
begin
    update waiting set ended_at = clock(), ended_why = 'over' where id in (
        select id from waiting where ended_at is null and confirmed_at is not null and until_day < (clock() at time zone 'UTC')::date - 1 limit 200 for update skip locked);
    get diagnostics n = row_count;
    delete from waiting where id in (
        select id from waiting where ended_at < clock() - interval '30 days' or confirmed_at is null and created_at < clock() - interval '1 day' limit 200 for update skip locked);
    get diagnostics m = row_count;
    return n + m;
end $$;

grant execute on function part_of_day, waiting_decent, waiting_problem, waiting_wrong, waiting_home, waiting_join, waiting_confirm, waiting_leave, waiting_days, waiting_part, waiting_parts, waiting_json, waiting_shown, waiting_asks,
    practice_waiting_list, practice_waiting_set to unknot_web;
grant execute on function waiting_step, waiting_sweep to unknot_worker;
