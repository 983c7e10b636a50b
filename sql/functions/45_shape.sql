-- What the answers of the form make of a booking: asked for instead of booked at once, another service, another therapist. Mostly as the guest of the
-- booking. p_limits throughout: {"duration_max","pressure_max","exclude":[slug],"position":[slug],"require":[[slug]]}; of each list in "require" one is
-- enough; {}: all fits.

-- The therapist says yes first, whatever the service says. Not where the therapist made the booking.
create or replace function booking_ask_first(p_id uuid) returns void
    language sql security definer set search_path = unknot, public, pg_temp
    as $$
    update booking set mode = 'request'
    where (id = p_id or series_id = p_id) and token_hash = auth.token_hash('app.booking') and state = 'held' and made_by = 'client' and mode <> 'request'
    $$;

-- --- What a service consists of

create or replace function service_techniques(p_service int) returns text[]
    language plpgsql stable
    as $$
begin
    return array(select g.slug from service_tag x join tag g on g.id = x.tag_id where x.service_id = p_service order by g.position, g.id);
end $$;

-- [{"slug","label"}], also of what is offered no more.
create or replace function technique_list(p_slugs text[]) returns json
    language plpgsql stable
    as $$
begin
    return coalesce((select json_agg(json_build_object('slug', g.slug, 'label', g.label) order by g.position, g.id)
                     from tag g where g.kind = 'technique' and g.slug = any (p_slugs)), '[]');
end $$;

-- A booking takes the techniques along when it is made.
create or replace function booking_takes_techniques() returns trigger
    language plpgsql
    as $$
begin
    new.techniques := service_techniques(new.service_id);
    return new;
end $$;
create or replace trigger booking_takes_techniques before insert on booking for each row when (new.techniques = '{}') execute function booking_takes_techniques();

-- --- What fits somebody

create or replace function limit_length(p_limits json) returns int
    language sql immutable parallel safe
    as $$ select coalesce((p_limits ->> 'duration_max')::int, 1000) $$;

-- The techniques that these limits leave out: named by a rule, or never lighter than the pressure that is good for this person.
create or replace function techniques_left_out(p_limits json) returns text[]
    language plpgsql stable
    as $$
begin
    return array(select json_array_elements_text(p_limits -> 'exclude')
                 union select g.slug from tag g where g.kind = 'technique' and g.pressure_min > (p_limits ->> 'pressure_max')::int);
end $$;

-- Whether something is left of a service: short enough, and not all of it left out. One that says nothing of its techniques is the therapist's to adapt.
create or replace function service_fits(p_minutes int, p_techniques text[], p_longest int, p_left_out text[]) returns boolean
    language sql immutable parallel safe
    as $$ select p_minutes <= p_longest and (p_techniques = '{}' or not p_techniques <@ p_left_out) $$;

create or replace function booking_fits(b booking, p_limits json) returns boolean
    language sql stable
    as $$ select service_fits(b.minutes, b.techniques, limit_length(p_limits), techniques_left_out(p_limits)) $$;

-- What of a visit is left out, and the rest goes on: [{"slug","label"}]. For its guest and its therapist.
create or replace function booking_without(p_id uuid, p_limits json) returns json
    language sql stable
    as $$
    select technique_list(array(select unnest(b.techniques) intersect select unnest(techniques_left_out(p_limits)))) from booking b where b.id = p_id and booking_is_callers(b)
    $$;

-- What of this therapist's is left for this person: [{"id","name","minutes","price","without":[…]}].
create or replace function services_left(p_therapist int, p_besides int, p_longest int, p_left_out text[]) returns json
    language plpgsql stable
    as $$
