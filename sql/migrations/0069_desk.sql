-- Who booked a visit for a client, where it was neither the client nor the therapist: then both are told.
alter table booking add column by_desk boolean not null default false;
comment on column booking.by_desk is 'made by the front desk of the practice; made_by is therapist then, as it is for all that is booked for a client';
