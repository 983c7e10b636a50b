-- The questionnaire's tables: version 1 as the seed has it is whole, what is published stays as it is, and who sees a draft.
\set QUIET 1
\pset format unaligned
\pset tuples_only true
\set ON_ERROR_ROLLBACK 1
\set ON_ERROR_STOP true
begin;
select no_plan();

-- --- Version 1: the 92 questions of the published set (one, the place, is not asked: the booking says it), each by its id or those of its members; 112 rules

create temp table wanted (id text, section text);
insert into wanted select 'RF' || x, 'S1' from unnest(string_to_array('01 02 03 03b 04 05 05a 06 07 08 09 10 10a 11 12 13 14 15 16', ' ')) x;
insert into wanted select 'A0' || x, 'S2' from generate_series(1, 6) x;
insert into wanted select 'P' || x, 'S3' from unnest(string_to_array('01 02 03 03a 04 04a 05 06 07 07b 08 09 10 11 12', ' ')) x;
insert into wanted select 'H' || x, 'S4' from unnest(string_to_array('01 02 03 03a 04 04a 05 05a 05b 06 06a 07 08 09 10 11 12 12a 12b 12c 13 14 15 16 17 17a 18 19 20 21 22 23', ' ')) x;
insert into wanted select 'G0' || x, 'S5' from generate_series(1, 7) x;
insert into wanted select 'K0' || x, 'S6' from generate_series(1, 7) x;
insert into wanted select 'D0' || x, 'S7' from generate_series(1, 6) x;
select is((select count(*) from wanted), 92::bigint, 'the set has 92 questions');
select set_eq($$select w.id from wanted w where not exists (select from question q where q.version = 1 and q.section = w.section and (q.id = w.id or q.id like w.id || '\_%'))$$,
    array['A04'], 'all of them are asked, but the place');
select is_empty($$select q.id from question q where q.version = 1 and not exists (select from wanted w where q.section = w.section and (q.id = w.id or q.id like w.id || '\_%'))$$, 'and no others');
select set_eq($$select id from safety_rule where version = 1$$, string_to_array(
    'RF-01 RF-02 RF-03a RF-03b RF-03c RF-04 RF-04x RF-05a RF-05b RF-05c RF-06 RF-07 RF-08 RF-08u RF-09 RF-09u RF-10 RF-11a RF-11b RF-12 RF-13 RF-14 RF-16 X-COMBO X-DOWN '
    'AG-16 AG-18 AG-18x AD-01 PA-03a PA-03b PA-03c PA-06a PA-06b PA-06c PA-06d PA-06e PA-07 PA-11 HE-01a HE-01b HE-01c HE-02a HE-02b HE-02c HE-03a HE-03b HE-03c HE-03d HE-03e HE-03f '
    'HE-04a HE-04b HE-04c HE-05a HE-05g HE-05b HE-05c HE-05d HE-05e HE-05f HE-06a HE-06b HE-06c HE-06d HE-06e HE-07a HE-07b HE-08a HE-08b HE-09a HE-09b HE-09c HE-09d '
    'HE-10a HE-10b HE-10c HE-10d HE-10e HE-11a HE-11b HE-11c HE-11d HE-11e HE-12a HE-12b HE-12c HE-12d HE-12g HE-12e HE-12f HE-13a HE-13b HE-13c HE-14a HE-14b HE-14c HE-15 HE-16 '
    'HE-17a HE-17b HE-18 HE-19 HE-20 HE-23 HE-00 DY-03 DY-02 DY-04 DY-05 DY-01 OK-00', ' '), 'the rules are these');
select is((select count(*) from safety_rule where version = 1), 112::bigint, '112 of them');
select results_eq($$select outcome, count(*) from safety_rule where version = 1 group by 1 order by 1$$,
    $$values ('CLEARANCE', 35::bigint), ('MODIFY', 53), ('PROCEED', 6), ('STOP', 18)$$, 'so many of each outcome');
