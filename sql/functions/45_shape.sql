-- What the answers of the form make of a booking: asked for instead of booked at once, another service, another therapist. All as the guest of the booking.

-- The therapist says yes first, whatever the service says. Not where the therapist made the booking.
create or replace function booking_ask_first(p_id uuid) returns void
    language sql security definer set search_path = unknot, public, pg_temp
    as $$
    update booking set mode = 'request'
    where (id = p_id or series_id = p_id) and token_hash = auth.token_hash('app.booking') and state = 'held' and made_by = 'client' and mode <> 'request'
    $$;

-- Whether a service carries the name of one of these techniques: "Deep tissue, 60 minutes".
create or replace function service_named(p_name text, p_slugs text[]) returns text
    language sql stable
    as $$
    select string_agg(t.label, ', ' order by t.id) from technique t
    where t.slug = any (p_slugs) and position(lower(regexp_replace(t.label, '\s*(massage|therapy|\(.*\)|/.*)\s*', '', 'gi')) in lower(p_name)) > 0
    $$;

-- p_limits: {"duration_max","exclude":[slug],"require":[[slug]]} → {"too_long","named","services":[what fits],"lacks":[training],"search"}; of each list in "require" one
-- is enough. {}: all fits.
create or replace function booking_shape(p_id uuid, p_limits json) returns json
    language sql stable
    as $$
    with b as (
        select o.*, l.postcode, coalesce((p_limits ->> 'duration_max')::int, 1000) as longest, array(select json_array_elements_text(p_limits -> 'exclude')) as excluded
        from booking o join location l on l.id = o.location_id where o.id = p_id and o.token_hash = auth.token_hash('app.booking')
    ), lacking as (
        select (select string_agg(g.label, ' or ' order by g.id) from tag g where g.kind = 'specialism' and g.slug in (select json_array_elements_text(r.one))) as label, r.one ->> 0 as slug
        from b, json_array_elements(coalesce(p_limits -> 'require', '[]')) with ordinality r (one, n)
        where not exists (select from credential c join tag g on g.id = c.specialism_id
                          where c.therapist_id = b.therapist_id and c.checked_until >= (clock() at time zone 'UTC')::date and g.slug in (select json_array_elements_text(r.one)))
    )
    select json_strip_nulls(json_build_object(
        'too_long', case when b.minutes > b.longest then true end, 'longest', case when b.minutes > b.longest then b.longest end, 'named', service_named(b.service_name, b.excluded),
        'services', case when b.minutes > b.longest or service_named(b.service_name, b.excluded) is not null then
            (select json_agg(json_build_object('id', s.id, 'name', s.name, 'minutes', s.minutes, 'price', money_json(s.price, s.currency)) order by s.position, s.id)
             from service s where s.therapist_id = b.therapist_id and s.retired_at is null and s.id <> b.service_id and s.minutes <= b.longest and service_named(s.name, b.excluded) is null) end,
        'has_services', case when b.minutes > b.longest or service_named(b.service_name, b.excluded) is not null then exists (
            select from service s where s.therapist_id = b.therapist_id and s.retired_at is null and s.id <> b.service_id and s.minutes <= b.longest and service_named(s.name, b.excluded) is null) end,
        'lacks', (select json_agg(distinct label) from lacking where label is not null),
        'search', (select '/therapists?near=' || coalesce(b.postcode, '') || '&specialism=' || string_agg(distinct slug, '&specialism=') from lacking where label is not null)))
    from b
    $$;

grant execute on function booking_ask_first, service_named, booking_shape to unknot_web;
