-- What is agreed to before a visit: the right text for the place, a fingerprint of what was shown, taken back, signed by the therapist too; and questions of
-- a therapist's own.
\ir booking.psql
select no_plan();

create function pg_temp.texts(p_token text, p_key int, p_minor boolean default false) returns json language sql
    as $$ select pg_temp.web(p_token, format('select consent_texts(%L, %L)', pg_temp.id(p_key), p_minor))::json $$;
create function pg_temp.shown(p_texts json) returns json language sql
    as $$ select json_object_agg(key, value ->> 'sha256') from json_each(p_texts) where json_typeof(value) = 'object' $$;
create function pg_temp.sign(p_token text, p_key int, p_shown json, p_minor boolean default false, p_health boolean default true) returns json language sql
    as $$ select pg_temp.web(p_token, format('select consent_sign(%L, %L, %L, %L, %L)', pg_temp.id(p_key), p_minor, case when p_minor then 'child' else 'self' end, p_shown, p_health))::json $$;
create function pg_temp.agreed(p_key int) returns text language sql
    as $$ select string_agg(purpose || ' ' || for_whom, ', ' order by purpose) from consent where booking_id = pg_temp.id(p_key) $$;

-- the text of the place: the state's by code or by name, the country's, or that for everywhere
select is((select t.place from consent_text_for(p, c, r) t), w, p || ' in ' || c || ' ' || r)
from (values ('treatment', 'US', 'TX', 'US-TX'), ('treatment', 'US', 'texas', 'US-TX'), ('treatment', 'US', 'WA', 'US-WA'), ('treatment', 'CA', 'Ontario', 'CA-ON'), ('treatment', 'US', 'OR', ''),
    ('treatment', 'AU', 'WA', ''), ('treatment', 'US', '', ''), ('treatment', 'US', '%', ''), ('guardian', 'US', 'DE', 'US-DE'), ('guardian', 'US', 'TX', ''), ('health_data', 'US', 'WA', 'US-WA')) x (p, c, r, w);

-- what the law of each place wants to stand there
select ok((select t.therapist_signs and t.body ~ 'sign' and t.body ~* 'breast' and t.body ~* 'buttocks stay covered' and t.body ~* 'sexual contact' and t.body ~ 'reason for your visits changes'
                  and t.body ~ 'To be treated' and t.body ~ 'To be left out' and t.body ~ 'can also end the session' from consent_text_for('treatment', 'US', 'TX') t), 'Texas: the items of a consultation document, signed by both');
select is((select t.months || ' ' || t.therapist_signs from consent_text_for('treatment', 'US', 'WA') t), '12 false', 'Washington: for one year');
select is((select count(*)::int from consent_text_for('treatment', 'CA', 'ON') t, regexp_matches(t.body, '^## [1-6]\. ', 'gn')), 6, 'Ontario: six elements');
select ok((select t.guardian_stays from consent_text_for('guardian', 'US', 'DE') t), 'Delaware: a parent stays');
select is((select count(*)::int from consent_text where reviewed_by is not null), 0, 'no draft says that a lawyer has seen it');