begin
    return (
    select coalesce(json_agg(json_build_object('id', s.id, 'name', s.name, 'minutes', s.minutes, 'length', say_minutes(s.minutes), 'price', money_json(s.price, s.currency),
        'without', technique_list(t.slugs_out), 'has_without', t.slugs_out <> '{}') order by s.position, s.id), '[]')
    from service s cross join lateral (select x.slugs, array(select unnest(x.slugs) intersect select unnest(p_left_out)) as slugs_out
                                       from (select service_techniques(s.id) as slugs offset 0) x offset 0) t
    where s.therapist_id = p_therapist and s.retired_at is null and s.id is distinct from p_besides and service_fits(s.minutes, t.slugs, p_longest, p_left_out));
end $$;

-- The trainings that a therapist has not shown: one row for each list of p_require of which none is there.
create or replace function training_lacking(p_therapist int, p_require json) returns table (label text)
    language plpgsql stable
    as $$
begin
    return query
    select x.label from (select r.one, (select string_agg(g.label, ' or ' order by g.id) from tag g where g.kind = 'specialism' and g.slug in (select json_array_elements_text(r.one))) as label
                         from json_array_elements(p_require) r (one)) x
    where x.label is not null
      and not exists (select from credential c join tag g on g.id = c.specialism_id
                      where c.therapist_id = p_therapist and c.checked_until >= (clock() at time zone 'UTC')::date and g.kind = 'specialism' and g.slug in (select json_array_elements_text(x.one)));
end $$;

-- {"unfit","too_long","longest","left_out":[…],"without":[…],"services":[what fits],"lacks":[training],"supports_lacking","others"}. unfit: this visit cannot be
-- booked by this person; left_out: for its techniques; without: the visit goes on, less these; others: the page of therapists who fit.
create or replace function booking_shape(p_id uuid, p_limits json) returns json
    language plpgsql stable
    as $$
declare
    b booking;
    longest constant int := limit_length(p_limits);
    out_of constant text[] := techniques_left_out(p_limits);
    unfit boolean;
    all_out boolean;
    left_out json;
    lacks json;
    services json;
begin
    select * into b from booking where id = p_id and token_hash = auth.token_hash('app.booking');
    if not found then
        return null;
    end if;
    unfit := not service_fits(b.minutes, b.techniques, longest, out_of);
    all_out := b.techniques <> '{}' and b.techniques <@ out_of;
    left_out := technique_list(array(select unnest(b.techniques) intersect select unnest(out_of)));
    lacks := (select json_agg(distinct l.label) from training_lacking(b.therapist_id, p_limits -> 'require') l);
    services := case when unfit then services_left(b.therapist_id, b.service_id, longest, out_of) end;
    return json_strip_nulls(json_build_object(
        'unfit', unfit, 'too_long', case when b.minutes > longest then true end, 'longest', case when b.minutes > longest then longest end,
        'left_out', case when all_out then left_out end, 'left_out_text', case when all_out then (select say_list(array_agg(x ->> 'label')) from json_array_elements(left_out) x) end,
        'without', case when not all_out and json_array_length(left_out) > 0 then left_out end, 'has_without', case when not all_out and json_array_length(left_out) > 0 then true end,
        'services', services, 'has_services', json_array_length(services) > 0,
        'lacks', lacks, 'supports_lacking', case when (p_limits -> 'position')::text like '%side_lying%' and not b.at_home then not exists (
            select from location_tag x join tag g on g.id = x.tag_id where x.location_id = b.location_id and g.slug = 'side_lying_supports') end,
        'others', case when unfit or lacks is not null then '/bookings/' || b.id || '/therapists' end));
end $$;

-- What is said instead of passing a check of such a visit.
create or replace function booking_unfit(b booking, p_limits json) returns json
    language sql
    as $$
    select (booking_problem(409, 'service-not-for-you', case when x.shape ->> 'too_long' is not null then 'This visit is longer than is good for you now: at most ' || (x.shape ->> 'longest') || ' minutes.'
                else 'Your answers leave out what this service consists of.' end, b.service_id, null)::jsonb
            || jsonb_build_object('shape', x.shape))::json
    from (select booking_shape(b.id, p_limits) as shape) x
    $$;

