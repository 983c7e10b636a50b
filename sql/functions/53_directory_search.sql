-- Search as people see it: one question, one document.

create or replace function say_count(p_n int) returns text
    language sql stable parallel safe
    as $$ select case p_n when 1 then '1 therapist' when 0 then 'No therapists' else to_char(p_n, 'FM9,999,999') || ' therapists' end $$;

create or replace function say_list(p_items text[]) returns text
    language plpgsql immutable parallel safe
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

-- Whether the day, or hours of any day, stand among the words.
create or replace function directory_typed_time(a asked) returns boolean
    language sql immutable parallel safe
    as $$ select a.first_day is not null and a.link[4] is null and (a.day is not null or concat(a.link[5], a.link[6], a.link[7]) = '') $$;

-- One of the values of a field, as JSON text. p_value: JSON text too.
create or replace function choice_json(p_value text, p_label text, p_on boolean) returns text
    language sql stable parallel safe
    as $$ select '{"value":' || p_value || ',"label":' || js(p_label) || ',"on":' || p_on::text || '}' $$;

-- All values of a kind with the chosen ones marked. No label can hold what is looked for, since its quotes are escaped.
create or replace function choices_of(p_kind text, p_on int[]) returns text
    language plpgsql stable
    as $$
declare
    list text := (select c.list from tag_choices c where c.kind = p_kind);
    t record;
begin
    if p_on <> '{}' then
        for t in select choice_json('"' || g.slug || '"', g.label, false) as off, choice_json('"' || g.slug || '"', g.label, true) as on from tag g where g.id = any (p_on) and g.kind = p_kind loop
            list := replace(list, t.off, t.on);
        end loop;
    end if;
    return list;
end $$;

create or replace function choices_follow() returns trigger
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
begin
    insert into tag_choices as had
    select k.kind, coalesce(string_agg(choice_json('"' || t.slug || '"', t.label, false), ',' order by t.label), '')
    from tag_kind k left join tag t on t.kind = k.kind and t.retired_at is null group by k.kind
    on conflict (kind) do update set list = excluded.list where had.list <> excluded.list;
    return null;
end $$;
create or replace trigger choices_follow after insert or update or delete on tag for each statement execute function choices_follow();

-- Values with their labels, none marked. Immutable, as are the next three: of literals they are worked out once for each connection, not for each page.
create or replace function choices_listed(p_values text[], p_labels text[]) returns text
    language sql immutable parallel safe
    as $$ select string_agg(choice_json(v, l, false), ',' order by n) from unnest(p_values, p_labels) with ordinality x (v, l, n) $$;

create or replace function choices_radius(p_country text) returns text
    language sql immutable parallel safe
    as $$ select choices_listed(array_agg(r::text order by r), array_agg(say_radius(r, p_country) order by r)) from unnest(radii(p_country)) r $$;

-- The list with one more value, before the first that is larger, of values that grow.
create or replace function choice_more(p_list text, p_value int, p_label text, p_values int[]) returns text
    language plpgsql immutable parallel safe
    as $$
declare
    made constant text := choice_json(p_value::text, p_label, false);
    i constant int := width_bucket(p_value, p_values) + 1;
begin
    return case when i > cardinality(p_values) then p_list || ',' || made
                else overlay(p_list placing made || ',' from strpos(p_list, '{"value":' || p_values[i] || ',') for 0) end;
end $$;

create or replace function price_limits() returns int[]
    language sql immutable parallel safe
    as $$ select '{40,60,80,100,125,150,200}'::int[] $$;

create or replace function choices_price(p_currency text) returns text
    language sql immutable parallel safe
    as $$
    select choices_listed('{"null"}' || array_agg(v::text order by v), '{Any price}' || array_agg('Up to ' || say_money(v * 100, p_currency) order by v)) from unnest(price_limits()) v
    $$;

-- The list with one of its values (JSON text) marked; as it is where that is none of them.
create or replace function choice_on(p_list text, p_value text) returns text
    language plpgsql immutable parallel safe
    as $$
declare
    start constant int := strpos(p_list, '{"value":' || p_value || ',');
begin
    return case when start > 0 then left(p_list, start - 1) || overlay(substr(p_list, start) placing '"on":true' from strpos(substr(p_list, start), '"on":false') for 10) else p_list end;
end $$;

