-- Free times of many services at once, as the listing keeps them: the same times that slots() gives one by one (tests hold the two together), in
-- one pass over hours and claims, as runs of starts. A day of 24 hours is reckoned in minutes from its midnight; the few others come from slots().

-- What is listed of these therapists: each place with each class of length, or with class 0 where there is no service. today and cut (the
-- moment from which on there can be starts) are of the place's wall clock.
create or replace function listing_offered(p_therapists int[])
    returns table (therapist_id int, location_id int, zone text, today date, cut timestamp, class smallint, shown boolean, shared boolean, service_id int, minutes smallint,
                   price int, currency text, kept_before smallint, kept_after smallint, step smallint, notice int, horizon smallint, name text, busy date[], roomed boolean, bookable boolean)
    language sql stable
    as $$
    select l.therapist_id, l.id, l.zone, local_day(clock(), l.zone), (clock() + make_interval(mins => coalesce(s.notice, 0))) at time zone l.zone,
           coalesce(s.class, 0::smallint), coalesce(s.shown, true), l.shared,
           s.id, s.minutes, s.price, s.currency, s.kept_before, s.kept_after, s.step, s.notice, s.horizon, s.name, s.busy, s.needs_room,
           l.bookable_until >= listing_today_utc()
    from therapist t
    join (select x.*, count(*) over (partition by x.therapist_id) > 1 as shared from location x where x.therapist_id = any (p_therapists)) l on l.therapist_id = t.id
    left join (
        select c.*, row_number() over (partition by c.given order by abs(c.minutes - 60), c.price, c.position, c.id) = 1 as shown,
               case when c.most_a_day is not null then days_full((select v from service v where v.id = c.id), c.zone, local_day(clock(), c.zone), local_day(clock(), c.zone) + 60, clock()) end as busy
        from (select distinct on (l.id, length_class(v.minutes)) v.*, length_class(v.minutes) as class, l.id as given, l.zone
              from service v join location l on l.therapist_id = v.therapist_id and l.therapist_id = any (p_therapists)
              where v.therapist_id = any (p_therapists) and v.retired_at is null and given_at(v.id, l.id)
              order by l.id, length_class(v.minutes), abs(v.minutes - length_class(v.minutes)), v.price, v.position, v.id) c
    ) s on s.given = l.id
    where t.id = any (p_therapists) and t.published
    $$;

-- Whose free times the week and the claims alone do not tell: for these the gaps come from free_gaps(), place by place. Those of a service that needs a
-- room do so service by service.
create or replace function listing_odd(p_therapists int[], p_today date) returns int[]
    language sql stable
    as $$
    select array(
        select f.therapist_id from time_off f where f.therapist_id = any (p_therapists) and f.ends > p_today - 2
        union select y.therapist_id from outside_busy y where y.therapist_id = any (p_therapists) and upper(y.during) > p_today - 2
        union select h.therapist_id from holiday_closed h where h.therapist_id = any (p_therapists)
        union select t.therapist_id from travel t where t.therapist_id = any (p_therapists)
        union select l.therapist_id from location l
        where l.therapist_id = any (p_therapists)
          and (l.id in (select s.location_id from season s where s.valid_until > p_today - 2 and s.location_id = any (array(select id from location where therapist_id = any (p_therapists))))
               or l.id in (select x.location_id from special_day x where x.day > p_today - 2 and x.location_id = any (array(select id from location where therapist_id = any (p_therapists))))))
    $$;

