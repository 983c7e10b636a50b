-- What a practice asks of each service: who may book it, how, where, how often a day, and until when a visit can be moved or cancelled.

alter table service
    add column mode text not null default 'instant' check (mode in ('instant', 'request')),
    add column answer_hours smallint not null default 24 check (answer_hours between 1 and 168),
    add column clients text not null default 'any' check (clients in ('any', 'new', 'returning')),
    add column most_a_day smallint check (most_a_day between 1 and 50),
    add column at_home boolean not null default false,
    add column cancel_notice int not null default 1440 check (cancel_notice between 0 and 43200),
    add column cancel_fee int not null default 0 check (cancel_fee between 0 and 10000000),
    add column move_notice int not null default 1440 check (move_notice between 0 and 43200),
    add column move_fee int not null default 0 check (move_fee between 0 and 10000000);
comment on column service.mode is 'instant: booked at once; request: the therapist accepts, suggests another time or declines within answer_hours';
comment on column service.clients is 'new: who was never here; returning: who was; told by the client''s e-mail address and attended visits';
comment on column service.most_a_day is 'visits of this service on one local day, at most; null: as many as there is time for';
comment on column service.at_home is 'at the client''s address, within location.home_km of the place the therapist starts from';
comment on column service.cancel_notice is 'minutes before the start until which cancelling is free; afterwards cancel_fee, in minor units, is owed to the therapist';
comment on column service.move_notice is 'the same for moving, with move_fee';

create table service_location (
    service_id int not null,
    location_id int not null,
    therapist_id int not null,
    primary key (service_id, location_id),
    foreign key (service_id, therapist_id) references service (id, therapist_id) on delete cascade,
    foreign key (location_id, therapist_id) references location (id, therapist_id) on delete cascade
);
comment on table service_location is 'the places where a service is given; a service without a row here is given at all of its therapist''s';

alter table service_location enable row level security;
alter table service_location force row level security;
create policy owner_all on service_location to unknot_owner using (true) with check (true);
create policy all_read on service_location for select to unknot_web using (true);
create policy therapist_adds on service_location for insert to unknot_web with check (therapist_id = (select auth.therapist()));
create policy therapist_drops on service_location for delete to unknot_web using (therapist_id = (select auth.therapist()));
grant select on service_location to unknot_web, unknot_worker;
grant insert, delete on service_location to unknot_web;
grant insert (step, notice, horizon, mode, answer_hours, clients, most_a_day, at_home, cancel_notice, cancel_fee, move_notice, move_fee),
    update (step, notice, horizon, mode, answer_hours, clients, most_a_day, at_home, cancel_notice, cancel_fee, move_notice, move_fee) on service to unknot_web;
