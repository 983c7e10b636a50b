-- What waits to be sent, what is late and what was given up, for the operator: never an address in full, and nothing of what it says.

create or replace function mask_address(p text) returns text
    language sql immutable
    as $$ select case when p like '%_@_%' then left(p, 1) || '…@' || split_part(p, '@', -1) else '…' end $$;

create or replace function operator_message_row(m outbox) returns json
    language sql stable
    as $$
    select json_build_object('id', m.id, 'kind', m.kind, 'channel', m.channel, 'is_hook', m.channel = 'hook', 'audience', m.audience, 'attempts', m.attempts, 'reason', m.reason,
        'to', mask_address(outbox_recipient(m, (select b from booking b where b.id = m.booking_id))),
        'is_dead', m.state = 'dead', 'late', m.state = 'waiting' and m.created_at < clock() - interval '15 minutes' and m.attempts > 0,
        'created', to_char(m.created_at at time zone 'UTC', 'FMDD Mon YYYY HH24:MI'), 'due', to_char(m.due_at at time zone 'UTC', 'FMDD Mon YYYY HH24:MI'),
        'history', (select coalesce(json_agg(json_build_object('n', a.n, 'at', to_char(a.at at time zone 'UTC', 'FMDD Mon HH24:MI'), 'result', a.result) order by a.n), '[]')
                    from outbox_attempt a where a.outbox_id = m.id))
    $$;

-- p_state: waiting (due or to come), late (tried and not sent, or due for long), dead. Fifty at most, the oldest first.
create or replace function operator_messages(p_state text) returns json
    language sql stable security definer set search_path = unknot, public, pg_temp
    as $$
    with open as (
        select m, m.created_at, case when m.state = 'dead' then 'dead' when m.attempts > 0 or m.due_at < clock() - interval '15 minutes' then 'late' else 'waiting' end as standing
        from outbox m where m.state in ('waiting', 'dead')
    )
    select json_build_object('state', p_state, 'is_waiting', p_state = 'waiting', 'is_late', p_state = 'late', 'is_dead', p_state = 'dead',
        'counts', (select json_build_object('waiting', count(*) filter (where standing = 'waiting'), 'late', count(*) filter (where standing = 'late'),
                                            'dead', count(*) filter (where standing = 'dead')) from open),
        'more', (select case when count(*) > 50 then count(*) end from open where standing = p_state),
        'sent_day', (select count(*) from outbox where sent_at > clock() - interval '1 day'),
        'dropped', (select coalesce(json_agg(json_build_object('kind', kind, 'reason', reason, 'n', n) order by n desc, kind), '[]')
                    from (select kind, reason, count(*) as n from outbox where state = 'dropped' and created_at > clock() - interval '7 days' group by 1, 2) d),
        'messages', (select coalesce(json_agg(operator_message_row(x.m) order by x.created_at), '[]') from (select * from open where standing = p_state order by created_at limit 50) x))
    where auth.is_operator()
    $$;

-- p_act: again (tried at once, with all its tries) or drop. Null: there is no such message, or it has been sent meanwhile.
create or replace function operator_message_act(p_id uuid, p_act text) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
begin
    if not auth.is_operator() then
        return null;
    end if;
    if p_act = 'again' then
        update outbox set state = 'waiting', attempts = 0, due_at = clock(), reason = null where id = p_id and state in ('waiting', 'dead');
    else
        update outbox set state = 'dropped', reason = 'operator', data = '{}' where id = p_id and state in ('waiting', 'dead');
    end if;
    if not found then
        return null;
    end if;
    insert into audit (account_id, action, object) values (auth.account(), 'message.' || p_act, p_id::text);
    return json_build_object('done', p_act);
end $$;

grant execute on function operator_messages, operator_message_act to unknot_web;