-- What the short form offers, with the present choice marked.
create or replace function directory_choices(a asked) returns text
    language plpgsql stable
    as $$
declare
    -- the day and hours where the words say them
    typed constant text := case when directory_typed_time(a) then a.said end;
    day constant text := case when typed is null then coalesce(a.day, '') else '' end;
    -- a day of the week is the next one
    dated constant text := case when typed is not null then null when a.day ~ '^\d' then a.day when a.day like '%day' then a.first_day::text end;
    more constant date := case when a.day ~ '^\d' and a.first_day not between a.today + 2 and a.today + 13 then a.first_day end;
    money constant text := currency_of(a.country);
    techniques text;
    complaints text;
    dates text;
    then_on date;
    off text;
    radii text;
    prices text;
begin
    select t.list, c.list into techniques, complaints from tag_choices t, tag_choices c where t.kind = 'technique' and c.kind = 'complaint';
    for i in 1..coalesce(a.chosen, 0) loop
        off := choice_json('"' || a.slugs[i] || '"', a.labels[i], false);
        case a.kinds[i] when 'technique' then techniques := replace(techniques, off, choice_json('"' || a.slugs[i] || '"', a.labels[i], true));
                        when 'complaint' then complaints := replace(complaints, off, choice_json('"' || a.slugs[i] || '"', a.labels[i], true)); else null; end case;
    end loop;
    for n in 2..13 loop
        then_on := a.today + n;
        dates := concat(dates || ',', '{"value":"', then_on, '","label":"', say_day_short(then_on, null, a.country), '","on":false}');
    end loop;
    dates := choice_on(dates, '"' || dated || '"');
    if more < a.today + 2 then
        dates := choice_json('"' || more || '"', say_day_short(more, a.today, a.country), typed is null) || ',' || dates;
    elsif more > a.today + 13 then
        dates := dates || ',' || choice_json('"' || more || '"', say_day_short(more, a.today, a.country), typed is null);
    end if;
    radii := case when uses_miles(a.country) then choices_radius('US') else choices_radius('DE') end;
    if not a.radius = any (radii(a.country)) then
        radii := choice_more(radii, a.radius::int, say_radius(a.radius, a.country), radii(a.country));
    end if;
    prices := case money when 'USD' then choices_price('USD') when 'CAD' then choices_price('CAD') when 'AUD' then choices_price('AUD') when 'GBP' then choices_price('GBP') else choices_price('EUR') end;
    if not a.price_max = any (price_limits()) then
        prices := choice_more(prices, a.price_max, 'Up to ' || say_money(a.price_max * 100, money), price_limits());
    end if;
    return concat('{"techniques":[', techniques, '],"complaints":[', complaints, '],"radii":[', choice_on(radii, a.radius::text),
        '],"days":[', case when a.day is distinct from 'any' then choice_json('""', coalesce('As typed: ' || typed, 'Any day'), day = '') || ',' end,
                      case when typed is not null or a.day = 'any' then choice_json('"any"', 'Any day', day = 'any') || ',' end,
                      choice_on(choices_listed('{"\"today\"","\"tomorrow\"","\"week\"","\"weekend\""}', '{Today,Tomorrow,Next 7 days,This weekend}'), '"' || day || '"'),
        '],"dates":[', dates,
        '],"parts":[', choice_on(choices_listed('{"\"\"","\"morning\"","\"afternoon\"","\"evening\""}', '{Any time of day,"Morning, before 12","Afternoon, 12 to 5","Evening, from 5"}'), '"' || coalesce(a.part, '') || '"'),
        '],"lengths":[', choice_on(choices_listed('{"null",30,45,60,75,90,120}', '{Any length,30 minutes,45 minutes,60 minutes,75 minutes,90 minutes,120 minutes}'), coalesce(a.length::text, 'null')),
        '],"prices":[', choice_on(prices, coalesce(a.price_max::text, 'null')), ']}');
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
                  'from=' || a.from_hour, 'to=' || a.to_hour] || a.link[8:10];
    for i in 1..cardinality(a.ids) loop
        made := made || (a.kinds[i] || '=' || a.slugs[i]);
    end loop;
    return made;
end $$;

-- What is on, each with the address of the same search without it. p_sort: the end of every address.
create or replace function directory_filters_on(a asked, p_sort text, out n int, out items text)
    language plpgsql stable
    as $$
declare
    label text;
    said text[];
