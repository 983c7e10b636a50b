-- What a circle holds, counted by tiles of 4,096 places (see listing_plane): which places of a tile fit is a few planes of bits joined, then its blocks of 64
-- are looked through. Of a block wholly within the circle all fit, on the rim each is asked for its place.

create or replace function blocks_many() returns int
    language sql immutable
    as $$ select 300 $$;
comment on function blocks_many is 'from so many blocks on they cost less than the rows in them';

create or replace function blocks_touched(p_area box, p_most int) returns int
    language plpgsql stable
    as $$
begin
    return (select count(*) from (select from listing_block b where b.area && p_area limit p_most) b);
end $$;
comment on function blocks_touched is 'how many blocks an area touches, counted up to p_most: the size of a circle for little';

-- What the questions below are asked with, as text: a function that asks them has a and p_now. across: the radius as a chord, as which all distances to blocks
-- are compared: whoever is within a block is no farther from its middle by chord than by way.
create or replace function tiles_given() returns text
    language sql immutable
    as $f$
    select $q$none constant bit(4096) := 0::bit(4096);
    all_of constant bit(4096) := ~none;
    now_second constant int8 := due_second(p_now);
    across constant float8 := 2 * sin(a.radius / 6371.0088 / 2);$q$
    $f$;

-- The tiles that a circle touches, as text: t.stated: who is as asked but for free times, t.late: of these whose rows the clock has overtaken, t.fit: of
-- the others who has free times as well. Whose planes are behind is in none of them.
-- Uses what tiles_given() declares, and tags, free, price and rating, see planes_asked().
create or replace function tiles_asked() returns text
    language sql immutable
    as $f$
    select $q$(
        select s.tile, s.shared_to, s.xs, s.ys, s.zs, s.reaches, s.stated, s.stated & s.overdue as late,
               case when free is null then s.stated & ~s.overdue else s.stated & ~s.overdue & coalesce((select bit_or(p.bits) from listing_plane p where p.tile = s.tile and p.kind = 'free' and p.at = any (free)), none) end as fit
        from (
            select t.tile, t.shared_to, t.xs, t.ys, t.zs, t.reaches,
                   coalesce((select bit_or(p.bits) from listing_plane p where p.tile = t.tile and p.kind = 'due' and p.at <= now_second), none) as overdue,
                   coalesce((select p.bits from listing_plane p where p.tile = t.tile and p.kind = 'shown' and p.at = 0), none) & ~c.dirty
                   & case when tags is null then all_of else (select case when count(*) = cardinality(tags) then bit_and(p.bits) else none end from listing_plane p where p.tile = t.tile and p.kind = 'tag' and p.at = any (tags)) end
                   & case when price is null then all_of else coalesce((select bit_or(p.bits) from listing_plane p where p.tile = t.tile and p.kind = 'price' and p.at <= price), none) end
                   & case when rating is null then all_of else coalesce((select bit_or(p.bits) from listing_plane p where p.tile = t.tile and p.kind = 'rating' and p.at >= rating), none) end as stated
            from listing_tile t
            cross join lateral (select coalesce((select bit_or(set_bit(none, c.pos, 1)) from listing_changed c where c.tile = t.tile), none) as dirty offset 0) c
            where t.area && a.area
            offset 0) s
        offset 0) t$q$
    $f$;

-- The same tiles with the blocks of each: t.inside: who fits in blocks wholly within the circle, t.rim: numbers of those partly within, t.shared: who has several
-- places. p_more: what else is known of each tile t; p_word: what can be told from that of a block u.b, which lies u.since to u.till from the middle of the
-- circle; p_all: of all blocks, with that as u.word.
create or replace function tiles_within(p_where text default 't.fit <> none', p_more text default '', p_word text default 'null', p_all text default '') returns text
    language sql immutable
    as $f$
    select $q$select t.*, t.fit & g.within as inside, g.*
        from (select t.*, coalesce((select p.bits from listing_plane p where p.tile = t.tile and p.kind = 'shared' and p.at = 0), none) as shared from $q$ || tiles_asked() || $q$ where $q$ || p_where || $q$ offset 0) t
        $q$ || p_more || $q$
        cross join lateral (
            select ('x' || string_agg(case when u.till <= across then 'ffffffffffffffff' else '0000000000000000' end, ''))::bit(4096) as within,
                   array_agg(u.b) filter (where u.till > across and u.since <= across) as rim$q$ || p_all || $q$
            from (
                select u.*, $q$ || p_word || $q$ as word
                from (select u.b, u.away - t.reaches[u.b + 1] as since, u.away + t.reaches[u.b + 1] as till
                      from (select u.b, sqrt(greatest(0, 2 - 2 * (t.xs[u.b + 1] * a.x + t.ys[u.b + 1] * a.y + t.zs[u.b + 1] * a.z))) as away
                            from (select generate_series(0, 63) as b) u offset 0) u offset 0) u
                offset 0) u
            offset 0) g
        offset 0$q$
    $f$;

