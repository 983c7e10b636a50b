-- GET /filters: every filter with what it would leave. The count of a value is the number of therapists left if it were ticked as well; where one of
-- several is chosen, if it were chosen instead. True under all the other filters, since it counts the very rows that a search would.
--
-- There are two ways to count, and filter_tally() chooses:
--   rows   of a small circle (near), of who comes to a place (home), of people known by name or by a value that few hold (people), of the best in the
--          directory (walk): filter_rows_*() read them one by one, and know all that can be asked
--   tiles  of a larger circle, or everywhere: filter_tiles_*() say who of 4,096 places at a time is as asked, and filter_planes() counts what they hold; where
--          many fit everywhere, filter_planes_many() counts each value up to filter_many()
-- Tiles do not tell who is at several places, nor what has changed since they were made: of these filter_rows_places() reads the rows.
-- All answer how many therapists there are (total), how many of them hold each tag (tags), and what there is of each price, rating and length (numbers).

set local client_min_messages = warning;
drop type if exists filter_count, filter_tile cascade;
reset client_min_messages;

create type filter_count as (kind plane_kind, at int8, n int8);
comment on type filter_count is 'n therapists have value at of a kind, as in listing_plane: the bit of a tag, exactly this price or rating, the class of a length. Among numbers a value may come several times, to be added up';

create type filter_tile as (tile int, shared_to smallint, shared bit(4096), stated bit(4096), free bit(4096), cheap bit(4096), good bit(4096), late bit(4096));
comment on type filter_tile is 'a tile, and of its places shared: of therapists with several; stated: as asked but for free times, price and reviews; free: of these those with the free times; cheap, good: all with the price, with the reviews; late: those whose row the clock has overtaken, which are in none of the others but shared, cheap and good';

create or replace function length_steps() returns int[]
    language sql immutable parallel safe
    as $$ select '{30,45,60,75,90,120}'::int[] $$;

create or replace function rating_steps() returns real[]
    language sql immutable parallel safe
    as $$ select '{3,3.5,4,4.5}'::real[] $$;

create or replace function price_steps(p_chosen int) returns int[]
    language plpgsql immutable parallel safe
    as $$
declare
    steps constant int[] := '{40,60,80,100,125,150,200}';
begin
    return case when p_chosen is null or p_chosen = any (steps) then steps else array(select v from unnest(steps || p_chosen) v order by v) end;
end $$;
comment on function price_steps is 'with what was chosen, in whole units of money';

create or replace function filter_many() returns int
    language sql immutable
    as $$ select 1000 $$;
comment on function filter_many is 'everywhere, a count is told up to here where ten times as many fit, as many as a search counts: that a value leaves so many says enough';

create or replace function filter_checked() returns int
    language sql immutable
    as $$ select 2000 $$;
comment on function filter_checked is 'everywhere no more rows than these are asked themselves: without the others a count says how many there are at least';

-- What rows hold that are as asked, and of other lengths where p_lengths asks for them. A therapist with several places counts once, by what any of them
-- holds. p_people: of these therapists, or of these places. filter_rows_places() takes others in that are known to be as asked: p_several, places, and the
-- lengths p_classes that p_owners offer.
do $make$
declare
    -- main: of the length that is asked for or shown. Rows whose due has come are looked up again, few as they are
    row_of constant text := $f$l.therapist_id, l.class, case when p.length is null then l.shown else l.class = p.length end as main, l.shared, l.price, l.rating,
                   l.tags0, l.tags1, l.tags2, l.tags3, l.tags4, l.tags5, l.location_id$f$;
    rows constant text := $f$
            with hit as materialized (
                select %1$s, l.due <= p_now as late
                from %2$s, %3$s and (l.due <= p_now or %4$s)
            )
            select h.* from hit h where not h.late
            union all
            select %1$s, false
            from %2$s, hit h cross join lateral (select o.* from listing o where o.location_id = h.location_id and o.class = h.class offset 0) o cross join lateral listing_today(o) l
            where h.late and %4$s$f$;
    known constant text := $f$
            union all
            select l.therapist_id, null, true, true, l.price, l.rating, l.tags0, l.tags1, l.tags2, l.tags3, l.tags4, l.tags5, l.location_id, false
            from listing l where l.location_id = any (p_several) and l.shown
            union all
            select k.owner, k.class::smallint, false, true, 0, 5, null, null, null, null, null, null, null, false from unnest(p_owners, p_classes) k (owner, class)$f$;
    -- eight masks a word leave a byte for each bit, enough to count 127 rows: bit b is in byte b / 8 % 8 of sum b / 64 * 8 + b % 8
    packed constant text := (select string_agg(format('sum(p.tags%s >> %s & 72340172838076673)::int8', w, m), ', ' order by w, m) from generate_series(0, 5) w, generate_series(0, 7) m);
    s record;
