-- The listing is derived: refreshed here, in the transaction that changed what it rests on, by the triggers at the end.
-- SECURITY DEFINER, because the caller may neither write it nor see every row it counts.

-- One therapist's row of listing_due is the lock under which claims and listing change. Everybody takes it before touching either (and after
-- the rows of bookings, services and the like that they change), so nobody waits in a ring, and who had to wait computes from a snapshot that
-- has seen what the other did.
create or replace function listing_lock(p_therapist int) returns void
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
begin
    perform from listing_due where therapist_id = p_therapist for update;
end $$;

-- --- What the listing says, made from the tables alone

create or replace function length_class(p_minutes int) returns smallint
    language sql immutable parallel safe
    as $$
    select case when p_minutes < 38 then 30 when p_minutes < 53 then 45 when p_minutes < 68 then 60 when p_minutes < 83 then 75
                when p_minutes <= 105 then 90 else 120 end::smallint
    $$;
comment on function length_class is 'of the lengths that can be asked for, the one nearest to p_minutes';

create or replace function listing_today_utc() returns date
    language sql stable parallel safe
    as $$ select (clock() at time zone 'UTC')::date $$;
comment on function listing_today_utc is 'the day by which checks of credentials end';

-- A therapist's services as they are listed: for each class of length the one nearest to it; of these the one nearest to an hour is shown.
create or replace function listing_services(p_therapist int) returns table (class smallint, shown boolean, service service)
    language sql stable
    as $$
    select length_class(s.minutes), row_number() over (order by abs(s.minutes - 60), s.price, s.position, s.id) = 1, s::service
    from (select distinct on (length_class(v.minutes)) v.* from service v where v.therapist_id = p_therapist and v.retired_at is null
          order by length_class(v.minutes), abs(v.minutes - length_class(v.minutes)), v.price, v.position, v.id) s
    $$;

-- The bits of one place: what the therapist and the place state, and what follows from other facts.
create or replace function listing_bits(p_therapist int, p_location int) returns int[]
    language sql stable
    as $$
    select array_agg(g.bit::int) from tag g where g.bit is not null and (
        g.id in (select tag_id from therapist_tag where therapist_id = p_therapist)
        or g.id in (select tag_id from location_tag where location_id = p_location)
        or g.kind = 'length' and g.slug in (select length_class(minutes)::text from service where therapist_id = p_therapist and retired_at is null)
        or g.id in (select specialism_id from credential where therapist_id = p_therapist and checked_until >= listing_today_utc())
        or g.kind = 'credential' and g.slug in (select kind from credential where therapist_id = p_therapist and checked_until >= listing_today_utc())
        or g.kind = 'proof' and g.slug = 'checked' and listing_checked(p_therapist)
        or g.kind = 'proof' and g.slug = 'back_pain_training' and listing_trained(p_therapist)
        or g.kind = 'booking' and g.slug = 'instant' and exists (select from hours where location_id = p_location)
           and exists (select from service where therapist_id = p_therapist and retired_at is null)
        or g.kind = 'booking' and g.slug = 'new_clients' and exists (select from therapist where id = p_therapist and new_clients)
        or g.kind = 'booking' and g.slug = 'home_visit' and exists (select from location where therapist_id = p_therapist and home_km > 0))
    $$;

create or replace function listing_checked(p_therapist int) returns boolean
    language sql stable
    as $$
    select exists (select from credential c join credential_kind k using (kind)
                   where c.therapist_id = p_therapist and k.profession and c.checked_until >= listing_today_utc())
    $$;
comment on function listing_checked is 'permission to practise was checked and the check holds';

create or replace function listing_trained(p_therapist int) returns boolean
    language sql stable
    as $$
    select exists (select from credential c join tag g on g.id = c.specialism_id
                   where c.therapist_id = p_therapist and g.part = 'back_pain' and c.checked_until >= listing_today_utc())
    $$;
comment on function listing_trained is 'training about back pain was checked and the check holds';

create or replace function listing_score(p_sum numeric, p_n bigint) returns real
    language sql immutable parallel safe
    as $$ select ((p_sum + 20 * 4.2) / (p_n + 20))::real $$;
comment on function listing_score is 'the mean of the reviews, drawn to the mean of all by 20 imagined ones';

create or replace function listing_merit(p_checked boolean, p_trained boolean, p_score real) returns smallint
    language sql immutable parallel safe
    as $$ select (20 * p_checked::int + 10 * p_trained::int + round(15 * (p_score - 1) / 4))::smallint $$;
comment on function listing_merit is 'points that rest on the therapist alone: a checked permission to practise, checked training about back pain, reviews';

