-- Questions of a therapist's own. Invoker's rights.

create or replace function own_question_json(q own_question) returns json
    language sql stable
    as $$
    select json_build_object('id', q.id, 'kind', q.kind, 'is_text', q.kind = 'text', 'is_choice', q.kind = 'choice', 'is_yes_no', q.kind = 'yes_no', 'ask', q.ask, 'hint', q.hint,
        'required', q.required, 'each_time', q.each_time, 'options', q.options, 'lines', array_to_string(q.options, E'\n'))
    $$;

create or replace function practice_questions() returns json
    language sql stable
    as $$
    select json_build_object('name', t.name, 'full', count(q.nth) >= 12, 'questions', coalesce(json_agg(own_question_json(q.one)::jsonb || jsonb_build_object('first', q.nth = 1, 'last', q.nth = q.of) order by q.nth)
        filter (where q.nth is not null), '[]'))
    from therapist t
    left join lateral (select o as one, row_number() over (order by o.position, o.id) as nth, count(*) over () as of from own_question o where o.therapist_id = t.id and o.retired_at is null) q on true
    where t.id = auth.therapist() group by t.id
    $$;

-- p_id null: a new one; null for one that is not the therapist's.
create or replace function practice_question(p_id int) returns json
    language sql stable
    as $$
    select case when p_id is null then (select json_build_object('is_new', true) where auth.therapist() is not null)
                else (select own_question_json(q) from own_question q where q.id = p_id and q.therapist_id = auth.therapist() and q.retired_at is null) end
    $$;

-- p_form: kind, ask, hint, required ("yes"), each_time ("yes"), options (a line each). A kind is not changed later: answers that are kept would not fit their question.
create or replace function practice_question_save(p_id int, p_form json) returns json
    language plpgsql
    as $$
declare
    me int := auth.therapist();
    wanted text := coalesce((select kind from own_question where id = p_id), p_form ->> 'kind');
    lines text[] := case when wanted = 'choice' then array(select btrim(x) from regexp_split_to_table(coalesce(p_form ->> 'options', ''), E'\r?\n') x where btrim(x) <> '') else '{}' end;
begin
    if wanted is null then
        return practice_problem('kind', 'Say how it is answered');
    elsif wanted = 'choice' and cardinality(lines) not between 2 and 12 then
        return practice_problem('options', 'Write from 2 to 12 answers, each on a line of its own');
    elsif exists (select from unnest(lines) x where length(x) > 80) then
        return practice_problem('options', 'Shorten each answer to 80 characters');
    elsif cardinality(lines) <> (select count(distinct x) from unnest(lines) x) then
        return practice_problem('options', 'Two answers are the same');
    end if;
    if p_id is null then
        if (select count(*) from own_question where therapist_id = me and retired_at is null) >= 12 then
            return practice_problem('ask', 'Twelve questions are the most: stop asking one first');
        end if;
        insert into own_question (therapist_id, position, kind, ask, hint, required, each_time, options)
        select me, least(99, coalesce(max(position), 0) + 1), wanted, p_form ->> 'ask', p_form ->> 'hint', p_form ->> 'required' is not distinct from 'yes', p_form ->> 'each_time' is not distinct from 'yes', lines
        from own_question where therapist_id = me and retired_at is null;
    else
        update own_question set ask = p_form ->> 'ask', hint = p_form ->> 'hint', required = p_form ->> 'required' is not distinct from 'yes', each_time = p_form ->> 'each_time' is not distinct from 'yes', options = lines
        where id = p_id and therapist_id = me and retired_at is null;
        if not found then
            return null;
        end if;
    end if;
    insert into audit (account_id, action, object) values (auth.account(), 'question.saved', me::text);
    return practice_questions();
end $$;

-- p_move: up, down or stop.
create or replace function practice_question_move(p_id int, p_move text) returns json
    language plpgsql
    as $$
declare
    me int := auth.therapist();
begin
    if p_move = 'stop' then
        update own_question set retired_at = clock() where id = p_id and therapist_id = me and retired_at is null;
    else
        update own_question q set position = x.n
        from (select id, row_number() over (order by position + case when id <> p_id then 0 when p_move = 'up' then -1.5 else 1.5 end) as n
              from (select id, row_number() over (order by position, id) as position from own_question where therapist_id = me and retired_at is null) o) x
        where q.id = x.id and exists (select from own_question o where o.id = p_id and o.therapist_id = me and o.retired_at is null);
    end if;
    if not found then
        return null;
    end if;
    return practice_questions();
