-- Writing: see 71_taxonomies.sql. All are SECURITY DEFINER and ask first whether the caller is an operator.

-- The words of a value: what was typed, a line or a comma apart, and its label. A word that a technique or a complaint has stays theirs.
create or replace function tag_words_save(p_tag int, p_label text, p_words text) returns void
    language plpgsql
    as $$
declare
    words text[] := array(select distinct fold(w) from regexp_split_to_table(coalesce(p_words, '') || E'\n' || p_label, '[\n,;]+') w where fold(w) <> '');
    first boolean := (select kind in ('technique', 'complaint') from tag where id = p_tag);
begin
    if not first then
        words := array(select unnest(words) except select w.word from term w join tag t on t.id = w.tag_id where t.kind in ('technique', 'complaint'));
    end if;
    delete from term where tag_id = p_tag and word <> all (words);
    insert into term (word, tag_id) select unnest(words), p_tag on conflict do nothing;
end $$;

-- p_kind null: a new taxonomy. Its name becomes a word of the search's address, so it must not be one already.
create or replace function operator_kind_save(p_kind text, p_form json) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    before json := operator_kind(p_kind)::jsonb - 'values';
    name text := coalesce(p_kind, p_form ->> 'short');
begin
    if not auth.is_operator() or (p_kind is not null and before is null) then
        return null;
    elsif p_kind is null and name !~ '^[a-z]+(_[a-z]+)*$' then
        return operator_problem('short', 'Use small letters and _ for the name, such as room_size');
    elsif p_kind is null and (exists (select from tag_kind where kind = name) or name in ('q', 'near', 'radius_km', 'when', 'part', 'from', 'to', 'price_max', 'rating', 'sort', 'after', 'before',
            'home', 'headline', 'profession', 'pronouns', 'about', 'not_for', 'since', 'back_share', 'first_visit', 'csrf', 'location', 'new') or name ~ '^not_') then
        return operator_problem('short', 'This name is taken. Choose another one');
    elsif p_kind is null and p_form ->> 'stated_of' is null then
        return operator_problem('stated_of', 'Say who states it');
    end if;
    insert into tag_kind (kind, label, ask, stated_of, one, in_filters, position, edited_at)
    values (name, p_form ->> 'label', coalesce(p_form ->> 'ask', ''), coalesce(p_form ->> 'stated_of', 'therapist'), p_form ->> 'one' = 'yes', p_form ->> 'in_filters' = 'yes',
            (p_form ->> 'nth')::smallint, now())
    on conflict (kind) do update set label = excluded.label, ask = excluded.ask, one = excluded.one, in_filters = excluded.in_filters, position = excluded.position, edited_at = excluded.edited_at;
    perform operator_wrote('taxonomy.' || case when p_kind is null then 'added' else 'changed' end, name, before, (operator_kind(name)::jsonb - 'values')::json);
    return operator_kind(name);
end $$;

-- p_slug null: a new value; its slug is made from the label unless it is said.
create or replace function operator_tag_save(p_kind text, p_slug text, p_form json) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    k tag_kind;
    t tag;
    before json := operator_tag(p_kind, p_slug)::jsonb - 'history';
    name text := coalesce(p_slug, p_form ->> 'short', left(replace(fold(p_form ->> 'label'), ' ', '_'), 60));
begin
    select * into k from tag_kind where kind = p_kind and p_kind <> 'credential' and auth.is_operator();
    if not found or (p_slug is null and not kind_grows(k)) then
        return null;
    end if;
    select * into t from tag where kind = p_kind and slug = p_slug;
    if p_slug is not null and not found then
        return null;
    elsif p_slug is null and (name !~ '^[a-z0-9]+([-_][a-z0-9]+)*$' or name in ('new', 'settings')) then
        return operator_problem('short', 'Use small letters, digits, - and _ for the short name');
    elsif p_slug is null and exists (select from tag where kind = p_kind and slug = name) then
        return operator_problem('short', 'There is one with this short name already');
    elsif exists (select from tag o where o.kind = p_kind and o.id is distinct from t.id and o.retired_at is null and fold(o.label) = fold(p_form ->> 'label')) then
        return operator_problem('label', 'There is one with this name already');
    elsif (p_form ->> 'pressure_min')::int > (p_form ->> 'pressure_max')::int then
        return operator_problem('pressure_max', 'The firmest pressure cannot be less than the lightest');
    end if;
    insert into tag (kind, slug, label, about, part, basis, pressure_min, pressure_max, position, edited_at)
    values (p_kind, name, p_form ->> 'label', coalesce(p_form ->> 'about', ''), coalesce(p_form ->> 'part', ''), coalesce(p_form ->> 'basis', ''),
            (p_form ->> 'pressure_min')::smallint, (p_form ->> 'pressure_max')::smallint, coalesce((p_form ->> 'nth')::smallint, 0), now())
    on conflict (kind, slug) do update set label = excluded.label, about = excluded.about, part = excluded.part, basis = excluded.basis, pressure_min = excluded.pressure_min,
        pressure_max = excluded.pressure_max, position = excluded.position, edited_at = excluded.edited_at;
    select * into t from tag where kind = p_kind and slug = name;
    perform tag_words_save(t.id, t.label, p_form ->> 'words');
    insert into listing_reworded (tag_id) values (t.id);
    perform operator_wrote('tag.' || case when p_slug is null then 'added' else 'changed' end, p_kind || '/' || name, before, (operator_tag(p_kind, name)::jsonb - 'history')::json);
    return operator_tag(p_kind, name);
