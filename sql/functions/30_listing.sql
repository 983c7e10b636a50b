-- What the listing ought to say, made from the tables alone, one therapist at a time and in the plainest way. Nothing that people wait for calls
-- this: 32_listing_refresh.sql writes the listing, and doctor and the tests hold what it wrote against this.

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

-- A therapist's services as they are listed at a place: for each class of length the one nearest to it; of these the one nearest to an hour is shown.
create or replace function listing_services(p_therapist int, p_location int) returns table (class smallint, shown boolean, service service)
    language sql stable rows 3
    as $$
    select length_class(s.minutes), row_number() over (order by abs(s.minutes - 60), s.price, s.position, s.id) = 1, s::service
    from (select distinct on (length_class(v.minutes)) v.* from service v where v.therapist_id = p_therapist and v.retired_at is null and given_at(v.id, p_location)
          order by length_class(v.minutes), abs(v.minutes - length_class(v.minutes)), v.price, v.position, v.id) s
    $$;

-- The bits of one place: what the therapist and the place state, and what follows from other facts. A technique is the therapist's: a row stands for the
-- service nearest to a length, and to say which of the services has it would take a row for each. Nobody is missed by that, for what a service consists of
-- its therapist states (practice_service_consists, practice_ticked_problem).
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
           and exists (select from service s where s.therapist_id = p_therapist and s.retired_at is null and s.mode = 'instant' and given_at(s.id, p_location))
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

create or replace function listing_word(p_bits int[], p_word int) returns int8
    language sql immutable parallel safe
    as $$ select coalesce(bit_or(1::int8 << (b & 63)), 0) from unnest(p_bits) b where b >> 6 = p_word $$;