end $$;

-- What the therapist of a booking asks, for the form: [{"id":"T12",…}]; the guest's.
create or replace function booking_own_questions(p_id uuid) returns json
    language sql stable
    as $$
    select coalesce(json_agg(json_build_object('id', 'T' || q.id, 'kind', q.kind, 'ask', q.ask, 'hint', q.hint, 'required', q.required, 'each_time', q.each_time, 'options', q.options) order by q.position, q.id), '[]')
    from booking b join own_question q on q.therapist_id = b.therapist_id and q.retired_at is null
    where b.id = p_id and b.token_hash = auth.token_hash('app.booking')
    $$;

-- The page of them in the form: {"booking","lead","questions":[…],"sealed":what was answered so far, or null}, and while the form is answered again with
-- "again", "afresh" (the visit is about something else now) and "draft": what was answered in its course. The guest's.
create or replace function booking_own(p_id uuid) returns json
    language plpgsql stable
    as $$
begin
    return (select json_build_object('booking', booking_document(b.id), 'lead', booking_lead(b), 'questions', booking_own_questions(b.id), 'sealed', o.sealed,
        'again', reopen_begun(b), 'afresh', coalesce(r.afresh, false), 'draft', r.own_draft)
    from booking b left join own_answer o on o.booking_id = booking_lead(b) left join reopening r on r.booking_id = booking_lead(b) where b.id = p_id and b.token_hash = auth.token_hash('app.booking'));
end $$;

-- Whether there are any that have no answer yet; while the form is answered again ("again") none of them in its course.
create or replace function booking_own_waits(p_id uuid) returns json
    language plpgsql stable
    as $$
begin
    return (select json_build_object('again', x.again, 'waits', exists (select from own_question q where q.therapist_id = b.therapist_id and q.retired_at is null)
            and case when x.again then r.own_draft is null else not exists (select from own_answer o where o.booking_id = booking_lead(b)) end)
        from booking b cross join lateral (select reopen_begun(b) as again) x left join reopening r on r.booking_id = booking_lead(b)
        where b.id = p_id and b.token_hash = auth.token_hash('app.booking'));
end $$;

create or replace function booking_own_save(p_id uuid, p_sealed text) returns json
    language plpgsql
    as $$
begin
    update reopening r set own_draft = p_sealed from booking b
    where b.id = p_id and b.token_hash = auth.token_hash('app.booking') and r.booking_id = booking_lead(b) and r.begun_at is not null and reopen_can(b);
    insert into own_answer (booking_id, sealed, answered_at)
    select booking_lead(booking), p_sealed, clock() from booking where id = p_id and token_hash = auth.token_hash('app.booking') and state = 'held' and hold_expires > clock()
    on conflict (booking_id) do update set sealed = excluded.sealed, answered_at = excluded.answered_at;
    return booking_document(p_id);
end $$;

-- What was answered while the form was answered again counts from now on.
create or replace function own_answers_renew(p_id uuid) returns void
    language sql security definer set search_path = unknot, public, pg_temp
    as $$
    insert into own_answer (booking_id, sealed, answered_at)
    select r.booking_id, r.own_draft, clock() from booking b join reopening r on r.booking_id = booking_lead(b)
    where b.id = p_id and b.token_hash = auth.token_hash('app.booking') and r.own_draft is not null
    on conflict (booking_id) do update set sealed = excluded.sealed, answered_at = excluded.answered_at
    $$;

create or replace function practice_own_sealed(p_id uuid) returns text
    language sql stable
    as $$ select o.sealed from booking b join own_answer o on o.booking_id = booking_lead(b) where b.id = p_id and booking_is_therapists(b) and b.state not in ('cancelled', 'declined', 'expired') $$;

grant execute on function booking_own, booking_own_waits, booking_own_save, own_answers_renew, practice_own_sealed, own_question_json, practice_questions, practice_question, practice_question_save, practice_question_move, booking_own_questions to unknot_web;
