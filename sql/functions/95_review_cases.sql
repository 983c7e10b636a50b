-- What an operator looks at: reported reviews, those in which a simple word matched, those that were changed after they were removed.

create or replace function review_case_json(c review_case) returns json
    language sql stable
    as $$
    select json_build_object('id', c.id, 'is_words', c.why = 'words', 'is_report', c.why = 'report', 'is_again', c.why = 'again', 'reason', review_reason(c.reason), 'note', nullif(c.note, ''),
        'opened', say_moment_site(c.opened_at), 'waits', case clock()::date - c.opened_at::date when 0 then 'today' when 1 then '1 day' else clock()::date - c.opened_at::date || ' days' end, 'open', c.decided_at is null,
        'kept', c.decision = 'keep', 'removed', c.decision = 'remove', 'decided', say_moment_site(c.decided_at), 'decided_why', review_reason(c.decided_why),
        'by', (select a.detail ->> 'by' from audit a where a.action in ('review.kept', 'review.removed') and a.object = c.id::text order by a.id desc limit 1))
    $$;

create or replace function review_case_counts() returns json
    language sql stable
    as $$ select json_build_object('open', count(*) filter (where decided_at is null), 'decided', count(*) filter (where decided_at is not null)) from review_case $$;

-- Fifty a page. Open ones: what waits longest first; p_open false: the latest decisions. p_after: the case at the end of the page before.
create or replace function operator_reviews(p_open boolean, p_after uuid) returns json
    language plpgsql stable
    as $$
declare
    last review_case;
    list json;
    more uuid;
begin
    if not auth.is_operator() then
        return null;
    end if;
    select * into last from review_case where id = p_after;
    with page as (
        select c, row_number() over (order by case when p_open then c.opened_at end, c.decided_at desc, c.id) as n from review_case c
        where (c.decided_at is null) = p_open
          and (last.id is null or case when p_open then (c.opened_at, c.id) > (last.opened_at, last.id) else c.decided_at < last.decided_at or c.decided_at = last.decided_at and c.id > last.id end)
        order by n limit 51)
    select json_agg((review_case_json(x.c)::jsonb || jsonb_build_object('therapist', booking_therapist((x.c).therapist_id), 'excerpt', left(r.body, 120)))::json order by x.n) filter (where x.n <= 50),
           case when count(*) > 50 then (select (l.c).id from page l where l.n = 50) end
      into list, more from page x join review r on r.id = (x.c).review_id;
    return json_build_object('counts', review_case_counts(), 'is_open', p_open, 'cases', coalesce(list, '[]'), 'has_cases', list is not null, 'next', more);
end $$;

create or replace function operator_review(p_case uuid, p_reason text default null) returns json
    language sql stable
    as $$
    select json_build_object('case', review_case_json(c), 'therapist', booking_therapist(c.therapist_id), 'review', review_standing(r), 'now_edition', r.edition,
        'reply', (select y.body from review_reply y where y.review_id = r.id), 'reasons', (select json_agg(json_build_object('key', x.key, 'label', x.label, 'about', x.about, 'on', x.key is not distinct from p_reason) order by x.o) from review_reasons() x),
        'has_others', exists (select from review_case o where o.review_id = r.id and o.id <> c.id),
        'others', (select coalesce(json_agg(review_case_json(o) order by o.opened_at desc), '[]') from review_case o where o.review_id = r.id and o.id <> c.id))
    from review_case c join review r on r.id = c.review_id where c.id = p_case and auth.is_operator()
    $$;

-- Tells who wrote it that it was removed, and why.
create or replace function review_removed_tell(r review, p_reason text) returns void
    language sql
    as $$
    insert into outbox (kind, audience, channel, booking_id, data, due_at)
    select 'booking-review-removed', 'client', c.channel, b.id,
           json_build_object('booking', json_build_object('id', b.id, 'therapist', json_build_object('slug', booking_therapist(b.therapist_id) ->> 'slug')), 'reason', review_reason(p_reason)), clock()
    from booking b cross join outbox_channel c where b.id = r.booking_id and c.used and b.client_email is not null
    $$;

-- Decides what is open. Of two who decide at once the second is told what the first decided; who looked at other words than there are now is told so.
create or replace function operator_review_decide(p_case uuid, p_decision text, p_reason text, p_edition int) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    c review_case;
    r review;
    me text := (select name from account where id = auth.account());
begin
    select v.* into r from review v join review_case x on x.review_id = v.id where x.id = p_case and auth.is_operator() for update of v;
    if not found then
        return null;
    end if;
    select * into c from review_case where id = p_case for update;
    if c.decided_at is not null then
        return review_problem('decided-already', null, 'This was decided already: ' || case c.decision when 'keep' then 'kept.' else 'removed.' end);
    elsif r.edition <> p_edition then
        return review_problem('changed-meanwhile', null, 'The review was changed while you looked at it. Read it again.');
    elsif p_decision = 'remove' and review_reason(p_reason) is null then
        return review_problem('no-reason', 'reason', 'Choose the reason that its author will read');
    end if;
    update review_case set decided_at = clock(), decided_by = auth.account(), decision = p_decision, decided_why = case when p_decision = 'remove' then p_reason end where id = p_case;
    if p_decision = 'remove' then
        update review set shown = false, held = false, removed_at = clock(), removed_why = p_reason where id = r.id;
        perform review_removed_tell(r, p_reason);
    else
        update review set held = false, removed_at = null, removed_why = null where id = r.id and (held or removed_at is not null);
        perform review_release(r.therapist_id);
    end if;
    insert into audit (account_id, action, object, detail)
    values (auth.account(), case p_decision when 'keep' then 'review.kept' else 'review.removed' end, p_case::text, json_build_object('review', r.id, 'reason', case when p_decision = 'remove' then p_reason end, 'by', me));
    return operator_review(p_case);
end $$;

grant execute on function review_case_json, review_case_counts, operator_reviews, operator_review, operator_review_decide to unknot_web;