begin
    n := 0;
    items := '';
    for i in 3..cardinality(a.link) loop
        continue when a.link[i] is null;
        -- a statement for each: one expression would be made ready as a whole
        label := null;
        case
            when i > 10 then label := a.labels[i - 10];
            when i = 3 then
                if a.radius_km <> radius_usual(a.country) and not a.home then
                    label := 'within ' || say_radius(a.radius_km, a.country);
                end if;
            when i = 4 then
                if a.day <> 'any' then
                    label := case when a.part is null and a.from_hour is null and a.to_hour is null then a.said else days_said(a) end;
                end if;
            when i = 5 then label := say_hours(a.part, null, null, a.country);
            when i = 6 then label := say_hours(null, a.from_hour, null, a.country);
            when i = 7 then label := say_hours(null, null, a.to_hour, a.country);
            when i = 8 then label := a.length || ' minutes';
            when i = 9 then label := 'up to ' || say_money(a.price_max * 100, currency_of(a.country));
            when i = 10 then label := 'rated ' || a.rating || ' or more';
        end case;
        continue when label is null;
        n := n + 1;
        items := concat(items, case when n > 1 then ',' end, '{"label":', js(label), ',"href":"/therapists', link_address(a.link[:i - 1] || a.link[i + 1:]), p_sort, '"}');
    end loop;
    -- of the words what the heading does not tell
    for i in a.chosen + 1..cardinality(a.ids) loop
        continue when a.kinds[i] in ('technique', 'complaint');
        said := link_said(a);
        n := n + 1;
        items := concat(items, case when n > 1 then ',' end, '{"label":', js(a.labels[i]), ',"href":"/therapists', link_address(said[:9 + i] || said[11 + i:]), p_sort, '"}');
    end loop;
end $$;

create or replace function days_said(a asked) returns text
    language plpgsql stable
    as $$
begin
    return (days_meant(a.day, a.today, a.country)).said;
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

-- The heading in words: 12 therapists offering Swedish massage for low back pain near Nyack, NY, free tomorrow.
create or replace function directory_heading(a asked, p_total int, p_more boolean) returns text
    language plpgsql stable
    as $$
declare
    offering text[] := '{}';
    helping text[] := '{}';
    what text;
    why text;
begin
    if a.state = 'unknown' then
        return 'We could not find “' || a.near || '”';
    elsif a.state = 'ambiguous' then
        return 'Which place do you mean?';
    end if;
    for i in 1..cardinality(a.ids) loop
        if a.kinds[i] = 'technique' then
            offering := offering || say_within(a.labels[i]);
        elsif a.kinds[i] = 'complaint' then
            helping := helping || say_within(a.labels[i]);
        end if;
    end loop;
    if offering <> '{}' then
        what := ' offering ' || say_list(offering);
    end if;
    if helping <> '{}' then
        why := ' for ' || say_list(helping);
    end if;
    return concat(case when p_more then 'More than ' end, say_count(p_total), ' named like “' || a.called || '”', what, why,
                  case when a.home then ' coming to ' else ' near ' end || a.place, ', free ' || a.said);
end $$;

-- The heading as a title: as much of it as there is room for.
create or replace function directory_title(a asked, p_heading text, p_total int, p_more boolean) returns text
    language plpgsql stable
    as $$
declare
    there text;
    words text[] := '{}';
begin
    if length(p_heading) <= 50 then
        return p_heading;
    end if;
    there := coalesce(case when a.home then ' coming to ' else ' near ' end || a.place, '');
    for i in 1..cardinality(a.ids) loop
        if a.kinds[i] in ('technique', 'complaint') then
            words := words || a.labels[i];
        end if;
    end loop;
    return short_title('“' || a.called || '”' || there, nullif(say_list(words), '') || there, concat(case when p_more then 'More than ' end, say_count(p_total), there));
end $$;

-- Parameters that the short form has no field for and must carry along.
create or replace function directory_hidden(a asked, p_sort text) returns text
    language plpgsql stable
    as $$
declare
    made text := '';
begin
    for i in 6..cardinality(a.link) loop
        continue when a.link[i] is null or i in (8, 9) or a.kinds[i - 10] in ('technique', 'complaint') or a.link[i] = 'proof=checked';
        made := concat(made, ',{"name":"', split_part(a.link[i], '=', 1), '","value":"', split_part(a.link[i], '=', 2), '"}');
    end loop;
    if p_sort is not null then
        made := concat(made, ',{"name":"sort","value":"', p_sort, '"}');
    end if;
    return '[' || substr(made, 2) || ']';
