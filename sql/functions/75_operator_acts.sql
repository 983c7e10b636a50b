-- What is done by two operators (table sensitive_act): one proposes it with a reason, another agrees within some days. Where the operators have set that one
-- may act alone, it is done at once and the record says so. Nobody agrees to what they proposed themselves; whoever proposed it can take it back.

create or replace function operator_name_now() returns text
    language sql stable security definer set search_path = unknot, public, pg_temp
    as $$ select a.name from account a where a.id = auth.account() and a.role = 'operator' $$;

create or replace function operators_active() returns int
    language sql stable security definer set search_path = unknot, public, pg_temp
    as $$ select count(*)::int from account a where a.role = 'operator' and a.disabled_at is null and auth.is_operator() $$;

-- --- Doing it

create or replace function act_tells(p proposal, p_more jsonb default '{}') returns void
    language sql
    as $$
    insert into outbox (kind, audience, recipient, data, due_at)
    select 'therapist-standing', 'therapist', a.email, (jsonb_build_object('name', t.name, replace(p.act, '.', '_'), true) || p_more)::json, clock()
    from therapist t join account a on a.id = t.account_id where t.id = p.therapist_id and a.disabled_at is null
    $$;

-- False when there is nothing left to be done: it was done by other ways meanwhile.
create or replace function act_perform(p proposal) returns boolean
    language plpgsql
    as $$
declare
    n int;
begin
    case p.act
        when 'credential.withdraw' then
            update credential set checked_where = null, checked_on = null, checked_until = null, checked_by = null, renewed_at = null, renew_until = null,
                result = 'withdrawn', result_on = current_date, result_note = p.reason where id = p.credential_id and checked_on is not null;
        when 'therapist.suspend' then
            update proposal set detail = detail || jsonb_build_object('published', (select published from therapist t where t.id = p.therapist_id)) where id = p.id;
            update therapist set suspended_at = clock(), suspended_why = p.reason, published = false, changed_at = now() where id = p.therapist_id and suspended_at is null;
        when 'therapist.restore' then
            update therapist set suspended_at = null, suspended_why = null, changed_at = now(),
                published = coalesce((select (o.detail ->> 'published')::boolean from proposal o where o.therapist_id = p.therapist_id and o.act = 'therapist.suspend'
                                      and o.outcome in ('confirmed', 'alone') order by o.decided_at desc limit 1), false)
            where id = p.therapist_id and suspended_at is not null;
        when 'discipline.add' then
            insert into discipline (therapist_id, credential_id, source, link, dated, words, made_at, made_by)
            select p.therapist_id, p.credential_id, p.detail ->> 'source', coalesce(p.detail ->> 'link', ''), (p.detail ->> 'dated')::date, p.detail ->> 'words', clock(), p.proposed_name;
        when 'discipline.remove' then
            update discipline set removed_at = clock() where id = (p.detail ->> 'discipline')::uuid and therapist_id = p.therapist_id and removed_at is null;
        when 'operators.alone' then
            update credential_setting set two_operators = false, changed_at = clock(), changed_by = p.proposed_name where two_operators;
        when 'account.reset' then
            return factors_off(p.account_id) > 0; -- which tells the person
    end case;
    get diagnostics n = row_count;
    perform act_tells(p) where n > 0;
    return n > 0;
end $$;

create or replace function act_recorded(p proposal, p_what text) returns void
    language sql
    as $$
    insert into audit (account_id, action, object, about, detail)
    select auth.account(), 'act.' || p_what, p.id::text, coalesce(p.account_id, (select t.account_id from therapist t where t.id = p.therapist_id)),
        json_build_object('act', p.act, 'reason', p.reason, 'credential', p.credential_id, 'by', p.proposed_name)
    $$;

-- --- Proposing

-- What is wrong with it, null when it will do.
create or replace function act_problem(p_act text, t therapist, p_form json) returns json
    language plpgsql stable
    as $$
