-- A challenge is made from the session and the moment and is not kept; what is kept is when the last one that was signed was made.
comment on column session.challenge is 'not used';
alter table session add column challenge_made bigint not null default 0;
comment on column session.challenge_made is 'milliseconds: the moment of the challenge that a passkey signed last; none of that moment or before is taken again';
alter table session drop column challenge, drop column challenge_until;
