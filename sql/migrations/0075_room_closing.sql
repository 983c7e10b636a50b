-- A room that is closed for a time. Its claim stands in the same table as those of visits, without a therapist, so that the one constraint keeps both apart.
create table room_closing (
    id uuid primary key default gen_random_uuid(),
    room_id int not null references room on delete cascade,
    starts_at timestamptz not null,
    ends_at timestamptz not null check (ends_at > starts_at),
    reason text not null default '' check (length(reason) <= 200),
    made_by uuid references account on delete set null,
    made_at timestamptz not null default now()
);
comment on table room_closing is 'from when to when a room of a practice is closed; the reason is for the practice''s own eyes';
create index room_closing_room on room_closing (room_id, ends_at);
alter table room_closing enable row level security;
alter table room_closing force row level security;
create policy owner_all on room_closing to unknot_owner using (true) with check (true);

alter table slot_claim alter column therapist_id drop not null;
alter table slot_claim add column closing_id uuid references room_closing on delete cascade deferrable initially deferred;
alter table slot_claim drop constraint slot_claim_use_check, drop constraint slot_claim_check;
alter table slot_claim
    add constraint slot_claim_use_check check (use in ('visit', 'suggestion', 'block', 'closed')),
    add constraint slot_claim_check check ((use = 'block') = (block_id is not null) and (use = 'closed') = (closing_id is not null) and (use in ('block', 'closed')) = (booking_id is null)
                                           and (use = 'closed') = (therapist_id is null) and (use <> 'closed' or room_id is not null));
create unique index slot_claim_closing on slot_claim (closing_id) where closing_id is not null;