end $$;

-- Retires a value or brings it back. Who stated it keeps it either way.
create or replace function operator_tag_offer(p_kind text, p_slug text, p_offer boolean) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
begin
    update tag t set retired_at = case when p_offer then null else coalesce(t.retired_at, now()) end, edited_at = now()
    from tag_kind k where k.kind = t.kind and kind_grows(k) and t.kind = p_kind and t.slug = p_slug and auth.is_operator() and (t.retired_at is null) is distinct from p_offer;
    if found then
        perform operator_wrote('tag.' || case when p_offer then 'offered' else 'retired' end, p_kind || '/' || p_slug, null, null);
    end if;
    return operator_tag(p_kind, p_slug);
end $$;

create or replace function operator_guidance_save(p_kind text, p_slug text, p_form json, p_ticked json) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    id int := (select t.id from tag t where t.kind = p_kind and t.kind in ('complaint', 'goal', 'self_care') and t.slug = p_slug and auth.is_operator());
    before json := (select to_json(g) from guidance g where g.tag_id = id);
    suggested text[] := array(select q.slug from tag q where q.kind = 'technique' and exists (select from json_array_elements(p_ticked) c where c ->> 0 = 'suggest' and c ->> 1 = q.slug) order by q.position);
    also text[] := array(select q.slug from tag q where q.kind = 'technique' and exists (select from json_array_elements(p_ticked) c where c ->> 0 = 'others' and c ->> 1 = q.slug) order by q.position);
begin
    if id is null then
        return null;
    elsif suggested && also then
        return operator_problem('others', 'A technique is either usually suggested or another that fits: ' || (select string_agg(label, ', ') from tag where kind = 'technique' and slug = any (suggested) and slug = any (also)));
    end if;
    insert into guidance (tag_id, suggest, others, careful, plan, evidence, basis, edited_at)
    values (id, suggested, also, coalesce(p_form ->> 'careful', ''), coalesce(p_form ->> 'plan', ''), p_form ->> 'evidence', coalesce(p_form ->> 'basis', ''), now())
    on conflict (tag_id) do update set suggest = excluded.suggest, others = excluded.others, careful = excluded.careful, plan = excluded.plan, evidence = excluded.evidence,
        basis = excluded.basis, edited_at = excluded.edited_at;
    perform operator_wrote('guidance.changed', p_kind || '/' || p_slug, before, (select to_json(g) from guidance g where g.tag_id = id));
    return operator_guidance(p_kind, p_slug, null);
end $$;

create or replace function operator_evidence_save(p_key text, p_form json) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    before json := operator_evidence(p_key);
    name text := coalesce(p_key, left(replace(fold(p_form ->> 'source'), ' ', '-'), 60));
    spoken_of text[] := array(select distinct btrim(v) from regexp_split_to_table(coalesce(p_form ->> 'about', ''), '[\n,;]+') v where btrim(v) <> '' order by 1);
    strange text := (select string_agg(v, ', ') from unnest(spoken_of) v where not exists (select from tag t where t.kind || '/' || t.slug = v));
