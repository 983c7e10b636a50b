-- The taxonomies: that the seed is whole, that bits are given once, that an operator's edits are theirs, and that what is stated can be searched at once.
\set ON_ERROR_STOP 1
\set QUIET 1
begin;
select no_plan();

-- --- The seed

select is_empty($$select k.kind from tag_kind k where not exists (select from tag t where t.kind = k.kind)$$, 'every taxonomy has values');
select cmp_ok((select count(*) from tag_kind), '>=', 24::bigint, 'and there are all of them');
select is_empty($$select g.tag_id, s from guidance g cross join lateral (select unnest(g.suggest) union all select unnest(g.others)) x (s)
    where not exists (select from tag t where t.kind = 'technique' and t.slug = x.s and t.retired_at is null)$$, 'guidance names techniques that there are');
select is_empty($$select tag_id from guidance where suggest && others$$, 'and none of them twice');
select is_empty($$select slug from tag t where kind = 'complaint' and not exists (select from guidance g where g.tag_id = t.id and g.evidence <> '' and g.suggest <> '{}')$$,
    'every complaint says what is suggested and how sure that is');
select is_empty($$select e.key, a from evidence e, unnest(e.about) a where not exists (select from tag t where t.kind || '/' || t.slug = a)$$, 'evidence speaks of values that there are');
select is_empty($$select t.kind, t.slug from tag t where t.kind in ('technique', 'complaint', 'cause', 'goal', 'specialism', 'setting', 'access') and t.basis = ''$$, 'what is said about a value says where it comes from');
select is_empty($$select 1 from register where basis = '' union all select 1 from evidence where basis = ''$$, 'and so do registers and evidence');
select is((select count(*) from register where country = 'US' and length(region) = 2), 52::bigint, 'registers: 50 states, Washington D.C., Puerto Rico');
select set_eq($$select distinct country from register$$, array['US', 'GB', 'CA', 'AU', ''], 'and the other countries');
select is_empty($$select c.kind from (values ('technique', 38), ('complaint', 17), ('cause', 33), ('goal', 15), ('effect', 16), ('pain', 8), ('duration', 4), ('specialism', 17), ('setting', 10), ('access', 11),
    ('language', 43), ('age', 4), ('length', 6), ('booking', 3), ('proof', 2)) c (kind, n) where (select count(*) from tag t where t.kind = c.kind) <> c.n$$, 'no value is missing');
select is_empty($$select kind from credential_kind k where offered and not exists (select from tag t where t.kind = 'credential' and t.slug = k.kind and t.label = k.label and t.retired_at is null)$$,
    'every kind of credential that may be a badge can be searched for');
select is_empty($$select slug from tag where kind = 'credential' and retired_at is null and slug in (select kind from credential_kind where not offered)$$, 'what must never be a badge cannot');
select is_empty($$select kind, label from tag where retired_at is null group by kind, label having count(*) > 1$$, 'no two values of a taxonomy have the same name');
select is_empty($$select kind, slug from tag where concat(label, about) ~* '\m(cures?|eliminates?|detox|toxins?|guaranteed|heals?|miracle)\M'
    union all select 'guidance', tag_id::text from guidance where concat(careful, plan, evidence) ~* '\m(cures?|eliminates?|detox|toxins?|guaranteed|heals?|miracle)\M'$$, 'no promise that nobody can keep');
select is_empty($$select word from term w join tag t on t.id = w.tag_id group by word having bool_or(t.kind in ('technique', 'complaint')) and bool_or(t.kind not in ('technique', 'complaint'))$$,
    'a word for a technique or a complaint means nothing else');
select is_empty($$select word from term where word <> fold(word) or word = ''$$, 'words are stored as they are compared');
select is((select string_agg(slug, ' ') from term w join tag t on t.id = w.tag_id where w.word in ('espanol', 'spanish')), 'es es', 'a language is found by either of its names');

-- --- Bits

