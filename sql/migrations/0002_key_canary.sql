-- A known text sealed with the master key of the place: a program with another key file would write what nobody can read again, and
-- stops at start instead.
create table key_canary (
    one boolean primary key default true check (one),
    sealed text not null,
    made_at timestamptz not null default now()
);
comment on table key_canary is 'at most one row, written at the first start';
grant select, insert on key_canary to unknot_web;
