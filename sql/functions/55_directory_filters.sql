-- GET /filters: every filter with what it would leave. The count of a value is the number of therapists left if it were ticked as well; where one of
-- several is chosen, if it were chosen instead. True under all the other filters, since it counts the very rows that a search would.

-- The rows that fit, each as it is now. p_lengths: of every class of length and at any price, for the counts by length. p_people: of these therapists only.
create or replace function filter_rows(a asked, p_people int[], p_lengths boolean, p_now timestamptz) returns setof listing
    language sql stable
    as $$
    with place as materialized (
        select l.* from listing l
        where p_people is null and not a.home and l.spot <@ a.area and (p_lengths or case when a.length is null then l.shown else l.class = a.length end)
        union all
        select l.* from listing l
        where p_people is null and a.home and l.home_km > 0
          and (home_circle(l.spot, l.home_km, l.z) @> circle(a.spot, 0) or home_circle(l.spot, l.home_km, l.z) @> circle(a.spot_over, 0))
          and (p_lengths or case when a.length is null then l.shown else l.class = a.length end)
        union all
        select l.* from listing l where l.therapist_id = any (p_people) and (p_lengths or case when a.length is null then l.shown else l.class = a.length end)
        union all
        select l.* from (select w.location_id from listing w where a.area is null and p_people is null and w.shown order by w.merit desc, w.location_id limit 60000) w
        join listing l on l.location_id = w.location_id and (p_lengths or case when a.length is null then l.shown else l.class = a.length end)
    ), now as (
        select p.* from place p where p.due > p_now
        union all
        select t.* from place p cross join lateral listing_today(p) t where p.due <= p_now
    )
    select l.* from now l
    where (a.area is null or l.x * a.x + l.y * a.y + l.z * a.z >= a.cosine)
      and l.tags0 & a.t0 = a.t0 and l.tags1 & a.t1 = a.t1 and l.tags2 & a.t2 = a.t2 and l.tags3 & a.t3 = a.t3 and l.tags4 & a.t4 = a.t4 and l.tags5 & a.t5 = a.t5
      and (a.free = 0 or l.free & a.free <> 0)
      and (not a.home or home_covers(l.home_km, l.x - a.x, l.y - a.y, l.z - a.z))
      and (a.wide is null or holds_wide(l.therapist_id, l.location_id, a.wide))
      and (a.exact or (select offer_fits(o, a.first_day, a.last_day, a.hours, p_now) from listing_offer o where o.location_id = l.location_id and o.class = l.class))
    $$;

-- How many therapists of the rows hold each bit: {count of bit 0, of bit 1, …}. Who has several places holds what any of them holds. Sixteen packed sums
-- a word: lane j of sum k counts bit 16 j + k.
create or replace function filter_counts(a asked, p_people int[], p_now timestamptz) returns int[]
    language plpgsql stable
    as $$
begin
    return (
        with fit as materialized (
            select r.* from filter_rows(a, p_people, false, p_now) r where r.price <= a.price_most and r.rating >= a.rating_least
        ), person as materialized (
            select f.tags0, f.tags1, f.tags2, f.tags3, f.tags4, f.tags5 from fit f where not f.shared
            union all
            select bit_or(f.tags0), bit_or(f.tags1), bit_or(f.tags2), bit_or(f.tags3), bit_or(f.tags4), bit_or(f.tags5) from fit f where f.shared group by f.therapist_id
        ), packed as (
            select k, array[coalesce(sum(p.tags0 >> k & 281479271743489), 0), coalesce(sum(p.tags1 >> k & 281479271743489), 0), coalesce(sum(p.tags2 >> k & 281479271743489), 0),
                            coalesce(sum(p.tags3 >> k & 281479271743489), 0), coalesce(sum(p.tags4 >> k & 281479271743489), 0), coalesce(sum(p.tags5 >> k & 281479271743489), 0)] as sums
            from generate_series(0, 15) k left join person p on true group by k
        )
        select array_agg(div(s.sums[w + 1], 65536::numeric ^ j)::numeric % 65536 order by w, j, s.k)::int[]
        from packed s cross join generate_series(0, 5) w cross join generate_series(0, 3) j);
end $$;
comment on function filter_counts is 'right up to 65,535 therapists';

create or replace function filter_kind(p_kind text, p_label text, p_one boolean, p_options json) returns json
    language sql stable
    as $$
    select json_build_object('kind', p_kind, 'label', p_label, 'one', p_one, 'some_on', nullif((select count(*) from json_array_elements(p_options) o where (o ->> 'on')::boolean), 0),
        'options', p_options)
    $$;

create or replace function with_value(a asked, p_id int) returns asked
    language plpgsql stable
    as $$
begin
    a.ids := a.ids || p_id;
    return directory_asked_bits(a);
end $$;

-- Options with somebody behind them, and what is ticked (p_chosen). p_counts: of the bits. Home visits look for other places, those who come.
create or replace function filter_options(a asked, p_chosen int[], p_kind text, p_counts int[], p_people int[], p_now timestamptz) returns json
    language plpgsql stable
    as $$
begin
    return (
        select json_agg(json_build_object('value', t.slug, 'label', t.label, 'about', nullif(t.about, ''), 'count', n.count, 'on', n.chosen) order by t.position, t.id)
        from tag t cross join lateral (
            select t.id = any (p_chosen) as chosen, coalesce(case when not (p_kind = 'booking' and t.slug = 'home_visit' and a.area is not null) then p_counts[t.bit + 1] end, (
                select count(distinct r.therapist_id)::int from filter_rows(with_value(a, t.id), p_people, false, p_now) r
                where r.price <= a.price_most and r.rating >= a.rating_least)) as count) n
        where t.kind = p_kind and t.retired_at is null and (n.count > 0 or n.chosen));