select is_empty($$select kind, slug from tag t join tag_kind k using (kind) where (k.stated_of = 'person') <> (t.bit is null)$$, 'a bit for every value that is searched for, none for what people say of themselves');
select is_empty($$select slug, bit from tag where kind = 'technique' and bit > 62 union all select slug, bit from tag where kind <> 'technique' and bit < 64$$, 'the first word is the techniques''');
insert into tag (kind, slug, label) values ('technique', 'bit-a', 'Bit A'), ('technique', 'bit-b', 'Bit B'), ('ambience', 'bit_c', 'Bit C'), ('pain', 'bit_d', 'Bit D');
select is((select array_agg(bit order by slug) from tag where slug like 'bit_a' or slug like 'bit_b'), array[38, 39]::smallint[], 'a new technique takes the lowest free bit');
select ok((select bit >= 64 and bit is not null from tag where slug = 'bit_c'), 'another value one behind the techniques');
select is((select bit from tag where slug = 'bit_d'), null, 'what a person says none');
select cmp_ok((select min(id) from tag where slug like 'bit_%'), '>=', 10000, 'ids of one''s own do not meet the seed''s');
insert into tag (kind, slug, label) select 'technique', 'many-' || n, 'Many ' || n from generate_series(1, 80) n;
select is((select count(*) from tag where kind = 'technique' and bit is not null), 120::bigint, 'more than 64 in one taxonomy: each with a bit');
insert into tag (kind, slug, label) select 'ambience', 'lots_' || n, 'Lots ' || n from generate_series(1, 384) n;
select is((select count(*) from tag where bit is not null), 384::bigint, 'when all are given');
select cmp_ok((select count(*) from tag t join tag_kind k using (kind) where k.stated_of <> 'person' and bit is null), '>', 0::bigint, 'the rest goes without');
select is((select count(distinct bit) from tag where bit is not null), 384::bigint, 'and none is given twice');
delete from tag where slug ~ '^(many-|lots_|bit[-_])';

-- --- A therapist states, an operator edits

insert into account (id, role, name, email, password_hash) values
    ('a1000000-0000-4000-8000-000000000001', 'therapist', 'Tess', 'tess@example.org', 'hash'), ('a1000000-0000-4000-8000-000000000002', 'operator', 'Opal', 'opal@example.org', 'hash');
insert into therapist (id, account_id, slug, name, published) overriding system value values (9101, 'a1000000-0000-4000-8000-000000000001', 'tax-tess', 'Tess', true);
insert into location (id, therapist_id, street, town, country, lat, lon, zone) overriding system value values (9101, 9101, '1 Way', 'Town', 'US', 40, -90, 'America/Chicago');
insert into service (id, therapist_id, name, minutes, price, currency) overriding system value values (9101, 9101, 'Visit', 60, 8000, 'USD');
insert into session (token_hash, account_id, seen_at, expires_at, factored) values (sha256('tess'), 'a1000000-0000-4000-8000-000000000001', now(), now() + interval '1 hour', true),
    (sha256('opal'), 'a1000000-0000-4000-8000-000000000002', now(), now() + interval '1 hour', true);
create function pg_temp.has(p_kind text, p_slug text) returns boolean language sql as $$
    select coalesce(bool_or((array[l.tags0, l.tags1, l.tags2, l.tags3, l.tags4, l.tags5])[t.bit / 64 + 1] >> (t.bit % 64) & 1 = 1), false)
    from listing l, tag t where l.therapist_id = 9101 and t.kind = p_kind and t.slug = p_slug
$$;
create function pg_temp.as_web(p_session text) returns void language plpgsql as $$
begin
    perform auth.enter(p_session, null);
    set local role unknot_web;
end $$;

select pg_temp.as_web('tess') \g /dev/null
select is(practice_topic_save('languages', '{}', '[["language","es"],["language","ase"],["technique","swedish"]]') ->> 'topic', 'languages', 'a topic is saved');
select ok(pg_temp.has('language', 'es') and pg_temp.has('language', 'ase'), 'and can be searched for in the same transaction');
select ok(not pg_temp.has('technique', 'swedish'), 'what stands on another page is left alone');
select is(practice_topic_save('languages', '{}', '[["language","es"]]') ->> 'problem', null, 'saved again');
select ok(pg_temp.has('language', 'es') and not pg_temp.has('language', 'ase'), 'what is no longer ticked is gone');
select is(practice_topic_save('languages', '{}', '[["language","es"],["language","xx"]]') ->> 'field', 'language', 'a value that there is not is refused');
select is(practice_topic_save('people', '{}', '[["gender","woman"],["gender","man"]]') ->> 'title', 'Choose one only: Therapist’s gender', 'and two where one can be');
select is(practice_topic_save('access', '{}', '[]')::text, null, 'a place''s topic is none of one''s own');
select is(practice_topic_save('nonsense', '{}', '[]')::text, null, 'nor is one that there is not');
select is(practice_place_save(9101, 'access', '{}', '[["access","step_free"],["products","nut_free"]]') ->> 'topic', 'access', 'a place''s topic');
select ok(pg_temp.has('access', 'step_free') and pg_temp.has('products', 'nut_free'), 'is searched for as well');
select is(practice_place_save(9101, 'home', '{"home":"10"}', '[]') ->> 'home', '10', 'home visits are said in the country''s unit');
select is((select round(home_km::numeric, 2) from location where id = 9101), 16.09, 'and kept in km');
select ok(pg_temp.has('booking', 'home_visit'), 'and searched for');
select is(practice_place_save(2147483647, 'access', '{}', '[]')::text, null, 'nobody''s place');
select is(operator_tag_save('technique', 'swedish', '{"label":"Mine now"}')::text, null, 'a therapist edits no taxonomy');
reset role;
select is((select label from tag where kind = 'technique' and slug = 'swedish'), 'Swedish massage', 'and nothing was changed');

