-- The 24 statements of the Roland-Morris questionnaire: the versions that an operator brought, and what is ticked of the one in use. Answers come and go sealed.

create or replace function statement_form_json(f statement_form) returns json
    language sql stable
    as $$
    select json_build_object('version', f.version, 'language', f.language, 'source', f.source, 'attribution', f.attribution, 'instruction', f.instruction, 'statements', f.statements,
        'is_draft', f.state = 'draft', 'is_used', f.state = 'used', 'is_past', f.state = 'past', 'loaded_on', say_stamp(f.loaded_at), 'loaded_by', f.loaded_by,
        'used_on', say_stamp(f.used_at), 'used_by', f.used_by, 'ended_on', say_stamp(f.ended_at))
    $$;

-- The words of a version stay as they are for all time.
create or replace function statement_form_stays() returns trigger
    language plpgsql
    as $$
begin
    if old.state <> 'draft' and (tg_op = 'DELETE' or (new.language, new.source, new.attribution, new.instruction, new.statements) is distinct from (old.language, old.source, old.attribution, old.instruction, old.statements)) then
        raise exception 'a version that was used is not changed';
    end if;
    return case tg_op when 'DELETE' then old else new end;
end $$;
create or replace trigger statement_form_stays before update or delete on statement_form for each row execute function statement_form_stays();

-- --- As operator

create or replace function operator_statements() returns json
    language sql stable
    as $$
    select json_build_object('draft', (select statement_form_json(f) from statement_form f where f.state = 'draft'), 'used', (select statement_form_json(f) from statement_form f where f.state = 'used'),
        'versions', (select coalesce(json_agg(statement_form_json(f) order by f.version desc), '[]') from statement_form f where f.state <> 'draft'))
    where auth.is_operator()
    $$;

-- What the program has read and checked becomes the draft; another draft goes for it. p_by: who brought it.
create or replace function statement_form_add(p_form json, p_by text) returns json
    language plpgsql
    as $$
declare
    made statement_form;
begin
    delete from statement_form where state = 'draft';
    insert into statement_form (language, source, attribution, instruction, statements, loaded_at, loaded_by)
    select p_form ->> 'language', p_form ->> 'source', p_form ->> 'attribution', p_form ->> 'instruction', array(select json_array_elements_text(p_form -> 'statements')), clock(), p_by returning * into made;
    return json_build_object('version', made.version);
end $$;

create or replace function operator_statements_bring(p_form json) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    made json;
begin
    if not auth.is_operator() then
        return null;
    end if;
    made := statement_form_add(p_form, (select a.name from account a where a.id = auth.account()));
    insert into audit (account_id, action, object) values (auth.account(), 'statements.brought', made ->> 'version');
    return made;
end $$;

-- p_act: use (a draft takes the place of what is in use), discard (a draft) or stop (what is in use is shown no more).
create or replace function operator_statements_act(p_version int, p_act text) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    wanted text := case p_act when 'stop' then 'used' else 'draft' end;
begin
    if not auth.is_operator() then
        return null;
    end if;
    perform from statement_form where version = p_version and state = wanted for update;
    if not found then
        return booking_problem(409, 'not-now', 'This version was used, replaced or thrown away in the meantime.', null, null);
    end if;
    if p_act = 'discard' then
        delete from statement_form where version = p_version;
    else
        update statement_form set state = 'past', ended_at = clock() where state = 'used';
        update statement_form set state = 'used', used_at = clock(), used_by = (select a.name from account a where a.id = auth.account()) where version = p_version and p_act = 'use';
    end if;
    insert into audit (account_id, action, object) values (auth.account(), case p_act when 'use' then 'statements.used' when 'stop' then 'statements.stopped' else 'statements.discarded' end, p_version::text);
    return json_build_object('done', p_act);
end $$;

-- --- As guest

create or replace function statements_held(b booking) returns boolean
    language sql stable
    as $$ select b.state = 'held' and b.hold_expires > clock() and coalesce(b.confirmed_at, b.requested_at) is null $$;

-- The page of them: {"booking","form","held","refusal"}; of a visit that is over with the refusal of a look back. None: no statements are in use.
create or replace function booking_statements(p_id uuid) returns json
    language plpgsql stable
    as $$
begin
    return (select json_build_object('booking', booking_document(b.id), 'form', statement_form_json(f), 'held', statements_held(b), 'refusal', case when not statements_held(b) then outcome_refusal(b, 'review') end)
            from booking b join statement_form f on f.state = 'used' where b.id = p_id and b.token_hash = auth.token_hash('app.booking'));
end $$;

-- Whether they are to be asked in the form of a time that is held: once, and not again within four weeks of one course.
create or replace function booking_statements_wait(p_id uuid) returns json
    language sql stable security definer set search_path = unknot, public, pg_temp
    as $$
    select json_build_object('waits', statements_held(b) and exists (select from statement_form f where f.state = 'used')
        and not exists (select from outcome o join booking v on v.id = o.booking_id
                        where o.kind = 'statements' and (v.id = b.id or v.therapist_id = b.therapist_id and care_course(v) = care_course(b) and o.answered_at > clock() - interval '28 days')))
    from booking b where b.id = p_id and b.token_hash = auth.token_hash('app.booking')
    $$;

create or replace function booking_statements_save(p_id uuid, p_row uuid, p_sealed text) returns json
    language plpgsql
    as $$
declare
    b booking;
begin
    select * into b from booking where id = p_id and token_hash = auth.token_hash('app.booking') for update;
    if not found then
        return null;
    elsif not statements_held(b) and outcome_refusal(b, 'review') is not null then
        return booking_problem(409, 'not-now', outcome_refusal(b, 'review'), b.service_id, null);
    end if;
    insert into outcome (id, booking_id, kind, sealed, answered_at) values (p_row, p_id, 'statements', p_sealed, clock());
    return json_build_object('booking', booking_document(p_id), 'saved', true);
end $$;

grant execute on function statement_form_json, operator_statements, operator_statements_bring, operator_statements_act, statements_held, booking_statements, booking_statements_wait, booking_statements_save
    to unknot_web;
