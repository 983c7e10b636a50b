-- What runs out: the worker writes to the therapist 60, 30 and 7 days before the last day of a check and when it has passed, and to the operators once a day at
-- most. Each is told once (credential_warned), also by a worker that stood still: what it slept through is one mail, the nearest.

create or replace function credential_warnings_due(p_limit int) returns int
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    today constant date := (clock() at time zone 'UTC')::date;
    n int;
begin
    with due as (
        select c.id, c.therapist_id, c.checked_until as ends, min(d.days) as days
        from credential c join unnest(array[0, 7, 30, 60]) d (days) on c.checked_until - today <= d.days and (d.days > 0 or c.checked_until < today)
        where c.checked_until between today - 30 and today + 60 and c.renewed_at is null
          and not exists (select from credential_warned w where w.credential_id = c.id and w.ends = c.checked_until and w.days <= d.days)
        group by c.id order by c.checked_until limit p_limit
    ), noted as (
        insert into credential_warned (credential_id, ends, days, at) select id, ends, days, clock() from due on conflict do nothing returning credential_id, ends, days
    ), lapsed as (
        insert into audit (action, object, about, detail)
        select 'credential.lapsed', n.credential_id::text, t.account_id, json_build_object('ends', n.ends)
        from noted n join credential c on c.id = n.credential_id join therapist t on t.id = c.therapist_id where n.days = 0
    ), told as (
        insert into outbox (kind, audience, recipient, data, due_at)
        select 'therapist-credential-ends', 'therapist', a.email, json_build_object('name', t.name, 'title', c.title, 'ends', say_date_long(n.ends, country_for(t.id)), 'days', n.ends - today, 'over', n.days = 0,
            'blocks', exists (select from register r where r.id = c.register_id and r.required) and (select license_blocks from credential_setting)), clock()
        from noted n join credential c on c.id = n.credential_id join therapist t on t.id = c.therapist_id join account a on a.id = t.account_id where a.disabled_at is null
    )
    select count(*) into n from noted;
    return n;
end $$;

-- The operators, of what they were not told yet: all of it in one mail, and not oftener than once in 20 hours → 1 when there was one.
create or replace function credential_operators_due() returns int
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    soon int;
    over int;
begin
    perform from credential_setting where told_at > clock() - interval '20 hours';
    if found then
        return 0;
    end if;
    update credential_setting set told_at = clock() where exists (select from credential_warned where operators_at is null);
    if not found then
        return 0;
    end if;
    with told as (update credential_warned set operators_at = clock() where operators_at is null returning days)
    select count(*) filter (where days > 0), count(*) filter (where days = 0) into soon, over from told;
    insert into outbox (kind, audience, recipient, data, due_at)
    select 'operator-credentials', 'therapist', a.email, json_build_object('name', a.name, 'count', soon + over, 'soon', soon, 'over', over), clock()
    from account a where a.role = 'operator' and a.disabled_at is null;
    return 0;
end $$;

grant execute on function credential_warnings_due, credential_operators_due to unknot_worker;
