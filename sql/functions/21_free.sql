-- Free times of many services at once, as the listing keeps them: the same times that slots() gives one by one (tests hold the two together), in
-- one pass over hours and claims, as runs of starts. A week without claims is reckoned once, not once for each of its days. A day of 24 hours is reckoned in
-- minutes from its midnight; the few others come from slots().

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
              where v.therapist_id = any (p_therapists) and v.retired_at is null
                and not (v.at_home and l.home_km = 0) -- given_at(), of all of them at once
                and (v.id not in (select g.service_id from service_location g where g.service_id = any (array(select x.id from service x where x.therapist_id = any (p_therapists) and x.retired_at is null)))
                     or (v.id, l.id) in (select g.service_id, g.location_id from service_location g where g.service_id = any (array(select x.id from service x where x.therapist_id = any (p_therapists) and x.retired_at is null))))
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

-- What the days of each listed service at a place are made of: runs of starts, in minutes of the wall clock, of each weekday and of each day that is not like
-- its week, in order. keys: the weekday less 8, or the number of the day from today on, which replaces its weekday; own: a bit for each day that does so even
-- where it has no run; runs: the start in minutes from midnight times 2,048, and how many more follow, or -1: nothing; mids: of the place's zone, day by day,
-- what makes a run_number() of a run. first_n: the day on which the notice ends.
create or replace function listing_patterns(p_therapists int[])
    returns table (location_id int, class smallint, zone text, today date, first_n int, notice int, horizon smallint, step smallint, busy date[],
                   mids int[], own int8, keys int[], firsts int[], runs int[], bits int[])
    language sql stable
    as $$
    with listed as materialized (
        select * from listing_offered(p_therapists)
    ), offer as materialized (
        select o.*, o.cut::date - o.today as notice_day, (ceil(date_part('epoch', o.cut - date_trunc('day', o.cut)) / 60)::int + o.step - 1) / o.step as notice_steps
        from listed o where o.class > 0 and o.bookable
    ), odd as materialized (
        select listing_odd(p_therapists, (clock() at time zone 'UTC')::date) as them -- once: a subselect would be asked anew for each row
    ), place as materialized (
        select distinct o.location_id, o.therapist_id, o.zone, o.today, o.therapist_id = any (odd.them) as odd from offer o, odd
    ), sky as materialized (
        select z.zone, n, z.today + n as day, date_part('isodow', z.today + n)::int as weekday, day_starts(z.today + n, z.zone) as midnight,
               day_starts(z.today + n + 1, z.zone) - day_starts(z.today + n, z.zone) = interval '24 hours' as plain
        from (select distinct p.zone, p.today from place p) z, generate_series(0, 60) n
    ), mid as materialized (
        select k.zone, array_agg(run_number(k.day - k.n, k.midnight, 0) order by k.n) as mids, array_agg((date_part('epoch', k.midnight) / 60)::int order by k.n) as minutes
        from sky k group by k.zone
    ), opening as materialized (
        select o.location_id, o.weekday, lower(o.open) as low, upper(o.open) as high
        from (select h.location_id, h.weekday, unnest(range_agg(int4range(ceil(date_part('epoch', h.starts) / 60)::int, floor(date_part('epoch', h.ends) / 60)::int))) as open
              from hours h where h.location_id = any (array(select p.location_id from place p where not p.odd)) and h.season_id is null group by h.location_id, h.weekday) o
    ), claim as materialized ( -- a row for each day of it, in minutes from midnight
        select c.location_id, c.zone, c.n, greatest(c.low - c.minutes[c.n + 1], 0) as low, least(c.high - c.minutes[c.n + 1], 1440) as high
        from (select x.*, generate_series(greatest(width_bucket(x.low, x.minutes), 1), width_bucket(x.high - 1, x.minutes)) - 1 as n
              from (select p.location_id, p.zone, m.minutes, floor(date_part('epoch', lower(c.blocked)) / 60)::int as low, ceil(date_part('epoch', upper(c.blocked)) / 60)::int as high
                    from place p join mid m on m.zone = p.zone join slot_claim c on c.therapist_id = p.therapist_id and c.therapist_id = any (p_therapists)
                    where not p.odd and lower(c.blocked) > p.today - interval '3 days' and lower(c.blocked) < p.today + interval '63 days'
                      and (c.hold_expires is null or c.hold_expires > clock())) x) c
    ), busy as materialized ( -- with what is free before it, and after the last of its day
        select c.location_id, c.weekday, c.n, coalesce(c.until, 0) as free_low, c.low as free_high, c.high as low, case when c.last then 1440 else 0 end as high
        from (select c.location_id, k.weekday, c.n, c.low, max(c.high) over (w rows unbounded preceding) as high, max(c.high) over (w rows between unbounded preceding and 1 preceding) as until,
                     lead(c.low) over w is null as last
              from claim c join sky k on k.zone = c.zone and k.n = c.n and k.plain where c.low < 1440
              window w as (partition by c.location_id, c.n order by c.low)) c
    ), taken as materialized (
        select b.location_id, bit_or(1::int8 << b.n) as own from busy b group by b.location_id
    ), gap as materialized (
        select o.location_id, null::smallint as class, o.weekday - 8 as key, o.low, o.high from opening o
        union all
        select o.location_id, null, b.n, greatest(b.free_low, o.low), least(b.free_high, o.high)
        from busy b join opening o on o.location_id = b.location_id and o.weekday = b.weekday where greatest(b.free_low, o.low) < least(b.free_high, o.high)
        union all
        select o.location_id, null, b.n, greatest(b.low, o.low), least(b.high, o.high)
        from busy b join opening o on o.location_id = b.location_id and o.weekday = b.weekday where greatest(b.low, o.low) < least(b.high, o.high)
        union all -- the day on which the notice ends has fewer starts than its week
        select f.location_id, f.class, f.notice_day, o.low, o.high
        from offer f join sky k on k.zone = f.zone and k.n = f.notice_day and k.plain join opening o on o.location_id = f.location_id and o.weekday = k.weekday
        left join taken t on t.location_id = f.location_id where not f.roomed and (coalesce(t.own, 0) >> f.notice_day) & 1 = 0
        union all
        select p.location_id, null, g.day - p.today, g.low, g.high
        from place p cross join lateral free_gaps(p.therapist_id, p.location_id, p.zone, p.today, p.today + 60, clock()) g
        where p.odd and g.length = interval '24 hours' and g.low < g.high
        union all
        select o.location_id, o.class, g.day - o.today, g.low, g.high
        from offer o cross join lateral free_gaps(o.therapist_id, o.location_id, o.zone, o.today, o.today + 60, clock(), null, o.service_id) g
        where o.roomed and g.length = interval '24 hours'
    ), run as (
        select o.location_id, o.class, g.key, r.first, (r.first << 11) + (r.last - r.first) / o.step as run, hours_of(r.first, r.first + (r.last - r.first) / o.step * o.step) as bits
        from gap g join offer o on o.location_id = g.location_id and (g.class = o.class or g.class is null and not o.roomed) and (g.key < 0 or g.key between o.notice_day and o.horizon)
        cross join lateral (
            select greatest((g.low + o.kept_before + o.step - 1) / o.step, case when g.key = o.notice_day then o.notice_steps else 0 end) * o.step as first,
                   g.high - o.minutes - o.kept_after as last
            offset 0) r
        where r.first <= r.last
        union all
        select o.location_id, o.class, k.n, coalesce(s.minute, 0), coalesce((date_part('epoch', s.start - k.midnight) / 60)::int << 11, -1), 1 << s.minute / 60
        from sky k join offer o on o.zone = k.zone
        left join lateral (
            select x.start, (date_part('hour', x.local) * 60 + date_part('minute', x.local))::int as minute from slots(o.service_id, o.location_id, k.day, 1, clock()) x) s on true
        where not k.plain
    )
    select o.location_id, o.class, o.zone, o.today, o.cut::date - o.today, o.notice, o.horizon, o.step, o.busy, m.mids,
           coalesce(t.own, 0) | (1::int8 << least(o.cut::date - o.today, 62)), r.keys, r.firsts, r.runs, r.bits
    from listed o left join mid m on m.zone = o.zone left join taken t on t.location_id = o.location_id
    left join (select x.location_id, x.class, array_agg(x.key) as keys, array_agg(x.first) as firsts, array_agg(x.run) as runs, array_agg(x.bits) as bits
               from (select * from run y order by y.location_id, y.class, y.key, y.first) x group by x.location_id, x.class) r
        on r.location_id = o.location_id and r.class = o.class
    $$;