begin
    if p_act = 'credential.withdraw' and not exists (select from credential c where c.id = (p_form ->> 'credential')::uuid and c.therapist_id = t.id and c.checked_on is not null) then
        return operator_problem('credential', 'Choose a credential that was checked');
    elsif p_act = 'therapist.suspend' and t.suspended_at is not null then
        return operator_problem('reason', 'This therapist is suspended already');
    elsif p_act = 'therapist.restore' and t.suspended_at is null then
        return operator_problem('reason', 'This therapist is not suspended');
    elsif p_act = 'discipline.remove' and not exists (select from discipline d where d.id = (p_form ->> 'discipline')::uuid and d.therapist_id = t.id and d.removed_at is null) then
        return operator_problem('discipline', 'Choose a note from the list');
    elsif p_act = 'discipline.add' and p_form ->> 'source' is null then
        return operator_problem('source', 'Enter who decided it: the board or court');
    elsif p_act = 'discipline.add' and p_form ->> 'dated' is null then
        return operator_problem('dated', 'Enter the day of the decision');
    elsif p_act = 'discipline.add' and (p_form ->> 'dated')::date > greatest(current_date, site_today()) then
        return operator_problem('dated', 'The day of the decision cannot be in the future');
    elsif p_act = 'discipline.add' and coalesce(length(p_form ->> 'words'), 0) < 10 then
        return operator_problem('words', 'Say what was decided in 10 characters or more');
    elsif p_act = 'discipline.add' and coalesce(p_form ->> 'link', '') !~ '^(https?://\S+)?$' then
        return operator_problem('link', 'Enter an address that begins with https://');
    elsif exists (select from proposal o where o.therapist_id = t.id and o.act = p_act and o.outcome is null and o.expires_at > clock()
                  and o.credential_id is not distinct from (p_form ->> 'credential')::uuid and p_act <> 'discipline.add') then
        return operator_problem('reason', 'This was proposed already, and waits for another operator');
    end if;
    return null;
end $$;

create or replace function act_begin(p_act text, p_therapist int, p_credential uuid, p_detail jsonb, p_reason text, p_account uuid default null) returns proposal
    language plpgsql
    as $$
declare
    k credential_setting := (select s from credential_setting s);
    made proposal;
begin
    insert into proposal (act, therapist_id, credential_id, account_id, detail, reason, proposed_by, proposed_name, proposed_at, expires_at)
    values (p_act, p_therapist, p_credential, p_account, p_detail, p_reason, auth.account(), operator_name_now(), clock(), clock() + make_interval(days => k.confirm_days)) returning * into made;
    if k.two_operators then
        perform act_recorded(made, 'proposed');
        return made;
    end if;
    update proposal set outcome = 'alone', decided_at = clock(), decided_by = auth.account(), decided_name = made.proposed_name where id = made.id returning * into made;
    perform act_perform(made), act_recorded(made, 'alone');
    return made;
end $$;

-- p_form: reason, and as the act needs credential, discipline, source, link, dated, words. → {"done","waits"} or a problem.
create or replace function operator_propose(p_slug text, p_act text, p_form json) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    t therapist;
    made proposal;
    wrong json;
begin
    select * into t from therapist where slug = p_slug and auth.is_operator() and p_act in (select act from sensitive_act where act not in ('operators.alone', 'account.reset')) for update;
    if not found then
        return null;
    end if;
    wrong := act_problem(p_act, t, p_form);
    if wrong is not null then
        return wrong;
    end if;
    made := act_begin(p_act, t.id, case when p_act in ('credential.withdraw', 'discipline.add') then (p_form ->> 'credential')::uuid end, p_form::jsonb - 'reason' - 'credential', p_form ->> 'reason');
    return json_build_object('done', made.outcome is not null, 'waits', made.outcome is null, 'id', made.id);
end $$;

-- p_decide: confirm, by somebody else, or refuse, by whoever likes, also who proposed it.
create or replace function operator_decide(p_id uuid, p_decide text) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    p proposal;
begin
    select * into p from proposal where id = p_id and auth.is_operator() for update;
    if not found then
        return null;
    elsif p.outcome is not null then
        return operator_problem(null, 'This was decided already');
    elsif p.expires_at <= clock() then
        return operator_problem(null, 'Nobody agreed in time. Propose it again');
    elsif p_decide = 'confirm' and p.proposed_by is not distinct from auth.account() then
        return operator_problem(null, 'You proposed this. Another operator has to agree');
    elsif p_decide = 'confirm' and p.account_id = auth.account() then
        return operator_problem(null, 'This is about your own account. Another operator has to agree');
    end if;
    update proposal set outcome = case p_decide when 'confirm' then 'confirmed' else 'refused' end, decided_by = auth.account(), decided_name = operator_name_now(), decided_at = clock()
    where id = p_id returning * into p;
    perform act_recorded(p, p.outcome);
    perform act_perform(p) where p.outcome = 'confirmed';
    return operator_acts();
