-- The order of results: every number that it rests on, once. Search, the listing and the page that explains the order read them here.

-- Points of 100. Nothing a therapist could pay for is among them.
create or replace function ranking(
    -- what was asked for: they name the complaint; checked training about it; a technique usually offered for it. The last is light, since the best
    -- trial found no difference between techniques.
    out named int, out training_for int, out technique int,
    out distance int, out credentials int, out training int, out reviews int, out free int,
    -- reviews count as if there were so many more of this mean, so that one happy client does not outrank fifty
    out imagined int, out imagined_mean numeric)
    language sql immutable parallel safe
    as $$ select 12, 6, 2, 25, 20, 10, 15, 10, 20, 4.2 $$;

create or replace function ranking_distance(p_metres int, p_radius_km float8, p_points int) returns int
    language sql immutable parallel safe
    as $$ select round(p_points * greatest(0, 1 - p_metres / (p_radius_km * 1000)))::int $$;
comment on function ranking_distance is 'all points at the place itself, none at the rim';

create or replace function ranking_free(p_first_day date, p_today date, p_points int) returns int
    language sql immutable parallel safe
    as $$ select p_points - (least(greatest(p_first_day, p_today), p_today + p_points) - p_today) $$;
comment on function ranking_free is 'a point less for each day until the first free time, whichever day was asked for';

grant execute on function ranking, ranking_distance, ranking_free to unknot_web, unknot_worker;
