// What the web role writes, row by row, whoever's rights it writes with: triggers on all tables, which only tests have. Comparing tables before and after
// each request took more time than all requests.
import { sql } from './lib.mjs';

const tables = () => sql(`select c.relname from pg_class c where c.relnamespace = 'unknot'::regnamespace and c.relkind = 'r' order by 1`).map(([name]) => name);

// Also: whatever plan a connection kept of these tables is made anew, with what row-level security says from then on.
export function watch() {
  unwatch();
  sql('create schema witness');
  sql('create unlogged table witness.wrote (relation text, act text, said text)');
  sql(`create function witness.note() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
    begin
      insert into witness.wrote values (tg_table_name, tg_op, left(case when tg_op = 'DELETE' then old::text else new::text end, 400));
      return null;
    end $$`);
  for (const table of tables())
    sql(`create trigger zz_witness after insert or update or delete on unknot."${table}" for each row when (session_user = 'unknot_web') execute function witness.note()`);
}

export function unwatch() {
  if (sql(`select 1 from pg_namespace where nspname = 'witness'`).length === 0) return;
  for (const [table] of sql(`select tgrelid::regclass from pg_trigger where tgname = 'zz_witness'`)) sql(`drop trigger zz_witness on ${table}`);
  sql('drop schema if exists witness cascade');
}

// What was written since the last time it was asked for, as `relation: ACT row`. When one was last seen is no change, nor is the key of a form that changed nothing.
export const written = (besides = ['session', 'change_key']) =>
  sql(`with gone as (delete from witness.wrote returning *) select relation, act, said from gone`)
    .filter(([relation]) => !besides.includes(relation)).map(([relation, act, said]) => `${relation}: ${act} ${said}`);
