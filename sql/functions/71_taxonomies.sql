-- The tables that an operator looks after: taxonomies and their values, guidance, evidence, kinds of credentials, registers. Everybody reads them; only the
-- functions below write them, with the owner's rights, after asking auth.is_operator(). What an operator saves is theirs: the seed leaves it alone.
-- Every …_save() takes the form as JSON by field name, null where left empty, and answers {"problem","field","title"}, null for nobody's, or what was saved.

create or replace function operator_problem(p_field text, p_title text) returns json
    language sql immutable
    as $$ select json_build_object('problem', true, 'field', p_field, 'title', p_title) $$;

create or replace function operator_wrote(p_action text, p_object text, p_before json, p_after json) returns void
    language sql volatile
    as $$ insert into audit (account_id, action, object, detail) values (auth.account(), p_action, p_object, json_build_object('before', p_before, 'after', p_after)) $$;
comment on function operator_wrote is 'what an operator changed, with what was there before';

-- Cards show labels, and what a specialism is for counts in the order of results; the worker makes both anew. Whose they are it finds out by itself, a word at
-- a time: that of half a million therapists takes seconds.
create or replace function listing_reword() returns void
    language plpgsql
    as $$
declare
    w listing_reworded;
begin
    delete from listing_reworded where id = (select id from listing_reworded order by id limit 1 for update skip locked) returning * into w;
    if not found then
        return;
    end if;
    insert into listing_stale (therapist_id)
    select therapist_id from therapist_tag where tag_id = w.tag_id
    union select l.therapist_id from location_tag x join location l on l.id = x.location_id where x.tag_id = w.tag_id
    union select therapist_id from credential where specialism_id = w.tag_id or kind = w.credential_kind
    on conflict do nothing;
end $$;

-- --- Reading

create or replace function operator_taxonomies() returns json
    language sql stable
    as $$
    select json_build_object(
        'kinds', (select json_agg(json_build_object('kind', k.kind, 'label', k.label, 'offered', n.offered, 'retired', n.retired,
                      'by_therapist', k.stated_of = 'therapist', 'by_place', k.stated_of = 'location', 'derived', k.stated_of = 'derived', 'by_person', k.stated_of = 'person',
                      'in_filters', k.in_filters, 'one', k.one) order by k.position, k.kind)
                  from tag_kind k cross join lateral (select count(*) filter (where t.retired_at is null) as offered, count(*) filter (where t.retired_at is not null) as retired
                                                      from tag t where t.kind = k.kind) n),
        'evidence', (select count(*) from evidence where retired_at is null), 'credential_kinds', (select count(*) from credential_kind),
        'registers', (select count(*) from register where retired_at is null))
    where auth.is_operator()
    $$;

-- New values: of what somebody states, and of what training was about. What else is derived needs a rule in the program first.
create or replace function kind_grows(k tag_kind) returns boolean
    language sql immutable parallel safe
    as $$ select k.stated_of <> 'derived' or k.kind = 'specialism' $$;

-- by how many therapists or places
create or replace function operator_tag_used(p_tag int) returns json
    language plpgsql stable
    as $$
begin
    return operator_said((select count(*) from (select from therapist_tag where tag_id = p_tag union all select from location_tag where tag_id = p_tag limit operator_most() + 1) x));
end $$;

create or replace function operator_kind(p_kind text) returns json
    language sql stable
    as $$
    select json_build_object('kind', k.kind, 'label', k.label, 'ask', k.ask, 'stated_of', k.stated_of, 'grows', kind_grows(k), 'is_credential', k.kind = 'credential', 'nth', k.position,
        'by_therapist', k.stated_of = 'therapist', 'by_place', k.stated_of = 'location', 'derived', k.stated_of = 'derived', 'by_person', k.stated_of = 'person',
        'one_is_yes', k.one, 'one_is_no', not k.one, 'in_filters_is_yes', k.in_filters, 'in_filters_is_no', not k.in_filters,
        'values', (select coalesce(json_agg(json_build_object('kind', t.kind, 'slug', t.slug, 'label', t.label, 'about', nullif(t.about, ''), 'part', nullif(t.part, ''), 'basis', nullif(t.basis, ''),
                       'nth', t.position, 'retired', t.retired_at is not null, 'edited', t.edited_at is not null, 'used', operator_tag_used(t.id)) order by t.retired_at is not null, t.position, t.id), '[]')
                   from tag t
                   where t.kind = k.kind))
    from tag_kind k where k.kind = p_kind and auth.is_operator()
    $$;

