-- A therapist may let the front desk of their practice answer requests.
alter table practice_member add column desk_answers boolean not null default false;
comment on column practice_member.desk_answers is 'the front desk may accept, decline and suggest times for requests to this therapist; theirs to say, and over when they leave';
