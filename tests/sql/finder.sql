-- The guided finder: every answer leads somewhere, nothing that must be left out is suggested, and nothing is promised.
\set QUIET 1
\pset format unaligned
\pset tuples_only true
\set ON_ERROR_ROLLBACK 1
\set ON_ERROR_STOP true
begin;
select no_plan();

create function pg_temp.ids(p_kind text) returns table (id int, slug text) language sql as $$
    select t.id, t.slug from tag t where t.kind = p_kind and t.retired_at is null union all select -1, 'not_sure' $$;
create function pg_temp.slugs(p_said text[], p_pressure int default null, p_exclude text[] default null) returns text[] language sql as $$
    select coalesce(array_agg(x ->> 'slug'), '{}') from json_array_elements(finder(p_said, p_pressure, p_exclude) -> 'suggestions') x $$;

-- --- The data

select cmp_ok((select count(*) from finder_rule), '>', 80::bigint, 'there are rules');
select is((select string_agg(g.tag_id || ': ' || x, ', ') from guidance g, unnest(g.suggest || g.others) x where g.tag_id in (select guidance_id from finder_rule)
           and not exists (select from tag t where t.kind = 'technique' and t.slug = x)), null, 'every technique that a rule leads to exists');
select is((select string_agg(l.tag_id || ': ' || x, ', ') from finder_limit l, unnest(l.exclude) x where not exists (select from tag t where t.kind = 'technique' and t.slug = x)), null, 'and every one that is left out');
select is((select string_agg(t.kind || ':' || t.slug, ', ') from tag t join finder_kinds() k using (kind) where t.kind in ('region', 'duration', 'goal') and t.retired_at is null
           and not exists (select from finder_rule r where r.said_id = t.id) and not exists (select from finder_note n where n.tag_id = t.id)), null, 'every place, time and hope leads somewhere');
select is((select string_agg(t.slug, ', ') from tag t where t.kind = 'complaint' and t.retired_at is null and not exists (select from finder_rule r where r.guidance_id = t.id)), null, 'and every complaint can be reached');
select is((select count(*) from finder_rule r join tag t on t.id = r.said_id where t.kind not in (select kind from finder_kinds())), 0::bigint, 'rules speak of what is asked');
select is((select string_agg(x, ' | ') from (select reason as x from finder_rule union all select reason from finder_limit union all select text from finder_note union all select evidence || plan || careful from guidance) y
           where x ~* '\m(cures?|cured|curing|eliminat\w+|detox\w*|toxins?|guarantee\w*|heals?|healing|miracle)\M'), null, 'nothing is promised');

-- --- Every combination of time, place and hope

create temp table every as
select d.slug as duration, r.slug as region, g.slug as goal, array[d.id, r.id, g.id] as tags from pg_temp.ids('duration') d, pg_temp.ids('region') r, pg_temp.ids('goal') g;
create temp table got as select e.*, t.slug, s.pressure_min, s.pressure_max, s.beside, s.guidance_id, s.n from every e, finder_techniques(e.tags, null, null) s join tag t on t.id = s.technique_id;
select is((select count(*) from every), ((select count(*) from pg_temp.ids('duration')) * (select count(*) from pg_temp.ids('region')) * (select count(*) from pg_temp.ids('goal'))), 'all combinations are there');
select cmp_ok((select count(*) from every), '>', 1500::bigint, 'and they are many');
select is((select string_agg(concat_ws(' ', duration, region, goal), '; ') from every e where not exists (select from got g where g.tags = e.tags)), null, 'each gives a suggestion');
select is((select max(n) from got), 4::bigint, 'at most four');
select is((select count(*) from (select tags, slug from got group by tags, slug having count(*) > 1) x), 0::bigint, 'none twice');
select is((select string_agg(distinct slug, ' ') from got where duration = 'acute' and slug in ('deep-tissue', 'ashiatsu', 'thai', 'cross-fiber-friction', 'iastm', 'structural-integration')), null, 'nothing deep while it is fresh');
select is((select max(pressure_max) from got where duration = 'acute'), 3, 'nor firm');
select cmp_ok((select count(*) from got where slug = 'deep-tissue'), '>', 0::bigint, 'control: deep tissue is suggested to others');
select is((select string_agg(distinct region || ' ' || slug, ', ') from got where region ~ '^(thigh_back|calf|foot)_' and slug in ('deep-tissue', 'ashiatsu', 'thai', 'trigger-point')), null, 'nothing deep on a nerve');
select is((select string_agg(distinct region || ' ' || slug, ', ') from got where region ~ '^(thigh_back|calf|foot)_' and (beside <> 'exercise' or guidance_id <> (select id from tag where kind = 'complaint' and slug = 'sciatica'))), null,
          'what runs into the leg is never treated by massage alone, whatever else is said');
