-- What is agreed to before a visit, and by whom. The guest's with the booking's token, the therapist's whose visit it is; row-level security decides.

-- The text for a purpose at the place of a visit: that of the state or province, of the country, or the one for everywhere. A region is known by its
-- code or by its name.
create or replace function consent_text_for(p_purpose text, p_country text, p_region text) returns consent_text
    language sql stable
    as $$
    select t from consent_text t
    where t.purpose = p_purpose and t.replaced_at is null
      and (t.place in ('', p_country) or t.place like p_country || '-%' and (t.place = p_country || '-' || upper(p_region) or lower(t.place_name) = lower(p_region)))
    order by length(t.place) desc limit 1
    $$;

create or replace function consent_fill(p_text text, b booking) returns text
    language sql stable
    as $$
    select replace(replace(replace(p_text, '{THERAPIST}', booking_therapist(b.therapist_id) ->> 'name'), '{SERVICE}', b.service_name), '{MINUTES}', b.minutes::text)
    $$;

-- SHA-256 of what is shown: title, an empty line, body.
create or replace function consent_shown(t consent_text, b booking) returns bytea
    language sql stable
    as $$ select sha256(convert_to(consent_fill(t.title || E'\n\n' || t.body, b), 'UTF8')) $$;

create or replace function consent_blocks(p_body text) returns json
    language sql stable
    as $$
    select json_agg(json_build_object(
        'heading', case when x.block like '## %' then substr(x.block, 4) end,
        'paragraph', case when x.block not like '## %' and x.block not like '- %' then replace(x.block, E'\n', ' ') end,
        'has_items', x.block like '- %', 'items', case when x.block like '- %' then to_json(regexp_split_to_array(substr(x.block, 3), E'\n- ')) else '[]'::json end) order by x.n)
    from regexp_split_to_table(btrim(p_body, E'\n'), E'\n{2,}') with ordinality x (block, n)
    $$;

create or replace function consent_valid_until(t consent_text, p_day date) returns date
    language sql stable
    as $$ select (p_day + make_interval(months => t.months))::date where t.months is not null $$;

create or replace function consent_text_json(t consent_text, b booking) returns json
    language sql stable
    as $$
    select json_build_object('purpose', t.purpose, 'title', consent_fill(t.title, b), 'blocks', consent_blocks(consent_fill(t.body, b)), 'place', nullif(t.place_name, ''), 'version', t.version,
        'from_day', say_date_long(t.from_day, l.country), 'awaits', t.reviewed_by is null, 'sha256', encode(consent_shown(t, b), 'hex'), 'short', left(encode(consent_shown(t, b), 'hex'), 12),
        'therapist', booking_therapist(b.therapist_id) ->> 'name', 'therapist_signs', t.therapist_signs, 'guardian_stays', t.guardian_stays,
        'valid_until', say_date_long(consent_valid_until(t, local_day(clock(), b.zone)), l.country))
    from location l where l.id = b.location_id
    $$;

-- The texts for a visit: {"treatment":{…},"guardian":{…}|null,"health_data":{…}}; guardian only for somebody under age.
create or replace function consent_texts(p_id uuid, p_minor boolean) returns json
    language sql stable
    as $$
    select json_object_agg(p.purpose, case when p.purpose <> 'guardian' or p_minor then consent_text_json(consent_text_for(p.purpose, l.country, l.region), b) end)
    from booking b join location l on l.id = b.location_id cross join unnest('{treatment,guardian,health_data}'::text[]) p (purpose)
    where b.id = p_id and b.token_hash = auth.token_hash('app.booking') having count(*) > 0
    $$;

-- Agrees, as the guest who holds the time or answers the form again; again takes the place of what was agreed before, which stays where it was booked
-- with. p_shown: {"treatment":"hex","guardian":…,"health_data":…}, the fingerprints of what was on the page; null where a program did not say.
-- → {"signed":true}, or {"changed":"treatment"} when a text is another one by now.
create or replace function consent_sign(p_id uuid, p_minor boolean, p_for_whom text, p_shown json, p_health_data boolean) returns json
    language plpgsql
    as $$
declare
    b booking;
    l location;
    t consent_text;
    texts consent_text[];
    wanted text;
begin
    select * into b from booking x where x.id = p_id and x.token_hash = auth.token_hash('app.booking') and (x.state = 'held' or reopen_begun(x)) for update;
    if not found then
        return null;
    end if;
    select * into l from location where id = b.location_id;
    foreach wanted in array array['treatment', 'guardian', 'health_data'] loop
        continue when wanted = 'guardian' and not p_minor or wanted = 'health_data' and not p_health_data;
        t := consent_text_for(wanted, l.country, l.region);
        if p_shown ->> wanted is distinct from encode(consent_shown(t, b), 'hex') and p_shown ->> wanted is not null then
            return json_build_object('changed', wanted);
        end if;
        texts := texts || t;
    end loop;
    perform consent_replaced(p_id);
    foreach t in array texts loop
        insert into consent (booking_id, purpose, text_id, shown, for_whom, agreed_at, valid_until, therapist_signs)
        values (booking_lead(b), t.purpose, t.id, consent_shown(t, b), p_for_whom, clock(), consent_valid_until(t, local_day(clock(), b.zone)), t.therapist_signs);
    end loop;
    if not p_health_data then
        perform own_answers_drop(p_id);
    end if;
    return json_build_object('signed', true);
end $$;