-- Days laid out of patterns: hours and runs as listing_offer has them, free as listing, and of the first day with a start: its number, and its first start
-- and the last one of the same part of the day, as run_number() without what follows.
create or replace function listing_laid(p_today date, p_from int, p_horizon int, p_step int, p_full date[], p_mids int[], p_own int8, p_keys int[], p_firsts int[], p_runs int[], p_bits int[],
                                        out hours int[], out runs int[], out free int8, out lead_day int, out lead int, out last int)
    language plpgsql immutable parallel safe
    as $$
declare
    many constant int := coalesce(cardinality(p_keys), 0);
    weekday constant int := date_part('isodow', p_today)::int - 1;
    low int[] := '{0,0,0,0,0,0,0}';
    high int[] := '{-1,-1,-1,-1,-1,-1,-1}';
    i int := 1;
    a int;
    b int;
    day int;
    stop int;
begin
    hours := array_fill(0, array[61]);
    runs := '{}';
    free := 0;
    while i <= many and p_keys[i] < 0 loop
        a := p_keys[i] + 8;
        if low[a] = 0 then
            low[a] := i;
        end if;
        high[a] := i;
        i := i + 1;
    end loop;
    for n in p_from .. least(p_horizon, 60) loop
        while i <= many and p_keys[i] < n loop
            i := i + 1;
        end loop;
        if i <= many and p_keys[i] = n then
            a := i;
            b := i;
            while b < many and p_keys[b + 1] = n loop
                b := b + 1;
            end loop;
        elsif (p_own >> n) & 1 = 1 then
            continue;
        else
            a := low[(weekday + n) % 7 + 1];
            continue when a = 0;
            b := high[(weekday + n) % 7 + 1];
        end if;
        continue when p_full is not null and p_today + n = any (p_full);
        day := 0;
        for k in a .. b loop
            if p_runs[k] >= 0 then
                runs := runs || p_mids[n + 1] + p_runs[k];
                day := day | p_bits[k];
                if lead is null or lead_day = n and part_of(p_firsts[k]) = stop then
                    if lead is null then
                        stop := part_of(p_firsts[k]);
                        lead_day := n;
                        lead := p_mids[n + 1] + (p_runs[k] >> 11 << 11);
                    end if;
                    last := p_mids[n + 1] + ((p_runs[k] >> 11) + (least(p_firsts[k] + (p_runs[k] & 2047) * p_step, (array[719, 1019, 1439])[1 + stop]) - p_firsts[k]) / p_step * p_step << 11);
                end if;
            end if;
        end loop;
        continue when day = 0;
        hours[n + 1] := day;
        if n < 20 then
            free := free | free_bits_of(p_today + n, day);
        end if;
    end loop;