create or replace function listing_runs(p_therapists int[], p_first date, p_last date)
    returns table (location_id int, class smallint, day date, midnight timestamptz, first int, last int, step int)
    language sql stable
    as $$
    with offer as materialized (
        select o.* from listing_offered(p_therapists) o where o.class > 0 and o.bookable
    ), odd as materialized (
        select listing_odd(p_therapists, (clock() at time zone 'UTC')::date) as them -- once: a subselect would be asked anew for each row
    ), place as materialized (
        select distinct o.location_id, o.therapist_id, o.zone, greatest(p_first, o.today) as first, least(p_last, o.today + 60) as last, o.therapist_id = any (odd.them) as odd
        from offer o, odd
    ), sky as materialized (
        select z.zone, z.first + n as day, date_part('isodow', z.first + n)::int as weekday, day_starts(z.first + n, z.zone) as midnight,
               day_starts(z.first + n + 1, z.zone) - day_starts(z.first + n, z.zone) = interval '24 hours' as plain
        from (select p.zone, min(p.first) as first, max(p.last) as last from place p group by p.zone) z, generate_series(0, z.last - z.first) n
    ), opening as materialized (
        select h.location_id, h.weekday, range_agg(int4range(ceil(date_part('epoch', h.starts) / 60)::int, floor(date_part('epoch', h.ends) / 60)::int)) as open
        from hours h where h.location_id = any (array(select p.location_id from place p where not p.odd)) and h.season_id is null group by h.location_id, h.weekday
    ), busy as materialized (
        select c.location_id, c.low::date + n as day,
               range_agg(int4range(case when n = 0 then floor(date_part('epoch', c.low - date_trunc('day', c.low)) / 60)::int else 0 end,
                                   case when c.low::date + n = c.high::date then ceil(date_part('epoch', c.high - date_trunc('day', c.high)) / 60)::int else 1440 end)) as taken
        from (select p.location_id, lower(c.blocked) at time zone p.zone as low, upper(c.blocked) at time zone p.zone as high
              from place p join slot_claim c on c.therapist_id = p.therapist_id and c.therapist_id = any (p_therapists)
              where not p.odd and lower(c.blocked) > p.first - interval '3 days' and lower(c.blocked) < p.last + interval '3 days'
                and (c.hold_expires is null or c.hold_expires > clock())) c,
             generate_series(0, c.high::date - c.low::date) n
        group by 1, 2
    ), gap as materialized (
        select p.location_id, null::smallint as class, k.day, k.midnight, unnest(case when b.taken is null then o.open else o.open - b.taken end) as gap
        from place p join sky k on k.zone = p.zone and k.day between p.first and p.last and k.plain
        join opening o on o.location_id = p.location_id and o.weekday = k.weekday
        left join busy b on b.location_id = p.location_id and b.day = k.day
        where not p.odd
        union all
        select p.location_id, null, g.day, g.midnight, int4range(g.low, g.high)
        from place p cross join lateral free_gaps(p.therapist_id, p.location_id, p.zone, p.first, p.last, clock()) g
        where p.odd and g.length = interval '24 hours' and g.low < g.high
        union all
        select o.location_id, o.class, g.day, g.midnight, int4range(g.low, g.high)
        from offer o join place p on p.location_id = o.location_id
        cross join lateral free_gaps(o.therapist_id, o.location_id, o.zone, p.first, p.last, clock(), null, o.service_id) g
        where o.roomed and g.length = interval '24 hours'
    )
    select o.location_id, o.class, g.day, g.midnight, r.first, r.first + (upper(g.gap) - o.minutes - o.kept_after - r.first) / o.step * o.step, o.step::int
    from gap g join offer o on o.location_id = g.location_id and (g.class = o.class or g.class is null and not o.roomed) and g.day >= o.cut::date and g.day <= o.today + o.horizon
    cross join lateral (
        select greatest((lower(g.gap) + o.kept_before + o.step - 1) / o.step,
                        case when g.day = o.cut::date then (ceil(date_part('epoch', o.cut - date_trunc('day', o.cut)) / 60)::int + o.step - 1) / o.step else 0 end) * o.step as first
        offset 0) r
    where r.first <= upper(g.gap) - o.minutes - o.kept_after and (o.busy is null or g.day <> all (o.busy))
    union all
    select o.location_id, o.class, k.day, s.start - make_interval(mins => s.minute), s.minute, s.minute, 1
    from sky k join offer o on o.zone = k.zone
    cross join lateral (
        select x.start, (date_part('hour', x.local) * 60 + date_part('minute', x.local))::int as minute from slots(o.service_id, o.location_id, k.day, 1, clock()) x) s
    where not k.plain
    $$;
comment on function listing_runs is 'starts from day p_first to p_last (within today and the 60 days after it), a row for each run of them: at midnight + first, first + step … last minutes of the wall clock';

-- The hours of a day in which a run has starts, a bit for each: without a gap, since every step divides the hour.
create or replace function hours_of(p_first int, p_last int) returns int
    language sql immutable parallel safe
    as $$ select (2 << p_last / 60) - (1 << p_first / 60) $$;

create or replace function part_of(p_minute int) returns int
    language sql immutable parallel safe
    as $$ select case when p_minute < 720 then 0 when p_minute < 1020 then 1 else 2 end $$;
comment on function part_of is '0: morning, 1: afternoon, 2: evening';

create or replace function free_bits_of(p_day date, p_hours int) returns int8
    language sql immutable parallel safe
    as $$
    select ((p_hours & 4095 <> 0)::int + 2 * (p_hours & 126976 <> 0)::int + 4 * (p_hours & 16646144 <> 0)::int)::int8
           << (p_day - date '2000-01-01') % 21 * 3
    $$;
comment on function free_bits_of is 'the bits of listing.free for one day';

-- A run of starts as one number, as listing_offer.runs holds them: minutes from the midnight (UTC) that begins the day before p_base, times 2,048, and
-- how many more starts follow, a step apart each. In order of time they are in order of size.
create or replace function run_number(p_base date, p_start timestamptz, p_more int) returns int
    language sql stable parallel safe -- as date_part() of a moment is said to be: what is called steadier than its parts is not inlined
    as $$ select (date_part('epoch', p_start) / 60)::int - (p_base - date '1970-01-02') * 1440 << 11 | p_more $$;