begin
    for s in select * from (values ('near', '', ''), ('home', '', ''), ('people', '', ''), ('walk', '', ''), ('places', ', p_several int[], p_owners int[], p_classes int[]', known)) x (way, given, known) loop
        execute format($f$
create or replace function filter_rows_%1$s(p_asked asked, p_people int[]%2$s, p_lengths boolean, p_now timestamptz, out total int, out tags filter_count[], out numbers filter_count[])
    language plpgsql stable as $body$
#variable_conflict use_column
declare
    a asked := p_asked;
begin
    a.price_most := 2147483647;
    a.rating_least := 0;
    with fit as materialized (
        select r.*, r.price <= p_asked.price_most as cheap, r.rating >= p_asked.rating_least as good from (%3$s
        ) r where r.main or p_lengths
    ), person as materialized (
        select f.price, f.rating, f.cheap, f.good, f.tags0, f.tags1, f.tags2, f.tags3, f.tags4, f.tags5 from fit f where f.main and not f.shared
        union all
        select min(f.price), max(f.rating), bool_or(f.cheap), bool_or(f.good), bit_or(f.tags0) filter (where f.cheap), bit_or(f.tags1) filter (where f.cheap),
               bit_or(f.tags2) filter (where f.cheap), bit_or(f.tags3) filter (where f.cheap), bit_or(f.tags4) filter (where f.cheap), bit_or(f.tags5) filter (where f.cheap)
        from fit f where f.main and f.shared group by f.therapist_id
    ), pack as (
        select count(*)::int as n, array[%4$s] as sums from (select *, row_number() over () / 127 as pack from person where cheap and good) p group by p.pack
    )
    select coalesce((select sum(p.n) from pack p), 0),
           array(select row('tag', t.bit, t.n)::filter_count
                 from (select b as bit, sum(p.sums[(b >> 6) * 8 + (b & 7) + 1] >> (b >> 3 & 7) * 8 & 127) as n from pack p cross join generate_series(0, 383) b group by b) t where t.n > 0),
           array(select row('price', p.price, count(*))::filter_count from person p where p.good group by p.price
                 union all
                 select row('rating', (p.rating * 10)::int8, count(*))::filter_count from person p where p.cheap group by p.rating
                 union all
                 select row('length', f.class, count(*))::filter_count from fit f where p_lengths and not f.shared and f.cheap and f.good group by f.class
                 union all
                 select row('length', f.class, count(*))::filter_count
                 from (select distinct f.class, f.therapist_id from fit f where p_lengths and f.shared and f.class is not null and f.cheap and f.good) f group by f.class)
      into total, tags, numbers;
end $body$;
grant execute on function filter_rows_%1$s to unknot_web$f$, s.way, s.given, format(rows, row_of, scan_asked(), scan_from(s.way, 'any'), scan_fits(true)) || s.known, packed);
    end loop;
end $make$;

create or replace function everywhere() returns box
    language sql immutable
    as $$ select box '(1000,1000),(-1000,-1000)' $$;

-- The tiles that the area touches, those where anybody is as asked. times, price_to and rating_from: what is asked of free times, price and reviews, as planes.
do $make$
declare
    around constant text := format($f$
            with tile as materialized (
                %1$s
            ), rim as materialized (
                -- who of the blocks that the circle cuts is within
                select x.tile, bit_or(x.word::bit(64)::bit(4096) >> (x.b * 64)) as bits
                from (
                    select t.tile, g.b, %2$s as word
                    from tile t cross join lateral unnest(t.rim) g (b) cross join lateral (select %3$s as word offset 0) w
                    join lateral (select k.xs, k.ys, k.zs from listing_block k where k.block = t.tile * 64 + g.b offset 0) k on w.word <> 0
                    offset 0) x
                group by x.tile
            )
            select t.tile, t.shared_to, t.shared, t.inside | coalesce(r.bits, none) as stated, t.late from tile t left join rim r using (tile)$f$, tiles_within(), word_within(), tile_word('t.fit'));
    everywhere constant text := format($f$
            select t.tile, t.shared_to, coalesce((select p.bits from listing_plane p where p.tile = t.tile and p.kind = 'shared' and p.at = 0), none) as shared, t.fit as stated, t.late
            from %s$f$, tiles_asked());
    s record;
