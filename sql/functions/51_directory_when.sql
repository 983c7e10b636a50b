-- Days and hours inside a text: "after 5pm", "between 9 and 12", "nov 28". Weekdays, parts of the day and the like are words of the vocabulary.

-- An hour as written. Without am or pm, 1 to 7 are in the afternoon: nobody asks for a massage at five in the morning.
create or replace function hour_said(p_hour text, p_minute text, p_half text, p_up boolean) returns int
    language plpgsql immutable
    as $$
declare
    h int := p_hour;
begin
    if p_hour ~ '^0' then
        h := h;
    elsif left(p_half, 1) = 'p' and h < 12 or p_half is null and h between 1 and 7 then
        h := h + 12;
    elsif left(p_half, 1) = 'a' and h = 12 then
        h := 0;
    end if;
    h := h + case when p_up and p_minute ~ '[1-9]' then 1 else 0 end;
    return case when h <= 24 then h end;
end $$;

-- The hours that are asked, and the text without them. An hour that is begun counts: after 5:30 is from 5, before 5:30 until 6.
create or replace function hours_said(p_said text, out rest text, out from_hour int, out to_hour int)
    language plpgsql immutable
    as $$
declare
    time constant text := '(\d{1,2})(?: ([0-5]\d))?(?: ?(am|pm|a m|p m|h|o ?clock))?\M';
    sure constant text := '(\d{1,2})(?: ([0-5]\d))? ?(am|pm|a m|p m)\M';
    m text[];
    pattern text;
begin
    if strpos(p_said, 'no') > 0 then -- not after is before
        p_said := regexp_replace(p_said, '\m(?:not (?:after|past)|(?:no|not) later than)\M', 'before', 'g');
        p_said := regexp_replace(p_said, '\m(?:not (?:before|until|till)|(?:no|not) earlier than)\M', 'after', 'g');
    end if;
    rest := p_said;
    -- from one to another: the half of the day stands with the second alone as often as not
    foreach pattern in array array['\m(?:between|from) ' || time || ' (?:and|to|until|till) ' || time, '\m' || time || ' ?(?:to|until|till)? ?' || sure] loop
        m := regexp_match(p_said, pattern);
        if m is not null then
            from_hour := hour_said(m[1], m[2], coalesce(m[3], case when m[1]::int < m[4]::int then m[6] end), false);
            to_hour := hour_said(m[4], m[5], m[6], true);
            if to_hour <= from_hour and to_hour <= 12 and m[6] is null then
                to_hour := to_hour + 12;
            end if;
            if from_hour < to_hour then
                rest := regexp_replace(p_said, pattern, ' ');
                return;
            end if;
            from_hour := null;
            to_hour := null;
        end if;
    end loop;
    pattern := '\m(?:after|from|past|since|later than) ' || time;
    m := regexp_match(rest, pattern);
    if m is not null then
        from_hour := hour_said(m[1], m[2], m[3], false);
        rest := regexp_replace(rest, pattern, ' ');
    end if;
    pattern := '\m(?:before|until|till|by|earlier than) ' || time;
    m := regexp_match(rest, pattern);
    if m is not null then
        to_hour := hour_said(m[1], m[2], m[3], true);
        rest := regexp_replace(rest, pattern, ' ');
    end if;
    if from_hour is null and to_hour is null then
        foreach pattern in array array['\m(?:at|around|about) ' || time, '\m' || sure] loop
            m := regexp_match(rest, pattern);
            if m is not null then
                from_hour := hour_said(m[1], m[2], m[3], false);
                to_hour := from_hour + 1;
                rest := regexp_replace(rest, pattern, ' ');
                exit;
            end if;
        end loop;
    end if;
    if from_hour >= to_hour or from_hour > 23 or to_hour > 24 or to_hour < 1 then
        from_hour := null;
        to_hour := null;
    end if;
end $$;

-- The next day of this month and day, or that of the year where one is said (27, 2027), past or not; null where there is none.
create or replace function date_next(p_year text, p_month int, p_day int, p_today date) returns date
    language sql immutable
    as $$
    select min(d) from (select make_date(y, p_month, 1) + (p_day - 1) as d
                        from (select case when length(p_year) = 2 then 2000 + p_year::int else p_year::int end as said, extract(year from p_today)::int as now) t
                        cross join lateral generate_series(coalesce(said, now), coalesce(said, now + 1)) y
                        where p_month between 1 and 12 and p_day between 1 and 31) x
    where (d >= p_today or p_year is not null) and extract(month from d) = p_month
    $$;

-- A date, and the text without it: 2026-11-28, 11/28, 28.11., nov 28, 28th of november, with a year or without. 3/4 is two days, "2027-03-04/2027-04-03":
-- with the month first, and with the day first.
create or replace function date_said(p_text text, p_said text, p_today date, out rest text, out day text)
    language plpgsql immutable
    as $$
declare
    names constant text[] := '{jan,feb,mar,apr,may,jun,jul,aug,sep,oct,nov,dec}';
    month constant text := '(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)';
    nth constant text := '(\d{1,2})(?:st|nd|rd|th)?';
    year constant text := '(?: ((?:19|20)\d\d))?\M';
    alone constant text := '(?:^|[^\w./-])%s(?![\d/-]|\.\d)'; -- nothing of a longer number
    m text[];
begin
    rest := p_said;
    if p_text ~ '\d[-/.] ?\d' and p_text !~ '\m24/7\M' then
        m := regexp_match(p_text, format(alone, '((?:19|20)\d\d)[-/.](\d\d?)[-/.](\d\d?)'));
        if m is not null then
            day := date_next(m[1], m[2]::int, m[3]::int, p_today);
            rest := regexp_replace(p_said, '\m(19|20)\d\d \d\d? \d\d?\M', ' ');
            return;
        end if;
        m := regexp_match(p_text, format(alone, '(\d{1,2})/(\d{1,2})(?:/((?:19|20)?\d\d))?'));
        if m is not null then
            day := nullif(concat_ws('/', date_next(m[3], m[1]::int, m[2]::int, p_today),
                                    nullif(date_next(m[3], m[2]::int, m[1]::int, p_today), date_next(m[3], m[1]::int, m[2]::int, p_today))), '');
            rest := regexp_replace(p_said, '\m\d{1,2} \d{1,2}(?: (?:19|20)?\d\d)?\M', ' ');
            return;
        end if;
        m := regexp_match(p_text, format(alone, '(\d{1,2})\. ?(\d{1,2})\. ?((?:19|20)?\d\d)?'));
        if m is not null then
            day := date_next(m[3], m[2]::int, m[1]::int, p_today);
            rest := regexp_replace(p_said, '\m\d{1,2} \d{1,2}(?: (?:19|20)?\d\d)?\M', ' ');
            return;
        end if;
    end if;
    m := regexp_match(p_said, '\m' || month || ' ' || nth || year);
    if m is not null then
        day := date_next(m[3], array_position(names, left(m[1], 3)), m[2]::int, p_today);
        rest := regexp_replace(p_said, '\m' || month || ' ' || nth || year, ' ');
        return;
    end if;
    m := regexp_match(p_said, '\m' || nth || '(?: of)? ' || month || year);
    if m is not null then
        day := date_next(m[3], array_position(names, left(m[2], 3)), m[1]::int, p_today);
        rest := regexp_replace(p_said, '\m' || nth || '(?: of)? ' || month || year, ' ');
    end if;
end $$;

grant execute on function hour_said, hours_said, date_next, date_said to unknot_web;