-- What was agreed to so far: gone with a time that was only held, kept with a visit that was booked or asked for.
create or replace function consent_replaced(p_id uuid) returns void
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    b booking;
begin
    select * into b from booking where id = p_id and token_hash = auth.token_hash('app.booking');
    if coalesce(b.confirmed_at, b.requested_at) is not null then
        update consent set replaced_at = clock() where booking_id = booking_lead(b) and replaced_at is null;
    else
        delete from consent where booking_id = b.id and b.state = 'held';
    end if;
end $$;

-- Keeping was not agreed to: what was answered to the therapist's own questions, and what was ticked of the statements, goes too.
create or replace function own_answers_drop(p_id uuid) returns void
    language sql security definer set search_path = unknot, public, pg_temp
    as $$
    delete from own_answer o using booking b where o.booking_id = b.id and b.id = p_id and b.state = 'held' and b.token_hash = auth.token_hash('app.booking');
    delete from outcome o using booking b where o.booking_id = b.id and b.id = p_id and b.state = 'held' and b.token_hash = auth.token_hash('app.booking')
    $$;

-- What was agreed for a visit, as both sides read it.
create or replace function consents_json(b booking) returns json
    language plpgsql stable
    as $$
begin
    return (
        select coalesce(json_agg(json_build_object('purpose', c.purpose, 'title', consent_fill(t.title, b), 'blocks', consent_blocks(consent_fill(t.body, b)), 'place', nullif(t.place_name, ''), 'version', t.version,
            'short', left(encode(c.shown, 'hex'), 12), 'sha256', encode(c.shown, 'hex'), 'agreed', say_moment(c.agreed_at, b.zone, l.country), 'for_child', c.for_whom = 'child',
            'valid_until', say_date_long(c.valid_until, l.country), 'lapsed', c.valid_until < local_day(b.starts_at, b.zone), 'withdrawn', say_moment(c.withdrawn_at, b.zone, l.country),
            'therapist_signs', c.therapist_signs, 'unsigned', c.therapist_signs and c.therapist_signed_at is null, 'therapist_signed', say_moment(c.therapist_signed_at, b.zone, l.country), 'therapist_name', c.therapist_name)
            order by c.purpose desc), '[]')
        from consent c join consent_text t on t.id = c.text_id join location l on l.id = b.location_id
        where c.booking_id = booking_lead(b) and c.replaced_at is null);
end $$;

-- What is kept of the answers for a booking, and what was agreed: the guest's page.
create or replace function booking_answers(p_id uuid) returns json
    language plpgsql stable
    as $$
begin
    return (select json_build_object('booking', booking_document(b.id), 'consents', consents_json(b), 'has_consents', exists (select from consent c where c.booking_id = booking_lead(b)),
        'kept', c.sealed is not null or exists (select from outcome o where o.booking_id = b.id), 'withdrawn', say_moment(c.withdrawn_at, b.zone, l.country), 'answered', say_moment(c.checked_at, b.zone, l.country),
        'outcome', c.outcome, 'rules_version', c.rules, 'opened', client_key_uses(b.id))
    from booking b join location l on l.id = b.location_id left join safety_check c on c.id = booking_check(b)
    where b.id = p_id and b.token_hash = auth.token_hash('app.booking') and booking_check(b) is not null);
end $$;

-- The client takes back that health answers are kept: they are gone at once, for all visits that were booked together, and with them the key where no
-- record needs it; that the check was passed stays. "held": an order of law forbids it.
create or replace function booking_answers_withdraw(p_id uuid) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    lead uuid;
begin
    select booking_lead(booking) into lead from booking where id = p_id and token_hash = auth.token_hash('app.booking') and booking_check(booking) is not null and not auth.at_desk() for update;
    if not found then
        return null;
    elsif client_key_destroy(p_id) = 'held' then
        return (booking_answers(p_id)::jsonb || '{"held": true}')::json;
    end if;
    update safety_check set sealed = null, withdrawn_at = clock()
    where withdrawn_at is null and booking_id in (select id from booking where id = lead or series_id = lead);
    update booking set safety_draft = null where (id = lead or series_id = lead) and safety_draft is not null;
    delete from own_answer where booking_id = lead;
    perform reopen_leave(p_id);
    perform booking_notify(b.id, 'erased', '{"by":"client"}') from booking b where b.id = p_id and b.state in ('requested', 'suggested', 'confirmed');
    update consent set withdrawn_at = clock() where booking_id = lead and purpose = 'health_data' and withdrawn_at is null;
    insert into audit (account_id, action, object) values (null, 'answers.withdrawn', p_id::text);
    return booking_answers(p_id);
end $$;

-- The therapist signs what the client agreed to, where the law wants both.
create or replace function practice_consent_sign(p_id uuid, p_name text) returns json
    language plpgsql
    as $$
begin
    update consent c set therapist_signed_at = clock(), therapist_name = p_name
    from booking b
    where b.id = p_id and booking_is_therapists(b) and c.booking_id = booking_lead(b) and c.therapist_signs and c.therapist_signed_at is null and c.replaced_at is null;
    if found then
        insert into audit (account_id, action, object) values (auth.account(), 'consent.signed', p_id::text);
    end if;
    return (select json_build_object('consents', consents_json(b)) from booking b where b.id = p_id and booking_is_therapists(b));
end $$;

grant execute on function consent_text_for, consent_fill, consent_shown, consent_blocks, consent_valid_until, consent_text_json, consent_texts, consent_sign, consent_replaced, own_answers_drop, consents_json, booking_answers,
    booking_answers_withdraw, practice_consent_sign to unknot_web;