end $$;

-- The form again, where the question could not be answered. What is wrong comes first: the program knows it by that.
create or replace function directory_again(a asked) returns json
    language sql stable
    as $$
    select json_build_object('wrong', a.wrong, 'why', a.why, 'by_place', true,
        'choices', (left(directory_choices(a), -1) || ',"languages":[' || choices_of('language', a.ids[:a.chosen]) || ']}')::json, 'hidden', directory_hidden(a, a.sort)::json,
        'proof_checked', 'checked' = any (a.slugs), 'filters_href', '/filters')
    $$;

-- What a document says of the question itself and of its page among the others.
set local client_min_messages = warning;
drop type if exists question_said cascade;
reset client_min_messages;
create type question_said as (
    place json, guessed text, meant text, ambiguous boolean, unknown boolean, places json,
    q text, near text, spot boolean, radius_km float8, "when" text, part text, "from" int, "to" int, length int, price_max int, rating real, tags text[],
    technique text, complaint text, words_technique text, words_complaint text, proof_checked boolean, complaint_note json,
    sort text, sorts json, soonest boolean, by_distance text, by_time text, has_place boolean, by_place boolean, day_asked boolean, within text, miles boolean,
    filters_href text, without_place text,
    shown json, next_page text, previous_page text, next_from int, next_to int, previous_from int, previous_to int, later_page boolean, first_page text, canonical text);

-- Results p_first to p_last; p_after, p_before: the addresses of the next page and of the one before, null where there is none.
create or replace function directory_said(a asked, p_sort text, p_end_sort text, p_total int, p_first int, p_last int, p_after text, p_before text) returns json
    language plpgsql stable
    as $$
declare
    near constant boolean := a.area is not null;
    here constant text := '/therapists' || a.address;
    mark constant text := case when a.address = '' then '?' else '&' end;
    ordered constant text := here || mark || 'sort=';
    page constant text := here || p_end_sort;
    place json;
    places json;
    note json;
    tags text[] := '{}';
    sorts json;
begin
    for i in 1..a.chosen loop
        tags := tags || array[[a.kinds[i], a.slugs[i]]];
    end loop;
    if a.state in ('ambiguous', 'unknown') then -- a state is no place to be near to, but has a page
        places := array_to_json(array(select row_to_json(x) from (
            select 'All of ' || us_state_name(code) as name, '/massage/' || area_slug('US', code) as href
            from us_state(fold(a.near)) code where exists (select from town t where (t.country, t.region) = ('US', code))
            union all
            select c, '/therapists' || link_address(link_with(a.link, 2, 'near=' || url_encode(c))) from unnest(a.choices) c where a.state = 'ambiguous') x));
    end if;
    if a.named then
        select row_to_json(x) into note
        from (select t.label, coalesce(g.evidence, '') as evidence, nullif(g.careful, '') as careful
              from tag t left join guidance g on g.tag_id = t.id where t.id = a.ids[array_position(a.kinds, 'complaint')]) x;
    end if;
    -- addresses are encoded: nothing in them need be escaped
    sorts := concat('[{"value":"best","label":"Best match","on":', (p_sort = 'best')::text, ',"href":"', here, case when near then concat(
        '"},{"value":"nearest","label":"Nearest","on":', (p_sort = 'nearest')::text, ',"href":"', ordered,
        'nearest"},{"value":"soonest","label":"Soonest free time","on":', (p_sort = 'soonest')::text, ',"href":"', ordered,
        'soonest"},{"value":"price","label":"Lowest price","on":', (p_sort = 'price')::text, ',"href":"', ordered,
        'price"},{"value":"rating","label":"Best reviewed","on":', (p_sort = 'rating')::text, ',"href":"', ordered, 'rating') end, '"}]');
    if near then
        place := concat('{"name":', js(a.place), ',"lat":', a.lat, ',"lon":', a.lon, '}');
    end if;
    return row_to_json(row(
        place, case when a.state = 'guessed' then a.near end, a.corrected, a.state = 'ambiguous', a.state = 'unknown', coalesce(places, '[]'::json),
        a.q, a.near, a.place <> a.near and spot_typed(a.near) is not null, a.radius, a.day, a.part, a.from_hour, a.to_hour, a.length, a.price_max, a.rating, tags,
        a.slugs[array_position(a.kinds[:a.chosen], 'technique')], a.slugs[array_position(a.kinds[:a.chosen], 'complaint')],
        a.labels[array_position(a.kinds, 'technique', a.chosen + 1)], a.labels[array_position(a.kinds, 'complaint', a.chosen + 1)],
        coalesce('checked' = any (a.slugs), false), note,
        p_sort, sorts, p_sort = 'soonest', ordered || 'nearest', ordered || 'soonest', near, near, a.first_day is not null,
        case when not a.home then say_radius(a.radius, a.country) end, uses_miles(a.country),
        '/filters' || a.address || coalesce(mark || 'sort=' || a.sort, ''), '/therapists' || link_address(a.link[:1] || a.link[4:]),
        concat('{"from":', p_first, ',"to":', p_last, '}')::json, p_after, p_before,
        p_last + 1, least(p_last + 20, p_total), greatest(p_first - 20, 1), p_first - 1, p_first > 1, page, page)::question_said);
