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

-- Of these visits, which fell due together, what is to be asked by which link: after, of the visit itself; review and later, by the link of the client's newest
-- visit. p_due: after, fourth (whether this was it), review or later (since the first).
create or replace function outcome_of(p_visits booking[], p_due text) returns table (booking_id uuid, what text)
    language plpgsql stable
    as $$
begin
    if p_due = 'after' then
        return query select b.id, 'after' from unnest(p_visits) b where b.client_email is not null and care_took_place(b) and care_agreed(b);
    else
        -- no condition on the time goes into outcome_client_visits(), or it is looked for by time and not by client
        return query
        select distinct n.id, case p_due when 'later' then 'later' else 'review' end
        from unnest(p_visits) b
        cross join lateral (select count(*) filter (where v.ends_at <= b.ends_at) as nth, min(v.ends_at) as first from outcome_client_visits(b) v) c
        cross join lateral (select x.* from outcome_client_visits(b) v join booking x on x.id = v.id where care_agreed(x) order by x.ends_at desc, x.id limit 1) n
        where b.client_email is not null and care_took_place(b) and case p_due when 'fourth' then c.nth >= 4 else c.first = b.ends_at end
          and not outcome_was_asked(b, case p_due when 'later' then 'later' else 'review' end);
    end if;
end $$;

-- Hands to the outbox what is due, of up to p_limit visits of each kind → how many visits were looked at; 0: none. The look back after the fourth visit waits for
-- three days, so that soreness from the visit itself is over. Each visit is looked at again two days later, for what was put right or agreed to meanwhile. A worker that stood
-- still for up to three days catches up; what is older would ask about days long gone.
create or replace function outcomes_due(p_limit int) returns int
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    d record;
    w visit_walk;
    over booking[];
    n int := 0;
begin
    for d in select x.what, x.wait + r.later as wait, x.wait + interval '3 days' as oldest, 'outcome ' || x.what || r.again as walk
             from (values ('after', interval '1 day'), ('fourth', interval '3 days'), ('review', interval '5 weeks'), ('later', interval '12 weeks')) x (what, wait),
                  (values ('', interval '0'), (' again', interval '2 days')) r (again, later) loop
        w := visit_walk_begin(d.walk, clock() - d.oldest);
        continue when w.what is null;
        over := array(select b from booking b where b.state in ('confirmed', 'attended') and (b.ends_at, b.id) > (w.upto, w.id) and b.ends_at <= clock() - d.wait
                      order by b.ends_at, b.id limit p_limit);
        with done as (
            insert into outcome_asked (booking_id, what, asked_at) select o.booking_id, o.what, clock() from outcome_of(over, d.what) o on conflict do nothing returning booking_id, what
        )
        insert into outbox (kind, channel, booking_id, data, due_at)
        select case o.what when 'after' then 'booking-after' else 'booking-look-back' end, c.channel, b.id,
               json_build_object('later', o.what = 'later', 'booking', json_build_object('id', b.id, 'therapist', json_build_object('slug', booking_therapist(b.therapist_id) ->> 'slug'))), clock()
        from done o join booking b on b.id = o.booking_id join outbox_channel c on c.used;
        n := n + cardinality(over);
        perform visit_walk_end(w.what, over[p_limit].ends_at, over[p_limit].id, clock() - d.wait);
    end loop;
    return n;
end $$;

grant execute on function outcomes_due to unknot_worker;
