-- Blocks of listed places (see listing_block). A row of listing that changes is named in listing_changed in the same transaction, and search asks it
-- itself until the worker has folded it into its block. Names are added without a lock, so that neighbors never wait for each other.

-- The block that a row belongs to is read under the therapist's lock, and nobody gives it another without that lock.
create or replace function listing_marked() returns trigger
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    place constant int := coalesce(new.location_id, old.location_id);
    seat int;
    whole constant boolean := tg_op <> 'UPDATE'
        or (old.shown, old.shared, old.merit, old.price, old.therapist_id, old.tags0, old.tags1, old.tags2, old.tags3, old.tags4, old.tags5) is distinct from
           (new.shown, new.shared, new.merit, new.price, new.therapist_id, new.tags0, new.tags1, new.tags2, new.tags3, new.tags4, new.tags5);
begin
    if current_setting('app.blocks', true) = 'later' then
        return null; -- listing_blocks_make() comes next
    elsif not exists (select from listing_block) then
        return null; -- and when they are made, this row cannot be changing
    end if;
    select s.block into seat from listing_seat s where s.location_id = place;
    insert into listing_changed values (seat, place, whole);
    if seat is not null and (tg_op = 'INSERT' or tg_op = 'UPDATE' and not new.spot ~= old.spot) then
        insert into listing_changed values (null, place, true);
    end if;
    return null;
end $$;
create or replace trigger listing_marked_insert after insert on listing for each row when (new.shown) execute function listing_marked();
create or replace trigger listing_marked_update after update on listing for each row
    when ((old.shown or new.shown) and old.* *<> new.*)
    execute function listing_marked();
create or replace trigger listing_marked_delete after delete on listing for each row when (old.shown) execute function listing_marked();

-- What a visit changes of these blocks.
do $make$
begin
    execute format($f$
create or replace function listing_blocks_free(p_blocks int[]) returns void
    language plpgsql security definer set search_path = unknot, public, pg_temp set plan_cache_mode = force_generic_plan
    as $body$
begin
    with r as materialized (
        select b.block, l.free, l.due, (s.n - 1)::int as slot
        from listing_block b cross join lateral unnest(b.locations) with ordinality s (location_id, n) join listing l on l.location_id = s.location_id and l.shown
        where b.block = any (p_blocks)
    ), plane as materialized (
        select r.block, array[%1$s] as free from r group by r.block
    ), due as materialized (
        select d.block, array_agg(d.due order by d.due) as dues, array_agg(d.mask order by d.due) as masks
        from (select r.block, r.due, bit_or(bit_or(1::int8 << r.slot)) over (partition by r.block order by r.due) as mask from r group by r.block, r.due) d group by d.block
    )
    insert into listing_block_free as old
    select b, coalesce(p.free, '{}'), coalesce(d.dues, '{}'), coalesce(d.masks, '{}')
    from unnest(p_blocks) b left join plane p on p.block = b left join due d on d.block = b
    on conflict (block) do update set free = excluded.free, dues = excluded.dues, due_masks = excluded.due_masks;
end $body$ $f$,
        (select string_agg(case when k < 63 then format('bit_or(((r.free >> %s) & 1) << r.slot)', k)
                                else format('bit_or(case when r.free & %s::int8 <> 0 then 1::int8 else 0::int8 end << r.slot)', 7::int8 << (k - 63) * 3) end, ', ' order by k)
         from generate_series(0, 83) k));
    execute format($f$
create or replace function listing_blocks_write(p_blocks int[]) returns void
    language plpgsql security definer set search_path = unknot, public, pg_temp set plan_cache_mode = force_generic_plan
    as $body$
begin
    with r as materialized (
        select l.*, s.block, (row_number() over (partition by s.block order by l.shared desc, l.location_id))::int - 1 as slot
        from listing_seat s join listing l on l.location_id = s.location_id and l.shown where s.block = any (p_blocks)
    ), plane as materialized (
        select r.block, count(*) as n, count(*) filter (where r.shared) as shared, avg(r.x) as x, avg(r.y) as y, avg(r.z) as z,
               box(point(min(r.spot[0]), min(r.spot[1])), point(max(r.spot[0]), max(r.spot[1]))) as area, array_agg(r.location_id order by r.slot) as locations,
               array_agg(r.therapist_id order by r.slot) as owners, array_agg(r.x order by r.slot) as xs, array_agg(r.y order by r.slot) as ys, array_agg(r.z order by r.slot) as zs,
               array[%1$s] as tags
        from r group by r.block
    ), middle as materialized (
        select p.block, p.x / p.far as x, p.y / p.far as y, p.z / p.far as z from (select p.block, p.x, p.y, p.z, sqrt(p.x * p.x + p.y * p.y + p.z * p.z) as far from plane p) p
    ), reach as materialized (
        -- a meter more than it is: cosines of small angles are not that exact
        select m.block, max(acos(least(1, m.x * r.x + m.y * r.y + m.z * r.z))) + 2e-7 as reach from middle m join r on r.block = m.block group by m.block
    ), price as materialized (
        select d.block, array_agg(d.price order by d.price) as prices, array_agg(d.mask order by d.price) as masks
        from (select r.block, r.price, bit_or(bit_or(1::int8 << r.slot)) over (partition by r.block order by r.price) as mask from r group by r.block, r.price) d group by d.block
    ), merit as materialized (
        select d.block, array_agg(d.merit::int order by d.merit) as merits, array_agg(d.mask order by d.merit) as masks
        from (select r.block, r.merit, bit_or(bit_or(1::int8 << r.slot)) over (partition by r.block order by r.merit desc) as mask from r group by r.block, r.merit) d group by d.block
    )
    update listing_block b set n = coalesce(p.n, 0), shared = coalesce(p.shared, 0), x = coalesce(m.x, b.x), y = coalesce(m.y, b.y), z = coalesce(m.z, b.z), reach = coalesce(h.reach, 0),
        area = coalesce(p.area, b.area), locations = coalesce(p.locations, '{}'), owners = coalesce(p.owners, '{}'), xs = coalesce(p.xs, '{}'), ys = coalesce(p.ys, '{}'),
        zs = coalesce(p.zs, '{}'), tags = coalesce(p.tags, '{}'), prices = coalesce(c.prices, '{}'), price_masks = coalesce(c.masks, '{}'), merits = coalesce(t.merits, '{}'),
        merit_masks = coalesce(t.masks, '{}')
    from unnest(p_blocks) u left join plane p on p.block = u left join middle m on m.block = u left join reach h on h.block = u left join price c on c.block = u
    left join merit t on t.block = u where b.block = u;
    perform listing_blocks_free(p_blocks);
end $body$ $f$,
        (select string_agg(format('bit_or(((r.tags%s >> %s) & 1) << r.slot)', k / 64, k % 64), ', ' order by k) from generate_series(0, 383) k));
