-- Who is who to a therapist, and who is blocked. A person is known by account, by e-mail address, or by telephone where that is all there is; a block goes
-- by all of these that were ever given. Invoker's rights where nothing else is said.

-- --- How addresses and numbers are compared

-- Digits with the country's code: +49 30 123, 0049 30 123 and 030 123 (in Germany) are one number. Where the code is not known the digits have to do.
create or replace function phone_key(p_phone text, p_country text) returns text
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
    $$;

-- What is after a plus sign is the same mailbox.
create or replace function email_mark(p_email text) returns bytea
    language sql immutable strict parallel safe
    as $$ select sha256(convert_to(regexp_replace(lower(btrim(p_email)), '\+[^@]*@', '@'), 'UTF8')) $$;
create or replace function phone_mark(p_phone text, p_country text) returns bytea
    language sql immutable strict parallel safe
    as $$ select sha256(convert_to(phone_key(p_phone, p_country), 'UTF8')) $$;

create or replace function therapist_country(p_therapist int) returns text
    language sql stable
    as $$ select l.country from location l where l.therapist_id = p_therapist order by l.id limit 1 $$;

-- --- Who it is

-- The therapist sees the booking: from here on it is somebody's.
create or replace function client_shows(b booking) returns boolean
    language sql immutable parallel safe
    as $$ select b.client_name is not null and (b.confirmed_at is not null or b.requested_at is not null or b.made_by = 'therapist') $$;

create or replace function client_match(p_therapist int, p_account uuid, p_email text, p_phone text) returns uuid
    language sql stable
    as $$
    select c.id from (
        select id, 1 as o from client where account_id = p_account and therapist_id = p_therapist
        union all
        select id, 2 from client where therapist_id = p_therapist and email_key = p_email
        union all
        select id, 3 from client where therapist_id = p_therapist and phone_key = p_phone and (p_email is null or email_key is null)
        union all -- by what somebody was known by who is one with a client since
        select m.client_id, case when m.account_id = p_account then 1 when m.email_key = p_email then 2 else 3 end
        from client_merged m where m.therapist_id = p_therapist and (m.account_id = p_account or m.email_key = p_email or m.phone_key = p_phone and (p_email is null or m.email_key is null))) c
    order by c.o, c.id limit 1
    $$;

create or replace function client_of(b booking) returns uuid
    language plpgsql
    as $$
declare
    email text := lower(b.client_email);
    phone text := phone_key(b.client_phone, therapist_country(b.therapist_id));
    found_id uuid;
begin
    phone := case when length(phone) between 3 and 40 then phone end;
    found_id := client_match(b.therapist_id, b.client_account_id, email, phone);
    if found_id is null then
        insert into client (therapist_id, account_id, email_key, phone_key, name, name_key, latest_at)
        values (b.therapist_id, b.client_account_id, email, phone, b.client_name, fold(b.client_name), b.starts_at)
        on conflict do nothing returning id into found_id;
        found_id := coalesce(found_id, client_match(b.therapist_id, b.client_account_id, email, phone));
    end if;
    return found_id;
end $$;

-- Before a booking is written: the second wall against whom the therapist blocked, and whose booking it is.
create or replace function client_known() returns trigger
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
begin
    if bulk_load() then
        return new;
    end if;
    if tg_op = 'INSERT' then
        new.client_id := null; -- nobody says so themselves
    end if;
    if new.state in ('confirmed', 'requested') and new.client_name is not null
       and (tg_op = 'INSERT' or new.made_by = 'client' and old.state = 'held' and old.confirmed_at is null and old.requested_at is null)
       and client_blocked_as(new.therapist_id, new.client_account_id, new.client_email, new.client_phone) is not null then
        raise exception 'whom the therapist has blocked books nothing' using errcode = 'check_violation';
    end if;
    if new.client_name is null then
        new.client_id := null;
    elsif new.client_id is null and client_shows(new) then
        perform listing_lock(new.therapist_id); -- before the client's row, as everywhere
        new.client_id := client_of(new);
    end if;
    return new;
end $$;
create or replace trigger client_known before insert or update of state, client_name, requested_at, confirmed_at on booking
    for each row when (new.client_name is not null or new.client_id is not null) execute function client_known();

