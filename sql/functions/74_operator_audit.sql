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

-- Days are UTC. p_before: the last row of the page before.
create or replace function operator_audit(p_person uuid, p_kind text, p_from date, p_until date, p_before bigint) returns json
    language plpgsql stable security definer set search_path = unknot, public, pg_temp
    as $$
declare
    here constant text := site_country();
begin
    if not auth.is_operator() then
        return null;
    end if;
    return (with page as (
        select a.* from audit a
        where (p_person is null or a.account_id = p_person or a.about = p_person) and (p_kind is null or split_part(a.action, '.', 1) = p_kind)
          and (p_from is null or a.at >= p_from::timestamp at time zone 'UTC') and (p_until is null or a.at < (p_until + 1)::timestamp at time zone 'UTC')
          and a.id < coalesce(p_before, 9223372036854775807)
        order by a.id desc limit 51
    ), shown as (select * from page order by id desc limit 50)
    select json_build_object('rows', coalesce(json_agg(json_build_object('at', rfc3339(s.at), 'said_at', say_moment_utc(s.at, here) || to_char(s.at at time zone 'UTC', ':SS'), 'action', s.action, 'what', audit_words(s.action),
            'object', s.object, 'detail', (select string_agg(replace(d.key, '_', ' ') || ': ' || d.value, '; ' order by d.key) from json_each_text(s.detail) d where d.value <> ''), 'who', (select a.name || ' (' || a.role || ')' from account a where a.id = s.account_id), 'who_id', s.account_id,
            'about', case when s.about is distinct from s.account_id then (select a.name from account a where a.id = s.about) end) order by s.id desc), '[]'),
        'next', case when (select count(*) from page) > 50 then min(s.id) end,
        'kinds', (select json_agg(json_build_object('kind', k, 'on', k = p_kind) order by k) from unnest(audit_kinds()) k),
        'person', (select json_build_object('id', a.id, 'name', a.name, 'email', a.email) from account a where a.id = p_person), 'kind', p_kind, 'from', p_from, 'until', p_until,
        'two_operators', (select two_operators from credential_setting))
    from shown s);
end $$;

grant execute on function operator_audit, operator_audit_person to unknot_web;