end $$;

create or replace function price_steps(p_chosen int) returns setof int
    language sql immutable parallel safe
    as $$ select v from unnest('{40,60,80,100,125,150,200}'::int[]) v union select p_chosen where p_chosen is not null order by 1 $$;

-- The three that are no taxonomy, each counted as if another choice were made in it alone.
create or replace function filter_numbers(a asked, p_people int[], p_now timestamptz) returns json[]
    language plpgsql stable
    as $$
declare
    lengths json;
    prices json;
    ratings json;
begin
    select json_agg(json_build_object('value', v::text, 'label', v || ' minutes', 'count', coalesce(n.n, 0), 'on', v is not distinct from a.length) order by v) into lengths
    from unnest('{30,45,60,75,90,120}'::int[]) v
    left join (select r.class, count(distinct r.therapist_id) as n from filter_rows(a, p_people, true, p_now) r
               where r.price <= a.price_most and r.rating >= a.rating_least group by 1) n on n.class = v
    where n.n > 0 or v = a.length;
    -- who has several places is as cheap as the cheapest that fits; reviews are of the therapist
    with person as materialized (
        select r.therapist_id, min(r.price) as price, max(r.rating) as rating from filter_rows(a, p_people, false, p_now) r group by 1
    ), price as (
        select array_agg(n.n) as n from (select count(*) filter (where p.price <= v * 100) as n from price_steps(a.price_max) with ordinality x (v, o)
                                         left join person p on p.rating >= a.rating_least group by o order by o) n
    ), rating as (
        select array_agg(n.n) as n from (select count(*) filter (where p.rating >= v) as n from unnest('{3,3.5,4,4.5}'::real[]) with ordinality x (v, o)
                                         left join person p on p.price <= a.price_most group by o order by o) n
    )
    select (select json_agg(json_build_object('value', v::text, 'label', 'Up to ' || say_money(v * 100, currency_of(a.country)), 'count', n, 'on', v is not distinct from a.price_max) order by v)
            from price, rows from (price_steps(a.price_max), unnest(price.n)) x (v, n) where n > 0 or v = a.price_max),
           (select json_agg(json_build_object('value', v::text, 'label', v || ' of 5 or more', 'count', n, 'on', v is not distinct from a.rating) order by v)
            from rating, unnest('{3,3.5,4,4.5}'::real[], rating.n) x (v, n) where n > 0 or v = a.rating)
      into prices, ratings;
    return array[filter_kind('length', 'Length of a visit', true, coalesce(lengths, '[]')), filter_kind('price_max', 'Price', true, coalesce(prices, '[]')),
                 filter_kind('rating', 'Reviews', true, coalesce(ratings, '[]'))];
end $$;

-- The whole document. Parameters as directory_search().
create or replace function directory_filters(p_q text, p_near text, p_radius int, p_when text, p_part text, p_from int, p_to int, p_length int, p_price int, p_rating real,
    p_sort text, p_tags text[]) returns json
    language plpgsql stable
    as $$
declare
    a asked := directory_asked(p_q, p_near, p_radius, p_when, p_part, p_from, p_to, p_length, p_price, p_rating, p_sort, p_tags);
    b asked;
    now constant timestamptz := clock();
    people int[];
    counts int[];
    total int;
    k record;
    options json;
    kinds json[] := '{}';
    here constant text := a.address || case when p_sort is null then '' when a.address = '' then '?sort=' || p_sort else '&sort=' || p_sort end;
begin
    if a.wrong is not null then
        return directory_again(a);
    end if;
    if a.name is not null then
        people := array(select names_meant(a.name, 1000));
    end if;
    total := case when a.state in ('ambiguous', 'unknown') then 0 else directory_count(a) end;
    if a.state not in ('ambiguous', 'unknown') then
        counts := filter_counts(a, people, now);
        kinds := filter_numbers(a, people, now);
        for k in select x.kind, x.label, x.one from tag_kind x where x.in_filters and x.stated_of <> 'person' and x.kind <> 'length' order by x.position, x.kind loop
            b := a;
            -- another choice takes the place of the one there is; and what is ticked that of what the words said
            if k.one and k.kind = any (a.kinds) or k.kind = any (a.kinds[a.chosen + 1:]) then
                b.ids := array(select i.id from unnest(a.ids, a.kinds) with ordinality i (id, kind, o) where i.kind <> k.kind or not k.one and i.o <= a.chosen);
                b := directory_asked_bits(b);
                options := filter_options(b, a.ids[:a.chosen], k.kind, filter_counts(b, people, now), people, now);
            else
                options := filter_options(a, a.ids[:a.chosen], k.kind, counts, people, now);
            end if;
            if options is not null then
                kinds := kinds || filter_kind(k.kind, k.label, k.one, options);
            end if;
        end loop;
    end if;
    return json_build_object('total', total, 'one_only', total = 1, 'heading', directory_heading(a, total, false), 'results_href', '/therapists' || here,
        'filters_href', '/filters' || here, 'canonical', '/filters' || here,
        'hidden', (select coalesce(json_agg(json_build_object('name', n.name, 'value', n.value) order by n.o), '[]')
                   from (values (1, 'q', p_q), (2, 'near', p_near), (3, 'radius_km', p_radius::text), (4, 'when', p_when), (5, 'part', p_part), (6, 'from', p_from::text),
                                (7, 'to', p_to::text), (8, 'sort', p_sort)) n (o, name, value) where n.value is not null),
        'kinds', array_to_json(array(select x.item from unnest(kinds) with ordinality x (item, o) where json_array_length(x.item -> 'options') > 0 order by x.o)));
end $$;

grant execute on function filter_rows, filter_counts, filter_kind, with_value, filter_options, price_steps, filter_numbers, directory_filters to unknot_web;
