-- A therapist's page, their free times, and the page on which one is chosen. The parts of a page are PL/pgSQL, whose plans are kept: SQL functions that
-- are not put in line would be planned at each call (measured: most of a page's time).

create or replace function say_minutes(p_minutes int) returns text
    language plpgsql immutable parallel safe
    as $$
begin
    return case when p_minutes % 60 = 0 and p_minutes >= 120 then p_minutes / 60 || ' hours' when p_minutes > 120 then p_minutes / 60 || ' h ' || p_minutes % 60 || ' min'
                else p_minutes || ' min' end;
end $$;

create or replace function service_json(s service) returns json
    language sql stable
    as $$
    select json_build_object('id', s.id, 'name', s.name, 'about', nullif(s.about, ''), 'minutes', s.minutes, 'length', say_minutes(s.minutes),
        'price', json_build_object('amount', round(s.price / 100.0, 2), 'currency', s.currency, 'text', say_money(s.price, s.currency)),
        'techniques', case when s.techniques_stated then technique_list(service_techniques(s.id)) else '[]' end,
        'has_techniques', s.techniques_stated and exists (select from service_tag x where x.service_id = s.id), 'rules', service_rules(s))
    $$;

-- The next three starts of one service at any place: from the listing where it knows them, else worked out for 30 days.
create or replace function service_next(p_service int) returns json
    language plpgsql stable
    as $$
declare
    now constant timestamptz := clock();
    v service;
    o record;
    fresh int := 0;
    starts timestamptz[] := '{}';
begin
    select * into v from service where id = p_service;
    for o in select run_starts(f.runs, f.base, f.step, f.zone, now + f.notice, 'infinity', 16777215, 3) as next, l.due > now as fresh from listing l join listing_offer f on f.location_id = l.location_id and f.class = l.class
             where l.therapist_id = v.therapist_id and f.service_id = v.id loop
        fresh := fresh + o.fresh::int;
        starts := starts || o.next;
    end loop;
    if fresh <> (select count(*) from location where therapist_id = v.therapist_id) then
        starts := '{}';
    elsif fresh > 1 then
        starts := array(select x from unnest(starts) x order by x limit 3);
    end if;
    if cardinality(starts) < 3 then
        starts := array(select s.start from slots(p_service, null, (clock() at time zone 'UTC')::date - 1, 31) s order by s.start limit 3);
    end if;
    return (select json_agg(slot_json(x, l.zone, l.country, p_service) order by x)
            from unnest(starts) x cross join (select zone, country from location where therapist_id = v.therapist_id order by id limit 1) l);
end $$;
comment on function service_next is 'null when there is none';

create or replace function profile_services(p_therapist int) returns json
    language plpgsql stable
    as $$
begin
    return (
    select coalesce(json_agg((rtrim(service_json(s)::text, '}') || '}, "next": ' || coalesce(n.next, '[]')::text || ', "has_next": ' || (n.next is not null)::text || '}')::json
                             order by s.position, s.id), '[]')
    from service s cross join lateral (select service_next(s.id) as next offset 0) n
    where s.therapist_id = p_therapist and s.retired_at is null);
end $$;

create or replace function profile_credentials(p_therapist int) returns json
    language plpgsql stable
    as $$
begin
    return (
    select coalesce(json_agg(json_build_object('kind', c.kind, 'word', credential_word(c.kind), 'profession', is_profession(c.kind), 'title', c.title,
        'issuer', c.issuer, 'number', nullif(c.number, ''), 'specialism', (select label from tag where id = c.specialism_id), 'hours', c.hours,
        'valid_until', c.valid_until, 'valid_until_day', to_char(c.valid_until, 'FMDD Mon YYYY'),
        'state', c.state, 'checked', c.state = 'checked', 'lapsed', c.state = 'lapsed', 'unchecked', c.state = 'unchecked' and c.result is null, 'refused', c.state = 'unchecked' and c.result is not null,
        'result', case when c.state = 'checked' then result_words(c.result) end, 'lookup', (select nullif(r.lookup, '') from register r where r.id = c.register_id),
        'proof', case when c.checked_on is not null then json_build_object('on', c.checked_on, 'until', c.checked_until, 'where', c.checked_where, 'by', c.checked_by,
                          'on_day', to_char(c.checked_on, 'FMDD Mon YYYY'), 'until_day', to_char(c.checked_until, 'FMDD Mon YYYY')) end)
        order by is_profession(c.kind) desc, c.kind in ('insurance', 'association_membership'), c.title), '[]')
    from (select *, credential_state(checked_on, checked_until) as state from credential where therapist_id = p_therapist) c);
end $$;

-- When a place is not open as the week says, in the days for which times are offered: null when it always is.
create or replace function place_differs(l location) returns json
    language plpgsql stable
    as $$
declare
    today constant date := local_day(clock(), l.zone);
begin
    return (
    select json_agg(x.line order by x.since, x.line)
    from (select s.valid_from as since, 'Other hours ' || say_days(s.valid_from, s.valid_until) || ': '
                 || coalesce((select string_agg(to_char(date '2024-01-01' + (h.weekday - 1), 'Dy') || ' ' || h.times, '; ' order by h.weekday)
                              from (select weekday, string_agg(say_time((date '2024-01-01' + starts) at time zone 'UTC', 'UTC', l.country) || ' to '
                                                               || say_time((date '2024-01-01' + ends) at time zone 'UTC', 'UTC', l.country), ', ' order by starts) as times
                                    from hours where season_id = s.id group by weekday) h), 'closed') as line
          from season s where s.location_id = l.id and s.valid_from <= today + 60 and s.valid_until >= today
          union all
          select d.day, case d.kind when 'closed' then 'Closed on ' || say_day(d.day) when 'extra' then 'Also open ' || say_periods(d.open, l.country) || ' on ' || say_day(d.day)
                                    else 'Open ' || say_periods(d.open, l.country) || ' on ' || say_day(d.day) end
          from special_day d where d.location_id = l.id and d.day between today and today + 30
          union all
          select k.day, 'Closed on ' || k.name || ', ' || say_day(k.day) from holidays_kept(l.id, today, today + 60) k
          where not exists (select from special_day d where d.location_id = l.id and d.day = k.day)
          union all
          select f.starts::date, 'Away ' || say_span(f.starts, f.ends) from time_off f where f.therapist_id = l.therapist_id and f.ends > today and f.starts < today + 60) x);
end $$;

create or replace function profile_locations(p_therapist int) returns json
    language plpgsql stable
    as $$
begin
    return (
    select coalesce(json_agg(json_build_object('id', l.id, 'name', nullif(l.name, ''), 'street', l.street, 'town', l.town, 'region', l.region, 'postcode', l.postcode,
        'country', l.country, 'lat', l.lat, 'lon', l.lon, 'zone', l.zone, 'access', nullif(l.access, ''),
        'kinds', location_kinds(l.id), 'home_visits', case when l.home_km > 0 then say_radius(l.home_km, l.country) end,
        'has_hours', exists (select from hours h where h.location_id = l.id),
        'hours', (select coalesce(json_agg(json_build_object('day', to_char(date '2024-01-01' + (h.weekday - 1), 'FMDay'), 'times', h.times) order by h.weekday), '[]')
                  from (select weekday, string_agg(say_time((date '2024-01-01' + starts) at time zone 'UTC', 'UTC', l.country) || ' to '
                                                   || say_time((date '2024-01-01' + ends) at time zone 'UTC', 'UTC', l.country), ' and ' order by starts) as times
                        from hours where location_id = l.id and season_id is null group by weekday) h),
        'differs', place_differs(l)) order by l.id), '[]')
    from location l where l.therapist_id = p_therapist);
end $$;

create or replace function values_of(p_kinds json, p_kind text) returns json
    language plpgsql immutable parallel safe
    as $$
begin
    return coalesce((select k.item -> 'values' from json_array_elements(p_kinds) k (item) where k.item ->> 'kind' = p_kind), '[]');
end $$;
comment on function values_of is 'of therapist_kinds(), those of one kind';

-- GET /therapists/{slug}. Published ones only, whoever asks: the page may be kept by caches. Null when there is none. p_preview: for whose it is alone.
create or replace function directory_profile(p_slug text, p_preview boolean default false) returns json
    language plpgsql stable
    as $$
declare
    t therapist;
    services json;
    kinds json;
    reviews json;
    home location;
begin
    select * into t from therapist where slug = p_slug and (published or p_preview and id = auth.therapist());
    if not found then
        return null;
    end if;
    services := profile_services(t.id);
    kinds := therapist_kinds(t.id);
    reviews := review_list(t, null);
    select * into home from location l where l.therapist_id = t.id order by l.id limit 1;
    return json_build_object(
        'slug', t.slug, 'name', t.name, 'title', short_title(t.name || ', massage therapist in ' || home.town || coalesce(', ' || nullif(home.region, ''), ''), t.name || ', massage therapist', t.name), 'headline', nullif(t.headline, ''),
        'about', t.about, 'paragraphs', (select coalesce(json_agg(btrim(p) order by o), '[]') from regexp_split_to_table(t.about, '\n\s*\n') with ordinality x (p, o) where btrim(p) <> ''), 'pronouns', nullif(t.pronouns, ''),
        'languages', (select coalesce(json_agg(v.item ->> 'slug'), '[]') from json_array_elements(values_of(kinds, 'language')) v (item)),
        'languages_text', (select string_agg(v.item ->> 'label', ', ') from json_array_elements(values_of(kinds, 'language')) v (item)),
        'initials', initials(t.name), 'tint', tint(t.id), 'photo', t.photo,
        'techniques', values_of(kinds, 'technique'), 'complaints', values_of(kinds, 'complaint'),
        'has_about', btrim(t.about) <> '', 'has_techniques', json_array_length(values_of(kinds, 'technique')) > 0,
        'has_complaints', json_array_length(values_of(kinds, 'complaint')) > 0,
        'has_credentials', exists (select from credential x where x.therapist_id = t.id),
        'town', home.town || coalesce(', ' || nullif(home.region, ''), ''), 'zone', home.zone, 'zone_name', say_zone(now(), home.zone),
        'services', services, 'has_services', json_array_length(services) > 0,
        'has_times', exists (select from json_array_elements(services) s where (s ->> 'has_next')::boolean),
        'credential', credential_shown(t.id, current_date), 'credentials', profile_credentials(t.id), 'closed', unlicensed_json(t.id),
        'discipline', (select coalesce(json_agg(discipline_json(d) order by d.dated desc, d.id), '[]') from discipline d where d.therapist_id = t.id and d.removed_at is null),
        'has_discipline', exists (select from discipline d where d.therapist_id = t.id and d.removed_at is null),
        'locations', profile_locations(t.id),
        'profession', nullif(t.profession, ''), 'since', t.since, 'years', nullif(greatest(extract(year from clock())::int - t.since, 0), 0),
        'back_share', t.back_share, 'not_for', nullif(t.not_for, ''), 'not_with', not_kinds_of(t.id), 'has_not', not_words(t) is not null, 'new_clients', t.new_clients, 'home_visits', exists (select from location l where l.therapist_id = t.id and l.home_km > 0),
        'first_visit', (select json_agg(btrim(s.p) order by s.o) from regexp_split_to_table(t.first_visit, '\n\s*\n') with ordinality s (p, o) where btrim(s.p) <> ''), 'first_visit_text', nullif(btrim(t.first_visit), ''),
        'stated', (select coalesce(json_agg(k.item order by k.n), '[]') from json_array_elements(kinds) with ordinality k (item, n)
                   where k.item ->> 'kind' not in ('technique', 'complaint', 'language')),
        'has_stated', exists (select from json_array_elements(kinds) k (item) where k.item ->> 'kind' not in ('technique', 'complaint', 'language')),
        'rating', profile_rating(t.id), 'reviews', reviews -> 'reviews', 'about_reviews', profile_about_reviews(t, reviews ->> 'next'), 'recommended', profile_recommended(t.id));
end $$;

-- The service of a published therapist that was asked for, or the one that the listing shows when none was.
create or replace function service_asked(p_slug text, p_service int) returns service
    language sql stable
    as $$
    select s from service s join therapist t on t.id = s.therapist_id
    where t.slug = p_slug and t.published and s.retired_at is null and (s.id = p_service or p_service is null)
    order by abs(s.minutes - 60), s.price, s.position, s.id limit 1
    $$;

-- Free times by local day, all p_days of them, empty ones too; p_part: of that part of the day alone (see part_of()).
create or replace function days_json(p_service int, p_from date, p_days int, p_chosen timestamptz default null, p_part int default null) returns json
    language sql stable
    as $$
    select json_agg(json_build_object('date', d.day, 'day', say_day(d.day), 'short', to_char(d.day, 'Dy FMDD Mon'), 'free', s.slots is not null, 'slots', coalesce(s.slots, '[]')) order by d.day)
    from (select p_from + n as day from generate_series(0, p_days - 1) n) d
    left join (
        select f.local::date as day, json_agg(json_build_object('start', rfc3339(f.start), 'local', to_char(f.local, 'HH24:MI'), 'time', say_time(f.start, f.zone, l.country),
                   'location', f.location_id, 'on', coalesce(f.start = p_chosen, false), 'place', case when l.many then coalesce(nullif(l.name, ''), l.street) end) order by f.start) as slots
        from (select distinct on (start) * from slots(p_service, null, p_from, p_days)
              where p_part is null or part_of((date_part('hour', local) * 60)::int) = p_part order by start, location_id) f
        join (select x.*, count(*) over () > 1 as many from location x where x.therapist_id = (select therapist_id from service where id = p_service)) l on l.id = f.location_id
        group by 1) s on s.day = d.day
    $$;

-- GET /therapists/{slug}/slots. p_from null: today where the therapist works. Null when there is no such therapist or service.
create or replace function directory_slots(p_slug text, p_service int, p_from date, p_days int) returns json
    language plpgsql stable
    as $$
declare
    s service := service_asked(p_slug, p_service);
    zone text := (select l.zone from location l where l.therapist_id = s.therapist_id order by l.id limit 1);
begin
    if s.id is null then
        return null;
    end if;
    return json_build_object('zone', zone, 'service', s.id,
        'days', coalesce(days_json(s.id, coalesce(p_from, local_day(now(), coalesce(zone, 'UTC'))), p_days), '[]'));
end $$;

create or replace function instant(p_text text) returns timestamptz
    language plpgsql stable
    as $$
begin
    return case when p_text ~ '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$' then p_text::timestamptz end;
exception when datetime_field_overflow then
    return null;
end $$;
comment on function instant is 'an RFC 3339 time in UTC as we write them, null for anything else';

-- GET /therapists/{slug}/book: ten days of times from p_from, or from the first day that has one; from the chosen start's day when it is named.
create or replace function directory_book(p_slug text, p_service int, p_from date, p_typed text, p_part text default null) returns json
    language plpgsql volatile
    as $$
declare
    chosen_start timestamptz := instant(p_typed);
    t therapist;
    s service;
    place location;
    today date;
    first_day date;
    first_free date;
    shown int := 10;
    chosen boolean;
    days json;
    parts constant text[] := '{morning,afternoon,evening}';
    part int := array_position(parts, p_part) - 1;
begin
    select * into t from therapist where slug = p_slug and published;
    if not found then
        return null;
    end if;
    s := service_asked(p_slug, p_service);
    if s.id is null and p_service is not null then
        s := service_asked(p_slug, null);
    end if;
    select * into place from location l where l.therapist_id = t.id order by l.id limit 1;
    today := local_day(now(), coalesce(place.zone, 'UTC'));
    if s.id is not null then
        select min(f.local)::date, bool_or(f.start = chosen_start) into first_free, chosen from slots(s.id, null, today, s.horizon + 1) f
        where part is null or f.start = chosen_start or part_of((date_part('hour', f.local) * 60)::int) = part;
    end if;
    first_day := greatest(today, coalesce(p_from, case when chosen then greatest(local_day(chosen_start, place.zone) - 1, first_free) end, first_free, today));
    first_day := least(first_day, today + 60);
    days := days_json(s.id, first_day, shown, chosen_start, part);
    return json_build_object(
        'therapist', json_build_object('slug', t.slug, 'name', t.name), 'slug', t.slug, 'name', t.name, 'initials', initials(t.name), 'tint', tint(t.id), 'photo', t.photo,
        'credential', credential_shown(t.id, current_date), 'closed', unlicensed_json(t.id), 'not_with', not_kinds_of(t.id), 'not_for', nullif(t.not_for, ''), 'has_not', not_words(t) is not null,
        'place', json_build_object('name', nullif(place.name, ''), 'street', place.street, 'town', place.town, 'region', place.region, 'postcode', place.postcode,
                     'access', nullif(place.access, '')),
        'many_places', (select count(*) > 1 from location l where l.therapist_id = t.id), 'comes', case when s.at_home then service_rules(s) ->> 'home' end,
        'zone', place.zone, 'zone_name', say_zone(now(), place.zone), 'zone_words', replace(place.zone, '_', ' '),
        'services', (select coalesce(json_agg((rtrim(service_json(x)::text, '}') || '}, "on": ' || (x.id = s.id)::text || '}')::json order by x.position, x.id), '[]')
                     from service x where x.therapist_id = t.id and x.retired_at is null),
        'waiting_list', t.waiting_list, 'service', s.id, 'has_services', s.id is not null, 'service_chosen', case when s.id is not null then service_json(s) end,
        'no_such_service', p_service is not null and s.id is distinct from p_service,
        'start', case when chosen then rfc3339(chosen_start) end, 'start_gone', p_typed is not null and chosen is not true, 'key', gen_random_uuid(),
        'start_text', case when chosen then say_day(local_day(chosen_start, place.zone)) || ', ' || say_time(chosen_start, place.zone, place.country) end,
        'days', coalesce(days, '[]'), 'any_free', exists (select from json_array_elements(days) d where (d ->> 'free')::boolean), 'ever_free', first_free is not null,
        'from_day', say_day(first_day), 'to_day', say_day(first_day + shown - 1),
        'earlier', case when first_day > today and first_free < first_day then '/therapists/' || t.slug || '/book' ||
                       query_of('service', s.id::text, 'part', parts[part + 1], 'from', greatest(today, first_day - shown)::text) end,
        'later', case when first_day + shown <= today + s.horizon then '/therapists/' || t.slug || '/book' || query_of('service', s.id::text, 'part', parts[part + 1], 'from', (first_day + shown)::text) end,
        'first_free', case when first_free is not null then '/therapists/' || t.slug || '/book' || query_of('service', s.id::text, 'part', parts[part + 1]) end,
        'parts', (select json_agg(json_build_object('value', v, 'label', coalesce(initcap(v), 'Any time'), 'on', v is not distinct from parts[part + 1], 'first', o = 1) order by o)
                  from unnest(null::text || parts) with ordinality x (v, o)),
        'any_part', case when part is not null and first_free is null then '/therapists/' || t.slug || '/book' || query_of('service', s.id::text) end,
        -- where a waiting list can be joined: its path, from whoever keeps one
        'waiting', null);
end $$;

grant execute on function say_minutes, service_next, service_json, values_of, profile_services, profile_credentials, profile_locations,
    place_differs, directory_profile, service_asked, instant, days_json, directory_slots, directory_book to unknot_web;
