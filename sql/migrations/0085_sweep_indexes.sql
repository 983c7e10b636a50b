-- What the worker looks for round by round in tables that grow with the directory and its years.
create index outbox_over on outbox (created_at) where state in ('sent', 'dropped');
create index client_key_proofs on client_key (proofs_of) where proofs_of is not null;
create index account_closes on account (closes_at) where closes_at is not null and email not like 'erased-%';

-- waiting lists: who waits, also what was offered to them under an entry that is over; and what is over or was never confirmed
drop index waiting_email;
create index waiting_email on waiting (lower(email));
create index waiting_until on waiting (until_day) where ended_at is null and confirmed_at is not null;
create index waiting_ended on waiting (ended_at) where ended_at is not null;
create index waiting_unconfirmed on waiting (created_at) where confirmed_at is null;
