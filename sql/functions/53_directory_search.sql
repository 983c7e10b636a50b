-- Search as people see it: one question, one document.

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

-- The same address without, or with another value of, one parameter. Of a kind of which several may hold, p_only is the one that goes.
create or replace function link_without(p_link text[], p_name text, p_only text default null) returns text[]
    language plpgsql immutable parallel safe
    as $$
declare
    made text[] := '{}';
begin
    for i in 1..cardinality(p_link) by 2 loop
        if p_link[i] <> p_name or p_only <> p_link[i + 1] then
            made := made || array[p_link[i], p_link[i + 1]];
        end if;
    end loop;
    return made;
end $$;

create or replace function say_count(p_n int) returns text
    language sql stable parallel safe
    as $$ select case p_n when 1 then '1 therapist' when 0 then 'No therapists' else to_char(p_n, 'FM9,999,999') || ' therapists' end $$;

create or replace function say_list(p_items text[]) returns text
    language sql immutable parallel safe
    as $$
    select case when cardinality(p_items) < 2 then p_items[1]
                else array_to_string(p_items[:cardinality(p_items) - 1], ', ') || ' and ' || p_items[cardinality(p_items)] end
    $$;

create or replace function currency_of(p_country text) returns text
    language sql immutable parallel safe
    as $$ select case p_country when 'US' then 'USD' when 'CA' then 'CAD' when 'AU' then 'AUD' when 'GB' then 'GBP' else 'EUR' end $$;
comment on function currency_of is 'what the prices on a form are labeled with; each therapist''s own are compared as whole units of their own';

-- What the short form offers, with the present choice marked.
drop function if exists directory_choices(asked);
create or replace function directory_choices(a asked) returns json
    language plpgsql stable
    as $$
begin
    return json_build_object(
        'techniques', (select json_agg(json_build_object('value', slug, 'label', label, 'on', id = any (a.ids) and not id = any (a.words)) order by label) from technique),
        'complaints', (select json_agg(json_build_object('value', slug, 'label', label, 'on', id = any (a.ids) and not id = any (a.words)) order by label) from complaint),
        'languages', (select json_agg(json_build_object('value', slug, 'label', label, 'on', id = any (a.ids) and not id = any (a.words)) order by label) from tag where kind = 'language' and retired_at is null),
        'radii', (select json_agg(json_build_object('value', r, 'label', say_radius(r, a.country), 'on', r = a.radius) order by r)
                  from (select r::float8 from unnest(radii(a.country)) r union select a.radius where a.radius is not null) x (r)),
        'days', (select json_agg(json_build_object('value', v, 'label', l, 'on', v = coalesce(a.day, 'any')) order by o)
                 from (values (1, 'any', 'Any day'), (2, 'today', 'Today'), (3, 'tomorrow', 'Tomorrow'), (4, 'week', 'Next 7 days'), (5, 'weekend', 'This weekend')) x (o, v, l)),
        'dates', (select json_agg(json_build_object('value', day, 'label', say_day_short(day, a.today), 'on', day::text = a.day or day = a.first_day and a.day like '%sday') order by day)
                  from (select a.today + n from generate_series(2, 13) n union select a.day::date where a.day ~ '^\d') x (day)),
        'parts', (select json_agg(json_build_object('value', v, 'label', l, 'on', v = coalesce(a.part, '')) order by o)
                  from (values (1, '', 'Any time of day'), (2, 'morning', 'Morning, before 12'), (3, 'afternoon', 'Afternoon, 12 to 5'), (4, 'evening', 'Evening, from 5')) x (o, v, l)),
        'lengths', (select json_agg(json_build_object('value', v, 'label', coalesce(v || ' minutes', 'Any length'), 'on', v is not distinct from a.length) order by v nulls first)
                    from unnest('{null,30,45,60,75,90,120}'::int[]) v),
        'prices', (select json_agg(json_build_object('value', v, 'label', coalesce('Up to ' || say_money(v * 100, currency_of(a.country)), 'Any price'), 'on', v is not distinct from a.price_max) order by v nulls first)
                   from (select v from unnest('{null,40,60,80,100,125,150,200}'::int[]) v union select a.price_max where a.price_max is not null) x (v)));
end $$;

-- What is on, each with the address of the same search without it.
create or replace function directory_filters_on(a asked) returns json
    language plpgsql stable
    as $$
declare
    made json[] := '{}';
    f record;