end $$;

-- The same question a step away, for links beside the map: half the circle to each side, and the next smaller and larger circle. Who comes to a home is
-- asked without a circle. p_sort: the end of every address.
create or replace function map_moves(a asked, p_sort text) returns text
    language plpgsql stable
    as $$
declare
    labels constant text[] := '{North,South,Closer,West,East,Wider}';
    abouts constant text[] := '{"look farther north","look farther south","a smaller circle","look farther west","look farther east","a wider circle"}';
    icons constant text[] := '{up,down,plus,left,right,minus}';
    norths constant int[] := '{1,-1,0,0,0,0}';
    easts constant int[] := '{0,0,0,-1,1,0}';
    up constant float8 := greatest(a.radius / 222.4, 0.01);
    over constant float8 := greatest(a.radius / 222.4 / cos(radians(a.lat)), 0.01);
    radii constant int[] := radii(a.country);
    smaller constant int := ('{1,2}' || radii)[width_bucket(a.radius::int - 1, '{1,2}' || radii)];
    larger constant int := radii[width_bucket(a.radius::int, radii) + 1];
    -- no value of an address has a brace
    there constant text := '"/therapists' || link_address(a.link[:1] || array['near={near}', 'radius_km={radius}'] || a.link[4:]) || p_sort || '#map"';
    radius int;
    lat int; -- hundredths of a degree
    lon int;
    made text := '';
begin
    for i in 1..6 loop
        lat := round(least(85, greatest(-85, a.lat + norths[i] * up)) * 100);
        lon := round((a.lon + easts[i] * over + 540) * 100)::int % 36000 - 18000;
        radius := case icons[i] when 'plus' then smaller when 'minus' then larger else a.radius end;
        continue when radius is null or a.home and icons[i] in ('plus', 'minus');
        made := concat(made, case when made <> '' then ',' end, '{"label":"', labels[i], '","about":"', abouts[i], '","icon":"', icons[i], '","href":',
            replace(replace(there, '{radius}', radius::text), '{near}', concat(case when lat < 0 then '-' end, abs(lat) / 100, '.', right((abs(lat) % 100 + 100)::text, 2), ',',
                case when lon < 0 then '-' end, abs(lon) / 100, '.', right((abs(lon) % 100 + 100)::text, 2))), '}');
    end loop;
    return '{"items":[' || made || ']}';
end $$;

-- GET /therapists. p_form: with what the short form offers. Answers the document of the page; {"wrong": parameter, "why", …} for one that cannot be
-- answered. The cursor is key and place of the last row of the page before, or with p_back of the first of the page after, and p_seen its number.
create or replace function directory_search(p_q text, p_near text, p_radius int, p_when text, p_part text, p_from int, p_to int, p_length int, p_price int, p_rating real,
    p_sort text, p_tags text[], p_back boolean, p_key int8, p_id int, p_seen int, p_form boolean) returns text
    language plpgsql stable
    as $$