-- After it: the name and the latest visit are what the bookings say; whom nothing tells of any more is forgotten.
create or replace function client_told(p_client uuid) returns void
    language plpgsql
    as $$
declare
    b booking;
    latest timestamptz;
begin
    select * into b from booking where client_id = p_client order by starts_at desc limit 1;
    if not found then
        delete from client where id = p_client;
        return;
    end if;
    update client_merged m -- what no visit tells of any more
    set name = case when exists (select from booking x where x.client_id = p_client and x.client_name = m.name) then m.name end,
        email_key = case when exists (select from booking x where x.client_id = p_client and lower(x.client_email) = m.email_key) then m.email_key end,
        phone_key = case when exists (select from booking x where x.client_id = p_client and phone_key(x.client_phone, therapist_country(x.therapist_id)) = m.phone_key) then m.phone_key end
    where m.client_id = p_client;
    latest := coalesce((select max(starts_at) from booking where client_id = p_client and state not in ('cancelled', 'declined', 'expired')), b.starts_at);
    update client set name = b.client_name, name_key = fold(b.client_name), latest_at = latest,
        account_id = coalesce(account_id, b.client_account_id), email_key = coalesce(email_key, x.email), phone_key = coalesce(phone_key, x.phone)
    from (select case when not exists (select from client o where o.therapist_id = b.therapist_id and o.email_key = lower(b.client_email)) then lower(b.client_email) end as email,
                 case when length(k) between 3 and 40 then k end as phone from phone_key(b.client_phone, therapist_country(b.therapist_id)) k) x
    where id = p_client
      and (name, latest_at, account_id, email_key, phone_key)
          is distinct from (b.client_name, latest, coalesce(account_id, b.client_account_id), coalesce(email_key, x.email), coalesce(phone_key, x.phone));
end $$;

create or replace function client_follows() returns trigger
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
begin
    if bulk_load() then
        return null;
    end if;
    if tg_op <> 'INSERT' and old.client_id is not null then
        perform client_told(old.client_id);
    end if;
    if tg_op <> 'DELETE' and new.client_id is not null and (tg_op = 'INSERT' or new.client_id is distinct from old.client_id) then
        perform client_told(new.client_id);
    end if;
    if tg_op = 'UPDATE' and new.client_account_id is distinct from old.client_account_id and new.client_account_id is not null then
        perform clients_join((select b.client_id from booking b where b.id = new.id), new.client_account_id);
    end if;
    return null;
end $$;
create or replace trigger client_follows_new after insert on booking for each row when (new.client_id is not null) execute function client_follows();
create or replace trigger client_follows after delete or update of state, starts_at, client_name, client_account_id on booking
    for each row execute function client_follows();

-- For bookings that were loaded in bulk → how many people they are of.
create or replace function clients_gather() returns bigint
    language sql
    as $$
    with known as materialized (
        select b.id, b.therapist_id, b.client_account_id as account, coalesce(lower(b.client_email), phone_key(b.client_phone, therapist_country(b.therapist_id))) as who,
               lower(b.client_email) as email, phone_key(b.client_phone, therapist_country(b.therapist_id)) as phone, b.client_name as name, b.starts_at
        from booking b where b.client_id is null and client_shows(b) and (b.client_email is not null or b.client_phone is not null)
    ), person as materialized (
        select coalesce(client_match(k.therapist_id, null, max(k.email), max(k.phone)), gen_random_uuid()) as id, k.therapist_id, k.who, max(k.email) as email, max(k.phone) filter (where length(k.phone) between 3 and 40) as phone,
               (array_agg(k.account) filter (where k.account is not null))[1] as account, (array_agg(k.name order by k.starts_at desc))[1] as name, max(k.starts_at) as latest
        from known k group by k.therapist_id, k.who
    ), made as (
        insert into client (id, therapist_id, account_id, email_key, phone_key, name, name_key, latest_at)
        select id, therapist_id, account, email, phone, name, fold(name), latest from person
        on conflict (id) do update set latest_at = greatest(client.latest_at, excluded.latest_at) returning id
    ), set_now as (
        update booking b set client_id = p.id from known k join person p on (p.therapist_id, p.who) = (k.therapist_id, k.who) where b.id = k.id
    )
    select count(*) from made
    $$;