begin
    if not auth.is_operator() or (p_key is not null and before is null) then
        return null;
    elsif p_key is null and (name = '' or name = 'new' or exists (select from evidence where key = name)) then
        return operator_problem('source', 'There is a source with this name already');
    elsif strange is not null then
        return operator_problem('about', 'There is no value ' || left(strange, 100) || '. Write them as technique/swedish');
    end if;
    insert into evidence (key, source, finding, label, basis, about, position, retired_at, edited_at)
    values (name, p_form ->> 'source', p_form ->> 'finding', p_form ->> 'label', p_form ->> 'basis', spoken_of, coalesce((p_form ->> 'nth')::smallint, 0),
            case when p_form ->> 'shown' = 'no' then now() end, now())
    on conflict (key) do update set source = excluded.source, finding = excluded.finding, label = excluded.label, basis = excluded.basis, about = excluded.about, position = excluded.position,
        retired_at = case when excluded.retired_at is not null then coalesce(evidence.retired_at, excluded.retired_at) end, edited_at = excluded.edited_at;
    perform operator_wrote('evidence.' || case when p_key is null then 'added' else 'changed' end, name, before, operator_evidence(name));
    return operator_evidence(name);
end $$;

create or replace function operator_credential_kind_save(p_kind text, p_form json) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    before json := operator_credential_kind(p_kind);
    name text := coalesce(p_kind, p_form ->> 'short');
begin
    if not auth.is_operator() or (p_kind is not null and before is null) then
        return null;
    elsif p_kind is null and (name is null or name !~ '^[a-z]+(_[a-z]+)*$' or name = 'new') then
        return operator_problem('short', 'Use small letters and _ for the short name, such as city_permit');
    elsif p_kind is null and exists (select from credential_kind where kind = name) then
        return operator_problem('short', 'There is one with this short name already');
    end if;
    insert into credential_kind (kind, label, meaning, checked_how, validity, profession, offered, basis, position, edited_at)
    values (name, p_form ->> 'label', coalesce(p_form ->> 'meaning', ''), coalesce(p_form ->> 'checked_how', ''), coalesce(p_form ->> 'validity', ''), p_form ->> 'profession' = 'yes',
            p_form ->> 'offered' = 'yes', coalesce(p_form ->> 'basis', ''), coalesce((p_form ->> 'nth')::smallint, 0), now())
    on conflict (kind) do update set label = excluded.label, meaning = excluded.meaning, checked_how = excluded.checked_how, validity = excluded.validity, profession = excluded.profession,
        offered = excluded.offered, basis = excluded.basis, position = excluded.position, edited_at = excluded.edited_at;
    perform credential_tags();
    insert into listing_reworded (credential_kind) values (name);
    perform operator_wrote('credential-kind.' || case when p_kind is null then 'added' else 'changed' end, name, before, operator_credential_kind(name));
    return operator_credential_kind(name);
end $$;

create or replace function operator_register_save(p_id int, p_form json) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    before json := operator_register(p_id);
    at int := p_id;
begin
    if not auth.is_operator() or (p_id is not null and before is null) then
        return null;
    elsif upper(coalesce(p_form ->> 'country', '')) !~ '^([A-Z]{2})?$' then
        return operator_problem('country', 'Enter the two letters of the country, such as US');
    elsif exists (select from register r where r.country = upper(coalesce(p_form ->> 'country', '')) and r.region = coalesce(p_form ->> 'region', '') and r.body = p_form ->> 'body'
                  and r.id is distinct from p_id) then
        return operator_problem('body', 'This body is already there for this place');
    elsif concat(p_form ->> 'lookup', ' ', p_form ->> 'open_data') !~ '^(https?://\S+)? (https?://\S+)?$' then
        return operator_problem(case when p_form ->> 'lookup' !~ '^https?://\S+$' then 'lookup' else 'open_data' end, 'Enter an address that begins with https://');
    end if;
    if p_id is null then
        insert into register (country, body, regime, basis) values (upper(coalesce(p_form ->> 'country', '')), p_form ->> 'body', p_form ->> 'regime', p_form ->> 'basis') returning id into at;
    end if;
    update register set country = upper(coalesce(p_form ->> 'country', '')), region = coalesce(p_form ->> 'region', ''), body = p_form ->> 'body', regime = p_form ->> 'regime',
        lookup = coalesce(p_form ->> 'lookup', ''), open_data = coalesce(p_form ->> 'open_data', ''), number_hint = coalesce(p_form ->> 'number_hint', ''),
        notes = coalesce(p_form ->> 'notes', ''), basis = p_form ->> 'basis', edited_at = now(), required = coalesce(p_form ->> 'required' = 'yes', required),
        retired_at = case when p_form ->> 'used' = 'no' then coalesce(retired_at, now()) end
    where id = at;
    perform operator_wrote('register.' || case when p_id is null then 'added' else 'changed' end, at::text, before, operator_register(at));
    return operator_register(at);
end $$;

grant execute on function operator_kind_save, operator_tag_save, operator_tag_offer, operator_guidance_save, operator_evidence_save, operator_credential_kind_save,
    operator_register_save to unknot_web;
