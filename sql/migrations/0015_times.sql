-- Times on offer: hours for a part of the year, days that differ, time off, public holidays, the way between two places.

create table season (
    id int generated always as identity primary key,
    location_id int not null references location on delete cascade,
    name text not null default '' check (length(name) <= 60),
    valid_from date not null,
    valid_until date not null default 'infinity' check (valid_until >= valid_from),
    unique (id, location_id),
    exclude using gist (location_id with =, daterange(valid_from, valid_until, '[]') with &&)
);
comment on table season is 'from valid_from to valid_until, both included, its hours hold at the place in place of the usual ones (those without a season); a weekday without hours is closed';

alter table hours add column season_id int;
do $$
declare
    c text;
begin
    for c in select conname from pg_constraint where conrelid = 'hours'::regclass and contype in ('p', 'x') loop
        execute format('alter table hours drop constraint %I', c);
    end loop;
end $$;
alter table hours
    add foreign key (season_id, location_id) references season (id, location_id) on delete cascade,
    add unique nulls not distinct (location_id, season_id, weekday, starts),
    add exclude using gist (location_id with =, coalesce(season_id, 0) with =, weekday with =,
        int4range((extract(epoch from starts) / 60)::int, (extract(epoch from ends) / 60)::int) with &&);

create table special_day (
    location_id int not null references location on delete cascade,
    day date not null,
    kind text not null check (kind in ('closed', 'extra', 'instead')),
    open int4multirange not null default '{}' check (open <@ int4multirange(int4range(0, 1440))),
    primary key (location_id, day),
    check ((kind = 'closed') = isempty(open))
);
comment on table special_day is 'a place and a date on which it is closed, open longer than the week says, or open at other hours; it goes before the week and before holidays';
comment on column special_day.open is 'minutes of the wall clock from midnight';

create table time_off (
    id int generated always as identity primary key,
    therapist_id int not null references therapist on delete cascade,
    starts timestamp not null,
    ends timestamp not null check (ends > starts),
    unique (id, therapist_id)
);
comment on table time_off is 'when a therapist sees nobody, by the wall clock of each of their places; whole days begin and end at midnight';
create index time_off_therapist on time_off (therapist_id, ends);
create table time_off_note (
    time_off_id int primary key,
    therapist_id int not null,
    note text not null check (length(note) between 1 and 200),
    foreign key (time_off_id, therapist_id) references time_off (id, therapist_id) on delete cascade
);
comment on table time_off_note is 'what a therapist wrote beside it, for their own eyes';

create table holiday (
    id text primary key check (id ~ '^[a-z]{2}(-[a-z0-9]+)+$'),
    country text not null check (country ~ '^[A-Z]{2}$'),
    name text not null check (length(name) between 1 and 80),
    kept text not null default '' check (length(kept) <= 120),
    month smallint check (month between 1 and 12),
    day smallint check (day between 1 and 31),
    weekday smallint check (weekday between 1 and 7),
    easter smallint check (easter between -60 and 80),
    retired_at timestamptz,
    check ((easter is null) = (month is not null) and (month is null) = (day is null) and (weekday is null or month is not null))
);
comment on table holiday is 'public holidays as rules that hold in any year: month and day; with weekday: the first such weekday on or after it; or days after Easter Sunday';
comment on column holiday.kept is 'where in the country it is one, when not everywhere';

create table holiday_closed (
    therapist_id int not null references therapist on delete cascade,
    holiday_id text not null references holiday,
    primary key (therapist_id, holiday_id)
);
comment on table holiday_closed is 'the holidays on which a therapist is closed, at their places in its country';

create table travel (
    therapist_id int not null,
    location_a int not null,
    location_b int not null check (location_b > location_a),
    minutes smallint not null check (minutes between 1 and 480),
    primary key (location_a, location_b),
    foreign key (location_a, therapist_id) references location (id, therapist_id) on delete cascade,
    foreign key (location_b, therapist_id) references location (id, therapist_id) on delete cascade
);
comment on table travel is 'minutes from one place of a therapist to another: no visit begins or ends nearer than that to a claim at the other place';
create index travel_therapist on travel (therapist_id);

-- A claim says where and for what it is, so that the way to it and the visits of a day can be reckoned without reading bookings.
alter table slot_claim add column location_id int, add column service_id int, add column starts_at timestamptz;
comment on column slot_claim.starts_at is 'when the visit itself begins, after the buffer';
update slot_claim c set location_id = b.location_id, service_id = b.service_id, starts_at = b.starts_at from booking b where b.id = c.booking_id;

do $$
declare
    t text;
begin
    foreach t in array array['season', 'special_day', 'time_off', 'time_off_note', 'holiday_closed', 'travel'] loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
        execute format('create policy owner_all on %I to unknot_owner using (true) with check (true)', t);
    end loop;
    foreach t in array array['season', 'special_day', 'time_off', 'holiday_closed', 'travel'] loop
        execute format('create policy all_read on %I for select to unknot_web using (true)', t);
    end loop;
    foreach t in array array['season', 'special_day'] loop
        execute format('create policy therapist_adds on %I for insert to unknot_web with check (location_id in (select id from location where therapist_id = (select auth.therapist())))', t);
        execute format('create policy therapist_changes on %I for update to unknot_web using (location_id in (select id from location where therapist_id = (select auth.therapist())))', t);
        execute format('create policy therapist_drops on %I for delete to unknot_web using (location_id in (select id from location where therapist_id = (select auth.therapist())))', t);
    end loop;
    foreach t in array array['time_off', 'time_off_note', 'holiday_closed', 'travel'] loop
        execute format('create policy therapist_adds on %I for insert to unknot_web with check (therapist_id = (select auth.therapist()))', t);
        execute format('create policy therapist_changes on %I for update to unknot_web using (therapist_id = (select auth.therapist()))', t);
        execute format('create policy therapist_drops on %I for delete to unknot_web using (therapist_id = (select auth.therapist()))', t);
    end loop;
end $$;
create policy therapist_reads on time_off_note for select to unknot_web using (therapist_id = (select auth.therapist()));

grant select on season, special_day, time_off, time_off_note, holiday, holiday_closed, travel to unknot_web;
grant insert, delete on season, special_day, time_off, time_off_note, holiday_closed, travel to unknot_web;
grant update (name, valid_from, valid_until) on season to unknot_web;
grant update (kind, open) on special_day to unknot_web;
