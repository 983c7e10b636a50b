-- The roles, the database and its extensions. Run by a superuser with psql, as often as wanted:
--   psql -X -v ON_ERROR_STOP=1 -d postgres -f deploy/roles.sql
--
-- unknot_owner   owns the database and everything in it; `unknot migrate`, `demo` and `import`
-- unknot_web     answers requests; sees what grants and row-level security leave it
-- unknot_worker  the outbox, expiries and other chores
-- unknot_keyd    `unknot keyd`: may ask who may have a client's key, and nothing else
--
-- None of them is a superuser or passes by row-level security. How they log in (peer, scram, a private socket) is
-- pg_hba.conf's business: no password is set here.

set client_min_messages = warning;

select format('create role %I', wanted)
from unnest(array ['unknot_owner', 'unknot_web', 'unknot_worker', 'unknot_keyd']) wanted
where not exists (select from pg_roles where rolname = wanted)
\gexec
alter role unknot_owner login nosuperuser nobypassrls nocreatedb nocreaterole noreplication;
alter role unknot_web login nosuperuser nobypassrls nocreatedb nocreaterole noreplication;
alter role unknot_worker login nosuperuser nobypassrls nocreatedb nocreaterole noreplication;
alter role unknot_keyd login nosuperuser nobypassrls nocreatedb nocreaterole noreplication;
-- `unknot generate` asks foreign keys of millions of rows at once instead of one by one; whoever owns the tables could drop them as well.
grant set on parameter session_replication_role to unknot_owner;

select 'create database unknot owner unknot_owner template template0 encoding ''UTF8'''
where not exists (select from pg_database where datname = 'unknot')
\gexec
alter database unknot owner to unknot_owner;
alter database unknot set timezone = 'UTC';
alter database unknot set search_path = unknot, public;
revoke all on database unknot from public;
grant connect on database unknot to unknot_web, unknot_worker, unknot_keyd;

-- Limits of a session that did not set its own. The program does; these hold for whoever logs in by hand.
-- Nothing that people typed may reach the server's log: no parameters, and no DETAIL with the key of a duplicate.
select format('alter role %I in database unknot set %s = %L', role, setting, value)
from (values ('unknot_owner'), ('unknot_web'), ('unknot_worker'), ('unknot_keyd')) roles (role)
cross join (values
    ('default_transaction_isolation', 'read committed'),
    ('client_connection_check_interval', '2s'),
    ('deadlock_timeout', '200ms'), -- well below lock_timeout, or a deadlock would pass for a long wait
    ('jit', 'off'),
    ('log_error_verbosity', 'terse'),
    ('log_lock_waits', 'on'),
    ('log_parameter_max_length', '0'),
    ('log_parameter_max_length_on_error', '0')) settings (setting, value)
union all
values
    ('alter role unknot_web in database unknot set statement_timeout = ''2s'''),
    ('alter role unknot_web in database unknot set lock_timeout = ''1s'''),
    ('alter role unknot_web in database unknot set idle_in_transaction_session_timeout = ''5s'''),
    ('alter role unknot_worker in database unknot set statement_timeout = ''60s'''),
    ('alter role unknot_worker in database unknot set lock_timeout = ''1s'''),
    ('alter role unknot_worker in database unknot set idle_in_transaction_session_timeout = ''5s'''),
    ('alter role unknot_keyd in database unknot set statement_timeout = ''2s'''),
    ('alter role unknot_keyd in database unknot set lock_timeout = ''1s'''),
    ('alter role unknot_keyd in database unknot set idle_in_transaction_session_timeout = ''5s''')
\gexec

\connect unknot
set client_min_messages = warning;
create extension if not exists btree_gist;
create extension if not exists fuzzystrmatch;
create extension if not exists pg_trgm;
create extension if not exists unaccent;

-- public holds the extensions and nothing else: used by our roles, written by nobody.
revoke all on schema public from public;
grant usage on schema public to unknot_owner, unknot_web, unknot_worker, unknot_keyd;
