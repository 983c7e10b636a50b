-- The questionnaire as the program reads it: one JSON document of a whole version (src/intake/questionnaire.h). Row-level security decides who sees a draft.

create or replace function questionnaire_options(p_version int, p_question text) returns json
    language plpgsql stable
    as $$
begin
    return (
        select json_agg(json_build_object('slug', o.slug, 'label', o.label, 'alone', case when o.alone then true end) order by o.position, o.slug)
        from question_option o where o.version = p_version and o.question = p_question);
end $$;

create or replace function questionnaire_questions(p_version int) returns json
    language sql stable
    as $$
    select json_agg(json_build_object(
        'id', q.id, 'section', q.section, 'page', q.page, 'kind', q.kind, 'required', q.required, 'ask', q.ask, 'hint', q.hint, 'missing', q.missing, 'plain', q.plain, 'sign', q.sign,
        'signs', q.signs, 'harmless', q.harmless, 'unit', q.unit, 'low', q.low, 'high', q.high, 'shown', q.shown, 'basis', q.basis,
        'options', questionnaire_options(p_version, q.id)) order by q.section, q.page, q.position, q.id)
    from question q where q.version = p_version
    $$;

create or replace function questionnaire_limits(r safety_rule) returns json
    language sql stable
    as $$
    select json_build_object('pressure_max', r.pressure_max, 'pressure_where', r.pressure_where, 'duration_max', r.duration_max, 'exclude', r.exclude, 'avoid', r.avoid,
                             'position', r.positions, 'product', r.products, 'require', r.require, 'confirm', r.confirm, 'precall', r.precall, 'guardian', r.guardian, 'not_before', r.not_before)
    $$;

create or replace function questionnaire_rules(p_version int) returns json
    language plpgsql stable
    as $$
begin
    return (
        select json_agg(json_build_object(
            'id', r.id, 'when', r.fires, 'outcome', r.outcome, 'urgency', r.urgency,
            'raised', case when r.raised_fires is not null then json_build_object('when', r.raised_fires, 'urgency', r.raised_urgency, 'text', r.raised_text) end,
            'default', r.is_default, 'lowers', r.lowers, 'written', r.written, 'self', r.self, 'stay_active', r.stay_active, 'cleared_by', r.cleared_by, 'reason', r.reason,
            'text', r.client_text, 'therapist', r.therapist_text, 'basis', r.basis, 'limits', questionnaire_limits(r)) order by r.position, r.id)
        from safety_rule r where r.version = p_version);
end $$;

create or replace function questionnaire_terms(p_version int) returns json
    language sql stable
    as $$
    select json_object_agg(k, (select coalesce(json_agg(json_build_object('slug', t.slug, 'label', t.label) order by t.position, t.slug), '[]')
                               from questionnaire_term t where t.version = p_version and t.kind = k))
    from unnest('{exclude,avoid,position,product,require}'::text[]) k
    $$;

create or replace function questionnaire_signed(q questionnaire) returns text
    language sql stable
    as $$ select q.signed_name || ', ' || q.signed_profession || ', ' || say_date_long(q.signed_on, site_country()) $$;

-- Null: there is no such version.
create or replace function questionnaire_document(p_version int) returns json
    language sql stable
    as $$
    select json_strip_nulls(json_build_object(
        'version', q.version, 'state', q.state, 'published_on', to_char(q.published_at at time zone 'UTC', 'YYYY-MM-DD'), 'signed_by', questionnaire_signed(q),
        'pages', (select json_agg(json_build_object('section', p.section, 'page', p.page, 'title', p.title, 'about', p.about) order by p.section, p.page) from questionnaire_page p where p.version = q.version),
        'questions', questionnaire_questions(q.version), 'rules', questionnaire_rules(q.version), 'terms', questionnaire_terms(q.version)))
    from questionnaire q where q.version = p_version
    $$;

-- The version that is asked now.
create or replace function questionnaire_now() returns int
    language sql stable
    as $$ select version from questionnaire where state = 'published' $$;

-- --- Versions that are not drafts stay as they are

-- Whoever changes a row of a draft holds its version until the end of the transaction, so that nothing is changed while it is being published.
create or replace function questionnaire_kept() returns trigger
    language plpgsql
    as $$
declare
    touched int[] := array_remove(array[case when tg_op <> 'INSERT' then old.version end, case when tg_op <> 'DELETE' then new.version end], null);
    v int;
begin
    foreach v in array touched loop
        perform from questionnaire q where q.version = v and q.state = 'draft' for share;
        if not found and exists (select from questionnaire q where q.version = v) then
            raise exception 'version % of the questionnaire is not a draft and stays as it is', v using errcode = 'check_violation';
        end if;
    end loop;
    return case tg_op when 'DELETE' then old else new end;
end $$;

-- draft → published → replaced; a draft can be dropped; a published version is signed once.
create or replace function questionnaire_moves() returns trigger
    language plpgsql
    as $$
begin
    if tg_op = 'DELETE' then
        if old.state <> 'draft' then
            raise exception 'version % of the questionnaire is not a draft and stays', old.version using errcode = 'check_violation';
        end if;
        return old;
    end if;
    if new.version <> old.version or new.based_on is distinct from old.based_on or new.made_at <> old.made_at or new.made_by <> old.made_by
       or (old.state, new.state) not in (('draft', 'draft'), ('draft', 'published'), ('published', 'published'), ('published', 'replaced'), ('replaced', 'replaced'))
       or (old.state <> 'draft' and (new.note, new.published_at, new.published_by) is distinct from (old.note, old.published_at, old.published_by))
       or (old.signed_on is not null and (new.signed_on, new.signed_name, new.signed_profession) is distinct from (old.signed_on, old.signed_name, old.signed_profession)) then
        raise exception 'version % of the questionnaire cannot change like that', old.version using errcode = 'check_violation';
    end if;
    return new;
