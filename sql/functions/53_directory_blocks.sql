-- What a circle holds, counted by blocks of 64 (see listing_block): who is wholly within is counted by masks, on the rim each by its place.

create or replace function blocks_many() returns int
    language sql immutable
    as $$ select 130 $$;
comment on function blocks_many is 'from so many blocks on they cost less than the rows in them';
-- CPU in us of the backend for a page, rows/blocks in turn, minimum of 4 times 8, with a technique in the next 7 days, and of all:
--   blocks     best match               nearest                  lowest price
--     53       1784/2313  2190/2890     1784/2996  2175/4251     1767/2315  2061/2685
--    102       2900/3384  3670/3735     2906/3583  3829/4835     2808/3473  3389/4102
--    146       3723/3521  5279/4350     3672/4139  5446/6387     5106/6209  6300/7611
--    214       5784/5531  8532/6841     5526/5663  8731/8048     5320/7130  8581/10361
--    266       7284/5732  10311/7989    7205/6241  10729/8887    7874/9466  10772/12945
-- The nearest come from half as many again on, and the lowest price never: so many have the same that most rows are opened after all.

-- counted: who fits, is at one place and needs no look at the row. people: of whom with several places one fits, now and then twice. opened: places that fit
-- and may come before p_bound. checked: places whose rows have to be asked themselves, since they changed or their due has come. counted is null where
-- blocks do not answer. p_sort: best or nearest.
create or replace function directory_blocks(a asked, p_sort text, p_bound int8, p_now timestamptz, out counted int8, out people int[], out opened int[], out checked int[])
    language plpgsql stable
    as $$
#variable_conflict use_variable
declare
    angle constant float8 := a.radius / 6371.0088;
    bound_angle constant float8 := case when p_sort = 'nearest' then ((p_bound & 33554431) + 2) / 6371008.8 end;
    bound constant int := least(p_bound >> 25, 2147483647);
    many constant int := blocks_many() * case p_sort when 'nearest' then 3 else 2 end / 2;
    most int; -- points that are not the therapist's alone, but those of the distance
    far int;  -- points of the distance
    bit int[];
    day int[];
    changed int[];
