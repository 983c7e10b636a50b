-- One box takes everything: what is asked, a name, a town, a day and hours; in spite of slips, and whatever is typed.
\set QUIET 1
\pset format unaligned
\pset tuples_only true
\set ON_ERROR_ROLLBACK 1
\set ON_ERROR_STOP true
begin;
select no_plan();
set local plan_cache_mode = force_generic_plan;
set local jit = off;
\ir towns.psql
\ir names.psql
\ir slips.psql
\ir typed.psql

create function pg_temp.said(p text, p_place boolean default true) returns text language sql as $$
    select concat_ws(' ', how, (select string_agg(g.kind || ':' || g.slug, ' ' order by g.kind, g.slug) from tag g where g.id = any (m.tags)), 'name=' || name, 'near=' || near,
                     'on=' || whn, 'in=' || part, 'from=' || from_hour, 'to=' || to_hour, '$' || price, 'lost=' || lost, 'denied=' || denied,
                     'sort=' || sort, radius || 'km', 'near_me=' || near_me)
    from text_meant(p, p_place) m $$;
select is(pg_temp.said(typed), meant, 'text: ' || typed)
from (values
    -- what is asked: the longest phrase first, several at once
    ('sciatica', 'word complaint:sciatica'), ('Deep Tissue', 'word technique:deep-tissue'), ('deep tissue for sciatica', 'word complaint:sciatica technique:deep-tissue'),
    ('my lower back hurts', 'word complaint:low-back'), ('pregnancy massage', 'word technique:prenatal'), ('shiatsu massage near me', 'word technique:shiatsu near_me=“near me”'),
    ('deep tissue for sciatica wheelchair spanish', 'word access:step_free complaint:sciatica language:es technique:deep-tissue'), ('90 minute swedish', 'word length:90 technique:swedish'),
    ('stiff neck', 'word complaint:neck-pain'), ('sciatica, sciatica', 'word complaint:sciatica'),
    -- what narrows nothing
    ('massage', 'all'), ('back pain', 'all'), ('help with pain', 'all'), ('my hip hurts', 'all lost=“hip”'), ('', 'all'), ('   ', 'all'), ('!!!', 'all lost=“!!!”'),
    -- corrected words make phrases; a word that is like nothing is lost beside others
    ('stiff nek', 'like complaint:neck-pain'), ('scar tisue', 'like technique:scar-work'), ('zzqx deep tissue', 'word technique:deep-tissue lost=“zzqx”'), ('qqzzyy', 'name name=qqzzyy'),
    ('massage for my wife', 'all'),
    -- short words count where nothing else is left
    ('art', 'word technique:active-release'), ('art massage', 'word technique:active-release'), ('Art Ist', 'name name=art ist'),
    -- names: what somebody is called wins over towns, days and techniques
    ('Rosa Marchetti', 'name name=rosa marchetti'), ('kowalik hana', 'name name=kowalik hana'), ('Dawn May', 'name name=dawn may'), ('Austin Field', 'name name=austin field'),
    ('Rosa Thai', 'name name=rosa thai'), ('saturday', 'name name=saturday'), ('jade saturday', 'name name=jade saturday'), ('Ng', 'name name=ng'), ('hidden marchesi', 'like name=hidden marchesi'),
    ('thai', 'word technique:thai'), ('swedish marchetti', 'word technique:swedish name=marchetti'), ('marchetti in portland', 'word name=marchetti near=portland'),
    -- towns: led by a word, before a state, a postcode, or alone where nobody is called so
    ('near portland', 'word near=portland'), ('swedish in austin tx', 'word technique:swedish near=austin, TX'), ('massage 97201', 'word near=97201'), ('prenatal in new york city', 'word technique:prenatal near=new york city'),
    ('portland', 'word near=portland'), ('deep tissue portland oregon', 'word technique:deep-tissue near=portland, OR'), ('back pain portland me', 'word near=portland, ME'),
    ('austin', 'name name=austin'), ('swedish austin', 'word technique:swedish near=austin'), ('hip', 'all lost=“hip”'), ('mio fascial', 'like technique:myofascial-release'),
    ('massage near bolder', 'like near=boulder'), ('bolder', 'like near=boulder'), ('older', 'word complaint:older-frail'), ('saint lewis', 'like near=st louis'), ('near albakerky', 'like near=albuquerque'),
    ('swedish ashville nc', 'like technique:swedish near=asheville, NC'), ('pitsburgh, nc', 'like near=pittsburgh lost=“nc”'), ('massage near portland in the morning', 'word near=portland in=morning'),
    ('portland in', 'word near=portland, IN'), ('portland or tomorrow', 'word near=portland, OR on=tomorrow'), ('mio fascial release', 'word technique:myofascial-release lost=“mio”'),
    ('sciatica mio', 'word complaint:sciatica near=mio'), ('near the station', 'name name=station'), ('hustonvile', 'like near=hustonville'),
    ('massage in protland', 'like near=portland'), ('protland', 'like near=portland'), ('st louis cupping', 'word technique:cupping near=st louis'),
    -- days and hours
    ('tomorrow', 'word on=tomorrow'), ('swedish friday morning', 'word technique:swedish on=friday in=morning'), ('thursday after 17:00', 'word on=thursday from=17'), ('thursday after 5pm', 'word on=thursday from=17'),
    ('this week', 'word on=week'), ('tonight', 'word on=today in=evening'), ('after 5', 'word from=17'), ('before 10am', 'word to=10'), ('between 9 and 12 on friday', 'word on=friday from=9 to=12'),
    ('5-7pm', 'word from=17 to=19'), ('9 to 11 am', 'word from=9 to=11'), ('at 3pm', 'word from=15 to=16'), ('tuesday at noon', 'word on=tuesday from=11 to=14'), ('tommorow evening', 'like on=tomorrow in=evening'),
    ('thrusday', 'like on=thursday'), ('wensday', 'like on=wednesday'), ('after 25', 'all lost=“after 25”'), ('from 12 to 9', 'word from=12 to=21'),
    -- all of it
    ('deep tissue for sciatica near portland thursday after 5pm', 'word complaint:sciatica technique:deep-tissue near=portland on=thursday from=17'),
    ('evening deap tisue in san fransisco', 'like technique:deep-tissue near=san francisco in=evening')) x (typed, meant);
