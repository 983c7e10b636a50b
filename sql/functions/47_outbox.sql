-- Sending: a worker takes what is due, sends it outside any transaction, and says how it went. A row that is taken is nobody else's for two minutes;
-- a worker that dies leaves it to the next. At least once, and the same Message-ID each time.

-- What the text of a message about a booking is made from.
create or replace function outbox_data(m outbox, b booking) returns json
    language sql stable
    as $$
    select (m.data::jsonb || jsonb_build_object(
        'booking', booking_document(b.id)::jsonb - 'client' - 'home',
        'visits', case when b.series_id is not null and m.kind in ('booking-series', 'booking-requested', 'booking-accepted', 'booking-declined', 'booking-expired', 'therapist-booked',
                                                                  'therapist-requested', 'therapist-expired') then series_json(b) -> 'visits' end,
        'name', b.client_name, 'first', split_part(b.client_name, ' ', 1),
        'day_word', case local_day(b.starts_at, b.zone) - local_day(clock(), b.zone) when 0 then 'Today' when 1 then 'Tomorrow' else say_day(local_day(b.starts_at, b.zone), (select l.country from location l where l.id = b.location_id)) end))::json
    $$;

-- The same for a message about an account. What a stranger typed beside an address that is not proved yet (a name) is in none.
create or replace function outbox_account(m outbox) returns json
    language sql stable
    as $$
    select (m.data::jsonb || jsonb_build_object('name', a.name, 'is_therapist', coalesce(a.role, l.role) = 'therapist', 'until', say_day((coalesce(a.closes_at, l.expires_at) at time zone 'UTC')::date, site_country())))::json
    from (select 1) one left join mail_link l on l.id = m.mail_link_id left join account a on a.id = coalesce(m.account_id, case when m.kind <> 'account-verify' then l.account_id end)
    $$;

-- Why a message is of no use any more; null: send it.
create or replace function outbox_stale(m outbox, b booking, p_to text) returns text
    language sql stable
    as $$
    select case
        when p_to is null then 'no-address'
        when m.kind = 'waiting-confirm' and not exists (select from waiting w where w.id = m.waiting_id and w.confirmed_at is null and w.ended_at is null) then 'overtaken'
        when m.mail_link_id is not null then (select case when l.used_at is not null then 'overtaken' when l.expires_at <= clock() then 'too-late' end from mail_link l where l.id = m.mail_link_id)
        when m.invitation_id is not null then (select case when i.ended_at is not null then 'overtaken' when i.expires_at <= clock() then 'too-late' end from practice_invitation i where i.id = m.invitation_id)
        when m.kind = 'clinician-link' and not exists (select from clinician c where c.id = (m.data ->> 'clinician')::int and c.ended_at is null) then 'overtaken'
        when m.booking_id is null then null
        when m.kind = 'booking-review-ask' and (b.state <> 'attended' or exists (select from review v where v.booking_id = b.id)) then 'overtaken'
        when m.kind = 'booking-review-ask' and review_refusal(b) is not null then 'too-late'
        when m.kind = 'booking-review-removed' and not exists (select from review v where v.booking_id = b.id and v.removed_why is distinct from 'author' and v.removed_at is not null) then 'overtaken'
        when m.kind = 'booking-waiting-offer' and (b.state <> 'held' or b.hold_expires <= clock()) then 'too-late'
        when (m.data ->> 'start')::timestamptz <> b.starts_at then 'overtaken'
        when m.kind in ('booking-reminder', 'booking-day-before') and b.state <> 'confirmed' then 'overtaken'
        when m.kind in ('booking-confirmed', 'booking-accepted', 'booking-moved', 'booking-reminder', 'booking-day-before', 'booking-series', 'booking-requested', 'booking-suggested',
                        'therapist-booked', 'therapist-moved', 'therapist-requested', 'therapist-suggested') and b.state in ('cancelled', 'declined', 'expired') then 'overtaken'
        when m.kind in ('booking-confirm-email', 'booking-answers', 'booking-waiting-offer') and (b.state <> 'held' or b.hold_expires <= clock()) then 'overtaken'
        when m.kind in ('booking-suggested', 'therapist-suggested', 'therapist-requested') and b.state <> case m.kind when 'therapist-requested' then 'requested' else 'suggested' end::booking_state then 'overtaken'
        when m.kind in ('booking-reminder', 'booking-day-before') and b.starts_at <= clock() then 'too-late'
        when m.kind in ('booking-after', 'booking-look-back') and outcome_refusal(b, case m.kind when 'booking-after' then 'after' else 'review' end) is not null then 'overtaken'
        when m.kind = 'booking-after' and exists (select from outcome o where o.booking_id = b.id and o.kind = 'after') then 'overtaken'
        when m.kind in ('booking-after', 'booking-look-back') and m.created_at < clock() - interval '5 days' then 'too-late'
        when m.kind in ('booking-confirmed', 'booking-accepted', 'booking-moved', 'therapist-booked', 'therapist-moved') and b.ends_at <= clock() then 'too-late'
        when (m.kind like '%-moved' or m.kind = 'booking-plan') and exists (select from outbox o where o.booking_id = m.booking_id and o.kind = m.kind and o.channel = m.channel and o.created_at > m.created_at) then 'overtaken'
        end
    $$;