begin
    for f in
        select t.kind as name, t.slug as value, t.label from tag t where t.id = any (a.ids) and not t.id = any (a.words)
        union all
        select * from (values ('when', a.day, a.said), ('part', a.part, say_hours(a.part, null, null, a.country)), ('from', a.from_hour::text, say_hours(null, a.from_hour, null, a.country)),
                              ('to', a.to_hour::text, say_hours(null, null, a.to_hour, a.country)), ('length', a.length::text, a.length || ' minutes'),
                              ('price_max', a.price_max::text, 'up to ' || say_money(a.price_max * 100, currency_of(a.country))), ('rating', a.rating::text, 'rated ' || a.rating || ' or more'),
                              ('radius_km', nullif(a.radius_km, radius_usual(a.country))::text, 'within ' || say_radius(a.radius_km, a.country))) x (name, value, label)
        where value <> 'any' and value = any (a.link)
    loop
        made := made || json_build_object('label', f.label, 'href', '/therapists' || query_of(variadic link_without(a.link, f.name, f.value) || array['sort', a.sort]));
    end loop;
    return array_to_json(made);
end $$;

-- How many therapists another question would find.
create or replace function directory_count(a asked) returns int
    language sql stable
    as $$ select total from directory_page(a, 'nearest', false, null, null, 0) $$;

-- The next steps where nothing was found: the same search with one thing changed, each with its true count and only where there is somebody.
drop function if exists directory_offers(asked);
create or replace function directory_offers(a asked) returns json
    language plpgsql stable
    as $$
declare
    made json[] := '{}';
    b asked;
    n int;
    r int;
    t record;
begin
    foreach r in array case when a.area is null then '{}' else radii(a.country) end loop
        continue when r <= a.radius;
        b := a;
        b.radius_km := r;
        b := directory_asked_place(b);
        n := directory_count(b);
        if n > 0 then
            made := made || json_build_object('total', n, 'text', say_count(n) || ' within ' || say_radius(r, a.country), 'href',
                '/therapists' || query_of(variadic link_with(a.link, 'radius_km', r::text)));
            exit;
        end if;
    end loop;
    if a.first_day is not null then
        b := a;
        b.day := null; b.part := null; b.from_hour := null; b.to_hour := null; b.first_day := null; b.said := null;
        b := directory_asked_time(b);
        n := directory_count(b);
        if n > 0 then
            made := made || json_build_object('total', n, 'text', say_count(n) || ' at another time', 'href',
                '/therapists' || query_of(variadic link_without(link_without(link_without(link_without(a.link, 'when'), 'part'), 'from'), 'to')));
        end if;
    end if;
    for t in select g.id, g.kind, g.slug, g.label from tag g where g.id = any (a.ids) and not g.id = any (a.words) loop
        b := a;
        b.ids := array_remove(a.ids, t.id);
        b := directory_asked_bits(b);
        n := directory_count(b);
        if n > 0 then
            made := made || json_build_object('total', n, 'text', say_count(n) || ' without “' || t.label || '”', 'href',
                '/therapists' || query_of(variadic link_without(a.link, t.kind, t.slug)));
        end if;
    end loop;
    return array_to_json(made);
end $$;

create or replace function link_with(p_link text[], p_name text, p_value text) returns text[]
    language sql immutable parallel safe
    as $$ select p_link[:2 * i - 1] || p_value || p_link[2 * i + 1:] from (select (array_position(p_link, p_name) + 1) / 2 as i) x $$;
comment on function link_with is 'with another value of a parameter that is there already, be it empty';

-- The heading in words: 12 therapists offering Swedish massage for low back pain near Nyack, NY, free tomorrow.
create or replace function directory_heading(a asked, p_total int, p_more boolean) returns text
    language sql stable
    as $$
    select case a.state
        when 'unknown' then 'We could not find “' || a.near || '”'
        when 'ambiguous' then 'Which place do you mean?'
        else case when p_more then 'More than ' else '' end || say_count(p_total)
            || coalesce(' offering ' || say_list(array_agg(say_within(t.label) order by t.position) filter (where t.kind = 'technique')), '')
            || coalesce(' for ' || say_list(array_agg(say_within(t.label) order by t.position) filter (where t.kind = 'complaint')), '')
            || coalesce(' like “' || a.name || '”', '') || coalesce(' near ' || a.place, '') || coalesce(', free ' || a.said, '') end
    from (select) x left join tag t on t.id = any (a.ids)
    $$;

create or replace function directory_sorts(a asked, p_sort text) returns json
    language sql stable
    as $$
    select json_agg(json_build_object('value', v, 'label', l, 'on', v = p_sort, 'href', '/therapists' || query_of(variadic a.link || array['sort', nullif(v, 'best')])) order by o)
    from (values (1, 'best', 'Best match'), (2, 'nearest', 'Nearest'), (3, 'soonest', 'Soonest free time'), (4, 'price', 'Lowest price'), (5, 'rating', 'Best reviewed')) x (o, v, l)
    where v = 'best' or a.area is not null
    $$;

