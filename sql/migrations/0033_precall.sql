-- Whether the therapist calls before the visit, as the answers want it. What it is about lies sealed; that there is a call is what the booking needs to know.

alter table safety_check add column precall boolean not null default false;
comment on column safety_check.precall is 'the therapist calls before the visit: nothing is booked without a telephone number';