end $$;

-- --- Pages

create or replace function proposal_person(p proposal) returns json
    language sql stable security definer set search_path = unknot, public, pg_temp
    as $$ select json_build_object('id', a.id, 'name', a.name) from account a where a.id = p.account_id and auth.is_operator() $$;

create or replace function proposal_json(p proposal) returns json
    language sql stable
    as $$
    select json_build_object('id', p.id, 'label', (select a.label from sensitive_act a where a.act = p.act), 'therapist', (select json_build_object('slug', t.slug, 'name', t.name) from therapist t where t.id = p.therapist_id),
        'person', proposal_person(p), 'of_me', coalesce(p.account_id = auth.account(), false),
        'credential', (select json_build_object('id', c.id, 'title', c.title) from credential c where c.id = p.credential_id),
        'source', p.detail ->> 'source', 'dated', p.detail ->> 'dated', 'words', p.detail ->> 'words', 'link', nullif(p.detail ->> 'link', ''),
        'removes', (select d.words from discipline d where d.id = (p.detail ->> 'discipline')::uuid),
        'reason', p.reason, 'by', p.proposed_name, 'on', say_date_site(p.proposed_at), 'until', say_date_site(p.expires_at),
        'own', p.proposed_by is not distinct from auth.account(), 'decided_by', p.decided_name, 'decided_on', say_date_site(p.decided_at),
        'confirmed', p.outcome = 'confirmed', 'refused', p.outcome = 'refused', 'alone', p.outcome = 'alone', 'expired', p.outcome is null and p.expires_at <= clock())
    $$;

create or replace function operator_acts() returns json
    language sql stable
    as $$
    select json_build_object('counts', operator_counts(), 'two', s.two_operators, 'days', s.confirm_days, 'operators', operators_active(), 'one_operator', operators_active() < 2,
        'acts', (select json_agg(json_build_object('label', a.label, 'about', a.about) order by a.position) from sensitive_act a),
        'open', (select coalesce(json_agg(proposal_json(p) order by p.proposed_at), '[]') from proposal p where p.outcome is null and p.expires_at > clock()),
        'has_open', exists (select from proposal p where p.outcome is null and p.expires_at > clock()),
        'past', (select coalesce(json_agg(proposal_json(x.p) order by x.proposed_at desc), '[]') from (
            select p, p.proposed_at from proposal p where p.outcome is not null or p.expires_at <= clock() order by p.proposed_at desc limit 50) x))
    from credential_setting s where auth.is_operator()
    $$;

-- A therapist as operators see them: standing, credentials, notes, and what was proposed.
create or replace function operator_therapist(p_slug text) returns json
    language sql stable
    as $$
    select json_build_object('slug', t.slug, 'name', t.name, 'published', t.published, 'suspended', say_date_site(t.suspended_at), 'suspended_why', t.suspended_why,
        'closed', unlicensed_json(t.id), 'two', (select two_operators from credential_setting),
        'visits', operator_visits_ahead(t.id),
        'credentials', (select coalesce(json_agg(operator_credential(c) order by is_profession(c.kind) desc, c.created_at), '[]') from credential c where c.therapist_id = t.id),
        'has_credentials', exists (select from credential c where c.therapist_id = t.id), 'has_checked', exists (select from credential c where c.therapist_id = t.id and c.checked_on is not null),
        'discipline', (select coalesce(json_agg(discipline_json(d) order by d.dated desc), '[]') from discipline d where d.therapist_id = t.id and d.removed_at is null),
        'has_discipline', exists (select from discipline d where d.therapist_id = t.id and d.removed_at is null),
        'proposals', (select coalesce(json_agg(proposal_json(p) order by p.proposed_at desc), '[]') from proposal p where p.therapist_id = t.id),
        'has_proposals', exists (select from proposal p where p.therapist_id = t.id))
    from therapist t where t.slug = p_slug and auth.is_operator()
    $$;