create or replace function listing_word(p_bits int[], p_word int) returns int8
    language sql immutable parallel safe
    as $$ select coalesce(bit_or(1::int8 << (b & 63)), 0) from unnest(p_bits) b where b >> 6 = p_word $$;

-- Free times of one service at one place, as the listing knows them: each row of slots() put into its local day, part of the day and hour.
create or replace function listing_times(p_service int, p_location int, p_zone text, out base date, out hours int[], out next timestamptz[],
                                         out free int8, out first_start timestamptz, out first_day date, out due timestamptz)
    language plpgsql stable
    as $$
#variable_conflict use_variable
begin
    base := local_day(clock(), p_zone);
    with s as (
        select x.start, x.local::date - base as day, extract(hour from x.local)::int as hour from slots(p_service, p_location, base, 61) x
    ), d as (
        select n, coalesce(bit_or(1 << s.hour), 0) as bits from generate_series(0, 60) n left join s on s.day = n group by n
    ), part as (
        select s.day, case when s.hour < 12 then 0 when s.hour < 17 then 1 else 2 end as part, max(s.start) as last from s group by 1, 2
    )
    select (select array_agg(d.bits order by d.n) from d), coalesce((select (array_agg(s.start order by s.start))[1:12] from s), '{}'),
           coalesce((select bit_or(1::int8 << ((base + p.day - date '2000-01-01') % 21 * 3 + p.part)) from part p where p.day < 20), 0),
           coalesce((select min(s.start) from s), 'infinity'), coalesce((select base + min(s.day) from s), 'infinity'),
           (select p.last from part p order by p.day, p.part limit 1)
      into hours, next, free, first_start, first_day, due;
    select least(due - make_interval(mins => v.notice),
                 (base + case when v.horizon < 20 or first_day = 'infinity' then 1 else 2 end)::timestamp at time zone p_zone) + interval '0'
      into due from service v where v.id = p_service;
    due := coalesce(due, (base + 2)::timestamp at time zone p_zone);
    if p_service is null then
        hours := '{}';
    end if;
end $$;

create or replace function listing_made(p_therapist int) returns setof listing
    language sql stable
    as $$
    with r as (
        select count(*) as n, coalesce(sum((expertise + professionalism + satisfaction) / 3.0), 0) as sum,
               coalesce(round(avg((expertise + professionalism + satisfaction) / 3.0), 1), 0)::real as rating
        from review where therapist_id = p_therapist and removed_at is null
    )
    select l.id, coalesce(s.class, 0::smallint), p_therapist, coalesce(s.shown, true), count(*) over (partition by coalesce(s.class, 0)) > 1,
           listing_merit(listing_checked(p_therapist), listing_trained(p_therapist), listing_score(r.sum, r.n)),
           f.first_day, coalesce((s.service).price, 2147483647),
           cos(radians(l.lat)) * cos(radians(l.lon)), cos(radians(l.lat)) * sin(radians(l.lon)), sin(radians(l.lat)),
           least(f.due, (select min(c.checked_until + 1)::timestamp at time zone 'UTC' from credential c
                         where c.therapist_id = p_therapist and c.checked_until >= listing_today_utc())),
           f.free,
           listing_word(b.bits, 0), listing_word(b.bits, 1), listing_word(b.bits, 2), listing_word(b.bits, 3), listing_word(b.bits, 4), listing_word(b.bits, 5),
           f.first_start, r.rating, listing_score(r.sum, r.n), l.home_km, mercator(l.lat, l.lon), coalesce((s.service).currency, '')
    from therapist t join location l on l.therapist_id = t.id cross join r
    left join listing_services(p_therapist) s on true
    cross join lateral (select listing_bits(p_therapist, l.id) as bits offset 0) b
    cross join lateral (select * from listing_times((s.service).id, l.id, l.zone) offset 0) f
    where t.id = p_therapist and t.published
    $$;
comment on function listing_made is 'the rows of one therapist as they ought to be now, made from the tables alone: what listing_refresh() writes';

create or replace function listing_offer_made(p_therapist int) returns setof listing_offer
    language sql stable
    as $$
    select l.id, s.class, (s.service).id, make_interval(mins => (s.service).notice), l.zone,
           json_build_object('amount', round((s.service).price / 100.0, 2), 'currency', (s.service).currency, 'minutes', (s.service).minutes,
               'text', say_money((s.service).price, (s.service).currency), 'service', (s.service).id, 'name', (s.service).name)::text,
           f.base, f.hours, f.next
    from therapist t join location l on l.therapist_id = t.id cross join listing_services(p_therapist) s
    cross join lateral (select * from listing_times((s.service).id, l.id, l.zone) offset 0) f
    where t.id = p_therapist and t.published
    $$;

-- The proof that a result shows on a day: permission to practise before training, what is checked before what is not.
create or replace function credential_shown(p_therapist int, p_on date) returns json
    language plpgsql stable
    as $$