-- Who of the word w.word of a block k on the rim is within the circle, as text.
create or replace function word_within() returns text
    language sql immutable
    as $f$
    select '(select coalesce(bit_or(1::int8 << (64 - s)), 0) from (select generate_series(1, 64) as s) x
                    where (w.word >> (64 - s)) & 1 = 1 and k.xs[s] * a.x + k.ys[s] * a.y + k.zs[s] * a.z >= a.cosine)'
    $f$;

-- Bits of a plane of the present tile that are those of block g.b, or another, as text.
create or replace function tile_word(p_plane text, p_block text default 'g.b') returns text
    language sql immutable
    as $f$ select format('substring(%s from %s * 64 + 1 for 64)::int8', p_plane, p_block) $f$;

-- Seats of the word p_word of block k as elements of its array p_of, up to p_most, as text.
create or replace function word_seats(p_word text, p_of text, p_most text) returns text
    language sql immutable
    as $f$ select format('(select array_agg(k.%2$s[s]) from (select generate_series(1, %3$s) as s) x where ((%1$s) >> (64 - s)) & 1 = 1)', p_word, p_of, p_most) $f$;

-- Which planes a question asks for; null: all places are as asked in this.
create or replace function planes_asked(a asked, out tags int8[], out free int8[], out price int8, out rating int8)
    language plpgsql stable
    as $$
declare
    words constant int8[] := array[a.t0, a.t1, a.t2, a.t3, a.t4, a.t5];
    d int;
begin
    for w in 1..6 loop
        continue when words[w] = 0;
        for b in 0..63 loop
            if (words[w] >> b) & 1 = 1 then
                tags := tags || (w * 64 - 64 + b)::int8;
            end if;
        end loop;
    end loop;
    if a.free <> 0 then
        for day in 0..a.last_day - a.first_day loop
            d := (a.first_day - date '2000-01-01' + day) % 21;
            if (a.free >> (d * 3)) & 7 = 7 then
                free := free || (64 + d)::int8;
            else
                for p in d * 3..d * 3 + 2 loop
                    if (a.free >> p) & 1 = 1 then
                        free := free || p::int8;
                    end if;
                end loop;
            end if;
        end loop;
    end if;
    price := case when a.price_most < 2147483647 then a.price_most end;
    -- stated to a tenth
    rating := case when a.rating_least > 0 then ceil(round((a.rating_least * 10)::numeric, 3)) end;
end $$;

-- Places around whose rows have to be asked themselves, since they changed or their due has come.
do $make$
begin
    execute format($f$
create or replace function tiles_checked(a asked, tags int8[], price int8, rating int8, p_now timestamptz) returns int[]
    language plpgsql stable
    as $body$
#variable_conflict use_variable
declare
    %4$s
    free constant int8[] := null;
    checked int[] := array(select c.location_id from listing_changed c where c.tile = any (array(select t.tile from listing_tile t where t.area && a.area)) or c.tile is null);
begin
    if not exists (select from listing_tile t join listing_plane p on p.tile = t.tile and p.kind = 'due' and p.at <= now_second where t.area && a.area) then
        return checked;
    end if;
    return checked || array(
        select u from (
            select %2$s as places
            from %1$s cross join lateral (select generate_series(0, 63) as b) g cross join lateral (select %3$s as word offset 0) w
            join lateral (select k.locations from listing_block k where k.block = t.tile * 64 + g.b offset 0) k on w.word <> 0
            where t.late <> none) x, unnest(x.places) u);
end $body$ $f$, tiles_asked(), word_seats('w.word', 'locations', '64'), tile_word('t.late'), tiles_given());
end $make$;

