-- What lifts a CLEARANCE: the answer of a clinician that the client sends, or a call that the therapist records. Both are kept sealed under the client's
-- key; only their dates are plain, since they decide. While a clinician is asked the time can be kept, if the therapist allows it.

alter table service add column clearance_hours smallint not null default 0 check (clearance_hours between 0 and 168);
grant insert (clearance_hours), update (clearance_hours) on service to unknot_web;
comment on column service.clearance_hours is 'how long a held time is kept while the client asks a clinician; 0: not at all';

alter table booking add column clearance_asked timestamptz;
grant update (clearance_asked) on booking to unknot_web;
comment on column booking.clearance_asked is 'when the client asked to keep the time while a clinician is asked: the therapist sees it from then on';

-- A therapist sees a held time once its client has asked for it to be kept while a clinician is asked.
drop policy therapist_reads on booking;
create policy therapist_reads on booking for select to unknot_web
    using (therapist_id = (select auth.therapist()) and (confirmed_at is not null or requested_at is not null or made_by = 'therapist' or clearance_asked is not null));

create table clearance (
    id uuid primary key default gen_random_uuid(),
    booking_id uuid not null references booking on delete cascade,
    kind text not null check (kind in ('note', 'call')),
    dated date not null,
    sealed text not null,
    ending text check (ending in ('pdf', 'jpg', 'png')),
    pieces smallint check (pieces between 1 and 40),
    account_id uuid references account,
    made_at timestamptz not null,
    check ((kind = 'note') = (ending is not null) and (kind = 'note') = (pieces is not null) and (kind = 'call') = (account_id is not null))
);
comment on table clearance is 'a clinician''s answer (note, sent by the client) or a call about it (recorded by the therapist); append only';
comment on column clearance.dated is 'of the day that stands on the note, or of the call: it counts for thirty days';
comment on column clearance.sealed is 'who said it, and of a call what was said';
create index clearance_booking on clearance (booking_id, made_at);

create table clearance_piece (
    clearance_id uuid not null references clearance on delete cascade,
    n smallint not null check (n >= 0),
    sealed text not null,
    primary key (clearance_id, n)
);
comment on table clearance_piece is 'the file of a note in parts of 256 KB, each sealed by itself';

do $$
declare t text;
begin
    foreach t in array array['clearance', 'clearance_piece'] loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
        execute format('create policy owner_all on %I to unknot_owner using (true) with check (true)', t);
        execute format('grant select, insert on %I to unknot_web', t);
    end loop;
end $$;
create policy guest on clearance for select to unknot_web
    using (exists (select from booking b where b.id = booking_id and b.token_hash = (select auth.token_hash('app.booking'))));
create policy guest_sends on clearance for insert to unknot_web
    with check (kind = 'note' and exists (select from booking b where b.id = booking_id and b.token_hash = (select auth.token_hash('app.booking'))));
create policy therapist_reads on clearance for select to unknot_web
    using (exists (select from booking b where b.id = booking_id and b.therapist_id = (select auth.therapist())));
create policy therapist_records on clearance for insert to unknot_web
    with check (kind = 'call' and account_id = (select auth.account())
                and exists (select from booking b where b.id = booking_id and b.therapist_id = (select auth.therapist())));
create policy with_its_note on clearance_piece for select to unknot_web using (exists (select from clearance c where c.id = clearance_id));
create policy guest_sends on clearance_piece for insert to unknot_web
    with check (exists (select from clearance c join booking b on b.id = c.booking_id where c.id = clearance_id and c.kind = 'note'
                        and b.token_hash = (select auth.token_hash('app.booking'))));