begin
    for s in select * from (values ('around', around), ('everywhere', everywhere)) x (way, source) loop
        execute format($f$
create or replace function filter_tiles_%1$s(a asked, tags int8[], times int8[], price_to int8, rating_from int8, p_now timestamptz) returns filter_tile[]
    language plpgsql stable as $body$
#variable_conflict use_variable
declare
    %2$s
    free constant int8[] := null;
    price constant int8 := null;
    rating constant int8 := null;
begin
    return array(
        select row(t.tile, t.shared_to, t.shared, t.stated,
                   case when times is null then t.stated else t.stated & coalesce((select bit_or(p.bits) from listing_plane p where p.tile = t.tile and p.kind = 'free' and p.at = any (times)), none) end,
                   case when price_to is null then all_of else coalesce((select bit_or(p.bits) from listing_plane p where p.tile = t.tile and p.kind = 'price' and p.at <= price_to), none) end,
                   case when rating_from is null then all_of else coalesce((select bit_or(p.bits) from listing_plane p where p.tile = t.tile and p.kind = 'rating' and p.at >= rating_from), none) end,
                   t.late)::filter_tile
        from (%3$s
            offset 0) t
        where t.stated <> none or t.late <> none);
end $body$;
grant execute on function filter_tiles_%1$s to unknot_web$f$, s.way, tiles_given(), s.source);
    end loop;
end $make$;

-- Who offers a length, of each tile: as the one that is shown, or as another with the free times and the price asked for.
create or replace function filter_tile_lengths(p_tiles filter_tile[], p_classes int[], times int8[], price_to int8) returns table (tile int, class int, bits bit(4096))
    language plpgsql stable
    as $$
#variable_conflict use_column
declare
    times_of_length constant int8[] := array(select c::int8 << 8 | t from unnest(p_classes) c, unnest(times) t);
begin
    return query
        select t.tile, p.at::int, p.bits & t.free & t.cheap & t.good
        from unnest(p_tiles) t join listing_plane p on p.tile = t.tile and p.kind = 'length' and p.at = any (p_classes)
        union all
        select t.tile, o.class::int, o.bits & t.stated & t.good
        from unnest(p_tiles) t cross join lateral (
            select x.class, bit_and(x.bits) as bits
            from (select p.at >> 8 as class, bit_or(p.bits) as bits
                  from listing_plane p where p.tile = t.tile and p.kind = 'length_free' and p.at = any (times_of_length) group by 1
                  union all
                  select c, bit_or(p.bits)
                  from unnest(p_classes) c join listing_plane p on p.tile = t.tile and p.kind = 'length_price' and p.at between c::int8 << 32 and (c::int8 << 32) + coalesce(price_to, 4294967295)
                  where times is null or price_to is not null group by 1) x
            group by x.class having count(*) = 1 + (times is not null and price_to is not null)::int) o;
end $$;

-- Who may be as asked, wherever: people, null where that are more than p_most places; certain: so many therapists are, if hours are left aside, which no plane tells.
create or replace function filter_people(a asked, p_most int, p_now timestamptz, out people int[], out certain int8)
    language plpgsql stable
    as $$
declare
    q constant record := planes_asked(a);
    tiles filter_tile[];
    places int8;
    at int[];
    fits bit(4096)[];
    blocks int[];
    words int8[];
