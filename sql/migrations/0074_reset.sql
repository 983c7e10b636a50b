-- Two operators take the second step off the account of somebody who lost it.
insert into sensitive_act values
    ('account.reset', 'Take the second step off an account', 'Code apps, passkeys and recovery codes go, all devices are signed out, and the person is told by mail. The password alone signs in then.', 7);
alter table proposal add column account_id uuid references account on delete cascade;
comment on column proposal.account_id is 'whose account it is about, where it is about no therapist''s page';
alter table proposal add constraint proposal_account check ((act = 'account.reset') = (account_id is not null));
create index proposal_account on proposal (account_id) where account_id is not null;