-- --- Another service instead, at the same time

-- The claim of a held visit becomes that of another service of the same therapist: one change of one row, as claim_move() does it. The caller's own
-- hold only. False: the time is not there for it, and all is as it was.
create or replace function claim_service(p_id uuid, p_service int) returns boolean
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
#variable_conflict use_column
declare
    b booking;
    v service;
    was tstzrange;
    will tstzrange;
    place location;
    rooms int[];
    room int;
begin
    select * into b from booking o where o.id = p_id and o.state = 'held' and o.safety_id is null and o.series_id is null and coalesce(o.confirmed_at, o.requested_at) is null and o.token_hash = auth.token_hash('app.booking') for update;
    select * into v from service s where s.id = p_service and s.therapist_id = b.therapist_id and s.retired_at is null;
    if not found then
        return false;
    end if;
    perform listing_lock(b.therapist_id);
    will := tstzrange(b.starts_at - make_interval(mins => v.kept_before), b.starts_at + make_interval(mins => v.minutes + v.kept_after));
    select l.* into place from slots(v.id, null, b.starts_at::date - 1, 3, clock(), b.id) s join location l on l.id = s.location_id
    where s.start = b.starts_at order by l.id <> b.location_id, l.id limit 1;
    if place.id is null then
        return false;
    end if;
    select blocked into was from slot_claim c where c.booking_id = b.id and c.use = 'visit';
    perform claim_clear(b.therapist_id, will);
    rooms := rooms_of(v.id, place.id);
    room := room_take(rooms, will, b.id);
    if rooms is not null and room is null then
        return false;
    end if;
    begin
        update slot_claim c set blocked = will, location_id = place.id, service_id = v.id, room_id = room where c.booking_id = b.id and c.use = 'visit';
    exception when exclusion_violation then
        return false;
    end;
    update booking o set service_id = v.id, service_name = v.name, minutes = v.minutes, price = v.price, currency = v.currency, ends_at = b.starts_at + make_interval(mins => v.minutes),
        mode = v.mode, answer_hours = v.answer_hours, cancel_notice = v.cancel_notice, cancel_fee = v.cancel_fee, move_notice = v.move_notice, move_fee = v.move_fee,
        at_home = v.at_home, location_id = place.id, zone = place.zone, techniques = service_techniques(v.id)
    where o.id = b.id;
    perform listing_claimed(b.therapist_id, was);
    perform listing_claimed(b.therapist_id, will);
    return true;
end $$;

create or replace function booking_service(p_id uuid, p_service int) returns json
    language plpgsql
    as $$
declare
    b booking;
    v service;
begin
    select * into b from booking where id = p_id and token_hash = auth.token_hash('app.booking') for update;
    if not found then
        return null;
    elsif b.state <> 'held' or b.hold_expires <= clock() then
        return booking_document(p_id);
    end if;
    select s.* into v from service s where s.id = p_service and s.therapist_id = b.therapist_id and s.retired_at is null;
    if not found then
        return booking_problem(404, 'no-such-service', 'This service is no longer offered.', b.service_id, null);
    elsif b.safety_id is not null or b.series_id is not null or coalesce(b.confirmed_at, b.requested_at) is not null then
        return booking_problem(409, 'service-is-kept', 'This booking keeps its service. Choose a time for the other one.', v.id, b.starts_at);
    elsif v.id <> b.service_id and not claim_service(p_id, v.id) then
        return booking_problem(409, 'time-taken', 'This time is not free for the other service.', v.id, b.starts_at);
    end if;
    return booking_document(p_id);
end $$;

grant execute on function booking_unfit, claim_service, booking_service, booking_ask_first, service_techniques, technique_list, limit_length, techniques_left_out, service_fits, booking_fits, booking_without, services_left,
    training_lacking, booking_shape to unknot_web;
