-- Search: one question, one document. Reads listing and nothing else until it knows the 20 rows that are shown.

create or replace function query_of(variadic p_pairs text[]) returns text
    language plpgsql immutable parallel safe
    as $$
declare
    made text := '';
begin
    for i in 1..cardinality(p_pairs) by 2 loop
        if p_pairs[i + 1] <> '' then
            made := made || case when made = '' then '?' else '&' end || p_pairs[i] || '=' || p_pairs[i + 1];
        end if;
    end loop;
    return made;
end $$;
comment on function query_of is 'name, value, name, value … as a query string without the empty ones; values already encoded';

create or replace function say_radius(p_km float8, p_country text) returns text
    language sql stable parallel safe
    as $$
    select case when not uses_miles(p_country) then round(p_km::numeric, 1)::float8 || ' km'
                when abs(p_km / 1.609344 - round(p_km / 1.609344 / 5) * 5) < 1 then round(p_km / 1.609344 / 5) * 5 || ' miles'
                else round(p_km / 1.609344) || ' miles' end
    $$;
comment on function say_radius is 'a radius in words; 16 km is 10 miles where people use miles';

create or replace function radii(p_country text) returns int[]
    language sql immutable parallel safe
    as $$ select case when uses_miles(p_country) then '{8,16,40,80,160}'::int[] else '{5,10,25,50,100,160}' end $$;
comment on function radii is 'the radii offered, in km';

-- Which days `when` names, seen from today: any, today, tomorrow, week (7 days), weekend (what is left of this one or the next), YYYY-MM-DD.
create or replace function days_meant(p_when text, p_today date, out first_day date, out last_day date, out mask int8, out said text)
    language plpgsql immutable
    as $$
declare
    saturday date := p_today + (6 - extract(isodow from p_today))::int;
begin
    case
        when p_when is null or p_when = 'any' then
            mask := 0;
            return;
        when p_when = 'today' then
            first_day := p_today; last_day := p_today; said := 'today';
        when p_when = 'tomorrow' then
            first_day := p_today + 1; last_day := p_today + 1; said := 'tomorrow';
        when p_when = 'week' then
            first_day := p_today; last_day := p_today + 6; said := 'in the next 7 days';
        when p_when = 'weekend' then
            first_day := greatest(saturday, p_today); last_day := saturday + 1; said := 'this weekend';
        else
            first_day := p_when::date; last_day := first_day; said := 'on ' || say_day(first_day);
    end case;
    -- a day outside the horizon has no bit; -1 would be every day
    select coalesce(bit_or(1::int8 << ((p_today + n - date '2000-01-01') % 63)), 0) into mask
    from generate_series(greatest(first_day - p_today, 0), least(last_day - p_today, 61)) n;
    if mask = 0 then
        first_day := null;
    end if;
end $$;

-- The first of the next 12 starts that is not before p_since. Spelled out, since to unnest an array costs more than to look at its first element,
-- which is nearly always the answer.
create or replace function first_from(p_next timestamptz[], p_since timestamptz) returns timestamptz
    language sql immutable parallel safe
    as $$
    select case when p_next[1] >= p_since then p_next[1] when p_next[2] >= p_since then p_next[2] when p_next[3] >= p_since then p_next[3] when
                p_next[4] >= p_since then p_next[4] when p_next[5] >= p_since then p_next[5] when p_next[6] >= p_since then p_next[6] when
                p_next[7] >= p_since then p_next[7] when p_next[8] >= p_since then p_next[8] when p_next[9] >= p_since then p_next[9] when
                p_next[10] >= p_since then p_next[10] when p_next[11] >= p_since then p_next[11] when p_next[12] >= p_since then p_next[12] end
    $$;

