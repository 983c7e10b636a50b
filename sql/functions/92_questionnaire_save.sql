-- Writing versions of the questionnaire: see 91_questionnaire_operator.sql. What is granted is SECURITY DEFINER and asks first whether the caller is an operator;
-- forms come as JSON by field name, null where left empty.

create or replace function operator_name() returns text
    language sql stable security definer set search_path = unknot, public, pg_temp
    as $$ select name from account where id = auth.account() and auth.is_operator() $$;

create or replace function draft_version() returns int
    language sql stable
    as $$ select version from questionnaire where state = 'draft' $$;

create or replace function form_words(p_text text) returns text[]
    language sql immutable
    as $$ select coalesce(array_agg(w order by n), '{}') from regexp_split_to_table(coalesce(p_text, ''), '[\s,;]+') with ordinality x (w, n) where w <> '' $$;

create or replace function form_lines(p_text text) returns text
    language sql immutable
    as $$ select nullif(btrim(replace(p_text, E'\r', ''), E' \n'), '') $$;

create or replace function form_choice(p_text text) returns text
    language sql immutable
    as $$ select nullif(p_text, 'none') $$;

-- --- The draft, row by row

create or replace function draft_rule_write(p_version int, p_id text, p_form json) returns void
    language plpgsql
    as $$
declare
    r safety_rule;
begin
    select * into r from safety_rule where (version, id) = (p_version, p_id);
    delete from safety_rule where (version, id) = (p_version, p_id);
    if p_form is null then
        return;
    end if;
    r := jsonb_populate_record(r, jsonb_build_object(
        'version', p_version, 'id', coalesce(p_id, p_form ->> 'id'), 'position', (p_form ->> 'nth')::smallint, 'fires', form_lines(p_form ->> 'fires'), 'outcome', p_form ->> 'outcome',
        'urgency', form_choice(p_form ->> 'urgency'), 'raised_fires', form_lines(p_form ->> 'raised_fires'), 'raised_urgency', form_choice(p_form ->> 'raised_urgency'),
        'raised_text', p_form ->> 'raised_text', 'is_default', coalesce(r.is_default, false), 'lowers', coalesce(r.lowers, false), 'written', p_form ->> 'written' = 'yes', 'self', p_form ->> 'self' = 'yes',
        'stay_active', p_form ->> 'stay_active' = 'yes', 'cleared_by', p_form ->> 'cleared_by', 'reason', p_form ->> 'reason', 'client_text', p_form ->> 'client_text',
        'therapist_text', p_form ->> 'therapist_text', 'basis', p_form ->> 'basis', 'pressure_max', (p_form ->> 'pressure_max')::smallint, 'pressure_where', p_form ->> 'pressure_where',
        'duration_max', (p_form ->> 'duration_max')::smallint, 'confirm', p_form ->> 'confirm' = 'yes', 'precall', p_form ->> 'precall' = 'yes', 'guardian', form_choice(p_form ->> 'guardian'),
        'not_before', form_choice(p_form ->> 'not_before')));
    r.exclude := form_words(p_form ->> 'exclude');
    r.avoid := form_words(p_form ->> 'avoid');
    r.positions := form_words(p_form ->> 'positions');
    r.products := form_words(p_form ->> 'products');
    r.require := form_words(p_form ->> 'require');
    insert into safety_rule select r.*;
end $$;

create or replace function draft_options_write(p_version int, p_id text, p_options text) returns void
    language plpgsql
    as $$
declare
    wrong text := (select l from regexp_split_to_table(p_options, '\n') l where l <> '' and l !~ '^\s*[a-z][a-z0-9_]*!?: \S' limit 1);
begin
    if wrong is not null then
        raise exception using errcode = 'UQ001', column = 'options', message = 'Write each option as a short name, a colon and its words, not “' || left(wrong, 60) || '”';
    end if;
    insert into question_option (version, question, slug, position, label, alone)
    select p_version, p_id, (m)[1], n, rtrim((m)[3]), (m)[2] = '!' from regexp_matches(p_options, '^\s*([a-z0-9_]+)(!?): (.+)$', 'gn') with ordinality x (m, n);
end $$;

create or replace function draft_question_write(p_version int, p_id text, p_form json) returns void
    language plpgsql
    as $$
declare
    new_id text := coalesce(p_id, p_form ->> 'id');