select is(pg_temp.said(typed), meant, 'as it comes: ' || typed) from typed_by;
select is(pg_temp.said(to_char(d, typed)), 'word on=' || to_char(d, 'YYYY-MM-DD'), 'a date: ' || to_char(d, typed))
-- the 20th of a month that is to come
from (values ((date_trunc('month', current_date) + interval '1 month 19 days')::date)) x (d),
     unnest('{YYYY-MM-DD,MM/DD,DD/MM,MM/DD/YYYY,DD/MM/YY,FMMonth FMDDth,FMDD FMmonth,Mon DD,"Mon DD, YYYY",FMDDth FMMonth YYYY,FMDD.FMMM.,DD.MM.YYYY}'::text[]) typed;
select is(date_said(typed, fold(typed), '2026-11-22')::text, meant, 'a date: ' || typed)
from (values ('3/4', '(" ",2027-03-04/2027-04-03)'), ('04/03', '(" ",2027-04-03/2027-03-04)'), ('12/11', '(" ",2026-12-11/2027-11-12)'), ('5/5', '(" ",2027-05-05)'), ('11/28', '(" ",2026-11-28)'), ('28/11', '(" ",2026-11-28)'),
             ('3.4.', '(" ",2027-04-03)'), ('11/28/2031', '(" ",2031-11-28)'), ('2026-11-21', '(" ",2026-11-21)'), ('nov 21', '(" ",2027-11-21)'), ('nov 21 2026', '(" ",2026-11-21)'), ('4.5 stars', '("4 5 stars",)')) x (typed, meant);