-- read: by who holds the time, filled in, as blocks
update location set region = 'TX' where id = (select location from pg_temp.of where slug = 'test-ana');
update credential set register_id = 44 where therapist_id = pg_temp.therapist('test-ana'); -- a license of Texas
select pg_temp.hold('kim', 1, 'test-ana', pg_temp.at(0));
select is(pg_temp.texts('mallory', 1)::text, null, 'nobody else reads the texts of a booking');
select is(pg_temp.texts('kim', 1) ->> 'guardian', null, 'none for a guardian');
select is(pg_temp.texts('kim', 1) #>> '{treatment,place}', 'Texas', 'that of Texas');
select is(pg_temp.texts('kim', 1) #>> '{treatment,blocks,0,heading}', 'The techniques', 'a heading');
select ok(pg_temp.texts('kim', 1) #>> '{treatment,blocks,1,paragraph}' ~ '^Ana, a licensed .* Massage for 60 minutes', 'a paragraph, names filled in');
select is(json_array_length(pg_temp.texts('kim', 1) #> '{treatment,blocks,3,items}'), 2, 'a list');
select is((pg_temp.texts('kim', 1) #>> '{treatment,awaits}')::boolean, true, 'it says that it is a draft');
select isnt(pg_temp.texts('kim', 1) #>> '{treatment,sha256}', (select encode(sha256(convert_to(title || E'\n\n' || body, 'UTF8')), 'hex') from consent_text where place = 'US-TX'), 'the fingerprint is of the text as filled in');

-- agreed: to what was shown
create temp table read as select pg_temp.shown(pg_temp.texts('kim', 1)) as fingerprints;
select is(pg_temp.sign('mallory', 1, (select fingerprints from read))::text, null, 'nobody else agrees');
select is(pg_temp.sign('kim', 1, '{"treatment":"0000"}') ->> 'changed', 'treatment', 'not to another text than was shown');
select is(pg_temp.agreed(1), null, 'and then to nothing');
select is(pg_temp.sign('kim', 1, (select fingerprints from read)) ->> 'signed', 'true', 'to that which was');
select is(pg_temp.agreed(1), 'health_data self, treatment self', 'a row for each');
select is((select encode(shown, 'hex') from consent where booking_id = pg_temp.id(1) and purpose = 'treatment'), (select fingerprints ->> 'treatment' from read), 'with the fingerprint of what was shown');
select is(pg_temp.sign('kim', 1, (select fingerprints from read), p_health => false) ->> 'signed', 'true', 'again, without keeping health answers');
select is(pg_temp.agreed(1), 'treatment self', 'in place of what was agreed before');
select pg_temp.sign('kim', 1, '{}');
select is(pg_temp.agreed(1), 'health_data self, treatment self', 'a program that shows no page agrees to what is in force');
select throws_ok($$ update consent_text set body = 'Other' where place = 'US-TX' and purpose = 'treatment' $$, '23514', null, 'a wording that was agreed to stands');
select lives_ok($$ update consent_text set reviewed_by = 'A lawyer, today' where place = 'US-TX' and purpose = 'treatment' $$, 'but may be looked at');

-- for a child, in Washington
update location set region = 'Washington' where id = (select location from pg_temp.of where slug = 'test-ben');
update credential set register_id = 48 where therapist_id = pg_temp.therapist('test-ben'); -- a license of Washington
select pg_temp.hold('lea', 2, 'test-ben', pg_temp.at(0));
select is(pg_temp.sign('lea', 2, pg_temp.shown(pg_temp.texts('lea', 2, true)), true) ->> 'signed', 'true', 'a guardian agrees');
select is(pg_temp.agreed(2), 'guardian child, health_data child, treatment child', 'to three texts');
select is((select valid_until - local_day(clock(), 'America/Chicago') between 365 and 366 from consent where booking_id = pg_temp.id(2) and purpose = 'treatment'), true, 'for a year');
select is((select valid_until from consent where booking_id = pg_temp.id(2) and purpose = 'health_data'), null, 'or as long as the care goes on');

-- booked: what both sides read, and the therapist's signature
select pg_temp.name('kim', 1);
select pg_temp.pass('kim', 1);
select pg_temp.confirm('kim', 1);
select is(pg_temp.sign('kim', 1, '{}')::text, null, 'nothing is agreed anew once it is booked');
select is(pg_temp.web('kim', format('select booking_answers(%L)', pg_temp.id(1)))::json ->> 'kept', 'true', 'the client sees that answers are kept');
select is(pg_temp.web('mallory', format('select booking_answers(%L)', pg_temp.id(1))), null, 'nobody else does');
select is(pg_temp.web('', format('select practice_booking(%L)', pg_temp.id(1)), 'ana')::json #>> '{consents,0,unsigned}', 'true', 'the therapist sees what is to be signed');
select is(pg_temp.web('', format('select practice_consent_sign(%L, ''Ben'')', pg_temp.id(1)), 'ben'), null, 'no other therapist signs it');
select is(pg_temp.web('', format('select practice_consent_sign(%L, ''Ana Prober'')', pg_temp.id(1)), 'ana')::json #>> '{consents,0,therapist_name}', 'Ana Prober', 'Ana does');
select is((select string_agg(purpose, ' ') from consent where booking_id = pg_temp.id(1) and therapist_name is not null), 'treatment', 'the one that wants it');
select pg_temp.web('', format('select practice_consent_sign(%L, ''Somebody Else'')', pg_temp.id(1)), 'ana');
select is((select therapist_name from consent where booking_id = pg_temp.id(1) and purpose = 'treatment'), 'Ana Prober', 'once');

-- taken back: the answers are gone, the visit stays
select isnt(pg_temp.web('', format('select practice_sealed(%L)', pg_temp.id(1)), 'ana'), null, 'control: there are answers to read');
select is(pg_temp.web('mallory', format('select booking_answers_withdraw(%L)', pg_temp.id(1))), null, 'nobody else takes it back');
select isnt((select sealed from safety_check where booking_id = pg_temp.id(1)), null, 'nothing happened');
select is(pg_temp.web('kim', format('select booking_answers_withdraw(%L)', pg_temp.id(1)))::json ->> 'kept', 'false', 'the client does');
select is((select concat(sealed, outcome) from safety_check where booking_id = pg_temp.id(1)), 'PROCEED', 'the outcome is all that is left');
select is(pg_temp.web('', format('select practice_sealed(%L)', pg_temp.id(1)), 'ana'), null, 'the therapist has nothing to open');
select is(pg_temp.web('', format('select practice_booking(%L)', pg_temp.id(1)), 'ana')::json #>> '{safety,withdrawn}', 'true', 'and is told why');
select is(pg_temp.state(1), 'confirmed', 'the visit stays');
select is((select string_agg(purpose, ' ') from consent where booking_id = pg_temp.id(1) and withdrawn_at is not null), 'health_data', 'what was agreed about the massage too');
select pg_temp.web('kim', format('select booking_answers_withdraw(%L)', pg_temp.id(1)));
select is((select count(*)::int from audit where action = 'answers.withdrawn'), 2, 'each time it is written down');

-- questions of a therapist's own
create function pg_temp.ask(p_form json, p_session text default 'ana', p_id int default null) returns json language sql
    as $$ select pg_temp.web('', format('select practice_question_save(%L, %L)', p_id, p_form), p_session)::json $$;
create function pg_temp.asks(p_token text, p_key int) returns json language sql as $$ select pg_temp.web(p_token, format('select booking_own_questions(%L)', pg_temp.id(p_key)))::json $$;
create function pg_temp.of_ana(p_n int) returns int language sql as $$ select id from own_question where therapist_id = pg_temp.therapist('test-ana') and position = p_n and retired_at is null $$;
select is(pg_temp.asks('kim', 1)::text, '[]', 'at first none');
select is(pg_temp.ask(f::json) ->> 'field', w, 'refused: ' || f)
from (values ('{"ask":"Why?"}', 'kind'), ('{"ask":"Which?","kind":"choice"}', 'options'), ('{"ask":"Which?","kind":"choice","options":"One"}', 'options'), ('{"ask":"Which?","kind":"choice","options":"One\nOne"}', 'options')) x (f, w);
select is(json_array_length(pg_temp.ask('{"ask":"Stairs?","kind":"yes_no","required":"yes"}') -> 'questions'), 1, 'one');
select is(json_array_length(pg_temp.ask('{"ask":"Which oil?","kind":"choice","options":" None\n\nAlmond \n"}') -> 'questions'), 2, 'another');
select is(pg_temp.asks('kim', 1) #>> '{1,options}', '["None","Almond"]', 'blank lines are no answers');
select is(pg_temp.asks('kim', 1) ->> 0, (select json_build_object('id', 'T' || pg_temp.of_ana(1), 'kind', 'yes_no', 'ask', 'Stairs?', 'hint', null, 'required', true, 'each_time', false, 'options', '[]'::json)::text), 'as the form gets it');
select is(pg_temp.asks('mallory', 1)::text, '[]', 'not for who holds no time');
select is(pg_temp.asks('lea', 2)::text, '[]', 'nor of a colleague');
select is(pg_temp.ask('{"ask":"Mine"}', 'ben', pg_temp.of_ana(1))::text, null, 'no colleague changes it');
select is(pg_temp.web('', format('select practice_question(%s)', pg_temp.of_ana(1)), 'ben'), null, 'nor reads it to change it');
select pg_temp.ask('{"ask":"Many stairs?","kind":"text"}', 'ana', pg_temp.of_ana(1));
select is((select ask || ' ' || kind || ' ' || required from own_question where id = pg_temp.of_ana(1)), 'Many stairs? yes_no false', 'the words change, the kind does not');
select is(pg_temp.web('', format('select practice_question_move(%s, ''down'')', pg_temp.of_ana(1)), 'ana')::json #>> '{questions,0,ask}', 'Which oil?', 'moved down');
select is(pg_temp.web('', format('select practice_question_move(%s, ''up'')', pg_temp.of_ana(1)), 'ana')::json #>> '{questions,0,ask}', 'Which oil?', 'the first stays the first');
select is(pg_temp.web('', format('select practice_question_move(%s, ''stop'')', pg_temp.of_ana(1)), 'ben'), null, 'no colleague stops it');
select is(json_array_length(pg_temp.web('', format('select practice_question_move(%s, ''stop'')', pg_temp.of_ana(1)), 'ana')::json -> 'questions'), 1, 'stopped');
select is(json_array_length(pg_temp.asks('kim', 1)), 1, 'and no longer asked');
select pg_temp.ask('{"ask":"One of many?","kind":"text"}') from generate_series(1, 11);
select is(pg_temp.ask('{"ask":"Too many?","kind":"text"}') ->> 'field', 'ask', 'twelve are the most');

select finish();
rollback;
