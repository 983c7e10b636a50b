-- What waits to be sent, what is late and what was given up, for the operator: never an address in full, and nothing of what it says.

create or replace function mask_address(p text) returns text
    language sql immutable
    as $$ select case when p like '%_@_%' then left(p, 1) || '…@' || split_part(p, '@', -1) else '…' end $$;

-- What a message is about; its first words are to whom it goes, but for clients.
create or replace function message_words(p_kind text) returns text
    language sql immutable
    as $$
    select coalesce((select said from (values
        ('account-verify', 'Code for a new account'), ('account-exists', 'Account: there is one already'), ('account-none', 'Account: there is none'), ('account-reset', 'Code for a new password'),
        ('account-password', 'Password changed'), ('account-email', 'Code for a new address'), ('account-taken', 'New address: it has an account already'), ('account-email-changed', 'Address changed'),
        ('account-second-refused', 'Wrong codes in the second step'), ('account-code-used', 'Recovery code used'), ('account-factor-added', 'Second step added'),
        ('account-factor-removed', 'Second step removed'), ('account-factors-reset', 'Second step taken away'), ('account-closed', 'Account closed'),
        ('booking-confirm-email', 'Is this your address?'), ('booking-requested', 'Time asked for'), ('booking-accepted', 'Request accepted'), ('booking-declined', 'Request declined'),
        ('booking-expired', 'Request not answered in time'), ('booking-suggested', 'Another time suggested'), ('booking-confirmed', 'Visit booked'), ('booking-series', 'Visits booked'),
        ('booking-moved', 'Visit moved'), ('booking-cancelled', 'Visit canceled'), ('booking-reminder', 'Reminder'), ('booking-day-before', 'Questions of the day before'),
        ('booking-answers', 'Questions before a visit'), ('booking-reopen', 'Form to go through again'), ('booking-paused', 'Visit waits for answers'), ('booking-question', 'Question about a visit'),
        ('booking-call', 'News about a visit'), ('booking-plan', 'Suggestions after a visit'), ('booking-after', 'How are you after your visit?'), ('booking-look-back', 'How is it going?'),
        ('booking-review-ask', 'Invitation to write a review'), ('booking-review-removed', 'Review removed'), ('booking-waiting-offer', 'Waiting list: a time is free'),
        ('waiting-confirm', 'Waiting list: is this your address?'), ('practice-invitation', 'Invitation to a practice'), ('clinician-link', 'Link for a clinician'),
        ('operator-credentials', 'Operator: checks that run out'),
        ('therapist-booked', 'Therapist: visit booked'), ('therapist-moved', 'Therapist: visit moved'), ('therapist-cancelled', 'Therapist: visit canceled'), ('therapist-requested', 'Therapist: time asked for'),
        ('therapist-suggested', 'Therapist: another time suggested'), ('therapist-declined', 'Therapist: suggestion declined'), ('therapist-expired', 'Therapist: request ran out'),
        ('therapist-paused', 'Therapist: visit waits for answers'), ('therapist-updated', 'Therapist: form updated'), ('therapist-answer', 'Therapist: question answered'),
        ('therapist-erased', 'Therapist: answers erased'), ('therapist-day-stop', 'Therapist: look before a visit'), ('therapist-incident', 'Therapist: look at a visit'),
        ('therapist-reviews', 'Therapist: new reviews'), ('therapist-credential', 'Therapist: credential checked'), ('therapist-credential-ends', 'Therapist: check runs out'),
        ('therapist-standing', 'Therapist: change of standing')) x (kind, said) where kind = p_kind), p_kind)
    $$;

-- How an attempt went, or why there was none.
create or replace function message_result(p_result text) returns text
    language sql immutable
    as $$
    select coalesce((select said from (values
        ('begun', 'begun'), ('sent', 'sent'), ('refused', 'refused'), ('later', 'put off by the other side'), ('address', 'not an address'), ('unwritable', 'could not be written'),
        ('network', 'no connection'), ('timeout', 'no answer in time'), ('tls', 'no safe connection'), ('sign-in', 'our sign-in was refused'), ('setup', 'sending is not set up'),
        ('no-address', 'no address'), ('overtaken', 'something newer came'), ('too-late', 'too late to be of use'), ('operator', 'by an operator')) x (result, said) where result = p_result), p_result)
    $$;