declare
    c credential;
    state text;
begin
    select * into c from credential where therapist_id = p_therapist
    order by is_profession(kind) desc, checked_until >= p_on desc nulls last, checked_on is null desc, checked_until desc, id limit 1;
    state := case when c.id is null then 'none' when c.checked_on is null then 'unchecked' when c.checked_until >= p_on then 'checked' else 'lapsed' end;
    return json_build_object('state', state, 'checked', state = 'checked', 'lapsed', state = 'lapsed', 'kind', c.kind, 'title', c.title,
        'profession', is_profession(c.kind), 'checked_until', case when state = 'checked' then c.checked_until end,
        'word', case state when 'checked' then credential_word(c.kind) || ' checked'
                           when 'lapsed' then credential_word(c.kind) || ': our check has run out'
                           when 'unchecked' then credential_word(c.kind) || ': not checked yet'
                           else 'No credential given' end);
end $$;

create or replace function listing_tag_labels(p_therapist int, p_kind text) returns text[]
    language sql stable
    as $$
    select coalesce(array_agg(g.label order by g.position, g.id), '{}') from therapist_tag x join tag g on g.id = x.tag_id
    where x.therapist_id = p_therapist and g.kind = p_kind and g.retired_at is null
    $$;

create or replace function listing_card_made(p_therapist int) returns setof listing_card
    language sql stable
    as $$
    select l.id, fold(t.name), left(json_build_object(
        'id', t.id, 'slug', t.slug, 'name', t.name, 'headline', t.headline, 'profession', nullif(t.profession, ''),
        'techniques', to_json(q.techniques), 'techniques_text', nullif(array_to_string(q.techniques, ', '), ''), 'complaints', to_json(q.complaints),
        'place', json_build_object('street', l.street, 'town', l.town, 'region', l.region, 'postcode', l.postcode, 'access', nullif(l.access, '')),
        'lat', l.lat, 'lon', l.lon, 'tint', tint(t.id), 'new_clients', t.new_clients,
        'home_visits', exists (select from location h where h.therapist_id = t.id and h.home_km > 0),
        'initials', upper(left(fold(t.name), 1) || coalesce(substring(fold(t.name) from ' (.)[^ ]*$'), '')),
        'rating', case when r.n > 0 then json_build_object('score', r.rating, 'count', r.n, 'text', to_char(r.rating, 'FM0.0'), 'one', r.n = 1) end
        )::text, -1),
        c.now, (c.now ->> 'checked_until')::date, credential_shown(t.id, 'infinity')
    from therapist t join location l on l.therapist_id = t.id
    cross join lateral (select listing_tag_labels(t.id, 'technique') as techniques, listing_tag_labels(t.id, 'complaint') as complaints offset 0) q
    cross join lateral (select count(*) as n, round(avg((expertise + professionalism + satisfaction) / 3.0), 1)::real as rating
                        from review where therapist_id = t.id and removed_at is null) r
    cross join lateral (select credential_shown(t.id, listing_today_utc()) offset 0) c (now)
    where t.id = p_therapist and t.published
    $$;

-- --- Writing it

create or replace function listing_refresh_times(p_therapist int) returns void
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
begin
    perform listing_lock(p_therapist);
    update listing l set free = m.free, first_day = m.first_day, first_start = m.first_start, due = m.due
    from listing_made(p_therapist) m
    where l.therapist_id = p_therapist and l.location_id = m.location_id and l.class = m.class
      and (l.free, l.first_day, l.first_start, l.due) is distinct from (m.free, m.first_day, m.first_start, m.due);
    update listing_offer o set base = m.base, hours = m.hours, next = m.next
    from listing_offer_made(p_therapist) m
    where o.location_id = m.location_id and o.class = m.class and (o.base, o.hours, o.next) is distinct from (m.base, m.hours, m.next);
    update listing_due d set due = l.due from (select min(due) as due from listing where therapist_id = p_therapist) l
    where d.therapist_id = p_therapist and d.due is distinct from l.due;
end $$;
comment on function listing_refresh_times is 'free times of one therapist''s rows';