begin
    a.area := everywhere();
    tiles := filter_tiles_everywhere(a, q.tags, q.free, q.price, q.rating, p_now);
    select coalesce(sum(bit_count(x.bits & ~x.shared)), 0), coalesce(sum(bit_count(x.bits)), 0), array_agg(x.tile), array_agg(x.bits) into certain, places, at, fits
    from (select t.tile, t.shared, t.free & t.cheap & t.good as bits from unnest(tiles) t where a.length is null
          union all
          select t.tile, t.shared, l.bits
          from filter_tile_lengths(tiles, array[a.length], q.free, q.price) l join unnest(tiles) t using (tile) where a.length is not null) x
    where x.bits <> 0::bit(4096);
    if places + (select coalesce(sum(bit_count(t.late)), 0) from unnest(tiles) t) + (select count(*) from (select from listing_changed limit p_most) c) <= p_most then
        select array_agg(f.tile * 64 + g.b), array_agg(w.word) into blocks, words
        from unnest(at, fits) f (tile, bits) cross join lateral (select generate_series(0, 63) as b) g
        cross join lateral (select substring(f.bits from g.b * 64 + 1 for 64)::int8 as word offset 0) w where w.word <> 0;
        people := array(select distinct o.therapist_id from location o
                        where o.id = any (coalesce(block_seats(blocks, words), '{}') || tiles_checked(a, q.tags, null, null, p_now)));
    end if;
end $$;

-- How many of those at one place offer these lengths.
create or replace function filter_lengths(p_tiles filter_tile[], p_classes int[], times int8[], price_to int8) returns filter_count[]
    language plpgsql stable
    as $$
begin
    return array(select row('length', l.class, sum(bit_count(l.bits & ~t.shared)::int))::filter_count
                 from filter_tile_lengths(p_tiles, p_classes, times, price_to) l join unnest(p_tiles) t using (tile) group by l.class);
end $$;

-- All that the places of these tiles hold, and the rows of p_checked, which have to be asked themselves. Who of those with several places is as asked at one
-- of them alone is counted there like everybody else, if no row is asked that may be another.
create or replace function filter_planes(a asked, p_tiles filter_tile[], p_checked int[], times int8[], price_to int8, p_lengths boolean, p_now timestamptz,
    out total int, out tags filter_count[], out numbers filter_count[])
    language plpgsql stable
    as $$
#variable_conflict use_column
declare
    none constant bit(4096) := 0::bit(4096);
    several int[];
    owners int[];
    classes int[];
    rows record;
begin
    with tile as materialized (
        select t.tile, t.shared_to, t.shared, t.stated & t.shared as theirs, t.free, t.cheap, t.good from unnest(p_tiles) t
    ), seat as materialized (
        -- of those with several places
        select t.tile, s.pos, k.owners[s.pos % 64 + 1] as owner, k.locations[s.pos % 64 + 1] as place, get_bit(t.free, s.pos) = 1 as fits
        from tile t cross join lateral (select generate_series(0, t.shared_to) as b) g
        join lateral (select k.owners, k.locations from listing_block k where k.block = t.tile * 64 + g.b offset 0) k on substring(t.theirs from g.b * 64 + 1 for 64) <> 0::bit(64)
        cross join lateral (select generate_series(g.b * 64, g.b * 64 + 63) as pos) s
        where get_bit(t.theirs, s.pos) = 1
    ), owner as materialized (
        select count(*) = 1 and p_checked = '{}' as alone, min(s.tile) as tile, min(s.pos) as pos, array_agg(s.place) as places from seat s where s.fits group by s.owner
    ), single as materialized (
        select t.tile, t.free & t.cheap & t.good & x.bits as fits, t.free & t.good & x.bits as good, t.free & t.cheap & x.bits as cheap
        from tile t left join (select o.tile, bit_or(set_bit(none, o.pos, 1)) as bits from owner o where o.alone group by o.tile) o using (tile)
        cross join lateral (select coalesce(~t.shared | o.bits, ~t.shared) as bits offset 0) x
    ), length as materialized (
        select l.* from filter_tile_lengths(p_tiles, length_steps(), times, price_to) l where p_lengths
    ), offer as materialized (
        select distinct s.owner, l.class from seat s join length l on l.tile = s.tile and get_bit(l.bits, s.pos) = 1
    )
    select (select coalesce(sum(bit_count(s.fits)), 0) from single s),
           array(select row('tag', p.at, sum(bit_count(p.bits & s.fits)::int))::filter_count
                 from single s join listing_plane p on p.tile = s.tile and p.kind = 'tag' where s.fits <> none group by p.at),
           array(select row('price', p.at, sum(bit_count(p.bits & s.good)::int))::filter_count
                 from single s join listing_plane p on p.tile = s.tile and p.kind = 'price' where s.good <> none group by p.at
                 union all
                 select row('rating', p.at, sum(bit_count(p.bits & s.cheap)::int))::filter_count
                 from single s join listing_plane p on p.tile = s.tile and p.kind = 'rating' where s.cheap <> none group by p.at
                 union all
                 select row('length', l.class, sum(bit_count(l.bits & ~t.shared)::int))::filter_count from length l join tile t using (tile) group by l.class
                 union all
                 select row('length', o.class, count(*))::filter_count from offer o where p_checked = '{}' group by o.class),
           array(select unnest(o.places) from owner o where not o.alone),
           (select array_agg(o.owner) from offer o where p_checked <> '{}'), (select array_agg(o.class) from offer o where p_checked <> '{}')
      into total, tags, numbers, several, owners, classes;
    if several <> '{}' or p_checked <> '{}' then
        rows := filter_rows_places(a, p_checked, several, owners, classes, p_lengths, p_now);
        total := total + rows.total;
        tags := filter_sums(tags || rows.tags);
        numbers := numbers || rows.numbers;
    end if;