end $$;
create or replace trigger questionnaire_moves before update or delete on questionnaire for each row execute function questionnaire_moves();

do $$
declare
    t text;
begin
    foreach t in array array['questionnaire_page', 'question', 'question_option', 'questionnaire_term', 'safety_rule'] loop
        execute format('create or replace trigger questionnaire_kept before insert or update or delete on %I for each row execute function questionnaire_kept()', t);
    end loop;
end $$;

-- --- Emergencies

-- Whom to call in this country; members without a number stand for what the configuration says.
create or replace function help_json(p_country text) returns json
    language plpgsql stable
    as $$
begin
    return (select json_strip_nulls(json_build_object('country', x.country, 'emergency', e.emergency, 'urgent_line', e.urgent_line, 'helpline', e.helpline))
            from (select p_country as country) x left join emergency_number e on e.country = x.country);
end $$;

grant execute on function questionnaire_options, questionnaire_questions, questionnaire_limits, questionnaire_rules, questionnaire_terms, questionnaire_signed, questionnaire_document,
    questionnaire_now, help_json to unknot_web;

-- One test of a condition (src/intake/condition.h) in words: “How are your legs?” is “I am not sure”.
create or replace function condition_test_said(p_version int, p_test text) returns text
    language plpgsql stable
    as $$
declare
    part constant text[] := regexp_match(p_test, '^(any )?(\w+) (\S+) ?(.*)$');
    op constant text := part[3];
    q question;
    labels text[];
    named text;
begin
    if part[2] = 'age' then
        return 'the person is ' || case op when '<' then 'under ' || part[4] when '>=' then part[4] || ' or older' else op || ' ' || part[4] end;
    end if;
    select * into q from question x where x.version = p_version and x.id = part[2];
    labels := array(select '“' || coalesce(o.label, initcap(slug)) || '”'
                    from unnest(string_to_array(btrim(part[4], '()'), ', ')) with ordinality t (slug, n)
                    left join lateral (select x.label from question_option x where x.version = p_version and x.slug = t.slug
                                       and (x.question = q.id or part[1] is not null and x.question in (select y.id from question y where (y.version, y.section) = (p_version, part[2])))
                                       limit 1) o on true
                    order by n);
    named := concat_ws(' or ', nullif(array_to_string(labels[:cardinality(labels) - 1], ', '), ''), labels[cardinality(labels)]);
    if part[1] is not null then
        return 'some answer about ' || ('{warning signs,who comes,the back pain,health,goals,what is agreed to,the day}'::text[])[right(part[2], 1)::int] || ' is ' || named;
    elsif op = 'answered' then
        return '“' || q.ask || '” is answered';
    elsif op = 'within' then
        return '“' || q.ask || '” is at most ' || part[4] || ' ago';
    elsif q.kind = 'number' then
        return '“' || q.ask || '” is ' || case op when '>=' then part[4] || ' or more' when '<=' then part[4] || ' or less' when '<' then 'less than ' || part[4]
                   when '>' then 'more than ' || part[4] when '!=' then 'not ' || part[4] else part[4] end;
    end if;
    return '“' || q.ask || '” ' || case op when 'lacks' then 'does not have ' when 'only' then 'has nothing but ' when '!=' then 'is not ' else case q.kind when 'choice' then 'is ' else 'has ' end end || named;
end $$;

-- A whole condition: its tests in words, and what is between them as it stands.
create or replace function condition_said(p_version int, p_condition text) returns text
    language plpgsql stable
    as $$
declare
    rest text := regexp_replace(btrim(p_condition), '\s+', ' ', 'g');
    said text := '';
    test text;
begin
    loop
        test := regexp_substr(rest, '\m(any )?([A-Z]+\d\w*|age) (answered\M|(in|has|lacks|only|within|[!<>=]+) (\([^)]*\)|\d+ (days|weeks|months|years)|\w+))');
        exit when test is null;
        said := said || replace(regexp_replace(left(rest, strpos(rest, test) - 1), 'not( \(?)$', 'not:\1'), ' or ', ', or ') || condition_test_said(p_version, test);
        rest := substr(rest, strpos(rest, test) + length(test));
    end loop;
    return regexp_replace(said || rest, 'count\((.*)\) >= (\d+)', 'at least \2 of these: \1');
end $$;

-- What everybody can read about the rules: all of the published version, the strongest first.
create or replace function safety_rules_page() returns json
    language sql stable
    as $$
    select json_build_object('version', q.version, 'published_on', say_date_long((q.published_at at time zone 'UTC')::date, site_country()), 'signed_by', questionnaire_signed(q),
        'groups', (select json_agg(json_build_object('outcome', g.outcome, 'title', g.title, 'about', g.about,
                       'rules', (select json_agg(json_build_object('id', r.id, 'reason', r.reason, 'if', r.fires, 'said', condition_said(r.version, r.fires), 'basis', r.basis) order by r.position, r.id)
                                 from safety_rule r where (r.version, r.outcome) = (q.version, g.outcome))) order by g.n)
                   from (values (1, 'STOP', 'Stop: get help first', 'Nothing can be booked, and we say where to go and how soon.'),
                                (2, 'CLEARANCE', 'Somebody has to agree first', 'A clinician, a guardian or time. Then the visit can take place.'),
                                (3, 'MODIFY', 'A visit with limits', 'The therapist is told what to leave out or to do differently.'),
                                (4, 'PROCEED', 'A word, and no limit', 'The visit can take place as it is.')) g (n, outcome, title, about)))
    from questionnaire q where q.state = 'published'
    $$;
grant execute on function condition_test_said, condition_said, safety_rules_page to unknot_web;
