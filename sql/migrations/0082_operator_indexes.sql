-- An operator's pages of a large directory: each reads what it shows, and counts what can be counted at once.

-- the queue: what waits for an operator, and what an operator could not confirm
create index credential_waiting on credential ((coalesce(renewed_at, handed_in_at)), id) where renewed_at is not null or result is null and checked_on is null;
create index credential_refused on credential (checked_until, (coalesce(renewed_at, handed_in_at)), id) where result not in ('register', 'document');
create index credential_of_kind on credential (kind);
drop index credential_queue;

create index therapist_by_name on therapist (name, id);
create index therapist_unpublished on therapist (name, id) where not published;
