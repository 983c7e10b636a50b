-- Who comes to a therapist: one row for each person, so that a list of them, their visits and a block have something to hold on to; and whom a therapist
-- does not want to see again.

create table client (
    id uuid primary key default gen_random_uuid(),
    therapist_id int not null references therapist on delete cascade,
    account_id uuid references account on delete set null,
    email_key text check (length(email_key) between 3 and 254),
    phone_key text check (length(phone_key) between 3 and 40),
    name text not null check (length(name) between 1 and 120),
    name_key text not null,
    latest_at timestamptz not null
);
comment on table client is 'a person as one therapist knows them: by account, by e-mail address, or by telephone where that is all there is. Made from bookings by client_known(), gone with the last of them';
comment on column client.email_key is 'in lower case';
comment on column client.phone_key is 'digits with the country''s code: phone_key()';
comment on column client.name_key is 'fold(name), to look for';
comment on column client.latest_at is 'the latest visit, past or to come: the order of the list';
create unique index client_email on client (therapist_id, email_key) where email_key is not null;
create index client_phone on client (therapist_id, phone_key) where phone_key is not null;
create index client_account on client (account_id, therapist_id) where account_id is not null;
create index client_latest on client (therapist_id, latest_at desc, id desc);
create index client_name on client (therapist_id, name_key, id);
alter table client enable row level security;
alter table client force row level security;
create policy owner_all on client to unknot_owner using (true) with check (true);
create policy therapist_reads on client for select to unknot_web using (therapist_id = (select auth.therapist()));
grant select on client to unknot_web;

alter table booking add column client_id uuid references client on delete set null;
comment on column booking.client_id is 'whose visit it is, as the therapist knows them; from when the therapist sees the booking';

create table client_block (
    id uuid primary key default gen_random_uuid(),
    therapist_id int not null references therapist on delete cascade,
    client_id uuid references client on delete set null,
    account_id uuid references account on delete set null,
    emails bytea[] not null default '{}',
    phones bytea[] not null default '{}',
    sealed text,
    blocked_at timestamptz not null default now()
);
comment on table client_block is 'who cannot book with a therapist any more. Addresses and numbers are hashes, so that a block outlives the data of the person it is about';
comment on column client_block.sealed is 'the therapist''s reason, for themself alone: sealed by the program';
create unique index client_block_client on client_block (therapist_id, client_id) where client_id is not null;
create index client_block_therapist on client_block (therapist_id, blocked_at desc, id);
alter table client_block enable row level security;
alter table client_block force row level security;
create policy owner_all on client_block to unknot_owner using (true) with check (true);
create policy therapist_all on client_block to unknot_web using (therapist_id = (select auth.therapist())) with check (therapist_id = (select auth.therapist()));
grant select, insert, delete on client_block to unknot_web;

-- --- Those who have come so far

create function phone_key(p_phone text, p_country text) returns text
    language sql immutable parallel safe
    as $$
    select nullif(case
        when p_phone ~ '^\s*\+' then d
        when d like '00%' then substr(d, 3)
        when c.code is null then d
        when c.code = '1' then case when length(d) = 11 and d like '1%' then d else '1' || d end
        when c.code = '39' then '39' || d -- the first zero is part of the number
        else c.code || ltrim(d, '0') end, '')
    from (select regexp_replace(regexp_replace(p_phone, '\(0\)|\s*(ext|x)\.?\s*\d+\s*$', '', 'gi'), '\D', '', 'g') as d) x
    left join (values ('US', '1'), ('CA', '1'), ('GB', '44'), ('IE', '353'), ('DE', '49'), ('AT', '43'), ('CH', '41'), ('FR', '33'), ('NL', '31'), ('BE', '32'), ('ES', '34'), ('IT', '39'),
                      ('PT', '351'), ('AU', '61'), ('NZ', '64'), ('SE', '46'), ('NO', '47'), ('DK', '45'), ('FI', '358'), ('PL', '48')) c (country, code) on c.country = p_country
    $$; -- as in 45_client.sql, which makes it anew

create temporary table known on commit drop as
select b.id, b.therapist_id, b.client_account_id as account, lower(b.client_email) as email, phone_key(b.client_phone, (select l.country from location l where l.therapist_id = b.therapist_id order by l.id limit 1)) as phone, b.client_name as name, b.starts_at
from booking b where b.client_name is not null and (b.confirmed_at is not null or b.requested_at is not null or b.made_by = 'therapist');
insert into client (therapist_id, account_id, email_key, phone_key, name, name_key, latest_at)
select therapist_id, (array_agg(account) filter (where account is not null))[1], email, max(phone) filter (where length(phone) between 3 and 40), (array_agg(name order by starts_at desc))[1], '', max(starts_at)
from known where email is not null group by therapist_id, email;
insert into client (therapist_id, phone_key, name, name_key, latest_at)
select therapist_id, phone, (array_agg(name order by starts_at desc))[1], '', max(starts_at)
from known where email is null and length(phone) between 3 and 40 group by therapist_id, phone;
update client set name_key = btrim(regexp_replace(lower(public.unaccent(name)), '[^[:alnum:]]+', ' ', 'g'));
update booking b set client_id = c.id from known k join client c on c.therapist_id = k.therapist_id and (c.email_key = k.email or k.email is null and c.email_key is null and c.phone_key = k.phone)
where b.id = k.id;
create index booking_client on booking (client_id, starts_at desc) where client_id is not null;
