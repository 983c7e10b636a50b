-- `unknot generate N --bookings M`: any number of invented therapists, by several connections at once: people and their visits in batches, the indexes that
-- were put off for them one by one, statistics, what search reads of all these in batches, that in its place beside a look at each foreign key, and what is
-- made of it.

-- --- Visits

create or replace function sample.hex(p_n bigint, p_digits int) returns text
    language sql immutable parallel safe
    as $$ select lpad(to_hex(p_n), p_digits, '0') $$;

-- Eight signs, of 30 each: six of the therapist and two of the visit. Nothing else than expressions, so that they are inlined.
create or replace function sample.sign(p_n bigint) returns text
    language sql immutable parallel safe
    as $$ select substr('ABCDEFGHJKMNPQRSTVWXYZ23456789', 1 + (p_n % 30)::int, 1) $$;
create or replace function sample.reference(p_therapist bigint) returns text
    language sql immutable parallel safe
    as $$
    select sample.sign(p_therapist / 24300000) || sample.sign(p_therapist / 810000) || sample.sign(p_therapist / 27000) || sample.sign(p_therapist / 900) || '-'
        || sample.sign(p_therapist / 30) || sample.sign(p_therapist)
    $$;

-- From here to the end of the transaction, or until it is called with false, no trigger fires and no foreign key is asked, row by row: who calls this writes what the triggers would, and
-- sample.hold() asks the foreign keys of all rows at once. Where deploy/roles.sql has not given the owner the right to it, all goes on as ever, slower.
create or replace function sample.alone(p_alone boolean default true) returns void
    language plpgsql
    as $$
begin
    perform set_config('app.bulk', 'on', true);
    perform set_config('session_replication_role', case when p_alone then 'replica' else 'origin' end, true) where has_parameter_privilege('session_replication_role', 'set');
end $$;

-- Indexes that are not there while many rows come in, and are made afterwards, of all at once and by several connections: none that keeps rows unique, none
-- with a condition that no row of a run meets (it is asked sooner of each row as it comes than of all of them again), and only of tables that were empty.
-- What is still to be made stays in this table through whatever happens, and `unknot migrate` makes it too.
create table if not exists sample.put_off (n int generated always as identity, command text not null);
drop table if exists sample.therapist_tag, sample.location_tag;

create or replace function sample.put_off() returns int
    language plpgsql set client_min_messages = warning
    as $$
declare
    t record;
    i record;
    filled boolean;
    met boolean;
begin
    -- with what a condition asks of a row
    for t in select x.name::regclass as name, x.row
             from (values ('booking', '{"state": "confirmed", "confirmed_at": "now", "reminders": [1440], "client_email": "", "client_id": "00000000-0000-0000-0000-000000000000"}'),
                          ('client', '{"email_key": ""}'), ('slot_claim', '{}'), ('safety_check', '{}'), ('service_tag', '{}'), ('therapist_tag', '{}'), ('location_tag', '{}'),
                          ('therapist_not', '{}')) x (name, row) loop
        execute format('select exists (select from %s)', t.name) into filled;
        continue when filled;
        for i in select x.indexrelid::regclass as name, pg_get_indexdef(x.indexrelid) as command, coalesce(pg_get_expr(x.indpred, x.indrelid), 'true') as condition from pg_index x
                 where x.indrelid = t.name and not x.indisunique and not exists (select from pg_constraint c where c.conindid = x.indexrelid) order by x.indexrelid loop
            execute format('select exists (select from jsonb_populate_record(null::%s, $1) where %s)', t.name, i.condition) into met using t.row::jsonb;
            continue when not met;
            insert into sample.put_off (command) values (i.command);
            execute format('drop index %s', i.name);
        end loop;
    end loop;
    return (select count(*) from sample.put_off);
end $$;

-- Makes the p_nth of those.
create or replace function sample.put_back(p_nth int) returns void
    language plpgsql set maintenance_work_mem = '256MB' set max_parallel_maintenance_workers = 0
    as $$
declare
    i sample.put_off;
begin
    select * into i from (select * from sample.put_off order by n offset p_nth - 1 limit 1) x;
    if i.command <> '' then
        execute i.command;
    end if;
    update sample.put_off set command = '' where n = i.n;
end $$;

create or replace function sample.put_back_all() returns void
    language plpgsql
    as $$
declare
    i sample.put_off;
begin
    for i in select * from sample.put_off where command <> '' order by n loop
        execute i.command;
    end loop;
    delete from sample.put_off;
end $$;
select sample.put_back_all();