-- Who sits at the bits p_words of these blocks, in the order of the blocks.
do $make$
begin
    execute format($f$
create or replace function block_seats(p_blocks int[], p_words int8[]) returns int[]
    language plpgsql stable
    as $body$
begin
    return array(select x from (select %1$s as places from unnest(p_blocks, p_words) with ordinality w (block, word, n) join listing_block k on k.block = w.block order by w.n offset 0) b, unnest(b.places) x);
end $body$ $f$, word_seats('w.word', 'locations', '64'));
end $make$;

-- counted: how many therapists fit, but for those with several places who may be counted by a row as well: people. checked: places whose rows have to be asked
-- themselves. blocks, words: where who may come before p_bound (null: anybody) sits, and some more; lows, seats: the best of a block comes no earlier than its low,
-- and there are so many up to it. p_sort: best, nearest or price.
do $make$
declare
    metres constant text := 'greatest(0, u.since * 6371008.8 - 2)::int'; -- to where a block begins
begin
    execute format($f$
create or replace function directory_blocks(a asked, p_sort text, p_bound int8, p_now timestamptz,
                                            out counted int8, out people int[], out blocks int[], out words int8[], out lows int8[], out seats int[], out checked int[])
    language plpgsql stable set enable_memoize = off -- nothing comes twice
    as $body$
#variable_conflict use_variable
declare
    %1$s
    -- the circle of what may come before the bound
    near constant float8 := coalesce(((p_bound & 33554431) + 2) / 6371008.8, pi());
    bound constant int8 := coalesce(p_bound >> 25, 2147483647);
    today constant int := a.today - date '2000-01-01';
    tags int8[];
    free int8[];
    price int8;
    rating int8;
    most int; -- points that all may have, distance, merit and free time aside
    far int;  -- points of the distance
    soon int; -- points of a free time today
    doubted int[] := '{}';
begin
    select p.tags, p.free, p.price, p.rating into tags, free, price, rating from planes_asked(a) p;
    select k.distance, k.free, a.named::int * (k.named + k.training_for + k.technique) into far, soon, most from ranking() k;
    checked := array(select c.location_id from listing_changed c where c.tile = any (array(select t.tile from listing_tile t where t.area && a.area)) or c.tile is null);
    if checked <> '{}' then
        doubted := array(select l.therapist_id from listing l where l.location_id = any (checked) and l.shown and l.shared);
    end if;

    with tile as materialized (
        %2$s
    ), late as materialized (
        select k.locations, k.shared, k.owners, w.word, %3$s as several
        from tile t cross join lateral (select generate_series(0, 63) as b) g cross join lateral (select %4$s as word offset 0) w
        join lateral (select k.locations, k.shared, k.owners from listing_block k where k.block = t.tile * 64 + g.b offset 0) k on w.word <> 0
        where t.late <> none
        offset 0
    ), rim as materialized (
        select k.word & ~k.several as word, k.word & k.several as several, k.shared, k.owners
        from (
            select %3$s as several, k.shared, k.owners, %5$s as word
            from tile t cross join lateral unnest(t.rim) g (b) cross join lateral (select %6$s as word offset 0) w
            join lateral (select k.shared, k.owners, k.xs, k.ys, k.zs from listing_block k where k.block = t.tile * 64 + g.b offset 0) k on w.word <> 0
            offset 0) k
        offset 0
    ), person as materialized (
        select distinct k.owners[x.s] as owner
        from (
            select r.several as word, r.shared, r.owners from rim r where r.several <> 0
            union all
            select w.word, k.shared, k.owners
            from (select t.tile, t.shared_to, t.inside & t.shared as fit from tile t offset 0) t cross join lateral (select generate_series(0, t.shared_to) as b) g
            cross join lateral (select %6$s as word offset 0) w
            join lateral (select k.shared, k.owners from listing_block k where k.block = t.tile * 64 + g.b offset 0) k on w.word <> 0
            offset 0) k cross join lateral (select generate_series(1, k.shared) as s) x
        where (k.word >> (64 - x.s)) & 1 = 1
    ), doubt as materialized (
        select unnest(doubted) as owner union select unnest(%8$s) from late k where k.word & k.several <> 0
    )
    select (select coalesce(sum(bit_count(t.inside & ~t.shared)), 0) from tile t) + (select coalesce(sum(bit_count(r.word::bit(64))), 0) from rim r)
               + (select count(*) from person p where not exists (select from doubt d where d.owner = p.owner)),
           array(select p.owner from person p join doubt d on d.owner = p.owner),
           checked || array(select u from (select %9$s as places from late k) k, unnest(k.places) u),
           b.blocks, b.words, b.lows, b.seats
      into counted, people, checked, blocks, words, lows, seats
    from (select array_agg(x.block) as blocks, array_agg(x.word) as words, array_agg(x.low) as lows, array_agg(x.seats) as seats
          from (select t.tile * 64 + u.b as block, u.word, u.low, sum(bit_count(u.word::bit(64))) over (order by u.low, t.tile, u.b)::int as seats
                from tile t cross join lateral unnest(t.bests, t.words, t.lows) u (b, word, low) order by u.low, t.tile, u.b) x) b;
end $body$ $f$,
        tiles_given(),
        tiles_within('t.fit <> none or t.late <> none', $q$
        -- free: the points of the first free time that any of them has; spare: what a place may lack in merit, its distance aside
        cross join lateral (select case p_sort when 'best' then least(soon, soon - (
            select d from generate_series(-1, soon - 1) d
            where (select t.fit & p.bits from listing_plane p where p.tile = t.tile and p.kind = 'free' and p.at = 64 + (today + d) % 21) <> none limit 1)) end as free offset 0) f
        cross join lateral (select 99 - bound - most - coalesce(f.free, 0) as spare offset 0) l
        left join lateral (
            select array_agg(x.at::int order by x.at) as merits, array_agg(x.bits order by x.at) as planes
            from (select p.at, bit_or(p.bits) over (order by p.at desc) as bits from listing_plane p where p.tile = t.tile and p.kind = 'merit' and p.at > l.spare - far) x) m on p_sort = 'best'
        cross join lateral (
            select case p_sort when 'nearest' then t.fit
                               when 'price' then t.fit & coalesce((select bit_or(p.bits) from listing_plane p where p.tile = t.tile and p.kind = 'price' and p.at <= bound), none)
                               else t.fit & coalesce(m.planes[1], none) end as may,
                   case p_sort when 'price' then t.fit & coalesce((select p.bits from listing_plane p where p.tile = t.tile and p.kind = 'price' and p.at = bound), none) end as tied
            offset 0) c $q$,
            format($q$case when c.may = none or u.since > across then 0
                            when p_sort = 'best' then %1$s & %2$s
                            when u.since <= near then %1$s
                            when p_sort = 'price' then %3$s else 0 end $q$,
                   tile_word('c.may', 'u.b'), tile_word(format('m.planes[1 + width_bucket(l.spare - ranking_distance(%s, a.radius, far), m.merits)]', metres), 'u.b'), tile_word('c.may & ~c.tied', 'u.b')),
            format($q$,
                   array_agg(u.b) filter (where u.word <> 0) as bests, array_agg(u.word) filter (where u.word <> 0) as words,
                   array_agg(case p_sort when 'nearest' then %1$s
                                         when 'price' then case when u.word & ~%2$s = 0 then bound << 25 | %1$s else 0 end
                                         else (100 - most - coalesce(f.free, 0) - ranking_distance(%1$s, a.radius, far)
                                               - m.merits[cardinality(m.merits) - (u.word & %3$s = 0)::int])::int8 << 25 | %1$s end) filter (where u.word <> 0) as lows$q$,
                   metres, tile_word('c.tied', 'u.b'), tile_word('m.planes[cardinality(m.planes)]', 'u.b'))),
        tile_word('t.shared'), tile_word('t.late'), word_within(), tile_word('t.fit'),
        null, word_seats('k.word & k.several', 'owners', 'k.shared'), word_seats('k.word', 'locations', '64'));
end $make$;

grant execute on function blocks_many, blocks_touched, planes_asked, tiles_checked, block_seats, directory_blocks to unknot_web;