end $make$;
comment on function listing_blocks_write is 'these blocks anew, of the rows that have a seat in them';

-- A seat for a place that has none or has moved: in a block near by, or in a new one. Whom or what somebody else is changing waits for the next round.
create or replace function listing_seat_take(p_location int) returns void
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    therapist int := (select l.therapist_id from listing l where l.location_id = p_location and l.shown);
    spot point;
    seat int;
    near int;
begin
    if therapist is null then
        delete from listing_changed c where c.block is null and c.location_id = p_location; -- gone again
        return;
    end if;
    perform from listing_due d where d.therapist_id = therapist for update skip locked;
    if not found then
        return;
    end if;
    select s.block into seat from listing_seat s where s.location_id = p_location;
    perform from listing_block b where b.block = seat for update skip locked;
    if seat is not null and not found then
        return;
    end if;
    select l.spot into spot from listing l where l.location_id = p_location and l.shown;
    if not found then
        return;
    end if;
    for near in select b.block from listing_block b where b.area && box(spot + point(-0.05, -0.05), spot + point(0.05, 0.05)) order by b.area <-> spot limit 4 loop
        perform from listing_block b where b.block = near for update skip locked;
        if not found or (select count(*) from listing_seat s where s.block = near and s.location_id <> p_location) > 63 then
            near := null;
        end if;
        exit when near is not null;
    end loop;
    if near is null then
        insert into listing_block (area) values (box(spot, spot)) returning block into near;
    end if;
    delete from listing_changed c where c.location_id = p_location;
    insert into listing_seat values (p_location, near) on conflict (location_id) do update set block = excluded.block;
    perform listing_blocks_write(array(select distinct b from unnest(array[near, seat]) b where b is not null));
end $$;

-- What has changed goes into the blocks, of up to p_limit of them; the worker calls this. What is taken out of listing_changed is taken out first: what
-- changes afterwards is named there again. A block with a place that has moved waits until that has its new seat. The first time
-- all blocks are made. Answers how many blocks were made.
create or replace function listing_fold(p_limit int) returns int
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    moved int[] := array(select distinct c.location_id from listing_changed c where c.block is null limit p_limit);
    blocks int[];
    whole int[];
