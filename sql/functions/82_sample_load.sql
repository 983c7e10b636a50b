-- `unknot generate N --bookings M`: any number of invented therapists, by several connections at once. In four steps: people and their visits, what the
-- people state, what search reads of them, and that in its place. The first and the third are done in batches, the others at a stroke.

-- --- Visits

-- What an id is made of, so that indexes grow at one end: the therapist, of what it is the id, and the number of the visit.
create or replace function sample.uuid(p_therapist int, p_kind int, p_n int) returns uuid
    language sql immutable strict parallel safe
    as $$ select (lpad(to_hex(p_therapist), 8, '0') || '0000400' || p_kind || '8000' || lpad(to_hex(p_n), 12, '0'))::uuid $$;

create or replace function sample.reference(p_n int8) returns text
    language sql immutable strict parallel safe
    as $$
    select substr(r, 1, 4) || '-' || substr(r, 5)
    from (select string_agg(substr('ABCDEFGHJKMNPQRSTVWXYZ23456789', 1 + (p_n / (30::int8 ^ i)::int8 % 30)::int, 1), '' order by i desc) as r from generate_series(0, 7) i) x
    $$;

-- About p_each visits in the next 42 days for each therapist of a batch, the near days fuller: real rows under every constraint, but that the answers of
-- their safety checks were never given, so that nobody can open them.
create or replace function sample.visits(p_first_id int, p_last_id int, p_each int) returns int
    language plpgsql
    as $$
declare
    n int;
begin
    perform set_config('app.bulk', 'on', true);
    -- a week of each therapist as visits that follow each other
    create temporary table stool on commit drop as
    select v.id as therapist_id, h.weekday, h.location_id, h.starts + make_interval(mins => v.lead + k * v.every) as at,
           row_number() over w - 1 as number, count(*) over (partition by v.id, h.weekday) as among
    from (select distinct on (s.therapist_id) s.therapist_id as id, (s.kept_before + 29) / 30 * 30 as lead, s.minutes + s.kept_after as stay,
                 (s.kept_before + s.minutes + s.kept_after + 29) / 30 * 30 as every
          from service s where s.therapist_id between p_first_id and p_last_id and s.retired_at is null order by s.therapist_id, s.position) v
    join location l on l.therapist_id = v.id join hours h on h.location_id = l.id
    cross join lateral generate_series(0, ((date_part('epoch', h.ends - h.starts) / 60)::int - v.lead - v.stay) / v.every) k
    where (date_part('epoch', h.ends - h.starts) / 60)::int >= v.lead + v.stay
    window w as (partition by v.id, h.weekday order by h.starts, k);
    create temporary table visit on commit drop as
    select d.therapist_id, d.location_id, l.zone, (d.day + d.at) at time zone l.zone as starts_at,
           row_number() over (partition by d.therapist_id order by d.day, d.at)::int as n, s.id as service_id, s.name, s.minutes, s.price, s.currency, s.kept_before, s.kept_after
    from (
        select distinct w.therapist_id, t.day, w.at, w.location_id
        from (select x.id, current_date + floor(-14 * ln(1 - 0.95 * sample.chance(x.id::int8 * 256 + j, 1)))::int as day, sample.chance(x.id::int8 * 256 + j, 2) as chance
              from generate_series(p_first_id, p_last_id) x (id), generate_series(1, p_each * 2) j) t
        join stool w on w.therapist_id = t.id and w.weekday = date_part('isodow', t.day)::int and w.number = floor(w.among * t.chance)::int
    ) d join location l on l.id = d.location_id
    join (select distinct on (s.therapist_id) s.* from service s where s.therapist_id between p_first_id and p_last_id and s.retired_at is null
          order by s.therapist_id, s.position) s on s.therapist_id = d.therapist_id
    where (d.day + d.at) at time zone l.zone > now() + interval '1 hour';
    delete from visit v where v.n > p_each;

    insert into client (id, therapist_id, email_key, name, name_key, latest_at) -- five people each
    select sample.uuid(v.therapist_id, 4, v.n % 5), v.therapist_id, 'client' || v.n % 5 || '@example.org', x.name, fold(x.name), max(v.starts_at)
    from visit v, sample.name(v.therapist_id + 7 * (v.n % 5)) x (name) group by v.therapist_id, v.n % 5, x.name order by 2, 1;
    insert into booking (id, key, token_hash, therapist_id, location_id, service_id, starts_at, ends_at, zone, service_name, minutes, price, currency, state, reference,
                         client_name, client_email, client_id, safety_id, confirmed_at)
    select sample.uuid(v.therapist_id, 1, v.n), sample.uuid(v.therapist_id, 2, v.n), sha256(int8send(v.therapist_id * 256::int8 + v.n)), v.therapist_id, v.location_id, v.service_id,
           v.starts_at, v.starts_at + make_interval(mins => v.minutes), v.zone, v.name, v.minutes, v.price, v.currency, 'confirmed', sample.reference(v.therapist_id * 256::int8 + v.n),
           sample.name(v.therapist_id + 7 * (v.n % 5)), 'client' || v.n % 5 || '@example.org', sample.uuid(v.therapist_id, 4, v.n % 5), sample.uuid(v.therapist_id, 3, v.n), now() - interval '1 day'
    from visit v order by v.therapist_id, v.n;
    get diagnostics n = row_count;
    insert into slot_claim (booking_id, therapist_id, blocked, location_id, service_id, starts_at)
    select sample.uuid(v.therapist_id, 1, v.n), v.therapist_id,
           tstzrange(v.starts_at - make_interval(mins => v.kept_before), v.starts_at + make_interval(mins => v.minutes + v.kept_after)), v.location_id, v.service_id, v.starts_at
    from visit v order by v.therapist_id, v.n;
    insert into safety_check (id, booking_id, outcome, rules, sealed)
    select sample.uuid(v.therapist_id, 3, v.n), sample.uuid(v.therapist_id, 1, v.n), 'PROCEED', 'generated', '' from visit v order by v.therapist_id, v.n;
    drop table stool, visit;
    return n;