#variable_conflict use_variable
declare
    a asked := directory_asked(p_q, p_near, p_radius, p_when, p_part, p_from, p_to, p_length, p_price, p_rating, p_sort, p_tags);
    sort constant text := case when a.area is null then 'best' else coalesce(p_sort, 'best') end;
    somewhere constant boolean := a.state not in ('ambiguous', 'unknown');
    end_sort constant text := coalesce('&sort=' || nullif(sort, 'best'), ''); -- only where there is a place, which the address has
    page record;
    filters record;
    first int := p_seen + 1;
    n int := 0;
    mark constant text := case when a.address = '' then '?' else '&' end;
    after text;
    before text;
    heading text;
    note text;
    offers text := '[]';
    nearest json;
    ground boolean;
begin
    if a.wrong is not null then
        return directory_again(a);
    end if;
    if somewhere then
        page := directory_page(a, sort, p_back, p_key, p_id, 20);
        if page.total = 0 and a.name is not null then
            if not exists (select from names_meant(a.name, 1)) then
                note := 'Nothing here matches “' || p_q || '”, so this is everybody' || coalesce(' near ' || a.place, '') || '.';
                a.name := null;
                a.called := null;
                page := directory_page(a, sort, p_back, p_key, p_id, 20);
            end if;
        end if;
        n := cardinality(page.locations);
        if page.total = 0 then
            offers := directory_offers(a);
            if offers = '[]' and a.lat is not null then
                select row_to_json(x) into nearest
                from (select t.town as name, '/therapists?near=' || url_encode(t.town) as href
                      from (select l.location_id from listing l where l.shown order by l.spot <-> mercator(a.lat, a.lon) limit 1) l
                      cross join lateral (select o.town || coalesce(', ' || nullif(o.region, ''), '') as town from location o where o.id = l.location_id) t) x;
            end if;
        end if;
    else
        select 0 as total, false as more, false as beyond, '{}'::int[] as locations, null::smallint[] as classes, null::int8[] as keys into page;
    end if;
    if p_back then
        first := greatest(p_seen - n, 1);
    end if;
    if n > 0 and (page.beyond or p_back) then
        after := concat('/therapists', a.address, end_sort, mark, 'after=', left(sort, 1), '~', page.keys[n], '~', page.locations[n], '~', first + n - 1);
    end if;
    if first > 1 and n > 0 and (page.beyond or not p_back) then
        before := concat('/therapists', a.address, end_sort, mark, 'before=', left(sort, 1), '~', page.keys[1], '~', page.locations[1], '~', first);
    end if;
    filters := directory_filters_on(a, end_sort);
    heading := directory_heading(a, page.total, page.more);
    if p_form then
        ground := exists (select from map_shape);
    end if;

    -- no query in it: it would be executed as one
    return concat('{"total":', page.total, ',"total_more":', page.more::text, ',"one_only":', (page.total = 1)::text,
        ',"results":[', case when n > 0 then directory_results(a, page.locations, page.classes, page.keys, first) end,
        '],"heading":', js(heading), ',"title":', js(directory_title(a, heading, page.total, page.more)), ',"note":', js(note), ',"signs":', a.signs::text, ',"nobody":', (page.total = 0 and somewhere)::text,
        ',"offers":', offers, ',"has_offers":', (offers <> '[]')::text,
        ',"wait":"/waiting', link_address(array[coalesce(a.link[2], 'near=' || url_encode(a.near)), 'radius_km=' || a.radius_km,
                                                'technique=' || coalesce(a.slugs[array_position(a.kinds, 'technique')], a.slugs[array_position(a.kinds, 'complaint')])]),
        '","nearest_town":', coalesce(nearest::text, 'null'),
        ',"map_moves":', case when p_form and n > 0 and a.area is not null then map_moves(a, end_sort) else 'null' end,
        ',"ground":', coalesce(ground::text, 'null'),
        ',"filters":[', filters.items, '],"filters_on":', filters.n, ',"hidden":', directory_hidden(a, nullif(sort, 'best')),
        ',"choices":', case when p_form then directory_choices(a) else 'null' end, ',', right(directory_said(a, sort, end_sort, page.total, first, first + n - 1, after, before)::text, -1));
end $$;

grant execute on function link_with, link_said, directory_typed_time, directory_offers_name, directory_title, say_count, say_list, currency_of, choice_json, choices_of, choices_listed, choices_radius, choice_more, choices_price, price_limits, choice_on, directory_choices, directory_filters_on, days_said, directory_count, directory_offers,
    directory_heading, directory_hidden, directory_again, directory_said, map_moves, directory_search to unknot_web;