create or replace function operator_kind_new() returns json
    language sql stable
    as $$ select json_build_object('fresh', true, 'nth', (select max(position) + 10 from tag_kind), 'one_is_no', true, 'in_filters_is_yes', true, 'stated_of_is_therapist', true)
          where auth.is_operator() $$;

create or replace function operator_tag(p_kind text, p_slug text) returns json
    language sql stable
    as $$
    select json_build_object('kind', json_build_object('kind', k.kind, 'label', k.label), 'slug', t.slug, 'label', t.label, 'about', t.about, 'part', t.part, 'basis', t.basis, 'nth', t.position,
        'pressure_min', t.pressure_min, 'pressure_max', t.pressure_max, 'hook', nullif(t.hook, ''), 'words', (select string_agg(w.word, E'\n' order by w.word) from term w where w.tag_id = t.id),
        'retired', say_date_site(t.retired_at), 'edited', say_date_site(t.edited_at), 'is_technique', k.kind = 'technique', 'has_part', k.kind in ('cause', 'specialism', 'self_care'),
        'is_specialism', k.kind = 'specialism', 'is_derived', not kind_grows(k), 'has_guidance', k.kind in ('complaint', 'goal', 'self_care'),
        'used', operator_tag_used(t.id),
        'services', (select operator_said(nullif(count(*), 0)) from (select from service_tag x where x.tag_id = t.id and (select s.retired_at from service s where s.id = x.service_id) is null limit operator_most() + 1) x),
        'history', operator_history('tag', t.kind || '/' || t.slug))
    from tag t join tag_kind k using (kind) where t.kind = p_kind and t.slug = p_slug and t.kind <> 'credential' and auth.is_operator()
    $$;

create or replace function operator_tag_new(p_kind text) returns json
    language sql stable
    as $$
    select json_build_object('fresh', true, 'kind', json_build_object('kind', k.kind, 'label', k.label), 'nth', (select coalesce(max(position) + 1, 0) from tag where kind = k.kind),
        'is_technique', k.kind = 'technique', 'has_part', k.kind in ('cause', 'specialism', 'self_care'), 'is_specialism', k.kind = 'specialism')
    from tag_kind k where k.kind = p_kind and kind_grows(k) and auth.is_operator()
    $$;

