-- Invented therapists. The n-th is the same on every machine; only dates follow the clock.

-- Who is invented: a row for each batch. A directory that holds anybody else takes no sample.
create table if not exists sample.made (
    first_id int primary key, last_id int not null, last_n int not null
);

create or replace function sample.may_be_made() returns boolean
    language sql stable
    as $$
    select (select count(*) from therapist) = (select coalesce(sum(c.n), 0) from sample.made m, lateral (select count(*) as n from therapist where id between m.first_id and m.last_id) c)
    $$;

-- The services of the n-th therapist, of which the first is never at a client's home.
create or replace function sample.services(p_n bigint) returns table ("position" int, name text, about text, minutes int, base int)
    language sql immutable
    as $$
    select s.o, s.name, s.about, s.minutes, s.base
    from (values
        (1, 'Back pain visit', 'Questions, a few movements, hands-on work, something to do at home.', 60, 90, true),
        (2, 'Long back pain visit', 'The long visit: good for a first time.', 90, 130, p_n % 3 <> 0),
        (3, 'Short visit', 'One area, or a first try.', 30, 50, p_n % 4 = 1), (4, 'Prenatal massage, side-lying', '', 75, 110, p_n % 6 = 3),
        (5, 'Chair massage', 'Clothed, seated; no oil.', 45, 60, p_n % 10 = 8),
        (6, 'Back pain visit at your home', 'I bring the table and clean linen; it takes about 6 by 10 feet.', 60, 140, p_n % 8 = 5)) s (o, name, about, minutes, base, has)
    where s.has and p_n % 61 <> 30
    $$;

-- Where the rows of a run begin: added to numbers that follow from those of the therapists. So ids are the same however many connections write.
create table if not exists sample.start (therapist int not null, location int not null, service int not null, claim int8 not null);

-- How many places, and how many services, the first p_n therapists have.
create or replace function sample.places_of(p_n int) returns int
    language sql immutable
    as $$ select p_n + (p_n + 5) / 9 $$;
create or replace function sample.services_of(p_n int) returns int
    language sql immutable
    as $$ select (p_n / 7320 * count(*) + count(*) filter (where n <= p_n % 7320))::int from generate_series(1, 7320) n cross join lateral sample.services(n) $$;
comment on function sample.services_of is 'what decides about them comes back every 7,320 therapists';

create or replace function sample.last_id(p_table regclass) returns bigint
    language plpgsql
    as $$
declare
    most bigint;
begin
    execute format('select max(id) from %s', p_table) into most;
    return greatest(most, pg_sequence_last_value(pg_get_serial_sequence(p_table::text, 'id')::regclass), 0);
end $$;

-- Before therapists p_first … p_first + p_count - 1 are made, with up to p_visits visits each: their ids come after all there are, and are taken.
create or replace function sample.begin(p_first int, p_count int, p_visits int default 0) returns void
    language plpgsql
    as $$
declare
    last constant int := p_first + p_count - 1;
    s sample.start;
begin
    delete from sample.start;
    insert into sample.start
    values (sample.last_id('therapist') + 1 - p_first, sample.last_id('location') - sample.places_of(p_first - 1), sample.last_id('service') - sample.services_of(p_first - 1),
            sample.last_id('slot_claim') - (p_first - 1)::int8 * p_visits)
    returning * into s;
    perform setval(pg_get_serial_sequence('therapist', 'id'), s.therapist + last);
    perform setval(pg_get_serial_sequence('location', 'id'), s.location + sample.places_of(last));
    perform setval(pg_get_serial_sequence('service', 'id'), s.service + sample.services_of(last));
    if p_visits > 0 then
        perform setval(pg_get_serial_sequence('slot_claim', 'id'), s.claim + last::int8 * p_visits);
    end if;
end $$;