end $$;

create or replace function filter_sums(p_counts filter_count[]) returns filter_count[]
    language plpgsql stable
    as $$
begin
    return array(select row(c.kind, c.at, sum(c.n))::filter_count from unnest(p_counts) c group by c.kind, c.at);
end $$;
comment on function filter_sums is 'of each value once';

-- Which of these values are held by fewer than filter_many().
create or replace function filter_few(p_counts filter_count[], p_kind plane_kind, p_values int[]) returns int[]
    language plpgsql stable
    as $$
begin
    return array(select v from unnest(p_values) v left join unnest(p_counts) c on c.kind = p_kind and c.at = v group by v having coalesce(sum(c.n), 0) < filter_many());
end $$;

-- The same where many fit: each value is counted up to filter_many(), so those with several places are read where they hold what few others do. A quarter of
-- the tiles tells of most values that they are many.
create or replace function filter_planes_many(a asked, p_tiles filter_tile[], p_checked int[], times int8[], price_to int8, p_lengths boolean, p_now timestamptz,
    out total int, out tags filter_count[], out numbers filter_count[])
    language plpgsql stable
    as $$
#variable_conflict use_column
declare
    none constant bit(4096) := 0::bit(4096);
    quarter constant filter_tile[] := array(select t from unnest(p_tiles) t where t.tile % 4 = 0);
    rest constant filter_tile[] := array(select t from unnest(p_tiles) t where t.tile % 4 <> 0);
    few_tags int[];
    few_lengths int[] := '{}';
    few_prices_to int8;
    few_ratings_from int8;
    blocks int[];
    words int8[];
    rows record;