select is((select string_agg(id, ' ' order by position) from safety_rule where version = 1 and outcome = 'STOP' and urgency = 'emergency'), 'RF-01 RF-02 RF-03a RF-04 RF-12 RF-16 DY-03', 'emergencies');
select is((select string_agg(id, ' ' order by position) from safety_rule where version = 1 and outcome = 'STOP' and urgency = 'soon'), 'RF-10 RF-11a X-COMBO', 'what can wait some days');
select is((select string_agg(id, ' ' order by position) from safety_rule where version = 1 and written), 'HE-01a HE-03d HE-04b HE-11b', 'what needs the note itself');
select is((select string_agg(id, ' ' order by id) from question where version = 1 and section = 'S1' and not required and id !~ '^RF15'), 'RF04 RF10 RF11', 'three questions of the safety check can be left out');
select is_empty($$select r.id || ' ' || k.kind || ' ' || s from safety_rule r, (values ('exclude', 1), ('avoid', 2), ('position', 3), ('product', 4), ('require', 5)) k (kind, n),
    unnest(case k.n when 1 then r.exclude when 2 then r.avoid when 3 then r.positions when 4 then r.products else r.require end) s
    where not exists (select from questionnaire_term t where t.version = r.version and t.kind = k.kind and t.slug = s)$$, 'every word of a limit is told');
select is_empty($$select q.id from question q where q.version = 1 and q.section = 'S4' and q.kind in ('choice', 'multi')
    and not exists (select from question_option o where (o.version, o.question, o.slug, o.alone) = (1, q.id, 'in_person', true))$$, 'every choice about health can be left for the talk');
select is_empty($$select q.id from question q where q.version = 1 and q.kind in ('choice', 'multi', 'areas')
    and (select count(*) from question_option o where (o.version, o.question) = (q.version, q.id)) not between 2 and 64$$, 'every choice has something to choose');
select is_empty($$select id from question q where version = 1 and (harmless is not null and not exists (select from question_option o where (o.version, o.question, o.slug) = (1, q.id, q.harmless)))$$, 'what says that all is well is an option');
select is_empty($$select id from safety_rule where version = 1 and fires is not null and (condition_said(version, fires) ~ '\m(RF|[AHPD])\d\d|[a-z]_[a-z]|[<>=]' or condition_said(version, fires) is null)$$,
    'every condition is said in words');
select is(condition_said(1, fires), said, id) from safety_rule join (values
    ('RF-03b', '“How are your legs?” is “One leg is weaker, drags or gives way” and “Is that weakness new, or getting worse?” is “Yes” or “I am not sure”, or “How are your legs?” is “I am not sure”'),
    ('HE-05d', '“An operation, or an injection into the spine, in the last 12 weeks?” is “An injection into the spine” and “How many weeks ago?” is less than 2'),
    ('AG-18x', 'the person is under 18 and not: “Do you, as parent or legal guardian, agree to the massage and sign for it?” is “Yes”'),
    ('HE-00', 'some answer about health is “I would rather tell the therapist in person”'),
    ('PA-06e', '“Has a clinician told you that you have any of these?” has nothing but “Scoliosis”, “Arthritis of the spine”, “Disc wear” or “Sacroiliac joint pain”'),
    ('X-DOWN', '“Have you told a doctor, nurse or physical therapist about this?” is “Yes, and they said massage is fine” and “When did they say so?” is at most 30 days ago and “Name of the doctor, nurse or physical therapist” is answered')) x (rule, said)
    on x.rule = id where version = 1;
select is(condition_said(1, 'count(RF08 = yes, P04a = yes and age >= 55) >= 2'),
    'at least 2 of these: “Have you lost weight recently without trying?” is “Yes”, “Is this the first time you have had back pain?” is “Yes” and the person is 55 or older', 'what is counted');
select is_empty($$select id from safety_rule where version = 1 and basis !~ '(sourced: |general knowledge|our judgment)'$$, 'every rule says what it rests on');
select is((select count(*) from safety_rule where version = 1 and basis ~ 'general knowledge'), 44::bigint, 'and where that was not checked');
select is((select string_agg(x, ' | ') from (select client_text as x from safety_rule union all select raised_text from safety_rule union all select ask from question) y where x ~ '\{(?!EMERGENCY\}|URGENT_LINE\})'), null,
    'texts have no other gaps than those of numbers');