-- Parameters that the short form has no field for and must carry along.
create or replace function directory_hidden(a asked) returns json
    language sql stable
    as $$
    with pairs as (select a.link || array['sort', nullif(a.sort, 'best')] as all_of)
    select coalesce(json_agg(json_build_object('name', all_of[i], 'value', all_of[i + 1])), '[]')
    from pairs, generate_series(1, cardinality(all_of), 2) i
    where all_of[i + 1] <> '' and not all_of[i] = any ('{q,near,radius_km,when,part,length,price_max,technique,complaint}') and (all_of[i], all_of[i + 1]) <> ('proof', 'checked')
    $$;

-- The form again, where the question could not be answered.
create or replace function directory_again(a asked) returns json
    language sql stable
    as $$
    select json_build_object('wrong', a.wrong, 'why', a.why, 'by_place', true, 'choices', directory_choices(a), 'hidden', directory_hidden(a),
        'proof_checked', 'checked' = any (a.link), 'filters_href', '/filters')
    $$;

create or replace function inner_of(p json) returns text
    language sql immutable parallel safe
    as $$ select substr(p::text, 2, length(p::text) - 2) $$;
comment on function inner_of is 'the members of an object as text, to be put beside others';

-- What the document says of the question itself.
create or replace function directory_document_asked(a asked, p_sort text) returns json
    language sql stable
    as $$
    select json_build_object(
        'place', case when a.area is not null then json_build_object('name', a.place, 'lat', a.lat, 'lon', a.lon) end,
        'guessed', case when a.state = 'guessed' then a.near end, 'meant', a.corrected,
        'ambiguous', a.state = 'ambiguous', 'unknown', a.state = 'unknown',
        'places', coalesce((select json_agg(json_build_object('name', c, 'href', '/therapists' || query_of(variadic link_with(a.link, 'near', url_encode(c)))) order by o)
                            from unnest(a.choices) with ordinality x (c, o) where a.state = 'ambiguous'), '[]'),
        'q', a.q, 'near', a.near, 'radius_km', a.radius, 'when', a.day, 'part', a.part, 'from', a.from_hour, 'to', a.to_hour, 'length', a.length,
        'price_max', a.price_max, 'rating', a.rating, 'tags', to_json(a.tags),
        'technique', (select slug from technique t where t.id = any (a.ids) and not t.id = any (a.words) order by t.position limit 1),
        'complaint', (select slug from complaint t where t.id = any (a.ids) and not t.id = any (a.words) order by t.position limit 1),
        'words_technique', (select label from technique t where t.id = any (a.words) order by t.position limit 1),
        'words_complaint', (select label from complaint t where t.id = any (a.words) order by t.position limit 1),
        'complaint_note', (select json_build_object('label', c.label, 'evidence', c.evidence, 'careful', nullif(c.careful, ''))
                           from complaint c where c.id = any (a.ids) order by c.position limit 1),
        'sort', p_sort, 'sorts', directory_sorts(a, p_sort), 'soonest', p_sort = 'soonest',
        'by_distance', '/therapists' || query_of(variadic a.link || array['sort', 'nearest']), 'by_time', '/therapists' || query_of(variadic a.link || array['sort', 'soonest']),
        'has_place', a.area is not null, 'proof_checked', 'checked' = any (a.link), 'by_place', a.area is not null, 'day_asked', a.first_day is not null,
        'within', say_radius(a.radius, a.country), 'miles', uses_miles(a.country),
        'filters_href', '/filters' || query_of(variadic a.link || array['sort', a.sort]),
        'without_place', '/therapists' || query_of(variadic link_without(link_without(a.link, 'near'), 'radius_km')))
    $$;

-- What the document says of this page among the others.
create or replace function directory_document_pages(p_link text[], p_sort text, p_first int, p_n int, p_total int, p_before boolean, p_after boolean,
                                                    p_keys int8[], p_locations int[]) returns json
    language sql stable
    as $$
    select json_build_object('shown', json_build_object('from', p_first, 'to', p_first + p_n - 1),
        'next_page', case when p_after then '/therapists' || query_of(variadic p_link || array['after',
            concat_ws('~', left(p_sort, 1), p_keys[p_n], p_locations[p_n], p_first + p_n - 1)]) end,
        'previous_page', case when p_before then '/therapists' || query_of(variadic p_link || array['before',
            concat_ws('~', left(p_sort, 1), p_keys[1], p_locations[1], p_first)]) end,
        'next_from', p_first + p_n, 'next_to', least(p_first + p_n + 19, p_total), 'later_page', p_first > 1,
        'first_page', '/therapists' || query_of(variadic p_link), 'canonical', '/therapists' || query_of(variadic p_link))
    $$;

