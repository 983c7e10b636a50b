-- Words: how things are compared, and how numbers, days and times are said. What a page shows is made here, beside the data,
-- so that the page and the JSON of one URL cannot disagree. What has a CASE in it is not declared strict, although null in is null out:
-- only then does the planner put it in line, and a result of 20 rows calls these a few hundred times. For the same reason what calls to_char()
-- is stable and not immutable.

create or replace function fold(p text) returns text
    language sql stable strict parallel safe
    as $$ select btrim(regexp_replace(lower(public.unaccent(p)), '[^[:alnum:]]+', ' ', 'g')) $$;
comment on function fold is 'without case, accents and punctuation: the form in which names and words are compared';

create or replace function mercator(p_lat float8, p_lon float8) returns point
    language sql immutable parallel safe
    as $$ select point(p_lon, degrees(asinh(tan(radians(p_lat))))) $$;

create or replace function earth_metres(p_lat1 float8, p_lon1 float8, p_lat2 float8, p_lon2 float8) returns float8
    language sql immutable parallel safe
    as $$
    select 2 * 6371008.8 * asin(least(1, sqrt(sin(radians(p_lat2 - p_lat1) / 2) ^ 2
               + cos(radians(p_lat1)) * cos(radians(p_lat2)) * sin(radians(p_lon2 - p_lon1) / 2) ^ 2)))
    $$;
comment on function earth_metres is 'great-circle distance (haversine) on a sphere of the mean earth radius, 6371.0088 km';

create or replace function say_money(p_minor int, p_currency text) returns text
    language sql stable parallel safe
    as $$
    select case p_currency when 'USD' then '$' when 'CAD' then 'CA$' when 'AUD' then 'A$' when 'EUR' then '€' when 'GBP' then '£'
                           else p_currency || ' ' end
        || case when p_minor % 100 = 0 then to_char(p_minor / 100, 'FM9,999,990') else to_char(p_minor / 100.0, 'FM9,999,990.00') end
    $$;
comment on function say_money is 'minor units as people write them: $85, €48.50';

create or replace function uses_miles(p_country text) returns boolean
    language sql immutable parallel safe
    as $$ select p_country in ('US', 'GB') $$;

create or replace function say_distance(p_metres float8, p_country text) returns text
    language sql stable parallel safe
    as $$
    select case when uses_miles(p_country) then
               case when p_metres < 16093 then to_char(greatest(p_metres / 1609.344, 0.1), 'FM990.0') else to_char(p_metres / 1609.344, 'FM99990') end || ' mi'
           else
               case when p_metres < 10000 then to_char(greatest(p_metres / 1000, 0.1), 'FM990.0') else to_char(p_metres / 1000, 'FM99990') end || ' km'
           end
    $$;

-- Behind a time that the clock shows twice that night, which of the two it is: " (UTC−4)". Clocks go back in the first hours of a day, or in the last.
create or replace function say_twice(p_at timestamptz, p_zone text) returns text
    language plpgsql stable parallel safe
    as $$
declare
    wall constant timestamp := p_at at time zone p_zone;
    east constant int := date_part('epoch', wall - p_at at time zone 'UTC') / 60;
begin
    if wall not in ((p_at + interval '1 hour') at time zone p_zone, (p_at - interval '1 hour') at time zone p_zone,
                    (p_at + interval '30 minutes') at time zone p_zone, (p_at - interval '30 minutes') at time zone p_zone) then
        return '';
    end if;
    return ' (UTC' || case when east < 0 then '−' else '+' end || abs(east) / 60 || case when east % 60 <> 0 then to_char(abs(east) % 60, 'FM":"00') else '' end || ')';
end $$;

create or replace function twelve_hours(p_country text) returns boolean
    language sql immutable parallel safe
    as $$ select p_country in ('US', 'CA', 'AU', 'NZ', 'IN', 'PH', 'PR', 'GU', 'VI', 'AS', 'MP', 'MH', 'UM') $$;
comment on function twelve_hours is 'whether the clock is read as 5:30 pm, else as 17:30';

create or replace function hour_cycle(p_country text) returns text
    language sql immutable parallel safe
    as $$ select case when twelve_hours(p_country) then 'h12' else 'h23' end $$;
comment on function hour_cycle is 'the same for scripts, as ECMA-402 and BCP 47 name it';

create or replace function say_time(p_at timestamptz, p_zone text, p_country text) returns text
    language sql stable parallel safe
    as $$
    select case when twelve_hours(p_country) then to_char(p_at at time zone p_zone, 'FMHH12:MI am')
           else to_char(p_at at time zone p_zone, 'HH24:MI') end
        || case when date_part('hour', p_at at time zone p_zone) in (0, 1, 2, 3, 23) then say_twice(p_at, p_zone) else '' end
    $$;

create or replace function say_clock(p_time time, p_country text) returns text
    language sql immutable parallel safe
    as $$ select case when p_time = '24:00' then '24:00' when twelve_hours(p_country) then to_char(p_time, 'FMHH12:MI am') else to_char(p_time, 'HH24:MI') end $$;