select cmp_ok((select count(*) from got where beside = ''), '>', 0::bigint, 'control: elsewhere it may be');

-- --- Every pain with every cause and time

create temp table caused as
select array[p.id, c.id, d.id, a.id] as tags, p.slug as pain, c.slug as cause, d.slug as duration, a.slug as age from pg_temp.ids('pain') p, pg_temp.ids('cause') c, pg_temp.ids('duration') d, pg_temp.ids('age') a
where a.slug in ('older_adults', 'not_sure');
create temp table got_caused as select c.*, t.slug, s.pressure_min, s.pressure_max, s.beside from caused c, finder_techniques(c.tags, null, null) s join tag t on t.id = s.technique_id;
select is((select string_agg(concat_ws(' ', pain, cause, duration, age), '; ') from caused c where not exists (select from got_caused g where g.tags = c.tags)), null, 'each gives a suggestion as well');
select is((select string_agg(distinct concat_ws(' ', g.cause, g.slug), ', ') from got_caused g join tag t on t.kind = 'cause' and t.slug = g.cause join finder_limit l on l.tag_id = t.id
           where g.slug = any (l.exclude) or g.pressure_min > l.pressure_max or g.pressure_max > l.pressure_max), null, 'nothing that a cause forbids');
select is((select string_agg(distinct slug, ' ') from got_caused where cause = 'pregnancy' and slug not in (select unnest(suggest || others) from guidance join tag t on t.id = tag_id where t.slug = 'pregnancy')), null, 'in pregnancy what is for pregnancy');
select is((select string_agg(distinct cause || ' ' || slug, ', ') from got_caused where cause in ('sciatica', 'herniated_disc', 'piriformis') and beside <> 'exercise'), null, 'a pinched nerve is never treated by massage alone');

-- --- What the safety check allows holds

select is((select string_agg(distinct s, ' ') from every e, unnest(array(select t.slug from finder_techniques(e.tags, 2, '{swedish,chair}') x join tag t on t.id = x.technique_id)) s where s in ('swedish', 'chair', 'deep-tissue', 'trigger-point')), null, 'light only, and without what it leaves out');
select cmp_ok((select count(*) from every e where exists (select from finder_techniques(e.tags, 2, '{deep-tissue,ashiatsu,thai}'))), '=', (select count(*) from every), 'there is something light for everybody');

-- --- Points

select is((pg_temp.slugs('{region:neck}'))[1], 'swedish', 'the first of a guidance comes first');
select ok(not 'deep-tissue' = any (pg_temp.slugs('{duration:acute,goal:relieve_tension}')) and 'deep-tissue' = any (pg_temp.slugs('{duration:chronic,goal:relieve_tension}')), 'time decides about deep tissue');
select results_eq($$ select points from finder_fits(finder_tags('{region:low_back_l,region:low_back_r,region:sacrum}')) where guidance_id = (select id from tag where slug = 'low-back') $$, $$ values (6) $$, 'of one kind the strongest counts, once');
select results_eq($$ select points from finder_fits(finder_tags('{region:low_back_l,pain:radiating}')) where guidance_id = (select id from tag where kind = 'complaint' and slug = 'sciatica') $$, $$ values (4) $$, 'kinds add up');
select is_empty($$ select from tag d, tag c, finder_fits(array[d.id, c.id] || finder_tags('{pain:sharp}')) f join tag t on t.id = f.guidance_id where d.kind = 'duration' and d.slug <> 'acute' and c.kind = 'cause' and t.slug = 'acute-strain' $$, 'a strain is fresh for four weeks');
select is_empty($$ select from finder_fits(finder_tags('{region:neck,pain:radiating,pain:burning_electric}')) where guidance_id = (select id from tag where kind = 'complaint' and slug = 'sciatica') $$, 'pain that runs from the neck into an arm is no sciatica');

