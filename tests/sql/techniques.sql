-- The techniques of services: who states them, what limits leave out, what a booking keeps, and the wall before a visit that is left out.
\ir booking.psql
select no_plan();

create function pg_temp.save(p_session text, p_id int, p_more jsonb) returns json language sql as $$
    select pg_temp.web('', format('select practice_service_save(%L, %L)', p_id, '{"name":"Massage","minutes":"60","price":"8500"}'::jsonb || p_more), p_session)::json $$;
create function pg_temp.slugs(p_service int) returns text language sql as $$ select array_to_string(service_techniques(p_service), ' ') $$;
create function pg_temp.stated(p_slug text) returns text language sql
    as $$ select coalesce(string_agg(g.slug, ' ' order by g.position, g.id), '') from therapist_tag x join tag g on g.id = x.tag_id where x.therapist_id = pg_temp.therapist(p_slug) and g.kind = 'technique' $$;
create function pg_temp.try(p_token text, p_key int, p_limits json) returns text language sql as $$
    select coalesce(d ->> 'type', d ->> 'safety_passed') from (
        select pg_temp.web(p_token, format('select booking_safety_pass(%L, ''MODIFY'', ''test'', ''sealed'', false, false, null, %L)', pg_temp.id(p_key), p_limits))::json) x (d) $$;
create function pg_temp.shape(p_token text, p_key int, p_limits json) returns json language sql
    as $$ select pg_temp.web(p_token, format('select booking_shape(%L, %L)', pg_temp.id(p_key), p_limits))::json $$;
create function pg_temp.labels(p json) returns text language sql as $$ select coalesce(string_agg(x ->> 'slug', ' '), '') from json_array_elements(p) x $$;

-- --- Stating them

select is(pg_temp.save('ana', pg_temp.service('test-ana'), '{}') ->> 'field', 'technique', 'a service needs one at least');
select is(pg_temp.save('ana', pg_temp.service('test-ana'), '{"technique":"{telepathy}"}') ->> 'field', 'technique', 'which there is');
select is(pg_temp.save('ana', pg_temp.service('test-ana'), '{"technique":"{low-back}"}') ->> 'field', 'technique', 'and is a technique');
update service set techniques_stated = false where id = pg_temp.service('test-ana');
select ok((pg_temp.web('', 'select practice_services()', 'ana')::json ->> 'ask_techniques')::boolean, 'what was derived is asked about');
select is(directory_profile('test-ana') -> 'services' -> 0 ->> 'has_techniques', 'false', 'and not shown as what she says');
select pg_temp.save('ana', pg_temp.service('test-ana'), '{"technique":"{deep-tissue,swedish}"}');
select is(pg_temp.slugs(pg_temp.service('test-ana')), 'swedish deep-tissue', 'two are put');
select is(pg_temp.stated('test-ana'), 'swedish deep-tissue', 'and stated of herself, so that search finds her by them');
select ok(not (pg_temp.web('', 'select practice_services()', 'ana')::json ->> 'ask_techniques')::boolean, 'asked no more');
select is(pg_temp.labels(directory_profile('test-ana') -> 'services' -> 0 -> 'techniques'), 'swedish deep-tissue', 'and shown');
update service set techniques_stated = false where id = pg_temp.service('test-ana');
select is(pg_temp.labels(directory_profile('test-ana') -> 'services' -> 0 -> 'techniques') || (directory_profile('test-ana') -> 'services' -> 0 ->> 'has_techniques')
    || coalesce(therapist_schema('test-ana', '', 'LocalBusiness') -> 'makesOffer' -> 0 ->> 'itemOffered', ''), 'false', 'what is only guessed is shown to nobody');
select is(techniques_stated, false, 'guessed') from service where id = pg_temp.service('test-ana');
select pg_temp.save('ana', pg_temp.service('test-ana'), '{"technique":"{deep-tissue,swedish}"}');
select is(techniques_stated, true, 'and hers once she saved it') from service where id = pg_temp.service('test-ana');
select is(pg_temp.save('ben', pg_temp.service('test-ana'), '{"technique":"{cupping}"}')::text, null, 'nobody states them for her');
select throws_ok(format($$ select pg_temp.web('', 'insert into service_tag select %s, id, %s from tag where slug = ''cupping''', 'ben') $$, pg_temp.service('test-ana'), pg_temp.therapist('test-ana')), '42501', null, 'nor by hand');
select throws_ok(format($$ select pg_temp.web('', 'insert into service_tag select %s, id, %s from tag where slug = ''cupping''', 'ben') $$, pg_temp.service('test-ana'), pg_temp.therapist('test-ben')), null, null, 'not as his own either');
select throws_ok(format($$ select pg_temp.web('', 'insert into service_tag select %s, id, %s from tag where kind = ''complaint'' limit 1', 'ana') $$, pg_temp.service('test-ana'), pg_temp.therapist('test-ana')), '42501', null, 'only techniques');
select is(pg_temp.web('', 'with d as (delete from service_tag returning 1) select count(*) from d', 'ben'), '0', 'he drops none of hers');
select is(pg_temp.web('', $$select practice_topic_save('techniques', '{}', '[["technique","swedish"],["technique","cupping"]]')$$, 'ana')::json ->> 'title',
    'Deep tissue massage is in your service “Massage”. Take it out there first, under Services', 'what a service consists of stays stated');
