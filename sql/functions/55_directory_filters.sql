-- GET /filters: every filter with what it would leave. The count of a value is the number of therapists left if it were ticked as well; where one of
-- several is chosen, if it were chosen instead. True under all the other filters, since it counts the very rows that a search would.

create or replace function length_steps() returns int[]
    language sql immutable parallel safe
    as $$ select '{30,45,60,75,90,120}'::int[] $$;

create or replace function rating_steps() returns real[]
    language sql immutable parallel safe
    as $$ select '{3,3.5,4,4.5}'::real[] $$;

create or replace function price_steps(p_chosen int, p_times int default 1) returns int[]
    language plpgsql immutable parallel safe
    as $$
declare
    steps constant int[] := case p_times when 100 then '{4000,6000,8000,10000,12500,15000,20000}' else '{40,60,80,100,125,150,200}' end;
begin
    return case when p_chosen is null or p_chosen * p_times = any (steps) then steps else array(select v from unnest(steps || p_chosen * p_times) v order by v) end;
end $$;
comment on function price_steps is 'with what was chosen, in whole units of money, or 100 times as much';

-- What there is to count among the rows that fit, each as it is now, whatever their price and reviews (price_most and rating_least of p_asked count nothing here):
-- total: how many therapists. counts: how many of them hold each bit, {of bit 0, of bit 1, …}, right up to 65,535 therapists. Who has several places holds what any of them holds.
-- prices, ratings: how many are left up to each of price_steps() and from each of rating_steps(). p_people: of these therapists only, or of these places; several:
-- of places that are known to be as asked, p_several beside them.
-- Bits are counted in two steps: four masks a word leave room for sums of 7 rows in 4 bits each, and those are summed in 16 bits each.
-- filter_lengths: how many offer each of length_steps().
do $make$
declare
    s record;
    -- those whose due has come are looked up again, few as they are
    rows constant text := $f$
        with hit as materialized (
            select l.location_id, l.due <= p_now as late, l.therapist_id, l.class, l.shared, l.price, l.rating, l.tags0, l.tags1, l.tags2, l.tags3, l.tags4, l.tags5
            from %1$s, %2$s and (l.due <= p_now or %3$s)
        )
        select h.therapist_id, h.class, h.shared, h.price, h.rating, h.tags0, h.tags1, h.tags2, h.tags3, h.tags4, h.tags5 from hit h where not h.late
        union all
        select l.therapist_id, l.class, l.shared, l.price, l.rating, l.tags0, l.tags1, l.tags2, l.tags3, l.tags4, l.tags5
        from %1$s, hit h cross join lateral (select o.* from listing o where o.location_id = h.location_id and o.class = h.class offset 0) o cross join lateral listing_today(o) l
        where h.late and %3$s $f$;
    several constant text := $f$
        select l.therapist_id, l.class, l.shared, l.price, l.rating, l.tags0, l.tags1, l.tags2, l.tags3, l.tags4, l.tags5 from listing l where l.location_id = any (%s) and l.shown$f$;
    sevens text;
    sums text;
