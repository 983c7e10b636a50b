-- The order of results: every number that it rests on, once. Search, the listing and the page that explains the order read them here.

set local client_min_messages = warning;
drop type if exists ranking cascade;
reset client_min_messages;
create type ranking as (
    -- points of 100; nothing a therapist could pay for is among them. What was asked for: they name the complaint; checked training about it; a technique
    -- often used for it, which is light, since the best trial found no difference between techniques
    named int, training_for int, technique int,
    distance int, credentials int, training int, reviews int, free int,
    -- reviews count as if there were so many more of this mean, so that one happy client does not outrank fifty
    imagined int, imagined_mean numeric
);

create or replace function ranking() returns setof ranking
    language sql immutable parallel safe rows 1
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