end $$;

-- --- Many rows into a table

-- Does p_fill, which writes to p_tables. When these are empty their indexes and foreign keys come back at the end, and then look at everything at once: in
-- one transaction, so that nobody ever sees a table without them.
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
                 where c.conrelid = any (p_tables) and c.contype in ('f', 'p', 'u')
                   and (c.contype = 'f' or not exists (select from pg_constraint f where f.contype = 'f' and f.confrelid = c.conrelid and f.conrelid <> all (p_tables)))
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
    execute p_fill;
    foreach command in array again loop
        execute command;
    end loop;
end $$;

create or replace function sample.fill_tags() returns void
    language plpgsql
    as $$
begin
    perform set_config('app.bulk', 'on', true);
    perform sample.fill('{therapist_tag}', 'insert into therapist_tag select * from sample.therapist_tag order by 1, 2');
    perform sample.fill('{location_tag}', 'insert into location_tag select * from sample.location_tag order by 1, 2');
    truncate sample.therapist_tag, sample.location_tag;
    perform setval(pg_get_serial_sequence('therapist', 'id'), (select max(id) from therapist));
    analyze tag, therapist, therapist_tag, location_tag, credential, location, hours, service, slot_claim, booking, client, review;
end $$;

-- --- What search reads

drop table if exists sample.listed, sample.carded;
create unlogged table sample.listed (place int8 not null, "row" listing not null, offer listing_offer);
create unlogged table sample.carded (place int8 not null, card listing_card not null);

create or replace function sample.list(p_first_id int, p_last_id int) returns int
    language plpgsql
    as $$
declare
    n int;
begin
    insert into sample.listed
    select map_order(l.lat, l.lon), m.row, m.offer from listing_rows(array(select generate_series(p_first_id, p_last_id))) m join location l on l.id = (m.row).location_id;
    get diagnostics n = row_count;
    insert into sample.carded
    select map_order(l.lat, l.lon), m from generate_series(p_first_id, p_last_id) t cross join lateral listing_card_made(t) m join location l on l.id = m.location_id;
    return n;
end $$;

-- In geographic order, the rows that are searched when no length is asked before the others, so that the heap lies as search reads it.
create or replace function sample.fill_listing() returns void
    language plpgsql
    as $$
begin
    perform set_config('app.bulk', 'on', true);
    perform set_config('app.blocks', 'later', true);
    perform sample.fill('{listing,listing_offer}', $fill$
        with rows as (insert into listing select (x.row).* from sample.listed x order by not (x.row).shown, x.place)
        insert into listing_offer select (x.offer).* from sample.listed x where (x.row).class > 0 order by not (x.row).shown, x.place
        $fill$);
    perform sample.fill('{listing_card}', 'insert into listing_card select (x.card).* from sample.carded x order by x.place');
    perform sample.fill('{listing_due}', 'insert into listing_due select (x.row).therapist_id, min((x.row).due) from sample.listed x group by 1 order by 1');
    truncate sample.listed, sample.carded;
    analyze listing, listing_offer, listing_card, listing_due;
    perform listing_blocks_make() where exists (select from listing_block);
    perform listing_blocks_begin();
    perform towns_rebuild();
    perform names_rebuild();
end $$;