begin
    delete from question where (version, id) = (p_version, p_id);
    if p_form is not null then
        insert into questionnaire_page (version, section, page, title, about)
        values (p_version, p_form ->> 'section', (p_form ->> 'page')::smallint, p_form ->> 'page_title', p_form ->> 'page_about')
        on conflict (version, section, page) do update set title = excluded.title, about = excluded.about;
        insert into question (version, id, section, page, position, kind, required, ask, hint, missing, plain, sign, signs, harmless, unit, low, high, shown, basis)
        values (p_version, new_id, p_form ->> 'section', (p_form ->> 'page')::smallint, (p_form ->> 'nth')::smallint, p_form ->> 'kind', p_form ->> 'required' = 'yes', p_form ->> 'ask', p_form ->> 'hint',
                p_form ->> 'missing', p_form ->> 'plain', p_form ->> 'sign', form_choice(p_form ->> 'signs')::smallint, p_form ->> 'harmless', p_form ->> 'unit', (p_form ->> 'low')::int,
                (p_form ->> 'high')::int, form_lines(p_form ->> 'shown'), p_form ->> 'basis');
        perform draft_options_write(p_version, new_id, form_lines(p_form ->> 'options'));
    end if;
    delete from questionnaire_page p where p.version = p_version and not exists (select from question q where (q.version, q.section, q.page) = (p.version, p.section, p.page));
end $$;

-- p_id null: a new one; p_form null: it goes.
create or replace function draft_write(p_version int, p_what text, p_id text, p_form json) returns void
    language plpgsql
    as $$
begin
    if p_what = 'rule' then
        perform draft_rule_write(p_version, p_id, p_form);
    else
        perform draft_question_write(p_version, p_id, p_form);
    end if;
end $$;

create or replace function draft_has(p_version int, p_what text, p_id text) returns boolean
    language sql stable
    as $$
    select coalesce(p_version = draft_version(), false) and auth.is_operator()
       and (p_id is null or exists (select from safety_rule where p_what = 'rule' and (version, id) = (p_version, p_id)) or exists (select from question where p_what = 'question' and (version, id) = (p_version, p_id)))
    $$;

-- What the members of a rule say about each other.
create or replace function draft_rule_problem(p_version int, p_id text, p_form json) returns json
    language sql stable
    as $$
    select case when p_form ->> 'fires' is null and not exists (select from safety_rule where (version, id, is_default) = (p_version, p_id, true)) then operator_problem('fires', 'Enter when it fires')
                when p_form ->> 'outcome' = 'STOP' and p_form ->> 'urgency' = 'none' then operator_problem('urgency', 'A STOP says how urgent it is')
                when p_form ->> 'raised_fires' is null and (p_form ->> 'raised_urgency' <> 'none' or p_form ->> 'raised_text' is not null) then operator_problem('raised_fires', 'Enter when it becomes more urgent')
                when p_form ->> 'raised_fires' is not null and p_form ->> 'raised_urgency' = 'none' then operator_problem('raised_urgency', 'Choose how urgent it becomes')
                when p_form ->> 'pressure_where' is not null and p_form ->> 'pressure_max' is null then operator_problem('pressure_max', 'Enter the greatest pressure there') end
    $$;

-- The same of a question.
create or replace function draft_question_problem(p_form json) returns json
    language sql immutable
    as $$
    select case when p_form ->> 'kind' = 'number' and (p_form ->> 'low' is null or p_form ->> 'high' is null) then operator_problem('low', 'A number needs its least and its greatest')
                when (p_form ->> 'high')::int < (p_form ->> 'low')::int then operator_problem('high', 'The greatest cannot be less than the least')
                when p_form ->> 'kind' not in ('number', 'text') and num_nonnulls(p_form ->> 'low', p_form ->> 'high', p_form ->> 'unit') > 0 then operator_problem('low', 'Only a number and words have bounds: leave them empty')
                when p_form ->> 'signs' <> 'none' and p_form ->> 'sign' is null then operator_problem('sign', 'In the list of signs it needs words of its own')
                when p_form ->> 'harmless' is not null and p_form ->> 'kind' <> 'choice' then operator_problem('harmless', 'Only one of several can say that all is well') end
    $$;

-- The document that would come of a change, which is undone; {"problem", …} for what the tables refuse; null: no such row in the draft.
create or replace function operator_draft_try(p_version int, p_what text, p_id text, p_form json) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    doc json;
    col text;