select is((select whn from text_meant(typed)), null, 'no date: ' || typed) from unnest('{2026-02-31,13/45,30/2,31.6.,feb 30,32 may,2026-99-99}'::text[]) typed;
select is(pg_temp.said('swedish portland', false), 'word technique:swedish lost=“portland”', 'where there is a place already, no bare word is one');
select is(pg_temp.said('swedish in portland', false), 'word technique:swedish near=portland', 'but what stands as one is taken out');
select is((select corrected from text_meant('deap tisue in protland on thrusday')), 'deep tissue in Portland on Thursday', 'what it was taken for');
select is((select corrected from text_meant('Wendel Thakeray')), 'Wendell Thackeray', 'a name too');
select is((select corrected from text_meant('deep tissue')), null, 'nothing where it is what was typed');

-- slips
select is((select count(*) from slip s where s.kind = 'value' and not exists (select from tag t where t.kind || ':' || t.slug = s.meant)), 0::bigint, 'everything meant exists');
select ok(exists (select from text_meant(s.typed) m join tag t on t.id = any (m.tags[1:3]) where t.kind || ':' || t.slug = s.meant), 'word: ' || s.typed) from slip s where s.kind = 'value';
select ok(exists (select from (select id from names_meant(s.typed, 100) with ordinality n (id, o) order by o limit 3) n join therapist t using (id) where t.name = s.meant), 'name: ' || s.typed)
from slip s where s.kind = 'name';
select ok(exists (select from text_meant(s.typed) m, names_meant(m.name, 3) n (id) join therapist t using (id) where t.name = s.meant), 'a name from the box: ' || s.typed) from slip s where s.kind = 'name';
select cmp_ok((select count(*) from slip), '>=', 90::bigint, 'many slips');