begin
    if a.rating_least > 0 or many > (select count(*) from (select from listing_block b where b.area && a.area limit many) b) then
        return;
    end if;
    bit := array(select w.n * 64 + b + 1 from (values (0, a.t0), (1, a.t1), (2, a.t2), (3, a.t3), (4, a.t4), (5, a.t5)) w (n, word), generate_series(0, 63) b
                 where w.word <> 0 and (w.word >> b) & 1 = 1);
    day := array(select case when p = 3 then 64 + d else d * 3 + p + 1 end from generate_series(0, 20) d, generate_series(0, 3) p
                 where a.free <> 0 and case when (a.free >> (d * 3)) & 7 = 7 then p = 3 else p < 3 and (a.free >> (d * 3 + p)) & 1 = 1 end);
    changed := array(select c.block from listing_changed c where c.block is not null group by c.block order by c.block limit 20000);
    if cardinality(bit) > 4 or cardinality(day) > 14 or cardinality(changed) = 20000 then
        return;
    end if;
    select k.distance, k.free + a.named::int * (k.named + k.training_for + k.technique) into far, most from ranking() k;

    with near as materialized (
        select bit_count((m.fit & ~m.sharing)::bit(64)) as n, m.late, case when m.dirty <> 0 then m.block end as dirty,
               case when m.fit & m.sharing <> 0 then (select array_agg(m.owners[s]) from (select generate_series(1, m.shared) as s) x where (m.fit >> (s - 1)) & 1 = 1) end as people,
               case when m.fit & m.best <> 0 then (select array_agg(m.locations[s]) from (select generate_series(1, m.n) as s) x where ((m.fit & m.best) >> (s - 1)) & 1 = 1) end as opened
        from (
            select k.block, k.n, k.shared, k.owners, k.locations, k.sharing, k.dirty,
                   case when k.away + k.reach < angle or k.fit = 0 then k.fit
                        else (select coalesce(bit_or(1::int8 << (s - 1)), 0) from (select generate_series(1, k.n) as s) x
                              where (k.fit >> (s - 1)) & 1 = 1 and k.xs[s] * a.x + k.ys[s] * a.y + k.zs[s] * a.z >= a.cosine) end as fit,
                   case when k.late <> 0 then (select array_agg(k.locations[s]) from (select generate_series(1, k.n) as s) x where (k.late >> (s - 1)) & 1 = 1) end as late,
                   case when k.fit = 0 then 0
                        when p_sort = 'best' then coalesce(k.merit_masks[1 + width_bucket(99 - bound - most - ranking_distance(greatest(0, (k.away - k.reach) * 6371008.8 - 2)::int, a.radius, far), k.merits)], 0)
                        when k.away - k.reach > bound_angle then 0
                        else -1 end as best
            from (
                select j.block, j.n, j.shared, j.owners, j.locations, j.sharing, j.dirty, j.away, j.reach, j.xs, j.ys, j.zs, j.merits, j.merit_masks,
                       j.stated & ~j.dirty & j.late as late,
                       case when j.stated = 0 then 0 when day[1] is null then j.stated & ~j.dirty & ~j.late
                            else j.stated & ~j.dirty & ~j.late & (coalesce(j.free[day[1]], 0) | case when day[2] is null then 0 else
                                 j.free[day[2]] | coalesce(j.free[day[3]], 0) | coalesce(j.free[day[4]], 0) | coalesce(j.free[day[5]], 0) | coalesce(j.free[day[6]], 0) | coalesce(j.free[day[7]], 0)
                                 | case when day[8] is null then 0 else j.free[day[8]] | coalesce(j.free[day[9]], 0) | coalesce(j.free[day[10]], 0) | coalesce(j.free[day[11]], 0)
                                                                        | coalesce(j.free[day[12]], 0) | coalesce(j.free[day[13]], 0) | coalesce(j.free[day[14]], 0) end end) end as fit
                from (
                    select i.*, f.free, coalesce(f.due_masks[width_bucket(p_now, f.dues)], 0) as late,
                           case when i.shared > 63 then -1::int8 else ~(-1::int8 << i.shared) end as sharing,
                           case when i.n > 63 then -1::int8 else ~(-1::int8 << i.n) end
                           & case when bit[1] is null then -1 else i.tags[bit[1]] & case when bit[2] is null then -1 else i.tags[bit[2]] & coalesce(i.tags[bit[3]], -1) & coalesce(i.tags[bit[4]], -1) end end
                           & case when a.price_most = 2147483647 then -1 else coalesce(i.price_masks[width_bucket(a.price_most, i.prices)], 0) end as stated,
                           case when changed[width_bucket(i.block, changed)] = i.block then (
                               select coalesce(bit_or(1::int8 << (array_position(i.locations, c.location_id) - 1)), 0) from listing_changed c where c.block = i.block) else 0 end as dirty
                    from (select b.*, acos(least(1, b.x * a.x + b.y * a.y + b.z * a.z)) as away from listing_block b where b.area && a.area and b.n > 0 offset 0) i
                    cross join lateral (select f.free, f.dues, f.due_masks from listing_block_free f where f.block = i.block offset 0) f
                    where i.away - i.reach <= angle
                    offset 0) j
                offset 0) k
            offset 0) m
        offset 0
    )
    select coalesce(sum(n.n), 0), array(select u from near x, unnest(x.people) u), array(select u from near x, unnest(x.opened) u),
           array(select u from near x, unnest(x.late) u union select c.location_id from listing_changed c where c.block = any (array(select x.dirty from near x where x.dirty is not null)) or c.block is null)
      into counted, people, opened, checked
    from near n;
end $$;

grant execute on function blocks_many, directory_blocks to unknot_web;