begin
    if not draft_has(p_version, p_what, p_id) then
        return null;
    elsif p_id is null and draft_has(p_version, p_what, p_form ->> 'id') then
        return operator_problem('id', 'There is one of this name already');
    elsif p_what = 'rule' and p_form is not null and draft_rule_problem(p_version, p_id, p_form) is not null then
        return draft_rule_problem(p_version, p_id, p_form);
    elsif p_what = 'question' and p_form is not null and draft_question_problem(p_form) is not null then
        return draft_question_problem(p_form);
    end if;
    perform draft_write(p_version, p_what, p_id, p_form);
    doc := questionnaire_document(p_version);
    raise exception using errcode = 'UQ002';
exception
    when sqlstate 'UQ002' then
        return doc;
    when sqlstate 'UQ001' then
        get stacked diagnostics col = column_name;
        return operator_problem(col, sqlerrm);
    when check_violation or not_null_violation or unique_violation or foreign_key_violation then
        get stacked diagnostics col = constraint_name;
        return operator_problem(draft_field(col), 'This cannot be stored as it is: look at ' || case when draft_field(col) is null then 'all fields' else 'this field' end || ' again');
end $$;

-- The field that a constraint is about: "safety_rule_reason_check".
create or replace function draft_field(p_constraint text) returns text
    language sql immutable
    as $$
    select case when p_constraint like 'question_option_%' then 'options' when p_constraint like 'questionnaire_page_%' then 'page_title'
                else (regexp_match(p_constraint, '^(?:safety_rule|question)_(.+?)_?(?:check\d*|pkey)$'))[1] end
    $$;

create or replace function operator_draft_save(p_version int, p_what text, p_id text, p_form json) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    saved text := coalesce(p_id, p_form ->> 'id');
    before json;
begin
    if not draft_has(p_version, p_what, p_id) then
        return null;
    end if;
    before := case p_what when 'rule' then operator_rule(p_version, p_id) else operator_question(p_version, p_id) end;
    perform draft_write(p_version, p_what, p_id, p_form);
    perform operator_wrote('questionnaire.' || p_what || case when p_form is null then '.removed' when p_id is null then '.added' else '.changed' end, p_version || '/' || saved, before, p_form);
    return json_build_object('version', p_version, 'id', saved, 'what', p_what);
end $$;

-- A word of limits more: a place to avoid, a way to lie, a product. Techniques and trainings are those of the taxonomies.
create or replace function operator_word_add(p_version int, p_form json) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
begin
    if not draft_has(p_version, '', null) then
        return null;
    elsif p_form ->> 'slug' !~ '^[a-z][a-z0-9]*(_[a-z0-9]+)*$' then
        return operator_problem('slug', 'Use small letters, digits and _ for the short name');
    elsif exists (select from questionnaire_term where (version, kind, slug) = (p_version, p_form ->> 'kind', p_form ->> 'slug')) then
        return operator_problem('slug', 'There is one with this short name already');
    elsif (select count(*) from questionnaire_term where (version, kind) = (p_version, p_form ->> 'kind')) >= 64 then
        return operator_problem('kind', 'There are 64 of them, which is all there can be');
    end if;
    insert into questionnaire_term (version, kind, slug, position, label)
    select p_version, p_form ->> 'kind', p_form ->> 'slug', coalesce(max(position), 0) + 1, p_form ->> 'label' from questionnaire_term where (version, kind) = (p_version, p_form ->> 'kind');
    perform operator_wrote('questionnaire.word.added', p_version || '/' || (p_form ->> 'slug'), null, p_form);
    return json_build_object('version', p_version, 'slug', p_form ->> 'slug');
end $$;

-- p_form: {"word":"avoid.face","act":"change" with "new_label", or "remove"}. One that a rule uses stays; techniques and trainings are those of the taxonomies.
create or replace function operator_word_change(p_version int, p_form json) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    t questionnaire_term;
    used text;
begin
    if not draft_has(p_version, '', null) then
        return null;
    end if;
    select * into t from questionnaire_term x where x.version = p_version and x.kind || '.' || x.slug = p_form ->> 'word' and x.kind in ('avoid', 'position', 'product');
    if not found then
        return operator_problem('word', 'Choose one of the words');
    elsif p_form ->> 'act' = 'remove' then
        select string_agg(r.id, ', ' order by r.position) into used from safety_rule r
        where r.version = p_version and t.slug = any (case t.kind when 'avoid' then r.avoid when 'position' then r.positions else r.products end);
        if used is not null then
            return operator_problem('word', 'Rules use it: ' || used || '. Change them first');
        end if;
        delete from questionnaire_term x where (x.version, x.kind, x.slug) = (t.version, t.kind, t.slug);
    elsif coalesce(p_form ->> 'new_label', '') = '' then
        return operator_problem('new_label', 'Enter the new words');
    else
        update questionnaire_term x set label = p_form ->> 'new_label' where (x.version, x.kind, x.slug) = (t.version, t.kind, t.slug);
    end if;
    perform operator_wrote('questionnaire.word.' || case p_form ->> 'act' when 'remove' then 'removed' else 'changed' end, p_version || '/' || t.slug, to_json(t), p_form);
    return json_build_object('version', p_version, 'slug', t.slug);