comment on function say_clock is 'a time as it is typed into a form: where hours go to twelve, the end of a day is 24:00 all the same, since 12:00 am is its beginning';

create or replace function say_hour(p_hour int, p_country text) returns text
    language sql stable parallel safe
    as $$ select replace(coalesce(say_time(make_timestamptz(2000, 1, 1, p_hour, 0, 0, 'UTC'), 'UTC', p_country), lpad(p_hour::text, 2, '0') || ':00'), ':00 ', ' ') $$;

-- Where no zone is known of who reads.
create or replace function say_ago(p_at timestamptz) returns text
    language sql stable
    as $$
    select case when p_at is null then 'never' when x.m < 2 then 'just now' when x.m < 90 then x.m || ' minutes ago' when x.m < 2880 then round(x.m / 60.0) || ' hours ago' else round(x.m / 1440.0) || ' days ago' end
    from (select (extract(epoch from clock() - p_at) / 60)::int as m) x
    $$;

-- CLDR's $enUS (supplemental/languageInfo.xml): whose English follows that of the United States, where the month stands before the day; all other English,
-- en_001, says the day first. Canada writes its dates in numbers in more than one order, but in words as here: CLDR's en_CA has "Sunday, November 22, 2026".
create or replace function month_first(p_country text) returns boolean
    language sql immutable parallel safe
    as $$ select p_country in ('US', 'CA', 'PH', 'PR', 'GU', 'VI', 'AS', 'MP', 'MH', 'UM') $$;

create or replace function site_country() returns text
    language plpgsql stable
    as $$
begin
    return coalesce((select country from location order by id limit 1), 'US');
end $$;
comment on function site_country is 'in whose manner dates are said where no place is meant, as to an operator: that of the place listed first';

create or replace function site_zone() returns text
    language plpgsql stable
    as $$
begin
    return coalesce((select zone from location order by id limit 1), 'UTC');
end $$;
comment on function site_zone is 'by whose clock times are said where no place is meant, as to an operator: that of the place listed first';

create or replace function site_today() returns date
    language plpgsql stable
    as $$
begin
    return (clock() at time zone site_zone())::date;
end $$;

create or replace function country_for(p_therapist int) returns text
    language plpgsql stable
    as $$
begin
    return coalesce((select country from location where therapist_id = p_therapist order by id limit 1), site_country());
end $$;
comment on function country_for is 'in whose manner dates are said to a therapist: that of the first place, or else of the site';

create or replace function zone_for(p_therapist int) returns text
    language plpgsql stable
    as $$
begin
    return coalesce((select zone from location where therapist_id = p_therapist order by id limit 1), site_zone());
end $$;
comment on function zone_for is 'the same for the days of what a therapist did';

create or replace function say_day(p_day date, p_country text) returns text
    language sql stable parallel safe
    as $$ select to_char(p_day, case when month_first(p_country) then 'FMDay, FMMonth FMDD' else 'FMDay FMDD FMMonth' end) $$;
comment on function say_day is 'Sunday 22 November; Sunday, November 22';

create or replace function say_day_short(p_day date, p_today date, p_country text) returns text
    language sql stable parallel safe
    as $$
    select case p_day - p_today when 0 then 'Today' when 1 then 'Tomorrow'
                                else to_char(p_day, case when month_first(p_country) then 'Dy, Mon FMDD' else 'Dy FMDD Mon' end) end
    $$;
comment on function say_day_short is 'Today, Tomorrow, or Sun 22 Nov; Sun, Nov 22. Without p_today the date always';

create or replace function say_date(p_day date, p_country text) returns text
    language sql stable parallel safe
    as $$ select to_char(p_day, case when month_first(p_country) then 'Mon FMDD, YYYY' else 'FMDD Mon YYYY' end) $$;
comment on function say_date is '22 Nov 2026; Nov 22, 2026';

create or replace function say_date_long(p_day date, p_country text) returns text
    language sql stable parallel safe
    as $$ select to_char(p_day, case when month_first(p_country) then 'FMMonth FMDD, YYYY' else 'FMDD FMMonth YYYY' end) $$;
comment on function say_date_long is '22 November 2026; November 22, 2026';

create or replace function say_date_full(p_day date, p_country text) returns text
    language sql stable parallel safe
    as $$ select to_char(p_day, case when month_first(p_country) then 'FMDay, FMMonth FMDD, YYYY' else 'FMDay FMDD FMMonth YYYY' end) $$;
comment on function say_date_full is 'Sunday 22 November 2026; Sunday, November 22, 2026';

