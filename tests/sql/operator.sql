-- The operator's lists and searches, which read by index what they show, against plain statements that read everything.
\set ON_ERROR_STOP 1
\set QUIET 1
begin;
select no_plan();
select setseed(0.7);

insert into account (id, role, name, email) values ('a0000000-0000-4000-8000-0000000000a7', 'operator', 'Oli', 'oli-lists@example.org');
insert into session (token_hash, account_id, expires_at, seen_at, factored, proved_at) values (sha256('lists'), 'a0000000-0000-4000-8000-0000000000a7', now() + interval '1 hour', now(), true, now());

insert into therapist (slug, name, published)
select 'lists-' || n, (array['Anna', 'Joanna', 'Zoë', 'Óscar', 'D''Arcy', 'Mary-Ann'])[1 + n % 6] || ' ' || (array['van der Berg', 'O''Brien', 'Schmidt', 'Schmid', 'Müller', 'Annan'])[1 + (random() * 5)::int], n % 5 <> 0
from generate_series(1, 300) n;
insert into credential (therapist_id, kind, title, issuer, handed_in_at, renewed_at, result, checked_on, checked_until, checked_where, checked_by)
select t.id, (select kind from credential_kind order by position limit 1), 'Title', 'Issuer', now() - interval '1 hour' * (random() * 1000)::int, case when n % 7 = 0 then now() - interval '1 hour' * (random() * 100)::int end,
       case when n % 4 = 0 then null when n % 4 = 1 then 'not_found' else 'register' end, x.day, x.day + 200, case when x.day is not null then 'there' end, case when x.day is not null then 'Oli' end
from therapist t cross join generate_series(1, 2) m cross join lateral (select t.id * 2 + m as n) n cross join lateral (select case when n % 4 > 1 then current_date - (random() * 300)::int end as day) x where t.slug like 'lists-%';
create function pg_temp.waits(c credential) returns boolean language sql as $$ select c.renewed_at is not null or c.result is null and c.checked_on is null $$;
create function pg_temp.stands(c credential, p_state text) returns boolean language sql as $$
    select case p_state when 'unchecked' then pg_temp.waits(c) when 'lapsed' then c.checked_until < current_date when 'checked' then c.checked_until >= current_date
                        when 'ending' then c.checked_until between current_date and current_date + 60 when 'refused' then c.result not in ('register', 'document') and c.result is not null end $$;
create function pg_temp.plainly(p_q text) returns setof int language sql as $$ select t.id from therapist t where fold(t.name) like '%' || fold(p_q) || '%' order by t.name, t.id $$;
create function pg_temp.paged(p_q text) returns setof int language plpgsql as $$
declare
    last int;
    page int[];
begin
    loop
        page := array(select t.id from operator_named(p_q, last, 17) t);
        return query select unnest(page);
        exit when cardinality(page) < 17;
        last := page[17];
    end loop;
end $$;
create temp table asked (q text);
insert into asked values (''), ('-'), ('anna'), ('ann'), ('ANNA schm'), ('oë'), ('zoe mull'), ('o''brien'), ('obrien'), ('nna van'), ('van der berg'), ('der b'), ('r be'), ('a'), ('qqq'), ('anna qqq'), ('arcy o b'), ('Mary Ann'), ('maryann'), ('ó'), ('brien anna');

select is((select count(*) from operator_named('', null, 1000)), 0::bigint, 'nobody is shown to nobody');
select auth.enter('lists', null) \g /dev/null
select is(array(select pg_temp.paged(q)), array(select pg_temp.plainly(q)), 'the same names for ' || coalesce(q, 'null') || ', page by page') from asked;
select is((select count(*) from operator_named('anna', -1, 1000)), 0::bigint, 'there is no page behind nobody');
select is((select count(*) from operator_named('anna', null, 1000)) > 50, true, 'control: some are found');
select is(array(select c.id from operator_credentials(s, 10000) c), array(select c.id from credential c where pg_temp.stands(c, s) order by case when s <> 'unchecked' then c.checked_until end, coalesce(c.renewed_at, c.handed_in_at), c.id),
          'the same list: ' || s) from unnest('{unchecked,lapsed,ending,refused,checked}'::text[]) s;
