-- A therapist's page, their free times, and the page on which one is chosen. The parts of a page are PL/pgSQL, whose plans are kept: SQL functions that
-- are not put in line would be planned at each call (measured: most of a page's time).

create or replace function say_minutes(p_minutes int) returns text
    language plpgsql immutable parallel safe
    as $$
begin
    return case when p_minutes % 60 = 0 and p_minutes >= 120 then p_minutes / 60 || ' hours' when p_minutes > 120 then p_minutes / 60 || ' h ' || p_minutes % 60 || ' min'
                else p_minutes || ' min' end;
end $$;

-- p_techniques: what it consists of, null where nobody has said; p_where: see service_where().
create or replace function service_said(s service, p_techniques json, p_where text) returns json
    language plpgsql stable
    as $$
begin
    return json_build_object('id', s.id, 'name', s.name, 'about', nullif(s.about, ''), 'minutes', s.minutes, 'length', say_minutes(s.minutes),
        'price', json_build_object('amount', round(s.price / 100.0, 2), 'currency', s.currency, 'text', say_money(s.price, s.currency)),
        'techniques', coalesce(p_techniques, '[]'), 'has_techniques', p_techniques is not null, 'rules', service_rules_at(s, p_where));
end $$;

create or replace function service_consists(p_service int) returns json
    language plpgsql stable
    as $$
begin
    return (select json_agg(json_build_object('slug', g.slug, 'label', g.label) order by g.position, g.id) from service_tag x join tag g on g.id = x.tag_id where x.service_id = p_service);
end $$;

create or replace function service_json(s service) returns json
    language plpgsql stable
    as $$
begin
    return service_said(s, case when s.techniques_stated then service_consists(s.id) end, service_where(s));
end $$;

-- The next three starts of one service at any place, worked out for 30 days: for where the listing does not know three.
create or replace function service_soonest(p_service int) returns timestamptz[]
    language plpgsql stable
    as $$
begin
    return array(select x.start from slots(p_service, null, (clock() at time zone 'UTC')::date - 1, 31) x order by x.start limit 3);
end $$;

-- The next three starts of one service as a result says them: p_known where the listing knows them. p_home: the first of its places.
create or replace function service_starts(s service, p_home location, p_known timestamptz[]) returns json
    language plpgsql stable
    as $$
declare
    starts timestamptz[] := p_known;
    start timestamptz;
    said text;
begin
    if coalesce(cardinality(starts), 0) < 3 then
        starts := service_soonest(s.id);
    end if;
    foreach start in array starts loop
        said := coalesce(said || ', ', '[') || slot_json(start, p_home.zone, p_home.country, s.id)::text;
    end loop;
    return said || ']';
end $$;
comment on function service_starts is 'null when there is none';

-- What the listing knows of them; null where it does not know every place.
create or replace function service_known(p_service int, p_therapist int, p_places int) returns timestamptz[]
    language plpgsql stable
    as $$
declare
    o record;
    places int := 0;
    starts timestamptz[] := '{}';
begin
    for o in select run_starts(f.runs, f.base, f.step, f.zone, clock() + f.notice, 'infinity', 16777215, 3) as next
             from listing l join listing_offer f on f.location_id = l.location_id and f.class = l.class
             where l.therapist_id = p_therapist and f.service_id = p_service and l.due > clock() loop
        places := places + 1;
        starts := starts || o.next;
    end loop;
    return case when places <> p_places then null when places = 1 then starts else (select (array_agg(x order by x))[:3] from unnest(starts) x) end;
end $$;

create or replace function service_next(p_service int) returns json
    language plpgsql stable
    as $$
declare
    v service;
    home location;
begin
    select * into v from service where id = p_service;
    select * into home from location l where l.therapist_id = v.therapist_id order by l.id limit 1;
    return case when home.id is not null then
        service_starts(v, home, service_known(v.id, v.therapist_id, (select count(*) from location l where l.therapist_id = v.therapist_id)::int)) end;
end $$;

-- What a therapist offers and when it is free next. What all of it rests on is asked for in one statement.
create or replace function profile_services(p_therapist int, p_home location, p_places int, out services json, out has_times boolean)
    language plpgsql stable
    as $$
declare
    v record;
    next json;
    said text;
begin
    has_times := false;
    for v in select s as service, service_known(s.id, p_therapist, p_places) as known,
                    case when s.techniques_stated then
                        (select json_agg(json_build_object('slug', g.slug, 'label', g.label) order by g.position, g.id) from service_tag x join tag g on g.id = x.tag_id where x.service_id = s.id) end as techniques,
                    case when s.at_home then service_where(s)
                         else (select 'At ' || string_agg(coalesce(nullif(l.name, ''), l.street), ', ' order by l.id) from service_location g join location l on l.id = g.location_id where g.service_id = s.id) end as given
             from service s where s.therapist_id = p_therapist and s.retired_at is null order by s.position, s.id loop
        next := case when p_places > 0 then service_starts(v.service, p_home, v.known) end;
        has_times := has_times or next is not null;
        said := coalesce(said || ', ', '[') || rtrim(service_said(v.service, v.techniques, v.given)::text, '}') || '}, "next": ' || coalesce(next, '[]')::text || ', "has_next": ' || (next is not null)::text || '}';
    end loop;
    services := coalesce(said || ']', '[]');
end $$;

create or replace function profile_credentials(p_therapist int, p_country text) returns json
    language plpgsql stable
    as $$
begin
    return (
    select coalesce(json_agg(json_build_object('kind', c.kind, 'word', k.label, 'profession', k.profession, 'title', c.title,
        'issuer', c.issuer, 'number', nullif(c.number, ''), 'specialism', (select label from tag where id = c.specialism_id), 'hours', c.hours,
        'valid_until', c.valid_until, 'valid_until_day', say_date(c.valid_until, p_country),
        'state', c.state, 'checked', c.state = 'checked', 'lapsed', c.state = 'lapsed', 'unchecked', c.state = 'unchecked' and c.result is null, 'refused', c.state = 'unchecked' and c.result is not null,
        'result', case when c.state = 'checked' then result_words(c.result) end, 'lookup', (select nullif(r.lookup, '') from register r where r.id = c.register_id),
        'proof', case when c.checked_on is not null then json_build_object('on', c.checked_on, 'until', c.checked_until, 'where', c.checked_where, 'by', c.checked_by,
                          'on_day', say_date(c.checked_on, p_country), 'until_day', say_date(c.checked_until, p_country)) end)
        order by k.profession desc, c.kind in ('insurance', 'association_membership'), c.title), '[]')
    from (select *, credential_state(checked_on, checked_until) as state from credential where therapist_id = p_therapist) c join credential_kind k on k.kind = c.kind);
end $$;

-- When a place is not open as the week says, in the days for which times are offered: null when it always is.
create or replace function place_differs(l location) returns json
    language plpgsql stable
    as $$
declare
    today constant date := local_day(clock(), l.zone);
begin
    if not exists (select from season s where s.location_id = l.id) and not exists (select from special_day d where d.location_id = l.id)
       and not exists (select from holiday_closed h where h.therapist_id = l.therapist_id) and not exists (select from time_off f where f.therapist_id = l.therapist_id) then
        return null; -- as with most, and a fourth of the time
    end if;
    return (
    select json_agg(x.line order by x.since, x.line)
    from (select s.valid_from as since, 'Other hours ' || say_days(s.valid_from, s.valid_until, l.country) || ': '
                 || coalesce((select string_agg(left(say_weekday(h.weekday), 3) || ' ' || h.times, '; ' order by weekday_place(h.weekday, l.country))
                              from (select weekday, string_agg(say_time((date '2024-01-01' + starts) at time zone 'UTC', 'UTC', l.country) || ' to '
                                                               || say_time((date '2024-01-01' + ends) at time zone 'UTC', 'UTC', l.country), ', ' order by starts) as times
                                    from hours where season_id = s.id group by weekday) h), 'closed') as line
          from season s where s.location_id = l.id and s.valid_from <= today + 60 and s.valid_until >= today
          union all
          select d.day, case d.kind when 'closed' then 'Closed on ' || say_day(d.day, l.country) when 'extra' then 'Also open ' || say_periods(d.open, l.country) || ' on ' || say_day(d.day, l.country)
                                    else 'Open ' || say_periods(d.open, l.country) || ' on ' || say_day(d.day, l.country) end
          from special_day d where d.location_id = l.id and d.day between today and today + 30
          union all
          select k.day, 'Closed on ' || k.name || ', ' || say_day(k.day, l.country) from holidays_kept(l.id, today, today + 60) k
          where not exists (select from special_day d where d.location_id = l.id and d.day = k.day)
          union all
          select f.starts::date, 'Away ' || say_span(f.starts, f.ends, l.country) from time_off f where f.therapist_id = l.therapist_id and f.ends > today and f.starts < today + 60) x);
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
        'hours', (select coalesce(json_agg(json_build_object('day', say_weekday(h.weekday), 'times', h.times) order by weekday_place(h.weekday, l.country)), '[]')
                  from (select weekday, string_agg(say_time((date '2024-01-01' + starts) at time zone 'UTC', 'UTC', l.country) || ' to '
                                                   || say_time((date '2024-01-01' + ends) at time zone 'UTC', 'UTC', l.country), ' and ' order by starts) as times
                        from hours where location_id = l.id and season_id is null group by weekday) h),
        'differs', place_differs(l)) order by l.id), '[]')
    from location l where l.therapist_id = p_therapist);
