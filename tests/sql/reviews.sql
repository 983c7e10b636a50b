-- Reviews: of attended visits alone, once, by the visit's own link; shown several at a time; changed, taken back, reported, decided. Recommendations beside them.
\ir booking.psql
select no_plan();

create or replace function unknot.clock() returns timestamptz language sql stable as $$ select now() + coalesce(nullif(current_setting('test.later', true), ''), '0')::interval $$;
create function pg_temp.later(p_by text) returns void language sql as $$ select set_config('test.later', p_by, true) $$;

-- A visit that was kept: yesterday, or p_ago before now.
create function pg_temp.attended(p_token text, p_key int, p_slug text, p_ago interval default '1 day', p_name text default 'Kim Novak') returns uuid language plpgsql as $$
begin
    perform pg_temp.booked(p_token, p_key, p_slug, pg_temp.at(p_key * 6 + 1));
    update booking set starts_at = now() - p_ago - interval '1 hour', ends_at = now() - p_ago, client_name = p_name, client_email = p_token || '@example.org' where id = pg_temp.id(p_key);
    update booking set state = 'attended' where id = pg_temp.id(p_key);
    return pg_temp.id(p_key);
end $$;
create function pg_temp.form(p_score int, p_body text default '', p_sign text default 'client') returns json language sql
    as $$ select json_build_object('expertise', p_score::text, 'professionalism', p_score::text, 'satisfaction', p_score::text, 'body', p_body, 'sign', p_sign) $$;
create function pg_temp.write(p_token text, p_key int, p_form json, p_edition int default 0) returns json language sql
    as $$ select pg_temp.web(p_token, format('select review_save(%L, %L, %s)', pg_temp.id(p_key), p_form, p_edition))::json $$;
create function pg_temp.page(p_token text, p_key int) returns json language sql as $$ select pg_temp.web(p_token, format('select review_page(%L)', pg_temp.id(p_key)))::json $$;
create function pg_temp.profile() returns json language sql as $$ select pg_temp.web('', 'select directory_profile(''test-ana'')')::json $$;
create function pg_temp.review(p_key int) returns uuid language sql as $$ select id from review where booking_id = pg_temp.id(p_key) $$;
create function pg_temp.rated() returns text language sql as $$ select max(rating) || ' ' || round(max(score)::numeric, 2) from listing where therapist_id = pg_temp.therapist('test-ana') $$;
create function pg_temp.told(p_kind text) returns bigint language sql as $$ select count(*) from outbox where kind = p_kind and coalesce(recipient, '') <> 'ben@example.org' $$;
create function pg_temp.case_of(p_key int) returns uuid language sql as $$ select id from review_case where review_id = pg_temp.review(p_key) and decided_at is null $$;
create function pg_temp.decide(p_case uuid, p_decision text, p_reason text, p_edition int) returns json language sql
    as $$ select pg_temp.web('', format('select operator_review_decide(%L, %L, %L, %s)', p_case, p_decision, p_reason, p_edition), 'olga')::json $$;

-- --- Who may write