begin
    select string_agg(format('sum(p.tags%s >> %s & 1229782938247303441)::int8 as n%s', w, m, w * 4 + m), ', ' order by w, m) into sevens
    from generate_series(0, 5) w, generate_series(0, 3) m;
    select string_agg(format('coalesce(sum(c.n%s >> %s & 4222189076152335), 0)', n, 4 * j), ', ' order by n, j) into sums from generate_series(0, 23) n, generate_series(0, 3) j;
    for s in select way, case when way = 'places' then ', p_known int[], p_held int[]' else '' end as more from unnest('{near,home,people,places,walk}'::text[]) way loop
        execute format($f$
create or replace function filter_lengths_%1$s(p_asked asked, p_people int[]%3$s, p_now timestamptz) returns int[]
    language plpgsql stable as $body$
#variable_conflict use_column
declare
    a asked := p_asked;
    lengths int[];
begin
    with class as (
        select c.class, sum(case when c.person is null then c.n else 1 end)::int as n
        from (select r.class, case when r.shared then r.therapist_id end as person, count(*) as n from (%2$s%4$s) r group by 1, 2) c group by 1
    )
    select array_agg(coalesce(c.n, 0) order by v.o) into lengths from unnest(length_steps()) with ordinality v (v, o) left join class c on c.class = v.v;
    return lengths;
end $body$;
grant execute on function filter_lengths_%1$s to unknot_web$f$, s.way, format(rows, scan_asked(), scan_from(s.way, 'any'), scan_fits(true)), s.more, case when s.way = 'places' then $f$
        union all
        select k.person, (length_steps())[o]::smallint, true, null, null, null, null, null, null, null, null
        from unnest(p_known, p_held) k (person, held), generate_subscripts(length_steps(), 1) o where k.held >> (o - 1) & 1 = 1$f$ end);
    end loop;
    for s in
        select way, case when way = 'places' then ', p_several int[]' else '' end as more,
               case way when 'several' then format(several, 'p_people') else format(rows, scan_asked(), scan_from(way, case way when 'places' then 'shown' else 'either' end), scan_fits(true))
                                                 || case when way = 'places' then '
        union all' || format(several, 'p_several') else '' end end as source
        from unnest('{near,home,people,several,places,walk}'::text[]) way
    loop
        execute format($f$
create or replace function filter_tally_%1$s(p_asked asked, p_people int[]%5$s, p_now timestamptz, out total int, out counts int[], out prices int[], out ratings int[])
    language plpgsql stable as $body$
#variable_conflict use_column
declare
    a asked := p_asked;
    cents constant int[] := price_steps(a.price_max, 100);
    stars constant real[] := rating_steps();
    sums numeric[];
    words int8[];
begin
    a.price_most := 2147483647;
    a.rating_least := 0;
    with fit as materialized (%2$s
    ), person as materialized (
        select f.price, f.rating, f.price <= p_asked.price_most and f.rating >= p_asked.rating_least as fits, f.tags0, f.tags1, f.tags2, f.tags3, f.tags4, f.tags5 from fit f where not f.shared
        union all
        select min(f.price), max(f.rating), bool_or(f.price <= p_asked.price_most and f.rating >= p_asked.rating_least),
               bit_or(f.tags0) filter (where f.price <= p_asked.price_most), bit_or(f.tags1) filter (where f.price <= p_asked.price_most),
               bit_or(f.tags2) filter (where f.price <= p_asked.price_most), bit_or(f.tags3) filter (where f.price <= p_asked.price_most),
               bit_or(f.tags4) filter (where f.price <= p_asked.price_most), bit_or(f.tags5) filter (where f.price <= p_asked.price_most)
        from fit f where f.shared group by f.therapist_id
    ), seven as (
        select %3$s from (select *, row_number() over () / 7 as seven from person where fits) p group by p.seven
    ), heap as (
        select width_bucket(p.price - 1, cents) as price, width_bucket(p.rating, stars) as rating,
               p.price <= p_asked.price_most as cheap, p.rating >= p_asked.rating_least as good, count(*) as n
        from person p group by 1, 2, 3, 4
    )
    select (select count(*) from person where fits), (select array[%4$s] from seven c),
           (select array_agg((select coalesce(sum(h.n), 0) from heap h where h.good and h.price < o) order by o) from generate_subscripts(cents, 1) o),
           (select array_agg((select coalesce(sum(h.n), 0) from heap h where h.cheap and h.rating >= o) order by o) from generate_subscripts(stars, 1) o)
      into total, sums, prices, ratings;
    -- the last of the four is where a sign would be
    words := array(select (case when s < 9223372036854775808 then s else s - 18446744073709551616 end)::int8 from unnest(sums) s);
    counts := array(select words[(k >> 6) * 16 + (k & 3) * 4 + (k >> 2 & 3) + 1] >> (k >> 4 & 3) * 16 & 65535 from generate_series(0, 383) k);
end $body$;
grant execute on function filter_tally_%1$s to unknot_web$f$,
            s.way, s.source, sevens, sums, s.more);
    end loop;
end $make$;

create or replace function filter_many() returns int
    language sql immutable
    as $$ select 1000 $$;
comment on function filter_many is 'everywhere, a count is told up to here where ten times as many fit, as many as a search counts: that a value leaves so many says enough';

create or replace function filter_checked() returns int
    language sql immutable
    as $$ select 2000 $$;
