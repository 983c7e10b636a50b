-- Public holidays of any year, from rules (table holiday).

-- The Sunday on which Easter falls, by the Gregorian calendar (the rule of Gauss as Meeus, Jones and Butcher wrote it).
create or replace function easter(p_year int) returns date
    language plpgsql immutable strict parallel safe
    as $$
declare
    a constant int := p_year % 19;
    b constant int := p_year / 100;
    c constant int := p_year % 100;
    h constant int := (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
    l constant int := (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
    n constant int := h + l - 7 * ((a + 11 * h + 22 * l) / 451) + 114;
begin
    return make_date(p_year, n / 31, n % 31 + 1);
end $$;

create or replace function holiday_on(h holiday, p_year int) returns date
    language plpgsql stable strict parallel safe
    as $$
declare
    d date;
begin
    if h.easter is not null then
        return easter(p_year) + h.easter;
    end if;
    d := make_date(p_year, h.month, h.day);
    return case when h.weekday is null then d else d + (h.weekday - date_part('isodow', d)::int + 7) % 7 end;
end $$;
comment on function holiday_on is 'the day of a holiday in a year';

-- The days on which a place is closed for a holiday that its therapist keeps.
create or replace function holidays_kept(p_location int, p_first date, p_last date) returns table (day date, name text)
    language sql stable
    as $$
    select x.day, min(x.name)
    from (select holiday_on(h, y) as day, h.name
          from location l join holiday_closed c on c.therapist_id = l.therapist_id join holiday h on h.id = c.holiday_id and h.country = l.country,
               generate_series(date_part('year', p_first)::int, date_part('year', p_last)::int) y
          where l.id = p_location) x
    where x.day between p_first and p_last group by x.day
    $$;

grant execute on function easter, holiday_on, holidays_kept to unknot_web;