end $$;

-- --- Versions

-- A copy of the published one, with the techniques and trainings that have come since; the draft that is there, when there is one.
create or replace function operator_draft_make() returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    v int := draft_version();
    old int := questionnaire_now();
begin
    if not auth.is_operator() then
        return null;
    elsif v is not null then
        return json_build_object('version', v);
    end if;
    insert into questionnaire (version, based_on, made_at, made_by) values ((select max(version) + 1 from questionnaire), old, clock(), operator_name()) returning version into v;
    insert into questionnaire_page select (jsonb_populate_record(p, jsonb_build_object('version', v))).* from questionnaire_page p where version = old;
    insert into question select (jsonb_populate_record(q, jsonb_build_object('version', v))).* from question q where version = old;
    insert into question_option select (jsonb_populate_record(o, jsonb_build_object('version', v))).* from question_option o where version = old;
    insert into safety_rule select (jsonb_populate_record(r, jsonb_build_object('version', v))).* from safety_rule r where version = old;
    insert into questionnaire_term select (jsonb_populate_record(t, jsonb_build_object('version', v))).* from questionnaire_term t where version = old;
    insert into questionnaire_term (version, kind, slug, position, label)
    select v, case t.kind when 'technique' then 'exclude' else 'require' end, t.slug, 1000 + t.position, t.label from tag t where t.kind in ('technique', 'specialism') and t.retired_at is null
    on conflict do nothing;
    perform operator_wrote('questionnaire.drafted', v::text, null, json_build_object('based_on', old));
    return json_build_object('version', v);
end $$;

create or replace function operator_draft_discard(p_version int) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
begin
    if not draft_has(p_version, '', null) then
        return null;
    end if;
    delete from questionnaire where version = p_version;
    perform operator_wrote('questionnaire.discarded', p_version::text, null, null);
    return json_build_object('version', p_version);
end $$;

-- Holds the draft as it is until the end of the transaction and gives what is to be looked at before it is published.
create or replace function operator_draft_hold(p_version int) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
begin
    if not draft_has(p_version, '', null) then
        return null;
    end if;
    perform from questionnaire where version = p_version for update;
    return questionnaire_document(p_version);
end $$;

create or replace function operator_draft_publish(p_version int, p_note text) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
begin
    if not draft_has(p_version, '', null) then
        return null;
    end if;
    update questionnaire set note = coalesce(p_note, '') where version = p_version;
    update questionnaire set state = 'replaced' where state = 'published';
    update questionnaire set state = 'published', published_at = clock(), published_by = operator_name() where version = p_version;
    perform operator_wrote('questionnaire.published', p_version::text, null, json_build_object('note', p_note));
    return json_build_object('version', p_version);
end $$;

create or replace function operator_questionnaire_sign(p_version int, p_name text, p_profession text, p_on date) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
begin
    if not auth.is_operator() or not exists (select from questionnaire where version = p_version and state <> 'draft') then
        return null;
    elsif exists (select from questionnaire where version = p_version and signed_on is not null) then
        return operator_problem('name', 'Somebody has signed this version already');
    elsif p_on > local_day(clock(), 'UTC') + 1 then
        return operator_problem('on', 'Enter the day on which it was signed, not a day to come');
    end if;
    update questionnaire set signed_name = p_name, signed_profession = p_profession, signed_on = p_on where version = p_version;
    perform operator_wrote('questionnaire.signed', p_version::text, null, json_build_object('name', p_name, 'profession', p_profession, 'on', p_on));
    return json_build_object('version', p_version);
end $$;