create or replace function runs_before(p_runs int[], p_base date, p_at timestamptz) returns int
    language sql stable parallel safe
    as $$ select width_bucket(run_number(p_base, p_at, 0) - 1, p_runs) $$;
comment on function runs_before is 'how many of them begin before this moment';

-- The first p_limit starts of such runs from p_from to before p_till, in these hours of the day.
create or replace function run_starts(p_runs int[], p_base date, p_step int, p_zone text, p_from timestamptz, p_till timestamptz, p_hours int, p_limit int) returns timestamptz[]
    language plpgsql stable strict parallel safe
    as $$
declare
    zero constant int := (p_base - date '1970-01-02') * 1440;
    low constant int := case when p_from > '-infinity' then greatest(ceil(date_part('epoch', p_from) / 60)::int - zero, 0) else 0 end;
    high constant int := case when p_till < 'infinity' then ceil(date_part('epoch', p_till) / 60)::int - zero else 2147483647 end;
    made timestamptz[] := '{}';
    n int := 0;
    r int;
    m int;
    start timestamptz;
begin
    foreach r in array p_runs loop
        m := r >> 11;
        continue when m + (r & 2047) * p_step < low;
        exit when m >= high;
        for at in m + (greatest(low - m, 0) + p_step - 1) / p_step * p_step .. least(m + (r & 2047) * p_step, high - 1) by p_step loop
            start := to_timestamp((zero + at) * 60::float8);
            if p_hours = 16777215 or 1 << date_part('hour', start at time zone p_zone)::int & p_hours <> 0 then
                made := made || start;
                n := n + 1;
                if n = p_limit then
                    return made;
                end if;
            end if;
        end loop;
    end loop;
    return made;
end $$;

-- All that the listing keeps of the free times of these therapists, of the days p_first to p_last (within today and the 60 days after it). due is
-- that of the clock alone: the last start of the first part of a day with one can no longer be booked, or a day has come that is not reckoned yet.
create or replace function listing_times(p_therapists int[], p_first date default '-infinity', p_last date default 'infinity')
    returns table (location_id int, class smallint, base date, hours int[], runs int[], free int8, first_start timestamptz, first_day date, due timestamptz)
    language plpgsql stable
    -- the sizes of what comes out of ranges and arrays cannot be foreseen: nested loops would grow with the square of a batch
    set enable_nestloop = off set jit = off set plan_cache_mode = force_generic_plan
    as $$
#variable_conflict use_column
begin
    return query
    with offer as materialized (
        select o.*, greatest(p_first, o.today) - o.today as low, least(p_last, o.today + 60) - o.today as high from listing_offered(p_therapists) o
    ), run as materialized (
        select r.*, part_of(r.first) as part, r.first + (least(r.last, (array[719, 1019, 1439])[1 + part_of(r.first)]) - r.first) / r.step * r.step as part_last
        from listing_runs(p_therapists, p_first, p_last) r
    ), day as materialized (
        select r.location_id, r.class, r.day, bit_or(hours_of(r.first, r.last)) as bits from run r group by r.location_id, r.class, r.day
    ), week as (
        select o.location_id, o.class, array_agg(coalesce(d.bits, 0) order by n) as hours, bit_or(free_bits_of(d.day, d.bits)) filter (where n < 20) as free
        from offer o cross join generate_series(0, 60) n left join day d on d.location_id = o.location_id and d.class = o.class and d.day = o.today + n
        where n between o.low and o.high group by o.location_id, o.class
    ), lead as (
        select r.location_id, r.class, min(r.day) as day, min(r.midnight + make_interval(mins => r.first)) as start,
               (array_agg(r.midnight + make_interval(mins => r.part_last) order by r.day, r.part, r.part_last desc))[1] as last
        from run r group by r.location_id, r.class
    ), row as (
        select r.location_id, r.class, array_agg(run_number(o.today, r.midnight + make_interval(mins => r.first), (r.last - r.first) / r.step) order by r.day, r.first) as runs
        from run r join offer o on o.location_id = r.location_id and o.class = r.class group by r.location_id, r.class
    )
    select o.location_id, o.class, o.today, case when o.class = 0 then '{}' else coalesce(w.hours, '{}') end, coalesce(e.runs, '{}'), coalesce(w.free, 0),
           coalesce(f.start, 'infinity'), coalesce(f.day, 'infinity'),
           least(f.last - make_interval(mins => o.notice),
                 day_starts(o.today + case when o.horizon < 20 or f.day is null then 1 else 2 end, o.zone))
    from offer o left join week w on w.location_id = o.location_id and w.class = o.class
    left join lead f on f.location_id = o.location_id and f.class = o.class
    left join row e on e.location_id = o.location_id and e.class = o.class;
end $$;

grant execute on function run_starts, part_of to unknot_web;
