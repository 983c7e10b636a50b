-- One demo client who has come for twelve weeks, so that the line of how it goes can be seen: five visits, and one to come. Owner only.

-- p_keys, p_hashes: of six bookings, the key each was made with and the hash (hex) of the token that follows from it → their ids, the oldest first.
create or replace function sample.course(p_keys uuid[], p_hashes text[]) returns json
    language plpgsql
    as $$
declare
    v record;
    ids uuid[] := '{}';
    visit uuid;
    days int[] := '{84,77,70,63,21}';
    upcoming timestamptz;
begin
    perform set_config('app.bulk', 'on', true);
    select s.*, l.id as location_id, l.zone into v
    from therapist t join location l on l.therapist_id = t.id join service s on s.therapist_id = t.id and s.retired_at is null and not s.at_home
    where t.published and t.id % 12 <> 6 and exists (select from slots(s.id, l.id, current_date + 2, 20)) order by l.town, t.id, s.position, l.id limit 1;
    if not found then
        return '[]';
    end if;
    select z.start into upcoming from slots(v.id, v.location_id, current_date + 2, 20) z order by z.start offset 1 limit 1;
    for i in 1 .. cardinality(p_keys) loop
        visit := gen_random_uuid();
        ids := ids || visit;
        if i > cardinality(days) then
            insert into slot_claim (booking_id, therapist_id, blocked, location_id, service_id, starts_at)
            values (visit, v.therapist_id, tstzrange(upcoming - make_interval(mins => v.kept_before), upcoming + make_interval(mins => v.minutes + v.kept_after)), v.location_id, v.id, upcoming);
        end if;
        insert into booking (id, key, token_hash, therapist_id, location_id, service_id, starts_at, ends_at, zone, service_name, minutes, price, currency, state, reference,
                             client_name, client_email, safety_id, confirmed_at, ended_at, course_id)
        select visit, p_keys[i], decode(p_hashes[i], 'hex'), v.therapist_id, v.location_id, v.id, x.at, x.at + make_interval(mins => v.minutes), v.zone, v.name, v.minutes, v.price, v.currency,
               case when i > cardinality(days) then 'confirmed' else 'attended' end::booking_state, booking_reference(), 'Casey Demo', 'casey@example.org', gen_random_uuid(), least(x.at, now()) - interval '4 days',
               case when i <= cardinality(days) then x.at end, case when i > 1 then ids[1] end
        from (select coalesce(((current_date - days[i])::timestamp + interval '10 hours') at time zone v.zone, upcoming) as at) x;
        insert into consent (booking_id, purpose, text_id, shown, for_whom, agreed_at)
        select visit, 'health_data', t.id, consent_shown(t, b), 'self', b.confirmed_at
        from booking b join location l on l.id = b.location_id cross join lateral consent_text_for('health_data', l.country, l.region) t where b.id = visit;
    end loop;
    perform clients_gather();
    return to_json(ids);
end $$;

-- An answer of this client: p_days after the visit it belongs to.
create or replace function sample.outcome(p_row uuid, p_booking uuid, p_kind text, p_sealed text, p_days int) returns uuid
    language sql
    as $$
    insert into outcome (id, booking_id, kind, sealed, answered_at) select p_row, b.id, p_kind, p_sealed, b.ends_at + make_interval(days => p_days) from booking b where b.id = p_booking returning id
    $$;

-- The forms were answered before each visit; nobody is asked again what the demo has answered.
create or replace function sample.course_dates(p_ids uuid[]) returns int
    language sql
    as $$
    update safety_check c set checked_at = b.confirmed_at from booking b where b.id = any (p_ids) and c.id = b.safety_id;
    insert into outcome_asked (booking_id, what, asked_at) select id, w, now() from unnest(p_ids) id, unnest('{after,review,later}'::text[]) w;
    select cardinality(p_ids)
    $$;