-- p_key null: a new case. p_form: {"name","answers","today","note_on","call_on","outcome","urgency","rules","pressure_max","must_hold"}
create or replace function operator_case_save(p_key text, p_form json) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    old questionnaire_case;
begin
    if not auth.is_operator() then
        return null;
    end if;
    select * into old from questionnaire_case where case_key(name) = p_key;
    if p_key is not null and not found then
        return null;
    elsif exists (select from questionnaire_case where name = p_form ->> 'name' and name is distinct from old.name) then
        return operator_problem('name', 'There is a case with these words already');
    end if;
    delete from questionnaire_case where name = old.name;
    insert into questionnaire_case (name, position, answers, today, note_on, call_on, outcome, urgency, rules, pressure_max, must_hold, edited_at, edited_by)
    values (coalesce(old.name, p_form ->> 'name'), coalesce(old.position, (select coalesce(max(position), 0) + 1 from questionnaire_case)), (p_form ->> 'answers')::jsonb, (p_form ->> 'today')::date,
            (p_form ->> 'note_on')::date, (p_form ->> 'call_on')::date, p_form ->> 'outcome', form_choice(p_form ->> 'urgency'), form_words(p_form ->> 'rules'), (p_form ->> 'pressure_max')::smallint,
            p_form ->> 'must_hold' = 'yes', clock(), operator_name());
    perform operator_wrote('questionnaire.case.' || case when p_key is null then 'added' else 'changed' end, coalesce(old.name, p_form ->> 'name'), to_json(old), p_form);
    return json_build_object('key', case_key(coalesce(old.name, p_form ->> 'name')));
end $$;

create or replace function operator_case_remove(p_key text) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    old questionnaire_case;
begin
    if not auth.is_operator() then
        return null;
    end if;
    delete from questionnaire_case where case_key(name) = p_key returning * into old;
    if not found then
        return null;
    end if;
    perform operator_wrote('questionnaire.case.removed', old.name, to_json(old), null);
    return json_build_object('key', p_key);
end $$;

-- The same by an operator's hand: pages and questions that the program has compiled.
create or replace function operator_questionnaire_import(p_doc json) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    made json;
begin
    if not auth.is_operator() then
        return null;
    end if;
    made := questionnaire_import(p_doc, operator_name());
    if made is null then
        return operator_problem('file', 'There is a draft already: publish it or throw it away first');
    end if;
    perform operator_wrote('questionnaire.imported', made ->> 'version', null, json_build_object('based_on', questionnaire_now()));
    return made;
end $$;

grant execute on function operator_word_change, operator_case_remove, operator_questionnaire_import, operator_word_add, operator_draft_try, operator_draft_save, operator_draft_make, operator_draft_discard, operator_draft_hold, operator_draft_publish, operator_questionnaire_sign, operator_case_save
    to unknot_web;

-- A draft of pages and questions from elsewhere, with the rules and words of the published version; null when there is a draft already. The program has compiled
-- what comes of it before. Not for the web role: operator_questionnaire_import.
create or replace function questionnaire_import(p_doc json, p_by text) returns json
    language plpgsql
    as $$
declare
    v int;
    old int := questionnaire_now();
begin
    if draft_version() is not null then
        return null;
    end if;
    insert into questionnaire (version, based_on, made_at, made_by) values ((select max(version) + 1 from questionnaire), old, clock(), p_by) returning version into v;
    insert into questionnaire_page select v, x.section, x.page, x.title, x.about from json_to_recordset(p_doc -> 'pages') x (section text, page smallint, title text, about text);
    insert into question (version, id, section, page, position, kind, required, ask, hint, missing, plain, sign, signs, harmless, unit, low, high, shown, basis)
    select v, q ->> 'id', q ->> 'section', (q ->> 'page')::smallint, row_number() over (partition by q ->> 'section', q ->> 'page' order by n), q ->> 'kind', (q ->> 'required')::boolean, q ->> 'ask',
           q ->> 'hint', q ->> 'missing', q ->> 'plain', q ->> 'sign', (q ->> 'signs')::smallint, q ->> 'harmless', q ->> 'unit', (q ->> 'low')::int, (q ->> 'high')::int, q ->> 'shown', q ->> 'basis'
    from json_array_elements(p_doc -> 'questions') with ordinality x (q, n);
    insert into question_option (version, question, slug, position, label, alone)
    select v, q ->> 'id', o ->> 'slug', n, o ->> 'label', coalesce((o ->> 'alone')::boolean, false)
    from json_array_elements(p_doc -> 'questions') q, json_array_elements(q -> 'options') with ordinality y (o, n);
    insert into safety_rule select (jsonb_populate_record(r, jsonb_build_object('version', v))).* from safety_rule r where version = old;
    insert into questionnaire_term select (jsonb_populate_record(t, jsonb_build_object('version', v))).* from questionnaire_term t where version = old;
    return json_build_object('version', v);
end $$;
