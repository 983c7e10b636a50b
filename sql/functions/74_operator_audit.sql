-- The record of what was done, for operators: by person, kind and days, pages by key. Names are read here and nowhere stored with it.

-- What can be chosen; and what is among the newest rows, so that none of a new kind is missing.
create or replace function audit_kinds() returns text[]
    language sql stable
    as $$
    select array(select unnest('{account,act,answers,block,booking,client,clinician,consent,credential,credential-setting,discipline,emergency,evidence,guidance,holidays,hours,incident,message,note,place,plan,profile,proof,question,questionnaire,register,review,
                                service,statements,tag,taxonomy,time_off,travel}'::text[])
                 union select split_part(a.action, '.', 1) from (select action from audit order by id desc limit 2000) a)
    $$;

create or replace function operator_audit_person(p_email text) returns json
    language sql stable security definer set search_path = unknot, public, pg_temp
    as $$ select json_build_object('id', (select a.id from account a where a.email_key = lower(p_email))) where auth.is_operator() $$;
comment on function operator_audit_person is 'whose address that is, so that no address of a page has it';

-- What a row is of, where an operator has a page of it that is still there: {"href","name"}. What is between a client and a therapist has none.
create or replace function audit_of(p_action text, p_object text) returns json
    language plpgsql stable
    as $$
declare
    act constant text := split_part(p_action, '.', 1);
    piece constant text[] := string_to_array(p_object, '/');
    n constant int := substring(p_object from '^(\d{1,9})( \d+)?$');
    u constant uuid := case when p_object ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then p_object end;
begin
    return (
        select json_build_object('href', '/operator/' || x.path, 'name', x.name) from (
            select 'credentials/' || c.id as path, c.title || ', ' || t.name as name from credential c join therapist t on t.id = c.therapist_id where act in ('credential', 'proof') and c.id = u
            union all select 'reviews/' || c.id, 'Review of ' || t.name from review_case c join therapist t on t.id = c.therapist_id where act = 'review' and c.id = u
            union all select 'people/' || a.id, a.name from account a where act = 'account' and a.id = u
            union all select 'therapists/' || t.slug, t.name from discipline d join therapist t on t.id = d.therapist_id where act = 'discipline' and d.id = u
            union all select 'therapists/' || t.slug, t.name from therapist t where act in ('profile', 'photo', 'service', 'holidays', 'question') and t.id = n
            union all select 'therapists/' || t.slug, t.name from location l join therapist t on t.id = l.therapist_id where act in ('place', 'hours', 'travel') and l.id = n
            union all select 'clinicians/' || c.id, c.name from clinician c where act = 'clinician' and c.id = n
            union all select 'registers/' || r.id, concat_ws(': ', nullif(say_jurisdiction(r.country, r.region), ''), r.body) from register r where act = 'register' and r.id = n
            union all select 'taxonomies/' || k.kind, k.label from tag_kind k where act = 'taxonomy' and k.kind = p_object
            union all select 'taxonomies/' || p_object || case when act = 'guidance' then '/guidance' else '' end, t.label from tag t where act in ('tag', 'guidance') and (t.kind, t.slug) = (piece[1], piece[2])
            union all select 'evidence/' || e.key, e.source from evidence e where act = 'evidence' and e.key = p_object
            union all select 'credential-kinds/' || k.kind, k.label from credential_kind k where act = 'credential-kind' and k.kind = p_object
            union all select 'credential-settings', 'Settings of checks' where act = 'credential-setting'
            union all select 'emergency-numbers/' || e.country, say_country(e.country) from emergency_number e where act = 'emergency' and e.country = p_object
            union all select 'questionnaires/' || q.version, 'Version ' || q.version || coalesce(', ' || piece[2], '') from questionnaire q where act = 'questionnaire' and piece[1] = q.version::text) x);
end $$;

-- Days are the site's. p_before: the last row of the page before.
create or replace function operator_audit(p_person uuid, p_kind text, p_from date, p_until date, p_before bigint) returns json
    language plpgsql stable security definer set search_path = unknot, public, pg_temp
    as $$
declare
    zone constant text := site_zone();
begin
    if not auth.is_operator() then
        return null;
    end if;
    return (with page as (
        select a.* from audit a
        where (p_person is null or a.account_id = p_person or a.about = p_person) and (p_kind is null or split_part(a.action, '.', 1) = p_kind)
          and (p_from is null or a.at >= day_starts(p_from, zone)) and (p_until is null or a.at < day_starts(p_until + 1, zone))
          and a.id < coalesce(p_before, 9223372036854775807)
        order by a.id desc limit 51
    ), shown as (select * from page order by id desc limit 50)
    select json_build_object('rows', coalesce(json_agg(json_build_object('at', rfc3339(s.at), 'said_at', say_moment_site(s.at), 'action', s.action, 'what', audit_words(s.action),
            'object', s.object, 'of', audit_of(s.action, s.object), 'detail', (select string_agg(replace(d.key, '_', ' ') || ': ' || d.value, '; ' order by d.key) from json_each_text(s.detail) d where d.value <> ''), 'who', (select a.name || ' (' || a.role || ')' from account a where a.id = s.account_id), 'who_id', s.account_id,
            'about', (select json_build_object('id', a.id, 'name', a.name) from account a where a.id = s.about and s.about is distinct from s.account_id)) order by s.id desc), '[]'),
        'next', case when (select count(*) from page) > 50 then min(s.id) end,
        'kinds', (select json_agg(json_build_object('kind', k, 'on', k = p_kind) order by k) from unnest(audit_kinds()) k),
        'person', (select json_build_object('id', a.id, 'name', a.name, 'email', a.email) from account a where a.id = p_person), 'kind', p_kind, 'from', p_from, 'until', p_until,
        'two_operators', (select two_operators from credential_setting))
    from shown s);
end $$;

grant execute on function audit_of, operator_audit, operator_audit_person to unknot_web;
