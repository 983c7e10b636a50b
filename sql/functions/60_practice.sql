-- What a therapist sees and changes. Invoker's rights: row-level security says whose rows these are.

create or replace function practice_visit(b booking) returns json
    language sql stable
    as $$
    select json_build_object(
        'id', b.id, 'client', b.client_name, 'service', b.service_name, 'minutes', b.minutes,
        'time', say_time(b.starts_at, b.zone, l.country), 'end_time', say_time(b.ends_at, b.zone, l.country),
        'day', say_day(local_day(b.starts_at, b.zone)), 'hour', extract(hour from b.starts_at at time zone b.zone),
        'place', coalesce(nullif(l.name, ''), l.street), 'state', b.state,
        'read_notes', c.outcome = 'MODIFY',
        'is_held', b.state = 'held', 'is_confirmed', b.state = 'confirmed', 'is_attended', b.state = 'attended', 'is_no_show', b.state = 'no_show')
    from location l left join safety_check c on c.id = b.safety_id where l.id = b.location_id
    $$;

-- Today and one week from p_from (a Monday; null: this week) as the agenda and as a grid of hours by days.
create or replace function practice_week(p_from date) returns json
    language plpgsql stable
    as $$
declare
    me int := auth.therapist();
    here text := coalesce((select l.zone from location l where l.therapist_id = me order by l.id limit 1), 'UTC');
    today date := local_day(now(), here);
    monday date := date_trunc('week', coalesce(p_from, today)::timestamp)::date;
    first_hour int;
    last_hour int;
begin
    if me is null then
        return null;
    end if;
    select least(9, min(extract(hour from x.s))::int), greatest(17, max(ceil(extract(epoch from x.e) / 3600))::int) into first_hour, last_hour from (
        select h.starts as s, h.ends as e from hours h join location l on l.id = h.location_id where l.therapist_id = me
        union all
        select (b.starts_at at time zone b.zone)::time, (b.starts_at at time zone b.zone)::time from booking b
        where b.therapist_id = me and b.state in ('confirmed', 'attended', 'no_show') and b.starts_at >= monday::timestamp at time zone here
          and b.starts_at < (monday + 7)::timestamp at time zone here) x;
    return (
        with visit as (
            select b, local_day(b.starts_at, b.zone) as day, extract(hour from b.starts_at at time zone b.zone)::int as hour, b.starts_at
            from booking b
            where b.therapist_id = me and b.state in ('confirmed', 'attended', 'no_show')
              and b.starts_at >= least(monday, today)::timestamp at time zone here and b.starts_at < (greatest(monday + 7, today + 1))::timestamp at time zone here
        ), day as (
            select d::date as d from generate_series(monday::timestamp, (monday + 6)::timestamp, interval '1 day') d
        )
        select json_build_object(
            'name', t.name, 'slug', t.slug, 'published', t.published, 'zone', here, 'zone_name', say_zone(now(), here),
            'today', json_build_object('day', say_day(today), 'visits',
                (select coalesce(json_agg(practice_visit(v.b) order by v.starts_at), '[]') from visit v where v.day = today)),
            'week', json_build_object('from', monday, 'label', to_char(monday, 'FMDD FMMonth') || ' to ' || to_char(monday + 6, 'FMDD FMMonth YYYY'),
                'previous', monday - 7, 'following', monday + 7, 'count', (select count(*) from visit v where v.day between monday and monday + 6),
                'days', (select json_agg(json_build_object('date', d, 'label', say_day(d), 'short', to_char(d, 'Dy FMDD'), 'is_today', d = today,
                    'visits', (select coalesce(json_agg(practice_visit(v.b) order by v.starts_at), '[]') from visit v where v.day = d)) order by d) from day),
                'rows', (select json_agg(json_build_object('hour', lpad(h::text, 2, '0') || ':00', 'cells', (
                    select json_agg(json_build_object(
                        'closed', not exists (select from hours o join location l on l.id = o.location_id where l.therapist_id = me
                            and o.weekday = extract(isodow from d) and o.starts < make_time(least(h + 1, 23), case when h = 23 then 59 else 0 end, 0) and o.ends > make_time(h, 0, 0)),
                        'visits', (select coalesce(json_agg(practice_visit(v.b) order by v.starts_at), '[]') from visit v where v.day = d and v.hour = h)) order by d) from day)) order by h)
                    from generate_series(first_hour, last_hour - 1) h)))
        from therapist t where t.id = me);
end $$;

create or replace function practice_booking(p_id uuid) returns json
    language sql stable
    as $$
    select json_build_object('booking', booking_document(b.id), 'visit', practice_visit(b),
        'safety', (select json_build_object('outcome', c.outcome, 'rules_version', c.rules, 'checked', to_char(c.checked_at at time zone b.zone, 'FMDD Mon YYYY'))
                   from safety_check c where c.id = b.safety_id),
        'can_attend', b.state = 'confirmed' and b.starts_at <= now(), 'can_cancel', b.state = 'confirmed' and b.starts_at > now())
    from booking b where b.id = p_id and b.therapist_id = auth.therapist()
    $$;

