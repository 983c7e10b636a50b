-- Visits at the client's address: a service can be one. A booking of it keeps the address, which the client and the therapist see and nobody else, and
-- a telephone number: who goes to a stranger's door can ring first.

alter table service
    add column at_home boolean not null default false,
    add column road smallint not null default 30 check (road between 0 and 120),
    add column kept_before smallint not null generated always as (buffer_before + case when at_home then road else 0::smallint end) stored,
    add column kept_after smallint not null generated always as (buffer_after + case when at_home then road else 0::smallint end) stored;
comment on column service.at_home is 'at the client''s address, within location.home_km of the place the therapist starts from';
comment on column service.road is 'minutes on the way to such a visit, and back';
comment on column service.kept_before is 'what a visit takes of the therapist''s time before it begins: the buffer, and the way when it is at the client''s address';
comment on column service.kept_after is 'the same after it has ended';
grant insert (at_home, road), update (at_home, road) on service to unknot_web;

alter table booking
    add column at_home boolean not null default false,
    add column home_street text check (length(home_street) between 3 and 200),
    add column home_place text check (length(home_place) between 2 and 120),
    add column home_access text check (length(home_access) between 1 and 200),
    add column home_lat float8 check (home_lat between -85 and 85),
    add column home_lon float8 check (home_lon between -180 and 180),
    add constraint booking_has_an_address check (not at_home or state not in ('requested', 'suggested', 'confirmed')
        or num_nulls(home_street, home_place, home_lat, home_lon, client_phone) = 0),
    add constraint booking_has_no_address check (at_home or num_nonnulls(home_street, home_place, home_access, home_lat, home_lon) = 0);
comment on column booking.at_home is 'the service''s at the time of booking';
comment on column booking.home_place is 'town, or town and postcode, as the gazetteer has it; home_lat and home_lon are its middle, to which distances are reckoned';
comment on column booking.home_access is 'what helps to find the door';
grant update (home_street, home_place, home_access, home_lat, home_lon) on booking to unknot_web;