begin
    if not exists (select from listing_block) then
        return listing_blocks_begin(); -- all or none: some places in blocks and some not would be miscounted
    end if;
    perform listing_seat_take(x) from unnest(moved) x;
    blocks := array(
        select b.block from listing_block b
        where b.block = any (array(select c.block from listing_changed c where c.block is not null group by c.block
                                   except select s.block from listing_changed c join listing_seat s on s.location_id = c.location_id where c.block is null limit p_limit))
        for update skip locked);
    with gone as (delete from listing_changed c where c.block = any (blocks) returning c.block, c.whole)
    select array_agg(distinct g.block) into whole from gone g where g.whole;
    delete from listing_seat s where s.block = any (whole) and not exists (select from location l where l.id = s.location_id);
    perform listing_blocks_write(whole) where whole is not null;
    blocks := array(select b from unnest(blocks) b where b <> all (coalesce(whole, '{}')));
    perform listing_blocks_free(blocks) where blocks <> '{}';
    return cardinality(moved) + cardinality(blocks) + coalesce(cardinality(whole), 0);
end $$;

-- All blocks anew, in geographic order and with room for some more in each; nobody may be changing the listing.
create or replace function listing_blocks_make() returns int
    language plpgsql security definer set search_path = unknot, public, pg_temp set work_mem = '128MB'
    as $$
declare
    most int;
begin
    lock table listing in share mode;
    delete from listing_changed;
    delete from listing_seat;
    delete from listing_block;
    insert into listing_seat
    select x.location_id, x.n / 56 + 1
    from (select l.location_id, row_number() over (order by map_order(degrees(asin(l.z)), degrees(atan2(l.y, l.x))), l.location_id) - 1 as n from listing l where l.shown) x;
    insert into listing_block (block, area) select s.block, box(point(0, 0), point(0, 0)) from listing_seat s group by s.block;
    select coalesce(max(b.block), 0) into most from listing_block b;
    perform setval(pg_get_serial_sequence('listing_block', 'block'), most + 1);
    analyze listing_seat, listing_block;
    perform listing_blocks_write(array(select generate_series(n, least(n + 99, most)))) from generate_series(1, most, 100) n;
    analyze listing_block, listing_block_free, listing_changed;
    return most;
end $$;

-- The first blocks, once there are so many places that a search can need them. Answers how many were made.
create or replace function listing_blocks_begin() returns int
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
begin
    return case when exists (select from listing l where l.shown offset blocks_many() * 64) and not exists (select from listing_block) then listing_blocks_make() else 0 end;
end $$;

-- How blocks differ from the rows of these therapists, but for what is named as changed.
create or replace function listing_block_differences(p_therapists int[]) returns table (therapist_id int, location_id int, class smallint, what text)
    language plpgsql stable set plan_cache_mode = force_generic_plan
    as $$
#variable_conflict use_column
begin
    return query
    select l.therapist_id, l.location_id, l.class, 'in no block'
    from listing l left join listing_seat s on s.location_id = l.location_id
    where l.therapist_id = any (p_therapists) and l.shown and exists (select from listing_block)
      and not exists (select from listing_changed c where c.location_id = l.location_id)
      and not exists (select from listing_block b where b.block = s.block and l.location_id = any (b.locations))
    union all
    select l.therapist_id, l.location_id, l.class, 'otherwise in its block'
    from listing l join listing_seat s on s.location_id = l.location_id join listing_block b on b.block = s.block join listing_block_free f on f.block = b.block
    cross join lateral (select array_position(b.locations, l.location_id) as n offset 0) p
    where l.therapist_id = any (p_therapists) and l.shown and p.n is not null and not exists (select from listing_changed c where c.location_id = l.location_id)
      and ((b.owners[p.n], p.n <= b.shared, b.xs[p.n], b.ys[p.n], b.zs[p.n]) is distinct from (l.therapist_id, l.shared, l.x, l.y, l.z) or not l.spot <@ b.area
           or acos(least(1, b.x * l.x + b.y * l.y + b.z * l.z)) > b.reach
           or array(select (b.tags[k + 1] >> (p.n - 1)) & 1 from generate_series(0, 383) k)
              <> array(select ((array[l.tags0, l.tags1, l.tags2, l.tags3, l.tags4, l.tags5])[k / 64 + 1] >> (k % 64)) & 1 from generate_series(0, 383) k)
           or array(select (f.free[k + 1] >> (p.n - 1)) & 1 from generate_series(0, 62) k) <> array(select (l.free >> k) & 1 from generate_series(0, 62) k)
           or (b.price_masks[array_position(b.prices, l.price)] >> (p.n - 1)) & 1 is distinct from 1 or (b.price_masks[array_position(b.prices, l.price) - 1] >> (p.n - 1)) & 1 = 1
           or (b.merit_masks[array_position(b.merits, l.merit::int)] >> (p.n - 1)) & 1 is distinct from 1 or (b.merit_masks[array_position(b.merits, l.merit::int) + 1] >> (p.n - 1)) & 1 = 1
           or (f.due_masks[array_position(f.dues, l.due)] >> (p.n - 1)) & 1 is distinct from 1 or (f.due_masks[array_position(f.dues, l.due) - 1] >> (p.n - 1)) & 1 = 1);
end $$;

grant execute on function listing_fold to unknot_worker;