-- GET /therapists. p_form: with what the short form offers. Answers the document of the page; {"wrong": parameter, "why", …} for one that cannot be
-- answered. The cursor is key and place of the last row of the page before, or with p_back of the first of the page after, and p_seen its number.
drop function if exists directory_search(text, text, float8, text, text, text, text, float8, float8, int, int, boolean);
drop function if exists directory_choices(text, float8, text, text, text, date);
drop function if exists directory_offers(text, text, text, text, text, float8, text, point, float8, text, int8, int8, int8, date, date);
drop function if exists directory_page(point, float8, float8, text, int8, int8, int8, date, date, int[], boolean, float8, float8, int, int);
drop function if exists listing_found(point, float8, int8, int8, int8, date, date, int[], boolean);
drop function if exists first_from(timestamptz[], timestamptz);
create or replace function directory_search(p_q text, p_near text, p_radius int, p_when text, p_part text, p_from int, p_to int, p_length int, p_price int, p_rating real,
    p_sort text, p_tags text[], p_back boolean, p_key int8, p_id int, p_seen int, p_form boolean) returns text
    language plpgsql stable
    as $$
#variable_conflict use_variable
declare
    a asked := directory_asked(p_q, p_near, p_radius, p_when, p_part, p_from, p_to, p_length, p_price, p_rating, p_sort, p_tags);
    sort text := case when a.area is null then 'best' else coalesce(p_sort, 'best') end;
    somewhere boolean := coalesce(a.state in ('found', 'guessed', 'nowhere'), false);
    page record;
    first int := p_seen + 1;
    n int := 0;
    note text;
    offers json := '[]';
    on_now json;
    nearest text;
begin
    if a.wrong is not null then
        return directory_again(a);
    end if;
    select 0 as total, false as more, false as beyond, '{}'::int[] as locations, null::smallint[] as classes, null::int8[] as keys into page;
    if somewhere then
        select * into page from directory_page(a, sort, p_back, p_key, p_id, 20);
        if page.total = 0 and a.name is not null then
            note := 'Nothing here matches “' || p_q || '”, so this is everybody' || coalesce(' near ' || a.place, '') || '.';
            a.name := null;
            select * into page from directory_page(a, sort, p_back, p_key, p_id, 20);
        end if;
        n := cardinality(page.locations);
    end if;
    if p_back then
        first := greatest(p_seen - n, 1);
    end if;
    if page.total = 0 and somewhere then
        offers := directory_offers(a);
        if json_array_length(offers) = 0 and a.lat is not null then
            select o.town || coalesce(', ' || nullif(o.region, ''), '') into nearest
            from (select l.location_id from listing l where l.shown order by l.spot <-> mercator(a.lat, a.lon) limit 1) l join location o on o.id = l.location_id;
        end if;
    end if;
    on_now := directory_filters_on(a);

    -- put together as text: a cast to json would read the results through once more
    return '{"total" : ' || page.total || ', "results" : [' || case when n > 0 then directory_results(a, page.locations, page.classes, page.keys, first) else '' end || '], '
        || concat_ws(', ', inner_of(json_build_object('total_more', page.more, 'heading', directory_heading(a, page.total, page.more), 'note', note,
            'nobody', page.total = 0 and somewhere, 'offers', offers, 'has_offers', json_array_length(offers) > 0,
            'nearest_town', case when nearest is not null then json_build_object('name', nearest, 'href', '/therapists' || query_of('near', url_encode(nearest))) end,
            'filters', on_now, 'filters_on', json_array_length(on_now), 'hidden', directory_hidden(a),
            'choices', case when p_form then directory_choices(a) end)),
            inner_of(directory_document_asked(a, sort)),
            inner_of(directory_document_pages(a.link || array['sort', nullif(p_sort, 'best')], sort, first, n, page.total, n > 0 and first > 1 and (page.beyond or not p_back),
                n > 0 and (page.beyond or p_back), page.keys, page.locations))) || '}';
end $$;

grant execute on function query_of, link_without, link_with, say_count, say_list, directory_choices, directory_filters_on, directory_count, directory_offers, directory_heading,
    directory_sorts, directory_hidden, directory_again, currency_of, inner_of, directory_document_asked, directory_document_pages, directory_search to unknot_web;
