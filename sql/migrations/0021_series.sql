-- Series: several visits that are planned, held and booked as one.
alter table booking
    add column series_id uuid,
    add column series_n smallint check (series_n between 1 and 13),
    add column series_of smallint check (series_of between 2 and 13),
    add column series_review boolean not null default false,
    add constraint booking_series check ((series_id is null) = (series_n is null) and (series_id is null) = (series_of is null) and series_n <= series_of
        and (series_n = 1) = (series_id = id));
create unique index booking_series on booking (series_id, series_n) where series_id is not null;
comment on column booking.series_id is 'the first booking of the series, which leads until all are booked; null: a visit by itself';
comment on column booking.series_review is 'the visit in which both look whether massage helped';
