-- Search as people see it: one question, one document.

create or replace function say_count(p_n int) returns text
    language sql stable parallel safe
    as $$ select case p_n when 1 then '1 therapist' when 0 then 'No therapists' else to_char(p_n, 'FM9,999,999') || ' therapists' end $$;

create or replace function say_list(p_items text[]) returns text
    language plpgsql immutable strict parallel safe
    as $$
begin
    if cardinality(p_items) < 2 then
        return p_items[1];
    end if;
    return array_to_string(p_items[:cardinality(p_items) - 1], ', ') || ' and ' || p_items[cardinality(p_items)];
end $$;

create or replace function currency_of(p_country text) returns text
    language sql immutable parallel safe
    as $$ select case p_country when 'US' then 'USD' when 'CA' then 'CAD' when 'AU' then 'AUD' when 'GB' then 'GBP' else 'EUR' end $$;
comment on function currency_of is 'what the prices on a form are labeled with; each therapist''s own are compared as whole units of their own';

-- The time as the form shows it: what the words say of it, else the day that is chosen there, by one of its values.
create or replace function directory_time(a asked, out typed text, out day text)
    language plpgsql stable
    as $$
begin
    if a.link[4] is null and (a.day is not null or concat(a.link[5], a.link[6], a.link[7]) = '') then
        typed := a.said;
    elsif a.day <> 'any' then
        day := case when a.day in ('today', 'tomorrow', 'week', 'weekend') then a.day when a.first_day = a.today then 'today' when a.first_day = a.today + 1 then 'tomorrow' else a.first_day::text end;
    end if;
end $$;

-- One of the values of a field, for the program to mark.
create or replace function choice(p_value anyelement, p_label text) returns json
    language sql stable parallel safe
    as $$ select json_build_object('value', p_value, 'label', p_label, 'on', false) $$;

create or replace function choices_of(p_kind text) returns json
    language plpgsql stable
    as $$
begin
    return (select coalesce(json_agg(choice(t.slug, t.label) order by t.label), '[]') from tag t where t.kind = p_kind and t.retired_at is null);
end $$;

-- What the short form offers. It is the same for whoever asks near a place of this country on its day p_today, and the program keeps it. p_day, p_radius,
-- p_price: what was asked for, each one more where it is not among the others.
create or replace function directory_choices(p_country text, p_today date, p_day date, p_radius int, p_price int) returns json
    language plpgsql stable
    as $$
declare
    five constant text := case when twelve_hours(p_country) then '5' else '17' end;
begin
    return json_build_object(
        'techniques', choices_of('technique'), 'complaints', choices_of('complaint'),
        'radii', (select json_agg(choice(r, say_radius(r, p_country)) order by r) from (select unnest(radii(p_country)) union select p_radius) x (r) where r is not null),
        'days', (select json_agg(choice(v, l)) from (values ('today', 'Today'), ('tomorrow', 'Tomorrow'), ('week', 'Next 7 days'), ('weekend', 'This weekend')) x (v, l)),
        'dates', (select json_agg(choice(d, say_day_short(d, p_today, p_country)) order by d) from (select p_today + generate_series(2, 13) union select p_day) x (d) where d is not null),
        'parts', (select json_agg(choice(v, l)) from (values ('morning', 'Morning, before 12'), ('afternoon', 'Afternoon, 12 to ' || five), ('evening', 'Evening, from ' || five)) x (v, l)),
        'lengths', (select json_agg(choice(m, m || ' minutes')) from unnest('{30,45,60,75,90,120}'::int[]) m),
        'prices', (select json_agg(choice(v, 'Up to ' || say_money(v * 100, currency_of(p_country)))) from unnest(price_steps(p_price)) v),
        'ground', exists (select from map_shape));
end $$;

-- The same search with what its words say as parameters of their own, so that each can be changed or left out.
create or replace function link_said(a asked) returns text[]
    language plpgsql stable
    as $$
declare
    made text[];
