-- A therapist's small numbers, week by week, counted from the bookings and the hours themselves each time they are looked at. A week is one of the country and
-- the clock of the therapist's first place: it has the hours that its clock has, also when the clocks change. Invoker's rights: row-level security says whose they are.

-- It took place, as far as anybody has said: what is over counts as kept until the therapist marks it otherwise.
create or replace function booking_kept(b booking) returns boolean
    language sql stable
    as $$ select b.state = 'attended' or b.state = 'confirmed' and b.ends_at <= clock() $$;

-- Cancelled by the client when it was no longer free.
create or replace function booking_cancelled_late(b booking) returns boolean
    language plpgsql stable
    as $$
begin
    return b.state = 'cancelled' and b.confirmed_at is not null and b.ended_at > b.starts_at - make_interval(mins => b.cancel_notice)
       and exists (select from booking_event e where e.booking_id = b.id and e.what = 'cancelled' and e.who = 'client');
end $$;

-- When clients could have come: the hours of all places as they stand today, one moment counted once, without time off and blocked times.
create or replace function practice_offered(p_therapist int, p_first date, p_last date) returns tstzmultirange
    language sql stable
    as $$
    select coalesce((select range_agg(r) from (
               select unnest(o.open - coalesce((select range_agg(tstzrange(clock_shows(f.starts, l.zone), clock_shows(f.ends, l.zone)))
                                                from time_off f where f.therapist_id = p_therapist and f.ends > p_first and f.starts <= p_last + 1), '{}')) as r
               from location l cross join lateral (select coalesce(range_agg(x), '{}') as open from opening_at(l.id, l.zone, p_first, p_last) d, unnest(d.open) x) o
               where l.therapist_id = p_therapist) y), '{}')
         - coalesce((select range_agg(tstzrange(k.starts_at, k.ends_at)) from block k
                     where k.therapist_id = p_therapist and k.starts_at < p_last + interval '2 days' and k.starts_at > p_first - interval '2 days'), '{}')
    $$;

create or replace function minutes_in(p_open tstzmultirange, p_week tstzrange) returns int
    language sql immutable parallel safe
    as $$ select coalesce(round(sum(extract(epoch from upper(r) - lower(r))) / 60), 0)::int from unnest(p_open * tstzmultirange(p_week)) r $$;

create or replace function practice_numbers_weeks(p_therapist int, p_zone text, p_first date, p_weeks int)
    returns table (week date, offered int, booked int, kept int, no_shows int, late int, fresh int, again int)
    language plpgsql stable
    as $$
#variable_conflict use_column
declare
    open constant tstzmultirange := practice_offered(p_therapist, p_first, p_first + 7 * p_weeks - 1);
begin
    return query
    with week as materialized ( -- its bounds are reckoned once, not at each visit
        select p_first + 7 * n as first, tstzrange(day_starts(p_first + 7 * n, p_zone), day_starts(p_first + 7 * n + 7, p_zone)) as during from generate_series(0, p_weeks - 1) n
    ), visit as materialized (
        select b.starts_at, b.client_id, b.state in ('confirmed', 'attended', 'no_show') as booked, extract(epoch from b.ends_at - b.starts_at)::int / 60 as minutes,
               booking_kept(b) as kept, b.state = 'no_show' as no_show, booking_cancelled_late(b) as late
        from booking b
        where b.therapist_id = p_therapist and b.starts_at >= day_starts(p_first, p_zone) and b.starts_at < day_starts(p_first + 7 * p_weeks, p_zone)
          and b.state in ('confirmed', 'attended', 'no_show', 'cancelled')
    ), person as materialized (
        select p.client_id, (select min(b.starts_at) from booking b where b.client_id = p.client_id and booking_kept(b)) as first from (select distinct client_id from visit where kept) p
    )
    select w.first, minutes_in(open, w.during), coalesce(sum(v.minutes) filter (where v.booked), 0)::int, count(*) filter (where v.kept)::int, count(*) filter (where v.no_show)::int,
           count(*) filter (where v.late)::int, count(distinct v.client_id) filter (where v.kept and p.first <@ w.during)::int,
           count(distinct v.client_id) filter (where v.kept and p.first < lower(w.during))::int
    from week w left join visit v on v.starts_at <@ w.during left join person p on p.client_id = v.client_id
    group by w.first, w.during order by w.first;
end $$;

create or replace function say_work_hours(p_minutes bigint) returns text
    language sql stable parallel safe
    as $$ select replace(to_char(p_minutes / 60.0, 'FM999,990.0'), '.0', '') $$;

-- p_weeks: 4, 12 or 52, of which the last is this week.
create or replace function practice_numbers(p_weeks int) returns json
    language plpgsql stable
    as $$
declare
    me constant int := auth.therapist();
    weeks constant int := case when p_weeks in (4, 52) then p_weeks else 12 end;
    here text;
    country constant text := country_for(me);
    this_week date;
begin
    if me is null then
        return null;
    end if;
    here := coalesce((select l.zone from location l where l.therapist_id = me order by l.id limit 1), 'UTC');
    this_week := week_of(local_day(clock(), here), country);
    return (
        with w as materialized (
            select x.*, case when x.offered > 0 then round(100.0 * x.booked / x.offered)::int end as filled from practice_numbers_weeks(me, here, this_week - 7 * (weeks - 1), weeks) x
        )
        select json_build_object('number', weeks, 'is_4', weeks = 4, 'is_12', weeks = 12, 'is_52', weeks = 52, 'zone', say_zone_place(here), 'this_week', this_week, 'begins', say_weekday(week_begins(country)),
            'weeks', json_agg(json_build_object('from', w.week, 'label', say_date(w.week, country), 'is_now', w.week = this_week,
                'offered', w.offered, 'offered_hours', say_work_hours(w.offered), 'booked', w.booked, 'booked_hours', say_work_hours(w.booked), 'filled', w.filled, 'filled_text', w.filled || '%',
                'kept', w.kept, 'no_shows', w.no_shows, 'late', w.late, 'new', w.fresh, 'returning', w.again) order by w.week),
            'total', json_build_object('offered_hours', say_work_hours(sum(w.offered)), 'booked_hours', say_work_hours(sum(w.booked)), 'filled', case when sum(w.offered) > 0 then round(100.0 * sum(w.booked) / sum(w.offered)) || '%' end,
                'kept', sum(w.kept), 'no_shows', sum(w.no_shows), 'no_show_share', case when sum(w.kept) + sum(w.no_shows) > 0 then round(100.0 * sum(w.no_shows) / (sum(w.kept) + sum(w.no_shows))) || '% of the visits that were due' end,
                'late', sum(w.late), 'new', sum(w.fresh), 'one_no_show', sum(w.no_shows) = 1, 'one_late', sum(w.late) = 1, 'one_new', sum(w.fresh) = 1,
                'people', (select count(distinct b.client_id) from booking b where b.therapist_id = me and b.starts_at >= day_starts(this_week - 7 * (weeks - 1), here) and booking_kept(b))),
            -- an average of few could be told apart: none of less than five is ever shown
            'pain', (select json_build_object('n', m.n, 'before', m.before, 'after', m.after, 'down', m.before > m.after, 'by', abs(m.before - m.after)) from review_pain_mean m
                     where m.therapist_id = me and m.n >= greatest(5, (select pain_least from review_rules()))),
            'pain_least', (select greatest(5, pain_least) from review_rules()))
        from w);
end $$;

grant execute on function booking_kept, booking_cancelled_late, practice_offered, minutes_in, practice_numbers_weeks, say_work_hours, practice_numbers to unknot_web;