end $$;

create or replace function run_start(p_base date, p_run int) returns timestamptz
    language sql stable parallel safe
    as $$ select to_timestamp(((p_base - date '1970-01-02') * 1440 + (p_run >> 11)) * 60::float8) $$;
comment on function run_start is 'the first start of a run_number()';

-- All that the listing keeps of the free times of these therapists, of today and the 60 days after it. due is that of the clock alone: the last start of the
-- first part of a day with one can no longer be booked, or a day has come that is not reckoned yet.
create or replace function listing_times(p_therapists int[])
    returns table (location_id int, class smallint, base date, hours int[], runs int[], free int8, first_start timestamptz, first_day date, due timestamptz)
    language plpgsql stable
    -- the sizes of what comes out of ranges and arrays cannot be foreseen: nested loops would grow with the square of a batch
    set enable_nestloop = off set jit = off set plan_cache_mode = force_generic_plan
    as $$
#variable_conflict use_column
begin
    return query
    select o.location_id, o.class, o.today, case when o.class = 0 then '{}' else d.hours end, d.runs, d.free,
           coalesce(run_start(o.today, d.lead), 'infinity'), coalesce(o.today + d.lead_day, 'infinity'),
           coalesce(least(run_start(o.today, d.last) - make_interval(mins => o.notice),
                          case when o.class > 0 then day_starts(o.today + case when o.horizon < 20 then 1 else 2 end, o.zone) end), 'infinity')
    from listing_patterns(p_therapists) o
    cross join lateral listing_laid(o.today, o.first_n, o.horizon, o.step, o.busy, o.mids, o.own, o.keys, o.firsts, o.runs, o.bits) d;
end $$;

grant execute on function run_starts, part_of to unknot_web;