-- About p_each visits in the next 42 days for each therapist whom sample.therapists() has made in this transaction, the near days fuller: real rows under every
-- constraint, but that the answers of their safety checks were never given, so that nobody can open them.
create or replace function sample.visits(p_each int) returns int
    language plpgsql set enable_nestloop = off set enable_mergejoin = off set jit = off set work_mem = '64MB'
    as $$
declare
    s constant sample.start := (select x from sample.start x);
    n int;
begin
    perform sample.alone();
    -- An id grows at the end of its index: the therapist, of what it is the id, and the number of the visit; in hexadecimal.
    create temporary table turn on commit drop as
    select i as n, '18000' || sample.hex(i, 12) as booking, '28000' || sample.hex(i, 12) as key, '38000' || sample.hex(i, 12) as safety, sample.sign(i / 30) || sample.sign(i) as reference
    from generate_series(1, p_each) i;
    -- what is booked: the first service of each
    create temporary table treatment on commit drop as
    select v.therapist_id, v.id as service_id, v.name, v.minutes, v.price, v.currency, v.buffer_before as kept_before, v.buffer_after as kept_after, coalesce(k.techniques, '{}') as techniques,
           b.zone, sample.hex(v.therapist_id, 8) || '0000400' as whose, sample.reference(v.therapist_id) as reference
    from sold v join batch b on b.id = v.therapist_id
    left join (select x.service_id, array_agg(g.slug order by g.position, g.id) as techniques from consists x join tag g on g.id = x.tag_id group by x.service_id) k on k.service_id = v.id
    where v.position = 1;
    -- a week of each therapist as visits that follow each other
    create temporary table stool on commit drop as
    select t.therapist_id, h.weekday, t.zone, count(*) as among, array_agg(h.location_id order by h.starts, k) as places, array_agg(h.starts + make_interval(mins => t.lead + k * t.every) order by h.starts, k) as times
    from (select x.therapist_id, x.zone, (x.kept_before + 29) / 30 * 30 as lead, x.minutes + x.kept_after as stay, (x.kept_before + x.minutes + x.kept_after + 29) / 30 * 30 as every
          from treatment x) t
    join opened h on h.therapist_id = t.therapist_id
    cross join lateral generate_series(0, ((date_part('epoch', h.ends - h.starts) / 60)::int - t.lead - t.stay) / t.every) k
    where (date_part('epoch', h.ends - h.starts) / 60)::int >= t.lead + t.stay
    group by t.therapist_id, h.weekday, t.zone;
    create temporary table visit on commit drop as
    select d.therapist_id, d.location_id, d.starts_at, d.n, (t.whose || x.booking)::uuid as id, (t.whose || x.safety)::uuid as safety_id
    from (
        select c.therapist_id, c.location_id, c.starts_at, row_number() over (partition by c.therapist_id order by c.day, c.at)::int as n
        from (select distinct on (w.therapist_id, t.day, w.times[1 + floor(w.among * t.chance)::int]) w.therapist_id, t.day, w.times[1 + floor(w.among * t.chance)::int] as at,
                     w.places[1 + floor(w.among * t.chance)::int] as location_id, (t.day + w.times[1 + floor(w.among * t.chance)::int]) at time zone w.zone as starts_at
              from (select b.id, current_date + floor(-14 * ln(1 - 0.95 * sample.chance(b.id::int8 * 256 + j, 1)))::int as day, sample.chance(b.id::int8 * 256 + j, 2) as chance
                    from batch b, generate_series(1, p_each * 2) j offset 0) t
              join stool w on w.therapist_id = t.id and w.weekday = (t.day - date '2001-01-01') % 7 + 1
              order by 1, 2, 3) c
        where c.starts_at > now() + interval '1 hour'
    ) d join treatment t on t.therapist_id = d.therapist_id join turn x on x.n = d.n;
    create temporary table guest on commit drop as -- five people each
    select g.therapist_id, g.nth, (t.whose || '4800000000000000' || g.nth)::uuid as id, 'client' || g.nth || '@example.org' as email, sample.name(g.therapist_id + 7 * g.nth) as name, g.latest_at
    from (select v.therapist_id, v.n % 5 as nth, max(v.starts_at) as latest_at from visit v group by 1, 2) g join treatment t on t.therapist_id = g.therapist_id;

    insert into client (id, therapist_id, email_key, name, name_key, latest_at)
    select g.id, g.therapist_id, g.email, g.name, fold(g.name), g.latest_at from guest g order by g.therapist_id, g.nth;
    insert into booking (id, key, token_hash, therapist_id, location_id, service_id, starts_at, ends_at, zone, service_name, minutes, price, currency, state, reference,
                         client_name, client_email, client_id, safety_id, confirmed_at, techniques)
    select v.id, (t.whose || x.key)::uuid, sha256(int8send(v.therapist_id * 256::int8 + v.n)), v.therapist_id, v.location_id, t.service_id,
           v.starts_at, v.starts_at + make_interval(mins => t.minutes), t.zone, t.name, t.minutes, t.price, t.currency, 'confirmed', t.reference || x.reference,
           g.name, g.email, g.id, v.safety_id, now() - interval '1 day', t.techniques
    from visit v join treatment t on t.therapist_id = v.therapist_id join turn x on x.n = v.n join guest g on g.therapist_id = v.therapist_id and g.nth = v.n % 5 order by v.therapist_id, v.n;
    get diagnostics n = row_count;
    -- what keeps two visits apart finds the page to write to sooner when therapists do not come in order
    insert into slot_claim (id, booking_id, therapist_id, blocked, location_id, service_id, starts_at) overriding system value
    select s.claim + (v.therapist_id - s.therapist - 1)::int8 * p_each + v.n, v.id, v.therapist_id,
           tstzrange(v.starts_at - make_interval(mins => t.kept_before), v.starts_at + make_interval(mins => t.minutes + t.kept_after)), v.location_id, t.service_id, v.starts_at
    from visit v join treatment t on t.therapist_id = v.therapist_id order by hashint4(v.therapist_id), v.therapist_id, v.n;
    insert into safety_check (id, booking_id, outcome, rules, sealed)
    select v.safety_id, v.id, 'PROCEED', 'generated', '' from visit v order by v.therapist_id, v.n;
    drop table turn, treatment, stool, visit, guest;
    return n;