select pg_temp.as_web('opal') \g /dev/null
select is(operator_tag_save('ambience', null, '{"label":"Salt lamp","words":"salt lamp\nHimalaya, pink light"}') ->> 'slug', 'salt_lamp', 'an operator adds a value');
select is((select string_agg(word, '|' order by word) from term w join tag t on t.id = w.tag_id where t.slug = 'salt_lamp'), 'himalaya|pink light|salt lamp', 'with the words people type');
select is(operator_tag_save('ambience', null, '{"label":"salt LAMP"}') ->> 'field', 'short', 'not twice');
select is(operator_tag_save('ambience', null, '{"label":"Salt  lamp","short":"other"}') ->> 'field', 'label', 'nor by the same name');
select is(operator_tag_save('length', null, '{"label":"3 hours"}')::text, null, 'nor where the program has to know what it means');
select is(operator_tag_save('technique', 'swedish', '{"label":"Classic massage","about":"Long strokes.","pressure_min":"1","pressure_max":"3"}') ->> 'label', 'Classic massage', 'and changes one');
select is(operator_tag_save('technique', 'swedish', '{"label":"Classic massage","pressure_min":"4","pressure_max":"3"}') ->> 'field', 'pressure_max', 'but not to nonsense');
select is(operator_tag_offer('technique', 'cupping', false) ->> 'slug', 'cupping', 'and retires one');
select is(operator_kind_save(null, '{"short":"room_size","label":"Size of the room","stated_of":"location","one":"yes","in_filters":"yes","nth":"500"}') ->> 'kind', 'room_size', 'a taxonomy is added');
select is(operator_kind_save(null, '{"short":"sort","label":"X","stated_of":"location","one":"no","in_filters":"no","nth":"1"}') ->> 'field', 'short', 'under a name that the search has no use for');
select is(operator_tag_save('room_size', null, '{"label":"Large"}') ->> 'slug', 'large', 'with a value');
select is(operator_credential_kind_save('insurance', '{"label":"Cover","profession":"no","offered":"no"}') ->> 'label', 'Cover', 'a kind of credential');
select is((select count(*) from audit where account_id = 'a1000000-0000-4000-8000-000000000002'), 6::bigint, 'each is on record');
reset role;
select ok((select retired_at is not null from tag where kind = 'credential' and slug = 'insurance'), 'a kind that is no longer taken is no longer searched for');

-- whose cards show a word is the worker's to find out
select is((select array_agg(coalesce(t.slug, w.credential_kind) order by w.id) from listing_reworded w left join tag t on t.id = w.tag_id), '{salt_lamp,swedish,large,insurance}', 'what was changed is written down');
select is((select count(*) from listing_stale), 0::bigint, 'and nobody''s cards, however many show it');
do $$ begin while exists (select from listing_reworded) loop perform listing_reword(); end loop; end $$;
insert into credential (therapist_id, kind, title, issuer) values (9101, 'insurance', 'Cover', 'Insurer');
create function pg_temp.stale(p_tag int, p_kind text default null) returns int[] language plpgsql as $$
begin
    delete from listing_stale;
    insert into listing_reworded (tag_id, credential_kind) values (p_tag, p_kind);
    perform listing_reword();
    return array(select therapist_id from listing_stale);
end $$;
select is(pg_temp.stale(id), '{9101}', 'a word of the therapist''s') from tag where kind = 'language' and slug = 'es';
select is(pg_temp.stale(id), '{9101}', 'of a place') from tag where kind = 'access' and slug = 'step_free';
select is(pg_temp.stale(null, 'insurance'), '{9101}', 'of a credential');
select is(pg_temp.stale(id), '{}', 'of nobody''s') from tag where kind = 'technique' and slug = 'cupping';