begin
    if a.q is null then
        return a.link;
    end if;
    made := array['q=' || url_encode(a.called), 'near=' || url_encode(a.near), 'radius_km=' || a.radius_km, 'when=' || nullif(a.day, 'any'), 'part=' || a.part,
                  'from=' || a.from_hour, 'to=' || a.to_hour, a.link[8], 'price_max=' || a.price_max, a.link[10]];
    for i in 1..cardinality(a.ids) loop
        made := made || (a.kinds[i] || '=' || a.slugs[i]);
    end loop;
    return made;
end $$;

-- What is on, each with the address of the same search without it, as JSON text. p_sort: the end of every address.
create or replace function directory_filters_on(a asked, p_sort text) returns text[]
    language plpgsql stable
    as $$
declare
    labels text[] := '{}'; -- one for each of a.link
    said text[];
    made text[] := '{}';
begin
    -- a statement for each: one expression would be made ready as a whole
    if a.radius_km <> radius_usual(a.country) and not a.home then
        labels[3] := 'within ' || say_radius(a.radius_km, a.country);
    end if;
    if a.day <> 'any' then
        labels[4] := a.days_said;
    end if;
    if a.part is not null then
        labels[5] := say_hours(a.part, null, null, a.country);
    end if;
    if a.from_hour is not null then
        labels[6] := say_hours(null, a.from_hour, null, a.country);
    end if;
    if a.to_hour is not null then
        labels[7] := say_hours(null, null, a.to_hour, a.country);
    end if;
    if a.length is not null then
        labels[8] := a.length || ' minutes';
    end if;
    if a.price_max is not null then
        labels[9] := 'up to ' || say_money(a.price_max * 100, currency_of(a.country));
    end if;
    if a.rating is not null then
        labels[10] := 'rated ' || a.rating || ' or more';
    end if;
    for i in 1..a.chosen loop
        labels[10 + i] := a.labels[i];
    end loop;
    for i in 3..cardinality(a.link) loop
        continue when a.link[i] is null or labels[i] is null;
        made := made || format('{"label":%s,"href":"/therapists%s%s"}', to_json(labels[i]), link_address(array_remove(a.link, a.link[i])), p_sort);
    end loop;
    -- of the words what the heading does not tell
    if a.link[3] is null and a.area is not null and labels[3] is not null then
        made := made || format('{"label":%s,"href":"/therapists%s%s"}', to_json(labels[3]), link_address(link_with(link_said(a), 3, null)), p_sort);
    end if;
    if a.link[9] is null and a.price_max is not null then
        made := made || format('{"label":%s,"href":"/therapists%s%s"}', to_json(labels[9]), link_address(link_with(link_said(a), 9, null)), p_sort);
    end if;
    if a.chosen < cardinality(a.ids) then
        said := link_said(a);
        for i in a.chosen + 1..cardinality(a.ids) loop
            continue when a.kinds[i] in ('technique', 'complaint');
            made := made || format('{"label":%s,"href":"/therapists%s%s"}', to_json(a.labels[i]), link_address(array_remove(said, said[10 + i])), p_sort);
        end loop;
    end if;
    return made;
end $$;

-- How many therapists another question would find.
create or replace function directory_count(a asked) returns int
    language plpgsql stable
    as $$
begin
    return (directory_page(a, 'nearest', false, null, null, 0)).total;
end $$;

-- Where nobody of that name was found: who has it elsewhere, and who else is here.
create or replace function directory_offers_name(a asked, p_said text[]) returns json[]
    language plpgsql stable
    as $$
declare
    made json[] := '{}';
    b asked;
    n int;
begin
    if a.area is not null then
        b := a;
        b.near := null; b.home := false;
        b.state := 'nowhere'; b.place := null; b.area := null; b.radius := null; b.cosine := -2; b.x := 0; b.y := 0; b.z := 0; b.lat := null; b.lon := null;
        n := directory_count(b);
        if n > 0 then
            made := made || json_build_object('total', n, 'text', say_count(n) || ' named like “' || a.called || '” elsewhere', 'href',
                '/therapists' || link_address(p_said[:1] || p_said[4:]));
        end if;
    end if;
    b := a;
    b.name := null; b.called := null;
    n := directory_count(b);
    if n > 0 then
        made := made || json_build_object('total', n, 'text', say_count(n) || ' of any name' || coalesce(' near ' || a.place, ''), 'href',
            '/therapists' || link_address(p_said[2:]));
    end if;
    return made;