select is(pg_temp.stated('test-ana'), 'swedish deep-tissue', 'nothing was changed by that');
select is(pg_temp.web('', $$select practice_topic_save('techniques', '{}', '[["technique","swedish"],["technique","deep-tissue"],["technique","cupping"]]')$$, 'ana')::json ->> 'problem', null, 'more can be');
select is(therapist_schema('test-ana', '', 'LocalBusiness') -> 'makesOffer' -> 0 -> 'itemOffered' ->> 'serviceType', '["Swedish massage","Deep tissue massage"]', 'search engines read it of the service');
select is(pg_temp.web('', $$select operator_tag('technique', 'deep-tissue')$$, 'olga')::json ->> 'services', (select count(*)::text from service_tag x join tag g on g.id = x.tag_id join service s on s.id = x.service_id where g.slug = 'deep-tissue' and s.retired_at is null), 'an operator reads in how many services it is');
-- an operator offers one no more: who has it keeps it, nobody else gets it
update tag set retired_at = now() where kind = 'technique' and slug = 'deep-tissue';
select pg_temp.save('ana', pg_temp.service('test-ana'), '{"technique":"{deep-tissue,swedish}"}');
select is(pg_temp.slugs(pg_temp.service('test-ana')), 'swedish deep-tissue', 'what is retired stays where it is');
select is(pg_temp.web('', 'select practice_services()', 'ana')::json -> 'services' -> 0 ->> 'retired_techniques', 'Deep tissue massage', 'and is said');
select is(pg_temp.save('ben', pg_temp.service('test-ben'), '{"technique":"{deep-tissue}"}') ->> 'field', 'technique', 'not put anew');
select ok(not techniques_left_out('{"exclude":["deep-tissue"]}') <> '{deep-tissue}', 'a rule still leaves it out');
update tag set retired_at = null where kind = 'technique' and slug = 'deep-tissue';

-- --- What is left out

select is(techniques_left_out('{}'), '{}', 'without limits nothing');
select ok(techniques_left_out('{"pressure_max":3}') @> '{deep-tissue,ashiatsu}' and not techniques_left_out('{"pressure_max":3}') && '{swedish,neuromuscular,sports,heat-hydro}', 'what is always firmer, nothing that can be lighter');
select is((select count(*)::int from tag where kind = 'technique' and (slug = any (techniques_left_out('{"pressure_max":1}'))) is distinct from (coalesce(pressure_min, 0) > 1)), 0, 'exactly that');
select ok(service_fits(60, '{swedish,deep-tissue}', 1000, '{deep-tissue}'), 'some are left');
select ok(not service_fits(60, '{deep-tissue}', 1000, '{deep-tissue,thai}'), 'none is left');
select ok(service_fits(60, '{}', 1000, '{deep-tissue}'), 'nothing is said of it');
select ok(not service_fits(60, '{swedish}', 45, '{}') and service_fits(45, '{swedish}', 45, '{}'), 'too long');

-- --- The wall, and what a booking keeps

select pg_temp.save('ana', null, '{"name":"Long","minutes":"90","technique":"{swedish}"}');
select pg_temp.hold('kim', 1, 'test-ana', pg_temp.at(0));
select is(array_to_string((select techniques from booking where key = pg_temp.key(1)), ' '), 'swedish deep-tissue', 'a booking takes them along');
select is(pg_temp.try('eve', 1, '{}'), null, 'a stranger passes nothing');
select is(pg_temp.try('kim', 1, '{"exclude":["swedish","deep-tissue"]}'), 'service-not-for-you', 'all left out: not passed');
select is(pg_temp.try('kim', 1, '{"duration_max":45}'), 'service-not-for-you', 'too long: not passed');
select is((select safety_id from booking where key = pg_temp.key(1)), null, 'nothing is kept of it');
select pg_temp.name('kim', 1);
select is(pg_temp.confirm('kim', 1) ->> 'type', 'safety-check-missing', 'and it is not booked');
select is(pg_temp.labels(pg_temp.shape('kim', 1, '{"exclude":["deep-tissue"]}') -> 'without'), 'deep-tissue', 'some left out: it goes on without them');
select is(pg_temp.shape('kim', 1, '{"exclude":["deep-tissue"]}') ->> 'unfit', 'false', 'and fits');
select is(pg_temp.shape('kim', 1, '{"pressure_max":3,"exclude":["swedish"]}') ->> 'unfit', 'true', 'excluded and too firm together leave nothing');
select is(pg_temp.shape('kim', 1, '{"duration_max":45}') ->> 'services', '[]', 'no service of hers is short enough');
select is(pg_temp.shape('eve', 1, '{}')::text, null, 'its shape is nobody else''s');
select is(pg_temp.web('', format('select booking_without(%L, ''{"exclude":["deep-tissue"]}'')', pg_temp.id(1)), 'ben'), null, 'another therapist learns nothing');
select pg_temp.save('ana', pg_temp.service('test-ana'), '{"technique":"{cupping}"}');
select is(array_to_string((select techniques from booking where key = pg_temp.key(1)), ' '), 'swedish deep-tissue', 'a service that changes changes no booking');
select throws_ok(format($$ select pg_temp.web('kim', 'update booking set techniques = ''{}'' where id = ''%s''') $$, pg_temp.id(1)), '42501', null, 'nor does its guest');