end $$;

-- --- When all rows are there

-- What a foreign key does not hold, all rows at once, is an error.
create or replace function sample.hold(p_key oid) returns void
    language plpgsql set enable_nestloop = off set jit = off set work_mem = '128MB'
    as $$
declare
    c record;
    broken boolean;
begin
    select f.conrelid::regclass as of, f.confrelid::regclass as at, f.conname as name,
           (select string_agg(format('x.%I is not null', a.attname), ' and ') from unnest(f.conkey) k join pg_attribute a on a.attrelid = f.conrelid and a.attnum = k) as there,
           (select string_agg(format('y.%I = x.%I', b.attname, a.attname), ' and ') from unnest(f.conkey, f.confkey) k (a, b)
            join pg_attribute a on a.attrelid = f.conrelid and a.attnum = k.a join pg_attribute b on b.attrelid = f.confrelid and b.attnum = k.b) as same
    into strict c from pg_constraint f where f.oid = p_key;
    execute format('select exists (select from %s x where %s and not exists (select from %s y where %s))', c.of, c.there, c.at, c.same) into broken;
    if broken then
        raise exception 'rows of % break its foreign key %', c.of, c.name using errcode = 'foreign_key_violation';
    end if;
end $$;

-- Commands that several connections share, each in a transaction of its own, the longest first. What fill_rows() alone keeps busy leaves room for the keys.
create unlogged table if not exists sample.chore (n int primary key, command text not null);
drop function if exists sample.chores();
create or replace function sample.chores(p_stage text) returns int
    language plpgsql
    as $$
declare
    n int;
begin
    truncate sample.chore;
    insert into sample.chore
    with filled as (
        select t, pg_relation_size(t) as size
        from unnest('{therapist,therapist_not,credential,location,hours,service,service_tag,therapist_tag,location_tag,client,booking,slot_claim,safety_check,review}'::regclass[]) t
    )
    select row_number() over (order by c.size desc nulls first, c.command), c.command
    from (select 'statistics' as stage, f.size, format('analyze %s', f.t) as command from filled f
          union all select 'listing', null, 'select sample.fill_rows()'
          union all select 'listing', null, 'select sample.fill_cards()'
          union all select 'listing', f.size, format('select sample.hold(%s)', k.oid) from filled f join pg_constraint k on k.contype = 'f' and k.conrelid = f.t
          union all select 'search', null, 'select listing_blocks_begin()'
          union all select 'search', null, 'select towns_rebuild()'
          union all select 'search', null, 'select names_rebuild()') c
    where c.stage = p_stage;
    get diagnostics n = row_count;
    return n;
end $$;

-- Does the p_nth of those.
create or replace function sample.chore(p_nth int) returns void
    language plpgsql
    as $$