-- Therapists p_first … p_first + p_count - 1, each with what people state, credentials, places, services and hours, after sample.begin(). p_alone: see
-- sample.alone(). Listings are not made here. Nothing is read back from tables that grow meanwhile: batch, site, sold, consists and opened hold what is needed,
-- for sample.visits() too, until the end of the transaction.
create or replace function sample.therapists(p_first int, p_count int, p_alone boolean default false) returns int
    language plpgsql set work_mem = '64MB' set client_min_messages = warning
    as $$
declare
    s constant sample.start := (select x from sample.start x);
    sites_before constant int := s.location + sample.places_of(p_first - 1);
    sold_before constant int := s.service + sample.services_of(p_first - 1);
begin
    perform set_config('app.bulk', 'on', true);
    perform sample.alone() where p_alone;
    drop table if exists batch, site, sold, consists, opened;
    create temporary table batch on commit drop as
    select n, n + s.therapist as id, sample.name(n) as name, t.*, t.lat + e.north / 111.2 as at_lat, t.lon + e.east / 111.2 / cos(radians(t.lat)) as at_lon
    from generate_series(p_first, p_first + p_count - 1) n
    cross join lateral (select * from sample.town where upto > sample.r(n, 'place') order by upto limit 1) t
    cross join lateral (select x.far * cos(x.turn) as north, x.far * sin(x.turn) as east
                        from (select t.spread * sqrt(-2 * ln(1 - sample.r(n, 'far'))) as far, 2 * pi() * sample.r(n, 'turn') as turn) x) e;
    insert into sample.made values (p_first + s.therapist, p_first + p_count - 1 + s.therapist, p_first + p_count - 1);

    insert into therapist (id, slug, name, headline, about, profession, not_for, first_visit, since, back_share, new_clients, published) overriding system value
    select b.id, left(btrim(replace(fold(b.name), ' ', '-'), '-'), 60) || '-' || b.n, b.name,
           case when n % 13 = 5 then '' else sample.pick(array[
               'Calm, unhurried work for backs that sit all day', 'Firm, slow work for long-standing tightness', 'Gentle first visits, clear plans',
               'Working beside your physical therapist', 'Side-lying comfort in pregnancy and after', 'For lifters, runners and gardeners',
               'Quiet room, plain talk, no rush', 'Small steps: four visits, then we look again together',
               'Twenty years of necks, shoulders and low backs, from desk workers to dancers, with time to listen first'], n, 'head') end,
           case when n % 17 = 3 then '' else
               'I work with people whose back keeps them from what they like doing. ' ||
               sample.pick(array['We start with questions and a few easy movements, then I work where it helps and leave alone what should be left alone.',
                   'The first visit is mostly listening. You choose the pressure and can change your mind at any time.',
                   'I plan in fours: four visits, then we look together whether it does you any good.'], n, 'about') || E'\n\n' ||
               sample.pick(array['Massage may ease pain for days or weeks; moving and exercise have the stronger evidence, so you will leave with something to do at home.',
                   'If something in your answers worries me I will say so and ask you to see a doctor first.',
                   'I keep my appointments few so that none has to be hurried.'], n, 'about2') end,
           sample.pick('{Massage therapist,Massage therapist,Medical massage therapist,Neuromuscular therapist,Sports massage therapist}'::text[], n, 'profession'),
           case when n % 4 = 2 then sample.pick(array['Fresh injuries of the last two weeks', 'Children under 12', 'Pain after an accident until a doctor has looked at it'], n, 'not') else '' end,
           case when n % 3 <> 1 then sample.pick(array[
               'We talk for ten minutes, you show me what hurts, then 40 minutes on the table. You keep on what you like to keep on.',
               'Wear something loose. I explain each step before I do it, and you say stop whenever you want.',
               'Come five minutes early. The first visit ends with two exercises and a plan that you can take or leave.'], n, 'first') else '' end,
           1985 + floor(38 * sqrt(sample.r(n, 'since')))::int, case when n % 5 <> 3 then 20 + 5 * floor(16 * sample.r(n, 'back'))::int end, n % 19 <> 8, n % 97 <> 50
    from batch b;

    create temporary table special on commit drop as select id, label from tag where kind = 'specialism' and retired_at is null order by id;
    create temporary table offered on commit drop as select * from sample.offered();
    create temporary table stated on commit drop as
    select b.id, b.n, g.tag_id, g.kind, g.seed
    from batch b join offered g on g.stated_of = 'therapist' and sample.chance(b.n, g.seed) < g.high and sample.chance(b.n, g.seed) >= g.low;
    insert into therapist_tag select id, tag_id from stated order by id, tag_id;
    -- what somebody works with, in an order of their own: the visits consist of the first of it
    create temporary table own on commit drop as
    select id, tag_id, row_number() over (partition by id order by sample.chance(n, seed + 1)) as nth from stated where kind = 'technique';

    -- One in three says of a value or two that they do not work with it; never of what they do, nor of what a service of theirs or their profession is named by.
    insert into therapist_not
    select b.id, g.tag_id from batch b join offered g on g.kind in ('technique', 'complaint', 'goal') and (g.tag_id + b.n / 3) % 29 = 7
    where b.n % 3 = 0 and g.slug not in ('prenatal', 'chair', 'neuromuscular', 'medical-massage', 'sports') and not (sample.chance(b.n, g.seed) < g.high and sample.chance(b.n, g.seed) >= g.low);

    -- Where the law wants a license, nobody is booked without one that was checked: one in 29 is not.
    create temporary table law on commit drop as select region, min(id) as register_id, bool_or(required) as required from register where country = 'US' and retired_at is null group by region;
    create temporary table proof on commit drop as
    select (sample.hex(b.id, 8) || '000040058000' || sample.hex(c.nth, 12))::uuid as id, b.id as therapist_id, c.kind, c.title, c.issuer, c.register as register_id,
           case when c.how in ('checked', 'lapsed') then case when c.place = 'Certificate' then 'document' else 'register' end end as result, g.id as specialism_id, c.hours,
           c.prefix || (10000 + floor(sample.r(b.n, 'no' || c.kind) * 80000)::int) as number, current_date + 200 + floor(sample.r(b.n, 'valid' || c.kind) * 500)::int as valid_until,
           case when c.how in ('checked', 'lapsed') then current_date - c.age end as checked_on,
           case c.how when 'checked' then current_date - c.age + 365 when 'lapsed' then current_date - c.age + 30 end as checked_until,
           case when c.how in ('checked', 'lapsed') then c.place end as checked_where, case when c.how in ('checked', 'lapsed') then 'Demo Operator' end as checked_by
    from batch b left join law on law.region = b.region cross join lateral (
        select case when b.region = 'CA' then 'state_certification' when b.region = 'MN' then 'local_permit' when b.region = 'VT' then 'state_registration' else 'state_license' end as kind,
               case when b.region = 'CA' then 'Certified massage therapist (CAMTC)' when b.region = 'MN' then 'City massage therapist permit' when b.region = 'VT'
                    then 'Registered massage therapist' else 'Licensed massage therapist' end as title,
               case when b.region = 'CA' then 'California Massage Therapy Council' when b.region = 'MN' then 'City of ' || b.town else b.region || ' board of massage therapy' end as issuer,
               'MT ' as prefix, b.region || ' public license register' as place,
               case when law.required then 'checked' when b.n % 9 in (0, 4) then 'unchecked' when b.n % 9 = 7 then 'lapsed' else 'checked' end as how, 40 + (b.n % 200)::int as age, null::int as about, null::smallint as hours, law.register_id as register, 1 as nth
        where b.n % 29 <> 11
        union all
        select 'board_certification', 'Board certified in therapeutic massage (BCTMB)', 'NCBTMB', 'BC ', 'NCBTMB public directory',
               case when b.n % 2 = 0 then 'checked' else 'unchecked' end, 20 + (b.n % 90)::int, null, null, null, 2 where b.n % 7 = 2
        union all
        select 'ce_course', 'Low back pain: assessment and plan, 24 hours', 'Continuing education provider', '', 'Certificate', 'checked', 100, 0, 24::smallint, null, 3 where b.n % 5 = 1
        union all
        select 'ce_course', 'Course: ' || q.label, 'Continuing education provider', '', 'Certificate', case when b.n % 3 = 0 then 'unchecked' else 'checked' end, 80, q.id, (8 + 4 * (b.n % 5))::smallint, null, 4
        from (select * from special where id is not null offset b.n % greatest(1, (select count(*) from special)) limit 1) q where b.n % 4 = 3
        union all
        select 'insurance', 'Professional liability insurance', 'Member cover', 'PL ', 'Certificate', 'checked', 60, null, null, null, 5 where b.n % 3 = 0
    ) c left join tag g on g.id = case c.about when 0 then (select id from tag where kind = 'specialism' and slug = 'low-back-course') else c.about end;
    insert into credential (id, therapist_id, kind, title, issuer, register_id, result, specialism_id, hours, number, valid_until, checked_on, checked_until, checked_where, checked_by)
    select * from proof order by id;

    -- place_license(), of all at once
    create temporary table licensed on commit drop as
    select b.id, case when a.wanted then coalesce(max(c.checked_until) filter (where k.profession and r.required and r.country = 'US' and r.region in ('', a.here)), '-infinity') else 'infinity' end as until
    from batch b join (select x.region, place_region('US', x.region) as here, license_wanted('US', x.region) as wanted from (select distinct y.region from batch y) x offset 0) a on a.region = b.region
    left join proof c on c.therapist_id = b.id left join credential_kind k on k.kind = c.kind left join register r on r.id = c.register_id group by b.id, a.wanted;
    create temporary table site on commit drop as
    select sites_before + row_number() over (order by x.second, b.n)::int as id, b.id as therapist_id, b.n, x.second, b.zone
    from batch b cross join (values (false), (true)) x (second) where not x.second or b.n % 9 = 4;
    insert into location (id, therapist_id, name, street, town, region, postcode, country, lat, lon, zone, access, home_km, bookable_until) overriding system value
    select l.id, b.id, case when b.n % 8 = 2 then 'Room ' || (1 + b.n % 9) || ', ' || sample.pick('{Riverside,Old Mill,Orchard,Station,Lakeview}'::text[], b.n, 'house') || ' House' else '' end,
           (10 + floor(sample.r(b.n, 'no') * 1900)::int) || ' ' || sample.pick('{Maple,Cedar,Main,Juniper,Spring,Franklin,Mill,Prospect,Willow,Harbor,College,Church}'::text[], b.n, 'street')
           || ' ' || sample.pick('{St,Ave,Rd,Way,Lane}'::text[], b.n, 'st'),
           b.town, b.region, b.postcode, 'US', b.at_lat, b.at_lon, b.zone,
           case b.n % 5 when 0 then 'Step-free entrance, parking behind the house' when 1 then 'Two steps at the door; table height adjusts' when 2 then '' when 3 then
               'Lift to the second floor, accessible restroom' else 'Ground floor, bus stop in front' end, case when b.n % 8 = 5 then 5 + b.n % 30 else 0 end, x.until
    from site l join batch b on b.id = l.therapist_id join licensed x on x.id = b.id where not l.second order by l.id;
    insert into location (id, therapist_id, name, street, town, region, postcode, country, lat, lon, zone, access, bookable_until) overriding system value
    select l.id, b.id, 'Second room', (10 + (b.n % 400)::int) || ' ' || 'Market St', b.town, b.region, b.postcode, 'US',
           b.lat + (sample.r(b.n, 'x1') - 0.5) * b.spread / 60, b.lon + (sample.r(b.n, 'x2') - 0.5) * b.spread / 60, b.zone, '', x.until
    from site l join batch b on b.id = l.therapist_id join licensed x on x.id = b.id where l.second order by l.id;

    insert into location_tag
    select l.id, g.tag_id from site l
    join offered g on g.stated_of = 'location' and sample.chance(l.n * 2 + l.second::int, g.seed) < g.high and sample.chance(l.n * 2 + l.second::int, g.seed) >= g.low order by 1, 2;

    create temporary table sold on commit drop as
    select sold_before + row_number() over (order by b.n, v.position)::int as id, b.id as therapist_id, v.position, v.name, v.about, v.minutes,
           (round((v.base * (0.8 + 0.5 * sample.r(b.n, 'price'))) / 5) * 500)::int as price, 'USD' as currency,
           case when b.n % 4 = 0 then 5 else 0 end as buffer_before, (array[15, 10, 15, 20, 0])[1 + b.n % 5] as buffer_after
    from batch b cross join lateral sample.services(b.n) v;
    insert into service (id, therapist_id, name, about, minutes, price, currency, buffer_before, buffer_after, position, at_home) overriding system value
    select id, therapist_id, name, about, minutes, price, currency, buffer_before, buffer_after, position, position = 6 from sold order by id;

    create temporary table consists on commit drop as
    select v.id as service_id, v.therapist_id, o.tag_id, false as named
    from sold v join own o on o.id = v.therapist_id and o.nth <= case v.position when 1 then 3 when 2 then 4 when 3 then 1 when 6 then 2 else 0 end
    union all
    select v.id, v.therapist_id, g.tag_id, true from sold v join offered g on g.kind = 'technique' and g.slug = case v.position when 4 then 'prenatal' when 5 then 'chair' end;
    insert into service_tag (service_id, therapist_id, tag_id) select service_id, therapist_id, tag_id from consists order by service_id, tag_id;
    insert into therapist_tag
    select distinct c.therapist_id, c.tag_id from consists c where c.named and not exists (select from own o where o.id = c.therapist_id and o.tag_id = c.tag_id);

    create temporary table opened on commit drop as
    select l.id as location_id, l.therapist_id, d as weekday, h.starts, h.ends
    from site l
    cross join lateral (values (time '08:00', time '12:00', l.n % 4 in (0, 1)), (time '13:00', time '17:30', l.n % 4 in (0, 1, 3)), (time '10:00', time '19:00', l.n % 4 = 2),
                               (time '18:00', time '20:30', l.n % 4 = 3)) h (starts, ends, has)
    cross join generate_series(1, 7) d
    where h.has and l.n % 41 <> 20 and d <= case when l.n % 5 = 0 then 6 else 5 end and (d + l.n) % 6 <> 0 and (h.starts <> time '18:00' or d in (2, 4))
      -- two rooms share the week: the second has the even days
      and (l.n % 9 <> 4 or (d % 2 = 0) = l.second);
    -- what excludes double hours finds the page to write to sooner when places do not come in order
    insert into hours (location_id, weekday, starts, ends) select location_id, weekday, starts, ends from opened order by hashint4(location_id), location_id, starts, weekday;
    drop table licensed, offered, special, stated, proof, own, law;
    return p_count;