-- --- The document

select is(finder('{region:nowhere,duration:acute}', null, null) ->> 'wrong', 'region', 'a value that is none is said');
select is(finder('{technique:swedish}', null, null) ->> 'wrong', 'technique', 'and a kind that is not asked');
select is(finder('{duration:acute,goal:nothing}', null, null) ->> 'wrong', 'goal', 'whichever it is');
select is(finder(array(select kind || ':not_sure' from finder_kinds()), null, null) ->> 'wrong', null, 'not to know is an answer');
select cmp_ok(json_array_length(finder(array(select kind || ':not_sure' from finder_kinds()), null, null) -> 'suggestions'), '>', 1, 'and no dead end');
select is((select sum(json_array_length(x -> 'labels')) from json_array_elements(finder(array(select kind || ':not_sure' from finder_kinds()), null, null) -> 'told') x), 0::bigint, 'nothing is told back that was not said');
select is((select string_agg(x ->> 0, ', ') from json_array_elements(finder('{region:low_back_l,age:older_adults,goal:sleep}', null, null) -> 'told') y, lateral (select y -> 'labels') z (x)), 'Low back, left, 65 or older, Better sleep', 'what was said is');
select is(finder('{region:calf_l}', null, null) ->> 'beside', 'exercise', 'beside what');
select is(finder('{region:neck}', null, null) ->> 'beside', null, 'or nothing');
select is((select string_agg(x ->> 'slug', ' ') from json_array_elements(finder('{region:low_back_l,pain:radiating,cause:pregnancy}', null, null) -> 'complaints') x), 'pregnancy low-back sciatica', 'complaints, the strongest first');
select is((select bool_and(x ->> 'label' <> '' and x ->> 'about' <> '' and x ->> 'why' like 'Suggested because %.' and x #>> '{evidence,label}' <> '' and x #>> '{evidence,source}' <> '')
           from json_array_elements(finder('{region:low_back_l,duration:chronic,goal:sleep}', null, null) -> 'suggestions') x), true, 'each says what it is, why, and how sure that is');
select is((select string_agg(x ->> 'slug', ' ') from json_array_elements(finder('{cause:pregnancy}', null, null) -> 'suggestions') x where (x ->> 'private')::boolean), 'prenatal', 'a name that tells of a condition is marked');
create function pg_temp.choices(p_step text, p_said text[]) returns setof json language sql as $$ select json_array_elements(g -> 'choices') from json_array_elements(finder_groups(p_step, p_said) -> 'groups') g $$;
select results_eq($$ select x ->> 'value' from pg_temp.choices('region', '{region:calf_r,region:neck,pain:calf_r}') x where (x ->> 'on')::boolean $$, $$ values ('neck'), ('calf_r') $$, 'what was chosen is on');
select is((select count(*) from pg_temp.choices('region', '{}')), (select count(*) from tag where kind = 'region' and retired_at is null), 'every place is asked');
select is((select string_agg(x ->> 'name' || ' ' || (x ->> 'value'), ', ') from pg_temp.choices('cause', '{}') x where x ->> 'value' = 'unknown' or x ->> 'name' not in ('cause', 'age')), null, 'of causes those that lead somewhere');
select is((select count(*) from pg_temp.choices('cause', '{}') x where x ->> 'value' in ('pregnancy', 'older_adults', 'herniated_disc')), 3::bigint, 'with age among them');
select is((select count(*) - count(distinct x ->> 'id') from pg_temp.choices('cause', '{}') x), 0::bigint, 'no id twice');
select is((select string_agg(x ->> 'id', ' ') from pg_temp.choices('pain', '{}') x where x ->> 'id' = 'pain'), 'pain', 'the first has the name of the page');
select is(finder_list('{a}') || finder_list('{a,b}') || finder_list('{a,b,c}'), 'aa and ba, b and c', 'lists as people say them');
select is((select string_agg(x ->> 'guide', ' ') from finder_note n, lateral (select json_build_object('guide', n.guide) as x) y where n.guide !~ '^([a-z]+(-[a-z]+)*)?$'), null, 'guides are named by slug');

select * from finish();
rollback;