end $$;

-- The parts of a text that an empty line is between; null where there is none.
create or replace function paragraphs(p_text text) returns json
    language plpgsql immutable parallel safe
    as $$
declare
    part text;
    said text;
begin
    foreach part in array regexp_split_to_array(p_text, '\n\s*\n') loop
        said := case when btrim(part) = '' then said else coalesce(said || ', ', '[') || to_json(btrim(part))::text end;
    end loop;
    return said || ']';
end $$;

-- What a therapist states: techniques, complaints and languages each by themselves, and all the rest by kind.
create or replace function profile_stated(p_therapist int, out techniques json, out complaints json, out languages json, out languages_text text, out others json)
    language plpgsql stable
    as $$
begin
    select coalesce((array_agg(v.tags) filter (where v.kind = 'technique'))[1], '[]'), coalesce((array_agg(v.tags) filter (where v.kind = 'complaint'))[1], '[]'),
           coalesce((array_agg(v.slugs) filter (where v.kind = 'language'))[1], '[]'), (array_agg(v.words) filter (where v.kind = 'language'))[1],
           coalesce(json_agg(json_build_object('kind', k.kind, 'label', k.label, 'one', k.one, 'values', v.tags) order by k.position, k.kind)
                        filter (where v.kind not in ('technique', 'complaint', 'language')), '[]')
      into techniques, complaints, languages, languages_text, others
    from (select t.kind, json_agg(json_build_object('slug', t.slug, 'label', t.label, 'about', nullif(t.about, '')) order by t.position, t.id) as tags,
                 json_agg(t.slug order by t.position, t.id) as slugs, string_agg(t.label, ', ' order by t.position, t.id) as words
          from therapist_tag x join tag t on t.id = x.tag_id where x.therapist_id = p_therapist group by t.kind) v
    join tag_kind k on k.kind = v.kind;
