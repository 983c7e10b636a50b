-- Therapists who fit the guest of a booking, near its place: the search behind the booking's own link. What is looked for follows from sealed answers, so
-- that it stands in no address. The search of everybody knows nothing of it (30_listing.sql says why a service's techniques are no part of that).

-- The values of each list of "require", as one text a list: '{412,415}'. A list of trainings that nobody can have any more asks for nothing.
create or replace function trainings_wanted(p_require json) returns text[]
    language sql stable
    as $$
    select coalesce(array_agg(x.ids::text), '{}')
    from (select (select array_agg(g.id order by g.id) from tag g where g.kind = 'specialism' and g.slug in (select json_array_elements_text(r.one))) as ids from json_array_elements(p_require) r (one)) x
    where x.ids is not null
    $$;

-- All who fit around a point, the best first: their place and how far it is.
create or replace function others_fitting(p_lat float8, p_lon float8, p_km float8, p_longest int, p_left_out int[], p_trainings text[])
    returns table (therapist_id int, location_id int, metres int, points int)
    language plpgsql stable
    as $$
#variable_conflict use_column
declare
    x0 constant float8 := cos(radians(p_lat)) * cos(radians(p_lon));
    y0 constant float8 := cos(radians(p_lat)) * sin(radians(p_lon));
    z0 constant float8 := sin(radians(p_lat));
    today constant date := (clock() at time zone 'UTC')::date;
begin
    return query
    with near as materialized (
        select l.therapist_id, l.location_id, l.merit, l.first_day, l.home_km, chord_metres(l.x - x0, l.y - y0, l.z - z0) as metres
        from listing l
        where l.shown and l.spot <@ area_around(p_lat, p_lon, p_km) and l.x * x0 + l.y * y0 + l.z * z0 >= cos(p_km / 6371.0088)
    ), fit as (
        select distinct on (n.therapist_id) n.therapist_id, n.location_id, n.metres, n.merit + ranking_distance(n.metres, p_km, k.distance) + ranking_free(n.first_day, today, k.free) as points
        from near n cross join ranking() k
        where not exists (select from unnest(p_trainings) w where not exists (
                  select from credential c where c.therapist_id = n.therapist_id and c.checked_until >= today and c.specialism_id = any (w::int[])))
          and exists (select from service s where s.therapist_id = n.therapist_id and s.retired_at is null and s.minutes <= p_longest and (not s.at_home or n.home_km > 0)
                      -- given_at() is planned at each call: its words are here
                      and (not exists (select from service_location g where g.service_id = s.id)
                           or exists (select from service_location g where g.service_id = s.id and g.location_id = n.location_id))
                      and (not exists (select from service_tag t where t.service_id = s.id)
                           or exists (select from service_tag t where t.service_id = s.id and t.tag_id <> all (p_left_out))))
        order by n.therapist_id, n.metres, n.location_id
    )
    select f.therapist_id, f.location_id, f.metres, f.points from fit f order by f.points desc, f.metres, f.location_id;
end $$;

-- One of them: the card of the directory with the services that are left for this person.
create or replace function other_json(p_number int, p_location int, p_metres int, p_country text, p_longest int, p_left_out text[]) returns json
    language plpgsql stable
    as $$
declare
    card listing_card;
    therapist int := (select l.therapist_id from location l where l.id = p_location);
    services json;
    next json;
begin
    select * into card from listing_card c where c.location_id = p_location;
    services := services_left(therapist, null, p_longest, p_left_out);
    next := service_next((services -> 0 ->> 'id')::int);
    return ((card.card || '}')::jsonb || jsonb_build_object('number', p_number, 'distance', say_distance(p_metres, p_country), 'distance_m', p_metres,
        'credential', credential_shown(therapist, (clock() at time zone 'UTC')::date), 'services', services, 'next', next, 'has_next', next is not null))::json;
end $$;

create or replace function booking_others(p_id uuid, p_limits json, p_page int) returns json
    language plpgsql stable
    as $$
declare
    per constant int := 10;
    b booking;
    place location;
    longest constant int := limit_length(p_limits);
    out_of constant text[] := techniques_left_out(p_limits);
    out_ids int[];
    trainings constant text[] := trainings_wanted(p_limits -> 'require');
    km int;
    found_at int[];
    away int[];
    total int := 0;
    first int;
begin
    select * into b from booking where id = p_id and token_hash = auth.token_hash('app.booking');
    if not found then
        return null;
    end if;
    select * into place from location where id = b.location_id;
    out_ids := array(select id from tag where kind = 'technique' and slug = any (out_of));
    -- as near as there is somebody
    foreach km in array array(select r from (select radius_usual(place.country) as r union select unnest(radii(place.country))) x where r >= radius_usual(place.country) order by r) loop
        select coalesce(array_agg(o.location_id), '{}'), array_agg(o.metres) into found_at, away from others_fitting(place.lat, place.lon, km, longest, out_ids, trainings) o;
        total := cardinality(found_at);
        exit when total > 0;
    end loop;
    first := (greatest(1, least(p_page, (total + per - 1) / per)) - 1) * per;
    return json_build_object('booking', booking_document(p_id), 'total', total, 'within', say_radius(km, place.country), 'near', place.town || coalesce(', ' || nullif(place.region, ''), ''),
        'text', say_count(total), 'one', total = 1, 'any', total > 0, 'longest', case when longest < 1000 then longest end,
        'left_out', technique_list(out_of), 'has_left_out', out_of <> '{}', 'has_limits', out_of <> '{}' or longest < 1000 or trainings <> '{}',
        'trainings', (select json_agg((select string_agg(g.label, ' or ' order by g.id) from tag g where g.id = any (w::int[])) order by w) from unnest(trainings) w),
        'items', (select coalesce(json_agg(other_json(n::int, found_at[n], away[n], place.country, longest, out_of) order by n), '[]') from generate_series(first + 1, least(first + per, total)) n),
        'shown_from', first + 1, 'shown_to', least(first + per, total), 'several_pages', total > per,
        'previous_page', case when first > 0 then '/bookings/' || p_id || '/therapists?page=' || first / per end,
        'next_page', case when first + per < total then '/bookings/' || p_id || '/therapists?page=' || first / per + 2 end);
end $$;

grant execute on function trainings_wanted, others_fitting, other_json, booking_others to unknot_web;