-- --- Blocked

-- By what somebody is blocked: account, email, phone; null: they are not.
create or replace function client_blocked_as(p_therapist int, p_account uuid, p_email text, p_phone text) returns text
    language plpgsql stable security definer set search_path = unknot, public, pg_temp
    as $$
begin
    if not exists (select from client_block k where k.therapist_id = p_therapist) then
        return null;
    end if;
    return (
        select case when email_mark(p_email) = any (k.emails) then 'email' when phone_mark(p_phone, therapist_country(p_therapist)) = any (k.phones) then 'phone' else 'account' end as how
        from client_block k
        where k.therapist_id = p_therapist
          and (email_mark(p_email) = any (k.emails) or phone_mark(p_phone, therapist_country(p_therapist)) = any (k.phones) or k.account_id = p_account
               or k.account_id = (select a.id from account a where a.email_key = lower(p_email) and a.email_verified_at is not null))
        order by how limit 1);
end $$;

-- The same of who is signed in, with what they say of themselves.
create or replace function client_blocked(p_therapist int, p_email text, p_phone text) returns text
    language plpgsql stable security definer set search_path = unknot, public, pg_temp
    as $$
begin
    return client_blocked_as(p_therapist, case when auth.token_hash('app.session') is not null then auth.account() end, p_email, p_phone);
end $$;

-- What the person is told: that it is so and by what, and never why. Null where p_how is.
create or replace function client_refused(p_how text, p_service int) returns json
    language sql
    as $$
    select case when p_how is not null then booking_problem(409, 'not-bookable',
        'This therapist cannot be booked with this ' || case p_how when 'email' then 'e-mail address' when 'phone' then 'telephone number' else 'account' end || '.', p_service, null) end
    $$;

-- A hold of somebody blocked: given back at once, and what they are told; null: go on.
create or replace function booking_refused(p_id uuid, p_email text, p_phone text) returns json
    language plpgsql
    as $$
declare
    b booking;
    how text;
begin
    select * into b from booking where id = p_id and token_hash = auth.token_hash('app.booking') and state = 'held' and made_by = 'client' and confirmed_at is null and requested_at is null;
    how := case when found then client_blocked(b.therapist_id, p_email, coalesce(p_phone, b.client_phone)) end;
    if how is not null then
        perform booking_cancel(p_id, null, 'web');
    end if;
    return client_refused(how, b.service_id);
end $$;

-- A visit that was booked before stays as it is, and can be cancelled; null: it may be moved.
create or replace function client_stays(b booking) returns json
    language sql
    as $$
    select (x.said::jsonb || jsonb_build_object('booking', booking_document(b.id)::jsonb, 'title', rtrim(x.said ->> 'title', '.') || ' any more, so the visit cannot be moved. It stays as it is, and you can cancel it.'))::json
    from client_refused(client_blocked(b.therapist_id, b.client_email, b.client_phone), b.service_id) x (said) where x.said is not null
    $$;

-- What a person who is blocked from now on only holds is free again.
create or replace function client_holds_end(p_block uuid) returns int
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    k client_block;
    n int;
begin
    select * into k from client_block where id = p_block and therapist_id = auth.therapist();
    update booking b set state = 'cancelled'
    where b.therapist_id = k.therapist_id and b.state = 'held' and b.confirmed_at is null and b.requested_at is null and b.hold_expires > clock()
      and (email_mark(b.client_email) = any (k.emails) or phone_mark(b.client_phone, therapist_country(k.therapist_id)) = any (k.phones) or b.client_account_id = k.account_id);
    get diagnostics n = row_count;
    return n;
end $$;

-- For an operator: how many a therapist has blocked; not whom and not why.
create or replace function operator_blocked(p_therapist int) returns bigint
    language plpgsql stable security definer set search_path = unknot, public, pg_temp
    as $$
begin
    return case when auth.is_operator() then (select count(*) from client_block k where k.therapist_id = p_therapist) end;
end $$;

grant execute on function operator_blocked, phone_key, email_mark, phone_mark, therapist_country, client_blocked, client_refused, client_stays, booking_refused, client_holds_end to unknot_web;