end $$;

-- The next steps where nothing was found: the same search with one thing changed, each with its true count and only where there is somebody.
create or replace function directory_offers(a asked) returns json
    language plpgsql stable
    as $$
declare
    made json[] := '{}';
    said constant text[] := link_said(a);
    b asked;
    n int;
    r int;
begin
    if a.name is not null then
        made := directory_offers_name(a, said);
    end if;
    foreach r in array case when a.area is null or a.home then '{}' else radii(a.country) end loop
        continue when r <= a.radius;
        b := a;
        b.radius_km := r;
        b := directory_asked_place(b);
        n := directory_count(b);
        if n > 0 then
            made := made || json_build_object('total', n, 'text', say_count(n) || ' within ' || say_radius(r, a.country), 'href',
                '/therapists' || link_address(link_with(said, 3, 'radius_km=' || r)));
            exit;
        end if;
    end loop;
    if a.first_day is not null then
        b := a;
        b.first_day := null; b.last_day := null; b.hours := 16777215; b.free := 0; b.exact := true;
        n := directory_count(b);
        if n > 0 then
            made := made || json_build_object('total', n, 'text', say_count(n) || ' at another time', 'href',
                '/therapists' || link_address(said[:3] || said[8:]));
        end if;
    end if;
    if a.price_max is not null then
        b := a;
        b.price_most := 2147483647;
        n := directory_count(b);
        if n > 0 then
            made := made || json_build_object('total', n, 'text', say_count(n) || ' at any price', 'href', '/therapists' || link_address(link_with(said, 9, null)));
        end if;
    end if;
    for i in 1..cardinality(a.ids) loop
        b := a;
        b.ids := a.ids[:i - 1] || a.ids[i + 1:];
        b.kinds := a.kinds[:i - 1] || a.kinds[i + 1:];
        b.slugs := a.slugs[:i - 1] || a.slugs[i + 1:];
        b := directory_asked_bits(b);
        n := directory_count(b);
        if n > 0 then
            made := made || json_build_object('total', n, 'text', say_count(n) || ' without “' || a.labels[i] || '”', 'href',
                '/therapists' || link_address(said[:9 + i] || said[11 + i:]));
        end if;
    end loop;
    return array_to_json(made);
end $$;

create or replace function link_with(p_link text[], p_at int, p_said text) returns text[]
    language sql immutable parallel safe
    as $$ select p_link[:p_at - 1] || p_said || p_link[p_at + 1:] $$;
comment on function link_with is 'with another of its name=value, or null, in the place of one';

-- The heading in words: 12 therapists offering Swedish massage for low back pain near Nyack, NY, free tomorrow. And as a title: as much of it as there is
-- room for.
create or replace function directory_headings(a asked, p_total int, p_more boolean) returns text[]
    language plpgsql stable
    as $$
declare
    offering text[];
    helping text[];
    words text[];
    there text;
    found text;
    heading text;
begin
    if a.state = 'unknown' then
        heading := coalesce('Which town in ' || us_state_name(us_state(fold(a.near))) || '?', 'We could not find “' || a.near || '”');
        return array[heading, heading];
    elsif a.state = 'ambiguous' then
        return '{"Which place do you mean?","Which place do you mean?"}';
    end if;
    for i in 1..cardinality(a.ids) loop
        if a.kinds[i] = 'technique' then
            offering := offering || say_within(a.labels[i]);
            words := words || a.labels[i];
        elsif a.kinds[i] = 'complaint' then
            helping := helping || say_within(a.labels[i]);
            words := words || a.labels[i];
        end if;
    end loop;
    found := say_count(p_total);
    if p_more then
        found := case when p_total = 0 then 'None of the first ' || to_char(walk_most(), 'FM9,999,999') || ' therapists' else 'More than ' || found end;
    end if;
    there := case when a.home then ' coming to ' else ' near ' end || a.place;
    heading := concat(found, ' named like “' || a.called || '”', ' offering ' || say_list(offering), ' for ' || say_list(helping), there, ', free ' || a.said);
    if length(heading) <= 50 then
        return array[heading, heading];
    end if;
    return array[heading, short_title('“' || a.called || '”' || coalesce(there, ''), say_list(words) || coalesce(there, ''), concat(found, there))];