select pg_temp.as_web('tess') \g /dev/null
select ok(practice_place(9101, 'room', null, null, null)::text like '%"slug" : "large"%', 'a new taxonomy is asked for by itself');
select is(practice_place_save(9101, 'room', '{}', '[["room_size","large"],["ambience","salt_lamp"]]') ->> 'problem', null, 'and can be stated');
select ok(pg_temp.has('room_size', 'large') and pg_temp.has('ambience', 'salt_lamp'), 'and is searched for at once');
select ok(practice_topic('techniques', null, null, null)::text not like '%"slug" : "cupping"%', 'what is retired is offered no more');
select is(practice_topic_save('techniques', '{}', '[["technique","cupping"]]') ->> 'field', 'technique', 'nor taken');
reset role;
insert into therapist_tag select 9101, id from tag where kind = 'technique' and slug = 'cupping';
select pg_temp.as_web('tess') \g /dev/null
select ok(practice_topic('techniques', null, null, null)::text like '%"slug" : "cupping"%', 'but it is there for who has it');
select is(practice_topic_save('techniques', '{}', '[["technique","cupping"],["technique","thai"]]') ->> 'problem', null, 'who keeps it');
select ok(pg_temp.has('technique', 'cupping') and pg_temp.has('technique', 'thai'), 'until they change it');
select ok((select card from listing_card where location_id = 9101) like '%Cupping, Thai massage%', 'and their card says so');
select is(practice_topic_save('techniques', '{}', '[["technique","thai"]]') ->> 'problem', null, 'once taken off');
select is(practice_topic_save('techniques', '{}', '[["technique","cupping"]]') ->> 'field', 'technique', 'it is gone');
reset role;

-- --- Pages of single values

select is(directory_topic('technique', 'deep-tissue') #>> '{topic,pressure}', 'firm to very firm', 'a technique''s page says its pressure');
select ok(directory_topic('technique', 'deep-tissue') ->> 'suggested_for' ~ 'chronic-tension', 'what it is suggested for');
select is(directory_topic('technique', 'deep-tissue') #>> '{studies,0,source}', (select source from evidence where key = 'deep-tissue-2014'), 'and first what is known of it');
select is(directory_topic('complaint', 'sciatica') #>> '{guidance,evidence}', 'Not recommended alone; only as part of a plan with exercise', 'a complaint''s page its evidence');
select is(directory_topic('complaint', 'sciatica') #>> '{guidance,suggest,0,href}', '/techniques/swedish', 'with the techniques in the order of the guidance');
select is(directory_topic('technique', 'cupping')::text, null, 'what is retired has none');
select is(directory_topic('technique', 'no-such')::text, null, 'nor has what there is not');

create function pg_temp.counted() returns setof bigint language sql as $$
    select count(*) from therapist_tag x join tag g on g.id = x.tag_id where g.kind = 'technique' and exists (select from listing l where l.therapist_id = x.therapist_id) group by g.id $$;
select ok((select sum(therapists) from topic_counts('technique')) > 0, 'who states what is counted');
select bag_eq($$select therapists from topic_counts('technique')$$, 'select * from pg_temp.counted()', 'of those who are listed');
select is((select t ->> 'therapists' from json_array_elements(directory_topics('technique') -> 'topics') t where t ->> 'slug' = 'swedish'), directory_topic('technique', 'swedish') #>> '{topic,therapists}', 'the same on both pages');

-- --- Training

insert into credential (therapist_id, kind, title, issuer, checked_on, checked_until, checked_where, checked_by, specialism_id)
select 9101, 'ce_course', 'Course', 'School', current_date, current_date + 9, 'x', 'x', id from tag where kind = 'specialism' and slug = 'mfr';
select ok(pg_temp.has('proof', 'back_pain_training') and pg_temp.has('specialism', 'mfr') and pg_temp.has('credential', 'ce_course'), 'checked training about the back is searched for');
update credential set specialism_id = (select id from tag where kind = 'specialism' and slug = 'ethics') where therapist_id = 9101;
select ok(not pg_temp.has('proof', 'back_pain_training') and pg_temp.has('specialism', 'ethics'), 'other training is no training about the back');

-- what forms offer follows each change
update tag set retired_at = now() where kind = 'technique' and slug = 'cupping';
insert into tag (kind, slug, label) values ('technique', 'quoted', 'With "quotes", said');
select is(array(select x ->> 'value' || ' ' || (x ->> 'label') from json_array_elements(choices_of('technique')) x), array(select slug || ' ' || label from tag where kind = 'technique' and retired_at is null order by label),
    'all that is offered, by its label');
select is(choices_of('nothing')::text, '[]', 'and nothing of what is no kind');

select finish();
rollback;