-- CLDR's weekData (supplementalData.xml), as days of ISO 8601: with which day a week begins in a calendar of the country.
create or replace function week_begins(p_country text) returns int
    language sql immutable parallel safe
    as $$
    select case when p_country in ('AG', 'AS', 'BD', 'BR', 'BS', 'BT', 'BW', 'BZ', 'CA', 'CO', 'DM', 'DO', 'ET', 'GT', 'GU', 'HK', 'HN', 'ID', 'IL', 'IN', 'IS', 'JM', 'JP', 'KE', 'KH', 'KR', 'LA',
                                   'MH', 'MM', 'MO', 'MT', 'MX', 'MZ', 'NI', 'NP', 'PA', 'PE', 'PH', 'PK', 'PR', 'PT', 'PY', 'SA', 'SG', 'SV', 'TH', 'TT', 'TW', 'UM', 'US', 'VE', 'VI', 'WS', 'YE',
                                   'ZA', 'ZW') then 7
                when p_country in ('AE', 'AF', 'BH', 'DJ', 'DZ', 'EG', 'IQ', 'IR', 'JO', 'KW', 'LY', 'OM', 'QA', 'SD', 'SY') then 6
                when p_country = 'MV' then 5 else 1 end
    $$;
comment on function week_begins is '7 where a week begins on Sunday, 1 where on Monday';

create or replace function weekday_place(p_weekday int, p_country text) returns int
    language sql immutable parallel safe
    as $$ select (p_weekday - week_begins(p_country) + 7) % 7 $$;
comment on function weekday_place is 'where a weekday stands in a week of the country, from 0 on: what lists of weekdays are ordered by';

create or replace function week_of(p_day date, p_country text) returns date
    language sql immutable parallel safe
    as $$ select p_day - weekday_place(date_part('isodow', p_day)::int, p_country) $$;
comment on function week_of is 'the first day of the week in which the day lies';

create or replace function say_weekday(p_weekday int) returns text
    language sql immutable parallel safe
    as $$ select ('{Monday,Tuesday,Wednesday,Thursday,Friday,Saturday,Sunday}'::text[])[p_weekday] $$;

create or replace function local_day(p_at timestamptz, p_zone text) returns date
    language sql stable parallel safe
    as $$ select (p_at at time zone p_zone)::date $$;

create or replace function day_starts(p_day date, p_zone text) returns timestamptz
    language plpgsql stable parallel safe
    as $$
declare
    midnight constant timestamptz := p_day::timestamp at time zone p_zone;
begin
    return case when (midnight - interval '1 hour') at time zone p_zone = p_day::timestamp then midnight - interval '1 hour' else midnight end;
end $$;
comment on function day_starts is 'the day''s midnight; the first, where the clock goes back to midnight at one (Havana, the Azores)';

create or replace function rfc3339(p_at timestamptz) returns text
    language sql stable parallel safe
    as $$ select to_char(p_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') $$;

create or replace function say_zone(p_at timestamptz, p_zone text) returns text
    language plpgsql
    as $$
declare
    before text := current_setting('TimeZone');
    said text;
begin
    p_zone := set_config('TimeZone', p_zone, true);
    said := to_char(p_at, 'TZ');
    before := set_config('TimeZone', before, true);
    return said;
end $$;
comment on function say_zone is 'the zone''s abbreviation at that instant: EST, MST, +0530';

-- What happened where no place is meant, by the site's clock.
create or replace function say_date_site(p_at timestamptz) returns text
    language plpgsql stable
    as $$
begin
    return say_date(local_day(p_at, site_zone()), site_country());
end $$;

create or replace function say_moment_site(p_at timestamptz) returns text
    language plpgsql stable
    as $$
begin
    return say_date_site(p_at) || ', ' || say_time(p_at, site_zone(), site_country()) || ' ' || say_zone(p_at, site_zone());
end $$;
comment on function say_moment_site is 'Nov 22, 2026, 1:05 pm PST';

create or replace function say_date_for(p_at timestamptz, p_therapist int) returns text
    language plpgsql stable
    as $$
begin
    return say_date(local_day(p_at, zone_for(p_therapist)), country_for(p_therapist));
end $$;

create or replace function credential_state(p_checked_on date, p_checked_until date) returns text
    language sql stable parallel safe
    as $$
    select case when p_checked_on is null then 'unchecked' when p_checked_until >= current_date then 'checked' else 'lapsed' end
    $$;
comment on function credential_state is 'a check that ran out lapses by itself';

-- A tab, and a search engine's list, show about 60 characters of a title, the name of the site among them.
create or replace function short_title(variadic p_titles text[]) returns text
    language plpgsql immutable parallel safe
    as $$
declare
    title text;
begin
    foreach title in array p_titles loop
        exit when length(title) <= 50;
    end loop;
    return title;
end $$;
comment on function short_title is 'the first that is short enough, or else the last';

grant execute on function fold, short_title, mercator, earth_metres, say_money, uses_miles, say_distance, say_twice, twelve_hours, hour_cycle, say_time, say_clock, say_hour, say_ago, month_first, site_country, site_zone, site_today, country_for, zone_for, say_day, say_day_short, say_date, say_date_long, say_date_full, week_begins, weekday_place, week_of, say_weekday,
    local_day, day_starts, rfc3339, say_zone, say_date_site, say_moment_site, say_date_for, credential_state to unknot_web, unknot_worker;
