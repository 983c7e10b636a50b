-- For the checks at start and `unknot doctor`, as the web role.

-- name: system.stranger
-- How many tables with personal data show a row to somebody without a session: must be 0. Of those whose policies no index answers at most 1,000 pages
-- are looked at: with twenty million checks the server did not start, since the time for a statement ran out.
select exists (select from booking)::int + exists (select id from account)::int
    + exists (select from audit tablesample system ((select least(100, 100000.0 / greatest(relpages, 1)) from pg_class where oid = 'audit'::regclass)))::int
    + exists (select from safety_check tablesample system ((select least(100, 100000.0 / greatest(relpages, 1)) from pg_class where oid = 'safety_check'::regclass)))::int

-- name: system.zones
-- Zones of places that this server does not know, NULL when it knows them all.
select string_agg(distinct l.zone, ', ') from location l
where not exists (select from pg_timezone_names n where n.name = l.zone)

-- name: system.listing
-- The listing against what it is derived from → {"therapists","missing","stale"}; stale: the worker should have been there an hour ago
select json_build_object(
    'therapists', (select count(*) from therapist where published),
    'missing', (select count(*) from location l join therapist t on t.id = l.therapist_id
                where t.published and not exists (select from listing x where x.location_id = l.id)),
    'stale', (select count(*) from listing where due < now() - interval '1 hour'))

-- name: system.techniques
-- Services, of at most 1,000 pages, and what they say of their techniques → {"services","silent","guessed","unstated"}; unstated: some technique of theirs
-- their therapist does not state, so that search by it does not find them
select json_build_object('services', count(*), 'silent', count(*) filter (where x.n = 0), 'guessed', count(*) filter (where not s.techniques_stated),
    'unstated', count(*) filter (where s.techniques_stated and x.unstated > 0))
from service s tablesample system ((select least(100, 100000.0 / greatest(relpages, 1)) from pg_class where oid = 'service'::regclass)) cross join lateral (
    select count(*) as n, count(*) filter (where g.retired_at is null and not exists (select from therapist_tag t where t.therapist_id = s.therapist_id and t.tag_id = x.tag_id)) as unstated
    from service_tag x join tag g on g.id = x.tag_id where x.service_id = s.id) x
where s.retired_at is null

-- name: system.map
-- The operator's map → how many pieces it has at its finest level, 0 without one
select count(*) from map_shape where z = (select max(z) from map_shape)

-- name: system.canary
-- The sealed canary, NULL before the first start.
select sealed from key_canary

-- name: system.canary_keep
-- $1 sealed → what is kept from now on (somebody else's, if they were first).
with mine as (insert into key_canary (sealed) values ($1) on conflict do nothing returning sealed)
select sealed from mine union all select sealed from key_canary limit 1