create or replace function practice_sealed(p_id uuid) returns text
    language sql stable
    as $$ select c.sealed from booking b join safety_check c on c.id = b.safety_id where b.id = p_id and b.therapist_id = auth.therapist() $$;
comment on function practice_sealed is 'the kept safety check of a visit, for the program to open; null when there is none';

create or replace function practice_move(p_id uuid, p_to text) returns json
    language plpgsql
    as $$
declare
    b booking;
begin
    select * into b from booking where id = p_id and therapist_id = auth.therapist() for update;
    if not found then
        return null;
    elsif p_to = 'cancelled' then
        return booking_cancel(p_id);
    elsif b.state::text = p_to then
        return booking_document(p_id);
    elsif b.state <> 'confirmed' or b.starts_at > now() then
        return booking_problem(409, 'not-yet', 'A visit can be marked once it has begun.', b.service_id, null);
    end if;
    update booking set state = p_to::booking_state where id = p_id;
    insert into audit (account_id, action, object) values (auth.account(), 'booking.' || p_to, p_id::text);
    return booking_document(p_id);
end $$;

create or replace function practice_profile() returns json
    language sql stable
    as $$
    select json_build_object('name', t.name, 'slug', t.slug, 'published', t.published, 'headline', t.headline, 'about', t.about,
        'techniques', (select json_agg(json_build_object('slug', q.slug, 'label', q.label, 'checked', x.technique_id is not null) order by q.id)
                       from technique q left join therapist_technique x on x.technique_id = q.id and x.therapist_id = t.id),
        'complaints', (select json_agg(json_build_object('slug', q.slug, 'label', q.label, 'checked', x.complaint_id is not null) order by q.id)
                       from complaint q left join therapist_complaint x on x.complaint_id = q.id and x.therapist_id = t.id))
    from therapist t where t.id = auth.therapist()
    $$;

create or replace function practice_profile_save(p_headline text, p_about text, p_techniques text[], p_complaints text[]) returns json
    language plpgsql
    as $$
declare
    me int := auth.therapist();
begin
    update therapist set headline = p_headline, about = p_about, changed_at = now() where id = me;
    if not found then
        return null;
    end if;
    delete from therapist_technique x where x.therapist_id = me and x.technique_id not in (select id from technique where slug = any (p_techniques));
    insert into therapist_technique select me, id from technique where slug = any (p_techniques) on conflict do nothing;
    delete from therapist_complaint x where x.therapist_id = me and x.complaint_id not in (select id from complaint where slug = any (p_complaints));
    insert into therapist_complaint select me, id from complaint where slug = any (p_complaints) on conflict do nothing;
    insert into audit (account_id, action, object) values (auth.account(), 'profile.changed', me::text);
    return practice_profile();
end $$;

create or replace function practice_service(s service) returns json
    language sql stable
    as $$
    select json_build_object('id', s.id, 'name', s.name, 'about', s.about, 'minutes', s.minutes, 'price', to_char(s.price / 100.0, 'FM9999990.00'),
        'currency', s.currency, 'price_text', say_money(s.price, s.currency), 'buffer_before', s.buffer_before, 'buffer_after', s.buffer_after)
    $$;

create or replace function practice_services() returns json
    language sql stable
    as $$
    select json_build_object('name', t.name, 'slug', t.slug,
        'services', (select coalesce(json_agg(practice_service(s) order by s.position, s.id), '[]') from service s where s.therapist_id = t.id and s.retired_at is null))
    from therapist t where t.id = auth.therapist()
    $$;

create or replace function practice_service_one(p_id int) returns json
    language sql stable
    as $$ select practice_service(s) from service s where s.id = p_id and s.therapist_id = auth.therapist() and s.retired_at is null $$;

-- p_id null: a new one. Bookings keep the name, length and price they were made with.
create or replace function practice_service_save(p_id int, p_name text, p_about text, p_minutes int, p_price int, p_before int, p_after int) returns json
    language plpgsql
    as $$
declare
    me int := auth.therapist();
begin
    if p_id is null then
        insert into service (therapist_id, name, about, minutes, price, currency, buffer_before, buffer_after, position)
        select me, p_name, p_about, p_minutes, p_price,
               coalesce((select s.currency from service s where s.therapist_id = me order by s.id limit 1),
                        (select case l.country when 'US' then 'USD' when 'CA' then 'CAD' when 'GB' then 'GBP' when 'AU' then 'AUD' else 'EUR' end
                         from location l where l.therapist_id = me order by l.id limit 1), 'USD'),
               p_before, p_after, coalesce((select max(s.position) + 1 from service s where s.therapist_id = me), 1);
    else
        update service set name = p_name, about = p_about, minutes = p_minutes, price = p_price, buffer_before = p_before, buffer_after = p_after
        where id = p_id and therapist_id = me and retired_at is null;
        if not found then
            return null;
        end if;
    end if;
    insert into audit (account_id, action, object) values (auth.account(), 'service.saved', me::text);
    return practice_services();