end $$;

create or replace function directory_heading(a asked, p_total int, p_more boolean) returns text
    language plpgsql stable
    as $$
begin
    return (directory_headings(a, p_total, p_more))[1];
end $$;

-- Parameters that the short form has no field for and must carry along: from, to, reviews, values of kinds of their own, the order.
create or replace function directory_hidden(a asked, p_sort text) returns json
    language plpgsql stable
    as $$
declare
    made text[];
begin
    if a.from_hour is null and a.to_hour is null and a.rating is null and p_sort is null and (a.kinds is null or a.kinds <@ '{technique,complaint}') then
        return '[]';
    end if;
    made := array[a.link[6], a.link[7], a.link[10]];
    for i in 1..a.chosen loop
        continue when a.kinds[i] in ('technique', 'complaint') or a.link[10 + i] = 'proof=checked';
        made := made || a.link[10 + i];
    end loop;
    made := made || ('sort=' || p_sort);
    return array_to_json(array(select json_build_object('name', split_part(h, '=', 1), 'value', split_part(h, '=', 2)) from unnest(made) h where h is not null));
end $$;

-- The form again, where the question could not be answered. What is wrong comes first: the program knows it by that.
create or replace function directory_again(a asked) returns json
    language sql stable
    as $$
    select json_build_object('wrong', a.wrong, 'why', a.why, 'words', a.q, 'by_place', true, 'country', coalesce(a.country, 'US'), 'today', coalesce(a.today, current_date),
        'tags', (select json_agg(json_build_array(a.kinds[i], a.slugs[i]) order by i) from generate_series(1, a.chosen) i), 'day', t.day, 'any_day', a.day = 'any', 'words_time', t.typed,
        'part', a.part, 'radius_km', coalesce(a.radius, a.radius_km), 'length', a.length, 'price_max', a.price_max,
        'hidden', directory_hidden(a, a.sort), 'proof_checked', 'checked' = any (a.slugs), 'filters_href', '/filters')
    from directory_time(a) t
    $$;

-- What a document says of the question itself, as JSON text.
set local client_min_messages = warning;
drop type if exists question_said cascade;
reset client_min_messages;
create type question_said as (
    guessed text, meant text, ambiguous boolean, unknown boolean, places json,
    country text, today date, q text, words text, near_me text, near text, spot boolean, radius_km float8, "when" text, day text, any_day boolean, words_time text, part text, "from" int, "to" int, length int, price_max int, rating real,
    words_technique text, words_complaint text, proof_checked boolean, signs boolean, complaint_note json, sort text, by_place boolean, day_asked boolean, within text, miles boolean);

-- p_end: the end of every address.
create or replace function directory_said(a asked, p_sort text, p_end text) returns text
    language plpgsql stable
    as $$
declare
    near constant boolean := a.area is not null;
    sorts text;
    place text := 'null';
    within text;
    places json := '[]';
    note json;
    tags text[] := '{}';
    words_technique text;
    words_complaint text;
    shown constant record := directory_time(a);
    link text[] := a.link;