end $$;

create or replace function sample.accounts(p_hash text) returns int
    language plpgsql
    as $$
begin
    insert into account (role, name, email, password_hash) values ('operator', 'Demo Operator', 'operator@example.org', p_hash);
    with made as (
        insert into account (role, name, email, password_hash)
        select 'therapist', t.name, t.slug || '@example.org', p_hash from therapist t where t.account_id is null
        returning id, email
    )
    update therapist t set account_id = m.id from made m where m.email = t.slug || '@example.org';
    return (select count(*) from account);
end $$;

create or replace function sample.mail(p_name text) returns text
    language sql stable strict
    as $$ select replace(fold(p_name), ' ', '.') || '@example.org' $$;

-- One visit at somebody's home for each who offers that → how many.
create or replace function sample.home_visits() returns int
    language plpgsql
    as $$
declare
    v record;
    visit uuid;
    made int := 0;
begin
    for v in select s.*, z.start, l.id as location_id, l.zone, l.town || ', ' || l.region || ' ' || p.postcode as place, p.lat, p.lon
             from service s join location l on l.therapist_id = s.therapist_id and l.home_km > 0
             cross join lateral (select z.start from slots(s.id, l.id, current_date + 2, 20) z order by z.start offset 3 limit 1) z
             cross join lateral (select p.* from place p where p.kind = 'postcode' and home_reaches(l, p.lat, p.lon) order by mercator(p.lat, p.lon) <-> mercator(l.lat, l.lon) limit 1) p
             where s.at_home and s.retired_at is null order by s.therapist_id loop
        visit := gen_random_uuid();
        insert into slot_claim (booking_id, therapist_id, blocked, location_id, service_id, starts_at)
        values (visit, v.therapist_id, tstzrange(v.start - make_interval(mins => v.kept_before), v.start + make_interval(mins => v.minutes + v.kept_after)), v.location_id, v.id, v.start);
        insert into booking (id, key, token_hash, therapist_id, location_id, service_id, starts_at, ends_at, zone, service_name, minutes, price, currency, state, reference,
                             client_name, client_email, client_phone, safety_id, confirmed_at, at_home, home_street, home_place, home_access, home_lat, home_lon)
        values (visit, gen_random_uuid(), sha256(uuid_send(gen_random_uuid())), v.therapist_id, v.location_id, v.id, v.start, v.start + make_interval(mins => v.minutes), v.zone,
                v.name, v.minutes, v.price, v.currency, 'confirmed', booking_reference(), sample.name(v.therapist_id * 100 + 99), 'client@example.org', '555 0100', gen_random_uuid(),
                now() - interval '1 day', true, (3 + v.therapist_id % 90) || ' Orchard Lane', v.place, 'Second door on the left', v.lat, v.lon);
        made := made + 1;
    end loop;
    return made;
