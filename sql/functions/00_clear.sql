-- All functions are made anew from these files, so what an earlier version had under other names or arguments goes first. What tables, indexes, policies
-- and triggers rest on stays and is replaced in place. The files are run twice, the second time with their bodies checked: nothing is to be missing then.
do $$
declare
    f regprocedure;
begin
    if current_setting('check_function_bodies') = 'on' then
        return;
    end if;
    for f in
        select p.oid::regprocedure from pg_proc p
        where p.pronamespace = any (array[to_regnamespace('unknot'), to_regnamespace('sample')]::oid[]) and p.prokind = 'f'
          and not exists (select from pg_depend d where d.refclassid = 'pg_proc'::regclass and d.refobjid = p.oid)
          and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
    loop
        execute format('drop function %s', f);
    end loop;
end $$;