begin
    for i in 1..a.chosen loop
        tags := tags || array[[a.kinds[i], a.slugs[i]]];
    end loop;
    if a.chosen < cardinality(a.ids) then
        words_technique := a.labels[array_position(a.kinds, 'technique', a.chosen + 1)];
        words_complaint := a.labels[array_position(a.kinds, 'complaint', a.chosen + 1)];
    end if;
    link[1] := 'q=' || url_encode(a.words);
    if a.state in ('ambiguous', 'unknown') then -- a state is no place to be near to, but has a page
        places := array_to_json(array(select row_to_json(x) from (
            select 'All of ' || us_state_name(code) as name, '/massage/' || area_slug('US', code) as href
            from us_state(fold(a.near)) code where exists (select from town t where (t.country, t.region) = ('US', code))
            union all
            select c, '/therapists' || link_address(link_with(link, 2, 'near=' || url_encode(c))) from unnest(case when a.state = 'ambiguous' then a.choices else a.choices[:3] end) c) x));
    end if;
    if a.named then
        select row_to_json(x) into note
        from (select t.label, coalesce(g.evidence, '') as evidence, nullif(g.careful, '') as careful
              from tag t left join guidance g on g.tag_id = t.id where t.id = a.ids[array_position(a.kinds, 'complaint')]) x;
    end if;
    -- addresses are encoded: nothing in them need be escaped
    if near then
        place := format('{"name":%s,"lat":%s,"lon":%s}', to_json(a.place), a.lat, a.lon);
        sorts := format('{"value":"best","on":false,"label":"Best match","href":"/therapists%1$s%2$s"},{"value":"nearest","on":false,"label":"Nearest","href":"/therapists%1$s&sort=nearest"},'
            '{"value":"soonest","on":false,"label":"Soonest free time","href":"/therapists%1$s&sort=soonest"},{"value":"price","on":false,"label":"Lowest price","href":"/therapists%1$s&sort=price"},'
            '{"value":"rating","on":false,"label":"Best reviewed","href":"/therapists%1$s&sort=rating"}', a.address, case when a.words_sort is not null then '&sort=best' end);
        sorts := replace(sorts, p_sort || '","on":false', p_sort || '","on":true');
        if not a.home then
            within := say_radius(a.radius, a.country);
        end if;
    else
        sorts := '{"value":"best","on":true,"label":"Best match","href":"/therapists' || a.address || '"}';
    end if;
    return format('"place":%s,"tags":%s,"sorts":[%s],"filters_href":"/filters%4$s","canonical":"/therapists%4$s","without_place":"/therapists%5$s",%6$s',
        place, array_to_json(tags), sorts, a.address || p_end, link_address(link[:1] || a.link[4:]),
        right(row_to_json(row(
            case when a.state = 'guessed' then a.near end, a.corrected, a.state = 'ambiguous', a.state = 'unknown', places,
            a.country, a.today, a.q, a.words, a.near_me, a.near, a.place <> a.near and spot_typed(a.near) is not null, a.radius, a.day, shown.day, a.day = 'any', shown.typed, a.part, a.from_hour, a.to_hour, a.length, a.price_max, a.rating,
            words_technique, words_complaint, coalesce('checked' = any (a.slugs), false), a.signs, note, p_sort, near, a.first_day is not null, within, uses_miles(a.country))::question_said)::text, -1));
end $$;

-- What of the words was left out; p_everybody: nothing is left that narrows the search. Null where all of them count.
create or replace function directory_note(a asked, p_everybody boolean) returns text
    language plpgsql stable
    as $$
declare
    everybody constant text := 'everybody' || coalesce(' near ' || a.place, '');
begin
    return nullif(concat_ws(' ',
        case when p_everybody then 'Nothing here matches ' || a.lost || ', so this is ' || everybody || '.' else 'This search takes no notice of ' || a.lost || '.' end,
        'A search cannot rule anything out: this one takes no notice of ' || a.denied || case when p_everybody and a.lost is null then ' and shows ' || everybody else '' end
        || '. Tell the therapist when you book.'), '');
end $$;

-- GET /therapists. Answers the document of the page; {"wrong": parameter, "why", …} for one that cannot be
-- answered. The cursor is key and place of the last row of the page before, or with p_back of the first of the page after, and p_seen its number.
create or replace function directory_search(p_q text, p_near text, p_radius int, p_when text, p_part text, p_from int, p_to int, p_length int, p_price int, p_rating real,
    p_sort text, p_tags text[], p_back boolean, p_key int8, p_id int, p_seen int) returns text
    language plpgsql stable
    as $$
#variable_conflict use_variable
declare
    a asked := directory_asked(p_q, p_near, p_radius, p_when, p_part, p_from, p_to, p_length, p_price, p_rating, p_sort, p_tags);
    sort constant text := case when a.area is null then 'best' else coalesce(p_sort, a.words_sort, 'best') end;
    somewhere constant boolean := a.state not in ('ambiguous', 'unknown');
    -- only where there is a place, which the address has
    end_sort constant text := case when sort <> 'best' or a.area is not null and a.words_sort is not null then '&sort=' || sort else '' end;
    page record;
    filters text[];
    first int := p_seen + 1;
    last int;
    n int := 0;
    here text := '/therapists' || a.address || end_sort;
    headings text[];
    -- of the pages beside this one, as parts of the document
    after text := '"next_page":null';
    before text := '"previous_page":null';
    results text;
    -- as JSON text, what is seldom there
    note text := 'null';
    nobody text := 'false';
    wait text := 'null';
    offers text := '[]';
    nearest text := 'null';