-- whatever is typed: never an error, and what comes out has its form
create temp table typed as
select n, left(string_agg(piece, '' order by k), 100) as q
from generate_series(1, 500) n
cross join lateral (
    select k, (array['''', '"', '\', '%', '_', '&', '|', '!', ':*', '(', ')', '<->', ' ', ' ', ' ', E'\t', E'\n', '/', '-', ',', ';', '{', '}', '[', 'null', 'é', 'ß', 'Ø', '王芳', 'اردو', '🙂', 'İ', 'e' || chr(769), chr(8203), 'sciatica', 'deap', 'near', 'in',
                   'tx', 'or', 'rosa', 'o''brien', '97201', '5pm', 'after', 'from', 'to', 'nov', '31', '2026-13-40', '99/99', '00', '45.5,-122', 'thu', 'sat', 'ab', 'qx', 'zzz', 'mmm', '0', '-1', '.', '*', '?', '~', '^', '$', '#', '@'])[1 + floor(random() * 67)::int] as piece
    from generate_series(1, 1 + n % 17) k) p
group by n;
create temp table wrong (of text, q text, why text);
do $$
declare
    t record;
    m record;
begin
    for t in select * from typed loop
        begin
            select * into m from text_meant(t.q);
            if m.how not in ('all', 'word', 'like', 'name') or m.how is null or m.tags is null or m.part not in ('morning', 'afternoon', 'evening') or m.from_hour not between 0 and 23
                or m.to_hour not between 1 and 24 or m.from_hour >= m.to_hour or m.whn !~ '^(today|tomorrow|\+\d+|week|weekend|[a-z]+day|20\d\d-\d\d-\d\d(/20\d\d-\d\d-\d\d)?)$' then
                insert into wrong values ('text_meant', t.q, m::text);
            end if;
            perform names_meant(t.q, 5);
            perform place_meant(t.q);
            perform directory_places(t.q, 5);
        exception when others then
            insert into wrong values ('error', t.q, sqlerrm);
        end;
    end loop;
end $$;
select is((select string_agg(of || ' ' || quote_literal(q) || ' ' || why, E'\n') from (select * from wrong limit 5) x), null, 'whatever is typed is answered');
select cmp_ok((select count(*) from typed where q <> ''), '>', 400::bigint, 'and much was');

-- names
select is((select array_agg(t.name order by o) from names_meant('hana', 10) with ordinality n (id, o) join therapist t using (id)), '{Hana Kowalik,Hana Solberg}', 'everybody of a first name');
select is((select array_agg(t.name order by o) from names_meant('wendell kowalik', 10) with ordinality n (id, o) join therapist t using (id)), '{Wendell Kowalik}', 'both words of one person');
select is((select array_agg(t.name) from names_meant('Hana Maria Kowalik', 10) n (id) join therapist t using (id)), '{Hana Kowalik}', 'a middle name too many');
select is((select array_agg(t.name) from names_meant('H Kowalik', 10) n (id) join therapist t using (id)), '{Hana Kowalik}', 'an initial');
select is((select count(*) from names_meant('marchesi', 10) n (id) join therapist t using (id) where not t.published), 0::bigint, 'who is not published is not found');
select is((select count(*) from names_meant('', 10)) + (select count(*) from names_meant('zzqqxxzz', 10)) + (select count(*) from names_meant(null, 10)), 0::bigint, 'nobody');
select is((select count(*) from names_meant('hana', 1)), 1::bigint, 'no more than asked for');

-- the vocabulary of names follows the therapists, in the same transaction
create function pg_temp.uses(p text) returns int language sql as $$ select uses from name_word where word = p $$;
select is(pg_temp.uses('hana'), 2, 'two Hanas');
select is(pg_temp.uses('hidden'), null, 'a name that is not published is no word');
update therapist set published = true where name = 'Hidden Marchesi';
select is(pg_temp.uses('hidden'), 1, 'it is once it is');
update therapist set name = 'Hanna Kowalik-Berg' where name = 'Hana Kowalik';
select is(array[pg_temp.uses('hana'), pg_temp.uses('hanna'), pg_temp.uses('berg')], '{1,1,1}', 'a new name');
select is((select array_agg(t.name) from names_meant('hana kowalik', 10) n (id) join therapist t using (id)), '{"Hanna Kowalik-Berg"}', 'and the old one is a slip');
update therapist set about = 'new' where name like 'H%';
delete from therapist where name like 'Han%';
select is(array[pg_temp.uses('hana'), pg_temp.uses('hanna'), pg_temp.uses('kowalik')], '{null,null,1}', 'who is gone is gone');
create temp table before as select word, uses from name_word;
select names_rebuild() \g /dev/null
select results_eq('select word, uses from name_word order by 1', 'select word, uses from before order by 1', 'all of it made anew is the same');
select is((select count(*) from pg_indexes where schemaname = 'unknot' and tablename in ('name_word', 'therapist_name')), 5::bigint, 'with its indexes');

-- the vocabulary follows the taxonomies
insert into tag (id, kind, slug, label) values (99901, 'technique', 'zorb-rolling', 'Zorb rolling');
select is((select array[99901] from text_meant('zorb roling') where tags = '{99901}'), '{99901}', 'a new value is known by its label');
insert into term (word, tag_id) values ('zorbing', 99901);
select is((select tags from text_meant('zorbing')), '{99901}', 'and by its words');
update tag set retired_at = now() where id = 99901;
select is((select tags from text_meant('zorbing')), '{}', 'until it is retired');
select is((select count(*) from term w join tag t on t.id = w.tag_id join tag_kind k using (kind) where t.retired_at is null and k.stated_of <> 'person'
           and not exists (select from text_meant(w.word) m join tag o on o.id = any (m.tags) join term x on x.tag_id = o.id where x.word = w.word)), 0::bigint, 'every word of every value is understood');

select * from finish();
rollback;