begin
    perform set_config('app.bulk', 'on', true);
    execute (select c.command from sample.chore c where c.n = p_nth);
end $$;

-- --- Many rows into a table

-- Does p_fill, which writes to p_tables. When these are empty their indexes come back at the end, and then look at everything at once: in one transaction, so
-- that nobody ever sees a table without them. Foreign keys to other tables stay, for to drop one is to lock the other table: they are asked afterwards.
create or replace function sample.fill(p_tables regclass[], p_fill text) returns void
    language plpgsql set maintenance_work_mem = '512MB' set work_mem = '256MB' set client_min_messages = warning
    as $$
declare
    t regclass;
    d record;
    again text[] := '{}';
    command text;
    filled boolean;
begin
    foreach t in array p_tables loop
        execute format('select exists (select from %s)', t) into filled;
        exit when filled;
    end loop;
    if not filled then
        for d in select c.conrelid::regclass as of, c.conname as name, pg_get_constraintdef(c.oid) as def from pg_constraint c
                 where c.conrelid = any (p_tables) and (c.contype = 'f' and c.confrelid = any (p_tables) or c.contype in ('p', 'u')
                   and not exists (select from pg_constraint f where f.contype = 'f' and f.confrelid = c.conrelid and f.conrelid <> all (p_tables)))
                 order by c.contype <> 'f' loop
            execute format('alter table %s drop constraint %I', d.of, d.name);
            again := format('alter table %s add constraint %I %s', d.of, d.name, d.def) || again;
        end loop;
        for d in select i.indexrelid::regclass as index, pg_get_indexdef(i.indexrelid) as def from pg_index i
                 where i.indrelid = any (p_tables) and not exists (select from pg_constraint c where c.conindid = i.indexrelid) loop
            execute format('drop index %s', d.index);
            again := d.def || again;
        end loop;
    end if;
    perform sample.alone();
    execute p_fill;
    perform sample.alone(false);
    foreach command in array again loop
        execute command;
    end loop;
    perform sample.hold(c.oid) from pg_constraint c where c.contype = 'f' and c.conrelid = any (p_tables) and (filled or c.confrelid <> all (p_tables));
end $$;

-- --- What search reads

drop table if exists sample.listed, sample.carded;
-- therapist_id and watch are of the row: to look into a row of listing one must be able to read that, which fill_rows() does not let others.
create unlogged table sample.listed (place int8 not null, therapist_id int not null, watch timestamptz not null, "row" listing not null, offer listing_offer);
create unlogged table sample.carded (place int8 not null, card listing_card not null);

create or replace function sample.list(p_first int, p_last int) returns int
    language plpgsql set work_mem = '64MB'
    as $$
declare
    ids constant int[] := array(select s.therapist + n from sample.start s, generate_series(p_first, p_last) n);
    n int;
begin
    insert into sample.listed
    select map_order(l.lat, l.lon), (m.row).therapist_id, listing_watch((m.row).therapist_id, (m.row).due, (m.offer).base, (m.offer).zone, (m.row).first_day), m.row, m.offer
    from listing_rows(ids) m join location l on l.id = (m.row).location_id;
    get diagnostics n = row_count;
    insert into sample.carded
    select map_order(l.lat, l.lon), m from listing_cards(ids) m join location l on l.id = m.location_id;
    return n;
end $$;

-- In geographic order, the rows that are searched when no length is asked before the others, so that the heap lies as search reads it.
create or replace function sample.fill_rows() returns void
    language plpgsql
    as $$
begin
    perform set_config('app.blocks', 'later', true);
    perform sample.fill('{listing,listing_offer}', $fill$
        with rows as (insert into listing select (x.row).* from sample.listed x order by not (x.row).shown, x.place)
        insert into listing_offer select (x.offer).* from sample.listed x where (x.row).class > 0 order by not (x.row).shown, x.place
        $fill$);
    analyze listing, listing_offer;
    perform listing_blocks_make() where exists (select from listing_tile); -- the first ones come later
end $$;

create or replace function sample.fill_cards() returns void
    language plpgsql
    as $$
begin
    perform sample.fill('{listing_card}', 'insert into listing_card select (x.card).* from sample.carded x order by x.place');
    perform sample.fill('{listing_due}', 'insert into listing_due select x.therapist_id, min(x.watch) from sample.listed x group by 1 order by 1');
    analyze listing_card, listing_due;
end $$;

create or replace function sample.listed() returns void
    language sql
    as $$ truncate sample.listed, sample.carded, sample.chore $$;