create or replace function operator_visits_ahead(p_therapist int) returns int
    language sql stable security definer set search_path = unknot, public, pg_temp
    as $$ select count(*)::int from booking b where b.therapist_id = p_therapist and auth.is_operator() and b.state in ('requested', 'suggested', 'confirmed') and b.starts_at > clock() $$;
comment on function operator_visits_ahead is 'how many visits are booked: a number, and nobody''s name';

create or replace function operator_act(p_slug text, p_act text) returns json
    language sql stable
    as $$
    select (operator_therapist(p_slug)::jsonb || jsonb_build_object('act', a.act, 'path', split_part(a.act, '.', 2), 'label', a.label, 'act_about', a.about, 'days', s.confirm_days,
        'is_' || replace(a.act, '.', '_'), true, 'is_discipline', a.act = 'discipline.add', 'today', site_today()))::json
    from sensitive_act a, credential_setting s where a.act = p_act and operator_therapist(p_slug) is not null
    $$;

-- --- Settings

create or replace function operator_credential_settings() returns json
    language sql stable
    as $$
    select json_build_object('license_is_yes', s.license_blocks, 'license_is_no', not s.license_blocks, 'two_is_yes', s.two_operators, 'two_is_no', not s.two_operators,
        'confirm_days', s.confirm_days, 'proof_days', s.proof_days, 'changed', say_date_site(s.changed_at), 'changed_by', s.changed_by, 'one_operator', operators_active() < 2,
        -- each by the first of such places
        'blocked', (select operator_said(count(*)) from (
            select from location l where l.bookable_until < current_date and (select t.published from therapist t where t.id = l.therapist_id)
              and l.id = (select min(e.id) from location e where e.therapist_id = l.therapist_id and e.bookable_until < current_date) limit operator_most() + 1) x))
    from credential_setting s where auth.is_operator()
    $$;

-- That one may act alone is itself proposed, where there are two to decide it.
create or replace function operator_credential_settings_save(p_form json) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    before json := operator_credential_settings();
    k credential_setting := (select s from credential_setting s);
    alone constant boolean := p_form ->> 'two' = 'no';
    asked constant boolean := k.two_operators and alone and operators_active() > 1;
begin
    if not auth.is_operator() then
        return null;
    elsif asked and exists (select from proposal where act = 'operators.alone' and outcome is null and expires_at > clock()) then
        return operator_problem('two', 'This was proposed already, and waits for another operator');
    end if;
    update credential_setting set license_blocks = p_form ->> 'license' = 'yes', two_operators = not alone or asked, confirm_days = (p_form ->> 'confirm_days')::int,
        proof_days = (p_form ->> 'proof_days')::int, changed_at = clock(), changed_by = operator_name_now();
    perform operator_wrote('credential-setting.changed', 'settings', before, operator_credential_settings());
    if asked then
        perform act_begin('operators.alone', null, null, '{}', 'Asked for under Settings of checks');
    end if;
    return (operator_credential_settings()::jsonb || jsonb_build_object('asked', asked))::json;
end $$;

-- --- The therapist's one answer

create or replace function practice_discipline_answer(p_id uuid, p_answer text) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    d discipline;
begin
    select * into d from discipline x where x.id = p_id and x.therapist_id = auth.therapist() and x.removed_at is null for update;
    if not found then
        return null;
    elsif d.answer is not null then
        return practice_problem('answer', 'You have answered this already');
    end if;
    update discipline set answer = p_answer, answered_at = clock() where id = p_id;
    insert into audit (account_id, action, object) values (auth.account(), 'discipline.answered', p_id::text);
    return practice_credentials();
end $$;

grant execute on function operator_name_now, operators_active, operator_propose, operator_decide, proposal_person, proposal_json, operator_acts, operator_therapist, operator_visits_ahead, operator_act,
    operator_credential_settings, operator_credential_settings_save, practice_discipline_answer to unknot_web;