end $$;

-- Visits to come, visits kept, reviews of those. Each visit names a safety check that the caller must store before COMMIT (it seals the answers).
create or replace function sample.bookings() returns int
    language plpgsql
    as $$
declare
    t record;
    s record;
    visit uuid;
    made int := 0;
begin
    perform set_config('app.bulk', 'on', true);
    perform sample.times();
    for t in select x.id, v.id as service_id, v.name as service, v.minutes, v.price, v.currency, v.kept_before, v.kept_after, l.id as location_id, l.zone,
                    -- how full the week is; one in twelve has nothing left
                    case when x.id % 12 = 6 then 1.0 when x.id % 5 = 0 then 0.1 else 0.35 end as fill,
                    case when x.id % 7 = 3 then 0 else floor(30 * sample.r(x.id, 'reviews') ^ 2)::int end as reviews
             from therapist x
             join lateral (select * from service v where v.therapist_id = x.id order by position limit 1) v on true
             join lateral (select * from location l where l.therapist_id = x.id order by l.id limit 1) l on true
             order by x.id loop
        for s in select z.start, z.location_id, z.zone from slots(t.service_id, null, current_date, case when t.fill = 1 then 62 else 21 end) z
                 where sample.r(extract(epoch from z.start)::bigint + t.id, 'booked') < t.fill * case when t.fill = 1 then 1 else 0.35 end order by z.start loop
            visit := gen_random_uuid();
            insert into slot_claim (booking_id, therapist_id, blocked, location_id, service_id, starts_at)
            values (visit, t.id, tstzrange(s.start - make_interval(mins => t.kept_before), s.start + make_interval(mins => t.minutes + t.kept_after)), s.location_id, t.service_id, s.start)
            on conflict do nothing;
            continue when not found;
            insert into booking (id, key, token_hash, therapist_id, location_id, service_id, starts_at, ends_at, zone, service_name, minutes, price, currency,
                                 state, reference, client_name, client_email, safety_id, confirmed_at)
            values (visit, gen_random_uuid(), sha256(uuid_send(gen_random_uuid())), t.id, s.location_id, t.service_id, s.start, s.start + make_interval(mins => t.minutes),
                    s.zone, t.service, t.minutes, t.price, t.currency, 'confirmed', booking_reference(), sample.name(extract(epoch from s.start)::bigint / 900 + t.id),
                    sample.mail(sample.name(extract(epoch from s.start)::bigint / 900 + t.id)), gen_random_uuid(), now() - interval '1 day');
            made := made + 1;
        end loop;
        for i in 1..t.reviews loop
            visit := gen_random_uuid();
            insert into booking (id, key, token_hash, therapist_id, location_id, service_id, starts_at, ends_at, zone, service_name, minutes, price, currency,
                                 state, reference, client_name, client_email, safety_id, confirmed_at, ended_at)
            select visit, gen_random_uuid(), sha256(uuid_send(gen_random_uuid())), t.id, t.location_id, t.service_id, at, at + make_interval(mins => t.minutes), t.zone,
                   t.service, t.minutes, t.price, t.currency, 'attended', booking_reference(), sample.name(t.id * 100 + i), sample.mail(sample.name(t.id * 100 + i)), gen_random_uuid(), at - interval '3 days', at
            from (select ((current_date - 5 - 9 * i)::timestamp + interval '10 hours') at time zone t.zone as at) x;
            insert into review (therapist_id, booking_id, expertise, professionalism, satisfaction, body, author, service_name, visited_on, created_at)
            select t.id, visit, greatest(2, 5 - floor(2.4 * sample.r(t.id * 100 + i, 'e') ^ 2)::int), greatest(3, 5 - floor(1.6 * sample.r(t.id * 100 + i, 'p') ^ 2)::int),
                    greatest(1, 5 - floor(2.9 * sample.r(t.id * 100 + i, 's') ^ 2)::int),
                    case when i % 4 = 3 then '' else sample.pick(array[
                        'Listened first, then worked slowly. My low back was easier for about a week.', 'Sore the next day, better after that. I would go again.',
                        'Explained what she was doing and why. No miracle, but I can sit through a meeting.', 'Kind and on time. The pressure was more than I like, and was changed when I said so.',
                        'Sent me to my doctor before the first visit, which turned out to be right.', 'Good hands, quiet room. Parking is hard to find.',
                        'Three visits in. I sleep better; the stiffness in the morning is still there.', 'Fine, but I felt little difference.'], t.id * 100 + i, 'body') end,
                    case when i % 3 = 0 then review_signs(v) end, t.service, date_trunc('month', current_date - 5 - 9 * i)::date, v.ends_at + interval '5 days' from booking v where v.id = visit;
            made := made + 1;
        end loop;
        perform review_release(t.id);
    end loop;
    made := made + sample.home_visits();
    perform clients_gather();
    return made;
