-- Versions of the questionnaire as an operator sees and changes them. A change of the draft is first tried: written, read back as a whole document, and undone, so
-- that the program can compile what would come of it; only what compiles is written for good. So a draft is never broken.

create or replace function say_stamp(p_at timestamptz) returns text
    language sql stable
    as $$ select say_date_long(local_day(p_at, site_zone()), site_country()) $$;

create or replace function questionnaire_head(q questionnaire) returns json
    language sql stable
    as $$
    select json_build_object('version', q.version, 'is_draft', q.state = 'draft', 'is_published', q.state = 'published', 'is_replaced', q.state = 'replaced', 'based_on', q.based_on,
        'note', nullif(q.note, ''), 'made_on', say_stamp(q.made_at), 'made_by', nullif(q.made_by, 'seed'), 'published_on', say_stamp(q.published_at), 'published_by', nullif(q.published_by, 'seed'),
        'signed_by', questionnaire_signed(q), 'can_sign', q.state = 'published' and q.signed_on is null)
    $$;

create or replace function operator_questionnaires() returns json
    language sql stable
    as $$
    select json_build_object('versions', (select coalesce(json_agg(questionnaire_head(q) order by q.version desc), '[]') from questionnaire q),
        'draft', (select version from questionnaire where state = 'draft'), 'published', questionnaire_now(), 'cases', (select count(*) from questionnaire_case))
    where auth.is_operator()
    $$;

-- Which rows of a version are not as they were in the one it was made from: their ids.
create or replace function questionnaire_changed(p_version int, p_what text) returns table (id text)
    language sql stable
    as $$
    with old as (select based_on as version from questionnaire where version = p_version),
    whole as (
        select 'rule' as what, r.version, r.id, to_jsonb(r) - 'version' as body from safety_rule r
        union all
        select 'question', q.version, q.id, to_jsonb(q) - 'version' || jsonb_build_object('options', questionnaire_options(q.version, q.id)) from question q
    )
    select coalesce(n.id, o.id)
    from (select * from whole where version = p_version and what = p_what) n
    full join (select * from whole where version = (select version from old) and what = p_what) o on o.id = n.id
    where (select version from old) is not null and n.body is distinct from o.body
    $$;

create or replace function questionnaire_section(p_section text) returns text
    language sql immutable
    as $$ select (array['Safety check', 'About you', 'Your back pain', 'Your health', 'Goals and preferences', 'Consent', 'On the day'])[right(p_section, 1)::int] $$;

create or replace function operator_questionnaire_head(p_version int) returns json
    language sql stable
    as $$ select json_build_object('head', questionnaire_head(q)) from questionnaire q where q.version = p_version and auth.is_operator() $$;

create or replace function operator_questionnaire(p_version int) returns json
    language sql stable
    as $$
    with rule_changed as materialized (select id from questionnaire_changed(p_version, 'rule')),
    question_changed as materialized (select id from questionnaire_changed(p_version, 'question')),
    questions as materialized (select u.*, c.id is not null as changed from question u left join question_changed c on c.id = u.id where u.version = p_version),
    rules as materialized (select r.*, c.id is not null as changed from safety_rule r left join rule_changed c on c.id = r.id where r.version = p_version)
    select json_build_object('head', questionnaire_head(q),
        'sections', (select json_agg(json_build_object('section', s.section, 'label', questionnaire_section(s.section), 'questions', s.list) order by s.section)
                     from (select u.section, json_agg(json_build_object('id', u.id, 'page', u.page, 'ask', u.ask, 'kind', u.kind, 'required', u.required, 'shown', u.shown, 'changed', u.changed)
                                                      order by u.page, u.position, u.id) as list from questions u group by u.section) s),
        'rules', (select json_agg(json_build_object('id', r.id, 'outcome', r.outcome, 'reason', r.reason, 'fires', r.fires, 'changed', r.changed) order by r.position, r.id) from rules r),
        'gone', (select json_agg(x.id order by x.id) from (select id from rule_changed except select id from rules union (select id from question_changed except select id from questions)) x))
    from questionnaire q where q.version = p_version and auth.is_operator()
    $$;