comment on function filter_checked is 'everywhere no more rows than these are asked themselves: without the others a count says how many there are at least';

-- The same by planes (see listing_plane), around a place or everywhere, of who is at one place and needs no look at the row; lengths: how many of them offer each
-- of length_steps(), where p_lengths asks for it. several: places of everybody else who is as asked, as planes know; checked: places that may be and have to be
-- asked themselves. people: whose length_steps() at several places are known, a bit for each in held. exact: see filter_tally(); then several has all places only
-- of what is counted to the end. Of whom around a place one place alone is as asked is counted with those who have no other. total is null where planes do not answer.
do $make$
declare
    -- element o of length_steps() is bit o - 1
    steps constant text := (select string_agg(format('bit_or(l.bits) filter (where l.class = %s) as l%s', v, o), ', ' order by o) from unnest(length_steps()) with ordinality x (v, o));
    columns constant text := (select string_agg(format('l.l%s', o), ', ' order by o) from generate_subscripts(length_steps(), 1) o);
    counts constant text := (select string_agg(format('coalesce(sum(bit_count(l.l%1$s & ~f.shared)), 0) as n%1$s', o), ', ' order by o) from generate_subscripts(length_steps(), 1) o);
    numbers constant text := (select string_agg(format('n.n%s', o), ', ' order by o) from generate_subscripts(length_steps(), 1) o);
    words constant text := (select string_agg(format('coalesce(substring(f.l%1$s & f.shared from g.b * 64 + 1 for 64)::int8, 0) as w%1$s', o), ', ' order by o) from generate_subscripts(length_steps(), 1) o);
    seat constant text := (select string_agg(format('((w.w%s >> (64 - s) & 1) << %s)', o, o - 1), ' | ' order by o) from generate_subscripts(length_steps(), 1) o);
    anyof constant text := (select string_agg(format('w.w%s', o), ' | ' order by o) from generate_subscripts(length_steps(), 1) o);
    heaps constant text := $f$found as materialized (
        select coalesce(sum(bit_count(f.fits)), 0) as n from %1$s f
    ), price as materialized (
        select p.at, sum(bit_count(p.bits & f.good)::int) as n from %1$s f join listing_plane p on p.tile = f.tile and p.kind = 'price' where f.good <> none group by p.at
    ), rating as materialized (
        select p.at, sum(bit_count(p.bits & f.cheap)::int) as n from %1$s f join listing_plane p on p.tile = f.tile and p.kind = 'rating' where f.cheap <> none group by p.at
    )$f$;
    body constant text := $f$
create or replace function %1$s(a asked, p_lengths boolean, p_now timestamptz,
    out total int, out counts int[], out prices int[], out ratings int[], out lengths int[], out several int[], out checked int[], out people int[], out held int[], out exact int)
    language plpgsql stable as $body$
#variable_conflict use_variable
declare
    %2$s
    cents constant int[] := price_steps(a.price_max, 100);
    stars constant real[] := rating_steps();
    tags int8[];
    times int8[];
    times_of_length int8[];
    most int8;
    least int8;
    free constant int8[] := null;
    price constant int8 := null;
    rating constant int8 := null;