-- --- Another service at the same time

select is(pg_temp.web('eve', format('select booking_service(%L, %s)', pg_temp.id(1), pg_temp.service('test-ana'))), null, 'not by a stranger');
select is(pg_temp.web('kim', format('select booking_service(%L, %s)', pg_temp.id(1), pg_temp.service('test-ben')))::json ->> 'type', 'no-such-service', 'not one of somebody else''s');
select is(pg_temp.web('eve', format('select claim_service(%L, %s)', pg_temp.id(1), pg_temp.service('test-ana'))), 'false', 'the claim is not moved by a stranger either');
select is(pg_temp.web('kim', format('select booking_service(%L, %s)', pg_temp.id(1), (select id from service where name = 'Long' and therapist_id = pg_temp.therapist('test-ana'))))::json -> 'service' ->> 'minutes', '90', 'a longer one, where there is time');
select is((select upper(blocked) - lower(blocked) from slot_claim where booking_id = pg_temp.id(1)), interval '90 minutes', 'its claim is as long');
select is((select ends_at - starts_at from booking where key = pg_temp.key(1)), interval '90 minutes', 'and so is the visit');
select is(array_to_string((select techniques from booking where key = pg_temp.key(1)), ' '), 'swedish', 'with its techniques');
select is(pg_temp.try('kim', 1, '{"exclude":["deep-tissue"]}'), 'true', 'which pass');
select is(pg_temp.web('kim', format('select booking_service(%L, %s)', pg_temp.id(1), pg_temp.service('test-ana')))::json ->> 'type', 'service-is-kept', 'after that it stays');
select is_empty(format('select * from listing_differences(array[%s])', pg_temp.therapist('test-ana')), 'the listing says the truth of her times');

-- --- The other therapists

select ok(trainings_wanted('[["oncology","lymph"],["nobody-teaches-this"]]') = array[(select array_agg(id order by id)::text from tag where kind = 'specialism' and slug in ('oncology', 'lymph'))], 'a list of which one is enough; what there is not is not asked for');
select results_eq(format('select therapist_id from others_fitting(39.8, -89.6, 16, 1000, ''{}'', ''{}'') where therapist_id in (%s, %s) order by 1', pg_temp.therapist('test-ana'), pg_temp.therapist('test-ben')),
    format('values (%s), (%s)', pg_temp.therapist('test-ana'), pg_temp.therapist('test-ben')), 'without limits both');
select results_eq(format('select therapist_id from others_fitting(39.8, -89.6, 16, 60, (select array_agg(id) from tag where slug = ''cupping''), ''{}'') where therapist_id in (%s, %s)', pg_temp.therapist('test-ana'), pg_temp.therapist('test-ben')),
    format('values (%s)', pg_temp.therapist('test-ben')), 'who has nothing left is not among them: one is too long, the other cupping');
insert into credential (therapist_id, kind, title, issuer, specialism_id, checked_on, checked_until, checked_where, checked_by)
select pg_temp.therapist('test-ben'), 'ce_course', 'Course', 'School', id, current_date - 400, current_date - 1, 'seen', 'Olga' from tag where kind = 'specialism' and slug = 'prenatal';
select is_empty($$ select * from others_fitting(39.8, -89.6, 16, 1000, '{}', trainings_wanted('[["prenatal"]]')) where metres < 10 $$, 'training whose check has run out is none');
update credential set checked_until = current_date + 30 where therapist_id = pg_temp.therapist('test-ben');
select results_eq($$ select therapist_id from others_fitting(39.8, -89.6, 16, 1000, '{}', trainings_wanted('[["prenatal"]]')) where metres < 10 $$, format('values (%s)', pg_temp.therapist('test-ben')), 'and counts while it holds');
select is(pg_temp.web('eve', format('select booking_others(%L, ''{}'', 1)', pg_temp.id(1))), null, 'nobody asks for somebody else');

select finish();
rollback;