select pg_temp.booked('bob', 1, 'test-ana', pg_temp.at(0));
select is(pg_temp.write('bob', 1, pg_temp.form(5)) ->> 'type', 'no-review-now', 'no review of a visit that has not been attended');
select is((pg_temp.page('bob', 1) ->> 'may_write')::boolean, false, 'and no form');
select matches(pg_temp.page('bob', 1) ->> 'refusal', 'noted that you came', 'but the reason');
update booking set state = 'no_show', starts_at = now() - interval '2 hours', ends_at = now() - interval '1 hour' where id = pg_temp.id(1);
select is(pg_temp.write('bob', 1, pg_temp.form(5)) ->> 'type', 'no-review-now', 'nor of one to which nobody came');
select pg_temp.attended('amy', 2, 'test-ana');
select is(pg_temp.page('bob', 2)::text, null, 'another''s link opens no page');
select is(pg_temp.write('bob', 2, pg_temp.form(1))::text, null, 'and writes nothing');
select is(pg_temp.web('', format('select review_page(%L)', pg_temp.id(2)), 'ana'), null, 'nor does the therapist''s session');
select is((select count(*) from review where therapist_id = pg_temp.therapist('test-ana')), 0::bigint, 'nothing was written by all this');
select is(pg_temp.write('amy', 2, pg_temp.form(5, E'  Kind and\r\ncalm. ', 'name')) #>> '{review,author}', 'Kim N.', 'who came writes one, signed with first name and initial');
select is((select body from review where id = pg_temp.review(2)), E'Kind and\ncalm.', 'plain text, as it was meant');
select is((select visited_on from review where id = pg_temp.review(2)), date_trunc('month', (now() - interval '25 hours') at time zone 'America/Chicago')::date, 'with the month and not the day');
select is(pg_temp.write('amy', 2, pg_temp.form(1)) ->> 'type', 'reviewed-already', 'a second one is refused');
select is((select expertise from review where id = pg_temp.review(2)), 5::smallint, 'and the first stands');
select pg_temp.attended('old', 3, 'test-ben', '91 days');
select is(pg_temp.write('old', 3, pg_temp.form(5)) ->> 'type', 'no-review-now', 'after 90 days none is written');
update booking set starts_at = starts_at + interval '2 days', ends_at = ends_at + interval '2 days' where id = pg_temp.id(3);
select is(pg_temp.write('old', 3, pg_temp.form(5)) #>> '{review,edition}', '1', 'control: a day before that it is');
select pg_temp.later('200 days');
select is(pg_temp.write('old', 3, pg_temp.form(2), 1) #>> '{review,edition}', '2', 'and changed long after, as long as the link works');
select pg_temp.later('0');

-- --- When it shows

select is(pg_temp.profile() ->> 'rating', null, 'one review does not show');
select is(pg_temp.profile() ->> 'reviews', '[]', 'nor what it says');
select is(pg_temp.rated(), '0 4.20', 'nor counts');
select is(pg_temp.web('amy', 'select count(*) from review where therapist_id = ' || pg_temp.therapist('test-ana')), '1', 'its author sees it');
select is(pg_temp.web('', 'select count(*) from review where not shown'), '0', 'nobody else does');
select is(pg_temp.web('', 'select count(*) from review where not shown', 'ana'), '0', 'nor the therapist');
select is(pg_temp.told('therapist-reviews'), 0::bigint, 'who is not told either, since that would tell whose it is');
select pg_temp.attended('cal', 4, 'test-ana');
select pg_temp.write('cal', 4, pg_temp.form(4));
select is(pg_temp.profile() ->> 'rating', null, 'two do not show');
select pg_temp.attended('dan', 5, 'test-ana');
select pg_temp.write('dan', 5, pg_temp.form(3));
select is(pg_temp.profile() #>> '{rating,count}', '3', 'three do, together');
select is(pg_temp.profile() #>> '{rating,drawn}', '4.2', 'the sum of 12 and 20 times 4.2, by 23: drawn to the mean of all');
select is(pg_temp.rated(), '4 4.17', 'and the listing counts them in the same transaction');
select is_empty($$ select * from listing_differences(array[pg_temp.therapist('test-ana')]) $$, 'as it ought to');
select is((select card::json #>> '{rating,count}' from (select card || '}' as card from listing_card c join location l on l.id = c.location_id where l.therapist_id = pg_temp.therapist('test-ana')) x), '3', 'on the card too');
select is(pg_temp.told('therapist-reviews'), 1::bigint, 'the therapist is told once of all');
select is((select data ->> 'count' from outbox where kind = 'therapist-reviews' and recipient = 'ana@example.org'), '3', 'how many');
select unalike((select data::text from outbox where kind = 'therapist-reviews' and recipient = 'ana@example.org'), '%calm%', 'and not what they say');
select is(pg_temp.page('amy', 2) #>> '{review,shown}', 'true', 'the author reads that it is shown');
select pg_temp.attended('eve', 6, 'test-ana');
select pg_temp.write('eve', 6, pg_temp.form(1, 'Not for me.'));
select is(pg_temp.profile() #>> '{rating,count}', '3', 'a fourth waits for others');
select is(reviews_due(), 0, 'not yet alone');
select pg_temp.later('31 days');
select is(reviews_due(), 1, 'a month later also alone');
select is(reviews_due(), 0, 'once');
select is(pg_temp.profile() #>> '{rating,count}', '4', 'it shows');
select pg_temp.later('0');

-- --- The invitation

select is((select count(*) from outbox where kind = 'booking-review-ask' and booking_id = pg_temp.id(2)), 1::bigint, 'who came is asked');
select is((select to_char(due_at at time zone 'America/Chicago', 'HH24:MI') || ' ' || (local_day(due_at, 'America/Chicago') - local_day(b.ends_at, 'America/Chicago')) from outbox o join booking b on b.id = o.booking_id
           where o.kind = 'booking-review-ask' and b.id = pg_temp.id(2)), '10:00 4', 'on the fourth day, at ten');
select is((select count(*) from outbox where kind = 'booking-review-ask' and booking_id = pg_temp.id(1)), 0::bigint, 'who did not come is not');
select is((select count(*) from outbox where kind = 'booking-review-ask' and booking_id = pg_temp.id(3)), 0::bigint, 'nor who came so long ago that none can be written');
select pg_temp.attended('fay', 7, 'test-ben', '3 hours');
update booking set state = 'confirmed' where id = pg_temp.id(7);
update booking set state = 'attended' where id = pg_temp.id(7);
select is((select count(*) from outbox where kind = 'booking-review-ask' and booking_id = pg_temp.id(7)), 1::bigint, 'once, however often it is noted');
select pg_temp.attended('fay', 8, 'test-ben', '2 hours');
select is((select count(*) from outbox where kind = 'booking-review-ask' and booking_id = pg_temp.id(8)), 0::bigint, 'not of the next visit of a row of them');
select is(pg_temp.page('fay', 8) ->> 'may_write', 'true', 'which can be reviewed all the same');
select is((select outbox_stale(o, b, 'x') from outbox o join booking b on b.id = o.booking_id where o.kind = 'booking-review-ask' and b.id = pg_temp.id(2)), 'overtaken', 'who has written is not asked');
select is((select outbox_stale(o, b, 'x') from outbox o join booking b on b.id = o.booking_id where o.kind = 'booking-review-ask' and b.id = pg_temp.id(7)), null, 'control: who has not is');
update booking set state = 'confirmed' where id = pg_temp.id(7); update booking set state = 'no_show' where id = pg_temp.id(7);
select is((select outbox_stale(o, b, 'x') from outbox o join booking b on b.id = o.booking_id where o.kind = 'booking-review-ask' and b.id = pg_temp.id(7)), 'overtaken', 'nor who did not come after all');

-- --- Changed, with what it said before

select is(pg_temp.write('eve', 6, pg_temp.form(1, 'Not for me.'), 1) #>> '{review,edition}', '1', 'the same again is no change');
select is(pg_temp.write('eve', 6, pg_temp.form(2, 'Better the second time.'), 1) #>> '{review,edition}', '2', 'a change is');
select is(pg_temp.page('eve', 6) #>> '{review,versions,0,body}', 'Not for me.', 'what it said is kept');
select is(pg_temp.write('eve', 6, pg_temp.form(5), 1) ->> 'type', 'reviewed-already', 'a page that is out of date changes nothing');
select is((select score from (select round(score::numeric, 2) as score from listing where therapist_id = pg_temp.therapist('test-ana') limit 1) x), round((12 + 2 + 84) / 24.0, 2), 'the listing follows');
select matches(pg_temp.profile()::text, 'Better the second time', 'as does the profile');
select is(pg_temp.web('', 'select count(*) from review_version'), '0', 'what it said before is nobody''s business');
select is(pg_temp.web('', 'select count(*) from review_version', 'ana'), '0', 'not the therapist''s');
select is(pg_temp.web('', 'select count(*) from review_version v join review r on r.id = v.review_id where r.therapist_id = ' || pg_temp.therapist('test-ana'), 'olga'), '1', 'an operator reads it');

-- --- Words

select is(review_words(t), w, t)
from (values ('Write to me: a.b@example.org', true), ('see https://example.org', true), ('www.example', true), ('example.com has it', true), ('call 503 555-0134', true), ('(503) 555 01 34', true), ('on whatsapp', true),
    ('Pressure at L4-L5 was right', false), ('3 visits in 2 weeks, 60 minutes each', false), ('From 8 of 10 to 3 of 10.', false), ('I paid 85. Fine.', false), ('At noon. The room is quiet.', false)) x (t, w);
select pg_temp.attended('gus', 9, 'test-ana');
select is(pg_temp.write('gus', 9, pg_temp.form(5, 'Call me: 503 555 0134')) #>> '{review,held}', 'true', 'a number is looked at first');
select is(pg_temp.web('', 'select operator_reviews(true, null)', 'olga')::json #>> '{cases,0,id}', pg_temp.case_of(9)::text, 'by an operator');
select is(pg_temp.web('', 'select operator_reviews(true, null)', 'ana'), null, 'and nobody else');
select is(pg_temp.web('', format('select operator_review(%L)', pg_temp.case_of(9)), 'ana'), null, 'not one by one either');
select is(pg_temp.web('', 'select count(*) from review_case', 'ana'), '0', 'the therapist does not know of it');
select pg_temp.write('amy', 2, pg_temp.form(5, 'See www.example.org', 'name'), 1);
select is((select shown from review where id = pg_temp.review(2)), false, 'what is changed so that a word matches is off until then');
select is(pg_temp.decide(pg_temp.case_of(2), 'remove', 'negative', 2) ->> 'type', 'no-reason', 'there are no other reasons than those of the list');
select is(pg_temp.decide(pg_temp.case_of(2), 'remove', 'contact', 1) ->> 'type', 'changed-meanwhile', 'who looked at the words before decides nothing');
create temp table decided as select pg_temp.case_of(2) as amy, pg_temp.case_of(9) as gus;
select is((select pg_temp.decide(amy, 'remove', 'contact', 2) #>> '{case,removed}' from decided), 'true', 'removed, with its reason');
select is((select pg_temp.decide(amy, 'keep', null, 2) ->> 'title' from decided), 'This was decided already: removed.', 'the second to decide is told what the first did');
select is((select pg_temp.web('', format('select operator_review_decide(%L, ''keep'', null, 1)', gus), 'ana') from decided), null, 'a therapist decides nothing');
select is((select detail ->> 'reason' from audit where action = 'review.removed' and object = (select amy::text from decided)), 'contact', 'it is written down');
select is(pg_temp.page('amy', 2) #>> '{review,removed,label}', 'Contact details or links', 'the author reads why');
select is((select data #>> '{reason,label}' from outbox where kind = 'booking-review-removed' and booking_id = pg_temp.id(2)), 'Contact details or links', 'and gets a mail');
select is(pg_temp.profile() #>> '{about_reviews,removed,0,count}', '1', 'the profile counts it');
select is(pg_temp.profile() #>> '{about_reviews,removed,0,label}', 'Contact details or links', 'by its reason');
select is(pg_temp.profile() #>> '{rating,count}', '3', 'and no longer its score');
select is(pg_temp.rated(), '3 4.04', 'nor does the listing');
select is(pg_temp.write('amy', 2, pg_temp.form(5, 'Kind.', 'name'), 2) #>> '{review,again}', 'true', 'changed, it is looked at again');
select is((select why from review_case where id = pg_temp.case_of(2)), 'again', 'as such');
select is(pg_temp.profile() #>> '{rating,count}', '3', 'and off until then');
select is(pg_temp.decide(pg_temp.case_of(2), 'keep', null, 3) #>> '{review,removed}', null, 'kept, it is as if it had not been removed');
select is(pg_temp.profile() #> '{about_reviews,removed}' ->> 0, null, 'and not counted');

-- --- The therapist

select is(json_array_length(pg_temp.web('', 'select practice_reviews(null)', 'ana')::json -> 'reviews'), 3, 'a therapist reads what everybody reads');
select is(pg_temp.web('', format('select practice_review(%L)', pg_temp.review(4)), 'ben'), null, 'not what is another''s');
create function pg_temp.reply(p_who text, p_key int, p_body text, p_edition int) returns json language sql
    as $$ select pg_temp.web('', format('select practice_review_reply(%L, %L, %s)', pg_temp.review(p_key), p_body, p_edition), p_who)::json $$;
select is(pg_temp.reply('ben', 4, 'Mine', 0)::text, null, 'nor answers it');
select is(pg_temp.reply('ana', 9, 'Mine', 0)::text, null, 'nor one that is not shown');
select is(pg_temp.reply('ana', 4, 'Thank you.', 0) ->> 'reply', 'Thank you.', 'their own they do');
select is(pg_temp.reply('ana', 4, 'Second.', 0) ->> 'type', 'answered-already', 'once');
select is(pg_temp.reply('ana', 4, 'Thank you all.', 1) #>> '{versions,0,body}', 'Thank you.', 'a change keeps what it said');
select matches(pg_temp.profile() ->> 'reviews', 'Thank you all', 'it shows below the review');
create function pg_temp.report(p_who text, p_key int, p_reason text) returns json language sql
    as $$ select pg_temp.web('', format('select practice_review_report(%L, %L, ''Look'')', pg_temp.review(p_key), p_reason), p_who)::json $$;
select is(pg_temp.report('ben', 6, 'abuse')::text, null, 'another''s is not reported');
select pg_temp.later('1 hour');
select is(pg_temp.report('ana', 6, 'unfair') ->> 'field', 'reason', 'for a reason of the list');
select isnt(pg_temp.report('ana', 6, 'abuse') ->> 'reported', null, 'their own is');
select is(pg_temp.report('ana', 6, 'abuse') ->> 'type', 'reported-already', 'once');
select is(pg_temp.profile() #>> '{rating,count}', '3', 'and it stays until an operator decides');
select is((select string_agg(x ->> 'id', ' ') from json_array_elements(pg_temp.web('', 'select operator_reviews(true, null)', 'olga')::json -> 'cases') x), pg_temp.case_of(9) || ' ' || pg_temp.case_of(6), 'what waits longest comes first');
select pg_temp.decide(pg_temp.case_of(6), 'keep', null, 2);
select matches(pg_temp.report('ana', 6, 'person') ->> 'title', 'kept it', 'what was kept is not reported again while it says the same');

-- --- Taken back

select is(pg_temp.web('amy', format('select review_withdraw(%L)', pg_temp.id(4))), null, 'nobody takes back another''s');
select is(pg_temp.web('cal', format('select review_withdraw(%L)', pg_temp.id(4)))::json #>> '{review,taken_back}', 'true', 'the author does');
select is((select body || coalesce(author, '') || (select count(*) from review_reply where review_id = r.id) from review r where id = pg_temp.review(4)), '0', 'words, name and answer are gone');
select is(pg_temp.write('cal', 4, pg_temp.form(5), 1) ->> 'type', 'taken-back', 'and there is no other');
select is(pg_temp.profile() #>> '{rating,count}', '2', 'it counts no more');
select is(pg_temp.profile() #> '{about_reviews,removed}' ->> 0, null, 'and nobody is told that one was taken back');
select is_empty($$ select * from listing_differences(array[pg_temp.therapist('test-ana')]) $$, 'the listing is as it ought to be');

-- --- More than a page

insert into review (therapist_id, booking_id, expertise, professionalism, satisfaction, service_name, visited_on, shown, shown_at)
select pg_temp.therapist('test-ben'), pg_temp.attended('p' || n, 100 + n, 'test-ben'), 3, 3, 3, 'Massage', (date '2026-01-01' + make_interval(months => n / 6))::date, true, now() from generate_series(1, 24) n;
create temp table read (n int generated always as identity, month text, id uuid);
do $$
declare
    page json;
    after text;
begin
    loop
        page := pg_temp.web('', format('select practice_reviews(%L)', after), 'ben');
        insert into read (month, id) select x ->> 'month', (x ->> 'id')::uuid from json_array_elements(page -> 'reviews') x;
        after := split_part(page ->> 'next', '=', 2);
        exit when page ->> 'next' is null or (select count(*) from read) > 50;
    end loop;
end $$;
select is((select count(*) || ' ' || count(distinct id) from read), (select count(*) || ' ' || count(*) from review where therapist_id = pg_temp.therapist('test-ben') and shown), 'page by page each is read once');
select is((select array_agg(id order by n) from read), (select array_agg(id order by visited_on desc, id) from review where therapist_id = pg_temp.therapist('test-ben') and shown), 'the newest month first');
select is(json_array_length(pg_temp.web('', 'select directory_profile(''test-ben'')')::json -> 'reviews'), 10, 'ten on the profile');

-- --- Pain before and after

create function pg_temp.pain(p_token text, p_key int, p_sealed text) returns text language sql
    as $$ select (pg_temp.web(p_token, format('select review_pain_save(%L, %L)', pg_temp.id(p_key), p_sealed))::json) ->> 'pain_kept' $$;
select is(pg_temp.pain('amy', 6, 'x'), null, 'nobody gives it for another');
select is(pg_temp.pain('fay', 8, 'x'), null, 'nor without a review');
select is(pg_temp.pain('cal', 4, 'x'), null, 'nor for one that was taken back');
select is(pg_temp.pain('eve', 6, 'sealed'), 'true', 'who wrote a review does');
select is(review_pain_take() ->> 'list', '[]', 'one is not opened');
select is(review_pain_take()::text, null, 'and nothing is due any more');
insert into review_pain select id, 'sealed', now() from review where therapist_id = pg_temp.therapist('test-ben') and shown and id not in (select review_id from review_pain) order by id limit 9;
select is(json_array_length(review_pain_take() -> 'list'), 0, 'nor nine');
select review_pain_store(pg_temp.therapist('test-ben'), 9, 60, 30);
select is((select count(*) from review_pain_mean), 0::bigint, 'of nine there is no mean, whoever says so');
insert into review_pain select id, 'sealed', now() from review where therapist_id = pg_temp.therapist('test-ben') and shown and id not in (select review_id from review_pain) order by id limit 1;
select is(json_array_length(review_pain_take() -> 'list'), 10, 'ten are');
select review_pain_store(pg_temp.therapist('test-ben'), 10, 67, 32);
select is((pg_temp.web('', 'select directory_profile(''test-ben'')')::json) #>> '{about_reviews,pain,before}', '6.7', 'the profile says their mean');
insert into review_pain select id, 'sealed', now() from review where therapist_id = pg_temp.therapist('test-ben') and shown and id not in (select review_id from review_pain) order by id limit 2;
select is(json_array_length(review_pain_take() -> 'list'), 0, 'it is not made anew for one or two, whose numbers would follow from it');
insert into review_pain select id, 'sealed', now() from review where therapist_id = pg_temp.therapist('test-ben') and shown and id not in (select review_id from review_pain) order by id limit 1;
select is(json_array_length(review_pain_take() -> 'list'), 13, 'but for three');
delete from review_pain where review_id in (select p.review_id from review_pain p join review r on r.id = p.review_id where r.therapist_id = pg_temp.therapist('test-ben') order by 1 limit 4);
select review_pain_take();
select review_pain_store(pg_temp.therapist('test-ben'), 0, 0, 0);
select is((select count(*) from review_pain_mean), 0::bigint, 'when fewer than ten are left it is gone');
select is(pg_temp.pain('eve', 6, null), 'false', 'and who gave it deletes it');

-- --- Recommendations

create function pg_temp.clinician(p_who text, p_form json) returns json language sql
    as $$ select pg_temp.web('cleo', format('select operator_clinician_save(null, %L, %L)', p_form, gen_random_uuid()), p_who)::json $$;
create temp table cleo as select json_build_object('name', 'Dr. Cleo', 'profession', 'Physician', 'register', 'Medical board', 'number', 'M 1', 'email', 'cleo@example.org', 'on', current_date, 'until', current_date + 100) as form;
select is(pg_temp.clinician('ana', (select form from cleo))::text, null, 'a therapist records no clinician');
select is(pg_temp.clinician('olga', (select (form::jsonb || jsonb_build_object('until', current_date + 900))::json from cleo)) ->> 'field', 'until', 'a check holds for a year at most');
select is(pg_temp.clinician('olga', (select form from cleo)) #>> '{clinician,valid}', 'true', 'an operator does');
select is(pg_temp.told('clinician-link'), 1::bigint, 'who gets the link by mail');
select is((select count(*) from audit where action = 'clinician.checked'), 1::bigint, 'and it is written down');
create function pg_temp.recommend(p_token text, p_therapist text) returns json language sql
    as $$ select pg_temp.web(p_token, format('select recommend_save(%L, ''{low-back,nonsense}'', ''Same building'')', p_therapist))::json $$;
select is(pg_temp.recommend('amy', 'test-ana')::text, null, 'a client''s link recommends nobody');
select is(pg_temp.web('amy', 'select recommend_page(null)'), null, 'and opens no page');
select is(pg_temp.recommend('cleo', 'http://x.example/therapists/nobody-there') ->> 'field', 'therapist', 'nobody who is not listed');
select is(pg_temp.recommend('cleo', 'http://x.example/therapists/test-ana?from=2#reviews') #>> '{list,0,slug}', 'test-ana', 'by the address of a page');
select is(pg_temp.profile() #>> '{recommended,list,0,name}', 'Dr. Cleo', 'it shows on the profile');
select is(pg_temp.profile() #>> '{recommended,list,0,tie}', 'Same building', 'with what connects them');
select is(pg_temp.profile() #>> '{recommended,list,0,email}', null, 'without the address');
select is(pg_temp.web('', 'select count(*) from clinician'), '0', 'which nobody reads');
select is(pg_temp.profile() #>> '{rating,count}', '2', 'and counts in no score');
select pg_temp.later('101 days');
select is(pg_temp.profile() ->> 'recommended', null, 'not after the check has run out');
select is(pg_temp.recommend('cleo', 'test-ben') ->> 'type', 'check-over', 'nor can more be recommended');
select pg_temp.later('0');
select is(json_array_length(pg_temp.web('cleo', 'select recommend_withdraw(''test-ana'')')::json -> 'list'), 0, 'withdrawn');
select is(pg_temp.profile() ->> 'recommended', null, 'it is gone');
select pg_temp.recommend('cleo', 'test-ana');
select pg_temp.web('', format('select operator_clinician_act(%s, ''end'')', (select max(id) from clinician)), 'olga');
select is(pg_temp.profile() ->> 'recommended', null, 'whose record is ended recommends nobody');
select is(pg_temp.web('cleo', 'select recommend_page(null)'), null, 'and their link is none');

select * from finish();
rollback;