create or replace function outbox_recipient(m outbox, b booking) returns text
    language sql stable
    as $$
    select case when m.waiting_id is not null then (select w.email from waiting w where w.id = m.waiting_id)
                when m.mail_link_id is not null then (select l.email from mail_link l where l.id = m.mail_link_id)
                when m.account_id is not null then (select a.email from account a where a.id = m.account_id)
                when m.invitation_id is not null then (select i.email from practice_invitation i where i.id = m.invitation_id)
                when m.booking_id is null then m.recipient
                when m.audience = 'client' then b.client_email
                else (select a.email from therapist t join account a on a.id = t.account_id where t.id = b.therapist_id and a.disabled_at is null) end
    $$;

-- The next message that is due, those first for which somebody waits: the others come by the hour, many at once. For a worker who can send mail, call the hook, or both → {"id","kind","channel","attempt","to","key","data","calendar"},
-- {"id","kind","dropped"} for one that is of no use, null for none. key is the booking's, from which its secret address follows.
create or replace function outbox_take(p_mail boolean, p_hook boolean) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    m outbox;
    b booking;
    recipient text;
    why text;
begin
    select * into m from outbox o
    where o.state = 'waiting' and o.due_at <= clock() and ((o.channel = 'mail' and p_mail) or (o.channel = 'hook' and p_hook))
      and o.kind not in ('booking-day-before', 'booking-reminder', 'booking-after', 'booking-look-back', 'booking-review-ask')
    order by o.due_at limit 1 for update skip locked;
    if not found then
        select * into m from outbox o
        where o.state = 'waiting' and o.due_at <= clock() and ((o.channel = 'mail' and p_mail) or (o.channel = 'hook' and p_hook))
        order by o.due_at limit 1 for update skip locked;
    end if;
    if m.id is null then
        return null;
    end if;
    select * into b from booking where id = m.booking_id;
    recipient := outbox_recipient(m, b);
    why := outbox_stale(m, b, recipient);
    if why is not null then
        update outbox set state = 'dropped', reason = why, data = '{}' where id = m.id;
        return json_build_object('id', m.id, 'kind', m.kind, 'dropped', why);
    end if;
    update outbox set attempts = attempts + 1, tried_at = clock(), due_at = clock() + interval '2 minutes' where id = m.id;
    insert into outbox_attempt (outbox_id, n, at, result) values (m.id, m.attempts + 1, clock(), 'begun')
    on conflict (outbox_id, n) do update set at = excluded.at, result = excluded.result;
    return json_build_object('id', m.id, 'kind', m.kind, 'channel', m.channel, 'audience', m.audience, 'attempt', m.attempts + 1, 'to', recipient,
        'key', case when m.waiting_id is not null then (select w.key from waiting w where w.id = m.waiting_id) when m.kind = 'clinician-link' then (select c.key from clinician c where c.id = (m.data ->> 'clinician')::int) when m.audience = 'client' then booking_secret(b) end,
        'link_key', coalesce((select l.key from mail_link l where l.id = m.mail_link_id and l.live), (select i.key from practice_invitation i where i.id = m.invitation_id)),
        'link_path', case when m.invitation_id is not null then 'invitations' end, 'phone', to_jsonb(b) ->> 'client_phone',
        'data', case when m.waiting_id is not null then (select json_build_object('waiting', waiting_json(w)) from waiting w where w.id = m.waiting_id)
                     when m.mail_link_id is not null or m.account_id is not null then outbox_account(m)
                     when m.invitation_id is not null then (select json_build_object('practice', p.name, 'by', (select a.name from account a where a.id = i.invited_by), 'for_desk', i.role = 'desk', 'until', say_day((i.expires_at at time zone 'UTC')::date, site_country()))
                                                            from practice_invitation i join practice p on p.id = i.practice_id where i.id = m.invitation_id)
                     when m.booking_id is null then m.data else outbox_data(m, b) end,
        -- an invitation is to one event: a series is handed over as a calendar
        'method', case when m.kind in ('booking-series', 'booking-accepted') and b.series_id is not null then 'PUBLISH'
                       when m.kind in ('booking-confirmed', 'booking-accepted', 'booking-moved') then 'REQUEST' when m.kind = 'booking-cancelled' and b.confirmed_at is not null then 'CANCEL' end,
        'calendar', case when m.kind in ('booking-series', 'booking-accepted') and b.series_id is not null and m.channel = 'mail' then series_calendar(b.id)
                         when m.kind in ('booking-confirmed', 'booking-accepted', 'booking-moved', 'booking-cancelled') and b.confirmed_at is not null and m.channel = 'mail' then booking_calendar(b.id) end);