begin
    if a.wrong is not null then
        return directory_again(a);
    end if;
    if somewhere then
        page := directory_page(a, sort, p_back, p_key, p_id, 20);
        if page.total = 0 and a.name is not null then
            if not exists (select from names_meant(a.name, 1)) then
                a.lost := concat_ws(', ', '“' || a.name || '”', a.lost);
                a.corrected := case when a.ids <> '{}' or a.area is not null then a.corrected end;
                a.name := null;
                a.called := null;
                page := directory_page(a, sort, p_back, p_key, p_id, 20);
            end if;
        end if;
        n := cardinality(page.locations);
        if page.total = 0 then
            nobody := 'true';
            wait := to_json('/waiting' || link_address(array[coalesce(a.link[2], 'near=' || url_encode(a.near)), 'radius_km=' || a.radius_km,
                                                     'technique=' || coalesce(a.slugs[array_position(a.kinds, 'technique')], a.slugs[array_position(a.kinds, 'complaint')])]));
            offers := directory_offers(a);
            if offers = '[]' and a.lat is not null then
                select row_to_json(x) into nearest
                from (select t.town as name, '/therapists?near=' || url_encode(t.town) as href
                      from (select l.location_id from listing l where l.shown order by l.spot <-> a.spot limit 1) l
                      cross join lateral (select o.town || coalesce(', ' || nullif(o.region, ''), '') as town from location o where o.id = l.location_id) t) x;
            end if;
        end if;
    else
        select 0 as total, false as more, false as beyond, '{}'::int[] as locations, null::smallint[] as classes, null::int8[] as keys into page;
    end if;
    if a.lost is not null or a.denied is not null then
        note := to_json(directory_note(a, page.total > 0 and a.ids = '{}' and a.first_day is null and a.name is null and concat(a.length, a.price_max, a.rating) = ''));
    end if;
    if p_back then
        first := greatest(p_seen - n, 1);
    end if;
    last := first + n - 1;
    if n > 0 then
        here := here || case when a.address = '' then '?' else '&' end;
        if page.beyond or p_back then
            after := format('"next_page":"%safter=%s~%s~%s~%s","next_from":%s,"next_to":%s', here, left(sort, 1), page.keys[n], page.locations[n], last, last + 1, least(last + 20, page.total));
        end if;
        if first > 1 and (page.beyond or not p_back) then
            before := format('"previous_page":"%sbefore=%s~%s~%s~%s","previous_from":%s,"previous_to":%s', here, left(sort, 1), page.keys[1], page.locations[1], first, greatest(first - 20, 1), first - 1);
        end if;
        results := directory_results(a, page.locations, page.classes, page.keys, first);
    end if;
    filters := directory_filters_on(a, end_sort);
    headings := directory_headings(a, page.total, page.more);
    -- no query in it: it would be executed as one
    return format('{"total":%s,"total_more":%s,"results":[%s],"heading":%s,"title":%s,"note":%s,"nobody":%s,"offers":%s,"has_offers":%s,"wait":%s,"nearest_town":%s,'
            '"filters":[%s],"filters_on":%s,"hidden":%s,"shown":{"from":%s,"to":%s},"later_page":%s,%s,%s,%s',
        page.total, to_json(page.more), results, to_json(headings[1]), to_json(headings[2]), note, nobody, offers, to_json(offers <> '[]'), wait, nearest,
        array_to_string(filters, ','), cardinality(filters), directory_hidden(a, nullif(substr(end_sort, 7), '')), first, last, to_json(first > 1), after, before, directory_said(a, sort, end_sort));
end $$;

grant execute on function link_with, link_said, directory_offers_name, say_count, say_list, currency_of, choice, choices_of, directory_choices, directory_time, directory_filters_on, directory_count, directory_offers,
    directory_headings, directory_heading, directory_hidden, directory_note, directory_again, directory_said, directory_search to unknot_web;
