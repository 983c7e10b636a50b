-- What a therapist suggests for the days between visits. Kept like a note: each change is one more version; the newest is what the client sees.

create table home_plan (
    booking_id uuid not null references booking on delete cascade,
    version smallint not null check (version > 0),
    account_id uuid not null references account,
    sealed text not null,
    written_at timestamptz not null,
    primary key (booking_id, version)
);
comment on table home_plan is 'suggestions for home that belong to a visit, as they were worded then, sealed by the program; append only. One without suggestions takes the plan back';
alter table home_plan enable row level security;
alter table home_plan force row level security;
create policy owner_all on home_plan to unknot_owner using (true) with check (true);
create policy guest_reads on home_plan for select to unknot_web
    using (exists (select from booking b where b.id = booking_id and b.token_hash = (select auth.token_hash('app.booking'))));
create policy therapist_reads on home_plan for select to unknot_web
    using (exists (select from booking b where b.id = booking_id and b.therapist_id = (select auth.therapist())));
create policy therapist_writes on home_plan for insert to unknot_web
    with check (account_id = (select auth.account()) and exists (select from booking b where b.id = booking_id and b.therapist_id = (select auth.therapist())));
grant select, insert on home_plan to unknot_web;

alter table location add column home_plans boolean not null default true;
comment on column location.home_plans is 'whether suggestions for home are within the scope of practice there: in some places a massage therapist may not give them';
grant update (home_plans) on location to unknot_web;