end $$;

-- The first demo therapist of each town who has times. A function, since the statements of a connection are made ready when it opens, which would wait here for
-- whoever fills the listing.
create or replace function sample.shown() returns table (email text, name text, place text)
    language plpgsql stable
    as $$
begin
    return query
    select distinct on (l.town) a.email, t.name, l.town || ', ' || l.region from therapist t join account a on a.id = t.account_id join location l on l.therapist_id = t.id
    where t.published and exists (select from listing_offer x where x.location_id = l.id and cardinality(offer_starts(x, null, null, 16777215, clock(), 3)) = 3) order by l.town, t.id;
end $$;

-- All listings anew, a handful of therapists at a time, in geographic order → how many therapists
create or replace function sample.listings() returns int
    language plpgsql
    as $$
declare
    n int := 0;
    handful int[];
begin
    analyze therapist, therapist_tag, location_tag, tag, credential, location, hours, service, review, slot_claim;
    for handful in select array_agg(t.id order by t.o) from (select therapist_id as id, row_number() over (order by min(map_order(lat, lon)), therapist_id) as o from location group by 1) t
                group by t.o / 50 order by t.o / 50 loop
        perform listing_rebuild(handful);
        n := n + cardinality(handful);
    end loop;
    analyze listing, listing_offer, listing_card, listing_due;
    perform towns_rebuild();
    perform names_rebuild();
    return n;
end $$;
