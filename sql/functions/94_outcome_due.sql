-- When whom to ask: a day after each visit; a look back after the fourth visit of a client with a therapist or in week 5, whichever comes first, and again in
-- week 12. Each goes out once, by the worker, and to nobody who has not agreed.

-- A client with a therapist is known here by the address that the mail goes to. It decides when to ask and nothing else: what was answered is shown by the
-- visit's own secret alone (care_course).
create or replace function outcome_client_visits(b booking) returns table (id uuid, ends_at timestamptz)
    language sql stable
    as $$
    select o.id, o.ends_at from booking o
    where o.therapist_id = b.therapist_id and lower(o.client_email) = lower(b.client_email) and care_took_place(o) and o.ends_at > clock() - interval '26 weeks'
    $$;

-- A look back is about half a year of care: the same client is not asked the same twice in it.
create or replace function outcome_was_asked(b booking, p_what text) returns boolean
    language sql stable
    as $$ select exists (select from outcome_client_visits(b) v join outcome_asked a on a.booking_id = v.id and a.what = p_what) $$;

-- What is due now: {booking, what}. A worker that stood still for up to three days catches up; what is older would ask about days long gone. The look back after the fourth visit
-- waits for three days, so that soreness from the visit itself is over.
create or replace function outcome_due() returns table (booking_id uuid, what text)
    language sql stable
    as $$
    with over as (
        select b, d.what from (values ('after', interval '1 day'), ('fourth', interval '3 days'), ('review', interval '5 weeks'), ('later', interval '12 weeks')) d (what, wait)
        join booking b on b.state in ('confirmed', 'attended') and b.ends_at <= clock() - d.wait and b.ends_at > clock() - d.wait - interval '3 days'
        where b.client_email is not null and care_took_place(b)
    )
    select (o.b).id, 'after' from over o
    where o.what = 'after' and care_agreed(o.b) and not exists (select from outcome_asked a where a.booking_id = (o.b).id and a.what = 'after')
    union all
    -- by the link of the newest visit. No condition on the time goes into outcome_client_visits(), or it is looked for by time and not by client
    select distinct n.id, case o.what when 'later' then 'later' else 'review' end
    from over o
    cross join lateral (select count(*) filter (where v.ends_at <= (o.b).ends_at) as nth, min(v.ends_at) as first from outcome_client_visits(o.b) v) c
    cross join lateral (select x.* from outcome_client_visits(o.b) v join booking x on x.id = v.id where care_agreed(x) order by x.ends_at desc, x.id limit 1) n
    where case o.what when 'fourth' then c.nth >= 4 when 'after' then false else c.first = (o.b).ends_at end
      and not outcome_was_asked(o.b, case o.what when 'later' then 'later' else 'review' end)
    $$;

-- Hands to the outbox what is due → how many; 0: none.
create or replace function outcomes_due(p_limit int) returns int
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    n int;
begin
    with done as (
        insert into outcome_asked (booking_id, what, asked_at) select d.booking_id, d.what, clock() from outcome_due() d limit p_limit
        on conflict do nothing returning booking_id, what
    ), told as (
        insert into outbox (kind, channel, booking_id, data, due_at)
        select case d.what when 'after' then 'booking-after' else 'booking-look-back' end, c.channel, b.id,
               json_build_object('later', d.what = 'later', 'booking', json_build_object('id', b.id, 'therapist', json_build_object('slug', booking_therapist(b.therapist_id) ->> 'slug'))), clock()
        from done d join booking b on b.id = d.booking_id join outbox_channel c on c.used
    )
    select count(*) into n from done;
    return n;
end $$;

grant execute on function outcomes_due to unknot_worker;
