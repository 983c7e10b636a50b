-- What an operator sees and decides. Policies let an operator read every therapist and change the check of a credential; nothing here
-- opens a client's booking or answers.

create or replace function operator_credential(c credential) returns json
    language sql stable
    as $$
    select json_build_object('id', c.id, 'kind', c.kind, 'kind_word', credential_word(c.kind), 'title', c.title, 'issuer', c.issuer, 'number', nullif(c.number, ''),
        'specialism', (select label from tag where id = c.specialism_id), 'hours', c.hours,
        'valid_until', to_char(c.valid_until, 'FMDD Mon YYYY'), 'state', credential_state(c.checked_on, c.checked_until),
        'is_unchecked', c.checked_on is null, 'is_checked', credential_state(c.checked_on, c.checked_until) = 'checked',
        'is_lapsed', credential_state(c.checked_on, c.checked_until) = 'lapsed',
        'checked_on', to_char(c.checked_on, 'FMDD Mon YYYY'), 'checked_until', to_char(c.checked_until, 'FMDD Mon YYYY'),
        'checked_where', c.checked_where, 'checked_by', c.checked_by, 'waiting_since', to_char(c.created_at, 'FMDD Mon YYYY'))
    $$;

create or replace function operator_counts() returns json
    language sql stable
    as $$
    select json_build_object('therapists', (select count(*) from therapist), 'published', (select count(*) from therapist where published),
        'unchecked', count(*) filter (where checked_on is null), 'lapsed', count(*) filter (where checked_until < current_date),
        'checked', count(*) filter (where checked_until >= current_date), 'incidents', operator_open_incidents()) from credential
    $$;

-- Fifty a page, by name; p_after is the id of the last one of the page before.
create or replace function operator_therapists(p_q text, p_after int) returns json
    language sql stable
    as $$
    with page as (
        select t.* from therapist t
        where auth.is_operator() and (p_q is null or fold(t.name) like '%' || fold(p_q) || '%')
          and (p_after is null or (t.name, t.id) > (select x.name, x.id from therapist x where x.id = p_after))
        order by t.name, t.id limit 51
    ), shown as (select * from page order by name, id limit 50)
    select json_build_object('counts', operator_counts(), 'q', p_q,
        'therapists', (select coalesce(json_agg(json_build_object('slug', t.slug, 'name', t.name, 'published', t.published,
            'town', (select l.town || ', ' || l.region from location l where l.therapist_id = t.id order by l.id limit 1),
            'credentials', (select coalesce(json_agg(operator_credential(c) order by c.created_at), '[]') from credential c where c.therapist_id = t.id)) order by t.name, t.id), '[]') from shown t),
        'next', (select s.id from shown s where (select count(*) from page) > 50 order by s.name desc, s.id desc limit 1))
    where auth.is_operator()
    $$;

-- The queue: what waits longest first. p_state: unchecked, lapsed, checked.
create or replace function operator_queue(p_state text) returns json
    language sql stable
    as $$
    select json_build_object('counts', operator_counts(), 'state', p_state, 'is_unchecked', p_state = 'unchecked', 'is_lapsed', p_state = 'lapsed', 'is_checked', p_state = 'checked',
        'credentials', coalesce((select json_agg(x.j order by x.k1, x.k2, x.k3) from (
            select json_build_object('therapist', json_build_object('slug', t.slug, 'name', t.name), 'credential', operator_credential(c)) as j,
                   c.checked_until as k1, c.created_at as k2, c.id as k3
            from credential c join therapist t on t.id = c.therapist_id
            where auth.is_operator() and credential_state(c.checked_on, c.checked_until) = p_state
            order by c.checked_until, c.created_at, c.id limit 50) x), '[]'),
        -- null when all of them are shown
        'more', (select case when count(*) > 50 then count(*) end from credential c where credential_state(c.checked_on, c.checked_until) = p_state))
    where auth.is_operator()
    $$;