-- Found by the kind of what was done, which the policies of the audit would be asked about first.
create or replace function operator_history(p_what text, p_object text) returns json
    language sql stable security definer set search_path = unknot, public, pg_temp
    as $$
    select coalesce(json_agg(json_build_object('at', say_moment_site(a.at), 'what', case split_part(a.action, '.', 2) when 'added' then 'added' when 'retired' then 'retired'
        when 'offered' then 'brought back' else 'changed' end, 'before', a.detail #>> '{before,label}', 'after', a.detail #>> '{after,label}') order by a.id desc), '[]')
    from audit a where split_part(a.action, '.', 1) = p_what and a.object = p_object and auth.is_operator()
    $$;

create or replace function operator_technique_options(p_name text, p_stored text[], p_ticked json) returns json
    language sql stable
    as $$
    select json_agg(json_build_object('kind', p_name, 'slug', q.slug, 'label', q.label, 'retired', q.retired_at is not null, 'checked',
        case when p_ticked is null then q.slug = any (coalesce(p_stored, '{}')) else exists (select from json_array_elements(p_ticked) c where c ->> 0 = p_name and c ->> 1 = q.slug) end)
        order by q.position, q.id)
    from tag q where q.kind = 'technique' and (q.retired_at is null or q.slug = any (p_stored))
    $$;

-- p_ticked: [["suggest","swedish"],["others","thai"]] as sent, null: as stored.
create or replace function operator_guidance(p_kind text, p_slug text, p_ticked json) returns json
    language sql stable
    as $$
    select json_build_object('kind', json_build_object('kind', t.kind, 'label', k.label), 'slug', t.slug, 'label', t.label, 'careful', g.careful, 'plan', g.plan, 'evidence', g.evidence,
        'basis', g.basis, 'edited', say_date_site(g.edited_at), 'is_self_care', t.kind = 'self_care',
        'suggest_options', operator_technique_options('suggest', g.suggest, p_ticked), 'others_options', operator_technique_options('others', g.others, p_ticked))
    from tag t join tag_kind k using (kind) left join guidance g on g.tag_id = t.id
    where t.kind = p_kind and t.kind in ('complaint', 'goal', 'self_care') and t.slug = p_slug and auth.is_operator()
    $$;

create or replace function operator_evidence_list() returns json
    language sql stable
    as $$
    select json_build_object('rows', (select json_agg(json_build_object('key', key, 'source', source, 'finding', finding, 'label', label, 'basis', basis, 'retired', retired_at is not null,
        'edited', edited_at is not null) order by retired_at is not null, position, key) from evidence)) where auth.is_operator()
    $$;

create or replace function operator_evidence(p_key text) returns json
    language sql stable
    as $$
    select json_build_object('key', e.key, 'source', e.source, 'finding', e.finding, 'label', e.label, 'basis', e.basis, 'about', array_to_string(e.about, E'\n'), 'nth', e.position,
        'shown_is_yes', e.retired_at is null, 'shown_is_no', e.retired_at is not null, 'edited', say_date_site(e.edited_at))
    from evidence e where e.key = p_key and auth.is_operator()
    $$;

create or replace function operator_evidence_new() returns json
    language sql stable
    as $$ select json_build_object('fresh', true, 'nth', (select coalesce(max(position) + 1, 1) from evidence), 'shown_is_yes', true) where auth.is_operator() $$;

create or replace function operator_credential_kinds() returns json
    language sql stable
    as $$
    select json_build_object('rows', (select json_agg(json_build_object('kind', k.kind, 'label', k.label, 'meaning', k.meaning, 'profession', k.profession, 'offered', k.offered,
        'edited', k.edited_at is not null, 'used', (select operator_said(count(*)) from (select from credential c where c.kind = k.kind limit operator_most() + 1) x)) order by k.position, k.kind) from credential_kind k)) where auth.is_operator()
    $$;

create or replace function operator_credential_kind(p_kind text) returns json
    language sql stable
    as $$
    select json_build_object('kind', k.kind, 'label', k.label, 'meaning', k.meaning, 'checked_how', k.checked_how, 'validity', k.validity, 'basis', k.basis, 'nth', k.position,
        'profession_is_yes', k.profession, 'profession_is_no', not k.profession, 'offered_is_yes', k.offered, 'offered_is_no', not k.offered, 'edited', say_date_site(k.edited_at),
        'used', (select operator_said(count(*)) from (select from credential c where c.kind = k.kind limit operator_most() + 1) x))
    from credential_kind k where k.kind = p_kind and auth.is_operator()
    $$;

create or replace function operator_credential_kind_new() returns json
    language sql stable
    as $$ select json_build_object('fresh', true, 'nth', (select coalesce(max(position) + 1, 1) from credential_kind), 'profession_is_no', true, 'offered_is_yes', true) where auth.is_operator() $$;

create or replace function operator_registers(p_country text) returns json
    language sql stable
    as $$
    select json_build_object('country', p_country,
        'countries', (select json_agg(json_build_object('country', c, 'label', coalesce(nullif(say_country(c), ''), 'Elsewhere'), 'on', c = p_country, 'n', n) order by c = '', say_country(c))
                      from (select country as c, count(*) as n from register group by country) x),
        'rows', (select coalesce(json_agg(json_build_object('id', id, 'region', nullif(say_region(country, region), ''), 'body', body, 'regime', regime, 'lookup', nullif(lookup, ''), 'open_data', nullif(open_data, ''),
                     'number_hint', nullif(number_hint, ''), 'notes', nullif(notes, ''), 'basis', basis, 'retired', retired_at is not null, 'edited', edited_at is not null)
                     order by retired_at is not null, say_region(country, region), body), '[]') from register where country = p_country))
    where auth.is_operator()
    $$;

create or replace function operator_register(p_id int) returns json
    language sql stable
    as $$
    select json_build_object('id', id, 'country', country, 'region', region, 'body', body, 'regime', regime, 'lookup', lookup, 'open_data', open_data, 'number_hint', number_hint,
        'notes', notes, 'basis', basis, 'used_is_yes', retired_at is null, 'used_is_no', retired_at is not null, 'required_is_yes', required, 'required_is_no', not required, 'mapping', mapping::text, 'today', site_today(),
        'files', (select coalesce(json_agg(json_build_object('dated', say_date(f.dated, site_country()), 'name', f.name, 'entries', f.entries, 'left_out', f.left_out) order by f.dated desc), '[]') from register_file f where f.register_id = p_id),
        'edited', say_date_site(edited_at))
    from register where id = p_id and auth.is_operator()
    $$;

create or replace function operator_register_new() returns json
    language sql stable
    as $$ select json_build_object('fresh', true, 'used_is_yes', true, 'required_is_no', true) where auth.is_operator() $$;

grant execute on function operator_problem, operator_taxonomies, kind_grows, operator_tag_used, operator_kind, operator_kind_new, operator_tag, operator_tag_new, operator_history, operator_technique_options, operator_guidance,
    operator_evidence_list, operator_evidence, operator_evidence_new, operator_credential_kinds, operator_credential_kind, operator_credential_kind_new,
    operator_registers, operator_register, operator_register_new to unknot_web;