select is_empty($$select id from safety_rule where outcome = 'STOP' and urgency = 'emergency' and id <> 'DY-03' and client_text !~ '\{EMERGENCY\}'$$, 'an emergency names the number to call');
select is((select signed_name from questionnaire where version = 1), null, 'nobody has signed');

-- --- The document

create temp table doc as select questionnaire_document(1) as d;
select is(d ->> 'state', 'published', 'it says its state') from doc;
select is(json_array_length(d -> 'questions'), 110, 'it has the questions with their members') from doc;
select is(json_array_length(d -> 'rules'), 112, 'and the rules') from doc;
select is((select string_agg(x ->> 'id', ' ' order by n) from doc, json_array_elements(d -> 'questions') with ordinality y (x, n) where x ->> 'section' = 'S1'),
    'RF12 RF16 RF01 RF02 RF03 RF03b RF04 RF05 RF05a RF07 RF13 RF10 RF10a RF06 RF08 RF09 RF11 RF14 RF15 RF15_date RF15_clinician', 'in the order of the pages: emergencies first');
select is(questionnaire_document(99)::text, null, 'no document of no version');
select is(d::text ~ ':null', false, 'nothing in it is null') from doc;

-- --- The stored cases

select cmp_ok((select count(*) from questionnaire_case), '>=', 60::bigint, 'there are cases to try a version with');
select is_empty($$select r.id from safety_rule r where r.version = 1 and not exists (select from questionnaire_case c where r.id = any (c.rules))$$, 'every rule fires in one of them');
select is_empty($$select c.name || ' ' || x from questionnaire_case c, unnest(c.rules) x where not exists (select from safety_rule r where r.version = 1 and r.id = x)$$, 'and they name no others');
select is_empty($$select c.name || ' ' || k from questionnaire_case c, jsonb_object_keys(c.answers) k where not exists (select from question q where q.version = 1 and q.id = k)$$, 'nor other questions');
select is_empty($$select name from questionnaire_case where not must_hold$$, 'all of them must hold');

-- --- What is published stays

prepare change_text as update question set ask = 'Something else?' where version = 1 and id = 'RF01';
prepare drop_rule as delete from safety_rule where version = 1 and id = 'RF-01';
prepare add_option as insert into question_option values (1, 'RF01', 'perhaps', 9, 'Perhaps');
prepare drop_page as delete from questionnaire_page where version = 1 and section = 'S7';
prepare change_term as update questionnaire_term set label = 'x' where version = 1;
prepare drop_version as delete from questionnaire where version = 1;
prepare back_to_draft as update questionnaire set state = 'draft', published_at = null, published_by = null where version = 1;
prepare other_publisher as update questionnaire set published_by = 'x' where version = 1;
select throws_ok(x, '23514', null, x || ' is refused') from unnest(array['change_text', 'drop_rule', 'add_option', 'drop_page', 'change_term', 'drop_version', 'back_to_draft', 'other_publisher']) x;

insert into questionnaire (version, based_on, made_by) values (2, 1, 'Olga');
insert into questionnaire_page (version, section, page, title) values (2, 'S1', 1, 'One');
insert into question (version, id, section, page, position, kind, ask, missing) values (2, 'RF01', 'S1', 1, 1, 'choice', 'Numb?', 'Choose');
insert into question_option values (2, 'RF01', 'yes', 1, 'Yes'), (2, 'RF01', 'no', 2, 'No');
select throws_ok($$insert into questionnaire (version, made_by) values (3, 'Olga')$$, '23505', null, 'there is one draft at most');
select throws_ok($$update questionnaire set state = 'published', published_at = now(), published_by = 'Olga' where version = 2$$, '23505', null, 'and one published version');
select throws_ok($$update question set version = 1 where version = 2$$, '23514', null, 'nothing is moved into a published version');
select throws_ok($$update questionnaire_page set version = 2 where version = 1 and section = 'S7'$$, '23514', null, 'nor out of it');
select throws_ok($$update questionnaire set signed_name = 'Dr. Ada Grey', signed_profession = 'physical therapist', signed_on = '2026-11-21' where version = 2$$, '23514', null, 'a draft is not signed');
select lives_ok($$update questionnaire set signed_name = 'Dr. Ada Grey', signed_profession = 'physical therapist', signed_on = '2026-11-21' where version = 1$$, 'control: a published version is');
select is(questionnaire_document(1) ->> 'signed_by', 'Dr. Ada Grey, physical therapist, November 21, 2026', 'which the document says');
select throws_ok($$update questionnaire set signed_name = 'Somebody else' where version = 1$$, '23514', null, 'once');