-- Everybody who fits: within reach of the spot, everywhere where p_reach is null, or, where p_ids is given, among these. A therapist with two fitting places is there once, with the
-- nearer; first is their first free time when p_soonest. A filter is written so that one generic plan serves with and without it. A SQL function so
-- that the planner puts it in line: never strict, never SECURITY DEFINER. p_days 0: any day.
-- The mask alone would promise a day whose times have passed: a time of that day must be left among the next ones, unless they do not reach that far.
create or replace function listing_found(p_spot point, p_reach float8, p_techniques int8, p_complaints int8, p_days int8, p_first date, p_last date,
                                         p_ids int[], p_soonest boolean)
    returns table (location_id int, therapist_id int, d float8, first float8)
    language sql stable
    as $$
    select distinct on (m.therapist_id) m.location_id, m.therapist_id, m.d, m.first
    from (
        select l.location_id, l.therapist_id, l.spot <-> p_spot as d,
               case when p_soonest then date_part('epoch', first_from(l.next, greatest(now() + l.notice, p_first::timestamp at time zone l.zone))) end as first
        from listing l
        where p_ids is null and l.spot <@ circle(p_spot, p_reach)
          and l.techniques & p_techniques = p_techniques and l.complaints & p_complaints = p_complaints
          and (p_days = 0 or l.days & p_days <> 0 and (
                  first_from(l.next, greatest(now() + l.notice, p_first::timestamp at time zone l.zone)) < (p_last + 1)::timestamp at time zone l.zone
                  or l.next[12] < greatest(now() + l.notice, p_first::timestamp at time zone l.zone)))
        union all
        select l.location_id, l.therapist_id, l.spot <-> p_spot,
               date_part('epoch', first_from(l.next, greatest(now() + l.notice, p_first::timestamp at time zone l.zone)))
        from listing l
        where l.location_id = any (p_ids)
          and l.techniques & p_techniques = p_techniques and l.complaints & p_complaints = p_complaints
          and (p_days = 0 or l.days & p_days <> 0)
        union all
        select l.location_id, l.therapist_id, 0,
               date_part('epoch', first_from(l.next, greatest(now() + l.notice, p_first::timestamp at time zone l.zone)))
        from listing l
        where p_ids is null and p_reach is null
          and l.techniques & p_techniques = p_techniques and l.complaints & p_complaints = p_complaints
          and (p_days = 0 or l.days & p_days <> 0 and (
                  first_from(l.next, greatest(now() + l.notice, p_first::timestamp at time zone l.zone)) < (p_last + 1)::timestamp at time zone l.zone
                  or l.next[12] < greatest(now() + l.notice, p_first::timestamp at time zone l.zone)))
    ) m
    order by m.therapist_id, m.d, m.location_id
    $$;

-- One page of results and what is needed for the next. after1 and after2 are the sort keys of the last row seen, after_id its location, seen how many
-- were shown before; results is JSON text.
create or replace function directory_page(p_spot point, p_reach float8, p_lat float8, p_country text, p_techniques int8, p_complaints int8, p_days int8,
    p_first date, p_last date, p_ids int[], p_soonest boolean, p_after1 float8, p_after2 float8, p_after_id int, p_seen int,
    out total int, out results text, out after text)
    language plpgsql stable
    as $$
begin
    with found as materialized (
        select f.location_id, f.therapist_id, f.d, case when p_soonest then coalesce(f.first, 9e14) else f.d end as key1,
               case when p_soonest then f.d else 0 end as key2
        from listing_found(p_spot, p_reach, p_techniques, p_complaints, p_days, p_first, p_last, p_ids, p_soonest) f
    ), listed as (
        select f.location_id, f.therapist_id, f.key1, f.key2, mercator_metres(f.d, p_lat) as metres, row_number() over (order by key1, key2, f.location_id) + p_seen as number
        from found f where (key1, key2, f.location_id) > (p_after1, p_after2, p_after_id)
        order by key1, key2, f.location_id limit 21
    ), shown as (
        select s.number, s.key1, s.key2, s.location_id,
               c.card || ',' || substr(json_build_object(
                   'number', s.number,
                   'distance_m', s.metres, 'distance', say_distance(s.metres, p_country),
                   'credential', case when c.credential_until < current_date then c.credential_lapsed else c.credential end::json,
                   'next', coalesce(t.next, '[]'), 'has_next', t.next is not null)::text, 2) as item
        from listed s
        join listing l on l.location_id = s.location_id
        join listing_card c on c.location_id = s.location_id
        -- the listing knows the next 12 starts, in order; only where those do not reach far enough are the asked days' times worked out
        cross join lateral (
            select array(select x from unnest(l.next) x where x > now() + l.notice and (p_first is null
                             or x >= p_first::timestamp at time zone l.zone and x < (p_last + 1)::timestamp at time zone l.zone) limit 3) as starts
            offset 0
        ) near
        cross join lateral (
            select json_agg(json_build_object('start', rfc3339(n.start), 'service', l.service_id, 'local', to_char(n.start at time zone l.zone, 'HH24:MI'),
                       'day', say_day_short(local_day(n.start, l.zone), local_day(now(), l.zone)), 'time', say_time(n.start, l.zone, p_country))) as next
            from (
                select x.start from unnest(near.starts) x (start)
                where cardinality(near.starts) = 3 or (l.next[12] < (p_last + 1)::timestamp at time zone l.zone) is not true
                union all
                (select x.start from slots(l.service_id, s.location_id, p_first, p_last - p_first + 1) x
                 where cardinality(near.starts) < 3 and l.next[12] < (p_last + 1)::timestamp at time zone l.zone
                 order by 1 limit 3)) n) t
        where s.number <= p_seen + 20
    )
    select (select count(*) from found), '[' || coalesce(string_agg(item, ',' order by number), '') || ']',
           case when (select count(*) from listed) > 20 then (select 
               case when p_soonest then 's' else 'n' end || '~' || key1 || '~' || key2 || '~' || location_id || '~' || number
               from shown order by number desc limit 1) end
      into total, results, after
    from shown;