-- Free times of one service at one place, as the listing knows them: each row of slots() put into its local day, part of the day and hour.
create or replace function listing_times_made(p_service int, p_location int, p_zone text, out base date, out hours int[], out runs int[],
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
    select (select array_agg(d.bits order by d.n) from d), coalesce((select array_agg(run_number(base, s.start, 0) order by s.start) from s), '{}'),
           coalesce((select bit_or(1::int8 << ((base + p.day - date '2000-01-01') % 21 * 3 + p.part)) from part p where p.day < 20), 0),
           coalesce((select min(s.start) from s), 'infinity'), coalesce((select base + min(s.day) from s), 'infinity'),
           (select p.last from part p order by p.day, p.part limit 1)
      into hours, runs, free, first_start, first_day, due;
    select least(due - make_interval(mins => v.notice),
                 day_starts(base + case when v.horizon < 20 then 1 else 2 end, p_zone))
      into due from service v where v.id = p_service;
    due := coalesce(due, 'infinity');
    if p_service is null then
        hours := '{}';
    end if;
end $$;

create or replace function listing_made(p_therapist int) returns setof listing
    language sql stable
    as $$
    with r as (
        select ((coalesce(sum((expertise + professionalism + satisfaction) / 3.0), 0) + k.imagined * k.imagined_mean) / (count(review.id) + k.imagined))::real as score,
               coalesce(round(avg((expertise + professionalism + satisfaction) / 3.0), 1), 0)::real as rating
        from ranking() k left join review on therapist_id = p_therapist and review.shown group by k.imagined, k.imagined_mean
    )
    select l.id, coalesce(s.class, 0::smallint), p_therapist, coalesce(s.shown, true), (select count(*) > 1 from location x where x.therapist_id = p_therapist),
           (k.credentials * listing_checked(p_therapist)::int + k.training * listing_trained(p_therapist)::int + round(k.reviews * (r.score - 1) / 4))::smallint,
           f.first_day, coalesce((s.service).price, 2147483647),
           cos(radians(l.lat)) * cos(radians(l.lon)), cos(radians(l.lat)) * sin(radians(l.lon)), sin(radians(l.lat)),
           least(f.due, (select min(c.checked_until + 1)::timestamp at time zone 'UTC' from credential c
                         where c.therapist_id = p_therapist and c.checked_until >= listing_today_utc())),
           f.free,
           listing_word(b.bits, 0), listing_word(b.bits, 1), listing_word(b.bits, 2), listing_word(b.bits, 3), listing_word(b.bits, 4), listing_word(b.bits, 5),
           f.first_start, r.rating, r.score, l.home_km, mercator(l.lat, l.lon), coalesce((s.service).currency, '')
    from therapist t join location l on l.therapist_id = t.id cross join r cross join ranking() k
    left join listing_services(p_therapist, l.id) s on true
    cross join lateral (select listing_bits(p_therapist, l.id) as bits offset 0) b
    cross join lateral (select * from listing_times_made((s.service).id, l.id, l.zone) offset 0) f
    where t.id = p_therapist and t.published
    $$;
comment on function listing_made is 'the rows of one therapist as they ought to be now, made from the tables alone: what listing_write() writes, reckoned another way, so that doctor and the tests can compare';

create or replace function listing_offer_made(p_therapist int) returns setof listing_offer
    language sql stable
    as $$
    select l.id, s.class, (s.service).id, make_interval(mins => (s.service).notice), l.zone,
           json_build_object('amount', round((s.service).price / 100.0, 2), 'currency', (s.service).currency, 'minutes', (s.service).minutes,
               'text', say_money((s.service).price, (s.service).currency), 'service', (s.service).id, 'name', (s.service).name)::text,
           f.base, f.hours, f.runs, (s.service).step, (s.service).horizon, null::smallint, null::real, null::real, null::date, null::timestamptz
    from therapist t join location l on l.therapist_id = t.id cross join lateral listing_services(p_therapist, l.id) s
    cross join lateral (select * from listing_times_made((s.service).id, l.id, l.zone) offset 0) f
    where t.id = p_therapist and t.published
    $$;
comment on function listing_offer_made is 'without what is there as in listing: that is held against its row';

-- The proof that a result shows on a day: permission to practise before training, what is checked before what is not.
create or replace function credential_shown(p_therapist int, p_on date) returns json
    language plpgsql stable
    as $$
declare
    c credential;
begin
    select d.* into c from credential d join credential_kind k on k.kind = d.kind where d.therapist_id = p_therapist
    order by k.profession desc, d.checked_until >= p_on desc nulls last, d.checked_on is null desc, d.checked_until desc, d.id limit 1;
    return credential_said(c, p_on, (select max(l.bookable_until) from location l where l.therapist_id = p_therapist));
end $$;

-- p_bookable: the day until which the law lets them be booked at one of their places.
create or replace function credential_said(c credential, p_on date, p_bookable date) returns json
    language plpgsql stable
    as $$
declare
    state constant text := case when c.id is null then 'none' when c.checked_on is null then 'unchecked' when c.checked_until >= p_on then 'checked' else 'lapsed' end;
    profession boolean;
    word text;
begin
    select k.profession, k.label into profession, word from credential_kind k where k.kind = c.kind;
    return json_build_object('state', state, 'checked', state = 'checked', 'lapsed', state = 'lapsed', 'kind', c.kind, 'title', c.title,
        'profession', profession, 'checked_until', case when state = 'checked' then c.checked_until end,
        'closed', coalesce(p_bookable < p_on and p_bookable < 'infinity', false),
        'word', case state when 'checked' then word || ' checked'
                           when 'lapsed' then word || ': our check has run out'
                           when 'unchecked' then word || case when c.result is null then ': not checked yet' else ': could not be confirmed' end
                           else 'No credential given' end);
end $$;

create or replace function listing_tag_labels(p_therapist int, p_kind text) returns text[]
    language sql stable
    as $$
    select coalesce(array_agg(g.label order by g.position, g.id), '{}') from therapist_tag x join tag g on g.id = x.tag_id
    where x.therapist_id = p_therapist and g.kind = p_kind
    $$;

create or replace function card_text(t therapist, l location, p_techniques text[], p_complaints text[], p_home boolean, p_home_services text, p_reviews bigint, p_rating real) returns text
    language sql stable
    as $$
    select left(json_build_object(
        'id', t.id, 'slug', t.slug, 'name', t.name, 'headline', t.headline, 'profession', nullif(t.profession, ''),
        'techniques', to_json(p_techniques), 'techniques_text', nullif(array_to_string(p_techniques, ', '), ''), 'complaints', to_json(p_complaints),
        'place', json_build_object('street', l.street, 'town', l.town, 'region', l.region, 'postcode', l.postcode, 'access', nullif(l.access, '')),
        'lat', l.lat, 'lon', l.lon, 'tint', tint(t.id), 'new_clients', t.new_clients,
        'home_visits', p_home,
        'home_services', p_home_services,
        'initials', upper(left(fold(t.name), 1) || coalesce(substring(fold(t.name) from ' (.)[^ ]*$'), '')),
        'rating', case when p_reviews > 0 then json_build_object('score', p_rating, 'count', p_reviews, 'text', to_char(p_rating, 'FM0.0'), 'one', p_reviews = 1) end
        )::text, -1) || coalesce(', "photo" : "' || t.photo || '"', '')
    $$;

create or replace function listing_card_made(p_therapist int) returns setof listing_card
    language sql stable
    as $$
    select l.id, card_text(t, l, q.techniques, q.complaints, exists (select from location h where h.therapist_id = t.id and h.home_km > 0),
               (select string_agg(v.name, ', ' order by v.position, v.id) from service v where v.therapist_id = t.id and v.at_home and v.retired_at is null and given_at(v.id, l.id)),
               r.n, r.rating),
        c.now, (c.now ->> 'checked_until')::date, credential_shown(t.id, 'infinity')
    from therapist t join location l on l.therapist_id = t.id
    cross join lateral (select listing_tag_labels(t.id, 'technique') as techniques, listing_tag_labels(t.id, 'complaint') as complaints offset 0) q
    cross join lateral (select count(*) as n, round(avg((expertise + professionalism + satisfaction) / 3.0), 1)::real as rating
                        from review where therapist_id = t.id and shown) r
    cross join lateral (select credential_shown(t.id, listing_today_utc()) offset 0) c (now)
    where t.id = p_therapist and t.published
    $$;

-- Whether a row says the truth, made: all that can be asked of it. What has passed by the clock alone may still stand in the row, and free times
-- past the 19th day are not asked of it.
create or replace function listing_same(l listing, made listing, p_today date) returns boolean
    language sql stable
    as $$
    select (l.therapist_id, l.shown, l.shared, l.merit, l.first_day, l.price, l.tags0, l.tags1, l.tags2, l.tags3, l.tags4, l.tags5, l.rating, l.score, l.home_km, l.currency)
         = (made.therapist_id, made.shown, made.shared, made.merit, made.first_day, made.price, made.tags0, made.tags1, made.tags2, made.tags3, made.tags4, made.tags5,
            made.rating, made.score, made.home_km, made.currency)
       and abs(l.x - made.x) + abs(l.y - made.y) + abs(l.z - made.z) < 1e-12 and l.spot ~= made.spot
       and (l.free # made.free) & (select bit_or(7::int8 << (p_today + n - date '2000-01-01') % 21 * 3) from generate_series(0, 18) n) = 0
    $$;

-- The same for free times in detail, up to the horizon of the day on which the row was made: the starts that are left, and the hours of the days after
-- the one on which the notice ends.
create or replace function listing_offer_same(o listing_offer, made listing_offer) returns boolean
    language sql stable
    as $$
    select (o.service_id, o.notice, o.zone, o.offer, o.step, o.horizon) = (made.service_id, made.notice, made.zone, made.offer, made.step, made.horizon)
       and run_starts(o.runs, o.base, o.step, o.zone, clock() + o.notice, x.till, 16777215, 100000) = run_starts(made.runs, made.base, made.step, made.zone, '-infinity', x.till, 16777215, 100000)
       and not exists (select from generate_subscripts(made.hours, 1) i
                       where made.base + i - 1 > local_day(clock() + made.notice, made.zone) and made.base + i - 1 <= o.base + o.horizon
                         and made.hours[i] <> o.hours[i + (made.base - o.base)])
    from (select day_starts(o.base + o.horizon + 1, o.zone) as till) x
    $$;

-- How the listing differs from what it ought to say, a line for each difference of these therapists: rows whose due has come are first brought up to
-- now, as search does, and those without a free time, which they may have on the latest day.
create or replace function listing_differences(p_therapists int[]) returns table (therapist_id int, location_id int, class smallint, what text)
    language plpgsql stable set plan_cache_mode = force_generic_plan
    as $$
#variable_conflict use_column
begin
    return query
    with t as materialized (select unnest(p_therapists) as id),
    made as materialized (select m.* from t cross join lateral listing_made(t.id) m),
    found as materialized (select case when l.due <= clock() or l.first_day = 'infinity' then listing_today(l) else l end as l from listing l where l.therapist_id = any (p_therapists))
    select coalesce((f.l).therapist_id, m.therapist_id), coalesce((f.l).location_id, m.location_id), coalesce((f.l).class, m.class),
           case when m.location_id is null then 'is listed and should not be' when (f.l).location_id is null then 'should be listed and is not' 
                else 'says otherwise: ' || (select string_agg(key, ', ') from json_each_text(row_to_json(f.l)) a join json_each_text(row_to_json(m)) b using (key)
                                            where a.value <> b.value and key not in ('due', 'first_start')) end
    from (select x.l from found x) f full join made m on m.location_id = (f.l).location_id and m.class = (f.l).class
    where m.location_id is null or (f.l).location_id is null
       or not listing_same(f.l, m, local_day(clock(), (select zone from location where id = m.location_id)))
    union all
    select t.id, m.location_id, m.class, 'other free times'
    from t cross join lateral listing_offer_made(t.id) m left join listing_offer o using (location_id, class)
    where o.location_id is null or not listing_offer_same(o, m)
    union all
    select l.therapist_id, l.location_id, l.class, 'its offer has not what the row says'
    from listing l join listing_offer o using (location_id, class)
    where l.therapist_id = any (p_therapists) and (o.merit, o.rating, o.score, o.first_day, o.due) is distinct from (l.merit, l.rating, l.score, l.first_day, l.due)
    union all
    select t.id, m.location_id, null, 'another card'
    from t cross join lateral listing_card_made(t.id) m left join listing_card c using (location_id)
    where c.location_id is null or (c.card, c.credential_lapsed) is distinct from (m.card, m.credential_lapsed)
       or case when c.credential_until < listing_today_utc() then c.credential_lapsed else c.credential end <> m.credential
    union all
    select t.id, null, null, 'not watched by the clock'
    from t left join listing_due d on d.therapist_id = t.id left join listing_watched(p_therapists) l on l.therapist_id = t.id
    where d.due is distinct from l.due
    union all
    select * from listing_block_differences(p_therapists);
end $$;

grant execute on function length_class, credential_shown, credential_said to unknot_web;
