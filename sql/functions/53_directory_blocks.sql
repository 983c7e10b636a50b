-- What a circle holds, counted by tiles of 4,096 places (see listing_plane): which places of a tile fit is a few planes of bits joined, then its blocks of 64
-- are looked through. Of a block wholly within the circle all fit, on the rim each is asked for its place.

create or replace function blocks_many() returns int
    language sql immutable
    as $$ select 200 $$;
comment on function blocks_many is 'from so many blocks on they cost less than the rows in them';

create or replace function blocks_touched(p_area box, p_many int) returns boolean
    language plpgsql stable
    as $$
begin
    return p_many = (select count(*) from (select from listing_block b where b.area && p_area limit p_many) b);
end $$;

-- What the questions below are asked with, as text: a function that asks them has a and p_now.
create or replace function tiles_given() returns text
    language sql immutable
    as $f$
    select $q$none constant bit(4096) := 0::bit(4096);
    all_of constant bit(4096) := ~none;
    now_second constant int8 := due_second(p_now);
    angle constant float8 := a.radius / 6371.0088;
    cosine constant float8 := cos(angle);
    sine constant float8 := sin(angle);$q$
    $f$;

-- The tiles that a circle touches, as text: t.stated: who is as asked but for free times, t.late: of these whose rows the clock has overtaken, t.fit: of
-- the others who has free times as well. Whose planes are behind is in none of them.
-- Uses what tiles_given() declares, and tags, free, price and rating, see planes_asked().
create or replace function tiles_asked() returns text
    language sql immutable
    as $f$
    select $q$(
        select s.tile, s.shared_to, s.xs, s.ys, s.zs, s.reaches, s.cosines, s.sines, s.stated, s.stated & s.overdue as late,
               case when free is null then s.stated & ~s.overdue else s.stated & ~s.overdue & coalesce((select bit_or(p.bits) from listing_plane p where p.tile = s.tile and p.kind = 'free' and p.at = any (free)), none) end as fit
        from (
            select t.tile, t.shared_to, t.xs, t.ys, t.zs, t.reaches, t.cosines, t.sines,
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
-- places.
create or replace function tiles_within() returns text
    language sql immutable
    as $f$
    select $q$select t.*, t.fit & g.within as inside, g.rim, coalesce((select p.bits from listing_plane p where p.tile = t.tile and p.kind = 'shared' and p.at = 0), none) as shared
        from $q$ || tiles_asked() || $q$
        cross join lateral (
            select ('x' || string_agg(case when d.away >= cosine * u.c + sine * u.s and u.reach < angle then 'ffffffffffffffff' else '0000000000000000' end, ''))::bit(4096) as within,
                   array_agg(u.n::int - 1) filter (where (d.away < cosine * u.c + sine * u.s or u.reach >= angle) and d.away >= cosine * u.c - sine * u.s) as rim
            from unnest(t.xs, t.ys, t.zs, t.reaches, t.cosines, t.sines) with ordinality u (x, y, z, reach, c, s, n)
            cross join lateral (select u.x * a.x + u.y * a.y + u.z * a.z as away offset 0) d
            offset 0) g
        where t.fit <> none
        offset 0$q$
    $f$;

-- Who of the word w.word of a block k on the rim is within the circle, as text.
create or replace function word_within() returns text
    language sql immutable
    as $f$
    select '(select coalesce(bit_or(1::int8 << (64 - s)), 0) from (select generate_series(1, 64) as s) x
                    where (w.word >> (64 - s)) & 1 = 1 and k.xs[s] * a.x + k.ys[s] * a.y + k.zs[s] * a.z >= a.cosine)'
    $f$;

-- Bits of a plane of the present tile that are those of block g.b, as text.
create or replace function tile_word(p_plane text) returns text
    language sql immutable
    as $f$ select format('substring(%s from g.b * 64 + 1 for 64)::int8', p_plane) $f$;

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

-- counted: who fits, is at one place and needs no look at the row. people: of whom with several places one fits, now and then twice. opened: places that fit
-- and may come before p_bound, and some more. checked: places whose rows have to be asked themselves. counted is null where blocks do not answer. p_sort: best, nearest or price.
do $make$
begin
    execute format($f$
create or replace function directory_blocks(a asked, p_sort text, p_bound int8, p_now timestamptz, out counted int8, out people int[], out opened int[], out checked int[])
    language plpgsql stable
    as $body$
#variable_conflict use_variable
declare
    %10$s
    -- the circle of what may come before the bound
    near_cosine constant float8 := cos(((p_bound & 33554431) + 2) / 6371008.8);
    near_sine constant float8 := sin(((p_bound & 33554431) + 2) / 6371008.8);
    bound constant int8 := p_bound >> 25;
    tags int8[];
    free int8[];
    price int8;
    rating int8;
    spare int; -- what a place may lack in merit, its distance aside
    far int;   -- points of the distance
begin
    if not blocks_touched(a.area, blocks_many()) then
        return;
    end if;
    select p.tags, p.free, p.price, p.rating into tags, free, price, rating from planes_asked(a) p;
    select k.distance, 99 - least(bound, 2147483647) - k.free - a.named::int * (k.named + k.training_for + k.technique) into far, spare from ranking() k;

    with tile as materialized (
        %1$s
    ), rim as materialized (
        select k.word & ~k.shared as word, case when k.word & k.shared <> 0 then %2$s end as people
        from (
            select %3$s as shared, k.several, k.owners,
                   %9$s as word
            from tile t cross join lateral unnest(t.rim) g (b) cross join lateral (select %4$s as word offset 0) w
            join lateral (select k.shared as several, k.owners, k.xs, k.ys, k.zs from listing_block k where k.block = t.tile * 64 + g.b offset 0) k on w.word <> 0
            offset 0) k
        offset 0
    ), several as materialized (
        select %5$s as people
        from (select t.tile, t.shared_to, t.inside & t.shared as fit from tile t offset 0) t cross join lateral (select generate_series(0, t.shared_to) as b) g
        cross join lateral (select %4$s as word offset 0) w
        join lateral (select k.shared as several, k.owners from listing_block k where k.block = t.tile * 64 + g.b offset 0) k on w.word <> 0
        offset 0
    ), best as materialized (
        select %6$s as opened
        from (
            select t.*, case p_sort when 'nearest' then t.fit
                                    when 'price' then t.fit & coalesce((select bit_or(p.bits) from listing_plane p where p.tile = t.tile and p.kind = 'price' and p.at <= bound), none)
                                    else t.fit & coalesce((select bit_or(p.bits) from listing_plane p where p.tile = t.tile and p.kind = 'merit' and p.at > spare - far), none) end as may,
                   case p_sort when 'price' then t.fit & coalesce((select p.bits from listing_plane p where p.tile = t.tile and p.kind = 'price' and p.at = bound), none) end as tied
            from tile t
            offset 0) t
        left join lateral (
            select array_agg(x.at::int order by x.at) as merits, array_agg(x.bits order by x.at) as planes
            from (select p.at, bit_or(p.bits) over (order by p.at desc) as bits from listing_plane p where p.tile = t.tile and p.kind = 'merit' and p.at > spare - far) x) m on p_sort = 'best'
        cross join lateral unnest(t.xs, t.ys, t.zs, t.reaches, t.cosines, t.sines) with ordinality u (x, y, z, reach, c, s, n)
        cross join lateral (select u.n::int - 1 as b, u.x * a.x + u.y * a.y + u.z * a.z as away offset 0) g
        cross join lateral (
            select case p_sort when 'nearest' then case when g.away >= near_cosine * u.c - near_sine * u.s then %4$s else 0 end
                               when 'price' then case when g.away >= near_cosine * u.c - near_sine * u.s then %7$s else %7$s & ~%8$s end
                               else coalesce(%4$s & substring(m.planes[1 + width_bucket(spare - ranking_distance(greatest(0, (acos(least(1, g.away)) - u.reach) * 6371008.8 - 2)::int, a.radius, far), m.merits)]
                                                              from g.b * 64 + 1 for 64)::int8, 0) end as word
            offset 0) w
        join lateral (select k.locations from listing_block k where k.block = t.tile * 64 + g.b offset 0) k on w.word <> 0
        where t.may <> none and g.away >= cosine * u.c - sine * u.s
        offset 0
    )
    select (select coalesce(sum(bit_count(t.inside & ~t.shared)), 0) from tile t) + (select coalesce(sum(bit_count(r.word::bit(64))), 0) from rim r),
           array(select u from (select r.people from rim r union all select s.people from several s) s, unnest(s.people) u),
           array(select u from best b, unnest(b.opened) u)
      into counted, people, opened;

    checked := tiles_checked(a, tags, price, rating, p_now);
end $body$ $f$, tiles_within(), word_seats('k.word & k.shared', 'owners', 'k.several'), tile_word('t.shared'), tile_word('t.fit'), word_seats('w.word', 'owners', 'k.several'),
        word_seats('w.word', 'locations', '64'), tile_word('t.may'), tile_word('t.tied'), word_within(), tiles_given());
end $make$;

grant execute on function blocks_many, blocks_touched, planes_asked, tiles_checked, directory_blocks to unknot_web;