create or replace function listing_refresh(p_therapist int) returns void
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
begin
    perform listing_lock(p_therapist);
    if not exists (select from therapist where id = p_therapist and published) then
        delete from listing_card where location_id in (select id from location where therapist_id = p_therapist);
        delete from listing where therapist_id = p_therapist;
        delete from listing_due where therapist_id = p_therapist;
        return;
    end if;
    delete from listing l where l.therapist_id = p_therapist and (l.location_id, l.class) not in (select m.location_id, m.class from listing_made(p_therapist) m);
    insert into listing as old select m.* from listing_made(p_therapist) m order by m.location_id, m.class
    on conflict (location_id, class) do update set
        therapist_id = excluded.therapist_id, shown = excluded.shown, shared = excluded.shared, merit = excluded.merit, first_day = excluded.first_day,
        price = excluded.price, x = excluded.x, y = excluded.y, z = excluded.z, due = excluded.due, free = excluded.free, tags0 = excluded.tags0,
        tags1 = excluded.tags1, tags2 = excluded.tags2, tags3 = excluded.tags3, tags4 = excluded.tags4, tags5 = excluded.tags5,
        first_start = excluded.first_start, rating = excluded.rating, score = excluded.score, home_km = excluded.home_km, spot = excluded.spot,
        currency = excluded.currency;
    insert into listing_offer as old select m.* from listing_offer_made(p_therapist) m order by m.location_id, m.class
    on conflict (location_id, class) do update set service_id = excluded.service_id, notice = excluded.notice, zone = excluded.zone,
        offer = excluded.offer, base = excluded.base, hours = excluded.hours, next = excluded.next;
    insert into listing_card as old select m.* from listing_card_made(p_therapist) m order by m.location_id
    on conflict (location_id) do update set name_key = excluded.name_key, card = excluded.card, credential = excluded.credential,
        credential_until = excluded.credential_until, credential_lapsed = excluded.credential_lapsed;
    insert into listing_due (therapist_id, due) select p_therapist, coalesce(min(due), 'infinity') from listing where therapist_id = p_therapist
    on conflict (therapist_id) do update set due = excluded.due;
end $$;
comment on function listing_refresh is 'makes one therapist''s rows anew from the tables they rest on';

-- The row as it is now, for one whose due has come: from the tables.
create or replace function listing_today(l listing) returns listing
    language sql stable security definer set search_path = unknot, public, pg_temp
    as $$
    select coalesce((select m from listing_made(l.therapist_id) m where m.location_id = l.location_id and m.class = l.class), l)
    $$;

-- The clock changes the listing too: a check runs out, starts pass, a new day comes into the horizon. The worker calls this until it returns 0.
-- Who is being changed by somebody else is left for the next round: nobody waits here, so any number of workers get along.
create or replace function listing_refresh_due(p_limit int) returns int
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    t int;
    n int := 0;
begin
    for t in select therapist_id from listing_due where due <= clock() order by due limit p_limit for update skip locked loop
        perform listing_refresh(t);
        n := n + 1;
    end loop;
    delete from listing_stale s where s.therapist_id in (
        select x.therapist_id from listing_stale x left join listing_due d using (therapist_id) where d.therapist_id is null limit p_limit for update of x skip locked);
    for t in select d.therapist_id from listing_stale x join listing_due d using (therapist_id) limit p_limit for update skip locked loop
        perform listing_refresh(t);
        delete from listing_stale where therapist_id = t;
        n := n + 1;
    end loop;
    return n;
end $$;

create or replace function bulk_load() returns boolean
    language sql stable
    as $$ select session_user = 'unknot_owner' and current_setting('app.bulk', true) = 'on' $$;
comment on function bulk_load is 'the owner is loading many rows and will make the listings at the end';

-- Statement-level triggers: one refresh a therapist however many rows a statement touched.
create or replace function listing_follow() returns trigger
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    t int;
begin
    if bulk_load() then
        return null;
    end if;
    for t in
        select distinct case when tg_table_name = 'therapist' then (r ->> 'id')::int
                             when tg_table_name in ('hours', 'location_tag') then (select l.therapist_id from location l where l.id = (r ->> 'location_id')::int)
                             else (r ->> 'therapist_id')::int end
        from (select to_json(c) as r from changed c) x
        order by 1
    loop
        perform listing_refresh(t);
    end loop;
    return null;
end $$;

do $$
declare
    t text;
begin
    foreach t in array array['therapist', 'therapist_tag', 'location_tag', 'credential', 'location', 'hours', 'service', 'review'] loop
        execute format('create or replace trigger listing_follows_insert after insert on %I referencing new table as changed for each statement execute function listing_follow()', t);
        execute format('create or replace trigger listing_follows_update after update on %I referencing new table as changed for each statement execute function listing_follow()', t);
        if t <> 'therapist' then -- a deleted therapist takes the listing along by foreign keys
            execute format('create or replace trigger listing_follows_delete after delete on %I referencing old table as changed for each statement execute function listing_follow()', t);
        end if;
    end loop;
end $$;

grant execute on function listing_refresh, listing_refresh_times, listing_refresh_due to unknot_worker;
grant execute on function listing_refresh, listing_today, bulk_load, credential_shown, length_class to unknot_web;
grant execute on function bulk_load to unknot_worker;