end $$;

-- What the filters offer, with the present choice marked.
create or replace function directory_choices(p_country text, p_radius float8, p_technique text, p_complaint text, p_when text, p_today date) returns json
    language plpgsql stable
    as $$
begin
    return json_build_object(
        'techniques', (select json_agg(json_build_object('value', slug, 'label', label, 'on', slug is not distinct from p_technique) order by label) from technique),
        'complaints', (select json_agg(json_build_object('value', slug, 'label', label, 'on', slug is not distinct from p_complaint) order by label) from complaint),
        'radii', (select json_agg(json_build_object('value', r, 'label', say_radius(r, p_country), 'on', r = p_radius) order by r)
                  from (select r::float8 from unnest(radii(p_country)) r union select p_radius where p_radius is not null) x (r)),
        'days', (select json_agg(json_build_object('value', v, 'label', l, 'on', v = coalesce(p_when, 'any')) order by o)
                 from (values (1, 'any', 'Any day'), (2, 'today', 'Today'), (3, 'tomorrow', 'Tomorrow'), (4, 'week', 'Next 7 days'), (5, 'weekend', 'This weekend')) x (o, v, l)),
        'dates', (select json_agg(json_build_object('value', day, 'label', say_day_short(day, p_today), 'on', day::text = p_when) order by day)
                  from (select p_today + n from generate_series(2, 13) n
                        union select p_when::date where p_when ~ '^\d') x (day)));
end $$;

-- The next steps where nothing was found: the same search with one thing less, each with its true count and only where there is one.
create or replace function directory_offers(p_near text, p_q text, p_technique text, p_complaint text, p_when text, p_radius float8, p_explicit text,
    p_spot point, p_lat float8, p_country text, p_techniques int8, p_complaints int8, p_days int8, p_first date, p_last date) returns json
    language plpgsql stable
    as $$
declare
    made json[] := '{}';
    n int;
    r int;
    reach float8 := mercator_radius(p_radius, p_lat);
begin
    foreach r in array radii(p_country) loop
        continue when r <= p_radius;
        select count(*) into n from listing_found(p_spot, mercator_radius(r, p_lat), p_techniques, p_complaints, p_days, p_first, p_last, null, false);
        if n > 0 then
            made := made || json_build_object('total', n, 'text', say_count(n) || ' within ' || say_radius(r, p_country), 'href', '/therapists' ||
                query_of('q', p_q, 'near', p_near, 'radius_km', r::text, 'technique', p_technique, 'complaint', p_complaint, 'when', p_when));
            exit;
        end if;
    end loop;
    if p_days <> 0 or p_when is not null then
        select count(*) into n from listing_found(p_spot, reach, p_techniques, p_complaints, 0, null, null, null, false);
        if n > 0 then
            made := made || json_build_object('total', n, 'text', say_count(n) || ' on another day', 'href', '/therapists' ||
                query_of('q', p_q, 'near', p_near, 'radius_km', p_explicit, 'technique', p_technique, 'complaint', p_complaint));
        end if;
    end if;
    if p_techniques <> 0 then
        select count(*) into n from listing_found(p_spot, reach, 0, p_complaints, p_days, p_first, p_last, null, false);
        if n > 0 then
            made := made || json_build_object('total', n, 'text', say_count(n) || ' with other techniques', 'href', '/therapists' ||
                query_of('q', case when p_technique <> '' then p_q end, 'near', p_near, 'radius_km', p_explicit, 'complaint',
                    coalesce(nullif(p_complaint, ''), (select slug from complaint where 1::int8 << id = p_complaints)), 'when', p_when));
        end if;
    end if;
    if p_complaints <> 0 then
        select count(*) into n from listing_found(p_spot, reach, p_techniques, 0, p_days, p_first, p_last, null, false);
        if n > 0 then
            made := made || json_build_object('total', n, 'text', say_count(n) || ' who named other complaints', 'href', '/therapists' ||
                query_of('q', case when p_complaint <> '' then p_q end, 'near', p_near, 'radius_km', p_explicit, 'technique',
                    coalesce(nullif(p_technique, ''), (select slug from technique where 1::int8 << id = p_techniques)), 'when', p_when));
        end if;
    end if;
    return array_to_json(made);