end $$;

-- GET /therapists/{slug}. Published ones only, whoever asks: the page may be kept by caches. Null when there is none. p_preview: for whose it is alone.
-- What is put together at the end asks no table, so that it is no statement of its own.
create or replace function directory_profile(p_slug text, p_preview boolean default false) returns json
    language plpgsql stable
    as $$
declare
    t therapist;
    today constant date := (clock() at time zone 'UTC')::date;
    place location;
    home location; -- the first of their places
    places int := 0;
    comes boolean := false;
    barred boolean := false; -- at one place or more
    offered record;
    stated record;
    excluded json;
    credentials json;
    discipline json;
    reviewed boolean;
    reviews json;
    town text;
begin
    select * into t from therapist where slug = p_slug and (published or p_preview and id = auth.therapist());
    if not found then
        return null;
    end if;
    for place in select * from location l where l.therapist_id = t.id order by l.id loop
        places := places + 1;
        comes := comes or place.home_km > 0;
        barred := barred or place.bookable_until < today;
        if places = 1 then
            home := place;
        end if;
    end loop;
    town := home.town || coalesce(', ' || nullif(home.region, ''), '');
    offered := profile_services(t.id, home, places);
    stated := profile_stated(t.id);
    excluded := case when exists (select from therapist_not n where n.therapist_id = t.id) then not_kinds_of(t.id) else '[]' end;
    credentials := profile_credentials(t.id, home.country);
    select coalesce(json_agg(discipline_json(d) order by d.dated desc, d.id), '[]') into discipline from discipline d where d.therapist_id = t.id and d.removed_at is null;
    reviewed := exists (select from review r where r.therapist_id = t.id and r.shown);
    reviews := case when reviewed then review_list(t, null) else '{"reviews": []}' end;
    return json_build_object(
        'slug', t.slug, 'name', t.name, 'title', short_title(t.name || ', massage therapist in ' || town, t.name || ', massage therapist', t.name), 'headline', nullif(t.headline, ''),
        'about', t.about, 'paragraphs', coalesce(paragraphs(t.about), '[]'), 'pronouns', nullif(t.pronouns, ''),
        'languages', stated.languages, 'languages_text', stated.languages_text,
        'initials', initials(t.name), 'tint', tint(t.id), 'photo', t.photo,
        'techniques', stated.techniques, 'complaints', stated.complaints,
        'has_about', btrim(t.about) <> '', 'has_techniques', json_array_length(stated.techniques) > 0, 'has_complaints', json_array_length(stated.complaints) > 0,
        'has_credentials', json_array_length(credentials) > 0,
        'town', town, 'zone', home.zone, 'zone_name', say_zone(now(), home.zone), 'hour_cycle', hour_cycle(home.country),
        'services', offered.services, 'has_services', json_array_length(offered.services) > 0, 'has_times', offered.has_times,
        'credential', credential_shown(t.id, current_date), 'credentials', credentials, 'closed', case when barred then unlicensed_json(t.id) end,
        'discipline', discipline, 'has_discipline', json_array_length(discipline) > 0,
        'locations', profile_locations(t.id),
        'profession', nullif(t.profession, ''), 'since', t.since, 'years', nullif(greatest(extract(year from clock())::int - t.since, 0), 0),
        'back_share', t.back_share, 'not_for', nullif(t.not_for, ''), 'not_with', excluded, 'has_not', json_array_length(excluded) > 0 or t.not_for <> '', 'new_clients', t.new_clients, 'home_visits', comes,
        'first_visit', paragraphs(t.first_visit), 'first_visit_text', nullif(btrim(t.first_visit), ''),
        'stated', stated.others, 'has_stated', json_array_length(stated.others) > 0,
        'rating', case when reviewed then profile_rating(t.id) end, 'reviews', reviews -> 'reviews', 'about_reviews', profile_about_reviews(t, reviews ->> 'next'), 'recommended', profile_recommended(t.id));
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
create or replace function days_json(p_service int, p_country text, p_from date, p_days int, p_chosen timestamptz default null, p_part int default null) returns json
    language sql stable
    as $$
    select json_agg(json_build_object('date', d.day, 'day', say_day(d.day, p_country), 'short', say_day_short(d.day, null, p_country), 'free', s.slots is not null, 'slots', coalesce(s.slots, '[]')) order by d.day)
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
    home location := (select l from location l where l.therapist_id = s.therapist_id order by l.id limit 1);
