-- From where times are held, so that nobody holds a whole week of somebody's. No address and no cookie: a hash of each under the master key, the
-- address's with the day, and gone after a day.
create table hold_origin (
    booking_id uuid primary key references booking on delete cascade,
    device bytea check (length(device) = 32),
    address bytea not null check (length(address) = 32),
    created_at timestamptz not null default now()
);
create index hold_origin_device on hold_origin (device) where device is not null;
create index hold_origin_address on hold_origin (address);
create index hold_origin_created on hold_origin (created_at);
alter table hold_origin enable row level security;
alter table hold_origin force row level security;
create policy owner_all on hold_origin to unknot_owner using (true) with check (true);