select is(operator_counts() ->> s, (select count(*) from credential c where pg_temp.stands(c, s))::text, 'as many as are counted: ' || s) from unnest('{unchecked,lapsed,ending,refused,checked}'::text[]) s;
select is(operator_counts() ->> 'therapists', (select count(*) from therapist)::text, 'so many therapists');
select is(operator_queue(s) ->> 'more', (select count(*) from credential c where pg_temp.stands(c, s))::text, 'of them fifty are shown: ' || s) from unnest('{unchecked,lapsed,refused,checked}'::text[]) s;
select is((select array_agg((c -> 'credential' ->> 'id')::uuid order by n) from json_array_elements(operator_queue('unchecked') -> 'credentials') with ordinality x (c, n)),
          array(select c.id from operator_credentials('unchecked', 50) c), 'in this order');

-- messages: 60 that wait, half of them tried; 15 late, 7 dead, 9 sent, of which 4 today, and 5 dropped
delete from outbox;
insert into outbox (kind, recipient, data, state, attempts, created_at, due_at, sent_at, reason)
select 'booking-confirmed', 'x@example.org', '{}', x.state, x.attempts, x.made, x.due, x.sent, x.reason
from generate_series(1, 60) n cross join lateral (
    select 'waiting' as state, n % 2 as attempts, now() - interval '1 minute' * n as made, now() + interval '1 second' * n as due, null::timestamptz as sent, null as reason
    union all select 'waiting', 0, now() - interval '1 hour', now() - interval '1 hour', null, null where n <= 15
    union all select 'dead', 9, now() - interval '5 days', now(), null, 'refused' where n <= 7
    union all select 'sent', 1, now() - interval '2 days', now(), now() - interval '1 hour' * case when n <= 4 then 1 else 30 end, null where n <= 9
    union all select 'dropped', 0, now() - interval '1 day', now(), null, 'overtaken' where n <= 5) x;
select is(operator_messages('waiting') ->> 'counts', '{"waiting" : 30, "late" : 45, "dead" : 7}', 'messages by how they stand');
select is((select string_agg(json_array_length(operator_messages(s) -> 'messages') || coalesce(' of ' || (operator_messages(s) ->> 'more'), ''), ', ' order by s) from unnest('{dead,late,waiting}'::text[]) s), '7, 45, 30', 'each list is whole');
select is(operator_messages('dead') ->> 'sent_day', '4', 'what was sent in a day, whenever it was made');
select is(operator_messages('dead') #>> '{dropped,0,n}', '5', 'and what was dropped');
update therapist set published = slug <> 'lists-1' where slug in ('lists-1', 'lists-2', 'lists-3');
insert into location (therapist_id, street, town, country, lat, lon, zone) select id, n || ' Way', 'Town', 'US', 40, -90, 'America/Chicago' from therapist cross join generate_series(1, 2) n where slug in ('lists-1', 'lists-2', 'lists-3');
set local session_replication_role = replica; -- whatever the law wants there
update location set bookable_until = case when therapist_id <> (select id from therapist where slug = 'lists-3') then current_date - 1 else current_date end
where therapist_id in (select id from therapist where slug in ('lists-1', 'lists-2', 'lists-3'));
set local session_replication_role = origin;
select is(operator_credential_settings() ->> 'blocked', '1', 'therapists with places that cannot be booked, each once');

-- a directory so large that not all are counted
create or replace function unknot.operator_most() returns int language sql immutable parallel safe as $$ select 20 $$;
select is(array(select pg_temp.paged(q)), array(select pg_temp.plainly(q)), 'along the names too: ' || q) from asked;
select is(operator_counts() ->> 'therapists', 'more than 10,000', 'more than are counted is said so');
select is(operator_queue('checked') ->> 'more', 'more than 10,000', 'also of a list');
select is(operator_messages('late') -> 'counts' ->> 'late', 'more than 10,000', 'and of messages');

select * from finish();
rollback;