create or replace function operator_message_row(m outbox) returns json
    language plpgsql stable
    as $$
begin
    return json_build_object('id', m.id, 'kind', m.kind, 'what', message_words(m.kind), 'channel', m.channel, 'is_hook', m.channel = 'hook', 'audience', m.audience, 'attempts', m.attempts, 'reason', m.reason, 'why', message_result(m.reason),
        'to', mask_address(outbox_recipient(m, (select b from booking b where b.id = m.booking_id))),
        'is_dead', m.state = 'dead', 'late', m.state = 'waiting' and m.created_at < clock() - interval '15 minutes' and m.attempts > 0,
        'created', say_moment_site(m.created_at), 'due', say_moment_site(m.due_at),
        'history', (select coalesce(json_agg(json_build_object('n', a.n, 'at', say_moment_site(a.at), 'result', a.result, 'said', message_result(a.result)) order by a.n), '[]')
                    from outbox_attempt a where a.outbox_id = m.id));
end $$;

-- p_state: waiting (due or to come), late (tried and not sent, or due for long), dead.
create or replace function operator_outbox(p_state text) returns setof outbox
    language sql stable
    as $$
    select m.* from outbox m
    where p_state = 'dead' and m.state = 'dead'
       or p_state = 'late' and m.state = 'waiting' and (m.attempts > 0 or m.due_at < clock() - interval '15 minutes')
       or p_state = 'waiting' and m.state = 'waiting' and m.attempts = 0 and m.due_at >= clock() - interval '15 minutes'
    $$;

-- Fifty of a list at most, the oldest first. A message is tried for three days, so what was sent in the last one was made in the last four.
create or replace function operator_messages(p_state text) returns json
    language plpgsql stable security definer set search_path = unknot, public, pg_temp
    as $$
declare
    most constant int := operator_most() + 1;
    counts json;
    list outbox[];
begin
    if not auth.is_operator() then
        return null;
    end if;
    counts := json_build_object('waiting', operator_said((select count(*) from (select from operator_outbox('waiting') limit most) x)),
                                'late', operator_said((select count(*) from (select from operator_outbox('late') limit most) x)),
                                'dead', operator_said((select count(*) from (select from operator_outbox('dead') limit most) x)));
    list := array((select m from operator_outbox('waiting') m where p_state = 'waiting' order by m.due_at limit 51) -- past the late ones, by index
                  union all (select m from operator_outbox('late') m where p_state = 'late' order by m.created_at limit 51)
                  union all (select m from operator_outbox('dead') m where p_state = 'dead' order by m.created_at limit 51));
    return json_build_object('state', p_state, 'is_waiting', p_state = 'waiting', 'is_late', p_state = 'late', 'is_dead', p_state = 'dead', 'counts', counts,
        'more', case when cardinality(list) > 50 then counts -> p_state end,
        'sent_day', (select operator_said(count(*)) from (
            select from outbox where state = 'sent' and created_at > clock() - interval '4 days' and sent_at > clock() - interval '1 day' order by created_at desc limit most) x),
        -- of the last ones, where there are very many
        'dropped', (select coalesce(json_agg(json_build_object('kind', kind, 'what', message_words(kind), 'reason', reason, 'why', message_result(reason), 'n', n) order by n desc, kind), '[]')
                    from (select kind, reason, count(*) as n
                          from (select kind, reason from outbox where state = 'dropped' and created_at > clock() - interval '7 days' order by created_at desc limit operator_most()) x group by 1, 2) d),
        'messages', (select coalesce(json_agg(operator_message_row(m) order by m.created_at), '[]') from unnest(list[:50]) m));
end $$;

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

grant execute on function message_words, message_result, operator_messages, operator_message_act to unknot_web;