begin
    if a.length is not null or a.home or not a.exact or a.wide is not null or not %3$s then
        return;
    end if;
    select p.tags, p.free, p.price, p.rating into tags, times, most, least from planes_asked(a) p;%13$s
    if p_lengths then
        times_of_length := array(select class::int8 << 8 | t from unnest(length_steps()) class, unnest(times) t);
    end if;
    with %4$s, fit as materialized (
        select s.tile, s.shared_to, s.shared, s.around & s.good as good_around, s.fit & s.cheap as fit_cheap, s.fit & s.good as fit_good, s.fit & s.cheap & s.good as fit_all, s.fit & s.shared as several,
               s.single & s.cheap as cheap, s.single & s.good as good, s.single & s.cheap & s.good as fits
        from (
            select t.tile, t.shared_to, t.shared, f.around, f.fit, f.fit & ~t.shared as single,
                   case when most is null then all_of else coalesce((select bit_or(p.bits) from listing_plane p where p.tile = t.tile and p.kind = 'price' and p.at <= most), none) end as cheap,
                   case when least is null then all_of else coalesce((select bit_or(p.bits) from listing_plane p where p.tile = t.tile and p.kind = 'rating' and p.at >= least), none) end as good
            from %5$s
            cross join lateral (select c.around, case when times is null then c.around else c.around & coalesce((select bit_or(p.bits) from listing_plane p where p.tile = t.tile and p.kind = 'free' and p.at = any (times)), none) end as fit offset 0) f
            where c.around <> none
            offset 0) s
        offset 0
    ), %6$sother as materialized (
        -- of another length than the one that is shown
        select x.tile, x.class, bit_and(x.bits) as bits
        from (select p.tile, p.at >> 8 as class, bit_or(p.bits & f.good_around) as bits from fit f join listing_plane p on p.tile = f.tile and p.kind = 'length_free' and p.at = any (times_of_length)
              where times_of_length <> '{}' group by 1, 2
              union all
              select f.tile, p.at >> 32, bit_or(p.bits & f.good_around)
              from fit f cross join lateral (select p.at, p.bits from listing_plane p where p.tile = f.tile and p.kind = 'length_price' and (most is null or p.at & 4294967295 <= most) offset 0) p
              where p_lengths and (times is null or most is not null) group by 1, 2) x
        group by 1, 2 having count(*) = 1 + (times is not null and most is not null)::int
    ), length as materialized (
        select l.tile, $f$ || steps || $f$
        from (select * from other
              union all
              select f.tile, p.at, p.bits & f.fit_all from fit f join listing_plane p on p.tile = f.tile and p.kind = 'length' where p_lengths) l
        group by l.tile
    ), number as materialized (
        select $f$ || counts || $f$ from length l join fit f using (tile)
    ), seat as materialized (
        select f.tile, g.b * 64 + s - 1 as pos, k.owners[s] as owner, k.locations[s] as place, w.main >> (64 - s) & 1 <> 0 as several, ($f$ || seat || $f$)::int as held
        from (select f.tile, f.shared, %7$s from fit f left join length l using (tile)%8$s offset 0) f
        cross join lateral (select generate_series(0, f.shared_to) as b) g
        cross join lateral (select substring(f.several from g.b * 64 + 1 for 64)::int8 as main, $f$ || words || $f$ offset 0) w
        join lateral (select k.owners, k.locations from listing_block k where k.block = f.tile * 64 + g.b offset 0) k on w.main | $f$ || anyof || $f$ <> 0
        cross join lateral (select generate_series(1, 64) as s) s
        where (w.main | $f$ || anyof || $f$) >> (64 - s) & 1 <> 0
    ), person as (
        select s.owner, bit_or(s.held) as held from seat s where s.held <> 0 group by s.owner
    )%11$s
    select found.n,
           (select array_agg(coalesce(t.n, 0) order by k) from generate_series(0, 383) k left join tag t on t.at = k),
           (select array_agg((select coalesce(sum(h.n), 0) from price h where h.at <= c) order by o) from unnest(cents) with ordinality x (c, o)),
           (select array_agg((select coalesce(sum(h.n), 0) from rating h where h.at >= c * 10) order by o) from unnest(stars) with ordinality x (c, o)),
           (select array[$f$ || numbers || $f$] from number n),
           %12$s,
           (select array_agg(p.owner) from person p), (select array_agg(p.held) from person p)%9$s
    from found;
    %10$s