-- Who reads what, as the web role.
create function pg_temp.sees(p_session text, p_query text) returns text language plpgsql as $$
declare
    said text;
begin
    perform auth.enter(p_session, null);
    set local session authorization unknot_web;
    execute p_query into said;
    raise exception using errcode = 'RB000', message = coalesce(said, 'null');
exception
    when sqlstate 'RB000' then return sqlerrm;
    when others then return sqlstate;
end $$;
insert into account (id, role, name, email) values ('a0000000-0000-4000-8000-000000000003', 'operator', 'Olga', 'olga@example.org');
insert into session (token_hash, account_id, expires_at, factored) values (sha256('session olga'), 'a0000000-0000-4000-8000-000000000003', now() + interval '1 hour', true);
insert into questionnaire_case (name, position, answers, today, outcome, rules) values ('A test of access', 9999, '{}', '2026-11-21', 'PROCEED', '{OK-00}');
select is(pg_temp.sees(null, 'select count(*) from questionnaire'), '1', 'everybody sees what is published');
select is(pg_temp.sees(null, 'select string_agg(distinct version::text, '' '') from ' || t), '1', 'and of ' || t || ' what belongs to it') from unnest('{questionnaire_page,question,question_option,questionnaire_term,safety_rule}'::text[]) t;
select is(pg_temp.sees(null, 'select questionnaire_document(2)'), 'null', 'but no draft');
select is(pg_temp.sees('session olga', 'select json_array_length(questionnaire_document(2) -> ''questions'')'), '1', 'which an operator does');
select is(pg_temp.sees(null, 'select count(*) from questionnaire_case'), '0', 'cases are not for everybody');
select isnt(pg_temp.sees('session olga', 'select count(*) from questionnaire_case'), '0', 'but for an operator');
select is(pg_temp.sees('session olga', s), '42501', s || ' is not for the web role')
from unnest(array['delete from questionnaire', 'update question set ask = ''x''', 'insert into question_option values (2, ''RF01'', ''x'', 3, ''X'')', 'delete from safety_rule', 'update questionnaire_term set label = ''x''',
    'delete from questionnaire_page', 'delete from questionnaire_case', 'update emergency_number set emergency = ''1''']) s;

select lives_ok($$delete from questionnaire where version = 2$$, 'a draft can be dropped');
select is((select count(*) from question where version = 2), 0::bigint, 'with all that is in it');

-- --- Replacing

insert into questionnaire (version, based_on, made_by) values (2, 1, 'Olga');
update questionnaire set state = 'replaced' where version = 1;
update questionnaire set state = 'published', published_at = now(), published_by = 'Olga' where version = 2;
select is(questionnaire_now(), 2, 'the next version is asked now');
select is(json_array_length(questionnaire_document(1) -> 'rules'), 112, 'the old one can be read for ever');
select throws_ok('change_text', '23514', null, 'and stays as it was');

-- --- Emergencies

select is(help_json('US')::text, '{"country":"US","emergency":"911","urgent_line":"your doctor or urgent care","helpline":"1-888-373-7888"}', 'whom to call in the United States');
select is((select string_agg(c || ' ' || (help_json(c) ->> 'emergency'), ', ') from unnest('{CA,GB,AU,NZ,DE,IE}'::text[]) c), 'CA 911, GB 999, AU 000, NZ 111, DE 112, IE 112', 'and elsewhere');
select is(help_json('MX')::text, '{"country":"MX"}', 'where we know no number, none is invented');
select is_empty($$select country from emergency_number where basis <> 'general knowledge'$$, 'all of them are marked as not checked');

select * from finish();
rollback;