-- p_specialism: as typed, null: as stored.
create or replace function operator_credential_one(p_id uuid, p_specialism text) returns json
    language sql stable
    as $$
    select json_build_object('therapist', json_build_object('slug', t.slug, 'name', t.name), 'credential', operator_credential(c),
        'today', current_date, 'ended', case when c.valid_until < current_date then to_char(c.valid_until, 'FMDD Mon YYYY') end,
        'suggest_until', greatest(current_date, least(c.valid_until, current_date + 365)),
        'is_training', not is_profession(c.kind), 'hours', c.hours,
        'kind', (select json_build_object('meaning', nullif(k.meaning, ''), 'checked_how', nullif(k.checked_how, ''), 'validity', nullif(k.validity, '')) from credential_kind k where k.kind = c.kind),
        'specialisms', (select json_agg(json_build_object('slug', g.slug, 'label', g.label, 'for_back', g.part = 'back_pain',
                            'selected', case when p_specialism is null then g.id is not distinct from c.specialism_id else g.slug = p_specialism end) order by g.position, g.id)
                        from tag g where g.kind = 'specialism' and (g.retired_at is null or g.id = c.specialism_id)),
        'history', (select coalesce(json_agg(json_build_object('at', to_char(a.at, 'FMDD Mon YYYY HH24:MI'), 'where', a.detail ->> 'where', 'until', a.detail ->> 'until', 'by', a.detail ->> 'by') order by a.id desc), '[]')
                    from audit a where a.action = 'credential.checked' and a.object = c.id::text))
    from credential c join therapist t on t.id = c.therapist_id where c.id = p_id and auth.is_operator()
    $$;

-- What is wrong with the days of a check: {"field","title"}, null when they will do.
create or replace function operator_check_problem(c credential, p_on date, p_until date) returns json
    language sql stable
    as $$
    select json_build_object('problem', true, 'field', x.field, 'title', x.title) from (values
        (p_on > current_date, 'on', 'The day you checked it cannot be in the future'),
        (p_on < current_date - 365, 'on', 'The day you checked it cannot be more than a year ago'),
        (p_until <= p_on, 'until', 'The check must hold until a day after the one you made it on'),
        (p_until > p_on + 366, 'until', 'The check can hold for a year at most'),
        (p_until > c.valid_until, 'until', 'The check cannot hold longer than the credential, which ends on ' || to_char(c.valid_until, 'FMDD Mon YYYY'))
        ) x (wrong, field, title) where x.wrong limit 1
    $$;

-- p_specialism and p_hours: of training, what it was about and how long it took; null clears them.
create or replace function operator_check(p_id uuid, p_where text, p_on date, p_until date, p_specialism text, p_hours int) returns json
    language plpgsql
    as $$
declare
    me text := (select name from account where id = auth.account());
    c credential;
    wrong json;
    training boolean;
    about int := (select id from tag where kind = 'specialism' and slug = p_specialism);
begin
    select * into c from credential where id = p_id and auth.is_operator();
    if not found then
        return null;
    elsif p_specialism is not null and about is null then
        return operator_problem('specialism', 'Choose what it was about from the list');
    end if;
    training := not is_profession(c.kind);
    wrong := operator_check_problem(c, p_on, p_until);
    if wrong is not null then
        return wrong;
    end if;
    update credential set checked_where = p_where, checked_on = p_on, checked_until = p_until, checked_by = me,
        specialism_id = case when training then about end, hours = case when training then p_hours end where id = p_id;
    insert into audit (account_id, action, object, detail)
    values (auth.account(), 'credential.checked', p_id::text, json_build_object('where', p_where, 'on', p_on, 'until', to_char(p_until, 'FMDD Mon YYYY'), 'by', me, 'specialism', p_specialism, 'hours', p_hours));
    return operator_credential_one(p_id, null);
end $$;

grant execute on function operator_credential, operator_counts, operator_therapists, operator_queue, operator_credential_one, operator_check_problem,
    operator_check to unknot_web;