end $body$;
grant execute on function %1$s to unknot_web$f$;
begin
    execute format(body, 'filter_tally_tiles', tiles_given(), '(blocks_touched(a.area, blocks_many() / 10) = blocks_many() / 10)', format($f$tile as materialized (
        %1$s
    ), rim as materialized (
        select x.tile, bit_or(x.word::bit(64)::bit(4096) >> (x.b * 64)) as bits
        from (
            select t.tile, g.b, %3$s as word
            from tile t cross join lateral unnest(t.rim) g (b) cross join lateral (select %2$s as word offset 0) w
            join lateral (select k.xs, k.ys, k.zs from listing_block k where k.block = t.tile * 64 + g.b offset 0) k on w.word <> 0
            offset 0) x
        group by x.tile
    )$f$, tiles_within(), tile_word('t.fit'), word_within()),
        'tile t left join rim r on r.tile = t.tile cross join lateral (select t.inside | coalesce(r.bits, none) as around offset 0) c',
        '', 'f.shared_to, f.several, ' || columns, '', $f$
      into total, counts, prices, ratings, lengths, several, people, held$f$, '', $f$, place as materialized (
        select s.tile, s.pos, s.place, o.n = 1 and checked = '{}' as single from seat s join (select s.owner, count(*) as n from seat s where s.several group by s.owner) o using (owner) where s.several
    ), single as materialized (
        select p.tile, bit_or(set_bit(none, p.pos, 1)) as bits from place p where p.single group by p.tile
    ), counted as materialized (
        select f.tile, f.fits | (f.one & f.fit_all) as fits, f.good | (f.one & f.fit_good) as good, f.cheap | (f.one & f.fit_cheap) as cheap
        from (select f.*, coalesce(s.bits, none) as one from fit f left join single s using (tile) offset 0) f
    ), $f$ || format(heaps, 'counted') || $f$, tag as materialized (
        select p.at, sum(bit_count(p.bits & f.fits)::int) as n from counted f join listing_plane p on p.tile = f.tile and p.kind = 'tag' where f.fits <> none group by p.at
    )$f$, 'array(select p.place from place p where not p.single)', '
    checked := tiles_checked(a, tags, null, null, p_now);');
    -- a quarter of the tiles tells which values have so many that nobody need count on; where few fit, their rows are less to read than all planes
    execute format(body, 'filter_tally_everywhere', tiles_given(), '(a.area is null and a.name is null and blocks_many() / 10 = (select count(*) from (select from listing_block limit blocks_many() / 10) b))',
        format($f$tile as materialized (
        select t.*, coalesce((select p.bits from listing_plane p where p.tile = t.tile and p.kind = 'shared' and p.at = 0), none) as shared from %1$s
    ), late as (
        select k.locations[s] as place
        from tile t cross join lateral (select generate_series(0, 63) as b) g cross join lateral (select %2$s as word offset 0) w
        join lateral (select k.locations from listing_block k where k.block = t.tile * 64 + g.b offset 0) k on w.word <> 0
        cross join lateral (select generate_series(1, 64) as s) s
        where t.late <> none and w.word >> (64 - s) & 1 = 1
        limit filter_checked() + 1
    )$f$, replace(tiles_asked(), 'where t.area && a.area', ''), tile_word('t.late')),
        'tile t cross join lateral (select t.fit as around offset 0) c',
        $f$upto as materialized (
        select case when sum(bit_count(f.fits)) >= filter_many() * 10 then filter_many() end as n from fit f
    ), counted as materialized (
        select f.tile, case when u.n is null then none else f.fits end as fits, case when u.n is null then f.good & ~f.fits else f.good end as good,
               case when u.n is null then f.cheap & ~f.fits else f.cheap end as cheap
        from fit f cross join upto u
    ), $f$ || format(heaps, 'counted') || $f$, quarter as materialized (
        select p.at, sum(bit_count(p.bits & f.fits)::int) as n from counted f join listing_plane p on p.tile = f.tile and p.kind = 'tag' where f.tile % 4 = 0 and f.fits <> none group by p.at
    ), tag as materialized (
        select x.at, sum(x.n) as n
        from (select q.at, q.n from quarter q
              union all
              select p.at, sum(bit_count(p.bits & f.fits)::int) from counted f join listing_plane p on p.tile = f.tile and p.kind = 'tag'
              where f.tile % 4 <> 0 and f.fits <> none and p.at = any (array(select k from upto u, generate_series(0, 383) k left join quarter q on q.at = k where (q.n >= u.n) is not true)::int8[]) group by p.at) x
        group by x.at
    ), $f$, $f$case when u.n is null then 63 else f.shared_to end as shared_to, case when u.n is null then f.several | f.fits else f.several & (
                   coalesce((select bit_or(p.bits) from listing_plane p where p.tile = f.tile and p.kind = 'tag' and p.at = any (array(select k from generate_series(0, 383) k left join tag t on t.at = k where (t.n >= u.n) is not true)::int8[])), none)
                   | coalesce((select bit_or(p.bits) from listing_plane p where p.tile = f.tile and p.kind = 'price' and p.at <= (select max(c) from unnest(cents) c where (select coalesce(sum(h.n), 0) from price h where h.at <= c) < u.n)), none)
                   | coalesce((select bit_or(p.bits) from listing_plane p where p.tile = f.tile and p.kind = 'rating' and p.at >= (select min(c) * 10 from unnest(stars) c where (select coalesce(sum(h.n), 0) from rating h where h.at >= c * 10) < u.n)), none)
                   ) end as several, $f$ || (select string_agg(format('case when u.n is null or n.n%1$s < u.n then l.l%1$s end as l%1$s', o), ', ' order by o) from generate_subscripts(length_steps(), 1) o),
        ' cross join number n cross join upto u', $f$, (select u.n from upto u), array(select c.location_id from listing_changed c limit filter_checked() + 1) || array(select l.place from late l)
      into total, counts, prices, ratings, lengths, several, people, held, exact, checked$f$, $f$if cardinality(checked) > filter_checked() then
        checked := '{}';
        exact := 0;
    end if;$f$, '', 'array(select s.place from seat s where s.several)', '');
end $make$;

create or replace function sums_of(p_some int[], p_others int[]) returns int[]
    language plpgsql immutable parallel safe
    as $$
begin
    return array(select a + b from unnest(p_some, p_others) with ordinality x (a, b, n) order by n);
end $$;

-- How many people offer each of length_steps(), by planes and of those at several places p_held; of p_checked their rows say it.
create or replace function filter_lengths_tiles(a asked, p_lengths int[], p_people int[], p_held int[], p_checked int[], p_now timestamptz) returns int[]
    language plpgsql stable
    as $$
begin
    if p_checked <> '{}' then
        return sums_of(p_lengths, filter_lengths_places(a, p_checked, p_people, p_held, p_now));
    end if;
    return array(select p_lengths[o] + count(*) filter (where h >> (o - 1) & 1 = 1) from generate_subscripts(p_lengths, 1) o left join unnest(p_held) h on true group by o order by o);
end $$;

-- exact: a count that is as large or larger is what there are at least; null: all are exact.
create or replace function filter_tally(a asked, p_people int[], p_lengths boolean, p_now timestamptz,
    out total int, out counts int[], out prices int[], out ratings int[], out lengths int[], out exact int)
    language plpgsql stable
    as $$
declare
    people int[] := p_people;
    t record;
    others record;
begin
    if people is null and not a.home then
        if a.area is not null then
            others := filter_tally_tiles(a, p_lengths, p_now);
        else
            others := filter_tally_everywhere(a, p_lengths, p_now);
        end if;
        if others.total is not null then
            if p_lengths then
                lengths := filter_lengths_tiles(a, others.lengths, others.people, others.held, others.checked, p_now);
            end if;
            total := others.total; counts := others.counts; prices := others.prices; ratings := others.ratings; exact := others.exact;
            if others.several || others.checked <> '{}' then
                if others.checked = '{}' then
                    t := filter_tally_several(a, others.several, p_now);
                else
                    t := filter_tally_places(a, others.checked, others.several, p_now);
                end if;
                total := total + t.total; counts := sums_of(t.counts, counts); prices := sums_of(t.prices, prices); ratings := sums_of(t.ratings, ratings);
            end if;
            return;
        end if;
        if a.area is null then
            people := directory_people(a);
            exact := case when people is null and exists (select from listing l where l.shown offset 60000) then 0 end;
        end if;
    end if;
    case
        when people is not null then t := filter_tally_people(a, people, p_now);
        when a.area is null then t := filter_tally_walk(a, null, p_now);
        when a.home then t := filter_tally_home(a, null, p_now);
        else t := filter_tally_near(a, null, p_now);
    end case;
    total := t.total; counts := t.counts; prices := t.prices; ratings := t.ratings;
    if p_lengths then
        lengths := case when people is not null then filter_lengths_people(a, people, p_now)
                        when a.area is null then filter_lengths_walk(a, null, p_now)
                        when a.home then filter_lengths_home(a, null, p_now)
                        else filter_lengths_near(a, null, p_now) end;
    end if;
end $$;

-- One kind as JSON text, null without options. p_on: how many of them are chosen.
create or replace function filter_kind(p_kind text, p_label text, p_one boolean, p_on int, p_options text) returns text
    language plpgsql stable
    as $$
begin
    return case when p_options is not null then concat('{"kind":"', p_kind, '","label":', js(p_label), ',"one":', p_one::text, ',"some_on":', coalesce(nullif(p_on, 0)::text, 'null'), ',"options":[', p_options, ']}') end;
end $$;

-- One option as JSON text. p_exact: see filter_tally().
create or replace function filter_option(p_value text, p_label text, p_about text, p_count int, p_on boolean, p_exact int) returns text
    language sql stable parallel safe
    as $$
    select concat('{"value":"', p_value, '","label":', to_json(p_label), ',"about":', coalesce(to_json(p_about)::text, 'null'), ',"count":', p_count, ',"said":"',
                  case when p_count < 1000 then p_count::text else to_char(p_count, 'FM9,999,999') end, case when p_count >= p_exact then '+' end, '","on":', p_on::text, '}')
    $$;

-- How many of those who come to the place are as asked; the tables are asked where the clock has overtaken one of their rows.
do $make$
declare
    s record;
begin
    for s in select * from (values ('filter_home', 'shown'), ('filter_home_length', 'length')) x (name, length) loop
        execute format($f$
create or replace function %1$s(a asked, p_now timestamptz) returns int
    language plpgsql stable as $body$
declare
    n int;
    late boolean;
begin
    select count(*) filter (where not z.shared) + count(distinct case when z.shared then z.therapist_id end), bool_or(z.late) into n, late
    from (select l.shared, l.therapist_id, l.due <= p_now as late from %2$s, %3$s and (l.due <= p_now or %4$s)) z;
    return case when late then directory_count(a) else n end;
end $body$;
grant execute on function %1$s to unknot_web$f$, s.name, scan_asked(), scan_from('home', s.length), scan_fits(true));
    end loop;
end $make$;

create or replace function with_value(a asked, p_id int) returns asked
    language plpgsql stable
    as $$
begin
    a.ids := a.ids || p_id;
    return directory_asked_bits(a);
end $$;

-- Of each kind the options with somebody behind them, and what is ticked (p_chosen). p_counts: of the bits. Home visits look for other places, those who come.
create or replace function filter_options(a asked, p_chosen int[], p_kinds text[], p_counts int[], p_exact int, p_now timestamptz) returns table (kind text, chosen int, options text)
    language plpgsql stable
    as $$
#variable_conflict use_column
declare
    sought int[] := '{}';
    found int[] := '{}';
    b asked;
    t int;
begin
    for t in select g.id from tag g where g.kind = any (p_kinds) and g.retired_at is null and (g.bit is null or g.kind = 'booking' and g.slug = 'home_visit' and a.area is not null) loop
        sought := sought || t;
        b := with_value(a, t);
        found := found || case when not b.home then directory_count(b) when a.length is null then filter_home(b, p_now) else filter_home_length(b, p_now) end;
    end loop;
    return query
        select g.kind, count(*) filter (where n.chosen)::int, string_agg(filter_option(g.slug, g.label, nullif(g.about, ''), n.count, n.chosen, p_exact), ',' order by g.position, g.id)
        from tag g cross join lateral (select g.id = any (p_chosen) as chosen, least(coalesce(found[array_position(sought, g.id)], p_counts[g.bit + 1]), nullif(p_exact, 0)) as count offset 0) n
        where g.kind = any (p_kinds) and g.retired_at is null and (n.count > 0 or n.chosen) group by g.kind;
end $$;

-- The three that are no taxonomy, each counted as if another choice were made in it alone.
create or replace function filter_numbers(a asked, p_prices int[], p_ratings int[], p_lengths int[], p_exact int) returns text[]
    language plpgsql stable
    as $$
begin
    return array[
        filter_kind('length', 'Length of a visit', true, (a.length is not null)::int, (
            select string_agg(filter_option(x.v::text, x.v || ' minutes', null, least(x.n, nullif(p_exact, 0)), x.v is not distinct from a.length, p_exact), ',' order by x.v)
            from unnest(length_steps(), p_lengths) x (v, n) where x.n > 0 or x.v = a.length)),
        filter_kind('price_max', 'Price', true, (a.price_max is not null)::int, (
            select string_agg(filter_option(x.v::text, 'Up to ' || say_money(x.v * 100, currency_of(a.country)), null, least(x.n, nullif(p_exact, 0)), x.v is not distinct from a.price_max, p_exact), ',' order by x.v)
            from unnest(price_steps(a.price_max), p_prices) x (v, n) where x.n > 0 or x.v = a.price_max)),
        filter_kind('rating', 'Reviews', true, (a.rating = any (rating_steps()))::int, (
            select string_agg(filter_option(x.v::text, x.v || ' of 5 or more', null, least(x.n, nullif(p_exact, 0)), x.v is not distinct from a.rating, p_exact), ',' order by x.v)
            from unnest(rating_steps(), p_ratings) x (v, n) where x.n > 0 or x.v = a.rating))];
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
    somewhere constant boolean := a.state not in ('ambiguous', 'unknown');
    people int[];
    tally record;
    total int := 0;
    beyond boolean := false; -- there are more than total
    k text;
    more record;
    plain text[];
    alone text[];
    found_kinds text[];
    found_chosen int[];
    found_options text[];
    kinds text[] := '{}';
    here constant text := a.address || case when p_sort is null then '' when a.address = '' then '?sort=' || p_sort else '&sort=' || p_sort end;
begin
    if a.wrong is not null then
        return directory_again(a);
    end if;
    people := directory_named(a);
    if somewhere then
        tally := filter_tally(a, people, true, now);
        beyond := tally.exact is not null;
        total := case when beyond then least(tally.total, filter_many() * 10) else tally.total end;
        kinds := filter_numbers(a, tally.prices, tally.ratings, tally.lengths, tally.exact);
        -- another choice takes the place of the one there is; and what is ticked that of what the words said
        select array_agg(x.kind) filter (where not replaced), array_agg(x.kind) filter (where replaced) into plain, alone
        from tag_kind x cross join lateral (select coalesce(x.one and x.kind = any (a.kinds) or x.kind = any (a.kinds[a.chosen + 1:]), false) as replaced) r
        where x.in_filters and x.stated_of <> 'person' and x.kind <> 'length';
        select array_agg(o.kind), array_agg(o.chosen), array_agg(o.options) into found_kinds, found_chosen, found_options from filter_options(a, a.ids[:a.chosen], plain, tally.counts, tally.exact, now) o;
        foreach k in array coalesce(alone, '{}') loop
            b := a;
            b.ids := array(select i.id from unnest(a.ids, a.kinds) with ordinality i (id, kind, o) where i.kind <> k or not (select one from tag_kind where kind = k) and i.o <= a.chosen);
            b := directory_asked_bits(b);
            tally := filter_tally(b, people, false, now);
            for more in select * from filter_options(b, a.ids[:a.chosen], array[k], tally.counts, tally.exact, now) loop
                found_kinds := found_kinds || more.kind;
                found_chosen := found_chosen || more.chosen;
                found_options := found_options || more.options;
            end loop;
        end loop;
        kinds := kinds || array(select filter_kind(x.kind, x.label, x.one, f.chosen, f.options) from unnest(found_kinds, found_chosen, found_options) f (kind, chosen, options) join tag_kind x using (kind) order by x.position, x.kind);
    end if;
    return json_build_object('counted', somewhere, 'total', total, 'said', concat(case when beyond then 'more than ' end, case total when 0 then '0 therapists' else say_count(total) end), 'heading', directory_heading(a, total, beyond), 'results_href', '/therapists' || here,
        'filters_href', '/filters' || here, 'canonical', '/filters' || here,
        'hidden', (select coalesce(json_agg(json_build_object('name', n.name, 'value', n.value) order by n.o), '[]')
                   from (values (1, 'q', p_q), (2, 'near', p_near), (3, 'radius_km', p_radius::text), (4, 'when', p_when), (5, 'part', p_part), (6, 'from', p_from::text),
                                (7, 'to', p_to::text), (8, 'sort', p_sort)) n (o, name, value) where n.value is not null),
        'kinds', concat('[', array_to_string(kinds, ','), ']')::json);
end $$;

grant execute on function filter_many, filter_checked, length_steps, price_steps, rating_steps, sums_of, filter_lengths_tiles, filter_tally, filter_kind, filter_option, with_value, filter_options, filter_numbers, directory_filters to unknot_web;