-- --- One question, one rule, as fields of a form. A new one has only what stands there at first.

create or replace function questionnaire_options_text(p_version int, p_question text) returns text
    language sql stable
    as $$
    select string_agg(o.slug || case when o.alone then '!' else '' end || ': ' || o.label, E'\n' order by o.position, o.slug)
    from question_option o where (o.version, o.question) = (p_version, p_question)
    $$;

create or replace function operator_question(p_version int, p_id text) returns json
    language sql stable
    as $$
    select (to_jsonb(u) - 'position' || jsonb_build_object('head', questionnaire_head(q), 'nth', u.position, 'options', questionnaire_options_text(u.version, u.id), 'page_title', p.title,
        'page_about', p.about, 'section_is_' || u.section, true, 'kind_is_' || u.kind, true, 'required_is_' || case when u.required then 'yes' else 'no' end, true,
        'signs_is_' || coalesce(u.signs::text, 'none'), true,
        'used', (select string_agg(r.id, ' ' order by r.position) from safety_rule r where r.version = u.version and (r.fires ~ ('\m' || u.id || '\M') or r.raised_fires ~ ('\m' || u.id || '\M')))))::json
    from questionnaire q join question u using (version) join questionnaire_page p using (version, section, page)
    where u.version = p_version and u.id = p_id and auth.is_operator()
    $$;

create or replace function operator_question_new(p_version int) returns json
    language sql stable
    as $$
    select json_build_object('fresh', true, 'head', questionnaire_head(q), 'section_is_S4', true, 'page', (select max(page) + 1 from questionnaire_page where version = q.version and section = 'S4'), 'nth', 1,
                             'kind_is_choice', true, 'required_is_yes', true, 'signs_is_none', true, 'missing', 'Choose yes or no', 'options', E'yes: Yes\nno: No\nin_person!: I would rather tell the therapist in person')
    from questionnaire q where q.version = p_version and q.state = 'draft' and auth.is_operator()
    $$;

create or replace function questionnaire_words(p_version int) returns json
    language sql stable
    as $$
    select json_agg(json_build_object('kind', k.label, 'words', (select json_agg(json_build_object('slug', t.slug, 'label', t.label) order by t.position, t.slug)
                                                                   from questionnaire_term t where t.version = p_version and t.kind = k.kind)) order by k.n)
    from (values (1, 'exclude', 'Techniques'), (2, 'avoid', 'Places to avoid'), (3, 'position', 'Ways to lie'), (4, 'product', 'Products'), (5, 'require', 'Training')) k (n, kind, label)
    $$;

create or replace function operator_words(p_version int) returns json
    language sql stable
    as $$ select json_build_object('head', questionnaire_head(q), 'words', questionnaire_words(q.version), 'kind_is_avoid', true,
        'own', (select json_agg(json_build_object('word', t.kind || '.' || t.slug, 'label', t.label, 'what', case t.kind when 'avoid' then 'Place' when 'position' then 'Way to lie' else 'Product' end) order by t.kind, t.position)
                from questionnaire_term t where t.version = q.version and t.kind in ('avoid', 'position', 'product'))) from questionnaire q where q.version = p_version and auth.is_operator() $$;

create or replace function operator_rule(p_version int, p_id text) returns json
    language sql stable
    as $$
    select (to_jsonb(r) - 'position' || jsonb_build_object('head', questionnaire_head(q), 'nth', r.position, 'words', questionnaire_words(r.version), 'outcome_is_' || r.outcome, true,
        'urgency_is_' || coalesce(r.urgency, 'none'), true, 'raised_urgency_is_' || coalesce(r.raised_urgency, 'none'), true, 'guardian_is_' || coalesce(r.guardian, 'none'), true,
        'not_before_is_' || coalesce(r.not_before, 'none'), true, 'exclude', array_to_string(r.exclude, ', '), 'avoid', array_to_string(r.avoid, ', '), 'positions', array_to_string(r.positions, ', '),
        'products', array_to_string(r.products, ', '), 'require', array_to_string(r.require, ', '),
        'written_is_' || case when r.written then 'yes' else 'no' end, true, 'self_is_' || case when r.self then 'yes' else 'no' end, true,
        'stay_active_is_' || case when r.stay_active then 'yes' else 'no' end, true, 'confirm_is_' || case when r.confirm then 'yes' else 'no' end, true,
        'precall_is_' || case when r.precall then 'yes' else 'no' end, true))::json
    from questionnaire q join safety_rule r using (version) where r.version = p_version and r.id = p_id and auth.is_operator()
    $$;

