-- Who is told of what happens to a booking, in the transaction in which it happens. What is stored says which booking and what happened; names,
-- addresses and the text come when it is sent (47_outbox.sql), so that a late mail speaks of the visit as it is then.

-- Who gets what. The one who acted knows: a therapist is not told of what she did.
create or replace function notify_kinds(p_event text, p_by_therapist boolean) returns table (audience text, kind text)
    language sql immutable
    as $$
    select 'client', 'booking-' || p_event where p_event not in ('answer', 'day-stop', 'updated', 'erased', 'incident')
    union all
    select 'therapist', 'therapist-' || case p_event when 'confirmed' then 'booked' when 'accepted' then 'booked' when 'series' then 'booked' else p_event end
    where not p_by_therapist and p_event in ('requested', 'confirmed', 'accepted', 'series', 'declined', 'suggested', 'moved', 'cancelled', 'expired', 'answer', 'day-stop', 'updated', 'paused', 'erased', 'incident')
    $$;

-- What is kept of p_more: who did it, the moment it was moved from, the code that proves an address; no document, no link, no words of anybody's.
create or replace function notify_more(p_more jsonb) returns jsonb
    language sql immutable
    as $$
    select p_more - 'link' - 'was' - 'why' || case when p_more ? 'was' then jsonb_build_object('from', jsonb_build_object('text', (p_more #>> '{was,day}') || ', ' || (p_more #>> '{was,time}'))) else '{}' end
    $$;

-- p_event: requested, confirmed, accepted, declined, suggested, moved, cancelled, expired, confirm-email (p_more: code),
-- answers (the therapist keeps a time, the client has to answer the safety check), series, waiting-offer, plan (for home), question and answer, day-stop (do not
-- treat: look), reopen (the therapist asks for the form again), updated (it was answered again), paused (a clinician is asked first), call (one was spoken with), erased
-- (the client's answers), incident (medical care was needed after a visit). p_more: what the booking
-- itself does not say (by, was; the visits of a series). Runs with the caller's rights: who does not see the booking tells nobody.
create or replace function booking_notify(p_id uuid, p_event text, p_more json default '{}') returns void
    language sql
    as $$
    insert into outbox (kind, audience, channel, booking_id, data, due_at)
    select k.kind, k.audience, c.channel, b.id,
           (notify_more(p_more::jsonb) || jsonb_build_object('booking', jsonb_build_object('id', b.id, 'therapist', jsonb_build_object('slug', booking_therapist(b.therapist_id) ->> 'slug'))))::json,
           clock()
    from booking b
    -- who confirms the first visit of a series has booked them all
    cross join lateral notify_kinds(case when p_event = 'confirmed' and b.series_id is not null then 'series' else p_event end, coalesce(p_more ->> 'by', booking_actor(b)) = 'therapist') k
    join outbox_channel c on c.used and (c.channel = 'mail' or (k.audience = 'client' and p_event <> 'confirm-email'))
    where b.id = p_id and (k.audience = 'therapist' or c.channel = 'hook' or b.client_email is not null)
    $$;

-- Each change of time, place or standing is a new edition of the calendar entry.
create or replace function booking_edition() returns trigger
    language plpgsql
    as $$
begin
    if new.state = 'confirmed' and (new.starts_at, new.ends_at, new.location_id) is distinct from (old.starts_at, old.ends_at, old.location_id) then
        new.sequence := old.sequence + 1;
        new.changed_at := clock();
    elsif new.state = 'cancelled' and old.state <> 'cancelled' then
        new.sequence := old.sequence + 1;
    end if;
    return new;
end $$;
create or replace trigger booking_edition before update on booking for each row execute function booking_edition();

create or replace function booking_remind(p_id uuid, p_minutes int[]) returns json
    language plpgsql
    as $$
begin
    update booking set reminders = p_minutes where id = p_id and token_hash = auth.token_hash('app.booking') and state in ('requested', 'suggested', 'confirmed');
    return booking_reminders(p_id);
end $$;
comment on function booking_remind is 'the guest chooses when to be reminded; null when it is not theirs';

create or replace function booking_reminders(p_id uuid) returns json
    language sql stable
    as $$
    select json_build_object('id', b.id, 'booking', booking_document(b.id), 'reminders', b.reminders, 'feed', (select json_build_object('nonce', f.nonce) from calendar_feed f where f.booking_id = b.id),
        'now', (select json_object_agg('m' || m, true) from unnest(b.reminders) m))
    from booking b where b.id = p_id and b.token_hash = auth.token_hash('app.booking') and b.state in ('requested', 'suggested', 'confirmed')
    $$;
comment on function booking_reminders is 'what the guest chose; null when it is not theirs, or there is nothing to be reminded of';

-- The next visits that start until p_until and are to be reminded of so many minutes before: each, of a day; otherwise those whose client has chosen it, which have
-- an index of their own.
create or replace function reminder_visits(w visit_walk, p_minutes int, p_until timestamptz, p_limit int) returns setof booking
    language plpgsql stable
    as $$
begin
    if p_minutes = 1440 then
        return query select b.* from booking b where b.state = 'confirmed' and (b.starts_at, b.id) > (w.upto, w.id) and b.starts_at <= p_until order by b.starts_at, b.id limit p_limit;
    else
        return query select b.* from booking b
                     where b.state = 'confirmed' and b.reminders <> '{1440}' and p_minutes = any (b.reminders) and (b.starts_at, b.id) > (w.upto, w.id) and b.starts_at <= p_until
                     order by b.starts_at, b.id limit p_limit;
    end if;
end $$;

-- Hands to the outbox the reminders of these visits, each once, whose moment so many minutes before has come. Those that come due at once (the worker stood still)
-- are one: the others are overtaken. The reminder of a day before brings the safety questions, and goes out whatever was chosen.
create or replace function reminders_say(p_visits booking[], p_minutes int) returns void
    language sql
    as $$
    with said as (
        select b.id, b.starts_at, b.therapist_id,
               case when b.starts_at - make_interval(mins => p_minutes) <= greatest(b.confirmed_at, b.changed_at) then 'fresh'
                    when b.starts_at <= clock() then 'too-late'
                    when exists (select from unnest(b.reminders || 1440) y where y < p_minutes and b.starts_at - make_interval(mins => y) <= clock()) then 'overtaken' end as why
        from unnest(p_visits) b
    ), done as (
        insert into reminder_done (booking_id, minutes, starts_at) select s.id, p_minutes, s.starts_at from said s on conflict do nothing returning booking_id
    )
    insert into outbox (kind, channel, booking_id, data, due_at, state, reason)
    select case p_minutes when 1440 then 'booking-day-before' else 'booking-reminder' end, c.channel, s.id,
           json_build_object('minutes', p_minutes, 'start', s.starts_at,
                             'booking', json_build_object('id', s.id, 'therapist', json_build_object('slug', booking_therapist(s.therapist_id) ->> 'slug'))),
           clock(), case when s.why is null then 'waiting' else 'dropped' end, s.why
    from said s join done d on d.booking_id = s.id join outbox_channel c on c.used
    where s.why is distinct from 'fresh'
    $$;

-- What is due, up to p_limit of each kind → how many were looked at; 0: none. A visit that is booked or moved after the moment, or whose client chooses that moment
-- when it is over, is not found any more and needs none.
create or replace function reminders_due(p_limit int) returns int
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    m int;
    w visit_walk;
    until timestamptz;
    due booking[];
    n int := 0;
begin
    foreach m in array '{1440,120,2880,4320,10080}'::int[] loop
        w := visit_walk_begin('reminder ' || m, clock() - interval '3 days');
        continue when w.what is null;
        until := clock() - walk_behind() + make_interval(mins => m);
        due := array(select b from reminder_visits(w, m, until, p_limit) b);
        perform reminders_say(due, m);
        n := n + cardinality(due);
        perform visit_walk_end(w.what, due[p_limit].starts_at, due[p_limit].id, until);
    end loop;
    return n;
end $$;

-- A visit that stood still for a clearance when the walk came by, or was taken back from having been attended or missed, gets what fell due meanwhile.
create or replace function reminders_resume() returns trigger
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    m int;
begin
    foreach m in array '{1440}' || array_remove(new.reminders, 1440) loop
        if new.starts_at - make_interval(mins => m) <= clock() then
            perform reminders_say(array[new], m);
        end if;
    end loop;
    return null;
end $$;
create or replace trigger reminders_resume after update of state on booking
    for each row when (new.state = 'confirmed' and old.state not in ('confirmed', 'requested', 'suggested') and old.confirmed_at is not null) execute function reminders_resume();

grant execute on function notify_kinds, notify_more, booking_notify, booking_remind, booking_reminders to unknot_web, unknot_worker;
grant execute on function reminders_due to unknot_worker;