end $$;

create or replace function practice_service_retire(p_id int) returns json
    language plpgsql
    as $$
begin
    update service set retired_at = now() where id = p_id and therapist_id = auth.therapist() and retired_at is null;
    if not found then
        return null;
    end if;
    insert into audit (account_id, action, object) values (auth.account(), 'service.retired', p_id::text);
    return practice_services();
end $$;

create or replace function practice_locations() returns json
    language sql stable
    as $$
    select json_build_object('name', t.name, 'slug', t.slug, 'locations', (
        select coalesce(json_agg(json_build_object('id', l.id, 'name', coalesce(nullif(l.name, ''), l.street), 'street', l.street, 'town', l.town, 'region', l.region,
            'zone', l.zone, 'hours', (
                select coalesce(json_agg(json_build_object('day', w.label, 'periods', w.periods) order by w.weekday), '[]') from (
                    select h.weekday, to_char(date '2024-01-01' + h.weekday - 1, 'FMDay') as label,
                           string_agg(to_char(h.starts, 'HH24:MI') || ' to ' || to_char(h.ends, 'HH24:MI'), ', ' order by h.starts) as periods
                    from hours h where h.location_id = l.id group by h.weekday) w)) order by l.id), '[]')
        from location l where l.therapist_id = t.id))
    from therapist t where t.id = auth.therapist()
    $$;

-- Seven days of three periods each, for the form: names of the fields are d{weekday}_{n}_from and …_to. p_typed, when not null, is what somebody
-- typed by these names, with error_… beside what is wrong: the form comes back as it was sent.
create or replace function practice_hours(p_location int, p_typed json) returns json
    language sql stable
    as $$
    select json_build_object('id', l.id, 'name', coalesce(nullif(l.name, ''), l.street), 'street', l.street, 'town', l.town, 'region', l.region, 'zone', l.zone,
        'days', (select json_agg(json_build_object('weekday', d, 'label', to_char(date '2024-01-01' + d - 1, 'FMDay'), 'periods', (
            select json_agg(json_build_object('n', n, 'from_field', 'd' || d || '_' || n || '_from', 'to_field', 'd' || d || '_' || n || '_to',
                'from', case when p_typed is null then to_char(h.starts, 'HH24:MI') else p_typed ->> ('d' || d || '_' || n || '_from') end,
                'to', case when p_typed is null then to_char(h.ends, 'HH24:MI') else p_typed ->> ('d' || d || '_' || n || '_to') end,
                'from_error', p_typed ->> ('error_d' || d || '_' || n || '_from'), 'to_error', p_typed ->> ('error_d' || d || '_' || n || '_to')) order by n)
            from generate_series(1, 3) n left join (select o.*, row_number() over (order by o.starts) as rn from hours o where o.location_id = l.id and o.weekday = d) h on h.rn = n)) order by d)
            from generate_series(1, 7) d),
        'zones', (select json_agg(json_build_object('zone', z.name, 'selected', z.name = coalesce(p_typed ->> 'zone', l.zone)) order by z.name) from pg_timezone_names z
                  where z.name ~ '^(America|Europe|Africa|Asia|Australia|Atlantic|Indian|Pacific)/'))
    from location l where l.id = p_location and l.therapist_id = auth.therapist()
    $$;

-- p_periods: [{"weekday","from","to"}]. All of the week at once, so that it is never half changed.
create or replace function practice_hours_save(p_location int, p_zone text, p_periods json) returns json
    language plpgsql
    as $$
begin
    if not exists (select from pg_timezone_names where name = p_zone) then
        return json_build_object('problem', true, 'status', 422, 'type', 'no-such-zone', 'title', 'Choose a time zone from the list.');
    end if;
    update location set zone = p_zone where id = p_location and therapist_id = auth.therapist();
    if not found then
        return null;
    end if;
    delete from hours where location_id = p_location;
    insert into hours (location_id, weekday, starts, ends)
    select p_location, (p ->> 'weekday')::smallint, (p ->> 'from')::time, (p ->> 'to')::time from json_array_elements(p_periods) p;
    insert into audit (account_id, action, object) values (auth.account(), 'hours.changed', p_location::text);
    return practice_hours(p_location, null);
end $$;

grant execute on function practice_visit, practice_week, practice_booking, practice_sealed, practice_move, practice_profile, practice_profile_save, practice_service,
    practice_services, practice_service_one, practice_service_save, practice_service_retire, practice_locations, practice_hours, practice_hours_save to unknot_web;