begin
    with single as materialized (
        select t.tile, t.free & t.cheap & t.good & ~t.shared as fits, t.free & t.good & ~t.shared as good, t.free & t.cheap & ~t.shared as cheap from unnest(p_tiles) t
    )
    select (select sum(bit_count(s.fits)) from single s),
           array(select row('tag', p.at, sum(bit_count(p.bits & s.fits)::int))::filter_count
                 from single s join listing_plane p on p.tile = s.tile and p.kind = 'tag' where s.tile % 4 = 0 group by p.at),
           array(select row('price', p.at, sum(bit_count(p.bits & s.good)::int))::filter_count from single s join listing_plane p on p.tile = s.tile and p.kind = 'price' group by p.at
                 union all
                 select row('rating', p.at, sum(bit_count(p.bits & s.cheap)::int))::filter_count from single s join listing_plane p on p.tile = s.tile and p.kind = 'rating' group by p.at)
      into total, tags, numbers;
    few_tags := filter_few(tags, 'tag', array(select g.bit from tag g where g.bit is not null and g.retired_at is null));
    tags := filter_sums(tags || array(
        select row('tag', n.at, sum(n.n))::filter_count
        from (select p.at, bit_count(p.bits & s.fits)::int as n
              from (select t.tile, t.free & t.cheap & t.good & ~t.shared as fits from unnest(rest) t offset 0) s
              join listing_plane p on p.tile = s.tile and p.kind = 'tag' and p.at = any (few_tags) offset 0) n group by n.at));
    few_tags := filter_few(tags, 'tag', few_tags);
    if p_lengths then
        numbers := numbers || filter_lengths(quarter, length_steps(), times, price_to);
        few_lengths := filter_few(numbers, 'length', length_steps());
        numbers := numbers || filter_lengths(rest, few_lengths, times, price_to);
        few_lengths := filter_few(numbers, 'length', few_lengths);
    end if;
    select max(v) * 100 into few_prices_to from unnest(price_steps(a.price_max)) v where (select coalesce(sum(c.n), 0) from unnest(numbers) c where c.kind = 'price' and c.at <= v * 100) < filter_many();
    select min(v) * 10 into few_ratings_from from unnest(rating_steps()) v where (select coalesce(sum(c.n), 0) from unnest(numbers) c where c.kind = 'rating' and c.at >= v * 10) < filter_many();

    select array_agg(t.tile * 64 + g.b), array_agg(w.word) into blocks, words
    from (select t.tile, t.shared & (t.free & h.bits | coalesce(o.bits, none)) as bits
          from unnest(p_tiles) t
          cross join lateral (
              select coalesce(bit_or(p.bits), none) as bits from (
                  select p.bits from listing_plane p where p.tile = t.tile and p.kind = 'tag' and p.at = any (few_tags)
                  union all select p.bits from listing_plane p where p.tile = t.tile and p.kind = 'price' and p.at <= few_prices_to
                  union all select p.bits from listing_plane p where p.tile = t.tile and p.kind = 'rating' and p.at >= few_ratings_from) p) h
          left join (select l.tile, bit_or(l.bits) as bits from filter_tile_lengths(p_tiles, few_lengths, times, price_to) l group by l.tile) o using (tile)
          offset 0) t
    cross join lateral (select generate_series(0, 63) as b) g cross join lateral (select substring(t.bits from g.b * 64 + 1 for 64)::int8 as word offset 0) w
    where t.bits <> none and w.word <> 0;
    if blocks is not null or p_checked <> '{}' then
        rows := filter_rows_places(a, p_checked || block_seats(blocks, words), '{}', null, null, p_lengths, p_now);
        total := total + rows.total;
        tags := filter_sums(tags || rows.tags);
        numbers := numbers || rows.numbers;
    end if;
end $$;

-- exact: a count that is as large or larger is what there are at least; null: all are exact.
create or replace function filter_tally(a asked, p_people int[], p_lengths boolean, p_now timestamptz, out total int, out tags filter_count[], out numbers filter_count[], out exact int)
    language plpgsql stable
    as $$
declare
    people int[] := p_people;
    b asked;
    q record;
    tiles filter_tile[];
    checked int[];
    t record;
begin
    if people is null and a.length is null and not a.home and a.exact and a.wide is null and blocks_touched(coalesce(a.area, everywhere()), blocks_many() / 10) = blocks_many() / 10 then
        q := planes_asked(a);
        if a.area is not null then
            t := filter_planes(a, filter_tiles_around(a, q.tags, q.free, q.price, q.rating, p_now), tiles_checked(a, q.tags, null, null, p_now), q.free, q.price, p_lengths, p_now);
        elsif a.name is null then
            a.area := everywhere();
            tiles := filter_tiles_everywhere(a, q.tags, q.free, q.price, q.rating, p_now);
            if (select count(*) from (select from listing_changed limit filter_checked() + 1) c) + (select coalesce(sum(bit_count(x.late)), 0) from unnest(tiles) x) > filter_checked() then
                checked := '{}';
                exact := 0;
            else
                checked := tiles_checked(a, q.tags, null, null, p_now);
            end if;
            if (select coalesce(sum(bit_count(x.free & x.cheap & x.good & ~x.shared)), 0) from unnest(tiles) x) < filter_many() * 10 then
                t := filter_planes(a, tiles, checked, q.free, q.price, p_lengths, p_now);
            else
                t := filter_planes_many(a, tiles, checked, q.free, q.price, p_lengths, p_now);
                exact := coalesce(exact, filter_many());
            end if;
        end if;
    end if;
    if t is null then
        if people is null and a.area is null then
            -- whoever would be as asked with another price, length or time is counted there
            b := a;
            b.free := 0; b.price_most := 2147483647; b.rating_least := 0; b.length := null;
            select p.people into people from directory_people(b, p_now) p;
            exact := case when people is null and exists (select from listing l where l.shown offset walk_most()) then 0 end;
        end if;
        case when people is not null then t := filter_rows_people(a, people, p_lengths, p_now);
             when a.area is null then t := filter_rows_walk(a, null, p_lengths, p_now);
             when a.home then t := filter_rows_home(a, null, p_lengths, p_now);
             else t := filter_rows_near(a, null, p_lengths, p_now);
        end case;
    end if;
    total := t.total;
    tags := t.tags;
    numbers := t.numbers;