begin
    if s.id is null then
        return null;
    end if;
    return json_build_object('zone', home.zone, 'service', s.id,
        'days', coalesce(days_json(s.id, home.country, coalesce(p_from, local_day(now(), coalesce(home.zone, 'UTC'))), p_days), '[]'));
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
    days := days_json(s.id, place.country, first_day, shown, chosen_start, part);
    return json_build_object(
        'therapist', json_build_object('slug', t.slug, 'name', t.name), 'slug', t.slug, 'name', t.name, 'initials', initials(t.name), 'tint', tint(t.id), 'photo', t.photo,
        'credential', credential_shown(t.id, current_date), 'new_clients', t.new_clients, 'closed', unlicensed_json(t.id), 'not_with', not_kinds_of(t.id), 'not_for', nullif(t.not_for, ''), 'has_not', not_words(t) is not null,
        'place', json_build_object('name', nullif(place.name, ''), 'street', place.street, 'town', place.town, 'region', place.region, 'postcode', place.postcode,
                     'access', nullif(place.access, '')),
        'many_places', (select count(*) > 1 from location l where l.therapist_id = t.id), 'comes', case when s.at_home then service_rules(s) ->> 'home' end,
        'zone', place.zone, 'zone_name', say_zone(now(), place.zone), 'hour_cycle', hour_cycle(place.country), 'zone_words', replace(place.zone, '_', ' '),
        'services', (select coalesce(json_agg((rtrim(service_json(x)::text, '}') || '}, "on": ' || (x.id = s.id)::text || '}')::json order by x.position, x.id), '[]')
                     from service x where x.therapist_id = t.id and x.retired_at is null),
        'waiting_list', t.waiting_list, 'service', s.id, 'has_services', s.id is not null, 'service_chosen', case when s.id is not null then service_json(s) end,
        'no_such_service', p_service is not null and s.id is distinct from p_service,
        'start', case when chosen then rfc3339(chosen_start) end, 'start_gone', p_typed is not null and chosen is not true, 'key', gen_random_uuid(),
        'start_text', case when chosen then say_day_of(chosen_start, place.zone, place.country) || ', ' || say_time(chosen_start, place.zone, place.country) end,
        'days', coalesce(days, '[]'), 'any_free', exists (select from json_array_elements(days) d where (d ->> 'free')::boolean), 'ever_free', first_free is not null,
        'from', first_day, 'part', parts[part + 1], 'from_day', say_day(first_day, place.country), 'to_day', say_day(first_day + shown - 1, place.country),
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

grant execute on function say_minutes, service_said, service_consists, service_soonest, service_starts, service_known, service_next, service_json, paragraphs, profile_services, profile_stated, profile_credentials, profile_locations,
    place_differs, directory_profile, service_asked, instant, days_json, directory_slots, directory_book to unknot_web;