create or replace function operator_rule_new(p_version int) returns json
    language sql stable
    as $$
    select json_build_object('fresh', true, 'head', questionnaire_head(q), 'nth', (select max(position) from safety_rule where version = q.version), 'words', questionnaire_words(q.version),
        'outcome_is_MODIFY', true, 'urgency_is_none', true, 'raised_urgency_is_none', true, 'guardian_is_none', true, 'not_before_is_none', true, 'written_is_no', true, 'self_is_no', true,
        'stay_active_is_no', true, 'confirm_is_no', true, 'precall_is_no', true, 'basis', 'general knowledge', 'cleared_by', 'therapist')
    from questionnaire q where q.version = p_version and q.state = 'draft' and auth.is_operator()
    $$;

-- --- Stored cases. In addresses a case goes by a short name made of its words.

create or replace function case_key(p_name text) returns text
    language sql immutable
    as $$ select left(md5(p_name), 12) $$;

create or replace function questionnaire_case_json(c questionnaire_case) returns json
    language sql stable
    as $$
    select json_build_object('key', case_key(c.name), 'name', c.name, 'answers', c.answers, 'today', c.today, 'note_on', c.note_on, 'call_on', c.call_on, 'outcome', c.outcome, 'urgency', c.urgency, 'is_today', c.urgency = 'same_day',
                             'rules', c.rules, 'pressure_max', c.pressure_max, 'must_hold', c.must_hold, 'edited', case when c.edited_at is not null then say_stamp(c.edited_at) || ' by ' || c.edited_by end)
    $$;

create or replace function operator_cases() returns json
    language sql stable
    as $$ select json_build_object('cases', (select coalesce(json_agg(questionnaire_case_json(c) order by c.position, c.name), '[]') from questionnaire_case c)) where auth.is_operator() $$;

create or replace function operator_case(p_key text) returns json
    language sql stable
    as $$
    select json_build_object('key', p_key, 'name', c.name, 'answers', jsonb_pretty(c.answers), 'today', c.today, 'note_on', c.note_on, 'call_on', c.call_on, 'outcome_is_' || c.outcome, true,
        'urgency_is_' || coalesce(c.urgency, 'none'), true, 'rules', array_to_string(c.rules, ' '), 'pressure_max', c.pressure_max, 'must_hold_is_' || case when c.must_hold then 'yes' else 'no' end, true,
        'edited', case when c.edited_at is not null then say_stamp(c.edited_at) || ' by ' || c.edited_by end)
    from questionnaire_case c where case_key(c.name) = p_key and auth.is_operator()
    $$;

create or replace function operator_case_new() returns json
    language sql stable
    as $$ select json_build_object('fresh', true, 'today', local_day(clock(), 'UTC'), 'answers', E'{\n    "RF08": "yes"\n}', 'outcome_is_MODIFY', true, 'urgency_is_none', true, 'must_hold_is_yes', true) where auth.is_operator() $$;

grant execute on function say_stamp, questionnaire_head, operator_questionnaires, questionnaire_changed, questionnaire_section, operator_questionnaire_head, operator_questionnaire, questionnaire_options_text, operator_question,
    operator_question_new, questionnaire_words, operator_words, operator_rule, operator_rule_new, case_key, questionnaire_case_json, operator_cases, operator_case, operator_case_new to unknot_web;