end $$;

create or replace function filter_kind(p_kind text, p_label text, p_one boolean, p_on int8, p_options text) returns text
    language sql stable parallel safe
    as $$
    select concat('{"kind":"', p_kind, '","label":', to_json(p_label), ',"one":', p_one::text, ',"some_on":', coalesce(nullif(p_on, 0)::text, 'null'), ',"options":[', p_options, ']}')
    $$;
comment on function filter_kind is 'one kind as JSON text; p_on: how many of it are chosen';

create or replace function filter_option(p_value text, p_label text, p_about text, p_count int8, p_on boolean, p_exact int) returns text
    language sql stable parallel safe
    as $$
    select concat('{"value":"', p_value, '","label":', to_json(p_label), ',"about":', coalesce(to_json(p_about)::text, 'null'), ',"count":', p_count, ',"said":"',
                  case when p_count < 1000 then p_count::text else to_char(p_count, 'FM9,999,999') end, case when p_count >= p_exact then '+' end, '","on":', p_on::text, '}')
    $$;
comment on function filter_option is 'one option as JSON text; p_exact: see filter_tally()';

-- How many of those who come to the place are as asked; where the clock has overtaken one of their rows, rows are counted as they are now.
do $make$
declare
    counted constant text := $f$
        select count(*) filter (where not z.shared) + count(distinct z.therapist_id) filter (where z.shared), bool_or(z.late) into n, late
        from (select l.shared, l.therapist_id, l.due <= p_now as late from %1$s, %2$s and (l.due <= p_now or %3$s)) z;$f$;
begin
    execute format($f$
create or replace function filter_home(a asked, p_now timestamptz) returns int
    language plpgsql stable as $body$
declare
    n int;
    late boolean;
begin
    if a.length is null then %1$s
    else %2$s
    end if;
    return case when late then (filter_rows_home(a, null, false, p_now)).total else n end;
end $body$;
grant execute on function filter_home to unknot_web$f$,
        format(counted, scan_asked(), scan_from('home', 'shown'), scan_fits(true)), format(counted, scan_asked(), scan_from('home', 'length'), scan_fits(true)));
end $make$;

create or replace function with_value(a asked, p_id int) returns asked
    language plpgsql stable
    as $$
begin
    a.ids := a.ids || p_id;
    return directory_asked_bits(a);
end $$;

-- Of each kind the options with somebody behind them, and what is ticked (p_chosen), as JSON text. What has no bit is counted by itself, and so are home
-- visits: they look for other places, those who come.
create or replace function filter_options(a asked, p_people int[], p_chosen int[], p_kinds text[], p_counts filter_count[], p_exact int, p_now timestamptz) returns table (kind text, said text)
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
        found := found || case when not b.home then directory_count(b) when p_people is null then filter_home(b, p_now) else (filter_rows_people(b, p_people, false, p_now)).total end;
    end loop;
    return query
        select k.kind, filter_kind(k.kind, k.label, k.one, o.chosen, o.options)
        from (select g.kind, count(*) filter (where g.chosen) as chosen, string_agg(filter_option(g.slug, g.label, nullif(g.about, ''), g.count, g.chosen, p_exact), ',') as options
              from (select g.kind, g.slug, g.label, g.about, g.id = any (p_chosen) as chosen, least(coalesce(found[array_position(sought, g.id)], c.n, 0), nullif(p_exact, 0)) as count
                    from tag g left join unnest(p_counts) c on c.at = g.bit
                    where g.kind = any (p_kinds) and g.retired_at is null order by g.kind, g.position, g.id) g
              where g.count > 0 or g.chosen group by g.kind) o join tag_kind k using (kind);
end $$;

