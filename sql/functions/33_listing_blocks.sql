-- Blocks and tiles of listed places, and what is true of them in planes of bits (see listing_plane). A row of listing that changes is named in listing_changed
-- in the same transaction, and search asks it itself until the worker has folded it into the planes. Names are added without a lock, so that neighbors never
-- wait for each other.

-- The seat of a place is read under the therapist's lock, and nobody gives it another without that lock, or while anybody reads seats.
create or replace function listing_marked() returns trigger
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    place constant int := coalesce(new.location_id, old.location_id);
    seat listing_seat;
    whole constant boolean := tg_op <> 'UPDATE'
        or (old.shown, old.shared, old.merit, old.price, old.rating, old.therapist_id, old.tags0, old.tags1, old.tags2, old.tags3, old.tags4, old.tags5) is distinct from
           (new.shown, new.shared, new.merit, new.price, new.rating, new.therapist_id, new.tags0, new.tags1, new.tags2, new.tags3, new.tags4, new.tags5);
    moved constant boolean := tg_op = 'INSERT' and new.shown or tg_op = 'UPDATE' and not new.spot ~= old.spot;
begin
    if current_setting('app.blocks', true) = 'later' then
        return null; -- listing_blocks_make() comes next
    elsif not exists (select from listing_tile) then
        return null; -- and when they are made, this row cannot be changing
    elsif not whole and not moved and new.free = old.free and new.due = old.due then
        return null; -- planes say nothing else of it
    end if;
    select * into seat from listing_seat s where s.location_id = place;
    insert into listing_changed values (seat.tile, seat.pos, place, new.class, case when not whole then old.free # new.free end, not whole and new.due <> old.due);
    if seat.tile is not null and moved then
        insert into listing_changed values (null, null, place);
    end if;
    return null;
end $$;
create or replace trigger listing_marked_insert after insert on listing for each row execute function listing_marked();
create or replace trigger listing_marked_update after update on listing for each row when (old.* *<> new.*) execute function listing_marked();
create or replace trigger listing_marked_delete after delete on listing for each row execute function listing_marked();

create or replace function due_second(p_due timestamptz) returns int8
    language sql stable parallel safe -- as date_part() of a moment is said to be: what is called steadier than its parts is not inlined
    as $$ select floor(greatest(-1e12, least(1e12, date_part('epoch', p_due))))::int8 $$;

-- What is true of these places goes into their planes, and what no longer is comes out. A place is as its row that is shown; of its other lengths planes know
-- price and free times, and its due is the earliest of all. First the places of a block come together in words of 64 bits, then the words of a tile in its planes.
do $make$
declare
    free constant text := (select string_agg(case when k < 63 then format('bit_or(((r.free >> %s) & 1) << r.shift)', k) when k = 63 then '0'
                                                  else format('bit_or(case when r.free & %s::int8 <> 0 then r.one else 0::int8 end)', 7::int8 << (k - 64) * 3) end, ', ' order by k)
                           from generate_series(0, 84) k);
    tags constant text := (select string_agg(format('bit_or(((r.tags%s >> %s) & 1) << r.shift)', k / 64, k % 64), ', ' order by k) from generate_series(0, 383) k);
begin
    execute format($f$
create or replace function listing_planes_write(p_places int[]) returns void
    language plpgsql security definer set search_path = unknot, public, pg_temp set plan_cache_mode = force_generic_plan
    as $body$
declare
    none constant bit(4096) := 0::bit(4096);
begin
    with place as materialized (
        select s.location_id, s.tile, s.pos >> 6 as b, 1::int8 << (63 - (s.pos & 63)) as one, 63 - (s.pos & 63) as shift from listing_seat s where s.location_id = any (p_places)
    ), touched as materialized (
        select w.tile, bit_or(w.word::bit(64)::bit(4096) >> (w.b * 64)) as bits from (select p.tile, p.b, bit_or(p.one) as word from place p group by p.tile, p.b) w group by w.tile
    ), every as materialized (
        select p.tile, p.b, p.one, p.shift, l.shown, l.class, l.shared, l.merit, l.price, l.rating, l.free, l.due, l.tags0, l.tags1, l.tags2, l.tags3, l.tags4, l.tags5
        from place p join listing l on l.location_id = p.location_id
    ), r as materialized (
        select * from every e where e.shown
    ), word as materialized (
        select w.tile, w.b, case when w.length is null then 'free' else 'length_free' end::plane_kind as kind, coalesce(w.length::int8 << 8, 0) + u.n - 1 as at, u.word
        from (select r.tile, r.b, r.length, array[%1$s] as words from (select e.*, case when not e.shown then e.class end as length from every e) r group by r.tile, r.b, r.length) w
        cross join lateral unnest(w.words) with ordinality u (word, n) where u.word <> 0
        union all
        select d.tile, d.b, 'due', d.due, bit_or(d.one) from (select e.tile, e.b, e.one, min(due_second(e.due)) as due from every e group by e.tile, e.b, e.one) d group by d.tile, d.b, d.due
        union all
        select w.tile, w.b, 'tag', u.n - 1, u.word
        from (select r.tile, r.b, array[%2$s] as words from r group by r.tile, r.b) w cross join lateral unnest(w.words) with ordinality u (word, n) where u.word <> 0
        union all select r.tile, r.b, 'shown', 0, bit_or(r.one) from r group by r.tile, r.b
        union all select r.tile, r.b, 'shared', 0, bit_or(r.one) from r where r.shared group by r.tile, r.b
        union all select r.tile, r.b, 'price', r.price, bit_or(r.one) from r group by r.tile, r.b, r.price
        union all select r.tile, r.b, 'rating', (r.rating * 10)::int8, bit_or(r.one) from r where r.rating > 0 group by r.tile, r.b, r.rating
        union all select r.tile, r.b, 'merit', r.merit, bit_or(r.one) from r group by r.tile, r.b, r.merit
        union all select r.tile, r.b, 'length', r.class, bit_or(r.one) from r where r.class > 0 group by r.tile, r.b, r.class
        union all select e.tile, e.b, 'length_price', e.class::int8 << 32 | e.price, bit_or(e.one) from every e where not e.shown group by e.tile, e.b, e.class, e.price
    ), fact as (
        select w.tile, w.kind, w.at, bit_or(w.word::bit(64)::bit(4096) >> (w.b * 64)) as bits from word w group by w.tile, w.kind, w.at
    ), had as (
        select p.tile, p.kind, p.at, p.bits, t.bits as touched from touched t join listing_plane p on p.tile = t.tile
    )
    insert into listing_plane
    select tile, kind, at, coalesce(h.bits & ~h.touched, none) | coalesce(f.bits, none) from had h full join fact f using (tile, kind, at)
    where coalesce(h.bits & h.touched, none) <> coalesce(f.bits, none)
    order by tile, kind, at -- as they are read: a tile's planes of a kind lie together
    on conflict (tile, kind, at) do update set bits = excluded.bits;
    delete from listing_plane p where p.tile = any (array(select s.tile from listing_seat s where s.location_id = any (p_places))) and p.bits = none;
end $body$ $f$, free, tags);
end $make$;

-- The same by the bits of listing.free that changed: a visit changes few, and who is only late none.
create or replace function listing_planes_free(p_changed listing_changed[]) returns void
    language plpgsql security definer set search_path = unknot, public, pg_temp set plan_cache_mode = force_generic_plan
    as $$
declare
    none constant bit(4096) := 0::bit(4096);
    dues constant int[] := array(select distinct c.location_id from unnest(p_changed) c where c.due);
begin
    with one as materialized (
        select s.tile, s.pos, case when l.shown then 'free' else 'length_free' end::plane_kind as kind, case when l.shown then 0 else l.class::int8 << 8 end as class, l.free, c.free as changed
        from (select u.location_id, u.class, bit_or(u.free) as free from unnest(p_changed) u group by u.location_id, u.class) c
        join listing l on l.location_id = c.location_id and l.class = c.class join listing_seat s on s.location_id = c.location_id
    ), fact as materialized (
        select x.tile, x.kind, x.at, bit_or(set_bit(none, x.pos, 1)) as touched, bit_or(set_bit(none, x.pos, x.holds::int)) as bits
        from (
            select o.tile, o.pos, o.kind, o.class + k as at, (o.free >> k) & 1 = 1 as holds from one o cross join generate_series(0, 62) k where (o.changed >> k) & 1 = 1
            union all
            select o.tile, o.pos, o.kind, o.class + 64 + d.n, o.free & d.bits <> 0 from one o cross join (select n, 7::int8 << n * 3 as bits from generate_series(0, 20) n) d where o.changed & d.bits <> 0) x
        group by x.tile, x.kind, x.at
    )
    insert into listing_plane
    select f.tile, f.kind, f.at, h.bits & ~f.touched | f.bits
    from fact f cross join lateral (select coalesce((select p.bits from listing_plane p where p.tile = f.tile and p.kind = f.kind and p.at = f.at), none) as bits offset 0) h
    where h.bits & f.touched <> f.bits
    on conflict (tile, kind, at) do update set bits = excluded.bits;

    with place as materialized (
        select s.tile, s.pos, (select min(due_second(l.due)) from listing l where l.location_id = s.location_id) as due from listing_seat s where s.location_id = any (dues)
    ), touched as materialized (
        select p.tile, bit_or(set_bit(none, p.pos, 1)) as bits from place p group by p.tile
    ), fact as (
        select p.tile, p.due as at, bit_or(set_bit(none, p.pos, 1)) as bits from place p where p.due is not null group by p.tile, p.due
    ), had as (
        select p.tile, p.at, p.bits, t.bits as touched from touched t join listing_plane p on p.tile = t.tile and p.kind = 'due'
    )
    insert into listing_plane
    select tile, 'due', at, coalesce(h.bits & ~h.touched, none) | coalesce(f.bits, none) from had h full join fact f using (tile, at)
    where coalesce(h.bits & h.touched, none) <> coalesce(f.bits, none)
    on conflict (tile, kind, at) do update set bits = excluded.bits;
    delete from listing_plane p where p.tile = any (array(select distinct s.tile from listing_seat s where s.location_id = any (dues))) and p.kind = 'due' and p.bits = none;
end $$;

-- These blocks as their places are now. Answers which were otherwise. A place that is not listed is nowhere: no circle is so wide.
create or replace function listing_blocks_write(p_blocks int[]) returns int[]
    language plpgsql security definer set search_path = unknot, public, pg_temp set plan_cache_mode = force_generic_plan
    as $$
declare
    changed int[];
begin
    with r as materialized (
        select b.block, s.n, l.therapist_id, l.shared, l.x, l.y, l.z, l.spot
        from listing_block b cross join lateral unnest(b.locations) with ordinality s (location_id, n) left join listing l on l.location_id = s.location_id and l.shown
        where b.block = any (p_blocks)
    ), made as (
        select r.block, coalesce(max(r.n) filter (where r.shared), 0)::smallint as shared, array_agg(coalesce(r.therapist_id, 0) order by r.n) as owners,
               array_agg(coalesce(r.x, 0) order by r.n) as xs, array_agg(coalesce(r.y, 0) order by r.n) as ys, array_agg(coalesce(r.z, 0) order by r.n) as zs,
               box(point(min(r.spot[0]), min(r.spot[1])), point(max(r.spot[0]), max(r.spot[1]))) as area
        from r group by r.block
    ), written as (
        update listing_block b set shared = m.shared, owners = m.owners, xs = m.xs, ys = m.ys, zs = m.zs, area = coalesce(m.area, b.area)
        from made m where m.block = b.block and (b.shared, b.owners, b.xs, b.ys, b.zs) is distinct from (m.shared, m.owners, m.xs, m.ys, m.zs)
        returning b.block
    )
    select array_agg(w.block) into changed from written w;
    return changed;
end $$;

-- Where the blocks of these tiles lie.
create or replace function listing_tiles_write(p_tiles int[]) returns void
    language plpgsql security definer set search_path = unknot, public, pg_temp set plan_cache_mode = force_generic_plan
    as $$
begin
    with place as materialized (
        select b.block, u.x, u.y, u.z from unnest(p_tiles) t join listing_block b on b.block between t * 64 and t * 64 + 63
        cross join lateral unnest(b.owners, b.xs, b.ys, b.zs) u (owner, x, y, z) where u.owner <> 0
    ), middle as materialized (
        select m.block, m.x / m.far as x, m.y / m.far as y, m.z / m.far as z
        from (select m.*, sqrt(m.x * m.x + m.y * m.y + m.z * m.z) as far from (select p.block, sum(p.x) as x, sum(p.y) as y, sum(p.z) as z from place p group by p.block) m) m where m.far > 0
    ), reach as (
        -- a meter more than it is: cosines of small angles are not that exact
        select m.block, m.x, m.y, m.z, max(acos(least(1, m.x * p.x + m.y * p.y + m.z * p.z))) + 2e-7 as reach from middle m join place p on p.block = m.block group by m.block, m.x, m.y, m.z
    ), tile as (
        select t, box(point(min(least((b.area[0])[0], (b.area[1])[0])), min(least((b.area[0])[1], (b.area[1])[1]))),
                      point(max(greatest((b.area[0])[0], (b.area[1])[0])), max(greatest((b.area[0])[1], (b.area[1])[1])))) as area,
               array_agg(coalesce(r.x, 0) order by n) as xs, array_agg(coalesce(r.y, 0) order by n) as ys, array_agg(coalesce(r.z, 0) order by n) as zs,
               array_agg(coalesce(r.reach, 0) order by n) as reaches, coalesce(max(n) filter (where b.shared > 0), -1)::smallint as shared_to
        from unnest(p_tiles) t cross join generate_series(0, 63) n left join listing_block b on b.block = t * 64 + n left join reach r on r.block = b.block group by t
    )
    insert into listing_tile (tile, area, shared_to, xs, ys, zs, reaches)
    select t.t, t.area, t.shared_to, t.xs, t.ys, t.zs, t.reaches from tile t where t.area is not null
    on conflict (tile) do update set area = excluded.area, shared_to = excluded.shared_to, xs = excluded.xs, ys = excluded.ys, zs = excluded.zs, reaches = excluded.reaches;
end $$;

-- Half of the blocks of a full tile go into a new one. Who has read a seat has written down where it is, so all of them must be through, and others wait;
-- where that takes long, another time will do.
create or replace function listing_tile_split(p_tile int) returns void
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    made constant int := (select max(t.tile) + 1 from listing_tile t);
    moved int[];
begin
    perform set_config('lock_timeout', '300ms', true); -- less than it takes to find a deadlock
    lock table listing_seat in access exclusive mode;
    moved := array(select b.block from listing_tile t join listing_block b on b.block between t.tile * 64 and t.tile * 64 + 63 cross join lateral (select b.block % 64 + 1 as n offset 0) x
                   where t.tile = p_tile order by map_order(degrees(asin(t.zs[x.n])), degrees(atan2(t.ys[x.n], t.xs[x.n]))), b.block
                   offset (select count(*) / 2 from listing_block b where b.block between p_tile * 64 and p_tile * 64 + 63));
    update listing_block b set block = made * 64 + array_position(moved, b.block) - 1 where b.block = any (moved);
    update listing_changed c set tile = made, pos = (array_position(moved, p_tile * 64 + (c.pos >> 6)) - 1) * 64 + (c.pos & 63) where c.tile = p_tile and p_tile * 64 + (c.pos >> 6) = any (moved);
    update listing_seat s set tile = made, pos = (array_position(moved, p_tile * 64 + (s.pos >> 6)) - 1) * 64 + (s.pos & 63) where s.tile = p_tile and p_tile * 64 + (s.pos >> 6) = any (moved);
    update listing_plane p set bits = p.bits & ~(select bit_or((-1::int8)::bit(64)::bit(4096) >> (m % 64 * 64)) from unnest(moved) m) where p.tile = p_tile;
    delete from listing_plane p where p.tile = p_tile and p.bits = 0::bit(4096);
    perform listing_tiles_write(array[p_tile, made]);
    perform listing_planes_write(array(select s.location_id from listing_seat s where s.tile = made));
exception when lock_not_available then
    null;
end $$;

-- A seat for a place that has none or has moved: in a block near by, or in a new one. Whom or what somebody else is changing waits for the next round.
create or replace function listing_seat_take(p_location int) returns void
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    place record;
    old listing_seat;
    near int;
    seat int;
begin
    select l.therapist_id, l.spot into place from listing l where l.location_id = p_location and l.shown;
    if not found then
        delete from listing_changed c where c.tile is null and c.location_id = p_location; -- gone again
        return;
    end if;
    perform from listing_due d where d.therapist_id = place.therapist_id for update skip locked;
    if not found then
        return;
    end if;
    select l.spot into place.spot from listing l where l.location_id = p_location and l.shown;
    select * into old from listing_seat s where s.location_id = p_location;
    select b.block, array_position(b.locations, 0) into near, seat
    from (select b.block, b.locations from listing_block b where b.area && box(place.spot + point(-0.05, -0.05), place.spot + point(0.05, 0.05)) order by b.area <-> place.spot limit 4) b
    where 0 = any (b.locations) limit 1;
    near := coalesce(near, (select b.block from listing_block b order by b.area <-> place.spot limit 1));
    perform from listing_tile t where t.tile in (near / 64, old.tile) for update skip locked;
    if (select count(*) from listing_tile t where t.tile in (near / 64, old.tile)) > (select count(*) from (select from listing_tile t where t.tile in (near / 64, old.tile) for update skip locked) x) then
        return;
    end if;
    if seat is null then
        select t * 64 + n into near from (select near / 64 as t offset 0) x, generate_series(0, 63) n where not exists (select from listing_block b where b.block = t * 64 + n) limit 1;
        if not found then
            perform listing_tile_split(near / 64);
            return;
        end if;
        insert into listing_block (block, area, shared, locations, owners, xs, ys, zs)
        select near, box(place.spot, place.spot), 0, array_fill(0, '{64}'), array_fill(0, '{64}'), array_fill(0::float8, '{64}'), array_fill(0::float8, '{64}'), array_fill(0::float8, '{64}');
        seat := 1;
    end if;
    delete from listing_changed c where c.location_id = p_location;
    update listing_block b set locations = array_replace(b.locations, p_location, 0) where b.block = old.tile * 64 + old.pos / 64;
    update listing_plane p set bits = set_bit(p.bits, old.pos, 0) where p.tile = old.tile and get_bit(p.bits, old.pos) = 1;
    update listing_block b set locations[seat] = p_location where b.block = near;
    insert into listing_seat values (p_location, near / 64, near % 64 * 64 + seat - 1) on conflict (location_id) do update set tile = excluded.tile, pos = excluded.pos;
    perform listing_blocks_write(array[near, old.tile * 64 + old.pos / 64]);
    perform listing_tiles_write(array(select distinct t from unnest(array[near / 64, old.tile]) t where t is not null));
    perform listing_planes_write(array[p_location]);
end $$;

-- What has changed goes into the planes, by up to p_limit names of listing_changed; the worker calls this. What is taken out of listing_changed is taken out first:
-- what changes afterwards is named there again. A place that has moved waits until it has its new seat. The first time all is made. Answers how many names are folded.
create or replace function listing_fold(p_limit int) returns int
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    moved int[];
    tiles int[];
    folded int;
    whole int[];
    changed listing_changed[];
begin
    if not exists (select from listing_tile) then
        return listing_blocks_begin(); -- all or none: some places in blocks and some not would be miscounted
    end if;
    moved := array(select distinct c.location_id from listing_changed c where c.tile is null limit p_limit);
    perform listing_seat_take(x) from unnest(moved) x;
    tiles := array(select t.tile from listing_tile t where t.tile = any (array(select distinct c.tile from listing_changed c where c.tile is not null)) for update skip locked);
    with first as (
        select c.ctid from listing_changed c
        where c.tile = any (tiles) and not exists (select from listing_changed n where n.tile is null and n.location_id = c.location_id) order by c.tile limit p_limit
    ), gone as (
        delete from listing_changed c using first f where c.ctid = f.ctid returning c as name
    )
    select count(*), array_agg(distinct (g.name).location_id) filter (where (g.name).free is null), array_agg(g.name) into folded, whole, changed from gone g;
    if whole is not null then
        perform listing_planes_write(whole);
        with gone as (
            delete from listing_seat s where s.location_id = any (whole) and not exists (select from location l where l.id = s.location_id) returning s.tile * 64 + s.pos / 64 as block, s.location_id
        )
        update listing_block b set locations = array(select case when x = any (g.places) then 0 else x end from unnest(b.locations) with ordinality u (x, n) order by n)
        from (select g.block, array_agg(g.location_id) as places from gone g group by g.block) g where b.block = g.block;
        tiles := array(select distinct b / 64 from unnest(listing_blocks_write(array(select distinct s.tile * 64 + s.pos / 64 from listing_seat s where s.location_id = any (whole)))) b);
        perform listing_tiles_write(tiles) where tiles <> '{}';
    end if;
    perform listing_planes_free(changed) where folded > 0;
    return cardinality(moved) + folded;
end $$;

create or replace function seats_taken() returns int
    language sql immutable
    as $$ select 56 $$;
comment on function seats_taken is 'of the 64 seats of a block, when it is made';

-- All anew, in geographic order and with room for some more in each block and tile; nobody may be changing the listing. Answers how many blocks were made.
create or replace function listing_blocks_make() returns int
    language plpgsql security definer set search_path = unknot, public, pg_temp set work_mem = '128MB'
    as $$
declare
    tiles int[];
begin
    lock table listing in share row exclusive mode; -- nor may two make them
    delete from listing_changed;
    delete from listing_seat;
    delete from listing_plane;
    delete from listing_tile;
    delete from listing_block;
    -- 48 of the 64 blocks of a tile; who has several places sits apart, so that most blocks have none of them to tell apart
    insert into listing_seat
    select s.location_id, s.tile, s.n / seats_taken() * 64 + s.n % seats_taken()
    from (select t.location_id, t.tile, (row_number() over (partition by t.tile order by t.shared desc, t.n, t.location_id) - 1)::int as n
          from (select x.location_id, x.shared, x.n, (row_number() over (order by x.n, x.location_id) - 1) / (48 * seats_taken()) as tile
                from (select l.location_id, l.shared, map_order(degrees(asin(l.z)), degrees(atan2(l.y, l.x))) as n from listing l where l.shown) x) t) s;
    insert into listing_block (block, area, shared, locations, owners, xs, ys, zs)
    select b.block, box(point(0, 0), point(0, 0)), 0, b.locations || array_fill(0, array[64 - cardinality(b.locations)]), '{}', '{}', '{}', '{}'
    from (select s.tile * 64 + s.pos / 64 as block, array_agg(s.location_id order by s.pos) as locations from listing_seat s group by 1) b;
    analyze listing_seat, listing_block;
    tiles := array(select distinct s.tile from listing_seat s order by s.tile);
    for i in 1..cardinality(tiles) loop
        perform listing_blocks_write(array(select b.block from listing_block b where b.block between tiles[i] * 64 and tiles[i] * 64 + 63));
        perform listing_tiles_write(tiles[i:i]);
        perform listing_planes_write(array(select s.location_id from listing_seat s where s.tile = tiles[i]));
    end loop;
    analyze listing_block, listing_tile, listing_plane, listing_changed;
    return (select count(*) from listing_block);
end $$;

-- The first ones, once there are so many places that a search can need them. Answers how many blocks were made.
create or replace function listing_blocks_begin() returns int
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
begin
    return case when exists (select from listing l where l.shown offset blocks_many() * 64) and not exists (select from listing_tile) then listing_blocks_make() else 0 end;
end $$;

-- What planes say of a place that is listed.
create or replace function listing_facts(p_location int) returns table (kind plane_kind, at int8)
    language sql stable
    as $$
    select f.* from listing l cross join lateral (
        select 'shown'::plane_kind, 0::int8
        union all select 'shared', 0 where l.shared
        union all select 'tag', k from generate_series(0, 383) k where ((array[l.tags0, l.tags1, l.tags2, l.tags3, l.tags4, l.tags5])[k / 64 + 1] >> (k % 64)) & 1 = 1
        union all select 'price', l.price
        union all select 'rating', (l.rating * 10)::int8 where l.rating > 0
        union all select 'merit', l.merit
        union all select 'free', k from listing_free(l) k
        union all select 'length', l.class where l.class > 0) f
    where l.location_id = p_location and l.shown
    union all
    select f.* from listing l cross join lateral (
        select 'length_price'::plane_kind, l.class::int8 << 32 | l.price
        union all select 'length_free', l.class << 8 | k from listing_free(l) k) f
    where l.location_id = p_location and not l.shown
    union all
    select 'due', min(due_second(l.due)) from listing l where l.location_id = p_location group by l.location_id
    $$;

-- Bits of the free times of a row, and 64 + d for the days of which any part is free.
create or replace function listing_free(l listing) returns setof int
    language sql stable
    as $$
    select k from generate_series(0, 62) k where (l.free >> k) & 1 = 1
    union all
    select distinct 64 + k / 3 from generate_series(0, 62) k where (l.free >> k) & 1 = 1
    $$;

-- How blocks and planes differ from the rows of these therapists, but for what is named as changed.
create or replace function listing_block_differences(p_therapists int[]) returns table (therapist_id int, location_id int, class smallint, what text)
    language plpgsql stable set plan_cache_mode = force_generic_plan
    as $$
#variable_conflict use_column
begin
    return query
    select l.therapist_id, l.location_id, l.class, 'in no block'
    from listing l left join listing_seat s on s.location_id = l.location_id left join listing_block b on b.block = s.tile * 64 + s.pos / 64
    where l.therapist_id = any (p_therapists) and l.shown and exists (select from listing_tile) and not exists (select from listing_changed c where c.location_id = l.location_id)
      and b.locations[s.pos % 64 + 1] is distinct from l.location_id
    union all
    select l.therapist_id, l.location_id, l.class, 'otherwise in its block'
    from listing l join listing_seat s on s.location_id = l.location_id join listing_block b on b.block = s.tile * 64 + s.pos / 64 join listing_tile t on t.tile = s.tile
    cross join lateral (select s.pos % 64 + 1 as i, s.pos / 64 + 1 as b offset 0) n
    where l.therapist_id = any (p_therapists) and l.shown and not exists (select from listing_changed c where c.location_id = l.location_id)
      and ((b.owners[n.i], b.xs[n.i], b.ys[n.i], b.zs[n.i]) is distinct from (l.therapist_id, l.x, l.y, l.z) or not l.spot <@ b.area or not l.spot <@ t.area or l.shared and n.i > b.shared
           or acos(least(1, t.xs[n.b] * l.x + t.ys[n.b] * l.y + t.zs[n.b] * l.z)) > t.reaches[n.b])
    union all
    select o.therapist_id, o.id, null, 'otherwise in its planes'
    from location o join listing_seat s on s.location_id = o.id
    where o.therapist_id = any (p_therapists) and not exists (select from listing_changed c where c.location_id = o.id)
      and array(select (f.kind, f.at)::text from listing_facts(o.id) f order by 1)
          is distinct from array(select (p.kind, p.at)::text from listing_plane p where p.tile = s.tile and get_bit(p.bits, s.pos) = 1 order by 1);
end $$;

grant execute on function due_second to unknot_web;
grant execute on function listing_fold to unknot_worker;