end $$;

create or replace function say_count(p_n int) returns text
    language sql stable parallel safe
    as $$ select case p_n when 1 then '1 therapist' when 0 then 'No therapists' else to_char(p_n, 'FM9,999,999') || ' therapists' end $$;

-- GET /therapists. p_form: with what the filters offer. Answers the document of the page; {"wrong": field, …} where a slug or a day is none of ours.
create or replace function directory_search(p_q text, p_near text, p_radius float8, p_technique text, p_complaint text, p_when text, p_sort text,
    p_after1 float8, p_after2 float8, p_after_id int, p_seen int, p_form boolean) returns text
    language plpgsql stable
    as $$
#variable_conflict use_variable
declare
    place record;
    words record;
    days record;
    page record;
    technique technique;
    complaint complaint;
    techniques int8;
    complaints int8;
    today date;
    country text;
    centre point := point(0, 0);
    radius float8;
    reach float8;  -- null: everywhere
    name text;
    ids int[];
    soonest boolean;
    note text;
    heading text;
    offers json := '[]';
    nearest text;
    -- of the links
    q text := url_encode(coalesce(p_q, ''));
    near text;
    typed_radius text := coalesce(p_radius::text, '');
    link text[];
begin
    if p_near is not null then
        select * into place from place_meant(p_near);
    else
        select 'nowhere' as state, null as label, 'US' as country, null::float8 as lat, null::float8 as lon, null::text[] as choices into place;
    end if;
    if place.state in ('found', 'guessed') then
        centre := mercator(place.lat, place.lon);
        radius := coalesce(p_radius, case when uses_miles(place.country) then 16 else 15 end);
        reach := mercator_radius(radius, place.lat);
        select local_day(now(), l.zone) into today from listing l order by l.spot <-> centre limit 1;
    else
        select local_day(now(), l.zone), a.country into today, country from listing l join location a on a.id = l.location_id limit 1;
        place.country := coalesce(country, 'US');
    end if;
    today := coalesce(today, current_date);
    near := url_encode(coalesce(case when place.state = 'guessed' then place.label else p_near end, ''));

    select * into days from days_meant(p_when, today);
    if p_q is not null then
        select * into words from words_meant(p_q);
    else
        select null::smallint as technique, null::smallint as complaint, 'all' as how, null as name into words;
    end if;
    if p_technique is not null then
        select * into technique from technique t where t.slug = p_technique;
    elsif words.technique is not null then
        select * into technique from technique t where t.id = words.technique;
    end if;
    if p_complaint is not null then
        select * into complaint from complaint c where c.slug = p_complaint;
    elsif words.complaint is not null then
        select * into complaint from complaint c where c.id = words.complaint;
    end if;
    if (p_technique is not null and technique.id is null) or (p_complaint is not null and complaint.id is null) or (p_when is not null and days.mask = 0 and p_when <> 'any') then
        return json_build_object('wrong', case when p_technique is not null and technique.id is null then 'technique'
                                               when p_complaint is not null and complaint.id is null then 'complaint' else 'when' end, 'by_place', true,
            'choices', directory_choices(place.country, radius, p_technique, p_complaint, p_when, today));
    end if;
    techniques := coalesce(1::int8 << technique.id, 0);
    complaints := coalesce(1::int8 << complaint.id, 0);
    soonest := coalesce(p_sort = 'soonest', false) or place.lat is null;
    name := words.name;

    if place.state in ('ambiguous', 'unknown') then
        select 0 as total, '[]' as results, null as after into page;
    else
        if name is not null then
            ids := array(select c.location_id from listing_card c join listing l on l.location_id = c.location_id
                         where name <% c.name_key and (reach is null or l.spot <@ circle(centre, reach)) limit 1000);
        end if;
        select * into page from directory_page(centre, reach, place.lat, place.country, techniques, complaints, days.mask, days.first_day, days.last_day, ids,
            soonest, p_after1, p_after2, p_after_id, p_seen);
        if page.total = 0 and name is not null then
            note := 'Nothing here matches “' || p_q || '”, so this is everybody' || coalesce(' near ' || place.label, '') || '.';
            name := null;
            select * into page from directory_page(centre, reach, place.lat, place.country, techniques, complaints, days.mask, days.first_day, days.last_day, null,
                soonest, p_after1, p_after2, p_after_id, p_seen);
        end if;
    end if;
    if page.total = 0 and place.lat is not null and place.state in ('found', 'guessed') then
        offers := directory_offers(near, q, coalesce(p_technique, ''), coalesce(p_complaint, ''), coalesce(p_when, ''), radius, typed_radius, centre, place.lat, place.country,
            techniques, complaints, days.mask, days.first_day, days.last_day);
        if json_array_length(offers) = 0 then
            select a.town || coalesce(', ' || nullif(a.region, ''), '') into nearest
            from listing l join location a on a.id = l.location_id order by l.spot <-> centre limit 1;
        end if;
    end if;

    heading := case place.state
        when 'unknown' then 'We could not find “' || p_near || '”'
        when 'ambiguous' then 'Which place do you mean?'
        else say_count(page.total) || coalesce(' offering ' || say_within(technique.label), '') || coalesce(' for ' || say_within(complaint.label), '')
            || case when name is not null then ' like “' || p_q || '”' else '' end
            || coalesce(' near ' || place.label, '') || coalesce(', free ' || days.said, '') end;
    link := array['q', q, 'near', near, 'radius_km', typed_radius, 'technique', coalesce(p_technique, ''), 'complaint', coalesce(p_complaint, ''), 'when', coalesce(p_when, '')];

    -- put together as text: a cast to json would read the results through once more
    return '{"total" : ' || page.total || ', "results" : ' || page.results || ', ' || substr(json_build_object(
        'place', case when place.state in ('found', 'guessed') then json_build_object('name', place.label, 'lat', place.lat, 'lon', place.lon) end,
        'next_page', case when page.after is not null then '/therapists' || query_of(variadic link || array['sort', coalesce(p_sort, ''), 'after', page.after]) end,
        'heading', heading, 'note', note,
        'guessed', case when place.state = 'guessed' then p_near end,
        'meant', case when words.how = 'like' then say_within(coalesce(technique.label, complaint.label)) end,
        'ambiguous', place.state = 'ambiguous', 'unknown', place.state = 'unknown',
        'places', coalesce((select json_agg(json_build_object('name', c, 'href', '/therapists' || query_of('q', q, 'near', url_encode(c), 'radius_km', typed_radius,
                      'technique', coalesce(p_technique, ''), 'complaint', coalesce(p_complaint, ''), 'when', coalesce(p_when, ''))) order by o)
                      from unnest(place.choices) with ordinality x (c, o) where place.state in ('ambiguous')), '[]'),
        'nobody', page.total = 0 and place.state not in ('ambiguous', 'unknown'), 'offers', offers,
        'shown', json_build_object('from', p_seen + 1, 'to', least(p_seen + 20, page.total)),
        'next_to', least(p_seen + 40, page.total), 'next_from', p_seen + 21, 'later_page', p_seen > 0,
        'first_page', '/therapists' || query_of(variadic link || array['sort', coalesce(p_sort, '')]),
        'q', p_q, 'near', p_near, 'radius_km', radius, 'technique', p_technique, 'complaint', p_complaint, 'when', p_when,
        'sort', case when soonest then 'soonest' else 'nearest' end, 'soonest', soonest, 'has_place', place.lat is not null,
        'by_distance', '/therapists' || query_of(variadic link), 'by_time', '/therapists' || query_of(variadic link || array['sort', 'soonest']),
        'within', case when place.lat is not null then say_radius(radius, place.country) end, 'miles', uses_miles(place.country),
        'complaint_note', case when complaint.id is not null then json_build_object('label', complaint.label, 'evidence', complaint.evidence, 'careful', nullif(complaint.careful, '')) end,
        'filters_on', (p_technique is not null)::int + (p_complaint is not null)::int + (days.mask <> 0)::int
            + coalesce(p_radius <> case when uses_miles(place.country) then 16 else 15 end, false)::int,
        'words_technique', case when p_technique is null then technique.label end, 'words_complaint', case when p_complaint is null then complaint.label end,
        'by_place', place.lat is not null, 'day_asked', days.mask <> 0, 'has_offers', json_array_length(offers) > 0,
        'without_place', '/therapists' || query_of('q', q, 'technique', coalesce(p_technique, ''), 'complaint', coalesce(p_complaint, ''), 'when', coalesce(p_when, '')),
        'nearest_town', case when nearest is not null then json_build_object('name', nearest, 'href', '/therapists' || query_of('near', url_encode(nearest))) end,
        'choices', case when p_form then directory_choices(place.country, radius, p_technique, p_complaint, p_when, today) end)::text, 2);
end $$;

grant execute on function query_of, say_radius, radii, days_meant, first_from, listing_found, directory_page, directory_choices, directory_offers, say_count,
    directory_search to unknot_web;