end $$;

-- How it went: 'sent', or the class of the failure. refused, address and unwritable will not get better by trying again; all else is tried after 1, 2, 4 …
-- minutes and given up after 12 times (about three days). What was delivered is not kept.
create or replace function outbox_done(p_id uuid, p_attempt int, p_result text) returns text
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    now_is text;
begin
    update outbox_attempt set result = p_result where outbox_id = p_id and n = p_attempt;
    update outbox set
        state = case when p_result = 'sent' then 'sent' when p_result in ('refused', 'address', 'unwritable') or attempts >= 12 then 'dead' else 'waiting' end,
        reason = nullif(p_result, 'sent'), sent_at = case when p_result = 'sent' then clock() end, data = case when p_result = 'sent' then '{}' else data end,
        due_at = clock() + least(interval '1 minute' * 2 ^ (attempts - 1), interval '12 hours') * (1 + random() / 10)
    where id = p_id and attempts = p_attempt and state = 'waiting' returning state into now_is;
    return now_is;
end $$;

create or replace function outbox_backlog() returns json
    language sql stable security definer set search_path = unknot, public, pg_temp
    as $$
    select json_build_object('waiting', count(*) filter (where state = 'waiting' and due_at <= clock()), 'dead', count(*) filter (where state = 'dead'),
        'oldest_seconds', coalesce(extract(epoch from clock() - min(due_at) filter (where state = 'waiting' and due_at <= clock()))::int, 0))
    from outbox where state in ('waiting', 'dead')
    $$;

create or replace function outbox_uses(p_mail boolean, p_hook boolean) returns void
    language sql security definer set search_path = unknot, public, pg_temp
    as $$
    -- mail is owed also while nobody can send it; the hook only where there is one
    update outbox_channel set used = p_hook where channel = 'hook' and used <> p_hook and (p_hook or p_mail)
    $$;

-- What was sent or dropped a month ago is forgotten → how many rows; 0: none left.
create or replace function outbox_forget() returns int
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    n int;
begin
    delete from reminder_done where starts_at < clock() - interval '8 days';
    delete from outbox where id in (select id from outbox where state in ('sent', 'dropped') and created_at < clock() - interval '30 days' limit 200);
    get diagnostics n = row_count;
    return n;
end $$;

grant execute on function outbox_take, outbox_done, outbox_backlog, outbox_uses, outbox_forget to unknot_worker;