-- The three that are no taxonomy, each counted as if another choice were made in it alone.
create or replace function filter_numbers(a asked, p_counts filter_count[], p_exact int) returns text[]
    language plpgsql stable
    as $$
begin
    return array(
        with counted as materialized (
            select * from unnest(p_counts) c
        ), step as (
            select 1 as position, 'length' as kind, 'Length of a visit' as label, v::real as at, v::text as value, v || ' minutes' as said, v = a.length as chosen,
                   (select sum(c.n) from counted c where c.kind = 'length' and c.at = v) as n from unnest(length_steps()) v
            union all
            select 2, 'price_max', 'Price', v, v::text, 'Up to ' || say_money(v * 100, currency_of(a.country)), v = a.price_max,
                   (select sum(c.n) from counted c where c.kind = 'price' and c.at <= v * 100) from unnest(price_steps(a.price_max)) v
            union all
            select 3, 'rating', 'Reviews', v, v::text, v || ' of 5 or more', v = a.rating, (select sum(c.n) from counted c where c.kind = 'rating' and c.at >= v * 10) from unnest(rating_steps()) v
        )
        select filter_kind(o.kind, o.label, true, count(*) filter (where o.chosen), string_agg(filter_option(o.value, o.said, null, o.n, o.chosen, p_exact), ',' order by o.at))
        from (select s.position, s.kind, s.label, s.at, s.value, s.said, coalesce(s.chosen, false) as chosen, least(coalesce(s.n, 0), nullif(p_exact, 0))::int8 as n from step s offset 0) o
        where o.n > 0 or o.chosen group by o.position, o.kind, o.label order by o.position);
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
    plain text[];
    alone text[];
    found_kinds text[];
    found_said text[];
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
        kinds := filter_numbers(a, tally.numbers, tally.exact);
        -- another choice takes the place of the one there is; and what is ticked that of what the words said
        select array_agg(x.kind) filter (where not replaced), array_agg(x.kind) filter (where replaced) into plain, alone
        from tag_kind x cross join lateral (select coalesce(x.one and x.kind = any (a.kinds) or x.kind = any (a.kinds[a.chosen + 1:]), false) as replaced) r
        where x.in_filters and x.stated_of <> 'person' and x.kind <> 'length';
        select array_agg(o.kind), array_agg(o.said) into found_kinds, found_said from filter_options(a, people, a.ids[:a.chosen], plain, tally.tags, tally.exact, now) o;
        foreach k in array coalesce(alone, '{}') loop
            b := a;
            b.ids := array(select i.id from unnest(a.ids, a.kinds) with ordinality i (id, kind, o) where i.kind <> k or not (select one from tag_kind where kind = k) and i.o <= a.chosen);
            b := directory_asked_bits(b);
            tally := filter_tally(b, people, false, now);
            select found_kinds || array_agg(o.kind), found_said || array_agg(o.said) into found_kinds, found_said from filter_options(b, people, a.ids[:a.chosen], array[k], tally.tags, tally.exact, now) o;
        end loop;
        kinds := kinds || array(select f.said from unnest(found_kinds, found_said) f (kind, said) join tag_kind x using (kind) order by x.position, x.kind);
    end if;
    return json_build_object('counted', somewhere, 'total', total, 'said', concat(case when beyond then 'more than ' end, case total when 0 then '0 therapists' else say_count(total) end), 'heading', directory_heading(a, total, beyond), 'results_href', '/therapists' || here,
        'filters_href', '/filters' || here, 'canonical', '/filters' || here,
        'hidden', (select coalesce(json_agg(json_build_object('name', n.name, 'value', n.value) order by n.o), '[]')
                   from (values (1, 'q', p_q), (2, 'near', p_near), (3, 'radius_km', p_radius::text), (4, 'when', p_when), (5, 'part', p_part), (6, 'from', p_from::text),
                                (7, 'to', p_to::text), (8, 'sort', p_sort)) n (o, name, value) where n.value is not null),
        'kinds', concat('[', array_to_string(kinds, ','), ']')::json);
end $$;

grant execute on function filter_many, filter_checked, everywhere, filter_people, length_steps, price_steps, rating_steps, filter_tile_lengths, filter_lengths, filter_planes, filter_sums, filter_few, filter_planes_many, filter_tally, filter_kind, filter_option,
    with_value, filter_options, filter_numbers, directory_filters to unknot_web;
