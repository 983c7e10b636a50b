-- The home plan of a visit: suggestions from the self-care library, how often, a word to each, and when to come again. What was chosen is sealed; the library
-- is not. The newest version is the plan.

create or replace function care_plan_refusal(b booking) returns text
    language plpgsql stable
    as $$
begin
    return (
        select case when b.state not in ('confirmed', 'attended') then 'A home plan belongs to a visit that took place.'
                    when b.starts_at > clock() then 'The home plan can be written once the visit has begun.'
                    when not l.home_plans then 'Home plans are switched off for this place.' end
        from location l where l.id = b.location_id);
end $$;

create or replace function care_plan_line(b booking) returns json
    language plpgsql stable
    as $$
begin
    return (
        select json_build_object('can_write', care_plan_refusal(b) is null, 'written', n.version is not null, 'version', n.version, 'moment', say_moment(n.written_at, b.zone, l.country))
        from location l left join lateral (select version, written_at from home_plan where booking_id = b.id order by version desc limit 1) n on true where l.id = b.location_id);
end $$;

-- The same hour of the wall clock in 1 to 12 weeks: from where "come again" looks for times.
create or replace function care_weeks(b booking) returns json
    language sql stable
    as $$ select json_agg(rfc3339(((b.starts_at at time zone b.zone) + make_interval(weeks => n)) at time zone b.zone) order by n) from generate_series(1, 12) n $$;

create or replace function care_plan_newest(b booking) returns json
    language sql stable
    as $$
    select json_build_object('version', n.version, 'sealed', n.sealed, 'moment', say_moment(n.written_at, b.zone, l.country), 'by', booking_therapist(b.therapist_id) ->> 'name',
        'slug', booking_therapist(b.therapist_id) ->> 'slug', 'service', b.service_id, 'weeks', care_weeks(b))
    from home_plan n join location l on l.id = b.location_id where n.booking_id = b.id order by n.version desc limit 1
    $$;

create or replace function care_plan(p_id uuid) returns json
    language sql stable
    as $$
    select json_build_object('booking', booking_document(b.id), 'plan_of', care_plan_line(b), 'refusal', care_plan_refusal(b), 'location', b.location_id,
        'version_now', coalesce((select max(version) from home_plan where booking_id = b.id), 0), 'kept', care_plan_newest(b),
        'library', (select json_agg(json_build_object('slug', t.slug, 'label', t.label, 'about', t.about, 'part', nullif(t.part, ''), 'usual', nullif(g.plan, ''), 'careful', nullif(g.careful, ''),
                        'evidence', g.evidence, 'basis', coalesce(nullif(g.basis, ''), nullif(t.basis, ''))) order by t.position, t.id)
                    from tag t left join guidance g on g.tag_id = t.id where t.kind = 'self_care' and t.retired_at is null))
    from booking b where b.id = p_id and booking_is_therapists(b)
    $$;

create or replace function care_plan_save(p_id uuid, p_after int, p_sealed text, p_tell boolean) returns json
    language plpgsql
    as $$
declare
    b booking;
begin
    select * into b from booking where id = p_id and booking_is_therapists(booking) for update;
    if not found then
        return null;
    elsif care_plan_refusal(b) is not null then
        return booking_problem(409, 'no-plan-now', care_plan_refusal(b), b.service_id, null);
    elsif p_after <> coalesce((select max(version) from home_plan where booking_id = p_id), 0) then
        return booking_problem(409, 'plan-changed', 'This plan was changed meanwhile. Look at the newest version, then save yours again.', b.service_id, null);
    end if;
    insert into home_plan (booking_id, version, account_id, sealed, written_at) values (p_id, p_after + 1, auth.account(), p_sealed, clock());
    insert into audit (account_id, action, object) values (auth.account(), case when p_tell then 'plan.written' else 'plan.withdrawn' end, p_id::text);
    if p_tell then
        perform booking_notify(p_id, 'plan', json_build_object('by', 'therapist'));
    end if;
    return care_plan(p_id);
end $$;

-- For the client's own page of a visit: what there is of care, for the program to open.
create or replace function care_client(p_id uuid) returns json
    language sql stable
    as $$
    select json_build_object('plan', care_plan_newest(b), 'messages', care_messages(b, 'client'), 'can_answer', care_message_refusal(b, 'client') is null, 'readers', client_key_uses(b.id) -> 'others')
    from booking b where b.id = p_id and b.token_hash = auth.token_hash('app.booking')
    $$;

-- Where home plans are within the scope of practice: the therapist's own places.
create or replace function care_places() returns json
    language sql stable
    as $$
    select json_build_object('has_places', exists (select from location l where l.therapist_id = t.id), 'places', (select json_agg(json_build_object('location', l.id, 'label', coalesce(nullif(l.name, ''), l.street) || ', ' || l.town, 'on', l.home_plans) order by l.id)
                                        from location l where l.therapist_id = t.id))
    from therapist t where t.id = auth.therapist()
    $$;

create or replace function care_places_save(p_on int[]) returns json
    language plpgsql
    as $$
begin
    update location set home_plans = (id = any (p_on)) where therapist_id = auth.therapist() and home_plans <> (id = any (p_on));
    if found then
        insert into audit (account_id, action, object) values (auth.account(), 'plan.places', auth.therapist()::text);
    end if;
    return care_places();
end $$;

grant execute on function care_plan_refusal, care_plan_line, care_weeks, care_plan_newest, care_plan, care_plan_save, care_client, care_places, care_places_save to unknot_web;
