-- Files that registers publish, by date, to hold credentials against: what a file says is shown to operators, who decide.

alter table register add column mapping jsonb;
comment on column register.mapping is 'which columns of the published file are number, name, status, expires and discipline (src/operator/register_file.h)';

create table register_file (
    id int generated always as identity primary key,
    register_id int not null references register on delete cascade,
    dated date not null,
    name text not null check (length(name) between 1 and 255),
    entries int not null,
    left_out int not null,
    imported_at timestamptz not null,
    unique (register_id, dated)
);
comment on table register_file is 'one edition of what a register publishes; the two newest are kept';

create table register_entry (
    file_id int not null references register_file on delete cascade,
    number_key text not null,
    number text not null,
    name text not null,
    name_key text not null,
    status text,
    active boolean,
    expires date,
    discipline text
);
comment on column register_entry.number_key is 'as credential.number_key';
comment on column register_entry.name_key is 'as name_key() makes it';
comment on column register_entry.active is 'whether the status is one that the mapping calls active; null: it does not say which are';
create index register_entry_number on register_entry (file_id, number_key);
create index register_entry_name on register_entry (file_id, name_key);

create unlogged table register_load (number text, name text, status text, expires date, discipline text);
comment on table register_load is 'what `unknot register import` read last';

do $$
declare t text;
begin
    foreach t in array array['register_file', 'register_entry'] loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
        execute format('create policy owner_all on %I to unknot_owner using (true) with check (true)', t);
        execute format('create policy operator_reads on %I for select to unknot_web using ((select auth.is_operator()))', t);
        execute format('grant select on %I to unknot_web', t);
    end loop;
end $$;
