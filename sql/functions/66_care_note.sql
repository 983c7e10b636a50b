-- The note of a visit: what the law wants on record, and its versions. The words of a note are sealed; what stands here is who wrote one, and when.

-- Why none can be written now; null: it can.
create or replace function care_note_refusal(b booking) returns text
    language sql stable
    as $$
    select case when b.state not in ('confirmed', 'attended') then 'A note belongs to a visit that took place.'
                when b.starts_at > clock() then 'The note can be written once the visit has begun.' end
    $$;

-- On the visit's own page: whether there is one, and of when.
create or replace function care_note_line(b booking) returns json
    language plpgsql stable
    as $$
begin
    return (
        select json_build_object('can_write', care_note_refusal(b) is null, 'written', n.version is not null, 'version', n.version,
            'moment', say_moment(n.written_at, b.zone, (select country from location where id = b.location_id)))
        from (select 1) one left join lateral (select version, written_at from session_note where booking_id = b.id order by version desc limit 1) n on true);
end $$;

create or replace function care_note(p_id uuid) returns json
    language sql stable
    as $$
    select json_build_object('booking', booking_document(b.id), 'note_of', care_note_line(b), 'refusal', care_note_refusal(b), 'planned', b.minutes,
        'version_now', n.version, 'next_version', n.version + 1,
        'choices', json_build_object(
            -- what the therapist offers stands by itself
            'technique', (select json_agg(json_build_object('slug', t.slug, 'label', t.label, 'own', x.tag_id is not null) order by t.position, t.id)
                          from tag t left join therapist_tag x on x.tag_id = t.id and x.therapist_id = b.therapist_id where t.kind = 'technique' and (t.retired_at is null or x.tag_id is not null)),
            'area', (select json_agg(json_build_object('slug', t.slug, 'label', t.label) order by t.position, t.id) from tag t where t.kind = 'region' and t.retired_at is null)))
    from booking b cross join lateral (select coalesce(max(version), 0) as version from session_note where booking_id = b.id) n where b.id = p_id and booking_is_therapists(b)
    $$;

-- All versions, the newest first, for the program to open.
create or replace function care_note_versions(p_id uuid) returns json
    language sql stable
    as $$
    select coalesce(json_agg(json_build_object('version', n.version, 'sealed', n.sealed, 'at', rfc3339(n.written_at), 'moment', say_moment(n.written_at, b.zone, l.country),
        'who', coalesce(a.name, booking_therapist(b.therapist_id) ->> 'name')) order by n.version desc), '[]')
    from booking b join location l on l.id = b.location_id join session_note n on n.booking_id = b.id left join account a on a.id = n.account_id
    where b.id = p_id and booking_is_therapists(b)
    $$;

-- p_after: the version that the writer saw, 0 for none; p_sealed: the one that comes after it.
create or replace function care_note_save(p_id uuid, p_after int, p_sealed text) returns json
    language plpgsql
    as $$
declare
    b booking;
begin
    select * into b from booking where id = p_id and booking_is_therapists(booking) for update;
    if not found then
        return null;
    elsif care_note_refusal(b) is not null then
        return booking_problem(409, 'no-note-now', care_note_refusal(b), b.service_id, null);
    elsif p_after <> coalesce((select max(version) from session_note where booking_id = p_id), 0) then
        return booking_problem(409, 'note-changed', 'This note was changed meanwhile. Read the newest version, then save yours again.', b.service_id, null);
    end if;
    insert into session_note (booking_id, version, account_id, sealed, written_at) values (p_id, p_after + 1, auth.account(), p_sealed, clock());
    insert into audit (account_id, action, object) values (auth.account(), case p_after when 0 then 'note.written' else 'note.corrected' end, p_id::text);
    return care_note(p_id);
end $$;

grant execute on function care_note_refusal, care_note_line, care_note, care_note_versions, care_note_save to unknot_web;
