-- What any role may ask of any database, with or without our schema.

-- name: server.facts
-- The server and the role that asks → {"version","number","epoch","role","superuser","bypass","owner"}
select json_build_object(
    'version', current_setting('server_version'), 'number', current_setting('server_version_num')::int,
    'epoch', extract(epoch from clock_timestamp()), 'role', r.rolname, 'superuser', r.rolsuper, 'bypass', r.rolbypassrls,
    'owner', exists (select from pg_class c where c.relnamespace::regnamespace::text in ('unknot', 'auth')
                     and pg_has_role(r.oid, c.relowner, 'member')))
from pg_roles r where r.rolname = current_user
